"""The room on the network: a page for whoever leads the class, and a place where trainees' courses report to.

It is no Jupyter server: there is nothing here that runs code or reads files. From Jupyter it takes who may see the page
(``jupyter_server``'s identity provider with its token, its check of host and origin). Reports are let in by the code of the room.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import secrets
import socket
import time
from collections import Counter, OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from crmlab.classroom import room_files, room_page
from crmlab.classroom.room import FILE, Refused, Room
from crmlab.course.joining import MOST, SCHEME
from crmlab.language import speaking

WRONG_CODES = 20
"""Wrong codes that an address may try in a minute."""
POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
BACKLOG = 64
"""Reports that may wait to be read; more are told to come again later."""
CONNECTIONS = 80
"""Open at once from one address: more than the courses that it may have in the room. Some systems let a program have 256 in all."""


class Served:
    """A room with what lets in: ``token`` whoever leads the class, ``code`` the trainees. ``line`` is what trainees paste."""

    def __init__(self, room: Room, code: str, language: str, line: str = "", token: str = "", folder: Path | None = None, now: Callable[[], float] = time.monotonic) -> None:
        self.room, self.code, self.language, self.line, self.folder = room, code, language, line, folder
        self.token = token or secrets.token_hex(24)
        self.now = now
        self.waiting = 0
        self.refused: OrderedDict[str, list[float]] = OrderedDict()
        # One thread: the lessons are loaded there when the first report about them comes, and pages are served meanwhile.
        self.worker = ThreadPoolExecutor(1, thread_name_prefix="room")
        self._files: Any = None

    async def work(self, what: Callable[..., Any], *given: Any) -> Any:
        """Do something with the room, one thing after the other, in the language of its page."""
        def do() -> Any:
            with speaking(self.language):
                return what(*given)

        return await asyncio.get_running_loop().run_in_executor(self.worker, do)

    def guessing(self, address: str) -> bool:
        """Whether too many wrong codes came from an address within a minute."""
        return len([one for one in self.refused.get(address, ()) if self.now() - one < 60]) >= WRONG_CODES

    def wrong(self, address: str) -> None:
        """Note a wrong code."""
        self.refused[address] = [*[one for one in self.refused.get(address, ()) if self.now() - one < 60], self.now()][-WRONG_CODES:]
        self.refused.move_to_end(address)
        while len(self.refused) > 1000:
            self.refused.popitem(last=False)

    def look_at_files(self) -> None:
        """Take in what was handed in, if it is not known yet."""
        if self.folder is None:
            return
        stamp = room_files.stamp(self.folder)
        if stamp != self._files:
            self._files = stamp
            self.room.seats = {key: one for key, one in self.room.seats.items() if one.source != FILE}
            for report in room_files.reports(self.folder):
                self.room.take(report, source=FILE)

    def shown(self) -> dict[str, Any]:
        """What the page shows now."""
        self.look_at_files()
        return self.room.shown()


def application(served: Served) -> Any:
    """The web application of a room."""
    from jupyter_server.auth import IdentityProvider
    from jupyter_server.base.handlers import APIHandler
    from tornado import web

    class Report(web.RequestHandler):
        """What a trainee's course sends."""

        def check_xsrf_cookie(self) -> None:
            """No browser sends reports: the code in the header is the proof."""

        async def post(self, what: str) -> None:
            address = self.request.remote_ip or ""
            if served.guessing(address):
                raise web.HTTPError(429)
            given = self.request.headers.get("Authorization", "")
            if not hmac.compare_digest(given.encode("utf-8", "replace"), f"{SCHEME} {served.code}".encode()):
                served.wrong(address)
                raise web.HTTPError(403)
            if served.waiting >= BACKLOG:
                raise web.HTTPError(429)
            try:
                report = json.loads(self.request.body)
            except (ValueError, RecursionError) as error:
                raise web.HTTPError(400) from error
            served.waiting += 1
            try:
                await (served.work(served.room.leave, report) if what == "leave" else served.work(served.room.take, report, address))
            except Refused as refusal:
                raise web.HTTPError(refusal.code) from refusal
            finally:
                served.waiting -= 1
            self.set_status(204)

        def write_error(self, status_code: int, **_kwargs: Any) -> None:
            self.finish(str(status_code))

    class Instructor(APIHandler):
        """What whoever leads the class sees."""

        @property
        def content_security_policy(self) -> str:
            return POLICY

        def set_default_headers(self) -> None:
            super().set_default_headers()
            self.set_header("Cache-Control", "no-store")
            self.set_header("Referrer-Policy", "no-referrer")

    class Shown(Instructor):
        @web.authenticated
        async def get(self) -> None:
            shown = await served.work(served.shown)
            self.finish(json.dumps(shown, ensure_ascii=False))

    class Page(Instructor):
        @web.authenticated
        async def get(self) -> None:
            self.finish(await served.work(room_page.html, served.line), set_content_type="text/html; charset=utf-8")

    settings: dict[str, Any] = {
        "identity_provider": IdentityProvider(token=served.token),
        "cookie_secret": secrets.token_bytes(32),
        "base_url": "/",
        "xsrf_cookies": True,
        "log_function": lambda _handler: None,
        "headers": {},
    }
    return web.Application(
        [(r"/(report|leave)", Report), (r"/", Page), (r"/standing", Shown), (r"/static/(room\.(?:js|css))", web.StaticFileHandler, {"path": str(Path(__file__).parent / "static")})],
        **settings,
    )


def serve(served: Served, sockets: list[socket.socket]) -> Any:
    """Serve on these sockets within the running loop; returns the server, to be stopped."""
    from tornado.httpserver import HTTPServer

    class Counting(HTTPServer):
        """Nobody keeps the others out by opening connections and saying nothing."""

        def initialize(self, *given: Any, **more: Any) -> None:
            self.open: Counter[str] = Counter()
            super().initialize(*given, **more)

        def handle_stream(self, stream: Any, address: Any) -> None:
            if self.open[address[0]] >= CONNECTIONS:
                stream.close()
                return
            self.open[address[0]] += 1
            super().handle_stream(stream, address)

        def on_close(self, server_conn: Any) -> None:
            super().on_close(server_conn)
            self.open[server_conn.context.address[0]] -= 1
            self.open += Counter()  # without the addresses that have none

    server = Counting(application(served), max_body_size=MOST, max_buffer_size=MOST, idle_connection_timeout=20, body_timeout=10, max_header_size=16_384)
    server.add_sockets(sockets)
    return server


def network_address() -> str:
    """The address of this computer in its network; empty if it is in none. Nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        try:
            one.connect(("192.0.2.1", 9))  # of the addresses for documentation, RFC 5737
            found = str(one.getsockname()[0])
        except OSError:
            return ""
    return "" if found.startswith(("127.", "0.")) else found
