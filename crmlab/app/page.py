"""What the page of a lesson is told before it starts: its words, in every language, and which edition it belongs to.

The scripts in ``crmlab/labextensions`` hold no words of their own; they find these in the page's settings.
"""

from __future__ import annotations

from typing import Any

from crmlab.course import handed_out, joining, outline
from crmlab.language import LANGUAGES, _, speaking, tr
from crmlab.version import __version__

TEXTS = {
    "starting": _("The lesson is getting ready ..."),
    "running": _("The lesson is getting ready: {done} of {all}"),
    "part": _("Getting ready: {done} of {all}"),
    "ready": _("Ready"),
    "failed": _("This code could not be run. The rest of the lesson goes on. Open the line above to see the code and what went wrong."),
    "others": _("This code was written elsewhere. It runs only when you ask for it: open the line above and look at it first."),
    "others-all": _("Part of this lesson was written elsewhere and has not been run. Look at its code first."),
    "run": _("Run it"),
    "code": _("Show the code"),
    "again": _("Python stopped. It is started again; your answers are kept."),
    "lost": _("No connection to the course. Trying again ..."),
    "gone": _(
        "The course does not answer. If its window was closed, start it again with crmlab start; your answers are kept."
    ),
    "stuck": _("Some code has been running for {seconds} seconds and does not end."),
    "stop": _("Stop it and start again"),
    "course": _("Course"),
    "open": _("Open the course panel"),
    "close": _("Close the course panel"),
    "more": _("More"),
    "points": _("{points} of {maximum} points"),
    "minutes": _("{minutes} minutes"),
    "worth": _("{maximum} points"),
    "unscored": _("no points"),
    "done": _("✓ done"),
    "previous": _("Previous lesson: {title}"),
    "next": _("Next lesson: {title}"),
    "before": _("Previous lesson"),
    "after": _("Next lesson"),
    "go": _("Next: {title}"),
    "all": _("Everything in the course is done."),
    "review": _("Review deck"),
    "due": _("Due now: {n}"),
    "none": _("Nothing is due."),
    "empty": _("A question that you answer wrongly in a quiz comes in here by itself."),
    "by": _("Hand in by {due}"),
    "room": _("Join a room"),
    "room-in": _("In a room as {name}"),
    "room-line": _("The line that whoever leads the class shows"),
    "room-name": _("Pseudonym"),
    "room-sent": joining.SENT,
    "room-join": _("Join"),
    "room-leave": _("Leave the room"),
    "room-not-now": _("Not now"),
    "room-close": _("Close"),
    "room-missing": _("Please paste the line of the room first. It looks like 192.168.1.20:8950#K7QM-4X2P; ask whoever leads the class."),
    "room-left": _("You have left the room. Nothing more is sent."),
    "room-connected": _("You are in the room {room} as {name}."),
    "room-trying": _("The room {room} does not answer yet. It is tried again by itself; the lesson goes on."),
    "room-refused": _("The room {room} does not know this code. Leave it, and paste the line anew."),
    "room-failed": _("The course does not answer."),
    "worked": _("Worked edition, for instructors"),
    "reading": _("Worked edition: with the answers"),
    "home": _("Start page"),
    "hand-in": _("Hand in"),
    "hand-in-what": _(
        "This makes one file of all that you have done so far; send it to whoever leads the class. It holds your lessons, the name and "
        "the number below, and nothing else about you or this computer. What you answered about your own customers stays here."
    ),
    "hand-in-class": _("Class: {name}"),
    "hand-in-name": _("Your name"),
    "hand-in-id": _("Your number"),
    "hand-in-none": _("leave it empty if you have none"),
    "hand-in-missing": _("Please give your name: else nobody knows whose work it is."),
    "hand-in-holds": _("In the file"),
    "hand-in-empty": _("You have not done anything yet that could be handed in."),
    "hand-in-left": _("Not begun yet"),
    "hand-in-make": _("Download the file"),
    "hand-in-busy": _("Saving and packing ..."),
    "hand-in-made": _("{file} is with your downloads now. Send it to whoever leads the class; you can hand in again as often as you like."),
    "hand-in-given": _("{file} is handed in; a copy is with your downloads. You can hand in again as often as you like."),
    "hand-in-failed": _("The file could not be made: {reason}"),
    "hand-in-close": _("Close"),
}
"""What the page says, by key; ``{names}`` are filled in by the page."""
ON_SITE = {"gone": _("Python does not start in this browser. Load the page again; your answers are kept.")}
"""What the browser edition says instead."""


def told(edition: str, apps: dict[str, str] | None = None) -> dict[str, Any]:
    """All of it, for ``edition`` "server" or "site"; ``apps`` is the folder of the page in each language on the site."""
    handed = handed_out.current()
    return {
        "edition": edition,
        "version": __version__,
        "apps": apps or {},
        "languages": {code: {"name": one.name, "tag": one.tag} for code, one in LANGUAGES.items() if not handed or code in handed.languages},
        "worked": handed is None,  # a class is not given the worked edition
        "texts": {code: texts(code, edition) for code in LANGUAGES},
        "course": {code: outline.of(code) for code in LANGUAGES},
    }


def texts(language: str, edition: str = "server") -> dict[str, str]:
    """The words in one language, of an edition as in :func:`told`."""
    with speaking(language):
        return {key: tr(text) for key, text in (TEXTS | (ON_SITE if edition == "site" else {})).items()}
