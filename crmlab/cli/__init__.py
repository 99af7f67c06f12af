"""The command line: ``crmlab start``, ``doctor``, ``reset``, ``report``, ``site``, ``work``, and for instructors ``questions``, ``script`` and ``exercises``.

Exit codes: 0 all is well; 1 something was found wrong; 2 it could not be done, and stderr says why.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import locale
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, NoReturn

import crmlab
from crmlab import places
from crmlab.app import workspace
from crmlab.app.workspace import Refused
from crmlab.cli import mistakes
from crmlab.cli.options import add_language
from crmlab.course import joining
from crmlab.course.files import reason
from crmlab.language import LANGUAGES, _, current, listed, set_language, tr


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit code.

    >>> main(["reset", "9.9", "--lang", "en"])
    2
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A console of another code page shows ? for what it does not have, instead of a traceback.
            stream.reconfigure(errors="replace")
    words = sys.argv[1:] if arguments is None else arguments
    set_language(_wished(words) or system_language())
    try:
        parsed = _parser().parse_args(words)
        code = parsed.run(parsed) or 0
        sys.stdout.flush()  # what cannot be written must not be said when Python ends
        return code
    except Refused as refusal:
        print(f"crmlab: {refusal}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # The reader has gone (crmlab doctor | head): nothing is left to say.
        _no_more_output()
        return 1
    except OSError as error:
        _no_more_output()
        place = f"{error.filename}: " if error.filename else ""
        with contextlib.suppress(OSError):
            text = tr(_("This could not be done ({reason})."), reason=f"{place}{reason(error)}")
            print(f"crmlab: {text}", file=sys.stderr)
        return 2
    finally:
        set_language(None)


def _no_more_output() -> None:
    """Drop what standard output still holds, unless it can be written."""
    try:
        sys.stdout.flush()
    except (OSError, ValueError):
        with contextlib.suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


# --- languages ----------------------------------------------------------------------------------------------


def system_language() -> str:
    """The language of messages and, if none is asked for, of the course: CRMLAB_LANG, else the system's."""
    for name in ("CRMLAB_LANG", "LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        wish = os.environ.get(name, "").split(":")[0].split(".")[0].lower()
        if wish not in ("", "c", "posix"):
            return _nearest(wish)
    return _nearest(_desktop_language().lower())


def _nearest(wish: str) -> str:
    """The language of the course for a locale such as ``zh_cn``: English, if it has no other that fits."""
    return wish[:2] if wish[:2] in LANGUAGES else "en"


def _desktop_language() -> str:
    """The language set in the settings of Windows or macOS, such as ``zh_CN``; empty if it cannot be told."""
    if sys.platform == "win32":
        import ctypes

        return locale.windows_locale.get(ctypes.windll.kernel32.GetUserDefaultUILanguage(), "")
    if sys.platform == "darwin":
        with contextlib.suppress(OSError, subprocess.SubprocessError):
            asked = ["defaults", "read", "-g", "AppleLocale"]
            run = subprocess.run(asked, capture_output=True, text=True, timeout=5, check=False)
            return run.stdout.strip()
    return ""


def _wished(words: list[str]) -> str | None:
    """The value of --lang, read before the parser is made, because the parser's own texts depend on it."""
    for i, word in enumerate(words):
        value = word.removeprefix("--lang=") if word.startswith("--lang=") else ""
        if word == "--lang":
            value = "".join(words[i + 1 : i + 2])
        if value in LANGUAGES:
            return value
    return None


# --- the parser ---------------------------------------------------------------------------------------------


class _Parser(argparse.ArgumentParser):
    def __init__(self, **settings: Any) -> None:
        super().__init__(add_help=False, allow_abbrev=False, **settings)
        self._positionals.title = tr(_("what to say"))
        self._optionals.title = tr(_("options"))
        self.add_argument("-h", "--help", action="help", help=tr(_("show this text")))

    def format_help(self) -> str:
        return super().format_help().replace("usage: ", tr(_("usage: ")), 1)

    def error(self, message: str) -> NoReturn:
        text = _("This cannot be understood ({problem}). See: {command} --help")
        sentence = tr(text, problem=mistakes.said(message), command=self.prog)
        print(f"crmlab: {sentence}", file=sys.stderr)
        raise SystemExit(2)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="crmlab", description=tr(_("A training course on customer relationships, in Jupyter."))
    )
    parser.add_argument(
        "--version", action="version", version=f"crmlab {crmlab.__version__}", help=tr(_("show the version"))
    )
    parser.set_defaults(run=lambda _parsed: print(parser.format_help()))
    commands = parser.add_subparsers(title=tr(_("commands")), metavar="", parser_class=_Parser)

    start = commands.add_parser("start", help=tr(_("open the course in the browser")))
    start.add_argument(
        "lesson",
        metavar="LESSON",
        nargs="?",
        help=tr(_("its number or name, such as 2.3 or 3-rfm, or the zip of a class; without it where you were last")),
    )
    start.add_argument(
        "--port", type=int, metavar="N", help=tr(_("the port to use; without it a free one is found"))
    )
    start.add_argument("--no-browser", action="store_true", help=tr(_("only print the address")))
    start.add_argument("--lab", action="store_true", help=tr(_("in JupyterLab, with all its tools")))
    start.add_argument(
        "--room", metavar="LINE", help=tr(_("join the live room of a class: the line that whoever leads it shows, such as 192.168.1.20:8950#K7QM-4X2P"))
    )
    start.add_argument("--pseudonym", metavar="NAME", default="", help=tr(_("what to be called there; without it one is made up")))
    start.set_defaults(run=_start)

    doctor = commands.add_parser("doctor", help=tr(_("check that everything the course needs is there")))
    doctor.set_defaults(run=_doctor)

    reset = commands.add_parser("reset", help=tr(_("put a lesson back as it came, and keep your own copy")))
    reset.add_argument("lesson", metavar="LESSON", help=tr(_("its number or name, such as 2.3 or 3-rfm")))
    reset.set_defaults(run=_reset)

    for command in (start, doctor, reset):
        add_language(command)
        command.add_argument(
            "--to",
            metavar="DIR",
            help=tr(_("the folder to work in; usually {folder}"), folder=workspace.default_folder()),
        )

    from crmlab.cli import certificate, classes, exercises, hand_in, questions, report, script, site, workshop

    hand_in.add(commands, _Parser)
    report.add(commands, _Parser)
    workshop.add(commands, _Parser)
    classes.add(commands, _Parser)
    certificate.add(commands, _Parser)
    questions.add(commands, _Parser)
    exercises.add(commands, _Parser)

    script.add(commands, _Parser)
    site.add(commands, _Parser)
    return parser


# --- the commands -------------------------------------------------------------------------------------------


def _start(parsed: argparse.Namespace) -> int:
    from crmlab.app import last, port, server
    from crmlab.course.files import word

    opened = _hand_out(parsed)
    folder = opened or workspace.find_folder(parsed.to)
    language = _of_class(folder) or current()
    wished = workspace.find_lesson(parsed.lesson) if parsed.lesson else None
    room = _room(parsed.room) if parsed.room is not None else None
    sockets = port.take(parsed.port)
    if workspace.in_place(folder):
        workspace.check_writable(folder, language)
        workspace.save_originals(folder)
    else:
        _tell(workspace.lay(places.root(), folder), folder)
        workspace.check_writable(folder, language)
    path = workspace.notebook(wished, language) if wished else last.path(folder, language)
    if not (folder / path).is_file():
        raise Refused(
            tr(
                _("The lesson is missing: {file}. To get it back: crmlab reset {number}"),
                file=folder / path,
                number=wished.number if wished else "1.1",
            )
        )
    workspace.remember(folder, language)
    _tell_of_class(folder)
    if opened:
        print(tr(_("When you are done: “Hand in” in the course panel, or in a terminal: crmlab hand-in --to {folder}"), folder=word(folder)))
    if room:
        from crmlab.app import reporting

        member = reporting.member(folder)
        member.join(room, parsed.pseudonym)
        print(tr(_("You report to the room {room} as {name}; to leave it, use the course panel."), room=room, name=member.pseudonym))
        print(tr(joining.SENT))
    server.start(folder, path, sockets, not parsed.no_browser, parsed.lab)
    return 0


def _room(line: str) -> joining.Room:
    try:
        return joining.parse(line)
    except ValueError as error:
        raise Refused(str(error)) from error


def _hand_out(parsed: argparse.Namespace) -> Path | None:
    """The folder of the class whose zip was named in the place of a lesson."""
    from crmlab.app import opening

    if not parsed.lesson or not opening.is_zip(parsed.lesson):
        return None
    file, parsed.lesson = Path(parsed.lesson).expanduser(), None
    return opening.unpack(Path(os.path.realpath(file.parent)) / file.name, workspace.find_folder(parsed.to) if parsed.to else None)


def _of_class(folder: Path) -> str | None:
    """Take the class of this workspace, if it is one, in this process and its kernels; a language that the class has."""
    from crmlab.course import handed_out

    handed = handed_out.of(folder)
    if handed is None:
        if (folder / handed_out.FILE).exists():
            text = _("{file} is damaged: ask your instructor for the hand-out again. Your answers are kept.")
            raise Refused(tr(text, file=folder / handed_out.FILE))
        return None
    os.environ[handed_out.VARIABLE] = str(folder)
    missing = workspace.missing(handed)
    if missing:
        text = _("The class “{name}” has lessons that this version of the course does not have: {lessons}. Bring the course up to date.")
        print(tr(text, name=handed.name, lessons=listed(missing)))
    language = current() if current() in handed.languages else handed.languages[0]
    return language if language in LANGUAGES else None


def _tell_of_class(folder: Path) -> None:
    from crmlab.course import handed_out

    handed = handed_out.of(folder)
    if handed is None:
        return
    if current() not in handed.languages:
        names = listed(LANGUAGES[one].name for one in handed.languages)
        print(tr(_("The class “{name}” is in {languages} alone."), name=handed.name, languages=names))
    if handed.due_shown:
        print(tr(_("Hand in by {due}"), due=handed.due_shown))


def _tell(laid: workspace.Laid, folder: Path) -> None:
    if laid.new:
        print(tr(_("The course is now in {folder} ({n} files)."), folder=folder, n=len(laid.new)))
    if laid.updated:
        print(tr(_("{n} files were brought up to date."), n=len(laid.updated)))
    if laid.kept:
        print(
            tr(
                _(
                    "There is a newer version of these files, but you have changed yours, so yours were left "
                    "alone: {files}. For the new one, with yours kept beside it: crmlab reset LESSON"
                ),
                files=listed(laid.kept),
            )
        )


def _doctor(parsed: argparse.Namespace) -> int:
    from crmlab.app import doctor

    findings = doctor.examine(workspace.find_folder(parsed.to), current())
    for finding in findings:
        print(finding)
    wrong = sum(not finding.ok for finding in findings)
    print()
    if wrong:
        print(tr(_("{n} of {total} need your attention."), n=wrong, total=len(findings)))
    else:
        print(tr(_("All is well.")))
    return 1 if wrong else 0


def _reset(parsed: argparse.Namespace) -> int:
    folder = workspace.find_folder(parsed.to)
    of_class = _of_class(folder)
    lesson = workspace.find_lesson(parsed.lesson)
    language = parsed.lang or workspace.language_of(folder) or of_class or current()
    done = workspace.reset(lesson, folder, language)
    print(tr(_("Lesson {number} is as it came: {file}"), number=lesson.number, file=done.path))
    for copy in done.copies:
        print(tr(_("Yours is kept: {file}"), file=copy.name))
    print(tr(_("If it is open in the browser, load its page again.")))
    return 0
