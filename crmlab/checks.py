"""Checks of what goes into the field modules: columns, numbers, dates, yes-or-no.

All of them raise :class:`InputError`, in the reader's language, with the column, the row and what to do about
it. Rows are named by their index label, so that ``orders.loc[label]`` shows the culprit.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from typing import Any, NoReturn

import numpy as np
import pandas as pd

from crmlab.language import _, tr


class InputError(ValueError):
    """The data or an argument cannot be used as given; the message says what, where, and what to do."""


def fail(text: str, /, **values: Any) -> NoReturn:
    """Raise :class:`InputError` with the text in the reader's language."""
    # np.float64(2.0) is nothing to show to a reader.
    plain = {key: value.item() if isinstance(value, np.generic) else value for key, value in values.items()}
    raise InputError(tr(text, **plain))


def frame(data: Any, what: str) -> pd.DataFrame:
    """The data, if it is a DataFrame with at least one row; ``what`` names it in the message.

    >>> frame([1, 2], "orders")
    Traceback (most recent call last):
    ...
    crmlab.checks.InputError: orders must be a pandas DataFrame, not list.
    """
    if not isinstance(data, pd.DataFrame):
        fail(_("{what} must be a pandas DataFrame, not {kind}."), what=what, kind=type(data).__name__)
    if data.empty:
        fail(_("{what} holds no rows. Look at the filter or the file it came from."), what=what)
    return data


def need(data: pd.DataFrame, columns: dict[str, Any]) -> None:
    """Check that the columns are there; ``columns`` maps the name of the argument to the name of the column.

    >>> need(pd.DataFrame({"Date": [1]}), {"date": "date"})
    Traceback (most recent call last):
    ...
    crmlab.checks.InputError: There is no column 'date'. Did you mean 'Date'? Then say date='Date'.
    """
    for argument, column in columns.items():
        found = int((data.columns == column).sum())
        if found == 1:
            continue
        if found > 1:
            fail(_("There are {n} columns named {column!r}; keep one of them."), n=found, column=column)
        near = close_name(column, list(data.columns))
        if near is not None and argument:
            fail(
                _("There is no column {column!r}. Did you mean {near!r}? Then say {argument}={near!r}."),
                column=column,
                near=near,
                argument=argument,
            )
        if near is not None:
            fail(
                _("There is no column {column!r}. Did you mean {near!r}? Rename it."),
                column=column,
                near=near,
            )
        there = ", ".join(map(str, data.columns[:12])) + (" ..." if data.shape[1] > 12 else "")
        fail(_("There is no column {column!r}; there are: {there}."), column=column, there=there)


def close_name(name: Any, there: list[Any]) -> Any | None:
    """The entry of ``there`` that was probably meant, or None.

    >>> close_name("customer_id", ["Country", "CustomerID"])
    'CustomerID'
    """
    plain = {re.sub(r"[\W_]", "", str(entry)).lower(): entry for entry in reversed(there)}
    near = difflib.get_close_matches(re.sub(r"[\W_]", "", str(name)).lower(), list(plain), n=1, cutoff=0.6)
    return plain[near[0]] if near else None


def series(data: Any, what: str) -> pd.Series:
    """A Series, from a Series, a list or an array of one dimension, with at least one entry."""
    if isinstance(data, pd.DataFrame):
        fail(
            _("{what} must be one column, not a whole table: choose one, as in table[{column!r}]."),
            what=what,
            column=str(data.columns[0]) if data.shape[1] else "amount",
        )
    if isinstance(data, (str, bytes)) or np.ndim(data) != 1:
        fail(
            _("{what} must be a pandas Series or a list of numbers, not {kind}."),
            what=what,
            kind=type(data).__name__,
        )
    result = data if isinstance(data, pd.Series) else pd.Series(np.asarray(data))
    if result.empty:
        fail(_("{what} holds no rows. Look at the filter or the file it came from."), what=what)
    return result


def named(data: Any, what: str) -> pd.Series:
    """A Series from a Series or a mapping from name to number, with each name once.

    >>> named({"calls": 3}, "stages").to_dict()
    {'calls': 3}
    """
    if isinstance(data, Mapping):
        data = pd.Series(dict(data), dtype=None if len(data) else "float64")
    if not isinstance(data, pd.Series):
        fail(
            _("{what} must be a pandas Series or a mapping from name to number, not {kind}."),
            what=what,
            kind=type(data).__name__,
        )
    once(data.index.to_series(), what)
    return series(data, what)


def numbers(values: pd.Series, column: str, *, missing: bool = False) -> np.ndarray:
    """The values as floats, all finite; with ``missing=True`` empty cells are let through as NaN.

    >>> numbers(pd.Series([1.5, float("inf")]), "amount")
    Traceback (most recent call last):
    ...
    crmlab.checks.InputError: Column 'amount', row 1: the number is infinite. Correct it or leave the row out.
    """
    kind = values.dtype
    if pd.api.types.is_bool_dtype(kind):
        fail(_("Column {column!r} holds True and False where numbers are needed."), column=column)
    if not pd.api.types.is_numeric_dtype(kind):
        values = _numbers_from_objects(values, column)
    if pd.api.types.is_complex_dtype(kind):
        fail(_("Column {column!r} holds complex numbers."), column=column)
    found = values.to_numpy(dtype="float64", na_value=np.nan)
    if np.isfinite(found).all():
        return found
    if np.isinf(found).any():
        fail(
            _("Column {column!r}, row {row}: the number is infinite. Correct it or leave the row out."),
            column=column,
            row=_label(values, np.isinf(found)),
        )
    if not missing:
        fail(
            _(
                "Column {column!r}, row {row}: the number is missing ({n} in all). "
                "Fill it in, or leave such rows out with dropna(subset=[{column!r}])."
            ),
            column=column,
            row=_label(values, np.isnan(found)),
            n=int(np.isnan(found).sum()),
        )
    return found


def _numbers_from_objects(values: pd.Series, column: str) -> pd.Series:
    """Numbers that pandas keeps as objects (Decimal, None between ints); text is refused, not guessed."""
    if isinstance(values.dtype, pd.CategoricalDtype):
        values = values.astype(values.cat.categories.dtype)
    if pd.api.types.is_datetime64_any_dtype(values.dtype) or pd.api.types.is_timedelta64_dtype(values.dtype):
        fail(_("Column {column!r} holds dates or times where numbers are needed."), column=column)
    gone = values.isna().to_numpy()
    texts = np.fromiter((isinstance(v, (str, bytes, bool)) for v in values), bool, len(values)) & ~gone
    if texts.any():
        fail(
            _(
                "Column {column!r}, row {row}: {value!r} is not a number. "
                "Turn the column into numbers first: pd.to_numeric(table[{column!r}])."
            ),
            column=column,
            row=_label(values, texts),
            value=values[texts].iloc[0],
        )
    try:
        return values.where(~gone, np.nan).astype("float64")
    except (TypeError, ValueError):
        fail(
            _("Column {column!r} holds {kind} objects where numbers are needed."),
            column=column,
            kind=type(values[~gone].iloc[0]).__name__,
        )


_YEAR_FIRST = r"^\s*\d{4}[-/]\d{1,2}[-/]\d{1,2}([ T]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?)?\s*(Z|UTC|[+-]\d{2}:?\d{2})?\s*$"


def days(values: pd.Series, column: str) -> np.ndarray:
    """Dates as whole days since 1970-01-01 (int64). The time of day is dropped; a time zone's own calendar is
    kept.

    Text is read when the year stands first (2011-12-09, 2011/12/9, with or without a time); 03/04/2011 could
    be March or April and is refused. So are numbers, missing dates, and a column that mixes time zones: the
    same moment is the 9th in London and the 10th in Shanghai, and only the owner of the data knows which day
    is meant.

    >>> days(pd.Series(["1970-01-02", "1970/1/3 23:59"]), "date").tolist()
    [1, 2]
    """
    if isinstance(values.dtype, pd.CategoricalDtype):
        values = values.astype(values.cat.categories.dtype)
    gone = values.isna().to_numpy()
    if gone.any():
        fail(
            _(
                "Column {column!r}, row {row}: the date is missing ({n} in all). "
                "Fill it in, or leave such rows out with dropna(subset=[{column!r}])."
            ),
            column=column,
            row=_label(values, gone),
            n=int(gone.sum()),
        )
    if pd.api.types.is_numeric_dtype(values.dtype):
        fail(
            _(
                "Column {column!r} holds numbers where dates are needed. "
                "For 20111209 use pd.to_datetime(table[{column!r}].astype(str), format='%Y%m%d')."
            ),
            column=column,
        )
    if isinstance(values.dtype, pd.PeriodDtype):
        values = values.dt.to_timestamp()
    if not pd.api.types.is_datetime64_any_dtype(values.dtype):
        values = _dates_from_text(values, column)
    if isinstance(values.dtype, pd.DatetimeTZDtype):
        values = values.dt.tz_localize(None)
    return values.to_numpy().astype("datetime64[D]").astype("int64")


def _dates_from_text(values: pd.Series, column: str) -> pd.Series:
    """Dates from text, or from a column that holds date objects or several time zones."""
    texts = values.astype(str)
    shape = texts.str.extract(_YEAR_FIRST)
    wrong = ~texts.str.match(_YEAR_FIRST).to_numpy(dtype=bool)
    if not wrong.any():
        zones = shape[3].fillna("").unique()
        if len(zones) > 1:
            fail(
                _(
                    "Column {column!r} mixes time zones ({zones}), so the day is not certain. "
                    "Bring all to one first: "
                    "pd.to_datetime(table[{column!r}], utc=True).dt.tz_convert('Asia/Shanghai')."
                ),
                column=column,
                zones=", ".join(zone or "-" for zone in sorted(zones)[:4]),
            )
        day = texts.str.strip().str.replace("/", "-").str.extract(r"^(\d{4})-(\d{1,2})-(\d{1,2})")
        plain = day[0] + "-" + day[1].str.zfill(2) + "-" + day[2].str.zfill(2)
        found = pd.to_datetime(plain, format="%Y-%m-%d", errors="coerce")
        wrong = found.isna().to_numpy()
        if not wrong.any():
            return found
    fail(
        _(
            "Column {column!r}, row {row}: {value!r} is not a date with the year first, such as 2011-12-09. "
            "Read it with pd.to_datetime and say the format, for example format='%d/%m/%Y'."
        ),
        column=column,
        row=_label(values, wrong),
        value=texts[wrong].iloc[0],
    )


def yes_no(values: pd.Series, column: str) -> np.ndarray:
    """True and False from booleans, or from 0 and 1.

    >>> yes_no(pd.Series([1, 0]), "won").tolist()
    [True, False]
    """
    gone = values.isna().to_numpy()
    if gone.any():
        fail(
            _(
                "Column {column!r}, row {row}: neither True nor False ({n} empty in all). "
                "Unknown is not the same as no: find out, or leave such rows out."
            ),
            column=column,
            row=_label(values, gone),
            n=int(gone.sum()),
        )
    wrong = ~values.isin([True, False]).to_numpy(dtype=bool)
    if wrong.any():
        fail(
            _(
                "Column {column!r}, row {row}: {value!r} is neither True nor False. "
                "Make it so first, for example table[{column!r}] == 'Yes'."
            ),
            column=column,
            row=_label(values, wrong),
            value=values[wrong].iloc[0],
        )
    return values.to_numpy().astype(bool)


def share(value: Any, name: str) -> float:
    """A number above 0 and below 1 (a confidence level, a top share), so that 95 is not taken for .95.

    >>> share(95, "confidence")
    Traceback (most recent call last):
    ...
    crmlab.checks.InputError: confidence must lie between 0 and 1, such as 0.95; it is 95.
    """
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, (int, float, np.number)) or not 0 < value < 1:
        fail(_("{name} must lie between 0 and 1, such as 0.95; it is {value!r}."), name=name, value=value)
    return float(value)


def number(value: Any, name: str, low: float = -np.inf, high: float = np.inf, whole: bool = False) -> Any:
    """One finite number from ``low`` to ``high``, as float (as int with ``whole=True``).

    >>> number(-3, "days", low=0)
    Traceback (most recent call last):
    ...
    crmlab.checks.InputError: days must be a number from 0 up; it is -3.
    """
    right = isinstance(value, (int, float, np.number)) and not isinstance(value, (bool, np.bool_))
    if right and np.isfinite(value) and low <= value <= high and (not whole or value == int(value)):
        return int(value) if whole else float(value)
    given = {"name": name, "value": value, "low": low, "high": high}
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
            fail(text, column=column, row=_label(values, wrong), value=found[wrong][0], limit=limit)
    return found


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


def once(values: pd.Series, column: str) -> pd.Series:
    """The column, if no entry is missing and none stands twice.

    >>> once(pd.Series(["Li", "Li"]), "customer")
    Traceback (most recent call last):
    ...
    crmlab.checks.InputError: Column 'customer', row 1: 'Li' stands there twice. Merge the rows, or keep one of them.
    """
    gone = values.isna().to_numpy()
    if gone.any():
        fail(
            _("Column {column!r}, row {row}: the cell is empty. Fill it in, or leave the row out."),
            column=column,
            row=_label(values, gone),
        )
    twice = values.duplicated().to_numpy()
    if twice.any():
        fail(
            _("Column {column!r}, row {row}: {value!r} stands there twice. Merge the rows, or keep one of them."),
            column=column,
            row=_label(values, twice),
            value=values[twice].iloc[0],
        )
    return values


def _label(values: pd.Series, where: np.ndarray) -> Any:
    """The index label of the first row marked in ``where``."""
    label = values.index[int(np.argmax(where))]
    return repr(label) if isinstance(label, str) else label
