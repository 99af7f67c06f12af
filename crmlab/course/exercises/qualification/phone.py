"""Exercises of lesson 3.3, phone and first visit: the call log that it reads, and the page that a trainee takes away."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from html import escape
from typing import Any

import pandas as pd

from crmlab import pipeline, qualification
from crmlab.course.cases import Case, case, chosen, close, frame, gate, matched, ordered
from crmlab.course.exercise import exercise
from crmlab.course.form import Answers, Choice, Entry, Form, Mark, Order, Row, matching
from crmlab.language import _, tr

# Column names and cells that the lesson shows in its tables.
COLUMNS = (
    _("week"),
    _("day"),
    _("hour"),
    _("trade"),
    _("calls"),
    _("reached"),
    _("share"),
    _("low"),
    _("high"),
    _("new_hours"),
)
DAYS = (_("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"))
TRADES = (_("factory"), _("food wholesaler"), _("online shop"))
HOURS = ("08-10", "10-12", "14-16", "16-18")

TRUE_SHARES = {
    "factory": (0.48, 0.35, 0.30, 0.18),
    "food wholesaler": (0.18, 0.55, 0.42, 0.20),
    "online shop": (0.30, 0.28, 0.48, 0.25),
}
"""The shares with which the log was made, by trade and hour; early on a Monday 0.6 of it."""
_PLANS = (
    {"food wholesaler": (60, 36, 16, 8), "factory": (50, 40, 20, 10), "online shop": (40, 31, 26, 7)},
    {"food wholesaler": (8, 30, 12, 4), "factory": (30, 16, 8, 4), "online shop": (8, 10, 22, 20)},
)
_WEEKLY = 43
# One of many seeds: with it a small cell comes out lucky in the first eight weeks, as in every real log some cell does.
_SEED = 3275


def call_log() -> pd.DataFrame:
    """Zhou Min's 516 calls of twelve weeks, made up: ``week``, ``day``, ``hour``, ``trade``, ``reached`` (the right person
    answered and had two minutes). The shares behind it are :data:`TRUE_SHARES`."""
    return _log().copy()


@cache
def _log() -> pd.DataFrame:
    # Python's own generator gives the same numbers on every version and machine.
    chance = random.Random(_SEED)
    rows: list[tuple[int, str, str, str, bool]] = []
    for plan in _PLANS:
        first = len(rows) // _WEEKLY + 1
        cells = [(trade, at) for trade, counts in plan.items() for at, n in enumerate(counts) for _one in range(n)]
        # The order of the trades belongs to the made-up log: food, factory, shop.
        cells.sort(key=lambda cell: (("food wholesaler", "factory", "online shop").index(cell[0]), cell[1]))
        chance.shuffle(cells)
        for place, (trade, at) in enumerate(cells):
            day = place % _WEEKLY * len(DAYS) // _WEEKLY
            share = TRUE_SHARES[trade][at] * (0.6 if day == 0 and at == 0 else 1)
            rows.append((first + place // _WEEKLY, DAYS[day], HOURS[at], trade, chance.random() < share))
    return pd.DataFrame(rows, columns=["week", "day", "hour", "trade", "reached"])


def reached(log: pd.DataFrame, by: str | Sequence[str]) -> pd.DataFrame:
    """How many calls reached somebody, by one column of the log or several: ``calls``, ``reached``, ``share``, and the
    ends ``low`` and ``high`` of its 95% interval (Wilson). Errors as :func:`crmlab.qualification.win_rates`."""
    table = qualification.win_rates(log, by=by, won="reached").rename(columns={"deals": "calls", "won": "reached"})
    return table.sort_index()


@cache
def _table(fresh: bool = False) -> pd.DataFrame:
    """By trade and hour: the first eight weeks, or the four after them."""
    return reached(_log()[(_log()["week"] > 8) == fresh], ["trade", "hour"])


def _line(name: str, calls: int, got: int, share: float, low: float, high: float) -> str:
    text = _("{name}: {got} of {calls} reached, {share:.0%} ({low:.0%} to {high:.0%})")
    return tr(text, name=name, got=got, calls=calls, share=share, low=low, high=high)


def _lines(table: pd.DataFrame) -> list[str]:
    """A line a group."""
    found = []
    for key, row in table.iterrows():
        name = " ".join(tr(str(part)) for part in key) if isinstance(key, tuple) else tr(str(key))
        found.append(_line(name, int(row["calls"]), int(row["reached"]), row["share"], row["low"], row["high"]))
    return found


def _picked(answer: Answers, field: Choice | Mark, want: str, says: str, **values: str) -> Case:
    """As ``chosen``, but {got} is the option as the trainee read it."""
    made = chosen(answer, field.key, want, says)
    if made.open:
        return made
    return replace(made, values={**values, "got": field.show(answer[field.key]).rstrip(".。")})


# -- 1 Xu Lei rings Mr Guo -------------------------------------------------------------------------------------------

MANNERS = (
    ("monday", _("not early on a Monday")),
    ("third", _("no third call soon")),
    ("voice", _("greet after hearing the voice")),
    ("address", _("address politely")),
    ("names", _("name firm and self")),
    ("time", _("ask whether it is a good time")),
    ("warm", _("stay warm")),
    ("rude", _("never rude back")),
    ("thank", _("thank at the end")),
    ("hang", _("do not hang up first")),
)
FINE = ("fine", _("nothing wrong here"))
CALL = (
    (
        "c1",
        _("Monday, 8:05. “Now I'll catch them before the week begins.” He dials."),
        "monday",
        _("Line 1: you chose “{got}”. What is a stock manager doing at this hour of this day?"),
    ),
    (
        "c2",
        _("Nobody answers at 8:05, nor at 8:15. At 8:19 he dials again."),
        "third",
        _("Line 2: you chose “{got}”. What will Guo see on the display?"),
    ),
    (
        "c3",
        _("A click in the line. Xu Lei: “Hello? Hello! Can you hear me?”"),
        "voice",
        _("Line 3: you chose “{got}”. Whom has he greeted so far, and what has he heard?"),
    ),
    (
        "c4",
        _("“Guo here.” - “Morning, old friend!” They have never met."),
        "address",
        _("Line 4: you chose “{got}”. What would you call a stranger of fifty?"),
    ),
    (
        "c5",
        _("“Who is this?” - “It's about your scanners, good news for you.”"),
        "names",
        _("Line 5: you chose “{got}”. What did Guo ask, and what did he get?"),
    ),
    (
        "c6",
        _("Behind Guo a forklift hoots and somebody shouts his name. Xu Lei talks on about reading distances."),
        "time",
        _("Line 6: you chose “{got}”. Which question would the hooting have called for?"),
    ),
    (
        "c7",
        _(
            "“The last firm delivered five weeks late.” - “I am sorry to hear that. What did you do in those five weeks?”"
        ),
        "fine",
        _("Line 7: you chose “{got}”. How does a man feel who is asked this?"),
    ),
    (
        "c8",
        _("“Counted by hand, what else? Silly question.” - “Silly questions for silly answers.”"),
        "rude",
        _("Line 8: you chose “{got}”. Who began is one thing. What does the answer do?"),
    ),
    (
        "c9",
        _("A pause. Then, like a timetable: “Number of staff. Square metres. Shifts.”"),
        "warm",
        _("Line 9: you chose “{got}”. Read it aloud. What has gone out of the voice?"),
    ),
    (
        "c10",
        _("“Send me something in writing.” - “Gladly. To which address, please?”"),
        "fine",
        _("Line 10: you chose “{got}”. Read his answer aloud: which of its words would break that rule?"),
    ),
    (
        "c11",
        _("Guo spells it out letter by letter. Xu Lei: “Right. That's all.”"),
        "thank",
        _("Line 11: you chose “{got}”. Guo has just given something. What is missing?"),
    ),
    (
        "c12",
        _("He presses the red button; Guo was about to add: “And tell them ...”"),
        "hang",
        _("Line 12: you chose “{got}”. What will Xu Lei never learn now?"),
    ),
)


def _manner(key: str) -> Choice:
    return Choice(key, (*MANNERS, FINE))


@exercise(
    "xu-lei-rings",
    lesson="3.3",
    points=4,
    title=_("Xu Lei rings Mr Guo"),
    form=lambda: Form(
        tuple(Row(f"{n}. {tr(text)}", (_manner(key),)) for n, (key, text, _want, _ask) in enumerate(CALL, 1))
    ),
    hints=(
        _("Put yourself in Mr Guo's chair. At which point would you wish to hang up, and why?"),
        _("Two of the answers are good ones. Do not let the rest of the call colour them."),
        _("Each of the ten rules is broken once."),
    ),
    right=_(
        "Ten rules, broken within four minutes - and yet Guo gave an address. Perhaps the seventh line did that: the only one in which "
        "Xu Lei wanted to know something about him."
    ),
)
def xu_lei_rings(answer: Answers) -> Iterator[Case]:
    """Twelve lines of a call, the rule that is broken in each."""
    for key, _text, want, ask in CALL:
        yield _picked(answer, _manner(key), want, ask)


# -- 2 Two minutes with Yuanhe ---------------------------------------------------------------------------------------

OPENING = Order(
    "opening",
    (
        ("reason", _("say in one sentence why you call")),
        ("self", _("name your firm and yourself")),
        ("voice", _("wait until you hear the other's voice")),
        ("suits", _("ask whether it suits just now")),
        ("greet", _("greet, with name and title")),
    ),
)
OPENING_WANT = ("voice", "greet", "self", "suits", "reason")
CARD = (
    (
        "need",
        _("Need"),
        (
            ("wish", _("wants the new model as soon as possible")),
            ("words", _("“lose the line in the cold room, three or four times a shift”")),
            ("mood", _("the staff are unhappy with the old devices and would like new ones")),
        ),
        "words",
        _("Need: you wrote “{got}”. Which words of hers is that, and could a colleague judge by it?"),
    ),
    (
        "who",
        _("Who decides"),
        (
            ("fang", _("Mr Fang decides; Ms Liang only collects the offers")),
            ("liang", _("Ms Liang decides; Mr Fang only signs")),
            ("both", _("Mr Fang decides; Ms Liang's paper counts")),
        ),
        "both",
        _("Who decides: you wrote “{got}”. What becomes of the papers that she writes for him?"),
    ),
    (
        "money",
        _("Money"),
        (
            ("yes", _("there is money: he never says no")),
            ("open", _("not known; a question for Mr Fang")),
            ("no", _("no money, she could name no sum")),
        ),
        "open",
        _("Money: you wrote “{got}”. Which line did you hear it in?"),
    ),
    (
        "agreed",
        _("Agreed"),
        (
            ("soon", _("data sheet soon, then call again some time next week")),
            ("back", _("data sheet; she calls when she has read it")),
            ("friday", _("data sheet today, call on Friday at ten")),
        ),
        "friday",
        _("Agreed: you wrote “{got}”. Who does what, and until when, in her own words?"),
    ),
    (
        "when",
        _("Best time"),
        (
            ("after", _("from half past nine, when the vans have left")),
            ("before", _("before half past nine, while everybody is in the hall")),
            ("any", _("any time: she was friendly on a Wednesday")),
        ),
        "after",
        _("Best time: you wrote “{got}”. What happens at Yuanhe until half past nine?"),
    ),
)


@exercise(
    "call-and-card",
    lesson="3.3",
    points=4,
    title=_("Two minutes with Yuanhe"),
    form=lambda: Form(
        (
            Row(_("How does a first call begin? Put in order."), (OPENING,)),
            *(Row(label, (Choice(key, options, style="radio"),)) for key, label, options, _want, _ask in CARD),
        )
    ),
    hints=(
        _("Opening: what must a stranger know before being asked for time, and what before being told a reason?"),
        _("Card: look for each entry in what Ms Liang said. What is not there is not known."),
        _("Her words, her days, her hours. One of the five entries is a question."),
    ),
    right=_(
        "The card holds what was said, what was agreed, and what is still open. Whoever opens it on Friday can go on where you stopped, "
        "even if it is not you. And with lesson 3.2: N is large, A is large, M is a question mark."
    ),
)
def call_and_card(answer: Answers) -> Iterator[Case]:
    """An opening in order, a card in five entries."""
    yield ordered(
        answer,
        "opening",
        OPENING_WANT,
        {
            "greet": _("Opening: you greet early. Whom, if nobody has spoken yet?"),
            "self": _("Opening: you name yourself before the greeting. How would you come through a door?"),
            "suits": _("Opening: you ask for time. Does the other know who is asking?"),
            "reason": _("Opening: you give the reason. Has the other said that there is a moment for it?"),
        },
        weight=3,
    )
    for key, _label, options, want, ask in CARD:
        yield _picked(answer, Choice(key, options), want, ask)


# -- 3 The best hours ------------------------------------------------------------------------------------------------

BY = Choice(
    "by",
    (("trade", _("by trade")), ("hour", _("by hour")), ("both", _("by trade and hour"))),
    label=_("Group"),
)
FACTORY = Entry("factory", _("Reached"), "%")
SAY = Choice(
    "say",
    (
        ("better", _("From 8 to 10 is better than from 10 to 12: more were reached, and that settles it.")),
        ("same", _("There is no difference between 8 to 10 and 10 to 12, for the intervals overlap.")),
        ("open", _("From 8 to 10 more were reached so far; that it is the better time cannot be said yet.")),
    ),
    style="radio",
)
MONDAY = Choice(
    "monday",
    (
        ("confirmed", _("It is confirmed: fewer are reached on a Monday.")),
        ("open", _("The numbers lean its way, and may be chance.")),
        ("refuted", _("It is refuted: the interval contains zero.")),
    ),
    style="radio",
)
_TRADE, _HOUR = "factory", HOURS[0]


@cache
def monday() -> tuple[int, int, int, int, float, float, float]:
    """Early calls of the first eight weeks: reached and calls on Mondays, on other days, the difference and its interval."""
    early = _log()[(_log()["week"] <= 8) & (_log()["hour"] == HOURS[0])]
    is_monday = early["day"] == "Monday"
    on, off = early[is_monday]["reached"], early[~is_monday]["reached"]
    counts = (int(on.sum()), len(on), int(off.sum()), len(off))
    difference, low, high = pipeline.share_difference(*counts)
    return (*counts, difference, low, high)


def _hours_live(answers: Answers) -> list[str]:
    by = answers.get("by")
    if not by:
        return [tr(_("Choose how to group, and the lines appear here."))]
    log = _log()
    lines = _lines(_table() if by == "both" else reached(log[log["week"] <= 8], by))
    on, of_on, off, of_off, difference, low, high = monday()
    text = _(
        "From 8 to 10, on Mondays: {on} of {of_on} reached, on other days {off} of {of_off}: "
        "{difference:+.0f} points ({low:+.0f} to {high:+.0f})"
    )
    said = tr(
        text, on=on, of_on=of_on, off=off, of_off=of_off, difference=100 * difference, low=100 * low, high=100 * high
    )
    return [*lines, said]


@exercise(
    "best-hours",
    lesson="3.3",
    points=5,
    title=_("The best hours"),
    code=True,
    hints=(
        _("One column at a time mixes the trades, or the hours. You need both."),
        _(
            "For the factories look at two things: which share is higher, and how far the intervals reach into each other."
        ),
        _('hours = reached(weeks, by=["trade", "..."])'),
    ),
    right=_(
        "Factories from 8 to 10: 46%, from 10 to 12: 35%, and 11 points between them that may be anything from 9 fewer to 30 more. "
        "“Not proven” is not “the same”. An hour costs nothing, so begin with the better one, and count on."
    ),
)
def best_hours(answer: Any) -> Iterator[Case]:
    """The table by trade and hour."""
    yield from frame(answer, ["calls", "reached", "share"])
    want = _table()
    yield gate(
        set(answer.index) == set(want.index),
        _("There should be a row for each trade and hour; yours are {rows}. Which two columns go into by=[...]?"),
        rows=", ".join(map(str, list(answer.index)[:4])),
    )
    for key in want.index:
        yield case(
            answer.at[key, "calls"] == want.at[key, "calls"] and answer.at[key, "reached"] == want.at[key, "reached"],
            _("{row}: your table has {got} of {n} reached. Which weeks does it count?"),
            row=" ".join(tr(str(part)) for part in key),
            got=answer.at[key, "reached"],
            n=answer.at[key, "calls"],
        )


@best_hours.click_twin(
    lambda: Form(
        (
            Row(_("How do you group the calls, to see when to call whom?"), (BY,)),
            Row(_("Factories from 8 to 10: what share was reached?"), (FACTORY,)),
            Row(_("What can you say of the factories?"), (SAY,)),
            Row(_("“Not early on a Monday”: what do the calls from 8 to 10 say?"), (MONDAY,)),
        ),
        live=_hours_live,
    )
)
def best_hours_clicks(answer: Answers) -> Iterator[Case]:
    """The same by clicking."""
    yield chosen(
        answer,
        "by",
        "both",
        {
            "trade": _("By trade alone: at which hour would you ring a factory tomorrow?"),
            "hour": _("By hour alone: is the best hour of a food wholesaler that of a factory, too?"),
        },
    )
    yield close(
        answer,
        "factory",
        100 * float(_table().at[(_TRADE, _HOUR), "share"]),
        _("You have {got} %. Which line holds the factories and the first two hours?"),
        tolerance=0.6,
    )
    yield chosen(
        answer,
        "say",
        "open",
        {
            "better": _(
                "You call it settled. How far does each interval reach, and would ten calls more be able to turn it?"
            ),
            "same": _("You say that there is no difference. Does an overlap show that two things are equal?"),
        },
    )
    yield chosen(
        answer,
        "monday",
        "open",
        {
            "confirmed": _("You call it confirmed. From where to where does the interval of the difference run?"),
            "refuted": _("You call it refuted. Which differences, besides zero, lie in the interval as well?"),
        },
    )


# -- 4 Xu Lei's golden hour ------------------------------------------------------------------------------------------


def _safest() -> Mark:
    table = _table()
    texts = tuple(
        (
            f"{trade}.{hour}",
            tr(
                _("{got} of {calls}"),
                got=int(table.at[(trade, hour), "reached"]),
                calls=int(table.at[(trade, hour), "calls"]),
            ),
        )
        for trade in TRADES
        for hour in HOURS
    )
    return Mark(
        "safest",
        "cells",
        rows=tuple((trade, trade) for trade in TRADES),
        columns=tuple((hour, hour) for hour in HOURS),
        texts=texts,
        label=_("Which one?"),
        title=_("Reached in weeks 1 to 8, by trade and hour"),
    )


FRESH = Entry("fresh", _("Reached"), "%")
WHY = Choice(
    "why",
    (
        ("changed", _("The online shops have changed their hours since then.")),
        ("voice", _("Zhou Min spoke less well than in the weeks before.")),
        ("lucky", _("It was the best of twelve cells, and one of the smallest.")),
    ),
    style="radio",
)
BETTER = Choice(
    "better",
    (
        ("drop", _("From 16 to 18 nobody can be reached: strike the hour out for good, in every trade.")),
        ("fresh", _("In the new weeks: 14-16 12 of 22, 16-18 5 of 20. Call at 14 first, and count on.")),
        ("pool", _("In all twelve weeks 10 of 27 at 16-18: above the average, so keep the golden hour.")),
        ("none", _("Hours make no difference: calls succeed or fail by chance, at any time of the day.")),
    ),
    style="radio",
)


def _golden_live(_answers: Answers) -> list[str]:
    # Without the share, which is asked for.
    text = _("Online shops, {hour}: {got} of {calls} reached; interval {low:.0%} to {high:.0%}")
    return [
        tr(_("Weeks 9 to 12:")),
        *(
            tr(text, hour=hour, got=int(row["reached"]), calls=int(row["calls"]), low=row["low"], high=row["high"])
            for hour, row in _table(fresh=True).loc["online shop"].iterrows()
        ),
    ]


@exercise(
    "golden-hour",
    lesson="3.3",
    points=4,
    title=_("Xu Lei's golden hour"),
    form=lambda: Form(
        (
            Row(
                _(
                    "A careful seller bets on the lower end of the interval, not on the share. Mark the cell whose lower end is highest."
                ),
                (_safest(),),
            ),
            Row(_("Online shops from 16 to 18: what share was reached in weeks 9 to 12?"), (FRESH,)),
            Row(_("What explains it best?"), (WHY,)),
            Row(_("What would you write in Xu Lei's place?"), (BETTER,)),
        ),
        live=_golden_live,
    ),
    hints=(
        _("Lower end: a high share and many calls, both. The lines of the exercise before have all twelve."),
        _(
            "Throw twelve coins seven times each. One of the twelve will look like a gift. What happens if you throw that one again?"
        ),
        _("For the last one: which calls were made after the claim, and which had helped to make it?"),
    ),
    right=_(
        "71% became 25%. Whoever picks the best of twelve small cells picks luck along with it; new calls bring no such luck. "
        "So test a claim on calls that did not help to make it. And ask the customers: at online shops the parcels leave at five."
    ),
)
def golden_hour(answer: Answers) -> Iterator[Case]:
    """A cell, a share in fresh weeks, the reason, a better sentence."""
    best = _table()["low"].idxmax()
    yield _picked(
        answer,
        _safest(),
        ".".join(map(str, best)),
        _(
            "You marked {got}. With so many calls, how far down does its interval reach, and how far that of the others?"
        ),
    )
    yield close(
        answer,
        "fresh",
        100 * float(_table(fresh=True).at[("online shop", HOURS[3]), "share"]),
        _("You have {got} %. Which of the lines of weeks 9 to 12 is it?"),
        tolerance=0.6,
    )
    yield chosen(
        answer,
        "why",
        "lucky",
        {
            "changed": _(
                "The shops have changed: it may be. What in the log speaks for it, and is there a simpler reason?"
            ),
            "voice": _("Zhou Min spoke less well. How did the other hours of these weeks go?"),
        },
    )
    yield chosen(
        answer,
        "better",
        "fresh",
        {
            "drop": _("Nobody, for good, in every trade: how many calls is that built on, and in which trade?"),
            "pool": _("10 of 27: how many of the ten were already there when the hour was picked for its luck?"),
            "none": _("No difference at any time: look at the food wholesalers again. Do their intervals overlap?"),
        },
    )


# -- 5 At the door ---------------------------------------------------------------------------------------------------

ARRIVE = Choice(
    "arrive",
    tuple((time, time) for time in ("9:40", "9:54", "10:00", "10:03")),
)
DRESS = (
    ("ok", _("in order")),
    ("colours", _("breaks the three-colour rule")),
    ("items", _("breaks “three items, one colour”")),
    ("taboo", _("breaks a taboo")),
)
OUTFITS = (
    (
        "o1",
        _("Grey suit, white shirt; black shoes, black belt, black bag; a yellow scarf."),
        "colours",
        _("The yellow scarf: you chose “{got}”. Count the colours. How many?"),
    ),
    (
        "o2",
        _("Navy suit, white shirt, navy tie; black shoes, black belt, black bag."),
        "ok",
        _("The navy tie: you chose “{got}”. Which rule, and which piece?"),
    ),
    (
        "o3",
        _("Black suit, white shirt; black shoes, brown belt, black bag."),
        "items",
        _("The brown belt: you chose “{got}”. Three colours are allowed. What else is asked of shoes, belt and bag?"),
    ),
    (
        "o4",
        _("Navy suit, white shirt; black shoes, belt and bag; the maker's label still on the sleeve."),
        "taboo",
        _("The label: you chose “{got}”. The colours are all right. What does the sleeve tell everybody?"),
    ),
)
HANDS = (
    ("elder", _("the elder")),
    ("superior", _("the superior")),
    ("woman", _("the woman")),
    ("host", _("the host")),
    ("guest", _("the guest")),
)
MEETINGS = (
    (
        "leave",
        _("The talk is over, you stand up to go."),
        "guest",
        _("At the end: you chose “{got}”. If the other side began, what would it look like?"),
    ),
    (
        "corridor",
        _("At a fair, a storeman of 50 meets his new general manager of 35."),
        "superior",
        _("At the fair: you chose “{got}”. They meet at work. What counts there?"),
    ),
    (
        "come",
        _("You come into a customer's office."),
        "host",
        _("In the office: you chose “{got}”. Who says welcome?"),
    ),
    (
        "dinner",
        _("At a dinner a man and a woman of like age and rank are introduced."),
        "woman",
        _("At dinner: you chose “{got}”. What does the handout's list say where age and rank are equal?"),
    ),
    (
        "neighbour",
        _("In the park a young seller is introduced to a neighbour of eighty."),
        "elder",
        _("In the park: you chose “{got}”. What sets the two apart?"),
    ),
)
ELSEWHERE = Choice(
    "elsewhere",
    (
        ("insist", _("You offer your hand a little longer: the rule says so, and she will understand.")),
        ("same", _("You take your hand back, nod as she did, and go on with the talk.")),
        ("ask", _("You ask her straight away why people do not shake hands here.")),
        ("excuse", _("You apologise at length, so that she sees that you meant no harm.")),
    ),
    style="radio",
)


@exercise(
    "at-the-door",
    lesson="3.3",
    points=4,
    title=_("At the door"),
    form=lambda: Form(
        (
            Row(_("The appointment is at 10:00. When does the bell ring, by the handout?"), (ARRIVE,)),
            *matching("dress", tuple((key, text) for key, text, _want, _ask in OUTFITS), DRESS),
            *matching("hand", tuple((key, text) for key, text, _want, _ask in MEETINGS), HANDS),
            Row(
                _("In another country. Your hand is out; the manager smiles, lays hers on her heart and nods."),
                (ELSEWHERE,),
            ),
        )
    ),
    hints=(
        _("Arrival and dress: take the rules literally and count, minutes and colours."),
        _("Hands: age in private, rank at work, host and guest at the door. Each is used once."),
        _("Elsewhere: what are manners for, and whose house is it?"),
    ),
    right=_(
        "You know the rules of one handout, and when to let go of them. The last one is the rule behind all the others: the host sets "
        "the form, and manners are there to put the other at ease."
    ),
)
def at_the_door(answer: Answers) -> Iterator[Case]:
    """Arrival, four outfits, five handshakes, and one abroad."""
    yield chosen(
        answer,
        "arrive",
        "9:54",
        {
            "9:40": _("9:40: you would be early, that is polite. What is the other to do with you for twenty minutes?"),
            "10:00": _("10:00 sharp: and if the porter is on the telephone?"),
            "10:03": _("10:03: only three minutes. What do they tell about your deliveries?"),
        },
    )
    for prefix, items, options in (("dress", OUTFITS, DRESS), ("hand", MEETINGS, HANDS)):
        wants = {key: want for key, _text, want, _ask in items}
        says = {key: ask for key, _text, _want, ask in items}
        for made in matched(answer, prefix, wants, says):
            field = Choice(made.key, options)
            yield made if made.open else replace(made, values={"got": field.show(answer[made.key])})
    yield chosen(
        answer,
        "elsewhere",
        "same",
        {
            "insist": _("A little longer: what has she just told you with her hand?"),
            "ask": _("You ask why. Interest is welcome, later. How does the question sound in the first minute?"),
            "excuse": _("You apologise at length. Who has to put whom at ease then?"),
        },
    )


# -- What leaves the notebook ----------------------------------------------------------------------------------------

BEFORE = (
    _("list, card and pen on the desk; the firm looked up the evening before"),
    _("a quiet place; sit up and smile, it can be heard"),
    _("know what is to stand at the end of this call"),
    _("a good hour for this trade; not early on a Monday"),
    _("two calls unanswered, ten minutes apart: another time of day"),
)
CARD_LINES = (
    _("Date, hour, who answered (name and title)"),
    _("The need, in their own words"),
    _("Who decides, who advises, who could veto"),
    _("Money: the line I heard, or a question mark"),
    _("Agreed: who does what, by which day"),
    _("A good time to reach them"),
    _("Next step"),
)
VISIT = (
    _("the way driven or looked up; five to seven minutes to spare at the door"),
    _("customer card read; name and title of everybody I shall meet"),
    _("at most three colours; shoes, belt and bag of one colour; no label, no white socks, no tie with short sleeves"),
    _("dressed one step better than the customer, not three"),
    _("on arrival the host offers the hand, on leaving the guest; if it is done otherwise here, I do as the host does"),
    _("the next appointment made before I leave; the card filled in before I drive off"),
)


def visit_page() -> str:
    """A page for printing: what to do before a call, the manners, two customer cards, and a checklist for the first visit."""

    def ticks(lines: Sequence[str]) -> str:
        return (
            "<ul style='list-style:none;padding:0'>"
            + "".join(f"<li>☐ {escape(tr(line))}</li>" for line in lines)
            + "</ul>"
        )

    lines = "".join(
        f"<tr><th style='width:38%'>{escape(tr(line))}</th><td style='height:2em'></td></tr>" for line in CARD_LINES
    )
    card = f"<table style='width:100%;margin-bottom:1em;break-inside:avoid'>{lines}</table>"
    manners = " · ".join(escape(tr(label)) for _key, label in MANNERS)
    return (
        f"<h1>{escape(tr(_('Phone and first visit')))}</h1>"
        f"<h2>{escape(tr(_('Before the call')))}</h2>{ticks(BEFORE)}"
        f"<h2>{escape(tr(_('In the call')))}</h2><p>{manners}</p>"
        f"<h2>{escape(tr(_('After the call: the customer card')))}</h2>{card * 2}"
        f"<h2>{escape(tr(_('First visit')))}</h2>{ticks(VISIT)}"
        f"<p><em>{escape(tr(_('Manners are local and change: where others hold, those count.')))}</em></p>"
    )
