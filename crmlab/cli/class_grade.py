"""``crmlab class grade``: points, from judging the answers again.

Exit codes: 0 all is graded; 1 some submissions could not be graded, or their code was not run; 2 it could not be done, and stderr says why.
"""

from __future__ import annotations

import argparse
import contextlib
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crmlab.cli.class_new import tell_if_out_of_date
from crmlab.cli.options import add_language
from crmlab.course.files import reason
from crmlab.course.yamlfile import shortened
from crmlab.language import _, listed, tr

if TYPE_CHECKING:
    from crmlab.classroom.collected import Person
    from crmlab.classroom.folder import Class
    from crmlab.classroom.grading import Result, Step, Work


class _Cannot(Exception):
    """It cannot be done; the message is a sentence for the user."""


def add(commands: Any, parser_class: type[argparse.ArgumentParser]) -> None:
    """Add the command."""
    command = commands.add_parser("grade", help=tr(_("grade what was collected: marks.csv, marks.xlsx")))
    command.description = tr(
        _(
            "Judges the answers of a class again, with nbgrader, and writes the marks. Only what has changed since the last time is graded."
        )
    )
    command.add_argument("folder", metavar="DIR", type=Path, help=tr(_("the folder of the class")))
    command.add_argument(
        "--only",
        metavar="KEY",
        help=tr(_("grade one trainee alone: their name, number, or folder in grading/submitted")),
    )
    command.add_argument("--again", action="store_true", help=tr(_("grade all again, changed or not")))
    command.add_argument(
        "--unprotected",
        action="store_true",
        help=tr(_("where nothing keeps trainees' code apart from your files: run it as you, without asking")),
    )
    command.add_argument(
        "--jobs", metavar="N", type=int, help=tr(_("how many to grade side by side; without it one for each processor"))
    )
    add_language(command)
    command.set_defaults(run=_grade)


def _grade(parsed: argparse.Namespace) -> int:
    try:
        return _graded(parsed)
    except (_Cannot, KeyboardInterrupt) as error:
        stopped = tr(_("Stopped. What was graded until now is kept; the same command goes on from there."))
        print(f"crmlab: {stopped if isinstance(error, KeyboardInterrupt) else error}", file=sys.stderr)
        return 2


def _graded(parsed: argparse.Namespace) -> int:
    try:
        import nbgrader  # noqa: F401
    except ImportError as error:
        text = _("For grading nbgrader is needed. Type: {command}")
        raise _Cannot(tr(text, command='pip install "crmlab[class]"')) from error
    from crmlab.classroom import grading, marks_tables, settings

    if parsed.jobs is not None and parsed.jobs < 1:
        raise _Cannot(tr(_("--jobs takes a number from 1.")))
    began = time.monotonic()
    try:
        of_class = settings.load(parsed.folder)
    except settings.SettingsError as error:
        raise _Cannot(str(error)) from error
    tell_if_out_of_date(of_class)
    people = _people(of_class)
    chosen = _chosen(people, parsed.only)
    before = _before(of_class)
    try:
        grading.prepare(of_class)
        work, unprotected = _work(of_class, chosen, parsed)
        result = grading.grade(of_class, work, unprotected=unprotected, jobs=parsed.jobs, say=_say)
        maxima = {one.number: grading.maximum(of_class, one) for one in result.lessons}
        written = marks_tables.write(of_class.folder, result.marks, result.people, result.lessons, maxima)
    except grading.CannotGrade as error:
        raise _Cannot(str(error)) from error
    except OSError as error:
        text = _("The class could not be graded: {name}: {reason}. What was graded until now is kept.")
        raise _Cannot(tr(text, name=shortened(error.filename or "?", 200), reason=reason(error))) from error
    return _sum(of_class, result, work, written, bool(work.code) and not (unprotected or _apart()), time.monotonic() - began, before)


def _before(of_class: Class) -> dict[str, dict[str, float]]:
    """The points of the last time, by person and lesson; none if there was none, or it cannot be read."""
    from crmlab.classroom import marks

    with contextlib.suppress(OSError, ValueError, LookupError, TypeError, AttributeError):
        return {key: {number: one.points for number, one in found.items()} for key, found in marks.load(of_class.folder).people.items()}
    return {}


def _changed(before: dict[str, dict[str, float]], result: Result) -> list[str]:
    """What has become of marks that somebody had the last time, and may have been told: a line each for those that are others now."""
    from crmlab.course import panel

    names = {one.key: one.name for one in result.people}
    found = []
    for key, lessons in before.items():
        for number, points in lessons.items():
            now = result.marks.people.get(key, {}).get(number)
            values = {"who": shortened(names.get(key) or "-"), "key": shortened(key), "lesson": number, "before": panel.points(points)}
            if now is None:
                found.append(tr(_("{who} ({key}), lesson {lesson}: {before} points, now none: nothing of it is in what was collected"), **values))
            elif abs(now.points - points) > 1e-6:
                found.append(tr(_("{who} ({key}), lesson {lesson}: {before} points, now {now}"), now=panel.points(now.points), **values))
    return found


def _people(of_class: Class) -> tuple[Person, ...]:
    from crmlab.classroom import collected
    from crmlab.classroom.folder import CAME
    from crmlab.course.files import word

    try:
        people = collected.load(of_class.folder).people
    except FileNotFoundError as error:
        text = _("Nothing has been collected in {folder} yet. First: crmlab class collect {folder}")
        raise _Cannot(tr(text, folder=word(of_class.folder))) from error
    except (OSError, ValueError, LookupError, TypeError) as error:
        text = _("{file} cannot be read. Move it away and make it anew: crmlab class collect {folder}")
        raise _Cannot(tr(text, file=collected.COLLECTED, folder=word(of_class.folder))) from error
    if not people:
        raise _Cannot(
            tr(
                _(
                    "Nobody's work has been collected yet. Put what trainees sent into {came}, then: crmlab class collect {folder}"
                ),
                came=shortened(of_class.folder / CAME, 200),
                folder=word(of_class.folder),
            )
        )
    return people


def _chosen(people: tuple[Person, ...], wish: str | None) -> tuple[Person, ...]:
    if wish is None:
        return people
    found = tuple(one for one in people if wish in (one.key, one.id, one.name))
    if not found:
        text = _("Nobody in this class is called {name}. There are: {names}")
        raise _Cannot(tr(text, name=shortened(wish), names=shortened(listed(one.key for one in people), 600)))
    return found


def _apart() -> str:
    from crmlab.course.grading import sandbox

    return sandbox.name()


def _work(of_class: Class, people: tuple[Person, ...], parsed: argparse.Namespace) -> tuple[Work, bool]:
    """What there is to do, and whether code may run where nothing keeps it apart; the instructor is asked first."""
    from crmlab.classroom import grading

    work = grading.look(of_class, people, parsed.again)
    if _apart() or parsed.unprotected or not work.code:
        return work, parsed.unprotected
    names = shortened(listed(dict.fromkeys(person.name for person, _unit in work.code)), 400)
    text = _(
        "{n} submissions hold code of their own ({names}), and nothing on this computer keeps it apart: it would run as you, and could read, "
        "change, delete and send away whatever you can. On Linux install bubblewrap."
    )
    print(tr(text, n=len(work.code), names=names), file=sys.stderr)
    if sys.stdin.isatty():
        print(
            tr(_("Run it all the same? Type yes to run it, anything else to count only what was clicked:")),
            end=" ",
            file=sys.stderr,
            flush=True,
        )
        if sys.stdin.readline().strip().lower() in ("yes", tr(_("yes"))):
            return work, True
    return work, False


def _say(step: Step) -> None:
    head = f"[{step.number}/{step.of}] {shortened(step.person.name)} ({step.person.key}) {step.unit}"
    print("\n".join([head, *(f"    {shortened(one, 400)}" for one in step.says)]), flush=True)


def _sum(of_class: Class, result: Result, work: Work, written: list[Path], not_run: bool, seconds: float, before: dict[str, dict[str, float]]) -> int:
    text = _(
        "{done} submissions graded, {before} unchanged since the last time, {failed} not graded; {seconds} seconds."
    )
    from crmlab.course.files import word

    done = len(work.due) - len(result.failed)
    print(tr(text, done=done, before=work.before, failed=len(result.failed), seconds=round(seconds)))
    if not_run:
        print(tr(_("Code not run, only clicks counted:")))
        for person, unit in work.code:
            print(f"    {shortened(person.name)} ({person.key}) {unit}")
    if changed := _changed(before, result):
        print(tr(_("Marks that are others than the last time:")))
        for line in changed:
            print(f"    {line}")
    if late := [one for one in result.people if one.late]:
        print(tr(_("Late: {names}"), names=shortened(listed(one.name for one in late), 600)))
    print(tr(_("Written: {paths}"), paths=listed(str(path) for path in written)))
    print(tr(_("Next: {command}"), command=f"crmlab class report {word(of_class.folder)}"))
    return 1 if result.failed or not_run else 0
