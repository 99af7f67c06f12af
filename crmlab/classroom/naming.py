"""What things are called in what a class sees together: trainees by initials unless names are asked for, exercises as the lesson has them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from crmlab.classroom.collected import Person
from crmlab.course import lessons, outline


def shown(people: Iterable[Person], names: bool = False) -> dict[str, str]:
    """What each person is called, by key: initials, with a number where several have the same; names and ids with ``names``.

    >>> shown([Person("a", "Anna Berg", "1"), Person("b", "Arne Beck", "2"), Person("c", "王芳", "3")])
    {'a': 'A. B. 1', 'b': 'A. B. 2', 'c': '王○'}
    >>> shown([Person("a", "Anna Berg", "1")], names=True)
    {'a': 'Anna Berg'}
    """
    everybody = sorted(people, key=lambda one: one.key)
    called = {one.key: (one.name.strip() or one.id or one.key) if names else initials(one.name) for one in everybody}
    times, seen = Counter(called.values()), Counter[str]()
    found = {}
    for one in everybody:
        name = called[one.key]
        seen[name] += 1
        if times[name] > 1:
            name = f"{name} ({one.id or one.key})" if names else f"{name} {seen[name]}"
        found[one.key] = name
    return found


def initials(name: str) -> str:
    """The first letter of each word; of a name in Chinese characters the first one.

    >>> initials("Maria da Silva"), initials("欧阳娜娜"), initials("𠮷田"), initials("  "), initials("<b>")
    ('M. d. S.', '欧○', '𠮷○', '?', 'b.')
    """
    words = [word for part in name.split() if (word := re.sub(r"^\W+", "", part))]
    if not words:
        return "?"
    if re.match(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]", words[0]):
        return f"{words[0][0]}○"
    return " ".join(f"{word[0]}." for word in words[:4])


def titles(number: str, language: str) -> dict[str, str]:
    """The titles of a lesson's exercises by id, as the lesson announces them. Raises ``LookupError`` for a lesson that is not there.

    >>> titles("3.2", "en")["hear-it"]
    'Exercise 1 · Hear it'
    """
    found = outline.tasks(lessons.find(number), language)
    return {one["id"]: re.sub(r"\\([^\w\s])", r"\1", one["title"]) for one in found}  # a heading is Markdown
