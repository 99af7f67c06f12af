"""The page on one trainee: points, what was right, what to look at again and in which lesson, what to review."""

from __future__ import annotations

from html import escape

from crmlab.classroom.collected import Person
from crmlab.classroom.findings import Findings, wrong_of
from crmlab.classroom.report_pages import lesson_title
from crmlab.classroom.report_style import WORDS, bar, led, moment, page, table, text
from crmlab.course import exercise, lessons, outline, panel
from crmlab.course.bank import quiz
from crmlab.language import LANGUAGES, _, current, listed, tr

SENTENCES = 6
"""Sentences of an exercise that are shown at most."""


def made(found: Findings, person: Person, site: str = "") -> str:
    """The page of a trainee, in the language in force; ``site`` is the address of the course in a browser, for links to lessons."""
    name = person.name.strip() or person.id or person.key
    title = tr(_("{name}: how far you have come"), name=name)
    numbers = [number for number in found.lessons if found.lesson(person.key, number)]
    body = f"<h1>{text(title, 120)}</h1>{_head(found, person)}<h2>{escape(tr(_('Your points')))}</h2>{_points(found, person)}"
    body += "".join(_lesson(found, person, number, site) for number in numbers)
    return page(title, body + _review(found, person, numbers))


def _head(found: Findings, person: Person) -> str:
    said = [found.settings.name, person.id, tr(_("handed in on {day}"), day=moment(person.came)) if person.came else ""]
    if person.late and not person.late_lessons:
        said.append(tr(_("late")))
    lines = [
        (_("Not handed in: {lessons}."), found.missing.get(person.key)),
        (_("Handed in after the end: {lessons}."), person.late_lessons),
        (_("Collected and not judged yet: {lessons}."), found.unjudged.get(person.key)),
    ]
    body = f'<p class="note">{text(" · ".join(filter(None, said)))}</p>'
    return body + "".join(f"<p>{text(tr(line, lessons=listed(numbers)))}</p>" for line, numbers in lines if numbers)


def _points(found: Findings, person: Person) -> str:
    """The lessons of the class; what was not handed in counts as 0, as in the tables of marks."""
    rows, points, whole = [], 0.0, 0.0
    for number in found.lessons:
        marks = found.lesson(person.key, number)
        if marks is None:
            most = found.whole(number)
            whole += most
            rows.append([text(lesson_title(number)), "–", panel.points(most), ""])
            continue
        points, whole = points + marks.points, whole + marks.maximum
        rows.append([f'<a href="#lesson-{escape(number)}">{text(lesson_title(number))}</a>', *_cells(marks.points, marks.maximum)])
    rows.append([f"<b>{escape(tr(_('Together')))}</b>", *_cells(points, whole)])
    return table(tr(_("Points by lesson")), [tr(_("Lesson")), tr(_("Points")), tr(_("of")), tr(_("As a bar"))], rows, (1, 2))


def _cells(points: float, whole: float) -> list[str]:
    share = points / whole if whole else 0.0
    said = tr(_("{points} of {maximum} points"), points=panel.points(points), maximum=panel.points(whole))
    return [panel.points(points), panel.points(whole), bar(share, said)]


def _lesson(found: Findings, person: Person, number: str, site: str) -> str:
    marks = found.lesson(person.key, number)
    assert marks is not None
    looked = found.looked_of(person.key).get(number, {})
    parts = [f'<section><h2 id="lesson-{escape(number)}">{text(lesson_title(number))}</h2>', *(f"<p>{text(one)}</p>" for one in marks.said)]
    right = [found.title(number, id) for id, mark in marks.exercises.items() if mark.state == exercise.RIGHT]
    if right:
        parts.append(f"<p><b>{escape(led(tr(_('Right:'))))}</b>{text(tr(_('; ')).join(right))}</p>")
    blank = [found.title(number, id) for id, mark in marks.exercises.items() if mark.state == exercise.BLANK]
    if blank:
        parts.append(f"<p><b>{escape(led(tr(_('Not attempted yet:'))))}</b>{text(tr(_('; ')).join(blank))}</p>")
    again = {id: texts for id, texts in wrong_of(marks, looked).items() if marks.exercises[id].state != exercise.BLANK}
    if again:
        parts.append(f"<h3>{escape(tr(_('Look at again')))}</h3>{_where(number, site)}<ul>")
        for id, sentences in again.items():
            mark = marks.exercises[id]
            name = tr(
                _("{title}: {state}, {points} of {maximum} points"),
                title=found.title(number, id), state=tr(WORDS.get(mark.state, mark.state)),
                points=panel.points(mark.points), maximum=panel.points(mark.maximum),
            )  # fmt: skip
            parts.append(f"<li><b>{text(name)}</b>{_sentences(sentences)}</li>")
        parts.append("</ul>")
    elif marks.exercises and not blank:
        parts.append(f"<p>{escape(tr(_('Everything is right here.')))}</p>")
    return "".join(parts) + "</section>"


def _sentences(sentences: tuple[str, ...]) -> str:
    items = "".join(f"<li>{text(one)}</li>" for one in sentences[:SENTENCES])
    if len(sentences) > SENTENCES:
        items += f"<li>{escape(tr(_('... and {more} more.'), more=len(sentences) - SENTENCES))}</li>"
    return f"<ul>{items}</ul>" if items else ""


def _where(number: str, site: str) -> str:
    """Where the lesson is found again, with a link into the site. No command: outside the class's folder it would open another course."""
    try:
        lesson = lessons.find(number)
    except LookupError:
        return ""
    said = tr(_("In the course: lesson {number}"), number=number)
    if not site:
        return f'<p class="note">{escape(said)}</p>'
    address = f"{site.removesuffix('index.html').rstrip('/')}/{app(current())}/index.html?path={outline.path(lesson, current())}"
    return f'<p class="note">{escape(said)} · <a href="{escape(address)}">{escape(tr(_("open it")))}</a></p>'


def app(language: str) -> str:
    """The folder of the pages in a language on a site that ``crmlab site build`` has made."""
    return "notebooks" if language == next(iter(LANGUAGES)) else f"notebooks-{language}"


def _review(found: Findings, person: Person, numbers: list[str]) -> str:
    """The questions of quizzes that were wrong: prompt, answer, and what the course says to it."""
    items = []
    for number in numbers:
        one = found.looked_of(person.key).get(number, {}).get(quiz.exercise_id(number))
        for wrong in one.wrong if one else ():
            shown = f"{escape(led(tr(_('You said:'))))}<b>{text(wrong.shown, 200)}</b>" if wrong.shown else ""
            items.append(f"<li>{text(number)} · {text(wrong.prompt, 300)}<br>{shown} {text(wrong.says)}</li>")
    if not items:
        return ""
    note = tr(_("Questions that were wrong in a quiz. The review deck of the course asks them again."))
    return f"<section><h2>{escape(tr(_('To review')))}</h2><p>{escape(note)}</p><ol>{''.join(items)}</ol></section>"
