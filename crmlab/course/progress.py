"""How far a trainee has come: points of a lesson, and of all lessons in the workspace."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from pathlib import Path

from crmlab.course import catalogue, panel
from crmlab.course.session import Session, state_path
from crmlab.course.state import Store
from crmlab.language import _, tr


@dataclass(frozen=True)
class Line:
    """One exercise or one lesson: title, points, maximum, tries."""

    title: str
    points: float
    maximum: float
    tries: int


def of_lesson(session: Session) -> list[Line]:
    """The exercises of the open lesson, in order."""
    lines = []
    for made in session.exercises:
        record = session.store.record(made.id)
        lines.append(Line(tr(made.title), float(record.get("points") or 0), made.points, int(record.get("tries") or 0)))
    return lines


def of_others(session: Session, folder: Path | None = None) -> list[Line]:
    """The other lessons of the same language that were begun, from the files beside their notebooks."""
    lines = []
    units = (folder or Path.cwd()).parent
    for lesson in catalogue.lessons():
        path = state_path(lesson, units / lesson.unit)
        if lesson == session.lesson or path is None or not path.is_file():
            continue
        records = Store(path, lesson.number).records().values()
        points = sum(float(one.get("points") or 0) for one in records)
        maximum = sum(float(one.get("maximum") or 0) for one in records)
        lines.append(Line(lesson.title(), points, maximum, sum(int(one.get("tries") or 0) for one in records)))
    return lines


def html(session: Session) -> panel.Html:
    """The progress page as HTML and in words."""
    here, others = of_lesson(session), of_others(session)
    points, maximum = sum(line.points for line in here), sum(line.maximum for line in here)
    heading = tr(
        _("{title}: {points} of {maximum} points"),
        title=session.lesson.title(),
        points=panel.points(points),
        maximum=panel.points(maximum),
    )
    body = _table(here)
    if others:
        body += panel.paragraph(tr(_("Your other lessons"))) + _table(others)
    open_ones = [line.title for line in here if line.points < line.maximum]
    if open_ones:
        body += panel.paragraph(tr(_("Next: {title}."), title=open_ones[0]))
    elif here:
        body += panel.paragraph(tr(_("Everything in this lesson is done.")))
    plain = "\n".join([heading, *(f"{line.title}: {line.points:g} / {line.maximum:g}" for line in here)])
    return panel.Html(panel.box("note", heading, body), plain)


def _table(lines: list[Line]) -> str:
    head = "".join(
        f'<th scope="col" style="text-align:left;padding:.1em 1em .1em 0">{escape(tr(text))}</th>'
        for text in (_("What"), _("Points"), _("Tries"))
    )
    rows = "".join(
        '<tr><td style="text-align:left;padding:.1em 1em .1em 0">'
        f'{escape(line.title)}</td><td style="text-align:left">{"✓ " if line.points >= line.maximum else ""}'
        f"{panel.points(line.points)} / {panel.points(line.maximum)}</td>"
        f'<td style="text-align:left">{line.tries}</td></tr>'
        for line in lines
    )
    return f'<table style="border-collapse:collapse;margin:.3em 0"><tr>{head}</tr>{rows}</table>'
