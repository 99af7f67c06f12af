"""The outline of the course as the page of a lesson and the start page show it: units, lessons, their exercises, and where the
review deck is.
"""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

from crmlab.course import handed_out, lessons
from crmlab.course.lessons import Lesson
from crmlab.language import speaking, tr

_HEADING = re.compile(r"^## (.+?)\s*[(（][^()（）]*[)）]\s*$", re.MULTILINE)
_ASKED = re.compile(r"""^(check|quiz|exam)\((?:["']([\w.-]+)["'])?""", re.MULTILINE)
_REVIEW = re.compile(r"^review\(", re.MULTILINE)


def there() -> list[Lesson]:
    """The lessons that have their exercises, in order: those without are being written, unless they are to have none."""
    return [one for one in lessons.shown() if lessons.tasks(one) or not one.scored]


def of(language: str) -> dict[str, Any]:
    """All of it in one language: ``units`` (number, title), ``lessons`` (see :func:`lesson`), ``review``, the path of the
    lesson with the review deck and the name of its cell, and ``class`` and ``due``, the name of the class and when work is due, empty without one.

    >>> [one["title"] for one in of("en")["units"]][:2]
    ['Foundations', 'Classification']
    """
    return _of(language, handed_out.current())


@cache
def _of(language: str, handed: handed_out.HandOut | None) -> dict[str, Any]:
    with speaking(language):
        shown = there()
        units = [
            {"number": number, "title": tr(name)}
            for number, name in lessons.units().items()
            if any(one.unit_number == number for one in shown)
        ]
        decks = (
            {"path": path(one, language), "cell": id}
            for one in shown
            for kind, id, source in _cells(one, language)
            if kind == "code" and _REVIEW.search(source)
        )
        of_class = {"class": handed.name if handed else "", "due": handed.due_shown if handed else ""}
        return {"units": units, "lessons": [lesson(one, language) for one in shown], "review": next(decks, None)} | of_class


def lesson(one: Lesson, language: str) -> dict[str, Any]:
    """A lesson as it is shown: number, unit, title, path of its notebook, minutes, points, and its ``tasks``.

    >>> [lesson(lessons.find("2.3"), "en")[key] for key in ("number", "unit", "path")]
    ['2.3', '2', 'notebooks/en/2-classification/3-rfm.ipynb']
    """
    with speaking(language):
        return {
            "number": one.number,
            "unit": one.unit_number,
            "title": one.title(),
            "path": path(one, language),
            "minutes": lessons.minutes(one),
            "points": sum(task.points for task in lessons.tasks(one)),
            "tasks": tasks(one, language),
        }


def path(one: Lesson, language: str) -> str:
    """Where the notebook of a lesson lies below the course's folder."""
    return f"notebooks/{language}/{one.unit}/{one.slug}.ipynb"


def tasks(one: Lesson, language: str) -> list[dict[str, Any]]:
    """The exercises of a lesson, in order: the id under which their points are kept, the cell that asks for them, title and
    points. The headings and the cells of a lesson follow one another."""
    with speaking(language):
        announced = {task.title: task.points for task in lessons.tasks(one)}
    found: list[dict[str, Any]] = []
    title = ""
    for kind, id, source in _cells(one, language):
        if kind == "markdown":
            title = next((name for name in reversed(_HEADING.findall(source)) if name in announced), title)
        elif title and (asked := _ASKED.search(source)):
            found.append({"id": _id(*asked.groups()), "cell": id, "title": title, "points": announced[title]})
            title = ""
    return found


def _id(kind: str, name: str | None) -> str:
    # As in crmlab.course.bank, which would load the questions.
    return {"quiz": f"quiz-{name}", "exam": "exam"}.get(kind, name or "")


def _cells(one: Lesson, language: str) -> list[tuple[str, str, str]]:
    """Kind, id and source of each cell; none where the notebook is missing."""
    try:
        cells = json.loads(one.notebook(language).read_text(encoding="utf-8"))["cells"]
        return [(cell["cell_type"], cell.get("id", ""), "".join(cell["source"])) for cell in cells]
    except (OSError, ValueError, LookupError, TypeError):
        return []
