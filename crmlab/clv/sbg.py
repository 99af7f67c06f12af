"""The shifted-beta-geometric model: how long customers with a contract stay. Offered by :mod:`crmlab.clv`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from crmlab import checks
from crmlab.clv import fitting
from crmlab.clv import likelihood as models
from crmlab.language import _, tr


@dataclass(frozen=True, repr=False)
class ShiftedBetaGeometric(fitting.Fit):
    """The model of :func:`fit_sbg`: each customer leaves with a probability of their own, drawn from a beta."""

    def _limits(self) -> dict[str, Any]:
        alpha, beta = self.values
        return {"p": alpha / (alpha + beta)}

    def retention_rate(self, period: Any) -> Any:
        """The share kept in a period (1 = the first) of those still there before it; rises, since the loyal stay.

        >>> fit = fit_sbg([1000, 869, 743, 653, 593, 551, 517, 491])
        >>> fit.retention_rate([1, 12]).round(3).tolist()
        [0.851, 0.957]
        """
        t = _periods(period)
        alpha, beta = self.values
        found = (beta + t - 1) / (alpha + beta + t - 1)
        return float(found) if found.ndim == 0 else found

    def survival(self, period: Any) -> Any:
        """The share of the cohort still there after so many periods (0: all).

        >>> round(fit_sbg([1000, 869, 743, 653, 593, 551, 517, 491]).survival(12), 3)
        0.378
        """
        t = _periods(period)
        if t.size and (t.min() < 0 or (t % 1).any()):
            checks.fail(_("Periods must be whole numbers from 0 up."))
        kept = self.retention_rate(np.arange(1, int(t.max(initial=0)) + 1))
        found = np.concatenate(([1.0], np.cumprod(kept)))[t.astype("int64")]
        return float(found) if found.ndim == 0 else found

    def expected_lifetime(self, discount: float = 0.0, tenure: int = 0) -> float:
        """Periods that a customer who is in period ``tenure`` + 1 may be expected to pay for, this one included.

        Later periods count less at ``discount`` a period. Without discount it is endless (inf) when alpha is 1 or
        below. Times the margin a period it is the customer's lifetime value.

        Source: Fader, P. S., Hardie, B. G. S. (2010), Customer-base valuation in a contractual setting, Marketing
        Science 29(1).

        >>> round(fit_sbg([1000, 869, 743, 653, 593, 551, 517, 491]).expected_lifetime(discount=.1), 2)
        5.92
        """
        discount = checks.number(discount, "discount", 0)
        tenure = checks.number(tenure, "tenure", 0, whole=True)
        alpha, beta = self.values[0], self.values[1] + tenure
        if discount == 0:
            return (alpha + beta - 1) / (alpha - 1) if alpha > 1 else np.inf
        many = int(np.clip(40 / np.log1p(discount), 50, 5_000_000))
        t = np.arange(1, many)
        return 1 + float(np.exp(np.cumsum(np.log((beta + t - 1) / (alpha + beta + t - 1)) - np.log1p(discount))).sum())


def _periods(period: Any) -> np.ndarray:
    return np.asarray(fitting.values(period, "period"), dtype=float)


def fit_sbg(survivors: Any) -> ShiftedBetaGeometric:
    """Fit the shifted-beta-geometric model to how many of a cohort were still there after 0, 1, 2 ... periods.

    ``survivors`` is a list or Series that begins with the size of the cohort and never rises, or a DataFrame with a
    row a cohort, whose cells after the last period seen are empty (NaN). The last count is censored: who is still
    there may leave later. Estimates ``alpha`` and ``beta`` by maximum likelihood.

    Raises :class:`~crmlab.checks.InputError` for fewer than two counts, missing, negative, infinite or rising ones.

    Source: Fader, P. S., Hardie, B. G. S. (2007), How to project customer retention, Journal of Interactive Marketing
    21(1).

    >>> fit_sbg([1000, 869, 743, 653, 593, 551, 517, 491]).estimates.round(3).to_dict()
    {'alpha': 0.668, 'beta': 3.806}
    """
    if isinstance(survivors, pd.DataFrame):
        rows = [(row.name, row) for _label, row in checks.frame(survivors, "survivors").iterrows()]
    else:
        rows = [("", checks.series(survivors, "survivors"))]
    longest = max(len(row) for _name, row in rows)
    lost, kept = np.zeros(max(longest - 1, 1)), np.zeros(max(longest - 1, 1))
    size = 0.0
    for name, row in rows:
        counts = _cohort(row, name)
        lost[: len(counts) - 1] -= np.diff(counts)
        kept[len(counts) - 2] += counts[-1]
        size += counts[0]
    f = models.shifted_beta_geometric(lost, kept)
    best = models.maximise(f, np.ones(2), np.ones(2))
    a, b = np.exp(best.log_parameters)
    gone = float(lost.sum())
    far = fitting.FAR
    limits = {
        "nobody_left": fitting.Limit({"alpha": 1 / far, "beta": 1.0}) if gone == 0 else None,
        "all_gone": fitting.Limit({"alpha": 1.0, "beta": 1 / far}) if not kept.any() and lost[0] == size else None,
        "same_churn": fitting.Limit({"alpha": far * a / b, "beta": far}, ["alpha"]),
        "leave_or_stay": fitting.Limit({"alpha": a / b / far, "beta": 1 / far}, ["alpha"]),
    }
    return fitting.finish(ShiftedBetaGeometric, ["alpha", "beta"], f, best, limits, int(size))


def _cohort(row: pd.Series, name: Any) -> np.ndarray:
    where = tr(_("Cohort {name}"), name=name) if name != "" else "survivors"
    counts = checks.numbers(row, where, missing=name != "")
    if name != "":
        seen = int(np.isfinite(counts).sum())
        if np.isnan(counts[:seen]).any():
            checks.fail(_("{where}: an empty cell stands between counts."), where=where)
        counts = counts[:seen]
    if len(counts) < 2:
        checks.fail(
            _("{where} needs at least two counts: the size of the cohort and who was left after one period."),
            where=where,
        )
    if (counts < 0).any() or counts[0] == 0:
        checks.fail(_("{where}: counts must be 0 or more, and the cohort not empty."), where=where)
    if (np.diff(counts) > 0).any():
        at = int(np.argmax(np.diff(counts) > 0)) + 1
        checks.fail(
            _("{where}, period {period}: {now:g} cannot be still there when {before:g} were there before."),
            where=where,
            period=at,
            now=counts[at],
            before=counts[at - 1],
        )
    return counts
