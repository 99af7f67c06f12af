"""The browser edition, built once for all tests that need it; they skip, loudly, where no Pyodide is given."""

from __future__ import annotations

import functools
import os
import tempfile
from pathlib import Path

import pytest

from crmlab.lite import build

ROOT = Path(__file__).resolve().parents[2]
HOW = (
    "NOT CHECKED: the browser edition. No folder with Pyodide was given; set CRMLAB_PYODIDE to one that holds Pyodide "
    f"{build.PYODIDE}."
)


def pyodide() -> Path:
    """The folder with Pyodide; skips the test without one, or fails it where CRMLAB_REQUIRE_SITE=1 asks for it."""
    named = os.environ.get("CRMLAB_PYODIDE", "")
    if named and (Path(named) / "pyodide-lock.json").is_file():
        return Path(named)
    if named or os.environ.get("CRMLAB_REQUIRE_SITE") == "1":
        pytest.fail(f"CRMLAB_PYODIDE={named!r} is no folder with Pyodide")
    pytest.skip(HOW)


@functools.cache
def site() -> Path:
    """The built site; the same folder for all tests of a process."""
    found = pyodide()
    out = Path(tempfile.mkdtemp(prefix="crmlab-site-")) / "site"
    build.build(out, found, "", lambda _text: None)
    return out
