"""The status of an order: which words say that nothing was sold, and what is done with such rows."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np

from crmlab.customers.simplified import simplified
from crmlab.language import _
from crmlab.own.export import Question
from crmlab.own.listed import Listed
from crmlab.own.said import Said
from crmlab.own.understanding.cells import text
from crmlab.own.understanding.roles import FOLDER

NAMES: Mapping[str, str] = {
    "cancelled": _("cancelled or lost"),
    "refunded": _("refunded or returned"),
    "unpaid": _("not paid yet or a draft"),
    "open": _("not decided yet"),
    "moved": _("payments or transfers of money"),
}
"""States that are no sale, or none yet."""

KEEP, LEAVE = "keep", "leave_out"
_PAYMENTS = frozenset({"payment", "付款", "收款"})
"""A sale in what a till writes, and none beside invoices."""
_CANCELLED = re.compile("cancel|void|stornier|annul|anulad|取消|作废")
_YES_NO = {
    word: said
    for said, words in {"yes": "yes true y 1 x ja oui si sí 是", "no": "no false n 0 nein non 否"}.items()
    for word in words.split()
}
_BILLS = "invoice|receipt|bill|memo|credit note|rechnung|facture|factura|fattura|发票|销售|出库"


@cache
def _words() -> Mapping[str, str]:
    with (FOLDER / "states.csv").open(encoding="utf-8", newline="") as file:
        return {
            _plain(word): line["state"]
            for line in csv.DictReader(file)
            for word in f"{line['en']}|{line['zh']}".split("|")
        }


def _plain(word: str) -> str:
    return " ".join(re.sub(r"[\W_]+", " ", simplified(text(word)).lower()).split())


def state(word: Any) -> str:
    """What a word says of an order, "" for a word that is not known.

    >>> state("交易关闭"), state("Closed Won"), state("PENDING"), state("blue"), state("已取消（买家）")
    ('cancelled', 'done', 'unpaid', '', 'cancelled')
    """
    plain = _plain(str(word))
    words = _words()
    if plain in words:
        return words[plain]
    first = re.split(r"[(（,，;:/-]", text(word))[0]
    return words.get(_plain(first), "")


def documents(cells: Iterable[Any]) -> bool:
    """Whether cells name kinds of documents, some of which only move money: a payment beside invoices, a transfer.

    >>> documents(["Invoice", "Payment"]), documents(["Payment", "Refund"]), documents(["Charge", "Payout"])
    (True, False, True)
    """
    found = {_plain(str(one)): state(one) for one in cells}
    moved = {word for word, one in found.items() if one == "moved"}
    return bool(moved - _PAYMENTS) or bool(moved and any(re.search(_BILLS, word) for word in found))


def judge(
    cells: Sequence[Any], counts: np.ndarray, heading: str, answers: Mapping[str, str], further: bool = False
) -> tuple[np.ndarray, list[Question]]:
    """Which cells (a mask) say that their row is not to be used, and the questions: one a state, and what was taken.

    ``further``: another column tells the status; this one, of returns say, only which orders came to nothing.

    >>> out, asked = judge(["交易成功", "交易关闭"], np.array([5, 2]), "订单状态", {})
    >>> out.tolist(), asked[0].key, asked[0].taken
    ([False, True], 'status:cancelled', 'leave_out')
    >>> judge(["Yes", "No"], np.array([1, 4]), "Cancelled", {})[0].tolist()
    [True, False]
    """
    found = np.array([state(cell) for cell in cells], dtype=object)
    if _CANCELLED.search(text(heading).lower()):  # not how the order stands, but whether it was cancelled
        said = {"yes": "cancelled", "no": "done"}
        found = np.array([said.get(_YES_NO.get(_plain(str(cell)), ""), state(cell)) for cell in cells], dtype=object)
    if documents(cells):
        found[found == "refunded"] = "done"  # a document of its own, that has its own amount
    else:
        found[found == "moved"] = ""
    out = np.zeros(len(found), bool)
    asked = []
    for name, says in NAMES.items():
        these = found == name
        if not these.any() or (further and name in ("unpaid", "open")):
            continue
        key = f"status:{name}:{heading}" if further else f"status:{name}"
        # Where all rows have one state, nothing can be told by it.
        default = KEEP if these.all() else LEAVE
        taken = answers.get(key, default)
        asked.append(
            Question(
                key,
                Said(
                    _("Column {column!r}, rows that are {state}: {n} ({words}). Are they sales?"),
                    column=heading,
                    n=int(counts[these].sum()),
                    state=Said(says),
                    words=Listed([str(cells[at]) for at in np.flatnonzero(these)[:3]]),
                ),
                {LEAVE: Said(_("no: leave them out")), KEEP: Said(_("yes: use them"))},
                taken,
            )
        )
        if taken == LEAVE:
            out |= these
    return out, asked
