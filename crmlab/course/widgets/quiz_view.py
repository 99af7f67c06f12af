"""A quiz as widgets: the form of the present draw, and a button for five others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ipywidgets as w

from crmlab.course.bank.quiz import Draw
from crmlab.course.exercise import Exercise, Feedback
from crmlab.course.session import Session
from crmlab.course.widgets.asked import asked_rows
from crmlab.course.widgets.form import FormView
from crmlab.course.widgets.style import visible
from crmlab.language import _, tr


class QuizView:
    """The widgets of a quiz. ``tell`` is called with each new feedback; ``given`` is how the present draw stands."""

    def __init__(self, session: Session, made: Exercise, tell: Callable[[Feedback], None]) -> None:
        self._tell = tell
        self._draw = Draw(session, made)
        self.given = self._draw.feedback()
        self._box = w.VBox()
        self._box.add_class("crmlab-asked")
        self._more = w.Button(description=tr(_("Five others")), icon="refresh", layout=w.Layout(width="auto"))
        self._more.add_class("crmlab-more")
        self._more.on_click(self._next)
        self.widgets: list[w.Widget] = [self._box, self._more]
        self._show()

    def _show(self) -> None:
        view = FormView(self._draw, self._draw.form, self._checked)
        asked = [question for _key, question in self._draw.quiz.draw(self._draw.number)]
        self._box.children = [*asked_rows(view, asked), view.widgets[-1]]
        self._offer()

    def _checked(self, given: Feedback) -> None:
        self._offer()
        self._tell(given)

    def _offer(self) -> None:
        there = self._draw.quiz.more() and self._draw.finished()
        visible(self._more, there)

    def _next(self, _button: Any) -> None:
        self._draw = self._draw.next()
        self.given = self._draw.feedback()
        self._show()
        self._tell(self.given)


