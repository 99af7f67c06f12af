"""Exercises of unit 3, qualification."""
