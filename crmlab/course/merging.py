"""Answers that were changed in two places at once: both changes stay."""

from __future__ import annotations

from typing import Any

_GONE: Any = object()
_COUNTED = ("tries", "times")
"""Numbers that grow: what was added in either place is added, also where it is the same."""
_HIGHEST = ("best", "hints", "last", "seconds")
"""Two windows do not count the same minute twice."""


def merged(base: Any, mine: Any, theirs: Any) -> Any:
    """What comes of ``base`` when one changed it to ``mine`` and another to ``theirs``; of two changes of one thing mine stays.

    >>> merged({"a": 1, "tries": 3}, {"a": 2, "tries": 4}, {"a": 1, "b": 5, "tries": 5})
    {'a': 2, 'b': 5, 'tries': 6}
    """
    return _merged("", base, mine, theirs)


def _merged(name: str, base: Any, mine: Any, theirs: Any) -> Any:
    if _same(mine, base):
        return theirs
    if _same(theirs, base):
        return mine
    if name in _COUNTED and _number(mine) and _number(theirs):
        return theirs + max(mine - (base if _number(base) else 0), 0)
    if _same(mine, theirs) and not isinstance(mine, dict):
        return theirs
    if theirs is _GONE:
        return mine
    if mine is _GONE:
        return theirs
    if isinstance(mine, dict) and isinstance(theirs, dict):
        was = base if isinstance(base, dict) else {}
        found = {}
        for key in [*theirs, *(key for key in mine if key not in theirs)]:
            value = _merged(key, was.get(key, _GONE), mine.get(key, _GONE), theirs.get(key, _GONE))
            if value is not _GONE:
                found[key] = value
        return found
    if name in _HIGHEST and _number(mine) and _number(theirs):
        return max(mine, theirs)
    if name == "tries" and isinstance(mine, list) and isinstance(theirs, list):
        return _tries(base if isinstance(base, list) else [], mine, theirs)
    return mine


def _tries(base: list[Any], mine: list[Any], theirs: list[Any]) -> list[Any]:
    """Tries of a talk are paths: each is kept once. Those of an exam are records that go on: the same one is merged."""
    found = list(theirs)
    for place, one in enumerate(mine):
        if any(_same(one, other) for other in found):
            continue
        other = found[place] if place < len(found) else None
        if isinstance(one, dict) and isinstance(other, dict) and one.get("began") == other.get("began"):
            found[place] = _merged("", base[place] if place < len(base) else _GONE, one, other)
        else:
            found.append(one)
    return found


def _same(one: Any, other: Any) -> bool:
    return one is other or (type(one) is type(other) and one == other)


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
