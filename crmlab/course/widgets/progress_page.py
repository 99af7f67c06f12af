"""The progress page as widgets: the table, and buttons that save it or the certificate."""

from __future__ import annotations

from typing import Any

import ipywidgets as w

from crmlab.course import certificate, panel, progress, tables
from crmlab.course.session import Session
from crmlab.course.widgets.name_box import name_box
from crmlab.course.widgets.shown import VIEW, in_notebook
from crmlab.course.widgets.style import STYLE
from crmlab.course.widgets.together import together
from crmlab.language import _, tr


class ProgressPage(panel.Html):
    """The page; in a notebook with its buttons."""

    def __init__(self, session: Session) -> None:
        page = progress.html(session)
        super().__init__(page.html, page.plain)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        bundle: dict[str, Any] = {"text/plain": repr(self), "text/html": self.html}
        if in_notebook():
            with together():
                view = _view(self.html)
            bundle[VIEW] = {"version_major": 2, "version_minor": 0, "model_id": view.model_id}
        return bundle


def _view(page: str) -> w.Widget:
    told = w.HTML()
    buttons = [
        _button(
            _("Save as a table (CSV)"),
            "table",
            "crmlab-save-csv",
            told,
            lambda: tables.save(progress.table(), "progress.csv"),
        ),
        _button(
            _("Save all my answers (JSON)"),
            "download",
            "crmlab-save-json",
            told,
            lambda: tables.save_text(progress.content(), "progress.json"),
        ),
    ]
    standings = progress.of_course()
    rows: list[w.Widget] = [w.HTML(STYLE), w.HTML(page), w.HBox(buttons, layout=w.Layout(flex_flow="row wrap"))]
    if progress.earned(standings):
        name = name_box()
        made = _button(
            _("Make the certificate"),
            "certificate",
            "crmlab-certificate",
            told,
            lambda: certificate.save(
                name.value, progress.certified(), progress.results(standings)
            ),
        )
        rows.append(w.HBox([name, made], layout=w.Layout(flex_flow="row wrap")))
    else:
        need = tr(_("With {share} of all points you can print a certificate here."), share=f"{certificate.PASS:.0%}")
        rows.append(w.HTML(panel.paragraph(need)))
    whole = w.VBox([*rows, told])
    whole.add_class("crmlab")
    whole.add_class("crmlab-progress")
    return whole


def _button(text: str, icon: str, name: str, told: w.HTML, act: Any) -> w.Button:
    made = w.Button(description=tr(text), icon=icon, layout=w.Layout(width="auto"))
    made.add_class(name)
    made.on_click(lambda _button: setattr(told, "value", act().html))
    return made
