"""crmlab: customer relationships for people who sell - a course, and the small analytics package that it teaches.

The field modules (``from crmlab import rfm``) stand alone. What a lesson calls (``lesson``, ``check`` ...) is loaded when
it is first used, so that ``import crmlab`` stays quick for those who only want the analytics.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from crmlab.course.widgets import (
        answer,
        calculator,
        check,
        exam,
        handout,
        hint,
        lesson,
        progress,
        quiz,
        review,
        roleplays,
        save,
        show,
        solution,
    )

_TEACHING = (
    "answer",
    "calculator",
    "check",
    "exam",
    "handout",
    "hint",
    "lesson",
    "progress",
    "quiz",
    "review",
    "roleplays",
    "save",
    "show",
    "solution",
)

__all__ = [
    "answer",
    "calculator",
    "check",
    "exam",
    "handout",
    "hint",
    "lesson",
    "progress",
    "quiz",
    "review",
    "roleplays",
    "save",
    "show",
    "solution",
]


def __getattr__(name: str) -> Any:
    if name in _TEACHING:
        from crmlab.course import widgets

        return getattr(widgets, name)
    raise AttributeError(f"module 'crmlab' has no attribute {name!r}")
