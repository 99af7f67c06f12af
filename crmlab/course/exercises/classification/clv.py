"""Lesson 2.4, customer lifetime value: its numbers. Online Retail for past value and the formula, CDNOW for the model."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import pandas as pd

from crmlab import clv, datasets, intervals, value
from crmlab.course.cases import Case, case, gate
from crmlab.course.exercises import own_data
from crmlab.course.exercises.classification import own
from crmlab.course.form import Answers
from crmlab.course.hooks import Lesson, Numbers, Right, Slip
from crmlab.language import tr

here = Lesson("2.4")

MARGIN, DISCOUNT = 0.25, 0.05
"""Of the revenue; a half-year. Both made up: the data hold no costs."""


def assumptions(margin: float, discount: float, periods: int) -> str:
    """What a value list supposes, as a sentence in the trainee's language, to be printed on the list.

    >>> assumptions(margin=0.25, discount=0.05, periods=4)[:44]
    'Past: 25% of net revenue in the data. Expect'
    """
    return tr(here.texts["assumptions"], margin=margin, periods=periods, discount=discount)


# -- what is true of the data ------------------------------------------------------------------------------------------


SPLIT = pd.Timestamp("2011-06-11")
"""The first day of the second half-year."""
QUARTERS = ("2010-12-01", "2011-03-01", "2011-06-01", "2011-09-01")
"""Winter, spring, summer; the autumn after them is kept back."""


def half_years(orders: pd.DataFrame, margin: float = MARGIN) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Who bought in the first half-year and who in the second: ``revenue`` and ``profit`` of that half-year, ``class``;
    of the first also ``again``, bought in the second, and ``came``, the profit in it."""
    found = []
    for half in (orders[orders["date"] < SPLIT], orders[orders["date"] >= SPLIT]):
        bought = half.loc[half["amount"] > 0, "customer_id"].unique()
        value_of = clv.historic(half, margin=margin).loc[bought]
        found.append(value_of.assign(**{"class": value.abc(value_of["revenue"].clip(lower=0))["class"]}))
    first, second = found
    after = margin * orders[orders["date"] >= SPLIT].groupby("customer_id")["amount"].sum()
    return first.assign(again=first.index.isin(second.index), came=after.reindex(first.index).fillna(0)), second


def by_class(buyers: pd.DataFrame) -> pd.DataFrame:
    """The buyers of the first half-year by class: ``customers``, ``margin`` (mean a customer), ``retention`` and its 95%
    interval, ``low`` to ``high``."""
    groups = buyers.groupby("class")
    found = pd.DataFrame(
        {"customers": groups.size(), "margin": groups["profit"].mean(), "retention": groups["again"].mean()}
    )
    found["low"], found["high"] = intervals.wilson(groups["again"].sum(), found["customers"])
    return found


def formula_trial(buyers: pd.DataFrame) -> pd.DataFrame:
    """By class, what the simple formula says of the second half-year (margin times retention), and what came."""
    table = by_class(buyers)
    found = table[["customers"]].assign(said=table["customers"] * table["margin"] * table["retention"])
    found["came"] = buyers.groupby("class")["came"].sum()
    return found.assign(**{"came each": found["came"] / found["customers"]})


def autumn_trial(orders: pd.DataFrame) -> pd.Series:
    """The winter's buyers of whom the autumn, kept back, should see some: by two rules, and how many came."""
    paid, shares = orders[orders["amount"] > 0], clv.return_rates(orders, list(QUARTERS))["share"]
    winter = paid.loc[paid["date"] < QUARTERS[1], "customer_id"].unique()
    autumn = paid.loc[paid["date"].between(QUARTERS[3], "2011-11-30 23:59"), "customer_id"]
    return pd.Series(
        {
            "lost for good": clv.expected_buyers(len(winter), shares[:1], 3)[3],
            "with returns": clv.expected_buyers(len(winter), shares, 3)[3],
            "what came": float(pd.Series(winter).isin(autumn).sum()),
        },
        name="customers",
    )


@cache
def classes() -> pd.DataFrame:
    """The buyers of the first half-year by class, and ``came``, their margin in the half-year after."""
    buyers, _second = half_years(datasets.load("online_retail_orders"))
    found = by_class(buyers).assign(came=buyers.groupby("class")["came"].sum())
    found.attrs["average"] = float(buyers["again"].mean())
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
        "one-each": float(own.sum()),
        "one-period": float((table["customers"] * table["margin"]).sum()),
    }


@cache
def cd_buyers() -> pd.DataFrame:
    """CDNOW on 30 September 1997 with ``p_alive`` and ``expected`` purchases in the next 39 weeks."""
    found = clv.repeat_summary(datasets.load("cdnow"), as_of="1997-09-30", zero_orders="count")
    model = clv.fit_bgnbd(found)
    return found.assign(p_alive=model.p_alive(found), expected=model.expected_purchases(found, 39))


@cache
def tested(split: str) -> dict[str, float]:
    """The totals of the hold-out test on that day."""
    found = clv.holdout(datasets.load("cdnow"), split=split, zero_orders="count")
    return {str(key): float(number) for key, number in found.totals.items()}


# -- which money counts ------------------------------------------------------------------------------------------------

AMOUNTS = {"largest": 1900, "margin_next": 860, "visits": -90, "across": 400, "margin_past": 1240, "stand": -150}
"""The file of one shop, made up; costs below zero."""


@here.numbers("which-money")
def which_money() -> Numbers:
    """The amounts, and their sums by the side on which the file says that they belong."""
    sums = {"past": 0, "future": 0, "none": 0}
    for row in here.rows("which-money"):
        sums[row["right"]] += AMOUNTS[row["key"]]
    narrow, past = sums["future"], sums["past"]
    slips: dict[str, Slip] = {
        "cost": [AMOUNTS["margin_next"], AMOUNTS["margin_next"] - AMOUNTS["stand"]],
        "earned": narrow + past,
    }
    return Numbers(
        rows={key: {"amount": abs(amount)} for key, amount in AMOUNTS.items()},
        right={
            "narrow": Right(narrow, within=0.5, slips=slips),
            "broad": Right(narrow + past, within=0.5, slips={"past": past}),
        },
    )


# -- the stand ---------------------------------------------------------------------------------------------------------

HALF_YEAR, NOW, STAND = 250, 70, 150


@cache
def worth(percent: int) -> float:
    """The value of the shop at that retention."""
    return float(clv.simple(HALF_YEAR, retention=percent / 100, discount=DISCOUNT))


@cache
def needed() -> int:
    """The lowest retention in whole percent at which the stand pays."""
    return next(percent for percent in range(NOW, 100) if worth(percent) - worth(NOW) >= STAND)


@here.numbers("stand")
def stand() -> Numbers:
    """The retention at which the stand pays."""

    def slip(answer: Answers) -> str:
        got = answer["retention"]
        return "not-above" if got <= NOW else "a-little" if needed() < got <= needed() + 4 else ""

    return Numbers(right={"retention": Right(needed(), slip=slip)})


@here.live("stand")
def _stand_lines(answer: Answers) -> list[str]:
    say, percent = here.says("stand"), int(answer.get("retention", 90))
    return [tr(say["at"], percent=percent, value=worth(percent)), tr(say["now"], now=NOW, value=worth(NOW))]


# -- customer equity ---------------------------------------------------------------------------------------------------


@here.numbers("equity")
def equity() -> Numbers:
    """The sum over the classes, each with its own retention."""
    found, say = equities(), here.says("equity")
    lines = []
    for name, row in classes().iterrows():
        one = clv.simple(float(row["margin"]), float(row["retention"]), DISCOUNT)
        lines.append(tr(say["class"], name=name, customers=int(row["customers"]), one=one))

    def slip(answer: Answers) -> str:
        near = [key for key in found if abs(answer["equity"] - found[key]) <= 0.01 * found[key]]
        return near[0] if near else ""

    right = Right(found["own"], within=0.003 * found["own"], slip=slip)
    return Numbers(words={"classes": "  ·  ".join(lines)}, right={"equity": right})


# -- what has passed ---------------------------------------------------------------------------------------------------


@here.numbers("what-passed")
def what_passed() -> Numbers:
    """The formula's half-year by class against what came."""
    table = classes()
    said, came = table["customers"] * table["margin"] * table["retention"], table["came"]
    total, real = float(said.sum()), float(came.sum())
    slips: dict[str, Slip] = {"of-said": 100 * (real / total - 1), "ratio": 100 * total / real}
    words = {
        "lines": " · ".join(f"{name} {money:,.0f}" for name, money in said.items()),
        "real": " · ".join(f"{name} {money:,.0f}" for name, money in came.items()),
    }
    rows = {"ring-c": {"c": float(said["C"])}}
    return Numbers(words=words, rows=rows, right={"short": Right(100 * (1 - total / real), within=0.6, slips=slips)})


# -- four CD buyers ----------------------------------------------------------------------------------------------------

FOUR = (1901, 428, 1210, 813)


@cache
def _buyer(customer: int) -> dict[str, float]:
    return {str(key): float(number) for key, number in cd_buyers().loc[customer].items()}


def _card(customer: int) -> str:
    say, found = here.says("four-buyers"), _buyer(customer)
    if not found["frequency"]:
        return tr(say["once"], customer=customer, weeks=found["T"])
    words = {"times": found["frequency"], "weeks": found["recency"], "silent": found["T"] - found["recency"]}
    return tr(say["more"], customer=customer, **words)


@here.numbers("four-buyers")
def four_buyers() -> Numbers:
    """The order of expectation, and who is still there."""
    ranking = [str(one) for one in sorted(FOUR, key=lambda one: -_buyer(one)["expected"])]
    rows, right = {}, {}
    for key in (row["key"] for row in here.rows("four-buyers")):
        found = _buyer(int(key))
        gap, silent = found["recency"] / found["frequency"], found["T"] - found["recency"]
        rows[key] = {"customer": key, "gap": gap, "silent": silent}
        right[key] = "sure" if found["p_alive"] > 0.9 else "likely" if found["p_alive"] >= 0.5 else "gone"
    items = [(str(one), _card(one)) for one in FOUR]
    return Numbers(rows=rows, right={"order": ranking, **right}, fields={"order": {"items": items}})


# -- another day -------------------------------------------------------------------------------------------------------

ASKED = "1997-06-30"


@here.numbers("another-day")
def day_clicks() -> Numbers:
    """By how much the model missed, in percent of what came."""
    found = tested(ASKED)
    model, ruler, came = found["predicted"], found["same_pace"], found["actual"]
    slips = {"of-forecast": 100 * (came / model - 1), "purchases": came - model, "ruler": 100 * (ruler / came - 1)}
    either = {name: (number, -number) for name, number in slips.items()}
    return Numbers(right={"miss": Right(100 * (1 - model / came), within=0.6, slips=either)})


@here.live("another-day")
def _day_lines(answer: Answers) -> list[str]:
    say, split = here.says("another-day"), answer.get("split")
    return [tr(say["choose"]) if split is None else tr(say["line"], **tested(split))]


@here.code("another-day")
def another_day(answer: Any) -> Iterator[Case]:
    """The hold-out test as an object."""
    say, want = here.says("another-day"), tested(ASKED)
    yield gate(isinstance(answer, clv.HoldOut), say["test"], kind=type(answer).__name__)
    for key, says in (("actual", say["actual"]), ("predicted", say["predicted"])):
        got = float(answer.totals[key])
        yield case(abs(got - want[key]) < 0.5, says, got=got)


# -- find the mistake --------------------------------------------------------------------------------------------------


@here.numbers("clv-memo")
def clv_memo() -> Numbers:
    """The numbers that the colleague quotes."""
    found, average, c = tested("1997-09-30"), classes().attrs["average"], int(classes().loc["C", "customers"])
    miss, over = 1 - found["predicted"] / found["actual"], found["same_pace"] / found["actual"] - 1
    return Numbers(
        rows={
            "total": {"miss": miss, "over": over},
            "once": {"count": int((cd_buyers()["frequency"] == 0).sum())},
            "mean": {"share": average, "count": c, "back": average * c},
        }
    )


# -- on your own customers ---------------------------------------------------------------------------------------------

own_data.own_customers(here, "orders", own.clv_numbers)
