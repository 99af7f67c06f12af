"""Lesson 6.5, relationship audit: the evidence at Yuanhe, two auditors, a colleague's radar, one's own audit sheet."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import pandas as pd

from crmlab import audit, datasets, satisfaction
from crmlab.course import session
from crmlab.course.cases import OPEN, Case, case, frame, gate
from crmlab.course.exercises.satisfaction import loyalty
from crmlab.course.form import Answers
from crmlab.course.hooks import Lesson, Numbers, Right, Slip
from crmlab.language import tr

here = Lesson("6.5")

UNKNOWN = "?"
"""The answer for what nobody here knows."""

FORMATS = {
    **dict.fromkeys(("share", "least", "most"), "{:.1%}"),
    **dict.fromkeys(("value", "low", "high", "score"), "{:.2f}"),
    **dict.fromkeys(("Sun Qian", "Li Lei", "the director"), "{:.0f}"),
}
"""How the numbers in the lesson's tables are written."""


def the_17() -> pd.DataFrame:
    """The 17 questions of the audit with the name of their check.

    >>> the_17()["check"].value_counts(sort=False).tolist()
    [4, 4, 5, 4]
    """
    names = audit.QUESTIONS["check"].map(audit.CHECKS["name"])
    return pd.DataFrame({"check": names, "question": audit.QUESTIONS["text"]}).rename_axis("no.")


# -- Yuanhe ------------------------------------------------------------------------------------------------------------

WORKED = {"B1": 4, "B2": 3, "B3": 2, "B4": 1}
"""The check that the lesson works through."""


def building() -> pd.DataFrame:
    """The score of the check that the lesson works through.

    >>> building()["share"].tolist()
    [0.375]
    """
    found = audit.scores(WORKED).loc[["building"]].set_index("name").rename_axis("check")
    return found[["score", "share"]]


def _as_score(given: str) -> float | None:
    return None if given == UNKNOWN else float(given)


def qian() -> pd.Series:
    """Sun Qian's 17 scores: the check that is worked through, and the right answers of "audit-yuanhe"; missing = unknown."""
    rest = {row["key"]: _as_score(str(row["right"])) for row in here.rows("audit-yuanhe")}
    found = {key: WORKED[key] if key in WORKED else rest[key] for key in audit.QUESTIONS.index}
    return pd.Series(found, name="Sun Qian", dtype="float64")


OTHERS = {
    "Li Lei": [4, 3, 3, 1, 4, 3, 3, 4, 1, 3, None, 2, 2, 3, 5, 5, 4],
    "the director": [5, 4, 4, 4, 5, 4, 4, 4, 4, 5, 4, 4, 4, 4, 5, 4, 5],
}
"""The scores of Li Lei, who read the same papers as Sun Qian, and of the director, who read none."""


def by(name: str) -> pd.Series:
    """The 17 scores of somebody else at Yuanhe.

    >>> int(by("the director").min())
    4
    """
    return pd.Series(OTHERS[name], index=audit.QUESTIONS.index, name=name, dtype="float64")


def side_by_side() -> pd.DataFrame:
    """The scores of Sun Qian and Li Lei.

    >>> len(side_by_side())
    17
    """
    return pd.concat([qian(), by("Li Lei")], axis=1).rename_axis("no.")


@cache
def figures() -> dict[str, float]:
    """What stands in the evidence and can be computed from the survey of lesson 5.1 and its sequel in 5.4: customers of
    class A, their share of customers and of purchases, the index of service with its interval, who had left."""
    survey, later = datasets.load("satisfaction_survey"), loyalty.a_year_later()
    large = survey["segment"] == "A"
    service = satisfaction.by_object(survey).loc["service"]
    return {
        "large": int(large.sum()),
        "asked": len(survey),
        "of_all": float(large.mean()),
        "spend": float(survey.loc[large, "spend"].sum() / survey["spend"].sum()),
        "service": float(service["index"]),
        "low": float(service["low"]),
        "high": float(service["high"]),
        "left": int(later["left"].sum()),
        "followed": int(later["customers"].sum()),
    }


@here.numbers("audit-yuanhe")
def audit_yuanhe() -> Numbers:
    """The figures of the evidence."""
    return Numbers(words=figures())


# -- a colleague's radar -----------------------------------------------------------------------------------------------

EVEN, MORE = 0.5, 0.7
"""All four scores of the colleague's firm, last year and now."""
MIXED = [0.8, 0.2, 0.8, 0.2]
"""Four scores in the order of the checks, strong and weak by turns."""
SORTED = [0.8, 0.8, 0.2, 0.2]
"""The same four, the strong ones side by side."""


def areas() -> dict[str, float]:
    """How much of the whole figure the radar fills: the same four scores in two orders.

    >>> list(areas().values())
    [0.16, 0.25]
    """
    return {"80, 20, 80, 20": audit.radar_area(MIXED), "80, 80, 20, 20": audit.radar_area(SORTED)}


@here.numbers("radar")
def radar() -> Numbers:
    """The colleague's numbers."""
    before, now = (audit.radar_area([share] * 4) for share in (EVEN, MORE))
    first, turned = areas().values()
    rewards = audit.scores(qian()).loc["rewards"]
    words = {
        "a": EVEN,
        "b": MORE,
        "before": before,
        "now": now,
        "times": now / before,
        "first": first,
        "turned": turned,
    }
    return Numbers(words=words | {"least": rewards["least"], "most": rewards["most"]})


# -- two auditors ------------------------------------------------------------------------------------------------------


@cache
def agreed(name: str = "Li Lei") -> pd.DataFrame:
    """How far Sun Qian's scores agree with those of somebody else."""
    return audit.agreement(qian(), by(name))


@here.numbers("two-auditors")
def two_auditors() -> Numbers:
    """The share of equal scores, in percent, and where other numbers come from."""
    found, n = agreed(), int(agreed().at["same", "n"])
    same = found.at["same", "value"]
    slips: dict[str, Slip] = {
        "near": 100 * found.at["near", "value"],
        "of-17": [100 * same * n / len(qian()), 100 * (same * n + 1) / len(qian())],
        "count": same * n,
        "apart": 100 - 100 * same,
        "share": same,
    }
    kappa, other = found.loc["kappa"], agreed("the director").loc["kappa"]
    words = {"kappa": kappa["value"], "low": kappa["low"], "high": kappa["high"], "other": other["value"]}
    return Numbers(words=words, right={"same": Right(100 * same, within=0.5, slips=slips)})


@here.live("two-auditors")
def _kappas(answers: Answers) -> list[str]:
    say = here.says("two-auditors")
    if "same" not in answers:
        return [tr(say["first"])]
    rows = {name: agreed(name).loc["kappa"] for name in OTHERS}
    return [
        tr(say[key], value=row["value"], low=row["low"], high=row["high"])
        for key, row in zip(("lei", "director"), rows.values(), strict=True)
    ]


@here.code("two-auditors")
def agreement_of_two(answer: Any) -> Iterator[Case]:
    """The agreement of Sun Qian and Li Lei."""
    say, want = here.says("two-auditors"), agreed()
    yield from frame(answer, ["value", "low", "high", "n"], rows=len(want))
    yield gate(list(answer.index) == list(want.index), say["rows"])
    n = int(answer["n"].iloc[0])
    yield case(n == want["n"].iloc[0], say["n"], got=n)
    for key in ("same", "kappa"):
        got = float(answer.at[key, "value"])
        yield case(abs(got - want.at[key, "value"]) < 1e-6, say["value"], weight=1.5, got=got)


# -- one's own firm ----------------------------------------------------------------------------------------------------


def _own(answers: Mapping[str, Any]) -> dict[str, float | None]:
    """The scores of the answers that there are; ``None`` for what nobody there knows."""
    return {key: _as_score(str(answers[key])) for key in audit.QUESTIONS.index if key in answers}


def weakest(answers: Mapping[str, float | None]) -> list[str]:
    """The weakest question of the two checks with the lowest scores, the lower one first; fewer if fewer are answered.

    >>> weakest({"B1": 4, "B2": 2, "V1": 5, "R1": 1, "R2": 3})
    ['R1', 'B2']
    """
    if all(score is None for score in answers.values()):
        return []
    found = audit.scores(answers).dropna(subset=["share"]).sort_values("share", kind="stable")
    return [str(key) for key in found["weakest"].iloc[:2]]


@here.judge("own-firm")
def own_firm(answer: Answers) -> Iterator[Case]:
    """Each answer counts, whatever it is: nobody but the trainee knows that firm."""
    for key in audit.QUESTIONS.index:
        yield Case(True, key=key) if key in answer else Case(False, OPEN, key=key, open=True)


@here.live("own-firm")
def _own_scores(answers: Answers) -> list[str]:
    say, own = here.says("own-firm"), _own(answers)
    begin = weakest(own)
    if not begin:
        return [tr(say["start"])]
    lines = [
        tr(say["line"], name=tr(row["name"]), share=row["share"], n=row["answered"], of=row["questions"])
        for row in audit.scores(own).dropna(subset=["share"]).to_dict("records")
    ]
    unknown = sum(score is None for score in own.values())
    return [*lines, tr(say["begin"], keys=" · ".join(begin)), tr(say["unknown"], n=unknown)]


def _stands_beside(action: str, begin: list[str]) -> str:
    """The question that a typed action belongs to: the one it names in front, or else the first to begin with."""
    named = re.match(r"\W*([BVRO][1-5])(?!\d)", action.upper())
    if named and named[1] in audit.QUESTIONS.index:
        return named[1]
    return begin[0] if begin else ""


def audit_sheet() -> pd.DataFrame:
    """The 17 questions with the trainee's own scores, the two to begin with marked, the action typed in "actions" beside
    the question it names (or else the first to begin with), and empty columns for evidence, owner, date and measure.
    Without answers it is an empty sheet."""
    opened = session.opened()
    kept = {id: opened.fields(here[id]) if opened is not None else {} for id in ("own-firm", "actions")}
    own = _own(kept["own-firm"])
    begin = weakest(own)
    typed = kept["actions"].get("own") or {}
    sheet = the_17()
    sheet["score"] = [
        tr(UNKNOWN) if own.get(key, 0) is None else f"{own[key]:.0f}" if key in own else "" for key in sheet.index
    ]
    sheet["evidence"] = ""
    sheet["begin here"] = [str(begin.index(key) + 1) if key in begin else "" for key in sheet.index]
    text = str(typed.get("text", ""))
    place = _stands_beside(text, begin)
    sheet["action"] = [text if key == place else "" for key in sheet.index]
    return sheet.assign(**{"who": "", "until": "", "measured by": ""})
