"""Whom a workshop is for, and which lessons they take: everybody, agents who talk to customers, analysts who work with data."""

from __future__ import annotations

from collections.abc import Sequence

from crmlab.course import lessons
from crmlab.course.lessons import Lesson
from crmlab.language import _, listed, tr
from crmlab.workshop import minutes

TRACKS = {
    "all": _("everybody"),
    "agent": _("agents: talks and complaints, each lesson in its shorter variant"),
    "analyst": _("analysts: data, tests and forecasts, each lesson whole where it fits"),
}
"""The tracks by name, in words."""
EXAM = "7.2"


class NotPlanned(ValueError):
    """There is nothing to plan; the message is a sentence for the instructor."""


def chosen(units: Sequence[str] = (), numbers: Sequence[str] = (), track: str = "all") -> tuple[Lesson, ...]:
    """The lessons of these units and these numbers that belong to the track, in the order of the course.

    Lessons that are named by number are taken whatever the track. Without either all of the track: of everybody's all but the
    puzzles for pauses, the exam, and the lesson on one's own customers, which come only when they are named.

    Raises ``NotPlanned`` for a unit, lesson or track that is not there, and where nothing is left.

    >>> [one.number for one in chosen(["4"], track="agent")]
    ['4.1', '4.2', '4.3', '4.5']
    """
    if track not in TRACKS:
        raise NotPlanned(tr(_("There is no track {track}; choose one of {known}."), track=track, known=listed(TRACKS)))
    every = lessons.every()
    known = {one.unit_number for one in every}
    if strange := [unit for unit in units if unit not in known]:
        text = _("There is no unit {unit}; there are {known}.")
        raise NotPlanned(tr(text, unit=strange[0], known=listed(sorted(known))))
    try:
        named = {lessons.find(number) for number in numbers}
    except LookupError as error:
        raise NotPlanned(str(error)) from None
    wanted = [one for one in every if one in named or (_taken(one, units, bool(numbers)) and belongs(one, track))]
    if not wanted:
        text = _("No lesson of unit {units} belongs to the track {track}. Leave out --track, or name other units.")
        raise NotPlanned(tr(text, units=listed(units), track=track))
    return tuple(wanted)


def rank(lesson: Lesson) -> int:
    """How near a lesson is to the heart of the course: 1 and 2, see ``lessons/workshop.yml``, 3 for all others."""
    return int(minutes.settings().get(lesson.number, {}).get("core", 3))


def core(length: str) -> tuple[Lesson, ...]:
    """What somebody is shown who has chosen nothing: a lesson of each of the first five units, in two days more of them.

    >>> [one.number for one in core("1")]
    ['1.1', '2.3', '3.2', '4.2', '5.1']
    """
    return tuple(one for one in chosen() if rank(one) <= (2 if length == "2" else 1))


def belongs(lesson: Lesson, track: str) -> bool:
    """Whether a lesson is one of a track's."""
    return track == "all" or track in minutes.settings().get(lesson.number, {}).get("tracks", ())


def _taken(lesson: Lesson, units: Sequence[str], named: bool) -> bool:
    if units:
        return lesson.unit_number in units
    return not named and lesson.unit_number not in (minutes.BREAKS, "9") and lesson.number != EXAM
