"""What charts are drawn of: checked, and its numbers as plain ones."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from crmlab import checks
from crmlab.language import _


def table(
    data: Any,
    what: str = "table",
    numbers: Iterable[Any] = (),
    gaps: Iterable[Any] = (),
    others: Iterable[Any] = (),
    maybe: Iterable[Any] = (),
) -> pd.DataFrame:
    """The table with these columns; ``numbers`` are finite, those of ``gaps`` may be missing or infinite, and those of
    ``maybe`` need not even be there.

    Raises :class:`~crmlab.checks.InputError` for what is no such table.

    >>> table(pd.DataFrame({"share": [0.5, None]}), gaps=["share"])["share"].tolist()
    [0.5, nan]
    """
    result = checks.frame(data, what).copy()
    for name in others:
        checks.need(result, {"": name})
    for name in [*numbers, *gaps, *(name for name in maybe if name in result)]:
        checks.need(result, {"": name})
        column = result[name]
        if isinstance(column.dtype, np.dtype) and column.dtype.kind in "iu":
            continue
        if name in numbers:
            found = checks.numbers(column, str(name))
        elif isinstance(column.dtype, np.dtype) and column.dtype.kind == "f":
            found = column.to_numpy()
        else:
            found = checks.numbers(column, str(name), missing=True)
        whole = pd.api.types.is_integer_dtype(column.dtype) and np.isfinite(found).all()
        result[name] = found.astype("int64") if whole else found
    return result


def model(given: Any, kind: type, what: str, made_by: str) -> Any:
    """What a function of the field gave, and nothing else."""
    if not isinstance(given, kind):
        checks.fail(
            _("{what} must come from {made_by}, not be {kind}."), what=what, made_by=made_by, kind=type(given).__name__
        )
    return given
