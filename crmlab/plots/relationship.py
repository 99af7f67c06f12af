"""Charts of the relationship: levels, growth matrix, maintenance board."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from crmlab import checks, relationship
from crmlab.language import _, size, tr
from crmlab.plots import drawn
from crmlab.plots.canvas import (
    BLUE,
    GREY,
    INK,
    ORANGE,
    PALE,
    RED,
    SKY,
    axes,
    done,
    legend_below,
    title,
    wrap,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_SHADES = {
    "basic": "#F2F2F2",
    "reactive": "#E3EEF6",
    "accountable": "#C3DDF0",
    "proactive": "#93C4E6",
    "partnership": "#56B4E9",
}


def level_grid(
    table: pd.DataFrame | None = None, choice: pd.DataFrame = relationship.CHOICE, ax: Axes | None = None
) -> Axes:
    """The level of relationship by number of customers and margin, as nine cards.

    With ``table`` from :func:`crmlab.relationship.level` each group is written on its card (three of them, then how
    many more).

    >>> level_grid().get_title(loc="left").replace("\\n", " ")
    'The fewer the customers and the higher the margin, the closer the relationship'
    """
    from matplotlib.patches import Rectangle

    cells = relationship._choice(choice)
    if table is not None:
        table = drawn.table(table, others=("number", "margin_class", "level"))
        known = relationship.LEVELS.index
        if not table["level"].isin(known).any():
            checks.fail(_("No group has one of the levels {known}."), known=", ".join(known))
    ax = axes(ax, 4.6)
    ax.set_xlim(0, 3)
    ax.set_ylim(0, 3)
    rows, columns = ["many", "some", "few"], ["high", "medium", "low"]
    for i, row in enumerate(rows):
        for j, column in enumerate(columns):
            keys = cells[i, j]
            y = 2 - i
            ax.add_patch(Rectangle((j + 0.03, y + 0.03), 0.94, 0.94, facecolor=_SHADES[keys[0]], edgecolor=GREY, lw=1))
            names = tr(_(" or ")).join(tr(relationship.LEVELS["name"][key]) for key in keys)
            ax.text(j + 0.1, y + 0.88, wrap(names, 19), fontsize=10.5, va="top", color=INK)
            if table is None:
                ax.text(
                    j + 0.1,
                    y + 0.1,
                    wrap(tr(relationship.LEVELS["meaning"][keys[-1]]), 22),
                    fontsize=8.3,
                    va="bottom",
                    color=INK,
                )
                continue
            here = table.index[((table["number"] == row) & (table["margin_class"] == column)).to_numpy()]
            said = [str(key) if size(str(key)) <= 20 else str(key)[:10] + "..." for key in here[:3]]
            if len(here) > 3:
                said[-1] = tr(_("and {n:,} more"), n=len(here) - 2)
            ax.text(j + 0.1, y + 0.1, "\n".join(said), fontsize=9, va="bottom", color=INK)
    ax.set_xticks([0.5, 1.5, 2.5], [tr(word) for word in (_("High"), _("Medium"), _("Low"))])
    ax.set_yticks([2.5, 1.5, 0.5], [tr(word) for word in (_("Many"), _("Some"), _("Few"))])
    ax.tick_params(length=0)
    ax.set_xlabel(tr(_("Margin")))
    ax.set_ylabel(tr(_("Number of customers")))
    if table is None:
        title(ax, _("The fewer the customers and the higher the margin, the closer the relationship"))
    else:
        counts = table["level"].value_counts()
        key = next(key for key in relationship.LEVELS.index[::-1] if key in counts.index)
        title(
            ax,
            _("{n:,} of {total:,} groups deserve the closest level here: {name}"),
            n=int(counts[key]),
            total=len(table),
            name=tr(relationship.LEVELS["name"][key]),
        )
    return done(ax, frame=False)


_GROWTH_LOOK = {
    "customer_faster": (ORANGE, "///"),
    "together": (BLUE, ""),
    "company_faster": (PALE, "\\\\\\"),
}


def growth_bars(table: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """The growth of each customer against the company's; ``table`` from :func:`crmlab.relationship.growth_matrix`.

    Up to 15 customers get a bar each, more of them a histogram (rates beyond the 98th percentile in its last bar).

    >>> rates = pd.Series({"Li": .3, "Wu": .08, "Ma": -.1})
    >>> growth_bars(relationship.growth_matrix(rates, .1)).get_title(loc="left")
    '1 of 3 customers grow faster than we do (+10%), 1 slower'
    """
    table = drawn.table(table, numbers=("growth", "company"), others=("verdict",))
    company = float(table["company"].iloc[0])
    names = {key: tr(name) for key, name in relationship.GROWTH["name"].items()}
    few = len(table) <= 15
    ax = axes(ax, 1.7 + 0.3 * len(table) if few else 3.6)
    if few:
        rows = table.sort_values("growth")
        for at, (rate, verdict) in enumerate(rows[["growth", "verdict"]].itertuples(index=False)):
            colour, hatch = _GROWTH_LOOK[verdict]
            first = not (rows["verdict"].iloc[:at] == verdict).any()
            ax.barh(
                at,
                100 * rate,
                0.62,
                color=colour,
                hatch=hatch,
                edgecolor="white",
                label=names[verdict] if first else None,
            )
        ax.set_yticks(range(len(rows)), [str(key) for key in rows.index])
        ax.tick_params(axis="y", length=0)
    else:
        rates = 100 * table["growth"].clip(upper=table["growth"].quantile(0.98))
        edges = np.histogram_bin_edges(rates, 24)
        low = np.zeros(len(edges) - 1)
        for key in names:
            high = np.histogram(rates[table["verdict"] == key], edges)[0]
            if not high.any():
                continue
            colour, hatch = _GROWTH_LOOK[key]
            look: dict[str, Any] = {"color": colour, "hatch": hatch, "edgecolor": "white", "lw": 0}
            ax.bar(edges[:-1], high, np.diff(edges), bottom=low, align="edge", label=names[key], **look)
            low += high
        ax.set_ylabel(tr(_("Customers")))
    ax.axvline(100 * company, color=INK, lw=1.6, ls="--")
    ax.axvline(0, color=GREY, lw=0.8)
    ax.set_xlabel(tr(_("Growth (%); broken line = the company")))
    legend_below(ax, 2)
    counts = table["verdict"].value_counts()
    title(
        ax,
        _("{faster:,} of {total:,} customers grow faster than we do ({company:+.0%}), {slower:,} slower"),
        faster=int(counts.get("customer_faster", 0)),
        slower=int(counts.get("company_faster", 0)),
        total=len(table),
        company=company,
    )
    return done(ax)


_STATUS_LOOK = {"overdue": (RED, "\\\\\\"), "today": (ORANGE, ""), "this_week": (SKY, "..."), "later": (PALE, "")}


def board_bars(table: pd.DataFrame, group: str = "class", ax: Axes | None = None) -> Axes:
    """How many customers of each class are overdue, due today, within a week, later.

    ``table`` comes from :func:`crmlab.relationship.board`; ``group`` is the column to sort by (class, kind, region).

    >>> people = pd.DataFrame({"customer_id": ["Li", "Wu"], "class": ["A", "B"]})
    >>> log = pd.DataFrame({"customer_id": ["Li"], "date": ["2024-05-01"]})
    >>> board_bars(relationship.board(people, log, "2024-05-31")).get_title(loc="left")
    'Call first: 1 of 2 customers overdue, 1 due today'
    """
    from matplotlib.ticker import MaxNLocator

    checks.frame(table, "table")
    checks.need(table, {"group": group})
    checks.need(table, {"": "status"})
    counts = pd.crosstab(table[group], table["status"]).reindex(columns=list(relationship.STATUS), fill_value=0)
    ax = axes(ax, 1.8 + 0.45 * len(counts))
    y = np.arange(len(counts))[::-1]
    start = np.zeros(len(counts))
    for key, name in relationship.STATUS.items():
        values = counts[key].to_numpy()
        if not values.any():
            continue
        colour, hatch = _STATUS_LOOK[key]
        ax.barh(y, values, 0.6, left=start, color=colour, hatch=hatch, edgecolor="white", lw=0, label=tr(name))
        for at, left, n in zip(y, start, values, strict=True):
            if n >= 0.06 * counts.to_numpy().sum(axis=1).max():
                ax.text(left + n / 2, at, f"{n:,}", ha="center", va="center", fontsize=10, bbox=_LABEL)
        start += values
    ax.set_yticks(y, [str(key) for key in counts.index])
    ax.tick_params(axis="y", length=0)
    ax.set_xlabel(tr(_("Customers")))
    ax.xaxis.set_major_locator(MaxNLocator(8, integer=True))
    legend_below(ax, 4)
    title(
        ax,
        _("Call first: {overdue:,} of {total:,} customers overdue, {today:,} due today"),
        overdue=int(counts["overdue"].sum()),
        today=int(counts["today"].sum()),
        total=len(table),
    )
    return done(ax)


_LABEL: dict[str, Any] = {"facecolor": "white", "edgecolor": "none", "alpha": 0.85, "pad": 1.5}
