"""Questions for tests: the bank, and what comes back of it."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from crmlab.course.bank import asking
from crmlab.course.bank.asking import Question
from crmlab.language import LANGUAGES


def sources() -> list[dict[str, Any]]:
    """The whole bank as files have it."""
    return [question.source for question in asking.bank()]


def few(each: int = 3) -> list[Question]:
    """Some questions of each kind."""
    taken: dict[str, int] = {}
    found = []
    for question in asking.bank():
        several = sum(bool(option.get("right")) for option in question.source.get("options", ()))
        key = f"{question.kind} {several}"
        if taken.setdefault(key, 0) < each:
            taken[key] += 1
            found.append(question)
    return found


def settled(source: Mapping[str, Any]) -> dict[str, Any]:
    """A question without what goes without saying: a mistake's tolerance that is the question's own."""
    found = copy.deepcopy(dict(source))
    for mistake in found.get("mistakes", ()):
        if mistake.get("tolerance") == found["tolerance"]:
            del mistake["tolerance"]
    return found


def in_one(source: Any, language: str) -> Any:
    """A question in one language, the texts of the others empty."""
    if isinstance(source, dict) and source.keys() == LANGUAGES.keys():
        return {one: str(text).strip() if one == language else "" for one, text in source.items()}
    if isinstance(source, dict):
        return {key: in_one(value, language) for key, value in source.items()}
    return [in_one(value, language) for value in source] if isinstance(source, list) else source
