import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmlab import checks, datasets, plots, relationship, rfm, value
from crmlab.checks import InputError
from tests.plots import test_plots as looks

# Levels


def test_the_table_of_the_handout():
    numbers, margins = {"many": 9000, "some": 200, "few": 5}, {"high": 0.6, "medium": 0.3, "low": 0.05}
    groups = pd.DataFrame(
        [(n, m) for n in numbers.values() for m in margins.values()],
        columns=["customers", "margin"],
        index=pd.MultiIndex.from_product([numbers, margins]),
    )
    found = relationship.level(groups)
    assert found["level"].tolist() == [
        "accountable", "reactive", "basic",
        "proactive", "accountable", "reactive",
        "partnership", "proactive", "accountable",
    ]  # fmt: skip
    assert found["alternative"].notna().tolist() == [False, False, True] + [False] * 6
    assert found.loc[("many", "low"), "alternative"] == "reactive"
    assert list(zip(found["number"], found["margin_class"], strict=True)) == groups.index.tolist()


def test_limits_belong_to_the_outer_classes():
    groups = pd.DataFrame({"customers": [500, 499, 50, 51], "margin": [0.4, 0.399, 0.2, 0.199]})
    found = relationship.level(groups)
    assert found["number"].tolist() == ["many", "some", "few", "some"]
    assert found["margin_class"].tolist() == ["high", "medium", "medium", "low"]


def test_own_choice_and_own_units():
    choice = relationship.CHOICE.copy()
    choice.loc["few", "low"] = "basic"
    groups = pd.DataFrame({"n": [3], "money": [-20.0]})
    found = relationship.level(groups, customers="n", margin="money", high=1000, low=100, choice=choice)
    assert found["level"].tolist() == ["basic"]


# Growth


def test_growth_matrix():
    rates = relationship.growth(
        pd.Series({"Li": 100, "Wu": 100, "Ma": 100, "He": 0}), pd.Series({"Li": 130, "Wu": 112, "Ma": 90, "He": 5})
    )
    assert rates.attrs["left_out"] == {"nothing_before": 1}
    found = relationship.growth_matrix(rates, company=0.1)
    assert found["verdict"].to_dict() == {"Li": "customer_faster", "Wu": "together", "Ma": "company_faster"}
    assert found.attrs["left_out"] == {"without_growth": 1}
    edge = relationship.growth_matrix([0.15, 0.05, 0.151, 0.049], company=0.1)
    assert edge["verdict"].tolist() == ["together", "together", "customer_faster", "company_faster"]


@given(st.lists(st.floats(-0.9, 3), min_size=1, max_size=30), st.floats(-0.9, 2), st.floats(0, 0.5))
def test_faster_is_faster_and_sums_are_kept(rates, company, tolerance):
    found = relationship.growth_matrix(rates, company, tolerance)
    assert len(found) == len(rates)
    assert (found.loc[found["verdict"] == "customer_faster", "growth"] > company).all()
    assert (found.loc[found["verdict"] == "company_faster", "growth"] < company).all()
    shifted = relationship.growth_matrix([rate + 1 for rate in rates], company + 1, tolerance + 1e-6)
    assert (shifted.loc[(found["verdict"] == "together").to_numpy(), "verdict"] == "together").all()


def test_buyer_types():
    points = pd.DataFrame({"price": [60, 10, 10, 34, 50], "value": [20, 9, 10, 33, 25], "service": [20, 1, 80, 33, 25]})
    assert relationship.buyer_types(points).tolist() == ["price", "mixed", "service", "mixed", "mixed"]
    assert relationship.buyer_types(points, majority=0.4).tolist() == ["price", "price", "service", "mixed", "price"]
    assert set(relationship.BUYERS.index) == {"price", "value", "service", "mixed"}


# Board

PEOPLE = pd.DataFrame(
    {
        "customer_id": [1, 2, 3, 4, 5],
        "class": ["B", "A", "A", "C", "A"],
        "kind": ["shop", "shop", "chain", "shop", "shop"],
        "region": ["N", "S", "N", "N", "N"],
    }
)
LOG = pd.DataFrame(
    {
        "customer_id": [2, 2, 3, 1, 9, 5, 5],
        "date": ["2024-05-01", "2024-05-20", "2024-05-17", "2024-05-05", "2024-05-05", "2024-05-29", "2024-06-09"],
        "call_back": [None, None, None, "2024-06-05", None, None, None],
    }
)


def test_the_board():
    found = relationship.board(PEOPLE, LOG, as_of="2024-05-31")
    assert found.index.tolist() == [3, 5, 2, 1, 4]  # A chain N, A shop N, A shop S, B, C
    assert found["days_left"].tolist() == [0, 12, 3, 5, 0]
    assert found["status"].tolist() == ["today", "later", "this_week", "this_week", "today"]
    assert found["contacts"].tolist() == [1, 1, 2, 1, 0]
    assert found.loc[1, "agreed"]
    assert found.loc[1, "due"] == pd.Timestamp("2024-06-05")
    assert pd.isna(found.loc[4, "last_contact"])
    assert found.attrs["left_out"] == {"contacts_after_as_of": 1, "contacts_without_customer": 1}
    pd.testing.assert_frame_equal(relationship.board(PEOPLE.set_index("customer_id"), LOG, "2024-05-31"), found)


def test_an_agreed_day_holds_only_until_the_next_contact():
    log = pd.concat([LOG, pd.DataFrame({"customer_id": [1], "date": ["2024-05-30"], "call_back": [None]})])
    found = relationship.board(PEOPLE, log, "2024-05-31")
    assert not found.loc[1, "agreed"]
    assert found.loc[1, "due"] == pd.Timestamp("2024-06-29")


def test_week_and_overdue():
    log = pd.DataFrame({"customer_id": [1, 2, 3], "date": ["2024-05-08", "2024-05-07", "2024-05-01"]})
    people = PEOPLE.iloc[:3].assign(**{"class": "x"})
    found = relationship.board(people, log, "2024-05-31", intervals={"x": 30})
    assert found["days_left"].sort_index().tolist() == [7, 6, 0]
    assert found["status"].sort_index().tolist() == ["this_week", "this_week", "today"]
    assert relationship.board(people, log, "2024-06-01", {"x": 30})["status"].sort_index().tolist() == [
        "this_week", "this_week", "overdue",
    ]  # fmt: skip


def test_nobody_called_yet():
    for log in (None, LOG.iloc[:0]):
        found = relationship.board(PEOPLE, log, "2024-05-31")
        assert (found["status"] == "today").all()
        assert found["last_contact"].isna().all()


def test_a_board_from_real_customers():
    orders = datasets.load("online_retail_orders")
    people = value.abc(rfm.summary(orders)["monetary"]).reset_index()
    log = orders.rename(columns={"date": "at"})
    found = relationship.board(people, log, "2011-12-10", date="at")
    assert len(found) == len(people) == 4338
    assert found["class"].is_monotonic_increasing
    assert found.attrs["left_out"]["contacts_without_customer"] > 0  # those who only returned
    quiet = (pd.Timestamp("2011-12-10") - found["last_contact"].dt.normalize()).dt.days
    every = found["class"].map({"A": 14, "B": 30, "C": 90})
    assert (found["days_left"] == every - quiet).all()
    for _letter, part in found.groupby("class"):
        assert part["due"].is_monotonic_increasing


# Audit


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: relationship.level(pd.DataFrame({"customers": [1]})), "no column 'margin'"),
        (
            lambda: relationship.level(pd.DataFrame({"customers": [-1], "margin": [0.1]})),
            "'customers', row 0: -1 is below",
        ),
        (lambda: relationship.level(pd.DataFrame({"customers": [1], "margin": [np.nan]})), "number is missing"),
        (lambda: relationship.level(PEOPLE, many=5, few=5), "few must be below many"),
        (lambda: relationship.level(PEOPLE, high=0.1), "low must be below high"),
        (
            lambda: relationship.level(
                pd.DataFrame({"customers": [1], "margin": [0.1]}),
                choice=relationship.CHOICE.replace("proactive", "love"),
            ),
            "there is no level 'love'",
        ),
        (
            lambda: relationship.level(
                pd.DataFrame({"customers": [1], "margin": [0.1]}), choice=relationship.CHOICE.iloc[:2]
            ),
            "choice needs the rows",
        ),
        (lambda: relationship.growth([1, 2], [1]), "after has 1 entries, before has 2"),
        (lambda: relationship.growth_matrix([np.nan], 0.1), "No customer has a growth rate"),
        (lambda: relationship.growth_matrix([0.1], "10%"), "company must be a number"),
        (lambda: relationship.growth_matrix([-1.5], 0.1), "-1.5 is below -1"),
        (lambda: relationship.buyer_types(pd.DataFrame({"price": [0], "value": [0], "service": [0]})), "all three"),
        (lambda: relationship.board(pd.concat([PEOPLE, PEOPLE]), LOG, "2024-05-31"), "1 stands there twice"),
        (lambda: relationship.board(PEOPLE.assign(**{"class": "Z"}), LOG, "2024-05-31"), "no interval for 'Z'"),
        (lambda: relationship.board(PEOPLE, LOG, "2024-05-31", {"A": 0}), r"intervals\['A'\] must be a whole number"),
        (lambda: relationship.board(PEOPLE, LOG, "2024-05-31", [14]), "days by class"),
        (lambda: relationship.board(PEOPLE, LOG.assign(date="soon"), "2024-05-31"), "'soon' is not a date"),
        (lambda: relationship.board(PEOPLE, LOG.assign(customer_id="x"), "2024-05-31"), "both text, or both numbers"),
        (lambda: relationship.board(PEOPLE, LOG.assign(call_back="2024-01-01"), "2024-05-31"), "before the contact"),
        (lambda: relationship.board(PEOPLE, LOG, 20240531), "as_of must be a day"),
    ],
)
def test_says_what_is_wrong(call, says):
    with pytest.raises(InputError, match=says):
        call()


# Charts


@pytest.fixture(scope="module")
def charts():
    groups = pd.DataFrame(
        {"customers": [8000, 9000, 700, 600, 120, 9, 900], "margin": [0.1, 0.12, 0.15, 0.1, 0.3, 0.5, 0.1]},
        index=["pens", "paper", "ink for old printers", "clips", "desks", "fit-out", "glue"],
    )
    rates = pd.Series({f"Customer {i}": rate for i, rate in enumerate(np.linspace(-0.3, 0.5, 9), 1)})
    many = pd.Series(np.random.default_rng(1).normal(0.1, 0.3, 500).clip(-1))
    return {
        "level_grid": plots.level_grid,
        "level_grid_groups": lambda: plots.level_grid(relationship.level(groups)),
        "growth_bars": lambda: plots.growth_bars(relationship.growth_matrix(rates, 0.1)),
        "growth_many": lambda: plots.growth_bars(relationship.growth_matrix(many, 0.1)),
        "board_bars": lambda: plots.board_bars(relationship.board(PEOPLE, LOG, "2024-06-03")),
        "board_by_region": lambda: plots.board_bars(relationship.board(PEOPLE, LOG, "2024-06-03"), group="region"),
    }


@pytest.mark.parametrize(
    "name",
    [
        "level_grid",
        "level_grid_groups",
        "growth_bars",
        "growth_many",
        "board_bars",
        "board_by_region",
    ],
)
def test_chart(charts, name, in_language, caplog):
    looks.test_draws_without_a_warning(charts, name, in_language, caplog)
    looks.test_fits_and_nothing_lies_on_anything(charts, name, in_language)
    looks.test_letters_are_large_enough_on_a_phone(charts, name, in_language)


def test_growth_is_that_of_the_same_customer():
    before, after = pd.Series({"Li": 100, "Wu": 80}), pd.Series({"Wu": 60, "Li": 125})
    assert relationship.growth(before, after).to_dict() == {"Li": 0.25, "Wu": -0.25}
    with pytest.raises(InputError, match="label 'Li' is in before but not in after"):
        relationship.growth(before, pd.Series({"Wu": 60, "Ma": 1}))


def test_the_board_tells_of_customers_that_only_look_alike():
    people = pd.DataFrame({"customer_id": ["Li", "Wu"], "class": "A"})
    log = pd.DataFrame(
        {"customer_id": ["Li ", "Wu", None], "date": "2024-05-01", "call_back": ["", None, "2024-06-01"]}
    )
    with pytest.warns(checks.InputWarning, match="'Li ' only looks like 'Li'"):
        found = relationship.board(people, log, "2024-05-31")
    assert found["contacts"].to_dict() == {"Li": 0, "Wu": 1}
    assert found.attrs["left_out"]["contacts_without_customer"] == 2
    twin = people.set_index("customer_id", drop=False)
    assert relationship.board(twin, None, "2024-05-31").index.tolist() == ["Li", "Wu"]
