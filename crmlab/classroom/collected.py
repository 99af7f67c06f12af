"""What was made of the files that trainees sent: ``collected.json`` in the folder of a class.

Collecting writes it; grading and the report read it. Who somebody is stands here alone: folders and marks use the key.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from crmlab.classroom.folder import COLLECTED
from crmlab.course.files import write_atomically

KIND, FORMAT = "crmlab collected", 1


@dataclass(frozen=True)
class Person:
    """Somebody whose work counts."""

    key: str
    """A plain name for folders: small letters, digits and hyphens, unique in the class."""
    name: str
    id: str
    language: str = "en"
    lessons: tuple[str, ...] = ()
    """Numbers of the lessons that were handed in."""
    late: bool = False
    came: str = ""
    """When the work that counts was handed in, as an ISO moment; empty if nothing tells."""
    late_lessons: tuple[str, ...] = ()
    """Numbers of the lessons that were handed in after the end."""
    versions: dict[str, str] = field(default_factory=dict)
    """When what counts was made, by lesson, as ISO moments; empty ones where nothing tells."""
    undated: tuple[str, ...] = ()
    """Lessons of which only the date of the file tells when they were made."""
    known: tuple[tuple[str, str, str], ...] = ()
    """Names, numbers and numbers of the learning management system that were taken to be this person."""
    says: tuple[str, ...] = ()
    """Sentences for the instructor, on who this is."""


@dataclass(frozen=True)
class File:
    """One file that came, and what was done with it."""

    path: str
    """Below ``came/``, with forward slashes; within an archive "mail.zip > a.json"."""
    outcome: str
    """taken, double (the same once more), older (a newer one counts), late (taken, after the end), broken, unknown (nothing of this course)."""
    key: str = ""
    says: str = ""
    """A sentence for the instructor."""
    look: bool = False
    """Whether the instructor should look at it."""


@dataclass(frozen=True)
class Collected:
    """All of it."""

    people: tuple[Person, ...] = ()
    files: tuple[File, ...] = field(default=())

    def save(self, folder: Path) -> None:
        """Write it into the folder of a class. Raises ``OSError``."""
        content = {"kind": KIND, "format": FORMAT, **asdict(self)}
        write_atomically(folder / COLLECTED, json.dumps(content, ensure_ascii=False, indent=1) + "\n")


class Damaged(ValueError):
    """A ``collected.json`` that cannot be read; the argument is the folder of the class."""


def load(folder: Path) -> Collected:
    """Read it. Raises ``OSError`` where there is none, ``ValueError`` for anything else."""
    content = json.loads((folder / COLLECTED).read_text("utf-8"))
    if not isinstance(content, dict) or content.get("kind") != KIND or content.get("format") != FORMAT:
        raise ValueError(COLLECTED)
    lists = ("lessons", "late_lessons", "undated", "says")
    people = [
        Person(**{**one, **{key: tuple(one.get(key, ())) for key in lists}, "known": tuple(map(tuple, one.get("known", ())))})
        for one in content["people"]
    ]
    return Collected(tuple(people), tuple(File(**one) for one in content["files"]))
