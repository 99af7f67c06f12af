"""Which column is used for what: one a role, the others asked where they may be meant as well."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from crmlab.language import _
from crmlab.own.export import Plan, Question
from crmlab.own.said import Said
from crmlab.own.understanding.recognising import LIKELY, Recognised, by_heading
from crmlab.own.understanding.roles import ROLES, heading

WHO = ("customer_number", "customer", "contact", "email", "phone")
"""What can tell one customer from another, the best first."""
_OF_ROW = re.compile(r"^(?:line|lineitem|item|position)\b|^(?:行|明细|分录)")
"""Headings of an amount that say it is that of the row, not of the order."""
BY_PRODUCT = "quantity_price"
"""The answer that an amount is quantity by price."""


@dataclass(eq=False)
class Picked:
    """``columns``: the heading by role. ``who``: the heading that tells customers apart ("" for none). ``questions``: what a person must say.
    ``states``: further columns that say what became of an order, as that of its return beside that of its delivery."""

    columns: dict[str, str]
    who: str = ""
    questions: list[Question] = field(default_factory=list)
    states: list[str] = field(default_factory=list)

    def roles(self) -> dict[str, str]:
        """The role by heading of all that is used."""
        return {one: role for role, one in self.columns.items()}


def pick(found: Recognised, plan: Plan) -> Picked:
    """The columns of a file of orders, lines, months or customers."""
    given = {role: one for one, role in plan.roles.items() if role}
    picked = Picked({})
    for role in ROLES:
        candidates = found.candidates(role)
        if role == "amount" and found.kind == "lines" and "amount" not in given:
            candidates = sorted(candidates, key=lambda one: not _OF_ROW.search(heading(one)[0]))
        if candidates:
            picked.columns[role] = candidates[0]
            if role == "status":
                picked.states = [one for one in candidates[1:] if found.guesses[one].certainty >= LIKELY]
    _who(found, plan, picked)
    for role, says in (
        ("date", _("Which column is the day of the order?")),
        ("amount", _("Which column is the amount?")),
    ):
        if not found.wide:
            _one_of(found, plan, picked, role, given, Said(says))
    return picked


def _possible(found: Recognised, role: str, least: float) -> list[str]:
    """Headings that may be meant, whatever a person has said of them."""
    named = [
        one
        for one, made in found.natural.items()
        if made.role == role and made.certainty >= least and found.looks[one].there
    ]
    place = {one: at for at, one in enumerate(found.guesses)}
    return sorted(
        {*named, *found.candidates(role, least)},
        key=lambda one: (found.guesses[one].role != role, -found.natural[one].certainty, place[one]),
    )


def _one_of(found: Recognised, plan: Plan, picked: Picked, role: str, given: Mapping[str, str], says: Said) -> None:
    possible = _possible(found, role, LIKELY)
    guessed = picked.columns.get(role, "") if role == "amount" else ""
    if guessed and guessed not in possible:  # nothing but its cells speaks for it: whatever has numbers may be meant
        possible = [guessed, *(one for one in possible if one != guessed), *_numbers(found)]
    options = {one: Said("{heading}", heading=one) for one in possible}
    unsure = bool(guessed) and found.guesses[guessed].certainty < LIKELY
    if role == "amount" and {"quantity", "price"} <= set(picked.columns) and possible:
        options[BY_PRODUCT] = Said(_("quantity by price"))
        if len(options) == 2:
            del options[BY_PRODUCT]
    taken = plan.answers.get(role, "")
    if (
        taken not in options
        and not (taken == BY_PRODUCT and {"quantity", "price"} <= set(picked.columns))
        and taken not in found.guesses
    ):
        taken = given.get(role, picked.columns.get(role, ""))
    if taken and taken != BY_PRODUCT:
        picked.columns = {other: one for other, one in picked.columns.items() if one != taken} | {role: taken}
    if len(options) > 1 or (unsure and options):
        picked.questions.append(Question(role, says, options, taken, answered=role in plan.answers or role in given))
    elif taken == BY_PRODUCT:
        picked.questions.append(
            Question(role, says, {**options, BY_PRODUCT: Said(_("quantity by price"))}, taken, answered=True)
        )
    if taken == BY_PRODUCT:
        picked.columns.pop(role, None)


def _numbers(found: Recognised) -> list[str]:
    """Headings of which nothing is known, whose cells are numbers."""
    return [
        one
        for one, made in found.guesses.items()
        if not made.role and made.certainty == 0 and found.looks[one].share.get("amount", 0) > 0.9
    ]


def _texts(found: Recognised) -> list[str]:
    """Headings of which nothing is known, whose cells may name customers; the one with the most different cells first."""
    unknown = [
        one
        for one, made in found.guesses.items()
        if not made.role and made.certainty == 0 and found.looks[one].different > 1
    ]
    return sorted(
        (
            one
            for one in unknown
            if found.looks[one].share["day"] < 0.5
            and not (found.looks[one].share["amount"] > 0.9 and found.looks[one].share["whole"] < 0.5)
        ),
        key=lambda one: (
            -round(found.looks[one].share["text"], 1),
            # Codes of which no two are the same number the orders sooner than the customers.
            found.looks[one].share["code"] > 0.95 and found.looks[one].different == found.looks[one].there > 2,
            -found.looks[one].different,
        ),
    )


def _told(found: Recognised, who: str) -> bool:
    """Whether heading or cells say that a column has the customer."""
    return bool(who) and found.guesses[who].role in WHO


def _who(found: Recognised, plan: Plan, picked: Picked) -> None:
    """The column that tells customers apart: a number that is there as often as the name, else the name, else mail or telephone."""
    possible: list[str] = []
    named = max((found.guesses[one].certainty for role in WHO[:2] for one in found.candidates(role)), default=0.0)
    for role in WHO:
        if (role in ("email", "phone") and named >= 0.9) or (role == "contact" and possible):
            continue
        possible += [one for one in _possible(found, role, LIKELY) if found.looks[one].there]
    possible = list(dict.fromkeys(possible))
    taken = plan.answers.get("customer", "")
    if taken not in found.guesses:
        taken = ""
        number, name = picked.columns.get("customer_number"), picked.columns.get("customer")
        if number and name:
            full = {one: found.looks[one].there for one in (number, name)}
            sure = found.guesses[number].certainty >= LIKELY or found.guesses[name].certainty < LIKELY
            taken = number if full[number] >= 0.9 * full[name] and sure else name
        else:
            if name and not number and found.guesses[name].certainty < LIKELY:
                name = next(
                    (picked.columns[role] for role in WHO[2:] if role in picked.columns), name
                )  # a first name alone, say
            taken = number or name or next((picked.columns[role] for role in WHO if role in picked.columns), "")
        if number and taken == number and found.guesses[number].certainty < LIKELY and possible:
            taken = possible[0]
        # A column that names far fewer of the rows than another (the firm, where private people buy as well) would lose the rest.
        fullest = max(possible, key=lambda one: found.looks[one].there, default="")
        # (On rows that go on with an order the name is missing, and so are its day and amount.)
        heads = [fullest, *(picked.columns[role] for role in ("date", "amount") if role in picked.columns)]
        if taken and fullest and found.looks[taken].there < 0.6 * min(found.looks[one].there for one in heads):
            taken = fullest
    if not taken and found.kind not in (
        "survey",
        "complaints",
    ):  # nothing says it: the unknown column with the most texts, and it is asked
        possible = _texts(found) or [
            one for one, made in found.guesses.items() if not made.role and found.looks[one].share.get("text", 0) > 0.8
        ]
        taken = next((one for one in _texts(found)[:1] if found.looks[one].share["text"] > 0.8), "")
        if not taken and not any(by_heading(one)[2] for one in found.guesses):
            taken = next((one for one in possible if 1 < found.looks[one].different < found.looks[one].there), "")
        if taken:
            picked.columns["customer"] = taken
    picked.who = taken
    if len(possible) > 1 or (possible and not _told(found, taken)):
        picked.questions.append(
            Question(
                "customer",
                Said(_("Which column tells your customers apart?")),
                {one: Said("{heading}", heading=one) for one in possible},
                taken,
                answered="customer" in plan.answers,
            )
        )
