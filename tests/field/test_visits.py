import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmlab import plots, visits
from crmlab.checks import InputError
from tests.plots import test_plots as looks

RECORDS = pd.DataFrame(
    {
        "household": ["Lin", "Chen", "Wu"],
        "people": [5, 3, 8],
        "grams": [400, 300, 450],
        "jar": [30.0, 20.0, 40.0],
        "stock": [30.0, np.nan, 18.0],
        "last_delivery": ["2024-01-25", "2024-01-20", "2024-01-30"],
        "pay_day": [31, 5, 15],
    }
)

# Households


def test_run_out():
    found = visits.run_out(RECORDS)
    assert found["daily"].tolist() == pytest.approx([2.0, 0.9, 3.6])
    assert found["days"].tolist() == [15, 22, 5]
    assert found["run_out"].tolist() == [pd.Timestamp(day) for day in ("2024-02-09", "2024-02-11", "2024-02-04")]


def test_rounding_does_not_lose_a_day():
    # 6 / .4 is 14.999999999999998 in floats.
    table = RECORDS.iloc[:1].assign(people=1, grams=400, jar=6.0, stock=6.0)
    assert visits.run_out(table)["days"].tolist() == [15]


def test_calendar():
    table = visits.calendar(RECORDS.iloc[:1], "2024-02-01", days=45, price=5.0)
    assert table[["what", "kg", "amount"]].to_numpy().tolist() == [
        ["deliver", 28.0, 140.0],  # 02-08: 14 of 15 days eaten
        ["deliver", 28.0, 140.0],  # 02-22
        ["collect", 56.0, 280.0],  # 02-29: pay day 31 of a short month
        ["deliver", 28.0, 140.0],  # 03-07
    ]
    assert table["day"].dt.strftime("%m-%d").tolist() == ["02-08", "02-22", "02-29", "03-07"]
    assert not table["late"].any()
    assert table.attrs["left_out"] == {"collections_after_end": 1}  # 03-31


def test_a_delivery_on_pay_day_is_collected_at_once():
    table = visits.calendar(RECORDS.iloc[:1].assign(pay_day=8), "2024-02-01", days=10)
    assert table[["day", "what"]].to_numpy().tolist() == [
        [pd.Timestamp("2024-02-08"), "deliver"],
        [pd.Timestamp("2024-02-08"), "collect"],
    ]


def test_late_deliveries():
    # Wu ran out on 02-04: on that day rice can still come in time, a day later it is late and the jar is empty.
    wu = RECORDS.iloc[2:]
    in_time = visits.calendar(wu, "2024-02-04", days=3)
    assert in_time.iloc[0][["late", "kg"]].tolist() == [False, 40.0]
    late = visits.calendar(wu, "2024-02-06", days=3)
    assert late.iloc[0][["day", "late", "kg"]].tolist() == [pd.Timestamp("2024-02-06"), True, 40.0]


households = st.lists(
    st.tuples(st.integers(1, 12), st.integers(200, 600), st.integers(25, 80), st.integers(0, 25), st.integers(1, 31)),
    min_size=1,
    max_size=6,
)


@given(households, st.integers(0, 3))
def test_no_jar_is_ever_empty_and_every_delivery_is_paid_once(found, ahead):
    table = pd.DataFrame(found, columns=["people", "grams", "jar", "stock", "pay_day"])
    table["household"] = np.arange(len(table))
    table["last_delivery"] = "2024-01-01"
    if (visits.run_out(table.drop(columns="stock"))["days"] <= ahead).any():
        with pytest.raises(InputError, match="cannot work"):
            visits.calendar(table, "2024-01-02", ahead=ahead)
        return
    plan = visits.calendar(table, "2024-01-02", days=120, ahead=ahead)
    days = visits.run_out(table)
    for name, row in table.set_index("household").iterrows():
        daily = row["people"] * row["grams"] / 1000
        mine = plan[plan["household"] == name]
        deliveries = mine[mine["what"] == "deliver"]
        level, day = float(row["stock"]), pd.Timestamp("2024-01-01")
        for at, kg, late in deliveries[["day", "kg", "late"]].itertuples(index=False):
            level = max(level - (at - day).days * daily, 0.0) + kg
            assert level == pytest.approx(row["jar"])  # full to the brim, never over
            assert late == (at > days.loc[name, "run_out"] and day == pd.Timestamp("2024-01-01"))
            day = at
        collected = mine.loc[mine["what"] == "collect", "kg"].sum()
        last_pay = mine.loc[mine["what"] == "collect", "day"].max()
        paid_for = deliveries.loc[deliveries["day"] <= last_pay, "kg"].sum()
        assert collected == pytest.approx(paid_for)


# The 1.5x order


def test_order_quantity():
    assert visits.order_quantity(20, 40, 24) == 30.0
    assert visits.order_quantity(20, 40, 24, factor=2) == 48.0
    assert visits.order_quantity(10, 10, 19) == 0.0
    assert visits.order_quantity(20, 40, 24, pack=12) == 36.0
    table = pd.DataFrame({"was": [20, 5], "came": [40, 10], "now": [24, 12]}, index=["Li", "Wu"])
    found = visits.order_quantity(table["was"], table["came"], table["now"])
    assert found.loc["Li"].tolist() == [36, 30]
    assert found.loc["Wu"].tolist() == [3, 0]


@given(st.integers(0, 500), st.integers(0, 500), st.data(), st.floats(0, 4))
def test_order_fills_up_to_the_factor(last, order, data, factor):
    now = data.draw(st.integers(0, last + order))
    found = visits.order_quantity(last, order, now, factor)
    sales = last + order - now
    assert found >= 0
    assert found + now == pytest.approx(max(factor * sales, now))
    packed = visits.order_quantity(last, order, now, factor, pack=12)
    assert packed % 12 == 0
    assert found - 1e-6 <= packed < found + 12


# The route


def plain_simulation(demand, factor, every, lead):
    """The same route, one shop at a time and in plain Python, to check the arrays against."""
    out = []
    visits_ = len(demand) // every
    for shop in demand.columns:
        want = demand[shop].tolist()[: visits_ * every]
        stock = float(np.ceil(np.mean(want) * every * 2))
        last_stock, last_order, arrivals = stock, 0.0, {}
        for visit in range(visits_):
            sold = lost = ends = 0.0
            empty = 0
            for day in range(visit * every, (visit + 1) * every):
                stock += arrivals.pop(day, 0.0)
                sale = min(stock, want[day])
                stock, sold, lost = stock - sale, sold + sale, lost + want[day] - sale
                empty += want[day] > sale
                ends += stock
            order = float(np.ceil(visits.order_quantity(last_stock, last_order, stock, factor) - 1e-9))
            arrivals[(visit + 1) * every - 1 + lead] = order
            last_stock, last_order = stock, order
            out.append((shop, visit + 1, sold, lost, empty, ends / every, order))
    return pd.DataFrame(out, columns=["shop", "visit", "sold", "lost", "empty_days", "stock", "order"])


@pytest.mark.parametrize(("every", "lead"), [(7, 1), (7, 3), (7, 7), (1, 1), (5, 2)])
def test_the_arrays_do_what_plain_python_does(every, lead):
    demand = visits.shop_demand(shops=4, days=45, seed=3)
    route = visits.simulate(demand, factors=[1.0, 1.5], every=every, lead=lead)
    for factor, found in route.groupby("factor"):
        want = plain_simulation(demand, factor, every, lead)
        pd.testing.assert_frame_equal(
            found[want.columns].reset_index(drop=True), want, check_dtype=False, check_index_type=False
        )


def test_stock_against_stock_outs():
    """What lesson 3.4 shows: 1.0x runs dry, 1.5x mends most of it, 2.0x buys the rest with much stock."""
    for seed in range(3):
        table = visits.by_factor(visits.simulate(visits.shop_demand(seed=seed)), skip=4)
        lost, stock = table["lost_share"], table["days_of_stock"]
        assert lost[1.0] > 0.3
        assert 0.005 < lost[1.5] < 0.04
        assert lost[2.0] < 0.004
        assert stock[1.0] < 2 < 6 < stock[1.5] < 7 < 10 < stock[2.0] < 11


def test_one_time_sales_can_only_shrink():
    # With 1.0x the shelf is filled to the last sales, so sales can never rise again.
    route = visits.simulate(visits.shop_demand(seed=5), factors=[1.0])
    sold = route.pivot(index="visit", columns="shop", values="sold")
    assert (sold.loc[3:].diff().dropna() <= 0).all(axis=None)


def test_same_seed_same_demand_and_known_moments():
    one, two, three = (visits.shop_demand(shops=5, days=50, seed=seed) for seed in (1, 1, 2))
    pd.testing.assert_frame_equal(one, two)
    assert not one.equals(three)
    long = visits.shop_demand(shops=1, days=10_000, mean=6, spread=0, swing=0.5, seed=4)[1]
    assert long.mean() == pytest.approx(6, rel=0.03)
    assert long.var() == pytest.approx(6 + 3**2, rel=0.06)
    assert visits.shop_demand(shops=1, days=5000, mean=6, spread=0, swing=0, seed=4)[1].var() == pytest.approx(
        6, rel=0.06
    )


@settings(max_examples=25)
@given(st.integers(0, 10**6), st.integers(1, 9), st.sampled_from([None, 6.0]), st.data())
def test_nothing_is_lost_on_the_way(seed, every, pack, data):
    lead = data.draw(st.integers(1, every))
    demand = visits.shop_demand(shops=3, days=30, mean=4, swing=1, seed=seed)
    route = visits.simulate(demand, every=every, lead=lead, pack=pack)
    assert route.attrs["left_out"]["days"] == 30 % every
    assert (route["sold"] + route["lost"]).tolist() == pytest.approx(route["demand"].tolist())
    assert (route[["sold", "lost", "stock", "order"]] >= 0).all(axis=None)
    used = demand.iloc[: 30 // every * every]
    assert route.groupby("factor")["demand"].sum().tolist() == pytest.approx([used.to_numpy().sum()] * 3)
    table = visits.by_factor(route)
    assert table["days_of_stock"].is_monotonic_increasing


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: visits.run_out(RECORDS.drop(columns="people")), "no column 'people'"),
        (lambda: visits.run_out(RECORDS.assign(people=0)), "'people', row 0: 0 gives no run-out"),
        (lambda: visits.run_out(RECORDS.assign(grams=np.nan)), "number is missing"),
        (lambda: visits.run_out(RECORDS.assign(jar=-5)), "'jar', row 0: -5 is below 0"),
        (lambda: visits.run_out(RECORDS.assign(stock=99)), "99 kg do not fit into a jar of 30 kg"),
        (lambda: visits.run_out(RECORDS.assign(pay_day=32)), "32 is above 31"),
        (lambda: visits.run_out(RECORDS.assign(pay_day=1.5)), "whole number from 1 to 31"),
        (lambda: visits.run_out(RECORDS.assign(household="Lin")), "'Lin' stands there twice"),
        (lambda: visits.run_out(RECORDS.assign(last_delivery="1/2/24")), "not a date with the year first"),
        (lambda: visits.calendar(RECORDS, "2024-02-01", ahead=15), "Household 'Lin': a full jar lasts 15 days"),
        (lambda: visits.calendar(RECORDS, None), "start must be a day"),
        (lambda: visits.calendar(RECORDS, "2024-02-01", days=0), "days must be a whole number from 1 to 3660"),
        (lambda: visits.order_quantity(1, 2, 4), "4 are in stock, but last stock and order were 3"),
        (lambda: visits.order_quantity([1, 1], [2, 2], [1, -1]), "'stock', row 1: -1 is below 0"),
        (lambda: visits.order_quantity([1, 1], [2], [1, 1]), "last_order has 1 entries, last_stock has 2"),
        (lambda: visits.order_quantity(1, 2, 1, factor=-1), "factor must be a number from 0 up"),
        (lambda: visits.order_quantity(1, 2, 1, pack=0), "pack must be above 0"),
        (lambda: visits.order_quantity(1, 2, np.nan), "number is missing"),
        (lambda: visits.shop_demand(shops=0), "shops must be a whole number"),
        (lambda: visits.simulate(pd.DataFrame({"a": [1, 2]})), "2 days, fewer than one visit every 7 days"),
        (lambda: visits.simulate(pd.DataFrame({"a": [1, -2] * 7})), "'a', row 1: -2 is below 0"),
        (lambda: visits.simulate(visits.shop_demand(), lead=8), "lead must be a whole number from 1 to 7"),
        (lambda: visits.simulate(visits.shop_demand(), factors=1.5), "factors must be a list"),
        (lambda: visits.simulate(visits.shop_demand(), factors=[1, 1]), "factors must be a list"),
        (
            lambda: visits.by_factor(visits.simulate(visits.shop_demand()), skip=26),
            "skip leaves no visit: there are 26",
        ),
    ],
)
def test_says_what_is_wrong(call, says):
    with pytest.raises(InputError, match=says):
        call()


# Charts


@pytest.fixture(scope="module")
def charts():
    route = visits.simulate(visits.shop_demand(seed=1), factors=[1.0, 1.25, 1.5, 2.0])
    return {
        "delivery_calendar": lambda: plots.delivery_calendar(visits.calendar(RECORDS, "2024-02-06", days=45)),
        "policy_tradeoff": lambda: plots.policy_tradeoff(visits.by_factor(route, skip=4)),
        "policy_one": lambda: plots.policy_tradeoff(visits.by_factor(visits.simulate(visits.shop_demand(), [1.5]))),
        "route_lines": lambda: plots.route_lines(route),
    }


@pytest.mark.parametrize("name", ["delivery_calendar", "policy_tradeoff", "policy_one", "route_lines"])
def test_chart(charts, name, in_language, caplog):
    looks.test_draws_without_a_warning(charts, name, in_language, caplog)
    looks.test_fits_and_nothing_lies_on_anything(charts, name, in_language)
    looks.test_letters_are_large_enough_on_a_phone(charts, name, in_language)


@pytest.mark.parametrize("seed", [34, 1, 2])
def test_one_for_one_keeps_the_level_and_loses_less_at_equal_stock(seed):
    demand = visits.shop_demand(shops=20, days=84, mean=4, seed=seed)
    route = visits.simulate(demand, factors=[1.0], start=1.5, replace=True)
    ours = visits.by_factor(route, skip=2).iloc[0]
    rule = visits.by_factor(visits.simulate(demand, factors=[1.5]), skip=2).iloc[0]
    assert abs(ours["stock"] / rule["stock"] - 1) < 0.1
    assert ours["lost_share"] < rule["lost_share"]
    assert (route["order"] == route["sold"]).all()
    level = np.ceil(demand.mean().to_numpy() * 7 * 1.5)
    shelf = level.copy()
    lost = asked = 0.0
    for day, want in enumerate(demand.to_numpy()):
        if day % 7 == 0:
            shelf = level.copy()  # one for one fills up to where it began
        sold = np.minimum(shelf, want)
        shelf -= sold
        if day >= 14:
            lost, asked = lost + (want - sold).sum(), asked + want.sum()
    assert ours["lost_share"] == pytest.approx(lost / asked)


def test_shops_are_put_side_by_side_by_label():
    before, ordered, now = (pd.Series(values, index=list("ab")) for values in ([20, 5], [40, 10], [24, 12]))
    want = visits.order_quantity(before, ordered, now, pack=12)
    pd.testing.assert_frame_equal(visits.order_quantity(before, ordered[::-1], now[::-1], pack=12), want)
    with pytest.raises(InputError, match="label 'b' is in last_stock but not in stock"):
        visits.order_quantity(before, ordered, now.set_axis(["a", "c"]))


def test_a_jar_that_lasts_for_ever_is_a_slip():
    records = pd.DataFrame(
        {
            "household": ["Lin"],
            "people": [1],
            "grams": [1e-6],
            "jar": [1e6],
            "last_delivery": ["2024-03-01"],
            "pay_day": [5],
        }
    )
    for call in (visits.run_out, lambda table: visits.calendar(table, "2024-03-02")):
        with pytest.raises(InputError, match="beyond the year 2261"):
            call(records)
