"""Charts of the pipeline: the funnel, evidence for yes-or-no questions, penalties and rewards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from crmlab import checks
from crmlab.language import _, tr
from crmlab.plots import drawn
from crmlab.plots.canvas import BLUE, INK, ORANGE, SKY, axes, done, title, wrap

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def funnel_bars(table: pd.DataFrame, ax: Axes | None = None, names: Any = None) -> Axes:
    """The funnel from :func:`crmlab.funnel.conversion`: how many reach each stage, and the rate with its interval.

    >>> from crmlab import funnel
    >>> ax = funnel_bars(funnel.conversion({"calls": 200, "visits": 20, "orders": 5}))
    >>> ax.get_title(loc="left").replace(chr(10), " ")
    'From calls to orders: 40 for one; the narrowest step leads to visits'
    """
    table = drawn.table(table, numbers=("count",), gaps=("rate", "low", "high"))
    ax = axes(ax, 1.3 + 0.72 * len(table))
    labels = dict(names or {})
    words = [tr(str(labels.get(key, key))) for key in table.index]
    y = np.arange(len(table))[::-1]
    counts = table["count"].to_numpy(dtype="float64")
    wide = max(counts.max(), 1.0)
    for at, count in zip(y, counts, strict=True):
        ax.barh(at, count, 0.5, left=(wide - count) / 2, color=SKY)
        ax.text(wide / 2, at, f"{count:,.0f}", ha="center", va="center", fontsize=10.5)
    weakest = table.attrs.get("weakest")
    for at, key, rate, low, high in zip(y, table.index, table["rate"], table["low"], table["high"], strict=True):
        if np.isfinite(rate):
            ax.text(
                wide / 2,
                at + 0.5,
                tr(_("{rate:.1%} pass ({low:.1%} to {high:.1%})"), rate=rate, low=low, high=high),
                ha="center",
                va="center",
                fontsize=9.5,
                bbox={"facecolor": "white", "edgecolor": ORANGE if key == weakest else "white", "pad": 1.5},
            )
    ax.set_yticks(y, [wrap(word, 18) for word in words])
    ax.tick_params(axis="y", length=0)
    ax.set_xticks([])
    ax.set_xlim(-0.02 * wide, 1.02 * wide)
    ax.set_ylim(-0.45, len(table) - 0.55)
    if counts[-1] > 0 and weakest in table.index:
        at = list(table.index).index(weakest)
        title(
            ax,
            _("From {first} to {last}: {n:,.0f} for one; the narrowest step leads to {weakest}"),
            n=counts[0] / counts[-1],
            first=words[0],
            last=words[-1],
            weakest=words[at],
        )
    else:
        title(ax, _("From {first} to {last}: {n:,.0f}, and not one yet"), n=counts[0], first=words[0], last=words[-1])
    return done(ax, frame=False)


def evidence_bars(table: pd.DataFrame, ax: Axes | None = None, names: Any = None, most: int = 12) -> Axes:
    """How much more often a yes wins than a no, with intervals; ``table`` from :func:`crmlab.pipeline.evidence`.

    The ``most`` largest differences are drawn; hollow marks are those whose interval contains 0.

    >>> from crmlab import pipeline
    >>> deals = pd.DataFrame({"tender": ["Yes", "No"] * 20, "won": [False, True] * 15 + [True, False] * 5})
    >>> evidence_bars(pipeline.evidence(deals)).get_title(loc="left")
    'tender: yes wins 25%, no wins 75%'
    """
    table = drawn.table(table, gaps=("difference", "low", "high"), others=("verdict",))
    shown = table[table["difference"].notna()].head(checks.number(most, "most", 1, 100, whole=True))
    if shown.empty:
        checks.fail(_("No column has both a yes and a no, so there is nothing to draw."))
    labels = dict(names or {})
    words = [tr(str(labels[key])) if key in labels else str(key) for key in shown.index]  # a column is no text of ours
    ax = axes(ax, 1.5 + 0.4 * len(shown))
    y = np.arange(len(shown))[::-1]
    for at, row in zip(y, shown.to_dict("records"), strict=True):
        sure = row["verdict"] != "unclear"
        ax.plot([100 * row["low"], 100 * row["high"]], [at, at], color=BLUE, lw=2.2, solid_capstyle="butt")
        ax.plot(100 * row["difference"], at, "o", ms=8, mfc=BLUE if sure else "white", mec=BLUE, mew=1.8)
    ax.axvline(0, color=INK, lw=1.2)
    ax.set_yticks(y, [wrap(word, 24) for word in words])
    ax.tick_params(axis="y", length=0)
    ax.set_ylim(-0.6, len(shown) - 0.4)
    ax.locator_params(axis="x", nbins=6)
    ax.set_xlabel(tr(_("Win rate, yes less no (points); hollow = may be 0")))
    sure = [at for at, verdict in enumerate(shown["verdict"]) if verdict != "unclear"]
    if sure:
        row = shown.iloc[sure[0]]
        title(
            ax,
            _("{name}: yes wins {yes:.0%}, no wins {no:.0%}"),
            name=words[sure[0]],
            yes=row["share_yes"],
            no=row["share_no"],
        )
    else:
        title(ax, _("Of {n} questions none can be told from chance"), n=len(table))
    return done(ax)
