"""Charts of satisfaction: index by group or object, NPS."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from crmlab import checks, satisfaction
from crmlab.language import _, tr
from crmlab.plots import drawn
from crmlab.plots.canvas import BLUE, GREEN, GREY, INK, PALE, RED, axes, done, legend_below, title

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def index_bars(table: pd.DataFrame, ax: Axes | None = None, names: Any = None) -> Axes:
    """Satisfaction indices around the line 1, with their intervals.

    ``table`` comes from :func:`crmlab.satisfaction.by` or ``by_object``. ``names`` maps its row keys to
    names to show; the five objects have theirs.

    >>> import pandas as pd
    >>> survey = pd.DataFrame({"region": list("NNSS"), "expected": [8, 9, 8, 7], "perceived": [8, 9, 6, 6]})
    >>> index_bars(satisfaction.by(survey, "region")).get_title(loc="left")
    'Weakest: S with c = 0.80'
    """
    from matplotlib.ticker import MaxNLocator

    table = drawn.table(table, numbers=("n",), gaps=("index", "low", "high"), others=("verdict",))
    if not (table["n"] > 0).any():
        checks.fail(_("No group has an answer, so there is nothing to draw."))
    ax = axes(ax, 1.6 + 0.5 * len(table))
    labels = {**{key: tr(name) for key, name in satisfaction.OBJECTS.items()}, **dict(names or {})}
    words = [tr(str(labels.get(key, key))) for key in table.index]
    y = np.arange(len(table))[::-1]
    look = {
        "unhappy": (RED, "\\\\\\", tr(_("below 1"))),
        "delighted": (GREEN, "///", tr(_("above 1"))),
        "unclear": (PALE, "", tr(_("cannot be told from 1"))),
    }
    ends = [1.0]
    seen = set()
    for at, row in zip(y, table.to_dict("records"), strict=True):
        if row["n"] == 0:
            ax.text(1, at, tr(_("no answers")), ha="center", va="center", color=GREY, fontsize=10)
            continue
        colour, hatch, word = look[row["verdict"]]
        ax.barh(
            at,
            row["index"] - 1,
            0.6,
            left=1,
            color=colour,
            hatch=hatch,
            edgecolor="white",
            lw=0,
            label=None if word in seen else word,
        )
        seen.add(word)
        if np.isfinite(row["low"]):
            ax.plot([row["low"], row["high"]], [at, at], color=INK, lw=1.6)
        ends += [end for end in (row["index"], row["low"], row["high"]) if np.isfinite(end)]
    ax.axvline(1, color=INK, lw=1.2)
    width = max(max(ends) - min(ends), 0.02)
    ax.set_xlim(min(ends) - 0.06 * width, max(ends) + 0.34 * width)
    for at, row in zip(y, table.to_dict("records"), strict=True):
        if row["n"] == 0:
            continue
        ax.text(
            max(ends) + 0.32 * width,
            at,
            f"{row['index']:.2f}  (n = {row['n']:,})",
            va="center",
            ha="right",
            fontsize=9.5,
        )
    ax.set_yticks(y, words)
    ax.tick_params(axis="y", length=0)
    ax.set_ylim(-0.6, len(table) - 0.4)
    ax.set_xlabel(tr(_("Index c = perceived / expected (1 = as expected)")))
    ax.xaxis.set_major_locator(MaxNLocator(8, steps=[1, 2, 5, 10]))
    ax.xaxis.set_major_formatter("{x:.2f}")
    legend_below(ax, 2)
    worst = int(np.nanargmin(table["index"]))
    title(ax, _("Weakest: {name} with c = {c:.2f}"), name=words[worst], c=table["index"].iloc[worst])
    return done(ax)


def nps_bar(result: satisfaction.NPS | pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Shares of detractors, passives and promoters, and the score.

    ``result`` comes from :func:`crmlab.satisfaction.nps` (one bar) or ``nps_by`` (a bar a group).

    >>> nps_bar(satisfaction.nps([10, 9, 8, 3])).get_title(loc="left")
    'NPS +25: 50% promoters less 25% detractors'
    """
    if isinstance(result, satisfaction.NPS):
        names = ["nps", "low", "high", "promoters", "passives", "detractors", "n"]
        table = pd.DataFrame([[getattr(result, name) for name in names]], columns=names, index=[""])
    else:
        table = drawn.table(result, numbers=("promoters", "passives", "detractors", "n"), gaps=("nps", "low", "high"))
    if not (table["n"] > 0).any():
        checks.fail(_("No group has an answer, so there is nothing to draw."))
    ax = axes(ax, 1.9 + 0.62 * len(table))
    y = np.arange(len(table))[::-1]
    left = np.zeros(len(table))
    parts = (
        ("detractors", tr(_("Detractors 0-6")), RED, "\\\\\\", INK),
        ("passives", tr(_("Passives 7-8")), PALE, "", INK),
        ("promoters", tr(_("Promoters 9-10")), BLUE, "", "white"),
    )
    for key, word, colour, hatch, ink in parts:
        shares = (100 * table[key] / table["n"].clip(lower=1)).to_numpy()
        ax.barh(y, shares, 0.56, left=left, color=colour, hatch=hatch, edgecolor="white", lw=0.8, label=word)
        for at, start, share in zip(y, left, shares, strict=True):
            if share >= 8:
                ax.text(
                    start + share / 2,
                    at,
                    f"{share:.0f}%",
                    ha="center",
                    va="center",
                    color=ink,
                    fontsize=10,
                    bbox={"facecolor": "white" if hatch else colour, "edgecolor": "none", "pad": 1},
                )
        left = left + shares
    for at, row in zip(y, table.to_dict("records"), strict=True):
        if row["n"] == 0:
            ax.text(50, at, tr(_("no answers")), ha="center", va="center", color=GREY, fontsize=10)
            continue
        ax.text(
            0,
            at + 0.31,
            tr(
                _("NPS {nps:+d}, interval {low:+d} to {high:+d}, n = {n:,}"),
                nps=round(row["nps"]),
                low=round(row["low"]),
                high=round(row["high"]),
                n=int(row["n"]),
            ),
            fontsize=9.5,
            va="bottom",
        )
    ax.set_yticks(y, [tr(str(key)) for key in table.index])
    ax.tick_params(axis="y", length=0)
    ax.set_xlim(0, 100)
    ax.set_ylim(-0.45, len(table) - 0.35)
    ax.set_xlabel(tr(_("Answers (%)")))
    legend_below(ax, 3)
    rows = table[table["n"] > 0].reset_index(names="name").to_dict("records")
    best, worst = max(rows, key=lambda row: row["nps"]), min(rows, key=lambda row: row["nps"])
    if len(rows) == 1:
        title(
            ax,
            _("NPS {nps:+d}: {promoters:.0%} promoters less {detractors:.0%} detractors"),
            nps=round(best["nps"]),
            promoters=best["promoters"] / best["n"],
            detractors=best["detractors"] / best["n"],
        )
    else:
        title(
            ax,
            _("From {low:+d} points ({worst}, n = {n_low:,}) to {high:+d} ({best}, n = {n_high:,})"),
            worst=tr(str(worst["name"])),
            low=round(worst["nps"]),
            n_low=int(worst["n"]),
            best=tr(str(best["name"])),
            high=round(best["nps"]),
            n_high=int(best["n"]),
        )
    return done(ax)
