"""The lesson of what a class has of its own: exercises and questions of its instructor, and role-plays, as one notebook.

The notebook is made here from what lies in ``class/`` of the hand-out, on each computer anew: so none of its code comes from
elsewhere, and it fits the course that is installed.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crmlab.course import exercise_file, panel
from crmlab.course.bank import quiz
from crmlab.course.exercise_load import ExerciseError
from crmlab.course.exercise_load import load as load_exercises
from crmlab.course.handed_out import HandOut
from crmlab.course.lessons import CLASS_LESSON
from crmlab.course.roleplay import scripts
from crmlab.language import _, speaking, tr
from crmlab.version import __version__

TALK_MINUTES, FIELD_MINUTES, QUESTION_MINUTES = 8, 0.6, 0.6


@dataclass(frozen=True)
class Part:
    """An exercise of the lesson: its id, title by language, points, minutes; a role-play or not."""

    id: str
    title: Mapping[str, str]
    points: float
    minutes: int
    talk: bool = False


def exercises_path(handed: HandOut) -> Path:
    """The file of own exercises in a hand-out."""
    return handed.own / CLASS_LESSON.unit / f"{CLASS_LESSON.slug}{exercise_file.SUFFIX}"


def questions_path(handed: HandOut) -> Path:
    """The file of own questions in a hand-out."""
    return handed.own / CLASS_LESSON.unit / f"{CLASS_LESSON.slug}.questions.yml"


def script_path(handed: HandOut, name: str) -> Path:
    """The file of an own script in a hand-out."""
    return handed.own / "roleplays" / f"{name}.yml"


def there(handed: HandOut) -> bool:
    """Whether the class has anything of its own."""
    return exercises_path(handed).is_file() or questions_path(handed).is_file()


def notebook(handed: HandOut, language: str) -> bytes:
    """The notebook of the lesson in a language. What cannot be read is left out of it."""
    with speaking(language):
        return _text(_notebook(handed, language))


def parts(handed: HandOut) -> list[Part]:
    """Its exercises and talks, in the order of the file; none where it cannot be read."""
    path = exercises_path(handed)
    try:
        entries = load_exercises(path)["exercises"] if path.is_file() else []
    except (OSError, ExerciseError):
        return []
    found = []
    for entry in entries:
        id, points = str(entry["id"]), float(entry["points"])
        if "roleplay" not in entry:
            fields = sum(
                len(part.get("rows") or ({},)) * len(list(exercise_file.fields_of(part))) for part in exercise_file.parts(entry)
            )
            found.append(Part(id, entry["title"], points, max(2, math.ceil(FIELD_MINUTES * fields))))
            continue
        name = str(entry["roleplay"])
        own = script_path(handed, name)
        try:
            title = scripts.load(own if own.is_file() else scripts.folder() / f"{name}.yml").source["title"]
        except (OSError, scripts.ScriptError):
            continue
        found.append(Part(id, title, points, TALK_MINUTES, talk=True))
    return found


def questions(handed: HandOut) -> int:
    """How many questions it asks at once."""
    path = questions_path(handed)
    return min(quiz.SIZE, len(quiz.files.load(path)[0])) if path.is_file() else 0


def _notebook(handed: HandOut, language: str) -> dict[str, Any]:
    found, asked = parts(handed), questions(handed)
    minutes = sum(part.minutes for part in found) + math.ceil(QUESTION_MINUTES * asked)
    number = CLASS_LESSON.number
    lines = [
        f"# {number} {tr(_('Our own'))}",
        tr(_("*{minutes} minutes · of the class “{name}”*"), minutes=minutes, name=_plain(handed.name)),
        tr(_("These exercises were added by your instructor. They count as those of the course do, and your answers are kept beside this page.")),
    ]
    cells = [
        _markdown("title", "\n\n".join(lines)),
        _code("open", f'from crmlab import check, lesson, progress, quiz\n\nlesson("{number}")', tr(_("Opens the lesson"))),
    ]
    for place, part in enumerate(found, 1):
        title = _plain(part.title.get(language) or part.title["en"])
        name = tr(_("Role-play {n} · {title}")) if part.talk else tr(_("Exercise {n} · {title}"))
        heading = _heading(name.format(n=place, title=title), part.minutes, part.points)
        cells += [_markdown(f"{part.id} heading", heading), _graded(part.id, f'check("{part.id}")', part.points)]
    if asked:
        heading = _heading(tr(_("Quiz")), math.ceil(QUESTION_MINUTES * asked), asked)
        id = quiz.exercise_id(number)
        cells += [_markdown("quiz heading", heading), _graded(id, f'quiz("{number}")', float(asked))]
    cells.append(_code("progress", "progress()"))
    about = {"language": language, "lesson": number, "version": __version__}
    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    info = {"file_extension": ".py", "mimetype": "text/x-python", "name": "python"}
    metadata = {"crmlab": about, "kernelspec": kernel, "language_info": info}
    return {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def _heading(title: str, minutes: int, points: float) -> str:
    """As the headings of all lessons are written, from which minutes and points are read."""
    return "## " + tr(_("{title} ({minutes} minutes, {points} points)"), title=title, minutes=minutes, points=panel.points(points))


def _plain(text: str) -> str:
    """A text in one line in which nothing is Markdown or HTML.

    >>> _plain("A *b* <i>")
    'A \\\\*b\\\\* \\\\<i\\\\>'
    """
    return re.sub(r"([\\`*_\[\]<>#|$~])", r"\\\1", " ".join(text.split()))


def _markdown(name: str, source: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "id": _id(name), "metadata": {}, "source": source.splitlines(keepends=True)}


def _code(name: str, source: str, purpose: str = "") -> dict[str, Any]:
    metadata = {"crmlab": {"purpose": purpose}} if purpose else {}
    lines = source.splitlines(keepends=True)
    return {"cell_type": "code", "execution_count": None, "id": _id(name), "metadata": metadata, "outputs": [], "source": lines}


def _graded(id: str, source: str, points: float) -> dict[str, Any]:
    """A locked cell that gives points, as nbgrader marks one."""
    made, grade_id = _code(id, source), id.replace(".", "-")
    # As nbgrader.utils.compute_checksum has it: a locked cell that was changed is put back when it is graded.
    seal = hashlib.md5(f"{source}codeTrueFalseTrue{grade_id}{points}".encode(), usedforsecurity=False).hexdigest()
    kind = {"cell_type": "code", "grade": True, "locked": True, "solution": False, "task": False}
    notes = {**kind, "checksum": seal, "grade_id": grade_id, "points": points, "schema_version": 3}
    return made | {"metadata": {"deletable": False, "editable": False, "nbgrader": notes}}


def _id(name: str) -> str:
    return hashlib.sha256(f"{CLASS_LESSON.number} {name}".encode()).hexdigest()[:12]


def _text(content: dict[str, Any]) -> bytes:
    return (json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode("utf-8")
