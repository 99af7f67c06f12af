"""Every lesson in Chinese in a real browser: passed by clicks alone. The other language has a file of its own, so that two
workers share the work."""

from __future__ import annotations

from typing import Any

import pytest
from labserver import LabServer
from lessonclicks import lessons, pass_by_clicks

from crmlab.course import catalogue

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("lesson", [pytest.param(one, id=one.number) for one in lessons()])
def test_a_lesson_is_passed_by_clicks_alone(fresh: LabServer, chromium: Any, lesson: catalogue.Lesson) -> None:
    pass_by_clicks(fresh, chromium, "zh", lesson)
