"""A page as PDF, printed by a browser that is installed here; without one a sentence says how to do it by hand."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from crmlab.course.files import write_atomically
from crmlab.language import _, tr

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge", "microsoft-edge")
_FLAGS = (
    *("--headless", "--disable-gpu", "--no-first-run", "--disable-quic", "--disable-sync", "--disable-extensions"),
    *("--disable-background-networking", "--disable-component-update", "--no-pdf-header-footer"),
    "--virtual-time-budget=10000",  # until the page has laid itself out
)
SECONDS = 180


class NotPrinted(Exception):
    """There is no PDF; the message is a sentence for the user."""


def browser() -> str:
    """The path of a Chromium, Chrome or Edge; empty if none is found."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    return found or next((place for place in _elsewhere() if Path(place).is_file()), "")


def _elsewhere() -> list[str]:
    if sys.platform == "darwin":
        names = ("Google Chrome", "Microsoft Edge", "Chromium")
        return [f"/Applications/{name}.app/Contents/MacOS/{name}" for name in names]
    tops = [os.environ.get(name, "") for name in ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA")]
    parts = (r"Google\Chrome\Application\chrome.exe", r"Microsoft\Edge\Application\msedge.exe")
    return [rf"{top}\{part}" for top in tops if top for part in parts]


def by_hand() -> str:
    """How to make a PDF without us."""
    return tr(
        _(
            "No Chromium, Chrome or Edge was found that could print it. Write it as .html, open that in any browser, and choose "
            "Print, Save as PDF."
        )
    )


def write(html: str, path: Path) -> None:
    """Print a page that stands alone into a PDF, which is there whole or not at all.

    Raises ``NotPrinted`` where no browser is found or it does not print, ``OSError`` where the file cannot be written.
    """
    program = browser()
    if not program:
        raise NotPrinted(by_hand())
    with tempfile.TemporaryDirectory(prefix="crmlab-pdf-", ignore_cleanup_errors=True) as folder:
        source, made = Path(folder) / "page.html", Path(folder) / "page.pdf"
        source.write_text(html, encoding="utf-8")
        # The page is ours; where we are root, as in containers, Chromium starts without its sandbox only.
        root = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
        words = [program, *_FLAGS, *root, f"--user-data-dir={folder}/profile", f"--print-to-pdf={made}", source.as_uri()]
        try:
            subprocess.run(words, capture_output=True, timeout=SECONDS, check=False)
        except (OSError, subprocess.SubprocessError) as error:
            raise NotPrinted(_failed(program)) from error
        if not made.is_file() or not (content := made.read_bytes()).startswith(b"%PDF"):
            raise NotPrinted(_failed(program))
        write_atomically(path, content)


def _failed(program: str) -> str:
    text = _("{browser} did not print it. Write it as .html, open that in a browser, and choose Print, Save as PDF.")
    return tr(text, browser=program)
