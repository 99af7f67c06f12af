"""The outline that the page of a lesson shows is that of the lessons themselves."""

from __future__ import annotations

import pytest

from crmlab.course import lessons, outline
from crmlab.course.bank import exam, quiz
from crmlab.course.exercises import load_lesson
from crmlab.language import LANGUAGES

LOADED = ("1.1", "4.5", exam.LESSON, "8.1")
"""Whose exercises are loaded: without much data, and of every form of cell."""


def test_every_exercise_stands_in_it_under_the_id_of_its_answers() -> None:
    english = outline.of("en")
    assert [one["number"] for one in english["lessons"]] == [one.number for one in outline.there()]
    for shown in english["lessons"]:
        if shown["number"] in LOADED:
            ids = {task["id"] for task in shown["tasks"]}
            made = {one.id for one in load_lesson(shown["number"])}
            assert made <= ids
            assert ids - made <= {quiz.exercise_id(shown["number"]), exam.ID}
        assert sum(task["points"] for task in shown["tasks"]) == shown["points"]
        assert (shown["points"] > 0) == lessons.find(shown["number"]).scored
        assert shown["minutes"] > 0
    assert lessons.find(exam.LESSON).slug in english["review"]["path"]


@pytest.mark.parametrize("language", list(LANGUAGES)[1:])
def test_it_is_the_same_in_every_language(language: str) -> None:
    there, english = outline.of(language), outline.of("en")

    def known(lesson: dict) -> tuple:
        return (
            lesson["number"],
            lesson["points"],
            lesson["minutes"],
            [(t["id"], t["cell"], t["points"]) for t in lesson["tasks"]],
        )

    assert list(map(known, there["lessons"])) == list(map(known, english["lessons"]))
    assert there["review"] == {**english["review"], "path": english["review"]["path"].replace("/en/", f"/{language}/")}
