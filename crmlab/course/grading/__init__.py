"""Grading what trainees hand in: judged again from their answers, outside the kernel that ran their code."""
