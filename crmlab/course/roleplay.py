"""A role-play as an exercise: what its points are for, and what the debrief says. No widgets here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from html import escape
from typing import Any

from crmlab import complaints
from crmlab.course import dialogue, exercise
from crmlab.course.dialogue import Play, Script, State, Turn
from crmlab.course.exercise import Case, Exercise, case
from crmlab.course.form import Answers
from crmlab.course.yamlfile import said
from crmlab.language import _, tr

STEPS_FOR_POINTS = 6
"""How many of the seven steps a good talk does at least: more than one road is a good one."""


def roleplay(id: str, *, lesson: str, points: float = 4, title: str = "", hints: Sequence[str] = ()) -> Exercise:
    """Register the script of that name as an exercise. Raises :class:`crmlab.course.dialogue.ScriptError` if it has faults.

    ``title`` is the script's English title, marked for translation: lists of exercises show it in the trainee's language.
    The points are for: talking to an end, feelings before the matter, six of the seven steps, a good ending. The best
    finished talk counts, so that trying another way costs nothing.
    """
    return exercise.add(unregistered(dialogue.load(id), id, lesson=lesson, points=points, title=title, hints=hints))


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
        title or str(script.source["title"]["en"]),
        judge,
        tuple(hints),
        _("Feelings first, then the matter, and the customer stays. Is there another good way through?"),
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
    review = complaints.review(play.steps())
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
            len(review.done) >= STEPS_FOR_POINTS,
            _("You did {done} of the seven steps. Skipped: {skipped}."),
            {"done": len(review.done), "skipped": _names(review.skipped)},
        ),
        Mark(
            _("A good ending"),
            play.ended() == "good",
            _("The talk ended less well than it could. Look at the moment where it turned."),
        ),
    ]


def _cases(play: Play | None) -> Iterator[Case]:
    if play is None:
        yield Case(False, _("The talk is under way. The points come at its end."), open=True, weight=4)
        return
    for mark in marks(play):
        yield case(mark.ok, mark.says, **mark.values)


def _names(steps: Sequence[str]) -> str:
    return tr(_(", ")).join(tr(complaints.STEPS[step].name) for step in steps)


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

    A talk's marks depend only on the steps in the order of first doing and on its ending, so states are followed, not
    paths: quick even where millions of talks are possible. In a script that goes round in circles, talks that come back
    to the very state in which they were are left out.
    """
    names = script.endings()
    found: dict[str, dict[int, int]] = {name: {} for name in names}

    @cache
    def talks(state: State) -> dict[State, int]:
        choices = script.choices(state.node)
        if not choices:
            return {state: 1}
        under_way.add(state)
        ends: dict[State, int] = {}
        for choice in choices:
            after = script.take(state, choice)
            for end, count in ({} if after in under_way else talks(after)).items():
                ends[end] = ends.get(end, 0) + count
        under_way.discard(state)
        return ends

    under_way: set[State] = set()
    for end, count in talks(script.first()).items():
        review = complaints.review(end.done)
        good = script.node(end.node)["ending"] == "good"
        got = 1 + _feelings_first(end.done) + (len(review.done) >= STEPS_FOR_POINTS) + good
        found[end.node][got] = found[end.node].get(got, 0) + count
    return found


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
    review = complaints.review(play.steps())
    return Debrief(
        play.ended(), list(review.done), list(review.skipped), list(review.out_of_order), play.turning_point(), play
    )


# -- pages -----------------------------------------------------------------------------------------------------------
# Dark ink on light grounds whatever the theme; signs and words carry the meaning, colour only helps.

_HELPED, _HURT, _QUIET = "#11704a", "#a33c00", "#4a5361"


def mood_html(mood: int) -> str:
    """The customer's mood as a drawn face and a word. Drawn, because not every machine has a font with faces."""
    bend = 3 * (mood - 3)
    brows = '<path d="M6 6.5l4 2M18 6.5l-4 2"/>' if mood == 1 else ""
    return (
        '<span style="white-space:nowrap"><svg width="1.35em" height="1.35em" viewBox="0 0 24 24" aria-hidden="true" '
        'style="vertical-align:-.3em;margin-right:.25em" fill="none" stroke="#1b2330" stroke-width="1.7" '
        'stroke-linecap="round"><circle cx="12" cy="12" r="10" fill="#fff"/><path d="M8.5 9.6v1M15.5 9.6v1"/>'
        f'<path d="M7.5 16Q12 {16 + bend} 16.5 16"/>{brows}</svg>{escape(tr(dialogue.MOODS[mood]))}</span>'
    )


def conversation_html(script: Script, play: Play) -> str:
    """The talk so far as a conversation: the customer left, the trainee right, why each line helped or hurt.

    A long talk scrolls in its own box and stays at its newest line, so that the answers below keep their place.
    """
    customer = escape(said(script.source["customer"]))
    parts = [_bubble(customer, said(script.node(script.first().node)["says"]), script.first().mood)]
    for turn in play.turns:
        parts.append(_own(turn))
        parts.append(_bubble(customer, said(script.node(turn.after.node)["says"]), turn.after.mood))
    # column-reverse makes the browser hold on to the end of the talk, also when its content is replaced.
    return (
        '<div style="display:flex;flex-direction:column-reverse;overflow-y:auto;max-height:30em;max-width:54em;'
        'border:1px solid rgba(127,127,127,.35);border-radius:4px;padding:.2em .6em" tabindex="0" role="log" '
        f'aria-label="{escape(tr(_("The talk so far")))}"><div>{"".join(parts)}</div></div>'
    )


def status_html(script: Script, play: Play) -> str:
    """How the customer stands to you now: mood in picture, word and bar, and trust; what the last line changed."""
    state = play.state
    last = play.turns[-1] if play.turns else None
    mood_change = state.mood - last.before.mood if last else 0
    trust_change = state.trust - last.before.trust if last else 0
    parts = [
        f"<b>{_named(escape(said(script.source['customer'])), mood_html(state.mood))}</b>",
        _meter(tr(_("mood")), state.mood, mood_change),
        _meter(tr(_("trust")), state.trust, trust_change),
    ]
    cells = "".join(f'<span style="display:inline-block;margin-right:1.4em">{part}</span>' for part in parts)
    return f'<div style="background:#eef1f5;color:#1b2330;padding:.4em .8em;border-radius:4px;max-width:54em">{cells}</div>'


def _meter(name: str, value: int, change: int) -> str:
    bar = "■" * value + "□" * (5 - value)
    moved = f' <span style="color:{_HELPED if change > 0 else _HURT}">{change:+d}</span>' if change else ""
    words = tr(_("{name} {value} of 5"), name=name, value=value)
    return f'{escape(words)} <span aria-hidden="true" style="letter-spacing:.1em">{bar}</span>{moved}'


def _bubble(name: str, text: str, mood: int) -> str:
    return (
        '<div style="margin:.4em 3em .4em 0;padding:.5em .8em;border-radius:.2em .9em .9em .9em;background:#eef1f5;'
        f'color:#1b2330;line-height:1.5"><div style="font-size:.85em;color:{_QUIET}">{name} · {mood_html(mood)}</div>'
        f"{escape(text)}</div>"
    )


def _own(turn: Turn) -> str:
    gain = turn.gain()
    sign, word, colour = (
        ("▲", tr(_("helps")), _HELPED)
        if gain > 0
        else ("▼", tr(_("hurts")), _HURT)
        if gain < 0
        else ("●", tr(_("neither helps nor hurts")), _QUIET)
    )
    step = turn.choice.get("step")
    label = tr(complaints.STEPS[str(step)].name) if step else tr(_("none of the seven steps"))
    return (
        '<div style="margin:.4em 0 .4em 3em;padding:.5em .8em;border-radius:.9em .2em .9em .9em;background:#dcebfa;'
        f'color:#1b2330;line-height:1.5"><div style="font-size:.85em;color:#2b4a6b">{escape(tr(_("You")))} · {escape(label)}'
        f'</div>{escape(said(turn.choice["text"]))}<div style="font-size:.9em;margin-top:.3em;padding-top:.3em;'
        f'border-top:1px solid #b5cbe3"><b style="color:{colour}">{sign} {escape(word)}</b> · '
        f"{escape(said(turn.choice['why']))}</div></div>"
    )


BETTER_LINES = 3
"""How many lines a debrief shows with a better one beside it."""


def debrief_html(found: Debrief, tries: Sequence[Sequence[int]] = ()) -> str:
    """The debrief: what the ending shows, the seven steps with what became of them and in which words, the points of this
    talk, how the mood went, where it turned, better lines; with ``tries`` (all talks so far) what is left to find."""
    play, script = found.play, found.play.script
    parts = [
        f'<h4 style="margin:.8em 0 .2em">{_named(escape(tr(_("Debrief"))), escape(tr(dialogue.ENDINGS[found.ending])))}</h4>',
        _p(said(script.node(play.state.node)["debrief"])),
        _steps(found),
        f'<p style="margin:.5em 0">{escape(tr(_("The mood went:")))} {" → ".join(map(mood_html, play.moods()))}</p>',
        _turned(found),
        _points(play),
        _left_to_find(script, tries),
    ]
    return f'<div style="max-width:54em;line-height:1.5">{"".join(parts)}</div>'


def _named(name: str, value: str) -> str:
    """A name and what it is, both HTML, with the language's colon."""
    return tr(_("{name}: {value}"), name=name, value=value)


def _p(text: str) -> str:
    return f'<p style="margin:.5em 0">{escape(text)}</p>' if text else ""


def _steps(found: Debrief) -> str:
    html = ""
    for half, heading in complaints.HALVES.items():
        steps = {key: step for key, step in complaints.STEPS.items() if step.half == half}
        done = sum(key in found.done for key in steps)
        count = tr(_("{heading}: {done} of {all}"), heading=tr(heading), done=done, all=len(steps))
        items = ""
        for key, step in steps.items():
            sign, word, colour = (
                ("–", tr(_("skipped")), _HURT)
                if key in found.skipped
                else ("↕", tr(_("done, but too early")), _HURT)
                if key in found.out_of_order
                else ("✓", tr(_("done")), _HELPED)
            )
            line = found.line(key)
            quoted = f'<div style="padding-left:1.5em"><i>“{escape(line)}”</i></div>' if line else ""
            name = f"{step.number}. {escape(tr(step.name))}"
            became = f'<b style="color:{colour}">{escape(word)}</b>'
            items += (
                f'<li style="list-style:none;margin:.15em 0"><b style="color:{colour};display:inline-block;width:1.2em" '
                f'aria-hidden="true">{sign}</b> {_named(name, became)}{quoted}</li>'
            )
        html += f'<div style="margin:.6em 0"><b>{escape(count)}</b><ul style="margin:.2em 0;padding-left:.3em">{items}</ul></div>'
    return html


def _turned(found: Debrief) -> str:
    if found.turning_point is None:
        return _p(tr(_("No line of yours cost mood or trust.")))
    point = found.turning_point
    html = (
        f'<p style="margin:.5em 0"><b>{escape(tr(_("Where it turned:")))}</b> “{escape(said(point.choice["text"]))}”<br>'
        f"{escape(said(point.choice['why']))}</p>"
    )
    pairs = [turn for turn in found.play.costly() if turn.choice.get("better")][:BETTER_LINES]
    items = "".join(
        f'<li style="margin:.3em 0">{escape(tr(_("Instead of")))} “{escape(said(turn.choice["text"]))}”<br>'
        f"→ “{escape(said(turn.choice['better']))}”</li>"
        for turn in pairs
    )
    if items:
        heading = escape(tr(_("A better line:") if len(pairs) == 1 else _("Better lines:")))
        html += f'<div><b>{heading}</b><ul style="margin:.2em 0;padding-left:1.3em">{items}</ul></div>'
    return html


def _points(play: Play) -> str:
    found = marks(play)
    heading = tr(_("This talk: {ok} of {all}"), ok=sum(mark.ok for mark in found), all=len(found))
    items = "".join(
        f'<li style="list-style:none"><b style="color:{_HELPED if mark.ok else _HURT}">{"✓" if mark.ok else "–"}</b> '
        f"{escape(tr(mark.name))}</li>"
        for mark in found
    )
    return f'<div style="margin:.6em 0"><b>{escape(heading)}</b><ul style="margin:.2em 0;padding-left:.3em">{items}</ul></div>'


def _left_to_find(script: Script, tries: Sequence[Sequence[int]]) -> str:
    if not tries:
        return ""
    seen = {script.play(path).state.node for path in tries}
    ends, good = script.endings(), script.endings("good")
    return _p(
        tr(
            _("So far you have seen {seen} of {all} endings, {good} of the {all_good} good ones among them."),
            seen=len(seen & set(ends)),
            all=len(ends),
            good=len(seen & set(good)),
            all_good=len(good),
        )
    )
