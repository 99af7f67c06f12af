"""Learners at a hub, played by a process of their own; benchmarks/hub.py starts it, and speaks with it through a pipe.

Every connection to a kernel is read all the time, by a thread of its own. jupyter_server asks every 30 s whether a page is still there, and closes the connection of one that has not
answered for 90 s; a program that reads only while it waits for an answer does not hear the question while it thinks. What is lost nevertheless is connected again as
JupyterLab does it, with the same session, for which the server has kept what came meanwhile; and it is counted.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import random
import signal
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import psutil

sys.path[:0] = [str(Path(__file__).resolve().parents[1])]

from tests.support.hubserver import Door  # noqa: E402
from tests.support.opened import Opened  # noqa: E402

LESSON = "notebooks/en/3-qualification/2-man.ipynb"
FIRST = "from crmlab import answer"
CHECKED = """answer("how-many", {{"more_won": {wrong}, "more_lost": 6, "deals": 66}})
check("how-many")"""
TRIES = 5
"""So often a connection that is lost is made again, after 1, 2, 4 ... s."""


class Learner(Opened):
    """Somebody with a server, a lesson that has been run, and an exercise to check."""

    def __init__(self, door: Door, name: str, patience: float) -> None:
        begin = time.perf_counter()
        self.patience = patience
        self.lost = 0
        self.left = False
        self._came: queue.Queue[dict[str, Any]] = queue.Queue()
        self._reader: threading.Thread | None = None
        super().__init__(door.start(name, patience), LESSON)
        self.run()
        self.check(FIRST)
        self.begin = time.perf_counter() - begin

    def said(self, kind: str, content: dict[str, Any]) -> list[dict[str, Any]]:
        """As of every opened lesson, but within the patience. Raises ``TimeoutError``."""
        if self._reader is None:
            self._reader = threading.Thread(target=self._read, daemon=True)
            self._reader.start()
        self._end = time.monotonic() + self.patience
        return super().said(kind, content)

    def next(self) -> dict[str, Any]:
        """The next message, as the thread has read it. Raises ``ConnectionError`` where the connection is lost for good."""
        try:
            message = self._came.get(timeout=max(0.0, self._end - time.monotonic()))
        except queue.Empty:
            raise TimeoutError(f"no answer within {self.patience:g} s") from None
        if "lost" in message:
            raise ConnectionError(message["lost"])
        return message

    def _read(self) -> None:
        tries = 0
        while not self.left:
            try:
                self.socket.settimeout(None)
                text = self.socket.recv()
                if not text:
                    raise ConnectionError("the server has closed the connection")
                tries = 0
                self._came.put(json.loads(text))
            except Exception as error:
                if self.left:
                    return
                self.lost += 1
                if tries == TRIES:
                    self._came.put({"lost": f"{type(error).__name__}: {error}"})
                    return
                time.sleep(2**tries)
                tries += 1
                with contextlib.suppress(Exception):  # then once more
                    self.socket = self.connect()

    def check(self, code: str) -> None:
        """Run code, to its end. Raises ``RuntimeError`` where it fails."""
        wish = {"code": code, "silent": False, "store_history": True, "allow_stdin": False, "user_expressions": {}, "stop_on_error": False}
        for one in self.said("execute_request", wish):
            if one["msg_type"] == "error":
                raise RuntimeError(one["content"]["evalue"])

    def learn(self, until: float, think: float, seed: str, times: list[float]) -> None:
        """Think and check until then; the seconds of each check are added to ``times``."""
        chance = random.Random(seed)
        while True:
            pause = chance.expovariate(1 / think)
            if time.perf_counter() + pause > until:
                return
            time.sleep(pause)
            begin = time.perf_counter()
            self.check(CHECKED.format(wrong=chance.randrange(9)))
            times.append(time.perf_counter() - begin)

    def close(self) -> None:
        """Leave, and end the kernel."""
        self.left = True
        super().close()


def play(pipe: Connection, base: str, token: str, folder: str, patience: float) -> None:
    """Do what comes through the pipe, until it closes; then end what is left of the hub, whose folder this is."""
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # whoever has started this ends it, by closing the pipe
    door, learners, lock = Door(base, token), {}, threading.Lock()

    def say(*words: Any) -> None:
        with lock, contextlib.suppress(OSError):
            pipe.send(words)

    def come(name: str) -> None:
        try:
            learners[name] = Learner(door, name, patience)
        except Exception as error:  # whatever it is, one learner could not begin
            say("failed", name, f"{type(error).__name__}: {str(error)[-300:]}")
        else:
            say("came", name, learners[name].begin)

    def leave(name: str) -> None:
        learners.pop(name).close()
        door.ask("DELETE", f"/hub/api/users/{name}/server")
        say("left", name)

    def learn(seconds: float, think: float) -> None:
        own, before = psutil.Process(), time.process_time()
        until, times, problems = time.perf_counter() + seconds, list[float](), list[str]()

        def one(name: str, learner: Learner) -> None:
            try:
                learner.learn(until, think, f"{len(learners)} {name}", times)
            except Exception as error:
                problems.append(f"{name}: {type(error).__name__}: {str(error)[-300:]}")

        with ThreadPoolExecutor(len(learners)) as pool:
            for name, learner in learners.items():
                pool.submit(one, name, learner)
        lost = sum(one.lost for one in learners.values())
        say("learned", times, problems, lost, (time.process_time() - before) / seconds, own.memory_info().rss / 2**20)

    with contextlib.suppress(EOFError, OSError):
        while True:
            what, *more = pipe.recv()
            threading.Thread(target={"come": come, "leave": leave, "learn": learn}[what], args=more, daemon=True).start()
    end(Path(folder))
    os._exit(0)


def end(folder: Path) -> None:
    """Kill every process that works in this folder: the hub, what it has started, and what these have left behind."""
    for _again in range(20):
        found = False
        for one in psutil.process_iter():
            with contextlib.suppress(psutil.Error, OSError):
                if one.pid != os.getpid() and Path(one.cwd()).is_relative_to(folder):
                    one.kill()
                    found = True
        if not found:
            return
        time.sleep(0.2)
