"""``crmlab script``: write, check, draw, play and convert role-play scripts. For instructors; no programming needed.

Exit codes: 0 all is well, hints included; 1 a script has mistakes; 2 it could not be done, and stderr says why.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crmlab.cli.options import add_language
from crmlab.course import files
from crmlab.course.roleplay.sheet import SUFFIXES as WORKBOOKS
from crmlab.course.yamlfile import shortened
from crmlab.language import _, tr

# Reading scripts draws in pandas: half a second that `crmlab start` need not wait for.
if TYPE_CHECKING:
    from crmlab.course.roleplay.scripts import Reading, Script

_YAML = (".yml", ".yaml")
_WRITTEN = (*_YAML, ".xlsx")
_DRAWN = (".svg", ".html", ".htm")


class _Cannot(Exception):
    """It cannot be done; the message is a sentence for the user."""


def add(commands: Any, parser_class: type[argparse.ArgumentParser]) -> None:
    """Add the command ``script`` with its own commands to those of ``crmlab``."""
    script = commands.add_parser("script", help=tr(_("for instructors: role-play scripts")))
    script.description = tr(_("Write and try out role-play scripts, as text files (.yml) or workbooks (.xlsx)."))
    scripts = script.add_subparsers(
        title=tr(_("commands")), metavar="new|check|show|play|convert", required=True, parser_class=parser_class
    )

    new = scripts.add_parser("new", help=tr(_("write a small script to start from, with notes in it")))
    new.description = tr(_("Writes a script that can be played as it is. A file that is there is never replaced."))
    new.add_argument("file", metavar="FILE", help=tr(_("its name: NAME.yml, or NAME.xlsx for Excel")))
    new.set_defaults(run=_run(_new))

    check = scripts.add_parser("check", help=tr(_("name every mistake in a script, with its line")))
    check.description = tr(
        _("Names every mistake with its line, or its sheet, row and column. Without mistakes: hints, and what points the script allows.")
    )
    check.add_argument("files", metavar="FILE", nargs="+", type=Path)
    check.set_defaults(run=_run(_check))

    show = scripts.add_parser("show", help=tr(_("draw what leads where")))
    show.description = tr(
        _("Prints an outline of the script. With --out it also writes a drawing; without it no file is written.")
    )
    show.add_argument("file", metavar="FILE", type=Path)
    show.add_argument(
        "--out",
        metavar="FILE",
        type=Path,
        help=tr(_("write the drawing there: .svg is the picture alone, .html has all texts below it")),
    )
    show.set_defaults(run=_run(_show))

    play = scripts.add_parser("play", help=tr(_("play a script in the terminal")))
    play.add_argument("file", metavar="FILE", type=Path)
    play.set_defaults(run=_run(_play))

    convert = scripts.add_parser("convert", help=tr(_("turn a text file into a workbook, or back")))
    convert.description = tr(
        _("Turns .yml into .xlsx or .xlsx into .yml. Only the script is carried over: notes of your own (# lines, further sheets) are not.")
    )
    convert.add_argument("file", metavar="FROM", type=Path)
    convert.add_argument("target", metavar="TO", type=Path)
    convert.add_argument("--replace", action="store_true", help=tr(_("replace TO if it is there already")))
    convert.set_defaults(run=_run(_convert))

    for command in (script, new, check, show, play, convert):
        add_language(command)


def _run(command: Any) -> Any:
    """A command whose refusals are one line on stderr and exit code 2."""

    def run(parsed: argparse.Namespace) -> int:
        try:
            return int(command(parsed))
        except _Cannot as refusal:
            print(f"crmlab: {refusal}", file=sys.stderr)
            return 2

    return run


# --- reading --------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def _opened(file: Path) -> Iterator[None]:
    """Turns errors of the file system into sentences."""
    try:
        if file.is_dir():
            raise _Cannot(tr(_("{file} is a folder. Name a file in it."), file=file))
        yield
    except FileNotFoundError:
        raise _Cannot(tr(_("{file} cannot be read: {reason}"), file=file, reason=tr(_("there is no such file")))) from None
    except PermissionError:
        reason = tr(_("you have no right to, or another program holds it open"))
        raise _Cannot(tr(_("{file} cannot be read: {reason}"), file=file, reason=reason)) from None
    except (OSError, ValueError) as error:  # a name with a NUL in it is a ValueError
        raise _Cannot(tr(_("{file} cannot be read: {reason}"), file=_short(file), reason=files.reason(error))) from None


def _read(file: Path) -> Reading:
    from crmlab.course.roleplay import scripts

    with _opened(file):
        return scripts.read(file)


def _sound(file: Path) -> Script | None:
    """The script; ``None``, and its faults are printed, if it has any."""
    from crmlab.course.roleplay import scripts

    reading = _read(file)
    for fault in reading.faults:
        print(fault)
    if reading.faults or reading.script is None:
        text = tr(_("{file} cannot be used yet. Mend this first, then check it: crmlab script check {file}"), file=files.word(file))
        print(f"crmlab: {text}", file=sys.stderr)
        return None
    return scripts.plain(reading.script)


# --- the commands ---------------------------------------------------------------------------------------------


def _new(parsed: argparse.Namespace) -> int:
    from crmlab.course.authoring import template

    target = Path(parsed.file)
    if not target.suffix:
        target = target.with_name(f"{target.name}.yml")
    _writable(target, _WRITTEN)
    text = template.template(target.name)
    content = _workbook(_from_text(text)) if target.suffix.lower() in WORKBOOKS else text.encode("utf-8")
    _write(target, content, replace=False)
    print(tr(_("{file} is written. It can be played as it is: change it line by line."), file=target))
    drawing = target.with_suffix(".html")
    print(f"  crmlab script check {_word(target)}\n  crmlab script play {_word(target)}")
    print(f"  crmlab script show {_word(target)} --out {_word(drawing)}")
    return 0


def _word(path: Path) -> str:
    """A path as one word of a command line."""
    return f'"{path}"' if " " in str(path) else str(path)


def _from_text(text: str) -> Script:
    import tempfile

    from crmlab.course.roleplay import scripts

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "script.yml"
        file.write_text(text, encoding="utf-8")
        return scripts.load(file)


def _check(parsed: argparse.Namespace) -> int:
    from crmlab.course.authoring import hints
    from crmlab.course.roleplay import scoring, scripts, tells

    code = 0
    for file in parsed.files:
        try:
            reading = _read(file)
        except _Cannot as refusal:
            print(f"crmlab: {refusal}", file=sys.stderr)
            code = 2
            continue
        for fault in reading.faults:
            print(fault)
        if reading.faults or reading.script is None:
            print(tr(_("{file}: {n} to mend"), file=file, n=len(reading.faults)))
            code = max(code, 1)
            continue
        print(tr(_("{file}: no mistakes"), file=file))
        try:
            script = scripts.plain(reading.script)
            lines = [*scoring.outlook_lines(script), *tells.warnings(script)]
        except RecursionError:
            lines = [tr(_("The circles in it are too long for its talks to be counted."))]
        for line in [*lines, *hints.lines(hints.hints(reading.script, file.name))]:
            print(f"  {line}")
    return code


def _show(parsed: argparse.Namespace) -> int:
    from crmlab.course.authoring import drawing, outline
    from crmlab.course.roleplay import scripts

    if parsed.out is not None:
        _writable(parsed.out, _DRAWN, replace=True)
        if parsed.out.exists() and not _is_drawing(parsed.out):
            text = _("{file} is there already and is no drawing of a script. Choose another name.")
            raise _Cannot(tr(text, file=parsed.out))
    reading = _read(parsed.file)
    for fault in reading.faults:
        print(fault)
    if reading.script is None:
        text = tr(_("It cannot be drawn before this is mended."))
        print(f"crmlab: {text}", file=sys.stderr)
        return 1
    script = scripts.plain(reading.script)
    columns = max(40, min(140, shutil.get_terminal_size((100, 24)).columns - 1))
    for line in outline.outline(script, columns):
        print(line)
    if parsed.out is not None:
        drawn = drawing.svg if parsed.out.suffix.lower() == ".svg" else drawing.page
        _write(parsed.out, drawn(script).encode("utf-8"), replace=True)
        print(tr(_("The drawing is in {file}; a browser opens it."), file=parsed.out))
    return 1 if reading.faults else 0


def _is_drawing(file: Path) -> bool:
    from crmlab.course.authoring.drawing import MADE_BY

    with _opened(file), file.open("rb") as opened:
        return MADE_BY.encode() in opened.read(4000)


def _play(parsed: argparse.Namespace) -> int:
    from crmlab.course.authoring import terminal

    script = _sound(parsed.file)
    return 1 if script is None else terminal.play(script)


def _convert(parsed: argparse.Namespace) -> int:
    from crmlab.course.authoring import to_yaml

    source, target = parsed.file, parsed.target
    if (source.suffix.lower() in WORKBOOKS) == (target.suffix.lower() in WORKBOOKS):
        raise _Cannot(tr(_("Name a text file (.yml) and a workbook (.xlsx), in the order from and to.")))
    if os.path.lexists(target) and not parsed.replace:
        text = _("{file} is there already and is left as it is. Choose another name, or replace it with --replace.")
        raise _Cannot(tr(text, file=target))
    _writable(target, _WRITTEN, parsed.replace)
    script = _sound(source)
    if script is None:
        return 1
    if target.suffix.lower() in WORKBOOKS:
        content = _workbook(script)
    else:
        content = to_yaml.text(script.source, f"{_short(Path(source.name))} -> crmlab script convert").encode("utf-8")
    _write(target, content, parsed.replace)
    print(tr(_("{file} is written."), file=target))
    return 0


# --- writing --------------------------------------------------------------------------------------------------


def _workbook(script: Script) -> bytes:
    from crmlab.course.authoring import workbook

    try:
        return workbook.workbook(script.source)
    except workbook.Unwritable as error:
        raise _Cannot(str(error)) from None


def _writable(target: Path, suffixes: tuple[str, ...], replace: bool = False) -> None:
    """Raises :class:`_Cannot` where a file of that name should not be written."""
    if any("\ud800" <= one <= "\udfff" for one in str(target)):
        raise _Cannot(tr(_("The name {file} is no text (not UTF-8). Choose another name."), file=_short(target)))
    if target.suffix.lower() not in suffixes:
        text = _("The name {file} should end in {suffixes}.")
        raise _Cannot(tr(text, file=target.name, suffixes=", ".join(suffixes)))
    try:
        if target.is_dir():
            raise _Cannot(tr(_("{file} is a folder. Name a file in it."), file=target))
        if os.path.lexists(target) and not replace:
            raise _Cannot(tr(_("{file} is there already and is left as it is. Choose another name."), file=target))
        if not target.absolute().parent.is_dir():
            raise _Cannot(tr(_("There is no folder {folder}. Make it first."), folder=target.parent))
    except (OSError, ValueError) as error:
        raise _Cannot(tr(_("{file} cannot be written: {reason}"), file=_short(target), reason=files.reason(error))) from None


def _short(file: Path) -> str:
    return shortened(file, 200)


def _write(target: Path, content: bytes, replace: bool) -> None:
    """Write a file as a whole or not at all."""
    import tempfile

    temporary = ""
    try:
        handle, temporary = tempfile.mkstemp(dir=target.absolute().parent, prefix=f".{target.name}.", suffix=".tmp")
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        umask = os.umask(0)
        os.umask(umask)
        Path(temporary).chmod(0o666 & ~umask)
        if not replace and os.path.lexists(target):
            raise _Cannot(tr(_("{file} is there already and is left as it is. Choose another name."), file=target))
        Path(temporary).replace(target)
        temporary = ""
    except (OSError, ValueError) as error:  # a name with a NUL in it is a ValueError
        reason = tr(_("you have no right to, or another program holds it open")) if isinstance(error, PermissionError) else files.reason(error)
        raise _Cannot(tr(_("{file} cannot be written: {reason}"), file=_short(target), reason=reason)) from None
    finally:
        if temporary:
            with contextlib.suppress(OSError):
                Path(temporary).unlink()
