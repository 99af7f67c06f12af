"""Break 8.2: pirates who share gems by vote, solved from the end, and the two exercises."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import combinations
from typing import TYPE_CHECKING

from crmlab.course.cases import OPEN, Case, case, chosen
from crmlab.course.exercise import exercise
from crmlab.course.form import Answers, Choice, Entry, Form, Row, number
from crmlab.language import _

if TYPE_CHECKING:
    import pandas as pd

GEMS = 100
MOST = 5
"""With six or more, somebody would have to guess which of several equally good plans comes next: not asked here."""

NAMES = ("A", "B", "C", "D", "E")
"""From the oldest, who is captain first, to the youngest."""

SHOWN = (
    *(_("Pirates left"), _("The captain’s best plans")),
    *(_("More than half must say yes"), _("Half is enough: a tie passes")),
)

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


# -- 1 from the end ----------------------------------------------------------------------------------------------------

_TWO = (
    ("all", _("D keeps all 100: E is only one of two.")),
    ("bribe", _("D keeps 99 and buys the vote of E with 1.")),
    ("gives", _("D gives all 100 to E, and lives.")),
    ("splash", _("D goes overboard, whatever the plan.")),
)
_LEFT = {3: _("C, D, E are left. C shares:"), 4: _("B, C, D, E are left. B shares:"), 5: _("All five. A shares:")}


def _table_form() -> Form:
    rows = [Row(_("Only D and E are left. D shares. What happens?"), (Choice("two", _TWO, style="radio"),))]
    for pirates, prompt in _LEFT.items():
        rows.append(Row(prompt, tuple(Entry(f"of{pirates}.{name}", name) for name in NAMES[-pirates:])))
    return Form(tuple(rows))


@exercise(
    "from-the-end",
    lesson="8.2",
    points=4,
    title=_("From the end"),
    form=_table_form,
    hints=(
        _("With two pirates, how many votes are more than half? And what does E get if the plan of D fails?"),
        _("Before each line write down what everybody but the captain gets if the plan fails: it is the line above."),
        _(
            "A vote costs one gem more than that. So count how many votes the captain still needs, and buy the cheapest. With "
            "five, more than one plan is the best; either will do."
        ),
    ),
    right=_(
        "The whole table. Every line is bought with the line above it: whoever would get nothing there is cheap here, and "
        "whoever is rich there is never asked."
    ),
)
def from_the_end(answer: Answers) -> Iterator[Case]:
    """The case of two, and the captain's plans for three to five."""
    yield chosen(
        answer,
        "two",
        "splash",
        {
            "all": _("You let D keep everything. How many votes is that, and how many are more than half of two?"),
            "bribe": _("You offer E one gem. What does E have after a no?"),
            "gives": _("You offer E all 100. What does E have after a no, and which of the two does E like better?"),
        },
    )
    for pirates in _LEFT:
        keys = [f"of{pirates}.{name}" for name in NAMES[-pirates:]]
        if not all(key in answer for key in keys):
            yield Case(False, OPEN, key=keys[0], open=True)
            continue
        given = [number(answer[key]) or 0.0 for key in keys]
        yield _judged(given, keys[0])


def _judged(given: list[float], key: str) -> Case:
    """Whether a plan is one of the best; if not, what the vote on it would be."""
    if any(share < 0 or share != int(share) for share in given):
        return case(
            False, _("A gem cannot be cut, and nobody can be given fewer than 0. Which numbers are left?"), key=key
        )
    plan = tuple(int(share) for share in given)
    if sum(plan) != GEMS:
        return case(False, _("Your plan hands out {sum} gems. How many are there?"), key=key, sum=sum(plan))
    yes, wanted = votes(plan), needed(len(plan))
    if yes < wanted:
        says = _("On your plan {plan} the yes votes are {yes} of {n}; {wanted} are needed. Who gains nothing by a yes?")
    else:
        says = _("Your plan {plan} passes with {yes} of {n}. Could the captain keep more? Whose vote is the cheapest?")
    shown = "-".join(map(str, plan))
    return case(plan in splits(len(plan)), says, key=key, plan=shown, yes=yes, n=len(plan), wanted=wanted)


# -- 2 the answer that everybody knows ---------------------------------------------------------------------------------

POPULAR = (98, 0, 1, 0, 1)
"""What most people who have heard the puzzle before will say."""

_COUNT = tuple((f"yes-{count}", str(count)) for count in range(1, MOST + 1))
_RULES = (
    ("more", _("There are 1,000 gems and not 100.")),
    ("spare", _("Whoever gains nothing by a no says yes.")),
    ("tie", _("Half of the votes is enough: a tie passes.")),
)


def _rule(value: str) -> tuple[Fate, ...]:
    return {
        "more": splits(5, 1000),
        "spare": splits(5, spares=True),
        "tie": splits(5, tie_passes=True),
    }[value]


@exercise(
    "popular",
    lesson="8.2",
    points=2,
    title=_("The answer that everybody knows"),
    form=Form(
        (
            Row(
                _("Under our rule: how many of the five vote for 98-0-1-0-1?"),
                (Choice("yes", _COUNT, label=_("Votes for it")),),
            ),
            Row(_("Which one change of the rules makes it the best plan?"), (Choice("rule", _RULES, style="radio"),)),
        )
    ),
    hints=(
        _("The captain votes for it. For each of the others compare the offer with the line for four pirates."),
        _("Start again at two pirates, with the changed rule. What does D end with now?"),
    ),
    right=_(
        "So the answer is not foolish: it belongs to another rule. Whoever knows it by heart loses the captain; whoever knows how "
        "it comes about can solve both."
    ),
)
def popular(answer: Answers) -> Iterator[Case]:
    """The vote on the popular answer, and the rule that it belongs to."""
    if "yes" in answer:
        got = int(answer["yes"].removeprefix("yes-"))
        says = _("You count {got} for it. Look at each offer again: is it more than the same pirate gets after a no?")
        yield case(got == votes(POPULAR), says, key="yes", got=got)
    else:
        yield Case(False, OPEN, key="yes", open=True)
    if "rule" in answer:
        made = _rule(answer["rule"])
        yield case(
            made == (POPULAR,),
            _(
                "With that change, and all else as before, the best plan is {plan}. From which line on does it differ from what you look for?"
            ),
            key="rule",
            plan=" / ".join("-".join(map(str, plan)) for plan in made),
        )
    else:
        yield Case(False, OPEN, key="rule", open=True)
