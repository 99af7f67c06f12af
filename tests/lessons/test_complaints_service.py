"""Lesson 4.1: what is its own in the exercises, by clicking and in code; the numbers quoted in its prose."""

from __future__ import annotations

from collections import Counter

import pytest

from crmlab import places
from crmlab.course import exercise
from crmlab.course.exercises.complaints import service
from crmlab.course.form import Order
from tests.support.answers import get, live, run, worked

LESSON = "4.1"


RIGHT = {**worked(LESSON), "across-the-river": {"begin": "problem.bad", "share": 47.8, "trial": "lot"}}
"""The river is answered in code in the worked edition; here are its clicks."""


def test_path_is_shown_out_of_order_and_has_part_marks(language: str) -> None:
    right = RIGHT["path-and-map"]["path"]
    field = next(field for field in service.here.fields("path-and-map") if isinstance(field, Order))
    assert sorted(field.values()) == sorted(right)
    assert field.values() != right
    assert dict(field.items).items() <= service.here.options("moments").items(), "the names are those of the map"
    turned = run("path-and-map", LESSON, clicks={**RIGHT["path-and-map"], "path": right[::-1]})
    assert turned.points == 2
    swapped = ["leaflet", "visit", "order", "bill", "handover", "news"]
    assert 2 < run("path-and-map", LESSON, clicks={**RIGHT["path-and-map"], "path": swapped}).points < 4


def test_the_river_in_code() -> None:
    river = service.survey("river")
    whole = service.moments_map(river).sort_values("low", ascending=False)
    given = run("across-the-river", LESSON, code=whole)
    assert (given.state, given.points) == (exercise.RIGHT, 4)
    assert run("across-the-river", LESSON, code=...).state == exercise.BLANK
    assert run("across-the-river", LESSON, code=service.moments_map(river)).points == 2, "not sorted"
    by_share = run("across-the-river", LESSON, code=whole.sort_values("bad_left", ascending=False))
    assert by_share.points == 2
    assert "our first visit" in by_share.wrong()[0].text()
    assert by_share.wrong()[0].text().endswith("?")
    winter = run("across-the-river", LESSON, code=service.moments_map(service.survey()))
    assert winter.points == 0
    assert all(one.text().endswith("?") for one in winter.wrong())


@pytest.mark.parametrize("answer", [7, "problem", service.survey("river"), service.whole_map("river").head(3)])
def test_the_river_unreadable(answer: object) -> None:
    assert run("across-the-river", LESSON, code=answer).state == exercise.UNREADABLE
    renamed = service.whole_map("river").rename(index=str.upper)
    assert run("across-the-river", LESSON, code=renamed).state == exercise.UNREADABLE


def test_the_river_by_clicking(language: str) -> None:
    right = RIGHT["across-the-river"]
    other = run("across-the-river", LESSON, clicks={**right, "begin": "visit.bad", "share": 60})
    assert other.points == 2, "the share of the place that was marked is worked out rightly"
    wrong = run("across-the-river", LESSON, clicks={**right, "share": 33})
    assert wrong.points == 3
    assert "33" in wrong.wrong()[0].text()
    texts = {
        run("across-the-river", LESSON, clicks={"begin": cell}).wrong()[0].text()
        for cell in ("news.mean", "problem.others", "visit.bad", "handover.bad")
    }
    assert len(texts) == 4


def test_marks_say_which_way_to_look() -> None:
    texts = {
        run("path-and-map", LESSON, clicks={"heavy": cell}).wrong()[0].text().partition(". ")[2]
        for cell in ("leaflet.mean", "handover.others_left", "news.bad_left")
    }
    assert len(texts) == 3


def test_scenes_are_spread() -> None:
    def times(id: str, name: str) -> Counter[str]:
        return Counter(row["right"][name] for row in service.here.rows(id))

    assert times("firsts", "level") == {"below": 2, "standard": 2, "excellent": 2}
    assert times("firsts", "first")["none"] == 1
    assert times("carries", "what") == {"info": 3, "feeling": 2, "opinion": 3}
    assert times("carries", "how")["people"] == 3


@pytest.mark.parametrize("before", ["booking", "group"])
@pytest.mark.parametrize("after", ["invoice", "news"])
def test_several_maps_of_the_boat_are_right(before: str, after: str) -> None:
    chosen = {"before": before, "during": "broth", "after": after}
    clicks = {"first": "during", "words": RIGHT["boat-map"]["words"]}
    for stage, name in chosen.items():
        point = service.BOAT[name]
        clicks |= {f"{stage}.point": name, f"{stage}.level": point.level, f"{stage}.rule": point.rule}
    assert run("boat-map", LESSON, clicks=clicks).state == exercise.RIGHT
    lines = live("boat-map", LESSON)(clicks)
    assert len(lines) == 4
    assert "380" in lines[1]
    other = run("boat-map", LESSON, clicks={**clicks, "first": "after"})
    assert [one.key for one in other.wrong()] == ["first"]


def test_a_map_without_its_worst_moment_is_asked_about(language: str) -> None:
    point = service.BOAT["gangway"]
    clicks = {**RIGHT["boat-map"], "during.point": "gangway", "during.level": point.level, "during.rule": point.rule, "first": "before"}
    assert [one.key for one in run("boat-map", LESSON, clicks=clicks).wrong()] == ["during.point"]
    assert live("boat-map", LESSON)({})[:3]


def test_the_boat_in_the_lesson_is_the_boat_that_is_judged() -> None:
    text = (places.lessons() / "4-complaints" / "1-service.md").read_text(encoding="utf-8")
    for point in service.BOAT.values():
        assert f"| {point.guests:,} | {point.share:.0%} |" in text
    assert service.WORST == "broth"


def test_numbers_of_the_survey() -> None:
    answers, found = service.survey(), service.facts()
    table = service.moments_map(answers).set_axis(list(service.MOMENTS))
    assert (len(answers), found["left"], found["content_left"], found["bad"]) == (240, 38, 18, 42)
    assert f"{found['mean']:.1f}" == "7.3" == f"{table.at['handover', 'mean']:.1f}"
    assert (f"{table.at['leaflet', 'mean']:.1f}", table.at["leaflet", "bad"]) == ("5.6", 111)
    assert table["mean"].idxmin() == "leaflet"
    assert service.heaviest() == "handover"
    assert (f"{found['bad_left']:.0%}", f"{found['others_left']:.0%}") == ("50%", "9%")
    assert 18 / 38 > 0.45, "nearly half of all who left"
    four = table.loc[["visit", "ring", "order", "bill"]]
    assert (four["bad"].min(), four["bad"].max(), table.at["visit", "bad"]) == (6, 13, 6)
    assert (four["bad_left"] - four["others_left"]).idxmax() == "ring"
    assert f"{table.at['bill', 'bad_left']:.0%}" == "22%"
    rest = (table["bad_left"] - table["others_left"]).drop("handover")
    assert rest.max() < 0.15 < found["low"] - found["others_left"], "one moment stands apart from all others"
    answers.loc[:, "left"] = True
    assert not service.survey()["left"].all(), "each call gives a table of its own"


def test_numbers_of_the_picture() -> None:
    answers = service.survey()
    table = service.moments_map(answers).set_axis(list(service.MOMENTS))
    inside = table["others_left"].between(table["low"], table["high"])
    assert inside.index[~inside].tolist() == ["handover"], "in eight rows the circle lies within the interval"
    row = table.loc["handover"]
    assert [f"{row[name]:.0%}" for name in ("bad_left", "low", "high", "others_left")] == ["50%", "36%", "64%", "9%"]
    bad = answers["handover"] <= service.BAD
    assert (bad.sum(), answers.loc[bad, "left"].sum()) == (42, 21)
    assert ((~bad).sum(), answers.loc[~bad, "left"].sum()) == (198, 17)
    site = table.loc["leaflet"]
    assert (f"{site['bad_left']:.0%}", f"{site['others_left']:.0%}") == ("17%", "15%")


def test_numbers_across_the_river() -> None:
    river = service.survey("river")
    table = service.moments_map(river).set_axis(list(service.MOMENTS))
    assert (len(river), river["left"].sum()) == (260, 48)
    assert service.heaviest("river") == "problem" != service.heaviest()
    row = table.loc["problem"]
    assert (row["bad"], row["others"], f"{row['bad_left']:.0%}", f"{row['others_left']:.0%}") == (69, 191, "48%", "8%")
    assert "48% of 69 left, 8% of the 191 others" in get("across-the-river", LESSON).right
    assert table["low"].idxmax() == "problem", "the sorting of the worked edition"
    assert table["bad_left"].idxmax() == "visit"
    assert (table.at["visit", "bad"], round(5 * table.at["visit", "bad_left"])) == (5, 3)
    gone = river[(river["visit"] <= service.BAD) & river["left"]]
    assert (gone["problem"] <= service.BAD).all()
    assert table.at["handover", "bad_left"] == pytest.approx(table.at["handover", "others_left"], abs=0.01)
    with pytest.raises(ValueError, match="'winter' and 'river'"):
        service.survey("summer")


def test_moment_without_bad_scores() -> None:
    answers = service.survey()
    answers["bill"] = 9
    table = service.moments_map(answers)
    assert table.loc["the bill", ["bad_left", "low", "high"]].isna().all()
    assert table.at["the bill", "others"] == 240


def test_sheet_has_room_to_write(language: str) -> None:
    sheet = service.moments_sheet()
    assert len(sheet) == 9
    assert (sheet[["our rule", "who", "by when"]] == "").all().all()


def test_mr_tongs_sheet_is_in_the_pile() -> None:
    text = (places.lessons() / "4-complaints" / "1-service.md").read_text(encoding="utf-8")
    assert "phone 9, visit 7, order 10, bill 9. And one 2" in text
    sheets = service.survey()[["ring", "visit", "order", "bill", "handover", "left"]].values.tolist()
    assert [9, 7, 10, 9, 2, True] in sheets
