"""A click exercise as widgets: each change is kept at once, the button judges."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from html import escape
from typing import Any

import ipywidgets as w

from crmlab.course.answering import Answering
from crmlab.course.exercise import Feedback
from crmlab.course.form import CHOOSE, Choice, Entry, Field, Form, Line, Mark, Order, Row, Slider, Tick
from crmlab.course.palette import colour
from crmlab.course.widgets.clicks import LATE
from crmlab.course.widgets.line import LineBox
from crmlab.course.widgets.mark import mark_box
from crmlab.course.widgets.order import order_box
from crmlab.course.widgets.slider import slider_box
from crmlab.language import _, tr


class FormView:
    """The widgets of a form. ``tell`` is called with each new feedback, ``changed`` after each answer that was kept."""

    def __init__(
        self,
        answers: Answering,
        form: Form,
        tell: Callable[[Feedback], None] = lambda _given: None,
        changed: Callable[[], None] = lambda: None,
    ) -> None:
        self._answers = answers
        self._form = form
        self._tell = tell
        self._changed = changed
        self._kept = answers.fields()
        self._typed = answers.typed()
        self._marks: dict[str, w.HTML] = {}
        self._lines: list[LineBox] = []
        self._checked = -LATE
        self._live = w.HTML()
        rows = [self._row(row) for row in form.rows]
        self._button = w.Button(description=tr(_("Check")), button_style="primary", icon="check")
        self._button.add_class("crmlab-check")
        self._button.on_click(self._check)
        self.widgets: list[w.Widget] = [*rows]
        if form.intro:
            self.widgets.insert(0, w.HTML("<p>" + escape(tr(form.intro)).replace("\n", "<br>") + "</p>"))
        if form.live:
            self.widgets.append(self._live)
            self._draw_live()
        self.widgets.append(self._button)
        self._unread()
        if self._kept:
            self._mark(answers.feedback())

    def _row(self, row: Row) -> w.Widget:
        mark = w.HTML(layout=w.Layout(flex="1 1 100%", margin="0"))
        for field in row.fields:
            self._marks[field.key] = mark
        fields = [self._field(field, row) for field in row.fields]
        first = row.fields[0] if row.fields else None
        alone = len(row.fields) == 1 and isinstance(first, Choice) and first.style == "radio" and not first.label
        # A list without a label of its own takes what is asked as its label.
        asked = len(row.fields) == 1 and isinstance(first, Choice) and first.style == "dropdown" and not first.label
        prompt = escape(tr(row.prompt)).replace("\n", "<br>")
        text = f"<i>“{prompt}”</i>" if row.quote else prompt
        many = any(isinstance(field, Tick | Order | Mark | Line) for field in row.fields)
        fields_box: w.Widget = (
            w.VBox(fields, layout=w.Layout(flex="1 1 100%"))
            if many
            else w.Box(
                fields,
                # A gap: with a margin to its right a wide list would stick out of a narrow page.
                layout=w.Layout(flex_flow="row wrap", flex="1 1 100%" if asked else "0 1 auto", max_width="100%", grid_gap="0 1em"),
            )
        )
        said = w.HTML(f"<b>{text}</b>" if many else text, layout=w.Layout(flex="1 1 auto", max_width="100%", margin="0"))
        children = [fields_box, mark] if asked or (alone and not row.quote) else [said, fields_box, mark]
        box = w.Box(children, layout=w.Layout(flex_flow="row wrap", align_items="center", overflow="visible"))
        box.add_class("crmlab-row")
        return box

    def _field(self, field: Field, row: Row) -> w.Widget:
        kept = self._kept.get(field.key)
        made: w.Widget
        if isinstance(field, Choice) and field.style == "radio":
            options = [(tr(label), value) for value, label in field.options]
            made = w.RadioButtons(options=options, value=kept, description=tr(field.label or row.prompt))
            made.layout.width = "auto"
        elif isinstance(field, Choice):
            options = [(tr(CHOOSE), ""), *((tr(label), value) for value, label in field.options)]
            said = tr(field.label) or (f"“{tr(row.prompt)}”" if row.quote else tr(row.prompt))
            made = w.Dropdown(options=options, value=kept or "", description=said)
            made.layout = w.Layout(width="auto", max_width="100%", margin="2px 0")
            if not field.label:  # what is asked is the label: a whole sentence, which must wrap
                made.layout = w.Layout(width="100%", margin="2px 0")
                made.add_class("crmlab-sentence")
        elif isinstance(field, Tick):
            made = w.Checkbox(value=bool(kept), description=tr(field.label), indent=False)
        elif isinstance(field, Entry):
            return self._entry(field)
        elif isinstance(field, Line):
            line = LineBox(field, kept, partial(self._keep, field))
            line.widget.add_class(f"crmlab-field-{field.key.replace('.', '-')}")
            self._lines.append(line)
            return line.widget
        elif isinstance(field, Order | Mark):
            keep = partial(self._keep, field)
            made = order_box(field, kept, keep) if isinstance(field, Order) else mark_box(field, kept, keep)
            made.add_class(f"crmlab-field-{field.key.replace('.', '-')}")
            return made
        else:
            value = field.start if kept is None else kept
            return slider_box(field, value, partial(self._keep, field))
        made.style.description_width = "initial"
        made.add_class(f"crmlab-field-{field.key.replace('.', '-')}")
        made.observe(lambda change: self._keep(field, change["new"]), "value")
        return made

    def _entry(self, field: Entry) -> w.Widget:
        made = w.Text(value=field.typed(self._typed.get(field.key)), description=tr(field.label), continuous_update=True)
        made.style.description_width = "initial"
        made.layout = w.Layout(width="16em", max_width="100%")
        made.add_class(f"crmlab-field-{field.key.replace('.', '-')}")
        made.observe(lambda change: self._keep(field, change["new"]), "value")
        return w.HBox([made, w.HTML(escape(tr(field.unit)))], layout=w.Layout(align_items="center"))

    def _keep(self, field: Field, raw: Any) -> None:
        value = field.read(raw)
        # A number is kept as it was typed, understood or not: the trainee finds it again.
        typed = (field.typed(raw).strip() or None) if isinstance(field, Entry) else value
        self._typed[field.key] = typed
        self._answers.set_field(field.key, typed)
        self._changed()
        if value is None:
            self._kept.pop(field.key, None)
        else:
            self._kept[field.key] = value
        if field.key in self._marks:
            self._marks[field.key].value = ""
            self._unread()
        self._draw_live()
        if time.monotonic() - self._checked < LATE:  # it is judged again, and no try is counted
            self._show(self._answers.check(count=False))

    def _unread(self) -> None:
        """Say beside a number, as soon as it stands there, that it is not understood: an exam tells nothing more."""
        for key, said in self._form.unread(self._typed).items():
            if not str(self._typed[key]).rstrip().endswith(_UNDER_WAY):
                self._marks[key].value = _beside("?", "warn-sign", said)

    def _draw_live(self) -> None:
        if self._form.live is None:
            return
        starts = {field.key: field.start for field in self._form.fields() if isinstance(field, Slider)}
        lines = self._form.live({**starts, **self._kept})
        self._live.value = "".join(f"<div>{escape(line)}</div>" for line in lines)

    def _check(self, _button: Any) -> None:
        self._show(self._answers.check())
        self._checked = time.monotonic()

    def _show(self, given: Feedback) -> None:
        self._mark(given)
        self._tell(given)

    def _mark(self, given: Feedback) -> None:
        """Beside each row: a sign, and for a quiz or a wrong answer the sentence."""
        for line in self._lines:
            line.show()
        rows: dict[int, tuple[w.HTML, list[Any]]] = {}
        for one in given.cases:
            if mark := self._marks.get(one.key):
                rows.setdefault(id(mark), (mark, []))[1].append(one)
        for mark, cases in rows.values():
            unread = [one.text() for one in cases if one.unread]
            if all(one.open for one in cases):
                mark.value = _beside("?", "warn-sign", " ".join(unread)) if unread else ""
                continue
            ok = all(one.ok for one in cases)
            sign, ink = ("✓", "good-sign") if ok else ("△", "warn-sign")
            texts = dict.fromkeys(text for one in cases if one.ok == ok and not one.open and (text := one.text()))
            mark.value = _beside(sign, ink, " ".join([*texts, *unread]))


_UNDER_WAY = ("-", "+", ",", ".", "，", "。", "−", "–")
"""How the text of a number may end while it is being typed."""


def _beside(sign: str, ink: str, text: str) -> str:
    return (
        f'<span style="color:{colour(ink)};font-weight:600">{sign}</span> '
        f'<span style="color:var(--jp-content-font-color1,#1b2330)">{escape(text)}</span>'
    )
