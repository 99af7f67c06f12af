"""Funnel arithmetic: from calls to orders, forward (what came of it) and backward (how many calls for one order)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from crmlab import checks, intervals
from crmlab.language import _


def conversion(stages: pd.Series | Mapping[str, float], confidence: float = 0.95) -> pd.DataFrame:
    """The funnel from counts by stage, first to last: ``count``, ``rate`` (of the stage before), ``low``, ``high``
    (Wilson), ``overall`` (of the first stage), ``overall_low``, ``overall_high`` and ``per_next`` (how many of the
    stage before it takes for one of this).

    A stage cannot hold more than the one before. The first stage has NaN as rate and 1 as overall.
    ``result.attrs["weakest"]`` names the stage with the lowest rate.

    Raises :class:`~crmlab.checks.InputError` for counts that are negative, not whole, or growing.

    >>> conversion({"calls": 200, "talks": 80, "visits": 20, "orders": 5})[["count", "rate", "overall"]]
    ... # doctest: +NORMALIZE_WHITESPACE
            count  rate  overall
    stage
    calls     200   NaN    1.000
    talks      80  0.40    0.400
    visits     20  0.25    0.100
    orders      5  0.25    0.025
    """
    column = checks.named(stages, "stages")
    if column.index.nlevels > 1:
        checks.fail(_("stages needs one label a stage, not several levels of them."))
    found = checks.within(column, "stages", 0, 1e15)
    if len(found) < 2 or (found % 1 != 0).any():
        checks.fail(_("stages must be two or more whole counts, such as calls=200, visits=20, orders=5."))
    grows = np.diff(found) > 0
    if grows.any():
        at = int(grows.argmax())
        checks.fail(
            _("Stage {stage!r} holds more ({n:g}) than the one before ({before:g}): put the stages in order."),
            stage=column.index[at + 1],
            n=found[at + 1],
            before=found[at],
        )
    before, first = found[:-1], np.full(len(found) - 1, found[0])
    table = pd.DataFrame({"count": found.astype("int64")}, index=column.index.rename("stage"))
    with np.errstate(invalid="ignore", divide="ignore"):
        table["rate"] = np.concatenate(([np.nan], found[1:] / before))
        low, high = intervals.wilson(found[1:], before, confidence)
        table["low"], table["high"] = np.concatenate(([np.nan], low)), np.concatenate(([np.nan], high))
        table["overall"] = np.concatenate(([1.0], found[1:] / first))
        low, high = intervals.wilson(found[1:], first, confidence)
        table["overall_low"], table["overall_high"] = np.concatenate(([1.0], low)), np.concatenate(([1.0], high))
        table["per_next"] = 1 / table["rate"]
    table.attrs["confidence"] = checks.share(confidence, "confidence")
    if table["rate"].notna().any():
        table.attrs["weakest"] = table["rate"].idxmin()
    return table


def stage_counts(deals: pd.DataFrame, stages: Sequence[str]) -> pd.Series:
    """Counts for :func:`conversion` from a table with one yes-or-no column a stage: how many reached it.

    A later yes counts only with a yes in all stages before, so that the funnel cannot grow; the others are
    counted in ``result.attrs["left_out"]`` as ``out_of_order``.

    >>> leads = pd.DataFrame({"called": [1, 1, 1], "met": [1, 0, 1], "ordered": [0, 1, 1]})
    >>> stage_counts(leads, ["called", "met", "ordered"]).tolist()
    [3, 2, 1]
    """
    checks.frame(deals, "deals")
    reached = np.ones(len(deals), dtype=bool)
    odd = np.zeros(len(deals), dtype=bool)
    counts: dict[str, int] = {}
    for name in checks.names(stages, "stages"):
        if name in counts:
            checks.fail(_("stages names {name!r} twice."), name=name)
        checks.need(deals, {"stages": name})
        yes = checks.yes_no(deals[name], name)
        odd |= yes & ~reached
        reached &= yes
        counts[name] = int(reached.sum())
    result = pd.Series(counts, name="count").rename_axis("stage")
    result.attrs["left_out"] = {"out_of_order": int(odd.sum())}
    return result


def needed(
    orders: int, rates: Sequence[float] | Mapping[str, float] | pd.Series, certainty: float = 0.9
) -> pd.DataFrame:
    """How many calls for so many orders, backward through the stages.

    ``rates`` are the shares that pass from stage to stage, first to last (a mapping names the stages they lead
    to; the column ``rate`` of :func:`conversion` will do). One row a stage, from the first on; columns: ``rate`` (into this stage), ``expected`` (orders / product of the
    rates still to come) and ``safe``: the smallest number with which at least ``orders`` orders come with
    probability ``certainty``, if every case passes or fails by itself (negative binomial). With the expected
    number alone you fall short more than every third time.

    Raises :class:`~crmlab.checks.InputError` for rates that are not above 0 and at most 1.

    >>> needed(1, {"talks": .4, "visits": .25, "orders": .25})  # doctest: +NORMALIZE_WHITESPACE
            rate  expected  safe
    stage
    start    NaN      40.0    91
    talks   0.40      16.0    36
    visits  0.25       4.0     9
    orders  0.25       1.0     1
    """
    orders = checks.number(orders, "orders", low=1, high=1e9, whole=True)
    certainty = checks.share(certainty, "certainty")
    named = isinstance(rates, (Mapping, pd.Series))
    column = checks.named(rates, "rates") if named else checks.series(rates, "rates")
    if named and len(column) > 1 and pd.isna(column.iloc[0]):
        column = column.iloc[1:]  # the first stage of :func:`conversion`, into which no rate leads
    found = checks.within(column, "rates", 0, 1)
    if not len(found) or (found == 0).any():
        checks.fail(
            _("rates must be shares above 0 and at most 1, one a step; a step that nobody passes gives no order.")
        )
    names = column.index.tolist() if named else [f"step {number}" for number in range(1, len(found) + 1)]
    through = np.concatenate((np.cumprod(found[::-1])[::-1], [1.0]))
    return pd.DataFrame(
        {
            "rate": np.concatenate(([np.nan], found)),
            "expected": orders / through,
            "safe": [_safe(orders, float(p), certainty) for p in through],
        },
        index=pd.Index(["start", *names], name="stage"),
    )


def calls_per_order(calls: Any, orders: Any, confidence: float = 0.95) -> pd.DataFrame:
    """How many calls one order took, with its interval: ``calls``, ``orders``, ``per_order``, ``low``, ``high``.

    One row for two numbers, else one row an entry (seller, list, month). The interval is Wilson's of orders / calls,
    turned over: with no order yet ``per_order`` and ``high`` are infinite, and ``low`` says what can be ruled out.

    >>> calls_per_order(200, 5).round(1)
       calls  orders  per_order   low  high
    0    200       5       40.0  17.5  93.2
    """
    calls, orders = checks.aligned(calls=calls, orders=orders)
    given = calls if isinstance(calls, pd.Series) else orders if isinstance(orders, pd.Series) else None
    n, k = (_numbers_of(one, name) for one, name in ((calls, "calls"), (orders, "orders")))
    low, high = intervals.wilson(k, n, confidence)
    index = given.index if given is not None else pd.RangeIndex(np.size(low))
    n, k = np.broadcast_to(n, np.shape(low)), np.broadcast_to(k, np.shape(low))
    with np.errstate(divide="ignore", invalid="ignore"):
        per, least, most = np.asarray(n) / k, 1 / np.asarray(high), 1 / np.asarray(low)
    columns = {"calls": n, "orders": k, "per_order": per, "low": least, "high": most}
    return pd.DataFrame({name: np.atleast_1d(values) for name, values in columns.items()}, index=index)


def _numbers_of(values: Any, name: str) -> Any:
    """A number or a column of numbers of 0 or more; whole ones stay whole."""
    if not hasattr(values, "__len__"):
        found = np.asarray(checks.number(values, name, 0))
    else:
        found = checks.within(checks.series(values, name), name, 0)
    return found.astype("int64") if (found % 1 == 0).all() and (found < 2**53).all() else found


def _safe(orders: int, p: float, certainty: float) -> int:
    """The smallest n with P(at least ``orders`` of n) >= certainty."""
    from scipy.special import bdtrc

    if p >= 1:
        return orders
    low, high = orders - 1, orders
    while bdtrc(orders - 1, high, p) < certainty:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if bdtrc(orders - 1, middle, p) >= certainty else (middle, high)
    return high
