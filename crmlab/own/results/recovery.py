"""What it is worth to settle a complaint well: from the firm's own complaints and orders, or from studies, named as assumptions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from crmlab import complaint_economics, intervals
from crmlab.language import _
from crmlab.own.backtesting import book as books
from crmlab.own.export import Export
from crmlab.own.result import FAILS, HOLDS, UNCLEAR, UNTESTED, Result, Test
from crmlab.own.said import Said
from crmlab.own.understanding import complaint_cells
from crmlab.own.understanding.complaint_cells import Complaints
from crmlab.pipeline import share_difference

SHORTEST, GAPS = 90, 3
"""A customer stayed who ordered again within so many days, or within so many times the usual gap between its orders where that is longer."""
FEW = 10
"""Customers with a complaint settled well, and as many with one settled badly, from which on the two are compared."""
YEAR = 365
PER = 1000.0
"""What a customer is taken to bring in a year where no orders say."""

BASES = {
    "own": _("this firm's customers"),
    "under_5": _("assumption: TARP, loss under $5, settled against not settled"),
    "over_100": _("assumption: TARP, loss over $100, settled against not settled"),
    "quickly": _("assumption: TARP, loss over $100, settled quickly against not settled"),
}
"""Where the shares that stay are from. TARP: stated intentions in the USA of the 1970s and 80s (:data:`crmlab.complaint_economics.TARP`)."""


@dataclass(frozen=True)
class _Own:
    """Customers whose first complaint was settled well, or badly, and how many of each ordered again within ``days``; ``value``: what they brought in a year."""

    days: int
    well: int
    well_stayed: int
    badly: int
    badly_stayed: int
    value: float

    @property
    def enough(self) -> bool:
        return min(self.well, self.badly) >= FEW


def find(export: Export, orders: Export | None = None) -> Result:
    """What settling a complaint well is worth, in money a complaint: the customer's yearly trade times the share more that stays.

    With ``orders`` of the same firm the share that stayed is counted: of customers with a first complaint settled well, and settled badly, who ordered again within 90
    days or three usual gaps, if the orders go on for so long. Revenue, not margin: what is in orders.

    ``table``: a row a basis (:data:`BASES`, the firm's own first): ``basis``, ``keep_if_left`` and ``keep_if_settled`` (shares), ``difference`` with ``low`` and ``high`` (Newcombe,
    95%; missing for assumptions), ``value`` (a customer's year), ``worth`` with ``worth_low`` and ``worth_high``. ``more``: "stayed" (the counts), "open" (open complaints, each
    with ``value`` of its customer and ``worth``, where there are orders). ``data``: ``table``, ``value``, ``own`` (bool), ``uplift`` (worst, likely, best).

    Raises :class:`~crmlab.checks.InputError` for a file without complaints.
    """
    found = complaint_cells.of(export)
    sold = _sold(orders)
    own = _own(found, sold) if sold is not None else None
    value = own.value if own is not None and own.value > 0 else np.nan
    assumed = np.isnan(value)
    table = _table(own, PER if assumed else value)
    first = table.iloc[0]
    real = own is not None and own.enough
    more = {}
    if own is not None and own.well + own.badly:
        more["stayed"] = _stayed(own)
    waiting = (
        _open(found, sold, first if real else table[table["basis"] == BASES["over_100"]].iloc[0])
        if sold is not None
        else pd.DataFrame()
    )
    if len(waiting):
        more["open"] = waiting
    if real:
        told = first["worth_low"] > 0 or first["worth_high"] < 0
        text = (
            _(
                "Settling a complaint well is worth {worth:,.0f} of yearly revenue, 95% interval {low:,.0f} to {high:,.0f}"
            )
            if told
            else _(
                "Settling a complaint well: {worth:,.0f} of yearly revenue, but its 95% interval of {low:,.0f} to {high:,.0f} holds 0"
            )
        )
        title = Said(text, worth=first["worth"], low=first["worth_low"], high=first["worth_high"])
    else:
        title = Said(_("What settling a complaint is worth: on assumptions only"))
    uplift = (
        [first["low"], first["difference"], first["high"]]
        if real
        else table.set_index("basis")
        .loc[[BASES[key] for key in ("under_5", "over_100", "quickly")], "difference"]
        .tolist()
    )
    return Result(
        "recovery",
        title,
        table,
        tuple(_says(found, orders is not None, own, sold, assumed)),
        _test(own, found, orders is not None),
        formats={**dict.fromkeys(("keep_if_left", "keep_if_settled", "stayed_share"), "{:.0%}"), **dict.fromkeys(("difference",), "{:+.0%}"),
                 **dict.fromkeys(("value", "worth", "worth_low", "worth_high", "claim"), "{:,.0f}"), **dict.fromkeys(("low", "high"), "{:+.0%}")},
        personal=books.personal(export, waiting) if len(waiting) else (),
        more=more,
        data={"table": table, "value": float(first["value"]), "own": real, "uplift": uplift},
    )  # fmt: skip


def _sold(orders: Export | None) -> pd.DataFrame | None:
    """Days on which customers bought, and for how much; None where no orders are given."""
    if orders is None or orders.kind not in ("orders", "lines", "months"):
        return None
    sold = orders.table[["customer", "date", "amount"]].dropna()
    sold = sold.groupby(["customer", "date"], as_index=False, sort=True)["amount"].sum()
    return sold[sold["amount"] > 0] if len(sold) else None


def _own(found: Complaints, sold: pd.DataFrame) -> _Own:
    table = found.table
    gap = sold.groupby("customer")["date"].diff().dt.days.median()
    days = int(max(SHORTEST, GAPS * (gap if pd.notna(gap) else 0)))
    ended = table["closed"].where(
        table["closed"].notna(), table["date"] + pd.to_timedelta(table["days"].fillna(0), unit="D")
    )
    cases = pd.DataFrame(
        {"customer": table["customer"], "settled": table["settled"], "date": table["date"], "ended": ended}
    )
    cases = cases[
        cases["settled"].isin(["well", "badly"])
        & cases["customer"].isin(set(sold["customer"]))
        & cases["ended"].notna()
    ]
    # The first complaint of each customer: cases of one customer are not independent, and who left complains no more.
    cases = cases.sort_values("ended", kind="stable").drop_duplicates("customer")
    cases = cases[cases["ended"] + pd.Timedelta(days=days) <= sold["date"].max()]
    joined = cases.merge(sold, on="customer", how="left", suffixes=("", "_sold"))
    after = (joined["date_sold"] > joined["ended"]) & (joined["date_sold"] <= joined["ended"] + pd.Timedelta(days=days))
    back = cases["customer"].isin(joined.loc[after, "customer"])
    well = cases["settled"] == "well"
    return _Own(
        days,
        int(well.sum()),
        int((well & back).sum()),
        int((~well).sum()),
        int((~well & back).sum()),
        _yearly(found, sold),
    )


def _yearly(found: Complaints, sold: pd.DataFrame) -> float:
    """What those who complained brought in a year on average, over the days that the orders cover."""
    people = set(found.table["customer"].dropna())
    theirs = sold[sold["customer"].isin(people)]
    covered = max((sold["date"].max() - sold["date"].min()).days + 1, 1)
    n = theirs["customer"].nunique()
    return float(theirs["amount"].sum() / n * YEAR / covered) if n and covered >= SHORTEST else np.nan


def _table(own: _Own | None, value: float) -> pd.DataFrame:
    rows = []
    if own is not None and own.enough:
        gap, low, high = share_difference(own.well_stayed, own.well, own.badly_stayed, own.badly)
        rows.append(_row("own", own.badly_stayed / own.badly, own.well_stayed / own.well, value, gap, low, high))
    tarp = complaint_economics.TARP
    for key, loss, settled in (
        ("under_5", "under_5", "satisfied"),
        ("over_100", "over_100", "satisfied"),
        ("quickly", "over_100", "quickly"),
    ):
        left, kept = float(tarp.at[loss, "unsatisfied"]), float(tarp.at[loss, settled])
        rows.append(_row(key, left, kept, value, kept - left, np.nan, np.nan))
    return pd.DataFrame(rows)


def _row(
    basis: str, left: float, settled: float, value: float, gap: float, low: float, high: float
) -> dict[str, object]:
    worth = complaint_economics.recovery(value, keep_if_left=left, keep_if_settled=settled).worth
    return {"basis": BASES[basis], "keep_if_left": left, "keep_if_settled": settled, "difference": gap, "low": low, "high": high,
            "value": value, "worth": worth, "worth_low": value * low, "worth_high": value * high}  # fmt: skip


def _stayed(own: _Own) -> pd.DataFrame:
    counts, n = np.array([own.well_stayed, own.badly_stayed]), np.array([own.well, own.badly])
    low, high = intervals.wilson(counts, n)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = counts / n
    return pd.DataFrame(
        {
            "settled": [_("well"), _("badly")],
            "customers": n,
            "stayed": counts,
            "stayed_share": share,
            "stayed_low": low,
            "stayed_high": high,
        }
    )


def _open(found: Complaints, sold: pd.DataFrame, basis: pd.Series) -> pd.DataFrame:
    """Open complaints, each with what its customer brought in the year before the end of the orders, dearest first."""
    waiting = found.table[found.table["open"].map(lambda one: one is True) & found.table["customer"].notna()]
    end = sold["date"].max()
    year = sold[sold["date"] > end - pd.Timedelta(days=YEAR)].groupby("customer")["amount"].sum()
    made = pd.DataFrame(
        {
            "complaint": waiting["complaint"].where(
                waiting["complaint"].notna(), pd.Series([f"{row}" for row in waiting.index], waiting.index)
            ),
            "customer": waiting["customer"],
            "received": waiting["date"],
            "value": waiting["customer"].map(year).fillna(0.0),
        }
    )
    made["worth"] = made["value"] * max(float(basis["difference"]), 0.0)
    return made[made["value"] > 0].sort_values("worth", ascending=False, kind="stable", ignore_index=True)


def _says(found: Complaints, given: bool, own: _Own | None, sold: pd.DataFrame | None, assumed: bool) -> list[Said]:
    said = []
    if own is not None and own.enough:
        low, high = intervals.wilson(np.array([own.well_stayed, own.badly_stayed]), np.array([own.well, own.badly]))
        said.append(
            Said(_("Within {days} days {well:.0%} of {n} customers ordered again whose first complaint was settled well (95% interval {a:.0%} to {b:.0%}), and {badly:.0%} of {k} whose was settled badly ({c:.0%} to {d:.0%})."),
                 days=own.days, well=own.well_stayed / own.well, n=own.well, a=low[0], b=high[0], badly=own.badly_stayed / own.badly, k=own.badly, c=low[1], d=high[1])
        )  # fmt: skip
        said.append(
            Said(
                _(
                    "Nobody drew lots over which complaint is settled well. If those of better customers are, part of the difference is theirs."
                )
            )
        )
        said.append(
            Said(
                _(
                    "The interval is of the shares alone: what a customer brings in a year is taken as it was on average."
                )
            )
        )
    elif own is not None:
        said.append(
            Said(_("Only {well} customers with a complaint settled well, and {badly} with one settled badly, can be followed for {days} days in the orders; {few} of each are needed. So the shares are assumptions."),
                 well=own.well, badly=own.badly, days=own.days, few=FEW)
        )  # fmt: skip
        people = set(found.table["customer"].dropna())
        if sold is not None and people and not people & set(sold["customer"]):
            said.append(
                Said(
                    _("No customer of the complaints is found among the orders: are they written alike in both files?")
                )
            )
    elif given:
        said.append(Said(_("The second file holds no orders that can be used, so the shares are assumptions.")))
    else:
        said.append(
            Said(
                _(
                    "Without the orders nobody can see who stayed. Add the file of orders; until then the shares are assumptions from a study of the 1970s and 80s."
                )
            )
        )
    if assumed:
        said.append(
            Said(_("Worth is counted for each {per:,.0f} that a customer brings in a year; put in your own."), per=PER)
        )
    else:
        said.append(
            Said(
                _(
                    "Worth is in revenue. Times your margin it is the most that settling one complaint may cost; more than a year is not counted."
                )
            )
        )
    settled = found.table["settled"].isin(["well", "badly"])
    if settled.any():
        well = int((found.table["settled"] == "well").sum())
        low, high = intervals.wilson(well, int(settled.sum()))
        said.append(
            Said(
                _("{share:.0%} of {n:,} settled complaints were settled well, 95% interval {low:.0%} to {high:.0%}."),
                share=well / settled.sum(),
                n=int(settled.sum()),
                low=low,
                high=high,
            )
        )
    else:
        said.append(
            Said(
                _(
                    "No column says how complaints were settled, well or badly; ask the customer one question a week later and keep the answer."
                )
            )
        )
    if found.unknown.get("settled"):
        said.append(
            Said(
                _("Of {n:,} complaints the words under {column!r} do not say whether they were settled well."),
                n=found.unknown["settled"],
                column=found.heading("settled"),
            )
        )
    return said


def _test(own: _Own | None, found: Complaints, given: bool) -> Test:
    if own is None or not own.enough:
        return Test(
            UNTESTED,
            Said(
                _(
                    "Assumptions cannot be tested on this file: take the figures as an example of how to count, not as yours."
                )
            ),
        )
    gap, low, high = share_difference(own.well_stayed, own.well, own.badly_stayed, own.badly)
    says = Said(
        _("Of {n} customers with a complaint settled well {gap:+.0f} points of 100 more stayed than of {k} with one settled badly, 95% interval {low:+.0f} to {high:+.0f}."),
        gap=100 * gap, low=100 * low, high=100 * high, n=own.well, k=own.badly,
    )  # fmt: skip
    return Test(HOLDS if low > 0 else FAILS if high < 0 else UNCLEAR, says)
