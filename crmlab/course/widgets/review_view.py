"""The review deck as widgets: a question at a time, what came of it, the next one."""

from __future__ import annotations

from typing import Any

import ipywidgets as w

from crmlab.course import panel
from crmlab.course.bank import asking
from crmlab.course.bank.files import QuizError
from crmlab.course.bank.review import EASY, HARD, Deck, Turn
from crmlab.course.widgets.asked import asked_rows
from crmlab.course.widgets.form import FormView
from crmlab.course.widgets.shown import VIEW, in_notebook
from crmlab.course.widgets.style import STYLE, visible
from crmlab.course.widgets.together import together
from crmlab.course.widgets.trouble import trouble_line
from crmlab.language import _, tr


class ReviewPage(panel.Html):
    """How the deck stands; in a notebook with its questions."""

    def __init__(self, deck: Deck | None = None) -> None:
        self._deck = deck or Deck()
        try:
            said, self._sound = self._deck.summary(), True
        except (QuizError, OSError) as error:
            said, self._sound = str(error), False
        lines = [said, *filter(None, (self._deck.store.notice, self._deck.store.problem))]
        look = "note" if self._sound else "unreadable"
        html = panel.box(look, tr(_("Review")), "".join(map(panel.paragraph, lines)))
        super().__init__(html, "\n".join(lines))

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        bundle: dict[str, Any] = {"text/plain": repr(self), "text/html": self.html}
        if in_notebook() and self._sound:
            with together():
                view = ReviewView(self._deck)
            bundle[VIEW] = {"version_major": 2, "version_minor": 0, "model_id": view.widget.model_id}
        return bundle


class ReviewView:
    """The widgets of a review."""

    def __init__(self, deck: Deck) -> None:
        self._deck = deck
        self._head = w.HTML()
        self._box = w.VBox()
        self._box.add_class("crmlab-asked")
        self._told = w.HTML()
        self._check = self._button(_("Check"), "check", "check", self._judge)
        self._check.button_style = "primary"
        self._next = self._button(_("Next question"), "arrow-right", "next", self._go_on)
        self._hard = self._button(_("That was hard"), "", "hard", lambda: self._rate(HARD))
        self._easy = self._button(_("That was easy"), "", "easy", lambda: self._rate(EASY))
        buttons = w.HBox([self._next, self._hard, self._easy], layout=w.Layout(flex_flow="row wrap"))
        self.widget = w.VBox([w.HTML(STYLE), trouble_line(deck.store), self._head, self._box, self._check, self._told, buttons])
        self.widget.add_class("crmlab")
        self.widget.add_class("crmlab-review")
        self._turn: Turn | None = None
        self._draw()

    def _draw(self) -> None:
        due = self._deck.due()
        lines = [self._deck.summary(), *filter(None, (self._deck.store.notice,))]
        self._head.value = panel.box("note", tr(_("Review")), "".join(map(panel.paragraph, lines)), status=True)
        self._told.value = ""
        self._turn = Turn(self._deck, due[0]) if due else None
        if self._turn is not None:
            view = FormView(self._turn, self._turn.form)
            self._box.children = asked_rows(view, [self._turn.question])
        else:
            self._box.children = []
        self._offer()

    def _go_on(self) -> None:
        self._draw()
        if self._turn is not None:
            self._check.focus()  # the button that was pressed is gone; the question stands before this one

    def _judge(self) -> None:
        if self._turn is None:
            return
        given = self._turn.check()
        self._told.value = self._turn.told() or panel.feedback(given)
        self._offer()
        if self._turn.graded is not None:
            self._next.focus()

    def _rate(self, rating: int) -> None:
        if self._turn is not None:
            self._turn.rate(rating)
            self._told.value = self._turn.told()

    def _offer(self) -> None:
        graded = self._turn.graded if self._turn else None
        self._show(self._check, self._turn is not None and graded is None)
        self._show(self._next, graded is not None)
        self._show(self._hard, bool(graded))
        self._show(self._easy, bool(graded))
        visible(self._box, graded is None)
        if graded is not None and self._turn is not None:
            asked = self._turn.question
            self._head.value = panel.box("note", asking.prompt(asked), panel.paragraph(asking.story(asked)))

    @staticmethod
    def _show(button: w.Button, there: bool) -> None:
        visible(button, there)

    @staticmethod
    def _button(text: str, icon: str, name: str, act: Any) -> w.Button:
        made = w.Button(description=tr(text), icon=icon, layout=w.Layout(width="auto", align_self="flex-start"))
        made.add_class(f"crmlab-{name}")
        made.on_click(lambda _button: act())
        return made
