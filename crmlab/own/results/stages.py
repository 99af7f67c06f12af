"""In which stage each customer stands, with limits from this firm's own pauses between orders."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from crmlab import lifecycle
from crmlab.language import _
from crmlab.own.backtesting import book as books
from crmlab.own.backtesting import hold_out
from crmlab.own.backtesting.book import YEAR, Book
from crmlab.own.export import Export
from crmlab.own.result import HOLDS, UNTESTED, Result, Test
from crmlab.own.said import Said

ENOUGH = 20
"""Customers who came twice: with fewer, the usual limits are taken."""
NEW, CHURNED, LOYAL = 0.75, 0.95, 0.75
"""The shares behind the limits: see :func:`rules`."""
LONGER = 1.5
"""Usual pauses that silence must exceed at least, where all pauses are alike."""
FEWEST = 2


def rules(book: Book) -> tuple[lifecycle.Rules, bool]:
    """The limits from the firm's own pauses (each customer counted once), and whether they are: else the convention of 90, 180 and 365 days.

    *new*: the first order is no older than three of four pauses take; *churned*: silent for longer than 19 of 20 pauses took, and than one and a half usual ones;
    *loyal*: as many orders a year as the busiest quarter of those who bought in it makes, two at least. Where orders are
    rarer than four a year, "a year" is as long as three usual pauses.
    """
    usual = book.usual_gap()
    if math.isnan(usual) or int((book.summary["orders"] > 1).sum()) < ENOUGH:
        return lifecycle.Rules(), False
    within = int(max(YEAR, 3 * usual))
    recent = book.bought.day >= book.stand - within
    times = np.bincount(book.bought.who[recent].astype(np.intp))
    loyal = int(np.quantile(times[times > 0], LOYAL, method="higher")) if recent.any() else FEWEST
    churned = max(math.ceil(max(book.usual_gap(CHURNED), LONGER * usual)), 2)
    new = min(math.ceil(book.usual_gap(NEW)), churned - 1)
    return lifecycle.Rules(new, churned, max(loyal, FEWEST), within), True


def _stages(book: Book, limits: lifecycle.Rules, contacts: np.ndarray | None = None) -> pd.DataFrame:
    return lifecycle.stages(book.frame, book.as_of, limits, contacts, order=None)


def find(export: Export) -> Result:
    """Stages with customers and revenue of 12 months, a row a stage; ``more``: each customer.

    ``data`` for the chart: ``stages`` (English names, in order), ``customers``, ``revenue`` (lists), ``churned_after`` and ``new_within`` (days),
    ``gaps`` (days, each pause) and ``weights`` (each customer's pauses together 1).

    Raises :class:`~crmlab.checks.InputError` where the file has no order above zero.
    """
    with books.quiet():
        return _find(export)


def _find(export: Export) -> Result:
    book = books.of(export)
    limits, own = rules(book)
    everybody = np.arange(len(book.customers))
    stood = _stages(book, limits, everybody)
    stage = stood["stage"].to_numpy(dtype=object)
    yearly = book.revenue(book.stand - YEAR, book.stand)[stood.index.to_numpy()]
    counted = lifecycle.by_stage(stood)
    money = pd.Series(yearly).groupby(stage).sum().reindex(counted.index, fill_value=0.0)
    total = money.sum()
    says_rule = _limits(limits)
    table = pd.DataFrame(
        {
            "stage": counted["name"].to_numpy(dtype=object),
            "customers": counted["customers"].to_numpy(),
            "share": counted["share"].to_numpy(),
            "revenue_12_months": money.to_numpy(),
            "revenue_share": (money / total).to_numpy() if total > 0 else np.nan,
            "limit": [says_rule[key] for key in counted.index],
            "move": counted["move"].to_numpy(dtype=object),
        }
    )
    people = _people(book, stood, yearly, counted["name"])
    bold = counted["customers"]
    says = [
        *book.standing(),
        _of_limits(book, limits, own),
        Said(
            _(
                "Of {n:,} customers {loyal:,} are loyal, {active:,} active, {new:,} new and {churned:,} churned; {potential:,} have no order above 0 yet."
            ),
            n=len(stood),
            **{key: int(value) for key, value in bold.items()},
        ),
    ]
    if total > 0 and bold["loyal"]:
        says.append(
            Said(
                _(
                    "The loyal ones brought {share:.0%} of the revenue of the last 12 months ({money} of {total}, returns taken off)."
                ),
                share=money["loyal"] / total,
                money=book.money(money["loyal"]),
                total=book.money(total),
            )
        )
    if limits.churned_after > book.span / 2:
        says.append(
            Said(
                _(
                    "The limit for churned ({limit} days) is more than half of what the file covers ({days} days): longer pauses can hardly be seen in it, so be careful with it."
                ),
                limit=limits.churned_after,
                days=book.span,
            )
        )
    return Result(
        name="stages",
        title=Said(_("Customers by stage")),
        table=table,
        says=says,
        test=on_the_past(book),
        formats={
            "customers": "{:,}",
            "share": "{:.0%}",
            "revenue_12_months": "{:,.0f}",
            "revenue_share": "{:.0%}",
            "orders": "{:,}",
            "silent_days": "{:,}",
            **hold_out.FORMATS,
        },
        personal=books.personal(export, people),
        more={_("Each customer with its stage"): people},
        data={
            "stages": table["stage"].tolist(),
            "customers": table["customers"].tolist(),
            "revenue": table["revenue_12_months"].tolist(),
            "churned_after": limits.churned_after,
            "new_within": limits.new_within,
            "gaps": book.gaps[0],
            "weights": book.gaps[1],
        },
    )


def _people(book: Book, stood: pd.DataFrame, yearly: np.ndarray, called: pd.Series) -> pd.DataFrame:
    """Each customer, the best of each stage first."""
    last = book.summary["last"].reindex(stood.index)
    made = pd.DataFrame(
        {
            "customer": book.names(stood.index),
            "stage": stood["stage"].map(called).to_numpy(dtype=object),
            "orders": stood["frequency"].to_numpy(dtype="int64"),
            "last_order": pd.to_datetime(last.to_numpy(dtype="float64"), unit="D").astype("datetime64[ns]"),
            "silent_days": stood["recency"].array,
            "revenue_12_months": yearly,
        }
    )
    place = stood["stage"].map({key: at for at, key in enumerate(("loyal", "active", "new", "churned", "potential"))})
    return made.iloc[np.lexsort((made["customer"].astype(str), -yearly, place.to_numpy()))].reset_index(drop=True)


def _limits(limits: lifecycle.Rules) -> dict[str, Said]:
    return {
        "potential": Said(_("known, but without an order")),
        "new": Said(_("first order at most {n} days ago"), n=limits.new_within),
        "active": Said(_("all others")),
        "loyal": Said(_("{n} orders or more in {days} days"), n=limits.loyal_orders, days=limits.loyal_within),
        "churned": Said(_("last order more than {n} days ago"), n=limits.churned_after),
    }


def _of_limits(book: Book, limits: lifecycle.Rules, own: bool) -> Said:
    if not own:
        return Said(
            _(
                "Fewer than {need} customers bought twice, so the limits are the usual ones ({new} and {churned} days), not this firm's own."
            ),
            need=ENOUGH,
            new=limits.new_within,
            churned=limits.churned_after,
        )
    return Said(
        _(
            "The limits are this firm's own: half of the pauses between two orders are no longer than {usual:.0f} days, three of four no longer than {more:.0f}, "
            "19 of 20 no longer than {most:.0f} (each customer counted once). Who has been silent for more than {churned} days counts as churned."
        ),
        usual=book.usual_gap(),
        more=book.usual_gap(NEW),
        most=book.usual_gap(CHURNED),
        churned=limits.churned_after,
    )


def on_the_past(book: Book) -> Test:
    """Of those called churned at the cut, how many bought afterwards, against the active and loyal: with the limits as they were then."""
    when = hold_out.cut(book)
    past = hold_out.before(book, when)
    if past is None or when is None:
        return hold_out.too_short(book)
    stood = _stages(past, rules(past)[0])
    stood = stood[stood["stage"] != "potential"]
    came = book.came(when.day, book.stand)[stood.index.to_numpy()]
    stage = stood["stage"].to_numpy(dtype=object)
    alive, gone = np.isin(stage, ["active", "loyal"]), stage == "churned"
    found = hold_out.marked(alive, came, alive | gone)
    names = lifecycle.STAGES["name"]
    keys = ["loyal", "active", "new", "churned"]
    counts = hold_out.table(
        [names[key] for key in keys],
        [int(came[stage == key].sum()) for key in keys],
        [int((stage == key).sum()) for key in keys],
    ).rename(columns={"did": "bought_again"})
    says = [when.began()]
    if found.n and found.other_n:
        says.append(
            Said(
                _(
                    "Of {n:.0f} customers then called churned {k:.0f} ({share:.0%}) bought again; of {other:.0f} active and loyal ones {came:.0f} ({their:.0%})."
                ),
                n=found.other_n,
                k=found.other_k,
                share=found.other_k / found.other_n,
                other=found.n,
                came=found.k,
                their=found.k / found.n,
            )
        )
    says.append(found.says())
    if found.verdict == HOLDS and found.other_k > 0.2 * found.other_n:
        says.append(
            Said(
                _(
                    "But more than one in five of the churned came back by themselves: the stage is a warning, not an end."
                )
            )
        )
    return Test(found.verdict if found.n and found.other_n else UNTESTED, hold_out.joined(*says), counts)
