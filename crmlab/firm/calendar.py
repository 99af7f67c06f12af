"""The days of the made-up firm: eighteen months are known, a survey lies three months back, the next quarter is ahead."""

from __future__ import annotations

import numpy as np

FIRST, TODAY = np.datetime64("2024-01-01"), np.datetime64("2025-06-30")
"""The first and the last day of the tables."""
SURVEYED = np.datetime64("2025-03-31")
DAYS = int((TODAY - FIRST).astype("int64")) + 1
QUARTER = 92.0
"""Days of the quarter that is planned: July to September 2025."""
MONTH = 30.0
"""Days of a month, where rates are given a month."""


def day(number: float) -> np.datetime64:
    """The date of a day counted from the first one, 0.

    >>> day(1)
    np.datetime64('2024-01-02')
    """
    return FIRST + np.timedelta64(int(number), "D")
