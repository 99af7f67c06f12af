"""``own_save()``: the workbook and the two pages, written beside the lesson; with names only where they are ticked."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from crmlab.course import own_files, own_results, own_told, panel, tables
from crmlab.course.widgets.clicks import LATE
from crmlab.course.widgets.guard import guarded, sentence, told
from crmlab.course.widgets.shown import Viewed
from crmlab.language import _, tr

if TYPE_CHECKING:
    import ipywidgets as w

    from crmlab.report.gathered import Report


class OwnSave(Viewed):
    """What can be saved: buttons in a notebook, elsewhere of what."""

    def __repr__(self) -> str:
        return own_told.to_be_saved(own_results.kinds())

    def _repr_html_(self) -> str:
        return panel.box("note", repr(self))

    def view(self) -> w.Widget:
        """The widget."""
        import ipywidgets as w

        from crmlab.course.widgets.style import STYLE

        about = w.HTML()
        names = w.Checkbox(value=False, description=tr(_("With names, telephones and mail addresses")), indent=False)
        names.add_class("crmlab-own-with-names")
        saved = w.HTML()
        last: list[tuple[float, Callable[[Report], bytes], str]] = []

        def draw() -> None:
            about.value = panel.paragraph(repr(self))

        def say(number: int, total: int) -> None:
            saved.value = panel.box(
                "note", tr(_("Working: result {number} of {total} ..."), number=number, total=total), status=True
            )

        def save(made: Callable[[Report], bytes], name: str) -> None:
            try:
                from crmlab.report import gathered

                exports, findings = own_results.report(say)
                saved.value = panel.box("note", tr(_("Writing {file} ..."), file=name), status=True)
                saved.value = tables.save_bytes(made(gathered.gathered(exports, findings, names.value)), name).html
                last[:] = [(time.monotonic(), made, name)]
            except Exception as error:  # whatever it is, the page must go on
                saved.value = panel.box("unreadable", told(error), status=True)

        def late(_change: Any) -> None:
            for moment, made, name in last[-1:]:
                if time.monotonic() - moment < LATE:
                    save(made, name)

        names.observe(late, "value")
        book = w.Button(description=tr(_("Save the workbook (Excel)")), icon="table")
        book.on_click(lambda _button: save(_workbook, tr(_("your-customers.xlsx"))))
        two = w.Button(description=tr(_("Save the two pages")), icon="print")
        two.on_click(lambda _button: save(_pages, tr(_("your-customers.html"))))
        for button, name in ((book, "workbook"), (two, "pages")):
            button.layout = w.Layout(width="auto")
            button.add_class(f"crmlab-own-save-{name}")
        for kind in own_files.ASKED:
            own_files.watchers[kind, "save"] = draw
        draw()
        buttons = w.HBox([book, two], layout=w.Layout(flex_flow="row wrap"))
        whole = w.VBox([w.HTML(STYLE), about, names, buttons, saved])
        whole.add_class("crmlab")
        whole.add_class("crmlab-own-save")
        return whole


def _workbook(report: Report) -> bytes:
    from crmlab.report import workbook

    return workbook.made(report)


def _pages(report: Report) -> bytes:
    from crmlab.report import pages

    return pages.made(report).encode("utf-8")


@guarded(sentence)
def own_save() -> OwnSave:
    """Let the workbook and the two pages be saved, of all files of one's own that were chosen, else of the made-up firm. Ends a cell."""
    return OwnSave()
