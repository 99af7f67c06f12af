"""What a firm's file holds once it is read: the table, how each column was understood, and every row that was left out and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from crmlab.language import _
from crmlab.own.said import Said

KINDS: Mapping[str, str] = {
    "orders": _("orders: a row an order"),
    "lines": _("order lines: a row an article of an order"),
    "months": _("totals: a row a customer and a month"),
    "survey": _("answers of a survey: a row an answer"),
    "complaints": _("complaints: a row a complaint"),
    "customers": _("customers: a row a customer, without orders"),
}
"""What a file can be an export of."""


@dataclass(frozen=True)
class Problem:
    """One kind of trouble in one column, with all the rows that have it.

    ``rows`` are numbers of rows as the file shows them (a spreadsheet's own, or lines of a text file, from 1); empty for the whole file.
    ``values`` are the cells as they stand there, one a row; empty where the whole row is meant. ``left_out``: these rows are not among
    those used; otherwise the row is used and ``done`` says what became of the cell. ``more``: so many further rows have it that are not named,
    as in a table of a cluster, whose rows have no number.
    """

    says: Said
    done: Said
    column: str = ""
    rows: np.ndarray = field(default_factory=lambda: np.empty(0, dtype="int64"))
    values: Sequence[str] = ()
    left_out: bool = False
    more: int = 0


@dataclass(frozen=True)
class Question:
    """What the file does not tell and a person must: ``key`` of the answer in the mapping, the options and what is taken meanwhile.

    ``answered``: the plan has the answer, and ``taken`` is it; the question stays, so that it can be answered anew."""

    key: str
    says: Said
    options: Mapping[str, Said]
    taken: str
    answered: bool = False


@dataclass(frozen=True)
class Plan:
    """How a file is to be read: the answers to all questions, remembered beside the file.

    ``roles`` gives each heading its role (``""`` for a column that is not used). ``answers`` are those to questions, by their key
    (``"day_first"``: "day" or "month" ...).
    """

    kind: str = ""
    sheet: str = ""
    roles: Mapping[str, str] = field(default_factory=dict)
    answers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Export:
    """A file that was read. The file itself is never written.

    ``table``: the rows used, by the number of the row in the file, with the columns of its kind:

    - orders: ``customer`` (text), ``order`` (text, missing where the file has none), ``date`` (day), ``amount`` (float)
    - lines: the same, and ``item`` (text), ``quantity`` (float, missing where the file has none)
    - months: ``customer``, ``date`` (the first of the month), ``amount``
    - survey, complaints: see :mod:`crmlab.own.understanding.roles`

    ``contacts``: by customer, what the file says of it besides: ``name``, ``phone``, ``email``, ``region`` ..., as far as there.
    ``guesses``: by heading, ``role``, ``certainty`` (0 to 1), ``why`` (:class:`Said`), ``examples``. ``plan``: how it was read.
    ``questions``: what a person must say, with what was taken meanwhile. ``notes``: how the file was opened (encoding, separator, sheet).
    ``rows``: rows of the sheet that hold anything at all (where months lie side by side, each cell with a number is a row of its own); of these ``used`` are
    used, and each other one stands in ``problems`` once as left out. ``merged``: rows that were put together into ``table`` while a large file was read, where
    an order has several; else missing. ``pairs``: for such a file what stands in one order with what, a :class:`crmlab.engines.pairs.Pairs`.
    """

    file: Path
    kind: str
    table: pd.DataFrame
    contacts: pd.DataFrame
    guesses: pd.DataFrame
    plan: Plan
    rows: int
    problems: Sequence[Problem] = ()
    questions: Sequence[Question] = ()
    notes: Sequence[Said] = ()
    sheets: Sequence[str] = ()
    currency: str = ""
    merged: int | None = None
    pairs: Any = None

    @property
    def used(self) -> int:
        """How many rows of the file went into ``table``."""
        return len(self.table) if self.merged is None else self.merged

    @property
    def listed(self) -> int:
        """How many rows were left out, each for a reason that stands in ``problems``."""
        return sum(len(one.rows) + one.more for one in self.problems if one.left_out)

    def problem_table(self, most: int | None = None) -> pd.DataFrame:
        """All problems, a row each: ``row``, ``column``, ``value``, ``problem``, ``done``, in the language in force; at most so many."""
        lines = [
            (int(row), one.column, one.values[at] if len(one.values) else "", str(one.says), str(one.done))
            for one in self.problems
            for at, row in enumerate(one.rows if most is None else one.rows[:most])
        ]
        whole = [
            (pd.NA, one.column, "", str(one.says), str(one.done))
            for one in self.problems
            if one.more or not len(one.rows)
        ]
        made = pd.DataFrame([*whole, *lines], columns=["row", "column", "value", "problem", "done"])
        made["row"] = made["row"].astype("Int64")
        return made.sort_values("row", kind="stable", na_position="first", ignore_index=True).head(most or len(made))
