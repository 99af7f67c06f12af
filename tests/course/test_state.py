"""Answers are never lost: damaged files, folders that cannot be written, two kernels at once, a kill in the middle."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from crmlab.course.files import write_atomically
from crmlab.course.state import Store


def put(store: Store, exercise: str, field: str, value: object) -> None:
    store.change(exercise, lambda record: record.setdefault("fields", {}).__setitem__(field, value))


def test_answers_are_on_disk_at_once_and_come_back(tmp_path: Path) -> None:
    file = tmp_path / "3-rfm.json"
    put(Store(file, "2.3"), "hear-it", "1", "M")
    assert Store(file).record("hear-it") == {"fields": {"1": "M"}}
    assert json.loads(file.read_text(encoding="utf-8"))["lesson"] == "2.3"
    assert [path.name for path in tmp_path.iterdir()] == ["3-rfm.json"], "no temporary file or lock may stay"


DAMAGED = {
    "empty": b"",
    "cut off": b'{"format": 1, "exercises": {"a": {"po',
    "no json": b"hello",
    "a list": b"[1, 2]",
    "no exercises": b'{"format": 1}',
    "exercises a list": b'{"exercises": []}',
    "not utf-8": b'{"exercises": {"\xff\xfe": {}}}',
    "null bytes": b"\0" * 300,
    "a number": b"17",
    "nan and comments": b'{"exercises": NaN} // mine',
}


@pytest.mark.parametrize("content", DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_file_is_kept_aside_and_named(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "3-rfm.json"
    file.write_bytes(content)
    store = Store(file)
    assert store.records() == {}
    aside = tmp_path / "3-rfm.damaged-1.json"
    assert aside.read_bytes() == content
    assert "3-rfm.damaged-1.json" in store.notice
    put(store, "a", "1", "x")
    assert Store(file).record("a") == {"fields": {"1": "x"}}


def test_a_second_damaged_file_does_not_replace_the_first(tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    for content in (b"one", b"two"):
        file.write_bytes(content)
        Store(file).read()
    assert (tmp_path / "a.damaged-1.json").read_bytes() == b"one"
    assert (tmp_path / "a.damaged-2.json").read_bytes() == b"two"


def test_a_damaged_record_does_not_hide_the_others(tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    file.write_text('{"exercises": {"broken": 3, "whole": {"points": 2}}}', encoding="utf-8")
    store = Store(file)
    assert store.records() == {"whole": {"points": 2}}
    put(store, "broken", "1", "x")
    assert Store(file).record("broken") == {"fields": {"1": "x"}}


def test_where_nothing_can_be_written_the_trainee_goes_on_and_is_told(tmp_path: Path) -> None:
    store = Store(tmp_path / "no such folder" / "a.json")
    put(store, "a", "1", "x")
    put(store, "a", "2", "y")
    assert store.record("a") == {"fields": {"1": "x", "2": "y"}}
    assert "cannot be saved" in store.problem
    assert "crmlab start --to" in store.problem


def test_two_kernels_do_not_destroy_each_others_answers(tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    kernels = [Store(file), Store(file)]

    def answer(store: Store, name: str) -> None:
        for number in range(40):
            put(store, f"exercise-{number % 5}", f"{name}{number}", number)

    threads = [threading.Thread(target=answer, args=pair) for pair in zip(kernels, "ab", strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    fields = [key for record in Store(file).records().values() for key in record["fields"]]
    assert len(fields) == 80


WRITER = """
import sys, itertools
from pathlib import Path
from crmlab.course.state import Store
store = Store(Path(sys.argv[1]))
for n in itertools.count():
    store.change("a", lambda record: record.setdefault("fields", {}).__setitem__(str(n), "x" * 200))
    print(n, flush=True)
"""


def test_a_kill_in_the_middle_of_saving_loses_nothing_that_was_saved(tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    process = subprocess.Popen([sys.executable, "-c", WRITER, str(file)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    for _line in range(25):
        process.stdout.readline()
    process.send_signal(signal.SIGKILL if os.name != "nt" else signal.SIGTERM)
    said = process.stdout.read().split()
    process.wait()
    last = int(said[-1]) if said else 24
    store = Store(file)
    assert len(store.record("a")["fields"]) >= last + 1
    assert not store.notice
    # The lock of the killed kernel must not hold up the next one.
    begin = time.monotonic()
    put(store, "b", "1", "x")
    assert time.monotonic() - begin < 4


def test_a_failed_write_leaves_the_old_file(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    write_atomically(file, "old")
    with pytest.raises(UnicodeEncodeError):
        write_atomically(file, "\ud800")
    assert file.read_text(encoding="utf-8") == "old"
    assert len(list(tmp_path.iterdir())) == 1
