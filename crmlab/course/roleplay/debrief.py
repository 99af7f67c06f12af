"""What can be learned from a talk: its steps, the score by skill, and how it compares with the tries before it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from crmlab.course.roleplay import scoring, scripts
from crmlab.course.roleplay.scripts import Play, Script, Turn
from crmlab.course.yamlfile import said
from crmlab.language import _, tr


@dataclass(frozen=True)
class Debrief:
    """What can be learned from a talk that came to its end."""

    ending: str
    done: list[str]
    skipped: list[str]
    out_of_order: list[str]
    turning_point: Turn | None
    play: Play

    def line(self, step: str) -> str:
        """What the trainee said when first doing a step, in the trainee's language; empty if it was skipped."""
        return next((said(turn.choice["text"]) for turn in self.play.turns if turn.choice.get("step") == step), "")


def debrief(play: Play) -> Debrief:
    """Look back on a talk. Raises ``ValueError`` if it has not ended yet."""
    if not play.ended():
        raise ValueError("The talk has not come to an end yet.")
    followed = scoring.followed(play)
    return Debrief(
        play.ended(), followed.done, followed.skipped, list(followed.before), play.turning_point(), play
    )


# -- by skill ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Skill:
    """One skill that a talk shows: ``got`` of ``of``, and in ``says`` how that was counted in this talk."""

    name: str
    got: int
    of: int
    says: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def text(self) -> str:
        """The explanation in the trainee's language."""
        return tr(self.says, **self.values)


def skills(found: Debrief) -> list[Skill]:
    """The score by skill: the steps of each half, their order, the words, and what became of mood and trust.

    Everything is counted from the talk itself; nothing is weighed.
    """
    play, script = found.play, found.play.script
    state, first = play.state, script.first()
    scores = []
    for half, heading in script.halves().items():
        steps = [key for key, step in script.known_steps().items() if step.half == half]
        missing = [key for key in steps if key in found.skipped]
        says = _("Skipped: {skipped}.") if missing else _("None of these steps was skipped.")
        scores.append(
            Skill(heading, len(steps) - len(missing), len(steps), says, {"skipped": scoring.names(missing, script.known_steps())})
        )
    early = found.out_of_order
    says = _("Too early: {early}. A step that belongs before came after.") if early else _("No step came too early.")
    if not found.done:
        says = _("No step was done, so there is no order.")
    scores.append(
        Skill(_("Order"), len(found.done) - len(early), len(found.done), says, {"early": scoring.names(early, script.known_steps())})
    )
    costly = len(play.costly())
    says = _("Lines that cost mood or trust: {costly}.") if costly else _("No line of yours cost mood or trust.")
    scores.append(Skill(_("Words"), len(play.turns) - costly, len(play.turns), says, {"costly": costly}))
    moved = _("{before} at the beginning, {after} at the end.")
    scores.append(Skill(_("mood"), state.mood, 5, moved, {"before": first.mood, "after": state.mood}))
    scores.append(Skill(_("trust"), state.trust, 5, moved, {"before": first.trust, "after": state.trust}))
    return scores


# -- tries -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Tried:
    """One talk that came to an end: its number from 1, kind of ending, points, steps done, mood and trust at the end."""

    number: int
    ending: str
    points: int
    done: int
    mood: int
    trust: int


def history(script: Script, tries: Sequence[Sequence[int]]) -> list[Tried]:
    """The tries in the order in which they were first played."""
    found = []
    for number, path in enumerate(tries, 1):
        play = script.play(path)
        points = sum(mark.ok for mark in scoring.marks(play))
        done = len(scoring.followed(play).done)
        found.append(Tried(number, play.ended(), points, done, play.state.mood, play.state.trust))
    return found


_ENDINGS = list(scripts.ENDINGS)  # best first


def compared(now: Tried, before: Tried) -> str:
    """What is better than in an earlier try, and what is not, in the trainee's language.

    >>> compared(Tried(2, "good", 4, 6, 5, 4), Tried(1, "bad", 1, 2, 1, 4))
    'Better than in try 1: the ending, the points (4, before 1), the steps (6, before 2), the mood (5, before 1).'
    """
    better: list[str] = []
    worse: list[str] = []
    rank = _ENDINGS.index(before.ending) - _ENDINGS.index(now.ending)
    if rank:
        (better if rank > 0 else worse).append(tr(_("the ending")))
    for name, new, old in (
        (_("the points"), now.points, before.points),
        (_("the steps"), now.done, before.done),
        (_("the mood"), now.mood, before.mood),
        (_("the trust"), now.trust, before.trust),
    ):
        if new != old:
            text = tr(_("{name} ({new}, before {old})"), name=tr(name), new=new, old=old)
            (better if new > old else worse).append(text)
    parts = []
    if better:
        parts.append(tr(_("Better than in try {number}: {list}."), number=before.number, list=tr(_(", ")).join(better)))
    if worse:
        text = _("Less good: {list}.") if better else _("Less good than in try {number}: {list}.")
        parts.append(tr(text, number=before.number, list=tr(_(", ")).join(worse)))
    if len(parts) == 2:
        return tr(_("{better} {worse}"), better=parts[0], worse=parts[1])
    return parts[0] if parts else tr(_("As good as try {number}, by another way."), number=before.number)
