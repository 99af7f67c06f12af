"""``crmlab exercises check``: files of exercises, for those who write them."""

from __future__ import annotations

import argparse
from pathlib import Path
from types import ModuleType
from typing import Any

from crmlab.cli.checking import check_files
from crmlab.cli.options import add_language
from crmlab.course import exercise_check, exercise_file, exercise_numbers
from crmlab.course.yamlfile import Fault
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
        n = len(_sheet().read(path)[0]["exercises"]) if _is_workbook(path) else exercise_check.count(path)
        return tr(_("{file}: no mistakes, {n} exercises"), file=path, n=n)

    def faults(path: Path) -> list[Fault]:
        return _sheet().read(path)[1] if _is_workbook(path) else exercise_numbers.faults(path)

    return check_files(parsed.files or exercise_file.files(), faults, sound)


def _is_workbook(path: Path) -> bool:
    return path.suffix.lower() in (".xlsx", ".xlsm")


def _sheet() -> ModuleType:
    from crmlab.course.authoring import exercise_sheet

    return exercise_sheet
