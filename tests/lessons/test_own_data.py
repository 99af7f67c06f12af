"""The last exercise of units 2 and 5: on the made-up firm of each class, on a file of the trainee's own, and when it is graded."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from crmlab import checks, kano, lifecycle, rfm, satisfaction, value
from crmlab.course import exercise, lessons, own_files
from crmlab.course.exercise import Exercise
from crmlab.course.exercises import load_lesson, own_data
from crmlab.course.exercises.classification.own import _turned, difference
from crmlab.course.form import Entry, Form
from crmlab.course.grading import judging
from crmlab.own import Export, read, sandbox

ORDERS, SURVEY = ("2.1", "2.2", "2.3", "2.4", "2.5"), ("5.1", "5.2", "5.3", "5.4")
NUMBERS = (*ORDERS, *SURVEY)
KINDS = {**dict.fromkeys(ORDERS, "orders"), **dict.fromkeys(SURVEY, "survey")}


def made(number: str) -> Exercise:
    return next(one for one in load_lesson(number) if one.id == own_data.ID)


def form(number: str) -> Form:
    found = made(number).form()
    assert isinstance(found, Form)
    return found


def right(number: str) -> dict[str, Any]:
    worked = made(number).worked
    assert worked is not None
    return worked()


def shown(number: str) -> str:
    found = form(number)
    return "\n".join([found.intro, *(row.prompt for row in found.rows)])


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The exports of another firm, as text files a trainee might have: orders and a survey."""
    place = tmp_path_factory.mktemp("own")
    lines, asked = sandbox.export("orders", 7).table, sandbox.export("survey", 7).table
    orders = lines.groupby(["order", "customer", "date"], as_index=False)["amount"].sum()
    orders = orders.rename(
        columns={"order": "订单号", "customer": "客户名称", "date": "下单日期", "amount": "订单金额"}
    )
    orders["客户名称"] = "华强" + orders["客户名称"] + "饭店"
    names = {column: re.sub(r"^(\w+):(.*)$", r"\2 - \1", str(column)) for column in asked}
    found = {"orders": place / "去年订单.csv", "survey": place / "survey.csv"}
    orders.to_csv(found["orders"], index=False, encoding="gb18030", date_format="%Y/%m/%d")
    asked.rename(columns=names).to_csv(found["survey"], index=False, date_format="%Y-%m-%d")
    return found


@pytest.fixture
def own(files: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Path]:
    """The trainee has chosen both."""
    monkeypatch.setenv("CRMLAB_STATE", str(tmp_path))
    monkeypatch.setenv("CRMLAB_CONFIG", str(tmp_path))
    for kind, path in files.items():
        own_files.choose(kind, path)
    return files


# -- the made-up firm --------------------------------------------------------------------------------------------------


def test_another_class_has_another_firm(monkeypatch: pytest.MonkeyPatch) -> None:
    quick = [number for number in NUMBERS if number != "2.4"]  # its fit takes seconds for each firm
    before = [shown(one) for one in quick]
    monkeypatch.setenv("CRMLAB_CLASS", "7")
    for number, text in zip(quick, before, strict=True):
        assert shown(number) != text
        given = exercise.judge(made(number), right(number), clicked=True)
        assert (given.state, given.points) == (exercise.RIGHT, made(number).points), (number, given.wrong())


def test_what_is_shown_does_not_print_the_numbers_asked_for() -> None:
    for number in ("2.2", "5.1", "5.4"):  # those that ask for a number
        text = shown(number).replace("−", "-")
        entries = [field for field in form(number).fields() if isinstance(field, Entry)]
        assert len(entries) == 1
        for field in entries:
            if isinstance(field, Entry):
                assert field.near is not None
                digits = 3 if abs(field.near) < 2 else 1
                assert f"{field.near:.{digits}f}" not in text, (number, field.near)


def test_the_sandbox_agrees_with_itself() -> None:
    """The lines add up to the firm's orders; each order's lines are different articles; the survey is on its scales."""
    made_up, firm = sandbox.export("orders", 7), sandbox.company(7)
    by_order = made_up.table.groupby("order")["amount"].sum()
    assert by_order.to_dict() == {
        str(one): amount for one, amount in zip(firm.orders["invoice"], firm.orders["amount"], strict=True)
    }
    assert not made_up.table.duplicated(["order", "item"]).any()
    assert (made_up.table[["amount", "quantity"]] > 0).all().all()
    answers = sandbox.export("survey", 7).table
    pairs = [column for column in answers if "functional:" in column]
    assert answers[pairs].isin(range(1, 6)).all().all()
    assert answers.filter(regex="^(expected|perceived):").isin(range(1, 11)).all().all()
    complaints = sandbox.export("complaints", 7).table
    assert (complaints["closed"].dropna() >= complaints.loc[complaints["closed"].notna(), "date"]).all()
    assert 0 < complaints["closed"].isna().sum() < len(complaints)


# -- the right answers, worked out another way -------------------------------------------------------------------------


def test_right_answers_are_those_of_the_field_modules() -> None:
    lines = sandbox.export("orders", own_data._class()).table
    orders = lines.groupby(["order", "customer", "date"], as_index=False)["amount"].sum()
    year = orders[orders["date"] > orders["date"].max() - pd.Timedelta(days=365)].groupby("customer")["amount"].sum()
    assert abs(float(right("2.2")["top"]) - 100 * value.pareto_share(year)) < 0.6
    names = sandbox.export("orders", own_data._class()).contacts["name"]
    stages = lifecycle.stages(orders, customer="customer", order="order")["stage"].rename(index=names)
    segments = rfm.segment(rfm.score(rfm.summary(orders, customer="customer", order="order"))).rename(index=names)
    classes = value.abc(year)["class"].rename(index=names)
    for number, table in (("2.1", stages), ("2.2", classes), ("2.3", segments)):
        rows = {row.fields[0].key: row.prompt for row in form(number).rows}
        for key in "ab":
            who = next(name for name in table.index if rows[key].startswith(name))
            assert right(number)[key] == table[who], (number, who)
    answers = sandbox.export("survey", own_data._class()).table
    assert abs(float(right("5.4")["nps"]) - satisfaction.nps(answers["recommend"]).nps) < 0.6
    name = re.search(r"“(.*?)”", form("5.2").intro)
    assert name
    tally = kano.counts(answers, [name[1]], functional="functional:", dysfunctional="dysfunctional:")
    found = kano.summary(tally, test="exact").iloc[0]
    assert right("5.2") == {"letter": found["category"], "enough": "yes" if found["clear"] else "no"}


def test_whose_worth_is_asked_for_can_be_told_from_the_figures_shown() -> None:
    """Of two who are as good as gone, both show 0.0 orders: nobody could tell them apart."""
    source = own_data._source(sandbox.export("orders", 7), own=False)
    lot = np.random.RandomState(1)
    gone = pd.DataFrame({"past": np.linspace(9e4, 3e4, 20), "ahead": 0.04 - 0.002 * np.arange(20), "monetary": 2000.0})
    there = pd.DataFrame({"past": 5e4 * lot.random_sample(9), "ahead": 9 * lot.random_sample(9), "monetary": 800.0})
    for number in range(12):
        table = pd.concat([gone, there], ignore_index=True).assign(monetary=lambda one: one["monetary"] + one.index)
        chosen = table.loc[list(_turned(source, table.sample(frac=1, random_state=number)))]
        worth = chosen["ahead"].round(1) * chosen["monetary"].round()
        assert worth.min() > 0
        assert worth.max() > 1.3 * worth.min()
    with pytest.raises(checks.InputError):
        _turned(source, gone)


def test_what_the_exact_test_needs_is_what_the_exercise_says() -> None:
    for a in range(5, 40, 7):
        for b in range(0, a, 3):
            test = kano.significance({"A": a, "O": b, "M": 0, "I": 0, "R": 0, "Q": 0}, test="exact").iloc[0]
            assert bool(test["clear"]) == (a - b >= test["critical"]), (a, b)


def test_the_interval_of_a_difference_is_the_published_one() -> None:
    """Newcombe 1998, table II, method 10."""
    assert np.allclose(difference(56, 70, 48, 80), (0.0524, 0.3339), atol=1e-4)
    assert np.allclose(difference(9, 10, 3, 10), (0.1705, 0.8090), atol=1e-4)
    assert np.allclose(difference(10, 10, 0, 20), (0.6791, 1.0), atol=1e-4)


# -- a file of one's own -----------------------------------------------------------------------------------------------


def test_an_own_file_changes_what_is_right_and_shows_no_names(own: dict[str, Path], language: str) -> None:
    for number in NUMBERS if language == "en" else ("2.1", "5.3"):
        path = own[KINDS[number]]
        with own_data.made_up_only():
            before, plain = right(number), shown(number)
        now, text = right(number), shown(number)
        assert path.name in text
        assert path.name not in plain
        assert "华强" not in text
        assert set(now) == {f"own.{key}" for key in before}
        assert ("K-" in text) == (number in ORDERS)
        assert text.split("\n", 1)[1] != plain.split("\n", 1)[1]
        given = exercise.judge(made(number), now, clicked=True)
        assert (given.state, given.points) == (exercise.RIGHT, made(number).points), (number, given.wrong())
        # Answers about the made-up firm are neither lost nor counted here, and wrong ones are answered.
        assert exercise.judge(made(number), before, clicked=True).state == exercise.BLANK
        for field in form(number).fields():
            wrong = next((one for one, _label in getattr(field, "options", ()) if one != now[field.key]), 7)
            told = exercise.judge(made(number), {**now, field.key: wrong}, clicked=True).wrong()
            assert [one.key for one in told] == [field.key]
            assert told[0].text()
    own_files.choose("orders", None)
    assert "top" in right("2.2")


def test_a_file_that_does_not_do_is_said_to_and_the_made_up_firm_is_used(
    own: dict[str, Path], tmp_path: Path, language: str
) -> None:
    short = tmp_path / "short.csv"
    pd.read_csv(own["orders"], encoding="gb18030").head(6).to_csv(short, index=False)
    own_files.choose("orders", short)
    own_files.choose("survey", own["orders"])
    for number in NUMBERS:
        intro = form(number).intro
        assert sandbox.name(own_data._class()) in intro
        assert not any(key.startswith("own.") for key in right(number))
        assert re.search("20|40|210|270|does not serve|不能|不适合|去年订单", intro), intro


def test_a_survey_with_other_questions_is_told_what_it_lacks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRMLAB_STATE", str(tmp_path))
    monkeypatch.setenv("CRMLAB_CONFIG", str(tmp_path))
    asked = {
        "Delivery - expected": [5, 6] * 15,
        "Delivery - perceived": 7,
        "Price - expected": 3,
        "Price - perceived": 4,
    }
    path = tmp_path / "pleased.csv"
    pd.DataFrame({"Customer": [f"Firm {one}" for one in range(30)], **asked}).to_csv(path, index=False)
    own_files.choose("survey", path)
    said = {number: form(number).intro.splitlines()[0] for number in SURVEY}
    assert "pleased.csv" in said["5.1"]
    assert "if it were not" in said["5.2"]
    assert "expected, and" not in said["5.2"]  # that it has
    assert "no gap" in said["5.3"]
    assert "recommend" in said["5.4"]


def test_grading_looks_at_the_made_up_firm_alone(own: dict[str, Path], language: str) -> None:
    mine = right("2.2")
    with own_data.made_up_only():
        theirs = right("2.2")
    grades = [
        judging.judge("2.2", {own_data.ID: fields}, {}, own_data.ID)[own_data.ID]
        for fields in (mine, theirs, {**mine, **theirs})
    ]
    assert [one.points for one in grades] == [0.0, 3.0, 3.0]
    said = "own file" if language == "en" else "自己的文件"
    assert [said in one.html for one in grades] == [True, False, False]
    raw = json.dumps({"lesson": "2.2", "exercises": {own_data.ID: {"fields": mine, "points": 3}}}).encode()
    assert judging.read(raw, lessons.find("2.2"))[0][own_data.ID] == mine


def test_files_of_the_sandbox_read_back_to_the_same(
    tmp_path: Path, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first lines will do: all of them are made and written alike."""
    whole = sandbox.export

    def few(kind: str, seed: int = 0) -> Export:
        made = whole(kind, seed)
        table = made.table.head(600)
        known = made.contacts.loc[sorted(set(table["customer"]))]
        return replace(made, table=table, contacts=known, rows=len(table))

    monkeypatch.setattr(sandbox, "export", few)
    kinds = ("survey",) if language == "en" else ("orders", "survey", "complaints")
    for kind, path in sandbox.files(7, tmp_path, kinds).items():
        found, want = read(path), sandbox.export(kind, 7)
        assert (found.kind, len(found.table), found.listed) == (want.kind, len(want.table), 1), found.problem_table(5)
        assert {one.key for one in found.questions} <= {"customer"}, found.questions
        assert set(found.table) == set(want.table)
        for column in want.table:
            here, there = found.table[column], want.table[column]
            assert here.isna().tolist() == there.isna().tolist(), column
            assert here.dropna().tolist() == there.dropna().tolist(), (column, here.head(3), there.head(3))
        assert found.table.index.tolist() == want.table.index.tolist()
        assert {head: role for head, role in found.plan.roles.items() if role}.items() <= want.plan.roles.items()
        if "name" in found.contacts:
            assert found.contacts["name"].to_dict() == want.contacts["name"].to_dict()
