"""A role-play as an exercise: what its points are for, and what a script allows.

How it is played: :mod:`crmlab.course.roleplay.talk`; what is learned from it: :mod:`crmlab.course.roleplay.debrief`; how
that looks: :mod:`crmlab.course.roleplay.pages`. No widgets in any of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from crmlab import complaints
from crmlab.course import exercise
from crmlab.course.cases import Case, case
from crmlab.course.exercise import Exercise
from crmlab.course.form import Answers
from crmlab.course.roleplay import scripts
from crmlab.course.roleplay.scripts import Play, Script, State
from crmlab.language import Words, _, tr

STEPS_FOR_POINTS = 6
"""How many of the seven steps a good talk does at least: more than one road is a good one."""

OWN_HINTS = (
    _("What has the other just said? Choose the line that answers that."),
    _("Say only what you know. What nobody has checked yet can be asked, or looked up and sent."),
)
"""Hints that fit a talk with steps of its own."""

HINTS = (
    _("What is at stake for the customer today? Name it in the customer's own picture, before any solution."),
    _("Ask an open question and say back what you have understood, before you offer anything."),
    _("What you may give stands above the talk. Offer a choice, agree on one, and say who looks afterwards how it went."),
)
"""Hints that fit every complaint talk, for scripts whose lesson gives none of its own."""


def roleplay(id: str, *, lesson: str, points: float = 4, title: str = "", hints: Sequence[str] | None = None) -> Exercise:
    """Register the script of that name as an exercise; see :func:`of_script`."""
    return exercise.add(of_script(id, id, lesson=lesson, points=points, title=title, hints=hints))


def of_script(
    name: str, id: str, *, lesson: str, points: float = 4, title: str = "", hints: Sequence[str] | None = None
) -> Exercise:
    """The exercise that a script of the course makes. Raises :class:`crmlab.course.roleplay.scripts.ScriptError` if it
    has faults.

    ``title`` is that of the script if it is left out. The points are for: talking to an end, feelings before the matter,
    six of the seven steps, a good ending. In a talk with steps of its own: talking to an end, no step too early, at most
    one skipped, a good ending. The best finished talk counts, so that trying another way costs nothing.
    """
    script = scripts.load(name)
    if hints is None:
        hints = OWN_HINTS if script.own_steps else HINTS
    return unregistered(script, id, lesson=lesson, points=points, title=title, hints=hints)


def unregistered(
    script: Script, id: str = "", *, lesson: str = "", points: float = 4, title: str = "", hints: Sequence[str] = ()
) -> Exercise:
    """The exercise that a script makes, without putting it into a lesson."""

    def judge(answers: Answers) -> Iterator[Case]:
        tries = [script.play(path) for path in answers.get("tries", ())]
        yield from max((list(_cases(play)) for play in tries), key=_passed, default=list(_cases(None)))

    return Exercise(
        id or script.name,
        lesson,
        float(points),
        title or Words(script.source["title"]),
        judge,
        tuple(hints),
        _("Step by step, and you may call again. Is there another good way through?")
        if script.own_steps
        else _("Feelings first, then the matter, and the customer stays. Is there another good way through?"),
        make_form=lambda: script,
    )


def _passed(cases: list[Case]) -> int:
    return sum(one.ok for one in cases)


@dataclass(frozen=True)
class Mark:
    """One of the four things that a talk has points for; ``says`` is the sentence where it is missing."""

    name: str
    ok: bool
    says: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)


def marks(play: Play) -> list[Mark]:
    """What the points of a talk that has ended are for, each of the same weight."""
    found = followed(play)
    good = Mark(
        _("A good ending"),
        play.ended() == "good",
        _("The talk ended less well than it could. Look at the moment where it turned."),
    )
    if play.script.own_steps:
        return [Mark(_("Talked to an end"), True), *_own_marks(play, found), good]
    return [
        Mark(_("Talked to an end"), True),
        Mark(
            _("Feelings first: two of their three steps before the first step of the matter"),
            _feelings_first(play.steps()),
            _("The matter came before the feelings. Which three steps does an upset customer need first?")
            if play.steps()
            else _("No step was done, neither for the feelings nor for the matter. What does an upset customer need first?"),
        ),
        Mark(
            _("Six of the seven steps"),
            len(found.done) >= STEPS_FOR_POINTS,
            _("You did {done} of the seven steps. Skipped: {skipped}."),
            {"done": len(found.done), "skipped": names(found.skipped)},
        ),
        good,
    ]


def _own_marks(play: Play, found: complaints.Followed) -> list[Mark]:
    """The marks for the steps where a script brings its own."""
    script = play.script
    early = _("Too early: {early}. Which step belongs before it?")
    few = _("Hardly one step was done. With which step does such a talk begin?")
    return [
        Mark(
            _("The steps in order, none too early"),
            _in_order(script, play.steps()),
            early if found.before else few,
            {"early": names(list(found.before), script.known_steps())},
        ),
        Mark(
            _("No more than one step skipped"),
            len(found.skipped) <= 1,
            _("You did {done} of the {all} steps. Skipped: {skipped}."),
            {"done": len(found.done), "all": len(script.known_steps()), "skipped": names(found.skipped, script.known_steps())},
        ),
    ]


def followed(play: Play) -> complaints.Followed:
    """How far a talk followed the steps of its script."""
    return complaints.follow(play.steps(), list(play.script.known_steps()))


def _in_order(script: Script, steps: Sequence[str]) -> bool:
    """Two of a script's own steps at least, and none that came too early."""
    found = complaints.follow(steps, list(script.known_steps()))
    return len(found.done) >= 2 and not found.before


def _cases(play: Play | None) -> Iterator[Case]:
    if play is None:
        yield Case(False, _("The talk is under way. The points come at its end."), open=True, weight=4)
        return
    for mark in marks(play):
        yield case(mark.ok, mark.says, **mark.values)


def names(steps: Sequence[str], known: Mapping[str, complaints.Step] = complaints.STEPS) -> str:
    """Steps by their names, in the trainee's language; ``known`` are those of the script."""
    return tr(_(", ")).join(tr(known[step].name) for step in steps)


def _feelings_first(steps: Sequence[str]) -> bool:
    """At least two of the three steps for feelings, each before the first step for the matter."""
    before = set()
    for step in steps:
        if complaints.STEPS[step].half != "feelings":
            break
        before.add(step)
    return len(before) >= 2


def outlook(script: Script) -> dict[str, dict[int, int]]:
    """How many talks a script allows: for each ending, how many earn how many of the four marks.

    A talk's marks depend only on which steps were done, on whether the feelings came first, and on its ending, so states
    are followed, not paths: quick even where millions of talks are possible. In a script that goes round in circles,
    talks that come back to the very state in which they were are left out.
    """
    found: dict[str, dict[int, int]] = {name: {} for name in script.endings()}

    @cache
    def talks(state: State) -> dict[tuple[str, int], int]:
        choices = script.choices(state.node)
        if not choices:
            good = script.node(state.node)["ending"] == "good"
            got = 1 + _order_and_number(script, state.done) + good
            return {(state.node, got): 1}
        under_way.add(state)
        ends: dict[tuple[str, int], int] = {}
        for choice in choices:
            after = script.take(state, choice)
            after = replace(after, done=_same_marks(script, after.done))
            for end, count in ({} if after in under_way else talks(after)).items():
                ends[end] = ends.get(end, 0) + count
        under_way.discard(state)
        return ends

    under_way: set[State] = set()
    for (ending, got), count in talks(script.first()).items():
        found[ending][got] = count
    return found


def _order_and_number(script: Script, done: tuple[str, ...]) -> int:
    """The marks for the order and for the number of the steps."""
    if script.own_steps:
        return _in_order(script, done) + (len(done) >= len(script.known_steps()) - 1)
    return _feelings_first(done) + (len(done) >= STEPS_FOR_POINTS)


def _same_marks(script: Script, done: tuple[str, ...]) -> tuple[str, ...]:
    """The same steps in one order for all orders that earn the same marks, whatever is done later."""
    if script.own_steps:
        found = complaints.follow(done, list(script.known_steps()))
        return tuple(reversed(found.done) if found.before else found.done)  # once too early is always too early
    order = list(complaints.STEPS)
    matter = [step for step in done if complaints.STEPS[step].half != "feelings"]
    first = done.index(matter[0]) if matter else len(done)
    late = [step for step in done[first:] if step not in matter]
    return tuple(step for part in (done[:first], matter, late) for step in sorted(part, key=order.index))


def unused_choices(script: Script) -> list[tuple[str, int]]:
    """Choices that are on no way from the beginning to an ending, as (node, number from 0); empty for a sound script."""
    back: dict[State, set[State]] = {}
    taken: dict[tuple[str, int], set[State]] = {}
    first = script.first()
    waiting, seen = [first], {first}
    ends: list[State] = []
    while waiting:
        state = waiting.pop()
        choices = script.choices(state.node)
        if not choices:
            ends.append(state)
        for number, choice in enumerate(choices):
            after = script.take(state, choice)
            after = replace(after, done=tuple(sorted(after.done)))  # routes ask only which steps were done
            back.setdefault(after, set()).add(state)
            taken.setdefault((state.node, number), set()).add(after)
            if after not in seen:
                seen.add(after)
                waiting.append(after)
    alive = set(ends)
    while ends:
        for state in back.get(ends.pop(), set()) - alive:
            alive.add(state)
            ends.append(state)
    every = [(name, number) for name in script.source["nodes"] for number in range(len(script.choices(name)))]
    return [one for one in every if not taken.get(one, set()) & alive]


def outlook_lines(script: Script) -> list[str]:
    """What a script allows, in words: its size, each ending with how many talks lead there and the marks they earn.

    >>> from crmlab.course.roleplay import scripts
    >>> outlook_lines(scripts.load("late-delivery"))[0]
    'late-delivery: 20 nodes, 45 choices, 6 endings; 8,060 talks, 1,726 of them with all four marks'
    """
    found = outlook(script)
    nodes = script.source["nodes"]
    lines = [
        tr(
            _("{name}: {nodes} nodes, {choices} choices, {endings} endings; {talks} talks, {full} of them with all four marks"),
            name=script.name,
            nodes=len(nodes),
            choices=sum(len(script.choices(name)) for name in nodes),
            endings=len(found),
            talks=f"{sum(sum(counts.values()) for counts in found.values()):,}",
            full=f"{sum(counts.get(4, 0) for counts in found.values()):,}",
        )
    ]
    for name, counts in found.items():
        kind = tr(scripts.ENDINGS[script.node(name)["ending"]])
        if not counts:
            lines.append(tr(_("  {ending} ({kind}): no talk ends here"), ending=name, kind=kind))
            continue
        low, high = min(counts), max(counts)
        lines.append(
            tr(
                _("  {ending} ({kind}): {talks} talks, marks {range}"),
                ending=name,
                kind=kind,
                talks=f"{sum(counts.values()):,}",
                range=str(low) if low == high else f"{low}-{high}",
            )
        )
    for node, number in unused_choices(script):
        lines.append(tr(_("  choice {number} of “{node}” is on no way to an ending"), number=number + 1, node=node))
    return lines
