"""Gamma-Gamma: what a purchase of each customer brings. Offered by :mod:`crmlab.clv`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from crmlab import checks
from crmlab.clv import fitting
from crmlab.clv import likelihood as models
from crmlab.language import _, tr

NEAR = 1e-4
"""Mean amounts that all lie within this share of the largest are taken for one."""


@dataclass(frozen=True, repr=False)
class GammaGamma(fitting.Fit):
    """The model of :func:`fit_gamma_gamma`."""

    left_out: dict[str, int] | None = None
    """Customers not in the fit: ``without_repeat``, ``without_amount``."""

    def _limits(self) -> dict[str, Any]:
        return {"mean": self.mean}

    def _endless(self) -> list[str]:
        if self.values[1] > 1:
            return []
        return [
            tr(
                _(
                    "The mean spend over all customers does not exist (q is {q:.3g}; it must be above 1): a few huge amounts decide. "
                    "Look at these, or value each customer at their own mean, with spend_model=None."
                ),
                q=self.values[1],
            )
        ]

    @property
    def mean(self) -> float:
        """E(M), the mean over customers of what a purchase brings; inf when q is 1 or below."""
        p, q, v = self.values
        return p * v / (q - 1) if q > 1 else float("inf")

    def expected_spend(self, summary: pd.DataFrame) -> pd.Series:
        """What each customer may be expected to spend a purchase: between their own mean and everybody's.

        Those without a repeat purchase get everybody's mean. Where the expectation does not exist it is infinite, and
        ``attrs["note"]`` says why and what to do.

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
        result = pd.Series(found, summary.index, name="spend")
        if np.isinf(found).any():
            result.attrs["note"] = self.endless
        return result


def fit_gamma_gamma(summary: pd.DataFrame) -> GammaGamma:
    """Fit Gamma-Gamma to ``frequency`` and ``monetary`` of :func:`repeat_summary` by maximum likelihood.

    Amounts of a customer vary around a mean (``p``), means vary over customers (``q``, ``v``, in the unit of
    ``monetary``). Only customers with a repeat purchase and an amount above 0 take part; the others are counted in
    ``left_out``.

    Raises :class:`~crmlab.checks.InputError` for missing columns, negative or infinite amounts, fewer than two
    customers, and when all their means are equal, or lie within a ten-thousandth of the largest.

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
    if m.max() - m.min() <= NEAR * m.max():
        checks.fail(
            _("All mean amounts are {amount:g}, or nearly: there is nothing to estimate; expect that amount of everybody."),
            amount=m[0],
        )
    size = float(np.exp(np.log(m).mean()))
    f = _with_mean(models.gamma_gamma(x, m / size))  # in units of the typical amount, whatever the currency
    # The nearer the means lie together, the larger are p and q.
    near = max(1.0, 1 / float(np.log(m).var()))
    best = models.maximise(f, np.array([2.0 * near, 3.0 * near, 1.0]), np.array([near, near, 1.0]))
    far = fitting.FAR * near
    limits = {"same_spend": fitting.Limit({"q": far}), "same_amounts": fitting.Limit({"p": far})}
    found = fitting.finish(fitting.Fit, ["p", "q", "m"], f, best, limits, len(x))
    p, q, middle = found.values
    values = np.array([p, q, size * middle * q / p])
    lost = np.isnan(found.estimates.to_numpy())
    lost[2] = lost.any()
    logs = np.nan_to_num(found.covariance.to_numpy()) / np.outer(found.values, found.values)
    covariance = _TURN @ logs @ _TURN.T * np.outer(values, values)
    covariance[lost, :] = covariance[:, lost] = np.nan
    names = ["p", "q", "v"]
    return GammaGamma(
        estimates=pd.Series(np.where(lost, np.nan, values), names, name="estimate"),
        covariance=pd.DataFrame(covariance, names, names),
        log_likelihood=found.log_likelihood - len(x) * float(np.log(size)),
        customers=found.customers,
        state=found.state,
        values=tuple(map(float, values)),
        left_out=left_out,
    )


_TURN = np.array([[1.0, 0, 0], [0, 1, 0], [-1, 1, 1]])
"""From ln p, ln q, ln(p v / q) to ln p, ln q, ln v."""


def _with_mean(f: models.Likelihood) -> models.Likelihood:
    """In (ln p, ln q, ln(p v / q)): p and q run along a narrow ridge of equal means, which then is one of the axes; and at
    both edges this mean stays where it is.
    """

    def turned(logs: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
        value, gradient, hessian = f(_TURN @ logs)
        return value, _TURN.T @ gradient, _TURN.T @ hessian @ _TURN

    return turned
