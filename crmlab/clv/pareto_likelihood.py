"""The likelihood of Pareto/NBD, with gradient and Hessian.

It is usually written with two Gaussian hypergeometric functions whose difference loses its digits. Both stand for one integral
of positive terms, over the moment at which the customer was lost; here it is taken by Gauss-Legendre quadrature in the
logarithm of time, and so are its exact derivatives.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import numpy as np

from crmlab.clv import likelihood as models

NODES = ((1.5, 4.0, 8), (5.0, 20.0, 16), (np.inf, np.inf, 32))
"""Points of the quadrature: up to which width in the logarithm of time, and which fall of the integrand's, how many do."""
PANEL = 12.0
"""Beyond this width there are several panels."""
DROP = 40.0
"""Where the integrand has fallen by exp(DROP) from its beginning, it is cut off."""
CELLS = 1 << 16
"""Points taken at once, so that they stay in the processor's memory."""

def stay(r: float, alpha: float, s: float, beta: float, x: np.ndarray, end: np.ndarray) -> np.ndarray:
    """ln of the part of the likelihood of whoever is still a customer, less ln G(r+x)/G(r)."""
    return -r * np.log1p(end / alpha) - x * np.log(alpha + end) - s * np.log1p(end / beta)


legendre = lru_cache(np.polynomial.legendre.leggauss)


def points(
    r: float, alpha: float, s: float, beta: float, x: np.ndarray, last: np.ndarray, end: np.ndarray
) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]]:
    """For customers of one kind at a time: their positions, how far the integral of :func:`gone` goes (in w), and at which
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
        node, weight = legendre(many)
        mine = np.flatnonzero(left & (width <= widest) & (low >= -fall))
        left[mine] = False
        panels = np.ceil(np.maximum(width[mine], 1e-300) / PANEL)
        for count in np.unique(panels).astype(int):
            place = ((np.arange(count)[:, None] + (node + 1) / 2) / count).ravel()
            weights = np.tile(weight / (2 * count), count)
            rows = mine[panels == count]
            for part in np.array_split(rows, 1 + len(rows) * len(place) // CELLS):
                yield part, width[part], place, weights


def gone(
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
    inside = last[:, None] + grown, first_a[:, None] + to_a, first_b[:, None] + to_b, part / total[:, None]
    return value, inside


def likelihood(frequency: np.ndarray, recency: np.ndarray, age: np.ndarray) -> models.Likelihood:
    """Pareto/NBD in (ln r, ln alpha, ln s, ln beta): whole repeat purchases, time of the last one, time observed."""
    (x, last, end), weight = models.distinct(frequency, recency, age)
    more = models.more_than(x, weight)

    def f(logs: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
        r, alpha, s, beta = np.exp(logs)
        value, slope, bend = models.rising_in_log(more, r)
        gradient, hessian = np.zeros(4), np.zeros((4, 4))
        gradient[0], hessian[0, 0] = slope, bend
        for rows, *where in points(r, alpha, s, beta, x, last, end):
            lost = gone(r, alpha, s, beta, x[rows], last[rows], *where)
            one = _rows(r, alpha, s, beta, x[rows], end[rows], weight[rows], *lost)
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
    log_gone: np.ndarray,
    inside: tuple[np.ndarray, ...],
) -> tuple[float, np.ndarray, np.ndarray]:
    """Value, gradient and Hessian in log parameters, without ln G(r+x)/G(r), over some customers."""
    log_stay = stay(r, alpha, s, beta, x, end)
    t, log_a, log_b, share = inside
    top = np.logaddexp(log_stay, log_gone)
    here, lost = np.exp(log_stay - top), np.exp(log_gone - top)

    def slopes(t: np.ndarray, log_a: np.ndarray, log_b: np.ndarray, x: np.ndarray, lost: int) -> list[np.ndarray]:
        """Of the logarithm at t, in ln r, ln alpha, ln s, ln beta; then t/(alpha+t), t/(beta+t). ``lost``: 1 for the density."""
        u, v = t / (alpha + t), t / (beta + t)
        return [-r * log_a, (r + x) * u - x, lost - s * log_b, (s + lost) * v - lost, u, v]

    *at_end, u, v = slopes(end, np.log1p(end / alpha), np.log1p(end / beta), x, 0)
    grad_stay = np.array(at_end)
    *slope, up, vp = slopes(t, log_a, log_b, x[:, None], 1)
    grad_gone = np.array([(one * share).sum(axis=1) for one in slope])
    stays, goes = weight * here, weight * lost
    # How far the slopes differ between staying and being lost, and over the moments at which one was lost.
    apart = grad_stay - grad_gone
    hessian = (apart * (stays * lost)) @ apart.T
    where = share * goes[:, None]
    off = np.array([(one - mean[:, None]).ravel() for one, mean in zip(slope, grad_gone, strict=True)])
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
