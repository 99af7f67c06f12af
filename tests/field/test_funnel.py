import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from crmlab import funnel, intervals
from crmlab.checks import InputError


def test_a_funnel_by_hand():
    table = funnel.conversion({"calls": 1840, "talks": 412, "visits": 95, "orders": 21})
    assert table["rate"].tolist()[1:] == pytest.approx([412 / 1840, 95 / 412, 21 / 95])
    assert table.loc["orders", "overall"] == pytest.approx(21 / 1840)
    assert (table.loc["visits", "low"], table.loc["visits", "high"]) == pytest.approx(intervals.wilson(95, 412))
    assert table["per_next"].iloc[1:].prod() == pytest.approx(1840 / 21)
    assert table.attrs["weakest"] == "orders"


@given(st.lists(st.integers(0, 1000), min_size=2, max_size=6))
def test_rates_multiply_to_the_overall_rate(counts):
    counts = sorted(counts, reverse=True)
    table = funnel.conversion(pd.Series(counts, index=[f"s{k}" for k in range(len(counts))]))
    if counts[-1] > 0:
        assert table["rate"].iloc[1:].prod() == pytest.approx(table["overall"].iloc[-1])
        assert table["overall_low"].iloc[-1] <= table["overall"].iloc[-1] <= table["overall_high"].iloc[-1]


def test_counts_from_a_table():
    leads = pd.DataFrame({"called": [1, 1, 1, 0], "met": [1, 0, 1, 1], "ordered": [0, 1, 1, 1]})
    counts = funnel.stage_counts(leads, ["called", "met", "ordered"])
    assert counts.tolist() == [3, 2, 1]
    assert counts.attrs["left_out"] == {"out_of_order": 2}
    assert funnel.conversion(counts)["count"].tolist() == [3, 2, 1]


@given(st.integers(1, 20), st.lists(st.floats(0.02, 1), min_size=1, max_size=4), st.floats(0.5, 0.99))
def test_the_safe_number_keeps_its_promise(orders, rates, certainty):
    table = funnel.needed(orders, rates, certainty)
    p = float(np.prod(rates))
    n = int(table["safe"].iloc[0])
    assert table["expected"].iloc[0] == pytest.approx(orders / p)
    assert stats.binom.sf(orders - 1, n, p) >= certainty - 1e-9
    assert n == orders or stats.binom.sf(orders - 1, n - 1, p) < certainty + 1e-9
    assert table["safe"].iloc[-1] == orders


def test_safe_number_of_one_order_is_the_geometric_one():
    table = funnel.needed(1, {"orders": 0.025}, certainty=0.9)
    assert table.loc["start", "safe"] == int(np.ceil(np.log(0.1) / np.log(0.975)))


def test_back_from_a_measured_funnel():
    rates = funnel.conversion({"calls": 200, "talks": 80, "visits": 20, "orders": 5})["rate"]
    table = funnel.needed(10, rates)
    assert table.index.tolist() == ["start", "talks", "visits", "orders"]
    assert table["expected"].tolist() == pytest.approx([400, 160, 40, 10])


def test_calls_for_one_order():
    row = funnel.calls_per_order(200, 5).iloc[0]
    low, high = intervals.wilson(5, 200)
    assert (row["low"], row["high"]) == pytest.approx((1 / high, 1 / low))
    none = funnel.calls_per_order(pd.Series([50, 0], index=["Li", "Wu"]), [0, 0])
    assert np.isinf(none.loc["Li", ["per_order", "high"]].astype(float)).all()
    assert none.loc["Li", "low"] == pytest.approx(1 / intervals.wilson(0, 50)[1])
    assert np.isnan(none.loc["Wu", "per_order"])


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: funnel.conversion({"calls": 5, "orders": 9}), r"'orders' holds more \(9\)"),
        (lambda: funnel.conversion({"calls": 5}), "two or more whole counts"),
        (lambda: funnel.conversion({"calls": 5.5, "orders": 1}), "whole counts"),
        (lambda: funnel.conversion({"calls": -5, "orders": -9}), "below 0"),
        (lambda: funnel.needed(0, [0.5]), "orders must be a whole number from 1"),
        (lambda: funnel.needed(1, [0.5, 0]), "above 0 and at most 1"),
        (lambda: funnel.needed(1, [40]), "above 1"),
        (lambda: funnel.needed(1, {"talks": 0.5, "visits": None, "orders": 0.5}), "the number is missing"),
        (lambda: funnel.conversion([5, 3]), "stages must be a pandas Series or a mapping"),
        (lambda: funnel.needed(1, [0.5], certainty=90), "certainty must lie between"),
        (lambda: funnel.stage_counts(pd.DataFrame({"a": [2]}), ["a"]), "neither True nor False"),
        (lambda: funnel.calls_per_order(3, 5), "more successes"),
    ],
)
def test_bad_input_is_told(call, words):
    with pytest.raises(InputError, match=words):
        call()
