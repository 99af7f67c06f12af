"""Break 8.1: Einstein's riddle, its clues, and a solver that tries all streets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import permutations
from typing import TYPE_CHECKING, NamedTuple

from crmlab.course.cases import OPEN, Case, case
from crmlab.course.exercise_form import judged
from crmlab.course.form import Answers
from crmlab.course.hooks import Lesson
from crmlab.language import Words, tr

if TYPE_CHECKING:
    import pandas as pd

here = Lesson("8.1")

HOUSES = range(1, 6)
"""From the left, seen from the street."""

PROPERTIES = ("colour", "owner", "drink", "sells", "pet")
"""Each has a list of five values in the file of the lesson, and a field with its heading."""

Fact = tuple[str, str]
Street = Mapping[Fact, int]


class Clue(NamedTuple):
    """``how`` says how the houses of two facts stand: "same", "next" to each other, first directly "right" of second, first
    anywhere to the right of it ("after").

    With "at" the first fact is true of house ``house``.
    """

    first: Fact
    how: str
    second: Fact = ("", "")
    house: int = 0

    def facts(self) -> tuple[Fact, ...]:
        """The one or two facts that it speaks of."""
        return (self.first,) if self.how == "at" else (self.first, self.second)

    def holds(self, street: Street) -> bool:
        """Whether it is true; the street must place its facts."""
        one = street[self.first]
        if self.how == "at":
            return one == self.house
        other = street[self.second]
        return {"same": one == other, "next": abs(one - other) == 1, "right": one == other + 1, "after": one > other}[self.how]


CLUES = (
    Clue(("drink", "juice"), "at", house=3),
    Clue(("owner", "dane"), "at", house=5),
    Clue(("owner", "dane"), "next", ("colour", "yellow")),
    Clue(("colour", "white"), "right", ("colour", "red")),
    Clue(("drink", "tea"), "same", ("colour", "white")),
    Clue(("owner", "canadian"), "same", ("colour", "blue")),
    Clue(("sells", "umbrellas"), "same", ("colour", "green")),
    Clue(("pet", "dog"), "next", ("sells", "umbrellas")),
    Clue(("sells", "bicycles"), "same", ("drink", "milk")),
    Clue(("sells", "shoes"), "next", ("drink", "water")),
    Clue(("owner", "indian"), "same", ("drink", "coffee")),
    Clue(("owner", "brazilian"), "same", ("sells", "books")),
    Clue(("owner", "egyptian"), "same", ("pet", "horse")),
    Clue(("sells", "lamps"), "same", ("pet", "cat")),
    Clue(("sells", "shoes"), "next", ("pet", "bird")),
)
"""The clues in the order of the lesson; their sentences are the texts clue-1, clue-2 ... of its file."""

here.lists["clues"] = {f"clue-{number}": str(number) for number in range(1, len(CLUES) + 1)}


@cache
def _solved(left_out: int = 0) -> tuple[Street, ...]:
    """Every street in which the clues hold, but for the one left out (counted from 1; 0: none is)."""
    return tuple(_fitting([clue for number, clue in enumerate(CLUES, 1) if number != left_out]))


@cache
def read_loosely() -> int:
    """How many streets fit when clue 4 is read without its "directly": anywhere to the right.

    >>> read_loosely()
    7
    """
    return len(_fitting([clue._replace(how="after") if clue.how == "right" else clue for clue in CLUES]))


def _fitting(clues: Sequence[Clue]) -> list[dict[Fact, int]]:
    """Every street in which these clues hold."""
    found: list[dict[Fact, int]] = [{}]
    known: set[str] = set()
    for name in PROPERTIES:
        values = list(here.options(name))
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
        rows: dict[str, list[Words]] = {}
        for name, heading in _headings().items():
            words = here.options(name)
            rows[heading] = [words[value] for house in HOUSES for value in words if street[name, value] == house]
        tables.append(pd.DataFrame({"House": list(HOUSES), **rows}))
    return tables


def _headings() -> dict[str, Words]:
    """The heading of each property: the label of its field."""
    entry = next(one for one in here.content["exercises"] if one["id"] == "street")
    return {name: Words(entry["fields"][name]["label"]) for name in PROPERTIES}


def clues() -> pd.DataFrame:
    """The clues, numbered: what the lesson shows."""
    import pandas as pd

    numbers = range(1, len(CLUES) + 1)
    return pd.DataFrame({"No.": numbers, "Clue": [here.texts[f"clue-{number}"] for number in numbers]})


def left_out() -> pd.DataFrame:
    """For each clue how many streets fit when it is left out and the others are kept.

    >>> int(left_out()["Streets that fit"].eq(1).sum())
    1
    """

    table = clues().rename(columns={"Clue": "Left out"})
    return table.assign(**{"Streets that fit": [len(_solved(number)) for number in table["No."]]})


# -- the street --------------------------------------------------------------------------------------------------------


@here.judge("street")
def street(answer: Answers) -> Iterator[Case]:
    """A case a clue, and one a property: no value may stand in two houses."""
    say = here.says("street")
    placed: dict[Fact, list[int]] = {}
    for name, heading in _headings().items():
        values = here.options(name)
        for house in HOUSES:
            if (value := answer.get(f"house{house}.{name}")) is not None:
                placed.setdefault((name, value), []).append(house)
        twice = next((value for value in values if len(placed.get((name, value), [])) > 1), "")
        whole = all(f"house{house}.{name}" in answer for house in HOUSES)
        if not whole and not twice:
            yield Case(False, OPEN, open=True)
            continue
        count = len(placed.get((name, twice), []))
        yield case(not twice, say["twice"], heading=heading, value=values.get(twice, ""), count=count)
    sure = {fact: houses[0] for fact, houses in placed.items() if len(houses) == 1}
    for number, clue in enumerate(CLUES, 1):
        if not all(fact in sure for fact in clue.facts()):
            yield Case(False, OPEN, open=True)
            continue
        a, b = sure[clue.first], sure[clue.facts()[-1]]
        houses = tr(say["one-house"], n=a) if a == b else tr(say["two-houses"], a=a, b=b)
        yield case(clue.holds(sure), say["broken"], n=number, clue=here.texts[f"clue-{number}"], houses=houses)


# -- one clue too many -------------------------------------------------------------------------------------------------


def _number(value: str) -> int:
    return int(value.removeprefix("clue-"))


@here.live("one-too-many")
def _fit(answers: Answers) -> list[str]:
    """How many streets fit without the clue that was chosen."""
    say = here.says("one-too-many")
    if "spare" not in answers:
        return [tr(say["choose"])]
    number = _number(answers["spare"])
    return [tr(say["count"], n=number, count=len(_solved(number)))]


@here.judge("one-too-many")
def one_too_many(answer: Answers) -> Iterator[Case]:
    """The redundant clue, by counting, and what makes a proof."""
    if "spare" in answer:
        number = _number(answer["spare"])
        count = len(_solved(number))
        yield case(count == 1, here.says("one-too-many")["not-one"], key="spare", n=number, count=count)
    else:
        yield Case(False, OPEN, key="spare", open=True)
    yield from judged("8.1", "one-too-many", answer, "wording", "proved", "einstein")
