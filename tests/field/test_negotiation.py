import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmlab import negotiation, plots
from crmlab.checks import InputError
from tests.plots import test_plots as looks


def test_zone():
    limits = negotiation.zone(80, 100)
    assert limits.exists
    assert limits.pie == 20
    assert limits.shares(85) == (5, 15)
    assert not negotiation.zone(100, 80).exists
    assert "20.00 apart" in repr(negotiation.zone(100, 80))
    assert negotiation.zone(80, 80).exists


def test_talks():
    limits = negotiation.zone(80, 100)
    fair = negotiation.negotiate(limits, 120, 60)
    assert fair["deal"].mean() > 0.95
    assert 88 < fair["price"].mean() < 92
    # Who gives less gets more, as long as the other gives; if neither does, a pie of 20 is thrown away.
    tough = negotiation.negotiate(limits, 120, 60, seller_gives=0.1, buyer_gives=0.4)
    assert tough["seller"].mean() > 1.5 * fair["seller"].mean()
    assert tough["buyer"].mean() < 0.3 * fair["buyer"].mean()
    both = negotiation.negotiate(limits, 120, 60, 0.05, 0.05)
    assert not both["deal"].any()
    assert (both[["seller", "buyer"]] == 0).all(axis=None)
    pd.testing.assert_frame_equal(negotiation.negotiate(limits, 120, 60), fair)
    assert not negotiation.negotiate(limits, 120, 60, seed=1).equals(fair)


@given(st.floats(10, 200), st.floats(10, 200), st.floats(0, 0.5), st.floats(0, 0.5), st.integers(0, 10**6))
def test_nobody_goes_beyond_the_limit(seller, buyer, gives, takes, seed):
    limits = negotiation.zone(seller, buyer)
    talks = negotiation.negotiate(limits, seller * 1.5, buyer / 2, gives, takes, rounds=30, talks=50, seed=seed)
    prices = talks["price"].dropna()
    assert prices.between(seller - 1e-9, buyer + 1e-9).all()
    if not limits.exists:
        assert not talks["deal"].any()
    shared = talks[talks["deal"]]
    assert (shared["seller"] + shared["buyer"]).tolist() == pytest.approx([limits.pie] * len(shared))
    assert shared["round"].dropna().between(1, 30).all()


def test_packages():
    price = pd.DataFrame({"seller": [10, 5, 0], "buyer": [0, 5, 10]}, index=["100", "95", "90"])
    pay = pd.DataFrame({"seller": [2, 0], "buyer": [0, 8]}, index=["now", "60 days"])
    deliver = pd.DataFrame({"seller": [6, 0], "buyer": [0, 1]}, index=["in bulk", "daily"])
    found = negotiation.packages({"price": price, "pay": pay, "deliver": deliver})
    assert len(found) == 12
    assert found.iloc[0][["pay", "deliver", "total"]].tolist() == ["60 days", "in bulk", 24]
    # Splitting each issue in the middle or giving the wrong things makes the pie smaller.
    assert found["total"].min() == 13
    for _i, row in found.iterrows():
        others = found[(found["seller"] >= row["seller"]) & (found["buyer"] >= row["buyer"])]
        better = others[(others["seller"] > row["seller"]) | (others["buyer"] > row["buyer"])]
        assert row["efficient"] == better.empty


def test_a_package_exactly_at_a_limit_is_acceptable():
    """(30.45 - 33) * 200,000 + 510,000 is not 0 to the computer."""
    limits = negotiation.zone(33, 34)
    terms = pd.DataFrame({"seller": [510_000], "buyer": [-110_000]}, index=["all"])
    price = negotiation.price_options(limits, [30.44, 30.45, 33.45, 33.46], 200_000)
    found = negotiation.packages({"price": price, "terms": terms}).set_index("price")
    assert found["acceptable"].to_dict() == {30.44: False, 30.45: True, 33.45: True, 33.46: False}
    assert (found.at[30.45, "seller"], found.at[33.45, "buyer"]) == (0, 0)
    assert found["efficient"].all()


@pytest.mark.parametrize("scale", [1e-9, 1.0, 1e12])
def test_rounding_goes_with_the_size_of_the_numbers(scale):
    split = pd.DataFrame({"seller": [0.1 * scale, 0.0], "buyer": [0.0, 0.25 * scale]})
    found = negotiation.packages({"one": split, "two": 2 * split})
    assert sorted(found["total"]) == pytest.approx([0.3 * scale, 0.45 * scale, 0.6 * scale, 0.75 * scale])


def test_an_issue_may_not_hide_a_column_of_the_result():
    options = pd.DataFrame({"seller": [1], "buyer": [2]})
    with pytest.raises(InputError, match="An issue cannot be called 'total'"):
        negotiation.packages({"total": options})


def test_a_limit_belongs_to_a_package():
    """Raiffa's point: what is traded moves both limits, and the zone grows by what the trade brings both together."""
    today = negotiation.zone(33, 34)
    found = negotiation.zone_of_package(today, 510_000, -110_000, 200_000)
    assert (round(found.seller, 9), round(found.buyer, 9)) == (30.45, 33.45)
    assert found.pie == pytest.approx(today.pie + 400_000 / 200_000)
    assert negotiation.zone_of_package(today, 0, 0, 10) == today


@given(st.floats(10, 200), st.floats(10, 200), st.floats(-500, 500), st.floats(-500, 500), st.integers(1, 1000), st.floats(0, 300))
def test_shares_with_a_package_are_those_of_its_price_and_its_terms(seller, buyer, gives, takes, volume, price):
    zone = negotiation.zone(seller, buyer)
    mine, theirs = negotiation.zone_of_package(zone, gives, takes, volume).shares(price)
    worth = negotiation.price_options(zone, [price], volume).iloc[0]
    assert mine * volume == pytest.approx(worth["seller"] + gives, abs=1e-6)
    assert theirs * volume == pytest.approx(worth["buyer"] + takes, abs=1e-6)


def test_first_offers():
    limits = negotiation.zone(80, 100)
    found = negotiation.first_offers(limits, [100, 120, 160], bid=70, talks=500)
    assert found.index.tolist() == [100, 120, 160]
    assert found["deals"].is_monotonic_decreasing
    talks = negotiation.negotiate(limits, 120, 70, rounds=8, talks=500)
    assert found.at[120, "seller"] == pytest.approx(talks["seller"].mean())
    assert found.at[120, "price"] == pytest.approx(talks["price"].mean())
    assert ((found["low"] <= found["seller"]) & (found["seller"] <= found["high"])).all()
    more = negotiation.first_offers(limits, [120], bid=70, talks=5000)
    assert (more["high"] - more["low"]).iloc[0] < (found["high"] - found["low"]).loc[120] / 2
    longer = negotiation.first_offers(limits, [160], bid=70, rounds=30, talks=500)
    assert longer.at[160, "deals"] > found.at[160, "deals"], "a high opening costs time"


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: negotiation.zone(80, None), "buyer must be a number"),
        (lambda: negotiation.negotiate(negotiation.zone(80, 100), 70, 60), "ask must be a number from 80 up"),
        (lambda: negotiation.negotiate(negotiation.zone(80, 100), 120, 110), "bid must be a number up to 100"),
        (lambda: negotiation.negotiate((80, 100), 120, 60), "zone"),
        (lambda: negotiation.negotiate(negotiation.zone(80, 100), 120, 60, seller_gives=0.9), "from 0 to 0.5"),
        (lambda: negotiation.zone_of_package((80, 100), 1, 2, 3), "zone"),
        (lambda: negotiation.zone_of_package(negotiation.zone(80, 100), 1, 2, 0), "volume must be above 0"),
        (lambda: negotiation.zone_of_package(negotiation.zone(80, 100), None, 2, 10), "seller must be a number"),
        (lambda: negotiation.price_options(negotiation.zone(80, 100), [90, None], 10), "missing"),
        (lambda: negotiation.price_options((80, 100), [90], 10), "zone"),
        (lambda: negotiation.first_offers(negotiation.zone(80, 100), [70], 60), "ask must be a number from 80 up"),
        (lambda: negotiation.first_offers(negotiation.zone(80, 100), [120], 60, talks=1), "talks must be .* from 2"),
        (lambda: negotiation.price_options(negotiation.zone(80, 100), [90], 0), "volume must be above 0"),
        (lambda: negotiation.packages({}), "name of an issue"),
        (lambda: negotiation.packages({"price": pd.DataFrame({"seller": [1]})}), "no column 'buyer'"),
    ],
)
def test_says_what_is_wrong(call, says):
    with pytest.raises(InputError, match=says):
        call()


# Charts


@pytest.fixture(scope="module")
def charts():
    limits = negotiation.zone(80, 100)
    price = pd.DataFrame({"seller": [10, 5, 0], "buyer": [0, 5, 10]}, index=["100", "95", "90"])
    pay = pd.DataFrame({"seller": [2, 0], "buyer": [0, 8]}, index=["now", "60 days"])
    return {
        "zone_bar": lambda: plots.zone_bar(limits),
        "zone_none": lambda: plots.zone_bar(negotiation.zone(100, 80)),
        "zone_talks": lambda: plots.zone_bar(limits, negotiation.negotiate(limits, 120, 60)),
        "zone_no_deal": lambda: plots.zone_bar(limits, negotiation.negotiate(limits, 120, 60, 0.01, 0.01)),
        "package_map": lambda: plots.package_map(negotiation.packages({"price": price, "pay": pay})),
    }


@pytest.mark.parametrize("name", ["zone_bar", "zone_none", "zone_talks", "zone_no_deal", "package_map"])
def test_chart(charts, name, in_language, caplog):
    looks.test_draws_without_a_warning(charts, name, in_language, caplog)
    looks.test_fits_and_nothing_lies_on_anything(charts, name, in_language)
    looks.test_letters_are_large_enough_on_a_phone(charts, name, in_language)
