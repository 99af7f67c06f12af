"""Which rows may be the same customer: candidates with a score from 0 to 1, and how good such a score is.

The score is the mean likeness of the compared columns, weighted as declared; what cannot be compared (an empty cell, a Chinese
name against an English one) counts half: it speaks neither for nor against. That is a convention of this course; the
classical model (Fellegi, I. P. and Sunter, A. B. (1969), A theory for record linkage, Journal of the American Statistical
Association 64, 1183-1210) estimates the weights from the data. Only rows that share a block are compared (blocking: Newcombe, H. B. et al.
(1959), Automatic linkage of vital records, Science 130, 954-959), so that the work does not grow with the square of the rows.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from crmlab import checks, intervals
from crmlab.customers import reading
from crmlab.customers.likeness import jaro_winkler
from crmlab.customers.simplified import simplified
from crmlab.language import _

AGREES = 0.8
UNKNOWN = 0.5
LARGEST = 60
PAIRS = ("row_a", "row_b", "score", "agrees", "differs", "unknown")


def _sharp(likeness: float) -> float:
    """Half alike is as good as strange: 0 up to 0.6, then straight up to 1."""
    return max(0.0, (likeness - 0.6) / 0.4)


def _firms(one: reading.Firm, other: reading.Firm) -> float | None:
    if one.chinese != other.chinese:
        return None
    found = jaro_winkler(one.core, other.core)
    if not one.chinese:
        found = max(found, jaro_winkler(*(" ".join(sorted(each.core.split())) for each in (one, other))))
    strange = one.town and other.town and one.town != other.town
    return _sharp(found) / (2 if strange else 1)


def _people(one: str, other: str) -> float | None:
    if reading.is_chinese(one) != reading.is_chinese(other):
        return None
    if reading.is_chinese(one) and 1 in (len(one), len(other)):  # a surname alone
        return 0.0 if one[0] != other[0] else 1.0 if one == other else None
    words = jaro_winkler(*(" ".join(sorted(each.split())) for each in (one, other)))
    return _sharp(max(jaro_winkler(one, other), words))


def _mails(one: str, other: str) -> float | None:
    return 1.0 if one == other else 0.6 if one.split("@")[1] == other.split("@")[1] else 0.0


def _places(one: str, other: str) -> float | None:
    numbers = [re.findall(r"\d+", each) for each in (one, other)]
    if numbers[0] != numbers[1]:
        return 0.0
    if reading.is_chinese(one) != reading.is_chinese(other):
        return 0.8 if numbers[0] else None
    return _sharp(jaro_winkler(*(re.sub(r"[\W\d]|号", "", each) for each in (one, other))))


def _same(one: str, other: str) -> float | None:
    return float(one == other)


def _town(value: Any) -> str:
    text = simplified(reading.plain(value)).lower().removesuffix("市")
    return reading.TOWNS.get(text, text)


def _text(value: Any) -> str:
    return simplified(reading.plain(value)).lower()


KINDS: dict[str, tuple[Callable[[Any], Any], Callable[[Any, Any], float | None]]] = {
    "firm": (lambda cell: reading.firm(cell) if reading.plain(cell) else "", _firms),
    "person": (reading.person, _people),
    "phone": (reading.phone, _same),
    "email": (reading.email, _mails),
    "place": (_text, _places),
    "town": (_town, _same),
    "text": (_text, lambda one, other: jaro_winkler(one, other)),
}
"""How the cells of a column are read, and how two of them are compared: 1 the same, 0 strange, ``None`` cannot be told."""


@dataclass(frozen=True)
class Compare:
    """How a column takes part: what ``kind`` of cells it holds (:data:`KINDS`), and its ``weight``."""

    kind: str
    weight: float


COMPARE: dict[str, Compare] = {
    "name": Compare("firm", 4),
    "phone": Compare("phone", 3),
    "email": Compare("email", 2),
    "address": Compare("place", 2),
    "contact": Compare("person", 1),
    "town": Compare("town", 1),
}
"""For a list of firms with these columns; the weights are set by hand."""


def _checked(table: pd.DataFrame, compare: Mapping[str, Compare]) -> dict[str, Compare]:
    checks.frame(table, "table")
    reading.labels_once(table)
    found = checks.mapping(compare, "compare", example="{'name': Compare('firm', 4)}")
    for column, how in found.items():
        checks.need(table, {"": column})
        if not isinstance(how, Compare):
            checks.fail(_("compare[{column!r}] must be a Compare(kind, weight)."), column=column)
        checks.one_of(how.kind, "kind", KINDS)
        if checks.number(how.weight, "weight", low=0) == 0:
            checks.fail(_("The weight of {column!r} must be above 0; leave the column out instead."), column=column)
    if not found:
        checks.fail(_("compare names no column; there must be one at least."))
    return found


def _read(table: pd.DataFrame, compare: Mapping[str, Compare]) -> dict[str, list[Any]]:
    return {
        column: [KINDS[how.kind][0](cell) for _label, cell in reading.cells(table, column)]
        for column, how in compare.items()
    }


def _likeness(how: Compare, one: Any, other: Any) -> float | None:
    return KINDS[how.kind][1](one, other) if one and other else None


def _told(likeness: float | None) -> float:
    return UNKNOWN if likeness is None else likeness


def _score(compare: Mapping[str, Compare], found: Mapping[str, float | None]) -> float:
    whole = sum(how.weight for how in compare.values())
    parts = (_told(found[column]) * how.weight for column, how in compare.items())
    return round(sum(parts) / whole, 6)


def evidence(table: pd.DataFrame, row_a: Any, row_b: Any, compare: Mapping[str, Compare] = COMPARE) -> pd.DataFrame:
    """Two rows side by side: for each compared column both values, the ``likeness`` from 0 to 1 (NaN: cannot be told), the
    ``weight``, and the ``points`` that it brings; ``attrs["score"]`` is their sum over all weights.

    Raises :class:`~crmlab.checks.InputError` as :func:`duplicates` does, and for a label that is not there.

    >>> table = pd.DataFrame({"name": ["华强包装（深圳）有限公司", "深圳市華強包装有限公司"], "phone": ["154 1234 5678", ""]})
    >>> found = evidence(table, 0, 1, {"name": Compare("firm", 4), "phone": Compare("phone", 3)})
    >>> found["likeness"].tolist(), round(found.attrs["score"], 3)
    ([1.0, nan], 0.786)
    """
    compare = _checked(table, compare)
    for label in (row_a, row_b):
        if label not in table.index:
            checks.fail(_("There is no row {label!r}."), label=label)
    part = table.loc[[row_a, row_b]]
    cells = _read(part, compare)
    likeness = {column: _likeness(how, *cells[column]) for column, how in compare.items()}
    rows = {
        column: {
            "row_a": reading.plain(table.at[row_a, column]),
            "row_b": reading.plain(table.at[row_b, column]),
            "likeness": np.nan if likeness[column] is None else likeness[column],
            "weight": float(how.weight),
            "points": how.weight * _told(likeness[column]),
        }
        for column, how in compare.items()
    }
    result = pd.DataFrame.from_dict(rows, orient="index")
    result.index.name = "column"
    result.attrs["score"] = _score(compare, likeness)
    return result


def _keys(kind: str, cell: Any) -> Iterable[Hashable]:
    if not cell:
        return
    if kind == "firm":
        yield "firm", cell.core[:2] if cell.chinese else cell.core[:5]
        yield "end", cell.core[-3:] if cell.chinese else cell.core[-8:], cell.town
    elif kind == "email":
        yield "email", cell.split("@")[1]
    elif kind in ("phone", "place"):
        yield kind, cell


def duplicates(
    table: pd.DataFrame, compare: Mapping[str, Compare] = COMPARE, cut: float = 0.5, largest: int = LARGEST
) -> pd.DataFrame:
    """Pairs of rows that may be one customer, the likeliest first: ``row_a`` and ``row_b`` (labels), ``score`` from 0 to 1,
    and the columns in which they ``agree`` (likeness 0.8 or more), ``differ``, or that say nothing (``unknown``), as text.

    Compared are rows that share a block: the beginning of the firm's name, its end with the town, a telephone, a mail domain,
    an address. A block of more than ``largest`` rows is left out, since it tells nothing; ``attrs["left_out"]`` counts these, and
    ``attrs["compared"]`` the pairs that were looked at. A candidate is a question, not an answer.

    The order of the rows does not matter but for which of two is ``row_a``. Raises :class:`~crmlab.checks.InputError` for a table
    without rows, a label that occurs twice, a column that is not there, an unknown kind, a weight that is not above 0.

    >>> table = pd.DataFrame({"name": ["华强包装（深圳）有限公司", "深圳市華強包装有限公司", "华强包装（东莞）有限公司"],
    ...                       "phone": ["154 1234 5678", "+86 15412345678", "154 8765 4321"]})
    >>> found = duplicates(table, {"name": Compare("firm", 4), "phone": Compare("phone", 3)})
    >>> found[["row_a", "row_b", "score", "agrees"]].values.tolist()
    [[0, 1, 1.0, 'name, phone']]
    """
    compare = _checked(table, compare)
    checks.rate(cut, "cut")
    checks.number(largest, "largest", low=2, whole=True)
    cells = _read(table, compare)
    blocks: dict[Hashable, list[int]] = defaultdict(list)
    for column, how in compare.items():
        for place, cell in enumerate(cells[column]):
            for key in _keys(how.kind, cell):
                blocks[column, key].append(place)
    big = sum(len(rows) > largest for rows in blocks.values())
    pairs = {pair for rows in blocks.values() if len(rows) <= largest for pair in combinations(rows, 2)}
    found = []
    labels = list(table.index)
    for one, other in sorted(pairs):
        likeness = {column: _likeness(how, cells[column][one], cells[column][other]) for column, how in compare.items()}
        score = _score(compare, likeness)
        if score >= cut:
            told = {
                "agrees": [column for column, value in likeness.items() if value is not None and value >= AGREES],
                "differs": [column for column, value in likeness.items() if value is not None and value < AGREES],
                "unknown": [column for column, value in likeness.items() if value is None],
            }
            texts = (", ".join(map(str, columns)) for columns in told.values())
            found.append((labels[one], labels[other], score, *texts))
    result = pd.DataFrame(found, columns=list(PAIRS))
    result = result.sort_values("score", ascending=False, kind="stable", ignore_index=True)
    result.attrs |= {"compared": len(pairs), "left_out": big}
    return result


def _of_pairs(pairs: pd.DataFrame) -> None:
    if not isinstance(pairs, pd.DataFrame):
        checks.frame(pairs, "pairs")
    for column in ("row_a", "row_b"):
        checks.need(pairs, {"": column})
        checks.keys(pairs[column], column)


def against_truth(
    pairs: pd.DataFrame, truth: pd.Series, cuts: Iterable[float], confidence: float = 0.95
) -> pd.DataFrame:
    """How good the score is where somebody knows: by ``cut``, the pairs ``proposed`` at or above it, how many are ``right``,
    ``precision`` (right of the proposed) and ``recall`` (right of all true pairs, ``true_pairs``), each with its interval.

    ``truth`` gives for each row label the true customer; missing ones are nobody's double. Pairs with a row that is not in
    ``truth`` are left out. A precision of no pairs is NaN. Wilson intervals; pairs of one customer hang together, so that they
    are a little too narrow. Recall counts the true pairs that no block held, too.

    Raises :class:`~crmlab.checks.InputError` if ``pairs`` lacks columns, a label occurs twice, or no true pair is there.

    >>> pairs = pd.DataFrame({"row_a": [1, 1], "row_b": [2, 3], "score": [0.9, 0.6]})
    >>> found = against_truth(pairs, pd.Series({1: "A", 2: "A", 3: "B", 4: "B"}), [0.5, 0.8])
    >>> found[["proposed", "right", "precision", "recall"]].values.tolist()
    [[2.0, 1.0, 0.5, 0.5], [1.0, 1.0, 1.0, 0.5]]
    """
    _of_pairs(pairs)
    checks.need(pairs, {"": "score"})
    truth = checks.series(truth, "truth")
    if not truth.index.is_unique:
        checks.fail(_("A row stands twice in truth. Give each row its customer once."))
    known = pairs[pairs["row_a"].isin(truth.index) & pairs["row_b"].isin(truth.index)]
    who = checks.keys(truth, "truth")
    one, other = (who.reindex(known[column]).to_numpy() for column in ("row_a", "row_b"))
    same = (one == other) & ~pd.isna(one)
    sizes = who.dropna().value_counts()
    every = int((sizes * (sizes - 1) // 2).sum())
    if not every:
        checks.fail(_("In truth no customer has two rows: there is nothing to be found."))
    found = {}
    scores = checks.within(known["score"], "score", 0, 1) if len(known) else np.array([])
    for cut in checks.numbers(checks.series(cuts, "cuts"), "cuts"):
        above = scores >= checks.rate(cut, "cuts")
        proposed, right = int(above.sum()), int((same & above).sum())
        row: dict[str, float] = {"proposed": proposed, "right": right, "true_pairs": every}
        for name, size in (("precision", proposed), ("recall", every)):
            low, high = intervals.wilson([right], [size], confidence) if size else ([np.nan], [np.nan])
            row |= {name: right / size if size else np.nan, f"{name}_low": low[0], f"{name}_high": high[0]}
        found[float(cut)] = row
    result = pd.DataFrame.from_dict(found, orient="index")
    result.index.name = "cut"
    return result


def groups(table: pd.DataFrame, pairs: pd.DataFrame) -> pd.Series:
    """For each row of the list the customer that it belongs to, by the label of the first row of that customer: all pairs are
    taken for true, and a friend's friend belongs to it, too. So one false pair can join two large groups.

    "First" is the least label as text, whatever the order. Raises :class:`~crmlab.checks.InputError` for labels that are not there.

    >>> table = pd.DataFrame({"name": list("wxyz")}, index=["R1", "R2", "R3", "R4"])
    >>> groups(table, pd.DataFrame({"row_a": ["R1", "R4"], "row_b": ["R2", "R2"]})).to_dict()
    {'R1': 'R1', 'R2': 'R1', 'R3': 'R3', 'R4': 'R1'}
    """
    checks.frame(table, "table")
    reading.labels_once(table)
    _of_pairs(pairs)
    above: dict[Any, Any] = {label: label for label in table.index}

    def top(label: Any) -> Any:
        while above[label] != label:
            above[label] = above[above[label]]
            label = above[label]
        return label

    for one, other in zip(*(checks.keys(pairs[column], column) for column in ("row_a", "row_b")), strict=True):
        for label in (one, other):
            if label not in above:
                checks.fail(_("There is no row {label!r}."), label=label)
        first, second = sorted((top(one), top(other)), key=str)
        above[second] = first
    return pd.Series([top(label) for label in table.index], index=table.index, name="customer")
