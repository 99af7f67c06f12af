"""Figures in a notebook, whoever makes them: drawn once."""

from __future__ import annotations

import sys
from functools import cache


@cache
def draw_once() -> None:
    """Spare each figure of a notebook one of its two drawings.

    When a cell has ended, matplotlib draws what the cell changed, for a window that is open. The backend of notebooks has no
    window: it draws the figure anew for the page. To be called before the first figure is made; does nothing elsewhere.
    """
    notebook = sys.modules.get("IPython")  # which is not imported for this
    shell = notebook.get_ipython() if notebook is not None else None
    if shell is not None:
        shell.events.register("post_execute", _as_if_drawn)


def _as_if_drawn() -> None:
    pyplot, helpers = sys.modules.get("matplotlib.pyplot"), sys.modules.get("matplotlib._pylab_helpers")
    if pyplot is None or helpers is None:
        return
    managers = helpers.Gcf.get_all_fig_managers()
    if managers and "inline" in pyplot.get_backend():
        for manager in managers:
            manager.canvas.figure.stale = False
