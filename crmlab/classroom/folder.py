"""The folder of a class on the instructor's computer: where everything about it lies, and its settings.

    class.yml        its settings: name, number, lessons, role-plays, questions, when work is due
    own/             the instructor's own exercises, role-plays and questions
    hand-out/        what trainees get; NAME.zip beside it is the same in one file
    came/            what trainees sent, as it came, in any order; nothing here is ever changed
    collected.json   what was made of it, file by file (crmlab.classroom.collected)
    grading/         nbgrader's own folder: source, submitted, gradebook, graded notebooks
    marks.json       what each trainee earned and answered (crmlab.classroom.marks); marks.csv and marks.xlsx for reading
    report/          pages on the class and on each trainee
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

SETTINGS = "class.yml"
OWN = "own"
HAND_OUT = "hand-out"
CAME = "came"
COLLECTED = "collected.json"
GRADING = "grading"
MARKS = "marks.json"
REPORT = "report"


@dataclass(frozen=True)
class Class:
    """A class as its ``class.yml`` describes it."""

    folder: Path
    name: str
    number: int
    """The number from which follows what lessons make up for this class (crmlab.course.classes)."""
    languages: tuple[str, ...] = ("en",)
    lessons: tuple[str, ...] = ()
    """Numbers of the lessons that are handed out, in order: "2.1", "2.2"."""
    roleplays: tuple[str, ...] = ()
    """Names of the scripts of the course that are handed out beside those of the lessons."""
    draw: int | None = None
    """The seed by which quizzes draw from the bank; ``None`` for the five that each lesson asks."""
    due: str = ""
    """When work is due, an ISO day and time with or without zone, such as 2026-12-01T18:00; empty for no end."""
