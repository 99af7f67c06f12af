"""``crmlab report``: a firm's own exports in, a workbook, two printable pages and the list of problems out.

Exit codes: 0 all is well; 1 it is written, but a question is open that only a person can answer, or a result was not possible; 2 it could not
be done, and stderr says why.
"""

from __future__ import annotations

import argparse
import re
import shutil
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crmlab.cli.options import add_language
from crmlab.course import files
from crmlab.language import _, tr

# Reading files draws in pandas: half a second that `crmlab start` need not wait for.
if TYPE_CHECKING:
    from crmlab.own import Export, Plan
    from crmlab.own.results import Findings
    from crmlab.report.kept import Kept

_ORDERS = ("orders", "lines", "months")
WORKBOOK, PAGES, PROBLEMS = "report.xlsx", "report.html", "problems.csv"


class _Cannot(Exception):
    """It cannot be done; the message is a sentence for the user."""


def add(commands: Any, parser_class: type[argparse.ArgumentParser]) -> None:
    """Add the command ``report`` to those of ``crmlab``."""
    report = commands.add_parser("report", help=tr(_("what your own exports say: a workbook and two pages")))
    report.description = tr(
        _(
            "Reads exports of orders, surveys or complaints (.csv, .xlsx) and writes what they say, each recommendation tested on your own past: "
            "report.xlsx, report.html (two pages for printing) and problems.csv. The files themselves are never written."
        )
    )
    report.add_argument("files", metavar="FILE", nargs="+", type=Path)
    report.add_argument(
        "--out",
        metavar="DIR",
        type=Path,
        required=True,
        help=tr(_("the folder to write to; it is made if it is not there")),
    )
    report.add_argument(
        "--names", action="store_true", help=tr(_("with names, telephones and mail addresses; without it pseudonyms"))
    )
    report.add_argument("--sheet", metavar="SHEET", default="", help=tr(_("the sheet of the workbook to read")))
    report.add_argument(
        "--kind",
        metavar="KIND",
        default="",
        help=tr(_("what the file is: orders, lines, months, survey, complaints or customers")),
    )
    report.add_argument(
        "--plan", metavar="PLAN", type=Path, help=tr(_("how to read it, as kept beside a file: FILE.crmlab.json"))
    )
    report.add_argument(
        "--answer",
        metavar="KEY=VALUE",
        action="append",
        default=[],
        help=tr(_("answer a question about the file, such as day_first=day")),
    )
    report.add_argument("--results", metavar="NAMES", default="", help=tr(_("only these, with commas: rfm,calls")))
    report.add_argument("--quiet", action="store_true", help=tr(_("say nothing but what is wrong")))
    report.set_defaults(run=_run)
    add_language(report)


def _run(parsed: argparse.Namespace) -> int:
    try:
        return _report(parsed)
    except _Cannot as refusal:
        print(f"crmlab: {refusal}", file=sys.stderr)
        return 2


def _report(parsed: argparse.Namespace) -> int:
    from crmlab.report.kept import Kept, digest, forget_names

    bar = Bar(quiet=parsed.quiet)
    wished = [name for name in parsed.results.replace(" ", "").split(",") if name]
    plan = _plan(parsed)
    out = parsed.out
    _check_files(parsed.files, out)
    try:
        out.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:
        raise _Cannot(tr(_("{file} cannot be written: {reason}"), file=out, reason=files.reason(error))) from None
    exports = []
    for file in parsed.files:
        bar.say(tr(_("{file}: reading"), file=file.name))
        exports.append(_read(file, plan, out, bar))
        bar.done()
    _check_wished(wished, exports)
    _check_answers(parsed.answer, exports)
    # What a settled complaint is worth the orders of the same firm tell.
    place = next((at for at, export in enumerate(exports) if export.kind in _ORDERS), None)
    try:
        marks = [digest(file) for file in parsed.files]
    except OSError as error:
        raise _Cannot(
            tr(_("{file} cannot be read: {reason}"), file=error.filename or out, reason=files.reason(error))
        ) from None
    findings = []
    for file, export, mark in zip(parsed.files, exports, marks, strict=True):
        orders = exports[place] if place is not None and export is not exports[place] else None
        mark += marks[place] if orders is not None and place is not None else ""
        findings.append(
            _find(file, export, orders, Kept(out, mark, export.plan, parsed.names), wished, parsed.names, bar)
        )
    _write(exports, findings, out, parsed.names, bar)
    if not parsed.names:
        forget_names(out)
    return _tell(exports, findings, out, parsed)


def _check_files(given: list[Path], out: Path) -> None:
    """Each file once, and none that the report would be written over."""
    from crmlab.own import results

    written = {WORKBOOK, PAGES, PROBLEMS}
    listed = re.compile(rf"({'|'.join({name for names in results.NAMES.values() for name in names})})(-\d+)*\.csv")
    seen: set[Path] = set()
    for file in given:
        if not file.name:
            raise _Cannot(tr(_("{file} is no file. Name the file, or a folder by its own name."), file=file))
        try:
            whole, folder = file.resolve(), out.resolve()
        except (OSError, ValueError, RuntimeError):
            continue  # reading it says what is wrong
        if whole in seen:
            raise _Cannot(tr(_("{file} is named twice. Name each file once."), file=file))
        seen.add(whole)
        name = whole.name.casefold()
        if whole.parent == folder and (name in written or listed.fullmatch(name)):
            raise _Cannot(
                tr(_("{file} would be written over by the report. Choose another folder for --out."), file=file)
            )


def _check_answers(given: list[str], exports: list[Export]) -> None:
    """Each answer to a question about these files is one of those there are; one to no question is told."""
    from crmlab.own.understanding.survey import KANO_DIRECTION

    asked = {question.key: question for export in exports for question in export.questions}
    for one in given:
        key, _sign, value = (part.strip() for part in one.partition("="))
        if key not in asked:
            # Some are no longer asked once they are answered, so this is no refusal.
            if key != KANO_DIRECTION and not key.startswith("scale:"):
                there = ", ".join(asked) or tr(_("none"))
                text = _("No question about these files is called {key!r}; there are: {keys}.")
                print(f"crmlab: {tr(text, key=key, keys=there)}", file=sys.stderr)
            continue
        if value not in asked[key].options:
            text = _("{value!r} does not answer the question {key!r}; choose one of: {options}.")
            raise _Cannot(tr(text, value=value, key=key, options=", ".join(asked[key].options)))


def _plan(parsed: argparse.Namespace) -> Plan | None:
    from crmlab.own import KINDS, Plan
    from crmlab.own import plan as plans

    found: Plan | None = None
    if parsed.plan is not None:
        suffix = plans.ENDING
        if not parsed.plan.name.endswith(suffix):
            raise _Cannot(tr(_("The name {file} should end in {suffixes}."), file=parsed.plan.name, suffixes=suffix))
        found, said = plans.load(parsed.plan.with_name(parsed.plan.name.removesuffix(suffix)))
        if found is None:
            reason = " ".join(map(str, said)) or tr(_("there is no such file"))
            raise _Cannot(tr(_("{file} cannot be read: {reason}"), file=parsed.plan, reason=reason))
    answers = dict(found.answers) if found else {}
    for one in parsed.answer:
        key, sign, value = one.partition("=")
        if not (sign and key.strip() and value.strip()):
            raise _Cannot(tr(_("An answer is written KEY=VALUE, such as day_first=day, not {text}."), text=one))
        answers[key.strip()] = value.strip()
    if parsed.kind and parsed.kind not in KINDS:
        raise _Cannot(
            tr(_("There is no kind of file {kind!r}; choose one of {kinds}."), kind=parsed.kind, kinds=", ".join(KINDS))
        )
    if not (found or answers or parsed.kind or parsed.sheet):
        return None
    given = found or Plan()
    return replace(given, kind=parsed.kind or given.kind, sheet=parsed.sheet or given.sheet, answers=answers)


def _read(file: Path, plan: Plan | None, out: Path, bar: Bar) -> Export:
    from crmlab.checks import InputError
    from crmlab.own import large
    from crmlab.own import plan as plans
    from crmlab.own.reading import read
    from crmlab.report.kept import FOLDER

    try:
        if plan is not None and not plan.roles:
            # What is remembered beside the file holds where nothing else was said.
            before, _said = plans.load(file)
            if before is not None:
                plan = replace(
                    before,
                    kind=plan.kind or before.kind,
                    sheet=plan.sheet or before.sheet,
                    answers={**before.answers, **plan.answers},
                )
        if large.takes(file):
            # What was collected is kept beside the report: after a run that was stopped it need not be read again.
            remembered = plan is None
            if plan is None:
                plan, _said = plans.load(file)

            def told(share: float) -> None:
                bar.at(round(100 * share), 100, tr(_("{file}: reading"), file=file.name))

            return large.read(file, plan, told, keep=out / FOLDER, remembered=remembered)
        return read(file, plan)
    except InputError as error:
        raise _Cannot(str(error)) from None
    except (OSError, ValueError) as error:  # a name with a NUL in it is a ValueError
        raise _Cannot(tr(_("{file} cannot be read: {reason}"), file=file, reason=files.reason(error))) from None


def _find(
    file: Path, export: Export, orders: Export | None, kept: Kept, wished: list[str], names: bool, bar: Bar
) -> Findings:
    """The results of a file: those that are kept as they are, the others made and kept."""
    from crmlab.checks import InputError
    from crmlab.own import privacy, results
    from crmlab.own.results import Findings, possible
    from crmlab.report.workbook import SHEETS

    mine = [name for name in possible(export) if not wished or name in wished]
    findings, again = Findings(), 0
    for number, name in enumerate(mine):
        bar.at(number, len(mine), tr(_("{file}: {name}"), file=file.name, name=tr(SHEETS[name])))
        found = kept.get(name)
        if found is not None:
            again += 1
        else:
            try:
                found = results.find(name, export, orders)
            except InputError as error:
                findings.not_possible[name] = str(error)
                continue
            if not names:
                found = privacy.masked(found)
            kept.put(name, found)
        findings.results.append(found)
    bar.at(len(mine), len(mine), file.name)
    bar.done()
    if again:
        bar.note(
            tr(
                _("{file}: {n} of {total} results were made before and are taken as they are."),
                file=file.name,
                n=again,
                total=len(mine),
            )
        )
    return findings


def _check_wished(wished: list[str], exports: list[Export]) -> None:
    from crmlab.own.results import possible

    there = list(dict.fromkeys(name for export in exports for name in possible(export)))
    for name in wished:
        if name not in there:
            raise _Cannot(
                tr(
                    _("There is no result {name!r} for these files; there are: {names}."),
                    name=name,
                    names=", ".join(there),
                )
            )


def _write(exports: list[Export], findings: list[Findings], out: Path, names: bool, bar: Bar) -> None:
    from crmlab.report import gathered, listing, pages, workbook

    bar.say(tr(_("writing {file}"), file=WORKBOOK))
    report = gathered.gathered(exports, findings, names)
    try:
        workbook.save(out / WORKBOOK, workbook.made(report))
        workbook.save(out / PAGES, pages.made(report).encode("utf-8"))
        listing.write(report, out, PROBLEMS)
    except (OSError, ValueError) as error:
        raise _Cannot(tr(_("{file} cannot be written: {reason}"), file=out, reason=files.reason(error))) from None
    bar.done()


def _tell(exports: list[Export], findings: list[Findings], out: Path, parsed: argparse.Namespace) -> int:
    from crmlab.own import privacy
    from crmlab.report import gathered

    say: Callable[[str], None] = (lambda _text: None) if parsed.quiet else print
    code = 0
    for whole, found in zip(exports, findings, strict=True):
        export = whole if parsed.names else privacy.masked(whole)
        say(
            tr(
                _("{file}: {kind}. {counted}"),
                file=export.file.name,
                kind=gathered.kind(export),
                counted=gathered.counted(export),
            )
        )
        for why in found.not_possible.values():
            code = 1
            say(f"  {why}")
        for question in export.questions:
            if question.answered:
                continue
            code = 1
            say(f"  {question.says}")
            for value, meaning in question.options.items():
                mark = tr(_(" (taken meanwhile)")) if value == question.taken else ""
                say(f"    --answer {question.key}={value}   {meaning}{mark}")
    say(tr(_("Written: {files}"), files=", ".join(str(out / name) for name in (WORKBOOK, PAGES, PROBLEMS))))
    return code


class Bar:
    """How far it is, on stderr: a line that advances in a terminal, else a line for each step; silent if ``quiet``."""

    def __init__(self, quiet: bool = False, stream: Any = None) -> None:
        self._stream = stream or sys.stderr
        self._quiet = quiet
        self._live = not quiet and self._stream.isatty()
        self._open = False

    def say(self, text: str) -> None:
        """What is being done, without a number."""
        self._put(f"{text} ...")

    def at(self, number: int, total: int, text: str) -> None:
        """So many of so many are done, and what comes now."""
        full = round(20 * number / total) if total else 20
        self._put(f"[{'#' * full}{'.' * (20 - full)}] {number}/{total} {text}")

    def note(self, text: str) -> None:
        """A line that stays."""
        if not self._quiet:
            self.done()
            print(text, file=self._stream)

    def done(self) -> None:
        """End the line."""
        if self._open:
            print(file=self._stream)
            self._open = False

    def _put(self, text: str) -> None:
        if self._quiet:
            return
        if not self._live:
            print(text, file=self._stream, flush=True)
            return
        room = shutil.get_terminal_size((80, 24)).columns - 1
        print(f"\r\x1b[K{text[:room]}", end="", file=self._stream, flush=True)
        self._open = True
