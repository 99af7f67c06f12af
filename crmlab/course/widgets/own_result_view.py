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

if TYPE_CHECKING:
    import ipywidgets as w

ROWS = 15


class OwnResult(Viewed):
    """A result on display: with a switch for the names in a notebook, elsewhere masked."""

    def __init__(self, found: Found) -> None:
        self.found = found

    def __repr__(self) -> str:
        result = self.found.result
        if result is None:
            return self.found.why_not
        verdict = [] if result.test is None else [tr(own_results.VERDICTS[result.test.verdict][1]), str(result.test.says)]
        return "\n".join([str(result.title), *map(str, result.says), *verdict])

    def _repr_html_(self) -> str:
        return said(self.found) + listed(self.found) + drawn(self.found)

    def view(self) -> w.Widget:
        """The widget."""
        import ipywidgets as w

        from crmlab.course.widgets.style import STYLE, visible

        table = w.HTML(listed(self.found))
        names = w.Checkbox(value=False, description=tr(_("Show the names on this screen")), indent=False)
        names.add_class("crmlab-own-names")
        visible(names, self.found.personal())

        def switch(change: Any) -> None:
            table.value = listed(self.found, change["new"])

        names.observe(switch, "value")
        whole = w.VBox([w.HTML(STYLE + said(self.found)), names, table, w.HTML(drawn(self.found))])
        whole.add_class("crmlab")
        whole.add_class(f"crmlab-own-result-{self.found.name}")
        return whole


def said(found: Found) -> str:
    """Title, sentences, and the verdict of the test; or why there is no such result."""
    whose = tr(_("your file {file}"), file=found.export.file.name) if found.own else tr(_("the made-up firm"))
    if found.result is None:
        return panel.box("unreadable", tr(_("Not possible with {whose}"), whose=whose), panel.paragraph(found.why_not))
    result = found.result
    head = f'<div style="font-weight:600">{escape(str(result.title))} <span style="font-weight:normal">({escape(whose)})</span></div>'
    body = head + "".join(panel.paragraph(str(line)) for line in result.says)
    if result.test is None:
        return body
    look, says = own_results.VERDICTS[result.test.verdict]
    more = "" if result.test.table is None else tables.show(result.test.table).html
    return body + panel.box(look, tr(says), panel.paragraph(str(result.test.says)) + more)


def listed(found: Found, names: bool = False) -> str:
    """The tables of a result."""
    if found.result is None:
        return ""
    return "".join(
        tables.show(table, title, rows=ROWS, formats=dict(found.result.formats)).html for title, table in found.tables(names).items()
    )


def drawn(found: Found) -> str:
    """The chart of a result, as a picture with words for those who do not see it; empty where there is none."""
    if found.result is None:
        return ""
    from crmlab.plots import own

    axes = own.draw(found.result)
    if axes is None:
        return ""
    from matplotlib import pyplot

    file = io.BytesIO()
    axes.figure.savefig(file, format="png", dpi=110, bbox_inches="tight")
    pyplot.close(axes.figure)
    alt = " ".join([str(found.result.title), *map(str, found.result.says[:1])])
    data = base64.b64encode(file.getvalue()).decode()
    return f'<img src="data:image/png;base64,{data}" alt="{escape(alt)}" style="max-width:100%;height:auto">'


@guarded(sentence)
def own_result(name: str) -> OwnResult | panel.Html:
    """A result in the chosen file, by its name ("rfm", "leaving", "forecast" ...), with what the firm's own past says of it. Ends a cell."""
    if name not in own_results.KIND_OF:
        there = ", ".join(f'"{one}"' for one in own_results.KIND_OF)
        return sentence(tr(_("There is no such result. There are: {there}."), there=there))
    return OwnResult(own_results.find(name))
