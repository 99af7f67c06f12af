"""The names of columns of results in both languages: they stand side by side in ``columns.csv``."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from crmlab.language import current, tr


@cache
def known() -> Mapping[str, Mapping[str, str]]:
    """Each column's name by language.

    >>> known()["last_order"]["zh"]
    '最近一单'
    """
    with (Path(__file__).resolve().parent / "columns.csv").open(encoding="utf-8", newline="") as file:
        return {line.pop("column"): line for line in csv.DictReader(file)}


def heading(column: str) -> str:
    """A column's name in the language in force; one that is not in the list as the course translates it, without its underscores.

    >>> heading("revenue_12_months"), heading("my_column")
    ('revenue of 12 months', 'my column')
    """
    found = known().get(column)
    return found.get(current()) or found["en"] if found else tr(column).replace("_", " ")
