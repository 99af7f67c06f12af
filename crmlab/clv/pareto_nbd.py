"""Pareto/NBD: how often customers without a contract buy, and when they are gone, at any moment and not only after a
purchase. Offered by :mod:`crmlab.clv`.

Its likelihood is usually written with two Gaussian hypergeometric functions whose difference loses its digits. Both stand for
one integral of positive terms, over the moment at which the customer was lost; here it is taken by Gauss-Legendre quadrature
in the logarithm of time, and so are its exact derivatives.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from crmlab import checks
from crmlab.clv import fitting
from crmlab.clv import likelihood as models
from crmlab.clv.bgnbd import repeat_columns
from crmlab.language import _

NODES = 32
"""Points of the quadrature in each panel."""
PANEL = 12.0
"""The longest panel, in units of the logarithm of time."""
DROP = 40.0
"""Where the integrand has fallen by exp(DROP) from its beginning, it is cut off."""
ROWS = 1 << 14
"""Customers taken at once."""
NEAREST = 1e-60
"""How near to 0 beta is sought, as a share of the time observed: that edge is approached in the logarithm only."""


@dataclass(frozen=True, repr=False)
class ParetoNBD(fitting.Fit):
    """The model of :func:`fit_pareto_nbd`; time runs in the unit of the summary it was fitted to."""

    def _limits(self) -> dict[str, Any]:
        r, alpha, s, beta = self.values
        share = -np.expm1(-s * np.log1p(1 / beta)) if "gone_or_stay" in self.state else s / beta
        return {"p": share, "rate": r / alpha, "lost": "s"}

    def p_alive(self, summary: pd.DataFrame) -> pd.Series:
        """The probability that each customer still buys."""
        x, last, end = repeat_columns(summary)
        r, alpha, s, beta = self.values
        found = np.ones(len(x))
        for part in _parts(len(x)):
            gone = _gone(r, alpha, s, beta, x[part], last[part], end[part])[0]
            stay = _stay(r, alpha, s, beta, x[part], end[part])
            with np.errstate(over="ignore"):
                found[part] = 1 / (1 + np.exp(gone - stay))
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
        """The log-likelihood of other customers under this model, to compare models on who was not in the fit."""
        return models.value_of(likelihood(*repeat_columns(summary)), self.values)


def _time_alive(s: float, beta: Any, ahead: Any) -> Any:
    """Of the time ahead, what whoever has come to ``beta`` may be expected to stay: the integral of (beta/(beta+t))^s."""
    far = np.log1p(ahead / beta)
    bent = -(s - 1) * far
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        return beta * far * np.where(np.abs(bent) < 1e-12, 1.0, np.expm1(bent) / bent)


def _parts(n: int) -> list[slice]:
    return [slice(begin, begin + ROWS) for begin in range(0, n, ROWS)]


def _stay(r: float, alpha: float, s: float, beta: float, x: np.ndarray, end: np.ndarray) -> np.ndarray:
    """ln of the part of the likelihood of whoever is still a customer, less ln G(r+x)/G(r)."""
    return -r * np.log1p(end / alpha) - x * np.log(alpha + end) - s * np.log1p(end / beta)


def _gone(
    r: float, alpha: float, s: float, beta: float, x: np.ndarray, last: np.ndarray, end: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The same of whoever was lost between the last purchase and the end: ln of the integral over t from ``last`` to ``end``
    of s/beta (1+t/beta)^-(s+1) (1+t/alpha)^-r (alpha+t)^-x; and, at its points, t and the share of each in it.

    In w = ln((d+t)/(d+last)), d the lesser of alpha and beta, the integrand has no singularity nearer than pi, and its
    logarithm is concave; so a few points suffice, however many purchases or years there are.
    """
    least = min(alpha, beta)
    base = least + last

    def height(w: np.ndarray, at: slice | np.ndarray = np.s_[:]) -> tuple[np.ndarray, np.ndarray]:
        grown = base[at][:, None] * np.expm1(w)
        t = last[at][:, None] + grown
        a, b = alpha + last[at][:, None], beta + last[at][:, None]
        low = w - (r + x[at][:, None]) * np.log1p(grown / a) - (s + 1) * np.log1p(grown / b)
        return low, t

    width = np.log1p((end - last) / base)
    # Newton's method from the right towards where a concave function has fallen by DROP.
    for _turn in range(60):
        low, t = height(width[:, None])
        low, t = low[:, 0], t[:, 0]
        deep = low < -DROP
        if not deep.any():
            break
        fall = 1 - (least + t) * ((r + x) / (alpha + t) + (s + 1) / (beta + t))
        width = np.where(deep, width + np.minimum((-DROP * 0.999 - low) / np.minimum(fall, -1e-300), 0), width)
    panels = max(1, int(np.ceil(float(width.max(initial=0)) / PANEL)))
    node, weight = np.polynomial.legendre.leggauss(NODES)
    place = ((np.arange(panels)[:, None] + (node + 1) / 2) / panels).ravel()
    low, t = height(width[:, None] * place)
    part = np.exp(low) * np.tile(weight / (2 * panels), panels)
    total = part.sum(axis=1)
    with np.errstate(divide="ignore"):
        first = np.log(s) - np.log(beta + last) - s * np.log1p(last / beta)
        first = first - r * np.log1p(last / alpha) - x * np.log(alpha + last)
        value = first + np.log(width) + np.log(base) + np.log(total)
    return value, t, part / total[:, None]


def likelihood(frequency: np.ndarray, recency: np.ndarray, age: np.ndarray) -> models.Likelihood:
    """Pareto/NBD in (ln r, ln alpha, ln s, ln beta): whole repeat purchases, time of the last one, time observed."""
    (x, last, end), weight = models.distinct(frequency, recency, age)
    more = models.more_than(x, weight)

    def f(logs: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
        r, alpha, s, beta = np.exp(logs)
        value, slope, bend = models.rising_in_log(more, r)
        gradient, hessian = np.zeros(4), np.zeros((4, 4))
        gradient[0], hessian[0, 0] = slope, bend
        for part in _parts(len(x)):
            one = _rows(r, alpha, s, beta, x[part], last[part], end[part], weight[part])
            value, gradient, hessian = value + one[0], gradient + one[1], hessian + one[2]
        return float(value), gradient, hessian

    return f


def _rows(
    r: float,
    alpha: float,
    s: float,
    beta: float,
    x: np.ndarray,
    last: np.ndarray,
    end: np.ndarray,
    weight: np.ndarray,
) -> tuple[float, np.ndarray, np.ndarray]:
    """Value, gradient and Hessian in log parameters, without ln G(r+x)/G(r), over some customers."""
    stay = _stay(r, alpha, s, beta, x, end)
    gone, t, share = _gone(r, alpha, s, beta, x, last, end)
    top = np.logaddexp(stay, gone)
    here, lost = np.exp(stay - top), np.exp(gone - top)

    def slopes(t: np.ndarray, x: np.ndarray, lost: int) -> tuple[np.ndarray, ...]:
        """Of the logarithm at t, in ln r, ln alpha, ln s, ln beta; then t/(alpha+t), t/(beta+t). ``lost``: 1 for the density."""
        u, v = t / (alpha + t), t / (beta + t)
        return (
            -r * np.log1p(t / alpha),
            r * u - x * (1 - u),
            lost - s * np.log1p(t / beta),
            s * v - lost * (1 - v),
            u,
            v,
        )

    *at_end, u, v = slopes(end, x, 0)
    grad_stay = np.array(at_end)
    *inside, up, vp = slopes(t, x[:, None], 1)
    points = np.array(inside)
    grad_gone = np.einsum("inm,nm->in", points, share)
    apart = grad_stay - grad_gone
    both = weight * here * lost
    gradient = np.array([weight @ (here * a + lost * b) for a, b in zip(grad_stay, grad_gone, strict=True)])
    # How far the slopes differ between staying and being lost, and over the moments at which one was lost.
    hessian = (apart * both) @ apart.T
    off = points - grad_gone[:, :, None]
    where = share * (weight * lost)[:, None]
    spread = (off * where).reshape(4, -1) @ off.reshape(4, -1).T
    hessian += spread
    w_stay, at = weight * here, where
    hessian[0, 0] += w_stay @ grad_stay[0] + np.sum(at * points[0])
    cross = r * (w_stay @ u + np.sum(at * up))
    hessian[0, 1] += cross
    hessian[1, 0] += cross
    hessian[1, 1] -= w_stay @ ((r + x) * u * (1 - u)) + np.sum(at * (r + x)[:, None] * up * (1 - up))
    hessian[2, 2] += w_stay @ grad_stay[2] + np.sum(at * (points[2] - 1))
    cross = s * (w_stay @ v + np.sum(at * vp))
    hessian[2, 3] += cross
    hessian[3, 2] += cross
    hessian[3, 3] -= w_stay @ (s * v * (1 - v)) + np.sum(at * ((s + 1) * vp * (1 - vp)))
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
        "gone_or_stay": fitting.Limit({"s": s, "beta": time * NEAREST}, ["s"]),
        "same_rate": fitting.Limit({"r": far, "alpha": far * alpha / r}, ["alpha"]),
    }
    return fitting.finish(ParetoNBD, ["r", "alpha", "s", "beta"], f, best, limits, len(x))
