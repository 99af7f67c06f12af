"""Lesson 7.1, one company: the firm of the class, its exercises, and the quarter under the trainee's plan.

All of it follows from the class number of the first form (:mod:`crmlab.course.classes`), and the debrief from the plan that was kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache, partial, wraps
from html import escape
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from crmlab import firm, lifecycle, qualification, rfm, satisfaction
from crmlab.course import classes, session
from crmlab.course.cases import OPEN, Case, gate
from crmlab.course.exercise_form import judged, right_answers
from crmlab.course.form import Answers, Choice, number
from crmlab.course.hooks import Lesson, Numbers, Right
from crmlab.firm import Firm, Outcome, Plan
from crmlab.language import current, tr

T = TypeVar("T")
R = TypeVar("R")
LESSON = "7.1"
here = Lesson(LESSON)
here.lists["stages"] = {str(key): str(name) for key, name in lifecycle.STAGES["name"].items()}
here.lists["segments"] = {str(key): str(name) for key, name in rfm.SEGMENTS["name"].items()}
here.lists["classes"] = {letter: letter for letter in "ABC"}

TODAY = str(firm.TODAY)
_WHOLE, _PERCENT = "{:,.0f}", "{:.0%}"
FORMATS = {
    **dict.fromkeys(
        ("orders", "yearly", "customers", "amount", "from", "value", "worth", "claim", "silent", "gap"), _WHOLE
    ),
    **dict.fromkeys(("chance", "share", "amount_share", "customer_share", "low share", "high share"), _PERCENT),
    "days": _WHOLE,
}
"""How the numbers in the lesson's tables are written."""
OUTCOME = dict.fromkeys(("revenue", "margin", "spent", "ahead", "total", "complaints", "lost", "won"), _WHOLE)
"""How those of a quarter are."""
SUMS = "{:,.10g}"
"""How means and counts of the survey are written."""


# -- the firm of the class ---------------------------------------------------------------------------------------------


def class_number() -> int:
    """The number of the class: fixed by whoever leads it, or typed in the first form; 0 for who learns alone."""
    return classes.of(LESSON, "your-firm", "code")


@cache
def _made(number: int) -> Firm:
    return firm.make(classes.seed(number))


def company() -> Firm:
    """The firm of the class.

    >>> len(company().customers)
    160
    """
    return _made(class_number())


def _once(function: Callable[[], T]) -> Callable[[], T]:
    """The function, worked out once for each class and language."""

    @cache
    def worked_out(_number: int, _language: str) -> T:
        return function()

    return wraps(function)(lambda: worked_out(class_number(), current()))


def name_of() -> str:
    """The firm's name in the trainee's language."""
    one = company()
    return one.name_zh if current() == "zh" else one.name


def named(table: pd.DataFrame) -> pd.DataFrame:
    """A table of customers or leads with one name, that of the trainee's language, in the first column."""
    names = table["name_zh"] if current() == "zh" else table["name"]
    rest = table.drop(columns=["name", "name_zh"])
    rest.insert(0, "name", names)
    return rest


def _called(who: str) -> str:
    row = company().customers.loc[who]
    return str(row["name_zh" if current() == "zh" else "name"])


def _lot(name: int) -> np.random.RandomState:
    return np.random.RandomState([company().seed, 700 + name])


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
    one = _made(typed)
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


@_once
def classified() -> pd.DataFrame:
    """All customers with ``class``, ``yearly``, ``stage`` and what these follow from."""
    one = company()
    table = lifecycle.stages(one.orders, TODAY, contacts=list(one.customers.index))
    found = one.groups[["class", "yearly"]].join(table[["stage", "recency", "age", "frequency", "recent_orders"]])
    return found.join(one.orders.groupby("customer_id")["date"].agg(first="min", last="max"))


@_once
def by_class() -> pd.DataFrame:
    """The classes: ``customers``, ``from`` (yuan of the last 365 days from which a customer is in it), ``amount_share``."""
    groups = company().groups
    table = groups.groupby("class").agg(
        **{"customers": ("yearly", "size"), "from": ("yearly", "min"), "amount": ("yearly", "sum")}
    )
    return table.assign(amount_share=table["amount"] / table["amount"].sum()).drop(columns="amount")


@_once
def six() -> list[str]:
    """Six customers, drawn by lot: of each stage that has purchases at least one."""
    table, lot = classified(), _lot(1)
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
@_once
def which_stage() -> Numbers:
    """Stage and class of the six, and what their orders say."""
    table = classified().loc[six()]
    rows, right = {}, {}
    for place, (who, row) in enumerate(table.iterrows(), 1):
        rows[f"c{place}"] = {
            "name": _called(str(who)),
            "first": f"{row['first']:%Y-%m-%d}",
            "last": f"{row['last']:%Y-%m-%d}",
            "recent": int(row["recent_orders"]),
            "yearly": f"{row['yearly']:,.0f}",
        }
        right[f"c{place}.stage"], right[f"c{place}.class"] = Right(str(row["stage"])), Right(str(row["class"]))
    return Numbers(right=right, rows=rows)


# -- whom to keep ------------------------------------------------------------------------------------------------------


@_once
def _scored() -> pd.DataFrame:
    one = company()
    scores = rfm.score(rfm.summary(one.orders, TODAY))
    return scores.assign(segment=rfm.segment(scores)).join(one.groups[["yearly", "silent", "gap"]])


@_once
def three() -> list[str]:
    """A customer who buys as ever, one who has broken its habit with much money at stake, one who is as good as gone; in the order of a lot."""
    table = _scored()
    well = table[table["R"] == 5].sort_values("yearly", ascending=False, kind="stable").index[0]
    risk = table[(table["R"].isin([2, 3])) & (table["F"] >= 3) & (table["silent"] >= 2 * table["gap"])]
    if risk.empty:
        risk = table[(table["R"] == 2) & (table["silent"] > table["gap"])]
    stake = risk.sort_values("yearly", ascending=False, kind="stable").index[0]
    gone = table[(table["R"] == 1) & (table["yearly"] < table.at[stake, "yearly"]) & (table["silent"] > 180)]
    out = gone.sort_values("M", ascending=False, kind="stable").index[0]
    chosen = [str(well), str(stake), str(out)]
    return [chosen[at] for at in _lot(2).permutation(3)]


def _kind(who: str) -> str:
    row = _scored().loc[who]
    return "well" if row["R"] == 5 else "gone" if row["R"] == 1 else "stake"


@here.numbers("whom-to-keep")
@_once
def whom_to_keep() -> Numbers:
    """Their scores and segments; first comes the one with money at stake that calls can still reach."""
    table, chosen = _scored(), three()
    rows, right = {}, {}
    for place, who in enumerate(chosen, 1):
        row = table.loc[who]
        rows[f"k{place}"] = {
            **{"name": _called(who), "r": int(row["R"]), "f": int(row["F"]), "m": int(row["M"])},
            **{"yearly": f"{row['yearly']:,.0f}", "gap": f"{row['gap']:.0f}", "silent": int(row["silent"])},
        }
        right[f"k{place}"] = Right(str(row["segment"]))
    kinds = {f"k{place}": _kind(who) for place, who in enumerate(chosen, 1)}
    first = Right(
        next(key for key, kind in kinds.items() if kind == "stake"),
        slip=lambda answers: kinds.get(str(answers.get("first")), ""),
    )
    options = [(f"k{place}", _called(who)) for place, who in enumerate(chosen, 1)]
    return Numbers(rows=rows, right={**right, "first": first}, fields={"first": {"options": options}})


# -- qualify -----------------------------------------------------------------------------------------------------------

LETTERS = {"M": "money", "A": "authority", "N": "need"}


@_once
def five() -> list[str]:
    """Five leads, among them those of whom least was heard."""
    truth = company().leads_truth
    heard = truth[[f"heard_{name}" for name in LETTERS.values()]]
    unknown = (heard == -1).sum(axis=1).to_numpy()
    order = _lot(3).permutation(len(truth))
    most = sorted(order, key=lambda at: -unknown[at])[:2]
    return [str(truth.index[at]) for at in sorted([*most, *[at for at in order if at not in most][:3]])]


@here.numbers("what-was-heard")
@_once
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


@_once
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
@_once
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


@_once
def answered() -> pd.DataFrame:
    """The answers with district, class and ``bought since``: whether an order came in the quarter after the survey."""
    one = company()
    later = one.orders[one.orders["date"] > "2025-03-31"]
    table = one.survey.join(one.customers["district"]).join(one.groups["class"])
    return table.assign(since=table.index.isin(set(later["customer_id"])))


def by_district() -> pd.DataFrame:
    """The index of each district with its interval."""
    return satisfaction.by(answered(), "district")[["n", "expected", "perceived", "index", "low", "high"]]


@_once
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


@_once
def west_against_others() -> tuple[float, float, float]:
    """The index of the West less that of the other districts, with its 95% interval."""
    table = answered()
    part = table.assign(where=(table["district"] == "West").map({True: "West", False: "else"}))
    found = satisfaction.by(part, "where")
    spread = float(np.hypot(*((found["high"] - found["low"]) / 2)))
    gap = float(found.at["West", "index"] - found.at["else", "index"])
    return gap, gap - spread, gap + spread


@here.numbers("how-satisfied")
@_once
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


# -- the plan ----------------------------------------------------------------------------------------------------------

SLIDERS = {
    "visits": (0, 25, 1, 0),
    "recovery": (0, 1500, 100, 0),
    "calls_a": (0, 3, 1, 3),
    "calls_silent": (0, 3, 1, 2),
    "calls_rest": (0, 3, 1, 1),
    "leads": (0, 24, 1, 1),
    "discount": (0, 10, 1, 5),
    "rewards": (0, 10_000, 1000, 4000),
}
"""Minimum, maximum, step and start: the start is the draft on the director's table."""
WEIGHTS = {"leads": 2.0, "visits": 1.0, "discount": 2.0, "van": 1.0, "recovery": 1.0}
ENOUGH = 0.03
"""A field may fall short of the careful plan's choice by this share of what that plan gains."""


def plan_of(answers: Mapping[str, Any], otherwise: Plan) -> Plan:
    """The plan that was clicked; what is open is taken from another plan."""
    given: dict[str, Any] = {}
    for name in SLIDERS:
        value = number(answers.get(name))
        given[name] = getattr(otherwise, name) if value is None else value / 100 if name == "discount" else int(value)
    given["leads_by"] = str(answers.get("leads_by", otherwise.leads_by))
    given["van"] = answers["van"] == "yes" if "van" in answers else otherwise.van
    return Plan(**given)


def clicks_of(plan: Plan) -> Answers:
    """A plan as it is clicked."""
    found: Answers = {name: float(getattr(plan, name)) for name in SLIDERS}
    return {
        **found,
        "discount": round(100.0 * plan.discount, 6),
        "leads_by": plan.leads_by,
        "van": "yes" if plan.van else "no",
    }


def my_plan() -> Plan | None:
    """The plan that was handed in; ``None`` while anything of it is open. Outside a session the careful one."""
    kept = session.kept(LESSON, "my-plan")
    if kept is None:
        return firm.careful(company())
    form = here["my-plan"].form()
    given = form.clean(kept) if form is not None else {}
    whole = {*SLIDERS, "leads_by", "van"} <= set(given)
    return plan_of(given, Plan()) if whole else None


@here.numbers("my-plan")
def the_plan() -> Numbers:
    """The sliders with the draft of the director's table."""
    count = firm.sizes(company())
    keys = ("minimum", "maximum", "step", "start")
    fields = {name: dict(zip(keys, values, strict=True)) for name, values in SLIDERS.items()}
    words = {
        **{f"n_{name}": size for name, size in count.items()},
        "hours": int(firm.HOURS),
        "money": f"{firm.MONEY:,.0f}",
    }
    return Numbers(words=words, fields=fields)


@here.live("my-plan")
def _what_it_takes(answers: Answers) -> list[str]:
    say, count = here.says("my-plan"), firm.sizes(company())
    plan = plan_of(answers, Plan())
    hours, money = plan.hours(**count), plan.money(count["open"])
    return [
        tr(say["hours"], got=f"{hours:g}", most=f"{firm.HOURS:g}"),
        tr(say["money"], got=f"{money:,.0f}", most=f"{firm.MONEY:,.0f}"),
    ]


@here.judge("my-plan")
def my_plan_judged(answer: Answers) -> Iterator[Case]:
    """Hours and money suffice, and no field costs much against the careful plan's choice, all others as they are. By expectation:
    luck earns no points."""
    say, one, count = here.says("my-plan"), company(), firm.sizes(company())
    good = firm.careful(one)
    plan = plan_of(answer, good)
    total = firm.expected(one, plan).total
    gain = firm.expected(one, good).total - firm.expected(one, firm.nothing()).total
    theirs = clicks_of(good)
    hours, money = plan.hours(**count), plan.money(count["open"])
    whole = all(name in answer for name in theirs)
    for key, got, most in (("hours", hours, firm.HOURS), ("money", money, firm.MONEY)):
        says = say[f"too-many-{key}"]
        yield Case(
            got <= most, says, {"got": f"{got:,.0f}", "most": f"{most:,.0f}"}, key, 2.0, open=not whole and got <= most
        )
    for name, best in theirs.items():
        weight = WEIGHTS.get(name, 0.5)
        if name not in answer:
            yield Case(False, OPEN, key=name, weight=weight, open=True)
            continue
        missed = firm.expected(one, plan_of({**answer, name: best}, good)).total - total
        shown = next(
            (
                field.show(answer[name])
                for field in here.fields("my-plan")
                if field.key == name and isinstance(field, Choice)
            ),
            None,
        )
        shown = shown or f"{float(answer[name]):,.0f}"
        yield Case(
            missed <= ENOUGH * gain,
            say[f"look-{name}"],
            {"got": shown, **{f"n_{key}": size for key, size in count.items()}},
            name,
            weight,
        )


# -- what came of it ---------------------------------------------------------------------------------------------------


@cache
def _ran(number: int, plan: Plan) -> Outcome:
    return firm.next_quarter(_made(number), plan)


def ran(plan: Plan) -> Outcome:
    """The quarter under a plan: once, and on average."""
    return _ran(class_number(), plan)


def not_yet() -> dict[str, str]:
    """What stands in the place of a table of the quarter until a plan is handed in."""
    return {"July to September": str(here.texts["not-yet"])}


def plans() -> dict[str, Plan]:
    """The plans that are compared: nothing, the draft that comes to mind first, the trainee's if it is whole, and a careful one."""
    one, mine = company(), my_plan()
    own = {"your plan": mine} if mine else {}
    return {"do nothing": firm.nothing(), "the draft": firm.naive(one), **own, "a careful plan": firm.careful(one)}


def _revealed(function: Callable[[], R]) -> Callable[[], R | dict[str, str]]:
    """The function where a plan is handed in, else :func:`not_yet`: nobody plans with what comes out afterwards at hand."""
    return wraps(function)(lambda: not_yet() if my_plan() is None else function())


@_revealed
def outcomes() -> pd.DataFrame:
    """What each plan brought: revenue, margin, spent, ahead, total in yuan, wrong orders, lost customers, won leads."""
    rows = {}
    for name, plan in plans().items():
        result = ran(plan).came
        rows[name] = {"total": result.total, **vars(result)}
    table = pd.DataFrame.from_dict(rows, orient="index")[
        ["revenue", "margin", "spent", "ahead", "total", "complaints", "lost", "won"]
    ]
    table.index.name = "plan"
    return table


@_revealed
def luck_and_skill() -> pd.DataFrame:
    """Each plan against doing nothing, in yuan: ``came`` more than nothing, of which ``plan`` (on average) and ``luck``; and between which
    totals, less that of nothing on average, 8 of 10 quarters under it lie: ``low``, ``high``."""
    zero = ran(firm.nothing())
    rows = {}
    for name, plan in plans().items():
        found = ran(plan)
        base = zero.expected.total
        rows[name] = {
            "came": found.came.total - base,
            "by the plan": found.expected.total - base,
            "by luck": found.luck,
            "eight of ten from": found.low - base,
            "eight of ten to": found.high - base,
        }
    table = pd.DataFrame.from_dict(rows, orient="index")
    table.index.name = "plan"
    return table


BETS = {
    "discount": Plan(discount=0.05),
    "calls": Plan(calls_a=1, calls_silent=1, calls_rest=1),
    "complaints": Plan(visits=99, recovery=600.0),
    "leads": Plan(leads=10),
    "van": Plan(van=True),
}
"""What the first form lets bet on, each alone."""


@_revealed
def alone() -> pd.DataFrame:
    """What each measure of the first form's bet brings by itself on average, against doing nothing, in yuan after its cost; ``your bet``."""
    one, options = company(), here.options("bets")
    bet = (session.kept(LESSON, "your-firm") or {}).get("bet")
    zero = firm.expected(one, firm.nothing()).total
    table = pd.DataFrame(
        {
            "measure": [str(options[name]) for name in BETS],
            "on average": [firm.expected(one, plan).total - zero for plan in BETS.values()],
            "your bet": ["✓" if name == bet else "" for name in BETS],
        }
    )
    return table.sort_values("on average", ascending=False, kind="stable").set_index("measure")


@_revealed
def what_nobody_saw() -> dict[str, float]:
    """Of the groups of the plan: who had left already, what the leads had in truth, what the complaints had cost."""
    one = company()
    gone = ~one.truth["alive"]
    group = one.groups["group"]
    heard = one.leads_truth["heard_need"] == -1
    return {
        "silent customers": int((group == "silent").sum()),
        "of these had left already": int((gone & (group == "silent")).sum()),
        "silent for more than 180 days": int((group == "lost").sum()),
        "of these still there": int((~gone & (group == "lost")).sum()),
        "leads whose need nobody had heard": int(heard.sum()),
        "of these had the need": int((heard & one.leads_truth["need"]).sum()),
    }


def _thousands(value: float) -> float:
    return value / 1000


@here.numbers("luck-or-skill")
def luck_or_skill() -> Numbers:
    """What the plan brings on average against nothing, and what the luck of this quarter was, in thousand yuan."""
    plan = my_plan()
    zero, mine = ran(firm.nothing()), ran(plan or firm.careful(company()))
    skill, luck = _thousands(mine.expected.total - zero.expected.total), _thousands(mine.luck)
    came = _thousands(mine.came.total - zero.expected.total)
    words = {
        "came": f"{came:+,.0f}".replace("-", "−"),
        "skill": f"{skill:+,.0f}".replace("-", "−"),
        "luck": f"{luck:+,.0f}".replace("-", "−"),
        "spent": f"{mine.money:,.0f}",
    }
    if plan is None:
        words = dict.fromkeys(words, "…")
    within = max(1.0, 0.01 * abs(skill))
    return Numbers(
        words=words,
        right={
            "skill": Right(
                skill,
                within=within,
                slips={"came": came, "total": _thousands(mine.expected.total), "yuan": 1000 * skill},
            ),
            "luck": Right(
                luck, within=max(1.0, 0.01 * abs(luck)), slips={"turned": -luck, "came": came, "yuan": 1000 * luck}
            ),
        },
    )


@here.judge("luck-or-skill")
def luck_or_skill_judged(answer: Answers) -> Iterator[Case]:
    """Once a plan is handed in, each field by the numbers."""
    yield gate(my_plan() is not None, here.texts["not-yet"])
    yield from judged(LESSON, "luck-or-skill", answer)


for _id in ("which-stage", "whom-to-keep", "what-was-heard", "ten-calls", "how-satisfied", "luck-or-skill"):
    here.worked(_id)(partial(right_answers, LESSON, _id))


@here.worked("my-plan")
def _worked_plan() -> Answers:
    return clicks_of(firm.careful(company()))


# -- what leaves the lesson --------------------------------------------------------------------------------------------


def plan_sheet() -> pd.DataFrame:
    """The plan as a sheet for the desk: what, for whom, how much, hours, yuan, and empty columns for who and until when."""
    one, mine = company(), my_plan() or Plan()
    count, say = firm.sizes(one), here.says("my-plan")
    each = {
        "visits": (count["open"], min(mine.visits, count["open"]), 3 * min(mine.visits, count["open"]), 0.0),
        "recovery": (count["open"], mine.recovery, 0.0, mine.recovery * count["open"]),
        "calls_a": (count["a"], mine.calls_a, 0.5 * mine.calls_a * count["a"], 0.0),
        "calls_silent": (count["silent"], mine.calls_silent, 0.5 * mine.calls_silent * count["silent"], 0.0),
        "calls_rest": (count["rest"], mine.calls_rest, 0.5 * mine.calls_rest * count["rest"], 0.0),
        "leads": (len(one.leads), mine.leads, 4.0 * mine.leads, 0.0),
        "discount": (len(one.customers), 100 * mine.discount, 0.0, 0.0),
        "rewards": (count["a"], mine.rewards, 0.0, mine.rewards),
        "van": (int((one.customers["district"] == "West").sum()), int(mine.van), 0.0, 25_000.0 * mine.van),
    }
    rows = [(tr(say[f"name-{name}"]), *values) for name, values in each.items()]
    table = pd.DataFrame(rows, columns=["what", "for how many", "how much", "hours", "yuan"]).set_index("what")
    return table.assign(who="", until="", **{"checked on": ""})


def outcome_page() -> str:
    """The outcome as a page: the plan, what it brought beside the others, luck and plan apart."""
    came, apart = outcomes(), luck_and_skill()
    if isinstance(came, dict) or isinstance(apart, dict):
        return f"<p>{escape(tr(here.texts['not-yet']))}</p>"
    title = tr(here.texts["page-title"], name=name_of(), code=class_number())
    parts = [f"<h1>{escape(title)}</h1>"]
    for name, table in (("page-plan", plan_sheet().iloc[:, :4]), ("page-came", came), ("page-luck", apart)):
        shown = table.rename(columns=lambda one: tr(str(one)), index=lambda one: tr(str(one))).rename_axis(None)
        parts += [
            f"<h2>{escape(tr(here.texts[name]))}</h2>",
            shown.to_html(float_format=lambda value: f"{value:,.0f}", border=0),
        ]
    return "\n".join([*parts, f"<p>{escape(tr(here.texts['page-made-up']))}</p>"])
