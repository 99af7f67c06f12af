"""Negotiation: the zone between two reservation prices, price talks by simulation, packages over several issues.

Source: reservation price and zone of agreement: Raiffa, H. (1982), The Art and Science of Negotiation, Harvard University
Press; the efficient packages are those of Pareto. The simulation is a small model of ours.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product as combinations

import numpy as np
import pandas as pd

from crmlab import checks
from crmlab.intervals import z_value
from crmlab.language import _, tr


@dataclass(frozen=True)
class Zone:
    """The zone of agreement between the least a seller takes and the most a buyer gives."""

    seller: float
    buyer: float

    @property
    def exists(self) -> bool:
        """True when some price suits both."""
        return self.buyer >= self.seller

    @property
    def pie(self) -> float:
        """What there is to share: buyer's limit less seller's; below 0 = what keeps them apart."""
        return self.buyer - self.seller

    def shares(self, price: float) -> tuple[float, float]:
        """What seller and buyer get of the pie at a price, in money; below 0 = they had better not sign."""
        price = checks.number(price, "price")
        return price - self.seller, self.buyer - price

    def __repr__(self) -> str:
        if not self.exists:
            return tr(_("No zone of agreement: the limits lie {gap:,.2f} apart."), gap=-self.pie)
        return tr(
            _("Zone of agreement from {seller:,.2f} to {buyer:,.2f}: {pie:,.2f} to share."),
            seller=self.seller,
            buyer=self.buyer,
            pie=self.pie,
        )


def zone(seller: float, buyer: float) -> Zone:
    """The zone of agreement of two reservation prices: the least the seller takes, the most the buyer gives.

    >>> zone(80, 100)
    Zone of agreement from 80.00 to 100.00: 20.00 to share.
    >>> zone(80, 100).shares(85)
    (5.0, 15.0)
    """
    return Zone(checks.number(seller, "seller"), checks.number(buyer, "buyer"))


def zone_of_package(limits: Zone, seller: float, buyer: float, volume: float) -> Zone:
    """The zone of agreement once other terms are traded: a reservation price belongs to a package, not to a product.

    ``limits`` is the zone at today's terms, a price a unit; ``seller`` and ``buyer`` are what the new terms are worth to
    each side in money (below 0 = they cost), ``volume`` the units over which the price is paid.

    Raises :class:`~crmlab.checks.InputError` for missing numbers and a volume not above 0.

    >>> zone_of_package(zone(33, 34), seller=20_000, buyer=-4_000, volume=10_000)
    Zone of agreement from 31.00 to 33.60: 2.60 to share.
    """
    if not isinstance(limits, Zone):
        checks.fail(_("limits must come from zone(seller, buyer)."))
    units = _units(volume)
    gives, takes = checks.number(seller, "seller"), checks.number(buyer, "buyer")
    return Zone(limits.seller - gives / units, limits.buyer + takes / units)


def _units(volume: float) -> float:
    """The units over which a price is paid."""
    units = checks.number(volume, "volume", low=0)
    if units == 0:
        checks.fail(_("volume must be above 0: the price is paid for so many units."))
    return units


def price_options(limits: Zone, prices: Sequence[float], volume: float) -> pd.DataFrame:
    """What each price is worth to both sides at today's terms, as an issue for :func:`packages`: index = price, columns
    ``seller`` and ``buyer`` in money, relative to no deal.

    >>> price_options(zone(33, 34), [32, 34], 20_000)["seller"].tolist()
    [-20000.0, 20000.0]
    """
    if not isinstance(limits, Zone):
        checks.fail(_("limits must come from zone(seller, buyer)."))
    units = _units(volume)
    column = checks.numbers(checks.series(prices, "prices"), "prices")
    rows = {"seller": (column - limits.seller) * units, "buyer": (limits.buyer - column) * units}
    return pd.DataFrame(rows, index=pd.Index(column, name="price"))


def negotiate(
    limits: Zone,
    ask: float,
    bid: float,
    seller_gives: float = 0.2,
    buyer_gives: float = 0.2,
    rounds: int = 10,
    talks: int = 1000,
    seed: int = 0,
) -> pd.DataFrame:
    """Many price talks between two sides who know only their own limit.

    The seller opens with ``ask``, the buyer with ``bid``. In each round first the seller, then the buyer gives up a
    part of what still lies between their offer and their own limit: on average ``seller_gives`` and ``buyer_gives``
    (.2 = a fifth), in each step drawn evenly from 0 to twice that. A side takes the other's offer as soon as it is
    no worse than what it would offer itself; nobody goes beyond the limit. After ``rounds`` rounds they part.

    One row a talk: ``deal`` (bool), ``price`` (NaN without a deal), ``round`` of the deal, and ``seller`` and ``buyer``
    (their shares of the pie; 0 without a deal). The same ``seed`` gives the same talks. A small model for feeling
    one's way: real talks have more than a price.

    Raises :class:`~crmlab.checks.InputError` for an ask below the seller's limit, a bid above the buyer's, rates
    outside 0 to .5.

    >>> talks = negotiate(zone(80, 100), ask=120, bid=70, talks=200)
    >>> bool(talks.loc[talks["deal"], "price"].between(80, 100).all())
    True
    """
    if not isinstance(limits, Zone):
        checks.fail(_("limits must come from zone(seller, buyer)."))
    ask = checks.number(ask, "ask", low=limits.seller)
    bid = checks.number(bid, "bid", high=limits.buyer)
    rates = [
        checks.number(seller_gives, "seller_gives", low=0, high=0.5),
        checks.number(buyer_gives, "buyer_gives", low=0, high=0.5),
    ]
    rounds = checks.number(rounds, "rounds", low=1, high=1000, whole=True)
    talks = checks.number(talks, "talks", low=1, high=10**6, whole=True)
    random = np.random.default_rng(checks.number(seed, "seed", low=0, whole=True))
    offer = [np.full(talks, ask), np.full(talks, bid)]
    price = np.full(talks, np.nan)
    at = np.zeros(talks, dtype="int64")
    # A bid at or above the ask needs no talk.
    price[offer[1] >= offer[0]] = ask
    for number in range(1, rounds + 1):
        for side, limit in enumerate((limits.seller, limits.buyer)):
            own, other = offer[side], offer[1 - side]
            offer[side] = own + random.uniform(0, 2 * rates[side], talks) * (limit - own)
            takes = np.isnan(price) & ((other >= offer[side]) if side == 0 else (other <= offer[side]))
            price[takes] = other[takes]
            at[takes] = number
    deal = ~np.isnan(price)
    return pd.DataFrame(
        {
            "deal": deal,
            "price": price,
            "round": pd.Series(at).where(deal & (at > 0)).astype("Int64"),
            "seller": np.where(deal, price - limits.seller, 0.0),
            "buyer": np.where(deal, limits.buyer - price, 0.0),
        }
    )


def first_offers(
    limits: Zone, asks: Sequence[float], bid: float, rounds: int = 8, talks: int = 1000, seed: int = 0
) -> pd.DataFrame:
    """What becomes of :func:`negotiate` when the seller opens higher or lower: a row an ask.

    Columns: ``deals`` (share of the talks that end in one), ``price`` (mean of those), ``seller`` (the seller's mean share
    of the pie over all talks, those without a deal as 0) with ``low`` and ``high``, its 95% interval. Every ask meets the same
    ``talks`` buyers. In the model nobody takes offence, and nobody is drawn towards a number: a high ask only costs time.

    Raises :class:`~crmlab.checks.InputError` as :func:`negotiate` does, and for a single talk, which has no interval.

    >>> first_offers(zone(80, 100), [100, 160], bid=70, talks=200)["deals"].is_monotonic_decreasing
    True
    """
    column = checks.numbers(checks.series(asks, "asks"), "asks")
    talks = checks.number(talks, "talks", low=2, high=10**6, whole=True)
    rows = []
    for ask in column:
        found = negotiate(limits, float(ask), bid, rounds=rounds, talks=talks, seed=seed)
        share = found["seller"]
        margin = z_value() * float(share.std(ddof=0)) / len(share) ** 0.5
        mean = float(share.mean())
        rows.append([float(found["deal"].mean()), float(found["price"].mean()), mean, mean - margin, mean + margin])
    return pd.DataFrame(rows, index=pd.Index(column, name="ask"), columns=["deals", "price", "seller", "low", "high"])


def packages(issues: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """All packages over several issues, and which of them are efficient.

    ``issues`` maps an issue (price, delivery, training) to a table of its options: index = option, columns ``seller``
    and ``buyer`` = what the option is worth to each (points or money, relative to no deal).

    One row a package: a column an issue with the option, ``seller``, ``buyer``, ``total`` (the pie), ``acceptable`` (both
    at 0 or more), ``efficient`` (no other package is better for one and no worse for the other). Sorted by total,
    largest first: make the pie together, then share it. An efficient package need not have the largest total: with the prices
    given there may be none that makes up for what one side would lose. Worth is rounded to ten digits of the largest
    number, so that a package exactly at a limit is acceptable.

    Raises :class:`~crmlab.checks.InputError` for missing columns or numbers, and for more than 100,000 packages.

    >>> price = pd.DataFrame({"seller": [4, 0], "buyer": [0, 4]}, index=["100", "96"])
    >>> pay = pd.DataFrame({"seller": [6, 0], "buyer": [0, 1]}, index=["now", "in 60 days"])
    >>> packages({"price": price, "pay": pay})[["price", "pay", "total", "efficient"]].head(2)
      price  pay  total  efficient
    0   100  now   10.0       True
    1    96  now   10.0       True
    """
    if not isinstance(issues, Mapping) or not issues:
        checks.fail(_("issues must map the name of an issue to a table of its options."))
    count = 1
    worths: dict[str, list[np.ndarray]] = {"seller": [], "buyer": []}
    for name, options in issues.items():
        if name in ("seller", "buyer", "total", "acceptable", "efficient"):
            checks.fail(_("An issue cannot be called {name!r}, which is a column of the result."), name=name)
        checks.frame(options, str(name))
        for side, worth in worths.items():
            checks.need(options, {"": side})
            worth.append(checks.numbers(options[side], side))
        count *= len(options)
    if count > 100_000:
        checks.fail(_("These are {n:,} packages; leave out options until there are 100,000 at most."), n=count)
    table = pd.DataFrame(list(combinations(*(options.index for options in issues.values()))), columns=list(issues))
    places = list(combinations(*(range(len(options)) for options in issues.values())))
    picks = np.array(places).reshape(count, len(issues))
    for side, worth in worths.items():
        table[side] = _rounded(sum(worth[i][picks[:, i]] for i in range(len(worth))), worth)
    table["total"] = table["seller"] + table["buyer"]
    table["acceptable"] = (table["seller"] >= 0) & (table["buyer"] >= 0)
    table["efficient"] = _efficient(table["seller"].to_numpy(), table["buyer"].to_numpy())
    return table.sort_values("total", ascending=False, kind="stable", ignore_index=True)


def _rounded(total: np.ndarray, parts: list[np.ndarray]) -> np.ndarray:
    """A sum without what the computer's way of adding leaves behind: (30.45 − 33) · 200,000 + 510,000 is 0."""
    largest = max(float(np.abs(part).max()) for part in parts)
    places = 9 - math.floor(math.log10(largest)) if largest > 0 else 0
    return np.round(total, min(max(places, 0), 15)) + 0.0


def _efficient(seller: np.ndarray, buyer: np.ndarray) -> np.ndarray:
    """The Pareto frontier: by falling seller's worth, the buyer's must beat all before."""
    order = np.lexsort((-buyer, -seller))
    s, b = seller[order], buyer[order]
    best_before = np.concatenate(([-np.inf], np.maximum.accumulate(b)[:-1]))
    good = b > best_before
    # Twins of an efficient package are efficient too.
    for i in range(1, len(s)):
        if good[i - 1] and s[i] == s[i - 1] and b[i] == b[i - 1]:
            good[i] = True
    found = np.empty(len(s), dtype=bool)
    found[order] = good
    return found
