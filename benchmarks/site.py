"""How soon the browser edition answers: `python benchmarks/site.py PYODIDE_FOLDER [ROUNDS]`. Prints figures, judges nothing.

Two sites are built and opened in one run, each in a fresh browser profile (cold) and again in the same one (warm), taking turns:

- the course, at its first lesson;
- a plain JupyterLite of the same version, with the same Pyodide, at a notebook whose first cell imports pandas, as the
  course's first cell does.

Measured: seconds from opening the page until its first cell is finished, and what the server sent until then. The
server is on the same machine, so a network's time comes on top: the megabytes say how much. Needs the extra test and a browser.
"""

from __future__ import annotations

import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from playwright.sync_api import sync_playwright

from crmlab.lite import build, pages, serve, wheels
from tests.support.browser import FLAGS, READY, find

FIRST = """() => {
  const cells = window.jupyterapp.shell.currentWidget.content.widgets.filter((cell) => cell.model.type === 'code');
  return Boolean(cells[0].model.executionCount) && !cells[0].node.querySelector('.jp-InputPrompt').textContent.includes('*');
}"""
SENT = {"bytes": 0, "files": 0}


class Counting(serve.Handler):
    """Counts what is sent."""

    def copyfile(self, source: Any, outputfile: Any) -> None:
        start = source.tell()
        super().copyfile(source, outputfile)
        SENT["bytes"] += source.tell() - start
        SENT["files"] += 1


def plain(out: Path, pyodide: Path) -> None:
    """JupyterLite as it comes, with the same Pyodide beside it."""
    with tempfile.TemporaryDirectory() as temporary:
        work = Path(temporary)
        cells = [
            {
                "cell_type": "code",
                "execution_count": None,
                "id": f"cell-{n}",
                "metadata": {},
                "outputs": [],
                "source": text,
            }
            for n, text in enumerate(("import pandas as pd", "pd.DataFrame({'a': [1]})"))
        ]
        kernel = {"kernelspec": {"display_name": "Python", "language": "python", "name": "python"}}
        (work / "files").mkdir()
        notebook = {"cells": cells, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}
        (work / "files" / "plain.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
        settings = {"apps": ["lab"], "contents": ["files"], "no_libarchive": True, "output_dir": str(out)}
        settings |= {"federated_extensions": [str(build._extension(name)) for name in build.EXTENSIONS]}
        settings |= {"ignore_sys_prefix": ["federated_extensions"], "no_sourcemaps": True}
        (work / "jupyter_lite_config.json").write_text(json.dumps({"LiteBuildConfig": settings}), encoding="utf-8")
        command = [
            sys.executable,
            "-c",
            "from jupyterlite_core.app import main; main()",
            "build",
            "--lite-dir",
            str(work),
        ]
        subprocess.run(command, cwd=work, capture_output=True, check=True)
    folder = out / "static" / "pyodide"
    shutil.copytree(pyodide, folder)
    # Pyodide lacks the small package comm, which JupyterLite fetches from the package index; here it is beside it.
    original = json.loads((folder / "pyodide-lock.json").read_text(encoding="utf-8"))
    lock = wheels.lock(original, [wheels._installed("comm", folder)])
    (folder / "pyodide-lock.json").write_text(lock, encoding="utf-8")
    path = out / "jupyter-lite.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    content["jupyter-config-data"]["exposeAppInBrowser"] = True
    mine = content["jupyter-config-data"].setdefault("litePluginSettings", {}).setdefault(build.KERNEL, {})
    mine |= {"pyodideUrl": "./static/pyodide/pyodide.js", "disablePyPIFallback": True}
    path.write_text(json.dumps(content), encoding="utf-8")


def visit(context: Any, address: str) -> tuple[float, float, int]:
    """Open a notebook and run it until its first cell is finished: seconds, megabytes, files."""
    SENT.update(bytes=0, files=0)
    page = context.new_page()
    begun = time.perf_counter()
    page.goto(address)
    while True:
        try:
            if page.evaluate(READY):
                break
        except Exception as error:  # the page goes on to its own address
            if "navigation" not in str(error) and "destroyed" not in str(error):
                raise
        time.sleep(0.05)
    page.evaluate("() => window.jupyterapp.commands.execute('notebook:run-all-cells')")
    page.wait_for_function(FIRST, timeout=120_000)
    found = time.perf_counter() - begun, SENT["bytes"] / 1e6, SENT["files"]
    page.wait_for_timeout(15_000)  # what it does when it is idle belongs to neither visit
    page.close()
    return found


def size(folder: Path) -> float:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6


def main() -> None:
    pyodide, rounds = Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 3
    with tempfile.TemporaryDirectory() as temporary:
        top = Path(temporary)
        print("building both sites ...", flush=True)
        build.build(top / "course", pyodide, "", lambda _text: None)
        plain(top / "plain", pyodide)
        lesson = pages.there()[0]
        sites = {
            "course": f"lab/index.html?path=notebooks/en/{lesson.unit}/{lesson.slug}.ipynb",
            "plain JupyterLite": "lab/index.html?path=plain.ipynb",
        }
        found: dict[tuple[str, str], list[tuple[float, float, int]]] = {}
        with sync_playwright() as playwright:
            for number in range(rounds):
                for name, path in sites.items():
                    server = serve.server(top / name.split()[0], handler=Counting)
                    threading.Thread(target=server.serve_forever, daemon=True).start()
                    browser = playwright.chromium.launch(executable_path=find(), args=FLAGS)
                    context = browser.new_context(viewport={"width": 1400, "height": 1000})
                    for when in ("cold", "warm"):
                        print(f"round {number + 1} of {rounds}: {name}, {when} ...", flush=True)
                        one = visit(context, f"http://127.0.0.1:{server.server_port}/{path}")
                        found.setdefault((name, when), []).append(one)
                    browser.close()
                    server.shutdown()
                    server.server_close()
        print("\n| site | size on the host, MB | visit | seconds to the first finished cell | MB sent | files |")
        print("|---|---|---|---|---|---|")
        for (name, when), times in found.items():
            seconds = " / ".join(f"{one[0]:.1f}" for one in times)
            whole = size(top / name.split()[0])
            print(f"| {name} | {whole:.0f} | {when} | {seconds} | {times[-1][1]:.1f} | {times[-1][2]} |")
        for when in ("cold", "warm"):
            ours, theirs = (statistics.median(one[0] for one in found[name, when]) for name in sites)
            print(
                f"\n{when}: the course takes {ours / theirs:.2f} times the seconds of the plain JupyterLite (medians)."
            )


if __name__ == "__main__":
    main()
