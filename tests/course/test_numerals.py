"""Numbers as people type them: understood, or said not to be; never something else without a word."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmlab.course import exercise, numerals, panel
from crmlab.course.bank import asking, files, review
from crmlab.course.cases import close
from crmlab.course.exercise import BLANK, UNREADABLE, Exercise
from crmlab.course.form import Entry, Form, Row
from crmlab.course.session import Session
from crmlab.course.state import Store
from crmlab.language import Words, set_language

MEANT = {
    "0,734": 0.734, "0,7339": 0.7339, "1.234,56": 1234.56, "1,234.56": 1234.56, "1234,567": 1234.567, "1,0000": 1.0,
    "1.234.567,8": 1234567.8, "1,234,567": 1234567, "12,5": 12.5, ",5": 0.5, "1 234,5": 1234.5, "1'234.5": 1234.5,
    "–0.8": -0.8, "−0.8": -0.8, "—0.8": -0.8, "－０．８": -0.8, "- 0.8": -0.8, "０．７３": 0.73, "0。73": 0.73, "0.73。": 0.73,
    "5\u00a0000": 5000, "5\u2009000": 5000, "5\u202f000,5": 5000.5, "\u200b5\ufeff": 5, "½": 0.5, "1½": 1.5, "−¾": -0.75,
    "¥5": 5, "￥5": 5, "5元": 5, "-¥5": -5, "5万": 50000, "5万元": 50000, "1.5亿": 150000000, "0.73分": 0.73, "0.73 分": 0.73, "٣": 3,
}  # fmt: skip
NOT_UNDERSTOOD = (
    "12,34,567", "0,123,456", "12 34", "1,234,56", "1.2.3", "2/3", "3–5", "5-", "--3", "5²", "①", "0.73x", "1e999", "9" * 400,
    "nan", "(5)", "~5", "三十", "½½", "1.5½", "=1+1", "1024x24",
)  # fmt: skip


@pytest.mark.parametrize(("text", "meant"), MEANT.items())
def test_what_can_only_be_meant_one_way_is_read_so(text: str, meant: float) -> None:
    assert numerals.read(text, units=["分"]).value == pytest.approx(meant, rel=1e-12)


@pytest.mark.parametrize("text", NOT_UNDERSTOOD)
def test_what_is_not_understood_is_said(text: str) -> None:
    found = numerals.read(text)
    assert found.value is None
    assert "not understood" in found.said


def test_a_comma_that_may_be_either_is_asked_with_both_readings() -> None:
    for near in (None, 1.2, 0.0, 50):
        found = Entry("n", "Number", near=near).unread("-1,234")
        assert "-1234" in found
        assert "-1.234" in found
    assert Entry("n", "Number", near=900).read("1,234") == 1234
    assert Entry("n", "Number", near=4060892.45).read("4,060,892.45") == 4060892.45


def test_percent_where_none_is_asked_is_asked() -> None:
    index, share = Entry("c", "c"), Entry("s", "Share", "%")
    assert index.read("73%") is None
    assert "73" in index.unread("73%")
    assert "0.73" in index.unread("73%")
    assert share.read("73％") == 73


def test_digits_of_a_unit_are_no_part_of_it() -> None:
    assert Entry("n", "Number", "after 24 months").read("1024") == 1024


def test_the_unit_counts_in_either_language() -> None:
    days = Entry("n", "Number", Words({"en": "days", "zh": "天"}))
    assert days.read("3 days") == days.read("3天") == 3
    assert Entry("n", "Number", Words({"en": "ten thousand yuan", "zh": "万元"})).read("5万") == 5


def asked(**more: Any) -> Exercise:
    return Exercise(
        "n", "0.0", 2, "N", lambda answer: iter([close(answer, "a", 0.7339, "You have {got}.", tolerance=1e-4), close(answer, "b", 3, "No.", tolerance=0)]),
        make_form=lambda: Form((Row("N?", (Entry("a", "A", "分", 0.7339), Entry("b", "B", "", 3))),)), **more,
    )  # fmt: skip


def test_an_answer_that_is_not_understood_is_never_called_not_attempted() -> None:
    found = exercise.judge(asked(), {"a": "0.73x"}, clicked=True)
    assert found.state == UNREADABLE
    assert "0.73x" in panel.feedback(found)
    half = exercise.judge(asked(), {"a": "0.73x", "b": "3"}, clicked=True)
    assert half.points == 1
    assert "0.73x" in panel.feedback(half)
    assert exercise.judge(asked(), {"a": "  "}, clicked=True).state == BLANK
    assert exercise.judge(asked(), {"a": "0,7339分", "b": "３"}, clicked=True).points == 2


def test_what_is_not_understood_costs_no_try() -> None:
    session = Session(None, Store(None), [asked()])  # type: ignore[arg-type]
    work = session.work(asked())
    work.set_field("a", "1/2")
    assert work.check().state == UNREADABLE
    assert "tries" not in session.store.record("n")


def test_the_box_shows_what_was_typed_when_the_lesson_is_opened_again() -> None:
    from crmlab.course.widgets.form import FormView

    made, store = asked(), Store(None)
    form = made.form()
    assert isinstance(form, Form)

    def boxes() -> list[Any]:
        found: list[Any] = []

        def walk(widget: Any) -> None:
            if type(widget).__name__ == "Text":
                found.append(widget)
            for child in getattr(widget, "children", ()):
                walk(child)

        for widget in FormView(Session(None, store, [made]).work(made), form).widgets:  # type: ignore[arg-type]
            walk(widget)
        return found

    for text in ("4060892.45", "0,7339 分", "½", "1,234,567.89", "1/2", "１２"):
        boxes()[0].value = text
        assert boxes()[0].value == text
        assert store.record("n")["fields"]["a"] == text, "and so it goes into what is exported"
    store.change("n", lambda record: record["fields"].__setitem__("a", 4060892.45))
    assert boxes()[0].value == "4060892.45", "also a number that an older version kept"


def test_a_question_for_a_number_is_read_alike(tmp_path: Path) -> None:
    question = next(one for one in asking.bank() if one.kind == "number")
    turn = review.Turn(review.Deck(Store(None)), question)
    turn.set_field(review.KEY, "1/2")
    assert turn.check().state == UNREADABLE
    assert turn.graded is None, "what is not understood is no wrong answer"
    turn.set_field(review.KEY, numerals.written(float(question.source["right"])).replace(".", ","))
    assert turn.check().state == exercise.RIGHT


def test_the_sentences_are_chinese_for_chinese_readers() -> None:
    set_language("zh")
    try:
        for text in ("1,234", "dozens", "73%"):
            said = Entry("n", "c").unread(text)
            assert not any("a" <= one.lower() <= "z" for one in said.replace(text, "")), said
    finally:
        set_language("en")


SIGNS = st.text(st.sampled_from("0123456789,.，．。 '_-–−%％¥元万分½²eE+/１２\u00a0\u2009\u200b\ud800a（"), max_size=12) | st.text(max_size=8)


@given(SIGNS, st.none() | st.floats())
def test_any_text_is_a_number_or_a_sentence(text: str, near: float | None) -> None:
    began = time.process_time()
    box = Entry("n", "Number", "分", near)
    value, said = box.read(text), box.unread(text)
    assert (value is None) == bool(said) or not text.strip("\u200b\u00ad\u200e \t\r\n。") or not text.strip() or not said
    assert not (value is not None and said)
    if any(one.isdigit() for one in text):
        assert value is not None or said
    said.encode("utf-8")
    assert time.process_time() - began < 2


@given(st.floats(min_value=-1e15, max_value=1e15))
def test_what_is_written_is_read_back(value: float) -> None:
    assert numerals.number(numerals.written(value)) == value


@pytest.mark.parametrize("raw", [10**400, -(10**400), True, None, [], {"a": 1}, 3j])
def test_what_is_no_number_of_this_size_is_none(raw: Any) -> None:
    assert numerals.number(raw) is None


def test_a_right_number_of_400_digits_is_refused_with_its_line(tmp_path: Path) -> None:
    source = (
        "- id: big\n  kind: number\n  difficulty: 1\n  ask: {en: How many?, zh: 多少？}\n  right: 1\n  tolerance: 0\n"
        "  why: {en: So., zh: 是。}\n  otherwise: {en: No., zh: 不。}\n  mistakes: [{answer: 2, why: {en: No., zh: 不。}}]\n"
    )
    path = tmp_path / "1-x.questions.yml"
    for key, line in (("right: 1", 5), ("tolerance: 0", 6), ("answer: 2", 9), ("difficulty: 1", 3)):
        path.write_text(source.replace(key, f"{key.split(':')[0]}: {'9' * 400}"), encoding="utf-8")
        found = files.faults(path, [])
        assert [fault.line for fault in found] == [line]
