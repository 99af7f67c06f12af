"""Exercises of unit 2, classification."""
