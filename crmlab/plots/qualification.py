"""Charts of lead qualification: the eight combinations, and what was won of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from crmlab import qualification
from crmlab.language import _, tr
from crmlab.plots import drawn
from crmlab.plots.canvas import BLUE, GREEN, GREY, ORANGE, axes, done, spelled_out, title, wrap

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def win_rates(table: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Win rates with intervals and number of deals; ``table`` from :func:`crmlab.qualification.win_rates`.

    A hollow mark stands for fewer than 30 deals. The title speaks of the groups of 30 or more, if there are two.

    >>> import pandas as pd
    >>> deals = pd.DataFrame({"money": True, "authority": True, "need": True, "won": [True, True, False, True]})
    >>> win_rates(qualification.win_rates(deals)).get_title(loc="left")
    'M A N: 75% of 4 deals won'
    """
    table = drawn.table(table, numbers=("deals", "won"), gaps=("share", "low", "high"))
    ax = axes(ax, 1.5 + 0.36 * len(table))
    y = np.arange(len(table))[::-1]
    for at, (deals, share, low, high) in zip(
        y, table[["deals", "share", "low", "high"]].itertuples(index=False), strict=True
    ):
        if deals == 0:
            ax.text(50, at, tr(_("no deals")), ha="center", va="center", color=GREY, fontsize=10)
            continue
        ax.plot([100 * low, 100 * high], [at, at], color=BLUE, lw=2.2, solid_capstyle="butt")
        few = deals < 30
        ax.plot(100 * share, at, "o", ms=8, mfc="white" if few else BLUE, mec=BLUE, mew=1.8, clip_on=False)
        ax.text(113, at, f"{share:.0%}", va="center", ha="right", fontsize=10.5)
    for at, n in zip(y, table["deals"], strict=True):
        ax.text(117, at, f"n = {int(n):,}", va="center", ha="left", fontsize=9.5)
    words = [spelled_out(key, table.index.names) for key in table.index]
    ax.set_yticks(y, words)
    ax.tick_params(axis="y", length=0)
    ax.set_xlim(-4, 100)
    ax.set_ylim(-0.6, len(table) - 0.4)
    ax.set_xlabel(
        tr(
            _("Deals won (%), with {level:.0%} interval; hollow = fewer than 30 deals"),
            level=table.attrs.get("confidence", 0.95),
        )
    )
    rows = [row | {"name": name} for row, name in zip(table.to_dict("records"), words, strict=True)]
    seen = [row for row in rows if row["deals"] >= 30]
    if len(seen) < 2:
        seen = [row for row in rows if row["deals"] > 0]
    best, worst = max(seen, key=lambda row: row["share"]), min(seen, key=lambda row: row["share"])
    if best is worst:
        title(
            ax,
            _("{best}: {high:.0%} of {n:,} deals won"),
            best=best["name"],
            high=best["share"],
            n=int(best["deals"]),
        )
        return done(ax)
    if worst["high"] < best["low"]:
        text = _("{best} wins {high:.0%} of {n_high:,}, {worst} {low:.0%} of {n_low:,}: the intervals lie apart")
    else:
        text = _("{best} wins {high:.0%} of {n_high:,}, {worst} {low:.0%} of {n_low:,}: the intervals overlap")
    title(
        ax,
        text,
        best=best["name"],
        worst=worst["name"],
        high=best["share"],
        low=worst["share"],
        n_high=int(best["deals"]),
        n_low=int(worst["deals"]),
    )
    return done(ax)


_VERDICT_LOOK = {
    "customer": ("#BFE5D8", GREEN, "●"),
    "approach": ("#D4E9F8", BLUE, "▲"),
    "cultivate": ("#FBE7BF", ORANGE, "■"),
    "stop": ("#E4E4E4", GREY, "×"),
}


def eight_cards(ax: Axes | None = None) -> Axes:
    """The eight combinations of money, authority and need as cards, with verdict and next move.

    >>> len(eight_cards().texts) > 8
    True
    """
    from matplotlib.patches import Rectangle

    ax = axes(ax, 6.6)
    ax.set_xlim(0, 2)
    ax.set_ylim(-0.02, 4.62)
    ax.axis("off")
    cards = {
        (card["money"], card["authority"], card["need"]): card
        for card in qualification.EIGHT.reset_index().to_dict("records")
    }
    top = 4.36
    for need in (True, False):
        ax.text(
            0.02,
            top + 0.05,
            tr(_("N: there is a need")) if need else tr(_("n: no need yet")),
            fontsize=11,
            va="bottom",
        )
        for row, money in enumerate((True, False)):
            for column, authority in enumerate((True, False)):
                card = cards[money, authority, need]
                face, edge, mark = _VERDICT_LOOK[card["verdict"]]
                x, y = column + 0.02, top - 1.0 * (row + 1) + 0.04
                ax.add_patch(Rectangle((x, y), 0.96, 0.92, facecolor=face, edgecolor=edge, lw=1.8))
                ax.text(x + 0.05, y + 0.86, card["combination"], fontsize=14, va="top")
                ax.text(x + 0.91, y + 0.85, mark, fontsize=13, va="top", ha="right", color=edge)
                ax.text(
                    x + 0.05,
                    y + 0.56,
                    tr(qualification.VERDICTS[card["verdict"]]),
                    fontsize=10.5,
                    va="top",
                )
                ax.text(
                    x + 0.05,
                    y + 0.37,
                    wrap(tr(card["action"]), 30),
                    fontsize=9.5,
                    va="top",
                    linespacing=1.2,
                )
        top -= 2.32
    verdicts = qualification.EIGHT["verdict"].value_counts()
    title(
        ax,
        _("MAN: {customer} of 8 is a customer now, {approach} can be approached, {cultivate} need patience"),
        **{str(key): int(count) for key, count in verdicts.items()},
    )
    return ax
