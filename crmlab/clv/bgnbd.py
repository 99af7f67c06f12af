"""BG/NBD: how often customers without a contract buy, and when they are gone. Offered by :mod:`crmlab.clv`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from crmlab import checks
from crmlab.clv import fitting
from crmlab.clv import likelihood as models
from crmlab.clv.repeats import columns_to_fit, repeat_columns, times_ahead


@dataclass(frozen=True, repr=False)
class BGNBD(fitting.Purchases):
    """The model of :func:`fit_bgnbd`; time runs in the unit of the summary it was fitted to."""

    def _limits(self) -> dict[str, Any]:
        r, alpha, a, b = self.values
        return {"p": a / (a + b), "rate": r / alpha, "lost": "a"}

    def p_alive(self, summary: pd.DataFrame) -> pd.Series:
        """The probability that each customer still buys; 1 for who came only once (the model sees dropout after a
        repeat purchase only).
        """
        x, last, end = repeat_columns(summary)
        r, alpha, a, b = self.values
        with np.errstate(divide="ignore", over="ignore"):
            lead = np.log(a / (b + np.maximum(x, 1) - 1)) + (r + x) * np.log((alpha + end) / (alpha + last))
            found = np.where(x > 0, 1 / (1 + np.exp(lead)), 1.0)
        return pd.Series(found, summary.index, name="p_alive")

    def expected_purchases(self, summary: pd.DataFrame, periods: float) -> pd.Series:
        """Purchases that each customer may be expected to make in the next ``periods`` units of time.

        Source: Fader, Hardie & Lee (2005), equation 10; here as an integral over the dropout probability, which needs
        no hypergeometric function and has no gap at a = 1.
        """
        periods = checks.number(periods, "periods", 0)
        x, _last, end = repeat_columns(summary)
        return (self.p_alive(summary) * self._while_alive(x, end, periods)).rename("purchases")

    def expected_of_new(self, periods: Any) -> Any:
        """Repeat purchases that a new customer may be expected to make within ``periods`` units of time."""
        t = times_ahead(periods)
        found = self._while_alive(np.zeros(t.size), np.zeros(t.size), t.ravel()).reshape(t.shape)
        return float(found) if found.ndim == 0 else found

    def log_likelihood_of(self, summary: pd.DataFrame) -> float:
        """The log-likelihood of these customers under this model, to compare models on what was not in the fit."""
        return models.value_of(models.bgnbd(*repeat_columns(summary)), self.values)

    def _spread(self, summary: pd.DataFrame, periods: float) -> np.ndarray:
        x, _last, end = repeat_columns(summary)
        alive, mean = self.p_alive(summary).to_numpy(), self._while_alive(x, end, periods)
        pairs = self._while_alive(x, end, periods, _pairs)
        return alive * (pairs + mean) - (alive * mean) ** 2

    def _while_alive(self, x: np.ndarray, end: np.ndarray, periods: Any, of: Any = None) -> np.ndarray:
        """Mean over p ~ Beta(a, b+x) of ``of``, by Gauss-Jacobi quadrature; without it, of (1 - (1 + p t)^-k) / p, the purchases
        that whoever drops out with probability p will make (k = r+x, t the time ahead by alpha+T).
        """
        of = of or _purchases
        r, alpha, a, b = self.values
        ahead = np.broadcast_to(periods / (alpha + end), x.shape)
        edge = 1 + 2 / max(float(ahead.max(initial=0)), 0.5)
        # The error falls by the square of (edge + ...) a node; few sizes, so that nodes can be kept.
        nodes = 16 * int(np.clip(np.ceil(1.6 / np.log(edge + np.sqrt(edge**2 - 1))), 1, 20))
        result = np.empty(len(x))
        order = np.argsort(x, kind="stable")
        counts, begins = np.unique(x[order], return_index=True)
        for count, rows in zip(counts, np.split(order, begins[1:]), strict=True):
            p, weight = _beta_nodes(a, b + float(count), nodes)
            for part in np.array_split(rows, 1 + len(rows) * nodes // 2_000_000):
                t = ahead[part][:, None]
                result[part] = of(p, t, r + count) @ weight
        return result


def _purchases(p: np.ndarray, t: np.ndarray, k: float) -> np.ndarray:
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(p > 1e-300, -np.expm1(-k * np.log1p(p * t)) / p, k * t)


def _pairs(p: np.ndarray, t: np.ndarray, k: float) -> np.ndarray:
    """The mean of n (n - 1) for n purchases: 2 (1-p) / p^2 (1 - (1+pt)^-k - k p t (1+pt)^-(k+1))."""
    u = p * t
    with np.errstate(invalid="ignore", divide="ignore"):
        grown = (-np.expm1(-k * np.log1p(u)) - k * u * np.exp(-(k + 1) * np.log1p(u))) / p**2
    near = k * (k + 1) / 2 * t**2 * (1 - 2 / 3 * (k + 2) * u)
    return 2 * (1 - p) * np.where((k + 2) * u > 1e-4, grown, near)


@lru_cache(maxsize=2048)
def _beta_nodes(a: float, b: float, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Nodes and weights for means under Beta(a, b), exact for polynomials up to degree 2 count - 1 (Golub & Welsch)."""
    k = np.arange(count, dtype=float)
    s = 2 * k + a + b
    with np.errstate(invalid="ignore", divide="ignore"):
        middle = 0.5 + ((a - 1) ** 2 - (b - 1) ** 2) / (2 * s * (s - 2))
        n = k[1:]
        sn = s[1:]
        off = n * (n + a - 1) * (n + b - 1) * (n + a + b - 2) / ((sn - 1) * (sn - 2) ** 2 * (sn - 3))
    middle[0] = a / (a + b)
    if count > 1:
        off[0] = a * b / ((a + b) ** 2 * (a + b + 1))
    from scipy.linalg import eigh_tridiagonal

    # As numpy.linalg.eigh of the whole matrix, digit for digit, in a fraction of its time.
    nodes, vectors = eigh_tridiagonal(middle, np.sqrt(off))
    return np.clip(nodes, 0.0, 1.0), vectors[0] ** 2


def fit_bgnbd(summary: pd.DataFrame) -> BGNBD:
    """Fit BG/NBD to the ``frequency``, ``recency`` and ``T`` of :func:`repeat_summary` by maximum likelihood.

    Customers buy at rates drawn from a gamma distribution (``r``, ``alpha``) and drop out after a purchase with
    probabilities drawn from a beta (``a``, ``b``).

    Raises :class:`~crmlab.checks.InputError` for missing columns or values, impossible rows (recency longer than T,
    frequency without recency), and when nobody bought twice.

    Source: Fader, P. S., Hardie, B. G. S., Lee, K. L. (2005), Counting your customers the easy way, Marketing Science
    24(2).

    >>> from crmlab import clv, datasets
    >>> customers = clv.repeat_summary(datasets.load("cdnow"), as_of="1997-09-30", zero_orders="count")
    >>> fit_bgnbd(customers)
    BGNBD: r 0.2426, alpha 4.414, a 0.7929, b 2.426; LL -9582.43, n 2,357. All parameters are estimated.
    """
    x, last, end = columns_to_fit(summary)
    f = models.bgnbd(x, last, end)
    time = float(end[x > 0].mean())
    scale = np.array([1.0, time / 2, 1.0, 1.0])
    best = models.maximise(f, np.array([0.5, time / 3, 1.0, 3.0]), scale)
    if not best.converged or np.abs(best.log_parameters - np.log(scale)).max() > 5:
        # Towards an edge the surface is flat: see whether another start leads elsewhere.
        for start in ([0.1, time / 20, 0.3, 0.3], [3.0, time, 5.0, 5.0], [0.5, time / 3, 0.1, 3.0]):
            again = models.maximise(f, np.array(start), scale)
            if again.value > best.value + 1e-6:
                best = again
    r, alpha, a, b = np.exp(best.log_parameters)
    far = fitting.FAR
    limits = {
        "no_dropout": fitting.Limit({"a": min(a, 1.0) / far, "b": max(b, 1.0)}),
        "drop_at_once": fitting.Limit({"a": max(a, 1.0), "b": min(b, 1.0) / far}),
        "same_dropout": fitting.Limit({"a": far * a / b, "b": far}, ["a"]),
        "all_or_nothing": fitting.Limit({"a": a / b / far, "b": 1 / far}, ["a"]),
        "same_rate": fitting.Limit({"r": far, "alpha": far * alpha / r}, ["alpha"]),
    }
    return fitting.finish(BGNBD, ["r", "alpha", "a", "b"], f, best, limits, len(x))
