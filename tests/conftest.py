"""Fixtures that several files of tests use; those for tests in a browser are in browser/conftest.py."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from crmlab.language import LANGUAGES, set_language
from tests.support.charts import in_language  # noqa: F401 (a fixture)
from tests.support.labserver import Course


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """A small checkout of its own: the package, and lessons 1.1 and 2.3 in both languages."""
    return Course(tmp_path / "checkout")


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> Iterator[str]:
    """A test that asks for a language runs in all of them."""
    set_language(request.param)
    yield request.param
    set_language(None)
