"""What the tests of the lessons share."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Iterator
from itertools import permutations
from typing import Any

from crmlab import places
from crmlab.course import exercise, lessons, session
from crmlab.course.exercise import Exercise, Feedback
from crmlab.course.exercises import load_lesson
from crmlab.course.form import Choice, Entry, Field, Form, Line, Mark, Order, Slider, Tick
from crmlab.language import LANGUAGES, set_language, tr


def get(id: str, lesson: str) -> Exercise:
    """An exercise of a lesson; fails if there is none of that name."""
    load_lesson(lesson)
    made = exercise.get(id, lesson)
    assert made is not None, exercise.unknown(id)
    return made


def run(id: str, lesson: str, *, clicks: dict[str, Any] | None = None, code: Any = ...) -> Feedback:
    """The feedback for an answer, given by clicking or in code."""
    made = get(id, lesson)
    return exercise.judge(made, code) if clicks is None else exercise.judge(made, clicks, clicked=True)


def form_of(id: str, lesson: str) -> Form:
    """The form of an exercise; fails if it has none, as a role-play."""
    form = get(id, lesson).form()
    assert isinstance(form, Form)
    return form


def live(id: str, lesson: str) -> Callable[[dict[str, Any]], list[str]]:
    """What makes the lines below the form of an exercise; fails if it has none."""
    found = form_of(id, lesson).live
    assert found is not None
    return found


# -- right and wrong answers ----------------------------------------------------------------------------------------------


def worked(lesson: str) -> dict[str, dict[str, Any]]:
    """The clicks in the worked edition of a lesson, by exercise; an exercise answered in code there is left out."""
    found = {made.id: worked_clicks(lessons.find(lesson), made.id) for made in load_lesson(lesson)}
    return {id: clicks for id, clicks in found.items() if clicks is not None}


def worked_clicks(lesson: lessons.Lesson, id: str) -> dict[str, Any] | None:
    """The clicks of the worked edition; ``None`` for an exercise answered in code there, which must not be empty."""
    code = session.worked_code(lesson, id)
    assert code, f"the worked edition has no answer to {id}"
    literal = session.answer_literal(code)
    return None if literal is None else dict(literal)


def of_tests(lesson: lessons.Lesson, name: str) -> Any:
    """``RIGHT`` or ``NUMBERS`` of the tests of a lesson; empty if they have none."""
    tests = importlib.import_module(f"tests.lessons.test_{lesson.module.replace('.', '_')}")
    return getattr(tests, name, {})


def right_answers(lesson: lessons.Lesson, made: Exercise) -> dict[str, Any]:
    """The right clicks: those of the lesson's tests and those of the worked edition, which must be the same."""
    ours, theirs = of_tests(lesson, "RIGHT").get(made.id), worked_clicks(lesson, made.id)
    assert theirs is not None or made.takes_code, "only an exercise that takes code may be worked in code"
    assert ours is None or theirs is None or ours == theirs
    answers = theirs if ours is None else ours
    assert answers is not None, "worked in code: its right clicks must stand in RIGHT of the lesson's tests"
    return dict(answers)


def questions(form: Form, right: dict[str, Any]) -> list[dict[str, Any]]:
    """The right answers question by question: the boxes to tick of one question are answered together."""
    boxes = {field.key for field in form.fields() if isinstance(field, Tick)}
    found: dict[str, dict[str, Any]] = {}
    for key, value in right.items():
        found.setdefault(key.rpartition(".")[0] if key in boxes else key, {})[key] = value
    return list(found.values())


def wrong_values(field: Field, right: Any, numbers: Any = ()) -> list[Any]:
    """Every other option, place or step of a slider; ``numbers`` and a few more of the others."""
    return [value for value in _values(field, right, [*numbers]) if value != right]


def _values(field: Field, right: Any, numbers: list[Any]) -> list[Any]:
    match field:
        case Choice():
            return [value for value, _label in field.options]
        case Mark():
            return field.values()
        case Tick():
            return [True, False]
        case Order():
            return numbers + list(_orders(list(right), field.values()))
        case Slider():
            steps = round((field.maximum - field.minimum) / field.step)
            return [field.snap(field.minimum + field.step * step) for step in range(steps + 1)]
        case Line():
            return [*numbers, {"text": "hm", "claims": {}}]
        case Entry():
            return [*numbers, 0, 7, 1000000000.0]


def _orders(right: list[str], shown: list[str]) -> Iterator[list[str]]:
    """All orders of up to four things; of more, the one shown, those turned round, and two neighbours swapped."""
    if len(right) <= 4:
        yield from map(list, permutations(right))
        return
    yield from (shown, right[::-1], [right[0], *right[:0:-1]])
    for at in range(len(right) - 1):
        yield [*right[:at], right[at + 1], right[at], *right[at + 2 :]]


# -- the prose ------------------------------------------------------------------------------------------------------------


def prose(lesson: str, language: str = "en", edition: str = "notebooks") -> str:
    """The notebook of a lesson as it is stored."""
    found = lessons.find(lesson)
    root = places.notebooks() if edition == "notebooks" else places.solutions()
    return (root / language / found.unit / f"{found.slug}.ipynb").read_text(encoding="utf-8")


def source(lesson: str) -> str:
    """The text from which the editions of a lesson are made."""
    found = lessons.find(lesson)
    return (places.lessons() / found.unit / f"{found.slug}.md").read_text(encoding="utf-8")


def untranslated(words: Iterable[str]) -> list[str]:
    """Those of the words that have no Chinese."""
    set_language("zh")
    try:
        return [word for word in words if tr(word) == word]
    finally:
        set_language(None)


def quoted(lesson: str, *numbers: str) -> None:
    """Each number stands in the notebook of each language."""
    for language in LANGUAGES:
        text = prose(lesson, language)
        missing = [number for number in numbers if number not in text]
        assert not missing, (language, missing)
