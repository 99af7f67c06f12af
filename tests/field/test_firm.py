"""The made-up firm: its tables agree with each other, the field functions find the truth in them, better plans do better."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmlab import checks, firm, lifecycle, qualification, retention, rfm, satisfaction, value
from crmlab.firm import Firm, Plan, leads, names, orders, quarter
from crmlab.firm.calendar import SURVEYED

SEEDS = range(12)
made = cache(firm.make)
each = pytest.mark.parametrize("seed", SEEDS)


# -- the same everywhere, another for each seed ------------------------------------------------------------------------


def test_a_seed_makes_the_same_firm_with_every_version() -> None:
    """Sums that were written down once, with NumPy 2 and pandas 2: RandomState is frozen."""
    one = made(7)
    assert (len(one.orders), int(one.orders["amount"].sum()), len(one.complaints)) == (3524, 13_569_720, 148)
    assert (one.name, int(one.survey.to_numpy().sum()), int(one.leads["value"].sum()), int(one.deals["won"].sum())) == (
        *("Baichuan Catering Supplies", 2172, 1_136_000, 97),
    )


def test_seeds_share_nothing() -> None:
    firsts = {tuple(made(seed).orders["amount"].head(5)) for seed in SEEDS}
    assert len(firsts) == len(SEEDS)
    assert len({made(seed).name for seed in range(40)}) > 4


@pytest.mark.parametrize("seed", [-1, 1.5, "x", None])
def test_what_is_no_seed_is_refused(seed: object) -> None:
    with pytest.raises(checks.InputError):
        firm.make(seed)  # type: ignore[arg-type]


def test_names_are_names_of_one_firm_each_in_both_languages() -> None:
    for seed in SEEDS:
        for table in (made(seed).customers, made(seed).leads):
            for column in ("name", "name_zh"):
                assert table[column].is_unique
            assert table["name_zh"].str.match(r"^[\u4e00-\u9fff]+$").all()
    with pytest.raises(ValueError, match="hotel"):
        names.many(np.random.RandomState(1), ["hotel"] * 200)


# -- the tables agree --------------------------------------------------------------------------------------------------


@each
def test_the_tables_speak_of_the_same_firm(seed: int) -> None:
    one = made(seed)
    known = set(one.customers.index)
    assert set(one.orders["customer_id"]) <= known
    assert set(one.complaints["customer_id"]) <= set(one.orders["customer_id"])
    assert set(one.survey.index) <= set(one.orders.loc[one.orders["date"] <= pd.Timestamp(SURVEYED), "customer_id"])
    assert one.orders["date"].is_monotonic_increasing
    assert one.orders["date"].between("2024-01-01", "2025-06-30").all()
    assert (one.orders["amount"] > 0).all()
    assert one.survey["expected"].between(1, 10).all()
    assert one.survey["recommend"].between(0, 10).all()
    # A complaint is about an order of that customer, of that day and sum.
    bought = set(zip(one.orders["customer_id"], one.orders["date"], one.orders["amount"], strict=True))
    said = zip(one.complaints["customer_id"], one.complaints["date"], one.complaints["claim"], strict=True)
    assert set(said) <= bought
    # Who has left orders no more.
    last = one.orders.groupby("customer_id")["date"].max()
    left = one.truth["left_on"].dropna()
    both = last.index.intersection(left.index)
    assert (last[both] <= left[both]).all()


@each
def test_an_open_complaint_has_no_days_and_a_settled_one_has(seed: int) -> None:
    table = made(seed).complaints
    assert table["days"].isna().equals(table["settled"] == "open")
    assert 5 <= (table["settled"] == "open").sum() <= 40


def test_what_went_wrong_shows_in_orders_marks_and_leaving() -> None:
    """Over all seeds: who had two or more complaints settled badly is less satisfied, said lower marks, and left more often
    than who had one or more and all of them settled well."""
    rows = []
    for seed in SEEDS:
        one = made(seed)
        counts = pd.crosstab(one.complaints["customer_id"], one.complaints["settled"]).reindex(
            columns=["well", "badly", "open"], fill_value=0
        )
        kind = pd.Series(
            np.where(counts["badly"] >= 2, "badly", np.where((counts["badly"] + counts["open"] == 0), "well", "")),
            counts.index,
        )
        told = one.survey["recommend"].reindex(one.customers.index)
        rows.append(one.truth[["satisfaction", "alive"]].assign(kind=kind, told=told).dropna(subset=["kind"]))
    table = (
        pd.concat(rows)
        .groupby("kind")
        .agg(satisfaction=("satisfaction", "mean"), alive=("alive", "mean"), told=("told", "mean"))
    )
    assert table.at["badly", "satisfaction"] < table.at["well", "satisfaction"] - 0.3
    assert table.at["badly", "told"] < table.at["well", "told"] - 0.5
    assert table.at["badly", "alive"] < table.at["well", "alive"]


@each
def test_a_note_says_what_was_heard_and_what_was_heard_is_true(seed: int) -> None:
    one = made(seed)
    for letter in leads.LETTERS:
        heard = one.leads_truth[f"heard_{letter}"]
        meant = {text: has for (name, has), texts in leads.SAID.items() if name == letter for text in texts}
        said = one.leads[f"{letter}_said"].map(
            lambda text, meant=meant: -1 if meant[text] is None else int(meant[text])
        )
        assert (said == heard).all()
        known = heard >= 0
        assert (one.leads_truth.loc[known, letter].astype(int) == heard[known]).all()


# -- the field functions find the truth --------------------------------------------------------------------------------


@each
def test_stages_and_classes_say_who_is_there(seed: int) -> None:
    one = made(seed)
    stage = lifecycle.stages(one.orders, firm.TODAY, contacts=list(one.customers.index))["stage"]
    alive = one.truth["alive"]
    assert alive[stage[stage == "loyal"].index].mean() > 0.8
    assert alive[stage[stage == "churned"].index].mean() < 0.25
    classes = value.abc(one.groups["yearly"])["class"]
    assert (classes.reindex(one.groups.index) == one.groups["class"]).all()


@each
def test_silence_by_their_own_habit_finds_those_who_left(seed: int) -> None:
    one = made(seed)
    gone = ~one.truth["alive"]
    shares = gone.groupby(one.groups["group"]).mean()
    assert shares["lost"] > 0.75
    assert shares["silent"] > shares["a"]
    listed = retention.win_back(one.orders)
    assert gone[listed.index].mean() > gone.drop(listed.index).mean() + 0.2


@each
def test_rates_of_orders_are_found(seed: int) -> None:
    """Who orders more often in truth has the higher F score."""
    one = made(seed)
    scores = rfm.score(rfm.summary(one.orders, firm.TODAY))
    there = one.truth[one.truth["alive"] & (one.truth["begins"] == 0)]
    together = scores[["F"]].join(there[["rate"]], how="inner")
    assert together["F"].corr(together["rate"], method="spearman") > 0.6


def test_win_rates_by_letters_are_found() -> None:
    """Over the seeds, 95% intervals hold the true chance about as often as they should."""
    inside = []
    for seed in range(30):
        table = qualification.win_rates(made(seed).deals)
        true = pd.Series(leads.CHANCE)
        inside += [bool(table.at[name, "low"] <= true[name] <= table.at[name, "high"]) for name in true.index]
    assert 0.9 <= np.mean(inside) <= 1.0


def test_the_west_is_found_to_be_less_satisfied() -> None:
    lower = 0
    for seed in SEEDS:
        table = satisfaction.by(made(seed).survey.join(made(seed).customers["district"]), "district")
        lower += table.at["West", "index"] < table.drop("West")["index"].mean()
    assert lower >= 0.9 * len(SEEDS)
    wrong = [
        made(seed).complaints.join(made(seed).customers, on="customer_id")["district"].value_counts() for seed in SEEDS
    ]
    assert all(counts.idxmax() == "West" for counts in wrong)


# -- the next quarter --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(40))
def test_the_careful_plan_is_ahead_on_every_seed_within_hours_and_money(seed: int) -> None:
    """The number of seeds stands in lesson 7.1."""
    one = made(seed)
    good = firm.careful(one)
    nothing, naive, careful = (firm.expected(one, plan).total for plan in (firm.nothing(), firm.naive(one), good))
    assert careful > nothing > 0
    assert careful > naive
    count = firm.sizes(one)
    assert good.hours(**count) <= firm.HOURS
    assert good.money(count["open"]) <= firm.MONEY


@pytest.mark.parametrize("seed", range(4))
def test_the_expectation_is_the_mean_of_many_quarters(seed: int) -> None:
    one = made(seed)
    plan = replace(firm.careful(one), calls_silent=2, discount=0.03, rewards=3000)
    odds = quarter._odds(one, plan)
    random, draws = np.random.RandomState(5), 3000
    found = quarter._drawn(
        odds, random.random_sample((draws, 6, len(odds.there))), random.random_sample((draws, len(odds.chance)))
    )
    mean = firm.expected(one, plan)
    for name, values in found.items():
        error = values.std() / np.sqrt(draws)
        assert values.mean() == pytest.approx(getattr(mean, name), abs=4.5 * error), name


def test_all_plans_have_the_same_luck() -> None:
    """Two plans differ far less from each other in one draw than two draws of one plan do."""
    one = made(3)
    plans = [firm.nothing(), Plan(calls_a=1)]
    draws = np.array([[firm.next_quarter(one, plan, draw).came.total for plan in plans] for draw in range(25)])
    assert (draws[:, 1] - draws[:, 0]).std() < 0.5 * draws[:, 0].std()
    again = firm.next_quarter(one, plans[1], 4)
    assert again == firm.next_quarter(one, plans[1], 4)
    assert again.luck == pytest.approx(again.came.total - again.expected.total)


def test_a_lead_has_the_same_luck_in_whatever_order_it_is_called() -> None:
    """With all of them called, the order is of no account."""
    for seed in range(4):
        every = [firm.next_quarter(made(seed), Plan(leads=24, leads_by=order)) for order in ("worth", "value", "list")]
        assert len({one.came.won for one in every}) == 1
        assert every[0].came.total == pytest.approx(every[2].came.total, abs=0.05)
        assert every[0].high == pytest.approx(every[1].high, abs=0.05)


@settings(deadline=None, max_examples=25)
@given(
    seed=st.integers(0, 5),
    visits=st.integers(0, 12),
    recovery=st.integers(0, 1000),
    calls=st.integers(0, 2),
    leads_called=st.integers(0, 20),
)
def test_more_of_what_helps_keeps_more_customers(
    seed: int, visits: int, recovery: int, calls: int, leads_called: int
) -> None:
    one = made(seed)
    plan = Plan(visits=visits, recovery=recovery, calls_a=calls, leads=leads_called)
    base = firm.expected(one, plan)
    more = firm.expected(
        one,
        replace(plan, visits=visits + 1, recovery=recovery + 100, calls_a=calls + 1, leads=leads_called + 1, van=True),
    )
    assert more.lost <= base.lost + 1e-9
    assert more.won > base.won
    assert more.complaints <= base.complaints * 1.05
    assert more.spent >= base.spent


@each
def test_leads_by_worth_bring_more_than_by_the_list_where_the_deals_say_so(seed: int) -> None:
    """By the judged worth: the truth may differ, since last year's shares are a sample."""
    judged = made(seed).judged
    assert judged.nlargest(10, "worth")["worth"].sum() >= judged.head(10)["worth"].sum()
    assert judged["chance"].between(0, 1).all()


def test_worth_beats_the_list_in_truth_on_average() -> None:
    gains = []
    for seed in range(30):
        one = made(seed)
        gains.append(
            firm.expected(one, Plan(leads=10)).total - firm.expected(one, Plan(leads=10, leads_by="list")).total
        )
    assert np.mean(gains) > 5000


@pytest.mark.parametrize(
    "wrong", [{"visits": -1}, {"leads": 1.5}, {"discount": 1.0}, {"leads_by": "luck"}, {"rewards": float("nan")}]
)
def test_a_plan_that_is_none_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(checks.InputError):
        Plan(**wrong)  # type: ignore[arg-type]


def test_what_a_plan_takes() -> None:
    plan = Plan(visits=5, recovery=100, calls_a=1, leads=2, rewards=1000, van=True)
    assert plan.hours(open=3, a=10, silent=0, rest=0) == 3 * 3 + 5 + 8
    assert plan.money(open=3) == 300 + 1000 + 25_000


def test_complaints_settled_badly_cost_more_than_those_settled_well() -> None:
    for seed in SEEDS:
        one = made(seed)
        cost = one.complaints_truth["cost"].groupby(one.complaints["settled"]).mean()
        assert cost["badly"] > cost["open"] > cost["well"]
        assert cost["well"] <= 0


def test_moods_pull_and_push() -> None:
    assert orders.pull(-1) < 1 == orders.pull(0) < orders.pull(1)
    assert orders.push(-9) == orders.push(-2.5)
    assert isinstance(made(0), Firm)
    assert "customers" in repr(made(0))
