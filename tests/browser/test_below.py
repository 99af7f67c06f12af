"""What stands below an exercise that decides it is run again by the page once it is checked: the firm of a class, a plan's quarter."""

from __future__ import annotations

import pytest

from crmlab import firm
from crmlab.course import classes, lessons
from crmlab.course.exercises import load_lesson
from crmlab.course.exercises.capstone import quarter
from tests.support.browser import Desk
from tests.support.lessonclicks import path_of, said

pytestmark = pytest.mark.browser

TALL = 12_000
"""JupyterLab does not draw what is scrolled far away: high enough for all of it."""


def test_another_class_and_a_plan_change_what_stands_below_them_once_they_are_checked(desk: Desk) -> None:
    lesson = lessons.find("7.1")
    made = {one.id: one for one in load_lesson(lesson.number)}
    alone, theirs = (firm.make(classes.seed(number)) for number in (classes.ALONE, 4711))
    page = desk.open(path_of("zh", lesson), height=TALL)

    def cells(text: str) -> int:
        return page.page.locator("td, th").get_by_text(text, exact=True).count()

    page.wait(lambda: cells(alone.name_zh) == 1, "the firm of those who learn alone is not shown")
    six = page.exercise("which-stage").inner_text()
    page.fill(made["your-firm"], {"code": 4711, "bet": "van"})
    page.settle()
    assert cells(alone.name_zh) == 1  # nothing changes while it is typed
    page.check("your-firm")
    page.wait(lambda: cells(theirs.name_zh) == 1 and cells(alone.name_zh) == 0, "the firm is not that of the class")
    page.ready()
    assert page.exercise("which-stage").inner_text() != six

    not_yet = said(quarter.not_yet()["July to September"], "zh")
    page.wait(lambda: cells(not_yet) == 4, "the quarter is told before a plan is handed in")
    page.fill(made["my-plan"], quarter.clicks_of(firm.careful(theirs)))
    page.settle()
    assert cells(not_yet) == 4
    page.check("my-plan")
    page.expect("my-plan", said("Right", "zh"))
    page.wait(
        lambda: cells(not_yet) == 0 and cells(said("your plan", "zh")) == 2, "the quarter does not follow the plan"
    )
    page.ready()
    assert page.errors() == []
