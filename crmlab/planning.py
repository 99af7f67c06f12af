"""Forecast and plan: two forecasts reconciled, plan against actual.

Source: training handout; the methods are named at each function.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from crmlab import checks
from crmlab.language import _

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
