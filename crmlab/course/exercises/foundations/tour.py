"""Lesson 1.1, the tour: what the wholesaler's invoices say, and the plan that leaves the lesson."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import cache
from html import escape

import pandas as pd

from crmlab import datasets, value
from crmlab.course import lessons
from crmlab.course.cases import OPEN, Case
from crmlab.course.form import Answers
from crmlab.course.hooks import Lesson, Numbers, Right
from crmlab.language import tr

here = Lesson("1.1")

CALLS_A_DAY = 12
DAYS = 15
HALF = 0.5


@cache
def revenue() -> pd.Series:
    """Pounds of all invoices above 0, by customer: what the lesson computes."""
    orders = datasets.load("online_retail_orders")
    return orders[orders["amount"] > 0].groupby("customer_id")["amount"].sum()


@cache
def top_share(percent: float) -> float:
    """The share of the revenue that the largest ``percent`` of the customers bring."""
    return value.pareto_share(revenue(), top=percent / 100)


def names(percent: float) -> int:
    """How many customers the largest ``percent`` are, rounded up.

    >>> names(20)
    868
    """
    return math.ceil(len(revenue()) * percent / 100)


@here.numbers("guess")
def guess() -> Numbers:
    """The option next to what the largest fifth of the customers bring."""
    share = 100 * top_share(20)
    return Numbers(right={"share": min(here.options("guesses"), key=lambda one: abs(float(one) - share))})


@here.numbers("days")
def days() -> Numbers:
    """Customers divided by calls a morning."""
    customers = len(revenue())
    slips = {"times": customers * CALLS_A_DAY, "one-a-morning": customers}
    # 361, 361.5 and 362 are all what a person would say.
    return Numbers(right={"days": Right(customers / CALLS_A_DAY, within=0.51, slips=slips)})


# -- three weeks -----------------------------------------------------------------------------------------------------


def _shown(at: Answers) -> dict[str, str]:
    """What a place of the sliders gives, as it is written."""
    return {
        "top": f"{at['top']:g}",
        "calls": f"{at['calls']:g}",
        "customers": f"{names(at['top']):,}",
        "share": f"{top_share(at['top']):.1%}",
        "days": f"{names(at['top']) / at['calls']:,.1f}",
    }


@here.live("three-weeks")
def _live(at: Answers) -> list[str]:
    say = here.says("three-weeks")
    return [tr(say["brought"], **_shown(at)), tr(say["done"], **_shown(at))]


@here.judge("three-weeks")
def three_weeks(answer: Answers) -> Iterator[Case]:
    """At least half of the revenue, within 15 working days, with as few calls a day as possible."""
    for key in ("top", "calls"):
        if key not in answer:
            yield Case(False, OPEN, key=key, open=True)
    if "top" not in answer or "calls" not in answer:
        return
    say, shown = here.says("three-weeks"), _shown(answer)
    enough = top_share(answer["top"]) >= HALF
    in_time = names(answer["top"]) / answer["calls"] <= DAYS
    yield Case(enough, say["half"], shown, "top")
    yield Case(in_time, say["in-time"], shown, "calls")
    both = enough and in_time
    yield Case(both and answer["calls"] <= fewest_calls(), say["fewest"] if both else say["later"], shown)


@cache
def fewest_calls() -> int:
    """The least whole number of calls a day that reaches half of the revenue in time."""
    enough = next(percent for percent in range(1, 100) if top_share(percent) >= HALF)
    return math.ceil(names(enough) / DAYS)


# -- on Monday -------------------------------------------------------------------------------------------------------


def plan() -> str:
    """A page to print: the other lessons with room for a day and an aim, and what to remember about the course."""

    def words(name: str) -> str:
        return escape(tr(here.texts[name]))

    head = "".join(f"<th>{words(name)}</th>" for name in ("lesson", "day", "try"))
    rows = "".join(
        f'<tr><td style="width:45%">☐ {escape(one.title())}</td><td style="width:15%"></td>'
        '<td style="height:2.6em"></td></tr>'
        for one in lessons.shown()
        if one.number != "1.1"
    )
    remember = "".join(f"<li>{words(name)}</li>" for name in ("again", "stuck", "broken", "doctor"))
    return (
        f"<h1>{words('plan')}</h1><p>{words('customer')} ______________________________</p>"
        f'<table style="width:100%"><tr>{head}</tr>{rows}</table><h2>{words("memo")}</h2><ul>{remember}</ul>'
    )
