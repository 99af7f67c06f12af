"""How long a lesson's calls take the first time: `python benchmarks/course.py`. Prints figures, judges nothing.

Each call is made once in a new process, as in a notebook and after the imports, its widgets made as for the page; once with
the cache of what people write in YAML (crmlab/course/cache.py) and once where no cache can be had, in turn. Median of the
processes, and the ratio. How quickly a calculator follows its slider: benchmarks/widgets.py; `check` of every exercise, and
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
CALLS = ('lesson("3.2")', 'check("hear-it")', 'quiz("3.2")', 'lesson("4.2")', "exam()", "roleplays()", 'calculator("recovery")')

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
    begin = time.perf_counter()
    shown = eval(call)
    getattr(shown, "_repr_mimebundle_", shown._repr_html_)()
    times[call] = 1000 * (time.perf_counter() - begin)
print(json.dumps(times))
"""


def first_calls(cache: Path) -> dict[str, float]:
    """Milliseconds of each call in a new process, with the cache in that folder."""
    with tempfile.TemporaryDirectory() as state:
        here = os.environ | {"CRMLAB_CACHE": str(cache), "CRMLAB_STATE": state, "CRMLAB_LANG": "en"}
        command = [sys.executable, "-c", PROGRAM, json.dumps(CALLS)]
        done = subprocess.run(command, env=here, capture_output=True, text=True, check=True)
    times: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return times


def main() -> None:
    """Print the table."""
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores; median of {PROCESSES} processes, milliseconds")
    with tempfile.TemporaryDirectory() as folder:
        kept, none = Path(folder) / "cache", Path(folder) / "file" / "cache"
        none.parent.touch()  # a file: nothing can be kept below it
        first_calls(kept)
        pairs = [(first_calls(kept), first_calls(none)) for _turn in range(PROCESSES)]
    print(f"{'':24}{'from the cache':>16}{'reading YAML':>16}{'ratio':>8}")
    for call in CALLS:
        quick, slow = (statistics.median(one[call] for one in column) for column in zip(*pairs, strict=True))
        print(f"{call:24}{quick:16.1f}{slow:16.1f}{slow / quick:8.1f}")


if __name__ == "__main__":
    main()
