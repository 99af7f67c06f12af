"""``own_result("rfm")``: a result in sentences, what its test says, as a table and as a chart; masked until somebody wants the names."""

from __future__ import annotations

import base64
import io
from html import escape
from typing import TYPE_CHECKING, Any

from crmlab.course import own_results, panel, tables
from crmlab.course.own_results import Found
from crmlab.course.widgets.guard import guarded, sentence
from crmlab.course.widgets.shown import Viewed
from crmlab.language import _, tr
from crmlab.own import Result

if TYPE_CHECKING:
    import ipywidgets as w

ROWS = 15


class OwnResult(Viewed):
    """A result on display: with a switch for the names in a notebook, elsewhere masked."""

    def __init__(self, found: Found) -> None:
        self.found = found

    def __repr__(self) -> str:
        result = self.found.shown()
        if result is None:
            return self.found.why_not
        verdict = [] if result.test is None else [tr(own_results.VERDICTS[result.test.verdict][1]), str(result.test.says)]
        return "\n".join([str(result.title), *map(str, result.says), *verdict])

    def _repr_html_(self) -> str:
        return "".join(parts(self.found))

    def view(self) -> w.Widget:
        """The widget."""
        import ipywidgets as w

        from crmlab.course.widgets.style import STYLE, visible

        said, listed, drawn = w.HTML(), w.HTML(), w.HTML()
        names = w.Checkbox(value=False, description=tr(_("Show the names on this screen")), indent=False)
        names.add_class("crmlab-own-names")
        visible(names, self.found.personal())

        def draw(_change: Any = None) -> None:
            said.value, listed.value, drawn.value = parts(self.found, names.value)

        names.observe(draw, "value")
        draw()
        whole = w.VBox([w.HTML(STYLE), said, names, listed, drawn])
        whole.add_class("crmlab")
        whole.add_class(f"crmlab-own-result-{self.found.name}")
        return whole


def parts(found: Found, names: bool = False) -> tuple[str, str, str]:
    """What is said, with the verdict of the test, the tables and the chart, as HTML; of what is not possible why."""
    whose = tr(_("your file {file}"), file=found.export.file.name) if found.own else tr(_("the made-up firm"))
    result = found.shown(names)
    if result is None:
        return panel.box("unreadable", tr(_("Not possible with {whose}"), whose=whose), panel.paragraph(found.why_not)), "", ""
    return _said(result, whose), _listed(result), _drawn(result)


def _said(result: Result, whose: str) -> str:
    head = f'<div style="font-weight:600">{escape(str(result.title))} <span style="font-weight:normal">({escape(whose)})</span></div>'
    body = head + "".join(panel.paragraph(str(line)) for line in result.says)
    if result.test is None:
        return body
    look, says = own_results.VERDICTS[result.test.verdict]
    more = "" if result.test.table is None else tables.show(result.test.table, tr(_("The test in numbers"))).html
    return body + panel.box(look, tr(says), panel.paragraph(str(result.test.says))) + more


def _listed(result: Result) -> str:
    formats = dict(result.formats)
    return "".join(tables.show(table, title, rows=ROWS, formats=formats).html for title, table in own_results.tables(result))


def _drawn(result: Result) -> str:
    """The chart, as a picture with words for those who do not see it; empty where there is none."""
    try:
        from crmlab.plots import own
    except ImportError:
        return ""
    axes = own.draw(result)
    if axes is None:
        return ""
    from matplotlib import pyplot

    file = io.BytesIO()
    axes.figure.savefig(file, format="png", bbox_inches="tight")
    pyplot.close(axes.figure)
    alt = " ".join([str(result.title), *map(str, result.says[:1])])
    data = base64.b64encode(file.getvalue()).decode()
    return f'<img src="data:image/png;base64,{data}" alt="{escape(alt)}" style="max-width:100%;height:auto">'


@guarded(sentence)
def own_result(name: str) -> OwnResult | panel.Html:
    """A result in the chosen file, by its name ("rfm", "leaving", "forecast" ...), with what the firm's own past says of it. Ends a cell."""
    if name not in own_results.KIND_OF:
        there = ", ".join(f'"{one}"' for one in own_results.KIND_OF)
        return sentence(tr(_("There is no such result. There are: {there}."), there=there))
    return OwnResult(own_results.find(name))
