"""Lesson 2.2: what is its own in the exercises, by clicking and in code; the numbers in its prose against the data."""

from __future__ import annotations

from functools import cache

import pandas as pd

from crmlab import datasets, value
from crmlab.course.exercises.classification import abc as lesson
from crmlab.language import LANGUAGES
from tests.support.answers import form_of, live, prose, quoted, run, untranslated, worked

NUMBER = "2.2"
RIGHT = {
    **worked(NUMBER),
    "how-many-bring-80": {"top": 28},
    "another-firm": {"top": 20, "share": 67.4, "reading": "more"},
}
NUMBERS = {
    "top": [20, 66.7, 79.1],
    "contribution": [804.84, 3514.16, 1895.16, 0],
    "share": [0.674, 73.5, 50],
    "top-fifth": [30, 80],
}


@cache
def orders() -> pd.DataFrame:
    return datasets.load("online_retail_orders")


@cache
def revenue() -> pd.Series:
    return orders().groupby("customer_id")["amount"].sum()


@cache
def table() -> pd.DataFrame:
    return value.abc(revenue())


# ---- the exercises


def test_code_answers():
    exact = 100 * (table()["class"] == "A").mean()
    for good in (exact, 28, "27.2", round(exact, 1)):
        assert run("how-many-bring-80", NUMBER, code=good).state == "right", good
    for bad in (0.272, 27, 29, 20, 80, 1178, "many", [27.2]):
        assert run("how-many-bring-80", NUMBER, code=bad).points == 0, bad
    assert "share" in run("how-many-bring-80", NUMBER, code=exact / 100).wrong()[0].text()
    assert "79.9%" in run("how-many-bring-80", NUMBER, code=27).wrong()[0].text()
    cds = datasets.load("cdnow")
    share = 100 * value.pareto_share(cds.groupby("customer_id")["amount"].sum(), top=0.2)
    assert run("another-firm", NUMBER, code=share).points == 4
    assert run("another-firm", NUMBER, code=round(share)).points == 4
    for bad, words in (
        (share / 100, "times 100"),
        (100 * value.pareto_share(cds["amount"], top=0.2), "fifth of the orders"),
        (100 * value.pareto_share(revenue(), top=0.2), "wholesaler"),
        (50, "customers' sums"),
    ):
        given = run("another-firm", NUMBER, code=bad)
        assert given.points == 0
        assert words in given.wrong()[0].text()
    for junk in ("x", [1], pd.DataFrame(), None):
        assert run("another-firm", NUMBER, code=junk).points == 0


def test_sentences_tell_mistakes_apart():
    def said(id, **clicks):
        return run(id, NUMBER, clicks=clicks).wrong()[0].text()

    assert "79.1% are reached" in said("draw-the-lines", A="12752")
    assert "87.3% already" in said("draw-the-lines", A="12381")
    assert "who is to make" in said("fit-the-cuts", first=80, second=95).lower()
    assert "86,021" in said("fit-the-cuts", first=80, second=95)
    assert "room for more" in said("fit-the-cuts", first=40, second=80)
    assert "must lie below" in said("fit-the-cuts", first=80, second=80)
    for number, words in (
        (804.84, "sign"),
        (3514.16, "that is the margin"),
        (1895.16, "count the lines"),
        (5, "Margin first"),
    ):
        assert words in said("keep-the-right", contribution=number)


def test_the_best_cuts_by_hand():
    """All pairs on the sliders, counted without the lesson's own function."""
    days = {"A": 7, "B": 30, "C": 90}
    fits = {}
    for first in range(30, 85, 5):
        for second in (80, 85, 90, 95):
            if first < second:
                counts = value.abc(revenue(), (first / 100, second / 100))["class"].value_counts()
                if sum(counts[letter] * 365 / days[letter] for letter in "ABC") <= 39_600:
                    fits[first, second] = (int(counts["A"]), int(counts["B"]))
    assert max(fits, key=fits.get) == (50, 85)
    assert fits[50, 85] == (242, 1260)
    assert fits[50, 85][1] - fits[50, 80][1] == 324
    assert sorted(fits.values())[-2] < fits[50, 85]  # one best pair
    assert 4 * 45 * 220 == lesson.CAPACITY == 39_600


def test_live_lines(language):
    assert "28" in live("how-many-bring-80", NUMBER)({"top": 28})[0]
    assert "80.6%" in live("how-many-bring-80", NUMBER)({"top": 28})[0]
    assert "39,422" in live("fit-the-cuts", NUMBER)({"first": 50, "second": 85})[1]
    assert len(live("fit-the-cuts", NUMBER)({"first": 80, "second": 80})) == 1
    assert "67.4%" in live("another-firm", NUMBER)({"top": 20})[0]


def test_every_word_is_in_chinese():
    assert not untranslated(lesson.here.content["tables"])


# ---- the numbers in the prose


def test_the_trainee_edition_does_not_print_the_best_cuts():
    for language in LANGUAGES:
        assert "0.85" not in prose(NUMBER, language)
        assert "39,422" not in prose(NUMBER, language)


def test_the_rule():
    invoiced = orders()[orders()["amount"] > 0].groupby("customer_id")["amount"].sum()
    assert len(invoiced) == 4338
    assert round(0.2 * 4338 * 52, -3) == 45_000
    assert f"{revenue().sum() / 1e6:.1f}" == "8.3"
    assert round(value.pareto_share(invoiced, top=0.2), 3) == 0.746
    assert round(value.pareto_share(revenue(), top=0.2), 3) == 0.735
    first = table().iloc[0]
    assert (first.name, f"{first['amount']:,.0f}") == (14646, "279,489")
    rising = table()["amount"].sort_values()
    assert (rising.cumsum() <= first["amount"]).sum() == 1363
    quoted(NUMBER, "4,338", "45,000", "74.6%", "73.5%", "279,489", "1,363")


def test_three_classes():
    by = value.by_class(table())
    assert by["customers"].tolist() == [1178, 1456, 1697]
    assert by["amount_share"].round(2).tolist() == [0.80, 0.15, 0.05]
    assert table().attrs["left_out"]["negative_amounts"] == 41
    contacts = (by["customers"] * 365 / value.TREATMENT["contact_days"]).sum()
    assert f"{contacts:,.0f}" == "86,021"
    assert contacts > 2 * lesson.CAPACITY
    assert value.TREATMENT["contact_days"].tolist() == [7, 30, 90]
    quoted(NUMBER, "1,178", "1,456", "1,697", "41", "86,021", "39,600")


def test_contribution():
    served = lesson.served()
    for customer, orders_, lines, left in ((17841, 124, 7847, "2,138"), (15838, 19, 167, "9,636")):
        row = served.loc[customer]
        assert (row["orders"], row["lines"], f"{row['contribution']:,.0f}") == (orders_, lines, left)
        by_hand = 0.30 * row["revenue"] - 8 * orders_ - lines - 25 * row["credits"]
        assert round(by_hand, 2) == round(row["contribution"], 2)
    assert f"{revenue()[17841]:,.0f}" == "40,341"
    assert round(revenue()[17841] / 7847) == 5
    assert revenue().rank(ascending=False)[17841] == 19
    assert round(served.loc[15838, "contribution"] / served.loc[17841, "contribution"], 1) == 4.5
    classes = pd.DataFrame({"r": table()["class"], "c": value.abc(served["contribution"])["class"]}).fillna("none")
    seen = pd.crosstab(classes["r"], classes["c"])
    assert seen.loc["A", ["A", "B", "C", "none"]].tolist() == [889, 265, 13, 11]
    quoted(NUMBER, "40,341", "7,847", "2,138", "9,636", "889", "265")


def test_the_four_cards():
    classes = table()["class"]
    assert classes[[int(row["key"]) for row in lesson.here.rows("keep-the-right")]].tolist() == ["A", "A", "A", "B"]
    served = lesson.served()
    assert round(served.loc[14606, "contribution"], 2) == -804.84
    small, much = served.loc[15134], served.loc[16029]
    assert 4.7 < small["second"] / small["first"] < 5  # "nearly five times"
    assert small["credits"] == 0
    assert much["credited"] / (much["revenue"] + much["credited"]) > 1 / 3
    line = served["revenue"] / served["lines"]
    assert line[14606] < 5 < 100 < line[16684]
    assert served.loc[16684, "second"] > served.loc[16684, "first"]
    assert served.loc[16684, "credited"] / served.loc[16684, "revenue"] < 0.02


def test_two_halves():
    day = orders()["date"]
    spring = orders()[day < "2011-06-01"].groupby("customer_id")["amount"].sum()
    autumn = orders()[day.between("2011-06-01", "2011-12-01")].groupby("customer_id")["amount"].sum()
    halves = pd.DataFrame({"s": value.abc(spring)["class"], "a": value.abc(autumn)["class"]}).fillna("none")
    column = pd.crosstab(halves["s"], halves["a"])["A"]
    assert column[["A", "B", "C", "none"]].tolist() == [555, 187, 53, 288]
    assert column.sum() == 1083
    assert column.sum() - 555 == 528
    assert 0.45 < 528 / 1083 < 0.5
    quoted(NUMBER, "1,083", "555", "187", "53", "288", "528")


def test_the_cd_shop():
    cds = datasets.load("cdnow")
    sums = cds.groupby("customer_id")["amount"].sum()
    assert (len(cds), len(sums)) == (6919, 2357)
    assert round(value.pareto_share(sums, top=0.2), 2) == 0.67  # "two thirds"
    assert round((value.abc(sums)["class"] == "A").mean(), 2) == 0.33  # "a third of all customers"
    assert (round(value.gini(revenue()), 2), round(value.gini(sums), 2)) == (0.70, 0.63)
    first = cds.groupby("customer_id")["date"].min()
    assert first.max() < pd.Timestamp("1997-04-01")
    quoted(NUMBER, "6,919", "2,357", "0.70", "0.63")


def test_the_memo():
    form = form_of("abc-memo", NUMBER)
    lines = {field.key: row.prompt for row in form.rows for field in row.fields}
    assert "5%" in lines["drop"]
    assert "12%" in lines["depends"]
    assert "3.4%" in lines["depends"]
    assert "440" in lines["cuts"]
    assert "82%" in lines["country"]
    british = orders().loc[orders()["country"] == "United Kingdom", "customer_id"].unique()
    assert (table()["class"].reindex(british) == "C").sum() > 1000
