"""Names that only look alike: blanks, full width, characters that cannot be seen, capital letters."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import Any


def fold(name: Any) -> str:
    """What is left of a name when all is taken away that one does not see.

    >>> fold(" Ａ１\\u200b ") == fold("a1") == "a1"
    True
    """
    text = str(name)
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
        text = "".join(sign for sign in text if unicodedata.category(sign) not in ("Cf", "Cc") or sign.isspace())
    return " ".join(text.split()).casefold()


def find(names: Iterable[Any], known: Iterable[Any] | None = None) -> dict[Any, Any]:
    """Each name that only looks like another one, and that other one.

    Without ``known`` the other one comes earlier in ``names``; with ``known`` it is one of these, and names that are
    known themselves are left out. A number and the same number as text look alike.

    >>> find(["A1", "B", "A1 ", "Ａ１"])
    {'A1 ': 'A1', 'Ａ１': 'A1'}
    >>> find(["functional_ship "], known=["functional_ship", "price"])
    {'functional_ship ': 'functional_ship'}
    """
    names = list(names)
    if known is None:
        if all(isinstance(name, str) for name in names) and _all_apart(names):
            return {}
        seen: dict[str, Any] = {}
        found = {}
        for name in names:
            first = seen.setdefault(fold(name), name)
            if first is not name and not (type(first) is type(name) and first == name):
                found[name] = first
        return found
    there = list(known)
    exact = {(type(name), name) for name in there}
    folded = {fold(name): name for name in reversed(there)}
    return {name: folded[fold(name)] for name in names if (type(name), name) not in exact and fold(name) in folded}


def _all_apart(names: list[str]) -> bool:
    """Whether plain names surely all differ: a million of them in a fraction of a second."""
    whole = "\n".join(names)
    if not whole.isascii() or " " in whole or len(whole.split()) != len(names):
        return False
    lower = whole.lower().split("\n")
    return len(lower) == len(names) == len(set(lower))
