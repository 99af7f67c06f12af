"""Forecasts: published and hand-checked numbers, and what must hold for any series."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from crmlab import forecasting, plots
from crmlab.checks import InputError

# Quarterly beer production in Australia, megalitres, 1992 Q1 to 2010 Q2.
BEER = [
    443, 410, 420, 532, 433, 421, 410, 512, 449, 381, 423, 531, 426, 408, 416, 520, 409, 398, 398, 507, 432, 398, 406, 526, 428,
    397, 403, 517, 435, 383, 424, 521, 421, 402, 414, 500, 451, 380, 416, 492, 428, 408, 406, 506, 435, 380, 421, 490, 435, 390,
    412, 454, 416, 403, 408, 482, 438, 386, 405, 491, 427, 383, 394, 473, 420, 390, 410, 488, 415, 398, 419, 488, 414, 374,
]  # fmt: skip
amounts = st.lists(st.floats(-1e6, 1e6), min_size=16, max_size=30)
NAMES = [name for name in forecasting.METHODS if not name.startswith("seasonal")]


@pytest.mark.parametrize(
    ("method", "mae", "mase"),
    [
        (forecasting.drift, 58.88, 4.12),
        (forecasting.mean, 34.83, 2.44),
        (forecasting.naive, 57.40, 4.01),
        (partial(forecasting.seasonal_naive, season=4), 13.40, 0.937),
    ],
)
def test_published_accuracy_of_beer(method: forecasting.Method, mae: float, mase: float) -> None:
    """Hyndman & Athanasopoulos (2021), section 5.8: fitted to 1992-2007, forecast 2008 to 2010 Q2."""
    known, came = BEER[:64], BEER[64:]
    said = method(known, len(came)).tolist()
    assert forecasting.mae(came, said) == pytest.approx(mae, abs=0.005)
    assert forecasting.mase(came, said, known, season=4) == pytest.approx(mase, rel=0.002)


def test_methods_by_hand() -> None:
    past = [4, 8, 6, 2, 10, 12]
    assert forecasting.naive(past, 2).tolist() == [12, 12]
    assert forecasting.seasonal_naive(past, 4, season=3).tolist() == [2, 10, 12, 2]
    assert forecasting.seasonal_mean(past, 3, season=3, window=2).tolist() == [3, 9, 9]
    assert forecasting.mean(past).tolist() == [7]
    assert forecasting.moving_average(past, window=2).tolist() == [11]
    assert forecasting.drift(past, 2).tolist() == pytest.approx([13.6, 15.2])
    assert forecasting.smoothing(past, alpha=1).tolist() == [12]
    assert forecasting.smoothing([10, 20, 10], alpha=0.5).tolist() == [12.5]
    assert forecasting.smoothing([5, 9, 5, 9, 5, 9] * 3).iloc[0] < 9, "the naive end of the range is not the best here"
    assert forecasting.smoothing(list(range(20))).iloc[0] == 19, "and here it is"


def test_back_test_by_hand() -> None:
    tests = forecasting.back_test([8, 10, 9, 12, 11], ["naive", "mean"], horizon=2, first=2)
    naive = tests[tests["method"] == "naive"]
    assert naive[["origin", "step", "actual", "forecast", "error"]].to_numpy().tolist() == [
        [2, 1, 9, 10, -1],
        [2, 2, 12, 10, 2],
        [3, 1, 12, 9, 3],
        [3, 2, 11, 9, 2],
    ]
    assert forecasting.together(tests)["error"].tolist() == [1, 5, 3, 5]
    every = forecasting.back_test(list(range(20)), ["naive"], first=4, every=7)
    assert every["origin"].tolist() == [4, 11, 18]


def test_accuracy_by_hand() -> None:
    history = [3, 5, 4, 8, 7, 12, 9, 10]
    tests = forecasting.back_test(history, ["naive", "mean"], first=3)
    table = forecasting.accuracy(tests)
    off = {"naive": [4, 1, 5, 3, 1], "mean": [4, 2, 6.6, 2.5, 10 - 48 / 7]}
    gain = np.array(off["mean"]) - off["naive"]
    assert table.at["naive", "mae"] == pytest.approx(np.mean(off["naive"]))
    assert table.at["mean", "mae"] == pytest.approx(np.mean(off["mean"]))
    assert table.at["naive", "mase"] == pytest.approx(np.mean(off["naive"]) / 1.5), (
        "steps of 2 and 1 in the first three"
    )
    assert table.at["mean", "difference"] == pytest.approx(gain.mean())
    # One step ahead, Harvey, Leybourne and Newbold's interval is the usual one of a mean.
    half = stats.t.ppf(0.975, 4) * gain.std(ddof=1) / 5**0.5
    assert table.at["mean", "high"] - table.at["mean", "difference"] == pytest.approx(half)
    assert table.loc["naive", ["difference", "low", "high"]].tolist() == [0, 0, 0]


def test_overlapping_forecasts_are_less_sure() -> None:
    rng = np.random.RandomState(64)
    history = rng.normal(size=80).cumsum()
    one = forecasting.accuracy(forecasting.back_test(history, ["naive", "mean"], first=20))
    four = forecasting.accuracy(
        forecasting.together(forecasting.back_test(history, ["naive", "mean"], horizon=4, first=20))
    )
    width = [float(((table["high"] - table["low"]) / table["mae"])["mean"]) for table in (one, four)]
    assert width[1] > width[0]
    assert "mase" not in four.columns


@given(amounts, st.integers(0, 3), st.sampled_from(NAMES))
def test_no_method_peeks(values: list[float], later: int, name: str) -> None:
    """What comes after an origin changes nothing that was forecast there."""
    other = [*values[: 13 + later], *(-value + 7 for value in values[13 + later :])]
    one, two = (forecasting.back_test(history, [name], first=12) for history in (values, other))
    early = one["origin"] <= 13 + later
    pd.testing.assert_series_equal(one.loc[early, "forecast"], two.loc[early, "forecast"])


@given(amounts, st.floats(0.1, 50), st.sampled_from(["naive", "mean", "moving_average", "drift"]))
def test_forecasts_follow_the_unit(values: list[float], by: float, name: str) -> None:
    method = forecasting.METHODS[name]
    scaled = method([by * value for value in values], 3)
    assert scaled.tolist() == pytest.approx((by * method(values, 3)).tolist(), rel=1e-6, abs=1e-3)


@given(st.lists(st.tuples(st.floats(-1e5, 1e5), st.floats(-1e5, 1e5)), min_size=6, max_size=20))
def test_one_rule_from_below_adds_up_to_the_rule_above(pairs: list[tuple[float, float]]) -> None:
    north, south = (list(side) for side in zip(*pairs, strict=True))
    whole = [a + b for a, b in pairs]
    for name in ("naive", "mean", "moving_average", "drift"):
        method = forecasting.METHODS[name]
        assert (method(north, 2) + method(south, 2)).tolist() == pytest.approx(method(whole, 2).tolist(), abs=1e-4)


@given(st.lists(st.floats(-1e4, 1e4), min_size=5, max_size=40), st.floats(-1e5, 1e5), st.floats(0.05, 0.9))
def test_interval_grows_with_coverage(errors: list[float], forecast: float, coverage: float) -> None:
    low, high = forecasting.interval(errors, forecast, coverage)
    lower, higher = forecasting.interval(errors, forecast, coverage + 0.05)
    assert lower - 1e-6 <= low <= high <= higher + 1e-6
    held = np.mean([low <= forecast + error <= high for error in errors])
    assert held >= coverage - 2 / len(errors)


def test_coverage_is_near_what_is_promised_where_nothing_changes() -> None:
    rng = np.random.RandomState(1)
    tests = forecasting.back_test(rng.normal(100, 10, 400), ["mean"], first=20)
    assert forecasting.covered(tests, 0.8, first=50)["inside"].mean() == pytest.approx(0.8, abs=0.05)


def test_intervals_know_no_later_error() -> None:
    tests = forecasting.together(forecasting.back_test([*[10.0] * 30, *range(100, 110)], ["naive"], horizon=4, first=5))
    rows = forecasting.covered(tests, first=5)
    calm = rows[rows["origin"] <= 30]
    assert ((calm["low"] == 40) & (calm["high"] == 40)).all(), "the jump after 30 is in no error that was known by then"
    assert not calm.loc[calm["origin"] == 30, "inside"].any()


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: forecasting.naive([]), "history"),
        (lambda: forecasting.naive([1, None, 3]), "missing"),
        (lambda: forecasting.drift([1]), "two periods"),
        (lambda: forecasting.moving_average([1, 2], window=3), "window=3"),
        (lambda: forecasting.seasonal_mean([1] * 20, season=7, window=3), "21 periods"),
        (lambda: forecasting.smoothing([1, 2], alpha=0), "alpha"),
        (lambda: forecasting.back_test([1, 2, 3], ["naive"], first=3), "4 periods"),
        (lambda: forecasting.back_test([1] * 20, ["crystal ball"]), "methods"),
        (lambda: forecasting.back_test([1] * 20, {"five": 5}), "function"),
        (
            lambda: forecasting.back_test([1] * 20, {"one": lambda past, _steps: past.head(1)}, horizon=2),
            "forecasts 1 periods",
        ),
        (lambda: forecasting.accuracy(pd.DataFrame({"a": [1]})), "back_test"),
        (lambda: forecasting.accuracy(forecasting.back_test([1] * 20, ["mean"])), "against must be one of mean"),
        (lambda: forecasting.interval([1, 2], 5), "five errors"),
        (lambda: forecasting.covered(forecasting.back_test([1] * 15, ["mean"])), "No interval"),
    ],
)
def test_what_cannot_be_done_is_said(make: object, says: str) -> None:
    with pytest.raises(InputError, match=says):
        make()  # type: ignore[operator]


def test_series_that_never_changes_has_no_mase() -> None:
    assert np.isnan(forecasting.mase([1], [2], [5, 5, 5]))
    assert forecasting.accuracy(forecasting.back_test([5] * 20, ["naive"]))["mase"].isna().all()


def test_chart_names_both_ends(language: str) -> None:
    ahead = pd.DataFrame({"naive": [9.0, 9.0], "mean": [5.0, 5.0]})
    drawn = plots.forecast_lines([1, 8, 9], ahead)
    assert "18" in drawn.get_title(loc="left")
    assert "10" in drawn.get_title(loc="left")
    assert len(drawn.get_legend().get_texts()) == 3


@pytest.mark.parametrize("methods", [[], {}])
def test_back_test_of_no_method_is_refused(methods: object) -> None:
    with pytest.raises(InputError, match="methods must be one of naive"):
        forecasting.back_test(BEER, methods)
