"""What customers buy together: pairs of articles found in the first part of the file, counted anew in the last, and to whom to offer what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from crmlab import basket, checks, cross_selling, intervals
from crmlab.counting import bincount
from crmlab.language import _
from crmlab.own.backtesting import book as books
from crmlab.own.backtesting import offered
from crmlab.own.backtesting.offered import Taken
from crmlab.own.export import Export
from crmlab.own.result import FAILS, HOLDS, UNCLEAR, UNTESTED, Result, Test
from crmlab.own.said import Said

FIRST = 0.6
"""The share of the baskets in which pairs are looked for; in the others they are held to what came afterwards."""
LIFT = 2.0
"""A pair must be bought together so many times as often as by chance, as in the course: a convention."""
LEAST = 10
"""So many baskets must hold a pair in the first part, and each article in the last."""
CUSTOMERS = 5
"""A pair that held must be bought by so many customers: else it is one customer's habit, and nothing to offer to others."""
MOST = 100
"""So many pairs, of those in most baskets, are tried."""
LOOKED_AT = 2000
"""So many pairs, the most frequent ones, are looked at first."""
BASKETS = 100
"""With fewer baskets nothing is looked for."""
RECENT = 365
"""Offered is to who has bought the one article in so many days before the end of the file."""
OFFERS = 3
"""At most so many offers a customer."""

VERDICTS = {
    "held": _("held"),
    "refuted": _("did not hold"),
    "open": _("cannot be told yet"),
    "rare": _("hardly sold any more"),
    "habit": _("few customers only"),
}
"""What later baskets say of a pair, by its key."""


def find(export: Export) -> Result:
    """Pairs of articles that stand together in baskets more often than by chance, each tested on later baskets.

    A basket is an order, or what a customer bought on a day where the file has no order numbers. Returns are left out.

    ``table``: a row a pair, those that held first: ``article``, ``goes_with``, ``baskets`` and ``lift`` (first part), ``later_baskets``, ``later_lift`` with ``low`` and ``high``
    (95%), ``share`` (of the later baskets with the article, those with both), ``customers`` (later), ``verdict`` (one of :data:`VERDICTS`). ``more``: "offers", a row a
    customer and offer: ``customer``, ``bought``, ``offer``, ``times``, ``last``, ``share``; only pairs that held. ``data``: ``tests``, the table of
    :func:`crmlab.cross_selling.back_test`, ``lift``, ``table``.

    Raises :class:`~crmlab.checks.InputError` where the file has no order lines or too few baskets.
    """
    if export.pairs is not None:
        return _of_counts(export)
    if export.kind != "lines":
        checks.fail(
            _("{file} holds no order lines with articles, so nobody can see what is bought together."),
            file=export.file.name,
        )
    sold = _lines(export.table)
    if len(sold.days) < BASKETS:
        checks.fail(
            _("{file} holds {n} baskets; to find what is bought together and to test it takes {least} or more."),
            file=export.file.name,
            n=len(sold.days),
            least=BASKETS,
        )
    begin = int(np.sort(sold.days)[int(FIRST * len(sold.days))])
    split = checks.timestamps([begin])[0]
    later = sold.table["date"] >= begin
    before, after = sold.table[~later], sold.table[later]
    if not len(before) or not len(after):
        checks.fail(
            _("All baskets of {file} are of one day, so nothing can be tested on later ones."), file=export.file.name
        )
    if len(sold.table) == len(sold.days):
        checks.fail(
            _("In {file} every order holds a single article, so nobody can see what is bought together."),
            file=export.file.name,
        )
    pairs, least = _pairs(before)
    told, table = _told(pairs, before, after, sold.items)
    held = table[table["verdict"] == VERDICTS["held"]]
    offers = _offers(sold, held)
    return _result(
        told,
        table,
        held,
        _says(table, held, offers, split, sold.returned, least),
        split,
        books.personal(export, offers),
        {"offers": offers} if len(offers) else {},
        offered.test(before, after, pairs),
    )


@dataclass(frozen=True, eq=False)
class _Lines:
    """What is sold, each article of a basket once, in numbers: of a million lines the texts should not be here again.

    ``table``: ``customer`` and ``item``, places in ``customers`` and ``items``, which are sorted; ``basket``; ``date``, the day of the basket, from 1970-01-01.
    ``days``: that of each basket. ``returned``: lines that are returns.
    """

    table: pd.DataFrame
    customers: np.ndarray
    items: np.ndarray
    days: np.ndarray
    returned: int


def _coded(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The place of each value among all different ones, which are sorted; -1 for none."""
    at, found = pd.factorize(values)
    names = np.asarray(found, dtype=object)
    order = np.array(sorted(range(len(names)), key=[str(one) for one in names].__getitem__), dtype=np.intp)
    place = np.full(len(names) + 1, -1, dtype="int32")  # code -1 takes the last place
    place[order] = np.arange(len(names))
    return place[at], names[order]


def _lines(table: pd.DataFrame) -> _Lines:
    """Lines that sell something, each with its basket."""
    known = (table["item"].notna() & table["date"].notna()).to_numpy(dtype=bool)
    back = np.zeros(len(table), dtype=bool)
    for name in ("quantity", "amount"):
        back |= table[name].to_numpy(dtype="float64", na_value=np.nan) <= 0
    returned, known = int((known & back).sum()), known & ~back
    del back
    customer, customers = _coded(table["customer"].to_numpy(dtype=object))
    order = pd.factorize(table["order"].to_numpy(dtype=object))[0].astype("int32")
    known &= (customer >= 0) | (order >= 0)  # without both nobody knows whose basket it is
    customer, order = customer[known], order[known]
    day = table["date"].to_numpy(dtype="datetime64[D]")[known].astype("int32")
    # As in :mod:`crmlab.own.backtesting.book`: a customer's order number is one order, on the day of its last line; without a number its day is.
    own = np.where(order >= 0, order, int(order.max(initial=-1)) + 1 + day.astype("int64") - int(day.min(initial=0)))
    del order
    own += customer.astype("int64") * (int(own.max(initial=0)) + 1)
    basket_of, baskets = pd.factorize(own)
    del own
    days = np.full(len(baskets), np.iinfo("int32").min, dtype="int32")
    np.maximum.at(days, basket_of, day)
    whose = np.empty(len(baskets), dtype="int32")
    whose[basket_of] = customer
    del baskets, customer, day
    item, items = _coded(table["item"].to_numpy(dtype=object))
    basket_of *= len(items)
    basket_of += item[known]
    del item, known
    basket_of.sort()
    once = basket_of[np.append(True, basket_of[1:] != basket_of[:-1])] if len(basket_of) else basket_of
    del basket_of
    item = (once % max(len(items), 1)).astype("int32")
    number = (once // max(len(items), 1)).astype("int32")
    del once
    bought: Any = whose[number]
    if (bought < 0).any():
        bought = pd.arrays.IntegerArray(bought, bought < 0)
    made = pd.DataFrame({"customer": bought, "basket": number, "date": days[number], "item": item}, copy=False)
    return _Lines(made, customers, items, days, returned)


def _pairs(before: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """Pairs to be tested, and in how many baskets a pair had to be."""
    n, least = before["basket"].nunique(), LEAST
    while True:
        try:
            sets = basket.frequent_sets(
                before, support=min(1.0, least / n), basket="basket", item="item", max_length=2, progress=_quiet
            )
            break
        except checks.InputError:
            if least >= n:
                raise
            least = min(2 * least, n)
    return _rules(sets), least


def _rules(sets: pd.DataFrame) -> pd.DataFrame:
    """The pairs in most baskets, each once, in the direction that is surer, from sets of one and two articles."""
    if not (sets["length"] == 2).any():
        return pd.DataFrame({"antecedent": pd.Series(dtype=object), "consequent": pd.Series(dtype=object)})
    ones = sets[sets["length"] == 1]
    twos = sets[sets["length"] == 2].sort_values("count", ascending=False, kind="stable")
    looked_at = LOOKED_AT
    while True:  # the most frequent first: of hundreds of thousands only these are wanted
        rules = basket.rules(pd.concat([ones, twos.head(looked_at)]), confidence=0.0, lift=LIFT, progress=_quiet)
        if len(rules) >= 2 * MOST or looked_at >= len(twos):
            break
        looked_at *= 4
    pair = [frozenset((*a, *b)) for a, b in zip(rules["antecedent"], rules["consequent"], strict=True)]
    rules = rules.assign(pair=pair).sort_values(["count", "confidence"], ascending=False, kind="stable")
    return rules.drop_duplicates("pair")[["antecedent", "consequent"]].head(MOST).reset_index(drop=True)


def _of_counts(export: Export) -> Result:
    """The same from a large table, in which pairs were counted where it lies (:mod:`crmlab.engines.pairs`): without offers, for which its lines would be needed."""
    counts = export.pairs
    if sum(counts.orders) < BASKETS:
        checks.fail(
            _("{file} holds {n} baskets; to find what is bought together and to test it takes {least} or more."),
            file=export.file.name,
            n=sum(counts.orders),
            least=BASKETS,
        )
    sets = counts.sets()
    pairs = _rules(sets[(sets["length"] == 1) | (sets["count"] >= LEAST)].reset_index(drop=True))
    told, table = _judged(pairs, counts.counted(pairs, later=False), counts.counted(pairs, later=True))
    held = table[table["verdict"] == VERDICTS["held"]]
    split = pd.Timestamp(np.datetime64(counts.since, "D"))
    said = _says(table, held, pd.DataFrame(columns=["customer"]), split, 0, LEAST)
    said.append(
        Said(_("To whom to offer what is not listed for a large table: filter its lines by the articles of a pair."))
    )
    return _result(told, table, held, said, split)


def _result(
    told: pd.DataFrame,
    table: pd.DataFrame,
    held: pd.DataFrame,
    said: list[Said],
    split: pd.Timestamp,
    personal: tuple[str, ...] = (),
    more: dict[str, pd.DataFrame] | None = None,
    taken: Taken | None = None,
) -> Result:
    return Result(
        "together",
        Said(_("{held} of {n} pairs are still bought together in later baskets"), held=len(held), n=len(table))
        if len(table)
        else Said(_("No two articles are bought together often enough to be tested")),
        table,
        tuple(said),
        _test(told, held, split, taken),
        formats={
            **dict.fromkeys(("lift", "later_lift", "low", "high"), "{:.1f}"),
            "share": "{:.0%}",
            **dict.fromkeys(("baskets", "later_baskets", "customers", "times"), "{:,.0f}"),
        },
        personal=personal,
        more=more or {},
        data={"tests": told, "lift": LIFT, "table": table},
    )


def _quiet(share: float) -> None:
    """Nothing is printed while it works."""


def _told(
    pairs: pd.DataFrame, before: pd.DataFrame, after: pd.DataFrame, items: np.ndarray
) -> tuple[pd.DataFrame, pd.DataFrame]:
    if not len(pairs):
        return _judged(pairs, pairs, pairs)
    old = cross_selling.counted(pairs, before, "basket", "item")
    new = cross_selling.counted(pairs, after, "basket", "item", customer="customer")
    for counts in (old, new):  # their names, instead of their places
        for side in ("antecedent", "consequent"):
            counts[side] = [tuple(items[one] for one in places) for places in counts[side]]
    return _judged(pairs, old, new)


def _judged(pairs: pd.DataFrame, old: pd.DataFrame, new: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What later counts say of pairs; both tables are those of :func:`crmlab.cross_selling.counted`."""
    columns = [
        "article",
        "goes_with",
        "baskets",
        "lift",
        "later_baskets",
        "later_lift",
        "low",
        "high",
        "share",
        "customers",
        "verdict",
    ]
    if not len(pairs):
        return pd.DataFrame(columns=["verdict"]), pd.DataFrame(columns=columns)
    told = cross_selling.back_test(old, new, lift=LIFT, least=LEAST)
    told.loc[(told["verdict"] == "held") & (new["customers"] < CUSTOMERS), "verdict"] = "habit"
    table = pd.DataFrame(
        {
            "article": [one[0] for one in told["antecedent"]],
            "goes_with": [one[0] for one in told["consequent"]],
            "baskets": told["both"].astype("int64"),
            "lift": told["lift"],
            "later_baskets": told["later_both"].astype("int64"),
            "later_lift": told["later_lift"],
            "low": told["later_low"],
            "high": told["later_high"],
            "share": new["both"] / new["first"].where(new["first"] > 0),
            "customers": new["customers"],
            "verdict": told["verdict"].map(VERDICTS),
        }
    )
    order = table["verdict"].map({name: at for at, name in enumerate(VERDICTS.values())})
    table = table.assign(_at=order).sort_values(
        ["_at", "later_baskets"], ascending=[True, False], kind="stable", ignore_index=True
    )
    return told, table[columns]


def _offers(sold: _Lines, held: pd.DataFrame) -> pd.DataFrame:
    """Who has bought the one article lately and never the other, the surest offers first."""
    columns = ["customer", "bought", "offer", "times", "last", "share"]
    since, size = int(sold.days.max()) - RECENT, len(sold.customers)
    place = {name: at for at, name in enumerate(sold.items)}
    wanted = [place[one] for one in {*held["article"], *held["goes_with"]}]
    few = sold.table[sold.table["item"].isin(wanted) & sold.table["customer"].notna()]
    few = few.astype({"customer": "int32"}).sort_values("item", kind="stable")
    item, who, day = (few[name].to_numpy() for name in ("item", "customer", "date"))
    parts = []
    for row in held.itertuples(index=False):
        has, other = (
            slice(*np.searchsorted(item, [place[name], place[name] + 1])) for name in (row.article, row.goes_with)
        )
        times, last = bincount(who[has], minlength=size), np.full(size, np.iinfo("int32").min, dtype="int32")
        np.maximum.at(last, who[has], day[has])
        last[who[other]] = np.iinfo("int32").min  # they have it
        whom = np.flatnonzero((times > 0) & (last >= since))
        parts.append(
            pd.DataFrame({"customer": whom, "times": times[whom], "last": last[whom]}).assign(
                bought=row.article, offer=row.goes_with, share=row.share
            )
        )
    if not any(len(part) for part in parts):
        return pd.DataFrame(columns=columns)
    offers = pd.concat(parts, ignore_index=True)[columns]
    offers = offers.sort_values(["share", "times", "customer"], ascending=[False, False, True], kind="stable")
    offers = offers.drop_duplicates(["customer", "offer"])
    offers = offers[offers.groupby("customer", sort=False).cumcount() < OFFERS].reset_index(drop=True)
    return offers.assign(
        customer=pd.Series(sold.customers[offers["customer"]], dtype="object"), last=checks.timestamps(offers["last"])
    )


def _says(
    table: pd.DataFrame, held: pd.DataFrame, offers: pd.DataFrame, split: pd.Timestamp, returned: int, least: int
) -> list[Said]:
    said = []
    for row in held.head(3).itertuples(index=False):
        said.append(
            Said(_("Who buys {article} often buys {other} too: in {share:.0%} of later baskets, {lift:.1f} times as often as by chance (95% interval {low:.1f} to {high:.1f})."),
                 article=row.article, other=row.goes_with, share=row.share, lift=row.later_lift, low=row.low, high=row.high)
        )  # fmt: skip
    if not len(table):
        said.append(
            Said(
                _(
                    "No two articles stand together in {least} baskets or more before {day:%Y-%m-%d} and {lift:g} times as often as by chance."
                ),
                least=least,
                day=split,
                lift=LIFT,
            )
        )
    elif not len(held):
        said.append(Said(_("No pair held in later baskets, so none is recommended.")))
    else:
        other = len(table) - len(held)
        if other:
            said.append(
                Said(
                    _(
                        "The other {n} pairs did not hold, or it cannot be told; they stand below and are not to be used."
                    ),
                    n=other,
                )
            )
    if len(offers):
        said.append(
            Said(
                _(
                    "{n:,} customers have bought the one and never the other. That both are bought together does not prove that an offer sells: show it to one half of them, drawn by lot, and compare."
                ),
                n=offers["customer"].nunique(),
            )
        )
    if returned:
        said.append(Said(_("{n:,} lines are returns or without a price and do not count."), n=returned))
    return said


def _test(told: pd.DataFrame, held: pd.DataFrame, split: pd.Timestamp, taken: Taken | None) -> Test:
    tried = told[told["verdict"] != "rare"]
    if not len(tried):
        return Test(UNTESTED, Said(_("There was nothing to test in the baskets from {day:%Y-%m-%d} on."), day=split))
    low, high = intervals.wilson(len(held), len(tried))
    counts = told["verdict"].value_counts()
    says = Said(
        _("Found before {day:%Y-%m-%d} and counted from that day on: {held} of {n} pairs held ({share:.0%}, 95% interval {low:.0%} to {high:.0%}); {refuted} did not, {open} cannot be told yet, {rare} are hardly sold any more."),
        day=split, held=len(held), n=len(tried), share=len(held) / len(tried), low=low, high=high,
        refuted=int(counts.get("refuted", 0)), open=int(counts.get("open", 0) + counts.get("habit", 0)), rare=int(counts.get("rare", 0)),
    )  # fmt: skip
    verdict = HOLDS if len(held) else UNCLEAR if np.isin(tried["verdict"], ("open", "habit")).any() else FAILS
    if taken is None:
        return Test(verdict, says)
    if not taken.enough:
        return Test(
            verdict,
            Said(
                _("{one} {other}"),
                one=says,
                other=Said(_("Too few customers stood on the list of that day to test whom it names.")),
            ),
        )
    whom = Said(
        _("Of {n:,} offers on the list of that day {share:.0%} were bought afterwards without being made; of customers who had bought as much, but not the one, {other:.0%} bought the other: {gap:+.1f} points of 100, 95% interval {low:+.1f} to {high:+.1f}."),
        n=taken.listed, share=taken.share, other=taken.other, gap=100 * taken.gap, low=100 * taken.low, high=100 * taken.high,
    )  # fmt: skip
    if verdict == HOLDS and taken.low <= 0:
        verdict = FAILS if taken.high < 0 else UNCLEAR
    return Test(verdict, Said(_("{one} {other}"), one=says, other=whom))
