"""A place apart for code that trainees wrote: bubblewrap, where it works.

In it there is a system to read (Python, the course, what is handed to it) and nothing of the instructor's: no home, no gradebook, no other
submission, no network, no other process. It may write into a folder in memory, of a fixed size, which is gone afterwards with all
processes that were started. What is said of it in deploy/grading/README.md is tried by tests/project/test_grading.py.
"""

from __future__ import annotations

import contextlib
import glob
import os
import re
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from crmlab import places
from crmlab.course import cache as kept

HOME = "/trainee"
"""Where the code runs: a folder in memory."""
CLASS = "CRMLAB_CLASS_FOLDER"
"""The variable that names the hand-out of a class: its number and own content reach the code, which has been given them before."""
FOLDER = 256_000_000
"""Bytes of the writable folders."""
MEMORY = 2_000_000_000
"""Bytes that all processes of a submission may hold in memory together; a lesson takes 300 million."""
_SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/nix/store", "/gnu/store")
_SETTINGS = (
    "/etc/ld.so.cache",
    "/etc/ld.so.conf",
    "/etc/ld.so.conf.d",
    "/etc/alternatives",
    "/etc/localtime",
    "/etc/timezone",
)
_PASSED = ("LANG", "LC_ALL", "TZ", "CRMLAB_LANG", "CRMLAB_CLASS", "SOURCE_DATE_EPOCH")


@dataclass(frozen=True)
class Ended:
    """How a run ended."""

    code: int | None
    why: str = ""
    """"memory" or "time" if it was ended from here, and "much" if it sent too much."""


def name() -> str:
    """What keeps the code apart here: "bubblewrap", or "" where nothing does."""
    return "bubblewrap" if _variant() else ""


def words() -> list[str]:
    """The command that runs :mod:`crmlab.course.grading.inside` apart. Raises ``LookupError`` where nothing keeps it apart."""
    if not (variant := _variant()):
        raise LookupError("bubblewrap")
    return _words(variant)


def bare() -> list[str]:
    """The same without anything that keeps it apart."""
    return [sys.executable, "-P", "-m", "crmlab.course.grading.inside"]


@cache
def _variant() -> str:
    """Of the ways to use bubblewrap the first that works on this system; empty if none does."""
    if sys.platform != "linux" or shutil.which("bwrap") is None:
        return ""
    # As root it changes to a user of its own within: root may write settings of the whole system, and may start any number of processes.
    for variant in ("root",) if os.geteuid() == 0 else ("user", "older"):
        with contextlib.suppress(OSError, subprocess.SubprocessError):
            done = subprocess.run(
                [*_words(variant), "--probe"], capture_output=True, stdin=subprocess.DEVNULL, timeout=60, check=False
            )
            if done.stdout.strip() == b"apart":
                return variant
    return ""


def _words(variant: str) -> list[str]:
    made = ["bwrap", "--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try"]
    made += ["--die-with-parent", "--new-session", "--as-pid-1", "--clearenv", "--hostname", "sandbox"]
    if variant == "root":
        made += ["--cap-drop", "ALL", "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
    else:
        made += ["--unshare-user", "--uid", "1000", "--gid", "1000"]
        made += ["--disable-userns"] if variant == "user" else []
    made += ["--proc", "/proc", "--dev", "/dev"]
    for place, size in (("/dev/shm", FOLDER // 4), ("/tmp", FOLDER), (HOME, FOLDER)):
        made += ["--perms", "1777", "--size", str(size), "--tmpfs", place]
    for one in _SYSTEM:
        path = Path(one)
        if path.is_symlink() and not path.readlink().is_absolute():
            made += ["--symlink", str(path.readlink()), one]
        elif path.is_dir():
            made += ["--ro-bind", one, one]
    shown = _readable()
    for folder in dict.fromkeys(
        parent
        for path in [*shown, Path("/cache/any"), Path("/etc/any"), Path(HOME)]
        for parent in reversed(path.parents)
    ):
        made += ["--perms", "755", "--dir", str(folder)] if str(folder) not in ("/", "/tmp") else []
    for one in _SETTINGS:
        made += ["--ro-bind-try", one, one]
    for path in shown:
        made += ["--ro-bind", str(path), str(path)]
    made += ["--tmpfs", str(places.solutions())] if places.solutions().is_dir() and not places.in_checkout() else []
    environment = {key: os.environ[key] for key in _PASSED if key in os.environ}
    environment |= {
        "HOME": HOME,
        "TMPDIR": "/tmp",
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), "/usr/local/bin", "/usr/bin", "/bin"]),
        "PYTHONPATH": str(places.PACKAGE.parent),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONUTF8": "1",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "POLARS_MAX_THREADS": "2",
    }
    if (entries := kept.folder()) and entries.is_dir():
        made += ["--ro-bind", str(entries), "/cache/crmlab"]
        environment["CRMLAB_CACHE"] = "/cache/crmlab"
    for font_list in _font_lists():
        made += ["--ro-bind", font_list, f"/cache/matplotlib/{Path(font_list).name}"]
        environment["MPLCONFIGDIR"] = "/cache/matplotlib"
    if (own := os.environ.get(CLASS)) and (Path(own) / "class.json").is_file():
        made += ["--perms", "755", "--dir", "/class", "--ro-bind", f"{own}/class.json", "/class/class.json"]
        made += ["--ro-bind-try", f"{own}/class", "/class/class"]
        environment[CLASS] = "/class"
    for place in ("/proc", "/dev", "/"):
        made += ["--remount-ro", place]
    for key, value in environment.items():
        made += ["--setenv", key, value]
    made += ["--chdir", HOME, "--", *bare(), "--sandbox"]
    return [*made, "--user", str(65_000 + os.getpid() % 500)] if variant == "root" else made


def _readable() -> list[Path]:
    """Where Python and the course are, without what lies within another of them or within the system."""
    wanted = [Path(sys.prefix), Path(sys.base_prefix), Path(sys.executable).resolve().parents[1]]
    wanted += [Path(one) for one in sys.path if Path(one).name in ("site-packages", "dist-packages")]
    wanted += [places.PACKAGE]
    if places.in_checkout():
        # Not notebooks/: in a checkout the instructor's own work lies there, and their customers' data in my-files.
        wanted += [places.datasets(), places.lessons()]
    wanted += [one.resolve() for one in wanted]
    found: list[Path] = [Path(one) for one in _SYSTEM]
    for path in sorted({one for one in wanted if one.is_dir()}, key=lambda one: len(one.parts)):
        # A Python that lies at the top, or in whose folder the home lies, would show all.
        if not any(path.is_relative_to(one) for one in found) and not Path.home().is_relative_to(path):
            found.append(path)
    return found[len(_SYSTEM) :]


@cache
def _font_lists() -> list[str]:
    """What matplotlib found out about the fonts here; without it each run would look for seconds."""
    folders = [os.environ.get("MPLCONFIGDIR", ""), os.path.expanduser("~/.cache/matplotlib")]  # noqa: PTH111
    return next((found for one in folders if one and (found := glob.glob(f"{one}/fontlist-*.json"))), [])  # noqa: PTH207


def run(
    command: list[str],
    given: bytes,
    heard: Callable[[bytes], None],
    seconds: float,
    most: int,
    folder: Path | None = None,
) -> Ended:
    """Run a command, hand it ``given``, and hear each line that it prints, until it has ended, after ``seconds`` at the latest.

    ``most``: bytes that it may print. It and, on this system, what it started in its own group is gone afterwards.
    """
    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=os.name != "nt",
        cwd=folder,
    )
    too_much: list[bool] = []

    def write() -> None:
        assert process.stdin
        with contextlib.suppress(OSError, ValueError):
            process.stdin.write(given)
            process.stdin.close()

    def read() -> None:
        assert process.stdout
        left = most
        with contextlib.suppress(OSError, ValueError):
            while line := process.stdout.readline(left + 1):
                if (left := left - len(line)) < 0:
                    too_much.append(True)
                    return
                heard(line)

    talking = [threading.Thread(target=one, daemon=True) for one in (write, read)]
    for one in talking:
        one.start()
    ends, why, before = time.monotonic() + seconds, "", _free()[0]
    try:
        while talking[1].is_alive() and not why:
            talking[1].join(0.3)
            if time.monotonic() > ends:
                why = "time"
            elif _memory(process.pid) > MEMORY:
                why = "memory"
            else:
                # What is held without a process (in files in memory, say) shows here alone.
                free, whole = _free()
                why = "memory" if before - free > MEMORY and free < whole / 10 else ""
    finally:
        _end(process)
        for one in talking:
            one.join(5)
        for stream in (process.stdin, process.stdout):
            if stream:
                with contextlib.suppress(OSError, ValueError):
                    stream.close()
    return Ended(process.returncode, why or ("much" if too_much else ""))


def _end(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(0.5)  # it has said all that it had to say
    if process.returncode is None:
        for one in [*_tree(process.pid)][1:]:  # a kernel is in a group of its own
            with contextlib.suppress(OSError):
                os.kill(one, 9)
    if hasattr(os, "killpg"):
        with contextlib.suppress(OSError):
            os.killpg(process.pid, 9)
    process.kill()
    process.wait()


def _memory(pid: int) -> int:
    """Bytes that a process and all below it hold in memory; 0 where that cannot be told."""
    pids = list(_tree(pid))
    total = sum(_kilobytes(f"/proc/{one}/status", "Rss(?:Anon|Shmem)") or 0 for one in pids)
    if 1000 * total > MEMORY:  # what they share was counted once for each; this takes longer
        each = [(_kilobytes(f"/proc/{one}/smaps_rollup", "Pss"), f"/proc/{one}/status") for one in pids]
        total = sum(
            (_kilobytes(status, "Rss(?:Anon|Shmem)") or 0) if found is None else found for found, status in each
        )
    return 1000 * total


def _kilobytes(path: str, what: str) -> int | None:
    try:
        found = re.findall(rf"^{what}:\s+(\d+) kB", Path(path).read_text(), re.MULTILINE)
    except (OSError, ValueError):
        return None
    return sum(map(int, found)) if found else None


def _free() -> tuple[int, int]:
    """Bytes of memory that this computer has left, and has; ample where that cannot be told."""
    with contextlib.suppress(OSError, LookupError, ValueError):
        found = dict(re.findall(r"^(\w+):\s+(\d+) kB", Path("/proc/meminfo").read_text(), re.MULTILINE))
        return 1000 * int(found["MemAvailable"]), 1000 * int(found["MemTotal"])
    return 1, 1


def _tree(pid: int) -> Iterator[int]:
    waiting = [pid]
    while waiting:
        yield (one := waiting.pop())
        for listed in glob.glob(f"/proc/{one}/task/*/children"):  # noqa: PTH207
            with contextlib.suppress(OSError, ValueError):
                waiting += [int(child) for child in Path(listed).read_text().split()]
