"""A firm's file is opened: what kind of file it is, which sheet and which table of it is meant; no cell is understood yet, none changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from crmlab.checks.refusing import InputError, fail
from crmlab.language import _
from crmlab.own.export import Problem
from crmlab.own.listed import Listed
from crmlab.own.opening import files, layout, text, workbook
from crmlab.own.opening.layout import Table
from crmlab.own.opening.sheet import UNCOMPUTED, Sheet, letter
from crmlab.own.raw import Raw
from crmlab.own.said import Said

EMPTY = Said(_("Taken as empty."))
NOT_USED = Said(_("The row is used, these cells are not."))
SHORT = Said(_("The row has fewer cells than there are headings."))
OUTSIDE = Said(_("There are cells outside the table, where no heading stands."))
FORMULAS = Said(_("A formula whose result the file does not hold. Open it in Excel or WPS and save it: then it does."))
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
    tables = _tables(path, [one for one in sheets if sheet in ("", one.name) or not names], sheet)
    if not tables:
        files.nothing(path, sheets, sheet)
    visible = [table for table in tables if not table.sheet.hidden] or tables
    best = max(visible, key=_worth)
    together = [one for one in visible if _alike(one, best)]
    notes = list(
        dict.fromkeys(said for one in together for said in (*one.sheet.notes, *one.headings.notes, *_said(one)))
    )
    if len(together) > 1:
        notes.append(
            Said(
                _(
                    "{n} sheets have the same headings and were read together: {sheets}. A row's number begins with that of its sheet: "
                    "row {example} is row 5 of the sheet {second!r}."
                ),
                n=len(together),
                sheets=Listed([f"{at} = {one.sheet.name}" for at, one in enumerate(together, 1)]),
                example=2 * SHEET + 5,
                second=together[1].sheet.name,
            )
        )
        everywhere = set.intersection(*(set(one.headings.names) for one in together))
        if some := dict.fromkeys(name for one in together for name in one.headings.names if name not in everywhere):
            notes.append(Said(_("Not in all of these sheets: {names}. Empty in the others."), names=Listed(some)))
    read = [one.sheet.name for one in together]
    if others := [name for name in names if name not in read]:
        notes.append(Said(_("Read: {sheets}. Not read: {others}."), sheets=Listed(read), others=Listed(others)))
    return _raw(path, together, notes, names)


def _tables(path: Path, sheets: Sequence[Sheet], sheet: str) -> list[Table]:
    """The table of each sheet that has one. Where none has, the sentence that says why of the first."""
    found: list[Table] = []
    refused: InputError | None = None
    for one in sheets:
        try:
            with workbook.whole(path) if one.name else nullcontext():
                table = layout.find(one)
        except InputError as error:
            refused = refused or error
            continue
        if table is not None and table.used > 0:
            found.append(table)
    if not found and refused is not None:
        raise refused
    return found


def _alike(one: Table, other: Table) -> bool:
    """Whether two tables have the same headings, but for one in five."""
    mine, others = set(one.headings.names), set(other.headings.names)
    headed = bool(one.headings.rows and other.headings.rows)
    return one is other or (headed and len(mine & others) >= max(2, 0.8 * max(len(mine), len(others))))


def _worth(table: Table) -> int:
    """How much a table holds that can be reckoned with: a list of codes is none of orders."""
    return table.used * (len(table.headings.columns) + 3 * len(table.headings.values))


def _said(table: Table) -> Iterator[Said]:
    """What is to be said of how a table was found."""
    found, sheet = table.headings, table.sheet
    names = dict(zip(found.columns, found.names, strict=True))
    hidden = [name for column, name in names.items() if column in sheet.hidden_columns]
    if hidden:
        yield Said(_("Columns that are hidden: {names}. They are used as all others."), names=Listed(hidden))
    zeros = [name for column, name in names.items() if column in sheet.zeros]
    if zeros:
        yield Said(_("Shown with leading zeros, and so taken as text: {names}."), names=Listed(zeros))
    downward = sum(bottom > top > found.bottom for top, _left, bottom, _right in sheet.merged)
    if downward:
        yield Said(_("Cells merged over several rows: {n}. Each of their rows has the cell's content."), n=downward)
    if found.beside:
        yield Said(
            _("Another table stands beside this one, in columns {first} to {last}; it was not read."),
            first=letter(found.beside[0]),
            last=letter(found.beside[-1]),
        )
    for start, n in table.others.items():
        if table.out.get(start) is layout.OTHER:
            yield Said(
                _("Another table of {n} rows, with its headings, begins in row {row}; it was not read."), n=n, row=start
            )


def _raw(path: Path, tables: Sequence[Table], notes: list[Said], names: list[str]) -> Raw:
    several = len(tables) > 1
    headings = list(dict.fromkeys(name for table in tables for name in table.headings.names))
    problems: list[Problem] = []
    samples = []
    formats: dict[str, str] = {}
    for at, table in enumerate(tables, 1):
        offset = at * SHEET if several else 0
        problems += [Problem(why, LEFT_OUT, rows=rows + offset, left_out=True) for why, rows in table.reasons().items()]
        found = table.headings
        sample = table.frame([number for number, _row in table.sample], [row for _number, row in table.sample])
        sample.index = sample.index + offset
        samples.append(_with(sample, headings))
        for numbers_of, says, done in ((table.short, SHORT, EMPTY), (table.outside, OUTSIDE, NOT_USED)):
            if numbers_of:
                problems.append(Problem(says, done, rows=np.array(numbers_of, dtype="int64") + offset))
        if table.sheet.uncomputed:
            problems += _uncomputed(table, offset)
        for column, counted in table.sheet.formats.items():
            if column in found.columns:
                formats.setdefault(found.names[found.columns.index(column)], counted.most_common(1)[0][0])

    def chunks() -> Iterator[pd.DataFrame]:
        for at, table in enumerate(tables, 1):
            with workbook.whole(path) if table.sheet.name else nullcontext():
                for chunk in table.chunks():
                    if several:
                        chunk.index = chunk.index + at * SHEET
                    yield _with(chunk, headings)

    return Raw(
        file=path,
        sheet="" if several else tables[0].sheet.name,
        headings=headings,
        sample=pd.concat(samples) if len(samples) > 1 else samples[0],
        chunks=chunks,
        rows=sum(table.rows for table in tables),
        problems=_of_all(problems) if several else problems,
        notes=notes,
        sheets=names,
        formats=formats,
        titles=[one for table in tables for one in table.titles],
        starts_1904=tables[0].sheet.starts_1904,
    )


def _of_all(problems: list[Problem]) -> list[Problem]:
    """What is the same in several sheets, said once, with the rows of all."""
    found: dict[tuple[Said, Said, str, bool], list[Problem]] = {}
    for one in problems:
        found.setdefault((one.says, one.done, one.column, one.left_out), []).append(one)
    made: list[Problem] = []
    for some in found.values():
        if len({bool(len(one.values)) for one in some}) > 1 or not all(len(one.rows) for one in some):
            made += some
            continue
        rows = np.concatenate([one.rows for one in some])
        made.append(replace(some[0], rows=rows, values=[value for one in some for value in one.values]))
    return made


def _with(table: pd.DataFrame, headings: list[str]) -> pd.DataFrame:
    """The table with all these headings, in this order; cells that its sheet does not have are empty."""
    if list(table.columns) == headings:
        return table
    empty = np.full(len(table), None, dtype=object)
    cells = {name: table[name].to_numpy() if name in table else empty for name in headings}
    return pd.DataFrame(cells, index=table.index, columns=headings, dtype=object)


def _uncomputed(table: Table, offset: int) -> Iterator[Problem]:
    """Formulas without a value, by column: looked for in one more pass, since hardly a file has any."""
    rows: dict[int, list[int]] = {}
    for batch in table.sheet.batches():
        for number, row in zip(batch.numbers, batch.rows, strict=True):
            if number not in table.out:
                for column, cell in enumerate(row):
                    if cell is UNCOMPUTED:
                        rows.setdefault(column, []).append(number)
    names = dict(zip(table.headings.columns, table.headings.names, strict=True))
    for column, numbers in rows.items():
        if column in names:
            yield Problem(FORMULAS, EMPTY, column=names[column], rows=np.array(numbers, dtype="int64") + offset)
