"""Lesson 4.3, saying no and hard cases: exercises, the queues, the data, the numbers in the prose."""

from __future__ import annotations

import re
from collections import Counter

import pandas as pd
import pytest

from crmlab import complaints, datasets, intervals, places
from crmlab.course import exercise
from crmlab.course.exercises.complaints import saying_no
from crmlab.course.form import Choice, Mark, Order
from crmlab.course.roleplay import scoring, scripts
from crmlab.language import tr
from tests.support.answers import get, run, worked

LESSON = "4.3"
RIGHT = {
    **worked(LESSON),
    "afternoon": {
        "water": "safety",
        "bottle": "repeated",
        "grey": "other",
        "tap": "critical",
        "fetch": "serious",
        "tags": "key_customer",
    },
}
PLAYS = {"unreasonable-demand": [1, 2, 0, 2, 1, 0], "rude-staff": [2, 0, 1, 1, 0, 1, 1]}


def test_the_order_is_judged_by_neighbours(language: str) -> None:
    shown = next(field for field in saying_no.here.fields("no-in-order") if isinstance(field, Order)).values()
    assert sorted(shown) == sorted(saying_no.PARTS)
    assert shown != list(saying_no.PARTS) == RIGHT["no-in-order"]["lines"]
    for early in ("limit can heard ways agree", "heard limit can ways agree", "can heard limit ways agree", "heard can ways limit agree", "heard can limit agree ways"):  # fmt: skip
        given = run("no-in-order", LESSON, clicks={"lines": early.split(), "cut": "plain"})
        assert given.state == exercise.PARTLY
        assert 1 <= given.points < 4
        assert re.search("[?？]", given.wrong()[0].text())


def test_right_replies_are_not_the_longest(language: str) -> None:
    cut = next(field for field in saying_no.here.fields("no-in-order") if isinstance(field, Choice))
    lengths = {value: len(tr(label)) for value, label in cut.options}
    assert max(lengths, key=lambda value: lengths[value]) != "plain"
    assert Counter(RIGHT["two-aims"].values()) == {"RT": 1, "R": 1, "T": 1, "none": 1}


@pytest.mark.parametrize("id", PLAYS)
def test_the_worked_talks_and_the_numbers_of_the_scripts(id: str) -> None:
    script, made = scripts.load(id), get(id, LESSON)
    assert exercise.judge(made, {"tries": [PLAYS[id]]}, clicked=True).points == made.points == 4
    assert exercise.judge(made, {}, clicked=True).points == 0
    found = scoring.outlook(script)
    talks = sum(sum(counts.values()) for counts in found.values())
    full = sum(counts.get(4, 0) for counts in found.values())
    nodes = len(script.source["nodes"])
    assert f"{nodes} nodes, {talks:,} talks, {full:,} of them with full points" in lesson()
    assert f"{nodes} 个节点，{talks:,} 种谈法，其中 {full:,} 种拿满分" in chinese()


def test_titles_in_lists_are_those_of_the_scripts(language: str) -> None:
    for id in PLAYS:
        assert tr(get(id, LESSON).title) == scripts.load(id).source["title"][language]


# -- the queue in code ----------------------------------------------------------------------------------------------------


def answered(safety: list[bool], severity: list[int]) -> pd.DataFrame:
    return complaints.triage(saying_no.afternoon().assign(safety=safety, severity=severity))


def test_the_afternoon_in_code(language: str) -> None:
    safety = [True, False, False, False, False, False]
    given = run("afternoon", LESSON, code=answered(safety, [2, 1, 1, 3, 2, 1]))
    assert (given.state, given.points) == (exercise.RIGHT, 6)
    wrong = run("afternoon", LESSON, code=answered([False] * 6, [2, 1, 3, 3, 2, 1]))
    assert (wrong.state, wrong.points) == (exercise.PARTLY, 4)
    assert all(re.search("[?？]", one.text()) for one in wrong.wrong())


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (..., exercise.BLANK),
        ("safety", exercise.UNREADABLE),
        (saying_no.afternoon(), exercise.UNREADABLE),
        (pd.DataFrame({"rule": ["safety"] * 5}), exercise.UNREADABLE),
        (pd.DataFrame({"rule": ["nonsense"] * 6}), exercise.UNREADABLE),
    ],
)
def test_the_afternoon_blank_and_unreadable(answer: object, state: str) -> None:
    given = run("afternoon", LESSON, code=answer)
    assert (given.state, given.points) == (state, 0)


def test_all_lines_of_the_table_occur_in_both_queues() -> None:
    rules = set(complaints.TRIAGE["rule"])
    assert set(complaints.triage(saying_no.morning())["rule"]) == rules
    assert set(saying_no.sorted_afternoon()["rule"]) == rules
    due = saying_no.sorted_afternoon()["hours"].sort_values()
    assert list(due.index[:2]) == ["water", "tap"]
    assert due.index[-1] == "grey"


def test_the_morning_as_the_lesson_reads_it() -> None:
    queue = saying_no.morning()
    queue["due"] = complaints.triage(queue, received="received")["due"]
    due = queue["due"].sort_values()
    assert list(due.index[:2] + 1) == [7, 5]
    assert due.dt.strftime("%d %H:%M").tolist()[:2] == ["12 09:40", "12 12:20"]
    assert due.iloc[2] >= pd.Timestamp("2026-05-12 15:00")
    done = pd.Series(pd.date_range("2026-05-12 09:30", periods=8, freq="30min"))
    late = done[done > queue["due"]]
    assert late.dt.strftime("%H:%M").to_dict() == {6: "12:30"}
    assert queue.loc[6, "received"].strftime("%H:%M") == "08:40"
    assert pd.Timestamp(saying_no.DAY).day_name() == "Tuesday"
    assert f"{14_000:,} yuan a month, {12 * 14_000:,} a year" in lesson()


def test_the_table_in_the_lesson_is_that_of_the_package() -> None:
    rows = re.findall(r"^\| (.+?) \| (.+?) \| (\d+) hours? \|$", lesson(), re.M)
    want = complaints.TRIAGE
    assert [float(row[2]) for row in rows] == want["hours"].tolist()
    assert [row[1] for row in rows] == [complaints.WHO[who].lower() for who in want["who"]]
    assert want["rule"].tolist() == ["safety", "critical", "repeated", "key_customer", "serious", "other"]
    assert (want.iloc[1]["severity"], want.iloc[2]["repeat"]) == (3, 3)
    assert (want.iloc[3]["value"], want.iloc[4]["severity"]) == ("A", 2)


# -- the data -------------------------------------------------------------------------------------------------------------


def test_what_the_lesson_says_of_late_answers() -> None:
    data = datasets.load("cfpb_complaints")
    late = ~data["timely"]
    assert (len(data), late.sum()) == (3186, 93)
    assert f"{late.mean():.1%}" == "2.9%"
    noted = data[data["disputed"].notna()]
    assert len(noted) == 3129
    by = noted["disputed"].eq("Yes").groupby(~noted["timely"]).agg(["size", "sum"])
    assert by.loc[True, "size"] == 59
    assert (late.sum() - 59, f"{by.loc[True, 'sum'] / 59:.0%}") == (34, "17%")
    assert f"{by.loc[False, 'sum'] / by.loc[False, 'size']:.0%}" == "19%"
    low, high = intervals.wilson(by.loc[True, "sum"], 59)
    assert (f"{low:.0%}", f"{high:.0%}") == ("9%", "28%")
    share = by.loc[False, "sum"] / by.loc[False, "size"]
    assert low / share == pytest.approx(0.5, abs=0.03)
    assert high / share == pytest.approx(1.5, abs=0.05)


def test_one_product_alone_is_surely_above_one_in_twenty() -> None:
    table = saying_no.late_by_product()
    assert saying_no.surely_late() == "Debt collection"
    marks = next(field for field in saying_no.here.fields("late-answers") if isinstance(field, Mark))
    assert table.loc[marks.values(), "share"].idxmax() == "Payday loan"
    hint = get("late-answers", LESSON).hints[-1]
    assert not re.search(r"\d", hint), "it leads, it does not hand over the intervals"
    assert table.loc["Debt collection", "low"] > table.loc["Mortgage", "high"], "sentence 2 holds"
    assert table.loc["Payday loan", "low"] < table.loc["Debt collection", "share"], "sentence 1 rests on too few"
    assert set(table.index) <= set(saying_no.here.content["tables"])


# -- the card, and the texts ----------------------------------------------------------------------------------------------


def test_the_card_has_five_parts_and_six_lines(language: str) -> None:
    page = saying_no.no_card()
    assert page.count("contenteditable") == len(saying_no.PARTS) == 5
    for why in complaints.TRIAGE["why"]:
        assert tr(why) in page
    if language == "zh":
        assert not re.search(r"[A-Za-z]{3,}", re.sub(r"<style>.*?</style>|<[^>]*>", " ", page))


def lesson() -> str:
    return (places.lessons() / "4-complaints" / "3-saying-no.md").read_text(encoding="utf-8")


def chinese() -> str:
    return (places.lessons() / "4-complaints" / "3-saying-no.zh.po").read_text(encoding="utf-8")
