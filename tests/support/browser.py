"""A lesson in a real browser: Chromium, Chrome or Edge, driven by playwright against a real ``crmlab start``."""

from __future__ import annotations

import os
import re
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from crmlab.course.exercise import Exercise
from crmlab.course.form import Choice, Field, Form, Line, Mark, Order, Slider, Tick
from crmlab.course.ordering import SOON
from crmlab.language import current, tr
from tests.support.labserver import LabServer

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Nothing but this machine can be reached, whatever a page asks for.
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
]
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge", "microsoft-edge")
ELSEWHERE = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
)
HOW = "No Chromium, Chrome or Edge was found. Install one (Debian, Ubuntu: apt-get install chromium), then run again."

READY = "() => document.body.dataset.crmlab === 'ready'"
# Note which messages to the kernel it has not dealt with yet.
LISTEN = """() => {
  const kernel = window.crmlabLesson.kernel;
  window.crmlabOpen = new Set();
  if (kernel.crmlabHeard) return;
  kernel.crmlabHeard = true;
  kernel.anyMessage.connect((_kernel, { msg, direction }) => {
    if (direction === 'send' && msg.channel === 'shell') window.crmlabOpen.add(msg.header.msg_id);
  });
  kernel.iopubMessage.connect((_kernel, message) => {
    if (message.header.msg_type === 'status' && message.content.execution_state === 'idle')
      window.crmlabOpen.delete(message.parent_header.msg_id);
  });
}"""
# A widget holds a change back until the kernel has dealt with the one before, and sends it as soon as it has.
SETTLED = "() => window.crmlabOpen.size === 0"
TOO_WIDE = """() => {
  const names = ['', ' .crmlab-row', ' .crmlab-order', ' .crmlab-mark', ' .crmlab-chart', ' .crmlab-talk', ' .widget-html-content', ' button:not(.crmlab-pick)', ' textarea'];
  return [...document.querySelectorAll(['.crmlab-panel', ...names.map(name => '.crmlab' + name)].join(','))]
    // A chart of many bars may be scrolled in a box of its own: then nothing is cut off.
    .filter(e => e.offsetParent && e.scrollWidth > e.clientWidth + 2 && !(e.matches('.crmlab-mark') && getComputedStyle(e).overflowX === 'auto'))
    .map(e => e.className + ' ' + e.scrollWidth + ' > ' + e.clientWidth + ': ' + e.innerText.slice(0, 60))
    .concat([...document.querySelectorAll('.jp-WindowedPanel-outer')]
      .filter(e => e.scrollWidth > e.clientWidth).map(e => 'the whole page: ' + e.scrollWidth + ' > ' + e.clientWidth))
    .concat([...document.querySelectorAll('.crmlab button:not(.crmlab-pick), .crmlab select')]
      .filter(e => e.offsetParent && e.offsetHeight < 44).map(e => 'low for a thumb: ' + e.offsetHeight + ' ' + e.className + e.innerText.slice(0, 60)));
}"""
class Desk:
    """One tab, in which one lesson after the other is opened: what the page loads is then in the browser's memory."""

    def __init__(self, browser: Any, lab: LabServer) -> None:
        self.browser = browser
        self.lab = lab
        self.page: LessonPage | None = None

    def open(self, path: str, height: int = 1000) -> LessonPage:
        """A notebook alone in the tab."""
        if self.page is None:
            self.page = LessonPage(self.browser, self.lab, path)
        page = self.page
        page.page.set_viewport_size({"width": 1400, "height": height})
        if page.path != path:
            page.path = path
            page.requests.clear()
            page.page.goto(self.lab.lesson(path))
            page.ready()
        return page

    def clear(self, failed: bool) -> None:
        """Leave the notebook; after a test that failed, the tab, for it may show anything."""
        if self.page and failed:
            self.page.page.close()
            self.page = None
        elif self.page:
            self.page.page.goto("about:blank")
            self.page.path = ""


def find() -> str:
    """The browser's path; skips the test if there is none, or fails it where CRMLAB_REQUIRE_BROWSER=1 asks for one."""
    for path in (*map(shutil.which, NAMES), *ELSEWHERE):
        if path and Path(path).exists():
            return path
    if os.environ.get("CRMLAB_REQUIRE_BROWSER") == "1":
        pytest.fail(HOW)
    pytest.skip(HOW)


@contextmanager
def browser() -> Iterator[Any]:
    """A running browser."""
    path = find()
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=FLAGS)
        try:
            yield running
        finally:
            running.close()


def _typed(value: dict[str, str]) -> str:
    """The text of a typed line; a worked answer has one for each language."""
    return value.get("text") or value[current()]


class LessonPage:
    """A lesson's notebook in a tab of its own."""

    def __init__(
        self, browser: Any, lab: LabServer, path: str, listen: Callable[[Any], None] = lambda _page: None
    ) -> None:
        """``listen`` is given the page before anything is loaded."""
        self.page = browser.new_page(viewport={"width": 1400, "height": 1000})
        listen(self.page)
        self.page.set_default_timeout(60_000)
        self.requests: list[str] = []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.lab = lab
        self.path = path
        self.page.goto(lab.lesson(path))
        self.ready()

    def ready(self, seconds: float = 240) -> None:
        """Wait until the lesson has run itself to its end."""
        how = "() => document.body.dataset.crmlab"
        self.wait(lambda: self.page.evaluate(READY), "it is not ready", seconds, lambda: str(self.page.evaluate(how)))
        self.page.evaluate(LISTEN)

    def run_own(self, seconds: float = 240) -> None:
        """Run a notebook of the test's own, as the page offers it; when it is opened again it runs by itself."""
        offer = self.page.locator(".crmlab-notice-others-all button")
        if offer.count():
            offer.click()
            self.wait(lambda: not self.page.locator(".crmlab-others").count(), "it does not run")
            self.ready(seconds)
        self.settle()

    def settle(self) -> None:
        """Wait until the kernel has been told of every change, and has dealt with it; the lesson must have been run."""
        self.wait(lambda: self.page.evaluate(SETTLED), "the kernel does not come to rest", 120)

    def wait(self, done: Callable[[], Any], otherwise: str, seconds: float = 60, tell: Callable[[], str] = str) -> None:
        """Wait until this holds, however busy the machine; ``tell`` says at the end how it stands instead."""
        end = time.monotonic() + seconds
        problem, pause = "", 0.01
        while time.monotonic() < end:
            try:
                if done():
                    return
                problem = ""
            except Exception as error:
                # The page is replaced while it loads, a file is being written: it matters when the time is up.
                problem = f" ({str(error).splitlines()[0]})" if str(error) else f" ({error!r})"
            # Most things have happened by the second look: to wait longer each time costs neither them nor the machine much.
            time.sleep(pause)
            pause = min(0.1, 1.5 * pause)
        raise AssertionError(f"{self.path}: {otherwise}{problem} {tell()}".rstrip())

    def _wait(self, done: Callable[[], Any], seconds: float, otherwise: str) -> None:
        self.wait(done, otherwise, seconds)

    def reload(self) -> None:
        """Reload the page, as a trainee would."""
        self.page.reload()
        self.ready()

    def restart_kernel(self) -> None:
        """Start the kernel again: all that lived in it is gone."""
        self.page.evaluate("() => window.crmlabLesson.session.restartKernel()")
        self.ready()

    def exercise(self, id: str) -> Any:
        """The exercise on the page (the last one drawn, if a cell was run again)."""
        return self.page.locator(f".crmlab-exercise-{id.replace('.', '-')}").last

    def drawn(self, id: str) -> None:
        """Wait until the exercise is on the page, once, and bring it into view: what is scrolled away has no text."""
        found = self.page.locator(f".crmlab-exercise-{id.replace('.', '-')}")
        self.wait(lambda: found.count() == 1, f"{id} is not shown once", tell=lambda: f"but {found.count()} times")
        found.scroll_into_view_if_needed()

    def field(self, id: str, key: str) -> Any:
        """A field of an exercise's form."""
        return self.exercise(id).locator(f".crmlab-field-{key.replace('.', '-')}")

    def fill(self, made: Exercise, answers: dict[str, Any]) -> None:
        """Click and type the answers into a form."""
        form = made.form()
        assert isinstance(form, Form)
        for field in form.fields():
            if field.key not in answers:
                continue
            value, box = answers[field.key], self.field(made.id, field.key)
            if isinstance(field, Choice):
                place = [option for option, _label in field.options].index(value)
                if field.style == "radio":
                    box.locator("input[type=radio]").nth(place).check()
                else:
                    box.locator("select").select_option(index=place + 1)
            elif isinstance(field, Tick):
                box.locator("input[type=checkbox]").set_checked(bool(value))
            elif isinstance(field, Order):
                self.put_in_order(box, value, field, keyboard=False)
            elif isinstance(field, Mark):
                self._buttons(box)[field.values().index(value)].click()
            elif isinstance(field, Line):
                box.locator("textarea").fill(_typed(value))
                box.locator("textarea").press("Tab")
            else:
                box.locator("input").fill(f"{value}")
                box.locator("input").press("Tab")

    # -- by keyboard alone -----------------------------------------------------------------------------------------

    def tab_to(self, target: Any) -> None:
        """Press Tab (or Shift and Tab, if it lies before) until this element has the focus."""
        way = target.evaluate(
            """element => document.activeElement.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_PRECEDING"""
        )
        for _stop in range(120):
            if target.evaluate("element => element === document.activeElement"):
                return
            self.page.keyboard.press("Shift+Tab" if way else "Tab")
        raise AssertionError(f"Tab does not reach {target.evaluate('element => element.outerHTML')[:200]}")

    def fill_by_keyboard(self, made: Exercise, answers: dict[str, Any]) -> None:
        """The same as :meth:`fill` with the keys alone; the focus must be in or before the exercise."""
        form = made.form()
        assert isinstance(form, Form)
        for field in form.fields():
            if field.key in answers:
                self._type(self.field(made.id, field.key), field, answers[field.key])

    def _type(self, box: Any, field: Field, value: Any) -> None:
        keys = self.page.keyboard
        if isinstance(field, Choice) and field.style == "dropdown":
            target, place = box.locator("select"), 1 + [option for option, _label in field.options].index(value)
            self.tab_to(target)
            at = target.evaluate("element => element.selectedIndex")
            for _step in range(abs(place - at)):
                keys.press("ArrowDown" if place > at else "ArrowUp")
            assert target.evaluate("element => element.selectedIndex") == place
        elif isinstance(field, Choice):
            self._type_radio(box, [option for option, _label in field.options].index(value))
        elif isinstance(field, Tick):
            target = box.locator("input[type=checkbox]")
            self.tab_to(target)
            if target.is_checked() != value:
                keys.press("Space")
        elif isinstance(field, Order):
            self.put_in_order(box, value, field, keyboard=True)
        elif isinstance(field, Mark):
            self.tab_to(self._buttons(box)[field.values().index(value)])
            keys.press("Enter" if field.kind == "bars" else "Space")
        elif isinstance(field, Slider):
            handle, number = box.locator("xpath=..").locator("[role=slider]"), box.locator("input")
            self.tab_to(handle)
            steps = round((value - float(number.input_value())) / field.step)
            for _step in range(abs(steps)):
                keys.press("ArrowRight" if steps > 0 else "ArrowLeft")
            self.wait(lambda: float(number.input_value()) == value, f"{field.key}: the number does not follow")
        elif isinstance(field, Line):
            self.tab_to(box.locator("textarea"))
            keys.press("Control+a")
            keys.insert_text(_typed(value))
        else:
            self.tab_to(box.locator("input"))
            keys.press("Control+a")
            keys.type(f"{value}")

    def _type_radio(self, box: Any, place: int) -> None:
        inputs = box.locator("input[type=radio]")
        checked = [inputs.nth(number).is_checked() for number in range(inputs.count())]
        self.tab_to(inputs.nth(checked.index(True) if True in checked else 0))
        if not any(checked):
            self.page.keyboard.press("Space")
        at = checked.index(True) if True in checked else 0
        for _step in range(abs(place - at)):
            self.page.keyboard.press("ArrowDown" if place > at else "ArrowUp")
        assert inputs.nth(place).is_checked()

    def lines(self, box: Any) -> list[str]:
        """The items of an order from top to bottom, as shown."""
        return [
            re.sub(r"^\d+\.\s*", "", text.strip())
            for text in box.locator(".crmlab-line .widget-html-content").all_inner_texts()
        ]

    def put_in_order(self, box: Any, want: list[str], field: Order, keyboard: bool) -> None:
        """Move the items of an order up until they stand as wanted; the focus goes along."""
        labels = {value: tr(label) for value, label in field.items}
        last = -1
        time.sleep(
            SOON + 0.2
        )  # after the last press of an earlier order: on a quick machine it would count as its second
        for place, value in enumerate(want):
            at = self.lines(box).index(labels[value])
            for line in range(at, place, -1):
                button = box.locator("button.crmlab-up").nth(line)
                if line == last:  # else it would be taken for the second press of one
                    time.sleep(SOON + 0.2)
                if not keyboard:
                    button.click()
                else:
                    if line == at:
                        self.tab_to(button)
                    self.page.keyboard.press("Enter")
                last = line
                moved = f"{labels[value]} does not move from line {line + 1} to {line}"
                self.wait(
                    lambda line=line, value=value: self.lines(box)[line - 1] == labels[value],  # type: ignore[misc]
                    moved,
                    tell=lambda: f"in {self.lines(box)}",
                )
                up = box.locator("button.crmlab-up").nth(line - 1)
                self.wait(lambda up=up: up.evaluate("e => e === document.activeElement"), "the focus stays behind")  # type: ignore[misc]

    def _buttons(self, box: Any) -> list[Any]:
        return list(box.locator("button.crmlab-pick").all())

    def check(self, id: str, keyboard: bool = False) -> str:
        """Press "Check" (with the mouse, or with the keys) and return what the panel then says."""
        # Else the last answer may come after the press, which is then judged without it at first.
        self.settle()
        button = self.exercise(id).locator(".crmlab-check button, button.crmlab-check").first
        if keyboard:
            self.tab_to(button)
            self.page.keyboard.press("Enter")
        else:
            button.click()
        self.settle()
        return str(self.told(id).inner_text())

    def told(self, id: str) -> Any:
        """The feedback panel of an exercise."""
        return self.exercise(id).locator(".crmlab-panel[role=status]").first

    def expect(self, id: str, text: str) -> None:
        """Wait until the feedback panel of an exercise says this: a widget is drawn some time after its cell has run."""
        told = self.told(id)

        def says() -> bool:
            told.scroll_into_view_if_needed(timeout=5000)  # what is scrolled away has no text
            return text in told.inner_text()

        self.wait(says, f"{id} does not say {text!r}", tell=lambda: f"but {told.inner_text()!r}")

    def too_wide(self, width: int) -> list[str]:
        """What is cut off, sticks out or is too low for a thumb when the window is as narrow as a telephone."""
        size = self.page.viewport_size or {}
        self.page.set_viewport_size({"width": width, "height": size.get("height", 1000)})
        whole = "() => [...document.querySelectorAll('.crmlab')].every(e => e.clientWidth < window.innerWidth)"
        self.wait(lambda: self.page.evaluate(whole), "still wide")
        found: list[str] = []

        def fits() -> bool:
            found[:] = self.page.evaluate(TOO_WIDE)
            return not found

        with suppress(AssertionError):
            self.wait(fits, "too wide", 15)
        return found

    def errors(self) -> list[str]:
        """The text of every error and every line on stderr."""
        errors = self.page.locator(
            "[data-mime-type='application/vnd.jupyter.error'], [data-mime-type='application/vnd.jupyter.stderr']"
        )
        return list(errors.all_inner_texts())

    def strangers(self) -> list[str]:
        """Requests that left this machine."""
        return [url for url in self.requests if not re.match(rf"{re.escape(self.lab.base)}|data:|blob:|about:", url)]
