"""A trainee's work as one file: there and back, with nothing lost and nothing written outside the course."""

from __future__ import annotations

import contextlib
import errno
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

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
    json.dumps({"kind": work.KIND, "format": 2, "files": {}}),
    "[" * 200_000,
    '{"kind": "crmlab work", "files": ' + "[" * 200_000,
    '{"kind": "crmlab work", "files": {}, "n": ' + "1" * 5000 + "}",
]
LESSON = "notebooks/en/3-qualification/"
# What would run by lying there, by its name or by that of its folder; and names that no disk or not every disk takes.
NOT_OURS = [
    *(LESSON + name for name in ("crmlab.py", "json.py", "sitecustomize.py", "usercustomize.py", "a.pth", "crmlab.so", "crmlab.pyc")),
    *(LESSON + name for name in ("crmlab/__init__.py", "crmlab/a.json", "__pycache__/crmlab.json", "a.PY", "a.py ", "a.ipynb.py")),
    *(LESSON + name for name in ("ipython_config.py", "jupyter_config.py", "conftest.py", "pyproject.toml", "a.sh", "a.exe", "a")),
    *(LESSON + name for name in ("crmlab.py:a.json", "a\0.json", "a\n.json", "\ud800.json", "x" * 300 + ".json", "客" * 90 + ".json")),
    *(LESSON + name for name in (".a.json", "..json", "NUL.json", "con.ipynb", 'a".json', "a?.html", " a.json", "a.json/", "/a.json")),
    *("notebooks/en/crmlab/a.json", "notebooks/en/crmlab.py", "notebooks/en/json/a.json", "notebooks/fr/3-qualification/a.json"),
    *("crmlab/a.json", "a.json", "solutions/en/1-foundations/a.json", "notebooks/en/1-foundations/a/b.json", "", "notebooks/en/..json"),
]


@pytest.mark.parametrize("name", NOT_OURS)
def test_no_file_that_could_run_or_cannot_be_written_comes_in(tmp_path: Path, name: str) -> None:
    here = course(tmp_path)
    before = contents(here)
    text = json.dumps({"kind": work.KIND, "files": {LESSON + "a.json": "{}", name: "{}", LESSON + "b.json": "{}"}})
    with pytest.raises(work.NotWork):
        work.unpack(text, here)
    assert contents(here) == before


def contents(folder: Path) -> dict[str, bytes | None]:
    """All that lies in a folder, folders too."""
    return {str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None for path in folder.rglob("*")}


def work_of(**files: str) -> str:
    return json.dumps({"kind": work.KIND, "format": 1, "files": {LESSON + f"{name}.json": text for name, text in files.items()}})


def test_a_folder_in_the_place_of_a_file_stops_all(tmp_path: Path) -> None:
    here = course(tmp_path)
    (here / LESSON / "b.json").mkdir(parents=True)
    before = contents(here)
    with pytest.raises(work.NotWork, match="is a folder"):
        work.unpack(work_of(a="1", b="2", c="3"), here)
    assert contents(here) == before


def test_a_file_in_the_place_of_a_folder_stops_all(tmp_path: Path) -> None:
    here = course(tmp_path)
    (here / "notebooks" / "zh").write_text("a file", encoding="utf-8")
    before = contents(here)
    files = {LESSON + "a.json": "1", "notebooks/zh/1-foundations/1-tour.json": "2"}
    with pytest.raises(OSError, match=r"\S"):
        work.unpack(json.dumps({"kind": work.KIND, "files": files}), here)
    assert contents(here) == before


@pytest.mark.parametrize("fails_at", range(6))
def test_a_disk_that_fails_in_the_middle_leaves_everything_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fails_at: int
) -> None:
    here = course(tmp_path)
    (here / LESSON).mkdir()
    (here / LESSON / "b.json").write_text("mine", encoding="utf-8")
    before = contents(here)
    calls = iter(range(100))

    def failing(function: Any) -> Any:
        def call(*given: Any) -> Any:
            if next(calls) == fails_at:
                raise OSError(errno.ENOSPC, "No space left on device")
            return function(*given)

        return call

    monkeypatch.setattr(work, "draft", failing(work.draft))
    monkeypatch.setattr(work, "put", failing(work.put))
    with pytest.raises(OSError, match="No space"):
        work.unpack(work_of(a="1", b="2", c="3"), here)
    assert contents(here) == before
    taken = work.unpack(work_of(a="1", b="2", c="3"), here)
    assert len(taken.files) == 3
    assert (here / taken.kept[0]).read_text(encoding="utf-8") == "mine"


def test_halves_of_characters_in_an_answer_come_in_as_a_sign(tmp_path: Path) -> None:
    work.unpack(work_of(a="\ud83d\ude00 \ud83d", b="{}"), tmp_path)
    assert (tmp_path / LESSON / "a.json").read_text(encoding="utf-8") == "\U0001f600 \ufffd"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_file_that_an_editor_marked_is_read(tmp_path: Path, encoding: str) -> None:
    assert work.unpack(work_of(a="{}").encode(encoding), tmp_path).files == [LESSON + "a.json"]


def test_what_is_not_taken_along_is_named(tmp_path: Path) -> None:
    here = course(tmp_path)
    unit = here / "notebooks/en/1-foundations"
    (unit / "notes.txt").write_text("mine", encoding="utf-8")
    (unit / "1-tour.damaged-1.json").write_bytes(b"\xff\x00")
    (unit / "steps.png").write_bytes(b"png")
    (unit / ".1-tour.json.k2j3h4.tmp").write_bytes(b"half")
    packed = work.pack(here)
    assert packed.left_out == ["notebooks/en/1-foundations/1-tour.damaged-1.json", "notebooks/en/1-foundations/notes.txt"]
    assert sorted(work.read(packed.text)) == [f"notebooks/en/1-foundations/{name}" for name in ("1-tour.ipynb", "1-tour.json", "my-plan.html")]


def test_nothing_about_own_customers_is_taken_along(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the files themselves, which are not even read, nor the pages and lists that the lesson on them saves."""
    here = course(tmp_path)
    mine = ["my-files/orders.csv", "my-files/orders.csv.crmlab.json", "my-files/chosen.json"]
    for language in ("en", "zh"):
        mine += [f"{language}/9-own/{name}" for name in ("your-customers.html", "your-customers.xlsx", "calls.csv")]
    for name in mine:
        (here / "notebooks" / name).parent.mkdir(parents=True, exist_ok=True)
        (here / "notebooks" / name).write_text("Wang", encoding="utf-8")
    (here / "notebooks/en/9-own/1-your-customers.ipynb").write_text("{}", encoding="utf-8")
    read = Path.read_bytes
    touched: list[str] = []
    monkeypatch.setattr(Path, "read_bytes", lambda self: (touched.append(self.as_posix()), read(self))[1])
    packed = work.pack(here)
    assert "Wang" not in packed.text
    assert "notebooks/en/9-own/1-your-customers.ipynb" in work.read(packed.text)
    assert packed.left_out == sorted(f"notebooks/{name}" for name in mine)
    assert not any("my-files" in name for name in touched)


@pytest.mark.parametrize("text", BAD)
def test_anything_else_gets_a_sentence_and_writes_nothing(tmp_path: Path, text: str) -> None:
    with pytest.raises(work.NotWork):
        work.unpack(text, tmp_path)
    assert list(tmp_path.iterdir()) == []


@given(st.text() | st.binary())
def test_no_text_at_all_makes_a_traceback(text: str | bytes) -> None:
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
