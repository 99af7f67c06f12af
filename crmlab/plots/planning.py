"""Charts of planning: discounts, reconciled forecasts, price talks, plan against actual."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from crmlab import checks, planning
from crmlab.language import _, tr
from crmlab.plots import drawn
from crmlab.plots.canvas import BLUE, GREEN, GREY, INK, ORANGE, PALE, PINK, RED, SKY, axes, done, legend_below, title

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_LINES = ((RED, "v", ":"), (BLUE, "o", "-"), (GREEN, "s", "--"), (ORANGE, "^", "-."), (PINK, "D", (0, (5, 1))))


def discount_lines(table: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """The volume that pays for a discount, a line a margin; ``table`` from :func:`crmlab.planning.discount_table`.

    Discounts that eat the whole margin have no point. The axis ends at three times today's volume.

    >>> discount_lines(planning.discount_table([.05, .1], [.2])).get_title(loc="left")
    '5% off at a margin of 20% needs 33% more volume'
    """
    checks.frame(table, "table")
    rows = drawn.table(table, gaps=list(table.columns)).sort_index()
    checks.numbers(rows.index.to_series(), "discount")
    checks.numbers(rows.columns.to_series(), "margin")
    if not np.isfinite(rows.to_numpy(dtype="float64")).any():
        checks.fail(_("No discount in the table can pay: each eats the whole margin."))
    ax = axes(ax, 3.9)
    for i, margin in enumerate(rows.columns):
        values = 100 * rows[margin].where(np.isfinite(rows[margin]))
        colour, mark, style = _LINES[i % len(_LINES)]
        name = tr(_("margin {margin:.0%}"), margin=margin)
        ax.plot(100 * rows.index, values, color=colour, marker=mark, ls=style, lw=1.9, label=name)
    finite = rows.to_numpy(dtype="float64")
    top = min(200.0, 100 * float(finite[np.isfinite(finite)].max()))
    ax.set_ylim(min(0.0, 100 * float(finite.min())), max(top, 5.0) * 1.05)
    ax.set_xlabel(tr(_("Discount (%)")))
    ax.set_ylabel(tr(_("More volume needed (%)")))
    legend_below(ax, 2)
    # The example of the title: the 5% of the handout where it is there, in the middle of the margins.
    near = int(np.argmin(np.abs(rows.index.to_numpy(dtype="float64") - 0.05)))
    able = np.flatnonzero(np.isfinite(finite[near]))
    if len(able):
        column = able[(len(able) - 1) // 2]
        title(
            ax,
            _("{discount:.0%} off at a margin of {margin:.0%} needs {more:.0%} more volume"),
            discount=rows.index[near],
            margin=rows.columns[column],
            more=finite[near, column],
        )
    else:
        title(ax, _("{discount:.0%} off never pays at these margins"), discount=rows.index[near])
    return done(ax)


def reconcile_bars(table: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Each part's forecast and what it became; ``table`` from :func:`crmlab.planning.reconcile`.

    >>> table = planning.reconcile(pd.Series({"N": 60., "S": 40.}), 120)
    >>> reconcile_bars(table).get_title(loc="left")
    'From below 100, from above 120: agreed on 120'
    """
    table = drawn.table(table, numbers=("forecast", "reconciled"))
    ax = axes(ax, 1.8 + 0.5 * len(table))
    y = np.arange(len(table))[::-1]
    ax.barh(y + 0.2, table["forecast"], 0.36, color=SKY, label=tr(_("bottom-up forecast")))
    ax.barh(
        y - 0.2,
        table["reconciled"],
        0.36,
        color=BLUE,
        hatch="///",
        edgecolor="white",
        lw=0,
        label=tr(_("after reconciliation")),
    )
    top = max(float(table[["forecast", "reconciled"]].to_numpy().max()), 1e-9)
    for at, (old, new) in zip(y, table[["forecast", "reconciled"]].itertuples(index=False), strict=True):
        ax.text(max(old, 0) + 0.01 * top, at + 0.2, f"{old:,.0f}", va="center", fontsize=9)
        ax.text(max(new, 0) + 0.01 * top, at - 0.2, f"{new:,.0f}", va="center", fontsize=9)
    ax.set_yticks(y, [str(key) for key in table.index])
    ax.tick_params(axis="y", length=0)
    ax.set_xlim(right=1.15 * top)
    ax.set_xlabel(tr(_("Forecast")))
    legend_below(ax, 2)
    title(
        ax,
        _("From below {bottom:,.0f}, from above {top:,.0f}: agreed on {total:,.0f}"),
        bottom=table.attrs.get("bottom_up", table["forecast"].sum()),
        top=table.attrs.get("top_down", table["reconciled"].sum()),
        total=table["reconciled"].sum(),
    )
    return done(ax)


def zone_bar(limits: planning.Zone, talks: pd.DataFrame | None = None, ax: Axes | None = None) -> Axes:
    """The zone of agreement; with ``talks`` from :func:`crmlab.planning.negotiate`, the prices that came out.

    >>> zone_bar(planning.zone(80, 100)).get_title(loc="left")
    'Any price from 80 to 100 suits both: 20 to share'
    """
    if not isinstance(limits, planning.Zone):
        checks.fail(_("limits must come from zone(seller, buyer)."))
    low, high = limits.seller, limits.buyer
    wide = max(abs(high - low), 0.02 * max(abs(low), abs(high), 1e-9))
    ax = axes(ax, 2.2 if talks is None else 3.6)
    prices = np.zeros(0) if talks is None else drawn.table(talks, "talks", gaps=("price",))["price"].dropna().to_numpy()
    if limits.exists:
        ax.axvspan(low, high, color=GREEN, alpha=0.16, lw=0)
    top = 1.0
    if len(prices):
        top = float(np.max(ax.hist(prices, bins=24, range=(low, high), color=BLUE, edgecolor="white", lw=0.6)[0]))
        ax.set_ylabel(tr(_("Negotiations")))
    else:
        ax.set_yticks([])
        ax.spines["left"].set_visible(False)
    ax.axvline(low, color=ORANGE, lw=2.4)
    ax.axvline(high, color=INK, lw=2.4, ls="--")
    left, right = ("right", "left") if limits.exists else ("left", "right")
    ends = ((low, left, _("seller\nat least\n{price:,.4g}")), (high, right, _("buyer\nat most\n{price:,.4g}")))
    for price, side, text in ends:
        ax.text(
            price + (0.03 if side == "left" else -0.03) * wide,
            1.15 * top,
            tr(text, price=price),
            ha=side,
            va="top",
            fontsize=10,
        )
    ax.set_ylim(0, 1.2 * top)
    ax.set_xlim(min(low, high) - 0.45 * wide, max(low, high) + 0.45 * wide)
    ax.set_xlabel(tr(_("Price")))
    if not limits.exists:
        title(ax, _("No price suits both: the limits lie {gap:,.4g} apart"), gap=-limits.pie)
    elif talks is None:
        title(
            ax,
            _("Any price from {low:,.4g} to {high:,.4g} suits both: {pie:,.4g} to share"),
            low=low,
            high=high,
            pie=limits.pie,
        )
    elif len(prices):
        title(
            ax,
            _("{share:.1%} of {n:,} talks end in a deal, at {price:,.4g} on average"),
            share=len(prices) / len(talks),
            n=len(talks),
            price=prices.mean(),
        )
    else:
        title(ax, _("None of {n:,} talks ends in a deal, although a price would suit both"), n=len(talks))
    return done(ax)


def package_map(table: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """What each package is worth to both sides, the efficient ones joined; ``table`` from :func:`crmlab.planning.packages`.

    >>> price = pd.DataFrame({"seller": [4, 0], "buyer": [0, 4]}, index=["100", "96"])
    >>> pay = pd.DataFrame({"seller": [6, 0], "buyer": [0, 1]}, index=["now", "in 60 days"])
    >>> package_map(planning.packages({"price": price, "pay": pay})).get_title(loc="left").replace("\\n", " ")
    'Of 4 packages 3 leave nothing on the table; the largest pie is 10'
    """
    table = drawn.table(table, numbers=("seller", "buyer", "total"), others=("efficient",))
    table["efficient"] = checks.yes_no(table["efficient"], "efficient")
    ax = axes(ax, 4.2)
    rest, best = table[~table["efficient"]], table[table["efficient"]].sort_values(["seller", "buyer"])
    ax.plot(
        rest["seller"], rest["buyer"], "o", ms=6, mfc=PALE, mec=GREY, ls="none", label=tr(_("could be better for both"))
    )
    ax.plot(best["seller"], best["buyer"], "D-", ms=7, color=BLUE, lw=1.4, label=tr(_("nothing left on the table")))
    ax.axhline(0, color=GREY, lw=0.8)
    ax.axvline(0, color=GREY, lw=0.8)
    ax.margins(0.1)
    ax.set_xlabel(tr(_("Worth to the seller")))
    ax.set_ylabel(tr(_("Worth to the buyer")))
    legend_below(ax, 2)
    title(
        ax,
        _("Of {n:,} packages {best:,} leave nothing on the table; the largest pie is {pie:,.4g}"),
        n=len(table),
        best=len(best),
        pie=table["total"].max(),
    )
    return done(ax)


_PARTS = {"volume": _("volume"), "mix": _("mix"), "price": _("price"), "cost": _("cost")}


def variance_bridge(table: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """From plan to actual in steps; ``table`` from :func:`crmlab.planning.variances`.

    >>> plan = pd.DataFrame({"volume": [100, 100], "price": [10., 20.]}, index=["tea", "rice"])
    >>> actual = pd.DataFrame({"volume": [150, 90], "price": [10., 19.]}, index=["tea", "rice"])
    >>> variance_bridge(planning.variances(plan, actual)).get_title(loc="left").replace("\\n", " ")
    '+210 against plan (+7%); the largest step is volume with +600'
    """
    table = drawn.table(table, numbers=("plan", "actual", "volume", "mix", "price"), maybe=("cost",))
    total = table[[name for name in ("plan", *_PARTS, "actual") if name in table.columns]].sum()
    parts = [name for name in _PARTS if name in total.index]
    ax = axes(ax, 3.7)
    level = float(total["plan"])
    levels = [0.0, level]
    ax.bar(0, level, 0.6, color=GREY)
    _label(ax, 0, level, f"{level:,.0f}")
    for at, name in enumerate(parts, start=1):
        step = float(total[name])
        colour, hatch = (BLUE, "///") if step >= 0 else (RED, "\\\\\\")
        ax.plot([at - 0.7, at + 0.3], [level, level], color=INK, lw=0.8)
        ax.bar(at, step, 0.6, bottom=level, color=colour, hatch=hatch, edgecolor="white", lw=0)
        _label(ax, at, max(level, level + step), f"{step:+,.0f}")
        level += step
        levels.append(level)
    ax.plot([len(parts) + 0.3, len(parts) + 1.3], [level, level], color=INK, lw=0.8)
    ax.bar(len(parts) + 1, level, 0.6, color=GREY)
    _label(ax, len(parts) + 1, level, f"{level:,.0f}")
    names = [tr(_("plan")), *(tr(_PARTS[name]) for name in parts), tr(_("actual"))]
    ax.set_xticks(range(len(names)), names)
    ax.tick_params(axis="x", length=0)
    # Steps that are small beside the plan would not be seen on an axis from 0.
    moved = levels[1:]
    span = max(moved) - min(moved)
    floor = max(0.0, min(moved) - 1.5 * span) if min(moved) > 0 and span > 0 else min(levels)
    ax.set_ylim(floor, max(levels) + 0.12 * (max(levels) - floor or 1))
    ax.yaxis.set_major_formatter(lambda value, _place: f"{value:,.0f}")
    ax.set_ylabel(tr(_("Amount (money)")) if floor <= 0 else tr(_("Amount (money; axis cut off below)")))
    difference = float(total["actual"] - total["plan"])
    largest = max(parts, key=lambda name: abs(float(total[name])))
    title(
        ax,
        _("{difference:+,.0f} against plan ({share:+.0%}); the largest step is {part} with {step:+,.0f}"),
        difference=difference,
        share=difference / total["plan"] if total["plan"] else np.nan,
        part=tr(_PARTS[largest]),
        step=float(total[largest]),
    )
    return done(ax)


def _label(ax: Axes, x: float, y: float, text: str) -> None:
    """A number just above the top of its bar."""
    ax.annotate(text, (x, y), (0, 2), textcoords="offset points", ha="center", va="bottom", fontsize=10)
