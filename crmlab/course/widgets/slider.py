"""A slider with a number box."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

import ipywidgets as w

from crmlab.course.form import Slider
from crmlab.language import tr


def slider_box(field: Slider, value: float, changed: Callable[[float], None]) -> w.Widget:
    """The slider of a field, and a number box, which names it for screen readers and is quick to set by keyboard.

    ``changed`` is told each new value. Both move together.
    """
    limits = {"min": field.minimum, "max": field.maximum, "step": field.step}
    box = w.BoundedFloatText(value=value, description=tr(field.label), **limits)
    box.style.description_width = "initial"
    box.layout = w.Layout(width="auto", max_width="100%")
    box.add_class(f"crmlab-field-{field.key.replace('.', '-')}")
    slider = w.FloatSlider(value=value, readout=False, **limits)
    slider.layout = w.Layout(width="14em", max_width="100%")
    w.link((box, "value"), (slider, "value"), transform=(float, field.snap))
    box.observe(lambda change: changed(change["new"]), "value")
    whole = w.Box([box, w.HTML(escape(tr(field.unit))), slider])
    whole.layout = w.Layout(flex_flow="row wrap", align_items="center", overflow="visible")
    whole.add_class("crmlab-slider")
    return whole
