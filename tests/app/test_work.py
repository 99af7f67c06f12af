"""A trainee's work as one file: there and back, with nothing lost and nothing written outside the course."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmlab.app import work
from tests.support.labserver import environment


def course(folder: Path) -> Path:
    unit = folder / "notebooks" / "en" / "1-foundations"
    unit.mkdir(parents=True)
    (unit / "1-tour.json").write_text('{"exercises": {"guess": {"points": 1}}}', encoding="utf-8")
    (unit / "my-plan.html").write_text("<p>计划</p>", encoding="utf-8")
    (unit / "1-tour.ipynb").write_text("{}", encoding="utf-8")
    return folder


def test_there_and_back(tmp_path: Path) -> None:
    here = course(tmp_path / "a")
    text = work.pack(here, {"notebooks/en/1-foundations/1-tour.ipynb": b"{}"}).text
    files = work.read(text)
    assert sorted(files) == ["notebooks/en/1-foundations/1-tour.json", "notebooks/en/1-foundations/my-plan.html"]
    there = tmp_path / "b"
    taken = work.unpack(text, there)
    assert sorted(taken.files) == sorted(files)
    for name in files:
        assert (there / name).read_bytes() == (here / name).read_bytes()
    assert work.unpack(text, there).files == [], "a second time changes nothing"


def test_what_was_there_is_kept(tmp_path: Path) -> None:
    here = course(tmp_path)
    path = here / "notebooks/en/1-foundations/1-tour.json"
    before = path.read_text(encoding="utf-8")
    text = json.dumps({"kind": work.KIND, "format": 1, "files": {"notebooks/en/1-foundations/1-tour.json": "{}"}})
    taken = work.unpack(text, here)
    assert taken.kept == ["notebooks/en/1-foundations/1-tour.older-1.json"]
    assert (here / taken.kept[0]).read_text(encoding="utf-8") == before
    assert path.read_text(encoding="utf-8") == "{}"


BAD = [
    "",
    "[]",
    "{}",
    '{"kind": "crmlab work"}',
    '{"kind": "crmlab work", "files": []}',
    '{"kind": "other", "files": {}}',
    json.dumps({"kind": work.KIND, "files": {"../evil.txt": "x"}}),
    json.dumps({"kind": work.KIND, "files": {"notebooks/en/../../../evil": "x"}}),
    json.dumps({"kind": work.KIND, "files": {"/etc/passwd": "x"}}),
    json.dumps({"kind": work.KIND, "files": {"notebooks/en/1-foundations/.hidden": "x"}}),
    json.dumps({"kind": work.KIND, "files": {"notebooks\\en\\x": "x"}}),
    json.dumps({"kind": work.KIND, "files": {"crmlab/rfm.py": "x"}}),
    json.dumps({"kind": work.KIND, "files": {"notebooks/en/1-foundations/a.json": 3}}),
]


@pytest.mark.parametrize("text", BAD)
def test_anything_else_gets_a_sentence_and_writes_nothing(tmp_path: Path, text: str) -> None:
    with pytest.raises(work.NotWork):
        work.unpack(text, tmp_path)
    assert list(tmp_path.iterdir()) == []


@given(st.text())
def test_no_text_at_all_makes_a_traceback(text: str) -> None:
    with contextlib.suppress(work.NotWork):
        work.read(text)


def test_the_commands(tmp_path: Path) -> None:
    here, there, file = course(tmp_path / "a"), tmp_path / "b", tmp_path / "work.json"
    there.mkdir()

    def run(*words: object) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "crmlab.cli", "work", *map(str, words)]
        return subprocess.run(
            command, capture_output=True, encoding="utf-8", env=environment(tmp_path), cwd=tmp_path, check=False
        )

    assert run("export", file, "--to", here).returncode == 0
    again = run("export", file, "--to", here)
    assert again.returncode == 2
    assert "there already" in again.stderr
    done = run("import", file, "--to", there)
    assert done.returncode == 0, done.stderr
    assert (there / "notebooks/en/1-foundations/my-plan.html").is_file()
    assert run("import", tmp_path / "none.json", "--to", there).returncode == 2
    (tmp_path / "bad.json").write_bytes(b"\xff\xfe")
    bad = run("import", tmp_path / "bad.json", "--to", there)
    assert bad.returncode == 2
    assert "Traceback" not in bad.stderr
    chinese = run("import", tmp_path / "none.json", "--to", there, "--lang", "zh")
    assert "无法" in chinese.stderr or "不能" in chinese.stderr
