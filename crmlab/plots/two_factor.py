"""Charts of the two factors and of perceived value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from crmlab import perceived_value, two_factor
from crmlab.language import _, tr
from crmlab.plots import drawn
from crmlab.plots.canvas import BLUE, GREEN, INK, ORANGE, PINK, RED, SKY, YELLOW, axes, done, legend_below, title, wrap

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def penalty_reward_bars(table: pd.DataFrame, ax: Axes | None = None, names: Any = None) -> Axes:
    """Penalty to the left, reward to the right, with intervals; ``table`` from
    :func:`crmlab.two_factor.penalty_reward`. ``names`` maps features to names to show.

    >>> survey = pd.DataFrame({"clean": [1, 3, 3, 5, 1, 3, 5, 3], "gift": [3, 3, 5, 3, 3, 1, 5, 5],
    ...                        "all": [3, 7, 9, 7, 3, 7, 9, 9]})
    >>> from crmlab import two_factor
    >>> table = two_factor.penalty_reward(survey, ["clean", "gift"], "all", 2, 4)
    >>> penalty_reward_bars(table).get_title(loc="left")
    'Penalty clear of 0: clean; reward: gift'
    """
    table = drawn.table(
        table, numbers=("penalty", "penalty_high", "reward", "reward_low"), maybe=("penalty_low", "reward_high")
    )
    labels = dict(names or {})
    words = [tr(str(labels.get(key, key))) for key in table.index]
    ax = axes(ax, 1.8 + 0.5 * len(table))
    y = np.arange(len(table))[::-1]
    for column, colour, hatch, word in (
        ("penalty", RED, "\\\\\\", _("low mark: penalty")),
        ("reward", GREEN, "///", _("high mark: reward")),
    ):
        ax.barh(y, table[column], 0.6, color=colour, hatch=hatch, edgecolor="white", lw=0, label=tr(word))
        lift = 0.09 if column == "penalty" else -0.09
        for at, low, high in zip(y + lift, table[f"{column}_low"], table[f"{column}_high"], strict=True):
            ax.plot([low, high], [at, at], color=INK, lw=1.4)
    ax.axvline(0, color=INK, lw=1.2)
    ax.set_yticks(y, [wrap(word, 24) for word in words])
    ax.tick_params(axis="y", length=0)
    ax.set_ylim(-0.6, len(table) - 0.4)
    ax.locator_params(axis="x", nbins=6)
    ax.set_xlabel(tr(_("Change of the overall judgement (points)")))
    legend_below(ax, 2)
    join, none = tr(_(", ")), tr(_("none"))
    # No word on hygiene or motivator: an interval that holds 0 is no proof that there is nothing.
    found = {
        key: join.join(word for word, clear in zip(words, which, strict=True) if clear) or none
        for key, which in zip(("penalty", "reward"), two_factor.clear_of_zero(table), strict=True)
    }
    title(ax, _("Penalty clear of 0: {penalty}; reward: {reward}"), **found)
    return done(ax)


def value_bars(table: pd.DataFrame, ax: Axes | None = None, names: Any = None) -> Axes:
    """What each offer gives (right) and costs (left), by part; ``table`` from
    :func:`crmlab.perceived_value.perceived_value` with its own columns of value and cost.

    >>> offers = pd.DataFrame({"product": [90, 100], "money": [70, 60], "time": [5, 20]}, index=["we", "they"])
    >>> value_bars(perceived_value.perceived_value(offers)).get_title(loc="left")
    'First: they, ahead by 5 (value 100 less cost 80)'
    """
    known = (*perceived_value.VALUES, *perceived_value.COSTS)
    table = drawn.table(table, numbers=("total_value", "total_cost", "perceived_value"), maybe=known)
    labels = dict(names or {})
    words = [tr(str(labels.get(key, key))) for key in table.index]
    ax = axes(ax, 2.2 + 0.6 * len(table))
    y = np.arange(len(table))[::-1]
    looks = iter(
        [
            (SKY, ""),
            (BLUE, "//"),
            (GREEN, ".."),
            (YELLOW, "xx"),
            (ORANGE, ""),
            (RED, "//"),
            (PINK, ".."),
            ("#BBBBBB", "xx"),
        ]
    )
    for parts, sign in ((perceived_value.VALUES, 1), (perceived_value.COSTS, -1)):
        left = np.zeros(len(table))
        for key, name in parts.items():
            colour, hatch = next(looks)
            if key in table:
                amount = sign * table[key].to_numpy(dtype="float64")
                ax.barh(
                    y,
                    amount,
                    0.56,
                    left=left,
                    color=colour,
                    hatch=hatch,
                    edgecolor="white",
                    lw=0.6,
                    label=wrap(tr(name), 22),
                )
                left = left + amount
    ax.axvline(0, color=INK, lw=1.2)
    for at, amount, value in zip(y, table["perceived_value"], table["total_value"], strict=True):
        ax.text(value + 0.02 * table["total_value"].max(), at, f"{amount:+,.0f}", va="center", fontsize=10)
    ax.set_yticks(y, [wrap(word, 20) for word in words])
    ax.tick_params(axis="y", length=0)
    ax.set_xlim(-1.06 * table["total_cost"].max(), 1.2 * table["total_value"].max())
    ax.set_ylim(-0.6, len(table) - 0.4)
    ax.locator_params(axis="x", nbins=6)
    ax.xaxis.set_major_formatter("{x:,.0f}")
    ax.set_xlabel(tr(_("Costs (left) and values (right)")))
    legend_below(ax, 2)
    first = table.iloc[0]
    lead = first["perceived_value"] - (table["perceived_value"].iloc[1] if len(table) > 1 else 0)
    title(
        ax,
        _("First: {name}, ahead by {lead:,.0f} (value {value:,.0f} less cost {cost:,.0f})"),
        name=words[0],
        lead=lead,
        value=first["total_value"],
        cost=first["total_cost"],
    )
    return done(ax)
