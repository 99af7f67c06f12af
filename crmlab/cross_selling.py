"""What a rule of the market basket is worth: counted on later months, and in money, by a test with two halves.

:mod:`crmlab.basket` finds rules; here they are held to what came afterwards. A rule is found because it looked strong, so
it looks weaker in new data: the more so, the fewer baskets it came from.

Sources: Brin, S., Motwani, R., Ullman, J. D., Tsur, S. (1997), Dynamic itemset counting and implication rules for market
basket data, SIGMOD (lift, there called interest). Fleiss, J. L., Levin, B., Paik, M. C. (2003), Statistical Methods for Rates
and Proportions, 3rd edition, chapter 4 (how many are needed to compare two shares).
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from functools import reduce
from itertools import pairwise
from statistics import NormalDist
from typing import Any

import numpy as np
import pandas as pd

from crmlab import basket as _basket
from crmlab import checks, intervals
from crmlab.language import _
from crmlab.pipeline import share_difference

VERDICTS = ("held", "open", "refuted", "rare")
"""What later months say of a rule: see :func:`back_test`."""


def counted(
    rules: pd.DataFrame,
    lines: pd.DataFrame,
    basket: str = "invoice",
    item: str = "stock_code",
    customer: str | None = None,
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Each rule counted anew in order lines, which need not be those that it was found in.

    ``rules`` has the columns ``antecedent`` and ``consequent`` (tuples, as :func:`crmlab.basket.rules` makes them), ``lines`` a
    row an article in a basket. The result has the rows of ``rules``, with ``first``, ``second`` and ``both`` (baskets that
    hold the left side, the right side, all of it), ``customers`` (who they are from, if ``customer`` names a column),
    ``room`` (baskets with the left side alone: there an offer can be made), ``expected`` (``both`` by chance), ``lift``, and
    its interval ``low`` to ``high``: Wilson's for the confidence, over the share of the right side, as in :func:`crmlab.basket.pair`. Where
    a side stands in no basket, lift and interval are missing. ``attrs["baskets"]`` is the number of baskets.

    The interval takes baskets for independent. Those of one customer are not: look at ``customers`` as well.

    Raises :class:`~crmlab.checks.InputError` for missing columns, empty tables, sides that are no tuples.

    >>> lines = pd.DataFrame({"invoice": [1, 1, 2, 2, 3, 4], "stock_code": ["tea", "cup", "tea", "cup", "tea", "jam"]})
    >>> rules = pd.DataFrame({"antecedent": [("tea",)], "consequent": [("cup",)]})
    >>> counted(rules, lines)[["first", "second", "both", "room", "expected", "lift"]]
       first  second  both  room  expected      lift
    0      3       2     2     1       1.5  1.333333
    """
    checks.frame(rules, "rules")
    checks.need(rules, {"": "antecedent"})
    checks.need(rules, {"": "consequent"})
    sides = [rules[name].tolist() for name in ("antecedent", "consequent")]
    for one in (one for side in sides for one in side):
        if not isinstance(one, tuple) or not one or not all(isinstance(item, Hashable) for item in one):
            checks.fail(_("This is no table of rules: each side must be a tuple of articles, such as ('tea',)."))
    data, names, _left_out = _basket._baskets(lines, basket, item)
    code = {name: number for number, name in enumerate(names.tolist())}
    order = np.argsort(data.column, kind="stable")
    ends = np.searchsorted(data.column[order], np.arange(len(names) + 1))
    rows = data.row[order]

    def holding(items: tuple[Hashable, ...]) -> np.ndarray:
        found = [rows[ends[code[one]] : ends[code[one] + 1]] if one in code else rows[:0] for one in items]
        return reduce(lambda a, b: np.intersect1d(a, b, assume_unique=True), found)

    known: dict[tuple[Hashable, ...], np.ndarray] = {}
    for one in (one for side in sides for one in side):
        if one not in known:
            known[one] = holding(one)
    whose = _whose(lines, basket, item, customer) if customer is not None else None
    counts: dict[str, list[int]] = {"first": [], "second": [], "both": [], "customers": []}
    for left, right in zip(*sides, strict=True):
        both = np.intersect1d(known[left], known[right], assume_unique=True)
        counts["first"].append(len(known[left]))
        counts["second"].append(len(known[right]))
        counts["both"].append(len(both))
        if whose is not None:
            counts["customers"].append(int((np.unique(whose[both]) >= 0).sum()))
    result = rules[["antecedent", "consequent"]].copy()
    for name in ("first", "second", "both"):
        result[name] = np.array(counts[name], dtype="int64")
    if whose is not None:
        result["customers"] = np.array(counts["customers"], dtype="int64")
    result["room"] = result["first"] - result["both"]
    low, high = intervals.wilson(result["both"].to_numpy(), result["first"].to_numpy(), confidence)
    with np.errstate(invalid="ignore", divide="ignore"):
        base = np.where(result["second"] > 0, result["second"] / data.baskets, np.nan)
        result["expected"] = result["first"] * result["second"] / data.baskets
        result["lift"] = result["both"] / result["first"].where(result["first"] > 0) / base
        result["low"], result["high"] = low / base, high / base
    result.attrs = {"baskets": data.baskets}
    return result


def _whose(lines: pd.DataFrame, basket: str, item: str, customer: str) -> np.ndarray:
    """The number of the customer of each basket, by the basket's number in :func:`crmlab.basket._baskets`; -1 for one that is
    missing. A basket with lines of several has the last of them."""
    checks.need(lines, {"customer": customer})
    code = pd.Series(pd.factorize(checks.keys(lines[customer], customer))[0]).astype("Int64")
    code[_basket._codes(lines[item], item)[0] < 0] = pd.NA  # baskets are numbered by their lines with an item
    number = lines[basket]
    plain = isinstance(number.dtype, np.dtype) and number.dtype.kind in "iu"
    bought = pd.DataFrame({basket: number.to_numpy() if plain else number.to_numpy(dtype=object), "-whose": code})
    data, names, _left_out = _basket._baskets(bought, basket, "-whose")
    found = np.full(data.baskets, -1, dtype="int64")
    found[data.row] = np.asarray(names, dtype="int64")[data.column]
    return found


def back_test(before: pd.DataFrame, after: pd.DataFrame, lift: float = 2.0, least: int = 30) -> pd.DataFrame:
    """What later months say of rules: two results of :func:`counted` on the same rules, the months that they were found in
    and later ones.

    ``verdict`` is ``held`` if the whole interval of the later lift lies at ``lift`` or above, ``refuted`` if it lies below,
    ``open`` if it holds ``lift``, and ``rare`` if one of the sides stands in fewer than ``least`` of the later baskets: no longer
    sold, out of season, or never sold much. There is then hardly anybody to offer it to. Beside it ``both``, ``lift``, ``low``, ``high`` of before, the
    same with ``later_``, ``later_expected`` and ``later_room``. Both limits are conventions.

    Raises :class:`~crmlab.checks.InputError` for tables that are not of :func:`counted`, or not of the same rules.

    >>> rules = pd.DataFrame({"antecedent": [("tea",)], "consequent": [("cup",)]})
    >>> together = pd.DataFrame({"invoice": np.repeat(range(100), 2), "stock_code": ["tea", "cup"] * 100})
    >>> others = pd.DataFrame({"invoice": range(100, 400), "stock_code": "jam"})
    >>> table = counted(rules, pd.concat([together, others]))
    >>> back_test(table, table)["verdict"].tolist()
    ['held']
    """
    wanted, few = checks.number(lift, "lift", 0), checks.number(least, "least", 1, whole=True)
    for name, table in (("before", before), ("after", after)):
        checks.frame(table, name)
        checks.need(table, {"": "antecedent"})
        checks.need(table, {"": "consequent"})
    old, new = (_numbers(table, _COUNTS) for table in (before, after))
    same = len(before) == len(after) and all(
        before[side].tolist() == after[side].tolist() for side in ("antecedent", "consequent")
    )
    if not same:
        checks.fail(_("before and after must be counts of the same rules, in the same order."))
    result = before[["antecedent", "consequent"]].copy()
    for name in ("both", "lift", "low", "high"):
        result[name] = old[name]
    for name in ("both", "expected", "lift", "low", "high", "room"):
        result[f"later_{name}"] = new[name]
    rare = np.minimum(new["first"], new["second"]) < few
    held, refuted = new["low"] >= wanted, new["high"] < wanted
    result["verdict"] = np.select([rare, held, refuted], ["rare", "held", "refuted"], "open")
    return result


_COUNTS = {
    "first": False,
    "second": False,
    "both": False,
    "room": False,
    "expected": True,
    "lift": True,
    "low": True,
    "high": True,
}
"""The numbers of :func:`counted`, and whether one may be missing."""


def _numbers(table: pd.DataFrame, columns: dict[str, bool]) -> dict[str, np.ndarray]:
    """These columns, none of them negative; those that may be missing are so where nothing is known."""
    for name in columns:
        checks.need(table, {"": name})
    return {name: checks.within(table[name], name, 0, missing=missing) for name, missing in columns.items()}


def by_count(table: pd.DataFrame, edges: Sequence[float]) -> pd.DataFrame:
    """A :func:`back_test` by the number of baskets that the rules came from.

    ``edges`` begin the classes: ``[3, 4, 10]`` makes 3, 4 to 9, and 10 or more; what lies below the first is left out. A row a
    class: ``rules``, how many of them have which verdict, ``share`` of them that ``held`` with its Wilson interval, the median ``lift``
    that they were found with, and ``later_lift``, all later baskets with both over all that chance would have made. Rules that
    share articles are not independent, so the interval is rather too narrow.

    Raises :class:`~crmlab.checks.InputError` for a table that is not of :func:`back_test`, and for edges that do not rise.

    >>> table = pd.DataFrame({"both": [3, 3, 50], "lift": [40.0, 20.0, 30.0], "later_both": [0, 2, 60],
    ...                       "later_expected": [1.0, 1.0, 2.0], "verdict": ["rare", "open", "held"]})
    >>> by_count(table, [3, 10])[["rules", "held", "open", "rare", "lift", "later_lift"]]  # doctest: +NORMALIZE_WHITESPACE
                rules  held  open  rare  lift  later_lift
    baskets
    3 to 9          2     0     1     1  30.0         1.0
    10 or more      1     1     0     0  30.0        30.0
    """
    checks.frame(table, "table")
    number = _numbers(table, {"both": False, "lift": True, "later_both": False, "later_expected": True})
    checks.need(table, {"": "verdict"})
    given = table["verdict"].astype(object)
    if not given.isin(VERDICTS).all():
        checks.fail(_("This is no table of back_test(...): its verdicts must be {known}."), known=", ".join(VERDICTS))
    given_edges = edges if isinstance(edges, (Sequence, np.ndarray, pd.Series)) and not isinstance(edges, str) else ()
    begins = [checks.number(edge, "edges", 0) for edge in given_edges]
    if not begins or any(b <= a for a, b in pairwise(begins)):
        checks.fail(_("edges must be numbers that rise, such as [3, 4, 10]."))
    rows = {}
    for start, end in zip(begins, [*begins[1:], math.inf], strict=True):
        part = (number["both"] >= start) & (number["both"] < end)
        verdicts, lifts = given[part].value_counts(), number["lift"][part]
        expected = float(np.nansum(number["later_expected"][part]))
        rows[_class(start, end)] = {
            "rules": int(part.sum()),
            **{name: int(verdicts.get(name, 0)) for name in VERDICTS},
            "lift": float(np.nanmedian(lifts)) if np.isfinite(lifts).any() else np.nan,
            "later_lift": float(number["later_both"][part].sum()) / expected if expected else np.nan,
        }
    result = pd.DataFrame.from_dict(rows, orient="index").rename_axis("baskets")
    result["share"] = result["held"] / result["rules"].where(result["rules"] > 0)
    result["low"], result["high"] = intervals.wilson(result["held"], result["rules"])
    return result


def _class(start: float, end: float) -> str:
    if math.isinf(end):
        return f"{start:g} or more"
    return f"{start:g}" if end - start == 1 else f"{start:g} to {end - 1:g}"


def offer_value(
    shown: float,
    bought: float,
    not_shown: float,
    bought_anyway: float,
    chances: float,
    margin: float,
    cost: float = 0.0,
    confidence: float = 0.95,
) -> pd.Series:
    """What an offer brings, from a test in which one half saw it and the other did not.

    ``bought`` of the ``shown`` bought, and ``bought_anyway`` of the ``not_shown``. ``chances``: how often in a year the offer could be
    shown; ``margin``: money earned on one more sale; ``cost``: of showing it once. ``extra`` is the difference of the two shares,
    with Newcombe's interval ``low`` to ``high`` (:func:`crmlab.pipeline.share_difference`); ``value``, ``value_low`` and ``value_high``
    are chances x (extra x margin - cost); ``credited`` is what one books who forgets the other half; ``pays_from`` is the extra
    share that pays for the showing. The interval holds for who was drawn by lot, each counted once.

    Raises :class:`~crmlab.checks.InputError` for negative numbers, more buyers than people, a half with nobody in it.

    >>> offer_value(150, 48, 150, 37, chances=1000, margin=8)[["extra", "low", "high", "value"]].round(3).tolist()
    [0.073, -0.029, 0.173, 586.667]
    """
    one, other = (checks.number(n, name, 1) for n, name in ((shown, "shown"), (not_shown, "not_shown")))
    took, anyway = checks.number(bought, "bought", 0, one), checks.number(bought_anyway, "bought_anyway", 0, other)
    times, earned, paid = (
        checks.number(value, name, 0) for value, name in ((chances, "chances"), (margin, "margin"), (cost, "cost"))
    )
    extra, low, high = share_difference(took, one, anyway, other, confidence)
    value, value_low, value_high = (times * (share * earned - paid) for share in (extra, low, high))
    return pd.Series(
        {
            "shown": took / one,
            "not_shown": anyway / other,
            "extra": extra,
            "low": low,
            "high": high,
            "value": value,
            "value_low": value_low,
            "value_high": value_high,
            "credited": times * (took / one * earned - paid),
            "pays_from": paid / earned if earned else math.nan,
        },
        dtype=float,
    )


def each_half(base: float, extra: float, power: float = 0.8, confidence: float = 0.95) -> int:
    """How many customers each half needs, so that a test finds an offer that adds ``extra`` to a share of ``base`` with probability ``power``.

    Two shares compared at ``confidence``, both sides, without a correction for continuity (Fleiss, Levin and Paik 2003, chapter 4).

    Raises :class:`~crmlab.checks.InputError` for shares that are none, no extra, a sum of 1 or more.

    >>> each_half(0.10, 0.10), each_half(0.25, 0.05)
    (199, 1251)
    """
    p = checks.number(base, "base", 0, 1)
    d = checks.number(extra, "extra", 0, 1)
    if d <= 0 or p + d >= 1:
        checks.fail(_("extra must be above 0, and base and extra together below 1, such as 0.25 and 0.05."))
    z = NormalDist().inv_cdf
    a, b = z((1 + checks.share(confidence, "confidence")) / 2), z(checks.share(power, "power"))
    q = p + d
    mean = (p + q) / 2
    needed = (a * math.sqrt(2 * mean * (1 - mean)) + b * math.sqrt(p * (1 - p) + q * (1 - q))) ** 2 / d**2
    return math.ceil(needed - 1e-9)


def halves(customers: Any, seed: int = 1) -> pd.Series:
    """Draw by lot who sees an offer: True for half of the customers (one fewer if they are odd), False for the others.

    A customer who stands there twice is drawn once, and missing ones not at all; the order of the list does not matter, so the same
    list and ``seed`` always give the same halves.

    Raises :class:`~crmlab.checks.InputError` for fewer than two customers.

    >>> halves([12, 13, 14, 12, 15]).tolist()
    [False, False, True, True]
    """
    found = checks.keys(checks.series(customers, "customers"), "customers").dropna().unique().tolist()
    try:
        once = sorted(found)
    except TypeError:  # numbers and texts in one list
        once = sorted(found, key=lambda one: (str(type(one)), str(one)))
    if len(once) < 2:
        checks.fail(_("There must be at least two customers to draw halves from; there are {n}."), n=len(once))
    drawn = np.random.RandomState(checks.number(seed, "seed", 0, 2**32 - 1, whole=True)).permutation(len(once))
    return pd.Series(drawn < len(once) // 2, index=pd.Index(once, name="customer"), name="sees the offer")
