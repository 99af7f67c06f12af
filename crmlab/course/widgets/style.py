"""How the widgets of the course look: one style sheet, put beside each of them."""

from __future__ import annotations

from typing import Any

from crmlab.course.widgets.together import own_layout

# ipywidgets pads a list of radio buttons to a whole number of its own lines; ours are of another height.
STYLE = """<style>
.crmlab { max-width: 62em; }
.crmlab .widget-html-content { min-width: 0; line-height: 1.5; font-size: var(--jp-content-font-size1, 14px); }
.crmlab .crmlab-check { align-self: flex-start; margin: .5em 0; }
.crmlab .crmlab-row { flex-flow: row wrap; align-items: center; padding: .35em 0; border-bottom: 1px solid rgba(127,127,127,.25); }
.crmlab .widget-label, .crmlab .widget-radio-box label, .crmlab .widget-checkbox label {
  white-space: normal; height: auto; overflow: visible; line-height: 1.45; font-size: var(--jp-content-font-size1, 14px); }
.crmlab .widget-radio, .crmlab .widget-radio-box { width: auto; max-width: 100%; height: auto; }
.crmlab .widget-radio { flex-flow: column nowrap; }
.crmlab .widget-radio-box { margin-bottom: 2px !important; }
.crmlab .widget-radio > .widget-label { display: block; width: 100% !important; max-width: 100%; text-align: left; font-weight: 600;
  line-height: 1.45 !important; margin-bottom: .4em; }
.crmlab .widget-radio-box label { margin: .15em 0; padding: 0; display: flex; flex-direction: row-reverse;
  justify-content: flex-end; align-items: flex-start; width: auto; }
.crmlab .widget-radio-box label input { margin: 0 .6em 0 .1em; flex: none; }
.crmlab .crmlab-sentence { flex-flow: row wrap; align-items: center; height: auto; }
.crmlab .crmlab-sentence > .widget-label { flex: 1 1 20em; width: auto !important; max-width: 100%; text-align: left; margin-right: 1em; }
.crmlab .crmlab-sentence > select { flex: 0 0 auto; max-width: 100%; min-height: 28px; }
.crmlab .crmlab-slider input { min-width: 5em; }
.crmlab .crmlab-slider .widget-label { flex-shrink: 1; }
.crmlab .widget-checkbox { width: auto; max-width: 100%; height: auto; }
.crmlab button.jupyter-button { height: auto; min-height: 2.2em; line-height: 1.4; white-space: normal; text-align: left;
  padding: .3em .9em; width: auto; max-width: 100%; overflow: visible; }
.crmlab select, .crmlab input { font-size: var(--jp-content-font-size1, 14px); }
.crmlab :focus-visible { outline: 3px solid #1f5fa8 !important; outline-offset: 1px; }
</style>"""


def visible(widget: Any, there: bool) -> None:
    """Show a widget, or take it from the page."""
    # Not None: Pyodide hands it to the page as "undefined", and then nothing changes there.
    own_layout(widget).display = "" if there else "none"
