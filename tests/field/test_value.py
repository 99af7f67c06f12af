import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmlab import datasets, rfm, value
from crmlab.checks import InputError

amounts = st.lists(st.integers(0, 10**6), min_size=1, max_size=60).filter(any)


@pytest.fixture(scope="module")
def revenue():
    return rfm.summary(datasets.load("online_retail_orders"))["monetary"]


def test_eighty_twenty_on_online_retail(revenue):
    assert value.pareto_share(revenue) == pytest.approx(0.746, abs=5e-4)
    table = value.abc(revenue, cuts=(0.80, 0.95))
    assert table["class"].value_counts().to_dict() == {"A": 1133, "B": 1469, "C": 1736}
    assert value.by_class(table)["amount_share"].tolist() == pytest.approx([0.80, 0.15, 0.05], abs=1e-3)
    assert value.gini(revenue) == pytest.approx(0.7151, abs=5e-5)


def test_gini_of_known_shapes():
    assert value.gini([5] * 9) == 0
    assert value.gini([0] * 9 + [5]) == pytest.approx(0.9)
    assert value.gini(range(1, 101)) == pytest.approx(0.33)  # (n² - 1) / (3n(n + 1)) for 1..n


def test_gini_is_the_mean_difference():
    x = np.array([3.0, 7.0, 7.0, 40.0, 0.0])
    want = np.abs(x[:, None] - x[None, :]).mean() / (2 * x.mean())
    assert value.gini(x) == pytest.approx(want)


def test_equals_share_a_class_and_the_largest_is_never_c():
    assert value.abc([10] * 10)["class"].unique().tolist() == ["A"]
    assert value.abc([1000, 1])["class"].tolist() == ["A", "C"]
    assert value.abc([7])["class"].tolist() == ["A"]
    tied = value.abc([60, 10, 10, 10, 10], cuts=(0.75, 0.95))
    assert tied["class"].tolist() == ["A"] * 5  # before the four tens only 60% is reached
    assert value.abc([4, 3, 2, 1], cuts=(0.3, 0.6, 0.9))["class"].tolist() == ["A", "B", "C", "D"]


def test_zero_and_negative_amounts():
    table = value.abc(pd.Series({"Li": 50.0, "Wu": 0.0, "Ma": -8.0, "He": 50.0}))
    assert table.index.tolist() == ["Li", "He", "Wu"]
    assert table.loc["Wu", "class"] == "C"
    assert table.attrs["left_out"] == {"negative_amounts": 1, "negative_sum": -8.0}
    assert value.lorenz([50, -8, 0]).attrs["left_out"]["negative_amounts"] == 1
    assert len(value.lorenz([50, -8, 0])) == 3


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: value.abc([]), "no rows"),
        (lambda: value.abc([0, 0]), "nothing to share"),
        (lambda: value.abc([-1, -2]), "nothing to share"),
        (lambda: value.abc(pd.Series({"Li": 1.0, "Wu": np.nan})), "row 'Wu': the number is missing"),
        (lambda: value.abc([1, np.inf]), "row 1: the number is infinite"),
        (lambda: value.abc(pd.Series([1, 2], index=["Li", "Li"])), "'Li' is listed more than once"),
        (lambda: value.abc(pd.DataFrame({"amount": [1]})), r"table\['amount'\]"),
        (lambda: value.abc("lots"), "Series"),
        (lambda: value.abc(5), "Series"),
        (lambda: value.abc([1], cuts=(80, 95)), "rising shares between 0 and 1"),
        (lambda: value.abc([1], cuts=(0.95, 0.8)), "rising shares"),
        (lambda: value.abc([1], cuts=0.8), "list of shares"),
        (lambda: value.abc([1], cuts=()), "rising shares"),
        (lambda: value.pareto_share([1], top=20), "between 0 and 1"),
        (lambda: value.by_class(pd.DataFrame({"amount": [1]})), "no column 'class'"),
    ],
)
def test_says_what_is_wrong(call, says):
    with pytest.raises(InputError, match=says):
        call()


@settings(deadline=None)
@given(amounts, st.randoms(use_true_random=False))
def test_abc(numbers, random):
    table = value.abc(pd.Series(numbers))
    assert table["share"].sum() == pytest.approx(1)
    assert table["cumulative_share"].iloc[-1] == pytest.approx(1)
    assert (table["amount"].diff().dropna() <= 0).all()
    assert (table["class"].map("ABC".index).diff().dropna() >= 0).all()
    assert (table.groupby("amount")["class"].nunique() == 1).all()
    assert table["class"].iloc[0] == "A"
    order = list(range(len(numbers)))
    random.shuffle(order)
    again = value.abc(pd.Series(numbers).iloc[order])
    assert again["class"].sort_index().tolist() == table["class"].sort_index().tolist()
    scaled = value.abc(pd.Series(numbers) * 8)
    assert scaled["class"].tolist() == table["class"].tolist()


@settings(deadline=None)
@given(amounts, st.floats(0.01, 0.99))
def test_concentration(numbers, top):
    share = value.pareto_share(numbers, top)
    assert top - 1e-9 <= share <= 1 + 1e-9
    assert value.pareto_share(numbers * 3, top) == pytest.approx(share)
    assert value.pareto_share([8 * x for x in numbers], top) == pytest.approx(share)
    gini = value.gini(numbers)
    assert 0 <= gini < 1
    assert value.gini(numbers * 3) == pytest.approx(gini)
    curve = value.lorenz(numbers)
    assert (curve["amount_share"] <= curve["customer_share"] + 1e-12).all()


def test_lorenz_takes_a_column_of_a_table_too():
    table = pd.DataFrame({"customer_id": ["a", "b"], "amount": [30, 10]})
    pd.testing.assert_frame_equal(value.lorenz(table, amount="amount"), value.lorenz([30, 10]))


@pytest.mark.parametrize("gone", [None, np.nan, pd.NA, "", " "])
def test_amounts_without_a_customer_are_left_out_and_counted(gone):
    table = pd.DataFrame({"who": pd.Series(["a", gone, gone, "b"], dtype=object), "amount": [30.0, 5, 7, 10]})
    found = value.abc(table, amount="amount", customer="who")
    assert found["amount"].to_dict() == {"a": 30.0, "b": 10.0}
    assert found.attrs["left_out"]["rows_without_customer"] == 2
    assert value.left_out(table, "amount", "who")["rows_without_customer"] == 2
    assert value.abc(table.set_index("who")["amount"]).attrs["left_out"]["rows_without_customer"] == 2


def test_classes_of_a_table_whose_index_has_that_name():
    table = value.abc([80, 10, 6, 4])
    twin = table.set_index("class", drop=False)
    assert value.by_class(twin).equals(value.by_class(table))
    assert value.treatment(twin)["contact_days"].tolist() == value.treatment(table)["contact_days"].tolist()
