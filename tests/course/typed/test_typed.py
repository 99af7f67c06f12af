"""A typed line: its points, its sentence, what the trainee says is there."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmlab.course import typed
from crmlab.course.cases import Case
from crmlab.course.form import REASON, TYPED, Line
from crmlab.language import set_language

LINE = Line("reply", ("sympathy", "figure", "fear"))
GOOD = "Forty warm crates at six o'clock: that must have been awful for your guests."


def case(value: Any, line: Line = LINE) -> Case:
    answer = {} if (read := line.read(value)) is None else {"reply": read}
    return typed.case(line, answer, 3)


def test_all_that_is_asked_earns_all() -> None:
    assert case(GOOD).ok
    assert case({"text": GOOD}).ok


def test_nothing_typed_is_open() -> None:
    for value in ("", "   ", None, 7, {"text": ""}, {"claims": {"figure": "it is"}}):
        assert case(value).open


def test_what_is_missing_is_asked_and_the_rest_earns_its_share() -> None:
    found = case("That must have been awful for your guests.")
    assert not found.ok
    assert "number" in found.text()
    assert found.part == pytest.approx(2 / 3)


def test_saying_nothing_earns_nothing() -> None:
    assert case("hm").part == 0


def test_what_should_not_be_there_is_quoted() -> None:
    found = case(GOOD + " Imagine somebody dies in a fire.")
    assert "dies" in found.text()
    assert found.part == pytest.approx(2 / 3)


def test_a_claim_gives_no_points_and_takes_none() -> None:
    text = "The crates came after the guests did."
    for claims in ({"sympathy": "I say how it was"}, {"sympathy": "I say how it was", "figure": "the time"}, {"sympathy": "   "}):
        assert case({"text": text, "claims": claims}).part == case(text).part
    feeling = "That must have been awful."
    claimed = case({"text": feeling, "claims": {"figure": "I give none on purpose"}})
    assert claimed.part == case(feeling).part == pytest.approx(2 / 3), "what was found counts as before"


def test_points_cannot_be_talked_into() -> None:
    for text in ("x", "hm", "it is all there"):
        for line in (LINE, Line("reply", ("sympathy",)), Line("reply", ("fear",))):
            everything = dict.fromkeys(line.criteria, "it is there, believe me")
            assert case({"text": text, "claims": everything}, line).part == case(text, line).part
            assert case({"text": text, "claims": everything}, line).ok == case(text, line).ok


def test_a_claim_is_shown_with_its_reason_to_whoever_leads_the_course() -> None:
    found = case({"text": "That must have been awful.", "claims": {"figure": "one evening is a figure"}})
    assert "one evening is a figure" in found.text()
    assert "That must have been awful." in found.text()
    half = case({"text": "The crates came.", "claims": {"figure": "I count crates"}})
    assert "like for the customer" in half.text(), "what nobody claims is asked first"


def test_chinese_is_looked_through_in_chinese() -> None:
    set_language("zh")
    try:
        assert case("四十箱热啤酒，客人都坐下了，换了谁都着急。").ok
    finally:
        set_language("en")


ANY = st.recursive(st.none() | st.booleans() | st.floats() | st.text(max_size=30), lambda one: st.lists(one, max_size=3) | st.dictionaries(st.text(max_size=8), one, max_size=3), max_leaves=8)


@given(st.fixed_dictionaries({}, optional={"text": st.text(max_size=3000) | ANY, "claims": ANY, "more": ANY}) | ANY)
def test_whatever_was_kept_is_read_without_a_traceback(raw: Any) -> None:
    read = LINE.read(raw)
    found = case(raw)
    assert 0 <= found.part <= 1
    found.text()
    if read is not None:
        assert LINE.read(read) == read
        assert len(read["text"]) <= TYPED
        assert all(len(reason) <= REASON for reason in read["claims"].values())
