"""How an exercise asks, judges and answers back.

An exercise is a function that takes an answer and yields one :class:`Case` after the other; the frame here turns the
cases into states, points and words. It never raises and never writes to stderr, whatever the answer is: an exception
would stop the trainee's notebook, and a line on stderr costs all marks under nbgrader.

A new exercise, in ``crmlab/course/exercises/UNIT/LESSON.py``::

    @exercise("top20", lesson="2.2", points=2, title=_("The top fifth"), form=FORM, field="share",
              hints=(_("Sort by revenue first."),), right=_("Three quarters: close to Pareto's 80%, not equal to it."))
    def top20(answer):
        yield close(answer, "share", want=100 * value.pareto_share(revenue()), tolerance=0.5,
                    says=_("You have {got} %. Which customers are the top fifth?"))
"""

from __future__ import annotations

import contextlib
import difflib
import importlib
import io
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Literal, Protocol

from crmlab.course.form import Answers, Choice, Form, Mark, Order, number
from crmlab.language import _, tr


@dataclass(frozen=True)
class Case:
    """One thing that was looked at.

    ``says`` is the sentence for a case that is not right: it names what the trainee gave and asks what to look at, and
    does not give the answer away. ``key`` is the form field it belongs to. ``weight`` is its share of the points.
    ``gate`` cases carry no points; when one fails, the answer cannot be judged further. ``open`` cases were not
    answered yet.
    """

    ok: bool
    says: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    key: str = ""
    weight: float = 1.0
    gate: bool = False
    open: bool = False
    praise: str = ""
    part: float = 0.0

    def text(self) -> str:
        """The sentence for this outcome in the trainee's language; may be empty for a case that is right."""
        return tr(self.praise) if self.ok else tr(self.says, **self.values)


def case(ok: Any, says: str, *, key: str = "", weight: float = 1.0, **values: Any) -> Case:
    """A case with a sentence of its own; ``values`` fill the ``{names}`` in the sentence."""
    return Case(bool(ok), says, values, key, weight)


def gate(ok: Any, says: str, **values: Any) -> Case:
    """Something that must hold before anything can be judged (right kind of object, right columns)."""
    return Case(bool(ok), says, values, gate=True, weight=0)


OPEN = _("This one is still open.")


def chosen(
    answer: Answers,
    key: str,
    want: str,
    says: str | Mapping[str, str],
    *,
    weight: float = 1.0,
    names: Mapping[str, str] | None = None,
    **values: Any,
) -> Case:
    """The option chosen in field ``key`` should be ``want``.

    ``says`` is one sentence, or one for each wrong option; under ``""`` may stand one for all others. It may use {got},
    the choice: in words where ``names`` has its label. ``values`` fill further ``{names}``.

    >>> chosen({"x": "m"}, "x", "M", "Note {n}: you chose “{got}”. Why?", names={"m": "no money"}, n=3).text()
    'Note 3: you chose “no money”. Why?'
    """
    if key not in answer:
        return Case(False, OPEN, key=key, weight=weight, open=True)
    got = answer[key]
    sentence = says if isinstance(says, str) else says.get(got) or says.get("", "")
    shown = tr(names[got]) if names and got in names else got
    return Case(got == want, sentence, {"got": shown, **values}, key, weight)


def matched(
    answer: Answers,
    prefix: str,
    want: Mapping[str, str],
    says: Mapping[str, str | Mapping[str, str]],
    weight: float = 1.0,
    names: Mapping[str, str] | None = None,
) -> Iterator[Case]:
    """A case for each left one of :func:`crmlab.course.form.matching`: it should go with ``want[left]``.

    ``says[left]`` and ``names`` are as in :func:`chosen`; under ``""`` may stand one for all others. Use with
    ``yield from``.

    >>> [one.ok for one in matched({"goes.A": "call", "goes.C": "call"}, "goes", {"A": "call", "C": "mail"}, {"": "?"})]
    [True, False]
    """
    for left, right in want.items():
        yield chosen(answer, f"{prefix}.{left}", right, says.get(left) or says.get("", ""), weight=weight, names=names)


def ordered(
    answer: Answers,
    key: str,
    want: Sequence[str],
    says: str | Mapping[str, str],
    *,
    credit: Literal["pairs", "all"] = "pairs",
    praise: str = "",
    weight: float = 1.0,
) -> Case:
    """The list in field ``key`` should be ``want``.

    ``credit="pairs"``: the case earns the share of neighbours in ``want`` of which the earlier stands before the later in
    the answer, no matter how far apart; an order turned round earns nothing, and only the right order earns all.
    ``credit="all"``: all or nothing.

    ``says`` is one sentence, or one by item: that of the first item of ``want`` that stands before the one it should follow
    is said (under ``""`` may stand one for all others). It may use {right} and {pairs}: how many neighbours are in order,
    of how many. An answer that is not an order of all items is not right and earns nothing.

    >>> found = ordered({"steps": ["a", "c", "b"]}, "steps", "abc", {"c": "What must come before it?"})
    >>> found.ok, found.part, found.text()
    (False, 0.5, 'What must come before it?')
    >>> ordered({"steps": list("abc")}, "steps", "abc", "").ok
    True
    """
    if key not in answer:
        return Case(False, OPEN, key=key, weight=weight, open=True)
    place = {value: number for number, value in enumerate(answer[key])}
    whole = sorted(place) == sorted(want) and len(answer[key]) == len(want)
    early = [later for before, later in pairwise(want) if not whole or place[later] < place[before]]
    pairs = max(len(want) - 1, 1)
    right = pairs - len(early) if whole else 0
    sentence = says if isinstance(says, str) else says.get(early[0] if early else "") or says.get("", "")
    part = right / pairs if credit == "pairs" and early else 0.0
    return Case(whole and not early, sentence, {"right": right, "pairs": pairs}, key, weight, praise=praise, part=part)


def close(
    answer: Any,
    key: str,
    want: float,
    says: str,
    *,
    tolerance: float,
    weight: float = 1.0,
    **values: Any,
) -> Case:
    """The number in field ``key`` should be ``want``, give or take ``tolerance`` (same unit); says may use {got}."""
    if key not in answer:
        return Case(False, OPEN, key=key, weight=weight, open=True)
    got = number(answer[key])
    if got is None:
        return Case(False, _("This should be a number."), key=key, weight=weight)
    return Case(abs(got - want) <= tolerance, says, {"got": f"{got:,.10g}", **values}, key, weight)


def near(
    answer: Answers, key: str, want: float, slips: Sequence[tuple[float, str]], otherwise: str, *, tolerance: float
) -> Case:
    """:func:`close`, with a sentence of its own for each number that a known slip gives: (number, sentence).

    >>> slips = [(0.5, "You have {got}, a share of 1. Of 100?")]
    >>> near({"x": "0.5"}, "x", 50.0, slips, "Look again.", tolerance=1.0).text()
    'You have 0.5, a share of 1. Of 100?'
    """
    got = number(answer[key]) if key in answer else None
    # A slip is rounded by hand, too: one percent of it counts as the same.
    said = [says for value, says in slips if got is not None and abs(got - value) <= max(tolerance, 0.01 * abs(value))]
    return close(answer, key, want, said[0] if said else otherwise, tolerance=tolerance)


def frame(answer: Any, columns: Sequence[str], rows: int | None = None) -> Iterator[Case]:
    """Gates for a table: it is a DataFrame, has these columns, and this many rows. Use with ``yield from``."""
    import pandas as pd

    yield gate(
        isinstance(answer, pd.DataFrame),
        _("A table (DataFrame) was expected here; yours is of type {kind}."),
        kind=type(answer).__name__,
    )
    missing = [column for column in columns if column not in answer.columns]
    yield gate(
        not missing,
        _("The table lacks the column(s) {missing}; it has {present}."),
        missing=", ".join(missing),
        present=", ".join(map(str, list(answer.columns)[:12])),
    )
    if rows is not None:
        yield gate(
            len(answer) == rows,
            _("The table should have {rows} rows; yours has {got}."),
            rows=f"{rows:,}",
            got=f"{len(answer):,}",
        )


def series(answer: Any, want: Any, says: str, *, tolerance: float = 0.0, weight: float = 1.0) -> Case:
    """A column or Series should equal ``want`` row by row (labels aligned); says may use {row}, {got} and {want}.

    Weighs as one case; the sentence names the first row that differs.
    """
    import pandas as pd

    got = answer.reindex(want.index)
    if pd.api.types.is_numeric_dtype(want) and pd.api.types.is_numeric_dtype(got):
        same = (got.astype("float64") - want.astype("float64")).abs().le(tolerance).fillna(False)
    else:
        same = got.astype("object").eq(want.astype("object")).fillna(False)
    if bool(same.all()) and len(answer) == len(want):
        return Case(True, says, weight=weight)
    wrong = want.index[~same.to_numpy(dtype=bool)]
    row = wrong[0] if len(wrong) else "-"
    return Case(
        False,
        says,
        {
            "row": row,
            "got": got.loc[row] if len(wrong) else "-",
            "want": want.loc[row] if len(wrong) else "-",
        },
        weight=weight,
    )


class Asks(Protocol):
    """What a click exercise asks: a :class:`crmlab.course.form.Form` or a role-play."""

    def clean(self, raw: Any) -> Answers:
        """The readable part of the answers; empty if there is none."""

    def describe(self, answers: Any) -> list[tuple[str, str]]:
        """The answers in words."""


Judge = Callable[[Any], Iterator[Case]]


@dataclass
class Exercise:
    """An exercise as registered; see the module's example. ``clicks`` judges the form where a code answer is of another
    kind; without it ``judge`` judges both, a plain code answer (a number, a text, a list) standing for the form field named
    ``field``, and a dict {left: right} for the fields ``field.left`` of a matching."""

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

    def form(self) -> Asks | None:
        """The form in the trainee's language; ``None`` for an exercise that is answered in code alone."""
        return self.make_form() if self.make_form else None

    def click_twin(self, form: Callable[[], Asks] | Asks) -> Callable[[Judge], Judge]:
        """Decorator: the same exercise, for the same points, by clicking."""

        def register(judge: Judge) -> Judge:
            self.make_form = form if callable(form) else lambda: form
            self.clicks = judge
            self.takes_code = True
            return judge

        return register

    # An Exercise replaces the function that it decorates, which keeps its use in a module short.
    def __call__(self, answer: Any) -> Iterator[Case]:
        return self.judge(answer)


# Names need to be unique within a lesson only: lessons are written by people who do not know of each other.
_registry: dict[tuple[str, str], Exercise] = {}


def exercise(
    id: str,
    *,
    lesson: str,
    points: float,
    title: str,
    hints: Sequence[str] = (),
    right: str = "",
    form: Callable[[], Asks] | Asks | None = None,
    field: str = "",
    code: bool = False,
) -> Callable[[Judge], Exercise]:
    """Register an exercise. ``code=True`` if the lesson lets the trainee answer in code; ``field`` names the form field
    that a plain code answer (a number, a text, the list of an order) stands for, or the prefix of a matching, which is
    answered with a dict {left: right}.

    Raises ``ValueError`` if the id is taken or the points are not positive: that is a mistake of the author, not of a
    trainee.
    """
    if points <= 0:
        raise ValueError(f"Exercise {id!r}: points must be above 0, not {points}.")

    def register(judge: Judge) -> Exercise:
        make: Callable[[], Asks] | None
        make = form if form is None or callable(form) else lambda: form
        made = Exercise(
            id, lesson, float(points), title, judge, tuple(hints), right, make, None, field, code or bool(field)
        )
        return add(made)

    return register


def add(made: Exercise) -> Exercise:
    """Put a ready exercise into the registry; the decorator and the quiz do this."""
    before = _registry.get((made.lesson, made.id))
    if before is not None and getattr(before.judge, "__module__", 0) != getattr(made.judge, "__module__", 0):
        raise ValueError(f"Two exercises of lesson {made.lesson} are called {made.id!r}; rename one.")
    _registry[made.lesson, made.id] = made
    return made


def load_lesson(number: str) -> list[Exercise]:
    """Import the exercises of a lesson and return them in the order in which they are written, the quiz last.

    A lesson without exercises gives an empty list. Raises ``LookupError`` for a lesson that is not there.
    """
    from crmlab.course import lessons
    from crmlab.course.bank import quiz

    lesson = lessons.find(number)
    name = f"crmlab.course.exercises.{lesson.module}"
    try:
        importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is None or not name.startswith(error.name):
            raise
    quiz.load(lesson)
    return [one for one in _registry.values() if one.lesson == number]


def get(id: str, lesson: str = "") -> Exercise | None:
    """The exercise of that name in a lesson; without one, in the lesson that was loaded last of those that have it."""
    if lesson:
        return _registry.get((lesson, id)) if isinstance(id, str) else None
    return next((made for made in reversed(_registry.values()) if made.id == id), None) if isinstance(id, str) else None


def unknown(id: Any, lesson: str = "") -> str:
    """A sentence for an exercise that is not there, with the nearest names."""
    near = difflib.get_close_matches(str(id)[:80], [name for number, name in _registry if lesson in ("", number)], n=2)
    said = tr(_("There is no exercise called “{id}” in this lesson."), id=str(id)[:80])
    return said + (" " + tr(_("Did you mean {near}?"), near=", ".join(near)) if near else "")


BLANK, UNREADABLE, OPEN_STATE, PARTLY, RIGHT = "blank", "unreadable", "not yet right", "partly right", "right"


@dataclass
class Feedback:
    """What came of an answer. Its ``repr`` is the points as a plain float, which is what nbgrader reads."""

    exercise: str
    title: str
    points: float
    maximum: float
    state: str
    cases: list[Case] = field(default_factory=list)
    message: str = ""

    def __repr__(self) -> str:
        return repr(float(self.points))

    def _repr_html_(self) -> str:
        from crmlab.course import panel

        return panel.feedback(self)

    def wrong(self) -> list[Case]:
        """The cases that were answered and are not right."""
        return [one for one in self.cases if not one.ok and not one.open]


def is_blank(answer: Any) -> bool:
    """True for an answer that was left as the lesson gave it."""
    return answer is ... or answer is None


def judge(made: Exercise, answer: Any, *, clicked: bool = False) -> Feedback:
    """Judge one answer. ``clicked`` says that it is a form's answers. Never raises, never prints.

    >>> from crmlab.course.form import Entry, Form, Row
    >>> half = Exercise("half", "0.0", 2, "Half", lambda a: iter([close(a, "n", 21, "You have {got}.", tolerance=0)]),
    ...                 make_form=lambda: Form((Row("Half of 42?", (Entry("n", "number"),)),)), field="n")
    >>> judge(half, 21), judge(half, 20), judge(half, ...), judge(half, {"n": "21"}, clicked=True)
    (2.0, 0.0, 0.0, 2.0)
    >>> judge(half, 20).cases[0].text()
    'You have 20.'
    """
    blank = Feedback(made.id, made.title, 0.0, made.points, BLANK)
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
                read = form.clean(answer if clicked else _as_fields(made, form, answer))
                if not read:
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
            # Render now: a sentence that cannot be filled in must not fail later, when it is shown.
            for one in cases:
                if not one.ok:
                    one.text()
    except Exception as error:
        return _unreadable(made, answer, error)
    return _graded(made, cases)


def _as_fields(made: Exercise, form: Asks, answer: Any) -> Any:
    """A plain code answer as the form's fields."""
    if not made.field:
        return answer
    if not isinstance(answer, Mapping):
        return {made.field: answer}
    keys = {field.key for field in form.fields()} if isinstance(form, Form) else set()
    return {f"{made.field}.{key}" if f"{made.field}.{key}" in keys else key: value for key, value in answer.items()}


def _graded(made: Exercise, cases: list[Case]) -> Feedback:
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
