"""Lesson 7.2: what its prose says of the questions whose lessons are not there yet."""

from __future__ import annotations

from pathlib import Path

from crmlab.course import lessons
from crmlab.course.bank import asking, exam

SOURCE = (Path(__file__).resolve().parents[2] / "lessons/7-capstone/2-exam.md").read_text(encoding="utf-8")


def test_questions_that_run_ahead_of_the_lessons() -> None:
    there = {lesson.number for lesson in lessons.every()}
    ahead = {question.lesson for question in asking.bank()} - there
    assert {number for number in ahead if number[0] != "6"} == {"1.2", "1.3", "7.1"}
    assert not any(number.startswith("6.") for number in there)
    counts = [sum(question.lesson in ahead for question in exam.draw(seed)) for seed in range(100)]
    assert (min(counts), max(counts)) == (7, 10)
    assert "some seven to ten of the fifty questions run ahead of the lessons. 1.2, 1.3, unit 6 and 7.1" in SOURCE
