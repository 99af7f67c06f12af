"""Lesson 5.4: what is its own in the exercises, by clicking and in code; the numbers quoted in its prose."""

from __future__ import annotations

import pandas as pd
import pytest

from crmlab import datasets, retention
from crmlab.course.exercises.satisfaction import loyalty
from tests.support.answers import get, live, run, source, worked

LESSON = "5.4"
SOURCE = source("5.4")
# The exercises with a code cell have their clicks here.
RIGHT = {
    **worked("5.4"),
    "by-quarter": {"cell": "2011Q1.2", "one": 50.4, "why": "oldest"},
    "fibre": {"group": "Fiber optic", "two": "70.2", "line": "differ"},
    "thirty-calls": {"overdue": 4.0, "means": "habit", "worked": "lot"},
}
NUMBERS = {key: [41.0, 0.2] for key in ("satisfied", "less", "one", "two")}


@pytest.fixture(scope="module")
def orders() -> pd.DataFrame:
    return datasets.load("online_retail_orders")


@pytest.fixture(scope="module")
def telco() -> pd.DataFrame:
    return datasets.load("telco_churn")


def test_known_slips_have_their_own_sentence() -> None:
    said = {}
    for key, values in {
        "satisfied-left.satisfied": (41.0, 7.3, 85.9, 0.141, 30),
        "satisfied-left.less": (59.0, 10.6, 77.9, 0.221, 30),
        "by-quarter.one": (50.3, 34.7, 0.504, 59.3, 20),
        "fibre.two": (78.4, 78.9, 83.1, 29.8, 0.702, 20),
    }.items():
        id, _dot, field = key.partition(".")
        for value in values:
            given = run(id, LESSON, clicks={**RIGHT[id], field: value})
            if given.wrong():
                said[key, value] = given.wrong()[0].text().replace(f"{value:,.10g}", "")
    for key in {one for one, _value in said}:
        texts = [text for (one, _value), text in said.items() if one == key]
        assert len(set(texts)) >= len(texts) - 1, key


def test_code_answers(orders: pd.DataFrame, telco: pd.DataFrame, language: str) -> None:
    quarters = retention.cohorts(orders, "quarter", as_of="2011-09-30")
    assert run("by-quarter", LESSON, code=retention.retention_curve(quarters)).points == 4
    assert run("by-quarter", LESSON, code=quarters).state == "unreadable"
    whole = retention.retention_curve(retention.cohorts(orders, "quarter"))
    assert run("by-quarter", LESSON, code=whole).state == "unreadable"
    few = retention.retention_curve(
        retention.cohorts(orders[orders["country"] == "Germany"], "quarter", as_of="2011-09-30")
    )
    assert run("by-quarter", LESSON, code=few).points == 0

    part = telco[telco["internet"] == "Fiber optic"]
    assert run("fibre", LESSON, code=retention.kaplan_meier(part["tenure"], part["churned"])).points == 4
    assert run("fibre", LESSON, code=retention.kaplan_meier(telco["tenure"], telco["churned"])).points == 0
    gone = part[part["churned"]]
    left_out = run("fibre", LESSON, code=retention.kaplan_meier(gone["tenure"], gone["churned"]))
    assert left_out.points == 0
    assert "0" in left_out.cases[-1].text()
    grouped = retention.kaplan_meier(telco["tenure"], telco["churned"], by=telco["internet"])
    assert run("fibre", LESSON, code=grouped).state == "unreadable"

    assert run("thirty-calls", LESSON, code=retention.win_back(orders, min_purchases=5, overdue=4)).points == 4
    assert run("thirty-calls", LESSON, code=retention.win_back(orders, min_purchases=5)).points == 1
    assert run("thirty-calls", LESSON, code=retention.win_back(orders, min_purchases=5, overdue=5)).points == 2
    assert run("thirty-calls", LESSON, code=retention.win_back(orders)).points == 0
    for id in ("by-quarter", "fibre", "thirty-calls"):
        assert run(id, LESSON, code=...).state == "blank"
        for junk in (7, "text", [1], pd.DataFrame(), object()):
            given = run(id, LESSON, code=junk)
            assert (given.state, given.points) == ("unreadable", 0)
            assert given.message


def test_slider_answer_is_the_least_step(orders: pd.DataFrame) -> None:
    sizes = {x: len(retention.win_back(orders, min_purchases=5, overdue=x)) for x in (2, 3, 3.5, 4)}
    assert sizes == {2: 65, 3: 39, 3.5: 34, 4: 28}
    assert loyalty.least_overdue() == 4.0 != loyalty.OVERDUE["start"]
    shown = live("thirty-calls", LESSON)
    assert "28" in shown({"overdue": 4.0})[0]


def test_fibre_reads_the_chosen_curve(language: str) -> None:
    shown = live("fibre", LESSON)
    assert "70.2%" in shown({"group": "Fiber optic"})[0]
    assert "%" not in shown({})[0]


def test_numbers_of_the_case_and_of_exercise_1() -> None:
    table = loyalty.a_year_later()
    assert table["customers"].tolist() == [305, 281]
    assert table["left"].tolist() == [43, 62]
    assert table["customers"].sum() == 586
    assert f"{table.loc['satisfied', 'spend_of_leavers'] / 1e6:.2f}" == "1.67"
    assert [round(100 * share) for share in table["left"] / table["customers"]] == [14, 22]
    assert round(100 * 43 / 105) == 41
    assert round(305 / 43) == 7, "one in seven"
    shares = table["left"] / table["customers"]
    margin = 196 * (shares * (1 - shares) / table["customers"]).sum() ** 0.5
    assert (round(100 * (shares.iloc[1] - shares.iloc[0])), round(margin)) == (8, 6)
    assert "8 points apart, give or take 6" in get("satisfied-left", LESSON).right
    for words in ("586 customers", "105 buy", "1.67 million", "14% left, of the others 22%"):
        assert words in SOURCE


def test_numbers_of_the_cohorts(orders: pd.DataFrame) -> None:
    months = retention.cohorts(orders, "month", as_of="2011-11-30")
    shares = (100 * retention.shares(months)).round()
    assert shares.iloc[0, 1:].agg(["min", "max"]).tolist() == [32, 50]
    assert shares.iloc[1:, 1].dropna().agg(["min", "max"]).tolist() == [14, 24]
    assert shares.loc[pd.Period("2011-04", "M"), 2] == 20
    assert orders["date"].min() >= pd.Timestamp("2010-12-01")
    curve = retention.retention_curve(months)
    assert (curve.at[1, "customers"], curve.at[1, "active"]) == (3970, 927)
    assert f"{curve.at[1, 'retention']:.1%}" == "23.4%"
    quarters = loyalty.by_quarter()
    assert quarters[1].dropna().tolist() == [524, 621, 346]
    assert quarters[0].tolist()[:3] == [883, 1247, 829]
    row = retention.shares(quarters).iloc[0]
    curve = loyalty.quarter_curve()["retention"]
    assert row[3] - row[1] < 0.02 < curve[3] - curve[1], "no row climbs as the curve does"


def test_numbers_of_survival(telco: pd.DataFrame) -> None:
    table = retention.kaplan_meier(telco["tenure"], telco["churned"])
    assert f"{retention.survival_at(table, 12):.4f}" == "0.8432"
    assert f"{table['survival'].iloc[-1]:.0%}" == "59%"
    assert (telco["churned"].sum(), (~telco["churned"]).sum()) == (1869, 5174)
    five = retention.kaplan_meier([3, 4, 5, 8, 12], [True, False, True, False, False])
    assert f"{retention.survival_at(five, 5):.0%}" == "53%"
    assert [f"{value:.0%}" for value in loyalty.wrong_survival().values()] == ["45%", "69%", "73%"]
    at = {
        name: [f"{retention.survival_at(loyalty.stays(name), t):.0%}" for t in (12, 24)]
        for name in ("Fiber optic", "DSL")
    }
    assert at == {"Fiber optic": ["78%", "70%"], "DSL": ["87%", "83%"]}
    rates = retention.churn_rates(telco, "internet")["rate"]
    assert [f"{rates[name]:.0%}" for name in ("Fiber optic", "DSL", "No")] == ["42%", "19%", "7%"]
    monthly = retention.churn_rates(telco[telco["contract"] == "Month-to-month"], "internet")["rate"]
    assert [f"{monthly[name]:.0%}" for name in ("Fiber optic", "DSL")] == ["55%", "32%"]
    fibre, dsl = (telco[telco["internet"] == name] for name in ("Fiber optic", "DSL"))
    assert fibre["monthly_charges"].mean() > dsl["monthly_charges"].mean()
    assert (fibre["contract"] == "Month-to-month").mean() > (dsl["contract"] == "Month-to-month").mean()
    both = telco[telco["internet"].isin(["Fiber optic", "DSL"])]
    assert retention.compare_survival(both["tenure"], both["churned"], both["internet"])["p"] < 1e-6


def test_numbers_of_the_win_back_list(orders: pd.DataFrame) -> None:
    listed = retention.win_back(orders)
    assert len(listed) == 108
    top = listed.iloc[0]
    assert (top["purchases"], round(top["usual_gap"]), top["silent"], round(top["overdue"])) == (36, 10, 38, 4)
    assert round(top["yearly"], -2) == 62200
    back = loyalty.back_without_a_call()
    assert back["customers"].tolist() == [100, 1154]
    assert back["came back"].tolist() == [60, 948]
    assert [f"{share:.0%}" for share in back["share"]] == ["60%", "82%"]


def test_sheet_leaves_one_of_three_alone(orders: pd.DataFrame, language: str) -> None:
    sheet = loyalty.win_back_sheet(retention.win_back(orders, min_purchases=5))
    assert len(sheet) == 39
    assert (sheet["this month"] == "ring").sum() == 26
    assert (sheet[["heard", "promised", "until"]] == "").all().all()


def test_why_the_curve_goes_up_in_the_last_month() -> None:
    orders = datasets.load("online_retail_orders")
    months = retention.cohorts(orders, "month", as_of="2011-11-30")
    curve = 100 * retention.retention_curve(months)["retention"]
    first = months.iloc[0]
    own = 100 * first / first[0]
    assert (round(curve[10], 1), round(curve[11], 1)) == (37.1, 49.9)
    assert (round(own[10], 1), round(own[11], 1)) == (37.3, 49.9)
    rise, of_the_cohort = curve[11] - curve[10], own[11] - own[10]
    assert (round(rise, 1), round(of_the_cohort, 1), round(rise - of_the_cohort, 1)) == (12.8, 12.7, 0.1)
