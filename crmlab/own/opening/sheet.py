"""Rows of a sheet, or of a text file, as they stand there: what :mod:`crmlab.own.opening.layout` looks for a table in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from crmlab.own.said import Said

AT_ONCE = 10_000
"""Rows of a batch."""


@dataclass
class Batch:
    """Rows that hold anything, one after the other. ``numbers`` are those the file shows; ``gaps`` the numbers of rows behind an empty one.

    A row is a list of cells, shorter or longer than others where the file has it so. ``bad`` says of rows, by number, why they cannot be used.
    """

    numbers: list[int]
    rows: list[list[Any]]
    gaps: set[int] = field(default_factory=set)
    bad: dict[int, Said] = field(default_factory=dict)


@dataclass
class Sheet:
    """One sheet. ``batches()`` goes over all its rows and may be called again. ``merged``: first row, first column, last row, last column of
    merged cells (rows from 1, columns from 0). ``text``: cells are texts, and a row has a length of its own.
    Known behind a first pass: ``formats``, number formats by column; ``uncomputed``, whether there are formulas without a value; ``zeros``, columns
    whose numbers are shown with leading zeros, and are texts here for that."""

    name: str
    batches: Callable[[], Iterator[Batch]]
    text: bool = False
    hidden: bool = False
    merged: Sequence[tuple[int, int, int, int]] = ()
    hidden_columns: frozenset[int] = frozenset()
    formats: dict[int, Counter[str]] = field(default_factory=dict)
    uncomputed: bool = False
    zeros: set[int] = field(default_factory=set)
    notes: list[Said] = field(default_factory=list)
    starts_1904: bool | None = None


class Uncomputed:
    """A cell whose formula was never computed: the program that wrote the file left that to Excel."""

    def __repr__(self) -> str:
        """As in a spreadsheet."""
        return "=..."


UNCOMPUTED = Uncomputed()


def empty(cell: Any) -> bool:
    """Whether a cell holds nothing that can be seen."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def letter(column: int) -> str:
    """A column's letter, from 0.

    >>> letter(0), letter(27)
    ('A', 'AB')
    """
    found = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        found = chr(65 + rest) + found
    return found
