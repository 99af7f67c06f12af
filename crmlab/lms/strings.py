"""The strings of which answers are made: names of exercises and fields, and options; in a learner's suspended work each has a short
code (``static/coding.js``)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from crmlab.course import exercise
from crmlab.course.exercise import Exercise
from crmlab.course.exercises import load_lesson
from crmlab.course.form import Form
from crmlab.course.lessons import Lesson

KEPT = (
    *("format", "lesson", "exercises", "seconds", "last", "fields", "code", "points", "maximum", "state", "best", "tries", "hints"),
    *("solution_seen", "text", "claims", "words", "draw", "path", "turn", "files", "began", "ended", "true", "false"),
    *(exercise.BLANK, exercise.UNREADABLE, exercise.OPEN_STATE, exercise.PARTLY, exercise.RIGHT),
)
"""What every file of answers holds."""
LONGEST = 80
"""Letters of a string that gets a code; longer ones are what a learner typed."""


def of(lessons: Iterable[Lesson], paths: Iterable[str]) -> list[str]:
    """All of them, of these lessons; ``paths`` are the files of answers."""
    found = dict.fromkeys((*KEPT, *paths))
    for lesson in lessons:
        found |= dict.fromkeys([lesson.number])
        for made in load_lesson(lesson.number):
            found |= dict.fromkeys([made.id])
            found |= dict.fromkeys(_asked(made))
        # Options that only judging reads, and those of papers and talks, are keys of what is written for the lesson.
        for file in sorted(lesson.written.glob(f"{lesson.slug}.*.yml")):
            found |= dict.fromkeys(_KEY.findall(file.read_text(encoding="utf-8")))
    return [one for one in found if 2 < len(one) <= LONGEST]


_KEY = re.compile(r"(?<![\w.-])[\w.-]+(?=:\s)|(?<=: )[a-z0-9]+(?:-[a-z0-9]+)+(?=\s*$)", re.ASCII | re.MULTILINE)


def _asked(made: Exercise) -> Iterator[str]:
    """The keys of its form's fields, and the values of their options."""
    form = made.form() if made.make_form else None
    for field in form.fields() if isinstance(form, Form) else ():
        yield field.key
        yield from (value for value, _label in getattr(field, "options", ()))


