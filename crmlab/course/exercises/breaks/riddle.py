"""Break 8.1: Einstein's riddle, its clues, a solver that tries all streets, and the two exercises."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from itertools import permutations
from typing import TYPE_CHECKING, NamedTuple

from crmlab.course.exercise import OPEN, Case, case, chosen, exercise
from crmlab.course.form import Answers, Choice, Form, Row
from crmlab.language import _, tr

if TYPE_CHECKING:
    import pandas as pd

HOUSES = range(1, 6)
"""From the left, seen from the street."""

PROPERTIES: dict[str, tuple[str, dict[str, str]]] = {
    "colour": (
        _("Colour"),
        {"blue": _("blue"), "green": _("green"), "red": _("red"), "white": _("white"), "yellow": _("yellow")},
    ),
    "owner": (
        _("Owner"),
        {
            "brazilian": _("the Brazilian"),
            "canadian": _("the Canadian"),
            "dane": _("the Dane"),
            "egyptian": _("the Egyptian"),
            "indian": _("the Indian"),
        },
    ),
    "drink": (
        _("Drinks"),
        {"coffee": _("coffee"), "juice": _("juice"), "milk": _("milk"), "tea": _("tea"), "water": _("plain water")},
    ),
    "sells": (
        _("Sells"),
        {
            "bicycles": _("bicycles"),
            "books": _("books"),
            "lamps": _("lamps"),
            "shoes": _("shoes"),
            "umbrellas": _("umbrellas"),
        },
    ),
    "pet": (
        _("Pet"),
        {"bird": _("a bird"), "cat": _("a cat"), "dog": _("a dog"), "fish": _("a fish"), "horse": _("a horse")},
    ),
}
"""For each property its heading and its five values."""

SHOWN = (_("House"), _("Clue"), _("Streets that fit"), _("The street"), _("Left out, one clue at a time"))
"""Headings and captions of the lesson's tables."""

Fact = tuple[str, str]
Street = Mapping[Fact, int]


class Clue(NamedTuple):
    """``how`` says how the houses of two facts stand: "same", "next" to each other, first directly "right" of second.

    With "at" the first fact is true of house ``house``.
    """

    text: str
    first: Fact
    how: str
    second: Fact = ("", "")
    house: int = 0

    def facts(self) -> tuple[Fact, ...]:
        """The one or two facts that it speaks of."""
        return (self.first,) if self.how == "at" else (self.first, self.second)

    def holds(self, street: Street) -> bool:
        """Whether it is true; the street must place its facts."""
        here = street[self.first]
        if self.how == "at":
            return here == self.house
        there = street[self.second]
        return {"same": here == there, "next": abs(here - there) == 1, "right": here == there + 1}[self.how]


CLUES = (
    Clue(_("The house in the middle smells of fresh juice."), ("drink", "juice"), "at", house=3),
    Clue(_("The Dane owns the last house on the right."), ("owner", "dane"), "at", house=5),
    Clue(_("The Dane has the yellow house next door."), ("owner", "dane"), "next", ("colour", "yellow")),
    Clue(_("The white house stands directly to the right of the red one."), ("colour", "white"), "right", ("colour", "red")),
    Clue(_("Tea is drunk in the white house."), ("drink", "tea"), "same", ("colour", "white")),
    Clue(_("The Canadian has painted the house blue."), ("owner", "canadian"), "same", ("colour", "blue")),
    Clue(_("Umbrellas are sold from the green house."), ("sells", "umbrellas"), "same", ("colour", "green")),
    Clue(_("Next door to the umbrellas a dog barks."), ("pet", "dog"), "next", ("sells", "umbrellas")),
    Clue(_("Whoever sells bicycles drinks milk."), ("sells", "bicycles"), "same", ("drink", "milk")),
    Clue(_("The Indian starts the day with coffee."), ("owner", "indian"), "same", ("drink", "coffee")),
    Clue(_("The Brazilian sells books."), ("owner", "brazilian"), "same", ("sells", "books")),
    Clue(_("The Egyptian rides a horse."), ("owner", "egyptian"), "same", ("pet", "horse")),
    Clue(_("A cat sleeps among the lamps that are for sale."), ("sells", "lamps"), "same", ("pet", "cat")),
    Clue(_("The shoe seller hears a bird sing next door."), ("sells", "shoes"), "next", ("pet", "bird")),
    Clue(_("A neighbour of the shoe seller drinks plain water."), ("sells", "shoes"), "next", ("drink", "water")),
)
"""The clues in the order of the lesson."""


@cache
def _solved(left_out: int = 0) -> tuple[Street, ...]:
    """Every street in which the clues hold, but for the one left out (counted from 1; 0: none is)."""
    clues = [clue for number, clue in enumerate(CLUES, 1) if number != left_out]
    found: list[dict[Fact, int]] = [{}]
    known: set[str] = set()
    for name, (_heading, values) in PROPERTIES.items():
        known.add(name)
        # A clue is asked as soon as all that it speaks of is placed: most streets never get a second property.
        ready = [c for c in clues if {of for of, _value in c.facts()} <= known and name in {of for of, _v in c.facts()}]
        tried = (
            {**street, **{(name, value): house for value, house in zip(values, order, strict=True)}}
            for street in found
            for order in permutations(HOUSES)
        )
        found = [street for street in tried if all(clue.holds(street) for clue in ready)]
    return tuple(found)


def streets(left_out: int = 0) -> list[pd.DataFrame]:
    """Every street in which all clues hold, a table each: a row a house, from the left.

    ``left_out`` is the number of a clue that is not asked for. Found by trying all orders of the colours, then of the
    owners and so on, and dropping at once what breaks a clue. Raises ``ValueError`` for a clue that is not there.

    >>> len(streets()), len(streets(left_out=1)) > 1
    (1, True)
    """
    import pandas as pd

    if left_out not in range(len(CLUES) + 1):
        raise ValueError(f"left_out must be 0 (none) or the number of a clue, 1 to {len(CLUES)}, not {left_out!r}.")
    tables = []
    for street in _solved(left_out):
        rows = {
            heading: [next(text for value, text in values.items() if street[name, value] == house) for house in HOUSES]
            for name, (heading, values) in PROPERTIES.items()
        }
        tables.append(pd.DataFrame({"House": list(HOUSES), **rows}))
    return tables
