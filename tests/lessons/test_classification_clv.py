"""Lesson 2.4: every exercise blank, wrong and right, clicked and in code; the numbers in its prose against the data."""

from __future__ import annotations

from functools import cache

import pandas as pd
import pytest

from crmlab import clv, datasets, intervals, places, value
from crmlab.course import exercise
from crmlab.course.exercises.classification import clv as lesson
from crmlab.course.form import Order
from crmlab.language import LANGUAGES, set_language, tr
from tests.lessons.helpers import get, run

NUMBER = "2.4"
RIGHT = {
    "which-money": {
        **{"margin_past": "past", "margin_next": "future", "largest": "none", "visits": "past", "stand": "future"},
        **{"across": "none", "narrow": 710, "broad": 1860},
    },
    "stand": {"retention": 76, "kai": "change"},
    "equity": {"equity": 4_060_892},
    "four-buyers": {"order": ["813", "428", "1210", "1901"], "813": "sure", "428": "likely", "1901": "gone"},
    "another-day": {"split": "1997-06-30", "miss": 15.9, "reading": "nearer"},
    "clv-memo": {"ten": "money", "total": "sound", "once": "model", "mean": "average", "nobody": "model"},
    "quiz-2.4": {
        **{"broad-value": "4", "simple-formula": 400, "who-is-gone": "3", "too-dear": "1", "equity": 131000},
    },
}
POINTS = {
    **{"which-money": 4, "stand": 4, "equity": 3, "four-buyers": 5, "another-day": 4, "clv-memo": 5, "quiz-2.4": 5},
}
NUMBERS = {
    "narrow": [860, 1010, 1860, 5],
    "broad": [1150, 2040, 700],
    "retention": [70, 74, 78, 95],
    "equity": [1_636_822, 4535, 836_891, 100],
    "miss": [18.9, 414, 77.6, 50],
    "simple-formula": [500],
    "order": [["1901", "813", "428", "1210"], ["428", "813", "1210", "1901"], ["813", "1210", "428", "1901"]],
}


# ---- the exercises


@pytest.mark.parametrize("id", RIGHT)
def test_right_clicks_have_all_points(id):
    given = run(id, NUMBER, clicks=RIGHT[id])
    assert (given.state, given.points, given.maximum) == ("right", POINTS[id], POINTS[id])


@pytest.mark.parametrize("id", RIGHT)
def test_blank_has_none(id):
    assert run(id, NUMBER, clicks={}).state == "blank"
    assert run(id, NUMBER, code=...).points == 0


@pytest.mark.parametrize("id", RIGHT)
def test_each_wrong_option_costs_points_and_is_answered(id, language):
    """Every option of every field: it costs points, and a sentence in the trainee's language answers it."""
    made = get(id, NUMBER)
    for field in made.form().fields():
        options = [choice for choice, _label in getattr(field, "options", ())]
        for option in NUMBERS.get(field.key) or options or [0]:
            if option == RIGHT[id][field.key]:
                continue
            given = exercise.judge(made, {**RIGHT[id], field.key: option}, clicked=True)
            assert given.points < POINTS[id], (field.key, option)
            said = [one.text() for one in given.wrong()]
            assert said, (field.key, option)
            assert all(said), (field.key, option)
            if language == "zh" and not id.startswith("quiz"):
                assert not any(text.isascii() for text in said), said


def test_wrong_sentences_fit_the_mistake():
    def said(id, **clicks):
        return run(id, NUMBER, clicks=clicks).wrong()[0].text()

    assert "cost that is still to come" in said("which-money", narrow=860)
    assert "the past alone" in said("which-money", broad=1150)
    assert "a little lower" in said("stand", retention=78)
    assert "How much more" in said("stand", retention=74)
    assert "Which retention" in said("equity", equity=1_636_822)
    assert "one customer of each class" in said("equity", equity=4535)
    assert "the ruler" in said("another-day", miss=77.6)
    assert "or of the forecast" in said("another-day", miss=18.9)
    sentence = run("four-buyers", NUMBER, clicks={"1901": "likely"}).wrong()[0].text()
    assert "usual gap is 0.2 weeks, the silence 24.6" in sentence


def test_the_forms_do_not_show_the_answer():
    form = get("four-buyers", NUMBER).form()
    order = next(field for field in form.fields() if isinstance(field, Order))
    assert order.values() != RIGHT["four-buyers"]["order"]
    slider = next(field for field in get("stand", NUMBER).form().fields() if field.key == "retention")
    assert slider.start != 76
    live = get("another-day", NUMBER).form().live
    assert "Choose a day" in live({})[0]
    assert "2,193" in live({"split": "1997-06-30"})[0]


def test_code():
    assert run("equity", NUMBER, code=lesson.equities()["own"]).state == "right"
    assert run("equity", NUMBER, code=lesson.equities()["average"]).points == 0
    cds = datasets.load("cdnow")
    assert run("another-day", NUMBER, code=clv.holdout(cds, "1997-06-30", zero_orders="count")).state == "right"
    other = run("another-day", NUMBER, code=clv.holdout(cds, "1997-09-30", zero_orders="count"))
    assert other.points == 0
    assert "30 June 1997" in other.wrong()[0].text()
    for junk in (5, "x", cds.head(3)):
        assert run("another-day", NUMBER, code=junk).points == 0


def test_every_heading_is_in_chinese():
    set_language("zh")
    try:
        assert not [word for word in lesson.WORDS if tr(word) == word]
        assert "25%" in lesson.assumptions(0.25, 0.05, 4)
    finally:
        set_language(None)


# ---- the numbers in the prose


def quoted(*numbers: str) -> None:
    """Each number stands in both editions."""
    for language in LANGUAGES:
        text = (places.notebooks() / language / "2-classification" / "4-clv.ipynb").read_text(encoding="utf-8")
        assert not [number for number in numbers if number not in text], language


@cache
def orders() -> pd.DataFrame:
    return datasets.load("online_retail_orders")


def test_the_case_and_the_formula():
    mine = orders()[orders()["customer_id"] == 13305]
    assert len(mine) == 10
    past = clv.historic(orders(), as_of="2011-12-09", margin=0.25)
    assert past.loc[13305].round(2).tolist()[:2] == [2000.86, 500.22]
    assert round(past.loc[13305, "profit"] / 20_008.60, 3) == 0.025  # a quarter of a tenth, a fortieth
    assert abs(past.loc[12346, "revenue"]) < 0.01
    assert round(clv.simple(250, 0.70, 0.05), 2) == 500
    assert lesson.needed() == 76  # "six points"
    table = lesson.classes()
    assert round(table.attrs["average"], 3) == 0.695
    assert table["retention"].round(2).tolist() == [0.89, 0.68, 0.52]
    low, high = intervals.wilson((table["retention"] * table["customers"]).round(), table["customers"])
    assert low["A"] > high["B"]
    assert low["B"] > high["C"]
    own = clv.simple(table["margin"], table["retention"], 0.05)
    mean = clv.simple(table["margin"], table.attrs["average"], 0.05)
    assert (mean / own).round(2)[["A", "C"]].tolist() == [0.35, 2.01]
    found = lesson.equities()
    assert [round(found[key] / 1e6, 1) for key in ("own", "average")] == [4.1, 1.6]
    assert table.loc["A", "customers"] == 890
    assert table.loc["A", "customers"] * own["A"] > 0.9 * found["own"]  # "nearly all of the sum"
    quoted("2,000.86", "500.22", "69.5%", "89%", "52%")


def test_the_model():
    found = lesson.cd_buyers()
    model = clv.fit_bgnbd(found)
    assert [round(number, 3) for number in model.estimates] == [0.243, 4.414, 0.793, 2.426]
    four = found.loc[[157, 325, 1, 3]]
    assert four["p_alive"].round(2).tolist() == [0.97, 0.04, 0.73, 1.0]
    assert four["expected"].round(1).tolist() == [20.1, 0.7, 1.2, 0.2]
    assert round(found.loc[1, "expected"], 3) == 1.226
    assert (found["frequency"] == 0).sum() == 1411
    worth = clv.lifetime_value(found, model, clv.fit_gamma_gamma(found), years=1, margin=0.3, discount=0.1)["value"]
    assert round(worth.sum(), -2) == 21_800
    assert round(worth.mean(), 2) == 9.25
    assert round(value.pareto_share(worth, top=0.2), 2) == 0.71
    quoted("1.226", "1,411", "21,800", "9.25", "71%")


def test_the_hold_out():
    test = clv.holdout(datasets.load("cdnow"), split="1997-09-30", zero_orders="count")
    assert test.totals.round().tolist() == [1882, 1653, 2930]
    assert test.customers.loc[[157, 325, 813, 428, 1210, 1901], "actual"].tolist() == [14, 2, 19, 4, 0, 0]
    assert lesson.cd_buyers().loc[[813, 428, 1210, 1901], "expected"].round(1).tolist() == [9.6, 1.3, 0.2, 0.0]
    shares = {}
    for day, _label in lesson.SPLITS:
        totals = lesson.tested(day)
        shares[day] = [round(100 * (totals[key] / totals["actual"] - 1)) for key in ("predicted", "same_pace")]
        assert abs(shares[day][0]) < abs(shares[day][1])
    assert shares == {"1997-09-30": [-12, 56], "1997-12-31": [1, 56], "1997-06-30": [-16, 78]}
    by = test.by_frequency
    assert (by["same_pace"] / by["actual"])[1:].between(1.6, 2.4).all()
    assert by.loc[0, "same_pace"] == 0
    quoted("1,882", "1,653", "2,930", "12%", "56%")


def test_the_wholesaler_has_no_dropout_to_be_seen():
    model = clv.fit_bgnbd(clv.repeat_summary(orders(), until="2011-12-09"))
    assert model.state == "no_dropout"
    assert model.estimates.isna().sum() == 2
