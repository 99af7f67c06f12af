"""The cache of what people write in YAML: the same content as parsed, never stale, and nothing that can break a lesson."""

from __future__ import annotations

import ast
import dataclasses
import itertools
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from crmlab import cli, language, places
from crmlab.course import cache, exercise_load, yamlfile
from crmlab.course.bank import files
from crmlab.course.roleplay import scripts
from crmlab.course.yamlfile import Fault, Kind
from crmlab.lite import written
from tests.support import scriptfiles

EVERY = list(written.every())
KINDS = {kind.name: kind for kind, _path in EVERY}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache of the test's own; the others have that of all tests."""
    monkeypatch.setenv("CRMLAB_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture(autouse=True)
def _code_anew() -> Iterator[None]:
    yield
    cache.code.cache_clear()


def entries(folder: Path) -> list[Path]:
    return sorted(folder.glob("*")) if folder.is_dir() else []


def aged(folder: Path, seconds: float) -> None:
    """Make all entries older."""
    for entry in entries(folder):
        then = entry.stat().st_mtime - seconds
        os.utime(entry, (then, then))


def never(path: Path) -> Any:
    raise AssertionError(f"{path.name} was read again")


def unread(kind: Kind) -> Kind:
    """The kind, where no file may be read as YAML."""
    return dataclasses.replace(kind, read=never)


DEMO = Kind("demo", yamlfile.read, ())


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


# -- the content -------------------------------------------------------------------------------------------------------


def test_all_kinds_are_there() -> None:
    assert set(KINDS) == {"questions", "exercises", "script", "criteria"}
    found = {path for _kind, path in EVERY}
    # Read by crmlab.workshop when an instructor plans a day: nobody waits for it.
    rest = {places.lessons() / "workshop.yml"}
    assert found == set(places.lessons().rglob("*.yml")) - rest, "a file that nothing reads"


@pytest.mark.parametrize(("kind", "path"), EVERY, ids=lambda one: one.name)
def test_every_file_of_the_course_is_the_same_from_the_cache(kind: Kind, path: Path, folder: Path) -> None:
    content, faults = kind.read(path)
    assert faults == []
    parsed = yamlfile.plain(content)
    first = yamlfile.load(path, dataclasses.replace(kind, read=lambda _path: (content, faults)))
    assert len(entries(folder)) == 1
    again = yamlfile.load(path, unread(kind))
    # By repr, because 1 == 1.0 == True, and dicts are equal in any order.
    assert repr(first) == repr(again) == repr((parsed, []))


TRICKY = {
    "words that YAML 1.1 takes for yes and no": ("a: yes\nb: no\nc: on\nd: Off\ne: y", True),
    "yes, no, nothing": ("a: true\nb: False\nc: null\nd: ~\ne:", True),
    "numbers": ("a: 1\nb: 1.0\nc: 1e3\nd: -0.0\ne: 010\nf: 0x1F\ng: 0o17\nh: 123456789012\ni: 1_000\nj: '1'\nk: .5", True),
    "order of keys": ("z: 1\na: 2\nm: {y: 1, b: 2}\n'10': 3\n'9': 4", True),
    "texts of several lines": ("a: |\n  one\n\n  two\nb: >-\n  three\n  four\nc: |+\n  five\n\nd: 'it''s'\ne: \"tab\\t\\u4e2d\"", True),
    "Chinese and other letters": ("甲: “好”🙂\nb: a\u2028b\nc: e\u0301", True),
    "lists": ("- [1, [2, [3]], {a: {b: []}}]\n- {}", True),
    "a text alone": ("just a text", True),
    # JSON has no dates, and no keys but texts: these are read anew each time.
    "date": ("a: 2026-11-28", False),
    "date and time": ("a: 2026-11-28 10:00:00", False),
    "number as key": ("1: one", False),
    "yes as key": ("true: one", False),
}


@pytest.mark.parametrize(("text", "kept"), TRICKY.values(), ids=TRICKY)
def test_content_comes_back_as_it_was(text: str, kept: bool, tmp_path: Path, folder: Path) -> None:
    path = write(tmp_path / "file.yml", text)
    content, faults = yamlfile.read(path)
    assert faults == []
    parsed = repr(yamlfile.plain(content))
    assert repr(yamlfile.load(path, DEMO)[0]) == parsed
    assert bool(entries(folder)) == kept
    assert repr(yamlfile.load(path, unread(DEMO) if kept else DEMO)[0]) == parsed


@pytest.mark.usefixtures("folder")
def test_plain_content_holds_nothing_of_the_reader(tmp_path: Path) -> None:
    def kinds(content: Any) -> set[type]:
        inside = content.items() if isinstance(content, dict) else enumerate(content) if isinstance(content, list) else ()
        return {type(content)}.union(*(kinds(key) | kinds(value) for key, value in inside))

    texts = [text for text, _kept in TRICKY.values() if "2026" not in text]
    for text in texts:
        content = yamlfile.load(write(tmp_path / "file.yml", text), DEMO)[0]
        assert kinds(content) <= {dict, list, str, int, float, bool, type(None)}, text


@pytest.mark.usefixtures("folder")
def test_what_a_caller_changes_is_the_callers_own(tmp_path: Path) -> None:
    path = write(tmp_path / "file.yml", "- {a: [1]}")
    for _turn in range(3):
        content, _faults = yamlfile.load(path, DEMO)
        assert content == [{"a": [1]}]
        content[0]["a"].append(2)
        content.append(3)


# -- files with faults -------------------------------------------------------------------------------------------------


def test_a_file_with_faults_is_told_each_time_and_never_kept(tmp_path: Path, folder: Path) -> None:
    sound = files.files()[0].read_text("utf-8")
    broken = sound.replace("difficulty: 1", "difficulty: 9", 1)
    assert sound != broken
    path = tmp_path / "mine.yml"
    for _turn in range(2):
        write(path, broken)
        for _again in range(2):
            content, faults = files.load(path)
            assert content == []
            assert [fault.line for fault in faults] == [broken[: broken.index("difficulty: 9")].count("\n") + 1]
        write(path, sound)
        assert files.load(path) == (yamlfile.plain(files.read(path)[0]), [])
        assert len(entries(folder)) == 1, "the sound one alone"


def test_checks_read_the_file_itself(tmp_path: Path, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Whatever the cache says: here it takes files with faults for sound ones."""
    for name, kind, says in (("questions", files.QUESTIONS, "list"), ("script", scripts.SCRIPT, "id"), ("exercises", exercise_load.EXERCISES, "exercises")):
        path = write(tmp_path / f"{name}.yml", "nonsense: 1")
        cache.keep(cache.name_of(kind.name, kind.code(), path.read_bytes()), {"id": "sound"})
        assert yamlfile.load(path, kind) == ({"id": "sound"}, [])
        assert cli.main([name, "check", str(path), "--lang", "en"]) == 1
        assert says in capsys.readouterr().out
        assert kind.read(path)[1]


def test_a_workbook_by_a_false_name_is_no_script(tmp_path: Path, folder: Path) -> None:
    book = scriptfiles.book(tmp_path, lambda _book: None)
    before = entries(folder)
    assert scripts.load(book).source
    assert entries(folder) == before
    book.rename(tmp_path / "book.yml")
    with pytest.raises(scripts.ScriptError, match="workbook"):
        scripts.load(tmp_path / "book.yml")


def test_a_file_that_is_not_there_raises(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        yamlfile.load(tmp_path / "none.yml", DEMO)
    with pytest.raises(OSError, match="directory"):
        yamlfile.load(tmp_path, DEMO)


def test_a_file_that_is_too_large_is_not_kept(tmp_path: Path, folder: Path) -> None:
    path = write(tmp_path / "large.yml", "# \n" * (yamlfile.MOST_BYTES // 3 + 1) + "a: 1")
    assert "1 MB" in str(yamlfile.load(path, DEMO)[1][0])
    assert entries(folder) == []


def test_a_file_that_changes_while_it_is_read_is_not_kept(tmp_path: Path, folder: Path) -> None:
    path = write(tmp_path / "file.yml", "a: 1")

    def read(path: Path) -> tuple[Any, list[Fault]]:
        write(path, "a: 2")
        return yamlfile.read(path)

    assert yamlfile.load(path, dataclasses.replace(DEMO, read=read)) == ({"a": 2}, [])
    assert entries(folder) == []
    assert yamlfile.load(write(path, "a: 1"), DEMO) == ({"a": 1}, [])


# -- another checker ---------------------------------------------------------------------------------------------------


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Sources of a package that a test may change."""
    top = tmp_path / "copy" / "crmlab"
    for kind in KINDS.values():
        for module in (*yamlfile._OF_EVERY_KIND, *kind.modules):
            target = top.parent / f"{module.replace('.', '/')}.py"
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes((places.PACKAGE.parent / f"{module.replace('.', '/')}.py").read_bytes())
    monkeypatch.setattr(places, "PACKAGE", top)
    cache.code.cache_clear()
    return top


CHECKERS = [(kind, module) for kind in KINDS.values() for module in (*yamlfile._OF_EVERY_KIND, *kind.modules)]


@pytest.mark.parametrize(("kind", "module"), CHECKERS, ids=lambda one: getattr(one, "name", one))
@pytest.mark.usefixtures("folder")
def test_a_changed_checker_reads_again(kind: Kind, module: str, package: Path) -> None:
    path = next(path for one, path in EVERY if one is kind)
    cache.keep(cache.name_of(kind.name, kind.code(), path.read_bytes()), "as kept")
    assert yamlfile.load(path, unread(kind)) == ("as kept", [])
    source = package.parent / f"{module.replace('.', '/')}.py"
    source.write_text(source.read_text("utf-8") + "\n# stricter\n", encoding="utf-8")
    cache.code.cache_clear()  # another process
    with pytest.raises(AssertionError, match="read again"):
        yamlfile.load(path, unread(kind))


def test_another_language_reads_again(monkeypatch: pytest.MonkeyPatch) -> None:
    kind, path = EVERY[0]
    yamlfile.load(path, kind)
    monkeypatch.setitem(language.LANGUAGES, "qx", language.LANGUAGES["en"])
    cache.code.cache_clear()
    assert yamlfile.load(path, kind)[1], "no text in the new language"


def test_without_the_sources_nothing_is_kept(package: Path, tmp_path: Path, folder: Path) -> None:
    (package / "course/yamlproblems.py").unlink()
    path = write(tmp_path / "file.yml", "a: 1")
    for _turn in range(2):
        assert yamlfile.load(path, DEMO) == ({"a": 1}, [])
    assert entries(folder) == []


@pytest.mark.usefixtures("folder")
def test_one_kind_is_not_taken_for_another(tmp_path: Path) -> None:
    path = write(tmp_path / "file.yml", "a: 1")
    yamlfile.load(path, DEMO)
    with pytest.raises(AssertionError, match="read again"):
        yamlfile.load(path, unread(dataclasses.replace(DEMO, name="other")))


DECIDES_NOTHING = {
    "crmlab",
    "crmlab.catalogue",  # the words of faults
    "crmlab.course.cache",
    "crmlab.course.form",  # the type of answers
    "crmlab.course.handed_out",  # where files are
    "crmlab.course.lessons",
    "crmlab.course.roleplay.routes",  # workbooks are not kept
    "crmlab.course.roleplay.sheet",
    "crmlab.course.state",
    "crmlab.language",  # its languages are told apart as such
    "crmlab.places",
}


def imported(module: str) -> set[str]:
    """The modules of the package that a module imports, also inside its functions."""
    tree = ast.parse((places.PACKAGE.parent / f"{module.replace('.', '/')}.py").read_text("utf-8"))
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {one.name for one in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {str(node.module), *(f"{node.module}.{one.name}" for one in node.names)}
    return {name for name in names if (places.PACKAGE.parent / f"{name.replace('.', '/')}.py").is_file()}


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_a_kind_names_all_modules_that_decide(kind: Kind) -> None:
    named = {*yamlfile._OF_EVERY_KIND, *kind.modules}
    for module in named:
        missing = imported(module) - named - DECIDES_NOTHING
        assert not missing, f"{module} imports {missing}: name it in {kind.name}'s modules, or above if it decides nothing"


# -- where entries lie -------------------------------------------------------------------------------------------------


def spoilt(entry: bytes) -> dict[str, bytes]:
    at = len(entry) // 2
    return {
        "empty": b"",
        "half": entry[:at],
        "a bit": entry[:at] + bytes([entry[at] ^ 1]) + entry[at + 1 :],
        "zeros": bytes(len(entry)),
        "other JSON": b'{"content": []}',
        "no UTF-8": b"\xff\xfe\x00",
        "another entry": cache.encoded("other", [1]).encode(),  # type: ignore[union-attr]
        "lines turned": b"\n".join(reversed(entry.splitlines())),
    }


def test_a_spoilt_entry_is_read_again_and_mended(folder: Path) -> None:
    path = files.files()[0]
    right = files.load(path)
    (entry,) = entries(folder)
    whole = entry.read_bytes()
    for what, content in spoilt(whole).items():
        entry.write_bytes(content)
        assert files.load(path) == right, what
        assert entry.read_bytes() == whole, what
    entry.unlink()
    entry.mkdir()
    assert files.load(path) == right
    assert entries(folder) == [entry], "nothing half written is left"


def test_a_folder_that_cannot_be_had_costs_time_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path / "file.yml", "a: 1")
    (tmp_path / "taken").write_text("a file", encoding="utf-8")
    for place in (tmp_path / "taken", tmp_path / "taken" / "below"):
        monkeypatch.setattr(cache, "folder", lambda place=place: place)
        assert yamlfile.load(path, DEMO) == ({"a": 1}, [])
    monkeypatch.setattr(cache, "folder", lambda: None)
    assert yamlfile.load(path, DEMO) == ({"a": 1}, [])
    assert (tmp_path / "taken").read_text("utf-8") == "a file"


def test_a_full_disk_costs_time_alone(tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_words: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    assert yamlfile.load(write(tmp_path / "file.yml", "a: 1"), DEMO) == ({"a": 1}, [])
    assert entries(folder) == []


def test_a_folder_that_is_read_only_is_read(tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path / "file.yml", "a: 1")
    yamlfile.load(path, DEMO)
    aged(folder, 2 * cache.DAY)

    def refused(*_words: object, **_more: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "touch", refused)
    monkeypatch.setattr(cache, "write_atomically", refused)
    assert yamlfile.load(path, unread(DEMO)) == ({"a": 1}, [])
    assert yamlfile.load(write(path, "a: 2"), DEMO) == ({"a": 2}, [])
    assert len(entries(folder)) == 1


def test_the_folder_is_the_users_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("CRMLAB_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path))
    monkeypatch.setattr(sys, "platform", "linux")
    assert cache.folder() == tmp_path / "crmlab"
    monkeypatch.setattr(sys, "platform", "win32")
    assert cache.folder() == tmp_path / "crmlab"
    monkeypatch.delenv("LOCALAPPDATA")
    assert cache.folder() is None
    monkeypatch.setattr(sys, "platform", "emscripten")
    assert cache.folder() is None, "nothing lasts in the browser"
    for platform, below in (("darwin", "Library/Caches/crmlab"), ("linux", ".cache/crmlab")):
        monkeypatch.setattr(sys, "platform", platform)
        monkeypatch.setenv("XDG_CACHE_HOME", "")
        monkeypatch.setattr(os.path, "expanduser", lambda path: path.replace("~", str(tmp_path)))
        assert cache.folder() == tmp_path / below
        monkeypatch.setattr(os.path, "expanduser", lambda path: path)  # a user without a home
        assert cache.folder() is None


def test_the_folder_does_not_grow_without_bound(tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "MOST_ENTRIES", 5)
    path = tmp_path / "file.yml"
    for number in range(8):
        yamlfile.load(write(path, f"a: {number}"), DEMO)
        assert len(entries(folder)) == min(number + 1, 5)
        aged(folder, 10)
    for number in range(3, 8):
        assert yamlfile.load(write(path, f"a: {number}"), unread(DEMO)) == ({"a": number}, [])
    size = entries(folder)[0].stat().st_size
    monkeypatch.setattr(cache, "MOST_BYTES", 3 * size + 1)
    yamlfile.load(write(path, "a: 8"), DEMO)
    assert len(entries(folder)) == 3


def test_what_is_used_is_not_pruned(tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "MOST_ENTRIES", 2)
    used, other = write(tmp_path / "used.yml", "a: 1"), tmp_path / "other.yml"
    yamlfile.load(used, DEMO)
    for number in range(4):
        aged(folder, 2 * cache.DAY)
        yamlfile.load(used, unread(DEMO))
        yamlfile.load(write(other, f"b: {number}"), DEMO)
    assert len(entries(folder)) == 2


def test_pruning_leaves_what_is_not_its_own(tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "MOST_ENTRIES", 0)
    folder.mkdir()
    entry = "demo-" + "0" * 40 + ".jsonl"
    (folder / "questions.jsonl").touch()
    (folder / "notes.tmp").touch()
    (folder / f".{entry}.abc.tmp").touch()  # of a process that was killed
    aged(folder, 2 * cache.DAY)
    (folder / f".{entry}.def.tmp").touch()  # of one that writes just now
    (folder / entry).touch()
    yamlfile.load(write(tmp_path / "file.yml", "a: 1"), DEMO)
    assert {path.name for path in entries(folder)} == {"questions.jsonl", "notes.tmp", f".{entry}.def.tmp"}


MANY = """
import sys
from pathlib import Path
from crmlab.course import cache, yamlfile
cache.MOST_ENTRIES = 3
demo = yamlfile.Kind("demo", yamlfile.read, ())
for turn in range(6):
    for path in sorted(Path(sys.argv[1]).glob("*.yml")):
        content, faults = yamlfile.load(path, demo)
        assert (content, faults) == ({"name": path.stem, "text": "x" * 5000}, []), (path, content, faults)
"""


def test_processes_at_once_do_not_disturb_each_other(tmp_path: Path, folder: Path) -> None:
    """All write and prune the same few entries."""
    for number in range(6):
        write(tmp_path / f"file{number}.yml", f"name: file{number}\ntext: {'x' * 5000}")
    command = [sys.executable, "-c", MANY, str(tmp_path)]
    running = [subprocess.Popen(command, stderr=subprocess.PIPE, encoding="utf-8") for _one in range(4)]
    said = [one.communicate(timeout=120)[1] for one in running]
    assert [one.returncode for one in running] == [0, 0, 0, 0], said
    # Two that prune at once may both see one entry too many; the next one that writes puts it right.
    yamlfile.load(write(tmp_path / "last.yml", "a: 1"), dataclasses.replace(DEMO, name="last"))
    assert all(entry.suffix == ".jsonl" for entry in entries(folder))


# -- a wheel -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def bundle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a cache that came with the course, in a package without sources."""
    brought = tmp_path / "bundle"
    brought.mkdir()
    for name, content in written.ready().items():
        (brought / name).write_bytes(content)
    monkeypatch.setenv("CRMLAB_CACHE", str(tmp_path / "mine"))
    monkeypatch.setattr(cache, "ready", lambda: brought)
    monkeypatch.setattr(places, "PACKAGE", tmp_path / "no sources" / "crmlab")
    cache.code.cache_clear()
    return brought


def test_what_a_wheel_brings_is_used_and_never_written_to(bundle: Path, tmp_path: Path) -> None:
    before = {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in bundle.iterdir()}
    assert len(before) == len(EVERY) + 1
    for kind, path in EVERY:
        assert yamlfile.load(path, unread(kind))[1] == []
    assert not (tmp_path / "mine").exists()
    own = write(tmp_path / "own.yml", EVERY[0][1].read_text("utf-8").replace("difficulty: 1", "difficulty: 2", 1))
    assert files.load(own)[1] == []
    assert yamlfile.load(own, unread(files.QUESTIONS))[1] == []
    assert len(entries(tmp_path / "mine")) == 1
    assert {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in bundle.iterdir()} == before


def test_a_spoilt_bundle_is_done_without(bundle: Path, tmp_path: Path) -> None:
    for path in bundle.iterdir():
        path.write_bytes(b"{")
    kind, path = EVERY[0]
    assert yamlfile.load(path, kind)[1] == []
    assert not entries(tmp_path / "mine"), "whose code that was is not known"


def test_what_is_built_is_the_same_each_time_and_sound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = written.ready()
    assert list(first.items()) == list(written.ready().items())
    assert json.loads(first[cache.CODE]) == {name: kind.code() for name, kind in KINDS.items()}
    path = write(tmp_path / "broken.yml", "- 1")
    monkeypatch.setattr(files, "files", lambda: [path])
    with pytest.raises(ValueError, match=r"broken\.yml:1"):
        written.ready()
    write(path, "a: 2026-11-28")
    monkeypatch.setattr(written, "every", lambda: itertools.repeat((DEMO, path), 1))
    with pytest.raises(ValueError, match="a date"):
        written.ready()


QUICK = """
import sys
sys.modules["ruamel.yaml"] = None  # importing it fails
from crmlab.course import exercises
from crmlab.course.bank import exam
from crmlab.course.roleplay import practice
made = [one.id for one in exercises.open_lesson("3.2").exercises]
opened = exercises.open_lesson("7.2")
print(*made, len(exam.draw(1)), exam.Sitting(opened, opened.exercises[0]).problem, len(practice.offers()))
"""


def test_from_the_cache_the_reader_of_yaml_is_not_even_imported() -> None:
    for kind, path in EVERY:
        yamlfile.load(path, kind)
    done = subprocess.run([sys.executable, "-c", QUICK], capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    said = done.stdout.split()
    assert said[-2:] == ["50", str(len(scripts.files()))]
    assert {"hear-it", "quiz-3.2"} <= set(said)
