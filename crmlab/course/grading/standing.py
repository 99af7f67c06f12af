"""How a trainee stands in a lesson, in short names alone: what the live room is told. No text that anybody typed is in it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from crmlab.course.exercise import BLANK
from crmlab.course.grading import answered

MOST_WRONG = 40
"""Wrong answers of an exercise that are told at most."""
SHORT = re.compile(r"[\w.+-]{1,60}=[\w .,:+?/-]{0,60}")
"""A field and the option chosen in it, by their short names."""


def of(number: str, fields: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """State, points and wrong options of each exercise of a lesson that was begun, by id; ``fields`` are the clicked answers by exercise.

    A wrong option is "field=option"; of what was typed, "field=" alone. Raises ``LookupError`` for a lesson that is not there.

    >>> of("1.1", {"guess": {"share": "20"}, "days": {"days": "my secret"}})
    {'guess': {'state': 'not yet right', 'points': 0.0, 'wrong': ['share=20']}, 'days': {'state': 'unreadable', 'points': 0.0, 'wrong': []}}
    """
    found = {}
    for id, one in answered.look(number, fields).items():
        if one.feedback.state != BLANK:
            wrong = [f"{each.key}={each.value}" for each in one.wrong if each.key]
            kept = [text for text in dict.fromkeys(wrong) if SHORT.fullmatch(text)]
            found[id] = {"state": one.feedback.state, "points": one.feedback.points, "wrong": kept[:MOST_WRONG]}
    return found
