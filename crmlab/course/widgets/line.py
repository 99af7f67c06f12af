"""A sentence to be typed: after "Check" what was found is marked in it, what was not is asked."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from html import escape
from typing import Any

import ipywidgets as w

from crmlab.course import typed
from crmlab.course.form import REASON, Line
from crmlab.course.typed import Look
from crmlab.course.widgets.style import visible
from crmlab.language import _, tr

STYLE = """<style>
.crmlab .crmlab-line .widget-textarea, .crmlab .crmlab-line .widget-text { margin: 2px 0; max-width: 100%; }
.crmlab .crmlab-line .widget-text { flex-flow: row wrap; height: auto; }
.crmlab .crmlab-line .widget-text > .widget-label { flex: 0 1 auto; width: auto !important; }
.crmlab .crmlab-line .widget-text > input { flex: 1 1 14em; min-width: 0; }
.crmlab .crmlab-line textarea, .crmlab .crmlab-line input { box-sizing: border-box; font-family: inherit; }
.crmlab .crmlab-line textarea { font-size: var(--jp-content-font-size1, 14px); line-height: 1.45; min-height: 4.4em; }
.crmlab .crmlab-line .widget-textarea { width: 100%; flex-flow: column nowrap; height: auto; }
.crmlab .crmlab-line .widget-textarea > .widget-label { width: 100% !important; text-align: left; }
.crmlab .crmlab-line mark { background: var(--crmlab-good); color: var(--crmlab-ink); padding: 0 .15em; border-bottom: 2px solid var(--crmlab-good-sign); }
.crmlab .crmlab-line mark.crmlab-not { background: var(--crmlab-warn); border-bottom: 2px dashed var(--crmlab-warn-sign); }
</style>"""


class LineBox:
    """The box, what was found in it, and for each criterion that was not a place to say that it is there."""

    def __init__(self, field: Line, kept: dict[str, Any] | None, keep: Callable[[Any], None]) -> None:
        self._field, self._keep = field, keep
        self._claims: dict[str, str] = dict(kept["claims"]) if kept else {}
        self._text = w.Textarea(
            value=kept["text"] if kept else "",
            description=tr(field.label) or tr(_("What do you say?")),
            layout=w.Layout(width="100%"),
        )
        self._text.style.description_width = "initial"
        self._text.observe(lambda _change: self._changed(), "value")
        self._found = w.HTML()
        self._reasons = {name: self._reason(name) for name in field.criteria}
        self._models = w.HTML()
        children = [w.HTML(STYLE), self._text, self._found, *self._reasons.values(), self._models]
        self.widget = w.VBox(children, layout=w.Layout(width="100%"))
        self.widget.add_class("crmlab-line")
        for box in self._reasons.values():
            visible(box, False)

    def _reason(self, name: str) -> w.Text:
        box = w.Text(value=self._claims.get(name, ""), layout=w.Layout(width="100%"), continuous_update=False)
        box.style.description_width = "initial"
        box.observe(partial(self._claim, name), "value")
        return box

    def _claim(self, name: str, change: Any) -> None:
        self._claims[name] = str(change["new"])[:REASON]
        self._changed()

    def _changed(self) -> None:
        self._keep({"text": self._text.value, "claims": {name: why for name, why in self._claims.items() if why.strip()}})

    def show(self) -> None:
        """Show what is found in the line as it stands; nothing for an empty one."""
        value = self._field.read({"text": self._text.value, "claims": self._claims})
        if value is None:
            self._found.value = self._models.value = ""
            return
        looks = typed.looks(self._field, value)
        self._found.value = _marked(value["text"], looks) + "".join(map(_line, looks))
        for look in looks:
            box = self._reasons[look.criterion.id]
            name = tr(look.criterion.name)
            says = _("It is not so (“{name}”), because:") if look.criterion.avoid else _("It is there (“{name}”), because:")
            box.description = tr(says, name=name)
            visible(box, not look.met)
        if self._field.models:
            lines = "".join(f"<li>“{escape(tr(one))}”</li>" for one in self._field.models)
            self._models.value = f"<p>{escape(tr(_('How others say it:')))}</p><ul>{lines}</ul>"


def _marked(text: str, looks: list[Look]) -> str:
    """The trainee's words with what was found set off; the name of the criterion follows in brackets."""
    at = sorted((start, end, look) for look in looks for start, end in look.spans) if looks else []
    out, done = [], 0
    for start, end, look in sorted(at, key=lambda one: one[:2]):
        if start < done:
            continue
        kind = ' class="crmlab-not"' if look.criterion.avoid else ""
        out += [escape(text[done:start]), f"<mark{kind}>{escape(text[start:end])}</mark>"]
        out.append(f" <small>({escape(tr(look.criterion.name))})</small>")
        done = end
    return f"<p>{''.join(out)}{escape(text[done:])}</p>"


def _line(look: Look) -> str:
    name = escape(tr(look.criterion.name))
    if look.waits:
        said = tr(_("you say so; your reason is kept for whoever leads the course, who can add the points"))
        return f"<div>○ <b>{name}</b>: {escape(said)}</div>"
    if look.met:
        return f"<div>✓ {tr(_('none of it')) + ': ' if look.criterion.avoid else ''}{name}</div>"
    return f"<div>○ <b>{name}</b></div>"
