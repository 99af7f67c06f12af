"""Scripts as workbooks and as text: what is written is read back the same, also as Excel and people change it."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crmlab import complaints
from crmlab.course.authoring import to_yaml, workbook
from crmlab.course.roleplay import routes, scripts
from crmlab.course.widgets.rehearsal import rehearse
from tests.support import scriptfiles

SCRIPTS = sorted(scripts.folder().glob("*.yml"))


def there_and_back(source: Any, folder: Path) -> tuple[Any, Any]:
    """The content read from a workbook, and from the text that was made of that."""
    sheet, text = folder / "there.xlsx", folder / "back.yml"
    sheet.write_bytes(workbook.workbook(source))
    read = scripts.load(sheet)
    text.write_text(to_yaml.text(read.source), encoding="utf-8")
    return read.source, scripts.load(text).source


@pytest.mark.parametrize("file", SCRIPTS, ids=lambda file: file.stem)
def test_every_script_of_the_course_survives_both_ways(file: Path, tmp_path: Path) -> None:
    source = scripts.load(file).source
    sheet, text = there_and_back(source, tmp_path)
    assert sheet == source
    assert text == source
    assert list(text.get("steps", ())) == list(source.get("steps", ()))
    order = [
        (name, [choice["text"]["en"] for choice in node.get("choices", ())]) for name, node in text["nodes"].items()
    ]
    assert order == [
        (name, [one["text"]["en"] for one in node.get("choices", ())]) for name, node in source["nodes"].items()
    ]


# Any text that a cell can hold and that is not blank; names as the check allows them.
_LETTERS = st.characters(codec="utf-8", exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff")
TEXTS = st.one_of(
    st.text(_LETTERS | st.just("\n"), min_size=1, max_size=40).filter(lambda text: text.strip()),
    st.sampled_from(["=1+1", "+49 30", "-- yes", "@home", "#N/A", "1-2", "007", "TRUE", "null", "a: b", "'x", '"', "\\", "- a", "他说：“好”。", "😀", "1e5"]),
)  # fmt: skip
BOTH = st.fixed_dictionaries({"en": TEXTS, "zh": TEXTS})
STEPS = st.sampled_from(list(complaints.STEPS))
OWN = st.dictionaries(st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True), BOTH, min_size=2, max_size=5)


@st.composite
def sources(draw: st.DrawFn) -> Any:
    names = draw(
        st.lists(
            st.from_regex(r"[A-Za-z\u4e00-\u9fa5][A-Za-z0-9_\u4e00-\u9fa5-]{0,8}", fullmatch=True),
            min_size=2,
            max_size=5,
            unique=True,
        )
    )
    own = draw(st.none() | OWN)
    one_step = STEPS if own is None else st.sampled_from(list(own))
    *talks, last = names
    nodes: dict[str, Any] = {}
    for number, name in enumerate(talks):
        onwards = names[number + 1]
        choices = []
        for _choice in range(draw(st.integers(1, 3))):
            choice: dict[str, Any] = {"text": draw(BOTH), "why": draw(BOTH), "to": onwards}
            if draw(st.booleans()):
                choice["step"] = draw(one_step)
            for key in ("mood", "trust"):
                if draw(st.booleans()):
                    choice[key] = draw(st.integers(-2, 2))
            if draw(st.booleans()):
                choice["better"] = draw(BOTH)
            if draw(st.booleans()):
                route: dict[str, Any] = {"to": draw(st.sampled_from(names))}
                low = draw(st.integers(1, 5))
                if draw(st.booleans()):
                    route |= {"mood_min": low, "mood_max": draw(st.integers(low, 5))}
                if draw(st.booleans()):
                    route["trust_max"] = draw(st.integers(0, 5))
                for key in ("done", "not_done"):
                    if draw(st.booleans()):
                        route[key] = draw(st.lists(one_step, min_size=1, max_size=3))
                if len(route) > 1:
                    choice["to"] = [route, {"to": onwards}]
            choices.append(choice)
        nodes[name] = {"says": draw(BOTH), "choices": choices}
    nodes[last] = {"ending": draw(st.sampled_from(["good", "fair", "bad"])), "says": draw(BOTH), "debrief": draw(BOTH)}
    if draw(st.booleans()):
        nodes[last]["mood"] = draw(st.integers(1, 5))
    return {
        "id": draw(st.from_regex(r"[a-z0-9\u4e00-\u9fa5][a-z0-9.-]{0,9}", fullmatch=True)),
        "title": draw(BOTH), "setting": draw(BOTH), "customer": draw(BOTH),
        "mood": draw(st.integers(1, 5)), "trust": draw(st.integers(0, 5)), "start": names[0], "nodes": nodes, **({} if own is None else {"steps": own}),
    }  # fmt: skip


@settings(suppress_health_check=list(HealthCheck))
@given(source=sources())
def test_any_script_survives_both_ways(tmp_path: Path, source: Any) -> None:
    """Yml to xlsx to yml is the same script, whatever the texts hold."""
    file = tmp_path / "first.yml"
    file.write_text(to_yaml.text(source), encoding="utf-8")
    found = scripts.faults(file)
    # Chance may leave a node behind, or go round in circles.
    assert all("never reached" in fault.text or "No ending can be reached" in fault.text for fault in found), found
    if found:
        return
    assert scripts.load(file).source == source
    sheet, text = there_and_back(source, tmp_path)
    assert sheet == source
    assert text == source


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("on", "on"),
        (" on ", "on"),
        ("gone if mood <= 1\non", [{"to": "gone", "mood_max": 1}, {"to": "on"}]),
        ("gone if mood ≤ 1；on", [{"to": "gone", "mood_max": 1}, {"to": "on"}]),
        ("gone IF Mood < 2; on;", [{"to": "gone", "mood_max": 1}, {"to": "on"}]),
        ("a if trust > 2 and mood = 3; b", [{"to": "a", "trust_min": 3, "mood_min": 3, "mood_max": 3}, {"to": "b"}]),
        ("a if done ask, sympathy and not done offer; b", [{"to": "a", "done": ["ask", "sympathy"], "not_done": ["offer"]}, {"to": "b"}]),
        ("a if done ask、confirm；b", [{"to": "a", "done": ["ask", "confirm"]}, {"to": "b"}]),
    ],
)  # fmt: skip
def test_routes_as_people_type_them(text: str, wanted: Any) -> None:
    assert routes.understood(text) == wanted
    assert routes.understood(routes.written(wanted)) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "",
        ";",
        "a b",
        "a if",
        "a if mood",
        "a if mood <= x",
        "a if anger > 2",
        "if mood <= 1",
        "a if mood <= 1 or trust >= 2",
    ],
)
def test_routes_that_nobody_understands(text: str) -> None:
    with pytest.raises(routes.RouteError):
        routes.understood(text)


def test_what_excel_and_people_do_to_a_workbook_is_no_mistake(tmp_path: Path) -> None:
    def change(book: Any) -> None:
        choices = book["choices"]
        for row in range(2, choices.max_row + 1):
            for column in "EF":
                if choices[f"{column}{row}"].value is not None:
                    choices[f"{column}{row}"].value = f" {choices[f'{column}{row}'].value:+d} "  # a number as text
            choices[f"A{row}"].value = f" {choices[f'A{row}'].value} "
        book["script"]["B6"].value = 2.0
        choices.insert_rows(5, 2)
        choices.insert_cols(1)
        choices["A1"], choices["A3"] = "# my notes", "ask Chen about this"
        book["nodes"].title = "Nodes "
        book["script"]["A1"].value = " KEY "
        book.create_sheet("my list")["A1"] = "=1/0"
        choices["C900000"].fill = openpyxl.styles.PatternFill("solid", fgColor="FFFF0000")

    changed = scripts.load(scriptfiles.book(tmp_path, change))
    assert changed == scriptfiles.script(tmp_path)


def test_the_workbook_offers_what_is_possible(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(scriptfiles.book(tmp_path))
    assert book.sheetnames == ["how to", "script", "nodes", "choices"]
    rules = {
        (sheet.title, str(rule.sqref)): rule.formula1
        for sheet in book
        for rule in sheet.data_validations.dataValidation
    }
    assert rules["choices", "D2:D400"] == '"sympathy,ask,confirm,want,offer,agree,follow_up"'
    assert rules["nodes", "D2:D400"] == '"good,fair,bad"'
    assert rules["choices", "E2:E400"] == '"-2,-1,0,1,2"'
    assert rules["choices", "A2:A400"] == "nodes!$A$2:$A$400"
    assert rules["script", "B8"] == "nodes!$A$2:$A$400"
    assert book["choices"]["B2"].alignment.wrap_text
    assert book["choices"].column_dimensions["B"].width > 40
    assert book["choices"].freeze_panes == "B2"
    how = [cell.value for row in book["how to"].iter_rows() for cell in row if cell.value]
    assert any("first that fits" in text for text in how)
    assert any("取第一条符合的" in text for text in how)


def test_steps_of_its_own_are_a_sheet(tmp_path: Path) -> None:
    source = scripts.load("first-call").source
    book = openpyxl.load_workbook(io.BytesIO(workbook.workbook(source)))
    assert book.sheetnames == ["how to", "script", "nodes", "choices", "steps"]
    assert [row[0] for row in book["steps"].iter_rows(values_only=True)] == ["step", *source["steps"]]
    rules = {str(rule.sqref): rule.formula1 for rule in book["choices"].data_validations.dataValidation}
    assert rules["D2:D400"] == f'"{",".join(source["steps"])}"'
    book["steps"]["A3"] = "  Suits "
    book["steps"]["A4"] = "name"
    book["steps"]["A5"] = None
    file = tmp_path / "first-call.xlsx"
    book.save(file)
    found = {(fault.place.sheet, fault.place.row): fault.text for fault in scripts.faults(file)}
    assert found["steps", 4] == "The key “name” stands twice."
    assert found["steps", 5] == "The step's key is missing in this row."


def test_a_text_that_no_cell_can_hold_is_refused(tmp_path: Path) -> None:
    for text in ("a\x07b", "x" * 40_000):
        source = {**scriptfiles.script(tmp_path).source, "title": {"en": text, "zh": "甲"}}
        with pytest.raises(workbook.Unwritable):
            workbook.workbook(source)


def test_texts_stay_texts_in_excel(tmp_path: Path) -> None:
    source = scriptfiles.script(tmp_path).source
    source["nodes"]["opening"]["says"] = {"en": "=HYPERLINK(1)", "zh": "#N/A"}
    book = openpyxl.load_workbook(io.BytesIO(workbook.workbook(source)))
    assert [book["nodes"][where].data_type for where in ("B2", "C2")] == ["s", "s"]


def test_a_workbook_can_be_rehearsed(tmp_path: Path) -> None:
    file = scriptfiles.book(tmp_path)
    assert "Traceback" not in str(rehearse(file))
    broken = rehearse(scriptfiles.book(tmp_path, scriptfiles.cell("choices", "K2", "nowhere")))
    assert "sheet “choices”, row 2" in repr(broken)
