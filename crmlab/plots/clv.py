"""Charts of customer lifetime value: the projected retention of a contract cohort, a forecast against what came."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from crmlab import checks, clv
from crmlab.language import _, tr
from crmlab.plots import drawn
from crmlab.plots.canvas import BLUE, GREY, INK, ORANGE, axes, done, legend_below, title

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def sbg_curve(
    model: clv.ShiftedBetaGeometric, survivors: Any = None, periods: int = 12, ax: Axes | None = None
) -> Axes:
    """The share of a cohort still there: what was seen (``survivors``, the counts of the fit) and the model's line.

    >>> counts = [1000, 869, 743, 653, 593, 551, 517, 491]
    >>> sbg_curve(clv.fit_sbg(counts), counts).get_title(loc="left")
    'After 12 periods 38% are expected to be still there'
    """
    from matplotlib.ticker import MaxNLocator

    model = drawn.model(model, clv.ShiftedBetaGeometric, "model", "clv.fit_sbg(...)")
    last = checks.number(periods, "periods", 1, 1000, whole=True)
    seen = None if survivors is None else checks.numbers(checks.series(survivors, "survivors"), "survivors")
    ax = axes(ax, 3.9)
    t = np.arange(last + 1)
    line = 100 * model.survival(t)
    known = last if seen is None else min(len(seen) - 1, last)
    ax.plot(t[: known + 1], line[: known + 1], color=BLUE, lw=2.2, label=tr(_("model")))
    if known < last:
        ax.plot(t[known:], line[known:], color=BLUE, lw=2.2, ls=(0, (4, 2)), label=tr(_("model, projected")))
    if seen is not None:
        ax.plot(
            t[: known + 1], 100 * seen[: known + 1] / seen[0], "o", color=ORANGE, mec=INK, ms=6, label=tr(_("seen"))
        )
    ax.set_ylim(0, 105)
    ax.set_xlim(-0.3, last + 0.3)
    ax.xaxis.set_major_locator(MaxNLocator(8, integer=True))
    ax.set_xlabel(tr(_("Periods since the start")))
    ax.set_ylabel(tr(_("Still there (%)")))
    legend_below(ax, 3)
    title(
        ax,
        _("After {periods} periods {share:.0%} are expected to be still there"),
        periods=last,
        share=line[-1] / 100,
    )
    return done(ax)


def holdout_check(result: clv.HoldOut, ax: Axes | None = None) -> Axes:
    """Purchases in the hold-out by past repeat purchases: what came, the model, and the past pace simply gone on.

    ``result`` comes from :func:`crmlab.clv.holdout`.
    """
    table = drawn.model(result, clv.HoldOut, "result", "clv.holdout(...)").by_frequency
    ax = axes(ax, 3.9)
    x = table.index.to_numpy()
    ax.plot(x, table["same_pace"], color=GREY, ls=":", marker="s", ms=4, label=tr(_("same pace as before")))
    ax.plot(x, table["predicted"], color=BLUE, ls="--", marker="^", ms=6, label=tr(_("model")))
    ax.plot(x, table["actual"], color=INK, lw=2.2, marker="o", ms=5, label=tr(_("what came")))
    top = clv.MOST
    ax.set_xticks(x, [f"{value:g}+" if value == top else f"{value:g}" for value in x])
    ax.set_ylim(0, None)
    ax.set_xlabel(tr(_("Repeat purchases so far")))
    ax.set_ylabel(tr(_("Purchases a customer afterwards")))
    legend_below(ax, 3)
    title(
        ax,
        _("Model {predicted:,.0f} purchases, reality {actual:,.0f}, same pace {pace:,.0f}"),
        predicted=result.totals["predicted"],
        actual=result.totals["actual"],
        pace=result.totals["same_pace"],
    )
    return done(ax)
