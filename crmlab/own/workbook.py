"""An XLSX workbook as sheets of rows: typed cells, merged cells, what is hidden, formulas that were never computed.

openpyxl reads what the workbook says of itself (sheets, styles, shared texts); the cells are read here, a row at a time, because it keeps
neither merged and hidden cells nor formulas without a value where it reads with little memory.
"""

from __future__ import annotations

import re
import warnings
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from crmlab.checks.refusing import InputError, fail
from crmlab.language import _
from crmlab.own.said import Said
from crmlab.own.sheet import AT_ONCE, UNCOMPUTED, Batch, Sheet, empty

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


@dataclass(frozen=True)
class _Book:
    """What all sheets of a workbook share."""

    content: Path | bytes
    texts: list[str]
    epoch: Any
    dates: frozenset[int]
    spans: frozenset[int]
    formats: list[str]

    def open(self) -> zipfile.ZipFile:
        return zipfile.ZipFile(self.content if isinstance(self.content, Path) else BytesIO(self.content))


def _sheets(path: Path) -> list[Sheet]:
    import openpyxl

    content = _content(path)
    source = path.open("rb") if isinstance(content, Path) else BytesIO(content)
    with source:
        book = openpyxl.load_workbook(source, read_only=True, data_only=True, keep_links=False)
        found = []
        shared = _Book(
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


def _sheet(book: _Book, name: str, part: str, hidden: bool) -> Sheet:
    from openpyxl.utils.datetime import CALENDAR_MAC_1904

    merged, hidden_rows, hidden_columns = _scan(book, part)
    sheet = Sheet(name, lambda: iter(()), hidden=hidden, merged=merged, hidden_columns=hidden_columns)
    sheet.starts_1904 = book.epoch == CALENDAR_MAC_1904
    kept: list[Batch] = []

    def batches() -> Iterator[Batch]:
        if kept:
            yield from kept
            return
        cells, mine = 0, []
        sheet.formats.clear()
        for batch in _Cells(book, part, sheet).batches():
            cells += sum(map(len, batch.rows))
            if cells <= _KEPT:
                mine.append(batch)
            yield batch
        if cells <= _KEPT:
            kept[:] = mine

    sheet.batches = batches
    if hidden:
        sheet.notes.append(Said(_("The sheet {sheet!r} is hidden."), sheet=name))
    if hidden_rows:
        sheet.notes.append(
            Said(_("Rows that are hidden or filtered away: {n}. They are used as all others."), n=hidden_rows)
        )
    return sheet


def _scan(book: _Book, part: str) -> tuple[list[tuple[int, int, int, int]], int, frozenset[int]]:
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
                    (int(top), _column(left), int(bottom), _column(right))
                    for left, top, right, bottom in _MERGE.findall(piece)
                ]
            if b"hidden=" in piece:
                rows += len(_HIDDEN_ROW.findall(piece))
                for one in _COLUMN.findall(piece):
                    attributes = dict(_ATTRIBUTE.findall(one))
                    if attributes.get(b"hidden") in (b"1", b"true"):
                        columns |= set(range(int(attributes[b"min"]) - 1, min(int(attributes[b"max"]), 16384)))
    return merged, rows, frozenset(columns)


def _column(letters: bytes | str) -> int:
    number = 0
    for one in letters if isinstance(letters, bytes) else letters.encode():
        number = number * 26 + one - 64
    return number - 1


class _Cells:
    """The cells of one sheet, a row at a time."""

    def __init__(self, book: _Book, part: str, sheet: Sheet) -> None:
        self.book, self.part, self.sheet = book, part, sheet
        self.columns: dict[str, int] = {}
        self.down: dict[int, list[tuple[int, int]]] = {}
        for top, left, bottom, _right in sheet.merged:
            if bottom > top:
                self.down.setdefault(top, []).append((left, bottom))

    def batches(self) -> Iterator[Batch]:
        batch, before = Batch([], []), 0
        active: dict[int, tuple[int, Any]] = {}
        with self.book.open() as archive, archive.open(self.part) as file:
            number = 0
            data = None
            for event, element in ElementTree.iterparse(file, events=("start", "end")):
                tag = element.tag.rpartition("}")[2]
                if event == "start":
                    if tag == "sheetData":
                        data = element
                    continue
                if tag == "sheetData":
                    break
                if tag != "row":
                    continue
                number = int(float(element.get("r") or number + 1))
                row = self.row(element)
                if data is not None:
                    data.clear()
                if any(not empty(cell) for cell in row):
                    for column, (last, cell) in list(active.items()):
                        if number > last:
                            del active[column]
                        elif column >= len(row):
                            row += [None] * (column + 1 - len(row))
                            row[column] = cell
                        elif row[column] is None:
                            row[column] = cell
                    if before and number > before + 1:
                        batch.gaps.add(number)
                    before = number
                    batch.numbers.append(number)
                    batch.rows.append(row)
                    if len(batch.rows) >= AT_ONCE:
                        yield batch
                        batch = Batch([], [])
                for column, last in self.down.get(number, ()):
                    if column < len(row) and row[column] is not None:
                        active[column] = (last, row[column])
        if batch.rows:
            yield batch

    def row(self, element: ElementTree.Element) -> list[Any]:
        row: list[Any] = []
        at = -1
        for cell in element:
            where = cell.get("r")
            if where:
                letters = where.rstrip("0123456789")
                at = self.columns.get(letters, -1)
                if at < 0:
                    at = self.columns[letters] = _column(letters)
            else:
                at += 1
            value = self.value(cell, at)
            if value is not None:
                if at >= len(row):
                    row += [None] * (at - len(row))
                    row.append(value)
                else:
                    row[at] = value
        return row

    def value(self, cell: ElementTree.Element, column: int) -> Any:
        kind = cell.get("t", "n")
        text = None
        formula = False
        for child in cell:
            tag = child.tag.rpartition("}")[2]
            if tag == "v":
                text = child.text
            elif tag == "is":
                return _inline(child)
            elif tag == "f":
                formula = True
        if text is None:
            if formula and kind != "str":
                self.sheet.uncomputed = True
                return UNCOMPUTED
            return None
        if kind == "s":
            return self.book.texts[int(text)]
        if kind == "n":
            return self.number(text, int(cell.get("s") or 0), column)
        if kind == "b":
            return text.strip() in ("1", "true")
        if kind == "d":
            from openpyxl.utils.datetime import from_ISO8601

            return from_ISO8601(text)
        return text

    def number(self, text: str, style: int, column: int) -> Any:
        number = float(text) if "." in text or "e" in text or "E" in text else int(text)
        if not style:
            return number
        if style in self.book.dates:
            from openpyxl.utils.datetime import from_excel

            try:
                return from_excel(number, self.book.epoch, timedelta=style in self.book.spans)
            except (OverflowError, ValueError):
                return number
        shown = self.book.formats[style] if style < len(self.book.formats) else "General"
        if shown != "General":
            if isinstance(number, int) and len(shown) > 1 and not shown.strip("0"):
                self.sheet.zeros.add(column)
                return f"{number:0{len(shown)}d}"
            counted = self.sheet.formats.get(column)
            if counted is None:
                counted = self.sheet.formats[column] = Counter()
            counted[shown] += 1
        return number


def _inline(element: ElementTree.Element) -> str | None:
    """A text that stands in its cell, without how it is pronounced (``rPh``)."""
    parts = []
    for child in element:
        tag = child.tag.rpartition("}")[2]
        if tag == "t":
            parts.append(child.text or "")
        elif tag == "r":
            parts += [part.text or "" for part in child if part.tag.rpartition("}")[2] == "t"]
    return "".join(parts) or None
