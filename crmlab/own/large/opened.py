"""How a large text file lies there, found in an excerpt: its beginning, and lines from its middle and its end. Only the encoding is looked for in all of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from crmlab import checks
from crmlab.language import _
from crmlab.own.large.store import Layout
from crmlab.own.opening import encodings, layout, text
from crmlab.own.said import Said

START, PIECE = 1 << 18, 1 << 16
"""Letters from the beginning, and bytes from the middle and the end."""
_BY_BYTES = ("utf-8", "utf-8-sig", "gb18030", "cp1252", "cp950", "cp932", "cp949", "ascii")


@dataclass(frozen=True, eq=False)
class Opened:
    """``headings`` are the columns of the table, ``sample`` some of its rows, ``above`` why the lines above it are none, by the sentence."""

    layout: Layout
    headings: Sequence[str]
    sample: pd.DataFrame
    above: Mapping[Said, Sequence[int]]
    notes: Sequence[Said]


def opened(file: Path, folder: Path) -> Opened:
    """Look at a text file; an excerpt is written into ``folder`` and taken away again.

    Raises :class:`~crmlab.checks.InputError` where there is no table in it.
    """
    encoding = encodings.of(file)
    excerpt = folder / file.name
    excerpt.write_text(_excerpt(file, encoding), encoding="utf-8", newline="")
    try:
        sheet = text.sheet(excerpt)
        found = layout.find(sheet)
        if found is None or not found.used:
            checks.fail(_("{file} holds no table: no row under headings was found."), file=file.name)
        dialect = text._dialect(excerpt)
        names, columns = list(found.headings.names), list(found.headings.columns)
        width = max(dialect.width, max(columns) + 1)
        first = min(number for number, _row in found.sample)
        every = [names[columns.index(place)] if place in columns else f"\0{place}" for place in range(width)]
        sample = found.frame([number for number, _row in found.sample], [row for _number, row in found.sample])
        above = {
            why: [int(row) for row in rows if row < first]
            for why, rows in found.reasons().items()
            if (rows < first).any()
        }
    finally:
        excerpt.unlink()
    notes = [Said(_("The letters are written in {encoding}."), encoding=encoding.name), *sheet.notes[1:]]
    return Opened(Layout(encoding.codec, dialect.separator, first - 1, every), names, sample, above, notes)


def _excerpt(file: Path, encoding: encodings.Encoding) -> str:
    with text._open(file, encoding) as opened_file:
        start = opened_file.read(START)
    size = file.stat().st_size
    if len(start) < START:
        return start.removeprefix("\ufeff")
    start = start.removeprefix("\ufeff")
    kept = [start[: start.rfind("\n") + 1]]
    if encoding.codec in _BY_BYTES:
        with file.open("rb") as source:
            for place in (size // 2, max(size - PIECE, START)):
                source.seek(place)
                # The first line may begin in the middle of a letter, the last one may end there.
                lines = source.read(PIECE).splitlines(keepends=True)[1:-1]
                kept.append(b"".join(lines).decode(encoding.codec, "ignore"))
    return "".join(kept)
