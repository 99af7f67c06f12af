"""``crmlab hand-in``: a trainee's work for the instructor, in one file."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from crmlab.cli.options import add_language
from crmlab.language import LANGUAGES, _, current, listed, speaking, tr


def add(commands: Any, parser_class: type[argparse.ArgumentParser]) -> None:
    """Add the command."""
    command = commands.add_parser("hand-in", help=tr(_("make one file of your answers, for whoever leads the class")))
    command.add_argument("--name", metavar="NAME", help=tr(_("your name; without it you are asked")))
    command.add_argument("--id", metavar="ID", help=tr(_("your number, if the class has numbers; without it you are asked")))
    command.add_argument("--units", metavar="2,3", help=tr(_("only these units; without it all that you began")))
    command.add_argument("--out", metavar="DIR", type=Path, help=tr(_("the folder for the file; without it this one")))
    command.add_argument("--to", metavar="DIR", help=tr(_("the folder of the course")))
    add_language(command)
    command.set_defaults(run=_run)


def _run(parsed: argparse.Namespace) -> int:
    from crmlab.app import drop, hand_in, workspace
    from crmlab.app.workspace import Refused
    from crmlab.course import files, handed_out

    folder = _folder(parsed.to)
    if not (folder / "notebooks").is_dir():
        raise Refused(tr(_("There is no course in {folder}; name its folder with --to."), folder=folder))
    units = _units(parsed.units)
    before = hand_in.remembered(folder)
    name = _asked(tr(_("Your name")), parsed.name, before[0])
    if not name:
        raise Refused(tr(_("Whose work is it? Give your name: crmlab hand-in --name NAME")))
    # Of somebody else on this computer the old number would be wrong.
    id = _asked(tr(_("Your number (Enter if you have none)")), parsed.id, before[1] if name == before[0] else "")
    language = parsed.lang or workspace.language_of(folder) or current()
    made = hand_in.pack(folder, name, id, language, units)
    for damaged in made.left_out:
        print(tr(_("{file} is damaged and was left out."), file=damaged), file=sys.stderr)
    if not made.files:
        print(tr(_("There is no work in {folder} yet."), folder=folder))
        if parsed.to is None:
            print(tr(_("If you worked in another folder, name it with --to.")))
        return 1
    path = (parsed.out or Path.cwd()) / hand_in.file_name(name, id)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and not _is_hand_in(path):
            raise Refused(tr(_("{file} is there already; choose another name."), file=path))
        files.write_atomically(path, made.text())
        hand_in.remember(folder, name, id)
    except (OSError, ValueError) as error:  # ValueError: no name of a file
        said = tr(_("{file} cannot be written: {reason}"), file=getattr(error, "filename", None) or path, reason=files.reason(error))
        raise Refused(said) from error
    with speaking(language), handed_out.in_force(folder if handed_out.of(folder) else None):
        _tell(made, units)
    if drop.there():
        drop.give(path.name, made.text().encode("utf-8"))
        print(tr(_("The file is {file}, and it is handed in."), file=path))
    else:
        print(tr(_("The file is {file}. Send it to whoever leads the class."), file=path))
    return 0


def _folder(wish: str | None) -> Path:
    """The folder of the course; without a wish also that of a class whose zip was opened here, which lies beside the zip."""
    from crmlab.app import workspace
    from crmlab.app.workspace import Refused
    from crmlab.course import handed_out

    found, here = workspace.find_folder(wish), Path.cwd()
    if wish or handed_out.of(found) is not None:
        return found
    there = sorted(one.parent.name for one in here.glob(f"*/{handed_out.FILE}") if (one.parent / "notebooks").is_dir())
    if len(there) > 1:
        raise Refused(tr(_("Several classes lie here: {folders}. Say which one with --to."), folders=", ".join(there)))
    return here / there[0] if there else found


def _asked(question: str, given: str | None, before: str) -> str:
    """What was given, else what is typed; Enter, or no keyboard, takes what was given last time."""
    from crmlab.app import hand_in

    if given is not None:
        return hand_in.plain(given)
    try:
        if sys.stdin is None or not sys.stdin.isatty():
            return before
        return hand_in.plain(input(f"{question}{f' [{before}]' if before else ''}: ")) or before
    except (EOFError, ValueError):
        return before


def _units(text: str | None) -> tuple[str, ...]:
    from crmlab.app import hand_in
    from crmlab.app.workspace import Refused

    wished = tuple(filter(None, (text or "").replace("，", ",").replace(" ", ",").split(",")))
    known = {one.unit_number for one in hand_in.known() if one.scored}
    for one in wished:
        if one not in known:
            raise Refused(tr(_("There is no unit “{name}” to hand in. Units: {known}."), name=one, known=listed(sorted(known, key=int))))
    if text is not None and not wished:
        raise Refused(tr(_("There is no unit “{name}” to hand in. Units: {known}."), name=text, known=listed(sorted(known, key=int))))
    return wished


def _is_hand_in(path: Path) -> bool:
    from crmlab.app import hand_in

    try:
        return bool(json.loads(path.read_bytes())["kind"] == hand_in.KIND)
    except (ValueError, LookupError, TypeError, RecursionError):
        return False


def _tell(made: Any, units: tuple[str, ...]) -> None:
    """What is in it, how far each lesson is, and what was not touched of what the class was given."""
    from crmlab.app import hand_in
    from crmlab.course import lessons, panel, state
    from crmlab.course.state import amount

    if made.group.name:
        print(tr(_("Class: {name}"), name=made.group.name))
    handed = made.lessons
    for one in handed:
        points = 0.0
        for code in LANGUAGES:
            text = made.files.get(f"notebooks/{code}/{one.unit}/{one.slug}.json")
            records = state.decoded(text.encode("utf-8"))["exercises"].values() if text else ()
            points = max(points, sum(amount(record, "points") for record in records if amount(record, "maximum")))
        maximum = sum(task.points for task in lessons.tasks(one))
        stands = tr(_("{points} of {maximum} points"), points=panel.points(min(points, maximum)), maximum=panel.points(maximum))
        print(f"  {one.title()} · {stands}")
    there = {one.number for one in handed}
    left = [one for one in hand_in.known() if one.number in made.group.lessons and one.number not in there]
    left = [one for one in left if not units or one.unit_number in units]
    if left:
        print(tr(_("Not begun yet: {lessons}"), lessons=listed(one.number for one in left)))
