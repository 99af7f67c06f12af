"""Break 8.1: one street and no other, found twice over; what is said to a wrong one."""

from __future__ import annotations

from itertools import permutations
from math import factorial
from typing import Any

import pytest

from crmlab.course.exercises.breaks import riddle
from tests.support.answers import live, run, source

SOURCE = source("8.1")


def _fields(street: riddle.Street) -> dict[str, str]:
    return {f"house{house}.{name}": value for (name, value), house in street.items()}


RIGHT: dict[str, dict[str, Any]] = {
    "street": _fields(riddle._solved()[0]),
    "one-too-many": {"spare": "clue-10", "wording": "several", "proved": "count", "einstein": "tale"},
}


def test_there_is_one_street_found_in_another_way() -> None:
    """House by house with the clues written out anew, so that a slip in the table of clues would show."""
    found = []
    for colour in permutations(("blue", "green", "red", "white", "yellow")):
        c = {name: house for house, name in enumerate(colour, 1)}
        if c["white"] != c["red"] + 1:
            continue
        for owner in permutations(("brazilian", "canadian", "dane", "egyptian", "indian")):
            o = {name: house for house, name in enumerate(owner, 1)}
            if o["dane"] != 5 or c["yellow"] not in (o["dane"] - 1, o["dane"] + 1) or o["canadian"] != c["blue"]:
                continue
            for drink in permutations(("coffee", "juice", "milk", "tea", "water")):
                d = {name: house for house, name in enumerate(drink, 1)}
                if d["juice"] != 3 or d["tea"] != c["white"] or d["coffee"] != o["indian"]:
                    continue
                for sells in permutations(("bicycles", "books", "lamps", "shoes", "umbrellas")):
                    s = {name: house for house, name in enumerate(sells, 1)}
                    if s["umbrellas"] != c["green"] or s["bicycles"] != d["milk"] or s["books"] != o["brazilian"]:
                        continue
                    if d["water"] not in (s["shoes"] - 1, s["shoes"] + 1):
                        continue
                    for pet in permutations(("bird", "cat", "dog", "fish", "horse")):
                        p = {name: house for house, name in enumerate(pet, 1)}
                        if (
                            abs(p["dog"] - s["umbrellas"]) == 1
                            and p["horse"] == o["egyptian"]
                            and p["cat"] == s["lamps"]
                            and abs(p["bird"] - s["shoes"]) == 1
                        ):
                            found.append((colour, owner, drink, sells, pet))
    assert len(found) == 1
    (street,) = riddle._solved()
    for name, order in zip(riddle.PROPERTIES, found[0], strict=True):
        assert [street[name, value] for value in order] == [1, 2, 3, 4, 5]


def test_the_fish_and_one_spare_clue() -> None:
    (street,) = riddle._solved()
    assert street["pet", "fish"] == street["owner", "brazilian"] == street["colour", "white"] == 2
    counts = riddle.left_out()["Streets that fit"].tolist()
    assert [number for number, count in enumerate(counts, 1) if count == 1] == [10]
    assert riddle.CLUES[9].how == "next", "the hint says so"
    assert "fish" not in " ".join(riddle.clues()["Clue"])


def test_numbers_of_the_prose() -> None:
    assert factorial(5) ** 5 == 24_883_200_000
    assert len(riddle.CLUES) == len(riddle.clues()) == 15


@pytest.mark.parametrize(
    ("clues", "forced"),
    [
        (
            set(range(1, 9)),
            {
                ("colour", "red"): 1,
                ("colour", "white"): 2,
                ("colour", "yellow"): 4,
                ("colour", "blue"): 3,
                ("colour", "green"): 5,
                ("sells", "umbrellas"): 5,
                ("pet", "dog"): 4,
            },
        ),
        ({*range(1, 10), 11}, {("drink", "water"): 5}),
        (
            set(range(1, 12)),
            {("sells", "shoes"): 4, ("sells", "bicycles"): 1, ("drink", "milk"): 1, ("owner", "indian"): 4},
        ),
        (set(range(1, 14)), {("owner", "brazilian"): 2, ("sells", "books"): 2, ("pet", "horse"): 1}),
    ],
)
def test_the_steps_of_the_solution_follow(clues: set[int], forced: dict[riddle.Fact, int]) -> None:
    """In every street that keeps the clues used up to a step, these places are as the step says."""
    chosen = [clue for number, clue in enumerate(riddle.CLUES, 1) if number in clues]
    found = riddle._fitting(chosen)
    assert found
    for fact, house in forced.items():
        assert {street[fact] for street in found} == {house}, fact


def test_streets_as_tables() -> None:
    (table,) = riddle.streets()
    assert table["House"].tolist() == [1, 2, 3, 4, 5]
    assert table.loc[1, "Pet"] == "a fish"
    assert len(riddle.streets(1)) == 4
    for nonsense in (-1, 16):
        with pytest.raises(ValueError, match="1 to 15"):
            riddle.streets(nonsense)


def test_the_street_says_which_clue_is_broken(language: str) -> None:
    swapped = RIGHT["street"] | {"house1.pet": "fish", "house2.pet": "horse"}
    given = run("street", "8.1", clicks=swapped)
    (case,) = given.wrong()
    assert "13" in case.text()
    assert 0 < given.points < 4
    moved = run("street", "8.1", clicks=RIGHT["street"] | {"house3.drink": "tea", "house2.drink": "juice"})
    assert sorted(case.values["n"] for case in moved.wrong()) == [1, 5]
    twice = run("street", "8.1", clicks=RIGHT["street"] | {"house1.pet": "fish"})
    (case,) = twice.wrong()
    assert "2" in case.text()
    assert "{" not in case.text()


def test_every_clue_can_be_broken_and_held() -> None:
    (street,) = riddle._solved()
    for clue in riddle.CLUES:
        assert clue.holds(street)
        other = {**street, clue.first: street[clue.first] % 5 + 1}
        more = {**street, clue.first: (street[clue.first] + 1) % 5 + 1}
        assert not (clue.holds(other) and clue.holds(more))


def test_wrong_in_the_second(language: str) -> None:
    for number in (1, 8, 14):
        given = run("one-too-many", "8.1", clicks=RIGHT["one-too-many"] | {"spare": f"clue-{number}"})
        assert given.points == 1.5
        assert str(len(riddle._solved(number))) in given.wrong()[0].text()
    for value in ("consistent", "fewer"):
        given = run("one-too-many", "8.1", clicks=RIGHT["one-too-many"] | {"proved": value})
        assert given.points == 1.5
        assert given.wrong()[0].text()
    shown = live("one-too-many", "8.1")
    assert "17" in shown({"spare": "clue-2"})[0]
    assert len(shown({})) == 1


def test_the_word_in_clue_4_and_the_handouts_own_clue() -> None:
    """Seven streets without "directly"; the hand-out's riddle, tried anew, has one answer with it and seven without."""
    assert riddle.read_loosely() == 7
    assert "seven streets fit" in SOURCE

    def answers(directly: bool) -> list[str]:
        found = []
        for red, green, white, yellow, blue in permutations(range(5)):
            if not (white == green + 1 if directly else green < white):
                continue
            for briton, swede, dane, norwegian, german in permutations(range(5)):
                if (norwegian, briton, abs(norwegian - blue)) != (0, red, 1):
                    continue
                for tea, coffee, milk, beer, water in permutations(range(5)):
                    if (tea, coffee, milk) != (dane, green, 2):
                        continue
                    for pall_mall, dunhill, blend, blue_master, prince in permutations(range(5)):
                        if (dunhill, blue_master, prince, abs(blend - water)) != (yellow, beer, german, 1):
                            continue
                        for dog, bird, cat, horse, fish in permutations(range(5)):
                            if (dog, bird, abs(blend - cat), abs(horse - dunhill)) == (swede, pall_mall, 1, 1):
                                owners = {briton: "briton", swede: "swede", dane: "dane", norwegian: "norwegian", german: "german"}
                                found.append(owners[fish])
        return found

    assert answers(directly=True) == ["german"]
    assert len(answers(directly=False)) == 7
