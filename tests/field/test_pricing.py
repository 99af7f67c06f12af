"""Discounts and rewards: the volume that pays for them, what volume did when prices moved, and what is wrong with an input."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmlab import plots, pricing
from crmlab.checks import InputError
from tests.plots import test_plots as looks

CHANGES = pd.DataFrame(
    {
        "week": pd.date_range("2024-01-01", periods=4, freq="7D"),
        "change": [-0.5, -0.1, 0.1, 0.9],
        "volume": [8, 1.2, 0.9, 0.4],
    }
)
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


# What volume did


def up() -> list[float]:
    """A price that doubles."""
    return [2.0] * 6 + [4.0] * 6


def sold(**articles: tuple[list[int], list[float]]) -> pd.DataFrame:
    """A line a week and article: units and prices."""
    rows = [
        (code, pd.Timestamp("2024-01-01") + pd.Timedelta(weeks=week), units, price)
        for code, (many, prices) in articles.items()
        for week, (units, price) in enumerate(zip(many, prices, strict=True))
        if units
    ]
    return pd.DataFrame(rows, columns=["stock_code", "date", "quantity", "unit_price"])


STEADY = ([10] * 6 + [20] * 6, [1.0] * 12)


def test_a_price_that_moved_and_stayed():
    lines = sold(rice=STEADY, tea=([5] * 6 + [30] * 6, [2.0] * 6 + [1.5] * 6), salt=([5] * 12, [2.0] * 6 + [1.98] * 6))
    found = pricing.price_changes(lines)
    assert found.index.tolist() == ["tea"], "one percent is no change"
    row = found.loc["tea"]
    assert (row["before"], row["after"], row["change"]) == (2.0, 1.5, -0.25)
    assert (row["units_before"], row["units_after"]) == (30, 180)
    # The articles that stood sold 180 units after 90 (rice and salt): twice as many; tea six times as many.
    assert row["others"] == pytest.approx((120 + 30) / (60 + 30))
    assert row["volume"] == pytest.approx(6 / (150 / 90))
    assert row["week"] == pd.Timestamp("2024-02-12")
    assert found.attrs == {"articles": 3, "steady": 2, "weeks": 6}


def test_what_is_no_change():
    up_and_down = [2.0, 1.5] * 6
    short = [2.0] * 10 + [1.5] * 2
    rare = [5, 0, 0, 5, 0, 5, 5, 0, 0, 5, 0, 5]
    lines = sold(rice=STEADY, tea=([5] * 12, up_and_down), salt=([5] * 12, short), nuts=(rare, [2.0] * 6 + [1.5] * 6))
    assert pricing.price_changes(lines).empty


def test_the_usual_price_is_that_of_most_lines():
    lines = sold(rice=STEADY, tea=([5] * 12, [2.0] * 12))
    large = lines[lines["stock_code"] == "tea"].assign(unit_price=1.2, quantity=500).iloc[6:]
    assert pricing.price_changes(pd.concat([lines, lines, large])).empty, "one large order at its own price"


@given(st.floats(0.1, 50), st.integers(1, 40))
def test_neither_currency_nor_size_of_the_unit_matters(rate, times):
    lines = sold(rice=STEADY, tea=([5] * 6 + [30] * 6, [2.0] * 6 + [1.5] * 6))
    other = lines.assign(unit_price=lines["unit_price"] * rate, quantity=lines["quantity"] * times)
    columns = ["change", "volume", "others"]
    want, found = (pricing.price_changes(one).loc["tea", columns].tolist() for one in (lines, other))
    assert found == pytest.approx(want)


def test_volume_response_by_hand():
    weeks = pd.to_datetime(["2024-01-01", "2024-01-08", "2024-01-15", "2024-01-22", "2024-01-29", "2024-02-05"])
    changes = pd.DataFrame({"week": weeks, "change": [-0.1] * 5 + [0.2], "volume": [1, 2, 4, 8, 16, 0.5]})
    table = pricing.volume_response(changes, [-0.5, 0, 0.5], margin=0.3)
    assert table["articles"].tolist() == [5, 1]
    assert table["volume"].tolist() == pytest.approx([4, 0.5])
    assert table["needed"].tolist() == pytest.approx([1.5, 0.6])
    assert 1 < table["low"].iloc[0] < 4 < table["high"].iloc[0] < 16
    assert table[["low", "high"]].iloc[1].isna().all(), "one week gives no interval"
    again = pricing.volume_response(changes, [-0.5, 0, 0.5], margin=0.3)
    pd.testing.assert_frame_equal(table, again)
    assert "needed" not in pricing.volume_response(changes, [-0.5, 0])


def test_the_interval_covers():
    """Of 200 made-up years with eight waves of changes, in about 95% the true mean lies between low and high; eight are few."""
    inside = 0
    for seed in range(200):
        drawn = np.random.RandomState(seed)
        waves = np.repeat(drawn.normal(0, 0.3, 8), 6)
        changes = pd.DataFrame(
            {"week": np.repeat(pd.date_range("2024-01-01", periods=8, freq="7D"), 6), "change": -0.1}
        )
        changes["volume"] = 2 * np.exp(waves + drawn.normal(0, 0.4, 48))
        row = pricing.volume_response(changes, [-1, 0], runs=400, seed=seed).iloc[0]
        inside += row["low"] <= 2 <= row["high"]
    assert 0.84 <= inside / 200 <= 0.99


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: pricing.break_even_volume(5, 0.2), "such as 0.05 for 5%"),
        (lambda: pricing.break_even_volume(0.05, 20), "such as 0.2"),
        (lambda: pricing.break_even_volume(0.05, -0.1), "margin must lie between 0 and 1"),
        (lambda: pricing.break_even_volume(0.05, pd.Series({"tea": np.nan})), "row 'tea': the number is missing"),
        (lambda: pricing.break_even_volume(0.05, 0.2, fixed=-1), "from 0 up"),
        (lambda: pricing.reward_budget(pd.DataFrame({"customers": [1]})), "no column 'amount'"),
        (lambda: pricing.price_changes(sold(tea=([5] * 12, up()))), "no article whose price stood"),
        (lambda: pricing.price_changes(sold(rice=STEADY).assign(quantity=0)), "leave returns and gifts out"),
        (lambda: pricing.price_changes(sold(rice=STEADY).assign(quantity=-1)), "-1 is below 0"),
        (lambda: pricing.price_changes(sold(rice=STEADY).assign(stock_code=None)), "the cell is empty"),
        (lambda: pricing.price_changes(sold(rice=STEADY), weeks=1), "weeks must be a whole number from 2"),
        (
            lambda: pricing.price_changes(sold(rice=STEADY).rename(columns={"stock_code": "week"}), article="week"),
            "week",
        ),
        (lambda: pricing.volume_response(CHANGES, [0, -1]), "must rise"),
        (lambda: pricing.volume_response(CHANGES.drop(columns="week"), [-1, 0]), "no column 'week'"),
        (lambda: pricing.volume_response(CHANGES.assign(volume=0), [-1, 0]), "above 0"),
        (lambda: pricing.volume_response(CHANGES.assign(week=pd.NaT), [-1, 0]), "'week', row .*: the cell is empty"),
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
        "price_response": lambda: plots.price_response(CHANGES, margin=0.4),
        "price_raised": lambda: plots.price_response(CHANGES.iloc[2:], margin=0.4),
        "discount_never": lambda: plots.discount_lines(pricing.discount_table([0.02, 0.05], [0.04, 0.05])),
    }


@pytest.mark.parametrize("name", ["discount_lines", "discount_never", "price_response", "price_raised"])
def test_chart(charts, name, in_language, caplog):
    looks.test_draws_without_a_warning(charts, name, in_language, caplog)
    looks.test_fits_and_nothing_lies_on_anything(charts, name, in_language)
    looks.test_letters_are_large_enough_on_a_phone(charts, name, in_language)
