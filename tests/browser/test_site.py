"""The browser edition in a browser that has never seen it: lessons by clicks, work that stays and travels, no other host."""

from __future__ import annotations

import http.server
import json
import re
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from crmlab.app import work
from crmlab.course import lessons
from crmlab.course.exercises import load_lesson
from crmlab.course.form import Form
from crmlab.lite import build, serve
from tests.support import sitefixture
from tests.support.browser import LessonPage
from tests.support.lessonclicks import answer_by_clicks, path_of, right_clicks

pytestmark = pytest.mark.browser

CONNECTED = """() => {
  const widget = window.jupyterapp && window.jupyterapp.shell.currentWidget;
  const session = widget && widget.context && widget.context.sessionContext && widget.context.sessionContext.session;
  return Boolean(session && session.kernel && session.kernel.status === 'idle' && session.kernel.connectionStatus === 'connected');
}"""
READ = """async (path) => {
  const model = await window.jupyterapp.serviceManager.contents.get(path, { content: true });
  if (typeof model.content !== 'string') return JSON.stringify(model.content);
  if (model.format !== 'base64') return model.content;
  return new TextDecoder().decode(Uint8Array.from(atob(model.content), (letter) => letter.charCodeAt(0)));
}"""


class SitePage(LessonPage):
    """A lesson of the site in a tab of its own."""

    def __init__(self, context: Any, base: str, path: str) -> None:
        self.page = context.new_page()
        self.page.set_default_timeout(60_000)
        # JupyterLite's worker also asks the top of the host whether it is alive.
        self.lab = SimpleNamespace(base="/".join(base.split("/")[:3]))  # type: ignore[assignment]
        self.requests: list[str] = []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.path = path
        app = build.APPS[path.split("/")[1]]
        self.page.goto(f"{base}/{app}/index.html?path={path}")
        self.ready()

    def ready(self, seconds: float = 300) -> None:
        """Wait until Python runs in the browser; that takes long the first time."""
        self._wait(lambda: self.page.evaluate(CONNECTED), seconds, "Python did not start in the browser")

    def kept(self) -> dict[str, Any]:
        """The points by exercise, as they are kept in the browser."""
        content = json.loads(self.page.evaluate(READ, self.path.replace(".ipynb", ".json")))
        return {id: record.get("points", 0.0) for id, record in content["exercises"].items()}

    def reload(self) -> None:
        self.page.reload()
        self.ready()


@pytest.fixture(scope="module")
def server() -> Iterator[http.server.HTTPServer]:
    running = serve.server(sitefixture.site().parent)
    threading.Thread(target=running.serve_forever, daemon=True).start()
    yield running
    running.shutdown()
    running.server_close()


@pytest.fixture(scope="module")
def base(server: http.server.HTTPServer) -> str:
    """Below the host, as on GitHub Pages; the test with another host has its site at the top."""
    return f"http://127.0.0.1:{server.server_port}/{sitefixture.site().name}"


@pytest.fixture(scope="module")
def profile(running: Any) -> Iterator[Any]:
    """A browser profile that the lessons below share, cold at first."""
    sitefixture.pyodide()
    context = running.new_context(viewport={"width": 1400, "height": 1000}, accept_downloads=True)
    yield context
    context.close()


# One lesson of each unit; languages take turns.
LESSONS = [("en", "1.1"), ("zh", "2.3"), ("en", "3.2"), ("zh", "4.2"), ("en", "5.1"), ("zh", "8.1")]


@pytest.mark.parametrize(("language", "number"), LESSONS)
def test_a_lesson_is_passed_by_clicks_in_the_browser_alone(profile: Any, base: str, language: str, number: str) -> None:
    lesson = lessons.find(number)
    page = SitePage(profile, base, path_of(language, lesson))
    page.run_all(300)
    assert page.errors() == []
    wanted = answer_by_clicks(page, language, lesson)
    page._wait(lambda: {id: page.kept().get(id) for id in wanted} == wanted, 60, f"points kept: {page.kept()}")
    assert page.page.locator(".jp-OutputArea img, .jp-OutputArea svg").count() > 0, "a plot"
    assert page.strangers() == []
    if number == "1.1":
        page.reload()
        page.run_all(300)
        assert page.kept() == wanted | page.kept()
        made = next(one for one in load_lesson(number) if isinstance(one.form(), Form))
        assert f"{made.points:g}" in page.told(made.id).inner_text()
    page.page.close()


def test_the_start_page_knows_what_was_done_and_takes_the_work_along(
    profile: Any, chromium: Any, base: str, tmp_path: Path
) -> None:
    start = profile.new_page()
    start.goto(f"{base}/index.html")
    start.locator("nav button[data-language=en]").click()
    place = start.locator("main[data-language=en] [data-points='1.1']")
    place.wait_for()
    start.wait_for_function(
        "() => document.querySelector('main[data-language=en] [data-points=\"1.1\"]').textContent !== ''"
    )
    assert "of" in place.inner_text()
    assert "index.html?path=notebooks/" in (
        start.locator("main[data-language=en] a.continue").get_attribute("href") or ""
    )
    with start.expect_download() as waiting:
        start.locator("main[data-language=en] [data-do=download]").click()
    file = tmp_path / "crmlab-work.json"
    waiting.value.save_as(file)
    start.close()

    # Into the installed course ...
    taken = work.unpack(file.read_text(encoding="utf-8"), tmp_path / "course")
    lesson = lessons.find("1.1")
    state = path_of("en", lesson).replace(".ipynb", ".json")
    assert state in taken.files
    full = {made.id: made.points for made in load_lesson("1.1") if isinstance(made.form(), Form)}
    records = json.loads((tmp_path / "course" / state).read_text(encoding="utf-8"))["exercises"]
    assert {id: records[id]["points"] for id in full} == full

    # ... and into another browser.
    other = chromium.new_context()
    page = other.new_page()
    page.goto(f"{base}/index.html")
    page.locator("nav button[data-language=en]").click()
    with page.expect_file_chooser() as chooser:
        page.locator("main[data-language=en] [data-do=upload]").click()
    bad = tmp_path / "bad.json"
    bad.write_text("[]", encoding="utf-8")
    chooser.value.set_files(bad)
    page.wait_for_function(
        "() => /no file of work/.test(document.querySelector('main[data-language=en] .said').textContent)"
    )
    with page.expect_file_chooser() as chooser:
        page.locator("main[data-language=en] [data-do=upload]").click()
    chooser.value.set_files(file)
    page.wait_for_function(
        "() => /taken over/.test(document.querySelector('main[data-language=en] .said').textContent)"
    )
    page.close()
    again = SitePage(other, base, path_of("en", lesson))
    assert {id: again.kept().get(id) for id in full} == full
    again.run_all(300)
    made = next(one for one in load_lesson("1.1") if isinstance(one.form(), Form))
    again.expect(made.id, "Right")
    again.page.close()

    # Reset: chosen from a list; nothing is lost.
    page = other.new_page()
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(f"{base}/index.html")
    page.locator("main[data-language=en] [data-do=reset]").select_option("1.1")
    page.wait_for_function(
        "() => /as it came/.test(document.querySelector('main[data-language=en] .said').textContent)"
    )
    kept = page.evaluate("async () => Object.keys(await crmlabWork.all())")
    assert state not in kept
    assert state.replace(".json", ".older-1.json") in kept
    other.close()


def test_a_newer_lesson_does_not_hide_behind_the_saved_copy(chromium: Any, base: str) -> None:
    path = path_of("en", lessons.find("1.1"))
    file = sitefixture.site() / "files" / path
    before = file.read_text(encoding="utf-8")
    context = chromium.new_context()
    try:
        page = SitePage(context, base, path)
        page.page.evaluate("() => window.jupyterapp.commands.execute('docmanager:save')")
        page.page.wait_for_timeout(2000)
        content = json.loads(before)
        content["metadata"]["crmlab"]["stamp"] = "newer"
        content["cells"][0]["source"] = "# 1.1 The new edition\n"
        file.write_text(json.dumps(content), encoding="utf-8")
        page.page.reload()
        take = page.page.locator(".crmlab-newer .crmlab-take")
        take.wait_for(timeout=120_000)
        assert "newer edition" in page.page.locator(".crmlab-newer").inner_text()
        take.click()
        page.page.locator("h1", has_text="The new edition").wait_for(timeout=120_000)
        names = "async (folder) => (await window.jupyterapp.serviceManager.contents.get(folder, { content: true })).content.map((one) => one.name)"
        page._wait(
            lambda: "1-tour.mine-1.ipynb" in page.page.evaluate(names, path.rsplit("/", 1)[0]), 60, "no copy kept"
        )
        assert page.page.locator(".crmlab-newer").count() == 0
    finally:
        file.write_text(before, encoding="utf-8")
        context.close()


def test_it_says_how_far_it_is(profile: Any, base: str) -> None:
    page = profile.new_page()
    begun = time.monotonic()
    page.goto(f"{base}/{build.APPS['zh']}/index.html?path={path_of('zh', lessons.find('1.1'))}")
    bar = page.locator(".crmlab-load")
    bar.wait_for(timeout=60_000)
    assert re.search(r"Python", bar.inner_text())
    assert bar.locator("progress").get_attribute("aria-label")
    page.wait_for_function(
        "() => /准备好了/.test((document.querySelector('.crmlab-load') || {}).textContent || '')", timeout=300_000
    )
    print(f"warm start: {time.monotonic() - begun:.1f} s")
    assert "文件" in page.locator(".lm-MenuBar").inner_text()
    page.close()


@pytest.mark.parametrize(
    ("lacks", "says"),
    [
        ("Object.defineProperty(window, 'localStorage', { get() { throw new Error('blocked'); } });", "blocks storage"),
        ("window.BigInt64Array = undefined;", "cannot run the course"),
        ("Object.defineProperty(window, 'isSecureContext', { value: false });", "begins with http://"),
    ],
    ids=["storage", "old", "insecure"],
)
def test_a_browser_that_cannot_run_the_course_is_told(chromium: Any, base: str, lacks: str, says: str) -> None:
    context = chromium.new_context(locale="en-GB")
    context.add_init_script(lacks)
    page = context.new_page()
    page.goto(f"{base}/index.html")
    page.locator("main:visible .trouble", has_text=says).wait_for()
    page.goto(f"{base}/lab/index.html?path={path_of('en', lessons.find('1.1'))}")
    page.locator(".crmlab-stop", has_text=says).wait_for()
    context.close()


def test_the_exam_begins(profile: Any, base: str) -> None:
    page = SitePage(profile, base, path_of("zh", lessons.find("7.2")))
    page.run_all(300)
    assert page.errors() == []
    page.page.locator("button.crmlab-begin").first.click()
    questions = page.page.locator(".crmlab select, .crmlab input[type=radio], .crmlab input[type=checkbox]")
    page._wait(lambda: questions.count() > 0 and questions.first.is_visible(), 120, "no question is shown")
    page.page.close()


class Elsewhere(serve.Handler):
    """Stands in for the public host of Pyodide."""

    def end_headers(self) -> None:
        self.send_header("Access-Control-Allow-Origin", "*")
        super().end_headers()


def test_python_may_come_from_another_host(chromium: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a folder with Pyodide; and the packages that only some lessons need come when these are run."""
    folder = tmp_path / "site"
    folder.mkdir()
    other, own = serve.server(sitefixture.pyodide(), handler=Elsewhere), serve.server(folder)
    for running in (other, own):
        threading.Thread(target=running.serve_forever, daemon=True).start()
    monkeypatch.setenv("CRMLAB_PYODIDE_CDN", f"http://127.0.0.1:{other.server_port}/")
    base = f"http://127.0.0.1:{own.server_port}"
    build.build(folder, None, base, lambda _text: None)
    context = chromium.new_context(viewport={"width": 1400, "height": 1000})
    try:
        page = SitePage(context, base, path_of("en", lessons.find("5.2")))
        assert not [one for one in page.requests if "scipy" in one]
        page.run_all(300)
        assert page.errors() == []
        asked = [one for one in page.requests if f":{other.server_port}/" in one]
        for name in ("pyodide.asm.wasm", "pandas-", "scipy-", "matplotlib-"):
            assert any(name in one for one in asked), name
        assert not list(folder.glob("static/*/pyodide.asm.wasm"))
    finally:
        context.close()
        for running in (other, own):
            running.shutdown()
            running.server_close()


KEPT = """async (end) => {
  for (const name of await caches.keys())
    for (const one of await (await caches.open(name)).keys()) if (one.url.endsWith(end)) return true;
  return false;
}"""


# The last test of the file: it stops the server.
def test_what_was_loaded_once_works_without_a_network(profile: Any, base: str, server: http.server.HTTPServer) -> None:
    done, other = path_of("en", lessons.find("1.1")), path_of("en", lessons.find("8.1"))
    page = SitePage(profile, base, done)
    page._wait(
        lambda: page.page.evaluate(KEPT, other.replace("notebooks/", "solutions/")), 120, "the lessons are not kept"
    )
    page._wait(lambda: page.page.evaluate(KEPT, "/lab/index.html"), 60, "the page is not kept")
    page.page.close()
    server.shutdown()
    server.server_close()
    page = SitePage(profile, base, done)
    page.run_all(300)
    assert page.errors() == []
    made = next(one for one in load_lesson("1.1") if isinstance(one.form(), Form))
    page.fill(made, right_clicks(made, lessons.find("1.1")))
    page.check(made.id)
    page._wait(lambda: page.kept().get(made.id) == made.points, 60, "nothing is kept without a network")
    page.page.close()
    # A lesson that was never opened in this browser.
    page = SitePage(profile, base, other)
    page.run_all(300)
    assert page.errors() == []
    page.page.close()
