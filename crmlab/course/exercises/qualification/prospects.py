"""Lesson 3.1, finding prospects: its numbers, and the call plan that a trainee takes away from it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from functools import cache
from html import escape
from itertools import pairwise
from typing import Any

import pandas as pd

from crmlab import funnel
from crmlab.course import session
from crmlab.course.cases import OPEN, Case, case, frame, gate
from crmlab.course.exercise_form import judged
from crmlab.course.form import Answers, number
from crmlab.course.hooks import Lesson, Numbers, Right
from crmlab.language import tr

here = Lesson("3.1")
text = here.texts

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")

WANTED, WEEKS, CERTAINTY = 6, 12, 0.9
"""What Zhou Min's manager wants: orders, within so many weeks; and how sure she wants to be."""

OLD = {"Calls": 500, "Talks": 200, "Visits": 30, "Orders": 9}
"""Zhou Min's year in the old district, made up."""
PORT = {"Calls": 420, "Talks": 105, "Visits": 42, "Orders": 3}
"""He Ping's year in another district, made up."""

_BY_WAY = (
    ("chain referral", 40, 28, 7, 3),
    ("allied firms", 50, 24, 5, 2),
    ("meetings and fairs", 90, 40, 7, 2),
    ("web", 60, 30, 5, 1),
    ("directories, by telephone", 260, 78, 6, 1),
)


def by_way() -> pd.DataFrame:
    """Zhou Min's 500 calls by the way in which the name was found: ``calls``, ``talks``, ``visits``, ``orders``. Made up."""
    return pd.DataFrame(_BY_WAY, columns=["way", "calls", "talks", "visits", "orders"]).set_index("way")


@cache
def rates() -> pd.Series:
    """The share that passes from stage to stage in the old district; do not change it."""
    return funnel.conversion(OLD)["rate"]


@cache
def _calls(orders: int, certainty: float = CERTAINTY) -> tuple[float, int]:
    """Calls for so many orders: expected and safe."""
    found = funnel.needed(orders, rates(), certainty).loc["start"]
    return float(found["expected"]), int(found["safe"])


# -- three rules, three decisions ------------------------------------------------------------------------------------

_CELLS = {
    "large.known": (10, 300),
    "large.unknown": (30, 420),
    "medium.known": (20, 360),
    "medium.unknown": (60, 480),
    "small.known": (25, 50),
    "small.unknown": (100, 90),
}
"""Names, and what they might order in a year, in thousands of yuan."""


@here.numbers("three-rules")
def focused() -> Numbers:
    """The field in which one call is worth most, and what stands in each field."""
    cell = here.says("three-rules")["cell"]
    texts = {key: tr(cell, names=names, sum=worth) for key, (names, worth) in _CELLS.items()}
    best = max(_CELLS, key=lambda key: _CELLS[key][1] / _CELLS[key][0])

    def marked(answers: Answers) -> dict[str, int]:
        names, worth = _CELLS[answers["first"]]
        return {"names": names, "sum": worth}

    return Numbers(right={"first": Right(best, words=marked)}, fields={"first": {"texts": texts}})


# -- how many calls a week? ------------------------------------------------------------------------------------------


@cache
def short_of(calls: int) -> float:
    """The probability that so many calls bring fewer than the orders wanted."""
    from scipy.special import bdtr

    return float(bdtr(WANTED - 1, calls, rates().dropna().prod()))


@here.numbers("calls-a-week")
def calls_wanted() -> Numbers:
    """The safe number of calls for the orders wanted, in all and a week."""
    expected, safe = _calls(WANTED)

    def slip(answers: Answers) -> str:
        got = answers["safe"]
        if abs(got - expected) < 1.5:
            return "average"
        return "six-times" if abs(got - WANTED * _calls(1)[1]) < 1 else ""

    return Numbers(right={"safe": Right(safe, within=0.5, slip=slip), "weekly": Right(safe / WEEKS, within=0.9)})


@here.code("calls-a-week")
def calls_a_week(answer: Any) -> Iterator[Case]:
    """The safe number of calls for six orders."""
    got = number(answer)
    yield gate(got is not None, here.says("calls-a-week")["one-number"], kind=type(answer).__name__)
    yield from judged("3.1", "calls-a-week", {"safe": got}, "safe")


# -- one more point --------------------------------------------------------------------------------------------------


@cache
def _port() -> pd.DataFrame:
    return funnel.conversion(PORT)


@here.numbers("one-more-point")
def last_step() -> Numbers:
    """What is lost at each step, the step with the lowest rate, and how many percent one point more brings there."""
    counts, rate = list(PORT.values()), _port()["rate"].dropna()
    lost = {key: before - after for key, (before, after) in zip(rate.index, pairwise(counts), strict=True)}
    right = {"step": Right(str(rate.idxmin())), "more": Right(100 * 0.01 / float(rate.min()), within=0.5)}
    return Numbers(right=right, fields={"step": {"bars": lost}})


@here.code("one-more-point")
def one_more_point(answer: Any) -> Iterator[Case]:
    """The funnel of He Ping as a table."""
    say = here.says("one-more-point")
    yield from frame(answer, ["count", "rate"])
    want = _port()
    yield gate(list(answer.index) == list(want.index), say["stages"], rows=", ".join(map(str, list(answer.index)[:8])))
    for key in want.index:
        got = answer.at[key, "count"]
        yield case(got == want.at[key, "count"], say["count"], stage=tr(key), got=got)


# -- your week -------------------------------------------------------------------------------------------------------

OWN = ("wanted", "weeks", "calls", "talks", "visits", "orders")
"""What a trainee says of the own work; all else follows from it."""


def _own(answers: Mapping[str, Any]) -> dict[str, int]:
    """The own numbers; empty as long as one is missing or 0, or more come out of a step than went in."""
    if not all(answers.get(key) for key in OWN):
        return {}
    own = {key: int(answers[key]) for key in OWN}
    return own if own["calls"] >= own["talks"] >= own["visits"] >= own["orders"] else {}


def _own_rates(own: Mapping[str, int]) -> pd.Series:
    """The share that passes from stage to stage."""
    return funnel.conversion({stage: own[stage.lower()] for stage in OLD})["rate"]


def _own_calls(own: Mapping[str, int]) -> tuple[float, int]:
    """Calls for the orders wanted: expected and safe."""
    found = funnel.needed(own["wanted"], _own_rates(own), CERTAINTY).loc["start"]
    return float(found["expected"]), int(found["safe"])


def _sure(own: Mapping[str, int], calls: int) -> float:
    """The probability that so many calls bring the orders wanted, the rate being known from the own orders alone."""
    from scipy.stats import betabinom

    return float(betabinom.sf(own["wanted"] - 1, calls, own["orders"] + 0.5, own["calls"] - own["orders"] + 0.5))


@here.live("my-week")
def _week_live(answers: Answers) -> list[str]:
    say = here.says("my-week")
    own = _own(answers)
    if not own:
        return [tr(say["move"])]
    one, two, three = _own_rates(own).dropna()
    expected, safe = _own_calls(own)
    return [
        tr(say["rates"], one=one, two=two, three=three),
        tr(say["calls"], wanted=own["wanted"], expected=expected, safe=safe),
        tr(say["doubt"], orders=own["orders"], sure=_sure(own, safe)),
    ]


@here.judge("my-week")
def my_week(answer: Answers) -> Iterator[Case]:
    """Own numbers are right as they are, if they can be; the calls a week follow from them."""
    say = here.says("my-week")
    labels = {one.key: tr(one.label) for one in here.fields("my-week")}
    for key in OWN:
        if key in answer:
            yield case(answer[key] > 0, say["zero"], key=key, label=labels[key])
        else:
            yield Case(False, OPEN, key=key, open=True)
    if "weekly" not in answer or not all(answer.get(key) for key in OWN):
        yield Case(False, OPEN, key="weekly", weight=4, open=True)
        return
    own, got = _own(answer), float(answer["weekly"])
    if not own:
        yield case(False, say["falling"], key="weekly", weight=4, **{key: int(answer[key]) for key in OWN[2:]})
        return
    expected, safe = (calls / own["weeks"] for calls in _own_calls(own))
    says = "average" if abs(got - expected) < 1 < abs(got - safe) else "other"
    yield case(abs(got - safe) < 1, say[says], key="weekly", weight=4, got=f"{got:g}", weeks=own["weeks"])


# -- what leaves the notebook ----------------------------------------------------------------------------------------


def call_plan(
    orders: int, weeks: int, rates: pd.Series | Mapping[str, float], certainty: float = CERTAINTY
) -> pd.DataFrame:
    """The calls of a week, from the orders wanted within so many weeks: the safe number of :func:`crmlab.funnel.needed`
    in equal weeks and nearly equal days.

    One row a working day: ``Calls``, and the ``Talks`` and ``Visits`` (all stages between calls and orders) that they
    bring on average. ``rates`` as for ``needed``. ``result.attrs`` holds ``orders``, ``weeks``, ``certainty``, ``safe``.

    >>> plan = call_plan(2, 10, {"Talks": .4, "Visits": .25, "Orders": .25})
    >>> plan["Calls"].tolist(), plan.attrs["safe"]
    ([4, 3, 3, 3, 3], 155)
    """
    table = funnel.needed(orders, rates, certainty)
    safe = int(table.at["start", "safe"])
    weekly = math.ceil(safe / weeks)
    calls = [weekly // len(DAYS) + (place < weekly % len(DAYS)) for place in range(len(DAYS))]
    plan = pd.DataFrame({"day": DAYS, "Calls": calls}).set_index("day")
    share = 1.0
    for stage, rate in table["rate"].iloc[1:-1].items():
        share *= float(rate)
        plan[str(stage)] = plan["Calls"] * share
    plan.attrs = {"orders": orders, "weeks": weeks, "certainty": certainty, "safe": safe}
    return plan


def my_plan() -> pd.DataFrame:
    """The plan from the trainee's own numbers in "my-week"; without them that of the lesson."""
    opened = session.opened()
    own = _own(opened.fields(here["my-week"])) if opened is not None else {}
    return call_plan(own["wanted"], own["weeks"], _own_rates(own)) if own else call_plan(WANTED, WEEKS, rates())


LIST_COLUMNS = (
    "no.",
    "day",
    "firm",
    "who decides?",
    "phone number",
    "way: where is the name from?",
    "the first sentence for this firm",
    "what was said",
    "next step, and by when",
)


def prospect_list(plan: pd.DataFrame) -> pd.DataFrame:
    """An empty prospect list with a line for each call of the week, in the trainee's language."""
    days = [tr(str(day)) for day, calls in plan["Calls"].items() for _one in range(int(calls))]
    table = pd.DataFrame("", index=range(len(days)), columns=list(LIST_COLUMNS))
    table["no."] = range(1, len(days) + 1)
    table["day"] = days
    return table


def plan_page(plan: pd.DataFrame) -> str:
    """The plan as a page for printing: the week, the eight habits to tick, and a line for each of the twelve ways."""

    def row(cells: list[str], tag: str = "td") -> str:
        return "<tr>" + "".join(f"<{tag}>{escape(cell)}</{tag}>" for cell in cells) + "</tr>"

    def week(name: str, line: pd.Series) -> str:
        return row([name, f"{line['Calls']:.0f}", *(f"{line[column]:.1f}" for column in between), "", ""])

    between = [column for column in plan.columns if column != "Calls"]
    names = [tr(str(name)) for name in ("day", "Calls", *between)]
    days = row([*names, tr(text["made"]), tr(text["sources"])], "th")
    days += "".join(week(tr(str(day)), line) for day, line in plan.iterrows())
    days += week(tr(text["whole-week"]), plan.sum())
    habits = "".join(
        f"<li>☐ {escape(tr(label))}</li>" for key, label in here.options("habits").items() if key != "fine"
    )
    ways = row([tr("way"), tr(text["three-names"]), tr("Calls"), tr("Visits")], "th")
    ways += "".join(row([tr(label), "", "", ""]) for label in here.options("ways").values())
    return (
        f"<h1>{escape(tr(text['page-title']))}</h1><p>{escape(tr(text['promise'], **plan.attrs))}</p>"
        f"<table style='width:100%'>{days}</table>"
        f"<h2>{escape(tr(text['habits']))}</h2><ul style='list-style:none;padding:0;columns:2'>{habits}</ul>"
        f"<h2>{escape(tr(text['ways']))}</h2><table style='width:100%'>{ways}</table>"
    )
