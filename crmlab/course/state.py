"""A trainee's answers, kept in a JSON file beside the notebook.

The file is read, changed and replaced as a whole under a lock, so that two kernels on one lesson add to each other's
answers. A damaged file is moved aside and named, never thrown away. Where nothing can be written, answers live in
memory and :attr:`Store.problem` says so.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import math
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from crmlab.language import _, tr

FORMAT = 1

PAUSE = 300
"""Seconds without an answer after which the trainee is taken to have left; no more than this counts as time spent."""

Record = dict[str, Any]
"""What is kept of one exercise: fields, code, points, maximum, tries, hints."""


def amount(content: Any, key: str) -> float:
    """A number of a record or of a whole file; 0 where it is missing or was damaged."""
    value = content.get(key) if isinstance(content, dict) else None
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return 0.0
    return float(max(value, 0))


class Store:
    """The answers of one lesson; ``path=None`` keeps them in memory only.

    >>> store = Store(None)
    >>> store.change("hear-it", lambda record: record.update(points=3.0))
    >>> store.record("hear-it")["points"]
    3.0
    """

    def __init__(self, path: Path | None, lesson: str = "") -> None:
        self.path = path
        self.lesson = lesson
        self.problem = ""
        """Why answers cannot be kept in a file, as a sentence in the trainee's language; empty if they can."""
        self.notice = ""
        """What happened to a damaged file, as a sentence; empty if nothing did."""
        self.now: Callable[[], float] = time.time
        self._opened = self.now()
        self._memory: dict[str, Any] = self._empty()

    def record(self, exercise: str) -> Record:
        """What is kept of one exercise; an empty dict for one that was never touched."""
        found = self.read()["exercises"].get(exercise)
        return found if isinstance(found, dict) else {}

    def records(self) -> dict[str, Record]:
        """All exercises of the lesson that have been touched."""
        return {k: v for k, v in self.read()["exercises"].items() if isinstance(v, dict)}

    def change(self, exercise: str, change: Callable[[Record], None]) -> None:
        """Change the record of one exercise and keep it at once; other exercises stay as they are on disk."""
        with self._locked():
            content = self.read()
            record = content["exercises"].get(exercise)
            if not isinstance(record, dict):
                record = content["exercises"][exercise] = {}
            change(record)
            self._count_time(content)
            self._write(content)

    def read(self) -> dict[str, Any]:
        """The whole content; an empty one if there is no file yet."""
        if self.path is None or self.problem:
            return self._memory
        try:
            text = self.path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return self._empty()
        except UnicodeDecodeError:
            self._set_aside()
            return self._empty()
        except OSError as error:
            self._memory_only(error)
            return self._memory
        try:
            content = json.loads(text)
        except ValueError:
            content = None
        if not isinstance(content, dict) or not isinstance(content.get("exercises"), dict):
            self._set_aside()
            return self._empty()
        return content

    def seconds(self) -> float:
        """The time spent on the lesson, from one answer to the next; pauses count for :data:`PAUSE` at most."""
        return amount(self.read(), "seconds")

    def _count_time(self, content: dict[str, Any]) -> None:
        # From the last answer in any window: two windows on one lesson do not count twice.
        now = self.now()
        since = now - max(self._opened, amount(content, "last"))
        content["seconds"] = round(amount(content, "seconds") + min(max(since, 0), PAUSE), 1)
        content["last"] = round(now, 1)

    def _empty(self) -> dict[str, Any]:
        return {"format": FORMAT, "lesson": self.lesson, "exercises": {}}

    def _write(self, content: dict[str, Any]) -> None:
        self._memory = content
        if self.path is None or self.problem:
            return
        try:
            write_atomically(self.path, json.dumps(content, ensure_ascii=False, indent=1) + "\n")
        except OSError as error:
            self._memory_only(error)

    def _memory_only(self, error: OSError) -> None:
        self.problem = tr(
            _(
                "Your answers cannot be saved in {file}: {reason}. You can go on, but they are lost when you close "
                "the lesson. Ask for write access to this folder, or open the course with `crmlab start --to FOLDER`."
            ),
            file=self.path,
            reason=error.strerror or str(error),
        )

    def _set_aside(self) -> None:
        assert self.path is not None
        for number in range(1, 1000):
            aside = self.path.with_name(f"{self.path.stem}.damaged-{number}.json")
            if not aside.exists():
                break
        try:
            self.path.replace(aside)
        except OSError as error:
            self._memory_only(error)
            return
        self.notice = tr(
            _(
                "The file of your answers, {file}, was damaged and could not be read. It is kept as {aside}; "
                "this lesson starts with empty answers."
            ),
            file=self.path.name,
            aside=aside.name,
        )

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        if self.path is None or self.problem:
            yield
            return
        import filelock

        # The lock lies in the temporary folder: nothing strange appears beside the notebook, or is handed in with it.
        name = hashlib.sha256(str(self.path.resolve()).encode()).hexdigest()[:20]
        lock = filelock.FileLock(Path(tempfile.gettempdir()) / f"crmlab-{name}.lock")
        try:
            lock.acquire(timeout=5)
        except (filelock.Timeout, OSError):
            # Another kernel hangs on the lock: saving without it is better than not saving.
            yield
            return
        try:
            yield
        finally:
            lock.release()


def write_atomically(path: Path, text: str) -> None:
    """Replace a text file in one step: a reader, or a power cut, sees the old one or the new one, never a half.

    Raises ``OSError`` where the folder cannot be written; the old file is then as it was.
    """
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".tmp")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        for attempt in range(20):
            try:
                Path(temporary).replace(path)
                return
            except PermissionError:
                # Windows refuses while another process reads the old file; that takes milliseconds.
                if os.name != "nt" or attempt == 19:
                    raise
                time.sleep(0.05)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(temporary).unlink()
        raise
