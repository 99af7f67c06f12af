"""Columns of dates, as whole days."""

from __future__ import annotations

from decimal import Decimal
from numbers import Real
from typing import Any

import numpy as np
import pandas as pd

from crmlab import daytext
from crmlab.checks.cells import is_missing, label_of, plain_dtype
from crmlab.checks.refusing import fail, warn
from crmlab.language import _

FIRST_DAY, LAST_DAY = (int(np.datetime64(day, "D").astype("int64")) for day in ("1678-01-01", "2261-12-31"))
"""The days that are read: those that all versions of pandas can hold."""


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
    values = plain_dtype(values)
    gone = is_missing(values)
    if gone.any():
        fail(
            _(
                "Column {column!r}, row {row}: the date is missing ({n} in all). "
                "Fill it in, or leave such rows out with dropna(subset=[{column!r}])."
            ),
            column=column,
            row=label_of(values, gone),
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
            row=label_of(values, far),
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
        row=label_of(values, wrong),
        value=text,
        format=f"%d{sign or '/'}%m{sign or '/'}%Y",
    )
