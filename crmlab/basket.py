"""What is bought together: frequent sets, rules, and the old tale of beer and nappies.

Input is order lines, one row an article in a basket, in any order; a repeated line counts once. How sets are found is in
:mod:`crmlab.itemsets`.

Source: Agrawal, R., Imielinski, T., Swami, A. (1993), Mining association rules between sets of items in large
databases, SIGMOD.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from typing import Any, NoReturn

import numpy as np
import pandas as pd

from crmlab import checks, engines, intervals, itemsets, waiting
from crmlab.counting import bincount
from crmlab.language import _

SETS = 1_000_000
"""So many sets are found, and no more, unless you say so."""

RULES = 10_000_000
"""So many rules are looked at, and no more, unless you say so."""


def frequent_sets(
    lines: pd.DataFrame,
    support: float | None = None,
    basket: str = "invoice",
    item: str = "stock_code",
    max_length: int | None = None,
    min_length: int = 1,
    limit: int = SETS,
    progress: Callable[[float], Any] | None = None,
) -> pd.DataFrame:
    """All sets of articles that stand together in at least ``support`` of the baskets.

    ``lines`` has a row an order line with the columns ``basket`` and ``item``. ``support`` is a share of all baskets
    (0.01: one in a hundred). By default it is one in a hundred and at least two baskets, since what one basket holds is no
    pattern. The result has a row a set: ``items`` (a tuple, in sorted order), ``length``, ``count`` (baskets that hold all
    of them) and ``support``; most frequent first, then by length. ``attrs`` hold ``baskets``, ``least`` (the baskets that a
    set needed) and ``left_out``: ``rows_without_basket``, ``rows_without_item`` (their baskets still count),
    ``repeated_rows``. An empty cell, a blank and a missing value are the same: no basket, no item.

    Every basket counts, so take out first what is no sale (credit notes, postage).

    A low support can make billions of sets: one basket of 34 articles has 17 billion. Above ``limit`` sets of any length up
    to ``max_length`` nothing is computed, and the message names about how many there are, and a support that would do.
    What takes more than two seconds shows how far it is; ``progress`` is called instead with the share that is done. It
    may be interrupted at any time.

    Raises :class:`~crmlab.checks.InputError` for missing columns, an empty table, a support that is no share, lengths
    below 1, identifiers that are not exact, and more sets than ``limit``.

    >>> lines = pd.DataFrame({"invoice": [1, 1, 2, 2, 2, 3], "stock_code": ["tea", "cup", "tea", "cup", "jam", "tea"]})
    >>> frequent_sets(lines, support=.5)
            items  length  count   support
    0      (tea,)       1      3  1.000000
    1      (cup,)       1      2  0.666667
    2  (cup, tea)       2      2  0.666667
    """
    share = 0.01 if support is None else checks.number(support, "support", 0, 1)
    if share <= 0:
        checks.fail(_("support must be above 0, such as 0.01 for one basket in a hundred."))
    shortest = checks.number(min_length, "min_length", 1, whole=True)
    longest = None if max_length is None else checks.number(max_length, "max_length", shortest, whole=True)
    most = checks.number(limit, "limit", 1, whole=True)
    data, names, left_out = _baskets(lines, basket, item)
    least = max(1 if support is not None else 2, _least(share, data.baskets))
    try:
        with waiting.shown(_("Frequent sets"), progress) as tell:
            levels = itemsets.search(data, least, longest, most, tell)
    except itemsets.TooMany:
        _refuse(data, least, longest, most)
    result = _table([part for part in levels if part[0].shape[1] >= shortest], names)
    result["support"] = result["count"] / data.baskets
    result.attrs |= {"baskets": data.baskets, "least": least, "left_out": left_out}
    return result


def _table(levels: itemsets.Found, names: np.ndarray) -> pd.DataFrame:
    """Items, length and count; ranked within a length by name, so that the order does not hang on that of the rows."""
    try:
        order = np.argsort(names, kind="stable")
    except TypeError:  # numbers and texts in one column
        order = np.argsort([str(name) for name in names], kind="stable")
    rank = np.empty(len(names), dtype="int64")
    rank[order] = np.arange(len(names))
    ordered = names[order]
    sets: list[tuple[Any, ...]] = []
    lengths, counts, places = [np.zeros(0, "int64")], [np.zeros(0, "int64")], [np.zeros(0, "int64")]
    for found, count in levels:
        found = np.sort(rank[found], axis=1)
        sets += map(tuple, ordered[found].tolist())
        lengths.append(np.full(len(count), found.shape[1]))
        counts.append(count)
        places.append(np.empty(len(count), dtype="int64"))
        places[-1][np.lexsort(found.T[::-1])] = np.arange(len(count))
    length, number = np.concatenate(lengths), np.concatenate(counts).astype("int64")
    by = np.lexsort((np.concatenate(places), length, -number))
    items = np.fromiter(sets, dtype=object, count=len(sets))
    return pd.DataFrame({"items": pd.Series(items[by], dtype=object), "length": length[by], "count": number[by]})


def _refuse(data: itemsets.Baskets, least: int, longest: int | None, limit: int) -> NoReturn:
    """Say how many sets there are about, and what would do."""
    estimate = itemsets.Estimate(data)
    expected = estimate.lengths(least, longest)
    given = {
        "least": least,
        "baskets": data.baskets,
        "expected": _many(max(float(expected.sum()), limit + 1.0)),
        "limit": f"{limit:,}",
    }
    better = estimate.enough(least, longest, limit)
    if better is not None:
        given |= {"support": _share(better[0], data.baskets), "at": better[0]}
        if better[1] is None:
            checks.fail(
                _(
                    "About {expected} sets stand in at least {least} of the {baskets} baskets, more than limit={limit}. "
                    "Try support={support} (at least {at} baskets). Or say max_length, or a higher limit."
                ),
                **given,
            )
        checks.fail(
            _(
                "About {expected} sets stand in at least {least} of the {baskets} baskets, more than limit={limit}. "
                "With support={support} (at least {at} baskets) there are {number}. Or say max_length, or a higher limit."
            ),
            number=f"{better[1]:,}",
            **given,
        )
    short = np.cumsum(expected) <= limit / 2
    checks.fail(
        _(
            "About {expected} sets stand in at least {least} of the {baskets} baskets, more than limit={limit}, and a higher "
            "support does not help: some baskets hold much that always stands together. Say max_length={length}, or leave "
            "such articles out."
        ),
        length=max(1, int(short.argmin()) if not short.all() else len(short)),
        **given,
    )


def _share(least: int, baskets: int) -> float:
    """The shortest support that asks for ``least`` of the baskets.

    >>> _share(2, 34), _share(186, 18532), _share(1, 4)
    (0.05, 0.01, 0.2)
    """
    return next(
        share
        for digits in range(1, 18)
        if _least(share := math.floor(least / baskets * 10**digits) / 10**digits, baskets) == least or digits == 17
    )


def _least(share: float, baskets: int) -> int:
    """The baskets that a set needs; 0.07 of 100 baskets are 7, though 0.07 * 100 is a little more."""
    return math.ceil(share * baskets - 1e-9 * baskets)


def _many(number: float) -> str:
    """A large number with two digits that count.

    >>> _many(17337540249.9), _many(4321.0), _many(float("inf"))
    ('17,000,000,000', '4,300', '1e+300')
    """
    number = min(number, 1e300)
    return f"{number:.2g}" if number >= 1e15 else f"{float(f'{number:.2g}'):,.0f}"


def _baskets(lines: pd.DataFrame, basket: str, item: str) -> tuple[itemsets.Baskets, np.ndarray, dict[str, int]]:
    """Distinct (basket, item) as codes, the items by code (rare ones first), and what was left out."""
    checks.frame(lines, "lines")
    checks.need(lines, {"basket": basket, "item": item})
    which, named = _codes(lines[basket], basket)
    what, names = _codes(lines[item], item)
    if not len(named):
        checks.fail(_("Column {column!r} names no basket in any row."), column=basket)
    keep = np.flatnonzero((which >= 0) & (what >= 0))
    if len(keep) < len(lines):
        left_out = {
            "rows_without_basket": int((which < 0).sum()),
            "rows_without_item": int(((which >= 0) & (what < 0)).sum()),
        }
        which, what = which[keep], what[keep]
    else:
        left_out = {"rows_without_basket": 0, "rows_without_item": 0}
    by = np.argsort(bincount(what, minlength=len(names)), kind="stable")
    code, number = np.empty(len(names), dtype=np.intp), np.empty(len(named), dtype="int64")
    code[by] = np.arange(len(names))
    shift = len(names).bit_length()
    number[np.argsort(-bincount(which, minlength=len(named)), kind="stable")] = np.arange(len(named)) << shift
    key = number[which]
    key |= code[what]
    if len(named) << shift < 2**32:
        key = key.astype("uint32")  # sorted twice as quickly
    key.sort()
    if len(key):
        once = key[np.concatenate(([True], key[1:] != key[:-1]))]
        left_out["repeated_rows"] = len(key) - len(once)
        key = once
    else:
        left_out["repeated_rows"] = 0
    row, column = (key >> shift).astype(np.intp), (key & ((1 << shift) - 1)).astype(np.intp)
    return itemsets.Baskets(row, column, len(named), len(names)), names[by], left_out


def _codes(column: pd.Series, name: str) -> tuple[np.ndarray, np.ndarray]:
    """A code a row (-1: missing or blank), and the values by code. Each value is looked at once, not each row."""
    plain = isinstance(column.dtype, (np.dtype, pd.StringDtype)) and getattr(column.dtype, "storage", "") != "pyarrow"
    objects = plain and column.dtype.kind not in "iufb"
    try:
        codes, found = _factorize(column.to_numpy(dtype=object) if objects else column)
        if isinstance(found, np.ndarray) and found.dtype == object and _plain(found):
            return codes, found
        values = checks.keys(pd.Series(found, dtype=None if len(found) else object), name)
    except (TypeError, ValueError, ArithmeticError):
        cleaned = checks.keys(column, name)  # says what is wrong, and in which row
        codes, found = _factorize(cleaned)
        values = pd.Series(found, dtype=None if len(found) else object)
    gone = values.isna().to_numpy()
    if gone.any():
        new = np.where(gone, -1, np.cumsum(~gone) - 1)
        codes, values = np.append(new, -1)[codes], values[~gone]
    if pd.api.types.is_float_dtype(values.dtype) and len(values) and (values % 1 == 0).all():
        values = values.astype("int64")  # 536365.0 is a number that once stood beside an empty cell
    return codes, values.to_numpy(dtype=object)


def _plain(values: np.ndarray) -> bool:
    """Whether all are texts in which there is something to see, and which need no other look."""
    try:
        return all(map(str.isprintable, values)) and all(map(str.strip, values))
    except TypeError:
        return False


def _factorize(values: Any) -> tuple[np.ndarray, Any]:
    """``pandas.factorize``; lines of one basket mostly stand together: then runs are hashed, not rows."""
    if isinstance(values, pd.Series) and isinstance(values.dtype, np.dtype):
        values = values.to_numpy()
    head = values[:2000] if isinstance(values, np.ndarray) else ()
    if len(head) > 1 and np.asarray(head[1:] != head[:-1], dtype=bool).mean() < 0.5:
        new = np.concatenate(([True], np.asarray(values[1:] != values[:-1], dtype=bool)))
        codes, found = pd.factorize(values[new])
        return codes[np.cumsum(new) - 1], found
    codes, found = pd.factorize(values)
    return np.asarray(codes, dtype=np.intp), found


# ---- rules


def rules(
    sets: pd.DataFrame,
    confidence: float = 0.5,
    lift: float = 0.0,
    max_consequent: int | None = None,
    limit: int = RULES,
    progress: Callable[[float], Any] | None = None,
) -> pd.DataFrame:
    """Rules "who has this, also has that" from the table of :func:`frequent_sets`.

    One row a rule: ``antecedent`` and ``consequent`` (tuples), ``count`` and ``support`` (both together),
    ``confidence`` (both / antecedent), ``lift`` (confidence / support of the consequent; 1 = as by chance). Kept are
    those with at least ``confidence`` and ``lift``, and at most ``max_consequent`` articles on the right. Highest lift
    first, then highest count, then highest confidence.

    A set of k articles makes 2^k - 2 rules. Above ``limit`` rules to look at nothing is computed, and the message names
    how many there are and what would do. For ``progress`` see :func:`frequent_sets`.

    Raises :class:`~crmlab.checks.InputError` for a table without its smaller sets (made with ``min_length`` above 1,
    or filtered), since their counts are needed, for one that is not of :func:`frequent_sets`, and for too many rules.

    >>> lines = pd.DataFrame({"invoice": [1, 1, 2, 2, 3, 4], "stock_code": ["tea", "cup", "tea", "cup", "tea", "jam"]})
    >>> rules(frequent_sets(lines, support=.5))  # doctest: +NORMALIZE_WHITESPACE
      antecedent consequent  count  support  confidence      lift
    0     (cup,)     (tea,)      2      0.5    1.000000  1.333333
    1     (tea,)     (cup,)      2      0.5    0.666667  1.333333
    """
    count, share, items = _sets(sets)
    confidence, lift = checks.number(confidence, "confidence", 0, 1), checks.number(lift, "lift", 0)
    widest = np.inf if max_consequent is None else checks.number(max_consequent, "max_consequent", 1, whole=True)
    most = checks.number(limit, "limit", 1, whole=True)
    baskets = float(np.median(count / share)) if len(count) else 0.0
    lengths = np.array([len(one) for one in items], dtype="int64")
    todo, done = _refuse_rules(lengths, count, baskets, widest, most), 0
    flat = [one for whole in items for one in whole]
    try:
        code, found = pd.factorize(np.fromiter(flat, dtype=object, count=len(flat)))
    except TypeError:
        _no_sets()
    # A set's key is the sum of its articles' random numbers: subsets are then looked up without making tuples.
    number = np.random.default_rng(20240229).integers(0, 2**63, len(found), dtype="uint64")
    start = np.cumsum(lengths) - lengths
    keys = np.add.reduceat(number[code], start.astype(np.intp)) if len(start) else number
    by_key = np.argsort(keys)
    splits: list[tuple[tuple[int, ...], tuple[int, ...]]] = []  # places of a set that stand on the left, on the right
    columns: dict[str, list[np.ndarray]] = {"set": [], "split": [], "confidence": [], "lift": []}
    with waiting.shown(_("Rules"), progress) as tell:
        for length in np.unique(lengths[lengths > 1]).tolist():
            rows = np.flatnonzero(lengths == length)
            parts = number[code[start[rows][:, None] + np.arange(length)]]
            for size in range(1, int(min(widest, length - 1)) + 1):
                for right in itertools.combinations(range(length), size):
                    left = tuple(place for place in range(length) if place not in right)
                    of_left = _count_of(parts[:, left].sum(axis=1, dtype="uint64"), keys, by_key, count)
                    of_right = _count_of(parts[:, right].sum(axis=1, dtype="uint64"), keys, by_key, count)
                    sure = count[rows] / of_left
                    more = sure * baskets / of_right
                    good = (sure >= confidence - 1e-12) & (more >= lift - 1e-12)
                    if good.any():
                        columns["set"].append(rows[good])
                        columns["split"].append(np.full(int(good.sum()), len(splits)))
                        columns["confidence"].append(sure[good])
                        columns["lift"].append(more[good])
                        splits.append((left, right))
                    done += len(rows)
                    tell(0.5 * done / todo)
        whole = {name: np.concatenate(part) if part else np.zeros(0) for name, part in columns.items()}
        which, split = whole["set"].astype("int64"), whole["split"].astype("int64")
        order = np.lexsort((split, which, -whole["confidence"], -count[which], -whole["lift"].round(12)))
        which, split = which[order], split[order]
        sides: list[list[tuple[Any, ...]]] = [[], []]
        for turn, (at, how) in enumerate(zip(which.tolist(), split.tolist(), strict=True)):
            for side, places in zip(sides, splits[how], strict=True):
                side.append(tuple(items[at][place] for place in places))
            if turn % 50_000 == 0:
                tell(0.5 + 0.5 * turn / len(which))
    result = pd.DataFrame(
        {
            "antecedent": pd.Series(sides[0], dtype=object),
            "consequent": pd.Series(sides[1], dtype=object),
            "count": count[which].astype("int64"),
            "support": share[which],
            "confidence": whole["confidence"][order],
            "lift": whole["lift"][order],
        }
    )
    result.attrs |= {"baskets": round(baskets), "left_out": {}}
    return result


def _sets(sets: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, list[tuple[Any, ...]]]:
    """The columns of a table of :func:`frequent_sets`: count, support, items."""
    if not (isinstance(sets, pd.DataFrame) and sets.empty and "items" in sets):  # no set is frequent: no rule either
        checks.frame(sets, "sets")
    for name in ("items", "length", "count", "support"):
        checks.need(sets, {"": name})
    count, share = checks.within(sets["count"], "count", 1), checks.within(sets["support"], "support", 0, 1)
    items = sets["items"].tolist()
    if not all(isinstance(one, tuple) and one for one in items) or not share.all():
        _no_sets()
    return count, share, items


def _no_sets() -> NoReturn:
    checks.fail(
        _("This is no table of frequent_sets(...): each row of 'items' must be a tuple, with its count and support.")
    )


def _refuse_rules(lengths: np.ndarray, count: np.ndarray, baskets: float, widest: float, limit: int) -> int:
    """The number of rules to look at; more than ``limit`` are refused, and the message says what would do."""

    def made(widest: float) -> np.ndarray:
        """The number of rules of each set; floats, since 2^2000 is no reason to stop."""
        by_length = [0.0] * (int(lengths.max(initial=0)) + 1)
        for length in np.unique(lengths).tolist():
            sizes = range(1, int(min(widest, length - 1)) + 1)
            by_length[length] = float(min(sum(math.comb(length, size) for size in sizes), 10**300))
        return np.array(by_length)[lengths]

    rules_of = made(widest)
    if rules_of.sum() > limit:
        _say_too_many_rules(rules_of, made, lengths, count, baskets, widest, limit)
    return int(rules_of.sum())


def _say_too_many_rules(
    rules_of: np.ndarray,
    made: Callable[[float], np.ndarray],
    lengths: np.ndarray,
    count: np.ndarray,
    baskets: float,
    widest: float,
    limit: int,
) -> NoReturn:
    by = np.argsort(-count, kind="stable")
    fits = int((np.cumsum(rules_of[by]) <= limit).sum())
    needed = int(count[by][fits]) + 1 if fits < len(by) else 0  # sets in fewer baskets make too many
    short = [length for length in np.unique(lengths).tolist() if rules_of[lengths <= length].sum() <= limit]
    few = next((size for size in range(int(min(widest, 100, lengths.max())), 0, -1) if made(size).sum() <= limit), None)
    given = {
        "expected": _many(float(rules_of.sum())),
        "limit": f"{limit:,}",
        "size": few,
        "length": max(short, default=1),
        "support": _share(needed, round(baskets)),
    }
    if few is not None and needed <= count.max():
        checks.fail(
            _(
                "These sets make {expected} rules, more than limit={limit}. Find the sets with support={support} or with "
                "max_length={length}, or say max_consequent={size} here."
            ),
            **given,
        )
    if few is not None:
        checks.fail(
            _(
                "These sets make {expected} rules, more than limit={limit}. Find the sets with max_length={length}, or say "
                "max_consequent={size} here."
            ),
            **given,
        )
    checks.fail(
        _("These sets make {expected} rules, more than limit={limit}. Find the sets with max_length={length}."), **given
    )


def _count_of(wanted: np.ndarray, keys: np.ndarray, by_key: np.ndarray, count: np.ndarray) -> np.ndarray:
    at = by_key[np.minimum(np.searchsorted(keys, wanted, sorter=by_key), len(keys) - 1)]
    if (keys[at] != wanted).any():
        checks.fail(
            _(
                "The table lacks smaller sets that rules are counted from. Use frequent_sets(...) as it is, with min_length=1."
            )
        )
    return count[at]


def pair(
    lines: Any,
    first: Any,
    second: Any,
    basket: str = "invoice",
    item: str = "stock_code",
    confidence: float = 0.95,
) -> pd.Series:
    """How two articles (or categories) go together, however rare: the test of beer and nappies.

    ``baskets``, ``first``, ``second``, ``both``: counts; ``expected``: how often both would stand together by chance;
    ``support``; ``confidence`` of the second given the first; ``lift`` with ``low`` and ``high``: the Wilson interval of
    the confidence over the second's support, so it says what few baskets can tell. Rows without an item still count
    for their basket. Polars frames, DuckDB relations and PySpark frames are counted on their engine. By household instead of by basket: name that column as ``basket``.

    Raises :class:`~crmlab.checks.InputError` for missing columns, and for an article in no basket.

    >>> from crmlab import datasets
    >>> lines = datasets.load("grocery_baskets")
    >>> for unit in ("basket", "household"):
    ...     print(round(pair(lines, "BEERS/ALES", "DIAPERS & DISPOSABLES", unit, "category")["lift"], 2))
    0.78
    1.59
    """
    if engines.kind(lines):
        from crmlab.engines import basket as other

        baskets, n_first, n_second, both = other.pair(lines, first, second, basket, item)
    else:
        baskets, n_first, n_second, both = _counts(lines, first, second, basket, item)
    low, high = intervals.wilson(both, n_first, confidence)
    base = n_second / baskets
    return pd.Series(
        {
            "baskets": baskets,
            "first": n_first,
            "second": n_second,
            "both": both,
            "expected": n_first * base,
            "support": both / baskets,
            "confidence": both / n_first,
            "lift": both / n_first / base,
            "low": low / base,
            "high": high / base,
        },
        name=f"{first} + {second}",
        dtype=float,
    )


def _counts(lines: pd.DataFrame, first: Any, second: Any, basket: str, item: str) -> tuple[int, int, int, int]:
    """Baskets, those with the first article, with the second, with both."""
    data, names, _left_out = _baskets(lines, basket, item)
    codes = {name: code for code, name in enumerate(names.tolist())}
    has = []
    for wanted in (first, second):
        try:
            code = codes.get(wanted, -1)
        except TypeError:  # a list
            code = -1
        if code < 0:
            near = checks.close_name(wanted, list(codes))
            if near is not None:
                checks.fail(_("No basket holds {item!r}. Did you mean {near!r}?"), item=wanted, near=near)
            checks.fail(_("No basket holds {item!r}."), item=wanted)
        there = np.zeros(data.baskets, dtype=bool)
        there[data.row[data.column == code]] = True
        has.append(there)
    return data.baskets, int(has[0].sum()), int(has[1].sum()), int((has[0] & has[1]).sum())
