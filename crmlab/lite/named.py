"""Folders of the site are named by what is in them, so that files of two builds are never taken for one another."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

FOLDERS = ("build", "extensions", "crmlab")
"""JupyterLab, its extensions, and our own scripts and styles."""
_VERSION = re.compile(r"(?<=const VERSION = ')[^']*(?=')")


def by_content(site: Path) -> None:
    """Give each of :data:`FOLDERS` a name with a digest of its content, and say so in the pages and the service worker.

    A site whose folders have such names already gets those of its content as it is now.
    """
    pages = [site / "index.html", *sorted(site.glob("*/index.html"))]
    texts = {page: page.read_text(encoding="utf-8") for page in pages}
    for name in FOLDERS:
        [folder] = [path for path in site.iterdir() if re.fullmatch(rf"{name}(-[0-9a-f]{{12}})?", path.name)]
        fresh = folder.rename(site / f"{name}-{_digest(folder)}")
        # As addresses, in an attribute or in JupyterLite's settings; the words stand there for other things, too.
        old = re.compile(rf'(?<=\./){folder.name}(?=["/])|(?<="){folder.name}(?=/)')
        texts = {page: old.sub(fresh.name, text) for page, text in texts.items()}
    version = hashlib.sha256()
    for page, text in texts.items():
        page.write_text(text, encoding="utf-8")
        version.update(text.encode())
    worker = site / "service-worker.js"
    told = _VERSION.sub(version.hexdigest()[:12], worker.read_text(encoding="utf-8"))
    worker.write_text(told, encoding="utf-8")


def _digest(folder: Path) -> str:
    found = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        found.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes())
    return found.hexdigest()[:12]
