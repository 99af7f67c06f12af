import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmlab import datasets, qualification
from crmlab.checks import InputError


@pytest.fixture(scope="module")
def deals():
    return datasets.load("b2b_deals")


def test_what_448_deals_say(deals):
    table = qualification.win_rates(deals)
    assert table["deals"].sum() == 448
    assert (table["deals"] > 0).sum() == 7
    assert table.loc["M A N", ["deals", "won"]].tolist() == [196, 107]
    assert table.loc["M A N", "share"] == pytest.approx(0.546, abs=5e-4)
    assert table.loc["M a N", ["deals", "won"]].tolist() == [11, 9]
    assert table.loc["M a N", ["low", "high"]].tolist() == pytest.approx([0.52, 0.95], abs=5e-3)
    assert table.loc["m A N", ["deals", "won"]].tolist() == [208, 103]
    assert table.loc["M a n", "deals"] == 0
    assert table.loc["M a n", ["share", "low", "high"]].isna().all()
    assert table.index.tolist() == qualification.EIGHT.index.tolist()


def test_by_other_columns(deals):
    table = qualification.win_rates(deals, by="need")
    assert table["deals"].to_dict() == {False: 28, True: 420}
    two = qualification.win_rates(deals, by=["money", "need"])
    assert two["deals"].sum() == 448
    assert two.index.names == ["money", "need"]


def test_the_eight_verdicts_of_the_handout():
    want = {
        "M A N": "customer",
        "M A n": "approach",
        "M a N": "approach",
        "m A N": "approach",
        "m a N": "cultivate",
        "m A n": "cultivate",
        "M a n": "cultivate",
        "m a n": "stop",
    }
    assert qualification.EIGHT["verdict"].to_dict() == want
    for money, authority, need in itertools.product([True, False], repeat=3):
        key = ("M" if money else "m") + (" A" if authority else " a") + (" N" if need else " n")
        assert qualification.verdict(money, authority, need) == want[key]
        row = qualification.EIGHT.loc[key]
        assert (row["money"], row["authority"], row["need"]) == (money, authority, need)
    assert set(qualification.VERDICTS) == set(want.values())


def test_verdict_of_columns(deals):
    found = qualification.verdict(deals["money"], deals["authority"], deals["need"])
    assert found.index.equals(deals.index)
    assert found.value_counts()["customer"] == 196


def test_left_out_is_counted():
    open_deals = pd.DataFrame(
        {"money": True, "authority": 1, "need": True, "won": [True, None, False], "region": ["N", "N", None]}
    )
    table = qualification.win_rates(open_deals, by="region")
    assert table.loc["N", "deals"] == 1
    assert table.attrs["left_out"] == {"deals_without_result": 1, "deals_without_group": 1}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda t: t.drop(columns="money"), "no column 'money'"),
        (lambda t: t.rename(columns={"need": "Need"}), "Did you mean 'Need'"),
        (lambda t: t.rename(columns={"won": "Won"}), "won='Won'"),
        (lambda t: t.assign(money="Yes"), "'Yes' is neither True nor False.*== 'Yes'"),
        (lambda t: t.assign(money=2), "row 'D001': 2 is neither"),
        (lambda t: t.assign(need=np.nan), "Unknown is not the same as no"),
        (lambda t: t.assign(won=None), "No deal has a result"),
        (lambda t: t.iloc[:0], "no rows"),
    ],
)
def test_says_what_is_wrong(deals, change, says):
    few = deals.head(4).set_index("deal")
    with pytest.raises(InputError, match=says):
        qualification.win_rates(change(few))


rows = st.lists(st.tuples(st.booleans(), st.booleans(), st.booleans(), st.booleans()), min_size=1, max_size=40)


@settings(deadline=None)
@given(rows, st.randoms(use_true_random=False))
def test_win_rates(made, random):
    table = qualification.win_rates(pd.DataFrame(made, columns=["money", "authority", "need", "won"]))
    assert table["deals"].sum() == len(made)
    assert table["won"].sum() == sum(row[3] for row in made)
    seen = table[table["deals"] > 0]
    assert ((seen["low"] <= seen["share"]) & (seen["share"] <= seen["high"])).all()
    random.shuffle(made)
    again = qualification.win_rates(pd.DataFrame(made, columns=["money", "authority", "need", "won"]))
    pd.testing.assert_frame_equal(again, table)
