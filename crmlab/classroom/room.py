"""The live room: who is where, what most got wrong, who has been stuck - from reports that may hold anything.

Kept in memory alone. Only lessons, exercises, fields and options of the course are taken in; whatever else a report holds is dropped.
"""

from __future__ import annotations

import math
import re
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from crmlab.classroom import naming
from crmlab.course import exercise, joining, lessons
from crmlab.course.exercises import load_lesson
from crmlab.course.form import Choice, Form, Mark, Tick
from crmlab.course.joining import FORMAT
from crmlab.language import current, tr

SEATS, FROM_ONE = 300, 60
"""Courses that a room takes; those that come from one address."""
GONE = 70.0
"""Seconds without a word after which a course counts as away."""
STUCK = 5
"""Minutes without a step forward after which somebody counts as stuck."""
WRONG = 12
"""Wrong answers that are shown."""
STATES = (exercise.RIGHT, exercise.PARTLY, exercise.OPEN_STATE, exercise.UNREADABLE)
LIVE, FILE = "live", "file"


class Refused(ValueError):
    """A report that is not taken in; ``code`` is the HTTP status."""

    def __init__(self, code: int) -> None:
        self.code = code
        super().__init__(str(code))


@dataclass(frozen=True)
class Standing:
    """An exercise of somebody."""

    state: str
    points: float
    wrong: tuple[tuple[str, str], ...] = ()
    """Fields and the options chosen in them."""


@dataclass
class Seat:
    """A course that reports, or a file that was handed in."""

    pseudonym: str
    number: int
    """1 for the first of that pseudonym, 2 for the next."""
    source: str
    address: str
    place: int
    """1 for the first who came; it is shown where names are hidden."""
    seen: float
    moved: float
    """When it last came a step forward: points, another exercise begun, another lesson opened."""
    lesson: str = ""
    exercise: str = ""
    lessons: dict[str, dict[str, Standing]] = field(default_factory=dict)
    budget: float = 10.0
    """Reports that may still come at once; one a second is added."""

    @property
    def name(self) -> str:
        return self.pseudonym if self.number == 1 else f"{self.pseudonym} ({self.number})"


class Room:
    """A room. ``wanted`` are the lessons of the class, all if empty; ``now`` gives seconds."""

    def __init__(self, wanted: tuple[str, ...] = (), now: Callable[[], float] = time.monotonic) -> None:
        self.seats: dict[str, Seat] = {}
        self.wanted = wanted
        self._gone: set[str] = set()
        """The seats of those who have left; whoever comes back is not among them."""
        self._now = now
        self._places = 0

    @property
    def left(self) -> int:
        """How many have left."""
        return len(self._gone)

    # -- taking in -----------------------------------------------------------------------------------------------------------

    def take(self, report: Any, address: str = "", source: str = LIVE) -> Seat:
        """Take a report in. Raises :class:`Refused` for one that is none (400), for too many (429)."""
        if not isinstance(report, dict) or report.get("format") != FORMAT or not _is_seat(report.get("seat"), source):
            raise Refused(400)
        now = self._now()
        seat = self.seats.get(report["seat"])
        if seat is None:
            others = [one for one in self.seats.values() if one.source == source]
            if source == LIVE and (len(others) >= SEATS or sum(one.address == address for one in others) >= FROM_ONE):
                raise Refused(429)
            seat = self.seats[report["seat"]] = self._new(report, address, source, now)
            self._gone.discard(report["seat"])
        elif source == LIVE:
            seat.budget = min(10.0, seat.budget + now - seat.seen)
            seat.seen = now
            if seat.budget < 1:
                raise Refused(429)
            seat.budget -= 1
            if (name := joining.pseudonym(report.get("pseudonym") or seat.pseudonym)) != seat.pseudonym:
                seat.pseudonym, seat.number = name, self._number(name)
        seat.address = address
        self._moved(seat, *_read(report), now)
        return seat

    def leave(self, report: Any) -> None:
        """Somebody leaves; what was known of that course is dropped. Raises :class:`Refused` as :meth:`take` does."""
        if not isinstance(report, dict) or not _is_seat(report.get("seat"), LIVE):
            raise Refused(400)
        seat = self.seats.get(report["seat"])
        if seat is not None and seat.source == LIVE:
            del self.seats[report["seat"]]
            if len(self._gone) < 10 * SEATS:
                self._gone.add(report["seat"])

    def _new(self, report: Mapping[str, Any], address: str, source: str, now: float) -> Seat:
        name = joining.pseudonym(report.get("pseudonym"))
        self._places += 1
        return Seat(name, self._number(name), source, address, self._places, now, now)

    def _number(self, name: str) -> int:
        taken = {one.number for one in self.seats.values() if one.pseudonym == name}
        return next(number for number in range(1, len(taken) + 2) if number not in taken)

    def _moved(self, seat: Seat, lesson: str, found: dict[str, dict[str, Standing]], now: float) -> None:
        changed = [
            (number, id)
            for number, exercises in found.items() for id, one in exercises.items()
            if seat.lessons.get(number, {}).get(id) != one
        ]  # fmt: skip
        forward = any(
            (before := seat.lessons.get(number, {}).get(id)) is None or found[number][id].points > before.points + 1e-9
            for number, id in changed
        )
        first = not seat.lessons
        if changed and not (first and lesson):
            lesson_of, seat.exercise = changed[-1]
            lesson = lesson or lesson_of
            if lesson_of != lesson:
                seat.exercise = ""
        if forward or (lesson and lesson != seat.lesson) or first:
            seat.moved = now
        if lesson and lesson != seat.lesson:
            seat.lesson = lesson
            if (lesson, seat.exercise) not in changed:
                seat.exercise = ""
        seat.lessons = found

    # -- telling -------------------------------------------------------------------------------------------------------------

    def shown(self) -> dict[str, Any]:
        """All that the page shows, in the language in force: texts, numbers, nothing that has to be worked out."""
        now = self._now()
        live = [one for one in self.seats.values() if one.source == LIVE]
        files = [one for one in self.seats.values() if one.source == FILE]
        return {
            "people": [self._person(one, now) for one in sorted(live, key=lambda one: one.name.casefold())],
            "left": self.left,
            # Who reports hands in as well, and nothing tells which pseudonym is whose: both together would count people twice.
            "lessons": self._lessons(live or files, now),
            "wrong": self._wrong(live or files),
            "files": [self._file(one) for one in sorted(files, key=lambda one: one.name.casefold())],
        }

    def _person(self, seat: Seat, now: float) -> dict[str, Any]:
        done = seat.lessons.get(seat.lesson, {})
        whole = _points(seat.lesson)
        points = sum(one.points for one in done.values())
        here = now - seat.seen <= GONE
        at = seat.exercise or next((id for id, one in done.items() if one.state != exercise.RIGHT), "")
        idle = max(0, int((now - seat.moved) / 60))
        return {
            "name": seat.name, "place": seat.place, "here": here, "lesson": seat.lesson, "title": _title(seat.lesson), "exercise": _exercise(seat.lesson, at),
            "points": round(points, 2), "maximum": whole, "state": done[at].state if at in done else "",
            "minutes": idle, "stuck": here and bool(done) and points < whole and idle >= STUCK,
        }  # fmt: skip

    def _file(self, seat: Seat) -> dict[str, Any]:
        lessons = [{"lesson": number, "points": round(sum(one.points for one in found.values()), 2), "maximum": _points(number)} for number, found in sorted(seat.lessons.items())]
        return {"name": seat.name, "place": seat.place, "lessons": lessons}

    def _lessons(self, seats: list[Seat], now: float) -> list[dict[str, Any]]:
        """By lesson and exercise, how many are in which state."""
        found: list[dict[str, Any]] = []
        begun = {number for one in seats for number in one.lessons}
        for lesson in lessons.every():
            mine = [one.lessons[lesson.number] for one in seats if lesson.number in one.lessons]
            if not lesson.scored or (lesson.number not in begun and lesson.number not in self.wanted):
                continue
            here = sum(one.lesson == lesson.number and one.source == LIVE and now - one.seen <= GONE for one in seats)
            tasks = []
            for id, title in _tasks(lesson.number, current()).items():
                counts = Counter(one[id].state for one in mine if id in one)
                tasks.append({"id": id, "title": title, "states": [counts[state] for state in STATES], "blank": len(mine) - counts.total()})
            found.append({"lesson": lesson.number, "title": lesson.title(), "begun": len(mine), "here": here, "tasks": tasks})
        return found

    def _wrong(self, seats: list[Seat]) -> list[dict[str, Any]]:
        """The wrong options that most have chosen and not yet mended."""
        counts: Counter[tuple[str, str, str, str]] = Counter()
        did: Counter[tuple[str, str]] = Counter()
        for seat in seats:
            for number, exercises in seat.lessons.items():
                for id, one in exercises.items():
                    did[number, id] += 1
                    counts.update((number, id, key, value) for key, value in one.wrong)
        found: list[dict[str, Any]] = []
        for (number, id, key, value), count in sorted(counts.items(), key=lambda one: (-one[1], one[0])):
            if count < 2 or len(found) == WRONG:
                break
            prompt, label, options = _fields(number, id, current())[key]
            shown = " · ".join(options[part] for part in value.split("+")) if value else ""
            found.append({
                "lesson": number, "exercise": _exercise(number, id), "prompt": prompt, "label": label, "shown": shown,
                "count": count, "of": did[number, id],
            })  # fmt: skip
        return found


# -- what may stand in a report ----------------------------------------------------------------------------------------


def _is_seat(value: object, source: str) -> bool:
    # Nobody who reports may sit where a file does.
    return isinstance(value, str) and re.fullmatch(r"[0-9a-f]{32}" if source == LIVE else r"file-[0-9a-f]{1,64}", value) is not None


def _read(report: Mapping[str, Any]) -> tuple[str, dict[str, dict[str, Standing]]]:
    """The lesson and the standings in a report, as far as they are of the course."""
    lesson = report.get("lesson")
    lesson = lesson if isinstance(lesson, str) and _known(lesson) else ""
    given = report.get("lessons")
    found = {}
    for number, exercises in given.items() if isinstance(given, dict) else ():
        if isinstance(exercises, dict) and _known(number):
            made = {one.id: one.points for one in load_lesson(number)}
            kept = {id: _standing(number, id, exercises[id], most) for id, most in made.items() if id in exercises}
            if standings := {id: one for id, one in kept.items() if one is not None}:
                found[number] = standings
    return lesson, found


@cache
def _scored() -> frozenset[str]:
    return frozenset(one.number for one in lessons.every() if one.scored)


def _known(number: str) -> bool:
    return number in _scored()


def _standing(number: str, id: str, given: Any, most: float) -> Standing | None:
    if not isinstance(given, dict) or given.get("state") not in STATES:
        return None
    points = given.get("points")
    # Not math.isfinite: a whole number may be too long for a float.
    if isinstance(points, bool) or not isinstance(points, int | float) or not abs(points) < math.inf:
        points = 0.0
    wrong = given.get("wrong")
    known = _fields(number, id, current())
    kept = []
    for text in wrong[:50] if isinstance(wrong, list) else ():
        key, mark, value = text.partition("=") if isinstance(text, str) else ("", "", "")
        if mark and key in known and (not value or all(part in known[key][2] for part in value.split("+"))):
            kept.append((key, value))
    return Standing(given["state"], float(max(0.0, min(points, most))), tuple(dict.fromkeys(kept)))


@cache
def _fields(number: str, id: str, _language: str) -> dict[str, tuple[str, str, dict[str, str]]]:
    """What each field of an exercise asks, its label, and its options in words."""
    found: dict[str, tuple[str, str, dict[str, str]]] = {}
    made = exercise.get(id, number)
    form = made.form() if made else None
    for row in form.rows if isinstance(form, Form) else ():
        boxes = {one.key.rpartition(".")[2]: tr(one.label) for one in row.fields if isinstance(one, Tick)}
        for one in row.fields:
            options = boxes
            if isinstance(one, Choice):
                options = {value: tr(label) for value, label in one.options}
            elif isinstance(one, Mark):
                options = {value: one.name(value) for value in one.values()}
            label = "" if isinstance(one, Tick) else tr(getattr(one, "label", ""))
            found[one.key] = " ".join(tr(row.prompt).split())[:300], label, options
    return found


def _points(number: str) -> float:
    return sum(one.points for one in load_lesson(number)) if number else 0.0


def _title(number: str) -> str:
    return lessons.find(number).title() if number else ""


@cache
def _tasks(number: str, language: str) -> dict[str, str]:
    """The exercises of a lesson by id, with their titles."""
    announced = naming.titles(number, language)
    return {one.id: announced.get(one.id, tr(one.title)) for one in load_lesson(number)}


def _exercise(number: str, id: str) -> str:
    return _tasks(number, current()).get(id, "") if number and id else ""
