"""Lesson 5.4, satisfaction is not loyalty: its numbers, and the win-back sheet that leaves the lesson."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from crmlab import datasets, retention
from crmlab.course.cases import Case, case, frame, gate
from crmlab.course.exercises import own_data
from crmlab.course.exercises.satisfaction import own
from crmlab.course.form import Answers
from crmlab.course.hooks import Lesson, Numbers, Right, Slip
from crmlab.language import tr

here = Lesson("5.4")

COHORTS = ("2010Q4", "2011Q1", "2011Q2", "2011Q3")
here.lists["cohorts"] = {cohort: cohort for cohort in COHORTS}
here.lists["ages"] = {str(age): str(age) for age in range(len(COHORTS))}

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


# -- the satisfied who left --------------------------------------------------------------------------------------------

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


@here.numbers("satisfied-left")
def satisfied_left() -> Numbers:
    """The share that left of each group, in percent, and where other numbers come from."""
    table = a_year_later()
    left, size = table["left"], table["customers"]

    def right(name: str) -> Right:
        share = left[name] / size[name]
        slips = {
            "of-leavers": 100 * left[name] / left.sum(),
            "of-all": 100 * left[name] / size.sum(),
            "stayed": 100 - 100 * share,
            "share": share,
        }
        return Right(100 * share, within=0.5, slips=slips)

    return Numbers(right={"satisfied": right("satisfied"), "less": right("less than expected")})


# -- cohorts by quarter ------------------------------------------------------------------------------------------------

UNTIL = "2011-09-30"


@cache
def by_quarter() -> pd.DataFrame:
    """The cohorts by quarter up to the last whole one."""
    return retention.cohorts(orders(), "quarter", as_of=UNTIL)


@cache
def quarter_curve() -> pd.DataFrame:
    """The retention curve of these."""
    return retention.retention_curve(by_quarter())


@here.numbers("by-quarter")
def first_quarters() -> Numbers:
    """The cells of the table, and retention at age 1 over all cohorts that can be seen there, in percent."""
    table = by_quarter()
    cells = {
        f"{cohort}.{age}": f"{table.loc[cohort, age]:,.0f}"
        for cohort in table.index
        for age in table.columns
        if np.isfinite(table.loc[cohort, age])
    }
    shares = retention.shares(table)[1].dropna()
    share = float(quarter_curve().at[1, "retention"])
    slips: dict[str, Slip] = {
        "mean": 100 * float(shares.mean()),
        "youngest": 100 * float(table[1].sum() / table[0].sum()),
        "share": share,
        "one-cohort": [100 * float(one) for one in shares],
    }
    return Numbers(right={"one": Right(100 * share, within=0.11, slips=slips)}, fields={"cell": {"texts": cells}})


@here.code("by-quarter")
def curve_by_quarter(answer: Any) -> Iterator[Case]:
    """The retention curve by quarter."""
    say, want = here.says("by-quarter"), quarter_curve()
    yield from frame(answer, ["customers", "active", "retention"])
    yield gate(len(answer) == len(want), say["ages"], got=len(answer))
    for age in want.index[1:]:
        got = float(answer["retention"].iloc[int(age)])
        yield case(abs(got - want.at[age, "retention"]) < 1e-6, say["stands"], age=age, got=got)


# -- fibre -------------------------------------------------------------------------------------------------------------

FIBRE = "Fiber optic"
INTERNET = here.options("internet")


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


def _months(group: str, *months: int) -> list[float]:
    """The survival of a group after so many months, in percent."""
    return [100 * float(retention.survival_at(stays(group), month)) for month in months]


@here.numbers("fibre")
def fibre() -> Numbers:
    """Who is still there after 24 months, in percent, and where other numbers come from."""
    one_year, two = _months(FIBRE, 12, 24)
    others = [_months(group, 24)[0] for group in ("", "DSL", "No")]
    slips: dict[str, Slip] = {"one-year": one_year, "others": others, "gone": 100 - two, "share": two / 100}
    return Numbers(right={"two": Right(two, within=0.11, slips=slips)})


@here.live("fibre")
def _read_out(answers: Answers) -> list[str]:
    say, group = here.says("fibre"), str(answers.get("group", ""))
    if group not in INTERNET:
        return [tr(say["choose"])]
    a, b, c = (share / 100 for share in _months(group, 6, 12, 24))
    return [tr(say["curve"], group=INTERNET[group], a=a, b=b, c=c)]


@here.code("fibre")
def curve_of_fibre(answer: Any) -> Iterator[Case]:
    """The survival of the fibre customers."""
    say, want = here.says("fibre"), stays(FIBRE)
    yield from frame(answer, ["at_risk", "left", "censored", "survival"])
    yield gate(not isinstance(answer.index, pd.MultiIndex), say["groups"])
    for month in (12, 24):
        got, due = (float(retention.survival_at(table, month)) for table in (answer, want))
        yield case(abs(got - due) < 1e-6, say["stands"], month=month, got=got)
    seen = int(answer["censored"].sum())
    yield case(answer["censored"].sum() == want["censored"].sum(), say["left-out"], got=seen, weight=2)


# -- find the mistake --------------------------------------------------------------------------------------------------


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


@here.numbers("li-leis-curves")
def li_leis_curves() -> Numbers:
    """The numbers of the page."""
    table, wrong = telco(), wrong_survival()
    pays, sexes = _rates("payment_method"), _rates("gender")
    counts = {"left": int(table["churned"].sum()), "all": len(table)}
    return Numbers(
        words=counts,
        rows={
            "only": {"s": wrong["leavers"]},
            "dates": {"s": wrong["end"]},
            "stayed": {"s": wrong["clock"]},
            "gender": {"a": sexes["Female"], "b": sexes["Male"], "p": _gender_p()},
            "check": {"a": pays["Electronic check"], "b": pays["Credit card (automatic)"]},
        },
    )


# -- win-back ----------------------------------------------------------------------------------------------------------

CALLS = 30
FEWEST = 5
OVERDUE = {"minimum": 2, "maximum": 7, "step": 0.5, "start": 2}
"""The slider: silent for at least this many usual gaps."""


@cache
def silent(overdue: float) -> pd.DataFrame:
    """Who is silent for that many usual gaps, of those with at least five days of purchase."""
    return retention.win_back(orders(), overdue=overdue, min_purchases=FEWEST)


@cache
def least_overdue() -> float:
    """The least step of the slider at which at most thirty are on the list."""
    steps = np.arange(OVERDUE["minimum"], OVERDUE["maximum"] + OVERDUE["step"], OVERDUE["step"])
    return min(float(step) for step in steps if len(silent(float(step))) <= CALLS)


@here.numbers("thirty-calls")
def thirty_calls() -> Numbers:
    """The step of the slider, and the first customer on the list that comes of it."""
    calls = silent(least_overdue())
    first = calls.iloc[0]
    days, gap, since = int(first["purchases"]), first["usual_gap"], int(first["silent"])
    overdue = Right(least_overdue(), words=lambda answers: {"customers": len(silent(float(answers["overdue"])))})
    return Numbers(
        words={"who": calls.index[0], "days": days, "gap": gap, "silent": since},
        right={"overdue": overdue},
        fields={"overdue": OVERDUE},
    )


@here.live("thirty-calls")
def _on_the_list(answers: Answers) -> list[str]:
    n = len(silent(float(answers["overdue"])))
    return [tr(here.says("thirty-calls")["line"], x=answers["overdue"], n=n)]


@here.code("thirty-calls")
def list_of_calls(answer: Any) -> Iterator[Case]:
    """The list of at most thirty."""
    say = here.says("thirty-calls")
    yield from frame(answer, ["purchases", "usual_gap", "silent", "overdue", "yearly"])
    n = len(answer)
    few = int(answer["purchases"].min()) if n else 0
    least = float(answer["overdue"].min()) if n else 0.0
    yield case(few >= FEWEST, say["too-few-days"], few=few)
    yield case(n <= CALLS, say["too-many"], n=n)
    same = set(answer.index) == set(silent(least_overdue()).index)
    yield case(same, say["smallest"], n=n, least=least, weight=2)


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
    table["this month"] = ["wait (by lot)" if place in wait else "ring" for place in range(len(table))]
    return table.assign(heard="", promised="", until="")


# -- on your own customers ---------------------------------------------------------------------------------------------

own_data.own_customers(here, "survey", own.loyalty_numbers)
