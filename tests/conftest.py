"""Fixtures that several files of tests use; those for tests in a browser are in browser/conftest.py."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.charts import in_language  # noqa: F401 (a fixture)
from tests.support.labserver import Course


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """A small checkout of its own: the package, and lessons 1.1 and 2.3 in both languages."""
    return Course(tmp_path / "checkout")
