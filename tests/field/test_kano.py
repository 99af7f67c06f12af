import itertools
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from crmlab import datasets, kano
from crmlab.checks import InputError

PUBLISHED = {"A": 18, "O": 174, "M": 90, "I": 42, "R": 7, "Q": 27}
votes = st.lists(st.integers(0, 60), min_size=6, max_size=6).map(lambda n: dict(zip(kano.ORDER, n, strict=True)))


@pytest.fixture(scope="module")
def survey():
    return datasets.load("kano_survey")


def test_the_evaluation_table_is_the_published_one():
    assert ["".join(row) for row in kano.EVALUATION.to_numpy()] == ["QAAAO", "RIIIM", "RIIIM", "RIIIM", "RRRRQ"]
    for f, d in itertools.product(range(1, 6), repeat=2):
        assert kano.evaluate(f, d) == kano.EVALUATION.to_numpy()[f - 1, d - 1]
        keys = list(kano.ANSWERS)
        assert kano.evaluate(keys[f - 1], keys[d - 1]) == kano.evaluate(f, d)


def test_the_published_coefficients():
    row = kano.better_worse(PUBLISHED).iloc[0]
    assert round(row["better"], 4) == 0.5926
    assert round(row["worse"], 4) == -0.8148
    assert row["n"] == 324
    assert kano.category(PUBLISHED).tolist() == ["O"]


def test_matzler_and_hinterhubers_skis():
    """Their three requirements (1998, Technovation 18, 25-38), shares in percent taken as counts of 1,000."""
    table = pd.DataFrame(
        {"A": [70, 104, 638], "O": [323, 451, 216], "M": [493, 305, 29], "I": [95, 115, 85]},
        index=["edge grip", "ease of turn", "service"],
    ).assign(R=0, Q=0)
    assert kano.category(table).to_dict() == {"edge grip": "M", "ease of turn": "O", "service": "A"}
    found = kano.better_worse(table).round(2)
    assert found["better"].tolist() == [0.40, 0.57, 0.88]
    assert found["worse"].tolist() == [-0.83, -0.78, -0.25]


def test_fongs_formula():
    row = kano.significance(PUBLISHED).iloc[0]
    a, b, n = 174, 90, 358
    assert row["critical"] == pytest.approx(1.65 * math.sqrt((a + b) * (2 * n - a - b) / (2 * n)))
    assert (row["difference"], row["clear"]) == (84, True)
    close = kano.significance({"A": 30, "O": 25, "M": 20, "I": 10, "R": 0, "Q": 0}).iloc[0]
    assert not close["clear"]
    assert close["p_value"] > 0.4


@given(votes)
def test_exact_test_is_the_binomial_test(found):
    a, b = sorted(found.values())[-1], sorted(found.values())[-2]
    row = kano.significance(found, test="exact").iloc[0]
    want = stats.binomtest(a, a + b).pvalue if a + b else 1.0
    assert row["p_value"] == pytest.approx(want, abs=1e-9)
    if row["critical"] == row["critical"]:
        assert row["clear"] == (row["difference"] >= row["critical"])


def test_fongs_band_is_too_narrow_where_two_categories_share_all():
    """Of 60 answers that fall on two categories at random, Fong calls more than the promised tenth clear."""
    rng = np.random.default_rng(3)
    a = rng.binomial(60, 0.5, 4000)
    table = pd.DataFrame({"A": a, "O": 60 - a, "M": 0, "I": 0, "R": 0, "Q": 0})
    assert kano.significance(table)["clear"].mean() > 0.2
    assert kano.significance(table, test="exact")["clear"].mean() <= 0.1


@given(votes)
def test_every_rule_names_a_category(found):
    for rule in kano.RULES:
        letter = kano.category(found, rule).iloc[0]
        if not sum(found.values()):
            assert pd.isna(letter)
            continue
        assert found[letter] > 0 or rule == "two_step"
        if rule == "mode":
            assert found[letter] == max(found.values())
    counted = kano.better_worse(found).iloc[0]
    if counted["n"]:
        assert 0 <= counted["better_low"] <= counted["better"] <= counted["better_high"] <= 1
        assert -1 <= counted["worse_low"] <= counted["worse"] <= counted["worse_high"] <= 0


def test_rules_differ_where_they_should():
    near = {"A": 30, "O": 0, "M": 28, "I": 42, "R": 0, "Q": 0}
    assert [kano.category(near, rule).iloc[0] for rule in kano.RULES] == ["I", "I", "A"]
    nearer = {"A": 40, "O": 0, "M": 36, "I": 42, "R": 0, "Q": 0}
    assert [kano.category(nearer, rule).iloc[0] for rule in kano.RULES] == ["I", "M", "A"]
    tie = {"A": 10, "O": 10, "M": 10, "I": 10, "R": 10, "Q": 10}
    assert kano.category(tie).iloc[0] == "M"
    assert kano.category({**tie, "Q": 40}, "priority").iloc[0] == "Q"


def test_exact_interval_is_clopper_and_pearson():
    row = kano.better_worse({"A": 3, "O": 0, "M": 1, "I": 4, "R": 0, "Q": 0}).iloc[0]
    want = stats.binomtest(3, 8).proportion_ci(method="exact")
    assert (row["better_low"], row["better_high"]) == pytest.approx((want.low, want.high))
    all_of_them = kano.better_worse({"A": 5, "O": 0, "M": 0, "I": 0, "R": 0, "Q": 0}).iloc[0]
    assert (all_of_them["better_low"], all_of_them["better_high"]) == pytest.approx((0.025 ** (1 / 5), 1))


def test_stability_says_what_another_sample_would():
    sure = kano.stability(PUBLISHED).iloc[0]
    assert sure["same"] == 1
    few = kano.stability({"A": 4, "O": 3, "M": 1, "I": 2, "R": 0, "Q": 0}).iloc[0]
    assert 0.4 < few["same"] < 0.7
    pd.testing.assert_frame_equal(kano.stability(PUBLISHED), kano.stability(PUBLISHED))
    assert math.isnan(kano.stability(dict.fromkeys(kano.ORDER, 0)).iloc[0]["same"])
    only_r = kano.stability({"A": 0, "O": 0, "M": 0, "I": 0, "R": 5, "Q": 0}).iloc[0]
    assert only_r["category"] == "R"
    assert math.isnan(only_r["better_low"])


def test_the_made_up_survey(survey):
    table = kano.summary(kano.counts(survey))
    assert table["category"].to_dict() == {
        "complete": "M", "next_day": "O", "driver": "O", "app": "A", "samples": "A", "display": "I", "calls": "R", "credit": "M",
    }  # fmt: skip
    assert table.index[~table["clear"]].tolist() == ["driver", "credit"]
    segments = kano.summary(kano.counts(survey, ["app"], by="segment"))
    assert segments.xs("app", level="feature")["category"].to_dict() == {
        "Restaurant": "M",
        "Shop": "A",
        "Wholesaler": "A",
    }
    assert not segments.loc[("Wholesaler", "app"), "clear"]


@settings(deadline=None, max_examples=20)
@given(st.randoms(use_true_random=False))
def test_order_of_rows_does_not_matter(random):
    survey = datasets.load("kano_survey")
    order = list(range(len(survey)))
    random.shuffle(order)
    pd.testing.assert_frame_equal(kano.counts(survey), kano.counts(survey.iloc[order]))


def test_segments_add_up_and_gaps_are_counted(survey):
    whole, parts = kano.counts(survey), kano.counts(survey, by="segment")
    assert (parts.groupby("feature").sum().loc[whole.index] == whole).all().all()
    assert (whole["n"] + pd.Series(whole.attrs["left_out"]) == len(survey)).all()
    some = survey.assign(segment=survey["segment"].where(survey["segment"] != "Wholesaler"))
    assert kano.counts(some, by="segment").attrs["left_out"]["without_group"] == 20


def test_own_wording():
    words = {"gern": "like", "muss": "must_be", "egal": "neutral", "geht": "live_with", "nein": "dislike"}
    assert kano.evaluate("muss", "nein", coding=words) == "M"
    with pytest.raises(InputError, match="coding leads to 'ok'"):
        kano.evaluate("x", "x", coding={"x": "ok"})


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda s: kano.evaluate(6, 1), "row 0: 6 is none of the five answers"),
        (lambda s: kano.evaluate(None, 1), "Both questions need an answer"),
        (lambda s: kano.evaluate(pd.Series([1, 2]), pd.Series([1])), "dysfunctional has 1 entries, functional has 2|label 1 is in functional"),
        (lambda s: kano.evaluate(pd.Series([True]), pd.Series([1])), "True and False"),
        (lambda s: kano.counts(s.drop(columns="dysfunctional_app"), ["app"]), "no column 'dysfunctional_app'"),
        (lambda s: kano.counts(s.assign(functional_app="maybe"), ["app"]), "'functional_app', row 0: 'maybe'"),
        (lambda s: kano.counts(s.head(0)), "no rows"),
        (lambda s: kano.counts(s[["segment"]]), "Name the features"),
        (lambda s: kano.counts(s, ["app"], by="region"), "no column 'region'"),
        (lambda s: kano.category(PUBLISHED, "majority"), "rule must be one of mode"),
        (lambda s: kano.category({**PUBLISHED, "A": -1}), "below 0"),
        (lambda s: kano.category({**PUBLISHED, "A": 0.5}), "whole numbers"),
        (lambda s: kano.category({"A": 1}), "no column 'O'"),
        (lambda s: kano.significance(PUBLISHED, z=-1), "z must be a number from 0"),
        (lambda s: kano.better_worse(PUBLISHED, confidence=95), "confidence must lie between"),
        (lambda s: kano.stability(PUBLISHED, draws=3), "draws must be a whole number from 100"),
    ],
)
def test_bad_input_is_told(survey, call, words):
    with pytest.raises(InputError, match=words):
        call(survey)


def test_an_own_evaluation_table():
    own = kano.EVALUATION.copy()
    own.loc["must_be", "must_be"] = own.loc["live_with", "live_with"] = "Q"
    survey = pd.DataFrame({"functional_app": [2, 4, 1, 3], "dysfunctional_app": [2, 4, 5, 3]})
    assert kano.counts(survey).loc["app"].tolist() == [0, 1, 0, 3, 0, 0, 4]
    for table in (own, own.iloc[::-1, ::-1], own.to_numpy(), own.to_numpy().tolist()):
        assert kano.counts(survey, table=table).loc["app"].tolist() == [0, 1, 0, 1, 0, 2, 4]
        assert kano.evaluate(4, 4, table=table) == "Q"
    pair = pd.Series([2, 1, None])
    assert kano.evaluate(pair, pair, table=own).iloc[:2].tolist() == ["Q", "Q"]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda table: table.iloc[:4], "5 by 5"),
        (lambda table: "QAAAO", "5 by 5"),
        (lambda table: table.replace("I", "X"), "row must_be, column must_be: 'X' is none of the letters M, O, A, I, R, Q"),
        (lambda table: table.mask(table == "I"), "none of the letters"),
        (lambda table: table.rename(columns={"like": "love"}), "rows and columns"),
    ],
)
def test_another_table_is_checked(change, says):
    with pytest.raises(InputError, match=says):
        kano.evaluate(1, 2, table=change(kano.EVALUATION))
