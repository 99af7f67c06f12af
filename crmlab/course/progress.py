"""How far a trainee has come: exercises of a lesson, lessons of a unit, units of the course, and what to do next.

Read from the files of answers beside the notebooks, and from the headings of the lessons; nothing else is kept.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crmlab.course import certificate, lessons, panel, state
from crmlab.course.lessons import Lesson
from crmlab.course.session import Session, state_path
from crmlab.course.state import Store, amount
from crmlab.language import _, tr

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Line:
    """One exercise: title, points reached and possible, tries."""

    title: str
    points: float
    maximum: float
    tries: int


@dataclass(frozen=True)
class Standing:
    """One lesson: points reached and possible, tries, minutes planned and spent, whether it was begun."""

    lesson: Lesson
    points: float
    maximum: float
    tries: int
    planned: float
    spent: float
    begun: bool
    notice: str = ""

    def done(self) -> bool:
        """All points are reached."""
        return self.maximum > 0 and self.points >= self.maximum


def of_lesson(session: Session) -> list[Line]:
    """The exercises of the open lesson, in order."""
    lines = []
    for made in session.exercises:
        record = session.store.record(made.id)
        lines.append(Line(tr(made.title), amount(record, "points"), made.points, int(amount(record, "tries"))))
    return lines


def of_course(folder: Path | None = None) -> list[Standing]:
    """All lessons that have points, in order. ``folder`` is a unit's folder, by default that of the notebook."""
    units = (folder or Path.cwd()).parent
    found = []
    for lesson in filter(lambda one: one.scored, lessons.shown()):
        tasks = lessons.tasks(lesson)
        store = _store(lesson, units)
        records = store.records() if store else {}
        # What was played or calculated for no points is kept in the same file, and is no exercise.
        counted = [one for one in records.values() if amount(one, "maximum")]
        maximum = max(sum(one.points for one in tasks), sum(amount(one, "maximum") for one in counted))
        found.append(
            Standing(
                lesson,
                points=round(sum(amount(one, "points") for one in counted), 2),
                maximum=maximum,
                tries=int(sum(amount(one, "tries") for one in counted)),
                planned=sum(one.minutes for one in tasks),
                spent=round(store.seconds() / 60, 1) if store else 0.0,
                begun=bool(records),
                notice=" ".join(filter(None, (store.problem, store.notice))) if store else "",
            )
        )
    return found


def next_step(standings: list[Standing], here: str = "") -> Standing | None:
    """The lesson to go on with: the one that is open if it is not done, else the first begun one, else the first new one."""
    left = [one for one in standings if one.maximum and not one.done()]
    order = sorted(left, key=lambda one: (one.lesson.number != here, not one.begun))
    return order[0] if order else None


def earned(standings: list[Standing]) -> bool:
    """The points of the course suffice for a certificate."""
    maximum = sum(one.maximum for one in standings)
    return maximum > 0 and sum(one.points for one in standings) >= certificate.PASS * maximum


def results(standings: list[Standing]) -> list[tuple[str, str]]:
    """A line a unit for the certificate: name, points."""
    lines = []
    for unit, name in lessons.units().items():
        mine = [one for one in standings if one.lesson.unit_number == unit]
        if mine:
            lines.append((f"{unit} {tr(name)}", _of(sum(one.points for one in mine), sum(one.maximum for one in mine))))
    return lines


# -- to take along -----------------------------------------------------------------------------------------------------


def table(folder: Path | None = None) -> pd.DataFrame:
    """Every exercise that was touched, a row each: unit, lesson, exercise, state, points, maximum, tries, hints."""
    import pandas as pd

    units = (folder or Path.cwd()).parent
    rows = []
    for lesson in lessons.shown():
        store = _store(lesson, units)
        for id, record in (store.records() if store else {}).items():
            if amount(record, "maximum"):
                row = {"unit": lesson.unit_number, "lesson": lesson.number, "exercise": id}
                row["state"] = str(record.get("state", ""))
                rows.append(row | {key: amount(record, key) for key in ("points", "maximum", "tries", "hints")})
    columns = [_("unit"), _("lesson"), _("exercise"), _("state"), _("points"), _("maximum"), _("tries"), _("hints")]
    return pd.DataFrame(rows, columns=columns).astype({"tries": int, "hints": int})


def content(folder: Path | None = None) -> str:
    """Everything that is kept of the trainee, as one JSON text: a line a lesson, and the files of answers whole."""
    units = (folder or Path.cwd()).parent
    lessons: list[dict[str, Any]] = []
    for one in of_course(folder):
        store = _store(one.lesson, units)
        summary = asdict(one) | {"lesson": one.lesson.number, "title": one.lesson.title()}
        del summary["notice"]
        lessons.append(summary | {"answers": store.read() if store else None})
    return json.dumps({"format": 1, "lessons": lessons}, ensure_ascii=False, indent=1) + "\n"


def _store(lesson: Lesson, units: Path) -> Store | None:
    path = state_path(lesson, units / lesson.unit)
    if path is None:
        return None
    store = state.of(path, lesson.number)
    return store if store.waiting() or os.path.lexists(path) else None


# -- the page ----------------------------------------------------------------------------------------------------------


def html(session: Session) -> panel.Html:
    """The progress page as HTML and in words: this lesson, the course by unit, what is next."""
    session.store.settle()
    here, course = of_lesson(session), of_course()
    points, maximum = sum(line.points for line in here), sum(line.maximum for line in here)
    heading = tr(
        _("{title}: {points} of {maximum} points"),
        title=session.lesson.title(),
        points=panel.points(points),
        maximum=panel.points(maximum),
    )
    told = dict.fromkeys(filter(None, (session.store.problem, *(one.notice for one in course))))
    body = "".join(map(panel.trouble, told))
    body += _exercises(here)
    body += f'<p style="margin:.9em 0 .2em"><b>{escape(_whole(course))}</b></p>' + _units(course)
    body += panel.paragraph(_advice(session, here, course))
    plain = "\n".join(
        [heading, *told, *(f"{line.title}: {_slashed(line.points, line.maximum)}" for line in here), _whole(course)]
    )
    return panel.Html(panel.box("note", heading, body), plain)


def _advice(session: Session, here: list[Line], course: list[Standing]) -> str:
    open_ones = [line.title for line in here if line.points < line.maximum]
    if open_ones:
        return tr(_("Next: {title}"), title=open_ones[0])
    said = tr(_("Everything in this lesson is done.")) if here else ""
    step = next_step(course, session.lesson.number)
    if step is not None and step.lesson != session.lesson:
        said += " " + tr(_("Next: {title}"), title=step.lesson.title())
    return said.strip()


def _whole(course: list[Standing]) -> str:
    return tr(
        _("The whole course: {points} of {maximum} points, {done} of {lessons} lessons done, {minutes} minutes spent"),
        points=panel.points(sum(one.points for one in course)),
        maximum=panel.points(sum(one.maximum for one in course)),
        done=sum(one.done() for one in course),
        lessons=len(course),
        minutes=f"{sum(one.spent for one in course):.0f}",
    )


def _of(points: float, maximum: float) -> str:
    return tr(_("{points} of {maximum}"), points=panel.points(points), maximum=panel.points(maximum))


def _slashed(points: float, maximum: float) -> str:
    return f"{panel.points(points)} / {panel.points(maximum)}"


def _bar(points: float, maximum: float) -> str:
    share = min(1.0, points / maximum) if maximum else 0.0
    return (
        '<span aria-hidden="true" style="display:inline-block;width:5em;height:.6em;border:1px solid #5b6472;'
        f'border-radius:3px;background:linear-gradient(to right,#1f5fa8 {share:.0%},#fff {share:.0%})"></span>'
    )


_CELL = "text-align:left;padding:.1em 1em .1em 0;vertical-align:top"
# A number does not break; a title keeps some characters a line on a telephone, and the table is scrolled sideways there.
_WHOLE = _CELL + ";white-space:nowrap"
_TITLE = _CELL + ";min-width:8.5em"


def _head(*texts: str) -> str:
    cells = "".join(f'<th scope="col" style="{_CELL}">{escape(tr(text))}</th>' for text in texts)
    return f"<tr>{cells}</tr>"


def _exercises(lines: list[Line]) -> str:
    rows = "".join(
        f'<tr><td style="{_CELL}">{escape(line.title)}</td>'
        f'<td style="{_CELL}">{"✓ " if line.points >= line.maximum else ""}'
        f"{_slashed(line.points, line.maximum)}</td>"
        f'<td style="{_CELL}">{line.tries}</td></tr>'
        for line in lines
    )
    head = _head(_("What"), _("Points"), _("Tries"))
    return f'<table style="border-collapse:collapse;margin:.3em 0">{head}{rows}</table>'


def _units(course: list[Standing]) -> str:
    rows = ""
    for unit, name in lessons.units().items():
        mine = [one for one in course if one.lesson.unit_number == unit]
        if not mine:
            continue
        points, maximum = sum(one.points for one in mine), sum(one.maximum for one in mine)
        rows += (
            f'<tr><th scope="rowgroup" colspan="5" style="{_CELL};padding-top:.5em">{unit} {escape(tr(name))} '
            f'<span style="font-weight:normal;white-space:nowrap;margin-left:.6em">{_bar(points, maximum)} '
            f"{escape(_of(points, maximum))}</span></th></tr>"
        )
        rows += "".join(map(_lesson, mine))
    head = _head(_("Lesson"), _("State"), _("Points"), _("Tries"), _("Minutes: spent (planned)"))
    return f'<div class="crmlab-sideways" style="overflow-x:auto" tabindex="0"><table style="border-collapse:collapse;margin:.3em 0">{head}{rows}</table></div>'


def _lesson(one: Standing) -> str:
    state = tr(_("✓ done")) if one.done() else tr(_("◐ begun")) if one.begun else tr(_("○ not begun"))
    link = f"../{one.lesson.unit}/{one.lesson.slug}.ipynb"
    return (
        f'<tr><td style="{_TITLE}"><a href="{escape(link)}">{escape(one.lesson.title())}</a></td>'
        f'<td style="{_WHOLE}">{escape(state)}</td>'
        f'<td style="{_WHOLE}">{_slashed(one.points, one.maximum)}</td>'
        f'<td style="{_WHOLE}">{one.tries}</td>'
        f'<td style="{_WHOLE}">{one.spent:.0f} ({one.planned:.0f})</td></tr>'
    )
