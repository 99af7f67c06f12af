"""nbgrader in a process of its own, which is asked for one piece of work at a time: several work side by side, and one that dies is replaced.

It is started in nbgrader's folder of a class and reads a request a line: ``{"generate": unit}``, or ``{"unit": unit, "student": key}``.
Each is answered by a line with ``success``, ``error`` and ``log``.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from crmlab.course.grading import without_formats

CONFIG = "nbgrader_config.py"


class Worker:
    """Such a process; it starts with the first request, and anew after one that it did not survive."""

    def __init__(self, folder: Path, records: str, unprotected: bool) -> None:
        self._words = [sys.executable, "-P", "-m", "crmlab.course.grading.worker", "--records", records]
        self._words += ["--unprotected"] if unprotected else []
        self._folder = folder
        self._process: subprocess.Popen[str] | None = None

    def ask(self, request: dict[str, str], seconds: float) -> dict[str, Any]:
        """The answer; one without success if there was none within ``seconds``."""
        process = self._process = self._process or self._start()
        reply: list[Any] = []

        def talk() -> None:
            assert process.stdin
            assert process.stdout
            try:
                process.stdin.write(json.dumps(request) + "\n")
                process.stdin.flush()
                reply.append(json.loads(process.stdout.readline()))
            except (OSError, ValueError):
                return

        talking = threading.Thread(target=talk, daemon=True)
        talking.start()
        talking.join(seconds)
        if not reply:
            self.close()
            talking.join(5)
            return {"success": False, "error": "nbgrader died or did not answer", "log": ""}
        return dict(reply[0])

    def close(self) -> None:
        """End the process, and with it what it runs."""
        if (process := self._process) is not None:
            self._process = None
            process.kill()
            process.wait()

    def _start(self) -> subprocess.Popen[str]:
        environment = dict(os.environ)
        environment.pop("CRMLAB_STATE", None)
        # nbgrader calls alembic by name: it lies beside this Python, which need not be on the path.
        environment["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), environment.get("PATH", "")])
        return subprocess.Popen(
            self._words,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="ascii",
            cwd=self._folder,
            env=environment,
            start_new_session=os.name != "nt",  # Ctrl-C is for whoever started it
        )


def main() -> None:
    """Answer requests, a line each, until there are no more."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--records", default="")
    parser.add_argument("--unprotected", action="store_true")
    asked = parser.parse_args()
    # What nbgrader prints is no reply.
    replies = os.fdopen(os.dup(1), "w", encoding="ascii")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    without_formats()
    api = None
    for line in sys.stdin:
        request = json.loads(line)
        api = api or _api(asked)
        if "generate" in request:
            found = api.generate_assignment(request["generate"], force=True, create=True)
        else:
            found = api.autograde(request["unit"], request["student"], force=True, create=True)
        print(json.dumps({key: found.get(key) or "" for key in ("success", "error", "log")}), file=replies, flush=True)


def _api(asked: argparse.Namespace) -> Any:
    from nbgrader.apps import NbGraderAPI
    from traitlets.config import Config, PyFileConfigLoader

    config = Config()
    # From where nbgrader itself would read it; its Python is the instructor's own.
    config.merge(PyFileConfigLoader(CONFIG, path=os.getcwd()).load_config())  # noqa: PTH109
    config.CourseDirectory.root = os.getcwd()  # noqa: PTH109
    config.Judged.records = asked.records
    if asked.unprotected:
        config.RunAnswers.unprotected = True
    return NbGraderAPI(config=config)


if __name__ == "__main__":
    main()
