"""What an ugly file is, and what must come of it: opened, read and said. The files are made, never kept.

Two modules make twenty each: :mod:`tests.support.ugly_layout` (how a table lies in its file) and
:mod:`tests.support.ugly_content` (what stands in its cells). Each is a list ``UGLY`` of :class:`Ugly`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from crmlab.own.export import Problem
from crmlab.own.said import Said


@dataclass(frozen=True)
class Ugly:
    """One file. ``rows`` is ``used + left_out``; numbers of rows are those that a spreadsheet or a text editor shows.

    ``says`` are parts of English sentences, each of which must stand in a note, a problem or a question; ``refused`` is a part of the one
    sentence of an :class:`~crmlab.checks.InputError`, where the file cannot be used. What follows ``kind`` is for :func:`crmlab.own.read`.
    """

    name: str
    make: Callable[[Path], Path]
    headings: Sequence[str] = ()
    first: int = 0
    used: int = 0
    left_out: int = 0
    says: Sequence[str] = ()
    refused: str = ""
    sheet: str = ""
    kind: str = ""
    roles: Mapping[str, str] = field(default_factory=dict)
    questions: Sequence[str] = ()
    read_used: int | None = None
    """Rows in ``Export.table`` where it differs from those that opening the file gives."""
    sums: Mapping[str, float] = field(default_factory=dict)
    """By column of ``Export.table``, what it adds up to."""

    @property
    def rows(self) -> int:
        """Rows of the sheet that hold anything."""
        return self.used + self.left_out

    def __str__(self) -> str:
        """The name, for the ids of tests."""
        return self.name


def said(problems: Iterable[Problem], *more: Iterable[Said]) -> str:
    """All that was said of a file, in the language in force, a line each."""
    lines = [f"{one.says} {one.done}" for one in problems]
    return "\n".join([*lines, *(str(one) for some in more for one in some)])


def left_out(problems: Iterable[Problem]) -> list[int]:
    """The numbers of all rows that were left out, in order; one that is named twice stands there twice."""
    return sorted(int(row) for one in problems if one.left_out for row in one.rows)
