"""What things are called in what a class sees together: trainees by a number unless names are asked for, exercises as the lesson has them."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable

from crmlab.classroom.collected import Person
from crmlab.course import lessons, outline
from crmlab.language import _, tr


def shown(people: Iterable[Person], names: bool = False, salt: object = "") -> dict[str, str]:
    """What each person is called, by key: a number, which tells nothing of who it is, or names and ids with ``names``.

    Initials would tell: those who sit in one room know each other. Nor does the order of the numbers tell; it is that of a hash of
    the key with ``salt``, and theirs is the order of what is returned.

    >>> shown([Person("a", "Anna Berg", "1"), Person("b", "Arne Beck", "2")])
    {'a': 'Trainee 1', 'b': 'Trainee 2'}
    >>> shown([Person("a", "Anna Berg", "1"), Person("b", "Anna Berg", "2")], names=True)
    {'a': 'Anna Berg (1)', 'b': 'Anna Berg (2)'}
    """
    everybody = sorted(people, key=lambda one: one.key)
    if not names:
        mixed = sorted(everybody, key=lambda one: hashlib.sha256(f"{salt}/{one.key}".encode("utf-8", "replace")).digest())
        numbers = {one.key: number for number, one in enumerate(mixed, 1)}
        return {key: tr(_("Trainee {n}"), n=number) for key, number in numbers.items()}
    called = {one.key: one.name.strip() or one.id or one.key for one in everybody}
    times = Counter(called.values())
    return {one.key: f"{called[one.key]} ({one.id or one.key})" if times[called[one.key]] > 1 else called[one.key] for one in everybody}


def titles(number: str, language: str) -> dict[str, str]:
    """The titles of a lesson's exercises by id, as the lesson announces them. Raises ``LookupError`` for a lesson that is not there.

    >>> titles("3.2", "en")["hear-it"]
    'Exercise 1 · Hear it'
    """
    found = outline.tasks(lessons.find(number), language)
    return {one["id"]: re.sub(r"\\([^\w\s])", r"\1", one["title"]) for one in found}  # a heading is Markdown
