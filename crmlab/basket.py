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

from crmlab import checks, intervals, purchases
from crmlab.language import _

BLOCK = 32 * 2**20
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


def _pairs(
    lines: pd.DataFrame, basket: str, item: str
) -> tuple[np.ndarray, np.ndarray, pd.Index, int, dict[str, int]]:
    """Distinct (basket, item) as codes, the items in sorted order, the number of baskets, what was left out."""
    checks.frame(lines, "lines")
    checks.need(lines, {"basket": basket, "item": item})
    which = _basket_codes(lines[basket])
    what, items = purchases.codes(lines[item])
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
    """(sets as positions of items, counts) a length; depth first by blocks, so that memory is bounded by BLOCK."""
    count = np.bincount(column, minlength=items)
    often = np.flatnonzero(count >= least)
    found: dict[int, list[tuple[np.ndarray, np.ndarray]]] = {1: [(often[:, None], count[often])]}
    if len(often) > 1 and (longest is None or longest > 1):
        # The rarest article first: its sets are few, and all that follow stay within its baskets.
        order = often[np.argsort(count[often], kind="stable")]
        rank = np.full(items, -1)
        rank[order] = np.arange(len(order))
        bits = _bits(row, rank[column], baskets, len(order))
        together, pair_counts = _pair_counts(row, rank[column], len(order), bits, least)
        first, second = together
        linked = np.zeros((len(order), len(order)), dtype=bool)
        linked[first, second] = True
        found[2] = [(np.sort(order[np.stack(together, axis=1)], axis=1), pair_counts)]
        if longest is None or longest > 2:
            _deeper(bits, first, second, pair_counts, linked, order, least, longest, found)
    return [
        (np.concatenate([sets for sets, _count in parts]), np.concatenate([count for _sets, count in parts]))
        for _length, parts in sorted(found.items())
    ]


def _bits(row: np.ndarray, rank: np.ndarray, baskets: int, items: int) -> np.ndarray:
    """One row of 64-bit words an item; bit k of word w is basket 64 w + k."""
    words = -(-baskets // 64)
    bits = np.zeros((items, words * 8), dtype="uint8")
    keep = rank >= 0
    r, c = row[keep], rank[keep]
    flat, value = c * (words * 8) + (r >> 3), (1 << (r & 7)).astype("uint8")
    # Rows come sorted by basket, so the eight bits of a byte lie within a short stretch: one pass a bit.
    for bit in range(8):
        on = value == (1 << bit)
        bits.reshape(-1)[flat[on]] |= np.uint8(1 << bit)
    return bits.view("uint64")


def _popcount(words: np.ndarray) -> np.ndarray:
    """Bits set in each row."""
    if hasattr(np, "bitwise_count"):
        return np.bitwise_count(words).sum(axis=1, dtype="int64")
    ones = np.array([bin(byte).count("1") for byte in range(256)], dtype="uint8")  # numpy before 2.0
    return ones[words.view("uint8")].sum(axis=1, dtype="int64")


def _pair_counts(
    row: np.ndarray, rank: np.ndarray, items: int, bits: np.ndarray, least: int
) -> tuple[tuple[np.ndarray, np.ndarray], np.ndarray]:
    """Pairs (lower rank, higher rank) in at least ``least`` baskets, sorted, and their counts.

    Counted basket by basket where baskets are small, else by the bits of each item with all others.
    """
    keep = rank >= 0
    r, c = row[keep], rank[keep]
    size = np.bincount(r)
    work = float((size.astype(float) ** 2).sum()) / 2
    if work < 2.0 * items * items * bits.shape[1] / 2 and items * items <= 64_000_000:
        order = np.lexsort((c, r))
        c = c[order]
        ends = np.cumsum(size)[r[order]]
        after = ends - np.arange(len(c)) - 1  # how many items of the same basket follow
        total = np.zeros(items * items, dtype="int64")
        start = 0
        sums = np.cumsum(after)
        while start < len(c):
            stop = max(start + 1, int(np.searchsorted(sums, (sums[start - 1] if start else 0) + 4_000_000)))
            step = after[start:stop]
            left = np.repeat(np.arange(start, stop), step)
            right = left + 1 + np.arange(len(left)) - np.repeat(np.cumsum(step) - step, step)
            total += np.bincount(c[left] * items + c[right], minlength=items * items)
            start = stop
        at = np.flatnonzero(total >= least)
        return (at // items, at % items), total[at]
    first, second, counts = [], [], []
    for item in range(items - 1):
        rest = bits[item + 1 :]
        step = max(1, BLOCK // (8 * bits.shape[1]))
        number = np.concatenate([_popcount(rest[k : k + step] & bits[item]) for k in range(0, len(rest), step)])
        good = np.flatnonzero(number >= least)
        first.append(np.full(len(good), item))
        second.append(good + item + 1)
        counts.append(number[good])
    return (np.concatenate(first), np.concatenate(second)), np.concatenate(counts)


def _deeper(
    bits: np.ndarray,
    first: np.ndarray,
    second: np.ndarray,
    counts: np.ndarray,
    linked: np.ndarray,
    order: np.ndarray,
    least: int,
    longest: int | None,
    found: dict[int, list[tuple[np.ndarray, np.ndarray]]],
) -> None:
    """Sets of three and more into ``found``: two sets that differ in their last item only are joined."""
    words = bits.shape[1]
    room = max(1, BLOCK // (8 * words))
    # A block: sets (positions by rank), sorted, those with the same head together; the bits of the head's tidlist.
    waiting = [(np.stack([first, second], axis=1), None)]
    while waiting:
        sets, rows = waiting.pop()
        length = sets.shape[1]
        begins = np.flatnonzero(np.concatenate(([True], (sets[1:, :-1] != sets[:-1, :-1]).any(axis=1))))
        ends = np.append(begins[1:], len(sets))
        group_end = np.repeat(ends, ends - begins)
        follow = group_end - np.arange(len(sets)) - 1
        if not follow.any():
            continue
        # Cut where the bits of the members or their joins would take more than a block.
        cuts = _cuts(begins, ends, follow, room)
        for low, high in cuts:
            if rows is None:
                mine = bits[sets[low:high, 0]] & bits[sets[low:high, 1]]
            else:
                mine = rows[low:high]
            joined, kept, number = _join(sets[low:high], mine, group_end[low:high] - low, linked, least, room)
            if len(joined):
                found.setdefault(length + 1, []).append((np.sort(order[joined], axis=1), number))
                if longest is None or length + 1 < longest:
                    waiting.append((joined, kept))


def _cuts(begins: np.ndarray, ends: np.ndarray, follow: np.ndarray, room: int) -> list[tuple[int, int]]:
    """Stretches of whole groups with at most ``room`` members, where groups allow."""
    cuts, low = [], 0
    for high in ends:
        if high - low > room and low < begins[np.searchsorted(begins, high - 1, side="right") - 1]:
            cut = int(begins[np.searchsorted(begins, high - 1, side="right") - 1])
            cuts.append((low, cut))
            low = cut
    cuts.append((low, int(ends[-1])))
    return cuts


def _join(
    sets: np.ndarray, rows: np.ndarray, group_end: np.ndarray, linked: np.ndarray, least: int, room: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """All joins within groups whose last two items are a frequent pair, that are frequent: sets, bits, counts."""
    follow = group_end - np.arange(len(sets)) - 1
    left = np.repeat(np.arange(len(sets)), follow)
    right = left + 1 + np.arange(len(left)) - np.repeat(np.cumsum(follow) - follow, follow)
    last = sets[:, -1]
    good = linked[last[left], last[right]]
    left, right = left[good], right[good]
    kept_sets, kept_rows, kept_counts = [], [], []
    for begin in range(0, len(left), room):
        a, b = left[begin : begin + room], right[begin : begin + room]
        both = rows[a] & rows[b]
        number = _popcount(both)
        enough = number >= least
        kept_sets.append(np.column_stack([sets[a[enough]], last[b[enough]]]))
        kept_rows.append(both[enough])
        kept_counts.append(number[enough])
    if not kept_sets:
        return np.zeros((0, sets.shape[1] + 1), "int64"), rows[:0], np.zeros(0, "int64")
    return np.concatenate(kept_sets), np.concatenate(kept_rows), np.concatenate(kept_counts)
