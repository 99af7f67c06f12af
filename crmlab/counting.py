"""Counting by code, on every machine: where numpy's own index type has 32 bits, as in a browser, it refuses 64-bit codes."""

from __future__ import annotations

from typing import Any

import numpy as np


def bincount(codes: Any, weights: Any = None, minlength: int = 0) -> np.ndarray:
    """``numpy.bincount`` for codes of any integer type; the codes must fit into memory's index type.

    >>> bincount(np.array([0, 2, 2], dtype="int64"), minlength=4)
    array([1, 0, 2, 0])
    """
    return np.bincount(np.asarray(codes).astype(np.intp, copy=False), weights=weights, minlength=minlength)
