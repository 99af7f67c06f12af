"""Charts of the customer lifecycle: stages, moves between them, phases of the relationship."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from crmlab import checks, lifecycle
from crmlab.language import _, tr
from crmlab.plots import drawn
from crmlab.plots.canvas import BLUE, GREEN, GREY, INK, ORANGE, RED, SKY, axes, done, title, wrap

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_LOOK = {
    "potential": (GREY, ""),
    "new": (SKY, ""),
    "active": (BLUE, ""),
    "loyal": (GREEN, "///"),
    "churned": (RED, "\\\\\\"),
    "exploration": (SKY, ""),
    "growth": (GREEN, "///"),
    "maturity": (BLUE, ""),
    "decline": (RED, "\\\\\\"),
}


def stage_bars(table: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Number of customers by stage, with the move of each; ``table`` from :func:`crmlab.lifecycle.by_stage`.

    >>> stage_bars(lifecycle.by_stage(["new", "churned", "loyal", "churned"])).get_title(loc="left").replace("\\n", " ")
    '2 of 4 customers (50%) have churned, 1 are loyal'
    """
    ax = _bars(table, lifecycle.STAGES, ax)
    counts = table["customers"]
    title(
        ax,
        _("{churned:,} of {total:,} customers ({share:.0%}) have churned, {loyal:,} are loyal"),
        churned=int(counts["churned"]),
        total=int(counts.sum()),
        share=counts["churned"] / counts.sum(),
        loyal=int(counts["loyal"]),
    )
    return done(ax)


def phase_bars(table: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Number of relationships by phase, with the move of each; ``table`` from :func:`crmlab.lifecycle.by_phase`.

    >>> phase_bars(lifecycle.by_phase(["growth", "decline", "decline"])).get_title(loc="left").replace("\\n", " ")
    '2 of 3 relationships are in decline (67%), 1 are growing'
    """
    ax = _bars(table, lifecycle.PHASES, ax)
    counts = table["customers"]
    title(
        ax,
        _("{decline:,} of {total:,} relationships are in decline ({share:.0%}), {growth:,} are growing"),
        decline=int(counts["decline"]),
        total=int(counts.sum()),
        share=counts["decline"] / counts.sum(),
        growth=int(counts["growth"]),
    )
    return done(ax)


def _bars(table: pd.DataFrame, known: pd.DataFrame, ax: Axes | None) -> Axes:
    table = drawn.table(table, numbers=("customers", "share"))
    if list(table.index) != list(known.index):
        checks.fail(_("The table needs the rows {rows}."), rows=", ".join(known.index))
    ax = axes(ax, 1.2 + 0.72 * len(table))
    y = np.arange(len(table))[::-1]
    top = max(float(table["customers"].max()), 1.0)
    for at, (key, count, share) in zip(y, table[["customers", "share"]].itertuples(), strict=True):
        colour, hatch = _LOOK[str(key)]
        ax.barh(at + 0.18, count, 0.34, color=colour, hatch=hatch, edgecolor="white", lw=0)
        ax.text(count + 0.02 * top, at + 0.18, f"{int(count):,}  ({share:.0%})", va="center", fontsize=10)
        ax.text(0.012 * top, at - 0.16, wrap(tr(known["move"][key]), 62), va="center", fontsize=8.8, color=INK)
    ax.set_yticks(y, [wrap(tr(name), 12) for name in known["name"]])
    ax.tick_params(axis="y", length=0)
    ax.set_ylim(-0.6, len(table) - 0.4)
    ax.set_xlim(0, 1.25 * top)
    ax.set_xticks([])
    ax.spines["bottom"].set_visible(False)
    return ax


def transition_heat(table: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Customers by stage before (rows) and after (columns); ``table`` from :func:`crmlab.lifecycle.transitions`.

    Rows and columns without a customer are left away.

    >>> before = pd.Series({"Li": "active", "Wu": "loyal"})
    >>> after = pd.Series({"Li": "churned", "Wu": "loyal"})
    >>> transition_heat(lifecycle.transitions(before, after)).get_title(loc="left").replace("\\n", " ")
    '1 of 2 customers who were new, active or loyal have churned (50%)'
    """
    checks.frame(table, "table")
    table = drawn.table(table, gaps=list(table.columns))
    order = [*lifecycle.STAGES.index, "unknown"]
    if list(table.index) != order or list(table.columns) != order or not (table % 1 == 0).all(axis=None):
        checks.fail(_("The table must be the counts of lifecycle.transitions."))
    seen = table.loc[table.sum(axis=1) > 0, table.sum() > 0]
    values = seen.to_numpy()
    ax = axes(ax, 1.5 + 0.5 * len(seen))
    ax.imshow(values, cmap="Blues", vmin=0, vmax=max(values.max(), 1) * 1.15, aspect="auto")
    for (row, column), count in np.ndenumerate(values):
        dark = count > 0.75 * values.max()
        ax.text(column, row, f"{count:,}", ha="center", va="center", color="white" if dark else INK, fontsize=10.5)
        if seen.index[row] == seen.columns[column]:
            ax.add_patch(_frame(column, row))
    names = {key: tr(name) for key, name in _SHORT.items()}
    ax.set_xticks(range(seen.shape[1]), [names[key] for key in seen.columns])
    ax.set_yticks(range(len(seen)), [names[key] for key in seen.index])
    ax.tick_params(length=0)
    ax.set_xlabel(tr(_("Stage after; framed = stayed")))
    ax.set_ylabel(tr(_("Stage before")))
    buyers = table.loc[["new", "active", "loyal"]]
    total = int(buyers.to_numpy().sum())
    if total:
        title(
            ax,
            _("{n:,} of {total:,} customers who were new, active or loyal have churned ({share:.0%})"),
            n=int(buyers["churned"].sum()),
            total=total,
            share=buyers["churned"].sum() / total,
        )
    else:
        title(ax, _("{n:,} customers, none of whom had bought before"), n=int(table.to_numpy().sum()))
    return done(ax, frame=False)


_SHORT = {
    "potential": _("potential"),
    "new": _("new"),
    "active": _("active"),
    "loyal": _("loyal"),
    "churned": _("churned"),
    "unknown": _("unknown"),
}


def _frame(column: int, row: int) -> Any:
    from matplotlib.patches import Rectangle

    return Rectangle((column - 0.46, row - 0.44), 0.92, 0.88, fill=False, edgecolor=ORANGE, lw=1.8)
