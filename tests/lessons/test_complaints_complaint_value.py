"""Lesson 4.4, what a complaint is worth: exercises, and every figure of the prose."""

from __future__ import annotations

from collections import Counter

import pandas as pd
import pytest

from crmlab import complaint_economics, complaints, datasets, pipeline, places
from crmlab.course import exercise
from crmlab.course.exercises.complaints import complaint_value
from crmlab.course.form import Choice
from crmlab.language import tr
from tests.support.answers import get, run, worked

LESSON = "4.4"
RIGHT = {
    **worked(LESSON),
    "tarp-steps": {"settled": 35, "quick": 28, "largest": "over_100.satisfied", "cause": "faithful"},
    "exit-table": {"neglect": 20.5, "often": "quality", "dear": "neglect", "chance": "no"},
    "most-it-may-cost": {"most": 2800, "careful": 1068, "why": "stay"},
}
NUMBERS = {
    "settled": [24, 54],
    "quick": [25],
    "neglect": [18, 63],
    "most": [4800, 8000],
    "careful": [10_680, 1200],
    "budget": [20_000],
    "times": [20.9],
}


def test_right_options_are_not_always_longest_or_first(language: str) -> None:
    longest = {}
    for id, key in (("tarp-steps", "cause"), ("most-it-may-cost", "why")):
        field = next(field for field in complaint_value.here.fields(id) if field.key == key)
        assert isinstance(field, Choice)
        longest[key] = max(field.options, key=lambda one: len(tr(one[1])))[0]
    assert longest["why"] != RIGHT["most-it-may-cost"]["why"]
    assert Counter(RIGHT["slides"].values()) == {"as": 2, "setting": 3, "never": 2}


# -- in code --------------------------------------------------------------------------------------------------------------


def test_steps_in_code() -> None:
    assert run("tarp-steps", LESSON, code=complaint_economics.TARP.diff(axis=1)).points == 4
    backwards = run("tarp-steps", LESSON, code=-complaint_economics.TARP.diff(axis=1))
    assert (backwards.state, backwards.points) == (exercise.OPEN_STATE, 0)
    assert all(one.text().endswith("?") for one in backwards.wrong())


def test_exit_table_in_code() -> None:
    calls = complaint_value.exit_calls()
    claimed = complaints.HANDOUT_REASONS["claimed"]
    assert run("exit-table", LESSON, code=complaints.reasons(calls, amount="margin", claimed=claimed)).points == 4
    half = run("exit-table", LESSON, code=complaints.reasons(calls))
    assert (half.state, half.points) == (exercise.PARTLY, 2)
    filled = run(
        "exit-table",
        LESSON,
        code=complaints.reasons(calls.fillna({"reason": "none"}), amount="margin", claimed=claimed),
    )
    assert 0 < filled.points < 4


@pytest.mark.parametrize(("answer", "points"), [(2800, 4), (2800.0, 4), (4800, 0), (28_000, 0), (35, 0)])
def test_most_in_code(answer: float, points: float) -> None:
    given = run("most-it-may-cost", LESSON, code=answer)
    assert given.points == points
    assert points or given.wrong()[0].text().endswith("?")


@pytest.mark.parametrize("id", ["tarp-steps", "exit-table", "most-it-may-cost"])
def test_blank_and_unreadable_code(id: str) -> None:
    assert run(id, LESSON, code=...).state == exercise.BLANK
    for nonsense in ("a lot", [1, 2], pd.DataFrame({"x": [1, 2]})):
        given = run(id, LESSON, code=nonsense)
        assert (given.state, given.points) == (exercise.UNREADABLE, 0)


def test_another_plan_rightly_added_up_keeps_the_points_of_the_sum() -> None:
    other = {"A": "visit", "B": "van", "C": "none", "budget": 4 * 1500 + 12 * 450}
    assert run("budget", LESSON, clicks=other).points == 3


# -- the figures of the prose ---------------------------------------------------------------------------------------------


def test_the_chain_of_the_case() -> None:
    text = lesson()
    sums = complaint_value.chain()
    assert f"{sums['unhappy']:,.0f} are unhappy. Each tells 11 others: {sums['told']:,.0f} people" in text
    assert f"{sums['lost'] / 1e6:.1f} million yuan" in text
    assert f"margin of {complaint_value.YEAR / 1e6:.0f} million yuan in a **year**" in text
    assert sums["times"] == pytest.approx(3.5, abs=0.1)
    assert round(complaint_economics.unhappy_behind(38, 0.69)) == 55
    assert "**950 or 55.**" in text
    assert complaint_value.CLASSES["complaints"].sum() == complaint_value.HEARD == 38


def test_tarp_as_the_lesson_reads_it() -> None:
    table = complaint_economics.TARP
    assert table.loc["over_100"].tolist() == [0.09, 0.19, 0.54, 0.82]
    assert table.loc["under_5", "quickly"] == 0.95
    assert {
        (loss, step): complaint_value.points(loss, step) for loss in table.index for step in complaint_value.STEPS
    } == {
        ("under_5", "unsatisfied"): 9,
        ("under_5", "satisfied"): 24,
        ("under_5", "quickly"): 25,
        ("over_100", "unsatisfied"): 10,
        ("over_100", "satisfied"): 35,
        ("over_100", "quickly"): 28,
    }


def test_word_of_mouth_and_the_soft_drink_maker() -> None:
    claims = complaint_economics.CLAIMS["value"]
    assert claims[["told_settled", "told_satisfied", "told_unhappy", "told_many"]].tolist() == [5, 3, 11, 0.13]
    assert round(complaint_economics.told_by_the_rest(), 1) == 9.7
    drink = claims.filter(like="drink_")
    assert drink.round(2).tolist() == [0.12, 4.5, 0.1, 9.5, 0.33, 0.45]
    assert len(claims) == 15
    assert claims["win_against_keep"] == 5


def test_reasons_and_leavers() -> None:
    shares = complaints.HANDOUT_REASONS
    assert shares["claimed"].tolist() == [0.01, 0.05, 0.07, 0.09, 0.15, 0.63]
    assert shares["other_edition"].tolist() == [0.01, 0.03, 0.05, 0.09, 0.14, 0.68]
    issues = complaints.reasons(datasets.load("cfpb_complaints"), reason="issue")
    assert f"{issues['share'].iloc[0]:.0%}" == "14%"
    assert set(issues.index[:6]) <= set(complaint_value.here.content["tables"])
    telco = datasets.load("telco_churn")
    assert (len(telco), telco["churned"].sum()) == (7043, 1869)
    by = telco.groupby("contract")["churned"].mean()
    assert (f"{by['Month-to-month']:.0%}", f"{by['Two year']:.0%}") == ("43%", "3%")


def test_the_exit_calls() -> None:
    calls, table = complaint_value.exit_calls(), complaint_value.exit_table()
    assert (len(calls), calls["reason"].isna().sum()) == (50, 6)
    assert (table["cases"].idxmax(), table["amount"].idxmax()) == ("quality", "neglect")
    low, high = table.loc["neglect", ["low", "high"]]
    assert (f"{low:.0%}", f"{high:.0%}") == ("11%", "35%")
    assert 216_000 * 0.12 in set(calls["margin"])
    assert 168_000 * 0.12 in set(calls["margin"]), "Mr Zhou and Ms Luo are among them"
    without = table.loc["neglect", "amount"] - (216_000 + 168_000) * 0.12
    assert without < table.loc["competition", "amount"], "two customers make the difference"


def test_the_sum_and_the_curve() -> None:
    found = complaint_economics.recovery(2000, keep_if_left=0.19, keep_if_settled=0.54)
    assert [round(one) for one in (found.cost_if_left, found.cost_if_settled, found.worth)] == [1620, 920, 700]
    assert complaint_economics.recovery_curve(2000, uplift=(0.10, 0.35, 0.45)).attrs["break_even"] == [200, 700, 900]
    rise, low, high = pipeline.share_difference(24, 40, 10, 40)
    assert (f"{rise:.0%}", f"{low:.0%}", f"{high:.0%}") == ("35%", "13%", "52%")
    assert "**13 to 52**" in lesson()
    assert complaint_value.carp().worth == pytest.approx(2800)


def test_the_plan() -> None:
    assert complaint_value.plan() == {"A": "van", "B": "call", "C": "none"}
    bold = complaint_value.plan("stay")
    assert bold == {"A": "visit", "B": "van", "C": "call"}, "all three flip"
    assert complaint_value.budget({**bold}) == 12_720
    assert complaint_value.budget() == 2520 < 20_000
    assert "2,520" in get("budget", LESSON).right
    assert "12,720 yuan" in get("budget", LESSON).right


def lesson() -> str:
    return (places.lessons() / "4-complaints" / "4-complaint-value.md").read_text(encoding="utf-8")
