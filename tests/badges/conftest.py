"""A key, and a class with its certificates: made once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crmlab.badges import issuing, keys
from crmlab.badges.keys import Issuer
from crmlab.classroom import settings
from crmlab.classroom.collected import Collected, Person
from crmlab.classroom.folder import Class
from crmlab.classroom.marks import LessonMarks, Mark, Marks
from crmlab.language import set_language

AT = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
LILEI, ANNA, TOM = Person("li-lei", "李雷", "S-17", "zh"), Person("anna-k", "Anna <K>", "S-18", "en"), Person("tom", "Tom", "", "en")


@dataclass(frozen=True)
class World:
    """A class folder, the folder of a key, and the certificates made of both."""

    folder: Path
    key: Path
    issuer: Issuer
    out: Path


def lesson(points: float, maximum: float) -> LessonMarks:
    return LessonMarks({"one": Mark(points, maximum, "right")})


def class_folder(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    settings.save(Class(folder, "春季班 <1>", 4711, ("en", "zh"), ("2.1", "2.2", "3.1")))
    Collected((LILEI, ANNA, TOM)).save(folder)
    earned = {
        "li-lei": {"2.1": lesson(9.5, 10), "2.2": lesson(12, 12), "3.1": lesson(8, 10)},
        "anna-k": {"2.1": lesson(10, 10), "2.2": lesson(12, 12), "3.1": lesson(4, 10)},
        "tom": {"2.1": lesson(10, 10)},  # all of what was handed in, a third of the class
    }
    Marks(earned).save(folder)
    return folder


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    base = tmp_path_factory.mktemp("badges")
    issuer = keys.new(base / "key", "Spring Tea 茶 Trading", bits=keys.LEAST_BITS)
    folder = class_folder(base / "class")
    key, _issuer = keys.private(base / "key")
    of_class, found = issuing.standings(folder)
    for one in found:
        if one.passed:
            issuing.issue(one, of_class, key, issuer, base / "out", at=AT)
    return World(folder, base / "key", issuer, base / "out")


@pytest.fixture(scope="session")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a key that somebody else made, under the same name."""
    folder = tmp_path_factory.mktemp("stranger") / "key"
    keys.new(folder, "Spring Tea 茶 Trading", bits=keys.LEAST_BITS)
    return folder


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    set_language("en")
    yield
    set_language(None)
