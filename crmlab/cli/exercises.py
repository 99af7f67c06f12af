"""``crmlab exercises check``: files of exercises, for those who write them."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from crmlab.cli.checking import check_files
from crmlab.cli.options import add_language
from crmlab.course import exercise_check, exercise_file, exercise_numbers
from crmlab.language import _, tr


def add(commands: Any, parser_class: type[argparse.ArgumentParser]) -> None:
    """Add the command ``exercises`` with its own command to those of ``crmlab``."""
    group = commands.add_parser("exercises", help=tr(_("for authors: the exercises of the lessons")))
    inner = group.add_subparsers(title=tr(_("commands")), metavar="check", required=True, parser_class=parser_class)
    check = inner.add_parser("check", help=tr(_("name every mistake in files of exercises, with its line")))
    check.add_argument("files", metavar="FILE", nargs="*", type=Path, help=tr(_("without one, those of all lessons")))
    check.set_defaults(run=_check)
    for command in (group, check):
        add_language(command)


def _check(parsed: argparse.Namespace) -> int:
    def sound(path: Path) -> str:
        return tr(_("{file}: no mistakes, {n} exercises"), file=path, n=exercise_check.count(path))

    return check_files(parsed.files or exercise_file.files(), exercise_numbers.faults, sound)
