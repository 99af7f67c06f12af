"""A table of a result as a sheet or a page shows it: headings and words in the reader's language, dates as dates, a format a column."""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from crmlab.language import _, current, listed, size, tr
from crmlab.own.backtesting import columns as names_of
from crmlab.own.said import Said
from crmlab.spreadsheets import number_format, usual_format

FREE = (
    "customer",
    "name",
    "contact",
    "phone",
    "email",
    "address",
    "order",
    "item",
    "articles",
    "region",
    "salesperson",
    "category",
    "text",
    "comment",
)
"""Columns whose texts are the file's own: they are never translated."""
KEYS = ("key", "rule")
"""Columns of the course's own keys, which stand in words beside them: they are not shown."""
DAY = "yyyy-mm-dd"
EXACT = 10**15
"""Whole numbers from here on a spreadsheet would round: they are written as texts."""
_EXAMINED = 300


@dataclass(frozen=True)
class Column:
    """``values`` as a spreadsheet takes them: text, number, day or ``None``; ``form`` is Python's format of the numbers, ``code`` the spreadsheet's.
    ``width`` is in half-widths of a character."""

    heading: str
    values: Sequence[Any]
    form: str
    code: str
    width: int
    right: bool

    def text(self, at: int) -> str:
        """A cell as it is read; a dash for an empty one."""
        return shown(self.values[at], self.form)


@dataclass(frozen=True)
class Sheetful:
    """The columns of a table, of which so many rows are taken; ``rows`` are all it has."""

    columns: Sequence[Column]
    rows: int
    taken: int = field(default=0)


def taken(table: pd.DataFrame, formats: Mapping[str, str] | None = None, most: int | None = None) -> Sheetful:
    """The table, a named index before its columns; the first ``most`` rows of it."""
    part = table if most is None else table.head(most)
    frame = part.reset_index() if any(name is not None for name in part.index.names) else part
    frame = frame.loc[:, [str(name) not in KEYS for name in frame.columns]]
    names = [str(name) for name in frame.columns]
    columns = [_column(names[place], frame.iloc[:, place], names, formats or {}) for place in range(len(names))]
    return Sheetful(columns, len(table), len(part))


def heading(name: str) -> str:
    """A column's name in the reader's language.

    >>> heading("last_order")
    'last order'
    """
    return names_of.heading(name)


def shown(value: Any, form: str = "{}") -> str:
    """A value as a person reads it."""
    if value is None:
        return "–"
    if isinstance(value, datetime.datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, datetime.date):
        return value.strftime("%Y-%m-%d")
    if isinstance(value, str):
        return value
    return form.format(value)


def _column(name: str, column: pd.Series, names: Iterable[str], formats: Mapping[str, str]) -> Column:
    kept = column.dropna()
    one = kept.iloc[0] if len(kept) else None
    form, code, right = "{}", "General", False
    values: list[Any]
    if pd.api.types.is_bool_dtype(column.dtype):
        said = {True: tr(_("yes")), False: tr(_("no"))}
        values = [None if pd.isna(value) else said[bool(value)] for value in column]
    elif pd.api.types.is_datetime64_any_dtype(column.dtype):
        values, code, right = *_days(column), True
    elif pd.api.types.is_numeric_dtype(column.dtype):
        form = _form(name, one, names, formats)
        values, code, right = _numbers(column), number_format(form), True
    else:
        translate = (name not in FREE or _kano(name, kept)) and _known(kept)
        values = [_cell(value, translate) for value in column]
        if values and all(isinstance(value, int | float) for value in values if value is not None) and one is not None:
            form = _form(name, one, names, formats)
            code, right = number_format(form), True
        elif any(isinstance(value, datetime.date) for value in values):
            code, right = DAY, True
    title = heading(name)
    texts = [shown(value, form) for value in values[:_EXAMINED]]
    width = max([_longest_word(title), *(size(text) for text in texts)], default=0)
    return Column(title, values, form, code, max(width, min(size(title), 14)), right)


def _form(name: str, value: Any, names: Iterable[str], formats: Mapping[str, str]) -> str:
    plain = value.item() if isinstance(value, np.generic) else value
    for form in (formats.get(name), usual_format(name, plain, names)):
        if form and plain is not None:
            try:
                form.format(plain)
            except (ValueError, TypeError, LookupError):
                continue
            return form
    return "{}"


def _days(column: pd.Series) -> tuple[list[Any], str]:
    plain = column.dt.tz_localize(None) if getattr(column.dt, "tz", None) is not None else column
    whole = bool((plain.dropna() == plain.dropna().dt.normalize()).all())
    made = [None if pd.isna(one) else (one.date() if whole else one.to_pydatetime()) for one in plain]
    return made, DAY if whole else f"{DAY} hh:mm"


def _numbers(column: pd.Series) -> list[Any]:
    return [_number(value) for value in column.astype(object)]


def _number(value: Any) -> Any:
    if value is None or value is pd.NA:
        return None
    value = value.item() if isinstance(value, np.generic) else value
    if isinstance(value, float) and not math.isfinite(value):
        return None if math.isnan(value) else ("∞" if value > 0 else "-∞")
    return str(value) if isinstance(value, int) and abs(value) >= EXACT else value


def _kano(name: str, column: pd.Series) -> bool:
    """The categories of Kano's model, which stand in a column that else holds the firm's own kinds of articles."""
    from crmlab.kano import CATEGORIES

    return name == "category" and len(column) > 0 and set(pd.unique(column.astype(object))) <= set(CATEGORIES.values())


def _known(column: pd.Series) -> bool:
    """Every text in it is one of the course's own words; a firm's own articles and names are left as they are."""
    if current() == "en":
        return False
    texts = {value for value in pd.unique(column.astype(object)) if type(value) is str} if len(column) else set()
    return (
        bool(texts)
        and len(texts) <= 200
        and all(tr(text) != text or not any(map(str.isalpha, text)) or len(text) == 1 for text in texts)
    )


def _cell(value: Any, translate: bool) -> Any:
    if isinstance(value, Said):
        return str(value)
    if isinstance(value, str):
        return tr(value) if translate or type(value) is not str else value
    if value is None or value is pd.NaT or value is pd.NA:
        return None
    if isinstance(value, bool | np.bool_):
        return tr(_("yes")) if value else tr(_("no"))
    if isinstance(value, int | float | np.number):
        return _number(value)
    if isinstance(value, datetime.datetime):
        plain = value.replace(tzinfo=None)
        plain = plain.to_pydatetime() if isinstance(plain, pd.Timestamp) else plain
        return plain.date() if plain.time() == datetime.time() else plain
    if isinstance(value, datetime.date):
        return value
    if isinstance(value, list | tuple | set | frozenset):
        return listed(str(_cell(one, translate)) for one in value)
    return str(value)


def _longest_word(text: str) -> int:
    return max((size(word) for word in text.split()), default=0)
