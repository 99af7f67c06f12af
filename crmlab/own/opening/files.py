"""What kind of file it is, by its first bytes and never by its name alone; and for what is no table, what to do."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from crmlab import zips
from crmlab.checks.refusing import fail
from crmlab.language import _
from crmlab.own.opening import encodings
from crmlab.own.opening.sheet import Sheet

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_STARTS: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", _("{file} is a PDF: a picture of a table. Ask the program that made it for an export as XLSX or CSV.")),
    (b"PAR1", _("{file} is a Parquet file. Give it the ending .parquet, by which it is read.")),
    (b"\x1f\x8b", _("{file} is packed (gzip). Unpack it first and choose what is in it.")),
    (b"Rar!", _("{file} is packed (RAR). Unpack it first and choose what is in it.")),
    (b"7z\xbc\xaf\x27\x1c", _("{file} is packed (7-Zip). Unpack it first and choose what is in it.")),
    (b"{\\rtf", _("{file} is a text document (RTF). Copy its table into a spreadsheet and save that as XLSX.")),
    (b"SQLite format 3", _("{file} is a database (SQLite). Export the table that you need as CSV.")),
    (b"\x89PNG", _("{file} is a picture. Ask the program that made it for an export as XLSX or CSV.")),
    (b"\xff\xd8\xff", _("{file} is a picture. Ask the program that made it for an export as XLSX or CSV.")),
    (b"GIF8", _("{file} is a picture. Ask the program that made it for an export as XLSX or CSV.")),
)
_PASSWORD = _(
    "{file} is protected by a password. Open it in Excel or WPS, take the password off (File, Info, Protect workbook) and save it under another name."
)
_OLD = _("{file} is a workbook of Excel 97 to 2003 (.xls). Open it in Excel or WPS and save it as XLSX.")
_OLD_WORD = _("{file} is an old document of Word (.doc). Copy its table into a spreadsheet and save that as XLSX.")
_OLD_OTHER = _("{file} is an old file of Office that holds no table. Open it and save its table as XLSX.")
_BINARY_BOOK = _("{file} is a binary workbook (.xlsb). Open it in Excel or WPS and save it as XLSX.")
_WORD = _("{file} is a document of Word. Copy its table into a spreadsheet and save that as XLSX.")
_SLIDES = _("{file} is a presentation. Copy its table into a spreadsheet and save that as XLSX.")
_NUMBERS = _("{file} is a document of Numbers. In Numbers choose File, Export to, Excel or CSV.")
_ODS = _("{file} is an OpenDocument spreadsheet. Open it in LibreOffice, WPS or Excel and save it as XLSX.")
_ZIP = _("{file} is packed (ZIP) and holds: {inside}. Unpack it first and choose what is in it.")
_BROKEN_ZIP = _("{file} is damaged: it begins like a workbook and breaks off. Fetch or export it again.")
_HTML = _("{file} is a web page with the ending of a table. Open it in Excel or WPS and save it as XLSX.")
_XML = _("{file} is an XML table of Excel 2003. Open it in Excel or WPS and save it as XLSX.")
_JSON = _("{file} is JSON: nested data and no table. Ask the program that made it for an export as CSV or XLSX.")
_BINARY = _(
    "{file} is no table: it is full of bytes that are no letters. Ask the program that made it for an export as XLSX or CSV."
)


def kind(path: Path) -> str:
    """``"text"`` or ``"workbook"``. Raises :class:`~crmlab.checks.InputError` for all else, with what to do."""
    if path.is_dir():
        fail(_("{file} is a folder. Choose a file in it."), file=path.name)
    try:
        with path.open("rb") as file:
            start = file.read(1 << 16)
    except FileNotFoundError:
        fail(_("{file} is not there. Look at its name and its folder."), file=str(path))
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        fail(
            _("{file} cannot be opened: {reason}. If it is open in another program, close it there."),
            file=path.name,
            reason=reason,
        )
    for mark, sentence in _STARTS:
        if start.startswith(mark):
            fail(sentence, file=path.name)
    if start.startswith(_OLE):
        _old(path)
    if start.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zipped(path)
    _marked_up(path, start)
    return "text"


def _old(path: Path) -> NoReturn:
    """A file of the old Office, or a new one with a password: its parts are named in it, in UTF-16."""
    content = path.read_bytes()[: 64 << 20]
    for name, sentence in (
        ("EncryptedPackage", _PASSWORD),
        ("EncryptionInfo", _PASSWORD),
        ("WordDocument", _OLD_WORD),
        ("Workbook", _OLD),
        ("Book", _OLD),
    ):
        if name.encode("utf-16-le") in content:
            fail(sentence, file=path.name)
    fail(_OLD if path.suffix.lower() in (".xls", ".et", ".xlt") else _OLD_OTHER, file=path.name)


def _zipped(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            kinds = archive.read("mimetype")[:60].decode("ascii", "replace") if "mimetype" in names else ""
    except zips.UNREADABLE:
        fail(_BROKEN_ZIP, file=path.name)
    lower = [name.replace("\\", "/").lower() for name in names]
    if any(name.endswith("workbook.bin") for name in lower):
        fail(_BINARY_BOOK, file=path.name)
    if any(name.startswith("xl/") for name in lower) or (
        "[content_types].xml" in lower and any("workbook" in name for name in lower)
    ):
        return "workbook"
    for start, sentence in (("word/", _WORD), ("ppt/", _SLIDES), ("index/", _NUMBERS), ("index.zip", _NUMBERS)):
        if any(name.startswith(start) for name in lower):
            fail(sentence, file=path.name)
    if "opendocument" in kinds or "content.xml" in lower:
        fail(_ODS, file=path.name)
    inside = ", ".join([name for name in names if not name.endswith("/")][:5])
    fail(_ZIP, file=path.name, inside=inside or "-")


def _marked_up(path: Path, start: bytes) -> None:
    """Refuse what is text and no table: web pages, XML, JSON; and what is no text at all."""
    plain = start.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").lower()
    if plain.startswith((b"<!doctype html", b"<html", b"<table", b"<meta", b"<head", b"<style", b"<div")):
        fail(_HTML, file=path.name)
    if plain.startswith((b"<?xml", b"<workbook", b"<ss:workbook")):
        fail(_XML if b"workbook" in plain[:2000] else _HTML if b"<html" in plain[:2000] else _XML, file=path.name)
    if plain.startswith((b"[{", b'{"')) or plain[:40].translate(None, b" \r\n\t").startswith((b"[{", b'{"', b"[[")):
        fail(_JSON, file=path.name)
    if encodings.wide(start):
        return
    controls = sum(plain.count(bytes((code,))) for code in (*range(2, 9), *range(14, 26), *range(28, 32)))
    if controls > max(3, len(plain) / 200):
        fail(_BINARY, file=path.name)


def nothing(path: Path, sheets: Sequence[Sheet], sheet: str) -> NoReturn:
    """Refuse a file in which no row of a table was found."""
    named = [one.name for one in sheets if one.name]
    if sheet:
        fail(
            _("{file}, sheet {sheet!r}: there is no table with headings and rows under them."),
            file=path.name,
            sheet=sheet,
        )
    if len(named) > 1:
        fail(
            _("{file}: none of its sheets holds a table with headings and rows under them: {sheets}."),
            file=path.name,
            sheets=", ".join(named),
        )
    fail(
        _("{file} holds headings at most, and no rows under them. Export it again, for a time in which there are any."),
        file=path.name,
    )
