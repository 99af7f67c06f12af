"""``practice("hear-it")``: further rows of an exercise, a round at a time, for no points."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmlab.course import exercise, exercise_form, panel, session
from crmlab.course.exercise import Exercise, Feedback
from crmlab.course.form import Form
from crmlab.course.session import Session, Work
from crmlab.course.widgets.guard import guarded, sentence
from crmlab.course.widgets.shown import Viewed
from crmlab.language import _, tr

if TYPE_CHECKING:
    import ipywidgets as w


class Practice(Viewed):
    """The rounds of an exercise on display: widgets in a notebook, elsewhere how many there are."""

    def __init__(self, opened: Session, rounds: list[Exercise]) -> None:
        self._opened, self._rounds = opened, rounds
        title = tr(rounds[0].title)
        self._heading = tr(_("{title}: {rounds} more rounds for practice, for no points"), title=title, rounds=len(rounds))

    def __repr__(self) -> str:
        return self._heading

    def _repr_html_(self) -> str:
        return panel.box("note", self._heading)

    def view(self) -> w.Widget:
        """The widget: a list of rounds to choose from, and the round chosen."""
        from crmlab.course.widgets.picking import picking

        rounds = {str(place): made for place, made in enumerate(self._rounds, 1)}
        options = [(tr(_("round {n}"), n=place), place) for place in rounds]
        return picking(self._heading, tr(_("Round")), options, lambda place: self._round(rounds[place]), name="practice")

    def _round(self, made: Exercise) -> list[w.Widget]:
        import ipywidgets as w

        from crmlab.course.widgets.form import FormView
        from crmlab.course.widgets.trouble import trouble_line

        form, told = made.form(), w.HTML()
        assert isinstance(form, Form)

        def tell(given: Feedback) -> None:
            told.value = _told(given)

        work = _Trying(self._opened, made)
        widgets = FormView(work, form, tell).widgets
        if work.fields():
            tell(work.feedback())
        return [*widgets, told, trouble_line(self._opened.store)]


class _Trying(Work):
    """Answers are kept, points are not: they would count in the progress."""

    def check(self, *, count: bool = True) -> Feedback:
        return self.feedback()


def _told(given: Feedback) -> str:
    """How many are right; the sentences stand beside their rows."""
    if given.state == exercise.BLANK:
        return ""
    right = sum(one.ok for one in given.cases)
    said = tr(_("{right} of {total} are right."), right=right, total=len(given.cases))
    return panel.box(given.state, said, status=True)


@guarded(sentence)
def practice(id: str) -> Practice | panel.Html:
    """Further rows of an exercise of the open lesson, in rounds, for no points; the answers are kept. Ends a cell.

    An exercise without further rows gives a sentence.
    """
    opened = session.opened()
    rounds = []
    if opened is not None:
        try:
            rounds = exercise_form.practice(opened.lesson.number, panel.words(id))
        except LookupError as error:
            return panel.Html(panel.box("unreadable", str(error)), str(error))
    if opened is None or not rounds:
        text = tr(_("There is nothing to practise here. Load the page again."))
        return panel.Html(panel.box("unreadable", text), text)
    return Practice(opened, rounds)
