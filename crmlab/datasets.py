"""The course's data sets: loaded, and checked against their cards.

A data set is ``datasets/NAME.csv`` (or ``.csv.gz``) with a card ``datasets/NAME.md`` beside it. The card's
front matter says once what the file holds: columns, types, units, ranges, rows.

>>> "b2b_deals" in names()
True
>>> load("b2b_deals").shape
(448, 28)
"""

from __future__ import annotations

import difflib
import gzip
import hashlib
import io
import os
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd

from crmlab import places
from crmlab.language import LANGUAGES, _, current, tr

# Of the dtypes only text is the installed pandas' own: object before 3.0, str from 3.0 on.
DTYPES: dict[str, Any] = {"text": str, "integer": "int64", "number": "float64", "date": str, "boolean": bool}
"""What the types on a card are read as; dates become datetime64[ns], integers that may be missing Int64."""

PATTERNS = {
    "integer": r"[+-]?\d{1,18}",
    "number": r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?",
    "date": r"\d{4}-\d{2}-\d{2}( \d{2}:\d{2})?",
    "boolean": r"(?i:true|false)",
}
WORDS = {
    "text": _("text"),
    "integer": _("whole number"),
    "number": _("number"),
    "date": _("date (as in 2011-12-09 or 2011-12-09 12:50)"),
    "boolean": _("True or False"),
}
UNITS = (_("points"), _("lines"), _("units"), _("GBP"))
"""The units on the cards that are words."""

AGAIN = _("Correct the file, or get it again with the course.")


class DatasetError(ValueError):
    """A data set or its card is not as it should be; the message says where, and what to do."""


class CardText(str):
    """A card as Markdown text, which a notebook shows rendered."""

    __slots__ = ()

    def _repr_markdown_(self) -> str:
        return str(self)


@dataclass(frozen=True)
class Column:
    """One column as the card describes it."""

    name: str
    type: str
    meaning: dict[str, str]
    unit: str = ""
    low: Any = None
    high: Any = None
    values: tuple[str, ...] = ()
    missing: bool = False
    whole: bool = False


@dataclass(frozen=True)
class Card:
    """A card, read; texts are by language."""

    name: str
    file: str
    rows: int
    sha256: str
    title: dict[str, str]
    source: dict[str, str]
    licence: str
    citation: str
    made_up: bool
    columns: tuple[Column, ...]
    traps: tuple[dict[str, str], ...]
    body: dict[str, str]
    key: str = ""
    join: tuple[str, str] = ("", "")


@dataclass(frozen=True)
class Report:
    """What :func:`check` found."""

    name: str
    file: str
    unchanged: bool
    problems: tuple[str, ...]

    def __str__(self) -> str:
        if self.problems:
            return "\n".join(self.problems)
        if self.unchanged:
            return tr(_("{file} is as the course shipped it."), file=self.file)
        text = _("{file} was changed since the course shipped it, and still fits its card.")
        return tr(text, file=self.file)


def names(folder: Path | None = None) -> list[str]:
    """The names of all data sets, sorted; ``folder`` is the course's own unless given."""
    cards = _folder(folder).glob("*.md")
    return sorted(card.stem for card in cards if card.stem.islower())


def load(name: str, folder: Path | None = None) -> pd.DataFrame:
    """A data set as a new frame, yours to change; one row as the card says.

    ``folder`` is the course's own unless given: an instructor's own data set loads in the same way. A file
    that was edited loads as long as it fits its card. Raises :class:`DatasetError`, with file, line and
    column, when there is no such data set, or columns, types, ranges or rows are not those of the card.

    >>> load("b2b_deals")[["deal", "money", "authority", "need", "won"]].head(2)
       deal  money  authority  need   won
    0  D001   True       True  True  True
    1  D002  False       True  True  True
    """
    folder = _folder(folder)
    card = _card(name, folder)
    files = [folder / card.file]
    if card.join[0]:
        files.append(folder / _card(card.join[0], folder).file)
    return _parsed(folder, name, tuple(_stamp(file) for file in files)).copy()


def check(name: str, folder: Path | None = None) -> Report:
    """Compare a file with its card: every problem found, and whether it is unchanged (SHA-256).

    Raises :class:`DatasetError` only when there is no such data set, or its card cannot be read.

    >>> print(check("b2b_deals"))
    b2b_deals.csv is as the course shipped it.
    """
    folder = _folder(folder)
    card = _card(name, folder)
    try:
        data = _bytes(folder / card.file)
        unchanged = hashlib.sha256(data).hexdigest() == card.sha256
        problems = _read(card, data)[1]
    except DatasetError as error:
        return Report(name, card.file, False, (str(error),))
    return Report(name, card.file, unchanged, tuple(problems))


def card(name: str, folder: Path | None = None) -> CardText:
    """The card in the trainee's language, as Markdown: source, licence, columns, traps, remarks.

    >>> card("b2b_deals").splitlines()[0]
    '# 448 sales opportunities of a software firm'
    """
    folder = _folder(folder)
    told, language = _card(name, folder), current()
    columns = told.columns
    if told.join[0]:
        columns += tuple(c for c in _card(told.join[0], folder).columns if c.name != told.join[1])
    out = [f"# {told.title[language]}", ""]
    if told.made_up:
        warning = tr(_("Made up: these are no real customers."))
        out += [f"**{warning}**", ""]
    facts = {_("File"): told.file, _("Rows"): f"{told.rows:,}", _("Source"): told.source[language]}
    facts |= {_("Licence"): told.licence, _("Cite"): told.citation}
    out += [f"- {tr(label)}: {text}" for label, text in facts.items()]
    head = [_("Column"), _("Type"), _("Unit"), _("Range"), _("Meaning")]
    out += ["", f"| {' | '.join(tr(word) for word in head)} |", "|---" * len(head) + "|"]
    for column in columns:
        kind = tr(WORDS[column.type]).split(" (")[0].split("（")[0]
        allowed = ", ".join(column.values) or _span(column)
        if column.missing:
            allowed += tr(_("; may be missing"))
        cells = (f"`{column.name}`", kind, tr(column.unit), allowed, column.meaning[language])
        out.append(f"| {' | '.join(cells)} |")
    out += [
        "",
        *(f"- {trap[language]}" for trap in told.traps),
        "",
        told.body[language],
        "",
        told.body["both"],
    ]
    return CardText("\n".join(out).strip() + "\n")


def _folder(folder: Any) -> Path:
    """The folder that is meant: the course's own for None."""
    if folder is None:
        return places.datasets()
    if not isinstance(folder, (str, os.PathLike)):
        raise DatasetError(tr(_("folder must be the path of a folder, not {kind}."), kind=type(folder).__name__))
    return Path(folder)


def _span(column: Column) -> str:
    return "" if column.low is None else tr(_("{low} to {high}"), low=column.low, high=column.high)


# ---- the card


def _card(name: str, folder: Path) -> Card:
    path = folder / f"{name}.md"
    known = names(folder)
    if not isinstance(name, str) or name not in known:
        near = difflib.get_close_matches(str(name), known, n=3) or known
        text = _("There is no data set {name!r}. Did you mean {near}?")
        raise DatasetError(tr(text, name=name, near=", ".join(near)))
    return _parsed_card(path, _stamp(path))


def _stamp(path: Path) -> tuple[int, int]:
    try:
        found = path.stat()
    except OSError:
        text = _("{file} is not there. Get it again with the course.")
        raise DatasetError(tr(text, file=path.name)) from None
    return found.st_mtime_ns, found.st_size


@lru_cache(maxsize=64)
def _parsed_card(path: Path, stamp: tuple[int, int]) -> Card:
    from ruamel.yaml import YAML, YAMLError

    try:
        text = path.read_text(encoding="utf-8-sig").replace("\r\n", "\n")
        _before, front, body = re.split(r"(?m)^---\n", text, maxsplit=2)
        told = YAML(typ="safe", pure=True).load(front)
        parts = re.split(rf"(?m)^<!-- ({'|'.join(LANGUAGES)}|both) -->\n", body)
        bodies = {"both": "", **dict(zip(parts[1::2], map(str.strip, parts[2::2]), strict=True))}
        return _as_card(told, bodies)
    except (ValueError, KeyError, TypeError, YAMLError) as error:
        mark = getattr(error, "problem_mark", None)
        where = tr(_("{file}, line {line}"), file=path.name, line=mark.line + 2) if mark else path.name
        reason = f"{type(error).__name__}: {str(error).splitlines()[0]}"
        reason = getattr(error, "problem", None) or reason
        text = _("{where}: the card cannot be read ({reason}). Compare it with another card in the folder.")
        raise DatasetError(tr(text, where=where, reason=reason)) from None


def _as_card(told: dict[str, Any], body: dict[str, str]) -> Card:
    def both(texts: dict[str, str]) -> dict[str, str]:
        lacking = [language for language in LANGUAGES if language not in texts]
        if lacking:
            raise ValueError(f"“{next(iter(texts.values()))}” has no text for language {', '.join(lacking)}")
        return {language: str(texts[language]) for language in LANGUAGES}

    columns = []
    for entry in told["columns"]:
        if entry["type"] not in DTYPES:
            raise ValueError(f"column {entry['name']}: type {entry['type']}")
        low, high = entry.get("min"), entry.get("max")
        if entry["type"] in ("integer", "number", "date") and (low is None or high is None):
            raise ValueError(f"column {entry['name']}: min and max")
        column = Column(
            entry["name"],
            entry["type"],
            both(entry),
            entry.get("unit", ""),
            low,
            high,
            tuple(str(value) for value in entry.get("values", ())),
            entry.get("missing", False),
            entry.get("whole", False),
        )
        columns.append(column)
    join = told.get("join", {"with": "", "on": ""})
    return Card(
        name=told["name"],
        file=told["file"],
        rows=told["rows"],
        sha256=told["sha256"],
        title=both(told["title"]),
        source=both(told["source"]),
        licence=told["licence"],
        citation=told["citation"],
        made_up=told["made_up"],
        columns=tuple(columns),
        traps=tuple(both(trap) for trap in told["traps"]),
        body={part: body[part] for part in (*LANGUAGES, "both")},
        key=told.get("key", ""),
        join=(join["with"], join["on"]),
    )


# ---- the file


@lru_cache(maxsize=16)
def _parsed(folder: Path, name: str, stamps: tuple[tuple[int, int], ...]) -> pd.DataFrame:
    card = _card(name, folder)
    frame, problems = _read(card, _bytes(folder / card.file))
    if problems:
        more = tr(_("There is more: `datasets.check` lists all.")) if len(problems) > 1 else ""
        raise DatasetError(f"{problems[0]} {more}".strip())
    other, on = card.join
    if not other:
        return frame
    heads = load(other, folder)
    row = pd.Index(heads[on]).get_indexer(pd.Index(frame[on]))
    if (row < 0).any():
        line, value = int((row < 0).argmax()) + 2, frame[on].iloc[int((row < 0).argmax())]
        text = _("{file}, line {line}: {column} {value} is not in {other}.")
        told = tr(text, file=card.file, line=line, column=on, value=value, other=other)
        raise DatasetError(f"{told} {tr(AGAIN)}")
    found = heads.drop(columns=on).take(row)
    return pd.concat([frame, found.set_axis(frame.index)], axis=1)


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        text = _("{file} is not there. Get it again with the course.")
        raise DatasetError(tr(text, file=path.name)) from None


def _read(card: Card, data: bytes) -> tuple[pd.DataFrame, list[str]]:
    """The frame, and what is wrong with it, one sentence a column; raises when nothing can be read."""
    data = _text(card, data)
    columns = {column.name: column for column in card.columns}
    header = [name.strip('"') for name in data.split(b"\n", 1)[0].decode("utf-8").rstrip("\r").split(",")]
    absent = [name for name in columns if name not in header]
    if absent:
        text = _("{file} has no column {column}; it has {header}.")
        told = tr(text, file=card.file, column=", ".join(absent), header=", ".join(header))
        raise DatasetError(f"{told} {tr(AGAIN)}")
    extra = [name for name in header if name not in columns or header.count(name) > 1]
    if extra:
        text = _(
            "{file} has a column {column} that its card does not know. Remove it, or describe it on the card."
        )
        raise DatasetError(tr(text, file=card.file, column=extra[0] or "''"))
    try:
        frame = _frame(card, data)
        problems = [told for column in card.columns if (told := _problem(card, column, frame[column.name]))]
    except (ValueError, OverflowError) as error:
        frame, problems = pd.DataFrame(), list(_unreadable(card, data, str(error)))
        return frame, problems
    if len(frame) != card.rows:
        text = _(
            "{file} has {found} rows, its card says {rows}. Get it again; if you meant it, correct the card."
        )
        problems.append(tr(text, file=card.file, found=len(frame), rows=card.rows))
    return frame[list(columns)], problems


def _text(card: Card, data: bytes) -> bytes:
    """The file's text as UTF-8 without byte-order mark and without blank lines at its end."""
    if card.file.endswith(".gz"):
        try:
            data = gzip.decompress(data) if data else b""
        except (OSError, EOFError, zlib.error):
            text = _(
                "{file} cannot be unpacked: it was cut off, or is no gzip file. Get it again with the course."
            )
            raise DatasetError(tr(text, file=card.file)) from None
    data = data.removeprefix(b"\xef\xbb\xbf").rstrip()
    if not data:
        text = _("{file} is empty. Get it again with the course.")
        raise DatasetError(tr(text, file=card.file))
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        text = _("{file}, line {line}: this is not UTF-8 text. Save the file as CSV in UTF-8.")
        raise DatasetError(tr(text, file=card.file, line=line)) from None
    return data


def _csv(data: bytes, dtype: dict[str, Any]) -> pd.DataFrame:
    # Blank lines stay rows, so that a row's line in the file is its number plus 2.
    frame = pd.read_csv(
        io.BytesIO(data),
        dtype=dtype,
        encoding="utf-8",
        keep_default_na=False,
        na_values=[""],
        skip_blank_lines=False,
    )
    if not isinstance(frame.index, pd.RangeIndex):
        raise ValueError("more cells in a row than columns")
    return frame


def _frame(card: Card, data: bytes) -> pd.DataFrame:
    dtype = {c.name: "Int64" if c.type == "integer" and c.missing else DTYPES[c.type] for c in card.columns}
    frame = _csv(data, dtype)
    for column in card.columns:
        if column.type == "date":
            frame[column.name] = _dates(frame[column.name])
    return frame


def _dates(texts: pd.Series) -> pd.Series:
    return pd.to_datetime(texts, format=_date_form(texts)).astype("datetime64[ns]")


def _date_form(texts: pd.Series) -> str:
    return "%Y-%m-%d %H:%M" if texts.head(1).astype(str).str.contains(":").any() else "%Y-%m-%d"


def _problem(card: Card, column: Column, cells: pd.Series) -> str:
    """The first cell that the card does not allow, as a sentence; empty when all is well."""
    if not column.missing and (bad := cells.isna()).any():
        return _sentence(card, column, cells, bad, _("it is empty, and every row needs one"))
    if column.name == card.key and (bad := cells.duplicated()).any():
        return _sentence(card, column, cells, bad, _("it stood in an earlier row already"))
    if column.values and (bad := cells.notna() & ~cells.isin(column.values)).any():
        allowed = ", ".join(column.values)
        return _sentence(card, column, cells, bad, _("the card allows {allowed}"), allowed=allowed)
    if column.low is not None:
        low, high = (pd.Timestamp(v) if column.type == "date" else v for v in (column.low, column.high))
        if (bad := ((cells < low) | (cells > high)).fillna(False)).any():
            return _sentence(card, column, cells, bad, _("the card allows {allowed}"), allowed=_span(column))
    if column.whole and (bad := cells.notna() & (cells % 1 != 0)).any():
        return _sentence(card, column, cells, bad, _("it should be a whole number"))
    return ""


def _sentence(card: Card, column: Column, cells: pd.Series, bad: pd.Series, why: str, **values: str) -> str:
    row = int(bad.to_numpy(dtype=bool).argmax())
    value = "" if pd.isna(cells.iloc[row]) else str(cells.iloc[row])
    text = _("{file}, line {line}, column {column}: {value!r} does not fit, {why}.")
    why = tr(why, **values)
    told = tr(text, file=card.file, line=row + 2, column=column.name, value=value, why=why)
    return f"{told} {tr(AGAIN)}"


def _unreadable(card: Card, data: bytes, reason: str) -> Iterator[str]:
    """Sentences for cells that are not of their column's type, found by reading all of them as text."""
    width = len(card.columns)
    for number, line in enumerate(data.decode("utf-8").splitlines(), start=1):
        if line.count(",") >= width and '"' not in line:
            text = _("{file}, line {line}: there are {found} cells for {width} columns.")
            told = tr(text, file=card.file, line=number, found=line.count(",") + 1, width=width)
            yield f"{told} {tr(AGAIN)}"
            return
    try:
        frame = _csv(data, {column.name: str for column in card.columns})
    except ValueError as error:
        reason, frame = str(error), pd.DataFrame()
    found = False
    for column in card.columns if len(frame) else ():
        cells = frame[column.name]
        bad = pd.Series(False, index=cells.index)
        if column.type in PATTERNS:
            bad = cells.notna() & ~cells.fillna("").str.fullmatch(PATTERNS[column.type]).astype(bool)
            if column.type == "date" and not bad.any():
                bad = cells.notna() & pd.to_datetime(cells, errors="coerce", format=_date_form(cells)).isna()
        if bad.any():
            why, values = _("it should be: {kind}"), {"kind": tr(WORDS[column.type])}
        elif not column.missing and (bad := cells.isna()).any():
            why, values = _("it is empty, and every row needs one"), {}
        else:
            continue
        found = True
        yield _sentence(card, column, cells, bad, why, **values)
    if not found:
        text = _("{file} cannot be read as a table ({reason}).")
        yield f"{tr(text, file=card.file, reason=reason.strip())} {tr(AGAIN)}"
