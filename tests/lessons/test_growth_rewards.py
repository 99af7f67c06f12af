"""Lesson 6.2: what is its own in the exercises, by clicking and in code; the numbers quoted in its prose."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from crmlab import pricing
from crmlab.course import tables
from crmlab.course.exercises.growth import rewards
from tests.support.answers import get, live, run, source, worked

LESSON = "6.2"
SOURCE = source("6.2")
RIGHT = {
    **worked("6.2"),
    "did-it-pay": {"margin": 80.0, "firm": "unknown", "five": "nothing"},
    "budget-for-six": {"real": 25200, "budget": 3604},
}
NUMBERS = {
    "left": [45600, 12000, 48000],
    "more": [5, 25, 20],
    "real": [31200, 6000],
    "budget": [7207, 4778, 23750, 72070],
}
PLAN = RIGHT["reward-plan"]


def test_known_slips_have_their_own_sentence() -> None:
    for id, key in (
        ("five-percent", "left"),
        ("five-percent", "more"),
        ("budget-for-six", "real"),
        ("budget-for-six", "budget"),
    ):
        given = [run(id, LESSON, clicks={**RIGHT[id], key: value}) for value in [*NUMBERS[key], 1]]
        assert all(len(one.wrong()) == 1 for one in given)
        assert len({one.wrong()[0].says for one in given}) == len(given), key


def test_code_answers(language: str) -> None:
    for right in (12, np.int64(12), 12.0):
        assert run("did-it-pay", LESSON, code=right).points == 4
    said = [run("did-it-pay", LESSON, code=wrong).wrong()[0].text() for wrong in (36, 32, 1)]
    assert len(set(said)) == 3
    for junk in (True, "12", [12], float("nan"), pd.DataFrame()):
        assert run("did-it-pay", LESSON, code=junk).state == "unreadable"

    groups = rewards.with_rates()
    assert run("budget-for-six", LESSON, code=pricing.reward_budget(groups, share=0.5)).points == 4
    whole = run("budget-for-six", LESSON, code=pricing.reward_budget(groups, share=1))
    assert 0 < whole.points < 4
    assert "7,207" in whole.wrong()[0].text()
    table = rewards.six_customers()
    invoices = groups.assign(margin=table["goods_margin"] / table["purchases"])
    assert run("budget-for-six", LESSON, code=pricing.reward_budget(invoices, share=0.5)).points == 0
    for junk in (3604, groups):
        assert run("budget-for-six", LESSON, code=junk).state == "unreadable"


def test_slider_answer_is_the_least_step() -> None:
    assert [rewards.paid_at(margin) for margin in (40, 70, 75, 80)] == [1, 12, 17, 21]
    assert rewards.half_pays() == 80 != rewards.PAYS["start"]
    assert "12" in live("did-it-pay", LESSON)({"margin": 70.0})[0]


def plan(**changed: str) -> dict[str, str]:
    return PLAN | {key.replace("_", "."): value for key, value in changed.items()}


@pytest.mark.parametrize(
    "changed",
    [
        {"bar_reward": "training"},
        {"bar_reward": "fridge", "tea_reward": "bill"},
        {"carp_for": "brings", "bar_for": "pays"},
    ],
)
def test_other_plans_are_right_too(changed: dict[str, str], language: str) -> None:
    assert run("reward-plan", LESSON, clicks=plan(**changed)).points == 6


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"bar_reward": "fridge"}, "over"),
        ({"joy_reward": "off"}, "outbid"),
        ({"carp_reward": "training"}, "best"),
        ({"tea_reward": "box"}, "unwanted"),
        ({"mill_reward": "bill"}, "mill-reward"),
        ({"joy_for": "asked"}, "for-asked"),
        ({"bar_for": "none"}, "for-nothing"),
        ({"tea_reward": "none"}, "empty"),
    ],
)
def test_each_rule_of_the_plan_speaks_for_itself(changed: dict[str, str], says: str) -> None:
    given = run("reward-plan", LESSON, clicks=plan(**changed))
    assert given.points < 6
    assert [one.says for one in given.wrong()] == [rewards.here.says("reward-plan")[says]]


def test_every_good_plan_gives_the_best_customer_what_it_asked_for_and_stays_in_the_budget() -> None:
    costs = sorted(
        rewards.cost_of("joy", "hour")
        + rewards.cost_of("carp", "fridge")
        + rewards.cost_of("tea", tea)
        + rewards.cost_of("bar", bar)
        for tea in ("training", "bill")
        for bar in ("training", "bill", "fridge")
    )
    assert costs[-1] > rewards.budget() >= costs[-2], "the budget leaves several plans, and forbids one"
    table = rewards.six_customers()["real_margin"]
    assert table.idxmax() == rewards.CUSTOMERS[rewards.BEST][0]


def test_live_lines_add_up(language: str) -> None:
    lines = live("reward-plan", LESSON)(PLAN)
    assert len(lines) == 5
    assert "2,550" in lines[-1]
    assert "3,604" in lines[-1]


LINES = {
    "zh": {
        "唐总，您最希望我们改什么？您要是整托盘下单，我们就给您让五个点。": 1.5,
        "唐总，您想要什么？我给您包个红包，要是您签，我们就九点送。": 0,
        "唐总，五个点我给不了。您最希望我们改什么？您要是整托盘下单，我们就固定九点送。": 3,
        "金海给您五个点，我明白。什么最让您头疼？整托盘下单的话，早上九点给您送。": 3,
        "唐总，您最希望我们改什么？您要是全部整托盘，我们就让一个点。": 3,
        "好的。": 0,
    },
    "en": {
        "What would you like? If you stay we give you 5%.": 1.5,
        "What would you like? If you sign we bring an envelope.": 0,
        "I can't give you 5%. What would help you most? If you order by the pallet, we come at nine.": 3,
        "What would you do with 5%, and what would help you more? If you order by the pallet, we come at nine.": 3,
        "OK.": 0,
    },
}


def test_a_line_that_gives_his_five_percent_is_asked_about_it(language: str) -> None:
    for said, points in LINES[language].items():
        assert run("five-or-i-go", LESSON, clicks={"mine": said}).points == points, said
    says = rewards.here.says("five-or-i-go")
    given = [run("five-or-i-go", LESSON, clicks={"mine": said}).wrong()[0].says for said in list(LINES[language])[:2]]
    assert given == [says["match"], says["pocket"]]


def test_what_the_5_percent_costs_in_the_feedback() -> None:
    says = rewards.here.says("five-or-i-go")["match"]
    assert f"{rewards.BOUGHT * rewards.OFF:,.0f}" in says


def test_numbers_of_the_case() -> None:
    assert pricing.break_even_volume(0.05, 0.2) == pytest.approx(1 / 3)
    assert [f"{pricing.break_even_volume(0.05, margin):.2f}" for margin in (0.1, 0.3, 0.4)] == ["1.00", "0.20", "0.14"]
    table = rewards.six_customers()
    assert table.loc["Double Joy banquets", "real_margin"] == 39_200
    assert table.loc["Spinning mill canteen", ["goods_margin", "real_margin"]].tolist() == [19_200, 0]
    assert table["purchases"].sum() == 950_000
    assert "9,500" in get("budget-for-six", LESSON).right
    assert (110 - 52) * rewards.TRIP == 4_640
    offers = rewards.three_offers()["behind"]
    assert offers["Yuanhe today"] == 12_000
    assert offers["Yuanhe at nine"] == 2_520
    saved = 4_640 - rewards.REWARDS["hour"]
    assert 2_520 - rewards.cost_of("joy", "off") == 120, "1% nearly closes the gap"
    assert rewards.cost_of("joy", "off") == 2_400 < saved, "the saved trips pay for it"
    for words in (
        "240,000 yuan",
        "12,000 of the 39,200 yuan",
        "**4,640 yuan**",
        "only **2,520** behind",
        "takes 400",
        "(2,400 yuan)",
    ):
        assert words in SOURCE


def test_numbers_of_the_price_changes() -> None:
    changes = rewards.changes()
    assert (changes.attrs["articles"], changes.attrs["steady"], len(changes)) == (3659, 1722, 119)
    groups = rewards.four_groups(changes)
    cut, few, raised, _more = (groups.iloc[place] for place in range(4))
    assert [f"{cut[name]:.2f}" for name in ("change", "volume")] == ["-0.66", "6.97"]
    assert (cut["95% interval"], few["95% interval"], raised["95% interval"]) == ("4.99–9.35", "–", "0.59–1.04")
    assert (cut["needed"], raised["needed"]) == ("never", "0.79")
    assert few["articles"] == 2
    assert [f"{raised[name]:.2f}" for name in ("change", "volume")] == ["0.11", "0.75"]
    cuts = rewards.cuts()
    sales = (cuts["volume"] * (1 + cuts["change"]) >= 1).sum()
    assert (sales, len(cuts)) == (32, 36)
    for words in (
        "3,659 articles",
        "119 articles",
        "1,722 articles",
        "34 articles were cut by 30% or more, typically by 66%",
        "(95% interval 5.0 to 9.4)",
        "0.75 times as much (0.59 to 1.04), and 0.79",
        "32 of 36",
    ):
        assert words in SOURCE
    rises = changes[changes["change"] > 0]
    paid = (rises["volume"] >= 1 + pricing.break_even_volume(-rises["change"], 0.4)).mean()
    assert 0.4 < paid < 0.6, "half above and half below"


def test_numbers_of_the_cake_stand() -> None:
    table = rewards.orders_by_units()
    assert table["orders"].tolist() == [1371, 40, 3, 208, 13, 88]
    assert table.loc[["1 to 8", "9 to 12", "13 to 15"], "price (pounds)"].eq(12.75).all()
    assert table.loc[["16", "17 to 31", "32 and more"], "price (pounds)"].eq(10.95).all()
    assert f"{1 - 10.95 / 12.75:.0%}" == "14%"


def test_sheets(language: str) -> None:
    sheet = rewards.plan_sheet(PLAN)
    assert len(sheet) == 6 + 8 + 1
    assert sheet.loc[:5, "cost"].tolist() == [400, 1400, 600, 0, 150, 0]
    assert sheet.loc[14, "cost"] == "=SUM(H2:H15)"
    allowed = re.fullmatch(
        r'=ROUND\(([\d.]+)\*([\d.]+)\*SUMIF\(E2:E15,">0"\),0\)', sheet.loc[14, "worth to the customer (asked)"]
    )
    assert allowed is not None
    real = rewards.six_customers()["real_margin"].clip(lower=0).sum()
    assert round(float(allowed[1]) * float(allowed[2]) * real) == rewards.budget() == 3604
    blank = rewards.plan_sheet({})
    assert (blank.loc[:5, ["reward", "what for", "cost"]] == "").all().all()
    assert len(rewards.calculator_sheet()) == 12


def test_the_saved_sheets_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRMLAB_STATE", str(tmp_path))
    tables.save(rewards.plan_sheet(PLAN), "plan.csv")
    tables.save(rewards.calculator_sheet(), "calculator.csv")
    for name, formulas in (("plan.csv", 2 * 14 + 3), ("calculator.csv", 3 * 12)):
        text = (tmp_path / name).read_text("utf-8-sig")
        assert text.count("=IF(") + text.count("=SUM(") == formulas
        assert "'=" not in text


def test_the_sheet_says_what_its_budget_rests_on(language: str) -> None:
    said = rewards.plan_sheet({}).iloc[-1, 0]
    assert f"{rewards.LIFT:.0%}" in said
    assert str(rewards.TRIP) in said
