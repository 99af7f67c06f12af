"""What the checks of columns share: which cells are missing, where the first wrong one stands."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd


def plain_dtype(values: pd.Series) -> pd.Series:
    """Categories as what they are categories of, and sparse columns as full ones."""
    if isinstance(values.dtype, pd.SparseDtype):
        values = values.sparse.to_dense()
    if not isinstance(values.dtype, pd.CategoricalDtype):
        return values
    kinds = values.cat.categories.dtype
    if pd.api.types.is_numeric_dtype(kinds) and not pd.api.types.is_float_dtype(kinds) and values.isna().any():
        return values.astype(object)  # no whole number is missing
    return values.astype(kinds)


def is_missing(values: pd.Series) -> np.ndarray:
    """Which entries are missing: None, NaN, pd.NA, NaT, and a Decimal that is not a number."""
    if values.dtype != object:
        return values.isna().to_numpy(dtype=bool)
    odd = np.fromiter((isinstance(value, Decimal) and value.is_nan() for value in values), bool, len(values))
    if odd.any():
        values = values.mask(odd, None)
    return values.isna().to_numpy(dtype=bool) | odd


def is_hashable(value: Any) -> bool:
    try:
        hash(value)
    except TypeError:
        return False
    return True


def label_of(values: pd.Series, where: np.ndarray) -> Any:
    """The index label of the first row marked in ``where``."""
    label = values.index[int(np.argmax(where))]
    return repr(label) if isinstance(label, str) else label
