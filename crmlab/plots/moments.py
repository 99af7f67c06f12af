"""The map of moments as a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from crmlab.language import _, tr
from crmlab.plots import drawn
from crmlab.plots.canvas import BLUE, INK, ORANGE, PALE, axes, done, legend_below, title, wrap

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def moment_dots(table: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """For each contact point the share that left after a bad score, with its interval, and that of the others.

    ``table`` has a row a contact point, its name as index, and the columns ``bad`` (how many gave a bad score),
    ``bad_left`` with ``low`` and ``high``, and ``others_left`` (shares). A row without bad scores shows the others alone.

    >>> found = pd.DataFrame({"bad": [40, 9], "bad_left": [.5, .2], "low": [.35, .06], "high": [.65, .5],
    ...                       "others_left": [.1, .15]}, index=["delivery", "bill"])
    >>> moment_dots(found).get_title(loc="left").replace(chr(10), " ")
    'Delivery: 50% left after a bad score, 10% of the others'
    """
    table = drawn.table(table, numbers=("bad",), gaps=("bad_left", "low", "high", "others_left"))
    ax = axes(ax, 1.9 + 0.36 * len(table))
    names = [tr(str(name)) for name in table.index]
    y = np.arange(len(table))[::-1]
    ax.hlines(y, 0, 100, color=PALE, lw=0.8, zorder=0)
    ax.hlines(y, 100 * table["low"], 100 * table["high"], color=INK, lw=1.8)
    ax.plot(
        100 * table["bad_left"], y, "s", ls="", ms=9, mfc=ORANGE, mec=INK, zorder=3, label=tr(_("after a bad score"))
    )
    ax.plot(
        100 * table["others_left"],
        y,
        "o",
        ls="",
        ms=8,
        mfc="white",
        mec=BLUE,
        mew=2,
        zorder=3,
        label=tr(_("the others")),
    )
    for at, n in zip(y, table["bad"], strict=True):
        ax.text(118, at, f"n = {n:,}", ha="right", va="center", fontsize=9.5)
    ax.set_yticks(y, [wrap(name, 27) for name in names])
    ax.tick_params(axis="y", length=0)
    ax.set_xlim(0, 119)
    ax.set_xticks(range(0, 101, 20))
    ax.set_ylim(-0.6, len(table) - 0.4)
    ax.set_xlabel(tr(_("Left (%); line: interval; n: bad scores")))
    legend_below(ax, 2)
    apart = (table["low"] - table["others_left"]).to_numpy(dtype="float64")
    if np.nanmax(apart, initial=-1.0) <= 0:
        title(ax, _("No contact point stands apart: all may be chance"))
    else:
        first = int(np.nanargmax(apart))
        row = table.iloc[first]
        title(
            ax,
            _("{name}: {bad:.0%} left after a bad score, {others:.0%} of the others"),
            name=names[first][:1].upper() + names[first][1:],
            bad=row["bad_left"],
            others=row["others_left"],
        )
    return done(ax)
