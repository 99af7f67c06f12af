"""A table of a file as it stands there: where it begins and ends, what its columns are called, no cell understood yet."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from crmlab.own.export import Problem
from crmlab.own.said import Said


@dataclass(frozen=True, eq=False)
class Raw:
    """One table. ``headings`` are texts, each once (two storeys joined by a blank, an empty one its column's letter).

    ``sample`` and each table of ``chunks()`` have the headings as columns (dtype object) and the number of the row in the file as index; a cell
    is a text as it stands in a text file ("" where there is nothing), or in a workbook a ``str``, ``int``, ``float``, ``bool``, ``datetime``,
    ``date``, ``time`` or ``None``. ``sample``: some hundreds of rows from the beginning, the middle and the end. ``chunks()`` goes over all rows of the
    table, some ten thousands at a time, and may be called again. ``rows``: rows of the sheet that hold anything, titles, headings and totals
    among them; what of these is not in the chunks stands in ``problems``, left out, with its reason. ``titles``: texts above the headings, where a unit
    of all amounts may stand. ``starts_1904``: from which day a workbook counts its numbers for days (``None``: a text file, which does not say).
    ``sheet``: the name of the sheet, "" for a text file and where several sheets were read together. ``formats``: by heading the number format that most of its numbers have in a workbook (``'#,##0.00 "€"'``), where they have one.
    """

    file: Path
    sheet: str
    headings: Sequence[str]
    sample: pd.DataFrame
    chunks: Callable[[], Iterator[pd.DataFrame]]
    rows: int
    problems: Sequence[Problem] = ()
    notes: Sequence[Said] = ()
    sheets: Sequence[str] = ()
    formats: Mapping[str, str] = field(default_factory=dict)
    titles: Sequence[str] = ()
    starts_1904: bool | None = None
