import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmlab import planning, plots, pricing
from crmlab.checks import InputError
from tests.plots import test_plots as looks

PARTS = pd.Series({"North": 60.0, "South": 40.0})
money = st.floats(0.5, 1000)


# Forecasts


def test_bottom_up_and_top_down():
    parts = pd.DataFrame({"region": ["N", "N", "S"], "line": ["a", "b", "a"], "forecast": [10, 5, 20]})
    assert planning.bottom_up(parts, "region").to_dict() == {"N": 15, "S": 20}
    assert planning.bottom_up(parts, ["region", "line"]).loc[("N", "b")] == 5
    shares = planning.top_down(200, pd.Series({"N": 30, "S": 10, "W": 0}))
    assert shares.to_dict() == {"N": 150, "S": 50, "W": 0}


def test_proportional():
    found = planning.reconcile(PARTS, 120)
    assert found["reconciled"].to_dict() == {"North": 72, "South": 48}
    assert found["change"].tolist() == [12, 8]
    assert found.attrs["gap"] == 20
    assert found.attrs["total"] == pytest.approx(120)


def test_least_squares_gives_way_by_variance():
    certain = planning.reconcile(PARTS, 120, "least_squares", variances=[0, 4])
    assert certain["reconciled"].tolist() == [60, 60]  # an order in the book does not move
    assert certain["se"].tolist() == [0, 0]
    half_way = planning.reconcile(PARTS, 120, "least_squares", variances=[9, 1], total_variance=10)
    assert half_way.attrs["total"] == pytest.approx(110)
    below = planning.reconcile(pd.Series([10.0, 100]), 50, "least_squares", variances=[100, 1])
    assert below.attrs["below_zero"] == 1


@given(st.lists(st.tuples(money, money), min_size=1, max_size=8), money, st.floats(0, 500))
def test_least_squares_is_the_minimum(parts, total, w):
    """Against numpy's least squares on the stacked, weighted equations: x_i = b_i and sum(x) = total."""
    b, v = (np.array(column) for column in zip(*parts, strict=True))
    found = planning.reconcile(pd.Series(b), total, "least_squares", variances=v, total_variance=w)
    x = found["reconciled"].to_numpy()
    exact = max(w, 1e-7)
    rows = np.vstack([np.diag(1 / np.sqrt(v)), np.ones(len(b)) / np.sqrt(exact)])
    want = np.linalg.lstsq(rows, np.concatenate([b / np.sqrt(v), [total / np.sqrt(exact)]]), rcond=None)[0]
    assert x.tolist() == pytest.approx(want.tolist(), rel=1e-4, abs=1e-3)
    # MinT with W = diag(w, v): the same numbers, and the covariance that it leaves.
    s = np.vstack([np.ones(len(b)), np.eye(len(b))])
    inverse = np.diag(1 / np.concatenate([[exact], v]))
    left = np.linalg.inv(s.T @ inverse @ s)
    assert found["se"].tolist() == pytest.approx(np.sqrt(np.maximum(np.diag(left), 0)).tolist(), rel=1e-3, abs=2e-2)
    assert min(b.sum(), total) - 1e-6 <= found.attrs["total"] <= max(b.sum(), total) + 1e-6


@given(st.lists(money, min_size=1, max_size=8), money)
def test_reconciled_parts_add_up(parts, total):
    found = planning.reconcile(pd.Series(parts), total)
    assert found["reconciled"].sum() == pytest.approx(total)
    assert np.ptp(found["reconciled"] / found["forecast"]) < 1e-9 * total
    # Variances that grow with the forecasts themselves give the proportional answer.
    weighted = planning.reconcile(pd.Series(parts), total, "least_squares", variances=parts)
    assert weighted["reconciled"].tolist() == pytest.approx(found["reconciled"].tolist())




# Plan against actual

PLAN = pd.DataFrame({"volume": [100, 100], "price": [10.0, 20.0], "cost": [8.0, 12.0]}, index=["tea", "rice"])
ACTUAL = pd.DataFrame({"volume": [150, 90], "price": [10.0, 19.0], "cost": [8.0, 12.5]}, index=["tea", "rice"])


def test_variances_by_hand():
    found = planning.variances(PLAN, ACTUAL)
    assert found.attrs["total"] == {
        "plan": 3000, "actual": 3210, "difference": 210, "volume": 600, "mix": -300, "price": -90,
    }  # fmt: skip
    profit = planning.variances(PLAN, ACTUAL, cost="cost")
    assert profit.attrs["total"] == {
        "plan": 1000, "actual": 885, "difference": -115, "volume": 200, "mix": -180, "price": -90, "cost": -45,
    }  # fmt: skip


def test_new_and_dropped_products():
    actual = pd.DataFrame({"volume": [100, 50, 0], "price": [10.0, 30.0, np.nan]}, index=["tea", "oil", "rice"])
    found = planning.variances(PLAN, actual)
    assert found.attrs["unplanned"] == ["oil"]
    assert found.attrs["unsold"] == ["rice"]
    assert found.loc["oil", ["volume", "mix", "price"]].tolist() == [0, 1500, 0]
    assert found.loc["rice", "price"] == 0
    assert found[["volume", "mix", "price"]].sum(axis=1).tolist() == pytest.approx(found["difference"].tolist())


lines = st.lists(
    st.tuples(st.integers(0, 500), money, money, st.integers(0, 500), money, money), min_size=1, max_size=8
)


@given(lines.filter(lambda rows: any(row[0] for row in rows)), st.sampled_from([None, "cost"]))
def test_parts_add_up_to_the_difference(rows, cost):
    table = pd.DataFrame(rows)
    columns = ["volume", "price", "cost"]
    plan, actual = (table.iloc[:, part].set_axis(columns, axis=1) for part in (slice(0, 3), slice(3, 6)))
    found = planning.variances(plan, actual, cost=cost)
    parts = ["volume", "mix", "price", *([] if cost is None else ["cost"])]
    assert found[parts].sum(axis=1).tolist() == pytest.approx(found["difference"].tolist(), abs=1e-6)
    # In all, the volume part is the growth in units times the planned result a unit.
    growth = actual["volume"].sum() / plan["volume"].sum() - 1
    assert found["volume"].sum() == pytest.approx(growth * found["plan"].sum(), abs=1e-6)
    # The same basket at the same prices is all volume.
    same = planning.variances(plan, plan.assign(volume=plan["volume"] * 2), cost=cost)
    assert same[parts[1:]].abs().to_numpy().max() == pytest.approx(0, abs=1e-6)


def test_attainment():
    months = pd.Index(["Jan", "Feb", "Mar", "Apr"])
    plan, actual = pd.Series([100, 100, 120, 120], months), pd.Series([90, 80, np.nan, np.nan], months)
    found = planning.attainment(plan, actual)
    assert found["attainment"].round(3).tolist()[:2] == [0.9, 0.85]
    assert found["attainment"].isna().tolist() == [False, False, True, True]
    assert found.attrs == {
        "goal": 440, "done": 170, "to_do": 270, "periods_left": 2, "needed": 135, "planned_rest": 120,
    }  # fmt: skip
    over = planning.attainment([10, 10], [15, 30])
    assert over.attrs["to_do"] == 0
    assert np.isnan(over.attrs["needed"])


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (
            lambda: planning.bottom_up(pd.DataFrame({"r": ["N", None], "forecast": [1, 2]}), "r"),
            "row 1: the cell is empty",
        ),
        (lambda: planning.bottom_up(pd.DataFrame({"r": ["N"], "forecast": [np.inf]}), "r"), "infinite"),
        (lambda: planning.bottom_up(pd.DataFrame({"r": ["N"]}), "r"), "no column 'forecast'"),
        (lambda: planning.top_down(10, [0, 0]), "adds up to 0"),
        (lambda: planning.top_down("10", [1]), "total must be a number"),
        (lambda: planning.reconcile(PARTS, 120, "average"), "method must be one of proportional, least_squares"),
        (lambda: planning.reconcile([-1.0, 5], 10), "use method='least_squares'"),
        (lambda: planning.reconcile(PARTS, 120, "least_squares"), "needs variances"),
        (
            lambda: planning.reconcile(PARTS, 120, "least_squares", variances=[1]),
            "variances has 1 entries, parts has 2",
        ),
        (lambda: planning.reconcile(PARTS, 120, "least_squares", variances=[1, -1]), "-1 is below 0"),
        (lambda: planning.reconcile(PARTS, 120, "least_squares", variances=[0, 0]), "no forecast can give way"),
        (lambda: planning.reconcile(pd.Series([1, 2], index=["N", "N"]), 5), "'N' is listed more than once"),
        (lambda: planning.reconcile([1, np.nan], 5), "missing"),
        (lambda: planning.variances(PLAN.assign(volume=0), ACTUAL), "volume of 0"),
        (lambda: planning.variances(PLAN, ACTUAL.assign(price=np.nan)), "actual, row tea: 'price' is missing"),
        (lambda: planning.variances(pd.concat([PLAN, PLAN]), ACTUAL), "plan: product 'tea' is listed more than once"),
        (lambda: planning.variances(PLAN, ACTUAL.assign(volume=-1)), "-1 is below 0"),
        (lambda: planning.attainment([1, 2], [1]), "actual has 1 entries, plan has 2"),
        (lambda: planning.attainment([1, 2], [np.nan, 1]), "row 0: the cell is empty"),
    ],
)
def test_says_what_is_wrong(call, says):
    with pytest.raises(InputError, match=says):
        call()


# Charts


@pytest.fixture(scope="module")
def charts():
    regions = pd.Series({"North": 420.0, "South": 310.0, "East": 260.0, "West": 90.0})
    return {
        "reconcile_bars": lambda: plots.reconcile_bars(planning.reconcile(regions, 1200)),
        "variance_bridge": lambda: plots.variance_bridge(planning.variances(PLAN, ACTUAL)),
        "variance_profit": lambda: plots.variance_bridge(planning.variances(PLAN, ACTUAL, cost="cost")),
    }


@pytest.mark.parametrize(
    "name",
    [
        "reconcile_bars",
        "variance_bridge",
        "variance_profit",
    ],
)
def test_chart(charts, name, in_language, caplog):
    looks.test_draws_without_a_warning(charts, name, in_language, caplog)
    looks.test_fits_and_nothing_lies_on_anything(charts, name, in_language)
    looks.test_letters_are_large_enough_on_a_phone(charts, name, in_language)


def test_columns_that_belong_together_are_put_side_by_side_by_label():
    discount, margin = pd.Series({"a": 0.05, "b": 0.1}), pd.Series({"b": 0.2, "a": 0.1})
    found = pricing.break_even_volume(discount, margin)
    assert found.round(9).to_dict() == {"a": 1.0, "b": 1.0}
    assert pricing.break_even_volume([0.05, 0.1], [0.1, 0.2]) == pytest.approx([1, 1])
    parts = pd.Series({"N": 60.0, "S": 40.0})
    want = planning.reconcile(parts, 120, "least_squares", variances=[9, 1])
    found = planning.reconcile(parts, 120, "least_squares", variances=pd.Series({"S": 1, "N": 9}))
    pd.testing.assert_frame_equal(found, want)
    plan, came = pd.Series({"Jan": 100, "Feb": 80}), pd.Series({"Feb": np.nan, "Jan": 90})
    assert planning.attainment(plan, came).attrs["done"] == 90
    for call in (
        lambda: pricing.break_even_volume(discount, margin.set_axis(["b", "c"])),
        lambda: planning.reconcile(parts, 120, "least_squares", variances=pd.Series({"S": 1, "W": 9})),
        lambda: planning.attainment(plan, pd.Series({"Jan": 1, "Mar": 2})),
        lambda: pricing.break_even_volume([0.1, 0.2], [0.1, 0.2, 0.3]),
        lambda: pricing.break_even_volume(np.ones((2, 2)) / 9, np.ones((3, 3)) / 9),
    ):
        with pytest.raises(InputError):
            call()


def test_groups_of_a_forecast():
    parts = pd.DataFrame({"region": ["N", "N", "S"], "forecast": [10, 5, 20]}).set_index("region", drop=False)
    assert planning.bottom_up(parts, ["region"]).to_dict() == {"N": 15.0, "S": 20.0}
    with pytest.raises(InputError, match="row S: the cell is empty"):
        planning.bottom_up(parts.assign(region=["N", "N", " "]), "region")
