"""The answers to a lesson, looked at field by field: what was wrong, which option was chosen, and what the course says to it.

Reports on a class and the live room look at answers this way. Points of a hand-in come from :mod:`crmlab.course.grading.judging`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from crmlab.course import exercise, lessons
from crmlab.course.bank import exam
from crmlab.course.bank.quiz import Quiz
from crmlab.course.cases import Case
from crmlab.course.exercise import Exercise, Feedback
from crmlab.course.exercises import load_lesson, own_data
from crmlab.course.form import Answers, Choice, Field, Form, Line, Mark, Row, Tick
from crmlab.course.grading.judging import as_drawn
from crmlab.course.session import Session
from crmlab.course.state import Store
from crmlab.language import tr


@dataclass(frozen=True)
class Wrong:
    """One thing in an exercise that was answered and is not right. All texts are in the language in force."""

    key: str
    """The field; empty where several were looked at together."""
    value: str
    """The option, bar or cell that was chosen, by its short name; of boxes those that were ticked; empty where nothing was chosen from a list."""
    prompt: str
    label: str
    shown: str
    """The answer in words."""
    says: str
    """What the course says to it."""
    group: str
    """The same for all who made this mistake."""


@dataclass(frozen=True)
class Looked:
    """An exercise with the answers to it, judged."""

    made: Exercise
    answers: Answers
    """The fields that can be read."""
    feedback: Feedback
    wrong: tuple[Wrong, ...]


def look(number: str, fields: Mapping[str, Any], only: str | None = None) -> dict[str, Looked]:
    """Every exercise of a lesson, or one, with the clicked answers (fields by exercise), by id. Answers about a trainee's own file are
    not looked at. Raises ``LookupError`` for a lesson that is not there.

    >>> found = look("1.1", {"guess": {"share": "20"}})["guess"]
    >>> found.feedback.points, found.wrong[0].key, found.wrong[0].shown
    (0.0, 'share', 'about 20%')
    """
    lesson = lessons.find(number)
    store = Store(None, lesson.number)
    with own_data.made_up_only():
        session = Session(lesson, store, load_lesson(lesson.number))
        for made in session.exercises:  # all of them first: what is right may follow from the answers to another exercise
            if isinstance(clicked := fields.get(made.id), Mapping):
                kept = as_drawn(clicked) if lesson.number == exam.LESSON else without_own(clicked)
                store.change(made.id, lambda record, kept=kept: record.update(fields=kept))  # type: ignore[misc]
        return {made.id: _looked(session, made) for made in session.exercises if only in (None, made.id)}


def without_own(clicked: Mapping[str, Any]) -> dict[str, Any]:
    """The answers without those about the trainee's own file.

    >>> without_own({"share": 3, "own.share": 5})
    {'share': 3}
    """
    return {str(key): value for key, value in clicked.items() if not str(key).startswith(f"{own_data.OWN}.")}


def _looked(session: Session, made: Exercise) -> Looked:
    typed = session.typed(made)
    feedback = exercise.judge(made, typed, clicked=True)
    form = made.form() if made.make_form else None
    answers = form.clean(typed) if form is not None else {}
    if made.id == exam.ID and made.lesson == exam.LESSON:
        return Looked(made, answers, feedback, ())  # everybody was asked other questions
    cases = [one for one in feedback.wrong() if not one.gate]
    if isinstance(form, Quiz):
        cases = [one for one in form.judge(answers, 1) if not one.ok and not one.open]  # the draw that everybody had
        form = Quiz(form.form(1).rows, lesson=form.lesson, questions=form.questions)
    found = tuple(_wrong(one, form, answers) for one in cases)
    return Looked(made, answers, feedback, tuple(one for one in found if one is not None))


def _wrong(case: Case, form: Any, answers: Answers) -> Wrong | None:
    says = case.text()
    row, field = _place(form, case.key)
    if row is None or field is None:
        return Wrong(case.key, "", "", "", "", says, f"{case.key}|{case.says}")
    if isinstance(field, Line):
        return None  # a typed line is read, not counted
    fields = [one for one in row.fields if one.key in answers]
    label = ""
    if isinstance(field, Tick):
        ticked = [one for one in fields if isinstance(one, Tick) and answers[one.key] is True]
        value, shown = "+".join(one.key.rpartition(".")[2] for one in ticked), " · ".join(one.show(True) for one in ticked)
    elif isinstance(form, Quiz) and len(row.fields) > 1:  # pairs to be matched
        value, shown = "", " · ".join(f"{tr(getattr(one, 'label', ''))}: {one.show(answers[one.key])}" for one in fields)
    else:
        value = str(answers.get(field.key, "")) if isinstance(field, Choice | Mark) else ""
        shown = field.show(answers.get(field.key))
        label = tr(getattr(field, "label", ""))
    return Wrong(case.key, value, tr(row.prompt), label, shown, says, f"{case.key}|{value or case.says}")


def _place(form: Any, key: str) -> tuple[Row | None, Field | None]:
    if isinstance(form, Form) and key:
        for row in form.rows:
            for field in row.fields:
                if field.key == key:
                    return row, field
    return None, None


def lines(looked: Looked) -> Iterator[tuple[Row, Line, dict[str, Any]]]:
    """The typed lines of an exercise: row, field, and the answer as :meth:`crmlab.course.form.Line.read` gives it."""
    form = looked.made.form() if looked.made.make_form else None
    for row in form.rows if isinstance(form, Form) else ():
        for field in row.fields:
            if isinstance(field, Line) and (read := field.read(looked.answers.get(field.key))):
                yield row, field, read
