"""Lessons in a real browser, passed by clicks alone: every one once (two of them in test_site.py), one of each unit in Chinese, the others in English.

The code of a lesson is the same in both languages (tests/project/test_notebooks.py); what differs by language in the
widgets is tested by the kinds of them, in both, in test_exercises.py and test_accessibility.py.
"""

from __future__ import annotations

import pytest

from crmlab.course import lessons
from tests.browser import test_site
from tests.support.browser import Desk
from tests.support.lessonclicks import pass_by_clicks, path_of, to_pass

pytestmark = pytest.mark.browser

# Passed by clicks in the browser edition, in test_site.py.
ELSEWHERE = {number for _language, number, _width in test_site.LESSONS}
# Of each unit the lesson whose forms and role-plays are of most kinds.
CHINESE = ["1.3", "2.1", "3.4", "4.3", "5.2", "6.3", "7.1", "8.3"]
LESSONS = [("zh" if one.number in CHINESE else "en", one) for one in to_pass() if one.number not in ELSEWHERE]


@pytest.mark.parametrize(
    ("language", "lesson"), [pytest.param(*both, id=f"{both[0]}-{both[1].number}") for both in LESSONS]
)
def test_a_lesson_is_passed_by_clicks_alone(desk: Desk, language: str, lesson: lessons.Lesson) -> None:
    pass_by_clicks(desk.open(path_of(language, lesson)), language, lesson)


def test_a_lesson_of_each_unit_is_passed_in_chinese() -> None:
    assert not ELSEWHERE.intersection(CHINESE)
    assert [lessons.find(number).unit for number in CHINESE] == list(dict.fromkeys(one.unit for one in to_pass()))
