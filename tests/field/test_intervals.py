import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmlab import intervals
from crmlab.checks import InputError


def test_wilson_of_nine_in_eleven():
    low, high = intervals.wilson(9, 11)
    assert (round(low, 4), round(high, 4)) == (0.5230, 0.9486)


def test_agrees_with_scipy():
    from scipy.stats import binomtest

    for k, n, confidence in [(0, 5, 0.95), (5, 5, 0.9), (3, 40, 0.99), (107, 196, 0.95)]:
        want = binomtest(k, n).proportion_ci(confidence, method="wilson")
        assert intervals.wilson(k, n, confidence) == pytest.approx((want.low, want.high))


@given(st.integers(1, 10**6).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), st.floats(0.5, 0.999))
def test_lies_within_0_and_1_and_holds_the_share(counts, confidence):
    k, n = counts
    low, high = intervals.wilson(k, n, confidence)
    assert 0 <= low <= k / n <= high <= 1
    assert low < high


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_losing_is_winning_seen_from_the_other_side(counts):
    k, n = counts
    low, high = intervals.wilson(k, n)
    assert intervals.wilson(n - k, n) == pytest.approx((1 - high, 1 - low))


def test_arrays_series_and_no_tries():
    low, _high = intervals.wilson([9, 0], [11, 0])
    assert low[0] == pytest.approx(0.523, abs=1e-3)
    assert np.isnan(low[1])
    low, _high = intervals.wilson(pd.Series([1], index=["x"]), 2)
    assert list(low.index) == ["x"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((12, 11), "more successes"),
        ((-1, 11), "number from 0 up"),
        ((float("nan"), 11), "number from 0 up"),
        (("many", 11), "not str"),
        ((1, 2, 95), "between 0 and 1"),
    ],
)
def test_says_what_is_wrong(arguments, says):
    with pytest.raises(InputError, match=says):
        intervals.wilson(*arguments)


def test_exact_agrees_with_scipy():
    from scipy.stats import binomtest

    for k, n, confidence in [(0, 5, 0.95), (5, 5, 0.9), (3, 40, 0.99), (107, 196, 0.95), (1, 10**6, 0.95)]:
        want = binomtest(k, n).proportion_ci(confidence, method="exact")
        assert intervals.exact(k, n, confidence) == pytest.approx((want.low, want.high), rel=1e-9)
    low, high = intervals.exact(pd.Series([9, 0], index=["Li", "Wu"]), pd.Series([11, 0], index=["Li", "Wu"]))
    assert low.round(3).to_dict() == pytest.approx({"Li": 0.482, "Wu": float("nan")}, nan_ok=True)
    assert high.name == "high"
    with pytest.raises(InputError, match="more successes"):
        intervals.exact(12, 11)


@given(st.integers(1, 40), st.floats(0.01, 0.99), st.floats(0.5, 0.99))
def test_exact_covers_the_truth_as_often_as_it_says(n, truth, confidence):
    from scipy.stats import binom

    low, high = intervals.exact(np.arange(n + 1), n, confidence)
    held = (low <= truth) & (truth <= high)
    assert binom.pmf(np.arange(n + 1), n, truth)[held].sum() >= confidence - 1e-12
