"""The standing from files that were handed in, for the room: from ``grading/submitted`` where they were collected, else from ``came``."""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

from crmlab.classroom import collected
from crmlab.classroom.folder import CAME, GRADING
from crmlab.course import lessons
from crmlab.course.grading import judging, standing
from crmlab.course.joining import FORMAT
from crmlab.language import LANGUAGES, current, speaking

MOST_BYTES, MOST_FILES = 20_000_000, 500
SUFFIX = ".handin.json"


def reports(folder: Path) -> Iterator[dict[str, Any]]:
    """A report, as a course would send it, for each person whose work lies in the folder of a class. What cannot be read is left out:
    collecting says why."""
    for who, name, texts, language in _people(folder):
        found = {}
        for lesson in lessons.every():
            if lesson.scored and (raw := texts.get(f"{lesson.unit}/{lesson.slug}.json")) is not None:
                fields, _problem = judging.read(raw, lesson)
                with contextlib.suppress(Exception), speaking(language):  # whatever a trainee wrote: the others are shown
                    found[lesson.number] = standing.of(lesson.number, fields)
        if found:
            seat = f"file-{hashlib.sha256(who.encode('utf-8', 'replace')).hexdigest()}"
            yield {"format": FORMAT, "seat": seat, "pseudonym": name, "lesson": "", "lessons": found}


def stamp(folder: Path) -> Any:
    """Something that is another when there are other files."""
    found: list[Any] = []
    with contextlib.suppress(OSError):
        found.append((folder / collected.COLLECTED).stat().st_mtime_ns)
    with contextlib.suppress(OSError):
        found += sorted((one.name, one.stat().st_mtime_ns) for one in (folder / CAME).glob(f"*{SUFFIX}"))[:MOST_FILES]
    return found


def _people(folder: Path) -> Iterator[tuple[str, str, dict[str, bytes], str]]:
    """Key, name, answers by file, and the language that was worked in."""
    try:
        people = collected.load(folder).people
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        yield from _came(folder)
        return
    for person in people:
        if re.fullmatch(r"[\w-]{1,100}", person.key):
            top = folder / GRADING / "submitted" / person.key
            yield person.key, person.name or person.id, {f"{path.parent.name}/{path.name}": raw for path in sorted(top.glob("*/*.json")) if (raw := _read(path)) is not None}, _language(person.language)


def _language(code: object) -> str:
    return code if isinstance(code, str) and code in LANGUAGES else current()


def _came(folder: Path) -> Iterator[tuple[str, str, dict[str, bytes], str]]:
    newest: dict[str, tuple[str, str, dict[str, bytes], str]] = {}
    for path in sorted((folder / CAME).glob(f"*{SUFFIX}"))[:MOST_FILES]:
        with contextlib.suppress(ValueError, RecursionError, AttributeError, TypeError):
            content = json.loads((_read(path) or b"").decode("utf-8-sig"))
            if content.get("kind") != "crmlab hand-in" or not isinstance(content.get("files"), dict):
                continue
            who, made = f"{content.get('name')} {content.get('id')}", str(content.get("made", ""))
            texts = {"/".join(PurePosixPath(name).parts[-2:]): text.encode("utf-8", "replace") for name, text in content["files"].items() if isinstance(text, str)}
            if who not in newest or made > newest[who][0]:
                newest[who] = made, str(content.get("name", "")), texts, _language(content.get("language"))
    for who, (_made, name, texts, language) in newest.items():
        yield who, name, texts, language


def _read(path: Path) -> bytes | None:
    with contextlib.suppress(OSError):
        if path.is_file() and not path.is_symlink() and path.stat().st_size <= MOST_BYTES:
            return path.read_bytes()
    return None
