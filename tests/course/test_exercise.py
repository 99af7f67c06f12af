"""What every exercise promises, whatever it is given: a state, points between 0 and the maximum, never an exception."""

from __future__ import annotations

import contextlib
import html
import io
import math
import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from crmlab.course import exercise, lessons, panel
from crmlab.course.cases import Case, case, close, frame, gate, ordered, series
from crmlab.course.exercise import Exercise, judge
from crmlab.course.exercises import load_lesson
from crmlab.course.form import Choice, Entry, Form, Mark, Order, Row, Tick
from tests.support import kinds

EXERCISES = [
    pytest.param(one, id=one.id) for lesson in lessons.every() for one in load_lesson(lesson.number)
]


# One exercise of each kind of field; a plain number may be right by chance, so that one is left out of the fuzzing.
KINDS = [pytest.param(kind.made, id=f"kind-{id}") for id, kind in kinds.kinds().items() if id != "calculate"]


def make(judging: Any, **options: Any) -> Exercise:
    return Exercise("made-up", "0.0", 4, "Made up", judging, right="Well done.", **options)


# -- the frame -------------------------------------------------------------------------------------------------------


def test_partial_credit_by_case() -> None:
    given_ = judge(
        make(lambda answer: iter([case(True, ""), case(False, "Look at {n}.", n="note 3"), case(True, "")])), 1
    )
    assert (given_.points, given_.state) == (2.66, exercise.PARTLY)
    assert [one.text() for one in given_.wrong()] == ["Look at note 3."]


@pytest.mark.parametrize("share", range(1, 100))
def test_only_a_wholly_right_answer_has_full_marks(share: int) -> None:
    cases = [case(True, "", weight=share), case(False, "no", weight=0.0001)]
    assert judge(make(lambda answer: iter(cases)), 1).points < 4


def test_a_failed_gate_stops_the_judging() -> None:
    def judging(answer: Any) -> Iterator[Case]:
        yield case(True, "")
        yield from frame(answer, ["R"])
        raise AssertionError("must not be reached")

    given_ = judge(make(judging), 17)
    assert (given_.points, given_.state) == (0, exercise.UNREADABLE)
    assert "of type int" in given_.message


@pytest.mark.parametrize(
    "error", [KeyError("R"), ValueError("x"), ZeroDivisionError(), RecursionError(), MemoryError()]
)
def test_an_exception_becomes_a_sentence(error: Exception) -> None:
    def judging(answer: Any) -> Iterator[Case]:
        yield case(True, "")
        raise error

    given_ = judge(make(judging), pd.DataFrame())
    assert (given_.points, given_.state) == (0, exercise.UNREADABLE)
    assert "DataFrame" in given_.message


def test_a_sentence_that_cannot_be_filled_in_does_not_fail_later() -> None:
    assert judge(make(lambda answer: iter([case(False, "{missing}", other=1)])), 1).state == exercise.UNREADABLE


def test_warnings_and_prints_of_an_answer_stay_inside(capfd: pytest.CaptureFixture[str]) -> None:
    class Loud:
        def __eq__(self, other: object) -> bool:
            print("loud")
            warnings.warn("loud", stacklevel=1)
            return True

        __hash__ = None  # type: ignore[assignment]

    judge(make(lambda answer: iter([case(answer == 1, "")])), Loud())
    assert capfd.readouterr() == ("", "")


# -- what nbgrader reads ---------------------------------------------------------------------------------------------
# nbgrader gives FULL marks for anything it cannot read as a number between 0 and the maximum, so the text must be a
# plain float in every case.


@pytest.mark.parametrize("points", [0, 1, 2.5, np.float64(1.5), np.int64(2), True])
def test_the_repr_is_a_plain_float(points: Any) -> None:
    text = repr(exercise.Feedback("x", "x", points, 4, exercise.PARTLY))
    assert float(text) == float(points)
    assert "np" not in text


NBGRADER = [np.float64(9), "4", None, float("nan"), -3, float("inf"), [], {}, object(), ..., 10**400, "", b"x", 4j]


@pytest.mark.parametrize("answer", NBGRADER, ids=lambda answer: type(answer).__name__)
def test_what_nbgrader_would_misread_is_a_float_here(answer: Any) -> None:
    form = Form((Row("n?", (Entry("n", "n"),)),))
    made = make(
        lambda a: iter([close(a, "n", 5, "{got}", tolerance=0)]), make_form=lambda: form, field="n", takes_code=True
    )
    assert float(repr(judge(made, answer))) == 0.0


# -- every exercise of the course ------------------------------------------------------------------------------------


def test_there_are_exercises() -> None:
    assert len(EXERCISES) >= 20


@pytest.mark.parametrize("made", [*EXERCISES, *KINDS])
def test_blank_is_not_attempted(made: Exercise) -> None:
    for answer in (..., None):
        assert (judge(made, answer).state, judge(made, answer).points) == (exercise.BLANK, 0)
    assert judge(made, {}, clicked=True).state == exercise.BLANK


@pytest.mark.parametrize("made", EXERCISES)
def test_every_exercise_can_be_done_by_clicking_and_explains_itself(made: Exercise) -> None:
    assert made.form() is not None
    assert made.title
    assert made.right
    if made.id != "exam" and not made.id.startswith("quiz-"):
        assert len(made.hints) >= 2


@pytest.mark.parametrize("made", [*EXERCISES, *KINDS])
def test_fields_are_unique_and_sliders_do_not_start_at_a_right_answer(made: Exercise) -> None:
    form = made.form()
    if isinstance(form, Form):
        keys = [field.key for field in form.fields()]
        assert len(keys) == len(set(keys))
        starts = {field.key: field.start for field in form.fields() if hasattr(field, "start")}
        starts |= {field.key: field.values() for field in form.fields() if isinstance(field, Order)}
        if starts:
            assert judge(made, starts, clicked=True).points < made.points


class Nasty:
    """Fails at whatever is asked of it."""

    def _fail(self, *_args: Any, **_more: Any) -> Any:
        raise RuntimeError("no")

    __eq__ = __len__ = __iter__ = __getitem__ = __float__ = __bool__ = __repr__ = __str__ = __contains__ = _fail
    __hash__ = None  # type: ignore[assignment]

    def __getattr__(self, name: str) -> Any:
        raise OSError(name)


class FakeMapping(dict):  # type: ignore[type-arg]
    """Says that it has every key."""

    def __contains__(self, key: object) -> bool:
        return True

    def __getitem__(self, key: object) -> Any:
        raise MemoryError


scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.complex_numbers(),
    st.text(max_size=20),
    st.binary(max_size=9),
    st.dates(),
    st.timedeltas(),
    st.just(...),
    st.builds(object),
    st.builds(Nasty),
    st.builds(FakeMapping),
    st.sampled_from(
        [int, len, np.float64(3), np.nan, np.array([1, 2]), pd.NA, pd.NaT, pd.DataFrame(), pd.Series([1, 2])]
    ),
    st.lists(st.sampled_from([*kinds.SHOWN, "", None, 1]), max_size=6).filter(lambda some: some != list(kinds.STEPS)),
    st.permutations(kinds.SHOWN).filter(lambda some: tuple(some) != kinds.STEPS).map(np.array),
    st.sampled_from(["jan", "mar", "A.2", "C.3", "A", "1", ".", "A.1.", ("feb",), ["feb"], {"feb"}, {"A": "mail"}]),
)


def column(values: list[Any]) -> pd.Series:
    """One object a row, put there one by one: an older NumPy asks a list's objects what they are, and Nasty fails."""
    made = np.empty(len(values), dtype=object)
    for row, value in enumerate(values):
        made[row] = value
    return pd.Series(made)


objects = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.text(max_size=5), inner, max_size=3),
        st.tuples(inner, inner),
        st.builds(column, st.lists(inner, max_size=3)),
        st.builds(lambda values: pd.DataFrame({"R": column(values), "F": column(values)}), st.lists(inner, max_size=3)),
    ),
    max_leaves=4,
)


# All exercises of a lesson get the same answers: to make one up takes longer than to judge it.
GROUPS = [pytest.param(load_lesson(lesson.number), id=lesson.number) for lesson in lessons.every()]
GROUPS.append(pytest.param([one.values[0] for one in KINDS], id="kinds"))


@pytest.mark.parametrize("group", GROUPS)
@settings(suppress_health_check=list(HealthCheck))
@given(answer=objects, clicks=st.dictionaries(st.integers(0, 30), objects, max_size=4), clicked=st.booleans())
def test_no_object_raises_or_scores_full_marks(
    group: list[Exercise], answer: Any, clicks: dict[int, Any], clicked: bool
) -> None:
    for made in group:
        form = made.form()
        keys = [field.key for field in form.fields()] if isinstance(form, Form) else ["path", "tries"]
        for given_ in (answer, {keys[place % len(keys)]: value for place, value in clicks.items()}):
            note(made.id)
            survives(made, given_, clicked)


def survives(made: Exercise, answer: Any, clicked: bool) -> None:
    """It is judged without an error or a warning, and not as right."""
    out = io.StringIO()
    with contextlib.redirect_stderr(out), warnings.catch_warnings(record=True) as loud:
        warnings.simplefilter("always")
        found = judge(made, answer, clicked=clicked)
        text, page = repr(found), panel.feedback(found)
    points = float(text)
    assert out.getvalue() == ""
    assert not loud
    assert math.isfinite(points)
    assert 0 <= points < made.points
    assert page.startswith("<div")


@pytest.mark.parametrize("made", [*EXERCISES, *KINDS])
def test_answers_are_escaped(made: Exercise) -> None:
    evil = "<script>alert(1)</script>"
    form = made.form()
    keys = [field.key for field in form.fields()] if isinstance(form, Form) else []
    for answer in (evil, dict.fromkeys(keys, evil), {evil: evil}, pd.DataFrame({evil: [evil]}), [evil]):
        for clicked in (False, True):
            assert "<script" not in panel.feedback(judge(made, answer, clicked=clicked))


# -- the building blocks ---------------------------------------------------------------------------------------------


def test_close_allows_the_tolerance_and_no_more() -> None:
    assert close({"n": 74.5}, "n", 74.6, "{got}", tolerance=0.1000001).ok
    assert not close({"n": 74.4}, "n", 74.6, "{got}", tolerance=0.1).ok
    assert close({"n": 1234567.0}, "n", 0, "{got}", tolerance=1).text() == "1,234,567"


def test_series_names_the_first_row_that_differs() -> None:
    want = pd.Series([1, 2, 3], index=["a", "b", "c"])
    says = "{row}: {got}, not {want}"
    assert series(want.iloc[::-1], want, says).ok, "the order of rows does not matter"
    assert series(want.replace(2, 5), want, says).text() == "b: 5, not 2"
    assert not series(want.iloc[:2], want, says).ok
    assert not series(pd.concat([want, pd.Series([1], index=["d"])]), want, says).ok


def test_gates_weigh_nothing() -> None:
    assert judge(make(lambda answer: iter([gate(True, ""), case(True, "")])), 1).points == 4
    assert judge(make(lambda answer: iter([gate(True, "")])), 1).points == 0


def test_panel_says_states_in_words_and_is_a_status() -> None:
    for state in ("blank", "unreadable", "not yet right", "partly right", "right"):
        page = panel.feedback(exercise.Feedback("x", "x", 0, 4, state, message="<b>"))
        assert 'role="status"' in page
        assert html.escape("<b>") in page
        assert "of 4 points" in page


def test_ticks_are_read_as_booleans_only() -> None:
    form = Form((Row("?", (Tick("a", "A"), Choice("b", (("1", "one"),)))),))
    assert form.clean({"a": "yes", "b": 1}) == {}
    assert form.clean({"a": False, "b": "1"}) == {"a": False, "b": "1"}


# -- order, match, mark ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [pytest.param(one, id=id) for id, one in kinds.kinds().items()])
def test_code_and_clicks_are_judged_alike(kind: kinds.Kind) -> None:
    assert repr(judge(kind.made, kind.code)) == repr(judge(kind.made, kind.right, clicked=True)) == "4.0"
    assert judge(kind.made, kind.wrong, clicked=True).points == 0
    assert judge(kind.made, kind.wrong).points == 0


@given(st.permutations(kinds.STEPS))
def test_an_order_earns_the_share_of_neighbours_in_order(given_: list[str]) -> None:
    found = ordered({"o": given_}, "o", kinds.STEPS, {"": "{right} of {pairs}"})
    inside = sum(
        given_.index(one) < given_.index(other) for one, other in zip(kinds.STEPS, kinds.STEPS[1:], strict=False)
    )
    assert found.ok == (tuple(given_) == kinds.STEPS)
    if not found.ok:
        assert found.part == inside / 4 < 1
        assert found.text() == f"{inside} of 4"
    points = judge(make(lambda a: iter([ordered(a, "o", kinds.STEPS, "?")])), {"o": given_}).points
    assert points == (4 if found.ok else int(100 * inside) / 100)
    assert judge(make(lambda a: iter([ordered(a, "o", kinds.STEPS, "?", credit="all")])), {"o": given_}).points == (
        4 if found.ok else 0
    )


def test_the_sentence_of_the_first_item_that_stands_too_early() -> None:
    says = {"b": "And before b?", "d": "And before d?", "": "Look again."}
    assert ordered({"o": list("bacd")}, "o", "abcd", says).text() == "And before b?"
    assert ordered({"o": list("abdc")}, "o", "abcd", says).text() == "And before d?"
    assert ordered({"o": list("acbd")}, "o", "abcd", says).text() == "Look again."
    assert ordered({"o": list("abcd")}, "o", "abcd", says, praise="Yes: a first.").text() == "Yes: a first."
    assert ordered({}, "o", "abcd", says).open


@pytest.mark.parametrize(
    "got", [[], ["a"], ["a", "b", "b"], ["a", "b", "c", "d"], ["x", "y", "z"], ["c", "b", "a", "a"]], ids=repr
)
def test_what_is_no_order_of_all_earns_nothing(got: list[str]) -> None:
    found = ordered({"o": got}, "o", "abc", "Look again.")
    assert (found.ok, found.part, found.text()) == (False, 0.0, "Look again.")


ORDER = Form((Row("?", (Order("o", (("b", "B"), ("a", "A"))),)),))
BARS = Form((Row("?", (Mark("o", bars=(("a", "A", 1), ("b", "B", 2))),)),))
CHOICE = Form((Row("?", (Choice("o", (("a", "A"), ("b", "B"))),)),))


@pytest.mark.parametrize(
    ("form", "answer", "says"),
    [
        (ORDER, ["a"], "Give a list in which each of these stands once: b, a."),
        (ORDER, "ab", "Give a list in which each of these stands once: b, a."),
        (BARS, "c", "Give one of these: a, b."),
        (CHOICE, 3, "Give one of these: a, b."),
    ],
)
def test_a_code_answer_that_cannot_be_read_is_told_what_may_be_given(form: Form, answer: Any, says: str) -> None:
    made = make(lambda a: iter([case(True, "")]), make_form=lambda: form, field="o", takes_code=True)
    found = judge(made, answer)
    assert found.state == exercise.UNREADABLE
    assert says in found.message


def test_a_form_that_fails_is_a_sentence_too() -> None:
    def broken() -> Form:
        raise ValueError("a mistake of the author")

    found = judge(make(lambda a: iter([case(True, "")]), make_form=broken, field="o", takes_code=True), 1)
    assert (found.state, found.points) == (exercise.UNREADABLE, 0)
