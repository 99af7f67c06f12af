"""How the different cells of a large table's columns are read: by the readers of files, each column as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from crmlab.language import _
from crmlab.own.export import Problem, Question
from crmlab.own.large import scan
from crmlab.own.said import Said
from crmlab.own.understanding import amounts, dates, identifiers, money, states
from crmlab.own.understanding.cells import Fault, Understood, text, understood
from crmlab.own.understanding.rows import OUT


@dataclass
class Columns:
    """The readers by role (:attr:`readers`), for columns of these ``headings``; what they ask and tell by the way gathers here. ``named``: customers are told apart by
    their names; ``currency``: the one that is used."""

    headings: Mapping[str, str]
    answers: Mapping[str, str]
    named: bool
    factor: int = 1
    currency: str = ""
    questions: dict[str, Question] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def readers(self) -> dict[str, scan.Reader]:
        """By role the function from different cells, and how often each stands there, to what they say."""
        return {
            "date": self._date,
            "amount": self._amount,
            "quantity": self._quantity,
            "customer": self._customer,
            "order": lambda cells, counts: self._told(identifiers.read(cells, self.headings["order"], out=False)),
            "item": self._item,
            "currency": self._currency,
            **{role: partial(self._status, role) for role in self.headings if scan.is_status(role)},
        }

    def _told(self, found: Understood) -> Understood:
        self.questions |= {one.key: one for one in found.questions}
        known = {(one.says, one.column) for one in self.problems}
        self.problems += [one for one in found.notes if (one.says, one.column) not in known]
        return found

    def _date(self, cells: list[str], counts: np.ndarray) -> Understood:
        return self._told(dates.read(cells, self.headings["date"], self.answers))

    def _amount(self, cells: list[str], counts: np.ndarray) -> Understood:
        found, codes = amounts.read(cells, self.headings["amount"], self.answers, self.factor)
        self._told(found)
        known = {str(code): int(counts[codes == code].sum()) for code in np.unique(codes.astype(str)) if code}
        if "currency" in self.headings or not known:
            return found
        # A cell without a currency is taken for the one that is used: there is no telling how many plain ones there are.
        used = self.currency or max(known, key=lambda code: known[code])
        self.currency = used
        other = np.array([bool(code) and code != used for code in codes], dtype=bool)
        found.mark(other, Fault(Said(_("Another currency than {currency}."), currency=used), OUT))
        return found

    def _quantity(self, cells: list[str], counts: np.ndarray) -> Understood:
        return self._told(amounts.read(cells, self.headings["quantity"], self.answers, key="decimal_quantity")[0])

    def _customer(self, cells: list[str], counts: np.ndarray) -> Understood:
        heading = self.headings["customer"]
        found = self._told(identifiers.read(cells, heading, name=self.named))
        found.values, said = identifiers.joined(found.values, counts, heading, self.named)
        self.problems += said
        nobody, question = identifiers.nobody(found.values, counts, self.answers)
        if question is not None:
            self.questions["placeholder"] = question
            keep = Fault(identifiers.NOBODY, identifiers.NOBODY_KEPT, left_out=False)
            found.mark(nobody, Fault(identifiers.NOBODY, OUT) if question.taken == states.LEAVE else keep)
        return found

    def _item(self, cells: list[str], counts: np.ndarray) -> Understood:
        heading = self.headings["item"]
        found = self._told(identifiers.read(cells, heading, name=True, out=False))
        found.values, said = identifiers.joined(found.values, counts, heading, True)
        self.problems += said
        return found

    def _status(self, role: str, cells: list[str], counts: np.ndarray) -> Understood:
        found = understood(cells, "object", None)
        out, asked = states.judge(cells, counts, self.headings[role], self.answers, role != "status")
        self.questions |= {one.key: one for one in asked}
        found.mark(out, Fault(Said(_("The status says that this is no sale.")), OUT))
        return found

    def _currency(self, cells: list[str], counts: np.ndarray) -> Understood:
        found = understood(cells, "object", None)
        codes = np.array([amounts.code(text(one)) or text(one).upper() for one in cells], dtype=object)
        known = {str(code): int(counts[codes == code].sum()) for code in dict.fromkeys(codes.tolist())}
        order = sorted(known, key=lambda code: -known[code])
        taken = self.answers.get("currency", order[0])
        self.currency = taken if taken in known else order[0]
        if len(known) > 1:
            listed = ", ".join(f"{one}: {known[one]}" for one in order)
            self.questions["currency"] = Question(
                "currency",
                Said(
                    _("The amounts are in several currencies (rows: {listed}). They are never added. Which is used?"),
                    listed=listed,
                ),
                {one: Said("{code}", code=one) for one in order},
                self.currency,
            )
        found.mark(
            codes != self.currency, Fault(Said(_("Another currency than {currency}."), currency=self.currency), OUT)
        )
        return found


def unit(heading: str) -> tuple[int, str]:
    """Factor and currency that the heading of an amount names.

    >>> unit("金额(万元)")
    (10000, 'CNY')
    """
    return money.unit_of(heading)
