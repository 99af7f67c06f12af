"""Break 8.2: pirates who share gems by vote, solved from the end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import combinations
from typing import TYPE_CHECKING

from crmlab.course.cases import OPEN, Case, case
from crmlab.course.exercise_form import judged
from crmlab.course.form import Answers
from crmlab.course.hooks import Lesson, Numbers, Right

if TYPE_CHECKING:
    import pandas as pd

here = Lesson("8.2")

GEMS = 100
MOST = 5
"""With six or more, somebody would have to guess which of several equally good plans comes next: not asked here."""

NAMES = ("A", "B", "C", "D", "E")
"""From the oldest, who is captain first, to the youngest."""

Fate = tuple[int | None, ...]
"""What each pirate ends with, the captain first; None for one who goes overboard."""


def needed(pirates: int, *, tie_passes: bool = False) -> int:
    """The votes that a plan needs, the captain's own among them: more than half, or at least half.

    >>> needed(4), needed(5), needed(4, tie_passes=True), needed(5, tie_passes=True)
    (3, 3, 2, 3)
    """
    return (pirates + 1) // 2 if tie_passes else pirates // 2 + 1


@cache
def splits(pirates: int, gems: int = GEMS, *, tie_passes: bool = False, spares: bool = False) -> tuple[Fate, ...]:
    """What comes of it when each thinks from the end: all plans that are equally best for the captain.

    Each pirate wants to live first, then gems, then a splash: whoever gains nothing by a no says no. With ``spares``
    such a pirate says yes. ``tie_passes`` makes half of the votes enough. If no plan passes, the captain's entry is
    None and the next one shares with the rest. Raises ``ValueError`` for fewer than 1 or more than 5 pirates, or fewer
    than 0 gems.

    >>> splits(2), splits(3)
    (((None, 100),), ((100, 0, 0),))
    >>> splits(2, tie_passes=True)
    ((100, 0),)
    """
    if pirates not in range(1, MOST + 1) or gems < 0:
        raise ValueError(f"Give 1 to {MOST} pirates and 0 or more gems, not {pirates!r} and {gems!r}.")
    if pirates == 1:
        return ((gems,),)
    later = fates(pirates, gems, tie_passes=tie_passes, spares=spares)
    # What a yes costs: nothing from one who dies otherwise, else one gem more than the no brings (as much, if he spares).
    prices = [0 if fate is None else fate + (0 if spares else 1) for fate in later]
    wanted = needed(pirates, tie_passes=tie_passes) - 1
    choices = list(combinations(range(len(prices)), wanted))
    least = min(sum(prices[one] for one in choice) for choice in choices)
    if least > gems:
        return ((None, *later),)
    best = [choice for choice in choices if sum(prices[one] for one in choice) == least]
    plans = [(gems - least, *(prices[one] if one in choice else 0 for one in range(len(prices)))) for choice in best]
    return tuple(dict.fromkeys(plans))


def fates(pirates: int, gems: int = GEMS, *, tie_passes: bool = False, spares: bool = False) -> Fate:
    """What each but the captain ends with if the captain's plan fails.

    >>> fates(4), fates(5)
    ((100, 0, 0), (98, 0, 1, 1))
    """
    return splits(pirates - 1, gems, tie_passes=tie_passes, spares=spares)[0]


def votes(plan: Sequence[int], gems: int = GEMS, *, tie_passes: bool = False, spares: bool = False) -> int:
    """How many vote for a plan (the captain's share first), the captain among them.

    >>> votes((97, 0, 1, 2, 0)), votes((98, 1, 1, 0, 0))
    (3, 2)
    """
    later = fates(len(plan), gems, tie_passes=tie_passes, spares=spares)
    return 1 + sum(
        fate is None or offer > fate or (spares and offer == fate) for offer, fate in zip(plan[1:], later, strict=True)
    )


def plans(tie_passes: bool = False) -> pd.DataFrame:
    """The captain's best plans for one to five pirates, a row each: what the lesson shows."""
    import pandas as pd

    rows = []
    for pirates in range(1, MOST + 1):
        found = splits(pirates, tie_passes=tie_passes)
        # Blanks that do not break: on a phone the line ends between two plans, not within one.
        said = " / ".join("\u00a0·\u00a0".join("×" if one is None else str(one) for one in plan) for plan in found)
        rows.append({"Pirates left": " ".join(NAMES[-pirates:]), "The captain’s best plans": said})
    return pd.DataFrame(rows)


# -- from the end ------------------------------------------------------------------------------------------------------


@here.judge("from-the-end")
def from_the_end(answer: Answers) -> Iterator[Case]:
    """The case of two, and the captain's plans for three to five."""
    yield from judged("8.2", "from-the-end", answer, "two")
    for pirates in range(3, MOST + 1):
        keys = [f"of{pirates}.{name}" for name in NAMES[-pirates:]]
        if not all(key in answer for key in keys):
            yield Case(False, OPEN, key=keys[0], open=True)
            continue
        yield _voted([float(answer[key]) for key in keys], keys[0])


def _voted(given: list[float], key: str) -> Case:
    """Whether a plan is one of the best; if not, what the vote on it would be."""
    say = here.says("from-the-end")
    if any(share < 0 or share != int(share) for share in given):
        return case(False, say["cut"], key=key)
    plan = tuple(int(share) for share in given)
    if sum(plan) != GEMS:
        return case(False, say["sum"], key=key, sum=sum(plan))
    yes, wanted = votes(plan), needed(len(plan))
    says, shown = say["fails" if yes < wanted else "passes"], "-".join(map(str, plan))
    return case(plan in splits(len(plan)), says, key=key, plan=shown, yes=yes, n=len(plan), wanted=wanted)


# -- the answer that everybody knows -----------------------------------------------------------------------------------

POPULAR = (98, 0, 1, 0, 1)
"""What most people who have heard the puzzle before will say."""

here.lists["counts"] = {f"yes-{count}": str(count) for count in range(1, MOST + 1)}


@here.numbers("popular")
def popular() -> Numbers:
    """The vote on the popular answer, the rule that it belongs to, and the best plans under the rule chosen."""
    best = {"more": splits(5, 1000), "spare": splits(5, spares=True), "tie": splits(5, tie_passes=True)}

    def plan(answers: Answers) -> dict[str, str]:
        return {"plan": " / ".join("-".join(map(str, one)) for one in best[answers["rule"]])}

    rule = next(rule for rule, found in best.items() if found == (POPULAR,))
    return Numbers(right={"yes": Right(f"yes-{votes(POPULAR)}"), "rule": Right(rule, words=plan)})
