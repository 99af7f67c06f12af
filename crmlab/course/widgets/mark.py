"""A chart on which one bar or one cell is marked: every bar and every cell is a button."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from html import escape
from typing import Any

import ipywidgets as w

from crmlab.course.chart import GRID, INK, short, ticks
from crmlab.course.form import Mark
from crmlab.language import _, tr

HEIGHT = 180
"""Of the tallest bar, in pixels, if it reached the top of the axis."""

STYLE = """<style>
.crmlab .crmlab-mark { box-sizing: border-box; background: #fff; color: #1b2330; overflow-x: auto; overflow-y: hidden; padding: 6px; }
.crmlab-mark .widget-html, .crmlab-mark .widget-html-content { color: #1b2330; line-height: 1.35; margin: 0; }
.crmlab .crmlab-mark button.crmlab-pick { font-size: 0; margin: 0; padding: 0; min-height: 0; text-align: center; position: relative;
  border-radius: 0; box-shadow: none; }
.crmlab-mark button.crmlab-pick::before { font-size: 16px; font-weight: 700; line-height: 1; }
.crmlab-mark button.crmlab-pick.crmlab-chosen::before { content: "✓"; content: "✓" / ""; }
.crmlab .crmlab-mark .crmlab-bar button.crmlab-pick { width: 70%; align-self: center; background: #1f5fa8; border: 0; overflow: visible;
  flex: none; }
.crmlab-mark .crmlab-bar button.crmlab-pick::after { content: ""; position: absolute; left: -20%; right: -20%; bottom: 0; height: 200px; }
.crmlab .crmlab-mark .crmlab-bar button.crmlab-pick:hover { background: #17487f; }
.crmlab .crmlab-mark .crmlab-bar button.crmlab-pick.crmlab-chosen { background: #a35c00; box-shadow: 0 0 0 2px #fff, 0 0 0 5px #1b2330; }
.crmlab-mark .crmlab-bar button.crmlab-pick.crmlab-chosen::before { color: #1b2330; position: absolute; left: 0; right: 0;
  bottom: calc(100% + 1.8em); }
.crmlab-mark .crmlab-under, .crmlab-mark .crmlab-over-column { min-width: 3.4em; overflow: visible; }
.crmlab-mark .crmlab-over-column { min-width: 2.4em; }
.crmlab-mark .crmlab-bar { justify-content: flex-end; overflow: visible; }
.crmlab-mark .crmlab-bar .widget-html, .crmlab-mark .crmlab-under, .crmlab-mark .crmlab-over-column { text-align: center; }
.crmlab-mark .crmlab-bar .widget-html { margin-bottom: 6px; height: auto; z-index: 1; pointer-events: none; }
.crmlab-mark .crmlab-under .widget-html-content, .crmlab-mark .crmlab-over-column .widget-html-content { text-align: center; }
.crmlab-mark .crmlab-across:not(.crmlab-over-column), .crmlab-mark .crmlab-across .widget-html-content { min-width: min-content; }
.crmlab-mark .crmlab-across .widget-html-content { font-weight: 600; }
.crmlab .crmlab-mark .crmlab-cell button.crmlab-pick, .crmlab .crmlab-mark button.crmlab-pick.crmlab-cell { width: 100%; height: 100%;
  max-width: none; min-height: 3.2rem; background: #eef2f7; border: 1px solid #5b6472; }
.crmlab .crmlab-mark button.crmlab-pick.crmlab-cell:hover { background: #dcebfa; }
.crmlab .crmlab-mark button.crmlab-pick.crmlab-cell.crmlab-chosen { background: #fff4e0; border: 3px solid #1b2330; }
.crmlab-mark button.crmlab-cell.crmlab-chosen::before { position: absolute; top: 3px; right: 4px; color: #1b2330; }
.crmlab-mark .crmlab-over { pointer-events: none; align-self: center; height: auto; z-index: 1; padding: 2px 4px; text-align: center; }
.crmlab-mark .crmlab-over .widget-html-content { text-align: center; }
@media (max-width: 600px) {
  .crmlab-mark { padding: 4px 0; }
  .crmlab .crmlab-mark .widget-html-content { font-size: 14px; }
}
</style>"""
# The name of a button is its text, which the style sheet makes invisible: what is to be seen stands over or beside it.


def mark_box(field: Mark, kept: str | None, keep: Callable[[Any], None]) -> w.Widget:
    """The chart with its buttons. ``keep`` is told the key of the bar or cell that was marked."""
    buttons = {value: w.Button() for value in field.values()}

    def draw(chosen: str | None) -> None:
        for value, button in buttons.items():
            name = field.name(value)
            (button.add_class if value == chosen else button.remove_class)("crmlab-chosen")
            button.description = tr(_("{name} (marked)"), name=name) if value == chosen else name

    def press(value: str, _button: Any) -> None:
        draw(value)
        keep(value)

    for value, button in buttons.items():
        button.add_class("crmlab-pick")
        button.on_click(partial(press, value))
    draw(kept)
    chart = _bars(field, buttons) if field.kind == "bars" else _cells(field, buttons)
    children: list[w.Widget] = [w.HTML(STYLE), chart]
    unit = f"({tr(field.unit)})" if field.unit else ""
    if above := " ".join(filter(None, (tr(field.label), tr(field.title), unit))):
        children.insert(1, w.HTML(f"<b>{escape(above)}</b>"))
    whole = w.VBox(children, layout=w.Layout(width="100%"))
    whole.add_class("crmlab-mark")
    return whole


def _bars(field: Mark, buttons: dict[str, w.Button]) -> w.Widget:
    marks = ticks(max(height for _key, _label, height in field.bars))
    scale = HEIGHT / marks[-1]
    # Room for the widest number: one of six digits would run into the value of the first bar.
    side = max(3.4, 0.62 * max(len(short(mark)) for mark in marks) + 1.1)
    children: list[w.Widget] = [_axis(marks, len(field.bars), side)]
    for column, (key, label, height) in enumerate(field.bars, 2):
        buttons[key].layout.height = f"{max(height * scale, 3):.0f}px"
        value = _hidden(short(height))
        bar = w.VBox([value, buttons[key]], layout=w.Layout(grid_area=f"1 / {column}", height=f"{HEIGHT + 48}px"))
        bar.add_class("crmlab-bar")
        under = _hidden(tr(label), layout=w.Layout(grid_area=f"2 / {column}", height="auto", margin="2px"))
        under.add_class("crmlab-under")
        children += [bar, under]
    columns = f"{side:.1f}em repeat({len(field.bars)}, minmax(min-content, 1fr))"
    return w.GridBox(children, layout=w.Layout(grid_template_columns=columns, width="100%", overflow="visible"))


def _axis(marks: list[float], columns: int, side: float) -> w.Widget:
    """Rules behind the bars, and the numbers of the axis at their left ends."""
    lines = ""
    for mark in marks:
        place = f"bottom:{mark / marks[-1] * HEIGHT:.0f}px"
        lines += (
            f'<div style="position:absolute;left:{side - 0.2:.1f}em;right:0;{place};border-top:1px solid {INK if mark == 0 else GRID}"></div>'
            f'<div style="position:absolute;left:0;width:{side - 0.5:.1f}em;text-align:right;{place};transform:translateY(50%)">{short(mark)}</div>'
        )
    html = f'<div aria-hidden="true" style="position:relative;height:{HEIGHT + 48}px">{lines}</div>'
    area = f"1 / 1 / 2 / {columns + 2}"
    return w.HTML(html, layout=w.Layout(grid_area=area, height=f"{HEIGHT + 48}px", margin="0"))


def _cells(field: Mark, buttons: dict[str, w.Button]) -> w.Widget:
    texts = dict(field.texts)
    children: list[w.Widget] = []
    for column, (_key, label) in enumerate(field.columns, 2):
        head = _hidden(tr(label), layout=w.Layout(grid_area=f"1 / {column}", height="auto", margin="2px", align_self="flex-end"))
        head.add_class("crmlab-over-column")
        head.add_class("crmlab-across")
        children.append(head)
    for line, (row, label) in enumerate(field.rows, 2):
        side = _hidden(tr(label), layout=w.Layout(grid_area=f"{line} / 1", height="auto", margin="2px", align_self="center"))
        side.add_class("crmlab-across")
        children.append(side)
        for column, (key, _label) in enumerate(field.columns, 2):
            cell = f"{row}.{key}"
            area = f"{line} / {column}"
            buttons[cell].layout = w.Layout(grid_area=area, width="100%", height="100%")
            buttons[cell].add_class("crmlab-cell")
            children.append(buttons[cell])
            if cell in texts:
                over = _hidden(tr(texts[cell]), layout=w.Layout(grid_area=area))
                over.add_class("crmlab-over")
                children.append(over)
    columns = f"minmax(min-content, auto) repeat({len(field.columns)}, minmax(min-content, 1fr))"
    return w.GridBox(children, layout=w.Layout(grid_template_columns=columns, grid_gap="4px", width="100%"))


def _hidden(text: str, **options: Any) -> w.HTML:
    """Text for the eye: the buttons' names say the same."""
    return w.HTML(f'<span aria-hidden="true">{escape(text)}</span>', **options)
