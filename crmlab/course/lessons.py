"""Which lessons there are: read from the folders of the notebooks, so that no second list can go out of step."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from crmlab import places
from crmlab.course import handed_out, panel
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
OURS = "10"
"""The unit of what a class has of its own; its title is the name of the class."""


def units() -> dict[str, str]:
    """The units by number, with that of the class if there is one."""
    handed = handed_out.current()
    return UNITS if handed is None else UNITS | {OURS: handed.name}


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

    @property
    def written(self) -> Path:
        """The folder of what is written for it: its exercises and questions."""
        handed = handed_out.current() if self.unit_number == OURS else None
        return (handed.own if handed else places.lessons()) / self.unit

    def notebook(self, language: str) -> Path:
        """Its notebook as the course brings it, or the hand-out of the class."""
        handed = handed_out.current() if self.unit_number == OURS else None
        top = handed.folder / "notebooks" if handed else places.notebooks()
        return top / language / self.unit / f"{self.slug}.ipynb"

    def title(self) -> str:
        """Its heading in the trainee's language, e.g. "2.3 RFM: ..."; the number alone if the notebook is missing."""
        return next(iter(_prose(self.notebook(current()))), "").removeprefix("# ").strip() or self.number


CLASS_LESSON = Lesson(f"{OURS}.1", f"{OURS}-class", "1-ours")
"""The lesson of what a class has of its own (:mod:`crmlab.course.ours`)."""

_NUMBERED = re.compile(r"^(\d+)-[a-z0-9-]+$")


def every() -> tuple[Lesson, ...]:
    """All lessons, in order; with the class's own, where it has one."""
    handed = handed_out.current()
    has_own = handed is not None and (handed.own / CLASS_LESSON.unit).is_dir()
    return (*of_course(), CLASS_LESSON) if has_own else of_course()


def shown() -> tuple[Lesson, ...]:
    """The lessons that a trainee is shown: those that the class was given, all of them without a class."""
    handed = handed_out.current()
    if handed is None:
        return every()
    return tuple(one for one in every() if one.number in handed.lessons or one == CLASS_LESSON)


@cache
def of_course() -> tuple[Lesson, ...]:
    """The lessons of the course, in order."""
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
            known=", ".join(lesson.number for lesson in shown()),
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
    return _tasks(lesson.notebook(current()), current())


def minutes(lesson: Lesson) -> int:
    """How long a lesson takes, as the line under its title says; 0 if that cannot be read."""
    line = re.compile(rf"(\d+) ?(?:{own().minutes})")
    found = next(filter(None, map(line.search, _prose(lesson.notebook(current()))[1:6])), None)
    return int(found[1]) if found else 0


@cache
def _tasks(notebook: Path, language: str) -> tuple[Task, ...]:
    words = LANGUAGES[language]
    heading = rf"^## (.+?)\s*[(（]([\d.]+) (?:{words.minutes})[,，]\s?([\d.]+) (?:{words.points})[)）]\s*$"
    found = (re.match(heading, line) for line in _prose(notebook))
    return tuple(Task(one[1], float(one[2]), float(one[3])) for one in found if one)


@cache
def _prose(notebook: Path) -> list[str]:
    try:
        cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
        texts = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"]
    except (OSError, ValueError, LookupError):
        return []
    return [line for text in texts for line in text.splitlines()]
