"""What the course finds in a firm's file: a list or table, sentences that read it aloud, and how it was tested on the firm's own past."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from crmlab.own.said import Said

HOLDS, UNCLEAR, FAILS, UNTESTED = "holds", "unclear", "fails", "untested"


@dataclass(frozen=True, eq=False)
class Test:
    """How a recommendation fared on the firm's own past. ``verdict``: :data:`HOLDS`, :data:`UNCLEAR` (the interval spans "no better than
    chance"), :data:`FAILS`, or :data:`UNTESTED` where the file is too short to tell. ``says`` names numbers, days and the interval."""

    __test__ = False  # not one of pytest's
    verdict: str
    says: Said
    table: pd.DataFrame | None = None


@dataclass(frozen=True, eq=False)
class Result:
    """One result. ``name`` is its key everywhere (sheet, chart, option of the command line): "rfm", "calls", "forecast".

    ``table`` has English column names (translated where it is shown) and customers, where there are any, in the column ``customer``.
    ``personal`` names the columns that are masked on screen (``customer`` is one where the key is a name). ``formats`` are those of
    ``course.tables.show`` ("{:,.0f}", "{:.0%}"). ``says`` are sentences that read the result aloud; ``test`` what its own past says about
    it, ``None`` for a plain count that recommends nothing. ``more`` are further tables, by title. ``data`` is for the chart alone.
    """

    name: str
    title: Said
    table: pd.DataFrame
    says: Sequence[Said] = ()
    test: Test | None = None
    formats: Mapping[str, str] = field(default_factory=dict)
    personal: Sequence[str] = ()
    more: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    data: Mapping[str, Any] = field(default_factory=dict)
