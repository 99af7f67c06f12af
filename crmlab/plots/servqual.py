"""Chart of SERVQUAL: the gap of each dimension or item."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from crmlab import checks, servqual
from crmlab.language import _, tr
from crmlab.plots import drawn
from crmlab.plots.canvas import GREEN, INK, RED, axes, done, title, wrap

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def gap_bars(table: pd.DataFrame, ax: Axes | None = None, names: Any = None) -> Axes:
    """Gaps between what is perceived and what is expected, with their intervals; below 0 falls short.

    ``table`` comes from :func:`crmlab.servqual.by_dimension` or ``gaps``. ``names`` maps its row keys to names to
    show; the five dimensions and the 22 items have theirs.

    >>> survey = pd.DataFrame({f"e{k}": [7, 6, 7] for k in (1, 2, 3, 4)} | {f"p{k}": [5, 6, 5] for k in (1, 2, 3, 4)})
    >>> gap_bars(servqual.by_dimension(survey, servqual.ITEMS.loc[1:4])).get_title(loc="left")
    'Furthest short: Tangibles, gap −1.33'
    """
    table = drawn.table(table, gaps=("gap",), maybe=("low", "high"))
    if not table["gap"].notna().any():
        checks.fail(_("No gap can be drawn: nobody answered both questions."))
    meanings = {number: f"{number}. {tr(text)}" for number, text in servqual.ITEMS["meaning"].items()}
    known = {key: tr(name) for key, name in servqual.DIMENSIONS.items()} | meanings | dict(names or {})
    ax = axes(ax, 1.6 + 0.42 * len(table) if len(table) < 12 else 1.2 + 0.29 * len(table))
    words = [wrap(tr(str(known.get(key, key))), 40) for key in table.index]
    y = np.arange(len(table))[::-1]
    for at, row in zip(y, table.to_dict("records"), strict=True):
        if not np.isfinite(row["gap"]):
            continue
        short = row["gap"] < 0
        ax.barh(
            at,
            row["gap"],
            0.6,
            color=RED if short else GREEN,
            hatch="\\\\\\" if short else "///",
            edgecolor="white",
            lw=0,
        )
        if np.isfinite(row["low"]):
            ax.plot([row["low"], row["high"]], [at, at], color=INK, lw=1.6)
    ends = np.concatenate((table[["gap", "low", "high"]].to_numpy(dtype="float64").ravel(), [0.0]))
    low, high = np.nanmin(ends), np.nanmax(ends)
    wide = max(high - low, 0.1)
    for at, gap in zip(y, table["gap"], strict=True):
        if np.isfinite(gap):
            ax.text(high + 0.24 * wide, at, _signed(gap), ha="right", va="center", fontsize=9.5)
    ax.axvline(0, color=INK, lw=1.2)
    ax.set_xlim(low - 0.06 * wide, high + 0.26 * wide)
    ax.set_ylim(-0.6, len(table) - 0.4)
    ax.set_yticks(y, words)
    ax.tick_params(axis="y", length=0)
    ax.locator_params(axis="x", nbins=6)
    ax.set_xlabel(tr(_("Gap = perceived − expected (points)")))
    at = int(np.nanargmin(table["gap"]))
    worst = table["gap"].iloc[at]
    word = words[at].replace("\n", " ")
    text = (
        _("Furthest short: {name}, gap {gap}")
        if worst < 0
        else _("Nothing falls short; least ahead: {name}, gap {gap}")
    )
    title(ax, text, name=word, gap=_signed(worst))
    return done(ax)


def _signed(number: float) -> str:
    """Two places and a true minus sign, like the ticks of the axis."""
    return f"{number:+.2f}".replace("-", "−")
