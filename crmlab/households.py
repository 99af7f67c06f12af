"""A shop that delivers by its notebook: what is noted, what the households then eat, and rules of delivery played against it.

Source: training handout (Wang Yongqing's rice shop: household size, rice a month and pay day in a notebook; rice is delivered
when it should be used up). The households here are made up, with a truth that is known: :func:`notebook` writes what the shop
knows, :func:`happenings` and :func:`needs` what then comes, :func:`deliver` plays a rule against it.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import Any

import numpy as np
import pandas as pd

from crmlab import checks, visits
from crmlab.language import _
from crmlab.purchases import last_day

START = "2025-09-15"
"""The Monday from which the notebook is used."""
FEAST = ("2025-10-01", "2025-10-08")
"""National Day and Mid-Autumn 2025: eight days off, families visit each other or travel."""
KINDS = ("guests", "away", "baby", "ill")
TOLD = ("guests", "away", "baby")
"""What a household knows beforehand, and would say if it were asked."""

_PEOPLE = ((1, 2, 3, 4, 5, 6), (0.1, 0.25, 0.3, 0.15, 0.13, 0.07))
_JARS = np.array([10.0, 15.0, 20.0, 25.0, 30.0, 40.0])
_PAY_DAYS = (5, 8, 10, 15, 20, 25)


def notebook(households: int = 28, seed: int = 0, start: Any = START) -> pd.DataFrame:
    """A made-up shopkeeper's notebook, a row a household, on the morning of ``start``.

    ``household`` (house and flat), ``people``, ``monthly`` (kg of rice in 30 days, as the household says it, rounded to
    3 kg), ``grams`` (the same a head and day), ``jar`` (kg), ``last_delivery`` (the day on which the jar was filled) and
    ``pay_day``. No jar should be used up on the first three days. The columns are those of :func:`crmlab.visits.calendar`.

    People: 1 to 6, mostly 2 or 3; rice a head and day: log-normal round 260 grams, sigma 0.2; a jar for 10 to 24 days,
    or the smallest there is, which lasts whoever eats little for longer.

    >>> notebook(3, seed=1)[["household", "people", "monthly", "jar"]].to_numpy().tolist()
    [['1-101', 3, 18.0, 15.0], ['1-102', 6, 57.0, 30.0], ['1-201', 2, 18.0, 10.0]]
    """
    count = checks.number(households, "households", low=1, high=500, whole=True)
    first = last_day(start, "start")
    random = _random(seed)
    people = random.choice(_PEOPLE[0], size=count, p=_PEOPLE[1])
    grams = 260 * np.exp(0.2 * random.standard_normal(count))
    monthly = np.maximum(3 * np.round(people * grams * 30 / 3000), 3.0)
    daily = monthly / 30
    wanted = daily * random.uniform(10, 24, size=count)
    jar = _JARS[np.abs(_JARS[None, :] - wanted[:, None]).argmin(axis=1)]
    jar = np.where(jar / daily < 8, _JARS[np.minimum(np.searchsorted(_JARS, 8 * daily), len(_JARS) - 1)], jar)
    lasts = np.floor(jar / daily + 1e-9).astype("int64")
    since = np.minimum((random.random(count) * np.maximum(lasts - 3, 1)).astype("int64"), 60)
    flats = [f"{1 + i // 8}-{1 + i % 8 // 2}0{1 + i % 2}" for i in range(count)]
    return pd.DataFrame(
        {
            "household": flats,
            "people": people,
            "monthly": monthly,
            "grams": monthly * 1000 / 30 / people,
            "jar": jar,
            "last_delivery": checks.timestamps(first - since),
            "pay_day": random.choice(_PAY_DAYS, size=count),
        }
    )


def happenings(book: pd.DataFrame, start: Any = START, days: int = 60, seed: int = 0) -> pd.DataFrame:
    """What happens in the households of a notebook in ``days`` days: made up, a row an event.

    ``household``, ``what`` (one of :data:`KINDS`), ``first`` and ``last`` (days, both included), ``people`` (how many more
    eat; below 0: fewer), ``told`` (whether the household knew it beforehand).

    In :data:`FEAST`, if all of it lies in the time: guests in a third of the households (2 to 4 people, 3 to 8 days), away in
    another third (all, 4 to 8 days). Besides: guests in four of ten (1 to 3 people, 2 to 5 days); a baby in one of twenty
    (a grandmother moves in and stays); somebody ill or in hospital in three of twenty (one fewer, 3 to 14 days).

    >>> happenings(notebook(6, seed=1), seed=1)[["household", "what", "people", "told"]].head(2).to_numpy().tolist()
    [['1-101', 'away', -3, True], ['1-102', 'guests', 4, True]]
    """
    visits.run_out(book)  # so that what is wrong with the notebook is said
    people = checks.within(book["people"], "people", 1)
    from_ = last_day(start, "start")
    until = from_ + checks.number(days, "days", low=1, high=3660, whole=True) - 1
    feast, over = (last_day(day, "day") for day in FEAST)
    random = _random(seed)
    rows: list[tuple[Any, str, int, int, int]] = []
    for name, eat in zip(book["household"], people.astype(int), strict=True):
        lot, length = random.random(4), random.integers((3, 4, 2, 3), (9, 9, 6, 15))
        day, more = random.integers(from_, until + 1, size=3), random.integers((2, 1), (5, 4))
        if feast >= from_ and over <= until:
            if lot[0] < 1 / 3:
                rows.append((name, "guests", feast, feast + int(length[0]) - 1, int(more[0])))
            elif lot[0] < 2 / 3:
                rows.append((name, "away", feast, feast + int(length[1]) - 1, -int(eat)))
        if lot[1] < 0.4:
            rows.append((name, "guests", int(day[0]), int(day[0] + length[2]) - 1, int(more[1])))
        if lot[2] < 0.05:
            rows.append((name, "baby", int(day[1]), until, 1))
        if lot[3] < 0.15:
            rows.append((name, "ill", int(day[2]), int(day[2] + length[3]) - 1, -1))
    table = pd.DataFrame(rows, columns=["household", "what", "first", "last", "people"])
    for name in ("first", "last"):
        table[name] = checks.timestamps(np.minimum(table[name].to_numpy(dtype="int64"), until))
    return table.assign(told=table["what"].isin(TOLD))


def needs(
    book: pd.DataFrame,
    events: pd.DataFrame | None = None,
    start: Any = START,
    days: int = 60,
    seed: int = 0,
    error: float = 0.08,
    swing: float = 0.3,
) -> pd.DataFrame:
    """What the households eat, in kg: a row a day (from the earliest last delivery to ``days`` days after ``start``), a
    column a household. Made up: what the notebook says times an ``error`` of the notebook that stays the same (log-normal
    sigma), times who is at table by ``events`` (:func:`happenings`), times the appetite of the day (gamma with mean 1,
    coefficient of variation ``swing``). With ``error`` and ``swing`` 0 and no events, it is what the notebook says.

    Raises :class:`~crmlab.checks.InputError` for events of a household that is not in the notebook, or that end before they begin.

    >>> book = notebook(2, seed=1)
    >>> needs(book, days=3, error=0, swing=0).tail(1).round(2).to_numpy().tolist()
    [[0.8, 1.2]]
    """
    error, swing = (checks.number(value, name, low=0, high=2) for value, name in ((error, "error"), (swing, "swing")))
    days = checks.number(days, "days", low=1, high=3660, whole=True)
    daily = visits.run_out(book)["daily"].to_numpy()
    table = _at_table(book, events, start, days)
    random = _random(seed)
    usual = daily * np.exp(error * random.standard_normal(len(daily)))
    appetite = random.gamma(1 / swing**2, swing**2, size=table.shape) if swing > 1e-6 else 1.0
    return table * usual * appetite


def deliver(
    book: pd.DataFrame,
    eaten: pd.DataFrame,
    start: Any = START,
    ahead: int = 0,
    learn: bool = False,
    told: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """A rule of delivery, played against what the households eat.

    A delivery fills the jar, in the morning; so did the last one in the notebook. The next one comes ``ahead`` days before the day that the jar can no longer
    serve by the notebook (as in :func:`crmlab.visits.calendar`), on the next day at the earliest. With ``learn`` the
    shopkeeper looks into the jar at each delivery, asks since when it has been empty, and notes the mean of the old figure
    and what was eaten a day. With ``told`` (events of :func:`happenings`) those that begin after a delivery, or are going
    on, and that the household knew beforehand are reckoned with.

    ``eaten`` is a table of :func:`needs` (a row a day, a column a household, in the order of the notebook). What is wanted
    when the jar is empty is bought elsewhere.

    One row a delivery: ``household``, ``day``, ``kg``, ``left`` (kg found in the jar), ``empty_days`` (days since the last
    delivery that the jar did not serve in full), ``elsewhere`` (kg that were bought elsewhere).

    Raises :class:`~crmlab.checks.InputError` when the households of the two tables are not the same, a day is left out in
    ``eaten``, or it begins after a last delivery.

    >>> book = notebook(2, seed=1)
    >>> deliver(book, needs(book, days=30, error=0, swing=0))["empty_days"].sum().item()
    0
    """
    ahead = checks.number(ahead, "ahead", low=0, high=365, whole=True)
    learn = checks.flag(learn, "learn")
    noted = visits.run_out(book)
    checks.frame(eaten, "eaten")
    if list(eaten.columns) != list(noted.index):
        checks.fail(_("The notebook and what was eaten do not have the same households in the same order."))
    dates = checks.days(pd.Series(eaten.index), "day")
    zero, filled = int(dates[0]), checks.days(book["last_delivery"], "last_delivery")
    if zero > filled.min() or (np.diff(dates) != 1).any():
        checks.fail(
            _(
                "What was eaten must hold a row for every day, in order, from the earliest last delivery of the notebook on."
            )
        )
    for name in eaten.columns:
        checks.within(eaten[name], str(name), 0)
    end, first = len(eaten), last_day(start, "start") - zero
    expected = _at_table(book, _foretold(told), start, end - first).reindex(eaten.index, fill_value=1.0)
    rows: list[tuple[Any, int, float, float, int, float]] = []
    jars, last = book["jar"].to_numpy(dtype="float64"), filled - zero
    # what was eaten before each day; beyond the end everybody is at table as usual
    later = np.ones((ahead + 1, len(book)))
    all_ate, all_heads = (
        np.vstack([np.zeros(len(book)), table.cumsum(axis=0)]).T.tolist()
        for table in (eaten.to_numpy(dtype="float64"), np.vstack([expected.to_numpy(), later]))
    )
    for place, (name, daily) in enumerate(noted["daily"].items()):
        jar, day, ate, heads = float(jars[place]), int(last[place]), all_ate[place], all_heads[place]
        while True:
            lasts = _served(heads, day, jar / daily)
            due = max(day + lasts - ahead, day + 1, first)
            if due >= end:
                break
            wanted = ate[due] - ate[day]
            served = min(_served(ate, day, jar), due - day) if wanted > jar else due - day
            rows.append(
                (name, due, min(wanted, jar), max(jar - wanted, 0.0), due - day - served, max(wanted - jar, 0.0))
            )
            if learn and served > 0:
                daily = (daily + min(wanted, jar) / served) / 2
            day = due
    table = pd.DataFrame(rows, columns=["household", "day", "kg", "left", "empty_days", "elsewhere"])
    table["day"] = checks.timestamps(table["day"].to_numpy(dtype="int64") + zero)
    return table.sort_values("day", kind="stable", ignore_index=True)


def _foretold(told: pd.DataFrame | None) -> pd.DataFrame | None:
    """The events that the households knew beforehand."""
    if told is None or (isinstance(told, pd.DataFrame) and told.empty):
        return None
    checks.need(checks.frame(told, "told"), {"": "told"})
    return told[checks.yes_no(told["told"], "told")]


def _served(total: list[float], day: int, jar: float) -> int:
    """The whole days from ``day`` on that a full jar serves; ``total`` is what was eaten before each day."""
    return bisect_right(total, total[day] + jar + 1e-9) - 1 - day


def _at_table(book: pd.DataFrame, events: pd.DataFrame | None, start: Any, days: int) -> pd.DataFrame:
    """How many eat, as a share of those whom the notebook has: a row a day from the earliest last delivery, a column a household."""
    first = last_day(start, "start")
    zero = min(int(checks.days(book["last_delivery"], "last_delivery").min()), first)
    end = first + days
    people = checks.within(book["people"], "people", 0)
    more = np.zeros((end - zero, len(book)))
    if events is not None and not (isinstance(events, pd.DataFrame) and events.empty):
        checks.frame(events, "events")
        for column in ("household", "first", "last", "people"):
            checks.need(events, {"": column})
        place = {name: i for i, name in enumerate(book["household"])}
        begins, ends = (checks.days(events[name], name) - zero for name in ("first", "last"))
        heads = checks.numbers(events["people"], "people")
        for name, a, b, n in zip(events["household"], begins, ends, heads, strict=True):
            if name not in place:
                checks.fail(_("Household {household!r} is not in the notebook."), household=name)
            if b < a:
                checks.fail(_("Household {household!r}: an event ends before it begins."), household=name)
            more[max(int(a), 0) : max(int(b) + 1, 0), place[name]] += n
    index = pd.DatetimeIndex(checks.timestamps(np.arange(zero, end)), name="day")
    return pd.DataFrame(np.maximum(1 + more / people, 0), index=index, columns=list(book["household"]))


def _random(seed: int) -> np.random.Generator:
    return np.random.default_rng(checks.number(seed, "seed", low=0, whole=True))
