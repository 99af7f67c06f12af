"""Lesson 3.3: what is its own in the exercises, by clicking and in code; the call log and the numbers quoted."""

from __future__ import annotations

import re
from typing import Any

import pandas as pd
import pytest

from crmlab import pipeline
from crmlab.course.exercises.qualification import phone
from crmlab.course.form import Choice
from crmlab.course.roleplay import scoring, scripts, tells
from tests.support.answers import live, run, source, worked

LESSON = "3.3"
RIGHT: dict[str, dict[str, Any]] = {
    **worked(LESSON),
    "best-hours": {"by": "both", "factory": "46 %", "say": "open", "monday": "open"},
}
NUMBERS = {key: [35, 71] for key in ("factory", "fresh")}


@pytest.fixture
def log() -> pd.DataFrame:
    return phone.call_log()


@pytest.fixture
def weeks(log: pd.DataFrame) -> pd.DataFrame:
    return log[log["week"] <= 8]


def test_each_option_is_used_as_the_prose_says() -> None:
    broken = [row["right"] for row in phone.here.rows("xu-lei-rings")]
    assert len(broken) == 9
    wants = [want for want in broken if want != "fine"]
    assert len(wants) == len(set(wants)) == 7, "seven rules, each broken once"
    assert len(phone.here.options("manners")) > 8, "not all rules are broken"
    assert broken.index("fine") == 4, "the fifth line is a good one, after four that are not"
    for part in ("dress", "hand"):
        fields = {field.key: field for field in phone.here.fields("at-the-door") if field.key.startswith(f"{part}.")}
        wants = [RIGHT["at-the-door"][key] for key in fields]
        assert all(sorted(wants) == sorted(value for value, _label in field.options) for field in fields.values())


def test_the_right_option_is_not_the_longest_everywhere() -> None:
    longest = 0
    cards = [field for field in phone.here.fields("call-and-card") if isinstance(field, Choice)]
    assert len(cards) == 4
    for field in cards:
        longest += max(field.options, key=lambda option: len(option[1]))[0] == RIGHT["call-and-card"][field.key]
    assert longest <= 2


def test_no_line_of_the_first_call_gives_itself_away(language: str) -> None:
    script = scripts.load("first-call")
    chance = tells.luck(script, "at random", language).good
    found = {habit: tells.luck(script, habit, language).good for habit in tells.HABITS}
    assert all(share <= chance + 1e-9 for share in found.values())
    for name in script.source["nodes"]:
        lengths = [len(choice["text"][language]) for choice in script.choices(name)]
        assert len(lengths) in (0, 3)
        assert not lengths or max(lengths) <= 1.2 * min(lengths), name
    best = [
        max(range(3), key=lambda place: int(choices[place].get("mood", 0)) + int(choices[place].get("trust", 0)))
        for name in script.source["nodes"]
        if (choices := script.choices(name))
    ]
    assert [best.count(place) for place in range(3)] == [4, 4, 4]


def test_no_good_line_of_the_first_call_claims_what_nobody_has_tried() -> None:
    script = scripts.load("first-call")
    for name in script.source["nodes"]:
        for choice in script.choices(name):
            if int(choice.get("mood", 0)) + int(choice.get("trust", 0)) > 0:
                line = choice["text"]["en"]
                assert not re.search(r"\b(?:holds?|never|pays for itself|free|promise|guarantee)\b", line), line
            else:
                assert choice.get("better"), choice["text"]["en"]


def test_the_first_call_as_described() -> None:
    outlook = scoring.outlook(scripts.load("first-call"))
    talks = sum(sum(counts.values()) for counts in outlook.values())
    assert (talks, sum(counts.get(4, 0) for counts in outlook.values())) == (1973, 421)
    assert "1,973" in source(LESSON)
    assert run("first-call", LESSON, clicks=RIGHT["first-call"]).points == 4


def test_log_is_as_described(log: pd.DataFrame) -> None:
    assert len(log) == 516
    assert set(log["week"].value_counts()) == {43}
    assert log["day"].value_counts(normalize=True).between(0.18, 0.22).all()
    changed = phone.call_log()
    changed["reached"] = False
    assert phone.call_log()["reached"].any(), "the log is a copy"
    # In a log of 516 calls the shares lie where they were set, but for luck.
    for key, row in phone.reached(log, ["trade", "hour"]).iterrows():
        trade, hour = key
        true = phone.TRUE_SHARES[trade][phone.HOURS.index(hour)]
        assert abs(row["share"] - true) < 3 * (true * (1 - true) / row["calls"]) ** 0.5


def test_numbers_of_the_prose(log: pd.DataFrame, weeks: pd.DataFrame) -> None:
    assert (len(weeks), int(weeks["reached"].sum())) == (344, 118)
    food = phone.reached(weeks[weeks["trade"] == "food wholesaler"], "hour")
    assert [f"{food.at['08-10', key]:.0%}" for key in ("share", "low", "high")] == ["12%", "6%", "22%"]
    assert [f"{food.at['10-12', key]:.0%}" for key in ("share", "low", "high")] == ["56%", "40%", "70%"]
    assert food[["reached", "calls"]].to_numpy().tolist()[:2] == [[7, 60], [20, 36]]
    assert food.at["08-10", "high"] < food.at["10-12", "low"]
    assert food["calls"].sum() == 2 * 60, "half of the calls"
    assert food["share"].idxmin() == "08-10"
    assert f"{food.at['14-16', 'share']:.0%}" == "50%"
    assert food.at["10-12", "low"] < 0.5 < food.at["10-12", "high"]
    assert food.at["14-16", "low"] < 20 / 36 < food.at["14-16", "high"]
    assert food.loc[["10-12", "14-16"], "calls"].sum() == 52
    after = phone.reached(log.assign(new_hours=log["week"] > 8), "new_hours")
    assert [f"{share:.0%}" for share in after["share"]] == ["34%", "39%"]
    assert after["low"].max() < after["high"].min()
    fresh = phone.reached(log[(log["week"] > 8) & (log["trade"] == "food wholesaler")], "hour")
    assert fresh[["reached", "calls"]].to_numpy().tolist()[:2] == [[0, 8], [14, 30]]
    assert [round(100 * end) for end in pipeline.share_difference(14, 30, 0, 8)[1:]] == [10, 64]


def test_numbers_of_the_exercises(log: pd.DataFrame, weeks: pd.DataFrame) -> None:
    table = phone.reached(weeks, ["trade", "hour"])
    assert table.loc[("online shop", "16-18"), ["reached", "calls"]].tolist() == [5, 7]
    assert f"{5 / 7:.0%}" == "71%"
    assert table["share"].idxmax() == ("online shop", "16-18"), "the best of twelve cells"
    assert table["calls"].nsmallest(3).tolist() == [7, 8, 10]
    assert table["low"].idxmax() == ("food wholesaler", "10-12")
    factory = table.loc["factory"]
    assert [f"{share:.0%}" for share in factory["share"].iloc[:2]] == ["46%", "35%"]
    difference = pipeline.share_difference(23, 50, 14, 40)
    assert [round(100 * number) for number in difference] == [11, -9, 30]
    fresh = phone.reached(log[log["week"] > 8], ["trade", "hour"]).loc["online shop"]
    assert fresh.loc["14-16", ["reached", "calls"]].tolist() == [12, 22]
    assert fresh.loc["16-18", ["reached", "calls"]].tolist() == [5, 20]
    assert fresh.loc["10-12", ["reached", "calls"]].tolist() == [6, 10]
    assert table.loc[("online shop", "10-12"), ["reached", "calls"]].tolist() == [8, 31]
    both = phone.reached(log, ["trade", "hour"]).loc[("online shop", "16-18")]
    assert both[["reached", "calls"]].tolist() == [10, 27]
    assert both["share"] > log["reached"].mean()
    on, of_on, off, of_off, _difference, low, high = phone.monday()
    assert (on, of_on, off, of_off) == (8, 36, 34, 114)
    assert of_on + of_off == 150
    assert (round(100 * low), round(100 * high)) == (-21, 10)
    assert phone.TRUE_SHARES["online shop"][3] == 0.25


def test_hours_in_code(weeks: pd.DataFrame, log: pd.DataFrame) -> None:
    assert run("best-hours", LESSON, code=phone.reached(weeks, by=["trade", "hour"])).points == 5
    assert run("best-hours", LESSON, code=...).state == "blank"
    whole = run("best-hours", LESSON, code=phone.reached(log, by=["trade", "hour"]))
    assert whole.points == 0
    assert "Which weeks" in whole.cases[-1].text()
    assert run("best-hours", LESSON, code=phone.reached(weeks, by="hour")).state == "unreadable"
    for junk in (7, "text", [1], pd.DataFrame(), weeks["reached"], object()):
        given = run("best-hours", LESSON, code=junk)
        assert (given.state, given.points) == ("unreadable", 0)


def test_live_lines(language: str) -> None:
    shown = live("best-hours", LESSON)
    counts = {None: 1, "trade": 4, "hour": 5, "both": 13}
    for by, count in counts.items():
        assert len(shown({"by": by} if by else {})) == count
    golden = live("golden-hour", LESSON)
    lines = golden({})
    assert len(lines) == 5
    assert not any("{" in line for line in lines)


def test_the_page_is_whole_and_in_the_language(language: str) -> None:
    page = phone.visit_page()
    assert page.count("☐") == 5 + 7
    assert page.count("<tr>") == page.count("</tr>") == 2 * 7
    assert ("客户卡片" in page) == (language == "zh")
