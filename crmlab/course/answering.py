"""What a form on the screen needs of whoever keeps and judges its answers.

An exercise of the open lesson, the present draw of a quiz, a page of the exam and a question of the review are each such a
one; the form sees no difference.
"""

from __future__ import annotations

from typing import Any, Protocol

from crmlab.course.exercise import Feedback
from crmlab.course.form import Answers


class Answering(Protocol):
    """Keeps the answers of one form, and judges them when asked."""

    def fields(self) -> Answers:
        """The kept answers, as far as they fit the form."""

    def typed(self) -> Answers:
        """The same as it was kept: numbers as they were typed, also those that are not understood."""

    def set_field(self, key: str, value: Any) -> None:
        """Keep one answer at once, a number as it was typed; ``None`` takes it back."""

    def check(self, *, count: bool = True) -> Feedback:
        """Judge the kept answers; ``count`` makes it a try."""

    def feedback(self) -> Feedback:
        """How the kept answers stand; nothing is kept or counted."""
