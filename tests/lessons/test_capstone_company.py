"""Lesson 7.1: another firm for each class, the plan against the truth, plan and luck apart."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from crmlab import firm, pricing
from crmlab.course import classes, exercise, lessons, session
from crmlab.course.exercises import load_lesson
from crmlab.course.exercises.capstone import company, quarter
from crmlab.course.form import Form
from crmlab.course.grading import judging
from crmlab.course.session import Session
from crmlab.course.state import Store
from tests.support.answers import get, live, prose, run, worked

LESSON = "7.1"
NUMBERS = {"won": [10.0], "index": [1.05], "nps": [-12.0], "gone": [50.0], "skill": [1000.0], "luck": [0.0]}
FOLLOWS = ("which-stage", "whom-to-keep", "what-was-heard", "ten-calls", "how-satisfied", "my-plan", "luck-or-skill")


@pytest.fixture(autouse=True)
def _no_class(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("CRMLAB_CLASS", raising=False)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def of_class() -> Iterator[Any]:
    """Makes a session of a class, in which its number was typed."""
    open_ones = []

    def begin(code: str, planned: bool = True) -> Session:
        made = Session(lessons.find(LESSON), Store(None, LESSON), load_lesson(LESSON))
        made.set_fields(get("your-firm", LESSON), {"code": code, "bet": "van"})
        made.set_fields(get("my-plan", LESSON), quarter.clicks_of(firm.careful(company.company())) if planned else {})
        open_ones.append(made)
        return made

    yield begin
    open_ones.clear()


def right() -> dict[str, dict[str, Any]]:
    """What is right in the firm of the class in force."""
    return {id: company.here.workings[id]() for id in FOLLOWS}


# -- another firm for each class ---------------------------------------------------------------------------------------


def test_another_class_has_another_firm_and_other_answers(of_class: Any) -> None:
    alone = right()
    held = of_class("4711")
    assert company.class_number() == 4711
    theirs = right()
    assert all(alone[id] != theirs[id] for id in FOLLOWS)
    for id in FOLLOWS:
        made = get(id, LESSON)
        assert exercise.judge(made, theirs[id], clicked=True).state == exercise.RIGHT, id
        given = exercise.judge(made, alone[id], clicked=True)
        assert given.points < made.points, id
    assert held.store is not None


def test_without_a_session_it_is_the_firm_of_those_who_learn_alone(of_class: Any) -> None:
    held = of_class("5")
    assert company.class_number() == 5
    del held


@pytest.mark.parametrize("code", ["0", "31", "999999999"])
def test_what_is_handed_in_is_judged_by_the_class_that_was_typed(code: str, of_class: Any) -> None:
    held = of_class(code)
    fields = {**right(), "your-firm": {"code": code, "bet": "van"}}
    del held
    found = judging.judge(LESSON, fields, {})
    assert all(found[id].points == get(id, LESSON).points for id in FOLLOWS)
    # One exercise alone, as after one on which the judge hung, is judged by that class, too.
    for id in ("which-stage", "luck-or-skill"):
        assert judging.judge(LESSON, fields, {}, only=id)[id].points == get(id, LESSON).points
    # With the number of another class the same answers fail.
    other = judging.judge(LESSON, {**fields, "your-firm": {"code": str(int(code) + 1), "bet": "van"}}, {})
    assert sum(other[id].points for id in FOLLOWS) < 0.7 * sum(get(id, LESSON).points for id in FOLLOWS)


def test_a_worked_answer_is_that_of_the_class(of_class: Any) -> None:
    first = dict(of_class("12").worked(get("how-satisfied", LESSON))[0])
    second = dict(of_class("13").worked(get("how-satisfied", LESSON))[0])
    assert first != second


def test_the_number_may_be_fixed(of_class: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    held = of_class("5")
    unit = tmp_path / "en" / "7-capstone"
    unit.mkdir(parents=True)
    monkeypatch.chdir(unit)
    for place, number in ((tmp_path, 8), (tmp_path / "en", 9), (unit, 10)):
        (place / classes.FILE).write_text(f"\ufeff{number}\n", encoding="utf-8")
        assert company.class_number() == number
    monkeypatch.setenv("CRMLAB_CLASS", "77")
    assert company.class_number() == 77
    given = run("your-firm", LESSON, clicks={"code": "5", "bet": "van"})
    assert "77" in given.wrong()[0].text()
    assert run("your-firm", LESSON, clicks={"code": "77", "bet": "van"}).state == exercise.RIGHT
    assert "77" in live("your-firm", LESSON)({"code": "5"})[0]
    monkeypatch.setenv("CRMLAB_CLASS", "ours")  # no number: as if nobody had fixed one
    assert company.class_number() == 5
    assert held


@pytest.mark.parametrize("code", ["-1", "2.5", "1e30", "seven"])
def test_what_is_no_class_number_breaks_nothing(code: str, of_class: Any) -> None:
    held = of_class(code)
    assert company.company().customers.shape[0] == 160
    assert held


# -- the exercises -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", range(9))
def test_every_class_can_be_done_and_begins_on_no_answer(code: int, of_class: Any, language: str) -> None:
    held = of_class(str(code))
    stages = {value for key, value in right()["which-stage"].items() if key.endswith("stage")}
    assert len(stages) >= 3
    assert {company._kind(who) for who in company.three()} == {"well", "stake", "gone"}
    # The one to ring is late by as many gaps as the table above the exercise says.
    late = company._scored().loc[next(who for who in company.three() if company._kind(who) == "stake")]
    assert 2 * late["gap"] <= late["silent"] <= 4 * late["gap"]
    assert late["silent"] <= 180
    letters = "".join(right()["what-was-heard"].values())
    assert "?" in letters
    for id in FOLLOWS:
        made = get(id, LESSON)
        given = exercise.judge(made, right()[id], clicked=True)
        assert given.state == exercise.RIGHT, (id, [one.text() for one in given.wrong()])
        form = made.form()
        assert isinstance(form, Form)
        for field in form.fields():
            assert getattr(field, "start", None) != right()[id][field.key], (id, field.key)
    assert held


def test_the_draft_on_the_table_earns_little() -> None:
    """The plan as the sliders stand, and as the case tells it."""
    draft = {name: values[3] for name, values in quarter.SLIDERS.items()} | {"leads_by": "list", "van": "no"}
    for plan in (draft, quarter.clicks_of(firm.naive(company.company()))):
        given = run("my-plan", LESSON, clicks=plan)
        assert given.points <= 0.4 * given.maximum
        assert any(one.key == "discount" for one in given.wrong())
        assert all("{" not in one.text() for one in given.wrong())


@pytest.mark.parametrize("code", range(20, 26))
def test_points_follow_what_a_plan_gains(code: int, of_class: Any) -> None:
    """Nothing done earns little; one good measure more, and the careful plan all."""
    held = of_class(str(code))
    one = company.company()
    good = firm.careful(one)
    steps = [firm.nothing(), firm.Plan(van=True), firm.Plan(van=True, visits=good.visits, recovery=good.recovery), good]
    points = [run("my-plan", LESSON, clicks=quarter.clicks_of(plan)).points for plan in steps]
    assert points == sorted(points)
    assert points[0] <= 3.5
    assert points[-1] == 10
    assert held


def _filled(one: Any, plan: firm.Plan) -> firm.Plan:
    """The plan with leads for the hours that it leaves."""
    return replace(plan, leads=int((firm.HOURS - plan.hours(**firm.sizes(one))) // 4))


@pytest.mark.parametrize("code", range(30, 36))
def test_another_use_of_the_same_hours_is_no_fault_while_it_brings_as_much(code: int, of_class: Any) -> None:
    """More visits, or the silent called, for leads less: other sensible plans, which use all hours, earn what they gain."""
    held = of_class(str(code))
    one = company.company()
    good = firm.careful(one)
    for change in ({"visits": good.visits + 2}, {"calls_silent": 1}, {"calls_a": 2}, {"recovery": good.recovery - 100}):
        plan = _filled(one, replace(good, leads=0, **change))
        nothing = firm.expected(one, firm.nothing()).total
        share = (firm.expected(one, plan).total - nothing) / (firm.expected(one, good).total - nothing)
        given = run("my-plan", LESSON, clicks=quarter.clicks_of(plan))
        assert given.points >= 9 * min(share, 1), change
        if share >= 1:
            assert given.points == 10, change
    assert held


@pytest.mark.parametrize("code", range(40, 46))
def test_hours_given_to_everybody_are_told(code: int, of_class: Any) -> None:
    """What calls to all others cost is what the same hours would have brought with leads."""
    held = of_class(str(code))
    everybody = firm.Plan(calls_a=1, calls_silent=1, calls_rest=1)
    given = run("my-plan", LESSON, clicks=quarter.clicks_of(everybody))
    assert "calls_rest" in {one.key for one in given.wrong()}
    assert given.points <= 5
    assert held


@pytest.mark.parametrize("code", range(50, 54))
def test_no_foolish_plan_wins(code: int, of_class: Any) -> None:
    held = of_class(str(code))
    most = quarter.SLIDERS
    for plan, points in (
        (firm.Plan(rewards=most["rewards"][1]), 3.5),
        (firm.Plan(discount=0.1), 3.5),
        (firm.Plan(leads=24), 7.0),
        (firm.Plan(van=True), 6.0),
        (replace(firm.careful(company.company()), discount=0.05), 8.0),
    ):
        assert run("my-plan", LESSON, clicks=quarter.clicks_of(plan)).points <= points, plan
    assert held


def test_instead_stays_within_hours_and_money() -> None:
    one = company.company()
    count, good = firm.sizes(one), firm.careful(one)
    given = [
        *(firm.naive(one), firm.nothing(), good, firm.Plan(calls_a=2, calls_rest=1), firm.Plan(visits=17, leads=12)),
        firm.Plan(rewards=10_000, recovery=1500),
    ]
    for plan in given:
        assert plan.hours(**count) <= firm.HOURS
        for name in quarter.clicks_of(good):
            found = quarter.instead(one, plan, name, good)
            assert getattr(found, name) == getattr(good, name) or name == "leads"
            assert found.hours(**count) <= firm.HOURS
            assert found.money(count["open"]) <= firm.MONEY


def test_a_plan_beyond_hours_and_money_is_told_so() -> None:
    everything = {name: float(values[1]) for name, values in quarter.SLIDERS.items()} | {
        "leads_by": "worth",
        "van": "yes",
    }
    given = run("my-plan", LESSON, clicks=everything)
    assert {"hours", "money"} <= {one.key for one in given.wrong()}


def test_lines_below_the_sliders_count_hours_and_money() -> None:
    lines = live("my-plan", LESSON)({name: float(values[3]) for name, values in quarter.SLIDERS.items()})
    assert len(lines) == 2
    assert "of 100" in lines[0]


def test_the_debrief_follows_from_the_plan_that_was_kept(of_class: Any) -> None:
    held = of_class("0", planned=False)
    for table in (company.outcomes, company.luck_and_skill, company.alone, company.what_nobody_saw):
        assert table() == quarter.not_yet()  # nobody plans with the result at hand
    assert "hand in" in company.outcome_page()
    assert company.plan_sheet()["yuan"].sum() == 0
    assert run("luck-or-skill", LESSON, clicks=right()["luck-or-skill"]).points == 0
    held.set_fields(get("my-plan", LESSON), quarter.clicks_of(firm.careful(company.company())))
    before = right()["luck-or-skill"]
    assert run("luck-or-skill", LESSON, clicks=before).state == exercise.RIGHT
    held.set_fields(get("my-plan", LESSON), quarter.clicks_of(firm.naive(company.company())))
    after = right()["luck-or-skill"]
    assert before != after
    table = company.luck_and_skill()
    assert (table["by the plan"] + table["by luck"]).round(3).equals(table["came"].round(3))
    assert table.at["your plan", "by the plan"] == pytest.approx(1000 * float(after["skill"]), abs=2000)
    assert table.at["your plan", "by the plan"] < 0 < table.at["a careful plan", "by the plan"]
    assert table.at["do nothing", "by the plan"] == 0
    held.set_fields(get("my-plan", LESSON), {"visits": "many", "leads_by": "luck"})
    assert quarter.my_plan() is None


def test_no_sentence_to_choose_gives_the_figures_away(of_class: Any) -> None:
    held = of_class("4711")
    given = right()["luck-or-skill"]
    made = get("luck-or-skill", LESSON).form()
    assert isinstance(made, Form)
    said = " ".join(label for field in made.fields() if field.key == "told" for _key, label in field.options)  # type: ignore[attr-defined]
    assert "thousand" in said
    for key in ("skill", "luck"):
        assert f"{float(given[key]):+,.0f}" not in said
    assert held


def test_known_slips_have_their_own_sentence() -> None:
    numbers = company.here.numbers_of
    for id in ("ten-calls", "how-satisfied", "luck-or-skill"):
        given = worked(LESSON)[id]
        for key, right_one in numbers(id).right.items():
            for name, slip in right_one.slips.items():  # type: ignore[union-attr]
                value = slip[0] if isinstance(slip, list) else slip
                if abs(value - right_one.value) <= max(right_one.within, 0.02 * abs(value)):  # type: ignore[union-attr]
                    continue
                found = run(id, LESSON, clicks={**given, key: value})
                assert found.wrong()[0].key == key, (id, name)


# -- tables, files, prose ----------------------------------------------------------------------------------------------


def test_the_tables_and_files_are_in_the_language_of_the_lesson(language: str) -> None:
    page = company.outcome_page()
    sheet = company.plan_sheet()
    assert sheet["hours"].sum() <= firm.HOURS
    assert sheet["yuan"].sum() <= firm.MONEY
    assert (company.company().name_zh in page) == (language == "zh")
    assert all(heading in page for heading in (["计划", "运气"] if language == "zh" else ["The plan", "luck"]))
    # Half hours stand on the page as they are, and gains against nothing have their sign.
    halves = [f"<td>{value:g}</td>" for value in sheet["hours"] if value % 1]
    assert all(cell in page for cell in halves)
    assert f"<td>{company.luck_and_skill().at['a careful plan', 'by the plan']:+,.0f}</td>" in page
    assert company.named(company.company().customers).columns[0] == "name"
    assert company.prospects()["worth"].is_monotonic_decreasing
    assert company.complaints_by("district")["share"].sum() == pytest.approx(1)
    assert company.what_nobody_saw()["of these had left already"] <= company.what_nobody_saw()["silent customers"]
    bets = company.alone()
    assert bets["on average"].min() < 0 < bets["on average"].max()


def test_the_chinese_tables_hold_no_english() -> None:
    from crmlab.language import speaking, tr

    with speaking("zh"):
        tables = [
            company.by_class(),
            company.win_rates(),
            company.prospects(),
            company.outcomes(),
            company.luck_and_skill(),
            company.plan_sheet(),
        ]
        tables += [
            company.complaints_by("district"),
            company.complaints_by("reason"),
            company.by_satisfaction(),
            company.by_district(),
            company.alone(),
        ]
        for table in tables:
            names = [*map(str, table.columns), str(table.index.name)]
            assert not [name for name in names if re.search(r"[a-z]{3}", tr(name))], names
        for name in (*company.card(), *company.survey_sums(), *company.what_nobody_saw()):
            assert not re.search(r"[a-z]{3}", tr(name)), name


def test_numbers_of_the_prose() -> None:
    assert float(pricing.break_even_volume(0.05, firm.MARGIN)) == pytest.approx(0.29, abs=0.005)
    text = " ".join(json.dumps(prose(LESSON), ensure_ascii=False).split())
    for said in (f"{firm.HOURS:.0f} hours", f"{firm.MONEY:,.0f} yuan", "360 deals", "Twenty-four leads"):
        assert said in text, said
    one = company.company()
    assert (len(one.deals), len(one.leads)) == (360, 24)
    assert isinstance(company.classified(), pd.DataFrame)
    assert session.kept("7.9", "nothing") is None


def test_minutes_of_the_sittings_are_true(language: str) -> None:
    """Each heading of a sitting says minutes; together they are those of the lesson."""
    from tools import minutes

    assert sum(minutes.sittings(lessons.find(LESSON))) == lessons.minutes(lessons.find(LESSON))
