"""nbgrader grades a blank, a half right and a right submission, by clicks and in code, with the points expected."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from crmlab import places
from crmlab.course import lessons
from crmlab.course.exercise import judge
from crmlab.course.exercises import load_lesson
from crmlab.course.form import Form
from crmlab.course.session import worked_code

pytestmark = pytest.mark.notebook

ROOT = Path(__file__).resolve().parents[2]
LESSONS = ["2.3", "3.2", "4.2"]


def clicks_of(lesson: lessons.Lesson) -> dict[str, dict[str, Any]]:
    """The right clicks of the lesson's exercises, from the worked edition."""
    from crmlab.course.session import answer_literal

    found = {}
    for made in load_lesson(lesson.number):
        literal = answer_literal(worked_code(lesson, made.id))
        if literal is not None:
            found[made.id] = literal
    return found


def hand_in(folder: Path, who: str, lesson: lessons.Lesson, clicks: dict[str, Any]) -> None:
    """What a trainee hands in: the notebook as it came, and the answers beside it."""
    target = folder / "submitted" / who / lesson.unit
    target.mkdir(parents=True)
    shutil.copy(places.notebooks() / "en" / lesson.unit / f"{lesson.slug}.ipynb", target)
    if clicks:
        content = {
            "format": 1,
            "lesson": lesson.number,
            "exercises": {id: {"fields": one} for id, one in clicks.items()},
        }
        (target / f"{lesson.slug}.json").write_text(json.dumps(content), encoding="utf-8")


def write_code(folder: Path, who: str, lesson: lessons.Lesson) -> list[str]:
    """Put the worked edition's code into the answer cells of a submission; the exercises that are answered so."""
    path = folder / "submitted" / who / lesson.unit / f"{lesson.slug}.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    written = []
    for cell in notebook["cells"]:
        if id := cell["metadata"].get("crmlab", {}).get("answer"):
            cell["source"] = worked_code(lesson, id)
            written.append(id)
    path.write_text(json.dumps(notebook), encoding="utf-8")
    return written


def nbgrader(folder: Path, *arguments: str) -> None:
    environment = {key: value for key, value in os.environ.items() if key != "CRMLAB_STATE"}
    # nbgrader calls alembic by name: it lies beside this Python, which need not be on the path.
    environment["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), environment.get("PATH", "")])
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", *arguments],
        cwd=folder,
        env={**environment, "CRMLAB_LANG": "en", "PYTHONWARNINGS": "ignore"},
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]


def points(folder: Path, who: str, lesson: lessons.Lesson) -> dict[str, float]:
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{folder / 'gradebook.db'}") as book:
        notebook = book.find_submission_notebook(lesson.slug, lesson.unit, who)
        return {grade.name: grade.auto_score for grade in notebook.grades}


@pytest.mark.parametrize("number", LESSONS)
def test_autograde(number: str, tmp_path: Path) -> None:
    lesson = lessons.find(number)
    exercises = {made.id: made for made in load_lesson(number)}
    shutil.copy(ROOT / "deploy" / "grading" / "nbgrader_config.py", tmp_path)
    source = tmp_path / "source" / lesson.unit
    source.mkdir(parents=True)
    shutil.copy(places.notebooks() / "en" / lesson.unit / f"{lesson.slug}.ipynb", source)
    nbgrader(tmp_path, "generate_assignment", lesson.unit)

    right = clicks_of(lesson)
    # Half of the fields of each form, and of the exercises without a form's literal none.
    half: dict[str, Any] = {}
    for id, clicks in right.items():
        if isinstance(exercises[id].form(), Form):
            half[id] = dict(list(clicks.items())[: len(clicks) // 2])
    hand_in(tmp_path, "blank", lesson, {})
    hand_in(tmp_path, "half", lesson, half)
    hand_in(tmp_path, "right", lesson, right)
    coded = write_code(tmp_path, "right", lesson)
    assert set(right) | set(coded) == set(exercises)
    nbgrader(tmp_path, "autograde", lesson.unit)

    names = {id: id.replace(".", "-") for id in exercises}  # nbgrader takes no full stop in a name
    assert points(tmp_path, "blank", lesson) == dict.fromkeys(names.values(), 0.0)
    assert points(tmp_path, "right", lesson) == {names[id]: made.points for id, made in exercises.items()}
    expected = {names[id]: judge(made, half.get(id, {}), clicked=True).points for id, made in exercises.items()}
    assert points(tmp_path, "half", lesson) == expected
    assert 0 < sum(expected.values()) < sum(made.points for made in exercises.values())
