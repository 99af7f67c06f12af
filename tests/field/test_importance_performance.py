"""Importance-performance map, the two factors, perceived value, treatment by class."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from crmlab import datasets, rfm, satisfaction, two_factor, value
from crmlab import importance_performance as ip
from crmlab.checks import InputError
from crmlab.perceived_value import perceived_value

OBJECTS = {key: f"perceived_{key}" for key in satisfaction.OBJECTS}
EXPECTED = {key: f"expected_{key}" for key in satisfaction.OBJECTS}


@pytest.fixture(scope="module")
def survey():
    return datasets.load("satisfaction_survey")


def made_up(seed, n=300, mix=0.5):
    rng = np.random.default_rng(seed)
    common = rng.normal(size=(n, 1))
    x = mix * common + rng.normal(size=(n, 3))
    y = x @ [0.8, 0.3, 0.0] + rng.normal(size=n)
    return pd.DataFrame(np.column_stack([x, y]), columns=["a", "b", "c", "all"])


# ---- derived importance


def test_correlation_and_ranks(survey):
    for method in ("pearson", "spearman"):
        found = ip.derived_importance(
            survey, OBJECTS, "perceived_overall", "correlation" if method == "pearson" else method
        )
        want = survey["perceived_service"].corr(survey["perceived_overall"], method)
        assert found.loc["service", "importance"] == pytest.approx(want, abs=5e-3)
    pair = survey[["perceived_service", "perceived_overall"]].dropna()
    assert ip.derived_importance(survey, OBJECTS, "perceived_overall").loc["service", "n"] == len(pair)


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 10_000), st.floats(0, 3))
def test_regression_and_relative_weights(seed, mix):
    data = made_up(seed, mix=mix)
    z = (data - data.mean()) / data.std(ddof=0)
    beta, *_ = np.linalg.lstsq(z[["a", "b", "c"]].to_numpy(), z["all"].to_numpy(), rcond=None)
    found = ip.derived_importance(data, ["a", "b", "c"], "all", "regression")
    assert found["importance"].reindex(["a", "b", "c"]).tolist() == pytest.approx(beta.tolist())
    weights = ip.derived_importance(data, ["a", "b", "c"], "all", "relative_weights")
    assert (weights["importance"] >= 0).all()
    assert weights["importance"].sum() == pytest.approx(found.attrs["r_squared"])
    assert weights.attrs["r_squared"] == pytest.approx(found.attrs["r_squared"])


def test_relative_weights_of_two_features_are_the_dominance_weights():
    """With two features both divide R squared as the mean over the two orders of entering them."""
    data = made_up(3, mix=1.5)
    r = data.corr().loc["all"]
    r_squared = ip.derived_importance(data, ["a", "b"], "all", "regression").attrs["r_squared"]
    found = ip.derived_importance(data, ["a", "b"], "all", "relative_weights")["importance"]
    assert found["a"] == pytest.approx((r["a"] ** 2 + r_squared - r["b"] ** 2) / 2)
    assert found["b"] == pytest.approx((r["b"] ** 2 + r_squared - r["a"] ** 2) / 2)


def test_incomplete_customers_are_counted():
    data = made_up(1).mask(lambda frame: frame > 2)
    found = ip.derived_importance(data, ["a", "b", "c"], "all", "regression")
    assert found.attrs["left_out"] == {"incomplete": int(data.isna().any(axis=1).sum())}
    assert found["n"].unique().tolist() == [int(data.notna().all(axis=1).sum())]


# ---- the map


def test_four_quadrants():
    table = ip.importance_performance({"a": 9, "b": 9, "c": 1, "d": 1}, {"a": 2, "b": 8, "c": 2, "d": 8})
    assert table["quadrant"].to_dict() == {"a": "concentrate", "b": "keep_up", "c": "low_priority", "d": "overkill"}
    assert table.index[0] == "a"
    assert table.attrs["cuts"] == (5, 5)
    target = ip.importance_performance({"a": 9, "b": 9}, {"a": 6, "b": 8}, cuts=(5, 5.5))
    assert set(target["quadrant"]) == {"keep_up"}
    on_the_line = ip.importance_performance({"a": 5, "b": 5}, {"a": 3, "b": 3}, cuts="median")
    assert set(on_the_line["quadrant"]) == {"keep_up"}


@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=12),
    st.integers(1, 9),
    st.integers(-5, 5),
)
def test_the_map_does_not_mind_the_scale(pairs, factor, shift):
    matter = pd.Series([float(a) for a, _ in pairs])
    done = pd.Series([float(b) for _, b in pairs])
    one = ip.importance_performance(matter, done)
    two = ip.importance_performance(matter * factor, done * factor + shift)
    assert one["quadrant"].sort_index().tolist() == two["quadrant"].sort_index().tolist()


def test_service_is_the_weak_spot_of_the_made_up_survey(survey):
    matter = ip.derived_importance(survey, OBJECTS, "perceived_overall")["importance"]
    done = satisfaction.by_object(survey)["index"]
    table = ip.importance_performance(matter, done, cuts=(float(matter.mean()), 1.0))
    assert table["gap_to_cut"].idxmin() == "service"


# ---- two factors


def test_factors_with_a_known_truth():
    rng = np.random.default_rng(11)
    marks = rng.integers(1, 6, size=(1500, 4))
    low, high = marks <= 2, marks >= 4
    truth = np.array([[-1.0, 0.0, -0.6, 0.0], [0.0, 0.8, 0.6, 0.0]])
    overall = 6 + low @ truth[0] + high @ truth[1] + rng.normal(0, 1, 1500)
    data = pd.DataFrame(marks, columns=["clean", "gift", "price", "music"]).assign(all=overall)
    table = two_factor.penalty_reward(data, ["clean", "gift", "price", "music"], "all", low=2, high=4)
    assert table["factor"].to_dict() == {
        "clean": "hygiene",
        "gift": "motivator",
        "price": "performance",
        "music": "indifferent",
    }
    for column, true in (("penalty", truth[0]), ("reward", truth[1])):
        assert ((table[f"{column}_low"] <= true) & (true <= table[f"{column}_high"])).all()
    assert table.loc["clean", "p_asymmetry"] < 0.001
    assert table.loc["price", "p_asymmetry"] > 0.05
    x = np.column_stack([np.ones(1500), low, high]).astype(float)
    want, *_ = np.linalg.lstsq(x, overall, rcond=None)
    assert table["penalty"].tolist() + table["reward"].tolist() == pytest.approx(want[1:].tolist())
    assert table.attrs["r_squared"] == pytest.approx(
        1 - ((overall - x @ want) ** 2).sum() / ((overall - overall.mean()) ** 2).sum()
    )


def test_one_side_clear_of_zero_is_no_difference():
    # Penalty and reward are equal; with few answers one of them alone often keeps clear of 0.
    rng = np.random.default_rng(5)
    found = []
    for _ in range(300):
        marks = rng.integers(1, 6, size=(60, 2))
        overall = 5 - 0.7 * (marks[:, 0] <= 2) + 0.7 * (marks[:, 0] >= 4) + rng.normal(size=60)
        data = pd.DataFrame(marks, columns=["a", "b"]).assign(all=overall)
        row = two_factor.penalty_reward(data, ["a", "b"], "all", 2, 4).loc["a"]
        alone = (row["penalty_high"] < 0) != (row["reward_low"] > 0)
        assert alone == (row["factor"] in ("hygiene", "motivator", "one_sided"))
        assert (row["factor"] == "one_sided") == (alone and row["p_asymmetry"] >= 0.05)
        found.append(row["factor"])
    assert found.count("one_sided") > 100, "what the label of the intervals alone would have got wrong"
    assert found.count("hygiene") + found.count("motivator") <= 0.08 * 300


def test_asymmetry_is_the_test_of_the_sum_of_two_coefficients():
    rng = np.random.default_rng(8)
    marks = rng.integers(1, 6, size=80)
    low, high = marks <= 2, marks >= 4
    overall = 5 - 0.8 * low + 0.3 * high + rng.normal(size=80)
    row = two_factor.penalty_reward(pd.DataFrame({"a": marks, "all": overall}), ["a"], "all", 2, 4).loc["a"]
    # With one feature the coefficients are differences of means: penalty + reward = low mean + high mean - 2 middle mean.
    groups = [overall[low], overall[high], overall[~low & ~high]]
    total = groups[0].mean() + groups[1].mean() - 2 * groups[2].mean()
    spread = sum(((one - one.mean()) ** 2).sum() for one in groups) / (80 - 3)
    error = (spread * (1 / len(groups[0]) + 1 / len(groups[1]) + 4 / len(groups[2]))) ** 0.5
    assert row["p_asymmetry"] == pytest.approx(2 * stats.t.sf(abs(total) / error, 77))


def test_intervals_hold_what_they_promise():
    rng = np.random.default_rng(2)
    hits = []
    for _ in range(300):
        marks = rng.integers(1, 6, size=(60, 2))
        overall = 5 - 0.7 * (marks[:, 0] <= 2) + rng.normal(size=60)
        data = pd.DataFrame(marks, columns=["a", "b"]).assign(all=overall)
        row = two_factor.penalty_reward(data, ["a", "b"], "all", 2, 4).loc["a"]
        hits.append(row["penalty_low"] <= -0.7 <= row["penalty_high"])
    assert 0.92 <= np.mean(hits) <= 0.98


def test_against_expectation_as_brandt_has_it(survey):
    table = two_factor.penalty_reward(survey, OBJECTS, "perceived_overall", -1, 1, EXPECTED)
    gap = survey["perceived_service"] - survey["expected_service"]
    full = survey[[*OBJECTS.values(), *EXPECTED.values(), "perceived_overall"]].notna().all(axis=1)
    assert table.loc["service", "n_low"] == (gap[full] <= -1).sum()
    assert table.attrs["n"] + table.attrs["left_out"]["incomplete"] == len(survey)
    assert set(table["factor"]) <= set(two_factor.FACTORS)


# ---- perceived value, treatment


def test_perceived_value():
    offers = pd.DataFrame(
        {"product": [90.0, 100.0], "service": [30.0, 5.0], "money": [70.0, 60.0], "time": [5.0, 20.0]},
        index=["we", "they"],
    )
    table = perceived_value(offers)
    assert table.loc["we", ["total_value", "total_cost", "perceived_value", "ratio", "behind"]].tolist() == [
        120,
        75,
        45,
        1.6,
        0,
    ]
    assert table.loc["they", "behind"] == 20
    assert perceived_value(offers.rename(columns={"product": "use"}), ["use"], ["money"])[
        "perceived_value"
    ].tolist() == [40, 20]


def test_treatment_of_the_retailers_customers():
    revenue = rfm.summary(datasets.load("online_retail_orders"))["monetary"]
    table = value.treatment(value.abc(revenue))
    assert len(table) == 4338
    assert table.groupby("class")["service"].first().to_dict() == {"A": "individual", "B": "mixed", "C": "standard"}
    assert table.attrs["plan"]["A"] == {"customers": 1133, "contacts_a_year": pytest.approx(1133 * 365 / 7)}
    assert set(value.TREATMENT["service"]) <= set(value.SERVICES)
    assert set(value.TREATMENT["who"]) <= set(value.WHO)
    again = value.treatment(table)  # twice gives the same
    assert again["service"].equals(table["service"])


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda d: ip.derived_importance(d, ["a"], "total"), "no column 'total'"),
        (lambda d: ip.derived_importance(d, "a", "all"), "features must be a list"),
        (lambda d: ip.derived_importance(d, ["a"], "all", "guess"), "method must be one of correlation"),
        (lambda d: ip.derived_importance(d.assign(a=1), ["a"], "all"), "'a': all answers are the same"),
        (lambda d: ip.derived_importance(d.head(2), ["a"], "all"), "2 complete answers are too few"),
        (lambda d: ip.derived_importance(d.head(4), ["a", "b", "c"], "all", "regression"), "too few for 3 features"),
        (lambda d: ip.derived_importance(d.assign(b=2 * d["a"]), ["a", "b"], "all", "regression"), "follows exactly"),
        (lambda d: ip.derived_importance(d.assign(a="x"), ["a"], "all"), "is not a number"),
        (lambda d: ip.importance_performance({"a": 1}, {"b": 1}), "not of the same features: 'a'"),
        (lambda d: ip.importance_performance(5, {"a": 1}), "importance must be a pandas Series or a mapping"),
        (lambda d: ip.importance_performance(pd.Series([1, 2], ["a", "a"]), {"a": 1}), "stands there twice"),
        (lambda d: ip.importance_performance({"a": 1}, {"a": 1}, cuts="mode"), "cuts must be one of mean"),
        (lambda d: ip.importance_performance({"a": 1}, {"a": 1}, cuts=(1, 2, 3)), "two numbers"),
        (lambda d: two_factor.penalty_reward(d, ["a"], "all", 1, 1), "low must lie below high"),
        (lambda d: two_factor.penalty_reward(d, ["a"], "all", -90, 1), "has no low mark with the limits"),
        (lambda d: two_factor.penalty_reward(d, ["a"], "all", 0, 1e-12), "has no middle mark"),
        (lambda d: two_factor.penalty_reward(d.head(3), ["a"], "all", 0, 1), "too few for 1 features"),
        (lambda d: two_factor.penalty_reward(d, ["a"], "all", -1, 1, expected={}), "names no column for 'a'"),
        (lambda d: two_factor.penalty_reward(d.assign(b=d["a"]), ["a", "b"], "all", -1, 1), "follows exactly"),
        (lambda d: perceived_value(pd.DataFrame({"product": [1]})), "at least one column of value"),
        (lambda d: perceived_value(pd.DataFrame({"product": [1], "money": [-1]})), "below 0"),
        (lambda d: perceived_value(pd.DataFrame({"product": [1]}), ["product"], ["product"]), "value and as cost"),
        (lambda d: value.treatment(value.abc([4, 3, 2, 1], cuts=(0.3, 0.6, 0.9))), "no row for class 'D'"),
        (lambda d: value.treatment(d), "no column 'class'"),
        (lambda d: value.treatment(value.abc([1]), pd.concat([value.TREATMENT] * 2)), "more than once"),
    ],
)
def test_bad_input_is_told(call, words):
    with pytest.raises(InputError, match=words):
        call(made_up(0, 40))
