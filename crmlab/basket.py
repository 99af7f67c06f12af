"""What is bought together: frequent sets, rules, and the old tale of beer and nappies.

Input is order lines, one row an article in a basket, in any order; a repeated line counts once. The search is Eclat:
each article is a row of bits, one a basket, and a set's baskets are the bits that all its articles have in common.

Source: Agrawal, R., Imielinski, T., Swami, A. (1993), Mining association rules between sets of items in large
databases, SIGMOD; Zaki, M. J. (2000), Scalable algorithms for association mining, IEEE TKDE 12(3).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from crmlab import checks, engines, intervals, purchases
from crmlab.counting import bincount
from crmlab.language import _

BLOCK = 16 * 2**20
"""Bytes of bits that are worked on at once."""


def frequent_sets(
    lines: pd.DataFrame,
    support: float = 0.01,
    basket: str = "invoice",
    item: str = "stock_code",
    max_length: int | None = None,
    min_length: int = 1,
) -> pd.DataFrame:
    """All sets of articles that stand together in at least ``support`` of the baskets.

    ``lines`` has a row an order line with the columns ``basket`` and ``item``. ``support`` is a share of all baskets
    (0.01: one in a hundred). The result has a row a set: ``items`` (a tuple, in sorted order), ``length``, ``count``
    (baskets that hold all of them) and ``support``; most frequent first, then by length. ``attrs`` hold ``baskets``
    and ``left_out``: ``rows_without_basket``, ``rows_without_item`` (their baskets still count), ``repeated_rows``.

    Every basket counts, so take out first what is no sale (credit notes, postage).

    Raises :class:`~crmlab.checks.InputError` for missing columns, an empty table, a support that is no share, and
    lengths below 1.

    >>> lines = pd.DataFrame({"invoice": [1, 1, 2, 2, 2, 3], "stock_code": ["tea", "cup", "tea", "cup", "jam", "tea"]})
    >>> frequent_sets(lines, support=.5)
            items  length  count   support
    0      (tea,)       1      3  1.000000
    1      (cup,)       1      2  0.666667
    2  (cup, tea)       2      2  0.666667
    """
    share = checks.number(support, "support", 0, 1)
    if share <= 0:
        checks.fail(_("support must be above 0, such as 0.01 for one basket in a hundred."))
    shortest = checks.number(min_length, "min_length", 1, whole=True)
    longest = None if max_length is None else checks.number(max_length, "max_length", shortest, whole=True)
    row, column, items, baskets, left_out = _pairs(lines, basket, item)
    least = max(1, int(np.ceil(share * baskets - 1e-9 * baskets)))
    levels = _eclat(row, column, baskets, len(items), least, longest)
    names = items.to_numpy(dtype=object)
    parts = [(found, count) for found, count in levels if found.shape[1] >= shortest]
    lengths = np.concatenate([np.full(len(count), found.shape[1]) for found, count in parts] or [np.zeros(0, "int64")])
    counts = np.concatenate([count for _found, count in parts] or [np.zeros(0, "int64")])
    sets = [whole for found, _count in parts for whole in map(tuple, names[found].tolist())]
    result = pd.DataFrame({"items": pd.Series(sets, dtype=object), "length": lengths, "count": counts})
    result["support"] = result["count"] / baskets
    place = np.empty(len(sets), dtype="int64")
    start = 0
    for found, count in parts:  # rank within a length, so that the order does not hang on the order of the rows
        place[start : start + len(count)] = _ranks(found)
        start += len(count)
    order = np.lexsort((place, result["length"], -result["count"]))
    result = result.iloc[order].reset_index(drop=True)
    result.attrs |= {"baskets": baskets, "left_out": left_out}
    return result


def _ranks(found: np.ndarray) -> np.ndarray:
    ranks = np.empty(len(found), dtype="int64")
    ranks[np.lexsort(found.T[::-1])] = np.arange(len(found))
    return ranks


def _pairs(lines: pd.DataFrame, basket: str, item: str) -> tuple[np.ndarray, np.ndarray, pd.Index, int, dict[str, int]]:
    """Distinct (basket, item) as codes, the items in sorted order, the number of baskets, what was left out."""
    checks.frame(lines, "lines")
    checks.need(lines, {"basket": basket, "item": item})
    which = _basket_codes(lines[basket])
    what, items = purchases.codes(lines[item], tell=False)
    baskets = int(which.max(initial=-1)) + 1
    if baskets == 0:
        checks.fail(_("Column {column!r} names no basket in any row."), column=basket)
    keep = (which >= 0) & (what >= 0)
    key = which[keep] * max(len(items), 1) + what[keep]
    left_out = {
        "rows_without_basket": int((which < 0).sum()),
        "rows_without_item": int(((which >= 0) & (what < 0)).sum()),
    }
    once = np.sort(key)
    if len(once):
        once = once[np.concatenate(([True], once[1:] != once[:-1]))]
    left_out["repeated_rows"] = int(len(key) - len(once))
    return once // max(len(items), 1), once % max(len(items), 1), items, baskets, left_out


def _basket_codes(column: pd.Series) -> np.ndarray:
    """Codes in order of appearance, -1 for empty; lines of one basket mostly stand together, so hash runs, not rows."""
    values = column.to_numpy(dtype=object) if not isinstance(column.dtype, np.dtype) else column.to_numpy()
    if not len(values):
        return np.zeros(0, dtype="int64")
    new = np.concatenate(([True], np.asarray(values[1:] != values[:-1], dtype=bool)))
    codes, _found = pd.factorize(column[new])
    return np.asarray(codes, dtype="int64")[np.cumsum(new) - 1]


def _eclat(
    row: np.ndarray, column: np.ndarray, baskets: int, items: int, least: int, longest: int | None
) -> list[tuple[np.ndarray, np.ndarray]]:
    """(sets as positions of items, counts) a length."""
    count = bincount(column, minlength=items)
    often = np.flatnonzero(count >= least)
    found: dict[int, list[tuple[np.ndarray, np.ndarray]]] = {1: [(often[:, None], count[often])]}
    if len(often) > 1 and (longest is None or longest > 1):
        # The rarest article first: all sets that begin with it lie within its few baskets.
        order = often[np.argsort(count[often], kind="stable")]
        rank = np.full(items, -1)
        rank[order] = np.arange(len(order))
        keep = rank[column] >= 0
        row, column = row[keep], rank[column[keep]]
        bits = _bits(row, column, baskets, len(order))
        pairs, number = _pair_counts(row, column, bits, least)
        found[2] = [(np.sort(order[pairs], axis=1), number)]
        if longest is None or longest > 2:
            _Deeper(bits, pairs, order, least, longest, found).descend(pairs, None)
    return [
        (np.concatenate([sets for sets, _count in parts]), np.concatenate([count for _sets, count in parts]))
        for _length, parts in sorted(found.items())
    ]


def _bits(row: np.ndarray, column: np.ndarray, baskets: int, items: int) -> np.ndarray:
    """One row of 64-bit words an item; a bit a basket."""
    size = -(-baskets // 64) * 8
    bits = np.zeros(items * size, dtype="uint8")
    place, bit = column * size + (row >> 3), row & 7
    for one in range(8):  # within a pass no byte comes twice, so that |= loses none
        bits[place[bit == one]] |= np.uint8(1 << one)
    return bits.reshape(items, size).view("uint64")


def _popcount(words: np.ndarray) -> np.ndarray:
    """Bits set in each row."""
    if hasattr(np, "bitwise_count"):
        return np.bitwise_count(words).sum(axis=1, dtype="int64")
    ones = np.array([bin(byte).count("1") for byte in range(256)], dtype="uint8")  # numpy before 2.0
    return ones[words.view("uint8")].sum(axis=1, dtype="int64")


def _pair_counts(row: np.ndarray, column: np.ndarray, bits: np.ndarray, least: int) -> tuple[np.ndarray, np.ndarray]:
    """Pairs of items (lower, higher) in at least ``least`` baskets, sorted, and their counts.

    Counted basket by basket where baskets are small, else by the bits that each item shares with every other.
    """
    items, words = bits.shape
    size = bincount(row)
    if (size.astype(float) ** 2).sum() < float(items) ** 2 * words:
        key, number = _pairs_by_basket(row, column, size, items)
    else:
        keys, numbers = [np.zeros(0, "int64")], [np.zeros(0, "int64")]
        step = max(1, BLOCK // (8 * words))
        for item in range(items - 1):
            for begin in range(item + 1, items, step):
                shared = _popcount(bits[begin : begin + step] & bits[item])
                good = np.flatnonzero(shared >= least)
                keys.append(item * items + begin + good)
                numbers.append(shared[good])
        key, number = np.concatenate(keys), np.concatenate(numbers)
    enough = number >= least
    return np.stack(np.divmod(key[enough], items), axis=1), number[enough]


def _pairs_by_basket(
    row: np.ndarray, column: np.ndarray, size: np.ndarray, items: int
) -> tuple[np.ndarray, np.ndarray]:
    """Every pair that occurs, as lower * items + higher, sorted, with its count."""
    order = np.lexsort((column, row))
    column = column[order]
    follow = np.cumsum(size)[row[order]] - np.arange(len(column)) - 1  # items of the same basket that come after
    upto = np.cumsum(follow)
    table = np.zeros(items * items, "int64") if items <= 4000 else None
    keys, numbers = [np.zeros(0, "int64")], [np.zeros(0, "int64")]
    start = 0
    while start < len(column):
        done = upto[start - 1] if start else 0
        stop = max(start + 1, int(np.searchsorted(upto, done + 2_000_000, side="right")))
        left, right = _with_followers(start, follow[start:stop])
        key = column[left] * items + column[right]
        if table is not None:
            table += bincount(key, minlength=items * items)
        else:
            found, number = np.unique(key, return_counts=True)
            keys.append(found)
            numbers.append(number)
        start = stop
    if table is not None:
        key = np.flatnonzero(table)
        return key, table[key]
    key, at = np.unique(np.concatenate(keys), return_inverse=True)
    return key, bincount(at, weights=np.concatenate(numbers)).astype("int64")


def _with_followers(start: int, follow: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Each position from ``start`` on, paired with as many positions after it as ``follow`` says.

    >>> _with_followers(5, np.array([2, 1, 0]))
    (array([5, 5, 6]), array([6, 7, 7]))
    """
    left = np.repeat(np.arange(start, start + len(follow)), follow)
    return left, left + 1 + np.arange(len(left)) - np.repeat(np.cumsum(follow) - follow, follow)


class _Deeper:
    """Sets of three and more: two that differ in the last item only are joined, depth first, a block at a time."""

    def __init__(
        self,
        bits: np.ndarray,
        pairs: np.ndarray,
        order: np.ndarray,
        least: int,
        longest: int | None,
        found: dict[int, list[tuple[np.ndarray, np.ndarray]]],
    ) -> None:
        self.bits, self.order, self.least, self.longest, self.found = bits, order, least, longest, found
        self.items, self.room = len(order), max(1, BLOCK // (8 * bits.shape[1]))
        self.keys = pairs[:, 0] * self.items + pairs[:, 1]
        self.linked = np.zeros(self.items**2, dtype=bool) if self.items <= 8000 else None
        if self.linked is not None:
            self.linked[self.keys] = True

    def descend(self, sets: np.ndarray, rows: np.ndarray | None) -> None:
        """``sets``: sorted, by rank, those with the same head together; ``rows``: the bits of each (None: pairs)."""
        head = (sets[1:, :-1] != sets[:-1, :-1]).any(axis=1)
        begins = np.flatnonzero(np.concatenate(([True], head))) if len(sets) else np.zeros(0, "int64")
        ends = np.append(begins[1:], len(sets)) if len(sets) else begins
        follow = np.repeat(ends, ends - begins) - np.arange(len(sets)) - 1
        upto = np.cumsum(follow)
        start = 0
        while start < len(sets):
            done = upto[start - 1] if start else 0
            stop = max(start + 1, int(np.searchsorted(upto, done + 1_000_000, side="right")))
            left, right = _with_followers(start, follow[start:stop])
            good = self._frequent(sets[left, -1] * self.items + sets[right, -1])
            left, right = left[good], right[good]
            # Joins of one set on the left stay in one piece: they are a group of the next length.
            edges = np.append(np.flatnonzero(np.diff(left, prepend=-1)), len(left))
            low = 0
            while low < len(left):
                full = np.searchsorted(edges, low + self.room, side="right") - 1
                high = int(edges[max(full, np.searchsorted(edges, low, side="right"))])
                self._join(sets, rows, left[low:high], right[low:high])
                low = high
            start = stop

    def _frequent(self, key: np.ndarray) -> np.ndarray:
        if self.linked is not None:
            return self.linked[key]
        at = np.minimum(np.searchsorted(self.keys, key), len(self.keys) - 1)
        return self.keys[at] == key

    def _join(self, sets: np.ndarray, rows: np.ndarray | None, left: np.ndarray, right: np.ndarray) -> None:
        both = (self.bits[sets[left, 0]] & self.bits[sets[left, 1]]) if rows is None else rows[left]
        both &= self.bits[sets[right, -1]]
        number = _popcount(both)
        enough = number >= self.least
        if not enough.any():
            return
        joined = np.column_stack([sets[left[enough]], sets[right[enough], -1]])
        length = joined.shape[1]
        self.found.setdefault(length, []).append((np.sort(self.order[joined], axis=1), number[enough]))
        if self.longest is None or length < self.longest:
            both = both[enough]
            self.descend(joined, both)


# ---- rules


def rules(
    sets: pd.DataFrame, confidence: float = 0.5, lift: float = 0.0, max_consequent: int | None = None
) -> pd.DataFrame:
    """Rules "who has this, also has that" from the table of :func:`frequent_sets`.

    One row a rule: ``antecedent`` and ``consequent`` (tuples), ``count`` and ``support`` (both together),
    ``confidence`` (both / antecedent), ``lift`` (confidence / support of the consequent; 1 = as by chance). Kept are
    those with at least ``confidence`` and ``lift``, and at most ``max_consequent`` articles on the right. Highest lift
    first, then highest count, then highest confidence.

    Raises :class:`~crmlab.checks.InputError` for a table without its smaller sets (made with ``min_length`` above 1,
    or filtered), since their counts are needed.

    >>> lines = pd.DataFrame({"invoice": [1, 1, 2, 2, 3, 4], "stock_code": ["tea", "cup", "tea", "cup", "tea", "jam"]})
    >>> rules(frequent_sets(lines, support=.5))  # doctest: +NORMALIZE_WHITESPACE
      antecedent consequent  count  support  confidence      lift
    0     (cup,)     (tea,)      2      0.5    1.000000  1.333333
    1     (tea,)     (cup,)      2      0.5    0.666667  1.333333
    """
    if not (isinstance(sets, pd.DataFrame) and sets.empty and "items" in sets):  # no set is frequent: no rule either
        checks.frame(sets, "sets")
    for name in ("items", "length", "count", "support"):
        checks.need(sets, {"": name})
    confidence, lift = checks.number(confidence, "confidence", 0, 1), checks.number(lift, "lift", 0)
    widest = np.inf if max_consequent is None else checks.number(max_consequent, "max_consequent", 1, whole=True)
    count, share = checks.numbers(sets["count"], "count"), checks.numbers(sets["support"], "support")
    baskets = float(np.median(count / share)) if len(count) else 0.0
    lengths = np.array([len(items) for items in sets["items"]], dtype="int64")
    flat = [one for items in sets["items"] for one in items]
    code, found = pd.factorize(np.fromiter(flat, dtype=object, count=len(flat)))
    # A set's key is the sum of its articles' random numbers: subsets are then looked up without making tuples.
    number = np.random.default_rng(20240229).integers(0, 2**63, len(found), dtype="uint64")
    start = np.cumsum(lengths) - lengths
    keys = np.add.reduceat(number[code], start) if len(start) else number
    by_key = np.argsort(keys)
    columns: dict[str, list[np.ndarray]] = {"set": [], "mask": [], "confidence": [], "lift": []}
    for length in np.unique(lengths[lengths > 1]):
        rows = np.flatnonzero(lengths == length)
        parts = number[code[start[rows][:, None] + np.arange(length)]]
        for mask in range(1, 2**length - 1):
            inside = (mask >> np.arange(length)) & 1 == 1
            if length - inside.sum() > widest:
                continue
            left = _count_of(parts[:, inside].sum(axis=1, dtype="uint64"), keys, by_key, count)
            right = _count_of(parts[:, ~inside].sum(axis=1, dtype="uint64"), keys, by_key, count)
            sure = count[rows] / left
            more = sure * baskets / right
            good = (sure >= confidence - 1e-12) & (more >= lift - 1e-12)
            columns["set"].append(rows[good])
            columns["mask"].append(np.full(int(good.sum()), mask))
            columns["confidence"].append(sure[good])
            columns["lift"].append(more[good])
    whole = {name: np.concatenate(part) if part else np.zeros(0) for name, part in columns.items()}
    which, kept = whole["set"].astype("int64"), whole["mask"].astype("int64")
    order = np.lexsort((kept, which, -whole["confidence"], -count[which], -whole["lift"].round(12)))
    which, kept = which[order], kept[order]
    items = sets["items"].tolist()
    sides: list[list[tuple[Any, ...]]] = [[], []]
    for at, bits in zip(which.tolist(), kept.tolist(), strict=True):
        sides[0].append(tuple(one for k, one in enumerate(items[at]) if bits >> k & 1))
        sides[1].append(tuple(one for k, one in enumerate(items[at]) if not bits >> k & 1))
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
    row, column, items, baskets, _left_out = _pairs(lines, basket, item)
    has = []
    for wanted in (first, second):
        if wanted not in items:
            near = checks.close_name(wanted, list(items))
            if near is not None:
                checks.fail(_("No basket holds {item!r}. Did you mean {near!r}?"), item=wanted, near=near)
            checks.fail(_("No basket holds {item!r}."), item=wanted)
        there = np.zeros(baskets, dtype=bool)
        there[row[column == items.get_loc(wanted)]] = True
        has.append(there)
    return baskets, int(has[0].sum()), int(has[1].sum()), int((has[0] & has[1]).sum())
