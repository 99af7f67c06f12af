"""``own_result("rfm")``: a result in sentences, what its test says, as a table and as a chart; masked until somebody wants the names."""

from __future__ import annotations

import base64
from html import escape
from typing import TYPE_CHECKING, Any

from crmlab.course import own_results, panel, tables
from crmlab.course.own_results import Found
from crmlab.course.widgets.guard import guarded, sentence
from crmlab.course.widgets.shown import Viewed
from crmlab.language import _, tr
from crmlab.own import Result
from crmlab.own.backtesting import columns, verdicts

if TYPE_CHECKING:
    import ipywidgets as w
    import pandas as pd

ROWS = 12
WIDTH = "46em"


class OwnResult(Viewed):
    """A result on display: with a switch for the names in a notebook, elsewhere masked."""

    def __init__(self, found: Found) -> None:
        self.found = found

    def __repr__(self) -> str:
        result = self.found.shown()
        if result is None:
            return self.found.why_not
        verdict = [] if result.test is None else [tr(verdicts.SAYS[result.test.verdict]), str(result.test.says)]
        return "\n".join([str(result.title), *map(str, result.says), *verdict])

    def _repr_html_(self) -> str:
        return "".join(parts(self.found))

    def view(self) -> w.Widget:
        """The widget."""
        import ipywidgets as w

        from crmlab.course.widgets.style import STYLE, visible

        said, rest = w.HTML(), w.HTML()
        names = w.Checkbox(value=False, description=tr(_("Show the names on this screen")), indent=False)
        names.add_class("crmlab-own-names")
        visible(names, self.found.personal())

        def draw(_change: Any = None) -> None:
            said.value, rest.value = parts(self.found, names.value)

        names.observe(draw, "value")
        draw()
        whole = w.VBox([w.HTML(STYLE), said, names, rest])
        whole.add_class("crmlab")
        whole.add_class(f"crmlab-own-result-{self.found.name}")
        return whole


def parts(found: Found, names: bool = False) -> tuple[str, str]:
    """What is said with the verdict of the test, and table, chart and further tables, as HTML; of what is not possible why."""
    whose = tr(_("your file {file}"), file=found.export.file.name) if found.own else tr(_("the made-up firm"))
    result = found.shown(names)
    if result is None:
        return panel.box(
            "unreadable", tr(_("Not possible with {whose}"), whose=whose), panel.paragraph(found.why_not)
        ), ""
    return _said(result, whose), _table(result.table, result, not names) + _drawn(result) + _more(result, not names)


def _said(result: Result, whose: str) -> str:
    head = f'<div style="font-weight:600">{escape(str(result.title))} <span style="font-weight:normal">({escape(whose)})</span></div>'
    body = head + "".join(panel.paragraph(str(line)) for line in result.says)
    if result.test is None:
        return body
    look, says = own_results.LOOKS[result.test.verdict], verdicts.SAYS[result.test.verdict]
    return body + panel.box(look, tr(says), panel.paragraph(str(result.test.says)))


def _more(result: Result, masked: bool) -> str:
    """Further tables, and the test in numbers, each behind its title."""
    further = {columns.heading(name): table for name, table in result.more.items()}
    if result.test is not None and result.test.table is not None:
        further[tr(_("The test in numbers"))] = result.test.table
    return "".join(
        f'<details style="margin:.4em 0"><summary style="cursor:pointer;padding:.3em 0">{escape(title)}</summary>{_table(table, result, masked)}</details>'
        for title, table in further.items()
    )


def _table(table: pd.DataFrame, result: Result, masked: bool) -> str:
    if table.empty:
        return ""
    shown, formats = own_results.shown(table, result.formats, masked)
    return tables.show(shown, rows=ROWS, formats=formats).html


def _drawn(result: Result) -> str:
    """The chart, as a picture with words for those who do not see it; empty where there is none."""
    from crmlab.report import pictures

    picture = pictures.png(result)
    if picture is None:
        return ""
    alt = " ".join([str(result.title), *map(str, result.says[:1])])
    data = base64.b64encode(picture).decode()
    return (
        f'<img src="data:image/png;base64,{data}" alt="{escape(alt)}" style="width:{WIDTH};max-width:100%;height:auto">'
    )


@guarded(sentence)
def own_result(name: str) -> OwnResult | panel.Html:
    """A result in the chosen file, by its name ("rfm", "leaving", "forecast" ...), with what the firm's own past says of it. Ends a cell."""
    if not isinstance(name, str) or name not in own_results.KIND_OF:
        there = ", ".join(f'"{one}"' for one in own_results.KIND_OF)
        return sentence(tr(_("There is no such result. There are: {there}."), there=there))
    return OwnResult(own_results.find(name))
