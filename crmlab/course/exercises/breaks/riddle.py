"""Break 8.1: Einstein's riddle, its clues, a solver that tries all streets, and the two exercises."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import permutations
from typing import TYPE_CHECKING, NamedTuple

from crmlab.course.cases import OPEN, Case, case, chosen
from crmlab.course.exercise import exercise
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

SHOWN = (_("House"), _("No."), _("Clue"), _("Left out"), _("Streets that fit"), _("The street"))
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
    Clue(
        _("The white house stands directly to the right of the red one."),
        ("colour", "white"),
        "right",
        ("colour", "red"),
    ),
    Clue(_("Tea is drunk in the white house."), ("drink", "tea"), "same", ("colour", "white")),
    Clue(_("The Canadian has painted the house blue."), ("owner", "canadian"), "same", ("colour", "blue")),
    Clue(_("Umbrellas are sold from the green house."), ("sells", "umbrellas"), "same", ("colour", "green")),
    Clue(_("Next door to the umbrellas a dog barks."), ("pet", "dog"), "next", ("sells", "umbrellas")),
    Clue(_("Whoever sells bicycles drinks milk."), ("sells", "bicycles"), "same", ("drink", "milk")),
    Clue(_("A neighbour of the shoe seller drinks plain water."), ("sells", "shoes"), "next", ("drink", "water")),
    Clue(_("The Indian starts the day with coffee."), ("owner", "indian"), "same", ("drink", "coffee")),
    Clue(_("The Brazilian sells books."), ("owner", "brazilian"), "same", ("sells", "books")),
    Clue(_("The Egyptian rides a horse."), ("owner", "egyptian"), "same", ("pet", "horse")),
    Clue(_("A cat sleeps among the lamps that are for sale."), ("sells", "lamps"), "same", ("pet", "cat")),
    Clue(_("The shoe seller hears a bird sing next door."), ("sells", "shoes"), "next", ("pet", "bird")),
)
"""The clues in the order of the lesson."""


@cache
def _solved(left_out: int = 0) -> tuple[Street, ...]:
    """Every street in which the clues hold, but for the one left out (counted from 1; 0: none is)."""
    return tuple(_fitting([clue for number, clue in enumerate(CLUES, 1) if number != left_out]))


def _fitting(clues: Sequence[Clue]) -> list[dict[Fact, int]]:
    """Every street in which these clues hold."""
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
    return found


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


def clues() -> pd.DataFrame:
    """The clues, numbered: what the lesson shows."""
    import pandas as pd

    return pd.DataFrame({"No.": range(1, len(CLUES) + 1), "Clue": [clue.text for clue in CLUES]})


def left_out() -> pd.DataFrame:
    """For each clue how many streets fit when it is left out and the others are kept.

    >>> int(left_out()["Streets that fit"].eq(1).sum())
    1
    """

    table = clues().rename(columns={"Clue": "Left out"})
    return table.assign(**{"Streets that fit": [len(_solved(number)) for number in table["No."]]})


# -- 1 the street ------------------------------------------------------------------------------------------------------

_PLACES = {
    1: _("House 1, far left"),
    2: _("House 2"),
    3: _("House 3, in the middle"),
    4: _("House 4"),
    5: _("House 5, far right"),
}


def _street_form() -> Form:
    return Form(
        tuple(
            Row(
                _PLACES[house],
                tuple(
                    Choice(f"house{house}.{name}", tuple(values.items()), label=heading)
                    for name, (heading, values) in PROPERTIES.items()
                ),
            )
            for house in HOUSES
        ),
        intro=_("Fill in what you know and press Check as often as you like: it names the clues that are broken."),
    )


@exercise(
    "street",
    lesson="8.1",
    points=4,
    title=_("Fill the street"),
    form=_street_form,
    hints=(
        _("Two clues give a house number outright. Enter these two first, then look for what touches them."),
        _(
            "Now the colours. The white and the red house are a pair, and what is drunk in the middle keeps the pair out of "
            "one place. What is left for the blue house?"
        ),
        _(
            "With all five colours in place: who sells umbrellas, and what can that house still drink? Then follow clue 10 "
            "to the shoes."
        ),
    ),
    right=_(
        "No clue is broken, and each value stands once. You have shown that this street is possible. Whether it is the only "
        "one is a question of its own, and the next one."
    ),
)
def street(answer: Answers) -> Iterator[Case]:
    """A case a clue, and one a property: no value may stand in two houses."""
    placed: dict[Fact, list[int]] = {}
    for name, (heading, values) in PROPERTIES.items():
        for house in HOUSES:
            if (value := answer.get(f"house{house}.{name}")) is not None:
                placed.setdefault((name, value), []).append(house)
        twice = next((value for value in values if len(placed.get((name, value), [])) > 1), "")
        whole = all(f"house{house}.{name}" in answer for house in HOUSES)
        if not whole and not twice:
            yield Case(False, OPEN, open=True)
            continue
        yield case(
            not twice,
            _("{heading}: “{value}” stands in {count} houses. In which can it not be?"),
            heading=tr(heading),
            value=tr(values.get(twice, "")),
            count=len(placed.get((name, twice), [])),
        )
    sure = {fact: houses[0] for fact, houses in placed.items() if len(houses) == 1}
    for number, clue in enumerate(CLUES, 1):
        if not all(fact in sure for fact in clue.facts()):
            yield Case(False, OPEN, open=True)
        else:
            yield case(
                clue.holds(sure),
                _("Clue {n} is broken: {clue} You have it in {houses}. What must move?"),
                n=number,
                clue=tr(clue.text),
                houses=tr(_("house {n}"), n=sure[clue.first])
                if len({sure[fact] for fact in clue.facts()}) == 1
                else tr(_("houses {a} and {b}"), a=sure[clue.first], b=sure[clue.facts()[-1]]),
            )


# -- 2 one clue too many -----------------------------------------------------------------------------------------------

_NUMBERS = tuple((f"clue-{number}", str(number)) for number in range(1, len(CLUES) + 1))
_PROOF = (
    ("consistent", _("Yes: with 15 clues kept, chance is ruled out.")),
    ("count", _("Not yet: show too that no other street keeps them.")),
    ("fewer", _("No: with so many clues, any street can be made to fit.")),
)


def _number(value: str) -> int:
    return int(value.removeprefix("clue-"))


def _fit(answers: Answers) -> list[str]:
    """How many streets fit without the clue that was chosen."""
    if "spare" not in answers:
        return [tr(_("Choose a clue: here you will see how many streets fit without it."))]
    number = _number(answers["spare"])
    return [tr(_("Without clue {n}: {count} street(s) fit."), n=number, count=len(_solved(number)))]


@exercise(
    "one-too-many",
    lesson="8.1",
    points=2,
    title=_("One clue too many"),
    form=Form(
        (
            Row(
                _("Which clue can be crossed out, and still only one street fits? Try as many as you like."),
                (Choice("spare", _NUMBERS, label=_("Clue")),),
            ),
            Row(
                _("A colleague has filled all 25 fields, and no clue is broken. Is it proved who keeps the fish?"),
                (Choice("proved", _PROOF, style="radio"),),
            ),
        ),
        live=_fit,
    ),
    hints=(
        _("The line under the form counts the streets anew for each clue that you choose."),
        _("The spare clue is one of those about neighbours."),
    ),
    right=_(
        "Fourteen clues suffice; the spare one only shortens the way. And a street that keeps all clues is proved when it has "
        "been shown that no second one does."
    ),
)
def one_too_many(answer: Answers) -> Iterator[Case]:
    """The redundant clue, by counting, and what makes a proof."""
    if "spare" in answer:
        number = _number(answer["spare"])
        count = len(_solved(number))
        says = _("Without clue {n}, {count} streets fit. Which clue leaves the count at one?")
        yield case(count == 1, says, key="spare", n=number, count=count)
    else:
        yield Case(False, OPEN, key="spare", open=True)
    yield chosen(
        answer,
        "proved",
        "count",
        {
            "consistent": _("You say it is proved. Without clue 1, how many streets keep all the others?"),
            "fewer": _("You say any street can be made to fit. How many did the computer find with all the clues?"),
        },
    )
