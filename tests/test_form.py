"""Forms read what people type, and nothing else."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmlab.course.form import Choice, Entry, Form, Row, Slider, Tick, number

READ = {
    "80": 80, " 80 ": 80, "80%": 80, "80 %": 80, "1,234.5": 1234.5, "1,234": 1234, "74,6": 74.6, "74,65": 74.65,
    "1,234,567": 1234567, "-3": -3, "−3": -3, "£1,200": 1200, "¥3800": 3800, "８０": 80, "７４．６％": 74.6, "1e3": 1000,
    "1 234": 1234, "1'234": 1234, ".5": 0.5,
}  # fmt: skip


@pytest.mark.parametrize(("text", "meant"), READ.items())
def test_a_number_is_read_as_it_was_meant(text: str, meant: float) -> None:
    assert number(text) == meant


@pytest.mark.parametrize(
    "raw", ["", " ", "dozens", "1.2.3", "--3", "nan", "inf", "１２月", None, True, float("nan"), [], 3j, "1" * 400]
)
def test_what_is_no_number_is_none(raw: object) -> None:
    assert number(raw) is None


@pytest.mark.parametrize("raw", [3, 3.0, np.int64(3), np.float32(3), np.float64(3)])
def test_numpy_numbers_are_numbers(raw: object) -> None:
    assert number(raw) == 3.0
    assert type(number(raw)) is float


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e12, max_value=1e12))
def test_what_was_shown_can_be_typed_in_again(value: float) -> None:
    for text in (repr(value), f"{value:,.4f}"):
        found = number(text)
        assert found is not None
        assert math.isclose(found, float(text.replace(",", "")))


FORM = Form(
    (
        Row("Two?", (Choice("a", (("1", "one"), ("2", "two")), label="first"), Entry("b", "second", "%"))),
        Row("Slide?", (Slider("c", "third", 0, 10, 1, 5),)),
        Row("Tick?", (Tick("d", "fourth"),)),
    )
)


def test_clean_keeps_what_fits_and_drops_the_rest() -> None:
    raw = {"a": "2", "b": "7,5", "c": 11, "d": "yes", "e": 1, 3: 4}
    assert FORM.clean(raw) == {"a": "2", "b": 7.5}
    assert FORM.clean("a") == {}


def test_cleaning_twice_changes_nothing() -> None:
    once = FORM.clean({"a": "1", "b": 3, "c": 4.0, "d": True})
    assert FORM.clean(once) == once


def test_describe_says_it_in_words() -> None:
    lines = FORM.describe({"a": "2", "b": 7.5, "d": True})
    assert lines == [("Two?", "first: two · second: 7.5 %"), ("Slide?", ""), ("Tick?", "fourth")]


def test_missing_counts_rows() -> None:
    assert FORM.missing({}) == 3
    assert FORM.missing({"a": "1", "b": 2.0, "c": 3.0}) == 1
