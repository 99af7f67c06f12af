"""Break 8.3: which strokes make the line true; what is said to the others."""

from __future__ import annotations

from typing import Any

from crmlab.course.exercises.breaks import one_stroke
from crmlab.language import tr
from tests.support.answers import run

RIGHT: dict[str, dict[str, Any]] = {
    "stroke": {"place": "line.plus1", "number": 545},
    "given-or-added": {"sum": "given", "whole": "added", "labels": "given", "once": "added", "halls": "added"},
}


def test_both_pluses_and_nothing_else() -> None:
    assert "".join(sign for _key, sign in one_stroke.SIGNS) == "5+5+5=550"
    made = {key: one_stroke.becomes(key, one_stroke.TURNED) for key, _sign in one_stroke.SIGNS[:5]}
    assert [key for key, value in made.items() if value == 550] == ["plus1", "plus2"]
    assert one_stroke.becomes("plus1", "+") == 15 != 550


def test_either_plus_will_do_and_each_other_sign_is_answered(language: str) -> None:
    said = set()
    for key, sign in one_stroke.SIGNS:
        given = run("stroke", "8.3", clicks={"place": f"line.{key}", "number": 545})
        assert given.points == (2 if sign == "+" else 1)
        said |= {case.text() for case in given.wrong()}
    assert len(said) == 3
    (case,) = run("stroke", "8.3", clicks={"place": "line.plus2", "number": 555}).wrong()
    assert "555" in case.text()


def test_the_cheap_way_is_named() -> None:
    (case,) = run("stroke", "8.3", clicks={"place": "line.equals", "number": 545}).wrong()
    assert "cheap" in case.text()
    assert "not equal" in case.text()


def test_each_wrong_choice_is_asked_about(language: str) -> None:
    rows = one_stroke.here.rows("given-or-added")
    assert {row["key"]: row["right"] for row in rows} == RIGHT["given-or-added"]
    for row in rows:
        other = "added" if row["right"] == "given" else "given"
        given = run("given-or-added", "8.3", clicks=RIGHT["given-or-added"] | {row["key"]: other})
        (case,) = given.wrong()
        assert given.points == 1.6
        assert case.text().endswith(("?", "？"))
        assert tr(row["text"]) in case.text()
