"""``crmlab class new``: the folder of a class, and what its trainees get."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crmlab.app.workspace import Refused
from crmlab.cli.options import add_language
from crmlab.course.files import whole
from crmlab.course.yamlfile import shortened
from crmlab.language import LANGUAGES, _, current, listed, tr

if TYPE_CHECKING:
    from crmlab.classroom.folder import Class


def add(commands: Any, parser_class: type[argparse.ArgumentParser]) -> None:
    """Add the commands ``new`` and ``update``."""
    new = commands.add_parser("new", help=tr(_("make a class, and the hand-out for its trainees")))
    new.add_argument("name", metavar="NAME", help=tr(_("its name, as trainees see it")))
    new.add_argument("--units", metavar="N,N", default="", help=tr(_("whole units, such as 2,3")))
    new.add_argument("--lessons", metavar="N,N", default="", help=tr(_("single lessons, such as 2.1,3.2")))
    languages = tr(_("languages of the class, such as {languages}; without it the one you use"), languages=",".join(LANGUAGES))
    new.add_argument("--languages", metavar="L,L", default="", help=languages)
    new.add_argument("--roleplays", metavar="A,B", default="", help=tr(_("role-plays of the course beside those of the lessons")))
    new.add_argument("--draw", action="store_true", help=tr(_("quizzes ask others than the first five, the same for all in the class")))
    new.add_argument("--due", metavar="TIME", default="", help=tr(_("when work is due, such as 2026-12-01T18:00")))
    new.add_argument("--number", type=int, metavar="N", help=tr(_("the number from which the class's figures follow; without it one at random")))
    new.add_argument("--out", metavar="DIR", help=tr(_("the folder of the class; without it one with its name, here")))
    new.set_defaults(run=_new)

    update = commands.add_parser("update", help=tr(_("make the hand-out again, after a change of class.yml or own content, or of the course")))
    update.add_argument("folder", metavar="DIR", help=tr(_("the folder of the class")))
    update.set_defaults(run=_update)
    for command in (new, update):
        add_language(command)


def _new(parsed: argparse.Namespace) -> int:
    from crmlab.classroom import handing_out, settings
    from crmlab.classroom.folder import SETTINGS, Class
    from crmlab.course.files import word

    name = whole(" ".join(parsed.name.split()))
    folder = _folder(parsed.out or handing_out.zip_name(name))
    if (folder / SETTINGS).exists():
        text = _("There is a class in {folder} already. Change its {file}, then: crmlab class update {folder}")
        raise Refused(tr(text, folder=word(folder), file=SETTINGS))
    lessons, unknown = settings.expand(_words(f"{parsed.units},{parsed.lessons}"))
    if unknown:
        known = listed(one.number for one in settings.of_course())
        raise Refused(tr(_("There is no lesson “{number}”. Lessons: {known}."), number=unknown[0], known=known))
    if not lessons:
        raise Refused(tr(_("Which lessons does the class get? Say --units 2,3 or --lessons 2.1,3.2.")))
    number = settings.new_number() if parsed.number is None else parsed.number
    draw = settings.classes.seed(number) if parsed.draw else None
    languages, roleplays = _words(parsed.languages) or (current(),), _words(parsed.roleplays)
    made = Class(folder, name, number, languages, lessons, roleplays, draw, parsed.due.strip())
    try:
        made = settings.checked(made)
        settings.save(made)
        handing_out.begin(made)
    except settings.SettingsError as error:
        raise Refused(" ".join(one.text if hasattr(one, "text") else str(one) for one in error.faults)) from None
    return _make(made)


def _update(parsed: argparse.Namespace) -> int:
    from crmlab.classroom import settings

    try:
        found = settings.load(_folder(parsed.folder))
    except settings.SettingsError as error:
        if not hasattr(error.faults[0], "text"):  # there is none
            raise Refused(str(error)) from None
        print(error)
        return 1
    return _make(found)


def _make(settings: Class) -> int:
    from crmlab.classroom import handing_out, own
    from crmlab.course.files import word

    try:
        made = handing_out.make(settings)
    except own.OwnError as error:
        print(error)
        print(tr(_("The hand-out was not made. Mend these, then: crmlab class update {folder}"), folder=word(settings.folder)))
        return 1
    text = _("Class “{name}”, number {number}. Lessons: {lessons}. Beside them: exercises {exercises}, role-plays {talks}, questions {questions}.")
    counts = {"lessons": made.lessons, "exercises": made.exercises, "talks": made.talks, "questions": made.questions}
    print(tr(text, name=settings.name, number=settings.number, **counts))
    if made.kept:
        print(tr(_("Changed by somebody, and left as they are in {folder} (the zip has the new ones): {files}."), folder=made.folder, files=listed(made.kept)))
    print(tr(_("Next:")))
    print("  1. " + tr(_("Give {file} to the trainees. Content of your own goes into {folder}: copy an _example.xlsx under another name."), file=made.zip, folder=settings.folder / "own"))
    print("  2. " + tr(_("They run: crmlab start {file}"), file=word(Path(made.zip.name))))
    print("  3. " + tr(_("Put what they hand in into {folder}, then: crmlab class collect {settings}"), folder=settings.folder / "came", settings=word(settings.folder)))
    return 0


def tell_if_out_of_date(settings: Class) -> None:
    """Say so if ``class.yml`` was changed and the hand-out was not made again: until then lessons and marks are those of the hand-out."""
    from crmlab.classroom import handing_out
    from crmlab.classroom.folder import SETTINGS
    from crmlab.course.files import word

    if handing_out.out_of_date(settings):
        text = _("{file} was changed after the hand-out was made. Make the hand-out anew: crmlab class update {folder}")
        print(tr(text, file=SETTINGS, folder=word(settings.folder)))


def _folder(wish: str) -> Path:
    try:
        wish.encode("utf-8")
        found = Path(wish).expanduser()
        found.exists()
    except (RuntimeError, ValueError):  # the home of somebody who is not there; a NUL; no text
        raise Refused(tr(_("{folder} is no name of a folder."), folder=shortened(whole(wish)))) from None
    return found


def _words(text: str) -> tuple[str, ...]:
    """What stands between commas, full-width ones as well."""
    return tuple(one.strip() for one in text.replace("，", ",").replace("、", ",").split(",") if one.strip())
