"""The cells of one sheet of a workbook, typed as the file types them, a row at a time.

Read from the sheet's XML by expat, which needs a fourth of the time of openpyxl's reader and no more memory for a longer sheet. openpyxl still says
what day a number is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any
from xml.parsers import expat

from crmlab.own.opening.package import Book
from crmlab.own.opening.sheet import AT_ONCE, UNCOMPUTED, Batch, Sheet, empty

_FIRST = 500
"""Rows of the first batch: enough to find the headings in."""
_C, _V, _F, _T, _ROW, _RPH, _DATA = range(1, 8)
_WORDS = (_V, _T)
_TAGS = {"c": _C, "v": _V, "f": _F, "t": _T, "row": _ROW, "rPh": _RPH, "sheetData": _DATA}


def column(letters: bytes | str) -> int:
    """The number of a column, from 0. Raises :class:`ValueError` for one that no sheet has.

    >>> column("A"), column("XFD")
    (0, 16383)
    """
    number = 0
    for one in letters if isinstance(letters, bytes) else letters.encode():
        if not 65 <= one <= 90:
            raise ValueError(letters)
        number = number * 26 + one - 64
    if not 1 <= number <= 16_384:
        raise ValueError(letters)
    return number - 1


def batches(book: Book, part: str, sheet: Sheet) -> Iterator[Batch]:
    """The rows of a sheet that hold anything. A cell that is merged over several rows stands in each of them that holds anything besides.

    Raises :class:`ValueError` and what zipfile and expat raise, where the file is damaged.
    """
    down: dict[int, list[tuple[int, int]]] = {}
    for top, left, bottom, _right in sheet.merged:
        if bottom > top:
            down.setdefault(top, []).append((left, bottom))
    active: dict[int, tuple[int, Any]] = {}
    batch, before, most = Batch([], []), 0, _FIRST
    for number, row in _rows(book, part, sheet):
        if row and not all(map(empty, row)):
            if number <= before:
                raise ValueError("rows are out of order")
            for at, (last, cell) in list(active.items()):
                if number > last:
                    del active[at]
                    continue
                if at >= len(row):
                    row += [None] * (at + 1 - len(row))
                if row[at] is None:
                    row[at] = cell
            if before and number > before + 1:
                batch.gaps.add(number)
            before = number
            batch.numbers.append(number)
            batch.rows.append(row)
            if len(batch.rows) >= most:
                yield batch
                batch, most = Batch([], []), AT_ONCE
        for at, last in down.get(number, ()):
            if at < len(row) and row[at] is not None:
                active[at] = (last, row[at])
    if batch.rows:
        yield batch


def _rows(book: Book, part: str, sheet: Sheet) -> Iterator[tuple[int, list[Any]]]:
    reader = _Reader(book, sheet)
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = reader.start, reader.end
    parser.CharacterDataHandler = reader.characters
    parser.StartDoctypeDeclHandler = reader.doctype
    with book.open() as archive, archive.open(part) as file:
        while not reader.ended:
            piece = file.read(1 << 16)
            parser.Parse(piece, not piece)
            if not piece and not reader.ended:
                break
            yield from reader.rows
            reader.rows.clear()
        yield from reader.rows


class _Reader:
    """Called by expat for each element."""

    def __init__(self, book: Book, sheet: Sheet) -> None:
        self.book, self.sheet = book, sheet
        self.rows: list[tuple[int, list[Any]]] = []
        self.ended = False
        self.codes: dict[str, int] = {}
        self.columns: dict[str, int] = {}
        self.number, self.at = 0, -1
        self.row: list[Any] = []
        self.inside = self.capture = self.phonetic = self.formula = False
        self.cell: dict[str, str] = {}
        self.parts: list[str] = []

    def doctype(self, *_declared: Any) -> None:
        raise ValueError("a sheet declares no document type")

    def characters(self, text: str) -> None:
        if self.capture:
            self.parts.append(text)

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        code = self.codes.get(tag)
        if code is None:
            code = self.codes[tag] = _TAGS.get(tag.rpartition(":")[2], 0)
        if code == _C:
            self.cell, self.formula = attributes, False
            self.parts.clear()
        elif code in _WORDS:
            self.capture = self.inside and not self.phonetic
        elif code == _F:
            self.formula = True
        elif code == _ROW:
            self.inside, self.at, self.row = True, -1, []
            number = attributes.get("r")
            self.number = int(float(number)) if number else self.number + 1
        elif code == _RPH:
            self.phonetic = True

    def end(self, tag: str) -> None:
        code = self.codes[tag]
        if code == _C:
            if self.inside:
                self.put()
        elif code in _WORDS:
            self.capture = False
        elif code == _ROW:
            self.inside = False
            self.rows.append((self.number, self.row))
        elif code == _RPH:
            self.phonetic = False
        elif code == _DATA:
            self.ended = True

    def put(self) -> None:
        """One cell into its row."""
        where = self.cell.get("r")
        if where:
            letters = where.rstrip("0123456789")
            at = self.columns.get(letters)
            if at is None:
                at = self.columns[letters] = column(letters)
            self.at = at
        else:
            self.at += 1
            at = self.at
        if self.parts:
            value = self.value("".join(self.parts), at)
        elif self.formula and self.cell.get("t") != "str":
            self.sheet.uncomputed = True
            value = UNCOMPUTED
        else:
            return
        row = self.row
        if at == len(row):
            row.append(value)
        elif at > len(row):
            row += [None] * (at - len(row))
            row.append(value)
        else:
            row[at] = value

    def value(self, text: str, at: int) -> Any:
        kind = self.cell.get("t", "n")
        if kind == "s":
            return self.book.texts[int(text)]
        if kind == "n":
            return self.figure(text, int(self.cell.get("s") or 0), at)
        if kind == "b":
            return text.strip() in ("1", "true")
        if kind == "d":
            from openpyxl.utils.datetime import from_ISO8601

            return from_ISO8601(text)
        return text

    def figure(self, text: str, style: int, at: int) -> Any:
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
                self.sheet.zeros.add(at)
                return f"{number:0{len(shown)}d}"
            counted = self.sheet.formats.get(at)
            if counted is None:
                counted = self.sheet.formats[at] = Counter()
            counted[shown] += 1
        return number
