"""Exercises of lesson 1.1, the tour."""
from __future__ import annotations

from crmlab.course.exercise import chosen, close, exercise
from crmlab.course.form import Choice, Entry, Form, Row, Slider
from crmlab.language import _


@exercise("first-win", lesson="1.1", points=1, title=_("First win"), hints=(_("a"), _("b")), right=_("Good"),
  form=Form((Row(_("Ready?"), (Choice("win", (("yes", _("Yes")), ("no", _("No"))), label=_("Ready")),)),
             Row(_("A radio?"), (Choice("r", (("yes", _("Yes")), ("no", _("No"))), style="radio"),)),
             Row(_("A slider?"), (Slider("s", _("Share"), 0,100,1,50,"%"),)),
             )))
def first_win(answer):
    """x"""
    yield chosen(answer, "win", "yes", {"no": _("You chose no.")})

@exercise("first-number", lesson="1.1", points=2, title=_("Number"), field="n", form=Form((Row(_("Share?"), (Entry("n", _("share"), "%"),)),)))
def first_number(answer):
    """x"""
    yield close(answer, "n", 80, _("You have {got}."), tolerance=.5)
