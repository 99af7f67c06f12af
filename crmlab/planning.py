"""Forecast and plan: two forecasts reconciled, price talks, plan against actual.

Source: training handout; the methods are named at each function.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product as combinations
from typing import Any

import numpy as np
import pandas as pd

from crmlab import checks
from crmlab.language import _, tr

METHODS = ("proportional", "least_squares")


def bottom_up(parts: pd.DataFrame, by: str | list[str], forecast: str = "forecast") -> pd.Series:
    """The forecast of each group as the sum of its parts (customers, products, regions).

    ``parts`` has a row a part, the column ``forecast`` and the columns ``by``. Parts without a group are an error:
    they would be missing from the total.

    >>> bottom_up(pd.DataFrame({"region": list("NNS"), "forecast": [10, 5, 20]}), "region").to_dict()
    {'N': 15.0, 'S': 20.0}
    """
    checks.frame(parts, "parts")
    checks.need(parts, {"forecast": forecast})
    groups = checks.by_columns(parts, by)
    for group in groups:
        gone = group.isna().to_numpy()
        if gone.any():
            checks.fail(
                _("Column {column!r}, row {row}: the cell is empty. Fill it in, or leave the row out."),
                column=group.name,
                row=parts.index[int(gone.argmax())],
            )
    values = pd.Series(checks.numbers(parts[forecast], forecast), name=forecast)
    return values.groupby([group.to_numpy() for group in groups]).sum().rename_axis([group.name for group in groups])


def top_down(total: float, history: Any) -> pd.Series:
    """A total shared out to the parts as they shared in the past.

    ``history`` is one amount of 0 or more a part (last year's sales). The parts of the result add up to ``total``.

    >>> top_down(120, pd.Series({"N": 30, "S": 10})).to_dict()
    {'N': 90.0, 'S': 30.0}
    """
    total = checks.number(total, "total")
    past = checks.series(history, "history")
    values = checks.within(past, "history", 0)
    if values.sum() <= 0:
        checks.fail(_("history adds up to 0, so it gives no shares."))
    values = values / values.max()  # large amounts must not add up to infinity
    return pd.Series(total * (values / values.sum()), index=past.index, name="forecast")


def reconcile(
    parts: Any,
    total: float,
    method: str = "proportional",
    variances: Any = None,
    total_variance: float = 0.0,
) -> pd.DataFrame:
    """Make a bottom-up and a top-down forecast agree.

    ``parts`` is one forecast a part (Series), ``total`` the forecast made from above.

    - ``method="proportional"``: the total stands, and every part is changed by the same share.
    - ``method="least_squares"``: every forecast gives way in proportion to its variance (squared standard error,
      in squared units). With part variances v, their sum V and the variance w of the total, a gap of
      g = total - sum(parts) moves a part by v g / (w + V). With ``total_variance=0`` the total stands; with w = V
      both sides meet half way. ``variances`` is one number a part, 0 for a forecast that is certain (an order in
      the book). These are the values that minimise the sum of squared changes over variances, so they are the
      best linear unbiased ones if the errors are independent and the variances right.

    Columns: ``forecast``, ``reconciled``, ``change``, and for least squares ``se`` (the standard error left).
    ``result.attrs``: ``bottom_up``, ``top_down``, ``gap`` (top_down - bottom_up), ``total`` (reconciled), ``method``,
    ``below_zero`` (number of parts that were not below 0 and now are: then their variances are too large).

    Raises :class:`~crmlab.checks.InputError` for missing numbers, parts listed twice, an unknown method, proportional
    parts that are below 0 or add up to 0, variances that are missing, below 0 or all 0.

    Source: Stone, Champernowne & Meade (1942), Review of Economic Studies 9, 111-125; Wickramasuriya,
    Athanasopoulos & Hyndman (2019), JASA 114, 804-819 (with a diagonal error matrix).

    >>> parts = pd.Series({"N": 60., "S": 40.})
    >>> reconcile(parts, 120)["reconciled"].to_dict()
    {'N': 72.0, 'S': 48.0}
    >>> reconcile(parts, 120, "least_squares", variances=[9, 1], total_variance=10)["reconciled"].to_dict()
    {'N': 69.0, 'S': 41.0}
    """
    checks.one_of(method, "method", METHODS)
    column = checks.series(parts, "parts")
    if variances is not None:
        column, variances = checks.aligned(parts=column, variances=variances)
    values = checks.numbers(column, "parts")
    if not column.index.is_unique:
        checks.fail(
            _("Part {part!r} is listed more than once; add its rows up first."),
            part=column.index[column.index.duplicated()][0],
        )
    total = checks.number(total, "total")
    bottom = float(values.sum())
    gap = total - bottom
    table = pd.DataFrame({"forecast": values}, index=column.index)
    if method == "proportional":
        if (values < 0).any() or bottom <= 0:
            checks.fail(
                _("Parts below 0, or that add up to 0, cannot be scaled in proportion; use method='least_squares'.")
            )
        table["reconciled"] = values * (total / bottom)
    else:
        if variances is None:
            checks.fail(_("method='least_squares' needs variances: one squared standard error a part."))
        spread = checks.within(checks.series(variances, "variances"), "variances", 0)
        above = checks.number(total_variance, "total_variance", low=0)
        whole = spread.sum() + above
        if whole <= 0:
            checks.fail(_("All variances are 0: then no forecast can give way."))
        table["reconciled"] = values + spread * (gap / whole)
    table["change"] = table["reconciled"] - table["forecast"]
    if method == "least_squares":
        table["se"] = np.sqrt(np.maximum(spread - spread**2 / whole, 0.0))
    table.attrs |= {
        "method": method,
        "bottom_up": bottom,
        "top_down": total,
        "gap": gap,
        "total": float(table["reconciled"].sum()),
        "below_zero": int(((table["reconciled"] < 0) & (values >= 0)).sum()),
    }
    return table


@dataclass(frozen=True)
class Zone:
    """The zone of agreement between the least a seller takes and the most a buyer gives."""

    seller: float
    buyer: float

    @property
    def exists(self) -> bool:
        """True when some price suits both."""
        return self.buyer >= self.seller

    @property
    def pie(self) -> float:
        """What there is to share: buyer's limit less seller's; below 0 = what keeps them apart."""
        return self.buyer - self.seller

    def shares(self, price: float) -> tuple[float, float]:
        """What seller and buyer get of the pie at a price, in money; below 0 = they had better not sign."""
        price = checks.number(price, "price")
        return price - self.seller, self.buyer - price

    def __repr__(self) -> str:
        if not self.exists:
            return tr(_("No zone of agreement: the limits lie {gap:,.2f} apart."), gap=-self.pie)
        return tr(
            _("Zone of agreement from {seller:,.2f} to {buyer:,.2f}: {pie:,.2f} to share."),
            seller=self.seller,
            buyer=self.buyer,
            pie=self.pie,
        )


def zone(seller: float, buyer: float) -> Zone:
    """The zone of agreement of two reservation prices: the least the seller takes, the most the buyer gives.

    >>> zone(80, 100)
    Zone of agreement from 80.00 to 100.00: 20.00 to share.
    >>> zone(80, 100).shares(85)
    (5.0, 15.0)
    """
    return Zone(checks.number(seller, "seller"), checks.number(buyer, "buyer"))


def negotiate(
    limits: Zone,
    ask: float,
    bid: float,
    seller_gives: float = 0.2,
    buyer_gives: float = 0.2,
    rounds: int = 10,
    talks: int = 1000,
    seed: int = 0,
) -> pd.DataFrame:
    """Many price talks between two sides who know only their own limit.

    The seller opens with ``ask``, the buyer with ``bid``. In each round first the seller, then the buyer gives up a
    part of what still lies between their offer and their own limit: on average ``seller_gives`` and ``buyer_gives``
    (.2 = a fifth), in each step drawn evenly from 0 to twice that. A side takes the other's offer as soon as it is
    no worse than what it would offer itself; nobody goes beyond the limit. After ``rounds`` rounds they part.

    One row a talk: ``deal`` (bool), ``price`` (NaN without a deal), ``round`` of the deal, and ``seller`` and ``buyer``
    (their shares of the pie; 0 without a deal). The same ``seed`` gives the same talks. A small model for feeling
    one's way: real talks have more than a price.

    Raises :class:`~crmlab.checks.InputError` for an ask below the seller's limit, a bid above the buyer's, rates
    outside 0 to .5.

    >>> talks = negotiate(zone(80, 100), ask=120, bid=70, talks=200)
    >>> bool(talks.loc[talks["deal"], "price"].between(80, 100).all())
    True
    """
    if not isinstance(limits, Zone):
        checks.fail(_("limits must come from zone(seller, buyer)."))
    ask = checks.number(ask, "ask", low=limits.seller)
    bid = checks.number(bid, "bid", high=limits.buyer)
    rates = [
        checks.number(seller_gives, "seller_gives", low=0, high=0.5),
        checks.number(buyer_gives, "buyer_gives", low=0, high=0.5),
    ]
    rounds = checks.number(rounds, "rounds", low=1, high=1000, whole=True)
    talks = checks.number(talks, "talks", low=1, high=10**6, whole=True)
    random = np.random.default_rng(checks.number(seed, "seed", low=0, whole=True))
    offer = [np.full(talks, ask), np.full(talks, bid)]
    price = np.full(talks, np.nan)
    at = np.zeros(talks, dtype="int64")
    # A bid at or above the ask needs no talk.
    price[offer[1] >= offer[0]] = ask
    for number in range(1, rounds + 1):
        for side, limit in enumerate((limits.seller, limits.buyer)):
            own, other = offer[side], offer[1 - side]
            offer[side] = own + random.uniform(0, 2 * rates[side], talks) * (limit - own)
            takes = np.isnan(price) & ((other >= offer[side]) if side == 0 else (other <= offer[side]))
            price[takes] = other[takes]
            at[takes] = number
    deal = ~np.isnan(price)
    return pd.DataFrame(
        {
            "deal": deal,
            "price": price,
            "round": pd.Series(at).where(deal & (at > 0)).astype("Int64"),
            "seller": np.where(deal, price - limits.seller, 0.0),
            "buyer": np.where(deal, limits.buyer - price, 0.0),
        }
    )


def packages(issues: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """All packages over several issues, and which of them leave nothing on the table.

    ``issues`` maps an issue (price, delivery, training) to a table of its options: index = option, columns ``seller``
    and ``buyer`` = what the option is worth to each (points or money, relative to no deal).

    One row a package: a column an issue with the option, ``seller``, ``buyer``, ``total`` (the pie), ``acceptable`` (both
    at 0 or more), ``efficient`` (no other package is better for one and no worse for the other). Sorted by total,
    largest first: make the pie together, then share it.

    Raises :class:`~crmlab.checks.InputError` for missing columns or numbers, and for more than 100,000 packages.

    >>> price = pd.DataFrame({"seller": [4, 0], "buyer": [0, 4]}, index=["100", "96"])
    >>> pay = pd.DataFrame({"seller": [6, 0], "buyer": [0, 1]}, index=["now", "in 60 days"])
    >>> packages({"price": price, "pay": pay})[["price", "pay", "total", "efficient"]].head(2)
      price  pay  total  efficient
    0   100  now   10.0       True
    1    96  now   10.0       True
    """
    if not isinstance(issues, Mapping) or not issues:
        checks.fail(_("issues must map the name of an issue to a table of its options."))
    count = 1
    worths: dict[str, list[np.ndarray]] = {"seller": [], "buyer": []}
    for name, options in issues.items():
        if name in ("seller", "buyer", "total", "acceptable", "efficient"):
            checks.fail(_("An issue cannot be called {name!r}, which is a column of the result."), name=name)
        checks.frame(options, str(name))
        for side, worth in worths.items():
            checks.need(options, {"": side})
            worth.append(checks.numbers(options[side], side))
        count *= len(options)
    if count > 100_000:
        checks.fail(_("These are {n:,} packages; leave out options until there are 100,000 at most."), n=count)
    table = pd.DataFrame(list(combinations(*(options.index for options in issues.values()))), columns=list(issues))
    places = list(combinations(*(range(len(options)) for options in issues.values())))
    picks = np.array(places).reshape(count, len(issues))
    for side, worth in worths.items():
        table[side] = sum(worth[i][picks[:, i]] for i in range(len(worth)))
    table["total"] = table["seller"] + table["buyer"]
    table["acceptable"] = (table["seller"] >= 0) & (table["buyer"] >= 0)
    table["efficient"] = _efficient(table["seller"].to_numpy(), table["buyer"].to_numpy())
    return table.sort_values("total", ascending=False, kind="stable", ignore_index=True)


def _efficient(seller: np.ndarray, buyer: np.ndarray) -> np.ndarray:
    """The Pareto frontier: by falling seller's worth, the buyer's must beat all before."""
    order = np.lexsort((-buyer, -seller))
    s, b = seller[order], buyer[order]
    best_before = np.concatenate(([-np.inf], np.maximum.accumulate(b)[:-1]))
    good = b > best_before
    # Twins of an efficient package are efficient too.
    for i in range(1, len(s)):
        if good[i - 1] and s[i] == s[i - 1] and b[i] == b[i - 1]:
            good[i] = True
    found = np.empty(len(s), dtype=bool)
    found[order] = good
    return found


def variances(
    plan: pd.DataFrame, actual: pd.DataFrame, volume: str = "volume", price: str = "price", cost: str | None = None
) -> pd.DataFrame:
    """Plan against actual, split into volume, mix and price (and cost): why did we miss it?

    ``plan`` and ``actual`` have a row a product (or customer), indexed by it, with the ``volume`` (units that can be added
    up) and the ``price`` a unit. With ``cost``, a column of unit costs, the result is about profit, else about revenue.
    With Q the total volume, s the share of a product in the planned volume, p, c and u = p - c price, cost and unit
    profit (u = p without costs):

    - ``volume``: (Q actual - Q plan) x s x u plan - the same basket, more or less of it;
    - ``mix``: (volume actual - Q actual x s) x u plan - another basket at planned prices;
    - ``price``: (p actual - p plan) x volume actual;
    - ``cost``: -(c actual - c plan) x volume actual.

    Columns: ``plan``, ``actual`` (money), ``difference``, then the parts, which add up to the difference in every row and
    so in the sum. A product that was not planned has no planned price: its own actual price and cost are taken, so
    all of it is mix. The price of a product that was not sold may be missing.

    ``result.attrs["total"]`` has the sums of all columns; ``attrs["unplanned"]`` and ``attrs["unsold"]`` list products.

    Raises :class:`~crmlab.checks.InputError` for missing columns, products listed twice, negative volumes, a missing
    price where there is a volume, a plan of 0 units.

    >>> plan = pd.DataFrame({"volume": [100, 100], "price": [10., 20.]}, index=["tea", "rice"])
    >>> actual = pd.DataFrame({"volume": [150, 90], "price": [10., 19.]}, index=["tea", "rice"])
    >>> variances(plan, actual)[["difference", "volume", "mix", "price"]]
          difference  volume    mix  price
    tea        500.0   200.0  300.0    0.0
    rice      -290.0   400.0 -600.0  -90.0
    """
    columns = {"volume": volume, "price": price} | ({} if cost is None else {"cost": cost})
    sides = {name: _side(table, name, columns) for name, table in (("plan", plan), ("actual", actual))}
    checks.alike(sides["actual"].index, "actual", known=sides["plan"].index, refuse=True)
    everything = sides["plan"].index.append(sides["actual"].index.difference(sides["plan"].index, sort=False))
    p, a = (side.reindex(everything) for side in sides.values())
    for side in (p, a):
        side["volume"] = side["volume"].fillna(0.0)
    for name in list(columns)[1:]:
        p[name], a[name] = p[name].fillna(a[name]).fillna(0.0), a[name].fillna(p[name]).fillna(0.0)
    planned, sold = p["volume"].sum(), a["volume"].sum()
    if planned <= 0:
        checks.fail(_("The plan has a volume of 0, so there is nothing to compare with."))
    unit = p["price"] - (p["cost"] if cost is not None else 0.0)
    unit_now = a["price"] - (a["cost"] if cost is not None else 0.0)
    expected = p["volume"] * (sold / planned)
    result = pd.DataFrame({"plan": p["volume"] * unit, "actual": a["volume"] * unit_now})
    result["difference"] = result["actual"] - result["plan"]
    result["volume"] = (expected - p["volume"]) * unit
    result["mix"] = (a["volume"] - expected) * unit
    result["price"] = (a["price"] - p["price"]) * a["volume"]
    if cost is not None:
        result["cost"] = -(a["cost"] - p["cost"]) * a["volume"]
    result.attrs |= {
        "total": result.sum().to_dict(),
        "unplanned": [key for key in everything if key not in sides["plan"].index],
        "unsold": everything[(a["volume"] == 0).to_numpy() & (p["volume"] > 0).to_numpy()].tolist(),
    }
    return result


def attainment(plan: Any, actual: Any) -> pd.DataFrame:
    """The goal set against what came, period by period, and what is left to do.

    ``plan`` is one number of 0 or more a period, in order (Series: month, goal); ``actual`` has the same rows, NaN for
    periods that have not come yet.

    Columns: ``plan``, ``actual``, ``plan_so_far``, ``actual_so_far`` (running sums), ``attainment`` (actual_so_far /
    plan_so_far). ``result.attrs``: ``goal`` (sum of the plan), ``done``, ``to_do`` (not below 0), ``periods_left``,
    ``needed`` (to_do a period left; NaN when none is left), ``planned_rest`` (mean plan of the periods left).

    Raises :class:`~crmlab.checks.InputError` for missing goals, other rows in ``actual``, a gap in ``actual``.

    >>> table = attainment(pd.Series([100, 100, 120, 120]), pd.Series([90, 80, np.nan, np.nan]))
    >>> table["attainment"].round(2).tolist()[:2], table.attrs["needed"]
    ([0.9, 0.85], 135.0)
    """
    plan, actual = checks.aligned(plan=plan, actual=actual)
    goals, came = checks.series(plan, "plan"), checks.series(actual, "actual")
    want = checks.within(goals, "plan", 0)
    got = checks.numbers(came, "actual", missing=True)
    n = int((~np.isnan(got)).sum())
    if np.isnan(got[:n]).any():
        checks.fail(
            _("Column {column!r}, row {row}: the cell is empty. Fill it in, or leave the row out."),
            column="actual",
            row=goals.index[int(np.isnan(got).argmax())],
        )
    so_far, reached = np.cumsum(want), np.cumsum(got)
    table = pd.DataFrame(
        {"plan": want, "actual": got, "plan_so_far": so_far, "actual_so_far": reached}, index=goals.index
    )
    table["attainment"] = np.divide(reached, so_far, out=np.full(len(want), np.nan), where=so_far > 0)
    goal, done, left = float(want.sum()), float(got[:n].sum()), len(want) - n
    to_do = max(goal - done, 0.0)
    table.attrs |= {
        "goal": goal,
        "done": done,
        "to_do": to_do,
        "periods_left": left,
        "needed": to_do / left if left else np.nan,
        "planned_rest": float(want[n:].mean()) if left else np.nan,
    }
    return table


def _side(table: pd.DataFrame, what: str, columns: dict[str, str]) -> pd.DataFrame:
    """Volumes and prices as floats, by product; prices may be missing where the volume is 0."""
    checks.frame(table, what)
    checks.need(table, columns)
    if not table.index.is_unique:
        checks.fail(
            _("{what}: product {product!r} is listed more than once; add its rows up first."),
            what=what,
            product=table.index[table.index.duplicated()][0],
        )
    result = pd.DataFrame({"volume": checks.within(table[columns["volume"]], columns["volume"], 0)}, index=table.index)
    for name in list(columns)[1:]:
        values = checks.within(table[columns[name]], columns[name], 0, missing=True)
        gone = np.isnan(values) & (result["volume"] > 0).to_numpy()
        if gone.any():
            checks.fail(
                _("{what}, row {row}: {column!r} is missing, but there is a volume."),
                what=what,
                row=table.index[int(gone.argmax())],
                column=columns[name],
            )
        result[name] = values
    return result
