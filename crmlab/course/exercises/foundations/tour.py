"""Exercises of lesson 1.1, the tour: one of each kind, all on the wholesaler's invoices."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import cache
from html import escape

import pandas as pd

from crmlab import datasets, value
from crmlab.course import lessons
from crmlab.course.cases import OPEN, Case, case, chosen, close
from crmlab.course.exercise import exercise
from crmlab.course.form import Answers, Choice, Entry, Form, Row, Slider, number
from crmlab.language import _, tr

CALLS_A_DAY = 12
DAYS = 15
HALF = 0.5

SHOWN = (
    *(_("The five largest customers, in pounds"), _("All invoices of customer 12346, in pounds")),
    *(_("customer_id"), _("invoice"), _("date"), _("amount")),
)
"""Captions and column names of the tables in the lesson."""


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


# -- 1 a guess -------------------------------------------------------------------------------------------------------

_GUESSES = (
    ("20", _("about 20%")),
    ("40", _("about 40%")),
    ("60", _("about 60%")),
    ("75", _("about 75%")),
    ("90", _("about 90%")),
)


@exercise(
    "guess",
    lesson="1.1",
    points=1,
    title=_("Guess"),
    hints=(
        _("Think of your own customers: if the largest fifth left tomorrow, how much would you miss?"),
        _("The rule of thumb says 80. These customers stay a little below it."),
    ),
    right=_(
        "868 of the 4,338 customers brought 6.6 of 8.9 million pounds: 75%. That was your first point, and you have "
        "not written a line of code."
    ),
    form=Form(
        (Row(_("The largest 20% of the customers bring ..."), (Choice("share", _GUESSES, style="radio"),)),),
    ),
)
def guess(answer: Answers) -> Iterator[Case]:
    """What the largest fifth of the customers bring."""
    share = 100 * top_share(20)
    yield chosen(
        answer,
        "share",
        min((key for key, _label in _GUESSES), key=lambda key: abs(float(key) - share)),
        {
            "20": _("You said 20%: then every customer would bring the same. Do yours?"),
            "40": _("You said 40%, twice their number. Here the large ones stand out more than that. Once more?"),
            "60": _("You said 60%: about that comes from the largest 10% alone. And the next 10%?"),
            "90": _("You said 90%: for that you need the larger half of the customers. You have a fifth. Once more?"),
        },
    )


# -- 2 a dropdown a row ----------------------------------------------------------------------------------------------

_UNITS = (
    ("2", _("2 Classification")),
    ("3", _("3 Qualification")),
    ("4", _("4 Complaints")),
    ("5", _("5 Satisfaction")),
)
_HEARD = (
    (
        "list",
        "2",
        _("4,338 names, and time for twelve calls. Where do I start?"),
        _("Note 1: you chose unit {got}. Is it about one customer, or about the order of a whole list?"),
    ),
    (
        "lead",
        "3",
        _("He asked for a price list, for his files. Is that a lead?"),
        _("Note 2: you chose unit {got}. He has not bought anything yet. What would you need to know about him?"),
    ),
    (
        "wet",
        "4",
        _("Five days late, the boxes are wet, and nobody called me back!"),
        _("Note 3: you chose unit {got}. Read it aloud, with the exclamation mark. What does this caller need first?"),
    ),
    (
        "smile",
        "5",
        _("They smile whenever we visit. Would they recommend us?"),
        _("Note 4: you chose unit {got}. A smile is not a number. Which unit measures?"),
    ),
)


@exercise(
    "units",
    lesson="1.1",
    points=2,
    title=_("Which unit helps?"),
    hints=(
        _("Compare each note with the questions in the table above."),
        _("Each unit is needed once."),
    ),
    right=_(
        "Four sentences, four units. Which of them did you hear last week? That unit is a good place to go after this."
    ),
    form=Form(
        tuple(
            Row(text, (Choice(key, _UNITS, label=_("Course unit")),), quote=True) for key, _unit, text, _says in _HEARD
        ),
    ),
)
def units(answer: Answers) -> Iterator[Case]:
    """The unit that helps with each of four sentences."""
    for key, unit, _text, says in _HEARD:
        yield chosen(answer, key, unit, says)


# -- 3 fill in, or one line of code ----------------------------------------------------------------------------------


@exercise(
    "days",
    lesson="1.1",
    points=1,
    title=_("How many mornings?"),
    field="days",
    hints=(
        _("Twelve customers take one morning, twenty-four take two."),
        _("Divide the number of customers, 4,338, by 12."),
    ),
    right=_(
        "361 and a half mornings. At some 250 working days a year that is almost a year and a half: by then, the "
        "first customer has forgotten her. Somebody has to come first."
    ),
    form=Form((Row(_("Mornings to call all 4,338 customers"), (Entry("days", _("mornings")),)),)),
)
def days(answer: Answers) -> Iterator[Case]:
    """Customers divided by calls a morning."""
    customers = len(revenue())
    got = number(answer.get("days"))
    says = _("You have {got}. How many times do 12 calls fit into 4,338 customers?")
    if got is not None and got == customers * CALLS_A_DAY:
        says = _("You have {got}: that is customers times calls. Does she need more mornings if she calls faster?")
    elif got is not None and abs(got - customers) < 1:
        says = _("You have {got}: that is one call a morning. She manages twelve: how many mornings, then?")
    # 361, 361.5 and 362 are all what a person would say.
    yield close(answer, "days", customers / CALLS_A_DAY, says, tolerance=0.51)


# -- 4 a calculator --------------------------------------------------------------------------------------------------


def _live(at: Answers) -> list[str]:
    customers = names(at["top"])
    return [
        tr(
            _("{customers} customers. They brought {share} of the revenue."),
            customers=f"{customers:,}",
            share=f"{top_share(at['top']):.1%}",
        ),
        tr(_("{calls} calls a day: done in {days} working days."), calls=f"{at['calls']:g}", days=_days(at)),
    ]


def _days(at: Answers) -> str:
    return f"{names(at['top']) / at['calls']:,.1f}"


@exercise(
    "three-weeks",
    lesson="1.1",
    points=3,
    title=_("Three weeks"),
    hints=(
        _("First the upper slider: go down as far as the revenue stays at half or more. Then the lower one."),
        _("Every percent more is 43 more names. How few percent bring half of the revenue?"),
        _("One customer in twenty is enough. Now raise the calls a day until the days are 15 or fewer."),
    ),
    right=_(
        "217 customers, 15 calls a day, less than three weeks, and half of the money has heard from you: one customer "
        "in twenty. The other half is spread over 4,121 customers. Who looks after those?"
    ),
    form=Form(
        (
            Row(_("Whom to call"), (Slider("top", _("the largest"), 1, 40, 1, 30, "%"),)),
            Row(_("How fast"), (Slider("calls", _("calls a day"), 5, 30, 1, 12),)),
        ),
        live=_live,
    ),
)
def three_weeks(answer: Answers) -> Iterator[Case]:
    """At least half of the revenue, within 15 working days, with as few calls a day as possible."""
    for key in ("top", "calls"):
        if key not in answer:
            yield Case(False, OPEN, key=key, open=True)
    if "top" not in answer or "calls" not in answer:
        return
    top, calls = answer["top"], answer["calls"]
    enough = top_share(top) >= HALF
    in_time = names(top) / calls <= DAYS
    yield case(
        enough,
        _("The largest {top}% brought {share} of the revenue. She wants at least half: which way do you slide?"),
        key="top",
        top=f"{top:g}",
        share=f"{top_share(top):.1%}",
    )
    yield case(
        in_time,
        _("{calls} calls a day take {days} working days. Fewer names, or more calls?"),
        key="calls",
        calls=f"{calls:g}",
        days=_days(answer),
    )
    yield case(
        enough and in_time and calls <= fewest_calls(),
        _("And as few calls a day as possible: with {calls}, are there names on your list that you do not need?")
        if enough and in_time
        else _("As few calls a day as possible: see to the other two first, then come back to this."),
        calls=f"{calls:g}",
    )


@cache
def fewest_calls() -> int:
    """The least whole number of calls a day that reaches half of the revenue in time."""
    enough = next(percent for percent in range(1, 100) if top_share(percent) >= HALF)
    return math.ceil(names(enough) / DAYS)


# -- 5 find the mistake ----------------------------------------------------------------------------------------------


@exercise(
    "tenth",
    lesson="1.1",
    points=1,
    title=_("Find the mistake"),
    hints=(
        _("Look at both rows of the table, and at the signs of the amounts."),
        _(
            "An invoice number that begins with C is a credit note (贷项凭单): the money goes back. Add up the two amounts."
        ),
    ),
    right=_(
        "77,183.60 pounds in, 77,183.60 pounds out, sixteen minutes apart. Bo added up the orders and left out the "
        "credit notes, and so did the 8.9 million above: 8.3 million remain. Are there such rows in your list? "
        "Look before you call."
    ),
    form=Form(
        (
            Row(
                _("What is wrong with Bo's note?"),
                (
                    Choice(
                        "why",
                        (
                            ("nothing", _("Nothing: 77,183.60 pounds are a lot of money.")),
                            ("tenth", _("Tenth is not first: nine others come before.")),
                            ("one", _("One customer among 4,338 does not matter.")),
                            ("cancelled", _("The order was cancelled: no money was left.")),
                        ),
                        style="radio",
                    ),
                ),
            ),
        ),
    ),
)
def tenth(answer: Answers) -> Iterator[Case]:
    """The tenth-largest customer, whose only order was cancelled."""
    yield chosen(
        answer,
        "why",
        "cancelled",
        {
            "nothing": _("You chose “nothing”. Add up the two amounts in the table: how much is left?"),
            "tenth": _("Nine come before, true. But would this customer be tenth if both rows of the table counted?"),
            "one": _(
                "One of 4,338 is little. But this one takes a place among twelve calls. What do the two rows say?"
            ),
        },
    )


# -- on Monday -------------------------------------------------------------------------------------------------------


def plan() -> str:
    """A page to print: the other lessons with room for a day and an aim, and what to remember about the course."""
    head = "".join(
        f"<th>{escape(tr(text))}</th>" for text in (_("Lesson"), _("My day"), _("What I want to try with it"))
    )
    rows = "".join(
        f'<tr><td style="width:45%">☐ {escape(one.title())}</td><td style="width:15%"></td>'
        '<td style="height:2.6em"></td></tr>'
        for one in lessons.every()
        if one.number != "1.1"
    )
    remember = "".join(
        f"<li>{escape(tr(text))}</li>"
        for text in (
            _("Coming back: open the lesson, press “Run all”. My answers are there again."),
            _("Stuck: the hint button under the exercise; after a try, the worked answer."),
            _("Something looks broken: “Run all” once more. A lesson as it came: crmlab reset 2.3"),
            _("Still wrong: crmlab doctor looks for the fault and says what to do."),
        )
    )
    title, customer, memo = _("My plan"), _("A customer whom I want to understand better:"), _("To remember")
    return (
        f"<h1>{escape(tr(title))}</h1>"
        f"<p>{escape(tr(customer))} ______________________________</p>"
        f'<table style="width:100%"><tr>{head}</tr>{rows}</table>'
        f"<h2>{escape(tr(memo))}</h2><ul>{remember}</ul>"
    )
