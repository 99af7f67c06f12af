"""Lesson 1.1, the tour: what is its own in the exercises, by clicking and in code; the numbers that its texts quote."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd
import pytest

from crmlab import datasets, places, value
from crmlab.course import exercise
from crmlab.course.exercises.foundations import tour
from tests.support.answers import get, live, run, worked

RIGHT: dict[str, dict[str, Any]] = {**worked("1.1"), "days": {"days": 361.5}}
"""The mornings are worked out in code in the worked edition; here they are as a click."""


@pytest.fixture
def orders() -> pd.DataFrame:
    return datasets.load("online_retail_orders")


def test_half_of_the_units_give_half_of_the_points() -> None:
    given = run("units", "1.1", clicks={"list": "2", "lead": "3"})
    assert (given.points, given.state) == (1, "partly right")


@pytest.mark.parametrize(
    ("answer", "points"), [(361, 1), (361.5, 1), (362, 1), ("361,5", 1), (360, 0), (52056, 0), (4338, 0), ("many", 0)]
)
def test_days_in_code(answer: Any, points: float) -> None:
    given = run("days", "1.1", code=answer)
    assert given.points == points
    assert given.points or given.message or given.cases[0].text()


def test_days_knows_the_two_common_slips() -> None:
    assert "times" in run("days", "1.1", code=12 * 4338).cases[0].text()
    assert "one call a morning" in run("days", "1.1", code=4338).cases[0].text()


@pytest.mark.parametrize(
    ("top", "calls", "points"),
    [(4, 15, 1), (5, 14, 1), (6, 18, 2), (5, 16, 2), (4, 5, 0), (20, 30, 1), (6, 15, 1)],
)
def test_three_weeks_judges_each_wish(top: float, calls: float, points: float, language: str) -> None:
    given = run("three-weeks", "1.1", clicks={"top": top, "calls": calls})
    assert given.points == points
    assert all("{" not in case.text() for case in given.wrong())


def test_three_weeks_has_one_best_plan() -> None:
    made = get("three-weeks", "1.1")
    best = [
        (top, calls)
        for top in range(1, 41)
        for calls in range(5, 31)
        if exercise.judge(made, {"top": top, "calls": calls}, clicked=True).points == 3
    ]
    assert best == [(5, 15)]


def test_three_weeks_with_one_slider_untouched() -> None:
    given = run("three-weeks", "1.1", clicks={"top": 5})
    assert (given.points, [case.open for case in given.cases]) == (0, [True])


def test_calculator_follows_the_sliders(language: str) -> None:
    shown = live("three-weeks", "1.1")
    first, second = shown({"top": 20, "calls": 12})
    assert "868" in first
    assert "74.6%" in first
    assert "72.3" in second


def test_numbers_in_the_texts(orders: pd.DataFrame) -> None:
    revenue = tour.revenue()
    assert len(orders) == 22_190
    assert len(revenue) == 4338
    assert round(revenue.sum() / 1e6, 1) == 8.9
    assert round(orders["amount"].sum() / 1e6, 1) == 8.3
    assert round(revenue.nlargest(868).sum() / 1e6, 1) == 6.6
    assert round(100 * value.pareto_share(revenue, top=0.2)) == 75
    assert round(100 * value.pareto_share(revenue, top=0.1)) == 61  # "60%: about that comes from the largest 10%"
    assert 0.9 < value.pareto_share(revenue, top=0.5) < 0.93  # "90%: you need the larger half"
    assert 0.5 < value.pareto_share(revenue, top=0.05) < 0.51
    assert (tour.names(20), tour.names(5), round(len(revenue) / 100)) == (868, 217, 43)
    assert len(revenue) - 217 == 4121
    assert (revenue.idxmax(), int(revenue.max())) == (14646, 280_206)
    net = orders.groupby("customer_id")["amount"].sum()
    assert round(100 * value.pareto_share(net, top=0.2)) == 74
    classes = value.by_class(value.abc(revenue))
    assert classes["customers"].tolist() == [1133, 1469, 1736]
    assert [round(100 * share) for share in classes["amount_share"]] == [80, 15, 5]


def test_the_tenth_customer_was_no_customer(orders: pd.DataFrame) -> None:
    rows = orders[orders["customer_id"] == 12346]
    assert rows["amount"].tolist() == [77183.60, -77183.60]
    assert rows["date"].diff().iloc[1] == pd.Timedelta(minutes=16)
    assert tour.revenue().rank(ascending=False)[12346] == 10


@pytest.mark.parametrize(("edition", "right"), [("solutions", True), ("notebooks", False)])
def test_the_editions(edition: str, right: bool, language: str) -> None:
    path = places.root() / edition / language / "1-foundations" / "1-tour.ipynb"
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    text = "\n".join("".join(cell["source"]) for cell in cells)
    assert ("BEGIN SOLUTION" in text) == right
    assert ("answer(" in text) == right


def test_plan_lists_the_other_lessons(language: str) -> None:
    page = tour.plan()
    assert "1.1" not in page
    assert page.count("☐") >= 1
    assert ("我的计划" in page) == (language == "zh")
    assert ("My plan" in page) == (language == "en")
