"""``crmlab class room``: who is where, while the workshop runs."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from crmlab.cli.options import add_language
from crmlab.language import _, current, tr


def add(commands: Any, parser_class: type[argparse.ArgumentParser]) -> None:
    """Add the command."""
    room = commands.add_parser("room", help=tr(_("a page that shows who is where and what most got wrong, while the class works")))
    room.add_argument("folder", metavar="DIR", help=tr(_("the folder of the class")))
    room.add_argument("--port", type=int, metavar="N", help=tr(_("the port to use; without it a free one is found")))
    room.add_argument(
        "--host", metavar="ADDRESS", default="",
        help=tr(_("listen on this address of this computer, so that trainees can join; lan finds it. Without it only this computer can reach the room")),
    )  # fmt: skip
    room.add_argument("--no-browser", action="store_true", help=tr(_("only print the address")))
    room.set_defaults(run=_room)
    add_language(room)


def _room(parsed: argparse.Namespace) -> int:
    from crmlab.app.workspace import Refused
    from crmlab.classroom import room_running, settings

    try:
        of = settings.load(Path(parsed.folder))
        return room_running.run(of, current(), parsed.host, parsed.port, browser=not parsed.no_browser)
    except (settings.SettingsError, room_running.CannotListen) as error:
        raise Refused(str(error)) from error
