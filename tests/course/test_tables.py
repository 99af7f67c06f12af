"""Tables that are shown and saved: readable numbers, the trainee's language, nothing overwritten."""

from __future__ import annotations

import errno
import os
import re
from html import escape
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import crmlab
from crmlab.course import exercise_file, exercise_load, lessons
from crmlab.course.exercises import open_lesson
from crmlab.course.tables import begin, save, show
from crmlab.language import speaking
from crmlab.spreadsheets import Formula, as_typed


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CRMLAB_STATE", str(tmp_path))
    return tmp_path


def test_a_table_has_the_words_of_the_lesson_that_is_open() -> None:
    meant: dict[str, set[str]] = {}
    try:
        for lesson in lessons.every():
            open_lesson(lesson.number)
            words = exercise_load.load(path).get("tables", {}) if (path := exercise_file.path_of(lesson)).is_file() else {}
            with speaking("zh"):
                cells = show(dict.fromkeys(words, 1))._repr_html_() if words else ""
            for name, texts in words.items():
                meant.setdefault(name, set()).add(texts["zh"])
                assert f">{escape(texts['zh'].replace('_', ' '))}<" in cells, (lesson.number, name)
    finally:
        begin({})
    assert len(meant["open"]) > 1, "one word means two things in two lessons"


def test_shares_are_percent_and_bounds_follow_them() -> None:
    share = repr(show(pd.DataFrame({"share": [0.5], "low": [0.25], "high": [0.75]})))
    assert all(text in share for text in ("50%", "25%", "75%"))
    points = repr(show(pd.DataFrame({"nps": [38.9], "low": [14.2], "high": [63.6]})))
    assert "14.20" in points
    assert "%" not in points


def test_numbers_are_readable_and_ids_are_not_amounts() -> None:
    text = repr(show(pd.DataFrame({"customer_id": [12345], "amount": [1234567.891], "orders": [4338]})))
    assert "12345" in text
    assert "1,234,567.89" in text
    assert "4,338" in text


def test_long_tables_say_how_much_is_left_out_and_cells_are_escaped() -> None:
    page = show(pd.DataFrame({"name": ["<b>"] * 30}), rows=5)._repr_html_()
    assert page.count("&lt;b&gt;") == 5
    assert "25" in page
    assert "<b>" not in page


def test_missing_values_are_a_dash() -> None:
    text = repr(show(pd.DataFrame({"a": [1.5, float("nan")], "b": [pd.Timestamp("2011-12-09 12:50"), pd.NaT]})))
    assert "2011-12-09" in text
    assert "nan" not in text.lower()
    assert "–" in text


def test_a_saved_table_opens_in_excel_and_comes_back(here: Path) -> None:
    table = pd.DataFrame({"amount": [1.5]}, index=pd.Index(["甲"], name="customer_id"))
    assert "call-list.csv" in repr(save(table, "call-list.csv"))
    raw = (here / "call-list.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    assert pd.read_csv(here / "call-list.csv").iloc[0, 0] == "甲"


def test_a_file_with_the_trainees_notes_is_kept(here: Path) -> None:
    table = pd.DataFrame({"customer": ["A"], "notes": [""]})
    save(table, "list.csv")
    save(table, "list.csv")
    assert len(list(here.iterdir())) == 1, "the same again needs no second file"
    (here / "list.csv").write_text("customer,notes\nA,called on Monday\n", encoding="utf-8")
    said = repr(save(table, "list.csv"))
    assert "list.older-1.csv" in said
    assert "called on Monday" in (here / "list.older-1.csv").read_text(encoding="utf-8")


def test_what_a_lesson_saves_anew_replaces_what_it_saved_itself(here: Path) -> None:
    for number in range(3):
        save(pd.DataFrame({"hours": [number]}), "plan.csv")
    assert [one.name for one in here.iterdir()] == ["plan.csv"]


def test_a_page_is_whole_and_in_its_language(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRMLAB_LANG", "zh")
    save("<h1>卡片</h1>", "card.html")
    text = (here / "card.html").read_text(encoding="utf-8")
    assert text.startswith("<!DOCTYPE html>")
    assert 'lang="zh-CN"' in text


def test_nothing_is_written_outside_the_folder(here: Path) -> None:
    save("x", "../outside.html")
    assert (here / "outside.html").exists()


def test_a_folder_that_cannot_be_written_gets_a_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CRMLAB_STATE", str(tmp_path / "nowhere"))
    assert "cannot be written" in repr(save("x", "page.html"))


def test_single_numbers_say_what_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRMLAB_LANG", "zh")
    crmlab.lesson("2.2")
    shown = show({"revenue": 0.7461, "<b>": None, "orders": 1234.0}, formats={"revenue": "{:.1%}", "orders": "{:,.0f}"})
    assert repr(shown).splitlines() == ["销售额: 74.6%", "<b>: –", "订单数: 1,234"]
    page = shown._repr_html_()
    assert ">74.6%</td>" in page
    assert "<b>" not in page
    assert repr(show({"share": 0.5, "n": 2})).splitlines()[0].endswith(": 50%")
    every = repr(show(pd.DataFrame({"a": [0.25], "b": ["x"]}), formats="{:.0%}"))
    assert "25%" in every
    assert "x" in every


def test_formulas_of_the_course_itself_are_kept(here: Path) -> None:
    save(pd.DataFrame({"a": [2], "b": ["=A2*2"], "c": [Formula('=IF(A2<0,"",A2)')]}, dtype=object), "sums.csv")
    assert (here / "sums.csv").read_text("utf-8-sig").splitlines()[1] == '2,\'=A2*2,"=IF(A2<0,"""",A2)"'


def test_what_is_no_table_gets_a_sentence() -> None:
    for value in (5, None, "text", [1], {}, object()):
        assert "can show a table" in repr(show(value))  # type: ignore[arg-type]
        if not isinstance(value, str):
            assert "can save a table" in repr(save(value, "x.csv"))  # type: ignore[arg-type]


def test_an_index_named_like_a_column_is_shown_and_saved_beside_it(here: Path) -> None:
    table = pd.DataFrame({"city": ["Wuhan"]}, index=pd.Index(["Ms Li"], name="city"))
    assert repr(show(table)).split() == ["city", "city", "Ms", "Li", "Wuhan"]
    save(table, "list.csv")
    assert (here / "list.csv").read_text(encoding="utf-8-sig") == "city,city\nMs Li,Wuhan\n"


@pytest.mark.parametrize("name", [None, "", "..", "a\0b.csv", "x" * 400, "crmlab.py", "C:\\tmp\\a.csv", "日" * 90, "a/../b", 7, "folder"])
def test_any_name_is_taken_or_gets_a_sentence(here: Path, name: object) -> None:
    (here / "folder.csv").mkdir()
    said = repr(save(pd.DataFrame({"a": [1]}), name))  # type: ignore[arg-type]
    assert "Saved as" in said or "needs a name" in said or "cannot be written" in said
    assert all(path.suffix == ".csv" for path in here.iterdir())
    assert not list(here.parent.glob("*.csv")), "nothing outside the folder"


FORMULAS = ["=cmd|' /C calc'!A0", "+1+1", "@SUM(1)", "-2+3", "\t=1", " =1", "＝1+1", "a;=1", "'=1", "\r=1", "=a,b", '="x"']


@pytest.mark.parametrize("formula", FORMULAS)
def test_nothing_that_a_spreadsheet_runs_is_saved(here: Path, formula: str) -> None:
    table = pd.DataFrame({formula: [formula, "tea"]}, index=pd.Index([formula, "x"], name=f"{formula} "))
    save(table, "list.csv")
    back = pd.read_csv(here / "list.csv", dtype=str, keep_default_na=False, encoding="utf-8-sig")
    texts = [*back.columns, *back.iloc[0], *back.iloc[1]]
    for text in texts:
        for cell in re.split(r"[;\t\r\n]", text):
            assert not re.match(r"\s*[=+\-@＝]", cell)
    assert [as_typed(text) for text in back.iloc[:, 1]] == [formula, "tea"]
    assert as_typed(back.columns[1]) == formula


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cells=st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r\n"), min_size=1), min_size=1, max_size=4))
def test_what_is_saved_can_be_read_again(here: Path, cells: list[str]) -> None:
    save(pd.DataFrame({"said": cells}), "list.csv")
    back = pd.read_csv(here / "list.csv", dtype=str, keep_default_na=False, encoding="utf-8-sig", skip_blank_lines=False)
    assert [as_typed(text) for text in back["said"]] == cells


def test_a_full_disk_leaves_the_earlier_table_where_it_was(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save(pd.DataFrame({"a": [1]}), "list.csv")
    before = (here / "list.csv").read_bytes()

    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    assert "the disk is full" in repr(save(pd.DataFrame({"a": [2]}), "list.csv"))
    assert (here / "list.csv").read_bytes() == before
    assert [path.name for path in here.iterdir()] == ["list.csv"]
