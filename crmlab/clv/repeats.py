"""What the models of purchases read: the columns of :func:`crmlab.clv.repeat_summary`, and times ahead, checked."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from crmlab import checks
from crmlab.clv import fitting
from crmlab.language import _


def repeat_columns(summary: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """frequency, recency and T, checked."""
    checks.frame(summary, "summary")
    for name in ("frequency", "recency", "T"):
        checks.need(summary, {"": name})
    x, last, end = (checks.within(summary[name], name, 0) for name in ("frequency", "recency", "T"))
    for wrong, text in (
        (x % 1 != 0, _("Row {row}: frequency is {x:g}; it must be a whole number of repeat purchases.")),
        (
            last > end,
            _("Row {row}: recency {last:g} is longer than T {end:g}; it runs from the first to the last purchase."),
        ),
        (
            (x == 0) & (last > 0),
            _("Row {row}: frequency is 0 but recency is {last:g}; without a repeat purchase it is 0."),
        ),
        (
            (x > 0) & (last == 0),
            _(
                "Row {row}: frequency is {x:g} but recency is 0; merge purchases of one day first, as repeat_summary does."
            ),
        ),
    ):
        if wrong.any():
            at = int(wrong.argmax())
            checks.fail(text, row=summary.index[at], x=x[at], last=last[at], end=end[at])
    return x, last, end


def columns_to_fit(summary: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """:func:`repeat_columns`, of customers of whom somebody bought again."""
    x, last, end = repeat_columns(summary)
    if not x.any():
        checks.fail(_("Nobody bought a second time, so neither pace nor dropout can be estimated. Take a longer time."))
    return x, last, end


def times_ahead(periods: Any) -> np.ndarray:
    """A number of periods, or several, as an array of 0 or more."""
    t = np.asarray(fitting.values(periods, "periods"), dtype=float)
    if (t < 0).any():
        checks.fail(_("periods must be 0 or more."))
    return t
