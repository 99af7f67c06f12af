"""What a package for a learning management system holds: which lessons, under which title, and by which name systems know it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from crmlab.course import certificate, lessons, outline
from crmlab.course.lessons import Lesson
from crmlab.language import LANGUAGES, _, speaking, tr

STANDARDS = ("scorm-1.2", "scorm-2004", "cmi5", "xapi")
"""The standards that packages can follow."""
LAUNCH = "launch.html"
"""The page that the system opens."""
PASS = certificate.PASS
"""Share of the points from which the package is passed."""

_NAMES = uuid.UUID("6f9c2b1e-5b0d-5a63-9a3e-3f0f0a6a7d11")
"""Of this course, so that the same lessons always have the same name."""


@dataclass(frozen=True)
class Product:
    """A package: its lessons by number, and the number of the class from which follows what lessons make up."""

    lessons: tuple[str, ...]
    number: int
    language: str = "en"
    """The language in which it begins; the learner may change it."""

    @property
    def id(self) -> str:
        """A name for it that no other package has; the same for the same lessons, whenever it is made.

        >>> Product(("4.1",), 7).id == Product(("4.1",), 8, "zh").id != Product(("4.2",), 7).id
        True
        """
        return f"urn:uuid:{uuid.uuid5(_NAMES, ' '.join(self.lessons))}"

    @property
    def unit_id(self) -> str:
        """A name for the one assignable unit in it; cmi5 wants another than that of the course.

        >>> Product(("4.1",), 7).unit_id == Product(("4.1",), 7).id
        False
        """
        return f"urn:uuid:{uuid.uuid5(_NAMES, ' '.join(('au', *self.lessons)))}"

    def chosen(self) -> list[Lesson]:
        """Its lessons."""
        return [one for one in lessons.of_course() if one.number in self.lessons]

    def title(self, language: str) -> str:
        """What it is called: the course, and the units where it does not hold all of them.

        >>> Product(("4.1", "4.2"), 7).title("en")
        'Customer relationships for people who sell: Complaints'
        """
        with speaking(language):
            course = tr(_("Customer relationships for people who sell"))
            held = dict.fromkeys(one.unit_number for one in self.chosen())
            if len(held) > 3:
                return course
            joined = tr(_(", ")).join(tr(lessons.UNITS[unit]) for unit in held)
            return tr(_("{course}: {units}"), course=course, units=joined)

    def description(self, language: str) -> str:
        """One sentence on it."""
        with speaking(language):
            return tr(
                _("{lessons} lessons with exercises, {points} points; passed from {percent} % of the points."),
                lessons=len(self.chosen()),
                points=f"{self.points():g}",
                percent=round(100 * PASS),
            )

    def points(self) -> float:
        """All points that can be reached."""
        return sum(task.points for one in self.chosen() for task in lessons.tasks(one))

    def told(self) -> list[dict[str, object]]:
        """What the launch page is told of each lesson: titles, where its answers lie in each language, points, and its exercises."""
        found = []
        for one in self.chosen():
            shown = {language: outline.lesson(one, language) for language in LANGUAGES}
            first = next(iter(shown.values()))
            found.append(
                {
                    "number": one.number,
                    "titles": {language: each["title"] for language, each in shown.items()},
                    "paths": [answers(str(each["path"])) for each in shown.values()],
                    "points": first["points"],
                    "tasks": [task["id"] for task in first["tasks"]],
                }
            )
        return found


def answers(notebook: str) -> str:
    """Where the answers of a lesson lie.

    >>> answers("notebooks/en/4-complaints/1-service.ipynb")
    'notebooks/en/4-complaints/1-service.json'
    """
    return notebook.removesuffix(".ipynb") + ".json"
