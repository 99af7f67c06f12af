"""Questions of the bank as widgets: the rows of a form, with the story of a case before its question."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import ipywidgets as w

from crmlab.course.bank import asking
from crmlab.course.bank.asking import Question
from crmlab.course.widgets.form import FormView

LOOK = """<style>
.crmlab .crmlab-asked .crmlab-row { padding: .6em 0; }
.crmlab .crmlab-asked .crmlab-row > .widget-html:first-child { flex: 1 1 100% !important; font-weight: 600; }
.crmlab .crmlab-asked .crmlab-row > .widget-box { flex: 1 1 100% !important; max-width: 100%; min-width: 0; }
.crmlab .crmlab-asked .widget-dropdown { flex: 1 1 100%; flex-flow: row wrap; width: 100% !important; height: auto; align-items: baseline; }
.crmlab .crmlab-asked .widget-dropdown > .widget-label { flex: 0 1 24em; text-align: left; max-width: 100%; }
.crmlab .crmlab-asked .widget-dropdown > select { flex: 0 1 auto; min-width: 0; max-width: 100%; }
.crmlab .crmlab-asked .crmlab-story { padding-top: .6em; }
</style>"""


def asked_rows(view: FormView, questions: Sequence[Question]) -> list[w.Widget]:
    """The rows of a form that asks these questions, one each, each with its story; without the form's button."""
    rows: list[w.Widget] = [w.HTML(LOOK)]
    for row, question in zip(view.widgets, questions, strict=False):
        if text := asking.story(question):
            told = w.HTML(f'<p style="margin:0">{escape(text)}</p>')
            told.add_class("crmlab-story")
            rows.append(told)
        rows.append(row)
    return rows
