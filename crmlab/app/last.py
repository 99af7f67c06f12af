"""Which lesson was open last in a workspace: ``crmlab start`` opens it again."""

from __future__ import annotations

import json
from pathlib import Path

from crmlab.app.workspace import STORE, TOUR, notebook
from crmlab.course import lessons
from crmlab.course.files import write_atomically
from crmlab.course.lessons import Lesson


def note(folder: Path, path: str) -> None:
    """Note that the notebook ``path`` (below ``folder``) was opened; what is no lesson for trainees is not noted.

    Raises ``OSError`` where the folder cannot be written.
    """
    found = next((one for one in lessons.every() if path.endswith(f"/{one.unit}/{one.slug}.ipynb")), None)
    if found is None or not path.startswith("notebooks/") or found == lesson(folder):
        return
    write_atomically(_file(folder), json.dumps({"lesson": found.number}).encode())


def lesson(folder: Path) -> Lesson | None:
    """The lesson that was open last, in whatever language; ``None`` if there was none, or it is not in the course any more."""
    try:
        number = json.loads(_file(folder).read_text("utf-8"))["lesson"]
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return None
    return next((one for one in lessons.every() if one.number == number), None)


def path(folder: Path, language: str) -> str:
    """The notebook to open: that of the lesson that was open last, if it is there, else the tour, or the first that a class has."""
    found = lesson(folder)
    if found is not None and (folder / notebook(found, language)).is_file():
        return notebook(found, language)
    first = next((notebook(one, language) for one in lessons.shown()), "")
    tour = f"notebooks/{language}/{'/'.join(TOUR)}.ipynb"
    return tour if (folder / tour).is_file() or not first else first


def _file(folder: Path) -> Path:
    return folder / STORE / "last.json"
