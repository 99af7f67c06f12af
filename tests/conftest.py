"""Fixtures that several files of tests use."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from labserver import Course, LabServer


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabServer]:
    """A running ``crmlab start`` on a copy of the real course, in English."""
    with LabServer(tmp_path_factory.mktemp("lab") / "course", "en") as server:
        yield server


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """A small checkout of its own: the package, and lessons 1.1 and 2.3 in both languages."""
    return Course(tmp_path / "checkout")
