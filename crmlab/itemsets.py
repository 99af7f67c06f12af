"""The search for frequent sets, on codes: which sets of items stand together in at least so many baskets.

Eclat: an item is a row of bits, one a basket; the baskets of a set are the bits that all its items share. Two things make it
quick in numpy. Pairs are counted basket by basket, but at first not in the largest baskets of each item: only where those
could still lift a pair to ``least`` it is counted again, by bits. And longer sets are joined a block at a time.

Sets grow from the item with the lowest code. Give rare items low codes: all sets that begin with one lie in its few baskets.

Source: Zaki, M. J. (2000), Scalable algorithms for association mining, IEEE TKDE 12(3).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from crmlab.counting import bincount

BLOCK = 2**20
"""Bytes of bits that are worked on at once: what a processor keeps near."""

BITS = 2**25
"""Bytes of bits that are held at once; where that is too little, the items that sets begin with are taken in portions."""

KEYS = 2**16
"""Pairs that are counted at once."""

SKIP = (0.3, 0.8)
"""Of the ``least - 1`` baskets that cannot make a pair frequent alone, the share that is passed over at first: for the most
frequent items and for the least. (More: fewer pairs in all, but more of them to be counted again.)"""

Found = list[tuple[np.ndarray, np.ndarray]]
Tell = Callable[[float], None]


LOOK = 50_000
"""After so many sets it is estimated how many there are to come."""


class TooMany(Exception):
    """There are more sets than allowed, and the search was given up."""


@dataclass(frozen=True)
class Baskets:
    """What is in each basket: one entry a basket and item, each once, sorted by basket, then item."""

    row: np.ndarray
    column: np.ndarray
    baskets: int
    items: int


def search(
    data: Baskets,
    least: int,
    longest: int | None = None,
    limit: float = np.inf,
    tell: Tell = lambda share: None,
) -> Found:
    """All sets in at least ``least`` baskets: (sets as codes, rising; counts), one pair of arrays a length.

    ``tell`` hears now and then which share of the work is done. Raises :class:`TooMany` above ``limit`` sets, and before
    that as soon as it is sure that there are far more.

    >>> baskets = Baskets(np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1]), 2, 2)
    >>> [(sets.tolist(), counts.tolist()) for sets, counts in search(baskets, 2)]
    [([[0], [1]], [2, 2]), ([[0, 1]], [2])]
    """
    return _Search(data, least, longest, limit, tell).run()


class _Search:
    def __init__(self, data: Baskets, least: int, longest: int | None, limit: float, tell: Tell) -> None:
        self.least, self.longest, self.limit, self.tell = least, longest or np.inf, limit, tell
        self.data, self.looked = data, limit == np.inf
        count = bincount(data.column, minlength=data.items)
        self.often = np.flatnonzero(count >= least)
        self.items, self.baskets, self.number = len(self.often), data.baskets, 0
        self.parts: dict[int, Found] = {}
        self.add(np.arange(self.items)[:, None], count[self.often])
        # From here on there are only frequent items, with codes of their own.
        self.count = count[self.often]
        code = np.full(data.items, -1, dtype=np.intp)
        code[self.often] = np.arange(self.items)
        column = code[data.column]
        keep = np.flatnonzero(column >= 0)
        self.row, self.column = data.row[keep], column[keep]
        self.narrow = self.column.astype(np.min_scalar_type(self.items))

    def add(self, sets: np.ndarray, counts: np.ndarray) -> None:
        """Keep what was found."""
        self.number += len(sets)
        if self.number > self.limit:
            raise TooMany
        if self.number > LOOK and not self.looked:
            self.looked = True
            longest = None if self.longest == np.inf else int(self.longest)
            if expected(self.data, self.least, longest).sum() > 4 * self.limit:
                raise TooMany
        self.parts.setdefault(sets.shape[1], []).append((sets, counts))

    def run(self) -> Found:
        """Search, and give back all of a length together."""
        if self.items > 1 and self.longest > 1:
            pairs = self.pairs()
            if len(pairs) > 2 and self.longest > 2:
                self.longer(pairs)
        found = []
        for _length, parts in sorted(self.parts.items()):
            sets, counts = (np.concatenate(column) for column in zip(*parts, strict=True))
            if len(sets):
                found.append((self.often[sets], counts))
        return found

    # --- pairs

    def pairs(self) -> np.ndarray:
        """Frequent pairs (lower, higher), sorted; they are kept with their counts."""
        follow = np.cumsum(bincount(self.row, minlength=self.baskets))[self.row] - np.arange(len(self.row)) - 1
        skip = ((self.least - 1) * np.clip(2 * self.least / self.count, *SKIP)).astype(np.intp)
        by, first = self._seen(follow, skip)
        follow = follow[by]
        total = np.concatenate(([0], np.cumsum(follow)))[first]  # pairs to count that begin with an earlier item
        room = self.items * -(-self.baskets // 64) * 8 <= 4 * BITS
        if room and 6.0 * total[-1] > self.items**2 / 2 * (self.baskets / 64 + 16):  # nanoseconds, about
            return self._pairs_by_bits()
        found, exact = [np.zeros((0, 2), dtype=np.intp)], not skip.any()
        at = 0
        while at < self.items - 1:
            stop = max(at + 1, min(self.items, int(np.searchsorted(total, total[at] + KEYS, side="right")) - 1))
            own = slice(first[at], first[stop])
            pairs, counts = self._count_pairs(by[own], follow[own], at, stop, self.least - skip[at:stop])
            at = stop
            if exact:
                self.add(pairs, counts)
            found.append(pairs)
            self.tell(0.5 * total[at] / max(1, total[-1]))
        pairs = np.concatenate(found)
        return pairs if exact else self._counted_again(pairs)

    def _seen(self, follow: np.ndarray, skip: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The entries from which pairs are counted, by item, and where each item's begin.

        Of each item as many as ``skip`` says are left out: those with most items after them in their basket.
        """
        widest, shift = int(follow.max(initial=0)) + 1, len(follow).bit_length()
        key = ((self.column.astype("int64") * widest + (widest - 1 - follow)) << shift) | np.arange(len(follow))
        key.sort()
        by = (key & ((1 << shift) - 1)).astype(np.intp, copy=False)
        place = np.arange(len(by)) - np.repeat(np.cumsum(self.count) - self.count + skip, self.count)
        return by[place >= 0], np.concatenate(([0], np.cumsum(self.count - skip)))

    def _count_pairs(
        self, by: np.ndarray, follow: np.ndarray, at: int, stop: int, enough: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Pairs whose lower item is one from ``at`` to before ``stop``, seen ``enough`` times, sorted, and how often."""
        cells = (stop - at) * self.items
        if stop == at + 1 and follow.sum() > KEYS:  # one item with many pairs
            number = np.zeros(self.items, dtype=np.intp)
            upto, low = np.cumsum(follow), 0
            while low < len(by):
                high = max(low + 1, int(np.searchsorted(upto, (upto[low - 1] if low else 0) + KEYS, side="right")))
                number += bincount(self.narrow[_followers(by[low:high], follow[low:high])], minlength=self.items)
                low = high
            key = np.flatnonzero(number >= enough)
            return np.stack([np.full(len(key), at), key], axis=1), number[key]
        key = np.repeat((self.column[by] - at) * self.items, follow)
        key += self.narrow[_followers(by, follow)]
        if cells <= 4 * KEYS:
            number = bincount(key, minlength=cells)
            key = np.flatnonzero(number >= np.repeat(enough, self.items))
            number = number[key]
            lower, higher = np.divmod(key, self.items)
        else:  # few of so many pairs can be there
            key, number = np.unique(key, return_counts=True)
            lower, higher = np.divmod(key, self.items)
            good = number >= enough[lower]
            lower, higher, number = lower[good], higher[good], number[good]
        return np.stack([lower + at, higher], axis=1), number

    def _counted_again(self, pairs: np.ndarray) -> np.ndarray:
        """Those of the pairs that are frequent, counted by bits."""
        found = [np.zeros((0, 2), dtype=np.intp)]
        for part in self._portions(pairs):
            codes, local = np.unique(part, return_inverse=True)
            local = local.reshape(part.shape)
            bits = self._bits(codes, np.unique(part[:, 0]), 2)
            step = max(1, BLOCK // max(1, bits[0].nbytes))
            number = np.concatenate(
                [
                    _popcount(bits[local[k : k + step, 0]] & bits[local[k : k + step, 1]])
                    for k in range(0, len(part), step)
                ]
            )
            good = number >= self.least
            found.append(part[good])
            self.add(part[good], number[good])
        return np.concatenate(found)

    def _pairs_by_bits(self) -> np.ndarray:
        """The same where baskets hold so much that all pairs of items are fewer than the pairs in the baskets."""
        everything = np.arange(self.items)
        bits = self._bits(everything, everything, 2)
        step = max(1, BLOCK // max(1, bits[0].nbytes))
        found = [np.zeros((0, 2), dtype=np.intp)]
        for item in range(self.items - 1):
            for begin in range(item + 1, self.items, step):
                number = _popcount(bits[begin : begin + step] & bits[item])
                good = np.flatnonzero(number >= self.least)
                found.append(np.stack([np.full(len(good), item), begin + good], axis=1))
                self.add(found[-1], number[good])
            self.tell(0.5 * (item + 1) / self.items)
        return np.concatenate(found)

    # --- bits

    def _portions(self, pairs: np.ndarray) -> Iterator[np.ndarray]:
        """The pairs, sorted, in pieces whose bits are not too many; those that begin with the same item stay together."""
        heads, begin = np.unique(pairs[:, 0], return_index=True)
        size = -(-np.minimum(np.cumsum(self.count[heads]), self.baskets) // 64) * 8.0 * len(np.unique(pairs))
        begin = np.append(begin, len(pairs))
        low = 0
        while low < len(heads):
            before = size[low - 1] if low else 0
            high = max(low + 1, int(np.searchsorted(size, before + BITS, side="right")))
            yield pairs[begin[low] : begin[high]]
            low = high

    def _bits(self, codes: np.ndarray, heads: np.ndarray, smallest: int) -> np.ndarray:
        """A row of 64-bit words an item of ``codes``, a bit a basket that holds one of ``heads`` and ``smallest`` of all."""
        local = np.full(self.items, -1, dtype=np.intp)
        local[codes] = np.arange(len(codes))
        column = local[self.column]
        keep = np.flatnonzero(column >= 0)
        row, column = self.row[keep], column[keep]
        good = bincount(row, minlength=self.baskets) >= smallest
        if len(heads) < len(codes):
            head = np.zeros(len(codes), dtype=bool)
            head[local[heads]] = True
            has = np.zeros(self.baskets, dtype=bool)
            has[row[head[column]]] = True
            good &= has
        place = np.cumsum(good) - 1
        keep = np.flatnonzero(good[row])
        row, column = place[row[keep]], column[keep]
        words = 2 * max(1, -(-int(good.sum()) // 64))  # of 32 bits, which a float holds exactly
        bits = bincount(column * words + (row >> 5), weights=_POWER[row & 31], minlength=len(codes) * words)
        return bits.astype("uint32").view("uint64").reshape(len(codes), words // 2)

    # --- three and more

    def longer(self, pairs: np.ndarray) -> None:
        """Sets of three and more: two that differ in the last item only are joined, depth first."""
        self.keys = pairs[:, 0] * self.items + pairs[:, 1]
        self.linked = np.zeros(self.items**2, dtype=bool) if self.items <= 4000 else None
        if self.linked is not None:
            self.linked[self.keys] = True
        done = 0
        for part in self._portions(pairs):
            codes = np.unique(part)
            self.local = np.full(self.items, -1, dtype=np.intp)
            self.local[codes] = np.arange(len(codes))
            self.bits = self._bits(codes, np.unique(part[:, 0]), 3)
            self._descend(part.astype("int32"), None, lambda share: self.tell(0.5 + (done + share * len(part)) / len(pairs) / 2))
            done += len(part)

    def _descend(self, sets: np.ndarray, rows: np.ndarray | None, tell: Tell | None = None) -> None:
        """``sets``: sorted, those with the same head together; ``rows``: the bits of each (None: pairs)."""
        last = sets[:, -1].astype(np.intp)
        head = (sets[1:, :-1] != sets[:-1, :-1]).any(axis=1)
        begins = np.flatnonzero(np.concatenate(([True], head)))
        ends = np.append(begins[1:], len(sets))
        follow = np.repeat(ends, ends - begins) - np.arange(len(sets)) - 1
        upto = np.cumsum(follow)
        room = max(1, BLOCK // (self.bits[0].nbytes + sets[0].nbytes))
        start = 0
        while start < len(sets):
            done = upto[start - 1] if start else 0
            stop = max(start + 1, int(np.searchsorted(upto, done + KEYS, side="right")))
            right = _followers(np.arange(start, stop), follow[start:stop])
            left = np.repeat(np.arange(start, stop), follow[start:stop])
            good = self._frequent(last[left] * self.items + last[right])
            left, right = left[good], right[good]
            # Joins of one set on the left stay in one piece: they are a group of the next length.
            edges = np.append(np.flatnonzero(np.diff(left, prepend=-1)), len(left))
            low = 0
            while low < len(left):
                full = np.searchsorted(edges, low + room, side="right") - 1
                high = int(edges[max(full, np.searchsorted(edges, low, side="right"))])
                self._join(sets, rows, left[low:high], right[low:high])
                low = high
            start = stop
            if tell is not None:
                tell(start / len(sets))

    def _frequent(self, key: np.ndarray) -> np.ndarray:
        if self.linked is not None:
            return np.flatnonzero(self.linked[key])
        at = np.minimum(np.searchsorted(self.keys, key), len(self.keys) - 1)
        return np.flatnonzero(self.keys[at] == key)

    def _join(self, sets: np.ndarray, rows: np.ndarray | None, left: np.ndarray, right: np.ndarray) -> None:
        if rows is None:
            new = np.diff(left, prepend=-1) > 0
            heads = self.local[sets[left[new]]]
            rows = self.bits[heads[:, 0]]
            rows &= self.bits[heads[:, 1]]
            both = rows[np.cumsum(new) - 1]
        else:
            both = rows[left]
        both &= self.bits[self.local[sets[right, -1]]]
        number = _popcount(both)
        enough = np.flatnonzero(number >= self.least)
        if not len(enough):
            return
        joined = np.column_stack([sets[left[enough]], sets[right[enough], -1]])
        self.add(joined, number[enough])
        if joined.shape[1] < self.longest and len(joined) > 1:
            self._descend(joined, both[enough])


_POWER = 2.0 ** np.arange(32)


def _popcount(words: np.ndarray) -> np.ndarray:
    """Bits set in each row."""
    if hasattr(np, "bitwise_count"):
        return np.bitwise_count(words).sum(axis=1, dtype=np.intp)
    ones = np.array([bin(byte).count("1") for byte in range(256)], dtype="uint8")  # numpy before 2.0
    return ones[words.view("uint8")].sum(axis=1, dtype=np.intp)


def _followers(at: np.ndarray, follow: np.ndarray) -> np.ndarray:
    """The positions after each of ``at``, as many as ``follow`` says.

    >>> _followers(np.array([5, 6, 7]), np.array([2, 1, 0]))
    array([6, 7, 7])
    """
    upto = np.cumsum(follow)
    found = np.repeat(at + 1 - upto + follow, follow)
    found += np.arange(len(found))
    return found


# ---- how many there are


def expected(data: Baskets, least: int, longest: int | None = None, walks: int = 200, seconds: float = 0.3) -> np.ndarray:
    """About how many sets of each length are in at least ``least`` baskets (one number a length), without the search.

    A walk starts at any frequent item and goes on to any item that keeps the set frequent, until none does. If there were
    m1, m2, ... to choose from, m1 m2 ... mk / k! is in the mean the number of sets of length k. At least ten walks are
    made, and no more after ``seconds``.

    Source: Knuth, D. E. (1975), Estimating the efficiency of backtrack programs, Mathematics of Computation 29.

    >>> every = Baskets(np.repeat([0, 1], 5), np.tile(np.arange(5), 2), 2, 5)
    >>> expected(every, 2).round().astype(int).tolist()
    [5, 10, 10, 5, 1]
    """
    rng = np.random.default_rng(20240229)
    count = bincount(data.column, minlength=data.items)
    often = np.flatnonzero(count >= least)
    end = np.cumsum(bincount(data.row, minlength=data.baskets))
    size = np.diff(end, prepend=0)
    by = np.argsort(data.column, kind="stable")
    first = np.cumsum(count) - count
    sums: list[float] = [float(len(often))]
    begin, done = time.monotonic(), 0
    while len(often) and done < walks and (done < 10 or time.monotonic() - begin < seconds):
        weight, choice, chosen, length = 1.0, often, [], 0
        baskets = np.arange(data.baskets)
        done += 1
        while len(choice) and length < (longest or np.inf):
            length += 1
            weight *= len(choice) / length
            if length > 1:
                sums += [0.0] * (length - len(sums))
                sums[length - 1] += weight
            item = int(rng.choice(choice))
            chosen.append(item)
            if length == 1:
                baskets = data.row[by[first[item] : first[item] + count[item]]]
            else:
                baskets = row[column == item]
            at = _followers(end[baskets] - size[baskets] - 1, size[baskets])
            row, column = data.row[at], data.column[at]
            number = bincount(column, minlength=data.items)
            number[chosen] = 0
            choice = np.flatnonzero(number >= least)
    return np.array([sums[0], *(total / max(1, done) for total in sums[1:])])


def enough(data: Baskets, least: int, longest: int | None, limit: float) -> tuple[int, int | None] | None:
    """The lowest number of baskets, about, with which there are no more than ``limit`` sets, and how many there are then.

    The number of sets is None where to count them would take long; there is no result where no number of baskets is enough.
    """
    top = int(bincount(data.column, minlength=data.items).max(initial=0))
    low, high = least, top
    while low + 1 < high:  # low is too few
        middle = (low + high) // 2
        if expected(data, middle, longest, walks=60, seconds=0.1).sum() > limit:
            low = middle
        else:
            high = middle
    end = time.monotonic() + 3

    def tell(share: float) -> None:
        if time.monotonic() > end:
            raise TimeoutError

    while high <= top:
        try:
            return high, sum(len(counts) for _sets, counts in search(data, high, longest, limit, tell))
        except TooMany:
            high = high + 1 if high == top else min(top, max(high + 1, int(1.2 * high)))
        except TimeoutError:
            return high, None
    return None
