"""Chart of a score of likeness: precision and recall by the cut."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from crmlab import checks
from crmlab.language import _, tr
from crmlab.plots import drawn
from crmlab.plots.canvas import BLUE, INK, ORANGE, axes, done, legend_below, title

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def match_lines(table: pd.DataFrame, at: float, ax: Axes | None = None) -> Axes:
    """Precision and recall by cut, with their intervals; ``table`` from :func:`crmlab.customers.against_truth`. The title reads
    off the values ``at`` the cut nearest to it.

    >>> from crmlab import customers
    >>> pairs = pd.DataFrame({"row_a": [1, 1], "row_b": [2, 3], "score": [0.9, 0.6]})
    >>> found = customers.against_truth(pairs, pd.Series({1: "A", 2: "A", 3: "B", 4: "B"}), [0.5, 0.8])
    >>> match_lines(found, at=0.8).get_title(loc="left")
    'From 0.80 on: 100% are right, 50% of all are found'
    """
    names = [f"{what}{end}" for what in ("precision", "recall") for end in ("", "_low", "_high")]
    table = drawn.table(table, gaps=names)
    at = checks.number(at, "at")
    ax = axes(ax, 3.6)
    looks = (
        ("precision", BLUE, "o", "-", _("right of those proposed (precision)")),
        ("recall", ORANGE, "s", "--", _("found of all (recall)")),
    )
    for what, colour, marker, style, word in looks:
        ax.fill_between(
            table.index, 100 * table[f"{what}_low"], 100 * table[f"{what}_high"], color=colour, alpha=0.18, lw=0
        )
        ax.plot(table.index, 100 * table[what], color=colour, marker=marker, ls=style, label=tr(word))
    near = min(table.index, key=lambda cut: abs(cut - at))
    ax.axvline(near, color=INK, lw=1, ls=":")
    ax.set_ylim(0, 104)
    ax.set_xlabel(tr(_("pairs from this score on")))
    ax.set_ylabel(tr(_("percent of the pairs")))
    legend_below(ax, 1)
    row = table.loc[near]
    title(
        ax,
        _("From {cut:.2f} on: {precision:.0%} are right, {recall:.0%} of all are found"),
        cut=near,
        precision=row["precision"],
        recall=row["recall"],
    )
    return done(ax)
