"""``crmlab class collect``: what trainees sent, sorted by person."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crmlab.cli.class_new import tell_if_out_of_date
from crmlab.cli.options import add_language
from crmlab.language import _, listed, size, tr

if TYPE_CHECKING:
    from crmlab.classroom.collected import Collected

OUTCOMES = {
    "taken": _("taken"),
    "late": _("late"),
    "older": _("older"),
    "double": _("double"),
    "broken": _("broken"),
    "unknown": _("not taken"),
}
"""What was done with a file, by what ``collected.json`` calls it."""


def add(commands: Any, parser_class: type[argparse.ArgumentParser]) -> None:
    """Add the command."""
    command = commands.add_parser("collect", help=tr(_("sort what trainees sent by person, and say what was done with each file")))
    command.add_argument("folder", metavar="DIR", type=Path, help=tr(_("the folder of the class")))
    command.add_argument(
        "--from",
        dest="files",
        metavar="FILE",
        type=Path,
        nargs="+",
        default=[],
        help=tr(_("files or folders to take; without it all that lies in came/")),
    )
    command.add_argument("--csv", metavar="FILE", type=Path, help=tr(_("write the table into this file as well")))
    add_language(command)
    command.set_defaults(run=_run)


def _run(parsed: argparse.Namespace) -> int:
    from crmlab.app.workspace import Refused
    from crmlab.classroom import collected, collecting, settings
    from crmlab.classroom.folder import CAME, COLLECTED
    from crmlab.course import files

    try:
        of_class = settings.load(parsed.folder)
    except settings.SettingsError as error:
        raise Refused(str(error)) from error
    tell_if_out_of_date(of_class)
    came = parsed.folder / CAME
    for path in parsed.files or [came]:
        if not path.exists():
            text = _("There is no {place}. Put what trainees sent into {came}, as it came.")
            raise Refused(tr(text, place=path, came=came))
    try:
        done = collecting.collect(of_class, parsed.files)
    except collected.Damaged as error:
        text = _("{file} is damaged. Move it away and collect again: it is made anew.")
        raise Refused(tr(text, file=parsed.folder / COLLECTED)) from error
    except OSError as error:
        said = tr(_("{file} cannot be written: {reason}"), file=error.filename or parsed.folder, reason=files.reason(error))
        raise Refused(said) from error
    try:
        if parsed.csv:
            files.write_atomically(parsed.csv, _csv(done))
    except (OSError, ValueError) as error:  # ValueError: no name of a file
        raise Refused(tr(_("{file} cannot be written: {reason}"), file=parsed.csv, reason=files.reason(error))) from error
    if not done.files and not done.people:
        print(tr(_("Nothing has come yet: put what trainees sent into {came}, as it came."), came=came))
        return 1
    return _tell(done, parsed.folder)


def _tell(done: Collected, folder: Path) -> int:
    from crmlab.classroom.collecting import SUBMITTED
    from crmlab.classroom.folder import GRADING
    from crmlab.course.files import word

    # Who has no number is told from others of the name by that of the learning management system.
    names = {one.key: _called(one.name, one.id or next((theirs for _name, _id, theirs in one.known if theirs), "")) for one in done.people}
    rows = [
        (tr(OUTCOMES.get(one.outcome, one.outcome)), names.get(one.key, "-"), ("! " if one.look else "") + _short(one.path), one.says)
        for one in done.files
    ]
    widths = [max(map(size, (row[n] for row in rows)), default=0) for n in range(2)]
    for outcome, who, path, says in rows:
        shown = tr(_("{file}: {reason}"), file=path, reason=says) if says else path
        print(f"{_wide(outcome, widths[0])}  {_wide(who, widths[1])}  {shown}")
    print()
    for one in done.people:
        late = tr(_(", late: {lessons}"), lessons=listed(one.late_lessons)) if one.late_lessons else ""
        print(tr(_("{name} [{key}]: {lessons}{late}"), name=names[one.key], key=one.key, lessons=listed(one.lessons), late=late))
        for sentence in one.says:
            print(f"    {sentence}")
    print()
    text = _("{n} people, {files} files. Their work is in {folder}.")
    print(tr(text, n=len(done.people), files=len(done.files), folder=folder / GRADING / SUBMITTED))
    if earlier := len({one.key for one in done.people} - {one.key for one in done.files}):
        print(tr(_("Of {n} people nothing came this time; what was collected earlier stays."), n=earlier))
    look = sum(one.look for one in done.files)
    doubtful = sum(bool(one.says) for one in done.people)
    if look:
        print(tr(_("{n} files need a look; they are marked with “!”."), n=look))
    if doubtful:
        print(tr(_("Of {n} people it is to be looked at who they are."), n=doubtful))
    if done.people:
        print(tr(_("Next: {command}"), command=f"crmlab class grade {word(folder)}"))
    return 1 if look or doubtful else 0


def _called(name: str, id: str) -> str:
    return f"{name} ({id})" if name and id else name or id


def _short(path: str) -> str:
    return path if len(path) <= 120 else f"{path[:70]} … {path[-40:]}"


def _wide(text: str, width: int) -> str:
    return text + " " * (width - size(text))


def _csv(done: Collected) -> bytes:
    import csv
    import io

    from crmlab.spreadsheets import harmless

    people = {one.key: one for one in done.people}
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow([tr(one) for one in (_("File"), _("What was done"), _("Name"), _("Trainee's number"), _("Key"), _("Remark"), _("To be looked at"))])
    for one in done.files:
        who = people.get(one.key)
        row = [one.path, tr(OUTCOMES.get(one.outcome, one.outcome)), who.name if who else "", who.id if who else "", one.key, one.says, "!" if one.look else ""]
        table.writerow([harmless(cell) for cell in row])
    return b"\xef\xbb\xbf" + out.getvalue().encode("utf-8")
