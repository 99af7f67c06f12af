"""Lesson 3.5: what is its own in the exercises, by clicking and in code; the numbers that its prose quotes."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pandas as pd

from crmlab import intervals, places
from crmlab.course.exercises import open_lesson
from crmlab.course.exercises.qualification import persuasion
from crmlab.language import tr
from tests.support.answers import live, run

LESSON = "3.5"
MATCHED = {
    "brakes": ("brake", persuasion.HELD),
    "openings": ("open", persuasion.GUESTS),
    "eight-lines": ("line", persuasion.LINES),
    "proof": ("proof", persuasion.CLAIMS),
    "fear-script": ("say", persuasion.SCRIPT),
}
RIGHT: dict[str, dict[str, Any]] = {
    id: {f"{prefix}.{key}": want for key, _text, want, _ask in items} for id, (prefix, items) in MATCHED.items()
}
RIGHT["fear-script"]["better"] = "belt"
RIGHT["the-line"] = {"who": "fetch", "cheap": "alone", "ours": "seat", "good": "belt"}
RIGHT["curtain"] = {"input": "24.40", "low": 45, "high": 74, "may": "try"}
NUMBERS = {"low": [60], "high": [60]}


def test_hints_count_right() -> None:
    counts = {id: Counter(want for _key, _text, want, _ask in items) for id, (_prefix, items) in MATCHED.items()}
    assert counts["brakes"] == {"purse": 1, "use": 1, "guilt": 2, "doubt": 2}
    assert counts["openings"] == {"due": 2, "cheaper": 2, "family": 1, "stop": 1}
    assert set(counts["eight-lines"].values()) == {2}
    assert set(counts["proof"].values()) == {1}
    assert counts["fear-script"] == {"sound": 2, "fear": 2, "shame": 1, "unproved": 1}
    places_of_right = [
        [value for value, _label in options].index(want) for _k, _t, options, want, _a in persuasion.PARTS
    ]
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
    assert "1,400" in {key: text for key, text, _want, _ask in persuasion.SCRIPT}["mean"]


def test_the_lesson_gives_no_line_away() -> None:
    source = (places.lessons() / "3-qualification" / "5-persuasion.md").read_text(encoding="utf-8")
    for _prefix, items in MATCHED.values():
        for _key, text, _want, _ask in items:
            assert text not in source


def test_card(tmp_path: Path, monkeypatch: Any, language: str) -> None:
    monkeypatch.setenv("CRMLAB_STATE", str(tmp_path))
    opened = open_lesson(LESSON)
    empty = persuasion.claim_card()
    assert tr("Your line:") not in empty
    opened.set_fields(persuasion.the_line, {**RIGHT["the-line"], "ours": "best"})
    assert tr("Your line:") not in persuasion.claim_card(), "a line that does not pass is not printed"
    opened.set_fields(persuasion.the_line, RIGHT["the-line"])
    page = persuasion.claim_card()
    assert tr("Your line:") in page
    assert (page.count("<tr>"), page.count("☐")) == (2 + 6, 4)
    assert page.count("<td>") == 5 * 7
    assert ("依据" in page) == (language == "zh")
