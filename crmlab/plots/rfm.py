"""Charts of RFM: the grid of scores, the segments."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from crmlab import rfm
from crmlab.language import _, tr
from crmlab.plots import drawn
from crmlab.plots.canvas import BLUE, INK, SKY, axes, done, title

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def rfm_heat(scores: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Number of customers by recency and frequency score; ``scores`` from :func:`crmlab.rfm.score`.

    >>> rfm_heat(pd.DataFrame({"R": [5, 1], "F": [5, 1], "M": [5, 1]})).get_xlabel()
    'F: how often (5 = most often)'
    """
    counts = rfm.grid(scores)
    ax = axes(ax, 4.0)
    values = counts.to_numpy()
    ax.imshow(values, cmap="Blues", vmin=0, vmax=max(values.max(), 1) * 1.15, aspect="auto")
    for (row, column), count in np.ndenumerate(values):
        dark = count > 0.75 * values.max()
        ax.text(column, row, f"{count:,}", ha="center", va="center", color="white" if dark else INK, fontsize=11)
    ax.set_xticks(range(5), [str(f) for f in counts.columns])
    ax.set_yticks(range(5), [str(r) for r in counts.index])
    ax.set_xlabel(tr(_("F: how often (5 = most often)")))
    ax.set_ylabel(tr(_("R: how recently (5 = just now)")))
    ax.tick_params(length=0)
    at = divmod(int(values.argmax()), values.shape[1])
    title(
        ax,
        _("Fullest: R {r}, F {f} with {n:,} of {total:,} customers ({share:.0%})"),
        r=counts.index[at[0]],
        f=counts.columns[at[1]],
        n=int(values.max()),
        total=int(values.sum()),
        share=values.max() / values.sum(),
    )
    return done(ax, frame=False)


def segment_bars(table: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Each segment's share of customers and of money; ``table`` from :func:`crmlab.rfm.by_segment`.

    >>> import pandas as pd
    >>> customers = pd.DataFrame({"recency": [3, 200], "frequency": [9, 1], "monetary": [90., 10.]})
    >>> table = rfm.by_segment(customers, rfm.segment(rfm.score(customers)))
    >>> segment_bars(table).get_title(loc="left").split(",")[0]
    'Champions: 50% of the customers'
    """
    table = drawn.table(table, numbers=("customers", "customer_share"), gaps=("money_share", "recency", "frequency"))
    table["money_share"] = table["money_share"].fillna(0.0)
    ax = axes(ax, 4.9)
    names = [tr(str(rfm.SEGMENTS["name"].get(key, key))) for key in table.index]
    y = np.arange(len(table))[::-1]
    ax.barh(y + 0.2, 100 * table["customer_share"], 0.38, color=SKY, label=tr(_("of the customers")))
    ax.barh(
        y - 0.2,
        100 * table["money_share"],
        0.38,
        color=BLUE,
        hatch="///",
        edgecolor="white",
        lw=0,
        label=tr(_("of the money")),
    )
    for at, customers, money in zip(y, table["customer_share"], table["money_share"], strict=True):
        ax.text(100 * customers + 0.8, at + 0.2, f"{customers:.0%}", va="center", fontsize=9)
        ax.text(100 * money + 0.8, at - 0.2, f"{money:.0%}", va="center", fontsize=9)
    ax.set_yticks(y, names)
    ax.tick_params(axis="y", length=0)
    ax.set_xlim(0, 100 * float(table[["customer_share", "money_share"]].max().max()) * 1.14)
    ax.set_xlabel(tr(_("Share (%)")))
    ax.legend(loc="lower right", frameon=False, fontsize=10)
    top = int(np.nanargmax(table["money_share"]))
    title(
        ax,
        _("{name}: {customers:.0%} of the customers, {money:.0%} of the money"),
        name=names[top],
        customers=table["customer_share"].iloc[top],
        money=table["money_share"].iloc[top],
    )
    return done(ax)
