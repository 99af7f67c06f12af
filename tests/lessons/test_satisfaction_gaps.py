"""Lesson 5.3: what is its own in the exercises, by clicking and in code; the numbers quoted in its prose."""

from __future__ import annotations

import pandas as pd
import pytest

from crmlab import datasets, importance_performance, satisfaction, servqual
from crmlab.course.exercises.satisfaction import gaps as lesson
from tests.support.answers import form_of, live, run, source, worked
from tools import servqual_survey as truth

SOURCE = source("5.3")
# The exercises with a code cell have their clicks here.
RIGHT = {
    **worked("5.3"),
    "six-levels": {"Centre.largest": "gap_2", "Harbour.largest": "gap_3", "Hill.largest": "gap_4", "remedy": "each"},
    "harbour": {"gap": "-1.87", "apart": "reliability.Harbour", "sentence": "apart"},
}


@pytest.fixture(scope="module")
def survey() -> pd.DataFrame:
    return datasets.load("servqual_survey")


def test_gaps_of_the_levels_in_code() -> None:
    five = servqual.five_gaps(lesson.levels())
    assert run("six-levels", "5.3", code=five).points == 4
    assert five["largest"].tolist() == ["gap_2", "gap_3", "gap_4"]
    assert run("six-levels", "5.3", code=...).state == "blank"
    for junk in (7, "text", lesson.levels(), five.head(1)):
        assert run("six-levels", "5.3", code=junk).state == "unreadable"
    turned = five.copy()
    turned[["gap_2", "gap_3", "gap_4"]] *= -1
    given = run("six-levels", "5.3", code=turned)
    assert given.points < 4
    # Large steps, as the prose says: the second largest is at least a third of a point behind.
    causes = five[["gap_1", "gap_2", "gap_3", "gap_4"]].to_numpy()
    causes.sort(axis=1)
    assert (causes[:, 1] - causes[:, 0]).min() > 0.33


def test_levels_take_both_ends_from_the_survey(survey: pd.DataFrame) -> None:
    table = lesson.levels()
    for branch, mine in survey.groupby("branch"):
        row = servqual.by_dimension(mine).loc["reliability"]
        assert table.loc[branch, ["expected", "perceived"]].tolist() == [
            round(row["expected"], 1),
            round(row["perceived"], 1),
        ]


def test_harbour_in_code_and_its_slips(survey: pd.DataFrame) -> None:
    there = servqual.by_dimension(survey[survey["branch"] == "Harbour"])
    assert run("harbour", "5.3", code=there).points == 4
    everybody = run("harbour", "5.3", code=servqual.by_dimension(survey))
    assert everybody.points == 0
    assert "-1.15" in everybody.cases[-4].text()
    for junk in (7, pd.DataFrame(), servqual.gaps(survey)):
        assert run("harbour", "5.3", code=junk).state == "unreadable"
    said = {run("harbour", "5.3", clicks={"gap": gap}).wrong()[0].says for gap in (1.87, 0.69, -1.15, -3)}
    assert len(said) == 4


def test_only_one_cell_stands_apart(survey: pd.DataFrame) -> None:
    tables = {str(branch): servqual.by_dimension(mine) for branch, mine in survey.groupby("branch")}
    apart = [
        (branch, key)
        for branch, table in tables.items()
        for key in table.index
        if all(
            table.at[key, "high"] < other.at[key, "low"] or table.at[key, "low"] > other.at[key, "high"]
            for name, other in tables.items()
            if name != branch
        )
    ]
    assert apart == [("Harbour", "reliability")]
    assert tables["Harbour"].at["assurance", "gap"] == max(table.at["assurance", "gap"] for table in tables.values())
    assert all(table.at["reliability", "high"] < 0 for table in tables.values())


def test_sliders_find_where_points_change_sides() -> None:
    assert (lesson.highest_importance(), lesson.lowest_performance()) == (19.5, 5.2)
    shown = live("move-the-cross", "5.3")
    before = shown({"importance": 19.5, "performance": 5.2})
    after = shown({"importance": 20.0, "performance": 5.1})
    assert before[1] == "Keep up the good work: Assurance"
    assert after[1] == "Keep up the good work: nothing"
    assert after[3] == "Possible overkill: Empathy, Tangibles, Assurance"
    for clicks, word in (
        ({"importance": 15}, "one step higher"),
        ({"importance": 25}, "In which line below"),
        ({"performance": 5.0}, "How many of the five"),
        ({"performance": 5.6}, "one step lower"),
    ):
        assert word in run("move-the-cross", "5.3", clicks=clicks).wrong()[0].text()


def test_numbers_of_the_dimensions(survey: pd.DataFrame) -> None:
    table = servqual.by_dimension(survey)
    text = {key: f"{gap:+.2f}" for key, gap in table["gap"].items()}
    assert text == {
        "tangibles": "+0.09",
        "reliability": "-1.15",
        "responsiveness": "-0.90",
        "assurance": "-0.34",
        "empathy": "-0.39",
    }
    assert (table["high"] < 0).to_dict() == {key: key != "tangibles" for key in table.index}
    assert table.at["tangibles", "low"] < 0
    row = table.loc["reliability"]
    assert [f"{row[c]:.2f}" for c in ("expected", "perceived", "low", "high")] == ["6.08", "4.93", "-1.31", "-1.00"]
    assert row["n"] == 262
    alpha = table["alpha_perceived"].round(2)
    assert alpha["empathy"] == 0.67
    assert (alpha.drop("empathy").min(), alpha.drop("empathy").max()) == (0.74, 0.85)
    assert alpha["responsiveness"] == 0.8
    assert alpha["reliability"] > alpha["tangibles"]
    assert table.at["reliability", "gap"] < table.at["tangibles", "gap"]
    assert lesson.without().round(2).to_dict() == {18: 0.56, 19: 0.57, 20: 0.55, 21: 0.57, 22: 0.78}
    assert round(servqual.gaps(survey).at[22, "gap"], 2) == -0.49
    gaps = {name: lesson.by_branch(name).at["reliability", "gap"] for name in lesson.BRANCHES}
    assert {name: round(gap, 2) for name, gap in gaps.items()} == {"Centre": -0.83, "Harbour": -1.87, "Hill": -0.87}


def test_numbers_of_the_map(survey: pd.DataFrame) -> None:
    importance = lesson.weights(survey)
    assert importance.round(1).to_dict() == {
        "tangibles": 12.2,
        "reliability": 31.4,
        "responsiveness": 21.9,
        "assurance": 19.6,
        "empathy": 14.8,
    }
    places = importance_performance.importance_performance(
        importance, servqual.by_dimension(survey)["perceived"], cuts=lesson.CUTS
    )
    assert places["quadrant"].to_dict() == {
        "reliability": "concentrate",
        "responsiveness": "concentrate",
        "assurance": "keep_up",
        "empathy": "low_priority",
        "tangibles": "low_priority",
    }
    assert "cuts=(18, 5.5)" in SOURCE
    assert lesson.CUTS == (18.0, 5.5)
    assert places["performance"].round(2).sort_values().tolist()[:4] == [4.93, 5.04, 5.13, 5.19]
    assert round(lesson.stated().attrs["cuts"][0], 6) == 20


def test_numbers_of_the_two_importances() -> None:
    table = lesson.two_importances()
    assert (table.index[0], table["stated"].idxmax()) == ("service", "product")
    assert table["derived"].round(2).to_dict() == {
        "service": 0.44,
        "behaviour": 0.42,
        "product": 0.41,
        "idea": 0.39,
        "audio_visual": 0.34,
    }
    assert set(table["give_or_take"].round(2)) == {0.07}
    assert (table["stated"].idxmin(), table["derived"].idxmin()) == ("audio_visual", "audio_visual")
    assert (table["derived"] - table["give_or_take"]).min() > 0.2
    assert table.at["service", "derived"] - table.at["product", "derived"] < table["give_or_take"].min()
    assert set(lesson.OBJECTS) == set(satisfaction.OBJECTS) - {"overall"}


def test_li_leis_numbers() -> None:
    lines = {row.fields[0].key: row.prompt for row in form_of("li-leis-map", "5.3").rows}
    assert "19.6" in lines["assurance"]
    assert "20," in lines["assurance"]
    assert all(number in lines["harbour"] for number in ("−1.87", "−2.16", "−1.57", "−1.16"))
    assert "+0.09" in lines["tangibles"]
    assert "0.80" in lines["alpha"]
    assert lines["service"].count("0.44") == 2


def test_truth_of_the_prose() -> None:
    def gap(key: str, branch: str | None = None) -> str:
        return f"{truth.true_mean('p', key, branch) - truth.true_mean('e', key, branch):+.2f}"

    assert gap("reliability", "Harbour") == "-1.85"
    assert gap("reliability", "Centre") == gap("reliability", "Hill") == "-0.90"
    assert gap("tangibles") == "+0.09"
    assert sorted(truth.ALONE) == [22]


def test_action_list(survey: pd.DataFrame, language: str) -> None:
    table = lesson.action_list(survey)
    assert len(table) == 15
    assert table.loc[0, ["branch", "dimension"]].tolist() == ["Harbour", "Reliability"]
    assert table.loc[0, "gap"] == -1.87
    order = [list(importance_performance.QUADRANTS.values()).index(one) for one in table["quadrant"]]
    assert order == sorted(order)
    for _quadrant, part in table.groupby("quadrant"):
        assert part["gap"].is_monotonic_increasing
    assert (table[["who", "until"]] == "").all(axis=None)
    assert table["what to do"].str.len().min() > 5
    strict = lesson.action_list(survey, cuts=(5, 7))
    assert set(strict["quadrant"]) == {importance_performance.QUADRANTS["concentrate"]}


def test_at_hill_three_gaps_make_up_the_fifth() -> None:
    names = ["gap_1", "gap_2", "gap_3", "gap_4", "gap_5", "unexplained"]
    hill = servqual.five_gaps(lesson.levels()).loc["Hill", names].astype(float).round(1)
    assert hill.tolist() == [-0.4, -0.2, -0.3, -1.0, -0.9, 0.0]
