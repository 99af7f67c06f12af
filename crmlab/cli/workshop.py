"""``crmlab workshop``: schedules, the instructor's booklet, slides."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crmlab.cli import slides
from crmlab.cli.options import add_language
from crmlab.course import files
from crmlab.language import _, listed, tr

if TYPE_CHECKING:
    from crmlab.workshop.schedules import Schedule


class _Cannot(Exception):
    """It cannot be done; the message is a sentence for the user."""


def add(commands: Any, parser_class: type[argparse.ArgumentParser]) -> None:
    """Add the command ``workshop`` with its own commands to those of ``crmlab``."""
    workshop = commands.add_parser("workshop", help=tr(_("for instructors: schedules, the booklet, slides")))
    inner = workshop.add_subparsers(
        title=tr(_("commands")), metavar="plan|booklet|slides", required=True, parser_class=parser_class
    )

    plan = inner.add_parser("plan", help=tr(_("print a schedule whose minutes add up")))
    plan.description = tr(
        _("Prints when which lesson is held, with talk, pauses, lunch and a buffer. What does not fit is said, not squeezed in.")
    )
    plan.set_defaults(run=_run(_plan))

    booklet = inner.add_parser("booklet", help=tr(_("write the instructor's booklet, to print")))
    booklet.description = tr(
        _("Writes schedules, what to print, and the notes for instructors of each lesson as a page (.html) or as PDF (.pdf).")
    )
    booklet.add_argument("--out", metavar="FILE", type=Path, required=True, help=tr(_("where to: NAME.html or NAME.pdf")))
    booklet.add_argument(
        "--handouts", metavar="DIR", type=Path, help=tr(_("also write the hand-outs of its role-plays there, to print"))
    )
    booklet.set_defaults(run=_run(_booklet))

    for command, without in (
            (plan, _("how long: 3.5 hours, or days of 7.5 with lunch; one day without it")),
            (booklet, _("how long: 3.5 hours, or days of 7.5 with lunch; all three without it")),
        ):
        command.add_argument("--units", metavar="N,N", default="", help=tr(_("the lessons of these units, such as 2,3")))
        command.add_argument("--lessons", metavar="N.N,N.N", default="", help=tr(_("these lessons, such as 3.2,4.1")))
        command.add_argument("--days", metavar="half|1|2", default="", help=tr(without))
        command.add_argument(
            "--track",
            metavar="all|agent|analyst",
            default="all",
            help=tr(_("for whom: agents have short lessons on talks and complaints, analysts those on data")),
        )
        command.add_argument("--start", metavar="HH:MM", default="09:00", help=tr(_("when a day begins; 09:00 without it")))
        add_language(command)
    slides.add(inner, parser_class)
    add_language(workshop)


def _run(command: Callable[[argparse.Namespace], int]) -> Callable[[argparse.Namespace], int]:
    def run(parsed: argparse.Namespace) -> int:
        from crmlab.workshop.tracks import NotPlanned

        try:
            return command(parsed)
        except (_Cannot, NotPlanned) as refusal:
            print(f"crmlab: {refusal}", file=sys.stderr)
            return 2

    return run


def _words(text: str) -> list[str]:
    return [one for one in re.split(r"[\s,，、]+", text) if one]


def _lengths(days: str, without: tuple[str, ...]) -> tuple[str, ...]:
    from crmlab.workshop.schedules import LENGTHS

    if days and days not in LENGTHS:
        text = _("A workshop takes {known} days, not {days}.")
        raise _Cannot(tr(text, days=days, known=listed(LENGTHS)))
    return (days,) if days else without


def _start(text: str) -> int:
    found = re.fullmatch(r"(\d{1,2})[:：](\d{2})", text.strip())
    if not found or int(found[1]) > 23 or int(found[2]) > 59:
        raise _Cannot(tr(_("{text} is no time of day. Write it as hours and minutes, such as 09:00."), text=text))
    return 60 * int(found[1]) + int(found[2])


def _plan(parsed: argparse.Namespace) -> int:
    from crmlab.workshop import lines, schedules, tracks

    lengths, start = _lengths(parsed.days, ("1",)), _start(parsed.start)
    units, numbers = _words(parsed.units), _words(parsed.lessons)
    unchosen = not units and not numbers and parsed.track == "all"
    chosen = tracks.core(lengths[0]) if unchosen else tracks.chosen(units, numbers, parsed.track)
    made: Schedule = schedules.plan(chosen, lengths[0], parsed.track, start)
    if unchosen and made.missing:  # nobody asked for these
        made = schedules.plan([one.lesson for one in made.variants()], lengths[0], parsed.track, start)
    print(lines.text(made))
    if unchosen:
        print(lines.chosen_for_you())
    if held := lessons_held(made):
        text = _(
            "A class with just these lessons: crmlab class new NAME --lessons {lessons}. Marks and certificates are of all lessons of a class, "
            "each in full: what a shorter variant leaves for home counts as well."
        )
        print(tr(text, lessons=held))
    return 0


def lessons_held(schedule: Schedule) -> str:
    """The lessons of a schedule that give points, as ``class new`` takes them."""
    return ",".join(one.lesson.number for one in schedule.variants() if one.lesson.scored)


def _booklet(parsed: argparse.Namespace) -> int:
    from crmlab.workshop import booklet, pdf, schedules

    suffix = parsed.out.suffix.lower()
    if suffix not in (".html", ".htm", ".pdf"):
        raise _Cannot(tr(_("The name {file} should end in {suffixes}."), file=parsed.out.name, suffixes=".html, .pdf"))
    lengths, start = _lengths(parsed.days, tuple(schedules.LENGTHS)), _start(parsed.start)
    groups = booklet.groups(_words(parsed.units), _words(parsed.lessons), parsed.track, lengths, start)
    page = booklet.page(groups)
    try:
        if suffix == ".pdf":
            pdf.write(page, parsed.out)
        else:
            files.write_atomically(parsed.out, page)
    except pdf.NotPrinted as refusal:
        raise _Cannot(str(refusal)) from None
    except (OSError, ValueError) as error:  # a name with a NUL in it is a ValueError
        text = _("{file} cannot be written: {reason}")
        raise _Cannot(tr(text, file=parsed.out, reason=files.reason(error))) from None
    print(tr(_("Written: {files}"), files=parsed.out))
    if parsed.handouts is not None:
        _handouts(booklet.scripts(groups), parsed.handouts)
    return 0


def _handouts(names: list[str], out: Path) -> None:
    from crmlab.workshop import materials

    if not names:
        raise _Cannot(tr(_("These lessons have no role-plays; no hand-outs were written.")))
    try:
        out.mkdir(parents=True, exist_ok=True)
        for name in names:
            files.write_atomically(out / materials.handout_file(name), materials.handout(name))
    except (OSError, ValueError) as error:  # a script that has faults is a ValueError, too
        text = _("{file} cannot be written: {reason}")
        raise _Cannot(tr(text, file=out, reason=files.reason(error))) from None
    print(tr(_("Written: {files}"), files=listed(str(out / materials.handout_file(name)) for name in names)))
