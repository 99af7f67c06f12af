"""Lesson 5.2: what is its own in the exercises, by clicking and in code; the numbers quoted in its prose."""

from __future__ import annotations

import pandas as pd
import pytest

from crmlab import datasets, kano, places, satisfaction, two_factor
from crmlab.course.exercises.satisfaction import kano as lesson
from tests.support.answers import form_of, live, run, worked
from tools import kano_survey as truth

# The exercises with a code cell have their clicks here.
RIGHT = {
    **worked("5.2"),
    "next-day": {"category": "O", "better": "0.68", "worse": "-0.72"},
    "app-by-group": {
        **{"Shop.first": "A", "Shop.clear": "yes", "Restaurant.first": "M", "Restaurant.clear": "yes", "line": "two"},
    },
}


@pytest.fixture(scope="module")
def survey() -> pd.DataFrame:
    return datasets.load("kano_survey")


def test_marks_say_which_way_to_look(language: str) -> None:
    turned = run("read-the-table", "5.2", clicks={"calls.cell": "like.live_with"}).wrong()[0].text()
    row = run("read-the-table", "5.2", clicks={"calls.cell": "live_with.neutral"}).wrong()[0].text()
    column = run("read-the-table", "5.2", clicks={"calls.cell": "must_be.like"}).wrong()[0].text()
    astray = run("read-the-table", "5.2", clicks={"calls.cell": "neutral.neutral"}).wrong()[0].text()
    assert len({turned, row, column, astray}) == 4


def test_next_day_in_code_and_its_slips(survey: pd.DataFrame, language: str) -> None:
    counts = kano.counts(survey, ["next_day"])
    assert run("next-day", "5.2", code=kano.better_worse(counts)).points == 4
    assert run("next-day", "5.2", code=kano.summary(counts)).points == 4
    assert run("next-day", "5.2", code=...).state == "blank"
    for junk in (7, "text", counts, kano.better_worse(kano.counts(survey, ["app"])), pd.DataFrame()):
        given = run("next-day", "5.2", code=junk)
        assert (given.state, given.points) == ("unreadable", 0)
        assert given.message
    some = kano.better_worse(kano.counts(survey.head(100), ["next_day"]))
    judged = run("next-day", "5.2", code=some)
    assert (judged.state, judged.points) == ("not yet right", 0)
    assert ["better" in judged.wrong()[0].text(), "worse" in judged.wrong()[1].text()] == [True, True]
    said = set()
    for key, values in {
        "better": (0.19, 0.671, 0.716, 157, 0.5),
        "worse": (0.716, -0.228, -0.709, -0.677, 0.1),
    }.items():
        for value in values:
            (wrong,) = run("next-day", "5.2", clicks={key: value}).wrong()
            said.add((key, wrong.text().replace(f"{value:,.10g}", "")))
    assert len(said) == 10


def test_sliders_say_where_they_stand() -> None:
    low = run("twenty", "5.2", clicks={"moved": 1, "asked": 40})
    assert [one.text() for one in low.wrong()] == [
        f"You stand at {n}, and the line below says “not clear” still. Is one more step enough?" for n in (1, 40)
    ]
    high = run("twenty", "5.2", clicks={"moved": 3, "asked": 80})
    assert ["least" in one.text() for one in high.wrong()] == [True, True]
    shown = live("twenty", "5.2")
    for moved, asked, words in (
        (2, 60, ("A 11, I 3 of 20. p = 0.057: clear", "A 27, I 15 of 60")),
        (1, 40, ("not clear",) * 2),
    ):
        lines = shown({"moved": moved, "asked": asked})
        assert all(word in line for word, line in zip(words, lines, strict=True))


def test_slider_answers_are_the_least() -> None:
    assert (lesson.least_moved(), lesson.least_asked()) == (2, 60)
    assert lesson.least_credit() == 106
    assert 24_500 < 235 * lesson.least_credit() < 25_500
    ten, hundred = (
        kano.significance(pd.DataFrame([lesson.counted().loc["credit", list(kano.ORDER)] * k]), "exact").iloc[0]
        for k in (10, 100)
    )
    assert (ten["difference"], hundred["difference"]) == (20, 200)
    assert abs(ten["critical"] - 65) < 3
    assert abs(hundred["critical"] - 205) < 3


def test_app_in_code(survey: pd.DataFrame) -> None:
    counts = kano.counts(survey, ["app"], by="segment")
    assert run("app-by-group", "5.2", code=kano.significance(counts, "exact")).points == 4
    assert run("app-by-group", "5.2", code=kano.significance(counts)).points == 4
    assert run("app-by-group", "5.2", code=kano.summary(counts)).points == 4
    assert run("app-by-group", "5.2", code=kano.summary(kano.counts(survey, by="segment"))).points == 4
    overall = run("app-by-group", "5.2", code=kano.significance(kano.counts(survey, ["app"])))
    assert overall.state == "unreadable"
    assert "Restaurant" in overall.message
    for junk in (7, pd.DataFrame(), counts):
        assert run("app-by-group", "5.2", code=junk).state == "unreadable"
    wrong = kano.significance(kano.counts(survey, ["samples"], by="segment").rename(index={"samples": "app"}), "exact")
    assert 0 < run("app-by-group", "5.2", code=wrong).points < 4


def test_bars_of_the_prose() -> None:
    rows = lesson.factors().round(2)
    assert rows.loc["product", ["penalty", "penalty_low", "penalty_high"]].tolist() == [-0.4, -0.71, -0.09]
    assert rows.loc["product", ["reward", "reward_low", "reward_high"]].tolist() == [0.08, -0.25, 0.42]
    assert rows.loc["service", ["penalty_low", "penalty_high", "reward_low", "reward_high"]].tolist() == [
        -0.89,
        -0.25,
        -0.45,
        0.26,
    ]
    assert rows.loc["idea", ["reward_low", "reward_high"]].tolist() == [-0.08, 0.59]
    kinds = {"product": "one_sided", "service": "hygiene"}
    assert rows["factor"].to_dict() == {name: kinds.get(name, "indifferent") for name in rows.index}
    hurts, helps = two_factor.clear_of_zero(lesson.factors())
    assert rows.index[hurts].tolist() == ["product", "service"]
    assert not helps.any()
    assert round(100 * (1 - 0.95**5)) == 23, "one of five tests passes by luck"
    assert rows.at["behaviour", "penalty_low"] < 0 < rows.at["behaviour", "reward_high"]
    assert set(rows.index) == set(satisfaction.OBJECTS) - {"overall"}


def test_counts_of_the_prose(survey: pd.DataFrame) -> None:
    few = survey.head(2)
    assert few[["functional_samples", "dysfunctional_samples"]].to_numpy().tolist() == [[4, 3], [1, 3]]
    assert kano.evaluate(few["functional_samples"], few["dysfunctional_samples"]).tolist() == ["I", "A"]
    table = lesson.found()
    assert table.loc["complete", ["M", "O", "n"]].tolist() == [153, 51, 235]
    assert table.loc["samples", ["A", "I", "n"]].tolist() == [127, 61, 233]
    assert table.loc["display", ["I", "n"]].tolist() == [162, 235]
    assert table.loc["calls", ["R", "Q", "n", "coefficient_n"]].tolist() == [119, 17, 238, 102]
    assert table.loc["app", ["A", "n"]].tolist() == [84, 235]
    shown = table.map(lambda cell: f"{cell:.2f}" if isinstance(cell, float) else cell)
    assert shown.loc["complete", ["better", "worse", "worse_low", "worse_high"]].tolist() == [
        "0.24",
        "-0.88",
        "-0.92",
        "-0.83",
    ]
    assert shown.loc["samples", ["better", "worse"]].tolist() == ["0.70", "-0.17"]
    assert shown.loc["next_day", ["category", "better", "worse"]].tolist() == ["O", "0.68", "-0.72"]
    assert table.index[~table["clear"]].tolist() == ["driver", "credit"]
    told = kano.significance(lesson.counted(), "exact")
    assert told.loc["samples", "p_value"] < 0.001
    assert told["p_value"].round(3)[["driver", "credit"]].tolist() == [0.335, 0.936]
    assert told["difference"][["samples", "driver", "credit"]].tolist() == [66, 13, 2]
    assert told.attrs["z"] == 1.65
    app = lesson.found("segment").xs("app", level="feature")
    assert app.loc["Shop", ["A", "I"]].tolist() == [64, 33]
    assert app.loc["Restaurant", ["M", "O", "n"]].tolist() == [44, 16, 85]
    assert app.loc["Wholesaler", ["A", "I", "n"]].tolist() == [9, 5, 20]
    assert app["clear"].to_dict() == {"Restaurant": True, "Shop": True, "Wholesaler": False}
    few_complete = lesson.found("segment").loc[("Wholesaler", "complete")]
    assert few_complete[["O", "M"]].tolist() == [9, 8]


def test_li_leis_numbers_are_computed_and_mean_what_he_says() -> None:
    means = lesson.survey()[["functional_samples", "dysfunctional_samples"]].mean().round().astype(int)
    assert kano.evaluate(*means) == "I"
    assert lesson.found().at["samples", "category"] == "A"
    lines = {row.fields[0].key: row.prompt for row in form_of("li-leis-page", "5.2").rows}
    assert "1.64 and 3.47" in lines["samples"]
    assert "231" in lines["complete"]
    assert "204" in lines["complete"]
    assert "−0.88" in lines["complete"]
    assert "0.28" in lines["calls"]
    calls = lesson.counted().loc["calls"]
    assert (calls["A"] + calls["O"]) / calls["n"] < 0.25 < lesson.found().at["calls", "better"]


def test_truth_of_the_prose() -> None:
    card = (places.root() / "datasets/kano_survey.md").read_text(encoding="utf-8")
    assert truth.truth_table().strip() in card
    rows = {
        line.split("|")[1].strip(): [cell.strip() for cell in line.split("|")[2:6]]
        for line in card.splitlines()
        if line.startswith("| ")
    }
    assert rows["credit"][1:3] == ["34.0%", "34.0%"]
    assert (rows["complete"][1], rows["complete"][2]) == ("22.0%", "64.0%")
    assert (rows["app, Wholesaler"][0], rows["app, Wholesaler"][3]) == ("52.0%", "23.0%")
    assert rows["app, Wholesaler"] == rows["app, Shop"]
    assert rows["app, Restaurant"][2] == "52.0%"
    assert "Only the app differs by segment" in card
    credit = lesson.counted().loc["credit"]
    assert [f"{credit[letter] / credit['n']:.0%}" for letter in "MO"] == ["33%", "32%"]


def test_questionnaire_asks_everything_twice(language: str) -> None:
    page = lesson.questionnaire()
    lines = len(lesson.ASKED) + 3
    assert page.count("☐") == 2 * 5 * lines
    assert page.count("<table>") == page.count("</table>") == 3
    assert page.count("<tr>") == page.count("</tr>")
    assert ("您" in page) == (language == "zh")
    own = lesson.questionnaire([("<b>", "b & c")], blank=0)
    assert "&lt;b&gt;" in own
    assert "b &amp; c" in own


def test_only_service_pulls_down_more_than_it_lifts() -> None:
    rows = lesson.factors()["p_asymmetry"].round(2)
    assert (rows["service"], rows["product"]) == (0.03, 0.28)
    assert rows.min() == rows["service"]


def test_without_the_west_service_is_undecided_too() -> None:
    survey = datasets.load("satisfaction_survey")
    names = [name for name in satisfaction.OBJECTS if name != "overall"]
    perceived, expected = ({name: f"{side}_{name}" for name in names} for side in ("perceived", "expected"))
    rest = survey[survey["region"] != "West"]
    row = two_factor.penalty_reward(rest, perceived, "perceived_overall", -1, 1, expected).loc["service"]
    assert (row["factor"], round(row["p_asymmetry"], 2)) == ("one_sided", 0.18)
