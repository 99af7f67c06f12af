"""What `crmlab class grade` says of marks that somebody was told the last time."""

from __future__ import annotations

from crmlab.classroom.collected import Person
from crmlab.classroom.grading import Result
from crmlab.classroom.marks import LessonMarks, Mark, Marks
from crmlab.cli.class_grade import _changed
from crmlab.language import speaking


def lesson(points: float) -> LessonMarks:
    return LessonMarks({"hear-it": Mark(points, 6.0, "partly right")})


def test_marks_that_are_others_are_named_and_new_ones_are_not() -> None:
    before = {"a": {"2.1": 15.5, "3.2": 4.0}, "gone": {"3.2": 3.0}}
    people = (Person("a", "王芳", "007"), Person("new", "Ben", "8"))
    now = Marks({"a": {"2.1": lesson(1.0), "3.2": lesson(4.0)}, "new": {"2.1": lesson(2.0)}})
    with speaking("en"):
        assert _changed(before, Result(now, people, ())) == [
            "王芳 (a), lesson 2.1: 15.5 points, now 1",
            "- (gone), lesson 3.2: 3 points, now none: nothing of it is in what was collected",
        ]
        assert _changed({}, Result(now, people, ())) == []
