"""The stages of a customer (potential, new, active, loyal, churned) and the phases of a relationship.

A *stage* says where a customer stands on one day; it comes from dates and counts alone: :func:`stages`. A
*phase* says which way the trade between the two is going: :func:`trade`, then :func:`phases`.

Source: training handout. The names are the field's; the numbers in the rules are conventions, to be set by
how often customers of the trade buy.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd

from crmlab import checks, engines, purchases
from crmlab.counting import bincount
from crmlab.language import _

STAGES = pd.DataFrame(
    [
        ("potential", _("Potential customers"), _("Find out what they need, and make the first order easy.")),
        ("new", _("New customers"), _("Call after the first delivery, and agree on the second order.")),
        ("active", _("Active customers"), _("Keep the rhythm: remind in time, suggest what goes with it.")),
        ("loyal", _("Loyal customers"), _("Give them the best service, and ask for a referral.")),
        ("churned", _("Churned customers"), _("Ask why they stopped; win back those who are worth it.")),
    ],
    columns=["stage", "name", "move"],
).set_index("stage")
"""The five stages with a name and the marketing move of each (English; :func:`crmlab.language.tr` renders
them)."""

PHASES = pd.DataFrame(
    [
        ("exploration", _("Exploration"), _("Win them: keep every promise, and promise no more than you can keep.")),
        ("growth", _("Growth"), _("Deepen: offer more of the range, know more of their people.")),
        ("maturity", _("Maturity"), _("Protect: serve them best, and look for what may go wrong.")),
        ("decline", _("Decline"), _("Recover or let go: ask what changed before the contract ends.")),
    ],
    columns=["phase", "name", "move"],
).set_index("phase")
"""The four phases of a relationship with a name and the move of each."""


@dataclass(frozen=True)
class Rules:
    """When a customer is in which stage; the first rule that fits decides.

    1. *potential*: known, but without a purchase up to the day;
    2. *churned*: last purchase more than ``churned_after`` days ago;
    3. *new*: first purchase at most ``new_within`` days ago;
    4. *loyal*: at least ``loyal_orders`` purchases in the last ``loyal_within`` days;
    5. *active*: all others.

    So a customer with many orders in the first weeks is still new, and one who was loyal and went silent has
    churned. The defaults suit a trade in which customers order every month or two.
    """

    new_within: int = 90
    churned_after: int = 180
    loyal_orders: int = 5
    loyal_within: int = 365

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            checks.number(value, name, low=0 if name == "new_within" else 1, whole=True)


def stages(
    orders: Any,
    as_of: Any = None,
    rules: Rules = Rules(),
    contacts: Any = None,
    customer: str = "customer_id",
    date: str = "date",
    amount: str = "amount",
    order: str | None = "invoice",
) -> Any:
    """The stage of each customer on the day ``as_of``.

    ``orders`` and its columns as in :func:`crmlab.rfm.summary`: a row an order or an order line; a purchase is
    an order with a net amount above zero; ``as_of`` is the last day that counts, by default the last in ``orders``. ``contacts``
    lists all people the firm knows (customer numbers; buyers may be among them): who has not bought by then is
    potential, and so are customers who have only returns. Customers who first appear after ``as_of`` were not known
    then and are not in the table, unless ``contacts`` names them.

    Columns: ``stage``, ``recency`` and ``age`` (days since the last and the first purchase), ``frequency`` (all
    purchases), ``recent_orders`` (within ``rules.loyal_within`` days); Int64, the first two empty for
    potential customers. Sorted by customer.

    The data begin somewhere: who bought before that looks new in the first ``new_within`` days. Compare dates
    that lie later.

    ``result.attrs["left_out"]``: ``rows_without_customer``, ``orders_after_as_of``, ``customers_after_as_of``,
    ``zero_orders``, ``returns``, ``contacts_without_name``. ``attrs["as_of"]`` and ``attrs["rules"]`` say what was asked.

    Polars frames, DuckDB relations and PySpark frames are taken too, and come back as their kind with the customer as
    first column (see :mod:`crmlab.engines`): lazy tables stay lazy after one pass that checks them, :func:`left_out` gives
    the counts, and ``contacts`` are a are a table of the same kind, and the same DuckDB connection, with such a column (for Polars a list will do).

    Raises :class:`~crmlab.checks.InputError` for missing columns, missing or infinite amounts, missing or
    ambiguous dates, an empty table.

    >>> orders = pd.DataFrame({"customer_id": ["Li", "Li", "Wu"], "invoice": [1, 2, 3], "amount": 10.,
    ...     "date": ["2024-01-05", "2024-05-20", "2024-01-10"]})
    >>> stages(orders, "2024-08-01", contacts=["Li", "Ma"])["stage"].to_dict()
    {'Li': 'active', 'Ma': 'potential', 'Wu': 'churned'}
    """
    if not isinstance(rules, Rules):
        checks.fail(
            _("rules must be lifecycle.Rules, such as Rules(churned_after=100), not {kind}."), kind=type(rules).__name__
        )
    if engines.kind(orders):
        from crmlab.engines import lifecycle as other

        return other.stages(orders, as_of, rules, contacts, customer, date, amount, order)
    bought, customers, there, end, left_out = _purchases(orders, as_of, customer, date, amount, order)
    who, ago, n = bought["who"].to_numpy(), end - bought["day"].to_numpy(), len(customers)
    recency, age = np.full(n, np.iinfo("int64").max), np.full(n, -1)
    np.minimum.at(recency, who, ago)
    np.maximum.at(age, who, ago)
    counts = {
        "frequency": bincount(who, minlength=n),
        "recent_orders": bincount(who[ago <= rules.loyal_within], minlength=n),
    }
    found = pd.DataFrame({"recency": recency, "age": age} | counts, index=customers)
    found = found[found["frequency"] > 0].astype("Int64")
    known = _union(customers[there], contacts, left_out)
    if not len(known):
        checks.fail(_("No customer and no contact is known on {as_of}."), as_of=np.datetime64(end, "D"))
    found = found.reindex(known)
    found[["frequency", "recent_orders"]] = found[["frequency", "recent_orders"]].fillna(0)
    found.insert(0, "stage", _stage(found, rules))
    found.index.name = customer
    found.attrs |= {"left_out": left_out, "as_of": str(np.datetime64(end, "D")), "rules": asdict(rules)}
    return found


def left_out(
    orders: Any,
    as_of: Any = None,
    contacts: Any = None,
    customer: str = "customer_id",
    date: str = "date",
    amount: str = "amount",
    order: str | None = "invoice",
) -> dict[str, int]:
    """What :func:`stages` with the same arguments leaves out, counted: what a pandas result has in ``attrs``.

    >>> orders = pd.DataFrame({"customer_id": [7, 7], "invoice": ["a", "b"], "date": "2024-05-01", "amount": [10., -4.]})
    >>> left_out(orders, contacts=[8, None])["contacts_without_name"]
    1
    """
    if engines.kind(orders):
        from crmlab.engines import lifecycle as other

        return other.left_out(orders, as_of, contacts, customer, date, amount, order)
    found = stages(orders, as_of, Rules(), contacts, customer, date, amount, order)
    return found.attrs["left_out"]


def _stage(found: pd.DataFrame, rules: Rules) -> np.ndarray:
    recency, age = (found[name].to_numpy(dtype="float64", na_value=np.inf) for name in ("recency", "age"))
    orders, recent = (found[name].to_numpy(dtype="int64") for name in ("frequency", "recent_orders"))
    return np.select(
        [
            orders == 0,
            recency > rules.churned_after,
            age <= rules.new_within,
            recent >= rules.loyal_orders,
        ],
        ["potential", "churned", "new", "loyal"],
        "active",
    ).astype(object)


def _union(customers: pd.Index, contacts: Iterable[Any] | None, left_out: dict[str, int]) -> pd.Index:
    """Customers and contacts, each once, sorted where they can be compared."""
    left_out["contacts_without_name"] = 0
    if contacts is None:
        return customers
    if isinstance(contacts, (str, bytes, pd.DataFrame)) or not isinstance(contacts, Iterable):
        checks.fail(
            _("contacts must be a list or a column of customer numbers, not {kind}."), kind=type(contacts).__name__
        )
    given = np.ravel(contacts) if isinstance(contacts, np.ndarray) else contacts
    names = checks.keys(pd.Series(list(given), dtype=object), "contacts")
    left_out["contacts_without_name"] = int(names.isna().sum())
    given, customers = pd.Index(names.dropna(), dtype=object).infer_objects(), customers.infer_objects()
    if not len(given):
        return customers
    if pd.api.types.is_float_dtype(given.dtype) and (given % 1 == 0).all():
        given = given.astype("int64")
    if (
        len(given)
        and len(customers)
        and pd.api.types.is_numeric_dtype(given.dtype) != pd.api.types.is_numeric_dtype(customers.dtype)
    ):
        checks.fail(
            _(
                "contacts and the orders name customers in different ways: {one!r} and {other!r}. "
                "Turn both into text or both into numbers."
            ),
            one=given[0],
            other=customers[0],
        )
    given = given.unique()
    if not pd.api.types.is_numeric_dtype(given.dtype):
        checks.alike(given, "contacts", known=customers)
    try:
        return customers.append(given[~given.isin(customers)]).sort_values()
    except TypeError:  # numbers and texts in one column
        return customers.append(given[~given.isin(customers)])


def by_stage(table: pd.DataFrame) -> pd.DataFrame:
    """One row a stage, all five in order: ``customers``, ``share``, ``name``, ``move``.

    ``table`` comes from :func:`stages`.

    >>> by_stage(pd.DataFrame({"stage": ["new", "new", "churned", "loyal"]}))["customers"].tolist()
    [0, 2, 0, 1, 1]
    """
    return _count(_keys(table, "stage", STAGES), STAGES)


def _keys(table: Any, column: str, known: pd.DataFrame) -> pd.Series:
    """The keys, from a table with such a column or from the column itself."""
    if isinstance(table, pd.DataFrame):
        checks.frame(table, "table")
        checks.need(table, {"": column})
        table = table[column]
    keys = checks.keys(checks.series(table, column), column)
    wrong = ~keys.isin(known.index).to_numpy(dtype=bool)
    if wrong.any():
        checks.fail(
            _("Column {column!r}, row {row}: {value!r} is none of {known}."),
            column=column,
            row=keys.index[int(wrong.argmax())],
            value=keys[wrong].iloc[0],
            known=", ".join(known.index),
        )
    return keys


def _count(keys: pd.Series, known: pd.DataFrame) -> pd.DataFrame:
    counts = keys.value_counts().reindex(known.index, fill_value=0).astype("int64")
    return pd.DataFrame({"customers": counts, "share": counts / len(keys)}).join(known)


def transitions(before: Any, after: Any, share: bool = False) -> pd.DataFrame:
    """How many customers went from each stage (rows) to each stage (columns) between two dates.

    ``before`` and ``after`` come from :func:`stages` at two dates (tables, or their ``stage`` columns), each
    customer once. A last row ``unknown`` holds those who were not in ``before`` and a last column ``unknown``
    those who are not in ``after``, so the table sums to all customers. With ``share=True`` each row is divided
    by its sum (NaN for an empty row).

    >>> before = pd.Series({"Li": "active", "Wu": "new"})
    >>> after = pd.Series({"Li": "loyal", "Wu": "churned", "Ma": "new"})
    >>> table = transitions(before, after)
    >>> int(table.loc["active", "loyal"]), int(table.loc["unknown", "new"])
    (1, 1)
    """
    sides = []
    for name, given in (("before", before), ("after", after)):
        keys = _keys(given, "stage", STAGES)
        if not keys.index.is_unique:
            checks.fail(
                _("Customer {customer!r} is listed more than once in {name!r}; each needs one stage."),
                customer=keys.index[keys.index.duplicated()][0],
                name=name,
            )
        sides.append(keys)
    one, two = (keys.index for keys in sides)
    unlike = pd.api.types.is_numeric_dtype(one.dtype) != pd.api.types.is_numeric_dtype(two.dtype)
    if one.nlevels != two.nlevels or (unlike and not one.isin(two).any()):
        checks.fail(
            _(
                "before and after name customers in different ways: {one!r} and {other!r}. "
                "Turn both into text or both into numbers."
            ),
            one=one[0],
            other=two[0],
        )
    checks.alike(two, "after", known=one)
    everyone = one.union(two, sort=False)
    first, second = (keys.reindex(everyone).fillna("unknown") for keys in sides)
    order = [*STAGES.index, "unknown"]
    table = pd.crosstab(first.to_numpy(), second.to_numpy()).reindex(index=order, columns=order, fill_value=0)
    table.index.name, table.columns.name = "before", "after"
    if not checks.flag(share, "share"):
        return table
    return table.div(table.sum(axis=1).replace(0, np.nan), axis=0)


def trade(
    orders: pd.DataFrame,
    as_of: Any = None,
    periods: int = 6,
    days: int = 60,
    customer: str = "customer_id",
    date: str = "date",
    amount: str = "amount",
    order: str | None = "invoice",
) -> pd.DataFrame:
    """What each customer bought in each of the last ``periods`` periods of ``days`` days, oldest first.

    The last period ends with ``as_of`` (default: the last day in ``orders``). Columns are the first
    days of the periods (Timestamps), values sums of purchases in the unit of ``amount``; NaN before the period
    of a customer's first purchase, 0 in a period without one. Customers are those with a purchase up to
    ``as_of``. ``orders``, its columns, purchases and ``attrs`` as in :func:`stages`.

    The period of the first purchase is not whole (it began before the customer did). After NaN :func:`phases` knows that;
    in the first column only :func:`first_purchases` tells.

    >>> orders = pd.DataFrame({"customer_id": 7, "invoice": [1, 2, 3], "amount": [5., 8., 9.],
    ...     "date": ["2024-02-10", "2024-03-20", "2024-03-21"]})
    >>> trade(orders, "2024-03-31", periods=3, days=30).loc[7].tolist()
    [nan, 5.0, 17.0]
    """
    periods = checks.number(periods, "periods", low=2, high=60, whole=True)
    days = checks.number(days, "days", low=1, high=3660, whole=True)
    bought, everyone, _there, end, left_out = _purchases(orders, as_of, customer, date, amount, order)
    if bought.empty:
        checks.fail(_("No purchase is left up to {as_of}."), as_of=np.datetime64(end, "D"))
    slot = periods - 1 - (end - bought["day"].to_numpy()) // days
    who, found = pd.factorize(bought["who"], sort=True)
    customers = everyone[found]
    inside = slot >= 0
    sums = (
        bincount(who[inside] * periods + slot[inside], bought["amount"].to_numpy()[inside], len(customers) * periods)
        .reshape(-1, periods)
        .astype("float64")
    )  # without a weight numpy counts in whole numbers
    first = np.full(len(customers), periods)
    np.minimum.at(first, who, slot)
    sums[np.arange(periods) < first[:, None]] = np.nan
    starts = end + 1 - days * np.arange(periods, 0, -1)
    columns = checks.timestamps(starts).rename("period")
    result = pd.DataFrame(sums, index=pd.Index(customers, name=customer), columns=columns)
    result.attrs |= {"left_out": left_out, "as_of": str(np.datetime64(end, "D")), "days": days}
    return result


def first_purchases(
    orders: pd.DataFrame,
    as_of: Any = None,
    customer: str = "customer_id",
    date: str = "date",
    amount: str = "amount",
    order: str | None = "invoice",
) -> pd.Series:
    """The day of each customer's first purchase up to ``as_of``: for ``first`` of :func:`phases`.

    ``orders``, its columns and purchases as in :func:`trade`, and the same customers.

    >>> orders = pd.DataFrame({"customer_id": 7, "invoice": [1, 2], "amount": [5., 8.], "date": ["2024-02-10", "2024-03-20"]})
    >>> str(first_purchases(orders, "2024-03-31")[7].date())
    '2024-02-10'
    """
    bought, everyone, _there, _end, _left_out = _purchases(orders, as_of, customer, date, amount, order)
    days = bought.groupby("who")["day"].min()
    return pd.Series(checks.timestamps(days), index=pd.Index(everyone[days.index], name=customer), name="first")


def phases(
    trade: pd.DataFrame,
    change: float = 0.1,
    silent: int = 2,
    trial: int = 3,
    first: pd.Series | None = None,
) -> pd.DataFrame:
    """The phase of each relationship, from the trend of its trade.

    ``trade`` has a row a customer and a column a period, oldest first: from :func:`trade`, or any table of
    sales by month or quarter. NaN at the beginning of a row means that the relation had not begun; the first
    period after such NaN is not whole and is left out of the trend. A relation that began within the first column looks
    like an old one: give the days of :func:`first_purchases` as ``first`` (the columns are then the first days of the
    periods), and that column is left out for it as well.

    The first rule that fits decides:

    1. *decline*: no trade in the last ``silent`` periods (0 switches the rule off);
    2. *exploration*: fewer than ``trial`` whole periods since the relation began, or trade in one period only;
    3. *growth*: the trend is ``change`` or more, *decline*: it is ``-change`` or less;
    4. *maturity*: all others.

    The trend is the Theil-Sen slope (the median of the slopes between all pairs of periods; among five or
    more, one large order does not make growth) divided by the mean trade of these periods: .1 = a tenth of its own level more each
    period. Money in another unit gives the same trend.

    Columns: ``phase``, ``trend`` (share a period; NaN where there are fewer than two whole periods or no trade),
    ``level`` (mean trade a whole period), ``periods`` (whole periods), ``silent`` (periods since the last trade).

    Raises :class:`~crmlab.checks.InputError` for gaps (NaN after trade began), negative or infinite trade, a
    table with fewer than two periods.

    Source: rule by crmlab; slope: Sen, P. K. (1968), JASA 63, 1379-1389.

    >>> table = pd.DataFrame([[1, 2, 3, 4], [9, 9, 8, 9], [9, 6, 3, 1], [np.nan, np.nan, 5, 4], [9, 9, 0, 0.]],
    ...     index=["Li", "Wu", "Ma", "He", "Xu"])
    >>> phases(table)["phase"].to_dict()
    {'Li': 'growth', 'Wu': 'maturity', 'Ma': 'decline', 'He': 'exploration', 'Xu': 'decline'}
    """
    change = checks.number(change, "change", low=0)
    silent = checks.number(silent, "silent", low=0, whole=True)
    trial = checks.number(trial, "trial", low=0, whole=True)
    values = _trade_values(trade)
    n, width = values.shape
    begun = np.argmax(~np.isnan(values), axis=1)
    part = begun > 0
    if first is not None:
        part |= _begun_inside(trade, first)
    whole = width - np.where(part, begun + 1, 0)
    last = np.where(values > 0, np.arange(width), -1).max(axis=1)
    quiet = np.where(last >= 0, width - 1 - last, width)
    level, trend = np.full(n, np.nan), np.full(n, np.nan)
    for length in np.unique(whole[whole > 0]):
        rows = whole == length
        kept = values[rows, width - length :]
        level[rows] = kept.mean(axis=1)
        if length > 1:
            early, late = np.triu_indices(length, 1)
            slope = np.median((kept[:, late] - kept[:, early]) / (late - early), axis=1)
            with np.errstate(invalid="ignore", divide="ignore"):
                trend[rows] = np.where(level[rows] > 0, slope / level[rows], np.nan)
    once = (values > 0).sum(axis=1) <= 1
    edge = 1e-9  # a trend of exactly .1 counts, whatever rounding makes of it
    phase = np.select(
        [
            (quiet >= silent) & (silent > 0),
            (whole < trial) | once,
            trend >= change - edge if change > 0 else trend > edge,
            trend <= -change + edge if change > 0 else trend < -edge,
        ],
        ["decline", "exploration", "growth", "decline"],
        "maturity",
    ).astype(object)
    result = pd.DataFrame(
        {"phase": phase, "trend": trend, "level": level, "periods": whole, "silent": quiet}, index=trade.index
    )
    result.attrs["left_out"] = {"first_periods": int(part.sum())}
    return result


def _begun_inside(trade: pd.DataFrame, first: pd.Series) -> np.ndarray:
    """Whether a customer's first purchase lies after the first day of the first column."""
    if not isinstance(trade.columns, pd.DatetimeIndex):
        checks.fail(
            _("With first= the columns of trade must be the first days of the periods, as lifecycle.trade gives them.")
        )
    days = checks.series(first, "first")
    if isinstance(first, pd.Series):
        if not days.index.is_unique:
            checks.fail(
                _("Customer {customer!r} is listed more than once in {name!r}; each needs one day."),
                customer=days.index[days.index.duplicated()][0],
                name="first",
            )
        absent = days.index.get_indexer(trade.index) < 0
        if absent.any():
            checks.fail(_("first has no day for customer {customer!r}."), customer=trade.index[int(absent.argmax())])
        days = days.reindex(trade.index)
    else:
        checks.aligned(trade=trade, first=days.to_numpy())
    return checks.days(days, "first") > checks.days(trade.columns[:1].to_series(), "trade")[0]


def _trade_values(trade: pd.DataFrame) -> np.ndarray:
    checks.frame(trade, "trade")
    if trade.shape[1] < 2:
        checks.fail(_("trade needs at least two periods, a column each; it has {n}."), n=trade.shape[1])
    values = np.column_stack(
        [checks.within(trade.iloc[:, i], str(trade.columns[i]), 0, missing=True) for i in range(trade.shape[1])]
    )
    gap = np.isnan(values) & (np.maximum.accumulate(~np.isnan(values), axis=1) | np.isnan(values[:, -1:]))
    if gap.any():
        row, column = (int(i) for i in np.argwhere(gap)[0])
        checks.fail(
            _("Column {column!r}, row {row}: the trade is missing. Write 0 for a period without trade."),
            column=str(trade.columns[column]),
            row=trade.index[row],
        )
    return values


def by_phase(table: pd.DataFrame) -> pd.DataFrame:
    """One row a phase, all four in order: ``customers``, ``share``, ``name``, ``move``; ``table`` from
    :func:`phases`.

    >>> by_phase(pd.DataFrame({"phase": ["growth", "decline"]}))["share"].tolist()
    [0.0, 0.5, 0.0, 0.5]
    """
    return _count(_keys(table, "phase", PHASES), PHASES)


def _purchases(
    orders: pd.DataFrame, as_of: Any, customer: str, date: str, amount: str, order: str | None
) -> tuple[pd.DataFrame, pd.Index, np.ndarray, int, dict[str, int]]:
    """Purchases up to ``as_of`` (``who``, ``day``, ``amount``), customers by ``who``, who of them appears by then
    (with or without a purchase), the day, what was left out."""
    checks.frame(orders, "orders")
    names = {"customer": customer, "date": date, "amount": amount} | ({} if order is None else {"order": order})
    checks.need(orders, names)
    who, customers = purchases.codes(orders[customer])
    known = who >= 0
    if not known.any():
        checks.fail(_("No row has a customer: column {column!r} is empty."), column=customer)
    money = checks.numbers(orders[amount], amount)
    day = checks.days(orders[date], date)
    end = int(day.max()) if as_of is None else purchases.last_day(as_of, "as_of")
    checks.odd_days(int(day.min()), end if as_of is None else None, date)
    lines = pd.DataFrame({"who": who[known], "day": day[known], "amount": money[known]})
    if order is not None:
        codes, n_orders = purchases.order_codes(orders[order][known], order)
        if n_orders < len(codes):  # else each row is an order already
            lines["number"], lines["gross"] = codes, lines["amount"].abs()
            merged = lines.groupby(["who", "number"], sort=False).agg(
                day=("day", "max"), amount=("amount", "sum"), gross=("gross", "sum")
            )
            # 0.1 + 0.2 - 0.3 is not quite 0: what is far below the sum's own precision is no money.
            merged.loc[merged["amount"].abs() <= 1e-9 * merged["gross"], "amount"] = 0.0
            lines = merged.reset_index()[["who", "day", "amount"]]
    late = lines["day"] > end
    there = np.flatnonzero(bincount(lines["who"][~late], minlength=len(customers)))
    left_out = {
        "rows_without_customer": int((~known).sum()),
        "orders_after_as_of": int(late.sum()),
        "customers_after_as_of": len(customers) - len(there),
        "zero_orders": int(((lines["amount"] == 0) & ~late).sum()),
        "returns": int(((lines["amount"] < 0) & ~late).sum()),
    }
    bought = lines[(lines["amount"] > 0) & ~late].reset_index(drop=True)
    return bought, customers, there, end, left_out
