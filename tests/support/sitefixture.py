"""The browser edition, built once for all tests that need it; they skip, loudly, where there is no Pyodide."""

from __future__ import annotations

import atexit
import functools
import os
import shutil
import tempfile
from pathlib import Path

import pytest

from crmlab.lite import build, fetching

ROOT = Path(__file__).resolve().parents[2]
HOW = (
    "NOT CHECKED: the browser edition. There is no Pyodide here: python -m crmlab.lite.fetching loads and keeps it, or "
    f"CRMLAB_PYODIDE names a folder that holds Pyodide {build.PYODIDE}."
)


@functools.cache
def pyodide() -> Path:
    """The folder with Pyodide: the one that CRMLAB_PYODIDE names, else the one that a build of the site has kept.

    Skips the test without one, or fails it where CRMLAB_REQUIRE_SITE=1 asks for it.
    """
    named = os.environ.get("CRMLAB_PYODIDE", "")
    if named and (Path(named) / "pyodide-lock.json").is_file():
        return Path(named)
    if named or os.environ.get("CRMLAB_REQUIRE_SITE") == "1":
        pytest.fail(f"CRMLAB_PYODIDE={named!r} is no folder with Pyodide")
    with pytest.MonkeyPatch.context() as users:
        users.delenv("CRMLAB_CACHE", raising=False)  # tests have a cache of their own
        kept = fetching.kept()
    if kept is None:
        pytest.skip(HOW)
    return kept


def copied(site: Path, to: Path) -> Path:
    """A copy of a site that takes no room: only its pages and its service worker, which a new build writes, are its own."""

    def link(source: str, target: str) -> None:
        (shutil.copyfile if source.endswith((".html", "service-worker.js")) else os.link)(source, target)

    return Path(shutil.copytree(site, to, copy_function=link))


def rewritten(path: Path, text: str) -> None:
    """Write a file of a copy; the one that it was linked to stays as it is."""
    path.unlink()
    path.write_text(text, encoding="utf-8")


@functools.cache
def site() -> Path:
    """The built site; the same folder for all tests of a process."""
    found = pyodide()
    folder = tempfile.mkdtemp(prefix="crmlab-site-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    out = Path(folder) / "site"
    with pytest.MonkeyPatch.context() as users:
        users.delenv("CRMLAB_CACHE", raising=False)  # what an earlier run compiled is kept there
        build.build(out, found, "", lambda _text: None)
    return out
