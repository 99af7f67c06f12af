"""Pareto/NBD: published figures, the paper's formulas, customers whose truth is known, edges; models on a hold-out."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.special import gammaln, hyp2f1

from crmlab import clv, datasets
from crmlab.checks import InputError
from crmlab.clv import bgnbd, pareto_likelihood, pareto_nbd

NAMES = ["r", "alpha", "s", "beta"]


@pytest.fixture(scope="module")
def cdnow():
    return clv.repeat_summary(datasets.load("cdnow"), "1997-09-30", zero_orders="count")


def made(values, kind=pareto_nbd.ParetoNBD, names=NAMES):
    return kind(pd.Series(values, names), pd.DataFrame(np.nan, names, names), 0.0, 1, "interior", values)


def drawn(rng, n, rate, lost_at, end, ahead=0.0):
    """Customers with these rates who are lost at these moments: the summary up to ``end``, and purchases in the time after."""
    stop = np.minimum(lost_at, end)
    x = rng.poisson(rate * stop)
    last = np.where(x > 0, stop * rng.uniform(size=n) ** (1 / np.maximum(x, 1)), 0)
    later = rng.poisson(rate * np.clip(lost_at - end, 0, ahead))
    return pd.DataFrame({"frequency": x, "recency": last, "T": end, "later": later})


def simulated(n, r=0.6, alpha=9.0, s=0.8, beta=14.0, ahead=26.0, seed=1):
    rng = np.random.default_rng(seed)
    lost_at = rng.exponential(1 / rng.gamma(s, 1 / beta, n))
    return drawn(rng, n, rng.gamma(r, 1 / alpha, n), lost_at, rng.uniform(26, 52, n).round(1), ahead)


# ---- published and derived elsewhere


def test_cdnow_to_the_printed_digits(cdnow):
    model = clv.fit_pareto_nbd(cdnow)
    assert model.estimates.round(3).to_dict() == {"r": 0.553, "alpha": 10.578, "s": 0.606, "beta": 11.669}
    assert round(model.log_likelihood, 2) == -9594.98
    assert (model.state, model.customers) == ("interior", 2357)
    days = cdnow.assign(recency=7 * cdnow["recency"], T=7 * cdnow["T"])
    assert clv.fit_pareto_nbd(days).estimates["beta"] == pytest.approx(7 * model.estimates["beta"], rel=1e-5)


@given(
    st.integers(0, 12), st.floats(0.05, 1), st.floats(0.1, 3), st.floats(0.5, 30), st.floats(0.1, 3), st.floats(0.5, 30)
)
def test_likelihood_and_p_alive_are_those_of_the_paper(x, share, r, alpha, s, beta):
    """Fader and Hardie (2005), equations 16 to 18, with the two hypergeometric functions."""
    end = 30.0
    last = share * end if x else 0.0
    top = max(alpha, beta)
    third = s + 1 if alpha >= beta else r + x

    def part(t):
        return hyp2f1(r + s + x, third, r + s + x + 1, abs(alpha - beta) / (top + t)) / (top + t) ** (r + s + x)

    difference = part(last) - part(end)
    stay = 1 / ((alpha + end) ** (r + x) * (beta + end) ** s)
    together = stay + s / (r + s + x) * difference
    want = gammaln(r + x) - gammaln(r) + r * np.log(alpha) + s * np.log(beta) + np.log(together)
    one = pd.DataFrame({"frequency": [x], "recency": [last], "T": [end]})
    model = made((r, alpha, s, beta))
    assert model.log_likelihood_of(one) == pytest.approx(want, rel=1e-8, abs=1e-8)
    assert model.p_alive(one).iloc[0] == pytest.approx(stay / together, rel=1e-7)


@pytest.mark.parametrize("s", [0.3, 1.0, 2.5])
def test_expected_purchases_are_the_integral_over_what_is_ahead(s):
    r, alpha, beta, x, end, ahead = 0.6, 9.0, 14.0, 4, 40.0, 26.0
    model = made((r, alpha, s, beta))
    one = pd.DataFrame({"frequency": [x], "recency": [35.0], "T": [end]})
    stays = quad(lambda t: ((beta + end) / (beta + end + t)) ** s, 0, ahead)[0]
    want = model.p_alive(one).iloc[0] * (r + x) / (alpha + end) * stays
    assert model.expected_purchases(one, ahead).iloc[0] == pytest.approx(want)
    new = r / alpha * quad(lambda t: (beta / (beta + t)) ** s, 0, ahead)[0]
    assert model.expected_of_new([0, ahead]).tolist() == pytest.approx([0, new])
    assert model.expected_of_new(ahead) == pytest.approx(new)


def finely(r, alpha, s, beta, x, last, end):
    """The logarithm of the same integral in many short panels."""
    node, weight = np.polynomial.legendre.leggauss(40)
    base = min(alpha, beta) + last
    width = np.log1p((end - last) / base)
    edges = np.unique(np.r_[0, width * np.linspace(0, 1, 61), width * 2.0 ** -np.arange(1, 30)])
    low, high = edges[:-1, None], edges[1:, None]
    w = low + (high - low) * (node + 1) / 2
    t = last + base * np.expm1(w)
    inside = w + np.log(base) + np.log(s / beta) - (s + 1) * np.log1p(t / beta) - r * np.log1p(t / alpha)
    inside = inside - x * np.log(alpha + t)
    return inside.max() + np.log((np.exp(inside - inside.max()) * weight * (high - low) / 2).sum())


@given(
    st.sampled_from([0, 1, 3, 30, 1000]), st.floats(1e-3, 1), st.sampled_from([0.01, 10, 400]),
    *[st.floats(-4, 4) for _name in NAMES], st.sampled_from([1, 1e-4, 1e3, 1e8]),
)  # fmt: skip
def test_few_points_are_enough_everywhere(x, share, end, r, alpha, s, beta, far):
    r, alpha, s, beta = np.exp([r, alpha, s, beta])
    s, beta = (s * far, beta * far) if far >= 1 else (s, beta * far)
    last = share * end * 0.999 if x else 0.0
    columns = np.array([float(x)]), np.array([last]), np.array([end])
    ((_rows, *points),) = pareto_likelihood.points(r, alpha, s, beta, *columns)
    found, _inside = pareto_likelihood.gone(r, alpha, s, beta, *columns[:2], *points)
    assert found[0] == pytest.approx(finely(r, alpha, s, beta, x, last, end), rel=1e-9, abs=1e-9)


# ---- customers whose truth is known


def test_truth_is_found_again_and_forecasts_hold():
    data = simulated(20_000)
    model = clv.fit_pareto_nbd(data)
    table = model.parameters(0.999)
    truth = pd.Series({"r": 0.6, "alpha": 9.0, "s": 0.8, "beta": 14.0})
    assert ((table["low"] < truth) & (truth < table["high"])).all()
    ahead = model.expected_purchases(data, 26.0)
    for few, many in ((0, 0), (1, 1), (2, 4), (5, 100)):
        mine = data["frequency"].between(few, many)
        error = 4 * data["later"][mine].std() / mine.sum() ** 0.5
        assert ahead[mine].mean() == pytest.approx(data["later"][mine].mean(), abs=error)
    alive = model.p_alive(data)
    assert alive.between(0, 1).all()
    assert alive[data["frequency"] == 0].max() < 1  # BG/NBD would call all of these alive


@pytest.mark.parametrize("kind", ["bgnbd", "pareto_nbd"])
def test_variance_of_what_is_ahead_against_people_drawn(kind):
    """20,000 copies of one customer; who is alive, and at which pace, is drawn from what the model knows of that one."""
    rng, n, ahead = np.random.default_rng(3), 20_000, 30.0
    one = pd.DataFrame({"frequency": [3], "recency": [32.0], "T": [40.0]})
    model = made((0.6, 9.0, 0.8, 14.0)) if kind == "pareto_nbd" else made((0.6, 9.0, 0.8, 2.5), bgnbd.BGNBD, list("rxab"))
    alive = rng.uniform(size=n) < model.p_alive(one).iloc[0]
    rate = rng.gamma(0.6 + 3, 1 / (9 + 40), n)
    later = np.zeros(n)
    if kind == "pareto_nbd":
        life = rng.exponential(1 / rng.gamma(0.8, 1 / (14 + 40), n))
        later = rng.poisson(rate * np.minimum(life, ahead))
    else:
        drop, now, there = rng.beta(0.8, 2.5 + 3, n), np.zeros(n), np.ones(n, bool)
        while there.any():
            now = now + rng.exponential(1 / rate)
            there &= now < ahead
            later[there] += 1
            there &= rng.uniform(size=n) > drop
    later = later * alive
    assert later.mean() == pytest.approx(model.expected_purchases(one, ahead).iloc[0], rel=0.03)
    assert later.var() == pytest.approx(model._spread(one, ahead)[0], rel=0.06)
    assert model.error_of_total(one, ahead) == pytest.approx(model._spread(one, ahead)[0] ** 0.5)


# ---- edges


@pytest.mark.parametrize(
    ("state", "rate", "lost_at", "says"),
    [
        ("no_dropout", None, lambda rng, n: np.full(n, np.inf), "s runs to 0"),
        ("same_lifetime", None, lambda rng, n: rng.uniform(12, 14, n), "s and beta run to infinity"),
        ("gone_or_stay", None, lambda rng, n: np.where(rng.uniform(size=n) < 0.3, 1e-9, np.inf), "s and beta run to 0"),
        ("same_rate", 0.3, lambda rng, n: rng.exponential(1 / rng.gamma(0.8, 14.0, n)), "r and alpha run to infinity"),
    ],
)
def test_edges_are_named(state, rate, lost_at, says):
    rng, n = np.random.default_rng(8), 600
    rates = rng.gamma(4.0, 1 / 8, n) if rate is None else np.full(n, rate)
    data = drawn(rng, n, rates, lost_at(rng, n), rng.integers(20, 40, n).astype(float))
    model = clv.fit_pareto_nbd(data)
    assert state in model.state.split("+")
    assert says in model.note
    lost = ["r", "alpha"] if state == "same_rate" else ["s", "beta"]
    assert model.estimates[lost].isna().all()
    assert np.isfinite(model.expected_purchases(data, 20)).all()
    f = pareto_likelihood.likelihood(*(data[name].to_numpy(float) for name in ("frequency", "recency", "T")))
    for other in ([1.0, 8, 1, 20], [2.0, 8, 10, 300], [2.0, 8, 0.05, 0.01], [20.0, 60, 1, 20]):
        assert f(np.log(other))[0] < model.log_likelihood
    if state == "no_dropout":
        assert model.p_alive(data).min() == pytest.approx(1, abs=1e-6)


def test_online_retail_has_no_dropout_in_this_model_either():
    data = clv.repeat_summary(datasets.load("online_retail_orders"))
    pareto, bg = clv.fit_pareto_nbd(data), clv.fit_bgnbd(data)
    assert (pareto.state, bg.state) == ("no_dropout", "no_dropout")
    assert pareto.log_likelihood == pytest.approx(bg.log_likelihood, abs=2e-3)  # both are the NBD
    assert pareto.estimates["r"] == pytest.approx(bg.estimates["r"], rel=1e-3)


@settings(deadline=None, max_examples=12)
@given(
    st.lists(st.tuples(st.integers(0, 30), st.floats(0.05, 1), st.floats(1, 200)), min_size=2, max_size=25).filter(
        lambda rows: any(x for x, _share, _end in rows)
    ),
    st.lists(st.floats(-3, 3), min_size=4, max_size=4),
)
def test_a_fit_is_the_best_or_says_that_there_is_none(rows, elsewhere):
    data = pd.DataFrame({"frequency": [x for x, _s, _t in rows], "T": [t for _x, _s, t in rows]})
    data["recency"] = [share * end if x else 0.0 for x, share, end in rows]
    model = clv.fit_pareto_nbd(data)
    assert model.estimates.notna().all() == (model.state == "interior")
    f = pareto_likelihood.likelihood(*(data[name].to_numpy(float) for name in ("frequency", "recency", "T")))
    assert f(np.array(elsewhere))[0] <= model.log_likelihood + 0.01
    ahead = model.expected_purchases(data, 10)
    assert np.isfinite(ahead).all()
    assert (ahead >= 0).all()


# ---- beside BG/NBD


def test_values_and_holdout_take_it(cdnow):
    spend = clv.fit_gamma_gamma(cdnow)
    model = clv.fit_pareto_nbd(cdnow)
    table = clv.lifetime_value(cdnow, model, spend, years=1, margin=0.3)
    assert table["purchases"].to_numpy() == pytest.approx(model.expected_purchases(cdnow, 365.25 / 7).to_numpy())
    tried = clv.holdout(datasets.load("cdnow"), "1997-09-30", zero_orders="count", model="pareto_nbd")
    assert isinstance(tried.model, clv.ParetoNBD)
    assert tried.totals["predicted"] == pytest.approx(1665.5, abs=0.1)
    assert tried.errors["predicted"] < 0.8 * tried.errors["same_pace"]


def test_compare_sets_models_beside_each_other(cdnow):
    orders = datasets.load("cdnow")
    table = clv.compare(orders, "1997-09-30", zero_orders="count")
    assert table.index.tolist() == ["bgnbd", "pareto_nbd", "same_pace"]
    assert table.attrs | {"periods": 39} == {"actual": 1882, "customers": 2357, "periods": 39, "confidence": 0.95}
    assert table.loc["pareto_nbd", "low"] < 1882 < table.loc["pareto_nbd", "high"]
    assert (table["mae"].idxmax(), table["rmse"].idxmax()) == ("same_pace", "same_pace")
    assert table.loc["pareto_nbd", ["state", "estimated"]].tolist() == ["interior", 4]
    whole = clv.repeat_summary(orders, zero_orders="count").loc[cdnow.index]
    for name, fit in clv.PURCHASE_MODELS.items():
        model = fit(cdnow)
        assert model.log_likelihood_of(cdnow) == pytest.approx(model.log_likelihood, abs=1e-6)
        gained = model.log_likelihood_of(whole) - model.log_likelihood
        assert table.loc[name, "log_likelihood"] == pytest.approx(gained, abs=1e-6)
    one = clv.compare(orders, "1997-09-30", zero_orders="count", models="bgnbd", confidence=0.5)
    assert one.index.tolist() == ["bgnbd", "same_pace"]
    assert one.loc["bgnbd", "high"] < table.loc["bgnbd", "high"]


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda orders: clv.compare(orders, "1997-09-30", models=["nbd"]), "models must be one of bgnbd, pareto_nbd"),
        (lambda orders: clv.compare(orders, "1997-09-30", models=[]), "models names nothing"),
        (lambda orders: clv.compare(orders, "1997-09-30", models=None), "models must be one of"),
        (lambda orders: clv.compare(orders, "2020-01-01"), "Nothing lies after"),
        (lambda orders: clv.compare(orders, "1997-09-30", confidence=95), "such as 0.95"),
        (lambda orders: clv.holdout(orders, "1997-09-30", model="nbd"), "model must be one of"),
    ],
)
def test_compare_says_what_is_wrong(call, says):
    with pytest.raises(InputError, match=says):
        call(datasets.load("cdnow"))
