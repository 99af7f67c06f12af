"""What instructors wrote themselves for a class: exercises, role-plays and questions in ``own/``, as YAML or workbooks.

It lies beside the course, so that no update of the course touches it. :func:`read` checks all of it by the rules of the course's own
files and names each mistake; :func:`files` makes of it what is handed out (:mod:`crmlab.course.handed_out`).
Files whose names begin with ``_`` or a full stop are not read: examples, and what Excel keeps while a file is open.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from crmlab.classroom.folder import OWN, SETTINGS
from crmlab.course import (
    exercise,
    exercise_check,
    exercise_file,
    exercise_form,
    exercise_numbers,
    handed_out,
    hooks,
    yamlfile,
)
from crmlab.course.authoring import exercise_sheet
from crmlab.course.bank import files as bank_files
from crmlab.course.bank import workbook as question_book
from crmlab.course.lessons import CLASS_LESSON
from crmlab.course.roleplay import scripts
from crmlab.course.yamlfile import Fault, shortened
from crmlab.language import LANGUAGES, _, tr

EXERCISES, ROLEPLAYS, QUESTIONS = "exercises", "roleplays", "questions"
KINDS = (EXERCISES, ROLEPLAYS, QUESTIONS)
"""The folders in ``own/``."""
TALK_POINTS = 4
"""What a talk is worth: a point for each of its four marks, as in the lessons of the course."""
EXAMPLE = "_example.xlsx"

_TEXT, _BOOK = (".yml", ".yaml"), (".xlsx", ".xlsm")
_NOTES = (".txt", ".md", ".pdf", ".docx")
"""Notes of the instructor's own, which nobody takes for content."""


class OwnError(ValueError):
    """Own content that cannot be handed out; the message names each mistake, a line each."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = sorted(set(faults))
        super().__init__("\n".join(map(str, self.faults)))


@dataclass
class Own:
    """The content of ``own/``, sound: exercises and questions in the order of their files, scripts by name."""

    exercises: list[Any] = field(default_factory=list)
    questions: list[Any] = field(default_factory=list)
    scripts: dict[str, Any] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.exercises or self.questions or self.scripts)


def read(folder: Path, languages: Iterable[str] = tuple(LANGUAGES)) -> Own:
    """Read what lies in ``own/`` of the folder of a class. Raises :class:`OwnError` with all that is wrong, by file and line or cell.

    Where ``languages``, those of the class, is a single one, the content may be written in it alone; its texts stand for those of the others.
    """
    one, *more = languages
    reader = _taken(folder, None if more else one)
    if reader.faults:
        enough = [language for language in (one, *more) if more and not _taken(folder, language).faults]
        text = _("In {language} nothing is missing. Write the other texts, too, or hand the class out in this language alone: languages: [{code}]")
        reader.faults += [Fault(SETTINGS, 0, tr(text, language=LANGUAGES[code].name, code=code)) for code in enough]
        raise OwnError(reader.faults)
    return reader.own


def _taken(folder: Path, language: str | None) -> _Reader:
    """All that is there and all that is wrong with it, if it may be written in this one language."""
    reader = _Reader(folder)
    for kind in KINDS:
        for path in reader.paths(kind):
            try:
                with yamlfile.in_one(language):
                    reader.take(kind, path)
            except (OSError, ValueError) as error:
                reader.fault(path, _("The file cannot be read: {reason}"), reason=yamlfile.shortened(error))
    return reader


class _Reader:
    def __init__(self, folder: Path) -> None:
        self.top = folder / OWN
        self.own = Own()
        self.faults: list[Fault] = []
        self.seen: dict[tuple[str, str], Path] = {}
        with handed_out.in_force(None):
            self.bank = bank_files.files()

    def name(self, path: Path) -> str:
        return f"{OWN}/{path.relative_to(self.top).as_posix()}"

    def fault(self, path: Path, text: str, line: int = 0, **values: Any) -> None:
        self.faults.append(Fault(self.name(path), line, tr(text, **values)))

    def note(self, path: Path, faults: Iterable[Fault]) -> None:
        self.faults += [replace(one, file=self.name(path)) for one in faults]

    def paths(self, kind: str) -> Iterator[Path]:
        """The files of a kind; others are named."""
        place = self.top / kind
        if not place.is_dir():
            return
        for path in sorted(place.iterdir()):
            if path.name.startswith((".", "_", "~$")) or path.suffix.lower() in _NOTES:
                continue
            if path.suffix.lower() in (*_TEXT, *_BOOK, ".xls") and path.is_file():
                yield path
            else:
                text = _("This is neither a text file (.yml) nor a workbook (.xlsx). Save it as one of these, or begin its name with _ so that it is not read.")
                self.fault(path, text)

    def take(self, kind: str, path: Path) -> None:
        book = path.suffix.lower() in (*_BOOK, ".xls")
        if kind == EXERCISES:
            self.exercises(path, book)
        elif kind == QUESTIONS:
            self.questions(path, book)
        else:
            self.script(path)

    def known(self, kind: str, id: str, path: Path, line: int) -> None:
        """No two things of a kind have the same id."""
        if before := self.seen.get((kind, id)):
            self.fault(path, _("The id “{name}” is taken in {file}; choose another."), line, name=id, file=self.name(before))
        self.seen.setdefault((kind, id), path)

    # -- each kind ---------------------------------------------------------------------------------------------------

    def exercises(self, path: Path, book: bool) -> None:
        lines: dict[str, int] = {}
        if book:
            content, faults = exercise_sheet.read(path)
        else:
            raw, check = exercise_check.read_with_lines(path)
            if not check.faults:
                exercise_numbers.alone(check, raw)
                lines = {str(entry["id"]): yamlfile.line_of(entry, "id") for entry in raw["exercises"]}
            content, faults = ({} if check.faults else exercise_check.resolved(raw)), sorted(set(check.faults))
        self.note(path, faults)
        if faults:
            return
        here = hooks.alone(content)
        for entry in content["exercises"]:
            id = str(entry["id"])
            line = lines.get(id, 0)
            self.known(EXERCISES, id, path, line)
            if "roleplay" in entry:
                text = _("{id}: a role-play needs no entry here. Put its script into {folder}, or name one of the course in class.yml under roleplays.")
                self.fault(path, text, line, id=id, folder=f"{OWN}/{ROLEPLAYS}")
            elif id == "exam" or id.startswith("quiz-"):
                self.fault(path, _("The id “{name}” is one of the course's; choose another."), line, name=id)
            elif said := _unasked(here, entry):
                self.fault(path, _("{id}: this exercise cannot be judged ({error}). Compare it with docs/exercises.md."), line, id=id, error=said)
            else:
                self.own.exercises.append(_whole(entry, content.get("options") or {}))

    def questions(self, path: Path, book: bool) -> None:
        reader: Callable[[Path], tuple[list[Any], list[Fault]]] = question_book.read if book else bank_files.read
        found, faults = reader(path)[0], bank_files.faults(path, self.bank, reader)
        self.note(path, faults)
        for question in found:
            self.known(QUESTIONS, str(question["id"]), path, yamlfile.line_of(question, "id"))
        if not faults:
            self.own.questions += map(yamlfile.plain, found)

    def script(self, path: Path) -> None:
        reading = scripts.read(path)
        self.note(path, reading.faults)
        if reading.faults or reading.script is None:
            return
        name = reading.script.name
        self.known(ROLEPLAYS, name, path, 0)
        if (scripts.folder() / f"{name}.yml").is_file():
            self.fault(path, _("The course has a role-play “{name}” of its own; give yours another id."), name=name)
        elif not re.fullmatch(r"[\w-]{1,80}", name):
            self.fault(path, _("The id “{name}” should be letters, digits and hyphens, such as first-call."), name=shortened(name))
        else:
            self.own.scripts[name] = scripts.plain(reading.script).source


def _unasked(here: hooks.Lesson, entry: Mapping[str, Any]) -> str:
    """Why an exercise cannot be asked and judged; empty if it can: its right answers are right."""
    try:
        made = exercise_form.alone(here, entry)
        given = exercise.judge(made, exercise_form.right_of(here, entry), clicked=True)
    except Exception as error:  # what the file says may be anything
        return f"{type(error).__name__}: {error}"
    typed = any("line" in spec for part in exercise_file.parts(entry) for _name, spec in exercise_file.fields_of(part))
    return "" if typed or given.state == exercise.RIGHT else given.message or given.state


def _whole(entry: Mapping[str, Any], lists: Mapping[str, Any]) -> Any:
    """An exercise with the lists of options that its file has by name, so that it stands alone."""

    def walk(value: Any) -> Any:
        if isinstance(value, list):
            return [walk(one) for one in value]
        if not isinstance(value, Mapping):
            return value
        return {
            key: lists[one] if key in ("options", "rows", "columns", "bars", "items") and isinstance(one, str) and one in lists else walk(one)
            for key, one in value.items()
        }

    return walk({key: one for key, one in entry.items() if key != "texts"})


# -- what is handed out ------------------------------------------------------------------------------------------------


def files(own: Own, roleplays: Iterable[str]) -> dict[str, bytes]:
    """The files of own content in a hand-out, by path below its top: those of :mod:`crmlab.course.ours`. ``roleplays`` are scripts
    of the course that the class plays beside its lessons."""
    taken = {str(entry["id"]) for entry in own.exercises}
    talks = [
        {"id": name if name not in taken else f"talk-{name}", "roleplay": name, "points": TALK_POINTS, "title": title}
        for name, title in _titles(own, roleplays).items()
    ]
    top = f"class/{CLASS_LESSON.unit}/{CLASS_LESSON.slug}"
    found = {}
    if own.exercises or talks:
        found[f"{top}.exercises.yml"] = _written({"exercises": [*own.exercises, *talks]})
    if own.questions:
        found[f"{top}.questions.yml"] = _written(own.questions)
    for name, source in own.scripts.items():
        found[f"class/{ROLEPLAYS}/{name}.yml"] = _written(source)
    return found


def _titles(own: Own, roleplays: Iterable[str]) -> dict[str, Any]:
    found = {name: source["title"] for name, source in own.scripts.items()}
    return found | {name: scripts.load(scripts.folder() / f"{name}.yml").source["title"] for name in roleplays}


def _written(content: Any) -> bytes:
    """Content as JSON, which is YAML as well, and read in a moment."""
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode("utf-8")
