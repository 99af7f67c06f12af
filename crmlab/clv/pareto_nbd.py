"""Pareto/NBD: how often customers without a contract buy, and when they are gone, at any moment and not only after a
purchase. Offered by :mod:`crmlab.clv`.

Its likelihood is usually written with two Gaussian hypergeometric functions whose difference loses its digits. Both stand for
one integral of positive terms, over the moment at which the customer was lost; here it is taken by Gauss-Legendre quadrature
in the logarithm of time, and so are its exact derivatives.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from crmlab import checks
from crmlab.clv import fitting
from crmlab.clv import likelihood as models
from crmlab.clv.bgnbd import repeat_columns
from crmlab.language import _

NODES = ((1.5, 4.0, 8), (5.0, 20.0, 16), (np.inf, np.inf, 32))
"""Points of the quadrature: up to which width in the logarithm of time, and which fall of the integrand's, how many do."""
PANEL = 12.0
"""Beyond this width there are several panels."""
DROP = 40.0
"""Where the integrand has fallen by exp(DROP) from its beginning, it is cut off."""
CELLS = 1 << 16
"""Points taken at once, so that they stay in the processor's memory."""
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
        stay, gone = _stay(r, alpha, s, beta, x, end), np.empty(len(x))
        for rows, *points in _points(r, alpha, s, beta, x, last, end):
            gone[rows] = _gone(r, alpha, s, beta, x[rows], last[rows], *points)[0]
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
        t = np.asarray(fitting.values(periods, "periods"), dtype=float)
        if (t < 0).any():
            checks.fail(_("periods must be 0 or more."))
        r, alpha, s, beta = self.values
        found = r / alpha * _time_alive(s, beta, t)
        return float(found) if found.ndim == 0 else found

    def log_likelihood_of(self, summary: pd.DataFrame) -> float:
        """The log-likelihood of these customers under this model, to compare models on what was not in the fit."""
        return models.value_of(likelihood(*repeat_columns(summary)), self.values)

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
    node, weight = _legendre(32)
    far = np.log1p(ahead / beta)[:, None]
    w = far * (node + 1) / 2  # t = beta (e^w - 1)
    inside = np.expm1(w) * np.exp(w - s * w) * weight
    return beta**2 * far[:, 0] * inside.sum(axis=1)


def _stay(r: float, alpha: float, s: float, beta: float, x: np.ndarray, end: np.ndarray) -> np.ndarray:
    """ln of the part of the likelihood of whoever is still a customer, less ln G(r+x)/G(r)."""
    return -r * np.log1p(end / alpha) - x * np.log(alpha + end) - s * np.log1p(end / beta)


_legendre = lru_cache(np.polynomial.legendre.leggauss)


def _points(
    r: float, alpha: float, s: float, beta: float, x: np.ndarray, last: np.ndarray, end: np.ndarray
) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]]:
    """For customers of one kind at a time: their positions, how far the integral of :func:`_gone` goes (in w), and at which
    shares of that way, with which weights, it is taken.
    """
    base, a, b = min(alpha, beta) + last, alpha + last, beta + last
    k, width = r + x, np.log1p((end - last) / base)

    def fallen(w: np.ndarray, at: Any) -> tuple[np.ndarray, np.ndarray]:
        grown = base[at] * np.expm1(w)
        return w - k[at] * np.log1p(grown / a[at]) - (s + 1) * np.log1p(grown / b[at]), grown

    low, _grown = fallen(width, slice(None))
    deep = np.flatnonzero(low < -DROP)
    for _turn in range(60):  # Newton's method from the right, to where a concave function has fallen by DROP
        if not len(deep):
            break
        w = width[deep]
        down, grown = fallen(w, deep)
        slope = 1 - (base[deep] + grown) * (k[deep] / (a[deep] + grown) + (s + 1) / (b[deep] + grown))
        width[deep], low[deep] = w + np.minimum((-DROP - down) / np.minimum(slope, -1e-300), 0), down
        deep = deep[down < -DROP - 0.1]
    left = np.ones(len(x), bool)
    for widest, fall, many in NODES:
        node, weight = _legendre(many)
        mine = np.flatnonzero(left & (width <= widest) & (low >= -fall))
        left[mine] = False
        panels = np.ceil(np.maximum(width[mine], 1e-300) / PANEL)
        for count in np.unique(panels).astype(int):
            place = ((np.arange(count)[:, None] + (node + 1) / 2) / count).ravel()
            weights = np.tile(weight / (2 * count), count)
            rows = mine[panels == count]
            for part in np.array_split(rows, 1 + len(rows) * len(place) // CELLS):
                yield part, width[part], place, weights


def _gone(
    r: float,
    alpha: float,
    s: float,
    beta: float,
    x: np.ndarray,
    last: np.ndarray,
    width: np.ndarray,
    place: np.ndarray,
    weights: np.ndarray,
) -> tuple[np.ndarray, tuple[np.ndarray, ...]]:
    """The same of whoever was lost between the last purchase and the end: ln of the integral over t from ``last`` to the end
    of s/beta (1+t/beta)^-(s+1) (1+t/alpha)^-r (alpha+t)^-x; and, at its points, t, ln(1+t/alpha), ln(1+t/beta) and the share
    of each point in the integral.

    In w = ln((d+t)/(d+last)), d the lesser of alpha and beta, the integrand has no singularity nearer than pi, and its
    logarithm is concave; so a few points suffice, however many purchases or years there are.
    """
    base = min(alpha, beta) + last
    w = width[:, None] * place
    grown = base[:, None] * np.expm1(w)
    to_a, to_b = np.log1p(grown / (alpha + last)[:, None]), np.log1p(grown / (beta + last)[:, None])
    part = np.exp(w - (r + x)[:, None] * to_a - (s + 1) * to_b) * weights
    total = part.sum(axis=1)
    first_a, first_b = np.log1p(last / alpha), np.log1p(last / beta)
    with np.errstate(divide="ignore"):
        value = np.log(s) - np.log(beta + last) - s * first_b - r * first_a - x * np.log(alpha + last)
        value = value + np.log(width) + np.log(base) + np.log(total)
    points = last[:, None] + grown, first_a[:, None] + to_a, first_b[:, None] + to_b, part / total[:, None]
    return value, points


def likelihood(frequency: np.ndarray, recency: np.ndarray, age: np.ndarray) -> models.Likelihood:
    """Pareto/NBD in (ln r, ln alpha, ln s, ln beta): whole repeat purchases, time of the last one, time observed."""
    (x, last, end), weight = models.distinct(frequency, recency, age)
    more = models.more_than(x, weight)

    def f(logs: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
        r, alpha, s, beta = np.exp(logs)
        value, slope, bend = models.rising_in_log(more, r)
        gradient, hessian = np.zeros(4), np.zeros((4, 4))
        gradient[0], hessian[0, 0] = slope, bend
        for rows, *points in _points(r, alpha, s, beta, x, last, end):
            gone = _gone(r, alpha, s, beta, x[rows], last[rows], *points)
            one = _rows(r, alpha, s, beta, x[rows], end[rows], weight[rows], *gone)
            value, gradient, hessian = value + one[0], gradient + one[1], hessian + one[2]
        return float(value), gradient, hessian

    return f


def _rows(
    r: float,
    alpha: float,
    s: float,
    beta: float,
    x: np.ndarray,
    end: np.ndarray,
    weight: np.ndarray,
    gone: np.ndarray,
    points: tuple[np.ndarray, ...],
) -> tuple[float, np.ndarray, np.ndarray]:
    """Value, gradient and Hessian in log parameters, without ln G(r+x)/G(r), over some customers."""
    stay = _stay(r, alpha, s, beta, x, end)
    t, log_a, log_b, share = points
    top = np.logaddexp(stay, gone)
    here, lost = np.exp(stay - top), np.exp(gone - top)

    def slopes(t: np.ndarray, log_a: np.ndarray, log_b: np.ndarray, x: np.ndarray, lost: int) -> list[np.ndarray]:
        """Of the logarithm at t, in ln r, ln alpha, ln s, ln beta; then t/(alpha+t), t/(beta+t). ``lost``: 1 for the density."""
        u, v = t / (alpha + t), t / (beta + t)
        return [-r * log_a, (r + x) * u - x, lost - s * log_b, (s + lost) * v - lost, u, v]

    *at_end, u, v = slopes(end, np.log1p(end / alpha), np.log1p(end / beta), x, 0)
    grad_stay = np.array(at_end)
    *inside, up, vp = slopes(t, log_a, log_b, x[:, None], 1)
    grad_gone = np.array([(one * share).sum(axis=1) for one in inside])
    stays, goes = weight * here, weight * lost
    # How far the slopes differ between staying and being lost, and over the moments at which one was lost.
    apart = grad_stay - grad_gone
    hessian = (apart * (stays * lost)) @ apart.T
    where = share * goes[:, None]
    off = np.array([(one - mean[:, None]).ravel() for one, mean in zip(inside, grad_gone, strict=True)])
    hessian += (off * where.ravel()) @ off.T
    gradient = grad_stay @ stays + grad_gone @ goes
    mean_u, mean_v = (share * up).sum(axis=1), (share * vp).sum(axis=1)
    bent_u, bent_v = mean_u - (share * up * up).sum(axis=1), mean_v - (share * vp * vp).sum(axis=1)
    hessian[0, 0] += gradient[0]
    cross = np.array([r * (stays @ u + goes @ mean_u), s * (stays @ v + goes @ mean_v)])
    hessian[[0, 1, 2, 3], [1, 0, 3, 2]] += cross.repeat(2)
    hessian[1, 1] -= stays @ ((r + x) * u * (1 - u)) + goes @ ((r + x) * bent_u)
    hessian[2, 2] += gradient[2] - goes.sum()
    hessian[3, 3] -= stays @ (s * v * (1 - v)) + goes @ ((s + 1) * bent_v)
    return float(weight @ top), gradient, hessian


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
    x, last, end = repeat_columns(summary)
    if not x.any():
        checks.fail(_("Nobody bought a second time, so neither pace nor dropout can be estimated. Take a longer time."))
    f = likelihood(x, last, end)
    time = float(end[x > 0].mean())
    scale = np.log([1.0, time, 1.0, time])
    reach = np.log(models.REACH)
    low, high = scale - reach, scale + reach
    low[3] = np.log(time * NEAREST)
    low[2] = -18.0
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
