"""What is in a list, column by column, before anybody trusts it."""

from __future__ import annotations

import pandas as pd

from crmlab import checks
from crmlab.customers import reading
from crmlab.language import tr

RARE = 0.08
"""A kind that fewer than this share of the filled cells are of is odd in its column."""


def profile(table: pd.DataFrame, rare: float = RARE, show: int = 5) -> pd.DataFrame:
    """A row a column of the list: ``filled`` and its ``share``, ``distinct`` values, the ``kinds`` of cells with their
    number, how many are ``odd`` and up to ``show`` of them as ``examples`` with the label of their row.

    Cells are compared as :func:`crmlab.customers.reading.plain` writes them. A cell is odd if fewer than the share ``rare``
    of the filled cells of its column are of its kind (:func:`crmlab.customers.reading.kind`): that is a reason to look at it,
    and no proof of a fault.

    Raises :class:`~crmlab.checks.InputError` if ``table`` is no table with rows or ``rare`` no share.

    >>> found = profile(pd.DataFrame({"phone": ["154 1234 5678"] * 14 + ["Mr Chen"]}))
    >>> found.loc["phone", ["kinds", "examples"]].tolist()
    ['telephone 14; other text 1', '14: Mr Chen']
    """
    checks.frame(table, "table")
    checks.share(rare, "rare")
    checks.number(show, "show", low=0, whole=True)
    found = {}
    for place, column in enumerate(table.columns):
        cells = [reading.plain(cell) for cell in checks.keys(table.iloc[:, place], str(column))]
        kinds = pd.Series([reading.kind(cell) for cell in cells], index=table.index)
        filled = kinds != "empty"
        counts = kinds[filled].value_counts()
        counts = counts.loc[sorted(counts.index, key=lambda one: (-counts[one], reading.KINDS.index(one)))]
        odd = filled & kinds.isin(counts.index[counts < rare * filled.sum()])
        examples = [f"{label}: {cell}" for label, cell, strange in zip(table.index, cells, odd, strict=True) if strange]
        found[column] = {
            "filled": int(filled.sum()),
            "share": float(filled.mean()),
            "distinct": len({cell for cell in cells if cell}),
            "kinds": "; ".join(f"{tr(kind)} {count}" for kind, count in counts.items()),
            "odd": int(odd.sum()),
            "examples": "; ".join(examples[: int(show)]),
        }
    result = pd.DataFrame.from_dict(found, orient="index")
    result.index.name = "column"
    return result
