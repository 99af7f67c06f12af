"""The search for frequent sets, on codes: which sets of items stand together in at least so many baskets.

Eclat: an item is a row of bits, one a basket; the baskets of a set are the bits that all its items share. Two things make it
quick in numpy. Pairs are counted basket by basket, but at first not in the largest baskets of each item: only where those
could still lift a pair to ``least`` it is counted again, by bits. And longer sets are joined a block at a time.

Sets grow from the item with the lowest code. Give rare items low codes: all sets that begin with one lie in its few baskets.
Give large baskets low numbers: those are passed over.

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
        self.bits, self.local, self.whole = np.zeros((0, 1), dtype="uint64"), np.zeros(0, dtype=np.intp), False
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
            if Estimate(self.data).lengths(self.least, longest).sum() > 4 * self.limit:
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
        by, first = self._seen(skip)
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

    def _seen(self, skip: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The entries from which pairs are counted, by item, and where each item's begin.

        Of each item as many as ``skip`` says are left out, the first: those in the largest baskets.
        """
        by = np.argsort(self.narrow, kind="stable")
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
        for part in self._with_bits(pairs, 2):
            local = self.local[part]
            step = max(1, BLOCK // self.bits[0].nbytes)
            number = [
                _popcount(self.bits[local[k : k + step, 0]] & self.bits[local[k : k + step, 1]])
                for k in range(0, len(part), step)
            ]
            counts = np.concatenate(number)
            good = counts >= self.least
            found.append(part[good])
            self.add(part[good], counts[good])
        return np.concatenate(found)

    def _pairs_by_bits(self) -> np.ndarray:
        """The same where baskets hold so much that all pairs of items are fewer than the pairs in the baskets."""
        everything = np.arange(self.items)
        self._hold(everything, everything, 2)
        step = max(1, BLOCK // self.bits[0].nbytes)
        found = [np.zeros((0, 2), dtype=np.intp)]
        for item in range(self.items - 1):
            for begin in range(item + 1, self.items, step):
                number = _popcount(self.bits[begin : begin + step] & self.bits[item])
                good = np.flatnonzero(number >= self.least)
                found.append(np.stack([np.full(len(good), item), begin + good], axis=1))
                self.add(found[-1], number[good])
            self.tell(0.5 * (item + 1) / self.items)
        return np.concatenate(found)

    # --- bits

    def _with_bits(self, pairs: np.ndarray, smallest: int) -> Iterator[np.ndarray]:
        """The pairs, sorted, in pieces whose bits can be held at once, and are; pairs with the same first item together."""
        heads, begin = np.unique(pairs[:, 0], return_index=True)
        codes = np.unique(pairs)
        if self.whole:  # of the pairs of before, among which these are
            yield pairs
            return
        size = np.minimum(np.cumsum(self.count[heads]), self.baskets) / 8 * len(codes)
        begin = np.append(begin, len(pairs))
        low = 0
        while low < len(heads):
            high = max(low + 1, int(np.searchsorted(size, (size[low - 1] if low else 0) + BITS, side="right")))
            part = pairs[begin[low] : begin[high]]
            self._hold(np.unique(part), heads[low:high], smallest)
            self.whole = len(part) == len(pairs)
            yield part
            low = high

    def _hold(self, codes: np.ndarray, heads: np.ndarray, smallest: int) -> None:
        """Make ``bits``: a row of 64-bit words an item of ``codes``, a bit a basket; ``local`` says which row.

        If heads are few, there are only the baskets that hold one of them and ``smallest`` of the items.
        """
        self.local = np.full(self.items, -1, dtype=np.intp)
        self.local[codes] = np.arange(len(codes))
        column = self.local[self.column]
        keep = np.flatnonzero(column >= 0)
        row, column, baskets = self.row[keep], column[keep], self.baskets
        if len(heads) < len(codes) / 2:
            head = np.zeros(len(codes), dtype=bool)
            head[self.local[heads]] = True
            good = np.zeros(self.baskets, dtype=bool)
            good[row[head[column]]] = True
            good &= bincount(row, minlength=self.baskets) >= smallest
            keep = np.flatnonzero(good[row])
            row, column, baskets = (np.cumsum(good) - 1)[row[keep]], column[keep], int(good.sum())
        words = 2 * max(1, -(-baskets // 64))  # of 32 bits, which a float holds exactly
        bits = np.empty((len(codes), words), dtype="uint32")
        step = max(1, BLOCK // (8 * max(1, len(codes))))
        for low in range(0, words, step):  # rows rise; the floats of all at once would be twice the bits
            high = min(words, low + step)
            part = slice(*np.searchsorted(row, (32 * low, 32 * high)))
            number = bincount(
                column[part] * (high - low) + ((row[part] >> 5) - low),
                weights=_POWER[row[part] & 31],
                minlength=len(codes) * (high - low),
            )
            bits[:, low:high] = number.reshape(len(codes), high - low)
        self.bits = bits.view("uint64")

    # --- three and more

    def longer(self, pairs: np.ndarray) -> None:
        """Sets of three and more: two that differ in the last item only are joined, depth first."""
        self.keys = pairs[:, 0] * self.items + pairs[:, 1]
        self.linked = np.zeros(self.items**2, dtype=bool) if self.items <= 4000 else None
        if self.linked is not None:
            self.linked[self.keys] = True
        done = 0
        for part in self._with_bits(pairs, 3):

            def tell(share: float, done: int = done, size: int = len(part)) -> None:
                self.tell(0.5 + 0.5 * (done + share * size) / len(pairs))

            self._descend(part.astype("int32"), None, tell)
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


class Estimate:
    """About how many sets there are, without the search.

    A walk starts at any frequent item and goes on to any item that keeps the set frequent, until none does. If there were
    m1, m2, ... to choose from, m1 m2 ... mk / k! is in the mean the number of sets of length k.

    Source: Knuth, D. E. (1975), Estimating the efficiency of backtrack programs, Mathematics of Computation 29.

    >>> every = Baskets(np.repeat([0, 1], 5), np.tile(np.arange(5), 2), 2, 5)
    >>> Estimate(every).lengths(2).round().astype(int).tolist()
    [5, 10, 10, 5, 1]
    """

    def __init__(self, data: Baskets) -> None:
        self.data = data
        self.count = bincount(data.column, minlength=data.items)
        self.size = bincount(data.row, minlength=data.baskets)
        self.end = np.cumsum(self.size)
        self.first = np.cumsum(self.count) - self.count
        self.by = np.argsort(data.column, kind="stable")

    def lengths(self, least: int, longest: int | None = None, walks: int = 200, seconds: float = 0.3) -> np.ndarray:
        """One number a length: sets in at least ``least`` baskets. Ten walks at least, and no more after ``seconds``."""
        rng = np.random.default_rng(20240229)
        often = np.flatnonzero(self.count >= least)
        sums, done, begin = [0.0], 0, time.monotonic()
        while len(often) and done < walks and (done < 10 or time.monotonic() - begin < seconds):
            done += 1
            for length, weight in enumerate(self._walk(often, least, longest or np.inf, rng), 1):
                sums += [0.0] * (length - len(sums))
                sums[length - 1] += weight
        return np.array(sums) / max(1, done)

    def _walk(self, choice: np.ndarray, least: int, longest: float, rng: np.random.Generator) -> Iterator[float]:
        weight, chosen = 1.0, list[int]()
        row = column = np.zeros(0, dtype=np.intp)
        while len(choice) and len(chosen) < longest and weight < 1e300:
            weight *= len(choice) / (len(chosen) + 1)
            yield weight
            item = int(rng.choice(choice))
            own = slice(self.first[item], self.first[item] + self.count[item])
            baskets = row[column == item] if chosen else self.data.row[self.by[own]]
            chosen.append(item)
            at = _followers(self.end[baskets] - self.size[baskets] - 1, self.size[baskets])
            row, column = self.data.row[at], self.data.column[at]
            number = bincount(column, minlength=self.data.items)
            number[chosen] = 0
            choice = np.flatnonzero(number >= least)

    def enough(self, least: int, longest: int | None, limit: float) -> tuple[int, int | None] | None:
        """A number of baskets above ``least``, low but not the lowest, with no more than ``limit`` sets, and their number.

        The number of sets is None where to count them takes long; there is no result where no number of baskets is enough.
        """
        low, high = least, int(self.count.max(initial=0))
        while low + 1 < high and high > 1.05 * low:  # low is too few
            middle = max(low + 1, int((low * high) ** 0.5))
            if self.lengths(middle, longest, walks=60, seconds=0.1).sum() > limit:
                low = middle
            else:
                high = middle
        end = time.monotonic() + 3

        def tell(share: float) -> None:
            if time.monotonic() > end:
                raise TimeoutError

        while high <= self.count.max(initial=0):
            try:
                return high, sum(len(counts) for _sets, counts in search(self.data, high, longest, limit, tell))
            except TooMany:
                high = max(high + 1, min(int(1.2 * high), int(self.count.max())))
            except TimeoutError:
                return high, None
        return None
