"""What was found in the chosen file, result by result: computed once, masked unless names are wanted, with the verdict of its test in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pandas as pd

from crmlab.checks import InputError
from crmlab.course import own_files
from crmlab.own import FAILS, HOLDS, UNCLEAR, UNTESTED, Export, Result, Said, privacy, results
from crmlab.own.backtesting import columns

KIND_OF: Mapping[str, str] = {
    name: kind for kind, exports in own_files.FITS.items() for of_export in exports for name in results.NAMES[of_export]
}
"""The kind of data that each result is found in."""

LOOKS: Mapping[str, str] = {HOLDS: "right", UNCLEAR: "unreadable", FAILS: "not yet right", UNTESTED: "note"}
"""How a verdict looks (:func:`crmlab.course.panel.box`); what it says stands in :mod:`crmlab.own.backtesting.verdicts`."""


@dataclass(frozen=True, eq=False)
class Found:
    """A result, or the sentence that says why the file does not allow it; whose it is."""

    name: str
    kind: str
    export: Export
    own: bool
    result: Result | None
    why_not: str = ""

    def shown(self, names: bool = False) -> Result | None:
        """The result as it may be shown: masked unless ``names``."""
        return self.result if names or self.result is None else privacy.masked(self.result)

    def personal(self) -> bool:
        """Whether anything in it is masked."""
        if self.result is None:
            return False
        tables = (self.result.table, *self.result.more.values())
        return any(
            column in table or column in table.index.names for table in tables for column in self.result.personal
        )


FIRST = ("action", "move", "treatment", "group")
"""Columns that say what is to be done stand beside the first one: at the end of a wide table nobody sees them on a phone."""


def shown(table: pd.DataFrame, formats: Mapping[str, str], masked: bool = False) -> tuple[pd.DataFrame, dict[str, str]]:
    """A table with its columns' names and sentences in the language in force, and its formats by these names; a name that is the customer is said
    once, and a ``masked`` one, which tells nothing, not at all where a number tells the customers apart."""
    if {"customer", "name"} <= set(table) and (
        masked or table["customer"].astype(str).equals(table["name"].astype(str))
    ):
        table = table.drop(columns="name")
    if len(names_of := list(map(str, table))) > 3:
        ahead = [one for one in FIRST if one in names_of[2:]]
        whose = [one for one in ("name", "phone") if one in names_of]
        begin = [names_of[0], *whose, *ahead]
        table = table[[*begin, *(one for one in names_of if one not in begin)]]
    said = [column for column in table if table[column].map(lambda cell: isinstance(cell, Said)).any()]
    table = table.assign(**{column: table[column].map(str) for column in said})
    names = {str(column): columns.heading(str(column)) for column in table}
    shares = {"share", "cumulative_share"} | ({"low", "high"} if "share" in names else set())
    forms = {**dict.fromkeys(shares, "{:.0%}"), **formats}
    return table.rename(columns=names), {names[column]: form for column, form in forms.items() if column in names}


def find(name: str) -> Found:
    """A result in the chosen file, or in that of the made-up firm: computed once as long as neither file nor plan changes.

    Raises ``KeyError`` for a name that none has.
    """
    kind = KIND_OF[name]
    own, made = own_files.is_own(kind), own_files.export(kind)
    # Orders of the same firm say more about its complaints; those of another one would say what is not so.
    orders = (
        own_files.export(own_files.ORDERS)
        if name in results.WITH_ORDERS and own_files.is_own(own_files.ORDERS) == own
        else None
    )

    def compute() -> Found:
        try:
            return Found(name, kind, made, own, results.find(name, made, orders))
        except InputError as error:
            return Found(name, kind, made, own, None, str(error))

    state = (own_files.mark(kind), own_files.mark(own_files.ORDERS) if orders is not None else None)
    found: Found = own_files.kept(("result", name), state, compute)
    return found


def kinds() -> list[str]:
    """The kinds of data that a report is about: those with a file of one's own; all three of the made-up firm where none was chosen."""
    own = [kind for kind in own_files.ASKED if own_files.is_own(kind)]
    return own or list(own_files.ASKED)


def report(progress: Callable[[int, int], None] | None = None) -> tuple[list[Export], list[results.Findings]]:
    """The files of :func:`kinds` and all that was found in each, as :mod:`crmlab.report` takes them. ``progress(number, of how many)`` is called
    before each result."""
    files = {kind: own_files.export(kind) for kind in kinds()}
    names = [(kind, name) for kind, made in files.items() for name in results.NAMES.get(made.kind, ())]
    findings = {kind: results.Findings() for kind in files}
    for number, (kind, name) in enumerate(names):
        if progress is not None:
            progress(number + 1, len(names))
        one = find(name)
        if one.result is None:
            findings[kind].not_possible[name] = one.why_not
        else:
            findings[kind].results.append(one.result)
    return list(files.values()), list(findings.values())
