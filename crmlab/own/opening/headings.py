"""Which rows hold the headings of a table, and what its columns are called."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from typing import Any

from crmlab.language import _
from crmlab.own.listed import Listed
from crmlab.own.opening import rows_of_headings, words
from crmlab.own.opening.head import Head, bits
from crmlab.own.opening.sheet import Sheet, letter
from crmlab.own.said import Said

MOST = 0.95
"""A column that is filled in so many of the rows is one that every row has."""


@dataclass
class Headings:
    """``names`` of ``columns`` (of the sheet, from 0). ``rows``: numbers of the rows of headings, from ``top`` to ``bottom``, units among them.
    ``required``: columns that every row has; ``values``: those of numbers and dates; ``typical``: how many cells a row has.
    ``beside``: columns of another table beside this one. ``group``: the column in which rows stand that head those under them."""

    names: list[str]
    columns: list[int]
    top: int
    bottom: int
    rows: list[int]
    texts: list[dict[int, str]]
    required: list[int]
    values: list[int]
    typical: float
    beside: list[int] = field(default_factory=list)
    group: int | None = None
    notes: list[Said] = field(default_factory=list)
    data: list[int] = field(default_factory=list)


def of(head: Head, sheet: Sheet) -> Headings | None:
    """The headings of the table in these rows, ``None`` where no row is one of headings with a row under it."""
    found = rows_of_headings.main_row(head)
    if found is None:
        return None
    at, headed = found
    if not headed:
        return _without(head, at)
    storeys = [at]
    spans = rows_of_headings.spans(sheet)
    while storeys[0] > 0 and rows_of_headings.storey_above(head, storeys[0] - 1, storeys[0], spans):
        storeys.insert(0, storeys[0] - 1)
    units: list[int] = []
    seconds: list[int] = []
    while (next_row := (units or seconds or storeys)[-1] + 1) < len(head.rows) and next_row + 1 < len(head.rows):
        kind = rows_of_headings.under(head, next_row, storeys, spans, bool(units or seconds))
        if not kind:
            break
        {"storey": storeys, "unit": units, "second": seconds}[kind].append(next_row)
        if kind == "unit":
            break
    last = max([*storeys, *units, *seconds])
    return _named(head, storeys, units, seconds, last, spans, sheet.text)


def _named(
    head: Head,
    storeys: list[int],
    units: list[int],
    seconds: list[int],
    last: int,
    spans: dict[int, list[tuple[int, int]]],
    ragged: bool,
) -> Headings:
    union = 0
    for at in storeys:
        union |= head.filled[at]
        for left, right in spans.get(head.numbers[at], ()):
            if at != storeys[-1]:
                union |= ((1 << right + 1) - 1) ^ ((1 << left) - 1)
    data = [
        at for at in range(last + 1, len(head.rows)) if (head.filled[at] & union).bit_count() >= 0.3 * union.bit_count()
    ]
    share = {
        column: sum(head.filled[at] >> column & 1 for at in data) / max(1, len(data)) for column in bits(head.any())
    }
    columns = [column for column, part in share.items() if union >> column & 1 or part >= 0.2]
    if ragged:
        columns = [one for one in columns if one < len(head.rows[storeys[-1]]) or not _spilt(head, one, data)]
    group = _group(head, last, data, columns)
    if group is not None and group not in columns:
        columns = sorted([group, *columns])
    # Columns with nothing in and over them part two tables.
    columns, beside = _largest(head, columns, data, storeys)
    imported = any(_imported(cell) for at in seconds for cell in head.rows[at])
    # Qualtrics: the first row has Q1, the second what was asked.
    asked = imported and not any(map(_imported, head.rows[seconds[0]]))
    named, notes = _names(head, seconds[:1] if asked else storeys, columns, spans)
    if units:
        notes.append(Said(_("Row {row} under the headings holds units."), row=head.numbers[units[0]]))
    if seconds:
        notes.append(Said(_("Row {row} under the headings repeats them in other words."), row=head.numbers[seconds[0]]))
    made = _made(head, named, columns, [*storeys, *units, *seconds], data, beside, notes)
    made.group = group if group in columns else None
    return made


def _imported(cell: Any) -> bool:
    return isinstance(cell, str) and cell.startswith('{"ImportId"')


def _spilt(head: Head, column: int, data: list[int]) -> bool:
    """Whether a column behind the last heading of a text file holds what a separator within a cell has pushed out: the end of 1,210.00 without quotation
    marks, or cells of some rows alone."""
    there = [at for at in data if head.filled[at] >> column & 1]
    if len(there) < MOST * len(data):
        return True
    pairs = [
        (str(head.cell(at, left) or "").strip(), str(head.cell(at, left + 1) or "").strip())
        for at in there
        for left in range(column)
    ]
    halves = sum(
        re.fullmatch(r"[-(]?[^\w\s]?\d{1,3}", left) is not None
        and re.fullmatch(r"\d{3}(?:\.\d+)?\)?", right) is not None
        for left, right in pairs
    )
    return halves >= 0.8 * len(there)


def _group(head: Head, last: int, data: list[int], columns: list[int]) -> int | None:
    """The column that is empty in all rows but those which hold nothing else: these head a group."""
    heads = (
        [at for at in range(last + 1, len(head.rows)) if head.filled[at].bit_count() == 1 and at < data[-1]]
        if data
        else []
    )
    if not heads or len(columns) < 3:
        return None
    mask = head.filled[heads[0]]
    alone = [at for at in heads if head.filled[at] == mask and head.texts[at] == mask]
    beyond = sum(bool(head.filled[at] & mask) for at in data)
    column = mask.bit_length() - 1
    totals = sum(
        isinstance(head.rows[at][column], str) and words.total_of(head.rows[at][column])
        for at in data
        if head.filled[at] & mask
    )
    if column <= min(columns) and len(alone) >= 1 and heads[0] < data[0] and beyond == totals:
        return column
    return None


def _made(
    head: Head,
    names: list[str],
    columns: list[int],
    rows: list[int],
    data: list[int],
    beside: list[int],
    notes: list[Said],
) -> Headings:
    mask = sum(1 << column for column in columns)
    named = [
        at
        for at in data
        if not any(isinstance(cell, str) and words.total(cell) for cell in head.rows[at])
        and not words.labels(head.rows[at][column] for column in bits(head.filled[at]))
    ] or data
    usual = sorted((head.filled[at] & mask).bit_count() for at in named)
    typical = float(usual[3 * len(usual) // 4]) if usual else float(len(columns))
    proper = [at for at in named if (head.filled[at] & mask).bit_count() >= 0.6 * typical]
    required = [
        column
        for column in columns
        if proper and sum(head.filled[at] >> column & 1 for at in proper) >= MOST * len(proper)
    ]
    values = [
        column
        for column in columns
        if sum(bool(head.filled[at] & ~head.texts[at] & 1 << column) for at in proper)
        >= 0.8 * max(1, sum(head.filled[at] >> column & 1 for at in proper))
    ]
    return Headings(
        names,
        columns,
        top=head.numbers[rows[0]] if rows else 0,
        bottom=head.numbers[rows[-1]] if rows else 0,
        rows=[head.numbers[at] for at in rows],
        texts=[
            {column: words.plain(str(head.rows[at][column])) for column in bits(head.filled[at]) if column in columns}
            for at in rows
        ],
        required=required,
        values=values,
        typical=typical,
        beside=beside,
        notes=notes,
        data=[head.numbers[at] for at in data],
    )


def _largest(head: Head, columns: list[int], data: list[int], storeys: list[int]) -> tuple[list[int], list[int]]:
    """The columns of the largest table, and those of others beside it."""
    groups: list[list[int]] = []
    for column in columns:
        if groups and column == groups[-1][-1] + 1:
            groups[-1].append(column)
        else:
            groups.append([column])
    if len(groups) < 2:
        return columns, []
    masks = [sum(1 << column for column in group) for group in groups]
    ends = [max((at for at in data if (head.filled[at] & mask)), default=-1) for mask in masks]
    names = [
        {words.plain(str(head.cell(at, column) or "")) for at in storeys for column in group} - {""} for group in groups
    ]
    cells = [sum((head.filled[at] & mask).bit_count() for at in data) for mask in masks]
    best = max(range(len(groups)), key=cells.__getitem__)
    mine, others = list(groups[best]), list[int]()
    for at, group in enumerate(groups):
        if at == best or not cells[at]:
            continue
        apart = abs(ends[at] - ends[best]) > 1 or bool(names[at] & names[best])
        (others if apart and len(group) > 1 else mine).extend(group)
    return sorted(mine), sorted(others)


def _names(
    head: Head, storeys: list[int], columns: list[int], spans: dict[int, list[tuple[int, int]]]
) -> tuple[list[str], list[Said]]:
    """A name for each column: storeys joined by a blank, an upper one carried over the columns that it spans."""
    parts: dict[int, list[str]] = {column: [] for column in columns}
    for level, at in enumerate(storeys):
        carried = ""
        merged = spans.get(head.numbers[at], [])
        lower = level < len(storeys) - 1
        for column in columns:
            cell = text_of(head.cell(at, column))
            if lower:
                if cell:
                    carried = cell
                    ends = next((right for left, right in merged if left == column), None)
                    if ends is None and merged:
                        ends = column
                    until = ends
                elif carried and until is not None and column > until:
                    carried = ""
                cell = cell or carried
            if cell and cell not in parts[column]:
                parts[column].append(cell)
    names, notes, seen = [], [], set()
    doubled: list[str] = []
    for column in columns:
        name = " ".join(parts[column]) or letter(column)
        if name in seen:
            doubled.append(name)
            number = 2
            while f"{name} ({number})" in seen:
                number += 1
            name = f"{name} ({number})"
        seen.add(name)
        names.append(name)
    if len(storeys) > 1:
        notes.append(
            Said(
                _("The headings have {n} storeys, rows {first} to {last}; they were joined."),
                n=len(storeys),
                first=head.numbers[storeys[0]],
                last=head.numbers[storeys[-1]],
            )
        )
    if doubled:
        notes.append(
            Said(
                _("A heading stands there more than once: {names}. The later ones got a number."),
                names=Listed(doubled),
            )
        )
    return names, notes


def text_of(cell: Any) -> str:
    """A heading as text, on one line.

    >>> text_of("Order\\nnumber "), text_of(2025), text_of(None)
    ('Order number', '2025', '')
    """
    if cell is None:
        return ""
    if isinstance(cell, (dt.datetime, dt.date)):
        return cell.isoformat()[:10]
    return " ".join(str(cell).split())


def _without(head: Head, at: int) -> Headings:
    """A table without headings: its columns' letters serve."""
    data = list(range(at, len(head.rows)))
    rows = max(1, len(data))
    columns = [
        column for column in bits(head.any()) if sum(head.filled[one] >> column & 1 for one in data) >= 0.2 * rows
    ]
    notes = [Said(_("The table has no headings; the letters of its columns serve."))]
    made = _made(head, [letter(column) for column in columns], columns, [], data, [], notes)
    made.top = head.numbers[at]
    made.bottom = head.numbers[at] - 1
    return made
