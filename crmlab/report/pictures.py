"""The chart of a result as a picture, for a sheet and for a page."""

from __future__ import annotations

import io

from crmlab.own.result import Result
from crmlab.plots import own

DPI = 150


def png(result: Result) -> bytes | None:
    """A PNG; ``None`` for a result without a chart."""
    figure = own.draw(result)
    if figure is None:
        return None
    import matplotlib.pyplot as plt

    out = io.BytesIO()
    # No metadata: the picture is the same wherever it was made.
    figure.savefig(out, format="png", dpi=DPI, metadata={"Software": None})
    plt.close(figure)
    return out.getvalue()


def headline(result: Result) -> str:
    """What the chart finds, in one line; "" for a result without a chart."""
    figure = own.draw(result)
    if figure is None:
        return ""
    import matplotlib.pyplot as plt

    said = figure.axes[0].get_title(loc="left") if figure.axes else ""
    plt.close(figure)
    return own.line(said)
