"""Charts of the market basket: the rules worth a look, and one pair against chance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from crmlab import checks
from crmlab.language import _, tr
from crmlab.plots import drawn
from crmlab.plots.canvas import BLUE, GREY, INK, ORANGE, SKY, axes, done, legend_below, title, wrap

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def rule_bars(table: pd.DataFrame, ax: Axes | None = None, top: int = 8, names: Any = None) -> Axes:
    """The first rules of a :func:`crmlab.basket.rules` table: how often the right side follows, with and without the left.

    ``names`` maps articles to names to show.

    >>> from crmlab import basket
    >>> lines = pd.DataFrame({"invoice": [1, 1, 2, 2, 3, 4], "stock_code": ["tea", "cup", "tea", "cup", "tea", "jam"]})
    >>> ax = rule_bars(basket.rules(basket.frequent_sets(lines, support=.5)))
    >>> " ".join(ax.get_title(loc="left").split())
    'Who takes cup, takes tea in 100% of cases instead of 75%'
    """
    table = drawn.table(table, numbers=("confidence", "lift"), others=("antecedent", "consequent"))
    shown = table.head(checks.number(top, "top", 1, 20, whole=True))
    known = dict(names or {})

    def said(items: Any) -> str:
        return " + ".join(str(known.get(one, one)) for one in items)

    ax = axes(ax, 1.6 + 0.62 * len(shown))
    y = np.arange(len(shown))[::-1]
    chance = shown["confidence"] / shown["lift"]
    ax.barh(y + 0.17, 100 * shown["confidence"], 0.34, color=BLUE, label=tr(_("with the left side")))
    ax.barh(
        y - 0.17, 100 * chance, 0.34, color=SKY, hatch="///", edgecolor="white", lw=0, label=tr(_("of all baskets"))
    )
    widest = 100 * float(shown["confidence"].max())
    for at, value, lift in zip(y, shown["confidence"], shown["lift"], strict=True):
        ax.text(100 * value + 0.02 * widest, at + 0.17, tr(_("lift {lift:.1f}"), lift=lift), va="center", fontsize=9.5)
    ax.set_xlim(0, 1.28 * widest)
    words = [f"{said(a)} → {said(b)}" for a, b in zip(shown["antecedent"], shown["consequent"], strict=True)]
    ax.set_yticks(y, [wrap(word, 28) for word in words], fontsize=9)
    ax.tick_params(axis="y", length=0)
    ax.set_xlabel(tr(_("Baskets with the right side (%)")))
    legend_below(ax, 2)
    first = shown.iloc[0]
    title(
        ax,
        _("Who takes {left}, takes {right} in {confidence:.0%} of cases instead of {chance:.0%}"),
        left=said(first["antecedent"]),
        right=said(first["consequent"]),
        confidence=first["confidence"],
        chance=chance.iloc[0],
    )
    return done(ax)


def lift_lines(pairs: Any, ax: Axes | None = None, names: Any = None) -> Axes:
    """Lifts with their intervals against 1, the line of chance; ``pairs`` maps a name to a :func:`crmlab.basket.pair`.

    A single pair may be given as it is.

    >>> from crmlab import basket
    >>> lines = pd.DataFrame({"invoice": [1, 1, 2, 2, 3, 4], "stock_code": ["tea", "cup", "tea", "cup", "tea", "jam"]})
    >>> lift_lines(basket.pair(lines, "cup", "tea")).get_title(loc="left")
    'cup + tea: lift 1.33, no more than chance can do'
    """
    if isinstance(pairs, pd.Series) and "lift" in pairs.index:
        pairs = {str(pairs.name): pairs}
    table = pd.DataFrame({key: _pair(one) for key, one in checks.mapping(pairs, "pairs", "{'basket': pair(...)}").items()}).T
    table = drawn.table(table, "pairs", numbers=("lift", "low", "high", "both"))
    known = dict(names or {})
    words = [str(known.get(key, key)) for key in table.index]
    ax = axes(ax, 1.6 + 0.55 * len(table))
    y = np.arange(len(table))[::-1]
    ax.axvline(1, color=GREY, lw=1.4, ls="--")
    ax.hlines(y, table["low"], table["high"], color=BLUE, lw=3)
    ax.plot(table["lift"], y, "o", color=ORANGE, mec=INK, ms=8)
    right = max(float(table["high"].max()), 1.2)
    ax.set_xlim(0, 1.6 * right)
    for at, row in zip(y, table.to_dict("records"), strict=True):
        text = tr(_("{lift:.2f}  ({both:,.0f} with both)"), lift=row["lift"], both=row["both"])
        ax.text(1.58 * right, at, text, va="center", ha="right", fontsize=9.5)
    ax.set_ylim(-0.6, len(table) - 0.4)
    ax.set_yticks(y, [wrap(word, 26) for word in words])
    ax.tick_params(axis="y", length=0)
    ax.set_xlabel(tr(_("Lift with its interval (1 = as by chance)")))
    text = _("{name}: lift {lift:.2f}, no more than chance can do")
    first = table.iloc[0]
    if first["low"] > 1:
        text = _("{name}: lift {lift:.2f}, together more often than by chance")
    elif first["high"] < 1:
        text = _("{name}: lift {lift:.2f}, together less often than by chance")
    title(ax, text, name=words[0], lift=first["lift"])
    return done(ax)


def _pair(given: Any) -> pd.Series:
    if not isinstance(given, pd.Series):
        checks.fail(_("pairs must hold results of basket.pair, not {kind}."), kind=type(given).__name__)
    return given
