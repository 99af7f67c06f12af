"""What instructors write themselves: each mistake named with its file and line or cell, all of it made whole for the hand-out."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from crmlab.classroom import own
from crmlab.course.authoring import exercise_sheet
from crmlab.course.yamlfile import Fault
from crmlab.language import speaking
from tests.classroom.conftest import PRICES, QUESTIONS
from tests.support import scriptfiles


def faults(folder: Path) -> list[str]:
    with pytest.raises(own.OwnError) as told:
        own.read(folder)
    return str(told.value).splitlines()


def put(folder: Path, name: str, text: str) -> None:
    path = folder / "own" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


@pytest.fixture(scope="module")
def examples() -> bytes:
    with speaking("en"):
        return exercise_sheet.workbook()


@pytest.fixture
def changed(tmp_path: Path, examples: bytes) -> Callable[[Callable[[Any], None]], list[Fault]]:
    """What is wrong with the examples after a change of their sheet."""

    def read(change: Callable[[Any], None]) -> list[Fault]:
        path = tmp_path / "mine.xlsx"
        path.write_bytes(examples)
        book = openpyxl.load_workbook(path)
        change(book["exercises"])
        book.save(path)
        return exercise_sheet.read(path)[1]

    return read


def row_of(sheet: Any, text: str) -> int:
    return next(cell.row for row in sheet.iter_rows() for cell in row if cell.value == text)


# -- exercises as a workbook -------------------------------------------------------------------------------------------


def test_the_examples_are_sound_and_show_each_kind(tmp_path: Path, examples: bytes) -> None:
    path = tmp_path / "mine.xlsx"
    path.write_bytes(examples)
    content, wrong = exercise_sheet.read(path)
    assert wrong == []
    by_id = {entry["id"].removeprefix("example-"): entry for entry in content["exercises"]}
    assert tuple(by_id) == exercise_sheet.KINDS
    assert by_id["one"]["fields"]["answer"]["right"] == "o1"
    assert [row["right"] for row in by_id["several"]["rows"]] == ["yes", "no"]
    assert [row["right"] for row in by_id["classify"]["rows"]] == ["service", "sales"]
    order = by_id["order"]["fields"]["order"]
    assert order["right"] == ["i1", "i2", "i3"] != list(order["items"])
    assert (by_id["number"]["fields"]["n"]["right"], by_id["number"]["fields"]["n"]["within"]) == (20, 0.5)


def merge(sheet: Any) -> None:
    sheet.merge_cells("D4:E4")


def formula(sheet: Any) -> None:
    sheet.cell(row_of(sheet, "How many calls?"), 3).value = "=1+1"


def no_heading(sheet: Any) -> None:
    sheet.cell(1, 4).value = "prt"


def two_right(sheet: Any) -> None:
    sheet.cell(row_of(sheet, "That was not our fault: the road was closed."), 5).value = "yes"


def no_chinese(sheet: Any) -> None:
    sheet.cell(2, 10).value = None


def wrong_kind(sheet: Any) -> None:
    sheet.cell(2, 2).value = "on"


def wrong_part(sheet: Any) -> None:
    sheet.cell(4, 4).value = "optoin"


def wrong_group(sheet: Any) -> None:
    sheet.cell(row_of(sheet, "A scanner does not start."), 6).value = "servce"


def points_in_words(sheet: Any) -> None:
    sheet.cell(2, 3).value = "two"


def no_number(sheet: Any) -> None:
    sheet.cell(row_of(sheet, "Of five calls one becomes a visit. How many calls for four visits?"), 7).value = "many"


def id_twice(sheet: Any) -> None:
    sheet.cell(row_of(sheet, "What belongs into a complaint note?"), 1).value = "example-one"


SAID = [
    (merge, "sheet “exercises”, row 4, column D (part): The cells D4:E4 are merged. Split them and fill in each one."),
    (formula, "row 29, column C (points): The cell holds a formula. Copy it and paste it as a value."),
    (no_heading, "sheet “exercises”, row 1, column D: The heading “prt” is not known. Did you mean “part”?"),
    (two_right, "row 4, column E (right): 2 options are marked right; an exercise of the kind “one” needs exactly one."),
    (no_chinese, "row 2, column J (text_zh): The text is missing here."),
    (wrong_kind, "row 2, column B (kind): “kind” should be one of one, several, classify, order, number, not “on”. Did you mean “one”?"),
    (wrong_part, "row 4, column D (part): “optoin” is no part of an exercise. Did you mean “option”?"),
    (wrong_group, "column F (group): There is no group “servce” in this exercise. Did you mean “service”?"),
    (points_in_words, "row 2, column C (points): “points” should be a number above 0, not “two”."),
    (no_number, "column G (number): The right number is missing here, or is none: “many”."),
    (id_twice, "column A (id): The id “example-one” stands twice; each exercise needs its own."),
]


@pytest.mark.parametrize(("change", "due"), SAID, ids=lambda one: getattr(one, "__name__", ""))
def test_a_mistake_in_a_workbook_has_its_cell(changed: Callable[[Callable[[Any], None]], list[Fault]], change: Callable[[Any], None], due: str) -> None:
    assert any(due in str(fault) for fault in changed(change)), [*map(str, changed(change))]


def test_braces_in_a_cell_are_braces(changed: Callable[[Callable[[Any], None]], list[Fault]]) -> None:
    def braces(sheet: Any) -> None:
        sheet.cell(3, 9).value = "What does {this} mean?"

    assert changed(braces) == []


def test_no_workbook_at_all(tmp_path: Path) -> None:
    (tmp_path / "mine.xlsx").write_bytes(b"PK nothing")
    content, wrong = exercise_sheet.read(tmp_path / "mine.xlsx")
    assert content == {}
    assert "damaged" in str(wrong[0])


# -- all kinds together ------------------------------------------------------------------------------------------------


def test_each_mistake_is_named_with_its_file_and_line(tmp_path: Path) -> None:
    put(tmp_path, "exercises/prices.yml", PRICES.replace('right: "no"', 'right: "nein"'))
    put(tmp_path, "exercises/twice.yml", PRICES)
    put(tmp_path, "exercises/again.yml", PRICES)
    put(tmp_path, "exercises/plan.ods", "")
    put(tmp_path, "exercises/_draft.yml", "no: [")
    put(tmp_path, "questions/ours.yml", QUESTIONS.replace("difficulty: 1", "difficulty: 9", 1))
    found = faults(tmp_path)
    assert "own/exercises/prices.yml:17: What is right, “nein”, is none of the options: yes, no." in found
    assert "own/exercises/twice.yml:7: The id “our-prices” is taken in own/exercises/again.yml; choose another." in found
    assert any(line.startswith("own/exercises/plan.ods: This is neither a text file") for line in found)
    assert "own/questions/ours.yml:4: “difficulty” should be a whole number from 1 to 3, not “9”." in found
    assert len(found) == 4


def test_a_script_with_a_dead_end(tmp_path: Path) -> None:
    place = tmp_path / "own" / "roleplays"
    place.mkdir(parents=True)
    scriptfiles.text(place, ("\n    ending: bad", ""))
    found = faults(tmp_path)
    assert all(line.startswith("own/roleplays/small.yml:") for line in found), found
    assert any("dead end" in line or "neither choices nor an ending" in line for line in found), found


def test_names_that_the_course_has(tmp_path: Path) -> None:
    place = tmp_path / "own" / "roleplays"
    place.mkdir(parents=True)
    scriptfiles.text(place, ('id: "small"', 'id: "late-delivery"'))
    put(tmp_path, "questions/q.yml", QUESTIONS.replace("id: ours-1", "id: who-says-yes"))
    put(tmp_path, "exercises/e.yml", PRICES.replace("id: our-prices", "id: quiz-10.1".replace(".", "-")))
    found = "\n".join(faults(tmp_path))
    assert "The course has a role-play “late-delivery” of its own; give yours another id." in found
    assert "The id “who-says-yes” is taken in 3-qualification/2-man.questions.yml; choose another." in found
    assert "own/exercises/e.yml:7: The id “quiz-10-1” is one of the course's; choose another." in found


def test_an_exercise_that_needs_python_is_refused(tmp_path: Path) -> None:
    put(tmp_path, "exercises/e.yml", PRICES.replace(', right: "no"', ""))
    assert any("Nobody says what is right in “b”" in line for line in faults(tmp_path))


def test_what_is_handed_out_stands_alone(tmp_path: Path) -> None:
    put(tmp_path, "exercises/prices.yml", PRICES)
    found = own.files(own.read(tmp_path), ["late-delivery"])
    entries = json.loads(found["class/10-class/1-ours.exercises.yml"])["exercises"]
    assert [entry["id"] for entry in entries] == ["our-prices", "late-delivery"]
    assert entries[0]["each"]["options"]["yes"]["en"] == "ours"
    assert entries[0]["each"]["wrong"]["en"] == "Look at {said} again."


def test_nothing_of_ones_own(tmp_path: Path) -> None:
    assert own.files(own.read(tmp_path), []) == {}


def test_two_texts_that_are_missing_are_not_the_same(tmp_path: Path) -> None:
    choice = "".join(f'    - {{text: {{en: "{name}"}}, why: {{en: "So.", zh: "对。"}}{", right: true" * (name == "Ann")}}}\n' for name in ("Ann", "Bob", "Cleo"))
    put(tmp_path, "questions/mine.yml", QUESTIONS.split("  right: true")[0].replace("kind: true_false", "kind: single") + f"  options:\n{choice}")
    told = faults(tmp_path)
    assert any("“text” has no text for language “zh”" in one for one in told)
    assert not [one for one in told if "None" in one]


# -- a class of one language -------------------------------------------------------------------------------------------


def test_a_class_of_one_language_needs_its_texts_alone_as_yaml(tmp_path: Path) -> None:
    put(tmp_path, "exercises/prices.yml", re.sub(r', zh: (?:"[^"]*"|[^}]*)', "", PRICES))
    put(tmp_path, "questions/mine.yml", re.sub(r', zh: "[^"]*"', "", QUESTIONS))
    found = own.read(tmp_path, ["en"])
    assert found.exercises[0]["title"] == {"en": "Our *prices*", "zh": "Our *prices*"}
    assert found.questions[0]["why"] == {"en": "It does.", "zh": "It does."}
    hint, *others = faults(tmp_path)
    assert hint.startswith("class.yml: In English nothing is missing.")
    assert hint.endswith("languages: [en]")
    assert any("“ask” has no text for language “zh”" in one for one in others)
    with pytest.raises(own.OwnError) as told:
        own.read(tmp_path, ["zh"])
    assert "class.yml" not in str(told.value)


@pytest.mark.parametrize("absent", [True, False])
@pytest.mark.parametrize("kind", own.KINDS)
@pytest.mark.parametrize(("language", "other"), [("en", "zh"), ("zh", "en")])
def test_a_class_of_one_language_needs_its_columns_alone(tmp_path: Path, language: str, other: str, kind: str, absent: bool) -> None:
    from crmlab.classroom.handing_out import _example

    path = tmp_path / "own" / kind / "mine.xlsx"
    path.parent.mkdir(parents=True)
    path.write_bytes(_example(kind))
    book = openpyxl.load_workbook(path)
    for sheet in book.worksheets:
        for column in range(sheet.max_column, 0, -1):
            if str(sheet.cell(1, column).value).endswith(other):
                if absent:
                    sheet.delete_cols(column)
                else:
                    for row in range(2, sheet.max_row + 1):
                        sheet.cell(row, column).value = None
    book.save(path)
    assert faults(tmp_path)
    assert own.read(tmp_path, [language])
