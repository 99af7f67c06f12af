"""What a lesson costs the machine from its being opened to its being finished: `python benchmarks/opening.py [WORD ...]`.
Prints figures, judges nothing. Words: parts of lessons' paths (default: all), numbers of rounds or of trainees as in
`rounds=3`, `at-once=10`, and `lang=zh`.

A real `crmlab start`; notebooks are opened as a page opens them (page, content, session, websocket; each code cell after the
answer to the one before; the notebook saved), and the processor seconds of the server with all its processes are read before
and after, so that neither a browser nor this program is in them. Beside the lessons, in the same run and on the same
server: a kernel that only runs `import pandas`, and one that also draws one chart with matplotlib.
Needs the test extra, and Linux for the memory of several processes.
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

from machine import described  # noqa: E402

from tests.support.labserver import LabServer, write_notebook  # noqa: E402
from tests.support.opened import Opened  # noqa: E402

PLAIN = {
    "import pandas": ["import pandas"],
    "and a chart": [
        "import pandas",
        "import matplotlib.pyplot as plt",
        "pandas.Series([3, 1, 2], ['a', 'b', 'c']).plot.bar(title='A chart')",
    ],
}


def plainly(lab: LabServer) -> list[str]:
    """Write the notebooks to compare with, for a kernel of their own; returns their paths."""
    kernel = lab.folder / ".crmlab" / "data" / "kernels" / "plain" / "kernel.json"
    kernel.parent.mkdir(parents=True)
    # -B: else this would be the command of which the course knows that it may copy a kernel instead.
    start = [sys.executable, "-B", "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    spec = {
        "argv": start,
        "display_name": "plain",
        "language": "python",
        "metadata": {"supported_encryption": ["curve"]},
    }
    kernel.write_text(json.dumps(spec), encoding="utf-8")
    for name, cells in PLAIN.items():
        path = lab.folder / f"{name}.ipynb"
        write_notebook(path, f"# {name}", *cells)
        content = json.loads(path.read_text("utf-8"))
        content["metadata"]["kernelspec"]["name"] = "plain"
        path.write_text(json.dumps(content), encoding="utf-8")
    return [f"{name}.ipynb" for name in PLAIN]


def used(lab: LabServer) -> dict[int, float]:
    """Processor seconds of the server and of each process below it that runs."""
    top = psutil.Process(lab.process.pid)
    found = {}
    for one in [top, *top.children(recursive=True)]:
        try:
            found[one.pid] = sum(one.cpu_times()[:2])
        except psutil.NoSuchProcess:
            continue
    return found


def since(lab: LabServer, before: dict[int, float]) -> float:
    """Processor seconds of all that run now, since then."""
    return sum(seconds - before.get(number, 0.0) for number, seconds in used(lab).items())


def memory(lab: LabServer) -> float:
    """MiB of all processes, what they share counted once."""
    top = psutil.Process(lab.process.pid)
    return sum(one.memory_full_info().pss for one in [top, *top.children(recursive=True)]) / 2**20


def once(lab: LabServer, path: str) -> tuple[float, float, float, int]:
    """Seconds by the clock, of the processor (the server and all others; the server alone), and how many outputs failed."""
    begin, before = time.perf_counter(), used(lab)
    page = Opened(lab, path)
    page.run()
    clock, work = time.perf_counter() - begin, since(lab, before)
    server = used(lab)[lab.process.pid] - before[lab.process.pid]
    page.close()
    cells = page.model["content"]["cells"]
    failed = sum(one["output_type"] == "error" for cell in cells for one in cell.get("outputs", ()))
    return clock, work, server, failed


def together(lab: LabServer, paths: list[str]) -> tuple[float, float, float]:
    """Seconds until the last of several is finished, processor seconds of all, MiB that all hold then."""
    begin, before = time.perf_counter(), used(lab)
    pages: list[Opened] = []

    def one(path: str) -> None:
        page = Opened(lab, path)
        pages.append(page)
        page.run()

    threads = [threading.Thread(target=one, args=(path,)) for path in paths]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    clock, work, held = time.perf_counter() - begin, since(lab, before), memory(lab)
    for page in pages:
        page.close()
    return clock, work, held


def main(words: list[str]) -> None:
    """Print the tables."""
    options = dict(word.split("=") for word in words if "=" in word)
    rounds, many, lang = int(options.get("rounds", 3)), int(options.get("at-once", 10)), options.get("lang", "en")
    wanted = [word for word in words if "=" not in word]
    print(described("crmlab", "ipykernel", "jupyter_server", "pandas", "matplotlib"))
    with tempfile.TemporaryDirectory() as top, LabServer(Path(top) / "course", lang) as lab:
        books = lab.folder / "notebooks" / lang
        lessons = [f"notebooks/{lang}/{one.relative_to(books).as_posix()}" for one in sorted(books.rglob("*.ipynb"))]
        lessons = [one for one in lessons if not wanted or any(word in one for word in wanted)]
        plain = plainly(lab)
        begun = sum(used(lab).values())
        first = once(lab, lessons[0])
        print(f"\nThe server until it says its address: {begun:.2f} s of the processor.")
        print(
            f"{lessons[0]}, the first after the course was installed: {first[0]:.2f} s, of the processor {first[1]:.2f}.\n"
        )
        found: dict[str, list[tuple[float, float, float, int]]] = {path: [] for path in [*plain, *lessons]}
        for _turn in range(rounds):
            for path, times in found.items():
                times.append(once(lab, path))
        middle = {
            path: [statistics.median(column) for column in zip(*times, strict=True)] for path, times in found.items()
        }
        compared = [middle[path][1] for path in plain]
        print(f"Median of {rounds} rounds, seconds.\n")
        print(
            "| notebook | clock | processor | of it the server | times `import pandas` | times that and a chart | errors |"
        )
        print("|---|---|---|---|---|---|---|")
        for path, (clock, work, server, failed) in middle.items():
            ratios = " | ".join(f"{work / other:.2f}" for other in compared)
            short = path.removeprefix(f"notebooks/{lang}/")
            print(f"| {short} | {clock:.2f} | {work:.2f} | {server:.2f} | {ratios} | {failed:.0f} |")
        of_lessons = [middle[path][1] for path in lessons]
        print(
            f"\nLessons: median {statistics.median(of_lessons):.2f}, slowest {max(of_lessons):.2f} s of the processor.\n"
        )
        if many:
            print(f"{many} at once | clock | processor | each | MiB held by all")
            for name, paths in (*((f"{one}.ipynb", [f"{one}.ipynb"]) for one in PLAIN), ("lessons", lessons)):
                clock, work, held = together(lab, [paths[i % len(paths)] for i in range(many)])
                print(f"{name} | {clock:.1f} | {work:.1f} | {work / many:.2f} | {held:.0f}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
