"""Fixtures that several files of tests use."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

from crmlab.language import LANGUAGES, set_language
from tests.support.browser import browser
from tests.support.charts import in_language  # noqa: F401 (a fixture)
from tests.support.labserver import Course, LabServer


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A browser, a server and a kernel share the machine with other tests: what fails there is tried again, and counted."""
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.flaky(reruns=2, reruns_delay=2))


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> Iterator[str]:
    """A test that asks for a language runs in all of them."""
    set_language(request.param)
    yield request.param
    set_language(None)


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabServer]:
    """A running ``crmlab start`` on a copy of the real course, in English."""
    with LabServer(tmp_path_factory.mktemp("lab") / "course", "en") as server:
        yield server


@pytest.fixture(scope="module")
def running() -> Iterator[Any]:
    """A browser for all tests of a file."""
    with browser() as one:
        yield one


@pytest.fixture
def chromium(running: Any) -> Iterator[Any]:
    """A browser without windows; those that a test leaves open, because it failed, are closed after it."""
    yield running
    for context in running.contexts:
        context.close()


@pytest.fixture
def fresh(lab: LabServer) -> Iterator[LabServer]:
    """The server, with no answers kept from another test; the kernels that a test leaves running are ended after it."""
    for state in lab.folder.glob("notebooks/**/*.json"):
        state.unlink()
    yield lab
    with urlopen(f"{lab.base}/api/sessions?token={lab.token}", timeout=60) as answer:
        for session in json.load(answer):
            address = f"{lab.base}/api/sessions/{session['id']}?token={lab.token}"
            urlopen(Request(address, method="DELETE"), timeout=60).close()


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """A small checkout of its own: the package, and lessons 1.1 and 2.3 in both languages."""
    return Course(tmp_path / "checkout")
