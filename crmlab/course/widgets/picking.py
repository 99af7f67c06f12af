"""A list to choose from, and below it what was chosen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import ipywidgets as w

from crmlab.course.form import CHOOSE
from crmlab.course.widgets.style import STYLE
from crmlab.language import tr


def picking(
    heading: str, label: str, options: Sequence[tuple[str, str]], contents: Callable[[str], list[Any]], *, name: str
) -> w.VBox:
    """The widgets: ``heading`` is HTML, ``options`` are (label, value) pairs, ``contents`` makes the widgets of a value.

    ``name`` is the class of the whole (``crmlab-NAME``), for looks and tests.
    """
    chosen = w.Dropdown(options=[(tr(CHOOSE), ""), *options], value="", description=label)
    chosen.style.description_width = "initial"
    chosen.layout = w.Layout(width="auto", max_width="100%")
    chosen.add_class("crmlab-list")
    stage = w.VBox()

    def draw(change: Any) -> None:
        old = stage.children
        stage.children = contents(change["new"]) if change["new"] else []
        for widget in old:
            widget.close()

    chosen.observe(draw, "value")
    whole = w.VBox([w.HTML(f"{STYLE}<b>{heading}</b>"), chosen, stage])
    whole.add_class("crmlab")
    whole.add_class(f"crmlab-{name}")
    return whole
