"""Where the course's own files are: beside the package in a checkout, inside it in an installed wheel."""

from __future__ import annotations

import os
import sys
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent


def in_checkout() -> bool:
    """True when the package runs from a checkout of the project (editable install included)."""
    return not (PACKAGE / "_bundle").is_dir()


def root() -> Path:
    """The folder that holds lessons/, datasets/, notebooks/ and solutions/."""
    return PACKAGE.parent if in_checkout() else PACKAGE / "_bundle"


def datasets() -> Path:
    """The folder of data sets and their cards."""
    return root() / "datasets"


def lessons() -> Path:
    """The folder of what is written for the lessons: texts, exercises, questions, role-plays."""
    return root() / "lessons"


def notebooks() -> Path:
    """The folder of the trainee edition, one folder a language."""
    return root() / "notebooks"


def solutions() -> Path:
    """The folder of the worked edition, one folder a language."""
    return root() / "solutions"


def fonts() -> Path:
    """The folder of the vendored fonts."""
    return PACKAGE / "fonts"


def locale() -> Path:
    """The folder of the translations."""
    return PACKAGE / "locale"


def labextensions() -> Path:
    """What the course adds to Jupyter's pages: the page of a lesson, and names for its widgets."""
    return PACKAGE / "labextensions"


def of_user(windows: str, mac: str, variable: str, usual: str) -> Path | None:
    """The course's folder among those that a person's system has for such things; ``None`` where there is no home.

    ``windows`` and ``variable`` (of the XDG specification, all other systems) are variables of the environment.
    """
    if sys.platform == "win32":
        top = os.environ.get(windows, "")
    elif sys.platform == "darwin":
        top = mac
    else:
        top = os.environ.get(variable) or usual
    found = Path(os.path.expanduser(top))  # noqa: PTH111 (Path.expanduser raises where there is no home)
    return found / "crmlab" if found.is_absolute() else None
