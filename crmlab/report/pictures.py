"""The chart of a result as a picture, for a sheet and for a page, and what it finds in one line."""

from __future__ import annotations

import io
from weakref import WeakKeyDictionary

from crmlab.language import current
from crmlab.own.result import Result
from crmlab.plots import own

DPI = 150
_Drawn = tuple[bytes | None, str]
_drawn: WeakKeyDictionary[Result, dict[str, _Drawn]] = WeakKeyDictionary()
"""By result and language: the workbook and the pages show the same charts."""


def png(result: Result) -> bytes | None:
    """A PNG; ``None`` for a result without a chart."""
    return _made(result)[0]


def headline(result: Result) -> str:
    """What the chart finds, in one line; "" for a result without a chart."""
    return _made(result)[1]


def _made(result: Result) -> _Drawn:
    known = _drawn.setdefault(result, {})
    if current() not in known:
        known[current()] = _draw(result)
    return known[current()]


def _draw(result: Result) -> _Drawn:
    figure = own.draw(result)
    if figure is None:
        return None, ""
    import matplotlib.pyplot as plt

    out = io.BytesIO()
    # No metadata: the picture is the same wherever it was made.
    figure.savefig(out, format="png", dpi=DPI, metadata={"Software": None})
    said = own.line(figure.axes[0].get_title(loc="left")) if figure.axes else ""
    plt.close(figure)
    return out.getvalue(), said
