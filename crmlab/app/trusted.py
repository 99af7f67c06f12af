"""Which cells of a lesson may run by themselves: those as the course brings them, and those that this user wrote or ran here.

Jupyter's own mark of trust is about what a notebook shows, and is given to any notebook without outputs that is saved: it would
let work of others run. So the course keeps its own list, of digests, in its own folder, where no import can write.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

from crmlab.app.workspace import STORE, original
from crmlab.course.files import write_atomically

MOST = 20_000
"""Cells that are remembered; beyond that the oldest are forgotten."""


def digest(source: str) -> str:
    """What a cell is known by.

    >>> digest("a = 1") == digest("a = 1\\n"), digest("a = 1") == digest("a = 2")
    (True, False)
    """
    return hashlib.sha256(source.strip().encode("utf-8", "replace")).hexdigest()


def code(notebook: bytes) -> list[str]:
    """The source of each code cell of a notebook; none of what is no notebook.

    >>> code(b'{"cells": [{"cell_type": "code", "source": ["a = 1\\\\n", "a"]}]}'), code(b"?")
    (['a = 1\\na'], [])
    """
    try:
        cells = json.loads(notebook)["cells"]
        return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    except (ValueError, LookupError, TypeError, RecursionError):
        return []


def may_run(folder: Path, path: str, sources: Iterable[str]) -> list[bool]:
    """Whether each of these cells of the notebook ``path`` (below ``folder``) may run by itself."""
    known = set(_mine(folder))
    shipped = original(path, folder) if _is_lesson(path) else None
    known |= {digest(source) for source in code(shipped or b"")}
    return [digest(source) in known for source in sources]


def remember(folder: Path, sources: Iterable[str]) -> None:
    """Note cells that the user wrote or ran here. Raises ``OSError`` where the folder cannot be written."""
    before = _mine(folder)
    after = list(dict.fromkeys([*before, *map(digest, sources)]))[-MOST:]
    if after != before:
        write_atomically(_list(folder), json.dumps(after).encode())


def _is_lesson(path: str) -> bool:
    return path.startswith(("notebooks/", "solutions/")) and ".." not in path.split("/")


def _list(folder: Path) -> Path:
    return folder / STORE / "mine.json"


def _mine(folder: Path) -> list[str]:
    try:
        found = json.loads(_list(folder).read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return []
    return [one for one in found if isinstance(one, str)] if isinstance(found, list) else []
