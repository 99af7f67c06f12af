"""Exercises of unit 8, breaks."""
