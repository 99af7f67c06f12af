"""Did customers who had bought one article and not the other buy the other afterwards, more often than others as active as they? The offer list on the past."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from crmlab import intervals
from crmlab.counting import bincount

EDGES = (1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 17, 20, 24, 28, 34, 40, 56, 80, 160)
"""Customers are compared with others on whose bills as many lines stood: who buys much buys everything more often. The article that was bought counts among
them, or those on the list would be the more active ones by it."""
FEW = 30
"""Customers on the list, and purchases among all compared, that are needed to tell."""


@dataclass(frozen=True)
class Taken:
    """``listed``: customers and offers on the list of that day; ``share`` of them bought what would have been offered, ``other`` of those as
    active who had bought neither; ``gap`` with its 95% interval ``low`` to ``high``, as shares. ``enough``: there were enough of both to tell."""

    listed: int
    share: float
    other: float
    gap: float
    low: float
    high: float
    enough: bool


def test(before: pd.DataFrame, after: pd.DataFrame, pairs: pd.DataFrame) -> Taken:
    """The list of offers as it would have been made from ``before``, held against ``after``.

    ``before`` and ``after`` have a row an article of a basket (``customer``, ``basket``, ``item``); ``pairs`` has ``antecedent`` and ``consequent``, tuples of one article.
    Customers are put side by side by how much they had bought (direct standardization to those on the list); the interval takes a customer, not an offer, as
    the unit (sandwich estimate by customer). Nobody was shown anything: it says who buys, not what an offer adds.

    Source: Liang, K.-Y. and Zeger, S. L. (1986), Biometrika 73, 13-22, for the interval.
    """
    known = before[before["customer"].notna()]
    who, customers = pd.factorize(known["customer"])
    stratum = np.searchsorted(EDGES, bincount(who, minlength=len(customers)), side="right") - 1
    later = after[after["customer"].isin(customers)]
    later_who = pd.Index(customers).get_indexer(later["customer"])
    has = _times(known["item"].to_numpy(), who, pairs, len(customers))
    took = _times(later["item"].to_numpy(), later_who, pairs, len(customers))
    pull, count = np.zeros(len(customers)), np.zeros(len(customers))
    listed, hits, expected, sold = 0, 0, 0.0, 0
    for (first,), (second,) in zip(pairs["antecedent"], pairs["consequent"], strict=True):
        open_to, bought = has[second] == 0, took[second] > 0
        on, off = (np.flatnonzero(open_to & one) for one in (has[first] > 0, has[first] == 0))
        n, k = (bincount(stratum[one], minlength=len(EDGES)) for one in (on, off))
        both = (n > 0) & (k > 0)  # as active ones are on either side
        on, off = on[both[stratum[on]]], off[both[stratum[off]]]
        sure, chance = (bincount(stratum[one][bought[one]], minlength=len(EDGES)) for one in (on, off))
        other = chance / np.maximum(k, 1)
        pull[on] += bought[on] - other[stratum[on]]
        count[on] += 1
        pull[off] -= (bought[off] - other[stratum[off]]) * (n / np.maximum(k, 1))[stratum[off]]
        listed, hits = listed + int(n[both].sum()), hits + int(sure.sum())
        expected, sold = expected + float((n * other)[both].sum()), sold + int(sure.sum() + chance.sum())
    if not listed:
        nan = float("nan")
        return Taken(0, nan, nan, nan, nan, nan, enough=False)
    gap = (hits - expected) / listed
    half = intervals.z_value() * float(np.sqrt(((pull - gap * count) ** 2).sum())) / listed
    enough = listed >= FEW and sold >= FEW
    return Taken(listed, hits / listed, expected / listed, gap, gap - half, gap + half, enough)


def _times(items: np.ndarray, who: np.ndarray, pairs: pd.DataFrame, n: int) -> dict[str, np.ndarray]:
    """By article of the pairs, on how many bills of each customer it stands."""
    codes, known = pd.factorize(items)
    wanted = {one for side in ("antecedent", "consequent") for (one,) in pairs[side]}
    order = np.argsort(codes, kind="stable")
    ends = np.searchsorted(codes[order], np.arange(len(known) + 1))
    at = {one: number for number, one in enumerate(known) if one in wanted}
    nobody = np.zeros(n, dtype="int64")
    return {
        one: bincount(who[order[ends[at[one]] : ends[at[one] + 1]]], minlength=n) if one in at else nobody
        for one in wanted
    }
