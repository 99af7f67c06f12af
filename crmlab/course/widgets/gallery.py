"""A gallery of role-plays: choose a script of the course and play it, for no points."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmlab.course import panel
from crmlab.course.roleplay import practice
from crmlab.course.roleplay.scripts import ScriptError
from crmlab.course.widgets.guard import guarded, sentence
from crmlab.course.widgets.shown import Viewed
from crmlab.language import _, tr

if TYPE_CHECKING:
    import ipywidgets as w


class Gallery(Viewed):
    """The value of ``roleplays()``: a widget in a notebook, elsewhere the list of scripts."""

    def __init__(self) -> None:
        self.offers = practice.offers()
        self._heading = tr(_("Role-plays for practice, for no points"))

    def __repr__(self) -> str:
        return "\n".join([self._heading, *(f"{offer.name}: {offer.label}" for offer in self.offers)])

    def _repr_html_(self) -> str:
        return panel.box("note", self._heading, panel.bullets(offer.label for offer in self.offers))

    def view(self) -> w.Widget:
        """The widget: a list to choose from, and the role-play chosen."""
        from crmlab.course.widgets.picking import picking

        options = [(offer.label, offer.name) for offer in self.offers]
        return picking(self._heading, tr(_("Role-play")), options, _played, name="roleplays")


def _played(name: str) -> list[w.Widget]:
    import ipywidgets as w

    from crmlab.course.widgets.player import Player
    from crmlab.course.widgets.trouble import trouble_line

    try:
        return [*Player(practice.talk(name)).widgets, trouble_line(practice.store())]
    except (OSError, ScriptError) as error:
        text = tr(_("{file} cannot be played yet"), file=f"{name}.yml")
        return [w.HTML(panel.box("unreadable", text, panel.bullets(str(error).splitlines())))]


@guarded(sentence)
def roleplays() -> Gallery:
    """All role-plays of the course, to play for no points; tries are kept beside the lesson's answers. Ends a cell.

    >>> "late-delivery: Forty crates" in repr(roleplays())
    True
    """
    return Gallery()
