"""Charts of the relationship audit: a radar, and the same four scores as bars."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from crmlab import checks
from crmlab.language import _, tr
from crmlab.plots import drawn
from crmlab.plots.canvas import BLUE, GREEN, GREY, INK, PALE, RED, SKY, axes, done, title, wrap

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def _checked(table: pd.DataFrame) -> pd.DataFrame:
    table = drawn.table(table, gaps=("share",), others=("name", "weakest"))
    if table["share"].isna().all():
        checks.fail(_("Nobody answered: all scores are missing."))
    return table


def _percent(share: float) -> str:
    """As in a table: 25%, but 37.5%, so that the chart says what the prose says."""
    return f"{round(100 * share, 1):g}%"


def _settled(table: pd.DataFrame, worst: int) -> bool:
    """Whether the lowest stays the lowest whatever the answers to the open questions are."""
    if not {"least", "most"} <= set(table.columns):
        return True
    table = drawn.table(table, gaps=("least", "most"))
    least, most = (table[end].to_numpy(dtype="float64") for end in ("least", "most"))
    return not (np.delete(least, worst) < most[worst] - 1e-9).any()


def _headline(ax: Axes, table: pd.DataFrame, worst: int) -> None:
    share = table["share"].to_numpy(dtype="float64")
    if (np.nan_to_num(share) >= 0.999).all():
        title(ax, _("Full points in all {n} checks"), n=len(table))
        return
    title(
        ax,
        _("Lowest: {name} with {share} of the points; start with question {question}")
        if _settled(table, worst)
        else _("Lowest so far: {name} with {share} of the points; open questions may change that"),
        name=tr(table["name"].iloc[worst]),
        share=_percent(float(share[worst])),
        question=table["weakest"].iloc[worst],
    )


def audit_bars(table: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """The scores of the relationship audit on one straight scale; ``table`` from :func:`crmlab.audit.scores`.

    Where nobody could answer a question, a line shows from where to where the score could lie.

    >>> from crmlab import audit
    >>> answers = dict.fromkeys(audit.QUESTIONS.index, 4) | {"R1": 1, "R3": None}
    >>> audit_bars(audit.scores(answers)).get_title(loc="left").replace("\\n", " ")
    'Lowest: How customers are rewarded with 56.2% of the points; start with question R1'
    """
    table = drawn.table(_checked(table), numbers=("least", "most"))
    ax = axes(ax, 1.6 + 0.55 * len(table))
    y = np.arange(len(table))[::-1]
    share = table["share"].to_numpy(dtype="float64")
    worst = int(np.nanargmin(share))
    for place, at in enumerate(y):
        least, most = (100 * float(table[end].iloc[place]) for end in ("least", "most"))
        value = 100 * share[place]
        if np.isfinite(value):
            look: dict[str, Any] = (
                {"color": RED, "hatch": "\\\\\\"} if place == worst and value < 99.9 else {"color": SKY}
            )
            ax.barh(at, value, 0.6, edgecolor="white", lw=0, **look)
        if most - least > 0.05:
            ax.plot([least, most], [at, at], color=INK, lw=1.6, marker="|", ms=10, mew=1.6)
        said = _percent(share[place]) if np.isfinite(value) else tr(_("not answered"))
        ax.text(max(most, np.nan_to_num(value)) + 1.5, at, said, va="center", fontsize=10, color=INK)
    ax.set_yticks(y, [wrap(tr(str(name)), 16) for name in table["name"]])
    ax.tick_params(axis="y", length=0)
    _headline(ax, table, worst)
    ax.set_xlim(0, 118)
    ax.set_xticks([0, 25, 50, 75, 100])
    ax.set_xlabel(tr(_("Share of the points (%); line = open questions")))
    return done(ax)


def audit_radar(table: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """The four scores of the relationship audit; ``table`` from :func:`crmlab.audit.scores`.

    The corners are in the order of the rows. A check without an answer is drawn at 0, and its corner says so. The area says
    nothing: see :func:`crmlab.audit.radar_area`.

    >>> from crmlab import audit
    >>> answers = dict.fromkeys(audit.QUESTIONS.index, 4) | {"R1": 1}
    >>> audit_radar(audit.scores(answers)).get_title(loc="left").replace("\\n", " ")
    'Lowest: How customers are rewarded with 60% of the points; start with question R1'
    """
    table = _checked(table)
    ax = axes(ax, 4.6)
    n = len(table)
    angle = np.pi / 2 - 2 * np.pi * np.arange(n) / n
    x, y = np.cos(angle), np.sin(angle)
    ring = [*range(n), 0]
    for part in (0.25, 0.5, 0.75, 1.0):
        ax.plot(part * x[ring], part * y[ring], color=PALE if part < 1 else GREY, lw=1)
    for i in range(n):
        ax.plot([0, x[i]], [0, y[i]], color=PALE, lw=1)
    share = table["share"].to_numpy(dtype="float64")
    known = np.nan_to_num(share)
    ax.fill(known * x, known * y, color=SKY, alpha=0.35, lw=0)
    ax.plot(known[ring] * x[ring], known[ring] * y[ring], color=BLUE, lw=2.2, marker="o", ms=7)
    for i, name in enumerate(table["name"]):
        value = _percent(share[i]) if np.isfinite(share[i]) else tr(_("not answered"))
        across = "center" if abs(x[i]) < 0.1 else "left" if x[i] > 0 else "right"
        down = "center" if abs(y[i]) < 0.1 else "bottom" if y[i] > 0 else "top"
        text = wrap(tr(name), 14 if across != "center" else 60) + "\n" + value
        ax.text(1.07 * x[i], 1.07 * y[i], text, ha=across, va=down, fontsize=10, color=INK)
    ax.set_xlim(-1.85, 1.85)
    ax.set_ylim(-1.35, 1.35)
    ax.set_aspect("equal")
    ax.axis("off")
    worst = int(np.nanargmin(share))
    _headline(ax, table, worst)
    ring_of = GREEN if known[worst] >= 0.999 else RED
    ax.plot(known[worst] * x[worst], known[worst] * y[worst], marker="o", ms=10, mfc="none", mec=ring_of, mew=2)
    return ax
