import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmlab import datasets, satisfaction
from crmlab.checks import InputError


@pytest.fixture(scope="module")
def survey():
    return datasets.load("satisfaction_survey")


def test_index_of_the_handout():
    assert satisfaction.index(6, 8) == 0.75
    assert satisfaction.index(8, 8) == 1
    assert satisfaction.index(9, 8) == 1.125
    assert satisfaction.index(pd.Series([6, None]), 8).attrs["left_out"] == {"missing_answers": 1}
    assert satisfaction.index(pd.Series([6.0, 9.0], index=["Li", "Wu"]), 8)["Wu"] == 1.125


def test_verdicts():
    assert [satisfaction.verdict(c) for c in (0.99, 1, 1.01)] == ["unhappy", "satisfied", "delighted"]
    assert satisfaction.verdict(2.1 / 3 * 10 / 7) == "satisfied"  # 1 but for rounding
    column = satisfaction.verdict(pd.Series([0.9, np.nan, 0.97]), tolerance=0.05)
    assert column.tolist()[::2] == ["unhappy", "satisfied"]
    assert pd.isna(column[1])


def test_the_two_ways_to_average_differ(survey):
    b, a = survey["perceived_overall"], survey["expected_overall"]
    ours = satisfaction.group_index(b, a)
    both = a.notna() & b.notna()
    assert ours == pytest.approx(b[both].mean() / a[both].mean())
    assert satisfaction.group_index(b, a, how="mean_of_ratios") == pytest.approx((b / a).mean())
    assert satisfaction.group_index(b, a, how="mean_of_ratios") > ours


@given(st.lists(st.tuples(st.integers(1, 10), st.integers(1, 10)), min_size=1, max_size=30))
def test_only_the_ratio_of_means_is_fair(pairs):
    """Everybody's answers swapped between b and a, taken together with the originals: nobody is better served."""
    b = [x for x, _ in pairs] + [y for _, y in pairs]
    a = [y for _, y in pairs] + [x for x, _ in pairs]
    assert satisfaction.group_index(b, a) == pytest.approx(1)
    assert satisfaction.group_index(b, a, how="mean_of_ratios") >= 1 - 1e-12


def test_by_group_and_object(survey):
    table = satisfaction.by(survey, "region", "perceived_overall", "expected_overall")
    assert table.index[-1] == "West"
    assert table.loc["West", "verdict"] == "unhappy"
    assert table["index"].is_monotonic_decreasing
    assert ((table["low"] < table["index"]) & (table["index"] < table["high"])).all()
    missing = survey[["perceived_overall", "expected_overall"]].isna().any(axis=1).sum()
    assert table["n"].sum() + missing == len(survey)
    assert table.attrs["left_out"] == {"missing_answers": missing, "without_group": 0}
    objects = satisfaction.by_object(survey)
    assert set(objects.index) == set(satisfaction.OBJECTS)
    assert objects.index[-1] == "service"


def test_the_interval_of_a_ratio_holds_what_it_promises():
    rng = np.random.default_rng(7)
    hits = 0
    for _ in range(400):
        a = rng.integers(5, 11, 80)
        b = np.clip(a * 0.9 + rng.normal(0, 1.2, 80), 0.5, None)
        table = satisfaction.by(pd.DataFrame({"g": "x", "perceived": b, "expected": a}), "g")
        hits += table["low"].iloc[0] <= 0.9 <= table["high"].iloc[0]
    assert 0.92 <= hits / 400 <= 0.98


def test_groups_without_answers_stay():
    survey = pd.DataFrame(
        {
            "g": ["N", "N", "S", None],
            "perceived": [8, 9, None, 7],
            "expected": [8, 8, 8, 8],
            "recommend": [9, 8, None, 1],
        }
    )
    table = satisfaction.by(survey, "g")
    assert table["n"].to_dict() == {"N": 2, "S": 0}
    assert table.attrs["left_out"] == {"missing_answers": 1, "without_group": 1}
    points = satisfaction.nps_by(survey, "g")
    assert points["n"].to_dict() == {"N": 2, "S": 0}
    assert math.isnan(points.loc["S", "nps"])
    assert points.attrs["left_out"] == {"missing_answers": 1, "without_group": 1}


def test_nps_is_promoters_less_detractors():
    found = satisfaction.nps([0, 6, 7, 8, 9, 10, 10, None])
    assert (found.promoters, found.passives, found.detractors, found.n) == (3, 2, 2, 7)
    assert found.nps == pytest.approx(100 / 7)
    assert found.left_out == {"missing_answers": 1}
    p, d = 3 / 7, 2 / 7
    half = 1.959964 * math.sqrt((p + d - (p - d) ** 2) / 7) * 100
    assert (found.low, found.high) == pytest.approx((100 / 7 - half, 100 / 7 + half), rel=1e-5)
    assert "Few answers" in repr(found)
    assert repr(satisfaction.nps([10] * 40 + [0] * 20)).startswith(
        "NPS +33 (95% interval +9 to +57), n = 60: promoters 40"
    )


def test_three_promoters_are_no_proof():
    found = satisfaction.nps([10, 10, 10])
    assert found.nps == 100
    assert found.low < 50
    assert found.high == 100


def test_nps_story_of_the_survey(survey):
    table = satisfaction.nps_by(survey, "segment")
    assert table.index[0] == "A"
    assert table["n"].idxmin() == "A"
    whole = satisfaction.nps(survey["recommend"])
    assert whole.n == table["n"].sum()
    assert whole.promoters == table["promoters"].sum()


@given(st.lists(st.integers(0, 10), min_size=1, max_size=80), st.randoms(use_true_random=False))
def test_nps(scores, random):
    found = satisfaction.nps(scores)
    assert -100 <= found.low <= found.nps <= found.high <= 100
    assert found.low < found.high
    assert found.promoters + found.passives + found.detractors == found.n == len(scores)
    random.shuffle(scores)
    assert satisfaction.nps(scores) == found


@given(st.floats(0.01, 0.2), st.floats(0.05, 0.95), st.integers(10, 100_000))
def test_sample_size_keeps_its_promise(margin, share, population):
    n = satisfaction.sample_size(margin, share=share)
    assert 1.959964 * math.sqrt(share * (1 - share) / n) <= margin + 1e-7
    assert n == 1 or 1.959963 * math.sqrt(share * (1 - share) / (n - 1)) > margin - 1e-7
    assert satisfaction.sample_size(margin, share=share, population=population) <= min(n, population)


def test_sample_sizes_of_the_textbooks():
    assert satisfaction.sample_size(0.05) == 385
    assert satisfaction.sample_size(0.03) == 1068
    assert satisfaction.sample_size(10, kind="nps", promoters=0.5, detractors=0.2) == 235
    assert satisfaction.sample_size(0.5, kind="mean", sd=2) == 62


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: satisfaction.index(5, 0), "gives no ratio"),
        (lambda: satisfaction.index(-1, 5), "below 0"),
        (lambda: satisfaction.index([5, 6], [5]), "expected has 1 entries, perceived has 2"),
        (lambda: satisfaction.index(pd.Series([1], index=[1]), pd.Series([1], index=[2])), "label 1 is in perceived but not in expected"),
        (lambda: satisfaction.index("good", 5), "'good' is not a number"),
        (lambda: satisfaction.index(np.inf, 5), "infinite"),
        (lambda: satisfaction.group_index([None], [None]), "both answers"),
        (lambda: satisfaction.group_index([1], [1], how="median"), "how must be one of"),
        (lambda: satisfaction.verdict(0.9, tolerance=5), "tolerance"),
        (lambda: satisfaction.nps([11]), "Row 0: 11 is not an answer"),
        (lambda: satisfaction.nps([7.5]), "7.5 is not an answer"),
        (lambda: satisfaction.nps([None]), "Nobody answered"),
        (lambda: satisfaction.nps([]), "no rows"),
        (lambda: satisfaction.nps(["9"]), "'9' is not a number"),
        (lambda: satisfaction.nps_by(pd.DataFrame({"Recommend": [1], "g": 1}), "g"), "score='Recommend'"),
        (lambda: satisfaction.by(pd.DataFrame({"perceived": [1], "expected": [1]}), "g"), "no column 'g'"),
        (lambda: satisfaction.by_object(pd.DataFrame({"x": [1]})), "no column 'perceived_idea'"),
        (lambda: satisfaction.sample_size(5), "margin must lie between 0 and 1"),
        (lambda: satisfaction.sample_size(0), "0 itself is not possible"),
        (lambda: satisfaction.sample_size(0.3, kind="mean"), "say sd"),
        (lambda: satisfaction.sample_size(5, kind="ces"), "kind must be one of"),
        (lambda: satisfaction.sample_size(5, kind="nps", promoters=0.8, detractors=0.4), "add up to 1"),
        (lambda: satisfaction.sample_size(0.05, population=0), "population"),
    ],
)
def test_says_what_is_wrong(call, says):
    with pytest.raises(InputError, match=says):
        call()
