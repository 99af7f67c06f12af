"""From orders to days on which a customer bought: what lifetime value, cohorts and win-back lists start from."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from crmlab import checks
from crmlab.counting import bincount
from crmlab.language import _

ZERO = ("leave_out", "count")


@dataclass(frozen=True)
class PurchaseDays:
    """One entry a customer and day with a purchase, sorted by customer, then day.

    ``customers`` are those with at least one purchase, sorted; ``who`` is the position in it; ``day`` counts from
    1970-01-01; ``money`` is the day's net amount (1.0 where there are no amounts); ``last_day`` is the last day looked
    at; ``left_out`` counts what is not in here.
    """

    customers: pd.Index
    who: np.ndarray
    day: np.ndarray
    money: np.ndarray
    last_day: int
    left_out: dict[str, int]

    @property
    def first(self) -> np.ndarray:
        """Where each customer's entries begin (one position a customer)."""
        return np.flatnonzero(np.concatenate(([True], self.who[1:] != self.who[:-1])))


def by_day(
    orders: pd.DataFrame,
    as_of: Any = None,
    customer: str = "customer_id",
    date: str = "date",
    amount: str | None = "amount",
    zero_orders: str = "leave_out",
) -> PurchaseDays:
    """The days on which each customer bought, up to and including the day ``as_of`` (default: the last in the data).

    ``orders`` has a row an order or a row an order line. All rows of a customer on one day are one purchase, worth
    their sum. A day with a net amount below zero (returns) is no purchase; a day of exactly zero is one only with
    ``zero_orders="count"``. ``amount=None``: there are no amounts, every row is a purchase.

    ``left_out`` counts ``rows_without_customer``, ``rows_after_as_of``, ``zero_days``, ``return_days`` and
    ``customers_without_purchase``.

    Raises :class:`~crmlab.checks.InputError` for missing columns, missing or infinite amounts, missing or ambiguous
    dates, mixed time zones, an empty table, and when no purchase is left.

    >>> orders = pd.DataFrame({"customer_id": [1, 1, 2], "date": ["2024-01-05"] * 3, "amount": [5., 2., -1.]})
    >>> found = by_day(orders)
    >>> found.money.tolist(), found.left_out["return_days"]
    ([7.0], 1)
    """
    checks.one_of(zero_orders, "zero_orders", ZERO)
    checks.frame(orders, "orders")
    names = {"customer": customer, "date": date} | ({} if amount is None else {"amount": amount})
    checks.need(orders, names)
    money = np.ones(len(orders)) if amount is None else checks.numbers(orders[amount], amount)
    day = checks.days(orders[date], date)
    who, customers = codes(orders[customer])
    end = int(day.max()) if as_of is None else last_day(as_of, "as_of")
    checks.odd_days(int(day.min()), end if as_of is None else None, date)
    late, nobody = day > end, who < 0
    keep = ~late & ~nobody
    left_out = {"rows_without_customer": int(nobody.sum()), "rows_after_as_of": int((late & ~nobody).sum())}
    who, day, money = who[keep], day[keep], money[keep]
    if len(who):
        low = int(day.min())
        span = int(day.max()) - low + 1
        key, at = np.unique(who * span + (day - low), return_inverse=True)
        size = bincount(at, weights=np.abs(money))
        money = bincount(at, weights=money)
        # 0.1 + 0.2 - 0.3 is not quite 0: what is far below the sum's own precision is no money.
        money[np.abs(money) <= 1e-9 * size] = 0.0
        who, day = key // span, key % span + low
    zero, back = money == 0, money < 0
    bought = ~back if zero_orders == "count" else ~back & ~zero
    left_out |= {"zero_days": int((zero & ~bought).sum()), "return_days": int(back.sum())}
    there = bincount(who[bought], minlength=len(customers)) > 0
    left_out["customers_without_purchase"] = int(len(customers) - there.sum())
    if not there.any():
        checks.fail(
            _("No purchase is left up to {as_of}: {left_out}."),
            as_of=np.datetime64(end, "D"),
            left_out=", ".join(f"{key} {count}" for key, count in left_out.items() if count),
        )
    number = np.cumsum(there) - 1
    names_left = pd.Index(customers[there], name=customer)
    return PurchaseDays(names_left, number[who[bought]], day[bought], money[bought], end, left_out)


def codes(column: pd.Series, tell: bool = True) -> tuple[np.ndarray, pd.Index]:
    """A code a row (-1: empty or blank) and the sorted values. Whole floats (17850.0) become ints again.

    What is missing, and what cannot name a customer, is said in :func:`crmlab.checks.keys`; of names that only look alike
    an :class:`~crmlab.checks.InputWarning` tells (:func:`crmlab.checks.alike`), unless ``tell=False``.

    >>> codes(pd.Series([8.0, None, 7.0]))
    (array([ 1, -1,  0]), Index([7, 8], dtype='int64'))
    """
    if not isinstance(column, pd.Series):
        column = checks.series(column, "column")
    found, values = factorized(column)
    if checks.flag(tell, "tell") and not (isinstance(values.dtype, np.dtype) and values.dtype.kind in "iufbM"):
        checks.alike(values, str(column.name))
    try:
        order = np.asarray(values.argsort())
    except TypeError:  # numbers and texts in one column
        order = np.argsort(values.astype(str), kind="stable")
    if (order[:-1] < order[1:]).all():
        return found, _whole(values)
    values = values[order]
    rank = np.empty(len(order) + 1, dtype="int64")
    rank[order] = np.arange(len(order))
    rank[-1] = -1  # code -1 takes the last place
    return rank[found], _whole(values)


def _whole(values: pd.Index) -> pd.Index:
    """Whole numbers as int64."""
    if pd.api.types.is_float_dtype(values.dtype) and len(values) and (values % 1 == 0).all():
        return values.astype("int64")
    return pd.Index(values.to_numpy(dtype="int64")) if pd.api.types.is_signed_integer_dtype(values.dtype) else values


def order_codes(number: pd.Series, column: str) -> tuple[np.ndarray, int]:
    """A code a row for the order it belongs to, and how many orders there are.

    Raises :class:`~crmlab.checks.InputError` for missing and blank order numbers: orders without one are not one order.

    >>> order_codes(pd.Series(["b", "a", "b"]), "invoice")
    (array([0, 1, 0]), 2)
    """
    if not isinstance(number, pd.Series):
        number = checks.series(number, column)
    if isinstance(number.dtype, np.dtype) and number.dtype.kind == "M" and not number.isna().any():
        days = number.to_numpy().astype("datetime64[D]")
        if (days == number.to_numpy()).all():
            number = pd.Series(days.view("int64"))  # days are few, and counted quickly
    found, values = factorized(number)
    gone = found < 0
    if gone.any():
        checks.fail(
            _(
                "Column {column!r}, row {row}: the order number is missing ({n} in all). "
                "Fill it in, leave such rows out, or say order=None if every row is an order of its own."
            ),
            column=column,
            row=number.index[int(gone.argmax())],
            n=int(gone.sum()),
        )
    return found, len(values)


def factorized(column: pd.Series) -> tuple[np.ndarray, pd.Index]:
    """A code a row (-1: empty or blank) and the values; whole numbers come sorted, others as they appear.

    >>> codes, values = factorized(pd.Series(["b", " ", "a"]))
    >>> codes.tolist(), values.tolist()
    ([0, -1, 1], ['b', 'a'])
    """
    name = str(column.name)
    if isinstance(column.dtype, np.dtype) and column.dtype.kind in "iu" and len(column):
        numbers = column.to_numpy()
        low, high = int(numbers.min()), int(numbers.max())
        if high - low < 2 * len(numbers) + 1000 and high < 2**63:  # counted instead of hashed, which is faster
            steps = numbers.astype("int64") - low
            there = bincount(steps) > 0
            return (np.cumsum(there) - 1)[steps], pd.Index(np.flatnonzero(there) + low)
    if isinstance(column.dtype, pd.CategoricalDtype):
        column = checks.keys(column, name)
    try:
        found, values = pd.factorize(column)
    except (TypeError, ArithmeticError):  # a list, or a Decimal that is no number
        found, values = pd.factorize(checks.keys(column, name))
    values = pd.Index(values, tupleize_cols=False)
    try:
        gone = checks.keys(pd.Series(values), name).isna().to_numpy()
    except checks.InputError:
        checks.keys(column, name)  # names the row
        raise
    if gone.any():
        left = np.append(np.where(gone, -1, np.cumsum(~gone) - 1), -1)  # code -1 takes the last place
        found, values = left[found], values[~gone]
    return np.asarray(found, dtype="int64"), values


def last_day(value: Any, name: str) -> int:
    """A day as a number since 1970-01-01, from a date, a Timestamp, a Period (its last day) or text with the year first.

    >>> last_day("1970-01-03", "as_of")
    2
    """
    if isinstance(value, pd.Period):
        value = value.end_time
    if isinstance(value, (str, dt.date, np.datetime64)):  # datetime and Timestamp are dates too
        try:
            return int(checks.days(pd.Series([value]), name)[0])
        except checks.InputError:
            pass
    return checks.fail(
        _("{name} must be a day with the year first, such as '2011-12-10'; it is {value!r}."), name=name, value=value
    )
