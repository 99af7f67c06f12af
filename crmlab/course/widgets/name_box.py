"""Where the name on a certificate is typed."""

from __future__ import annotations

import ipywidgets as w

from crmlab.language import _, tr


def name_box(value: str = "") -> w.Text:
    """The box. Its text comes as a whole when the box is left: letter by letter the last ones would be held back while the
    kernel is busy with the first, and a click on the button beside it, which is not held back, would find half a name.
    """
    box = w.Text(value=value, description=tr(_("Name on the certificate")), continuous_update=False)
    box.layout = w.Layout(width="26em", max_width="100%")
    box.style.description_width = "initial"
    box.add_class("crmlab-name")
    return box
