"""How a file was understood, as a form asks it: what each column is, with how much certainty, and what only a person can say."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from crmlab.customers import masking
from crmlab.language import _, tr
from crmlab.own import KINDS, Export, Plan, privacy
from crmlab.own.understanding import roles

UNUSED = ""
"""The role of a column that is not used."""

PERSONAL = ("customer", "contact", "phone", "email", "salesperson")
"""Roles whose cells name a person or a firm: they are masked on screen."""

LONG = 7
"""Of a column that is not used a number with so many digits may be a telephone or the number of an identity card."""
_DAY = re.compile(r"\d{4}[-/.年]\d{1,2}[-/.月]")

SURE, LIKELY = 0.9, 0.6
"""From which certainty on a guess is called sure, and likely."""


@dataclass(frozen=True)
class Column:
    """A column of the file: its heading, the role that was taken and how certain that is, why, and its first values as they stand."""

    heading: str
    role: str
    certainty: float
    why: str
    values: tuple[Any, ...]

    def certain(self) -> str:
        """The certainty in words."""
        if not self.role:
            return tr(_("not used"))
        return tr(
            _("sure") if self.certainty >= SURE else _("probably") if self.certainty >= LIKELY else _("only a guess")
        )

    def shown(self, names: bool = False) -> str:
        """Its first values in a line; masked where they may be personal, unless ``names``."""
        return " · ".join(one if names else hidden(one, self.role) for one in map(_plain, self.values) if one)


def columns(made: Export) -> list[Column]:
    """The columns of a file in their order."""
    return [
        Column(
            str(heading),
            str(row["role"] or ""),
            float(row["certainty"]),
            str(row["why"] or ""),
            _values(row["examples"]),
        )
        for heading, row in made.guesses.iterrows()
    ]


def known_roles(kind: str) -> dict[str, str]:
    """What a column of this kind of file can be: the name of each role in the language in force, "not used" first."""
    found = {UNUSED: tr(_("not used"))}
    for name, role in every_role().items():
        if kind in ("", *role.kinds) or not role.kinds:
            found[name] = tr(role.says)
    return found


def every_role() -> Mapping[str, roles.Role]:
    """The roles of all kinds of files."""
    import importlib
    from importlib.util import find_spec

    more = "crmlab.own.understanding.roles_survey"
    return {**roles.ROLES, **(importlib.import_module(more).ROLES if find_spec(more) else {})}


def known_kinds() -> dict[str, str]:
    """What a file can be, in words."""
    return {name: tr(says) for name, says in KINDS.items()}


def corrected(made: Export, *, kind: str, sheet: str, taken: Mapping[str, str], answers: Mapping[str, str]) -> Plan:
    """The plan that follows from a form: what the person left as it was stays as it was taken. Another sheet has other columns, of which nothing is
    known yet."""
    if sheet and made.plan.sheet and sheet != made.plan.sheet:
        return Plan(sheet=sheet)
    return Plan(kind=kind, sheet=sheet, roles={**made.plan.roles, **taken}, answers={**made.plan.answers, **answers})


def hidden(text: str, role: str) -> str:
    """A cell as it is shown: telephones and mail addresses partly, of a name the first letter, numbers and days as they are.

    >>> hidden("Huaqiang Ltd.", "customer"), hidden("2026-03-01", "date"), hidden("Ask for Ms Wang", "")
    ('H···', '2026-03-01', 'A···')
    >>> hidden("13912345678", ""), hidden("13912345678", "customer_number"), hidden("110101199001011234", "")
    ('139******78', '139******78', '110···')
    """
    if role == "phone":
        return str(masking.hidden_phone(text))
    if role == "email":
        return str(masking.hidden_email(text))
    if privacy.is_mobile(text):  # whatever the column was taken for: customers may be told apart by their telephones
        return str(masking.hidden_phone(text))
    if role in PERSONAL or (not role and any(one.isalpha() for one in text)):
        return text[:1] + "···"
    if not role and sum(one.isdigit() for one in text) >= LONG and not _DAY.match(text):
        return text[:3] + "···"
    return text


def _values(found: Any) -> tuple[Any, ...]:
    if isinstance(found, str):
        return tuple(found.split(", "))
    return tuple(found) if isinstance(found, Iterable) else (found,)


def _plain(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        return f"{value:.0f}"
    if isinstance(value, pd.Timestamp) and value == value.normalize():
        return value.strftime("%Y-%m-%d")
    return str(value).strip().removesuffix(" 00:00:00")[:40] if value is not None else ""
