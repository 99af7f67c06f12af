"""A, B and C customers, how much hangs on the largest, and whether yesterday's A customers are today's."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from crmlab import checks, intervals, value
from crmlab.language import _
from crmlab.own.backtesting import book as books
from crmlab.own.backtesting import hold_out
from crmlab.own.backtesting.book import YEAR, Book, text
from crmlab.own.export import Export
from crmlab.own.result import UNTESTED, Result, Test
from crmlab.own.said import Said

CLASSES = ("A", "B", "C")
POINTS = 400
"""Points of the curve at most."""
FEWEST_MONTHS = 4


def find(export: Export) -> Result:
    """Classes by the revenue of the last 12 months (of the whole file where it is shorter), a row a class; ``more``: each customer, largest first.

    ``data`` for the chart: ``customer_share`` and ``amount_share``, the curve of concentration from the largest customer on, from (0, 0) to
    (1, 1); ``top_fifth``: the share of revenue that the largest fifth brings; ``classes``, ``customers``, ``amount`` (lists).

    Raises :class:`~crmlab.checks.InputError` where the file has no order above zero, or returns took all revenue of the time.
    """
    with books.quiet():
        return _find(export)


def _find(export: Export) -> Result:
    book = books.of(export)
    begin = max(_months_back(book, 12) if book.monthly else book.stand - YEAR, book.first)
    brought = book.revenue(begin, book.stand)
    active = np.flatnonzero(_active(book, begin, book.stand))
    if not (brought[active] > 0).any():
        checks.fail(
            _("From {begin} to {end} returns were as large as orders or larger, so there is no revenue to share out."),
            begin=text(begin),
            end=text(book.stand - 1),
        )
    classed = value.abc(pd.Series(brought[active], index=active))
    counted = value.by_class(classed).reindex(list(CLASSES))
    counted[["customers", "amount"]] = counted[["customers", "amount"]].fillna(0)
    counted[["customer_share", "amount_share"]] = counted[["customer_share", "amount_share"]].fillna(0.0)
    table = pd.DataFrame(
        {
            "class": list(CLASSES),
            "customers": counted["customers"].to_numpy(dtype="int64"),
            "customer_share": counted["customer_share"].to_numpy(),
            "revenue": counted["amount"].to_numpy(),
            "revenue_share": counted["amount_share"].to_numpy(),
            "treatment": [value.TREATMENT.at[one, "action"] for one in CLASSES],
        }
    )
    people = pd.DataFrame(
        {
            "customer": book.names(classed.index),
            "class": classed["class"].to_numpy(dtype=object),
            "revenue": classed["amount"].to_numpy(),
            "revenue_share": classed["share"].to_numpy(),
            "cumulative_share": classed["cumulative_share"].to_numpy(),
        }
    )
    amounts = classed["amount"].to_numpy()
    fifth = value.pareto_share(amounts)
    return Result(
        name="abc",
        title=Said(_("ABC: who brings the revenue")),
        table=table,
        says=[*book.standing(), *_says(book, begin, table, people, fifth, classed.attrs["left_out"])],
        test=on_the_past(book),
        formats={
            "customers": "{:,}",
            "customer_share": "{:.0%}",
            "revenue": "{:,.0f}",
            "revenue_share": "{:.1%}",
            "cumulative_share": "{:.1%}",
            **hold_out.FORMATS,
        },
        personal=books.personal(export, people),
        more={_("Each customer with its class"): people},
        data={
            **_curve(amounts),
            "top_fifth": fifth,
            "classes": list(CLASSES),
            "customers": table["customers"].tolist(),
            "amount": table["revenue"].tolist(),
        },
    )


def _says(
    book: Book, begin: int, table: pd.DataFrame, people: pd.DataFrame, fifth: float, left_out: dict[str, float]
) -> list[Said]:
    money = table["revenue"].sum()
    said = [
        Said(
            _("From {begin} to {end} {n:,} customers brought {money}. The largest fifth of them brought {fifth:.0%}."),
            begin=text(begin),
            end=text(book.stand - 1),
            n=len(people),
            money=book.money(money),
            fifth=fifth,
        ),
        Said(
            _(
                "A: {a:,} customers ({customers:.0%}) bring {revenue:.0%}. B: {b:,} customers. C: {c:,} customers bring {small:.0%} together."
            ),
            a=int(table["customers"][0]),
            customers=table["customer_share"][0],
            revenue=table["revenue_share"][0],
            b=int(table["customers"][1]),
            c=int(table["customers"][2]),
            small=table["revenue_share"][2],
        ),
    ]
    largest = people["revenue_share"].iloc[0]
    if largest > 0.2:
        said.append(
            Said(_("One customer alone brings {share:.0%} of the revenue: that is a risk by itself."), share=largest)
        )
    if left_out.get("negative_amounts"):
        said.append(
            Said(
                _("{n:.0f} customers sent back more than they bought in that time ({money}): they have no class."),
                n=left_out["negative_amounts"],
                money=book.money(left_out["negative_sum"]),
            )
        )
    return said


def _curve(falling: np.ndarray) -> dict[str, list[float]]:
    at = np.unique(np.linspace(0, len(falling), min(len(falling), POINTS) + 1).astype("int64"))
    up = np.concatenate(([0.0], np.cumsum(falling)))
    return {"customer_share": (at / len(falling)).tolist(), "amount_share": (up[at] / up[-1]).tolist()}


def _active(book: Book, begin: int, end: int) -> np.ndarray:
    """Customers with any order or return in that time."""
    inside = (book.day >= begin) & (book.day < end)
    return np.bincount(book.who[inside].astype(np.intp), minlength=len(book.customers)) > 0


def _months_back(book: Book, months: int) -> int:
    last = np.datetime64(book.stand, "D").astype("datetime64[M]")
    return int((last - months).astype("datetime64[D]").astype("int64"))


def periods(book: Book) -> tuple[int, int] | None:
    """The first days of two times of the same length, the later one up to the end of the file: a year each, or half of the file each.

    Of totals a month whole months are taken. ``None`` where half of the file is shorter than four weeks (or two months).
    """
    if book.monthly:
        first = np.datetime64(book.first, "D").astype("datetime64[M]")
        months = int((np.datetime64(book.stand, "D").astype("datetime64[M]") - first).astype("int64"))
        if months < FEWEST_MONTHS:
            return None
        size = min(months // 2, 12)
        return _months_back(book, 2 * size), _months_back(book, size)
    size = min(book.span // 2, YEAR)
    return None if size < hold_out.SHORTEST else (book.stand - 2 * size, book.stand - size)


def _classes(brought: np.ndarray) -> np.ndarray:
    """The class of each customer, "" for who brought nothing."""
    found = np.full(len(brought), "", dtype=object)
    there = np.flatnonzero(brought > 0)
    if len(there):
        classed = value.abc(pd.Series(brought[there], index=there))
        found[classed.index.to_numpy()] = classed["class"].to_numpy(dtype=object)
    return found


def share_of_total(part: np.ndarray, brought: np.ndarray) -> tuple[float, float, float]:
    """The share of all that was brought by some customers, and its 95% interval: a ratio of sums over customers, linearised.

    Source: Cochran, W. G. (1977), Sampling Techniques, 3rd edition, section 2.11 (the variance of a ratio). With few customers it is rough.

    >>> [round(one, 2) for one in share_of_total(np.tile([True, False], 50), np.tile([60.0, 40.0], 50))]
    [0.6, 0.51, 0.69]
    """
    total, n = float(brought.sum()), len(brought)
    share = float(brought[part].sum() / total)
    if n < 2:
        return share, math.nan, math.nan
    error = math.sqrt(n / (n - 1) * float((((part - share) * brought) ** 2).sum())) / total
    far = intervals.z_value() * error
    return share, max(share - far, 0.0), min(share + far, 1.0)


def on_the_past(book: Book) -> Test:
    """What the A customers of one time brought in the next of the same length, and how many of them are A again."""
    found = periods(book)
    if found is None:
        need = Said(_("{n} months"), n=FEWEST_MONTHS) if book.monthly else Said(_("{n} days"), n=2 * hold_out.SHORTEST)
        return Test(
            UNTESTED, Said(_("Not tested: to compare two halves the file must cover {need} at least."), need=need)
        )
    begin, middle = found
    earlier, later = book.revenue(begin, middle), book.revenue(middle, book.stand)
    was, became = _classes(earlier), _classes(later)
    told = Said(
        _("Tried on your own past: the classes of {begin} to {end} against the revenue of {middle} to {last}."),
        begin=text(begin),
        end=text(middle - 1),
        middle=text(middle),
        last=text(book.stand - 1),
    )
    if not (was == "A").any() or not (later > 0).any():
        return Test(UNTESTED, hold_out.joined(told, Said(_("Not tested: in one of the two nobody brought revenue."))))
    a = was == "A"
    there = later > 0
    share, low, high = share_of_total(a[there], later[there])
    again = hold_out.marked(a, became == "A", was != "")
    said = [
        told,
        Said(
            _(
                "The {n:,} A customers then, {customers:.0%} of all then, brought {share:.0%} of the later revenue{interval}; those without revenue before brought {new:.0%} of it. "
                "{again:.0f} of the A customers ({part:.0%}) were A again; of the {others:.0f} B and C customers {risen:.0f} became A."
            ),
            n=int(a.sum()),
            customers=a.sum() / (was != "").sum(),
            share=share,
            interval=""
            if there.sum() < hold_out.LEAST or low == high
            else Said(_(" (95% interval {low:.0%} to {high:.0%})"), low=low, high=high),
            new=float(later[there & (was == "")].sum() / later[there].sum()),
            again=again.k,
            part=again.k / again.n,
            others=again.other_n,
            risen=again.other_k,
        ),
        again.says(),
    ]
    if again.verdict != UNTESTED and again.k < 0.5 * again.n:
        said.append(Said(_("But fewer than half of the A customers were A again: look at the list anew each time.")))
    moves = pd.crosstab(was, became).reindex(index=[*CLASSES, ""], columns=[*CLASSES, ""], fill_value=0)
    moves.index = pd.Index([*CLASSES, _("no revenue")], name="class_before")
    moves.columns = pd.Index([*CLASSES, _("no revenue")])
    moves.loc[_("no revenue"), _("no revenue")] = 0  # who brought nothing in either has no part in this
    return Test(again.verdict, hold_out.joined(*said), moves.reset_index())
