"""Runs a room until Ctrl-C, and then writes how it stood into ``room.json`` in the folder of the class."""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import errno
import json
import re
import signal
import socket
import webbrowser
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from crmlab.classroom import room_server
from crmlab.classroom.findings import of_class
from crmlab.classroom.folder import Class
from crmlab.classroom.room import Room
from crmlab.classroom.room_server import Served
from crmlab.course import joining
from crmlab.course.files import reason, write_atomically
from crmlab.language import _, tr

HERE = "127.0.0.1"
FIRST, TRIED = 8950, 50
KEPT = "room.json"
LINE = "room-line.json"
"""Code and port of a room: one that is opened again is the same one for those who were in it."""
SAME = datetime.timedelta(hours=24)
"""For so long after a room was used, the next one of its class has its code: for another half of the day, or the second day."""


class CannotListen(ValueError):
    """The room cannot be opened on this address or port; the message says why."""


def run(of: Class, language: str, host: str = "", port: int | None = None, *, browser: bool = True) -> int:
    """Open the room of a class and serve until Ctrl-C; ``host`` "lan" is this computer's address in its network, empty this computer
    alone. Raises :class:`CannotListen`, ``OSError`` if the end cannot be written down."""
    address = room_server.network_address() if host == "lan" else host
    if host == "lan" and not address:
        raise CannotListen(tr(_("This computer is in no network just now. Connect it, or name its address: --host ADDRESS")))
    before = _line(of.folder)
    sockets = take(address, port, before.get("port", 0))
    number, code = sockets[0].getsockname()[1], before.get("code") or joining.new_code()
    line = str(joining.Room(f"http://{address or HERE}:{number}", code))
    _keep_line(of.folder, code, number, line)
    served = Served(Room(of.lessons), code, language, line, folder=of.folder)
    page = f"http://{HERE}:{number}/?token={served.token}"

    def told() -> None:
        """Said once Ctrl-C is heeded: who reads it may press it at once."""
        print(tr(_("The room is open. Its page, for you alone: {url}"), url=page))
        print(tr(_("Trainees paste this line into “Join a room”, or start with crmlab start --room: {line}"), line=line))
        if before.get("line") == line:
            print(tr(_("It is the line of last time: who is still in the room comes back without doing anything, within a minute.")))
        elif before:
            print(tr(_("This computer has another address or port than last time: who was in the room joins again, with this line.")))
        if not address:
            print(tr(_("Only this computer can reach it. For trainees in the same network: crmlab class room {folder} --host lan"), folder=of.folder))
        else:
            print(tr(_("It can be reached from the network of the room. What is sent there is not encrypted; it holds pseudonyms and no names.")))
        print(tr(_("To stop: press Ctrl-C here.")), flush=True)
        if browser:
            with contextlib.suppress(Exception):  # no browser: the address stands above
                webbrowser.open(page)

    try:
        with of_class(of), contextlib.suppress(KeyboardInterrupt):  # Ctrl-C before it has begun
            asyncio.run(_serve(served, sockets, told))
    finally:
        path = save(served.room, of.folder)
        _keep_line(of.folder, code, number, line)
    print(tr(_("The room is closed. How it stood: {file}"), file=path))
    return 0


async def _serve(served: Served, sockets: list[socket.socket], told: Callable[[], None]) -> None:
    server = room_server.serve(served, sockets)
    done = asyncio.Event()
    loop = asyncio.get_running_loop()
    # SIGHUP: the window is closed in which it runs.
    for one in (signal.SIGINT, signal.SIGTERM, *([signal.SIGHUP] if hasattr(signal, "SIGHUP") else [])):
        try:
            loop.add_signal_handler(one, done.set)
        except (NotImplementedError, RuntimeError, ValueError):  # Windows, or not the main thread
            signal.signal(one, lambda *_given: loop.call_soon_threadsafe(done.set))
    told()
    while not done.is_set():  # Windows tells of Ctrl-C between two turns only
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(done.wait(), 0.5)
    server.stop()
    await server.close_all_connections()
    served.worker.shutdown(wait=False, cancel_futures=True)


def take(host: str, port: int | None, wish: int = 0) -> list[socket.socket]:
    """Sockets on this computer's own address and, if given, on ``host``, all on one port: ``wish`` before others, if it is free. Raises
    :class:`CannotListen`."""
    from tornado.netutil import bind_sockets

    if port is not None and not 1 <= port <= 65535:
        raise CannotListen(tr(_("A port is a number from 1 to 65535, not {port}."), port=port))
    if host in ("0.0.0.0", "::", "*"):
        raise CannotListen(tr(_("Name one address of this computer, for trainees need it as well: --host lan finds it.")))
    hosts = dict.fromkeys([HERE, host] if host not in ("", "localhost") else [HERE])
    for one in dict.fromkeys([*([wish] if wish else []), *range(FIRST, FIRST + TRIED)]) if port is None else [port]:
        found: list[socket.socket] = []
        try:
            for name in hosts:
                found += bind_sockets(one, name)
            return found
        except OSError as error:
            for each in found:
                each.close()
            if error.errno not in (errno.EADDRINUSE, errno.EACCES, errno.EPERM) and not isinstance(error, PermissionError):
                text = _("The room cannot listen on {host}: {reason}. Is it an address of this computer? --host lan finds one.")
                raise CannotListen(tr(text, host=host or HERE, reason=reason(error))) from error
            if port is not None:
                raise CannotListen(tr(_("Port {port} cannot be used: {reason}. Leave --port out, then a free one is found."), port=port, reason=reason(error))) from error
    raise CannotListen(tr(_("No port from {first} to {last} is free. Close other programs, or name one with --port."), first=FIRST, last=FIRST + TRIED - 1))


def save(room: Room, folder: Path) -> Path:
    """Write down how the room stood: pseudonyms, lessons, states, points, wrong options. How an earlier one stood is kept beside it, with
    the moment in its name. Raises ``OSError``."""
    people = [
        {"pseudonym": one.name, "source": one.source, "lesson": one.lesson, "lessons": {number: {id: asdict(each) for id, each in found.items()} for number, found in one.lessons.items()}}
        for one in room.seats.values()
    ]  # fmt: skip
    moment = datetime.datetime.now().astimezone().isoformat(timespec="seconds")
    content = {"kind": "crmlab room", "format": 1, "closed": moment, "left": room.left, "people": people}
    path = folder / KEPT
    with contextlib.suppress(OSError, ValueError, LookupError, TypeError):
        earlier = json.loads(path.read_text("utf-8"))
        if earlier["people"]:
            moment = re.sub(r"\D", "", earlier["closed"][:19])
            path.replace(path.with_name(f"{path.stem}-{moment}{path.suffix}"))
    write_atomically(path, json.dumps(content, ensure_ascii=False, indent=1) + "\n")
    return path


def _line(folder: Path) -> dict[str, Any]:
    """Code, port and line of the room that this class had last, if that is not long ago; else nothing."""
    with contextlib.suppress(OSError, ValueError, LookupError, TypeError):
        kept = json.loads((folder / LINE).read_text("utf-8"))
        age = datetime.datetime.now().astimezone() - datetime.datetime.fromisoformat(kept["used"])
        room = joining.parse(kept["line"])
        if abs(age) < SAME and room.code == kept["code"] and 1 <= int(kept["port"]) <= 65535:
            return {"code": room.code, "port": int(kept["port"]), "line": kept["line"]}
    return {}


def _keep_line(folder: Path, code: str, port: int, line: str) -> None:
    used = datetime.datetime.now().astimezone().isoformat(timespec="seconds")
    content = {"kind": "crmlab room line", "format": 1, "code": code, "port": port, "line": line, "used": used}
    with contextlib.suppress(OSError):  # then the next room has a line of its own
        (folder / LINE).touch(0o600)  # the code lets in: not for others who use this computer
        write_atomically(folder / LINE, json.dumps(content, ensure_ascii=False, indent=1) + "\n")
