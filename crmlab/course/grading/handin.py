"""What lies in the folder of a hand-in: the notebook and the file of answers are read, and nothing else reaches the grading."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from crmlab.course import lessons
from crmlab.course.files import whole
from crmlab.course.grading import judging
from crmlab.language import _, tr

MOST = 20_000_000
"""Bytes that a notebook may have; a lesson with all its charts has less than a million."""


def read(path: Path, most: int) -> tuple[bytes | None, str]:
    """The bytes of a file that was handed in, ``None`` without one, and a sentence if it must not be read.

    A link is not followed, whatever it points at; nor is a pipe, a device or a folder read.
    """
    try:
        found = path.lstat()
    except (OSError, ValueError):
        return None, ""
    if not stat.S_ISREG(found.st_mode):
        text = _("{name} is a link or a folder, not a file, and was not read: nothing in it counts.")
        return None, tr(text, name=path.name)
    if found.st_size > most:
        return None, judging.too_long(path.name)
    try:
        return path.read_bytes(), ""
    except OSError:
        return None, tr(_("{name} cannot be read: nothing in it counts."), name=path.name)


def notebook(raw: bytes) -> str:
    """The text of a notebook without what is no cell. Raises ``ValueError`` or ``RecursionError`` for what is no notebook.

    >>> notebook(b'{"nbformat": 4, "metadata": 1, "cells": [5, {"cell_type": "raw", "source": "a"}]}')
    '{"nbformat": 4, "metadata": {}, "cells": [{"cell_type": "raw", "source": "a", "metadata": {}}]}'
    """
    content = json.loads(raw.decode("utf-8-sig"))
    if not isinstance(content, dict):
        raise ValueError("not a notebook")
    if content.get("nbformat") == 4:
        cells = content.get("cells")
        content["cells"] = [one for one in cells if _is_cell(one)] if isinstance(cells, list) else []
        for one in content["cells"]:
            one["source"] = whole(one["source"] if isinstance(one["source"], str) else "".join(one["source"]))
            if not isinstance(one.get("metadata"), dict):
                one["metadata"] = {}
            if one["cell_type"] == "code":
                one["outputs"] = []  # what it showed is no work, and may be anything
        if not isinstance(content.get("metadata"), dict):
            content["metadata"] = {}
    return json.dumps(content)


def _is_cell(found: Any) -> bool:
    if not isinstance(found, dict) or found.get("cell_type") not in ("code", "markdown", "raw"):
        return False
    source = found.get("source")
    return isinstance(source, str) or (isinstance(source, list) and all(isinstance(line, str) for line in source))


def renamed(folder: Path, known: Iterable[lessons.Lesson]) -> dict[Path, Path]:
    """Files of lessons that are missing under their own name and are there under another, by the name they should have.

    Browsers and course sites make "2-man (1).ipynb" of a second copy. A lesson counts as found only if there is one such
    notebook; its answers are those beside it under the same name, else "2-man (1).json".
    """
    found: dict[Path, Path] = {}
    others = [path for path in sorted(folder.glob("*.ipynb")) if stat.S_ISREG(path.lstat().st_mode)]
    for lesson in known:
        right = folder / f"{lesson.slug}.ipynb"
        if right.exists() or right.is_symlink():
            continue
        same = [path for path in others if _lesson_of(path) == lesson.number]
        if len(same) == 1:
            found[right] = same[0]
            if not (answers := right.with_suffix(".json")).exists() and same[0].with_suffix(".json").is_file():
                found[answers] = same[0].with_suffix(".json")
    return found


def _lesson_of(path: Path) -> Any:
    raw, _problem = read(path, MOST)
    try:
        return json.loads((raw or b"").decode("utf-8-sig"))["metadata"]["crmlab"]["lesson"]
    except (ValueError, LookupError, TypeError, RecursionError):
        return None
