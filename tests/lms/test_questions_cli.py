"""``crmlab questions export`` and ``import`` as an instructor runs them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from crmlab.cli import main
from crmlab.course.bank import asking, files
from crmlab.course.yamlfile import plain
from tests.support.questions import settled


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(capsys: pytest.CaptureFixture[str], *words: str, lang: str = "en") -> tuple[int, str]:
    code = main(["questions", *words, "--lang", lang])
    found = capsys.readouterr()
    return code, found.out + found.err


def expected(*lessons: str) -> list[Any]:
    return [settled(question.source) for question in asking.bank() if question.lesson in lessons]


def test_out_in_two_languages_and_back_in_one_file(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for lang in ("en", "zh"):
        assert run(capsys, "export", "--format", "moodle", "--units", "3.2,4.1", "--out", f"{lang}.xml", lang=lang)[0] == 0
    code, said = run(capsys, "import", "en.xml", "--out", "half.questions.yml")
    assert code == 1
    assert "crmlab questions check half.questions.yml" in said
    code, said = run(capsys, "check", "half.questions.yml")
    assert code == 1
    assert "no text for language “zh”" in said
    assert "stands twice" not in said
    code, said = run(capsys, "import", "en.xml", "zh.xml", "--out", "both.questions.yml")
    assert (code, said.strip()) == (0, f"both.questions.yml: {len(expected('3.2', '4.1'))} questions")
    assert plain(files.read(here / "both.questions.yml")[0]) == expected("3.2", "4.1")


def test_own_files_go_out_and_workbooks_come_in(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "export", "--format", "xlsx", "--units", "2.1", "--out", "a.xlsx")[0] == 0
    assert run(capsys, "import", "a.xlsx", "--out", "a.questions.yml")[0] == 0
    for form in ("qti", "gift", "moodle", "xlsx"):
        assert run(capsys, "export", "a.questions.yml", "--format", form, "--out", f"b.{form}")[0] == 0
    assert run(capsys, "import", "b.xlsx", "--out", "b.questions.yml")[0] == 0
    first, second = ((here / f"{name}.questions.yml").read_text("utf-8").partition("\n")[2] for name in "ab")
    assert first == second


def test_no_question_of_a_workbook_is_lost(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Two without an id, two with the same: all four are written, and the check names what is wrong."""
    from crmlab.course.bank import workbook

    first, second = (question.source for question in asking.bank()[:2])
    several = [{**first, "id": ""}, {**second, "id": ""}, {**first, "id": "same"}, {**second, "id": "same"}]
    (here / "a.xlsx").write_bytes(workbook.workbook(several))
    code, said = run(capsys, "import", "a.xlsx", "--out", "a.questions.yml")
    assert code == 1
    assert "a.questions.yml: 4 questions" in said
    assert "stands twice; each question needs its own" in run(capsys, "check", "a.questions.yml")[1]


def test_what_is_there_is_not_replaced_unasked(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "a.gift").write_text("mine", encoding="utf-8")
    code, said = run(capsys, "export", "--format", "gift", "--units", "1.1", "--out", "a.gift")
    assert (code, (here / "a.gift").read_text("utf-8")) == (2, "mine")
    assert "--replace" in said
    assert run(capsys, "export", "--format", "gift", "--units", "1.1", "--out", "a.gift", "--replace")[0] == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["export", "--format", "gift", "--units", "33", "--out", "a"], "no questions of “33”"),
        (["export", "--format", "gift", "--out", "no/such/a"], "cannot be written"),
        (["export", "bad.yml", "--format", "gift", "--out", "a"], "bad.yml:1"),
        (["import", "nowhere.xml", "--out", "a.questions.yml"], "no such file"),
        (["import", "bad.yml", "--out", "a.questions.yml"], "neither Moodle XML nor"),
        (["import", "bad.xml", "--out", "a.questions.yml"], "line 1, column"),
        (["import", "bad.xlsx", "--out", "a.questions.yml"], "damaged"),
        (["import", "empty.xml", "--out", "a.questions.yml"], "no question in it"),
        (["import", "empty.xml", "--out", "a.xlsx"], "ends in .questions.yml"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_refusals(words: list[str], said: str, here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "bad.yml").write_text("hello", encoding="utf-8")
    (here / "bad.xml").write_text("<quiz><", encoding="utf-8")
    (here / "bad.xlsx").write_bytes(b"PK\x03\x04")
    (here / "empty.xml").write_text('<quiz><question type="essay"><name><text>E</text></name></question></quiz>', encoding="utf-8")
    before = sorted(here.iterdir())
    code, text = run(capsys, *words)
    assert code == 2
    assert said in text
    assert sorted(here.iterdir()) == before  # nothing half-written
