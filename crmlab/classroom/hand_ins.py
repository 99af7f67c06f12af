"""What is in a file that came: lessons of somebody, by what the file holds and not by what it is called."""

from __future__ import annotations

import datetime
import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

import crmlab
from crmlab.app import hand_in, work
from crmlab.classroom.archives import Found
from crmlab.classroom.people import Who, alike, of_path
from crmlab.course.files import whole
from crmlab.course.lessons import Lesson
from crmlab.language import LANGUAGES, _, listed, tr

NOTEBOOK, ANSWERS = ".ipynb", ".json"


@dataclass
class Part:
    """A lesson out of a file."""

    lesson: Lesson
    files: dict[str, str]
    """Texts by ending: ".ipynb", ".json"."""
    language: str = ""
    made: datetime.datetime | None = None
    """When, with a zone: as the file says, else its own date."""
    dated: datetime.datetime | None = None
    """The date of the file."""
    sure: bool = False
    """Whether the file itself says when it was made: its date may be when it was saved anew."""
    path: str = ""
    whole: bool = True
    """Whether it is all there was of the lesson; of files that came one by one it is not."""


@dataclass
class Came:
    """A file that came, and what is in it."""

    path: str
    who: Who = field(default_factory=Who)
    parts: list[Part] = field(default_factory=list)
    outcome: str = ""
    """Set where nothing of it can count: "broken", "unknown"."""
    says: list[str] = field(default_factory=list)
    look: bool = False
    digest: bytes = b""
    """Of its bytes: two files of one digest are the same."""
    key: str = ""
    """Of the person, once it is known who that is."""


def read(found: Found, name: str = "", number: int | None = None, now: datetime.datetime | None = None) -> Came:
    """What is in a file, for the class of this name and number. Never raises for anything that a file may hold."""
    came = Came(found.path, digest=hashlib.sha256(found.data).digest())
    if found.problem:
        return _off(came, "unknown" if found.foreign else "broken", found.problem)
    came.who = of_path(found.places, [name])
    text, encoding = text_of(found.data)
    is_json = found.places[-1].lower().endswith((NOTEBOOK, ANSWERS))
    try:
        content = json.loads(text) if text.lstrip()[:1] in ("{", "[") else None
    except (ValueError, RecursionError):
        content = None
    if content is None:
        if is_json:
            return _off(came, "broken", tr(_("cannot be read: it is damaged, or only half of it came")))
        return _off(came, "unknown", tr(_("is no work from this course: ask for the file that “Hand in” makes")))
    if encoding != "utf-8":
        came.says.append(tr(_("was saved anew by another program ({encoding}), and was read all the same"), encoding=encoding))
    kind = content.get("kind") if isinstance(content, dict) else None
    if kind in (hand_in.KIND, work.KIND):
        return _packed(came, found, content, number, now)
    return _single(came, found, content)


def _off(came: Came, outcome: str, says: str) -> Came:
    came.outcome, came.look = outcome, True
    came.says.append(says)
    return came


def text_of(data: bytes) -> tuple[str, str]:
    """The text of a file, and the name of its encoding: UTF-8 if it can be that, UTF-16 by its mark or its zeros, else GB18030.

    >>> text_of("作业".encode("gbk")), text_of("a".encode("utf-16"))[1]
    (('作业', 'gb18030'), 'utf-16')
    """
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace"), "utf-16"
    if data[:2] in (b"{\0", b"[\0"):
        return data.decode("utf-16-le", "replace"), "utf-16"
    if data[:2] in (b"\0{", b"\0["):
        return data.decode("utf-16-be", "replace"), "utf-16"
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return whole(data.decode(encoding)), encoding.removesuffix("-sig")
        except UnicodeDecodeError:
            continue
    return data.decode("utf-8", "replace"), "utf-8"


# -- one file with all -------------------------------------------------------------------------------------------------


def _packed(came: Came, found: Found, content: dict[str, Any], number: int | None, now: datetime.datetime | None) -> Came:
    try:
        read = hand_in.read({**content, "kind": hand_in.KIND})
    except work.NotWork as error:
        return _off(came, "broken", str(error))
    _named(came, read, content["kind"])
    if None not in (number, read.group.number) and read.group.number != number:
        text = _("is of another class, {name}, number {number}: nothing of it was taken")
        return _off(came, "unknown", tr(text, name=read.group.name or "-", number=read.group.number))
    if number is not None and read.group.number is None and content["kind"] == hand_in.KIND:
        text = _("was made in a course that is not the hand-out of this class: answers to other quiz questions or about another made-up firm earn no points")
        came.says.append(tr(text))
    if read.course and read.course != crmlab.__version__:
        text = _("was made with version {theirs} of the course, and this is {ours}")
        came.says.append(tr(text, theirs=read.course, ours=crmlab.__version__))
    if bad := [one for one in read.left_out if not _own(one)]:
        came.says.append(tr(_("{n} files in it are of no lesson of this course and were left out: {names}"), n=len(bad), names=_some(bad)))
        # A hand-in holds no others; a file of work also holds tables and pages.
        came.look = content.get("kind") == hand_in.KIND or any(not work.takes(one) for one in bad)
    made = datetime.datetime.fromisoformat(read.made) if read.made else None
    if made and made > (now or datetime.datetime.now(datetime.UTC)) + datetime.timedelta(days=1):
        came.says.append(tr(_("says it was made at {moment}, which is yet to come: the date of the file counts"), moment=read.made))
        came.look, made = True, None
    parts: dict[tuple[str, str], Part] = {}
    damaged = False
    for path, text in read.files.items():
        _top, language, unit, name = path.split("/")
        slug, _dot, end = name.rpartition(".")
        lesson = next(one for one in hand_in.known() if (one.unit, one.slug) == (unit, slug))
        if (clean := _clean(text, f".{end}")) is None:
            came.says.append(tr(_("{file} in it is damaged"), file=name))
            came.look = damaged = True
            continue
        part = parts.setdefault((language, lesson.number), Part(lesson, {}, language, made or found.when, found.when, bool(made), came.path))
        part.files[f".{end}"] = clean
    # Of a lesson in two languages the one in which more was answered.
    for number_ in dict.fromkeys(key[1] for key in parts):
        some = [part for (_language, one), part in parts.items() if one == number_]
        came.parts.append(max(some, key=lambda part: (answered(part), part.language == read.language)))
    if not came.parts:
        return _off(came, "broken" if damaged else "unknown", tr(_("holds no lesson of this course")))
    return came


def _named(came: Came, read: hand_in.HandIn, kind: Any) -> None:
    """Who it is: the file says so; else the way that it came."""
    way, came.who = came.who, Who(read.name, read.id)
    if not came.who:
        came.who = way
        if way:
            came.says.append(tr(_("gives no name; {who} stands in the name of the file or its folder"), who=way.called()))
            came.look = kind == hand_in.KIND  # other files never do
    elif not read.name and way.name and folded_same(way.id, read.id):
        came.who = Who(way.name, read.id)
    elif read.name and way.name and (way.id or way.theirs) and not alike(read.name, way.name):
        came.says.append(tr(_("is the work of {who}, and lies under the name {other}"), who=came.who.called(), other=way.called()))
        came.look = True


def folded_same(one: str, other: str) -> bool:
    """Whether two numbers do not contradict each other."""
    return not one or not other or one.casefold() == other.casefold()


def _some(names: list[str]) -> str:
    shown = listed(hand_in.plain(one)[:60] for one in names[:3])
    return shown if len(names) <= 3 else f"{shown} ..."


def _own(path: str) -> bool:
    return "/9-" in path or path.endswith((".csv", ".html")) or path.endswith("review.json")


def answered(part: Part) -> int:
    """How many exercises of a lesson have an answer."""
    try:
        records = json.loads(part.files[ANSWERS])["exercises"].values()
        return sum(bool(isinstance(one, dict) and one.get("fields")) for one in records)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return 0


# -- files one by one --------------------------------------------------------------------------------------------------


def _single(came: Came, found: Found, content: Any) -> Came:
    lesson = _lesson_of(content, found)
    if lesson is None:
        return _off(came, "unknown", tr(_("is no notebook and no answers of a lesson of this course")))
    if not lesson.scored:
        came.outcome = "unknown"
        came.says.append(tr(_("is about the trainee's own customers, and is not collected")))
        return came
    end = NOTEBOOK if "cells" in content else ANSWERS
    text = _clean(content, end)
    if text is None:
        return _off(came, "broken", tr(_("is damaged: it is no notebook that can be read")))
    came.parts = [Part(lesson, {end: text}, _language_of(content, found), found.when, found.when, path=came.path, whole=False)]
    return came


def _lesson_of(content: Any, found: Found) -> Lesson | None:
    if not isinstance(content, dict):
        return None
    notes = content.get("metadata")
    said: Any = None
    if "cells" in content:
        own = notes.get("crmlab") if isinstance(notes, dict) else None
        said = own.get("lesson") if isinstance(own, dict) else None
    elif isinstance(content.get("exercises"), dict):
        said = content.get("lesson")
    else:
        return None
    known = {one.number: one for one in hand_in.known()}
    if isinstance(said, str) and said:
        return known.get(said)
    # An older or mended file does not say: then its name and its folder do.
    *_outer, unit, name = ["", *found.places]
    stem = name.rpartition(".")[0]
    return next((one for one in hand_in.known() if (one.unit, one.slug) == (unit, stem)), None)


def _language_of(content: dict[str, Any], found: Found) -> str:
    notes = content.get("metadata")
    own = notes.get("crmlab") if isinstance(notes, dict) else None
    said = own.get("language") if isinstance(own, dict) else None
    if isinstance(said, str) and said in LANGUAGES:
        return said
    return next((one for one in reversed(found.places) if one in LANGUAGES), "")


def _clean(content: Any, end: str) -> str | None:
    """The text of a notebook without what it showed, or of answers; ``None`` for what is neither."""
    try:
        if isinstance(content, str):
            content = json.loads(content)
        if end == NOTEBOOK:
            content = hand_in.without_outputs(content)
        elif not isinstance(content, dict) or not isinstance(content.get("exercises"), dict):
            return None
        text = json.dumps(content, ensure_ascii=False)
        # Indented as the course writes it, unless that would make gigabytes of what lies a thousand levels deep.
        small = len(text) < _INDENTED and not _deeper(content, _LEVELS)
        return whole((json.dumps(content, ensure_ascii=False, indent=1) if small else text) + "\n")
    except (ValueError, RecursionError, TypeError):
        return None


_INDENTED, _LEVELS = 2_000_000, 30


def _deeper(content: Any, most: int) -> bool:
    """Whether lists and records lie deeper within each other.

    >>> _deeper({"a": [1]}, 2), _deeper({"a": [1]}, 1)
    (False, True)
    """
    level = [content]
    for _level in range(most):
        level = [one for each in level for one in (each.values() if isinstance(each, dict) else each) if isinstance(one, dict | list)]
        if not level:
            return False
    return True
