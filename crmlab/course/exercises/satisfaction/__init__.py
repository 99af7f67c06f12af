"""Exercises of unit 5, satisfaction."""
