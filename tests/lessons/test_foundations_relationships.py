"""Lesson 1.2: what is its own in the exercises, by clicking and in code; the numbers quoted in its prose."""

from __future__ import annotations

import pandas as pd
import pytest

from crmlab import households, visits
from crmlab.course.exercises.foundations import relationships
from tests.support.answers import live, run, source, worked

LESSON = "1.2"
SOURCE = source("1.2")
# The exercise with a code cell has its clicks here.
RIGHT = {**worked("1.2"), "calendar": {"ahead": 2, "kg": 97.8, "sure": "longest"}}
NUMBERS = {
    "days": [22, 5.0, 0.6, 1.1, 18.9, 40],
    "kg": [39.1, 45.8, 6, 120],
    **{key: [14, 20, 25] for key in ("5101", "5102", "5201", "5202")},
}


def test_the_calendar_in_code(language: str) -> None:
    def plan(**other: object) -> pd.DataFrame:
        return visits.calendar(relationships.shop(), **{"start": "2025-09-15", "days": 60, "ahead": 2, **other})

    assert run("calendar", LESSON, code=plan()).points == 4
    assert run("calendar", LESSON, code=plan(price=6)).points == 4
    assert run("calendar", LESSON, code=plan(ahead=0)).points == 1
    assert run("calendar", LESSON, code=plan(days=30)).points < 4
    assert run("calendar", LESSON, code=plan(days=1)).state == "unreadable"
    assert run("calendar", LESSON, code=...).state == "blank"
    for junk in (7, "text", [1], pd.DataFrame(), relationships.shop(), object()):
        given = run("calendar", LESSON, code=junk)
        assert given.state == "unreadable"
        assert given.wrong()[0].text()


def test_what_stands_below_the_calendar_adds_up(language: str) -> None:
    for ahead in range(5):
        lines = live("calendar", LESSON)({"ahead": ahead})
        week = relationships._week(ahead)
        assert len(lines) == week["day"].nunique() + 1
        assert f"{week['kg'].sum():.1f}" in lines[-1]


def test_each_slip_has_its_own_sentence() -> None:
    said = {
        value: run("one-line", LESSON, clicks={**RIGHT["one-line"], "days": value}).wrong()[0].text()
        for value in (72.7, 5, 0.606, 1.1, 30)
    }
    assert len({text.replace(f"{value:,.10g}", "") for value, text in said.items()}) == 5
    books = {"5101": 9, "5102": 7, "5201": 11}
    for key, day in books.items():
        text = run("house-five", LESSON, clicks={**RIGHT["house-five"], key: day}).wrong()[0].text()
        assert "notebook" in text or "本子" in text


def test_house_five_is_right_from_two_days_before_to_the_day() -> None:
    for name, last in {"5101": 4, "5102": 12, "5201": 3, "5202": 5}.items():
        points = {
            day: run("house-five", LESSON, clicks={**RIGHT["house-five"], name: day}).points
            for day in range(max(last - 4, 1), last + 3)
        }
        assert {day for day, got in points.items() if got == 4} == set(range(last - 2, last + 1)), name


def test_house_five_by_hand() -> None:
    """The jars, day by day, without the field module."""
    eats = {
        "5-101": (0.3, 24, 20, lambda day: 4 + 2 * (25 <= day <= 38)),
        "5-102": (0.3, 18, 18, lambda day: 3 * (not 22 <= day <= 26)),
    }
    eats |= {"5-201": (0.2, 10, 17, lambda day: 2 + (day >= 19)), "5-202": (0.3, 25, 20, lambda day: 5)}
    for name, (each, jar, filled, people) in eats.items():
        day, left = filled, float(jar)
        while left + 1e-9 >= each * people(day):
            left -= each * people(day)
            day += 1
        assert relationships.due()[name] == day - 31, name


def test_the_numbers_of_the_case() -> None:
    book = relationships.shop()
    assert len(book) == 28
    assert book["monthly"].sum() == 717
    assert round(717 * relationships.PRICE, -2) == 4300
    assert "28 households, 717 kg a month at 6 yuan, **4,300 yuan**" in SOURCE


def test_the_one_autumn() -> None:
    table = relationships.checked()
    assert table.iloc[0].round().tolist() == [84, 41, 104]
    assert "**84 trips, 41 of them to an empty jar.**" in SOURCE
    pan = relationships.dry().set_index("household").loc["3-402"].iloc[0]
    assert (pan["day"], pan["empty_days"]) == (pd.Timestamp("2025-09-19"), 1)
    assert relationships.shop().set_index("household").at["3-402", "people"] == 6
    assert set(relationships.happened().index) == set(households.KINDS)


def test_a_hundred_autumns() -> None:
    table = relationships.a_hundred_times()
    shares = (100 * table[["dry_share", "from", "to"]]).round().astype(int)
    assert shares.to_numpy().tolist() == [[46, 34, 64], [21, 13, 32], [40, 29, 55], [10, 4, 18]]
    assert "By the notebook 46% come too late (95% of the autumns: 34% to 64%)" in SOURCE
    assert "**10%** (4% to 18%)" in SOURCE

    def saved(one: pd.DataFrame, two: pd.DataFrame) -> list[int]:
        less = 100 * (one["dry_share"] - two["dry_share"])
        return [round(less.mean()), *(round(float(value)) for value in less.quantile([0.025, 0.975]))]

    on_the_day, both = relationships.by_run(0), relationships.by_run(2, asked=True)
    assert "Asking alone saves 7 on average, but in a single autumn it can also do harm (−3 to 16)" in SOURCE
    assert "42%, in a single autumn from 7 points worse to 16 better" in SOURCE
    assert saved(on_the_day, relationships.by_run(2)) == [25, 16, 34]
    assert saved(on_the_day, relationships.by_run(0, asked=True)) == [7, -3, 16]
    learned = relationships.by_run(0, learn=True)
    assert saved(on_the_day, learned)[1:] == [-7, 16]
    assert round(100 * learned["dry_share"].mean()) == 42
    assert "Coming two days earlier costs eleven more trips and saves 25 points (16 to 34)" in SOURCE
    assert (relationships.by_run(2)["trips"] - on_the_day["trips"]).mean() == 11
    trips, kept = both["trips"] - on_the_day["trips"], on_the_day["elsewhere"] - both["elsewhere"]
    for values, mean, said in ((kept, 84, [46, 127]), (trips, 16, [10, 21]), (kept / trips, 5, [4, 7])):
        assert round(values.mean()) == mean
        assert values.quantile([0.025, 0.975]).round().tolist() == said
    assert "keeps 84 kg (46 to 127) from the supermarket and costs 16 trips (10 to 21)" in SOURCE
    assert "that is 5 yuan a trip (4 to 7)" in SOURCE


def test_two_in_three_know_their_month_within_8_percent() -> None:
    book, _events, _eaten = relationships._runs()
    eaten = households.needs(book, days=360, seed=2, swing=0)
    ratio = eaten.iloc[-1].to_numpy() / visits.run_out(book)["daily"].to_numpy()
    assert (abs(ratio - 1) < 0.08).mean() == pytest.approx(2 / 3, abs=0.03)
    assert "two in three are within 8%" in SOURCE


def test_steadier_eaters() -> None:
    book, _events, _eaten = relationships._runs()
    eaten = households.needs(book, days=60, seed=1, error=0.04, swing=0.15)
    dry = [
        round(100 * float((households.deliver(book, eaten, ahead=ahead)["empty_days"] > 0).mean())) for ahead in (0, 2)
    ]
    assert dry == [38, 2]
    assert "38% still come too late on the day itself, and 2% two days earlier" in SOURCE


def test_what_pay_day_costs() -> None:
    credit = relationships.on_credit()
    assert round(credit["days"]) == 14
    assert credit["money"] == pytest.approx(1960, abs=5)
    assert "she waits 14 days on average, with 1,960 yuan owed to her" in SOURCE


def test_a_promise_names_the_evening_the_offer_and_the_day(language: str) -> None:
    def points(text: str) -> float:
        return run("promise", LESSON, clicks={**RIGHT["promise"], "reply": text}).points

    whole = {
        "en": [
            "No rice on Thursday evening, with six at table. That was my mistake. I'll come two days earlier from now on, and ring on Sunday to ask how it is lasting.",
            "I'm sorry that your jar was empty. In future I'll deliver two days early and phone you on Sunday to ask how the rice is lasting.",
        ],
        "zh": [
            "潘阿姨，对不起，是我没算准，让您周四没米下锅。以后我提前两天送，周日给您打电话，看看米够不够。",
            "周四您家缸空了，是我算晚了。下次我早两天来，周日再来问您够不够。",
        ],
    }
    parts = {
        "en": ["Sorry. It was my fault.", "That is annoying. On Sunday I ring to ask whether the rice is enough."],
        "zh": ["对不起，我的错。", "换谁都着急。周日我再打电话问问您够不够吃。"],
    }
    assert [points(text) for text in whole[language]] == [4, 4]
    assert all(points(text) < 4 for text in parts[language])


def test_an_order_half_right_is_told_how_many_are(language: str) -> None:
    text = (
        run("which-part", LESSON, clicks={**RIGHT["which-part"], "stages": ["analyse", "share", "decide"]})
        .wrong()[0]
        .text()
    )
    assert "1 of 2" in text or "相邻的 2 对里，1 对" in text


def test_own_days_stand_in_the_sheet_by_date(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relationships, "_agreed", lambda: {"5-101": 3.0, "5-201": 2.0})
    sheet = relationships.delivery_sheet()
    assert len(sheet) == len(relationships.plan(2)) + 2
    assert sheet["day"].is_monotonic_increasing
    assert sheet.set_index("household").at["5-101", "day"] == "2025-11-03"


def test_the_sheet_holds_the_calendar() -> None:
    sheet, plan = relationships.delivery_sheet(), relationships.plan(2)
    assert len(sheet) == len(plan)
    assert sheet["kg"].sum() == pytest.approx(plan["kg"].sum(), abs=len(plan) * 0.05)
    assert (sheet.iloc[:, -3:] == "").all(axis=None)
    assert sheet["what"].value_counts().to_dict() == {
        "bring rice": (plan["what"] == "deliver").sum(),
        "collect the money": (plan["what"] == "collect").sum(),
    }
    assert sheet["amount (yuan)"].sum() == pytest.approx(plan["amount"].sum(), abs=len(plan) * 0.5)


def test_praise_of_the_calendar_is_computed() -> None:
    assert (len(relationships._week(2)), round(relationships._week(2)["kg"].sum())) == (6, 98)
    assert (len(relationships._week(0)), round(relationships._week(0)["kg"].sum())) == (2, 39)
