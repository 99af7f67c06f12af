"""The rows of a table while it is read: which are used, and why each other one is not. Each is left out once, for the first reason that is found."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from crmlab.language import _
from crmlab.own.export import Problem
from crmlab.own.said import Said
from crmlab.own.understanding.cells import Column, Fault, Understood

OUT = Said(_("Row left out."))


class Rows:
    """``numbers``: the number of each row in the file. ``used``: which are still used. ``problems``: all that was said.

    >>> rows = Rows(np.array([2, 3, 4]))
    >>> rows.leave(np.array([True, False, False]), Said("no"))
    >>> rows.leave(np.array([True, True, False]), Said("nor this"))
    >>> rows.used.tolist(), [one.rows.tolist() for one in rows.problems]
    ([False, False, True], [[2], [3]])
    """

    def __init__(self, numbers: np.ndarray) -> None:
        self.numbers = np.asarray(numbers, dtype="int64")
        self.used = np.ones(len(self.numbers), bool)
        self.problems: list[Problem] = []

    def leave(
        self,
        which: np.ndarray,
        says: Said,
        column: Column | None = None,
        done: Said = OUT,
        values: Sequence[str] | None = None,
    ) -> None:
        """These rows are not used, those that are left out already excepted."""
        self._tell(which & self.used, says, done, column, True, values)
        self.used &= ~which

    def say(self, which: np.ndarray, says: Said, done: Said, column: Column | None = None) -> None:
        """These rows have a problem and are used, those that are left out already excepted."""
        self._tell(which & self.used, says, done, column, False, None)

    def _tell(
        self, which: np.ndarray, says: Said, done: Said, column: Column | None, out: bool, values: Sequence[str] | None
    ) -> None:
        at = np.flatnonzero(which)
        if len(at):
            if values is None and column is not None:
                cells = column.cells
                values = [str(cells[place]) if place >= 0 else "" for place in column.at[at].tolist()]
            elif values is not None:
                values = [values[place] for place in at.tolist()]
            self.problems.append(
                Problem(says, done, column.heading if column is not None else "", self.numbers[at], values or (), out)
            )

    def apply(
        self, column: Column, found: Understood, empty: Fault | None, needed: bool = True, done: Said | None = None
    ) -> None:
        """Tell the faults of a column's cells; ``needed``: rows with such a cell are not used (else ``done`` says what becomes of them).

        ``empty``: what an empty cell is, ``None`` where it is no fault.
        """
        code = column.take(found.fault, 0) if len(found.fault) else np.zeros(len(column.at), "int16")
        self.problems += found.notes
        faults = list(found.faults)
        if empty is not None:
            faults.append(empty)
            code = np.where(column.at < 0, len(faults), code)
        for number, fault in enumerate(faults, 1):
            if fault.left_out and needed:
                self.leave(code == number, fault.says, column, fault.done)
            elif fault.left_out:
                self.say(code == number, fault.says, done or Said(_("The cell is not used; the row is.")), column)
            else:
                self.say(code == number, fault.says, fault.done, column)
