"""An XLSX workbook as sheets of rows: typed cells, merged cells, what is hidden, formulas that were never computed.

openpyxl reads what the workbook says of itself (sheets, styles, shared texts); :mod:`crmlab.own.cells` reads the cells, because openpyxl keeps
neither merged and hidden cells nor formulas without a value where it reads with little memory.
"""

from __future__ import annotations

import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from xml.parsers import expat

from crmlab.checks.refusing import InputError, fail
from crmlab.language import _
from crmlab.own import cells
from crmlab.own.cells import Book, column
from crmlab.own.said import Said
from crmlab.own.sheet import Batch, Sheet

_KEPT = 1_000_000
"""Cells of a sheet that are kept between two passes; a larger one is read again."""
_STRICT = (
    (b"http://purl.oclc.org/ooxml/spreadsheetml/main", b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"),
    (
        b"http://purl.oclc.org/ooxml/officeDocument/relationships",
        b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    ),
    (b"http://purl.oclc.org/ooxml/officeDocument/", b"http://schemas.openxmlformats.org/officeDocument/2006/"),
    (b"http://purl.oclc.org/ooxml/drawingml/", b"http://schemas.openxmlformats.org/drawingml/2006/"),
)
_MERGE = re.compile(rb'<(?:\w+:)?mergeCell [^>]*ref="([A-Z]+)(\d+):([A-Z]+)(\d+)"')
_HIDDEN_ROW = re.compile(rb'<(?:\w+:)?row [^>]*hidden="(?:1|true)"')
_COLUMN = re.compile(rb"<(?:\w+:)?col [^>]*>")
_ATTRIBUTE = re.compile(rb'(\w+)="([^"]*)"')


def sheets(path: Path) -> list[Sheet]:
    """The sheets of a workbook that have cells, in order."""
    with whole(path), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return _sheets(path)


@contextmanager
def whole(path: Path) -> Iterator[None]:
    """While a workbook is read: what it may fail with when it is damaged becomes a sentence."""
    try:
        yield
    except InputError:
        raise
    except (
        ArithmeticError,
        AttributeError,
        EOFError,
        ElementTree.ParseError,
        LookupError,
        NotImplementedError,
        OSError,
        RuntimeError,
        TypeError,
        ValueError,
        expat.ExpatError,
        zipfile.BadZipFile,
        zlib.error,
    ):  # openpyxl and zipfile say so little of what they raise that nothing narrower would do
        fail(
            _(
                "{file} is damaged, or no workbook that can be read. Open it in Excel or WPS, save it under another name as XLSX, "
                "and choose that."
            ),
            file=path.name,
        )


def _sheets(path: Path) -> list[Sheet]:
    import openpyxl

    content = _content(path)
    source = path.open("rb") if isinstance(content, Path) else BytesIO(content)
    with source:
        book = openpyxl.load_workbook(source, read_only=True, data_only=True, keep_links=False)
        found = []
        shared = Book(
            content,
            next((one._shared_strings for one in book.worksheets), []),
            book.epoch,
            frozenset(book._date_formats),
            frozenset(book._timedelta_formats),
            [_format(book, style) for style in book._cell_styles],
        )
        for sheet in book.worksheets:
            found.append(_sheet(shared, sheet.title, sheet._worksheet_path, sheet.sheet_state != "visible"))
        charts = [one.title for one in book._sheets if one not in book.worksheets]
        book.close()
    if charts:
        for one in found:
            one.notes.append(Said(_("Sheets that hold only a chart are not read: {sheets}."), sheets=", ".join(charts)))
    if not found:
        fail(_("{file} has no sheet with cells."), file=path.name)
    return found


def _format(book: Any, style: Any) -> str:
    from openpyxl.styles.numbers import BUILTIN_FORMATS, BUILTIN_FORMATS_MAX_SIZE

    number = style.numFmtId
    if number < BUILTIN_FORMATS_MAX_SIZE:
        return str(BUILTIN_FORMATS.get(number, "General"))
    formats = book._number_formats
    at = number - BUILTIN_FORMATS_MAX_SIZE
    return str(formats[at]) if at < len(formats) else "General"


def _content(path: Path) -> Path | bytes:
    """The file, or, where it is strict OOXML, which openpyxl does not know, the same with the usual names in it."""
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        book = next((name for name in names if name.lower().endswith("workbook.xml")), None)
        if book is None or b"purl.oclc.org" not in archive.read(book):
            return path
        made = BytesIO()
        with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as plain:
            for name in names:
                part = archive.read(name)
                if name.endswith((".xml", ".rels")):
                    for strict, usual in _STRICT:
                        part = part.replace(strict, usual)
                plain.writestr(name, part)
        return made.getvalue()


def _sheet(book: Book, name: str, part: str, hidden: bool) -> Sheet:
    merged, hidden_rows, hidden_columns = _scan(book, part)
    sheet = Sheet(name, lambda: iter(()), hidden=hidden, merged=merged, hidden_columns=hidden_columns)
    kept: list[Batch] = []

    def batches() -> Iterator[Batch]:
        if kept:
            yield from kept
            return
        held, mine = 0, []
        sheet.formats.clear()
        for batch in cells.batches(book, part, sheet):
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
