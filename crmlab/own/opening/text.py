"""A text file as rows: separator, quotation marks, and the numbers of its lines. The csv module reads it, a batch at a time."""

from __future__ import annotations

import csv
import io
import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from crmlab.checks.refusing import fail
from crmlab.language import _
from crmlab.own.opening import encodings
from crmlab.own.opening.encodings import Encoding
from crmlab.own.opening.sheet import AT_ONCE, Batch, Sheet
from crmlab.own.said import Said

SEPARATORS = {
    ",": _("comma"),
    ";": _("semicolon"),
    "\t": _("tab"),
    "|": _("vertical bar"),
    "，": _("full-width comma"),
    "；": _("full-width semicolon"),
    "^": _("circumflex"),
    "~": _("tilde"),
    "\x01": _("control character 1"),
}
NONE = "\x1f"
"""Separates nothing: for a file of one column."""
_LOOKED_AT = 1 << 17
_LINE = re.compile("\r\n|\r|\n")
_SEP_LINE = re.compile(r'^"?sep=(.)"?\s*$', re.IGNORECASE)


@dataclass(frozen=True)
class Dialect:
    """How a text file is written. ``skip``: the first line says only which separator is used. ``blanks``: blanks stand behind separators.
    ``width``: how many cells most lines have."""

    encoding: Encoding
    separator: str
    skip: bool = False
    blanks: bool = False
    width: int = 1


def sheet(path: Path) -> Sheet:
    """A text file as the one sheet that it is. Raises :class:`~crmlab.checks.InputError` where it holds nothing."""
    dialect = _dialect(path)
    found = dialect.encoding
    notes = [Said(_("The letters are written in {encoding}."), encoding=found.name)]
    if not found.sure:
        notes = [
            Said(
                _(
                    "The letters were taken for {encoding}, which cannot be known for certain. If names look wrong, save the file as UTF-8 "
                    "(in Excel or WPS: Save as, CSV UTF-8)."
                ),
                encoding=found.name,
            )
        ]
    if dialect.separator in SEPARATORS:
        notes.append(Said(_("Columns are separated by: {separator}."), separator=Said(SEPARATORS[dialect.separator])))
    return Sheet("", lambda: _batches(path, dialect), text=True, notes=notes)


def _open(path: Path, encoding: Encoding) -> io.TextIOWrapper:
    errors = "strict" if not encoding.damaged else "surrogateescape" if encoding.codec[:5] == "utf-8" else "replace"
    return path.open(encoding=encoding.codec, errors=errors, newline="")


def _dialect(path: Path) -> Dialect:
    encoding = encodings.of(path)
    with _open(path, encoding) as file:
        start = file.read(_LOOKED_AT)
        more = bool(file.read(1))
    if encoding.codec == "gb18030":
        start = start.removeprefix("\ufeff")
    if not start.strip("\0 \t\r\n\x1a\ufeff"):
        fail(_("{file} is empty. Export it again, and look whether the export has ended."), file=path.name)
    lines = _LINE.split(start)
    while len(lines) > 1 and not lines[-1].strip():
        lines.pop()
    if more and len(lines) > 1:
        lines = lines[:-1]
    if (named := _SEP_LINE.match(lines[0])) is not None:
        _score, width = _fit(lines[1:], named[1])
        return Dialect(encoding, named[1], True, _blanks(lines, named[1]), width)
    fits = {separator: _fit(lines, separator) for separator in SEPARATORS}
    best = max(fits, key=lambda one: fits[one][0])
    if fits[best][0] <= 0.1:
        if len(lines) > 1 and sum(re.search(r"\S {2,}\S", line) is not None for line in lines) > 0.7 * len(lines):
            fail(
                _(
                    "{file}: its columns are set apart by blanks alone, so that nobody can tell where one ends. Open it in Excel or WPS "
                    "(Data, Text to Columns, Fixed width) and save it as XLSX."
                ),
                file=path.name,
            )
        return Dialect(encoding, NONE)
    return Dialect(encoding, best, False, _blanks(lines, best), fits[best][1])


def _fit(lines: list[str], separator: str) -> tuple[float, int]:
    """How well a separator cuts lines into rows of one width, from 0; and that width."""
    if not any(separator in line for line in lines):
        return 0.0, 1
    try:
        rows = [
            row
            for row in csv.reader(lines[:1000], delimiter=separator, skipinitialspace=True)
            if any(map(str.strip, row))
        ]
    except csv.Error:
        return 0.0, 1
    widths = Counter(map(len, rows))
    del widths[1]  # titles and notes
    if not widths:
        return 0.0, 1
    width, rows_of_it = max(widths.items(), key=lambda one: (one[1], one[0]))
    share = rows_of_it / len(rows)
    filled = sum(sum(1 for cell in row if cell.strip()) for row in rows if len(row) == width) / (rows_of_it * width)
    return share * share * math.log2(width + 1) * (0.3 + 0.7 * filled), width


def _blanks(lines: list[str], separator: str) -> bool:
    """Whether quotation marks stand behind a separator and a blank: the csv module takes them for letters otherwise."""
    mark = re.escape(separator)
    return (
        sum(bool(re.search(mark + ' +"[^"]*" *(' + mark + "|$)", line)) for line in lines[:200]) > len(lines[:200]) / 4
    )


def _batches(path: Path, dialect: Dialect) -> Iterator[Batch]:
    encoding = dialect.encoding
    with _open(path, encoding) as file:
        if encoding.codec == "gb18030" and file.read(1) != "\ufeff":
            file.seek(0)
        reader = csv.reader(file, delimiter=dialect.separator, skipinitialspace=dialect.blanks)
        batch, before, gap = Batch([], []), 0, False
        numbers, rows = batch.numbers, batch.rows
        if dialect.skip:
            next(reader)
            before = 1
            batch.bad[1] = Said(_("This line tells a spreadsheet which separator is used."))
            numbers.append(1)
            rows.append([])
        while True:
            try:
                for row in reader:
                    end = reader.line_num
                    if end - before > 1 and _swallowed(row, dialect):
                        _apart(batch, row, before + 1, dialect)
                    elif row and (row[0] or any(map(str.strip, row))):
                        if gap:
                            batch.gaps.add(before + 1)
                            gap = False
                        numbers.append(before + 1)
                        rows.append(row)
                    else:
                        gap = True
                    before = end
                    if len(rows) >= AT_ONCE:
                        yield _marked(batch, encoding)
                        batch = Batch([], [])
                        numbers, rows = batch.numbers, batch.rows
                break
            except csv.Error:
                fail(
                    _(
                        "{file}, line {line}: a quotation mark is opened and never closed, so that all that follows would be one cell. "
                        "Correct it there, or save the file as XLSX."
                    ),
                    file=path.name,
                    line=before + 1,
                )
        if rows:
            yield _marked(batch, encoding)


def _swallowed(row: list[str], dialect: Dialect) -> bool:
    """Whether a cell holds whole lines of the table: a quotation mark was opened and not closed."""
    if dialect.width < 3:
        return False
    least = dialect.width - 1
    return any(
        "\n" in cell and any(line.count(dialect.separator) >= least for line in cell.splitlines()[1:]) for cell in row
    )


def _apart(batch: Batch, row: list[str], start: int, dialect: Dialect) -> None:
    """The lines that a quotation mark has swallowed: none can be trusted."""
    lines = _LINE.split(dialect.separator.join(row))
    why = Said(
        _(
            "A quotation mark that is opened in line {line} is closed too late or never: its cell swallows lines {line} to {last}."
        ),
        line=start,
        last=start + len(lines) - 1,
    )
    for number, line in enumerate(lines, start):
        if line.strip():
            batch.numbers.append(number)
            batch.rows.append([line])
            batch.bad[number] = why


def _marked(batch: Batch, encoding: Encoding) -> Batch:
    """The batch, with those rows named whose characters are damaged."""
    if encoding.zeros or encoding.damaged:
        spoiled = re.compile("[\0\ufffd\udc80-\udcff]" if encoding.damaged else "\0")
        for number, row in zip(batch.numbers, batch.rows, strict=True):
            if number not in batch.bad and any(spoiled.search(cell) for cell in row):
                batch.bad[number] = Said(
                    _("Bytes of this row are damaged: they are no letters of {encoding}."), encoding=encoding.name
                )
    return batch
