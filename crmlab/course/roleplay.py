"""A role-play as an exercise: what its points are for, and what the debrief says. No widgets here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from crmlab import complaints
from crmlab.course import dialogue, exercise
from crmlab.course.dialogue import Play, Script, Turn
from crmlab.course.exercise import Case, Exercise, case
from crmlab.course.form import Answers
from crmlab.course.yamlfile import said
from crmlab.language import _, tr

STEPS_FOR_POINTS = 6
"""How many of the seven steps a good talk does at least: more than one road is a good one."""


def roleplay(id: str, *, lesson: str, points: float = 4, hints: Sequence[str] = ()) -> Exercise:
    """Register the script of that name as an exercise. Raises :class:`crmlab.course.dialogue.ScriptError` if it has faults.

    The points are for: talking to an end, feelings before the matter, six of the seven steps, a good ending. The best
    finished talk counts, so that trying another way costs nothing.
    """
    script = dialogue.load(id)

    def judge(answers: Answers) -> Iterator[Case]:
        tries = [script.play(path) for path in answers.get("tries", ())]
        yield from max((list(_cases(play)) for play in tries), key=_passed, default=list(_cases(None)))

    title = script.source["title"]
    return exercise.add(
        Exercise(
            id,
            lesson,
            float(points),
            f"{title['en']}",
            judge,
            tuple(hints),
            _("Feelings first, then the matter, and the customer stays. Is there another good way through?"),
            make_form=lambda: script,
        )
    )


def _passed(cases: list[Case]) -> int:
    return sum(one.ok for one in cases)


def _cases(play: Play | None) -> Iterator[Case]:
    if play is None:
        yield Case(False, _("Talk to the end; then the debrief shows your steps."), open=True, weight=4)
        return
    review = complaints.review(play.steps())
    yield Case(True)
    yield case(
        _feelings_first(play.steps()),
        _("The matter came before the feelings. Which three steps does an upset customer need first?"),
    )
    yield case(
        len(review.done) >= STEPS_FOR_POINTS,
        _("You did {done} of the seven steps. Skipped: {skipped}."),
        done=len(review.done),
        skipped=", ".join(tr(complaints.STEPS[step].name) for step in review.skipped),
    )
    yield case(play.ended() == "good", _("The talk ended less well than it could. Look at the moment where it turned."))


def _feelings_first(steps: list[str]) -> bool:
    """At least two of the three steps for feelings, each before the first step for the matter."""
    names = list(complaints.STEPS)
    before = set()
    for step in steps:
        if names.index(step) > 2:
            break
        before.add(step)
    return len(before) >= 2


@dataclass(frozen=True)
class Debrief:
    """What can be learned from a talk that came to its end."""

    ending: str
    done: list[str]
    skipped: list[str]
    out_of_order: list[str]
    turning_point: Turn | None
    play: Play


def debrief(play: Play) -> Debrief:
    """Look back on a talk. Raises ``ValueError`` if it has not ended yet."""
    if not play.ended():
        raise ValueError("The talk has not come to an end yet.")
    review = complaints.review(play.steps())
    return Debrief(
        play.ended(), list(review.done), list(review.skipped), list(review.out_of_order), play.turning_point(), play
    )


def mood_text(mood: int) -> str:
    """The customer's mood in picture and word."""
    picture, word = dialogue.MOODS[mood]
    return f"{picture} {tr(word)}"


def conversation_html(script: Script, play: Play) -> str:
    """The talk so far as a conversation: the customer left, the trainee right, why each line helped or hurt."""
    customer = escape(said(script.source["customer"]))
    parts = [_bubble(customer, said(script.node(script.first().node)["says"]), script.first().mood)]
    for turn in play.turns:
        parts.append(_own(turn))
        parts.append(_bubble(customer, said(script.node(turn.after.node)["says"]), turn.after.mood))
    return f'<div style="max-width:46em" role="log">{"".join(parts)}</div>'


def _bubble(name: str, text: str, mood: int) -> str:
    return (
        '<div style="margin:.4em 3em .4em 0;padding:.5em .8em;border-radius:.2em .9em .9em .9em;background:#eef1f5;'
        f'color:#1b2330;line-height:1.5"><div style="font-size:.85em;color:#4a5361">{name} · {escape(mood_text(mood))}</div>'
        f"{escape(text)}</div>"
    )


def _own(turn: Turn) -> str:
    gain = int(turn.choice.get("mood", 0)) + int(turn.choice.get("trust", 0))
    sign = "▲" if gain > 0 else "▼" if gain < 0 else "●"
    step = turn.choice.get("step")
    label = tr(complaints.STEPS[str(step)].name) if step else tr(_("none of the seven steps"))
    return (
        '<div style="margin:.4em 0 .4em 3em;padding:.5em .8em;border-radius:.9em .2em .9em .9em;background:#dcebfa;'
        f'color:#1b2330;line-height:1.5"><div style="font-size:.85em;color:#2b4a6b">{escape(tr(_("You")))} · {escape(label)}'
        f'</div>{escape(said(turn.choice["text"]))}<div style="font-size:.85em;color:#2b4a6b;margin-top:.3em">'
        f"{sign} {escape(said(turn.choice['why']))}</div></div>"
    )


def debrief_html(found: Debrief) -> str:
    """The debrief: the seven steps with what became of them, the moment where it turned, a better line, what to take along."""
    play, script = found.play, found.play.script
    rows = ""
    for number, (key, step) in enumerate(complaints.STEPS.items(), 1):
        if key in found.skipped:
            sign, word = "–", tr(_("skipped"))
        elif key in found.out_of_order:
            sign, word = "↕", tr(_("done, but out of order"))
        else:
            sign, word = "✓", tr(_("done"))
        rows += (
            f'<tr><td style="text-align:left;padding:.1em .8em .1em 0">{number}. {escape(tr(step.name))}</td>'
            f'<td style="text-align:left;padding:.1em 0">{sign} {escape(word)}</td></tr>'
        )
    parts = [
        f'<h4 style="margin:.6em 0 .2em">{escape(tr(_("Debrief")))}: {escape(tr(dialogue.ENDINGS[found.ending]))}</h4>',
        f"<p>{escape(said(script.node(play.state.node)['debrief']))}</p>",
        f'<table style="border-collapse:collapse">{rows}</table>',
        f"<p>{escape(tr(_('The mood went:')))} {escape(' → '.join(mood_text(mood) for mood in play.moods()))}</p>",
    ]
    if found.turning_point is not None:
        text = tr(_("Where it turned: “{line}”"), line=said(found.turning_point.choice["text"]))
        parts.append(f"<p>{escape(text)}<br>{escape(said(found.turning_point.choice['why']))}</p>")
        if better := said(found.turning_point.choice.get("better")):
            parts.append(f"<p>{escape(tr(_('A better line: “{line}”'), line=better))}</p>")
    return "".join(parts)
