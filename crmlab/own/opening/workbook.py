"""An XLSX workbook as sheets of rows: what is merged, what is hidden, and cells typed as the file types them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from xml.etree import ElementTree
from xml.parsers import expat

from crmlab import zips
from crmlab.checks.refusing import InputError, fail
from crmlab.language import _
from crmlab.own.opening import package, sheet_cells
from crmlab.own.opening.package import Book
from crmlab.own.opening.sheet import Batch, Sheet
from crmlab.own.opening.sheet_cells import column
from crmlab.own.said import Said

_KEPT = 1_000_000
"""Cells of a sheet that are kept between two passes; a larger one is read again."""
_MERGE = re.compile(rb'<(?:\w+:)?mergeCell [^>]*ref="([A-Z]+)(\d+):([A-Z]+)(\d+)"')
_HIDDEN_ROW = re.compile(rb'<(?:\w+:)?row [^>]*hidden="(?:1|true)"')
_COLUMN = re.compile(rb"<(?:\w+:)?col [^>]*>")
_ATTRIBUTE = re.compile(rb'(\w+)="([^"]*)"')

_DAMAGED: tuple[type[Exception], ...] = (
    *zips.UNREADABLE,
    ArithmeticError,
    AttributeError,
    ElementTree.ParseError,
    LookupError,
    TypeError,
    expat.ExpatError,
    StopIteration,
)


def sheets(path: Path) -> list[Sheet]:
    """The sheets of a workbook that have cells, in order."""
    with whole(path):
        return _sheets(path)


@contextmanager
def whole(path: Path) -> Iterator[None]:
    """While a workbook is read: what it may fail with when it is damaged becomes a sentence."""
    try:
        yield
    except InputError:
        raise
    except _DAMAGED:  # a damaged package fails in all these ways
        fail(
            _(
                "{file} is damaged, or no workbook that can be read. Open it in Excel or WPS, save it under another name as XLSX, "
                "and choose that."
            ),
            file=path.name,
        )


def _sheets(path: Path) -> list[Sheet]:
    book = package.read(path)
    found = [_sheet(book, one.name, one.path, one.hidden) for one in book.sheets if not one.chart]
    charts = [one.name for one in book.sheets if one.chart]
    if charts:
        for sheet in found:
            sheet.notes.append(
                Said(_("Sheets that hold only a chart are not read: {sheets}."), sheets=", ".join(charts))
            )
    if not found:
        fail(_("{file} has no sheet with cells."), file=path.name)
    return found


def _sheet(book: Book, name: str, part: str, hidden: bool) -> Sheet:
    merged, hidden_rows, hidden_columns = _scan(book, part)
    sheet = Sheet(name, lambda: iter(()), hidden=hidden, merged=merged, hidden_columns=hidden_columns)
    sheet.starts_1904 = book.starts_1904
    kept: list[Batch] = []

    def batches() -> Iterator[Batch]:
        if kept:
            yield from kept
            return
        held, mine = 0, []
        sheet.formats.clear()
        for batch in sheet_cells.batches(book, part, sheet):
            held += sum(map(len, batch.rows))
            if held <= _KEPT:
                mine.append(batch)
            yield batch
        if held <= _KEPT:
            kept[:] = mine

    sheet.batches = batches
    if hidden:
        sheet.notes.append(Said(_("The sheet {sheet!r} is hidden."), sheet=name))
    if hidden_rows:
        sheet.notes.append(
            Said(_("Rows that are hidden or filtered away: {n}. They are used as all others."), n=hidden_rows)
        )
    return sheet


def _scan(book: Book, part: str) -> tuple[list[tuple[int, int, int, int]], int, frozenset[int]]:
    """Merged cells, the number of hidden rows, and hidden columns: found in the sheet's bytes, since merged cells stand behind all others."""
    merged: list[tuple[int, int, int, int]] = []
    rows, columns = 0, set()
    with book.open() as archive, archive.open(part) as file:
        rest = b""
        while piece := file.read(1 << 20):
            piece = rest + piece
            cut = piece.rfind(b"<")
            rest, piece = (piece[cut:], piece[:cut]) if cut > 0 else (b"", piece)
            if b"mergeCell " in piece:
                merged += [
                    (int(top), column(left), int(bottom), column(right))
                    for left, top, right, bottom in _MERGE.findall(piece)
                ]
            if b"hidden=" in piece:
                rows += len(_HIDDEN_ROW.findall(piece))
                for one in _COLUMN.findall(piece):
                    attributes = dict(_ATTRIBUTE.findall(one))
                    if attributes.get(b"hidden") in (b"1", b"true"):
                        columns |= set(range(int(attributes[b"min"]) - 1, min(int(attributes[b"max"]), 16384)))
    return merged, rows, frozenset(columns)
