"""Charts of planning: reconciled forecasts, plan against actual."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from crmlab.language import _, tr
from crmlab.plots import drawn
from crmlab.plots.canvas import BLUE, GREY, INK, RED, SKY, axes, done, legend_below, title

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def reconcile_bars(table: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Each part's forecast and what it became; ``table`` from :func:`crmlab.planning.reconcile`.

    >>> from crmlab import planning
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


_PARTS = {"volume": _("volume"), "mix": _("mix"), "price": _("price"), "cost": _("cost")}


def variance_bridge(table: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """From plan to actual in steps; ``table`` from :func:`crmlab.planning.variances`.

    >>> from crmlab import planning
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
