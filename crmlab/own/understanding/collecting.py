"""All rows of a table, chunk by chunk, the columns that are wanted kept compactly, and which rows stand there twice."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from crmlab.own.raw import Raw
from crmlab.own.understanding.cells import Collector, Column


@dataclass(frozen=True, eq=False)
class Collected:
    """``columns`` by heading, ``numbers`` of the rows in the file, ``again``: rows of which every cell stands in an earlier row."""

    columns: dict[str, Column]
    numbers: np.ndarray
    again: np.ndarray


def collect(raw: Raw, wanted: Iterable[str]) -> Collected:
    """The columns that are wanted, of all rows."""
    collectors = {one: Collector(one, raw.rows) for one in raw.headings if one in set(wanted)}
    row, prints, size = np.empty(raw.rows, "int64"), np.empty(raw.rows, "uint64"), 0
    for chunk in raw.chunks():
        row[size : size + len(chunk)] = chunk.index.to_numpy(dtype="int64")
        whole = np.zeros(len(chunk), dtype="uint64")
        for place, one in enumerate(raw.headings):
            cells = chunk[one].to_numpy(dtype=object)
            at, found = pd.factorize(cells)
            if one in collectors:
                collectors[one].add_factorized(cells, at, found)
            words = np.array([str(cell) for cell in found], dtype=object)
            hashed = np.append(
                pd.util.hash_array(words, categorize=False) if len(words) else np.empty(0, "uint64"), np.uint64(7)
            )
            whole = whole * np.uint64(1099511628211) + hashed[at] + np.uint64(place)
        prints[size : size + len(chunk)] = whole
        size += len(chunk)
    again = _again(prints[:size])
    del prints
    columns = {name: one.column() for name, one in collectors.items()}
    for name, column in columns.items():
        column.shown = raw.formats.get(name, "")
    return Collected(columns, row[:size], again)


def _again(prints: np.ndarray) -> np.ndarray:
    """Which stand there a second time. Sorted, not hashed: that takes a third of the memory, and mostly there are none.

    >>> _again(np.array([7, 5, 7, 5, 9, 7], dtype="uint64")).tolist()
    [False, False, True, True, False, True]
    """
    found = np.zeros(len(prints), bool)
    ordered = np.sort(prints)
    several = np.unique(ordered[1:][ordered[1:] == ordered[:-1]])
    del ordered
    if len(several):
        place = np.searchsorted(several, prints)
        place[place == len(several)] = 0
        at = np.flatnonzero(several[place] == prints)
        found[at] = pd.Series(prints[at], copy=False).duplicated().to_numpy()
    return found


def fill_down(columns: list[Column], order: Column | None, goods: list[Column]) -> tuple[np.ndarray, np.ndarray]:
    """Masks of rows that go on with the order above: ``(blank, same)``. In the first all of ``columns`` are empty and one of ``goods`` is not; in the
    second the order number is the one of an earlier row, and one of the other columns is empty."""
    size = len(columns[0].at)
    blank = np.ones(size, bool)
    for one in columns:
        blank &= one.at < 0
    some = np.zeros(size, bool)
    for one in goods:
        some |= one.at >= 0
    blank &= some
    if size:
        first = int(np.argmin(blank)) if not blank.all() else size
        blank[:first] = False  # nothing stands above them
    same = np.zeros(size, bool)
    if order is not None and size:
        lacking = np.zeros(size, bool)
        for one in columns:
            if one is not order:
                lacking |= one.at < 0
        same = lacking & (order.at >= 0) & pd.Series(order.at).duplicated().to_numpy()
    return blank, same


def filled(column: Column, blank: np.ndarray) -> None:
    """Take the cells of the row above for these rows."""
    rows = np.arange(len(column.at))
    rows[blank] = 0
    column.at = column.at[np.maximum.accumulate(rows)]


def filled_by_order(column: Column, order: Column, same: np.ndarray) -> None:
    """Take for these rows the first cell that a row with the same order number has."""
    there = (column.at >= 0) & (order.at >= 0)
    first = np.full(len(order.cells), -1, "int32")
    # The last assignment stays, so go backwards.
    first[order.at[there][::-1]] = column.at[there][::-1]
    empty = same & (column.at < 0)
    column.at = column.at.copy()
    column.at[empty] = first[order.at[empty]]
