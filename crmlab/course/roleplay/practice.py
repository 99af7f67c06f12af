"""Role-plays for practice: every script of the course, for no points, with the tries kept. No widgets here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crmlab.course import session
from crmlab.course.roleplay import scripts
from crmlab.course.roleplay.scripts import Script
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
    """All scripts of the course by title, with the customer and how often each was tried."""
    found = []
    for path in sorted(scripts.folder().glob("*.yml")):
        head = _head(path)
        title, customer = (
            said(text) if isinstance(text := head.get(key), Mapping) else "" for key in ("title", "customer")
        )
        parts = [title or path.stem, customer]
        if tries := _tries(path.stem):
            parts.append(tr(_("tries: {tries}"), tries=tries))
        found.append(Offer(path.stem, " · ".join(filter(None, parts))))
    return found


def _head(path: Path) -> Mapping[str, Any]:
    """What stands before the nodes: a whole script takes ten times as long to read. Empty if it cannot be read."""
    from ruamel.yaml import YAML

    try:
        text = re.split(r"(?m)^nodes\s*:", path.read_text(encoding="utf-8-sig"), maxsplit=1)[0]
        head = YAML(typ="safe", pure=True).load(text)
    except Exception:  # ruamel.yaml raises many things; the player tells what is wrong with the file
        return {}
    return head if isinstance(head, Mapping) else {}


def _tries(name: str) -> int:
    fields = store().record(_id(name)).get("fields")
    tries = fields.get("tries") if isinstance(fields, Mapping) else None
    return len(tries) if isinstance(tries, list) else 0


def _id(name: str) -> str:
    return f"practice {name}"


def talk(name: str) -> Talk:
    """The talk of a script, as it was left. Raises ``OSError`` or :class:`crmlab.course.roleplay.scripts.ScriptError`."""
    script: Script = scripts.load(name)
    return Talk(store(), _id(name), script)
