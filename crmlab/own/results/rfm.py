"""RFM segments: the ten usual ones and the eight types of Chinese systems, with what to do, and whether they told who would buy again."""

from __future__ import annotations

import numpy as np
import pandas as pd

from crmlab import checks
from crmlab import rfm as field
from crmlab.language import _
from crmlab.own.backtesting import book as books
from crmlab.own.backtesting import hold_out
from crmlab.own.backtesting.book import Book
from crmlab.own.export import Export
from crmlab.own.result import FAILS, HOLDS, UNTESTED, Result, Test
from crmlab.own.said import Said

LEAST = 5
"""Customers below which fifths mean nothing."""


def scored(book: Book) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Recency, frequency and net revenue of each customer who bought (places in ``customers``), and the scores."""
    measures = field.summary(book.frame, book.as_of, order=None, returns="subtract")
    return measures, field.score(measures)


def find(export: Export) -> Result:
    """The ten segments, a row each; ``more``: the eight types, and each customer with its scores.

    ``data`` for the chart: ``grid`` (customers by R, 5 first, and F, as :func:`crmlab.rfm.grid` gives it), ``segments`` (English names, best first),
    ``customers``, ``revenue`` (lists), and from the test ``bought_again`` with ``low`` and ``high`` (shares by segment, missing where nobody is
    in it; empty lists where nothing was tested).

    Raises :class:`~crmlab.checks.InputError` where the file has no order above zero, or fewer than five customers.
    """
    with books.quiet():
        return _find(export)


def _find(export: Export) -> Result:
    book = books.of(export)
    measures, scores = scored(book)
    if len(measures) < LEAST:
        checks.fail(
            _("RFM cuts customers into fifths and needs {need} customers at least; {n} bought in this file."),
            need=LEAST,
            n=len(measures),
        )
    segment, type_ = field.segment(scores), field.eight_types(scores)
    table, types = (
        _counted(measures, keys, known, key)
        for keys, known, key in ((segment, field.SEGMENTS, "segment"), (type_, field.EIGHT_TYPES, "type"))
    )
    tried = on_the_past(book)
    people = _people(book, measures, scores, segment, type_)
    shares = tried.table if tried.table is not None else pd.DataFrame({"share": [], "low": [], "high": []})
    return Result(
        name="rfm",
        title=Said(_("RFM: ten segments and eight types")),
        table=table,
        says=[*book.standing(), *_says(book, measures, table)],
        test=tried,
        formats={
            "customers": "{:,}",
            "customer_share": "{:.0%}",
            "revenue": "{:,.0f}",
            "revenue_share": "{:.0%}",
            "days_since_order": "{:,.0f}",
            "orders": "{:,.1f}",
            **hold_out.FORMATS,
        },
        personal=books.personal(export, people),
        more={_("The eight types"): types, _("Each customer with its scores"): people},
        data={
            "grid": field.grid(scores),
            "segments": table["segment"].tolist(),
            "customers": table["customers"].tolist(),
            "revenue": table["revenue"].tolist(),
            "bought_again": shares["share"].tolist(),
            "low": shares["low"].tolist(),
            "high": shares["high"].tolist(),
        },
    )


TYPE_MOVES = {
    "key_value": _("Keep them close: the best service, a person of their own."),
    "key_develop": _("They buy much and seldom: make the next order easy, suggest what goes with it."),
    "key_keep": _("They bought much and often, and have been quiet: call, and find out why."),
    "key_win_back": _("They once bought much: one personal call, one concrete offer."),
    "value": _("They buy often and little: suggest larger packs and a second product."),
    "develop": _("New or small: show the range, watch who grows."),
    "keep": _("Often and little, and quiet now: a reminder by message is enough."),
    "win_back": _("Seldom, little and long ago: no visit; keep on the mailing list."),
}
"""What to do with each of the eight types."""


def _counted(measures: pd.DataFrame, keys: pd.Series, known: pd.DataFrame, key: str) -> pd.DataFrame:
    found = field.by_segment(measures, keys, known)
    moves = known["action"] if "action" in known else pd.Series(TYPE_MOVES)
    return pd.DataFrame(
        {
            key: known["name"].to_numpy(dtype=object),
            "customers": found["customers"].to_numpy(),
            "customer_share": found["customer_share"].to_numpy(),
            "revenue": found["monetary"].to_numpy(),
            "revenue_share": found["money_share"].to_numpy(),
            "days_since_order": found["recency"].to_numpy(),
            "orders": found["frequency"].to_numpy(),
            "move": moves.reindex(known.index).to_numpy(dtype=object),
        }
    )


def _people(
    book: Book, measures: pd.DataFrame, scores: pd.DataFrame, segment: pd.Series, type_: pd.Series
) -> pd.DataFrame:
    """Each customer, the best segment first, in it by revenue."""
    made = pd.DataFrame(
        {
            "customer": book.names(measures.index),
            "segment": segment.map(field.SEGMENTS["name"]).to_numpy(dtype=object),
            "type": type_.map(field.EIGHT_TYPES["name"]).to_numpy(dtype=object),
            **{letter: scores[letter].to_numpy() for letter in "RFM"},
            "days_since_order": measures["recency"].to_numpy(),
            "orders": measures["frequency"].to_numpy(),
            "revenue": measures["monetary"].to_numpy(),
        }
    )
    place = field.SEGMENTS.index.get_indexer(segment)
    return made.iloc[np.lexsort((-made["revenue"], place))].reset_index(drop=True)


def _says(book: Book, measures: pd.DataFrame, table: pd.DataFrame) -> list[Said]:
    row = table.set_index("segment")
    best, lose = (row.loc[field.SEGMENTS.at[key, "name"]] for key in ("champions", "cant_lose"))
    if best["customers"]:
        said = [
            Said(
                _(
                    "{n:,} customers bought. {best:,} of them are champions: they bought lately, often and much, and brought {money}{part}."
                ),
                n=len(measures),
                best=int(best["customers"]),
                money=book.money(float(best["revenue"])),
                part=Said(_(", {share:.0%} of the revenue"), share=float(best["revenue_share"]))
                if best["revenue_share"] >= 0
                else "",
            )
        ]
    else:
        said = [
            Said(
                _("{n:,} customers bought. None of them is a champion, who bought lately, often and much."),
                n=len(measures),
            )
        ]
    if lose["customers"]:
        said.append(
            Said(
                _(
                    "{n:,} customers whom you cannot afford to lose have been quiet; they once brought {money}. Visit them first."
                ),
                n=int(lose["customers"]),
                money=book.money(float(lose["revenue"])),
            )
        )
    if measures["frequency"].max() == 1:
        said.append(Said(_("Nobody bought twice, so F says nothing here: the segments follow from R and M alone.")))
    return said


def on_the_past(book: Book) -> Test:
    """How many of each segment at the cut bought afterwards; champions against the rest; and RFM against recency alone."""
    when = hold_out.cut(book)
    past = hold_out.before(book, when)
    if past is None or when is None:
        return hold_out.too_short(book)
    measures, scores = scored(past)
    if len(measures) < LEAST:
        return Test(
            UNTESTED,
            Said(_("Not tested: only {n} customers had bought by {day}."), n=len(measures), day=books.text(when.day)),
        )
    segment = field.segment(scores).to_numpy(dtype=object)
    came = book.came(when.day, book.stand)[measures.index.to_numpy()]
    keys = field.SEGMENTS.index.to_numpy()
    counts = hold_out.table(
        field.SEGMENTS["name"].tolist(),
        [int(came[segment == key].sum()) for key in keys],
        [int((segment == key).sum()) for key in keys],
    ).rename(columns={"group": "segment", "did": "bought_again"})
    champions = segment == "champions"
    found = hold_out.marked(champions, came)
    said = [when.began()]
    if found.n and found.other_n:
        said.append(
            Said(
                _(
                    "Of {n:.0f} champions then {k:.0f} ({share:.0%}) bought again, of the {other:.0f} others {came:.0f} ({their:.0%})."
                ),
                n=found.n,
                k=found.k,
                share=found.k / found.n,
                other=found.other_n,
                came=found.other_k,
                their=found.other_k / found.other_n,
            )
        )
    said += [found.says(), *_order(counts)]
    if found.verdict != UNTESTED:
        said.append(_simple(champions, measures["recency"].to_numpy(), came))
    return Test(found.verdict, hold_out.joined(*said), counts)


def _order(counts: pd.DataFrame) -> list[Said]:
    """Whether the higher segments bought again more often than the lower: pairs of segments of enough customers."""
    share = counts.loc[counts["customers"] >= hold_out.LEAST, "share"].to_numpy()
    if len(share) < 3:
        return []
    above, below = np.triu_indices(len(share), 1)
    right = int((share[above] > share[below]).sum())
    return [
        Said(
            _(
                "Of the {n} pairs of segments with {least} customers each or more, the higher one bought again more often in {right}."
            ),
            n=len(above),
            least=hold_out.LEAST,
            right=right,
        )
    ]


def _simple(listed: np.ndarray, recency: np.ndarray, came: np.ndarray) -> Said:
    """The champions against as many names taken by the last order alone."""
    found = hold_out.against_simple(listed, recency.astype("float64"), came)
    numbers = {"n": found.n, "k": found.k, "other": found.other_k, "low": 100 * found.low, "high": 100 * found.high}
    if found.verdict == UNTESTED:
        return Said(
            _(
                "Against as many names taken by the last order alone it cannot be judged: the two lists differ in {n:.0f} names only."
            ),
            n=found.n,
        )
    if found.verdict == HOLDS:
        text = _(
            "It does better than as many names taken by the last order alone: of the {n:.0f} names in which the two lists differ, {k:.0f} bought again here and "
            "{other:.0f} there (difference {low:+z.0f} to {high:+z.0f} points)."
        )
    elif found.verdict == FAILS:
        text = _(
            "As many names taken by the last order alone do better: of the {n:.0f} names in which the two lists differ, {k:.0f} bought again here and "
            "{other:.0f} there (difference {low:+z.0f} to {high:+z.0f} points). To know who will buy again, sort by the last order."
        )
    else:
        text = _(
            "No better has been shown than as many names taken by the last order alone: of the {n:.0f} names in which the two lists differ, {k:.0f} bought again here and "
            "{other:.0f} there (difference {low:+z.0f} to {high:+z.0f} points). To know who will buy again, the last order may be enough."
        )
    return Said(text, **numbers)
