"""Pareto/NBD: how often customers without a contract buy, and when they are gone, at any moment and not only after a
purchase. Offered by :mod:`crmlab.clv`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from crmlab import checks
from crmlab.clv import fitting
from crmlab.clv import likelihood as models
from crmlab.clv import pareto_likelihood as pareto
from crmlab.clv.repeats import columns_to_fit, repeat_columns, times_ahead

NEAREST = 1e-25
"""How near to 0 beta is sought, as a share of the time observed: that edge is approached in the logarithm only."""


@dataclass(frozen=True, repr=False)
class ParetoNBD(fitting.Purchases):
    """The model of :func:`fit_pareto_nbd`; time runs in the unit of the summary it was fitted to."""

    def _limits(self) -> dict[str, Any]:
        r, alpha, s, beta = self.values
        share = -np.expm1(-s * np.log1p(1 / beta)) if "gone_or_stay" in self.state else s / beta
        return {"p": share, "rate": r / alpha, "lost": "s"}

    def p_alive(self, summary: pd.DataFrame) -> pd.Series:
        """The probability that each customer still buys."""
        x, last, end = repeat_columns(summary)
        r, alpha, s, beta = self.values
        stay, gone = pareto.stay(r, alpha, s, beta, x, end), np.empty(len(x))
        for rows, *points in pareto.points(r, alpha, s, beta, x, last, end):
            gone[rows] = pareto.gone(r, alpha, s, beta, x[rows], last[rows], *points)[0]
        with np.errstate(over="ignore"):
            found = 1 / (1 + np.exp(gone - stay))
        return pd.Series(found, summary.index, name="p_alive")

    def expected_purchases(self, summary: pd.DataFrame, periods: float) -> pd.Series:
        """Purchases that each customer may be expected to make in the next ``periods`` units of time.

        Source: Schmittlein, Morrison & Colombo (1987), equation 22; here without the gap at s = 1.
        """
        ahead = checks.number(periods, "periods", 0)
        x, _last, end = repeat_columns(summary)
        r, alpha, s, beta = self.values
        found = (r + x) / (alpha + end) * _time_alive(s, beta + end, ahead)
        return (self.p_alive(summary) * found).rename("purchases")

    def expected_of_new(self, periods: Any) -> Any:
        """Repeat purchases that a new customer may be expected to make within ``periods`` units of time."""
        t = times_ahead(periods)
        r, alpha, s, beta = self.values
        found = r / alpha * _time_alive(s, beta, t)
        return float(found) if found.ndim == 0 else found

    def log_likelihood_of(self, summary: pd.DataFrame) -> float:
        """The log-likelihood of these customers under this model, to compare models on what was not in the fit."""
        return models.value_of(pareto.likelihood(*repeat_columns(summary)), self.values)

    def _spread(self, summary: pd.DataFrame, periods: float) -> np.ndarray:
        x, _last, end = repeat_columns(summary)
        r, alpha, s, beta = self.values
        alive, k, to = self.p_alive(summary).to_numpy(), r + x, alpha + end
        stays, squared = _time_alive(s, beta + end, periods), _time_alive_squared(s, beta + end, periods)
        mean = alive * k / to * stays
        return alive * k * (k + 1) / to**2 * squared + mean - mean**2


def _time_alive(s: float, beta: Any, ahead: Any) -> Any:
    """Of the time ahead, what whoever has come to ``beta`` may be expected to stay: the integral of (beta/(beta+t))^s."""
    far = np.log1p(ahead / beta)
    bent = -(s - 1) * far
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        return beta * far * np.where(np.abs(bent) < 1e-12, 1.0, np.expm1(bent) / bent)


def _time_alive_squared(s: float, beta: Any, ahead: float) -> Any:
    """The mean square of the time that they will stay: the integral of 2 t (beta/(beta+t))^s."""
    node, weight = pareto.legendre(32)
    far = np.log1p(ahead / beta)[:, None]
    w = far * (node + 1) / 2  # t = beta (e^w - 1)
    inside = np.expm1(w) * np.exp(w - s * w) * weight
    return beta**2 * far[:, 0] * inside.sum(axis=1)


def fit_pareto_nbd(summary: pd.DataFrame) -> ParetoNBD:
    """Fit Pareto/NBD to the ``frequency``, ``recency`` and ``T`` of :func:`repeat_summary` by maximum likelihood.

    Customers buy at rates drawn from a gamma distribution (``r``, ``alpha``) and are lost, at any moment, at rates drawn from
    another (``s``, ``beta``). BG/NBD (:func:`fit_bgnbd`) lets them go only right after a purchase, so that who came once
    is surely still a customer; here also these may be gone.

    Raises :class:`~crmlab.checks.InputError` as :func:`fit_bgnbd` does.

    Source: Schmittlein, D. C., Morrison, D. G., Colombo, R. (1987), Counting your customers: who are they and what will they
    do next?, Management Science 33(1); Fader, P. S., Hardie, B. G. S. (2005), A note on deriving the Pareto/NBD model,
    brucehardie.com/notes/009.

    >>> from crmlab import clv, datasets
    >>> customers = clv.repeat_summary(datasets.load("cdnow"), "1997-09-30", zero_orders="count")
    >>> fit_pareto_nbd(customers)
    ParetoNBD: r 0.5533, alpha 10.58, s 0.6062, beta 11.67; LL -9594.98, n 2,357. All parameters are estimated.
    """
    x, last, end = columns_to_fit(summary)
    f = pareto.likelihood(x, last, end)
    time = float(end[x > 0].mean())
    scale = np.log([1.0, time, 1.0, time])
    reach = np.log(models.REACH)
    low, high = scale - reach, scale + reach
    low[1:] -= [2 * reach, 4.0, 0.0]  # alpha and s lie lower where purchases crowd and where hardly anybody goes
    low[3] = np.log(time * NEAREST)
    best = models.search(f, np.log([0.5, time / 3, 0.5, time / 3]), low, high)
    if not best.converged or np.abs(best.log_parameters - scale).max() > 5:
        for start in ([0.1, time / 20, 0.1, time / 20], [3.0, time, 3.0, time], [0.5, time / 3, 0.05, time * 1e-3]):
            again = models.search(f, np.log(start), low, high)
            if again.value > best.value + 1e-6:
                best = again
    r, alpha, s, beta = np.exp(best.log_parameters)
    far = fitting.FAR
    limits = {
        "no_dropout": fitting.Limit({"s": 1 / far, "beta": time}),
        "same_lifetime": fitting.Limit({"s": far, "beta": far * beta / s}, ["beta"]),
        "gone_or_stay": fitting.Limit({"s": s, "beta": time * NEAREST}, ["s"], 0.05),
        "same_rate": fitting.Limit({"r": far, "alpha": far * alpha / r}, ["alpha"]),
    }
    return fitting.finish(ParetoNBD, ["r", "alpha", "s", "beta"], f, best, limits, len(x))
