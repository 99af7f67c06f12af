"""Moving items up and down: nothing is ever lost, and a quick second press means the same item."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from crmlab.course.ordering import SOON, Ordering

presses = st.lists(st.tuples(st.integers(0, 4), st.sampled_from([-1, 1]), st.floats(-1, 3)), max_size=30)


@given(presses)
def test_no_press_loses_an_item(some: list[tuple[int, int, float]]) -> None:
    order, now = Ordering("abcde"), 0.0
    for line, by, later in some:
        now += later
        to = order.move(line, by, now)
        assert sorted(order.values) == list("abcde")
        assert 0 <= to < 5


@given(presses)
def test_slow_presses_move_what_stands_on_the_line(some: list[tuple[int, int, float]]) -> None:
    order = Ordering("abcde")
    for number, (line, by, _later) in enumerate(some):
        before = list(order.values)
        to = order.move(line, by, 10.0 * number)
        assert to == min(max(line + by, 0), 4)
        assert order.values[to] == before[line]
        assert order.values[line] == before[to]


def test_three_quick_presses_carry_one_item() -> None:
    order = Ordering("abcde")
    places = [order.move(4, -1, 100 + 0.2 * press) for press in range(3)]
    assert places == [3, 2, 1]
    assert order.values == list("aebcd")


def test_after_a_moment_it_is_the_next_item() -> None:
    order = Ordering("abc")
    order.move(2, -1, 100)
    order.move(2, -1, 100 + SOON)
    assert order.values == list("abc")


def test_another_button_is_never_taken_for_the_same() -> None:
    order = Ordering("abc")
    order.move(2, -1, 100)  # a c b
    order.move(1, 1, 100.1)
    assert order.values == list("abc")


def test_at_the_ends_nothing_moves() -> None:
    order = Ordering("abc")
    assert (order.move(0, -1, 1), order.move(2, 1, 2)) == (0, 2)
    assert order.values == list("abc")


def test_it_does_not_change_what_it_was_given() -> None:
    given_ = ["a", "b"]
    Ordering(given_).move(0, 1, 0)
    assert given_ == ["a", "b"]
