"""What a refusal looks like: an error or a warning in the reader's language, with what was given in short."""

from __future__ import annotations

import math
import reprlib
import warnings
from numbers import Real
from typing import Any, NoReturn

import numpy as np
import pandas as pd

from crmlab.language import tr


class InputError(ValueError):
    """The data or an argument cannot be used as given; the message says what, where, and what to do."""


class InputWarning(UserWarning):
    """The data can be used as they are, but are probably not meant so."""


def fail(text: str, /, **values: Any) -> NoReturn:
    """Raise :class:`InputError` with the text in the reader's language."""
    raise InputError(tr(text, **{key: in_short(value) for key, value in values.items()}))


def warn(text: str, /, **values: Any) -> None:
    """Give an :class:`InputWarning` with the text in the reader's language."""
    warnings.warn(tr(text, **{key: in_short(value) for key, value in values.items()}), InputWarning, stacklevel=4)


def in_short(value: Any) -> Any:
    """What a message shows of a value: np.float64(2.0) is nothing to show to a reader, nor are 400 digits."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, Real) and not isinstance(value, (int, float)):
        return float(value)  # a Fraction knows no format
    if isinstance(value, int) and value.bit_length() > 200:
        sign = "-" if value < 0 else ""
        return _Short(f"{sign}10**{int(abs(value).bit_length() * math.log10(2))}")
    if isinstance(value, str) and len(value) > 2000:
        return value[:2000] + " ..."
    if isinstance(value, (list, tuple, set, frozenset, dict)):
        try:
            return _Short(reprlib.repr(value))
        except ValueError:  # digits without end in it
            return _Short(type(value).__name__)
    if isinstance(value, (np.ndarray, pd.Series, pd.DataFrame, pd.Index)):
        return _Short(type(value).__name__)
    return value


class _Short(str):
    """Words that stand in a message for a value that is too long to be shown, and without quotation marks."""

    def __repr__(self) -> str:
        return str(self)

    def __format__(self, spec: str) -> str:
        return str(self)


# They are raised as crmlab.checks.InputError, wherever they are defined.
InputError.__module__ = InputWarning.__module__ = "crmlab.checks"
