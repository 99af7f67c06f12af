"""Revenue by month or week from a firm's orders, without the first and the last period where these are not whole."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from crmlab.language import _
from crmlab.own.export import Export
from crmlab.own.said import Said

MONTHS, WEEKS = "M", "W-SUN"
QUARTER = {MONTHS: 3, WEEKS: 13}
YEAR = {MONTHS: 12, WEEKS: 52}
_SLACK = {MONTHS: 4, WEEKS: 2}
"""So many days at the edge of a period may be without an order, if the firm has such gaps, and the period still counts as whole."""
_OFTEN = 0.95
"""How many of the gaps between days with orders are no longer than what is taken for its usual longest gap."""


@dataclass(frozen=True, eq=False)
class Periods:
    """``revenue`` by period (a PeriodIndex without gaps; 0 where nothing was sold), whole periods only. ``cut``: sentences on what was left out."""

    revenue: pd.Series
    unit: str
    cut: tuple[Said, ...] = ()

    @property
    def quarter(self) -> int:
        """Periods of a quarter."""
        return QUARTER[self.unit]

    @property
    def year(self) -> int:
        """Periods of a year."""
        return YEAR[self.unit]


def of(export: Export, unit: str) -> Periods:
    """The whole periods of an export of orders, order lines or months; none where the file has no day and amount."""
    sold = export.table[["date", "amount"]].dropna()
    if not len(sold):
        return Periods(pd.Series(dtype="float64", index=pd.PeriodIndex([], freq=unit)), unit)
    by_day = sold.groupby("date", sort=True)["amount"].sum()
    days = pd.DatetimeIndex(by_day.index)
    revenue = by_day.groupby(days.to_period(unit)).sum().sort_index()
    revenue = revenue.reindex(pd.period_range(revenue.index[0], revenue.index[-1], freq=unit), fill_value=0.0)
    if export.kind == "months":
        return Periods(
            revenue,
            unit,
            (
                Said(
                    _(
                        "The file has totals a month: whether the last month was over when it was made, it does not tell. If not, take it out."
                    )
                ),
            ),
        )
    gaps = np.diff(days.to_numpy()).astype("timedelta64[D]").astype(int)
    slack = min(int(np.quantile(gaps, _OFTEN)) if len(gaps) else 0, _SLACK[unit])
    first, last = revenue.index[0], revenue.index[-1]
    cut = []
    if (days[0] - first.start_time).days > slack:
        revenue = revenue.iloc[1:]
        cut.append(
            Said(
                _("The first month is left out: the file begins on {day:%Y-%m-%d}.")
                if unit == MONTHS
                else _("The first week is left out: the file begins on {day:%Y-%m-%d}."),
                day=days[0],
            )
        )
    if (last.end_time.normalize() - days[-1]).days > slack and len(revenue):
        revenue = revenue.iloc[:-1]
        cut.append(
            Said(
                _("The running month is left out: the file ends on {day:%Y-%m-%d}.")
                if unit == MONTHS
                else _("The running week is left out: the file ends on {day:%Y-%m-%d}."),
                day=days[-1],
            )
        )
    return Periods(revenue, unit, tuple(cut))
