"""Charts of forecasts: several methods drawn on from the same past."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from crmlab import checks
from crmlab.language import _, tr
from crmlab.plots import drawn
from crmlab.plots.canvas import BLUE, GREEN, GREY, ORANGE, PINK, RED, axes, done, legend_below, title

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_LINES = ((RED, "v", ":"), (BLUE, "o", "-"), (GREEN, "s", "--"), (ORANGE, "^", "-."), (PINK, "D", (0, (5, 1))))
_NAMES = {
    "naive": _("naive"),
    "seasonal_naive": _("seasonal naive"),
    "seasonal_mean": _("seasonal mean"),
    "mean": _("mean"),
    "moving_average": _("moving average"),
    "drift": _("drift"),
    "smoothing": _("smoothing"),
}


def forecast_lines(history: Any, forecasts: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """The past, and what each method makes of it; ``forecasts`` has a column a method and a row a period ahead, 1, 2 ...

    >>> from crmlab import forecasting
    >>> past = [8.0, 10.0, 9.0, 12.0]
    >>> ahead = pd.DataFrame({"naive": forecasting.naive(past, 2), "mean": forecasting.mean(past, 2)})
    >>> forecast_lines(past, ahead).get_title(loc="left").replace("\\n", " ")
    'The next 2 periods together: from 20 (mean) to 24 (naive)'
    """
    past = checks.numbers(checks.series(history, "history"), "history")
    checks.frame(forecasts, "forecasts")
    if not forecasts.shape[1]:
        checks.fail(_("forecasts has no column: give one a method."))
    table = drawn.table(forecasts, "forecasts", numbers=list(forecasts.columns))
    ax = axes(ax, 3.7)
    ax.plot(np.arange(1 - len(past), 1), past, color=GREY, lw=1.6, label=tr(_("what came")))
    ahead = np.arange(len(table) + 1)
    for i, name in enumerate(table.columns):
        colour, mark, style = _LINES[i % len(_LINES)]
        values = np.concatenate([past[-1:], table[name].to_numpy(dtype="float64")])
        ax.plot(ahead, values, color=colour, ls=style, marker=mark, ms=4, lw=1.6, label=_named(name))
    ax.axvline(0, color=GREY, lw=0.8, ls=":")
    ax.set_ylim(bottom=min(0.0, float(past.min()), float(table.to_numpy().min())))
    ax.yaxis.set_major_formatter(lambda value, _place: f"{value:,.0f}")
    ax.set_xlabel(tr(_("Periods from now")))
    ax.set_ylabel(tr(_("Amount a period")))
    legend_below(ax, 3)
    totals = table.sum()
    low, high = totals.idxmin(), totals.idxmax()
    title(
        ax,
        _("The next {n:,} periods together: from {low:,.0f} ({least}) to {high:,.0f} ({most})"),
        n=len(table),
        low=totals[low],
        least=_named(low),
        high=totals[high],
        most=_named(high),
    )
    return done(ax)


def _named(method: Any) -> str:
    """A method's name in the reader's language; any other name as it is."""
    return tr(_NAMES[method]) if method in _NAMES else str(method)
