"""Exercises of unit 6, growth and planning."""
