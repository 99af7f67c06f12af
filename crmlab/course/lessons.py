"""Which lessons there are: read from the folders of the notebooks, so that no second list can go out of step."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache

from crmlab import places
from crmlab.course import panel
from crmlab.language import LANGUAGES, _, current, own, tr

UNITS = {
    "1": _("Foundations"),
    "2": _("Classification"),
    "3": _("Qualification"),
    "4": _("Complaints"),
    "5": _("Satisfaction"),
    "6": _("Growth and planning"),
    "7": _("Capstone"),
    "8": _("Breaks"),
    "9": _("On your own customers"),
}
"""The units of the course by number."""


@dataclass(frozen=True)
class Lesson:
    """A lesson: number "2.3", unit folder "2-classification", slug "3-rfm"."""

    number: str
    unit: str
    slug: str

    @property
    def module(self) -> str:
        """The dotted name of its exercises below crmlab.course.exercises: "classification.rfm"."""
        return ".".join(part.split("-", 1)[1].replace("-", "_") for part in (self.unit, self.slug))

    @property
    def unit_number(self) -> str:
        """The number of its unit: "2"."""
        return self.unit.split("-", 1)[0]

    @property
    def scored(self) -> bool:
        """Whether it has exercises with points; a lesson on the trainee's own customers has none: nobody knows the right answers."""
        return self.unit_number != "9"

    def title(self) -> str:
        """Its heading in the trainee's language, e.g. "2.3 RFM: ..."; the number alone if the notebook is missing."""
        return _heading(self, current()) or self.number


_NUMBERED = re.compile(r"^(\d+)-[a-z0-9-]+$")


@cache
def every() -> tuple[Lesson, ...]:
    """All lessons, in order."""
    found = set()
    # While a lesson is being written, its text is there first.
    for top, pattern in ((places.notebooks() / "en", "*.ipynb"), (places.lessons(), "*.md")):
        for path in top.glob(f"*/{pattern}"):
            unit, slug = _NUMBERED.match(path.parent.name), _NUMBERED.match(path.stem)
            if unit and slug:
                found.add((int(unit[1]), int(slug[1]), path.parent.name, path.stem))
    return tuple(Lesson(f"{u}.{n}", unit, slug) for u, n, unit, slug in sorted(found))


def find(number: str) -> Lesson:
    """The lesson of a number ("2.3") or slug ("3-rfm"). Raises ``LookupError`` with the list of those there are."""
    number = panel.words(number)
    for lesson in every():
        if number in (lesson.number, lesson.slug, f"{lesson.unit}/{lesson.slug}"):
            return lesson
    raise LookupError(
        tr(
            _("There is no lesson “{number}”. Lessons: {known}."),
            number=number,
            known=", ".join(lesson.number for lesson in every()),
        )
    )


@dataclass(frozen=True)
class Task:
    """An exercise as its heading in the lesson announces it."""

    title: str
    minutes: float
    points: float


def tasks(lesson: Lesson) -> tuple[Task, ...]:
    """The exercises and the quiz of a lesson, from its headings: known without loading its data. Empty if unreadable."""
    return _tasks(lesson, current())


def minutes(lesson: Lesson) -> int:
    """How long a lesson takes, as the line under its title says; 0 if that cannot be read."""
    line = re.compile(rf"(\d+) ?(?:{own().minutes})")
    found = next(filter(None, map(line.search, _prose(lesson, current())[1:6])), None)
    return int(found[1]) if found else 0


@cache
def _tasks(lesson: Lesson, language: str) -> tuple[Task, ...]:
    words = LANGUAGES[language]
    heading = rf"^## (.+?)\s*[(（]([\d.]+) (?:{words.minutes})[,，]\s?([\d.]+) (?:{words.points})[)）]\s*$"
    found = (re.match(heading, line) for line in _prose(lesson, language))
    return tuple(Task(one[1], float(one[2]), float(one[3])) for one in found if one)


@cache
def _heading(lesson: Lesson, language: str) -> str:
    return next(iter(_prose(lesson, language)), "").removeprefix("# ").strip()


@cache
def _prose(lesson: Lesson, language: str) -> list[str]:
    path = places.notebooks() / language / lesson.unit / f"{lesson.slug}.ipynb"
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        texts = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"]
    except (OSError, ValueError, LookupError):
        return []
    return [line for text in texts for line in text.splitlines()]
