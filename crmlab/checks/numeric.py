"""Columns of numbers, shares, yes-or-no."""

from __future__ import annotations

from decimal import Decimal
from numbers import Real

import numpy as np
import pandas as pd

from crmlab.checks.cells import is_missing, label_of, plain_dtype
from crmlab.checks.refusing import fail
from crmlab.checks.single import LARGEST, example_of
from crmlab.language import _


def numbers(values: pd.Series, column: str, *, missing: bool = False) -> np.ndarray:
    """The values as floats, all finite (and below 1e150, so that their squares are too); with ``missing=True`` empty cells are let through as NaN.

    >>> numbers(pd.Series([1.5, float("inf")]), "amount")
    Traceback (most recent call last):
    ...
    crmlab.checks.InputError: Column 'amount', row 1: the number is infinite. Correct it or leave the row out.
    """
    values = plain_dtype(values)
    kind = values.dtype
    if pd.api.types.is_bool_dtype(kind):
        fail(_("Column {column!r} holds True and False where numbers are needed."), column=column)
    if pd.api.types.is_complex_dtype(kind):
        fail(_("Column {column!r} holds complex numbers."), column=column)
    if pd.api.types.is_datetime64_any_dtype(kind) or pd.api.types.is_timedelta64_dtype(kind):
        fail(_("Column {column!r} holds dates or times where numbers are needed."), column=column)
    if pd.api.types.is_numeric_dtype(kind):
        found = values.to_numpy(dtype="float64", na_value=np.nan)
    else:
        found = _numbers_from_objects(values, column)
    if not len(found) or (found.min() >= -LARGEST and found.max() <= LARGEST):
        return found
    large = np.isfinite(found) & (np.abs(found) > LARGEST)
    if large.any():
        fail(
            _("Column {column!r}, row {row}: the number is too large to compute with ({value!r}). Correct it."),
            column=column,
            row=label_of(values, large),
            value=float(found[large][0]),
        )
    if np.isinf(found).any():
        fail(
            _("Column {column!r}, row {row}: the number is infinite. Correct it or leave the row out."),
            column=column,
            row=label_of(values, np.isinf(found)),
        )
    if large.any():
        fail(
            _("Column {column!r}, row {row}: the number is too large to compute with ({value!r}). Correct it."),
            column=column,
            row=label_of(values, large),
            value=found[large][0],
        )
    if not missing:
        fail(
            _(
                "Column {column!r}, row {row}: the number is missing ({n} in all). "
                "Fill it in, or leave such rows out with dropna(subset=[{column!r}])."
            ),
            column=column,
            row=label_of(values, np.isnan(found)),
            n=int(np.isnan(found).sum()),
        )
    return found


def _numbers_from_objects(values: pd.Series, column: str) -> np.ndarray:
    """Numbers that pandas keeps as objects (Decimal, None between ints); text is refused, not guessed."""
    gone = is_missing(values)
    entries = values.to_numpy(dtype=object, copy=True)
    texts = np.fromiter((isinstance(v, (str, bytes, bool, np.bool_)) for v in entries), bool, len(entries)) & ~gone
    if texts.any():
        fail(
            _(
                "Column {column!r}, row {row}: {value!r} is not a number. "
                "Turn the column into numbers first: pd.to_numeric(table[{column!r}])."
            ),
            column=column,
            row=label_of(values, texts),
            value=entries[texts][0],
        )
    entries[gone] = np.nan
    try:
        return entries.astype("float64")
    except OverflowError:
        huge = np.fromiter((isinstance(v, int) and not _fits(v) for v in entries), bool, len(entries))
        fail(
            _("Column {column!r}, row {row}: the number is too large to compute with ({value!r}). Correct it."),
            column=column,
            row=label_of(values, huge),
            value=entries[huge][0],
        )
    except (TypeError, ValueError):
        kinds = [type(v).__name__ for v in entries if not isinstance(v, (Real, Decimal))]
        fail(
            _("Column {column!r} holds {kind} objects where numbers are needed."),
            column=column,
            kind=kinds[0] if kinds else values.dtype,
        )


def _fits(value: int) -> bool:
    try:
        float(value)
    except OverflowError:
        return False
    return True


def yes_no(values: pd.Series, column: str) -> np.ndarray:
    """True and False from booleans, or from 0 and 1.

    >>> yes_no(pd.Series([1, 0]), "won").tolist()
    [True, False]
    """
    values = plain_dtype(values)
    gone = is_missing(values)
    if gone.any():
        fail(
            _(
                "Column {column!r}, row {row}: neither True nor False ({n} empty in all). "
                "Unknown is not the same as no: find out, or leave such rows out."
            ),
            column=column,
            row=label_of(values, gone),
            n=int(gone.sum()),
        )
    if pd.api.types.is_bool_dtype(values.dtype) or pd.api.types.is_numeric_dtype(values.dtype):
        entries = values.to_numpy()
        wrong = np.asarray((entries != 0) & (entries != 1), dtype=bool)
    else:
        entries = values.to_numpy(dtype=object)
        wrong = np.fromiter(
            (not (isinstance(v, (Real, Decimal, np.bool_)) and v in (0, 1)) for v in entries), bool, len(entries)
        )
    if wrong.any():
        fail(
            _(
                "Column {column!r}, row {row}: {value!r} is neither True nor False. "
                "Make it so first, for example table[{column!r}] == 'Yes'."
            ),
            column=column,
            row=label_of(values, wrong),
            value=entries[wrong][0],
        )
    return entries.astype(bool)


def rates(values: pd.Series, column: str, *, zero: bool = True, one: bool = True, missing: bool = False) -> np.ndarray:
    """A column of shares as floats from 0 to 1; see :func:`rate` and :func:`numbers`.

    >>> rates(pd.Series([0.2, 40]), "margin")
    Traceback (most recent call last):
    ...
    crmlab.checks.InputError: Column 'margin', row 1: it must lie between 0 and 1, such as 0.4 for 40%; it is 40.
    """
    found = numbers(values, column, missing=missing)
    wrong = (found < 0) | (found > 1) | ((found == 0) & (not zero)) | ((found == 1) & (not one))
    if wrong.any():
        value = float(found[wrong][0])
        where = {"column": column, "row": label_of(values, wrong), "value": value}
        if value in (0, 1):
            fail(
                _(
                    "Column {column!r}, row {row}: it must lie between 0 and 1, {value:g} itself is not possible; 40% is written 0.4."
                ),
                **where,
            )
        fail(
            _(
                "Column {column!r}, row {row}: it must lie between 0 and 1, such as {example:g} for {percent:g}%; it is {value:g}."
            ),
            **where,
            **example_of(value),
        )
    return found


def within(values: pd.Series, column: str, low: float, high: float = np.inf, *, missing: bool = False) -> np.ndarray:
    """The values as floats from ``low`` to ``high``; see :func:`numbers`.

    >>> within(pd.Series([4, -2]), "units", 0)
    Traceback (most recent call last):
    ...
    crmlab.checks.InputError: Column 'units', row 1: -2 is below 0. Correct it or leave the row out.
    """
    found = numbers(values, column, missing=missing)
    for wrong, text, limit in (
        (
            found < low,
            _("Column {column!r}, row {row}: {value:g} is below {limit:g}. Correct it or leave the row out."),
            low,
        ),
        (
            found > high,
            _("Column {column!r}, row {row}: {value:g} is above {limit:g}. Correct it or leave the row out."),
            high,
        ),
    ):
        if wrong.any():
            fail(text, column=column, row=label_of(values, wrong), value=found[wrong][0], limit=limit)
    return found
