"""Bytecode instead of sources: what takes Python in the browser most of its start is to compile, each time anew.

Compiled once where the site is built, by a Python with the bytecode of Pyodide's: one that is installed here, or Pyodide itself
in Node. What was compiled is kept in the user's cache folder by its content, so that a second build compiles only what changed.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from crmlab.course import cache

SCRIPT = Path(__file__).with_name("compiling.py")
MAGIC = "cb0d0d0a"
"""The number at the start of bytecode of Python 3.12, which Pyodide 0.27 is."""
KEPT = ("crmlab-",)
"""Archives whose sources stay beside the bytecode: a learner may read the course's own, and tracebacks show it."""
MOST_BYTES = 300_000_000
"""The user's folder of compiled archives holds no more than this; a site has 60 MB of them."""


def compiled(paths: list[Path], pyodide: Path | None, to: Path) -> list[Path] | None:
    """The same archives with bytecode for their sources, in a folder, under the same names; ``None`` where nothing can compile.

    ``pyodide`` is a folder with Pyodide, for Node. The same Python gives the same bytes each time.
    """
    made = {path: to / path.name for path in paths}
    kept = _folder()
    places = {path: kept / f"{_digest(path)}.zip" if kept else None for path in paths}
    left = [path for path, place in places.items() if place is None or not _copied(place, made[path])]
    if left:
        command = _command(pyodide)
        if command is None:
            return None
        words = [str(word) for path in left for word in (path, made[path])]
        done = subprocess.run([*command, ",".join(KEPT), *words], capture_output=True, encoding="utf-8", check=False)
        if done.returncode:
            return None
        for path in left:
            _keep(made[path], places[path])
    if kept:
        _tidy(kept)
    return list(made.values())


def _digest(path: Path) -> str:
    told = hashlib.sha256(SCRIPT.read_bytes() + f"{path.name.startswith(KEPT)} {MAGIC}".encode())
    told.update(path.name.split("-")[0].encode() + path.read_bytes())
    return told.hexdigest()[:40]


def _folder() -> Path | None:
    top = cache.folder()
    return top / "bytecode" if top else None


def _copied(place: Path, target: Path) -> bool:
    with contextlib.suppress(OSError):
        shutil.copyfile(place, target)
        os.utime(place)
        return True
    return False


def _keep(path: Path, place: Path | None) -> None:
    # Whatever cannot be kept is compiled again.
    if place is None:
        return
    with contextlib.suppress(OSError):
        place.parent.mkdir(parents=True, exist_ok=True)
        handle, unfinished = tempfile.mkstemp(dir=place.parent, suffix=".tmp")
        os.close(handle)
        shutil.copyfile(path, unfinished)
        Path(unfinished).replace(place)


def _tidy(folder: Path) -> None:
    with contextlib.suppress(OSError):
        files = sorted(folder.iterdir(), key=lambda path: path.stat().st_mtime, reverse=True)
        held = 0
        for path in files:
            held += path.stat().st_size
            if held > MOST_BYTES:
                path.unlink()


@functools.cache
def _command(pyodide: Path | None) -> tuple[str, ...] | None:
    """What runs :mod:`crmlab.lite.compiling` with the bytecode of Pyodide."""
    for python in (sys.executable, "python3.12"):
        # Sources that are not there need no columns in a traceback; a fifth of the bytecode is those.
        command = (python, "-X", "no_debug_ranges")
        if _says((*command, "-c", "import importlib.util as u; print(u.MAGIC_NUMBER.hex())")) == MAGIC:
            return (*command, str(SCRIPT))
    if pyodide is not None and _says(("node", "-p", "Number(process.versions.node.split('.')[0]) >= 18")) == "true":
        return ("node", str(SCRIPT.with_suffix(".mjs")), str(pyodide))
    return None


def _says(command: tuple[str, ...]) -> str:
    try:
        return subprocess.run(command, capture_output=True, encoding="utf-8", check=True, timeout=60).stdout.strip()
    except (OSError, subprocess.SubprocessError):
        return ""
