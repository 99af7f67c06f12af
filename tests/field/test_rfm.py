import decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmlab import checks, datasets, rfm
from crmlab.checks import InputError, InputWarning

ORDERS = pd.DataFrame(
    {
        "customer_id": [1, 1, 2, 3],
        "invoice": ["a", "b", "c", "d"],
        "date": pd.to_datetime(["2024-01-05", "2024-01-20", "2024-01-10", "2024-01-31"]),
        "amount": [10.0, 20.0, 5.0, 40.0],
    }
)


@pytest.fixture(scope="module")
def retail():
    return rfm.summary(datasets.load("online_retail_orders"), as_of="2011-12-10")


# Real data


def test_online_retail_in_numbers(retail):
    assert len(retail) == 4338
    assert retail.attrs["left_out"] == {
        "rows_without_customer": 0,
        "orders_after_as_of": 0,
        "zero_orders": 4,
        "returns": 3654,
        "returns_before_first_purchase": 0,
        "customers_without_purchase": 34,
    }
    assert retail["frequency"].sum() == 18532
    assert retail.loc[17850].tolist() == [373, 34, pytest.approx(5391.21)]
    assert rfm.summary(datasets.load("online_retail_orders")).attrs["as_of"] == "2011-12-09"


def test_segments_of_online_retail(retail):
    keys = rfm.segment(rfm.score(retail))
    table = rfm.by_segment(retail, keys)
    assert table["customers"].to_dict() == {
        "champions": 631,
        "loyal": 809,
        "potential_loyalists": 503,
        "new": 36,
        "promising": 89,
        "need_attention": 184,
        "about_to_sleep": 359,
        "cant_lose": 73,
        "at_risk": 571,
        "hibernating": 1083,
    }
    assert table["customer_share"].sum() == pytest.approx(1)
    assert table["money_share"].sum() == pytest.approx(1)
    assert table.loc["champions", "money_share"] == pytest.approx(0.510, abs=5e-4)


def test_by_value_agrees_with_qcut_where_qcut_works(retail):
    scores = rfm.score(retail)
    want_r = pd.qcut(retail["recency"], 5, labels=[5, 4, 3, 2, 1]).astype(int)
    want_m = pd.qcut(retail["monetary"], 5, labels=[1, 2, 3, 4, 5]).astype(int)
    assert (scores["R"] == want_r).all()
    assert (scores["M"] == want_m).all()
    with pytest.raises(ValueError, match="unique"):
        pd.qcut(retail["frequency"], 5)
    assert set(retail.loc[scores["F"] == 1, "frequency"]) == {1}


def test_equal_fifths_are_equal(retail):
    scores = rfm.score(retail, rule="equal_fifths")
    for columns, cells in ([["R"], 5], [["R", "F"], 25], [["R", "F", "M"], 125]):
        sizes = scores.groupby(columns).size()
        assert len(sizes) == cells
        assert sizes.max() - sizes.min() <= len(columns)
    # The price: customers with one order have different F scores.
    assert scores.loc[retail["frequency"] == 1, "F"].nunique() > 1


# What counts as a purchase


def test_lines_of_one_order_and_several_orders_a_day():
    lines = pd.DataFrame(
        {
            "customer_id": [1, 1, 1, 1],
            "invoice": ["a", "a", "b", "c"],
            "date": ["2024-01-05 09:00", "2024-01-05 09:30", "2024-01-05 10:00", "2024-01-05 23:59"],
            "amount": [10.0, -3.0, 5.0, 1.0],
        }
    )
    assert rfm.summary(lines, as_of="2024-01-06").loc[1].tolist() == [1, 3, 13.0]
    by_row = rfm.summary(lines, as_of="2024-01-06", order=None)
    assert by_row.loc[1].tolist() == [1, 3, 16.0]
    assert by_row.attrs["left_out"]["returns"] == 1


def test_order_numbers_need_only_be_unique_within_a_customer():
    orders = ORDERS.assign(invoice=[1, 2, 1, 1])
    pd.testing.assert_frame_equal(rfm.summary(orders), rfm.summary(ORDERS))


def test_returns():
    orders = pd.DataFrame(
        {
            "customer_id": [1, 1, 1, 2, 3],
            "invoice": list("abcde"),
            "date": ["2024-01-01", "2024-01-10", "2024-01-20", "2024-01-03", "2024-01-04"],
            "amount": [-50.0, 30.0, -10.0, -7.0, 8.0],
        }
    )
    left = rfm.summary(orders, as_of="2024-01-31")
    assert left.loc[1].tolist() == [21, 1, 30.0]
    assert left.attrs["left_out"] == dict.fromkeys(left.attrs["left_out"], 0) | {
        "returns": 3,
        "customers_without_purchase": 1,
    }
    taken_off = rfm.summary(orders, as_of="2024-01-31", returns="subtract")
    assert taken_off.loc[1].tolist() == [21, 1, 20.0]  # the refund before the first purchase is not subtracted
    assert taken_off.attrs["left_out"]["returns_before_first_purchase"] == 2


def test_money_that_only_rounding_left_is_no_purchase():
    lines = pd.DataFrame(
        {"customer_id": 1, "invoice": ["a"] * 3 + ["b"], "date": "2024-01-05", "amount": [0.1, 0.2, -0.3, 9.0]}
    )
    found = rfm.summary(lines)
    assert found["frequency"].tolist() == [1]
    assert found.attrs["left_out"]["zero_orders"] == 1


def test_missing_customers_are_counted_and_ids_stay_whole():
    orders = ORDERS.assign(customer_id=[17850.0, 17850.0, np.nan, 13047.0])
    found = rfm.summary(orders)
    assert found.index.tolist() == [13047, 17850]
    assert found.index.dtype == "int64"
    assert found.attrs["left_out"]["rows_without_customer"] == 1
    named = rfm.summary(ORDERS.assign(customer_id=["Li", "", " ", None]))
    assert named.index.tolist() == ["Li"]
    assert named.attrs["left_out"]["rows_without_customer"] == 3


@pytest.mark.parametrize("kind", ["int8", "uint64", "int64", "Int64", "float64", "category", "object", "str"])
def test_kinds_of_customer_ids_give_one_answer(kind):
    ids = pd.Series([-100, -100, 20, 100] if kind != "uint64" else [2**63, 2**63, 2**63 + 20, 2**63 + 100])
    found = rfm.summary(ORDERS.assign(customer_id=ids.astype(kind)))
    want = rfm.summary(ORDERS)
    assert found["monetary"].sum() == want["monetary"].sum()
    assert {str(label): row.tolist() for label, row in found.iterrows()} == {
        str(ids[at]): want.loc[key].tolist() for at, key in ((0, 1), (2, 2), (3, 3))
    }


def test_looking_back_from_an_earlier_day():
    then = rfm.summary(ORDERS, as_of="2024-01-10")
    assert then["recency"].to_dict() == {1: 5, 2: 0}
    assert then["monetary"].to_dict() == {1: 10.0, 2: 5.0}
    assert then.attrs["left_out"]["orders_after_as_of"] == 2
    assert then.attrs["left_out"]["customers_without_purchase"] == 1
    with pytest.raises(InputError, match=r"2023-01-01.*orders_after_as_of 4"):
        rfm.summary(ORDERS, as_of="2023-01-01")


def test_kinds_of_dates_give_one_answer():
    want = rfm.summary(ORDERS)
    text = ORDERS["date"].dt.strftime("%Y-%m-%d")
    for dates in (
        text,
        text.str.replace("-", "/"),
        text + " 23:59:59",
        text + "T08:00:00+08:00",
        ORDERS["date"].dt.date,
        ORDERS["date"].dt.tz_localize("Asia/Shanghai"),
        text.astype("category"),
        ORDERS["date"].astype("datetime64[s]"),
        ORDERS["date"].dt.to_period("D"),
    ):
        pd.testing.assert_frame_equal(rfm.summary(ORDERS.assign(date=dates)), want)
    for as_of in (pd.Timestamp("2024-01-31"), pd.Timestamp("2024-01-31 17:00", tz="UTC"), "2024/1/31"):
        pd.testing.assert_frame_equal(rfm.summary(ORDERS, as_of=as_of), want)


def test_kinds_of_amounts_give_one_answer():
    want = rfm.summary(ORDERS)
    for amounts in (
        ORDERS["amount"].astype(int),
        ORDERS["amount"].astype("Float64"),
        ORDERS["amount"].map(lambda x: decimal.Decimal(int(x))),
        ORDERS["amount"].astype("category"),
    ):
        pd.testing.assert_frame_equal(rfm.summary(ORDERS.assign(amount=amounts)), want)


# Errors


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda t: t.rename(columns={"customer_id": "CustomerID"}), "mean 'CustomerID'.*customer='CustomerID'"),
        (lambda t: t.rename(columns={"invoice": "x"}), "order=None"),
        (lambda t: t.drop(columns="amount"), "no column 'amount'; there are: customer_id"),
        (lambda t: t.iloc[:0], "no rows"),
        (lambda t: t["amount"], "DataFrame"),
        (lambda t: pd.concat([t, t[["amount"]]], axis=1), "2 columns named 'amount'"),
        (lambda t: t.assign(amount=[1, 2, np.inf, 4]), "row 2: the number is infinite"),
        (lambda t: t.assign(amount=[1, np.nan, 3, 4]), "row 1: the number is missing .1 in all"),
        (lambda t: t.assign(amount=["1", "2", "12,5", "4"]), "row 0: '1' is not a number"),
        (lambda t: t.assign(amount=True), "True and False"),
        (lambda t: t.assign(amount=t["date"]), "holds dates"),
        (lambda t: t.assign(date=["2024-01-01", "03/04/2024", "x", "y"]), "row 1: '03/04/2024'.*year first"),
        (lambda t: t.assign(date=["2024-01-01", "2024-02-30", "2024-01-01", "2024-01-01"]), "row 1: '2024-02-30'"),
        (lambda t: t.assign(date=[20240101, 2, 3, 4]), "holds numbers where dates"),
        (lambda t: t.assign(date=pd.Series([pd.NaT, *t["date"][1:]])), "row 0: the date is missing"),
        (
            lambda t: t.assign(date=["2024-01-01T00:00+08:00", *["2024-01-01T00:00+00:00"] * 3]),
            "mixes time zones",
        ),
        (
            lambda t: t.assign(
                date=pd.Series([pd.Timestamp("2024-01-01", tz="UTC"), *[pd.Timestamp("2024-01-01")] * 3], dtype=object)
            ),
            "mixes time zones",
        ),
        (lambda t: t.assign(invoice=["a", None, "b", "c"]), "row 1: the order number is missing"),
        (lambda t: t.assign(amount=-1.0), "No order is left.*returns 4"),
    ],
)
def test_says_what_is_wrong(change, says):
    with pytest.raises(InputError, match=says):
        rfm.summary(change(ORDERS))


def test_other_errors():
    for call, says in (
        (lambda: rfm.summary(ORDERS, returns="keep"), "returns must be one of leave_out, subtract"),
        (lambda: rfm.summary(ORDERS, as_of=20240101), "as_of must be a day"),
        (lambda: rfm.summary(ORDERS, as_of="soon"), "as_of"),
        (lambda: rfm.score(ORDERS), "no column 'recency'"),
        (lambda: rfm.score(rfm.summary(ORDERS), rule="fifths"), "rule must be one of"),
        (lambda: rfm.score(rfm.summary(ORDERS), groups=1), "from 2 to 10"),
        (lambda: rfm.segment(pd.DataFrame({"R": [6], "F": [1], "M": [1]})), "row 0: a score .* not 6"),
        (lambda: rfm.segment(pd.DataFrame({"R": [1], "F": [1]})), "no column 'M'"),
        (lambda: rfm.by_segment(rfm.summary(ORDERS), pd.Series(["new"])), "is in .* but not in"),
        (lambda: rfm.by_segment(rfm.summary(ORDERS), pd.Series("vip", index=[1, 2, 3])), "no segment 'vip'"),
    ):
        with pytest.raises(InputError, match=says):
            call()


def test_errors_speak_chinese(monkeypatch):
    monkeypatch.setenv("CRMLAB_LANG", "zh")
    with pytest.raises(InputError, match="列 'amount' 第 2 行：数字是无穷大"):
        rfm.summary(ORDERS.assign(amount=[1, 2, np.inf, 4]))


# Scores and segments


def test_ties_and_lone_customers():
    tied = pd.DataFrame({"recency": [9] * 7, "frequency": [1] * 7, "monetary": [5.0] * 7})
    assert (rfm.score(tied) == 3).all(axis=None)
    assert rfm.score(tied.iloc[:1]).iloc[0].tolist() == [3, 3, 3]
    many = pd.concat([tied] * 18, ignore_index=True)
    assert rfm.score(many, rule="equal_fifths").nunique().tolist() == [5, 5, 5]
    assert rfm.score(tied, groups=4).iloc[0].tolist() == [2, 2, 2]


def test_sums_of_the_same_money_in_another_order_are_ties():
    table = pd.DataFrame({"recency": [1, 2], "frequency": [1, 1], "monetary": [0.1 + 0.2 + 0.3, 0.3 + 0.2 + 0.1]})
    assert table["monetary"].nunique() == 2
    assert rfm.score(table)["M"].tolist() == [3, 3]


def test_each_combination_of_scores_is_in_one_segment():
    every = pd.MultiIndex.from_product([range(1, 6)] * 3, names=list("RFM")).to_frame(index=False)
    keys = rfm.segment(every)
    assert set(keys) == set(rfm.SEGMENTS.index)
    fm = (every["F"] + every["M"] + 1) // 2
    for (_i, row), key, middle in zip(every.iterrows(), keys, fm, strict=True):
        table = rfm.SEGMENTS
        hits = table[table["r_low"].le(row["R"]) & table["r_high"].ge(row["R"])
                     & table["fm_low"].le(middle) & table["fm_high"].ge(middle)]  # fmt: skip
        assert hits.index.tolist() == [key]


def test_own_segments_must_cover_each_cell_once():
    scores = pd.DataFrame({"R": [1], "F": [1], "M": [1]})
    whole = pd.DataFrame({"r_low": [1], "r_high": [5], "fm_low": [1], "fm_high": [5]}, index=["all"])
    assert rfm.segment(scores, whole).tolist() == ["all"]
    with pytest.raises(InputError, match="R 1, FM 1 lies in no segment"):
        rfm.segment(scores, whole.assign(r_low=2))
    with pytest.raises(InputError, match="lies in two segments: 'all' and 'more'"):
        rfm.segment(scores, pd.concat([whole, whole.rename({"all": "more"})]))
    with pytest.raises(InputError, match="outside"):
        rfm.segment(scores, whole.assign(r_high=6))
    for odd in ({"r_low": 1.5}, {"r_low": np.nan}, {"r_low": 5, "r_high": 4}):
        with pytest.raises(InputError, match="'all': give a lowest and a highest"):
            rfm.segment(scores, whole.assign(**odd))
    with pytest.raises(InputError, match="'all': give a lowest"):
        rfm.segment(scores, whole * np.nan)


def test_segments_on_recency_frequency_and_money_apart():
    every = pd.MultiIndex.from_product([range(1, 6)] * 3, names=list("RFM")).to_frame(index=False)
    names = ["r_low", "r_high", "f_low", "f_high", "m_low", "m_high"]
    rows = [(4, 5, 4, 5, 4, 5), (4, 5, 1, 1, 1, 5), (1, 2, 1, 5, 5, 5), (1, 2, 5, 5, 1, 4), (np.nan,) * 6]
    own = pd.DataFrame(rows, index=["best", "new", "lost", "lost", "others"], columns=names)
    keys = rfm.segment(every, own)
    r, f, m = (every[letter] for letter in "RFM")
    assert ((keys == "best") == ((r >= 4) & (f >= 4) & (m >= 4))).all()
    assert ((keys == "new") == ((r >= 4) & (f == 1))).all()
    assert ((keys == "lost") == ((r <= 2) & ((m == 5) | (f == 5)))).all()
    assert (keys == "others").sum() == 125 - 8 - 10 - 18
    table = pd.DataFrame({"recency": 1, "frequency": 1, "monetary": 1.0}, index=every.index)
    assert rfm.by_segment(table, keys, own)["customers"].to_dict() == {"best": 8, "new": 10, "lost": 18, "others": 89}
    with pytest.raises(InputError, match="R 1, F 1, M 1 lies in no segment"):
        rfm.segment(every, own.iloc[:-1])
    with pytest.raises(InputError, match="R 4, F 4, M 4 lies in two segments: 'best' and 'more'"):
        rfm.segment(every, pd.concat([own, own.iloc[[0]].rename({"best": "more"})]))


@pytest.mark.parametrize("groups", [2, 3, 4, 7, 10])
def test_scores_in_other_groups_than_five_keep_their_rank(retail, groups):
    scores = rfm.score(retail, groups=groups)
    keys = rfm.segment(scores)
    best = (scores == groups).all(axis=1)
    assert (keys[best] == "champions").all()
    assert best.sum() > 50
    assert (keys[(scores == 1).all(axis=1)] == "hibernating").all()
    assert (rfm.eight_types(scores)[best] == "key_value").all()
    assert rfm.grid(scores).shape == (groups, groups)
    bare = pd.DataFrame(scores.to_numpy(), scores.index, list("RFM"))
    assert rfm.segment(bare, groups=groups).equals(keys)
    if groups < 5:
        with pytest.warns(checks.InputWarning, match=f"made in {groups} groups"):
            rfm.segment(bare)
    with pytest.raises(InputError, match="from 1 to 2, not"):
        rfm.segment(pd.DataFrame({"R": [3], "F": [1], "M": [1]}), groups=2)


def test_segments_may_be_for_other_groups():
    thirds = pd.DataFrame(
        {"r_low": [3, 1, 1], "r_high": [3, 2, 3], "fm_low": [3, 3, 1], "fm_high": [3, 3, 2]}, list("abc")
    )
    scores = pd.DataFrame({"R": [3, 2, 1], "F": [3, 3, 1], "M": [3, 3, 2]})
    assert rfm.segment(scores, thirds).tolist() == ["a", "b", "c"]
    assert rfm.segment(scores * 2 - 1, thirds, groups=5).tolist() == ["a", "b", "c"]


def test_own_cuts():
    table = pd.DataFrame(
        {"recency": [30, 31, 90, 365, 366], "frequency": [1, 2, 3, 5, 9], "monetary": [0.1 + 0.2, 0.3, 50, 1e6, 7]}
    )
    cuts = {"recency": [30, 90, 180, 365], "frequency": [1, 2, 4, 8], "monetary": [0.3, 1, 10, 100]}
    found = rfm.score(table, cuts=cuts)
    assert found["R"].tolist() == [5, 4, 4, 2, 1]
    assert found["F"].tolist() == [1, 2, 3, 4, 5]
    assert found["M"].tolist() == [1, 1, 4, 5, 3]
    assert found.attrs["cuts"] == cuts
    part = rfm.score(table, cuts={"recency": [30, 90, 180, 365]})
    assert part["R"].equals(found["R"])
    assert part[["F", "M"]].equals(rfm.score(table)[["F", "M"]])


@pytest.mark.parametrize(
    ("cuts", "words"),
    [
        ([30, 90], "cuts must give rising cut points by measure"),
        ({}, "cuts must give"),
        ({"days": [1]}, "cuts must give"),
        ({"recency": [90, 30, 180, 365]}, "'recency' must rise"),
        ({"recency": [30, 30, 180, 365]}, "must rise"),
        ({"recency": [30, 90]}, "2 cuts of 'recency' make 3 groups, and groups is 5: say groups=3"),
        ({"recency": [30, None, 60, 90]}, "the number is missing"),
        ({"recency": "30"}, "list of numbers, not str"),
    ],
)
def test_cuts_that_cut_nothing(cuts, words):
    with pytest.raises(InputError, match=words):
        rfm.score(rfm.summary(ORDERS), cuts=cuts)
    with pytest.raises(InputError, match=r"rule='value' only|cuts must give"):
        rfm.score(rfm.summary(ORDERS), "equal_fifths", cuts={"recency": [1, 2, 3, 4]} if cuts else cuts)


def test_nested_fifths_need_a_customer_for_each_cell(retail):
    table = retail.head(125)
    scores = rfm.score(table, rule="equal_fifths")
    assert scores.drop_duplicates().shape == (125, 3)
    with pytest.raises(InputError, match="needs 125 customers at least; there are 124"):
        rfm.score(table.iloc[:-1], rule="equal_fifths")
    assert rfm.score(table.head(8), "equal_fifths", groups=2).drop_duplicates().shape == (8, 3)


def test_orders_without_a_number_are_not_one_order():
    for gone in ("", "  ", None, pd.NA, np.nan, "\u3000"):
        for kind in (object, "string", "category"):
            number = pd.Series(["a", gone, "b", gone], dtype=object).astype(kind)
            with pytest.raises(InputError, match=r"row 1: the order number is missing \(2 in all\)"):
                rfm.summary(ORDERS.assign(invoice=number))


@pytest.mark.parametrize("gone", ["", " ", None, np.nan, pd.NA, "\u200b"])
def test_customers_without_a_name_are_one_thing_and_counted(gone):
    found = rfm.summary(ORDERS.assign(customer_id=pd.Series(["Li", gone, "Wu", gone], dtype=object)))
    assert found.index.tolist() == ["Li", "Wu"]
    assert found.attrs["left_out"]["rows_without_customer"] == 2


def test_customers_never_become_one():
    big = 2**53
    for ids in ([big, big + 1, big + 2, big + 3], pd.Series([big, big + 1, None, big + 2], dtype="Int64")):
        found = rfm.summary(ORDERS.assign(customer_id=ids))
        assert found.index.tolist() == [number for number in ids if number is not pd.NA]
    with pytest.raises(InputError, match=r"row 0: 9007199254740992 was read as a decimal number"):
        rfm.summary(ORDERS.assign(customer_id=[float(big), float(big + 1), 1.0, None]))
    with pytest.raises(InputError, match="row 2: list cannot name"):
        rfm.summary(ORDERS.assign(customer_id=["Li", "Wu", ["Wu"], "He"]))
    with pytest.warns(checks.InputWarning, match=r"'customer_id': 'A1 ' only looks like 'A1' \(2 such in all\)"):
        found = rfm.summary(ORDERS.assign(customer_id=["A1", "A1 ", "Ａ１", "B"]))
    assert len(found) == 4


def test_segments_and_customers_are_put_side_by_side_by_label():
    table = rfm.summary(ORDERS)
    keys = pd.Series(["new", "loyal", "champions"], index=table.index)
    want = rfm.by_segment(table, keys)
    pd.testing.assert_frame_equal(rfm.by_segment(table, keys.iloc[::-1]), want)


# Properties. Money in cents, so that sums are exact and a difference is a fault.

line = st.tuples(st.integers(0, 6), st.integers(0, 12), st.integers(0, 40), st.integers(-500, 2000))
tables = st.lists(line, min_size=1, max_size=60).map(
    lambda rows: pd.DataFrame(
        {
            "customer_id": [row[0] for row in rows],
            "invoice": [f"{row[0]}-{row[1]}" for row in rows],
            "date": pd.Timestamp("2024-01-01") + pd.to_timedelta([row[2] for row in rows], unit="D"),
            "amount": [float(row[3]) for row in rows],
        }
    )
)


def summary_or_none(lines, **arguments):
    try:
        return rfm.summary(lines, as_of="2024-03-01", **arguments)
    except InputError:
        return None


def same(one, other):
    if one is None or other is None:
        assert one is None
        assert other is None
    else:
        pd.testing.assert_frame_equal(one, other)


@settings(deadline=None)
@given(tables, st.randoms(use_true_random=False), st.sampled_from(rfm.RETURNS))
def test_summary_does_not_depend_on(lines, random, returns):
    want = summary_or_none(lines, returns=returns)
    order = list(range(len(lines)))
    random.shuffle(order)
    same(summary_or_none(lines.iloc[order], returns=returns), want)
    halves = pd.concat([lines.assign(amount=lines["amount"] - 7.0), lines.assign(amount=7.0)])
    same(summary_or_none(halves, returns=returns), want)
    zero = pd.concat([lines, lines.iloc[[0]].assign(amount=0.0)])
    same(summary_or_none(zero, returns=returns), want)
    scaled = summary_or_none(lines.assign(amount=lines["amount"] * 4), returns=returns)
    same(scaled if scaled is None else scaled.assign(monetary=scaled["monetary"] / 4), want)


@settings(deadline=None)
@given(tables)
def test_summary_counts_like_a_plain_loop(lines):
    """The definition in the docstring, spelled out row by row."""
    orders = {}
    for row in lines.itertuples():
        last, net = orders.get((row.customer_id, row.invoice), (row.date, 0.0))
        orders[row.customer_id, row.invoice] = (max(last, row.date), net + row.amount)
    want = {}
    for (customer, _invoice), (date, net) in orders.items():
        if net > 0:
            days, count, total = want.get(customer, (10**6, 0, 0.0))
            want[customer] = (min(days, (pd.Timestamp("2024-03-01") - date).days), count + 1, total + net)
    found = summary_or_none(lines)
    assert ({} if found is None else {i: tuple(row) for i, row in found.iterrows()}) == want


customers = st.lists(
    st.tuples(st.integers(0, 400), st.integers(1, 9), st.integers(1, 10**6)), min_size=1, max_size=80
).map(lambda rows: pd.DataFrame(rows, columns=["recency", "frequency", "monetary"]))


@settings(deadline=None)
@given(customers, st.sampled_from(rfm.RULES), st.randoms(use_true_random=False))
def test_scores(table, rule, random):
    if rule == "equal_fifths":  # it needs 125 customers
        table = pd.concat([table] * (125 // len(table) + 1), ignore_index=True)
    scores = rfm.score(table, rule=rule)
    assert scores.min(axis=None) >= 1
    assert scores.max(axis=None) <= 5
    assert rfm.segment(scores).isin(rfm.SEGMENTS.index).all()
    # Nobody who bought earlier has a better R; by value the same holds for F and M, and ties score alike.
    measures = {"R": -table["recency"]}
    if rule == "value":
        measures |= {"F": table["frequency"], "M": table["monetary"]}
        for name, values in measures.items():
            assert (scores[name].groupby(values).nunique() == 1).all()
    for name, values in measures.items():
        by_value = scores[name].iloc[np.lexsort((scores[name], values))]
        assert (by_value.diff().dropna() >= 0).all()
    order = list(range(len(table)))
    random.shuffle(order)
    pd.testing.assert_frame_equal(rfm.score(table.iloc[order], rule=rule).sort_index(), scores)
    pd.testing.assert_frame_equal(rfm.score(table.assign(monetary=table["monetary"] * 8), rule=rule), scores)


def test_credits_find_their_purchases():
    """Against a plain join of the lines of the wholesaler."""
    lines = datasets.load("online_retail_lines")
    found = rfm.match_credits(lines)
    pairs = found.dropna().astype("int64")
    assert pairs.is_unique
    back, bought = lines.loc[pairs.index], lines.loc[pairs]
    for column in ("customer_id", "stock_code", "unit_price"):
        assert (back[column].to_numpy() == bought[column].to_numpy()).all()
    assert (back["quantity"].to_numpy() == -bought["quantity"].to_numpy()).all()
    assert (back["date"].to_numpy() >= bought["date"].to_numpy()).all()
    # Whoever has no pair has no free purchase: a join finds one only where another credit took it.
    known = lines[lines["customer_id"].notna() & (lines["unit_price"] > 0)]
    keys = ["customer_id", "stock_code", "unit_price", "pieces"]
    known = known.assign(pieces=known["quantity"].abs(), label=known.index)
    credit, sale = known[known["quantity"] < 0], known[known["quantity"] > 0]
    joined = credit.merge(sale, on=keys, suffixes=("", "_sale"))
    joined = joined[joined["date_sale"] <= joined["date"]]
    free = joined[found.reindex(joined["label"]).isna().to_numpy()]
    assert set(free["label_sale"]) <= set(pairs)
    assert set(credit.index) == set(found.index)
    assert set(pairs.index) <= set(joined["label"])
    money = (credit["quantity"] * credit["unit_price"]).abs()
    assert round(money[pairs.index].sum() / money.sum(), 2) == 0.66
    for customer in (16446, 12346):
        assert (lines.loc[pairs.index, "customer_id"] == customer).any()


def test_scores_that_lost_their_number_of_groups_are_told_of():
    scores = pd.DataFrame({"R": [3, 1, 2], "F": [3, 1, 2], "M": [3, 2, 1]})
    with pytest.warns(InputWarning, match=r"in 3 groups.*high=2"):
        rfm.eight_types(scores)
    scores.attrs["groups"] = 3
    assert rfm.eight_types(scores).tolist() == ["key_value", "key_win_back", "value"]


def test_credits_are_matched_by_the_time_and_the_price_that_are_meant():
    lines = pd.DataFrame({"customer_id": 1, "stock_code": "A", "quantity": [-9, 9], "unit_price": [0.3, 0.1 + 0.2]})
    times = [pd.Timestamp("2024-01-02 10:00"), pd.Timestamp("2024-01-02 09:00")]
    assert rfm.match_credits(lines.assign(date=pd.Series(times, dtype=object))).tolist() == [1]
    assert rfm.match_credits(lines.assign(date=pd.Series(times[::-1], dtype=object))).isna().all()
