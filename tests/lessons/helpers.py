"""What the tests of the lessons share."""

from __future__ import annotations

from typing import Any

from crmlab.course import exercise
from crmlab.course.exercise import Exercise, Feedback


def get(id: str, lesson: str) -> Exercise:
    """An exercise of a lesson; fails if there is none of that name."""
    exercise.load_lesson(lesson)
    made = exercise.get(id, lesson)
    assert made is not None, exercise.unknown(id)
    return made


def run(id: str, lesson: str, *, clicks: dict[str, Any] | None = None, code: Any = ...) -> Feedback:
    """The feedback for an answer, given by clicking or in code."""
    made = get(id, lesson)
    return exercise.judge(made, code) if clicks is None else exercise.judge(made, clicks, clicked=True)
