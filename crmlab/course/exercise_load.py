"""The content of a lesson's file of exercises, checked: what :mod:`crmlab.course.hooks` and the forms are made from."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from crmlab.course import exercise_check, yamlfile
from crmlab.language import Words

EXERCISES = yamlfile.Kind(
    "exercises", exercise_check.read, ("crmlab.course.exercise_check", "crmlab.course.exercise_file")
)


class ExerciseError(ValueError):
    """A file of exercises that cannot be used; the message lists the faults."""


def load(path: Path) -> Mapping[str, Any]:
    """The checked content of a file, each name of a text replaced by the text.

    Raises ``OSError`` if there is no such file, :class:`ExerciseError` with all faults, file and line, if it cannot be used.
    """
    content, faults = yamlfile.load(path, EXERCISES)
    if faults:
        raise ExerciseError("\n".join(map(str, faults)))
    for english, texts in (content.get("tables") or {}).items():
        Words({"en": english, **texts})
    return content
