"""Exercises of lesson 4.4: what a complaint is worth, and which of the figures about it hold."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import pandas as pd

from crmlab import complaint_economics, complaints
from crmlab.course.cases import Case, case, chosen, close, frame, gate, series
from crmlab.course.exercise import exercise
from crmlab.course.form import Answers, Choice, Entry, Form, Mark, Row, Slider, number
from crmlab.language import _, tr

COLUMNS = (
    _("cases"),
    _("class"),
    _("complaints"),
    _("contract"),
    _("cost"),
    _("customers"),
    _("future margin"),
    _("left"),
    _("may cost at most"),
    _("meaning"),
    _("measure"),
    _("carefully at most"),
    _("share"),
    _("source"),
    _("stay"),
    _("stay if left alone"),
    _("stay if settled"),
    _("value claimed"),
    _("verdict"),
)
"""Headings in the tables of the lesson, marked for translation."""

CELLS = (
    _("Month-to-month"),
    _("One year"),
    _("Two year"),
    _("Incorrect information on credit report"),
    _("Loan modification,collection,foreclosure"),
    _("Loan servicing, payments, escrow account"),
    _("Cont'd attempts collect debt not owed"),
    _("Account opening, closing, or management"),
    _("Disclosure verification of debt"),
    _("closure"),
    _("moved"),
    _("friends"),
    _("competition"),
    _("quality"),
    _("neglect"),
)
"""Words in their cells and charts."""


# -- 1: steps in the table ---------------------------------------------------------------------------------------------

STEPS = ("unsatisfied", "satisfied", "quickly")
STEP_NAMES = (
    ("unsatisfied", _("from silent to not settled")),
    ("satisfied", _("from not settled to settled")),
    ("quickly", _("from settled to settled quickly")),
)
LOSSES = (("under_5", _("loss under 5 dollars")), ("over_100", _("loss over 100 dollars")))


@cache
def steps() -> pd.DataFrame:
    """By how much each outcome in TARP's table lies above the one before it."""
    return complaint_economics.TARP.diff(axis=1)[list(STEPS)]


def points(loss: str, step: str) -> float:
    """The same in percentage points."""
    return round(100 * float(steps().loc[loss, step]), 6)


CAUSES = (
    ("heard", _("To have been heard keeps people, even if nothing is done")),
    ("faithful", _("Who complains may be another kind of customer from the beginning")),
    ("small", _("Ten points are too few to mean anything, whoever was asked")),
)


def _steps_form() -> Form:
    grid = Mark("largest", "cells", rows=LOSSES, columns=STEP_NAMES, title=_("Steps in the table"))
    return Form(
        (
            Row(_("Loss over 100 dollars: from “not settled” to “settled”, how many points up?"), (Entry("settled", _("Points up")),)),
            Row(_("Loss over 100 dollars: and from “settled” to “settled quickly”?"), (Entry("quick", _("Points up")),)),
            Row(_("Where is the largest step of all six? Mark the cell."), (grid,)),
            Row(
                _("Loss over 100 dollars: of the silent 9% would buy again, of those who complained in vain 19%. What is to be said?"),
                (Choice("cause", CAUSES, style="radio"),),
            ),
        )
    )  # fmt: skip


@exercise(
    "tarp-steps",
    lesson="4.4",
    points=4,
    title=_("Steps in the table"),
    hints=(
        _("A step is the difference between two neighbours in the same row, in points: 46 less 37 is 9."),
        _("There are six steps, three in each row. Write all six down before you compare."),
        _(
            "In code: complaint_economics.TARP.diff(axis=1). And for the last question: was it drawn by lot who complained?"
        ),
    ),
    right=_(
        "The dearer the loss, the more hangs on settling it at all; speed comes second, and it is no trifle. But nobody was "
        "sent by lot into one of the four groups: the table shows who stays, and only hints at why. Next: whom do they tell?"
    ),
    code=True,
)
def steps_table(answer: Any) -> Iterator[Case]:
    """The table of steps, judged column by column."""
    yield from frame(answer, STEPS, rows=2)
    yield gate(set(answer.index) == set(steps().index), _("The rows should be under_5 and over_100, as in the table."))
    for name in STEPS:
        yield series(
            answer[name],
            steps()[name],
            _("Row {row}: you have a step of {got}. Which two neighbours does it lie between?"),
            tolerance=1e-6,
        )


@steps_table.click_twin(_steps_form)
def steps_clicks(answer: Answers) -> Iterator[Case]:
    """Two steps, the largest, and what it does not show."""
    for key, step in (("settled", "satisfied"), ("quick", "quickly")):
        want = points("over_100", step)
        got = answer.get(key)
        says = _(
            "You wrote {got}. Take the row of the larger loss, and one column less the one before it: which two are meant?"
        )
        if got is not None and abs(got - points("under_5", step)) < 0.5:
            says = _("You wrote {got}. That is a step in the table, but in which row?")
        yield close(answer, key, want, says, tolerance=0.5)
    largest = max(((loss, step) for loss, _name in LOSSES for step in STEPS), key=lambda at: points(*at))
    yield chosen(
        answer,
        "largest",
        ".".join(largest),
        _("How many points is the step that you marked, and how many its neighbours?"),
    )
    yield chosen(
        answer,
        "cause",
        "faithful",
        {
            "heard": _("Perhaps. How would one know that the two groups were alike before they complained?"),
            "small": _("How many people were asked? Without that, can ten points be called few?"),
        },
    )


# -- 2: the exit calls -------------------------------------------------------------------------------------------------

CALLS = {
    "quality": (900, 1200, 700, 1500, 2200, 800, 600, 1900, 1100, 1300, 950, 1700, 850, 1250),
    "competition": (2400, 1800, 3100, 900, 2600, 1500, 2000, 1200, 1700, 2900, 800, 2300),
    "neglect": (25_920, 20_160, 2400, 1600, 3000, 1100, 900, 2100, 1400),
    "closure": (1000, 700, 1800, 600, 1300, 900),
    "moved": (800, 1100),
    "friends": (1400,),
    None: (500, 1700, 600, 2200, 900, 700),
}
"""The margin of a year that went with each customer of Chen Jie's fifty exit calls, by the reason given. Made up."""


def exit_calls() -> pd.DataFrame:
    """Fifty calls to customers who had left (made up): ``reason`` given, empty for six, and ``margin`` of a year in yuan."""
    rows = [(reason, margin) for reason, margins in CALLS.items() for margin in margins]
    mixed = [rows[place * 17 % len(rows)] for place in range(len(rows))]
    return pd.DataFrame(mixed, columns=["reason", "margin"])


@cache
def exit_table() -> pd.DataFrame:
    """The table of reasons from the calls, with the shares of the handout beside it."""
    return complaints.reasons(exit_calls(), amount="margin", claimed=complaints.HANDOUT_REASONS["claimed"])


@cache
def exits() -> dict[str, Any]:
    """What is asked of it."""
    table = exit_table()
    return {
        "neglect": 100 * float(table.loc["neglect", "share"]),
        "all": 100 * float(table.loc["neglect", "cases"]) / len(exit_calls()),
        "outside": int((~table["holds"].astype(bool)).sum()),
        "often": str(table["cases"].idxmax()),
        "dear": str(table["amount"].idxmax()),
    }


def _reason_options() -> tuple[tuple[str, str], ...]:
    return tuple((str(key), tr(name)) for key, name in complaints.HANDOUT_REASONS["name"].items())


def _calls_live(_answer: Answers) -> list[str]:
    counts = exit_calls().groupby("reason", dropna=False)["margin"].agg(["size", "sum"])
    names = complaints.HANDOUT_REASONS["name"]
    lines = [
        tr(_("{reason}: {cases} of the calls, {margin:,} yuan"), reason=tr(names[key]), cases=int(counts.loc[key, "size"]), margin=int(counts.loc[key, "sum"]))
        for key in names.index
    ]  # fmt: skip
    rest = counts[counts.index.isna()].iloc[0]
    return [
        *lines,
        tr(
            _("No reason given: {cases} of the calls, {margin:,} yuan"),
            cases=int(rest["size"]),
            margin=int(rest["sum"]),
        ),
    ]


def _exit_form() -> Form:
    options = _reason_options()
    return Form(
        (
            Row(_("Of those who gave a reason, how many percent felt neglected?"), (Entry("neglect", _("Share"), "%"),)),
            Row(_("Which reason is given most often?"), (Choice("often", options, label=_("Most often")),)),
            Row(_("Which reason took the most money along?"), (Choice("dear", options, label=_("Dearest")),)),
            Row(
                _("Manager Gu: “With so few calls, the handout's 63% may be ours after all.” The interval of the share goes from 11% to 35%. May it?"),
                (
                    Choice(
                        "chance",
                        (
                            ("yes", _("Yes: fifty calls are few, so anything is possible")),
                            ("no", _("No: for our own lost customers 63% is not in it")),
                            ("never", _("No: and so it is wrong for every other firm, too")),
                        ),
                        style="radio",
                    ),
                ),
            ),
        ),
        live=_calls_live,
        intro=_("The fifty calls, counted, stand below the questions."),
    )  # fmt: skip


@exercise(
    "exit-table",
    lesson="4.4",
    points=4,
    title=_("Fifty calls"),
    hints=(
        _("Six of the fifty gave no reason. Are they part of “those who gave a reason”?"),
        _("Count for “most often”, add up the yuan for “most money”. The two need not be the same."),
        _(
            'In code: complaints.reasons(calls, amount="margin", claimed=...), with the claims from complaints.HANDOUT_REASONS.'
        ),
    ),
    right=_(
        "Quality is named most, neglect costs most: two customers of nine make the difference. Neither shows in the handout. "
        "And your own table has holes as well: six said nothing, and whoever rings hears “price” more easily than “you”."
    ),
    code=True,
)
def exit_code(answer: Any) -> Iterator[Case]:
    """The table of reasons, with money and claims."""
    want = exit_table()
    yield from frame(answer, ["cases", "share"])
    yield gate(
        set(want.index) <= set(answer.index),
        _("The rows of your table should be the reasons. Use complaints.reasons with the table called calls."),
    )
    yield series(
        answer["share"],
        want["share"],
        _("{row}: you have a share of {got}. A share of which calls is asked for?"),
        tolerance=1e-6,
        weight=2,
    )
    yield case(
        "amount" in answer and bool((answer["amount"].reindex(want.index) == want["amount"]).all()),
        _("Where in your table is the margin that each reason took along?"),
    )
    yield case(
        "claimed" in answer and bool((answer["claimed"].reindex(want.index) == want["claimed"]).all()),
        _("Where in your table are the shares of the handout, to compare with?"),
    )  # fmt: skip


@exit_code.click_twin(_exit_form)
def exit_clicks(answer: Answers) -> Iterator[Case]:
    """Four readings of the same table."""
    found = exits()
    got = answer.get("neglect")
    says = _("You wrote {got} %. How many felt neglected, and of how many who gave a reason?")
    if got is not None and abs(got - found["all"]) <= 0.3:
        says = _("You wrote {got} %. That is of all fifty. How many of them gave a reason?")
    yield close(answer, "neglect", found["neglect"], says, tolerance=0.6)
    yield chosen(answer, "often", found["often"], _("How many calls name it, and does another reason have more?"))
    yield chosen(
        answer,
        "dear",
        found["dear"],
        {
            found["often"]: _("It is named most often. Does it also have the largest sum of yuan?"),
            "": _("Look at the yuan, not at the calls: is there a larger sum?"),
        },
    )
    yield chosen(
        answer,
        "chance",
        "no",
        {
            "yes": _("Few calls make a wide interval. How wide is it here, and does it reach 63%?"),
            "never": _("These were customers of one firm. What do they say about a hairdresser's?"),
        },
    )


# -- 3: what may go on a slide -----------------------------------------------------------------------------------------

PRINT = (
    ("as", _("as it stands")),
    ("setting", _("only with its setting or range")),
    ("never", _("not at all: no study is known")),
)
SLIDES = (
    ("law96", _("96% of the unhappy never complain."), "setting"),
    (
        "tarp82",
        _("In TARP surveys of the 1970s and 80s, 82% of Americans with a loss over 100 dollars that was settled quickly said they would buy again."),
        "as",
    ),
    ("neglect63", _("63% of all lost customers left because they felt neglected."), "never"),
    ("again95", _("Settle a complaint fast, and 95% buy again."), "setting"),
    (
        "drink",
        _("Of the complainers of one soft-drink maker who felt that nothing had been settled, a third said in 1981 that they had stopped buying."),
        "as",
    ),
    ("five", _("Winning a customer costs five times keeping one."), "setting"),
    ("eleven", _("An unhappy customer tells eleven others."), "never"),
)  # fmt: skip
SLIDE_SAYS = {
    "law96": {
        "as": _("Slide 1: of which goods is it true? What was it in the report of 1979?"),
        "never": _("Slide 1: somebody did measure it. Where?"),
    },
    "tarp82": {
        "setting": _("Slide 2: who, when, what loss, said or did: is anything of that missing in the sentence?"),
        "never": _("Slide 2: look into the table of two by four. Is the figure there?"),
    },
    "neglect63": {
        "as": _("Slide 3: who was asked, and by whom?"),
        "setting": _("Slide 3: which setting would you write beside it? Who counted there?"),
    },
    "again95": {
        "as": _("Slide 4: how large was the loss of those people? Did they buy, or say that they would?"),
        "never": _("Slide 4: look into the table of two by four. Is the figure there?"),
    },
    "drink": {
        "setting": _("Slide 5: whose complainers, which year, which of them: is anything of that missing in the sentence?"),
        "never": _("Slide 5: one company asked its own complainers. Is that no study at all?"),
    },
    "five": {
        "as": _("Slide 6: five everywhere? What did Goodman find from trade to trade?"),
        "never": _("Slide 6: it has a source, only not for one number. What does the source give instead?"),
    },
    "eleven": {
        "as": _("Slide 7: who counted the listeners? Is there a name in the lesson?"),
        "setting": _("Slide 7: another company's study of 1981 had 9 to 10. Is that a source for eleven?"),
    },
}  # fmt: skip


def _slides_form() -> Form:
    return Form(
        tuple(Row(text, (Choice(key, PRINT, label=_("May be printed")),), quote=True) for key, text, _want in SLIDES)
    )


@exercise(
    "slides",
    lesson="4.4",
    points=4,
    title=_("What may go on the slide?"),
    form=_slides_form,
    hints=(
        _("Ask each sentence: who was asked, when, about what, and did they do it or say it?"),
        _("Two sentences bring their whole setting with them. Two have no study behind them."),
        _("A true figure without its setting is not a lie. It is a law that nobody passed."),
    ),
    right=_(
        "Two may stand, three need their setting, two go. The honest ones are longer and sound weaker: and a director who asks "
        "“who was asked?” gets an answer. Next: a sum that needs none of the seven."
    ),
)
def slides(answer: Answers) -> Iterator[Case]:
    """Which figures may be printed, and how?"""
    for key, _text, want in SLIDES:
        yield chosen(answer, key, want, SLIDE_SAYS[key])


# -- 4: what it may cost -----------------------------------------------------------------------------------------------

CARP = {"sales": 80_000, "margin_rate": 0.10, "left": 10, "settled": 24, "asked": 40}
"""The Golden Carp: sales still to come, margin, and the desk's own list: how many of 40 came back."""


@cache
def carp() -> complaint_economics.Recovery:
    """What settling the complaint of the Golden Carp is worth."""
    value = CARP["sales"] * CARP["margin_rate"]
    return complaint_economics.recovery(
        value, keep_if_left=CARP["left"] / CARP["asked"], keep_if_settled=CARP["settled"] / CARP["asked"]
    )


CAUTIOUS = 0.15
"""A careful rise in the share that stays."""
WHY_NOT = (
    ("stay", _("Some of those would have come back without any effort")),
    ("sales", _("60% of the sales would have to be taken, not of the margin")),
    ("time", _("The future margin counts for one year only")),
)


def _carp_form() -> Form:
    return Form(
        (
            Row(
                _("Set the most that settling may cost."),
                (Slider("most", _("At most"), 0, 8000, 100, 1000, _("yuan")),),
            ),
            Row(
                _("Forty cases are few. If settling raises the share by 15 points only: the most?"),
                (Entry("careful", _("At most"), _("yuan")),),
            ),
            Row(
                _("Fan Lei says: “60% stay, so we may spend 60% of 8,000.” What has he overlooked?"),
                (Choice("why", WHY_NOT, style="radio"),),
            ),
        )
    )


@exercise(
    "most-it-may-cost",
    lesson="4.4",
    points=4,
    title=_("The Golden Carp"),
    hints=(
        _("First the margin still to come; the goods themselves cost the rest of the sales."),
        _("How many of a hundred stay without you, and how many with you? Only the difference is yours."),
        _("In code: complaint_economics.recovery(value, keep_if_left=..., keep_if_settled=...).worth"),
    ),
    right=_(
        "Margin still to come, times what settling changes. That is the most, not the right sum: what settles it for less is "
        "better. And with forty cases on each side the careful figure is the one to plan with."
    ),
    code=True,
)
def carp_code(answer: Any) -> Iterator[Case]:
    """The worth as a number."""
    got = number(answer)
    yield gate(
        got is not None, _("A number of yuan was expected here; yours is of type {kind}."), kind=type(answer).__name__
    )
    assert got is not None
    yield case(abs(got - carp().worth) <= 1, _carp_says(got), got=f"{got:,.10g}")


def _carp_says(got: float) -> str:
    value = CARP["sales"] * CARP["margin_rate"]
    kept = value * CARP["settled"] / CARP["asked"]
    if abs(got - kept) < 1:
        return _("You have {got}. And those who would come back anyway, have they been taken off?")
    if got > value:
        return _("You have {got}. What is left of 80,000 yuan of sales once the goods are paid for?")
    return _("You have {got}. How many of a hundred stay because of you, and what is each worth?")


@carp_code.click_twin(_carp_form)
def carp_clicks(answer: Answers) -> Iterator[Case]:
    """The most, the careful most, and the trap in between."""
    value = CARP["sales"] * CARP["margin_rate"]
    got = answer.get("most")
    yield close(answer, "most", carp().worth, _carp_says(got if got is not None else 0), tolerance=50, weight=2)
    yield close(
        answer,
        "careful",
        value * CAUTIOUS,
        _("You wrote {got}. 15 points of which sum: of the sales, or of the margin still to come?"),
        tolerance=5,
    )
    yield chosen(
        answer,
        "why",
        "stay",
        {
            "sales": _("You say sales. Who pays for the drinks themselves then?"),
            "time": _("You say one year. Does it say so anywhere, and would 60% be right with more years?"),
        },
    )


# -- 5: three measures, three classes ----------------------------------------------------------------------------------

LEFT = 0.25
MEASURES = pd.DataFrame(
    [
        ("call", _("call back and a credit note"), 60, 0.40),
        ("van", _("a van on the same day"), 450, 0.60),
        ("visit", _("a visit of the manager, with the goods"), 1500, 0.70),
    ],
    columns=["key", "measure", "cost", "stay"],
).set_index("key")
"""What the desk can do: cost in yuan, and the share that stays after it (25% without any)."""
CLASSES = pd.DataFrame(
    [("A", 4, 20_000), ("B", 12, 4000), ("C", 22, 500)], columns=["class", "complaints", "future margin"]
).set_index("class")
"""Complaints of a quarter and the margin still to come, by class of customer."""


def measures() -> pd.DataFrame:
    """The measures of the desk: what each costs, and how many stay after it (25% do without any)."""
    return MEASURES.set_index("measure")


def classes() -> pd.DataFrame:
    """The complaints of a quarter by class of customer, with the margin that a customer of it will still bring."""
    return CLASSES.copy()


@cache
def gains() -> pd.DataFrame:
    """What each measure leaves over for one customer of each class, in yuan: rows classes, columns measures."""
    rows = {
        str(name): {
            str(key): complaint_economics.recovery(float(row["future margin"]), LEFT, one["stay"]).worth - one["cost"]
            for key, one in MEASURES.iterrows()
        }
        for name, row in CLASSES.iterrows()
    }
    return pd.DataFrame.from_dict(rows, orient="index").assign(none=0.0)


@cache
def plan() -> dict[str, str]:
    """The measure that leaves most over, by class."""
    return {str(name): str(key) for name, key in gains().idxmax(axis=1).items()}


@cache
def budget() -> float:
    """What the plan costs in a quarter, in yuan."""
    return float(sum(CLASSES.loc[name, "complaints"] * MEASURES.loc[key, "cost"] for name, key in plan().items()))


def _measure_options() -> tuple[tuple[str, str], ...]:
    options = [("none", tr(_("nothing beyond a polite answer")))]
    options += [
        (str(key), tr(_("{measure} ({cost} yuan, {stay:.0%} stay)"), measure=tr(row["measure"]), cost=row["cost"], stay=row["stay"]))
        for key, row in MEASURES.iterrows()
    ]  # fmt: skip
    return tuple(options)


def _plan_form() -> Form:
    options = _measure_options()
    rows = [
        Row(
            tr(
                _("Class {name}: {n} complaints, {margin:,} yuan of margin still to come from each"),
                name=name,
                n=row["complaints"],
                margin=row["future margin"],
            ),
            (Choice(str(name), options),),
        )
        for name, row in CLASSES.iterrows()
    ]
    rows.append(Row(tr(_("What does your plan cost in a quarter?")), (Entry("budget", _("Budget"), _("yuan")),)))
    return Form(tuple(rows), intro=_("For each class choose the measure that leaves most over. Without any, 25% stay."))


def _plan_says(name: str, got: str | None) -> str:
    if got in MEASURES.index and gains().loc[name, got] < 0:
        return _("Class {name}: what does that measure cost, and what does it bring, at this margin?")
    order = ["none", *MEASURES.index]
    if got in order and order.index(got) > order.index(plan()[name]):
        return _(
            "Class {name}: the next cheaper measure keeps a few customers less. What are these few worth, and what do they cost?"
        )
    return _("Class {name}: the next dearer measure keeps some more. Does it bring more than it costs in addition?")


@exercise(
    "budget",
    lesson="4.4",
    points=5,
    title=_("A budget by class"),
    form=_plan_form,
    hints=(
        _("What a measure leaves over: margin still to come × (share that stays − 25%) − cost."),
        _("Work out all three measures for class B first. Then look at what changes with the margin."),
        _("Class A with a van: 20,000 × (60% − 25%) − 450 = 6,550. Does the visit leave more?"),
    ),
    right=_(
        "Not one sum for everybody, and not “whatever it takes” for anybody: each step up has to bring more than it costs in "
        "addition. For 12,720 yuan a quarter Chen Jie has a plan that she can defend with the firm's own figures."
    ),
)
def budget_by_class(answer: Answers) -> Iterator[Case]:
    """The measure that leaves most over for each class, and what that costs."""
    for name, want in plan().items():
        got = answer.get(name)
        one = chosen(answer, name, want, _plan_says(name, got))
        yield Case(one.ok, one.says, {"name": name}, one.key, open=one.open)
    # Whoever chose another plan and added that one up rightly has done this part.
    wanted = budget()
    if all(name in answer for name in CLASSES.index):
        costs = {"none": 0, **MEASURES["cost"].to_dict()}
        wanted = float(sum(CLASSES.loc[name, "complaints"] * costs[answer[name]] for name in CLASSES.index))
    yield close(
        answer,
        "budget",
        wanted,
        _("You wrote {got}. For each class: how many complaints, times which cost? And then the sum of the three?"),
        tolerance=0.5,
        weight=2,
    )


# -- 6: a chain of folklore --------------------------------------------------------------------------------------------

HEARD, LISTENER, YEAR = 38, 2000, 6_000_000
"""Complaints of the quarter, yuan that Fan Lei puts on a listener, and the firm's margin of a year."""
FAULTS = (
    ("setting", _("a figure from another setting")),
    ("study", _("a figure without a study")),
    ("hearing", _("hearing is taken for leaving")),
    ("anyway", _("forgets who would stay anyway")),
    ("sound", _("nothing: it is sound")),
)
CHAIN = {
    "silent": "setting",
    "told": "study",
    "lost": "hearing",
    "settled": "anyway",
    "neglect": "study",
    "margin": "sound",
}


@cache
def chain() -> dict[str, float]:
    """The sums of the chain."""
    unhappy = complaint_economics.unhappy_behind(HEARD)
    told = unhappy * float(complaint_economics.CLAIMS.loc["told_unhappy", "value"])
    return {"unhappy": unhappy, "told": told, "lost": told * LISTENER, "times": told * LISTENER / YEAR}


def _chain_form() -> Form:
    sums = chain()
    said = {
        "silent": tr(_("We had {n} complaints; 96% keep silent; so {unhappy:,.0f} are unhappy."), n=HEARD, unhappy=sums["unhappy"]),
        "told": tr(_("Each of them tells 11 others: {told:,.0f} people."), told=sums["told"]),
        "lost": tr(_("Each of these would have brought {each:,} yuan: {lost:,.0f} yuan are lost."), each=LISTENER, lost=sums["lost"]),
        "settled": tr(_("Of customers with a large loss 54% stay if it is settled. So settling keeps us 54 of 100.")),
        "neglect": tr(_("63% leave because they feel neglected. So friendliness saves 63% of it.")),
        "margin": tr(_("In such a sum belongs the margin still to come, and not last year's sales.")),
    }  # fmt: skip
    rows = [Row(text, (Choice(key, FAULTS, label=_("What is wrong")),), quote=True) for key, text in said.items()]
    rows.append(
        Row(
            tr(_("The firm earns a margin of {year:,} yuan in a whole year. How many times that is the loss in his third sentence?"), year=YEAR),
            (Entry("times", _("Times")),),
        )
    )  # fmt: skip
    return Form(tuple(rows), intro=_("Fan Lei's slide, sentence by sentence. What is wrong with each, above all?"))


CHAIN_SAYS = {
    "silent": {
        "study": _("Sentence 1: there is a source for the 96%. Of which goods did it speak?"),
        "hearing": _("Sentence 1: has anybody heard anything from anybody yet?"),
        "anyway": _("Sentence 1: is it about staying at all?"),
        "sound": _("Sentence 1: what would it be with the report of 1979?"),
    },
    "told": {
        "setting": _("Sentence 2: in which setting was the 11 counted?"),
        "hearing": _("Sentence 2: it counts listeners only. Where does the number of listeners come from?"),
        "anyway": _("Sentence 2: is it about staying at all?"),
        "sound": _("Sentence 2: who counted eleven?"),
    },
    "lost": {
        "setting": _("Sentence 3: which study is quoted in it?"),
        "study": _("Sentence 3: the 2,000 is his own guess. But what must a listener do so that it is lost?"),
        "anyway": _("Sentence 3: were these people customers at all?"),
        "sound": _("Sentence 3: how many bad stories have you heard this year, and how many firms have you left?"),
    },
    "settled": {
        "setting": _("Sentence 4: the setting is named. What happens to a customer of whom nobody takes care?"),
        "study": _("Sentence 4: look into the table of two by four. Is the figure there?"),
        "hearing": _("Sentence 4: who is listening to whom in it?"),
        "sound": _("Sentence 4: and the 19%?"),
    },
    "neglect": {
        "setting": _("Sentence 5: from which setting is the 63% then?"),
        "hearing": _("Sentence 5: who is listening to whom in it?"),
        "anyway": _("Sentence 5: perhaps that, too. But where does the 63% come from?"),
        "sound": _("Sentence 5: who was asked?"),
    },
    "margin": {
        "": _("Sentence 6: what would you put in its place? Who pays for the goods?"),
    },
}


@exercise(
    "chain",
    lesson="4.4",
    points=6,
    title=_("Find the mistake"),
    form=_chain_form,
    hints=(
        _("Take each sentence by itself. If it has a figure of somebody else: from where? If it has none: what does it take for granted?"),
        _("One sentence is sound. Two use a figure that nobody counted."),
        _("For the last question divide. Then ask what a sum must be worth that comes out larger than the firm."),
    ),
    right=_(
        "20.9 million a quarter, from a firm that earns 6 million a year: the sum proves that the sum is wrong. Each link looked "
        "like a small exaggeration; multiplied, they are a fairy tale. Fewer links, and your own figures."
    ),
)  # fmt: skip
def folklore_chain(answer: Answers) -> Iterator[Case]:
    """What is wrong with each link, and how large the whole has become."""
    for key, want in CHAIN.items():
        yield chosen(answer, key, want, CHAIN_SAYS[key])
    yield close(
        answer,
        "times",
        chain()["times"],
        _("You wrote {got}. Loss of the third sentence, divided by the margin of a year?"),
        tolerance=0.1,
        weight=1.5,
    )
