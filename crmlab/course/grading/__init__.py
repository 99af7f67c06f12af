"""Grading what trainees hand in: judged again from their answers, outside the kernel that ran their code."""


class CannotGrade(Exception):
    """Something is missing that is not the trainee's doing: the kernel does not start, or the judge does not."""
