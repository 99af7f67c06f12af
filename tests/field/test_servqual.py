import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from crmlab import datasets, servqual
from crmlab.checks import InputError

# Section 6 of the Law School Admission Test: how many of 1,000 candidates had each pattern of right and wrong on five
# items, from 00000 to 11111 (Bock & Lieberman 1970, Psychometrika 35, 179-197).
LSAT = (
    3, 6, 2, 11, 1, 1, 3, 4, 1, 8, 0, 16, 0, 3, 2, 15, 10, 29, 14, 81, 3, 28, 15, 80, 16, 56, 21, 173, 11, 61, 28, 298,
)  # fmt: skip
# Eleven yes-or-no items, customers with gaps among them, as pingouin and real-statistics.com have it.
WIDE = """
1 1 1 1 1 1 1 1 1 1 1/1 1 1 1 1 1 1 1 0 1 0/. 0 1 1 . 1 1 1 1 0 0/1 1 1 0 1 1 0 1 1 0 0/1 1 1 1 1 0 0 0 1 0 0
0 1 . 0 1 1 1 1 0 0 0/1 1 1 1 0 0 1 0 0 0 0/1 1 1 1 1 0 0 0 0 0 0/0 1 0 1 1 0 0 0 0 1 0/1 0 0 1 0 1 0 0 . 0 0
1 1 1 0 0 0 0 0 0 0 0/1 0 0 1 0 0 0 0 0 0 0
"""


@pytest.fixture(scope="module")
def survey():
    return datasets.load("servqual_survey")


def test_alpha_of_the_law_school_test():
    patterns = np.array(list(itertools.product([0, 1], repeat=5)))
    answers = pd.DataFrame(np.repeat(patterns, LSAT, axis=0))
    assert len(answers) == 1000
    assert answers.mean().tolist() == [0.924, 0.709, 0.553, 0.763, 0.870]
    assert round(servqual.cronbach_alpha(answers).alpha, 3) == 0.295  # as R's ltm prints it


def test_alpha_and_feldts_interval_as_published():
    rows = [row.split() for line in WIDE.strip().splitlines() for row in line.split("/")]
    answers = pd.DataFrame(rows).replace(".", None).astype("float64")
    found = servqual.cronbach_alpha(answers)
    assert found.alpha == pytest.approx(0.8016949152542373, abs=1e-12)
    assert (found.n, found.left_out) == (9, {"incomplete": 3})
    # The interval is compared on filled gaps: there pingouin counts all 12 customers even where it leaves three out.
    found = servqual.cronbach_alpha(answers.fillna(answers.median()))
    assert found.alpha == pytest.approx(0.7380191693290734, abs=1e-12)
    assert (round(found.low, 3), round(found.high, 3)) == (0.447, 0.911)


@given(st.integers(2, 6), st.floats(0.05, 0.9), st.integers(0, 10_000))
def test_alpha_is_the_closed_form_for_equal_correlations(k, r, seed):
    """Answers whose sample correlations are all exactly r: alpha = k r / (1 + (k - 1) r)."""
    rng = np.random.default_rng(seed)
    white = np.linalg.qr(np.column_stack([np.ones(40), rng.normal(size=(40, k))]))[0][:, 1:]
    mixed = white @ np.linalg.cholesky(np.full((k, k), r) + (1 - r) * np.eye(k)).T
    found = servqual.cronbach_alpha(pd.DataFrame(3 + 2 * mixed))
    assert found.alpha == pytest.approx(k * r / (1 + (k - 1) * r))
    assert found.standardized == pytest.approx(found.alpha)
    assert found.low < found.alpha < found.high <= 1


def test_alpha_does_not_mind_shifts_and_order(survey):
    part = survey[[f"p{k}" for k in range(5, 10)]].dropna()
    alpha = servqual.cronbach_alpha(part).alpha
    assert servqual.cronbach_alpha(part * 3 - 7).alpha == pytest.approx(alpha)
    assert servqual.cronbach_alpha(part.iloc[::-1, ::-1]).alpha == pytest.approx(alpha)
    assert servqual.cronbach_alpha(part.assign(again=part["p5"] * 0 + 8 - part["p5"])).alpha < alpha


def test_feldts_interval_holds_what_it_promises():
    rng = np.random.default_rng(5)
    truth = 4 * 0.5 / (1 + 3 * 0.5)
    hits = 0
    for _ in range(400):
        answers = rng.normal(size=(30, 1)) + rng.normal(size=(30, 4))
        found = servqual.cronbach_alpha(pd.DataFrame(answers))
        hits += found.low <= truth <= found.high
    assert 0.92 <= hits / 400 <= 0.98


def test_the_22_items_in_five_dimensions():
    assert len(servqual.ITEMS) == 22
    assert servqual.ITEMS.groupby("dimension", sort=False).size().to_dict() == {
        "tangibles": 4, "reliability": 5, "responsiveness": 4, "assurance": 4, "empathy": 5,
    }  # fmt: skip
    assert list(servqual.DIMENSIONS) == list(dict.fromkeys(servqual.ITEMS["dimension"]))


def test_gap_and_its_interval_are_students(survey):
    table = servqual.gaps(survey)
    both = survey[["p7", "e7"]].dropna()
    want = stats.ttest_rel(both["p7"], both["e7"]).confidence_interval()
    assert table.loc[7, "gap"] == pytest.approx(both["p7"].mean() - both["e7"].mean())
    assert (table.loc[7, "low"], table.loc[7, "high"]) == pytest.approx((want.low, want.high))
    assert (table["n"] + pd.Series(table.attrs["left_out"]) == len(survey)).all()


def test_the_made_up_survey(survey):
    table = servqual.by_dimension(survey)
    assert table["gap"].round(2).tolist() == [0.09, -1.15, -0.90, -0.34, -0.39]
    assert table["items"].tolist() == [4, 5, 4, 4, 5]
    found = servqual.score(survey, "weight_")
    assert (round(found.unweighted, 2), round(found.weighted, 2), found.n) == (-0.52, -0.67, 204)
    assert found.low < found.weighted < found.high
    assert max(found.weights, key=found.weights.get) == "reliability"
    without = servqual.alpha_without(survey[[f"p{k}" for k in range(18, 23)]])
    assert without["alpha"].idxmax() == "p22"
    assert without["item_rest"].idxmin() == "p22"


def test_weights(survey):
    equal = servqual.score(survey)
    assert equal.weighted == pytest.approx(equal.unweighted)
    one = servqual.score(survey, {"tangibles": 0, "reliability": 5, "responsiveness": 0, "assurance": 0, "empathy": 0})
    ten = servqual.score(survey, {"tangibles": 0, "reliability": 50, "responsiveness": 0, "assurance": 0, "empathy": 0})
    assert one == ten
    full = survey.dropna()
    assert one.weighted == pytest.approx(servqual.by_dimension(full).loc["reliability", "gap"])


def test_reversed_items_count_the_other_way_round(survey):
    turned = survey.assign(p10=8 - survey["p10"], e10=8 - survey["e10"])
    pd.testing.assert_frame_equal(servqual.gaps(turned, reverse=[10]), servqual.gaps(survey))


def test_five_gaps_add_up():
    levels = pd.DataFrame(
        {"expected": [6.5, 6], "understood": [6, 6], "specified": [5.5, 6.2], "delivered": [5, 6.3], "promised": [6, 6],
         "perceived": [4.8, 6.4]},
        index=["Centre", "Harbour"],
    )  # fmt: skip
    found = servqual.five_gaps(levels)
    whole = found[["gap_1", "gap_2", "gap_3", "unexplained"]].sum(axis=1)
    assert whole.tolist() == pytest.approx(found["gap_5"].tolist())
    assert found["largest"].tolist() == ["gap_4", None]
    assert list(servqual.GAPS.index) == [1, 2, 3, 4, 5]


def test_a_dimension_nobody_finished():
    survey = pd.DataFrame({"e1": [5, None], "e2": [None, 4], "p1": [5, 5], "p2": [4, 4]})
    row = servqual.by_dimension(survey, servqual.ITEMS.loc[[1, 2]]).iloc[0]
    assert row["n"] == 0
    assert np.isnan(row["gap"])
    with pytest.raises(InputError, match="No customer answered all"):
        servqual.score(survey, items=servqual.ITEMS.loc[[1, 2]])


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda s: servqual.gaps(s.drop(columns="e3")), "no column 'e3'"),
        (lambda s: servqual.gaps(s.assign(p4=9)), "'p4', row 0: 9 is above 7"),
        (lambda s: servqual.gaps(s.assign(p4="good")), "'p4', row 0: 'good' is not a number"),
        (lambda s: servqual.gaps(s.assign(p4=np.inf)), "infinite"),
        (lambda s: servqual.gaps(s.head(0)), "no rows"),
        (lambda s: servqual.gaps(s, reverse=[23]), "reverse names 23"),
        (lambda s: servqual.gaps(s, scale=7), "scale must be its two ends"),
        (lambda s: servqual.score(s, {"tangibles": 1}), "weights lacks reliability"),
        (lambda s: servqual.score(s, "points_"), "no column 'points_tangibles'"),
        (lambda s: servqual.score(s, dict.fromkeys(servqual.DIMENSIONS, 0)), "sum to 0"),
        (lambda s: servqual.score(s, dict.fromkeys(servqual.DIMENSIONS, -1)), "below 0"),
        (lambda s: servqual.cronbach_alpha(s[["p1"]]), "two items"),
        (lambda s: servqual.cronbach_alpha(s[["p1", "p2"]].head(1)), "two customers"),
        (lambda s: servqual.cronbach_alpha(pd.DataFrame({"a": [1, 2], "b": [2, 1]})), "same sum"),
        (lambda s: servqual.alpha_without(s[["p1", "p2"]]), "three items"),
        (lambda s: servqual.five_gaps({"expected": 6}), "no column 'understood'"),
    ],
)
def test_bad_input_is_told(survey, call, words):
    with pytest.raises(InputError, match=words):
        call(survey)


def drawn(correlation, n=200):
    """Answers whose correlations are exactly these."""
    noise = np.random.default_rng(7).normal(size=(n, len(correlation)))
    noise -= noise.mean(axis=0)
    plain = noise @ np.linalg.inv(np.linalg.cholesky(np.cov(noise.T)).T)
    return pd.DataFrame(3 + plain @ np.linalg.cholesky(correlation).T).rename(columns=lambda at: f"item {at + 1}")


def one_factor(loadings):
    found = np.outer(loadings, loadings)
    np.fill_diagonal(found, 1)
    return found


@settings(max_examples=25, deadline=None)
@given(st.lists(st.floats(0.3, 0.95), min_size=3, max_size=8))
def test_omega_of_one_factor_is_that_of_its_loadings(loadings):
    loadings = np.array(loadings)
    found = servqual.composite_reliability(drawn(one_factor(loadings)))
    want = loadings.sum() ** 2
    assert found.loadings.to_numpy() == pytest.approx(loadings, abs=2e-4)
    assert found.omega == pytest.approx(want / (want + (1 - loadings**2).sum()), abs=2e-4)
    assert found.variance_extracted == pytest.approx((loadings**2).mean(), abs=2e-4)


def test_omega_of_three_items_and_of_a_search_on_its_own():
    from scipy.optimize import minimize

    # Three correlations are three loadings: l1 = root(r12 r13 / r23) and so on.
    three = np.array([[1, 0.6, 0.5], [0.6, 1, 0.4], [0.5, 0.4, 1]])
    want = [np.sqrt(0.6 * 0.5 / 0.4), np.sqrt(0.6 * 0.4 / 0.5), np.sqrt(0.5 * 0.4 / 0.6)]
    assert servqual.composite_reliability(drawn(three)).loadings.tolist() == pytest.approx(want, abs=1e-5)
    five = np.array(
        [[1, 0.617, 0.511, 0.448, 0.486], [0.617, 1, 0.497, 0.322, 0.51], [0.511, 0.497, 1, 0.432, 0.457],
         [0.448, 0.322, 0.432, 1, 0.431], [0.486, 0.51, 0.457, 0.431, 1]]
    )  # fmt: skip

    def badness(all_of_them):
        loadings, unique = all_of_them[:5], np.exp(all_of_them[5:])
        implied = np.outer(loadings, loadings) + np.diag(unique)
        return np.linalg.slogdet(implied)[1] + np.trace(np.linalg.solve(implied, five))

    free = minimize(badness, np.r_[np.full(5, 0.6), np.log(np.full(5, 0.6))]).x
    found = servqual.composite_reliability(drawn(five))
    assert found.loadings.to_numpy() == pytest.approx(free[:5], abs=1e-4)
    alpha = servqual.cronbach_alpha(drawn(five)).standardized
    assert alpha < found.omega < alpha + 0.01


def test_equal_loadings_give_alpha_and_what_is_odd_is_said():
    equal = drawn(one_factor(np.full(4, 0.7)))
    assert servqual.composite_reliability(equal).omega == pytest.approx(servqual.cronbach_alpha(equal).standardized)
    assert servqual.composite_reliability(equal * 1e-7).omega == pytest.approx(
        servqual.composite_reliability(equal).omega
    )
    heywood = servqual.composite_reliability(drawn(np.array([[1, 0.9, 0.8], [0.9, 1, 0.5], [0.8, 0.5, 1]])))
    assert "loading of item 1 runs to 1" in heywood.note
    turned = servqual.composite_reliability(equal.assign(odd=6 - equal["item 1"] + drawn(np.eye(3))["item 1"] * 0.7))
    assert "odd: a negative loading" in turned.note
    assert turned.omega < servqual.composite_reliability(equal).omega
    gap = equal.mask(equal > 5)
    assert servqual.composite_reliability(gap).n == len(gap.dropna())
    for answers, says in (
        (equal.iloc[:, :2], "three items"),
        (equal.iloc[:4], "more customers"),
        (equal.assign(same=3), "'same' never varies"),
        (equal.assign(total=equal.sum(axis=1)), "sum of others"),
    ):
        with pytest.raises(InputError, match=says):
            servqual.composite_reliability(answers)
