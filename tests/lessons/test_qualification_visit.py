"""Lesson 3.4: what is its own in the exercises, by clicking and in code; the numbers that its prose quotes."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np
import pandas as pd

from crmlab import visits
from crmlab.course.exercises.qualification import visit
from crmlab.course.form import Choice, Order
from crmlab.course.lessons import find
from crmlab.language import tr
from tests.support.answers import live, run, worked
from tools.lesson_files import Source

LESSON = "3.4"
RIGHT: dict[str, dict[str, Any]] = {
    **worked(LESSON),
    "route-sheet": {"base": "sales", "total": 299, "ask": "s7"},
}
NUMBERS = {key: [-6, 1, 9, 54, 267, 402] for key in (*RIGHT["by-hand"], "total", "pier")}


def test_the_order_is_not_shown_in_order() -> None:
    steps = RIGHT["ms-hu"]["steps"]
    (field,) = visit.here.fields("ms-hu")
    assert isinstance(field, Order)
    assert field.values() != steps
    assert sorted(field.values()) == sorted(steps)
    assert run("ms-hu", LESSON, code=steps).points == 3


def test_hints_count_right() -> None:
    for id in ("slips", "xu-lei-counts"):
        fields = [field for field in visit.here.fields(id) if isinstance(field, Choice)]
        wants = [RIGHT[id][field.key] for field in fields]
        assert all(sorted(wants) == sorted(value for value, _label in field.options) for field in fields)
    fits = list(RIGHT["where-it-fails"].values())
    assert [fits.count(key) for key in ("much", "little", "fits")] == [2, 3, 1]


def test_usual_slips_by_hand_are_told_apart() -> None:
    def said(key: str, value: float) -> str:
        return run("by-hand", LESSON, clicks={**RIGHT["by-hand"], key: value}).wrong()[0].text()

    assert "in the shop already" in said("soda.order", 54)
    assert "last order" in said("soda.order", 35)
    assert "reserve" in said("soda.order", 26)
    assert "below zero" in said("nuts.order", -6)
    assert said("cola.sales", 44).startswith("Cola")


def test_xu_lei_made_the_slips_that_the_answers_name() -> None:
    assert visits.order_quantity(10, 30, 16) == 20
    assert 1.5 * 40 - 18 == 42 != visits.order_quantity(8, 40, 18)
    assert 1.5 * (12 + 24 - 10) == 39 != visits.order_quantity(12, 24, 10)
    assert visits.order_quantity(15, 18, 21) == 0
    assert visits.order_quantity(15, 18, 9) == 27
    assert max(1.5 * (30 - 18) - 18, 0) == 0 != visits.order_quantity(14, 30, 18)


def test_route_in_code() -> None:
    sheet = visit.tuesday_route()
    before, came, now = (sheet[name] for name in ("last_stock", "last_order", "stock"))
    assert run("route-sheet", LESSON, code=visits.order_quantity(before, came, now, pack=1)).points == 4
    assert run("route-sheet", LESSON, code=...).state == "blank"
    halves = run("route-sheet", LESSON, code=visits.order_quantity(before, came, now))
    assert 0 < halves.points < 4
    assert "whole" in halves.wrong()[0].text()
    double = run("route-sheet", LESSON, code=visits.order_quantity(before, came, now, factor=2, pack=1))
    assert 0 < double.points < 4
    for junk in (7, "text", [1], pd.DataFrame(), sheet["stock"], visits.order_quantity([1], [2], [0])):
        assert run("route-sheet", LESSON, code=junk).state == "unreadable"


def test_live_lines(language: str) -> None:
    shown = live("route-sheet", LESSON)
    assert len(shown({})) == 1
    for base, total in (("order", 267), ("sales", 299), ("gross", 402)):
        assert shown({"base": base})[-1] == tr("In all: {cases}", cases=total)
    factors = live("one-factor", LESSON)
    lines = factors({"water": 1.5, "vinegar": 2.25, "monthly": 1.5})
    assert ["1.9%" in lines[0], "2.6%" in lines[1], "0.2%" in lines[2], "28" in lines[2]] == [True] * 4


def test_numbers_of_the_prose() -> None:
    assert visits.order_quantity(14, 30, 12) == 36
    demand = visits.shop_demand(shops=20, days=84, mean=4, seed=34)
    weeks = visits.simulate(demand, factors=(1.0, 1.5, 2.0))
    rules = visits.by_factor(weeks, skip=2)
    assert rules["lost_share"].map("{:.0%}".format).tolist() == ["24%", "2%", "0%"]
    assert rules["days_of_stock"].round().tolist() == [2, 7, 11]
    wanted = demand.loc[15:].to_numpy().sum()
    margin = rules["lost_share"] * wanted * 5
    money = rules["stock"] * 20 * 30
    assert (-margin.diff()).round().tolist()[1:] == [6100, 505]
    assert (-rules["lost_share"].diff() * wanted).round().tolist()[1:] == [1220, 101]
    assert money.diff().round(-2).tolist()[1:] == [11_100, 9_400]
    sums = weeks[weeks["factor"] == 1.0].groupby("visit")[["lost", "demand"]].sum()
    share = (sums["lost"] / sums["demand"]).round(2).tolist()
    assert (share[0], share[4]) == (0, 0.2)
    assert all(0.24 < one <= 0.35 for one in share[7:])
    one = weeks[(weeks["factor"] == 1.0) & (weeks["shop"] == 1)].set_index("visit")
    assert one.loc[11, ["demand", "sold", "order"]].tolist() == [29, 13, 13]
    slow = visits.shop_demand(shops=20, days=84, mean=0.2, seed=34).to_numpy().sum() / 20 / 12
    assert 1 < slow < 2
    assert round(visit.simulated("monthly").at[1.5, "days_of_stock"]) == 28
    assert visit.simulated("vinegar").at[2.25, "days_of_stock"] > 21


def test_under_one_for_one_a_shelf_never_grows() -> None:
    demand = visits.shop_demand(shops=20, days=84, mean=4, seed=34)
    weeks = visits.simulate(demand, factors=(1.0,))
    for shop, rows in weeks.groupby("shop"):
        level = math.ceil(demand[shop].mean() * 14)
        for row in rows.itertuples():
            before, level = level, level - row.sold + row.order
            assert level <= before


def test_other_seeds() -> None:
    lost = []
    for seed in range(1, 11):
        demand = visits.shop_demand(shops=20, days=84, mean=4, seed=seed)
        lost.append(visits.by_factor(visits.simulate(demand, factors=(1.0, 1.5)), skip=2)["lost_share"])
    table = pd.DataFrame(lost)
    assert table.min().map("{:.0%}".format).tolist() == ["24%", "2%"]
    assert table.max().map("{:.0%}".format).tolist() == ["34%", "5%"]


def test_the_sheet_computes_what_the_rule_says(language: str) -> None:
    made = visit.sheet(visit.tuesday_route(), article="water")
    assert made.shape == (20, 10)
    assert made.iloc[0, 1] == {"en": "water", "zh": "水"}[language]
    sheet = visit.tuesday_route()
    right = visits.order_quantity(sheet["last_stock"], sheet["last_order"], sheet["stock"], pack=1)
    names = {
        "IF": lambda test, yes, no: yes if test else no,
        "MAX": max,
        "ROUNDUP": lambda number, _digits: math.copysign(math.ceil(abs(number)), number),
    }

    def value(row: int, column: str) -> Any:
        cell = made.iloc[row - 2, "ABCDEFGHIJ".index(column)]
        if cell == "":
            return 0
        if not isinstance(cell, str) or not cell.startswith("="):
            return cell
        text = re.sub(r"\b([A-J])(\d+)", lambda found: f"cell({found[2]}, '{found[1]}')", cell[1:])
        return eval(text, {"__builtins__": {}}, {**names, "cell": value})

    for place in range(len(right)):
        assert value(place + 2, "F") == right["sales"].iloc[place]
        assert value(place + 2, "G") == right["order"].iloc[place]
    assert value(20, "G") == 0
    made.iloc[0, 4] = 99
    assert value(2, "G") == tr("count again")


def test_the_lesson_says_what_two_hundred_other_routes_say() -> None:
    lost: dict[str, list[float]] = {"one for one": [], "1.5x": []}
    for seed in range(200):
        demand = visits.shop_demand(shops=20, days=84, mean=4, seed=seed)
        for rule, route in (
            ("one for one", visits.simulate(demand, factors=[1.0], start=1.5, replace=True)),
            ("1.5x", visits.simulate(demand, factors=[1.5])),
        ):
            lost[rule].append(100 * float(visits.by_factor(route, skip=2)["lost_share"].iloc[0]))
    prose = Source(find("3.4")).markdown.read_text(encoding="utf-8")
    for rule, said in (("one for one", "0.4% on average (95% of the runs: 0.1% to 0.9%)"), ("1.5x", "2.6% (1.4% to 3.8%)")):
        low, high = np.percentile(lost[rule], [2.5, 97.5])
        mean = np.mean(lost[rule])
        joint = "on average (95% of the runs: " if rule == "one for one" else "("
        assert said == f"{mean:.1f}% {joint}{low:.1f}% to {high:.1f}%)"
        assert said in prose
