"""Would other customers have given the same picture? A survey is split at random into two halves, many times, and both are read alike.

What both halves say is probably no chance of this sample; a half is less exact than the whole, so the test is rather hard. It tells nothing of those who did not
answer. Source: split-half replication, as for reliability in Brown, W. (1910), British Journal of Psychology 3, 296-322.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable

import numpy as np

SPLITS = 200
LEAST = 20
"""Rows for which it is tried at all: ten a half."""
HELD = 0.8
"""From this share of splits on it held: a convention."""


def agreement(rows: int, picture: Callable[[np.ndarray], Hashable], splits: int = SPLITS, seed: int = 0) -> float:
    """The share of random splits in two halves in which ``picture(positions of the rows)`` is the same in both; NaN for no rows or no picture.

    ``None`` is no picture: such a split counts as one in which they differ.

    >>> agreement(40, lambda at: "always the same")
    1.0
    """
    if rows < 2:
        return float("nan")
    random = np.random.default_rng(seed)
    same = 0
    for _split in range(splits):
        order = random.permutation(rows)
        one, other = picture(order[: rows // 2]), picture(order[rows // 2 :])
        same += one is not None and one == other
    return same / splits
