"""Recommendations tried on the firm's own past: a day in the file is chosen, all is found as if it were that day, and what came later judges.

The day hangs on the first and the last day of the file alone: nothing that came after it can move it. What is found at the cut sees
:meth:`crmlab.own.backtesting.book.Book.until` only. Groups are compared by Newcombe's interval of the difference of two shares
(:func:`crmlab.pipeline.share_difference`), which takes customers for independent; where few are expected to do it, or not to do it, with exact limits.

Sources: Newcombe, R. G. (1998), Statistics in Medicine 17, 873-890; Zou, G. Y. and Donner, A. (2008), Construction of confidence limits about effect
measures: a general approach, Statistics in Medicine 27, 1693-1702 (the same way with other limits of each share).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from crmlab import cross_selling, intervals, pipeline
from crmlab.language import _
from crmlab.own.backtesting.book import YEAR, Book, text
from crmlab.own.result import FAILS, HOLDS, UNCLEAR, UNTESTED, Test
from crmlab.own.said import Said

LEAST = 10
"""Customers that each of two groups needs before they are compared."""
EXPECTED = 5
"""Where fewer than these would do it (or not do it) in one of the groups if both were alike, exact limits are taken: one in ten against none of
many would else be more than chance."""
OUT_OF_REACH = 50
"""A difference that would need so many times the customers there are is said to be none, instead of naming their number."""
SHORTEST, PARTS = 28, 4
"""The time after the cut: a quarter of the file, at least so many days, at most a year."""


@dataclass(frozen=True)
class Cut:
    """``day``: the first one of the time that judges; ``ahead``: how many days that time has."""

    day: int
    ahead: int

    def began(self) -> Said:
        """How it was tried."""
        return Said(
            _(
                "Tried on your own past: found as of {day} from what was known then, and compared with the {ahead} days after."
            ),
            day=text(self.day),
            ahead=self.ahead,
        )


def cut(book: Book) -> Cut | None:
    """Where to cut: before the last quarter of the file, four weeks at least and a year at most; ``None`` where the file is shorter than
    three times four weeks.

    >>> none = np.array([], dtype="int64")
    >>> cut(Book(pd.Index([]), none, none, none, 0, 400)), cut(Book(pd.Index([]), none, none, none, 0, 80))
    (Cut(day=300, ahead=100), None)
    """
    if book.span < 3 * SHORTEST:
        return None
    ahead = int(min(max(book.span // PARTS, SHORTEST), YEAR))
    return Cut(book.stand - ahead, ahead)


def before(book: Book, when: Cut | None) -> Book | None:
    """The book as of the cut; ``None`` without one, or where nobody had bought by then."""
    if when is None:
        return None
    past = book.until(when.day)
    return past if (past.amount > 0).any() else None


def too_short(book: Book) -> Test:
    """The test of a file that is too short to be cut."""
    if book.span < 3 * SHORTEST:
        said = Said(
            _("Not tested: the file covers {days} days, and a test on your own past needs {need} at least."),
            days=book.span,
            need=3 * SHORTEST,
        )
    else:
        said = Said(
            _("Not tested: nobody had bought before the last quarter of the file, so there was nothing to foresee.")
        )
    return Test(UNTESTED, said)


@dataclass(frozen=True)
class Compared:
    """Two groups by how many did something: ``k`` of ``n`` against ``other_k`` of ``other_n``, the difference of the shares and its interval.

    The difference is of the sign that was claimed: above 0 is what the recommendation says.
    """

    k: float
    n: float
    other_k: float
    other_n: float
    difference: float
    low: float
    high: float

    @property
    def verdict(self) -> str:
        """It holds if the whole 95% interval of the difference lies above 0, fails if it lies below, and is unclear if 0 is in it; with fewer than
        :data:`LEAST` customers in one of the groups nothing is tested."""
        if min(self.n, self.other_n) < LEAST:
            return UNTESTED
        return HOLDS if self.low > 0 else FAILS if self.high < 0 else UNCLEAR

    def says(self) -> Said:
        """The difference with its interval, and what follows."""
        if self.verdict == UNTESTED:
            return Said(
                _(
                    "Not tested: each of the two groups needs {least} customers at least; they have {n:.0f} and {other:.0f}."
                ),
                least=LEAST,
                n=self.n,
                other=self.other_n,
            )
        points = {"points": 100 * self.difference, "low": 100 * self.low, "high": 100 * self.high}
        if self.verdict == HOLDS:
            return Said(
                _(
                    "The difference is {points:+z.0f} percentage points (95% interval {low:+z.0f} to {high:+z.0f}): more than chance. It holds."
                ),
                **points,
            )
        if self.verdict == FAILS:
            return Said(
                _(
                    "The difference is {points:+z.0f} percentage points (95% interval {low:+z.0f} to {high:+z.0f}): it goes the wrong way. "
                    "Do not rely on this."
                ),
                **points,
            )
        need = self.needed
        if not need:
            more = Said(_("As it looks, there is no difference to be found."))
        elif need > OUT_OF_REACH * max(self.n, self.other_n):
            more = Said(
                _(
                    "A difference so small would hardly show even with {times} times as many customers: take it for none."
                ),
                times=OUT_OF_REACH,
            )
        else:
            more = Said(
                _("If the difference is really so large, {need:,} customers in each group would show it."), need=need
            )
        return Said(
            _(
                "The difference is {points:+z.0f} percentage points (95% interval {low:+z.0f} to {high:+z.0f}): it may be chance. "
                "Do not rely on this yet. {more}"
            ),
            more=more,
            **points,
        )

    @property
    def needed(self) -> int:
        """How many customers each group would need to show a difference of this size; 0 where there is none as claimed."""
        base = self.other_k / self.other_n
        if not 0 < self.difference < 1 - base:
            return 0
        return cross_selling.each_half(base, self.difference)


def compared(k: float, n: float, other_k: float, other_n: float) -> Compared:
    """``k`` of ``n`` against ``other_k`` of ``other_n``; counts may be parts of customers where equal ones share a place.

    >>> compared(40, 50, 20, 50).verdict, compared(12, 20, 10, 20).verdict, compared(1, 5, 9, 90).verdict
    ('holds', 'unclear', 'untested')
    >>> print(compared(12, 20, 10, 20).says())
    The difference is +10 percentage points (95% interval -19 to +37): it may be chance. Do not rely on this yet. If the difference is really so large, 388 customers in each group would show it.
    """
    k, other_k = min(k, n), min(other_k, other_n)
    if n <= 0 or other_n <= 0:
        return Compared(k, n, other_k, other_n, np.nan, np.nan, np.nan)
    pooled = (k + other_k) / (n + other_n)
    if min(n, other_n) * min(pooled, 1 - pooled) >= EXPECTED:
        difference, low, high = pipeline.share_difference(k, n, other_k, other_n)
        return Compared(k, n, other_k, other_n, difference, low, high)
    share, other = k / n, other_k / other_n
    (from_, to), (other_from, other_to) = intervals.exact(k, n), intervals.exact(other_k, other_n)
    low = share - other - math.hypot(share - from_, other_to - other)
    high = share - other + math.hypot(to - share, other - other_from)
    return Compared(k, n, other_k, other_n, share - other, low, high)


def marked(group: np.ndarray, did: np.ndarray, among: np.ndarray | None = None) -> Compared:
    """Those in ``group`` against all others (of ``among``): how many of each did it."""
    rest = ~group if among is None else among & ~group
    group = group if among is None else among & group
    return compared(float(did[group].sum()), float(group.sum()), float(did[rest].sum()), float(rest.sum()))


def table(groups: Sequence[str], did: Sequence[float], of: Sequence[float]) -> pd.DataFrame:
    """A row a group: ``group`` (an English text, translated where it is shown), ``customers``, ``did``, ``share``, and its Wilson interval
    ``low`` to ``high``.

    >>> table(["on the list", "others"], [3, 8], [4, 10])[["customers", "did", "share"]].values.tolist()
    [[4.0, 3.0, 0.75], [10.0, 8.0, 0.8]]
    """
    made = pd.DataFrame({"group": list(groups), "customers": np.asarray(of), "did": np.asarray(did)})
    low, high = intervals.wilson(made["did"].to_numpy(dtype="float64"), made["customers"].to_numpy(dtype="float64"))
    with np.errstate(invalid="ignore", divide="ignore"):
        made["share"] = made["did"] / made["customers"]
    made["low"], made["high"] = low, high
    return made


FORMATS = {"customers": "{:,.0f}", "did": "{:,.0f}", "share": "{:.0%}", "low": "{:.0%}", "high": "{:.0%}"}
"""How the numbers of :func:`table` are shown."""


def first_by(value: np.ndarray, names: int) -> np.ndarray:
    """How far each customer is among the ``names`` with the lowest value: 1 or 0, and for those equal at the edge their part of the
    places that are left, so that no lot and no name decides.

    >>> first_by(np.array([1, 2, 2, 3]), 2).tolist()
    [1.0, 0.5, 0.5, 0.0]
    """
    if not names:
        return np.zeros(len(value))
    edge = np.partition(value, names - 1)[names - 1]
    inside, at = value < edge, value == edge
    return inside + at * ((names - inside.sum()) / at.sum())


def against_simple(listed: np.ndarray, value: np.ndarray, did: np.ndarray) -> Compared:
    """A list against the same number of names with the lowest ``value``: who is on one of the two only, and how many of them did it."""
    simple = first_by(value, int(listed.sum()))
    ours, theirs = listed * (1 - simple), ~listed * simple
    return compared(float((ours * did).sum()), float(ours.sum()), float((theirs * did).sum()), float(theirs.sum()))


def joined(*said: Said) -> Said:
    """Sentences after one another."""
    one, *others = said
    for other in others:
        one = Said(_("{first} {then}"), first=one, then=other)
    return one
