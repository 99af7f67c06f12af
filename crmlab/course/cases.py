"""What an exercise looks at, one thing after the other: a case each, with the sentence for one that is not right.

Judges yield cases; :mod:`crmlab.course.exercise` turns them into states, points and words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Literal

from crmlab.course.form import Answers, number
from crmlab.language import _, tr


@dataclass(frozen=True)
class Case:
    """One thing that was looked at.

    ``says`` is the sentence for a case that is not right: it names what the trainee gave and asks what to look at, and
    does not give the answer away. ``key`` is the form field it belongs to. ``weight`` is its share of the points.
    ``gate`` cases carry no points; when one fails, the answer cannot be judged further. ``open`` cases were not
    answered yet; with ``unread`` something was typed that is not understood, and ``says`` tells what to type.
    """

    ok: bool
    says: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    key: str = ""
    weight: float = 1.0
    gate: bool = False
    open: bool = False
    praise: str = ""
    part: float = 0.0
    unread: bool = False

    def text(self) -> str:
        """The sentence for this outcome in the trainee's language; may be empty for a case that is right."""
        return tr(self.praise) if self.ok else tr(self.says, **self.values)


def case(ok: Any, says: str, *, key: str = "", weight: float = 1.0, **values: Any) -> Case:
    """A case with a sentence of its own; ``values`` fill the ``{names}`` in the sentence."""
    return Case(bool(ok), says, values, key, weight)


def gate(ok: Any, says: str, **values: Any) -> Case:
    """Something that must hold before anything can be judged (right kind of object, right columns)."""
    return Case(bool(ok), says, values, gate=True, weight=0)


OPEN = _("This one is still open.")


def ordered(
    answer: Answers,
    key: str,
    want: Sequence[str],
    says: str | Mapping[str, str],
    *,
    credit: Literal["pairs", "all"] = "pairs",
    praise: str = "",
    weight: float = 1.0,
) -> Case:
    """The list in field ``key`` should be ``want``.

    ``credit="pairs"``: the case earns the share of neighbours in ``want`` of which the earlier stands before the later in
    the answer, no matter how far apart; an order turned round earns nothing, and only the right order earns all.
    ``credit="all"``: all or nothing.

    ``says`` is one sentence, or one by item: that of the first item of ``want`` that stands before the one it should follow
    is said (under ``""`` may stand one for all others). It may use {right} and {pairs}: how many neighbours are in order,
    of how many. An answer that is not an order of all items is not right and earns nothing.

    >>> found = ordered({"steps": ["a", "c", "b"]}, "steps", "abc", {"c": "What must come before it?"})
    >>> found.ok, found.part, found.text()
    (False, 0.5, 'What must come before it?')
    >>> ordered({"steps": list("abc")}, "steps", "abc", "").ok
    True
    """
    if key not in answer:
        return Case(False, OPEN, key=key, weight=weight, open=True)
    place = {value: number for number, value in enumerate(answer[key])}
    whole = sorted(place) == sorted(want) and len(answer[key]) == len(want)
    early = [later for before, later in pairwise(want) if not whole or place[later] < place[before]]
    pairs = max(len(want) - 1, 1)
    right = pairs - len(early) if whole else 0
    sentence = says if isinstance(says, str) else says.get(early[0] if early else "") or says.get("", "")
    part = right / pairs if credit == "pairs" and early else 0.0
    return Case(whole and not early, sentence, {"right": right, "pairs": pairs}, key, weight, praise=praise, part=part)


def close(
    answer: Any,
    key: str,
    want: float,
    says: str,
    *,
    tolerance: float,
    weight: float = 1.0,
    **values: Any,
) -> Case:
    """The number in field ``key`` should be ``want``, give or take ``tolerance`` (same unit); says may use {got}."""
    if key not in answer:
        return Case(False, OPEN, key=key, weight=weight, open=True)
    got = number(answer[key])
    if got is None:
        return Case(False, _("This should be a number."), key=key, weight=weight)
    return Case(abs(got - want) <= tolerance, says, {"got": f"{got:,.10g}", **values}, key, weight)


def frame(answer: Any, columns: Sequence[str], rows: int | None = None) -> Iterator[Case]:
    """Gates for a table: it is a DataFrame, has these columns, and this many rows. Use with ``yield from``."""
    import pandas as pd

    yield gate(
        isinstance(answer, pd.DataFrame),
        _("A table (DataFrame) was expected here; yours is of type {kind}."),
        kind=type(answer).__name__,
    )
    missing = [column for column in columns if column not in answer.columns]
    yield gate(
        not missing,
        _("The table lacks the column(s) {missing}; it has {present}."),
        missing=", ".join(missing),
        present=", ".join(map(str, list(answer.columns)[:12])),
    )
    if rows is not None:
        yield gate(
            len(answer) == rows,
            _("The table should have {rows} rows; yours has {got}."),
            rows=f"{rows:,}",
            got=f"{len(answer):,}",
        )


def series(answer: Any, want: Any, says: str, *, tolerance: float = 0.0, weight: float = 1.0) -> Case:
    """A column or Series should equal ``want`` row by row (labels aligned); says may use {row}, {got} and {want}.

    Weighs as one case; the sentence names the first row that differs.
    """
    import pandas as pd

    got = answer.reindex(want.index)
    if pd.api.types.is_numeric_dtype(want) and pd.api.types.is_numeric_dtype(got):
        same = (got.astype("float64") - want.astype("float64")).abs().le(tolerance).fillna(False)
    else:
        same = got.astype("object").eq(want.astype("object")).fillna(False)
    if bool(same.all()) and len(answer) == len(want):
        return Case(True, says, weight=weight)
    wrong = want.index[~same.to_numpy(dtype=bool)]
    row = wrong[0] if len(wrong) else "-"
    return Case(
        False,
        says,
        {
            "row": row,
            "got": got.loc[row] if len(wrong) else "-",
            "want": want.loc[row] if len(wrong) else "-",
        },
        weight=weight,
    )
