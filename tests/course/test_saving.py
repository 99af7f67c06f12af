"""Saving that fails for a while: full disks, vanished folders, files of others, stopped processes. Nothing is lost, and it is said."""

from __future__ import annotations

import errno
import json
import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmlab import answer, check, lesson, progress
from crmlab.course import locking, panel, session, state
from crmlab.course.files import draft, put, write_atomically
from crmlab.course.merging import merged
from crmlab.course.session import opened
from crmlab.course.state import Store
from crmlab.language import set_language
from tests.support.disk import fill, small_disk


def put_in(store: Store, exercise: str, value: object = "x") -> None:
    store.change(exercise, lambda record: record.setdefault("fields", {}).__setitem__("1", value))


def on_disk(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text(encoding="utf-8"))["exercises"]


# -- a disk that is full for a while -----------------------------------------------------------------------------------


def test_a_full_disk_is_told_until_there_is_room_and_then_all_is_there(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk") as disk:
        store = Store(disk / "a.json")
        put_in(store, "before")
        filler = fill(disk)
        for number in range(5):
            put_in(store, f"during-{number}")
            assert "the disk is full" in store.problem
        assert list(on_disk(disk / "a.json")) == ["before"], "the old file is whole"
        assert {path.name for path in disk.iterdir()} == {"a.json", "filler"}
        assert len(store.records()) == 6
        filler.unlink()
        put_in(store, "after")
        assert not store.problem
        assert set(on_disk(disk / "a.json")) == {"before", "after", *(f"during-{n}" for n in range(5))}


def test_every_feedback_box_says_it_until_it_holds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "notebooks" / "en" / "1-foundations"
    folder.mkdir(parents=True)
    monkeypatch.chdir(folder)
    monkeypatch.delenv("CRMLAB_STATE", raising=False)
    monkeypatch.setattr(session, "_open", None)
    lesson("1.1")
    answer("days", {"days": 3})
    place = blocked(folder / "1-tour.json")
    answer("days", {"days": 4})
    for shown in (check("days"), check("guess"), progress(), lesson("1.1")):
        assert "cannot be saved" in shown._repr_html_()
    assert repr(check("days")) == "0.0", "the points are what nbgrader reads"
    place()
    assert "cannot be saved" not in check("days")._repr_html_(), "a check is another try"
    assert on_disk(folder / "1-tour.json")["days"]["fields"] == {"days": 4}
    for shown in (check("guess"), progress(), lesson("1.1")):
        assert "cannot be saved" not in shown._repr_html_()


def blocked(path: Path) -> Callable[[], None]:
    """Put a folder in the place of a file; what is returned makes room again. Even root cannot write there."""
    path.unlink(missing_ok=True)
    path.mkdir()
    return path.rmdir


def test_a_lesson_that_is_opened_again_keeps_what_is_not_saved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CRMLAB_STATE", raising=False)
    free = blocked(tmp_path / "1-tour.json")
    lesson("1.1")
    answer("days", {"days": 4})
    lesson("1.1")
    current = opened()
    assert current is not None
    assert current.store.record("days")["fields"] == {"days": 4}
    free()
    answer("guess", {"20": 50})
    assert on_disk(tmp_path / "1-tour.json")["days"]["fields"] == {"days": 4}


def test_whoever_watches_hears_of_it_once_each_way(tmp_path: Path) -> None:
    heard: list[str] = []
    store = Store(tmp_path / "a.json")
    store.watchers.append(lambda: heard.append(store.problem))
    free = blocked(tmp_path / "a.json")
    for _turn in range(3):
        put_in(store, "a")
    free()
    put_in(store, "a")
    assert len(heard) == 2
    assert "this is a folder" in heard[0]
    assert heard[1] == ""


def test_a_kernel_that_ends_tries_once_more(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from crmlab.course.state import Store\n"
        "path = Path(sys.argv[1]); path.mkdir(); store = Store(path)\n"
        "store.change('a', lambda record: record.update(points=1)); path.rmdir()"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path / "a.json")], check=True)
    assert on_disk(tmp_path / "a.json") == {"a": {"points": 1}}


def test_what_it_says_is_in_one_language(tmp_path: Path) -> None:
    free = blocked(tmp_path / "a.json")
    set_language("zh")
    try:
        store = Store(tmp_path / "a.json")
        put_in(store, "a")
        words = store.problem.replace(str(tmp_path / "a.json"), "").replace("crmlab start --to", "")
    finally:
        set_language(None)
        free()
    assert words
    assert not [word for word in words.split() if word.isascii() and word.isalpha() and word.islower()]


# -- files and folders that others move ---------------------------------------------------------------------------------


def vanish(path: Path) -> None:
    path.unlink()
    path.parent.rmdir()


def replace(path: Path) -> None:
    path.write_text('{"exercises": {"theirs": {"points": 1}}}', encoding="utf-8")


def damage(path: Path) -> None:
    path.write_bytes(b"\0" * 100)


def empty(path: Path) -> None:
    path.write_bytes(b"")


def folder(path: Path) -> None:
    blocked(path)


def link_in_a_circle(path: Path) -> None:
    path.unlink()
    path.symlink_to(path.name)


@pytest.mark.parametrize("happens", [Path.unlink, vanish, replace, damage, empty, folder, link_in_a_circle])
def test_whatever_becomes_of_the_file_the_answers_come_back(tmp_path: Path, happens: Callable[[Path], None]) -> None:
    path = tmp_path / "unit" / "a.json"
    path.parent.mkdir()
    store = Store(path)
    put_in(store, "one")
    put_in(store, "two")
    happens(path)
    put_in(store, "three")
    assert set(store.records()) >= {"one", "two", "three"}
    path.parent.mkdir(exist_ok=True)
    if path.is_dir():
        path.rmdir()
    elif path.is_symlink():
        path.unlink()
    put_in(store, "four")
    assert not store.problem
    assert set(on_disk(path)) >= {"one", "two", "three", "four"}
    if happens is replace:
        assert "theirs" in on_disk(path)


def test_a_lesson_that_was_put_back_while_it_is_open_begins_anew(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    store = Store(path)
    put_in(store, "one")
    path.rename(tmp_path / "a.mine-1.json")
    put_in(store, "two")
    assert set(on_disk(path)) == {"two"}


def test_what_others_wrote_meanwhile_stays(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    mine, theirs = Store(path), Store(path)
    put_in(mine, "both", "old")
    whole = path.read_bytes()
    free = blocked(path)
    put_in(mine, "mine")
    mine.change("both", lambda record: record.update(tries=1))
    free()
    path.write_bytes(whole)
    put_in(theirs, "theirs")
    theirs.change("both", lambda record: record.update(tries=2))
    put_in(mine, "last")
    assert set(on_disk(path)) == {"both", "mine", "theirs", "last"}
    assert on_disk(path)["both"] == {"fields": {"1": "old"}, "tries": 3}


STOPPED = """
import os, signal, sys
from pathlib import Path
from crmlab.course.state import Store
store = Store(Path(sys.argv[1]))
def change(record):
    print("holding", flush=True)
    os.kill(os.getpid(), signal.SIGSTOP)
    record["points"] = 1
store.change("stopped", change)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="Windows cannot stop a process")
def test_a_process_that_was_stopped_holds_nobody_up_and_overwrites_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    put_in(Store(path), "first")
    process = subprocess.Popen([sys.executable, "-c", STOPPED, str(path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    process.stdout.readline()
    try:
        begin = time.monotonic()
        store = Store(path)
        for number in range(4):
            put_in(store, f"other-{number}")
        assert time.monotonic() - begin < locking.PATIENCE + 2
        assert len(on_disk(path)) == 5
    finally:
        process.send_signal(signal.SIGCONT)
        process.wait(30)
    assert set(on_disk(path)) == {"first", "stopped", *(f"other-{n}" for n in range(4))}
    assert [one.name for one in tmp_path.iterdir()] == ["a.json"]


@pytest.mark.skipif(os.name == "nt", reason="other folders")
def test_locks_lie_where_nobody_else_can_hold_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    unit = tmp_path / "course" / "notebooks" / "en" / "1-foundations"
    unit.mkdir(parents=True)
    (tmp_path / "course" / ".crmlab").mkdir()
    put_in(Store(unit / "a.json"), "a")
    assert list((tmp_path / "course" / ".crmlab" / "locks").iterdir())
    monkeypatch.setenv("CRMLAB_CACHE", str(tmp_path / "cache"))
    put_in(Store(tmp_path / "b.json"), "b")
    assert list((tmp_path / "cache" / "locks").iterdir())
    monkeypatch.setenv("CRMLAB_CACHE", "/proc/nowhere")
    monkeypatch.setattr(locking.tempfile, "gettempdir", lambda: str(tmp_path))
    put_in(Store(tmp_path / "c.json"), "c")
    (own,) = tmp_path.glob("crmlab-*")
    assert stat.S_IMODE(own.stat().st_mode) == 0o700
    own.chmod(0o777)  # as if somebody else had made it first
    before = len(list(own.iterdir()))
    put_in(Store(tmp_path / "d.json"), "d")
    assert len(list(own.iterdir())) == before
    assert set(on_disk(tmp_path / "d.json")) == {"d"}


def test_what_a_killed_process_left_is_cleaned_up(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    left = [draft(path, "half"), tmp_path / ".a.json.k2j3h4.tmp"]
    left[1].write_text("old", encoding="utf-8")
    other = tmp_path / ".b.json.k2j3h4.tmp"
    other.write_text("not ours", encoding="utf-8")
    Store(path).settle()
    assert {one.name for one in tmp_path.iterdir()} == {other.name}


# -- one file ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def open_umask() -> Iterator[None]:
    before = os.umask(0o002)
    yield
    os.umask(before)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no modes")
@pytest.mark.usefixtures("open_umask")
def test_a_file_keeps_its_mode_and_a_new_one_follows_the_umask(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    put_in(Store(path), "a")
    assert stat.S_IMODE(path.stat().st_mode) == 0o664
    for mode in (0o640, 0o600, 0o666):
        path.chmod(mode)
        put_in(Store(path), "b")
        assert stat.S_IMODE(path.stat().st_mode) == mode


@pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")
def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    real, link = tmp_path / "elsewhere" / "real.json", tmp_path / "a.json"
    link.symlink_to(real)
    put_in(Store(link), "a")
    put_in(Store(link), "b")
    assert link.is_symlink()
    assert set(on_disk(real)) == {"a", "b"}
    real.write_bytes(b"damaged")
    put_in(Store(link), "c")
    assert link.is_symlink()
    assert (real.with_name("a.damaged-1.json")).read_bytes() == b"damaged"


def test_names_as_long_as_a_disk_allows(tmp_path: Path) -> None:
    for name in ("x" * 250 + ".json", "客" * 80 + ".json"):
        write_atomically(tmp_path / name, "{}")
        assert (tmp_path / name).read_text(encoding="utf-8") == "{}"
    with pytest.raises(OSError, match=r"\S") as failed:
        write_atomically(tmp_path / ("x" * 300), "{}")
    assert failed.value.errno == errno.ENAMETOOLONG
    assert len(list(tmp_path.iterdir())) == 2


def test_a_draft_that_is_gone_replaces_nothing(tmp_path: Path) -> None:
    write_atomically(tmp_path / "a", "old")
    made = draft(tmp_path / "a", "new")
    made.unlink()
    with pytest.raises(FileNotFoundError):
        put(made, tmp_path / "a")
    assert (tmp_path / "a").read_text(encoding="utf-8") == "old"


GOOD = '{"exercises": {"a": {"points": 2}}}'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_an_editor_that_marks_the_bytes_loses_nothing(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(GOOD.encode(encoding))
    store = Store(path)
    assert store.record("a") == {"points": 2}
    assert not store.notice
    put_in(store, "b")
    assert set(on_disk(path)) == {"a", "b"}


ODD = {
    "deep": '{"exercises": {"a": ' + "[" * 200_000,
    "deep and closed": '{"exercises": {"a": ' + "[" * 900 + "]" * 900 + "}}",
    "brackets": "[" * 200_000,
}


@pytest.mark.parametrize("text", ODD.values(), ids=ODD)
def test_what_is_nested_too_deeply_is_damaged(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.json"
    path.write_text(text, encoding="utf-8")
    store = Store(path)
    assert store.records() == {}
    assert "a.damaged-1.json" in store.notice


@pytest.mark.parametrize("number", ["1e999", "-1e999", "NaN", "Infinity", "1" * 400, "-" + "9" * 5000])
def test_numbers_that_are_none_cost_nothing_else(tmp_path: Path, number: str) -> None:
    path = tmp_path / "a.json"
    path.write_text(f'{{"exercises": {{"a": {{"points": {number}, "fields": {{"1": "x"}}}}}}}}', encoding="utf-8")
    store = Store(path)
    assert store.record("a") == {"points": None, "fields": {"1": "x"}}
    assert not store.notice
    put_in(store, "b")
    json.loads(path.read_text(encoding="utf-8"), parse_constant=pytest.fail)


def test_halves_of_characters_reach_neither_disk_nor_browser(tmp_path: Path) -> None:
    store = Store(tmp_path / "a.json")
    put_in(store, "a", "\ud83d\ude00 \ud83d")
    assert store.record("a")["fields"]["1"] == "\U0001f600 \ufffd"
    panel.Html("\ud83d", "\ud83d").html.encode("utf-8")
    panel.box("note", "\ud83d").encode("utf-8")


# -- two changes at once -------------------------------------------------------------------------------------------------

plain_values = st.none() | st.booleans() | st.integers(-5, 5) | st.text("ab", max_size=2)
values = st.recursive(plain_values, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3), max_leaves=6)
contents = st.dictionaries(st.sampled_from(["x", "y", "tries", "best", "fields"]), values, max_size=4)


@given(base=contents, mine=contents, theirs=contents)
def test_a_merge_takes_both_changes(base: Any, mine: Any, theirs: Any) -> None:
    assert merged(base, base, theirs) == theirs
    assert merged(base, mine, base) == mine
    if "tries" not in str(mine):
        assert merged(base, mine, mine) == mine
    both = merged(base, mine, theirs)
    for key in {*mine, *theirs} - {*base}:
        assert key in both


def test_the_same_try_in_two_places_counts_twice() -> None:
    assert merged({"tries": 3}, {"tries": 4}, {"tries": 4}) == {"tries": 5}
    assert merged({}, {"a": {"tries": 1}}, {"a": {"tries": 1}}) == {"a": {"tries": 2}}


def test_tries_of_a_talk_are_kept_once_each() -> None:
    base = {"tries": [[0]], "path": [0]}
    found = merged(base, {"tries": [[0], [1]], "path": [1]}, {"tries": [[0], [2], [1]], "path": [2]})
    assert found == {"tries": [[0], [2], [1]], "path": [1]}


def test_the_last_try_of_an_exam_goes_on_in_both() -> None:
    base = {"tries": [{"began": 1, "answers": {"q1": "a"}}]}
    mine = {"tries": [{"began": 1, "answers": {"q1": "a", "q2": "b"}}]}
    theirs = {"tries": [{"began": 1, "answers": {"q1": "c"}}]}
    assert merged(base, mine, theirs) == {"tries": [{"began": 1, "answers": {"q1": "c", "q2": "b"}}]}


def test_nothing_waits_when_all_is_on_disk(tmp_path: Path) -> None:
    store = Store(tmp_path / "a.json")
    put_in(store, "a")
    assert not store.waiting()
    assert state.of(store.path) is not store
