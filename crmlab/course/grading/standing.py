"""How a trainee stands in a lesson, in short names alone: what the live room is told. No text that anybody typed is in it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from crmlab.course.exercise import BLANK, OPEN_STATE, PARTLY, RIGHT, UNREADABLE
from crmlab.course.exercises import load_lesson, own_data
from crmlab.course.grading import answered
from crmlab.course.state import amount

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


def with_code(number: str, records: Mapping[str, Any], found: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The same with what was answered in code, which cannot be judged here: how it stood when it ran is in its record. Of clicks and code
    the better one counts. Own files are left out.

    >>> with_code("3.2", {"not-asked": {"code": "x = 7", "state": "right", "points": 99}, "hear-it": {"state": "right", "points": 6}}, {})
    {'not-asked': {'state': 'right', 'points': 3.0, 'wrong': []}}
    """
    for one in load_lesson(number):
        record = records.get(one.id)
        if not isinstance(record, Mapping) or not record.get("code") or record.get("state") not in (RIGHT, PARTLY, OPEN_STATE, UNREADABLE):
            continue
        points = min(amount(record, "points"), one.points)
        if one.id != own_data.ID and points > found.get(one.id, {"points": -1.0})["points"]:
            found[one.id] = {"state": record["state"], "points": points, "wrong": []}
    return found
