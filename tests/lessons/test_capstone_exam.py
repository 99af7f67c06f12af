"""The certificate exam over all lessons: which are asked about, and how much of each unit."""

from __future__ import annotations

from crmlab.course import lessons
from crmlab.course.bank import asking, exam


def test_every_lesson_but_breaks_own_files_and_exam_is_asked_about() -> None:
    there = {lesson.number for lesson in lessons.every()}
    assert {question.lesson for question in asking.bank()} == {number for number in there if number[0] not in "89"} - {"7.2"}


def test_only_lessons_that_are_there_are_asked_about(monkeypatch) -> None:
    less = tuple(lesson for lesson in lessons.of_course() if lesson.unit_number != "6")
    monkeypatch.setattr(lessons, "of_course", lambda: less)
    assert "6" not in exam.blueprint()
    assert all(question.unit != "6" for seed in range(20) for question in exam.draw(seed))


def test_the_heart_of_the_course_has_most_questions() -> None:
    assert exam.blueprint() == {"1": 4, "2": 10, "3": 10, "4": 10, "5": 10, "6": 4, "7": 2}
    assert sum(exam.blueprint().values()) == exam.SIZE
