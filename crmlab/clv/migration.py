"""Customers who may come back after a silence, the "always a share" case: what :func:`crmlab.clv.simple` takes for lost.

Sources: Dwyer, F. R. (1989), Customer lifetime valuation to support marketing decision making, Journal of Direct
Marketing 3(4); Berger, P. D., Nasr, N. I. (1998), Customer lifetime value: marketing models and applications, Journal of
Interactive Marketing 12(1); Pfeifer, P. E., Carraway, R. L. (2000), Modeling customer relationships as Markov chains,
Journal of Interactive Marketing 14(2).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from crmlab import checks, purchases
from crmlab.clv import fitting
from crmlab.language import _


def return_rates(
    orders: pd.DataFrame, cuts: Any, customer: str = "customer_id", date: str = "date", amount: str = "amount"
) -> pd.DataFrame:
    """How many buy again after how many silent periods: ``customers``, ``bought`` and ``share`` by ``silent_periods``.

    The periods run from each day of ``cuts`` to the day before the next; orders outside them and those of zero or less
    do not count. Row 0 holds those who bought in the period before (their share is the retention), row 1 those who
    missed one, and so on. A customer counts once in each period after the first purchase within ``cuts``.

    >>> orders = pd.DataFrame({"customer_id": [1, 1, 2, 2, 3], "amount": 1.,
    ...                        "date": ["2024-01-05", "2024-02-05", "2024-01-07", "2024-03-01", "2024-01-09"]})
    >>> return_rates(orders, ["2024-01-01", "2024-02-01", "2024-03-01", "2024-04-01"])["share"].tolist()
    [0.25, 0.5]
    """
    checks.frame(orders, "orders")
    checks.need(orders, {"customer": customer, "date": date, "amount": amount})
    edges = checks.days(checks.series(cuts if isinstance(cuts, pd.Series) else _list(cuts), "cuts"), "cuts")
    if len(edges) < 3 or not (edges[1:] > edges[:-1]).all():
        checks.fail(_("cuts needs at least three days, each later than the one before."))
    bought = _bought(orders, edges, customer, date, amount)
    customers, again = np.zeros(len(edges), int), np.zeros(len(edges), int)
    silent = np.full(len(bought), -1)  # not yet a customer
    for column in bought.T:
        known = silent >= 0
        customers += np.bincount(silent[known], minlength=len(edges))
        again += np.bincount(silent[known & column], minlength=len(edges))
        silent = np.where(column, 0, np.where(known, silent + 1, -1))
    seen = customers > 0
    table = pd.DataFrame({"customers": customers[seen], "bought": again[seen]})
    return table.assign(share=table["bought"] / table["customers"]).rename_axis("silent_periods")


def _list(cuts: Any) -> Any:
    return list(cuts) if isinstance(cuts, Iterable) and not isinstance(cuts, str) else cuts


def _bought(orders: pd.DataFrame, edges: np.ndarray, customer: str, date: str, amount: str) -> np.ndarray:
    who, names = purchases.codes(orders[customer])
    money, day = checks.numbers(orders[amount], amount), checks.days(orders[date], date)
    period = edges.searchsorted(day, side="right") - 1
    keep = (who >= 0) & (money > 0) & (period >= 0) & (period < len(edges) - 1)
    found = np.zeros((len(names), len(edges) - 1), bool)
    found[who[keep], period[keep]] = True
    return found


def _by_silence(rates: Any) -> np.ndarray:
    """The shares after 0, 1, 2 ... silent periods; of a Series whose labels are these numbers, by its labels."""
    share = np.atleast_1d(fitting.shares(rates, "rates"))
    if isinstance(rates, pd.Series) and pd.api.types.is_integer_dtype(rates.index.dtype):
        order = np.argsort(rates.index.to_numpy(), kind="stable")
        if (rates.index.to_numpy()[order] == np.arange(len(rates))).all():
            return share[order]
    return share


def expected_buyers(customers: float, rates: Any, periods: int) -> pd.Series:
    """How many of so many ``customers`` who have just bought will buy in each of the next ``periods``.

    ``rates`` are the shares that buy again after 0, 1, 2 ... silent periods; who is silent for longer is lost. With one
    rate that is the assumption of the simple formula: whoever misses a period never comes back.

    >>> expected_buyers(100, [0.6], 3).round(1).tolist()
    [60.0, 36.0, 21.6]
    >>> expected_buyers(100, [0.6, 0.4], 3).round(1).tolist()
    [60.0, 52.0, 40.8]
    """
    share = _by_silence(rates)
    state = np.zeros(len(share))
    state[0] = checks.number(customers, "customers", 0)
    found = []
    for _period in range(int(checks.number(periods, "periods", 1, 10_000, whole=True))):
        buy = float(state @ share)
        state = np.append(buy, (state * (1 - share))[:-1])
        found.append(buy)
    return pd.Series(found, pd.RangeIndex(1, len(found) + 1, name="period"), name="buyers")


def migration_value(margin: float, rates: Any, discount: float, cost: float = 0.0) -> pd.Series:
    """The value by silent periods: ``margin`` from each purchase, ``cost`` in each period for whoever is not yet lost.

    The first purchase and the first cost lie one period ahead. With one rate and no cost it is
    ``simple(margin, retention, discount)``.

    >>> migration_value(100, [0.8], 0.1).round(2).tolist()
    [266.67]
    >>> migration_value(100, [0.6, 0.4], 0.1).round(2).tolist()
    [210.26, 112.82]
    """
    share = _by_silence(rates)
    by = 1 + checks.rate(discount, "discount")
    moves = np.diag(1 - share[:-1], 1) if len(share) > 1 else np.zeros((1, 1))
    moves[:, 0] += share
    if by == 1 and (share == 1).any():
        checks.fail(_("Without discount and without loss the value has no end; give a discount."))
    gain = checks.number(margin, "margin") * share - checks.number(cost, "cost")
    value = np.linalg.solve(np.eye(len(share)) - moves / by, gain / by)
    return pd.Series(value, pd.RangeIndex(len(share), name="silent_periods"), name="value")
