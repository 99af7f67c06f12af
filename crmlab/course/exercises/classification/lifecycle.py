"""Lesson 2.1, the stages of a customer and the phases of a relationship: its numbers. Online Retail, as of 10 December 2011."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from crmlab import datasets, lifecycle
from crmlab.course.cases import Case, case, frame, gate
from crmlab.course.exercises import own_data
from crmlab.course.exercises.classification import own
from crmlab.course.form import Answers
from crmlab.course.hooks import Lesson, Numbers, Right
from crmlab.language import tr

here = Lesson("2.1")

here.lists["stages"] = {str(key): str(name) for key, name in lifecycle.STAGES["name"].items()}
here.lists["phases"] = {str(key): str(name) for key, name in lifecycle.PHASES["name"].items()}
here.lists["moves"] = {
    key: str(lifecycle.PHASES.at[key, "move"]) for key in ("maturity", "decline", "exploration", "growth")
}

AS_OF, JUNE, SEPTEMBER, JANUARY = "2011-12-10", "2011-06-10", "2011-09-10", "2011-01-10"
LAST = "2011-12-09"
"""The last whole day of trade."""
FAIR = 99001
"""The number of a made-up contact who has not bought."""


def rules_in_words(rules: lifecycle.Rules) -> pd.Series:
    """The rule of each stage as a sentence in the trainee's language, with the numbers of ``rules``: to be printed on a list.

    >>> rules_in_words(lifecycle.Rules(churned_after=100))["churned"]
    'no order for more than 100 days'
    """
    text = here.texts
    return pd.Series(
        {
            "potential": tr(text["rule-potential"]),
            "churned": tr(text["rule-churned"], days=rules.churned_after),
            "new": tr(text["rule-new"], days=rules.new_within),
            "loyal": tr(text["rule-loyal"], orders=rules.loyal_orders, days=rules.loyal_within),
            "active": tr(text["rule-active"]),
        },
        name="rule",
    )


# -- what is true of the data ------------------------------------------------------------------------------------------


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
    return lifecycle.trade(orders(), LAST, periods=6, days=60)


@cache
def phases() -> pd.DataFrame:
    """The phase of each relationship."""
    return lifecycle.phases(trade(), first=lifecycle.first_purchases(orders(), LAST))


def declining_by_chance(shuffles: int = 100) -> dict[str, int]:
    """Of the loyal with six whole periods: how many there are, how many are in decline, and how many would be on average if
    each one's six amounts stood in any order.

    >>> declining_by_chance(2)  # doctest: +ELLIPSIS
    {'loyal customers': 384, 'in decline': 46, 'in decline by chance': ...}
    """
    curves, first = trade(), lifecycle.first_purchases(orders(), LAST)
    loyal = stages().index[stages()["stage"] == "loyal"].intersection(curves.index)
    whole = curves.loc[loyal[(first[loyal] <= curves.columns[0]).to_numpy()]]
    random = np.random.default_rng(1)
    any_order = np.concatenate([random.permuted(whole.to_numpy(), axis=1) for _shuffle in range(shuffles)])
    found = int((lifecycle.phases(pd.DataFrame(any_order))["phase"] == "decline").sum()) / shuffles
    declining = int((phases().loc[whole.index, "phase"] == "decline").sum())
    return {"loyal customers": len(whole), "in decline": declining, "in decline by chance": round(found)}


def decline_back_test(as_of: str = "2011-08-11", days: int = 120) -> pd.DataFrame:
    """The loyal customers of a day by their phase then: their trade (GBP) in as many days before and after, the share
    that ordered again, and the change."""
    day, span = pd.Timestamp(as_of), pd.Timedelta(days=days)
    past, eve = lifecycle.stages(orders(), as_of=day, rules=lifecycle.Rules()), day - pd.Timedelta(days=1)
    known = lifecycle.trade(orders(), as_of=eve, periods=4, days=60)
    past["phase"] = lifecycle.phases(known, first=lifecycle.first_purchases(orders(), as_of=eve))["phase"]
    bought = orders()[orders()["amount"] > 0].set_index("customer_id")
    for name, begin in (("GBP before", day - span), ("GBP after", day)):
        within = bought["date"].between(begin, begin + span, inclusive="left")
        past[name] = bought.loc[within, "amount"].groupby("customer_id").sum()
    by_phase = past[past["stage"] == "loyal"].groupby("phase")
    found = by_phase[["GBP before", "GBP after"]].sum()
    found.insert(0, "customers", by_phase.size())
    found["again"] = by_phase["GBP after"].count() / found["customers"]
    return found.assign(change=found["GBP after"] / found["GBP before"] - 1)


# -- which stage -------------------------------------------------------------------------------------------------------


@here.numbers("which-stage")
def which_stage() -> Numbers:
    """What the cards say, and the stage of each customer; the first sentence on the phone has the key of its stage."""
    rows, right = {}, {}
    for key in (row["key"] for row in here.rows("which-stage")):
        card = stages().loc[int(key)]
        names = ("age", "recency", "frequency", "recent_orders")
        facts = {name: int(card[name]) for name in names if not pd.isna(card[name])}
        rows[key] = facts if int(key) == FAIR else {"customer": key, "who": key, **facts}
        right[f"{key}.stage"] = right[f"{key}.move"] = str(card["stage"])
    return Numbers(rows=rows, right=right)


# -- set the limit -----------------------------------------------------------------------------------------------------

LIMITS = range(40, 210, 10)
MOST = 0.40
"""At most this share of those called churned may order again within three months."""


@cache
def limit() -> int:
    """The smallest limit in steps of ten that keeps to :data:`MOST`."""
    return next(days for days in LIMITS if back_test(days)[1] <= MOST * back_test(days)[0])


@here.numbers("set-the-limit")
def set_the_limit() -> Numbers:
    """The smallest limit; all below it are too low, for the share falls as the limit grows."""
    return Numbers(right={"limit": limit()})


@here.live("set-the-limit")
def _limit_lines(answer: Answers) -> list[str]:
    days = int(answer.get("limit", 180))
    if days not in LIMITS:
        return []
    silent, again = back_test(days)
    line = here.says("set-the-limit")["line"]
    return [tr(line, days=days, silent=silent, again=again, share=again / silent)]


@here.code("set-the-limit")
def limit_table(answer: Any) -> Iterator[Case]:
    """The stage table of 10 September under the limit."""
    say, want = here.says("set-the-limit"), stages(SEPTEMBER, limit())
    yield from frame(answer, ["stage"])
    yield gate(set(answer.index) == set(want.index), say["rows"], got=len(answer), want=len(want))
    got = answer["stage"].reindex(want.index)
    for stage, says, weight in (("new", say["new"], 1), ("loyal", say["loyal"], 1), ("churned", say["churned"], 2)):
        same = bool(((got == stage) == (want["stage"] == stage)).all())
        yield case(same, says, weight=weight, got=int((got == stage).sum()))


# -- where they leak away ----------------------------------------------------------------------------------------------

BUYERS = ("new", "active", "loyal")


@cache
def _rows() -> dict[str, int]:
    return {row: int(moves().loc[row].sum()) for row in BUYERS}


@here.numbers("where-they-leak")
def where_they_leak() -> Numbers:
    """The cell with the largest number of lost, that with the largest share, and one share worked out."""
    table, rows = moves(), _rows()
    lost = {row: int(table.loc[row, "churned"]) for row in BUYERS}
    most = max(lost, key=lambda row: lost[row])
    steep = max(lost, key=lambda row: lost[row] / rows[row])
    texts = {f"{row}.{to}": f"{table.loc[row, to]:,}" for row in BUYERS for to in here.options("fates")}
    return Numbers(
        right={
            "most": _cell("most", most),
            "share": _cell("share", steep),
            "loyal": Right(100 * lost["loyal"] / rows["loyal"], within=0.3),
        },
        fields={"most": {"texts": texts}, "share": {"texts": texts}},
    )


def _cell(key: str, row: str) -> Right:
    def words(answer: Answers) -> dict[str, Any]:
        before, _dot, after = str(answer[key]).partition(".")
        names = {**here.options("buyers"), **here.options("fates")}
        count = int(moves().loc[before, after])
        return {"before": names[before], "after": names[after], "count": count, "all": _rows()[before]}

    return Right(f"{row}.churned", slip=lambda answer: "lost" if answer[key].endswith(".churned") else "", words=words)


# -- read the curve ----------------------------------------------------------------------------------------------------


@here.numbers("read-the-curve")
def read_the_curve() -> Numbers:
    """The trade and the phase of four customers; the move has the key of its phase."""
    rows, right = {}, {}
    for key in (row["key"] for row in here.rows("read-the-curve")):
        values = " · ".join("–" if pd.isna(value) else f"{value:,.0f}" for value in trade().loc[int(key)])
        rows[key] = {"customer": key, "values": values}
        right[f"{key}.phase"] = Right(str(phases().loc[int(key), "phase"]))
        right[f"{key}.move"] = _move(f"{key}.move", str(phases().loc[int(key), "phase"]))
    return Numbers(rows=rows, right=right)


def _move(key: str, phase: str) -> Right:
    # The whole sentence with its full stop, which {got} leaves out.
    return Right(phase, words=lambda answer: {"move": tr(here.lists["moves"][answer[key]])})


# -- before the contract ends ------------------------------------------------------------------------------------------

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


@here.numbers("before-the-end")
def before_the_end() -> Numbers:
    """The alarm in the curve, and the money at stake."""
    first = next(iter(_client().values()))
    slips = {"trade": at_stake() / MARGIN, "period": at_stake() / 6, "not-whole": 6 * MARGIN * first}
    return Numbers(
        right={
            "alarm": Right(alarm(), slip=lambda answer: "late" if answer["alarm"] > alarm() else ""),
            "margin": Right(at_stake(), within=5, slips=slips),
        },
        fields={"alarm": {"bars": {day: round(value) for day, value in _client().items()}}},
    )


# -- find the mistake --------------------------------------------------------------------------------------------------


@cache
def _counts(as_of: str, churned_after: int = 180) -> dict[str, int]:
    """Customers by stage; without the made-up contact."""
    found = lifecycle.stages(orders(), as_of, lifecycle.Rules(churned_after=churned_after))
    return {str(key): int(n) for key, n in lifecycle.by_stage(found)["customers"].items()}


@here.numbers("stage-memo")
def stage_memo() -> Numbers:
    """The counts that the colleague quotes."""
    january, december, year = _counts(JANUARY), _counts(AS_OF), _counts(AS_OF, 365)
    loyal, churned = moves().loc["loyal"], moves().loc["churned"]
    bought = sum(december.values()) - december["potential"]
    return Numbers(
        rows={
            "january": {"new": january["new"], "now": december["new"], "all": bought},
            "loyal": {"all": int(loyal.sum()), "stay": int(loyal["loyal"])},
            "back": {"all": int(churned.sum()), "back": int(churned.drop("churned").sum())},
            "year": {"count": year["churned"]},
            "active": {"count": december["active"]},
        }
    )


# -- on your own customers ---------------------------------------------------------------------------------------------

own_data.own_customers(here, "orders", own.lifecycle_numbers)
