"""Exercises of lesson 2.4: customer lifetime value. Online Retail for past value and the formula, CDNOW for the model."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any

import pandas as pd

from crmlab import clv, datasets, value
from crmlab.course.cases import Case, case, chosen, close, gate, ordered
from crmlab.course.exercise import exercise
from crmlab.course.form import Answers, Choice, Entry, Form, Order, Row, Slider
from crmlab.language import _, tr

MARGIN, DISCOUNT = 0.25, 0.05
"""Of the revenue; a half-year. Both made up: the data hold no costs."""

WORDS = (
    _("customer_id"),
    _("revenue"),
    _("profit"),
    _("present_value"),
    _("class"),
    _("customers"),
    _("margin"),
    _("retention"),
    _("low"),
    _("high"),
    _("by average"),
    _("by class"),
    _("repeat purchases"),
    _("weeks to the last"),
    _("weeks observed"),
    _("still there"),
    _("purchases expected"),
    _("profit expected"),
    _("equity"),
    _("mean"),
    _("below_zero"),
    _("together"),
    _("assumptions"),
    _("figure"),
)
"""Headings and words in the tables of the lesson, marked for translation."""


def assumptions(margin: float, discount: float, periods: int) -> str:
    """What a value list supposes, as a sentence in the trainee's language, to be printed on the list.

    >>> assumptions(margin=0.25, discount=0.05, periods=4)[:44]
    'Past: 25% of net revenue in the data. Expect'
    """
    return tr(
        _(
            "Past: {margin:.0%} of net revenue in the data. Expected: {periods} half-years, each with half of the year's "
            "profit, retention of the class as seen, discount {discount:.0%} a half-year. Margin and discount are assumed."
        ),
        margin=margin,
        periods=periods,
        discount=discount,
    )


# ---- what is true of the data


@cache
def classes() -> pd.DataFrame:
    """The buyers of the first half-year by class: ``customers``, ``margin`` (mean a customer), ``retention``."""
    orders = datasets.load("online_retail_orders")
    first = orders[orders["date"] < "2011-06-11"]
    later = orders[(orders["date"] >= "2011-06-11") & (orders["amount"] > 0)]
    buyers = clv.historic(first, margin=MARGIN).loc[first.loc[first["amount"] > 0, "customer_id"].unique()]
    again = pd.Series(buyers.index.isin(later["customer_id"]), buyers.index)
    by = value.abc(buyers["revenue"].clip(lower=0))["class"]
    found = pd.DataFrame(
        {
            "customers": again.groupby(by).size(),
            "margin": buyers["profit"].groupby(by).mean(),
            "retention": again.groupby(by).mean(),
        }
    )
    found.attrs["average"] = float(again.mean())
    return found


@cache
def equities() -> dict[str, float]:
    """The equity with each class's own retention, and the mistakes: with the average, and margins of one period only."""
    table = classes()
    own = clv.simple(table["margin"], table["retention"], DISCOUNT)
    mean = clv.simple(table["margin"], table.attrs["average"], DISCOUNT)
    return {
        "own": float((table["customers"] * own).sum()),
        "average": float((table["customers"] * mean).sum()),
        "one each": float(own.sum()),
        "one period": float((table["customers"] * table["margin"]).sum()),
    }


@cache
def cd_buyers() -> pd.DataFrame:
    """CDNOW on 30 September 1997 with ``p_alive`` and ``expected`` purchases in the next 39 weeks."""
    found = clv.repeat_summary(datasets.load("cdnow"), until="1997-09-30", zero_orders="count")
    model = clv.fit_bgnbd(found)
    return found.assign(p_alive=model.p_alive(found), expected=model.expected_purchases(found, 39))


@cache
def tested(split: str) -> dict[str, float]:
    """The totals of the hold-out test on that day."""
    found = clv.holdout(datasets.load("cdnow"), split=split, zero_orders="count")
    return {str(key): float(number) for key, number in found.totals.items()}


def _with(found: Case, **values: Any) -> Case:
    """The case with more values for its sentence."""
    return replace(found, values={**found.values, **values})


# ---- 1: which money counts

FILE = {
    "largest": (1900, "none", _("Revenue of her largest order last year: GBP 1,900")),
    "margin_next": (860, "future", _("Margin that her orders of the next three years are expected to bring: GBP 860")),
    "visits": (-90, "past", _("Our visits to her last year, paid: GBP 90")),
    "across": (400, "none", _("Margin on the orders of the shop across the street, another owner: GBP 400")),
    "margin_past": (1240, "past", _("Margin on her orders of the past two years, after returns: GBP 1,240")),
    "stand": (-150, "future", _("The display stand that she is to get next week: GBP 150")),
}
SIDES = (
    ("past", _("past: broad sense only")),
    ("future", _("future: narrow and broad")),
    ("none", _("belongs in neither")),
)


def _file_form() -> Form:
    rows = [Row(text, (Choice(key, SIDES, label=_("Where?")),)) for key, (_n, _side, text) in FILE.items()]
    rows.append(Row(_("Her value in the narrow sense"), (Entry("narrow", _("Narrow"), unit="GBP"),)))
    rows.append(Row(_("Her value in the broad sense"), (Entry("broad", _("Broad"), unit="GBP"),)))
    return Form(tuple(rows))


def file_value(*sides: str) -> int:
    """The sum of the amounts on these sides, costs below zero."""
    return sum(amount for amount, side, _text in FILE.values() if side in sides)


_SIDE_SAYS: dict[str, str | dict[str, str]] = {
    "largest": _(
        "The largest order: you put it into the value. Does the shop's money stay with us, or pay for the goods?"
    ),
    "margin_next": {
        "past": _("The margin of the next three years: you call it past. Has anybody paid it yet?"),
        "none": _(
            "The margin of the next three years: you leave it out. What else should a decision of today rest on?"
        ),
    },
    "visits": {
        "future": _("Last year's visits: you put them into the future. Can a decision of today still save that money?"),
        "none": _("Last year's visits: you leave them out. Who made them necessary, and who paid?"),
    },
    "across": _("The shop across the street: you count it. Whose relation with us is it that brings this money?"),
    "margin_past": {
        "future": _("The margin of the past two years: you call it future. Can she still decide not to bring it?"),
        "none": _("The margin of the past two years: you leave it out. Is it not profit from this relation?"),
    },
    "stand": {
        "past": _("The stand: you call it past. Could Chen Jie still decide against it?"),
        "none": _("The stand: you leave it out. Is it not a cost of this relation, and still to come?"),
    },
}


@exercise(
    "which-money",
    lesson="2.4",
    points=4,
    title=_("Which money counts?"),
    form=_file_form,
    hints=(
        _("Two questions to each amount: is it profit (or cost) of this customer? Is it still to come?"),
        _("A cost counts as well, below zero. Revenue is not profit."),
        _("Narrow: add what is still to come, with its signs. Broad: the same, and what was."),
    ),
    right=_(
        "Two amounts are still open to decision, and one of them is Chen Jie's own: the stand. The broad value is larger, and "
        "no help with that decision. Next: the same for real invoices."
    ),
)
def which_money(answer: Answers) -> Iterator[Case]:
    """Six amounts to their side, and the two sums."""
    for key, (_amount, side, _text) in FILE.items():
        yield chosen(answer, key, side, _SIDE_SAYS[key])
    narrow, past = file_value("future"), file_value("past")
    yield close(answer, "narrow", narrow, _narrow_says(answer.get("narrow"), narrow), tolerance=0.5, weight=1.5)
    yield close(
        answer, "broad", narrow + past, _broad_says(answer.get("broad"), narrow, past), tolerance=0.5, weight=1.5
    )


def _narrow_says(got: float | None, narrow: int) -> str:
    stand, margin = -FILE["stand"][0], FILE["margin_next"][0]
    if got in (margin, margin + stand):
        return _("Narrow: you have GBP {got}. What happens to the cost that is still to come?")
    if got == narrow + file_value("past"):
        return _("Narrow: you have GBP {got}. Is there something in it that has already been earned?")
    return _("Narrow: you have GBP {got}. Which amounts did you put into the future, and with which sign?")


def _broad_says(got: float | None, narrow: int, past: int) -> str:
    if got == past:
        return _("Broad: you have GBP {got}. That is the past alone: what does the broad sense add?")
    if got is not None and got > narrow + past:
        return _("Broad: you have GBP {got}. Did costs go in below zero, and revenue not at all?")
    return _("Broad: you have GBP {got}. It is the narrow value and the past together: what is the past?")


# ---- 2: the stand

HALF_YEAR, NOW, STAND = 250, 70, 150


@cache
def worth(percent: int) -> float:
    """The value of the shop at that retention."""
    return float(clv.simple(HALF_YEAR, retention=percent / 100, discount=DISCOUNT))


@cache
def needed() -> int:
    """The lowest retention in whole percent at which the stand pays."""
    return next(percent for percent in range(NOW, 100) if worth(percent) - worth(NOW) >= STAND)


def _stand_lines(answer: Answers) -> list[str]:
    percent = int(answer.get("retention", 90))
    return [
        tr(_("Value at a retention of {percent}%: GBP {value:,.0f}"), percent=percent, value=worth(percent)),
        tr(_("Value at {now}%, without a stand: GBP {value:,.0f}"), now=NOW, value=worth(NOW)),
    ]


KAI = (
    ("right", _("He is right: she is worth more than the stand costs.")),
    ("change", _("Compare the cost with the change in value, not with the value.")),
    ("past", _("He should compare the cost with the margin of last year.")),
    ("never", _("A gift cannot pay: its cost is certain, its gain is not.")),
)
STAND_FORM = Form(
    (
        Row(
            _("From which retention on does the stand pay?"),
            (Slider("retention", _("Retention with the stand"), 60, 95, 1, 90, unit="%"),),
        ),
        Row(_("“500 is more than 150, so it pays.” What do you answer?"), (Choice("kai", KAI, style="radio"),)),
    ),
    live=_stand_lines,
)


@exercise(
    "stand",
    lesson="2.4",
    points=4,
    title=_("The stand"),
    form=STAND_FORM,
    hints=(
        _("Without a stand she is worth something already. What must she be worth with it?"),
        _("Look for the lowest retention at which the value is higher than without the stand by at least its cost."),
        _("500 and 150 make 650. Move the slider slowly through the seventies."),
    ),
    right=_(
        "Six points more retention pay for the stand. Whether a stand brings six points the formula cannot say: give stands to "
        "a random half of twenty shops, and count after half a year. Next: whose 70% is that?"
    ),
)
def stand(answer: Answers) -> Iterator[Case]:
    """The retention at which the stand pays, and the answer to the colleague."""
    got = int(answer.get("retention", 0))
    low, high = needed(), needed() + 4
    if got <= NOW:
        says = _("You set {got}%. That is no more than without the stand: what would she have gained you?")
    elif got < low:
        says = _("You set {got}%. How much more is she worth there than without the stand, and what does it cost?")
    elif got <= high:
        says = _("You set {got}%. There it pays. Does it pay a little lower, too?")
    else:
        says = _("You set {got}%. There it pays amply. The lowest such retention is asked for.")
    yield close(answer, "retention", low, says, tolerance=0, weight=2)
    yield chosen(
        answer,
        "kai",
        "change",
        {
            "right": _("You say he is right. How much of the 500 would have come without the stand?"),
            "past": _("You compare with last year. Can the stand still change what was earned then?"),
            "never": _("You say it cannot pay. Set the slider to 90% and compare the two lines: what if it did?"),
        },
        weight=2,
    )


# ---- 3: customer equity


def _equity_form() -> Form:
    table = classes()
    lines = [
        tr(
            _("Class {name}: {customers} customers, GBP {one:,.2f} each by the retention of the class"),
            name=name,
            customers=int(row["customers"]),
            one=clv.simple(float(row["margin"]), float(row["retention"]), DISCOUNT),
        )
        for name, row in table.iterrows()
    ]
    return Form(
        (Row(_("Customer equity of the three classes together"), (Entry("equity", _("Equity"), unit="GBP"),)),),
        intro="  ·  ".join(lines),
    )


@exercise(
    "equity",
    lesson="2.4",
    points=3,
    title=_("What the base is worth"),
    form=_equity_form,
    field="equity",
    hints=(
        _("Equity is a sum over customers. How many are there of each kind?"),
        _("Customers times value for each class, then add up the three."),
        _('In code: (classes["customers"] * classes[...]).sum(), with the column of the right retention.'),
    ),
    right=_(
        "About GBP 4.1 million; with the average retention it would have been 1.6. Same customers, same margins: only the A "
        "customers were no longer mixed with the others. And nearly all of the sum is theirs: look after these 890 first."
    ),
)
def equity(answer: Answers) -> Iterator[Case]:
    """The sum over the classes, each with its own retention."""
    found, got = equities(), answer.get("equity")
    says = _("You have GBP {got}. Take the customers of each class times the value of one of them, and add up.")
    if got is not None:
        near = {key: abs(got - number) <= 0.01 * number for key, number in found.items()}
        if near["average"]:
            says = _("You have GBP {got}. Which retention stands behind the column that you added up?")
        elif near["one each"]:
            says = _("You have GBP {got}: one customer of each class. How many are there?")
        elif near["one period"]:
            says = _("You have GBP {got}: that is the margin of one half-year. What about those to come?")
    yield close(answer, "equity", found["own"], says, tolerance=0.003 * found["own"])


# ---- 4: four CD buyers

FOUR = (1901, 428, 1210, 813)
STILL = (
    ("sure", _("almost certainly (over 90%)")),
    ("likely", _("probably (50% to 90%)")),
    ("gone", _("hardly (below 5%)")),
)


@cache
def _numbers(customer: int) -> dict[str, float]:
    return {str(key): float(number) for key, number in cd_buyers().loc[customer].items()}


@cache
def ranking() -> list[str]:
    """The four by expected purchases, most first."""
    return [str(one) for one in sorted(FOUR, key=lambda one: -_numbers(one)["expected"])]


def still(customer: int) -> str:
    """The key of :data:`STILL` for a customer."""
    chance = _numbers(customer)["p_alive"]
    return "sure" if chance > 0.9 else "likely" if chance >= 0.5 else "gone"


def _card(customer: int) -> str:
    found = _numbers(customer)
    if not found["frequency"]:
        return tr(_("{customer}: bought once, {weeks:.0f} weeks ago, never again"), customer=customer, weeks=found["T"])
    return tr(
        _("{customer}: {times:.0f} more purchases within {weeks:.1f} weeks, then silent for {silent:.1f}"),
        customer=customer,
        times=found["frequency"],
        weeks=found["recency"],
        silent=found["T"] - found["recency"],
    )


def _four_form() -> Form:
    rows = [
        Row(
            tr(_("Purchases to be expected in the next 39 weeks, most first")),
            (Order("order", tuple((str(one), _card(one)) for one in FOUR)),),
        )
    ]
    rows += [
        Row(
            tr(_("Is {customer} still a customer?"), customer=one),
            (Choice(str(one), STILL, label=_("Still there?")),),
        )
        for one in FOUR
        if one != 1210
    ]
    return Form(tuple(rows))


@exercise(
    "four-buyers",
    lesson="2.4",
    points=5,
    title=_("Four CD buyers"),
    form=_four_form,
    hints=(
        _("Work out the usual gap of each: weeks divided by purchases. How many such gaps long is the silence?"),
        _("1901 came more than four times a week, 428 every 15 weeks."),
        _("Somebody who bought once may still come; somebody who missed a hundred usual gaps will not."),
    ),
    right=_(
        "And what came in the 39 weeks? 813 bought 19 times (expected: 9.6), 428 four times (1.3), 1210 and 1901 not at all (0.2 "
        "and 0.0). The order was right, the numbers were rough. Next: what is a purchase worth?"
    ),
)
def four_buyers(answer: Answers) -> Iterator[Case]:
    """The order of expectation, and who is still there."""
    says = {
        "428": _("You put 428 before 813. Who buys more often, and has either missed an order?"),
        "1210": _("You put 1210 before 428. One purchase against three: whose return have you seen already?"),
        "1901": _(
            "You put 1901, with 21 purchases, higher up. They all came in under five weeks. What came in the 24 weeks since?"
        ),
    }
    yield ordered(answer, "order", ranking(), says, weight=2)
    for one in FOUR:
        if one == 1210:
            continue
        found = _numbers(one)
        yield _with(
            chosen(
                answer,
                str(one),
                still(one),
                _(
                    "{customer}: you chose “{label}”. The usual gap is {gap:.1f} weeks, the silence {silent:.1f}. "
                    "Is that much, for this customer?"
                ),
            ),
            customer=one,
            label=tr(dict(STILL).get(str(answer.get(str(one))), "")),
            gap=found["recency"] / found["frequency"],
            silent=found["T"] - found["recency"],
        )


# ---- 5: another day

SPLITS = (
    ("1997-09-30", _("30 September 1997")),
    ("1997-12-31", _("31 December 1997")),
    ("1997-06-30", _("30 June 1997")),
)
ASKED = "1997-06-30"
BEARS_OUT = (
    ("low", _("The model forecasts too few purchases on each of the three days.")),
    ("nearer", _("The model comes nearer to the total than the ruler on each of the three days.")),
    ("exact", _("The model hits the total to within a tenth on each of the three days.")),
    ("single", _("The model knows of each single customer whether they come back.")),
)


def _day_lines(answer: Answers) -> list[str]:
    split = answer.get("split")
    if split is None:
        return [tr(_("Choose a day, and the test is made."))]
    found = tested(split)
    return [
        tr(
            _("Up to 30 June 1998: model {predicted:,.0f} purchases, ruler {same_pace:,.0f}, what came {actual:,.0f}."),
            **found,
        )
    ]


DAY_FORM = Form(
    (
        Row(_("Fit to the orders up to"), (Choice("split", SPLITS, label=_("Day")),)),
        Row(
            _("On 30 June 1997: by how many percent of what came did the model lie below it?"),
            (Entry("miss", _("Too low by"), unit="%"),),
        ),
        Row(_("Try all three days. What do they bear out?"), (Choice("reading", BEARS_OUT, style="radio"),)),
    ),
    live=_day_lines,
)


@exercise(
    "another-day",
    lesson="2.4",
    points=4,
    title=_("Another day"),
    hints=(
        _("The line under the form shows three numbers for the day that you choose."),
        _("The miss: what came less what was forecast, divided by what came."),
        _('In code: clv.holdout(cds, split=..., zero_orders="count"), as for September.'),
    ),
    right=_(
        "After half a year of data the model is 16% low, the ruler 78% high; on the last day of the year the model is 1% high. "
        "One good hit proves little, three days in a row with the better forecast prove more. Test yours on several days."
    ),
    code=True,
)
def another_day(answer: Any) -> Iterator[Case]:
    """The hold-out test as an object."""
    yield gate(
        isinstance(answer, clv.HoldOut),
        _("A hold-out test was expected here; yours is of type {kind}. Which function made the one of September?"),
        kind=type(answer).__name__,
    )
    want = tested(ASKED)
    yield case(
        abs(float(answer.totals["actual"]) - want["actual"]) < 0.5,
        _(
            "In your test {got:,.0f} purchases came. Is the day of the split 30 June 1997, and were free orders counted?"
        ),
        got=float(answer.totals["actual"]),
    )
    yield case(
        abs(float(answer.totals["predicted"]) - want["predicted"]) < 0.5,
        _("Your model says {got:,.0f} purchases. To which orders was it fitted?"),
        got=float(answer.totals["predicted"]),
    )


@another_day.click_twin(DAY_FORM)
def day_clicks(answer: Answers) -> Iterator[Case]:
    """The day, the miss, and what three days bear out."""
    yield chosen(
        answer,
        "split",
        ASKED,
        _("The form stands on another day now. Leave it on the one of the exercise."),
        weight=0.5,
    )
    found = tested(ASKED)
    want = 100 * (1 - found["predicted"] / found["actual"])
    yield close(answer, "miss", want, _miss_says(abs(answer.get("miss") or 0), found), tolerance=0.6, weight=1.5)
    yield chosen(
        answer,
        "reading",
        "nearer",
        {
            "low": _("You say: too few on each day. Choose 31 December and compare the model with what came."),
            "exact": _("You say: within a tenth. How far off was it on the day of this exercise?"),
            "single": _("You say: each single customer. Are these sums over all, or forecasts for one? Think of 157."),
        },
        weight=2,
    )


def _miss_says(got: float, found: dict[str, float]) -> str:
    if abs(got - 100 * (found["actual"] / found["predicted"] - 1)) < 1:
        return _("You have {got}%. Of which number are these percent: of what came, or of the forecast?")
    if abs(got - (found["actual"] - found["predicted"])) < 2:
        return _("You have {got}. Those are purchases; how many percent of what came?")
    if abs(got - 100 * (found["same_pace"] / found["actual"] - 1)) < 1:
        return _("You have {got}%. Is that the model, or the ruler?")
    return _("You have {got}%. Take the line of 30 June: what came less the model, divided by what came.")


# ---- 6: find the mistake

VERDICTS = (
    ("money", _("wrong: revenue for profit, and nobody ever leaves")),
    ("model", _("wrong: takes what the model cannot see for a finding")),
    ("sound", _("sound: the figures carry this much")),
    ("average", _("wrong: one average for customers who differ")),
)
MEMO = {"ten": "money", "total": "sound", "once": "model", "mean": "average", "nobody": "model"}


def _memo_form() -> Form:
    found, table = tested("1997-09-30"), classes()
    lines = {
        "ten": tr(
            _("13305 orders for GBP 2,000.86 a year. Ten years make GBP 20,008.60: for that she gets two stands.")
        ),
        "total": tr(
            _(
                "In the CD shop the model was {miss:.0%} low over 39 weeks, the ruler {over:.0%} high. To plan the stock there I "
                "would take the model, and add a little."
            ),
            miss=1 - found["predicted"] / found["actual"],
            over=found["same_pace"] / found["actual"] - 1,
        ),
        "once": tr(
            _("{n:,} CD customers bought once, and each is still there with 100%. So they are the safest we have."),
            n=int((cd_buyers()["frequency"] == 0).sum()),
        ),
        "mean": tr(
            _(
                "{share:.0%} of all came back in half a year. So of the {n} C customers {back:.0f} will be back as well."
            ),
            share=table.attrs["average"],
            n=int(table.loc["C", "customers"]),
            back=table.attrs["average"] * table.loc["C", "customers"],
        ),
        "nobody": tr(
            _("For our own shops the model finds no dropout. So nobody leaves us, and retention calls are wasted.")
        ),
    }
    return Form(
        tuple(Row(text, (Choice(key, VERDICTS, label=_("Verdict")),), quote=True) for key, text in lines.items())
    )


@exercise(
    "clv-memo",
    lesson="2.4",
    points=5,
    title=_("Find the mistake"),
    form=_memo_form,
    hints=(
        _("Ask of each figure: whose is it, of what, and could this method have given another one?"),
        _("Two of the sentences read a number that would have come out the same whatever the customers did."),
        _("Of five sentences one is sound, and it is not a bold one."),
    ),
    right=_(
        "The dearest mistake is the first: forty times too much. The most tempting are the 100% and the missing dropout: both say "
        "something about the model, nothing about the people. The sound sentence named its error and stayed with the sum."
    ),
)
def clv_memo(answer: Answers) -> Iterator[Case]:
    """Which sentences of the colleague hold."""
    says = {
        "ten": {
            "sound": _("You find the first sentence sound. Who pays for the goods, and who has promised ten years?"),
            "model": _("First sentence: was there any model in it?"),
            "average": _("First sentence: it speaks of one shop. Which money does it take, and for how long?"),
        },
        "total": {
            "money": _(
                "You doubt the second sentence. It speaks of purchases in 39 weeks: does anything in it last for ever?"
            ),
            "model": _("You doubt the second sentence. Were these 39 weeks in the fit, or kept back?"),
            "average": _("You doubt the second sentence. Does it use the forecast for single customers, or for a sum?"),
        },
        "once": {
            "sound": _("You find the third sentence sound. After which purchase can somebody leave in this model?"),
            "money": _("Third sentence: is there any money in it? Read where the 100% come from."),
            "average": _("Third sentence: each of them has a number of their own, and all are 100%. Why?"),
        },
        "mean": {
            "sound": _("You find the fourth sentence sound. How many of the C customers did come back?"),
            "money": _("Fourth sentence: is it about money, or about whose share this is?"),
            "model": _("Fourth sentence: the share was counted, no model made it. Of whom was it counted?"),
        },
        "nobody": {
            "sound": _("You find the last sentence sound. What did the model say of the two numbers for dropout?"),
            "money": _("Last sentence: no revenue in it. What does “no estimate” mean?"),
            "average": _(
                "Last sentence: would it be better if it were said of each class? What does the model know of leaving here?"
            ),
        },
    }
    for key, want in MEMO.items():
        yield chosen(answer, key, want, says[key])
