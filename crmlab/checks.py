"""Checks of what goes into the field modules: columns, numbers, dates, yes-or-no.

All of them raise :class:`InputError`, in the reader's language, with the column, the row and what to do about
it. Rows are named by their index label, so that ``orders.loc[label]`` shows the culprit.
"""

from __future__ import annotations

import difflib
import math
import re
import reprlib
import warnings
from collections.abc import Iterable, Mapping
from decimal import Decimal
from numbers import Real
from typing import Any, NoReturn

import numpy as np
import pandas as pd

from crmlab import daytext, lookalike
from crmlab.language import _, tr

FIRST_DAY, LAST_DAY = (int(np.datetime64(day, "D").astype("int64")) for day in ("1678-01-01", "2261-12-31"))
"""The days that are read: those that all versions of pandas can hold."""

LARGEST = 1e150
"""The square of a number up to this is a number too."""


class InputError(ValueError):
    """The data or an argument cannot be used as given; the message says what, where, and what to do."""


class InputWarning(UserWarning):
    """The data can be used as they are, but are probably not meant so."""


def fail(text: str, /, **values: Any) -> NoReturn:
    """Raise :class:`InputError` with the text in the reader's language."""
    raise InputError(tr(text, **{key: _shown(value) for key, value in values.items()}))


def warn(text: str, /, **values: Any) -> None:
    """Give an :class:`InputWarning` with the text in the reader's language."""
    warnings.warn(tr(text, **{key: _shown(value) for key, value in values.items()}), InputWarning, stacklevel=4)


def _shown(value: Any) -> Any:
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


def frame(data: Any, what: str) -> pd.DataFrame:
    """The data, if it is a DataFrame with at least one row; ``what`` names it in the message.

    >>> frame([1, 2], "orders")
    Traceback (most recent call last):
    ...
    crmlab.checks.InputError: orders must be a pandas DataFrame, not list.
    """
    if not isinstance(data, pd.DataFrame):
        _of_pandas(data, what)
        fail(_("{what} must be a pandas DataFrame, not {kind}."), what=what, kind=type(data).__name__)
    if data.empty:
        fail(_("{what} holds no rows. Look at the filter or the file it came from."), what=what)
    return data


_TO_PANDAS = {
    ("polars", "DataFrame"): "pd.DataFrame(table.to_dict(as_series=False))",
    ("polars", "LazyFrame"): "pd.DataFrame(table.collect().to_dict(as_series=False))",
    ("duckdb", "DuckDBPyRelation"): "table.df()",
    ("pyspark", "DataFrame"): "table.toPandas()",
}


def _of_pandas(data: Any, what: str) -> None:
    """Refuse a table of another engine where only pandas is taken: "must be a DataFrame, not DataFrame" helps nobody."""
    engine = type(data).__module__.partition(".")[0].lstrip("_")
    how = _TO_PANDAS.get((engine, type(data).__name__))
    if how is not None:
        fail(
            _("{what} is a table of {engine}, which is not taken here. Make a pandas one of it: {how}."),
            what=what,
            engine=engine,
            how=how,
        )


def need(data: pd.DataFrame, columns: dict[str, Any]) -> None:
    """Check that the columns are there; ``columns`` maps the name of the argument to the name of the column.

    >>> need(pd.DataFrame({"Date": [1]}), {"date": "date"})
    Traceback (most recent call last):
    ...
    crmlab.checks.InputError: There is no column 'date'. Did you mean 'Date'? Then say date='Date'.
    """
    for argument, column in columns.items():
        if not is_name(column):
            fail(
                _("{argument} must be the name of a column, not {kind}."),
                argument=argument or "column",
                kind=type(column).__name__,
            )
        found = sum(1 for name in data.columns if name is column or (name is not pd.NA and name == column))
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


def not_a_result(columns: dict[str, Any], results: Iterable[str]) -> None:
    """Refuse columns that would be lost since the result has columns of their name; ``columns`` as in :func:`need`.

    >>> not_a_result({"group": "due"}, ["due", "status"])
    Traceback (most recent call last):
    ...
    crmlab.checks.InputError: group='due': the result has a column of that name. Rename yours.
    """
    results = list(results)
    for argument, column in columns.items():
        if isinstance(column, str) and column in results:
            fail(
                _("{argument}={column!r}: the result has a column of that name. Rename yours."),
                argument=argument,
                column=column,
            )


def is_name(value: Any) -> bool:
    """Whether a column can be called so: a text, a number, a tuple; no list, nothing that is missing.

    >>> is_name("amount"), is_name(["amount"]), is_name(None)
    (True, False, False)
    """
    if value is None or value is pd.NA or value is pd.NaT or not _hashable(value):
        return False
    return not (isinstance(value, int) and value.bit_length() > 200)


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


def close_name(name: Any, there: list[Any]) -> Any | None:
    """The entry of ``there`` that was probably meant, or None.

    >>> close_name("customer_id", ["Country", "CustomerID"])
    'CustomerID'
    """
    plain = {re.sub(r"[\W_]", "", str(entry)).lower(): entry for entry in reversed(there)}
    near = difflib.get_close_matches(re.sub(r"[\W_]", "", str(name)).lower(), list(plain), n=1, cutoff=0.6)
    return plain[near[0]] if near else None


def series(data: Any, what: str) -> pd.Series:
    """A Series, from a Series, a list or an array of one dimension, with at least one entry.

    >>> series([[1, 2], [3, 4]], "counts")
    Traceback (most recent call last):
    ...
    crmlab.checks.InputError: counts must be one column or one list of numbers, not a table or a list of lists.
    """
    _of_pandas(data, what)
    if isinstance(data, pd.DataFrame):
        fail(
            _("{what} must be one column, not a whole table: choose one, as in table[{column!r}]."),
            what=what,
            column=str(data.columns[0]) if data.shape[1] else "amount",
        )
    if isinstance(data, (list, tuple)) and any(isinstance(entry, (list, tuple, np.ndarray)) for entry in data):
        dimensions = 2
    else:
        dimensions = 0 if isinstance(data, (str, bytes, Mapping, set, frozenset)) else np.ndim(data)
    if dimensions > 1:
        fail(_("{what} must be one column or one list of numbers, not a table or a list of lists."), what=what)
    if dimensions == 0:
        fail(
            _("{what} must be a pandas Series or a list of numbers, not {kind}."),
            what=what,
            kind=type(data).__name__,
        )
    if isinstance(data, pd.Series):
        result = data
    elif isinstance(data, (list, tuple, pd.Index, pd.api.extensions.ExtensionArray)):
        try:
            result = pd.Series(list(data) if isinstance(data, tuple) else data)  # np.asarray would make "1" of 1 beside a text
        except OverflowError:  # whole numbers of hundreds of digits, before pandas 3
            fail(_("{name} is too large to compute with: {value!r}."), name=what, value=max(data))
    else:
        result = pd.Series(np.asarray(data))
    if result.empty:
        fail(_("{what} holds no rows. Look at the filter or the file it came from."), what=what)
    return result


def named(data: Any, what: str) -> pd.Series:
    """A Series from a Series or a mapping from name to number, with each name once.

    >>> named({"calls": 3}, "stages").to_dict()
    {'calls': 3}
    """
    if isinstance(data, Mapping):
        huge = [value for value in data.values() if isinstance(value, int) and not _fits(value)]
        if huge:
            fail(_("{name} is too large to compute with: {value!r}."), name=what, value=huge[0])
        data = pd.Series(dict(data), dtype=None if len(data) else "float64")
    _of_pandas(data, what)
    if not isinstance(data, pd.Series):
        fail(
            _("{what} must be a pandas Series or a mapping from name to number, not {kind}."),
            what=what,
            kind=type(data).__name__,
        )
    once(data.index.to_series(), what)
    return series(data, what)


def numbers(values: pd.Series, column: str, *, missing: bool = False) -> np.ndarray:
    """The values as floats, all finite (and below 1e150, so that their squares are too); with ``missing=True`` empty cells are let through as NaN.

    >>> numbers(pd.Series([1.5, float("inf")]), "amount")
    Traceback (most recent call last):
    ...
    crmlab.checks.InputError: Column 'amount', row 1: the number is infinite. Correct it or leave the row out.
    """
    values = _plain(values)
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
            row=_label(values, large),
            value=float(found[large][0]),
        )
    if np.isinf(found).any():
        fail(
            _("Column {column!r}, row {row}: the number is infinite. Correct it or leave the row out."),
            column=column,
            row=_label(values, np.isinf(found)),
        )
    if large.any():
        fail(
            _("Column {column!r}, row {row}: the number is too large to compute with ({value!r}). Correct it."),
            column=column,
            row=_label(values, large),
            value=found[large][0],
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


def _plain(values: pd.Series) -> pd.Series:
    """Categories as what they are categories of, and sparse columns as full ones."""
    if isinstance(values.dtype, pd.SparseDtype):
        values = values.sparse.to_dense()
    if not isinstance(values.dtype, pd.CategoricalDtype):
        return values
    kinds = values.cat.categories.dtype
    if pd.api.types.is_numeric_dtype(kinds) and not pd.api.types.is_float_dtype(kinds) and values.isna().any():
        return values.astype(object)  # no whole number is missing
    return values.astype(kinds)


def _gone(values: pd.Series) -> np.ndarray:
    """Which entries are missing: None, NaN, pd.NA, NaT, and a Decimal that is not a number."""
    if values.dtype != object:
        return values.isna().to_numpy(dtype=bool)
    odd = np.fromiter((isinstance(value, Decimal) and value.is_nan() for value in values), bool, len(values))
    if odd.any():
        values = values.mask(odd, None)
    return values.isna().to_numpy(dtype=bool) | odd


def _numbers_from_objects(values: pd.Series, column: str) -> np.ndarray:
    """Numbers that pandas keeps as objects (Decimal, None between ints); text is refused, not guessed."""
    gone = _gone(values)
    entries = values.to_numpy(dtype=object, copy=True)
    texts = np.fromiter((isinstance(v, (str, bytes, bool, np.bool_)) for v in entries), bool, len(entries)) & ~gone
    if texts.any():
        fail(
            _(
                "Column {column!r}, row {row}: {value!r} is not a number. "
                "Turn the column into numbers first: pd.to_numeric(table[{column!r}])."
            ),
            column=column,
            row=_label(values, texts),
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
            row=_label(values, huge),
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


def days(values: pd.Series, column: str) -> np.ndarray:
    """Dates as whole days since 1970-01-01 (int64). The time of day is dropped; a time zone's own calendar is
    kept.

    Text is read when the year stands first (2011-12-09, 2011/12/9, 2011.12.09, 2011年12月9日, 20111209, full width
    too, with or without a time); 03/04/2011 could be March or April and is refused. So are numbers, missing dates, days
    that no calendar of a shop holds (0001-01-01 and 9999-12-31 mean "unknown" in many systems), and a column that mixes
    time zones: the same moment is the 9th in London and the 10th in Shanghai, and only the owner of the data knows
    which day is meant.

    >>> days(pd.Series(["1970-01-02", "1970/1/3 23:59", "1970年1月4日 下午3:05"]), "date").tolist()
    [1, 2, 3]
    """
    values = _plain(values)
    gone = _gone(values)
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
    if pd.api.types.is_numeric_dtype(values.dtype) or (
        values.dtype == object and any(isinstance(value, (Real, Decimal)) for value in values)
    ):
        fail(
            _(
                "Column {column!r} holds numbers where dates are needed. "
                "For 20111209 use pd.to_datetime(table[{column!r}].astype(str), format='%Y%m%d')."
            ),
            column=column,
        )
    if isinstance(values.dtype, pd.PeriodDtype):
        found = values.dt.asfreq("D", "start").array.asi8
    elif pd.api.types.is_datetime64_any_dtype(values.dtype):
        zone = getattr(values.dtype, "tz", None) or getattr(getattr(values.dtype, "pyarrow_dtype", None), "tz", None)
        found = (
            (values.dt.tz_localize(None) if zone is not None else values)
            .to_numpy(dtype="datetime64[D]")
            .astype("int64")
        )
    else:
        found = _days_from_text(values, column)
    far = (found < FIRST_DAY) | (found > LAST_DAY)
    if far.any():
        fail(
            _(
                "Column {column!r}, row {row}: {value} is no day that anything can have happened on; many systems write "
                "such a day for an unknown one. Correct it or leave the row out."
            ),
            column=column,
            row=_label(values, far),
            value=np.datetime64(int(found[far][0]), "D"),
        )
    return found


UNKNOWN = [
    int(np.datetime64(day, "D").astype("int64")) for day in ("1753-01-01", "1899-12-30", "1900-01-01", "1970-01-01")
]
"""The first days of the calendars of well-known programs: in the data they mostly stand for a day that nobody knew."""


def odd_days(first: int, last: int | None, column: str) -> None:
    """Warn of a first day that mostly stands for an unknown one, and of a last day more than a year ahead of today.

    What is counted back from the last day, or from the first one on, would be wrong without a word.
    """
    if first in UNKNOWN:
        warn(
            _(
                "Column {column!r}: the first day is {day}, which many programs write for an unknown one. "
                "Correct such rows or leave them out."
            ),
            column=column,
            day=np.datetime64(first, "D"),
        )
    if last is not None and last > int(np.datetime64("today", "D").astype("int64")) + 366:
        warn(
            _(
                "Column {column!r}: the last day is {day}, more than a year ahead, and all is counted back from there. "
                "Correct such rows, or say as_of=..., the last day that counts."
            ),
            column=column,
            day=np.datetime64(last, "D"),
        )


def timestamps(day: Any) -> pd.DatetimeIndex:
    """Days since 1970-01-01 as Timestamps.

    >>> timestamps([1])[0]
    Timestamp('1970-01-02 00:00:00')
    """
    found = np.asarray(day, dtype="float64")
    if (found < FIRST_DAY).any() or (found > LAST_DAY).any():
        fail(
            _(
                "A day beyond the year 2261 comes out, which no calendar here can hold. Look for a number that is far too large."
            )
        )
    return pd.DatetimeIndex(found.astype("int64").astype("datetime64[D]").astype("datetime64[ns]"))


def _days_from_text(values: pd.Series, column: str) -> np.ndarray:
    """Days from text, or from a column that holds date objects or several time zones."""
    at, texts = pd.factorize(values.astype(str))
    found, zones = daytext.read(texts)
    wrong = np.isnan(found)[at]
    if not wrong.any():
        several = sorted(set(zones))
        if len(several) > 1:
            fail(
                _(
                    "Column {column!r} mixes time zones ({zones}), so the day is not certain. "
                    "Bring all to one first: "
                    "pd.to_datetime(table[{column!r}], utc=True).dt.tz_convert('Asia/Shanghai')."
                ),
                column=column,
                zones=", ".join(zone or "-" for zone in several[:4]),
            )
        return found[at].astype("int64")
    text = str(texts[at[int(np.argmax(wrong))]])
    sign = daytext.year_last(text)
    fail(
        _(
            "Column {column!r}, row {row}: {value!r} is not a date with the year first, such as 2011-12-09. "
            "Read it with pd.to_datetime and say the format, for example format={format!r}."
        ),
        column=column,
        row=_label(values, wrong),
        value=text,
        format=f"%d{sign or '/'}%m{sign or '/'}%Y",
    )


def yes_no(values: pd.Series, column: str) -> np.ndarray:
    """True and False from booleans, or from 0 and 1.

    >>> yes_no(pd.Series([1, 0]), "won").tolist()
    [True, False]
    """
    values = _plain(values)
    gone = _gone(values)
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
            row=_label(values, wrong),
            value=entries[wrong][0],
        )
    return entries.astype(bool)


def keys(values: pd.Series, column: str) -> pd.Series:
    """Identifiers or categories, as plain numbers or objects: what is missing is missing in one way, whatever the dtype.

    None, NaN, pd.NA, NaT, "" and blanks are missing (NaN in a column of floats, None among objects); the caller counts
    them with ``isna()``. Categorical, nullable and string dtypes become plain ones; the index and the name stay.

    Raises :class:`InputError` for numbers that were read as floats and are too large for each to be exact (from 2**53,
    two customers would be one), infinite ones, and entries such as lists that cannot be looked up.

    >>> keys(pd.Series(["A1", " ", None], dtype="string"), "customer_id").tolist()
    ['A1', None, None]
    """
    values = _plain(values)
    kind = values.dtype
    if not isinstance(kind, np.dtype):
        gone = values.isna().to_numpy(dtype=bool)
        if pd.api.types.is_integer_dtype(kind) and not gone.any():
            return pd.Series(values.to_numpy(dtype=_numpy_dtype(kind)), values.index, name=values.name)
        if pd.api.types.is_float_dtype(kind):
            values = pd.Series(
                values.to_numpy(dtype=_numpy_dtype(kind), na_value=np.nan), values.index, name=values.name
            )
        elif not isinstance(kind, (pd.PeriodDtype, pd.DatetimeTZDtype)):
            values = pd.Series(values.to_numpy(dtype=object), values.index, name=values.name, dtype=object)
    if pd.api.types.is_float_dtype(values.dtype):
        _exact(values, np.abs(values.to_numpy()) >= 2.0 ** (np.finfo(str(values.dtype)).nmant + 1), column)
        return values.astype("float64") if values.dtype == "float16" else values  # no index holds float16
    if values.dtype != object:
        return values
    entries = values.to_numpy(copy=True)
    gone = _gone(values)
    kinds = {type(entry) for entry in entries}
    if not kinds <= {str, type(None)}:
        _exact(values, np.fromiter((_vague(entry) for entry in entries), bool, len(entries)), column)
        huge = np.fromiter((isinstance(entry, int) and not _fits(entry) for entry in entries), bool, len(entries))
        if huge.any():
            fail(
                _("Column {column!r}, row {row}: the number is too large to compute with ({value!r}). Correct it."),
                column=column,
                row=_label(values, huge),
                value=entries[huge][0],
            )
        lists = np.fromiter((not _hashable(entry) for entry in entries), bool, len(entries)) & ~gone
        if lists.any():
            fail(
                _(
                    "Column {column!r}, row {row}: {kind} cannot name a customer, an article or a group. "
                    "Make a text or a number of it."
                ),
                column=column,
                row=_label(values, lists),
                kind=type(entries[lists][0]).__name__,
            )
    if any(issubclass(one, str) for one in kinds):
        gone |= np.fromiter((isinstance(entry, str) and _blank(entry) for entry in entries), bool, len(entries))
    entries[gone] = None
    return pd.Series(entries, values.index, name=values.name, dtype=object)


_UNSEEN = str.maketrans(dict.fromkeys("\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff", ""))


def _blank(text: str) -> bool:
    return not text or (not text[0].isalnum() and not text.translate(_UNSEEN).strip())


def _numpy_dtype(kind: Any) -> np.dtype:
    """The plain dtype of a nullable or an Arrow one."""
    return np.dtype(getattr(kind, "numpy_dtype", None) or str(kind).lower())


def _hashable(value: Any) -> bool:
    try:
        hash(value)
    except TypeError:
        return False
    return True


def _vague(value: Any) -> bool:
    """Whether a float is too large to be sure that it is the number that was meant."""
    return isinstance(value, (float, np.floating)) and abs(float(value)) >= 2.0**53


def _exact(values: pd.Series, vague: np.ndarray, column: str) -> None:
    if vague.any():
        fail(
            _(
                "Column {column!r}, row {row}: {value:.0f} was read as a decimal number, and so large ones are not exact: two "
                "could become one. Read the column as text, for example pd.read_csv(..., dtype={{{column!r}: str}})."
            ),
            column=column,
            row=_label(values, vague),
            value=float(values.to_numpy()[vague][0]),
        )


def by_column(data: pd.DataFrame, by: Any, argument: str = "by") -> pd.Series:
    """The groups named by ``by``, the name of a column or a list of one name, cleaned as :func:`keys` does.

    To group by the Series that comes back, not by the name, is right even if the index has that name too.

    >>> table = pd.DataFrame({"region": ["east", ""]})
    >>> by_column(table, ["region"]).tolist()
    ['east', None]
    >>> by_column(table, ["region", "size"])
    Traceback (most recent call last):
    ...
    crmlab.checks.InputError: by must be the name of one column, not of 2. To group by several, join them into one column first.
    """
    if isinstance(by, (list, np.ndarray, pd.Index, pd.Series)) or (
        isinstance(by, tuple) and by not in list(data.columns)
    ):
        if len(by) != 1:
            fail(
                _(
                    "{argument} must be the name of one column, not of {n}. To group by several, join them into one column first."
                ),
                argument=argument,
                n=len(by),
            )
        by = by[0] if isinstance(by, (list, tuple)) else np.asarray(by, dtype=object)[0]
    need(data, {argument: by})
    return keys(data[by], by)


def by_columns(data: pd.DataFrame, by: Any, argument: str = "by") -> list[pd.Series]:
    """The groups named by one column or a list of columns, each cleaned as :func:`keys` does.

    >>> [column.name for column in by_columns(pd.DataFrame({"region": ["east"], "size": ["big"]}), ["region", "size"])]
    ['region', 'size']
    """
    several = isinstance(by, (list, np.ndarray, pd.Index, pd.Series)) or (
        isinstance(by, tuple) and by not in data.columns
    )
    names = list(np.ravel(by) if isinstance(by, np.ndarray) else by) if several else [by]
    if not names:
        fail(_("{argument} names no column."), argument=argument)
    groups = [by_column(data, [name], argument) for name in names]
    if len({group.name for group in groups}) < len(groups):
        fail(_("{argument} names the column {column!r} twice."), argument=argument, column=groups[-1].name)
    return groups


def rows_by(groups: pd.Series) -> dict[Any, np.ndarray]:
    """The positions of the rows of each group, from a column as :func:`keys` or :func:`by_column` gives it.

    >>> {key: rows.tolist() for key, rows in rows_by(pd.Series(["b", "a", "b", None])).items()}
    {'a': [1], 'b': [0, 2]}
    """
    codes, found = pd.factorize(groups)
    places = np.argsort(codes, kind="stable")
    places = places[np.searchsorted(codes[places], 0) :]  # without those that are missing
    rows = np.split(places, np.cumsum(np.bincount(codes[places], minlength=len(found)))[:-1]) if len(found) else []
    try:
        order = sorted(range(len(found)), key=list(found).__getitem__)
    except TypeError:  # numbers and texts in one column
        order = sorted(range(len(found)), key=lambda at: str(found[at]))
    return {found[at]: rows[at] for at in order}


def aligned(**named: Any) -> list[Any]:
    """Inputs that belong together, entry by entry, in the order in which they were given.

    Series (and tables) with the same labels in another order are brought into the order of the first of them; lists
    and arrays go by position; single values and None pass.

    Raises :class:`InputError` for lengths that differ, labels that have no partner, and labels that stand twice (unless
    the labels are the same, row by row).

    >>> won, calls = aligned(won=pd.Series([1, 2], index=["Li", "Wu"]), calls=pd.Series([10, 3], index=["Wu", "Li"]))
    >>> calls.tolist()
    [3, 10]
    """
    for name, value in named.items():
        if isinstance(value, Mapping):
            named[name] = pd.Series(dict(value), dtype=object if not value else None)
    sizes = {name: _size(value) for name, value in named.items()}
    many = {name: size for name, size in sizes.items() if size is not None}
    first = next((name for name in many if isinstance(named[name], (pd.Series, pd.DataFrame))), None)
    result = []
    for name, value in named.items():
        if first is not None and name != first and isinstance(value, (pd.Series, pd.DataFrame)):
            value = _like(named[first], value, first, name)
        elif name in many and many[name] != next(iter(many.values())):
            one, size = next(iter(many.items()))
            fail(
                _("{name} has {n} entries, {other} has {m}: they must tell of the same things, one by one."),
                name=name,
                n=many[name],
                other=one,
                m=size,
            )
        result.append(value)
    return result


def _size(value: Any) -> int | None:
    """How many entries; None for a single value, and for arrays of several dimensions, which have their own rules."""
    if value is None or isinstance(value, (str, bytes)) or not hasattr(value, "__len__"):
        return None
    return None if isinstance(value, np.ndarray) and value.ndim != 1 else len(value)


def _like(first: Any, other: Any, first_name: str, name: str) -> Any:
    """The other one in the order of the first one's labels."""
    if first.index.equals(other.index):
        return other
    if first.index.nlevels != other.index.nlevels:
        fail(
            _("{name} and {other} have different labels: of {n} levels and of {m}. Take both from one table."),
            name=first_name,
            other=name,
            n=first.index.nlevels,
            m=other.index.nlevels,
        )
    for index, called in ((first.index, first_name), (other.index, name)):
        if not index.is_unique:
            fail(
                _(
                    "{name}: the label {label!r} stands there twice, so it is not certain what belongs together. "
                    "Take both columns from one table."
                ),
                name=called,
                label=index[index.duplicated()][0],
            )
    for left, right, called, missing in ((first, other, first_name, name), (other, first, name, first_name)):
        alone = ~left.index.isin(right.index)
        if alone.any():
            fail(
                _(
                    "The label {label!r} is in {name} but not in {other}: they must tell of the same things. "
                    "Take both from one table, or keep the labels that both have (are they text in one, numbers in the other?)."
                ),
                label=left.index[int(alone.argmax())],
                name=called,
                other=missing,
            )
    return other.reindex(first.index)


def alike(
    names: Iterable[Any], column: str, known: Iterable[Any] | None = None, *, refuse: bool = False
) -> dict[Any, Any]:
    """Names that only look like another one (blanks, full width, capital letters, characters that cannot be seen).

    They are not made one, since only the owner of the data knows whether they are; an :class:`InputWarning` names the
    first of them with its nearest (with ``refuse=True``, an :class:`InputError`). Gives each such name with its nearest:
    the earlier one in ``names``, or the one in ``known``.

    >>> alike(["price ", "service"], "feature", known=["price", "service"], refuse=True)
    Traceback (most recent call last):
    ...
    crmlab.checks.InputError: Column 'feature': 'price ' only looks like 'price' (1 such in all). If they are one, make them the same: table['feature'].str.strip() takes off blanks, .str.normalize('NFKC') makes full-width characters plain.
    """
    found = lookalike.find(names, known)
    if found:
        name, near = next(iter(found.items()))
        text = _(
            "Column {column!r}: {name!r} only looks like {near!r} ({n} such in all). If they are one, make them the same: "
            "table[{column!r}].str.strip() takes off blanks, .str.normalize('NFKC') makes full-width characters plain."
        )
        if isinstance(name, str) != isinstance(near, str):
            text = _(
                "Column {column!r}: {name!r} only looks like {near!r} ({n} such in all): one is text, the other is not. "
                "If they are one, turn all into text, or all into numbers."
            )
        (fail if refuse else warn)(text, column=column, name=_visible(name), near=_visible(near), n=len(found))
    return found


def _visible(name: Any) -> Any:
    """A name in which characters that cannot be seen are written by their number."""
    if not isinstance(name, str):
        return name
    return _Short(ascii(name)) if name.translate(_UNSEEN) != name else name


def rate(value: Any, name: str, *, zero: bool = True, one: bool = True) -> float:
    """A share, margin, discount, rate, confidence or retention, from 0 to 1, so that 40 is not taken for .40.

    ``zero`` and ``one`` say whether 0 and 1 themselves are allowed.

    >>> rate(40, "margin")
    Traceback (most recent call last):
    ...
    crmlab.checks.InputError: margin must lie between 0 and 1, such as 0.4 for 40%; it is 40.
    """
    found = _real(value)
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
        **_example(found),
    )


def _example(value: float) -> dict[str, float]:
    percent = value if 1 < value < 100 else 95.0
    return {"percent": percent, "example": percent / 100}


def tell_percent(values: Any, name: str, most: float = 2.0) -> None:
    """Warn of shares without an upper limit (growth, costs, extra sales) that look like percent: those above ``most``.

    >>> import pytest
    >>> with pytest.warns(InputWarning, match="30 means 3000%. If 30% is meant, write 0.3"):
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
        where = {"column": column, "row": _label(values, wrong), "value": value}
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
            **_example(value),
        )
    return found


def share(value: Any, name: str) -> float:
    """A number above 0 and below 1 (a confidence level, a top share), so that 95 is not taken for .95.

    >>> share(95, "confidence")
    Traceback (most recent call last):
    ...
    crmlab.checks.InputError: confidence must lie between 0 and 1, such as 0.95 for 95%; it is 95.
    """
    return rate(value, name, zero=False, one=False)


def _real(value: Any) -> float:
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
    found = _real(value)
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
        if not _hashable(one) or isinstance(one, (type(None), type(pd.NA), float)):
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


def features(given: Any) -> dict[Any, Any]:
    """Columns by the name of what they tell of, from a list of columns or a mapping from name to column.

    >>> features(["staff"]), features({"Staff": "staff"})
    ({'staff': 'staff'}, {'Staff': 'staff'})
    """
    if isinstance(given, Mapping):
        columns = dict(given)
    elif isinstance(given, str) or not isinstance(given, Iterable):
        columns = {}
    else:
        listed = names(given, "features")
        columns = dict(zip(listed, listed, strict=True))
        if len(columns) < len(listed):
            twice = next(name for name in listed if listed.count(name) > 1)
            fail(_("features names {name!r} twice."), name=twice)
    if not columns:
        fail(_("features must be a list of columns, or a mapping from name to column."))
    return columns


def once(values: pd.Series, column: str) -> pd.Series:
    """The column, if no entry is missing or blank and none stands twice.

    >>> once(pd.Series(["Li", "Li"]), "customer")
    Traceback (most recent call last):
    ...
    crmlab.checks.InputError: Column 'customer', row 1: 'Li' stands there twice. Merge the rows, or keep one of them.
    """
    plain = keys(values, column)
    gone = plain.isna().to_numpy()
    if gone.any():
        fail(
            _("Column {column!r}, row {row}: the cell is empty. Fill it in, or leave the row out."),
            column=column,
            row=_label(values, gone),
        )
    twice = plain.duplicated().to_numpy()
    if twice.any():
        fail(
            _("Column {column!r}, row {row}: {value!r} stands there twice. Merge the rows, or keep one of them."),
            column=column,
            row=_label(values, twice),
            value=plain[twice].iloc[0],
        )
    return values


def _label(values: pd.Series, where: np.ndarray) -> Any:
    """The index label of the first row marked in ``where``."""
    label = values.index[int(np.argmax(where))]
    return repr(label) if isinstance(label, str) else label
