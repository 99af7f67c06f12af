import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmlab import complaint_economics as economics
from crmlab import complaints, datasets, intervals
from crmlab.checks import InputError

shares = st.floats(0, 1)


@pytest.fixture(scope="module")
def heard():
    return pd.DataFrame(
        {
            "severity": [1, 3, 1, 1, 2, 1],
            "safety": [True, False, False, False, False, False],
            "value": ["C", "C", "C", "A", "B", None],
            "repeat": [1, 1, 3, 1, 1, 1],
            "received": ["2026-03-02 09:00", "2026-03-02 23:30", "2026/3/3", "2026-03-03", "2026-03-03", "2026-03-03"],
        },
        index=list("abcdef"),
    )


# ---- TARP, word of mouth


def test_the_tarp_table():
    assert (100 * economics.TARP.loc["under_5"]).round().tolist() == [37, 46, 70, 95]
    assert (100 * economics.TARP.loc["over_100"]).round().tolist() == [9, 19, 54, 82]
    assert list(economics.TARP.columns) == list(economics.OUTCOMES)


def test_every_claim_has_a_source_and_a_verdict():
    assert economics.CLAIMS[["meaning", "source", "verdict"]].map(bool).all().all()
    assert economics.CLAIMS.loc["silent", "value"] == 0.96
    assert economics.CLAIMS.index.is_unique


def test_how_many_unhappy_stand_behind_a_complaint():
    assert economics.unhappy_behind(4) == pytest.approx(100)  # 96% silent
    assert economics.unhappy_behind(69, complain=0.69) == pytest.approx(100)
    assert economics.unhappy_behind(7, complain=1) == 7


def test_the_claim_about_eleven_people_checked_against_itself():
    rest = economics.told_by_the_rest(11, 0.13, 21)
    assert 0.13 * 21 + 0.87 * rest == pytest.approx(11)
    assert economics.told_by_the_rest(2, 0.13, 21) < 0


@given(shares, shares, shares, st.sampled_from(["under_5", "over_100"]))
def test_outcomes_add_up(complain, settled, quickly, loss):
    table = economics.outcomes(500, complain, settled, quickly, loss, value=20)
    parts = table.drop(index="all")
    assert parts["customers"].sum() == pytest.approx(500)
    assert table.loc["all", ["kept", "lost"]].sum() == pytest.approx(500)
    assert table.loc["all", "lost_value"] == pytest.approx(20 * parts["lost"].sum())
    assert economics.TARP.loc[loss].min() - 1e-9 <= table.loc["all", "keep"] <= economics.TARP.loc[loss].max() + 1e-9


def test_one_more_complaint_settled_keeps_more():
    few, more = (economics.outcomes(100, complain, 1, 1).loc["all", "kept"] for complain in (0.2, 0.3))
    assert more - few == pytest.approx(10 * (0.82 - 0.09))


def test_word_of_mouth():
    table = economics.word_of_mouth(economics.outcomes(100, 0.5, 0.6)["customers"])
    assert table.loc["all", "bad"] == pytest.approx(70 * 11)
    assert table.loc["all", "good"] == pytest.approx(30 * 5)
    assert table.loc["all", "customers"] == pytest.approx(100)
    drink = economics.word_of_mouth({"unsatisfied": 10, "satisfied": 10}, told={"unsatisfied": 9.5, "satisfied": 4.5})
    assert drink.loc["all", ["good", "bad"]].tolist() == [45, 95]


# ---- recovery


@given(st.floats(0, 1e6), shares, shares, shares, st.floats(0, 1e4))
def test_recovery_is_worth_the_difference(value, left, settled, lost, prospect):
    found = economics.recovery(value, left, settled, lost_per_listener=lost, prospect_value=prospect)
    assert found.worth == pytest.approx(found.cost_if_left - found.cost_if_settled, abs=1e-6)
    assert found.worth == pytest.approx(found.own_trade + found.word_of_mouth)
    assert found.word_of_mouth == pytest.approx(11 * lost * prospect)


def test_recovery_by_customer():
    value = pd.Series({"Li": 1000.0, "Wu": 0.0})
    found = economics.recovery(value, lost_per_listener=0.01, prospect_value=100)
    assert found.worth.to_dict() == {"Li": pytest.approx(361), "Wu": pytest.approx(11)}
    assert found.cost_if_left["Li"] == pytest.approx(1000 * 0.81 + 11)


def test_recovery_curve_is_zero_at_break_even():
    table = economics.recovery_curve(2000)
    worst, likely, best = table.attrs["break_even"]
    assert (worst, likely, best) == pytest.approx((480, 700, 1260))
    for column, at in (("low", worst), ("net", likely), ("high", best)):
        assert np.interp(at, table["cost"], table[column]) == pytest.approx(0, abs=1e-6)
    assert (table["low"] <= table["net"]).all()
    assert (table["net"] <= table["high"]).all()


# ---- triage


def test_the_first_rule_that_fits_counts(heard):
    table = complaints.triage(heard, received="received")
    assert table["rule"].tolist() == ["safety", "critical", "repeated", "key_customer", "serious", "other"]
    assert table["hours"].tolist() == [1, 4, 8, 8, 24, 48]
    assert set(table["who"]) <= set(complaints.WHO)
    assert table.loc["b", "due"] == pd.Timestamp("2026-03-03 03:30")
    assert table.loc["c", "due"] == pd.Timestamp("2026-03-03 08:00")
    assert table.attrs["left_out"] == {"without_value": 1}


def test_own_rules(heard):
    rules = pd.DataFrame({"rule": ["big", "rest"], "value": [5000, None], "who": ["boss", "me"], "hours": [2, 30]})
    money = heard.assign(value=[1, 5000, 2, 9000, None, 4])
    assert complaints.triage(money, rules)["who"].tolist() == ["me", "boss", "me", "boss", "me", "me"]
    two = complaints.TRIAGE.assign(value=[None, None, None, "AB", None, None])
    assert complaints.triage(heard, two).loc["e", "rule"] == "key_customer"
    assert complaints.triage(heard[["severity"]], complaints.TRIAGE.iloc[[1, 5]].drop(columns="safety"))["rule"].tolist() == [
        "other", "critical", "other", "other", "other", "other",
    ]  # fmt: skip


# ---- reasons


def test_reasons_from_the_regulators_complaints():
    data = datasets.load("cfpb_complaints")
    table = complaints.reasons(data, "issue")
    assert table["cases"].sum() == len(data)
    assert table.index[0] == "Incorrect information on credit report"
    assert table["cases"].iloc[0] == 449
    assert table["cumulative_share"].iloc[-1] == pytest.approx(1)
    assert table["cases"].is_monotonic_decreasing
    assert (table["low"].iloc[0], table["high"].iloc[0]) == pytest.approx(intervals.wilson(449, 3186))


def test_reasons_against_the_handout():
    left = pd.DataFrame(
        {
            "reason": ["neglect"] * 20 + ["quality"] * 15 + ["competition"] * 12 + ["strike"] * 3 + [None] * 5,
            "loss": 10.0,
        }
    )
    table = complaints.reasons(left, amount="loss", claimed=complaints.HANDOUT_REASONS["claimed"])
    assert table.attrs["left_out"] == {"without_reason": 5}
    assert table.loc["neglect", "holds"] is np.False_ or table.loc["neglect", "holds"] is False
    assert table.loc["strike", "holds"] is None
    assert np.isnan(table.loc["strike", "claimed"])
    assert table.loc["moved", "cases"] == 0
    assert table["share"].sum() == pytest.approx(1)
    assert table["amount"].sum() == 500
    assert complaints.HANDOUT_REASONS["claimed"].sum() == pytest.approx(1)
    assert complaints.HANDOUT_REASONS["other_edition"].sum() == pytest.approx(1)


@given(st.lists(st.sampled_from("abcd"), min_size=1, max_size=40), st.randoms(use_true_random=False))
def test_reasons_do_not_mind_the_order(reasons, random):
    table = complaints.reasons(pd.DataFrame({"reason": reasons}))
    random.shuffle(reasons)
    pd.testing.assert_frame_equal(complaints.reasons(pd.DataFrame({"reason": reasons})), table)
    assert (table["low"] <= table["share"]).all()
    assert (table["share"] <= table["high"]).all()


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda d: complaints.triage(d.drop(columns="safety")), "no column 'safety'"),
        (lambda d: complaints.triage(d.assign(severity=None)), "number is missing"),
        (lambda d: complaints.triage(d.assign(safety="maybe")), "neither True nor False"),
        (lambda d: complaints.triage(d, complaints.TRIAGE.head(5)), "No rule fits the complaint in row 'f'"),
        (lambda d: complaints.triage(d, complaints.TRIAGE.assign(hours=0)), "hours above 0"),
        (lambda d: complaints.triage(d, complaints.TRIAGE.drop(columns="who")), "no column 'who'"),
        (lambda d: complaints.triage(d, received="value"), "date is missing"),
        (lambda d: complaints.triage(d.head(0)), "no rows"),
        (lambda d: complaints.reasons(d), "no column 'reason'"),
        (lambda d: complaints.reasons(d.assign(reason=None)), "No case has a reason"),
        (lambda d: complaints.reasons(d.assign(loss=-1), "value", "loss"), "below 0"),
        (lambda d: economics.unhappy_behind(-1), "complaints must be a number from 0"),
        (lambda d: economics.unhappy_behind(1, complain=4), "complain must lie between"),
        (lambda d: economics.outcomes(10, 1.2, 0), "complain must lie between 0 and 1"),
        (lambda d: economics.outcomes(10, 1, 0, keep="big"), "keep must be one of under_5"),
        (lambda d: economics.outcomes(10, 1, 0, keep={"silent": 0.1}), "keep lacks unsatisfied"),
        (lambda d: economics.word_of_mouth({"angry": 3}), "For 'angry' say told"),
        (lambda d: economics.word_of_mouth({}), "customers holds no rows"),
        (lambda d: economics.word_of_mouth({"all": 5}), "customers is empty"),
        (lambda d: economics.recovery(-5), "value must be a number from 0"),
        (lambda d: economics.recovery(float("nan")), "value must be a number"),
        (lambda d: economics.recovery(5, keep_if_left=54), "keep_if_left must lie between 0 and 1"),
        (lambda d: economics.recovery_curve(5, uplift=(0.5, 0.2, 0.9)), "three rising shares"),
        (lambda d: economics.recovery_curve(5, costs=[-1]), "below 0"),
    ],
)
def test_bad_input_is_told(heard, call, words):
    with pytest.raises(InputError, match=words):
        call(heard)
