"""One argument: a share, a number, a choice, names."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from decimal import Decimal
from numbers import Real
from typing import Any

import numpy as np
import pandas as pd

from crmlab.checks.cells import is_hashable
from crmlab.checks.refusing import fail, warn
from crmlab.language import _

LARGEST = 1e150
"""The square of a number up to this is a number too."""


def flag(value: Any, name: str) -> bool:
    """True or False, given as such.

    >>> flag("yes", "share")
    Traceback (most recent call last):
    ...
    crmlab.checks.InputError: share must be True or False; it is 'yes'.
    """
    if not isinstance(value, (bool, np.bool_)):
        fail(_("{name} must be True or False; it is {value!r}."), name=name, value=value)
    return bool(value)


def rate(value: Any, name: str, *, zero: bool = True, one: bool = True) -> float:
    """A share, margin, discount, rate, confidence or retention, from 0 to 1, so that 40 is not taken for .40.

    ``zero`` and ``one`` say whether 0 and 1 themselves are allowed.

    >>> rate(40, "margin")
    Traceback (most recent call last):
    ...
    crmlab.checks.InputError: margin must lie between 0 and 1, such as 0.4 for 40%; it is 40.
    """
    found = as_real(value)
    if (0 < found < 1) or (zero and found == 0) or (one and found == 1):
        return found
    if found in (0, 1):
        fail(
            _("{name} must lie between 0 and 1, {value:g} itself is not possible; 40% is written 0.4."),
            name=name,
            value=found,
        )
    fail(
        _("{name} must lie between 0 and 1, such as {example:g} for {percent:g}%; it is {value!r}."),
        name=name,
        value=value,
        **example_of(found),
    )


def tell_percent(values: Any, name: str, most: float = 2.0) -> None:
    """Warn of shares without an upper limit (growth, costs, extra sales) that look like percent: those above ``most``.

    >>> import pytest
    >>> with pytest.warns(UserWarning, match="30 means 3000%. If 30% is meant, write 0.3"):
    ...     tell_percent(30.0, "growth")
    """
    top = float(np.nanmax(values))
    if top > most:
        warn(
            _("{name}: {value:g} means {percent:g}%. If {value:g}% is meant, write {share:g}."),
            name=name,
            value=top,
            percent=100 * top,
            share=top / 100,
        )


def example_of(value: float) -> dict[str, float]:
    percent = value if 1 < value < 100 else 95.0
    return {"percent": percent, "example": percent / 100}


def share(value: Any, name: str) -> float:
    """A number above 0 and below 1 (a confidence level, a top share), so that 95 is not taken for .95.

    >>> share(95, "confidence")
    Traceback (most recent call last):
    ...
    crmlab.checks.InputError: confidence must lie between 0 and 1, such as 0.95 for 95%; it is 95.
    """
    return rate(value, name, zero=False, one=False)


def as_real(value: Any) -> float:
    """One number as a float; NaN for what is none, infinite for what is too large."""
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value.item()
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, (Real, Decimal)):
        return math.nan
    if isinstance(value, Decimal) and value.is_nan():
        return math.nan
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf  # type: ignore[operator]


def number(value: Any, name: str, low: float = -np.inf, high: float = np.inf, whole: bool = False) -> Any:
    """One finite number from ``low`` to ``high``, as float (as int with ``whole=True``).

    >>> number(-3, "days", low=0)
    Traceback (most recent call last):
    ...
    crmlab.checks.InputError: days must be a number from 0 up; it is -3.
    """
    found = as_real(value)
    if abs(found) <= LARGEST and low <= found <= high and (not whole or found == int(found)):
        return int(value) if whole else found
    given = {"name": name, "value": value, "low": low, "high": high}
    if abs(found) > LARGEST and np.isinf(high if found > 0 else low):
        fail(_("{name} is too large to compute with: {value!r}."), **given)
    if whole and np.isfinite(high):
        fail(_("{name} must be a whole number from {low:g} to {high:g}; it is {value!r}."), **given)
    if whole:
        fail(_("{name} must be a whole number from {low:g} up; it is {value!r}."), **given)
    if np.isfinite(low) and np.isfinite(high):
        fail(_("{name} must be a number from {low:g} to {high:g}; it is {value!r}."), **given)
    if np.isfinite(low):
        fail(_("{name} must be a number from {low:g} up; it is {value!r}."), **given)
    if np.isfinite(high):
        fail(_("{name} must be a number up to {high:g}; it is {value!r}."), **given)
    fail(_("{name} must be a number; it is {value!r}."), **given)


def one_of(value: Any, name: str, known: Any) -> Any:
    """The value, if it is one of the ``known`` ones.

    >>> one_of("fast", "method", ("slow", "quick"))
    Traceback (most recent call last):
    ...
    crmlab.checks.InputError: method must be one of slow, quick; it is 'fast'.
    """
    if not isinstance(value, str) or value not in known:
        fail(_("{name} must be one of {known}; it is {value!r}."), name=name, known=", ".join(known), value=value)
    return value


def names(given: Any, name: str) -> list[Any]:
    """Names (of columns, steps, articles) from a list, a tuple or any other row of them; one text is no list.

    >>> names("price", "features")
    Traceback (most recent call last):
    ...
    crmlab.checks.InputError: features must be a list of names, such as ['price']; it is 'price'.
    """
    if isinstance(given, (str, bytes)) or not isinstance(given, Iterable):
        example = given if isinstance(given, str) else "name"
        fail(
            _("{name} must be a list of names, such as [{example!r}]; it is {value!r}."),
            name=name,
            example=example,
            value=given,
        )
    found = list(given)
    for one in found:
        if not is_hashable(one) or isinstance(one, (type(None), type(pd.NA), float)):
            fail(_("{name} holds {value!r}, which is no name."), name=name, value=one)
    return found


def mapping(given: Any, name: str, example: str = "{'name': 1}") -> dict[Any, Any]:
    """What a mapping, or a Series with each label once, leads to by name.

    >>> mapping(3, "weights", example="{'price': 2}")
    Traceback (most recent call last):
    ...
    crmlab.checks.InputError: weights must be a mapping such as {'price': 2}, not int.
    """
    if isinstance(given, pd.Series) and given.index.is_unique:
        given = given.to_dict()
    if not isinstance(given, Mapping):
        fail(
            _("{name} must be a mapping such as {example}, not {kind}."),
            name=name,
            example=example,
            kind=type(given).__name__,
        )
    return dict(given)
