"""Questions as a workbook: nothing lost on the way, and each slip of an instructor named with sheet, row and column."""

from __future__ import annotations

import datetime
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from crmlab.cli import main
from crmlab.course.bank import files, to_yaml, workbook
from crmlab.course.yamlfile import plain
from crmlab.language import set_language
from tests.support.questions import few, sources

HEADINGS = {name: column for column, name in enumerate(workbook.COLUMNS, 1)}


@pytest.fixture(autouse=True)
def english() -> Any:
    set_language("en")
    yield
    set_language(None)


def test_the_whole_bank_comes_back_unchanged_by_workbook_and_by_text(tmp_path: Path) -> None:
    book, text = tmp_path / "bank.xlsx", tmp_path / "bank.yml"
    book.write_bytes(workbook.workbook(sources()))
    content, faults = workbook.read(book)
    assert faults == []
    assert plain(content) == sources()
    text.write_text(to_yaml.text(plain(content)[:60]), encoding="utf-8")
    assert plain(files.read(text)[0]) == sources()[:60]


def test_excel_sees_texts_and_numbers_as_they_are_meant() -> None:
    source = {**next(one.source for one in few() if one.kind == "number"), "ask": {"en": "=1+1", "zh": "-2 是多少？"}}
    sheet = openpyxl.load_workbook(io.BytesIO(workbook.workbook([source])))["questions"]
    asked = {name: sheet.cell(2, column) for name, column in HEADINGS.items()}
    assert (asked["text_en"].value, asked["text_en"].data_type, asked["text_en"].quotePrefix) == ("=1+1", "s", True)
    assert (asked["text_zh"].value, asked["text_zh"].data_type) == ("-2 是多少？", "s")
    assert (asked["number"].value, asked["number"].data_type) == (source["right"], "n")
    assert sheet.freeze_panes == "E2"


def test_characters_that_no_workbook_holds_are_refused() -> None:
    source = {**few()[0].source, "ask": {"en": "a\x07b", "zh": "问"}}
    with pytest.raises(workbook.Unwritable, match="cannot hold"):
        workbook.workbook([source])


def edited(tmp_path: Path, change: Callable[[Any, dict[str, int]], None]) -> tuple[list[Any], list[str]]:
    """A workbook of a question of each kind after somebody's change: what is read, and what is said."""
    made = openpyxl.load_workbook(io.BytesIO(workbook.workbook(one.source for one in few(1))))
    sheet = made["questions"]
    rows: dict[str, int] = {}
    for row in range(2, sheet.max_row + 1):
        rows.setdefault(str(sheet.cell(row, HEADINGS["part"]).value), row)
        rows.setdefault(str(sheet.cell(row, HEADINGS["kind"]).value), row)
    change(sheet, rows)
    path = tmp_path / "mine.xlsx"
    made.save(path)
    content, faults = workbook.read(path)
    return content, [str(fault) for fault in faults]


def put(row: str, heading: str, value: Any, below: int = 0) -> Callable[[Any, dict[str, int]], None]:
    def change(sheet: Any, rows: dict[str, int]) -> None:
        sheet.cell(rows[row] + below, HEADINGS[heading]).value = value

    return change


@pytest.mark.parametrize(
    ("change", "place", "said"),
    [
        (put("single", "difficulty", "hard"), "column C (difficulty)", "whole number from 1 to 3"),
        (put("single", "kind", "singel"), "column B (kind)", "should be one of"),
        (put("single", "id", "Who Decides?"), "column A (id)", "small letters"),
        (put("option", "part", "optoin"), "column D (part)", "Did you mean “option”?"),
        (put("option", "text_zh", None), "column I (text_zh)", "no text for language “zh”"),
        (put("option", "why_en", "=A1&B1"), "column L (why_en)", "formula"),
        (put("option", "right", "maybe"), "column E (right)", "yes or no, not “maybe”"),
        (put("option", "number", 3), "column F (number)", "Nothing belongs here in a row “option”"),
        (put("true_false", "right", None), "row", "lacks “right”"),
        (put("number", "number", "about 5"), "column F (number)", "should be a number"),
        (put("mistake", "number", None), "row", "lacks “answer”"),
        (put("option", "id", "another-question"), "column A (id)", "belongs to no question"),
        (put("single", "difficulty", datetime.date(2026, 1, 2)), "column C (difficulty)", "made a date of this"),
        (put("pair", "match_en", None), "column J (match_en)", "no text for language “en”"),
        (lambda sheet, rows: sheet.merge_cells(start_row=3, end_row=4, start_column=8, end_column=8), "column H (text_en)", "merged"),
        (lambda sheet, rows: sheet.delete_cols(HEADINGS["part"]), "row 1", "headings are missing in the first row: part"),
        (lambda sheet, rows: sheet.cell(1, 20, "notes"), "row 1, column T", "Begin it with #"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_a_slip_is_named_with_its_place(change: Any, place: str, said: str, tmp_path: Path) -> None:
    content, faults = edited(tmp_path, change)
    assert content == []
    assert [fault for fault in faults if "sheet “questions”" in fault and place in fault and said in fault], faults


def test_a_sheet_as_people_keep_it(tmp_path: Path) -> None:
    """Its own name, rows between, an id only in the first row, yes in Chinese, numbers typed as text, a column of notes."""

    def change(sheet: Any, rows: dict[str, int]) -> None:
        sheet.title = "Sheet1"
        for row in range(2, sheet.max_row + 1):
            if sheet.cell(row, HEADINGS["part"]).value != "ask":
                sheet.cell(row, HEADINGS["id"]).value = None
            if sheet.cell(row, HEADINGS["right"]).value == "yes":
                sheet.cell(row, HEADINGS["right"]).value = "是"
        sheet.cell(rows["number"], HEADINGS["number"]).value = str(sheet.cell(rows["number"], HEADINGS["number"]).value)
        sheet.cell(1, len(HEADINGS) + 1, "# to do")
        sheet.cell(3, len(HEADINGS) + 1, "ask Li")
        sheet.insert_rows(rows["number"])
        del sheet.parent["how to"]

    content, faults = edited(tmp_path, change)
    assert faults == []
    assert plain(content) == [one.source for one in few(1)]


@pytest.mark.parametrize("raw", [b"", b"hello", b"PK\x03\x04 nothing", b"\xd0\xcf\x11\xe0old"], ids=["empty", "text", "half", "xls"])
def test_what_is_no_workbook_is_a_sentence(raw: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(raw)
    content, faults = workbook.read(path)
    assert content == []
    assert len(faults) == 1


def test_check_reads_workbooks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "mine.xlsx"
    source = {**few()[0].source, "id": "of-my-own", "ask": {"en": "Something else entirely?", "zh": "完全是别的事？"}}
    path.write_bytes(workbook.workbook([source]))
    assert main(["questions", "check", str(path), "--lang", "en"]) == 0
    assert "no mistakes, 1 questions" in capsys.readouterr().out
