"""How long a lesson's calls take the first time: `python benchmarks/course.py`. Prints figures, judges nothing.

Each call is made once in a new process, as in a notebook and after the imports, its widgets made as for the page; once with
the cache of what people write in YAML (crmlab/course/cache.py) and once where no cache can be had, in turn. Medians of the
processes: by the clock, in brackets of the processor alone, which other work on the machine lengthens less, and their ratio. How quickly a calculator follows its slider: benchmarks/widgets.py; `check` of every exercise, and
`import crmlab`: benchmarks/speed.py.
"""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

PROCESSES = 7
CALLS = (
    'lesson("3.2")',
    'check("hear-it")',
    'quiz("3.2")',
    'lesson("4.2")',
    "exam()",
    "roleplays()",
    'calculator("recovery")',
)

PROGRAM = """
import json, sys, time
from types import SimpleNamespace
from IPython.core.interactiveshell import InteractiveShell
InteractiveShell.instance().kernel = SimpleNamespace()  # so that widgets are made
from crmlab import calculator, check, exam, lesson, quiz, roleplays
import crmlab.course.bank.exam, crmlab.course.exercises.qualification.man, crmlab.course.exercises.complaints.scripts
from crmlab.course.widgets import exam_view, view
times = {}
for call in json.loads(sys.argv[1]):
    begin, worked = time.perf_counter(), time.process_time()
    shown = eval(call)
    getattr(shown, "_repr_mimebundle_", shown._repr_html_)()
    times[call] = 1000 * (time.perf_counter() - begin), 1000 * (time.process_time() - worked)
print(json.dumps(times))
"""


def first_calls(cache: Path) -> dict[str, list[float]]:
    """Milliseconds of each call in a new process, by the clock and of the processor, with the cache in that folder."""
    with tempfile.TemporaryDirectory() as state:
        here = os.environ | {"CRMLAB_CACHE": str(cache), "CRMLAB_STATE": state, "CRMLAB_LANG": "en"}
        command = [sys.executable, "-c", PROGRAM, json.dumps(CALLS)]
        done = subprocess.run(command, env=here, capture_output=True, text=True, check=True)
    times: dict[str, list[float]] = json.loads(done.stdout.splitlines()[-1])
    return times


def main() -> None:
    """Print the table."""
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores; median of {PROCESSES} processes, milliseconds")
    with tempfile.TemporaryDirectory() as folder:
        kept, none = Path(folder) / "cache", Path(folder) / "file" / "cache"
        none.parent.touch()  # a file: nothing can be kept below it
        first_calls(kept)
        pairs = [(first_calls(kept), first_calls(none)) for _turn in range(PROCESSES)]
    print(f"{'':24}{'from the cache':>20}{'reading YAML':>20}{'ratio':>8}")
    for call in CALLS:
        quick, slow = (
            [statistics.median(one[call][which] for one in column) for which in (0, 1)]
            for column in zip(*pairs, strict=True)
        )
        shown = (f"{clock:.1f} ({worked:.1f})" for clock, worked in (quick, slow))
        print(f"{call:24}{next(shown):>20}{next(shown):>20}{slow[1] / quick[1]:8.1f}")


if __name__ == "__main__":
    main()
