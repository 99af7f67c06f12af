"""Lesson 1.3: what is its own in the exercises, by clicking and in code; the numbers quoted in its prose."""

from __future__ import annotations

import pandas as pd
import pytest

from crmlab import customers, datasets, intervals
from crmlab.course.exercises import open_lesson
from crmlab.course.exercises.foundations import database
from crmlab.customers import RULES, Rule
from crmlab.language import tr
from tests.support.answers import get, live, run, source, worked

LESSON = "1.3"
SOURCE = source(LESSON)
# The exercises with a code cell have their clicks here.
RIGHT = {
    **worked(LESSON),
    "day-first": {"told": "day", "left": 14, "says": "read"},
    "partner": {
        "name": "mask",
        "contact": "out",
        "phone": "out",
        "town": "keep",
        "postcode": "keep",
        "sales": "out",
        "note": "out",
    },
}
HONG_KONG = {"other": "source", "values": {"Hong Kong office": "day"}, **database.RANGE}


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    return datasets.load("customer_list").set_index("row")


def test_numbers_of_the_case(rows: pd.DataFrame) -> None:
    assert (len(rows), 168 * len(rows), database.firms()) == (412, 69216, 323)
    truth = datasets.load("customer_truth").set_index("row")
    assert truth["firm"].value_counts().value_counts().to_dict() == {1: 249, 2: 65, 3: 8, 4: 1}
    assert 407 - 323 == 84
    assert (truth["planted"].dropna() != "test row").sum() == 78
    assert (truth["planted"] == "test row").sum() == 5
    for words in ("412 rows, 323 firms", "84 doubles, five test rows and 78 faults"):
        assert words in SOURCE


def test_numbers_of_profile_and_rules(rows: pd.DataFrame) -> None:
    profile = customers.profile(rows)
    assert profile.loc["contact", "odd"] == 7
    assert "telephone 7" in profile.loc["contact", "kinds"]
    faults = database.faults_by_rule(customers.validate(rows, RULES))["faults"]
    assert faults.index[0] == "date"
    assert faults["date"] == 54
    assert (faults["sales"], faults["person has left"], database.bad_dates("day")) == (10, 11, 14)
    assert database.bad_dates("nothing") - database.bad_dates("day") == 40
    planted = datasets.load("customer_truth").set_index("row")["planted"]
    left = customers.validate(rows, [Rule("since", "date", **HONG_KONG)])
    assert set(left["row"]) == set(planted.index[planted == "bad date"])


def test_numbers_of_the_score(rows: pd.DataFrame) -> None:
    found = customers.evidence(rows, "R021", "R237")
    assert (round(found["points"].sum(), 1), found["weight"].sum(), found.attrs["score"]) == (9.1, 13, 0.7)
    pairs = customers.duplicates(rows, cut=0.3)
    assert len(rows) * (len(rows) - 1) // 2 == 84666
    quality = customers.against_truth(pairs, database.truth(), [0.4, 0.6, 0.8, 0.9])
    assert quality.loc[0.6, ["right", "proposed", "true_pairs"]].tolist() == [82, 83, 95]
    assert [f"{100 * x:.0f}" for x in quality["precision"]] == ["63", "99", "100", "100"]
    assert [f"{100 * x:.0f}" for x in quality["recall"]] == ["86", "86", "42", "24"]
    shown = {
        name: f"{100 * quality.at[0.8, name]:.0f}"
        for name in ("precision_low", "precision_high", "recall_low", "recall_high")
    }
    assert list(shown.values()) == ["91", "100", "33", "52"]
    assert (quality.at[0.8, "proposed"], 95 - quality.at[0.8, "right"]) == (40, 55)
    everything = customers.duplicates(rows, cut=0.0)
    assert customers.against_truth(everything, database.truth(), [0.0]).at[0.0, "right"] == 95 - 13
    wrong = [pair for pair in zip(pairs["row_a"], pairs["row_b"], pairs["score"], strict=True) if pair[2] >= 0.6]
    truth = database.truth()
    assert [pair[:2] for pair in wrong if truth[pair[0]] != truth[pair[1]]] == [("R028", "R155")]


def test_the_pairs_to_judge_are_those_of_the_list(rows: pd.DataFrame, language: str) -> None:
    truth = database.truth()
    for row in database.here.rows("same-firm"):
        one, other = (str(row[side]).split()[0] for side in ("one", "other"))
        assert (truth[one] == truth[other]) == (row["right"] == "same"), (one, other)
        assert rows.at[one, "name"].strip() in str(row["one"])
        assert rows.at[other, "name"].strip() in str(row["other"])


def test_six_rows_are_those_of_the_list(rows: pd.DataFrame) -> None:
    truth = datasets.load("customer_truth").set_index("row")["planted"]
    labels = {row["key"]: str(row["cells"]).split()[0] for row in database.here.rows("six-rows")}
    kinds = {"swapped": "swapped", "unit": "no unit", "test": "test row", "day": "bad date", "left": "person left"}
    assert {key: truth[label] for key, label in labels.items() if key in kinds} == kinds
    assert rows.at[labels["hongkong"], "town"] == "香港"
    assert pd.isna(truth[labels["hongkong"]])


def test_the_slider_is_right_where_it_costs_least() -> None:
    steps = [round(0.4 + 0.05 * k, 2) for k in range(11)]
    costs = {cut: database.at_cut(cut, database.LEARN)["cost"] for cut in steps}
    best = min(costs.values())
    assert [cut for cut, cost in costs.items() if cost == best] == [0.6], "one right answer only"
    assert database.CUTS["start"] != 0.6
    halves = [database.at_cut(0.6, half) for half in (database.LEARN, database.TEST)]
    assert [half["every"] for half in halves] == [49, 46]
    assert sum(half["merged"] for half in halves) == 83, "the halves are the whole"
    assert [(half["wrong"], half["missed"], half["cost"]) for half in halves] == [(0, 6, 1008), (1, 7, 1776)]
    assert database.at_cut(0.4, database.LEARN)["missed"] == 6
    assert "Of 49 true pairs 6 are missed" in get("cut-off", LESSON).right
    assert min(database.at_cut(cut, database.TEST)["cost"] for cut in steps) == 1776
    shown = [f"{100 * float(x[0]):.0f}" for n in (40, 46) for x in intervals.wilson([39], [n])]
    assert shown == ["87", "100", "72", "92"]


def test_the_table_tests_the_score_of_the_trainee() -> None:
    opened = open_lesson(LESSON)
    assert database.cut_tested().index.tolist() == ["0.50", "0.75"], "nothing is given away before exercise 6"
    opened.set_fields(database.here["cut-off"], {"cut": 0.65})
    assert database.cut_tested().index.tolist() == ["0.50", "0.65", "0.75"]
    assert database.cut_tested().at["0.65", "cost, tested"] == database.at_cut(0.65, database.TEST)["cost"]


def test_live_lines_follow(language: str) -> None:
    shown = live("cut-off", LESSON)
    assert "1,008" in shown({"cut": 0.6})[0]
    assert "83" not in shown({"cut": 0.6})[0]
    dates = live("day-first", LESSON)
    assert "14" in dates({"told": "day"})[0]
    assert "86" in dates({"told": "month"})[0]
    assert "14" not in dates({})[0]


def test_numbers_of_the_merged_list(rows: pd.DataFrame) -> None:
    merged = database.clean()
    assert len(merged.golden) == 333
    assert (412 - 333, 79 * 168, 333 - 323) == (79, 13272, 10)
    firms = database.truth()[[label for text in merged.golden["rows"] for label in text.split(", ")]]
    groups = pd.Series({label: who for who, text in merged.golden["rows"].items() for label in text.split(", ")})
    assert firms.groupby(groups).nunique().max() == 1, "no two firms in one row"
    assert merged.golden.at["R095", "phone"] == rows.at["R095", "phone"]
    told = merged.provenance.query("customer == 'R095' and column == 'phone'").set_index("row")
    assert rows.at["R341", "updated"] > rows.at["R095", "updated"]
    assert told["kept"].to_dict() == {"R095": True, "R341": False}
    for words in ("333 boxes", "79 × 168 = 13,272"):
        assert words in SOURCE


def test_lines_of_the_mergers_are_true_of_the_rows(rows: pd.DataFrame) -> None:
    assert rows.loc[["R066", "R189", "R205"], "updated"].idxmax() == "R066"
    assert pd.isna(rows.at["R066", "email"])
    assert {"R189", "R205"} <= set(rows.index[rows["email"].notna()])
    from crmlab.customers import reading

    assert {reading.amount(rows.at[label, "sales"]).value for label in ("R107", "R224", "R402")} == {(305000.0, "CNY")}
    assert database.truth()["R178"] != database.truth()["R249"]
    assert database.truth()["R147"] == database.truth()["R391"]
    assert (rows.at["R147", "updated"] - rows.at["R391", "updated"]).days == 49
    assert (rows.at["R147", "sales"], rows.at["R391", "sales"]) == ("22.5", "225,000")
    told = database.clean().provenance.query("row in ['R147', 'R391'] and column == 'sales'").set_index("row")["kept"]
    assert told.to_dict() == {"R147": False, "R391": True}


def test_code_answers(rows: pd.DataFrame, language: str) -> None:
    right = customers.validate(rows, [Rule("since", "date", **HONG_KONG)])
    assert run("day-first", LESSON, code=right).points == 4
    unknowing = customers.validate(rows, [Rule("since", "date", **database.RANGE)])
    assert run("day-first", LESSON, code=unknowing).points == 0
    month = customers.validate(
        rows, [Rule("since", "date", other="source", values={"Hong Kong office": "month"}, **database.RANGE)]
    )
    assert 0 < run("day-first", LESSON, code=month).points < 4
    assert run("day-first", LESSON, code=customers.validate(rows, RULES)).state == "unreadable"

    key, golden = customers.new_key(), database.clean().golden
    good = customers.mask(golden, key, names=["name"], keep=["town", "postcode"])
    assert run("partner", LESSON, code=good).points == 5
    assert run("partner", LESSON, code=golden[["name", "town", "postcode"]]).points < 5
    more = customers.mask(golden, key, names=["name"], keep=["town", "postcode", "sales"])
    assert run("partner", LESSON, code=more).points < 5
    assert run("partner", LESSON, code=customers.mask(golden, key, names=["name"], keep=["town"])).points < 5
    assert run("partner", LESSON, code=customers.mask(rows, key, names=["name"], keep=["town"])).state == "unreadable"
    for id in ("day-first", "partner"):
        assert run(id, LESSON, code=...).state == "blank"
        for junk in (7, "text", [1], pd.DataFrame(), object()):
            given = run(id, LESSON, code=junk)
            assert (given.state, given.points) == ("unreadable", 0)
            assert given.message


def test_known_slips_have_their_own_sentence() -> None:
    said = [
        run("day-first", LESSON, clicks={**RIGHT["day-first"], "left": value}).wrong()[0].text()
        for value in (54, 86, 40, 9)
    ]
    assert len(set(said)) == 4


def test_the_list_follows_what_the_trainee_confirmed(language: str) -> None:
    opened = open_lesson(LESSON)
    key = database.here["same-firm"]
    opened.set_fields(key, RIGHT["same-firm"])
    own = database.merged_by(opened.fields(key))
    assert own.golden.equals(database.clean().golden)
    assert list(database.beside_hers(own).values()) == [333, 333, 0]

    opened.set_fields(key, {**RIGHT["same-firm"], "switchboard": "same", "toys": "ask", "trading": "same"})
    own = database.merged_by(opened.fields(key))
    assert "R028, R155" in own.golden["rows"].tolist()
    assert "R178, R249" in own.golden["rows"].tolist()
    found = database.your_word(own)
    assert found.at["R028 + R155", "in your list"] == found.at["R178 + R249", "in your list"]
    assert found.at["R028 + R155", "in your list"] != found.at["R219 + R412", "in your list"]
    assert found.index.tolist()[:2] == ["R224 + R402", "R021 + R237"]
    # R224 and R402 are joined all the same: R107 is like both.
    assert list(database.beside_hers(own).values()) == [331, 333, 2]
    good = customers.mask(own.golden, customers.new_key(), names=["name"], keep=["town", "postcode"])
    assert run("partner", LESSON, code=good).points == 5

    opened.set_fields(key, {})
    own = database.merged_by({})
    assert database.your_word(own)["your answer"].nunique() == 1, "nothing is given away before exercise 5"
    assert database.beside_hers(own)["pairs of exercise 5 in which the two lists differ"] == 2


def test_desk_list_says_what_to_ask(rows: pd.DataFrame, language: str) -> None:
    table = database.desk_list(database.clean())
    assert (table[["credit code", "whom to ask", "answer"]] == "").all().all()
    assert table["from rows"].sum() == 407
    offices = {tr(name) for name in database.here.options("offices").values()}
    assert {one for text in table["source"] for one in text.split(" | ")} == offices
    asked = table["to ask"]
    say, names = database.here.says("same-firm"), database.here.options("columns")
    counts = [asked.str.count(f"{tr(names[column])} ?“").sum() for column in ("sales", "since")]
    left = asked.str.count(tr(say["left"], who="")).sum()
    assert [*counts, left] == [5, 6, 9]
    for words in ("of ten sales figures without a unit, five", "of fourteen dates six, of eleven people who left nine"):
        assert words in SOURCE
    assert (asked.str.contains(tr(say["no-number"])) == (table["phone"] == "")).all()
    assert asked["R001"] == ""
    assert rows.at["R148", "contact"] in asked["R148"]


def test_what_stands_below_exercise_5_can_run_twice() -> None:
    """The page runs it again when the exercise is checked, so that no cell may overwrite what one before it reads."""
    below = SOURCE[SOURCE.index('check("same-firm")') :]
    for name in ("rows", "faults", "pairs", "quality"):
        assert below.count(f"\n{name} = ") == (name == "quality"), name
