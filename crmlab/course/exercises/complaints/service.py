"""Exercises of lesson 4.1, service and moments of truth, and the map of moments that leaves the lesson."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from crmlab import intervals
from crmlab.course.cases import Case, case, chosen, close, frame, gate, ordered
from crmlab.course.exercise import exercise
from crmlab.course.form import Answers, Choice, Entry, Form, Mark, Order, Row, matching
from crmlab.language import _, tr

# -- the surveys -------------------------------------------------------------------------------------------------------

MOMENTS = {
    "leaflet": _("leaflet and website"),
    "ring": _("the phone is answered"),
    "visit": _("our first visit"),
    "order": _("the order is taken"),
    "delivery": _("the van comes"),
    "handover": _("the crates are handed over"),
    "bill": _("the bill"),
    "problem": _("a problem is settled"),
    "news": _("care and news"),
}
"""The contact points of the surveys, along the customer's path."""
STAGES = {"leaflet": "before", "ring": "before", "visit": "before", "order": "during", "delivery": "during"} | {
    "handover": "during",
    "bill": "after",
    "problem": "after",
    "news": "after",
}
SHOWN = (
    *(_("moment"), _("stage"), _("before"), _("during"), _("after"), _("mean"), _("bad"), _("bad_left"), _("others")),
    *(_("others_left"), _("our rule"), _("who"), _("by when"), _("customers"), _("left")),
)
"""Headings and words in the lesson's tables."""
BAD = 5
"""A score of at most this, on the scale from 1 to 10, is a bad one. A convention."""


@cache
def _winter() -> pd.DataFrame:
    draw = np.random.RandomState(41)
    n = 240
    means = {"leaflet": 5.7, "ring": 7.9, "visit": 8.3, "order": 8.1, "delivery": 7.4, "bill": 7.8, "problem": 7.0}
    table = {}
    for name in MOMENTS:
        if name == "handover":  # most are content, and a few meet the driver who leaves the crates in the rain
            bad = draw.random_sample(n) < 0.16
            score = np.where(bad, draw.normal(3.3, 1.0, n), draw.normal(8.2, 0.9, n))
        else:
            score = draw.normal(means.get(name, 6.4), 1.4, n)
        table[name] = np.clip(np.round(score), 1, 10).astype(int)
    chance = 0.08 + 0.42 * (table["handover"] <= BAD) + 0.08 * (table["delivery"] <= BAD)
    frame = pd.DataFrame(table, index=pd.Index([f"M{k:03d}" for k in range(1, n + 1)], name="customer"))
    frame["left"] = draw.random_sample(n) < chance
    return frame


@cache
def _river() -> pd.DataFrame:
    # Of many seeds one in which a handful of bad scores (the first visit) look worse than a trouble of dozens.
    draw = np.random.RandomState(4775)
    n = 260
    means = {"leaflet": 6.6, "ring": 6.7, "visit": 8.4, "order": 7.9, "delivery": 7.6, "handover": 7.8, "bill": 7.4}
    table = {}
    for name in MOMENTS:
        if name == "problem":  # one in five was put off from week to week
            bad = draw.random_sample(n) < 0.2
            score = np.where(bad, draw.normal(3.4, 1.0, n), draw.normal(8.0, 0.9, n))
        else:
            score = draw.normal(means.get(name, 5.9), 1.4, n)
        table[name] = np.clip(np.round(score), 1, 10).astype(int)
    frame = pd.DataFrame(table, index=pd.Index([f"R{k:03d}" for k in range(1, n + 1)], name="customer"))
    frame["left"] = draw.random_sample(n) < 0.09 + 0.33 * (table["problem"] <= BAD)
    return frame


_SURVEYS = {"winter": _winter, "river": _river}


def survey(name: str = "winter") -> pd.DataFrame:
    """What customers say of nine contact points, 1 to 10, and whether they had left by spring (made up).

    ``"winter"`` is the survey of the lesson, 240 customers: who was badly served at the door leaves more often, and a
    little who got late deliveries; nothing else counts. ``"river"`` is that of the depot across the river, 260
    customers: there only the settling of problems counts. Raises ``ValueError`` for another name.

    >>> survey().shape, survey("river").shape
    ((240, 10), (260, 10))
    """
    if name not in _SURVEYS:
        raise ValueError(f"There are the surveys {' and '.join(map(repr, _SURVEYS))}, not {name!r}.")
    return _SURVEYS[name]().copy()


def moments_map(answers: pd.DataFrame) -> pd.DataFrame:
    """The map of moments: a row a contact point in the order of the path, with its ``stage``, the ``mean`` score, how many
    gave a ``bad`` one (5 or less), the share of these that left (``bad_left``) with its Wilson interval (``low``,
    ``high``), and number and share of the ``others``. Where nobody gave a bad score the share is NaN.

    >>> moments_map(survey())["stage"].unique().tolist()
    ['before', 'during', 'after']
    """
    rows = {}
    for name in MOMENTS:
        bad = answers[name] <= BAD
        low, high = intervals.wilson(int(answers.loc[bad, "left"].sum()), int(bad.sum()))
        rows[name] = {
            "stage": STAGES[name],
            "mean": answers[name].mean(),
            "bad": int(bad.sum()),
            "bad_left": answers.loc[bad, "left"].mean(),
            "low": low,
            "high": high,
            "others": int((~bad).sum()),
            "others_left": answers.loc[~bad, "left"].mean(),
        }
    table = pd.DataFrame.from_dict(rows, orient="index").rename(index=MOMENTS)
    table.index.name = "moment"
    return table


@cache
def whole_map(name: str = "winter") -> pd.DataFrame:
    """The map of a whole survey."""
    return moments_map(_SURVEYS[name]())


def heaviest(name: str = "winter") -> str:
    """The contact point at which bad scores and leaving go together most surely: the lower end of the interval lies
    farthest above the share of the others."""
    table = whole_map(name)
    return list(MOMENTS)[int((table["low"] - table["others_left"]).to_numpy().argmax())]


# -- what several exercises share --------------------------------------------------------------------------------------


class Part(NamedTuple):
    """One of the questions that are put to each row: its options, and what is asked back after a wrong one."""

    key: str
    label: str
    options: Mapping[str, str]
    says: str


def _grid_form(rows: Sequence[tuple[str, ...]], parts: Sequence[Part]) -> Form:
    """A row each, a dropdown for each of the parts; a row is its key, its text, and what is right for each part."""
    return Form(
        tuple(
            Row(text, tuple(Choice(f"{key}.{one.key}", tuple(one.options.items()), label=one.label) for one in parts))
            for key, text, *_wants in rows
        )
    )


def _grid(answer: Answers, rows: Sequence[tuple[str, ...]], parts: Sequence[Part]) -> Iterator[Case]:
    """A case for each dropdown of such a form; the sentences may use {n}, the row, and {got}."""
    for place, (key, _text, *wants) in enumerate(rows, 1):
        for one, want in zip(parts, wants, strict=True):
            yield _named(answer, f"{key}.{one.key}", want, one.says, one.options, n=place)


def _matching_form(lines: Sequence[tuple[str, ...]], lists: Mapping[str, Mapping[str, str]], intro: str = "") -> Form:
    """Several matchings one below the other; a line is its key, its list, what it goes with, and its text."""
    rows: tuple[Row, ...] = ()
    for kind, options in lists.items():
        rows += matching(kind, ((key, text) for key, of, _want, text in lines if of == kind), options.items())
    return Form(rows, intro=intro)


def _matched(
    answer: Answers, lines: Sequence[tuple[str, ...]], lists: Mapping[str, Mapping[str, str]], says: Mapping[str, str]
) -> Iterator[Case]:
    """A case for each line of such a form; ``says`` by list, and may use {got}."""
    for key, kind, want, _text in lines:
        yield _named(answer, f"{kind}.{key}", want, says[kind], lists[kind])


def _named(answer: Answers, key: str, want: str, says: str, options: Mapping[str, str], **values: Any) -> Case:
    """As :func:`chosen`; {got} is the option in words."""
    made = chosen(answer, key, want, says)
    got = tr(options.get(answer.get(key, ""), ""))
    return Case(made.ok, made.says, {"got": got, **values}, key, open=made.open)


# -- 1 below, standard, excellent --------------------------------------------------------------------------------------

LEVELS = {
    "below": _("less than expected"),
    "standard": _("as expected: standard service"),
    "excellent": _("more than expected: excellent service"),
}
FIRSTS = {
    "ring": _("the first ring of the phone"),
    "ours": _("the first step in our door"),
    "theirs": _("our first step in theirs"),
    "none": _("none of the three"),
}
SCENES = (
    ("eleven", _("A bar rings at the number on the crate; “we are there from eight”, it says. At 8:10 it rings eleven times."), "below", "ring"),
    ("boots", _("A salesman who is expected at ten stands in the kitchen at ten, in clean shoes, and asks where he may put his bag."), "standard", "theirs"),
    ("crate", _("A café owner comes to the depot to look around. The storeman lays his list aside, finds her a parking place and carries her samples to the car."), "excellent", "ours"),
    ("list", _("The price list is promised for the first of the month. On the first of the month it is there, correct."), "standard", "none"),
    ("name", _("A caller has rung once before, in spring. “Ms He, how is the new terrace?” The phone was picked up at once, as always."), "excellent", "ring"),
    ("wait", _("“Please come at nine to taste the new teas.” At nine the hall is dark; at twenty past somebody brings a chair."), "below", "ours"),
)  # fmt: skip


SCENE = (
    Part("level", _("Service"), LEVELS, _("Scene {n}: you chose “{got}”. What did this customer count on, and what came?")),
    Part("first", _("Moment of truth"), FIRSTS, _("Scene {n}: you chose “{got}”. Who comes to whom here, and by which way?")),
)  # fmt: skip


@exercise(
    "firsts",
    lesson="4.1",
    points=4,
    title=_("Three firsts"),
    form=lambda: _grid_form(SCENES, SCENE),
    hints=(
        _("What had the customer been told, and what came?"),
        _("Whose door is it, and is it a first? A phone may ring for the first time in this talk, not in this life."),
        _("Each of the three levels stands here twice. One scene is none of the three firsts."),
    ),
    right=_(
        "Right. Clean shoes at ten are no more than what was agreed, and that is how most of a good day looks. Next: how to "
        "stay in touch once the first moment is over."
    ),
)  # fmt: skip
def firsts(answer: Answers) -> Iterator[Case]:
    """The level of service in each scene, and which first it is."""
    yield from _grid(answer, SCENES, SCENE)


# -- 2 five ways and seven rules ---------------------------------------------------------------------------------------

WAYS = {
    "card": _("thank-you card and useful news"),
    "fix": _("grasp and fix problems fast"),
    "back": _("call back at once"),
    "promise": _("never break a promise"),
    "touch": _("stay in touch"),
}
RULES = {
    "line": _("never cut the line"),
    "shared": _("plan shared experiences"),
    "events": _("hold events"),
    "favours": _("small favours"),
    "news": _("attract with information"),
    "time": _("time together"),
    "birthday": _("know the birthday"),
}
KINDS = {"way": WAYS, "rule": RULES}
NOTES = (
    ("missed", "way", "back", _("The display shows a missed call of the tea house. You ring before you take off your coat.")),
    ("quiet", "way", "touch", _("A customer has wanted nothing for two months. You ring all the same, without an offer.")),
    ("leak", "way", "fix", _("“The tap drips.” You ask two questions, and within the hour the fitter knows which part to bring.")),
    ("glass", "way", "promise", _("You had said thirty glasses by Friday. The truck is full, so you take them in your own car.")),
    ("label", "way", "card", _("After the first order: two lines by hand, and a sheet on how to store open syrup.")),
    ("handed", "rule", "line", _("It is not your field. You stay on until your colleague has taken over and knows the story.")),
    ("cook", "rule", "shared", _("You and four innkeepers stand at the same stove for a morning and cook with the new sauces.")),
    ("evening", "rule", "events", _("Once a year all customers are invited to the tasting evening, with music and a raffle.")),
    ("spare", "rule", "favours", _("You are passing anyway and bring the shop the two bottle openers that it lost.")),
    ("rulebook", "rule", "news", _("New rules on deposits come in May. Your one page on them is hung up in forty kitchens.")),
    ("fishing", "rule", "time", _("Mr Bao fishes. On the first Sunday of the month you sit beside him, and nobody talks of crates.")),
    ("tenth", "rule", "birthday", _("The kiosk opened on 9 June. On each 9 June you stand there with a cake.")),
)  # fmt: skip


NOTE_SAYS = {
    "way": _("You chose “{got}”. What would this customer have missed if you had not done it?"),
    "rule": _("You chose “{got}”. For how many is it, and what do they do, hear or get?"),
}


def _notes_form() -> Form:
    return _matching_form(NOTES, KINDS, _("First five notes for the five ways, then seven for the seven rules."))


@exercise(
    "five-and-seven",
    lesson="4.1",
    points=4,
    title=_("Five ways, seven rules"),
    form=_notes_form,
    hints=(
        _("Ask of each note: what would be lost if you had not done it?"),
        _("An event is for many, a shared experience for a few who do something, time together for one."),
        _("Each way and each rule stands here once."),
    ),
    right=_(
        "All twelve. Count how many of them cost money. Most of them cost only somebody who thinks of it, and a "
        "calendar."
    ),
)
def five_and_seven(answer: Answers) -> Iterator[Case]:
    """The way, then the rule, that each note plays."""
    yield from _matched(answer, NOTES, KINDS, NOTE_SAYS)


# -- 3 what it carries, and how ----------------------------------------------------------------------------------------

CARRIES = {"info": _("information"), "feeling": _("feeling"), "opinion": _("opinion or complaint")}
BY = {"people": _("by people"), "not": _("without people")}
CONTACTS = (
    ("route", _("A text at six in the morning: “Your van comes at 9:20.”"), "info", "not"),
    ("visit", _("On your planned visit the innkeeper says: “Your new lids do not close.”"), "opinion", "people"),
    ("exam", _("The soft-drink maker's bottles in June: “Good luck in your exam!” on the label."), "feeling", "not"),
    (
        "club",
        _("On the soft-drink maker's club site a member writes: “The new flavour is too sweet.”"),
        "opinion",
        "not",
    ),
    ("thanks", _("Your manager comes by in person to thank a shop for ten years."), "feeling", "people"),
    (
        "game",
        _("The soft-drink maker's game shows before each round which bottle caps win in which month."),
        "info",
        "not",
    ),
    ("call", _("You ring a shop: the deposit goes up on Monday, this is what changes."), "info", "people"),
    ("box", _("A note in the box by the till: “Never again with that driver.”"), "opinion", "not"),
)


CONTACT = (
    Part("what", _("carries above all"), CARRIES, _("Contact {n}: you chose “{got}”. What is in it: a fact, a warm word, or a judgement?")),
    Part("how", _("runs"), BY, _("Contact {n}: you chose “{got}”. Do two people meet or talk in this moment?")),
)  # fmt: skip


@exercise(
    "carries",
    lesson="4.1",
    points=4,
    title=_("What does it carry?"),
    form=lambda: _grid_form(CONTACTS, CONTACT),
    hints=(
        _("Does the contact say a fact, warm somebody, or judge something?"),
        _("“By people” means that two people meet or talk. A text, a label, a site and a slip of paper speak without them."),
        _("Three carry information, two feeling, three an opinion; three run by people."),
    ),
    right=_(
        "Right. All three opinions run from the customer to you, and two of the three arrive where nobody stands. Who reads "
        "the site and empties the box?"
    ),
)  # fmt: skip
def carries(answer: Answers) -> Iterator[Case]:
    """What each contact carries above all, and whether it runs by people."""
    yield from _grid(answer, CONTACTS, CONTACT)


# -- 4 four hearts and four qualities ----------------------------------------------------------------------------------

HEARTS = {
    "care": _("care: I see how you are"),
    "patience": _("patience: I have the time"),
    "sincerity": _("sincerity: it is true"),
    "action": _("action: it is done"),
}
QUALITIES = {
    "mind": _("mind: steady when it storms"),
    "character": _("character: keeps its word, owns its faults"),
    "skill": _("skill: knows the trade, speaks and listens well"),
    "round": _("all-round: helps beyond the own desk"),
}
LINES = (
    ("third", "heart", "patience", _("“Shall we go through the bill a third time? Take the first line.”")),
    ("cough", "heart", "care", _("“You sound hoarse today. Shall I send you the list, so that you need not talk?”")),
    ("nine", "heart", "action", _("“The crates stand in your yard; the driver has just sent me the picture.”")),
    ("sweet", "heart", "sincerity", _("“For your guests this tea would be too sweet. I would not take it.”")),
    ("shout", "quality", "mind", _("Shouted at for ten minutes, and the next caller notices nothing of it.")),
    ("fault", "quality", "character", _("“The wrong order was mine”, before anybody had asked.")),
    ("keg", "quality", "skill", _("Hears from the hiss on the phone that the keg is not the trouble, but the gas.")),
    ("stock", "quality", "round", _("Sits at the phones, and knows whom in the depot to ask, and how the bill comes about.")),
)  # fmt: skip


FOURS = {"heart": HEARTS, "quality": QUALITIES}
FOUR_SAYS = {
    "heart": _("You chose “{got}”. What does the customer get in this line: an eye, time, the truth, or a deed?"),
    "quality": _("You chose “{got}”. What would go wrong here without this person's strength?"),
}


@exercise(
    "hearts",
    lesson="4.1",
    points=4,
    title=_("Four hearts, four qualities"),
    form=lambda: _matching_form(LINES, FOURS),
    hints=(
        _("The first four are lines that a customer hears, the last four people whom you would hire."),
        _("A true word that costs you an order is another heart than a kind one."),
        _("Each stands here once."),
    ),
    right=_("Right. The hearts are heard in one talk; the qualities show over many. Which of the eight can be trained in a week?"),
)  # fmt: skip
def hearts(answer: Answers) -> Iterator[Case]:
    """The heart in each line, the quality in each person."""
    yield from _matched(answer, LINES, FOURS, FOUR_SAYS)


# -- 5 the path and the map --------------------------------------------------------------------------------------------

PATH = ("leaflet", "visit", "order", "handover", "bill", "news")
SHUFFLED = ("handover", "news", "leaflet", "bill", "order", "visit")
_PATH_SAYS = {
    "visit": _(
        "Does the customer know of you before you stand in the door? {right} of {pairs} neighbours stand in order."
    ),
    "order": _("Who orders from somebody who has never been there? {right} of {pairs} neighbours stand in order."),
    "": _("What must have happened before that can happen? {right} of {pairs} neighbours stand in order."),
}


def _map_mark() -> Mark:
    texts = []
    for name, row in zip(MOMENTS, whole_map().itertuples(index=False), strict=True):
        texts += [
            (f"{name}.mean", f"{row.mean:.1f}"),
            (f"{name}.bad_left", tr(_("{share:.0%} of {n}"), share=row.bad_left, n=row.bad)),
            (f"{name}.others_left", tr(_("{share:.0%} of {n}"), share=row.others_left, n=row.others)),
        ]
    return Mark(
        "heavy",
        "cells",
        rows=tuple(MOMENTS.items()),
        columns=(
            ("mean", _("mean score")),
            ("bad_left", _("gave 5 or less: left")),
            ("others_left", _("gave more: left")),
        ),
        texts=tuple(texts),
    )


FEW = {
    "ring": _("the phone: of the four its two shares are furthest apart"),
    "bill": _("the bill: 22% of those with a bad score left, more than of the others"),
    "none": _("none of these: with 6 to 13 bad scores the shares say next to nothing"),
    "safe": _("none of these: the mean is high, so nobody leaves because of them"),
}


def _path_form() -> Form:
    items = tuple((key, MOMENTS[key]) for key in SHUFFLED)
    return Form(
        (
            Row(_("Put six contact points along the path of a new customer."), (Order("path", items, label=_("The path")),)),
            Row(
                _("In the map: in which moment do a bad score and leaving go together most? Mark the share of those who left after a bad score there."),
                (_map_mark(),),
            ),
            Row(_("The first visit, the phone, the order, the bill: where do you begin among these four?"), (Choice("few", tuple(FEW.items()), style="radio"),)),
        )
    )  # fmt: skip


@exercise(
    "path-and-map",
    lesson="4.1",
    points=4,
    title=_("The path and the map"),
    form=_path_form,
    hints=(
        _("Before, during, after: first sort into three heaps."),
        _("Compare the second and the third column line by line. Where are they furthest apart?"),
        _("Half of one group left, and fewer than one in ten of the other. And six customers are six customers."),
    ),
    right=_(
        "Right. Handing over the crates: half of those with a bad score left, 9% of the others, and 7.3 on average does not "
        "show it. Leaving goes with it; whether it comes from it, only a change will tell."
    ),
)
def path_and_map(answer: Answers) -> Iterator[Case]:
    """The path in order, and the moment that weighs most."""
    yield ordered(answer, "path", PATH, _PATH_SAYS, weight=2)
    name, _dot, column = str(answer.get("heavy", "")).partition(".")
    says = _("You marked {cell}. How far is it from the share among those who were content there?")
    if column == "mean":
        says = _("You marked {cell}. Does a mean say who left?")
    elif name == heaviest():
        says = _("You marked {cell}. Is that the share of those with a bad score?")
    made = chosen(answer, "heavy", f"{heaviest()}.bad_left", says)
    yield Case(made.ok, made.says, {"cell": _map_mark().show(answer.get("heavy"))}, "heavy", open=made.open)
    yield chosen(
        answer,
        "few",
        "none",
        {
            "ring": _(
                "You begin with the phone. How many customers more does the larger share mean, and how many gave a bad score?"
            ),
            "bill": _("22% of how many is that, and how many people?"),
            "safe": _("You say nobody leaves because of them. Can so few bad scores show that either way?"),
        },
    )


# -- 6 across the river ------------------------------------------------------------------------------------------------

TRIALS = {
    "all": _("On all tours at once; then see whether fewer leave than last winter"),
    "liked": _("On all tours at once; then ask the customers how they like the rule"),
    "lot": _("On half of the tours, drawn by lot; then compare with the others"),
    "best": _("On the tours with the best drivers; then compare with the others"),
}


def _river_mark() -> Mark:
    texts = []
    for name, row in zip(MOMENTS, whole_map("river").itertuples(index=False), strict=True):
        texts += [
            (f"{name}.mean", f"{row.mean:.1f}"),
            (f"{name}.bad", tr(_("{left} of {n}"), left=round(row.bad * row.bad_left), n=row.bad)),
            (f"{name}.others", tr(_("{left} of {n}"), left=round(row.others * row.others_left), n=row.others)),
        ]
    return Mark(
        "begin",
        "cells",
        rows=tuple(MOMENTS.items()),
        columns=(
            ("mean", _("mean score")),
            ("bad", _("gave 5 or less: left")),
            ("others", _("gave more: left")),
        ),
        texts=tuple(texts),
    )


def _river_form() -> Form:
    return Form(
        (
            Row(_("Where should Wei Dong begin? Mark the cell of those with a bad score there."), (_river_mark(),)),
            Row(_("How many percent of those with a bad score there have left?"), (Entry("share", _("Share"), "%"),)),
            Row(
                _("He writes one rule for it. How does he find out whether the rule helps?"),
                (Choice("trial", tuple(TRIALS.items()), style="radio"),),
            ),
        )
    )


def _river_says(name: str) -> str:
    """What to ask somebody who begins at this contact point."""
    if name not in MOMENTS:
        return _("At the top of your map there is no contact point. Does it still have its nine rows?")
    row = whole_map("river").loc[MOMENTS[name]]
    if row["bad_left"] > whole_map("river").loc[MOMENTS[heaviest("river")], "bad_left"]:
        return _("You begin with “{name}”. If one of those with a bad score had stayed, what would the share be?")
    return _("You begin with “{name}”. What share left of those with a bad score there, and what share of the others?")


@exercise(
    "across-the-river",
    lesson="4.1",
    points=4,
    title=_("Across the river"),
    hints=(
        _("Go through the contact points: of those with a bad score how many in ten have left, and of the others?"),
        _("The largest share of all rests on a handful of customers. Which large one rests on dozens?"),
        _(
            'In code: moments_map(river).sort_values(...). The lower end of the interval, "low", does not trust a handful.'
        ),
    ),
    right=_(
        "Right. Across the river it is the settling of problems: 48% of 69 left, 8% of the 191 others. The crates are in order "
        "there: what weighs most at one depot need not at the next. And the three who left after a bad first visit had all "
        "given the settling a bad score, too."
    ),
    code=True,
)
def river_code(answer: Any) -> Iterator[Case]:
    """The map of the second survey, with the contact point to begin with on top."""
    want = whole_map("river")
    yield from frame(answer, ["bad_left", "others_left"], rows=len(want))
    yield gate(
        set(answer.index) == set(want.index),
        _("The rows should be the nine contact points. Use moments_map with the survey called river."),
    )
    for column in ("bad_left", "others_left"):
        apart = (answer[column].reindex(want.index) - want[column]).abs()
        row = str(apart.fillna(np.inf).idxmax())
        yield case(
            bool((apart < 1e-6).all()),
            _("“{name}”: you have a share of {got:.0%}. Is that from the survey across the river?"),
            name=tr(row),
            got=float(answer.loc[row, column]),
        )
    first = {text: name for name, text in MOMENTS.items()}.get(answer.index[0], "")
    yield case(first == heaviest("river"), _river_says(first), weight=2, name=tr(MOMENTS.get(first, "")))


@river_code.click_twin(_river_form)
def river_clicks(answer: Answers) -> Iterator[Case]:
    """Where to begin, the share there, and how to find out what a rule does."""
    name, _dot, column = str(answer.get("begin", "")).partition(".")
    says = _river_says(name)
    if column == "mean":
        says = _("You marked a mean. Does a mean say who left?")
    elif name == heaviest("river"):
        says = _("You marked “{name}”. Are those the customers with a bad score?")
    made = chosen(answer, "begin", f"{heaviest('river')}.bad", says)
    yield Case(made.ok, made.says, {"name": tr(MOMENTS.get(name, ""))}, "begin", 2, open=made.open)
    # Whoever marked another contact point and worked out its share has done this part.
    want = whole_map("river").loc[MOMENTS[name if name in MOMENTS else heaviest("river")], "bad_left"]
    yield close(
        answer,
        "share",
        100 * float(want),
        _("You wrote {got} %. How many gave a bad score where you begin, and how many of these left?"),
        tolerance=0.6,
    )
    yield chosen(
        answer,
        "trial",
        "lot",
        {
            "all": _("You compare with last winter. What else may be different this year?"),
            "liked": _("You ask how they like it. Would you then know whether fewer of them leave?"),
            "best": _("You begin with the best drivers. Which tours would do well without any rule?"),
        },
    )


# -- 7 find the mistake ------------------------------------------------------------------------------------------------

FAULTS = {
    "sound": _("sound"),
    "mean": _("a mean hides the moment that counts"),
    "weight": _("low, but it hardly goes with leaving"),
    "cause": _("promises what a change would bring"),
    "asked": _("counts only those who are still there"),
}
PAGE = {
    "fine": ("mean", _("Line {n}: you let it pass. Can a customer give eight good scores and leave because of the ninth?")),
    "leaflet": ("weight", _("Line {n}: you let it pass. In the map, how far apart are the two shares for the leaflet?")),
    "door": ("sound", ""),
    "then": ("cause", _("Line {n}: you let it pass. Has anybody changed the handing over yet, and counted again?")),
    "stay": ("asked", _("Line {n}: you let it pass. Whose scores are missing in it?")),
}  # fmt: skip


@cache
def facts() -> dict[str, float]:
    """The numbers on the colleague's page, from the survey."""
    answers, table = _winter(), whole_map()
    own = answers[list(MOMENTS)].mean(axis=1)
    row = table.loc[MOMENTS[heaviest()]]
    stayed = answers.loc[~answers["left"], heaviest()]
    return {
        "mean": float(own.mean()),
        "seven": int((own >= 7).sum()),
        "leaflet": float(table["mean"].min()),
        "left": int(answers["left"].sum()),
        "bad": int(row["bad"]),
        "bad_left": float(row["bad_left"]),
        "others_left": float(row["others_left"]),
        "low": float(row["low"]),
        "high": float(row["high"]),
        "stayed": float(stayed.mean()),
        "content_left": int(answers.loc[own >= 7, "left"].sum()),
    }


def _page_text(key: str) -> str:
    """A line of the page with its numbers."""
    found = facts()
    texts = {
        "fine": _("{seven} of 240 customers give us 7 or more over all nine moments. These have no reason to leave."),
        "leaflet": _("Leaflet and website have the lowest mean, {leaflet:.1f}. So our money goes there first."),
        "door": _("Of the {bad} with a bad score at the handing over {bad_left:.0%} left (interval {low:.0%} to {high:.0%}), of the others {others_left:.0%}. We look there first."),
        "then": _("If every driver hands the crates over well, only {others_left:.0%} of all customers will leave."),
        "stay": _("Those who are with us still give the handing over {stayed:.1f}. So there is no trouble at the door."),
    }  # fmt: skip
    return tr(texts[key], **found)


def _page_form() -> Form:
    rows = (
        Row(_page_text(key), (Choice(key, tuple(FAULTS.items()), label=_("Your note")),), quote=True) for key in PAGE
    )
    return Form(tuple(rows), intro=_("Fan Lei's page on the survey, line by line. What do you write beside each?"))


@exercise(
    "fan-leis-page",
    lesson="4.1",
    points=4,
    title=_("Find the mistake"),
    form=_page_form,
    hints=(
        _("Each of the five notes fits one line."),
        _("Ask of each line: over what is the mean taken, and who is in it?"),
        _("Only one line compares those with a bad score with the others, and promises nothing."),
    ),
    right=_(
        "Right. Of the customers who gave 7 or more over all nine moments, 18 left all the same, nearly half of all who left. "
        "A customer does not feel the mean of nine moments."
    ),
)
def fan_leis_page(answer: Answers) -> Iterator[Case]:
    """What is wrong with each line of the page."""
    for place, (key, (fault, passed)) in enumerate(PAGE.items(), 1):
        got = answer.get(key, "")
        says = _("Line {n}: you chose “{got}”. What does the line conclude, and from whose scores?")
        if got == "sound":
            says = passed
        made = chosen(answer, key, fault, says)
        yield Case(made.ok, made.says, {"n": place, "got": tr(FAULTS.get(got, ""))}, key, open=made.open)


# -- on Monday ---------------------------------------------------------------------------------------------------------


def moments_sheet() -> pd.DataFrame:
    """The map to fill in for one's own firm: the nine contact points with the numbers of the survey as an example, and
    empty columns for the rule, who sees to it, and by when.

    >>> moments_sheet().columns[-3:].tolist()
    ['our rule', 'who', 'by when']
    """
    table = whole_map().drop(columns=["low", "high"]).round({"mean": 1, "bad_left": 2, "others_left": 2})
    return table.assign(**{"our rule": "", "who": "", "by when": ""})
