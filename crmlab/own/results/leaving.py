"""Who is about to leave: silence against each customer's own rhythm, and the chance to be still a customer by the model that fits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from crmlab import checks, retention
from crmlab.language import _
from crmlab.own.backtesting import book as books
from crmlab.own.backtesting import hold_out
from crmlab.own.backtesting.alive import NAMES, Alive, chances
from crmlab.own.backtesting.book import YEAR, Book
from crmlab.own.export import Export
from crmlab.own.result import FAILS, HOLDS, UNCLEAR, UNTESTED, Result, Test
from crmlab.own.said import Said

ORDERS = 3
"""Days with a purchase that make a rhythm."""
OVERDUE, FEWEST_DAYS = 3.0, 14
"""Silent for so many usual pauses, and so many days at least: the rule where no model fits. It is a convention."""
HALF = 0.5
"""A chance to be still a customer below this is a flag where a model fits."""
GONE, LONG_OVERDUE = 0.1, 6.0
"""With a chance below this, or silent for so many usual pauses where no model fits, who is flagged is called gone rather than in doubt."""
STANDING = {True: _("probably gone"), False: _("in doubt")}
LATEST = 3.0
"""Who was silent for longer than a year and for longer than so many usual pauses is gone, not about to leave."""


@dataclass(frozen=True, eq=False)
class Watched:
    """Customers with a rhythm who are not long gone, by place in ``customers``: the columns of :attr:`Book.summary`, ``overdue`` (silence in usual
    pauses), ``alive`` (the chance, NaN without a model), ``flagged``, and ``gone`` of these (probably gone: :data:`GONE`)."""

    table: pd.DataFrame
    alive: Alive


def watched(book: Book) -> Watched:
    """Who has a rhythm, and who of them is flagged: by the model's chance where one fits, else by the silence alone."""
    if "watched" not in book.kept:
        book.kept["watched"] = _watched(book)
    found = book.kept["watched"]
    assert isinstance(found, Watched)
    return found


def _watched(book: Book) -> Watched:
    alive = chances(book)
    table = book.summary
    late = retention.win_back(book.frame, book.as_of, overdue=0, min_purchases=ORDERS, min_days=0)["overdue"]
    table = table[table["orders"] >= ORDERS].copy()
    table["overdue"] = late.reindex(table.index)
    table = table[table["silent"] <= np.maximum(YEAR, LATEST * table["gap"])]
    table["alive"] = alive.chance[table.index.to_numpy()]
    by_rhythm = (table["overdue"] >= OVERDUE) & (table["silent"] >= FEWEST_DAYS)
    table["flagged"] = (table["alive"] < HALF) if alive.model else by_rhythm
    table["gone"] = table["flagged"] & ((table["alive"] < GONE) if alive.model else (table["overdue"] >= LONG_OVERDUE))
    return Watched(table, alive)


def at_risk(table: pd.DataFrame) -> np.ndarray:
    """What they used to bring a year: the revenue by the days from the first order to one pause after the last, a year at least."""
    years = np.maximum((table["last"] - table["first"] + table["gap"]) / YEAR, 1.0)
    return (table["revenue"] / years).to_numpy()


def find(export: Export) -> Result:
    """The flagged customers, those in doubt first and most money first: ``standing`` ("in doubt", "probably gone"), ``last_order``, ``usual_gap`` and ``silent_days`` (days), ``overdue`` (silence in usual pauses),
    ``alive`` (chance; missing without a model), ``at_risk`` (what they used to bring a year).

    ``data`` for the chart: ``silent`` and ``usual_gap`` (days), ``flagged``, ``alive`` and ``at_risk`` of all who are watched (arrays of one
    length), and ``model`` ("BG/NBD", "Pareto/NBD" or "").

    Raises :class:`~crmlab.checks.InputError` where the file has no order above zero, or nobody bought three times.
    """
    with books.quiet():
        return _find(export)


def _find(export: Export) -> Result:
    book = books.of(export)
    if not (book.summary["orders"] >= ORDERS).any():
        checks.fail(
            _("Nobody bought on {need} days or more, so nobody has a rhythm that silence could break."),
            need=ORDERS,
        )
    seen = watched(book)
    everybody = seen.table
    money = at_risk(everybody)
    flagged = everybody["flagged"].to_numpy()
    table = everybody[flagged]
    risk = money[flagged]
    order = np.lexsort((table["last"], -table["revenue"], -risk, table["gone"]))
    made = pd.DataFrame(
        {
            "customer": book.names(table.index),
            "standing": table["gone"].map(STANDING).to_numpy(dtype=object),
            "last_order": checks.timestamps(table["last"]),
            "usual_gap": table["gap"].to_numpy(),
            "silent_days": table["silent"].to_numpy(),
            "overdue": table["overdue"].to_numpy(),
            "alive": table["alive"].to_numpy(),
            "orders": table["orders"].to_numpy(),
            "at_risk": risk,
        }
    ).iloc[order]
    made = made.reset_index(drop=True)
    return Result(
        name="leaving",
        title=Said(_("About to leave")),
        table=made if seen.alive.model else made.drop(columns="alive"),
        says=[*book.standing(), *_says(book, seen, made)],
        test=on_the_past(book),
        formats={
            "usual_gap": "{:,.0f}",
            "silent_days": "{:,}",
            "overdue": "{:.1f}",
            "alive": "{:.0%}",
            "orders": "{:,}",
            "at_risk": "{:,.0f}",
            **hold_out.FORMATS,
        },
        personal=books.personal(export, made),
        data={
            "silent": everybody["silent"].to_numpy(),
            "usual_gap": everybody["gap"].to_numpy(),
            "flagged": flagged,
            "alive": everybody["alive"].to_numpy(),
            "at_risk": money,
            "model": NAMES.get(seen.alive.model, ""),
        },
    )


def _says(book: Book, seen: Watched, made: pd.DataFrame) -> list[Said]:
    said = [
        Said(
            _(
                "{n:,} customers bought on {need} days or more and are not long gone: they have a rhythm, and their silence can be measured by it."
            ),
            n=len(seen.table),
            need=ORDERS,
        ),
        seen.alive.says,
    ]
    if seen.alive.model:
        said.append(Said(_("Flagged is who is more likely gone than not (chance below {half:.0%})."), half=HALF))
    else:
        said.append(
            Said(
                _(
                    "Flagged is who has been silent for {n:g} usual pauses or more ({days} days at least); that limit is a convention."
                ),
                n=OVERDUE,
                days=FEWEST_DAYS,
            )
        )
    doubt = made["standing"] == STANDING[False]
    if len(made):
        said.append(
            Said(
                _(
                    "{n:,} customers are flagged; they used to bring {money} a year together. {doubt:,} of them are in doubt ({theirs} a year), "
                    "{gone:,} are probably gone: call those in doubt first."
                ),
                n=len(made),
                money=book.money(float(made["at_risk"].sum())),
                doubt=int(doubt.sum()),
                gone=int((~doubt).sum()),
                theirs=book.money(float(made.loc[doubt, "at_risk"].sum())),
            )
        )
    else:
        said.append(Said(_("Nobody is flagged today.")))
    return said


def on_the_past(book: Book) -> Test:
    """Of those flagged at the cut, how many did not come back, against those watched and not flagged, and against as many names by recency alone."""
    when = hold_out.cut(book)
    past = hold_out.before(book, when)
    if past is None or when is None:
        return hold_out.too_short(book)
    if not (past.summary["orders"] >= ORDERS).any():
        return Test(
            UNTESTED,
            Said(_("Not tested: by {day} nobody had bought on {need} days."), day=books.text(when.day), need=ORDERS),
        )
    seen = watched(past)
    flagged = seen.table["flagged"].to_numpy()
    stayed_away = ~book.came(when.day, book.stand)[seen.table.index.to_numpy()]
    found = hold_out.marked(flagged, stayed_away)
    counts = hold_out.table(
        [_("flagged"), _("not flagged")], [int(found.k), int(found.other_k)], [int(found.n), int(found.other_n)]
    ).rename(columns={"did": "not_back"})
    said = [when.began()]
    said.append(
        Said(_("Flagged by {model}."), model=NAMES[seen.alive.model])
        if seen.alive.model
        else Said(_("Flagged by each customer's own rhythm alone, since no model could be fitted then."))
    )
    if found.n and found.other_n:
        said.append(
            Said(
                _(
                    "Of {n:.0f} customers then flagged {k:.0f} ({share:.0%}) did not come back, of {other:.0f} not flagged {gone:.0f} ({their:.0%})."
                ),
                n=found.n,
                k=found.k,
                share=found.k / found.n,
                other=found.other_n,
                gone=found.other_k,
                their=found.other_k / found.other_n,
            )
        )
    said.append(found.says())
    if found.verdict == HOLDS and found.k < 0.5 * found.n:
        said.append(
            Said(
                _(
                    "But more than half of those flagged came back by themselves: the flag is a reason to ask, not to mourn."
                )
            )
        )
    verdict = found.verdict
    if verdict != UNTESTED:
        simple = hold_out.against_simple(flagged, -seen.table["silent"].to_numpy(dtype="float64"), stayed_away)
        said.append(_simple(simple, found))
        if simple.verdict == FAILS:
            verdict = FAILS
    return Test(verdict, hold_out.joined(*said), counts)


def _simple(found: hold_out.Compared, flagged: hold_out.Compared) -> Said:
    """The flagged against as many names of the longest silence: how many of each list did not come back."""
    both = flagged.k - found.k
    numbers = {
        "n": flagged.n,
        "ours": flagged.k / flagged.n,
        "theirs": (both + found.other_k) / flagged.n,
        "low": 100 * found.low,
        "high": 100 * found.high,
    }
    if found.verdict == UNTESTED:
        return Said(
            _(
                "As many names taken by the longest silence alone are nearly the same list: {ours:.0%} of ours and {theirs:.0%} of those did not come back."
            ),
            **numbers,
        )
    text = {
        HOLDS: _(
            "As many names ({n:.0f}) taken by the longest silence alone find fewer: {theirs:.0%} of them did not come back, {ours:.0%} of ours (where the lists differ {low:+z.0f} to "
            "{high:+z.0f} points)."
        ),
        FAILS: _(
            "But as many names ({n:.0f}) taken by the longest silence alone find more: {theirs:.0%} of them did not come back, {ours:.0%} of ours (where the lists differ {low:+z.0f} to "
            "{high:+z.0f} points). Take the longest silence instead."
        ),
        UNCLEAR: _(
            "As many names ({n:.0f}) taken by the longest silence alone do about as well: {theirs:.0%} of them did not come back, {ours:.0%} of ours (where the lists differ {low:+z.0f} to "
            "{high:+z.0f} points)."
        ),
    }[found.verdict]
    return Said(text, **numbers)
