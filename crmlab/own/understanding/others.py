"""Surveys, complaints and lists of customers: from columns of cells to the table of an export."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from crmlab.language import _
from crmlab.own.export import Plan, Question
from crmlab.own.said import Said
from crmlab.own.understanding import dates, identifiers, money, roles_survey, states, survey
from crmlab.own.understanding.cells import Column, missing
from crmlab.own.understanding.collecting import Collected
from crmlab.own.understanding.recognising import EVERY
from crmlab.own.understanding.rows import Rows
from crmlab.own.understanding.sales import EMPTY, Sales

_NO_DAY = Said(_("Used without a day."))
_NO_NUMBER = Said(_("Used without this number."))
_KEYS = ("complaint", "answer")


def read(
    kind: str,
    taken: Collected,
    who: str,
    roles: Mapping[str, str],
    plan: Plan,
    rows: Rows,
    starts_1904: bool | None,
    year: str = "",
) -> Sales:
    """The table of a survey or of complaints, with the columns that :mod:`crmlab.own.understanding.roles_survey` names. A row without a customer is used.
    ``year``: that of days without one, as far as a title says it."""
    asked: list[Question] = []
    answers = plan.answers
    columns: dict[str, Any] = {}
    codes, names = np.full(len(rows.numbers), -1), np.empty(0, dtype=object)
    if who and who in taken.columns:
        column = taken.columns[who]
        named = roles.get(who) != "customer_number"
        found = identifiers.read(column.cells, column.heading, name=named, out=False)
        texts, said = identifiers.joined(found.values, column.counts(), column.heading, named)
        rows.apply(column, found, None, needed=False)
        rows.problems += said
        at, unique = pd.factorize(texts)
        names = np.asarray(unique, dtype=object)
        codes = column.take(at.astype("int64"), -1)
        columns["customer"] = np.append(names, np.array([None], dtype=object))[codes]
    own = {one: role for one, role in roles.items() if role in roles_survey.ROLES}
    said_something = np.zeros(len(rows.numbers), bool)
    for one, name in roles_survey.names(own).items():
        column = taken.columns[one]
        cells = EVERY[own[one]].cells
        silent = np.array([missing(cell) for cell in column.cells], dtype=bool)
        if own[one] not in ("answer", "answered", "group", "received"):
            said_something |= (column.at >= 0) & ~column.take(silent, False)
        columns[name] = _cells(column, cells, own[one], rows, answers, asked, starts_1904, silent, year)
    if kind == "survey":
        rows.leave(~said_something, Said(_("No question is answered.")))
    else:
        rows.leave(~said_something, Said(_("The row says nothing of a complaint.")))
    key = next((one for one, role in own.items() if role in _KEYS), "")
    again(taken, taken.columns.get(key), rows, answers, asked)
    used = rows.used
    index = pd.Index(rows.numbers[used], name="row")
    table = pd.DataFrame(
        {
            name: pd.Series(values[used], index=index, dtype="object" if values.dtype == object else None)
            for name, values in columns.items()
        },
        index=index,
    )
    if kind == "survey":
        rows.problems += survey.problems(table, plan)
        asked += survey.questions(table, plan)
    return Sales(table, np.where(used, codes, -1), names, "", asked)


def _cells(
    column: Column,
    cells: str,
    role: str,
    rows: Rows,
    answers: Mapping[str, str],
    asked: list[Question],
    starts_1904: bool | None,
    silent: np.ndarray,
    year: str,
) -> np.ndarray:
    """The cells of a column as its role needs them: days, money, identifiers; all others as they stand there, ``None`` where they say nothing."""
    if cells == "day":
        found = dates.read(column.cells, column.heading, answers, starts_1904=starts_1904, year=year)
        found.fault[silent & (found.fault > 0)] = 0  # open complaints have no day on which they were closed
        rows.apply(column, found, None, needed=False, done=_NO_DAY)
        asked += found.questions
        day = column.take(found.values, np.nan)
        made = np.full(len(day), "NaT", dtype="datetime64[ns]")
        good = np.isfinite(day)
        made[good] = day[good].astype("int64").astype("datetime64[D]")
        return made
    if cells in ("amount", "number"):
        paid = money.read(column, answers, key="decimal" if role == "claim" else f"decimal_{role}")
        assert paid.found is not None
        paid.found.fault[silent] = 0
        rows.apply(column, paid.found, None, needed=False, done=_NO_NUMBER)
        asked += paid.questions
        return paid.amount
    if cells == "key":
        found = identifiers.read(column.cells, column.heading, out=False)
        rows.apply(column, found, None, needed=False)
        return column.take(found.values, None)
    values = np.array([None, *column.cells], dtype=object)[1:]
    values[silent] = None
    return column.take(values, None)


def again(taken: Collected, key: Column | None, rows: Rows, answers: Mapping[str, str], asked: list[Question]) -> None:
    """Rows that stand there twice: one of them is used where they have a number of their own, else all until a person says otherwise."""
    same = taken.again & rows.used
    if same.any():
        default = states.LEAVE if key is not None else states.KEEP
        said = answers.get("duplicates", default)
        asked.append(
            Question(
                "duplicates",
                Said(
                    _("Rows that are the same as an earlier one in every cell: {n}. Were they written twice?"),
                    n=int(same.sum()),
                ),
                {states.LEAVE: Said(_("yes: use one of them")), states.KEEP: Said(_("no: use all"))},
                said,
            )
        )
        if said == states.LEAVE:
            rows.leave(same, Said(_("Every cell is the same as in an earlier row.")))
        else:
            rows.say(same, Said(_("Every cell is the same as in an earlier row.")), Said(_("Used all the same.")))
    if key is not None:
        code = np.where(rows.used, key.at, -1)
        repeated = (code >= 0) & pd.Series(code).duplicated().to_numpy()
        rows.say(repeated, Said(_("This number stands in an earlier row already.")), Said(_("Used all the same.")), key)


def customers(taken: Collected, who: str, named: bool, rows: Rows) -> Sales:
    """The table of a list of customers: ``customer``, each once; what else is said of them stands in the contacts."""
    codes, names = np.full(len(rows.numbers), -1), np.empty(0, dtype=object)
    if not who:
        rows.leave(
            rows.used,
            Said(_("No column was recognised for this: {what}. Say which one it is."), what=Said(_("customer"))),
        )
    else:
        column = taken.columns[who]
        found = identifiers.read(column.cells, column.heading, name=named)
        texts, said = identifiers.joined(found.values, column.counts(), column.heading, named)
        rows.apply(column, found, EMPTY)
        rows.problems += said
        at, unique = pd.factorize(texts)
        names = np.asarray(unique, dtype=object)
        codes = column.take(at.astype("int64"), -1)
        code = np.where(rows.used, codes, -1)
        repeated = (code >= 0) & pd.Series(code).duplicated().to_numpy()
        rows.leave(
            repeated,
            Said(_("The customer stands in an earlier row already.")),
            column,
            Said(_("Row left out; what it says is kept among the contacts.")),
        )
    used = rows.used
    index = pd.Index(rows.numbers[used], name="row")
    values = names[codes[used]] if len(names) else np.empty(0, dtype=object)
    table = pd.DataFrame({"customer": pd.Series(values, index=index, dtype="object")}, index=index)
    return Sales(table, codes, names)
