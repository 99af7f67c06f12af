"""Translation files: what is read back is what was written, and Markdown keeps all but its sentences."""

from __future__ import annotations

import doctest
from pathlib import Path

import jupytext
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmlab import catalogue, language, places
from crmlab.catalogue import Entry
from crmlab.language import translations
from tools import lesson_files, minutes, po, sentences, texts

WORDS = st.text(st.characters(exclude_characters="\r", exclude_categories=["Cs"]), min_size=1)


@pytest.mark.parametrize("module", [minutes, po, sentences], ids=lambda module: module.__name__)
def test_examples(module: object) -> None:
    tried = doctest.testmod(module)
    assert tried.attempted > 0
    assert tried.failed == 0


# --- .po --------------------------------------------------------------------------------------------------------------


@given(st.lists(st.builds(lambda *both: Entry(*both), WORDS, st.just("") | WORDS)))
def test_what_is_written_is_read_back(found: list[Entry]) -> None:
    assert list(catalogue.entries(po.write(found, "zh").decode())) == found


@given(WORDS, WORDS, WORDS)
def test_a_fuzzy_entry_keeps_the_english_it_was_made_for(english: str, translated: str, before: str) -> None:
    one = Entry(english, translated, True, before)
    assert list(catalogue.entries(po.write([one], "zh").decode())) == [one]


def test_the_course_does_not_show_what_is_fuzzy_or_empty(tmp_path: Path) -> None:
    written = [Entry("a", "甲"), Entry("b", "乙", True, "B"), Entry("c"), Entry('d "d"\\\nd\td', "“丁”\\\n丁\t丁")]
    (tmp_path / "one.po").write_bytes(po.write(written, "zh"))
    (tmp_path / "two.po").write_bytes(po.write([Entry("e", "戊")], "zh").replace(b"\n", b"\r\n"))
    assert catalogue.read(tmp_path) == {"a": "甲", 'd "d"\\\nd\td': "“丁”\\\n丁\t丁", "e": "戊"}
    assert catalogue.read(tmp_path / "none") == {}


def test_other_programs_may_wrap_lines_and_leave_notes(tmp_path: Path) -> None:
    path = tmp_path / "wrapped.po"
    path.write_text(
        '# by hand\nmsgid ""\nmsgstr ""\n"Language: zh\\n"\n\n'
        '#: where.py:3\n#, python-brace-format\nmsgid ""\n"one {n} "\n"two"\nmsgstr ""\n"一 {n} "\n"二"\n\n'
        '#, python-format, fuzzy\n#| msgid "a \\"fuzzy\\" "\n#| "word"\nmsgid "words"\nmsgstr "词"\n\n'
        '#~ msgid "gone"\n#~ msgstr "没了"',
        encoding="utf-8",
    )
    want = [Entry("one {n} two", "一 {n} 二"), Entry("words", "词", True, 'a "fuzzy" word')]
    assert list(catalogue.entries(path.read_text("utf-8"))) == want
    assert po.read(path) == want
    assert catalogue.read(tmp_path) == {"one {n} two": "一 {n} 二"}


@pytest.mark.parametrize(
    "spoilt",
    ['msgid "no end\nmsgstr "一"\n', 'msgid "one"\n', 'msgctxt "here"\nmsgid "one"\nmsgstr "一"\n'],
    ids=["quotation mark", "no msgstr", "msgctxt"],
)
def test_what_cannot_be_read_is_named(tmp_path: Path, spoilt: str) -> None:
    path = tmp_path / "spoilt.po"
    path.write_bytes(po.write([Entry("a", "甲")], "zh") + b"\n" + spoilt.encode())
    with pytest.raises(ValueError, match=r"spoilt\.po"):
        po.read(path)


def test_a_changed_text_takes_the_nearest_that_is_gone_and_no_other() -> None:
    old = [Entry("Call twelve customers.", "打给十二位客户。"), Entry("Call the customers.", "打给客户。")]
    merged = po.merge(["Call the customers.", "Call eleven customers.", "A new heading"], old)
    assert merged == [old[1], Entry("Call eleven customers.", old[0].translated, True, old[0].english), Entry("A new heading")]


@pytest.mark.parametrize("code", translations())
def test_the_course_speaks_from_the_files_as_they_are(code: str) -> None:
    said = catalogue.read(places.locale() / code)
    for name, path in texts.modules().items():
        for one in texts.entries(name, path, code):
            assert said[one.english] == one.translated
    language.set_language(code)
    try:
        english, translated = next((key, value) for key, value in said.items() if "{" not in key)
        assert language.tr(english) == translated
    finally:
        language.set_language(None)


def test_fields_are_marked_for_a_translators_program() -> None:
    written = po.write([Entry("{n} of {total:.0f}"), Entry("50 {")], "zh", fields=True).decode()
    assert written.count("#, python-brace-format\n") == 1


# --- Markdown ---------------------------------------------------------------------------------------------------------

PAGE = """\
# One

Two **words**, on
two lines.

- three `a|b`
  goes on
- [four](five.md)
1. six
> **Tip.** seven

| eight | nine \\| ten |
|:---|---:|
| eleven |  |

<!-- #region tags=["x"] -->
twelve
<!-- #endregion -->

```python tags=["y"]
# not me
| nor | me |
```

<!-- nor

me -->

---
"""


def test_sentences_are_found_and_all_else_is_kept() -> None:
    assert sentences.of(PAGE) == [
        "One", "Two **words**, on two lines.", "three `a|b` goes on", "[four](five.md)", "six", "**Tip.** seven",
        "eight", "nine \\| ten", "eleven", "twelve",
    ]  # fmt: skip
    joined = PAGE.replace("on\ntwo", "on two").replace("|b`\n  goes", "|b` goes")
    assert sentences.replace(PAGE, lambda one: one) == joined
    assert sentences.replace(PAGE, lambda one: "·") == (
        '# ·\n\n·\n\n- ·\n- ·\n1. ·\n> ·\n\n| · | · |\n|:---|---:|\n| · |  |\n\n<!-- #region tags=["x"] -->\n·\n'
        '<!-- #endregion -->\n\n```python tags=["y"]\n# not me\n| nor | me |\n```\n\n<!-- nor\n\nme -->\n\n---\n'
    )


def test_what_a_code_cell_is_for_is_a_sentence() -> None:
    page = '```python tags=["y"] purpose="Says \\"hello\\" to each customer\'s \\\\"\nprint("purpose=")\n```\n'
    assert sentences.of(page) == ['Says "hello" to each customer\'s \\']
    assert sentences.replace(page, lambda one: one) == page
    assert jupytext.reads(sentences.replace(page, lambda one: f"{one}“你”"), fmt="md").cells[0].metadata == {
        "tags": ["y"],
        "purpose": 'Says "hello" to each customer\'s \\“你”',
    }


@pytest.mark.parametrize("source", lesson_files.sources(), ids=lambda source: source.lesson.number)
def test_a_lesson_keeps_its_code_and_its_tables(source: lesson_files.Source) -> None:
    text = source.markdown.read_text("utf-8")
    made = sentences.replace(text, lambda one: one)
    assert " ".join(made.split()) == " ".join(text.split())
    assert [line for line in made.splitlines() if line[:1] in "|<`#"] == [
        line for line in text.splitlines() if line[:1] in "|<`#"
    ]
