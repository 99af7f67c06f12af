import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmlab import checks, datasets, lifecycle, plots, purchases, rfm
from crmlab.checks import InputError
from crmlab.lifecycle import Rules
from tests.plots import test_plots as looks

ORDERS = pd.DataFrame(
    {
        "customer_id": ["new", "new", "act", "act", *["loy"] * 5, "gone", "back"],
        "invoice": range(11),
        "date": [
            "2024-05-01", "2024-05-20", "2024-01-10", "2024-05-02", "2024-01-05", "2024-02-05", "2024-03-05",
            "2024-04-05", "2024-05-05", "2023-11-01", "2024-05-10",
        ],
        "amount": [10.0] * 10 + [-10.0],
    }
)  # fmt: skip


@pytest.fixture(scope="module")
def retail():
    return datasets.load("online_retail_orders")


# Stages


def test_each_stage():
    found = lifecycle.stages(ORDERS, "2024-06-01", contacts=["new", "Ma"])
    assert found["stage"].to_dict() == {
        "Ma": "potential",
        "act": "active",
        "back": "potential",  # only a return
        "gone": "churned",
        "loy": "loyal",
        "new": "new",
    }
    assert found.loc["act", ["recency", "age", "frequency", "recent_orders"]].tolist() == [30, 143, 2, 2]
    assert found.loc["Ma", ["recency", "age"]].isna().all()
    assert found.loc["Ma", "frequency"] == 0
    assert found.attrs["left_out"]["returns"] == 1
    assert found.attrs["as_of"] == "2024-06-01"


def test_the_limits_themselves():
    orders = pd.DataFrame({"customer_id": [1], "invoice": [1], "amount": [1.0], "date": ["2024-01-01"]})
    rules = Rules(new_within=10, churned_after=20)
    want = {0: "new", 10: "new", 11: "active", 20: "active", 21: "churned"}
    for days, stage in want.items():
        day = pd.Timestamp("2024-01-01") + pd.Timedelta(days=days)
        assert lifecycle.stages(orders, day, rules)["stage"].tolist() == [stage], days
    # Four orders are not five; and what lies further back than loyal_within does not count.
    five = pd.DataFrame({"customer_id": 1, "invoice": range(5), "amount": 1.0,
                         "date": ["2023-01-01", "2024-01-02", "2024-02-02", "2024-03-02", "2024-04-02"]})  # fmt: skip
    assert lifecycle.stages(five, "2024-05-01")["stage"].tolist() == ["active"]
    assert lifecycle.stages(five, "2024-05-01", Rules(loyal_orders=4))["stage"].tolist() == ["loyal"]
    assert lifecycle.stages(five, "2024-05-01", Rules(loyal_within=500))["stage"].tolist() == ["loyal"]


def test_later_orders_are_not_known_yet():
    found = lifecycle.stages(ORDERS, "2024-01-31")
    assert found.index.tolist() == ["act", "gone", "loy"]
    assert found["stage"].tolist() == ["new", "active", "new"]
    assert found.attrs["left_out"]["customers_after_as_of"] == 2
    assert found.attrs["left_out"]["orders_after_as_of"] == 8


def test_stages_of_online_retail(retail):
    found = lifecycle.stages(retail, as_of="2011-12-10")
    # 34 customers have returns only; the other 4,338 agree with RFM's own look at the same orders.
    assert lifecycle.by_stage(found)["customers"].to_dict() == {
        "potential": 34,
        "new": 968,
        "active": 1488,
        "loyal": 1021,
        "churned": 861,
    }
    assert lifecycle.by_stage(found)["share"].sum() == pytest.approx(1)
    summary = rfm.summary(retail, as_of="2011-12-10")
    buyers = found[found["stage"] != "potential"]
    assert buyers.index.tolist() == summary.index.tolist()
    assert buyers["recency"].tolist() == summary["recency"].tolist()
    assert buyers["frequency"].tolist() == summary["frequency"].tolist()


def test_stages_from_lines_and_from_invoices_are_the_same(retail):
    lines = datasets.load("online_retail_lines").dropna(subset=["customer_id"])
    lines = lines.assign(amount=lines["quantity"] * lines["unit_price"])
    by_line = lifecycle.stages(lines, as_of="2011-12-10")
    by_invoice = lifecycle.stages(retail, as_of="2011-12-10")
    assert by_line["stage"].tolist() == by_invoice["stage"].tolist()


def test_transitions_of_online_retail(retail):
    before, after = (lifecycle.stages(retail, day) for day in ("2011-06-10", "2011-12-10"))
    table = lifecycle.transitions(before, after)
    assert int(table.to_numpy().sum()) == len(after) == 4372
    assert table.loc["unknown"].sum() == len(after) - len(before)
    assert table["unknown"].sum() == 0
    assert table.loc["loyal", "loyal"] == 377
    assert table.loc["loyal", "churned"] == 17
    # Nobody becomes potential or new a second time.
    assert table.loc[["new", "active", "loyal", "churned"], ["potential", "new"]].to_numpy().sum() == 0
    shares = lifecycle.transitions(before, after, share=True)
    sums = shares.sum(axis=1)[table.sum(axis=1) > 0]
    assert sums.tolist() == pytest.approx([1.0] * len(sums))


@pytest.mark.parametrize("ids", [[1, 2, 3], [1.0, 2.0, 3.0], ["1", "2", "3"]])
def test_kinds_of_ids(ids):
    orders = pd.DataFrame({"customer_id": ids, "invoice": ids, "amount": 1.0, "date": "2024-01-01"})
    found = lifecycle.stages(orders, "2024-02-01", contacts=[*ids, ids[0]])
    assert len(found) == 3
    assert found["stage"].tolist() == ["new"] * 3


def test_missing_contacts_and_customers_are_counted():
    orders = pd.DataFrame({"customer_id": [7, None], "invoice": [1, 2], "amount": 1.0, "date": "2024-01-01"})
    found = lifecycle.stages(orders, contacts=[8.0, None, np.nan])
    assert found.index.tolist() == [7, 8]
    assert found.attrs["left_out"]["contacts_without_name"] == 2
    assert found.attrs["left_out"]["rows_without_customer"] == 1


# Phases


def test_trade_counts_back_from_the_day():
    orders = pd.DataFrame(
        {
            "customer_id": [1, 1, 1, 2, 3],
            "invoice": range(5),
            "date": ["2024-01-01", "2024-01-31", "2024-02-29", "2024-02-01", "2024-03-01"],
            "amount": [5.0, 7.0, 9.0, 4.0, 8.0],
        }
    )
    table = lifecycle.trade(orders, "2024-02-29", periods=2, days=30)  # 2024-01-01 .. 01-30, 01-31 .. 02-29
    assert table.columns.tolist() == [pd.Timestamp("2024-01-01"), pd.Timestamp("2024-01-31")]
    assert table.loc[1].tolist() == [5, 16]
    assert table.loc[2].fillna(-1).tolist() == [-1, 4]
    assert 3 not in table.index  # bought on the day itself, which is not over
    one = lifecycle.trade(orders, "2024-02-29", periods=2, days=10)
    assert one.loc[1].tolist() == [0, 9]  # bought before the window: zeros, not gaps


def test_trend_is_the_theil_sen_slope(retail):
    from scipy import stats

    table = lifecycle.trade(retail, "2011-12-09")
    found = lifecycle.phases(table)
    whole = table[table.iloc[:, 0].notna() & (table.sum(axis=1) > 0)].head(200)
    for customer, row in whole.iterrows():
        slope = stats.theilslopes(row.to_numpy())[0]
        assert found.loc[customer, "trend"] == pytest.approx(slope / row.mean()), customer
    assert len(whole) == 200


def test_phases_of_online_retail(retail):
    found = lifecycle.phases(lifecycle.trade(retail, "2011-12-09"))
    counts = lifecycle.by_phase(found)["customers"]
    assert counts.to_dict() == {"exploration": 1381, "growth": 790, "maturity": 654, "decline": 1513}
    assert counts.sum() == 4338
    maturity = found[found["phase"] == "maturity"]
    assert maturity["trend"].abs().max() < 0.1
    assert (maturity["silent"] < 2).all()


@pytest.mark.parametrize(
    ("row", "phase"),
    [
        ([10, 10, 10, 10], "maturity"),
        ([10, 11, 12, 13], "maturity"),  # 1 / 11.5 is below a tenth
        ([10, 12, 14, 16], "growth"),
        ([16, 14, 12, 10], "decline"),
        ([5, 5, 5, 5, 500], "maturity"),  # one large order makes no growth
        ([9, 9, 0, 0], "decline"),
        ([9, 9, 9, 9, 0], "maturity"),
        ([0, 0, 0, 9], "exploration"),
        ([np.nan, np.nan, np.nan, 9], "exploration"),
        ([np.nan, 3, 9, 9], "exploration"),
        ([np.nan, 50, 9, 0], "exploration"),
        ([np.nan, 9, 0, 0], "decline"),
        ([0, 0, 0, 0], "decline"),
    ],
)
def test_phase(row, phase):
    assert lifecycle.phases(pd.DataFrame([row], dtype=float))["phase"].tolist() == [phase]


def test_the_first_period_is_not_whole():
    table = pd.DataFrame([[np.nan, 1.0, 10, 10, 10], [1.0, 10, 10, 10, 10]])
    found = lifecycle.phases(table)
    assert found["periods"].tolist() == [3, 5]
    assert found["level"].tolist() == [10, 8.2]
    assert found.attrs["left_out"] == {"first_periods": 1}
    assert found["trend"].tolist() == [0, 0]


def test_own_rules_of_phases():
    table = pd.DataFrame([[10, 11, 12, 13.0], [9, 9, 0, 0]])
    assert lifecycle.phases(table, change=0.05)["phase"].tolist() == ["growth", "decline"]
    assert lifecycle.phases(table, silent=0)["phase"].tolist()[1] == "decline"  # by its trend
    assert lifecycle.phases(table, silent=3, change=0.9)["phase"].tolist() == ["maturity", "maturity"]
    assert lifecycle.phases(pd.DataFrame([[10.0] * 4]), change=0)["phase"].tolist() == ["maturity"]


# What is wrong


def orders_with(**columns):
    return pd.DataFrame(
        {"customer_id": [1, 2], "invoice": [1, 2], "amount": [1.0, 2.0], "date": ["2024-01-01", "2024-01-02"]} | columns
    )


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: lifecycle.stages(orders_with().iloc[:0]), "no rows"),
        (lambda: lifecycle.stages(orders_with().rename(columns={"date": "Date"})), "Did you mean 'Date'"),
        (lambda: lifecycle.stages(orders_with(amount=[1.0, np.inf])), "row 1: the number is infinite"),
        (lambda: lifecycle.stages(orders_with(amount=[1.0, np.nan])), "row 1: the number is missing"),
        (lambda: lifecycle.stages(orders_with(amount=["1", "2"])), "'1' is not a number"),
        (lambda: lifecycle.stages(orders_with(date=["2024-01-01", "03/04/2024"])), "year first"),
        (lambda: lifecycle.stages(orders_with(date=["2024-01-01T10:00+08:00", "2024-01-01T10:00Z"])), "time zones"),
        (lambda: lifecycle.stages(orders_with(invoice=[1, None])), "order number is missing"),
        (lambda: lifecycle.stages(orders_with(customer_id=[None, None])), "No row has a customer"),
        (lambda: lifecycle.stages(orders_with(), contacts="Li"), "list or a column"),
        (lambda: lifecycle.stages(orders_with(), contacts=["1"]), "different ways"),
        (lambda: lifecycle.stages(orders_with(), as_of="2023-01-01"), "No customer and no contact"),
        (lambda: Rules(churned_after=0), "churned_after must be a whole number from 1 up"),
        (lambda: Rules(loyal_orders=2.5), "loyal_orders must be a whole number"),
        (lambda: lifecycle.transitions(["asleep"], ["new"]), "'asleep' is none of potential"),
        (lambda: lifecycle.transitions(pd.Series(["new"] * 2, index=["Li", "Li"]), ["new"]), "more than once"),
        (lambda: lifecycle.by_stage(pd.DataFrame({"phase": ["new"]})), "no column 'stage'"),
        (lambda: lifecycle.trade(orders_with(), "2023-06-01"), "No purchase is left up to 2023-06-01"),
        (lambda: lifecycle.trade(orders_with(), periods=1), "periods must be a whole number from 2 to 60"),
        (lambda: lifecycle.phases(pd.DataFrame({"a": [1.0]})), "at least two periods"),
        (lambda: lifecycle.phases(pd.DataFrame({"a": [1.0], "b": [-1]})), "'b', row 0: -1 is below 0"),
        (lambda: lifecycle.phases(pd.DataFrame([[1.0, np.nan, 3]])), "'1', row 0: the trade is missing"),
        (lambda: lifecycle.phases(pd.DataFrame([[1.0, 2, np.nan]])), "'2', row 0: the trade is missing"),
        (lambda: lifecycle.phases(pd.DataFrame([[np.nan, np.nan]])), "the trade is missing"),
        (lambda: lifecycle.phases(pd.DataFrame([[1.0, 2]]), change=-1), "change must be a number from 0 up"),
    ],
)
def test_says_what_is_wrong(call, says):
    with pytest.raises(InputError, match=says):
        call()


# Properties

rows = st.lists(
    st.tuples(st.integers(1, 6), st.integers(0, 700), st.integers(-20, 100)), min_size=1, max_size=40
).filter(lambda found: any(amount > 0 for *_, amount in found))


def table_of(found):
    return pd.DataFrame(
        {
            "customer_id": [customer for customer, *_ in found],
            "invoice": range(len(found)),
            "date": pd.Timestamp("2023-01-01") + pd.to_timedelta([day for _, day, _ in found], unit="D"),
            "amount": [float(amount) for *_, amount in found],
        }
    )


@settings(max_examples=20)
@given(rows, st.randoms(use_true_random=False))
def test_what_leaves_the_answer_alone(found, random):
    orders = table_of(found)
    want = lifecycle.stages(orders, "2025-01-01")
    trade = lifecycle.trade(orders, "2025-01-01")
    phases = lifecycle.phases(trade)
    assert want["stage"].isin(lifecycle.STAGES.index).all()
    assert phases["phase"].isin(lifecycle.PHASES.index).all()
    shuffled = orders.iloc[random.sample(range(len(orders)), len(orders))]
    halves = pd.concat([orders.assign(amount=orders["amount"] / 2)] * 2)
    with_zero = pd.concat([orders, orders.assign(amount=0.0)])
    for other in (shuffled, halves, with_zero, orders.assign(amount=orders["amount"] * 8)):
        pd.testing.assert_frame_equal(lifecycle.stages(other, "2025-01-01"), want)
        again = lifecycle.phases(lifecycle.trade(other, "2025-01-01"))
        assert again["phase"].tolist() == phases["phase"].tolist()
    inside = orders["date"] >= trade.columns[0]
    assert trade.sum().sum() == pytest.approx(orders.loc[inside & (orders["amount"] > 0), "amount"].sum())


@given(rows)
def test_transitions_count_everyone_once(found):
    orders = table_of(found)
    days = (str(orders["date"].min().date()), "2025-01-01")
    before, after = (lifecycle.stages(orders, day) for day in days)
    table = lifecycle.transitions(before, after)
    assert table.to_numpy().sum() == len(after)
    assert table.drop(columns="unknown").sum().tolist() == lifecycle.by_stage(after)["customers"].tolist()


# Charts


@pytest.fixture(scope="module")
def charts(retail):
    before, after = (lifecycle.stages(retail, day) for day in ("2011-06-10", "2011-12-10"))
    return {
        "stage_bars": lambda: plots.stage_bars(lifecycle.by_stage(after)),
        "phase_bars": lambda: plots.phase_bars(lifecycle.by_phase(lifecycle.phases(lifecycle.trade(retail)))),
        "transition_heat": lambda: plots.transition_heat(lifecycle.transitions(before, after)),
        "transition_small": lambda: plots.transition_heat(lifecycle.transitions(["potential"], ["new"])),
    }


@pytest.mark.parametrize("name", ["stage_bars", "phase_bars", "transition_heat", "transition_small"])
def test_chart(charts, name, in_language, caplog):
    looks.test_draws_without_a_warning(charts, name, in_language, caplog)
    looks.test_fits_and_nothing_lies_on_anything(charts, name, in_language)
    looks.test_letters_are_large_enough_on_a_phone(charts, name, in_language)


def test_charts_say_what_is_wrong():
    with pytest.raises(InputError, match="needs the rows potential"):
        plots.stage_bars(pd.DataFrame({"customers": [1], "share": [1.0]}))
    with pytest.raises(InputError, match="counts of lifecycle"):
        plots.transition_heat(lifecycle.transitions(["new", "new"], ["loyal", "active"], share=True))


def test_a_relation_that_began_within_the_first_column(retail):
    """Against the invoices themselves: whoever first bought after the first day has one whole period less."""
    table = lifecycle.trade(retail, "2011-12-09")
    first = lifecycle.first_purchases(retail, "2011-12-09")
    plain, found = lifecycle.phases(table), lifecycle.phases(table, first=first)
    began = retail[retail["amount"] > 0].groupby("customer_id")["date"].min().dt.normalize()
    assert (first == began.reindex(first.index)).all()
    assert first.index.equals(table.index)
    inside = table.iloc[:, 0].notna() & (began > table.columns[0]).reindex(table.index)
    assert (found["periods"] == plain["periods"] - inside).all()
    assert (found["phase"] == plain["phase"])[~inside].all()
    assert (inside.sum(), (found["phase"] != plain["phase"]).sum()) == (700, 159)
    one = table[inside].iloc[0]
    assert found.loc[one.name, "level"] == pytest.approx(one.iloc[1:].mean())
    cut = lifecycle.phases(table.iloc[:, 1:])  # the old first column away, as if it had never been drawn
    assert (cut.loc[inside, "trend"].fillna(9) == found.loc[inside, "trend"].fillna(9)).all()


def test_first_days_must_fit_the_table():
    table = pd.DataFrame([[1.0, 2, 3]], index=["Li"])
    with pytest.raises(checks.InputError, match="must be the first days"):
        lifecycle.phases(table, first=pd.Series({"Li": pd.Timestamp("2024-01-01")}))
    table.columns = pd.to_datetime(["2024-01-01", "2024-02-01", "2024-03-01"])
    with pytest.raises(checks.InputError, match="no day for customer 'Li'"):
        lifecycle.phases(table, first=pd.Series({"Wu": pd.Timestamp("2024-01-01")}))


# Awkward input


def test_categories_whose_customers_differ_move_too():
    before = pd.Series(["active", "new"], index=["Li", "Wu"])
    after = pd.Series(["loyal", "churned", "new"], index=["Li", "Wu", "Ma"])
    want = lifecycle.transitions(before, after)
    for kind in ("category", "string"):
        assert lifecycle.transitions(before.astype(kind), after.astype(kind)).equals(want)
    with pytest.raises(InputError, match="name customers in different ways"):
        lifecycle.transitions(pd.Series(["new"], index=[1]), pd.Series(["new"], index=["1"]))
    with pytest.raises(InputError, match="share must be True or False"):
        lifecycle.transitions(before, after, share="yes")


def test_rules_are_rules():
    with pytest.raises(InputError, match=r"rules must be lifecycle.Rules.*not dict"):
        lifecycle.stages(ORDERS, rules={"churned_after": 3})


def test_as_of_is_the_last_day_that_counts_in_all_of_them():
    day, after = "2024-03-20", "2024-03-19"
    orders = pd.DataFrame({"customer_id": [7, 7], "invoice": [1, 2], "amount": [5.0, 8.0], "date": ["2024-02-10", day]})
    for as_of, n in ((day, 2), (None, 2), (after, 1), (pd.Period("2024-03"), 2), (pd.Period("2024-02"), 1)):
        assert lifecycle.stages(orders, as_of)["frequency"].tolist() == [n]
        assert rfm.summary(orders, as_of)["frequency"].tolist() == [n]
        assert lifecycle.trade(orders, as_of, periods=2).sum(axis=1).tolist() == [13.0 if n == 2 else 5.0]
        assert purchases.by_day(orders, as_of).money.sum() == (13.0 if n == 2 else 5.0)
    assert lifecycle.stages(orders)["recency"].tolist() == rfm.summary(orders)["recency"].tolist() == [0]
    for wrong in (20240320, np.int64(20240320), "20.03.2024", "soon", pd.NaT, None, [day], True, "9999-12-31"):
        if wrong is not None:
            with pytest.raises(InputError, match=r"^as_of must be a day with the year first"):
                rfm.summary(orders, wrong)
            with pytest.raises(InputError, match=r"^as_of must be a day with the year first"):
                lifecycle.trade(orders, wrong)


def test_contacts_that_only_look_like_customers_are_told():
    orders = pd.DataFrame({"customer_id": ["A1", "B2"], "invoice": [1, 2], "amount": 5.0, "date": "2024-02-10"})
    with pytest.warns(checks.InputWarning, match="'a1' only looks like 'A1'"):
        found = lifecycle.stages(orders, contacts=["a1", "\u3000", None, "B2"])
    assert found.index.tolist() == ["A1", "B2", "a1"]
    assert found.attrs["left_out"]["contacts_without_name"] == 2


def test_first_days_of_phases_in_any_form():
    table = pd.DataFrame(
        [[1.0, 2, 3]] * 2, index=["Li", "Wu"], columns=pd.to_datetime(["2024-01-01", "2024-02-01", "2024-03-01"])
    )
    want = lifecycle.phases(table, first=pd.Series(pd.to_datetime(["2023-01-01", "2024-01-15"]), index=["Li", "Wu"]))
    for first in (pd.Series(["2024-01-15", "2023-01-01"], index=["Wu", "Li"]), ["2023-01-01", "2024-01-15"]):
        pd.testing.assert_frame_equal(lifecycle.phases(table, first=first), want)
    assert want["periods"].tolist() == [3, 2]
    for first in (
        pd.Series(["2024-01-15"], index=["Wu"]),
        ["2023-01-01"],
        "2023-01-01",
        ["x", "y"],
        pd.Series(["2024-01-01"] * 2, ["Li", "Li"]),
    ):
        with pytest.raises(InputError):
            lifecycle.phases(table, first=first)
