"""One writer at a time for a file, as far as that can be had. Whoever cannot wait goes on without, and looks at the file again.

Locks lie where only the user writes: in the course's own folder, else in the user's cache. Nothing strange appears beside the
notebook, or is handed in with it, and nobody else can hold a lock up.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from crmlab.course import cache

PATIENCE = 1.5
"""Seconds after which whoever holds a lock is taken to have stopped."""
IMPATIENCE = 0.02
"""Seconds for a lock that was not to be had the last time."""

_stuck: set[Path] = set()


@contextlib.contextmanager
def held(path: Path, what: str = "change") -> Iterator[bool]:
    """Hold the lock of a file, and tell whether it is held: a process that was stopped must not stop the others."""
    place = None if sys.platform == "emscripten" else _folder(path)  # in a browser there is no lock to be had
    if place is None:
        yield False
        return
    import filelock

    name = hashlib.sha256(os.path.realpath(path).encode("utf-8", "surrogatepass")).hexdigest()[:20]
    file = place / f"{name}.{what}.lock"
    lock = filelock.FileLock(file)
    try:
        lock.acquire(timeout=IMPATIENCE if file in _stuck else PATIENCE, poll_interval=0.005)
    except (filelock.Timeout, OSError, NotImplementedError) as problem:
        if isinstance(problem, filelock.Timeout):
            _stuck.add(file)
        yield False
        return
    _stuck.discard(file)
    try:
        yield True
    finally:
        lock.release()


def _folder(path: Path) -> Path | None:
    """The first folder for locks that can be written to and that nobody else can write to."""
    for course in path.parents:
        # What lies in notebooks/ belongs to a course, whose own folder is beside it.
        if course.name == "notebooks" and (own := course.parent / ".crmlab").is_dir():
            if found := _made(own / "locks"):
                return found
            break
    if (users := cache.folder()) and (found := _made(users / "locks")):
        return found
    mine = Path(tempfile.gettempdir()) / f"crmlab-{os.getuid() if hasattr(os, 'getuid') else 'user'}"
    found = _made(mine)
    # There anybody may have made it first.
    return found if found and _is_ours(found) else None


def _made(folder: Path) -> Path | None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError:
        return None
    return folder if os.access(folder, os.W_OK) else None


def _is_ours(folder: Path) -> bool:
    if not hasattr(os, "getuid"):
        return True
    about = folder.lstat()
    return stat.S_ISDIR(about.st_mode) and about.st_uid == os.getuid() and not about.st_mode & 0o022
