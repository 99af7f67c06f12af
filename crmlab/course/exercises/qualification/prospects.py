"""Exercises of lesson 3.1, finding prospects, and the call plan that a trainee takes away from it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from html import escape
from itertools import pairwise
from typing import Any

import pandas as pd

from crmlab import funnel
from crmlab.course.cases import Case, case, chosen, close, frame, gate, matched, ordered
from crmlab.course.exercise import exercise
from crmlab.course.form import Answers, Choice, Entry, Form, Mark, Order, Row, matching, number
from crmlab.language import _, tr

# Column names and cells that the lesson shows in its tables.
COLUMNS = (
    _("stage"),
    _("Calls"),
    _("Talks"),
    _("Visits"),
    _("Orders"),
    _("calls"),
    _("talks"),
    _("visits"),
    _("orders"),
    _("start"),
    _("count"),
    _("rate"),
    _("low"),
    _("high"),
    _("per_order"),
    _("per_visit"),
    _("expected"),
    _("safe"),
    _("one_point_more"),
    _("way"),
    _("day"),
)
DAYS = (_("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"))

WANTED, WEEKS, CERTAINTY = 6, 12, 0.9
"""What Zhou Min's manager wants: orders, within so many weeks; and how sure she wants to be."""

OLD = {"Calls": 500, "Talks": 200, "Visits": 30, "Orders": 9}
"""Zhou Min's year in the old district, made up."""
PORT = {"Calls": 420, "Talks": 105, "Visits": 42, "Orders": 3}
"""He Ping's year in another district, made up."""

_BY_WAY = (
    (_("chain referral"), 40, 28, 7, 3),
    (_("allied firms"), 50, 24, 5, 2),
    (_("meetings and fairs"), 90, 40, 7, 2),
    (_("web"), 60, 30, 5, 1),
    (_("directories, by telephone"), 260, 78, 6, 1),
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


def _picked(answer: Answers, field: Choice | Mark, want: str, says: str, **values: str) -> Case:
    """As ``chosen``, but {got} is the option as the trainee read it."""
    made = chosen(answer, field.key, want, says)
    if made.open:
        return made
    return replace(made, values={**values, "got": field.show(answer[field.key]).rstrip(".。")})


# -- 1 Which way is this? --------------------------------------------------------------------------------------------

WAYS = (
    ("records", _("records and directories")),
    ("new", _("new contacts")),
    ("chain", _("chain referral")),
    ("halo", _("halo")),
    ("meetings", _("meetings and fairs")),
    ("allied", _("allied firms")),
    ("web", _("web")),
    ("agents", _("agents")),
    ("mail", _("direct mail")),
    ("phone", _("telephone")),
    ("snowball", _("snowball")),
    ("consultants", _("market consultants")),
)
SCENES = (
    (
        "yearbook",
        _(
            "The port authority prints a yearbook of bonded warehouses. She marks all with more than twenty loading doors."
        ),
        "records",
        _("The yearbook: you chose “{got}”. Has she spoken to anybody yet?"),
    ),
    (
        "tang",
        _(
            "In the fruit hall all look to old Mr Tang: what he uses, the others want. So she works on him before anyone else."
        ),
        "halo",
        _("Mr Tang: you chose “{got}”. Why him, and why first?"),
    ),
    (
        "gloves",
        _(
            "On a forum for stock-keepers somebody asks which scanner survives minus 25 degrees. She answers, with her name."
        ),
        "web",
        _("The forum: you chose “{got}”. Where do the two meet?"),
    ),
    (
        "eight",
        _(
            "She writes down eight people she knows at the port: two drivers, a customs clerk, the tenant of the canteen. None "
            "buys scanners. Each is asked for two names, and each of those for two more."
        ),
        "snowball",
        _(
            "The eight: you chose “{got}”. How many of them are customers, and what happens to the list from round to round?"
        ),
    ),
    (
        "labels",
        _("A maker of label printers and she tell each other which warehouse is being fitted out."),
        "allied",
        _("Label printers: you chose “{got}”. What does the other side get out of it?"),
    ),
    (
        "badminton",
        _("Tuesdays the people of the logistics park play badminton. She joins in, and for a month sells nothing."),
        "new",
        _("Badminton: you chose “{got}”. What does she have after a month that she did not have before?"),
    ),
    (
        "retired",
        _("A retired dock foreman brings her firms, and gets a fixed sum for each order that is signed."),
        "agents",
        _("The foreman: you chose “{got}”. Who looks for the firms, and what is he paid for?"),
    ),
    (
        "sent",
        _(
            "“Whom else should I ring, and may I say that you sent me?” The cold store that bought in May gives two names."
        ),
        "chain",
        _("The cold store: you chose “{got}”. What had it done in May?"),
    ),
    (
        "hall4",
        _("Two days at the spring logistics show, hall 4: forty business cards, nineteen of them from warehouses."),
        "meetings",
        _("Hall 4: you chose “{got}”. Why were so many of them in one place?"),
    ),
    (
        "letter",
        _(
            "200 warehouse managers find an envelope on their desk, with their own name on it and a sample label inside."
        ),
        "mail",
        _("The envelope: you chose “{got}”. How does it get to the desk?"),
    ),
    (
        "planners",
        _("An engineering office that plans warehouses tells her for a fee which firms will build next year."),
        "consultants",
        _("The engineering office: you chose “{got}”. What does she pay for: an order, or knowledge?"),
    ),
    (
        "hour",
        _("From nine to ten she rings one number after the other. Nobody there has ever heard of her."),
        "phone",
        _("Nine to ten: you chose “{got}”. By what does the stranger first learn of her?"),
    ),
)


@exercise(
    "which-way",
    lesson="3.1",
    points=6,
    title=_("Which way is this?"),
    form=lambda: Form(tuple(Row(text, (_way(key),)) for key, text, _want, _ask in SCENES)),
    hints=(
        _("Ask of each line: who or what brings the name to her desk?"),
        _(
            "Somebody else looks and is paid: by order, or for knowledge? Somebody names others: a customer, or anybody?"
        ),
        _("Each of the twelve ways is used once."),
    ),
    right=_(
        "Twelve of twelve. In practice they are mixed: a name from the yearbook, a word from Mr Tang, then the telephone. That is why the "
        "list needs a column that says where each name came from."
    ),
)
def which_way(answer: Answers) -> Iterator[Case]:
    """Twelve scenes, one way each."""
    for key, _text, want, ask in SCENES:
        yield _picked(answer, _way(key), want, ask)


def _way(key: str) -> Choice:
    return Choice(key, WAYS)


# -- 2 Three rules, three decisions ----------------------------------------------------------------------------------

OPENING = Choice(
    "opening",
    (
        ("range", _("“We are a leading maker, with scanners for every kind of warehouse, large or small.”")),
        ("price", _("“This week all new customers in your district get a special price on our whole range.”")),
        ("cold", _("“At minus 25 degrees: do your people take their gloves off to key in a number?”")),
        ("self", _("“I am new in the district, and I should like to introduce myself and our firm to you.”")),
    ),
    style="radio",
)
_SIZES = (("large", _("large")), ("medium", _("medium")), ("small", _("small")))
_NEEDS = (("known", _("a need is known")), ("unknown", _("nothing known yet")))
_CELLS = {
    "large.known": (10, 300),
    "large.unknown": (30, 420),
    "medium.known": (20, 360),
    "medium.unknown": (60, 480),
    "small.known": (25, 50),
    "small.unknown": (100, 90),
}
"""Names, and what they might order in a year, in thousands of yuan."""


def _first() -> Mark:
    return Mark(
        "first",
        "cells",
        rows=_SIZES,
        columns=_NEEDS,
        texts=tuple(
            (key, tr(_("{names} names · {sum},000 yuan"), names=names, sum=worth))
            for key, (names, worth) in _CELLS.items()
        ),
        label=_("Which names first?"),
        title=_("245 names of the harbour district, and what they might order in a year"),
    )


STEPS = Order(
    "steps",
    (
        ("visit", _("a visit at a fixed hour")),
        ("name", _("a name that fits the description")),
        ("trial", _("three devices on trial for two weeks")),
        ("talk", _("three minutes with somebody who can judge the need")),
        ("order", _("the order")),
    ),
)
STEPS_WANT = ("name", "talk", "visit", "trial", "order")


@exercise(
    "three-rules",
    lesson="3.1",
    points=3,
    title=_("Three rules, three decisions"),
    form=lambda: Form(
        (
            Row(
                _(
                    "Tailored. She rings the stock manager of a frozen-fish importer. With which sentence does she begin?"
                ),
                (OPENING,),
            ),
            Row(
                _("Focused. A call costs the same whomever she rings. Mark the field in which one call is worth most."),
                (_first(),),
            ),
            Row(
                _("Step by step. What does she try to reach, one thing after the other? Put in order."),
                (STEPS,),
            ),
        )
    ),
    hints=(
        _("Tailored: which of the sentences could be said to no other firm?"),
        _("Focused: the largest sum is not it. How many calls share each sum?"),
        _("Step by step: what must have been said before anybody gives you an hour, or tries a device?"),
    ),
    right=_(
        "Ten names of 245, and a call is worth 30,000 yuan there; in the field with the largest sum it is worth 8,000. What a name "
        "might order is a guess, to be sure: write down where it comes from."
    ),
)
def three_rules(answer: Answers) -> Iterator[Case]:
    """An opening, a field, an order."""
    yield chosen(
        answer,
        "opening",
        "cold",
        {
            "range": _(
                "Tailored: you would say that you have something for every warehouse. What in it is about this one?"
            ),
            "price": _("Tailored: a special price on everything. Does he know already that he needs any of it?"),
            "self": _("Tailored: you introduce yourself. Whom is the sentence about, him or you?"),
        },
    )
    best = max(_CELLS, key=lambda key: _CELLS[key][1] / _CELLS[key][0])
    got = answer.get("first", "")
    names, worth = _CELLS.get(got, (1, 0))
    yield replace(
        _picked(
            answer,
            _first(),
            best,
            _("Focused: {names} calls share {sum},000 yuan there. What is one of them worth, and elsewhere?"),
        ),
        values={"names": names, "sum": worth},
    )
    yield ordered(
        answer,
        "steps",
        STEPS_WANT,
        {
            "talk": _("Step by step: three minutes with whom? What must you have before you can dial?"),
            "visit": _("Step by step: why should a stranger keep an hour free? What comes before a visit?"),
            "trial": _(
                "Step by step: you hand out devices. Do you know already where in that store they would be used?"
            ),
            "order": _("Step by step: what would make the customer sure enough to sign?"),
        },
    )


# -- 3 A Tuesday with Xu Lei -----------------------------------------------------------------------------------------

HABITS = (
    ("hour", _("an hour every day")),
    ("many", _("as many calls as possible")),
    ("short", _("short calls")),
    ("list", _("list ready first")),
    ("quiet", _("no interruption")),
    ("system", _("records in one system")),
    ("picture", _("picture the result first")),
    ("on", _("do not stop")),
)
FINE = ("fine", _("nothing wrong here"))
DIARY = (
    (
        "d1",
        _("8:55 “Did not call at all last week, so today it is a double portion.”"),
        "hour",
        _("8:55: you chose “{got}”. What happened on the five days before?"),
    ),
    (
        "d2",
        _("9:00 “Sat down to call. Whom? Looked for names in old mails until twenty past.”"),
        "list",
        _("9:00: you chose “{got}”. What was missing on the desk at nine?"),
    ),
    (
        "d3",
        _("9:20 “First call. A very nice storeman; with football it came to 24 minutes.”"),
        "short",
        _("9:20: you chose “{got}”. What is a first call for, and how long does that take?"),
    ),
    (
        "d4",
        _("9:45 “Wrong number. Struck it off, dialled the next.”"),
        "fine",
        _("9:45: you chose “{got}”. How long did the wrong number hold him up?"),
    ),
    (
        "d5",
        _("9:46 “She asked: and what would you like from me now? I had no answer ready.”"),
        "picture",
        _("9:46: you chose “{got}”. What should he have known before he dialled?"),
    ),
    (
        "d6",
        _("9:50 “My messages hummed: answered eleven of them.”"),
        "quiet",
        _("9:50: you chose “{got}”. Who decided what he did in these minutes?"),
    ),
    (
        "d7",
        _("10:05 “Two minutes with a spare-parts store. No time now; visit on Thursday at 14:00.”"),
        "fine",
        _("10:05: you chose “{got}”. What came out of the two minutes?"),
    ),
    (
        "d8",
        _("10:08 “Wrote Thursday on a slip of paper. It will turn up.”"),
        "system",
        _("10:08: you chose “{got}”. Where will Thursday be found if he is ill on Wednesday?"),
    ),
    (
        "d9",
        _("10:10 “Before each call I now read the firm's web page for a quarter of an hour. Two calls done by 10:45.”"),
        "many",
        _("10:10: you chose “{got}”. How many could it have been?"),
    ),
    (
        "d10",
        _("10:46 “Two noes in a row. Not my day. Left it at that, with thirty names to go.”"),
        "on",
        _("10:46: you chose “{got}”. With 40 talks in 100 calls, how unusual are two noes in a row?"),
    ),
)


def _habit(key: str) -> Choice:
    return Choice(key, (*HABITS, FINE))


@exercise(
    "diary",
    lesson="3.1",
    points=4,
    title=_("A Tuesday with Xu Lei"),
    form=lambda: Form(tuple(Row(text, (_habit(key),)) for key, text, _want, _ask in DIARY)),
    hints=(
        _("Not everything that goes badly breaks a habit. Would a good caller have done the same?"),
        _("Look for what could have been settled the evening before, and for what only happens in the hour itself."),
        _("Two lines are in order: in one he had bad luck and lost no time, in the other something came of the talk."),
    ),
    right=_(
        "Six numbers dialled in not quite two hours, and one visit: it came from a talk of two minutes. The habits are experience; "
        "we know of no study that counted what they bring. Your own records can."
    ),
)
def diary(answer: Answers) -> Iterator[Case]:
    """Ten lines, the habit that is broken in each."""
    for key, _text, want, ask in DIARY:
        yield _picked(answer, _habit(key), want, ask)


# -- 4 How many calls a week? ----------------------------------------------------------------------------------------

SAFE = Entry("safe", _("Calls in all"))
WEEKLY = Entry("weekly", _("Calls a week"))
SHORT = Choice(
    "short",
    (
        ("never", _("never, for 333 is what six orders take")),
        ("tenth", _("about every tenth time")),
        ("half", _("almost every second time")),
    ),
    style="radio",
)


@cache
def short_of(calls: int) -> float:
    """The probability that so many calls bring fewer than the orders wanted."""
    from scipy.special import bdtr

    return float(bdtr(WANTED - 1, calls, rates().dropna().prod()))


def _safe_case(answer: Answers) -> Case:
    """The number of calls, with a sentence for each likely slip."""
    expected, safe = _calls(WANTED)
    got = number(answer["safe"]) if "safe" in answer else None
    says = _("You have {got} calls. Six orders, your three rates, 90%: what does the row “start” say under “safe”?")
    if got is not None and abs(got - expected) < 1.5:
        says = _("You have {got}: with so many calls six orders come on average. How often would they be fewer?")
    elif got is not None and abs(got - WANTED * _calls(1)[1]) < 1:
        says = _("You have {got}: six times the safe number for one. Does bad luck strike with all six orders at once?")
    return close(answer, "safe", safe, says, tolerance=0.5)


@exercise(
    "calls-a-week",
    lesson="3.1",
    points=4,
    title=_("How many calls a week?"),
    code=True,
    hints=(
        _("With the calculator: 6 orders, 40%, 15%, 30%, and a probability of 90%. Read the second line."),
        _("In code: take the line above with 6 instead of 1. The row is called start, the column safe."),
        _('calls = funnel.needed(6, found["rate"]).at["start", "..."]'),
    ),
    right=_(
        "514 calls, 43 a week, about nine a working day. With 333 the six orders would be missed almost every second time (45%). "
        "The reserve is no laziness of the formula: it is the price of being able to promise."
    ),
)
def calls_a_week(answer: Any) -> Iterator[Case]:
    """The safe number of calls for six orders."""
    got = number(answer)
    yield gate(
        got is not None,
        _("One number was expected here, the calls for six orders; yours is of type {kind}."),
        kind=type(answer).__name__,
    )
    yield _safe_case({"safe": got})


@calls_a_week.click_twin(
    lambda: Form(
        (
            Row(
                _("How many calls must she plan so that six orders or more come in nine quarters of ten?"),
                (SAFE,),
            ),
            Row(_("The quarter has twelve weeks. How many is that a week?"), (WEEKLY,)),
            Row(_("How often would 333 calls bring fewer than six orders?"), (SHORT,)),
        )
    )
)
def calls_a_week_clicks(answer: Answers) -> Iterator[Case]:
    """The same by clicking."""
    safe = _calls(WANTED)[1]
    yield replace(_safe_case(answer), weight=2)
    yield close(
        answer,
        "weekly",
        safe / WEEKS,
        _("You have {got} a week. Which calls did you divide, by how many weeks?"),
        tolerance=0.9,
    )
    yield chosen(
        answer,
        "short",
        "half",
        {
            "never": _("You chose “never”. Some quarters are better than the average. What must the others be?"),
            "tenth": _(
                "You chose every tenth time. Which number of calls did the calculator give for nine of ten: 333?"
            ),
        },
    )


# -- 5 One more point ------------------------------------------------------------------------------------------------

_STEP_NAMES = {
    "Talks": _("from call to talk"),
    "Visits": _("from talk to visit"),
    "Orders": _("from visit to order"),
}


@cache
def _port() -> pd.DataFrame:
    return funnel.conversion(PORT)


def _lost() -> Mark:
    counts = list(PORT.values())
    lost = [before - after for before, after in pairwise(counts)]
    return Mark(
        "step",
        bars=tuple((key, _STEP_NAMES[key], float(n)) for key, n in zip(_STEP_NAMES, lost, strict=True)),
        label=_("At which step?"),
        title=_("Lost on the way, of 420 calls"),
    )


MORE = Entry("more", _("More orders"), "%")
DO = Choice(
    "do",
    (
        ("calls", _("Make 840 calls: twice as many give twice the orders, and nothing need change.")),
        ("anyone", _("Visit also the talks that were only half interested, so that 60 visits stand there.")),
        ("read", _("Read the 42 visit notes again: who was visited, and what was missing each time?")),
        ("price", _("Offer ten percent off at every visit: at the last step the price decides.")),
    ),
    style="radio",
)


@exercise(
    "one-more-point",
    lesson="3.1",
    points=4,
    title=_("One more point"),
    code=True,
    hints=(
        _("For each step: what share passes? One point more is large or small beside that share."),
        _("In code: funnel.conversion takes the four counts by name, in braces, as it did for Zhou Min."),
        _('he_ping = funnel.conversion({"Calls": 420, "Talks": ..., "Visits": ..., "Orders": ...})'),
    ),
    right=_(
        "3 of 42 pass the last step, 7%: one point more there brings 14% more orders, against 4% at the first step, where most are lost. "
        "The interval of 3 in 42 runs from 2% to 19%, so the size is rough; but 19% is still below the other two steps."
    ),
)
def one_more_point(answer: Any) -> Iterator[Case]:
    """The funnel of He Ping as a table."""
    yield from frame(answer, ["count", "rate"])
    want = _port()
    yield gate(
        list(answer.index) == list(want.index),
        _("The rows should be Calls, Talks, Visits, Orders; yours are {rows}."),
        rows=", ".join(map(str, list(answer.index)[:8])),
    )
    for key in want.index:
        yield case(
            answer.at[key, "count"] == want.at[key, "count"],
            _("{stage}: your table has {got}. What does He Ping's year say?"),
            stage=tr(key),
            got=answer.at[key, "count"],
        )


@one_more_point.click_twin(
    lambda: Form(
        (
            Row(_("Mark the step at which one more percentage point brings the most orders."), (_lost(),)),
            Row(_("By how many percent do the orders rise with one point more there?"), (MORE,)),
            Row(_("What would you do about this step first?"), (DO,)),
        )
    )
)
def one_more_point_clicks(answer: Answers) -> Iterator[Case]:
    """The same by clicking."""
    rate = _port()["rate"].dropna()
    yield _picked(
        answer,
        _lost(),
        str(rate.idxmin()),
        _("You marked “{got}”. How many came to this step, and what share of them passed?"),
    )
    yield close(
        answer,
        "more",
        100 * 0.01 / float(rate.min()),
        _("You have {got} %. From which share to which does it rise, and what is that in relation to before?"),
        tolerance=0.5,
        weight=2,
    )
    yield chosen(
        answer,
        "do",
        "read",
        {
            "calls": _("Twice the calls: it works, for twice the hours. Is any step better by it?"),
            "anyone": _("60 visits: at which step would these people be lost again, and what did the visits cost?"),
            "price": _("Ten percent off for everybody: in how many of the 39 visits was the price the reason?"),
        },
    )


# -- 6 Xu Lei's plan -------------------------------------------------------------------------------------------------

ASKS = (
    ("fine", _("Nothing to ask: it is right.")),
    ("chance", _("And if the quarter turns out worse than the average?")),
    ("few", _("From how many orders do you know that?")),
    ("supply", _("Who is to give you so many names?")),
    ("hours", _("How much work stood behind each share?")),
    ("district", _("Do strangers here answer as they did there?")),
)
SENTENCES = (
    (
        "average",
        _("1. “500 calls brought nine orders. That is one order in 56 calls.”"),
        "fine",
        _("Sentence 1: you chose “{got}” Divide: does he say more than the numbers do?"),
    ),
    (
        "sure",
        _("2. “So with 334 calls, 28 a week, you have your six orders.”"),
        "chance",
        _("Sentence 2: you chose “{got}” He multiplied correctly. What kind of number is it that he multiplied?"),
    ),
    (
        "three",
        _(
            "3. “One order in 13 calls by referral, one in 260 from the directory: a referral is twenty times as good, no more and no less.”"
        ),
        "few",
        _("Sentence 3: you chose “{got}” What stands above the line in 3 of 40 and in 1 of 260?"),
    ),
    (
        "eighty",
        _("4. “So throw the directory away. For six orders you need no more than 80 referrals this quarter.”"),
        "supply",
        _("Sentence 4: you chose “{got}” Who refers, and how many of these are there in the new district?"),
    ),
    (
        "handout",
        _(
            "5. “The handout says so too: 30% by referral and 5% by cold visits, so one is six times the better use of your time.”"
        ),
        "hours",
        _(
            "Sentence 5: you chose “{got}” The shares are of customers won. What would you need to know to speak of time?"
        ),
    ),
    (
        "port",
        _("6. “And 40 of 100 calls will become talks in the harbour too. A rate is a rate.”"),
        "district",
        _("Sentence 6: you chose “{got}” Whose calls were counted, and where?"),
    ),
)


@exercise(
    "short-plan",
    lesson="3.1",
    points=3,
    title=_("Xu Lei's plan"),
    form=lambda: Form(matching("ask", tuple((key, text) for key, text, _want, _ask in SENTENCES), ASKS)),
    hints=(
        _("First check the arithmetic of each sentence; then ask what else it takes for granted."),
        _("Two sentences carry something over to the harbour. One carries over a rate, one a number of names."),
        _("Each question is used once, and so is “nothing to ask”."),
    ),
    right=_(
        "His divisions are all correct, and five of six sentences still lead astray. A plan needs the rate, its width, the reserve, and "
        "a source from which so many names can come."
    ),
)
def short_plan(answer: Answers) -> Iterator[Case]:
    """Six sentences, the question that tests each."""
    wants = {key: want for key, _text, want, _ask in SENTENCES}
    says = {key: ask for key, _text, _want, ask in SENTENCES}
    for made, row in zip(
        matched(answer, "ask", wants, says), matching("ask", tuple((k, k) for k in wants), ASKS), strict=True
    ):
        field = row.fields[0]
        assert isinstance(field, Choice)
        yield made if made.open else replace(made, values={"got": field.show(answer[field.key])})


# -- What leaves the notebook ----------------------------------------------------------------------------------------


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


LIST_COLUMNS = (
    _("no."),
    _("day"),
    _("firm"),
    _("who decides?"),
    _("phone number"),
    _("way: where is the name from?"),
    _("the first sentence for this firm"),
    _("what was said"),
    _("next step, and by when"),
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

    made = plan.attrs
    between = [column for column in plan.columns if column != "Calls"]
    head = row(
        [
            tr(_("day")),
            tr(_("Calls")),
            *(tr(str(column)) for column in between),
            tr(_("made")),
            tr(_("sources that brought a talk")),
        ],
        "th",
    )
    days = "".join(
        row([tr(str(day)), f"{line['Calls']:.0f}", *(f"{line[column]:.1f}" for column in between), "", ""])
        for day, line in plan.iterrows()
    )
    total = plan.sum()
    days += row(
        [tr(_("the whole week")), f"{total['Calls']:.0f}", *(f"{total[column]:.1f}" for column in between), "", ""]
    )
    text = tr(
        _("{orders} orders in {weeks} weeks: {safe} calls for a probability of {certainty:.0%}, if the rates hold."),
        orders=made["orders"],
        weeks=made["weeks"],
        safe=made["safe"],
        certainty=made["certainty"],
    )
    habits = "".join(f"<li>☐ {escape(tr(label))}</li>" for _key, label in HABITS)
    ways = row([tr(_("way")), tr(_("my three names from it")), tr(_("Calls")), tr(_("Visits"))], "th")
    ways += "".join(row([tr(label), "", "", ""]) for _key, label in WAYS)
    return (
        f"<h1>{escape(tr(_('Call plan for the week')))}</h1><p>{escape(text)}</p><table style='width:100%'>{head}{days}</table>"
        f"<h2>{escape(tr(_('Eight habits')))}</h2><ul style='list-style:none;padding:0;columns:2'>{habits}</ul>"
        f"<h2>{escape(tr(_('Twelve ways')))}</h2><table style='width:100%'>{ways}</table>"
    )
