"""What a lesson calls never raises: whatever it is given, whatever stands in the file of answers, whatever the file is."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import crmlab
from crmlab.course import exercise, lessons, session
from crmlab.course.bank import exam as exams
from crmlab.course.bank.review import Deck
from crmlab.course.exercises import load_lesson, open_lesson
from crmlab.course.widgets import guard
from crmlab.course.widgets.exam_view import ExamView
from crmlab.course.widgets.review_view import ReviewView
from crmlab.course.widgets.view import view_of

SLOW = 2.0
MANY = int(os.environ.get("CRMLAB_EXAMPLES", "8"))
"""How many examples each test tries; more of them find more."""
few = settings(deadline=None, max_examples=MANY, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A trainee's folder, and no net: what the functions would catch fails the test."""
    folder = tmp_path / "notebooks" / "en" / "1-foundations"
    folder.mkdir(parents=True)
    monkeypatch.chdir(folder)
    monkeypatch.delenv("CRMLAB_STATE", raising=False)
    monkeypatch.setattr(session, "_open", None)

    def no_net(error: Exception) -> str:
        raise AssertionError("caught by the net") from error

    monkeypatch.setattr(guard, "told", no_net)
    return folder


class Unprintable:
    """An object without a text."""

    def _fail(self, *_arguments: object) -> Any:
        raise RuntimeError("no")

    __str__ = __repr__ = __format__ = _fail  # type: ignore[assignment]


class Hostile(Unprintable):
    """An object that fails in every way."""

    _fail = Unprintable._fail
    __eq__ = __hash__ = __bool__ = __len__ = __iter__ = __float__ = __getitem__ = _fail  # type: ignore[assignment]
    __lt__ = __array__ = _fail


ODD: list[Any] = [
    *(None, ..., True, -1, 0, 5, 10**400, 1.1, float("nan"), float("inf"), 1 + 2j, b"guess"),
    *("", " ", "guess", "days", "quiz-1.1", "exam", "1.1", "9.9", "\0", "\ud800", "x" * 100_000, "../../etc/passwd", "{name}", "%s"),
    *([], ["guess"], {}, {"days": 3}, {"days": "\ud800"}, {1: 2}, (1, 2), {1}, object(), Hostile(), int),
    *(np.array([1, 2]), np.array("guess"), np.float64(3), np.int64(3), pd.NA, pd.NaT, pd.Timestamp(0)),
    *(pd.Series(["a", None]), pd.DataFrame({"a": [1]}), pd.DataFrame(), iter([1]), lambda: 1),
]


def shown(value: Any) -> None:
    """As a notebook shows it."""
    repr(value).encode("utf-8")
    if value is not None:
        value._repr_html_().encode("utf-8")
        if hasattr(value, "_repr_mimebundle_"):
            value._repr_mimebundle_()
        if hasattr(value, "view"):
            value.view()


CALLS = [name for name in crmlab.__all__ if name not in ("own_save", "progress", "review", "roleplays", "show", "save", "answer", "check")]


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("before", [None, "1.1"])
def test_with_one_argument(name: str, before: str | None) -> None:
    for value in ODD:
        session._open = None
        if before:
            crmlab.lesson(before)
        begin = time.process_time()
        shown(getattr(crmlab, name)(value))
        assert time.process_time() - begin < SLOW, (name, type(value))


@pytest.mark.parametrize("name", ["check", "answer", "save", "show"])
def test_with_two_arguments(name: str) -> None:
    crmlab.lesson("1.1")
    table = pd.DataFrame({"a": [1]})
    firsts: dict[str, list[Any]] = {"save": ["text", table], "show": [table]}
    for first in firsts.get(name, ["guess", "days", "quiz-1.1", "nowhere"]):
        for value in ODD:
            shown(getattr(crmlab, name)(first, value))
    for value in ODD:
        shown(getattr(crmlab, name)(value, "x"))


def test_without_arguments() -> None:
    for opened in (False, True):
        if opened:
            crmlab.lesson("1.1")
        for name in ("progress", "review", "roleplays"):
            shown(getattr(crmlab, name)())


@pytest.mark.parametrize("rows", ODD)
def test_show_with_any_number_of_rows_and_any_formats(rows: Any) -> None:
    table = pd.DataFrame({"a": [1.5, None], "share": ["x", 2]})
    shown(crmlab.show(table, rows=rows))
    shown(crmlab.show(table, formats=rows))
    shown(crmlab.show(table, formats={"a": rows, "share": "{:d}"}))


cells = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.dates() | st.datetimes() | st.complex_numbers()
    | st.decimals() | st.lists(st.integers(), max_size=2) | st.sampled_from([Unprintable(), pd.NA, pd.NaT, np.array([1, 2]), 10**400, "\ud800", "\0", b"x"])
)
names = st.text(max_size=4) | st.integers() | st.none() | st.sampled_from(["a", "share", "low", "customer_id", "index"]) | st.tuples(st.text(max_size=2), st.integers())


@st.composite
def frames(draw: st.DrawFn) -> pd.DataFrame:
    width, height = draw(st.integers(0, 3)), draw(st.integers(0, 3))
    columns = draw(st.lists(names, min_size=width, max_size=width))
    data = {place: draw(st.lists(cells, min_size=height, max_size=height)) for place in range(width)}
    frame = pd.DataFrame({place: pd.Series(column, dtype=object) for place, column in data.items()}, index=range(height))
    frame.columns = pd.Index(columns, tupleize_cols=False)
    kind = draw(st.sampled_from(["range", "named", "many"]))
    if kind == "named":
        frame.index = pd.Index(draw(st.lists(st.text(max_size=3), min_size=height, max_size=height)), name=draw(names.filter(lambda one: not isinstance(one, tuple))))
    elif kind == "many" and height:
        frame.index = pd.MultiIndex.from_arrays([range(height), ["x"] * height], names=[draw(st.none() | st.text(max_size=2)), "a"])
    return frame


@few
@given(frame=frames(), name=st.text(max_size=8) | st.integers() | st.none())
def test_any_table_is_shown_and_saved(frame: pd.DataFrame, name: Any) -> None:
    shown(crmlab.show(frame))
    shown(crmlab.save(frame, name))
    for place in range(frame.shape[1]):
        shown(crmlab.show(frame.iloc[:, place]))


# -- records and files ---------------------------------------------------------------------------------------------------

scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6) | st.sampled_from(["abc", 10**400, -1, "\ud800", "1e999", 2**63])
KEYS = ["fields", "points", "maximum", "state", "best", "tries", "hints", "code", "mode", "typed", "words", "card", "before", "times", "solution_seen", "path"]
things = st.recursive(scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=3), inner, max_size=4), max_leaves=8)
records = st.dictionaries(st.sampled_from(KEYS), things, max_size=8)

USED = ["1.1", "2.3", "3.2", "4.2", "5.2", "7.2"]


def all_of(number: str) -> None:
    """Everything that a lesson can be asked, without widgets and with them."""
    shown(crmlab.lesson(number))
    opened = session.opened()
    assert opened is not None
    for made in opened.exercises:
        begin = time.process_time()
        given = crmlab.check(made.id)
        shown(given)
        float(given)
        view_of(opened, made, given.feedback)
        shown(crmlab.hint(made.id))
        shown(crmlab.solution(made.id))
        opened.work(made).feedback()
        assert time.process_time() - begin < SLOW, made.id
    shown(crmlab.progress())


@pytest.mark.parametrize("number", USED)
@few
@given(data=st.data())
def test_whatever_a_record_holds(number: str, data: st.DataObject) -> None:
    made = data.draw(st.sampled_from(load_lesson(number)))
    record = data.draw(things | records)
    opened = open_lesson(number)
    assert opened.store.path is not None
    opened.store.path.write_text(json.dumps({"exercises": {made.id: record}}), encoding="utf-8")
    shown(crmlab.lesson(number))
    opened = session.opened()
    assert opened is not None
    given = crmlab.check(made.id)
    shown(given)
    view_of(opened, made, given.feedback)
    shown(crmlab.hint(made.id))
    shown(crmlab.solution(made.id))
    shown(crmlab.progress())
    crmlab.answer(made.id, record)
    shown(crmlab.check(made.id, record))


NASTY: list[Any] = [
    {"best": "abc", "hints": "three", "tries": "many", "points": "x", "maximum": []},
    {"fields": "text", "code": 7},
    {"fields": [1, 2], "code": ["x"], "hints": -3, "best": -1e300},
    {"fields": {"tries": "x", "path": {"a": 1}}, "typed": 3, "words": [1], "mode": 8},
    {"fields": {"tries": [[0, "x", None, 9**30]], "path": [10**300, -1]}},
    {"fields": {"draw": 10**10}, "hints": 1e300, "tries": 1e300},
    {"points": 1e308, "maximum": 1e308, "tries": 1e308, "best": 1e308},
    [1],
    "text",
]


@pytest.mark.parametrize("number", ["1.1", "3.2"])
@pytest.mark.parametrize("record", NASTY, ids=range(len(NASTY)))
def test_records_that_were_tampered_with(number: str, record: Any) -> None:
    opened = open_lesson(number)
    assert opened.store.path is not None
    content = {"exercises": {made.id: record for made in opened.exercises}, "seconds": record, "last": record}
    opened.store.path.write_text(json.dumps(content), encoding="utf-8")
    all_of(number)


attempts = st.fixed_dictionaries(
    {"ids": st.lists(st.sampled_from(["a", "b", 3, None]), max_size=3) | scalars},
    optional=dict.fromkeys(("seed", "answers", "began", "seen", "used", "handed_in", "talk", "page"), things),
)


@few
@given(tries=st.lists(attempts | things, max_size=3) | things, card=things, due=st.sampled_from(["2099-01-01T00:00:00+00:00", "x", 3]))
@example(tries=[{"ids": ["a"], "seed": None, "page": 10**30, "began": 10**400, "handed_in": True}], card={"due": 3}, due="x")
def test_whatever_an_exam_and_a_deck_hold(tries: Any, card: Any, due: Any) -> None:
    opened, made = exams.opened()
    assert opened.store.path is not None
    opened.store.path.parent.mkdir(exist_ok=True)
    opened.store.path.write_text(json.dumps({"exercises": {"exam": {"fields": {"tries": tries}}}}), encoding="utf-8")
    shown(crmlab.exam())
    opened, made = exams.opened()
    ExamView(opened, made)
    deck = Deck()
    assert deck.store.path is not None
    question = next(iter(exams.asking.bank()))
    deck.store.path.write_text(json.dumps({"exercises": {question.id: {"card": card, "due": due, "times": card, "before": card}}}), encoding="utf-8")
    shown(crmlab.review())
    ReviewView(Deck())
    Deck().note([question.id])


@few
@given(raw=st.binary(max_size=60) | st.sampled_from([b"[" * 100_000, b'{"exercises":' + b"[" * 100_000, b"\xff\xfe{}", b"\xef\xbb\xbf", b'{"exercises": {}} ' * 2]))
def test_whatever_the_file_is(here: Path, raw: bytes) -> None:
    lesson = lessons.find("1.1")
    path = here / f"{lesson.slug}.json"
    path.write_bytes(raw)
    shown(crmlab.lesson("1.1"))
    shown(crmlab.check("days"))
    shown(crmlab.progress())
    for left in here.glob("*.json"):
        left.unlink()


def test_the_net_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """Should one of them fail after all, the trainee reads a sentence and the notebook goes on."""
    monkeypatch.undo()
    crmlab.lesson("1.1")
    monkeypatch.setattr(exercise, "get", lambda *_words: 1 / 0)
    for name in ("check", "hint", "solution"):
        assert "ZeroDivisionError" in getattr(crmlab, name)("days")._repr_html_()
    assert repr(crmlab.check("days")) == "0.0"
    crmlab.answer("days", {})
