"""A trainee's course tells a live room how far it is: opted in, under a pseudonym, in a process of its own.

The course's server starts that process (:class:`Membership`) and has nothing else to do with it: a room that is slow or gone costs
the lesson nothing. It reads the files of answers beside the notebooks, judges them (:mod:`crmlab.course.grading.standing`) and
posts what has changed. It ends when it is told to or when the server ends, and says goodbye first.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

from crmlab.app import last
from crmlab.course import classes, joining, lessons
from crmlab.course.joining import EVERY, FORMAT, SCHEME, Room
from crmlab.course.state import decoded, fields
from crmlab.language import LANGUAGES, speaking

LOOK = 2.0
"""Seconds between two looks at the files."""
PATIENCE = 4.0
"""Seconds to wait for the room."""
SLOWEST = 60.0
"""Seconds between two tries at most, where the room does not answer."""
CONNECTED, TRYING, REFUSED = "connected", "trying", "refused"


class _Stay(urllib.request.HTTPRedirectHandler):
    """A room sends nobody elsewhere."""

    def redirect_request(self, *_given: Any) -> None:
        return None


_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _Stay())  # not by way of a proxy: the room is near


class Reporter:
    """What a trainee's course tells a room. ``folder`` is the workspace."""

    def __init__(self, folder: Path, room: Room, pseudonym: str, seat: str = "", now: Callable[[], float] = time.monotonic) -> None:
        self.folder, self.room, self.pseudonym = folder, room, joining.pseudonym(pseudonym)
        self.seat = seat or secrets.token_hex(16)
        self.state = TRYING
        self._now = now
        self._known: dict[Path, tuple[Any, dict[str, Any]]] = {}
        self._told = ""
        self._next = 0.0
        self._wait = LOOK
        self._when = 0.0

    def turn(self) -> None:
        """Look at the files, and tell the room what has changed, or that this course is still there. Never raises for a room that is gone."""
        if self._now() < self._next or self.state == REFUSED:
            return  # another room is there now; knocking with the old code would shut out all who share this address
        content = json.dumps(self.content(), sort_keys=True)
        if self.state == CONNECTED and content == self._told and self._now() - self._when < EVERY:
            return
        self.state = self._post("report", content)
        if self.state == CONNECTED:
            self._told, self._when, self._wait = content, self._now(), LOOK
        else:
            self._wait = min(self._wait * 2, SLOWEST)
            self._next = self._now() + self._wait

    def leave(self) -> None:
        """Tell the room that this course has left; one that never let it in need not know."""
        if self.state != REFUSED:
            self._post("leave", json.dumps({"format": FORMAT, "seat": self.seat}))

    def content(self) -> dict[str, Any]:
        """What is told."""
        found = self._lessons()
        here = last.lesson(self.folder)
        return {
            "format": FORMAT, "seat": self.seat, "pseudonym": self.pseudonym,
            "lesson": here.number if here and here.scored else "", "lessons": found,
        }  # fmt: skip

    def _lessons(self) -> dict[str, Any]:
        """How each lesson stands, by number; read again only where its file has changed."""
        found = {}
        for lesson in lessons.every():
            if not lesson.scored:
                continue
            there = [path for code in LANGUAGES if (path := self.folder / "notebooks" / code / lesson.unit / f"{lesson.slug}.json").is_file()]
            stamps = {path: stamp for path in there if (stamp := _stamp(path)) is not None}
            if not stamps:
                continue
            path = max(stamps, key=lambda one: stamps[one][0])  # of two languages that of the newest answer
            if self._known.get(path, (None,))[0] != stamps[path]:
                with contextlib.suppress(Exception):  # a file that is being written, or is none of the course: the next look may do
                    self._known[path] = stamps[path], _standing(lesson, path)
            if path in self._known:
                found[lesson.number] = self._known[path][1]
        return found

    def _post(self, what: str, content: str) -> str:
        headers = {"Content-Type": "application/json", "Authorization": f"{SCHEME} {self.room.code}"}
        request = urllib.request.Request(f"{self.room.address}/{what}", content.encode("utf-8"), headers, method="POST")
        try:
            with _opener.open(request, timeout=PATIENCE):
                return CONNECTED
        except urllib.error.HTTPError as error:
            error.close()
            return REFUSED if error.code == 403 else TRYING
        except (OSError, ValueError):  # gone, not there yet, no room at all
            return TRYING


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


def _standing(lesson: lessons.Lesson, path: Path) -> dict[str, Any]:
    """How a lesson stands; typed lines are looked through in the language of the folder that they lie in."""
    from crmlab.course.grading import standing  # judging loads pandas, which a server must not wait for

    records = decoded(path.read_bytes())["exercises"]
    number = classes.fixed(path.parent)
    before = os.environ.get("CRMLAB_CLASS")
    if number is not None:
        os.environ["CRMLAB_CLASS"] = str(number)
    try:
        with speaking(path.parent.parent.name):
            found = standing.of(lesson.number, {id: fields(record) for id, record in records.items()})
        return standing.with_code(lesson.number, records, found)
    finally:
        if number is not None and before is None:
            del os.environ["CRMLAB_CLASS"]
        elif before is not None:
            os.environ["CRMLAB_CLASS"] = before


# -- the process -------------------------------------------------------------------------------------------------------


def main() -> None:
    """Report until standard input ends; a line of standard output says each new state."""
    asked = json.loads(sys.stdin.readline())
    reporter = Reporter(Path(asked["folder"]), Room(asked["address"], asked["code"]), asked["pseudonym"], asked["seat"])
    left = threading.Event()

    def listen() -> None:
        sys.stdin.readline()  # "leave", or the end of the server
        left.set()

    threading.Thread(target=listen, daemon=True).start()
    with contextlib.suppress(OSError, AttributeError):
        os.nice(5)  # the lesson goes first
    state = ""
    while not left.is_set():
        reporter.turn()
        if reporter.state != state:
            state = reporter.state
            with contextlib.suppress(OSError):
                print(state, flush=True)
        left.wait(LOOK)
    reporter.leave()
    os._exit(0)  # the thread that listens cannot be asked


class Membership:
    """The room that the course of this server is in, if any."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.room: Room | None = None
        self.pseudonym = ""
        self.state = ""
        self._seat = secrets.token_hex(16)
        self._process: subprocess.Popen[str] | None = None

    def join(self, room: Room, pseudonym: str) -> None:
        """Begin to report to a room; another one is left first. Raises ``OSError`` where no process can be started."""
        self.leave()
        asked = {"folder": str(self.folder.absolute()), "address": room.address, "code": room.code, "pseudonym": joining.pseudonym(pseudonym), "seat": self._seat}
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "crmlab.app.reporting"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, encoding="utf-8",
            cwd=self.folder, env={key: value for key, value in os.environ.items() if key != "CRMLAB_LANG"},
        )  # fmt: skip
        assert process.stdin
        process.stdin.write(json.dumps(asked) + "\n")
        process.stdin.flush()
        self._process, self.room, self.pseudonym, self.state = process, room, asked["pseudonym"], TRYING
        threading.Thread(target=self._follow, args=(process,), daemon=True).start()

    def leave(self) -> None:
        """Stop at once; the room is told."""
        process, self._process, self.room, self.state = self._process, None, None, ""
        if process is not None:
            assert process.stdin
            with contextlib.suppress(OSError):
                process.stdin.write("leave\n")
                process.stdin.close()
            threading.Thread(target=_end, args=(process,)).start()

    def _follow(self, process: subprocess.Popen[str]) -> None:
        for line in process.stdout or ():
            if process is self._process:
                self.state = line.strip()
        if process is self._process:
            self.state = TRYING


_members: dict[Path, Membership] = {}


def member(folder: Path) -> Membership:
    """The membership of the course in a folder, for this server."""
    return _members.setdefault(folder.absolute(), Membership(folder))


def _end(process: subprocess.Popen[str]) -> None:
    try:
        process.wait(PATIENCE + 2 * LOOK)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdout:
        process.stdout.close()


if __name__ == "__main__":
    main()
