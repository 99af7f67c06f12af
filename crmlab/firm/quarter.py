"""The next quarter of the made-up firm under a plan: once, as it comes, and as it would come on average.

Whatever the plan, each customer and each lead has the same luck in the same draw (common random numbers): two plans differ by what they do,
not by whom fortune smiled on. What a plan brings is the margin of the quarter, less what it cost, plus the margin of the year after
from those who are still there, and of the leads that were won.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from crmlab.firm import orders as orders_of
from crmlab.firm.calendar import MONTH, QUARTER
from crmlab.firm.plan import HOURS, LEAD, MONEY, VAN, Plan

if TYPE_CHECKING:
    from crmlab.firm import Firm

MARGIN = 0.22
MENDING = 0.15
"""What a wrong order costs, as a share of its amount: a second way, a credit."""
SETTLED = {"left": 0.25, "visit": 0.35, "money": 0.3, "enough": 400.0}
"""The chance that an open complaint is settled well: left alone, more with a visit, more with money (two thirds of that at so
many yuan; half as much without a visit)."""
ANSWERS_CALL, COMES_BACK = 0.6, 0.05
"""Of the effect of many calls, one has this share; of the silent who had gone, the most that calls bring back."""
DRAWN_BY_DISCOUNT, STAYS_FOR_DISCOUNT = 1.2, 1.5
"""Orders more, and leaving less, for each 1% off: 1.2% and 1.5%."""
STAYS_FOR_REWARDS, ENOUGH_REWARDS = 0.12, 300.0
MENDED_BY_VAN = 0.65
"""The share of wrong orders to the West that a second lorry prevents."""
LET_DOWN = -0.55
"""How a wrong order changes the mood, on average over those who say so and those who do not."""
DRAWS = 200


@dataclass(frozen=True)
class Result:
    """What a quarter brought, in yuan: ``revenue``, ``margin`` (after discount and mending), ``spent``, ``ahead`` (margin of the year after),
    and ``total`` = margin - spent + ahead; ``complaints`` (orders that went wrong), ``lost`` customers (of those who were there),
    ``won`` leads. In an expectation the counts are not whole."""

    revenue: float
    margin: float
    spent: float
    ahead: float
    complaints: float
    lost: float
    won: float

    @property
    def total(self) -> float:
        """Margin less what was spent, and what lies ahead."""
        return self.margin - self.spent + self.ahead


@dataclass(frozen=True)
class Outcome:
    """A plan, ``came``: the quarter as it came, ``expected``: what it brings on average, and ``low`` to ``high``: between these lie 8 of
    10 quarters under this plan, by their total; ``hours`` and ``money`` that it takes."""

    plan: Plan
    came: Result
    expected: Result
    low: float
    high: float
    hours: float
    money: float

    @property
    def luck(self) -> float:
        """What came less what was to be expected, in yuan."""
        return self.came.total - self.expected.total

    @property
    def within(self) -> bool:
        """Whether hours and money suffice."""
        return self.hours <= HOURS and self.money <= MONEY


def sizes(firm: Firm) -> dict[str, int]:
    """How many customers each group of the plan has."""
    return dict(_known(firm).sizes)


def next_quarter(firm: Firm, plan: Plan, draw: int = 0) -> Outcome:
    """The quarter under a plan. ``draw`` is the luck: the same draw, the same luck for every plan.

    A plan that takes more hours or money than there are is run as it stands; ``within`` says so.

    >>> from crmlab import firm
    >>> one = firm.make(1)
    >>> next_quarter(one, Plan()).expected.total < next_quarter(one, careful(one)).expected.total
    True
    """
    odds = _odds(firm, plan)
    random = np.random.RandomState([firm.seed % 2**32, 9_000 + draw])
    called, leads = _called(firm, plan), len(firm.leads)
    came = _drawn(odds, random.random_sample((1, 6, len(odds.there))), random.random_sample((1, leads))[:, called])
    random = np.random.RandomState([firm.seed % 2**32, 8_999])
    many = _drawn(
        odds, random.random_sample((DRAWS, 6, len(odds.there))), random.random_sample((DRAWS, leads))[:, called]
    )
    low, high = np.quantile(many["margin"] + many["ahead"] - odds.spent, [0.1, 0.9])
    count = sizes(firm)
    once = Result(spent=odds.spent, **{name: round(float(values[0]), 2) for name, values in came.items()})
    return Outcome(
        plan,
        once,
        _expected(odds),
        round(float(low), 2),
        round(float(high), 2),
        plan.hours(**count),
        odds.spent,
    )


def expected(firm: Firm, plan: Plan) -> Result:
    """What the plan brings on average, worked out from the truth without any draw."""
    return _expected(_odds(firm, plan))


# -- what may happen to each customer ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Known:
    """What the quarter needs of a firm, as arrays by customer."""

    group: np.ndarray
    sizes: dict[str, int]
    waiting: np.ndarray
    largest: list[int]
    """The places of those with an open complaint, the largest first."""
    west: np.ndarray
    wrong: np.ndarray
    satisfaction: np.ndarray
    mood: np.ndarray
    rate: np.ndarray
    size: np.ndarray
    open_to_calls: np.ndarray
    alive: np.ndarray
    leaving: np.ndarray
    """Hazard a month."""


@lru_cache(maxsize=16)
def _known(firm: Firm) -> _Known:
    truth, groups = firm.truth, firm.groups
    group = groups["group"].to_numpy(dtype=object)
    waiting = groups["open"].to_numpy() > 0
    district = firm.customers["district"].to_numpy(dtype=object)
    numbers = {
        name: truth[name].to_numpy(dtype="float64")
        for name in ("satisfaction", "mood", "rate", "size", "open_to_calls", "alive")
    }
    return _Known(
        group=group,
        sizes={name: int((group == name).sum()) for name in ("open", "a", "silent", "rest")},
        waiting=waiting,
        largest=[int(at) for at in np.argsort(-groups["yearly"].to_numpy(), kind="stable") if waiting[at]],
        west=district == "West",
        wrong=np.array([orders_of.WRONG[one] for one in district]),
        leaving=-np.log1p(-truth["leaving"].to_numpy(dtype="float64")),
        **numbers,
    )


@dataclass(frozen=True)
class _Odds:
    """By customer; those with two rows are for an open complaint that is settled well, and badly."""

    there: np.ndarray
    """Chance to be a customer at all: 1, or for those who had gone what calls bring back."""
    alive: np.ndarray
    well: np.ndarray
    leaves: np.ndarray
    rate: np.ndarray
    """Orders in the quarter of one who stays."""
    wrong: np.ndarray
    """Chance that any order goes wrong."""
    times: np.ndarray
    """How many then do, on average."""
    leaves_wrong: np.ndarray
    ahead: np.ndarray
    """Margin of the year after, of one who is there then."""
    price: np.ndarray
    earned: np.ndarray
    """Yuan an order, and what is earned on it."""
    mending: np.ndarray
    chance: np.ndarray
    """Of each lead that is called."""
    worth: np.ndarray
    spent: float


def _more(calls: float) -> float:
    """The share of the full effect that so many calls have."""
    return float(1 - (1 - ANSWERS_CALL) ** calls)


def _odds(firm: Firm, plan: Plan) -> _Odds:
    known = _known(firm)
    group, waiting, base = known.group, known.waiting, known.leaving
    n = len(group)
    calls = np.zeros(n)
    for name, each in (("a", plan.calls_a), ("silent", plan.calls_silent), ("rest", plan.calls_rest)):
        calls[group == name] = _more(each)
    visited = np.zeros(n, dtype=bool)
    visited[known.largest[: plan.visits]] = True
    well = SETTLED["left"] + SETTLED["visit"] * visited
    well = well + SETTLED["money"] * (1 - np.exp(-plan.recovery / SETTLED["enough"])) * np.where(visited, 1, 0.5)
    well = np.where(waiting, well, 1.0)

    share = known.wrong * np.where(known.west & plan.van, 1 - MENDED_BY_VAN, 1.0)
    after, before = orders_of.AFTER, orders_of.AFTER["open"]
    mood = known.satisfaction + waiting * np.array([[after["well"] - before], [after["badly"] - before]])

    rate = known.rate * _pull(mood) * QUARTER / MONTH
    rate = rate * (1 + DRAWN_BY_DISCOUNT * plan.discount) * (1 + 0.05 * calls)
    stays = (1 - known.open_to_calls * calls) * (1 - STAYS_FOR_DISCOUNT * plan.discount)
    a = max(known.sizes["a"], 1)
    stays = stays * np.where(
        group == "a", 1 - STAYS_FOR_REWARDS * (1 - np.exp(-plan.rewards / (ENOUGH_REWARDS * a))), 1.0
    )
    hazard = base * _push(mood) * stays
    wrong = 1 - np.exp(-share * rate)
    with np.errstate(divide="ignore", invalid="ignore"):
        times = np.where(wrong > 0, share * rate / wrong, 0.0)
    worse = base * (_push(mood + LET_DOWN) - _push(mood)) * QUARTER / MONTH

    size = known.size
    # A year on the mood has come back half of the way to what this customer's usually is, less what goes wrong meanwhile.
    usual = known.mood + LET_DOWN * share / (1 - orders_of.FORGETS)
    later = 0.5 * (mood + usual)
    year = 365 / MONTH
    lasting = base * _push(later)
    months = (1 - np.exp(-lasting * year)) / lasting
    net = MARGIN - MENDING * share
    ahead = known.rate * _pull(later) * size * net * months

    alive = known.alive
    back = np.where((alive == 0) & (group == "silent"), COMES_BACK * calls, 0.0)
    price = size * (1 - plan.discount)
    chance, worth = _leads(firm, plan)
    return _Odds(
        there=np.where(alive > 0, 1.0, back),
        alive=alive,
        well=well,
        leaves=1 - np.exp(-hazard * QUARTER / MONTH),
        rate=rate,
        wrong=wrong,
        times=times,
        leaves_wrong=1 - np.exp(-worse),
        ahead=ahead,
        price=price,
        earned=price - size * (1 - MARGIN),
        mending=MENDING * size,
        chance=chance,
        worth=worth,
        spent=plan.money(known.sizes["open"]),
    )


def _pull(mood: np.ndarray) -> np.ndarray:
    return np.asarray(np.exp(orders_of.PULL * mood.clip(*orders_of.PULLS)))


def _push(mood: np.ndarray) -> np.ndarray:
    return np.asarray(np.exp(-orders_of.PUSH * mood.clip(*orders_of.PUSHES)))


def _called(firm: Firm, plan: Plan) -> np.ndarray:
    """The places of the leads that are called."""
    judged = firm.judged
    if plan.leads_by == "list":
        order = np.arange(len(judged))
    else:
        order = np.argsort(-judged[plan.leads_by].to_numpy(), kind="stable")
    return np.asarray(order[: plan.leads])


def _leads(firm: Firm, plan: Plan) -> tuple[np.ndarray, np.ndarray]:
    """The chance of each lead that is called, and the margin of its first year."""
    called = _called(firm, plan)
    return firm.leads_truth["chance"].to_numpy()[called], MARGIN * firm.leads["value"].to_numpy()[called]


# -- on average, and once ----------------------------------------------------------------------------------------------


def _expected(c: _Odds) -> Result:
    share = c.there * np.array([c.well, 1 - c.well])
    keeps = (1 - c.leaves) * (1 - c.wrong * c.leaves_wrong)
    orders = c.rate * (1 - c.leaves / 2)
    wrong = c.wrong * c.times
    return Result(
        revenue=float((share * orders * c.price).sum()),
        margin=float((share * (orders * c.earned - wrong * c.mending)).sum()),
        spent=c.spent,
        ahead=float((share * keeps * c.ahead).sum() + (c.chance * c.worth).sum()),
        complaints=float((share * wrong).sum()),
        lost=float((c.alive * share * (1 - keeps)).sum()),
        won=float(c.chance.sum()),
    )


def _drawn(c: _Odds, luck: np.ndarray, of_leads: np.ndarray) -> dict[str, np.ndarray]:
    """Quarters as they come, one a row of ``luck`` (draws x 6 x customers)."""
    there = luck[:, 0] < c.there
    badly = (luck[:, 1] >= c.well).astype("int64")
    at = np.arange(badly.shape[1])
    leaves = luck[:, 2] < c.leaves[badly, at]
    orders = there * _poisson(c.rate[badly, at] * np.where(leaves, 0.5, 1.0), luck[:, 3])
    wrong = there & (luck[:, 4] < c.wrong[badly, at])
    keeps = there & ~leaves & ~(wrong & (luck[:, 5] < c.leaves_wrong[badly, at]))
    times = wrong * c.times[badly, at]
    won = of_leads[:, : len(c.chance)] < c.chance
    return {
        "revenue": (orders * c.price).sum(axis=1),
        "margin": (orders * c.earned - times * c.mending).sum(axis=1),
        "ahead": (keeps * c.ahead[badly, at]).sum(axis=1) + (won * c.worth).sum(axis=1),
        "complaints": times.sum(axis=1),
        "lost": ((c.alive > 0) & ~keeps).sum(axis=1).astype("float64"),
        "won": won.sum(axis=1).astype("float64"),
    }


def _poisson(mean: np.ndarray, u: np.ndarray) -> np.ndarray:
    """The Poisson number at the share ``u`` of its distribution: more for a larger mean, with the same luck."""
    found = np.zeros(mean.shape)
    term = np.exp(-mean)
    total = term.copy()
    for number in range(1, 120):
        below = u > total
        if not below.any():
            break
        found += below
        term = term * mean / number
        total = total + term
    return found


# -- plans to compare with ---------------------------------------------------------------------------------------------


def nothing() -> Plan:
    """Everything stays as it is."""
    return Plan()


def naive(firm: Firm) -> Plan:
    """What comes to mind first: 5% off for all, everybody called once, and the leads as they stand in the list, as far as the hours go."""
    plan = Plan(discount=0.05, calls_a=1, calls_silent=1, calls_rest=1, leads_by="list")
    return replace(plan, leads=_as_many(firm, plan))


def careful(firm: Firm) -> Plan:
    """What the course would do, from what the firm can see: the larger half of the open complaints visited and all of them made good, the
    lorry, class A called once, the rest of the hours for the leads worth most; no discount, no rewards."""
    waiting = sizes(firm)["open"]
    money = min(600.0, 100 * ((MONEY - VAN) // (100 * max(waiting, 1))))
    plan = Plan(visits=(waiting + 1) // 2, recovery=money, calls_a=1, van=True)
    return replace(plan, leads=_as_many(firm, plan))


def _as_many(firm: Firm, plan: Plan) -> int:
    """The leads for which the hours are left."""
    left = HOURS - plan.hours(**sizes(firm))
    return int(max(min(left // LEAD, len(firm.leads)), 0))
