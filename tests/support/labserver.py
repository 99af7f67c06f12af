"""A real ``crmlab start`` for tests: on a copy of the course in a folder of its own, with a home of its own."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import threading
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

ROOT = Path(__file__).resolve().parents[2]


class LabServer:
    """``crmlab start --no-browser --to FOLDER`` as a context manager; ``url`` is what it prints, ``base`` its root.

    With ``hand_out``, the zip of a class, it is ``crmlab start ZIP``, and ``folder`` the one that is then made beside it.
    """

    def __init__(
        self,
        folder: Path,
        lang: str = "en",
        *options: str,
        command: list[str] | None = None,
        pythonpath: Path | None = None,
        hand_out: Path | None = None,
    ) -> None:
        self.folder = folder
        self.more = {"PYTHONPATH": str(pythonpath)} if pythonpath else {}
        self.lang = lang
        self.command = [
            *(command or [sys.executable, "-m", "crmlab.cli"]),
            *("start", "--no-browser", "--lang", lang, *([str(hand_out)] if hand_out else ["--to", str(folder)]), *options),
        ]
        self.url = self.base = self.token = ""
        self.said: list[str] = []
        self._process: subprocess.Popen[str] | None = None

    def start(self, timeout: float = 240) -> LabServer:
        """Start it and wait for the address; fails with everything it said if none comes."""
        home = self.folder.parent / f"{self.folder.name}-home"
        home.mkdir(parents=True, exist_ok=True)
        self._process = subprocess.Popen(
            self.command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            cwd=home,
            env=environment(home, **self.more),
        )
        ready = threading.Event()

        def listen() -> None:
            assert self._process
            for line in self._process.stdout or ():
                self.said.append(line.rstrip())
                address = re.search(r"http://127\.0\.0\.1:\d+\S+", line)
                if address and not self.url:
                    self.url = address[0]
                    ready.set()
            ready.set()  # it has ended

        threading.Thread(target=listen, daemon=True).start()
        ready.wait(timeout)
        if not self.url:
            self.stop()
            raise AssertionError("crmlab start printed no address:\n" + "\n".join(self.said))
        parts = urlsplit(self.url)
        self.base = f"{parts.scheme}://{parts.netloc}"
        self.token = parse_qs(parts.query)["token"][0]
        return self

    def lesson(self, path: str) -> str:
        """The address that opens a notebook, given as a path below the folder."""
        return f"{self.base}/notebooks/{path}?token={self.token}"

    def stop(self, timeout: float = 20) -> int | None:
        """Stop it as a service would and return its exit code; ``None`` if it had to be killed."""
        if self._process is None:
            return None
        self._process.terminate()
        try:
            return self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            return None
        finally:
            if self._process.stdout:
                self._process.stdout.close()

    @property
    def process(self) -> subprocess.Popen[str]:
        """The running server."""
        assert self._process is not None
        return self._process

    def __enter__(self) -> LabServer:
        return self.start()

    def __exit__(self, *_error: object) -> None:
        self.stop()


def environment(home: Path, **more: str) -> dict[str, str]:
    """The environment of a user who has nothing set up: an empty home, no language, no Jupyter settings. The cache of the
    tests is theirs too."""
    kept = {
        k: v
        for k, v in os.environ.items()
        if k == "CRMLAB_CACHE"
        or (
            not k.startswith(("JUPYTER", "CRMLAB", "LC_", "PYTEST", "IPYTHON"))
            and k not in ("LANG", "LANGUAGE", "MPLBACKEND")
        )
    }
    return {
        **kept,
        "HOME": str(home),
        "USERPROFILE": str(home),
        "PYTHONIOENCODING": "utf-8",
        "LANG": "en_US.UTF-8",
        **more,
    }


class Course:
    """A small checkout: the real package with tiny lessons, which tests may change, and crmlab run in it."""

    LESSONS = (("1-foundations", "1-tour"), ("2-classification", "3-rfm"))

    def __init__(self, root: Path) -> None:
        self.root = root
        self.home = root.parent / "home"
        self.home.mkdir(parents=True)
        shutil.copytree(ROOT / "crmlab", root / "crmlab", ignore=shutil.ignore_patterns("__pycache__"))
        (root / "datasets").mkdir()
        for unit, name in self.LESSONS:
            (root / "lessons" / unit).mkdir(parents=True)
            (root / "lessons" / unit / f"{name}.md").write_text(f"# {name}", encoding="utf-8")
        for top in ("notebooks", "solutions"):
            for lang in ("en", "zh"):
                for unit, name in self.LESSONS:
                    path = root / top / lang / unit / f"{name}.ipynb"
                    path.parent.mkdir(parents=True, exist_ok=True)
                    write_notebook(path, f"# {name} {lang}", "...")

    def notebook(self, lang: str = "en", base: Path | None = None) -> Path:
        """The notebook of lesson 2.3, here or in another workspace."""
        return (base or self.root) / "notebooks" / lang / "2-classification" / "3-rfm.ipynb"

    def git(self) -> None:
        """Make it a clone: everything committed."""
        who = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"]
        for words in (["init", "-q"], ["add", "."], [*who, "commit", "-q", "-m", "all"]):
            subprocess.run(["git", *words], cwd=self.root, check=True, env=environment(self.home))

    def run(
        self, *words: str, cwd: Path | None = None, code: str = "", **more: str
    ) -> subprocess.CompletedProcess[str]:
        """Run ``crmlab WORDS``, or Python ``code``, in this checkout."""
        what = ["-c", code] if code else ["-m", "crmlab.cli", *words]
        return subprocess.run(
            [sys.executable, *what],
            cwd=cwd or self.home,
            env=environment(self.home, PYTHONPATH=str(self.root), **more),
            capture_output=True,
            encoding="utf-8",
            timeout=120,
            check=False,
        )


def write_notebook(path: Path, *sources: str, outputs: bool = False) -> None:
    """A notebook of one text cell and code cells; with outputs as if it had been run."""
    ran = [{"output_type": "stream", "name": "stdout", "text": "ran"}] if outputs else []
    cells: list[dict] = [{"cell_type": "markdown", "id": "c0", "metadata": {}, "source": sources[0]}]
    for i, source in enumerate(sources[1:], 1):
        code = {
            "execution_count": i if outputs else None,
            "outputs": ran,
            "metadata": {"trusted": True} if outputs else {},
        }
        cells.append({"cell_type": "code", "id": f"c{i}", "source": source, **code})
    spec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    content = {"cells": cells, "metadata": {"kernelspec": spec}, "nbformat": 4, "nbformat_minor": 5}
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")
