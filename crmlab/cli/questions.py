"""``crmlab questions check`` and ``crmlab questions list``: the question bank, for instructors who write for it."""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path
from typing import Any

from crmlab.cli.checking import check_files
from crmlab.cli.options import add_language
from crmlab.course.bank import files
from crmlab.course.yamlfile import Fault
from crmlab.language import _, tr


def add(commands: Any, parser_class: type[argparse.ArgumentParser]) -> None:
    """Add the command ``questions`` with its own commands to those of ``crmlab``."""
    group = commands.add_parser("questions", help=tr(_("for instructors: the question bank")))
    inner = group.add_subparsers(title=tr(_("commands")), metavar="check, list", required=True, parser_class=parser_class)
    check = inner.add_parser("check", help=tr(_("name every mistake in question files, with its line")))
    check.add_argument("files", metavar="FILE", nargs="*", type=Path, help=tr(_("without one, the whole bank")))
    check.set_defaults(run=_check)
    listing = inner.add_parser("list", help=tr(_("count the questions by lesson, kind and difficulty")))
    listing.set_defaults(run=_list)
    for command in (group, check, listing):
        add_language(command)


def _check(parsed: argparse.Namespace) -> int:
    def reader(path: Path) -> Any:
        if path.suffix.lower() not in (".xlsx", ".xlsm"):
            return files.read
        from crmlab.course.bank import workbook

        return workbook.read

    def faults(path: Path) -> list[Fault]:
        return files.faults(path, reader=reader(path))

    def sound(path: Path) -> str:
        return tr(_("{file}: no mistakes, {n} questions"), file=path, n=len(reader(path)(path)[0]))

    return check_files(parsed.files or files.files(), faults, sound)


def _list(_parsed: argparse.Namespace) -> int:
    columns = [tr(_("lesson")), tr(_("questions")), *files.KINDS, *(tr(_("level {n}"), n=n) for n in (1, 2, 3))]
    rows: list[list[str]] = []
    whole: Counter[Any] = Counter()
    units: dict[str, Counter[Any]] = {}
    for file in files.files():
        found = files.load(file)[0]
        counts: Counter[Any] = Counter(question["kind"] for question in found)
        counts.update(question["difficulty"] for question in found)
        counts["all"] = len(found)
        units.setdefault(file.parent.name, Counter()).update(counts)
        whole.update(counts)
        rows.append(_row(f"{files.number_of(file)} {file.name.partition('.')[0]}", counts))
    rows += [_row(unit, counts) for unit, counts in units.items()]
    rows.append(_row(tr(_("all")), whole))
    for row in [columns, *rows]:
        print(row[0].ljust(24) + "".join(cell.rjust(max(len(name) + 2, 7)) for name, cell in zip(columns[1:], row[1:], strict=True)))
    return 0


def _row(name: str, counts: Counter[Any]) -> list[str]:
    return [name, str(counts["all"]), *(str(counts[kind]) for kind in files.KINDS), *(str(counts[n]) for n in (1, 2, 3))]
