"""A trading firm, made up once by a seed: its tables agree with each other, and the truth behind them is known.

``make(seed)`` gives the firm: customers, orders, leads, last year's deals, complaints and a survey, all of eighteen months to 30
June 2025; and what nobody in the firm can see. ``next_quarter(firm, plan)`` runs the quarter after that under a plan. Everything
follows from the seed, with NumPy's frozen legacy stream (``RandomState``), so that it is the same with every version.

Made up throughout; nothing here says anything about a real trade. The parts: :mod:`~crmlab.firm.people` (traits),
:mod:`~crmlab.firm.orders` (orders and complaints), :mod:`~crmlab.firm.survey`, :mod:`~crmlab.firm.leads`,
:mod:`~crmlab.firm.groups` (for whom is planned), :mod:`~crmlab.firm.plan` and :mod:`~crmlab.firm.quarter`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from crmlab import checks
from crmlab.firm import groups, leads, names, orders, people, survey
from crmlab.firm.calendar import DAYS, FIRST, MONTH, QUARTER, SURVEYED, TODAY
from crmlab.firm.plan import HOURS, MONEY, Plan
from crmlab.firm.quarter import MARGIN, Outcome, Result, careful, expected, naive, next_quarter, nothing, sizes

__all__ = [
    "HOURS",
    "MARGIN",
    "MONEY",
    "TODAY",
    "Firm",
    "Outcome",
    "Plan",
    "Result",
    "careful",
    "expected",
    "make",
    "naive",
    "next_quarter",
    "nothing",
    "sizes",
]

ASKED_AFTER = 180
"""Asked in the survey was who had ordered in so many days before."""


@dataclass(frozen=True, eq=False)
class Firm:
    """What the firm knows, a table each, and the truth.

    ``customers`` (by customer: ``name``, ``name_zh``, ``kind``, ``district``), ``orders``, ``complaints``, ``survey``, ``leads``, ``deals``: see the modules.
    ``groups``: the groups of the plan (:func:`crmlab.firm.groups.of`), ``judged``: the leads as their notes and last year's deals
    make them look (:func:`crmlab.firm.leads.judged`). The truth: ``truth`` by customer (``rate`` orders in 30 days, ``size`` yuan an order,
    ``leaving`` in 30 days, ``mood``, ``satisfaction`` now, 0 = as expected, ``open_to_calls``, ``alive``, ``left_on``, ``let_down``: how often it
    said nothing), ``leads_truth`` by lead, ``complaints_truth`` (``cost``: yuan of a year's margin that the complaint cost by how it was settled).
    """

    seed: int
    name: str
    name_zh: str
    customers: pd.DataFrame
    orders: pd.DataFrame
    complaints: pd.DataFrame
    survey: pd.DataFrame
    leads: pd.DataFrame
    deals: pd.DataFrame
    groups: pd.DataFrame
    judged: pd.DataFrame
    truth: pd.DataFrame
    leads_truth: pd.DataFrame
    complaints_truth: pd.DataFrame

    def __repr__(self) -> str:
        """Its name and what there is of it."""
        return f"{self.name}: {len(self.customers)} customers, {len(self.orders)} orders, {len(self.leads)} leads, {len(self.complaints)} complaints"


def make(seed: int = 0) -> Firm:
    """The firm of a seed, a whole number of 0 or more. Another seed, another firm of the same kind.

    Raises :class:`~crmlab.checks.InputError` for anything else.

    >>> one, again = make(7), make(7)
    >>> one.orders.equals(again.orders), one.orders.equals(make(8).orders)
    (True, False)
    """
    seed = int(checks.number(seed, "seed", low=0, whole=True))
    random = np.random.RandomState([seed % 2**32, 71])
    called = names.TRADERS[int(random.random_sample() * len(names.TRADERS))]
    customers, truth = people.made(random)
    histories = {
        str(who): orders.one(
            truth.loc[who], str(customers.at[who, "district"]), np.random.RandomState([seed % 2**32, number])
        )
        for number, who in enumerate(customers.index, 100)
    }
    bought, said = orders.tables(histories)
    truth["satisfaction"] = [round(one.mood, 3) for one in histories.values()]
    truth["surveyed"] = [round(one.surveyed, 3) for one in histories.values()]
    truth["alive"] = [one.left_on == np.inf for one in histories.values()]
    truth["left_on"] = pd.to_datetime(
        [FIRST + np.timedelta64(int(min(one.left_on, DAYS + 1)), "D") for one in histories.values()]
    )
    truth["left_on"] = truth["left_on"].where(~truth["alive"])
    truth["let_down"] = [one.silent for one in histories.values()]
    before = bought[bought["date"] <= pd.Timestamp(SURVEYED)]
    last = before.groupby("customer_id")["date"].max()
    asked = last[last >= pd.Timestamp(SURVEYED) - pd.Timedelta(days=ASKED_AFTER)].index
    answers = survey.made(truth.loc[asked, "surveyed"], random)
    prospects, leads_truth, deals = leads.made(random)
    table = groups.of(customers.index, bought, said)
    return Firm(
        seed,
        *called,
        customers=customers,
        orders=bought,
        complaints=said,
        survey=answers,
        leads=prospects,
        deals=deals,
        groups=table,
        judged=leads.judged(prospects, deals),
        truth=truth,
        leads_truth=leads_truth,
        complaints_truth=_costs(said, truth),
    )


def _costs(complaints: pd.DataFrame, truth: pd.DataFrame) -> pd.DataFrame:
    """What each complaint cost: a year's margin of the customer, times the chance that it left within a quarter because of how the
    complaint was settled (against one who was not let down); below 0 where settling it well bound the customer."""
    people = truth.loc[complaints["customer_id"]]
    change = complaints["settled"].map(orders.AFTER).to_numpy(dtype="float64")
    base = -np.log1p(-people["leaving"].to_numpy(dtype="float64")) * QUARTER / MONTH
    mood = people["mood"].to_numpy(dtype="float64")
    pushed = np.array([orders.push(one) for one in mood + change]) - np.array([orders.push(one) for one in mood])
    yearly = (people["rate"] * people["size"]).to_numpy(dtype="float64") * MARGIN * 365 / MONTH
    return pd.DataFrame({"cost": np.round(yearly * (1 - np.exp(-base * pushed)))}, index=complaints.index)
