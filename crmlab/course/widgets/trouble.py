"""What stands in the way of saving, as a line that comes and goes with it."""

from __future__ import annotations

import ipywidgets as w

from crmlab.course import panel
from crmlab.course.state import Store


def trouble_line(store: Store) -> w.HTML:
    """Empty while answers are saved; else why they are not."""
    line = w.HTML()

    def draw() -> None:
        line.value = panel.box("unreadable", store.problem, status=True) if store.problem else ""

    store.watchers.append(draw)
    draw()
    return line
