"""The survey of the made-up firm: expected, perceived and recommended, by customers as content as they were that day."""

from __future__ import annotations

import numpy as np
import pandas as pd

ANSWERS = 0.7
"""The share of those asked who answer."""


def made(moods: pd.Series, random: np.random.RandomState) -> pd.DataFrame:
    """The answers of the customers in ``moods`` (0 = as expected) who answer, by customer: ``expected`` and ``perceived``
    from 1 to 10, ``recommend`` from 0 to 10.

    >>> made(pd.Series([1.0, -2.0], index=["C001", "C002"]), np.random.RandomState(3)).shape[1]
    3
    """
    n = len(moods)
    noise, answers = random.standard_normal((3, n)), random.random_sample(n) < ANSWERS
    mood = moods.to_numpy(dtype="float64")
    expected = np.round(8.0 + 0.8 * noise[0]).clip(4, 10)
    perceived = np.round(expected - 0.3 + 1.3 * mood + 0.7 * noise[1]).clip(1, 10)
    recommend = np.round(7.6 + 1.7 * mood + 0.9 * noise[2]).clip(0, 10)
    table = pd.DataFrame({"expected": expected, "perceived": perceived, "recommend": recommend}, index=moods.index)
    return table[answers].astype("int64")
