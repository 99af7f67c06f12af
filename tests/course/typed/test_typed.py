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


def test_one_claim_with_a_reason_counts_and_no_second() -> None:
    text = "The crates came after the guests did."
    assert case({"text": text, "claims": {"sympathy": "I say how it was"}}).part > case(text).part
    both = {"text": text, "claims": {"sympathy": "I say how it was", "figure": "the time of the guests"}}
    assert not case(both).ok
    assert case({"text": text, "claims": {"sympathy": "   "}}).part == case(text).part


def test_a_claim_for_what_was_found_takes_no_place() -> None:
    only = {"text": "That must have been awful.", "claims": {"sympathy": "there", "figure": "I give none on purpose"}}
    assert case(only).ok


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
