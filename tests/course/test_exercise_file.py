"""What a file of exercises may hold, and what comes of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from crmlab.course import exercise_check, exercise_form, hooks
from crmlab.course.form import Answers
from crmlab.course.hooks import Numbers, Right

OWN_LINES = """
options: {answers: {like: {en: like it, zh: 喜欢}, live: {en: live with it, zh: 能忍受}}}
texts: {look: {en: "You marked {got}: {hint}", zh: "你标的是{got}：{hint}"}}
exercises:
  - id: sheets
    points: 2
    title: {en: Sheets, zh: 问卷}
    hints: [{en: Look., zh: 看。}]
    praise: {en: Right., zh: 对。}
    quote: true
    fields:
      cell: {rows: answers, columns: answers, right: like.live, wrong: {turned: {en: Turned., zh: 反了。}, else: look}}
      meaning:
        ask: {en: "So {who} ...", zh: "所以，{who}……"}
        options: {joy: {en: is glad, zh: 高兴}, none: {en: does not mind, zh: 无所谓}}
        right: joy
        wrong: {en: Why?, zh: 为什么？}
    rows:
      - {key: app, ask: {en: An app, zh: 应用}, who: {en: Ms Fang, zh: 方女士}}
"""


@pytest.fixture
def content_of(tmp_path: Path) -> Any:
    def read(text: str) -> Any:
        path = tmp_path / "9-x.exercises.yml"
        path.write_text(text, encoding="utf-8")
        return exercise_check.read(path)

    return read


@pytest.fixture
def own_lines(content_of: Any, monkeypatch: pytest.MonkeyPatch) -> hooks.Lesson:
    """A lesson of its own with the exercise above, whose right cell stands in the file and whose slip Python finds."""
    content, faults = content_of(OWN_LINES)
    assert faults == []
    monkeypatch.setattr(hooks, "_hooked", {})
    here = hooks.Lesson("0.0")
    here.content = content
    monkeypatch.setattr(hooks, "of", lambda number: here)

    def slip(answers: Answers) -> str:
        return "turned" if answers["app.cell"] == "live.like" else ""

    here.numbers("sheets")(lambda: Numbers(right={"app.cell": Right(slip=slip, words={"hint": "left"})}))
    return here


def test_a_field_that_asks_begins_a_line_of_its_own(own_lines: hooks.Lesson) -> None:
    form = exercise_form.form(own_lines, own_lines.content["exercises"][0])
    shown = [(row.prompt, row.quote, [field.key for field in row.fields]) for row in form.rows]
    assert shown == [("An app", True, ["app.cell"]), ("So Ms Fang ...", False, ["app.meaning"])]


def test_python_finds_the_slip_and_the_file_says_what_is_right(own_lines: hooks.Lesson) -> None:
    said = {}
    for cell in ("like.live", "live.like", "like.like"):
        case = next(exercise_form.judged("0.0", "sheets", {"app.cell": cell, "app.meaning": "joy"}))
        said[cell] = case.ok or case.text()
    assert said == {"like.live": True, "live.like": "Turned.", "like.like": "You marked like it, like it: left"}


def test_lists_by_name_know_their_values(content_of: Any) -> None:
    _content, faults = content_of(OWN_LINES.replace("like.live", "like.lives"))
    assert [fault.line for fault in faults] == [12]
    assert "like.live, live.like" in faults[0].text


def test_where_nobody_asks_anything(content_of: Any) -> None:
    _content, faults = content_of(OWN_LINES.replace("ask: {en: An app, zh: 应用}, ", ""))
    assert len(faults) == 1
    assert "ask" in faults[0].text
