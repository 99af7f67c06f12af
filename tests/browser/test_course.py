"""A lesson in a real browser: wrong and right answers, after a reload and a restart, in two tabs, by keyboard alone.

What a lesson does when it is opened, and when Python or the network stops: test_opening.py.

Every lesson is passed by clicks in test_lessons.py; every kind of exercise is answered in both languages, by mouse and by
keyboard, in test_exercises.py.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from crmlab.course import lessons
from crmlab.course.exercise import Exercise
from crmlab.course.exercises import load_lesson
from crmlab.course.form import Choice, Form
from tests.support.browser import Desk, LessonPage
from tests.support.labserver import LabServer
from tests.support.lessonclicks import fields, path_of, right_clicks, said, wrong_clicks

pytestmark = pytest.mark.browser

MAN = lessons.Lesson("3.2", "3-qualification", "2-man")


def first_form(lesson: lessons.Lesson) -> tuple[Exercise, dict[str, Any]]:
    """The first exercise of a lesson with at least three fields, and its right clicks."""
    for made in load_lesson(lesson.number):
        right = right_clicks(made, lesson)
        if isinstance(made.form(), Form) and len(right) >= 3:
            return made, right
    raise AssertionError("no click exercise")


def test_wrong_then_right_then_reloaded_then_restarted(desk: Desk) -> None:
    made, right = first_form(MAN)
    wrong = wrong_clicks(made, right)
    page = desk.open(path_of("en", MAN))
    page.expect(made.id, said("Not attempted yet", "en"))
    page.fill(made, wrong)
    page.check(made.id)
    page.expect(made.id, said("Not yet right", "en"))
    assert len(page.told(made.id).inner_text()) > 60, "the feedback says more than that it is wrong"
    page.fill(made, right)
    page.check(made.id)
    page.expect(made.id, said("Right", "en"))
    page.expect(made.id, f"{made.points:g}")

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
    page.expect(made.id, said("Right", "en"))
    assert shown() == answers
    page.restart_kernel()
    page.expect(made.id, said("Right", "en"))
    assert shown() == answers


def test_answers_that_cannot_be_saved_say_so_until_they_are(desk: Desk) -> None:
    made, right = first_form(MAN)
    first, second, *rest = right
    answers = desk.lab.folder / "notebooks" / "en" / MAN.unit / f"{MAN.slug}.json"
    page = desk.open(path_of("en", MAN))
    page.fill(made, {first: right[first]})
    page.wait(lambda: fields(desk.lab, "en", MAN, made.id) == {first: right[first]}, "the first answer is not kept")
    answers.unlink()
    answers.mkdir()  # not even root can write there
    try:
        page.fill(made, {second: right[second]})
        page.expect(made.id, "cannot be saved")
        page.check(made.id)
        page.expect(made.id, said("Partly right", "en"))
        page.expect(made.id, "cannot be saved")
        page.expect("quiz-3.2", "cannot be saved")
    finally:
        answers.rmdir()
    page.fill(made, {key: right[key] for key in rest})
    page.wait(lambda: fields(desk.lab, "en", MAN, made.id) == right, "not all is on disk when there is room again")
    page.check(made.id)
    page.expect(made.id, said("Right", "en"))
    assert "cannot be saved" not in page.told(made.id).inner_text()
    assert "cannot be saved" not in page.told("quiz-3.2").inner_text()


def test_two_tabs_do_not_destroy_each_others_answers(fresh: LabServer, chromium: Any) -> None:
    made, right = first_form(MAN)
    keys = list(right)
    half = len(keys) // 2
    one = LessonPage(chromium, fresh, path_of("en", MAN))
    two = LessonPage(chromium, fresh, path_of("en", MAN))
    one.fill(made, {key: right[key] for key in keys[:half]})
    two.fill(made, {key: right[key] for key in keys[half:]})
    two.wait(
        lambda: fields(fresh, "en", MAN, made.id) == right,
        "not all is kept",
        tell=lambda: str(fields(fresh, "en", MAN, made.id)),
    )
    one.page.close()
    two.page.close()


def test_single_keys_do_not_harm_the_lesson_while_a_widget_has_the_focus(desk: Desk) -> None:
    made, _right = first_form(MAN)
    page = desk.open(path_of("en", MAN))
    count = "() => window.crmlabLesson.panel.content.widgets.length"
    cells = page.page.evaluate(count)
    quiz = page.exercise("quiz-3.2")
    for target in (page.exercise(made.id).locator("select").first, quiz.locator("input[type=radio]").first):
        target.focus()
        for key in ("d", "d", "x", "a", "b", "m", "y", "r", "z", "0", "0", "i", "i"):
            page.page.keyboard.press(key)
        # What a key does in JupyterLab is done before the page answers; what it sends to the kernel, when that is idle.
        page.settle()
        assert page.page.evaluate(count) == cells
    assert page.exercise(made.id).count() == 1
    assert page.page.evaluate(READY_STATUS) == "connected"


READY_STATUS = "() => window.crmlabLesson.kernel.connectionStatus"


def test_a_quiz_by_keyboard_alone(desk: Desk) -> None:
    page = desk.open(path_of("en", MAN))
    made = next(one for one in load_lesson("3.2") if one.id == "quiz-3.2")
    right = right_clicks(made, MAN)
    form = made.form()
    assert isinstance(form, Form)
    page.drawn(made.id)
    page.exercise(made.id).locator("input").first.focus()
    page.fill_by_keyboard(made, right)
    page.check(made.id, keyboard=True)
    page.expect(made.id, said("Right", "en"))


def test_jupyterlab_is_there_for_those_who_ask_for_it(tmp_path: Path, chromium: Any) -> None:
    """And speaks the language of the course."""
    with LabServer(tmp_path / "课程", "zh", "--lab") as lab:
        page = chromium.new_page()
        page.goto(lab.url)
        page.locator(".lm-MenuBar", has_text="文件").wait_for()
        page.locator("[data-jp-item-name='crmlab-run-all']", has_text="全部运行").wait_for()
        assert page.locator(".jp-Notification-Toast, .Toastify__toast").count() == 0
        assert page.evaluate("() => document.body.dataset.crmlab") is None
        page.close()
