"""Lesson 3.5: what is its own in the exercises, by clicking and in code; the numbers that its prose quotes."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pandas as pd

from crmlab import intervals, places
from crmlab.course.exercises import open_lesson
from crmlab.course.exercises.qualification import persuasion
from crmlab.course.form import Choice
from tests.support.answers import live, run, worked

LESSON = "3.5"
RIGHT: dict[str, dict[str, Any]] = {
    **worked(LESSON),
    "curtain": {"input": "24.40", "low": 45, "high": 74, "may": "try"},
}
NUMBERS = {"low": [60], "high": [60]}


def test_hints_count_right() -> None:
    def counts(id: str) -> Counter[str]:
        return Counter(row["right"] for row in persuasion.here.rows(id))

    assert counts("brakes") == {"purse": 1, "use": 1, "guilt": 2, "doubt": 2}
    assert counts("openings") == {"due": 2, "cheaper": 2, "family": 1, "stop": 1}
    assert list(counts("eight-lines").values()) == [2] * 4
    assert list(counts("proof").values()) == [1] * 5
    assert counts("fear-script") == {"sound": 2, "fear": 1, "shame": 1, "unproved": 1}
    parts = [field for field in persuasion.here.fields("the-line") if isinstance(field, Choice)]
    places_of_right = [
        [value for value, _label in field.options].index(RIGHT["the-line"][field.key]) for field in parts
    ]
    assert len(places_of_right) == 4
    assert len(set(places_of_right)) > 1


def test_the_line_is_put_together_below_the_form(language: str) -> None:
    shown = live("the-line", LESSON)
    (line,) = shown({"ours": "seat"})
    assert line.count("...") == 3
    assert "25" in line
    (whole,) = shown(RIGHT["the-line"])
    assert "..." not in whole
    assert "21" in whole


def test_the_hearing_test() -> None:
    low, high = intervals.wilson(24, 40)
    assert [f"{end:.0%}" for end in (low, high)] == ["45%", "74%"]
    assert low < 0.5 < high
    assert low < 0.4 + 0.6 / 2 < high, "four in ten hear it, the others guess"
    assert intervals.wilson(26, 40)[0] < 0.5 < intervals.wilson(27, 40)[0]
    assert run("curtain", LESSON, code=(low, high)).points == 3
    assert run("curtain", LESSON, code=[45, 74]).points == 3
    assert run("curtain", LESSON, code=...).state == "blank"
    other = run("curtain", LESSON, code=intervals.wilson(24, 60))
    assert other.points == 0
    assert "interval" in other.wrong()[0].text()
    for junk in (7, "text", [1], pd.DataFrame(), object(), ("a", "b")):
        assert run("curtain", LESSON, code=junk).state == "unreadable"


def test_numbers_of_the_case() -> None:
    source = (places.lessons() / "3-qualification" / "5-persuasion.md").read_text(encoding="utf-8")
    for text in (
        "3,800 yuan",
        "2,400",
        "weighs 21 kilos",
        "up to 25 kg",
        "earns 700 yuan",
        "300 on the cheap",
        "400 yuan less",
    ):
        assert text in source


def test_the_lesson_gives_no_line_away() -> None:
    source = (places.lessons() / "3-qualification" / "5-persuasion.md").read_text(encoding="utf-8")
    for id in ("brakes", "openings", "eight-lines", "proof", "fear-script"):
        rows = persuasion.here.rows(id)
        assert rows
        for row in rows:
            assert (row["said"] if id == "fear-script" else row["ask"]) not in source


def test_card(tmp_path: Path, monkeypatch: Any, language: str) -> None:
    monkeypatch.setenv("CRMLAB_STATE", str(tmp_path))
    opened = open_lesson(LESSON)
    mine = {"en": "Your line:", "zh": "你的话："}[language]
    assert mine not in persuasion.claim_card()
    opened.set_fields(persuasion.here["the-line"], {**RIGHT["the-line"], "ours": "best"})
    assert mine not in persuasion.claim_card(), "a line that does not pass is not printed"
    opened.set_fields(persuasion.here["the-line"], RIGHT["the-line"])
    page = persuasion.claim_card()
    assert mine in page
    assert (page.count("<tr>"), page.count("☐")) == (2 + 6, 4)
    assert page.count("<td>") == 5 * 7
    assert ("依据" in page) == (language == "zh")
