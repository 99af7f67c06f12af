"""The talk of the exam: a script that no lesson shows, played once, forwards only, judged when the exam is handed in.

In a try stands ``{"script": name, "path": [choices]}``. Scripts for the exam lie in ``lessons/roleplays/exam``; a try gets one that
no earlier try had, as long as there is one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from crmlab.course.bank import asking
from crmlab.course.cases import Case
from crmlab.course.roleplay import scripts
from crmlab.course.roleplay.scripts import Play, Script
from crmlab.course.state import Record
from crmlab.language import _, tr

POINTS = 4
"""What a talk is worth: a point for each of its four marks, as in the lessons."""

Kept = dict[str, Any]


def files() -> list[Path]:
    """The scripts that only the exam shows, by name."""
    return sorted((scripts.folder() / "exam").glob("*.yml"))


def script(name: str) -> Script | None:
    """One of these scripts; ``None`` if there is none of that name or it has faults."""
    path = next((path for path in files() if path.stem == name), None)
    try:
        return scripts.load(path) if path else None
    except (OSError, scripts.ScriptError):
        return None


def begun(seed: object, seen: Iterable[str] = ()) -> Kept | None:
    """A talk to be played, unlike those seen; ``None`` if there is no script."""
    names = [str(name) for name in asking.shuffled([path.stem for path in files()], f"{seed}/talk")]
    fresh = [name for name in names if name not in set(seen)]
    return {"script": (fresh or names)[0], "path": []} if names else None


def readable(raw: Any) -> Kept | None:
    """A talk as it was kept; ``None`` if it cannot be read."""
    found = script(raw["script"]) if isinstance(raw, Mapping) and isinstance(raw.get("script"), str) else None
    return {"script": raw["script"], "path": found.play(raw.get("path")).path()} if found else None


def play(kept: Mapping[str, Any] | None) -> Play | None:
    """The talk as far as it went; ``None`` where a try has none."""
    found = script(kept["script"]) if kept else None
    return found.play(kept["path"]) if kept and found else None


def cases(kept: Mapping[str, Any] | None) -> Iterator[Case]:
    """A case for each of the four marks; all open while the talk has not come to an end."""
    from crmlab.course.roleplay import scoring

    talked = play(kept)
    if talked is None:
        return
    if not talked.ended():
        for _mark in range(POINTS):
            yield Case(False, tr(_("The talk was not brought to an end.")), open=True)
        return
    for mark in scoring.marks(talked):
        yield Case(mark.ok, mark.says, values=dict(mark.values))


def best_path(found: Script) -> list[int]:
    """A shortest way to all four marks: what the worked edition shows. Raises ``LookupError`` if there is none."""
    from crmlab.course.roleplay import scoring

    waiting: list[list[int]] = [[]]
    while waiting:
        path = waiting.pop(0)
        talked = found.play(path)
        if not talked.ended():
            waiting += [[*path, number] for number in range(len(found.choices(talked.state.node)))]
        elif all(mark.ok for mark in scoring.marks(talked)):
            return path
    raise LookupError(found.name)


class Forwards:
    """Keeps the talk of a try for :class:`crmlab.course.roleplay.talk.Talk`, which expects a store of records: a talk only goes on,
    no step back, and not once it has ended. ``change`` writes into the try."""

    def __init__(self, kept: Callable[[], Kept | None], change: Callable[[Sequence[int]], None]) -> None:
        self._kept = kept
        self._change = change

    def record(self, _id: str) -> Record:
        """The talk as a record."""
        kept = self._kept()
        return {"fields": {"path": list(kept["path"])}} if kept else {}

    def change(self, id: str, change: Callable[[Record], None]) -> None:
        """Keep what was said next."""
        before = self.record(id)
        after: Record = {"fields": dict(before.get("fields", {}))}
        change(after)
        old, new = before.get("fields", {}).get("path", []), after.get("fields", {}).get("path", [])
        if len(new) > len(old) and new[: len(old)] == old:
            self._change(new)
