"""The orders of an export, a row an order: the one place where order lines become orders and where it is said what could not be used."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd

from crmlab import checks, purchases
from crmlab.counting import bincount
from crmlab.language import _
from crmlab.own import privacy
from crmlab.own.export import Export
from crmlab.own.said import Said

YEAR = 365
HOLE = 45
"""Days without any order of the whole firm: longer than New Year or summer closes a firm that sells all year."""
_SIGNS = {"CNY": "¥", "RMB": "¥", "USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "HKD": "HK$", "TWD": "NT$"}
_BEFORE = ("£", "$", "€", "¥", "￥", "US$", "HK$", "NT$")


@dataclass(frozen=True, eq=False)
class Book:
    """Orders with a customer, a day and an amount, sorted by customer, day and amount: whatever the order of the rows, the same book.

    ``customers``: all names, sorted, also of contacts without an order; ``who`` is the place in it. ``day`` counts from 1970-01-01.
    ``amount`` is net: below zero for returns. ``first`` is the first day of the file and ``stand`` the day after the last one: the day to
    stand on. ``monthly``: a row is a month, not an order. ``left_out``: rows that lack something, by what they lack.
    """

    customers: pd.Index
    who: np.ndarray
    day: np.ndarray
    amount: np.ndarray
    first: int
    stand: int
    monthly: bool = False
    currency: str = ""
    left_out: dict[str, int] = field(default_factory=dict)
    kept: dict[Any, Any] = field(default_factory=dict, repr=False)
    """What several results need and is dear to compute, by what it is; it lives as long as the book."""

    @property
    def span(self) -> int:
        """Days from the first one to the last one, both counted."""
        return self.stand - self.first

    def until(self, day: int) -> Book:
        """The book as it stood on the morning of that day: what came later is not in it."""
        if ("until", day) not in self.kept:
            kept = self.day < day
            who, when, amount = self.who[kept], self.day[kept], self.amount[kept]
            self.kept["until", day] = replace(self, who=who, day=when, amount=amount, stand=day, kept={})
        found = self.kept["until", day]
        assert isinstance(found, Book)
        return found

    @cached_property
    def frame(self) -> pd.DataFrame:
        """The orders as the field modules take them: ``customer_id`` (the place in ``customers``), ``date``, ``amount``."""
        return pd.DataFrame(
            {"customer_id": self.who, "date": checks.timestamps(self.day), "amount": self.amount},
        )

    @property
    def as_of(self) -> pd.Timestamp:
        """The day to stand on, as the field modules take it."""
        return checks.timestamps([self.stand])[0]

    @cached_property
    def bought(self) -> purchases.PurchaseDays:
        """Days with a purchase by customer; ``bought.customers`` are places in ``customers``."""
        return purchases.by_day(self.frame, self.as_of)

    @cached_property
    def summary(self) -> pd.DataFrame:
        """By customer with a purchase (place in ``customers``): ``first``, ``last`` (days), ``orders`` (days with a purchase), ``silent`` (days from
        the last one to ``stand``), ``gap`` (mean days between two, missing after one), ``revenue`` (in all, net) and ``yearly`` (of the
        last 12 months, net)."""
        found = self.bought
        begin = found.first
        times = np.diff(np.append(begin, len(found.who)))
        first, last = found.day[begin], found.day[begin + times - 1]
        with np.errstate(invalid="ignore", divide="ignore"):
            gap = np.where(times > 1, (last - first) / (times - 1), np.nan)
        places = found.customers.to_numpy()
        made = {
            "first": first,
            "last": last,
            "orders": times,
            "silent": self.stand - last,
            "gap": gap,
            "revenue": self.revenue(self.first, self.stand)[places],
            "yearly": self.revenue(self.stand - YEAR, self.stand)[places],
        }
        return pd.DataFrame(made, index=pd.Index(places, name="who"))

    @cached_property
    def gaps(self) -> tuple[np.ndarray, np.ndarray]:
        """Each pause between two days of purchase of one customer, in days, rising; and its weight: each customer counts once."""
        found = self.bought
        same = found.who[1:] == found.who[:-1]
        pause, whose = np.diff(found.day)[same], found.who[1:][same]
        weight = 1.0 / bincount(whose, minlength=len(found.customers))[whose]
        order = np.lexsort((weight, pause))
        return pause[order], weight[order]

    def usual_gap(self, share: float = 0.5) -> float:
        """So many days or fewer passed in this share of the pauses, each customer counted once; NaN where nobody came twice."""
        pause, weight = self.gaps
        if not len(pause):
            return float("nan")
        reached = np.cumsum(weight)
        return float(pause[int(np.searchsorted(reached, share * reached[-1] - 1e-9))])

    @property
    def hole(self) -> tuple[int, int] | None:
        """First and last day of the longest time without any order, where that looks like a gap in the export: longer than :data:`HOLE`, and ten times
        as long as nearly all other pauses of the whole firm."""
        days = np.unique(self.day)
        pause = np.diff(days)
        if len(pause) < 20 or pause.max() <= HOLE or pause.max() < 10 * np.quantile(pause, 0.95):
            return None
        at = int(pause.argmax())
        return int(days[at]) + 1, int(days[at + 1]) - 1

    def revenue(self, begin: int, end: int) -> np.ndarray:
        """What each customer brought from the day ``begin`` to the day before ``end``, returns taken off; by place in ``customers``."""
        inside = (self.day >= begin) & (self.day < end)
        who, amount = self.who[inside], self.amount[inside]
        return _sums(who, amount, len(self.customers))

    def came(self, begin: int, end: int) -> np.ndarray:
        """Whether each customer bought (an order above zero) from the day ``begin`` to the day before ``end``."""
        inside = (self.day >= begin) & (self.day < end) & (self.amount > 0)
        return bincount(self.who[inside], minlength=len(self.customers)) > 0

    def money(self, value: float) -> str:
        """An amount to be read, in the currency of the file.

        >>> Book(pd.Index([]), *[np.array([])] * 3, 0, 1, currency="EUR").money(-1234.4)
        '-€1,234'
        """
        return money(value, self.currency)

    def names(self, places: Sequence[int] | np.ndarray | pd.Index) -> pd.Index:
        """The customers at these places."""
        return pd.Index(self.customers.take(np.asarray(places, dtype=np.intp)), name="customer")

    def standing(self) -> list[Said]:
        """Where one stands, and what of the file could not be used: the sentences with which each result begins."""
        told = [
            Said(
                _("All is seen from {stand}, the day after the last one in the file ({first} to {last})."),
                stand=text(self.stand),
                first=text(self.first),
                last=text(self.stand - 1),
            )
        ]
        if self.first in checks.UNKNOWN:
            told.append(
                Said(
                    _("The first day is {day}, which many programs write for an unknown one: look at these rows."),
                    day=text(self.first),
                )
            )
        if self.stand > int(np.datetime64("today", "D").astype("int64")) + YEAR:
            told.append(
                Said(
                    _(
                        "The last day, {day}, lies more than a year ahead, and all is counted back from there: look at these rows."
                    ),
                    day=text(self.stand - 1),
                )
            )
        hole = self.hole
        if hole is not None:
            told.append(
                Said(
                    _(
                        "From {begin} to {end} the file has no order at all. If that is a gap in the export, pauses and chances are wrong: look whether it is whole."
                    ),
                    begin=text(hole[0]),
                    end=text(hole[1]),
                )
            )
        told += [Said(LACKS[key], n=count) for key, count in self.left_out.items() if count]
        return told


LACKS = {
    "customer": _("{n} rows name no customer and are not counted here."),
    "date": _("{n} rows have no day and are not counted here."),
    "amount": _("{n} rows have no amount and are not counted here: unknown is not nought."),
}
"""What a row can lack."""


def text(day: int) -> str:
    """A day as all languages read it.

    >>> text(1)
    '1970-01-02'
    """
    return str(np.datetime64(int(day), "D"))


_books: WeakKeyDictionary[Export, Book] = WeakKeyDictionary()


def of(export: Export) -> Book:
    """The orders of an export of orders, order lines or totals a month; the same export gives the same book, read once.

    Lines with the same customer and order number are one order, dated by its last line and worth the sum of its lines; lines without a
    number are one order a customer and day. In an export of orders a row without a number is an order.

    Raises :class:`~crmlab.checks.InputError` for another kind of file, and where no row has all of customer, day and amount, or none is above zero.

    >>> from pathlib import Path
    >>> from crmlab.own.export import Plan
    >>> lines = pd.DataFrame({"customer": "Li", "order": ["a", "a", None], "item": ["tea", "cup", "tea"],
    ...     "date": pd.to_datetime(["2024-05-01", "2024-05-02", "2024-05-09"]), "amount": [5.0, 2.0, 9.0]})
    >>> book = of(Export(Path("a.csv"), "lines", lines, pd.DataFrame(), pd.DataFrame(), Plan(), rows=3))
    >>> book.amount.tolist(), text(book.stand), book.span
    ([7.0, 9.0], '2024-05-10', 8)
    """
    if export not in _books:
        _books[export] = _read(export)
    return _books[export]


def _read(export: Export) -> Book:
    if export.kind not in ("orders", "lines", "months"):
        checks.fail(
            _("This needs an export of orders, and {file} is one of another kind ({kind})."),
            file=export.file.name,
            kind=export.kind,
        )
    table = export.table
    if not len(table):
        checks.fail(_("{file} has no row that can be used."), file=export.file.name)
    who, names = purchases.codes(table["customer"], tell=False)
    who, names = _with_contacts(who, names, export.contacts)
    who = who.astype("int32")  # of a million lines nothing should be here that is larger than it must be
    when = pd.to_datetime(table["date"]).to_numpy().astype("datetime64[D]")
    money = table["amount"].to_numpy(dtype="float64", na_value=np.nan)
    lacks = {"customer": who < 0, "date": np.isnat(when), "amount": ~np.isfinite(money)}
    left_out, usable = {}, np.ones(len(table), dtype=bool)
    for key, gone in lacks.items():
        left_out[key] = int((usable & gone).sum())
        usable &= ~gone
    if not usable.any():
        checks.fail(_("No row of {file} has a customer, a day and an amount."), file=export.file.name)
    del lacks
    who, day, money = who[usable], when[usable].astype("int32"), money[usable]
    del when
    # Sums of floats hang on their order: sorted first, the same rows in another order give the same last digit.
    order = np.lexsort((money, day, who))
    who, day, money = who[order], day[order], money[order]
    if export.kind != "months" and "order" in table:
        number = pd.factorize(table["order"].to_numpy(dtype=object))[0].astype("int32")[usable][order]
        del order
        who, day, money = _orders(who, day, money, number, export.kind == "lines")
    who, day = who.astype("int64"), day.astype("int64")
    if not (money > 0).any():
        checks.fail(_("No order of {file} is above 0, so nobody is known to have bought."), file=export.file.name)
    stand = int(day.max()) + 1
    if export.kind == "months":  # the last month is taken for whole
        stand = int((np.datetime64(stand - 1, "D").astype("datetime64[M]") + 1).astype("datetime64[D]").astype("int64"))
    return Book(names, who, day, money, int(day.min()), stand, export.kind == "months", export.currency, left_out)


def money(value: float, currency: str = "") -> str:
    """An amount to be read, rounded to whole ones, in a currency as a file names it.

    >>> money(-1234.4, "EUR"), money(1e6, "CHF"), money(-0.2)
    ('-€1,234', '1,000,000 CHF', '0')
    """
    amount = f"{abs(value):,.0f}"
    sign = "-" if value < 0 and amount.strip("0,") else ""
    called = _SIGNS.get(currency, currency)
    return f"{sign}{called}{amount}" if called in _BEFORE else f"{sign}{amount} {called}".rstrip()


def _with_contacts(who: np.ndarray, names: pd.Index, contacts: pd.DataFrame) -> tuple[np.ndarray, pd.Index]:
    """Customers and contacts, each once, sorted; ``who`` follows."""
    others = contacts.index[~contacts.index.isin(names) & ~contacts.index.isna()]
    if not len(others):
        return who, names
    everybody = pd.Index([*names, *others.unique()], dtype=object)
    everybody = everybody[np.argsort(everybody.astype(str), kind="stable")]
    place = np.append(everybody.get_indexer(names), -1).astype("int64")  # code -1 takes the last place
    return place[who], everybody


def _orders(
    who: np.ndarray, day: np.ndarray, money: np.ndarray, number: np.ndarray, lines: bool
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rows of one order made one: customer, last day, sum. ``number``: a code for each order number, -1 for none."""
    blank = number < 0
    several = bincount(number[~blank])
    if (not blank.any() and several.max() == 1) or (blank.all() and not lines):
        return who, day, money
    code = number.astype("int64")
    if blank.any():
        # What has no number: in order lines all of a customer and day, else each row by itself.
        alone = (day.astype("int64") - int(day.min())) if lines else np.arange(len(code))
        code = np.where(blank, len(several) + alone, code)
    del blank, several, number
    step = int(code.max()) + 1
    code += who.astype("int64") * step
    at, pairs = pd.factorize(code)
    del code
    net = _sums(at, money, len(pairs))
    last = np.full(len(pairs), np.iinfo("int32").min, dtype="int32")
    np.maximum.at(last, at, day)
    owner = (pairs // step).astype("int32")
    del at, pairs
    order = np.lexsort((net, last, owner))
    return owner[order], last[order], net[order]


def _sums(code: np.ndarray, money: np.ndarray, n: int) -> np.ndarray:
    """Sums by code. 0.1 + 0.2 - 0.3 is not quite 0: what is far below the sum's own precision is no money."""
    net = bincount(code, weights=money, minlength=n).astype("float64")
    net[np.abs(net) <= 1e-9 * bincount(code, weights=np.abs(money), minlength=n)] = 0.0
    return net


@contextmanager
def quiet() -> Iterator[None]:
    """Nothing on the standard error meanwhile: what the reader of a result should know stands in its sentences."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def personal(export: Export, table: pd.DataFrame) -> tuple[str, ...]:
    """The columns of a table that say who somebody is: always name, telephone, mail and contact person; the customer where it is no number
    (:func:`crmlab.own.privacy.tells_who`)."""
    named = privacy.tells_who(pd.unique(export.table["customer"].dropna()))
    return tuple(
        column
        for column in table.columns
        if column in ("name", "phone", "email", "contact") or (column == "customer" and named)
    )
