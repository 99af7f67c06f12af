"""A gallery of role-plays: choose a script of the course and play it, for no points."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmlab.course import panel
from crmlab.course.form import CHOOSE
from crmlab.course.roleplay import practice
from crmlab.course.roleplay.scripts import ScriptError
from crmlab.course.widgets.shown import VIEW, in_notebook
from crmlab.course.widgets.style import STYLE
from crmlab.language import _, tr

if TYPE_CHECKING:
    import ipywidgets as w


class Gallery:
    """The value of ``roleplays()``: a widget in a notebook, elsewhere the list of scripts."""

    def __init__(self) -> None:
        self.offers = practice.offers()
        self._heading = tr(_("Role-plays for practice, for no points"))

    def __repr__(self) -> str:
        return "\n".join([self._heading, *(f"{offer.name}: {offer.label}" for offer in self.offers)])

    def _repr_html_(self) -> str:
        return panel.box("note", self._heading, panel.bullets(offer.label for offer in self.offers))

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        bundle: dict[str, Any] = {"text/plain": repr(self), "text/html": self._repr_html_()}
        if in_notebook():
            bundle[VIEW] = {"version_major": 2, "version_minor": 0, "model_id": self.view().model_id}
        return bundle

    def view(self) -> w.Widget:
        """The widget: a list to choose from, and the role-play chosen."""
        import ipywidgets as w

        options = [(tr(CHOOSE), ""), *((offer.label, offer.name) for offer in self.offers)]
        chosen = w.Dropdown(options=options, value="", description=tr(_("Role-play")))
        chosen.style.description_width = "initial"
        chosen.layout = w.Layout(width="auto", max_width="100%")
        chosen.add_class("crmlab-scripts")
        stage = w.VBox()

        def play(change: Any) -> None:
            old = stage.children
            stage.children = _played(change["new"]) if change["new"] else []
            for widget in old:
                widget.close()

        chosen.observe(play, "value")
        heading = w.HTML(f"{STYLE}<b>{self._heading}</b>")
        whole = w.VBox([heading, chosen, stage])
        whole.add_class("crmlab")
        whole.add_class("crmlab-roleplays")
        return whole


def _played(name: str) -> list[w.Widget]:
    import ipywidgets as w

    from crmlab.course.widgets.player import Player

    try:
        return Player(practice.talk(name)).widgets
    except (OSError, ScriptError) as error:
        text = tr(_("{file} cannot be played yet"), file=f"{name}.yml")
        return [w.HTML(panel.box("unreadable", text, panel.bullets(str(error).splitlines())))]


def roleplays() -> Gallery:
    """All role-plays of the course, to play for no points; tries are kept beside the lesson's answers. Ends a cell.

    >>> "late-delivery: Forty crates" in repr(roleplays())
    True
    """
    return Gallery()
