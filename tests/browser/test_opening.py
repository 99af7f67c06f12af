"""A lesson opens ready, runs by itself only what may, and mends itself when Python, the machine or the network stops."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from crmlab.app import page as texts
from crmlab.course import lessons
from tests.browser.test_course import MAN, first_form
from tests.support.browser import Desk, LessonPage
from tests.support.cut import wire
from tests.support.labserver import LabServer
from tests.support.lessonclicks import fields, path_of, said

pytestmark = pytest.mark.browser

TOUR = lessons.Lesson("1.1", "1-foundations", "1-tour")
STATE = "() => document.body.dataset.crmlab"
FAILED_CELLS = "() => document.querySelectorAll('.crmlab-failed').length"
DIE = "() => window.crmlabLesson.kernel.requestExecute({ code: 'import os, signal; os.kill(os.getpid(), 9)' }) && null"
BROKEN = "Error displaying widget"


def test_it_opens_ready_at_its_top_and_leaves_the_file_alone(desk: Desk) -> None:
    made, right = first_form(MAN)
    path = path_of("en", MAN)
    before = (desk.lab.folder / path).read_bytes()
    page = desk.open(path)
    page.drawn(made.id)
    assert page.errors() == []
    assert page.page.locator(".crmlab-others, .crmlab-failed").count() == 0
    first = next(iter(right))
    page.fill(made, {first: right[first]})
    page.wait(lambda: fields(desk.lab, "en", MAN, made.id) == {first: right[first]}, "the answer is not kept")
    page.page.wait_for_timeout(2500)
    assert (desk.lab.folder / path).read_bytes() == before, "what cells show is saved"
    dirty = "() => window.crmlabLesson.panel.context.model.dirty"
    assert not page.page.evaluate(dirty), "the browser would ask whether to leave"
    page.reload()
    page.drawn(made.id)
    assert page.field(made.id, first).locator("select").input_value() != ""
    assert BROKEN not in page.page.inner_text("body")


def test_python_killed_in_the_middle(desk: Desk) -> None:
    made, right = first_form(MAN)
    some = dict(list(right.items())[:3])
    page = desk.open(path_of("en", MAN))
    page.fill(made, some)
    page.wait(lambda: fields(desk.lab, "en", MAN, made.id) == some, "the answers are not kept")
    page.page.evaluate(DIE)
    page.wait(lambda: page.page.evaluate(STATE) != "ready", "Python lives on")
    page.ready()
    page.drawn(made.id)
    for key in some:
        assert page.field(made.id, key).locator("select").input_value() != ""
    assert page.page.locator(".jp-Dialog").count() == 0
    assert BROKEN not in page.page.inner_text("body")
    page.fill(made, right)
    page.check(made.id)
    page.expect(made.id, said("Right", "en"))


def test_the_network_lost_and_the_machine_asleep(fresh: LabServer, chromium: Any) -> None:
    made, right = first_form(MAN)
    first, second, *_rest = right
    with wire(urlsplit(fresh.base).port or 0) as between:
        page = LessonPage(chromium, Through(fresh, between.port), path_of("en", MAN))
        page.fill(made, {first: right[first]})
        page.wait(lambda: first in fields(fresh, "en", MAN, made.id), "the first answer is not kept")
        between.cut()
        page.wait(lambda: page.page.evaluate(STATE) in ("lost", "gone"), "nobody notices")
        between.mend()
        page.ready()
        page.fill(made, {second: right[second]})
        page.wait(lambda: second in fields(fresh, "en", MAN, made.id), "nothing is kept any more")
        # The lid is closed: the page stands still, the connection goes, and the kernel is gone when it is opened again.
        sleep = page.page.context.new_cdp_session(page.page)
        sleep.send("Page.setWebLifecycleState", {"state": "frozen"})
        between.cut()
        for kernel in kernels(fresh):
            ended(fresh, kernel)
        between.mend()
        sleep.send("Page.setWebLifecycleState", {"state": "active"})
        page.wait(lambda: page.page.evaluate(STATE) != "ready", "nobody notices")
        page.ready()
        page.drawn(made.id)
        assert page.field(made.id, second).locator("select").input_value() != ""
        assert BROKEN not in page.page.inner_text("body")
        page.page.close()


class Through:
    """A server as it is seen through a wire."""

    def __init__(self, lab: LabServer, port: int) -> None:
        self.base = f"http://127.0.0.1:{port}"
        self._lab = lab

    def lesson(self, path: str) -> str:
        return self._lab.lesson(path).replace(self._lab.base, self.base)


def asked(lab: LabServer, path: str, method: str = "GET") -> Any:
    from urllib.request import Request, urlopen

    with urlopen(Request(f"{lab.base}/api/{path}?token={lab.token}", method=method), timeout=60) as answer:
        return json.loads(answer.read() or b"null")


def kernels(lab: LabServer) -> list[str]:
    return [one["id"] for one in asked(lab, "kernels")]


def ended(lab: LabServer, kernel: str) -> None:
    asked(lab, f"kernels/{kernel}", "DELETE")


def changed(lab: LabServer, path: str, code: str, place: int) -> None:
    """Write a cell into a lesson's file, as somebody else would."""
    file = lab.folder / path
    content = json.loads(file.read_text(encoding="utf-8"))
    cell = {
        "cell_type": "code",
        "id": "strange",
        "metadata": {},
        "execution_count": None,
        "outputs": [],
        "source": code,
    }
    content["cells"].insert(place, cell)
    file.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


@pytest.fixture
def kept_lesson(fresh: LabServer) -> Any:
    """The tour's file, as it was, after the test."""
    file = fresh.folder / path_of("en", TOUR)
    before = file.read_bytes()
    yield file
    file.write_bytes(before)


def test_work_of_others_runs_only_when_asked_and_own_code_by_itself(desk: Desk, kept_lesson: Path) -> None:
    mark = desk.lab.folder / "ran"
    path = path_of("en", TOUR)
    changed(desk.lab, path, f"open({str(mark)!r}, 'a').write('x'); 1 / 0", 2)
    page = desk.open(path)
    assert not mark.exists()
    # Saving it, with something else written in it, does not make it one's own.
    page.page.evaluate("() => window.crmlabLesson.cells.at(-1).model.sharedModel.setSource('progress() ') && null")
    page.wait(lambda: "progress() " in kept_lesson.read_text("utf-8"), "what was written is not saved")
    page.reload()
    assert not mark.exists()
    note = page.page.locator(".crmlab-note-others:visible")
    assert note.count() == 1, "which cell it is, and not the one that was written here"
    stranger = page.page.locator(".crmlab-others")
    stranger.locator(".crmlab-purpose").click()  # as the note asks
    assert stranger.locator(".jp-Cell-inputWrapper").is_visible(), "its code cannot be looked at first"
    note.locator("button").click()
    page.wait(mark.exists, "it does not run when asked")
    page.wait(lambda: page.page.evaluate(FAILED_CELLS) == 1, "it is not marked")
    failed = page.page.locator(".crmlab-note-failed:visible")
    assert texts.texts("en")["failed"] in failed.inner_text()
    assert not page.page.locator("[data-mime-type='application/vnd.jupyter.error']").first.is_visible()
    page.reload()
    page.wait(lambda: mark.read_text() == "xx", "what the user ran here does not run by itself")
    assert page.page.evaluate(FAILED_CELLS) == 1
    page.drawn("quiz-1.1")  # the rest goes on


def test_what_others_wrote_meanwhile_does_not_become_ones_own(desk: Desk, kept_lesson: Path) -> None:
    """Two have written into one file; the user takes that of the other."""
    mark = desk.lab.folder / "ran-meanwhile"
    path = path_of("en", TOUR)
    page = desk.open(path)
    changed(desk.lab, path, f"open({str(mark)!r}, 'a').write('x')", 2)
    later = kept_lesson.stat().st_mtime + 60
    os.utime(kept_lesson, (later, later))
    page.page.evaluate("() => window.crmlabLesson.cells.at(-1).model.sharedModel.setSource('progress()  ') && null")
    page.page.locator(".jp-Dialog button", has_text="Revert").click()
    note = page.page.locator(".crmlab-note-others:visible")
    page.wait(lambda: note.count() == 1, "the other's cell is not marked")
    page.page.wait_for_timeout(2500)  # in which it would be taken for written here
    page.reload()
    assert note.count() == 1
    assert not mark.exists()


def test_a_cell_that_does_not_end_can_be_stopped(desk: Desk, kept_lesson: Path) -> None:
    page = desk.open(path_of("en", TOUR))
    page.page.evaluate("() => window.crmlabLesson.kernel.requestExecute({ code: 'while True: pass' }) && null")
    page.page.reload()
    stop = page.page.locator(".crmlab-notice-stuck button")
    stop.wait_for(timeout=60_000)
    stop.click()
    page.wait(lambda: page.page.evaluate(STATE) == "ready", "it does not start again", 120)
    assert page.errors() == []


def test_code_is_folded_to_its_purpose_and_opened_by_click_or_switch(desk: Desk) -> None:
    page = desk.open(path_of("en", lessons.find("2.3")))
    inner = page.page
    shown = ".jp-CodeCell > .jp-Cell-inputWrapper:visible"
    assert inner.locator(shown).count() == 0
    line = inner.locator(".crmlab-purpose:visible").first
    line.focus()
    inner.keyboard.press("Enter")
    assert line.get_attribute("aria-expanded") == "true"
    assert inner.locator(shown).count() == 1
    line.click()
    assert inner.locator(shown).count() == 0
    inner.evaluate(
        "async () => (await import(document.querySelector('link[href*=\"reading.css\"]').href.replace('.css', '.js'))).showCode(true)"
    )
    page.reload()
    cells = inner.evaluate("() => window.crmlabLesson.cells.length")
    page.wait(lambda: inner.locator(shown).count() > cells / 2, "the switch is not remembered")
    inner.evaluate("() => localStorage.clear()")
    # An answer in code stands under the form of the same exercise.
    order = inner.evaluate(
        """() => { const [code, form] = ['scores = ...', 'check("rfm-score"'].map((text) => window.crmlabLesson.cells
          .find((cell) => cell.model.sharedModel.source.startsWith(text)).node.getBoundingClientRect());
          return [form.bottom, code.top]; }"""
    )
    assert order[0] <= order[1]
