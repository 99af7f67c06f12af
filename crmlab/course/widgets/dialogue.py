"""A role-play as widgets: the talk so far, what the trainee may say, one step back, begin again, the debrief."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from html import escape
from pathlib import Path
from typing import Any

import ipywidgets as w

from crmlab.course import dialogue, exercise, panel, roleplay
from crmlab.course.dialogue import Script
from crmlab.course.exercise import Exercise, Feedback
from crmlab.course.session import Session
from crmlab.course.yamlfile import said
from crmlab.language import _, tr

# The second half of a double click would choose an answer that the trainee has not read. The browser ignores the mouse for
# a moment after each line (the class changes, so the animation begins anew); a click that the browser sent right after
# another is dropped in `_say`. The keyboard is left alone: buttons keep their focus.
STYLE = """<style>
@keyframes crmlab-settle-a { from, to { pointer-events: none; } }
@keyframes crmlab-settle-b { from, to { pointer-events: none; } }
.crmlab-settle-a .crmlab-choice { animation: crmlab-settle-a .5s; }
.crmlab-settle-b .crmlab-choice { animation: crmlab-settle-b .5s; }
.crmlab .widget-vbox button.crmlab-choice { background: #fff; color: #1b2330; border: 1px solid #5b6472; border-radius: 4px;
  font-size: var(--jp-content-font-size1, 14px); max-width: min(100%, 54em); width: 100%; box-sizing: border-box; margin: 3px 0; padding: .45em .9em; }
.crmlab .widget-vbox button.crmlab-choice:hover { background: #dcebfa; }
</style>"""
_TOO_SOON = 0.3
"""Seconds between two clicks that nobody can have read an answer in."""


class DialogueView:
    """The widgets of a role-play. ``tell`` is called with each new feedback."""

    def __init__(self, session: Session, made: Exercise, script: Script, tell: Callable[[Feedback], None]) -> None:
        self._session = session
        self._made = made
        self._script = script
        self._tell = tell
        self._clicked = 0.0
        answers = session.fields(made)
        self._path: list[int] = list(answers.get("path", []))
        setting = w.HTML(
            f"{STYLE}<h4 style='margin:.2em 0'>{escape(said(script.source['title']))}</h4>"
            f"<p style='max-width:54em'>{escape(said(script.source['setting']))}</p>"
        )
        self._talk = w.HTML()
        self._status = w.HTML()
        self._ask = w.HTML(f"<b>{escape(tr(_('What do you say?')))}</b>")
        # One button a choice, used again for each node: a new button would take the keyboard's focus away.
        most = max(len(script.choices(name)) for name in script.source["nodes"])
        self._choices = [w.Button() for _number in range(most)]
        for number, button in enumerate(self._choices):
            button.add_class("crmlab-choice")
            button.on_click(lambda _button, number=number: self._say(number))
        self._box = w.VBox(self._choices)
        self._debrief = w.HTML()
        self._back = w.Button(description=tr(_("One step back")), icon="undo")
        self._again = w.Button(description=tr(_("Begin again")), icon="refresh")
        self._back.add_class("crmlab-back")
        self._again.add_class("crmlab-again")
        self._back.on_click(lambda _button: self._go(self._path[:-1]))
        self._again.on_click(lambda _button: self._go([]))
        controls = w.HBox([self._back, self._again], layout=w.Layout(flex_flow="row wrap"))
        self.widgets: list[w.Widget] = [
            setting,
            self._talk,
            self._status,
            self._ask,
            self._box,
            controls,
            self._debrief,
        ]
        self._draw()

    def _say(self, number: int) -> None:
        clicked, before = _time_of_click(), self._clicked
        self._clicked = clicked
        if 0 <= clicked - before < _TOO_SOON:
            return
        self._go([*self._path, number])
        # The button that was pressed may be gone now: hand the keyboard on to one that is there.
        left = len(self._script.choices(self._script.play(self._path).state.node))
        if number >= left:
            (self._choices[left - 1] if left else self._again).focus()

    def _go(self, path: list[int]) -> None:
        play = self._script.play(path)
        self._path = play.path()
        ended = bool(play.ended())
        # Another tab may have finished a talk in the meantime: add to what is kept, do not replace it.
        tries = self._session.fields(self._made).get("tries", [])
        if ended and self._path not in tries:
            tries = [*tries, self._path]
        self._session.set_fields(self._made, {"path": self._path, "tries": tries})
        self._draw()
        self._tell(self._session.check_clicks(self._made, count=ended))

    def _draw(self) -> None:
        play = self._script.play(self._path)
        self._talk.value = roleplay.conversation_html(self._script, play)
        self._status.value = roleplay.status_html(self._script, play)
        choices: list[Any] = self._script.choices(play.state.node)
        for number, button in enumerate(self._choices):
            there = number < len(choices)
            button.layout.display = None if there else "none"
            button.description = said(choices[number]["text"]) if there else ""
        settle = ("crmlab-settle-a", "crmlab-settle-b")
        self._box.remove_class(settle[len(self._path) % 2 - 1])
        self._box.add_class(settle[len(self._path) % 2])
        ended = bool(play.ended())
        self._ask.layout.display = "none" if ended else None
        tries = self._session.fields(self._made).get("tries", [])
        self._debrief.value = roleplay.debrief_html(roleplay.debrief(play), tries) if ended else ""
        self._back.disabled = not self._path
        self._again.disabled = not self._path


def _time_of_click() -> float:
    """When the browser sent the click that is being handled, in seconds; a busy kernel must not change what it means."""
    try:
        from IPython import get_ipython

        sent = get_ipython().kernel.get_parent()["header"]["date"]
        return (datetime.fromisoformat(sent.replace("Z", "+00:00")) if isinstance(sent, str) else sent).timestamp()
    except Exception:  # kernels of other makes keep it elsewhere, or not at all
        return time.monotonic()


def rehearse(file: str | Path) -> Any:
    """Play any script file, for no points and without keeping anything: how an instructor tries out a new one.

    Ends a cell. A file with faults gives their list, with lines; none of it raises.

    >>> from crmlab.course import dialogue
    >>> rehearse(dialogue.folder() / "late-delivery.yml")
    0.0
    >>> rehearse("nowhere.yml")
    nowhere.yml cannot be opened: No such file or directory
    """
    from crmlab.course.catalogue import Lesson
    from crmlab.course.state import Store
    from crmlab.course.widgets.shown import Shown

    path = Path(file)
    try:
        faults = dialogue.faults(path)
    except OSError as error:
        text = tr(_("{file} cannot be opened: {reason}"), file=path.name, reason=error.strerror or str(error))
        return panel.Html(panel.box("unreadable", text), text)
    if faults:
        lines = list(map(str, faults))
        heading = tr(_("{file} cannot be played yet"), file=path.name)
        return panel.Html(panel.box("unreadable", heading, panel.bullets(lines)), "\n".join([heading, *lines]))
    script = dialogue.load(path)
    made = roleplay.unregistered(script)
    session = Session(Lesson("0.0", "", script.name), Store(None), [made])
    return Shown(exercise.judge(made, {}, clicked=True), session, made)
