"""Lists as CSV beside the workbook: all problems, and tables that are too long for a sheet."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from crmlab.report import gathered
from crmlab.report.gathered import Report
from crmlab.report.tabular import shown, taken
from crmlab.report.workbook import MOST_ROWS
from crmlab.spreadsheets import csv_line, harmless

AT_ONCE = 20_000


def write(report: Report, folder: Path, problems: str) -> list[Path]:
    """Write the problems, and each table of more than :data:`~crmlab.report.workbook.MOST_ROWS` rows, whole; the paths.

    Raises ``OSError`` where that cannot be done.
    """
    table, _total = gathered.problems(report)
    made = [_save(folder / problems, lines(table))]
    for number, (_part, result) in enumerate(report.results):
        tables = [result.table, *result.more.values()]
        for place, one in enumerate(tables):
            if len(one) > MOST_ROWS:
                several = (
                    f"-{number + 1}" if sum(other.name == result.name for _where, other in report.results) > 1 else ""
                )
                name = f"{result.name}{several}{f'-{place}' if place else ''}.csv"
                made.append(_save(folder / name, lines(one)))
    return made


def lines(table: pd.DataFrame) -> Iterator[str]:
    """The lines of a table as CSV, headings in the language in force; numbers in full; what a spreadsheet would run is made harmless."""
    # The byte order mark makes Excel read the Chinese as it is.
    yield "\ufeff" + csv_line([harmless(one.heading) for one in taken(table, {}, 0).columns])
    for begin in range(0, len(table), AT_ONCE):
        part = taken(table.iloc[begin : begin + AT_ONCE], {})
        for row in range(part.taken):
            yield csv_line([_field(one.values[row]) for one in part.columns])


def _field(value: Any) -> str:
    if value is None:
        return ""
    return harmless(value.replace("\0", "")) if isinstance(value, str) else shown(value)


def _save(path: Path, content: Iterable[str]) -> Path:
    draft = path.with_name(f".{path.name}.{secrets.token_hex(6)}.tmp")
    try:
        with draft.open("w", encoding="utf-8", newline="") as file:
            file.writelines(content)
        os.replace(draft, path)  # noqa: PTH105
    finally:
        draft.unlink(missing_ok=True)
    return path
