"""A plan for the next quarter: what is done for whom, and what that takes in hours and money."""

from __future__ import annotations

from dataclasses import dataclass

from crmlab import checks
from crmlab.language import _

HOURS, MONEY = 100.0, 45_000.0
"""What there is for the quarter: hours of the sales team, yuan."""
VISIT, CALL, LEAD = 3.0, 0.5, 4.0
"""Hours of a visit, of a call, of winning over a lead."""
VAN = 25_000.0
"""Yuan for a second lorry to the West for a quarter."""
ORDERS_OF_LEADS = ("worth", "value", "list")
"""Which leads first: chance times value, value alone, as they stand in the list."""


@dataclass(frozen=True)
class Plan:
    """``visits`` to customers with an open complaint, largest first, and ``recovery``, yuan for each of those complaints
    (a credit, a crate on the house, with an apology); ``calls_a``, ``calls_silent``, ``calls_rest``: calls to each customer of the
    group; ``leads`` that are called, in the order ``leads_by``; ``discount`` for all, a share of the price; ``rewards`` for class A, yuan in all;
    ``van``: a second lorry to the West.

    Raises :class:`~crmlab.checks.InputError` for negative numbers and unknown orders.

    >>> Plan(visits=3, recovery=500).hours(open=5, a=0, silent=0, rest=0)
    9.0
    """

    visits: int = 0
    recovery: float = 0.0
    calls_a: int = 0
    calls_silent: int = 0
    calls_rest: int = 0
    leads: int = 0
    leads_by: str = "worth"
    discount: float = 0.0
    rewards: float = 0.0
    van: bool = False

    def __post_init__(self) -> None:
        for name in ("visits", "calls_a", "calls_silent", "calls_rest", "leads"):
            checks.number(getattr(self, name), name, low=0, whole=True)
        for name in ("recovery", "rewards", "discount"):
            checks.number(getattr(self, name), name, low=0)
        if self.discount >= 1:
            checks.fail(_("discount is a share of the price, such as 0.05; it is {value}."), value=self.discount)
        checks.one_of(self.leads_by, "leads_by", list(ORDERS_OF_LEADS))

    def hours(self, open: int, a: int, silent: int, rest: int) -> float:
        """The hours that it takes, with so many customers in each group (open: those with an open complaint)."""
        calls = a * self.calls_a + silent * self.calls_silent + rest * self.calls_rest
        return VISIT * min(self.visits, open) + CALL * calls + LEAD * self.leads

    def money(self, open: int) -> float:
        """The yuan that it takes, without the discount: that is taken off the price."""
        return self.recovery * open + self.rewards + VAN * self.van
