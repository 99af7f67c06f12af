"""A class from hand-out to report: its folder, what was handed in, the marks, the live room."""
