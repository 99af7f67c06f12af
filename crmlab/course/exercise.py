"""How an exercise asks, judges and answers back.

Its judge is a function that takes an answer and yields one :class:`crmlab.course.cases.Case` after the other; the frame here
turns the cases into states, points and words. It never raises and never writes to stderr, whatever the answer is: an exception
would stop the trainee's notebook, and a line on stderr costs all marks under nbgrader.

Exercises are written as files, see :mod:`crmlab.course.exercise_file`; quizzes and role-plays make some, too.
"""

from __future__ import annotations

import contextlib
import difflib
import io
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from crmlab.course import panel
from crmlab.course.cases import OPEN, Case
from crmlab.course.form import Answers, Choice, Form, Mark, Order
from crmlab.language import _, tr


class Asks(Protocol):
    """What a click exercise asks: a :class:`crmlab.course.form.Form` or a role-play."""

    def clean(self, raw: Any) -> Answers:
        """The readable part of the answers; empty if there is none."""

    def describe(self, answers: Any) -> list[tuple[str, str]]:
        """The answers in words."""


Judge = Callable[[Any], Iterator[Case]]


@dataclass
class Exercise:
    """An exercise as registered. ``clicks`` judges the form where a code answer is of another
    kind; without it ``judge`` judges both, a plain code answer (a number, a text, a list) standing for the form field named
    ``field``, and a dict {name: answer} for the fields ``field.name``."""

    id: str
    lesson: str
    points: float
    title: str
    judge: Judge
    hints: tuple[str, ...] = ()
    right: str = ""
    make_form: Callable[[], Asks] | None = None
    clicks: Judge | None = None
    field: str = ""
    takes_code: bool = False
    decides: bool = False
    """What stands below it in the lesson follows from the answers to it."""
    worked: Callable[[], Answers] | None = None
    """The right answers worked out, where they differ from class to class; ``None``: those of the worked edition."""

    def form(self) -> Asks | None:
        """The form in the trainee's language; ``None`` for an exercise that is answered in code alone."""
        return self.make_form() if self.make_form else None


# Names need to be unique within a lesson only: lessons are written by people who do not know of each other.
_registry: dict[tuple[str, str], Exercise] = {}


def add(made: Exercise) -> Exercise:
    """Put a ready exercise into the registry; files of exercises, quizzes and role-plays do this."""
    before = _registry.get((made.lesson, made.id))
    if before is not None and getattr(before.judge, "__module__", 0) != getattr(made.judge, "__module__", 0):
        raise ValueError(f"Two exercises of lesson {made.lesson} are called {made.id!r}; rename one.")
    _registry[made.lesson, made.id] = made
    return made


def of_lesson(number: str) -> list[Exercise]:
    """The exercises of a lesson that are registered, in the order in which they were."""
    return [one for one in _registry.values() if one.lesson == number]


def get(id: str, lesson: str = "") -> Exercise | None:
    """The exercise of that name in a lesson; without one, in the lesson that was loaded last of those that have it."""
    if lesson:
        return _registry.get((lesson, id)) if isinstance(id, str) else None
    return next((made for made in reversed(_registry.values()) if made.id == id), None) if isinstance(id, str) else None


def unknown(id: Any, lesson: str = "") -> str:
    """A sentence for an exercise that is not there, with the nearest names."""
    name = panel.words(id)
    near = difflib.get_close_matches(name, [name for number, name in _registry if lesson in ("", number)], n=2)
    said = tr(_("There is no exercise called “{id}” in this lesson."), id=name)
    return said + (" " + tr(_("Did you mean {near}?"), near=", ".join(near)) if near else "")


BLANK, UNREADABLE, OPEN_STATE, PARTLY, RIGHT = "blank", "unreadable", "not yet right", "partly right", "right"


@dataclass
class Feedback:
    """What came of an answer. Its ``repr`` is the points as a plain float, which is what nbgrader reads;
    :func:`crmlab.course.panel.feedback` puts it into words."""

    exercise: str
    title: str
    points: float
    maximum: float
    state: str
    cases: list[Case] = field(default_factory=list)
    message: str = ""
    trouble: str = ""
    """Why the answer is not on disk; empty if it is."""

    def __repr__(self) -> str:
        return repr(float(self.points))

    def wrong(self) -> list[Case]:
        """The cases that were answered and are not right."""
        return [one for one in self.cases if not one.ok and not one.open]


def is_blank(answer: Any) -> bool:
    """True for an answer that was left as the lesson gave it."""
    return answer is ... or answer is None


def judge(made: Exercise, answer: Any, *, clicked: bool = False) -> Feedback:
    """Judge one answer. ``clicked`` says that it is a form's answers. Never raises, never prints.

    >>> from crmlab.course.cases import close
    >>> from crmlab.course.form import Entry, Form, Row
    >>> half = Exercise("half", "0.0", 2, "Half", lambda a: iter([close(a, "n", 21, "You have {got}.", tolerance=0)]),
    ...                 make_form=lambda: Form((Row("Half of 42?", (Entry("n", "number"),)),)), field="n")
    >>> judge(half, 21), judge(half, 20), judge(half, ...), judge(half, {"n": "21"}, clicked=True)
    (2.0, 0.0, 0.0, 2.0)
    >>> judge(half, 20).cases[0].text()
    'You have 20.'
    """
    blank = Feedback(made.id, made.title, 0.0, made.points, BLANK)
    unread: dict[str, str] = {}
    try:
        with _quiet():
            judging: Judge = made.judge
            if clicked or (made.make_form and not made.clicks):
                form = made.form()
                if form is None:
                    return blank
                blank.message = tr(getattr(form, "invite", ""))
                if not clicked and is_blank(answer):
                    return blank
                raw = answer if clicked else _as_fields(made, form, answer)
                read = form.clean(raw)
                unread = form.unread(raw) if isinstance(form, Form) else {}
                if not read:
                    if unread:
                        return _not_understood(made, unread)
                    if clicked:
                        return blank
                    return _unreadable(made, answer)
                answer, judging = read, made.clicks or made.judge
            elif is_blank(answer):
                return blank
            cases = []
            for one in judging(answer):
                cases.append(one)
                if one.gate and not one.ok:
                    return Feedback(made.id, made.title, 0.0, made.points, UNREADABLE, cases, one.text())
            cases = [_said(one, unread) for one in cases]
            # Render now: a sentence that cannot be filled in must not fail later, when it is shown.
            for one in cases:
                if not one.ok:
                    one.text()
    except Exception as error:
        return _unreadable(made, answer, error)
    given = _graded(made, cases)
    if left := [said for key, said in unread.items() if not any(one.key == key for one in cases)]:
        given.message = "\n".join(filter(None, (given.message, *left)))
    return given


def _said(one: Case, unread: Mapping[str, str]) -> Case:
    """The case; one that is open because what was typed is not understood says so."""
    return replace(one, says=unread[one.key], values={}, unread=True) if one.open and one.key in unread else one


def _not_understood(made: Exercise, unread: Mapping[str, str]) -> Feedback:
    cases = [Case(False, said, key=key, open=True, unread=True) for key, said in unread.items()]
    return Feedback(made.id, made.title, 0.0, made.points, UNREADABLE, cases, "\n".join(unread.values()))


def _as_fields(made: Exercise, form: Asks, answer: Any) -> Any:
    """A plain code answer as the form's fields."""
    if not made.field:
        return answer
    if not isinstance(answer, Mapping):
        return {made.field: answer}
    keys = {field.key for field in form.fields()} if isinstance(form, Form) else set()
    return {f"{made.field}.{key}" if f"{made.field}.{key}" in keys else key: value for key, value in answer.items()}


def _graded(made: Exercise, cases: list[Case]) -> Feedback:
    if cases and all(one.open for one in cases) and (unread := [one.text() for one in cases if one.unread]):
        return Feedback(made.id, made.title, 0.0, made.points, UNREADABLE, cases, "\n".join(unread))
    if cases and all(one.open for one in cases):  # begun, and nothing of it can be judged yet
        said = cases[0].text() if cases[0].says != OPEN else ""
        return Feedback(made.id, made.title, 0.0, made.points, BLANK, cases, said)
    total = sum(one.weight for one in cases)
    got = sum(one.weight * (1.0 if one.ok else one.part) for one in cases)
    if total > 0 and all(one.ok for one in cases):
        return Feedback(made.id, made.title, made.points, made.points, RIGHT, cases, tr(made.right))
    # Rounded down to a hundredth, so that only a wholly right answer has full points.
    points = int(100 * made.points * got / total) / 100 if total > 0 else 0.0
    points = max(0.0, min(points, made.points))
    return Feedback(made.id, made.title, points, made.points, PARTLY if points else OPEN_STATE, cases)


def _unreadable(made: Exercise, answer: Any, error: Exception | None = None) -> Feedback:
    with _quiet():
        kind = type(answer).__name__
        if made.make_form and not made.takes_code:
            message = tr(_("This exercise is answered by clicking in the form below."))
        else:
            message = tr(
                _("Your answer (of type {kind}) cannot be read. Compare it with what the exercise asks for."), kind=kind
            )
            message += _expected(made)
        if error is not None and isinstance(error, KeyError | AttributeError | TypeError | ValueError):
            with contextlib.suppress(Exception):
                detail = str(error).strip().splitlines()[0][:160]
                message += " " + tr(_("What Python says: {error}"), error=f"{type(error).__name__}: {detail}")
        return Feedback(made.id, made.title, 0.0, made.points, UNREADABLE, [], message)


def _expected(made: Exercise) -> str:
    """What a plain code answer may be, where the form says so."""
    form = None
    with contextlib.suppress(Exception):
        form = made.form()
    for one in form.fields() if made.field and isinstance(form, Form) else ():
        if one.key != made.field:
            continue
        if isinstance(one, Order):
            said = tr(_("Give a list in which each of these stands once: {values}."), values=", ".join(one.values()))
        elif isinstance(one, Mark):
            said = tr(_("Give one of these: {values}."), values=", ".join(one.values()))
        elif isinstance(one, Choice):
            said = tr(_("Give one of these: {values}."), values=", ".join(value for value, _label in one.options))
        else:
            break
        return " " + said
    return ""


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Warnings and stray prints of an answer's own methods must not reach the notebook."""
    with (
        warnings.catch_warnings(),
        contextlib.redirect_stderr(io.StringIO()),
        contextlib.redirect_stdout(io.StringIO()),
    ):
        warnings.simplefilter("ignore")
        yield
