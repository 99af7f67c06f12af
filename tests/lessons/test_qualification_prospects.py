"""Lesson 3.1: what is its own in the exercises, by clicking and in code; the numbers that its prose quotes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from crmlab import funnel
from crmlab.course.exercises import open_lesson
from crmlab.course.exercises.qualification import prospects
from crmlab.course.form import Choice
from crmlab.language import tr
from tests.support.answers import live, run, worked

LESSON = "3.1"
RIGHT: dict[str, dict[str, Any]] = {
    **worked(LESSON),
    "calls-a-week": {"safe": "514", "weekly": "43"},
    "one-more-point": {"step": "Orders", "more": "14 %", "do": "read"},
}
NUMBERS = {key: [333, 334, 762] for key in ("safe", "weekly", "more")}


@pytest.fixture
def old() -> pd.DataFrame:
    return funnel.conversion(prospects.OLD)


def test_each_option_of_a_matching_is_used_as_the_hints_say() -> None:
    here = prospects.here
    assert sorted(row["right"] for row in here.rows("which-way")) == sorted(here.options("ways"))
    for field in here.fields("short-plan"):
        assert isinstance(field, Choice)
        assert len({row["right"] for row in here.rows("short-plan")}) == 3 < len(field.options)
    broken = [row["right"] for row in here.rows("diary")]
    assert sorted(want for want in broken if want != "fine") == sorted({*here.options("habits")} - {"fine"})
    assert broken.count("fine") == 2


def test_the_best_field_is_not_the_one_with_the_largest_sum() -> None:
    cells = prospects._CELLS
    assert sum(names for names, _worth in cells.values()) == 245
    each = {key: worth / names for key, (names, worth) in cells.items()}
    assert max(each, key=lambda key: each[key]) == "large.known"
    assert max(cells, key=lambda key: cells[key][1]) == "medium.unknown"
    assert (each["large.known"], each["medium.unknown"]) == (30, 8)


def test_calls_in_code(old: pd.DataFrame) -> None:
    safe = funnel.needed(6, old["rate"]).at["start", "safe"]
    assert run("calls-a-week", LESSON, code=safe).points == 3
    assert run("calls-a-week", LESSON, code=...).state == "blank"
    average = run("calls-a-week", LESSON, code=333)
    assert average.points == 0
    assert "on average" in average.cases[-1].text()
    assert "all six" in run("calls-a-week", LESSON, code=762).cases[-1].text()
    for junk in ("text", [1], pd.DataFrame(), object()):
        given = run("calls-a-week", LESSON, code=junk)
        assert (given.state, given.points) == ("unreadable", 0)


def test_port_in_code(old: pd.DataFrame) -> None:
    assert run("one-more-point", LESSON, code=funnel.conversion(prospects.PORT)).points == 4
    other = run("one-more-point", LESSON, code=old)
    assert other.points == 0
    assert "500" in other.cases[-4].text()
    lower = {key.lower(): n for key, n in prospects.PORT.items()}
    assert run("one-more-point", LESSON, code=funnel.conversion(lower)).state == "unreadable"
    for junk in (7, "text", [1], pd.DataFrame(), old["rate"]):
        assert run("one-more-point", LESSON, code=junk).state == "unreadable"


def test_numbers_of_the_prose(old: pd.DataFrame) -> None:
    assert old["rate"].dropna().round(2).tolist() == [0.40, 0.15, 0.30]
    for orders, expected, safe in ((1, 56, 127), (6, 333, 514)):
        row = funnel.needed(orders, old["rate"]).loc["start"]
        assert (round(row["expected"]), row["safe"]) == (expected, safe)
    assert -(-514 // 12) == 43
    assert round(127 / 55.56, 1) == 2.3
    assert round(514 / 333.33, 1) == 1.5
    assert f"{prospects.short_of(333):.0%}" == "45%"
    assert f"{prospects.short_of(28 * 12):.0%}" == "44%"
    assert prospects.short_of(514) <= 0.1 < prospects.short_of(513)
    whole = funnel.calls_per_order(500, 9).round().iloc[0]
    assert whole[["per_order", "low", "high"]].tolist() == [56, 30, 105]
    assert 4.5 < 514 / 105.3 < 5.4
    gain = (0.01 / old["rate"]).dropna()
    assert [f"{share:.1%}" for share in gain] == ["2.5%", "6.7%", "3.3%"]
    port = funnel.conversion(prospects.PORT)
    assert [f"{0.01 / rate:.0%}" for rate in port["rate"].dropna()] == ["4%", "2%", "14%"]
    last = port.loc["Orders"]
    assert [f"{last[key]:.0%}" for key in ("rate", "low", "high")] == ["7%", "2%", "19%"]
    assert last["high"] < port["low"].iloc[1:3].min()


def test_what_514_promises_when_the_rate_is_known_from_nine_orders() -> None:
    from scipy.stats import betabinom

    def sure(calls: int) -> float:
        return float(betabinom.sf(5, calls, 9 + 0.5, 491 + 0.5))

    assert f"{sure(514):.0%}" == "84%"
    enough = next(calls for calls in range(514, 800) if sure(calls) >= 0.9)
    assert abs(enough - 600) < 5
    assert round(600 / 12) == 50


OWN = {"wanted": 7, "weeks": 12, "calls": 430, "talks": 150, "visits": 33, "orders": 5}


def test_own_numbers_lead_to_the_own_week(language: str) -> None:
    old = {"wanted": 6, "weeks": 12, "calls": 500, "talks": 200, "visits": 30, "orders": 9}
    for own, weekly in ((OWN, 76), (old, 43), ({**old, "weeks": 6}, 86)):
        assert run("my-week", LESSON, clicks={**own, "weekly": weekly}).points == 4
        safe = prospects._own_calls(own)[1]
        assert any(str(safe) in line for line in live("my-week", LESSON)(own))
    assert "84%" in live("my-week", LESSON)(old)[-1], "as the prose says of 514 calls"
    assert "90" not in "".join(live("my-week", LESSON)({"calls": 500}))
    average = run("my-week", LESSON, clicks={**OWN, "weekly": 50})
    other = run("my-week", LESSON, clicks={**OWN, "weekly": 200})
    assert average.cases[-1].says != other.cases[-1].says
    assert 0 < average.points < 4
    turned = run("my-week", LESSON, clicks={**OWN, "orders": 40, "weekly": 76})
    assert "40" in turned.cases[-1].text()
    for missing in OWN:
        given = run("my-week", LESSON, clicks={key: 76 for key in (*OWN, "weekly") if key != missing} | {"weekly": 76})
        assert given.cases[-1].open or given.cases[-1].ok is False


def test_plan_is_that_of_the_own_numbers(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setenv("CRMLAB_STATE", str(tmp_path))
    opened = open_lesson(LESSON)
    assert prospects.my_plan().attrs["safe"] == 514
    opened.set_fields(prospects.here["my-week"], OWN)
    plan = prospects.my_plan()
    assert plan["Calls"].sum() == 76
    assert plan.attrs == {"orders": 7, "weeks": 12, "certainty": 0.9, "safe": prospects._own_calls(OWN)[1]}
    assert len(prospects.prospect_list(plan)) == 76
    opened.set_fields(prospects.here["my-week"], {**OWN, "orders": 400})
    assert prospects.my_plan().attrs["safe"] == 514


def test_numbers_by_way() -> None:
    ways = prospects.by_way()
    assert ways.sum().tolist() == list(prospects.OLD.values())
    orders = funnel.calls_per_order(ways["calls"], ways["orders"]).round()
    assert orders.loc["chain referral", ["per_order", "low", "high"]].tolist() == [13, 5, 39]
    assert orders.loc["directories, by telephone", ["per_order", "low", "high"]].tolist() == [260, 47, 1472]
    visits = funnel.calls_per_order(ways["calls"], ways["visits"])
    assert visits.round().loc["chain referral", ["per_order", "low", "high"]].tolist() == [6, 3, 11]
    assert visits.round().loc["directories, by telephone", ["per_order", "low", "high"]].tolist() == [43, 20, 94]
    assert visits["high"].iloc[0] < visits["low"].iloc[-1]
    four = visits.iloc[:-1]
    assert four["low"].max() < four["high"].min(), "the four better ways overlap"
    assert round(260 / (40 / 3)) == 20


def test_plan_and_what_leaves_the_notebook(old: pd.DataFrame, language: str) -> None:
    plan = prospects.call_plan(6, 12, old["rate"])
    assert plan["Calls"].tolist() == [9, 9, 9, 8, 8]
    assert plan["Talks"].sum() == pytest.approx(43 * 0.4)
    assert plan["Visits"].sum() == pytest.approx(43 * 0.06)
    listed = prospects.prospect_list(plan)
    assert listed["no."].tolist() == list(range(1, 44))
    assert listed["day"].tolist().count(tr("Friday")) == 8
    page = prospects.plan_page(plan)
    assert ("514" in page, "90%" in page, page.count("☐")) == (True, True, 8)
    assert page.count("<tr>") == 1 + 5 + 1 + 1 + 12
    assert ("滚雪球" in page) == (language == "zh")


def test_the_table_of_ways_gives_no_scene_away() -> None:
    from crmlab import places

    source = (places.lessons() / "3-qualification" / "1-prospects.md").read_text(encoding="utf-8")
    table = source.partition("## Twelve ways to a name")[2].partition("## Exercise 2")[0].lower()
    scenes = prospects.here.rows("which-way")
    assert len(scenes) == 12
    for scene in scenes:
        assert not [part for part in scene["ask"].lower().split(". ") if part in table]
