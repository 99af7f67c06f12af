"""Charts of cross-selling: what later months say of rules, by the number of baskets that these came from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from crmlab import checks, cross_selling
from crmlab.language import _, tr
from crmlab.plots import drawn
from crmlab.plots.canvas import BLUE, GREY, ORANGE, PALE, axes, done, legend_below, title

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_LOOK = {
    "held": (BLUE, "", _("held")),
    "open": (PALE, "", _("open")),
    "refuted": (ORANGE, "xxx", _("refuted")),
    "rare": (GREY, "///", _("rare")),
}


def later_bars(table: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """What became of rules, in percent of each class of :func:`crmlab.cross_selling.by_count`.

    >>> import pandas as pd
    >>> tested = pd.DataFrame({"both": [3, 3, 50], "lift": [40.0, 20.0, 30.0], "later_both": [0, 2, 60],
    ...                        "later_expected": [1.0, 1.0, 2.0], "verdict": ["rare", "open", "held"]})
    >>> later_bars(cross_selling.by_count(tested, [3, 10])).get_title(loc="left").replace(chr(10), " ")
    'Rules from 3 to 9 baskets: 0% held in later months; from 10 or more: 100%'
    """
    table = drawn.table(table, numbers=("rules", *cross_selling.VERDICTS))
    table = table[table["rules"] > 0]
    if table.empty:
        checks.fail(_("None of these classes holds a rule. Begin them with smaller numbers."))
    ax = axes(ax, 1.7 + 0.5 * len(table))
    y = np.arange(len(table))[::-1]
    left = np.zeros(len(table))
    for verdict in cross_selling.VERDICTS:
        colour, hatch, name = _LOOK[verdict]
        part = 100 * (table[verdict] / table["rules"]).to_numpy(dtype=float)
        if not part.any():
            continue
        ax.barh(y, part, 0.62, left=left, color=colour, hatch=hatch, edgecolor="white", lw=0.6, label=tr(name))
        left += part
    held = 100 * (table["held"] / table["rules"]).to_numpy(dtype=float)
    for at, share in zip(y, held, strict=True):
        inside = share > 12
        ax.text(
            share / 2 if inside else share + 1,
            at,
            f"{share:.0f}%",
            va="center",
            ha="center" if inside else "left",
            color="white" if inside else "black",
            bbox=None if inside else {"facecolor": "white", "edgecolor": "none", "pad": 1.5},
            fontsize=9.5,
        )
    names = [_said(str(key)) for key in table.index]
    ax.set_yticks(y, names)
    ax.set_ylabel(tr(_("Baskets at first")))
    ax.tick_params(axis="y", length=0)
    ax.set_xlim(0, 100)
    ax.set_xlabel(tr(_("Of these rules (%)")))
    legend_below(ax, 2)
    title(
        ax,
        _("Rules from {few} baskets: {low:.0f}% held in later months; from {many}: {high:.0f}%"),
        few=names[0],
        low=held[0],
        many=names[-1],
        high=held[-1],
    )
    return done(ax)


def _said(name: str) -> str:
    """A class in the reader's language."""
    start, _blank, rest = name.partition(" ")
    if rest == "or more":
        return tr(_("{start} or more"), start=start)
    if rest.startswith("to "):
        return tr(_("{start} to {end}"), start=start, end=rest.removeprefix("to "))
    return start
