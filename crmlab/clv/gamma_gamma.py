"""Gamma-Gamma: what a purchase of each customer brings. Offered by :mod:`crmlab.clv`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from crmlab import checks
from crmlab.clv import fitting
from crmlab.clv import likelihood as models
from crmlab.language import _


@dataclass(frozen=True, repr=False)
class GammaGamma(fitting.Fit):
    """The model of :func:`fit_gamma_gamma`."""

    left_out: dict[str, int] | None = None
    """Customers not in the fit: ``without_repeat``, ``without_amount``."""

    def _limits(self) -> dict[str, Any]:
        return {"mean": self.mean}

    @property
    def mean(self) -> float:
        """E(M), the mean over customers of what a purchase brings; inf when q is 1 or below."""
        p, q, v = self.values
        return p * v / (q - 1) if q > 1 else float("inf")

    def expected_spend(self, summary: pd.DataFrame) -> pd.Series:
        """What each customer may be expected to spend a purchase: between their own mean and everybody's.

        Those without a repeat purchase get everybody's mean.

        Source: Fader & Hardie (2013), equation 5.
        """
        checks.frame(summary, "summary")
        for name in ("frequency", "monetary"):
            checks.need(summary, {"": name})
        x = checks.within(summary["frequency"], "frequency", 0)
        m = checks.within(summary["monetary"], "monetary", 0, missing=True)
        m = np.where((x > 0) & np.isfinite(m), m, 0.0)
        x = np.where(m > 0, x, 0.0)
        p, q, v = self.values
        with np.errstate(divide="ignore", invalid="ignore"):
            found = np.where(p * x + q > 1, p * (v + x * m) / (p * x + q - 1), np.inf)
        return pd.Series(found, summary.index, name="spend")


def fit_gamma_gamma(summary: pd.DataFrame) -> GammaGamma:
    """Fit Gamma-Gamma to ``frequency`` and ``monetary`` of :func:`repeat_summary` by maximum likelihood.

    Amounts of a customer vary around a mean (``p``), means vary over customers (``q``, ``v``, in the unit of
    ``monetary``). Only customers with a repeat purchase and an amount above 0 take part; the others are counted in
    ``left_out``.

    Raises :class:`~crmlab.checks.InputError` for missing columns, negative or infinite amounts, fewer than two
    customers, and when all their means are equal.

    Source: Fader, P. S., Hardie, B. G. S. (2013), The Gamma-Gamma model of monetary value, brucehardie.com/notes/025;
    Fader, Hardie & Lee (2005), RFM and CLV, Journal of Marketing Research 42(4).

    >>> from crmlab import clv, datasets
    >>> customers = clv.repeat_summary(datasets.load("cdnow"), as_of="1997-09-30", zero_orders="count")
    >>> round(fit_gamma_gamma(customers).mean, 2)
    35.17
    """
    checks.frame(summary, "summary")
    for name in ("frequency", "monetary"):
        checks.need(summary, {"": name})
    x = checks.within(summary["frequency"], "frequency", 0)
    m = checks.within(summary["monetary"], "monetary", 0, missing=True)
    repeat = x > 0
    use = repeat & (np.nan_to_num(m) > 0)
    left_out = {"without_repeat": int((~repeat).sum()), "without_amount": int((repeat & ~use).sum())}
    if use.sum() < 2:
        checks.fail(
            _("Gamma-Gamma needs at least two customers with a repeat purchase and an amount above 0; there are {n}."),
            n=int(use.sum()),
        )
    x, m = x[use], m[use]
    if m.max() - m.min() <= 1e-9 * m.max():
        checks.fail(
            _("All mean amounts are {amount:g}: there is nothing to estimate; expect that amount of everybody."),
            amount=m[0],
        )
    size = float(np.exp(np.log(m).mean()))
    f = models.gamma_gamma(x, m / size)  # in units of the typical amount, whatever the currency
    # The nearer the means lie together, the larger are p and q.
    near = max(1.0, 1 / float(np.log(m).var()))
    best = models.maximise(f, np.array([2.0 * near, 3.0 * near, 1.0]), np.array([near, near, 1.0]))
    p, q, v = np.exp(best.log_parameters)
    far = fitting.FAR * near
    # At the edges the other parameters move along: q to infinity with v / q fixed, p to infinity with p v fixed.
    limits = {
        "same_spend": fitting.Limit({"q": far, "v": far * v / q}, ["v"]),
        "same_amounts": fitting.Limit({"p": far, "v": p * v / far}, ["v"]),
    }
    found = fitting.finish(GammaGamma, ["p", "q", "v"], f, best, limits, len(x))
    by = pd.Series([1.0, 1.0, size], found.estimates.index)
    return GammaGamma(
        estimates=found.estimates * by,
        covariance=found.covariance.mul(by, axis=0).mul(by, axis=1),
        log_likelihood=found.log_likelihood - len(x) * float(np.log(size)),
        customers=found.customers,
        state=found.state,
        values=(*found.values[:2], found.values[2] * size),
        left_out=left_out,
    )
