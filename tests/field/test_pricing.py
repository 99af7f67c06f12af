"""Discounts and rewards: the volume that pays for them, and what is wrong with an input."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmlab import plots, pricing
from crmlab.checks import InputError
from tests.plots import test_plots as looks

GROUPS = pd.DataFrame({"customers": [10], "amount": [50_000.0], "margin": [0.3], "lift": [0.1]}, index=["A"])

def test_five_percent_off():
    assert pricing.break_even_volume(0.05, 0.20) == pytest.approx(1 / 3)
    assert pricing.break_even_volume(0.05, 0.10) == pytest.approx(1)
    assert pricing.break_even_volume(0.05, 0.05) == np.inf
    assert pricing.break_even_volume(0.05, 0.04) == np.inf
    assert pricing.break_even_volume(0, 0.3) == 0
    assert pricing.break_even_volume(-0.05, 0.20) == pytest.approx(-0.2)  # a price rise may lose a fifth
    assert pricing.break_even_volume(0.05, 0.20, fixed=0.03) == pytest.approx(0.23 / 0.15 - 1)


def test_kinds_of_discount():
    margins = pd.Series({"rice": 0.1, "tea": 0.4})
    found = pricing.break_even_volume(0.05, margins)
    assert found.to_dict() == pytest.approx({"rice": 1.0, "tea": 1 / 7})
    table = pricing.discount_table([0.05, 0.1], [0.1, 0.2])
    assert table.to_numpy().tolist() == [[pytest.approx(1), pytest.approx(1 / 3)], [np.inf, pytest.approx(1)]]


@given(st.floats(0.01, 1), st.floats(0, 0.99), st.floats(0, 0.5))
def test_profit_is_the_same_at_the_break_even(margin, part, fixed):
    discount = part * margin
    more = pricing.break_even_volume(discount, margin, fixed)
    assert (1 + more) * (margin - discount) - fixed == pytest.approx(margin)


def test_reward_budget():
    groups = pd.DataFrame(
        {
            "customers": [10, 400, 5],
            "amount": [50_000.0, 20_000, 1000],
            "margin": [0.3, 0.2, -0.1],
            "lift": [0.1, 0.05, 0.2],
        },
        index=["A", "B", "loss"],
    )
    found = pricing.reward_budget(groups)
    assert found["budget"].tolist() == pytest.approx([750, 100, 0])
    assert found["per_customer"].tolist() == pytest.approx([75, 0.25, 0])
    assert found.loc["A", "rate"] == pytest.approx(750 / 55_000)
    # At the needed lift the extra margin just pays for the budget.
    lift = found.loc["A", "needed_lift"]
    assert lift * 50_000 * 0.3 == pytest.approx(750)
    assert lift == pytest.approx(0.05)
    assert np.isnan(found.loc["loss", "needed_lift"])
    assert (pricing.reward_budget(groups, share=0)["budget"] == 0).all()


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: pricing.break_even_volume(5, 0.2), "such as 0.05 for 5%"),
        (lambda: pricing.break_even_volume(0.05, 20), "such as 0.2"),
        (lambda: pricing.break_even_volume(0.05, -0.1), "margin must lie between 0 and 1"),
        (lambda: pricing.break_even_volume(0.05, pd.Series({"tea": np.nan})), "row 'tea': the number is missing"),
        (lambda: pricing.break_even_volume(0.05, 0.2, fixed=-1), "from 0 up"),
        (lambda: pricing.reward_budget(pd.DataFrame({"customers": [1]})), "no column 'amount'"),
        (lambda: pricing.reward_budget(GROUPS, share=2), "share must lie between 0 and 1, such as 0.02 for 2%"),
    ],
)
def test_says_what_is_wrong(call, says):
    with pytest.raises(InputError, match=says):
        call()


@pytest.fixture(scope="module")
def charts():
    return {
        "discount_lines": lambda: plots.discount_lines(pricing.discount_table()),
        "discount_never": lambda: plots.discount_lines(pricing.discount_table([0.02, 0.05], [0.04, 0.05])),
    }


@pytest.mark.parametrize("name", ["discount_lines", "discount_never"])
def test_chart(charts, name, in_language, caplog):
    looks.test_draws_without_a_warning(charts, name, in_language, caplog)
    looks.test_fits_and_nothing_lies_on_anything(charts, name, in_language)
    looks.test_letters_are_large_enough_on_a_phone(charts, name, in_language)
