"""Log likelihoods of the customer-value models with gradient and Hessian, and Newton's method to maximise them.

Every likelihood is a function of the logarithms of its parameters, so that they stay positive, and returns the value,
the gradient and the Hessian at once. The data are reduced to distinct rows with weights first; ratios of gamma
functions at whole distances are sums of logarithms, ln G(r+x) - ln G(r) = ln r + ln(r+1) + ... + ln(r+x-1), exact for
any size of r.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from crmlab.counting import bincount

Likelihood = Callable[[np.ndarray], tuple[float, np.ndarray, np.ndarray]]

REACH = 1e6
"""Parameters are sought between 1/REACH and REACH times their natural scale."""


@dataclass(frozen=True)
class Maximum:
    """Where the search ended: ``log_parameters``, the value there, gradient and Hessian in log parameters."""

    log_parameters: np.ndarray
    value: float
    gradient: np.ndarray
    hessian: np.ndarray
    converged: bool


def maximise(likelihood: Likelihood, start: np.ndarray, scale: np.ndarray, steps: int = 200) -> Maximum:
    """Newton's method with a line search; where the surface is not concave the Hessian's eigenvalues are turned.

    ``start`` and ``scale`` are parameters (not logarithms). The search ends when a further step promises less than
    1e-10 in the log likelihood, or where the ground is level.
    """
    low, high = np.log(scale) - np.log(REACH), np.log(scale) + np.log(REACH)
    at = np.log(start)
    value, gradient, hessian = likelihood(at)
    for _turn in range(steps):
        free = ~(((at <= low) & (gradient < 0)) | ((at >= high) & (gradient > 0)))
        if not free.any():
            return Maximum(at, value, gradient, hessian, True)
        bent, turn = np.linalg.eigh(-hessian[np.ix_(free, free)])
        bent = np.maximum(np.abs(bent), 1e-9 * max(1.0, float(np.abs(bent).max())))
        step = np.zeros(len(at))
        step[free] = turn @ ((turn.T @ gradient[free]) / bent)
        step *= min(1.0, 2.5 / np.abs(step).max()) if step.any() else 1.0
        promised = float(gradient @ step)
        # A slope within the rounding of its own sum is none: so the search ends on flat ground too, far out.
        level = float(np.abs(gradient[free]).max()) < 1e-6 + 1e-14 * abs(value)
        if promised < 1e-10 or level:
            return Maximum(at, value, gradient, hessian, True)
        length = 1.0
        while True:
            there = np.clip(at + length * step, low, high)
            found = likelihood(there)
            # Below the precision of the sum itself, no comparison can tell better from worse.
            if found[0] >= value + 1e-4 * length * promised - 1e-13 * abs(value):
                break
            length /= 4
            if length < 1e-8:
                return Maximum(at, value, gradient, hessian, promised < 1e-6)
        at, (value, gradient, hessian) = there, found
    return Maximum(at, value, gradient, hessian, False)


def distinct(*columns: np.ndarray) -> tuple[list[np.ndarray], np.ndarray]:
    """The distinct rows of some columns of equal length, and how often each occurs.

    >>> distinct(np.array([1., 2., 1.]), np.array([5., 5., 5.]))
    ([array([1., 2.]), array([5., 5.])], array([2., 1.]))
    """
    import pandas as pd

    n = len(columns[0])
    if not n:
        return [column.astype(float) for column in columns], np.zeros(0)
    key = np.zeros(n, dtype="uint64")
    for column in columns:
        bits = np.ascontiguousarray(column, dtype="float64").view("uint64")
        key = (key ^ bits ^ (bits >> np.uint64(29))) * np.uint64(0x9E3779B97F4A7C15)
        key ^= key >> np.uint64(32)
    codes, found = pd.factorize(key)
    first = np.empty(len(found), dtype="int64")
    first[codes[::-1]] = np.arange(n)[::-1]
    rows = [column[first] for column in columns]
    if not all((row[codes] == column).all() for row, column in zip(rows, columns, strict=True)):
        return rows_as_given(columns)  # two different rows with one key: one chance in 10^9 even at 10^5 rows
    return [row.astype(float) for row in rows], bincount(codes).astype(float)


def rows_as_given(columns: tuple[np.ndarray, ...]) -> tuple[list[np.ndarray], np.ndarray]:
    """All rows, each with weight 1."""
    return [column.astype(float) for column in columns], np.ones(len(columns[0]))


def _in_logs(
    parameters: np.ndarray, value: float, gradient: np.ndarray, hessian: np.ndarray
) -> tuple[float, np.ndarray, np.ndarray]:
    slope = parameters * gradient
    return value, slope, np.outer(parameters, parameters) * hessian + np.diag(slope)


def _rising(more: np.ndarray, start: float) -> tuple[float, float, float]:
    """Sum of ln G(start+x) - ln G(start) over all customers, with its two derivatives; ``more[k]`` have x > k."""
    at = start + np.arange(len(more))
    part = more / at
    return float(more @ np.log(at)), float(part.sum()), -float((part / at).sum())


def bgnbd(frequency: np.ndarray, recency: np.ndarray, age: np.ndarray) -> Likelihood:
    """BG/NBD in (ln r, ln alpha, ln a, ln b): whole repeat purchases, time of the last one, time observed."""
    repeat = frequency > 0
    (x, last, end), weight = distinct(frequency[repeat], recency[repeat], age[repeat])
    (idle,), idle_weight = distinct(age[~repeat])
    counts = bincount(x.astype("int64"), weights=weight)
    more = counts[::-1].cumsum()[::-1][1:]  # more[k] customers have x > k
    n = float(weight.sum() + idle_weight.sum())

    def likelihood(logs: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
        r, alpha, a, b = parameters = np.exp(logs)
        up_r, up_b, up_ab = _rising(more, r), _rising(more, b), _rising(more, a + b)
        to_idle = alpha + idle
        idle_log, idle_part = idle_weight @ np.log(to_idle), idle_weight / to_idle
        value = up_r[0] + up_b[0] - up_ab[0] + n * r * logs[1] - r * idle_log
        gradient = np.array(
            [up_r[1] + n * logs[1] - idle_log, n * r / alpha - r * idle_part.sum(), -up_ab[1], up_b[1] - up_ab[1]]
        )
        hessian = np.zeros((4, 4))
        hessian[0, 0] = up_r[2]
        hessian[0, 1] = n / alpha - idle_part.sum()
        hessian[1, 1] = -n * r / alpha**2 + r * (idle_part / to_idle).sum()
        hessian[2, 2] = hessian[2, 3] = -up_ab[2]
        hessian[3, 3] = up_b[2] - up_ab[2]

        # Still a customer (u) or gone after the last purchase (v): ln(e^u + e^v), gone with probability w.
        k, to_end, to_last, left = r + x, alpha + end, alpha + last, 1 / (b + x - 1)
        log_end, log_last = np.log(to_end), np.log(to_last)
        lead = k * (log_end - log_last) + np.log(a * left)
        small = np.exp(-np.abs(lead))
        value += weight @ (np.maximum(lead, 0) + np.log1p(small) - k * log_end)
        gone = weight * np.where(lead > 0, 1.0, small) / (1 + small)
        here = weight - gone
        both = gone * here / weight
        per_end, per_last = 1 / to_end, 1 / to_last
        k_end, k_last = k * per_end, k * per_last
        gradient[0] -= here @ log_end + gone @ log_last
        gradient[1] -= here @ k_end + gone @ k_last
        gradient[2] += gone.sum() / a
        gradient[3] -= gone @ left
        hessian[0, 1] -= here @ per_end + gone @ per_last
        hessian[1, 1] += (here * k_end) @ per_end + (gone * k_last) @ per_last
        hessian[2, 2] -= gone.sum() / a**2
        hessian[3, 3] += (gone * left) @ left
        apart = np.array([log_end - log_last, k_end - k_last, np.full(len(x), 1 / a), -left])
        hessian = np.triu(hessian + (apart * both) @ apart.T)  # the single terms above stand in the upper half only
        return _in_logs(parameters, float(value), gradient, hessian + np.triu(hessian, 1).T)

    return likelihood


def gamma_gamma(frequency: np.ndarray, monetary: np.ndarray) -> Likelihood:
    """Gamma-Gamma in (ln p, ln q, ln v): number of transactions and their mean amount, both above 0."""
    from scipy.special import gammaln, psi, zeta

    (x, mean), weight = distinct(frequency, monetary)
    counts, where = np.unique(x, return_inverse=True)
    many = bincount(where, weights=weight)
    total = x * mean
    n, weighted = float(weight.sum()), weight * x
    log_total, log_mean = float(weighted @ np.log(total)), float(weight @ np.log(mean))

    def likelihood(logs: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
        p, q, v = parameters = np.exp(logs)
        shape, both = p * counts, p * counts + q
        plus = total + v
        log_plus, per = np.log(plus), 1 / plus
        power = p * x + q
        value = many @ (gammaln(both) - gammaln(shape)) - n * gammaln(q) + n * q * logs[2]
        value += p * log_total - log_mean - (weight * power) @ log_plus
        psi_both, one_both = psi(both), zeta(2, both)
        gradient = np.array(
            [
                (many * counts) @ (psi_both - psi(shape)) + log_total - weighted @ log_plus,
                many @ psi_both - n * psi(q) + n * logs[2] - weight @ log_plus,
                n * q / v - (weight * power) @ per,
            ]
        )
        pq, pv, qv = (many * counts) @ one_both, -(weighted @ per), n / v - weight @ per
        hessian = np.array(
            [
                [(many * counts**2) @ (one_both - zeta(2, shape)), pq, pv],
                [pq, many @ one_both - n * zeta(2, q), qv],
                [pv, qv, -n * q / v**2 + (weight * power * per) @ per],
            ]
        )
        return _in_logs(parameters, float(value), gradient, hessian)

    return likelihood


def shifted_beta_geometric(lost: np.ndarray, kept: np.ndarray) -> Likelihood:
    """sBG in (ln alpha, ln beta): ``lost[t]`` left in period t+1, ``kept[t]`` were still there after it, unseen later.

    P(T = t) = alpha (beta)_(t-1) / (alpha+beta)_t and S(t) = (beta)_t / (alpha+beta)_t with rising factorials.
    """
    gone = float(lost.sum())
    after = (lost[::-1].cumsum() - lost[::-1])[::-1] + kept[::-1].cumsum()[::-1]  # got through period t+1
    began = after + lost

    def likelihood(logs: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
        alpha, beta = parameters = np.exp(logs)
        stay, both = _rising(after, beta), _rising(began, alpha + beta)
        value = gone * logs[0] + stay[0] - both[0]
        gradient = np.array([gone / alpha - both[1], stay[1] - both[1]])
        hessian = np.array([[-gone / alpha**2 - both[2], -both[2]], [-both[2], stay[2] - both[2]]])
        return _in_logs(parameters, value, gradient, hessian)

    return likelihood
