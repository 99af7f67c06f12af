"""Where a model of value has no estimate, or an expectation none: which, and what to do. Models in each other's place."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import gammaln

from crmlab import clv, datasets
from crmlab.checks import InputError, InputWarning
from crmlab.clv import likelihood


@pytest.fixture(scope="module")
def cdnow():
    return clv.repeat_summary(datasets.load("cdnow"), "1997-09-30", zero_orders="count")


@pytest.fixture(scope="module")
def models(cdnow):
    return clv.fit_bgnbd(cdnow), clv.fit_gamma_gamma(cdnow)


def spends(m, x=1):
    return pd.DataFrame({"frequency": x, "monetary": m})


# ---- Gamma-Gamma


def common_gamma(x, m):
    """The log-likelihood of one gamma distribution for the amounts of all, at its maximum."""
    from scipy.optimize import minimize_scalar

    mean = (x * m).sum() / x.sum()

    def at(log_p):
        k = np.exp(log_p) * x
        return -(k * np.log(k * m / mean) - k * m / mean - gammaln(k) - np.log(m)).sum()

    return -minimize_scalar(at, bounds=(0, 16), method="bounded", options={"xatol": 1e-10}).fun


@pytest.mark.parametrize("spread", [0.2, 0.03, 0.003, 0.0005])
def test_nearly_equal_spends_are_one_spend(spread):
    rng = np.random.default_rng(4)
    x = rng.integers(1, 8, 400)
    m = 60 * (1 + spread * rng.normal(size=400) / x**0.65)  # the more purchases the nearer, and more so than by chance
    model = clv.fit_gamma_gamma(spends(m, x))
    assert model.state == "same_spend"
    assert model.log_likelihood == pytest.approx(common_gamma(x, m), abs=0.02)
    assert model.estimates[["q", "v"]].isna().all()
    assert model.expected_spend(spends([80.0, 40.0], [1, 9])).tolist() == pytest.approx([60, 60], rel=0.01)
    assert "(q and v run to infinity): expect" in model.note
    assert "of everybody" in model.note


def test_two_customers_of_nearly_the_same_spend():
    model = clv.fit_gamma_gamma(spends([50.0, 50.2]))
    assert model.at_boundary
    assert "not_found" not in model.state
    assert model.mean == pytest.approx(50.1, rel=1e-4)
    with pytest.raises(InputError, match="All mean amounts are 50, or nearly"):
        clv.fit_gamma_gamma(spends([50.0, 50.001]))


@settings(deadline=None, max_examples=25)
@given(
    st.lists(st.tuples(st.integers(1, 30), st.floats(0.01, 1000)), min_size=2, max_size=20),
    st.floats(1e-3, 1),
    st.lists(st.floats(-2, 6), min_size=3, max_size=3),
)
def test_a_spend_model_is_the_best_or_says_that_there_is_none(rows, near, elsewhere):
    x = np.array([count for count, _amount in rows])
    m = 100 * np.array([amount for _count, amount in rows]) ** near
    if m.max() - m.min() < 2e-4 * m.max():
        return
    model = clv.fit_gamma_gamma(spends(m, x))
    assert "not_found" not in model.state
    assert model.estimates.notna().all() == (model.state == "interior")
    assert likelihood.gamma_gamma(x, m)(np.array(elsewhere))[0] <= model.log_likelihood + 0.01
    assert (model.expected_spend(spends(m, x)) > 0).all()


def test_a_mean_that_does_not_exist_is_said():
    rng = np.random.default_rng(5)
    m = rng.gamma(3.0, rng.gamma(0.7, 1.0, 3000) ** -1)
    model = clv.fit_gamma_gamma(spends(m))
    assert model.estimates["q"] < 1 or "same_amounts" in model.state
    assert model.mean == np.inf
    assert "does not exist (q is 0." in model.note
    found = model.expected_spend(spends([5.0, np.nan], [3, 0]))
    assert np.isfinite(found.iloc[0])
    assert found.iloc[1] == np.inf
    assert found.attrs["note"] == model.endless
    assert "note" not in model.expected_spend(spends([5.0], [3])).attrs
    customers = pd.DataFrame({"frequency": [3, 0], "recency": [5.0, 0], "T": [9.0, 9], "monetary": [5.0, np.nan]})
    bought = clv.fit_bgnbd(clv.repeat_summary(datasets.load("cdnow"), "1997-09-30"))
    with pytest.raises(InputError, match=r"For 1 of the customers no spend can be expected.*spend_model=None"):
        clv.lifetime_value(customers, bought, model)
    assert np.isfinite(clv.lifetime_value(customers.iloc[:1], bought, model)["value"]).all()


# ---- contracts


@pytest.mark.parametrize(
    ("counts", "state", "says"),
    [
        ([100, 60, 60, 60], "leave_or_stay", "40.0% leave in the first period, the others never"),
        ([1000, 900, 810, 729], "same_churn", "Project with this one rate"),
        ([10, 10, 5], "same_churn", "25.0% go each period"),
        ([10, 10, 10], "nobody_left", "Wait, or take older cohorts"),
        ([10, 0], "all_gone", "Take shorter periods"),
    ],
)
def test_edges_of_contracts(counts, state, says):
    model = clv.fit_sbg(counts)
    assert model.state == state
    assert says in model.note
    assert model.estimates.isna().all()
    lost, stayed = -np.diff(counts), counts[-1]
    curve = model.survival(np.arange(len(counts)))
    share = np.clip(-np.diff(curve), 1e-300, None)
    assert model.log_likelihood == pytest.approx(lost @ np.log(share) + stayed * np.log(max(curve[-1], 1e-300)), abs=0.01)


def test_an_endless_lifetime_is_said():
    high = clv.fit_sbg([1000, 869, 743, 653, 593, 551, 517, 491])
    assert "no end (alpha is 0.668" in high.note
    assert high.state == "interior"
    fast = clv.fit_sbg([10000, 2000, 800, 420, 250, 165, 115])
    assert fast.note == "All parameters are estimated."


@given(st.lists(st.integers(0, 60), min_size=1, max_size=6), st.integers(0, 90), st.floats(-6, 6), st.floats(-6, 6))
def test_a_contract_model_is_the_best_or_says_that_there_is_none(losses, more, a, b):
    counts = np.array([sum(losses) + more - sum(losses[:k]) for k in range(len(losses) + 1)], float)
    if not counts[0]:
        return
    model = clv.fit_sbg(counts)
    assert "not_found" not in model.state
    assert model.estimates.notna().all() == (model.state == "interior")
    kept = np.zeros(len(losses))
    kept[-1] = counts[-1]
    f = likelihood.shifted_beta_geometric(-np.diff(counts), kept)
    assert f(np.array([a, b]))[0] <= model.log_likelihood + 0.01


# ---- one way of saying it; models in each other's place


def test_every_state_says_what_to_do():
    told = [text for state, text in clv.STATES.items() if state != "interior"]
    assert all("." in text[:-1] or "expect" in text for text in told)
    assert all("run to" in text or "runs to" in text for state, text in clv.STATES.items() if state not in ("interior", "not_found"))


def test_models_in_each_others_place(cdnow, models):
    bought, spend = models
    for call, says in (
        (lambda: clv.lifetime_value(cdnow, spend, bought), "purchases_model must be a model fitted by .*fit_bgnbd.*GammaGamma"),
        (lambda: clv.lifetime_value(cdnow, bought, bought), "spend_model must be a model fitted by .*fit_gamma_gamma.*BGNBD"),
        (lambda: clv.lifetime_value(cdnow, clv.fit_sbg([9, 8])), "ShiftedBetaGeometric"),
        (lambda: clv.lifetime_value(cdnow, None, spend), "NoneType"),
        (lambda: clv.lifetime_value(cdnow, clv.BGNBD, spend), r"of the kind type\[BGNBD\]"),
        (lambda: clv.lifetime_value([1], bought, spend), "summary must be a pandas DataFrame"),
        (lambda: clv.lifetime_value(cdnow, bought, spend, margin=40), "such as 0.4 for 40%"),
        (lambda: clv.lifetime_value(cdnow, bought, spend, discount=10), "such as 0.1 for 10%"),
    ):
        with pytest.raises(InputError, match=says):
            call()


def test_rates_by_silent_periods_may_come_in_another_order():
    rates = pd.Series([0.6, 0.4, 0.1])
    mixed = rates.loc[[2, 0, 1]]
    pd.testing.assert_series_equal(clv.expected_buyers(100, mixed, 5), clv.expected_buyers(100, rates, 5))
    pd.testing.assert_series_equal(clv.migration_value(100, mixed, 0.1), clv.migration_value(100, rates, 0.1))


def test_where_all_leave_in_the_first_period_it_is_the_whole_lifetime():
    fit = clv.fit_sbg([100, 0, 0])
    assert fit.state == "all_gone"
    assert fit.expected_lifetime() == fit.expected_lifetime(0.1) == 1.0
    assert "no end" not in fit.note


def test_a_summary_that_lost_its_unit_of_time_is_told_of():
    dates = ["2024-01-05", "2024-02-07", "2024-01-20", "2024-03-01", "2024-02-02"]
    orders = pd.DataFrame({"customer_id": [1, 1, 2, 2, 3], "amount": 5.0, "date": dates})
    summary = clv.repeat_summary(orders, unit="day").assign(monetary=5.0)
    model = clv.fit_bgnbd(summary)
    want = clv.lifetime_value(summary, model)
    summary.attrs = {}
    pd.testing.assert_frame_equal(clv.lifetime_value(summary, model, unit="day"), want)
    with pytest.warns(InputWarning, match="weeks are taken"):
        clv.lifetime_value(summary, model)
