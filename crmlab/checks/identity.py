"""Who and what: identifiers, groups, and names that only look alike."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from crmlab import lookalike
from crmlab.checks.cells import is_hashable, is_missing, label_of, plain_dtype
from crmlab.checks.numeric import _fits
from crmlab.checks.refusing import _Short, fail, warn
from crmlab.checks.tabular import need
from crmlab.language import _


def keys(values: pd.Series, column: str) -> pd.Series:
    """Identifiers or categories, as plain numbers or objects: what is missing is missing in one way, whatever the dtype.

    None, NaN, pd.NA, NaT, "" and blanks are missing (NaN in a column of floats, None among objects); the caller counts
    them with ``isna()``. Categorical, nullable and string dtypes become plain ones; the index and the name stay.

    Raises :class:`InputError` for numbers that were read as floats and are too large for each to be exact (from 2**53,
    two customers would be one), infinite ones, and entries such as lists that cannot be looked up.

    >>> keys(pd.Series(["A1", " ", None], dtype="string"), "customer_id").tolist()
    ['A1', None, None]
    """
    values = plain_dtype(values)
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
    gone = is_missing(values)
    kinds = {type(entry) for entry in entries}
    if not kinds <= {str, type(None)}:
        _exact(values, np.fromiter((_vague(entry) for entry in entries), bool, len(entries)), column)
        huge = np.fromiter((isinstance(entry, int) and not _fits(entry) for entry in entries), bool, len(entries))
        if huge.any():
            fail(
                _("Column {column!r}, row {row}: the number is too large to compute with ({value!r}). Correct it."),
                column=column,
                row=label_of(values, huge),
                value=entries[huge][0],
            )
        lists = np.fromiter((not is_hashable(entry) for entry in entries), bool, len(entries)) & ~gone
        if lists.any():
            fail(
                _(
                    "Column {column!r}, row {row}: {kind} cannot name a customer, an article or a group. "
                    "Make a text or a number of it."
                ),
                column=column,
                row=label_of(values, lists),
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
            row=label_of(values, vague),
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
            row=label_of(values, gone),
        )
    twice = plain.duplicated().to_numpy()
    if twice.any():
        fail(
            _("Column {column!r}, row {row}: {value!r} stands there twice. Merge the rows, or keep one of them."),
            column=column,
            row=label_of(values, twice),
            value=plain[twice].iloc[0],
        )
    return values
