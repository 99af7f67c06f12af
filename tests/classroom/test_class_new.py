"""``crmlab class new`` and ``update`` as an instructor meets them."""

from __future__ import annotations

from pathlib import Path

import pytest

from crmlab.classroom import settings
from crmlab.cli import main


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    code = main([*words, "--lang", "en"])
    return code, *capsys.readouterr()


def test_a_class_is_made_and_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    code, out, _err = run(capsys, "class", "new", "春 Spring", "--units", "8", "--lessons", "3.2", "--languages", "en，zh", "--draw", "--due", "2026-12-01", "--number", "7")
    assert code == 0
    assert out.splitlines()[0] == "Class “春 Spring”, number 7. Lessons: 4. Beside them: exercises 0, role-plays 0, questions 0."
    assert '  2. They run: crmlab start "春 Spring.zip"' in out.splitlines()
    found = settings.load(tmp_path / "春 Spring")
    assert (found.lessons, found.languages, found.due) == (("3.2", "8.1", "8.2", "8.3"), ("en", "zh"), "2026-12-01T23:59")
    assert found.draw is not None
    before = (tmp_path / "春 Spring" / "春 Spring.zip").read_bytes()
    assert run(capsys, "class", "update", "春 Spring")[0] == 0
    assert (tmp_path / "春 Spring" / "春 Spring.zip").read_bytes() == before
    assert run(capsys, "class", "collect", "春 Spring")[:2] == (1, f"Nothing has come yet: put what trainees sent into {Path('春 Spring/came')}, as it came.\n")
    settings_file = tmp_path / "春 Spring/class.yml"
    text = settings_file.read_text("utf-8")
    settings_file.write_text(text.replace('"8.3"', '"8.3", "4.1"'), encoding="utf-8")
    assert 'Make the hand-out anew: crmlab class update "春 Spring"' in run(capsys, "class", "collect", "春 Spring")[1]
    settings_file.write_text(text, encoding="utf-8")
    broken = tmp_path / "春 Spring/own/exercises/mine.yml"
    broken.write_text("exercises:\n  - id: A\n", encoding="utf-8")
    code, out, _err = run(capsys, "class", "update", "春 Spring")
    assert code == 1
    assert out.splitlines()[0].startswith("own/exercises/mine.yml:2: “A” lacks")
    assert (tmp_path / "春 Spring" / "春 Spring.zip").read_bytes() == before
    assert run(capsys, "exercises", "check", "春 Spring/own/exercises/_example.xlsx") == (0, "春 Spring/own/exercises/_example.xlsx: no mistakes, 5 exercises\n", "")
    settings_file.write_text(text.replace("lessons:", "lesons:"), encoding="utf-8")
    code, out, _err = run(capsys, "class", "update", "春 Spring")
    assert code == 1
    assert "Did you mean “lessons”?" in out
    code, _out, err = run(capsys, "class", "new", "春 Spring", "--lessons", "1.1")
    assert code == 2
    assert 'There is a class in "春 Spring" already.' in err


REFUSED = {
    ("--lang", "en"): "Say --units 2,3 or --lessons 2.1,3.2.",
    ("--units", "33"): "There is no lesson “33”.",
    ("--units", "2", "--due", "soon"): "“soon” is no day or time.",
    ("--units", "2", "--languages", "fr"): "there is no “fr”",
    ("--units", "2", "--roleplays", "first-cal"): "Did you mean “first-call”?",
    ("--units", "2", "--number", "-4"): "“number” should be a whole number",
}


@pytest.mark.parametrize("words", REFUSED, ids=" ".join)
def test_a_wrong_word_leaves_nothing_behind(words: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    code, out, err = run(capsys, "class", "new", "A", *words)
    assert (code, out) == (2, "")
    assert REFUSED[words] in err
    assert err.count("\n") == 1
    assert not [*tmp_path.iterdir()]
