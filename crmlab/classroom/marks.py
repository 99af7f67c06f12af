"""What each trainee earned, answered and was told: ``marks.json`` in the folder of a class.

Grading writes it, from judging the answers again; the report, the tables and the certificates read it.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from crmlab.classroom.folder import MARKS
from crmlab.course.files import write_atomically

KIND, FORMAT = "crmlab marks", 1


@dataclass(frozen=True)
class Mark:
    """An exercise of a trainee, judged again."""

    points: float
    maximum: float
    state: str
    """As crmlab.course.exercise has it: "blank", "unreadable", "not yet right", "partly right", "right"."""
    fields: dict[str, Any] = field(default_factory=dict)
    """What was clicked or typed, by field, as handed in."""
    code: str = ""
    """The code of the answer cell, if it was changed."""
    html: str = ""
    """The feedback."""


@dataclass(frozen=True)
class LessonMarks:
    """A lesson of a trainee."""

    exercises: dict[str, Mark]
    """By id, in the order of the lesson; all of them, blank ones too."""
    said: tuple[str, ...] = ()
    """What was wrong with what was handed in, as sentences."""

    @property
    def points(self) -> float:
        return sum(one.points for one in self.exercises.values())

    @property
    def maximum(self) -> float:
        return sum(one.maximum for one in self.exercises.values())


@dataclass(frozen=True)
class Marks:
    """All of it: lessons by number, by the key of the trainee (crmlab.classroom.collected.Person)."""

    people: dict[str, dict[str, LessonMarks]]
    graded: str = ""
    """When, as an ISO moment."""
    apart: str = ""
    """How the trainees' code was kept from everything else: "bubblewrap", "none" (it ran as the instructor), or "" where none ran."""

    def save(self, folder: Path) -> None:
        """Write it into the folder of a class. Raises ``OSError``."""
        content = {"kind": KIND, "format": FORMAT, **asdict(self)}
        write_atomically(folder / MARKS, json.dumps(content, ensure_ascii=False, indent=1) + "\n")


def load(folder: Path) -> Marks:
    """Read it. Raises ``OSError`` where there is none, ``ValueError`` for anything else."""
    content = json.loads((folder / MARKS).read_text("utf-8"))
    if not isinstance(content, dict) or content.get("kind") != KIND or content.get("format") != FORMAT:
        raise ValueError(MARKS)
    people = {
        key: {
            number: LessonMarks({id: Mark(**one) for id, one in found["exercises"].items()}, tuple(found["said"]))
            for number, found in lessons.items()
        }
        for key, lessons in content["people"].items()
    }
    return Marks(people, content["graded"], content["apart"])
