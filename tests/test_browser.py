"""The course in a real browser: every lesson in both languages, by clicks alone, wrong and right, and after a crash."""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browser import LessonPage, browser
from labserver import LabServer
from roleplays import play

from crmlab.course import catalogue, dialogue, exercise
from crmlab.course.exercise import Exercise
from crmlab.course.form import Choice, Form
from crmlab.course.session import answer_literal, worked_code
from crmlab.language import LANGUAGES, set_language, tr

pytestmark = pytest.mark.browser

LESSONS = [
    pytest.param(language, lesson, id=f"{language}-{lesson.number}")
    for language in LANGUAGES
    for lesson in catalogue.lessons()
    if lesson.number != "7.2"  # the certificate exam has tests of its own, in test_browser_exam.py
]
EACH = pytest.mark.parametrize(("language", "lesson"), LESSONS)


def said(text: str, language: str) -> str:
    """A text of the course as the trainee reads it."""
    set_language(language)
    try:
        return tr(text)
    finally:
        set_language(None)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with browser() as running:
        yield running


def path_of(language: str, lesson: catalogue.Lesson, edition: str = "notebooks") -> str:
    return f"{edition}/{language}/{lesson.unit}/{lesson.slug}.ipynb"


def state_of(lab: LabServer, language: str, lesson: catalogue.Lesson) -> Path:
    return (lab.folder / path_of(language, lesson)).with_suffix(".json")


def points_of(lab: LabServer, language: str, lesson: catalogue.Lesson) -> dict[str, float]:
    content = json.loads(state_of(lab, language, lesson).read_text(encoding="utf-8"))
    return {id: record.get("points", 0.0) for id, record in content["exercises"].items()}


@pytest.fixture
def fresh(lab: LabServer) -> Iterator[LabServer]:
    """The server, with no answers kept from another test."""
    for state in lab.folder.glob("notebooks/*/*/*.json"):
        state.unlink()
    yield lab
    # The kernel of a closed tab lives on: the next test is to begin with a new one.
    import urllib.request

    with urllib.request.urlopen(f"{lab.base}/api/sessions?token={lab.token}") as answer:
        for session in json.load(answer):
            urllib.request.urlopen(
                urllib.request.Request(f"{lab.base}/api/sessions/{session['id']}?token={lab.token}", method="DELETE")
            )


def right_clicks(made: Exercise, lesson: catalogue.Lesson) -> dict[str, Any]:
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


@EACH
def test_a_lesson_is_passed_by_clicks_alone(
    fresh: LabServer, chromium: Any, language: str, lesson: catalogue.Lesson
) -> None:
    page = LessonPage(chromium, fresh, path_of(language, lesson))
    page.run_all()
    assert page.errors() == []
    exercises = exercise.load_lesson(lesson.number)
    expected = {}
    for made in exercises:
        assert page.exercise(made.id).count() == 1, made.id
        right = right_clicks(made, lesson)
        if isinstance(made.form(), dialogue.Script):
            play(page, made.id, right["tries"][-1])
        else:
            page.fill(made, right)
            assert said("Right", language) in page.check(made.id), made.id
        expected[made.id] = made.points
    found = points_of(fresh, language, lesson)
    assert {id: found[id] for id in expected} == expected
    assert page.strangers() == []
    assert too_wide(page) == []
    page.page.close()


def too_wide(page: LessonPage) -> list[str]:
    """What is cut off or sticks out when the window is as narrow as a phone."""
    page.page.evaluate("() => { window.jupyterapp.shell.collapseLeft(); window.jupyterapp.shell.collapseRight(); }")
    page.page.set_viewport_size({"width": 420, "height": 900})
    page.page.wait_for_timeout(700)
    return list(
        page.page.evaluate(
            """() => [...document.querySelectorAll('.crmlab, .crmlab .crmlab-row, .crmlab-panel, .crmlab button')]
              .filter(e => e.offsetParent && e.scrollWidth > e.clientWidth + 2)
              .map(e => e.className + ': ' + e.innerText.slice(0, 60))"""
        )
    )


def first_form(lesson: catalogue.Lesson) -> tuple[Exercise, dict[str, Any]]:
    for made in exercise.load_lesson(lesson.number):
        right = right_clicks(made, lesson)
        if isinstance(made.form(), Form) and len(right) >= 3:
            return made, right
    raise AssertionError("no click exercise")


MAN = catalogue.Lesson("3.2", "3-qualification", "2-man")


@pytest.mark.parametrize("language", LANGUAGES)
def test_wrong_then_right_then_reloaded_then_crashed(fresh: LabServer, chromium: Any, language: str) -> None:
    made, right = first_form(MAN)
    wrong = wrong_clicks(made, right)
    page = LessonPage(chromium, fresh, path_of(language, MAN))
    page.run_all()
    page.expect(made.id, said("Not attempted yet", language))
    page.fill(made, wrong)
    told = page.check(made.id)
    assert said("Not yet right", language) in told
    assert len(told) > 60, "the feedback says more than that it is wrong"
    page.fill(made, right)
    told = page.check(made.id)
    assert said("Right", language) in told
    assert f"{made.points:g}" in told

    def shown() -> dict[str, str]:
        form = made.form()
        assert isinstance(form, Form)
        return {
            field.key: page.field(made.id, field.key).locator("select").input_value()
            for field in form.fields()
            if isinstance(field, Choice) and field.style == "dropdown"
        }

    answers = shown()
    assert answers
    assert "" not in answers.values()
    page.reload()
    page.run_all()
    page.expect(made.id, said("Right", language))
    assert shown() == answers
    page.restart_kernel()
    page.run_all()
    page.expect(made.id, said("Right", language))
    assert shown() == answers
    page.page.close()


def test_kernel_and_browser_killed_in_the_middle(fresh: LabServer, chromium: Any) -> None:
    made, right = first_form(MAN)
    some = dict(list(right.items())[:3])
    page = LessonPage(chromium, fresh, path_of("en", MAN))
    page.run_all()
    page.fill(made, some)
    page.page.wait_for_timeout(500)
    # Neither is asked: the kernel gets SIGKILL, the tab is closed without saving.
    page.page.evaluate(
        """() => { const kernel = window.jupyterapp.shell.currentWidget.context.sessionContext.session.kernel;
           kernel.requestExecute({code: 'import os, signal; os.kill(os.getpid(), 9)'}); }"""
    )
    page.page.wait_for_timeout(300)
    page.page.close(run_before_unload=False)
    again = LessonPage(chromium, fresh, path_of("en", MAN))
    again.run_all()
    kept = json.loads(state_of(fresh, "en", MAN).read_text(encoding="utf-8"))["exercises"][made.id]["fields"]
    assert kept == some
    for key in some:
        assert again.field(made.id, key).locator("select").input_value() != ""
    again.page.close()


def test_two_tabs_do_not_destroy_each_others_answers(fresh: LabServer, chromium: Any) -> None:
    made, right = first_form(MAN)
    keys = list(right)
    half = len(keys) // 2
    one = LessonPage(chromium, fresh, path_of("en", MAN))
    one.run_all()
    two = LessonPage(chromium, fresh, path_of("en", MAN))
    two.run_all()
    one.fill(made, {key: right[key] for key in keys[:half]})
    two.fill(made, {key: right[key] for key in keys[half:]})
    two.page.wait_for_timeout(800)
    kept = json.loads(state_of(fresh, "en", MAN).read_text(encoding="utf-8"))["exercises"][made.id]["fields"]
    assert kept == right
    one.page.close()
    two.page.close()


def test_single_keys_do_not_harm_the_lesson_while_a_widget_has_the_focus(fresh: LabServer, chromium: Any) -> None:
    made, _right = first_form(MAN)
    page = LessonPage(chromium, fresh, path_of("en", MAN))
    page.run_all()
    count = "() => window.jupyterapp.shell.currentWidget.content.widgets.length"
    cells = page.page.evaluate(count)
    quiz = page.exercise("quiz-3.2")
    for target in (page.exercise(made.id).locator("select").first, quiz.locator("input[type=radio]").first):
        target.focus()
        for key in ("d", "d", "x", "a", "b", "m", "y", "r", "z", "0", "0", "i", "i"):
            page.page.keyboard.press(key)
        page.page.wait_for_timeout(200)
        assert page.page.evaluate(count) == cells
    assert page.exercise(made.id).count() == 1
    assert page.page.evaluate(READY_STATUS) == "connected"
    page.page.close()


READY_STATUS = "() => window.jupyterapp.shell.currentWidget.context.sessionContext.session.kernel.connectionStatus"


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_exercise_by_keyboard_alone(fresh: LabServer, chromium: Any, language: str) -> None:
    page = LessonPage(chromium, fresh, path_of(language, MAN))
    page.run_all()
    made = next(one for one in exercise.load_lesson("3.2") if one.id == "quiz-3.2")
    right = right_clicks(made, MAN)
    form = made.form()
    assert isinstance(form, Form)
    page.exercise(made.id).locator("input").first.focus()
    page.fill_by_keyboard(made, right)
    page.check(made.id, keyboard=True)
    page.expect(made.id, said("Right", language))
    page.page.close()


def test_the_chinese_course_has_a_chinese_interface(tmp_path: Path, chromium: Any) -> None:
    with LabServer(tmp_path / "课程", "zh") as lab:
        page = LessonPage(chromium, lab, path_of("zh", catalogue.find("1.1")))
        assert "文件" in page.page.locator(".lm-MenuBar").inner_text()
        assert "全部运行" in page.page.locator("[data-jp-item-name='crmlab-run-all']").inner_text()
        assert page.page.locator(".jp-Notification-Toast, .Toastify__toast").count() == 0
        page.run_all()
        page.page.close()
