"""A real live room on loopback, and courses that report to it."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import ProxyHandler, Request, build_opener

from crmlab.classroom import room_running, room_server
from crmlab.classroom.room import Room
from crmlab.classroom.room_server import Served
from crmlab.course import joining, lessons
from crmlab.course.state import Store

CODE, TOKEN = "K7QM4X2P", "secret"


class Clock:
    """Seconds that a test lets pass."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


class Running:
    """A room that is served, and what one asks it."""

    def __init__(self, served: Served, base: str) -> None:
        self.served, self.base = served, base
        self.room = joining.Room(base, CODE)

    def ask(self, path: str, body: Any = None, **headers: str) -> tuple[int, bytes, dict[str, str]]:
        """Status, content and headers of an answer; with a body it is posted."""
        raw = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        request = Request(self.base + path, raw, named, method="GET" if raw is None else "POST")
        try:
            with build_opener(ProxyHandler({})).open(request, timeout=20) as answer:
                return answer.status, answer.read(), dict(answer.headers)
        except HTTPError as error:
            with error, suppress(OSError):  # it may hang up on who sends too much
                return error.code, error.read(), dict(error.headers)
            return error.code, b"", {}
        except OSError:
            return 0, b"", {}

    def report(self, body: Any, code: str = CODE) -> int:
        """The status of the answer to a report."""
        return self.ask("/report", body, Authorization=f"crmlab {code}")[0]

    def shown(self) -> dict[str, Any]:
        """What the page is told."""
        status, raw, _headers = self.ask(f"/standing?token={TOKEN}")
        assert status == 200
        return dict(json.loads(raw))


@contextmanager
def running(room: Room, language: str = "en", folder: Path | None = None) -> Iterator[Running]:
    """A room served in a thread of its own."""
    served = Served(room, CODE, language, "192.168.1.20:8950#K7QM-4X2P", TOKEN, folder)
    sockets = room_running.take("", None)
    ready, loop = threading.Event(), asyncio.new_event_loop()

    def serve() -> None:
        asyncio.set_event_loop(loop)
        servers = []
        loop.call_soon(lambda: (servers.append(room_server.serve(served, sockets)), ready.set()))
        loop.run_forever()
        servers[0].stop()
        loop.run_until_complete(servers[0].close_all_connections())
        loop.close()

    thread = threading.Thread(target=serve)
    thread.start()
    ready.wait(20)
    try:
        yield Running(served, f"http://127.0.0.1:{sockets[0].getsockname()[1]}")
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(20)
        served.worker.shutdown()


def course(folder: Path, answers: dict[str, dict[str, dict[str, Any]]], language: str = "en") -> Path:
    """A workspace with these answers (fields by lesson and exercise), kept by the course's own stores."""
    for number, exercises in answers.items():
        lesson = lessons.find(number)
        path = folder / "notebooks" / language / lesson.unit / f"{lesson.slug}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        store = Store(path, number)
        for id, fields in exercises.items():
            store.change(id, lambda record, fields=fields: record.update(fields=fields, tries=1))  # type: ignore[misc]
    return folder
