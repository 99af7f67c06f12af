"""Charts of what a complaint is worth: what a recovery may cost, buying again by outcome, reasons."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from crmlab import checks, complaint_economics, complaints
from crmlab.language import _, tr
from crmlab.plots import drawn
from crmlab.plots.canvas import BLUE, GREY, INK, ORANGE, SKY, axes, done, legend_below, title, wrap

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def recovery_curve(table: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Net gain of a recovery by its cost, with the range from worst to best; ``table`` from
    :func:`crmlab.complaint_economics.recovery_curve`.

    >>> recovery_curve(complaint_economics.recovery_curve(1000)).get_title(loc="left")[:43]
    'A recovery pays up to a cost of 350 (at wor'
    """
    table = drawn.table(table, numbers=("cost", "low", "net", "high"))
    if table["cost"].nunique() < 2:
        checks.fail(_("A line needs two costs or more."))
    ax = axes(ax, 3.9)
    cost = table["cost"]
    ax.fill_between(cost, table["low"], table["high"], color=SKY, alpha=0.35, lw=0, label=tr(_("from worst to best")))
    ax.plot(cost, table["net"], color=BLUE, lw=2.4, label=tr(_("likely")))
    ax.axhline(0, color=INK, lw=1.2)
    worst, likely, best = table.attrs.get("break_even") or checks.fail(_("The table must come from recovery_curve(...)."))
    if cost.min() <= likely <= cost.max():
        ax.plot(likely, 0, "o", ms=9, mfc="white", mec=BLUE, mew=2, zorder=4)
    ax.set_xlim(cost.min(), cost.max())
    ax.locator_params(nbins=6)
    ax.xaxis.set_major_formatter("{x:,.0f}")
    ax.yaxis.set_major_formatter("{x:,.0f}")
    ax.set_xlabel(tr(_("Cost of the recovery, a customer")))
    ax.set_ylabel(tr(_("Net gain, a customer")))
    legend_below(ax, 2)
    title(
        ax,
        _("A recovery pays up to a cost of {likely:,.0f} (at worst {worst:,.0f}, at best {best:,.0f})"),
        likely=likely,
        worst=worst,
        best=best,
    )
    return done(ax)


def tarp_bars(table: pd.DataFrame = complaint_economics.TARP, ax: Axes | None = None) -> Axes:
    """Who would buy again, by size of the loss and what became of the complaint.

    >>> tarp_bars().get_title(loc="left").replace(chr(10), " ")
    'Settled quickly, 82% would buy again after a large loss; in silence 9%'
    """
    table = drawn.table(table, numbers=list(complaint_economics.OUTCOMES))
    ax = axes(ax, 3.9)
    groups = {"under_5": tr(_("loss under $5")), "over_100": tr(_("loss over $100"))}
    y = np.arange(len(complaint_economics.OUTCOMES))[::-1]
    high = 0.76 / len(table)
    for at, (key, row) in enumerate(table.iterrows()):
        middle = y + 0.38 - high * (at + 0.5)
        shares = 100 * row[list(complaint_economics.OUTCOMES)].to_numpy(dtype="float64")
        colour, hatch = ((SKY, ""), (ORANGE, "///"))[at % 2]
        ax.barh(
            middle,
            shares,
            high,
            color=colour,
            hatch=hatch,
            edgecolor="white",
            lw=0.8,
            label=groups.get(str(key), str(key)),
        )
        for place, share in zip(middle, shares, strict=True):
            ax.text(share + 1.5, place, f"{share:.0f}%", va="center", fontsize=9.5)
    ax.set_yticks(y, [wrap(tr(name), 16) for name in complaint_economics.OUTCOMES.values()])
    ax.tick_params(axis="y", length=0)
    ax.set_xlim(0, 109)
    ax.set_xticks(range(0, 101, 20))
    ax.set_xlabel(tr(_("Would buy again (%)")))
    legend_below(ax, 2)
    last = table.iloc[-1]
    title(
        ax,
        _("Settled quickly, {quick:.0%} would buy again after a large loss; in silence {silent:.0%}"),
        quick=last["quickly"],
        silent=last["silent"],
    )
    return done(ax)


def reason_bars(table: pd.DataFrame, ax: Axes | None = None, names: Any = None, most: int = 10) -> Axes:
    """Reasons with their intervals, and where there is one, the claim beside them; ``table`` from
    :func:`crmlab.complaints.reasons`. The ``most`` frequent are drawn.

    >>> left = pd.DataFrame({"reason": ["quality"] * 6 + ["moved"] * 2})
    >>> reason_bars(complaints.reasons(left)).get_title(loc="left")
    'First: Quality, 75% of 8'
    """
    table = drawn.table(table, numbers=("cases", "share", "low", "high"), maybe=("claimed",))
    shown = table.head(checks.number(most, "most", 1, 100, whole=True))
    known = complaints.HANDOUT_REASONS["name"].to_dict() | dict(names or {})
    words = [wrap(tr(str(known.get(key, key))), 30) for key in shown.index]
    ax = axes(ax, 1.7 + 0.44 * len(shown))
    y = np.arange(len(shown))[::-1]
    ax.barh(y, 100 * shown["share"], 0.6, color=SKY)
    for at, low, high in zip(y, shown["low"], shown["high"], strict=True):
        ax.plot([100 * low, 100 * high], [at, at], color=INK, lw=1.6)
    top = shown[["share", "high"]].to_numpy().max()
    if "claimed" in shown:
        there = shown["claimed"].notna().to_numpy()
        ax.plot(
            100 * shown["claimed"][there],
            y[there],
            "D",
            ms=8,
            mfc="white",
            mec=ORANGE,
            mew=2,
            ls="",
            label=tr(_("claimed")),
        )
        top = max(top, shown["claimed"].max())
    for at, share in zip(y, shown["share"], strict=True):
        ax.text(100 * top * 1.2, at, f"{share:.0%}", ha="right", va="center", fontsize=9.5)
    ax.set_yticks(y, words)
    ax.tick_params(axis="y", length=0)
    ax.set_xlim(0, 100 * top * 1.22)
    ax.set_ylim(-0.6, len(shown) - 0.4)
    ax.locator_params(axis="x", nbins=6)
    ax.set_xlabel(tr(_("Share of the cases (%), with interval")))
    if "claimed" in shown:
        legend_below(ax, 1)
    n = int(table["cases"].sum())
    first = words[0].replace("\n", " ")
    title(ax, _("First: {name}, {share:.0%} of {n:,}"), name=first, share=shown["share"].iloc[0], n=n)
    ax.tick_params(axis="y", labelcolor=INK, color=GREY)
    return done(ax)
