"""What a trainee hands in: one file with the notebooks and answers of their lessons, their name and number.

A JSON file in the form of :mod:`crmlab.app.work`: ``{"kind": "crmlab hand-in", "format": 1, "name", "id", "class", "number", "language",
"course", "made", "files": {path: text}}``. The browser edition makes the same (``crmlab/lite/static/work.js``).

Taken along are a lesson's notebook, if its cells were changed, without what they showed, and its answers. What is about the
trainee's own customers stays: unit 9, and the values of answers about an own file. Nothing tells of the computer.
"""

from __future__ import annotations

import datetime
import json
import re
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import crmlab
from crmlab.app import work, workspace
from crmlab.course import classes, handed_out, lessons, state
from crmlab.course.files import whole, write_atomically
from crmlab.course.lessons import Lesson
from crmlab.language import LANGUAGES, _, tr

KIND, FORMAT = "crmlab hand-in", 1
KEPT = "hand-in.json"
"""Name and number as they were last given, in the course's own folder of the workspace."""
END = ".handin.json"
LONGEST = 80
"""Characters of a name or number."""
_PATH_BYTES = 180
_OWN_UNIT = "9-"
_OWN_ANSWER = "own."
"""What the names of answers about the trainee's own file begin with (crmlab.course.exercises.own_data)."""


@dataclass(frozen=True)
class Group:
    """The class that a course was handed out to; without a name and a number for who learns alone."""

    name: str = ""
    number: int | None = None
    lessons: tuple[str, ...] = ()
    """Their numbers, in order; empty where nobody has chosen."""


@dataclass(frozen=True)
class HandIn:
    """A hand-in as it is packed or read."""

    name: str
    id: str
    group: Group = field(default_factory=Group)
    language: str = ""
    course: str = ""
    made: str = ""
    """An ISO moment with its zone; empty if the file says none that can be read."""
    files: dict[str, str] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()
    """Paths that are there and were not taken."""

    @property
    def lessons(self) -> list[Lesson]:
        """The lessons that it holds, in order."""
        return [one for one in known() if any(_lesson(name) == (one.unit, one.slug) for name in self.files)]

    def text(self) -> str:
        """The text of its file."""
        content = {
            "kind": KIND,
            "format": FORMAT,
            "name": self.name,
            "id": self.id,
            "class": self.group.name,
            "number": self.group.number,
            "language": self.language,
            "course": self.course,
            "made": self.made,
            "files": self.files,
        }
        return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def known() -> tuple[Lesson, ...]:
    """The lessons that can be handed in, in order: those of the course, and that of what a class has of its own."""
    return (*lessons.of_course(), lessons.CLASS_LESSON)


# -- packing -----------------------------------------------------------------------------------------------------------


def pack(folder: Path, name: str, id: str, language: str, units: tuple[str, ...] = ()) -> HandIn:
    """The lessons of a course's folder that were begun; of these ``units`` alone ("2"), if any are named.

    Raises ``OSError`` where a file cannot be read.
    """
    files: dict[str, str] = {}
    left_out: list[str] = []
    laid = workspace.read_manifest(folder)["files"]
    for code in LANGUAGES:
        for one in known():
            if one.unit.startswith(_OWN_UNIT) or (units and one.unit_number not in units):
                continue
            path = workspace.notebook(one, code)
            answers = path.removesuffix(".ipynb") + ".json"
            for part, found in ((answers, _answers), (path, _notebook)):
                try:
                    text = found(folder, part, laid.get(part, {}))
                except ValueError:
                    left_out.append(part)
                else:
                    files |= {part: text} if text else {}
    now = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    return HandIn(plain(name), plain(id), group(folder, language), language, crmlab.__version__, now, files, tuple(left_out))


def _answers(folder: Path, path: str, _laid: dict[str, str]) -> str:
    """The answers of a lesson; empty if there are none. Raises ``ValueError`` for a damaged file."""
    raw = _bytes(folder / path)
    content = state.decoded(raw) if raw else {}
    if not content.get("exercises"):
        return ""
    for record in content["exercises"].values():
        if isinstance(record, dict) and isinstance(record.get("fields"), dict):
            record["fields"] = {key: None if key.startswith(_OWN_ANSWER) else value for key, value in record["fields"].items()}
    return state.encoded(content).decode("utf-8")


def _notebook(folder: Path, path: str, laid: dict[str, str]) -> str:
    """A notebook in which something was written; empty for one as it came. Raises ``ValueError`` for what is none."""
    raw = _bytes(folder / path)
    if not raw:
        return ""
    marks = workspace.fingerprints(raw, path)
    if marks.get("cells") is not None and marks.get("cells") == laid.get("cells"):
        return ""
    came = None if laid else workspace.original(path, folder)
    if came is not None and workspace.fingerprints(came, path).get("cells", "") == marks.get("cells"):
        return ""
    return whole(json.dumps(without_outputs(json.loads(raw)), ensure_ascii=False, indent=1) + "\n")


def without_outputs(notebook: Any) -> dict[str, Any]:
    """A notebook without what its cells showed. Raises ``ValueError`` for what is none.

    >>> without_outputs({"cells": [{"cell_type": "code", "source": "1", "outputs": [1], "execution_count": 3}]})
    {'cells': [{'cell_type': 'code', 'source': '1', 'outputs': [], 'execution_count': None}]}
    """
    cells = notebook.get("cells") if isinstance(notebook, dict) else None
    if not isinstance(cells, list) or not all(isinstance(one, dict) for one in cells):
        raise ValueError("no notebook")
    for cell in cells:
        if isinstance(cell.get("metadata"), dict):
            cell["metadata"].pop("trusted", None)
        if cell.get("cell_type") == "code":
            cell |= {"outputs": [], "execution_count": None}
        else:
            cell.pop("outputs", None)
    if isinstance(notebook.get("metadata"), dict):
        notebook["metadata"].pop("widgets", None)
    return dict(notebook)


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""


# -- who ---------------------------------------------------------------------------------------------------------------


def plain(text: Any) -> str:
    """A name or number as it is kept: in one line, composed, without what cannot be seen.

    >>> plain("  Zhang\\t San\\n"), plain(None), plain(2023001)
    ('Zhang San', '', '2023001')
    """
    if isinstance(text, bool) or not isinstance(text, str | int):
        return ""
    shown = (" " if one.isspace() else one for one in whole(str(text)) if one.isspace() or unicodedata.category(one)[0] != "C")
    return unicodedata.normalize("NFC", " ".join("".join(shown).split()))[:LONGEST].strip()


def file_name(name: str, id: str) -> str:
    """What the file is called: the person's own letters, without characters that a path may not have.

    >>> file_name("张三", "2023001"), file_name("A/B: C.", ""), file_name("", "con")
    ('张三-2023001.handin.json', 'A_B_ C.handin.json', '_con.handin.json')
    """
    parts = (re.sub(r'[/\\<>:"|?*\x00-\x1f\x7f]', "_", plain(part)).strip(" .") for part in (name, id))
    stem = "-".join(filter(None, parts)).encode("utf-8")[:_PATH_BYTES].decode("utf-8", "ignore").strip(" .") or "hand-in"
    device = re.match(r"(?i)(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)", stem)  # no file on Windows
    return f"{'_' if device else ''}{stem}{END}"


def group(folder: Path, language: str = "en") -> Group:
    """The class of a course's folder, if it was handed out to one; else the number alone, if somebody has fixed it."""
    handed = handed_out.of(folder)
    if handed is not None:
        return Group(plain(handed.name), handed.number, handed.lessons)
    return Group("", classes.fixed(folder / "notebooks" / language))


def remembered(folder: Path) -> tuple[str, str]:
    """Name and number as they were last given in this workspace; empty ones at first."""
    try:
        found = json.loads((folder / workspace.STORE / KEPT).read_text("utf-8"))
        return plain(found.get("name")), plain(found.get("id"))
    except (OSError, ValueError, AttributeError, RecursionError):
        return "", ""


def remember(folder: Path, name: str, id: str) -> None:
    """Keep name and number for the next time. Raises ``OSError``."""
    path = folder / workspace.STORE / KEPT
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, json.dumps({"name": plain(name), "id": plain(id)}, ensure_ascii=False) + "\n")


# -- reading -----------------------------------------------------------------------------------------------------------


def read(content: Any) -> HandIn:
    """A hand-in from the content of its file. What is no notebook and no answers of a lesson is left out.

    Raises :class:`crmlab.app.work.NotWork`, with a sentence, for anything else.

    >>> read({"kind": "crmlab hand-in", "name": "Li", "id": 7, "files": {"../a.json": "{}"}}).left_out
    ('../a.json',)
    """
    files = content.get("files") if isinstance(content, dict) and content.get("kind") == KIND else None
    if not isinstance(files, dict):
        raise work.NotWork(tr(_("This is no file that was made with crmlab hand-in.")))
    if content.get("format", FORMAT) != FORMAT:
        raise work.NotWork(tr(_("This file was handed in from another version of the course; bring this one up to date first.")))
    mine = {str(name): whole(text) for name, text in files.items() if _lesson(name) and isinstance(text, str)}
    language = content.get("language")
    return HandIn(
        plain(content.get("name")),
        plain(content.get("id")),
        Group(plain(content.get("class")), classes.read(content.get("number"))),
        language if isinstance(language, str) and language in LANGUAGES else "",
        plain(content.get("course")),
        _moment(content.get("made")),
        mine,
        tuple(whole(str(name))[:200] for name in files if name not in mine),
    )


def _moment(text: Any) -> str:
    try:
        found = datetime.datetime.fromisoformat(text)
    except (ValueError, TypeError):
        return ""
    return found.isoformat(timespec="seconds") if found.tzinfo else ""


def _lesson(path: Any) -> tuple[str, str] | None:
    """Unit and name of the lesson whose notebook or answers a path is; ``None`` of any other."""
    if not work.takes(path):
        return None
    _top, _language, *rest = path.split("/")
    if len(rest) != 2 or rest[0].startswith(_OWN_UNIT):
        return None
    stem, _dot, end = rest[1].rpartition(".")
    if end not in ("ipynb", "json") or not any((one.unit, one.slug) == (rest[0], stem) for one in known()):
        return None
    return rest[0], stem
