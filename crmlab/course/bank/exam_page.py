"""The pages of the exam as HTML: the clock, what is open, the result. Everything is escaped here."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime, timedelta
from html import escape

from crmlab.course import panel
from crmlab.course.bank import asking, exam, exam_talk
from crmlab.course.bank.exam import Asked, Result
from crmlab.course.cases import Case
from crmlab.course.palette import colour
from crmlab.course.yamlfile import said
from crmlab.language import _, tr

# The seconds are counted down by the browser alone (an animated whole number), so that the kernel needs no thread and is
# not asked all the time. The words beside it, with the end by the clock, hold in every browser.
_CLOCK = """<style>
@property --crmlab-left { syntax: "<integer>"; initial-value: 0; inherits: false; }
@property --crmlab-minutes { syntax: "<integer>"; initial-value: 0; inherits: false; }
@keyframes crmlab-count { from { --crmlab-left: var(--crmlab-from); } to { --crmlab-left: 0; } }
@keyframes crmlab-appear { to { visibility: visible; } }
.crmlab-clock b { --crmlab-minutes: calc(var(--crmlab-left) / 60 - .5); font-variant-numeric: tabular-nums; font-size: 1.25em;
  animation: crmlab-count var(--crmlab-seconds) linear forwards;
  counter-reset: minutes var(--crmlab-minutes) seconds calc(var(--crmlab-left) - 60 * var(--crmlab-minutes)); }
.crmlab-clock b::after { content: counter(minutes) ":" counter(seconds, decimal-leading-zero); }
.crmlab-clock .crmlab-up { visibility: hidden; animation: crmlab-appear .01s var(--crmlab-seconds) forwards; }
</style>"""


def clock(left: float, now: datetime | None = None) -> str:
    """The time that is left: counted down by the browser, and in words."""
    seconds = max(math.floor(left), 0)
    end = ((now or datetime.now()) + timedelta(seconds=seconds)).strftime("%H:%M")
    minutes = tr(_("{n} min left, until {end}"), n=math.ceil(seconds / 60), end=end)
    up = tr(_("The time is up. Hand in what you have."))
    return (
        f'{_CLOCK}<div class="crmlab-clock" role="timer" style="--crmlab-from:{seconds};--crmlab-seconds:{seconds}s;'
        f'background:{colour("them")};color:{colour("ink")};padding:.4em .8em;border-radius:4px;line-height:1.6">'
        f'<b aria-hidden="true"></b> <span>({escape(minutes)})</span> '
        f'<span class="crmlab-up" style="color:{colour("bad-sign")};font-weight:600">{escape(up)}</span></div>'
    )


def rules(shortage: str = "") -> str:
    """What stands before the first question."""
    lines = [
        tr(
            _(
                "{size} questions from all units and a talk with a customer whom you do not know yet, {minutes} minutes, passed with {percent} percent. A question is a point, the talk is {talk}."
            ),
            size=exam.SIZE,
            talk=exam_talk.POINTS,
            minutes=exam.MINUTES,
            percent=exam.PASS,
        ),
        tr(_("Each try has other questions, and the best try counts. A try that goes wrong costs nothing.")),
        tr(_("Every answer is kept at once: you may close the lid and go on. The clock runs on meanwhile.")),
        tr(_("What is right is shown when you have handed in, not before.")),
    ]
    return panel.box("note", tr(_("Certificate exam")), panel.bullets([*lines, *([shortage] if shortage else [])]))


def open_questions(numbers: Sequence[int], talked: bool = True) -> str:
    """Which questions are open still, and whether the talk is, in words."""
    talk = "" if talked else " " + tr(_("The talk has not come to an end yet."))
    return _open_questions(numbers) + talk


def _open_questions(numbers: Sequence[int]) -> str:
    if not numbers:
        return tr(_("All questions are answered."))
    listed = tr(_(", ")).join(map(str, numbers[:12]))
    if len(numbers) > 12:
        listed = tr(_("{numbers} ..."), numbers=listed)
    return tr(_("Still open: {numbers} ({count})."), numbers=listed, count=len(numbers))


def result(found: Result, seconds: float = 0.0) -> str:
    """The whole result: the summary, the talk, then the questions."""
    return summary(found, seconds) + talk(found) + questions(found)


def talk(found: Result) -> str:
    """The talk looked back on; folded away."""
    if found.talk is None:
        return ""
    if found.talk.ended():
        from crmlab.course.roleplay import debrief, debrief_page

        body = debrief_page.debrief_html(debrief.debrief(found.talk))
    else:
        body = panel.paragraph(found.marks[0].text())
    title = escape(said(found.talk.script.source["title"]))
    points = sum(case.ok for case in found.marks)
    heading = tr(_("The talk “{title}”: {right} of {total}"), title=title, right=points, total=len(found.marks))
    return (
        f'<details style="margin:.6em 0"><summary style="cursor:pointer;font-weight:600">{heading}</summary>{body}</details>'
    )


def summary(found: Result, seconds: float = 0.0) -> str:
    """The result: points, each unit with a bar and in words."""
    heading = tr(
        _("{word}: {right} of {total} right, {percent} percent"),
        word=tr(_("Passed")) if found.passed else tr(_("Not passed yet")),
        right=found.right,
        total=found.total,
        percent=found.percent,
    )
    said = tr(_("Passed with {percent} percent or more."), percent=exam.PASS)
    if seconds:
        said += " " + tr(_("Time used: {n} min."), n=math.ceil(seconds / 60))
    body = panel.paragraph(said) + _bars(found) + panel.paragraph(_advice(found))
    return panel.box("right" if found.passed else "not yet right", heading, body, status=True)


def _bars(found: Result) -> str:
    rows = ""
    for name, right, total in found.units():
        share = 100 * right / total
        words = tr(_("{right} of {total}"), right=right, total=total)
        # Black edge and white rest: the length can be told without colours.
        bar = (
            '<span aria-hidden="true" style="flex:none;width:8em;height:.9em;border:1px solid #1b2330;background:#fff">'
            f'<span style="display:block;height:100%;width:{share:.0f}%;background:#1f5fa8"></span></span>'
        )
        rows += (
            '<li style="display:flex;flex-flow:row wrap;align-items:center;gap:0 .8em;margin:.2em 0">'
            f'<span style="flex:none;width:11.5em">{escape(name)}</span>{bar}<span>{escape(words)}</span></li>'
        )
    return f'<ul style="list-style:none;margin:.4em 0;padding:0">{rows}</ul>'


def _advice(found: Result) -> str:
    weak = [name for name, right, total in found.units() if 100 * right < exam.PASS * total]
    if not weak:
        return tr(_("No unit is below the mark."))
    return tr(_("Worth another look: {units}."), units=tr(_(", ")).join(weak))


def questions(found: Result) -> str:
    """Every question with its explanation; what was right is folded away."""
    wrong = [pair for pair in found.judged if not pair[1].ok]
    right = [pair for pair in found.judged if pair[1].ok]
    html = ""
    for opened, text, pairs in (
        (" open", _("Wrong or left open: {n}"), wrong),
        ("", _("Right: {n}"), right),
    ):
        if pairs:
            items = "".join(_question(one, case, found) for one, case in pairs)
            summary = escape(tr(text, n=len(pairs)))
            html += (
                f'<details{opened} style="margin:.6em 0"><summary style="cursor:pointer;font-weight:600">{summary}</summary>'
                f"{items}</details>"
            )
    return html


def _question(one: Asked, case: Case, found: Result) -> str:
    sign, ink = ("✓", "good-sign") if case.ok else ("○", "quiet") if case.open else ("△", "warn-sign")
    given = asking.in_words(one.question, found.answers, one.key) or found.unread.get(one.key) or tr(_("no answer"))
    right = asking.in_words(one.question, asking.right_answers(one.question, one.key), one.key)
    lines = [(tr(_("Your answer")), given)]
    if not case.ok:
        lines.append((tr(_("Right answer")), right))
    whys = [case.text()] if case.ok else [*([] if case.open else [case.text()]), asking.why_right(one.question)]
    pairs = "".join(
        f'<div><span style="color:{colour("quiet")}">{escape(tr(_("{name}: {value}"), name=name, value=""))}</span>{escape(text)}</div>'
        for name, text in lines
    )
    because = "".join(panel.paragraph(text) for text in dict.fromkeys(whys))
    story = panel.paragraph(asking.story(one.question))
    lesson = escape(tr(_("From lesson {lesson}"), lesson=one.question.lesson_title()))
    return (
        f'<div style="background:{colour("card")};color:{colour("ink")};border:1px solid {colour("line")};border-radius:4px;'
        'padding:.5em .9em;margin:.5em 0;'
        'line-height:1.5;overflow-wrap:anywhere">'
        f'<div style="font-weight:600;white-space:pre-line"><span aria-hidden="true" style="color:{colour(ink)}">{sign}</span> '
        f"{one.number}. {escape(asking.prompt(one.question))}</div>{story}{pairs}{because}"
        f'<div style="font-size:.9em;color:{colour("quiet")}">{lesson}</div></div>'
    )
