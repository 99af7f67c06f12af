"""Totals a month with a column a month: made long, so that each cell with a number is a row."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from crmlab.language import _, listed
from crmlab.own.export import Problem, Question
from crmlab.own.said import Said
from crmlab.own.understanding import money
from crmlab.own.understanding.cells import missing
from crmlab.own.understanding.collecting import Collected
from crmlab.own.understanding.picking import Picked
from crmlab.own.understanding.rows import Rows
from crmlab.own.understanding.sales import Sales, customers, year_asked


def read(
    taken: Collected,
    picked: Picked,
    months: Mapping[str, float],
    answers: Mapping[str, str],
    titled: money.Titled,
    rows: Rows,
) -> tuple[Sales, int]:
    """The table, and how many rows there are once each cell with something in it counts as one.

    A month without an amount is no row: nothing is known of it. A row of the file without any amount is left out, once.
    """
    asked: list[Question] = []
    who = taken.columns[picked.who]
    codes, names, more = customers(who, picked.who != picked.columns.get("customer_number"), rows, answers)
    asked += more
    year = 0
    if min(months.values()) < 0:
        year = year_asked(listed([*months][:3]), answers, asked, titled.year)
    read_ = {one: money.read(taken.columns[one], answers, titled) for one in months}
    there = {one: column.column is not None and column.column.at >= 0 for one, column in read_.items()}
    filled = {one: np.asarray(there[one]) & ~_silent(column) for one, column in read_.items()}
    nothing = ~np.any(list(filled.values()), axis=0) if filled else np.ones(len(rows.used), bool)
    rows.leave(nothing, Said(_("No month has an amount.")))
    size = int((~rows.used).sum())
    parts: list[pd.DataFrame] = []
    currency = ""
    for one, day in months.items():
        column = read_[one]
        if day < 0:
            day = float(np.datetime64(f"{year:04d}-{int(day) + 13:02d}-01", "D").astype("int64"))
        cells = rows.used & filled[one]
        size += int(cells.sum())
        inner = Rows(rows.numbers)
        inner.used = cells.copy()
        column.factor, factor = 1, column.factor
        column.tell(inner)
        rows.problems += inner.problems
        if factor != 1 and not parts:
            says = Said(_("The amounts are given in units of {factor:,}."), factor=factor)
            rows.problems.append(Problem(says, Said(_("Multiplied, so that all amounts are in single units."))))
        asked += [one_ for one_ in column.questions if one_.key not in {other.key for other in asked}]
        column.questions = []
        currency = currency or money.in_one_currency(column, None, inner, answers)
        good = inner.used
        parts.append(
            pd.DataFrame(
                {
                    "customer": pd.Series(names[codes[good]] if len(names) else [], dtype="object"),
                    "date": np.full(int(good.sum()), int(day)).astype("datetime64[D]").astype("datetime64[ns]"),
                    "amount": column.amount[good],
                }
            ).set_index(pd.Index(rows.numbers[good], name="row"))
        )
    table = pd.concat(parts).sort_index(kind="stable")
    rows.problems.append(
        Problem(
            Said(_("Months that lie side by side: {n}."), n=len(months)),
            Said(_("Each cell with an amount was made a row; a cell without one is unknown, not 0.")),
        )
    )
    return Sales(table, np.where(rows.used, codes, -1), names, currency, asked), size


def _silent(column: money.Money) -> np.ndarray:
    """Cells such as "-" that say that there is nothing."""

    assert column.column is not None
    return column.column.take(np.array([missing(one) for one in column.column.cells], dtype=bool), False)
