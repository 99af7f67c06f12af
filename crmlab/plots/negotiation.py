"""Charts of negotiation: the zone of agreement, price talks, packages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from crmlab import checks, negotiation
from crmlab.language import _, tr
from crmlab.plots import drawn
from crmlab.plots.canvas import BLUE, GREEN, GREY, INK, ORANGE, PALE, axes, done, legend_below, title

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def zone_bar(
    limits: negotiation.Zone, talks: pd.DataFrame | None = None, ax: Axes | None = None, *, money: str = ""
) -> Axes:
    """The zone of agreement; with ``talks`` from :func:`crmlab.negotiation.negotiate`, the prices that came out.

    ``money`` names the unit of the price, such as "yuan a case", in the trainee's language where the course can translate it.

    >>> zone_bar(negotiation.zone(80, 100)).get_title(loc="left")
    'Any price from 80 to 100 suits both: 20 to share'
    """
    if not isinstance(limits, negotiation.Zone):
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
    ends = ((low, left, _("seller\nat least\n{price:,.10g}")), (high, right, _("buyer\nat most\n{price:,.10g}")))
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
    ax.set_xlabel(_with_unit(_("Price"), money))
    if not limits.exists:
        title(ax, _("No price suits both: the limits lie {gap:,.10g} apart"), gap=-limits.pie)
    elif talks is None:
        title(
            ax,
            _("Any price from {low:,.10g} to {high:,.10g} suits both: {pie:,.10g} to share"),
            low=low,
            high=high,
            pie=limits.pie,
        )
    elif len(prices):
        title(
            ax,
            _("{share:.1%} of {n:,} talks end in a deal, at {price:,.2f} on average"),
            share=len(prices) / len(talks),
            n=len(talks),
            price=prices.mean(),
        )
    else:
        title(ax, _("None of {n:,} talks ends in a deal, although a price would suit both"), n=len(talks))
    return done(ax)


def package_map(table: pd.DataFrame, ax: Axes | None = None, *, money: str = "") -> Axes:
    """What each package is worth to both sides, the efficient ones joined; ``table`` from :func:`crmlab.negotiation.packages`,
    ``money`` the unit of worth, such as "yuan a year".

    >>> price = pd.DataFrame({"seller": [4, 0], "buyer": [0, 4]}, index=["100", "96"])
    >>> pay = pd.DataFrame({"seller": [6, 0], "buyer": [0, 1]}, index=["now", "in 60 days"])
    >>> package_map(negotiation.packages({"price": price, "pay": pay})).get_title(loc="left").replace("\\n", " ")
    'For 3 of 4 packages any other is worse for one side; the largest pie is 10'
    """
    table = drawn.table(table, numbers=("seller", "buyer", "total"), others=("efficient",))
    table["efficient"] = checks.yes_no(table["efficient"], "efficient")
    from matplotlib.ticker import MaxNLocator

    ax = axes(ax, 4.2)
    rest, best = table[~table["efficient"]], table[table["efficient"]].sort_values(["seller", "buyer"])
    ax.plot(
        rest["seller"], rest["buyer"], "o", ms=6, mfc=PALE, mec=GREY, ls="none", label=tr(_("could be better for both"))
    )
    ax.plot(best["seller"], best["buyer"], "D-", ms=7, color=BLUE, lw=1.4, label=tr(_("any other is worse for one side")))
    ax.axhline(0, color=GREY, lw=0.8)
    ax.axvline(0, color=GREY, lw=0.8)
    ax.margins(0.1)
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_locator(MaxNLocator(5))
        axis.set_major_formatter("{x:,.10g}")
    ax.set_xlabel(_with_unit(_("Worth to the seller"), money))
    ax.set_ylabel(_with_unit(_("Worth to the buyer"), money))
    legend_below(ax, 2)
    title(
        ax,
        _("For {best:,} of {n:,} packages any other is worse for one side; the largest pie is {pie:,.10g}"),
        n=len(table),
        best=len(best),
        pie=table["total"].max(),
    )
    return done(ax)


def _with_unit(name: str, unit: str) -> str:
    """The name of an axis with its unit, if there is one."""
    return tr(_("{name} ({unit})"), name=tr(name), unit=tr(unit)) if unit else tr(name)
