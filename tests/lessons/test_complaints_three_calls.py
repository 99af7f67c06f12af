"""Lesson 4.5, three calls before lunch: the page that looks back on the trainee's own talks."""

from __future__ import annotations

from html import escape
from pathlib import Path

import pytest

from crmlab import answer, lesson
from crmlab.course.exercises.complaints.three_calls import TALKS, look_back
from crmlab.course.roleplay import scripts
from crmlab.course.yamlfile import said
from crmlab.language import tr
from tests.support.answers import worked

LESSON = "4.5"


@pytest.fixture(autouse=True)
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str) -> None:
    monkeypatch.setenv("CRMLAB_STATE", str(tmp_path))
    lesson(LESSON)


def test_a_page_of_nothing_says_what_to_do() -> None:
    page = look_back()
    assert page.count(tr("not played to an end yet")) == len(TALKS)
    assert tr("Finish a talk above and save this page again: then it shows what you do and what you skip.") in page


def test_it_shows_the_best_talk_what_was_skipped_and_the_own_lines() -> None:
    bad = shortest("wrong-bill", "bad")
    answer("wrong-bill", {"path": bad, "tries": [bad]})
    answer("my-call", {"first": "A <full> house: maddening. What happened?", "last": "Agreed?"})
    page = look_back()
    script = scripts.load("wrong-bill")
    worst = script.play(bad).turning_point()
    assert worst is not None
    assert escape(said(worst.choice["better"])) in page
    assert "A &lt;full&gt; house" in page
    assert "<full>" not in page
    assert tr("A bad ending") in page
    good = worked(LESSON)["wrong-bill"]["path"]
    answer("wrong-bill", {"path": good, "tries": [bad, good]})
    assert tr("A good ending") in look_back()


def test_the_order_of_the_calls_is_that_of_the_settings() -> None:
    """Noon, four, five: what exercise 1 says stands in the scripts, in both languages."""
    for name, times in {"wrong-goods": "noon 中午", "broken-on-arrival": "16:00 16:00", "wrong-bill": "17:00 17:00"}.items():
        setting = scripts.load(name).source["setting"]
        for key, time in zip(("en", "zh"), times.split(), strict=True):
            assert time in setting[key]


def shortest(name: str, ending: str) -> list[int]:
    script = scripts.load(name)
    waiting: list[list[int]] = [[]]
    while waiting:
        path = waiting.pop(0)
        play = script.play(path)
        if play.ended() == ending:
            return path
        if not play.ended():
            waiting += [[*path, number] for number in range(len(script.choices(play.state.node)))]
    raise LookupError(name)
