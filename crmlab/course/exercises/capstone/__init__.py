"""Exercises of unit 7."""
