"""``crmlab workshop slides``: a lesson as slides."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from crmlab.cli.options import add_language
from crmlab.course import files
from crmlab.course.lessons import Lesson
from crmlab.language import _, current, tr


class _Cannot(Exception):
    """It cannot be done; the message is a sentence for the user."""


def add(commands: Any, parser_class: type[argparse.ArgumentParser]) -> None:
    """Add the command."""
    slides = commands.add_parser("slides", help=tr(_("a lesson as slides, to show or to print")))
    slides.description = tr(
        _(
            "With --out it writes each lesson as one page that stands alone: arrow keys, clicks and swipes turn the slides, S opens a window "
            "with what is for the speaker, and printing gives a slide a page. With --live it opens the lesson as slides whose exercises work."
        )
    )
    slides.add_argument("lessons", metavar="LESSON", nargs="+", help=tr(_("its number or name, such as 2.3 or 3-rfm")))
    slides.add_argument("--out", metavar="DIR", type=Path, help=tr(_("the folder to write to; it is made if it is not there")))
    slides.add_argument("--live", action="store_true", help=tr(_("open it in JupyterLab as slides, with live exercises")))
    slides.add_argument("--to", metavar="DIR", help=tr(_("with --live: the folder to work in")))
    slides.add_argument(
        "--port", type=int, metavar="N", help=tr(_("the port to use; without it a free one is found"))
    )
    slides.add_argument("--no-browser", action="store_true", help=tr(_("only print the address")))
    slides.set_defaults(run=_run)
    add_language(slides)


def _run(parsed: argparse.Namespace) -> int:
    from crmlab.app import workspace

    try:
        if bool(parsed.out) == parsed.live:
            raise _Cannot(tr(_("Say where to: --out DIR writes slides, --live opens them.")))
        chosen = list(dict.fromkeys(workspace.find_lesson(one) for one in parsed.lessons))
        if not parsed.live:
            return _write(chosen, parsed.out)
        if len(chosen) > 1:
            raise _Cannot(tr(_("Live slides are of one lesson; name one.")))
        return _live(chosen[0], parsed)
    except _Cannot as refusal:
        print(f"crmlab: {refusal}", file=sys.stderr)
        return 2


def _write(chosen: list[Lesson], out: Path) -> int:
    from crmlab.workshop import deck, running

    for lesson in chosen:
        target = out / f"{lesson.number}-{lesson.slug.split('-', 1)[1]}.html"
        try:
            out.mkdir(parents=True, exist_ok=True)
            page = deck.page(lesson)
            files.write_atomically(target, page)
        except running.NotRun as refusal:
            raise _Cannot(str(refusal)) from None
        except (OSError, ValueError) as error:  # a name with a NUL in it is a ValueError
            text = _("{file} cannot be written: {reason}")
            raise _Cannot(tr(text, file=target, reason=files.reason(error))) from None
        print(tr(_("Written: {files}"), files=target), flush=True)
    return 0


def _live(lesson: Lesson, parsed: argparse.Namespace) -> int:
    from crmlab import places
    from crmlab.app import port, server, trusted, workspace
    from crmlab.workshop import live

    try:
        live.check_installed()
        folder = workspace.find_folder(parsed.to)
        sockets = port.take(parsed.port)
        if not workspace.in_place(folder):
            workspace.lay(places.root(), folder)
        workspace.check_writable(folder, current())
        # The copy is the course's own, so its code may run by itself.
        trusted.remember(folder, live.lay(lesson, folder))
    except live.NoSlides as refusal:
        raise _Cannot(str(refusal)) from None
    except OSError as error:
        raise workspace.cannot_write(folder, error) from error
    server.start(folder, live.path(lesson), sockets, not parsed.no_browser, lab=True, slides=True)
    return 0
