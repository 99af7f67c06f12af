"""The class whose hand-out is worked on: what ``class.json`` at the top of a hand-out says, and where its own content lies.

Whoever takes the course without a class has none, and nothing changes for them. A hand-out holds::

    class.json                               name, number, languages, lessons, role-plays, draw, due
    notebooks/LANGUAGE/UNIT/LESSON.ipynb     the chosen lessons; notebooks/class.txt with the number
    class/10-class/1-ours.exercises.yml      the instructor's own exercises and talks (crmlab.course.ours)
    class/10-class/1-ours.questions.yml      their questions
    class/roleplays/NAME.yml                 their scripts

The folder in force is that of the variable CRMLAB_CLASS_FOLDER (empty: none), else the one above the notebook.
"""

from __future__ import annotations

import datetime
import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from crmlab.language import LANGUAGES

FILE = "class.json"
KIND, FORMAT = "crmlab class", 1
OWN = "class"
"""The folder of own content in a hand-out."""
VARIABLE = "CRMLAB_CLASS_FOLDER"
MOST = 10**18
"""No number in it is larger."""


@dataclass(frozen=True)
class HandOut:
    """What ``class.json`` says; see :class:`crmlab.classroom.folder.Class` for the meaning of each."""

    folder: Path
    name: str
    number: int
    languages: tuple[str, ...]
    lessons: tuple[str, ...]
    roleplays: tuple[str, ...] = ()
    draw: int | None = None
    due: str = ""

    @property
    def own(self) -> Path:
        """The folder of own content; it need not be there."""
        return self.folder / OWN

    @property
    def due_shown(self) -> str:
        """When work is due, as trainees read it; empty for no end, and for what is no moment.

        >>> HandOut(Path(), "A", 7, ("en",), (), due="2026-12-01T18:00").due_shown
        '2026-12-01 18:00'
        """
        try:
            found = datetime.datetime.fromisoformat(self.due)
        except ValueError:
            return ""
        if len(self.due) <= len("2026-12-01"):
            return found.date().isoformat()
        zone = found.strftime("%z")  # also where it has seconds, nobody needs them
        return f"{found:%Y-%m-%d %H:%M}" + (f" (UTC{zone[:3]}:{zone[3:5]})" if zone else "")


def folder() -> Path | None:
    """The folder of the hand-out in force, ``None`` without one."""
    wish = os.environ.get(VARIABLE)
    if wish is not None:
        return Path(wish) if wish and os.path.isfile(os.path.join(wish, FILE)) else None  # noqa: PTH113, PTH118 (asked often)
    try:
        here = os.getcwd()  # noqa: PTH109
    except OSError:  # somebody removed it
        return None
    for _level in range(4):  # a notebook runs in notebooks/LANGUAGE/UNIT
        if os.path.isfile(os.path.join(here, FILE)):  # noqa: PTH113, PTH118
            return Path(here)
        here = os.path.dirname(here)  # noqa: PTH120
    return None


def current() -> HandOut | None:
    """The hand-out in force, ``None`` without one or where ``class.json`` is damaged."""
    place = folder()
    return None if place is None else of(place)


def of(place: Path) -> HandOut | None:
    """The hand-out in a folder, ``None`` if there is none that can be read."""
    try:
        return _read(place, (place / FILE).stat().st_mtime_ns)
    except OSError:
        return None


@lru_cache(maxsize=8)
def _read(place: Path, _changed: int) -> HandOut | None:
    try:
        return parsed((place / FILE).read_bytes(), place)
    except (OSError, ValueError):
        return None


def parsed(raw: bytes, place: Path) -> HandOut:
    """The content of a ``class.json``. Raises ``ValueError`` for anything else.

    >>> raw = b'{"kind": "crmlab class", "format": 1, "name": "A", "number": 7, "languages": ["en"], "lessons": ["2.1"]}'
    >>> parsed(raw, Path("x")).lessons
    ('2.1',)
    """
    try:
        content = json.loads(raw.decode("utf-8-sig"))
    except RecursionError as error:
        raise ValueError(FILE) from error
    if not isinstance(content, Mapping) or content.get("kind") != KIND or content.get("format") != FORMAT:
        raise ValueError(FILE)
    name, number, draw, due = (content.get(key) for key in ("name", "number", "draw", "due"))
    sound = isinstance(name, str) and _whole(number) and (draw is None or _whole(draw)) and isinstance(due or "", str)
    if not sound:
        raise ValueError(FILE)
    languages, lessons, roleplays = (_texts(content.get(key, [])) for key in ("languages", "lessons", "roleplays"))
    there = tuple(one for one in languages if one in LANGUAGES)  # what else may stand there is no folder
    # It is shown in a terminal, which must not obey it.
    name = " ".join("".join(one if one.isprintable() else " " for one in str(name)).split())
    return HandOut(place, name, int(number or 0), there or ("en",), lessons, roleplays, draw, due or "")


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MOST


def _texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise ValueError(FILE)
    return tuple(value)


def text(made: HandOut) -> str:
    """The text of ``class.json``."""
    content = {
        "kind": KIND,
        "format": FORMAT,
        "name": made.name,
        "number": made.number,
        "languages": list(made.languages),
        "lessons": list(made.lessons),
        "roleplays": list(made.roleplays),
        "draw": made.draw,
        "due": made.due,
    }
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


_LINK = re.compile(r"\[([^\[\]]*)\]\(((?:\.\./)*)([^()\s:]+\.ipynb)(?:#[^()\s]*)?\)")
_BETWEEN = " · "


def without_dead_links(notebook: bytes, path: str, there: Iterable[str]) -> bytes:
    """A notebook in which links to notebooks that are not handed out are plain words, and in a line of nothing but links left out.

    ``path`` is its own below the top of the hand-out, ``there`` are those that are handed out.
    """
    known = set(there)
    level = path.split("/")[:-1]

    def kept(link: re.Match[str]) -> str:
        up = link[2].count("../")
        return link[0] if "/".join([*level[: len(level) - up], link[3]]) in known else link[1]

    def line(text: str) -> str:
        parts = text.split(_BETWEEN)
        if all(_LINK.fullmatch(part) for part in parts):
            return _BETWEEN.join(part for part in parts if _LINK.sub(kept, part) == part)
        return _LINK.sub(kept, text)

    content = json.loads(notebook)
    changed = False
    for cell in content["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown" and (new := "\n".join(map(line, source.split("\n")))) != source:
            cell["source"], changed = new.splitlines(keepends=True), True
    return (json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode() if changed else notebook


@contextmanager
def in_force(place: Path | None) -> Iterator[None]:
    """Take the hand-out in this folder for a while, in this process and those that it starts; ``None`` for none."""
    before = os.environ.get(VARIABLE)
    os.environ[VARIABLE] = "" if place is None else str(place)
    try:
        yield
    finally:
        if before is None:
            del os.environ[VARIABLE]
        else:
            os.environ[VARIABLE] = before
