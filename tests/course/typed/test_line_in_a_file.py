"""A sentence to be typed, in a file of exercises."""

from __future__ import annotations

from pathlib import Path

import pytest

from crmlab.course import exercise, exercise_form, exercise_load, exercise_numbers, hooks, lessons
from crmlab.course.form import Form, Line
from crmlab.course.hooks import Lesson

FILE = """exercises:
  - id: reply
    points: 2
    title: {en: Your line, zh: 你的话}
    hints: [{en: Look at the customer., zh: 看着客户。}]
    praise: {en: All there., zh: 都有了。}
    ask: {en: "The room is wrong.", zh: 房间错了。}
    fields:
      line:
        line: [sympathy, figure]
        models: [{en: "The wrong room: that hurts.", zh: 房间错了，换谁都着急。}]
"""


def faults(tmp_path: Path, text: str) -> list[str]:
    path = tmp_path / "1-sample.exercises.yml"
    path.write_text(text, encoding="utf-8")
    return list(map(str, exercise_numbers.faults(path)))


def in_a_lesson(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lesson:
    """The file as that of a lesson."""
    monkeypatch.setattr(hooks, "_hooked", {})
    path = tmp_path / "1-sample.exercises.yml"
    path.write_text(FILE, encoding="utf-8")
    here = Lesson("0.1")
    here.content = exercise_load.load(path)
    monkeypatch.setattr(hooks, "of", lambda _lesson: here)
    monkeypatch.setattr(exercise_numbers.lessons, "find", lambda _name: lessons.Lesson("0.1", "0-none", "1-sample"))
    return here


def test_it_is_asked_and_judged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hooks, "_hooked", {})
    here = in_a_lesson(tmp_path, monkeypatch)
    assert faults(tmp_path, FILE) == []
    made = exercise_form.made(here, here.content["exercises"][0])
    form = made.form()
    assert isinstance(form, Form)
    (field,) = form.fields()
    assert isinstance(field, Line)
    assert field.models == ("The wrong room: that hurts.",)
    half = exercise.judge(made, {"line": "The wrong room: that hurts."}, clicked=True)
    assert half.points == 1
    assert "number" in half.wrong()[0].text()
    assert exercise.judge(made, {"line": {"text": "The wrong room: that hurts. Room 12 is ready in 10 minutes."}}, clicked=True).points == 2
    assert exercise.judge(made, {"line": " "}, clicked=True).points == 0


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("[sympathy, figure]", "[sympaty, figure]", "Did you mean “sympathy”?"),
        ("[sympathy, figure]", "sympathy", "should be a list"),
        ("[sympathy, figure]", "[]", "should be a list"),
        (", zh: 房间错了，换谁都着急。}]", "}]", "zh"),
        ("        models", "        wrong: {en: No., zh: 不。}\n        unit", "unit"),
    ],
)
def test_a_mistake_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, old: str, new: str, says: str) -> None:
    in_a_lesson(tmp_path, monkeypatch)
    found = faults(tmp_path, FILE.replace(old, new))
    assert any(says in one for one in found), found
