"""Which lessons there are: read from the folders of the notebooks, so that no second list can go out of step."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache

from crmlab import places
from crmlab.language import _, current, tr


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

    def title(self) -> str:
        """Its heading in the trainee's language, e.g. "2.3 RFM: ..."; the number alone if the notebook is missing."""
        return _heading(self, current()) or self.number


_NUMBERED = re.compile(r"^(\d+)-[a-z0-9-]+$")


@cache
def lessons() -> tuple[Lesson, ...]:
    """All lessons, in order."""
    found = set()
    # The worked editions are the longer-lived: while a lesson is being written it is there first.
    for top, pattern in ((places.notebooks(), "*.ipynb"), (places.solutions(), "*.md")):
        for path in (top / "en").glob(f"*/{pattern}"):
            unit, slug = _NUMBERED.match(path.parent.name), _NUMBERED.match(path.stem)
            if unit and slug:
                found.add((int(unit[1]), int(slug[1]), path.parent.name, path.stem))
    return tuple(Lesson(f"{u}.{n}", unit, slug) for u, n, unit, slug in sorted(found))


def find(number: str) -> Lesson:
    """The lesson of a number ("2.3") or slug ("3-rfm"). Raises ``LookupError`` with the list of those there are."""
    for lesson in lessons():
        if number in (lesson.number, lesson.slug, f"{lesson.unit}/{lesson.slug}"):
            return lesson
    raise LookupError(
        tr(
            _("There is no lesson “{number}”. Lessons: {known}."),
            number=number,
            known=", ".join(lesson.number for lesson in lessons()),
        )
    )


@cache
def _heading(lesson: Lesson, language: str) -> str:
    path = places.notebooks() / language / lesson.unit / f"{lesson.slug}.ipynb"
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        text = "".join("".join(cells[0]["source"]).splitlines()[:1])
    except (OSError, ValueError, LookupError):
        return ""
    return text.removeprefix("# ").strip()
