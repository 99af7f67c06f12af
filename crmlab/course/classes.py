"""The number of a class: from it follows what a lesson makes up, so that answers do not travel from one class to the next.

A trainee types it once, and it is kept with the answers: whoever judges them again gets the same. Whoever leads a class may
fix it: CRMLAB_CLASS, a hand-out (:mod:`crmlab.course.handed_out`), or a file ``class.txt`` with the number beside the notebook, in its language's folder, or in that of the course.
"""

from __future__ import annotations

import contextlib
import os
import zlib
from pathlib import Path
from typing import Any

from crmlab.course import handed_out, session
from crmlab.course.form import number

FILE = "class.txt"
ALONE = 0
"""For who learns alone."""


def read(text: Any) -> int | None:
    """A class number: whole, 0 or more; ``None`` for anything else.

    >>> read("4711"), read("7B"), read("-1"), read(12.0)
    (4711, None, None, 12)
    """
    found = number(text)
    return int(found) if found is not None and found >= 0 and found == int(found) else None


def fixed(folder: Path | None = None) -> int | None:
    """The number that whoever leads the class has fixed; ``None`` if nobody has."""
    if (wish := os.environ.get("CRMLAB_CLASS")) is not None:
        return read(wish)
    if (handed := handed_out.current()) is not None:
        return handed.number
    here = folder or Path.cwd()
    for place in (here, *list(here.parents)[:2]):
        with contextlib.suppress(OSError, UnicodeDecodeError):
            return read((place / FILE).read_text(encoding="utf-8-sig").strip())
    return None


def of(lesson: str, id: str, field: str) -> int:
    """The number in force: the fixed one, else the one that was typed into that field of that exercise, else :data:`ALONE`."""
    known = fixed()
    if known is None:
        known = read((session.kept(lesson, id) or {}).get(field))
    return ALONE if known is None else known


def seed(number: int) -> int:
    """The seed of a class: neighbouring numbers have nothing to do with each other.

    >>> seed(1) == seed(1), seed(1) == seed(2)
    (True, False)
    """
    return zlib.crc32(f"class {number}".encode())
