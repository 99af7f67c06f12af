"""Where a table lies in its sheet: under which headings, from which row on, and which rows are none of its own."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from crmlab.language import _
from crmlab.own.opening import cellkinds, headings, sideways, words
from crmlab.own.opening.head import Head, drawn
from crmlab.own.opening.headings import Headings
from crmlab.own.opening.sheet import UNCOMPUTED, Batch, Sheet, empty
from crmlab.own.said import Said

ABOVE = Said(_("Stands above the headings."))
HEADINGS = Said(_("Holds the headings."))
REPEATED = Said(_("Repeats the headings."))
TOTAL = Said(_("Is a total of other rows."))
UNNAMED_TOTAL = Said(_("Holds only numbers, under the table: a total without a name."))
DRAWN = Said(_("Is a line drawn of signs."))
PAGE = Said(_("Is the head or the foot of a page."))
NOTE = Said(_("Stands under the table: a note or a signature."))
BETWEEN = Said(_("Stands between the rows of the table and is none of them: a heading of a group, or a note."))
GROUP = Said(_("Heads a group of rows: its text was written into the first column of these."))
OTHER = Said(_("Belongs to another table of the sheet, which is smaller."))
BESIDE = Said(_("Holds only cells of a table beside this one, which is smaller."))
WIDER = Said(
    _(
        "Has more cells than there are headings: probably a separator in a text without quotation marks, so that cells stand under wrong headings."
    )
)
BROKEN = Said(_("Breaks off: cells that every row has are missing at its end."))
_FIRST, _LAST, _SPREAD = 200, 100, 200


@dataclass(eq=False)
class Table:
    """A table in its sheet. ``out``: by number of the row, why it is none of the table's. ``rows``: all rows that hold anything. ``others``: by
    the row where another table begins, how many rows that has. ``short``, ``outside``: rows that are used, with cells missing at the end, or with
    cells where there is no heading. ``groups``: rows that head others, by number, with their text. ``sample``: some of its rows."""

    sheet: Sheet
    headings: Headings
    out: dict[int, Said] = field(default_factory=dict)
    rows: int = 0
    others: dict[int, int] = field(default_factory=dict)
    short: list[int] = field(default_factory=list)
    outside: list[int] = field(default_factory=list)
    sample: list[tuple[int, list[Any]]] = field(default_factory=list)
    groups: list[tuple[int, str]] = field(default_factory=list)
    titles: list[str] = field(default_factory=list)

    @property
    def used(self) -> int:
        """How many rows are the table's."""
        return self.rows - len(self.out)

    def reasons(self) -> dict[Said, np.ndarray]:
        """Each reason with the numbers of its rows."""
        found: dict[Said, list[int]] = defaultdict(list)
        for number, why in self.out.items():
            found[why].append(number)
        return {
            why: np.array(sorted(numbers), dtype="int64")
            for why, numbers in sorted(found.items(), key=lambda one: min(one[1]))
        }

    def chunks(self) -> Iterator[pd.DataFrame]:
        """The table's rows, a batch at a time."""
        out = self.out
        for batch in self.sheet.batches():
            numbers, rows = batch.numbers, batch.rows
            if not out.keys().isdisjoint(numbers):
                kept = [at for at, number in enumerate(numbers) if number not in out]
                numbers, rows = [numbers[at] for at in kept], [rows[at] for at in kept]
            if rows:
                yield self.frame(numbers, rows)

    def frame(self, numbers: list[int], rows: list[list[Any]]) -> pd.DataFrame:
        """Rows as a table of objects, by their numbers."""
        found, width = self.headings, max(self.headings.columns) + 1
        blank = "" if self.sheet.text else None
        if rows and min(map(len, rows)) < width:
            rows = [row if len(row) >= width else [*row, *[blank] * (width - len(row))] for row in rows]
        cells = list(zip(*rows, strict=False)) or [()] * width
        made = {}
        for name, column in zip(found.names, found.columns, strict=True):
            held = np.empty(len(rows), dtype=object)
            held[:] = cells[column]
            if self.sheet.uncomputed:
                held[[cell is UNCOMPUTED for cell in held]] = None
            if column == found.group and self.groups:
                heads = [number for number, _text in self.groups]
                at = np.searchsorted(heads, numbers) - 1
                held[:] = [
                    self.groups[one][1] if one >= 0 and empty(cell) else cell
                    for one, cell in zip(at, held, strict=True)
                ]
            made[name] = held
        return pd.DataFrame(made, index=pd.Index(numbers, dtype="int64"), columns=found.names, dtype=object, copy=False)


def find(sheet: Sheet) -> Table | None:
    """The largest table of a sheet, ``None`` where there is none."""
    table = _from(sheet, 0)
    if table is not None and table.others:
        start, size = max(table.others.items(), key=lambda one: one[1])
        if size > table.used and (later := _from(sheet, start)) is not None and later.used > table.used:
            return later
    return table


def _from(sheet: Sheet, start: int) -> Table | None:
    head = Head.of(sheet, start)
    if not head.rows:
        return None
    sideways.refuse_lying(head, sheet)
    found = headings.of(head, sheet)
    if found is None or not found.columns:
        return None
    sideways.refuse(head, found, sheet)
    return _Pass(sheet, found).go()


class _Pass:
    """One pass over all rows: each is the table's, or out for a reason. Rows that look like all others are looked at together."""

    def __init__(self, sheet: Sheet, found: Headings) -> None:
        self.sheet, self.found, self.table = sheet, found, Table(sheet, found)
        self.width = max(found.columns) + 1
        self.mask = set(found.columns)
        self.values = set(found.values)
        self.narrow = len(found.columns) <= 3
        self.last_good = 0
        self.last_row: list[Any] = []
        self.pending: dict[int, Said] = {}
        self.heads: dict[int, str] = {}
        self.other = 0
        self.good = 0
        self.step = 1
        self.spread: list[tuple[int, list[Any]]] = []
        self.first: list[tuple[int, list[Any]]] = []
        self.tail: deque[tuple[int, list[Any]]] = deque(maxlen=_LAST)

    def go(self) -> Table:
        table = self.table
        for batch in self.sheet.batches():
            table.rows += len(batch.rows)
            self.batch(batch)
        for number, why in self.pending.items():
            table.out[number] = why if number > self.last_good or why is PAGE else BETWEEN
        for start in [one for one, size in table.others.items() if size == 1]:
            del table.others[start]  # headings without rows are none
            table.out[start] = NOTE if start > self.last_good else BETWEEN
        for number, name in self.heads.items():
            if number < self.last_good:
                table.out[number] = GROUP
                table.groups.append((number, name))
            else:
                table.out[number] = NOTE
        if any(isinstance(cell, str) and words.total(cell) for cell in self.last_row) and not any(
            cellkinds.date(cell) for cell in self.last_row if not empty(cell)
        ):
            table.out[self.last_good] = TOTAL
        rows = {number: row for number, row in [*self.first, *self.spread, *self.tail] if number not in table.out}
        table.sample = sorted(rows.items())
        return table

    def batch(self, batch: Batch) -> None:
        rows, numbers = batch.rows, batch.numbers
        before = 0
        for at in self.suspicious(batch):
            self.plain(numbers, rows, before, at)
            before = at + 1
            self.row(numbers[at], rows[at], numbers[at] in batch.gaps, batch.bad.get(numbers[at]))
        self.plain(numbers, rows, before, len(rows))

    def suspicious(self, batch: Batch) -> list[int] | range:
        """Which rows must be looked at one by one."""
        rows, numbers, found = batch.rows, batch.numbers, self.found
        everything = range(len(rows))
        if self.narrow or not found.required or self.other or len(rows) < 50:
            return everything
        odd: set[int] = set()
        if numbers[0] <= found.bottom or numbers[0] < found.top:
            odd.update(at for at in everything if numbers[at] <= max(found.bottom, found.top))
        if batch.bad or batch.gaps:
            if len(batch.gaps) > len(rows) // 4:
                return everything
            odd.update(at for at in everything if numbers[at] in batch.bad)
            first_gap = next((at for at in everything if numbers[at] in batch.gaps), None)
            if first_gap is not None:
                odd.update(range(first_gap, len(rows)))  # another table may begin there
        lengths = set(map(len, rows))
        if len(lengths) > 1:
            usual = max(lengths, key=[len(row) for row in rows[:1000]].count)
            odd.update(at for at in everything if len(rows[at]) != usual)
            longest = max(lengths)
            blank = "" if self.sheet.text else None
            rows = [row if len(row) == longest else [*row, *[blank] * (longest - len(row))] for row in rows]
        cells = list(zip(*rows, strict=True))
        for column, column_cells in enumerate(cells):
            if column in self.mask:
                if column in found.required and not self.full(column_cells):
                    odd.update(at for at in everything if empty(column_cells[at]))
                continue
            if self.any(column_cells):
                odd.update(at for at in everything if not empty(column_cells[at]))
        if found.texts and self.width <= len(cells):
            for texts in found.texts:
                if texts and (last := max(texts)) < len(cells):
                    odd.update(self.named(cells[last], texts[last]))
        return sorted(odd)

    def full(self, cells: tuple[Any, ...]) -> bool:
        if self.sheet.text:
            return all(map(str.strip, cells))
        return not any(map(empty, cells))

    def any(self, cells: tuple[Any, ...]) -> bool:
        if self.sheet.text:
            return any(map(str.strip, set(cells)))
        return not all(map(empty, cells))

    def named(self, cells: tuple[Any, ...], text: str) -> list[int]:
        likely = {
            cell
            for cell in set(cells)
            if isinstance(cell, str) and len(cell) < 4 * len(text) + 8 and words.plain(cell) == text
        }
        return [at for at, cell in enumerate(cells) if cell in likely] if likely else []

    def plain(self, numbers: list[int], rows: list[list[Any]], first: int, last: int) -> None:
        """Rows that are the table's."""
        if first >= last:
            return
        for at in range(first, min(last, first + max(0, _FIRST - len(self.first)))):
            self.first.append((numbers[at], rows[at]))
        offset = -self.good % self.step
        self.spread += [(numbers[at], rows[at]) for at in range(first + offset, last, self.step)]
        while len(self.spread) > 2 * _SPREAD:
            self.spread = self.spread[::2]
            self.step *= 2
        self.tail.extend((numbers[at], rows[at]) for at in range(max(first, last - _LAST), last))
        self.good += last - first
        self.last_good, self.last_row = numbers[last - 1], rows[last - 1]

    def row(self, number: int, row: list[Any], gap: bool, bad: Said | None) -> None:
        """One row that may be none of the table's."""
        why, wait = self.why(number, row, gap, bad)
        if why is None:
            self.plain([number], [row], 0, 1)
        elif wait:
            self.pending[number] = why
        else:
            self.table.out[number] = why

    def why(self, number: int, row: list[Any], gap: bool, bad: Said | None) -> tuple[Said | None, bool]:
        """Why a row is none of the table's; and whether that depends on what comes behind it."""
        found = self.found
        if bad is not None:
            return bad, False
        if number <= found.bottom or number < found.top:
            if number not in found.rows:
                self.table.titles += [cell for cell in row if isinstance(cell, str) and cell.strip()]
            return (HEADINGS if number in found.rows else ABOVE), False
        there = [column for column, cell in enumerate(row) if not empty(cell)]
        mine = [column for column in there if column in self.mask]
        beyond = [column for column in there if column not in self.mask]
        texts = [column for column in mine if not cellkinds.value(row[column])]
        missing = [column for column in found.required if column not in mine]
        if drawn(row):
            return DRAWN, False
        if not mine:
            return (BESIDE, False) if found.beside and set(beyond) <= set(found.beside) else (NOTE, True)
        if self.repeats(row, mine):
            self.other = 0
            return REPEATED, False
        strings = [row[column] for column in there if isinstance(row[column], str)]
        if (missing or self.narrow) and any(map(words.page, strings)) and len(there) <= max(2, 0.4 * found.typical):
            return PAGE, False
        if missing and (any(map(words.total, strings)) or any(map(words.total_of, strings))):
            return TOTAL, False
        if (
            self.narrow
            and strings
            and words.total(strings[0])
            and not any(cellkinds.date(row[column]) for column in mine)
        ):
            return TOTAL, False
        worded = [column for column in texts if column in self.values]
        valued = [column for column in mine if column in self.values and column not in worded]
        if gap or self.other:
            if (
                gap
                and len(texts) >= 2
                and len(worded) >= 0.6 * max(1, sum(column in self.values for column in mine))
                and worded
                and len(mine) == len(texts)
            ):
                self.other = number
                self.table.others[number] = 0
            elif gap and self.other and not missing and not worded:
                self.other = 0
            if self.other:
                self.table.others[self.other] += 1
                return OTHER, False
        if mine == [found.group] and len(there) == 1 and texts:
            self.heads[number] = headings.text_of(row[mine[0]])
            return GROUP, True
        if missing and len(mine) < found.typical and words.labels(row[column] for column in there):
            return NOTE, True
        few = len(mine) <= max(1, 0.34 * found.typical)
        half = len(missing) >= max(1, 0.5 * len(found.required))
        if half and not valued and (few or len(mine) == len(texts)):
            return NOTE, True
        if half and not texts and valued and len(missing) < len(found.columns) and len(mine) < found.typical:
            return UNNAMED_TOTAL, True
        if few and not found.required and len(found.columns) > 3:
            return NOTE, True
        outside = [column for column in beyond if column not in found.beside]
        if outside:
            if self.sheet.text and max(outside) >= self.width:
                return WIDER, False
            self.table.outside.append(number)
        if self.sheet.text and len(row) < self.width:
            if any(column >= len(row) for column in missing):
                return BROKEN, False
            if any(column >= len(row) for column in found.columns):
                self.table.short.append(number)
        return None, False

    def repeats(self, row: list[Any], mine: list[int]) -> bool:
        """Whether a row is one of the rows of headings again."""
        for texts in self.found.texts:
            if len(texts) >= 2 or len(self.found.columns) == 1:
                same = sum(
                    words.plain(str(row[column])) == text
                    for column, text in texts.items()
                    if column < len(row) and row[column] is not None
                )
                if same >= 0.8 * len(texts) and len(mine) <= len(texts) + 1:
                    return True
        return False
