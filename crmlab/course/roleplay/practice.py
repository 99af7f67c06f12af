"""Role-plays for practice: every script of the course, for no points, with the tries kept. No widgets here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from crmlab.course import session
from crmlab.course.roleplay import scripts
from crmlab.course.roleplay.talk import Talk
from crmlab.course.state import Store
from crmlab.course.yamlfile import said
from crmlab.language import _, tr


@dataclass(frozen=True)
class Offer:
    """A script to choose: its name, and a line about it in the trainee's language."""

    name: str
    label: str


_unkept = Store(None)
"""Where tries live while no lesson is open: until the kernel ends."""


def store() -> Store:
    """Where practice is kept: beside the answers of the open lesson."""
    opened = session.opened()
    return opened.store if opened else _unkept


def offers() -> list[Offer]:
    """All scripts of the course by title, with the customer and how often each was tried; one with faults by its file's name."""
    found = []
    for path in scripts.files():
        try:
            source = scripts.load(path).source
            parts = [said(source["title"]), said(source["customer"])]
        except (OSError, scripts.ScriptError):  # the player tells what is wrong with the file
            parts = [path.stem]
        if tries := _tries(path.stem):
            parts.append(tr(_("tries: {tries}"), tries=tries))
        found.append(Offer(path.stem, " · ".join(filter(None, parts))))
    return found


def _tries(name: str) -> int:
    fields = store().record(_id(name)).get("fields")
    tries = fields.get("tries") if isinstance(fields, Mapping) else None
    return len(tries) if isinstance(tries, list) else 0


def _id(name: str) -> str:
    return f"practice {name}"


def talk(name: str) -> Talk:
    """The talk of a script, as it was left. Raises ``OSError`` or :class:`crmlab.course.roleplay.scripts.ScriptError`."""
    return Talk(store(), _id(name), scripts.load(name))
