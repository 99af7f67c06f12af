"""The browser edition in a browser that has never seen it: lessons by clicks, work that stays and travels, no other host."""

from __future__ import annotations

import http.server
import json
import os
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
from crmlab.lite import build, named, serve
from tests.support import sitefixture
from tests.support.browser import READY, LessonPage
from tests.support.lessonclicks import answer_by_clicks, path_of, right_clicks

pytestmark = pytest.mark.browser

READ = """async (path) => {
  const model = await window.jupyterapp.serviceManager.contents.get(path, { content: true });
  if (typeof model.content !== 'string') return JSON.stringify(model.content);
  if (model.format !== 'base64') return model.content;
  return new TextDecoder().decode(Uint8Array.from(atob(model.content), (letter) => letter.charCodeAt(0)));
}"""


class SitePage(LessonPage):
    """A lesson of the site in a tab of its own."""

    def __init__(self, context: Any, base: str, path: str, width: int = 1400) -> None:
        self.page = context.new_page()
        self.page.set_viewport_size({"width": width, "height": 1000})
        self.page.set_default_timeout(60_000)
        # JupyterLite's worker also asks the top of the host whether it is alive.
        self.lab = SimpleNamespace(base="/".join(base.split("/")[:3]))  # type: ignore[assignment]
        self.requests: list[str] = []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.path = path
        app = build.APPS[path.split("/")[1]]
        self.page.goto(f"{base}/{app}/index.html?path={path}")
        self.ready()

    def ready(self, seconds: float = 400) -> None:
        """Wait until the lesson has run itself; that takes long the first time."""
        super().ready(seconds)
        self.settle()

    def kept(self) -> dict[str, Any]:
        """The points by exercise, as they are kept in the browser."""
        content = json.loads(self.page.evaluate(READ, self.path.replace(".ipynb", ".json")))
        return {id: record.get("points", 0.0) for id, record in content["exercises"].items()}

    def begin(self, code: str) -> None:
        """Have the kernel run code beside the notebook."""
        self.page.evaluate(BEGIN, code)

    def end(self) -> str:
        """What that printed, and the error that it ended with; fails if the kernel hangs."""
        told = self.page.evaluate("() => window.crmlabRuns")
        assert told is not None, "the kernel hangs"
        return str(told)

    def run(self, code: str) -> str:
        self.begin(code)
        return self.end()


BEGIN = """(code) => {
  const { kernel } = window.crmlabLesson;
  const said = [];
  const asked = kernel.requestExecute({ code });
  asked.onIOPub = ({ content }) => said.push(content.text || (content.ename ? `${content.ename}: ${content.evalue}` : ''));
  const late = new Promise((resolve) => setTimeout(() => resolve(null), 60000));
  window.crmlabRuns = Promise.race([asked.done.then(() => said.join('')), late]);
}"""
KEPT = """async (end) => {
  for (const name of await caches.keys())
    for (const one of await (await caches.open(name)).keys()) if (one.url.endsWith(end)) return true;
  return false;
}"""
STORE = """
import time
from crmlab.course import lessons, session, state
store = state.Store(session.state_path(lessons.find("8.2")), "8.2")
"""


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


# One with code, and one with a talk by thumb: tests/lite/test_site.py runs every lesson in Node.
LESSONS = [("en", "1.1", 1400), ("zh", "4.2", 390)]


@pytest.mark.parametrize(("language", "number", "width"), LESSONS)
def test_a_lesson_is_passed_by_clicks_in_the_browser_alone(
    profile: Any, base: str, language: str, number: str, width: int
) -> None:
    lesson = lessons.find(number)
    page = SitePage(profile, base, path_of(language, lesson), width)
    assert page.errors() == []
    wanted = answer_by_clicks(page, language, lesson)
    page._wait(lambda: {id: page.kept().get(id) for id in wanted} == wanted, 60, f"points kept: {page.kept()}")
    assert page.page.locator(".jp-OutputArea img, .jp-OutputArea svg").count() > 0, "a plot"
    assert page.page.evaluate("() => document.documentElement.scrollWidth") <= width
    assert page.strangers() == []
    if number == "1.1":
        page.reload()
        assert page.kept() == wanted | page.kept()
        made = next(one for one in load_lesson(number) if isinstance(one.form(), Form))
        page.expect(made.id, f"{made.points:g}")
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

    # ... and into another browser, with a cell in the notebook that somebody else wrote there.
    notebook = json.loads((sitefixture.site() / "files" / path_of("en", lesson)).read_text("utf-8"))
    written = {"cell_type": "code", "id": "w", "metadata": {}, "outputs": [], "execution_count": None}
    notebook["cells"].append(written | {"source": "print('brought', 6 * 7)"})
    content = json.loads(file.read_text("utf-8"))
    content["files"][path_of("en", lesson)] = json.dumps(notebook)
    file.write_text(json.dumps(content), "utf-8")
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
    made = next(one for one in load_lesson("1.1") if isinstance(one.form(), Form))
    again.expect(made.id, "Right")
    brought = again.page.locator(".crmlab-others")
    assert brought.count() == 1, "what somebody else wrote does not run by itself"
    assert again.page.get_by_text("brought 42").count() == 0
    assert again.page.evaluate("() => localStorage.getItem('crmlab-mine')") is None
    brought.get_by_role("button", name="Run it").click()
    again.page.get_by_text("brought 42").wait_for()
    assert again.page.evaluate("() => JSON.parse(localStorage.getItem('crmlab-mine')).length") == 1
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


def test_a_newer_lesson_does_not_hide_behind_the_saved_copy(profile: Any, base: str) -> None:
    path = path_of("en", lessons.find("8.3"))
    file = sitefixture.site() / "files" / path
    before = file.read_text(encoding="utf-8")
    page = SitePage(profile, base, path)
    try:
        page.page.evaluate("() => window.jupyterapp.commands.execute('docmanager:save')")
        page.page.wait_for_timeout(2000)
        content = json.loads(before)
        content["metadata"]["crmlab"]["stamp"] = "newer"
        content["cells"][0]["source"] = "# 8.3 The new edition\n"
        file.write_text(json.dumps(content), encoding="utf-8")
        page.page.reload()
        take = page.page.locator(".crmlab-newer .crmlab-take")
        take.wait_for(timeout=120_000)
        assert "newer edition" in page.page.locator(".crmlab-newer").inner_text()
        take.click()
        page.page.locator("h1", has_text="The new edition").wait_for(timeout=120_000)
        names = "async (folder) => (await window.jupyterapp.serviceManager.contents.get(folder, { content: true })).content.map((one) => one.name)"
        page._wait(
            lambda: "3-one-stroke.mine-1.ipynb" in page.page.evaluate(names, path.rsplit("/", 1)[0]), 60, "no copy kept"
        )
        assert page.page.locator(".crmlab-newer").count() == 0
    finally:
        file.write_text(before, encoding="utf-8")
        page.page.close()


@pytest.fixture(scope="module")
def tab(profile: Any, base: str) -> Iterator[SitePage]:
    """A lesson of which no other test looks at the answers."""
    page = SitePage(profile, base, path_of("en", lessons.find("8.2")))
    page.run(STORE)
    yield page
    page.page.close()


def test_a_full_storage_loses_nothing_and_is_said(tab: SitePage) -> None:
    assert (
        tab.run("store.change('before', lambda record: record.update(points=1.0)); print(repr(store.problem))")
        == "''\n"
    )
    quota = {"origin": "/".join(tab.page.url.split("/")[:3])}
    devtools = tab.page.context.new_cdp_session(tab.page)
    devtools.send("Storage.overrideQuotaForOrigin", {**quota, "quotaSize": 1})
    box = tab.page.locator(".crmlab-full")
    try:
        # Chromium looks at what is left every few seconds.
        told = tab.run(
            "until = time.time() + 30\nwhile not store.problem and time.time() < until:\n"
            "    store.change('during', lambda record: record.update(text='x' * 100_000))\nprint(store.problem)"
        )
        assert "no room left" in told
        assert "No space left" in tab.run("open('mine.csv', 'w').write('a')")
        assert "no room left" in box.inner_text()
        with tab.page.expect_download() as waiting:
            box.get_by_role("button", name="Download").click()
        taken = json.loads(Path(waiting.value.path()).read_text("utf-8"))["files"]
        assert set(json.loads(taken[tab.path.replace(".ipynb", ".json")])["exercises"]) == {"before", "during"}
    finally:
        devtools.send("Storage.overrideQuotaForOrigin", quota)
    assert (
        tab.run("store.change('after', lambda record: record.update(points=2.0)); print(repr(store.problem))") == "''\n"
    )
    box.wait_for(state="detached")
    assert tab.kept() == {"before": 1.0, "during": 0.0, "after": 2.0}


def test_two_tabs_on_one_lesson_lose_nothing(tab: SitePage, profile: Any, base: str) -> None:
    other = SitePage(profile, base, tab.path)
    other.run(STORE)
    for page, name in ((tab, "a"), (other, "b")):
        page.begin(
            f"for turn in range(100):\n    store.change(f'{name}{{turn}}', lambda record: record.update(points=1.0))\n"
            "print(store.problem)"
        )
    assert [page.end() for page in (tab, other)] == ["\n", "\n"], "nothing is said of locks or of trouble"
    wanted = {f"{name}{turn}" for name in "ab" for turn in range(100)}
    assert wanted <= set(tab.kept())
    other.page.close()


STOPS = """() => {
  window.crmlabSaid = [];
  document.addEventListener('crmlab', ({ detail }) => window.crmlabSaid.push(detail.state));
  window.crmlabLesson.kernel.requestExecute({ code: 'import os; os.abort()' });
}"""


def test_python_that_stops_for_good_comes_back_with_the_answers(tab: SitePage) -> None:
    tab.run("store.change('stays', lambda record: record.update(points=1.0))")
    before = tab.kept()
    assert before["stays"] == 1.0
    tab.page.evaluate(STOPS)
    tab.page.wait_for_function("() => window.crmlabSaid.includes('again')")
    tab.ready()
    assert tab.errors() == []
    assert tab.page.get_by_text("Error displaying widget").count() == 0
    assert tab.page.locator(".crmlab select, .crmlab input, .crmlab button").count() > 0
    assert tab.kept() == before


SHOWS = """<img src="x" onerror="window.crmlabRan = 'handler'"><script>window.crmlabRan = 'script';</script>"""
EVIL: dict[str, Any] = {
    "nbformat": 4,
    "nbformat_minor": 5,
    "metadata": {
        "kernelspec": {"name": "python", "display_name": "Python"},
        "widgets": {"application/vnd.jupyter.widget-state+json": {}},
    },
    "cells": [
        {"cell_type": "markdown", "id": "a", "metadata": {"trusted": True}, "source": f"# Opened\n\n{SHOWS}"},
        *(
            {
                "cell_type": "code",
                "id": kind.split("/")[1],
                "metadata": {"trusted": True},
                "source": "",
                "execution_count": 1,
                "outputs": [{"output_type": "display_data", "metadata": {}, "data": {kind: data}}],
            }
            for kind, data in {
                "text/html": SHOWS,
                "application/javascript": "window.crmlabRan = 'javascript';",
                "image/svg+xml": f"<svg xmlns='http://www.w3.org/2000/svg'>{SHOWS}</svg>",
            }.items()
        ),
    ],
}
PUT = """([path, content]) => new Promise((resolve, reject) => {
  const asked = indexedDB.open(`JupyterLite Storage - ${new URL('..', location.href).pathname}`);
  asked.onsuccess = () => {
    const transaction = asked.result.transaction('files', 'readwrite');
    const name = path.split('/').pop();
    transaction.objectStore('files').put({ path, name, content, type: 'notebook', format: 'json', mimetype: 'application/json',
      writable: true, created: new Date().toISOString(), last_modified: new Date().toISOString(), size: 1 }, path);
    transaction.oncomplete = () => { asked.result.close(); resolve(); };
    transaction.onabort = () => reject(transaction.error);
  };
})"""
CELLS = (
    "() => window.jupyterapp.shell.currentWidget.content.widgets.map((cell) => [cell.model.type, cell.model.trusted])"
)


def test_a_notebook_of_somebody_else_runs_nothing_when_it_is_opened(tab: SitePage, profile: Any, base: str) -> None:
    """Lying in the storage, whoever put it there."""
    path = f"{tab.path.rsplit('/', 1)[0]}/stored.ipynb"
    tab.page.evaluate(PUT, [path, EVIL])
    other = SitePage(profile, base, path)
    page = other.page
    page.locator("h1:visible", has_text="Opened").wait_for()
    other.wait(lambda: len(page.evaluate(CELLS)) == len(EVIL["cells"]), "it is not shown")
    assert not any(trusted for kind, trusted in page.evaluate(CELLS) if kind == "code")
    page.wait_for_timeout(500)  # in which it would run
    assert page.evaluate("() => window.crmlabRan") is None
    page.close()


def test_an_import_is_whole_or_nothing_and_cannot_bring_code(chromium: Any, base: str) -> None:
    page = chromium.new_context(locale="en-GB").new_page()
    page.goto(f"{base}/index.html")
    state, unit = "notebooks/en/1-foundations/1-tour.json", "notebooks/en/1-foundations"
    good = {
        state: '{"format": 1, "exercises": {}}',
        f"{unit}/1-tour.ipynb": json.dumps(EVIL),
        f"{unit}/t.csv": "a\n1\n",
    }
    unpack = """async (files) => {
      const count = await crmlabWork.unpack({ kind: 'crmlab work', format: 1, files }).catch((error) => String(error.path || error));
      return [count, (await crmlabWork.pack()).files];
    }"""
    count, files = page.evaluate(unpack, good)
    assert (count, set(files)) == (3, set(good))
    brought = json.loads(files[f"{unit}/1-tour.ipynb"])
    assert "crmlabRan = 'javascript'" not in json.dumps(brought)
    assert not any(cell.get("outputs") for cell in brought["cells"])
    assert "trusted" not in json.dumps(brought)
    assert "widgets" not in brought["metadata"]
    deep = '{"cells": [], "metadata": {"a": ' + "[" * 5000 + "]" * 5000 + "}}"
    for name, content in {
        f"{unit}/crmlab.py": "import os",
        f"{unit}/pandas.pyc": "",
        f"{unit}/pandas/__init__.py": "",
        f"{unit}/start.sh": "",
        f"{unit}/x.IPYNB": "{}",
        f"{unit}/.hidden.json": "{}",
        f"{unit}/../../x.json": "{}",
        "solutions/en/1-foundations/1-tour.json": "{}",
        f"{unit}/a\0.json": "{}",
        f"{unit}/a\n.json": "{}",
        f"{unit}/{'long' * 75}.json": "{}",
        f"{state}/inside.json": "{}",
        f"{unit}/con.json": "{}",
        f"{unit}/ a.json": "{}",
        f"{unit}/a:b.json": "{}",
        "notebooks/en/pandas/a.json": "{}",
        "notebooks/a.json": "{}",
        "crmlab-mine": "[]",
        f"{unit}/no.ipynb": "no notebook",
        f"{unit}/list.ipynb": "[]",
        f"{unit}/cells.ipynb": '{"cells": [1]}',
        f"{unit}/deep.ipynb": deep,
        f"{unit}/number.csv": 5,
    }.items():
        told, after = page.evaluate(unpack, {state: '{"exercises": {"new": {}}}', name: content})
        assert isinstance(told, str), name
        assert after == files, name
        assert work.takes(name) == page.evaluate("name => crmlabWork.takes(name)", name)
    assert not work.takes(f"{unit}/\ud800.json")
    half = f"() => crmlabWork.unpack({{ kind: 'crmlab work', files: {{ '{state}': '', '{unit}/\\ud800.json': '' }} }})"
    assert page.evaluate(f"{half}.then(() => 'taken', () => 'refused')") == "refused"
    assert all(page.evaluate("name => crmlabWork.takes(name)", name) and work.takes(name) for name in good)
    for other in (
        "null",
        "[]",
        "{kind: 'crmlab work'}",
        "{kind: 'crmlab work', files: ['a']}",
        "{kind: 'crmlab work', files: 5}",
        "{kind: 'crmlab work', format: 2, files: {}}",
    ):
        assert page.evaluate(f"() => crmlabWork.unpack({other}).then(() => 'taken', () => 'refused')") == "refused", (
            other
        )
    assert page.evaluate("async () => (await crmlabWork.pack()).files") == files
    page.context.close()


def test_the_start_page_takes_whatever_is_kept(chromium: Any, base: str) -> None:
    page = chromium.new_context(locale="en-GB").new_page()
    wrong: list[Any] = []
    page.on("pageerror", lambda error: wrong.append(error))
    page.goto(f"{base}/index.html")
    # 9 points at most, of which the file says that there are infinitely many.
    answers = {"exercises": {"a": {"points": 1e308, "maximum": 9}, "c": {"points": "x", "maximum": 3}, "d": 5}}
    text = json.dumps(answers).replace("1e+308", "1e999") + " " * 20
    work = json.dumps({"kind": "crmlab work", "files": {"notebooks/en/1-foundations/1-tour.json": text}})
    page.evaluate("work => crmlabWork.unpack(JSON.parse(work))", work)
    points = page.locator("main:visible [data-points='1.1']")
    for last in (
        "{",
        "5",
        "[]",
        "null",
        "",
        '{"path": 5}',
        '{"path": "notebooks/en"}',
        '{"path": "a", "language": "en"}',
    ):
        page.evaluate(
            "last => ['last', 'language'].forEach((key) => localStorage.setItem(`crmlab-${key}`, last))", last
        )
        page.reload()
        page.locator("a.continue:visible", has_text="Begin").wait_for()
        points.filter(has_text=f"0 of {sum(made.points for made in load_lesson('1.1')):g} points").wait_for()
    page.evaluate(
        "text => crmlabWork.unpack({ kind: 'crmlab work', files: { 'notebooks/en/1-foundations/1-tour.json': text } })",
        json.dumps(answers),
    )
    page.reload()
    full = f"{sum(made.points for made in load_lesson('1.1')):g}"
    points.filter(has_text=f"{full} of {full} points").wait_for()
    # Others on the same host may have filled what there is for notes.
    page.evaluate(
        "() => { for (let size = 1 << 23; size; size >>= 1) try { for (;;) localStorage.setItem(`x${Math.random()}`, 'x'.repeat(size)); }"
        " catch (error) { continue; } }"
    )
    page.reload()
    page.locator("nav button[data-language=zh]").click()
    page.locator("main[data-language=zh] a.continue").wait_for()
    assert wrong == []
    page.context.close()


def test_an_old_address_leads_to_the_lesson_which_says_how_far_it_is(profile: Any, base: str) -> None:
    page = profile.new_page()
    begun = time.monotonic()
    path = path_of("zh", lessons.find("1.1"))
    page.goto(f"{base}/lab-zh/index.html?path={path}")
    page.wait_for_url(f"{base}/{build.APPS['zh']}/index.html?path={path}")
    bar = page.locator(".crmlab-load")
    bar.wait_for(timeout=60_000)
    assert re.search(r"Python", bar.inner_text())
    assert bar.locator("progress").get_attribute("aria-label")
    page.wait_for_function(READY, timeout=300_000)
    print(f"warm start: {time.monotonic() - begun:.1f} s")
    assert bar.count() == 0
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
    page.goto(f"{base}/notebooks/index.html?path={path_of('en', lessons.find('1.1'))}")
    page.locator(".crmlab-stop", has_text=says).wait_for()
    context.close()


def test_a_new_build_of_the_site_is_never_mixed_with_the_old_one(chromium: Any, tmp_path: Path) -> None:
    """It comes while a lesson is open: this one goes on, and the next page is new altogether."""
    old, new = (sitefixture.copied(sitefixture.site(), tmp_path / name) for name in ("site", "new"))
    for script in (*new.glob("crmlab-*/app.js"), *new.glob("extensions-*/crmlab/static/names.js")):
        text = script.read_text("utf-8") + f"\n(window.crmlabNew = window.crmlabNew || []).push('{script.name}');\n"
        sitefixture.rewritten(script, text)
    named.by_content(new)
    for file in (*new.glob("*.html"), *new.glob("*/*.html"), new / "service-worker.js"):
        os.utime(file, (time.time() + 60, time.time() + 60))  # a server's clock has seconds, and this build was quick
    gone = {path.name for path in old.iterdir()} - {path.name for path in new.iterdir()}
    assert {name.split("-")[0] for name in gone} == {"crmlab", "extensions"}
    running = serve.server(tmp_path)
    threading.Thread(target=running.serve_forever, daemon=True).start()
    context = chromium.new_context()
    try:
        base = f"http://127.0.0.1:{running.server_port}/site"
        page = SitePage(context, base, path_of("en", lessons.find("8.2")))
        page.run(STORE)
        assert (
            page.run("store.change('before', lambda record: record.update(points=1.0)); print(store.problem)") == "\n"
        )
        # A new service worker waits until the one before has nothing to do: five seconds after the start it keeps what came
        # before it was there, and the lessons, and their lists at last.
        page._wait(lambda: page.page.evaluate(KEPT, "/8-breaks/all.json"), 60, "the lessons are not kept")
        old.rename(tmp_path / "old")
        new.rename(old)
        page.page.evaluate(
            "() => navigator.serviceWorker.getRegistration().then((one) => one.update()).then(() => null)"
        )
        page.page.locator(".crmlab-renewed").wait_for()
        assert (
            page.run("store.change('during', lambda record: record.update(points=2.0)); print(store.problem)") == "\n"
        )
        asked = len(page.requests)
        page.page.locator(".crmlab-renewed button").first.click()
        page._wait(lambda: page.page.evaluate("() => (window.crmlabNew || []).length === 2"), 60, "the page is not new")
        page.ready()
        assert [one for one in page.requests[asked:] if any(f"/{name}/" in one for name in gone)] == []
        assert page.kept() == {"before": 1.0, "during": 2.0}
    finally:
        context.close()
        running.shutdown()
        running.server_close()


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
        assert page.errors() == []
        asked = [one for one in page.requests if f":{other.server_port}/" in one]
        for name in ("pyodide.asm.wasm", "pandas-", "scipy-", "matplotlib-"):
            assert any(name in one for one in asked), name
        order = [name for one in asked for name in ("pandas-", "crmlab-", "scipy-") if name in one]
        assert order[-1] == "scipy-", "it comes when a cell asks for it"
        assert not list(folder.glob("static/*/pyodide.asm.wasm"))
    finally:
        context.close()
        for running in (other, own):
            running.shutdown()
            running.server_close()


# The last test of the file: it stops the server.
def test_what_was_loaded_once_works_without_a_network(profile: Any, base: str, server: http.server.HTTPServer) -> None:
    done, other = path_of("en", lessons.find("1.1")), path_of("en", lessons.find("7.2"))
    page = SitePage(profile, base, done)
    page._wait(
        lambda: page.page.evaluate(KEPT, other.replace("notebooks/", "solutions/")), 120, "the lessons are not kept"
    )
    page._wait(lambda: page.page.evaluate(KEPT, "/notebooks/index.html"), 60, "the page is not kept")
    page.page.close()
    server.shutdown()
    server.server_close()
    page = SitePage(profile, base, done)
    assert page.errors() == []
    made = next(one for one in load_lesson("1.1") if isinstance(one.form(), Form))
    page.fill(made, right_clicks(made, lessons.find("1.1")))
    page.check(made.id)
    page._wait(lambda: page.kept().get(made.id) == made.points, 60, "nothing is kept without a network")
    page.page.close()
    # A lesson that was never opened in this browser: the exam begins.
    page = SitePage(profile, base, other)
    assert page.errors() == []
    page.page.locator("button.crmlab-begin").first.click()
    questions = page.page.locator(".crmlab select, .crmlab input[type=radio], .crmlab input[type=checkbox]")
    page.wait(lambda: questions.count() > 0 and questions.first.is_visible(), "no question is shown", 120)
    page.page.close()
