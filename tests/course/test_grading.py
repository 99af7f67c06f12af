"""Judging what was handed in, without nbgrader: values on their way, the process of the judge, files and folders."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmlab import clv, complaints, datasets, intervals, qualification, satisfaction
from crmlab.course import lessons
from crmlab.course.bank import exam
from crmlab.course.exercise import RIGHT
from crmlab.course.grading import CannotGrade, apart, handin, judging, sandbox, values
from crmlab.language import set_language
from tests.support.answers import run, worked

# -- values --------------------------------------------------------------------------------------------------------------

TABLES = [
    pd.DataFrame({"n": [1, 2], "share": [0.5, np.nan], "who": ["a", None], "late": [True, False]}, ["x", "y"]),
    pd.DataFrame({"day": pd.to_datetime(["2024-02-29", None]), "gap": pd.to_timedelta([1, 2], "D")}),
    pd.DataFrame({"n": pd.array([1, None], "Int64"), "b": pd.array([True, None], "boolean")}),
    pd.DataFrame({"c": pd.Categorical(["low", "high"], ["low", "mid", "high"], ordered=True)}).rename_axis("row"),
    pd.DataFrame({"v": [1.5, 2.5]}, pd.MultiIndex.from_tuples([("a", 1), ("b", 2)], names=["first", "second"])),
    pd.DataFrame({"zone": pd.to_datetime(["2024-02-29 12:00"]).tz_localize("Asia/Shanghai")}),
    pd.DataFrame([[1, 2]], columns=["same", "same"]),
    pd.DataFrame(index=["a"]),
    pd.DataFrame({"mixed": pd.Series([1, "a", (2, 3), pd.NaT], dtype=object)}),
]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: "-".join(map(str, table.dtypes)) or "empty")
def test_tables_come_out_as_they_went_in(table: pd.DataFrame) -> None:
    table.attrs = {"left_out": {"rows": 1}}
    found = values.loads(values.dumps(table))
    pd.testing.assert_frame_equal(found, table)
    assert found.attrs == table.attrs
    for name in table.columns.unique():
        if isinstance(table[name], pd.Series):
            pd.testing.assert_series_equal(values.loads(values.dumps(table[name])), table[name])


@pytest.mark.parametrize(
    "value", [None, True, 3, 2.5, "线", (1, [2, {3: {"a"}}]), ..., pd.Timestamp("2024-02-29"), b"bytes", run]
)
def test_other_values(value: Any) -> None:
    found = values.loads(values.dumps(value))
    if isinstance(value, bytes) or callable(value):
        assert isinstance(found, values.Unknown)
        assert type(found).__name__ == type(value).__name__
    else:
        assert found == value
        assert type(found) is type(value)


RIGHT_ONES: dict[str, Callable[[], Any]] = {
    "2.4/another-day": lambda: clv.holdout(datasets.load("cdnow"), split="1997-06-30", zero_orders="count"),
    "3.2/new-clients": lambda: qualification.win_rates(datasets.load("b2b_deals").query("client == 'New'")),
    "3.5/curtain": lambda: np.array(intervals.wilson(24, 40)),
    "4.2/second-look": lambda: complaints.review(["want", "offer", "sympathy", "ask", "agree", "follow_up"]),
    "5.1/north-nps": lambda: satisfaction.nps(
        datasets.load("satisfaction_survey").query("region == 'North'")["recommend"]
    ),
}


@pytest.mark.parametrize("name", RIGHT_ONES)
def test_what_arrives_is_judged_as_what_was_sent(name: str) -> None:
    """Among them all objects of the package that are right in some lesson."""
    number, id = name.split("/")
    found = judging.judge(number, {}, {id: values.dumps(RIGHT_ONES[name]())}, only=id)[id]
    sent = run(id, number, code=RIGHT_ONES[name]())
    assert (sent.state, found.points) == (RIGHT, sent.points)


packed = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.fixed_dictionaries(
            {
                "k": st.sampled_from(
                    ["frame", "series", "index", "array", "record", "dict", "list", "time", "span", "other", "x"]
                )
            },
            optional={
                **dict.fromkeys(["v", "index", "columns", "shape", "name", "names", "attrs", "many"], inner),
                "class": st.sampled_from(
                    ["crmlab.complaints.Review", "crmlab.course.exercise.Exercise", "os.system", ""]
                ),
                "dtype": st.sampled_from(["int64", "V999999999", "category", "object", "datetime64[ns, ../x]"]),
            },
        )
    ),
    max_leaves=8,
)


@given(packed | st.text(max_size=20))
def test_made_up_texts_are_a_value_or_refused(content: Any) -> None:
    for text in (content, json.dumps(content)):
        try:
            found = values.loads(text)
        except ValueError:
            continue
        assert not callable(found)


@pytest.mark.parametrize(
    "text", ["[" * 100_000, "9" * 10_000, '{"k": "record", "class": "os.system", "v": {}}', None, 7]
)
def test_texts_that_are_no_value(text: Any) -> None:
    made = judging.judge("3.5", {}, {"curtain": text}, only="curtain")["curtain"]
    assert made.points == 0


# -- judging -------------------------------------------------------------------------------------------------------------


def test_the_better_of_clicks_and_code_counts() -> None:
    clicks = {"days": {"days": "361.5"}}
    for fields, code in ((clicks, "1"), ({}, "361.5"), (clicks, values.BLANK)):
        assert judging.judge("1.1", fields, {"days": code}, only="days")["days"].points == 1
    assert judging.judge("1.1", {}, {"days": "1"}, only="days")["days"].points == 0


@pytest.mark.parametrize(
    "raw",
    [b"", b"\xff", b"7", b"[]", b"{", b'{"exercises": []}', b'{"lesson": "3.2", "exercises": {}}', b"9" * 6_000_000],
)
def test_a_file_of_answers_that_cannot_be_used_says_so(raw: bytes) -> None:
    fields, problem = judging.read(raw, lessons.find("3.5"))
    assert not fields
    assert "5-persuasion.json" in problem


def test_points_in_the_file_are_not_looked_at_and_damage_is_local() -> None:
    clicks = worked("3.5")
    whole = {"lesson": "3.5", "exercises": {id: {"fields": fields, "points": 0} for id, fields in clicks.items()}}
    whole["exercises"]["curtain"] = {"points": 1e999, "best": "a", "hints": [], "fields": 7}
    whole["exercises"]["nobody"] = 5
    raw = b"\xef\xbb\xbf" + json.dumps(whole).encode()
    fields, problem = judging.read(raw, lessons.find("3.5"))
    assert not problem
    points = {id: grade.points for id, grade in judging.judge("3.5", fields, {}).items()}
    assert points.pop("curtain") == 0
    assert all(points.values())


def test_nobody_chooses_the_questions_of_an_exam() -> None:
    right = exam.worked(5)
    assert judging.judge("7.2", {"exam": right}, {})["exam"].points == exam.SIZE + 4
    (attempt,) = right["tries"]
    easy = {**attempt, "ids": attempt["ids"][:1], "talk": None}
    assert judging.judge("7.2", {"exam": {"tries": [easy, 5, {"seed": []}]}}, {})["exam"].points == 1
    other = {**attempt, "seed": 6}
    assert judging.judge("7.2", {"exam": {"tries": [other]}}, {})["exam"].points < 10


def test_of_tries_without_number_the_newest_are_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judging, "MOST_TRIES", 2)
    assert [one["seed"] for one in judging.as_drawn({"tries": [{"seed": seed} for seed in range(5)]})["tries"]] == [3, 4]


def test_feedback_is_in_the_language_asked_for_and_can_be_written() -> None:
    request = {"lesson": "3.5", "language": "zh", "answers": None, "given": {"curtain": '["\\ud800", 1]'}}
    try:
        html = judging.answer(request)["grades"]["curtain"]["html"]
        assert "分" in html
        html.encode("utf-8")
    finally:
        set_language(None)


def test_a_graded_cell_without_a_number_brings_nothing() -> None:
    from nbformat.v4 import new_code_cell, new_notebook
    from nbgrader.utils import determine_grade

    from crmlab.course.grading.submissions import Judged

    def graded(source: str) -> Any:
        return new_code_cell(
            source, metadata={"nbgrader": {"grade": True, "grade_id": "x", "points": 3, "solution": False}}
        )

    passed = graded("assert True")
    passed.execution_count = 1
    cells = [graded('check("of-another-version")'), graded("assert False"), passed]
    resources = {"crmlab": {"lesson": "", "answers": None, "said": ["<b>1</b>"], "values": {}}}
    made, _resources = Judged().preprocess(new_notebook(cells=cells), resources)
    assert [determine_grade(one) for one in made.cells[1:]] == [(0, 3), (0, 3), (3, 3)]
    assert "<b>" not in made.cells[0].source


def code(source: str) -> Any:
    from nbformat.v4 import new_code_cell, new_notebook

    check = new_code_cell('check("x", answer)', metadata={"nbgrader": {"grade": True, "grade_id": "x", "points": 3}})
    return new_notebook(cells=[new_code_cell(source), check])


@pytest.mark.parametrize("allowed", [False, True])
def test_where_nothing_keeps_code_apart_it_runs_if_that_is_allowed(
    allowed: bool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from crmlab.course.grading.running import RunAnswers

    monkeypatch.setattr(sandbox, "name", lambda: "")
    here: dict[str, Any] = {"as given": False, "said": [], "values": {}, "folder": str(tmp_path), "apart": ""}
    (tmp_path / "seen.json").write_text("42", "utf-8")
    notebook = code('import json, os\nanswer = json.load(open("seen.json"))\nopen("left", "w").close()')
    made, _resources = RunAnswers(unprotected=allowed).preprocess(notebook, {"crmlab": here})
    assert here["values"] == ({"x": "42"} if allowed else {})
    assert here["apart"] == ("none" if allowed else "")
    assert bool(here["said"]) is not allowed
    assert made.cells[1].source == 'check("x", answer)'
    assert [path.name for path in tmp_path.iterdir()] == ["seen.json"]


@pytest.mark.parametrize(
    "line",
    [
        b"[" * 100_000,
        b"5",
        b'{"cell": true}',
        b'{"cell": -1}',
        b'{"cell": 0, "outputs": 7, "count": "a", "late": -1}',
        b"\xff",
    ],
)
def test_lines_from_the_sandbox_are_data_and_nothing_else(
    line: bytes, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from crmlab.course.grading.running import RunAnswers

    def run(_command: Any, _given: Any, heard: Callable[[bytes], None], *_more: Any) -> sandbox.Ended:
        for one in (b'{"began": true}', line, b'{"cell": 1, "value": "42", "count": 2}', b'{"end": "done"}'):
            heard(one)
        return sandbox.Ended(0)

    monkeypatch.setattr(sandbox, "run", run)
    here: dict[str, Any] = {"as given": False, "said": [], "values": {}, "folder": str(tmp_path), "apart": ""}
    made, _resources = RunAnswers(unprotected=True).preprocess(code("answer = 42"), {"crmlab": here})
    assert here["values"] == {"x": "42"}
    assert made.cells[0].outputs == []
    assert made.cells[0].execution_count is None


# -- the process of the judge --------------------------------------------------------------------------------------------


@pytest.fixture
def judge() -> Iterator[apart.Judge]:
    made = apart.Judge(limit=1.0)
    yield made
    made.close()


STUB = """
import json, sys, time
for line in sys.stdin:
    asked = json.loads(line)
    if {when}: {what}
    ids = [asked["only"]] if "only" in asked else ["a", "b"]
    print(json.dumps({{"grades": {{id: {{"points": 1.0, "html": ""}} for id in ids}}, "problem": ""}}), flush=True)
"""


def stub(when: str, what: str) -> Callable[[], subprocess.Popen[str]]:
    words = [sys.executable, "-S", "-c", STUB.format(when=when, what=what)]
    return lambda: subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


@pytest.mark.parametrize("what", ["time.sleep(60)", "sys.exit()", "print('no reply', flush=True)"])
def test_an_answer_that_breaks_the_judge_costs_its_own_points_alone(
    what: str, judge: apart.Judge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apart, "_start", stub('asked["given"] and asked.get("only") in (None, "b")', what))
    found, _problem = judge.grades("1.1", "en", None, {"b": "1"})
    assert list(found) == ["a"]


def test_a_judge_that_does_not_work_is_nobodys_fault(judge: apart.Judge, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "_start", stub("True", "sys.exit()"))
    with pytest.raises(CannotGrade):
        judge.grades("1.1", "en", None, {})


# -- files ---------------------------------------------------------------------------------------------------------------


def notebook(number: str) -> str:
    return json.dumps({"nbformat": 4, "metadata": {"crmlab": {"lesson": number}}, "cells": []})


def test_renamed_notebooks_are_found_by_their_lesson(tmp_path: Path) -> None:
    known = [one for one in lessons.every() if one.unit == "3-qualification"]
    for name, content in {
        "2-man (1).ipynb": notebook("3.2"),
        "2-man (1).json": "{}",
        "mine.ipynb": notebook("3.3"),
        "mine.json": "{}",
        "3-phone.json": "{}",
        "4-visit.ipynb": notebook("3.4"),
        "4-visit (1).ipynb": notebook("3.4"),
        "a.ipynb": notebook("3.5"),
        "b.ipynb": notebook("3.5"),
        "c.ipynb": "[" * 100_000,
    }.items():
        (tmp_path / name).write_text(content, "utf-8")
    (tmp_path / "d.ipynb").mkdir()
    found = {right.name: other.name for right, other in handin.renamed(tmp_path, known).items()}
    assert found == {"2-man.ipynb": "2-man (1).ipynb", "2-man.json": "2-man (1).json", "3-phone.ipynb": "mine.ipynb"}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes in the file system")
def test_only_files_are_read_and_none_that_is_too_long(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"12345")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("file")
    assert handin.read(tmp_path / "file", 5) == (b"12345", "")
    assert handin.read(tmp_path / "none", 5) == (None, "")
    for name in ("pipe", "link", "."):
        raw, problem = handin.read(tmp_path / name, 5)
        assert raw is None
        assert problem
    assert "longer" in handin.read(tmp_path / "file", 4)[1]
