"""The seven steps of the script for complaints, in words alone: a role-play script is checked against them without pandas.

Used through :mod:`crmlab.complaints`. Source: training handout.
"""

from __future__ import annotations

from typing import NamedTuple

from crmlab.language import _

HALVES = {"feelings": _("First the feelings"), "matter": _("Then the matter")}


class Step(NamedTuple):
    """One step of the script; ``name`` and ``meaning`` are English, ``tr`` renders them."""

    number: int
    half: str
    name: str
    meaning: str


STEPS = {
    "sympathy": Step(
        1, "feelings", _("Show sympathy"), _("Say that you see what it means to them, before anything else.")
    ),
    "ask": Step(2, "feelings", _("Ask"), _("Ask open questions and listen, to learn what really happened.")),
    "confirm": Step(
        3,
        "feelings",
        _("Repeat and confirm"),
        _("Say the complaint back in your own words until they say yes."),
    ),
    "want": Step(
        4,
        "matter",
        _("Find out what they want"),
        _("Ask what would put it right; it is often less than you fear."),
    ),
    "offer": Step(5, "matter", _("Offer a solution"), _("Name one thing you can do, and an alternative.")),
    "agree": Step(6, "matter", _("Agree on one"), _("Settle on one: who does what by when.")),
    "follow_up": Step(7, "matter", _("Follow up"), _("Call afterwards: was it done, are they content?")),
}
"""The seven steps by key, in order."""
