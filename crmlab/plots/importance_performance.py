"""The importance-performance map."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from crmlab import importance_performance
from crmlab.language import _, size, tr
from crmlab.plots import drawn
from crmlab.plots.canvas import BLUE, GREEN, GREY, ORANGE, RED, axes, done, title
from crmlab.plots.labels import place

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_LOOK = {"concentrate": (RED, "s"), "keep_up": (GREEN, "o"), "low_priority": (GREY, "D"), "overkill": (ORANGE, "^")}


_SIZE = 10.0
"""Size of the quadrants' names, in points."""


def importance_map(
    table: pd.DataFrame, ax: Axes | None = None, names: Any = None, scales: tuple[str, str] = ("", "")
) -> Axes:
    """Performance (across) against importance (up), with the cross that makes the four quadrants.

    ``table`` comes from :func:`crmlab.importance_performance.importance_performance`. ``names`` maps features to
    names to show. ``scales`` says in what importance and performance are measured.

    >>> found = importance_performance.importance_performance({"staff": .6, "price": .2}, {"staff": 3.1, "price": 4.2})
    >>> importance_map(found).get_title(loc="left")
    'Concentrate here: staff'
    """
    table = drawn.table(table, numbers=("importance", "performance"), others=("quadrant",))
    ax = axes(ax, 4.8)
    labels = dict(names or {})
    words = [tr(str(labels.get(key, key))) for key in table.index]
    x, y = table["performance"], table["importance"]
    across, up = table.attrs.get("cuts", (y.mean(), x.mean()))
    spans = []
    for values, cut in ((x, up), (y, across)):
        low, high = min(values.min(), cut), max(values.max(), cut)
        margin = 0.22 * max(high - low, 1e-6 * max(1.0, abs(high)))
        spans.append((low - margin, high + margin))
    (left, right), (bottom, top) = spans
    left, right = _room(ax, left, up, right)
    ax.set_xlim(left, right)
    ax.set_ylim(bottom, top)
    ax.axvline(up, color=GREY, lw=1, ls=":")
    ax.axhline(across, color=GREY, lw=1, ls=":")
    wide, high = right - left, top - bottom
    taken = []
    for key, side, level in (
        ("concentrate", "left", "top"),
        ("keep_up", "right", "top"),
        ("low_priority", "left", "bottom"),
        ("overkill", "right", "bottom"),
    ):
        cx = left + 0.015 * wide if side == "left" else right - 0.015 * wide
        cy = top - 0.015 * high if level == "top" else bottom + 0.015 * high
        ax.text(cx, cy, tr(importance_performance.QUADRANTS[key]), ha=side, va=level, color=GREY, fontsize=_SIZE)
        x0 = left if side == "left" else right - 0.44 * wide
        y0 = top - 0.07 * high if level == "top" else bottom
        taken.append((x0, y0, x0 + 0.44 * wide, y0 + 0.07 * high))
    for px, py, key in zip(x, y, table["quadrant"], strict=True):
        colour, mark = _LOOK.get(key, (BLUE, "o"))
        ax.plot(px, py, mark, ms=8, color=colour)
    place(ax, x.tolist(), y.tolist(), words, taken)
    ax.locator_params(nbins=6)
    ax.set_ylabel(_labelled(tr(_("Importance")), scales[0]))
    ax.set_xlabel(_labelled(tr(_("Performance")), scales[1]))
    first = [word for word, key in zip(words, table["quadrant"], strict=True) if key == "concentrate"]
    if first:
        title(ax, _("Concentrate here: {names}"), names=tr(_(", ")).join(first))
    else:
        title(ax, _("What matters is done well: nothing to concentrate on"))
    return done(ax)


def _labelled(word: str, scale: str) -> str:
    return tr(_("{what} ({scale})"), what=word, scale=tr(scale)) if scale else word


def _room(ax: Axes, left: float, cut: float, right: float) -> tuple[float, float]:
    """The span across, made wider where the name of a quadrant would reach over the cross at ``cut``."""
    points = ax.get_position().width * ax.figure.bbox.width / ax.figure.dpi * 72
    names = {key: tr(text) for key, text in importance_performance.QUADRANTS.items()}

    def need(*keys: str) -> float:
        widest = max(size(names[key]) for key in keys)
        return min((0.56 * _SIZE * widest + 10) / points, 0.45)  # reckoned: nothing is drawn yet

    before, after = need("concentrate", "low_priority"), need("keep_up", "overkill")
    left = min(left, cut - (right - cut) * before / (1 - before))
    return left, max(right, cut + (cut - left) * after / (1 - after))
