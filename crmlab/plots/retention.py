"""Charts of retention: cohorts, survival curves, churn by group."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from crmlab import checks, retention
from crmlab.language import _, tr
from crmlab.plots import drawn
from crmlab.plots.canvas import (
    BLUE,
    GREEN,
    GREY,
    INK,
    ORANGE,
    PINK,
    RED,
    axes,
    done,
    legend_below,
    spelled_out,
    title,
    wrap,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def cohort_heat(table: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """A :func:`crmlab.retention.cohorts` table as shares: dark cells are ages at which many still buy.

    >>> cohort_heat(pd.DataFrame([[10.0, 3.0]], index=["2024-01"])).get_title(loc="left")
    'One period after the first purchase 30% buy again'
    """
    shares = 100 * retention.shares(table)
    ages = shares.columns[1:]
    if not len(ages):
        checks.fail(_("The table ends at age 0: there is nothing to draw yet."))
    ax = axes(ax, 1.6 + 0.27 * len(shares))
    cells = shares[ages].to_numpy()
    top = max(float(np.nanmax(cells)), 1.0) if np.isfinite(cells).any() else 1.0
    ax.imshow(cells, cmap="Blues", vmin=0, vmax=1.15 * top, aspect="auto")
    if len(ages) <= 13:
        for (row, column), share in np.ndenumerate(cells):
            if np.isfinite(share):
                ink = "white" if share > 0.7 * top else INK
                ax.text(column, row, f"{share:.0f}", ha="center", va="center", fontsize=9, color=ink)
    each = max(1, len(ages) // 12)
    ax.set_xticks(range(0, len(ages), each), [f"{age}" for age in ages[::each]])
    ax.set_yticks(range(len(shares)), [str(name) for name in shares.index], fontsize=9)
    ax.tick_params(length=0)
    ax.set_xlabel(tr(_("Periods after the first purchase; cells: % that bought")))
    curve = retention.retention_curve(table)
    title(
        ax,
        _("One period after the first purchase {share:.0%} buy again"),
        share=curve["retention"].iloc[1],
    )
    return done(ax, frame=False)


def survival_curve(table: pd.DataFrame, ax: Axes | None = None, at: float | None = None, names: Any = None) -> Axes:
    """Survival steps with their intervals, from :func:`crmlab.retention.kaplan_meier`, one curve or up to six groups.

    ``at``: the time of which the title speaks (default: half of the longest). ``names`` maps groups to names to show.

    >>> survival_curve(retention.kaplan_meier([3, 5, 5, 8], [1, 0, 1, 0]), at=4).get_title(loc="left")
    'After 4 periods 75% are still customers'
    """
    table = drawn.table(table, numbers=("survival",), gaps=("low", "high"))
    if len(table) < 2:
        checks.fail(_("A curve needs two times or more."))
    looks = [(BLUE, "-"), (ORANGE, "--"), (GREEN, "-."), (RED, ":"), (PINK, (0, (6, 1, 1, 1))), (GREY, "-")]
    if isinstance(table.index, pd.MultiIndex):
        groups = {key: table.loc[key] for key in table.index.get_level_values(0).unique()}
    else:
        groups = {"": table}
    if len(groups) > len(looks):
        checks.fail(
            _("{n} groups cannot be told apart in one chart; draw at most {most}."), n=len(groups), most=len(looks)
        )
    if at is not None:
        at = checks.number(at, "at", 0)
    ax = axes(ax, 3.9)
    words = {key: str(dict(names or {}).get(key, key)) for key in groups}
    ends = []
    for (key, part), (colour, style) in zip(groups.items(), looks, strict=False):
        time = part.index.to_numpy()
        ax.step(time, 100 * part["survival"], where="post", color=colour, ls=style, lw=2, label=words[key])
        ax.fill_between(time, 100 * part["low"], 100 * part["high"], step="post", color=colour, alpha=0.18, lw=0)
        ends.append(time[-1])
    when = float(max(ends) / 2) if at is None else at
    left = {key: float(retention.survival_at(part, when)) for key, part in groups.items()}
    ax.axvline(when, color=INK, lw=0.8, ls=":")
    ax.set_ylim(0, 103)
    ax.set_xlim(0, max(ends))
    ax.set_xlabel(tr(_("Time as a customer, in periods")))
    ax.set_ylabel(tr(_("Still customers (%)")))
    if len(groups) > 1:
        legend_below(ax, 3)
        best, worst = max(left, key=lambda key: left[key]), min(left, key=lambda key: left[key])
        title(
            ax,
            _("After {time:g} periods {best_share:.0%} are still there ({best}), or {worst_share:.0%} ({worst})"),
            time=when,
            best_share=left[best],
            best=words[best],
            worst_share=left[worst],
            worst=words[worst],
        )
    else:
        title(ax, _("After {time:g} periods {share:.0%} are still customers"), time=when, share=left[""])
    return done(ax)


def churn_bars(table: pd.DataFrame, ax: Axes | None = None, names: Any = None) -> Axes:
    """Churn rates by group with their intervals, from :func:`crmlab.retention.churn_rates`.

    >>> customers = pd.DataFrame({"plan": ["a"] * 4 + ["b"] * 4, "churned": [1, 1, 1, 0, 0, 0, 0, 1]})
    >>> churn_bars(retention.churn_rates(customers, "plan")).get_title(loc="left")
    'a: 75% of 4 left, against 50% of all'
    """
    table = drawn.table(table, numbers=("customers", "left", "rate", "low", "high"))
    known = dict(names or {})
    words = [str(known.get(key, spelled_out(key, table.index.names))) for key in table.index]
    overall = float(table["left"].sum() / table["customers"].sum())
    ax = axes(ax, 1.5 + 0.45 * len(words))
    y = np.arange(len(words))[::-1]
    ax.barh(y, 100 * table["rate"], 0.6, color=BLUE)
    ax.hlines(y, 100 * table["low"], 100 * table["high"], color=INK, lw=1.6)
    widest = 100 * float(table["high"].max())
    ax.set_xlim(0, 1.4 * widest)
    for at, rate, n in zip(y, table["rate"], table["customers"], strict=True):
        ax.text(1.38 * widest, at, f"{rate:.0%}  (n = {n:,})", va="center", ha="right", fontsize=9.5)
    ax.set_yticks(y, [wrap(word, 26) for word in words])
    ax.tick_params(axis="y", length=0)
    ax.axvline(100 * overall, color=INK, lw=1, ls="--")
    ax.set_xlabel(tr(_("Left (%), with intervals; dashed: all")))
    title(
        ax,
        _("{name}: {rate:.0%} of {n:,} left, against {overall:.0%} of all"),
        name=words[0],
        rate=table["rate"].iloc[0],
        n=int(table["customers"].iloc[0]),
        overall=overall,
    )
    return done(ax)
