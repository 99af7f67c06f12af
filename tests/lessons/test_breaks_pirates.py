"""Break 8.2: the solver against all plans tried out, both rules; what is said to a wrong plan."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from crmlab.course.exercises.breaks import pirates
from tests.support.answers import run

LINES: dict[str, Any] = {"two": "splash"} | {
    f"of{n}.{name}": share
    for n in (3, 4, 5)
    for name, share in zip(pirates.NAMES[-n:], pirates.splits(n)[0], strict=True)
}
RIGHT: dict[str, dict[str, Any]] = {"from-the-end": LINES, "popular": {"yes": "yes-2", "rule": "tie"}}


def all_plans(n: int, gems: int) -> Iterator[tuple[int, ...]]:
    if n == 1:
        yield (gems,)
        return
    for share in range(gems + 1):
        for rest in all_plans(n - 1, gems - share):
            yield (share, *rest)


def tried_out(n: int, gems: int, tie: bool, spares: bool) -> set[tuple[int | None, ...]]:
    """The best plans, by putting every plan there is to the vote."""
    if n == 1:
        return {(gems,)}
    later = sorted(tried_out(n - 1, gems, tie, spares), key=str)[-1]
    passing: dict[tuple[int, ...], int] = {}
    for plan in all_plans(n, gems):
        yes = 1
        for offer, fate in zip(plan[1:], later, strict=True):
            yes += fate is None or offer > fate or (spares and offer == fate)
        if 2 * yes > n or (tie and 2 * yes == n):
            passing[plan] = plan[0]
    if not passing:
        return {(None, *later)}
    return {plan for plan, kept in passing.items() if kept == max(passing.values())}


@pytest.mark.parametrize("gems", [3, 7])
@pytest.mark.parametrize("tie", [False, True])
@pytest.mark.parametrize("n", [1, 2, 3, 4, 5])
def test_against_all_plans(n: int, tie: bool, gems: int) -> None:
    """Few gems suffice: from three on the captain's plan spends three at most."""
    assert set(pirates.splits(n, gems, tie_passes=tie)) == tried_out(n, gems, tie, False)


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5])
def test_with_mercy_against_all_plans(n: int) -> None:
    found, best = pirates.splits(n, 5, spares=True), tried_out(n, 5, False, True)
    assert {plan[0] for plan in found} == {plan[0] for plan in best}
    assert set(found) <= best


def test_the_two_rules() -> None:
    assert pirates.splits(2) == ((None, 100),)
    assert pirates.splits(3) == ((100, 0, 0),)
    assert pirates.splits(4) == ((98, 0, 1, 1),)
    assert set(pirates.splits(5)) == {(97, 0, 1, 2, 0), (97, 0, 1, 0, 2)}
    assert [pirates.splits(n, tie_passes=True) for n in (2, 3, 4, 5)] == [
        ((100, 0),),
        ((99, 0, 1),),
        ((99, 0, 1, 0),),
        ((98, 0, 1, 0, 1),),
    ]
    assert pirates.votes(pirates.POPULAR) == 2 < pirates.needed(5) == 3
    assert pirates.votes(pirates.POPULAR, tie_passes=True) == 3
    assert pirates.splits(5, 1000)[0][0] == 997
    # All that come before five have one best plan, so that nobody must guess what comes next.
    for tie in (False, True):
        assert all(len(pirates.splits(n, tie_passes=tie)) == 1 for n in (1, 2, 3, 4))


def test_the_captain_may_be_lost_for_want_of_gems() -> None:
    assert pirates.splits(4, 1) == ((None, 1, 0, 0),)
    for n, gems in ((0, 100), (6, 100), (3, -1)):
        with pytest.raises(ValueError, match="1 to 5"):
            pirates.splits(n, gems)


def test_table_of_the_lesson() -> None:
    found = [pirates.plans(tie_passes=rule)["The captain’s best plans"].tolist() for rule in (False, True)]
    strict, tie = ([one.replace("\u00a0", " ") for one in plans] for plans in found)
    assert all(" " not in plan for plans in found for one in plans for plan in one.split(" / ")), "no break in a plan"
    assert strict == ["100", "× · 100", "100 · 0 · 0", "98 · 0 · 1 · 1", "97 · 0 · 1 · 2 · 0 / 97 · 0 · 1 · 0 · 2"]
    assert tie[-1] == "98 · 0 · 1 · 0 · 1"
    assert [a == b for a, b in zip(strict, tie, strict=True)] == [True, False, False, False, False]


def _with_five(*plan: float) -> dict[str, Any]:
    return LINES | {f"of5.{name}": share for name, share in zip("ABCDE", plan, strict=True)}


def test_both_best_plans_are_right() -> None:
    for plan in pirates.splits(5):
        assert run("from-the-end", "8.2", clicks=_with_five(*plan)).state == "right"  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("plan", "part"),
    [
        ((98, 0, 1, 0, 1), "2 of 5"),
        ((20, 20, 20, 20, 20), "passes with 4 of 5"),
        ((97, 0, 0, 2, 1), "2 of 5"),
        ((96, 0, 1, 2, 0), "99 gems"),
        ((97, 0, 1.5, 1.5, 0), "cut"),
        ((101, 0, -1, 0, 0), "cut"),
    ],
)
def test_a_wrong_plan_is_put_to_the_vote(plan: tuple[float, ...], part: str) -> None:
    given = run("from-the-end", "8.2", clicks=_with_five(*plan))
    (case,) = given.wrong()
    assert part in case.text()
    assert case.text().endswith("?")
    assert given.points == 3


def test_wrong_choices_are_answered(language: str) -> None:
    for value in ("all", "bribe", "gives"):
        given = run("from-the-end", "8.2", clicks=LINES | {"two": value})
        assert given.points == 3
        assert len(given.wrong()[0].text()) > 10
    for field, values in (("yes", ("yes-1", "yes-3", "yes-5")), ("rule", ("more", "spare"))):
        for value in values:
            given = run("popular", "8.2", clicks=RIGHT["popular"] | {field: value})
            assert given.points == 1
            assert "{" not in given.wrong()[0].text()
