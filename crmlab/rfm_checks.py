"""What RFM refuses, in the same words whatever engine the table is of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NoReturn

import numpy as np
import pandas as pd

from crmlab import checks
from crmlab.language import _

MEASURES = ["recency", "frequency", "monetary"]


def need(orders: pd.DataFrame, names: dict[str, str], order: str | None) -> None:
    """Check that the columns of transactions are there (argument -> column; order numbers may be left away)."""
    if order is not None:
        names = names | {"order": order}
        if checks.is_name(order) and order not in orders.columns and checks.close_name(order, list(orders.columns)) is None:
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


def refuse_score(column: str, row: Any, value: float, groups: int) -> NoReturn:
    """Say that this is no score that has a segment."""
    checks.fail(
        _(
            "Column {column!r}, row {row}: a score is a whole number from 1 to {groups}, not {value:g}. "
            "If the scores were made in another number of groups, say groups=..."
        ),
        column=column,
        row=row,
        value=value,
        groups=groups,
    )


def enough(n: int, groups: int) -> None:
    """Nested groups need a customer for each cell; with fewer, the last measure is cut into fewer groups than the first."""
    if n < groups**3:
        checks.fail(
            _(
                "rule='equal_fifths' cuts {groups} times {groups} times {groups} ways, so it needs {need} customers at least; "
                "there are {n}. Use rule='value', or fewer groups."
            ),
            groups=groups,
            need=groups**3,
            n=n,
        )


def own_cuts(cuts: Any, rule: str, groups: int) -> dict[str, list[float]]:
    """The rising cut points by measure, each making ``groups`` groups."""
    if cuts is None:
        return {}
    if not isinstance(cuts, Mapping) or not cuts or not set(cuts) <= set(MEASURES):
        checks.fail(
            _("cuts must give rising cut points by measure ({known}), such as {example}; it is {value!r}."),
            known=", ".join(MEASURES),
            example='{"recency": [30, 90, 180, 365]}',
            value=cuts,
        )
    if rule != "value":
        checks.fail(_("Own cuts go with rule='value' only."))
    found = {}
    for name, points in cuts.items():
        values = checks.numbers(checks.series(points, f"cuts[{name!r}]"), f"cuts[{name!r}]")
        if (np.diff(values) <= 0).any():
            checks.fail(_("The cuts of {name!r} must rise: {points}."), name=name, points=values.tolist())
        if len(values) + 1 != groups:
            checks.fail(
                _("{n} cuts of {name!r} make {m} groups, and groups is {groups}: say groups={m}, or give other cuts."),
                n=len(values),
                name=name,
                m=len(values) + 1,
                groups=groups,
            )
        found[name] = [float(value) for value in values]
    return found


def groups_of(scores: Any, groups: int | None, size: int) -> int:
    """In how many groups the scores were made: as said, as :func:`crmlab.rfm.score` noted, else as the segments need."""
    if groups is not None:
        return checks.number(groups, "groups", 2, 10, whole=True)
    noted = getattr(scores, "attrs", {}).get("groups")
    return size if noted is None else int(noted)


def tell_if_fewer(low: float, high: float, groups: int) -> None:
    """Warn of scores that look as if they were made in fewer groups (``low``: of the lowest, ``high``: of the highest)."""
    if low == 1 and 2 <= high < groups:
        checks.warn(
            _(
                "No score is above {high:g}, and the segments are for scores from 1 to {groups}. Were the scores made in "
                "{high:g} groups? Then say groups={high:g}."
            ),
            high=high,
            groups=groups,
        )


def tell_if_fewer_than(best: float, groups: int) -> None:
    """Warn of scores of which none would be called high (``best``: of the highest)."""
    if 2 <= best < groups * 3 // 5 + 1:
        checks.warn(
            _(
                "No score is above {best:g}, so none of {groups} groups would be high. Were the scores made in {best:g} groups? "
                "Then say high={high}."
            ),
            best=best,
            groups=groups,
            high=int(best) * 3 // 5 + 1,
        )


def mapped(groups: int, size: int) -> np.ndarray:
    """Scores 1 .. ``groups`` as scores 1 .. ``size``, evenly, the lowest to the lowest and the highest to the highest.

    >>> mapped(3, 5).tolist(), mapped(10, 5).tolist()
    ([1, 3, 5], [1, 1, 2, 2, 3, 3, 4, 4, 5, 5])
    """
    return 1 + (2 * np.arange(groups) * (size - 1) + groups - 1) // (2 * (groups - 1))


def bounds(segments: pd.DataFrame) -> tuple[list[str], dict[str, tuple[np.ndarray, np.ndarray]]]:
    """The measures that segments are cut by (r and fm, or r, f and m), and their lowest and highest scores by segment.

    A row without any bounds (NaN) is for all cells that no other row takes.
    """
    checks.frame(segments, "segments")
    letters = ["r", "f", "m"] if "f_low" in segments.columns else ["r", "fm"]
    found = {}
    for letter in letters:
        checks.need(segments, {"": f"{letter}_low"})
        checks.need(segments, {"": f"{letter}_high"})
        low, high = (checks.numbers(segments[name], name, missing=True) for name in (f"{letter}_low", f"{letter}_high"))
        found[letter] = (low, high)
    table = np.column_stack([side for pair in found.values() for side in pair])
    part = np.isnan(table).any(axis=1) & ~np.isnan(table).all(axis=1)
    odd = part | (np.nan_to_num(table) % 1 != 0).any(axis=1) | (table[:, ::2] > table[:, 1::2]).any(axis=1)
    if odd.any() or np.isnan(table).all():
        checks.fail(
            _("Segment {key!r}: give a lowest and a highest score for each measure, whole numbers, the lowest first."),
            key=segments.index[int(odd.argmax())],
        )
    return letters, found


def segment_cells(segments: pd.DataFrame) -> np.ndarray:
    """The number of the segment of each cell: rows R, columns FM, or R by F by M."""
    letters, found = bounds(segments)
    size = int(min(np.nanmax(high) for _low, high in found.values()))
    if not 1 <= size <= 10:
        checks.fail(_("Segments are for scores from 1 to 10 at most."))
    cells = np.full((size,) * len(letters), -1)
    rest = -1
    for i, key in enumerate(segments.index):
        box = [(low[i], high[i]) for low, high in found.values()]
        if np.isnan(box).any():
            rest = i
            continue
        if any(low < 1 or high > size for low, high in box):
            checks.fail(_("Segment {key!r} reaches outside the scores 1 to {size}."), key=key, size=size)
        part = tuple(slice(int(low) - 1, int(high)) for low, high in box)
        taken = np.argwhere(cells[part] >= 0)
        if len(taken):
            at = tuple(int(place + side.start) for place, side in zip(taken[0], part, strict=True))
            checks.fail(
                _("{cell} lies in two segments: {first!r} and {second!r}."),
                cell=_cell(letters, at),
                first=segments.index[cells[at]],
                second=key,
            )
        cells[part] = i
    if (cells < 0).any() and rest < 0:
        at = tuple(int(i) for i in np.argwhere(cells < 0)[0])
        checks.fail(_("{cell} lies in no segment. Widen one of them."), cell=_cell(letters, at))
    cells[cells < 0] = rest
    return cells


def _cell(letters: list[str], at: tuple[int, ...]) -> str:
    return ", ".join(f"{letter.upper()} {place + 1}" for letter, place in zip(letters, at, strict=True))
