"""Tables and columns: that they are there, under the name that was given."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from crmlab.checks.cells import is_hashable
from crmlab.checks.refusing import fail
from crmlab.language import _


def frame(data: Any, what: str) -> pd.DataFrame:
    """The data, if it is a DataFrame with at least one row; ``what`` names it in the message.

    >>> frame([1, 2], "orders")
    Traceback (most recent call last):
    ...
    crmlab.checks.InputError: orders must be a pandas DataFrame, not list.
    """
    if not isinstance(data, pd.DataFrame):
        of_pandas(data, what)
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


def of_pandas(data: Any, what: str) -> None:
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
    if value is None or value is pd.NA or value is pd.NaT or not is_hashable(value):
        return False
    return not (isinstance(value, int) and value.bit_length() > 200)


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
    of_pandas(data, what)
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
