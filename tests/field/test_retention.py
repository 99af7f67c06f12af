"""Retention: Kaplan-Meier against published numbers and by hand, cohorts, churn by group, win-back."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmlab import checks, complaints, datasets, retention
from crmlab.checks import InputError


@pytest.fixture(scope="module")
def telco():
    return datasets.load("telco_churn")


def orders(rows):
    data = pd.DataFrame(rows, columns=["customer_id", "date", "amount"])
    return data.assign(amount=data["amount"].astype(float))


# ---- survival


def test_telco_after_twelve_months(telco):
    table = retention.kaplan_meier(telco["tenure"], telco["churned"])
    assert round(retention.survival_at(table, 12), 4) == 0.8432
    assert table["left"].sum() == 1869
    assert table["censored"].sum() == 7043 - 1869
    assert table["at_risk"].iloc[:2].tolist() == [7043, 7032]
    row = table.loc[12]
    assert (row["low"], row["high"]) == (pytest.approx(0.8342, abs=5e-5), pytest.approx(0.8518, abs=5e-5))


def test_telco_contracts_differ(telco):
    test = retention.compare_survival(telco["tenure"], telco["churned"], telco["contract"])
    assert test["chi2"] == pytest.approx(2352.87, abs=0.01)
    assert test["df"] == 2
    assert test["p"] < 1e-300 or test["p"] == 0
    table = retention.kaplan_meier(telco["tenure"], telco["churned"], by=telco["contract"])
    assert table.index.names == ["contract", "time"]
    year = telco["contract"] == "One year"
    alone = retention.kaplan_meier(telco.loc[year, "tenure"], telco.loc[year, "churned"])
    pd.testing.assert_frame_equal(table.loc["One year"], alone)


def test_the_leukemia_trial():
    # Freireich et al. (1963), 6-MP arm, as in every textbook of survival analysis.
    weeks = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
    back = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]
    table = retention.kaplan_meier(weeks, back, interval="plain")
    assert table.loc[[6, 7, 10, 13, 16, 22, 23], "survival"].round(4).tolist() == [
        0.8571, 0.8067, 0.7529, 0.6902, 0.6275, 0.5378, 0.4482,
    ]  # fmt: skip
    assert table.loc[[6, 10, 23], "se"].round(4).tolist() == [0.0764, 0.0963, 0.1346]
    assert retention.median_lifetime(table) == 23
    log = retention.kaplan_meier(weeks, back, interval="log").loc[10]
    assert (round(log["low"], 3), round(log["high"], 3)) == (0.586, 0.968)
    loglog = retention.kaplan_meier(weeks, back).loc[10]
    assert (round(loglog["low"], 3), round(loglog["high"], 3)) == (0.503, 0.889)
    placebo = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]
    both = retention.compare_survival(weeks + placebo, back + [1] * 21, ["6-MP"] * 21 + ["placebo"] * 21)
    assert round(both["chi2"], 2) == 16.79
    assert both["p"] == pytest.approx(4.17e-5, rel=0.01)


def test_steps():
    table = retention.kaplan_meier([3, 5, 5, 8], [True, False, True, False])
    assert retention.survival_at(table, [0, 2.9, 3, 5, 8]).tolist() == [1, 1, 0.75, 0.5, 0.5]
    assert np.isnan(retention.survival_at(table, 9))
    gone = retention.kaplan_meier([1, 2], [1, 1])
    assert retention.survival_at(gone, 9) == 0
    assert gone.loc[2, ["low", "high"]].tolist() == [0, 0]
    nobody = retention.kaplan_meier([4, 4], [0, 0])
    assert nobody["survival"].tolist() == [1, 1]
    assert np.isnan(retention.median_lifetime(nobody))
    assert retention.kaplan_meier([5], [1]).shape == (2, 7)
    assert retention.kaplan_meier([0, 0, 3], [1, 0, 1])["survival"].tolist() == pytest.approx([2 / 3, 0])


@given(
    st.lists(st.tuples(st.integers(0, 12), st.booleans()), min_size=1, max_size=40), st.randoms(use_true_random=False)
)
def test_survival_never_rises(rows, random):
    time, left = [t for t, _l in rows], [gone for _t, gone in rows]
    for interval in retention.INTERVALS:
        table = retention.kaplan_meier(time, left, interval=interval)
        assert (table["survival"].diff().dropna() <= 1e-12).all()
        assert (table["low"] <= table["survival"] + 1e-12).all()
        assert (table["survival"] <= table["high"] + 1e-12).all()
        assert table.notna().all().all()
        assert table["left"].sum() + table["censored"].sum() == len(rows)
    order = list(range(len(rows)))
    random.shuffle(order)
    again = retention.kaplan_meier([time[k] for k in order], [left[k] for k in order], interval=interval)
    pd.testing.assert_frame_equal(again, table)
    if not any(not gone for gone in left):  # without censoring it is the plain share
        for t in set(time):
            assert retention.survival_at(table, t) == pytest.approx(np.mean(np.array(time) > t))


# ---- cohorts


def test_cohorts_by_hand():
    data = orders(
        [
            (1, "2024-01-05", 10), (1, "2024-01-25", 10), (1, "2024-03-01", 5),
            (2, "2024-01-31", 7), (2, "2024-02-01", 7), (3, "2024-03-31", 1), (4, "2024-02-10", -4),
        ]
    )  # fmt: skip
    table = retention.cohorts(data)
    assert table.index.astype(str).tolist() == ["2024-01", "2024-03"]
    assert table.iloc[0].tolist() == [2, 1, 1]
    assert table.iloc[1, 0] == 1
    assert table.iloc[1, 1:].isna().all()
    assert table.attrs["left_out"]["return_days"] == 1
    assert table.attrs["last_period_complete"]
    assert not retention.cohorts(data, as_of="2024-03-30").attrs["last_period_complete"]
    curve = retention.retention_curve(table)
    assert curve["customers"].tolist() == [3, 2, 2]
    assert curve["retention"].tolist() == pytest.approx([1, 0.5, 0.5])
    assert retention.shares(table).iloc[0].tolist() == [1, 0.5, 0.5]


def test_cohorts_of_online_retail():
    data = datasets.load("online_retail_orders")
    table = retention.cohorts(data)
    assert table[0].sum() == 4334  # customers with a day of net purchase
    assert table.loc["2010-12"].iloc[:3].tolist() == [883, 322, 283]
    assert not table.attrs["last_period_complete"]
    bought = data.assign(day=data["date"].dt.normalize()).groupby(["customer_id", "day"])["amount"].sum()
    bought = bought[bought > 1e-9].reset_index()  # a purchase taken back on the day leaves a trace of rounding
    month = bought["day"].dt.to_period("M")
    first = month.groupby(bought["customer_id"]).transform("min")
    want = bought.assign(first=first, month=month).groupby(["first", "month"])["customer_id"].nunique()
    for (cohort, when), count in want.items():
        assert table.loc[cohort, (when - cohort).n] == count
    assert np.nansum(table.to_numpy()) == want.sum()


def test_cohorts_by_other_periods():
    data = datasets.load("online_retail_orders")
    for period in ("week", "quarter", "year"):
        table = retention.cohorts(data, period)
        assert table[0].sum() == 4334
    assert retention.cohorts(data, "year").iloc[0].tolist()[0] == 883


ROWS = st.lists(st.tuples(st.integers(1, 5), st.integers(0, 200), st.integers(1, 50)), min_size=1, max_size=30)


@given(ROWS, st.randoms(use_true_random=False))
def test_cohorts_leave_unchanged_what_they_must(rows, random):
    data = orders(rows).assign(date=lambda d: pd.Timestamp("2024-01-01") + pd.to_timedelta(d["date"], unit="D"))
    want = retention.cohorts(data)
    order = list(range(len(rows)))
    random.shuffle(order)
    split = pd.concat([data.assign(amount=data["amount"] / 4), data.assign(amount=data["amount"] * 3 / 4)])
    for other in (
        data.iloc[order],
        split,
        pd.concat([data, data.assign(amount=0.0)]),
        data.assign(amount=data["amount"] * 8),
    ):
        pd.testing.assert_frame_equal(retention.cohorts(other), want)
    assert want[0].sum() == data["customer_id"].nunique()
    curve = retention.retention_curve(want)
    assert curve["retention"].iloc[0] == 1
    assert curve["retention"].between(0, 1).all()


# ---- churn by group, win-back


def test_churn_rates_of_telco(telco):
    table = retention.churn_rates(telco, "contract")
    assert table.index.tolist() == ["Month-to-month", "One year", "Two year"]
    assert table["left"].tolist() == [1655, 166, 48]
    assert table["rate"].round(3).tolist() == [0.427, 0.113, 0.028]
    assert (table["rate"] * table["customers"]).sum() == pytest.approx(1869)
    two = retention.churn_rates(telco, ["contract", "internet"])
    assert two["customers"].sum() == 7043
    holes = telco.assign(contract=telco["contract"].where(telco["tenure"] > 0))
    assert retention.churn_rates(holes, "contract").attrs["left_out"] == {"rows_without_group": 11}


def test_reasons_are_the_complaint_modules():
    assert retention.reasons is complaints.reasons


def test_win_back_by_hand():
    data = orders(
        [
            (1, "2024-01-01", 50), (1, "2024-01-11", 50), (1, "2024-01-21", 50),  # every 10 days, then silence
            (2, "2024-01-01", 90), (2, "2024-03-01", 90), (2, "2024-05-01", 90),  # every 60 days, not yet late
            (3, "2024-01-05", 900), (4, "2024-06-01", 9),
        ]
    )  # fmt: skip
    table = retention.win_back(data)
    assert table.index.tolist() == [1]
    row = table.loc[1]
    assert (row["usual_gap"], row["silent"], row["overdue"]) == (10, 132, 13.2)
    assert (row["amount"], row["yearly"]) == (150, 150)  # twenty days are no year
    assert row["last"] == pd.Timestamp("2024-01-21")
    assert table.attrs["left_out"]["too_few_purchases"] == 2
    assert table.attrs["left_out"]["not_overdue"] == 1
    assert retention.win_back(data, overdue=0.5).index.tolist() == [2, 1]
    assert retention.win_back(data, as_of="2024-02-01").empty
    again = retention.win_back(data.sample(frac=1, random_state=1))
    pd.testing.assert_frame_equal(again, table)


def test_win_back_on_online_retail():
    table = retention.win_back(datasets.load("online_retail_orders"))
    assert (table["overdue"] >= 3).all()
    assert (table["silent"] >= 30).all()
    assert table["yearly"].is_monotonic_decreasing
    assert len(table) == 108


# ---- bad input

TABLE = pd.DataFrame({"g": ["a", "b"], "churned": [True, False]})


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: retention.kaplan_meier([1, -2], [1, 0]), "row 1: -2 is below 0"),
        (lambda: retention.kaplan_meier([1, np.nan], [1, 0]), "missing"),
        (lambda: retention.kaplan_meier([1, np.inf], [1, 0]), "infinite"),
        (lambda: retention.kaplan_meier([1, 2], ["Yes", "No"]), "neither True nor False"),
        (lambda: retention.kaplan_meier([1, 2], [1]), "left has 1 entries, durations has 2"),
        (lambda: retention.kaplan_meier([], []), "no rows"),
        (lambda: retention.kaplan_meier([1], [1], confidence=95), "between 0 and 1"),
        (lambda: retention.kaplan_meier([1], [1], interval="wald"), "interval must be one of"),
        (lambda: retention.kaplan_meier([1, 2], [1, 0], by=["a", None]), "the group is missing"),
        (lambda: retention.kaplan_meier(pd.Series([1, 2]), pd.Series([1, 0], index=[1, 2])), "label 0 is in durations"),
        (lambda: retention.compare_survival([1, 2], [1, 0], ["a", "a"]), "one group only"),
        (lambda: retention.survival_at(retention.kaplan_meier([1, 2], [1, 0], by=["a", "b"]), 1), "several groups"),
        (lambda: retention.survival_at(retention.kaplan_meier([1], [1]), -1), "0 or more"),
        (lambda: retention.cohorts(orders([(1, "2024-01-01", 5)]), period="day"), "period must be one of"),
        (lambda: retention.cohorts(orders([(1, "01/02/2024", 5)])), "year first"),
        (lambda: retention.cohorts(orders([(1, "2024-01-01", -5)])), "No purchase is left"),
        (lambda: retention.retention_curve(pd.DataFrame([[2.0, 3.0]])), "more active customers than members"),
        (lambda: retention.shares(pd.DataFrame([[np.nan, 3.0]])), "size of each cohort"),
        (lambda: retention.churn_rates(TABLE, "group"), "no column 'group'"),
        (lambda: retention.churn_rates(TABLE.assign(g=None), "g"), "No row names a group"),
        (lambda: retention.churn_rates(TABLE.assign(churned=["Yes", "No"]), "g"), "neither True nor False"),
        (lambda: retention.win_back(orders([(1, "2024-01-01", 5)]), min_purchases=1), "from 2 up"),
        (lambda: retention.win_back(orders([(1, "2024-01-01", 5)]).drop(columns="amount")), "no column 'amount'"),
    ],
)
def test_says_what_is_wrong(call, says):
    with pytest.raises(InputError, match=says):
        call()


# Awkward input


def test_durations_and_groups_are_put_side_by_side_by_label():
    durations = pd.Series([3, 5, 5, 8], index=list("abcd"))
    left = pd.Series([True, False, True, False], index=list("abcd"))
    groups = pd.Series(["x", "x", "y", "y"], index=list("abcd"))
    mixed = [series.sample(frac=1, random_state=n) for n, series in enumerate((left, groups))]
    want = retention.kaplan_meier(durations, left, by=groups)
    pd.testing.assert_frame_equal(retention.kaplan_meier(durations, mixed[0], by=mixed[1]), want)
    assert retention.compare_survival(durations, *mixed).equals(retention.compare_survival(durations, left, groups))
    with pytest.raises(InputError, match="label 'a' is in durations but not in by"):
        retention.kaplan_meier(durations, left, by=groups.set_axis(list("wxyz")))
    with pytest.raises(InputError, match="by has 3 entries, durations has 4"):
        retention.compare_survival(list(durations), list(left), ["x", "y", "y"])


@pytest.mark.parametrize("gone", [None, np.nan, pd.NA, "", " "])
def test_a_blank_group_is_a_missing_one(gone):
    groups = pd.Series(["a", gone, "b"], dtype=object)
    for call in (retention.kaplan_meier, retention.compare_survival):
        with pytest.raises(InputError, match=r"row 1: the group is missing \(1 in all\)"):
            call([1, 2, 3], [1, 0, 1], by=groups)
    table = pd.DataFrame({"g": groups, "h": "x", "churned": [True, False, False]})
    found = retention.churn_rates(table, "g")
    assert found.index.tolist() == ["a", "b"]
    assert found.attrs["left_out"] == {"rows_without_group": 1}
    assert retention.churn_rates(table, ["g", "h"]).attrs["left_out"] == {"rows_without_group": 1}


def test_groups_may_be_of_any_kind_and_have_the_name_of_the_index():
    table = pd.DataFrame({"g": ["a", "b", "a"], "churned": [True, False, False]})
    want = retention.churn_rates(table, "g")
    for other in (table.set_index("g", drop=False), table.astype({"g": "category"}), table.astype({"g": "string"})):
        for by in ("g", ["g"], pd.Index(["g"])):
            pd.testing.assert_frame_equal(retention.churn_rates(other, by), want, check_index_type=False)
    assert retention.churn_rates(table.assign(g=[1, "1", 1]), "g")["customers"].tolist() == [2, 1]
    with pytest.raises(InputError, match="by names no column"):
        retention.churn_rates(table, [])


def test_days_far_away_take_no_time_and_are_told():
    far = orders([(1, "1900-01-01", 5), (2, "2024-01-05", 5), (2, "2024-02-05", 5)])
    with pytest.warns(
        checks.InputWarning, match="first day is 1900-01-01, which many programs write for an unknown one"
    ):
        found = retention.cohorts(far, "week")
    assert found.shape[0] == 2
    assert found.iloc[1].dropna().sum() == 2
    with pytest.raises(InputError, match="row 0: 0001-01-01 is no day"):
        retention.cohorts(orders([(1, "0001-01-01", 5), (2, "2024-01-05", 5)]))
    with pytest.warns(checks.InputWarning, match="last day is 2199-01-01, more than a year ahead"):
        retention.win_back(orders([(1, "2199-01-01", 5), (2, "2024-01-05", 5)]))


def test_a_table_that_is_no_survival_table():
    table = retention.kaplan_meier([3, 5, 5, 8], [True, False, True, False])
    for wrong in (table.iloc[::-1], table.set_axis(list("abcd")), table.assign(survival="x"), table * 3):
        with pytest.raises(InputError):
            retention.survival_at(wrong, 4)
