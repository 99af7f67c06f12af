import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmlab import complaints
from crmlab.checks import InputError

ALL = list(complaints.STEPS)


def test_seven_steps_three_for_feelings_four_for_the_matter():
    assert ALL == ["sympathy", "ask", "confirm", "want", "offer", "agree", "follow_up"]
    assert [step.half for step in complaints.STEPS.values()] == ["feelings"] * 3 + ["matter"] * 4
    assert [step.number for step in complaints.STEPS.values()] == [1, 2, 3, 4, 5, 6, 7]


def test_a_perfect_talk():
    review = complaints.review(ALL)
    assert review.complete
    assert review.feelings_first
    assert review.sentences() == ["All seven steps, in order."]


def test_offer_first():
    review = complaints.review(["offer", "sympathy", "ask", "offer", "agree"])
    assert review.done == ["sympathy", "ask", "offer", "agree"]
    assert review.skipped == ["confirm", "want", "follow_up"]
    assert review.out_of_order == ["offer"]
    assert review.before == {"offer": "sympathy"}
    assert not review.feelings_first
    assert review.sentences()[:2] == [
        "'Offer a solution' came before 'Show sympathy'.",
        "'Repeat and confirm' was skipped.",
    ]


def test_saying_sorry_again_is_no_mistake():
    assert complaints.review([*ALL, "sympathy"]).complete


def test_order_within_the_matter_leaves_feelings_first():
    review = complaints.review(["sympathy", "ask", "confirm", "offer", "want"])
    assert review.out_of_order == ["offer"]
    assert review.feelings_first
    assert not complaints.review(["ask", "sympathy"]).feelings_first


def test_nothing_done():
    assert complaints.review([]).skipped == ALL


@pytest.mark.parametrize(
    ("steps", "says"),
    [(["symphaty"], "mean 'sympathy'"), (["dance"], "there are: sympathy, ask"), ("ask", r"list of names.*\['ask'\]")],
)
def test_says_what_is_wrong(steps, says):
    with pytest.raises(InputError, match=says):
        complaints.review(steps)


@given(st.lists(st.sampled_from(ALL)))
def test_each_step_is_done_or_skipped(steps):
    review = complaints.review(steps)
    assert sorted(review.done + review.skipped) == sorted(ALL)
    assert set(review.done) == set(steps)
    assert set(review.out_of_order) <= set(review.done)
    first = sorted(set(steps), key=steps.index)
    assert (not review.out_of_order) == (first == review.done)
