"""A file of answers in the browser edition, where neither locks nor renaming in one step are to be had.

The site's service worker (``crmlab/lite/static/cache.js``) reads a file, or replaces it if it still is as it was read, in one
transaction of the browser's storage: so two tabs on one lesson never write over each other's answers.
"""

from __future__ import annotations

import errno
import json
import os
import sys
from pathlib import Path
from typing import Any

DRIVE = Path("/drive")
"""Where JupyterLite shows the browser's files to Python."""


class Elsewhere(Exception):
    """There is no such service here: the file is one like any other."""


def possible(path: Path) -> bool:
    """The file lies in the storage of a browser."""
    return sys.platform == "emscripten" and DRIVE in path.parents


def read(path: Path) -> str | None:
    """The text of a file; ``None`` if there is none. Raises :class:`Elsewhere`, or ``OSError`` if it cannot be read."""
    found = _ask(path, {})["text"]
    return found if found is None else str(found)


def replace(path: Path, old: str | None, new: str) -> bool:
    """Replace the text of a file if it still is ``old`` (``None``: if there is no file), and tell whether that was so.

    Raises :class:`Elsewhere`, or ``OSError`` where the browser has no room or does not answer; the file is then as it was.
    """
    return bool(_ask(path, {"old": old, "text": new})["text"] == new)


def _ask(path: Path, more: dict[str, Any]) -> dict[str, Any]:
    from js import XMLHttpRequest, location
    from pyodide.ffi import JsException

    asked = XMLHttpRequest.new()
    asked.open("POST", str(location.href).split("/extensions")[0] + "/api/crmlab", False)
    try:
        asked.send(json.dumps({"path": path.relative_to(DRIVE).as_posix(), **more}))
        answer = json.loads(asked.responseText) if asked.status == 200 else None
    except (JsException, ValueError):
        answer = None
    if not isinstance(answer, dict) or answer.get("error") in ("NotFoundError", "AbortError"):
        raise Elsewhere
    if "error" in answer:
        number = errno.ENOSPC if "Quota" in str(answer["error"]) else errno.EIO
        raise OSError(number, os.strerror(number), str(path))
    return answer
