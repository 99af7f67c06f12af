"""What a workbook says of itself: its sheets, shared texts, number formats and first day, from the parts of its package.

By local names alone, so that strict OOXML, which openpyxl does not know, is the same; and nothing is read that is not needed: openpyxl refuses a whole
workbook for a colour or a chart that it does not understand, as in exports of many programs. What a format or a day means, openpyxl says.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any
from xml.etree import ElementTree

_EAST_ASIAN = frozenset((*range(27, 37), *range(50, 59)))
"""Formats of dates that have a number and no code in Chinese, Japanese and Korean editions."""


@dataclass(frozen=True)
class Part:
    """A sheet: its name, the part of the package it is in, whether it is hidden, and whether it holds only a chart."""

    name: str
    path: str
    hidden: bool
    chart: bool


@dataclass
class Book:
    """A workbook. ``formats``, ``dates``, ``spans``: of each style its number format, which are dates and which are lengths of time."""

    path: Path
    sheets: list[Part] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    epoch: Any = None
    starts_1904: bool = False
    formats: list[str] = field(default_factory=list)
    dates: frozenset[int] = frozenset()
    spans: frozenset[int] = frozenset()

    def open(self) -> zipfile.ZipFile:
        """The file's parts."""
        return zipfile.ZipFile(self.path)


def read(path: Path) -> Book:
    """A workbook without its cells. Raises what zipfile and ElementTree raise, :class:`KeyError` and :class:`ValueError` where it is damaged."""
    from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH

    book = Book(path, epoch=WINDOWS_EPOCH)
    with book.open() as archive:
        main = next(
            (one for kind, one in _related(archive, "").values() if kind == "officeDocument"), "xl/workbook.xml"
        )
        if main not in archive.namelist():
            main = next(name for name in archive.namelist() if name.lower().endswith("workbook.xml"))
        related = _related(archive, main)
        root = ElementTree.fromstring(archive.read(main))
        for element in root.iter():
            tag = _local(element.tag)
            if tag == "workbookPr" and element.get("date1904", "0") in ("1", "true"):
                book.epoch, book.starts_1904 = MAC_EPOCH, True
            elif tag == "sheet":
                key = next((value for name, value in element.attrib.items() if _local(name) == "id"), "")
                kind, part = related.get(key, ("", ""))
                if part in archive.namelist() and kind in ("worksheet", "chartsheet"):
                    hidden = element.get("state", "visible") != "visible"
                    book.sheets.append(Part(element.get("name", ""), part, hidden, kind == "chartsheet"))
        for kind, part in related.values():
            if kind == "sharedStrings" and part in archive.namelist():
                with archive.open(part) as file:
                    book.texts = list(_texts(file))
            elif kind == "styles" and part in archive.namelist():
                _styles(book, ElementTree.fromstring(archive.read(part)))
    return book


def _local(name: str) -> str:
    return name.rpartition("}")[2]


def _related(archive: zipfile.ZipFile, part: str) -> dict[str, tuple[str, str]]:
    """What a part refers to, by its key: the kind, and the part."""
    folder, name = posixpath.split(part)
    try:
        content = archive.read(posixpath.join(folder, "_rels", f"{name}.rels"))
    except KeyError:
        return {}
    found = {}
    for element in ElementTree.fromstring(content):
        target = element.get("Target", "").replace("\\", "/")
        target = target[1:] if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
        found[element.get("Id", "")] = (element.get("Type", "").rpartition("/")[2], target)
    return found


def _texts(file: IO[bytes]) -> Iterator[str]:
    """The shared texts, without how they are pronounced (``rPh``)."""
    for _event, element in ElementTree.iterparse(file):
        if _local(element.tag) == "si":
            parts = []
            for child in element:
                if _local(child.tag) == "t":
                    parts.append(child.text or "")
                elif _local(child.tag) == "r":
                    parts += [one.text or "" for one in child if _local(one.tag) == "t"]
            text = "".join(parts)
            yield _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text
            element.clear()


_ESCAPED = re.compile(r"_x00([01][0-9A-Fa-f])_")
"""How OOXML writes control characters."""


def _styles(book: Book, root: ElementTree.Element) -> None:
    from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format

    codes: dict[int, str] = {**BUILTIN_FORMATS}
    dates, spans = set(), set()
    for element in root.iter():
        if _local(element.tag) == "numFmt" and (key := element.get("numFmtId", "")).isdecimal():
            codes[int(key)] = element.get("formatCode", "General")
    for group in root:
        if _local(group.tag) == "cellXfs":
            for style, element in enumerate(group):
                number = int(element.get("numFmtId") or 0)
                code = codes.get(number, "General")
                book.formats.append(code)
                if is_date_format(code) or (number in _EAST_ASIAN and number not in codes):
                    dates.add(style)
                    if is_timedelta_format(code):
                        spans.add(style)
    book.dates, book.spans = frozenset(dates), frozenset(spans)
