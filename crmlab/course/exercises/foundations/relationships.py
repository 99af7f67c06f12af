"""Lesson 1.2, customers and relationships: the rice shop's numbers, and the delivery sheet that leaves the lesson."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from crmlab import checks, households, visits
from crmlab.course import session
from crmlab.course.cases import Case, case, frame, gate
from crmlab.course.form import Answers
from crmlab.course.hooks import Lesson, Numbers, Right, Slip
from crmlab.language import tr

here = Lesson("1.2")

SEED = 1
"""Of the notebook, and of what then happened."""
DAYS = 60
RUNS = 100
PRICE = 6
"""Yuan a kilogram."""
WEEK = pd.Timestamp("2025-09-21")
"""The last day of the first week."""
RULES: dict[str, tuple[int, bool]] = {
    "by the notebook": (0, False),
    "two days earlier": (2, False),
    "asked, on the day": (0, True),
    "asked, two days earlier": (2, True),
}
"""Days ahead, and whether the household is asked who is coming and who goes away."""
FORMATS = {
    **dict.fromkeys(("kg", "kg_lost", "trips", "dry", "amount"), "{:,.0f}"),
    **dict.fromkeys(("dry_share", "from", "to"), "{:.0%}"),
}
"""How the numbers in the lesson's tables are written."""


@cache
def shop() -> pd.DataFrame:
    """The notebook of the case, on 15 September 2025: made up, a row a household."""
    return households.notebook(seed=SEED)


@cache
def _truth() -> tuple[pd.DataFrame, pd.DataFrame]:
    """What happened in the households, and what they ate."""
    events = households.happenings(shop(), days=DAYS, seed=SEED)
    return events, households.needs(shop(), events, days=DAYS, seed=SEED)


def happened() -> pd.DataFrame:
    """What happened in the households in sixty days, a row a kind: how many times, and in how many households. Made up."""
    table = _truth()[0].groupby("what").agg(times=("household", "size"), households=("household", "nunique"))
    return table.loc[[kind for kind in households.KINDS if kind in table.index]]


@cache
def _played(ahead: int, asked: bool) -> pd.DataFrame:
    events, eaten = _truth()
    return households.deliver(shop(), eaten, ahead=ahead, told=events if asked else None)


def dry(ahead: int = 0, asked: bool = False) -> pd.DataFrame:
    """The deliveries that came to an empty jar: ``household``, ``day``, ``empty_days``, ``elsewhere``."""
    table = _played(ahead, asked)
    return table.loc[table["empty_days"] > 0, ["household", "day", "empty_days", "elsewhere"]].reset_index(drop=True)


def checked() -> pd.DataFrame:
    """The rules of :data:`RULES` played against what then happened, a row a rule: ``trips``, ``dry`` (trips to an empty jar),
    ``kg_lost`` (kg bought elsewhere)."""
    rows = []
    for ahead, asked in RULES.values():
        table = _played(ahead, asked)
        rows.append([len(table), int((table["empty_days"] > 0).sum()), table["elsewhere"].sum()])
    return pd.DataFrame(rows, index=pd.Index(list(RULES), name="rule"), columns=["trips", "dry", "kg_lost"])


@cache
def _runs() -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """The notebook once for each of :data:`RUNS` runs of chance, one below the other; what happens, and what is eaten."""
    book = pd.concat(
        [shop().assign(household=[f"{name}/{run}" for name in shop()["household"]]) for run in range(RUNS)],
        ignore_index=True,
    )
    events = households.happenings(book, days=DAYS, seed=SEED)
    return book, events, households.needs(book, events, days=DAYS, seed=SEED)


@cache
def by_run(ahead: int, asked: bool = False, learn: bool = False) -> pd.DataFrame:
    """A rule in each of the runs: ``trips``, ``dry_share`` (of the trips) and ``elsewhere`` (kg)."""
    book, events, eaten = _runs()
    table = households.deliver(book, eaten, ahead=ahead, learn=learn, told=events if asked else None)
    table["run"] = table["household"].str.split("/").str[1].astype(int)
    table["dry"] = table["empty_days"] > 0
    return table.groupby("run").agg(trips=("dry", "size"), dry_share=("dry", "mean"), elsewhere=("elsewhere", "sum"))


def a_hundred_times() -> pd.DataFrame:
    """The rules of :data:`RULES` in :data:`RUNS` runs of chance, a row a rule: means, and the 95% of the runs between which
    the share of empty jars lies."""
    rows = []
    for ahead, asked in RULES.values():
        runs = by_run(ahead, asked)
        low, high = runs["dry_share"].quantile([0.025, 0.975])
        rows.append([runs["dry_share"].mean(), low, high])
    return pd.DataFrame(rows, index=pd.Index(list(RULES), name="rule"), columns=["dry_share", "from", "to"])


def on_credit(ahead: int = 2) -> dict[str, float]:
    """What waiting for pay day means by the calendar: mean days until a delivery is paid, and the money that is out on an
    average day, in yuan."""
    days = 365
    plan = visits.calendar(shop(), households.START, days=days, ahead=ahead, price=PRICE)
    waits, owed = [], 0.0
    for _name, rows in plan.groupby("household"):
        paid = rows.loc[rows["what"] == "collect", "day"]
        for day, amount in rows.loc[rows["what"] == "deliver", ["day", "amount"]].itertuples(index=False):
            later = paid[paid >= day]
            if later.size:
                wait = (later.min() - day).days
                waits.append((amount, wait))
                owed += amount * wait
    amounts, days_until = (np.array(values) for values in zip(*waits, strict=True))
    return {"days": float((amounts * days_until).sum() / amounts.sum()), "money": owed / days}


# -- a line of the notebook --------------------------------------------------------------------------------------------

LINE = "2-201"


@here.numbers("one-line")
def one_line() -> Numbers:
    """How long a jar lasts, by the notebook, and where other numbers come from."""
    line = shop().set_index("household").loc[LINE]
    month, people, jar = float(line["monthly"]), int(line["people"]), float(line["jar"])
    slips: dict[str, Slip] = {
        "a-head": 30 * people * jar / month,
        "heads": jar / people,
        "month": jar / month,
        "per-day": month / 30,
    }
    words = {
        "flat": LINE,
        "people": people,
        "monthly": month,
        "jar": jar,
        "pay": int(line["pay_day"]),
        "filled": line["last_delivery"].day,
    }
    return Numbers(
        words=words, right={"days": Right(float(visits.run_out(shop()).at[LINE, "days"]), within=0.2, slips=slips)}
    )


# -- the calendar ------------------------------------------------------------------------------------------------------

AHEAD = {"minimum": 0, "maximum": 4, "step": 1, "start": 0}


@cache
def plan(ahead: int) -> pd.DataFrame:
    """The calendar of sixty days."""
    return visits.calendar(shop(), households.START, days=DAYS, ahead=ahead, price=PRICE)


def _week(ahead: int) -> pd.DataFrame:
    table = plan(ahead)
    return table[(table["what"] == "deliver") & (table["day"] <= WEEK)]


@here.numbers("calendar")
def calendar() -> Numbers:
    """What has to be carried in the first week, and the jar that is first."""
    load = float(_week(2)["kg"].sum())
    slips: dict[str, Slip] = {
        "on-the-day": float(_week(0)["kg"].sum()),
        "collected": float(
            plan(2).loc[lambda table: (table["what"] == "collect") & (table["day"] <= WEEK), "kg"].sum()
        ),
        "trips": len(_week(2)),
    }
    return Numbers(right={"ahead": 2.0, "kg": Right(load, within=1, slips=slips)}, fields={"ahead": AHEAD})


@here.live("calendar")
def _carried(answers: Answers) -> list[str]:
    say, week = here.says("calendar"), _week(int(answers.get("ahead", 0)))
    lines = [
        tr(say["day"], day=f"{day:%m-%d}", flats=", ".join(rows["household"]), kg=rows["kg"].sum())
        for day, rows in week.groupby("day")
    ]
    return [*lines, tr(say["sum"], n=len(week), kg=week["kg"].sum())]


@here.code("calendar")
def calendar_in_code(answer: Any) -> Iterator[Case]:
    """The calendar two days ahead."""
    say, want = here.says("calendar"), plan(2)
    yield from frame(answer, ["day", "household", "what", "kg"])
    yield gate(set(answer["what"]) <= {"deliver", "collect"}, say["what"])
    got = answer[answer["what"] == "deliver"]
    yield gate(len(got) > 0, say["what"])
    due = want[want["what"] == "deliver"]
    yield case(set(got["household"]) == set(due["household"]), say["all-flats"], n=got["household"].nunique())
    first = pd.to_datetime(got["day"], errors="coerce")
    early = int((due["day"].min() - first.min()).days) if first.notna().any() else 0
    yield case(
        first.notna().any() and first.min() == due["day"].min(), say["early"], day=f"{first.min():%m-%d}", early=early
    )
    yield case(
        abs(float(got["kg"].sum()) - float(due["kg"].sum())) < 0.5, say["kilos"], kg=float(got["kg"].sum()), weight=2
    )


# -- what the messages say ---------------------------------------------------------------------------------------------

MESSAGES = pd.DataFrame(
    [
        ("5-101", 4, 36.0, 24.0, "2025-10-20", 10),
        ("5-102", 3, 27.0, 18.0, "2025-10-18", 20),
        ("5-201", 2, 12.0, 10.0, "2025-10-17", 8),
        ("5-202", 5, 45.0, 25.0, "2025-10-20", 15),
    ],
    columns=["household", "people", "monthly", "jar", "last_delivery", "pay_day"],
).assign(grams=lambda book: book["monthly"] * 1000 / 30 / book["people"])
"""The notebook of house 5 on 20 October 2025. Made up."""
NEWS = pd.DataFrame(
    [
        ("5-101", "guests", "2025-10-25", "2025-11-07", 2),
        ("5-102", "away", "2025-10-22", "2025-10-26", -3),
        ("5-201", "baby", "2025-10-19", "2025-12-31", 1),
    ],
    columns=["household", "what", "first", "last", "people"],
).assign(told=True)
"""What three of them wrote. The fourth is in hospital, nobody knows for how long: nothing to reckon with yet."""
LATITUDE = 2
"""So many days before the jar is empty are as good as the day itself."""


@cache
def due() -> dict[str, int]:
    """The day of November on which each jar of house 5 is used up, with what was written."""
    eaten = households.needs(MESSAGES, NEWS, start="2025-10-20", days=60, error=0, swing=0)
    rows = households.deliver(MESSAGES, eaten, start="2025-10-20", told=NEWS)
    first = rows.groupby("household")["day"].min()
    return {str(name): int(day.day) for name, day in first.items()}


@here.numbers("house-five")
def house_five() -> Numbers:
    """The days that are right, two before the jar is empty to the day itself; and the day by the notebook alone."""
    noted = visits.run_out(MESSAGES)["run_out"]
    rows, right = {}, {}
    for line in MESSAGES.itertuples(index=False):
        key, name = line.household.replace("-", ""), line.household
        day = due()[name]
        slips: dict[str, Slip] = {} if day == noted[name].day else {"by-the-book": float(noted[name].day)}
        right[key] = Right(day - LATITUDE / 2, within=LATITUDE / 2, slips=slips)
        filled = pd.Timestamp(line.last_delivery)
        rows[key] = {
            "flat": name,
            "people": line.people,
            "monthly": line.monthly,
            "jar": line.jar,
            "filled": filled.day,
        }
    return Numbers(rows=rows, right=right)


def _agreed() -> dict[str, float]:
    """The days that the trainee wrote, by household; empty before that."""
    opened = session.opened()
    kept = opened.fields(here["house-five"]) if opened is not None else {}
    return {name: kept[key] for name in MESSAGES["household"] if (key := name.replace("-", "")) in kept}


# -- what leaves the notebook ------------------------------------------------------------------------------------------


TO_DO = {"deliver": "bring rice", "collect": "collect the money"}
"""What the sheet tells whoever goes to the door."""


def delivery_sheet(calendar: pd.DataFrame | None = None) -> pd.DataFrame:
    """A calendar of :func:`crmlab.visits.calendar` for the counter, a row a day and household, with empty columns for what was
    asked and found; the trainee's own days of house 5 among them.

    >>> delivery_sheet(plan(2)).columns.tolist()[-3:]
    ['who is coming, who goes away?', 'left in the jar (kg)', 'empty since']
    """
    table = plan(2) if calendar is None else calendar
    checks.frame(table, "calendar")
    sheet = table[["day", "household", "what", "kg", "amount"]].copy()
    sheet["day"] = sheet["day"].dt.strftime("%Y-%m-%d")
    sheet["kg"], sheet["amount"] = sheet["kg"].round(1), sheet["amount"].round(0).astype("Int64")
    sheet["what"] = sheet["what"].map(TO_DO)
    sheet = sheet.rename(columns={"amount": "amount (yuan)"})
    own = [
        (f"2025-11-{int(day):02d}", name, TO_DO["deliver"], None, None)
        for name, day in _agreed().items()
        if 1 <= day <= 30
    ]
    if own:
        sheet = pd.concat([sheet, pd.DataFrame(own, columns=sheet.columns).astype(sheet.dtypes)])
        sheet = sheet.sort_values("day", kind="stable", ignore_index=True)
    return sheet.assign(**{"who is coming, who goes away?": "", "left in the jar (kg)": "", "empty since": ""})
