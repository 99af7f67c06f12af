"""Exercises of lesson 5.4, satisfaction is not loyalty, and the win-back sheet that leaves the lesson."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from crmlab import datasets, retention
from crmlab.course.cases import Case, case, chosen, frame, gate, matched, near
from crmlab.course.exercise import exercise
from crmlab.course.exercises.satisfaction import sentences
from crmlab.course.exercises.satisfaction.sentences import Sentence
from crmlab.course.form import Answers, Choice, Entry, Form, Mark, Row, Slider, matching
from crmlab.course.roleplay.scoring import roleplay
from crmlab.language import _, tr

SHOWN = (
    *(_("group"), _("customers"), _("left"), _("spend_of_leavers"), _("satisfied"), _("less than expected")),
    *(_("periods later"), _("active"), _("low"), _("high"), _("time"), _("at_risk"), _("censored")),
    *(_("survival"), _("internet"), _("came back"), _("share")),
    *(_("customer_id"), _("last"), _("purchases"), _("usual_gap"), _("silent"), _("overdue"), _("yearly")),
    *(_("this month"), _("heard"), _("promised"), _("until"), _("on the list"), _("not on the list")),
    _("A year later: who has left?"),
    _("Of those who were silent on 9 September 2011, who bought again by 9 December, without any call?"),
)
"""Headings, captions and words in the lesson's tables."""

_WHOLE, _PERCENT = "{:,.0f}", "{:.1%}"
FORMATS = {
    **dict.fromkeys(("customers", "active", "usual_gap", "yearly", "spend_of_leavers"), _WHOLE),
    **dict.fromkeys(("share", "survival", "low", "high"), _PERCENT),
    "overdue": "{:.1f}",
    "time": "{:.0f}",
}
"""How the numbers in the lesson's tables are written."""


@cache
def orders() -> pd.DataFrame:
    """The wholesaler's orders."""
    return datasets.load("online_retail_orders")


@cache
def telco() -> pd.DataFrame:
    """The customers of the telephone company."""
    return datasets.load("telco_churn")


# -- 1 the satisfied who left ------------------------------------------------------------------------------------------

_LEFT = {"satisfied": 43, "less than expected": 62}
_SEED = 54


@cache
def _followed() -> pd.DataFrame:
    asked = datasets.load("satisfaction_survey").dropna(subset=["expected_overall", "perceived_overall"])
    met = asked["perceived_overall"] >= asked["expected_overall"]
    asked = asked.assign(group=met.map({True: "satisfied", False: "less than expected"}))
    gone = [part.sample(_LEFT[name], random_state=_SEED).index for name, part in asked.groupby("group")]
    return asked.assign(left=asked.index.isin(gone[0].union(gone[1])))


def a_year_later() -> pd.DataFrame:
    """The customers of the survey who answered both questions about the whole, by what they said (satisfied: c = 1 or
    more), with how many had left a year later and what these had bought for. Who left is made up.

    >>> a_year_later()["left"].tolist()
    [43, 62]
    """
    table = _followed().groupby("group").agg(customers=("left", "size"), left=("left", "sum"))
    table["spend_of_leavers"] = _followed()[_followed()["left"]].groupby("group")["spend"].sum()
    return table.loc[["satisfied", "less than expected"]]


SENTENCES = {
    "worthless": _("Of those who left, 41% were satisfied. So satisfaction does nothing for loyalty."),
    "safe": _("The satisfied leave less often. So nobody needs to look after them."),
    "both": _("The satisfied left less often than the others, and yet one in seven of them left."),
    "raise": _("If all were satisfied, only 14% would leave. So raise the marks, and we lose eight points less."),
}


def _satisfied_form() -> Form:
    return Form(
        (
            Row(_("Of the satisfied, how many percent left?"), (Entry("satisfied", _("satisfied"), "%"),)),
            Row(_("Of those who got less than expected?"), (Entry("less", _("less than expected"), "%"),)),
            Row(_("Which sentence may stand on the page?"), (Choice("line", tuple(SENTENCES.items()), style="radio"),)),
        )
    )


@exercise(
    "satisfied-left",
    lesson="5.4",
    points=3,
    title=_("The satisfied who left"),
    form=_satisfied_form,
    hints=(
        _("The director counts among those who left. Count among those who were satisfied."),
        _("Divide along the rows: how many of each group are among the leavers?"),
        _("43 / 305 and 62 / 281. And a table of what was says nothing of what would be."),
    ),
    right=_(
        "Right. 43 of 105 tells how many of the leavers were satisfied, which depends on how many were satisfied at all. "
        "43 of 305 tells what a satisfied customer does. The two groups are 8 points apart, give or take 6: hardly luck, and "
        "no proof of a cause. Next: why do satisfied customers leave?"
    ),
)
def satisfied_left(answer: Answers) -> Iterator[Case]:
    """The share that left of each group, and what follows."""
    table = a_year_later()
    left, size = table["left"], table["customers"]
    for key, name in (("satisfied", "satisfied"), ("less", "less than expected")):
        slips = (
            (100 * left[name] / left.sum(), _("You have {got} %: of those who left. Of whom was it asked?")),
            (100 * left[name] / size.sum(), _("You have {got} %: of all who were asked. Which row does the question mean?")),
            (100 - 100 * left[name] / size[name], _("You have {got} %. Did these leave, or stay?")),
            (left[name] / size[name], _("You have {got} %. Is it a share of 1, or of 100?")),
        )  # fmt: skip
        yield near(
            answer,
            key,
            100 * left[name] / size[name],
            slips,
            _("You have {got} %. Which number of the row goes above the line, and which below?"),
            tolerance=0.5,
        )
    yield chosen(
        answer,
        "line",
        "both",
        {
            "worthless": _("You let the director's line stand. Which share would show that satisfaction does nothing?"),
            "safe": _("You call them safe. What did 43 of them buy for in a year, and where is it now?"),
            "raise": _("You promise what a change would do. Has anybody changed a mark, and watched who stayed?"),
        },
    )


# -- 2 four loyalties --------------------------------------------------------------------------------------------------

LOYALTIES = {
    "cognitive": _("cognitive: it knows"),
    "affective": _("affective: it likes"),
    "conative": _("conative: it means to"),
    "behavioural": _("behavioural: it does"),
}


class Saying(NamedTuple):
    """What a customer said, the loyalty in it, and a question for each wrong choice."""

    key: str
    text: str
    kind: str
    says: Mapping[str, str]


_COUNTS = _("You chose “{got}”. What does this customer argue with?")
_FEELS = _("You chose “{got}”. Is there a reckoning in this sentence, or something warmer?")
_PLANS = _("You chose “{got}”. Has it happened already, or is it still to come?")
_DOES = _("You chose “{got}”. Does anybody think, feel or plan here, or does it simply run?")
SAYINGS = (
    Saying("check", _("A corner shop: “Each quarter I lay three price lists side by side. Yours wins, by three percent.”"), "cognitive", {"": _COUNTS}),
    Saying("van", _("A bar: “When my back was bad, Wang from your van carried the crates down. I would hate to see another firm here.”"), "affective", {"": _FEELS}),
    Saying("lease", _("A restaurant: “As soon as the lease for our second house is signed, you get the order for its bar.”"), "conative", {"": _PLANS}),
    Saying("click", _("A canteen: “I press ‘same as last week’. Since 2021. Why do you ask?”"), "behavioural", {"": _DOES}),
    Saying("bottles", _("A wholesaler: “Two broken bottles in a thousand with you, nine with the others. I have it counted.”"), "cognitive", {"": _COUNTS}),
    Saying("next", _("A kiosk: “I have told your rival's man: when the cooler gives up, the next one comes from Yuanhe again.”"), "conative", {"": _PLANS}),
    Saying("wrong", _("A tea house: “Somebody offered me 200 yuan less a month. I don't know, it would feel wrong.”"), "affective", {"": _FEELS}),
    Saying("key", _("A hotel: “Tuesdays and Fridays, twenty crates. Your driver has the key; I have not seen a bill for a year.”"), "behavioural", {"": _DOES}),
)  # fmt: skip


def _sayings_form() -> Form:
    return Form(matching("kind", ((one.key, one.text) for one in SAYINGS), LOYALTIES.items()))


@exercise(
    "four-loyalties",
    lesson="5.4",
    points=4,
    title=_("What holds them?"),
    form=_sayings_form,
    hints=(
        _("Figures, warmth, a plan, or a routine: which of them stands in the sentence?"),
        _("For each sentence ask what would make the customer leave: a better figure, a quarrel, an obstacle, or a broken habit."),
        _("Each kind stands here twice."),
    ),
    right=_(
        "All eight. Two of the eight have bought the same for years without a thought. In an order table these two look the "
        "most loyal, and of them you know the least."
    ),
)  # fmt: skip
def four_loyalties(answer: Answers) -> Iterator[Case]:
    """The loyalty that speaks out of each sentence."""
    want = {one.key: one.kind for one in SAYINGS}
    yield from matched(answer, "kind", want, {saying.key: saying.says for saying in SAYINGS}, names=LOYALTIES)


# -- 3 cohorts by quarter ----------------------------------------------------------------------------------------------

UNTIL = "2011-09-30"


@cache
def by_quarter() -> pd.DataFrame:
    """The cohorts by quarter up to the last whole one."""
    return retention.cohorts(orders(), "quarter", until=UNTIL)


@cache
def quarter_curve() -> pd.DataFrame:
    """The retention curve of these."""
    return retention.retention_curve(by_quarter())


WHY_UP = {
    "learn": _("The longer customers are with the firm, the more loyal they become."),
    "new": _("Customers who came later are added at age 3."),
    "oldest": _("At age 3 only the oldest cohort can be seen; at age 1 two others count as well."),
    "fault": _("A retention curve cannot rise; there is an error in the table."),
}


def _quarter_mark() -> Mark:
    table = by_quarter()
    cells = [
        (f"{cohort}.{age}", f"{table.loc[cohort, age]:,.0f}")
        for cohort in table.index
        for age in table.columns
        if np.isfinite(table.loc[cohort, age])
    ]
    return Mark(
        "cell",
        "cells",
        rows=tuple((str(cohort), str(cohort)) for cohort in table.index),
        columns=tuple((str(age), str(age)) for age in table.columns),
        texts=tuple(cells),
        title=_("First purchase (down), age in quarters (across): customers who bought"),
    )


def _quarter_form() -> Form:
    return Form(
        (
            Row(
                _("Mark the cell: customers who first bought from January to March 2011, and bought again from July to September."),
                (_quarter_mark(),),
            ),
            Row(_("All cohorts that can be seen at age 1 together: retention at age 1?"), (Entry("one", _("share that bought"), "%"),)),
            Row(_("At age 3 the curve stands higher than at age 1. How can that be?"), (Choice("why", tuple(WHY_UP.items()), style="radio"),)),
        )
    )  # fmt: skip


@exercise(
    "by-quarter",
    lesson="5.4",
    points=4,
    title=_("Quarter by quarter"),
    code=True,
    hints=(
        _("Age 0 is the quarter of the first purchase itself; count on from there."),
        _(
            "For one age, add up the buyers of all cohorts that have such a cell, and divide by the sizes of the same cohorts."
        ),
        _("(524 + 621 + 346) / (883 + 1,247 + 829). In code: retention.retention_curve takes the table."),
    ),
    right=_(
        "Right. And the oldest cohort is a special one: the data begin in December 2010, so old customers are taken for new in "
        "it. A curve over all cohorts may rise though nobody changed."
    ),
)
def by_quarter_exercise(answer: pd.DataFrame) -> Iterator[Case]:
    """The retention curve by quarter."""
    yield from frame(answer, ["customers", "active", "retention"])
    want = quarter_curve()
    yield gate(
        len(answer) == len(want),
        _("Your curve has {got} ages. Is it of the table by quarter, up to the end of September?"),
        got=len(answer),
    )
    for age in want.index[1:]:
        got = float(answer["retention"].iloc[int(age)])
        yield case(
            abs(got - want.at[age, "retention"]) < 1e-6,
            _("At age {age} your curve has {got:.1%}. Which table went in?"),
            age=age,
            got=got,
        )


@by_quarter_exercise.click_twin(_quarter_form)
def _quarter_clicks(answer: Answers) -> Iterator[Case]:
    cohort = str(answer.get("cell", "")).partition(".")[0]
    said = (
        _("You marked {cell}. Is that the row of those who came from January to March?")
        if cohort != "2011Q1"
        else _("You marked {cell}. The first purchase was in the first quarter. How many quarters later is the third?")
    )
    yield chosen(answer, "cell", "2011Q1.2", said, cell=_quarter_mark().show(answer.get("cell")))
    table, curve = by_quarter(), quarter_curve()
    shares = retention.shares(table)[1].dropna()
    slips = (
        (100 * shares.mean(), _("You have {got} %, the mean of three shares. Are the three cohorts of one size?")),
        (100 * table[1].sum() / table[0].sum(), _("You have {got} %. Can the youngest cohort be seen at age 1 at all?")),
        (curve.at[1, "retention"], _("You have {got} %. Is it a share of 1, or of 100?")),
        *((100 * share, _("You have {got} %, which is one cohort. The question is about all together. What is added?")) for share in shares),
    )  # fmt: skip
    yield near(
        answer,
        "one",
        100 * curve.at[1, "retention"],
        slips,
        _("You have {got} %. Which cells of column 1 are added, and which of column 0?"),
        tolerance=0.11,
    )
    yield chosen(
        answer,
        "why",
        "oldest",
        {
            "learn": _("You say they became more loyal. Follow one row from left to right: does it climb by as much?"),
            "new": _("You add newcomers. To which cohort does somebody belong who first buys in July?"),
            "fault": _("You look for an error. Must a customer who paused in one quarter stay away in the next?"),
        },
        weight=2,
    )


# -- 4 fibre -----------------------------------------------------------------------------------------------------------

INTERNET = {"Fiber optic": _("fibre"), "DSL": _("DSL"), "No": _("no internet")}


def internet() -> dict[str, str]:
    """The kinds of internet in the trainee's language, by their value in the data.

    >>> internet()["No"]
    'no internet'
    """
    return {key: tr(name) for key, name in INTERNET.items()}


@cache
def stays(internet: str = "") -> pd.DataFrame:
    """The survival of the customers with that kind of internet, or of all."""
    part = telco()[telco()["internet"] == internet] if internet else telco()
    return retention.kaplan_meier(part["tenure"], part["churned"])


SAYS_CURVE = {
    "leave": _("Fibre drives customers away; with DSL they would have stayed."),
    "differ": _("Customers with fibre stay less long. What makes the difference is not in these two curves."),
    "chance": _("With thousands of customers such a distance comes about by chance all the time."),
    "short": _("Fibre is younger, so these customers simply had less time to stay."),
}


def _first_month() -> tuple[int, int, int, int]:
    """Of the fibre customers: at risk in the first month, left and censored in it, at risk in the second."""
    table = stays("Fiber optic")
    row = table.loc[1.0]
    return int(row["at_risk"]), int(row["left"]), int(row["censored"]), int(table.loc[2.0, "at_risk"])


def _fibre_live(answers: Answers) -> list[str]:
    group = answers.get("group")
    if group not in INTERNET:
        return [tr(_("Choose a group, and its curve is read out here."))]
    table = stays(group)
    return [
        tr(
            _("{group}: after 6 months {a:.1%} are still there, after 12 {b:.1%}, after 24 {c:.1%}."),
            group=tr(INTERNET[group]),
            a=retention.survival_at(table, 6),
            b=retention.survival_at(table, 12),
            c=retention.survival_at(table, 24),
        )
    ]


def _fibre_form() -> Form:
    risk, left, censored, _next = _first_month()
    asked = tr(
        _("Fibre: {risk:,} are watched in month 1; {left} leave in it, and for {censored} the data end. How many are watched in month 2?"),
        risk=risk,
        left=left,
        censored=censored,
    )  # fmt: skip
    return Form(
        (
            Row(_("Whose curve do you want to see?"), (Choice("group", tuple(INTERNET.items())),)),
            Row(_("How many percent of the fibre customers are still there after 24 months?"), (Entry("two", _("share still there"), "%"),)),
            Row(asked, (Entry("risk", _("watched in month 2")),)),
            Row(_("Compare with DSL. Which sentence may stand?"), (Choice("line", tuple(SAYS_CURVE.items()), style="radio"),)),
        ),
        live=_fibre_live,
    )  # fmt: skip


@exercise(
    "fibre",
    lesson="5.4",
    points=4,
    title=_("How long does fibre hold?"),
    code=True,
    hints=(
        _("The same call as for all customers, with the customers of one kind of internet only."),
        _("Both who leave and who fall out of sight are no longer watched in the next month."),
        _("In code: retention.kaplan_meier(fibre[\"tenure\"], fibre[\"churned\"]). By clicking: choose fibre and read the line below."),
    ),
    right=_(
        "Right: 78% after one year and 70% after two, where DSL has 87% and 83%. The distance is no chance. Its cause "
        "is not in the curves: fibre customers also pay more, and more of them have a monthly contract."
    ),
)  # fmt: skip
def fibre(answer: pd.DataFrame) -> Iterator[Case]:
    """The survival of the fibre customers."""
    yield from frame(answer, ["at_risk", "left", "censored", "survival"])
    yield gate(not isinstance(answer.index, pd.MultiIndex), _("The table holds several groups; one curve is wanted."))
    for month in (12, 24):
        got, want = (float(retention.survival_at(table, month)) for table in (answer, stays("Fiber optic")))
        yield case(
            abs(got - want) < 1e-6,
            _("After {month} months your curve stands at {got:.1%}. Whose months went in, and whose “churned”?"),
            month=month,
            got=got,
        )
    yield case(
        answer["censored"].sum() == stays("Fiber optic")["censored"].sum(),
        _("In your table {got:,} are censored. Did you leave anybody out?"),
        got=int(answer["censored"].sum()),
        weight=2,
    )


@fibre.click_twin(_fibre_form)
def _fibre_clicks(answer: Answers) -> Iterator[Case]:
    says = _("You look at {got}. Whose months is the question about?")
    yield chosen(answer, "group", "Fiber optic", says, names=INTERNET)
    want = {name: 100 * float(retention.survival_at(stays(name), 24)) for name in ("", *INTERNET)}
    slips = (
        (
            100 * float(retention.survival_at(stays("Fiber optic"), 12)),
            _("You have {got} %. After how many months is that?"),
        ),
        *((want[name], _("You have {got} %. Whose curve is that?")) for name in ("", "DSL", "No")),
        (100 - want["Fiber optic"], _("You have {got} %. Are these still there, or gone?")),
        (want["Fiber optic"] / 100, _("You have {got} %. Is it a share of 1, or of 100?")),
    )
    yield near(
        answer,
        "two",
        want["Fiber optic"],
        slips,
        _("You have {got} %. Which number in the line below the form is it?"),
        tolerance=0.11,
    )
    risk, left, censored, later = _first_month()
    slips = (
        (risk - left, _("You have {got}. Can those be watched in month 2 for whom the data ended in month 1?")),
        (risk - censored, _("You have {got}. Are those who left still being watched?")),
        (risk, _("You have {got}. Is nobody gone after month 1?")),
    )
    yield near(
        answer, "risk", later, slips, _("You have {got}. Who is no longer watched after month 1?"), tolerance=0.5
    )
    yield chosen(
        answer,
        "line",
        "differ",
        {
            "leave": _("You name a cause. In what else may customers with fibre differ from those with DSL?"),
            "chance": _("You call it chance. How far apart are the curves, and how many customers stand behind each?"),
            "short": _("You say they had less time. What does Kaplan and Meier's method do with customers who are seen for a short time?"),
        },
    )  # fmt: skip


# -- 5 find the mistake ------------------------------------------------------------------------------------------------

FAULTS = {
    "sound": _("sound"),
    "leavers": _("left out those who are still there"),
    "end": _("took the end of the data for leaving"),
    "clock": _("has no clock in it"),
    "cause": _("took going together for cause and effect"),
    "beyond": _("goes on where the data end"),
}
_LOOK = _("Line {n}: you chose “{got}”. Who is in this line, and what does it conclude about them?")
_FINE = _("Line {n}: you chose “{got}”. Does the line claim more than its numbers say?")
LINES = (
    Sentence("only", "leavers", {"sound": _("Line {n}: you let it pass. Who of the 7,043 does not appear in it?"), "": _LOOK}),
    Sentence("dates", "end", {"sound": _("Line {n}: you let it pass. What does he know of the 5,174 who were still there?"), "": _LOOK}),
    Sentence("stayed", "clock", {"sound": _("Line {n}: you let it pass. Some came last month, some six years ago. Where is that in his sum?"), "": _LOOK}),
    Sentence("gender", "sound", {"": _FINE}),
    Sentence("check", "cause", {"sound": _("Line {n}: you let it pass. Who pays by card, and who by check? Are they alike in all else?"), "": _LOOK}),
    Sentence("forever", "beyond", {"sound": _("Line {n}: you let it pass. What has anybody seen of month 73?"), "": _LOOK}),
)  # fmt: skip


@cache
def wrong_survival() -> dict[str, float]:
    """What Li Lei gets for 12 months: of the leavers only, with everybody counted as having left, without a clock."""
    table = telco()
    gone = table[table["churned"]]
    everybody = pd.Series(True, index=table.index)
    return {
        "leavers": float(retention.survival_at(retention.kaplan_meier(gone["tenure"], gone["churned"]), 12)),
        "end": float(retention.survival_at(retention.kaplan_meier(table["tenure"], everybody), 12)),
        "clock": float(1 - table["churned"].mean()),
    }


@cache
def _gender_p() -> float:
    return float(retention.compare_survival(telco()["tenure"], telco()["churned"], telco()["gender"])["p"])


@cache
def _rates(by: str) -> pd.Series:
    return retention.churn_rates(telco(), by)["rate"]


def _line_text(key: str) -> str:
    """A line of the page with its numbers."""
    table, found = telco(), wrong_survival()
    pays, sexes = _rates("payment_method"), _rates("gender")
    texts = {
        "only": lambda: tr(
            _("I took the {n:,} who left, since only they have a whole life as customers. After 12 months {s:.0%} are still there: we lose more than half of our customers in a year."),
            n=int(table["churned"].sum()),
            s=found["leavers"],
        ),
        "dates": lambda: tr(
            _("Each of the {n:,} has a number of months in the table. Counted up as the months after which they were gone: {s:.0%} get beyond month 12."),
            n=len(table),
            s=found["end"],
        ),
        "stayed": lambda: tr(
            _("{left:,} of {n:,} have left. So a customer stays for a year with a probability of {s:.0%}."),
            left=int(table["churned"].sum()),
            n=len(table),
            s=found["clock"],
        ),
        "gender": lambda: tr(
            _("Of the women {a:.1%} left, of the men {b:.1%}; the test of the two curves gives p = {p:.2f}. I see nothing here to act on."),
            a=sexes["Female"],
            b=sexes["Male"],
            p=_gender_p(),
        ),
        "check": lambda: tr(
            _("Of those who pay by electronic check {a:.0%} left, of those with a credit card {b:.0%}. Put the first on cards, and only {b:.0%} of them will leave."),
            a=pays["Electronic check"],
            b=pays["Credit card (automatic)"],
        ),
        "forever": lambda: tr(
            _("In month {last:.0f} the curve ends at {s:.0%}. These are loyal for good: we need not count on losses among them."),
            last=stays().index[-1],
            s=stays()["survival"].iloc[-1],
        ),
    }  # fmt: skip
    return texts[key]()


def _lines_form() -> Form:
    intro = _("Li Lei's page on the telephone company, line by line. What do you write beside each?")
    return sentences.page(LINES, FAULTS, _line_text, intro)


@exercise(
    "li-leis-curves",
    lesson="5.4",
    points=4,
    title=_("Find the mistake"),
    form=_lines_form,
    hints=(
        _("Each of the six notes fits one line."),
        _("Ask of each line: who is in it, what is known of them, and until when?"),
        _("The curve of all stands at 84% after 12 months. Which of the wrong ways throws customers out, which makes leavers of them, which forgets when they came?"),
    ),
    right=_(
        "Right. Three ways to the share after a year: 45%, 69%, 73%; with the censored counted for as long as they were seen, "
        "it is 84%. All three wrong ways make it look worse here, but the third may err to either side."
    ),
)  # fmt: skip
def li_leis_curves(answer: Answers) -> Iterator[Case]:
    """What is wrong with each line of the page."""
    yield from sentences.judged(answer, LINES, FAULTS)


# -- 6 the role-play ---------------------------------------------------------------------------------------------------

roleplay("silent-leaver", lesson="5.4", points=4, title=_("No complaints, thank you"))


# -- 7 win-back --------------------------------------------------------------------------------------------------------

CALLS = 30
FEWEST = 5
OVERDUE = Slider("overdue", _("Silent for at least this many usual gaps"), 2, 7, 0.5, 2, _("gaps"))


@cache
def silent(overdue: float) -> pd.DataFrame:
    """Who is silent for that many usual gaps, of those with at least five days of purchase."""
    return retention.win_back(orders(), overdue=overdue, min_purchases=FEWEST)


@cache
def least_overdue() -> float:
    """The least step of the slider at which at most thirty are on the list."""
    steps = [OVERDUE.snap(OVERDUE.minimum + k * OVERDUE.step) for k in range(11)]
    return min(step for step in steps if len(silent(step)) <= CALLS)


def _first() -> tuple[Any, pd.Series]:
    table = silent(least_overdue())
    return table.index[0], table.iloc[0]


MEANS = {
    "left": _("has left for good"),
    "unhappy": _("is not satisfied with us"),
    "habit": _("has broken its own habit"),
    "back": _("comes back if somebody rings"),
}
WORKED = {
    "two": _("The calls have brought back two of three."),
    "none": _("The calls have brought back nobody; they would all have come anyway."),
    "lot": _("It needs the share among customers of the same list whom nobody rang, chosen by lot."),
    "rest": _("It needs the share among customers who were never on the list."),
}


def _win_live(answers: Answers) -> list[str]:
    n = len(silent(float(answers["overdue"])))
    return [tr(_("Silent for {x:g} usual gaps or more: {n} customers."), x=answers["overdue"], n=n)]


def _win_form() -> Form:
    who, row = _first()
    asked = tr(
        _("Customer {who} bought on {n} days, every {gap:.0f} days on average, and has been silent for {silent} days. The customer ..."),
        who=who,
        n=int(row["purchases"]),
        gap=row["usual_gap"],
        silent=int(row["silent"]),
    )  # fmt: skip
    return Form(
        (
            Row(_("The smallest number of gaps that leaves at most 30 customers?"), (OVERDUE,)),
            Row(asked, (Choice("means", tuple(MEANS.items())),)),
            Row(
                _(
                    "You ring 30 of such a list. Three months later 20 have bought again. What does that say of the calls?"
                ),
                (Choice("worked", tuple(WORKED.items()), style="radio"),),
            ),
        ),
        live=_win_live,
    )


@exercise(
    "thirty-calls",
    lesson="5.4",
    points=4,
    title=_("Thirty calls"),
    code=True,
    hints=(
        _("The more usual gaps somebody must have been silent for, the shorter the list."),
        _("A table of orders knows when somebody bought. It knows no reasons, no moods, and no future."),
        _("In code: the argument overdue, in steps of a half, until len(calls) is 30 or less. Three gaps are too few."),
    ),
    right=_(
        "Right: four gaps, 28 customers. And a list like this comes back in part by itself. Only those who were not rung, "
        "chosen by lot, can show what the calls add."
    ),
)
def thirty_calls(answer: pd.DataFrame) -> Iterator[Case]:
    """The list of at most thirty."""
    yield from frame(answer, ["purchases", "usual_gap", "silent", "overdue", "yearly"])
    few = int(answer["purchases"].min()) if len(answer) else 0
    yield case(
        few >= FEWEST,
        _("On your list is somebody with {few} days of purchase. How many should it be at least?"),
        few=few,
    )
    yield case(
        len(answer) <= CALLS,
        _("{n} customers are on your list. How many calls are there?"),
        n=len(answer),
    )
    want = silent(least_overdue())
    yield case(
        set(answer.index) == set(want.index),
        _(
            "{n} customers, the least overdue at {least:.1f} gaps. Is that the smallest half step with which 30 calls do?"
        ),
        n=len(answer),
        least=float(answer["overdue"].min()) if len(answer) else 0.0,
        weight=2,
    )


@thirty_calls.click_twin(_win_form)
def _win_clicks(answer: Answers) -> Iterator[Case]:
    key, want = "overdue", least_overdue()
    if key not in answer:
        yield chosen(answer, key, "", "")
    else:
        got = float(answer[key])
        says = _("At {got:g} gaps {n} customers are on the list. Is there time for all of them?")
        if got > want:
            says = _("At {got:g} gaps {n} customers are on the list. Would a smaller number do as well?")
        yield Case(got == want, says, {"got": got, "n": len(silent(got))}, key)
    yield chosen(
        answer,
        "means",
        "habit",
        {
            "left": _("You say: gone. Which column of an order table says that somebody will never order again?"),
            "unhappy": _("You say: not satisfied. Who has asked this customer?"),
            "back": _("You say: comes back. What do you know of those in the past whom nobody rang?"),
        },
    )
    yield chosen(
        answer,
        "worked",
        "lot",
        {
            "two": _("You credit the calls. How many of a list like this came back in autumn 2011 without any?"),
            "none": _("You credit the calls with nothing. Do you know how many of these 30 would have come by themselves?"),
            "rest": _("You compare with customers who were never silent. Do they come back as often as silent ones, calls or no calls?"),
        },
        weight=2,
    )  # fmt: skip


# -- tables ------------------------------------------------------------------------------------------------------------


def back_without_a_call(as_of: str = "2011-09-09", until: str = "2011-12-09") -> pd.DataFrame:
    """Who of the customers with three days of purchase or more bought again after ``as_of``: those on the win-back list
    of that day, and the others. Nobody had rung either.

    >>> back_without_a_call()["came back"].tolist()
    [60, 948]
    """
    before = retention.win_back(orders(), as_of=as_of)
    known = retention.win_back(orders(), as_of=as_of, overdue=0, min_days=0)
    bought = orders()[(orders()["amount"] > 0) & (orders()["date"] < pd.Timestamp(until) + pd.Timedelta(days=1))]
    later = set(bought.loc[bought["date"] >= pd.Timestamp(as_of) + pd.Timedelta(days=1), "customer_id"])
    groups = {"on the list": before.index, "not on the list": known.index.difference(before.index)}
    rows = {name: {"customers": len(who), "came back": int(who.isin(later).sum())} for name, who in groups.items()}
    table = pd.DataFrame.from_dict(rows, orient="index")
    table["share"] = table["came back"] / table["customers"]
    table.index.name = "group"
    return table


def win_back_sheet(calls: pd.DataFrame, seed: int = 1) -> pd.DataFrame:
    """A list of :func:`crmlab.retention.win_back` for the desk: rounded, two of three to be rung, one of three left alone
    this month, by lot, and empty columns for what was heard and promised.

    >>> win_back_sheet(silent(4.0))["this month"].value_counts().tolist()
    [19, 9]
    """
    table = calls[["last", "purchases", "usual_gap", "silent", "overdue", "yearly"]].round(
        {"usual_gap": 0, "overdue": 1, "yearly": 0}
    )
    wait = set(np.random.RandomState(seed).permutation(len(table))[: len(table) // 3].tolist())
    table["this month"] = [_("wait (by lot)") if place in wait else _("ring") for place in range(len(table))]
    return table.assign(heard="", promised="", until="")
