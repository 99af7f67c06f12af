"""No script of the course can be won without reading it."""

from __future__ import annotations

from pathlib import Path

import pytest

from crmlab.course.bank import exam_talk
from crmlab.course.roleplay import scripts, tells
from crmlab.course.roleplay.scripts import Script
from crmlab.language import LANGUAGES

SCRIPTS = [pytest.param(path, id=path.stem) for path in (*scripts.files(), *exam_talk.files())]
WORDS = ("a question", "no question", "sorry", "please, thank you", "I understand")
each = pytest.mark.parametrize("path", SCRIPTS)
in_each_language = pytest.mark.parametrize("language", sorted(LANGUAGES))


@each
@in_each_language
def test_a_habit_ends_well_no_oftener_than_chance(path: Path, language: str) -> None:
    found = tells.table(scripts.load(path), language)
    chance = found["at random"].good
    lucky = {habit: round(one.good, 2) for habit, one in found.items() if one.good > chance + tells.MARGIN}
    assert not lucky, f"chance ends well in {chance:.0%}"


@each
@in_each_language
def test_no_kind_of_words_is_safe(path: Path, language: str) -> None:
    found = tells.table(scripts.load(path), language)
    chance = found["at random"].bad
    safe = {habit: round(found[habit].bad, 2) for habit in WORDS if found[habit].bad < chance - 0.2}
    assert not safe, f"chance ends badly in {chance:.0%}"


def test_shares_add_up_and_are_those_of_all_talks() -> None:
    """Against talks that are tried one by one, weighed by how many choices there were at each step."""
    script = scripts.load("late-delivery")
    found = tells.luck(script, "at random")
    assert found.good + found.fair + found.bad == pytest.approx(1)
    by_hand = dict.fromkeys(("good", "fair", "bad"), 0.0)
    waiting: list[tuple[scripts.State, float]] = [(script.first(), 1.0)]
    while waiting:
        state, share = waiting.pop()
        choices = script.choices(state.node)
        if not choices:
            by_hand[script.node(state.node)["ending"]] += share
        waiting += [(script.take(state, one), share / len(choices)) for one in choices]
    assert (found.good, found.fair, found.bad) == pytest.approx(tuple(by_hand.values()))


def test_a_script_that_can_be_won_by_its_question_marks_is_found() -> None:
    ask = {"text": {"en": "What happened?", "zh": "怎么回事？"}, "to": "well"}
    tell = {"text": {"en": "Not my department.", "zh": "不归我管。"}, "to": "gone"}
    nodes = {"start": {"choices": [tell, ask]}, "well": {"ending": "good"}, "gone": {"ending": "bad"}}
    script = Script("sample", {"start": "start", "mood": 2, "trust": 2, "nodes": nodes})
    for language in LANGUAGES:
        found = tells.table(script, language)
        assert found["at random"].good == 0.5
        assert (found["a question"].good, found["no question"].bad) == (1, 1)
        assert (found["the first"].good, found["the last"].good) == (0, 1)
        assert found["sorry"].good == 0.5, "where no line has it, the habit does not help"
