"""How the widgets of the course look: one style sheet, put beside each of them.

Letters are as large as the text around, and no box is wider than a column of it. On a telephone, or wherever fingers do the
pointing, whatever is pressed is at least 44 pixels high.
"""

from __future__ import annotations

from typing import Any

from crmlab.course.palette import RULES
from crmlab.course.widgets.together import own_layout

# ipywidgets pads a list of radio buttons to a whole number of its own lines; ours are of another height.
STYLE = f"""<style>
{RULES}
.crmlab {{ max-width: min(100%, 46em); font-size: var(--jp-content-font-size1, 14px);
  --jp-widgets-font-size: var(--jp-content-font-size1, 14px); --jp-widgets-inline-height: 2.1em; }}
/* Else the frame of what has the focus is cut off at the edge. */
.crmlab:where(.widget-box), .crmlab :where(.widget-box) {{ overflow: visible; min-width: 0; }}
body[data-jp-theme-light='false'] .crmlab {{ color-scheme: dark; }}
.crmlab .widget-html-content {{ min-width: 0; line-height: 1.5; font-size: var(--jp-content-font-size1, 14px); }}
.crmlab .widget-html-content p:first-child {{ margin-top: 0; }}
.crmlab .widget-html, .crmlab .widget-dropdown {{ margin-left: 0; margin-right: 0; }}
.crmlab .crmlab-row {{ flex-flow: row wrap; align-items: center; gap: .1em 1em; padding: .6em 0;
  border-bottom: 1px solid rgba(127,127,127,.25); }}
.crmlab .widget-label, .crmlab .widget-radio-box label, .crmlab .widget-checkbox label {{
  white-space: normal; height: auto; overflow: visible; line-height: 1.45; font-size: var(--jp-content-font-size1, 14px); }}
.crmlab .widget-radio, .crmlab .widget-radio-box {{ width: auto; max-width: 100%; height: auto; }}
.crmlab .widget-radio {{ flex-flow: column nowrap; }}
.crmlab .widget-radio-box {{ margin-bottom: 2px !important; }}
.crmlab .widget-radio > .widget-label {{ display: block; width: 100% !important; max-width: 100%; text-align: left; font-weight: 600;
  line-height: 1.45 !important; margin-bottom: .4em; }}
.crmlab .widget-radio-box label {{ margin: .15em 0; padding: 0; display: flex; flex-direction: row-reverse;
  justify-content: flex-end; align-items: baseline; width: auto; }}
.crmlab .widget-radio-box label input {{ margin: 0 .6em 0 .1em; flex: none; align-self: flex-start; height: 1.45em; }}
.crmlab .crmlab-sentence {{ flex-flow: row wrap; align-items: center; height: auto; gap: .1em 1em; }}
.crmlab .crmlab-sentence > .widget-label {{ flex: 0 1 auto; min-width: min(16em, 100%); width: auto !important; max-width: 100%;
  text-align: left; margin: 0; }}
.crmlab .crmlab-sentence > select {{ flex: 0 1 auto; }}
.crmlab select {{ min-width: 0; max-width: 100%; min-height: 2.1em; padding-right: 1.8em; }}
.crmlab .crmlab-slider {{ gap: .2em .6em; flex: 1 1 100%; }}
.crmlab .crmlab-slider .widget-slider {{ margin-left: auto; }}
.crmlab .crmlab-slider input {{ min-width: 5em; }}
.crmlab .crmlab-slider .widget-label {{ flex-shrink: 1; }}
.crmlab .widget-checkbox {{ width: auto; max-width: 100%; height: auto; margin: .15em 0; }}
.crmlab .widget-checkbox label {{ display: flex; align-items: flex-start; gap: .6em; }}
.crmlab .widget-checkbox input {{ flex: none; margin: 0 0 0 .1em; height: 1.45em; }}
.crmlab button.jupyter-button {{ height: auto; min-height: 2.2em; line-height: 1.4; white-space: normal; text-align: left;
  padding: .3em .9em; width: auto; max-width: 100%; overflow: visible; border-radius: 4px; margin: 2px 8px 2px 0; }}
.crmlab button.jupyter-button.crmlab-check {{ align-self: flex-start; margin: .7em 0; padding: .4em 1.4em; }}
.crmlab select, .crmlab input, .crmlab textarea {{ font-size: var(--jp-content-font-size1, 14px); }}
.crmlab :focus-visible {{ outline: 3px solid var(--crmlab-info-sign) !important; outline-offset: 1px; }}
@media (max-width: 600px), (pointer: coarse) {{
  .crmlab button.jupyter-button, .crmlab select, .crmlab input:not([type=radio], [type=checkbox]) {{ min-height: 44px; }}
  .crmlab .widget-radio-box label, .crmlab .widget-checkbox label {{ min-height: 44px; align-items: center; padding: .3em 0;
    box-sizing: border-box; margin: 0; }}
  .crmlab .widget-radio-box label input, .crmlab .widget-checkbox input {{ align-self: center; width: 1.3em; height: 1.3em; }}
  .crmlab .widget-text, .crmlab .widget-dropdown {{ height: auto; }}
  .crmlab .widget-slider {{ --jp-widgets-slider-handle-size: 28px; height: 44px; }}
}}
@media (max-width: 600px) {{
  .crmlab .crmlab-row > .widget-box:has(> .widget-dropdown), .crmlab .widget-dropdown {{ flex: 1 1 100% !important; flex-flow: row wrap; width: 100% !important; }}
  .crmlab .widget-dropdown select {{ flex: 1 1 100%; }}
  .crmlab .crmlab-slider .widget-slider {{ width: 100% !important; }}
}}
</style>"""


def visible(widget: Any, there: bool) -> None:
    """Show a widget, or take it from the page."""
    # Not None: Pyodide hands it to the page as "undefined", and then nothing changes there.
    own_layout(widget).display = "" if there else "none"
