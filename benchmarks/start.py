"""From the command to the finished first lesson: `python benchmarks/start.py [ROUNDS]`. Prints figures, judges nothing.

Taking turns, each in a new folder (cold) and once more in the same one (warm), with a browser that is there already:

- the course: `crmlab start`, its printed address opened, until the lesson has run itself to its end;
- a plain JupyterLab of the same version: `jupyter lab`, a notebook opened, until its one cell, `import pandas`, is finished.

Medians by the clock; benchmarks/opening.py has the processor's time. Needs the extra test and a browser.
"""

from __future__ import annotations

import json
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

from machine import described  # noqa: E402
from pages import wait_for  # noqa: E402
from playwright.sync_api import sync_playwright  # noqa: E402

from tests.support.browser import FLAGS, find  # noqa: E402
from tests.support.labserver import LabServer, environment  # noqa: E402

READY = "() => document.body.dataset.crmlab === 'ready'"
PLAIN = """async () => {
  const app = window.jupyterapp;
  if (!app) return false;
  await app.restored;
  const panel = app.shell.currentWidget;
  if (!panel || !panel.context) return false;
  await panel.context.sessionContext.ready;
  const kernel = panel.context.sessionContext.session && panel.context.sessionContext.session.kernel;
  if (!kernel) return false;
  await kernel.info;
  if (!window.asked) {
    window.asked = true;
    app.commands.execute('notebook:run-all-cells');
  }
  return Boolean(panel.content.widgets[0].model.executionCount) && kernel.status === 'idle';
}"""


def course(browser: Any, folder: Path) -> float:
    begun = time.perf_counter()
    with LabServer(folder / "course", "en") as lab:
        page = browser.new_page(viewport={"width": 1400, "height": 1000})
        page.goto(lab.url)
        wait_for(page, READY)
        took = time.perf_counter() - begun
        page.close()
    return took


def plain(browser: Any, folder: Path) -> float:
    cell = {
        "cell_type": "code",
        "id": "a",
        "metadata": {},
        "execution_count": None,
        "outputs": [],
        "source": "import pandas",
    }
    spec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = {"cells": [cell], "metadata": {"kernelspec": spec}, "nbformat": 4, "nbformat_minor": 5}
    (folder / "plain.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    words = [
        sys.executable,
        "-m",
        "jupyterlab",
        "--no-browser",
        "--allow-root",
        "--ServerApp.token=t",
        "--expose-app-in-browser",
    ]
    begun = time.perf_counter()
    running = subprocess.Popen(
        [*words, f"--ServerApp.root_dir={folder}"],
        cwd=folder,
        env=environment(folder),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    try:
        assert running.stderr
        found = next(
            filter(None, (re.search(r"http://(localhost|127\.0\.0\.1):(\d+)/", line) for line in running.stderr))
        )
        page = browser.new_page(viewport={"width": 1400, "height": 1000})
        page.goto(f"http://127.0.0.1:{found[2]}/lab/tree/plain.ipynb?token=t")
        wait_for(page, PLAIN)
        took = time.perf_counter() - begun
        page.close()
    finally:
        running.terminate()
        running.communicate()
    return took


def main() -> None:
    """Print the table."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    found: dict[tuple[str, str], list[float]] = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find(), args=FLAGS)
        for number in range(rounds):
            for name, run in (("course", course), ("plain JupyterLab", plain)):
                with tempfile.TemporaryDirectory() as folder:
                    for when in ("cold", "warm"):
                        print(f"round {number + 1} of {rounds}: {name}, {when} ...", file=sys.stderr, flush=True)
                        found.setdefault((name, when), []).append(run(browser, Path(folder)))
        browser.close()
    print(described("jupyterlab", "notebook"))
    print("\n| | folder | seconds until the lesson is finished, median (all) |\n|---|---|---|")
    for (name, when), times in found.items():
        every = " ".join(f"{one:.1f}" for one in times)
        print(f"| {name} | {when} | {statistics.median(times):.1f} ({every}) |")
    for when in ("cold", "warm"):
        ours, theirs = (statistics.median(found[name, when]) for name in ("course", "plain JupyterLab"))
        print(
            f"\n{when}: the course takes {ours - theirs:+.1f} s against the plain JupyterLab ({ours / theirs:.2f} times)."
        )


if __name__ == "__main__":
    main()
