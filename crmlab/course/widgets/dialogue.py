"""A role-play as widgets: the talk so far, what the trainee may say, one step back, begin again, the debrief."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import Any

import ipywidgets as w

from crmlab.course import roleplay
from crmlab.course.dialogue import Script
from crmlab.course.exercise import Exercise, Feedback
from crmlab.course.session import Session
from crmlab.course.yamlfile import said
from crmlab.language import _, tr


class DialogueView:
    """The widgets of a role-play. ``tell`` is called with each new feedback."""

    def __init__(self, session: Session, made: Exercise, script: Script, tell: Callable[[Feedback], None]) -> None:
        self._session = session
        self._made = made
        self._script = script
        self._tell = tell
        answers = session.fields(made)
        self._path: list[int] = list(answers.get("path", []))
        setting = w.HTML(
            f"<h4 style='margin:.2em 0'>{escape(said(script.source['title']))}</h4>"
            f"<p>{escape(said(script.source['setting']))}</p>"
        )
        self._talk = w.HTML()
        # One button a choice, used again for each node: a new button would take the keyboard's focus away.
        most = max(len(script.choices(name)) for name in script.source["nodes"])
        self._choices = [w.Button() for _number in range(most)]
        for number, button in enumerate(self._choices):
            button.add_class("crmlab-choice")
            button.on_click(lambda _button, number=number: self._say(number))
        self._debrief = w.HTML()
        self._back = w.Button(description=tr(_("One step back")), icon="undo")
        self._again = w.Button(description=tr(_("Begin again")), icon="refresh")
        self._back.add_class("crmlab-back")
        self._again.add_class("crmlab-again")
        self._back.on_click(lambda _button: self._go(self._path[:-1]))
        self._again.on_click(lambda _button: self._go([]))
        controls = w.HBox([self._back, self._again], layout=w.Layout(flex_flow="row wrap"))
        self.widgets: list[w.Widget] = [setting, self._talk, w.VBox(self._choices), self._debrief, controls]
        self._draw()

    def _say(self, number: int) -> None:
        self._go([*self._path, number])

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
        choices: list[Any] = self._script.choices(play.state.node)
        for number, button in enumerate(self._choices):
            there = number < len(choices)
            button.layout.display = None if there else "none"
            button.description = said(choices[number]["text"]) if there else ""
        self._debrief.value = roleplay.debrief_html(roleplay.debrief(play)) if play.ended() else ""
        self._back.disabled = not self._path
        self._again.disabled = not self._path
