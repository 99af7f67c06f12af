"""The colours of panels, talks and forms: dark ink on light grounds, and the other way round in Jupyter's dark theme.

A colour is a variable of the style sheet with its light value beside it, so that a panel alone on any page looks right.
Whatever is text has a contrast above 7:1 on each ground it stands on; charts stay white, like paper.
"""

from __future__ import annotations

_COLOURS = {
    "ink": ("#1b2330", "#e8ebf0"),
    "quiet": ("#3f4857", "#c6cdd8"),  # ink of what is said aside
    "line": ("#c9d0da", "#4a525e"),
    "card": ("#ffffff", "#1a1d22"),
    "button": ("#eef2f7", "#2c323b"),
    "hover": ("#dcebfa", "#1b344f"),
    # The grounds of panels, and of the two sides of a talk.
    "note": ("#f2f4f7", "#272c33"),
    "warn": ("#fff4e0", "#38290c"),
    "info": ("#e8f1fb", "#152a40"),
    "good": ("#e4f5ec", "#10301f"),
    "them": ("#eef1f5", "#2a2f37"),
    "you": ("#dcebfa", "#1a3149"),
    # Signs, edges and words that tell what came of an answer.
    "warn-sign": ("#6c3b00", "#f5be73"),
    "info-sign": ("#134a87", "#9cc7f7"),
    "good-sign": ("#0a5537", "#7fdcb0"),
    "bad-sign": ("#842d00", "#ffb394"),
}


def colour(name: str) -> str:
    """A colour for a style, by name.

    >>> colour("ink")
    'var(--crmlab-ink,#1b2330)'
    """
    return f"var(--crmlab-{name},{_COLOURS[name][0]})"


def _rule(where: str, which: int) -> str:
    return where + " { " + " ".join(f"--crmlab-{name}: {pair[which]};" for name, pair in _COLOURS.items()) + " }"


RULES = _rule("body", 0) + "\n" + _rule("body[data-jp-theme-light='false']", 1)
"""The rules of a style sheet that give all of them their value by Jupyter's theme."""
