"""``calculator("recovery")``: sliders, and below them the result in words, as a chart and as a line of code."""

from __future__ import annotations

from functools import partial
from html import escape
from typing import TYPE_CHECKING

from crmlab.course import panel, session
from crmlab.course.palette import colour
from crmlab.course.state import Record, Store
from crmlab.course.widgets.guard import guarded, sentence
from crmlab.course.widgets.shown import Viewed
from crmlab.course.widgets.style import STYLE
from crmlab.language import _, tr

if TYPE_CHECKING:
    import ipywidgets as w

    from crmlab.course.calculators import Calculator, Result

CODE = (
    'style="white-space:pre-wrap;overflow-wrap:anywhere;word-break:normal;padding:.5em .8em;margin:.3em 0;'
    f'background:{colour("note")};color:{colour("ink")}"'
)


class Shown(Viewed):
    """A calculator on display: widgets in a notebook, its first result elsewhere. ``repr`` is the result in words."""

    def __init__(self, made: Calculator, store: Store) -> None:
        self.made = made
        self.store = store

    def values(self) -> dict[str, float]:
        """Where the sliders stand: as they were left in this lesson, else where they start."""
        kept = self.store.record(_id(self.made)).get("fields")
        kept = kept if isinstance(kept, dict) else {}
        return self.made.values(kept)

    def __repr__(self) -> str:
        result = self.made.result(self.values())
        return "\n".join([tr(self.made.title), *result.lines, *filter(None, (result.problem, result.code))])

    def _repr_html_(self) -> str:
        values = self.values()
        given = (f"{tr(one.label)}: {one.show(values[one.key])}" for one in self.made.sliders)
        body = _intro(self.made) + panel.bullets(given) + result_html(self.made.result(values)) + _caveat(self.made)
        return f"<div>{body}</div>"

    def view(self) -> w.Widget:
        """The widgets."""
        import ipywidgets as w

        from crmlab.course.widgets.slider import slider_box
        from crmlab.course.widgets.trouble import trouble_line

        values, drawn = self.values(), w.HTML()

        def draw() -> None:
            drawn.value = result_html(self.made.result(values))

        def changed(key: str, value: float) -> None:
            values[key] = value
            draw()
            self.store.change(_id(self.made), lambda record: _keep(record, key, value))

        rows = []
        for one in self.made.sliders:
            row = slider_box(one, values[one.key], partial(changed, one.key))
            row.add_class("crmlab-row")
            rows.append(row)
        draw()
        whole = w.VBox([w.HTML(STYLE + _intro(self.made)), *rows, drawn, trouble_line(self.store), w.HTML(_caveat(self.made))])
        whole.add_class("crmlab")
        whole.add_class(f"crmlab-calculator-{self.made.name}")
        return whole


@guarded(sentence)
def calculator(name: str) -> Shown | panel.Html:
    """A calculator with sliders, by name: recovery, discount, funnel, clv, order. Ends a cell.

    The sliders stand where they were left in the open lesson. A name that does not exist gives a sentence.

    >>> calculator("clv")
    Customer lifetime value, the simple formula
    A customer is worth 267 today: the sum of all coming margins.
    With 85% staying instead of 80% it would be 340.
    from crmlab import clv; clv.simple(100, retention=0.8, discount=0.1)
    """
    from crmlab.course.calculators import CALCULATORS

    made = CALCULATORS.get(name) if isinstance(name, str) else None
    if made is None:
        there = ", ".join(f'"{one}"' for one in CALCULATORS)
        text = tr(_("There is no calculator of this name. There are: {there}."), there=there)
        return panel.Html(panel.box("unreadable", text), text)
    opened = session.opened()
    return Shown(made, opened.store if opened else Store(None))


def result_html(result: Result) -> str:
    """The result in words, the chart, and the line of code; or what is wrong with the numbers."""
    if result.problem:
        return panel.box("unreadable", result.problem)
    first, *more = result.lines
    words = f'<p style="margin:.2em 0;font-weight:600">{escape(first)}</p>' + "".join(map(panel.paragraph, more))
    code = f"<div>{escape(tr(_('The same in one line of code:')))}</div><pre {CODE}><code>{escape(result.code)}</code></pre>"
    return f'<div role="status" aria-live="polite">{words}</div>{result.chart}{code}'


def _intro(made: Calculator) -> str:
    return f'<div style="font-weight:600">{escape(tr(made.title))}</div>{panel.paragraph(tr(made.intro))}'


def _caveat(made: Calculator) -> str:
    return panel.box("note", tr(_("How far this holds")), panel.paragraph(tr(made.caveat)))


def _id(made: Calculator) -> str:
    return f"calculator {made.name}"


def _keep(record: Record, key: str, value: float) -> None:
    fields = record.get("fields")
    record["fields"] = {**(fields if isinstance(fields, dict) else {}), key: value}
