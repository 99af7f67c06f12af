"""A firm's file is opened: what kind of file it is, which sheet and which table of it is meant; no cell is understood yet, none changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pandas as pd

from crmlab.checks.refusing import fail
from crmlab.language import _
from crmlab.own import files, layout, text, workbook
from crmlab.own.export import Problem
from crmlab.own.layout import Table, frame
from crmlab.own.raw import Raw
from crmlab.own.said import Said

LEFT_OUT = Said(_("Left out."))
SHEET = 10_000_000
"""Where several sheets are read together, a row's number is that of its sheet times this, and its own number."""


def open_file(path: Path | str, sheet: str = "") -> Raw:
    """The table in a file, as it stands there. ``sheet``: the name of the sheet, else the one with the largest table.

    Raises :class:`~crmlab.checks.InputError` with a sentence for a file that is not there, is none of a table, or holds no table.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder, "orders.csv")
    ...     _n = file.write_text("Orders 2025;;\\nCustomer;Date;Amount\\nLi;2025-03-01;12,50\\nTotal;;12,50\\n")
    ...     raw = open_file(file)
    >>> list(raw.headings), raw.sample.index.tolist(), raw.rows
    (['Customer', 'Date', 'Amount'], [3], 4)
    """
    path = Path(path)
    kind = files.kind(path)
    sheets = [text.sheet(path)] if kind == "text" else workbook.sheets(path)
    names = [one.name for one in sheets if one.name]
    if sheet and names and sheet not in names:
        fail(
            _("{file} has no sheet {sheet!r}. It has: {sheets}."), file=path.name, sheet=sheet, sheets=", ".join(names)
        )
    tables = {}
    for one in sheets:
        if sheet in ("", one.name) or not names:
            found = layout.find(one)
            if found is not None and found.used > 0:
                tables[one.name] = found
    if not tables:
        files.nothing(path, sheets, sheet)
    visible = {name: table for name, table in tables.items() if not table.sheet.hidden} or tables
    best = max(visible.values(), key=lambda one: one.used)
    together = [one for one in visible.values() if one.headings.names == best.headings.names]
    notes = [*best.sheet.notes, *best.headings.notes]
    if len(together) > 1:
        notes.append(
            Said(
                _(
                    "{n} sheets have the same headings and were read together: {sheets}. A row's number begins with that of its sheet: "
                    "row {example} is row 5 of the sheet {second!r}."
                ),
                n=len(together),
                sheets=", ".join(f"{at} = {one.sheet.name}" for at, one in enumerate(together, 1)),
                example=2 * SHEET + 5,
                second=together[1].sheet.name,
            )
        )
    elif names and len(sheets) > 1:
        others = [name for name in names if name != best.sheet.name]
        notes.append(
            Said(
                _("The sheet {sheet!r} was read. Not read: {others}."), sheet=best.sheet.name, others=", ".join(others)
            )
        )
    return _raw(path, together, notes, names)


def _raw(path: Path, tables: Sequence[Table], notes: list[Said], names: list[str]) -> Raw:
    several = len(tables) > 1
    problems: list[Problem] = []
    samples = []
    for at, table in enumerate(tables, 1):
        offset = at * SHEET if several else 0
        problems += [Problem(why, LEFT_OUT, rows=rows + offset, left_out=True) for why, rows in table.reasons().items()]
        found = table.headings
        if table.sample:
            numbers = [number + offset for number, _row in table.sample]
            rows = [row for _number, row in table.sample]
            samples.append(frame(numbers, rows, found.names, found.columns, max(found.columns) + 1, table.sheet.text))

    def chunks() -> Iterator[pd.DataFrame]:
        for at, table in enumerate(tables, 1):
            for chunk in table.chunks():
                if several:
                    chunk.index = chunk.index + at * SHEET
                yield chunk

    return Raw(
        file=path,
        sheet=tables[0].sheet.name,
        headings=tables[0].headings.names,
        sample=pd.concat(samples) if len(samples) > 1 else samples[0],
        chunks=chunks,
        rows=sum(table.rows for table in tables),
        problems=problems,
        notes=notes,
        sheets=names,
    )
