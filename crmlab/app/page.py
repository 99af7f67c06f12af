"""What the page of a lesson is told before it starts: its words, in every language, and which edition it belongs to.

The scripts in ``crmlab/labextensions`` hold no words of their own; they find these in the page's settings.
"""

from __future__ import annotations

from typing import Any

from crmlab.language import LANGUAGES, _, set_language, tr

TEXTS = {
    "starting": _("The lesson is getting ready ..."),
    "running": _("The lesson is getting ready: {done} of {all}"),
    "ready": _("Ready"),
    "failed": _("This cell could not be run. What went wrong stands below; the rest of the lesson goes on."),
    "others": _("This cell was written elsewhere. It runs only when you ask for it: look at the code first."),
    "run": _("Run it"),
    "code": _("Show the code"),
    "again": _("Python stopped. It is started again; your answers are kept."),
    "lost": _("No connection to the course. Trying again ..."),
    "gone": _(
        "The course does not answer. If its window was closed, start it again with crmlab start; your answers are kept."
    ),
    "stuck": _("A cell has been running for {seconds} seconds."),
    "stop": _("Stop it and start again"),
}
"""What the page says, by key; ``{names}`` are filled in by the page."""


def told(edition: str) -> dict[str, Any]:
    """All of it, for ``edition`` "server" or "site"."""
    return {"edition": edition, "texts": {code: texts(code) for code in LANGUAGES}}


def texts(language: str) -> dict[str, str]:
    """The words in one language."""
    set_language(language)
    try:
        return {key: tr(text) for key, text in TEXTS.items()}
    finally:
        set_language(None)
