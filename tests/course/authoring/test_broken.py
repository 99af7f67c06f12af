"""Broken scripts: what an instructor sees, to the letter, in both languages; and never a traceback."""

from __future__ import annotations

import io
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crmlab import cli
from crmlab.course.roleplay import scripts
from crmlab.language import set_language
from tests.support import scriptfiles

AGREED = 'en: "Agreed. If it comes."'


def said(file: Path, lang: str) -> list[str]:
    try:
        set_language(lang)
        return [str(fault) for fault in scripts.faults(file)]
    finally:
        set_language(None)


TEXTS: dict[str, tuple[list[tuple[str, str]], str, str]] = {
    "a quotation mark forgotten": (
        [(AGREED, 'en: "Agreed. If it comes.')],
        "This line cannot be read as YAML: the line is indented wrongly, or a colon or a quotation mark is missing here or just above.",
        "这一行无法按 YAML 读取：缩进不对，或者这里、上一行少了冒号或引号。",
    ),
    "a colon in a text": (
        [(AGREED, "en: Agreed: if it comes.")],
        "This line cannot be read as YAML: a colon inside a text; put the whole text in quotation marks, or begin it with >-.",
        "这一行无法按 YAML 读取：文字里有冒号；请把整段文字放进引号，或以 >- 开头。",
    ),
    "a full-width colon": (
        [("mood: 2", "mood： 2")],
        "A full-width colon “：” stands after a key; type a plain colon and a space instead.",
        "键名后面用了全角冒号“：”；请改成半角冒号加一个空格。",
    ),
    "a typo in a key": (
        [("step: confirm", "setp: confirm")],
        "The key “setp” is not known here. Did you mean “step”?",
        "这里没有“setp”这个键。是不是“step”？",
    ),
    "a typo in a link": (
        [("to: confirmed", "to: confirmd")],
        "There is no node “confirmd”. Did you mean “confirmed”?",
        "没有名为“confirmd”的节点。是不是“confirmed”？",
    ),
    "Chinese left out": (
        [('      zh: "行。只要真的来。"\n', "")],
        "“says” has no text for language “zh”.",
        "“says”没有语言“zh”的文字。",
    ),
    "a mood out of range": (
        [("mood: 2", "mood: 7")],
        "“mood” should be a whole number from 1 to 5, not “7”.",
        "“mood”应为 1 到 5 的整数，不能是“7”。",
    ),
    "an ending that has choices": (
        [("  agreed:\n", "  agreed:\n    ending: good\n    debrief: {en: a, zh: 甲}\n")],
        "“agreed” has both “ending” and “choices”: a talk ends there or goes on. Take one of them out.",
        "“agreed”既有“ending”又有“choices”：谈话要么到此结束，要么接着谈。请去掉其中一个。",
    ),
    "a node's name in two words": (
        [("  makes_do:\n", "  makes do:\n")],
        "A node's name should be one word that begins with a letter (letters, digits, - and _), not “makes do”.",
        "节点名应是以字母或汉字开头的一个词（字母、汉字、数字、- 和 _），不能是“makes do”。",
    ),
    "a choice without why": (
        [('        why:\n          en: "Friendly, and nobody checks whether it came."\n          zh: "很客气，可没人去核实到底来没来。"\n', "")],
        "“choice 1” lacks “why”.",
        "“第 1 个选项”缺少“why”。",
    ),
    "a tag that would run a program": (
        [("mood: 2", 'mood: !!python/object/apply:os.system ["exit 1"]')],
        "This line cannot be read as YAML: a text that begins with ! needs quotation marks around it.",
        "这一行无法按 YAML 读取：以 ! 开头的文字要放进引号。",
    ),
    "anchors and aliases": (
        [("mood: 2", "mood: &m 2"), ("trust: 2", "trust: *m")],
        "This line cannot be read as YAML: a text that begins with & or * needs quotation marks around it.",
        "这一行无法按 YAML 读取：以 & 或 * 开头的文字要放进引号。",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("changes", "en", "zh"), TEXTS.values(), ids=TEXTS)
def test_a_broken_text_file(tmp_path: Path, changes: list[tuple[str, str]], en: str, zh: str) -> None:
    file = scriptfiles.text(tmp_path, *changes)
    before = scriptfiles.TEXT[: scriptfiles.TEXT.index(changes[0][0])].count("\n") + 1
    for lang, sentence in (("en", en), ("zh", zh)):
        found = said(file, lang)
        [line] = [one for one in found if one.endswith(sentence)] or found
        assert line.endswith(f": {sentence}")
        number = int(line.removeprefix("small.yml:").split(":")[0])
        assert abs(number - before) <= 3, line


BYTES: dict[str, tuple[str, bytes, str, str]] = {
    "empty": ("a.yml", b"", "a.yml: The file is empty.", "a.yml: 文件是空的。"),
    "binary": ("a.yml", bytes(range(256)), "a.yml: This is no text file: it holds characters that no text has.",
               "a.yml: 这不是文本文件：里面有文本中不会出现的字符。"),
    "a workbook named .yml": ("a.yml", b"PK\x03\x04" + bytes(30), "a.yml: This is a workbook or another packed file, not a text file.",
                              "a.yml: 这是工作簿或其他压缩格式的文件，不是文本文件。"),
    "another encoding": ("a.yml", "id: a\ntitle: 迟到".encode("gbk"),
                         "a.yml:2: The file is not saved as UTF-8. In your editor choose “Save as”, encoding UTF-8.",
                         "a.yml:2: 文件不是以 UTF-8 保存的。请在编辑器里选“另存为”，编码选 UTF-8。"),
    "no script": ("a.yml", b"- bread\n- milk\n", "a.yml:1: The file should begin with “id: ...”.", "a.yml:1: 文件应以“id: ...”开头。"),
    "too large": ("a.yml", b"# " + b"x" * 1_000_000, "a.yml: The file is larger than 1 MB; that is no script.",
                  "a.yml: 文件超过 1 MB，不会是脚本。"),
    "nested without end": ("a.yml", b"[" * 9000, "a.yml:1: This line cannot be read as YAML: too many brackets or lists inside one another.",
                           "a.yml:1: 这一行无法按 YAML 读取：括号或列表嵌套得太深。"),
    "a number of 6000 digits": ("a.yml", b"mood: " + b"9" * 6000,
                                "a.yml:1: This line cannot be read as YAML: a number in it has thousands of digits.",
                                "a.yml:1: 这一行无法按 YAML 读取：里面有一个几千位的数。"),
    "an .xls named .xlsx": ("a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500),
                            "a.xlsx: This is an old .xls workbook, or one with a password. Save it as .xlsx, without a password.",
                            "a.xlsx: 这是旧的 .xls 工作簿，或设有密码。请另存为 .xlsx，不设密码。"),
    "a text named .xlsx": ("a.xlsx", b"node;text\n", "a.xlsx: This is no Excel workbook, whatever its name says. Save it as .xlsx in Excel, WPS or LibreOffice.",
                           "a.xlsx: 不管文件名怎么写，这不是 Excel 工作簿。请在 Excel、WPS 或 LibreOffice 中另存为 .xlsx。"),
    "an empty .xlsx": ("a.xlsx", b"", "a.xlsx: This is no Excel workbook, whatever its name says. Save it as .xlsx in Excel, WPS or LibreOffice.",
                       "a.xlsx: 不管文件名怎么写，这不是 Excel 工作簿。请在 Excel、WPS 或 LibreOffice 中另存为 .xlsx。"),
}  # fmt: skip


@pytest.mark.parametrize(("name", "raw", "en", "zh"), BYTES.values(), ids=BYTES)
def test_a_file_that_is_no_script(tmp_path: Path, name: str, raw: bytes, en: str, zh: str) -> None:
    file = tmp_path / name
    file.write_bytes(raw)
    assert said(file, "en") == [en]
    assert said(file, "zh") == [zh]


def _merge(book: Any) -> None:
    book["nodes"].merge_cells("B3:B5")


def _drop(name: str) -> Callable[[Any], None]:
    return lambda book: book.remove(book[name])


BOOKS: dict[str, tuple[Callable[[Any], None], str, str]] = {
    "a typo in a link": (
        scriptfiles.cell("choices", "K2", "openning_again"),
        "small.xlsx: sheet “choices”, row 2, column K (to): There is no node “openning_again”. Did you mean “opening_again”?",
        "small.xlsx: 工作表“choices”第 2 行 K (to) 列: 没有名为“openning_again”的节点。是不是“opening_again”？",
    ),
    "a sheet is missing": (
        _drop("choices"),
        "small.xlsx: There is no sheet “choices”; there are: how to, script, nodes.",
        "small.xlsx: 没有工作表“choices”；现有：how to、script、nodes。",
    ),
    "a column is missing": (
        lambda book: book["nodes"].delete_cols(3),
        "small.xlsx: sheet “nodes”, row 1: These headings are missing in the first row: says_zh.",
        "small.xlsx: 工作表“nodes”第 1 行: 第一行缺少这些列标题：says_zh。",
    ),
    "merged cells": (
        _merge,
        "small.xlsx: sheet “nodes”, row 3, column B (says_en): The cells B3:B5 are merged. Split them and fill in each one.",
        "small.xlsx: 工作表“nodes”第 3 行 B (says_en) 列: 单元格 B3:B5 是合并的。请取消合并，逐格填写。",
    ),
    "a formula": (
        scriptfiles.cell("choices", "B3", '=A3&"!"'),
        "small.xlsx: sheet “choices”, row 3, column B (text_en): The cell holds a formula. Copy it and paste it as a value.",
        "small.xlsx: 工作表“choices”第 3 行 B (text_en) 列: 单元格里是公式。请复制后粘贴为值。",
    ),
    "an unknown step": (
        scriptfiles.cell("choices", "D3", "pity"),
        "small.xlsx: sheet “choices”, row 3, column D (step): “pity” is not one of the seven steps: sympathy, ask, confirm, want, offer, agree, follow_up.",
        "small.xlsx: 工作表“choices”第 3 行 D (step) 列: “pity”不是七步之一；七步是：sympathy, ask, confirm, want, offer, agree, follow_up。",
    ),
    "a value that is too high": (
        scriptfiles.cell("choices", "E3", 1e12),
        "small.xlsx: sheet “choices”, row 3, column E (mood): “mood” should be a whole number from -2 to 2, not “1000000000000”.",
        "small.xlsx: 工作表“choices”第 3 行 E (mood) 列: “mood”应为 -2 到 2 的整数，不能是“1000000000000”。",
    ),
    "a text is missing": (
        scriptfiles.cell("choices", "C3", None),
        "small.xlsx: sheet “choices”, row 3, column C (text_zh): “text” has no text for language “zh”.",
        "small.xlsx: 工作表“choices”第 3 行 C (text_zh) 列: “text”没有语言“zh”的文字。",
    ),
    "a route nobody understands": (
        scriptfiles.cell("choices", "K3", "hangs_up when angry"),
        "small.xlsx: sheet “choices”, row 3, column K (to): “hangs_up when angry” cannot be understood. Write a node, or a node and when, such as: gone if mood <= 1 and not done ask; on",
        "small.xlsx: 工作表“choices”第 3 行 K (to) 列: 看不懂“hangs_up when angry”。请写节点名，或节点名加条件，例如：gone if mood <= 1 and not done ask; on",
    ),
    "a choice of no node": (
        scriptfiles.cell("choices", "A3", "openin"),
        "small.xlsx: sheet “choices”, row 3, column A (node): There is no node “openin”. Did you mean “opening”?",
        "small.xlsx: 工作表“choices”第 3 行 A (node) 列: 没有名为“openin”的节点。是不是“opening”？",
    ),
    "a date": (
        scriptfiles.cell("nodes", "B3", __import__("datetime").date(2026, 1, 2)),
        "small.xlsx: sheet “nodes”, row 3, column B (says_en): Excel has made a date of this. Format the cell as text and type it again.",
        "small.xlsx: 工作表“nodes”第 3 行 B (says_en) 列: Excel 把它变成了日期。请把单元格格式设为文本，再输入一次。",
    ),
    "a heading with a typo": (
        scriptfiles.cell("choices", "H1", "why_hz"),
        "small.xlsx: sheet “choices”, row 1, column H: The heading “why_hz” is not known. Did you mean “why_zh”?",
        "small.xlsx: 工作表“choices”第 1 行 H 列: 没有“why_hz”这个列标题。是不是“why_zh”？",
    ),
}


@pytest.mark.parametrize(("change", "en", "zh"), BOOKS.values(), ids=BOOKS)
def test_a_broken_workbook(tmp_path: Path, change: Callable[[Any], None], en: str, zh: str) -> None:
    file = scriptfiles.book(tmp_path, change)
    assert en in said(file, "en")
    assert zh in said(file, "zh")


def test_one_mistake_in_a_workbook_is_one_sentence(tmp_path: Path) -> None:
    for name in (
        "a typo in a link",
        "an unknown step",
        "a value that is too high",
        "a text is missing",
        "a formula",
        "a date",
    ):
        assert len(said(scriptfiles.book(tmp_path, BOOKS[name][0]), "en")) == 1, name


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("command", ["check", "show", "play", "convert"])
def test_the_commands_say_it_and_stop(
    tmp_path: Path, command: str, lang: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = scriptfiles.text(tmp_path, *TEXTS["a typo in a key"][0])
    words = [str(file), *([str(tmp_path / "out.xlsx")] if command == "convert" else [])]
    assert cli.main(["script", command, *words, "--lang", lang]) == 1
    out = capsys.readouterr().out
    assert TEXTS["a typo in a key"][1 if lang == "en" else 2] in out
    assert not (tmp_path / "out.xlsx").exists()


def test_a_file_of_bombs_is_refused_at_once(tmp_path: Path) -> None:
    file = tmp_path / "bomb.yml"
    rows = ["mood: &a0 [lol, lol]", *(f"k{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 40))]
    file.write_text("\n".join(rows), encoding="utf-8")
    began = time.process_time()
    assert len(scripts.faults(file)) == 1
    assert time.process_time() - began < 2


def test_a_packed_bomb_is_refused_at_once(tmp_path: Path) -> None:
    file = scriptfiles.book(tmp_path)
    parts = {}
    with zipfile.ZipFile(file) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    for extra, words in (
        ({"xl/worksheets/sheet9.xml": b" " * 40_000_000}, "far larger"),
        ({"xl/workbook.xml": b'<!DOCTYPE x [<!ENTITY a "b">]>' + parts["xl/workbook.xml"]}, "declarations"),
    ):
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
            for name, content in {**parts, **extra}.items():
                new.writestr(name, content)
        began = time.process_time()
        assert words in said(file, "en")[0]
        assert time.process_time() - began < 2


def test_a_huge_graph_is_not_checked_for_ever(tmp_path: Path) -> None:
    def node(number: int) -> str:
        choices = "".join(
            f"      - text: {{en: a{way}, zh: 甲}}\n        why: {{en: a, zh: 甲}}\n        step: {step}\n        mood: {way - 1}\n"
            f"        trust: {(way + 1) % 3 - 1}\n        to: n{(number * 7 + way * 13 + 1) % 198}\n"
            for way, step in enumerate(("sympathy", "ask", "confirm", "want", "offer", "agree", "follow_up"))
        )
        return f"  n{number}:\n    says: {{en: a, zh: 甲}}\n    choices:\n{choices.replace('mood: 5', 'mood: 2').replace('mood: 4', 'mood: 1').replace('mood: 3', 'mood: 0')}"

    head = "id: big\ntitle: {en: a, zh: 甲}\nsetting: {en: a, zh: 甲}\ncustomer: {en: a, zh: 甲}\nmood: 3\ntrust: 3\nstart: n0\nnodes:\n"
    file = tmp_path / "big.yml"
    end = "  n197:\n    ending: good\n    says: {en: a, zh: 甲}\n    debrief: {en: a, zh: 甲}\n"
    file.write_text(head + "".join(map(node, range(197))) + end, encoding="utf-8")
    began = time.process_time()
    assert any("too large to be checked" in one for one in said(file, "en"))
    assert time.process_time() - began < 30


# --- at random ------------------------------------------------------------------------------------------------

VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(-(10**12), 10**12), st.floats(allow_nan=False, allow_infinity=False),
    st.text(alphabet="ab =+-:;<>#,。：；1_\n", max_size=12), st.sampled_from(["opening", "=1+1", "good", "ask", "#N/A", "on if mood <= 9", "a" * 3000]),
    st.dates().filter(lambda day: day.year > 1900),
)  # fmt: skip


@settings(suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_workbook_broken_at_random_never_raises(tmp_path: Path, data: st.DataObject) -> None:
    def change(book: Any) -> None:
        for _turn in range(data.draw(st.integers(1, 5))):
            sheet = book[data.draw(st.sampled_from(["script", "nodes", "choices"]))]
            row, column = data.draw(st.integers(1, sheet.max_row + 3)), data.draw(st.integers(1, sheet.max_column + 2))
            act = data.draw(st.sampled_from(["value", "value", "value", "row", "column", "blank", "merge", "name"]))
            if act == "value" and not isinstance(sheet.cell(row, column), openpyxl.cell.cell.MergedCell):
                sheet.cell(row, column).value = data.draw(VALUES)
            elif act == "row":
                sheet.delete_rows(row)
            elif act == "column":
                sheet.delete_cols(column)
            elif act == "blank":
                sheet.insert_rows(row)
            elif act == "merge":
                sheet.merge_cells(start_row=row, end_row=row + 1, start_column=column, end_column=column + 1)
            elif act == "name":
                sheet.title = data.draw(st.sampled_from([sheet.title, f"{sheet.title} ", sheet.title.upper()]))
                return

    for one in said(scriptfiles.book(tmp_path, change), "zh"):
        assert one.startswith("small.xlsx")
        assert "Traceback" not in one


@settings(suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_workbook_with_spoilt_bytes_never_raises(tmp_path: Path, data: st.DataObject) -> None:
    raw = bytearray(
        (tmp_path / "small.xlsx").read_bytes()
        if (tmp_path / "small.xlsx").exists()
        else scriptfiles.book(tmp_path).read_bytes()
    )
    for _turn in range(data.draw(st.integers(1, 20))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    file = tmp_path / "spoilt.xlsx"
    file.write_bytes(bytes(raw[: data.draw(st.integers(0, len(raw)))]) if data.draw(st.booleans()) else bytes(raw))
    for one in said(file, "en"):
        assert one.startswith("spoilt.xlsx")


@settings(suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_workbook_with_spoilt_parts_never_raises(tmp_path: Path, data: st.DataObject) -> None:
    """The zip is whole, what is in it is not: the reader of sheets itself is tried."""
    with zipfile.ZipFile(scriptfiles.book(tmp_path)) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    name = data.draw(st.sampled_from(sorted(parts)))
    raw = bytearray(parts[name])
    act = data.draw(st.sampled_from(["cut", "byte", "drop", "double"]))
    at = data.draw(st.integers(0, len(raw) - 1))
    if act == "cut":
        raw = raw[:at]
    elif act == "byte":
        raw[at] = data.draw(st.integers(32, 126))
    elif act == "double":
        raw = raw + raw
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as new:
        for one, content in parts.items():
            if one != name or act != "drop":
                new.writestr(one, bytes(raw) if one == name else content)
    file = tmp_path / "parts.xlsx"
    file.write_bytes(out.getvalue())
    for one in said(file, "en"):
        assert one.startswith("parts.xlsx")


def test_what_is_no_file_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for lang, words in (("en", ("is a folder", "there is no such file")), ("zh", ("是文件夹", "没有这个文件"))):
        assert cli.main(["script", "check", str(tmp_path), str(tmp_path / "none.xlsx"), "--lang", lang]) == 2
        err = capsys.readouterr().err
        assert all(one in err for one in words)
        assert err.count("\n") == 2
