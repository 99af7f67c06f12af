"""What each customer did for eighteen months: ordered, was let down, complained or said nothing, stayed or left.

A customer orders at a rate of its own until it leaves, at a hazard of its own: the process of the Pareto/NBD model
(Schmittlein, Morrison and Colombo 1987), whose rate and hazard here follow how content the customer is. An order may go
wrong. Who is let down complains or says nothing; a complaint is settled well or badly; that changes how content the
customer is, for some orders.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from crmlab.firm.calendar import DAYS, FIRST, MONTH, SURVEYED, day

WRONG = {"North": 0.05, "South": 0.05, "East": 0.05, "West": 0.2}
"""The share of orders that go wrong, by district: the lorry to the West is late."""
SAYS_SO, SETTLED_WELL = 0.55, 0.5
"""The share of those let down who complain, and of complaints that are settled well."""
AFTER = {"well": 0.3, "silent": -0.5, "badly": -1.3, "open": -0.5}
"""How the mood changes."""
FORGETS = 0.88
"""How much of that is left after one more order."""
OPEN_DAYS, STILL_OPEN = 80, 0.75
"""Of the complaints of the last so many days this share is not settled yet."""
PULL, PULLS = 0.2, (-2.0, 1.0)
PUSH, PUSHES = 1.0, (-2.5, 1.5)
"""How much a mood counts for the rate and for the hazard, and between which moods."""
REASONS = {"West": (0.7, 0.85, 0.95), "else": (0.25, 0.55, 0.8)}
"""Late, wrong goods, wrong bill, rude: cumulated."""
REASON = ("late", "wrong goods", "wrong bill", "rude")


def pull(mood: float) -> float:
    """By how much a mood multiplies the rate of orders."""
    return float(np.exp(PULL * max(min(mood, PULLS[1]), PULLS[0])))


def push(mood: float) -> float:
    """By how much it multiplies the hazard of leaving.

    >>> round(push(0), 1), push(-1) > 2 > push(1)
    (1.0, True)
    """
    return float(np.exp(-PUSH * max(min(mood, PUSHES[1]), PUSHES[0])))


@dataclass
class History:
    """What came of one customer."""

    orders: list[tuple[float, float]] = field(default_factory=list)
    """Day and yuan."""
    complaints: list[tuple[float, str, str, float, float]] = field(default_factory=list)
    """Day, reason, how it was settled, yuan of the order, days until it was settled."""
    silent: int = 0
    """How often it was let down and said nothing."""
    left_on: float = np.inf
    mood: float = 0.0
    surveyed: float = 0.0
    """The mood on the day of the survey."""


def one(person: pd.Series, district: str, random: np.random.RandomState) -> History:
    """One customer from its first day to today. ``random`` is its own, so that no customer's luck hangs on another's."""
    made = History()
    at, change, survey_day = float(person["begins"]), 0.0, float((SURVEYED - FIRST).astype("int64"))
    mood = made.surveyed = float(person["mood"])
    while True:
        u = random.random_sample(8)
        rate = person["rate"] * pull(mood) / MONTH
        hazard = -np.log1p(-person["leaving"]) * push(mood) / MONTH
        gap, leaves = -np.log1p(-u[0]) / rate, -np.log1p(-u[1]) / hazard
        if at + min(gap, leaves) > survey_day >= at:
            made.surveyed = mood
        if leaves < gap:
            if at + leaves < DAYS:
                made.left_on = at + leaves
            break
        at += gap
        if at >= DAYS:
            break
        amount = 10 * round(float(person["size"]) * float(np.exp(0.5 * (u[2] - 0.5) * 2)) / 10)
        made.orders.append((at, amount))
        change *= FORGETS
        if u[3] < WRONG[district]:
            change += _let_down(made, at, amount, district, u)
        mood = float(person["mood"]) + change
    made.mood = mood
    return made


def _let_down(made: History, at: float, amount: float, district: str, u: np.ndarray) -> float:
    """Something went wrong with an order: what is said, what is done, and how the mood changes."""
    if u[4] >= SAYS_SO:
        made.silent += 1
        return AFTER["silent"]
    reason = REASON[int(np.searchsorted(REASONS.get(district, REASONS["else"]), u[5]))]
    settled = "well" if u[6] < SETTLED_WELL else "badly"
    if at > DAYS - OPEN_DAYS and u[7] < STILL_OPEN:
        settled = "open"
    days = np.nan if settled == "open" else float(1 + int(u[7] * (6 if settled == "well" else 30)))
    made.complaints.append((at, reason, settled, amount, days))
    return AFTER[settled]


def tables(histories: dict[str, History]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The orders (``customer_id``, ``invoice``, ``date``, ``amount`` in yuan), by day, and the complaints (``customer_id``,
    ``date``, ``reason``, ``settled``: well, badly or open, ``claim`` in yuan, ``days`` until it was settled)."""
    bought = sorted((at, who, amount) for who, made in histories.items() for at, amount in made.orders)
    orders = pd.DataFrame(
        {
            "customer_id": [who for _at, who, _amount in bought],
            "invoice": np.arange(50_001, 50_001 + len(bought)),
            "date": pd.to_datetime([day(at) for at, _who, _amount in bought]),
            "amount": np.array([amount for _at, _who, amount in bought], dtype="float64"),
        }
    )
    said = sorted(
        (complaint[0], who, *complaint[1:]) for who, made in histories.items() for complaint in made.complaints
    )
    complaints = pd.DataFrame(
        {
            "customer_id": [row[1] for row in said],
            "date": pd.to_datetime([day(row[0]) for row in said]),
            "reason": [row[2] for row in said],
            "settled": [row[3] for row in said],
            "claim": np.array([row[4] for row in said], dtype="float64"),
            "days": np.array([row[5] for row in said], dtype="float64"),
        },
        index=pd.Index([f"K{number:03d}" for number in range(1, len(said) + 1)], name="complaint_id"),
    )
    return orders, complaints
