"""Orders, order lines and totals a month: from columns of cells to the table of an export."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from crmlab.language import _
from crmlab.own.export import Problem, Question
from crmlab.own.said import Said
from crmlab.own.understanding import amounts, dates, dayforms, identifiers, money, states
from crmlab.own.understanding.cells import Column, Fault, text
from crmlab.own.understanding.collecting import Collected, fill_down, filled, filled_by_order
from crmlab.own.understanding.picking import BY_PRODUCT, Picked
from crmlab.own.understanding.rows import OUT, Rows

_OF_ONE = re.compile("unit|each|lineitem|einzel|unitari|unitaire|单价|單價|unitprice", re.IGNORECASE)
PEOPLE = ("customer", "customer_number", "phone", "email", "contact", "region", "salesperson")
"""Roles of columns that are looked at once more, for the customers."""
EMPTY = Fault(Said(_("The cell is empty.")), OUT)
NO_DAY = Fault(Said(_("The day is missing.")), OUT)


@dataclass(eq=False)
class Sales:
    """What was made of the rows: ``table`` with the rows used, ``who`` the customer of every row (position in ``names``, -1 none)."""

    table: pd.DataFrame
    who: np.ndarray
    names: np.ndarray
    currency: str = ""
    questions: list[Question] = field(default_factory=list)


def customers(
    column: Column, named: bool, rows: Rows, answers: Mapping[str, str]
) -> tuple[np.ndarray, np.ndarray, list[Question]]:
    """The customer of each row as a position in the names (-1: none), the names, and what a person must say of those who are nobody in particular."""
    found = identifiers.read(column.cells, column.heading, name=named)
    names, said = identifiers.joined(found.values, column.counts(), column.heading, named)
    rows.apply(column, found, EMPTY)
    rows.problems += said
    nobody = np.array([one is not None and identifiers.is_placeholder(one) for one in names], dtype=bool)
    asked = []
    if nobody.any():
        counts = column.counts()
        taken = answers.get("placeholder", states.LEAVE)
        words = ", ".join(dict.fromkeys(str(names[at]) for at in np.flatnonzero(nobody)[:5]))
        asked.append(
            Question(
                "placeholder",
                Said(
                    _("Rows that name no customer in particular: {n} ({words}). Are they used?"),
                    n=int(counts[nobody].sum()),
                    words=words,
                ),
                {states.LEAVE: Said(_("no: leave them out")), states.KEEP: Said(_("yes: as one customer"))},
                taken,
            )
        )
        if taken == states.LEAVE:
            rows.leave(column.take(nobody, False), Said(_("No customer in particular.")), column)
        else:
            rows.say(
                column.take(nobody, False),
                Said(_("No customer in particular.")),
                Said(_("Used as one customer.")),
                column,
            )
    at, unique = pd.factorize(names)
    return column.take(at.astype("int64"), -1), np.asarray(unique, dtype=object), asked


def read(
    kind: str,
    taken: Collected,
    picked: Picked,
    answers: Mapping[str, str],
    titled: money.Titled,
    rows: Rows,
    starts_1904: bool | None,
) -> Sales:
    """The table of orders, lines, or months where each row has its month."""
    at: dict[str, Column] = {role: taken.columns[one] for role, one in picked.columns.items() if one in taken.columns}
    who = taken.columns.get(picked.who)
    asked: list[Question] = []
    if kind == "lines":
        asked += _continued(at, who, answers, rows)
    _states(at, rows, answers, asked)
    decimal = money.decimal_of(at[role] for role in ("amount", "price", "quantity") if role in at)
    missing = [
        says for there, says in ((who, _("customer")), (at.get("date") or at.get("month"), _("date"))) if there is None
    ]
    paid, currency = _money(kind, at, rows, answers, titled, asked, decimal)
    if paid is None:
        missing.append(_("amount"))
    for says in missing:
        rows.leave(
            rows.used, Said(_("No column was recognised for this: {what}. Say which one it is."), what=Said(says))
        )
    codes, names = np.full(len(rows.used), -1), np.empty(0, dtype=object)
    if who is not None:
        codes, names, more = customers(who, picked.who != picked.columns.get("customer_number"), rows, answers)
        asked += more
    day = _days(at, rows, answers, asked, starts_1904, kind, titled)
    order, item, quantity = _order_and_goods(kind, at, rows, answers, asked, decimal)
    _again(kind, taken, at, rows, answers, asked)
    if paid is not None:
        used = _currency(paid, at, rows, answers, asked)
        currency = used or currency
        zero = rows.used & (paid.amount == 0)
        rows.say(zero, Said(_("The amount is 0.")), Said(_("Used as it is.")))
        rows.say(
            rows.used & (paid.amount < 0),
            Said(_("The amount is below 0: a return or a credit.")),
            Said(_("Used as a negative amount.")),
        )
    # What is not needed any more goes before the table comes: a million rows should not be here three times.
    at.clear()
    for role, one in picked.columns.items():
        if role not in PEOPLE and one != picked.who:
            taken.columns.pop(one, None)
    used_rows = rows.used
    columns: dict[str, Any] = {"customer": _texts(codes[used_rows], names)}
    codes[~used_rows] = -1
    if kind != "months":
        columns["order"] = order[used_rows]
    del order
    day = day[used_rows].astype("int64")
    day *= 86_400_000_000_000
    columns["date"] = day.view("datetime64[ns]")
    columns["amount"] = paid.amount[used_rows] if paid is not None else np.full(len(day), np.nan)
    del paid
    if kind == "lines":
        columns["item"] = item[used_rows]
        columns["quantity"] = quantity[used_rows]
    del item, quantity
    index = pd.Index(rows.numbers[used_rows], name="row")
    table = pd.DataFrame(
        {
            name: pd.Series(
                values, index=index, dtype="object" if name in ("customer", "order", "item") else None, copy=False
            )
            for name, values in columns.items()
        },
        index=index,
        copy=False,
    )
    return Sales(table, codes, names, currency, asked)


def _texts(codes: np.ndarray, names: np.ndarray) -> np.ndarray:
    return names[codes] if len(names) else np.full(len(codes), None, dtype=object)


def _continued(at: Mapping[str, Column], who: Column | None, answers: Mapping[str, str], rows: Rows) -> list[Question]:
    """Lines on which the order, its day and its customer are not written again."""
    order = at.get("order")
    heads = [one for one in (order, at.get("date"), who) if one is not None]
    goods = [at[role] for role in ("item", "item_number", "quantity", "amount") if role in at]
    if len(heads) < 2 or not goods:
        return []
    blank, same = fill_down(heads, order, goods)
    more = [
        at[role]
        for role in (
            "status",
            "currency",
            "email",
            "phone",
            "customer",
            "customer_number",
            "region",
            "salesperson",
            "contact",
        )
        if role in at
    ]
    every = list({id(one): one for one in [*heads, *more]}.values())
    if same.any():
        for one in every:
            if order is not None and one is not order:
                filled_by_order(one, order, same)
        rows.say(
            same,
            Said(_("The row goes on with an order whose day or customer stands in another row of it.")),
            Said(_("Taken from there.")),
        )
    if not blank.any():
        return []
    taken = answers.get("fill_down", "yes")
    if taken == "yes":
        for one in every:
            filled(one, blank & (one.at < 0))
        rows.say(
            blank,
            Said(_("Order, day and customer are empty here; the row seems to go on with the order above.")),
            Said(_("Taken from the row above.")),
        )
    return [
        Question(
            "fill_down",
            Said(
                _("Rows in which order, day and customer are all empty: {n}. Do they go on with the order above?"),
                n=int(blank.sum()),
            ),
            {"yes": Said(_("yes: take these from the row above")), "no": Said(_("no: leave these rows out"))},
            taken,
        )
    ]


def _states(at: Mapping[str, Column], rows: Rows, answers: Mapping[str, str], asked: list[Question]) -> None:
    column = at.get("status")
    if column is not None and column.cells:
        out, more = states.judge(column.cells, column.counts(), column.heading, answers)
        asked += more
        rows.leave(column.take(out, False), Said(_("The status says that this is no sale.")), column)


def _money(
    kind: str,
    at: dict[str, Column],
    rows: Rows,
    answers: Mapping[str, str],
    titled: money.Titled,
    asked: list[Question],
    decimal: str,
) -> tuple[money.Money | None, str]:
    product = "quantity" in at and "price" in at
    if "amount" not in at:
        if not ("quantity" in at and "price" in at):
            return None, ""
        rows.problems.append(
            Problem(Said(_("No column has the amount.")), Said(_("Quantity by price is taken.")), at["price"].heading)
        )
        return _product(at, rows, answers, titled, asked, decimal), ""
    paid = money.read(at["amount"], answers, titled, decimal=decimal)
    order = at.get("order")
    if product and not np.isfinite(paid.amount).any():
        paid.tell(rows, needed=False)
        return _product(at, rows, answers, titled, asked, decimal), ""
    whole = money.of_order(paid.amount, order) if kind == "lines" and order is not None else ""
    if whole and product and _is_product(paid.amount, at, decimal):
        whole = ""
    if whole and product and answers.get("amount") != at["amount"].heading:
        says = Said(_("The amount is that of the whole order, not of each of its rows."))
        rows.problems.append(Problem(says, Said(_("Quantity by price is taken.")), at["amount"].heading))
        options = {
            at["amount"].heading: Said("{heading}", heading=at["amount"].heading),
            BY_PRODUCT: Said(_("quantity by price")),
        }
        asked.append(Question("amount", Said(_("Which column is the amount?")), options, BY_PRODUCT))
        return _product(at, rows, answers, titled, asked, decimal), ""
    if whole == "first" and order is not None:
        later = ~np.isfinite(paid.amount) & (order.at >= 0) & pd.Series(order.at).duplicated().to_numpy()
        rows.leave(later, Said(_("The amount of the order stands in an earlier row of it already.")), at["amount"])
    paid.tell(rows, needed=True)
    asked += paid.questions
    paid.questions = []
    if whole == "repeated" and order is not None:
        taken = answers.get("repeated", "once")
        asked.append(
            Question(
                "repeated",
                Said(
                    _("Column {column!r} has one amount in all rows of an order. Is it that of the whole order?"),
                    column=at["amount"].heading,
                ),
                {"once": Said(_("yes: count it once")), "each": Said(_("no: count it in each row"))},
                taken,
            )
        )
        if taken == "once":
            later = (order.at >= 0) & pd.Series(np.where(rows.used, order.at, -1)).duplicated().to_numpy()
            rows.leave(later, Said(_("The amount of the order stands in an earlier row of it already.")), at["amount"])
    return paid, ""


def _is_product(amount: np.ndarray, at: Mapping[str, Column], decimal: str) -> bool:
    """Whether the amount is quantity by price in nearly all rows: then it is that of the row, whatever else is the same."""
    price = money.read(at["price"], {}, decimal=decimal).amount
    count, _codes = amounts.read(at["quantity"].cells, "", decimal=decimal)
    product = at["quantity"].take(count.values, np.nan) * price
    there = np.isfinite(product) & np.isfinite(amount)
    return bool(there.any() and (np.abs(product - amount)[there] <= 0.01 + 0.001 * np.abs(amount[there])).mean() > 0.9)


def _product(
    at: Mapping[str, Column],
    rows: Rows,
    answers: Mapping[str, str],
    titled: money.Titled,
    asked: list[Question],
    decimal: str,
) -> money.Money:
    price = money.read(at["price"], answers, titled._replace(factor=1), "decimal_price", decimal)
    price.tell(rows)
    count, _codes = amounts.read(
        at["quantity"].cells, at["quantity"].heading, answers, key="decimal_quantity", decimal=decimal
    )
    rows.apply(at["quantity"], count, money.LACKING)
    asked += price.questions + count.questions
    taken = "one"
    if not _OF_ONE.search(at["price"].heading):
        taken = answers.get("price", "one")
        asked.append(
            Question(
                "price",
                Said(
                    _("Column {column!r}: is it the price of one piece, or that of the whole row?"),
                    column=at["price"].heading,
                ),
                {
                    "one": Said(_("of one: multiply it by the quantity")),
                    "row": Said(_("of the row: take it as the amount")),
                },
                taken,
            )
        )
    if taken == "row":
        return money.Money(price.amount, price.currency)
    # 3 times 0.1 is 0.30000000000000004: money has no more than four decimals.
    amount = np.round(at["quantity"].take(count.values, np.nan) * price.amount, 6)
    return money.Money(amount, price.currency)


def _currency(
    paid: money.Money, at: Mapping[str, Column], rows: Rows, answers: Mapping[str, str], asked: list[Question]
) -> str:
    paid.questions = []
    used = money.in_one_currency(paid, at.get("currency"), rows, answers)
    asked += paid.questions
    return used


def _days(
    at: Mapping[str, Column],
    rows: Rows,
    answers: Mapping[str, str],
    asked: list[Question],
    starts_1904: bool | None,
    kind: str,
    titled: money.Titled,
) -> np.ndarray:
    column = at.get("date") if kind != "months" or "month" not in at else None
    column = column or at.get("month") or at.get("date")
    if column is None:
        return np.full(len(rows.used), np.nan)
    if kind == "months" and "month" in at and column is at["month"]:
        bare = _bare_months(column)
        if bare is not None:
            return _with_year(column, bare, at.get("year"), rows, answers, asked, titled.year)
    found = dates.read(
        column.cells, column.heading, answers, starts_1904=starts_1904, year=titled.year, first=titled.first
    )
    rows.apply(column, found, NO_DAY)
    asked += found.questions
    day = column.take(found.values, np.nan)
    if kind == "months":
        good = np.isfinite(day)
        before = day[good].copy()
        day[good] = (
            day[good]
            .astype("int64")
            .astype("datetime64[D]")
            .astype("datetime64[M]")
            .astype("datetime64[D]")
            .astype("int64")
        )
        if (day[good] != before).any():
            says = Said(_("The days stand for whole months."))
            rows.problems.append(Problem(says, Said(_("Taken as the first of the month.")), column.heading))
    return day


def _bare_months(column: Column) -> np.ndarray | None:
    """Numbers of months where the cells are 3, 3月 or March, without a year; None for any others."""
    found = np.zeros(len(column.cells), dtype="int64")
    for place, cell in enumerate(column.cells):
        plain = text(cell).lower().removesuffix("份").removesuffix("月").strip(" .")
        number = (
            int(plain)
            if plain.isdigit() and len(plain) < 3
            else dayforms.MONTHS.get(plain, 0)
            or (int(dayforms.han(plain)) if plain and set(plain) <= set("一二三四五六七八九十") else 0)
        )
        found[place] = number if 1 <= number <= 12 else 0
    return found if len(found) and (found > 0).mean() > 0.5 else None


def _with_year(
    column: Column,
    months: np.ndarray,
    years: Column | None,
    rows: Rows,
    answers: Mapping[str, str],
    asked: list[Question],
    titled_year: str,
) -> np.ndarray:
    number = column.take(months, 0)
    rows.leave((number == 0) & (column.at >= 0), Said(_("This is not a month.")), column)
    rows.leave(column.at < 0, Said(_("The month is missing.")), column)
    if years is not None:
        values = np.array(
            [
                int(text(one).removesuffix("年").strip() or 0) if text(one).removesuffix("年").strip().isdigit() else 0
                for one in years.cells
            ],
            dtype="int64",
        )
        year = years.take(values, 0)
        rows.leave((year < 1970) | (year > 2100), Said(_("This is not a year.")), years)
    else:
        year = np.full(len(number), year_asked(column.heading, answers, asked, titled_year))
    good = (number > 0) & (year >= 1970) & (year <= 2100)
    day = np.full(len(number), np.nan)
    months_since = (year[good] - 1970) * 12 + number[good] - 1
    day[good] = months_since.astype("datetime64[M]").astype("datetime64[D]").astype("int64")
    return day


def year_asked(column: str, answers: Mapping[str, str], asked: list[Question], year: str = "") -> int:
    """The year of months that name none: that of a title (``year``), else last year is taken meanwhile."""
    this = int(np.datetime64("today", "Y").astype("int64")) + 1970
    return dates.ask_year(column, this, year or str(this - 1), answers, asked)


def _order_and_goods(
    kind: str, at: Mapping[str, Column], rows: Rows, answers: Mapping[str, str], asked: list[Question], decimal: str
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    size = len(rows.used)
    order, item, quantity = np.full(size, None, dtype=object), np.full(size, None, dtype=object), np.full(size, np.nan)
    if kind == "months":
        return order, item, quantity
    if "order" in at:
        found = identifiers.read(at["order"].cells, at["order"].heading, out=False)
        rows.apply(
            at["order"],
            found,
            Fault(EMPTY.says, OUT, True),
            needed=False,
            done=Said(_("Used without an order number.")),
        )
        order = at["order"].take(found.values, None)
    if kind == "lines":
        for role in ("item_number", "item"):  # the name where there is one
            if role in at:
                found = identifiers.read(at[role].cells, at[role].heading, name=role == "item", out=False)
                names, said = identifiers.joined(found.values, at[role].counts(), at[role].heading, role == "item")
                rows.problems += said
                values = at[role].take(names, None)
                there = np.array([one is not None for one in names], dtype=bool)
                item = np.where(at[role].take(there, False), values, item)
                if role == "item" or "item" not in at:
                    rows.apply(at[role], found, None, needed=False)
        lacking = np.array([one is None for one in item], dtype=bool)
        rows.say(lacking, Said(_("No article is named.")), Said(_("Used without one.")))
        if "quantity" in at:
            count, _codes = amounts.read(
                at["quantity"].cells, at["quantity"].heading, answers, key="decimal_quantity", decimal=decimal
            )
            rows.apply(at["quantity"], count, None, needed=False)
            asked += count.questions
            quantity = at["quantity"].take(count.values, np.nan)
    return order, item, quantity


def _again(
    kind: str, taken: Collected, at: Mapping[str, Column], rows: Rows, answers: Mapping[str, str], asked: list[Question]
) -> None:
    """Rows that stand there twice, and order numbers that do."""
    again = taken.again & rows.used
    order = at.get("order")
    if again.any():
        numbered = kind == "orders" and order is not None
        default = states.LEAVE if numbered else states.KEEP
        said = answers.get("duplicates", default)
        asked.append(
            Question(
                "duplicates",
                Said(
                    _(
                        "Rows that are the same as an earlier one in every cell: {n}. Are they the same sale, written twice?"
                    ),
                    n=int(again.sum()),
                ),
                {states.LEAVE: Said(_("yes: use one of them")), states.KEEP: Said(_("no: use all"))},
                said,
            )
        )
        if said == states.LEAVE:
            rows.leave(again, Said(_("Every cell is the same as in an earlier row.")))
        else:
            rows.say(again, Said(_("Every cell is the same as in an earlier row.")), Said(_("Used all the same.")))
    if kind == "orders" and order is not None:
        code = np.where(rows.used, order.at, -1)
        repeated = (code >= 0) & pd.Series(code).duplicated().to_numpy()
        rows.say(
            repeated,
            Said(_("The order number stands in an earlier row already.")),
            Said(_("Used as a further part of that order.")),
            order,
        )
