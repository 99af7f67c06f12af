"""The judge in a process of its own: none of the trainee's code runs there, and an answer on which it hangs costs a minute."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import threading
from typing import Any

from crmlab.course.grading import CannotGrade, judging
from crmlab.course.grading.judging import Grade

LIMIT = 60.0
"""Seconds for one submission; judging takes a fraction of one."""


class Judge:
    """A judge for many submissions: the process starts with the first one, and anew after one that it did not survive."""

    def __init__(self, limit: float = LIMIT) -> None:
        self.limit = limit
        self._process: subprocess.Popen[str] | None = None

    def grades(
        self, lesson: str, language: str, answers: bytes | None, given: dict[str, str]
    ) -> tuple[dict[str, Grade], str]:
        """The grades of a submission by exercise, and a sentence if its file of answers cannot be used.

        ``answers`` are the bytes of that file, ``given`` the values of code answers by exercise. An exercise on which the judge
        hangs is left out. Raises
        :class:`crmlab.course.grading.CannotGrade` if it cannot work at all.
        """
        text = None if answers is None else answers.decode("utf-8", "surrogateescape")
        request = {"lesson": lesson, "language": language, "answers": text, "given": given}
        if (reply := self._ask(request)) is None:
            # One answer is to blame: find the others' points without it.
            reply = self._ask({**request, "answers": None, "given": {}})
            if reply is None:
                raise CannotGrade(f"lesson {lesson} cannot be judged")
            ids = list(reply["grades"])
            each = [self._ask({**request, "only": id}) or {"grades": {}, "problem": ""} for id in ids]
            reply = {
                "grades": {id: grade for one in each for id, grade in one["grades"].items()},
                "problem": next((one["problem"] for one in each if one["problem"]), ""),
            }
        return {id: Grade(**grade) for id, grade in reply["grades"].items()}, reply["problem"]

    def close(self) -> None:
        """End the process."""
        if (process := self._process) is not None:
            self._process = None
            process.kill()
            process.wait()
            for stream in (process.stdin, process.stdout):
                if stream:
                    with contextlib.suppress(OSError):
                        stream.close()

    def _ask(self, request: dict[str, Any]) -> dict[str, Any] | None:
        process = self._process = self._process or _start()
        reply: list[dict[str, Any]] = []

        def talk() -> None:
            assert process.stdin
            assert process.stdout
            with contextlib.suppress(OSError, ValueError):  # it died, or was ended because it takes too long
                process.stdin.write(json.dumps(request) + "\n")
                process.stdin.flush()
                reply.append(json.loads(process.stdout.readline()))

        talking = threading.Thread(target=talk, daemon=True)
        talking.start()
        talking.join(self.limit)
        if not reply:
            process.kill()  # ends the thread as well
            talking.join()
            self.close()
            return None
        return reply[0]


def _start() -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "crmlab.course.grading.apart"],  # -P: nothing from the folder it is started in
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        encoding="ascii",
    )


def main() -> None:
    """Answer requests, a line each, until there are no more."""
    replies, sys.stdout = sys.stdout, sys.stderr  # what a judge prints is no reply
    for line in sys.stdin:
        print(json.dumps(judging.answer(json.loads(line))), file=replies, flush=True)


if __name__ == "__main__":
    main()
