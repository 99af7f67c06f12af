"""An exercise as it stands on a slide: what is asked, to be read aloud, and for the speaker the worked answers."""

from __future__ import annotations

from html import escape
from typing import Any

from crmlab.course import session
from crmlab.course.exercise import Exercise
from crmlab.course.form import Choice, Entry, Field, Form, Mark, Order, Row, Slider, Tick
from crmlab.course.lessons import Lesson
from crmlab.course.roleplay.scripts import Script
from crmlab.course.yamlfile import said
from crmlab.language import _, tr


def html(made: Exercise) -> str:
    """What an exercise asks, in blocks of HTML that may stand on several slides."""
    form = made.form()
    if isinstance(form, Script):
        return _talk(form)
    if not isinstance(form, Form):
        return f'<p class="live">{escape(tr(_("This is done in the lesson itself.")))}</p>'
    parts = [f"<p>{escape(tr(form.intro))}</p>"] if form.intro else []
    common = _common(form)
    if common:
        parts.append(f'<p class="options">{escape(tr(_("Choose for each:")))} {_options(common)}</p>')
    rows = "".join(f"<li>{_row(row, bool(common))}</li>" for row in form.rows)
    # Many prompts bring a number of their own.
    kind = "ul" if all(tr(row.prompt)[:1].isdigit() for row in form.rows) else "ol"
    return "".join([*parts, f'<{kind} class="asked">{rows}</{kind}>'])


def answers(made: Exercise, lesson: Lesson) -> tuple[list[tuple[str, str]], str]:
    """The worked answers as prompts and answers in words, of a talk the line that helps most at each turn; and the code, where the
    worked edition answers in code. Empty if there are none."""
    form = made.form()
    if isinstance(form, Script):
        return _best(form), ""
    if form is not None and made.worked:
        return form.describe(made.worked()), ""
    code = session.worked_code(lesson, made.id)
    literal = session.answer_literal(code)
    if form is not None and literal is not None:
        return form.describe(literal), ""
    # An exam is answered by a number of its own.
    return [], "" if code.startswith("answer(") else code


def _common(form: Form) -> tuple[tuple[str, str], ...]:
    """The options that every row has alike; empty if they differ."""
    fields = [field for row in form.rows for field in row.fields]
    if len(fields) < 3 or not all(isinstance(one, Choice) for one in fields):
        return ()
    options = {one.options for one in fields if isinstance(one, Choice)}
    return options.pop() if len(options) == 1 else ()


def _options(options: tuple[tuple[str, str], ...]) -> str:
    return " ".join(f"<span>{escape(tr(label))}</span>" for _value, label in options)


def _row(row: Row, common: bool) -> str:
    prompt = f"<q>{escape(tr(row.prompt))}</q>" if row.quote else escape(tr(row.prompt))
    shown = [] if common else [text for one in row.fields if (text := _field(one))]
    return prompt + "".join(f'<div class="options">{text}</div>' for text in shown)


def _field(one: Field) -> str:
    label = f"{escape(tr(one.label))} " if one.label else ""
    if isinstance(one, Choice):
        return label + _options(one.options)
    if isinstance(one, Order):
        return label + _options(one.items)
    if isinstance(one, Mark):
        return label + " ".join(f"<span>{escape(one.name(value))}</span>" for value in one.values())
    if isinstance(one, Tick):
        return f"☐ {escape(tr(one.label))}"
    if isinstance(one, Entry | Slider):
        return f"{label}<span>……</span> {escape(tr(one.unit))}"
    return label


def _talk(script: Script) -> str:
    first = script.node(str(script.source["start"]))
    lines = "".join(f"<li>{escape(said(one['text']))}</li>" for one in script.choices(str(script.source["start"])))
    return (
        f"<p>{escape(said(script.source['setting']))}</p><p><b>{escape(tr(_('{who}:'), who=said(script.source['customer'])))}</b> "
        f"<q>{escape(said(first['says']))}</q></p><p>{escape(tr(_('What do you say?')))}</p><ol class=\"asked\">{lines}</ol>"
    )


def _best(script: Script) -> list[tuple[str, str]]:
    state, found = script.first(), []
    while choices := script.choices(state.node):
        best: Any = max(choices, key=lambda one: (one.get("mood", 0) + one.get("trust", 0), bool(one.get("step"))))
        found.append((said(script.node(state.node)["says"]), said(best["text"])))
        state = script.take(state, best)
    return found
