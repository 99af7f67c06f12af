"""Lesson 3.4: what is its own in the exercises, by clicking and in code; the numbers that its prose quotes."""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from crmlab import visits
from crmlab.course import tables
from crmlab.course.exercises import open_lesson
from crmlab.course.exercises.qualification import visit
from crmlab.course.form import Choice, Order
from crmlab.language import tr
from tests.support.answers import live, run, worked

LESSON = "3.4"
RIGHT: dict[str, dict[str, Any]] = {
    **worked(LESSON),
    "route-sheet": {"base": "sales", "total": 299, "ask": "s7"},
}
NUMBERS = {
    **{key: [-6, 1, 9, 26, 35] for key in RIGHT["by-hand"]},
    "one": [36, 44],
    "fifteen": [44, 36],
    "total": [267, 402],
    "liu": [15, 30],
    "works": [1, 30],
    "pump": [63, 97, 148],
    "fruit": [44, 76],
    "bar": [19, 36, 110],
    "hotel": [9, 21, 80],
}


def test_the_order_is_not_shown_in_order() -> None:
    steps = RIGHT["ms-hu"]["steps"]
    (field,) = visit.here.fields("ms-hu")
    assert isinstance(field, Order)
    assert field.values() != steps
    assert sorted(field.values()) == sorted(steps)
    assert run("ms-hu", LESSON, code=steps).points == 3


def test_hints_count_right() -> None:
    fields = [field for field in visit.here.fields("slips") if isinstance(field, Choice)]
    wants = [RIGHT["slips"][field.key] for field in fields]
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
    assert said("nuts.sales", 44).startswith("Peanuts")
    assert "is the order" in said("one", 36)
    assert "is the order" in said("fifteen", 44)


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
    for base, total in (("one", 267), ("sales", 299), ("gross", 402)):
        assert shown({"base": base})[-1] == tr("In all: {cases}", cases=total)
    rules = live("which-rule", LESSON)
    assert rules({}) == []
    lines = rules({**RIGHT["which-rule"], "feast": "fifteen"})
    assert [line[0] for line in lines] == list("12345")
    assert ["0.4%" in lines[0], "1.5%" in lines[1], "7.5%" in lines[2], "87" in lines[3], "35" in lines[4]] == [
        True
    ] * 5


def percent(one: pd.Series) -> list[str]:
    low, high = one.quantile([0.025, 0.975])
    return [f"{one.mean():.1%}", f"{low:.1%}", f"{high:.1%}"]


def cases(one: pd.Series) -> list[int]:
    low, high = one.quantile([0.025, 0.975])
    return [round(one.mean()), round(low), round(high)]


def test_the_table_of_what_each_rule_buys() -> None:
    def lost(situation: str) -> list[list[str]]:
        return [percent(visit.by_run(situation, rule)["lost"]) for rule in ("one", "fifteen")]

    def stock(situation: str) -> list[list[int]]:
        return [cases(visit.by_run(situation, rule)["stock"]) for rule in ("one", "fifteen")]

    assert lost("steady") == [["0.4%", "0.1%", "0.9%"], ["2.6%", "1.4%", "3.8%"]]
    assert lost("low") == [["25.4%", "24.2%", "26.7%"], ["2.7%", "1.5%", "4.1%"]]
    assert lost("more") == [["25.9%", "23.3%", "28.0%"], ["4.9%", "2.5%", "7.5%"]]
    assert lost("feast")[1][0] == "39.5%"
    assert stock("less") == [[35, 27, 45], [16, 12, 20]]
    assert stock("feast") == [[40, 31, 50], [87, 66, 112]]
    assert [cases(visit.by_run("steady", rule)["stock"])[0] for rule in ("one", "fifteen")] == [26, 26]


def test_which_rule_is_right_where() -> None:
    for situation in ("steady", "low", "more", "feast"):
        lost = {rule: float(visit.by_run(situation, rule)["lost"].mean()) for rule in visit.RULES}
        best = min(lost, key=lambda rule: lost[rule])
        assert RIGHT["which-rule"][situation] == (best if lost[best] <= 0.1 else "none")
    stock = {rule: float(visit.by_run("less", rule)["stock"].mean()) for rule in visit.RULES}
    assert max(stock, key=lambda rule: stock[rule]) == RIGHT["which-rule"]["less"]


def test_orders_of_the_own_sheet() -> None:
    right = visit.here.numbers_of("order-sheet").right
    ends = {key: (one.value - one.within, one.value + one.within) for key, one in right.items()}
    assert ends == {
        "liu": (16, 29),
        "works": (0, 0),
        "pump": (98, 147),
        "fruit": (45, 75),
        "bar": (20, 35),
        "hotel": (10, 20),
    }
    route = visit.wednesday_route()
    rule = visits.order_quantity(route["last_stock"], route["last_order"], route["stock"])
    assert (
        (rule["order"] < [low for low, _high in ends.values()])
        | (rule["order"] > [high for _low, high in ends.values()])
    ).sum() == 5
    assert rule["sales"].tolist() == [26, 36, 42, 30, 80, 60]


def test_numbers_of_the_prose() -> None:
    assert visits.order_quantity(14, 30, 12) == 36
    weeks = visits.simulate(visits.shop_demand(shops=20, days=84, mean=4, seed=34), factors=(1.0, 1.5), start=1.5)
    sums = weeks.groupby(["factor", "visit"])[["lost", "demand"]].sum()
    share = (sums["lost"] / sums["demand"]).unstack("factor")
    assert share.at[1, 1.0] < 0.01
    assert share[1.0].iloc[7:].between(0.25, 0.35).all()
    assert share[1.5].max() < 0.06
    one = weeks[(weeks["factor"] == 1.0) & (weeks["shop"] == 1)].set_index("visit")
    assert one.loc[11, ["demand", "sold", "order"]].tolist() == [29, 13, 13]

    def margin(situation: str, worse: str, better: str) -> list[int]:
        more = visit.MARGIN * (
            visit.by_run(situation, worse)["lost_units"] - visit.by_run(situation, better)["lost_units"]
        )
        return [round(float(one), -2 if one > 1000 else -1) for one in (more.mean(), *more.quantile([0.025, 0.975]))]

    assert margin("steady", "fifteen", "one") == [600, 310, 880]
    assert margin("steady", "ten", "fifteen") == [7700, 6100, 9700]
    assert margin("low", "one", "fifteen") == [6300, 4800, 8000]
    rules = visit.three_rules()["money_in_stock"]
    assert round(rules["1.5x"] - rules["1.0x"], -2) == 11_400
    ahead = visit.by_run("steady", "fifteen")["lost"] - visit.by_run("steady", "one")["lost"]
    assert (ahead > 0).all()


def test_under_one_x_a_shelf_never_grows_and_under_one_for_one_it_stays() -> None:
    demand = visits.shop_demand(shops=20, days=84, mean=4, seed=34)
    for replace in (False, True):
        weeks = visits.simulate(demand, factors=(1.0,), replace=replace)
        for shop, rows in weeks.groupby("shop"):
            level = math.ceil(demand[shop].mean() * 14)
            for row in rows.itertuples():
                before, level = level, level - row.sold + row.order
                assert level == before if replace else level <= before


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


def test_the_own_orders_stand_in_the_sheet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRMLAB_STATE", str(tmp_path))
    opened = open_lesson(LESSON)
    assert visit.agreed() == {}
    opened.set_fields(visit.here["order-sheet"], {"liu": 22, "works": 0})
    made = visit.sheet(visit.wednesday_route(), article="water", orders=visit.agreed())
    assert made["order agreed"].tolist()[:3] == ["22", "0", ""]


def test_the_saved_sheet_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRMLAB_STATE", str(tmp_path))
    tables.save(visit.sheet(visit.tuesday_route(), article="water"), "route.csv")
    lines = (tmp_path / "route.csv").read_text("utf-8-sig").splitlines()
    assert "=C2+D2-E2" in lines[1]
    assert "'=" not in "".join(lines)
