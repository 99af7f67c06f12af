"""How far a share from a small sample can be trusted."""

from __future__ import annotations

from statistics import NormalDist
from typing import Any

import numpy as np
import pandas as pd

from crmlab import checks
from crmlab.language import _


def z_value(confidence: float = 0.95) -> float:
    """The number of standard errors on each side: 1.96 for 95%.

    >>> round(z_value(.95), 2)
    1.96
    """
    return NormalDist().inv_cdf((1 + checks.share(confidence, "confidence")) / 2)


def wilson(successes: Any, n: Any, confidence: float = 0.95) -> tuple[Any, Any]:
    """The Wilson score interval of a share: (low, high), both within 0..1.

    ``successes`` of ``n`` tries; scalars give two floats, arrays or Series give two of the same kind. It
    holds for few tries and for 0 or all successes, where share ± 1.96 standard errors does not. No tries
    (``n`` = 0) give NaN: nothing is known.

    Raises :class:`~crmlab.checks.InputError` for negative or missing counts, and for more successes than
    tries.

    Source: Wilson, E. B. (1927), Probable inference, the law of succession, and statistical inference, JASA
    22, 209-212.

    >>> low, high = wilson(9, 11)
    >>> f"{low:.0%} to {high:.0%}"
    '52% to 95%'
    """
    z2 = z_value(confidence) ** 2
    k, tries = _of(successes, n)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = k / tries
        centre = (k + z2 / 2) / (tries + z2)
        half = np.sqrt(z2 * (k * (tries - k) / tries + z2 / 4)) / (tries + z2)
    # 0 and all successes give ends of exactly 0 and 1; rounding must not push them past the share itself.
    low = np.clip(np.minimum(centre - half, share), 0.0, 1.0)
    high = np.clip(np.maximum(centre + half, share), 0.0, 1.0)
    low = np.where(k == 0, share, low)
    high = np.where(k == tries, share, high)
    return _as_given(low, high, successes, n)


def exact(successes: Any, n: Any, confidence: float = 0.95) -> tuple[Any, Any]:
    """The exact binomial interval of a share, by Clopper and Pearson: (low, high), both within 0..1.

    Arguments, results and errors are those of :func:`wilson`. It covers the true share at least as often as
    ``confidence`` says, whatever the share and however few the tries; for that it is wider than Wilson's.

    Source: Clopper, C. J., Pearson, E. S. (1934), The use of confidence or fiducial limits illustrated in the case of the
    binomial, Biometrika 26, 404-413.

    >>> low, high = exact(9, 11)
    >>> f"{low:.0%} to {high:.0%}"
    '48% to 98%'
    """
    from scipy.special import betaincinv

    tail = (1 - checks.share(confidence, "confidence")) / 2
    k, tries = _of(successes, n)
    low = np.where(k > 0, betaincinv(np.maximum(k, 1), tries - k + 1, tail), 0.0)
    high = np.where(k < tries, betaincinv(k + 1, np.maximum(tries - k, 1), 1 - tail), 1.0)
    low, high = np.where(tries > 0, low, np.nan), np.where(tries > 0, high, np.nan)
    return _as_given(low, high, successes, n)


def _of(successes: Any, n: Any) -> tuple[np.ndarray, np.ndarray]:
    """The counts, of one shape, none above its tries; Series belong together by their labels."""
    successes, n = checks.aligned(successes=successes, n=n)
    k, tries = _counts(successes, "successes"), _counts(n, "n")
    if k.ndim and tries.ndim and k.shape != tries.shape:
        checks.fail(_("successes and n must have one shape; they have {one} and {other}."), one=k.shape, other=tries.shape)
    k, tries = np.broadcast_arrays(k, tries)
    if (k > tries).any():
        at = int(np.argmax(np.ravel(k > tries)))
        checks.fail(
            _("There cannot be more successes ({k:g}) than tries ({n:g})."),
            k=np.ravel(k)[at],
            n=np.ravel(tries)[at],
        )
    return k, tries


def _as_given(low: np.ndarray, high: np.ndarray, *given: Any) -> tuple[Any, Any]:
    """Two floats, arrays, or Series, as the arguments were."""
    for one in given:
        if isinstance(one, pd.Series):
            return pd.Series(low, one.index, name="low"), pd.Series(high, one.index, name="high")
    return (float(low), float(high)) if low.ndim == 0 else (low, high)


def _counts(values: Any, name: str) -> np.ndarray:
    if np.ndim(values) == 0 and not hasattr(values, "__len__"):
        return np.asarray(checks.number(values, name, 0))
    if isinstance(values, np.ndarray) and values.ndim != 1:
        return checks.within(pd.Series(values.ravel()), name, 0).reshape(values.shape)
    return checks.within(checks.series(values, name), name, 0)
