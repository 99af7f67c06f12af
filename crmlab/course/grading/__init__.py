"""Grading what trainees hand in: judged again from their answers, outside the kernel that ran their code."""

VALUE = "application/vnd.crmlab.value"
"""The media type under which a kernel shows a value."""
MOST = 20_000_000
"""Characters that a value may take; a table of 100,000 rows takes less."""


class CannotGrade(Exception):
    """Something is missing that is not the trainee's doing: the kernel does not start, or the judge does not."""
