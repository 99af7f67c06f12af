"""How quickly the course answers: `python benchmarks/speed.py` (needs the test extra). Prints figures, judges nothing.

- check(): every exercise of every lesson with its worked answer, once the lesson is open, as a trainee feels it;
- import crmlab: what it adds to import pandas, in new processes, taken in turn so that both see the same machine.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time

REPEATS = 15


def seconds_of(code: str) -> float:
    """Seconds that a new Python takes for some code, its own start left out."""
    program = f"import time; t = time.perf_counter(); {code}; print(time.perf_counter() - t)"
    return float(subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout)


def imports() -> None:
    """Print what ``import crmlab`` adds to ``import pandas``."""
    for code in ("import crmlab", "from crmlab import check, lesson", "from crmlab import rfm, value, datasets"):
        pairs = [(seconds_of("import pandas"), seconds_of(f"import pandas; {code}")) for _turn in range(9)]
        alone, both = (statistics.median(column) for column in zip(*pairs, strict=True))
        print(f"{code:42} adds {1000 * (both - alone):6.1f} ms to import pandas ({1000 * alone:.0f} ms)")


def checks() -> None:
    """Print the median time of ``check`` for each exercise."""
    os.environ["CRMLAB_STATE"] = tempfile.mkdtemp()
    from crmlab.course import lessons, session
    from crmlab.course.exercises import open_lesson

    medians = []
    for lesson in lessons.every():
        opened = open_lesson(lesson.number)
        for made in opened.exercises:
            literal = session.answer_literal(session.worked_code(lesson, made.id))
            if literal is None:
                continue  # answered in code: the lesson's tests run it
            opened.set_fields(made, literal)
            begin = time.perf_counter()
            opened.check(made)
            first = time.perf_counter() - begin
            times = []
            for _turn in range(REPEATS):
                begin = time.perf_counter()
                opened.check(made)
                times.append(time.perf_counter() - begin)
            medians.append(statistics.median(times))
            begin = time.perf_counter()
            opened.check_clicks(made)  # the button: judges, and writes the try to the disk
            button = time.perf_counter() - begin
            print(
                f"check {lesson.number} {made.id:24} {1000 * medians[-1]:7.2f} ms (first {1000 * first:6.1f}, button {1000 * button:5.1f})"
            )
    print(f"check: median of all {1000 * statistics.median(medians):.2f} ms, slowest {1000 * max(medians):.2f} ms")


if __name__ == "__main__":
    print(f"Python {sys.version.split()[0]}, {os.cpu_count()} cores")
    imports()
    checks()
