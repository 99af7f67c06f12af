"""Charts of customer value: the concentration curve with its classes, the Lorenz curve."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from crmlab import value
from crmlab.language import _, tr
from crmlab.plots import drawn
from crmlab.plots.canvas import BLUE, GREY, INK, ORANGE, PINK, SKY, axes, done, title

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def abc_curve(table: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """The concentration curve of a :func:`crmlab.value.abc` table: customers against their share of the amount.

    >>> abc_curve(value.abc([70, 20, 6, 4])).get_xlabel()
    'Customers, largest first (%)'
    """
    table = drawn.table(table, numbers=("amount", "cumulative_share"), others=("class",))
    classes = value.by_class(table)
    ax = axes(ax, 3.9)
    x = 100 * np.arange(len(table) + 1) / len(table)
    y = 100 * np.concatenate(([0.0], table["cumulative_share"].to_numpy()))
    start, previous, level = 0, -100.0, 0
    for i, (letter, row) in enumerate(classes.iterrows()):
        stop = start + int(row["customers"])
        centre = min(max((x[start] + x[stop]) / 2, 13), 87)
        level = level + 1 if centre - previous < 25 else 0
        previous = centre
        part = slice(start, stop + 1)
        ax.fill_between(x[part], y[part], color=_CLASS_COLOURS[i % 3], alpha=0.35, hatch=_HATCHES[i % 3], lw=0)
        ax.text(
            centre,
            5 + 21 * level,  # labels of narrow classes stand above one another
            tr(
                _("{letter}\n{customers:,} customers\n{share:.0%}"),
                letter=letter,
                customers=int(row["customers"]),
                share=row["amount_share"],
            ),
            ha="center",
            va="bottom",
            fontsize=9.5,
            bbox=_LABEL,
        )
        if start:
            ax.axvline(x[start], color=INK, lw=0.8, ls=":")
        start = stop
    ax.plot(x, y, color=INK, lw=2)
    ax.set_xlim(0, 100)
    ax.set_ylim(0, 102)
    ax.set_xlabel(tr(_("Customers, largest first (%)")))
    ax.set_ylabel(tr(_("Share of the amount (%)")))
    first = classes.iloc[0]
    title(
        ax,
        _("{customers:.0%} of the customers bring {share:.0%} of the amount: class {letter}"),
        customers=first["customer_share"],
        share=first["amount_share"],
        letter=classes.index[0],
    )
    return done(ax)


_CLASS_COLOURS = (BLUE, ORANGE, PINK)

_HATCHES = ("//", "..", "")

_LABEL = {"facecolor": "white", "edgecolor": "none", "alpha": 0.85, "pad": 1.5}


def lorenz(curve: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """The Lorenz curve from :func:`crmlab.value.lorenz`, with the line of equal customers.

    >>> lorenz(value.lorenz([1, 1])).get_title(loc="left")
    'The smaller half of customers brings 50% of the amount'
    """
    curve = drawn.table(curve, "curve", numbers=("customer_share", "amount_share"))
    ax = axes(ax, 3.9)
    x, y = 100 * curve["customer_share"], 100 * curve["amount_share"]
    ax.plot([0, 100], [0, 100], color=GREY, ls="--", lw=1.3)
    ax.plot(x, y, color=BLUE, lw=2.4)
    ax.fill_between(x, y, x, color=SKY, alpha=0.25, lw=0)
    ax.text(48, 52, tr(_("if all were equal")), rotation=37, ha="center", va="bottom", color=GREY, fontsize=9.5)
    ax.set_xlim(0, 100)
    ax.set_ylim(0, 100)
    ax.set_xlabel(tr(_("Customers, smallest first (%)")))
    ax.set_ylabel(tr(_("Share of the amount (%)")))
    half = float(np.interp(50, x, y)) / 100
    title(ax, _("The smaller half of customers brings {share:.0%} of the amount"), share=half)
    return done(ax)
