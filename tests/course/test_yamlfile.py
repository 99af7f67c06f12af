"""YAML that people write: what is refused, with which line and words; that what is sound is read; that nothing else comes of it."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from crmlab.course import criteria, exercise_numbers, yamlfile, yamlhints
from crmlab.course.authoring import drawing, to_yaml, workbook
from crmlab.course.bank import files
from crmlab.course.roleplay import scripts
from crmlab.course.widgets import rehearse
from crmlab.course.yamltext import quoted
from crmlab.language import set_language
from tests.support import scriptfiles

EXAMPLES = int(os.environ.get("CRMLAB_EXAMPLES", "12"))
"""Of files that are tried; more of them find more, and take longer."""

EN = 'en: "The machine stands still"'
ZH = 'zh: "机器停了"'


def faults(folder: Path, *changes: tuple[str, str]) -> list[yamlfile.Fault]:
    return scripts.faults(scriptfiles.text(folder, *changes))


def line(of: str) -> int:
    return scriptfiles.TEXT[: scriptfiles.TEXT.index(of)].count("\n") + 1


@pytest.mark.parametrize(
    "new",
    ["zh: >-\n    ERP：没有记录\n    还有", "zh: |-\n    记录\n    \tid：没有", 'zh: "机器\u2028ERP：停了"', "zh: ERP：没有记录", "zh:\n    ERP：没有记录", r'zh: "a\L"',
     "zh: |-\n    start： x\n    to： y", 'zh: "😀 👩\u200d👩 “停”"'],
)  # fmt: skip
def test_what_is_sound_is_read_whatever_its_lines_look_like(tmp_path: Path, new: str) -> None:
    assert list(map(str, faults(tmp_path, (ZH, new)))) == []


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_what_windows_saves_is_read(tmp_path: Path, encoding: str, end: str) -> None:
    path = tmp_path / "small.yml"
    path.write_bytes(scriptfiles.TEXT.replace("\n", end).encode(encoding))
    assert list(map(str, scripts.faults(path))) == []


@pytest.mark.parametrize(("encoding", "says"), [("utf-16-le", "UTF-16"), ("gb18030", "not saved as UTF-8")])
def test_what_cannot_be_told_for_sure_says_how_to_save(tmp_path: Path, encoding: str, says: str) -> None:
    path = tmp_path / "small.yml"
    path.write_bytes(scriptfiles.TEXT.encode(encoding))
    (fault,) = scripts.faults(path)
    assert says in fault.text
    assert "UTF-8" in fault.text


@pytest.mark.parametrize(
    ("old", "new", "at", "says"),
    [
        (EN, r'en: "\ud83d\ude00"', EN, "U+D83D"),
        (EN, r'en: "\a"', EN, "U+0007"),
        (EN, r'en: "\0"', EN, "U+0000"),
        (EN, r'en: "\uFFFE"', EN, "U+FFFE"),
        (EN, 'en: "a\x07"', EN, "U+0007"),
        (EN, 'en: "a\x7f"', EN, "U+007F"),
        (EN, "en: 1000", EN, "quotation marks"),
        (EN, "en: true", EN, "quotation marks"),
        (EN, "en: 2026-11-29", EN, "quotation marks"),
        (EN, "en: [a]", EN, "quotation marks"),
        ("mood: 2", f"mood: {'9' * 400}", "mood: 2", "too large"),
        ("mood: 2", f"mood: {'9' * 5000}", "mood: 2", "thousands of digits"),
        ("mood: 2", f"mood: 0x{'f' * 6000}", "mood: 2", "too large"),
        ("mood: 2", "mood: .inf", "mood: 2", "too large"),
        ("start: opening", "start： opening", "start: opening", "full-width colon"),
        ("start: opening", "start ： opening", "start: opening", "full-width colon"),
        ("start: opening", "start:\topening", "start: opening", "tab stands after the colon"),
        ("start: opening", "\tstart: opening", "start: opening", "begins with a tab"),
        ("start: opening", "start:\u00a0opening", "start: opening", "U+00A0"),
        ("start: opening", "start:opening", "start: opening", "space is missing after the colon"),
        ("\ntitle:\n", "\ntitle：\n", "title:\n", "full-width colon"),
        (f"title:\n  {EN}\n  {ZH}", "title:\n  en： a\n  zh： b", EN, "full-width colon"),
        (f"title:\n  {EN}\n  {ZH}", 'title: {en： "a", zh: "b"}', "title:\n  en", "full-width colon"),
        (f"title:\n  {EN}\n  {ZH}", 'title: {en: "a"， zh: "b"}', "title:\n  en", "full-width “，”"),
        ("      - text:\n", "      － text:\n", "      - text:\n", "plain hyphen"),
        ("to: details", "to: details\u200b", "to: details", "[U+200B]"),
        ("\n  details:\n", "\n  details\u200b:\n", "  details:\n", "cannot be seen"),
        ("mood: 2\n", "mood: 2\nmood: 3\n", "mood: 2", "stands twice"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_its_line_and_what_to_do(tmp_path: Path, old: str, new: str, at: str, says: str) -> None:
    found = faults(tmp_path, (old, new))
    shift = says == "stands twice"  # the second one, in the line below
    assert [fault.line for fault in found if says in fault.text] == [line(at) + shift], list(map(str, found))
    set_language("zh")
    try:
        for fault in faults(tmp_path, (old, new)):
            english = [word for word in ["the", "a", "is", "this", "line", "key", "text", "stands", "between"] if f" {word} " in f" {fault.text} "]
            assert not english, fault.text
    finally:
        set_language("en")


def test_brackets_without_end_are_found_at_once(tmp_path: Path) -> None:
    path = tmp_path / "deep.yml"
    for text in ("[" * 200_000, "a: " + "{" * 100_000, "- " * 50_000):
        path.write_text(text, encoding="utf-8")
        began = time.process_time()
        (fault,) = scripts.faults(path)
        assert fault.line == 1
        assert time.process_time() - began < 2


# -- whatever is in a file -----------------------------------------------------------------------------------------------

PIECES = st.sampled_from([
    "：", "\t", "\u200b", "\u00a0", "\u2028", "[", "{", "}", "]", '"', "'", "- ", "\n", "  ", ": ", "#", "&a ", "*a", "!", "? ", "|", ">-", "%", "@", "`", "---\n",
    "<<: ", "null", "true", "9" * 400, "-1e999", ".nan", "0x" + "f" * 5000, "2026-11-29", r'"\ud83d"', r'"\a"', "{a: b}", "，", "ERP：", "\x07", "\ufeff", "1_000", "=",
    "[[a]: b]", "en: ", "12:30:45", "~", "0o7", "\x85",
])  # fmt: skip

READERS: dict[str, tuple[str, Callable[[Path], Any]]] = {
    "script": (scriptfiles.TEXT[scriptfiles.TEXT.index("\nid:") :][:6000], scripts.faults),
    "questions": ("".join((files.files()[0].read_text(encoding="utf-8")).splitlines(keepends=True)[:90]), lambda path: files.faults(path, [])),
    "exercises": ("", exercise_numbers.faults),
    "criteria": ("".join(criteria.path().read_text(encoding="utf-8").splitlines(keepends=True)[:8]), lambda path: criteria.read(path)[1]),
}
EXERCISES = """options: {yn: {yes: {en: a, zh: b}, no: {en: c, zh: d}}}
texts: {look: {en: "Look {n}", zh: "看 {n}"}}
tables: {deals: {zh: 商机数}}
exercises:
  - id: one
    points: 2
    title: {en: T, zh: 题}
    hints: [{en: H, zh: 提示}]
    praise: {en: P, zh: 好}
    texts: {own: {en: O, zh: 自}}
    parts:
      - prefix: a
        ask: {en: "{who}?", zh: "{who}？"}
        each: {options: yn, wrong: {no: look, else: {en: e, zh: 错}}}
        rows:
          - {key: r, right: yes, who: {en: w, zh: 谁}}
        more:
          - {key: s, right: no, who: {en: v, zh: 谁}, wrong: own}
      - fields:
          n: {number: true, right: 5, within: 0.1, unit: {en: d, zh: 天}, wrong: {low: look, high: look}, weight: 2, ask: {en: q, zh: 问}}
          s: {slider: true, minimum: 1, maximum: 9, step: 1, start: 3, right: 5, wrong: look}
          o: {items: {x: {en: x, zh: 甲}, y: {en: y, zh: 乙}}, right: [y, x], credit: all, wrong: look}
          b: {bars: {x: {en: x, zh: 甲}, y: {en: y, zh: 乙}}, right: y, wrong: look}
          c: {rows: {x: {en: x, zh: 甲}, y: {en: y, zh: 乙}}, columns: {x: {en: x, zh: 甲}, y: {en: y, zh: 乙}}, right: x.y, wrong: look}
          l: {line: [sympathy, ask], models: [{en: m, zh: 样}]}
"""
READERS["exercises"] = (EXERCISES, READERS["exercises"][1])


@pytest.mark.parametrize("kind", READERS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=EXAMPLES, deadline=None)
@given(data=st.data())
def test_any_file_is_content_or_sentences(tmp_path: Path, kind: str, data: st.DataObject) -> None:
    source, read = READERS[kind]
    lines = source.splitlines(keepends=True)
    for _change in range(data.draw(st.integers(1, 3))):
        number = data.draw(st.integers(0, len(lines) - 1))
        at, end = sorted(data.draw(st.tuples(*[st.integers(0, len(lines[number]))] * 2)))
        lines[number] = lines[number][:at] + data.draw(PIECES | st.text(max_size=5)) + lines[number][end:]
    path = tmp_path / f"1-x.{kind}.yml"
    path.write_bytes("".join(lines).encode("utf-8", "surrogatepass"))
    began = time.process_time()
    for fault in read(path):
        str(fault).encode("utf-8")
        assert fault.text
        assert "\x07" not in str(fault)
    assert time.process_time() - began < 2
    if kind == "script" and not scripts.faults(path):
        written(scripts.load(path), tmp_path)


def written(script: scripts.Script, folder: Path) -> None:
    """What is made of a script is sound: drawing, page, workbook and text are read again as they were."""
    from xml.etree import ElementTree

    ElementTree.fromstring(drawing.svg(script))
    drawing.page(script).encode("utf-8")
    text, book = folder / "again.yml", folder / "again.xlsx"
    text.write_text(to_yaml.text(script.source, "x"), encoding="utf-8")
    book.write_bytes(workbook.workbook(script.source))
    for path in (text, book):
        assert list(map(str, scripts.faults(path))) == []
        assert scripts.load(path).source["title"] == script.source["title"]
    repr(rehearse(text))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=EXAMPLES // 2, deadline=None)
@given(title=st.text(min_size=1, max_size=12).map(lambda text: f"a{text}b"))
@example(title="_x0041_ _x005F_ ]]> <!-- & \u2028 \U0001f600")
def test_any_text_that_a_script_may_hold_survives_all_ways(tmp_path: Path, title: str) -> None:
    script = scripts.load(scriptfiles.text(tmp_path, (EN, f"en: {quoted(title)}"))) if not yamlhints.NO_TEXT.search(title) else None
    if script is None:
        assert faults(tmp_path, (EN, f"en: {quoted(title)}"))
    elif "\r" not in title:
        written(script, tmp_path)


@pytest.mark.parametrize("file", [None, 5, "", b"x", [], "a\0b", "x" * 300, "nowhere.yml", "\ud800", "."])
def test_rehearse_never_raises(file: Any) -> None:
    import crmlab

    assert repr(crmlab.rehearse(file))


def test_a_script_made_in_python_is_drawn_all_the_same(tmp_path: Path) -> None:
    from xml.etree import ElementTree

    source = yamlfile.plain(scriptfiles.script(tmp_path).source)
    source["title"]["en"] = "bell \a half \ud83d"
    ElementTree.fromstring(drawing.svg(scripts.Script("x", source)))
    drawing.page(scripts.Script("x", source)).encode("utf-8")
