"""How quickly a calculator follows its slider: `python benchmarks/widgets.py`. Prints figures, judges nothing.

- in the kernel: from a slider's new value to the new words, chart and code, kept on the disk, widgets included;
- the same bars or line drawn with matplotlib from nothing to a PNG, in the same run, and the ratio;
- in the page: from a press of an arrow key on the slider to the new words on the page, in a real browser against a real
  `crmlab start` (needs the test extra and a browser; left out where there is none).
"""

from __future__ import annotations

import io
import os
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

MOVES = 40


def timed(moves: list[Callable[[], Any]]) -> list[float]:
    """Milliseconds of each call, the first one left out: it imports."""
    found = []
    for move in moves:
        begin = time.perf_counter()
        move()
        found.append(1000 * (time.perf_counter() - begin))
    return found[1:]


def said(times: list[float]) -> str:
    return f"median {statistics.median(times):6.2f} ms, max {max(times):6.2f} ms"


def descendants(widget: Any) -> Iterator[Any]:
    yield widget
    for child in getattr(widget, "children", ()):
        yield from descendants(child)


def with_matplotlib(labels: list[str], values: list[float]) -> bytes:
    """Bars of the same result, drawn anew."""
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(6.2, 3))
    axes.barh(labels, values)
    axes.set_title(labels[0])
    out = io.BytesIO()
    figure.savefig(out, format="png", dpi=100)
    plt.close(figure)
    return out.getvalue()


def kernel() -> None:
    """Print the times of a move in the kernel, and of matplotlib."""
    os.environ["CRMLAB_STATE"] = tempfile.mkdtemp()
    import ipywidgets as w

    from crmlab.course.calculators import CALCULATORS
    from crmlab.course.exercises import open_lesson
    from crmlab.course.widgets.calculator_view import calculator

    open_lesson("1.1")
    slowest = []
    for name, made in CALCULATORS.items():
        view = calculator(name).view()  # type: ignore[union-attr]
        slider = next(one for one in descendants(view) if isinstance(one, w.FloatSlider))
        first = made.sliders[0]
        stops = [first.snap(first.minimum + (7 * move % 37 + 1) * first.step) for move in range(MOVES)]
        moves = timed([lambda to=to, slider=slider: setattr(slider, "value", to) for to in stops])
        result = made.result({})
        labels = [*result.lines, "a", "b"][:3]
        drawn = timed([lambda labels=labels: with_matplotlib(labels, [3.0, 2.0, 1.0][: len(labels)])] * 12)
        ratio = statistics.median(drawn) / statistics.median(moves)
        slowest.append(max(moves))
        print(f"{name:9} {said(moves)}; matplotlib {said(drawn)}; ratio {ratio:.0f}")
    print(f"slowest move in the kernel: {max(slowest):.1f} ms")


# From the key to the words on the page, measured by the page itself.
PRESS = """([css, times]) => new Promise(done => {
  const box = document.querySelector(css), handle = box.querySelector('[role=slider]'), found = [];
  const words = () => box.querySelector('[role=status]').innerText;
  const step = () => {
    if (found.length === times) return done(found);
    const before = words(), begin = performance.now();
    const look = () => {
      if (words() !== before) { found.push(performance.now() - begin); return setTimeout(step, 50); }
      if (performance.now() - begin > 5000) return done(found);
      setTimeout(look, 1);
    };
    handle.dispatchEvent(new KeyboardEvent('keydown', {key: 'ArrowRight', bubbles: true, cancelable: true}));
    look();
  };
  step();
})"""


def page() -> None:
    """Print the times from key to page."""
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    try:
        from tests.support.browser import LessonPage, browser
        from tests.support.labserver import LabServer, write_notebook
    except ImportError as error:
        print(f"in the page: not measured ({error})")
        return
    from crmlab.course.calculators import CALCULATORS

    with LabServer(Path(tempfile.mkdtemp()) / "course", "en") as lab, browser() as running:
        path = "notebooks/en/1-foundations/calculators.ipynb"
        cells = [
            'from crmlab import calculator, lesson; lesson("1.1")',
            *(f'calculator("{one}")' for one in CALCULATORS),
        ]
        write_notebook(lab.folder / path, "# Calculators", *cells)
        lesson = LessonPage(running, lab, path)
        lesson.run_all()
        for name in CALCULATORS:
            lesson.page.locator(f".crmlab-calculator-{name} [role=slider]").first.wait_for()
            times = lesson.page.evaluate(PRESS, [f".crmlab-calculator-{name}", MOVES])
            print(
                f"in the page: {name:9} {said(times[1:])} ({len(times)} moves)"
                if len(times) > 2
                else f"{name}: no answer"
            )


if __name__ == "__main__":
    model = (
        re.search(r"model name\s*:\s*(.+)", Path("/proc/cpuinfo").read_text())
        if Path("/proc/cpuinfo").exists()
        else None
    )
    print(f"Python {sys.version.split()[0]}, {os.cpu_count()} cores{', ' + model[1] if model else ''}")
    kernel()
    page()
