"""The chance that each customer still buys, by the model that foresaw this firm's own customers best."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from crmlab import checks, clv
from crmlab.language import _
from crmlab.own.backtesting import hold_out
from crmlab.own.backtesting.book import Book, text
from crmlab.own.said import Said

SAMPLE = 10_000
"""Of more customers than these, so many are taken to choose and fit a model: the estimates do not move any more."""
ENOUGH = 50
"""Customers who came back at least once: with fewer, no model is fitted."""
NAMES = {"bgnbd": "BG/NBD", "pareto_nbd": "Pareto/NBD"}
UNUSABLE = ("not_found", "no_dropout", "all_or_nothing", "gone_or_stay", "drop_at_once")
"""States of a fit in which the chance to be alive is no estimate of anything."""

_BEST = _(
    "The chance to be still a customer comes from the model {model}: tried on {customers:,} customers from {day} on, it foresaw what they did better than "
    "{other} (expected {total:,.0f} purchases, {actual:,} came; by the past pace alone {pace:,.0f})."
)
_ONLY = _(
    "The chance to be still a customer comes from the model {model}, since {other} does not fit these customers: tried on {customers:,} customers from {day} on, it "
    "expected {total:,.0f} purchases, and {actual:,} came (by the past pace alone {pace:,.0f})."
)
_FEW = _("No model of buying and leaving was fitted: {need} customers who came back are needed, and there are {n}.")
_NOBODY = _(
    "Both models of buying and leaving see nobody leave in this file, so their chance says nothing: each customer is judged by its own rhythm alone."
)


@dataclass(frozen=True, eq=False)
class Alive:
    """``chance`` by place in ``customers`` of the book (NaN: not known), ``model`` (a key of :data:`crmlab.clv.PURCHASE_MODELS`, "" for none),
    and ``says``: which model, and why."""

    chance: np.ndarray
    model: str
    says: Said


def chances(book: Book) -> Alive:
    """The chance of each customer to be alive on the day to stand on, under BG/NBD or Pareto/NBD.

    Both are fitted to what was known at a cut of the book (:func:`crmlab.own.backtesting.hold_out.cut`) and tried on what came after it
    (:func:`crmlab.clv.compare`): the one with the higher likelihood of that is fitted to all. A book that cannot be cut, too few customers who came back, or a fit at the edge of
    its parameters give no chance, and the sentence says why.
    """
    unknown = np.full(len(book.customers), np.nan)
    again = int((book.summary["orders"] > 1).sum())
    if again < ENOUGH:
        return Alive(unknown, "", Said(_FEW, need=ENOUGH, n=again))
    cut = hold_out.cut(book)
    past = hold_out.before(book, cut)
    if past is None or cut is None:
        return Alive(
            unknown, "", Said(_("No model of buying and leaving was fitted: the file is too short to try one."))
        )
    orders = _sampled(book)
    try:
        tried = clv.compare(orders, checks.timestamps([cut.day - 1])[0], as_of=book.as_of)
    except (checks.InputError, ArithmeticError, np.linalg.LinAlgError):
        tried = pd.DataFrame()
    usable = [
        name
        for name in NAMES
        if name in tried.index
        and not set(tried.at[name, "state"].split("+")) & set(UNUSABLE)
        and np.isfinite(tried.at[name, "log_likelihood"])
    ]
    for name in sorted(usable, key=lambda one: -tried.at[one, "log_likelihood"]):
        model = clv.PURCHASE_MODELS[name](clv.repeat_summary(orders, book.as_of))
        if set(model.state.split("+")) & set(UNUSABLE):
            continue
        summary = clv.repeat_summary(book.frame, book.as_of)
        unknown[summary.index.to_numpy()] = model.p_alive(summary).to_numpy()
        other = next(one for one in NAMES if one != name)
        beaten = other in usable and tried.at[other, "log_likelihood"] <= tried.at[name, "log_likelihood"]
        said = Said(
            _BEST if beaten else _ONLY,
            model=NAMES[name],
            other=NAMES[other],
            customers=tried.attrs["customers"],
            day=text(cut.day),
            total=tried.at[name, "total"],
            actual=tried.attrs["actual"],
            pace=tried.at["same_pace", "total"],
        )
        return Alive(unknown, name, said)
    if len(tried) and {"no_dropout"} == {tried.at[name, "state"] for name in NAMES}:
        return Alive(unknown, "", Said(_NOBODY))
    return Alive(
        unknown,
        "",
        Said(_("No model of buying and leaving fits these customers, so each is judged by its own rhythm alone.")),
    )


def _sampled(book: Book) -> pd.DataFrame:
    """The orders of all customers, or of evenly many along the order of their first purchase: what they are called does not matter."""
    table = book.summary
    if len(table) <= SAMPLE:
        return book.frame
    order = np.lexsort((table["revenue"], table["last"], table["first"]))
    places = table.index.to_numpy()[order[np.linspace(0, len(table) - 1, SAMPLE).astype("int64")]]
    chosen = np.zeros(len(book.customers), dtype=bool)
    chosen[places] = True
    return book.frame[chosen[book.who]]
