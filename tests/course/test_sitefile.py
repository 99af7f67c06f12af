"""Answers in the browser edition, without a browser: a stand-in for the service worker answers."""

from __future__ import annotations

import errno
import json
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from crmlab.course import sitefile
from crmlab.course.state import Store

PATH = sitefile.DRIVE / "notebooks/en/1-foundations/1-tour.json"
KEY = "notebooks/en/1-foundations/1-tour.json"


class Site:
    """Files of a site, and what its service worker answers."""

    def __init__(self) -> None:
        self.files: dict[str, str] = {}
        self.refuses = ""
        self.before: Callable[[], None] = lambda: None
        """Called before a file is replaced: another tab."""

    def answer(self, asked: dict[str, Any]) -> dict[str, Any]:
        if "text" not in asked:
            return {"text": self.files.get(asked["path"])}
        if self.refuses:
            return {"error": self.refuses}
        self.before()
        if self.files.get(asked["path"]) == asked["old"]:
            self.files[asked["path"]] = asked["text"]
        return {"text": self.files.get(asked["path"])}


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Site:
    found = Site()

    class Request:
        status = 200
        responseText = ""

        @classmethod
        def new(cls) -> Request:
            return cls()

        def open(self, method: str, address: str, later: bool) -> None:
            assert (method, address, later) == ("POST", "https://example.org/course/api/crmlab", False)

        def send(self, body: str) -> None:
            if found.refuses == "no service":
                self.status = 404
            self.responseText = json.dumps(found.answer(json.loads(body)))

    js, ffi = ModuleType("js"), ModuleType("pyodide.ffi")
    at = "https://example.org/course/extensions-0123456789ab/kernel/static/1.js?v=1"
    vars(js).update(XMLHttpRequest=Request, location=SimpleNamespace(href=at))
    vars(ffi).update(JsException=type("JsException", (Exception,), {}))
    for name, module in (("js", js), ("pyodide", ModuleType("pyodide")), ("pyodide.ffi", ffi)):
        monkeypatch.setitem(sys.modules, name, module)
    monkeypatch.setattr(sys, "platform", "emscripten")
    return found


def points(site: Site) -> dict[str, Any]:
    return {name: one["points"] for name, one in json.loads(site.files[KEY])["exercises"].items()}


def give(store: Store, **given: float) -> None:
    for name, value in given.items():
        store.change(name, lambda record, value=value: record.update(points=value))  # type: ignore[misc]


def test_a_file_is_replaced_only_as_it_was_read(site: Site) -> None:
    assert sitefile.possible(PATH)
    assert sitefile.read(PATH) is None
    assert sitefile.replace(PATH, None, "one")
    assert not sitefile.replace(PATH, None, "two")
    assert not sitefile.replace(PATH, "two", "three")
    assert sitefile.replace(PATH, "one", "zwei 二")
    assert (sitefile.read(PATH), site.files) == ("zwei 二", {KEY: "zwei 二"})
    site.refuses = "QuotaExceededError"
    with pytest.raises(OSError, match=r"1-tour.json") as raised:
        sitefile.replace(PATH, "zwei 二", "four")
    assert raised.value.errno == errno.ENOSPC


def test_what_another_tab_wrote_meanwhile_stays(site: Site) -> None:
    mine, other = Store(PATH, "1.1"), Store(PATH, "1.1")
    turns = iter(range(3))

    def interfere() -> None:
        if (turn := next(turns, None)) is not None:
            before, site.before = site.before, lambda: None
            give(other, **{f"other-{turn}": 1.0})
            site.before = before

    site.before = interfere
    give(mine, mine=2.0)
    assert points(site) == {"mine": 2.0, "other-0": 1.0, "other-1": 1.0, "other-2": 1.0}
    assert mine.problem == ""


@pytest.mark.parametrize(
    ("refuses", "says"), [("QuotaExceededError", "no room left"), ("UnknownError", "does not answer")]
)
def test_a_storage_that_refuses_is_said_and_tried_again(site: Site, refuses: str, says: str) -> None:
    store = Store(PATH, "1.1")
    give(store, before=1.0)
    site.refuses = refuses
    give(store, during=2.0)
    assert says in store.problem
    assert "download your work" in store.problem
    assert points(site) == {"before": 1.0}
    assert set(store.records()) == {"before", "during"}
    site.refuses = ""
    give(store, after=3.0)
    assert (store.problem, points(site)) == ("", {"before": 1.0, "during": 2.0, "after": 3.0})


def test_without_the_service_a_file_is_one_like_any_other(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.refuses = "no service"
    with pytest.raises(sitefile.Elsewhere):
        sitefile.read(PATH)
    monkeypatch.setattr(sitefile, "DRIVE", tmp_path)
    store = Store(tmp_path / "1-tour.json", "1.1")
    give(store, a=1.0)
    assert store.problem == ""
    assert json.loads((tmp_path / "1-tour.json").read_text("utf-8"))["exercises"] == {"a": {"points": 1.0}}
