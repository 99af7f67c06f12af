"""What was read from YAML and found sound, kept as JSON: reading and checking YAML takes a hundred times as long.

An entry is named by all that it follows from: the bytes of the file, its kind, and the code that reads and checks that
kind. So no entry can grow stale. Whatever cannot be read or written here is as if it were not there; nothing depends
on it but the time.

Entries lie in two folders. The wheel and the browser edition bring one along, which is never written to. What a checkout or
an instructor writes goes into the user's cache folder, not beside the file: a class may share one checkout that nobody can
write to, and no lesson's folder should hold what nobody wrote.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import sys
import time
from functools import cache
from pathlib import Path
from typing import Any

from crmlab import places
from crmlab.course.files import write_atomically
from crmlab.language import LANGUAGES

CODE = "code.json"
"""In the folder of a wheel: what tells the code apart that made its entries, by kind. Its sources need not be there."""

MOST_ENTRIES, MOST_BYTES = 500, 50_000_000
"""The user's folder holds no more than this; the course has some sixty entries of 20 kB."""
DAY = 24 * 60 * 60.0

_ENTRY = re.compile(r"[a-z]+-[0-9a-f]{40}\.jsonl")
_UNFINISHED = re.compile(r"\.[a-z]+-[0-9a-f]{40}\.jsonl\..+\.tmp")


def folder() -> Path | None:
    """The user's own folder of entries, which need not be there yet; ``None`` where nothing would last.

    CRMLAB_CACHE names another one (used by tests).
    """
    if wish := os.environ.get("CRMLAB_CACHE"):
        return Path(wish)
    if sys.platform == "emscripten":  # the browser edition
        return None
    return places.of_user("LOCALAPPDATA", "~/Library/Caches", "XDG_CACHE_HOME", "~/.cache")


def ready() -> Path | None:
    """The folder of entries that came with the course; ``None`` in a checkout."""
    return None if places.in_checkout() else places.root() / "cache"


@cache
def code(kind: str, modules: tuple[str, ...]) -> str:
    """What tells the code apart that reads and checks a kind of file, and the languages that it asks for. Empty if it is not
    known.

    >>> len(code("demo", ("crmlab.language",))), code("demo", ("crmlab.nowhere",))
    (64, '')
    """
    with contextlib.suppress(OSError, ValueError, LookupError, TypeError):
        if brought := ready():
            return str(json.loads((brought / CODE).read_text(encoding="utf-8"))[kind])
    told = hashlib.sha256(" ".join(LANGUAGES).encode())
    try:
        for module in modules:
            path = places.PACKAGE.parent / f"{module.replace('.', '/')}.py"
            told.update(hashlib.sha256(path.read_bytes()).digest())
    except OSError:
        return ""
    return told.hexdigest()


def name_of(kind: str, code: str, raw: bytes) -> str:
    """The name of the entry of a file with these bytes.

    >>> name_of("demo", "", b"- 1")
    'demo-77b30b4913aecb0b60ed493768487d0e71131fda.jsonl'
    """
    told = hashlib.sha256(f"1 {kind} {code} ".encode() + hashlib.sha256(raw).digest())
    return f"{kind}-{told.hexdigest()[:40]}.jsonl"


def find(name: str) -> Any:
    """The content of an entry, new with every call and the caller's to change; ``None`` if there is none."""
    for place in (ready(), folder()):
        if place is None:
            continue
        path = place / name
        try:
            seal, _line, text = path.read_bytes().partition(b"\n")
        except OSError:
            continue
        if seal == _seal(name, text):
            if place != ready():
                _used(path)
            return json.loads(text)
    return None


def _used(path: Path) -> None:
    """Note, once a day, that an entry is in use: it is not pruned then."""
    with contextlib.suppress(OSError):
        if time.time() - path.stat().st_mtime > DAY:
            path.touch()


def keep(name: str, content: Any) -> None:
    """Keep plain content under a name, as far as that can be done."""
    place = folder()
    entry = encoded(name, content)
    if place is None or entry is None:
        return
    try:
        place.mkdir(parents=True, exist_ok=True)
        write_atomically(place / name, entry)
        _prune(place)
    except OSError:
        return


def encoded(name: str, content: Any) -> str | None:
    """An entry as text: a line that seals it, and the content as JSON; ``None`` for content that JSON would change.

    >>> encoded("demo", {"price": 2.0}).splitlines()[1], encoded("demo", {1: "one"})
    ('{"price":2.0}', None)
    """
    try:
        text = json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":")) + "\n"
        seal = _seal(name, text.encode("utf-8")).decode()
    except (TypeError, ValueError, RecursionError):
        return None
    # A key that is a number, a tuple: JSON takes them, and gives back something else.
    return f"{seal}\n{text}" if repr(json.loads(text)) == repr(content) else None


def _seal(name: str, text: bytes) -> bytes:
    """By this line an entry is known as whole and ours."""
    return f'"{hashlib.sha256(name.encode() + text).hexdigest()}"'.encode()


def _prune(place: Path) -> None:
    """Drop the entries that were used longest ago where there are too many, and what a killed process left half written."""
    found = []
    for path in place.iterdir():
        with contextlib.suppress(OSError):  # another process drops it too
            stat = path.stat()
            if _ENTRY.fullmatch(path.name):
                found.append((stat.st_mtime, stat.st_size, path))
            elif _UNFINISHED.fullmatch(path.name) and time.time() - stat.st_mtime > DAY:
                path.unlink()
    total = 0
    for number, (_when, size, path) in enumerate(sorted(found, reverse=True)):
        total += size
        if number >= MOST_ENTRIES or total > MOST_BYTES:
            with contextlib.suppress(OSError):
                path.unlink()
