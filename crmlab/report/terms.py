"""The terms of a report in plain words; they stand in ``terms.csv``, both languages side by side."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pandas as pd

from crmlab.language import _, current, tr
from crmlab.own.result import Result
from crmlab.report.sheets import Draft
from crmlab.report.tabular import taken


@cache
def known() -> tuple[dict[str, str], ...]:
    """All terms: ``results`` (names of results with a blank between, or ``*`` for all), and by language the term and what it says."""
    with (Path(__file__).resolve().parent / "terms.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def of(results: Iterable[str]) -> list[tuple[str, str]]:
    """The terms that these results use, with their meaning, in the language in force.

    >>> [term for term, _meaning in of(["nps"])][-1]
    'Net Promoter Score (NPS)'
    """
    wanted, lang = {"*", *results}, current()
    return [
        (one.get(lang) or one["en"], one.get(f"{lang}_says") or one["en_says"])
        for one in known()
        if wanted.intersection(one["results"].split())
    ]


def draft(results: Iterable[Result]) -> Draft:
    """The sheet of terms."""
    table = pd.DataFrame(of(one.name for one in results), columns=["term", "meaning"], dtype=object)
    return Draft(tr(_("Terms in plain words")), [], taken(table))
