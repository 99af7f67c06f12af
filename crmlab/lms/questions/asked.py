"""What the formats share: which questions are written out, under which names, and what each says in one language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from crmlab.course import lessons
from crmlab.course.bank import asking
from crmlab.course.bank.asking import Question
from crmlab.language import _, current, listed, tr

NAMESPACE = "crmlab"


def chosen(units: Iterable[str] = (), bank: Iterable[Question] | None = None) -> list[Question]:
    """The questions of some units or lessons ("3", "4.2"), in the order of the course; without any, all.

    Raises ``LookupError`` with a sentence for a unit that has no questions, ``QuizError`` if the bank itself is faulty.
    """
    found = list(asking.bank() if bank is None else bank)
    wanted = list(units)
    for one in wanted:
        if not any(one in (question.unit, question.lesson) for question in found):
            known = listed(sorted({question.unit for question in found}))
            raise LookupError(tr(_("There are no questions of “{unit}”. Units: {known}; or a lesson, such as 3.2."), unit=one, known=known))
    return [question for question in found if not wanted or question.unit in wanted or question.lesson in wanted]


def says(texts: Mapping[str, str] | None) -> str:
    """The text in the language in force; an instructor's question in one language alone is not put out in another."""
    return str((texts or {}).get(current()) or "").strip()


def path(question: Question) -> list[str]:
    """Where a question belongs: the course, its unit, its lesson, as words."""
    if not question.lesson:
        return [NAMESPACE]
    unit = f"{question.unit} {tr(lessons.UNITS.get(question.unit, ''))}".strip()
    return [NAMESPACE, unit, question.lesson_title()]


def tags(question: Question) -> list[str]:
    """What is noted of a question beside its text; :func:`understood` reads it back."""
    lesson = [f"lesson {question.lesson}"] if question.lesson else []
    return [NAMESPACE, *lesson, f"difficulty {question.difficulty}"]


def understood(notes: Iterable[str]) -> tuple[str, int]:
    """Lesson and difficulty from tags; "" and 2 where they do not say.

    >>> understood(["crmlab", "lesson 3.2", "difficulty 1"]), understood(["spring"])
    (('3.2', 1), ('', 2))
    """
    lesson, difficulty = "", 2
    for note in notes:
        word, _blank, value = note.strip().lower().partition(" ")
        if word == "lesson":
            lesson = value
        elif word == "difficulty" and value in ("1", "2", "3"):
            difficulty = int(value)
    return lesson, difficulty


def right_ones(question: Mapping[str, Any]) -> int:
    """How many options are right."""
    return sum(bool(option.get("right")) for option in question["options"])


def digits(number: float) -> str:
    """A number as any system reads it: a point, no exponent.

    >>> digits(25), digits(0.00001), digits(2.50)
    ('25', '0.00001', '2.5')
    """
    return format(Decimal(repr(number)), "f")


def number(text: str) -> float | int:
    """A number as it was written; raises ``ValueError`` for none.

    >>> number("25"), number("2,5"), number("1e3")
    (25, 2.5, 1000)
    """
    value = Decimal(text.strip().replace("−", "-").replace(",", ".")) if len(text) < 60 else None
    if value is None or not value.is_finite() or abs(value) > 10**12:
        raise ValueError(text)
    return int(value) if value == value.to_integral_value() and "." not in text and "," not in text else float(value)
