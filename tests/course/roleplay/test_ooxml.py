"""Workbooks that Excel opens: Strict Open XML, parts under other names, other letters and encodings; what they hold that no text has."""

from __future__ import annotations

import io
import os
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crmlab.course.roleplay import scripts
from crmlab.course.yamlfile import MOST
from crmlab.language import set_language
from tests.support import scriptfiles

Parts = dict[str, bytes]


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Parts:
    with zipfile.ZipFile(scriptfiles.book(tmp_path_factory.mktemp("book"))) as file:
        return {name: file.read(name) for name in file.namelist()}


def written(folder: Path, parts: Parts, name: str = "small.xlsx") -> Path:
    path = folder / name
    with zipfile.ZipFile(path, "w") as file:
        for part, content in parts.items():
            file.writestr(part, content)
    return path


def strict(parts: Parts) -> Parts:
    pairs = {
        b"http://schemas.openxmlformats.org/spreadsheetml/2006/main": b"http://purl.oclc.org/ooxml/spreadsheetml/main",
        b"http://schemas.openxmlformats.org/officeDocument/2006/relationships": b"http://purl.oclc.org/ooxml/officeDocument/relationships",
    }
    found = {}
    for name, content in parts.items():
        for old, new in pairs.items():
            content = content.replace(old, new)
        found[name] = content
    return found


def renamed(parts: Parts) -> Parts:
    def put(text: bytes) -> bytes:
        for old, new in ((b"xl/workbook.xml", b"xl/Book2.xml"), (b"worksheets/sheet", b"tables/page"), (b"sharedStrings.xml", b"texts.xml"), (b"styles.xml", b"looks.xml")):
            text = text.replace(old, new)
        return text

    return {put(name.encode()).decode().replace("_rels/workbook.xml", "_rels/Book2.xml"): put(content) for name, content in parts.items()}


def wide(parts: Parts) -> Parts:
    def encode(content: bytes) -> bytes:
        text = content.decode("utf-8").replace("encoding='UTF-8'", "").replace('encoding="UTF-8"', "")
        return text.encode("utf-16")

    return {name: encode(content) if name.endswith((".xml", ".rels")) else content for name, content in parts.items()}


KINDS: dict[str, Callable[[Parts], Parts]] = {
    "strict": strict,
    "renamed": renamed,
    "utf-16": wide,
    "capitals": lambda parts: {name.upper(): content for name, content in parts.items()},
    "backslashes": lambda parts: {name.replace("/", "\\"): content for name, content in parts.items()},
    "all of it": lambda parts: {name.upper(): content for name, content in wide(strict(renamed(parts))).items()},
    "a table whose part is not wanted": lambda parts: {
        name: content.replace(b"</worksheet>", b'<tableParts count="1"><tablePart xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" r:id="rId9"/></tableParts></worksheet>')
        for name, content in parts.items()
    },
}  # fmt: skip


@pytest.mark.parametrize("change", KINDS.values(), ids=KINDS)
def test_what_excel_opens_is_read(tmp_path: Path, parts: Parts, change: Callable[[Parts], Parts]) -> None:
    path = written(tmp_path, change(parts))
    assert [str(fault) for fault in scripts.faults(path)] == []
    assert scripts.load(path).source == scripts.load(written(tmp_path, parts, "plain.xlsx")).source


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda _parts: {"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b"<a/>"}, ".ods"),
        (lambda parts: {name.replace("workbook.xml", "workbook.bin"): content.replace(b"workbook.xml", b"workbook.bin") for name, content in parts.items()}, ".xlsb"),
        (lambda _parts: {"a.txt": b"a"}, "no Excel workbook"),
        (lambda parts: {name: content[: len(content) // 2] for name, content in parts.items()}, "damaged"),
        (lambda parts: {**parts, "xl/workbook.xml": '<!DOCTYPE a [<!ENTITY b "c">]><a/>'.encode("utf-16")}, "declarations"),
    ],
)  # fmt: skip
def test_what_is_no_such_workbook_is_said_in_either_language(tmp_path: Path, parts: Parts, change: Callable[[Parts], Parts], says: str) -> None:
    path = written(tmp_path, change(parts))
    (fault,) = scripts.faults(path)
    assert says in fault.text
    set_language("zh")
    try:
        (fault,) = scripts.faults(path)
        assert not any(word in fault.text for word in ("Error", "File", "not")), fault.text
    finally:
        set_language("en")


@pytest.mark.parametrize(("raw", "code"), [("a_x0007_b", "U+0007"), ("a_xD83D_b", "U+D83D"), ("a_xFFFE_", "U+FFFE"), ("a_x0000_", "U+0000")])
def test_a_character_that_no_text_has_is_named_with_its_cell(tmp_path: Path, raw: str, code: str) -> None:
    (fault,) = scripts.faults(scriptfiles.book(tmp_path, scriptfiles.cell("nodes", "B2", raw)))
    assert code in fault.text
    assert (fault.place.sheet, fault.place.row, fault.place.heading) == ("nodes", 2, "says_en")


def test_what_excel_escapes_is_read_as_it_is_seen(tmp_path: Path) -> None:
    script = scripts.load(scriptfiles.book(tmp_path, scriptfiles.cell("nodes", "B2", "one_x000D__x000A_two _x005F_x0041_")))
    assert script.node("opening")["says"]["en"] == "one\ntwo _x0041_"


@pytest.mark.parametrize("value", ["9" * 400, float("1e300"), MOST * 10, True])
def test_a_number_that_nothing_can_hold_is_named_with_its_cell(tmp_path: Path, value: object) -> None:
    faults = scripts.faults(scriptfiles.book(tmp_path, scriptfiles.cell("script", "B6", value)))
    assert [(fault.place.sheet, fault.place.row) for fault in faults] == [("script", 6)]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=int(os.environ.get("CRMLAB_EXAMPLES", "12")), deadline=None)
@given(data=st.data())
def test_a_damaged_workbook_is_a_sentence(tmp_path: Path, parts: Parts, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(parts)))
    content = bytearray(parts[name])
    for _time in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, max(len(content) - 1, 0)))
        content[at : at + data.draw(st.integers(0, 3))] = data.draw(st.sampled_from([b"", b"\0", b"<", b'"', b"9" * 400, b"_x0000_", b"\xff", b"rId1", "“".encode()]))
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as file:
        for one, old in parts.items():
            file.writestr(one, bytes(content) if one == name else old)
    path = tmp_path / "small.xlsx"
    raw = whole.getvalue()
    path.write_bytes(raw[: data.draw(st.integers(0, len(raw)))] if data.draw(st.booleans()) else raw)
    began = time.process_time()
    for fault in scripts.faults(path):
        str(fault).encode("utf-8")
    assert time.process_time() - began < 2
