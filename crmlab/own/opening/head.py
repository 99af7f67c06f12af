"""The first rows of a sheet, and which of their cells are filled, with words or with values: bit sets, a bit a column."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from crmlab.own.opening import cellkinds, words
from crmlab.own.opening.sheet import Sheet, empty

ROWS = 300
"""As many are looked at to find the headings."""


@dataclass
class Head:
    """``rows`` by ``numbers``; ``filled``, ``texts``: bit sets of the columns; ``gaps``: numbers of rows behind an empty one."""

    numbers: list[int] = field(default_factory=list)
    rows: list[list[Any]] = field(default_factory=list)
    filled: list[int] = field(default_factory=list)
    texts: list[int] = field(default_factory=list)
    gaps: set[int] = field(default_factory=set)
    more: bool = False

    @classmethod
    def of(cls, sheet: Sheet, start: int = 0) -> Head:
        """The first rows from a number on; those that are damaged are left out."""
        head = cls()
        for batch in sheet.batches():
            head.gaps |= batch.gaps
            for number, row in zip(batch.numbers, batch.rows, strict=True):
                if number < start or number in batch.bad or drawn(row):
                    continue
                if len(head.rows) >= ROWS:
                    head.more = True
                    return head
                head.add(number, row)
        return head

    def add(self, number: int, row: list[Any]) -> None:
        """One row more."""
        filled = texts = 0
        for at, cell in enumerate(row):
            if not empty(cell):
                filled |= 1 << at
                if not cellkinds.value(cell):
                    texts |= 1 << at
        self.numbers.append(number)
        self.rows.append(row)
        self.filled.append(filled)
        self.texts.append(texts)

    def any(self) -> int:
        """The columns that are filled in any row."""
        mask = 0
        for one in self.filled:
            mask |= one
        return mask

    def cell(self, at: int, column: int) -> Any:
        """One cell, ``None`` beyond the end of its row."""
        row = self.rows[at]
        return row[column] if column < len(row) else None


def drawn(row: list[Any]) -> bool:
    """Whether a row is nothing but a line drawn of signs."""
    cells = [cell for cell in row if not empty(cell)]
    return all(isinstance(cell, str) and words.ruled(cell) for cell in cells) if len(cells) < 200 else False


def bits(mask: int) -> list[int]:
    """The columns of a bit set.

    >>> bits(0b1011)
    [0, 1, 3]
    """
    found = []
    while mask:
        low = mask & -mask
        found.append(low.bit_length() - 1)
        mask ^= low
    return found
