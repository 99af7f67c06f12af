"""``own_save()``: the workbook and the two pages, written beside the lesson; with names only where they are ticked."""

from __future__ import annotations

from crmlab.course import panel
from crmlab.course.widgets.guard import guarded, sentence
from crmlab.language import _, tr


@guarded(sentence)
def own_save() -> panel.Html:
    """Let the workbook and the two pages be saved. Ends a cell."""
    return sentence(tr(_("Nothing can be saved yet.")))
