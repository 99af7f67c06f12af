"""Charts of prices: discounts and the volume that pays for them, and what volume did."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from crmlab import checks, pricing
from crmlab.language import _, tr
from crmlab.plots import drawn
from crmlab.plots.canvas import BLUE, GREEN, GREY, INK, ORANGE, PINK, RED, axes, done, legend_below, title

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_LINES = ((RED, "v", ":"), (BLUE, "o", "-"), (GREEN, "s", "--"), (ORANGE, "^", "-."), (PINK, "D", (0, (5, 1))))


def discount_lines(table: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """The volume that pays for a discount, a line a margin; ``table`` from :func:`crmlab.pricing.discount_table`.

    Discounts that eat the whole margin have no point. The axis ends at three times today's volume.

    >>> discount_lines(pricing.discount_table([.05, .1], [.2])).get_title(loc="left")
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


def price_response(changes: pd.DataFrame, margin: float, ax: Axes | None = None) -> Axes:
    """How far the price moved and how far volume went with it, a point an article, beside the volume that earns as much as
    before at this ``margin`` (share of the old price); ``changes`` from :func:`crmlab.pricing.price_changes`.

    >>> changes = pd.DataFrame({"change": [-.5, -.1, .1], "volume": [8, 1.2, .9]})
    >>> price_response(changes, margin=.4).get_title(loc="left").replace("\\n", " ")
    'At a margin of 40%, 0 of 2 cuts earned as much as the old price'
    """
    table = drawn.table(changes, "changes", numbers=("change", "volume"))
    margin = checks.rate(margin, "margin", zero=False)
    moved, volume = table["change"].to_numpy(dtype="float64"), table["volume"].to_numpy(dtype="float64")
    paid = volume >= 1 + np.asarray(pricing.break_even_volume(-moved, margin))
    ax = axes(ax, 4.2)
    for side, name, colour, mark in (
        (moved < 0, _("price cut"), ORANGE, "v"),
        (moved >= 0, _("price raised"), BLUE, "o"),
    ):
        ax.plot(100 * moved[side], volume[side], mark, color=colour, ms=5, mec="white", mew=0.4, label=tr(name))
    x = np.linspace(max(-margin + 0.01, min(float(moved.min()), 0) - 0.05), max(float(moved.max()), 0) + 0.05, 200)
    label = tr(_("earns as much as before (margin {margin:.0%})"), margin=margin)
    ax.plot(100 * x, 1 + np.asarray(pricing.break_even_volume(-x, margin)), color=INK, lw=1.8, label=label)
    ax.axvline(-100 * margin, color=GREY, lw=1.0, ls=":")
    ax.set_yscale("log")
    ax.set_ylim(min(0.1, 0.8 * float(volume.min())), max(20.0, 1.3 * float(volume.max())))
    ticks = [
        one for one in (0.01, 0.1, 0.25, 0.5, 1, 2, 4, 10, 40, 100, 1000) if ax.get_ylim()[0] <= one <= ax.get_ylim()[1]
    ]
    ax.set_yticks(ticks, [f"{one:g}" for one in ticks])
    ax.minorticks_off()
    ax.set_xlabel(tr(_("Price change (%)")))
    ax.set_ylabel(tr(_("Units after / before,\nagainst steady articles")))
    legend_below(ax, 1)
    cuts, rises = moved < 0, moved >= 0
    side, text = (
        (cuts, _("At a margin of {margin:.0%}, {paid:,} of {n:,} cuts earned as much as the old price"))
        if cuts.any()
        else (rises, _("At a margin of {margin:.0%}, {paid:,} of {n:,} rises earned as much as the old price"))
    )
    title(ax, text, margin=margin, paid=int(paid[side].sum()), n=int(side.sum()))
    return done(ax)
