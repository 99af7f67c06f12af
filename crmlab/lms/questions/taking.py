"""What the readers of foreign formats share: texts by language, ids, and what was not taken."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from crmlab.course.yamlfile import shortened
from crmlab.language import LANGUAGES, _, tr
from crmlab.lms.questions.texts import parts, pictures

MOST_CHARACTERS = 30_000
"""Of a text in a question; a longer one is no question, and would be slow to read."""


_MOST_MARKS = 100


class Unreadable(ValueError):
    """The file cannot be taken at all; the message is a sentence."""


@dataclass
class Taken:
    """Questions as the bank has them, each with the texts of one language or more, and sentences about the rest."""

    questions: list[dict[str, Any]] = field(default_factory=list)
    lessons: dict[str, str] = field(default_factory=dict)
    """The number of its lesson by a question's id, where the file says it."""
    notes: list[str] = field(default_factory=list)
    """What was left out, and why."""

    def note(self, name: str, text: str, **values: Any) -> None:
        """Say something about a question."""
        self.notes.append(tr(_("“{name}”: {text}"), name=shortened(name, 80), text=tr(text, **values)))

    def name(self, wish: str) -> str:
        """An id for a question: what was wished for as the bank writes ids, and another one if it is taken."""
        base = re.sub("[^a-z0-9]+", "-", wish.lower()).strip("-")[:60].strip("-") or "question"
        taken = {question["id"] for question in self.questions}
        found, n = base if base != "question" else "question-1", 2
        while found in taken:
            found, n = f"{base}-{n}", n + 1
        return found


def language_of(texts: Iterable[str]) -> str:
    """The language that texts are written in: the one whose own letters are many, else English.

    >>> language_of(["你好，客户", "CRM"]), language_of(["hello"])
    ('zh', 'en')
    """
    text = "".join(texts)[:200_000]
    letters = len(re.findall(r"\w", text)) or 1
    for code, language in LANGUAGES.items():
        if language.letters and len(re.findall(f"[{language.letters}]", text)) > letters / 10:
            return code
    return "en"


class Texts:
    """Makes of HTML the texts of an entry, by language; of a file in one language the others stay empty."""

    def __init__(self, language: str) -> None:
        self.language = language

    def both(self, html: str) -> dict[str, str]:
        """The text of HTML without its named parts, for each language."""
        return {language: "\n".join(parts(one).get("", [])) for language, one in self._divided(html).items()}

    def part(self, html: str, name: str, place: int = 0) -> dict[str, str] | None:
        """A named part of HTML; ``None`` if it has none."""
        found = {language: parts(one).get(name, []) for language, one in self._divided(html).items()}
        if not any(len(texts) > place for texts in found.values()):
            return None
        return {language: texts[place] if len(texts) > place else "" for language, texts in found.items()}

    def asked(self, html: str) -> dict[str, Any]:
        """Story, question and unit, as far as they are there."""
        found: dict[str, Any] = {}
        for name in ("story", "ask", "unit"):
            if text := self.part(html, name):
                found[name] = text
        return found if "ask" in found else {**found, "ask": self.both(html)}

    def none(self) -> dict[str, str]:
        """A text that is missing: the check of a file names it."""
        return dict.fromkeys(LANGUAGES, "")

    def _divided(self, html: str) -> dict[str, str]:
        """HTML by language: several where it is written for the filters of Moodle that show the reader's own."""
        marked = sum(html.count(mark) for mark in ("multilang", "<lang", "{mlang"))
        if not 0 < marked <= _MOST_MARKS:
            return {language: html if language == self.language else "" for language in LANGUAGES}
        marks = r'<(?:span|lang)[^>]{0,200}\blang="(?P<a>[\w-]{1,20})"[^>]{0,200}>(?P<at>.{0,9000}?)</(?:span|lang)>|\{mlang\s{1,9}(?P<b>[\w-]{1,20})\}(?P<bt>.{0,9000}?)\{mlang\}'
        spans = [one for one in re.finditer(marks, html, re.DOTALL) if one["b"] or "multilang" in one[0].split(">")[0] or one[0].startswith("<lang")]
        if not spans:
            return {language: html if language == self.language else "" for language in LANGUAGES}
        found = {}
        for language in LANGUAGES:
            text, end = "", 0
            for span in spans:
                text += html[end : span.start()]
                if (span["a"] or span["b"]).lower().split("_")[0].split("-")[0] in (language, "other" if language == self.language else language):
                    text += span["at"] or span["bt"] or ""
                end = span.end()
            found[language] = text + html[end:]
        return found


def without_pictures(taken: Taken, name: str, htmls: Iterable[str], files: int = 0) -> None:
    """Say how many pictures were left out of a question."""
    n = max(files, sum(map(pictures, htmls)))
    if n:
        taken.note(name, _("{n} pictures or other files were left out; write what they show as text"), n=n)


def merged(several: Iterable[Taken]) -> Taken:
    """Files about the same questions in one: texts that one lacks are taken from another with the same id."""
    whole = Taken()
    known: dict[str, dict[str, Any]] = {}
    for taken in several:
        whole.notes += taken.notes
        whole.lessons |= taken.lessons
        mine: dict[str, dict[str, Any]] = {}
        for question in taken.questions:
            first = known.get(question["id"])
            if first is None or not question["id"]:
                # Two of one file are two questions, also with the same id: the check names that.
                mine[question["id"]] = question
                whole.questions.append(question)
            elif not _complete(first, question):
                whole.note(question["id"], _("it stands in two files and is not the same there, text apart; the first was taken"))
        known |= mine
    return whole


def _complete(first: Any, second: Any) -> bool:
    """Fill in texts that the first lacks; whether the rest is the same."""
    if isinstance(first, dict) and first.keys() <= LANGUAGES.keys() and isinstance(second, dict):
        for language, text in second.items():
            first[language] = first.get(language) or text
        return True
    if isinstance(first, dict) and isinstance(second, dict):
        same = first.keys() == second.keys()
        for key in first.keys() & second.keys():
            same &= _complete(first[key], second[key])
        return same
    if isinstance(first, list) and isinstance(second, list):
        same = len(first) == len(second)
        for one, other in zip(first, second, strict=False):
            same &= _complete(one, other)
        return same
    return bool(first == second)
