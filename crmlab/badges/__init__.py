"""Certificates that are signed by the instructor and can be verified by anybody."""
