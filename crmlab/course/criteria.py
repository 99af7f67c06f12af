"""What a typed line is looked through for: criteria whose patterns stand as data, ``lessons/criteria.yml``.

A criterion is found where one of its patterns fits; what was found can be shown in the trainee's own words. A pattern can
miss what is there: then the trainee may say so, with a reason (:class:`crmlab.course.form.Line`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crmlab import places
from crmlab.course import yamlfile
from crmlab.course.yamlfile import Checker, Fault
from crmlab.language import LANGUAGES, Words, _, current

LONGEST = 400
"""Characters of a line that are looked at; longer ones are no line to a customer."""


@dataclass(frozen=True)
class Criterion:
    """One thing to look for, by ``id``. ``asks`` is said when it is missing; with ``avoid`` it is said when it is there."""

    id: str
    name: str
    asks: str
    patterns: Mapping[str, tuple[str, ...]]
    avoid: bool = False

    def spans(self, text: str, language: str = "") -> list[tuple[int, int]]:
        """Where it stands in a text (from, to; characters), in order and without overlaps; empty if nowhere.

        >>> named("figure").spans("It carries 100 kilos.", "en")
        [(11, 20)]
        """
        found = sorted(
            (one.start(), one.end())
            for pattern in self.patterns[language or current()]
            for one in re.finditer(pattern, plain(text), re.IGNORECASE)
            if one.end() > one.start()
        )
        apart: list[tuple[int, int]] = []
        for start, end in found:
            if apart and start <= apart[-1][1]:
                apart[-1] = (apart[-1][0], max(end, apart[-1][1]))
            else:
                apart.append((start, end))
        return apart


def plain(text: str) -> str:
    """The text as patterns see it: cut to :data:`LONGEST`, curly quotation marks and full-width letters made plain, each
    character still at its place."""
    return "".join(map(_plain, text[:LONGEST]))


def _plain(character: str) -> str:
    made = {"’": "'", "‘": "'", "“": '"', "”": '"'}.get(character) or unicodedata.normalize("NFKC", character)
    return made if len(made) == 1 else character


def named(id: str) -> Criterion:
    """The criterion of this name. Raises ``LookupError`` with the names that there are."""
    if id not in (known := every()):
        raise LookupError(f"There is no criterion {id!r}; there are {', '.join(known)}.")
    return known[id]


def every() -> dict[str, Criterion]:
    """All criteria by name, in the order of the file. Raises :class:`CriteriaError` with all faults of the file."""
    content, faults = yamlfile.load(path(), CRITERIA)
    if faults:
        raise CriteriaError("\n".join(map(str, faults)))
    return {str(one["id"]): _made(one) for one in content["criteria"]}


def path() -> Path:
    """The file of the criteria."""
    return places.lessons() / "criteria.yml"


class CriteriaError(ValueError):
    """A file of criteria that cannot be used; the message lists the faults."""


def _made(one: Mapping[str, Any]) -> Criterion:
    patterns = {language: tuple(map(str, one["patterns"][language])) for language in LANGUAGES}
    return Criterion(str(one["id"]), Words(one["name"]), Words(one["asks"]), patterns, bool(one.get("avoid")))


# -- the file ----------------------------------------------------------------------------------------------------------


def read(path: Path) -> tuple[dict[str, Any], list[Fault]]:
    """The content of a file and all that is wrong with it. Raises ``OSError`` if there is no such file."""
    content, found = yamlfile.read(path)
    check = Checker(path.name)
    check.faults += found
    if content is not None and check.mapping(
        {"file": content}, "file", content, required=("criteria",), optional=(), called=path.name
    ):
        for place, one in enumerate(content["criteria"]):
            _look(check, content["criteria"], place, one)
    return (content or {}), sorted(set(check.faults))


def _look(check: Checker, every: Any, place: int, one: Any) -> None:
    called = str(one.get("id", place)) if isinstance(one, Mapping) else str(place)
    if not check.mapping(every, place, one, required=("id", "name", "asks", "patterns"), optional=("avoid",), called=called):
        return
    check.both(one, "name")
    check.both(one, "asks")
    for language, where, at, pattern in _patterns(one["patterns"]):
        if pattern is None:
            text = _("“patterns” should have a list for each language: {languages}.")
            check.fault(one, "patterns", text, languages=", ".join(LANGUAGES))
            return
        try:
            if re.compile(pattern).search(""):
                check.fault(where, at, _("The pattern “{pattern}” fits everything, even nothing."), pattern=pattern)
        except re.error as error:
            text = _("The pattern “{pattern}” ({language}) cannot be read, at its character {place}: a bracket is open, perhaps.")
            check.fault(where, at, text, pattern=pattern, language=language, place=(error.pos or 0) + 1)


def _patterns(given: Any) -> Iterator[tuple[str, Any, Any, str | None]]:
    for language in LANGUAGES:
        found = given.get(language) if isinstance(given, Mapping) else None
        if not isinstance(found, list) or not found:
            yield language, given, language, None
        else:
            for at, pattern in enumerate(found):
                yield language, found, at, str(pattern)


CRITERIA = yamlfile.Kind("criteria", read, ("crmlab.course.criteria",))
