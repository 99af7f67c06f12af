"""Runs the cells of a trainee's notebook, in a process of its own, which may be in a sandbox (:mod:`crmlab.course.grading.sandbox`).

It reads what to run from its standard input and prints a line of JSON for each cell. Whoever reads that must take all of it for the
trainee's: their code runs as the same user and may print such lines as well.
"""

from __future__ import annotations

import argparse
import base64
import contextlib
import json
import os
import re
import signal
import struct
import sys
import time
from pathlib import Path
from typing import Any, TextIO, cast

from crmlab.course.grading import without_formats

_RELEASE = tuple(int(part) for part in re.findall(r"\d+", os.uname().release)[:2]) if hasattr(os, "uname") else (0, 0)
PROCESSES = 200 if _RELEASE >= (5, 14) else 3000
"""Older kernels of Linux count what the user runs outside of the sandbox as well."""
LIMITS = {
    "RLIMIT_AS": 6_000_000_000,
    "RLIMIT_FSIZE": 64_000_000,
    "RLIMIT_NPROC": PROCESSES,
    "RLIMIT_NOFILE": 512,
    "RLIMIT_CORE": 0,
}


def main() -> None:
    """Run what is asked for."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--sandbox", action="store_true")
    parser.add_argument("--probe", action="store_true")
    parser.add_argument("--user", type=int)
    asked = parser.parse_args()
    if asked.sandbox:
        confine(asked.user)
    without_formats()
    if asked.probe:
        import nbclient  # noqa: F401 (that it can be read)

        print("apart")
        return
    request = json.loads(sys.stdin.buffer.read())
    if asked.sandbox:
        import resource

        seconds = int(request["longest"]) + 60
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    for name, content in request["files"].items():
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_bytes(base64.b64decode(content))
    # What the kernel prints into its standard output would be taken for ours.
    replies = os.fdopen(os.dup(1), "w", encoding="ascii")
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    run(request, replies)


def confine(user: int | None) -> None:
    """Take limits, another user, and what is needed for neither away. Linux alone."""
    import ctypes
    import resource

    if user is not None:
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)
    for name, limit in LIMITS.items():
        kind = getattr(resource, name)
        most = resource.getrlimit(kind)[1]
        limit = limit if most == resource.RLIM_INFINITY else min(limit, most)
        resource.setrlimit(kind, (limit, limit))
    system = ctypes.CDLL(None)
    system.prctl(_DEATH_OF_PARENT, int(signal.SIGKILL), 0, 0, 0)  # which the change of the user has reset
    system.prctl(_DUMPABLE, 0, 0, 0, 0)  # the code cannot look into this process, nor write into what it answers with
    if (machine := os.uname().machine) in _CALLS and struct.calcsize("P") == 8:
        # A ring of keys of our own, empty: keys of whoever grades would be handed down otherwise.
        system.syscall(_CALLS[machine]["keyctl"], 1, None)
        program = ctypes.create_string_buffer(_filter(machine), len(_filter(machine)))
        made = struct.pack("HxxxxxxP", len(program.raw) // 8, ctypes.addressof(program))
        system.prctl(_NO_NEW_RIGHTS, 1, 0, 0, 0)
        system.prctl(_FILTER, 2, made, 0, 0)


_DEATH_OF_PARENT, _DUMPABLE, _FILTER, _NO_NEW_RIGHTS = 1, 4, 22, 38

_REFUSED = (
    *("add_key", "request_key", "keyctl", "bpf", "perf_event_open", "userfaultfd", "io_uring_setup", "io_uring_enter"),
    *(
        "io_uring_register",
        "unshare",
        "setns",
        "mount",
        "umount2",
        "pivot_root",
        "ptrace",
        "process_vm_readv",
        "process_vm_writev",
    ),
    *("name_to_handle_at", "open_by_handle_at", "kexec_load"),
)
"""What a lesson never asks the system for, and attacks on it do. The numbers are those of Linux (its tables of system calls)."""
_NUMBERS = {
    "x86_64": (248, 249, 250, 321, 298, 323, 425, 426, 427, 272, 308, 165, 166, 155, 101, 310, 311, 303, 304, 246),
    "aarch64": (217, 218, 219, 280, 241, 282, 425, 426, 427, 97, 268, 40, 39, 41, 117, 270, 271, 264, 265, 104),
}
_CALLS = {machine: dict(zip(_REFUSED, numbers, strict=True)) for machine, numbers in _NUMBERS.items()}
_ARCHITECTURES = {"x86_64": (0xC000003E, 41), "aarch64": (0xC00000B7, 198)}
"""As the filter of Linux names it, and its number of ``socket``."""
_FAMILIES = (1, 2, 10, 16)
"""Sockets of the file system, of both versions of the internet, and of the system itself; these alone know the sandbox's own network."""


def _filter(machine: str) -> bytes:
    """A program for Linux's filter of system calls: what is refused fails with EPERM."""
    load, equal, at_least, end = 0x20, 0x15, 0x35, 0x06
    refuse, allow = 0x00050001, 0x7FFF0000
    architecture, socket = _ARCHITECTURES[machine]

    def line(what: int, value: int, yes: int = 0, no: int = 0) -> bytes:
        return struct.pack("HBBI", what, yes, no, value)

    made = [line(load, 4), line(equal, architecture, 1, 0), line(end, refuse), line(load, 0)]
    made += [line(at_least, 0x40000000, 0, 1), line(end, refuse)]  # the other set of calls of x86
    for number in _CALLS[machine].values():
        made += [line(equal, number, 0, 1), line(end, refuse)]
    made += [line(equal, socket, 1, 0), line(end, allow), line(load, 16)]
    for family in _FAMILIES:
        made += [line(equal, family, 0, 1), line(end, allow)]
    return b"".join([*made, line(end, refuse)])


def run(request: dict[str, Any], replies: TextIO) -> None:
    """Run the cells, and say what came of each, then how it ended: "done", "died", or "no kernel" and why."""
    from nbclient.exceptions import DeadKernelError
    from nbformat.v4 import new_code_cell, new_notebook

    cells = [new_code_cell(one["source"]) for one in request["cells"]]
    runner = _runner(new_notebook(cells=cells), request)
    end = {"end": "done"}
    try:
        with runner.setup_kernel():
            runner.started = getattr(getattr(runner.km, "provisioner", None), "pgid", 0) or 1
            print(json.dumps({"began": True}), file=replies, flush=True)
            try:
                for number in range(len(cells)):
                    if (found := runner.one(number)) is None:
                        break
                    print(json.dumps(found), file=replies, flush=True)
            except DeadKernelError:
                end = {"end": "died"}
    except Exception as error:
        end = {"end": "died"} if runner.started else {"end": "no kernel", "why": str(error)[:1000]}
    finally:
        if runner.started > 1 and hasattr(os, "killpg"):  # what the code has started and left
            with contextlib.suppress(OSError):
                os.killpg(runner.started, signal.SIGKILL)
        print(json.dumps(end), file=replies, flush=True)
    os._exit(0)  # waits for nobody


def _runner(notebook: Any, request: dict[str, Any]) -> Any:
    """nbclient's, with an end: to the seconds, to what is shown, and to what a failure costs."""
    from nbclient import NotebookClient

    from crmlab.course.grading import MOST, VALUE

    class Runner(NotebookClient):
        def __init__(self) -> None:
            super().__init__(
                notebook,
                kernel_name="python3",
                allow_errors=True,
                interrupt_on_timeout=True,
                error_on_timeout={"ename": "CellTimeoutError", "evalue": "", "traceback": ["CellTimeoutError"]},
                # A processor busy with printing is no reason to stop; leave no kernel behind that does not want to end.
                raise_on_iopub_timeout=False,
                shutdown_kernel="immediate",
                startup_timeout=120,
                resources={"metadata": {"path": os.getcwd()}},  # noqa: PTH109
            )
            self.log.disabled = True
            self.began, self.stopped, self.started = time.monotonic(), 0, 0
            self.value, self.room, self.late = cast("str | None", None), 0.0, False

        def one(self, number: int) -> dict[str, Any] | None:
            """Run a cell; ``None`` if there is no time left for it."""
            asked, cell = request["cells"][number], notebook.cells[number]
            left = request["longest"] - (time.monotonic() - self.began)
            if self.stopped > 1 or left < 1:
                return None
            limit = max(1, int(min(left, asked["limit"] or left)))
            self.value, self.room, self.late = None, float(request["most shown"]), False
            self.timeout_func = lambda _cell: limit
            self.execute_cell(cell, number)
            if self.late:
                self.stopped += 1
                # One that takes no interruption would make every further cell wait as long.
                self.timeout_func = lambda _cell: 1
                if self.kc is None or self.wait_for_reply(self.kc.kernel_info(), cell) is None:
                    self.stopped += 1
            return {
                "cell": number,
                "outputs": cell.outputs,
                "count": cell.execution_count,
                "value": self.value,
                "late": limit if self.late else 0,
            }

        async def _async_handle_timeout(self, timeout: int, cell: Any = None) -> Any:
            self.late = True
            return await super()._async_handle_timeout(timeout, cell)

        def process_message(self, msg: Any, cell: Any, cell_index: int) -> Any:
            """Keep of what the kernel sends what there is room for. Widgets are for a living notebook."""
            kind, content = msg["msg_type"], msg["content"]
            if kind.startswith("comm"):
                return None
            if kind in ("stream", "display_data", "execute_result", "update_display_data", "error"):
                data = content.get("data")
                if isinstance(data, dict) and isinstance(value := data.get(VALUE), str):
                    self.value = value if len(value) <= MOST else None
                    return None
                self.room -= _length(content)
                if self.room < 0:
                    if self.room > -float("inf"):
                        self.room = -float("inf")  # said once
                        cell.outputs.append(_left_out())
                    return None
            return super().process_message(msg, cell, cell_index)

    return Runner()


def _left_out() -> Any:
    from nbformat.v4 import new_output

    from crmlab.language import _, tr

    said = _("(What this cell showed beyond this is left out: it is too much.)")
    return new_output("stream", name="stdout", text=f"\n{tr(said)}\n")


def _length(content: Any) -> int:
    if isinstance(content, str):
        return len(content)
    if isinstance(content, dict):
        return sum(_length(one) for one in content.values())
    return sum(_length(one) for one in content) if isinstance(content, list | tuple) else 8


if __name__ == "__main__":
    main()
