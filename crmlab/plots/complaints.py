"""Charts of a complaint talk: the seven steps, the customer's mood."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from crmlab import checks, complaints
from crmlab.language import _, tr
from crmlab.plots import drawn
from crmlab.plots.canvas import BLUE, INK, ORANGE, RED, axes, done, title, wrap

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def seven_steps(review: complaints.Review | None = None, ax: Axes | None = None) -> Axes:
    """The seven steps of a complaint talk; with a :func:`crmlab.complaints.review`, what became of each.

    >>> seven_steps().get_title(loc="left")
    'First the feelings, then the matter: seven steps'
    """
    from matplotlib.patches import FancyBboxPatch

    if review is not None:
        drawn.model(review, complaints.Review, "review", "complaints.review(...)")
    ax = axes(ax, 5.6)
    ax.set_xlim(0, 10)
    ax.set_ylim(-0.1, 9.0)
    ax.axis("off")
    y = 8.85
    half = ""
    for key, step in complaints.STEPS.items():
        if step.half != half:
            half = step.half
            ax.text(0.1, y - 0.12, tr(complaints.HALVES[half]), fontsize=11, va="top")
            y -= 0.62
        face, edge, style = ("#FBE7BF", ORANGE, "-") if half == "feelings" else ("#D4E9F8", BLUE, "-")
        state = ""
        if review is not None:
            if key in review.skipped:
                face, style, state = "white", "--", tr(_("skipped"))
            elif key in review.out_of_order:
                state = tr(_("too early"))
            else:
                state = tr(_("done"))
        ax.add_patch(
            FancyBboxPatch(
                (0.15, y - 0.94),
                9.7,
                0.84,
                boxstyle="round,pad=0,rounding_size=0.15",
                facecolor=face,
                edgecolor=edge,
                lw=1.5,
                ls=style,
            )
        )
        ax.text(0.5, y - 0.52, str(step.number), fontsize=15, va="center", ha="center", color=INK)
        ax.text(1.0, y - 0.34, tr(step.name), fontsize=11, va="center")
        ax.text(1.0, y - 0.71, wrap(tr(step.meaning), 64), fontsize=8.8, va="center")
        if state:
            sign = {tr(_("skipped")): "○", tr(_("too early")): "↑"}.get(state, "●")
            ax.text(9.7, y - 0.34, f"{sign} {state}", fontsize=10, va="center", ha="right")
        y -= 1.06
    if review is None:
        title(ax, _("First the feelings, then the matter: seven steps"))
    else:
        title(
            ax,
            _("{done} of 7 steps done, {early} of them too early, {skipped} skipped"),
            done=len(review.done),
            early=len(review.out_of_order),
            skipped=len(review.skipped),
        )
    return ax


def mood_line(moods: Sequence[float], ax: Axes | None = None, limits: tuple[float, float] = (1, 5)) -> Axes:
    """A customer's mood through a talk: ``moods`` from the first word to the last, within ``limits``.

    >>> mood_line([2, 1, 3, 4]).get_title(loc="left")
    'Mood from 2 to 4; lowest after line 1'
    """
    values = checks.numbers(checks.series(moods, "moods"), "moods")
    low, high = limits
    if ((values < low) | (values > high)).any():
        checks.fail(_("Moods must lie between {low:g} and {high:g}."), low=low, high=high)
    ax = axes(ax, 3.2)
    turns = np.arange(len(values))
    ax.axhspan(low - 1, (low + high) / 2, color=ORANGE, alpha=0.14, lw=0)
    ax.plot(turns, values, color=BLUE, lw=2.2, marker="o", ms=7, mfc="white", mew=2)
    worst = int(values.argmin())
    ax.plot(worst, values[worst], marker="v", ms=11, color=RED, ls="none")
    ax.set_ylim(low - 0.5, high + 0.5)
    ax.set_xlim(-0.3, max(len(values) - 0.7, 0.7))
    ax.set_yticks([low, (low + high) / 2, high], [tr(_("furious")), tr(_("composed")), tr(_("pleased"))])
    ax.set_xticks(turns[:: max(1, len(turns) // 10)])
    ax.set_xlabel(tr(_("Your lines, one after the other (0 = before the first)")))
    ax.set_ylabel(tr(_("Mood")))
    if worst == 0 and len(values) > 1 and values.min() < values.max():
        text = _("Mood from {first:g} to {last:g}; never worse than at the start")
    elif values.min() == values.max():
        text = _("Mood {first:g} from first to last")
    else:
        text = _("Mood from {first:g} to {last:g}; lowest after line {line}")
    title(ax, text, first=values[0], last=values[-1], line=worst)
    return done(ax)
