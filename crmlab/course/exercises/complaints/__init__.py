"""Exercises of unit 4, complaints."""
