"""How unequally customers bring money: ABC classes, the 80/20 rule, the Lorenz curve and the Gini
coefficient.

The amounts are a Series or list; or a column, named by ``amount``, of a table of pandas, Polars, DuckDB or PySpark.
:mod:`crmlab.engines` says what is different there.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from crmlab import checks, engines, purchases, rounding
from crmlab.language import _

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

TREATMENT = pd.DataFrame(
    [
        ("A", "individual", "key_account", 7, 4, _("A person of their own; offers made to measure; called first.")),
        ("B", "mixed", "sales", 30, 24, _("Standard offers, choices on request; a call a month.")),
        ("C", "standard", "service_desk", 90, 48, _("Good standard service, mail and web; watch who grows.")),
    ],
    columns=["class", "service", "who", "contact_days", "answer_hours", "action"],
).set_index("class")
"""Treatment by class: standard service for the many, individual service for the few. ``contact_days``: days between
two contacts of ours; ``answer_hours``: the longest a question waits. The numbers are a convention to start from: copy the
table and change it. ``service`` and ``who`` are keys of :data:`SERVICES` and :data:`WHO`."""

SERVICES = {"individual": _("Individual"), "mixed": _("Mixed"), "standard": _("Standard")}
"""Kinds of service."""

WHO = {"key_account": _("Key account manager"), "sales": _("Sales"), "service_desk": _("Service desk")}
"""Who looks after a class."""


def abc(
    amounts: Any, cuts: Sequence[float] = (0.8, 0.95), amount: str | None = None, customer: str | None = None
) -> Any:
    """Classes by cumulative share of the amount, largest customer first.

    ``amounts`` is one amount a customer (Series indexed by customer; a list is numbered from 0), in any unit
    of money. Columns of the result, sorted falling: ``amount``, ``share``, ``cumulative_share`` (this
    customer included), ``class``.

    A customer is an A as long as those who bring *more* have not yet reached the first cut: so the one who
    crosses the line is still an A, equal amounts always get the same class, and the largest customer is never
    a C. ``cuts`` are shares, rising; they are a convention (80/15/5 is the usual one), not a finding. Two
    cuts give A, B, C; three give A to D.

    Amounts of 0 stay in, in the last class. Negative amounts (more returned than bought) have no share in a
    total and are left out, counted in ``result.attrs["left_out"]`` as ``negative_amounts``, their sum as
    ``negative_sum``; ``rows_without_customer`` (empty or blank) are counted there too, where customers have names.

    From a table ``amount`` names the column of the amounts and ``customer`` that of the customers (a pandas table may
    have them in its index). On Polars, DuckDB and PySpark the result is a table of that kind, lazy where it was lazy
    after one pass that checks it: the other columns, then the four above; without ``customer`` nobody looks for
    customers listed twice; :func:`left_out` counts negative amounts; among equal amounts the other columns rule the
    order. The running sum needs the whole table in one order, which PySpark does on one worker.

    Raises :class:`~crmlab.checks.InputError` for missing or infinite amounts, a customer listed twice, a
    total of 0, bad cuts.

    Source: ABC analysis after Pareto's law of income; training handout.

    >>> abc(pd.Series({"Li": 70., "Wu": 5., "Chen": 25.}))
          amount  share  cumulative_share class
    Li      70.0   0.70              0.70     A
    Chen    25.0   0.25              0.95     A
    Wu       5.0   0.05              1.00     C
    """
    limits = _cuts(cuts)
    if engines.kind(amounts):
        from crmlab.engines import value as other

        return other.abc(amounts, limits, LETTERS, amount, customer)
    column, nameless = _named(amounts, amount, customer)
    if not column.index.is_unique:
        twice = column.index[column.index.duplicated()][0]
        checks.fail(
            _(
                "Customer {customer!r} is listed more than once. Add up first: "
                "orders.groupby('customer_id')['amount'].sum()."
            ),
            customer=twice,
        )
    money, left_out = _money(column)
    left_out |= nameless
    keep = money >= 0
    whole = rounding.without_noise(money[keep])
    order = np.argsort(-whole, kind="stable")
    falling, whole = money[keep][order], whole[order]
    total = falling.sum()
    share = falling / total
    # The sum of what lies strictly above: the same for all customers of one amount.
    new = np.concatenate(([True], whole[1:] != whole[:-1]))
    group = np.cumsum(new) - 1
    before = np.concatenate(([0.0], np.cumsum(falling)[:-1]))[new][group] / total
    # Rounding must not make a sum of exactly 80% a little less than 80%.
    number = np.searchsorted(np.asarray(limits) - 1e-12, before, side="right")
    result = pd.DataFrame(
        {
            "amount": falling,
            "share": share,
            "cumulative_share": np.minimum(np.cumsum(falling) / total, 1.0),
            "class": np.array(list(LETTERS), dtype=object)[number],
        },
        index=column.index[keep][order],
    )
    result.attrs |= {"left_out": left_out, "cuts": limits}
    return result


def by_class(table: pd.DataFrame) -> pd.DataFrame:
    """One row a class of an :func:`abc` table: ``customers``, ``customer_share``, ``amount``,
    ``amount_share``.

    >>> by_class(abc([80, 10, 6, 4]))["customers"].tolist()
    [1, 2, 1]
    """
    checks.frame(table, "table")
    for name in ("amount", "class"):
        checks.need(table, {"": name})
    amount = pd.Series(checks.numbers(table["amount"], "amount"))
    grouped = amount.groupby(checks.by_column(table, "class").to_numpy())
    result = pd.DataFrame({"customers": grouped.size(), "amount": grouped.sum()}).rename_axis("class")
    result.insert(1, "customer_share", result["customers"] / result["customers"].sum())
    result["amount_share"] = result["amount"] / result["amount"].sum()
    return result


def treatment(table: pd.DataFrame, plan: pd.DataFrame = TREATMENT) -> pd.DataFrame:
    """What each customer of an :func:`abc` table (or any table with a column ``class``) is due.

    ``plan`` is a table like :data:`TREATMENT`, indexed by class; its columns are added. ``result.attrs["plan"]`` has,
    by class, ``customers`` and, where the plan has ``contact_days``, ``contacts_a_year`` for all of them: what
    the plan asks of the staff.

    Raises :class:`~crmlab.checks.InputError` for a class that the plan does not have (four classes need four
    rows), a class twice in the plan, and customers without one.

    >>> treatment(abc(pd.Series({"Li": 70., "Wu": 5., "Chen": 25.})))[["class", "service", "contact_days"]]
         class     service  contact_days
    Li       A  individual             7
    Chen     A  individual             7
    Wu       C    standard            90
    """
    checks.frame(table, "table")
    checks.frame(plan, "plan")
    checks.need(table, {"": "class"})
    letters = checks.by_column(table, "class")
    for name in plan.columns:
        checks.need(plan, {"": name})
    if not plan.index.is_unique:
        twice = plan.index[plan.index.duplicated()][0]
        checks.fail(_("Class {letter!r} stands in the plan more than once."), letter=twice)
    missing = [letter for letter in letters.unique() if letter not in plan.index]
    if missing:
        checks.fail(
            _("The plan has no row for class {letter!r}; it has {there}."),
            letter=missing[0],
            there=", ".join(map(str, plan.index)),
        )
    both = [name for name in plan.columns if name in table.columns]
    result = table.drop(columns=[name for name in both if name != "class"])
    for name in plan.columns:
        if name != "class":
            result[name] = letters.map(plan[name])
    customers = letters.value_counts().reindex(plan.index, fill_value=0)
    work = pd.DataFrame({"customers": customers})
    if "contact_days" in plan:
        days = checks.numbers(plan["contact_days"], "contact_days")
        if (days <= 0).any():
            checks.fail(_("contact_days must be above 0."))
        work["contacts_a_year"] = work["customers"] * 365 / days
    result.attrs = {**table.attrs, "plan": work.to_dict("index")}
    return result


def left_out(amounts: Any, amount: str | None = None, customer: str | None = None) -> dict[str, float]:
    """What the functions of this module leave out: number and sum of negative amounts.

    >>> left_out([30, -10, 5])
    {'negative_amounts': 1, 'negative_sum': -10.0}
    """
    if engines.kind(amounts):
        from crmlab.engines import value as other

        return other.left_out(amounts, amount, customer)
    column, nameless = _named(amounts, amount, customer)
    return _money(column)[1] | nameless


def lorenz(amounts: Any, amount: str | None = None) -> Any:
    """The Lorenz curve: ``customer_share`` and ``amount_share``, smallest customers first, from (0, 0) to (1,
    1).

    Negative amounts are left out and counted as in :func:`abc`, and a table of any engine is taken as there; from Polars,
    DuckDB and PySpark comes a table of that kind. Errors as in :func:`abc`.

    >>> lorenz([30, 10])
       customer_share  amount_share
    0             0.0          0.00
    1             0.5          0.25
    2             1.0          1.00
    """
    if engines.kind(amounts):
        from crmlab.engines import value as other

        return other.lorenz(amounts, amount)
    money, left_out = _money(_column(amounts, amount))
    rising = np.sort(money[money >= 0])
    up = np.concatenate(([0.0], np.cumsum(rising)))
    result = pd.DataFrame({"customer_share": np.linspace(0, 1, len(up)), "amount_share": up / up[-1]})
    result.attrs["left_out"] = left_out
    return result


def pareto_share(amounts: Any, top: float = 0.2, amount: str | None = None) -> float:
    """The share of the total that the largest customers bring; ``top`` = .2 for the largest fifth.

    Where ``top`` falls within a customer (20% of 4,338 are 867.6), that customer counts in part. Equal
    customers so give exactly ``top``, whatever their number. Negative amounts are left out as in :func:`abc`, and
    a table of any engine is taken as there.

    >>> pareto_share([70, 10, 10, 5, 5], top=.2)
    0.7
    """
    top = checks.share(top, "top")
    if engines.kind(amounts):
        from crmlab.engines import value as other

        return other.pareto_share(amounts, top, amount)
    curve = lorenz(_column(amounts, amount))
    return float(1 - np.interp(1 - top, curve["customer_share"], curve["amount_share"]))


def gini(amounts: Any, amount: str | None = None) -> float:
    """The Gini coefficient: 0 = all customers bring the same, near 1 = one brings everything.

    Twice the area between the Lorenz curve and the line of equality, without small-sample correction (so one
    of ``n`` customers with everything gives 1 - 1/n). Negative amounts are left out as in :func:`abc`, and a table
    of any engine is taken as there.

    >>> gini([10, 10, 10]), gini([0, 0, 0, 40])
    (0.0, 0.75)
    """
    if engines.kind(amounts):
        from crmlab.engines import value as other

        return other.gini(amounts, amount)
    curve = lorenz(_column(amounts, amount))
    up = curve["amount_share"].to_numpy()
    area = float((up[1:] + up[:-1]).sum()) / (2 * (len(up) - 1))
    return max(0.0, 1 - 2 * area)


def _column(amounts: Any, amount: str | None) -> pd.Series:
    """The amounts as a Series, from one, from a list, or from the named column of a pandas table."""
    if amount is not None and not isinstance(amounts, pd.DataFrame):
        checks.fail(
            _("amount={amount!r} names a column of a table, and amounts is none: leave it away."), amount=amount
        )
    if amount is None:
        return checks.series(amounts, "amounts")
    checks.frame(amounts, "amounts")
    checks.need(amounts, {"amount": amount})
    return amounts[amount]


def _named(amounts: Any, amount: str | None, customer: str | None) -> tuple[pd.Series, dict[str, int]]:
    """The amounts by customer, and how many rows name none."""
    column = _column(amounts, amount)
    names = column.index.to_series()
    if customer is not None:
        if not isinstance(amounts, pd.DataFrame):
            checks.fail(
                _("customer={customer!r} names a column of a table, and amounts is none: leave it away."),
                customer=customer,
            )
        checks.need(amounts, {"customer": customer})
        names = amounts[customer]
    elif isinstance(column.index, (pd.RangeIndex, pd.MultiIndex)):
        return column, {}
    who, customers = purchases.codes(names)
    if (who < 0).all():
        checks.fail(_("No row has a customer: column {column!r} is empty."), column=names.name)
    if customer is not None or (who < 0).any():
        column = pd.Series(
            column.array[who >= 0], pd.Index(customers[who[who >= 0]], name=names.name), name=column.name
        )
    return column, {"rows_without_customer": int((who < 0).sum())} if customer is not None or (who < 0).any() else {}


def _money(column: pd.Series) -> tuple[np.ndarray, dict[str, float]]:
    money = checks.numbers(column, str(column.name) if column.name is not None else "amounts")
    below = money < 0
    total = money[~below].sum()
    if not total > 0:
        checks.fail(_("No amount is above 0, so there is nothing to share out."))
    if np.isinf(total):
        checks.fail(_("The amounts are too large to be added up. Look for a slip, or divide all by one number."))
    return money, {"negative_amounts": int(below.sum()), "negative_sum": float(money[below].sum())}


def _cuts(cuts: Sequence[float]) -> list[float]:
    try:
        found = [checks.number(cut, "cuts") for cut in cuts]
    except (TypeError, ValueError):
        checks.fail(_("cuts must be a list of shares such as (0.8, 0.95); it is {value!r}."), value=cuts)
    rising = all(a < b for a, b in pairwise(found))
    if not found or not rising or not all(0 < cut < 1 for cut in found) or len(found) >= len(LETTERS):
        checks.fail(_("cuts must be rising shares between 0 and 1, such as (0.8, 0.95); got {value!r}."), value=cuts)
    return found
