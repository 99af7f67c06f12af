"""Lesson 2.4: what is its own in the exercises, by clicking and in code; the numbers in its prose against the data."""

from __future__ import annotations

from functools import cache
from statistics import NormalDist

import pandas as pd

from crmlab import clv, datasets, intervals, value
from crmlab.course.exercises.classification import clv as lesson
from crmlab.language import set_language
from tests.support.answers import form_of, live, quoted, run, untranslated, worked

NUMBER = "2.4"
RIGHT = {
    **worked(NUMBER),
    "equity": {"equity": 4_060_892},
    "what-passed": {"short": 27.5, "million": "untested", "order": "passed", "gone": "failed", "ring-c": "failed"},
    "another-day": {"split": "1997-06-30", "miss": 15.9, "reading": "nearer"},
}
NUMBERS = {
    "narrow": [860, 1010, 1860, 5],
    "broad": [1150, 2040, 700],
    "retention": [70, 74, 78, 95],
    "equity": [1_636_822, 4535, 836_891, 100],
    "short": [37.9, 72.5, 10],
    "miss": [18.9, 414, 77.6, 50],
    "simple-formula": [500],
    "order": [["1901", "813", "428", "1210"], ["428", "813", "1210", "1901"], ["813", "1210", "428", "1901"]],
}


# ---- the exercises


def test_wrong_sentences_fit_the_mistake():
    def said(id, **clicks):
        return run(id, NUMBER, clicks=clicks).wrong()[0].text()

    assert "cost that is still to come" in said("which-money", narrow=860)
    assert "the past alone" in said("which-money", broad=1150)
    assert "a little lower" in said("stand", retention=78)
    assert "How much more" in said("stand", retention=74)
    assert "Which retention" in said("equity", equity=1_636_822)
    assert "a part of what was said" in said("what-passed", short=37.9)
    assert "foretold" in said("what-passed", short=72.5)
    assert "one customer of each class" in said("equity", equity=4535)
    assert "the ruler" in said("another-day", miss=77.6)
    assert "or of the forecast" in said("another-day", miss=18.9)
    sentence = run("four-buyers", NUMBER, clicks={"1901": "likely"}).wrong()[0].text()
    assert "usual gap is 0.2 weeks, the silence 24.6" in sentence


def test_the_line_below_the_form_follows_the_day():
    shown = live("another-day", NUMBER)
    assert "Choose a day" in shown({})[0]
    assert "2,193" in shown({"split": "1997-06-30"})[0]


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
    assert not untranslated(lesson.here.content["tables"])
    set_language("zh")
    try:
        assert "25%" in lesson.assumptions(0.25, 0.05, 4)
    finally:
        set_language(None)


# ---- the numbers in the prose


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
    z = NormalDist().inv_cdf(0.975) + NormalDist().inv_cdf(0.8)
    assert 850 < z**2 * (0.7 * 0.3 + 0.76 * 0.24) / 0.06**2 < 950  # "about 900 in each half", power 80%
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
    quoted(NUMBER, "2,000.86", "500.22", "69.5%", "89%", "52%")


def test_her_own_class_and_the_points_that_pay():
    half = orders()[orders()["date"] >= "2011-06-11"]
    bought = half.loc[half["amount"] > 0, "customer_id"].unique()
    revenue = half.groupby("customer_id")["amount"].sum().loc[bought]
    assert round(revenue[13305], 2) == 1360.61
    assert value.abc(revenue.clip(lower=0)).loc[13305, "class"] == "A"
    a = lesson.classes().loc["A"]
    low, high = intervals.wilson(round(a["retention"] * a["customers"]), int(a["customers"]))
    worth = [clv.simple(250, rate, 0.05) for rate in (low, a["retention"], high)]
    assert [round(one) for one in worth] == [1209, 1413, 1637]
    gain = [clv.simple(250, a["retention"] + more, 0.05) - worth[1] for more in (0.0125, 0.0135)]
    assert gain[0] < 150 < gain[1]  # "1.3 points"
    assert high - low > 0.04  # "two points either way"
    assert 150 / 0.25 == 600
    quoted(NUMBER, "1,413", "89.2%", "1.3", "1,360.61")


def test_the_formula_against_what_came():
    table = lesson.classes()
    said = table["customers"] * table["margin"] * table["retention"]
    assert round(1 - said.sum() / table["came"].sum(), 2) == 0.27
    assert (table["came"] / table["customers"]).round().tolist() == [867, 141, 66]
    assert round(table.loc["A", "came"] / table["came"].sum(), 2) == 0.79
    rates = clv.return_rates(orders(), ["2010-12-01", "2011-03-01", "2011-06-01", "2011-09-01"])
    assert rates["share"].round(2).tolist() == [0.57, 0.30]
    paid = orders()[orders()["amount"] > 0]
    winter = paid.loc[paid["date"] < "2011-03-01", "customer_id"].unique()
    autumn = paid.loc[(paid["date"] >= "2011-09-01") & (paid["date"] < "2011-12-01"), "customer_id"]
    came = pd.Series(winter).isin(autumn).sum()
    gone, back = (clv.expected_buyers(len(winter), rates["share"][:n], 3)[3] for n in (1, 2))
    assert [len(winter), came, round(gone), round(back)] == [1682, 1061, 307, 559]
    assert round((back - gone) / (came - gone), 2) == 0.33
    quoted(NUMBER, "867", "27%", "1,682", "1,061", "307", "559")


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
    quoted(NUMBER, "1.226", "1,411", "21,800", "9.25", "71%")


def test_the_hold_out():
    test = clv.holdout(datasets.load("cdnow"), split="1997-09-30", zero_orders="count")
    assert test.totals.round().tolist() == [1882, 1653, 2930]
    assert test.customers.loc[[157, 325, 813, 428, 1210, 1901], "actual"].tolist() == [14, 2, 19, 4, 0, 0]
    assert lesson.cd_buyers().loc[[813, 428, 1210, 1901], "expected"].round(1).tolist() == [9.6, 1.3, 0.2, 0.0]
    shares = {}
    for day, _label in next(iter(form_of("another-day", NUMBER).fields())).options:
        totals = lesson.tested(day)
        shares[day] = [round(100 * (totals[key] / totals["actual"] - 1)) for key in ("predicted", "same_pace")]
        assert abs(shares[day][0]) < abs(shares[day][1])
    assert shares == {"1997-09-30": [-12, 56], "1997-12-31": [1, 56], "1997-06-30": [-16, 78]}
    by = test.by_frequency
    assert (by["same_pace"] / by["actual"])[1:].between(1.6, 2.4).all()
    assert by.loc[0, "same_pace"] == 0
    quoted(NUMBER, "1,882", "1,653", "2,930", "12%", "56%")


def test_the_wholesaler_has_no_dropout_to_be_seen():
    model = clv.fit_bgnbd(clv.repeat_summary(orders(), as_of="2011-12-09"))
    assert model.state == "no_dropout"
    assert model.estimates.isna().sum() == 2


def test_the_autumn_kept_back():
    found = lesson.autumn_trial(datasets.load("online_retail_orders")).round().astype(int)
    assert found.to_dict() == {"lost for good": 307, "with returns": 559, "what came": 1061}
    quoted(NUMBER, "307", "559", "1,061")
