"""Chart of Kano's model: how much a feature can delight against how much its absence hurts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from crmlab import checks, kano
from crmlab.language import _, tr
from crmlab.plots import drawn
from crmlab.plots.canvas import BLUE, GREEN, GREY, INK, ORANGE, PALE, RED, axes, done, legend_below, title
from crmlab.plots.labels import place

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_LOOK = {
    "M": (RED, "s"),
    "O": (BLUE, "o"),
    "A": (GREEN, "^"),
    "I": (GREY, "D"),
    "R": (ORANGE, "v"),
    "Q": (INK, "x"),
}


def better_worse(table: pd.DataFrame, ax: Axes | None = None, names: Any = None, intervals: bool = True) -> Axes:
    """The better-worse plot: one mark a feature, crossed lines for the intervals of both coefficients.

    ``table`` comes from :func:`crmlab.kano.summary` (marks by category, hollow where it is not clear; the title names
    the clear ones only) or ``better_worse``. ``names`` maps its row keys to names to show. Features without answers are not drawn.

    >>> counts = pd.DataFrame({"A": [20], "O": [4], "M": [3], "I": [5], "R": [0], "Q": [0]}, index=["app"])
    >>> better_worse(kano.summary(counts)).get_title(loc="left")
    'Attractive: app; must-be: none'
    """
    ends = ("better_low", "better_high", "worse_low", "worse_high")
    table = drawn.table(table, gaps=("better", "worse"), maybe=ends)
    shown = table[table["better"].notna()]
    if shown.empty:
        checks.fail(_("No feature has an answer, so there is nothing to draw."))
    ax = axes(ax, 5.0)
    labels = dict(names or {})
    words = [tr(str(labels.get(key, _plain(key)))) for key in shown.index]
    x, y = (-shown["worse"]).tolist(), shown["better"].tolist()
    ax.set_xlim(-0.04, 1.04)
    ax.set_ylim(-0.04, 1.04)
    ax.axvline(0.5, color=GREY, lw=1, ls=":")
    ax.axhline(0.5, color=GREY, lw=1, ls=":")
    corners = {
        "A": (0, 1, "left", "top"),
        "O": (1, 1, "right", "top"),
        "I": (0, 0, "left", "bottom"),
        "M": (1, 0, "right", "bottom"),
    }
    for letter, (cx, cy, ha, va) in corners.items():
        ax.text(cx, cy, tr(kano.CATEGORIES[letter]), ha=ha, va=va, color=GREY, fontsize=10)
    rows = shown.to_dict("records")
    seen = set()
    for row, px, py in zip(rows, x, y, strict=True):
        letter = row.get("category", "")
        colour, mark = _LOOK.get(letter, (BLUE, "o"))
        if intervals and {"better_low", "worse_low"} <= set(shown.columns):
            ax.plot([px, px], [row["better_low"], row["better_high"]], color=PALE, lw=1.6, zorder=1)
            ax.plot([-row["worse_high"], -row["worse_low"]], [py, py], color=PALE, lw=1.6, zorder=1)
        clear = bool(row.get("clear", True))
        word = tr(kano.CATEGORIES[letter]) if letter in kano.CATEGORIES and letter not in seen else None
        seen.add(letter)
        face = "white" if not clear and mark != "x" else colour
        ax.plot(px, py, mark, ms=8, mfc=face, mec=colour, mew=1.8, zorder=3)
        if word:
            ax.plot([], [], mark, ms=7, mfc=colour, mec=colour, ls="", label=word)
    corner_boxes = [(0, 0.95, 0.3, 1.0), (0.66, 0.95, 1.0, 1.0), (0, 0.0, 0.3, 0.06), (0.7, 0.0, 1.0, 0.06)]
    place(ax, x, y, words, corner_boxes)
    ax.set_xlabel(tr(_("Worse, without its sign: absence takes satisfaction away")))
    ax.set_ylabel(tr(_("Better: presence adds satisfaction")))
    if "category" in shown:
        legend_below(ax, 3)
        for letter, text in (("A", _("Attractive: {names}; must-be: {others}")),):
            # A category that the answers cannot tell is no finding, so it is not in the title.
            told = [(word, row["category"]) for word, row in zip(words, rows, strict=True) if row.get("clear", True)]
            delight = [word for word, category in told if category == letter]
            musts = [word for word, category in told if category == "M"]
            none = tr(_("none"))
            join = tr(_(", "))
            title(ax, text, names=join.join(delight) or none, others=join.join(musts) or none)
    else:
        at = shown["worse"].to_numpy().argmin()
        title(
            ax, _("Its absence hurts most: {name} (worse {worse:.2f})"), name=words[at], worse=shown["worse"].iloc[at]
        )
    return done(ax)


def _plain(key: Any) -> str:
    return ": ".join(map(str, key)) if isinstance(key, tuple) else str(key)
