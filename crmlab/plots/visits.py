"""Charts of planned visits: the delivery calendar, a route under several order rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from crmlab import checks
from crmlab.language import _, tr
from crmlab.plots import drawn
from crmlab.plots.canvas import BLUE, GREEN, INK, ORANGE, PALE, PINK, RED, axes, done, legend_below, title

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_LINES = ((RED, "v", ":"), (BLUE, "o", "-"), (GREEN, "s", "--"), (ORANGE, "^", "-."), (PINK, "D", (0, (5, 1))))


def delivery_calendar(table: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Deliveries and collections by day; ``table`` from :func:`crmlab.visits.calendar`.

    >>> from crmlab import visits
    >>> records = pd.DataFrame({"household": ["Lin"], "people": [5], "grams": [400], "jar": [30.],
    ...     "last_delivery": ["2024-03-01"], "pay_day": [20]})
    >>> delivery_calendar(visits.calendar(records, "2024-03-02", days=30)).get_title(loc="left").replace("\\n", " ")
    '2 deliveries to 1 households, 56 kg in all; the next on 2024-03-15'
    """
    table = drawn.table(table, numbers=("kg",), others=("day", "household", "what", "late"))
    from matplotlib.dates import AutoDateLocator, DateFormatter

    deliver, collect = (table[table["what"] == what] for what in ("deliver", "collect"))
    if deliver.empty:
        checks.fail(_("There is no delivery in the calendar; make it longer."))
    names = list(dict.fromkeys(table["household"]))
    place = {name: len(names) - 1 - i for i, name in enumerate(names)}
    ax = axes(ax, min(1.9 + 0.3 * len(names), 7.8))
    for at in place.values():
        ax.axhline(at, color=PALE, lw=0.8, zorder=0)
    late = deliver[deliver["late"]]
    for rows, colour, mark, fill, name in (
        (deliver[~deliver["late"]], BLUE, "^", BLUE, tr(_("deliver"))),
        (late, RED, "^", "white", tr(_("deliver late"))),
        (collect, ORANGE, "o", "white", tr(_("collect"))),
    ):
        if not rows.empty:
            y = rows["household"].map(place)
            ax.plot(rows["day"], y, mark, ms=8, mfc=fill, mec=colour, mew=1.8, ls="none", label=name)
    ax.set_yticks(list(place.values()), [str(name) for name in place])
    ax.set_ylim(-0.6, len(names) - 0.4)
    ax.tick_params(axis="y", length=0)
    ax.xaxis.set_major_locator(AutoDateLocator(minticks=3, maxticks=6))
    ax.xaxis.set_major_formatter(DateFormatter("%m-%d"))
    ax.set_xlabel(tr(_("Day (month-day)")))
    legend_below(ax, 3)
    title(
        ax,
        _("{n:,} deliveries to {households:,} households, {kg:,.0f} kg in all; the next on {day}"),
        n=len(deliver),
        households=deliver["household"].nunique(),
        kg=deliver["kg"].sum(),
        day=f"{deliver['day'].min():%Y-%m-%d}",
    )
    return done(ax)


def policy_tradeoff(table: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Lost sales against stock held, a point an order rule; ``table`` from :func:`crmlab.visits.by_factor`.

    >>> from crmlab import visits
    >>> table = visits.by_factor(visits.simulate(visits.shop_demand(shops=10, days=70, seed=1)))
    >>> policy_tradeoff(table).get_title(loc="left").replace("\\n", " ")
    '1x to 1.5x: lost sales from 18% to 2%, stock from 3.2 to 6.9 days'
    """
    table = drawn.table(table, numbers=("lost_share", "days_of_stock"))
    rows = table.sort_index()
    ax = axes(ax, 3.6)
    x, y = rows["days_of_stock"].to_numpy(), 100 * rows["lost_share"].to_numpy()
    ax.plot(x, y, color=BLUE, lw=1.8, marker="o", ms=9, clip_on=False)  # whole at zero, too
    wide, high = max(x.max(), 1e-9), max(y.max(), 1.0)
    for factor, across, up in zip(rows.index, x, y, strict=True):
        ax.text(across + 0.02 * wide, up + 0.04 * high, f"{factor:g}x", fontsize=11, va="bottom", color=INK)
    ax.set_xlim(0, 1.15 * wide)
    ax.set_ylim(0, 1.2 * high)
    ax.set_xlabel(tr(_("Stock held (days of demand)")))
    ax.set_ylabel(tr(_("Lost sales (% of demand)")))
    if len(rows) == 1:
        title(
            ax,
            _("{factor:g}x: {lost:.0%} of sales lost with {days:.1f} days of stock"),
            factor=rows.index[0],
            lost=y[0] / 100,
            days=x[0],
        )
        return done(ax)
    title(
        ax,
        _(
            "{one:g}x to {two:g}x: lost sales from {lost:.0%} to {lost_two:.0%}, stock from {days:.1f} to {days_two:.1f} days"
        ),
        one=rows.index[0],
        two=rows.index[1],
        lost=y[0] / 100,
        lost_two=y[1] / 100,
        days=x[0],
        days_two=x[1],
    )
    return done(ax)


def route_lines(route: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """The share of sales lost from visit to visit, a line an order rule; ``route`` from :func:`crmlab.visits.simulate`.

    >>> from crmlab import visits
    >>> route_lines(visits.simulate(visits.shop_demand(shops=10, days=70, seed=1))).get_xlabel()
    'Visit'
    """
    from matplotlib.ticker import MaxNLocator

    route = drawn.table(route, "route", numbers=("factor", "visit", "demand", "lost"))
    sums = route.groupby(["factor", "visit"])[["lost", "demand"]].sum()
    share = (sums["lost"] / sums["demand"].where(sums["demand"] > 0)).unstack("factor")
    ax = axes(ax, 3.7)
    for i, factor in enumerate(share.columns):
        colour, mark, style = _LINES[i % len(_LINES)]
        ax.plot(
            share.index,
            100 * share[factor],
            color=colour,
            marker=mark,
            ls=style,
            ms=4.5,
            lw=1.8,
            label=f"{factor:g}x",
            clip_on=False,
        )
    ax.set_ylim(0, max(100 * float(np.nanmax(share)), 1.0) * 1.08)
    ax.set_xlabel(tr(_("Visit")))
    ax.set_ylabel(tr(_("Lost sales (% of demand)")))
    ax.xaxis.set_major_locator(MaxNLocator(8, integer=True))
    legend_below(ax, 5)
    half = share.index > share.index.max() / 2
    ends = share[half].mean()
    worst = ends.idxmax()
    title(
        ax,
        _("{factor:g}x loses most: {lost:.0%} of sales in the second half of the visits"),
        factor=worst,
        lost=ends[worst],
    )
    return done(ax)
