"""Lesson 7.2: what its prose says of the questions whose lessons are not there yet."""

from __future__ import annotations

from pathlib import Path

from crmlab.course import lessons
from crmlab.course.bank import asking, exam

SOURCE = (Path(__file__).resolve().parents[2] / "lessons/7-capstone/2-exam.md").read_text(encoding="utf-8")


def test_only_lessons_that_are_there_are_asked_about() -> None:
    there = {lesson.number for lesson in lessons.every()}
    ahead = {question.lesson for question in asking.bank()} - there
    assert {number for number in ahead if number[0] != "6"} == {"1.2", "1.3", "7.1"}
    assert not any(number.startswith("6.") for number in there)
    assert all(question.lesson in there for seed in range(100) for question in exam.draw(seed))
    assert "1.2, 1.3, unit 6 and 7.1 have their questions already, but no lessons yet" in SOURCE


def test_units_with_few_lessons_have_few_questions() -> None:
    assert exam.blueprint() == {"1": 2, "2": 12, "3": 12, "4": 12, "5": 12}
    assert sum(exam.blueprint().values()) == exam.SIZE
