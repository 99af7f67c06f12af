"""A column while it is read: each different cell once, and which of them stands in each row; so that a million rows cost what their values cost."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from crmlab.own.export import Problem, Question
from crmlab.own.said import Said

MISSING = frozenset(
    [
        "",
        "-",
        "--",
        "---",
        "—",
        "——",
        "–",
        "/",
        "n/a",
        "na",
        "n.a.",
        "null",
        "none",
        "nan",
        "nat",
        "<na>",
        "(blank)",
        "(null)",
        "#n/a",
        "?",
        "tbd",
        "无",
        "空",
        "未知",
        "待定",
        "暂无",
        "未填写",
        "(空)",
        "(跳过)",
        "跳过",
        "k.a.",
    ]
)
"""Cells that say that nothing is known."""

_UNSEEN = str.maketrans(dict.fromkeys("\u00ad\u200b\u200c\u200d\u200e\u200f\u202a\u202c\u2060\ufeff", ""))


def text(cell: Any) -> str:
    """A cell as text: full width made ordinary, blanks single, what cannot be seen taken off; "" for nothing.

    >>> text(" １２３４\\u200e　ab "), text(None), text(12.0), text(float("nan"))
    ('1234 ab', '', '12', '')
    """
    if isinstance(cell, str):
        if cell.isascii():
            return (
                cell.strip() if "  " not in cell and "\t" not in cell and "\n" not in cell else " ".join(cell.split())
            )
        return " ".join(unicodedata.normalize("NFKC", cell.translate(_UNSEEN)).split())
    if cell is None or cell is pd.NaT or cell is pd.NA or cell != cell:
        return ""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    return str(cell)


_NARROW = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}


def narrow(cell: str) -> str:
    """A text with full-width letters, digits and signs made ordinary and blanks single; every other sign stays what it is (no ² becomes 2).

    >>> narrow(" Ａ－２²　b "), narrow("华强（深圳）")
    ('A-2² b', '华强(深圳)')
    """
    return text(cell) if cell.isascii() else " ".join(cell.translate(_UNSEEN).translate(_NARROW).split())


def missing(cell: Any) -> bool:
    """Whether a cell says nothing.

    >>> missing("N/A"), missing("－"), missing(0), missing("")
    (True, True, False, True)
    """
    return text(cell).lower() in MISSING


def is_error(plain: str) -> bool:
    """Whether a text is what a spreadsheet shows for a formula that failed.

    >>> is_error("#DIV/0!"), is_error("#1")
    (True, False)
    """
    return plain.startswith("#") and plain.upper() in (
        "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#N/A", "#SPILL!", "#CALC!", "#GETTING_DATA",
    )  # fmt: skip


@dataclass
class Column:
    """``cells``: each different cell once; ``at``: its position in each row (int16, or int32 where there are many; -1: nothing there). ``shown``: the number format in a
    workbook."""

    heading: str
    cells: list[Any]
    at: np.ndarray
    shown: str = ""

    def counts(self) -> np.ndarray:
        """How many rows have each cell."""
        return np.bincount(self.at[self.at >= 0], minlength=len(self.cells))

    def take(self, values: np.ndarray, empty: Any) -> np.ndarray:
        """A value a row from a value a cell."""
        if not len(values):
            return np.full(len(self.at), empty, dtype=values.dtype)
        found = values[self.at]
        found[self.at < 0] = empty
        return found


class Collector:
    """Takes a column chunk by chunk.

    >>> taken = Collector("a")
    >>> taken.add(pd.Series(["x", "", "y"])); taken.add(pd.Series(["y", None]))
    >>> column = taken.column(); column.cells, column.at.tolist()
    (['x', 'y'], [0, -1, 1, 1, -1])
    """

    def __init__(self, heading: str, size: int = 1024) -> None:
        """``size``: how many rows there will be about. One array from the beginning: many small ones between what comes and goes leave holes in memory."""
        self.heading = heading
        self._known: dict[Any, int] = {}
        self._at, self._rows = np.empty(max(size, 1024), "int16"), 0

    def add(self, cells: pd.Series) -> None:
        """The next cells."""
        values = cells.to_numpy(dtype=object)
        self.add_factorized(values, *pd.factorize(values))

    def add_factorized(self, values: np.ndarray, at: np.ndarray, found: np.ndarray) -> None:
        """The same, of cells that are factorized already."""
        kinds = {type(one) for one in found}
        if (
            bool in kinds
            or np.bool_ in kinds
            or ({int, float} & kinds and any(isinstance(one, (bool, np.bool_)) for one in values))
        ):
            # 1, 1.0 and True are one to a dictionary: yes and no become words.
            values = np.array(
                [("TRUE" if one else "FALSE") if isinstance(one, (bool, np.bool_)) else one for one in values],
                dtype=object,
            )
            at, found = pd.factorize(values)
        known = self._known
        listed = found.tolist()
        new = [one for one in listed if one not in known]
        known.update(zip(new, range(len(known), len(known) + len(new)), strict=True))
        number = np.array([known[one] for one in listed], dtype="int32")
        begin, self._rows = self._rows, self._rows + len(at)
        if len(known) > np.iinfo("int16").max and self._at.dtype == "int16":
            self._at = self._at.astype("int32")
        if self._rows > len(self._at):
            self._at = np.concatenate([self._at, np.empty(max(len(self._at), len(at)), self._at.dtype)])
        self._at[begin : self._rows] = np.append(number, np.int32(-1))[at]  # code -1 takes the last place

    def column(self) -> Column:
        """All that was taken."""
        at = self._at[: self._rows]
        cells, self._known = list(self._known), {}
        blank = np.array([isinstance(one, str) and (not one or one.isspace()) for one in cells], dtype=bool)
        if blank.any():
            place = np.where(blank, -1, np.cumsum(~blank) - 1).astype(at.dtype)
            at = np.append(place, at.dtype.type(-1))[at]
            cells = [one for one, nothing in zip(cells, blank.tolist(), strict=True) if not nothing]
        return Column(self.heading, cells, at)


@dataclass(frozen=True)
class Fault:
    """What is wrong with a cell and what is done; ``left_out``: its row is not used."""

    says: Said
    done: Said
    left_out: bool = True


@dataclass
class Understood:
    """Cells that were read: a value a cell, and for each its fault (0: none; n: ``faults[n - 1]``)."""

    values: np.ndarray
    fault: np.ndarray
    faults: list[Fault] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)
    decimal: str = ""
    """Of numbers: the decimal mark that the column tells ("point", "comma"; "" where it tells none)."""
    first: str = ""
    """Of days such as 25/03/26: what the column tells to stand first ("day", "month", "year"; "" where it tells nothing)."""

    def mark(self, which: Iterable[int] | np.ndarray, fault: Fault) -> None:
        """These cells (positions or a mask) have this fault, unless they have one already."""
        where = np.asarray(which if isinstance(which, np.ndarray) else list(which))
        if where.dtype != bool:
            mask = np.zeros(len(self.fault), bool)
            mask[where.astype(np.intp)] = True
            where = mask
        where = where & (self.fault == 0)
        if where.any():
            self.faults.append(fault)
            self.fault[where] = len(self.faults)


def understood(cells: Sequence[Any], dtype: str = "float64", empty: Any = np.nan) -> Understood:
    """Nothing read yet, a place a cell."""
    return Understood(np.full(len(cells), empty, dtype=dtype), np.zeros(len(cells), "int16"))
