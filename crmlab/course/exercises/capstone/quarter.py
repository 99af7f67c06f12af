"""Lesson 7.1: the plan for the next quarter, and what came of it once it was handed in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cache, partial, wraps
from html import escape
from typing import Any, TypeVar

import pandas as pd

from crmlab import firm
from crmlab.course import session
from crmlab.course.cases import OPEN, Case, gate
from crmlab.course.exercise_form import judged, right_answers
from crmlab.course.exercises.capstone.firm_of_class import LESSON, class_number, company, firm_of, here, name_of
from crmlab.course.form import Answers, Choice, number
from crmlab.course.hooks import Numbers, Right
from crmlab.firm import Firm, Outcome, Plan
from crmlab.firm.plan import LEAD
from crmlab.language import tr

R = TypeVar("R")


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
WHOLE, NEARLY = 8.0, 0.9
"""The weight of what the whole plan gains, and the share of the careful plan's gain that counts as all of it."""
WEIGHTS = {"leads": 1.5, "visits": 1.0, "discount": 1.0, "van": 1.0, "recovery": 1.0}
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


FIRST_TO_GO = ("calls_rest", "calls_silent", "calls_a", "visits", "leads", "rewards", "recovery")
"""What gives way, in this order, where something else needs its hours or its money."""


def instead(one: Firm, plan: Plan, name: str, good: Plan) -> Plan:
    """The plan with another plan's choice in one field, and all others as near as hours and money allow: what the choice needs
    comes from where the plan does more than the other one, and hours that it leaves free go to leads."""
    count = firm.sizes(one)
    found = replace(plan, **{name: getattr(good, name)})

    def fits(tried: Plan) -> bool:
        return tried.hours(**count) <= firm.HOURS and tried.money(count["open"]) <= firm.MONEY

    if not fits(plan):
        return found
    for other in FIRST_TO_GO:
        while not fits(found) and getattr(found, other) > getattr(good, other):
            found = replace(found, **{other: max(getattr(found, other) - SLIDERS[other][2], getattr(good, other))})
    free = plan.hours(**count) - found.hours(**count)
    if name != "leads" and free >= LEAD:
        found = replace(found, leads=min(found.leads + int(free // LEAD), len(one.leads)))
    return found


@here.judge("my-plan")
def my_plan_judged(answer: Answers) -> Iterator[Case]:
    """What the plan gains over doing nothing, as a share of what the careful plan gains; no field costs much against that plan's
    choice (:func:`instead`); hours and money suffice. By expectation: luck earns no points."""
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
            got <= most, says, {"got": f"{got:,.0f}", "most": f"{most:,.0f}"}, key, open=not whole and got <= most
        )
    if whole:
        within = hours <= firm.HOURS and money <= firm.MONEY
        share = max((total - firm.expected(one, firm.nothing()).total) / gain, 0.0) if within else 0.0
        says = say["look-whole" if within else "look-over"]
        yield Case(share >= NEARLY, says, {"got": f"{share:.0%}"}, "whole", WHOLE, part=min(share, 1.0))
    else:
        yield Case(False, OPEN, key="whole", weight=WHOLE, open=True)
    for name in theirs:
        weight = WEIGHTS.get(name, 0.25)
        if name not in answer:
            yield Case(False, OPEN, key=name, weight=weight, open=True)
            continue
        missed = firm.expected(one, instead(one, plan, name, good)).total - total
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
    return firm.next_quarter(firm_of(number), plan)


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
    ].rename(columns={"complaints": "orders gone wrong"})
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
    words = {"came": "…" if plan is None else f"{came:+,.0f}".replace("-", "−")}
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


here.worked("luck-or-skill")(partial(right_answers, LESSON, "luck-or-skill"))


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
    for name, table, written in (
        ("page-plan", plan_sheet().iloc[:, :4], "{:,.10g}"),
        ("page-came", came, "{:,.0f}"),
        ("page-luck", apart, "{:+,.0f}"),
    ):
        shown = table.rename(columns=lambda one: tr(str(one)), index=lambda one: tr(str(one))).rename_axis(None)
        parts += [
            f"<h2>{escape(tr(here.texts[name]))}</h2>",
            shown.to_html(float_format=written.format, border=0),
        ]
    return "\n".join([*parts, f"<p>{escape(tr(here.texts['page-made-up']))}</p>"])
