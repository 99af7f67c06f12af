"""What is found in an export: one module a result, each with ``find(export)``; :func:`of` finds all that a kind of file allows.

A module is imported when its result is wanted: the first sheet need not wait for SciPy.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from crmlab.checks import InputError
from crmlab.own.export import Export
from crmlab.own.result import Result

_OF_ORDERS = ("stages", "abc", "rfm", "leaving", "calls", "forecast")

NAMES: Mapping[str, tuple[str, ...]] = {
    "orders": _OF_ORDERS,
    "lines": (*_OF_ORDERS, "together"),
    "months": ("abc", "forecast"),
    "survey": ("satisfaction", "nps", "kano"),
    "complaints": ("triage", "reasons", "recovery"),
    "customers": (),
}
"""The results by the kind of file, in the order in which they are shown: each is the module :mod:`crmlab.own.results` ``.NAME``."""


@dataclass(frozen=True, eq=False)
class Findings:
    """``results`` in order, and for each that this file does not allow the sentence that says why, by name."""

    results: list[Result] = field(default_factory=list)
    not_possible: dict[str, str] = field(default_factory=dict)


WITH_ORDERS = ("triage", "recovery")
"""Results of complaints that say more where the orders of the same firm are given, too."""


def possible(export: Export) -> tuple[str, ...]:
    """The results that this kind of file can have; a large one was put together to orders, and what stood in one of them with what was counted."""
    names = NAMES[export.kind]
    return (*names, "together") if export.pairs is not None and "together" not in names else names


def find(name: str, export: Export, orders: Export | None = None) -> Result:
    """One result by its name; ``orders`` of the same firm for those :data:`WITH_ORDERS`. Raises :class:`~crmlab.checks.InputError` with a
    sentence where the file does not allow it."""
    more = {"orders": orders} if name in WITH_ORDERS else {}
    found = importlib.import_module(f"crmlab.own.results.{name}").find(export, **more)
    assert isinstance(found, Result)
    return found


def of(
    export: Export,
    names: Iterable[str] | None = None,
    progress: Callable[[str, int, int], None] | None = None,
    orders: Export | None = None,
) -> Findings:
    """All results that the kind of file allows, or those named. ``progress(name, number, of how many)`` is called before each; ``orders`` as in
    :func:`find`."""
    wanted = list(possible(export) if names is None else names)
    findings = Findings()
    for number, name in enumerate(wanted):
        if progress is not None:
            progress(name, number, len(wanted))
        try:
            findings.results.append(find(name, export, orders))
        except InputError as error:
            findings.not_possible[name] = str(error)
    return findings
