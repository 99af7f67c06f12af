"""Sums of the same money in another order differ in the last digits: what counts as equal all the same."""

from __future__ import annotations

import math

import numpy as np


def unit(top: float) -> float | None:
    """The step to which amounts are compared: twelve digits of the largest one. None if that is 0.

    >>> unit(280206.02)
    1e-06
    """
    return 10.0 ** (math.floor(math.log10(top)) - 11) if top else None


def without_noise(values: np.ndarray) -> np.ndarray:
    """The values in whole units, so that those which differ by rounding alone are ties.

    >>> without_noise(np.array([0.1 + 0.2 + 0.3, 0.3 + 0.2 + 0.1])).tolist()
    [600000000000.0, 600000000000.0]
    """
    step = unit(float(np.abs(values).max()))
    return np.floor(values / step + 0.5) if step else values
