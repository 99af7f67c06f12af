"""Whom to call this week: a short list with reasons, half of it a control, so that next time the firm knows whether calling helps."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from crmlab import checks, cross_selling
from crmlab.language import _
from crmlab.own.backtesting import book as books
from crmlab.own.backtesting import hold_out
from crmlab.own.backtesting.book import Book
from crmlab.own.export import Export
from crmlab.own.result import UNTESTED, Result, Test
from crmlab.own.results import leaving
from crmlab.own.said import Said

MOST = 20
"""Customers on the list at most: what one person can call in a week beside other work."""
QUIET = 1.5
"""Silent for so many usual pauses: worth a call, before the flag of those about to leave."""
SETTLED = 7
"""Days that a first order is left alone, until it has arrived."""
LIKE = 3
"""Customers of like value that each one on the list is compared with."""
CALL, CONTROL = _("call"), _("control: do not call")
WORTH = 0.2
"""What a call should add to the share that buys, to be worth the looking for: so many customers are named as would show it."""
CARRIED = ("name", "contact", "phone")
"""What the list takes from the contacts, as far as there."""


def listed(book: Book) -> pd.DataFrame:
    """Whom to call, most at stake first, :data:`MOST` at most: the columns of :attr:`Book.summary`, ``why``: "doubt" (flagged, not gone),
    "quiet" (beyond the own rhythm) or "new" (one order, the second is due), with ``alive`` where a model fits, and ``at_stake``: the revenue
    of 12 months times the chance that it is lost. That chance is the model's; without one, how far the silence has come towards the
    :data:`~crmlab.own.results.leaving.LONG_OVERDUE` pauses of who is called gone; for a new customer, the share of older ones who never came twice.

    Nobody's place hangs on the name: who is equal in that is ordered by revenue, and the last and the first order.
    """
    seen = leaving.watched(book).table
    quiet = (seen["overdue"] >= QUIET) & (seen["silent"] >= SETTLED)
    doubt = seen["flagged"] & ~seen["gone"]
    known = seen[(quiet | doubt) & ~seen["gone"]].copy()
    known["why"] = np.where(doubt[known.index], "doubt", "quiet")
    by_rhythm = (known["overdue"] / leaving.LONG_OVERDUE).clip(upper=1.0)
    known["at_stake"] = known["yearly"] * (1 - known["alive"]).fillna(by_rhythm)
    once = book.summary[book.summary["orders"] == 1].copy()
    due = book.usual_gap(0.75)
    fresh = once[(once["silent"] >= SETTLED) & (once["silent"] <= due)].copy() if due == due else once.iloc[:0].copy()
    older = book.summary[book.stand - book.summary["first"] > due]
    fresh["why"], fresh["alive"] = "new", np.nan
    fresh["at_stake"] = fresh["yearly"] * (float((older["orders"] == 1).mean()) if len(older) else 0.5)
    both = pd.concat([known, fresh[[name for name in known.columns if name in fresh]]]) if len(fresh) else known
    both = both[both["yearly"] > 0]
    keys = (both["first"], -both["orders"], -both["last"], -both["revenue"], -both["yearly"], -both["at_stake"])
    order = np.lexsort(keys)
    return both.iloc[order[:MOST]]


def find(export: Export) -> Result:
    """The list: ``customer``, what the contacts say (``name``, ``contact``, ``phone``, as far as there), ``reason`` (:class:`Said`), ``last_order``,
    ``usual_gap`` and ``silent_days``, ``revenue_12_months``, ``at_stake`` (of it, see :func:`listed`), ``group`` ("call" or "control: do not call", by lot), and ``heard``, empty, to be written in.

    The lot is :func:`crmlab.cross_selling.halves`, drawn by the day to stand on: the same file gives the same halves.
    ``data`` for the chart: ``labels`` (customers), ``revenue``, ``why`` ("doubt", "quiet", "new"), ``group``, lists in the order of the table.

    Raises :class:`~crmlab.checks.InputError` where the file has no order above zero, or nobody is to be called.
    """
    with books.quiet():
        return _find(export)


def _find(export: Export) -> Result:
    book = books.of(export)
    chosen = listed(book)
    if not len(chosen):
        checks.fail(
            _(
                "Nobody is on the list for calls: no customer is silent beyond the own rhythm, and no first order waits for a second."
            )
        )
    names = book.names(chosen.index)
    group = np.full(len(names), CALL, dtype=object)
    if len(names) > 1:
        drawn = cross_selling.halves(names, seed=abs(book.stand))
        # Of an odd number the larger half is called.
        group = np.where(drawn.reindex(names).to_numpy(), CONTROL, CALL).astype(object)
    contacts = export.contacts.reindex(names) if len(export.contacts) else pd.DataFrame(index=names)
    usual = book.usual_gap(0.75)
    table = pd.DataFrame(
        {
            "customer": names,
            **{name: contacts[name].to_numpy(dtype=object) for name in CARRIED if name in contacts},
            "reason": pd.Series([_reason(row, usual) for row in chosen.itertuples()], dtype=object),
            "last_order": checks.timestamps(chosen["last"]),
            "usual_gap": chosen["gap"].to_numpy(),
            "silent_days": chosen["silent"].to_numpy(),
            "revenue_12_months": chosen["yearly"].to_numpy(),
            "at_stake": chosen["at_stake"].to_numpy(),
            "group": group,
            "heard": "",
        }
    )
    tried = on_the_past(book)
    return Result(
        name="calls",
        title=Said(_("Whom to call this week")),
        table=table,
        says=[*book.standing(), *_says(book, table, chosen, tried)],
        test=tried,
        formats={
            "usual_gap": "{:,.0f}",
            "silent_days": "{:,}",
            "revenue_12_months": "{:,.0f}",
            "at_stake": "{:,.0f}",
            **hold_out.FORMATS,
        },
        personal=books.personal(export, table),
        data={
            "labels": list(names),
            "revenue": chosen["yearly"].tolist(),
            "why": chosen["why"].tolist(),
            "group": group.tolist(),
        },
    )


def _reason(row: object, usual: float) -> Said:
    why, silent, gap, alive = (getattr(row, name) for name in ("why", "silent", "gap", "alive"))
    if why == "new":
        return Said(
            _(
                "First order {silent} days ago and none since; three of four pauses in your file are no longer than {usual:.0f} days. Ask whether all arrived, and what comes next."
            ),
            silent=silent,
            usual=usual,
        )
    if why == "quiet":
        return Said(
            _("Silent for {silent} days, usually orders every {gap:.0f} days. Ask whether anything is missing."),
            silent=silent,
            gap=gap,
        )
    if np.isnan(alive):
        return Said(
            _("Silent for {silent} days, usually orders every {gap:.0f} days: about to leave. Ask what has changed."),
            silent=silent,
            gap=gap,
        )
    return Said(
        _(
            "Silent for {silent} days, usually orders every {gap:.0f} days: still a customer with a chance of {alive:.0%}. Ask what has changed."
        ),
        silent=silent,
        gap=gap,
        alive=alive,
    )


def _says(book: Book, table: pd.DataFrame, chosen: pd.DataFrame, tried: Test) -> list[Said]:
    why = chosen["why"].value_counts()
    said = [
        Said(
            _(
                "{n} customers are on the list; they brought {money} in the last 12 months. {doubt} may be about to leave, {quiet} are quieter than usual, {new} wait with one order for a second."
            ),
            n=len(table),
            money=book.money(float(table["revenue_12_months"].sum())),
            **{key: int(why.get(key, 0)) for key in ("doubt", "quiet", "new")},
        ),
        Said(_("The order is by what is at stake: the revenue of 12 months times the chance that it is lost.")),
    ]
    control = int((table["group"] == CONTROL).sum())
    if control:
        said.append(
            Said(
                _(
                    "Call the {call} marked “call”; leave the {control} marked “control” alone, though it is hard. Write down what you heard. With the next export count in both halves who bought: "
                    "that alone tells whether calling helps."
                ),
                call=len(table) - control,
                control=control,
            )
        )
        if tried.table is not None and tried.verdict != UNTESTED:
            base = float(tried.table["share"].iloc[0])
            if 0 < base < 1 - WORTH:
                need = cross_selling.each_half(base, WORTH)
                said.append(
                    Said(
                        _(
                            "One list is too short for that: to see {worth:.0f} more buyers in 100, each half needs about {need} customers, so keep the lists of {weeks} weeks together."
                        ),
                        worth=100 * WORTH,
                        need=need,
                        weeks=math.ceil(need / control),
                    )
                )
    return said


def on_the_past(book: Book) -> Test:
    """How many of the list made at the cut bought afterwards, against customers of like value not on it. That a call helps is never tested by it."""
    when = hold_out.cut(book)
    past = hold_out.before(book, when)
    if past is None or when is None:
        short = hold_out.too_short(book)
        return Test(short.verdict, hold_out.joined(short.says, _untested()))
    chosen = listed(past)
    like = _like(past, chosen)
    came = book.came(when.day, book.stand)
    ours, theirs = came[chosen.index.to_numpy()], came[like]
    found = hold_out.compared(float((~ours).sum()), len(ours), float((~theirs).sum()), len(theirs))
    counts = hold_out.table(
        [_("on the list"), _("of like value, not on it")],
        [int(ours.sum()), int(theirs.sum())],
        [len(ours), len(theirs)],
    ).rename(columns={"did": "bought_again"})
    said = [when.began()]
    if found.n and found.other_n:
        said.append(
            Said(
                _(
                    "Of the {n:.0f} customers whom the list would have named {k} ({share:.0%}) bought afterwards, of {other:.0f} customers of like value not on it {came} ({their:.0%}). "
                    "The list should find those who come back less often by themselves."
                ),
                n=found.n,
                k=int(ours.sum()),
                share=float(ours.mean()),
                other=found.other_n,
                came=int(theirs.sum()),
                their=float(theirs.mean()),
            )
        )
    said += [found.says(), _untested()]
    return Test(found.verdict, hold_out.joined(*said), counts)


def _untested() -> Said:
    return Said(
        _(
            "Whether a call brings anybody back is untested: nobody knows who was called. The two halves of the list are there to find out."
        )
    )


def _like(book: Book, chosen: pd.DataFrame) -> np.ndarray:
    """For each on the list the customers (places) of the nearest revenue of 12 months who are not on it, each taken once."""
    others = book.summary.drop(index=chosen.index)
    others = others[others["yearly"] > 0]
    others = others.iloc[np.lexsort((others["first"], others["last"], others["revenue"], others["yearly"]))]
    value, free = others["yearly"].to_numpy(), np.ones(len(others), dtype=bool)
    for wanted in chosen["yearly"]:
        left = np.flatnonzero(free)
        far = np.abs(np.log(value[left] / wanted))
        free[left[np.argsort(far, kind="stable")[:LIKE]]] = False
    return others.index.to_numpy()[~free]
