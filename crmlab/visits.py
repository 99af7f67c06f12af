"""Visits that come in time: run-out dates and deliveries from household records, the 1.5x order, a route of shops.

Source: training handout (Wang Yongqing's rice shop; planned visit in eight steps). The 1.5x rule is company
practice: :func:`simulate` tries it out.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from crmlab import checks
from crmlab.language import _
from crmlab.purchases import last_day

NEEDED = ("household", "people", "grams", "jar", "last_delivery", "pay_day")
"""Columns of a household record; ``stock`` may be added."""


def run_out(households: pd.DataFrame) -> pd.DataFrame:
    """When each household's rice runs out.

    ``households`` has a row a household: ``household`` (name or number), ``people``, ``grams`` (rice a head and
    day), ``jar`` (what the jar holds, kg), ``last_delivery`` (day), ``pay_day`` (day of the month, 1 to 31) and, if
    known, ``stock`` (kg in the jar just after the last delivery; empty or no such column = jar full).

    One row a household, in the given order: ``daily`` (kg a day), ``days`` (whole days that the stock lasts, the
    day of delivery being the first), ``run_out`` (the first day that can no longer be served in full).

    Raises :class:`~crmlab.checks.InputError` for missing columns, households listed twice, nobody to eat, a stock
    that is larger than the jar.

    >>> records = pd.DataFrame({"household": ["Lin"], "people": [5], "grams": [400], "jar": [30.],
    ...     "last_delivery": ["2024-03-01"], "pay_day": [5]})
    >>> run_out(records)  # doctest: +NORMALIZE_WHITESPACE
               daily  days    run_out
    household
    Lin          2.0    15 2024-03-16
    """
    book = _book(households)
    return pd.DataFrame(
        {"daily": book["daily"], "days": book["days"], "run_out": checks.timestamps(book["last"] + book["days"])},
        index=book.index,
    )


def calendar(
    households: pd.DataFrame, start: Any, days: int = 60, ahead: int = 1, price: float | None = None
) -> pd.DataFrame:
    """Deliveries and collections from ``start`` on, for ``days`` days, in order of the day.

    ``households`` as in :func:`run_out`. Rice is delivered ``ahead`` days before it runs out, and fills the jar.
    A delivery whose day has passed already comes on ``start``, and is ``late`` if that is after the run-out day. What
    was delivered in this calendar is collected on the household's next pay day (on the same day, if that is pay
    day); pay day 31 is the last day of a shorter month. Debts from before ``start`` are not in the records.

    Columns: ``day``, ``household``, ``what`` (``deliver`` or ``collect``), ``kg`` (delivered, or paid for), ``late``
    and, with a ``price`` a kg, ``amount``. On one day deliveries stand before collections.

    ``result.attrs["left_out"]["collections_after_end"]`` counts households that still owe at the end.

    Raises as :func:`run_out`, and when a jar is empty again within ``ahead`` days.

    >>> records = pd.DataFrame({"household": ["Lin"], "people": [5], "grams": [400], "jar": [30.],
    ...     "last_delivery": ["2024-03-01"], "pay_day": [20]})
    >>> calendar(records, "2024-03-02", days=30)[["day", "what", "kg"]]
             day     what    kg
    0 2024-03-15  deliver  28.0
    1 2024-03-20  collect  28.0
    2 2024-03-29  deliver  28.0
    """
    first = last_day(start, "start")
    days = checks.number(days, "days", low=1, high=3660, whole=True)
    ahead = checks.number(ahead, "ahead", low=0, whole=True)
    if price is not None:
        price = checks.number(price, "price", low=0)
    book = _book(households)
    checks.timestamps(book["last"] + book["days"])  # so that no jar lasts for ever
    cycle = _whole(book["jar"] / book["daily"])
    short = (cycle <= ahead).to_numpy()
    if short.any():
        checks.fail(
            _("Household {household!r}: a full jar lasts {n} days, so delivering {ahead} days ahead cannot work."),
            household=book.index[int(short.argmax())],
            n=int(cycle[short].iloc[0]),
            ahead=ahead,
        )
    end = first + days
    events: list[tuple[int, int, Any, str, float, bool]] = []
    owing = 0
    for place, (household, row) in enumerate(zip(book.index, book.itertuples(index=False), strict=True)):
        day, stock, empty = int(row.last), float(row.stock), int(row.last + row.days)
        delivered: list[tuple[int, float]] = []
        while (due := max(empty - ahead, first)) < end:
            left = max(stock - (due - day) * row.daily, 0.0)
            delivered.append((due, row.jar - left))
            events.append((due, 0, household, "deliver", row.jar - left, due > empty))
            day, stock = due, row.jar
            empty = day + int(cycle.iloc[place])
        paid: dict[int, float] = {}
        for due, kg in delivered:
            on = _pay_day(due, int(row.pay_day))
            paid[on] = paid.get(on, 0.0) + kg
        events += [(on, 1, household, "collect", kg, False) for on, kg in paid.items() if on < end]
        owing += any(on >= end for on in paid)
    events.sort(key=lambda event: event[:2])
    table = pd.DataFrame(
        {
            "day": checks.timestamps(np.array([event[0] for event in events], dtype="int64")),
            "household": [event[2] for event in events],
            "what": pd.Series([event[3] for event in events], dtype=object),
            "kg": np.round(np.array([event[4] for event in events], dtype="float64"), 9),
            "late": np.array([event[5] for event in events], dtype=bool),
        }
    )
    if price is not None:
        table["amount"] = table["kg"] * price
    table.attrs["left_out"] = {"collections_after_end": owing}
    return table


def _book(households: pd.DataFrame) -> pd.DataFrame:
    """The records as numbers, by household: ``daily``, ``jar``, ``stock``, ``days``, ``last``, ``pay_day``."""
    checks.frame(households, "households")
    for name in NEEDED:
        checks.need(households, {"": name})
    names = checks.once(households["household"], "household")
    number = {name: checks.within(households[name], name, 0) for name in ("people", "grams", "jar")}
    for name, values in number.items():
        if (values == 0).any():
            checks.fail(
                _("Column {column!r}, row {row}: 0 gives no run-out date. Correct it or leave the row out."),
                column=name,
                row=households.index[int(values.argmin())],
            )
    pay_day = checks.within(households["pay_day"], "pay_day", 1, 31)
    if (pay_day % 1 != 0).any():
        checks.fail(_("pay_day is a day of the month, a whole number from 1 to 31."))
    stock = number["jar"]
    if "stock" in households.columns:
        given = checks.within(households["stock"], "stock", 0, missing=True)
        over = given > number["jar"] * (1 + 1e-9)
        if over.any():
            at = int(over.argmax())
            checks.fail(
                _("Column 'stock', row {row}: {stock:g} kg do not fit into a jar of {jar:g} kg."),
                row=households.index[at],
                stock=given[at],
                jar=number["jar"][at],
            )
        stock = np.where(np.isnan(given), number["jar"], given)
    daily = number["people"] * number["grams"] / 1000
    return pd.DataFrame(
        {
            "daily": daily,
            "jar": number["jar"],
            "stock": stock,
            "days": _whole(np.divide(stock, daily, out=np.full(len(daily), np.inf), where=daily > 0)),
            "last": checks.days(households["last_delivery"], "last_delivery"),
            "pay_day": pay_day.astype("int64"),
        },
        index=pd.Index(names, name="household"),
    )


def _whole(values: Any) -> Any:
    """Rounded down; 6 / .4 is not quite 15."""
    return np.floor(np.minimum(values, 1e9) + 1e-9).astype("int64")  # a thousand thousand years are enough


def _pay_day(day: int, pay_day: int) -> int:
    """The first pay day on or after the day."""
    month = np.datetime64(day, "D").astype("datetime64[M]")
    one = np.timedelta64(1, "M")
    for this in (month, month + one):
        first, last = (int(m.astype("datetime64[D]").astype("int64")) for m in (this, this + one))
        on = min(first + pay_day - 1, last - 1)
        if on >= day:
            break
    return on


def order_quantity(last_stock: Any, last_order: Any, stock: Any, factor: float = 1.5, pack: float | None = None) -> Any:
    """The order to suggest at a visit: sales since the last visit times ``factor``, less what is there.

    sales = last stock + last order - stock now; order = ``factor`` x sales - stock now, not below zero. All in
    units of the product. With ``pack`` the order is rounded up to whole packs.

    Three numbers give one number; Series or lists (a row a shop or product) give a DataFrame with ``sales`` and
    ``order``.

    Raises :class:`~crmlab.checks.InputError` when a count is missing or below 0, or when there is more stock than
    the last stock and order allow: then a count is wrong, or the shop bought elsewhere.

    Source: training handout (1.5x safety stock).

    >>> order_quantity(last_stock=20, last_order=40, stock=24)
    30.0
    >>> order_quantity([20, 5], [40, 10], [24, 12], pack=12)
       sales  order
    0   36.0   36.0
    1    3.0    0.0
    """
    factor = checks.number(factor, "factor", low=0)
    pack = _check_pack(pack)
    one = not any(hasattr(value, "__len__") for value in (last_stock, last_order, stock))
    if one:
        last_stock, last_order, stock = [last_stock], [last_order], [stock]
    last_stock, last_order, stock = checks.aligned(last_stock=last_stock, last_order=last_order, stock=stock)
    columns = {"last_stock": last_stock, "last_order": last_order, "stock": stock}
    given = {name: checks.series(values, name) for name, values in columns.items()}
    index = next((v.index for v in columns.values() if isinstance(v, pd.Series)), given["stock"].index)
    before, ordered, now = (checks.within(values, name, 0) for name, values in given.items())
    sales = before + ordered - now
    wrong = sales < -1e-9 * (before + ordered + now)
    if wrong.any():
        at = int(wrong.argmax())
        checks.fail(
            _(
                "Row {row}: {now:g} are in stock, but last stock and order were {before:g} together. "
                "Count again, or ask whether the shop bought elsewhere."
            ),
            row=index[at],
            now=now[at],
            before=before[at] + ordered[at],
        )
    sales = np.maximum(sales, 0.0)
    order = np.maximum(factor * sales - now, 0.0)
    if pack is not None:
        order = _packed(order, pack)
    if one:
        return float(order[0])
    return pd.DataFrame({"sales": sales, "order": order}, index=index)


def _check_pack(pack: Any) -> float | None:
    if pack is None:
        return None
    pack = checks.number(pack, "pack", low=0)
    if pack < 1e-9:
        checks.fail(_("pack must be above 0."))
    return pack


def _packed(order: np.ndarray, pack: float) -> np.ndarray:
    """Rounded up to whole packs; + 0.0 makes 0 of -0."""
    return np.ceil(order / pack - 1e-9) * pack + 0.0


def shop_demand(
    shops: int = 20, days: int = 182, mean: float = 6.0, spread: float = 0.5, swing: float = 0.5, seed: int = 0
) -> pd.DataFrame:
    """Made-up demand: a row a day, a column a shop, whole units.

    A shop's daily mean is log-normal around ``mean`` with sigma ``spread``; its demand is Poisson with a mean that
    varies from day to day (gamma, coefficient of variation ``swing``), so that the variance is
    m + (``swing`` m)². The same ``seed`` gives the same table.

    >>> shop_demand(shops=3, days=2, seed=1).shape
    (2, 3)
    """
    shops = checks.number(shops, "shops", low=1, high=10_000, whole=True)
    days = checks.number(days, "days", low=1, high=10_000, whole=True)
    if shops * days > 10**7:
        checks.fail(_("{shops} shops on {days} days are too many: 10 million cells at most."), shops=shops, days=days)
    mean, spread, swing = (
        checks.number(value, name, low=0, high=most)
        for value, name, most in ((mean, "mean", 1e6), (spread, "spread", 3.0), (swing, "swing", 10.0))
    )
    random = np.random.default_rng(checks.number(seed, "seed", low=0, whole=True))
    means = mean * np.exp(spread * random.standard_normal(shops) - spread**2 / 2)
    rate = np.broadcast_to(means, (days, shops))
    if swing > 1e-6:
        rate = rate * random.gamma(1 / swing**2, swing**2, size=(days, shops))
    columns = pd.RangeIndex(1, shops + 1, name="shop")
    return pd.DataFrame(random.poisson(rate), index=pd.RangeIndex(1, days + 1, name="day"), columns=columns)


def simulate(
    demand: pd.DataFrame,
    factors: Sequence[float] = (1.0, 1.5, 2.0),
    every: int = 7,
    lead: int = 1,
    pack: float | None = None,
    start: float = 2.0,
    replace: bool = False,
) -> pd.DataFrame:
    """A route of shops under several order rules, all with the same demand.

    ``demand`` has a row a day and a column a shop (units asked for): :func:`shop_demand`, or your own. Each shop is
    visited on the evening of every ``every``-th day; the order by :func:`order_quantity` with the rule's factor is
    on the shelf on the morning ``lead`` days later (1 = the next; ``every`` at most, so that it is there before the next
    visit), in whole units or packs. Demand that meets an empty shelf is lost. The rep sees stock and past orders, not the demand
    that was lost. All begin alike: stock for ``start`` visits at the shop's mean demand.

    With ``replace`` the order is the factor times the sales, and the stock is not taken off: factor 1 is one for one,
    which keeps the level that a shop began with.

    Days after the last visit are left out, counted in ``result.attrs["left_out"]["days"]``.

    One row a factor, shop and visit: ``factor``, ``shop``, ``visit`` (1, 2, ...), and for the days since the last
    visit ``demand``, ``sold``, ``lost`` (units), ``empty_days`` (days on which demand was lost), ``stock`` (mean units
    at the end of a day), ``order`` (placed at this visit).

    Raises :class:`~crmlab.checks.InputError` for missing or negative demand, fewer days than ``every``, a ``lead`` beyond
    ``every``.

    >>> route = simulate(shop_demand(shops=10, days=70, seed=1))
    >>> by_factor(route)["lost_share"].round(2).to_dict()
    {1.0: 0.18, 1.5: 0.02, 2.0: 0.0}
    >>> one_for_one = simulate(shop_demand(shops=10, days=70, seed=1), factors=[1], start=1.5, replace=True)
    >>> bool(by_factor(one_for_one)["lost_share"].item() < 0.01)
    True
    """
    every = checks.number(every, "every", low=1, whole=True)
    lead = checks.number(lead, "lead", low=1, high=every, whole=True)
    start, replace = checks.number(start, "start", low=0), checks.flag(replace, "replace")
    pack = _check_pack(pack)
    try:
        rules = np.array([checks.number(factor, "factors", low=0) for factor in factors])
    except TypeError:
        checks.fail(_("factors must be a list of numbers such as (1.0, 1.5, 2.0); it is {value!r}."), value=factors)
    if not len(rules) or len(np.unique(rules)) != len(rules):
        checks.fail(_("factors must be a list of numbers such as (1.0, 1.5, 2.0); it is {value!r}."), value=factors)
    checks.frame(demand, "demand")
    wanted = _units(demand)
    visits = len(wanted) // every
    if visits == 0:
        checks.fail(_("demand has {n} days, fewer than one visit every {every} days."), n=len(wanted), every=every)
    used = wanted[: visits * every]
    shops = used.shape[1]
    stock = np.tile(np.ceil(used.mean(axis=0) * every * start), (len(rules), 1))
    coming = np.zeros_like(stock)
    last_stock, last_order = stock.copy(), np.zeros_like(stock)
    names = ("demand", "sold", "lost", "empty_days", "stock", "order")
    out = {name: np.zeros((len(rules), shops, visits)) for name in names}
    for day, want in enumerate(used):
        visit, since = divmod(day, every)
        if since + 1 == lead:
            stock, coming = stock + coming, np.zeros_like(coming)
        sold = np.minimum(stock, want)
        stock = stock - sold
        lost = want - sold
        out["demand"][:, :, visit] += want
        out["sold"][:, :, visit] += sold
        out["lost"][:, :, visit] += lost
        out["empty_days"][:, :, visit] += lost > 0
        out["stock"][:, :, visit] += stock / every
        if since + 1 == every:
            sales = last_stock + last_order - stock
            order = np.maximum(rules[:, None] * sales - (0.0 if replace else stock), 0.0)
            order = _packed(order, pack or 1.0)
            out["order"][:, :, visit] = order
            last_stock, last_order, coming = stock.copy(), order, order
    keys = pd.MultiIndex.from_product(
        [rules.tolist(), demand.columns, range(1, visits + 1)], names=["factor", "shop", "visit"]
    )
    result = pd.DataFrame({name: values.ravel() for name, values in out.items()}, index=keys).reset_index()
    result["empty_days"] = result["empty_days"].astype("int64")
    result.attrs |= {"left_out": {"days": len(wanted) - len(used)}, "every": every}
    return result


def _units(demand: pd.DataFrame) -> np.ndarray:
    """A table as floats, all finite and from 0 up; what is not is said of its column."""
    if all(isinstance(kind, np.dtype) and kind.kind in "iuf" for kind in demand.dtypes):
        found = np.ascontiguousarray(demand.to_numpy(dtype="float64"))
        # A column at a time takes half a second for ten thousand shops.
        if found.size and found.min() >= 0 and found.max() <= checks.LARGEST:
            return found
    columns = range(demand.shape[1])
    return np.column_stack([checks.within(demand.iloc[:, i], str(demand.columns[i]), 0) for i in columns])


def by_factor(route: pd.DataFrame, skip: int = 0) -> pd.DataFrame:
    """The rules compared: stock-outs against stock held, a row a factor.

    ``route`` comes from :func:`simulate`; the first ``skip`` visits are left out, as they depend on the stock at
    the start. Columns: ``lost_share`` (units lost / units asked for), ``empty_share`` (shop-days with lost demand),
    ``stock`` (mean units a shop at the end of a day), ``days_of_stock`` (stock / mean demand a day).

    >>> flat = pd.DataFrame(10, index=range(28), columns=["Li", "Wu"])
    >>> by_factor(simulate(flat, factors=[1.0, 1.5]), skip=2)["lost_share"].tolist()
    [0.0, 0.0]
    """
    checks.frame(route, "route")
    found = {}
    for name in ("factor", "visit", "demand", "lost", "empty_days", "stock"):
        checks.need(route, {"": name})
        found[name] = checks.within(route[name], name, 0)
    every = checks.number(route.attrs.get("every", 7), "every", low=1)
    skip = checks.number(skip, "skip", low=0, whole=True)
    table = pd.DataFrame(found)
    used = table[table["visit"] > skip]
    if used.empty:
        checks.fail(_("skip leaves no visit: there are {n}."), n=int(table["visit"].max()))
    grouped = used.groupby("factor")
    sums = grouped[["demand", "lost", "empty_days"]].sum()
    rows = grouped.size()
    with np.errstate(invalid="ignore", divide="ignore"):
        daily = sums["demand"] / rows / every
        return pd.DataFrame(
            {
                "lost_share": sums["lost"] / sums["demand"],
                "empty_share": sums["empty_days"] / rows / every,
                "stock": grouped["stock"].mean(),
                "days_of_stock": grouped["stock"].mean() / daily,
            }
        )
