"""What people wrote for the course in YAML, read and checked: the cache that the wheel and the browser edition carry."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from crmlab.course import cache, criteria, exercise_file, exercise_load, yamlfile
from crmlab.course.bank import exam_talk, files
from crmlab.course.roleplay import scripts
from crmlab.course.yamlfile import Kind


def every() -> Iterator[tuple[Kind, Path]]:
    """Every file of the course with its kind."""
    for path in files.files():
        yield files.QUESTIONS, path
    for path in exercise_file.files():
        yield exercise_load.EXERCISES, path
    for path in (*scripts.files(), *exam_talk.files()):
        yield scripts.SCRIPT, path
    yield criteria.CRITERIA, criteria.path()


def ready() -> dict[str, bytes]:
    """The files of a cache that holds all of them, by name.

    Raises ``ValueError`` with the faults of the course's files, or the file whose content JSON cannot hold.
    """
    made: dict[str, bytes] = {}
    codes = {}
    for kind, path in every():
        content, faults = yamlfile.load(path, kind)
        if faults:
            raise ValueError("\n".join(map(str, faults)))
        codes[kind.name] = kind.code()
        name = cache.name_of(kind.name, kind.code(), path.read_bytes())
        entry = cache.encoded(name, content)
        if entry is None:
            raise ValueError(f"{path.name} holds what JSON cannot hold, such as a date without quotation marks.")
        made[name] = entry.encode("utf-8")
    return made | {cache.CODE: json.dumps(codes, sort_keys=True).encode("utf-8")}
