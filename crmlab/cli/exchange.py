"""``crmlab questions export`` and ``import``: questions in the formats of other systems.

Exit codes: 0 all is well; 1 something was left out or is still missing; 2 it could not be done, and stderr says why.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crmlab.cli.options import add_language
from crmlab.course import files as disk
from crmlab.course.yamlfile import MOST_BYTES, Fault, shortened
from crmlab.language import LANGUAGES, _, listed, tr

if TYPE_CHECKING:
    from crmlab.course.bank.asking import Question
    from crmlab.lms.questions.taking import Taken

_FORMATS = ("qti", "moodle", "gift", "xlsx")
_WORKBOOKS = (".xlsx", ".xlsm")


class _Cannot(Exception):
    """It cannot be done; the message is a sentence for the user."""


def add(commands: Any, parser_class: type[argparse.ArgumentParser]) -> None:
    """Add the commands ``export`` and ``import`` to those of ``crmlab questions``."""
    out = commands.add_parser("export", help=tr(_("write questions for another system, or as a workbook")))
    out.description = tr(
        _("Writes questions as QTI 2.1, Moodle XML or GIFT, in the language of --lang, or as a workbook in both languages.")
    )
    out.add_argument("files", metavar="FILE", nargs="*", type=Path, help=tr(_("question files of your own; without one, the bank of the course")))
    out.add_argument("--format", metavar="FORMAT", choices=_FORMATS, required=True, help=", ".join(_FORMATS))
    out.add_argument("--units", metavar="3,4.2", default="", help=tr(_("only these units or lessons")))
    out.set_defaults(run=_run(_export))

    back = commands.add_parser("import", help=tr(_("make a question file from Moodle XML, GIFT or a workbook")))
    back.description = tr(
        _("Makes a text file of questions. What cannot be taken is named; what is missing stays empty, and crmlab questions check names it. The same questions in two languages: name both files.")
    )
    back.add_argument("files", metavar="FILE", nargs="+", type=Path)
    back.add_argument("--texts", choices=LANGUAGES, default="", help=tr(_("the language of the texts, if it is not found out rightly")))
    back.set_defaults(run=_run(_import))
    for command in (out, back):
        command.add_argument("--out", metavar="FILE", type=Path, required=True, help=tr(_("the file to write")))
        command.add_argument("--replace", action="store_true", help=tr(_("replace that file if it is there already")))
        add_language(command)


def _run(command: Any) -> Any:
    """A command whose refusals are one line on stderr and exit code 2."""

    def run(parsed: argparse.Namespace) -> int:
        try:
            if parsed.out.exists() and not parsed.replace:
                raise _Cannot(tr(_("{file} is there already; add --replace to replace it."), file=parsed.out))
            return int(command(parsed))
        except _Cannot as refusal:
            print(f"crmlab: {refusal}", file=sys.stderr)
        except (OSError, ValueError) as error:  # a name with a NUL in it is a ValueError
            file = shortened(getattr(error, "filename", None) or parsed.out, 200)
            print(f"crmlab: {tr(_('{file}: {reason}'), file=file, reason=disk.reason(error))}", file=sys.stderr)
        return 2

    return run


def _put(path: Path, content: str | bytes) -> None:
    try:
        disk.write_atomically(path, content)
    except (OSError, ValueError) as error:
        raise _Cannot(tr(_("{file} cannot be written: {reason}"), file=shortened(path, 200), reason=disk.reason(error))) from None


# --- out ------------------------------------------------------------------------------------------------------


def _export(parsed: argparse.Namespace) -> int:
    from crmlab.course.bank import workbook
    from crmlab.lms.questions import asked, gift, moodle, qti

    units = [unit for unit in parsed.units.replace("，", ",").replace(" ", ",").split(",") if unit]
    try:
        questions = asked.chosen(units, _own(parsed.files) if parsed.files else None)
    except LookupError as error:
        raise _Cannot(str(error.args[0])) from None
    if parsed.format == "xlsx":
        try:
            content = workbook.workbook(question.source for question in questions)
        except workbook.Unwritable as error:
            raise _Cannot(str(error)) from None
    else:
        content = {"qti": qti, "moodle": moodle, "gift": gift}[parsed.format].write(questions)
    _put(parsed.out, content)
    print(tr(_("{file}: {n} questions"), file=parsed.out, n=len(questions)))
    orders = sum(question.kind == "order" for question in questions)
    if orders and parsed.format == "gift":
        print(tr(_("GIFT has no questions of ordering: {n} stand in it as matching, each item with its place."), n=orders))
    if orders and parsed.format == "moodle":
        print(tr(_("{n} questions are of the type “ordering”: Moodle has it from 4.4 on, older ones as a plug-in."), n=orders))
    return 0


def _own(paths: list[Path]) -> list[Question]:
    """The questions of an instructor's own files, which must be sound."""
    from crmlab.course.bank import files, workbook
    from crmlab.course.bank.asking import Question

    found: list[Question] = []
    wrong: list[Fault] = []
    for path in paths:
        content, faults = (workbook if path.suffix.lower() in _WORKBOOKS else files).read(path)
        wrong += faults
        found += [Question(one, files.number_of(path)) for one in content]
    if wrong:
        for fault in wrong:
            print(fault)
        raise _Cannot(tr(_("Nothing was written: mend these first.")))
    names = [question.id for question in found]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise _Cannot(tr(_("Two questions have the same id: {names}. Give one another."), names=listed(twice[:5])))
    return found


# --- in -------------------------------------------------------------------------------------------------------


def _import(parsed: argparse.Namespace) -> int:
    from crmlab.course.bank import files, to_yaml
    from crmlab.lms.questions import taking

    if not parsed.out.name.endswith((".yml", ".yaml")):
        raise _Cannot(tr(_("A question file ends in .questions.yml; {file} does not."), file=parsed.out.name))
    several = [_read(path, parsed.texts) for path in parsed.files]
    whole = taking.merged(several)
    for note in whole.notes:
        print(note)
    if not whole.questions:
        raise _Cannot(tr(_("Nothing was written: there is no question in it that can be taken.")))
    text = to_yaml.text(whole.questions, tr(_("From {files}."), files=", ".join(path.name for path in parsed.files)))
    if len(text.encode("utf-8")) > MOST_BYTES:
        raise _Cannot(tr(_("These are too many questions for one file ({n}). Export them by category, and make several files."), n=len(whole.questions)))
    _put(parsed.out, text)
    print(tr(_("{file}: {n} questions"), file=parsed.out, n=len(whole.questions)))
    if missing := files.read(parsed.out)[1]:
        print(tr(_("{n} things in it are missing or not as they should be. See them with: crmlab questions check {file}"), n=len(missing), file=disk.word(parsed.out)))
    return 1 if missing or whole.notes else 0


def _read(path: Path, language: str) -> Taken:
    """What a file holds, by what it is and not by its name."""
    from crmlab.course.bank import workbook
    from crmlab.course.yamlfile import plain
    from crmlab.lms.questions import gift_in, moodle_in, taking

    try:
        with path.open("rb") as file:
            start = file.read(64)
        if start.startswith((b"PK", b"\xd0\xcf\x11\xe0")):
            content, faults = workbook.content_of(path)
            if faults or content is None:
                for fault in faults:
                    print(fault)
                raise _Cannot(tr(_("Nothing was written: mend these first.")))
            return taking.Taken(plain(content))
        marked = start.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
        if marked.startswith(b"<"):
            return moodle_in.read(path, language)
        if path.suffix.lower() in (".gift", ".txt"):
            return gift_in.read(path, language)
    except taking.Unreadable as error:
        raise _Cannot(tr(_("{file}: {reason}"), file=path.name, reason=error)) from None
    except (OSError, ValueError) as error:
        raise _Cannot(tr(_("{file} cannot be read: {reason}"), file=shortened(path, 200), reason=disk.reason(error))) from None
    raise _Cannot(tr(_("{file}: this is neither Moodle XML nor a workbook (.xlsx) nor GIFT (.gift, .txt)."), file=path.name))
