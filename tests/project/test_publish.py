"""Built files match their sources, everything is translated, and the build is the same to the byte each time."""

from __future__ import annotations

import string
from pathlib import Path

import pytest

from crmlab.course import lessons
from crmlab.language import translations
from tools import lesson_files, publish, texts
from tools import po as translation

SOURCES = [pytest.param(source, id=source.lesson.number) for source in lesson_files.sources()]
# A module with texts has a catalogue, see test_catalogues_match_their_sources; to look for texts here would take each worker a second.
MODULES = [
    pytest.param(name, path, id=name)
    for name, path in texts.modules().items()
    if any(texts.LOCALE.glob(f"*/{name}.po"))
]


@pytest.mark.parametrize("source", SOURCES)
def test_built_files_match_their_sources(source: lesson_files.Source) -> None:
    files = publish.built_lesson(source)
    assert publish.stale(files) == [], "run `python tools/publish.py` and commit what it builds"


def test_catalogues_match_their_sources() -> None:
    assert publish.stale(publish.built_texts()) == [], "run `python tools/publish.py` and commit what it builds"


def test_nothing_built_is_without_a_source() -> None:
    assert publish.orphans() == []


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("language", translations())
def test_every_lesson_is_translated(source: lesson_files.Source, language: str) -> None:
    assert lesson_files.unfinished(source, language) == []


@pytest.mark.parametrize(("name", "path"), MODULES)
@pytest.mark.parametrize("language", translations())
def test_every_text_of_the_package_is_translated(name: str, path: Path, language: str) -> None:
    assert texts.unfinished(name, path, language) == []


def names(text: str) -> set[str]:
    return {name for _literal, name, _spec, _conversion in string.Formatter().parse(text) if name}


@pytest.mark.parametrize(("name", "path"), MODULES)
@pytest.mark.parametrize("language", translations())
def test_translations_fill_in_the_same_values(name: str, path: Path, language: str) -> None:
    for one in texts.entries(name, path, language):
        assert names(one.translated) == names(one.english), one.english


def test_check_fails_when_a_source_is_ahead(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lesson = lessons.every()[0]
    real = lesson_files.worked

    def newer(source: lesson_files.Source, language: str) -> object:
        notebook = real(source, language)
        notebook.cells[0].source += "\n\nOne sentence more."
        return notebook

    monkeypatch.setattr(lesson_files, "worked", newer)
    assert publish.main(["--check", lesson.number]) == 1
    assert f"{lesson.slug}.ipynb: run `python tools/publish.py`" in capsys.readouterr().out


def test_changed_english_is_shown_in_english_not_in_stale_chinese(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lesson_files, "ROOT", tmp_path)
    source = lesson_files.Source(lessons.Lesson("1.1", "1-foundations", "1-tour"))
    source.markdown.parent.mkdir(parents=True)
    source.markdown.write_text("# A title\n\nTwo words about the tour of today.\n", encoding="utf-8")
    po = source.po("zh")
    fresh = lesson_files.entries(source, "zh")
    po.write_bytes(translation.write([one._replace(translated="中文") for one in fresh], "zh"))
    assert "中文" in lesson_files.translated(source, "zh")
    source.markdown.write_text("# A title\n\nThree words about the tour of today.\n", encoding="utf-8")
    assert "Three words about" in lesson_files.translated(source, "zh")
    assert lesson_files.unfinished(source, "zh") == ["fuzzy: Three words about the tour of today."]


def test_the_same_english_has_the_same_chinese_everywhere() -> None:
    seen: dict[str, tuple[str, str]] = {}
    for name, path in texts.modules().items():
        for one in texts.entries(name, path, "zh"):
            said, where = seen.setdefault(one.english, (one.translated, name))
            assert said == one.translated, f"“{one.english}” is {said} in {where}, {one.translated} in {name}"
