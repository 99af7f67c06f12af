"""Exercises of lesson 4.1, service and moments of truth, and the map of moments that leaves the lesson."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import numpy as np
import pandas as pd

from crmlab import intervals
from crmlab.course.exercise import Case, chosen, exercise, ordered
from crmlab.course.form import Answers, Choice, Form, Mark, Order, Row, matching
from crmlab.language import _, tr

# -- the survey --------------------------------------------------------------------------------------------------------

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
"""The contact points of the survey, along the customer's path."""
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
def _survey() -> pd.DataFrame:
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


def survey() -> pd.DataFrame:
    """What 240 customers say of nine contact points, 1 to 10, and whether they had left half a year later (made up:
    who was badly served at the door leaves more often, and a little who got late deliveries; nothing else counts).

    >>> survey().shape
    (240, 10)
    """
    return _survey().copy()


def moments_map(answers: pd.DataFrame) -> pd.DataFrame:
    """The map of moments: a row a contact point in the order of the path, with its ``stage``, the ``mean`` score, how many
    gave a ``bad`` one (5 or less), the share of these that left (``bad_left``), and the same of the ``others``.

    >>> moments_map(survey())["stage"].unique().tolist()
    ['before', 'during', 'after']
    """
    rows = {}
    for name in MOMENTS:
        bad = answers[name] <= BAD
        rows[name] = {
            "stage": STAGES[name],
            "mean": answers[name].mean(),
            "bad": int(bad.sum()),
            "bad_left": answers.loc[bad, "left"].mean(),
            "others": int((~bad).sum()),
            "others_left": answers.loc[~bad, "left"].mean(),
        }
    table = pd.DataFrame.from_dict(rows, orient="index").rename(index=MOMENTS)
    table.index.name = "moment"
    return table


@cache
def whole_map() -> pd.DataFrame:
    """The map of all 240."""
    return moments_map(_survey())


def heaviest() -> str:
    """The contact point at which bad scores and leaving go together most: the widest distance of the two shares."""
    table = whole_map()
    return list(MOMENTS)[int((table["bad_left"] - table["others_left"]).to_numpy().argmax())]


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


def _scenes_form() -> Form:
    rows = []
    for key, text, _level, _first in SCENES:
        fields = (
            Choice(f"{key}.level", tuple(LEVELS.items()), label=_("Service")),
            Choice(f"{key}.first", tuple(FIRSTS.items()), label=_("Moment of truth")),
        )
        rows.append(Row(text, fields))
    return Form(tuple(rows))


@exercise(
    "firsts",
    lesson="4.1",
    points=4,
    title=_("Three firsts"),
    form=_scenes_form,
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
    for place, (key, _text, level, first) in enumerate(SCENES, 1):
        for part, want, labels, says in (
            (
                "level",
                level,
                LEVELS,
                _("Scene {n}: you chose “{got}”. What did this customer count on, and what came?"),
            ),
            ("first", first, FIRSTS, _("Scene {n}: you chose “{got}”. Who comes to whom here, and by which way?")),
        ):
            made = chosen(answer, f"{key}.{part}", want, says)
            got = tr(labels.get(answer.get(f"{key}.{part}", ""), ""))
            yield Case(made.ok, made.says, {"n": place, "got": got}, f"{key}.{part}", open=made.open)


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


def _notes_form() -> Form:
    ways = matching("way", ((key, text) for key, kind, _w, text in NOTES if kind == "way"), WAYS.items())
    rules = matching("rule", ((key, text) for key, kind, _w, text in NOTES if kind == "rule"), RULES.items())
    return Form(ways + rules, intro=_("First five notes for the five ways, then seven for the seven rules."))


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
    """Which way or rule each note is an example of."""
    for key, kind, want, _text in NOTES:
        says = _("You chose “{got}”. What would this customer have missed if you had not done it?")
        if kind == "rule":
            says = _("You chose “{got}”. For how many is it, and what do they do, hear or get?")
        made = chosen(answer, f"{kind}.{key}", want, says)
        got = tr((WAYS if kind == "way" else RULES).get(answer.get(f"{kind}.{key}", ""), ""))
        yield Case(made.ok, made.says, {"got": got}, f"{kind}.{key}", open=made.open)


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


def _contacts_form() -> Form:
    rows = []
    for key, text, _what, _how in CONTACTS:
        fields = (
            Choice(f"{key}.what", tuple(CARRIES.items()), label=_("carries above all")),
            Choice(f"{key}.how", tuple(BY.items()), label=_("runs")),
        )
        rows.append(Row(text, fields))
    return Form(tuple(rows))


@exercise(
    "carries",
    lesson="4.1",
    points=4,
    title=_("What does it carry?"),
    form=_contacts_form,
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
    for place, (key, _text, what, how) in enumerate(CONTACTS, 1):
        for part, want, labels, says in (
            (
                "what",
                what,
                CARRIES,
                _("Contact {n}: you chose “{got}”. What is in it: a fact, a warm word, or a judgement?"),
            ),
            ("how", how, BY, _("Contact {n}: you chose “{got}”. Do two people meet or talk in this moment?")),
        ):
            made = chosen(answer, f"{key}.{part}", want, says)
            got = tr(labels.get(answer.get(f"{key}.{part}", ""), ""))
            yield Case(made.ok, made.says, {"n": place, "got": got}, f"{key}.{part}", open=made.open)


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


def _hearts_form() -> Form:
    hearts = matching("heart", ((key, text) for key, kind, _w, text in LINES if kind == "heart"), HEARTS.items())
    qualities = matching(
        "quality", ((key, text) for key, kind, _w, text in LINES if kind == "quality"), QUALITIES.items()
    )
    return Form(hearts + qualities)


@exercise(
    "hearts",
    lesson="4.1",
    points=4,
    title=_("Four hearts, four qualities"),
    form=_hearts_form,
    hints=(
        _("The first four are lines that a customer hears, the last four people whom you would hire."),
        _("A true word that costs you an order is another heart than a kind one."),
        _("Each stands here once."),
    ),
    right=_("Right. The hearts are heard in one talk; the qualities show over many. Which of the eight can be trained in a week?"),
)  # fmt: skip
def hearts(answer: Answers) -> Iterator[Case]:
    """The heart in each line, the quality in each person."""
    for key, kind, want, _text in LINES:
        says = _("You chose “{got}”. What does the customer get in this line: an eye, time, the truth, or a deed?")
        if kind == "quality":
            says = _("You chose “{got}”. What would go wrong here without this person's strength?")
        made = chosen(answer, f"{kind}.{key}", want, says)
        got = tr((HEARTS if kind == "heart" else QUALITIES).get(answer.get(f"{kind}.{key}", ""), ""))
        yield Case(made.ok, made.says, {"got": got}, f"{kind}.{key}", open=made.open)


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
    "visit": _("our first visit: only 6 bad scores, so look there first"),
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
            "visit": _("You begin with six customers. How many of the six left?"),
            "bill": _("22% of how many is that, and how many people?"),
            "safe": _("You say nobody leaves because of them. Can so few bad scores show that either way?"),
        },
    )


# -- 6 find the mistake ------------------------------------------------------------------------------------------------

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
    answers, table = _survey(), whole_map()
    own = answers[list(MOMENTS)].mean(axis=1)
    row = table.loc[MOMENTS[heaviest()]]
    low, high = intervals.wilson(round(row["bad"] * row["bad_left"]), int(row["bad"]))
    stayed = answers.loc[~answers["left"], heaviest()]
    return {
        "mean": float(own.mean()),
        "seven": int((own >= 7).sum()),
        "leaflet": float(table["mean"].min()),
        "left": int(answers["left"].sum()),
        "bad": int(row["bad"]),
        "bad_left": float(row["bad_left"]),
        "others_left": float(row["others_left"]),
        "low": float(low),
        "high": float(high),
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
    table = whole_map().round({"mean": 1, "bad_left": 2, "others_left": 2})
    return table.assign(**{"our rule": "", "who": "", "by when": ""})
