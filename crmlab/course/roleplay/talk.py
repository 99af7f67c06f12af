"""A role-play under way: what was said, in which mode, which tries there were. Kept at each step; no widgets here.

In an exercise's record stand, beside ``fields`` (``path`` of the talk under way, ``tries`` that came to an end): ``mode``
("own" if the trainee types a line before seeing the choices), ``typed`` (own lines of the talk under way, one for each
choice of the path, empty where it was only chosen) and ``words`` (those of each try, under its path such as "2,1,0").
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from crmlab.course.roleplay import nearness
from crmlab.course.roleplay.scripts import Play, Script
from crmlab.course.state import Record
from crmlab.course.yamlfile import said
from crmlab.language import LANGUAGES, _, tr

LONGEST = 500
"""Characters kept of an own line."""

Words = list[str]


@dataclass(frozen=True)
class Match:
    """A typed line against the choices: ``number`` of the nearest one, ``None`` where the trainee has to pick;
    ``near`` of each choice, 0 to 1; ``says`` why there is none, in the trainee's language."""

    words: str
    number: int | None
    near: list[float]
    says: str = ""


class Keeping(Protocol):
    """Where a talk is kept: :class:`crmlab.course.state.Store`, or what looks like it."""

    def record(self, exercise: str, /) -> Record:
        """What is kept under an id."""

    def change(self, exercise: str, change: Callable[[Record], None], /) -> None:
        """Change that, and keep it at once."""


class Talk:
    """The talk of one role-play, kept in a store under an id."""

    def __init__(self, store: Keeping, id: str, script: Script) -> None:
        self._store = store
        self._id = id
        self.script = script
        record = store.record(id)
        self._path: list[int] = list(self._fields().get("path", []))
        self._typed = _words(record.get("typed"), len(self._path))
        self.own = record.get("mode") == "own"
        """Whether the trainee types a line of their own before the choices are shown."""
        self.matched: Match | None = None
        """The line typed for the next exchange, and the choice nearest to it."""
        self._picking = False

    def _fields(self) -> dict[str, Any]:
        return dict(self.script.clean(self._store.record(self._id).get("fields")))

    # -- reading -------------------------------------------------------------------------------------------------------

    def play(self) -> Play:
        """The talk as far as it went."""
        return self.script.play(self._path)

    def choices(self) -> list[str]:
        """What can be said now, in the trainee's language; empty at an ending."""
        return [said(choice["text"]) for choice in self.script.choices(self.play().state.node)]

    def choices_open(self) -> bool:
        """Whether the choices are to be seen: always, or in the second mode once a line was typed and they are asked for."""
        return not self.own or self._picking

    def typed(self) -> Words:
        """The own lines of the talk under way, one for each exchange; empty where there was none."""
        return list(self._typed)

    def tries(self) -> list[list[int]]:
        """The paths of all talks that came to an end, also those of another tab; each way once."""
        return list(self._fields().get("tries", []))

    def words_of(self, path: Sequence[int]) -> Words:
        """The own lines of a try, one for each exchange."""
        kept = self._store.record(self._id).get("words")
        return _words(kept.get(key_of(path)) if isinstance(kept, Mapping) else None, len(path))

    def match(self, words: str) -> Match:
        """Find the choice that is nearest to a typed line, in whatever language of the course it was typed."""
        words = _short(words)
        if not words:
            return Match("", None, [], tr(_("Type your own line first: what would you really say?")))
        choices = self.script.choices(self.play().state.node)
        by_language = [nearness.nearness(words, [c["text"][key] for c in choices]) for key in LANGUAGES]
        near = [max(each) for each in zip(*by_language, strict=True)]
        found = nearness.nearest(near)
        if not found:
            text = _("None of the lines is near to yours. Pick the one that comes closest to what you mean.")
            return Match(words, None, near, tr(text))
        if len(found) > 1:
            text = _("{count} lines are equally near to yours. Pick the one that comes closest to what you mean.")
            return Match(words, None, near, tr(text, count=len(found)))
        return Match(words, found[0], near)

    # -- changing ------------------------------------------------------------------------------------------------------

    def propose(self, words: str) -> Match:
        """Take down an own line and find the choice nearest to it; where there is none, the choices are opened."""
        self.matched = self.match(words)
        self._picking = bool(self.matched.words) and self.matched.number is None
        return self.matched

    def pick(self) -> None:
        """Open the choices: the trainee means another one than the nearest."""
        self._picking = True

    def say(self, number: int) -> bool:
        """Take a choice, with the own line that led to it; True if the talk has come to an end with it."""
        words = self.matched.words if self.own and self.matched else ""
        return self._go([*self._path, number], [*self._typed, words])

    def back(self) -> None:
        """Take the last exchange back. Tries that came to an end stay."""
        self._go(self._path[:-1], self._typed[:-1])

    def again(self) -> None:
        """Begin the talk again."""
        self._go([], [])

    def switch(self, own: bool) -> None:
        """Change between choosing a line and typing one first."""
        self.own = own
        self.matched, self._picking = None, False
        self._store.change(self._id, lambda record: record.__setitem__("mode", "own" if own else "choose"))

    def _go(self, path: Sequence[int], typed: Words) -> bool:
        play = self.script.play(path)
        self._path = play.path()
        self._typed = typed[: len(self._path)]
        self.matched, self._picking = None, False
        ended = bool(play.ended())

        def change(record: Record) -> None:
            # Another tab may have finished a talk in the meantime: add to what is kept, do not replace it.
            tries = list(self.script.clean(record.get("fields")).get("tries", []))
            if ended and self._path not in tries:
                tries.append(self._path)
            record["fields"] = {"path": self._path, "tries": tries}
            record["typed"] = self._typed
            if ended and any(self._typed):
                words = record.get("words")
                record["words"] = {**(words if isinstance(words, dict) else {}), key_of(self._path): self._typed}

        self._store.change(self._id, change)
        return ended


def key_of(path: Sequence[int]) -> str:
    """A path as the key of its words: "2,1,0"."""
    return ",".join(map(str, path))


def _short(words: str) -> str:
    return " ".join(str(words).split())[:LONGEST]


def _words(kept: Any, length: int) -> Words:
    """Own lines as kept, one for each exchange; whatever is no text is left empty."""
    lines = kept if isinstance(kept, list) else []
    found = [_short(line) if isinstance(line, str) else "" for line in lines[:length]]
    return found + [""] * (length - len(found))
