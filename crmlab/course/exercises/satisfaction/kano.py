"""Exercises of lesson 5.2, two-factor and Kano, and the questionnaire that leaves the lesson."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from html import escape
from typing import NamedTuple

import pandas as pd

from crmlab import datasets, kano, satisfaction, two_factor
from crmlab.course.cases import Case, case, chosen, frame, gate, near
from crmlab.course.exercise import exercise
from crmlab.course.exercises.satisfaction import sentences
from crmlab.course.exercises.satisfaction.sentences import Sentence
from crmlab.course.form import Answers, Choice, Entry, Form, Mark, Row, Slider
from crmlab.language import _, tr

FEATURES = {
    "complete": _("Complete and right"),
    "next_day": _("Next-day delivery"),
    "driver": _("Driver carries it in"),
    "app": _("Order app"),
    "samples": _("Samples"),
    "display": _("Display stand"),
    "calls": _("Weekly call"),
    "credit": _("30 days to pay"),
}
"""The eight features of the survey."""

SHOWN = (
    *(_("functional_samples"), _("dysfunctional_samples"), _("letter"), _("feature")),
    *(_("category"), _("clear"), _("better"), _("better_low"), _("better_high")),
    *(
        _("worse"),
        _("worse_low"),
        _("worse_high"),
        _("first"),
        _("second"),
        _("difference"),
        _("critical"),
        _("p_value"),
    ),
    *(_("penalty"), _("penalty_low"), _("penalty_high"), _("reward"), _("reward_low"), _("reward_high")),
    *(_("Shop"), _("Samples: the first four of 240 customers")),
    *(_("Yuanhe: what a poor and a good mark go with, in points"), _("Is the first letter ahead of the second?")),
)
"""Headings, captions and words in the lesson's tables."""


@cache
def survey() -> pd.DataFrame:
    """The Kano survey of the lesson."""
    return datasets.load("kano_survey")


@cache
def counted(by: str | None = None) -> pd.DataFrame:
    """The letters by feature, or by group and feature."""
    return kano.counts(survey(), by=by)


@cache
def found(by: str | None = None) -> pd.DataFrame:
    """Categories, coefficients and whether the category is clear, by the exact test."""
    return kano.summary(counted(by), test="exact")


@cache
def factors() -> pd.DataFrame:
    """Penalties and rewards of the five objects in the survey of 5.1."""
    names = [name for name in satisfaction.OBJECTS if name != "overall"]
    return two_factor.penalty_reward(
        datasets.load("satisfaction_survey"),
        {name: f"perceived_{name}" for name in names},
        "perceived_overall",
        low=-1,
        high=1,
        expected={name: f"expected_{name}" for name in names},
    )


def _letters(tally: pd.Series) -> str:
    return tr(_(", ")).join(f"{letter} {int(tally[letter])}" for letter in kano.ORDER)


# -- 1 what hurts, what lifts ----------------------------------------------------------------------------------------


KINDS = {
    "hygiene": _("hygiene: only its absence is felt"),
    "motivator": _("motivator: only its presence is felt"),
    "both": _("both: more lifts, less hurts"),
    "neither": _("neither"),
}
_ABSENT = _("Remark {n}: you chose “{got}”. What would this customer feel if it were missing?")
_PRESENT = _("Remark {n}: you chose “{got}”. What does this customer feel on a day when it is simply there?")
_SPOKEN = _("Remark {n}: you chose “{got}”. It is praised. Was it missed on the days without?")
_LOUD = _("Remark {n}: you chose “{got}”. It is loud about the bad day. What does it say of the good ones?")
REMARKS = (
    Sentence(
        "cola",
        "hygiene",
        {"both": _LOUD, "": _PRESENT},
        _("Two cases of cola short, on a Friday night! When everything is there I sign, and forget you the same minute."),
    ),
    Sentence(
        "plum",
        "motivator",
        {"both": _SPOKEN, "": _ABSENT},
        _("A bottle of plum soda lay in the crate, to try. I told my sister at once. Before that I had never missed such a thing."),
    ),
    Sentence(
        "dates",
        "both",
        {"hygiene": _PRESENT, "motivator": _ABSENT, "": _PRESENT},
        _("Long dates: I can run an offer on them and I like you for it. Short dates: I stand there marking down and curse."),
    ),
    Sentence(
        "bill",
        "hygiene",
        {"both": _LOUD, "": _PRESENT},
        _("The bill is right, well, what else? The one time it was not cost me an evening, and you nearly the customer."),
    ),
    Sentence(
        "exam",
        "motivator",
        {"both": _SPOKEN, "": _ABSENT},
        _("Your driver wished my daughter luck for her exam. No supplier has ever done that, and I never held it against one."),
    ),
    Sentence(
        "calendar",
        "neither",
        {"motivator": _PRESENT, "hygiene": _ABSENT, "": _PRESENT},
        _("The wall calendar? You sent one last year and none this year. My wife had to tell me."),
    ),
    Sentence(
        "window",
        "both",
        {"hygiene": _PRESENT, "motivator": _ABSENT, "": _PRESENT},
        _("With every hour that you tell me sooner when the lorry comes, I plan better; with every hour later I lose temper and staff."),
    ),
    Sentence(
        "phone",
        "hygiene",
        {"both": _LOUD, "": _PRESENT},
        _("Somebody answers your order line at seven. I would never write a letter about it. In the week when nobody did, I ordered elsewhere."),
    ),
)  # fmt: skip


def _remarks_form() -> Form:
    return sentences.form(REMARKS, KINDS)


@exercise(
    "hurts-or-lifts",
    lesson="5.2",
    points=4,
    title=_("What hurts, what lifts"),
    form=_remarks_form,
    hints=(
        _("Put two questions to each remark: what does the customer feel when it is there, and what when it is not?"),
        _("Nothing when it is there, trouble when it is not: hygiene. Joy when it is there, nothing when it is not: motivator."),
        _("Hygiene three times, motivator twice, both twice, neither once."),
    ),
    right=_(
        "All eight. Notice that the complaint book alone would have shown you the cola, the bill and the telephone, and the "
        "thank-you notes the soda and the driver: each book knows one side. To know both you must ask twice."
    ),
)  # fmt: skip
def hurts_or_lifts(answer: Answers) -> Iterator[Case]:
    """The kind of factor behind each remark."""
    yield from sentences.judged(answer, REMARKS, KINDS)


# -- 2 what the bars carry -------------------------------------------------------------------------------------------

VERDICTS = {
    "carried": _("the survey carries it"),
    "open": _("cannot be told"),
    "against": _("the survey speaks against it"),
}


CLAIMS = (
    Sentence(
        "service",
        "carried",
        {"": _("Sentence {n}: you chose “{got}”. Does the interval of this penalty reach 0?")},
    ),
    Sentence(
        "behaviour",
        "open",
        {
            "carried": _("Sentence {n}: you let it stand. How large may penalty and reward be, by their intervals?"),
            "against": _("Sentence {n}: you call it wrong. Does either of the two intervals leave 0 out?"),
        },
    ),
    Sentence(
        "half",
        "against",
        {
            "carried": _("Sentence {n}: you let it stand. Which end of the reward's interval limits what may be promised?"),
            "open": _("Sentence {n}: you leave it open. Does the interval of this reward reach half a point?"),
        },
    ),
    Sentence(
        "idea",
        "open",
        {
            "carried": _("Sentence {n}: you let it stand. On which side of 0 may the true reward lie, by its interval?"),
            "against": _("Sentence {n}: you call it wrong. Which rewards would this interval still allow?"),
        },
    ),
)  # fmt: skip


def _claim_text(key: str) -> str:
    rows = factors()
    texts = {
        "service": tr(_("Customers who get less service than they expect judge us lower, other things equal.")),
        "behaviour": tr(_("How our people behave makes no difference to the overall judgement.")),
        "half": tr(
            _("Customers who get more service than they expect judge us half a point higher, other things equal.")
        ),
        "idea": tr(
            _("More than expected in what we stand for goes with {reward:.2f} points more, so this is a motivator."),
            reward=rows.at["idea", "reward"],
        ),
    }
    return texts[key]


def _claims_form() -> Form:
    return sentences.form(CLAIMS, VERDICTS, _claim_text)


@exercise(
    "what-bars-carry",
    lesson="5.2",
    points=4,
    title=_("What the bars carry"),
    form=_claims_form,
    hints=(
        _("Look up the interval for each sentence: penalty_low to penalty_high, or reward_low to reward_high."),
        _("An interval that holds 0 as well as large values says neither “it matters” nor “it does not”."),
        _("Service: penalty −0.89 to −0.25, reward −0.45 to 0.26. Idea: reward −0.08 to 0.59."),
    ),
    right=_(
        "Right. One sentence of four may stand. And even that one says “judge us lower”, not “because of it”: these are the "
        "answers of one day, side by side."
    ),
)
def what_bars_carry(answer: Answers) -> Iterator[Case]:
    """Which sentences the penalties and rewards allow."""
    yield from sentences.judged(answer, CLAIMS, VERDICTS)


# -- 3 read the table ------------------------------------------------------------------------------------------------


class Sheet(NamedTuple):
    """A filled-in pair of questions: where it falls, what the letter means."""

    key: str
    text: str
    functional: str
    dysfunctional: str
    meaning: str


SHEETS = (
    Sheet(
        "app",
        _("Ms Fang, grocery. If orders can be placed in an app: I like it that way. If they cannot: I can live with it that way."),
        "like",
        "live_with",
        "joy",
    ),
    Sheet(
        "calls",
        _("Mr Luo, noodle house; his sheet was printed the other way round. If nobody calls for the order every week: I like it that way. If somebody does: I can live with it that way."),
        "live_with",
        "like",
        "without",
    ),
    Sheet(
        "credit",
        _("Mr Ding, wholesaler. If goods can be paid in 30 days: I like it that way. If they cannot: I like it that way."),
        "like",
        "like",
        "again",
    ),
)  # fmt: skip
MEANINGS = {
    "granted": _("takes it for granted"),
    "more": _("wants it, and misses it when it is not there"),
    "joy": _("would be glad of it, and does not miss it"),
    "nothing": _("does not mind either way"),
    "without": _("would rather be without it"),
    "again": _("contradicts himself: ask again"),
}


SHORT = {
    "like": _("like it"),
    "must_be": _("must be"),
    "neutral": _("neutral"),
    "live_with": _("live with it"),
    "dislike": _("dislike it"),
}
"""The five answers, short enough for a telephone."""


def _grid(key: str) -> Mark:
    answers = tuple(SHORT.items())
    texts = tuple((f"{f}.{d}", str(kano.EVALUATION.at[f, d])) for f in kano.ANSWERS for d in kano.ANSWERS)
    return Mark(
        f"{key}.cell",
        "cells",
        rows=answers,
        columns=answers,
        texts=texts,
        title=_("Rows: if it is there. Columns: if it is not."),
    )


def _table_form() -> Form:
    options = tuple(MEANINGS.items())
    rows = []
    for one in SHEETS:
        rows.append(Row(one.text, (_grid(one.key),), quote=True))
        rows.append(Row(_("So this customer ..."), (Choice(f"{one.key}.meaning", options),)))
    return Form(tuple(rows))


@exercise(
    "read-the-table",
    lesson="5.2",
    points=3,
    title=_("Read the table"),
    form=_table_form,
    hints=(
        _(
            "Two answers, two directions: first find the answer to “if it is there” on the left, then the other one above."
        ),
        _("Which of his two questions did Mr Luo answer first?"),
        _("The letters at the three cells are A, R and Q; what each means stands in the table above the exercise."),
    ),
    right=_(
        "Right. Mr Luo's two words are the same as Ms Fang's, and mean the opposite: the order of the questions decides. "
        "That is why a sheet is never printed in two ways."
    ),
)
def read_the_table(answer: Answers) -> Iterator[Case]:
    """The cell of each sheet, and what its letter means."""
    for one in SHEETS:
        key = f"{one.key}.cell"
        if key not in answer:
            yield chosen(answer, key, "", "")
        else:
            functional, dysfunctional = answer[key].split(".")
            turned = (functional, dysfunctional) == (one.dysfunctional, one.functional)
            row_right, column_right = functional == one.functional, dysfunctional == one.dysfunctional
            says = _("You marked “{row}” / “{column}”. Which of the two answers belongs to “if it is there”?")
            if not turned and row_right:
                says = _("You marked “{row}” / “{column}”. The row fits. What did this customer say of “if it is not”?")
            elif not turned and column_right:
                says = _(
                    "You marked “{row}” / “{column}”. The column fits. What did this customer say of “if it is there”?"
                )
            elif not turned:
                says = _("You marked “{row}” / “{column}”. Which two answers stand on this sheet?")
            yield case(
                row_right and column_right,
                says,
                key=key,
                row=tr(kano.ANSWERS[functional]),
                column=tr(kano.ANSWERS[dysfunctional]),
            )
        says = _(
            "You chose “{got}”. Read both answers once more: what does the customer feel with it, and what without?"
        )
        yield chosen(answer, f"{one.key}.meaning", one.meaning, says, names=MEANINGS)


# -- 4 next-day delivery ---------------------------------------------------------------------------------------------


def _next_day_form() -> Form:
    tally = counted().loc["next_day"]
    bars = tuple((letter, letter, float(tally[letter])) for letter in "AOMI")
    asked = tr(_("Next-day delivery, {n} pairs of answers: {letters}."), n=int(tally["n"]), letters=_letters(tally))
    return Form(
        (
            Row(_("Mark the category by the most frequent letter."), (Mark("category", "bars", bars=bars, unit=_("customers")),)),
            Row(_("Better, with two decimals?"), (Entry("better", _("better")),)),
            Row(_("Worse, with its sign?"), (Entry("worse", _("worse")),)),
        ),
        intro=asked,
    )  # fmt: skip


@exercise(
    "next-day",
    lesson="5.2",
    points=4,
    title=_("Next-day delivery"),
    code=True,
    hints=(
        _("Better: whom does its presence make happier? Worse: whom does its absence hurt? Both over A, O, M and I."),
        _("In code as above for three features, with the list [\"next_day\"]."),
        _("By hand: better = (44 + 113) / (44 + 113 + 53 + 22); worse has O and M above the line, and a minus."),
    ),
    right=_(
        "Right: one-dimensional, better 0.68, worse −0.72. Each day saved is paid for in satisfaction, and each day lost, "
        "too. A feature like this is compared with those of your rivals."
    ),
)  # fmt: skip
def next_day(answer: pd.DataFrame) -> Iterator[Case]:
    """The coefficients of next-day delivery, as a table."""
    yield from frame(answer, ["better", "worse"])
    yield gate(
        "next_day" in answer.index,
        _("The table has no row “next_day”; its rows are {rows}."),
        rows=", ".join(map(str, list(answer.index)[:8])),
    )
    want = found().loc["next_day"]
    row = answer.loc["next_day"]
    for key in ("better", "worse"):
        yield case(
            abs(float(row[key]) - float(want[key])) < 1e-6,
            _("{key} is {got:.3f} in your table. Which customers did you count?"),
            key=key,
            got=float(row[key]),
        )


@next_day.click_twin(_next_day_form)
def _next_day_clicks(answer: Answers) -> Iterator[Case]:
    tally, want = counted().loc["next_day"], found().loc["next_day"]
    yield chosen(
        answer,
        "category",
        str(want["category"]),
        _("You marked another letter than the one most customers gave. Which bar is the tallest?"),
        weight=1,
    )
    a, o, m, i = (float(tally[letter]) for letter in "AOMI")
    useful, everybody = a + o + m + i, float(tally["n"])
    slips = {
        "better": (
            (a / useful, _("You have {got}: that is A alone. Whom else does its presence make happier?")),
            ((a + o) / everybody, _("You have {got}, over all answers. Which two letters are left out below the line?")),
            ((o + m) / useful, _("You have {got}: that is O and M. Which of the two coefficients has these above the line?")),
            (a + o, _("You have {got}, a count. Of how many?")),
        ),
        "worse": (
            ((o + m) / useful, _("You have {got}. What does the sign of worse tell the reader?")),
            (-m / useful, _("You have {got}: that is M alone. Whom else does its absence hurt?")),
            (-(o + m) / everybody, _("You have {got}, over all answers. Which two letters are left out below the line?")),
            (-(a + o) / useful, _("You have {got}: that is A and O. Do those with A miss it when it is not there?")),
        ),
    }  # fmt: skip
    for key, few in slips.items():
        yield near(
            answer,
            key,
            float(want[key]),
            few,
            _("You have {got}. First write down who stands above the line, then who stands below."),
            tolerance=0.0055,
        )


# -- 5 twenty wholesalers --------------------------------------------------------------------------------------------

TIMES = (("2", _("about 2 times as many")), ("10", _("about 10 times as many")), ("100", _("about 100 times as many")))


def _wholesalers() -> pd.Series:
    return counted("segment").loc[("Wholesaler", "app")]


def _told(tally: Mapping[str, float] | pd.Series) -> pd.Series:
    return kano.significance({letter: int(tally[letter]) for letter in kano.ORDER}, test="exact").iloc[0]


def _moved(count: int) -> dict[str, int]:
    tally = _wholesalers()
    return {letter: int(tally[letter]) + {"A": count, "I": -count}.get(letter, 0) for letter in kano.ORDER}


@cache
def least_moved() -> int:
    """How few of the I-answers would have had to be A for the lead to be clear."""
    return next(count for count in range(int(_wholesalers()["I"]) + 1) if _told(_moved(count))["clear"])


def _least_times(tally: pd.Series) -> int:
    times = range(1, 301)
    table = pd.DataFrame({letter: [int(tally[letter]) * one for one in times] for letter in kano.ORDER})
    clear = kano.significance(table, test="exact")["clear"].to_numpy()
    return int(times[int(clear.argmax())])


@cache
def least_asked() -> int:
    """How many wholesalers with the same shares would make the lead clear, in steps of those asked."""
    return int(_wholesalers()["n"]) * _least_times(_wholesalers())


@cache
def least_credit() -> int:
    """How many times as many answers with the same shares would tell must-be from one-dimensional for the 30 days."""
    return _least_times(counted().loc["credit"])


def _few_live(answers: Answers) -> list[str]:
    tally = _wholesalers()
    once = int(tally["n"])
    moved, times = _moved(int(answers["moved"])), int(answers["asked"]) // once
    lines = []
    for title, now in (
        (_("First slider"), moved),
        (_("Second slider"), {letter: int(tally[letter]) * times for letter in kano.ORDER}),
    ):
        told = _told(now)
        lines.append(
            tr(
                _("{title}: A {a}, I {i} of {n}. p = {p:.3f}: {clear}."),
                title=tr(title),
                a=now["A"],
                i=now["I"],
                n=sum(now.values()),
                p=told["p_value"],
                clear=tr(_("clear")) if told["clear"] else tr(_("not clear")),
            )
        )
    return lines


def _few_form() -> Form:
    tally, credit = _wholesalers(), counted().loc["credit"]
    once = int(tally["n"])
    return Form(
        (
            Row(
                _("How many of the customers with I would have had to answer A, at the least, to make A clear?"),
                (Slider("moved", _("Moved from I to A"), 0, int(tally["I"]), 1, 0),),
            ),
            Row(
                _("How many wholesalers would it take at the least, if the shares stayed the same?"),
                (Slider("asked", _("Wholesalers"), once, 10 * once, once, once),),
            ),
            Row(
                tr(
                    _(
                        "And 30 days to pay: M {m}, O {o} of {n} answers. If the shares stayed the same, it would take ..."
                    ),
                    m=int(credit["M"]),
                    o=int(credit["O"]),
                    n=int(credit["n"]),
                ),
                (Choice("credit", TIMES, style="radio"),),
            ),
        ),
        live=_few_live,
        intro=tr(_("Order app, {n} wholesalers: {letters}."), n=once, letters=_letters(tally)),
    )


@exercise(
    "twenty",
    lesson="5.2",
    points=3,
    title=_("Twenty wholesalers"),
    form=_few_form,
    hints=(
        _("Move one step, read the line below, go on until it says “clear”; then look whether one step less would do."),
        _("With the same shares the lead grows as the answers do, and what it must reach grows with their root only."),
        _(
            "For the 30 days: with ten times the answers the lead is 20, and must reach about 65. With a hundred times: 200, and about 205."
        ),
    ),
    right=_(
        "Right. Two customers make the difference between “attractive” and “we do not know”. And for the 30 days it would take "
        "some 25,000 answers; Yuanhe has 9,000 customers. It need not be told apart: M and O both say that its absence hurts."
    ),
)
def twenty(answer: Answers) -> Iterator[Case]:
    """What it takes until the first letter is clear."""
    for key, want, step in (("moved", least_moved(), 1), ("asked", least_asked(), int(_wholesalers()["n"]))):
        if key not in answer:
            yield chosen(answer, key, "", "")
            continue
        got = int(answer[key])
        says = _("You stand at {got}, and the line below says “not clear” still. Is one more step enough?")
        if got > want:
            says = _("You stand at {got}. Clear it is; is it the least? Try {less}.")
        yield case(got == want, says, key=key, got=got, less=got - step)
    yield chosen(
        answer,
        "credit",
        "100" if least_credit() > 50 else "10",
        {
            "2": _("You say 2 times. The lead would then be 4 of more than 300. Is that more than luck gives?"),
            "10": _("You say 10 times. The lead would be 20; luck alone moves some 1,540 answers by more than that. What then?"),
        },
    )  # fmt: skip


# -- 6 the app by kind of customer -----------------------------------------------------------------------------------

GROUPS = {"Shop": _("shops"), "Restaurant": _("restaurants")}
IS_CLEAR = {"yes": _("clear"), "no": _("not clear")}
LINES_APP = {
    "overall": _("Attractive, 84 of 235 say so: a nice extra, which may wait for better years."),
    "three": _("Must-be for restaurants, attractive to shops, and attractive to wholesalers, too."),
    "two": _("Must-be for restaurants, attractive to shops; wholesalers: not known yet."),
    "middle": _("Must-be here and attractive there: on the whole one-dimensional."),
}


@cache
def app_letters() -> pd.DataFrame:
    """First letter of the app by kind of customer, and whether it is clear."""
    return kano.significance(counted("segment").xs("app", level="feature"), test="exact")


def _app_form() -> Form:
    rows = []
    for key, name in GROUPS.items():
        tally, told = counted("segment").loc[(key, "app")], app_letters().loc[key]
        bars = tuple((letter, letter, float(tally[letter])) for letter in "AOMI")
        rows.append(
            Row(
                tr(
                    _("Order app, {n} {group}. Mark the first letter (R {r} and Q {q} are not drawn)."),
                    n=int(tally["n"]),
                    group=tr(name),
                    r=int(tally["R"]),
                    q=int(tally["Q"]),
                ),
                (Mark(f"{key}.first", "bars", bars=bars, unit=_("customers")),),
            )
        )
        rows.append(
            Row(
                tr(
                    _("Its lead over the second must be {critical:.0f} or more to be clear. Is it?"),
                    critical=told["critical"],
                ),
                (Choice(f"{key}.clear", tuple(IS_CLEAR.items()), style="radio"),),
            )
        )
    rows.append(Row(_("Which line goes on the page?"), (Choice("line", tuple(LINES_APP.items()), style="radio"),)))
    return Form(tuple(rows))


@exercise(
    "app-by-group",
    lesson="5.2",
    points=4,
    title=_("The app, group by group"),
    code=True,
    hints=(
        _("Count the letters of each group by itself: kano.counts has an argument `by`."),
        _("kano.counts(survey, [\"app\"], by=\"segment\") gives the letters; kano.significance(..., test=\"exact\") does the rest."),
        _("Shops: 64 and 33 are the two tallest bars. Restaurants: 44 and 16. How many wholesalers have you seen above?"),
    ),
    right=_(
        "Right. The overall A was the shops' opinion, because they are more; the restaurants do not share it. An app "
        "for everybody is a delight to one group; one that comes late is a fault to the other."
    ),
)  # fmt: skip
def app_by_group(answer: pd.DataFrame) -> Iterator[Case]:
    """First letter and clearness for each kind of customer."""
    column = "first" if isinstance(answer, pd.DataFrame) and "first" in answer.columns else "category"
    yield from frame(answer, [column, "clear"])
    want = app_letters()
    by = answer.xs("app", level="feature") if isinstance(answer.index, pd.MultiIndex) else answer
    missing = [name for name in want.index if name not in by.index]
    yield gate(
        not missing,
        _("There is no row for {missing}. Did you count by “segment”, and the feature “app”?"),
        missing=", ".join(map(str, missing)),
    )
    for name, row in want.iterrows():
        got = by.loc[name]
        says = _("{group}: you have {got}. Which letter did most of them give?")
        yield case(got[column] == row["first"], says, group=tr(str(name)), got=got[column])
        says = _("{group}: you have clear = {got}. Is it the exact test, at the usual z?")
        yield case(bool(got["clear"]) == bool(row["clear"]), says, group=tr(str(name)), got=bool(got["clear"]))


@app_by_group.click_twin(_app_form)
def _app_clicks(answer: Answers) -> Iterator[Case]:
    want = app_letters()
    for key, name in GROUPS.items():
        group = tr(name)
        says = _("You marked another letter for the {group}. Which of their bars is the tallest?")
        yield chosen(answer, f"{key}.first", str(want.at[key, "first"]), says, group=group)
        says = _("For the {group} you say “{got}”. Take the second tallest bar from the tallest: how much is that?")
        clear = "yes" if want.at[key, "clear"] else "no"
        yield chosen(answer, f"{key}.clear", clear, says, names=IS_CLEAR, group=group)
    yield chosen(
        answer,
        "line",
        "two",
        {
            "overall": _("You put one letter for all. Whose letter is it: do the restaurants give it?"),
            "three": _("You name a letter for the wholesalers. What did exercise 5 say of their 20 answers?"),
            "middle": _("You made a middle of two letters. Who of the customers asked said it: the shops, or the restaurants?"),
        },
        weight=2,
    )  # fmt: skip


# -- 7 find the mistake ----------------------------------------------------------------------------------------------

FAULTS = {
    "sound": _("sound"),
    "average": _("took the mean of answers that are no quantity"),
    "few": _("named a category that the answers cannot tell"),
    "left": _("forgot who is not in the number"),
    "groups": _("one letter for groups that differ"),
}


_LOOK = _("Line {n}: you chose “{got}”. What exactly was computed here, and from whose answers?")
_FINE = _("Line {n}: you chose “{got}”. Does it claim more than its counts carry?")
LINES = (
    Sentence(
        "samples",
        "average",
        {"sound": _("Line {n}: you let it pass. How many of the customers themselves gave the letter he comes to?"), "": _LOOK},
    ),
    Sentence("complete", "sound", {"": _FINE}),
    Sentence(
        "wholesale",
        "few",
        {"sound": _("Line {n}: you let it pass. How many customers would have to answer otherwise to turn it round?"), "": _LOOK},
    ),
    Sentence(
        "calls",
        "left",
        {"sound": _("Line {n}: you let it pass. Of how many customers is this share a share?"), "": _LOOK},
    ),
    Sentence("credit", "sound", {"": _FINE}),
)  # fmt: skip


def _line_text(key: str) -> str:
    """A line of the page with its numbers."""
    overall, wholesale = found(), found("segment").xs("Wholesaler")
    means = survey()[["functional_samples", "dysfunctional_samples"]].mean()
    complete, calls, credit = overall.loc["complete"], overall.loc["calls"], overall.loc["credit"]
    few = wholesale.loc["complete"]
    texts = {
        "samples": tr(
            _(
                "Samples: the mean answers are {f:.2f} and {d:.2f}; rounded, that is 2 and 3, “must be” and “neutral”. The "
                "table gives I for it, so customers are indifferent to samples."
            ),
            f=means.iloc[0],
            d=means.iloc[1],
        ),
        "complete": tr(
            _(
                "Complete and right: worse is {worse:.2f}. Of the {n} who gave A, O, M or I, {hurt} would be dissatisfied if a "
                "delivery were not."
            ),
            worse=complete["worse"],
            n=int(complete["coefficient_n"]),
            hurt=int(complete["O"] + complete["M"]),
        ),
        "wholesale": tr(
            _("Complete and right, wholesalers: O leads M by {o} to {m} of {n} answers. For them it is one-dimensional, not a must-be."),
            o=int(few["O"]),
            m=int(few["M"]),
            n=int(few["n"]),
        ),
        "calls": tr(
            _("Weekly call: better is {better:.2f}. So more than a quarter of our customers would be happier with it."),
            better=calls["better"],
        ),
        "credit": tr(
            _(
                "30 days to pay: M {m}, O {o}; the answers do not tell which. I plan as if it were a must-be: to cut one would be "
                "the dearer mistake."
            ),
            m=int(credit["M"]),
            o=int(credit["O"]),
        ),
    }  # fmt: skip
    return texts[key].replace("-0.", "−0.")


def _lines_form() -> Form:
    return sentences.page(LINES, FAULTS, _line_text)


@exercise(
    "li-leis-page",
    lesson="5.2",
    points=3,
    title=_("Find the mistake"),
    form=_lines_form,
    hints=(
        _("Two of the five lines are sound."),
        _("Ask of each number: which customers are in it, and could the letter just as well have been another?"),
        _("Samples: A 127, I 61. Weekly call: R 119 and Q 17 of 238 are in no coefficient."),
    ),
    right=_(
        "Right. “Like” and “dislike” are words, not points: between those who like samples and those who do not mind there is "
        "no customer in the middle. And the coefficients keep silent about everybody who would rather be without."
    ),
)
def li_leis_page(answer: Answers) -> Iterator[Case]:
    """What is wrong with each line of the page."""
    yield from sentences.judged(answer, LINES, FAULTS)


# -- on Monday -------------------------------------------------------------------------------------------------------

PAIRS = (
    (_("The delivery is complete and right."), _("Something is missing or wrong.")),
    (_("Orders come the next day."), _("Orders come on the third day.")),
    (_("The driver carries the goods in."), _("The driver leaves the goods at the door.")),
    (_("Orders can be placed in an app."), _("Orders can be placed by telephone only.")),
)
"""Four features as they are asked at Yuanhe, as a pattern: with it, without it."""


def questionnaire(pairs: Sequence[tuple[str, str]] = PAIRS, blank: int = 3) -> str:
    """The Kano questionnaire as a printable page (HTML) in the reader's language.

    ``pairs`` are sentences (with the feature, without it); ``blank`` empty pairs stand below them, to be written in by
    hand. A second part for the office holds the evaluation table and the tally.

    >>> page = questionnaire([("The lorry comes before ten.", "The lorry comes in the afternoon.")], blank=0)
    >>> page.count("before ten"), page.count("☐")
    (1, 10)
    """
    heads = "".join(f"<th>{escape(tr(text))}</th>" for text in kano.ANSWERS.values())
    boxes = '<td style="text-align:center">☐</td>' * len(kano.ANSWERS)
    line = "_" * 34
    lines = []
    for place, (there, missing) in enumerate([*pairs, *[(line, line)] * blank], 1):
        lines.append(f"<tr><td>{place}a</td><td>{escape(tr(there))}</td>{boxes}</tr>")
        lines.append(f"<tr><td>{place}b</td><td>{escape(tr(missing))}</td>{boxes}</tr>")
    letters = "".join(
        f"<tr><th>{escape(tr(kano.ANSWERS[str(key)]))}</th>" + "".join(f"<td>{one}</td>" for one in row) + "</tr>"
        for key, row in zip(kano.EVALUATION.index, kano.EVALUATION.to_numpy(), strict=True)
    )
    names = "".join(f"<th>{letter} {escape(tr(kano.CATEGORIES[letter]))}</th>" for letter in kano.ORDER)
    tally = "".join(f"<tr><td>{place}</td>{'<td></td>' * 6}</tr>" for place in range(1, len(pairs) + blank + 1))
    office = (
        _("better = (A + O) / (A + O + M + I); worse = −(O + M) / (A + O + M + I). R and Q are in neither: report them beside."),
        _("Name a category only where the first letter is clearly ahead of the second. Count each kind of customer by itself."),
        _("More than a few Q? Then the question is badly put: word it anew and ask again."),
    )  # fmt: skip
    return (
        f"<h1>{escape(tr(_('How would you feel?')))}</h1>"
        f"<p>{escape(tr(_('Please tick one box in each line: how would you feel if it were so?')))}</p>"
        f"<table><thead><tr><th></th><th></th>{heads}</tr></thead><tbody>{''.join(lines)}</tbody></table>"
        f"<p>{escape(tr(_('Kind of customer: ____________  Date: ____________')))}</p>"
        f'<h2 style="page-break-before:always">{escape(tr(_("Office only")))}</h2>'
        f"<p>{escape(tr(_('Row: answer to line a (it is there). Column: answer to line b (it is not).')))}</p>"
        f"<table><thead><tr><th></th>{heads}</tr></thead><tbody>{letters}</tbody></table>"
        f"<p>{escape(tr(_('Tally: one stroke a customer.')))}</p>"
        f"<table><thead><tr><th></th>{names}</tr></thead><tbody>{tally}</tbody></table>"
        + "".join(f"<p><small>{escape(tr(text))}</small></p>" for text in office)
    )
