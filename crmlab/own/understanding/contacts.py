"""What a file says of its customers besides their orders, and which of them may be one and the same."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np
import pandas as pd

from crmlab import customers
from crmlab.language import _
from crmlab.own.export import Problem
from crmlab.own.listed import Listed
from crmlab.own.said import Said
from crmlab.own.understanding import identifiers
from crmlab.own.understanding.cells import Column

COLUMNS: Mapping[str, str] = {
    "customer": "name",
    "customer_number": "number",
    "phone": "phone",
    "email": "email",
    "contact": "contact",
    "region": "region",
    "salesperson": "salesperson",
}
"""The column of ``Export.contacts`` by role."""

MOST_NAMES, MOST_PAIRS, ALIKE = 3000, 50, 0.9


def table(who: np.ndarray, names: np.ndarray, columns: Mapping[str, Column]) -> tuple[pd.DataFrame, list[Problem]]:
    """By customer what the columns say, the last row that says something; and what is said where one number has several names."""
    made: dict[str, np.ndarray] = {}
    said: list[Problem] = []
    for role, name in COLUMNS.items():
        column = columns.get(role)
        if column is None:
            continue
        values = identifiers.read(
            column.cells, column.heading, name=role not in ("customer_number", "phone"), out=False
        ).values
        if role == "customer":
            values, _said = identifiers.joined(values, column.counts(), column.heading, True)
        at, unique = pd.factorize(values)
        code = column.take(at.astype("int32"), -1)
        there = (who >= 0) & (code >= 0)
        whose, code = who[there], code[there]
        last = np.full(len(names), -1, dtype="int32")
        last[whose] = code  # the last row stays
        found = np.full(len(names), None, dtype=object)
        if len(unique):
            found[last >= 0] = np.asarray(unique, dtype=object)[last[last >= 0]]
        made[name] = found
        if role == "customer":
            several = np.unique(whose[code != last[whose]])
            if len(several):
                shown = [str(names[one]) for one in several]
                says = Said(_("Customers with several names in this column: {n}."), n=len(several))
                said.append(
                    Problem(
                        says,
                        Said(
                            _("Kept as one customer each, with the name that stands last: {names}."),
                            names=Listed(shown[:5]),
                        ),
                        column.heading,
                        values=shown,
                    )
                )
    index = pd.Index(names, name="customer", dtype="object")
    found_table = pd.DataFrame(
        {name: pd.Series(values, index=index, dtype="object") for name, values in made.items()}, index=index
    )
    used = np.zeros(len(names), bool)
    used[who[who >= 0]] = True
    return found_table[used], said


def similar(contacts: pd.DataFrame, heading: str) -> list[Problem]:
    """Customers with names so alike that they may be one, as :func:`crmlab.customers.duplicates` finds them; they stay apart."""
    if "name" in contacts:
        named = pd.DataFrame(
            {"name": contacts["name"].to_numpy(dtype=object), "key": contacts.index.to_numpy(dtype=object)}
        )
    else:
        named = pd.DataFrame(
            {"name": contacts.index.to_numpy(dtype=object), "key": contacts.index.to_numpy(dtype=object)}
        )
    named = named[[one is not None and not str(one).isdigit() for one in named["name"]]].reset_index(drop=True)
    if len(named) > MOST_NAMES:
        says = Said(_("Different names: {n}, too many to compare each with each."), n=len(named))
        return [Problem(says, Said(_("Whether some of them are one customer was not looked for.")), heading)]
    if len(named) < 2:
        return []
    pairs = customers.duplicates(named[["name"]], {"name": customers.Compare("firm", 1)}, ALIKE)
    shown = [
        f"{_shown(named, a)} ~ {_shown(named, b)}"
        for a, b in zip(pairs["row_a"], pairs["row_b"], strict=True)
        if re.findall(r"\d+", str(named.loc[a, "name"]))
        == re.findall(r"\d+", str(named.loc[b, "name"]))  # branch 1 is not branch 2
    ][:MOST_PAIRS]
    if not shown:
        return []
    says = Said(
        _("Pairs of names so alike that they may be one customer: {n} ({examples})."),
        n=len(shown),
        examples="; ".join(shown[:3]),
    )
    return [Problem(says, Said(_("Kept apart.")), heading, values=shown)]


def _shown(named: pd.DataFrame, row: int) -> str:
    name, key = named.loc[row, "name"], named.loc[row, "key"]
    return str(name) if name == key else f"{name} ({key})"
