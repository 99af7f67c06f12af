"""Lesson 4.4, what a complaint is worth: the steps in the table, the exit calls, the sums and the plan of the desk."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import pandas as pd

from crmlab import complaint_economics, complaints, pipeline
from crmlab.course.cases import Case, case, frame, gate, series
from crmlab.course.form import Answers, number
from crmlab.course.hooks import Lesson, Numbers, Right
from crmlab.language import tr

here = Lesson("4.4")
here.lists["reasons"] = {str(key): str(name) for key, name in complaints.HANDOUT_REASONS["name"].items()}


# -- steps in the table ------------------------------------------------------------------------------------------------

STEPS = ("unsatisfied", "satisfied", "quickly")


@cache
def steps() -> pd.DataFrame:
    """By how much each outcome in TARP's table lies above the one before it."""
    return complaint_economics.TARP.diff(axis=1)[list(STEPS)]


def points(loss: str, step: str) -> float:
    """The same in percentage points."""
    return round(100 * float(steps().loc[loss, step]), 6)


@here.numbers("tarp-steps")
def tarp_steps() -> Numbers:
    """Two steps of the larger loss, the same steps of the smaller one as a slip, and the largest of all."""
    largest = max(((loss, step) for loss in steps().index for step in STEPS), key=lambda at: points(*at))
    asked = {"settled": "satisfied", "quick": "quickly"}
    right = {
        key: Right(points("over_100", step), within=0.5, slips={"other-row": points("under_5", step)})
        for key, step in asked.items()
    }
    return Numbers(right={**right, "largest": ".".join(largest)})


@here.code("tarp-steps")
def steps_table(answer: Any) -> Iterator[Case]:
    """The table of steps, judged column by column."""
    say = here.says("tarp-steps")
    yield from frame(answer, STEPS, rows=2)
    yield gate(set(answer.index) == set(steps().index), say["two-rows"])
    for name in STEPS:
        yield series(answer[name], steps()[name], say["step"], tolerance=1e-6)


# -- the exit calls ----------------------------------------------------------------------------------------------------

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


@here.numbers("exit-table")
def exits() -> Numbers:
    """The share of the neglected, in percent, and the reasons that are named most and cost most."""
    table = exit_table()
    often, dear = str(table["cases"].idxmax()), str(table["amount"].idxmax())
    of_all = 100 * float(table.loc["neglect", "cases"]) / len(exit_calls())
    neglect = Right(100 * float(table.loc["neglect", "share"]), within=0.6, slips={"all-fifty": of_all})
    dearest = Right(dear, slip=lambda answers: "often" if answers["dear"] == often else "")
    return Numbers(right={"neglect": neglect, "often": often, "dear": dearest})


@here.live("exit-table")
def _calls_live(_answers: Answers) -> list[str]:
    say = here.says("exit-table")
    counts = exit_calls().groupby("reason", dropna=False)["margin"].agg(["size", "sum"])

    def line(text: str, row: pd.Series, reason: str = "") -> str:
        return tr(text, reason=tr(reason), cases=int(row["size"]), margin=int(row["sum"]))

    lines = [line(say["counted"], counts.loc[key], name) for key, name in here.lists["reasons"].items()]
    return [*lines, line(say["no-reason"], counts[counts.index.isna()].iloc[0])]


@here.code("exit-table")
def exit_code(answer: Any) -> Iterator[Case]:
    """The table of reasons, with money and claims."""
    say = here.says("exit-table")
    want = exit_table()
    yield from frame(answer, ["cases", "share"])
    yield gate(set(want.index) <= set(answer.index), say["other-rows"])
    yield series(answer["share"], want["share"], say["share"], tolerance=1e-6, weight=2)
    for column, says in (("amount", say["no-money"]), ("claimed", say["no-claims"])):
        yield case(column in answer and bool((answer[column].reindex(want.index) == want[column]).all()), says)


# -- what it may cost --------------------------------------------------------------------------------------------------

CARP = {"sales": 80_000, "margin_rate": 0.10, "left": 10, "settled": 24, "asked": 40}
"""The Golden Carp: sales still to come, margin, and the desk's own list: how many of 40 came back."""
VALUE = CARP["sales"] * CARP["margin_rate"]
LIKELY, CAUTIOUS, BOLD = pipeline.share_difference(CARP["settled"], CARP["asked"], CARP["left"], CARP["asked"])
"""By how much settling raises the share that stays, and the ends of the interval of this difference (Newcombe's)."""


@cache
def carp() -> complaint_economics.Recovery:
    """What settling the complaint of the Golden Carp is worth."""
    return complaint_economics.recovery(
        VALUE, keep_if_left=CARP["left"] / CARP["asked"], keep_if_settled=CARP["settled"] / CARP["asked"]
    )


def _carp_slip(got: float) -> str:
    """Where this sum comes from: the name of the sentence."""
    if abs(got - VALUE * CARP["settled"] / CARP["asked"]) < 1:
        return "anyway"
    return "goods" if got > VALUE else "difference"


@here.numbers("most-it-may-cost")
def most_it_may_cost() -> Numbers:
    """The most that settling may cost, and the same with the careful rise."""
    most = Right(carp().worth, within=50, slip=lambda answers: _carp_slip(answers["most"]))
    words = {"low": CAUTIOUS, "high": BOLD}
    return Numbers(words=words, right={"most": most, "careful": Right(VALUE * CAUTIOUS, within=40)})


@here.code("most-it-may-cost")
def carp_code(answer: Any) -> Iterator[Case]:
    """The worth as a number."""
    say = here.says("most-it-may-cost")
    got = number(answer)
    yield gate(got is not None, say["not-a-number"], kind=type(answer).__name__)
    assert got is not None
    yield case(abs(got - carp().worth) <= 1, say[_carp_slip(got)], got=f"{got:,.10g}")


# -- three measures, three classes -------------------------------------------------------------------------------------

LEFT = 0.25
MEASURES = pd.DataFrame(
    [("call", 60, 0.40), ("van", 450, 0.60), ("visit", 1500, 0.70)], columns=["measure", "cost", "stay"]
).set_index("measure")
"""What the desk can do, the cheapest first: cost in yuan, and the share that stays after it (25% without any). Only the
van's share was counted (the desk's own list); the other two are assumptions, and the lesson says so."""
MEASURES["stay, careful"] = LEFT + (MEASURES["stay"] - LEFT) * CAUTIOUS / LIKELY
CLASSES = pd.DataFrame(
    [("A", 4, 20_000), ("B", 12, 4000), ("C", 22, 500)], columns=["class", "complaints", "future margin"]
).set_index("class")
"""Complaints of a quarter and the margin still to come, by class of customer."""


def measures() -> pd.DataFrame:
    """The measures of the desk: what each costs, and how many stay after it, likely and careful (25% without any)."""
    return MEASURES.rename(index=lambda key: str(here.texts[key]))


def classes() -> pd.DataFrame:
    """The complaints of a quarter by class of customer, with the margin that a customer of it will still bring."""
    return CLASSES.copy()


@cache
def gains(stay: str = "stay, careful") -> pd.DataFrame:
    """What each measure leaves over for one customer of each class, in yuan: rows classes, columns measures."""
    rows = {
        str(name): {
            str(key): complaint_economics.recovery(float(row["future margin"]), LEFT, one[stay]).worth - one["cost"]
            for key, one in MEASURES.iterrows()
        }
        for name, row in CLASSES.iterrows()
    }
    return pd.DataFrame.from_dict(rows, orient="index").assign(none=0.0)


@cache
def plan(stay: str = "stay, careful") -> dict[str, str]:
    """The measure that leaves most over, by class; with ``stay`` as the column, the plan of the likely figures."""
    return {str(name): str(key) for name, key in gains(stay).idxmax(axis=1).items()}


def budget(chosen: Answers | None = None) -> float:
    """What a plan costs in a quarter, in yuan: the one that was chosen if it is whole, else the best one."""
    found = chosen if chosen is not None and all(name in chosen for name in CLASSES.index) else plan()
    costs = {"none": 0, **MEASURES["cost"]}
    return float(sum(CLASSES.loc[name, "complaints"] * costs[found[name]] for name in CLASSES.index))


def _plan_slip(name: str) -> Callable[[Answers], str]:
    """What is wrong with the measure chosen for a class: the name of the sentence."""
    order = ["none", *MEASURES.index]

    def slip(answers: Answers) -> str:
        got = answers[name]
        if gains().loc[name, got] < 0:
            return "loss"
        return "too-much" if order.index(got) > order.index(plan()[name]) else ""

    return slip


@here.numbers("budget")
def budget_by_class() -> Numbers:
    """The measures as options, the best one for each class, and what the plan costs."""
    say = here.says("budget")
    options = [("none", tr(say["none"]))]
    options += [
        (key, tr(say["option"], measure=here.texts[key], cost=cost, stay=stay))
        for key, cost, stay in MEASURES[["cost", "stay, careful"]].itertuples()
    ]
    rows = {
        name: {"name": name, "complaints": complaints, "margin": margin} for name, complaints, margin in CLASSES.itertuples()
    }
    right = {name: Right(want, slip=_plan_slip(name)) for name, want in plan().items()}
    # Whoever chose another plan and added that one up rightly has done this part.
    right["budget"] = Right(budget, within=0.5)
    return Numbers(rows=rows, right=right, fields={name: {"options": options} for name in rows})


# -- a chain of folklore -----------------------------------------------------------------------------------------------

HEARD, LISTENER, YEAR = 38, 2000, 6_000_000
"""Complaints of the quarter, yuan that Fan Lei puts on a listener, and the firm's margin of a year."""


@cache
def chain() -> dict[str, float]:
    """The sums of the chain."""
    unhappy = complaint_economics.unhappy_behind(HEARD)
    told = unhappy * float(complaint_economics.CLAIMS.loc["told_unhappy", "value"])
    return {"unhappy": unhappy, "told": told, "lost": told * LISTENER, "times": told * LISTENER / YEAR}


@here.numbers("chain")
def folklore_chain() -> Numbers:
    """The sums of the chain, and how many times the margin of a year the loss is."""
    words = {**chain(), "heard": HEARD, "each": LISTENER, "year": YEAR}
    return Numbers(words=words, right={"times": Right(chain()["times"], within=0.1)})
