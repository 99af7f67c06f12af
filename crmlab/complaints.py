"""The complaint script: seven steps, first the feelings, then the matter.

Source: training handout.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from crmlab import checks
from crmlab.language import _, tr

HALVES = {"feelings": _("First the feelings"), "matter": _("Then the matter")}


class Step(NamedTuple):
    """One step of the script; ``name`` and ``meaning`` are English, ``tr`` renders them."""

    number: int
    half: str
    name: str
    meaning: str


STEPS = {
    "sympathy": Step(
        1, "feelings", _("Show sympathy"), _("Say that you see what it means to them, before anything else.")
    ),
    "ask": Step(2, "feelings", _("Ask"), _("Ask open questions and listen, to learn what really happened.")),
    "confirm": Step(
        3,
        "feelings",
        _("Repeat and confirm"),
        _("Say the complaint back in your own words until they say yes."),
    ),
    "want": Step(
        4,
        "matter",
        _("Find out what they want"),
        _("Ask what would put it right; it is often less than you fear."),
    ),
    "offer": Step(5, "matter", _("Offer a solution"), _("Name one thing you can do, and an alternative.")),
    "agree": Step(6, "matter", _("Agree on one"), _("Settle on one: who does what by when.")),
    "follow_up": Step(7, "matter", _("Follow up"), _("Call afterwards: was it done, are they content?")),
}
"""The seven steps by key, in order."""


class Review(NamedTuple):
    """What became of the seven steps in one conversation; each list in the order of the script."""

    done: list[str]
    """Steps that were done, early or not."""
    skipped: list[str]
    """Steps that were not done at all."""
    out_of_order: list[str]
    """Steps that came too early: a step that belongs before them was done only afterwards."""
    before: dict[str, str]
    """For each step out of order, the first step of the script that it ran ahead of."""

    @property
    def feelings_first(self) -> bool:
        """True when all three steps of the feelings were done, and before the first step of the matter."""
        half = {key: step.half for key, step in STEPS.items()}
        missed = any(half[step] == "feelings" for step in self.skipped)
        ahead = any(half[step] > half[first] for step, first in self.before.items())  # "matter" > "feelings"
        return not missed and not ahead

    @property
    def complete(self) -> bool:
        """True when all seven were done in order."""
        return not self.skipped and not self.out_of_order

    def sentences(self) -> list[str]:
        """The review in words, in the reader's language.

        >>> review(["ask", "sympathy"]).sentences()[0]
        "'Ask' came before 'Show sympathy'."
        """

        def name(step: str) -> str:
            return tr(STEPS[step].name)

        if self.complete:
            return [tr(_("All seven steps, in order."))]
        said = [
            tr(_("'{early}' came before '{first}'."), early=name(step), first=name(self.before[step]))
            for step in self.out_of_order
        ]
        return said + [tr(_("'{step}' was skipped."), step=name(step)) for step in self.skipped]


def review(steps_done: Sequence[str]) -> Review:
    """Compare the steps of a conversation, in the order they came, with the script.

    Of a step done several times the first time counts: to say sorry again later is no mistake, to offer a
    solution before asking is one even if it is offered again. A step is out of order when one that belongs
    before it came only after it. The ``before`` field names the earliest such step.

    Raises :class:`~crmlab.checks.InputError` for a step that is not in :data:`STEPS`.

    >>> result = review(["sympathy", "offer", "ask", "confirm", "agree"])
    >>> result.out_of_order, result.skipped
    (['offer'], ['want', 'follow_up'])
    """
    if isinstance(steps_done, str):
        checks.fail(_("steps_done must be a list of steps, such as [{step!r}]."), step=steps_done)
    first: dict[str, int] = {}
    for at, step in enumerate(steps_done):
        if step not in STEPS:
            near = checks.close_name(step, list(STEPS))
            if near is not None:
                checks.fail(_("There is no step {step!r}. Did you mean {near!r}?"), step=step, near=near)
            checks.fail(
                _("There is no step {step!r}; there are: {there}."), step=step, there=", ".join(STEPS)
            )
        first.setdefault(step, at)
    done = [step for step in STEPS if step in first]
    before: dict[str, str] = {}
    for i, step in enumerate(done):
        ahead_of = [other for other in done[:i] if first[other] > first[step]]
        if ahead_of:
            before[step] = ahead_of[0]
    return Review(done, [step for step in STEPS if step not in first], list(before), before)
