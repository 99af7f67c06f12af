"""What RFM refuses, in the same words whatever engine the table is of."""

from __future__ import annotations

from typing import Any, NoReturn

import numpy as np
import pandas as pd

from crmlab import checks
from crmlab.language import _


def need(orders: pd.DataFrame, names: dict[str, str], order: str | None) -> None:
    """Check that the columns of transactions are there (argument -> column; order numbers may be left away)."""
    if order is not None:
        names = names | {"order": order}
        if order not in orders.columns and checks.close_name(order, list(orders.columns)) is None:
            checks.fail(
                _(
                    "There is no column {column!r} with order numbers. "
                    "Name it with order=..., or say order=None if every row is an order of its own."
                ),
                column=order,
            )
    checks.need(orders, names)


def refuse_empty(end: int, left_out: dict[str, int]) -> NoReturn:
    """Say that nothing is left up to a day, and what was left out."""
    checks.fail(
        _("No order is left up to {as_of}: {left_out}."),
        as_of=np.datetime64(end, "D"),
        left_out=", ".join(f"{key} {count}" for key, count in left_out.items() if count),
    )


def refuse_score(column: str, row: Any, value: float) -> NoReturn:
    """Say that this is no score that has a segment."""
    checks.fail(
        _(
            "Column {column!r}, row {row}: a score is a whole number from 1 to 5, not {value:g}. "
            "Segments need scores in five groups."
        ),
        column=column,
        row=row,
        value=value,
    )


def segment_cells(segments: pd.DataFrame) -> np.ndarray:
    """5 x 5, rows R, columns FM: the number of the segment."""
    checks.frame(segments, "segments")
    for name in ("r_low", "r_high", "fm_low", "fm_high"):
        checks.need(segments, {"": name})
    cells = np.full((5, 5), -1)
    for i, (key, row) in enumerate(segments.iterrows()):
        for r in range(int(row["r_low"]), int(row["r_high"]) + 1):
            for fm in range(int(row["fm_low"]), int(row["fm_high"]) + 1):
                if not (1 <= r <= 5 and 1 <= fm <= 5):
                    checks.fail(_("Segment {key!r} reaches outside the scores 1 to 5."), key=key)
                if cells[r - 1, fm - 1] >= 0:
                    checks.fail(
                        _("R {r}, FM {fm} lies in two segments: {first!r} and {second!r}."),
                        r=r,
                        fm=fm,
                        first=segments.index[cells[r - 1, fm - 1]],
                        second=key,
                    )
                cells[r - 1, fm - 1] = i
    if (cells < 0).any():
        r, fm = (int(i) + 1 for i in np.argwhere(cells < 0)[0])
        checks.fail(_("R {r}, FM {fm} lies in no segment. Widen one of them."), r=r, fm=fm)
    return cells
