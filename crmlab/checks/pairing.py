"""Inputs with a name for each entry, and inputs that belong together entry by entry."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from crmlab.checks.identity import once
from crmlab.checks.numeric import _fits
from crmlab.checks.refusing import fail
from crmlab.checks.single import names
from crmlab.checks.tabular import of_pandas, series
from crmlab.language import _


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
    of_pandas(data, what)
    if not isinstance(data, pd.Series):
        fail(
            _("{what} must be a pandas Series or a mapping from name to number, not {kind}."),
            what=what,
            kind=type(data).__name__,
        )
    once(data.index.to_series(), what)
    return series(data, what)


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
