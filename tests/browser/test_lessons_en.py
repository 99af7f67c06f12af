"""Every lesson in English in a real browser: passed by clicks alone. The other language has a file of its own, so that two
workers share the work."""

from __future__ import annotations

from typing import Any

import pytest

from crmlab.course import lessons
from tests.support.labserver import LabServer
from tests.support.lessonclicks import pass_by_clicks, to_pass

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("lesson", [pytest.param(one, id=one.number) for one in to_pass()])
def test_a_lesson_is_passed_by_clicks_alone(fresh: LabServer, chromium: Any, lesson: lessons.Lesson) -> None:
    pass_by_clicks(fresh, chromium, "en", lesson)
