"""Why customers complain: shares with intervals, how they change, who complains again, and whether the main reasons stay the main ones."""

from __future__ import annotations

import numpy as np
import pandas as pd

from crmlab import checks, complaints, intervals
from crmlab.customers.reading import plain
from crmlab.language import _
from crmlab.own.backtesting import book as books
from crmlab.own.export import Export
from crmlab.own.result import FAILS, HOLDS, UNCLEAR, UNTESTED, Result, Test
from crmlab.own.said import Said
from crmlab.own.understanding import complaint_cells
from crmlab.own.understanding.complaint_cells import Complaints
from crmlab.pipeline import share_difference

MANY = 60
"""More reasons than these are no list of reasons but free text, if there are hardly more complaints than reasons."""
MAIN = 0.8
"""The main reasons: the fewest that make up this share."""
FEW = 40
"""Complaints, with a day and a reason, from which on the later half is held against the earlier one."""
AGAIN = 90
"""Days within which a further complaint counts as coming back."""


def find(export: Export) -> Result:
    """The reasons of complaints, most frequent first, with their 95% intervals (Wilson) and their change from the earlier half to the later.

    Spellings that differ by width, blanks or capitals are one reason, under the one used most.

    ``table``: ``reason``, ``cases``, ``share``, ``low``, ``high``, ``cumulative_share``, ``claim`` (money, where there is any), ``earlier`` and ``later`` (share of the halves), ``change`` with
    ``change_low`` and ``change_high`` (Newcombe, at a confidence that allows for looking at so many reasons), ``trend`` ("more", "less" or ""). ``more``: "months", complaints
    a month; "again", customers who complained more than once, with ``complaints`` and ``within`` (how many came within 90 days of the one before). ``data``: ``table``, ``months``.

    Raises :class:`~crmlab.checks.InputError` where the file has no reasons, or free text.
    """
    found = complaint_cells.of(export)
    table = found.table
    if "reason" not in found.has:
        checks.fail(
            _("No column of {file} says why customers complain. Sort the complaints into ten or twenty reasons first."),
            file=export.file.name,
        )
    reason = _one_spelling(table["reason"])
    kinds, told = reason.nunique(), int(reason.notna().sum())
    if kinds > MANY and kinds > told / 2:
        checks.fail(
            _("Under {column!r} nearly every cell is another one ({kinds:,} texts in {n:,} complaints). That is free text: sort it into ten or twenty reasons first."),
            column=found.heading("reason"), kinds=kinds, n=told,
        )  # fmt: skip
    claims = table["claim"].clip(lower=0).fillna(0) if table["claim"].notna().any() else None
    counted = complaints.reasons(
        pd.DataFrame({"reason": reason, "claim": claims if claims is not None else 0.0}),
        amount="claim" if claims is not None else None,
    )
    made = counted.rename(columns={"amount": "claim", "amount_share": "claim_share"}).reset_index()
    half = _halves(table["date"], reason)
    if half is not None:
        made = made.merge(_change(reason, half), on="reason", how="left")
    months = _months(table["date"])
    again = _again(table)
    more = {name: part for name, part in (("months", months.reset_index()), ("again", again)) if len(part)}
    return Result(
        "reasons",
        Said(_("{k} reasons make up {share:.0%} of {n:,} complaints"), k=_main(made), share=float(made["cumulative_share"].iloc[_main(made) - 1]), n=told),
        made,
        tuple(_says(found, made, months, again, half is not None, told)),
        _test(reason, half, made),
        formats={**dict.fromkeys(("share", "low", "high", "cumulative_share", "claim_share", "earlier", "later"), "{:.0%}"),
                 **dict.fromkeys(("change", "change_low", "change_high"), "{:+.0%}"), **dict.fromkeys(("cases", "claim", "complaints", "within"), "{:,.0f}")},
        personal=books.personal(export, again) if "customer" in found.has else (),
        more=more,
        data={"table": made, "months": months},
    )  # fmt: skip


def _one_spelling(column: pd.Series) -> pd.Series:
    folded = column.map(lambda cell: plain(cell).casefold() or None, na_action="ignore").astype(object)
    counts = pd.DataFrame({"as": column, "folded": folded}).dropna().value_counts().reset_index()
    best = counts.drop_duplicates("folded").set_index("folded")["as"]
    return folded.map(best).astype(object).where(folded.notna(), None)


def _main(made: pd.DataFrame) -> int:
    return int((made["cumulative_share"] < MAIN - 1e-9).sum()) + 1


def _halves(date: pd.Series, reason: pd.Series) -> pd.Series | None:
    """Whether each complaint is of the later half; missing without a day or a reason, None where there are too few."""
    known = date.notna() & reason.notna()
    if known.sum() < FEW:
        return None
    days = date[known].sort_values(kind="stable")
    middle = days.iloc[len(days) // 2]
    later = (date >= middle).astype(object).where(known, None)
    counts = later[known].value_counts()
    return later if counts.min() >= FEW // 4 and len(counts) == 2 else None


def _change(reason: pd.Series, later: pd.Series) -> pd.DataFrame:
    known = later.notna()
    halves = pd.crosstab(reason[known], later[known].astype(bool)).reindex(columns=[False, True], fill_value=0)
    before, after = (halves[side].to_numpy() for side in (False, True))
    confidence = 1 - 0.05 / len(halves)
    change, low, high = share_difference(
        after, np.full(len(after), after.sum()), before, np.full(len(before), before.sum()), confidence
    )
    return pd.DataFrame(
        {
            "reason": halves.index.to_numpy(dtype=object),
            "earlier": before / before.sum(),
            "later": after / after.sum(),
            "change": change,
            "change_low": low,
            "change_high": high,
            "trend": np.where(np.asarray(low) > 0, _("more"), np.where(np.asarray(high) < 0, _("less"), "")),
        }
    )


def _months(date: pd.Series) -> pd.Series:
    """Complaints a month, months without any among them; empty where no day is known or all are of one month."""
    days = date.dropna()
    month = days.dt.to_period("M")
    if month.nunique() < 2:
        return pd.Series(dtype="int64", name="complaints")
    counts = month.value_counts().sort_index()
    counts = counts.reindex(pd.period_range(counts.index[0], counts.index[-1], freq="M"), fill_value=0)
    return pd.Series(counts.to_numpy(), counts.index.to_timestamp(), name="complaints").rename_axis("month")


def _again(table: pd.DataFrame) -> pd.DataFrame:
    known = table[table["customer"].notna()].sort_values("date", kind="stable", na_position="last")
    gap = known.groupby("customer", sort=False)["date"].diff().dt.days
    made = pd.DataFrame({"customer": known["customer"], "within": (gap <= AGAIN).astype("int64")})
    made = (
        made.groupby("customer", sort=True).agg(complaints=("within", "size"), within=("within", "sum")).reset_index()
    )
    return made[made["complaints"] > 1].sort_values(
        ["complaints", "customer"], ascending=[False, True], kind="stable", ignore_index=True
    )


def _says(
    found: Complaints, made: pd.DataFrame, months: pd.Series, again: pd.DataFrame, compared: bool, told: int
) -> list[Said]:
    first = made.iloc[0]
    said = [
        Said(
            _(
                "{reason} is the most frequent reason: {share:.0%} of the complaints, 95% interval {low:.0%} to {high:.0%}."
            ),
            reason=first["reason"],
            share=first["share"],
            low=first["low"],
            high=first["high"],
        )
    ]
    if len(made) > 1 and first["low"] <= made["high"].iloc[1] and first["cases"] < 2 * made["cases"].iloc[1]:
        second = made.iloc[1]
        lead = _lead(int(first["cases"]), int(second["cases"]))
        if lead[0] <= 0.5:
            said.append(Said(_("Whether it comes before {reason} cannot be told."), reason=second["reason"]))
    if "claim" in made and made["claim"].sum() > 0:
        dear = made.loc[made["claim"].idxmax()]
        if dear["reason"] != first["reason"]:
            said.append(
                Said(
                    _("Most money is at stake with {reason}: {share:.0%} of all that is claimed."),
                    reason=dear["reason"],
                    share=dear["claim_share"],
                )
            )
    if compared:
        for row in made[made["trend"] != ""].dropna(subset=["trend"]).head(3).itertuples(index=False):
            said.append(
                Said(_("{reason} went from {earlier:.0%} in the earlier half to {later:.0%} in the later, a change of {change:+.0%} (interval {low:+.0%} to {high:+.0%})."),
                     reason=row.reason, earlier=row.earlier, later=row.later, change=row.change, low=row.change_low, high=row.change_high)
            )  # fmt: skip
        if not (made["trend"].fillna("") != "").any():
            said.append(
                Said(
                    _(
                        "No reason's share has changed from the earlier half to the later by more than chance would make it."
                    )
                )
            )
    lost = len(found.table) - told
    if lost:
        said.append(
            Said(_("{n:,} complaints give no reason and do not count; they are seldom like the others."), n=lost)
        )
    if "customer" in found.has:
        people = int(found.table["customer"].nunique())
        low, high = intervals.wilson(len(again), people)
        said.append(
            Said(
                _(
                    "{n:,} of {people:,} customers complained more than once ({share:.0%}, 95% interval {low:.0%} to {high:.0%})."
                ),
                n=len(again),
                people=people,
                share=len(again) / people,
                low=low,
                high=high,
            )
        )
    if len(months):
        said.append(
            Said(_("Counts a month go up when more is sold, too: hold them against orders before you call it worse."))
        )
    return said


def _lead(first: int, second: int) -> tuple[float, float]:
    """The share of the first among those of the two, with its exact interval: above a half, it comes before the second."""
    low, high = intervals.exact(first, first + second)
    return float(low), float(high)


def _test(reason: pd.Series, later: pd.Series | None, made: pd.DataFrame) -> Test:
    """Do the main reasons of the earlier half make up as much of the later one?"""
    if later is None:
        return Test(
            UNTESTED,
            Said(
                _(
                    "Fewer than {few} complaints with a day and a reason, or all of one day: whether these stay the main reasons cannot be tested."
                ),
                few=FEW,
            ),
        )
    known = later.notna()
    before, after = (reason[known & (later == side)] for side in (False, True))
    counts = before.value_counts()
    share = counts.cumsum() / counts.sum()
    main = counts.index[: int((share < MAIN - 1e-9).sum()) + 1]
    hits, n = int(after.isin(main).sum()), len(after)
    low, high = intervals.wilson(hits, n)
    even, promised = len(main) / made["reason"].nunique(), float(share.loc[main[-1]])
    says = Said(
        _("The {k} main reasons of the earlier half ({before:.0%} of it) made up {share:.0%} of the later one, 95% interval {low:.0%} to {high:.0%}; if all reasons were alike it would be {even:.0%}."),
        k=len(main), before=promised, share=hits / n, low=low, high=high, even=even,
    )  # fmt: skip
    verdict = HOLDS if low > even and high >= promised - 0.1 else FAILS if high < even or high < 0.5 else UNCLEAR
    return Test(verdict, says)
