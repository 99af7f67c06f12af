"""Lifetime value: published numbers from the shipped data, exact derivatives, edges reported, bad input in sentences."""

import decimal
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmlab import clv, datasets
from crmlab.checks import InputError
from crmlab.clv import bgnbd, likelihood, pareto_likelihood


@pytest.fixture(scope="module")
def cdnow():
    return clv.repeat_summary(datasets.load("cdnow"), as_of="1997-09-30", zero_orders="count")


@pytest.fixture(scope="module")
def fitted(cdnow):
    return clv.fit_bgnbd(cdnow)


def simulated(n, r=0.5, alpha=8.0, a=0.8, b=2.5, weeks=52.0, seed=1):
    """Customers whose truth is known."""
    rng = np.random.default_rng(seed)
    rate, drop = rng.gamma(r, 1 / alpha, n), rng.beta(a, b, n)
    end = rng.uniform(weeks / 2, weeks, n)
    x, last = np.zeros(n), np.zeros(n)
    alive, now = np.ones(n, bool), np.zeros(n)
    while alive.any():
        now = now + rng.exponential(1 / rate)
        alive &= now < end
        x[alive] += 1
        last[alive] = now[alive]
        alive &= rng.uniform(size=n) > drop
    return pd.DataFrame({"frequency": x.astype(int), "recency": last, "T": end})


# ---- published numbers


def test_bgnbd_on_cdnow_to_the_printed_digits(cdnow):
    model = clv.fit_bgnbd(clv.rounded(cdnow))
    assert model.estimates.round(4).to_dict() == {"r": 0.2426, "alpha": 4.4135, "a": 0.7929, "b": 2.4258}
    assert round(model.log_likelihood, 2) == -9582.43
    one = pd.DataFrame({"frequency": [2], "recency": [30.43], "T": [38.86]})
    assert round(model.expected_purchases(one, 39).iloc[0], 3) == 1.226
    assert (model.state, model.customers, model.at_boundary) == ("interior", 2357, False)


def test_gamma_gamma_on_cdnow_to_the_printed_digits(cdnow):
    model = clv.fit_gamma_gamma(clv.rounded(cdnow))
    assert model.estimates.round(3).to_dict() == {"p": 6.249, "q": 3.745, "v": 15.448}
    assert (round(model.log_likelihood, 2), round(model.mean, 2), model.customers) == (-4055.92, 35.17, 946)
    assert model.left_out == {"without_repeat": 1411, "without_amount": 0}
    exact = clv.fit_gamma_gamma(cdnow)  # means not rounded: the figures of Fader and Hardie's note
    assert exact.estimates.round(2).to_dict() == {"p": 6.25, "q": 3.74, "v": 15.44}


def test_sbg_of_the_two_published_cohorts():
    high = clv.fit_sbg([1000, 869, 743, 653, 593, 551, 517, 491])
    assert high.estimates.round(3).to_dict() == {"alpha": 0.668, "beta": 3.806}
    assert round(high.log_likelihood, 2) == -1611.16
    regular = clv.fit_sbg(pd.Series([1000, 631, 468, 382, 326, 289, 262, 241]))
    assert regular.estimates.round(3).to_dict() == {"alpha": 0.704, "beta": 1.182}
    assert round(regular.log_likelihood, 2) == -1680.27


def test_the_summary_is_the_published_one(cdnow):
    assert (len(cdnow), int((cdnow["frequency"] > 0).sum()), int(cdnow["frequency"].sum())) == (2357, 946, 2457)
    first = clv.rounded(cdnow).iloc[:3]
    assert first["frequency"].tolist() == [2, 1, 0]
    assert first["recency"].tolist() == [30.43, 1.71, 0.0]
    assert first["T"].tolist() == [38.86] * 3
    assert first["monetary"].tolist()[:2] == [22.35, 11.77]
    assert cdnow.attrs["left_out"]["rows_after_as_of"] == 1959
    without_gifts = clv.repeat_summary(datasets.load("cdnow"), as_of="1997-09-30")
    assert without_gifts.attrs["left_out"]["zero_days"] == 8
    assert len(without_gifts) == 2349


def test_holdout_beats_the_ruler():
    check = clv.holdout(datasets.load("cdnow"), "1997-09-30", zero_orders="count")
    assert check.totals["actual"] == 1882
    assert check.totals["predicted"] == pytest.approx(1653.4, abs=0.1)
    assert check.errors["predicted"] < 0.8 * check.errors["same_pace"]
    assert check.by_frequency["customers"].tolist() == [1411, 439, 214, 100, 62, 38, 29, 64]
    assert check.by_frequency["actual"].iloc[[0, 1, 7]].round(3).tolist() == [0.237, 0.697, 6.359]
    assert check.correlation == pytest.approx(0.63, abs=0.005)
    assert check.customers["actual"].sum() == 1882


# ---- the likelihoods


def models():
    x = np.array([0, 0, 1, 2, 2, 7, 40])
    last = np.array([0, 0, 3.0, 5, 5, 20, 29])
    end = np.array([10, 12.0, 10, 30, 30, 25, 30])
    lost, kept = np.array([10.0, 7, 3]), np.array([0, 0, 30.0])
    amounts = np.array([5.0, 80, 12, 12, 3, 30, 7])
    return {
        "bgnbd": (likelihood.bgnbd(x, last, end), [0.5, 4.0, 0.7, 2.0]),
        "gamma_gamma": (likelihood.gamma_gamma(x + 1.0, amounts), [4.0, 3.0, 15.0]),
        "sbg": (likelihood.shifted_beta_geometric(lost, kept), [0.7, 2.0]),
        "pareto_nbd": (pareto_likelihood.likelihood(x, last, end), [0.5, 4.0, 0.7, 12.0]),
        "pareto_nbd, alpha above beta": (pareto_likelihood.likelihood(x, last, end), [0.5, 40.0, 1.7, 0.02]),
    }


@pytest.mark.parametrize("name", ["bgnbd", "gamma_gamma", "sbg", "pareto_nbd", "pareto_nbd, alpha above beta"])
def test_gradient_and_hessian_are_the_derivatives(name):
    f, at = models()[name]
    at = np.log(at)
    _value, gradient, hessian = f(at)
    steps = 1e-5 * np.eye(len(at))
    assert gradient == pytest.approx([(f(at + h)[0] - f(at - h)[0]) / 2e-5 for h in steps], rel=1e-6, abs=1e-7)
    assert hessian == pytest.approx(np.array([(f(at + h)[1] - f(at - h)[1]) / 2e-5 for h in steps]), rel=1e-6, abs=1e-6)


def test_likelihoods_are_those_of_the_papers():
    from scipy.special import betaln, gammaln

    r, alpha, a, b = 0.5, 4.0, 0.7, 2.0
    x, last, end = np.array([0.0, 1, 7]), np.array([0.0, 3, 20]), np.array([12.0, 10, 25])
    one = gammaln(r + x) - gammaln(r) + r * np.log(alpha)
    stay = betaln(a, b + x) - betaln(a, b) - (r + x) * np.log(alpha + end)
    gone = betaln(a + 1, b + np.maximum(x, 1) - 1) - betaln(a, b) - (r + x) * np.log(alpha + last)
    want = (one + np.where(x > 0, np.logaddexp(stay, gone), stay)).sum()
    assert likelihood.bgnbd(x, last, end)(np.log([r, alpha, a, b]))[0] == pytest.approx(want)
    p, q, v, m = 4.0, 3.0, 15.0, np.array([5.0, 80])
    n = np.array([1.0, 6])
    want = (
        gammaln(p * n + q) - gammaln(p * n) - gammaln(q) + q * np.log(v)
        + (p * n - 1) * np.log(m) + p * n * np.log(n) - (p * n + q) * np.log(n * m + v)
    ).sum()  # fmt: skip
    assert likelihood.gamma_gamma(n, m)(np.log([p, q, v]))[0] == pytest.approx(want)
    alpha, beta = 0.7, 2.0
    leave = np.array([betaln(alpha + 1, beta + t - 1) - betaln(alpha, beta) for t in (1, 2, 3)])
    want = leave @ [10, 7, 3] + 30 * (betaln(alpha, beta + 3) - betaln(alpha, beta))
    assert models()["sbg"][0](np.log([alpha, beta]))[0] == pytest.approx(want)


def test_distinct_rows_with_weights_change_nothing():
    data = simulated(400)
    data["recency"], data["T"] = data["recency"].round(), data["T"].round() + 1
    data.loc[(data["frequency"] > 0) & (data["recency"] == 0), "recency"] = 1.0
    columns = [data[name].to_numpy(float) for name in ("frequency", "recency", "T")]
    _rows, weight = likelihood.distinct(*columns)
    assert weight.sum() == 400
    assert len(weight) == len(data.drop_duplicates()) < 400
    at = np.log([0.5, 4.0, 0.7, 2.0])
    each = sum(likelihood.bgnbd(*(c[i : i + 1] for c in columns))(at)[0] for i in range(400))
    assert likelihood.bgnbd(*columns)(at)[0] == pytest.approx(each)


def test_truth_is_found_again_within_its_errors():
    truth = {"r": 0.5, "alpha": 8.0, "a": 0.8, "b": 2.5}
    model = clv.fit_bgnbd(simulated(30_000))
    table = model.parameters(0.999)
    assert ((table["low"] < pd.Series(truth)) & (pd.Series(truth) < table["high"])).all()
    rng = np.random.default_rng(2)
    x = rng.integers(1, 9, 20_000)
    m = rng.gamma(6.0 * x, rng.gamma(4.0, 1 / 15.0, 20_000) ** -1) / x
    spend = clv.fit_gamma_gamma(pd.DataFrame({"frequency": x, "monetary": m})).parameters(0.999)
    want = pd.Series({"p": 6.0, "q": 4.0, "v": 15.0})
    assert ((spend["low"] < want) & (want < spend["high"])).all()


def test_standard_errors_shrink_with_the_root_of_n(cdnow):
    once, fourfold = clv.fit_bgnbd(cdnow), clv.fit_bgnbd(pd.concat([cdnow] * 4))
    assert fourfold.estimates.to_numpy() == pytest.approx(once.estimates.to_numpy(), rel=1e-5)
    assert fourfold.parameters()["se"].to_numpy() == pytest.approx(once.parameters()["se"].to_numpy() / 2, rel=1e-4)


# ---- edges


def test_online_retail_shows_no_dropout_and_no_estimate_is_printed():
    model = clv.fit_bgnbd(clv.repeat_summary(datasets.load("online_retail_orders")))
    assert model.state == "no_dropout"
    assert model.at_boundary
    assert model.estimates[["a", "b"]].isna().all()
    assert model.parameters().loc[["a", "b"]].isna().all().all()
    assert model.parameters().loc[["r", "alpha"]].notna().all().all()
    assert "a runs to 0" in str(model)
    assert "1e" not in str(model)
    one = pd.DataFrame({"frequency": [5], "recency": [10.0], "T": [40.0]})
    assert model.p_alive(one).iloc[0] == pytest.approx(1)
    r, alpha = model.estimates[["r", "alpha"]]
    assert model.expected_purchases(one, 12).iloc[0] == pytest.approx((r + 5) / (alpha + 40) * 12)
    assert model.expected_of_new(12) == pytest.approx(r / alpha * 12)


def test_the_likelihood_at_the_edge_is_the_nbd():
    from scipy.special import gammaln

    data = clv.repeat_summary(datasets.load("online_retail_orders"))
    model = clv.fit_bgnbd(data)
    r, alpha = model.estimates[["r", "alpha"]]
    x, end = data["frequency"], data["T"]
    nbd = (gammaln(r + x) - gammaln(r) + r * np.log(alpha) - (r + x) * np.log(alpha + end)).sum()
    assert model.log_likelihood == pytest.approx(nbd, abs=1e-3)


def test_other_edges_are_named():
    same = simulated(4000, r=4e5, alpha=4e6, seed=2)
    model = clv.fit_bgnbd(same)
    assert "same_rate" in model.state
    assert model.estimates[["r", "alpha"]].isna().all()
    drop = clv.fit_bgnbd(simulated(6000, r=2.0, alpha=8.0, a=2e4, b=6e4, seed=4))
    assert drop.state == "same_dropout"
    assert drop.estimates[["r", "alpha"]].notna().all()
    assert "25." in drop.note or "24." in drop.note
    once = pd.DataFrame({"frequency": [1] * 9 + [0] * 9, "recency": [3.0] * 9 + [0.0] * 9, "T": [300.0] * 18})
    assert clv.fit_bgnbd(once).estimates[["a", "b"]].isna().all()
    assert clv.fit_sbg([1000, 900, 810, 729]).state == "same_churn"
    assert clv.fit_sbg([1000, 900, 810, 729]).survival(10) == pytest.approx(0.9**10, rel=1e-4)
    assert clv.fit_sbg([100, 60]).state == "same_churn"  # one step cannot tell two parameters
    assert clv.fit_sbg([10, 10, 10]).state == "nobody_left"
    assert clv.fit_sbg([10, 0]).state == "all_gone"
    rng = np.random.default_rng(4)
    x = rng.integers(1, 6, 3000)
    alike = clv.fit_gamma_gamma(pd.DataFrame({"frequency": x, "monetary": rng.gamma(5.0 * x) / x}))
    assert alike.state == "same_spend"
    assert alike.estimates[["q", "v"]].isna().all()
    assert alike.expected_spend(pd.DataFrame({"frequency": [3], "monetary": [9.0]})).iloc[0] == pytest.approx(
        5, abs=0.1
    )
    steady = clv.fit_gamma_gamma(pd.DataFrame({"frequency": x, "monetary": np.repeat([20.0, 35.0, 60.0], 1000)}))
    assert steady.state == "same_amounts"
    assert steady.estimates[["p", "v"]].isna().all()
    seen = pd.DataFrame({"frequency": [2], "monetary": [35.0]})
    assert steady.expected_spend(seen).iloc[0] == pytest.approx(35, rel=1e-3)


# ---- predictions


@pytest.mark.parametrize("x", [0, 1, 3, 50])
@pytest.mark.parametrize("values", [(0.24, 4.4, 0.79, 2.43), (3.0, 1.0, 0.05, 0.2), (0.9, 20.0, 4.0, 9.0)])
def test_expected_purchases_are_equation_10(x, values):
    from scipy.special import hyp2f1

    r, alpha, a, b = values
    last, end, t = (0.0 if x == 0 else 25.0), 30.0, 40.0
    model = made(values)
    row = pd.DataFrame({"frequency": [x], "recency": [last], "T": [end]})
    z = t / (alpha + end + t)
    inside = (1 - z) ** (r + x) * hyp2f1(r + x, b + x, a + b + x - 1, z)
    want = (a + b + x - 1) / (a - 1) * (1 - inside)
    if x:
        want /= 1 + a / (b + x - 1) * ((alpha + end) / (alpha + last)) ** (r + x)
    assert model.expected_purchases(row, t).iloc[0] == pytest.approx(want, rel=1e-6)


def made(values):
    names = ["r", "alpha", "a", "b"]
    nothing = pd.DataFrame(np.nan, names, names)
    return bgnbd.BGNBD(pd.Series(values, names), nothing, 0.0, 1, "interior", values)


def test_no_gap_at_a_equal_to_one():
    near = [made((0.8, 10.0, a, 2.0)).expected_of_new(39) for a in (0.999999, 1.0, 1.000001)]
    assert near[0] == pytest.approx(near[1], rel=1e-5)
    assert near[1] == pytest.approx(near[2], rel=1e-5)


def test_forecasts_hold_on_customers_whose_truth_is_known():
    data = simulated(40_000, seed=5)
    model = clv.fit_bgnbd(data)
    half = data["T"] / 2  # what the first half would foretell of a newcomer's whole
    assert data["frequency"].mean() == pytest.approx(model.expected_of_new(data["T"]).mean(), rel=0.02)
    assert model.expected_of_new(half).mean() < data["frequency"].mean()


def test_alive(fitted, cdnow):
    alive = fitted.p_alive(cdnow)
    assert alive.between(0, 1).all()
    assert (alive[cdnow["frequency"] == 0] == 1).all()
    silent = pd.DataFrame({"frequency": [5, 5], "recency": [10.0, 35.0], "T": [38.86] * 2})
    assert fitted.p_alive(silent).is_monotonic_increasing


def test_spend_lies_between_own_mean_and_everybodys(cdnow):
    model = clv.fit_gamma_gamma(cdnow)
    spend = model.expected_spend(cdnow)
    own = cdnow["monetary"].fillna(model.mean)
    low, high = np.minimum(own, model.mean), np.maximum(own, model.mean)
    assert ((low - 1e-9 <= spend) & (spend <= high + 1e-9)).all()
    assert spend[cdnow["frequency"] == 0].to_numpy() == pytest.approx(model.mean)


def test_lifetime_value_and_equity(fitted, cdnow):
    spend = clv.fit_gamma_gamma(cdnow)
    table = clv.lifetime_value(cdnow, fitted, spend, years=3, margin=0.3, discount=0.1)
    free = clv.lifetime_value(cdnow, fitted, spend, years=3, margin=0.3, discount=0)
    assert free["value"].to_numpy() == pytest.approx((0.3 * free["purchases"] * free["spend"]).to_numpy())
    assert (table["value"] < free["value"]).all()
    assert table["purchases"].to_numpy() == pytest.approx(fitted.expected_purchases(cdnow, 3 * 365.25 / 7).to_numpy())
    equity = clv.customer_equity(table["value"])
    assert equity["equity"] == pytest.approx(table["value"].sum())
    assert (equity["customers"], equity["below_zero"]) == (2357, 0)
    loss = clv.lifetime_value(cdnow, fitted, spend, margin=-0.1)
    assert clv.customer_equity(loss["value"])["below_zero"] == 2357


def test_unit_of_time_does_not_matter():
    orders = datasets.load("cdnow")
    weeks = clv.repeat_summary(orders, "1997-09-30", zero_orders="count")
    days = clv.repeat_summary(orders, "1997-09-30", zero_orders="count", unit="day")
    by_week, by_day = clv.fit_bgnbd(weeks), clv.fit_bgnbd(days)
    assert by_day.estimates["alpha"] == pytest.approx(7 * by_week.estimates["alpha"], rel=1e-5)
    spend = clv.fit_gamma_gamma(weeks)
    value = [clv.lifetime_value(s, m, spend)["value"].sum() for s, m in ((weeks, by_week), (days, by_day))]
    assert value[0] == pytest.approx(value[1], rel=1e-5)


def test_currency_does_not_matter(cdnow):
    plain, small = clv.fit_gamma_gamma(cdnow), clv.fit_gamma_gamma(cdnow.assign(monetary=cdnow["monetary"] * 1e6))
    assert small.mean == pytest.approx(1e6 * plain.mean, rel=1e-6)
    assert small.estimates[["p", "q"]].to_numpy() == pytest.approx(plain.estimates[["p", "q"]].to_numpy(), rel=1e-5)
    errors = [model.parameters()["se"] / model.estimates for model in (plain, small)]
    assert errors[0].to_numpy() == pytest.approx(errors[1].to_numpy(), rel=1e-4)
    assert plain.log_likelihood - small.log_likelihood == pytest.approx(946 * np.log(1e6))


# ---- contracts


def test_sbg_reads_several_cohorts():
    one = [1000, 869, 743, 653, 593, 551, 517, 491]
    table = pd.DataFrame([one, one[:4] + [np.nan] * 4], index=["2016", "2020"])
    both = clv.fit_sbg(table)
    apart = [clv.fit_sbg(row) for row in (one, one[:4])]
    assert both.customers == 2000
    assert both.log_likelihood < sum(model.log_likelihood for model in apart)
    assert min(m.estimates["alpha"] for m in apart) < both.estimates["alpha"] < max(m.estimates["alpha"] for m in apart)
    young = pd.concat([table, pd.DataFrame([[800] + [np.nan] * 7, [np.nan] * 8], index=["2023", "2024"])])
    triangle = clv.fit_sbg(young)
    assert triangle.estimates.to_dict() == both.estimates.to_dict()
    assert (triangle.customers, triangle.left_out) == (2000, {"cohorts_too_young": 2})
    assert clv.fit_sbg([one, one[:4], [800]]).estimates.to_dict() == both.estimates.to_dict()
    assert both.left_out == {"cohorts_too_young": 0}
    assert clv.fit_sbg(pd.DataFrame([one, one])).estimates.to_numpy() == pytest.approx(
        clv.fit_sbg(one).estimates.to_numpy(), rel=1e-5
    )


def test_sbg_lifetime_is_the_sum_of_survival():
    model = clv.fit_sbg([1000, 869, 743, 653, 593, 551, 517, 491])
    t = np.arange(400)
    assert model.expected_lifetime(0.1) == pytest.approx((model.survival(t) / 1.1**t).sum())
    later = model.survival(t + 3) / model.survival(3)
    assert model.expected_lifetime(0.1, tenure=3) == pytest.approx((later / 1.1**t).sum())
    assert model.expected_lifetime(0) == np.inf  # alpha below 1
    fast = clv.fit_sbg([10000, 2000, 800, 420, 250, 165, 115])
    assert fast.estimates["alpha"] > 1
    assert fast.expected_lifetime(0) == pytest.approx(fast.expected_lifetime(1e-5), rel=0.01)


# ---- the simple ones


def test_simple_formula_is_its_sum():
    t = np.arange(1, 2000)
    assert clv.simple(100, 0.8, 0.1) == pytest.approx((100 * 0.8**t / 1.1**t).sum())
    assert clv.simple(100, 0.8, 0.1, first="now") == pytest.approx(100 + clv.simple(100, 0.8, 0.1))
    assert clv.simple(100, 0.8, 0.1, periods=3) == pytest.approx((100 * 0.8 ** t[:3] / 1.1 ** t[:3]).sum())
    assert clv.simple(100, 1, 0, periods=5) == 500
    assert clv.simple(-10, 0.5, 0) == -10
    many = clv.simple(pd.Series({"Li": 100.0, "Wu": 50.0}), [0.8, 0.9], 0.1)
    assert many.round(2).to_dict() == {"Li": 266.67, "Wu": 225.0}
    turned = clv.simple(pd.Series({"Li": 100.0, "Wu": 50.0}), pd.Series({"Wu": 0.9, "Li": 0.8}), 0.1)
    assert turned.round(2).to_dict() == {"Li": 266.67, "Wu": 225.0}


def test_historic_value():
    orders = datasets.load("online_retail_orders")
    table = clv.historic(orders, margin=0.5, discount=0.1)
    assert table["revenue"].sum() == pytest.approx(8_300_065.814)
    assert table["present_value"].sum() > table["profit"].sum()
    assert len(table) == 4372
    old = clv.historic(orders, as_of="2011-06-30")
    assert old.attrs["left_out"]["rows_after_as_of"] == int((orders["date"] >= "2011-07-01").sum())
    year = pd.DataFrame({"customer_id": [1], "date": ["2023-01-01"], "amount": [100.0]})
    assert clv.historic(year, "2024-01-01", discount=0.1)["present_value"].iloc[0] == pytest.approx(110, abs=0.1)


# ---- properties of the summary

ORDERS = st.lists(
    st.tuples(st.integers(1, 4), st.integers(0, 30), st.integers(-20, 50)), min_size=1, max_size=25
).filter(lambda rows: any(amount > 0 for _c, _d, amount in rows))


def frame(rows):
    data = pd.DataFrame(rows, columns=["customer_id", "date", "amount"])
    return data.assign(
        date=pd.Timestamp("2024-01-01") + pd.to_timedelta(data["date"], unit="D"), amount=data["amount"] / 1.0
    )


@given(ORDERS, st.randoms(use_true_random=False))
def test_summary_leaves_unchanged_what_it_must(rows, random):
    base = frame(rows)
    days = base.groupby(["customer_id", "date"])["amount"].sum()
    if not (days > 0).any():
        return
    want = clv.repeat_summary(base)
    order = list(range(len(rows)))
    random.shuffle(order)
    halves = pd.concat([base.assign(amount=base["amount"] * 0.25), base.assign(amount=base["amount"] * 0.75)])
    zero = pd.concat([base, base.assign(amount=0.0)])
    for other in (base.iloc[order], halves, zero):
        pd.testing.assert_frame_equal(clv.repeat_summary(other), want)
    scaled = clv.repeat_summary(base.assign(amount=base["amount"] * 8))
    pd.testing.assert_frame_equal(scaled.assign(monetary=scaled["monetary"] / 8), want)
    bought = days[days > 0].groupby("customer_id")
    assert want["frequency"].to_dict() == (bought.size() - 1).to_dict()
    assert (want["recency"] <= want["T"]).all()


@given(st.lists(st.integers(0, 300), min_size=1, max_size=8), st.integers(1, 400))
def test_survival_never_rises(losses, more):
    counts = [sum(losses) + more - sum(losses[:k]) for k in range(len(losses) + 1)]
    model = clv.fit_sbg(counts)
    curve = model.survival(np.arange(20))
    assert curve[0] == 1
    assert (np.diff(curve) <= 1e-12).all()
    assert (curve >= 0).all()
    assert np.isfinite(model.log_likelihood)


@given(
    st.lists(st.tuples(st.integers(0, 30), st.floats(0.05, 1), st.floats(1, 200)), min_size=3, max_size=40).filter(
        lambda rows: any(x for x, _share, _end in rows)
    )
)
def test_a_fit_is_an_estimate_or_says_that_it_is_none(rows):
    data = pd.DataFrame({"frequency": [x for x, _s, _t in rows], "T": [t for _x, _s, t in rows]})
    data["recency"] = [share * end if x else 0.0 for x, share, end in rows]
    model = clv.fit_bgnbd(data)
    known = model.estimates.notna()
    assert (known.all() and model.state == "interior") or (not known.all() and model.at_boundary)
    if known.all():
        f = likelihood.bgnbd(*(data[name].to_numpy(float) for name in ("frequency", "recency", "T")))
        assert np.abs(f(np.log(model.estimates.to_numpy()))[1]).max() < 1e-3
    ahead = model.expected_purchases(data, 10)
    assert np.isfinite(ahead).all()
    assert (ahead >= 0).all()


# ---- bad input

GOOD = pd.DataFrame({"frequency": [1, 0], "recency": [2.0, 0.0], "T": [9.0, 9.0], "monetary": [5.0, np.nan]})


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: clv.fit_bgnbd(GOOD.rename(columns={"T": "age"})), "no column 'T'"),
        (lambda: clv.fit_bgnbd(GOOD.assign(frequency=0, recency=0.0)), "bought a second time"),
        (lambda: clv.fit_bgnbd(GOOD.assign(recency=[20.0, 0])), "longer than T 9"),
        (lambda: clv.fit_bgnbd(GOOD.assign(recency=[0.0, 0])), "merge purchases of one day"),
        (lambda: clv.fit_bgnbd(GOOD.assign(recency=[2.0, 1.0])), "Row 1: frequency is 0 but recency is 1"),
        (lambda: clv.fit_bgnbd(GOOD.assign(frequency=[1.5, 0])), "whole number"),
        (lambda: clv.fit_bgnbd(GOOD.assign(frequency=[-1, 0])), "below 0"),
        (lambda: clv.fit_bgnbd(GOOD.assign(T=[9.0, np.inf])), "row 1: the number is infinite"),
        (lambda: clv.fit_bgnbd(GOOD.iloc[:0]), "no rows"),
        (lambda: clv.fit_gamma_gamma(GOOD), "at least two customers"),
        (lambda: clv.fit_gamma_gamma(GOOD.assign(monetary=[-5.0, 1])), "below 0"),
        (lambda: clv.fit_gamma_gamma(pd.DataFrame({"frequency": [1, 4], "monetary": 20.0})), "All mean amounts are 20"),
        (lambda: clv.fit_gamma_gamma(GOOD.drop(columns="monetary")), "no column 'monetary'"),
        (lambda: clv.fit_sbg([100]), "at least two counts"),
        (lambda: clv.fit_sbg([100, 120]), "period 1: 120 cannot"),
        (lambda: clv.fit_sbg([0, 0]), "not empty"),
        (lambda: clv.fit_sbg([100, np.nan]), "missing"),
        (lambda: clv.fit_sbg(pd.DataFrame([[9, np.nan, 5]], index=["May"])), "Cohort May: an empty cell"),
        (lambda: clv.simple(1, 80, 0.1), "such as 0.8 for 80%"),
        (lambda: clv.simple(1, 0.8, -0.1), "discount must lie between 0 and 1"),
        (lambda: clv.simple(1, 0.8, 10), "discount must lie between 0 and 1, such as 0.1 for 10%"),
        (lambda: clv.simple([1, 2], [0.8] * 3, 0.1), "margin has 2"),
        (lambda: clv.simple(pd.Series([1, 2], list("ab")), pd.Series([0.1, 0.2], list("ac")), 0.1), "label 'b' is in margin"),
        (lambda: clv.historic(frame([(1, 0, 5)]), margin=40), "margin must lie between 0 and 1, such as 0.4 for 40%"),
        (lambda: clv.historic(frame([(1, 0, 5)]), margin=-40), "margin must lie"),
        (lambda: clv.historic(frame([(1, 0, 5)]), discount=10), "discount must lie"),
        (lambda: clv.migration_value(1, [0.5], 10), "discount must lie"),
        (lambda: clv.expected_buyers(1, [50], 3), "rates"),
        (lambda: clv.expected_buyers(1, [0.5], 10**9), "periods"),
        (lambda: clv.return_rates(frame([(1, 0, 5)]), ["03/04/2024"] * 3), "year first"),
        (lambda: clv.return_rates(frame([(1, 0, 5)]), "2024-01-01"), "cuts"),
        (lambda: clv.return_rates(frame([(1, 0, 5)]).assign(date="soon"), ["2024-01-01", "2024-02-01", "2024-03-01"]), "soon"),
        (lambda: clv.fit_sbg([100, 80]).retention_rate(-3), "whole numbers from 1"),
        (lambda: clv.fit_sbg([100, 80]).retention_rate(0), "whole numbers from 1"),
        (lambda: clv.fit_sbg([100, 80]).retention_rate([1.5]), "whole numbers from 1"),
        (lambda: clv.fit_sbg([100, 80]).survival(10**9), "whole numbers from 0 to 100000"),
        (lambda: clv.fit_sbg([100, 80]).expected_lifetime(discount=10), "discount must lie"),
        (lambda: clv.fit_sbg([[100, 80], [90, 95]]), "Cohort 1, period 1"),
        (lambda: clv.fit_sbg([1, 0.8]), "not shares"),
        (lambda: clv.fit_sbg([[100], [90]]), "at least two counts"),
        (lambda: clv.simple(1, 1, 0), "has no end"),
        (lambda: clv.simple(1, 0.8, 0.1, first="later"), "first must be one of"),
        (lambda: clv.historic(pd.DataFrame({"customer_id": [1], "date": ["03/04/2024"], "amount": [1]})), "year first"),
        (lambda: clv.historic(pd.DataFrame({"CustomerID": [1], "date": ["2024-01-01"], "amount": [1]})), "CustomerID"),
        (lambda: clv.repeat_summary(frame([(1, 0, -5)])), "No purchase is left"),
        (lambda: clv.repeat_summary(frame([(1, 0, 5)]), as_of="2020-01-01"), "No purchase is left"),
        (lambda: clv.repeat_summary(frame([(1, 0, 5)]), unit="fortnight"), "unit must be one of"),
        (lambda: clv.repeat_summary(frame([(1, 0, 5)]).assign(amount=[np.nan])), "row 0: the number is missing"),
        (lambda: clv.repeat_summary(frame([(1, 0, 5)]), as_of=7), "as_of must be a day"),
        (lambda: clv.holdout(frame([(1, 0, 5), (1, 3, 5), (1, 9, 5)]), "2024-02-20"), "Nothing lies after"),
        (lambda: clv.customer_equity([1.0, np.nan]), "missing"),
    ],
)
def test_says_what_is_wrong(call, says):
    with pytest.raises(InputError, match=says):
        call()


def test_odd_but_right_input():
    rows = pd.DataFrame(
        {
            "customer_id": ["7", " ", None, "7", "8"],
            "date": pd.to_datetime(["2024-01-01", "2024-01-02", "2024-01-02", "2024-01-15", "2024-01-29"], utc=True),
            "amount": [decimal.Decimal(10)] * 5,
        }
    )
    table = clv.repeat_summary(rows)
    assert table.index.tolist() == ["7", "8"]
    assert table.loc["7"].tolist() == [1, 2.0, 4.0, 10.0]
    assert table.attrs["left_out"]["rows_without_customer"] == 2
    assert clv.repeat_summary(frame([(1, 0, 5)])).iloc[0, :3].tolist() == [0, 0, 0]
    counted = clv.repeat_summary(rows.drop(columns="amount"), amount=None)
    assert "monetary" not in counted
    assert clv.repeat_summary(frame([(1, 0, -5), (1, 2, 9), (1, 9, 4)])).iloc[0, 0] == 1  # refund before any purchase


# ---- customers who come back


def test_migration_is_the_simple_formula_where_the_lost_stay_lost():
    for margin, rate, discount in ((100, 0.8, 0.1), (250, 0.7, 0.05), (-4, 0.3, 0.2)):
        found = clv.migration_value(margin, [rate], discount)[0]
        assert found == pytest.approx(clv.simple(margin, rate, discount))
        buyers = clv.expected_buyers(1, [rate], 400)
        assert found == pytest.approx((margin * buyers / (1 + discount) ** buyers.index.to_numpy()).sum())


def test_migration_against_people_drawn_one_by_one():
    rates, margin, cost, discount = [0.6, 0.4, 0.2], 40.0, 4.0, 0.2
    rng, n = np.random.default_rng(5), 200_000
    silent, total = np.zeros(n, int), np.zeros(n)
    buyers = []
    for period in range(1, 60):
        here = silent < len(rates)
        buys = here & (rng.uniform(size=n) < np.append(rates, 0)[np.minimum(silent, len(rates))])
        total += (margin * buys - cost * here) / (1 + discount) ** period
        silent = np.where(buys, 0, silent + 1)
        buyers.append(buys.mean())
    found = clv.migration_value(margin, rates, discount, cost)
    assert abs(found[0] - total.mean()) < 4 * total.std() / n**0.5
    assert np.allclose(clv.expected_buyers(1, rates, 59), buyers, atol=0.006)


def test_return_rates_counted_by_hand_in_pandas():
    orders = datasets.load("online_retail_orders")
    cuts = pd.to_datetime(["2010-12-01", "2011-03-01", "2011-06-01", "2011-09-01"])
    found = clv.return_rates(orders, cuts)
    paid = orders[orders["amount"] > 0]
    one, two, three = (
        set(paid.loc[(paid["date"] >= a) & (paid["date"] < b), "customer_id"].dropna())
        for a, b in pairwise(cuts)
    )
    assert found["customers"].tolist() == [len(one) + len(two), len(one - two)]
    assert found["bought"].tolist() == [len(one & two) + len(two & three), len((one - two) & three)]


def test_migration_refuses_in_a_sentence():
    with pytest.raises(InputError, match="between 0 and 1"):
        clv.migration_value(100, [1.2], 0.1)
    with pytest.raises(InputError, match="no end"):
        clv.migration_value(100, [1.0], 0)
    with pytest.raises(InputError, match="three days"):
        clv.return_rates(datasets.load("cdnow"), ["1997-01-01", "1997-02-01"])
