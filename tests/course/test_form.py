"""Forms read what people type, and nothing else."""

from __future__ import annotations

import json
import math
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmlab.course.form import Choice, Entry, Form, Mark, Order, Row, Slider, Tick, number

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


# -- order, match, mark ----------------------------------------------------------------------------------------------

STEPS = Order("steps", (("ask", "Ask"), ("listen", "Listen"), ("act", "Act")), label="Steps")
BARS = Mark("bar", "bars", bars=(("jan", "January", 1200), ("feb", "February", 0)), unit="GBP")
CELLS = Mark(
    "cell",
    "cells",
    rows=(("A", "A customers"), ("B", "B customers")),
    columns=(("weak", "weak"), ("strong", "strong")),
    texts=(("A.weak", "12"),),
)
NEW = Form((Row("In order?", (STEPS,)), Row("Which bar?", (BARS,)), Row("Which cell?", (CELLS,))))


@pytest.mark.parametrize(
    "raw",
    [["listen", "ask", "act"], ("listen", "ask", "act"), np.array(["listen", "ask", "act"]),
     pd.Series(["listen", "ask", "act"]), pd.Index(["listen", "ask", "act"])],
    ids=lambda raw: type(raw).__name__,
)  # fmt: skip
def test_an_order_is_a_list_of_every_item_once(raw: object) -> None:
    assert STEPS.read(raw) == ["listen", "ask", "act"]
    assert json.dumps(STEPS.read(raw)) == '["listen", "ask", "act"]'


@pytest.mark.parametrize(
    "raw",
    [[], ["ask", "listen"], ["ask", "ask", "act"], ["ask", "listen", "act", "act"], "ask", {"ask": 1}, None, 3,
     ["ask", "listen", 3], ["ask", "listen", None], [["ask"], "listen", "act"], np.array([["ask", "listen", "act"]]),
     np.array(3), pd.DataFrame({"a": ["ask", "listen", "act"]}), {"ask", "listen", "act"}],
    ids=lambda raw: type(raw).__name__,  # the repr of a set differs from one test process to the other
)  # fmt: skip
def test_anything_else_is_no_order(raw: object) -> None:
    assert NEW.clean({"steps": raw}) == {}


@pytest.mark.parametrize("raw", ["mar", "", None, 0, ["jan"], {"jan": 1}, True, "January", "A.weak"])
def test_what_is_no_bar_is_not_marked(raw: object) -> None:
    assert BARS.read(raw) is None


def test_a_cell_is_marked_by_row_and_column() -> None:
    assert CELLS.values() == ["A.weak", "A.strong", "B.weak", "B.strong"]
    assert CELLS.read("B.strong") == "B.strong"
    assert [CELLS.read(raw) for raw in ("B", "strong", "strong.B", "B.strong ", ("B", "strong"))] == [None] * 5


def test_order_and_marks_survive_the_state_file_and_are_said_in_words() -> None:
    answers = NEW.clean({"steps": ("act", "ask", "listen"), "bar": "jan", "cell": "A.weak"})
    assert NEW.clean(json.loads(json.dumps(answers))) == answers
    assert NEW.describe(answers) == [
        ("In order?", "1. Act  2. Ask  3. Listen"),
        ("Which bar?", "January: 1,200 GBP"),
        ("Which cell?", "A customers, weak: 12"),
    ]
    assert NEW.missing({}) == 3
    assert NEW.missing(answers) == 0


def test_reading_does_not_hand_out_what_it_was_given() -> None:
    raw = ["act", "ask", "listen"]
    found = STEPS.read(raw)
    raw.reverse()
    assert found == ["act", "ask", "listen"]


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: Order("o", (("a", "A"),)), "at least two"),
        (lambda: Order("o", (("a", "A"), ("a", "B"))), "twice"),
        (lambda: Mark("m", "bars"), "at least two"),
        (lambda: Mark("m", "bars", bars=(("a", "A", 1), ("b", "B", -1))), "0 or more"),
        (lambda: Mark("m", "bars", bars=(("a", "A", 1), ("b", "B", float("nan")))), "0 or more"),
        (lambda: Mark("m", "cells", rows=(("a", "A"),), columns=(("1", "1"), ("1", "2"))), "twice"),
        (
            lambda: Mark("m", "cells", rows=(("a", "A"),), columns=(("1", "1"), ("2", "2")), texts=(("b.1", "x"),)),
            "no cell 'b.1'",
        ),
    ],
)
def test_an_author_is_told_what_is_wrong_with_a_field(make: Callable[[], object], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        make()
