"""The amounts of all rows: which column or product they come from, in which unit and currency."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import pandas as pd

from crmlab.language import _
from crmlab.own.export import Problem, Question
from crmlab.own.listed import Listed
from crmlab.own.said import Said
from crmlab.own.understanding import amounts
from crmlab.own.understanding.cells import Column, Fault, Understood, text
from crmlab.own.understanding.roles import heading
from crmlab.own.understanding.rows import OUT, Rows

_TITLE_UNIT = re.compile(
    r"(?:单位|金额单位|货币单位|unit|amounts? in|in units of)\s*[:：]?\s*([^\s,，;；)）]{1,12})", re.IGNORECASE
)
_IN_FORMAT = re.compile(r'"([^"]{1,6})"|\[\$([^\]-]+)(?:-[^\]]*)?\]|([¥￥$€£₹])')
_TAIL = re.compile(r"(万元|千元|百万元|亿元|元|万|亿)$")
OUT_OF_SCALE = 1000
"""So many times the usual amount is out of scale where all are multiplied."""
OF_ORDER = 200_000
"""So many rows tell whether an amount is that of its order."""
LACKING = Fault(Said(_("The number is missing.")), OUT)


class Titled(NamedTuple):
    """What stands above the table, or in the names of file and sheet: a factor and currency of all amounts, the year ("" for none);
    what stands ``first`` in the days of the file's other columns; and the ``month`` that they name (0 for none)."""

    factor: int = 1
    code: str = ""
    year: str = ""
    first: str = ""
    month: int = 0


NOTHING_ABOVE = Titled()


@dataclass(eq=False)
class Money:
    """``amount`` and ``currency`` (its place in ``named``; "" where none is) of each row, read from ``column`` as ``found``."""

    amount: np.ndarray
    currency: np.ndarray
    named: list[str]
    questions: list[Question] = field(default_factory=list)
    column: Column | None = None
    found: Understood | None = None
    factor: int = 1

    def tell(self, rows: Rows, needed: bool = True) -> None:
        """Say what could not be read; rows without an amount are left out (``needed``)."""
        assert self.column is not None
        assert self.found is not None
        rows.apply(self.column, self.found, LACKING, needed)
        if self.factor != 1:
            says = Said(_("The amounts are given in units of {factor:,}."), factor=self.factor)
            rows.problems.append(
                Problem(says, Said(_("Multiplied, so that all amounts are in single units.")), self.column.heading)
            )
            some = np.abs(self.amount[rows.used & np.isfinite(self.amount) & (self.amount != 0)])
            if len(some) > 2 and self.factor >= OUT_OF_SCALE:
                rows.say(
                    rows.used & (np.abs(self.amount) > OUT_OF_SCALE * np.median(some)),
                    Said(_("Far larger than the others: it may be in single units already.")),
                    Said(_("Multiplied as all others; please check it.")),
                    self.column,
                )


def unit_of(written: str) -> tuple[int, str]:
    """Factor and currency that a heading names.

    >>> unit_of("金额(万元)"), unit_of("Amount (EUR)"), unit_of("销售额/元"), unit_of("Sales USD"), unit_of("Weight (kg)"), unit_of("销售额万元")
    ((10000, 'CNY'), (1, 'EUR'), (1, 'CNY'), (1, 'USD'), (1, ''), (10000, 'CNY'))
    """
    plain, written_unit = heading(written)
    if written_unit:
        for one in (written_unit, *re.split(r"[\s,;:]+", written_unit)):
            factor, code = amounts.unit(one)
            if factor and (factor != 1 or code):
                return factor, code
        return 1, ""
    tail = _TAIL.search(plain)
    if tail and len(plain) > len(tail[1]):
        return amounts.unit(tail[1])
    words = plain.split()
    if len(words) > 1 and len(words[-1]) == 3 and amounts.code(words[-1]):
        return 1, amounts.code(words[-1])
    return 1, ""


def titled(titles: Iterable[str], names: Iterable[str] = ()) -> Titled:
    """What the titles above a table say of all its cells; ``names``: those of file and sheet, which may name the year.

    >>> titled(["2025年销售汇总", "单位：万元"])
    Titled(factor=10000, code='CNY', year='2025', first='', month=0)
    """
    above = list(titles)
    years = {one for text_ in [*above, *names] for one in re.findall(r"(?<!\d)20\d\d(?!\d)", text_)}
    months = {
        int(one)
        for text_ in [*above, *names]
        for one in re.findall(r"(?<![\d-])(1[0-2]|0?[1-9])月(?!\s*\d)", text(text_))
    }
    month = months.pop() if len(months) == 1 else 0
    return Titled(*_unit_of_titles(above), years.pop() if len(years) == 1 else "", month=month)


def _unit_of_titles(titles: Iterable[str]) -> tuple[int, str]:
    for one in titles:
        found = _TITLE_UNIT.search(text(one))
        factor, code = amounts.unit(found[1]) if found else (0, "")
        if factor and (factor != 1 or code):
            return factor, code
    return 1, ""


def read(
    column: Column, answers: Mapping[str, str], titled: Titled = NOTHING_ABOVE, key: str = "decimal", decimal: str = ""
) -> Money:
    """The amounts of one column; ``titled``: factor and currency that a title above the table names; ``decimal``: as in :func:`crmlab.own.understanding.amounts.read`.
    Nothing is said of faults yet."""
    factor, code = unit_of(column.heading)
    if factor == 1 and titled[0] != 1:
        factor, code = titled[0], code or titled[1]
    code = code or code_of_format(column.shown) or titled[1]
    found, codes = amounts.read(column.cells, column.heading, answers, factor, key, decimal=decimal)
    places, named = _places(np.where(codes == "", code, codes) if code else codes, [code])
    return Money(
        column.take(found.values, np.nan), column.take(places, 0), named, list(found.questions), column, found, factor
    )


def _places(codes: np.ndarray, named: list[str]) -> tuple[np.ndarray, list[str]]:
    """Each code as its place in these names and, behind them, the new ones: a row then takes two bytes.

    >>> _places(np.array(["EUR", "", "EUR"], dtype=object), [""])
    (array([1, 0, 1], dtype=int16), ['', 'EUR'])
    """
    every = list(dict.fromkeys([*named, *codes.tolist()]))
    place = {one: at for at, one in enumerate(every)}
    return np.array([place[one] for one in codes.tolist()], dtype="int16" if len(every) < 2**15 else "int32"), every


def code_of_format(written: str) -> str:
    """The currency that a workbook's number format shows beside each number, "" for none.

    >>> code_of_format('"¥"#,##0.00'), code_of_format('#,##0.00 [$€-407]'), code_of_format("0.00%")
    ('CNY', 'EUR', '')
    """
    found = {amounts.code(one) for parts in _IN_FORMAT.findall(written) for one in parts if one} - {""}
    return found.pop() if len(found) == 1 else ""


def decimal_of(columns: Iterable[Column], most: int = 2000) -> str:
    """The decimal mark that some columns of a file tell, if they tell one and the same; looked for in so many different cells of each."""
    told = {amounts.read(one.cells[:most], one.heading)[0].decimal for one in columns} - {""}
    return told.pop() if len(told) == 1 else ""


def of_order(amount: np.ndarray, order: Column) -> str:
    """Whether an amount is that of a whole order: "repeated" in each of its rows, "first": in its first row alone, or "" for the amount of a row."""
    there = np.flatnonzero(order.at >= 0)[:OF_ORDER]
    table = pd.DataFrame({"order": order.at[there], "amount": amount[there]})
    several = table[table["order"].duplicated(keep=False)]
    if several["order"].nunique() < 2:
        return ""
    grouped = several.groupby("order")["amount"]
    size, filled, different = grouped.size(), grouped.count(), grouped.nunique()
    if ((filled == 1) & (size > 1)).mean() >= 0.9 and several.groupby("order")["amount"].nth(0).notna().mean() >= 0.9:
        return "first"
    return "repeated" if len(size) > 2 and ((filled == size) & (different == 1)).mean() >= 0.95 else ""


def in_one_currency(money: Money, column: Column | None, rows: Rows, answers: Mapping[str, str]) -> str:
    """The currency that is used: the only one, or the one that a person chose, meanwhile that of most rows. Rows of others are left out: never added."""
    currency, names = money.currency, money.named
    if column is not None and len(column.cells):
        codes = np.array(
            [amounts.code(plain) or plain.upper() for plain in (text(one).lstrip("'`") for one in column.cells)],
            dtype=object,
        )
        places, names = _places(codes, names)
        said = column.take(np.where(codes == "", -1, places).astype("int32"), -1)
        currency = np.where(said >= 0, said, currency)
    used = currency[rows.used]
    size = dict(zip(names, np.bincount(used, minlength=len(names)).tolist(), strict=True))
    known = [one for one in names if one and size[one]]
    if not known:
        return ""
    bare = size.get("", 0)
    if len(known) == 1:
        if bare:
            rows.problems.append(
                Problem(
                    Said(
                        _("Amounts without a currency: {n}. All others are in {currency}."), n=bare, currency=known[0]
                    ),
                    Said(_("All are taken as {currency}."), currency=known[0]),
                )
            )
        return known[0]
    # Those of as many rows stand as they come in the file.
    order = sorted(known, key=lambda one: (-size[one], int(np.argmax(used == names.index(one)))))
    taken = answers.get("currency", order[0])
    taken = taken if taken in order else order[0]
    listed = Listed([f"{one}: {size[one]}" for one in order])
    money.questions.append(
        Question(
            "currency",
            Said(
                _("The amounts are in several currencies (rows: {listed}). They are never added. Which is used?"),
                listed=listed,
            ),
            {one: Said("{code}", code=one) for one in order},
            taken,
        )
    )
    none = currency == names.index("") if "" in names else np.zeros(len(currency), bool)
    other = (currency != names.index(taken)) & ~none
    rows.leave(
        other,
        Said(_("Another currency than {currency}."), currency=taken),
        values=[names[one] for one in currency.tolist()] if other.any() else None,
    )
    rows.leave(none, Said(_("No currency is named, and the file has several.")))
    return taken
