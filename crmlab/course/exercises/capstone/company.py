"""Lesson 7.1, one company: its exercises up to the plan, and the tables that they are about.

All of it follows from the class number of the first form (:mod:`crmlab.course.classes`); the plan and its quarter: :mod:`.quarter`.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from crmlab import firm, lifecycle, qualification, rfm, satisfaction
from crmlab.course import classes
from crmlab.course.cases import OPEN, Case
from crmlab.course.exercise_form import right_answers
from crmlab.course.exercises.capstone.firm_of_class import FORMATS as FORMATS
from crmlab.course.exercises.capstone.firm_of_class import (
    LESSON,
    called,
    class_number,
    company,
    firm_of,
    here,
    lot_of,
    name_of,
    named,
    once,
)
from crmlab.course.exercises.capstone.firm_of_class import OUTCOME as OUTCOME
from crmlab.course.exercises.capstone.firm_of_class import SUMS as SUMS
from crmlab.course.exercises.capstone.quarter import alone as alone
from crmlab.course.exercises.capstone.quarter import luck_and_skill as luck_and_skill
from crmlab.course.exercises.capstone.quarter import outcome_page as outcome_page
from crmlab.course.exercises.capstone.quarter import outcomes as outcomes
from crmlab.course.exercises.capstone.quarter import plan_sheet as plan_sheet
from crmlab.course.exercises.capstone.quarter import what_nobody_saw as what_nobody_saw
from crmlab.course.form import Answers
from crmlab.course.hooks import Numbers, Right
from crmlab.language import current, tr

here.lists["stages"] = {str(key): str(name) for key, name in lifecycle.STAGES["name"].items()}
here.lists["segments"] = {str(key): str(name) for key, name in rfm.SEGMENTS["name"].items()}
here.lists["classes"] = {letter: letter for letter in "ABC"}

TODAY = str(firm.TODAY)


# -- which firm --------------------------------------------------------------------------------------------------------


@here.live("your-firm")
def _which_firm(answers: Answers) -> list[str]:
    say = here.says("your-firm")
    known = classes.fixed()
    typed = classes.read(answers.get("code"))
    if typed is None:
        return [tr(say["type"])]
    if known is not None and typed != known:
        return [tr(say["other"], code=known)]
    one = firm_of(typed)
    return [tr(say["firm"], code=typed, name=one.name_zh if current() == "zh" else one.name)]


@here.judge("your-firm")
def your_firm(answer: Answers) -> Iterator[Case]:
    """Any class number is right that is not another than the fixed one; a bet is neither right nor wrong yet."""
    say = here.says("your-firm")
    known, typed = classes.fixed(), classes.read(answer.get("code"))
    if "code" not in answer:
        yield Case(False, OPEN, key="code", open=True)
    else:
        yield Case(
            typed is not None and known in (None, typed),
            say["whole"] if typed is None else say["other"],
            {"code": known},
            "code",
        )
    yield Case("bet" in answer, OPEN, key="bet", open="bet" not in answer)


def card() -> dict[str, Any]:
    """The firm in a few numbers."""
    one = company()
    return {
        "class number": f"{class_number()}",
        "your firm": name_of(),
        "customers in the file": len(one.customers),
        "orders since January 2024": len(one.orders),
        "revenue of the last 365 days": float(one.groups["yearly"].sum()),
        "complaints still open": int((one.complaints["settled"] == "open").sum()),
    }


# -- classify ----------------------------------------------------------------------------------------------------------

WANTED = ("loyal", "new", "churned", "active", "loyal", "churned")


@once
def classified() -> pd.DataFrame:
    """All customers with ``class``, ``yearly``, ``stage`` and what these follow from."""
    one = company()
    table = lifecycle.stages(one.orders, TODAY, contacts=list(one.customers.index))
    found = one.groups[["class", "yearly"]].join(table[["stage", "recency", "age", "frequency", "recent_orders"]])
    return found.join(one.orders.groupby("customer_id")["date"].agg(first="min", last="max"))


@once
def by_class() -> pd.DataFrame:
    """The classes: ``customers``, ``from`` (yuan of the last 365 days from which a customer is in it), ``amount_share``."""
    groups = company().groups
    table = groups.groupby("class").agg(
        **{"customers": ("yearly", "size"), "from": ("yearly", "min"), "amount": ("yearly", "sum")}
    )
    return table.assign(amount_share=table["amount"] / table["amount"].sum()).drop(columns="amount")


@once
def six() -> list[str]:
    """Six customers, drawn by lot: of each stage that has purchases at least one."""
    table, lot = classified(), lot_of(1)
    wanted = [WANTED[at] for at in lot.permutation(len(WANTED))]
    known = table[table["frequency"] > 0]
    stage_of = dict(zip(map(str, known.index), known["stage"], strict=True))
    order = [str(known.index[at]) for at in lot.permutation(len(known))]
    found: list[str] = []
    for stage in wanted:
        left = [one for one in order if one not in found]
        found.append(next((one for one in left if stage_of[one] == stage), left[0]))
    return found


@here.numbers("which-stage")
@once
def which_stage() -> Numbers:
    """Stage and class of the six, and what their orders say."""
    table = classified().loc[six()]
    rows, right = {}, {}
    for place, (who, row) in enumerate(table.iterrows(), 1):
        rows[f"c{place}"] = {
            "name": called(str(who)),
            "first": f"{row['first']:%Y-%m-%d}",
            "last": f"{row['last']:%Y-%m-%d}",
            "recent": int(row["recent_orders"]),
            "yearly": f"{row['yearly']:,.0f}",
        }
        right[f"c{place}.stage"], right[f"c{place}.class"] = Right(str(row["stage"])), Right(str(row["class"]))
    return Numbers(right=right, rows=rows)


# -- whom to keep ------------------------------------------------------------------------------------------------------


@once
def _scored() -> pd.DataFrame:
    one = company()
    scores = rfm.score(rfm.summary(one.orders, TODAY))
    return scores.assign(segment=rfm.segment(scores)).join(one.groups[["yearly", "silent", "gap"]])


@once
def three() -> list[str]:
    """A customer who buys as ever, one who has broken its habit with much money at stake, if there is one by two to four of its gaps
    as the lesson's table has it, one who is as good as gone; in the order of a lot."""
    table = _scored()
    well = table[table["R"] == 5].sort_values("yearly", ascending=False, kind="stable").index[0]
    risk = table[(table["R"].isin([2, 3])) & (table["F"] >= 3) & (table["silent"] >= 2 * table["gap"])]
    near = risk[risk["silent"] <= 4 * risk["gap"]]
    risk = risk if near.empty else near
    if risk.empty:
        risk = table[(table["R"] == 2) & (table["silent"] > table["gap"])]
    stake = risk.sort_values("yearly", ascending=False, kind="stable").index[0]
    gone = table[(table["R"] == 1) & (table["yearly"] < table.at[stake, "yearly"]) & (table["silent"] > 180)]
    out = gone.sort_values("M", ascending=False, kind="stable").index[0]
    chosen = [str(well), str(stake), str(out)]
    return [chosen[at] for at in lot_of(2).permutation(3)]


def _kind(who: str) -> str:
    row = _scored().loc[who]
    return "well" if row["R"] == 5 else "gone" if row["R"] == 1 else "stake"


@here.numbers("whom-to-keep")
@once
def whom_to_keep() -> Numbers:
    """Their scores and segments; first comes the one with money at stake that calls can still reach."""
    table, chosen = _scored(), three()
    rows, right = {}, {}
    for place, who in enumerate(chosen, 1):
        row = table.loc[who]
        rows[f"k{place}"] = {
            **{"name": called(who), "r": int(row["R"]), "f": int(row["F"]), "m": int(row["M"])},
            **{"yearly": f"{row['yearly']:,.0f}", "gap": f"{row['gap']:.0f}", "silent": int(row["silent"])},
        }
        right[f"k{place}"] = Right(str(row["segment"]))
    kinds = {f"k{place}": _kind(who) for place, who in enumerate(chosen, 1)}
    first = Right(
        next(key for key, kind in kinds.items() if kind == "stake"),
        slip=lambda answers: kinds.get(str(answers.get("first")), ""),
    )
    options = [(f"k{place}", called(who)) for place, who in enumerate(chosen, 1)]
    return Numbers(rows=rows, right={**right, "first": first}, fields={"first": {"options": options}})


# -- qualify -----------------------------------------------------------------------------------------------------------

LETTERS = {"M": "money", "A": "authority", "N": "need"}


@once
def five() -> list[str]:
    """Five leads, among them those of whom least was heard."""
    truth = company().leads_truth
    heard = truth[[f"heard_{name}" for name in LETTERS.values()]]
    unknown = (heard == -1).sum(axis=1).to_numpy()
    order = lot_of(3).permutation(len(truth))
    most = sorted(order, key=lambda at: -unknown[at])[:2]
    return [str(truth.index[at]) for at in sorted([*most, *[at for at in order if at not in most][:3]])]


@here.numbers("what-was-heard")
@once
def what_was_heard() -> Numbers:
    """The letters of the five, as heard: capital, small or ?."""
    leads, truth = company().leads, company().leads_truth
    rows, right = {}, {}
    for place, who in enumerate(five(), 1):
        row = leads.loc[who]
        said = " ".join(tr(str(row[f"{name}_said"])) for name in LETTERS.values())
        rows[f"l{place}"] = {"name": row["name_zh" if current() == "zh" else "name"], "said": said}
        for letter, name in LETTERS.items():
            heard = int(truth.at[who, f"heard_{name}"])
            right[f"l{place}.{letter}"] = Right({1: letter, 0: letter.lower(), -1: "?"}[heard])
    return Numbers(right=right, rows=rows)


def win_rates() -> pd.DataFrame:
    """Last year's deals: how many were won, by combination, with the interval."""
    table = qualification.win_rates(company().deals)
    return table.rename(columns={"low": "low share", "high": "high share"})


@once
def prospects() -> pd.DataFrame:
    """The leads as they look by their notes: ``combination``, ``chance``, ``value`` a year and ``worth``, the highest first."""
    one = company()
    table = named(one.leads)[["name"]].join(one.judged)
    return table.sort_values("worth", ascending=False, kind="stable")


CALLS = 10
LIMIT = {"minimum": 0, "maximum": 60, "step": 1, "start": 0}


def _reached(limit: float) -> pd.DataFrame:
    table = prospects()
    return table[table["worth"] >= 1000 * limit]


@here.numbers("ten-calls")
@once
def ten_calls() -> Numbers:
    """The lowest limit that leaves ten leads, and what they bring."""
    steps = range(LIMIT["minimum"], LIMIT["maximum"] + 1)
    least = next(step for step in steps if len(_reached(step)) <= CALLS)
    ten = _reached(least)
    won = float(ten["chance"].sum())
    largest = company().judged.sort_values("value", ascending=False, kind="stable").head(len(ten))
    return Numbers(
        words={"n": len(ten)},
        right={
            "limit": Right(float(least), words=lambda answers: {"leads": len(_reached(float(answers["limit"])))}),
            "won": Right(
                won,
                within=0.25,
                slips={
                    "all": float(len(ten)),
                    "largest": float(largest["chance"].sum()),
                    "every": float(company().judged["chance"].sum()),
                },
            ),
        },
        fields={"limit": LIMIT},
    )


@here.live("ten-calls")
def _left_on_the_list(answers: Answers) -> list[str]:
    ten = _reached(float(answers["limit"]))
    return [tr(here.says("ten-calls")["line"], x=int(answers["limit"]), n=len(ten), worth=f"{ten['worth'].sum():,.0f}")]


# -- complaints --------------------------------------------------------------------------------------------------------


def complaints_by(column: str) -> pd.DataFrame:
    """Complaints by "district" or "reason": how many were settled ``well``, ``badly``, are ``open``, and ``share``: of all complaints."""
    one = company()
    table = one.complaints.join(one.customers["district"], on="customer_id")
    counts = pd.crosstab(table[column], table["settled"]).reindex(columns=["well", "badly", "open"], fill_value=0)
    counts.columns.name = None
    counts["share"] = counts.sum(axis=1) / len(table)
    return counts.sort_values("share", ascending=False, kind="stable")


# -- satisfaction ------------------------------------------------------------------------------------------------------


@once
def answered() -> pd.DataFrame:
    """The answers with district, class and ``bought since``: whether an order came in the quarter after the survey."""
    one = company()
    later = one.orders[one.orders["date"] > "2025-03-31"]
    table = one.survey.join(one.customers["district"]).join(one.groups["class"])
    return table.assign(since=table.index.isin(set(later["customer_id"])))


def by_district() -> pd.DataFrame:
    """The index of each district with its interval."""
    return satisfaction.by(answered(), "district")[["n", "expected", "perceived", "index", "low", "high"]]


@once
def by_satisfaction() -> pd.DataFrame:
    """The satisfied (perceived at least expected) and the others: ``customers``, and ``gone``: no order in the quarter after."""
    table = answered()
    met = (table["perceived"] >= table["expected"]).map({True: "satisfied", False: "less than expected"})
    found = table.groupby(met).agg(customers=("since", "size"), bought=("since", "sum"))
    found["gone"] = found["customers"] - found["bought"]
    found.index.name = "group"
    return found.reindex(["satisfied", "less than expected"]).fillna(0).astype("int64")[["customers", "gone"]]


def survey_sums() -> dict[str, float]:
    """Means and counts of the survey."""
    table, nps = answered(), satisfaction.nps(answered()["recommend"])
    return {
        "answers": len(table),
        "mean expected": round(float(table["expected"].mean()), 3),
        "mean perceived": round(float(table["perceived"].mean()), 3),
        "recommend with 9 or 10": nps.promoters,
        "recommend with 0 to 6": nps.detractors,
    }


@once
def west_against_others() -> tuple[float, float, float]:
    """The index of the West less that of the other districts, with its 95% interval."""
    table = answered()
    part = table.assign(where=(table["district"] == "West").map({True: "West", False: "else"}))
    found = satisfaction.by(part, "where")
    spread = float(np.hypot(*((found["high"] - found["low"]) / 2)))
    gap = float(found.at["West", "index"] - found.at["else", "index"])
    return gap, gap - spread, gap + spread


@here.numbers("how-satisfied")
@once
def how_satisfied() -> Numbers:
    """Index, NPS, the share of the satisfied who did not buy again, and whether the West is shown to be less content."""
    table, groups = answered(), by_satisfaction()
    a, b = float(table["expected"].mean()), float(table["perceived"].mean())
    nps = satisfaction.nps(table["recommend"])
    n = len(table)
    gone, size = groups.loc["satisfied"].reindex(["gone", "customers"])
    share = 100 * gone / size
    gap, low, high = west_against_others()
    where = "lower" if high < 0 else "higher" if low > 0 else "open"
    return Numbers(
        words={
            "gap": f"{gap:+.2f}".replace("-", "−"),
            "low": f"{low:+.2f}".replace("-", "−"),
            "high": f"{high:+.2f}".replace("-", "−"),
        },
        right={
            "index": Right(b / a, within=0.006, slips={"turned": a / b, "gap": [b - a, a - b]}),
            "nps": Right(
                float(nps.nps),
                within=0.6,
                slips={
                    "promoters": 100 * nps.promoters / n,
                    "count": float(nps.promoters - nps.detractors),
                    "turned": -float(nps.nps),
                },
            ),
            "gone": Right(
                share,
                within=0.6,
                slips={"of-gone": 100 * gone / max(groups["gone"].sum(), 1), "of-all": 100 * gone / n},
            ),
            "west": Right(where),
        },
    )


def aloud(name: str) -> dict[str, str]:
    """A table in a sentence: "classes", "wins", "complaints" or "gone". Raises ``KeyError`` for another name."""
    return {"read aloud": tr(here.texts[f"aloud-{name}"], **_ALOUD[name]())}


def _classes_aloud() -> dict[str, Any]:
    table = by_class()
    a, c = table.loc["A"], table.loc["C"]
    return {
        **{"a": int(a["customers"]), "all": int(table["customers"].sum()), "share": a["amount_share"]},
        **{"c": int(c["customers"]), "low": c["amount_share"]},
    }


def _wins_aloud() -> dict[str, Any]:
    table = qualification.win_rates(company().deals)
    best, worst = table.loc["M A N"], table.loc["m a n"]
    counts = {
        "won": int(best["won"]),
        "deals": int(best["deals"]),
        "won0": int(worst["won"]),
        "deals0": int(worst["deals"]),
    }
    shares = {name: best[name] for name in ("share", "low", "high")} | {
        f"{name}0": worst[name] for name in ("share", "low", "high")
    }
    return {**counts, **shares}


def _complaints_aloud() -> dict[str, Any]:
    one, by_place = company(), complaints_by("district")
    west = one.complaints[one.complaints["customer_id"].map(one.customers["district"]) == "West"]
    return {
        **{"customers": (one.customers["district"] == "West").mean(), "west": by_place.at["West", "share"]},
        **{
            "reason": tr(str(west["reason"].value_counts().index[0])),
            "open": int(by_place["open"].sum()),
            "all": len(one.complaints),
        },
    }


def _gone_aloud() -> dict[str, Any]:
    table = by_satisfaction()
    n, gone = table.loc["satisfied", ["customers", "gone"]]
    others, gone_too = table.loc["less than expected", ["customers", "gone"]]
    return {"n": n, "gone": gone, "n2": others, "gone2": gone_too}


_ALOUD = {"classes": _classes_aloud, "wins": _wins_aloud, "complaints": _complaints_aloud, "gone": _gone_aloud}


for _id in ("which-stage", "whom-to-keep", "what-was-heard", "ten-calls", "how-satisfied"):
    here.worked(_id)(partial(right_answers, LESSON, _id))
