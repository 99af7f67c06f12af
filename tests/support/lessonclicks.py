"""A lesson in the browser, done by clicks alone: what the tests of both languages share."""

from __future__ import annotations

import importlib
import json
import time
from pathlib import Path
from typing import Any

from crmlab.course import lessons
from crmlab.course.exercise import Exercise
from crmlab.course.exercises import load_lesson
from crmlab.course.form import Choice, Form
from crmlab.course.roleplay import scripts
from crmlab.course.session import answer_literal, worked_code
from crmlab.language import set_language, tr
from tests.support.browser import LessonPage
from tests.support.labserver import LabServer
from tests.support.roleplays import play


def said(text: str, language: str, **values: Any) -> str:
    """A text of the course as the trainee reads it."""
    set_language(language)
    try:
        return tr(text, **values)
    finally:
        set_language(None)


def to_pass() -> list[lessons.Lesson]:
    """The lessons that are passed here; the certificate exam has tests of its own, in tests/browser/test_exam.py."""
    return [lesson for lesson in lessons.every() if lesson.scored and lesson.number != "7.2"]


def path_of(language: str, lesson: lessons.Lesson, edition: str = "notebooks") -> str:
    """A lesson's notebook below the folder of the course."""
    return f"{edition}/{language}/{lesson.unit}/{lesson.slug}.ipynb"


def state_of(lab: LabServer, language: str, lesson: lessons.Lesson) -> Path:
    """Where the answers of a lesson are kept."""
    return (lab.folder / path_of(language, lesson)).with_suffix(".json")


def kept(lab: LabServer, language: str, lesson: lessons.Lesson) -> dict[str, Any]:
    """What is kept of each exercise of a lesson; nothing while there is no file."""
    try:
        return dict(json.loads(state_of(lab, language, lesson).read_text(encoding="utf-8"))["exercises"])
    except FileNotFoundError:
        return {}


def fields(lab: LabServer, language: str, lesson: lessons.Lesson, id: str) -> dict[str, Any]:
    """The answers that are kept of one exercise."""
    return dict(kept(lab, language, lesson).get(id, {}).get("fields", {}))


def right_clicks(made: Exercise, lesson: lessons.Lesson) -> dict[str, Any]:
    """The clicks of the worked edition; for an exercise answered in code there, those of the lesson's tests."""
    literal = answer_literal(worked_code(lesson, made.id))
    if literal is None:
        tests = importlib.import_module(f"tests.lessons.test_{lesson.module.replace('.', '_')}")
        literal = tests.RIGHT[made.id]
    return dict(literal)


def wrong_clicks(made: Exercise, right: dict[str, Any]) -> dict[str, Any]:
    """For each field another answer than the right one."""
    form = made.form()
    assert isinstance(form, Form)
    wrong: dict[str, Any] = {}
    for field in form.fields():
        if isinstance(field, Choice):
            wrong[field.key] = next(value for value, _label in field.options if value != right.get(field.key))
        elif field.key in right and not isinstance(right[field.key], bool):
            wrong[field.key] = 1 if right[field.key] != 1 else 2
    return wrong


def answer_by_clicks(page: LessonPage, language: str, lesson: lessons.Lesson) -> dict[str, float]:
    """Answer every exercise of a lesson that has been run rightly with the mouse; the points that are due, by exercise."""
    exercises = load_lesson(lesson.number)
    for made in exercises:
        page.drawn(made.id)
        right = right_clicks(made, lesson)
        if isinstance(made.form(), scripts.Script):
            play(page, made.id, right["tries"][-1])
        else:
            set_language(language)  # in which the lines to put in order are found
            try:
                page.fill(made, right)
            finally:
                set_language(None)
            page.check(made.id)
            page.expect(made.id, said("Right", language))
        if made.decides:  # the page notices within .2 seconds, and runs what stands below again
            time.sleep(0.5)
            page.ready()
    return {made.id: made.points for made in exercises}


def pass_by_clicks(page: LessonPage, language: str, lesson: lessons.Lesson) -> None:
    """Run the lesson, answer every exercise rightly with the mouse: full points, kept, and nothing sticks out."""
    assert page.errors() == []
    expected = answer_by_clicks(page, language, lesson)
    points: dict[str, Any] = {}

    def all_points() -> bool:
        points.update(
            {id: record.get("points") for id, record in kept(page.lab, language, lesson).items() if id in expected}
        )
        return points == expected

    page.wait(all_points, "not all points are kept", 60, tell=lambda: str(points))
    assert page.strangers() == []
    narrow = page.too_wide(420)
    assert narrow == [], narrow
