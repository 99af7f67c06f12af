"""The relationship audit: scores, what open questions leave possible, the radar's area, the agreement of two auditors."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmlab import audit, intervals, plots
from crmlab.checks import InputError
from tests.plots import test_plots as looks

SCORE = st.integers(1, 5)


def test_four_four_five_four():
    assert audit.QUESTIONS["check"].value_counts(sort=False).tolist() == [4, 4, 5, 4]
    assert len(audit.QUESTIONS) == 17
    assert list(audit.CHECKS.index) == list(audit.QUESTIONS["check"].unique())
    found = audit.scores(pd.Series(1, index=audit.QUESTIONS.index))
    assert found["share"].tolist() == [0] * 4
    assert found["questions"].tolist() == [4, 4, 5, 4]


def test_gaps_and_several_people():
    answers = pd.DataFrame({"B1": [5, 3], "B2": [np.nan, 1], "R5": [2, 2]})
    found = audit.scores(answers)
    assert found.loc["building", ["answered", "score", "weakest"]].tolist() == [2, 2.5, "B2"]
    assert found.loc["rewards", "score"] == 2
    assert np.isnan(found.loc["value", "score"])
    assert pd.isna(found.loc["value", "weakest"])
    assert found.loc["value", ["least", "most"]].tolist() == [0, 1]
    assert found.loc["rewards", ["least", "most"]].tolist() == pytest.approx([0.05, 0.85])
    assert found.attrs["left_out"] == {"missing_answers": 14 * 2 + 1}
    assert audit.scores({"O1": 7}, low=0, high=10).loc["ourselves", "share"] == 0.7


@given(st.lists(SCORE, min_size=17, max_size=17))
def test_scores_are_means(scores):
    found = audit.scores(dict(zip(audit.QUESTIONS.index, scores, strict=True)))
    assert (found["score"] * found["questions"]).sum() / 17 == pytest.approx(np.mean(scores))
    assert found["share"].between(0, 1).all()
    assert np.allclose(found["least"], found["share"])
    assert np.allclose(found["most"], found["share"])


@given(st.lists(st.none() | SCORE, min_size=17, max_size=17), st.lists(SCORE, min_size=17, max_size=17))
def test_whatever_the_open_answers_are_the_score_lies_between(seen, truth):
    if all(one is None for one in seen):
        return
    found = audit.scores(dict(zip(audit.QUESTIONS.index, seen, strict=True)))
    whole = [other if one is None else one for one, other in zip(seen, truth, strict=True)]
    then = audit.scores(dict(zip(audit.QUESTIONS.index, whole, strict=True)))["share"]
    assert (found["least"] <= then + 1e-9).all()
    assert (then <= found["most"] + 1e-9).all()


@given(st.lists(st.floats(0, 1), min_size=3, max_size=8))
def test_the_area_is_that_of_the_polygon(shares):
    angle = 2 * np.pi * np.arange(len(shares)) / len(shares)

    def area(radius):
        x, y = radius * np.cos(angle), radius * np.sin(angle)
        return 0.5 * (x * np.roll(y, -1) - y * np.roll(x, -1)).sum()  # the surveyor's formula

    assert audit.radar_area(shares) == pytest.approx(area(np.array(shares)) / area(np.ones(len(shares))), abs=1e-9)
    assert audit.radar_area(np.array(shares) / 2) == pytest.approx(audit.radar_area(shares) / 4, abs=1e-9)


# Rows of one rater, columns of the other: the table with which statsmodels compares its kappa to a printout of SAS.
SAS = [[0, 4, 1], [0, 8, 0], [0, 1, 5]]


def raters(table):
    """The scores (from 1) of two raters behind a table of counts."""
    pairs = [(i + 1, j + 1) for i, row in enumerate(table) for j, count in enumerate(row) for _ in range(count)]
    return [one for one, _ in pairs], [other for _, other in pairs]


def test_weighted_kappa_is_that_of_sas():
    found = audit.agreement(*raters(SAS), weights="linear", high=3).loc["kappa"]
    assert found[["value", "low", "high"]].round(4).tolist() == [0.4701, 0.1845, 0.7558]
    assert (found["high"] - found["low"]) / 2 / intervals.z_value() == pytest.approx(0.1457, abs=5e-5)


def test_with_two_scores_it_is_cohens_own_kappa():
    # 20 of 50 both yes, 15 both no: seen .7, by chance .5 (Cohen 1960 as retold in many textbooks).
    found = audit.agreement(*raters([[20, 5], [10, 15]]), high=2)
    assert found.at["kappa", "value"] == pytest.approx(0.4)
    assert found.at["same", "value"] == 0.7


@given(st.lists(st.tuples(SCORE, SCORE), min_size=2, max_size=20), st.sampled_from(audit.WEIGHTS))
def test_agreement_keeps_its_limits(pairs, weights):
    one, other = [a for a, _ in pairs], [b for _, b in pairs]
    found = audit.agreement(one, other, weights)
    turned = audit.agreement(other, one, weights)
    pd.testing.assert_frame_equal(found, turned)
    kappa = found.loc["kappa"]
    assert np.isnan(kappa["value"]) == (len(set(one + other)) == 1)
    if not np.isnan(kappa["value"]):
        assert -1 <= kappa["low"] <= kappa["value"] + 1e-9
        assert kappa["value"] <= kappa["high"] + 1e-9 <= 1 + 2e-9
    itself = audit.agreement(one, one, weights)
    assert itself.at["same", "value"] == 1
    if len(set(one)) > 1:
        assert itself.at["kappa", "value"] == pytest.approx(1)
    assert found.at["same", "value"] <= found.at["near", "value"]


def test_what_only_one_answered_is_left_out():
    one = pd.Series({"B1": 4, "B2": None, "B3": 2, "B4": 1})
    other = pd.Series({"B4": 1, "B3": 3, "B2": 5, "B1": None})
    found = audit.agreement(one, other)
    assert found["n"].tolist() == [2] * 3
    assert found.at["same", "value"] == 0.5
    assert found.attrs["left_out"] == {"not_both": 2}
    pd.testing.assert_frame_equal(found, audit.agreement(dict(one), dict(other)))


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: audit.scores({"X9": 3}), "no question 'X9'"),
        (lambda: audit.scores({"B1": 6}), "'B1', row 0: 6 is above 5"),
        (lambda: audit.scores({"B1": "yes"}), "'yes' is not a number"),
        (lambda: audit.scores({"B1": np.nan}), "No question of the audit is answered"),
        (lambda: audit.scores({"B1": 1}, low=5, high=1), "low must be below high"),
        (lambda: audit.radar_area([0.5, 0.5]), "at least three axes"),
        (lambda: audit.radar_area([0.5, 0.5, 1.2]), "1.2 is above 1"),
        (lambda: audit.agreement([1, 2], [1, None, 3]), "3"),
        (lambda: audit.agreement([1, 2.5], [1, 3]), "2.5 lies between two"),
        (lambda: audit.agreement([1, None], [None, 3]), "no question that both answered"),
        (lambda: audit.agreement([1, 2], [1, 3], weights="cubic"), "weights must be one of quadratic, linear"),
    ],
)
def test_says_what_is_wrong(call, says):
    with pytest.raises(InputError, match=says):
        call()


# Charts


@pytest.fixture(scope="module")
def charts():
    scores = dict(zip(audit.QUESTIONS.index, [4, 3, 5, 2, 4, 4, 3, 2, 1, 2, 2, 3, 1, 5, 4, 4, 5], strict=True))
    return {
        "audit_radar": lambda: plots.audit_radar(audit.scores(scores)),
        "audit_gaps": lambda: plots.audit_radar(audit.scores({"B1": 5, "V3": 2})),
        "audit_bars": lambda: plots.audit_bars(audit.scores(scores | {"R3": None})),
        "audit_bars_gaps": lambda: plots.audit_bars(audit.scores({"B1": 5, "V3": 2})),
        "audit_bars_full": lambda: plots.audit_bars(audit.scores(dict.fromkeys(audit.QUESTIONS.index, 5))),
    }


def test_a_lowest_that_an_open_question_may_change_is_no_finding():
    close = dict.fromkeys(audit.QUESTIONS.index, 3) | {"R1": 1, "R3": None, "B4": 1}
    far = dict.fromkeys(audit.QUESTIONS.index, 5) | {"R1": 1, "R3": None}
    for draw in (plots.audit_bars, plots.audit_radar):
        said = draw(audit.scores(close)).get_title(loc="left").replace("\n", " ")
        assert said == (
            "Lowest so far: How relations are built with 37.5% of the points; open questions may change that"
        )
        said = draw(audit.scores(far)).get_title(loc="left").replace("\n", " ")
        assert said == "Lowest: How customers are rewarded with 75% of the points; start with question R1"
    with pytest.raises(InputError, match="'x' is not a number"):
        plots.audit_radar(audit.scores(far).astype({"least": object}).assign(least="x"))
    shown = [text.get_text() for text in plots.audit_bars(audit.scores(close)).texts]
    assert shown == ["37.5%", "50%", "37.5%", "50%"]


@pytest.mark.parametrize("name", ["audit_radar", "audit_gaps", "audit_bars", "audit_bars_gaps", "audit_bars_full"])
def test_chart(charts, name, in_language, caplog):
    looks.test_draws_without_a_warning(charts, name, in_language, caplog)
    looks.test_fits_and_nothing_lies_on_anything(charts, name, in_language)
    looks.test_letters_are_large_enough_on_a_phone(charts, name, in_language)
