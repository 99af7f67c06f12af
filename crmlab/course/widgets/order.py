"""Things to be put in order: a line each, with a button up and a button down."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from html import escape
from typing import Any

import ipywidgets as w

from crmlab.course.form import Order
from crmlab.course.ordering import Ordering
from crmlab.course.widgets.clicks import time_of_click
from crmlab.language import _, tr

STYLE = """<style>
.crmlab-order .crmlab-line { align-items: center; flex-flow: row nowrap; border-bottom: 1px solid var(--crmlab-line); overflow: visible;
  background: var(--crmlab-card); color: var(--crmlab-ink); }
.crmlab-order .crmlab-line .widget-html { flex: 1 1 auto; min-width: 0; margin: 2px .6em; }
.crmlab-order .crmlab-line .widget-html-content { overflow-wrap: anywhere; color: var(--crmlab-ink); }
.crmlab .crmlab-order button.crmlab-move { flex: none; width: 44px; min-height: 36px; padding: 0; text-align: center; font-size: 0;
  background: var(--crmlab-button); color: var(--crmlab-ink); }
.crmlab-order button.crmlab-move::before { font-size: 15px; }
.crmlab-order button.crmlab-up::before { content: "▲"; content: "▲" / ""; }
.crmlab-order button.crmlab-down::before { content: "▼"; content: "▼" / ""; }
.crmlab-order .crmlab-line:first-child button.crmlab-up::before, .crmlab-order .crmlab-line:last-child button.crmlab-down::before {
  content: "–"; content: "–" / ""; }
@media (max-width: 600px), (pointer: coarse) { .crmlab .crmlab-order button.crmlab-move { min-height: 44px; } }
</style>"""
# The name of a button is its text, which the style sheet makes invisible: stock buttons take no other name.


def order_box(field: Order, kept: list[str] | None, keep: Callable[[Any], None]) -> w.Widget:
    """The lines of an order. ``keep`` is told each new order; the keyboard's focus goes with the item that moves."""
    labels = {value: tr(label) for value, label in field.items}
    order = Ordering(kept or field.values())
    total = len(order.values)
    texts = [w.HTML() for _line in range(total)]
    buttons: dict[int, list[w.Button]] = {-1: [], 1: []}
    said = w.HTML()
    said.add_class("crmlab-moved")

    def draw() -> None:
        for line, value in enumerate(order.values):
            place = tr(_("{place} of {total}"), place=line + 1, total=total)
            texts[line].value = f"<b>{line + 1}.</b> {escape(labels[value])}"
            buttons[-1][line].description = tr(_("Move up: {item} ({place})"), item=labels[value], place=place)
            buttons[1][line].description = tr(_("Move down: {item} ({place})"), item=labels[value], place=place)

    def press(line: int, by: int, _button: Any) -> None:
        before = list(order.values)
        to = order.move(line, by, time_of_click())
        item = labels[order.values[to]]
        if order.values == before:
            text = tr(_("“{item}” stands first already.") if to == 0 else _("“{item}” stands last already."), item=item)
        else:
            text = tr(_("“{item}” is now number {place} of {total}."), item=item, place=to + 1, total=total)
            draw()
            keep(list(order.values))
        said.value = f'<div role="status" aria-live="polite">{escape(text)}</div>'
        buttons[by][to].focus()

    lines = []
    for line in range(total):
        for by, name in ((-1, "up"), (1, "down")):
            button = w.Button()
            button.add_class("crmlab-move")
            button.add_class(f"crmlab-{name}")
            button.on_click(partial(press, line, by))
            buttons[by].append(button)
        box = w.HBox([buttons[-1][line], buttons[1][line], texts[line]])
        box.add_class("crmlab-line")
        lines.append(box)
    draw()
    children: list[w.Widget] = [w.HTML(STYLE), w.VBox(lines), said]
    if field.label:
        children.insert(1, w.HTML(escape(tr(field.label))))
    whole = w.VBox(children, layout=w.Layout(width="100%"))
    whole.add_class("crmlab-order")
    return whole
