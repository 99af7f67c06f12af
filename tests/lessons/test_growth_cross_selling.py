"""Lesson 6.1: what is its own in the exercises, by clicking and in code; the numbers quoted in its prose."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest

from crmlab import basket, cross_selling, datasets
from crmlab.course.exercises.growth import cross_selling as here
from tests.support.answers import get, live, run, source, worked

LESSON = "6.1"
SOURCE = source(LESSON)
# The exercise with a code cell has its clicks here.
RIGHT = {
    **worked(LESSON),
    "cups-and-plates": {"support": 1.7, "confidence": 84.8, "lift": 38.8, "ask": 22},
}
NUMBERS = {
    "expected": [0.0027, 2, 100],
    "lift": [1.28, 0.2, 3880, 3],
    "support": [0.017, 84.8, 2.0, 30],
    "confidence": [0.848, 76.4, 50],
    "ask": [38, 7219, 123],
    "extra": [32, 0.073, 29.7, 11, 50],
    "year": [4327, 747, 125, 3966, 99160, 10],
    "share": [2, 75],
}


@pytest.fixture(scope="module")
def halves() -> tuple[pd.DataFrame, pd.DataFrame]:
    lines = here.goods()
    return lines[lines["date"] < "2011-06-01"], lines[lines["date"] >= "2011-06-01"]


def test_code_answers(halves: tuple[pd.DataFrame, pd.DataFrame], language: str) -> None:
    before, after = halves
    assert run("cups-and-plates", LESSON, code=basket.pair(before, "21086", "21094")).points == 4
    turned = run("cups-and-plates", LESSON, code=basket.pair(before, "21094", "21086"))
    assert turned.points == 2
    assert "161" in turned.wrong()[0].text()
    assert run("cups-and-plates", LESSON, code=basket.pair(after, "21086", "21094")).points == 0
    assert run("cups-and-plates", LESSON, code=...).state == "blank"
    for junk in (7, "text", pd.DataFrame(), pd.Series(dtype=float)):
        assert run("cups-and-plates", LESSON, code=junk).state == "unreadable"


def test_sheet_takes_the_five_in_any_order_and_none_twice(language: str) -> None:
    slots, five = ("one", "two", "three", "four", "five"), ("cups", "hearts", "wicker", "clocks", "dolls")
    assert set(here.confirmed()) == set(five)
    for order in itertools.islice(itertools.permutations(five), 0, 120, 17):
        assert run("counter-sheet", LESSON, clicks=dict(zip(slots, order, strict=True))).points == 5
    twice = run(
        "counter-sheet", LESSON, clicks=dict(zip(slots, ("cups", "cups", "wicker", "clocks", "dolls"), strict=True))
    )
    assert (twice.points, [one.key for one in twice.wrong()]) == (4, ["two"])
    same = run("counter-sheet", LESSON, clicks=dict.fromkeys(slots, "cups"))
    assert same.points == 1
    by_lift = run("counter-sheet", LESSON, clicks=dict(zip(slots, list(here.RULES)[:5], strict=True)))
    assert by_lift.points == 1, "by lift alone there is one line of five, as the praise says"
    by_count = here.board()["both"].sort_values(ascending=False).index[:5].tolist()
    names = {name: key for key, name in zip(here.RULES, here._said(here.RULES), strict=True)}
    counted = run("counter-sheet", LESSON, clicks=dict(zip(slots, (names[name] for name in by_count), strict=True)))
    assert counted.points == 4, "nor does the count do by itself"


def test_sheet_of_the_trainee(halves: tuple[pd.DataFrame, pd.DataFrame], monkeypatch) -> None:
    whole = here.offer_sheet(*halves)
    assert len(whole) == 10
    monkeypatch.setattr(here, "picked", lambda: ["cups", "eggs"])
    mine = here.offer_sheet(*halves)
    assert mine["later months"].tolist() == ["held", "rare"]
    assert mine.at["cakestand → teacup with roses", "to ask"] == 640
    assert list(mine)[:4] == ["to ask", "the need, in the customer's words", "offered", "answer"], "first what the desk fills in"
    drawn = here.who_sees_it(here.goods())
    assert drawn["this quarter"].value_counts().tolist() in (
        [len(drawn) // 2] * 2,
        [len(drawn) // 2 + 1, len(drawn) // 2],
    )
    assert drawn.equals(here.who_sees_it(here.goods().sample(frac=1, random_state=1)))


def test_numbers_of_beer_and_nappies() -> None:
    grocery = datasets.load("grocery_baskets")
    one = basket.pair(grocery, "BEERS/ALES", "DIAPERS & DISPOSABLES", "basket", "category")
    assert one[["baskets", "first", "second", "both"]].tolist() == [here.BASKETS, here.BEER, here.NAPPIES, here.BOTH]
    assert [round(one[key], 2) for key in ("expected", "lift", "low", "high")] == [1.28, 0.78, 0.14, 4.40]
    assert round(2 / one["expected"], 2) == 1.57, "one basket more"
    homes = basket.pair(grocery, "BEERS/ALES", "DIAPERS & DISPOSABLES", "household", "category")
    assert [round(homes[key], 2) for key in ("lift", "low", "high")] == [1.59, 1.05, 2.39]
    each = grocery.groupby("household").agg(baskets=("basket", "nunique"), held=("category", set))
    takes = pd.DataFrame(
        {one: each["held"].map(lambda held, one=one: one in held) for one in ("BEERS/ALES", "DIAPERS & DISPOSABLES")}
    )
    takes["both"] = takes.all(axis=1)
    alike = takes.groupby(pd.qcut(each["baskets"], 5), observed=True)
    first, second, both = (alike[one].sum() for one in takes)
    assert round(both.sum() / (first * second / alike.size()).sum(), 1) == 1.1, (
        "among households with about as many baskets"
    )


def test_numbers_of_the_three_measures(halves: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    one = basket.pair(halves[0], "22423", "22699")
    assert one[["baskets", "first", "second", "both"]].tolist() == [7364, 850, 376, 207]
    assert [f"{100 * one[key]:.1f}" for key in ("support", "confidence")] == ["2.8", "24.4"]
    assert f"{one['second'] / one['baskets']:.1%}" == "5.1%"
    assert f"{one['lift']:.1f}" == "4.8"
    assert f"{one['both'] / one['second']:.0%}" == "55%"
    party = here.party()
    assert party[["first", "second", "both"]].tolist() == [145, 161, 123]


def test_numbers_of_the_later_months(halves: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    sets = basket.frequent_sets(halves[0], support=3 / 7364, max_length=2)
    assert (sets["length"] == 2).sum() == 273_659
    table = here.judged_pairs()
    assert len(table) == 9027
    top = table.iloc[0]
    assert (round(top["lift"]), top["both"]) == (2455, 3)
    few = table[table["both"] == 3]
    assert (len(few), (few["later_both"] == 0).sum(), (few["verdict"] == "refuted").sum()) == (3966, 2013, 1)
    assert few["low"].min() > 2, "each has an interval well above 2"
    fate = cross_selling.by_count(table, [3, 4, 11, 31, 81])
    assert [round(100 * share) for share in fate["share"]] == [14, 28, 67, 87, 100]
    assert [round(fate[name].iloc[0]) for name in ("lift", "later_lift")] == [32, 7]
    assert fate["rules"].iloc[-1] == 45
    assert fate["rare"].iloc[0] > few.shape[0] / 2, "most of them are too rare"
    assert round(1 / fate["share"].iloc[0]) == 7, "one in seven"
    rules, held = here.held_from(40)
    assert (rules, f"{held:.0%}") == (247, "91%")
    assert here.held_from(35)[1] < 0.9


def test_forty_is_not_enough_at_another_cut() -> None:
    lines = here.goods()
    before, after = lines[lines["date"] < "2011-09-01"], lines[lines["date"] >= "2011-09-01"]
    sets = basket.frequent_sets(before, support=40 / before["invoice"].nunique(), max_length=2)
    rules = basket.rules(sets, confidence=0, lift=20)
    rules = rules[rules["antecedent"] < rules["consequent"]]
    table = cross_selling.back_test(cross_selling.counted(rules, before), cross_selling.counted(rules, after))
    assert table["verdict"].value_counts().to_dict() == {"held": 379, "rare": 123}
    assert (len(table), f"{379 / 502:.0%}") == (502, "75%")
    assert "judged from September, 75% from 40 on" in SOURCE


def test_often_bought_together_holds_whatever_the_lift(halves: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    sets = basket.frequent_sets(halves[0], support=80 / 7364, max_length=2)
    rules = basket.rules(sets, confidence=0)
    rules = rules[rules["antecedent"] < rules["consequent"]]
    before = cross_selling.counted(rules, halves[0])
    table = cross_selling.back_test(before, cross_selling.counted(rules, halves[1]))[before["low"] >= 2]
    assert (len(table), (table["verdict"] == "held").sum()) == (244, 240)
    assert "240 of 244" in SOURCE


def test_numbers_of_xiao_wu(halves: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    before, after = halves
    white = basket.pair(before, "22423", "85123A")
    assert f"{white['confidence']:.0%}" == "15%"
    assert f"{white['second'] / white['baskets']:.0%}" == "14%"
    assert white["low"] < 1 < white["high"]
    assert round(1 / white["confidence"]) == 7, "one in seven"
    whole, since = here._since_the_bag()
    assert (f"{whole['lift']:.1f}", f"{since['lift']:.1f}") == ("35.8", "6.1")
    assert f"{basket.pair(after, '23202', '23203')['lift']:.1f}" == "6.3"
    bags = before[before["stock_code"].isin(["23202", "23203"])]
    assert str(bags["date"].min().date()) == "2011-05-08"
    assert here.ten(before).loc["dinosaur", ["both", "customers"]].tolist() == [3, 1]
    assert here.ten(before).loc["clocks", ["both", "customers"]].tolist() == [173, 110]


def test_numbers_of_the_board(halves: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    judged = here._judged()
    assert judged["verdict"].to_dict() == {
        **dict.fromkeys(("herbs", "dolls", "clocks", "wicker", "hearts", "cups"), "held"),
        **dict.fromkeys(("trowels", "dinosaur", "eggs"), "rare"),
        "birds": "refuted",
    }
    fell = judged.loc[list(here.confirmed())]
    assert set(fell.index[fell["later_lift"] < fell["lift"]]) == {"dolls", "wicker", "clocks"}
    assert judged["both"].loc[list(here.confirmed())].min() >= 80, "Chen Jie: all stood on 80 invoices or more"
    later = here.ten(halves[1])
    assert later.loc["herbs", "room"] == 1
    assert later.loc["trowels", ["first", "second"]].tolist() == [0, 0]
    assert later.loc["eggs", ["first", "second"]].tolist() == [2, 2]
    assert later.loc["dinosaur", "both"] == 0
    assert list(here.RULES) == here.ten(halves[0])["lift"].sort_values(ascending=False).index.tolist()
    common = basket.frequent_sets(halves[0], support=50 / 7364, max_length=2)
    articles = common.loc[common["length"] == 1, "items"].map(lambda one: one[0]).tolist()
    assert here.board()["lift"].iloc[[0, -1]].tolist() == ["55.4–61.9", "1.7–2.2"]
    held = halves[0][halves[0]["stock_code"].isin(articles)].drop_duplicates(["invoice", "stock_code"])
    matrix = pd.crosstab(held["invoice"], held["stock_code"]).to_numpy(dtype="float64")
    count = matrix.sum(axis=0)
    lifts = (matrix.T @ matrix * 7364 / np.outer(count, count))[np.triu_indices(len(count), 1)]
    assert round(float(np.median(lifts)), 1) == 1.6, "half of the pairs of common articles have more"


def test_numbers_of_the_money() -> None:
    table = here.value_of_rules(here.confirmed())
    cakestand, dolls = table.loc["cakestand → teacup with roses"], table.loc["doll Charlotte → doll Lola"]
    assert [round(cakestand[key]) for key in ("1%", "5%", "10%")] == [102, 509, 1019]
    assert [round(dolls[key]) for key in ("1%", "5%", "10%")] == [8, 39, 77]
    assert round(dolls["lift"] / cakestand["lift"]) == 7, "seven times the lift"
    assert len(here.value_of_rules()) == 2, "the five are not shown before they are picked"
    larger = cross_selling.offer_value(1500, 480, 1500, 370, chances=1703, margin=7.94)
    assert [f"{100 * larger[key]:.1f}" for key in ("low", "high")] == ["4.1", "10.5"]
    assert round(larger["value_low"]) == 556
    assert (here.stands(), round(here.MARGIN * here.line_value("22699"), 2)) == ((1703, 881), 7.94)
    trial = here.trial()
    assert [f"{100 * trial[key]:.1f}" for key in ("extra", "low", "high")] == ["7.3", "-2.9", "17.3"]
    assert [round(trial[key]) for key in ("value", "value_low", "value_high")] == [992, -387, 2343]
    assert (here.needed(9) <= 440 < here.needed(8), here.needed(5)) == (True, 1251)
    own = basket.pair(here.goods(), "22423", "22699")
    assert (own["first"], own["both"], f"{own['confidence']:.0%}") == (1703, 420, "25%"), "as in the typed line"
    for words in ("chances=1703, margin=7.94", "881 customers", "9,027 pairs", "2,013 of these pairs"):
        assert words in SOURCE


def test_sliders_read_out(language: str) -> None:
    assert "247" in live("how-many", LESSON)({"least": 40.0})[0]
    assert "402" in live("design", LESSON)({"extra": 9.0})[0]


def test_known_slips_have_their_own_sentence() -> None:
    for id, field, values in (
        ("beer-and-nappies", "expected", (0.0027, 1.065, 50)),
        ("beer-and-nappies", "lift", (1.28, 0.2, 50)),
        ("cups-and-plates", "confidence", (0.848, 76.4, 50)),
        ("on-trial", "extra", (32.0, 0.0733, 29.7, 11, 60)),
        ("on-trial", "year", (4327, 747, 125, 3966, 99160, 10)),
    ):
        said = {
            run(id, LESSON, clicks={**RIGHT[id], field: value}).wrong()[0].text().replace(f"{value:,.10g}", "")
            for value in values
        }
        assert len(said) == len(values), (id, field)
    assert get("on-trial", LESSON).points == 4
