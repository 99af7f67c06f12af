"""Exercises of lesson 2.1: the stages of a customer and the phases of a relationship. Online Retail, as of 10 December 2011."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any

import pandas as pd

from crmlab import datasets, lifecycle
from crmlab.course.cases import Case, case, chosen, close, frame, gate
from crmlab.course.exercise import exercise
from crmlab.course.form import Answers, Choice, Entry, Form, Mark, Row, Slider
from crmlab.language import _, tr

AS_OF, JUNE, SEPTEMBER, JANUARY = "2011-12-10", "2011-06-10", "2011-09-10", "2011-01-10"
FAIR = 99001
"""The number of a made-up contact who has not bought."""

WORDS = (
    _("stage"),
    _("phase"),
    _("rule"),
    _("move"),
    _("recency"),
    _("age"),
    _("frequency"),
    _("recent_orders"),
    _("customer_id"),
    _("gap (days)"),
    _("share of gaps"),
    _("trend"),
    _("level"),
    _("periods"),
    _("potential"),
    _("new"),
    _("active"),
    _("loyal"),
    _("churned"),
    _("unknown"),
    _("exploration"),
    _("growth"),
    _("maturity"),
    _("decline"),
    _("invoice"),
    _("date"),
    _("units"),
    _("amount"),
    _("last order (days ago)"),
    _("orders"),
    _("revenue (GBP)"),
    _("notes"),
)
"""Headings and words in the tables of the lesson, marked for translation."""


def rules_in_words(rules: lifecycle.Rules) -> pd.Series:
    """The rule of each stage as a sentence in the trainee's language, with the numbers of ``rules``: to be printed on a list.

    >>> rules_in_words(lifecycle.Rules(churned_after=100))["churned"]
    'no order for more than 100 days'
    """
    return pd.Series(
        {
            "potential": tr(_("known, no order yet")),
            "churned": tr(_("no order for more than {days} days"), days=rules.churned_after),
            "new": tr(_("first order at most {days} days ago"), days=rules.new_within),
            "loyal": tr(
                _("at least {orders} orders in {days} days"), orders=rules.loyal_orders, days=rules.loyal_within
            ),
            "active": tr(_("none of the other rules fits")),
        },
        name="rule",
    )


# ---- what is true of the data


@cache
def orders() -> pd.DataFrame:
    """The invoices, read once."""
    return datasets.load("online_retail_orders")


@cache
def stages(as_of: str = AS_OF, churned_after: int = 180) -> pd.DataFrame:
    """The customers on that day, the contact of the fair among them in December."""
    contacts = [FAIR] if as_of == AS_OF else None
    return lifecycle.stages(orders(), as_of, lifecycle.Rules(churned_after=churned_after), contacts)


@cache
def stage_of(customer: int) -> str:
    """The stage of one customer in December."""
    return str(stages().loc[customer, "stage"])


@cache
def back_test(limit: int) -> tuple[int, int]:
    """Customers silent for more than ``limit`` days on 10 September, and how many of these ordered in the three months after."""
    recency = stages(SEPTEMBER)["recency"]
    silent = recency.index[(recency > limit).fillna(False).to_numpy(dtype=bool)]
    later = orders()[(orders()["date"] >= "2011-09-11") & (orders()["amount"] > 0)]
    return len(silent), int(silent.isin(later["customer_id"].unique()).sum())


@cache
def moves() -> pd.DataFrame:
    """The table of transitions from June to December."""
    return lifecycle.transitions(stages(JUNE), lifecycle.stages(orders(), AS_OF))


@cache
def trade() -> pd.DataFrame:
    """The trade of each customer in six periods of 60 days."""
    return lifecycle.trade(orders(), AS_OF, periods=6, days=60)


@cache
def phases() -> pd.DataFrame:
    """The phase of each relationship."""
    return lifecycle.phases(trade())


# ---- 1: which stage, which first sentence

CARDS = (13704, 15235, 12407, FAIR, 12359)
STAGES = ("potential", "new", "active", "loyal", "churned")
SENTENCES = {
    "active": _("“You usually order about now. Shall I put the usual together, and the ribbons that go with it?”"),
    "churned": _("“I have missed your orders. What made you stop?”"),
    "loyal": _("“You know our range better than most. Which other shop owner should get to know us?”"),
    "new": _("“Did it all arrive whole, and does it sell? Let us fix a day for your next order.”"),
    "potential": _("“Which three articles would you try on your shelf first? I keep the first parcel small.”"),
}


@cache
def _facts(customer: int) -> dict[str, int]:
    row = stages().loc[customer]
    return {name: int(row[name]) for name in ("age", "recency", "frequency", "recent_orders") if not pd.isna(row[name])}


def _card(customer: int) -> str:
    if customer == FAIR:
        return tr(_("Ms Shaw, soap shop: left her card at a trade fair in May, has not ordered (made up)"))
    return tr(
        _(
            "Customer {customer}: first order {age} days ago · last order {recency} days ago · "
            "orders in all: {frequency}, in the last 365 days: {recent_orders}"
        ),
        customer=customer,
        **_facts(customer),
    )


def _name(customer: int) -> str:
    return tr(_("Ms Shaw")) if customer == FAIR else str(customer)


def _stage_form() -> Form:
    names = tuple((key, str(lifecycle.STAGES.loc[key, "name"])) for key in STAGES)
    sentences = tuple(SENTENCES.items())
    return Form(
        tuple(
            Row(
                _card(one),
                (
                    Choice(f"{one}.stage", names, label=_("Stage")),
                    Choice(f"{one}.move", sentences, label=_("First sentence on the phone")),
                ),
            )
            for one in CARDS
        )
    )


_STAGE_SAYS = {
    "potential": _("{who}: you chose potential. Has this customer never ordered?"),
    "new": _(
        "{who}: you chose new. Read the rules from the top: does an earlier one fit, and how old is the first order?"
    ),
    "active": _(
        "{who}: you chose active, which is what is left when no other rule fits. Go through the others once more."
    ),
    "loyal": _("{who}: you chose loyal. The orders may suffice; which rules are asked before that one?"),
    "churned": _(
        "{who}: you chose churned. For how many days has there been no order, and how many does the rule allow?"
    ),
}


@exercise(
    "which-stage",
    lesson="2.1",
    points=5,
    title=_("Which stage?"),
    form=_stage_form,
    hints=(
        _("Go down the five rules in their order, and stop at the first that fits."),
        _("Two cards have many orders and are not loyal: in one the first order tells why, in the other the last."),
        _(
            "For the sentence ask: what do you want from this customer next? A first order, a second, the usual, a name, a reason?"
        ),
    ),
    right=_(
        "13704 has ordered nine times and is new; 15235 twelve times and has churned. Both would have passed for loyal in a "
        "list that counts orders only. Next: how many there are of each kind."
    ),
)
def which_stage(answer: Answers) -> Iterator[Case]:
    """Stage and fitting first sentence of five cards."""
    for one in CARDS:
        want = stage_of(one)
        got = answer.get(f"{one}.stage", "")
        found = chosen(answer, f"{one}.stage", want, _STAGE_SAYS.get(got, ""))
        yield _with(found, who=_name(one))
        said = chosen(
            answer,
            f"{one}.move",
            want,
            _("{who}: you would begin with {said} Does that suit somebody with this history of orders?"),
        )
        yield _with(said, who=_name(one), said=tr(SENTENCES.get(answer.get(f"{one}.move", ""), "")))


def _with(found: Case, **values: Any) -> Case:
    """The case with more values for its sentence."""
    return replace(found, values={**found.values, **values})


# ---- 2: set the limit

LIMITS = range(40, 210, 10)
MOST = 0.40
"""At most this share of those called churned may order again within three months."""


@cache
def limit() -> int:
    """The smallest limit in steps of ten that keeps to :data:`MOST`."""
    return next(days for days in LIMITS if back_test(days)[1] <= MOST * back_test(days)[0])


def _limit_lines(answer: Answers) -> list[str]:
    days = int(answer.get("limit", 180))
    if days not in LIMITS:
        return []
    silent, again = back_test(days)
    return [
        tr(
            _(
                "Churned on 10 September by a limit of {days} days: {silent:,} customers. "
                "Of these {again:,} ordered again by 9 December: {share:.1%}."
            ),
            days=days,
            silent=silent,
            again=again,
            share=again / silent,
        )
    ]


READINGS = (
    ("lists", _("A shorter limit finds many more customers, at the price of somewhat more false alarms.")),
    ("calls", _("Those who ordered again did so because somebody of the wholesaler had called them up.")),
    ("gone", _("Beyond 180 days nobody comes back, so the usual limit is the only one that is right.")),
    ("none", _("The limit makes no difference: the list is about as long wherever the line is drawn.")),
)

LIMIT_FORM = Form(
    (
        Row(
            _("Churned after how many days without an order?"),
            (Slider("limit", _("Limit"), 40, 200, 10, 180, unit=_("days")),),
        ),
        Row(
            _("Move the limit over its whole range. What do the numbers say?"),
            (Choice("reading", READINGS, style="radio"),),
        ),
    ),
    live=_limit_lines,
)


@exercise(
    "set-the-limit",
    lesson="2.1",
    points=4,
    title=_("Set the limit"),
    hints=(
        _("Start at 200 and go down. Does the percentage rise or fall?"),
        _("Look for the step at which the percentage passes 40, and take the last limit before it."),
        _("In code: lifecycle.stages(orders, as_of=..., rules=lifecycle.Rules(churned_after=...))."),
    ),
    right=_(
        "The shorter limit makes the list more than twice as long, and four in ten will order anyway. The longer one is surer "
        "and later. Neither is true or false: choose by what a call costs, write the number on the list, and keep it."
    ),
    code=True,
)
def limit_table(answer: Any) -> Iterator[Case]:
    """The stage table of 10 September under the limit."""
    want = stages(SEPTEMBER, limit())
    yield from frame(answer, ["stage"])
    yield gate(
        set(answer.index) == set(want.index),
        _("Your table has {got:,} customers; on 10 September {want:,} were known. From which day do you look?"),
        got=len(answer),
        want=len(want),
    )
    got = answer["stage"].reindex(want.index)
    for stage, says in (
        (
            "new",
            _("In your table {got:,} customers are new. Was the day 10 September, and the limit for new left alone?"),
        ),
        ("loyal", _("In your table {got:,} customers are loyal. Only the limit for churned was to be changed.")),
        (
            "churned",
            _(
                "In your table {got:,} customers have churned. Set the slider to your limit: is the share still at most 40%?"
            ),
        ),
    ):
        yield case(
            bool(((got == stage) == (want["stage"] == stage)).all()),
            says,
            weight=2 if stage == "churned" else 1,
            got=int((got == stage).sum()),
        )


@limit_table.click_twin(LIMIT_FORM)
def limit_clicks(answer: Answers) -> Iterator[Case]:
    """The limit, and what the back-test says."""
    yield close(answer, "limit", limit(), _limit_says(answer), tolerance=0, weight=2)
    yield chosen(
        answer,
        "reading",
        "lists",
        {
            "calls": _("You say: because somebody called. Is there a column in these data that tells of calls?"),
            "gone": _("You say: nobody comes back. Put the limit on 180 and read the percentage."),
            "none": _("You say: no difference. How long is the list at 60 days, and how long at 180?"),
        },
        weight=2,
    )


def _limit_says(answer: Answers) -> str:
    got = answer.get("limit", 0)
    if got in LIMITS and back_test(int(got))[1] > MOST * back_test(int(got))[0]:
        return _("You set {got} days. Read the percentage below the slider: how many of ten would have ordered anyway?")
    return _("You set {got} days, which keeps to the four in ten. Would a shorter limit keep to it, too?")


# ---- 3: where the customers leak away

BUYERS = ("new", "active", "loyal")


def _leak_form() -> Form:
    table = moves()
    names = {key: _SHORT[key] for key in (*BUYERS, "churned")}
    rows = tuple((key, names[key]) for key in BUYERS)
    columns = tuple((key, names[key]) for key in ("active", "loyal", "churned"))
    texts = tuple(
        (f"{row}.{column}", f"{table.loc[row, column]:,}") for row, _label in rows for column, _text in columns
    )
    title = tr(_("Customers: stage in June (down), stage in December (across)"))
    return Form(
        (
            Row(
                _("Which cell holds the largest number of customers lost?"),
                (Mark("most", "cells", rows=rows, columns=columns, texts=texts, title=title),),
            ),
            Row(
                _("Of which stage was the largest part lost? Mark the cell with those who were lost."),
                (Mark("share", "cells", rows=rows, columns=columns, texts=texts, title=title),),
            ),
            Row(
                _("How many percent of the loyal customers of June had churned by December?"),
                (Entry("loyal", _("Share"), unit="%"),),
            ),
        )
    )


_SHORT = {"new": _("new"), "active": _("active"), "loyal": _("loyal"), "churned": _("churned")}


@cache
def _rows() -> dict[str, int]:
    return {row: int(moves().loc[row].sum()) for row in BUYERS}


@exercise(
    "where-they-leak",
    lesson="2.1",
    points=4,
    title=_("Where they leak away"),
    form=_leak_form,
    hints=(
        _("Lost means: bought before June, churned in December. Which column is that?"),
        _("For the part divide the lost of a row by all of that row."),
        _("The loyal: 17 of 2 + 377 + 17."),
    ),
    right=_(
        "Most of the lost were active, and the likeliest to be lost were the new: more than a third never came to a habit. "
        "The second order is the one to fight for. Of the loyal few have gone - so far; look at their trade below."
    ),
)
def where_they_leak(answer: Answers) -> Iterator[Case]:
    """The largest number, the largest share, and one share worked out."""
    table, rows = moves(), _rows()
    lost = {row: int(table.loc[row, "churned"]) for row in BUYERS}
    most = max(lost, key=lambda row: lost[row])
    steep = max(lost, key=lambda row: lost[row] / rows[row])
    for key, want in (("most", most), ("share", steep)):
        yield _with(
            chosen(answer, key, f"{want}.churned", _leak_says(key, answer.get(key, "")), weight=1),
            **_marked(answer, key),
        )
    yield close(
        answer,
        "loyal",
        100 * lost["loyal"] / rows["loyal"],
        _("You have {got} %. Divide the loyal who churned by all who were loyal in June."),
        tolerance=0.3,
        weight=2,
    )


def _marked(answer: Answers, key: str) -> dict[str, Any]:
    row, _dot, column = str(answer.get(key, "")).partition(".")
    if row not in BUYERS:
        return {}
    return {
        "before": tr(_SHORT[row]),
        "after": tr(_SHORT[column]),
        "n": int(moves().loc[row, column]),
        "all": _rows()[row],
    }


def _leak_says(key: str, got: str) -> str:
    if not got.endswith(".churned"):
        return _("You marked {n} customers who were {before} and are {after} now. Are these lost?")
    if key == "most":
        return _("You marked {n} customers who were {before}. Is there a row that lost more of them?")
    return _(
        "You marked {n} of {all} who were {before}. Work out that part for the other rows as well: is it the largest?"
    )


# ---- 4: read the curve

CURVES = (13408, 16672, 17651, 12709)
PHASES = ("exploration", "growth", "maturity", "decline")


def _curve(customer: int) -> str:
    values = " · ".join("–" if pd.isna(value) else f"{value:,.0f}" for value in trade().loc[customer])
    return tr(_("Customer {customer}, GBP in six periods of 60 days: {values}"), customer=customer, values=values)


def _curve_form() -> Form:
    names = tuple((key, str(lifecycle.PHASES.loc[key, "name"])) for key in PHASES)
    order = ("maturity", "decline", "exploration", "growth")
    moves_ = tuple((key, str(lifecycle.PHASES.loc[key, "move"])) for key in order)
    return Form(
        tuple(
            Row(
                _curve(one),
                (Choice(f"{one}.phase", names, label=_("Phase")), Choice(f"{one}.move", moves_, label=_("Move"))),
            )
            for one in CURVES
        )
    )


_CURVE_SAYS = {
    "exploration": _("{customer}: you chose exploration. How many whole periods has this relation lasted?"),
    "growth": _("{customer}: you chose growth. Compare the last periods with the first whole ones: higher?"),
    "maturity": _("{customer}: you chose maturity. Is the level steady, and are there enough whole periods to say so?"),
    "decline": _(
        "{customer}: you chose decline. Does the trade fall from period to period, over enough whole periods?"
    ),
}


@exercise(
    "read-the-curve",
    lesson="2.1",
    points=4,
    title=_("Read the curve"),
    form=_curve_form,
    hints=(
        _("A dash means: no customer yet. Leave out the first bar after a dash, it began late."),
        _("Fewer than three whole periods: exploration, whatever the bars do."),
        _("Otherwise look along the tops of the bars: up, level, or down? One odd bar does not count."),
    ),
    right=_(
        "17651 is the trap: three bars that look like a steady customer, and only two of them are whole. Too early to call it "
        "maturity. Next: what the stage list says of the same customers."
    ),
)
def read_the_curve(answer: Answers) -> Iterator[Case]:
    """Phase and move of four customers."""
    for one in CURVES:
        want = _phase(one)
        got = answer.get(f"{one}.phase", "")
        yield _with(chosen(answer, f"{one}.phase", want, _CURVE_SAYS.get(got, "")), customer=one)
        move = answer.get(f"{one}.move", "")
        said = _("{customer}: you chose “{move}” Is that what this curve needs next?")
        text = tr(str(lifecycle.PHASES.loc[move, "move"])) if move in PHASES else ""
        yield _with(chosen(answer, f"{one}.move", want, said), customer=one, move=text)


@cache
def _phase(customer: int) -> str:
    return str(phases().loc[customer, "phase"])


# ---- 5: before the contract ends

CLIENT = 15125
MARGIN = 0.25
"""Made up, like the contract: these data know no costs."""


@cache
def _client() -> dict[str, float]:
    """Trade of the customer by the first day of the period; the period of the first order is not whole."""
    row = trade().loc[CLIENT].dropna()
    return {f"{day:%Y-%m-%d}": round(float(value), 2) for day, value in row.items()}


@cache
def alarm() -> str:
    """The first period after the best whole one with less than half of its trade."""
    whole = list(_client().items())[1:]
    best = max(range(len(whole)), key=lambda place: whole[place][1])
    return next(day for day, value in whole[best:] if value < whole[best][1] / 2)


@cache
def at_stake() -> float:
    """Margin of a year (six periods) at the level of the best whole period."""
    return 6 * max(list(_client().values())[1:]) * MARGIN


def _contract_form() -> Form:
    bars = tuple((day, day, round(value)) for day, value in _client().items())
    return Form(
        (
            Row(
                _("In which period did the trade first fall below half of the best whole period?"),
                (
                    Mark(
                        "alarm",
                        "bars",
                        bars=bars,
                        unit=_("GBP"),
                        title=_("Trade of customer 15125 by first day of the period"),
                    ),
                ),
            ),
            Row(
                _("When does Chen Jie ring?"),
                (
                    Choice(
                        "when",
                        (
                            ("january", _("in the last week of January, just before notice can be given")),
                            ("april", _("in April, when it is certain how the customer has decided")),
                            ("monday", _("on Monday, 12 December, while orders still come in")),
                            ("newyear", _("after the Christmas trade, when the shop has time to talk")),
                        ),
                        style="radio",
                    ),
                ),
            ),
            Row(
                _("How does she begin?"),
                (
                    Choice(
                        "begin",
                        (
                            ("discount", _("“We can give you 10% on everything until the end of March.”")),
                            ("ask", _("“We credited you twice in October. What was wrong with the goods?”")),
                            ("contract", _("“Your agreement says that you buy from us until the end of March.”")),
                            ("thank", _("“Thank you for your loyalty: fifteen orders within a year!”")),
                        ),
                        style="radio",
                    ),
                ),
            ),
            Row(
                _(
                    "Won back to the level of the best whole period, what margin would this customer leave in a year? "
                    "A year is six periods, the margin 25% of the trade."
                ),
                (Entry("margin", _("Margin a year"), unit=_("GBP")),),
            ),
        )
    )


@exercise(
    "before-the-end",
    lesson="2.1",
    points=4,
    title=_("Before the contract ends"),
    form=_contract_form,
    hints=(
        _("The first bar is the period in which the relation began: it is not whole. Take the best of the others."),
        _("Until when can something still be changed without anybody having to take back a letter?"),
        _("Margin: the best whole period, times six, times 0.25."),
    ),
    right=_(
        "The alarm stood in the trade two months ago, while the stage was loyal all the time. The sum is the ceiling: what a "
        "win-back costs must stay well below it, for not every call succeeds. If it would cost more, let go, politely."
    ),
)
def before_the_end(answer: Answers) -> Iterator[Case]:
    """The alarm in the curve, the day of the call, its first sentence, the money at stake."""
    whole = list(_client().values())[1:]
    marked = str(answer.get("alarm", ""))
    says = (
        _("You marked {day}. Is that trade below half of the best whole period?")
        if marked < alarm()
        else _("You marked {day}. Trade was low by then; had it been below the half before?")
    )
    yield _with(chosen(answer, "alarm", alarm(), says), day=marked)
    yield chosen(
        answer,
        "when",
        "monday",
        {
            "january": _("You would wait for the last week of January. What if the letter is written before that?"),
            "april": _("You would wait for certainty. What is there left to agree on in April?"),
            "newyear": _("You would wait for a quiet hour. How long has the trade been below half by then?"),
        },
    )
    yield chosen(
        answer,
        "begin",
        "ask",
        {
            "discount": _("You begin with 10% off. Do you know yet that the price is what drove this customer away?"),
            "contract": _(
                "You begin with the agreement. How would you hear that sentence if you were thinking of leaving?"
            ),
            "thank": _("You begin with thanks. True, and what do you learn from the answer?"),
        },
    )
    yield close(answer, "margin", at_stake(), _margin_says(answer, whole), tolerance=5)


def _margin_says(answer: Answers, whole: list[float]) -> str:
    got = answer.get("margin") or 0
    if abs(got - at_stake() / MARGIN) < 10:
        return _("You have GBP {got}: that is the trade of a year. Which part of it is margin?")
    if abs(got - at_stake() / 6) < 10:
        return _("You have GBP {got}: that is the margin of 60 days. How many such periods has a year?")
    if abs(got - 6 * MARGIN * next(iter(_client().values()))) < 10:
        return _("You have GBP {got}. Is the period that you took a whole one?")
    return _("You have GBP {got}. Take the trade of the best whole period, make it a year, then take the margin.")


# ---- 6: find the mistake

VERDICTS = (
    ("data", _("wrong: it mistakes where the data begin or end for what customers did")),
    ("late", _("wrong: a stage stays what it is while the trade is already falling")),
    ("sound", _("sound")),
    ("who", _("wrong: the label says less about these people than it seems")),
)


@cache
def _counts(as_of: str, churned_after: int = 180) -> dict[str, int]:
    """Customers by stage; without the made-up contact."""
    found = lifecycle.stages(orders(), as_of, lifecycle.Rules(churned_after=churned_after))
    return {str(key): int(n) for key, n in lifecycle.by_stage(found)["customers"].items()}


def _memo_lines() -> dict[str, str]:
    january, december, year = _counts(JANUARY), _counts(AS_OF), _counts(AS_OF, 365)
    table = moves()
    return {
        "january": tr(
            _(
                "In January all our {new:,} buyers were new, today {now:,} of {all:,}. We have stopped winning customers."
            ),
            new=january["new"],
            now=december["new"],
            all=sum(december.values()) - december["potential"],
        ),
        "loyal": tr(
            _("Of {all:,} loyal customers {stay:,} are still loyal after six months. Whoever is loyal needs no call."),
            all=_rows()["loyal"],
            stay=int(table.loc["loyal", "loyal"]),
        ),
        "back": tr(
            _("Of {all:,} who had churned in June {back:,} have bought since. I leave the churned on the file."),
            all=int(table.loc["churned"].sum()),
            back=int(table.loc["churned"].drop("churned").sum()),
        ),
        "year": tr(
            _("With a limit of 365 days only {n:,} have churned. That proves that hardly anybody leaves us."),
            n=year["churned"],
        ),
        "active": tr(
            _(
                "{n:,} customers are active. Each of them has a rhythm, so I am mailing all of them “the usual, please?”."
            ),
            n=december["active"],
        ),
    }


def _memo_form() -> Form:
    lines = _memo_lines()
    return Form(tuple(Row(lines[key], (Choice(key, VERDICTS, label=_("Verdict")),), quote=True) for key in lines))


MEMO = {"january": "data", "loyal": "late", "back": "sound", "year": "data", "active": "who"}


@exercise(
    "stage-memo",
    lesson="2.1",
    points=5,
    title=_("Find the mistake"),
    form=_memo_form,
    hints=(
        _("The data run from 1 December 2010 to 9 December 2011. What can nobody see who looks back from 10 January?"),
        _("For how many days can a customer of these data be silent at most?"),
        _("How many orders must an active customer have had? Read the rule of that stage aloud."),
    ),
    right=_(
        "228 of the active have ordered exactly once: what is their usual? The others: twice the edge of the data was taken for "
        "what customers did, once a stage was trusted where the trade speaks sooner. The sound sentence was the modest one."
    ),
)
def stage_memo(answer: Answers) -> Iterator[Case]:
    """Which sentences of the colleague hold, and what is wrong with the others."""
    says = {
        "january": {
            "sound": _(
                "You find the first sentence sound. On 10 January, how old can the oldest purchase in these data be?"
            ),
            "late": _("First sentence: you say the stage is late. Is it about those who leave at all?"),
            "who": _("First sentence: you say the label misleads. It does; but what made it fit everybody in January?"),
        },
        "loyal": {
            "sound": _(
                "You find the second sentence sound. Five orders in 365 days: how long does one stay loyal after buying less?"
            ),
            "data": _(
                "Second sentence: does anything begin or end here in the data? Look at the table with phases again."
            ),
            "who": _("Second sentence: these people did order. What does their trade do meanwhile?"),
        },
        "back": {
            "data": _(
                "You doubt the third sentence. Both counts lie in the middle of the data: what would have cut them off?"
            ),
            "late": _(
                "You doubt the third sentence. It speaks of purchases that came. Is anything noticed too late there?"
            ),
            "who": _("You doubt the third sentence. It claims little: read again what he does with them."),
        },
        "year": {
            "sound": _("You find the fourth sentence sound. How many days do the data cover in all?"),
            "late": _("Fourth sentence: is anybody’s trade compared here, or are days of silence counted?"),
            "who": _(
                "Fourth sentence: is it the people that are mistaken here, or the time that anybody could be silent?"
            ),
        },
        "active": {
            "sound": _(
                "You find the last sentence sound. Which rule makes a customer active? Sort them by number of orders."
            ),
            "late": _("Last sentence: is it that their trade has changed, or did some of them never have a rhythm?"),
            "data": _(
                "Last sentence: the data began long before. What do you know of somebody whom no other rule fits?"
            ),
        },
    }
    for key, want in MEMO.items():
        yield chosen(answer, key, want, says[key])
