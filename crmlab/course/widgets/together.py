"""Widgets that are made together are told to the page together: once each, and what looks the same once for all of them.

Left to itself, ipywidgets tells the page of a widget as soon as it is made and then of each change, and makes a layout and a style
for every single one: four messages of five of a lesson, each of which costs kernel, server and page their time.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from weakref import WeakSet

import ipywidgets as w

_shared: dict[tuple[Any, ...], w.Widget] = {}
"""The layouts and styles of what is being told, by what they say. Not for longer: another page on the same kernel, or this one loaded
again, knows nothing of what was told before."""
_common: WeakSet[w.Widget] = WeakSet()
"""Those that several widgets have."""


def _nothing() -> None:
    return None


@contextmanager
def together() -> Iterator[None]:
    """The page is told of the widgets made within when all are made; none of them has a ``model_id`` before."""
    waiting: list[w.Widget] = []

    def wait(widget: w.Widget) -> None:
        widget.open = _nothing
        waiting.append(widget)

    before = w.Widget._widget_construction_callback
    if getattr(before, "__qualname__", "") == wait.__qualname__:
        yield  # within another one, which tells of these too
        return
    w.Widget.on_widget_constructed(wait)
    _shared.clear()
    try:
        yield
    finally:
        w.Widget.on_widget_constructed(before)
        for widget in waiting:
            if not isinstance(widget, w.Layout | w.Style):
                _tell(widget)
        for widget in waiting:  # those of nobody that is told of, or of one made outside
            vars(widget).pop("open", None)


def _tell(widget: w.Widget) -> None:
    """Tell the page of a widget, and before it of those that it is made of."""
    if vars(widget).pop("open", None) is None:
        return
    for name in ("layout", "style"):
        if widget.has_trait(name):
            _share(widget, name)
    for value in list(widget._trait_values.values()):
        for part in value if isinstance(value, (tuple, list)) else (value,):
            if isinstance(part, w.Widget):
                _tell(part)
    widget.open()


def _share(widget: w.Widget, name: str) -> None:
    looks = widget._trait_values.get(name)
    if looks is not None and "open" not in vars(looks):
        return  # the page knows it
    kind = type(looks) if looks is not None else widget.traits()[name].klass
    key = (kind, *_said(looks)) if looks is not None else (kind,)
    known = _shared.get(key)
    if known is None or known.comm is None:
        known = looks if looks is not None else kind()
        _tell(known)
        _shared[key] = known
    if known is not looks:
        setattr(widget, name, known)
        _common.add(known)


def _said(looks: w.Widget) -> list[tuple[str, Any]]:
    """What is set in a layout or a style."""
    state = looks._trait_values.items()
    return sorted((key, value) for key, value in state if isinstance(value, str | int | float) and key[0] != "_")


def own_layout(widget: w.DOMWidget) -> w.Layout:
    """The layout of a widget, to be changed: its own, no longer shared with others."""
    layout = widget.layout
    if layout in _common:
        widget.layout = layout = w.Layout(**dict(_said(layout)))
    return layout
