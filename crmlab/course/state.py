"""A trainee's answers, kept in a JSON file beside the notebook.

The file is read, changed and replaced as a whole under a lock, and looked at again before it is replaced, so that two kernels
on one lesson add to each other's answers. A damaged file is moved aside and named, never thrown away. What cannot be written
stays in memory, is tried again with each change, and :attr:`Store.problem` says so until it is on disk.
"""

from __future__ import annotations

import atexit
import contextlib
import errno
import glob
import json
import math
import numbers
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from crmlab.course import files, locking, sitefile
from crmlab.course.merging import merged
from crmlab.language import _, tr

FORMAT = 1

PAUSE = 300
"""Seconds without an answer after which the trainee is taken to have left; no more than this counts as time spent."""
MOST = 1e12
"""Larger than any moment, in seconds, and any points."""
DEEPEST = 60
"""Levels of lists and records within each other that are read; answers have about eight."""

Record = dict[str, Any]
"""What is kept of one exercise: fields, code, points, maximum, tries, hints."""
Content = dict[str, Any]
"""What a file of answers holds: format, lesson, exercises (a record each), seconds, last."""


def amount(content: Any, key: str) -> float:
    """A number of a record or of a whole file; 0 where it is missing or was damaged: nothing there is larger than :data:`MOST`."""
    value = content.get(key) if isinstance(content, dict) else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return 0.0
    with contextlib.suppress(OverflowError):
        if 0 < value <= MOST:
            return float(value)
    return 0.0


def fields(record: Any) -> dict[str, Any]:
    """The answers in a record; an empty dict where there are none or something else stands there."""
    found = record.get("fields") if isinstance(record, dict) else None
    return found if isinstance(found, dict) else {}


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
        """Why answers are not on disk just now, as a sentence in the trainee's language; empty if they are."""
        self.notice = ""
        """What happened to a damaged file, as a sentence; empty if nothing did."""
        self.watchers: list[Callable[[], None]] = []
        """Called when ``problem`` has changed."""
        self.now: Callable[[], float] = time.time
        self.ticks: Callable[[], float] = time.monotonic
        self._ticked = self.ticks()
        self._last = 0.0
        self._memory: Content = self._empty()
        """The newest content that is known."""
        self._base: Content | None = None
        """What is on disk, while memory holds more than that; ``None`` while they are the same."""
        self._tidied = False

    # -- reading -------------------------------------------------------------------------------------------------------

    def record(self, exercise: str) -> Record:
        """What is kept of one exercise; an empty dict for one that was never touched."""
        found = self.read()["exercises"].get(exercise)
        return found if isinstance(found, dict) else {}

    def records(self) -> dict[str, Record]:
        """All exercises of the lesson that have been touched."""
        return {k: v for k, v in self.read()["exercises"].items() if isinstance(v, dict)}

    def read(self) -> Content:
        """The whole content, with what is not on disk yet; an empty one if there is no file yet."""
        if self.path is not None:
            try:
                self._look(self.path)
            except OSError as error:
                self._failed(error)
            else:
                if self._base is None:
                    self._say("")
        return self._memory

    def seconds(self) -> float:
        """The time spent on the lesson, from one answer to the next; pauses count for :data:`PAUSE` at most."""
        return amount(self.read(), "seconds")

    def waiting(self) -> bool:
        """Whether there is anything that is not on disk yet."""
        return self._base is not None

    # -- changing ------------------------------------------------------------------------------------------------------

    def change(self, exercise: str, change: Callable[[Record], None]) -> None:
        """Change the record of one exercise and keep it at once; other exercises stay as they are on disk."""

        def on_record(content: Content) -> None:
            record = content["exercises"].get(exercise)
            if not isinstance(record, dict):
                record = content["exercises"][exercise] = {}
            change(record)
            self._count_time(content)

        if self.path is None:
            on_record(self._memory)
            return
        with locking.held(self.path) as alone:
            self._tidy(self.path, alone)
            self._keep(self.path, on_record)

    def settle(self) -> None:
        """Write what is not on disk yet, and remove what a killed process left; where there is nothing to do, do nothing."""
        if self.path is None or not (self.waiting() or not self._tidied):
            return
        with locking.held(self.path) as alone:
            self._tidy(self.path, alone)
            if self.waiting():
                self._keep(self.path, lambda _content: None)

    def _tidy(self, path: Path, alone: bool) -> None:
        # Alone: no other process is writing just now.
        if alone and not self._tidied:
            files.tidy(path)
            self._tidied = True

    def _keep(self, path: Path, change: Callable[[Content], None]) -> None:
        """Change what is on disk, with what only memory holds, and write it; where that fails, memory holds it."""
        raw: bytes | None = None
        hidden = None
        try:
            raw = self._look(path)
        except OSError as error:
            hidden = error  # What is there cannot be seen, so it must not be replaced either.
        mine = plain(self._memory)
        change(mine)
        self._hold(self._memory if self._base is None else self._base)
        self._memory = plain(mine)
        try:
            if hidden:
                raise hidden
            for _turn in range(20):
                if self._replaced(path, raw):
                    self._hold(None)
                    self._say("")
                    return
                raw = self._look(path)
            raise OSError(errno.EBUSY, tr(_("others write there all the time")))
        except OSError as error:
            self._failed(error)

    def _replaced(self, path: Path, raw: bytes | None) -> bool:
        """Put memory in the place of a file with these bytes; ``False`` if it holds others now."""
        if sitefile.possible(path):
            with contextlib.suppress(sitefile.Elsewhere):
                old = None if raw is None else raw.decode("utf-8", "replace")
                return sitefile.replace(path, old, encoded(self._memory).decode("utf-8"))
        made = files.draft(path, encoded(self._memory))
        try:
            with locking.held(path, "replace"):
                if _bytes(path) != raw:
                    return False
                files.put(made, path)
                return True
        except FileNotFoundError:
            # This process was stopped for so long that another one has tidied up.
            if path.parent.is_dir():
                return False
            raise
        finally:
            with contextlib.suppress(OSError):
                made.unlink()

    # -- what is there and what memory holds ---------------------------------------------------------------------------

    def _look(self, path: Path) -> bytes | None:
        """Take in what is on disk and return its bytes, ``None`` if there is no file. What only memory holds stays there."""
        raw = _bytes(path)
        found = None
        if raw is not None:
            try:
                found = decoded(raw)
            except ValueError:
                raw, found = self._set_aside(path)
        there = found or self._empty()
        if self._base is not None:
            self._memory = merged(self._base, self._memory, there) if found else self._memory
            self._hold(there)
            return raw
        lost = {k: v for k, v in self._memory["exercises"].items() if k not in there["exercises"]}
        if lost and not self._moved(path, lost):
            # Nothing of the course takes an exercise out of a file: somebody's program put another file in its place.
            self._memory = {**self._memory, **there, "exercises": {**lost, **there["exercises"]}}
            self._hold(there)
        else:
            self._memory = there
        return raw

    def _moved(self, path: Path, lost: dict[str, Any]) -> bool:
        """Whether these records lie beside the file under a name of their own, as after `crmlab reset` or an import."""
        with contextlib.suppress(OSError):
            for one in path.parent.glob(f"{glob.escape(path.stem)}.*{path.suffix}"):
                with contextlib.suppress(OSError, ValueError):
                    kept = decoded(one.read_bytes())["exercises"]
                    if all(kept.get(name) == record for name, record in lost.items()):
                        return True
        return False

    def _hold(self, base: Content | None) -> None:
        self._base = base
        if self.path is not None:
            if base is None:
                _unsaved.pop(self.path, None)
            else:
                _unsaved[self.path] = self

    def _set_aside(self, path: Path) -> tuple[bytes | None, Content | None]:
        """Move a damaged file aside; another process may have done that first, then what is there now."""
        with locking.held(path, "replace"):
            raw = _bytes(path)
            if raw is None:
                return None, None
            with contextlib.suppress(ValueError):
                return raw, decoded(raw)
            real = files.followed(path)
            aside = next(
                one for n in range(1, 100_000) if not (one := real.with_name(f"{path.stem}.damaged-{n}.json")).exists()
            )
            real.replace(aside)
        text = (
            _(
                "The file of your answers, {file}, was damaged while this lesson was open. It is kept as {aside}; "
                "your answers are saved again."
            )
            if self._memory["exercises"]
            else _(
                "The file of your answers, {file}, was damaged and could not be read. It is kept as {aside}; "
                "this lesson starts with empty answers."
            )
        )
        self.notice = tr(text, file=path.name, aside=aside.name)
        return None, None

    def _count_time(self, content: Content) -> None:
        # From the last answer in any window: two windows on one lesson do not count twice. The clock may be set meanwhile,
        # so it is asked only about the answers of others; what has passed here is known from the ticks.
        now, ticks = self.now(), self.ticks()
        since, last = ticks - self._ticked, amount(content, "last")
        if last != self._last and 0 < last <= now:
            since = min(since, now - last)
        content["seconds"] = round(amount(content, "seconds") + min(max(since, 0), PAUSE), 1)
        content["last"] = self._last = round(now, 1)
        self._ticked = ticks

    def _empty(self) -> Content:
        return {"format": FORMAT, "lesson": self.lesson, "exercises": {}}

    # -- what is told --------------------------------------------------------------------------------------------------

    def _failed(self, error: OSError) -> None:
        text = (
            _(
                "Your answers are not saved: {reason}. Go on, and each answer tries it again; before you leave the lesson, "
                "download your work with the button on this page, so that nothing is lost."
            )
            if sitefile.possible(self.path or Path())
            else _(
                "Your answers are not saved: {reason} ({file}). Make room on the disk and go on: everything is saved with "
                "your next answer. Do not close the lesson before this message is gone."
            )
            if error.errno in (errno.ENOSPC, errno.EDQUOT)
            else _(
                "Your answers cannot be saved in {file}: {reason}. You can go on, and each answer tries it again; what is "
                "not saved by then is lost when you close the lesson. Ask for write access to this folder, or open the "
                "course with `crmlab start --to FOLDER`."
            )
        )
        self._say(tr(text, file=self.path, reason=files.reason(error)))

    def _say(self, problem: str) -> None:
        if problem != self.problem:
            self.problem = problem
            for tell in list(self.watchers):
                tell()


_unsaved: dict[Path, Store] = {}
"""The stores that hold something that is not on disk."""


def of(path: Path | None, lesson: str = "") -> Store:
    """The store of a file: the one that holds something which is not on disk yet, if there is one, else a new one."""
    return _unsaved[path] if path in _unsaved else Store(path, lesson)


@atexit.register
def _settle() -> None:
    """A kernel that ends tries once more."""
    for store in list(_unsaved.values()):
        with contextlib.suppress(Exception):
            store.settle()


# -- the file ----------------------------------------------------------------------------------------------------------


def _bytes(path: Path) -> bytes | None:
    if sitefile.possible(path):
        with contextlib.suppress(sitefile.Elsewhere):
            text = sitefile.read(path)
            return None if text is None else text.encode("utf-8", "surrogatepass")
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def encoded(content: Content) -> bytes:
    """Content as the bytes of its file."""
    return (json.dumps(content, ensure_ascii=False, allow_nan=False, indent=1) + "\n").encode("utf-8")


def decoded(raw: bytes) -> Content:
    """The content of a file of answers, with or without a byte order mark; what no answer can be is left out of it.

    Raises ``ValueError`` for anything else.

    >>> decoded(b'\\xef\\xbb\\xbf{"exercises": {"a": {"points": 1e999, "tries": 2}}}')["exercises"]
    {'a': {'points': None, 'tries': 2}}
    """
    try:
        content = plain(json.loads(raw, parse_int=_whole), strict=True)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    if not isinstance(content, dict) or not isinstance(content.get("exercises"), dict):
        raise ValueError("no answers")
    return content


def _whole(text: str) -> int | float:
    return int(text) if len(text) < 300 else math.inf


def plain(value: Any, *, strict: bool = False, level: int = 0) -> Any:
    """A copy that JSON can hold and give back: ``None`` for numbers that are not finite and for what is no data; characters
    that are none become "�". What is nested too deeply is left out; if ``strict``, it raises ``ValueError``.
    """
    if isinstance(value, str):
        return files.whole(value)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, numbers.Real):
        with contextlib.suppress(OverflowError, ValueError, TypeError):
            if math.isfinite(value):
                return int(value) if isinstance(value, numbers.Integral) else float(value)
        return None
    if level > DEEPEST:
        if strict:
            raise ValueError("nested too deeply")
        return None
    if isinstance(value, Mapping):
        return {plain(str(key)): plain(one, strict=strict, level=level + 1) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one, strict=strict, level=level + 1) for one in value]
    return None
