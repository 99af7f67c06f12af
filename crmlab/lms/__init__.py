"""The course in learning management systems: packages, and questions in their formats."""
