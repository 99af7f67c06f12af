"""How long a lesson takes in a room: the lesson itself, its shorter variant, the talk about it, and what is for afterwards.

All of it follows from the lessons: the line under their titles, the headings of their exercises, and how long their text takes to
read. Which parts a shorter variant keeps stands in ``lessons/workshop.yml``.
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from crmlab import places
from crmlab.course import lessons, outline, yamlfile
from crmlab.course.lessons import Lesson, Task
from crmlab.language import current, own, speaking

# Silent reading of prose that is new to the reader; Brysbaert (2019) measured 238 words a minute for English non-fiction:
# somebody who is to act on it stops more often.
WORDS_A_MINUTE = 180
CHARACTERS_A_MINUTE = 300
TALK = 0.5
"""Minutes of talk in a room for each minute of a lesson: comparing answers and the questions for discussion. Ours; several notes
for instructors say "half as much again"."""
STEP = 5
"""Times of day in a schedule are multiples of so many minutes."""
BREAKS = "8"
"""The unit of puzzles for pauses."""
_OWN_CUSTOMERS = "own-customers"  # as in crmlab.course.exercises.own_data, which would load what reads files

_CJK = re.compile(r"[\u3400-\u9fff]")
_WORD = re.compile(r"[^\W_]+(?:[’'.,-][^\W_]+)*")


def reading(text: str) -> float:
    """Minutes to read this text: Chinese characters and words of other writing, each at their pace.

    >>> reading("word " * 360)
    2.0
    >>> reading("字" * 150)
    0.5
    """
    text = re.sub(r"```.*?```|<[^>]*>|\]\([^)]*\)|&nbsp;", " ", text, flags=re.DOTALL)
    characters = len(_CJK.findall(text))
    words = len(_WORD.findall(_CJK.sub(" ", text)))
    return characters / CHARACTERS_A_MINUTE + words / WORDS_A_MINUTE


def up(minutes: float) -> int:
    """These minutes, rounded up to the steps of a schedule.

    >>> up(17.5), up(20)
    (20, 20)
    """
    return math.ceil(minutes / STEP - 1e-9) * STEP


@dataclass(frozen=True)
class Section:
    """A part of a lesson from one heading to the next: heading, the exercise that it is (0: none), minutes to read it."""

    heading: str
    exercise: int
    minutes: float


@dataclass(frozen=True)
class Variant:
    """A lesson as it is held: whole, or shorter. ``computed`` is the sum of its parts, ``minutes`` what is planned for it."""

    lesson: Lesson
    short: bool
    minutes: int
    computed: float
    tasks: tuple[Task, ...]
    sections: tuple[str, ...]
    """Headings of what else is read in it; empty for the whole lesson, of which all is read."""
    measured: bool = True
    """False where the minutes are the estimate of the notes for instructors, because what is done in them depends on the room."""

    @property
    def talk(self) -> int:
        """Minutes of talk in the room besides; none for a break or an exam, whose talk is part of them."""
        return 0 if self.lesson.unit_number == BREAKS or self.lesson.number == "7.2" else up(TALK * self.minutes)

    @property
    def slot(self) -> int:
        """Minutes of the schedule that it takes."""
        return up(self.minutes) + self.talk


def sections(lesson: Lesson) -> tuple[Section, ...]:
    """The parts of a lesson in the current language, its head first; empty if it cannot be read."""
    return _sections(lesson, current())


@cache
def _sections(lesson: Lesson, language: str) -> tuple[Section, ...]:
    path = places.notebooks() / language / lesson.unit / f"{lesson.slug}.ipynb"
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        prose = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
    except (OSError, ValueError, LookupError):
        return ()
    found, number = [], 0
    with speaking(language):
        announced = {task.title for task in lessons.tasks(lesson)}
    for text in re.split(r"^(?=## )", prose, flags=re.MULTILINE):
        heading = text.partition("\n")[0].strip("# ")
        title = re.sub(r"\s*[(（][^()（）]*[)）]\s*$", "", heading)
        # The quiz is announced like an exercise, and its heading has no number.
        exercise = 0
        if title in announced and re.match(r"\w+\s*\d+\s*[·:：]", title):
            number += 1
            exercise = number
        found.append(Section(title, exercise, reading(text)))
    return tuple(found)


@cache
def settings() -> dict[str, Any]:
    """What ``lessons/workshop.yml`` says, by number of lesson. Raises ``ValueError`` with the faults of a file that cannot be read."""
    content, faults = yamlfile.read(places.lessons() / "workshop.yml")
    if faults:
        raise ValueError("\n".join(map(str, faults)))
    found: dict[str, Any] = yamlfile.plain(content)
    return found


def after(lesson: Lesson) -> tuple[Task, ...]:
    """The exercise on the trainee's own customers, which is there for after the lesson: its minutes are counted apart."""
    found = {one["title"] for one in outline.tasks(lesson, current()) if one["id"] == _OWN_CUSTOMERS}
    return tuple(task for task in lessons.tasks(lesson) if task.title in found)


def whole(lesson: Lesson) -> Variant:
    """The lesson as it stands, without what is for afterwards.

    >>> with speaking("en"): whole(lessons.find("3.2")).minutes, whole(lessons.find("3.2")).talk
    (40, 20)
    """
    return _whole(lesson, current())


@cache
def _whole(lesson: Lesson, _language: str) -> Variant:
    later = after(lesson)
    tasks = tuple(task for task in lessons.tasks(lesson) if task not in later)
    read = sum(one.minutes for one in sections(lesson) if not any(task.title == one.heading for task in later))
    return Variant(lesson, False, lessons.minutes(lesson), read + sum(task.minutes for task in tasks), tasks, ())


def shorter(lesson: Lesson) -> Variant | None:
    """The shorter variant that the lesson's notes for instructors describe; ``None`` where the plan knows none.

    Raises ``LookupError`` if it names an exercise or a section that the lesson does not have.

    >>> with speaking("en"): [task.title for task in shorter(lessons.find("3.2")).tasks]
    ['Exercise 1 · Hear it', 'Exercise 6 · Strangers only', 'Exercise 7 · Skip the boss?']
    """
    return _shorter(lesson, current())


@cache
def _shorter(lesson: Lesson, _language: str) -> Variant | None:
    said = settings().get(lesson.number, {}).get("shorter")
    if not said:
        return None
    parts = sections(lesson)
    english = _sections(lesson, "en")
    named = {one.heading: part for one, part in zip(english, parts, strict=True)}
    exercises = {part.exercise: part for part in parts if part.exercise}
    if unknown := [one for one in (*said["exercises"], *said["sections"]) if one not in exercises and one not in named]:
        raise LookupError(f"workshop.yml: lesson {lesson.number} has no {unknown[0]!r}.")
    kept = [parts[0], *(exercises[one] for one in said["exercises"]), *(named[one] for one in said["sections"])]
    tasks = {task.title: task for task in lessons.tasks(lesson)}
    done = tuple(tasks[part.heading] for part in kept if part.exercise)
    computed = sum(part.minutes for part in kept) + sum(task.minutes for task in done)
    read = tuple(part.heading for part in kept[1:] if not part.exercise)
    return Variant(lesson, True, int(said["minutes"]), computed, done, read, bool(said.get("measured", True)))


def choice(lesson: Lesson) -> tuple[int, ...]:
    """The exercises, by number, of which one is done in the shorter variant, at the group's choice; empty if there is none.

    >>> choice(lessons.find("4.5")), choice(lessons.find("4.2"))
    ((2, 3, 4), ())
    """
    return tuple(settings().get(lesson.number, {}).get("shorter", {}).get("choice", ()))


def said_in_notes(text: str) -> int | None:
    """The minutes that a note on a shorter variant begins with, in the current language; ``None`` where it has no figure.

    >>> with speaking("en"): said_in_notes("**Shorter variant (25 minutes).** Case, exercise 1.")
    25
    """
    found = re.match(rf"\*\*[^*]*?(\d+) ?(?:{own().minutes})", text)
    return int(found[1]) if found else None
