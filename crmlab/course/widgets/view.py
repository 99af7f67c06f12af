"""The frame around every exercise: what is asked, the buttons, and what is told."""

from __future__ import annotations

from typing import Any

import ipywidgets as w

from crmlab.course import panel, state
from crmlab.course.bank.quiz import DRAW, Quiz
from crmlab.course.exercise import Exercise, Feedback
from crmlab.course.form import Form
from crmlab.course.roleplay.scripts import Script
from crmlab.course.roleplay.talk import Talk
from crmlab.course.session import Session
from crmlab.course.widgets.form import FormView
from crmlab.course.widgets.player import Player
from crmlab.course.widgets.quiz_view import QuizView
from crmlab.course.widgets.style import STYLE, visible
from crmlab.language import _, tr


def view_of(session: Session, made: Exercise, given: Feedback) -> w.Widget:
    """The widget of an exercise: its form or role-play if it has one, hints, worked answer, feedback."""
    asks = made.form()
    told = w.HTML()
    helped = w.HTML()
    shown, mark = [given], [""]

    def draw() -> None:
        shown[0].trouble = session.store.problem
        told.value = panel.feedback(shown[0]) + mark[0]

    def checked(new: Feedback) -> None:
        shown[0] = new
        mark[0] = panel.below(made.id, state.fields(session.store.record(made.id))) if made.decides else ""
        draw()

    def tell(new: Feedback) -> None:
        checked(new)
        _refresh_help(session, made, hint_button, worked_button)

    checked(given)
    body: list[w.Widget] = []
    if isinstance(asks, Quiz):
        quiz = QuizView(session, made, tell)
        body = quiz.widgets
        shown[0] = quiz.given
        draw()
    elif isinstance(asks, Form):
        body = FormView(session.work(made), asks, tell).widgets
    elif isinstance(asks, Script):
        talk = Talk(session.store, made.id, asks)
        # A talk under way is no try; its end is.
        body = Player(talk, lambda ended: tell(session.check_clicks(made, count=ended))).widgets
    hint_button = w.Button(icon="lightbulb-o", layout=w.Layout(width="auto"))
    worked_button = w.Button(icon="check-square-o", layout=w.Layout(width="auto"))
    hint_button.add_class("crmlab-hint")
    worked_button.add_class("crmlab-worked")

    def show_hint(_button: Any) -> None:
        number, text = session.next_hint(made)
        helped.value = panel.hint(number, len(made.hints), text)
        _refresh_help(session, made, hint_button, worked_button)

    def show_worked(_button: Any) -> None:
        lines, code = session.worked(made)
        helped.value = (
            panel.worked(tr(made.title), lines, code)
            if lines or code
            else panel.box("note", tr(_("The worked edition of this lesson is not here.")))
        )

    hint_button.on_click(show_hint)
    worked_button.on_click(show_worked)
    _refresh_help(session, made, hint_button, worked_button)
    session.store.watchers.append(draw)
    buttons = w.HBox([hint_button, worked_button], layout=w.Layout(flex_flow="row wrap"))
    whole = w.VBox([w.HTML(STYLE), *body, told, buttons, helped])
    whole.add_class("crmlab")
    whole.add_class(f"crmlab-exercise-{made.id.replace('.', '-')}")
    return whole


def _refresh_help(session: Session, made: Exercise, hint_button: w.Button, worked_button: w.Button) -> None:
    record = session.store.record(made.id)
    left = len(made.hints) - session.hints_seen(made)
    hint_button.description = tr(_("Hint ({left} left)"), left=left) if left > 0 else tr(_("Last hint again"))
    visible(hint_button, bool(made.hints))
    # The worked answer is for those who have tried: before that it would only spoil the exercise. It is that of a quiz's
    # first five questions; each further one is explained when it is answered.
    worked_button.description = tr(_("Show a worked answer"))
    first = not (isinstance(record.get("fields"), dict) and DRAW in record["fields"])
    visible(worked_button, bool(record.get("tries") and first))
