"""What a command says when it cannot do what was asked: one language, what is wrong, no traceback."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from crmlab.cli import main
from tests.support import scriptfiles


def said(words: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    try:
        code = main([*words, "--lang", "zh"])
    except SystemExit as end:
        code = int(end.code or 0)
    out, err = capsys.readouterr()
    return code, out + err


WRONG = (
    ["script", "bla"], ["script", "new"], ["script", "new", "a", "b"], ["script", "check"], ["script", "convert", "a.yml"], ["bla"], ["start", "--port", "x"],
    ["start", "--port"], ["script", "check", "nowhere.yml"], ["script", "check", "x" * 300 + ".yml"], ["script", "check", "a\0b.yml"], ["script", "new", "a\0b.yml"],
    ["script", "new", "a\udcff.yml"], ["script", "check", "."], ["script", "new", "a.txt"], ["script", "show", "nowhere.yml"], ["questions", "check", "nowhere"],
    ["questions", "check", "a\0b"], ["exercises", "check", "."], ["exercises", "check", "x" * 300], ["script", "play", "a\udcff"],
    ["class"], ["class", "report"], ["class", "report", "nowhere"], ["class", "report", "a\0b"], ["class", "room", "nowhere"], ["class", "room", ".", "--port", "x"],
    ["start", "--room", "x"], ["start", "--room"],
    ["hand-in", "--units", "99"], ["hand-in", "--out"], ["class", "collect"], ["class", "collect", "nowhere"], ["class", "collect", ".", "--from"],
    ["class", "new"], ["class", "new", "x"], ["class", "new", "x", "--number", "y"], ["class", "update", "nowhere"], ["class", "update", "a\0b"], ["class", "new", "x", "--units", "8", "--out", "a\udcff"], ["start", "nowhere.zip"],
    ["questions", "export"], ["questions", "export", "--format", "scorm", "--out", "a"], ["questions", "export", "--format", "gift", "--units", "33", "--out", "a"],
    ["questions", "export", "--format", "gift", "--out", "a\0b"], ["questions", "import", "nowhere", "--out", "a.yml"], ["questions", "import", ".", "--out", "a.yml"],
    ["questions", "import", "nowhere", "--out", "a"], ["certificate", "key"], ["certificate", "key", "new", "--name", " ", "--out", "a"],
    ["certificate", "issue", "."], ["certificate", "verify", "nowhere"], ["certificate", "verify", "."],
    ["certificate", "verify", "a\0b"], ["certificate", "verify", "nowhere", "--issuer", "nowhere"],
    ["workshop"], ["workshop", "plan", "--days", "3"], ["workshop", "plan", "--units", "x"], ["workshop", "plan", "--units", "2", "--track", "agent"],
    ["workshop", "plan", "--start", "9"], ["workshop", "booklet"], ["workshop", "booklet", "--out", "a.txt"], ["workshop", "booklet", "--out", "a\0b.html"],
    ["workshop", "slides", "3.2"],
    ["class", "grade"], ["class", "grade", "nowhere"], ["class", "grade", ".", "--jobs", "0"], ["class", "grade", ".", "--jobs", "x"], ["class", "grade", "a\0b"],
    ["site", "package"], ["site", "package", "--scorm", "1.3", "--out", "a.zip"], ["site", "package", "--cmi5", "--units", "99", "--out", "a.zip"],
    ["site", "package", "--xapi", "--scorm", "2004", "--out", "a.zip"], ["site", "package", "--xapi", "--out", "."], ["site", "package", "--xapi", "--cdn", "--site", "a", "--out", "a.zip"],
    ["site", "package", "--xapi", "--number", "-1", "--out", "a.zip"],
)  # fmt: skip
NAMES = {"crmlab", "script", "new", "check", "show", "play", "convert", "yml", "yaml", "xlsx", "questions", "exercises", "work", "site", "start", "doctor", "reset",
         "help", "report", "bla", "port", "file", "from", "to", "nowhere", "txt", "utf", "lang", "zh", "tmp", "list", "class", "update", "name", "units", "lessons",
         "number", "zip", "hand", "in", "collect", "out", "room", "grade", "dir", "csv", "export", "import", "format", "qti", "moodle", "gift", "certificate", "key",
         "issue", "verify", "issuer", "crm", "scorm", "qm", "line", "workshop", "plan", "booklet", "slides", "days", "half", "track", "all", "agent", "analyst",
         "html", "pdf", "live", "jobs", "only", "again", "unprotected", "package", "cmi", "xapi", "cdn", "pyodide", "course"}  # fmt: skip


@pytest.mark.parametrize("words", WRONG, ids=lambda words: " ".join(words)[:40].encode("ascii", "replace").decode())
def test_a_refusal_is_one_sentence_of_chinese(words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    code, text = said(words, capsys)
    assert code == 2
    assert "Traceback" not in text
    english = {one.lower() for one in re.findall(r"[A-Za-z]{2,}", text)} - NAMES
    assert not {one for one in english if not re.fullmatch("x+|dcff", one)}, text


def test_help_is_chinese_too(capsys: pytest.CaptureFixture[str]) -> None:
    _code, text = said(["script", "--help"], capsys)
    assert "usage" not in text


@pytest.mark.parametrize("closed", [True, False], ids=["closed", "none"])
def test_play_without_a_keyboard_ends(closed: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    script = scriptfiles.text(tmp_path)
    stream = (tmp_path / "empty").open("w+")
    stream.close()
    monkeypatch.setattr(sys, "stdin", stream if closed else None)
    assert main(["script", "play", str(script), "--lang", "en"]) == 0
    assert "The talk is closed." in capsys.readouterr().out
