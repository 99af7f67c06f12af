"""One server and one browser for all tests in a browser that a worker runs; each test has windows and answers of its own."""

from __future__ import annotations

import json
from collections.abc import Generator, Iterator
from typing import Any
from urllib.request import Request, urlopen

import pytest

from tests.support.browser import Desk, browser
from tests.support.labserver import LabServer


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A browser, a server and a kernel share the machine with other tests: what fails there is tried again, and counted."""
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.flaky(reruns=2, reruns_delay=2))


FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Tell fixtures whether the test failed."""
    report = yield
    if report.when == "call":
        item.stash[FAILED] = report.failed
    return report


# Of the package and not of the session: while playwright runs, no notebook could be run in the same process.
@pytest.fixture(scope="package")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabServer]:
    """A running ``crmlab start`` on a copy of the real course, in English."""
    with LabServer(tmp_path_factory.mktemp("lab") / "course", "en") as server:
        yield server


@pytest.fixture(scope="package")
def running() -> Iterator[Any]:
    """The browser."""
    with browser() as one:
        yield one


@pytest.fixture
def chromium(running: Any) -> Iterator[Any]:
    """The browser without windows; those that a test opens are closed after it."""
    before = list(running.contexts)
    yield running
    for context in running.contexts:
        if context not in before:
            context.close()


@pytest.fixture(scope="package")
def one_desk(lab: LabServer, running: Any) -> Desk:
    """The tab of :func:`desk`."""
    return Desk(running, lab)


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
def desk(fresh: LabServer, one_desk: Desk, request: pytest.FixtureRequest) -> Iterator[Desk]:
    """A JupyterLab for one lesson after the other, with no answers kept; for all tests that need no tab of their own."""
    yield one_desk
    one_desk.clear(request.node.stash.get(FAILED, False))
