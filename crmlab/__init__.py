"""crmlab: customer relationships for people who sell - a course, and the small analytics package that it teaches.

The field modules (``from crmlab import rfm``) stand alone. What a lesson calls (``lesson``, ``check`` ...) is loaded when
it is first used, so that ``import crmlab`` stays quick for those who only want the analytics.
"""

# ruff: noqa: F403, F405 - a type checker reads the names from where they are defined

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmlab.version import __version__ as __version__

if TYPE_CHECKING:
    from crmlab.course.widgets import *

# What a lesson calls; crmlab.course.widgets defines it.
__all__ = [
    "answer",
    "calculator",
    "check",
    "exam",
    "handout",
    "hint",
    "lesson",
    "own_columns",
    "own_file",
    "own_problems",
    "own_result",
    "own_save",
    "practice",
    "progress",
    "quiz",
    "rehearse",
    "review",
    "roleplays",
    "save",
    "show",
    "solution",
]


def __getattr__(name: str) -> Any:
    if name in __all__:
        from crmlab.course import widgets

        return getattr(widgets, name)
    raise AttributeError(f"module 'crmlab' has no attribute {name!r}")
