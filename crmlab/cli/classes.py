"""``crmlab class``: a class from hand-out to report."""

from __future__ import annotations

import argparse
from typing import Any

from crmlab.cli import class_collect, class_grade, class_new, class_report, class_room
from crmlab.cli.options import add_language
from crmlab.language import _, tr


def add(commands: Any, parser_class: type[argparse.ArgumentParser]) -> None:
    """Add the command ``class`` to those of ``crmlab``."""
    group = commands.add_parser("class", help=tr(_("a class: hand out, run the room, collect, grade, report")))
    inner = group.add_subparsers(
        title=tr(_("commands")), metavar="new, update, room, collect, grade, report", required=True, parser_class=parser_class
    )
    add_language(group)
    for command in (class_new, class_room, class_collect, class_grade, class_report):
        command.add(inner, parser_class)
