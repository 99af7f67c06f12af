"""Collecting: everything in ``came/``, sorted by person and lesson into ``grading/submitted``, and told file by file.

Of several versions of a lesson the one that was made last counts, and one that says when before one of which only the file's date is known; a later file without that lesson takes nothing away. What was
collected once stays, whether its file still lies in ``came/`` or not, until its folder in ``grading/submitted`` is deleted.
"""

from __future__ import annotations

import contextlib
import datetime
import secrets
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

from crmlab import places
from crmlab.app import hand_in, workspace
from crmlab.classroom import archives, collected, hand_ins, people
from crmlab.classroom.collected import Collected, File, Person
from crmlab.classroom.folder import CAME, GRADING, HAND_OUT, Class
from crmlab.classroom.hand_ins import ANSWERS, NOTEBOOK, Came, Part
from crmlab.classroom.people import Group, Who
from crmlab.course import lessons
from crmlab.course.lessons import Lesson
from crmlab.language import LANGUAGES, _, listed, tr

SUBMITTED = "submitted"
_WORK = ".collecting"
"""Where a person's folder is made ready, beside those of nbgrader."""
_NEVER = datetime.datetime.min.replace(tzinfo=datetime.UTC)


@dataclass
class _Theirs:
    """A person with everything that came of them."""

    group: Group
    came: list[Came] = field(default_factory=list)
    before: Person | None = None
    counts: dict[str, Part] = field(default_factory=dict)
    """By number of the lesson."""
    fewer: set[str] = field(default_factory=set)
    """Lessons of which more was answered in what was collected earlier than in what counts now."""
    on_time: set[str] = field(default_factory=set)
    """Lessons of which an earlier version was in time."""


def collect(settings: Class, files: Iterable[Path] = (), now: datetime.datetime | None = None) -> Collected:
    """Collect what is in ``came/``, or these files and folders; write the work of each person and ``collected.json``.

    A person's folder is replaced as a whole or not at all, and only if anything in it is new. Raises ``OSError``.
    """
    chosen = list(files)
    found = (one for path in chosen for one in archives.of(path)) if chosen else archives.walk(settings.folder / CAME)
    _mend(settings.folder)
    before = _before(settings.folder)
    moment = now or datetime.datetime.now(datetime.UTC)
    came = [hand_ins.read(one, settings.name, settings.number, moment) for one in found]
    _whose(came)
    groups = people.sorted_out((one.who for one in came if one.parts), ((one.key, [Who(*known) for known in one.known]) for one in before.values()))
    all_of_them = [_Theirs(group, before=before.get(group.key)) for group in groups]
    _given_out(all_of_them, came)
    made: list[Person] = []
    for one in all_of_them:
        _doubles(one)
        _choose(one, settings)
        if not one.counts:
            continue
        _tell(one, settings)
        made.append(_person(one, settings))
        _write(settings, one, made[-1].language)
    _beside(came)
    counted = {person.key for person in made}
    result = Collected(
        tuple(sorted(made, key=lambda person: (person.name, person.id, person.key))),
        tuple(File(one.path, one.outcome, one.key if one.key in counted else "", tr(_("; ")).join(one.says), one.look) for one in came),
    )
    result.save(settings.folder)
    return result


# -- whose it is -------------------------------------------------------------------------------------------------------


def _before(folder: Path) -> dict[str, Person]:
    """Who was collected earlier, by key, as far as their work is still there."""
    try:
        found = collected.load(folder).people
    except FileNotFoundError:
        return {}
    except ValueError as error:
        raise collected.Damaged(folder) from error
    return {one.key: one for one in found if (folder / GRADING / SUBMITTED / one.key).is_dir()}


def _whose(came: list[Came]) -> None:
    for one in came:
        if one.parts and not one.who:
            one.outcome, one.look, one.parts = "unknown", True, []
            text = _("nothing says whose this is: put it into a folder called NAME-NUMBER")
            one.says.append(tr(text))


def _given_out(all_of_them: list[_Theirs], came: list[Came]) -> None:
    by_identity = {identity: one for one in all_of_them for identity in one.group.known}
    for one in came:
        if one.parts:
            theirs = by_identity[one.who.identity]
            theirs.came.append(one)
            one.key = theirs.group.key


# -- what counts -------------------------------------------------------------------------------------------------------


def _doubles(one: _Theirs) -> None:
    seen: dict[bytes, str] = {}
    for came in one.came:
        if came.digest in seen:
            came.outcome, came.parts = "double", []
            came.says.append(tr(_("is the same as {path}"), path=seen[came.digest]))
        else:
            seen[came.digest] = came.path


def _choose(one: _Theirs, settings: Class) -> None:
    """The version of each lesson that counts: the one made last; with equal moments the later date, then the name."""
    wanted = {*settings.lessons, lessons.CLASS_LESSON.number} if settings.lessons else set()
    versions: dict[str, list[Part]] = {}
    for came in one.came:
        others = [part.lesson.number for part in came.parts if wanted and part.lesson.number not in wanted]
        if others:
            came.says.append(tr(_("lessons {lessons} are not of this class, and were left out"), lessons=listed(others)))
            came.parts = [part for part in came.parts if part.lesson.number not in others]
            if not came.parts:
                came.outcome = "unknown"
        for part in came.parts:
            versions.setdefault(part.lesson.number, []).append(part)
    for part in _kept(one, settings.folder):
        versions.setdefault(part.lesson.number, []).append(part)
    due = due_moment(settings.due)
    order = [lesson.number for lesson in hand_in.known()]
    for number in sorted(versions, key=order.index):
        some = sorted(versions[number], key=_age, reverse=True)
        newest = some[0]
        counts = replace(newest, files=dict(newest.files))
        if not newest.whole:
            counts.language = next((part.language for part in some if part.language), "")
            for part in some[1:]:
                for end, text in part.files.items():
                    counts.files.setdefault(end, text)
        one.counts[number] = counts
        if any(not part.path and hand_ins.answered(part) > hand_ins.answered(counts) for part in some):
            one.fewer.add(number)
        if due and any(part.made and part.made <= due for part in some):
            one.on_time.add(number)


def _age(part: Part) -> tuple[bool, datetime.datetime, datetime.datetime, bool, str]:
    return part.sure, part.made or _NEVER, part.dated or _NEVER, bool(part.path), part.path


def _kept(one: _Theirs, folder: Path) -> Iterator[Part]:
    """What was collected of them earlier."""
    if one.before is None:
        return
    place = folder / GRADING / SUBMITTED / one.group.key
    known = {lesson.number: lesson for lesson in hand_in.known()}
    for number, made in one.before.versions.items():
        lesson = known.get(number)
        if lesson is None:
            continue
        files = {}
        for end in (NOTEBOOK, ANSWERS):
            path = place / lesson.unit / f"{lesson.slug}{end}"
            if path.is_file() and not path.is_symlink():
                with contextlib.suppress(UnicodeDecodeError):
                    files[end] = path.read_text("utf-8")
        if files:
            yield Part(lesson, files, one.before.language, _moment(made), sure=number not in one.before.undated)


def _moment(text: str) -> datetime.datetime | None:
    try:
        return datetime.datetime.fromisoformat(text)
    except ValueError:
        return None


def due_moment(due: str) -> datetime.datetime | None:
    """When work is due, with a zone: that of this computer if none is given. A day alone lasts until its end.

    >>> due_moment("2026-12-01T18:00+08:00").isoformat(), due_moment("")
    ('2026-12-01T18:00:00+08:00', None)
    """
    if not due:
        return None
    found = datetime.datetime.fromisoformat(due)
    if len(due) <= len("2026-12-01"):
        found = found.replace(hour=23, minute=59, second=59)
    return found if found.tzinfo else found.astimezone()


def _tell(one: _Theirs, settings: Class) -> None:
    """What became of each file."""
    _senders(one)
    due = due_moment(settings.due)
    for came in one.came:
        if came.outcome:
            continue
        mine = [part for part in came.parts if _is_in(part, one.counts[part.lesson.number])]
        if not mine:
            came.outcome = "older"
            came.says.append(tr(_("a newer version counts")))
            _fuller(came, came.parts, one)
            continue
        after = [part.lesson.number for part in mine if due and part.made and part.made > due]
        came.outcome = "late" if after else "taken"
        numbers = listed(part.lesson.number for part in mine)
        text = _("counts, but came after the end: {lessons}") if after else _("counts: {lessons}")
        came.says.insert(0, tr(text, lessons=numbers))
        if fewer := [part.lesson.number for part in mine if part.lesson.number in one.fewer]:
            came.says.append(tr(_("less is answered here than in what was collected earlier of {lessons}: look whether both are theirs"), lessons=listed(fewer)))
            came.look = True
        if after and set(after) & one.on_time:
            came.says.append(tr(_("an earlier version was in time, and lies in came/")))
        if any(part.lesson.number in after and not part.sure for part in mine):
            came.says.append(tr(_("by the date of the file, which may be that of its last saving")))
            came.look = True
        if older := [part.lesson.number for part in came.parts if part not in mine]:
            came.says.append(tr(_("of {lessons} a newer version counts"), lessons=listed(older)))
            _fuller(came, [part for part in came.parts if part not in mine], one)
        if not any(part.made for part in mine) and due:
            came.says.append(tr(_("nothing tells when it was made")))
            came.look = True


def _fuller(came: Came, older: list[Part], one: _Theirs) -> None:
    """Say where less was answered in what counts: whoever hands in under another's name could hide that one's work so."""
    if fuller := [part.lesson.number for part in older if hand_ins.answered(part) > hand_ins.answered(one.counts[part.lesson.number])]:
        came.says.append(tr(_("more is answered here than in the newer version of {lessons}: look whether both are theirs"), lessons=listed(fuller)))
        came.look = True


def _senders(one: _Theirs) -> None:
    """Say if somebody's hand-ins lie in several folders side by side: a hub makes one for each user, so one may have used another's name."""
    found: dict[str, dict[str, list[Came]]] = {}
    for came in one.came:
        *outer, inner = came.path.split(archives.WITHIN)
        folder = PurePosixPath(inner).parent
        if folder.name and came.parts and all(part.whole for part in came.parts):
            found.setdefault(archives.WITHIN.join([*outer, str(folder.parent)]), {}).setdefault(folder.name, []).append(came)
    for folders in found.values():
        for came in [came for some in folders.values() for came in some] if len(folders) > 1 else ():
            came.says.append(tr(_("this person's work came in several folders ({folders}): look whether all of it is theirs"), folders=listed(folders)))
            came.look = True


def _is_in(part: Part, counts: Part) -> bool:
    if part.path == counts.path:
        return True
    # Of files that came one by one, both may be in what counts.
    return not part.whole and not counts.whole and any(counts.files.get(end) is text for end, text in part.files.items())


def _beside(came: list[Came]) -> None:
    """What lies beside somebody's work and is none needs no look: pictures, tables, notes."""
    around = {place for one in came if one.outcome in ("taken", "late", "older", "double") for place in _around(one.path)}
    for one in came:
        if one.outcome == "unknown" and not one.path.lower().endswith((NOTEBOOK, ANSWERS)) and _around(one.path)[:1] and _around(one.path)[0] in around:
            one.look = False


def _around(path: str) -> list[str]:
    """The folders and archives around a file, from inside to outside, without the folder that everything lies in."""
    *outer, inner = path.split(archives.WITHIN)
    found = [str(one) for one in PurePosixPath(inner).parents if str(one) != "."]
    found = [archives.WITHIN.join([*outer, one]) for one in found]
    return found + [archives.WITHIN.join(outer[:n]) for n in range(len(outer), 0, -1)]


# -- the person --------------------------------------------------------------------------------------------------------


def _person(one: _Theirs, settings: Class) -> Person:
    due = due_moment(settings.due)
    who = one.group.who
    moments = [part.made for part in one.counts.values() if part.made]
    late = tuple(number for number, part in one.counts.items() if due and part.made and part.made > due)
    return Person(
        one.group.key,
        who.name,
        who.id,
        _language(one, settings),
        tuple(one.counts),
        bool(late),
        max(moments).isoformat(timespec="seconds") if moments else "",
        late,
        {number: part.made.isoformat(timespec="seconds") if part.made else "" for number, part in one.counts.items()},
        tuple(number for number, part in one.counts.items() if not part.sure),
        tuple((known.name, known.id, known.theirs) for known in one.group.known.values()),
        tuple(one.group.says),
    )


def _language(one: _Theirs, settings: Class) -> str:
    """The language of most of their lessons."""
    usual = (settings.languages or tuple(LANGUAGES))[0]
    if one.before and not one.came:
        usual = one.before.language
    said = [part.language for part in one.counts.values() if part.language]
    return max(said, key=lambda code: (said.count(code), code == usual)) if said else usual


# -- on disk -----------------------------------------------------------------------------------------------------------


def _write(settings: Class, one: _Theirs, language: str) -> None:
    """Their folder in nbgrader's layout, in one step."""
    files: dict[str, bytes] = {}
    for part in one.counts.values():
        if NOTEBOOK not in part.files:
            # Who only clicks hands in no notebook; nbgrader wants one.
            part.files[NOTEBOOK] = as_given(settings, part.lesson, part.language or language)
        for end, text in part.files.items():
            files[f"{part.lesson.unit}/{part.lesson.slug}{end}"] = text.encode("utf-8")
    top = settings.folder / GRADING
    target = top / SUBMITTED / one.group.key
    if _same(target, files):
        return
    work = top / _WORK / f"{one.group.key}-{secrets.token_hex(4)}"
    try:
        for name, raw in files.items():
            path = work / "new" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(raw)
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.is_symlink() or target.exists():
            target.rename(work / "old")
        try:
            (work / "new").rename(target)
        except OSError:
            if (work / "old").exists():
                (work / "old").rename(target)
            raise
    finally:
        shutil.rmtree(work, ignore_errors=True)
        with contextlib.suppress(OSError):
            work.parent.rmdir()


def _mend(folder: Path) -> None:
    """Put folders back that were moved aside when the computer stopped."""
    for old in (folder / GRADING / _WORK).glob("*/old"):
        target = folder / GRADING / SUBMITTED / old.parent.name.rpartition("-")[0]
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            old.rename(target)
    shutil.rmtree(folder / GRADING / _WORK, ignore_errors=True)


def _same(target: Path, files: dict[str, bytes]) -> bool:
    if target.is_symlink() or not target.is_dir():
        return False
    there = {path.relative_to(target).as_posix(): path for path in target.rglob("*") if path.is_symlink() or path.is_file()}
    return set(there) == set(files) and all(not path.is_symlink() and path.read_bytes() == files[name] for name, path in there.items())


def as_given(settings: Class, lesson: Lesson, language: str) -> str:
    """A lesson's notebook as the class was given it; else as the course has it."""
    name = workspace.notebook(lesson, language)
    for top in (settings.folder / HAND_OUT, places.root()):
        with contextlib.suppress(OSError, ValueError):
            return (top / name).read_text("utf-8")
    return '{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}\n'
