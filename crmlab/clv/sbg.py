"""The shifted-beta-geometric model: how long customers with a contract stay. Offered by :mod:`crmlab.clv`."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import zip_longest
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

    left_out: dict[str, int] | None = None
    """Cohorts not in the fit: ``cohorts_too_young``, with one count or none."""

    def _endless(self) -> list[str]:
        if self.values[0] > 1 or self.state in ("nobody_left", "leave_or_stay", "all_gone"):
            return []
        return [
            tr(
                _("Without discount the expected lifetime has no end (alpha is {alpha:.3g}; it must be above 1): give a discount."),
                alpha=self.values[0],
            )
        ]

    def _limits(self) -> dict[str, Any]:
        alpha, beta = self.values
        return {"p": alpha / (alpha + beta)}

    def retention_rate(self, period: Any) -> Any:
        """The share kept in a period (1 = the first) of those still there before it; rises, since the loyal stay.

        >>> fit = fit_sbg([1000, 869, 743, 653, 593, 551, 517, 491])
        >>> fit.retention_rate([1, 12]).round(3).tolist()
        [0.851, 0.957]
        """
        t = _periods(period, 1)
        alpha, beta = self.values
        found = (beta + t - 1) / (alpha + beta + t - 1)
        return float(found) if found.ndim == 0 else found

    def survival(self, period: Any) -> Any:
        """The share of the cohort still there after so many periods (0: all).

        >>> round(fit_sbg([1000, 869, 743, 653, 593, 551, 517, 491]).survival(12), 3)
        0.378
        """
        t = _periods(period, 0)
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
        discount = checks.rate(discount, "discount")
        tenure = checks.number(tenure, "tenure", 0, whole=True)
        if self.state == "all_gone":
            return 1.0
        alpha, beta = self.values[0], self.values[1] + tenure
        if discount == 0:
            return (alpha + beta - 1) / (alpha - 1) if alpha > 1 else np.inf
        if beta > 1e6:  # all leave alike
            return float((1 + discount) / (discount + alpha / (alpha + beta)))
        from scipy.special import hyp2f1

        return max(1.0, float(hyp2f1(1, beta, alpha + beta, 1 / (1 + discount))))


LONGEST = 100_000
"""Periods that can be looked ahead."""


def _periods(period: Any, first: int) -> np.ndarray:
    t = np.asarray(fitting.values(period, "period"), dtype=float)
    if ((t < first) | (t > LONGEST) | (t % 1 != 0)).any():
        checks.fail(_("Periods must be whole numbers from {first} to {last}."), first=first, last=LONGEST)
    return t


def fit_sbg(survivors: Any) -> ShiftedBetaGeometric:
    """Fit the shifted-beta-geometric model to how many of a cohort were still there after 0, 1, 2 ... periods.

    ``survivors`` is a list or Series that begins with the size of the cohort and never rises, or a DataFrame (or a list of
    lists) with a row a cohort, whose cells after the last period seen are empty (NaN). The last count is censored: who is
    still there may leave later. Cohorts so young that they have one count, as in the last row of every triangular table,
    tell nothing and are counted in ``left_out``. Estimates ``alpha`` and ``beta`` by maximum likelihood.

    Raises :class:`~crmlab.checks.InputError` for fewer than two counts, missing, negative, infinite or rising ones, and
    shares in place of counts.

    Source: Fader, P. S., Hardie, B. G. S. (2007), How to project customer retention, Journal of Interactive Marketing
    21(1).

    >>> fit_sbg([1000, 869, 743, 653, 593, 551, 517, 491]).estimates.round(3).to_dict()
    {'alpha': 0.668, 'beta': 3.806}
    """
    if isinstance(survivors, (list, tuple)) and survivors and all(np.ndim(row) == 1 for row in survivors):
        survivors = pd.DataFrame(list(zip_longest(*survivors, fillvalue=np.nan))).T
    elif isinstance(survivors, np.ndarray) and survivors.ndim == 2:
        survivors = pd.DataFrame(survivors)
    if isinstance(survivors, pd.DataFrame):
        table = checks.frame(survivors, "survivors")
        found = [_cohort(row, tr(_("Cohort {name}"), name=name), True) for name, row in table.iterrows()]
    else:
        found = [_cohort(checks.series(survivors, "survivors"), "survivors", False)]
    cohorts = [counts for counts in found if len(counts) > 1]
    if not cohorts:
        checks.fail(
            _("{where} needs at least two counts: the size of the cohort and who was left after one period."),
            where="survivors" if len(found) == 1 else tr(_("Each cohort")),
        )
    longest = max(map(len, cohorts))
    lost, kept = np.zeros(longest - 1), np.zeros(longest - 1)
    size = 0.0
    for counts in cohorts:
        lost[: len(counts) - 1] -= np.diff(counts)
        kept[len(counts) - 2] += counts[-1]
        size += counts[0]
    f = models.shifted_beta_geometric(lost, kept)
    best = models.maximise(f, np.ones(2), np.ones(2))
    a, b = np.exp(best.log_parameters)
    gone = float(lost.sum())
    far = fitting.FAR
    left_out = {"cohorts_too_young": len(found) - len(cohorts)}
    limits = {
        "nobody_left": fitting.Limit({"alpha": 1 / far, "beta": 1.0}) if gone == 0 else None,
        "all_gone": fitting.Limit({"alpha": 1.0, "beta": 1 / far}) if not kept.any() and lost[0] == size else None,
        "same_churn": fitting.Limit({"alpha": far * a / b, "beta": far}, ["alpha"]),
        "leave_or_stay": fitting.Limit({"alpha": a / b / far, "beta": 1 / far}, ["alpha"]),
    }
    return fitting.finish(ShiftedBetaGeometric, ["alpha", "beta"], f, best, limits, int(size), left_out=left_out)


def _cohort(row: pd.Series, where: str, gaps: bool) -> np.ndarray:
    """The counts of one cohort, checked; with ``gaps`` it may end before the row does."""
    counts = checks.numbers(row, where, missing=gaps)
    seen = int(np.isfinite(counts).sum())
    if np.isnan(counts[:seen]).any():
        checks.fail(_("{where}: an empty cell stands between counts."), where=where)
    counts = counts[:seen]
    if (counts % 1 != 0).any():
        checks.fail(_("{where}: counts are whole numbers, not shares; multiply by the size of the cohort."), where=where)
    if (counts < 0).any() or (seen > 0 and counts[0] == 0):
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
