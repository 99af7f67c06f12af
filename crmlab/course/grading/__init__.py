"""Grading what trainees hand in: judged again from their answers, outside the kernel that ran their code."""

import sys

VALUE = "application/vnd.crmlab.value"
"""The media type under which a kernel shows a value."""
MOST = 20_000_000
"""Characters that a value may take; a table of 100,000 rows takes less."""


def without_formats() -> None:
    """Let what reads notebooks do without its check of one format of addresses, which no notebook has: it takes half of the time of all
    imports. To be called before them."""
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]


class CannotGrade(Exception):
    """Something is missing that is not the trainee's doing: the kernel does not start, or the judge does not."""
