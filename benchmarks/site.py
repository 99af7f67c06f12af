"""How soon the browser edition answers: `python benchmarks/site.py PYODIDE_FOLDER [ROUNDS] [--phone]`. Prints figures, judges
nothing.

Two sites are built and opened in one run, each in a fresh browser profile (cold) and again in the same one (warm), taking turns:

- the course, at its first lesson;
- a plain JupyterLite of the same version, with the same Pyodide, at a notebook whose first cell imports pandas, as the
  course's first cell does.

Measured: seconds from opening the page until its first cell is finished, the processor seconds of the browser until then
(where there is a /proc; they hold on a busy machine, too), and what the server sent. The server is on the same machine, and sends
files as they are, so a network's time comes on top: the megabytes say how much. With `--phone` it sends 9 Mbit/s in all, 170 ms
after each request, and packs what hosts pack (scripts, pages, WebAssembly); and the page's thread is slowed four times. The
kernel's own thread cannot be slowed this way. Needs the extra test and a browser.
"""

from __future__ import annotations

import argparse
import functools
import gzip
import io
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

from pages import wait_for  # noqa: E402
from playwright.sync_api import sync_playwright  # noqa: E402

from crmlab.lite import build, serve, wheels  # noqa: E402
from tests.support.browser import FLAGS, find  # noqa: E402

IDLE = """async () => {
  const ready = async () => {
    const app = window.jupyterapp;
    if (!app) return false;
    await app.restored;
    const panel = app.shell.currentWidget;
    if (!panel || !panel.context) return false;
    await panel.context.ready;
    const session = panel.context.sessionContext;
    await session.ready;
    const kernel = session.session && session.session.kernel;
    if (!kernel) return false;
    await kernel.info;
    return kernel.connectionStatus === 'connected';
  };
  // A kernel that died does not answer at all: ask again, the one that comes after it.
  return Promise.race([ready(), new Promise(resolve => setTimeout(() => resolve(false), 10000))]);
}"""
"""The kernel of the notebook that is open waits for work."""
FIRST = """() => {
  const panel = window.jupyterapp && window.jupyterapp.shell.currentWidget;
  if (!panel || !panel.content || !panel.content.widgets) return false;
  const [cell] = panel.content.widgets.filter((cell) => cell.model.type === 'code');
  return Boolean(cell && cell.model.executionCount) && !cell.node.querySelector('.jp-InputPrompt').textContent.includes('*');
}"""
"""Its first cell is finished."""
SENT = {"bytes": 0, "files": 0}
RATE, DELAY, SLOWER = 9e6 / 8, 0.17, 4
"""A phone: bytes a second, seconds before an answer, times that its processor is slower."""
PACKED = (".js", ".mjs", ".json", ".html", ".css", ".wasm", ".ipynb", ".svg")


class Counting(serve.Handler):
    """Counts what is sent."""

    def copyfile(self, source: Any, outputfile: Any) -> None:
        start = source.tell()
        super().copyfile(source, outputfile)
        SENT["bytes"] += source.tell() - start
        SENT["files"] += 1


class Phone(serve.Handler):
    """Sends as a host does to a phone: packed, after a while, and never more than the connection takes."""

    line = threading.Lock()

    def do_GET(self) -> None:
        """Answer after the time that a request is under way."""
        time.sleep(DELAY)
        super().do_GET()

    def send_head(self) -> Any:
        """The file, packed if it is of a kind that hosts pack."""
        path = Path(self.translate_path(self.path))
        if path.suffix not in PACKED or not path.is_file() or "gzip" not in self.headers.get("Accept-Encoding", ""):
            return super().send_head()
        content = packed(path)
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(str(path)))
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        return io.BytesIO(content)

    def copyfile(self, source: Any, outputfile: Any) -> None:
        SENT["files"] += 1
        while piece := source.read(16_384):
            with self.line:
                time.sleep(len(piece) / RATE)
            outputfile.write(piece)
            SENT["bytes"] += len(piece)


@functools.cache
def packed(path: Path) -> bytes:
    return gzip.compress(path.read_bytes(), 6)


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


def processor(profile: str) -> float:
    """Processor seconds so far of the browser that keeps its profile there, and of all that it started; 0 without /proc."""
    below: dict[int, list[int]] = {}
    used: dict[int, int] = {}
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rsplit(")", 1)[1].split()
            command = (folder / "cmdline").read_text()
        except (OSError, UnicodeDecodeError):  # it has ended
            continue
        number = int(folder.name)
        below.setdefault(int(fields[1]), []).append(number)
        used[number] = int(fields[11]) + int(fields[12])
        found += [number] if profile in command else []
    members: set[int] = set()
    while found:
        number = found.pop()
        if number not in members:
            members.add(number)
            found += below.get(number, [])
    return sum(used.get(number, 0) for number in members) / (os.sysconf("SC_CLK_TCK") if members else 1)


def visit(context: Any, profile: str, address: str, phone: bool, itself: bool) -> tuple[float, float, float, int]:
    """Open a notebook until its first cell is finished: seconds, processor seconds, megabytes, files.

    It runs by ``itself``, or is run when its kernel waits for work.
    """
    SENT.update(bytes=0, files=0)
    page = context.new_page()
    if phone:
        context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    begun, used = time.perf_counter(), processor(profile)
    page.goto(address, timeout=300_000)
    wait_for(page, FIRST if itself else IDLE)
    if not itself:
        # The command ends with the last cell; what counts is the first.
        page.evaluate("() => void window.jupyterapp.commands.execute('notebook:run-all-cells')")
        wait_for(page, FIRST)
    found = time.perf_counter() - begun, processor(profile) - used, SENT["bytes"] / 1e6, SENT["files"]
    page.wait_for_timeout(15_000)  # what it does when it is idle belongs to neither visit
    page.close()
    return found


def size(folder: Path) -> float:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("pyodide", type=Path)
    parser.add_argument("rounds", type=int, nargs="?", default=5)
    parser.add_argument("--phone", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        top = Path(temporary)
        print("building both sites ...", flush=True)
        build.build(top / "course", asked.pyodide, "", lambda _text: None)
        plain(top / "plain", asked.pyodide)
        [lesson, *_more] = re.findall(
            r'href="([^"]*index\.html\?path=[^"]*)"', (top / "course/index.html").read_text("utf-8")
        )
        sites = {"course": lesson, "plain JupyterLite": "lab/index.html?path=plain.ipynb"}
        found: dict[tuple[str, str], list[tuple[float, float, float, int]]] = {}
        with sync_playwright() as playwright:
            for number in range(asked.rounds):
                for name, path in sites.items():
                    server = serve.server(top / name.split()[0], handler=Phone if asked.phone else Counting)
                    threading.Thread(target=server.serve_forever, daemon=True).start()
                    with tempfile.TemporaryDirectory() as profile:
                        context = playwright.chromium.launch_persistent_context(
                            profile, executable_path=find(), args=FLAGS, viewport={"width": 1400, "height": 1000}
                        )
                        for when in ("cold", "warm"):
                            print(f"round {number + 1} of {asked.rounds}: {name}, {when} ...", flush=True)
                            address = f"http://127.0.0.1:{server.server_port}/{path}"
                            found.setdefault((name, when), []).append(
                                visit(context, profile, address, asked.phone, name == "course")
                            )
                        context.close()
                    server.shutdown()
                    server.server_close()
        print(
            "\n| site | on the host, MB | visit | seconds to the first finished cell | processor seconds | MB sent | files |"
        )
        print("|---|---|---|---|---|---|---|")
        for (name, when), times in found.items():
            seconds, used = (" / ".join(f"{one[which]:.1f}" for one in times) for which in (0, 1))
            whole = size(top / name.split()[0])
            print(f"| {name} | {whole:.0f} | {when} | {seconds} | {used} | {times[-1][2]:.1f} | {times[-1][3]} |")
        for when in ("cold", "warm"):
            for which, what in enumerate(("seconds", "processor seconds")):
                ours, theirs = (statistics.median(one[which] for one in found[name, when]) for name in sites)
                if theirs:
                    print(
                        f"\n{when}: the course takes {ours / theirs:.2f} times the {what} of the plain JupyterLite (medians)."
                    )


if __name__ == "__main__":
    main()
