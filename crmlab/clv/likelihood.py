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
    1e-10 in the log likelihood, or where the ground is level. At the end of its reach it has not converged.
    """
    return search(likelihood, np.log(start), np.log(scale) - np.log(REACH), np.log(scale) + np.log(REACH), steps)


def search(likelihood: Likelihood, at: np.ndarray, low: np.ndarray, high: np.ndarray, steps: int = 200) -> Maximum:
    """:func:`maximise` in logarithms, between ``low`` and ``high``."""
    value, gradient, hessian = likelihood(at)
    for _turn in range(steps):
        free = ~(((at <= low) & (gradient < 0)) | ((at >= high) & (gradient > 0)))
        if not free.any():
            return Maximum(at, value, gradient, hessian, False)
        part = -hessian[np.ix_(free, free)]
        size = 1 / np.sqrt(np.maximum(np.abs(np.diag(part)), 1e-12))  # steep and flat directions to one measure
        bent, turn = np.linalg.eigh(part * np.outer(size, size))
        bent = np.maximum(np.abs(bent), 1e-9)
        step = np.zeros(len(at))
        step[free] = size * (turn @ ((turn.T @ (size * gradient[free])) / bent))
        step *= min(1.0, 2.5 / np.abs(step).max()) if step.any() else 1.0
        # Up to the end of the reach and not beyond: a step bent there would leave the ridge that it follows.
        room = np.where(step > 0, high - at, at - low)
        tight = (room > 0) & (np.abs(step) > room)
        if tight.any():
            step *= float((room[tight] / np.abs(step[tight])).min())
        promised = float(gradient @ step)
        # A slope within the rounding of its own sum is none: so the search ends on flat ground too, far out.
        level = float(np.abs(gradient[free]).max()) < 1e-6 + 1e-14 * abs(value)
        if promised < 1e-10 or level:
            return Maximum(at, value, gradient, hessian, bool(free.all()))
        length = 1.0
        while True:
            there = np.clip(at + length * step, low, high)
            found = likelihood(there)
            # Below the precision of the sum itself, no comparison can tell better from worse.
            if found[0] >= value + 1e-4 * length * promised - 1e-13 * abs(value):
                break
            length /= 4
            if length < 1e-8:
                return Maximum(at, value, gradient, hessian, promised < 1e-6 and bool(free.all()))
        gained = found[0] - value
        at, (value, gradient, hessian) = there, found
        if gained < 1e-4 and ((at <= low) | (at >= high)).any():
            return Maximum(at, value, gradient, hessian, False)  # at the end of the reach nothing more is to be had
    return Maximum(at, value, gradient, hessian, False)


def held(likelihood: Likelihood, at: np.ndarray, free: np.ndarray) -> Maximum:
    """The maximum over the ``free`` parameters (a mask), the others held where ``at`` (logarithms) has them."""

    def part(logs: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
        there = at.copy()
        there[free] = logs
        value, gradient, hessian = likelihood(there)
        return value, gradient[free], hessian[np.ix_(free, free)]

    if not free.any():
        return Maximum(at, *likelihood(at), True)
    reach = np.log(REACH)
    found = search(part, at[free], at[free] - reach, at[free] + reach)
    there = at.copy()
    there[free] = found.log_parameters
    return Maximum(there, *likelihood(there), found.converged)


def value_of(likelihood: Likelihood, parameters: tuple[float, ...]) -> float:
    """The log-likelihood at these parameters."""
    return likelihood(np.log(parameters))[0]


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


def _rising(more: np.ndarray, start: float) -> tuple[float, float, float]:
    """Sum of ln G(start+x) - ln G(start) over all customers, with its two derivatives; ``more[k]`` have x > k."""
    at = start + np.arange(len(more))
    part = more / at
    return float(more @ np.log(at)), float(part.sum()), -float((part / at).sum())


def rising_in_log(more: np.ndarray, start: float) -> tuple[float, float, float]:
    """The same with the derivatives in ln(start), exact for any size of start."""
    k = np.arange(len(more))
    at = start + k
    part = more * (start / at)
    return float(more @ np.log(at)), float(part.sum()), float(part @ (k / at))


def more_than(x: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Entry k: how many customers have x > k."""
    counts = bincount(x.astype("int64"), weights=weight)
    return counts[::-1].cumsum()[::-1][1:]


def bgnbd(frequency: np.ndarray, recency: np.ndarray, age: np.ndarray) -> Likelihood:
    """BG/NBD in (ln r, ln alpha, ln a, ln b): whole repeat purchases, time of the last one, time observed.

    Written with ln(1 + T/alpha) and T/(alpha+T), so that it keeps its digits however far out r and alpha lie.
    """
    repeat = frequency > 0
    (x, last, end), weight = distinct(frequency[repeat], recency[repeat], age[repeat])
    (idle,), idle_weight = distinct(age[~repeat])
    more = more_than(x, weight)

    def likelihood(logs: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
        r, alpha, a, b = np.exp(logs)
        up_r, up_b, up_ab = rising_in_log(more, r), rising_in_log(more, b), _rising(more, a + b)
        grown, away = r * np.log1p(idle / alpha), idle / (alpha + idle)
        value = up_r[0] + up_b[0] - up_ab[0] - idle_weight @ grown
        waited = r * float(idle_weight @ away)
        gradient = np.array(
            [
                up_r[1] - idle_weight @ grown,
                waited,
                -a * up_ab[1],
                up_b[1] - b * up_ab[1],
            ]
        )
        hessian = np.zeros((4, 4))
        hessian[0, 0] = up_r[2] - idle_weight @ grown
        hessian[0, 1] = waited
        hessian[1, 1] = -r * float((idle_weight * away) @ (1 - away))
        hessian[2, 2] = -a * up_ab[1] - a * a * up_ab[2]
        hessian[2, 3] = -a * b * up_ab[2]
        hessian[3, 3] = up_b[2] - b * up_ab[1] - b * b * up_ab[2]

        # Still a customer or gone after the last purchase: ln(e^stay + e^gone), gone with probability gone / weight.
        log_end, slope_end, bend_end, late_end = _silence(r, alpha, x, end)
        log_last, slope_last, bend_last, late_last = _silence(r, alpha, x, last)
        before = x - 1
        left = b / (b + before)
        lead = log_last - log_end + (logs[2] - np.log(b + before))
        small = np.exp(-np.abs(lead))
        value += weight @ (np.maximum(lead, 0) + np.log1p(small) + log_end)
        gone = weight * np.where(lead > 0, 1.0, small) / (1 + small)
        here = weight - gone
        both = gone * here / weight
        gradient[0] -= here @ late_end + gone @ late_last
        gradient[1] += here @ slope_end + gone @ slope_last
        gradient[2] += gone.sum()
        gradient[3] -= gone @ left
        hessian[0, 0] -= here @ late_end + gone @ late_last
        hessian[0, 1] += r * (here @ (end / (alpha + end)) + gone @ (last / (alpha + last)))
        hessian[1, 1] += here @ bend_end + gone @ bend_last
        hessian[3, 3] -= (gone * left) @ (before / (b + before))
        apart = np.array([late_end - late_last, slope_last - slope_end, np.ones(len(x)), -left])
        hessian = np.triu(hessian + (apart * both) @ apart.T)  # the single terms above stand in the upper half only
        return float(value), gradient, hessian + np.triu(hessian, 1).T

    return likelihood


def _silence(
    r: float, alpha: float, x: np.ndarray, until: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """ln (1+t/alpha)^-r (alpha+t)^-x, of whoever bought x times and not again until t; its first and second derivative
    in ln alpha; and r ln(1+t/alpha), which is minus the derivatives in ln r.
    """
    away = until / (alpha + until)
    late = r * np.log1p(until / alpha)
    return -late - x * np.log(alpha + until), r * away - x * (1 - away), -(r + x) * away * (1 - away), late


def gamma_gamma(frequency: np.ndarray, monetary: np.ndarray) -> Likelihood:
    """Gamma-Gamma in (ln p, ln q, ln v): number of transactions and their mean amount, both above 0."""
    from scipy.special import gammaln, psi, zeta

    (x, mean), weight = distinct(frequency, monetary)
    counts, where = np.unique(x, return_inverse=True)
    many = bincount(where, weights=weight)
    total = x * mean
    n = float(weight.sum())
    log_mean = float(weight @ np.log(mean))

    def likelihood(logs: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
        p, q, v = np.exp(logs)
        shape = p * counts
        # ln B(shape, q) and ln of u^shape (1-u)^q with u = total / (total+v) are both huge far out; what is left when
        # each is taken against its peak is not.
        k = p * x
        middle, peak = total / (total + v), k / (k + q)
        off = (total * q - v * k) / ((total + v) * (k + q))  # middle - peak, without losing its digits
        lost, wide = np.log1p(v / total), np.log1p(total / v)
        value = weight @ (
            k * _log1p(off / peak, np.log1p(q / k) - lost) + q * _log1p(-off * (k + q) / q, np.log1p(k / q) - wide)
        )
        value -= log_mean + many @ _beta_rest(shape, q)
        both = shape + q
        psi_both, one_both = psi(both), zeta(2, both)
        p_slope = (many * shape) @ (psi_both - psi(shape)) - (weight * k) @ lost
        q_slope = q * (many @ (psi_both - psi(q)) - weight @ wide)
        gradient = np.array([p_slope, q_slope, float(weight @ ((k + q) * off))])
        pq = q * float((many * shape) @ one_both)
        pv = -float((weight * k) @ (1 - middle))
        qv = q * float(weight @ middle)
        hessian = np.array(
            [
                [p_slope + (many * shape**2) @ (one_both - zeta(2, shape)), pq, pv],
                [pq, q_slope + q * q * (many @ one_both - n * zeta(2, q)), qv],
                [pv, qv, -float(weight @ ((k + q) * middle * (1 - middle)))],
            ]
        )
        return float(value), gradient, hessian

    def _log1p(z: np.ndarray, otherwise: np.ndarray) -> np.ndarray:
        """ln(1+z), computed another way where z is not small."""
        small = np.abs(z) < 0.5
        return np.where(small, np.log1p(np.where(small, z, 0.0)), otherwise)

    def _beta_rest(shape: np.ndarray, q: float) -> np.ndarray:
        """ln B(shape, q) less shape ln(shape) + q ln(q) - both ln(both)."""
        return _stirling_rest(shape) + _stirling_rest(np.asarray(q)) - _stirling_rest(shape + q)

    def _stirling_rest(z: np.ndarray) -> np.ndarray:
        """ln G(z) less z ln z - z."""
        far = z > 1e4
        near = np.where(far, 1.0, z)
        with np.errstate(over="ignore"):
            return np.where(far, np.log(2 * np.pi / z) / 2 + 1 / (12 * z), gammaln(near) - near * np.log(near) + near)

    return likelihood


def shifted_beta_geometric(lost: np.ndarray, kept: np.ndarray) -> Likelihood:
    """sBG in (ln alpha, ln beta): ``lost[t]`` left in period t+1, ``kept[t]`` were still there after it, unseen later.

    P(T = t) = alpha (beta)_(t-1) / (alpha+beta)_t and S(t) = (beta)_t / (alpha+beta)_t with rising factorials.
    """
    gone = float(lost.sum())
    after = (lost[::-1].cumsum() - lost[::-1])[::-1] + kept[::-1].cumsum()[::-1]  # got through period t+1
    began = after + lost

    def likelihood(logs: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
        alpha, beta = np.exp(logs)
        stay, both = rising_in_log(after, beta), _rising(began, alpha + beta)
        value = gone * logs[0] + stay[0] - both[0]
        gradient = np.array([gone - alpha * both[1], stay[1] - beta * both[1]])
        cross = -alpha * beta * both[2]
        hessian = np.array(
            [
                [-alpha * both[1] - alpha * alpha * both[2], cross],
                [cross, stay[2] - beta * both[1] - beta * beta * both[2]],
            ]
        )
        return value, gradient, hessian

    return likelihood
