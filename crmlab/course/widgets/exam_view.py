"""The exam as widgets: begin, pages of ten questions, hand in, result, certificate."""

from __future__ import annotations

from typing import Any

import ipywidgets as w

from crmlab.course import certificate, panel
from crmlab.course.bank import exam, exam_page
from crmlab.course.bank.exam import PAGE, Sitting
from crmlab.course.exercise import Exercise, Feedback
from crmlab.course.session import Session
from crmlab.course.widgets.asked import asked_rows
from crmlab.course.widgets.form import FormView
from crmlab.course.widgets.name_box import name_box
from crmlab.course.widgets.player import Player
from crmlab.course.widgets.shown import VIEW, Shown, in_notebook
from crmlab.course.widgets.style import STYLE, visible
from crmlab.course.widgets.together import together
from crmlab.course.widgets.trouble import trouble_line
from crmlab.language import _, tr

LOOK = """<style>
.crmlab .crmlab-pages button, .crmlab .crmlab-turn button { margin: .2em .4em .2em 0; }
.crmlab .crmlab-pages button.crmlab-here { background: #1f5fa8; color: #fff; }
</style>"""


class ExamShown(Shown):
    """The exam on display; ``seed`` is that of the next try that is begun."""

    def __init__(self, feedback: Feedback, session: Session, made: Exercise, seed: object) -> None:
        super().__init__(feedback, session, made)
        self._opened = session
        self._exercise = made
        self._seed = seed

    def _repr_html_(self) -> str:
        attempts = Sitting(self._opened, self._exercise).tries()
        if attempts and attempts[-1]["handed_in"] is not None:
            return exam_page.result(exam.result(attempts[-1]))
        return super()._repr_html_()

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        bundle: dict[str, Any] = {"text/plain": repr(self), "text/html": self._repr_html_()}
        if in_notebook():
            with together():
                view = ExamView(self._opened, self._exercise, self._seed)
            bundle[VIEW] = {"version_major": 2, "version_minor": 0, "model_id": view.widget.model_id}
        return bundle


def _line(children: list[Any]) -> w.HBox:
    return w.HBox(children, layout=w.Layout(flex_flow="row wrap"))


class ExamView:
    """The widgets of the exam, in one box that is filled anew whenever its state changes."""

    def __init__(self, session: Session, made: Exercise, seed: object = None) -> None:
        self._sitting = Sitting(session, made)
        self._seed = seed
        self._body = w.VBox()
        self.widget = w.VBox([w.HTML(STYLE + LOOK), trouble_line(session.store), self._body])
        self.widget.add_class("crmlab")
        self.widget.add_class("crmlab-exercise-exam")
        self._draw()

    def _draw(self) -> None:
        if self._sitting.problem:
            self._body.children = [w.HTML(panel.box("unreadable", self._sitting.problem))]
            return
        draw = {"ready": self._ready, "running": self._running, "over": self._over, "done": self._done}
        notice = [w.HTML(panel.box("unreadable", text)) for text in self._sitting.notices()]
        self._body.children = [*notice, *draw[self._sitting.status()]()]

    # -- before

    def _ready(self) -> list[w.Widget]:
        return [w.HTML(exam_page.rules(self._sitting.shortage)), self._button(_("Begin"), "play", "begin", self._begin)]

    def _begin(self) -> None:
        self._sitting.begin(self._seed)
        self._draw()
        if self._sitting.status() == "running":
            self._pages[0].focus()

    # -- the questions

    def _running(self) -> list[w.Widget]:
        self._clock = w.HTML()
        self._pages = []
        for page in range(self._sitting.pages()):
            made = w.Button(layout=w.Layout(width="auto"))
            made.add_class(f"crmlab-page-{page + 1}")
            made.on_click(lambda _button, page=page: self._go(page))
            self._pages.append(made)
        overview = _line(self._pages)
        overview.add_class("crmlab-pages")
        self._questions = w.VBox()
        self._questions.add_class("crmlab-questions")
        self._questions.add_class("crmlab-asked")
        self._back = self._button(_("Back"), "arrow-left", "back", lambda: self._go(self._sitting.page() - 1))
        self._next = self._button(_("Next"), "arrow-right", "next", lambda: self._go(self._sitting.page() + 1))
        self._hand_in = self._button(_("Hand in ..."), "check", "hand-in", self._ask)
        self._left_open = w.HTML()
        self._sure = w.VBox(layout=w.Layout(display="none"))
        self._sure.add_class("crmlab-sure")
        self._sure_text = w.HTML()
        now = self._button(_("Hand in now"), "check", "hand-in-now", self._finish)
        now.button_style = "primary"
        on = self._button(_("Go on"), "undo", "go-on", self._go_on)
        self._sure.children = [self._sure_text, _line([now, on])]
        self._now = now
        turn = _line([self._back, self._next, self._hand_in])
        turn.add_class("crmlab-turn")
        self._fill()
        return [self._clock, overview, self._questions, self._left_open, turn, self._sure]

    def _fill(self) -> None:
        """Show the page that is open."""
        talk = self._sitting.talk() if self._sitting.on_talk() else None
        if talk:
            self._questions.children = Player(talk, self._said, exam=True).widgets
        else:
            view = FormView(self._sitting, self._sitting.form(), changed=self._answered)
            self._questions.children = asked_rows(view, self._sitting.questions())
        self._clock.value = exam_page.clock(self._sitting.left())
        page = self._sitting.page()
        self._back.disabled = page == 0
        self._next.disabled = page == self._sitting.pages() - 1
        for number, made in enumerate(self._pages):
            if number == page:
                made.add_class("crmlab-here")
            else:
                made.remove_class("crmlab-here")
        visible(self._sure, False)
        self._answered()

    def _said(self, ended: bool) -> None:
        """After each line of the talk. At its end the buttons under the keyboard are gone."""
        self._answered()
        if ended:
            self._hand_in.focus()

    def _answered(self) -> None:
        """After each answer: what is open still, page by page; or that the time is up."""
        if self._sitting.status() != "running":
            self._draw()
            return
        left_open = self._sitting.open()
        total = len((self._sitting.last() or {"ids": ()})["ids"])
        talk, talked = self._sitting.talk(), self._sitting.talked()
        for page, made in enumerate(self._pages):
            if talk and page == len(self._pages) - 1:
                made.description = tr(_("Talk ✓") if talked else _("Talk: open"))
                continue
            first, last = page * PAGE + 1, min((page + 1) * PAGE, total)
            count = sum(first <= number <= last for number in left_open)
            text = _("{first}–{last}: {open} open") if count else _("{first}–{last} ✓")
            made.description = tr(text, first=first, last=last, open=count)
        self._left_open.value = panel.paragraph(exam_page.open_questions(left_open, talked))

    def _go(self, page: int) -> None:
        if self._sitting.status() != "running":
            self._draw()
            return
        self._sitting.go(page)
        self._fill()
        # To the top of the page, for the eye and for the keyboard.
        self._pages[self._sitting.page()].focus()

    def _ask(self) -> None:
        if self._sitting.status() != "running":
            self._draw()
            return
        left_open = self._sitting.open()
        talked = self._sitting.talked()
        text = exam_page.open_questions(left_open, talked)
        if left_open or not talked:
            text += " " + tr(_("What is open counts as wrong."))
        self._sure_text.value = panel.box("hint", tr(_("Hand in?")), panel.paragraph(text), status=True)
        visible(self._sure, True)
        self._now.focus()

    def _go_on(self) -> None:
        visible(self._sure, False)
        self._hand_in.focus()

    def _finish(self) -> None:
        self._sitting.hand_in()
        self._draw()
        if self._sitting.status() == "done":
            self._first_after.focus()  # the button that was pressed is gone; the result stands before this one

    # -- after

    def _over(self) -> list[w.Widget]:
        text = panel.box(
            "hint",
            tr(_("The time is up")),
            panel.paragraph(exam_page.open_questions(self._sitting.open(), self._sitting.talked())),
            status=True,
        )
        return [w.HTML(text), self._button(_("Hand in now"), "check", "hand-in-now", self._finish)]

    def _done(self) -> list[w.Widget]:
        attempt = self._sitting.last()
        assert attempt is not None
        found = exam.result(attempt)
        rows: list[w.Widget] = [w.HTML(exam_page.summary(found, attempt["used"] or 0.0))]
        if found.passed:
            told = w.HTML()
            name = name_box(self._sitting.name())
            name.observe(lambda change: self._sitting.set_name(change["new"]), "value")

            def save() -> None:
                title = tr(_("Certificate: customer relationships"))
                told.value = certificate.save(name.value, title, found.lines(), "exam-certificate.html").html

            made = self._button(_("Make the certificate"), "certificate", "certificate", save)
            rows.append(w.VBox([_line([name, made]), told]))
        again = self._button(_("Another try"), "refresh", "again", self._begin)
        self._first_after: w.Text | w.Button = name if found.passed else again
        return [*rows, again, w.HTML(exam_page.talk(found) + exam_page.questions(found))]

    @staticmethod
    def _button(text: str, icon: str, name: str, act: Any) -> w.Button:
        made = w.Button(description=tr(text), icon=icon, layout=w.Layout(width="auto", align_self="flex-start"))
        made.add_class(f"crmlab-{name}")
        made.on_click(lambda _button: act())
        return made
