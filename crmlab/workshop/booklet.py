"""The instructor's booklet: schedules, what to print and to bring, and the notes of each lesson, as one page to print.

The notes come out of the worked editions, the schedules are computed: nothing of it is written twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import crmlab
from crmlab.course import lessons, panel
from crmlab.course.lessons import Lesson
from crmlab.language import _, own, tr
from crmlab.workshop import lines, markdown, materials, minutes, schedules, tracks
from crmlab.workshop.schedules import Schedule, clock


@dataclass(frozen=True)
class Group:
    """Lessons that are planned together, under a heading, and their schedules, a length each."""

    title: str
    schedules: tuple[Schedule, ...]
    brief: bool = False
    """Whether of a length into which no more fits than into a shorter one only that is said."""

    @property
    def lessons(self) -> tuple[Lesson, ...]:
        """The lessons, whether they found room or not."""
        return tuple(dict.fromkeys(one for schedule in self.schedules for one in schedule.wanted))


def groups(
    units: Sequence[str] = (),
    numbers: Sequence[str] = (),
    track: str = "all",
    lengths: Sequence[str] = tuple(schedules.LENGTHS),
    start: int = 9 * 60,
) -> tuple[Group, ...]:
    """What is planned: the lessons that are named, together; of a track without names all of it together; else each unit for itself.

    Raises ``NotPlanned`` as :func:`crmlab.workshop.tracks.chosen` and :func:`crmlab.workshop.schedules.plan` do.
    """
    together = tracks.chosen(units, numbers, track)
    parts: list[tuple[str, tuple[Lesson, ...]]] = [(_together(units, numbers, track), together)]
    if not units and not numbers and track == "all":
        found = dict.fromkeys(one.unit_number for one in lessons.every() if one.unit_number != minutes.BREAKS)
        parts = [(_unit(unit), tracks.chosen([unit])) for unit in found]
    return tuple(
        Group(title, tuple(schedules.plan(chosen, length, track, start) for length in lengths), len(lengths) > 1)
        for title, chosen in parts
    )


def _unit(number: str) -> str:
    return tr(_("Unit {number}: {title}"), number=number, title=tr(lessons.UNITS[number]))


def _together(units: Sequence[str], numbers: Sequence[str], track: str) -> str:
    if track != "all":
        return tr(_("Schedules for {track}"), track=tr(tracks.TRACKS[track]))
    if len(units) == 1 and not numbers:
        return _unit(units[0])
    return tr(_("Schedules"))


def scripts(made: Sequence[Group]) -> list[str]:
    """The names of the role-plays of all its lessons, in order."""
    return list(dict.fromkeys(script for group in made for one in group.lessons for script in materials.scripts(one)))


def page(made: Sequence[Group]) -> str:
    """The booklet as a page of HTML that needs nothing from elsewhere, in the language in force."""
    title = tr(_("Instructor's booklet"))
    taught = tuple(dict.fromkeys(one for group in made for one in group.lessons))
    puzzles = _puzzles(made)
    body = [
        f"<header><h1>{escape(title)}</h1>{_p(_intro())}{_contents(made, taught, puzzles)}</header>",
        _before(made),
        *(_group(number, group) for number, group in enumerate(made)),
        *(_lesson(one) for one in taught),
    ]
    if puzzles:
        text = tr(_("For pauses, for those who like one. Nobody has to: a pause is a pause."))
        body.append(f'<section><h2 id="puzzles">{escape(tr(_("Puzzles")))}</h2>{_p(text)}</section>')
        body += [_lesson(one) for one in puzzles]
    return (
        f'<!DOCTYPE html>\n<html lang="{own().tag}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{escape(title)}</title>'
        f"<style>{_STYLE}</style></head><body><main>{''.join(body)}</main></body></html>\n"
    )


def _p(text: str) -> str:
    return f"<p>{escape(text)}</p>"


def _list(items: Sequence[str], kind: str = "ul", look: str = "") -> str:
    return f"<{kind}{look}>" + "".join(f"<li>{item}</li>" for item in items) + f"</{kind}>" if items else ""


def _intro() -> str:
    text = _(
        "Schedules that add up, what to print, and what to say: made from the lessons of crmlab {version}. Minutes of a lesson are those for "
        "reading and clicking alone; each is followed by talk in the room, half as long again. Nobody sits longer than {longest} minutes."
    )
    return tr(text, version=crmlab.__version__, longest=schedules.LONGEST)


def _contents(made: Sequence[Group], taught: Sequence[Lesson], puzzles: Sequence[Lesson]) -> str:
    links = [("before", tr(_("Before the workshop")))]
    links += [(f"group-{number}", group.title) for number, group in enumerate(made)]
    links += [(_anchor(one), one.title()) for one in taught]
    links += [("puzzles", tr(_("Puzzles")))] if puzzles else []
    items = [f'<a href="#{anchor}">{escape(text)}</a>' for anchor, text in links]
    return f'<nav aria-label="{escape(tr(_("Contents")))}">{_list(items)}</nav>'


def _anchor(lesson: Lesson) -> str:
    return f"lesson-{lesson.number}"


def _puzzles(made: Sequence[Group]) -> tuple[Lesson, ...]:
    every = (item for group in made for plan in group.schedules for day in plan.days for item in day.items)
    taught = {one for group in made for one in group.lessons}
    found = {item.puzzle for item in every if item.puzzle} - taught
    return tuple(sorted(found, key=lambda one: one.number))


# -- before ----------------------------------------------------------------------------------------------------------------


def _before(made: Sequence[Group]) -> str:
    checks = [
        _("The day before: run crmlab doctor and crmlab start once on every machine, because the first start fetches software."),
        _("Browser edition: open its start page on each machine once."),
        _("Two at a screen, one clicks, one reads aloud; they change at each exercise."),
        _("Projector: open the worked edition on your own machine, and show an answer only when everybody has tried."),
        _("A board, a pencil for everybody, and a clock that all can see."),
    ]
    names = scripts(made)
    printed = [
        escape(tr(_("This booklet, once for you; the schedule, once for the door."))),
        escape(tr(_("The certificates, at the end: crmlab certificate issue makes them from the marks, or progress() in a lesson, one for each person."))),
    ]
    if names:
        text = tr(_("Role-plays, one hand-out for three people; crmlab workshop booklet --handouts DIR writes these files:"))
        talks = _list([f"{escape(lines.title_of(one))} · <code>{escape(materials.handout_file(one))}</code>" for one in names])
        printed.insert(1, f"{escape(text)}{talks}")
    head = f'<h2 id="before">{escape(tr(_("Before the workshop")))}</h2>'
    return (
        f"<section>{head}{_list([escape(tr(one)) for one in checks], look=_TICKS)}"
        f"<h3>{escape(tr(_('To print')))}</h3>{_list(printed, look=_TICKS)}{_home(made)}</section>"
    )


_TICKS = ' class="ticks"'


def _home(made: Sequence[Group]) -> str:
    rows = ""
    for one in dict.fromkeys(one for group in made for one in group.lessons):
        if files := materials.saved(one):
            names = "<br>".join(f"<code>{escape(name)}</code>" for name in files)
            rows += f'<tr><th scope="row">{escape(one.title())}</th><td>{names}</td></tr>'
    if not rows:
        return ""
    text = tr(_("Each pair saves these under “On Monday”; .html is a page to print, .csv opens in Excel. Bring paper for the pages."))
    head = f'<tr><th scope="col">{escape(tr(_("Lesson")))}</th><th scope="col">{escape(tr(_("File")))}</th></tr>'
    return f"<h3>{escape(tr(_('What they take home')))}</h3>{_p(text)}<table><thead>{head}</thead><tbody>{rows}</tbody></table>"


# -- schedules ---------------------------------------------------------------------------------------------------------------


def _group(number: int, group: Group) -> str:
    blocks = "".join(_schedule(one, group.brief) for one in group.schedules)
    return f'<section class="group"><h2 id="group-{number}">{escape(group.title)}</h2>{blocks}</section>'


def _schedule(schedule: Schedule, brief: bool) -> str:
    title = tr(lines.LENGTHS[schedule.length])
    if brief and (enough := lines.fits_into(schedule)):
        return f'<div class="schedule"><h3>{escape(title)}</h3>{_p(enough)}</div>'
    days = "".join(_day(schedule, number) for number in range(len(schedule.days)))
    said = _list([escape(one) for one in lines.remarks(schedule)])
    return f'<div class="schedule"><h3>{escape(title)}</h3>{days}{said}</div>'


def _day(schedule: Schedule, number: int) -> str:
    heads = (_("From"), _("To"), _("Minutes"), _("What"))
    head = "".join(f'<th scope="col">{escape(tr(one))}</th>' for one in heads)
    rows = ""
    for item in schedule.days[number].items:
        besides = lines.more(item)
        small = f"<br><small>{escape(besides)}</small>" if besides else ""
        rows += (
            f'<tr class="{item.kind.replace(" ", "-")}"><th scope="row">{clock(item.start)}</th><td>{clock(item.end)}</td>'
            f'<td class="number">{item.minutes}</td><td>{escape(lines.what(item))}{small}</td></tr>'
        )
    title = tr(_("Day {number}"), number=number + 1) if len(schedule.days) > 1 else ""
    caption = f"<caption>{escape(title)}</caption>" if title else ""
    foot = f'<tfoot><tr><td colspan="4">{escape(lines.sums(schedule, number))}</td></tr></tfoot>'
    return f'<table class="times">{caption}<thead><tr>{head}</tr></thead><tbody>{rows}</tbody>{foot}</table>'


# -- lessons -----------------------------------------------------------------------------------------------------------------


def _lesson(lesson: Lesson) -> str:
    whole, short = minutes.whole(lesson), minutes.shorter(lesson)
    said = [tr(_("{n} minutes, and {talk} of talk in the room."), n=whole.minutes, talk=whole.talk)]
    if short:
        said.append(tr(_("Shorter variant: {n} minutes, and {talk} of talk."), n=short.minutes, talk=short.talk))
    notes = "".join(markdown.html(_without_heading(text), 1) for text in materials.notes(lesson))
    return (
        f'<section class="lesson"><h2 id="{_anchor(lesson)}">{escape(lesson.title())}</h2>{"".join(_p(one) for one in said)}'
        f'{_tasks(lesson)}<div class="notes"><h3>{escape(tr(_("What to say, and what comes back")))}</h3>{notes}</div></section>'
    )


def _without_heading(text: str) -> str:
    first, _line, rest = text.partition("\n")
    return rest if first.startswith("## ") else text


def _tasks(lesson: Lesson) -> str:
    short = minutes.shorter(lesson)
    kept = {task.title for task in short.tasks} if short else set()
    later = set(minutes.after(lesson))
    numbers = minutes.choice(lesson)
    choice = {part.heading for part in minutes.sections(lesson) if part.exercise in numbers}
    rows = ""
    for task in lessons.tasks(lesson):
        when = tr(_("yes")) if task.title in kept else ""
        if task in later:
            when = tr(_("after the lesson"))
        elif task.title in choice:
            when = tr(_("one of these"))
        rows += (
            f'<tr><th scope="row">{escape(task.title)}</th><td class="number">{task.minutes:g}</td>'
            f'<td class="number">{panel.points(task.points)}</td><td>{escape(when)}</td></tr>'
        )
    if not rows:
        return ""
    heads = (_("Exercise"), _("Minutes"), _("Points"), _("In the shorter variant"))
    head = "".join(f'<th scope="col">{escape(tr(one))}</th>' for one in heads)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


_STYLE = """
@page { size: A4 portrait; margin: 16mm 15mm 18mm; @bottom-right { content: counter(page); font: 9pt sans-serif; color: #4a5361 } }
* { box-sizing: border-box }
body { margin: 0; color: #1b2330; background: #fff; font: 16px/1.5 "Segoe UI", "Helvetica Neue", Arial, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", sans-serif }
main { max-width: 54em; margin: 0 auto; padding: 1.5em 1.2em 4em }
h1 { font-size: 1.9em; line-height: 1.2; color: #1f5fa8; margin: 0 0 .4em }
h2 { font-size: 1.4em; line-height: 1.25; margin: 2em 0 .5em; padding-bottom: .2em; border-bottom: 2px solid #1f5fa8 }
h3 { font-size: 1.12em; margin: 1.4em 0 .4em }
h4, h5, h6 { font-size: 1em; margin: 1em 0 .3em }
p { margin: .5em 0 }
a { color: #1f5fa8 }
nav ul { columns: 2; padding-left: 1.2em; font-size: .92em }
nav li { break-inside: avoid }
ul, ol { margin: .4em 0; padding-left: 1.4em }
li { margin: .2em 0 }
.ticks { list-style: none; padding-left: 0 }
.ticks > li { padding-left: 1.7em; position: relative }
.ticks > li::before { content: ""; position: absolute; left: .1em; top: .3em; width: .85em; height: .85em; border: 1.5px solid #1b2330; border-radius: 2px }
table { border-collapse: collapse; width: 100%; margin: .6em 0; font-size: .93em }
th, td { border-bottom: 1px solid #c9d0da; padding: .3em .6em .3em .3em; text-align: left; vertical-align: top; font-weight: normal; overflow-wrap: anywhere }
thead th { font-weight: 600; border-bottom: 2px solid #5b6472; overflow-wrap: normal }
.number { text-align: right; padding-right: 1.2em; white-space: nowrap }
caption { text-align: left; font-weight: 600; padding: .3em 0 }
.times th, .times td:nth-child(2) { white-space: nowrap; width: 3.6em; font-variant-numeric: tabular-nums }
.times thead th:nth-child(n+3) { width: auto }
.times .number { width: 4.5em }
.times tfoot td { border: 0; color: #4a5361; font-size: .93em }
tr.lesson td, tr.lesson th { background: #e8f1fb }
tr.roleplay td, tr.roleplay th { background: #e4f5ec }
tr.pause td, tr.pause th, tr.lunch td, tr.lunch th { color: #4a5361; background: #f2f4f7 }
small { color: #4a5361; font-size: .9em }
code { font-size: .92em; background: #f2f4f7; padding: 0 .2em; border-radius: 2px; overflow-wrap: anywhere }
pre { white-space: pre-wrap; overflow-wrap: anywhere }
@media screen and (max-width: 600px) { main { padding: 1em .8em 3em } nav ul { columns: 1 } table { font-size: .88em } h1 { font-size: 1.5em } }
@media print {
  body { font-size: 10pt } main { max-width: none; padding: 0 } a { color: inherit; text-decoration: none }
  section.group, section.lesson { break-before: page } h2 { margin-top: 0 } #before { margin-top: 1.5em } h2, h3, h4, caption { break-after: avoid }
  tr, li, .times, .schedule > ul { break-inside: avoid } .ticks > li { break-inside: auto } thead { display: table-header-group } tfoot { display: table-row-group }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact }
}
"""
