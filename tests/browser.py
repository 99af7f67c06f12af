"""A lesson in a real browser: Chromium, Chrome or Edge, driven by playwright against a real ``crmlab start``."""

from __future__ import annotations

import os
import re
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from labserver import LabServer

from crmlab.course.exercise import Exercise
from crmlab.course.form import Choice, Field, Form, Mark, Order, Slider, Tick
from crmlab.course.ordering import SOON

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge", "microsoft-edge")
ELSEWHERE = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
)
HOW = "No Chromium, Chrome or Edge was found. Install one (Debian, Ubuntu: apt-get install chromium), then run again."

# A "run all" that is fired before the kernel is connected is dropped silently, so the page itself is asked.
READY = """async () => {
  const app = window.jupyterapp;
  if (!app) return false;
  await app.restored;
  const panel = app.shell.currentWidget;
  if (!panel || !panel.context) return false;
  await panel.context.ready;
  const session = panel.context.sessionContext;
  await session.ready;
  const kernel = session.session && session.session.kernel;
  if (!kernel) return false;
  await kernel.info;
  return kernel.connectionStatus === 'connected';
}"""
# Execution counts do not tell a run from the one before it, which the notebook may have been saved with: count what the
# kernel says it begins.
COUNT_RUNS = """() => {
  const kernel = window.jupyterapp.shell.currentWidget.context.sessionContext.session.kernel;
  window.crmlabBegun = 0;
  kernel.iopubMessage.connect((_kernel, message) => {
    if (message.header.msg_type === 'execute_input') window.crmlabBegun += 1;
  });
  // The button goes back to the first cell when all is run, which takes the focus along.
  window.crmlabBack = false;
  window.jupyterapp.commands.commandExecuted.connect((_commands, command) => {
    if (command.id === 'notebook:move-cursor-up') command.result.then(() => { window.crmlabBack = true; });
  });
}"""
UNFINISHED = """() => {
  const panel = window.jupyterapp.shell.currentWidget;
  const cells = panel.content.widgets.filter(cell => cell.model.type === 'code' && cell.model.sharedModel.source.trim());
  const open = cells.filter(cell => !cell.model.executionCount).length;
  const idle = panel.context.sessionContext.session.kernel.status === 'idle';
  return open + Math.max(0, cells.length - window.crmlabBegun) + (idle ? 0 : 1);
}"""


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


class LessonPage:
    """A lesson's notebook in a tab of its own."""

    def __init__(self, browser: Any, lab: LabServer, path: str, width: int = 1400) -> None:
        self.page = browser.new_page(viewport={"width": width, "height": 1000})
        self.page.set_default_timeout(30_000)
        self.requests: list[str] = []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.lab = lab
        self.path = path
        # "reset": without the tabs that another test left open.
        self.page.goto(lab.lesson(path) + "&reset")
        self.ready()

    def ready(self, seconds: float = 90) -> None:
        """Wait until the lesson is shown and its kernel answers."""
        self._wait(lambda: self.page.evaluate(READY) is True, seconds, "the kernel did not connect")

    def run_all(self, seconds: float = 120) -> None:
        """Press "Run all" in the toolbar, and wait until every cell has run."""
        # JupyterLab may have opened the tab of an earlier visit again: press the button of the lesson in front.
        self.page.evaluate(COUNT_RUNS)
        front = self.page.evaluate("() => window.jupyterapp.shell.currentWidget.id")
        self.page.locator(f"[id='{front}'] [data-jp-item-name='crmlab-run-all']").click()
        time.sleep(0.5)
        self._wait(lambda: self.page.evaluate(UNFINISHED) == 0, seconds, "the lesson did not run to its end")
        self._wait(lambda: self.page.evaluate("() => window.crmlabBack"), 30, "the notebook did not go back to its top")

    def _wait(self, done: Any, seconds: float, otherwise: str) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                if done():
                    return
            except Exception as error:
                # The page is replaced while it loads; anything else shows itself when the time is up.
                otherwise = f"{otherwise} ({str(error).splitlines()[0]})" if "(" not in otherwise else otherwise
            time.sleep(0.25)
        raise AssertionError(f"{self.path}: {otherwise}")

    def reload(self) -> None:
        """Reload the page, as a trainee would."""
        self.page.reload()
        self.ready()

    def restart_kernel(self) -> None:
        """Kill the kernel and start a new one: all that lived in it is gone."""
        self.page.evaluate("() => window.jupyterapp.shell.currentWidget.context.sessionContext.restartKernel()")
        self.ready()

    def exercise(self, id: str) -> Any:
        """The exercise on the page (the last one drawn, if a cell was run again)."""
        return self.page.locator(f".crmlab-exercise-{id.replace('.', '-')}").last

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
                self._order(box, value, field, keyboard=False)
            elif isinstance(field, Mark):
                self._buttons(box)[field.values().index(value)].click()
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
            self._order(box, value, field, keyboard=True)
        elif isinstance(field, Mark):
            self.tab_to(self._buttons(box)[field.values().index(value)])
            keys.press("Enter" if field.kind == "bars" else "Space")
        elif isinstance(field, Slider):
            handle, number = box.locator("xpath=..").locator("[role=slider]"), box.locator("input")
            self.tab_to(handle)
            steps = round((value - float(number.input_value())) / field.step)
            for _step in range(abs(steps)):
                keys.press("ArrowRight" if steps > 0 else "ArrowLeft")
            self._wait(lambda: float(number.input_value()) == value, 30, f"{field.key}: the number does not follow")
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
        return [re.sub(r"^\d+\.\s*", "", text.strip()) for text in box.locator(".crmlab-line .widget-html-content").all_inner_texts()]

    def _order(self, box: Any, want: list[str], field: Order, keyboard: bool) -> None:
        labels = dict(field.items)
        last = -1
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
                self._wait(lambda line=line, value=value: self.lines(box)[line - 1] == labels[value], 30, "no move")  # type: ignore[misc]
                up = box.locator("button.crmlab-up").nth(line - 1)
                self._wait(lambda up=up: up.evaluate("e => e === document.activeElement"), 30, "the focus stays behind")  # type: ignore[misc]

    def _buttons(self, box: Any) -> list[Any]:
        return list(box.locator("button.crmlab-pick").all())

    def check(self, id: str, keyboard: bool = False) -> str:
        """Press "Check" (with the mouse, or with the keys) and return what the panel then says."""
        panel = self.told(id)
        # The count of tries is not shown, so the old panel is marked: when the mark is gone, the new one is there.
        panel.evaluate("element => element.setAttribute('data-old', '1')")
        button = self.exercise(id).locator(".crmlab-check button, button.crmlab-check").first
        if keyboard:
            self.tab_to(button)
            self.page.keyboard.press("Enter")
        else:
            button.click()
        self._wait(lambda: panel.get_attribute("data-old") is None, 30, f"{id}: no new feedback")
        return str(panel.inner_text())

    def told(self, id: str) -> Any:
        """The feedback panel of an exercise."""
        return self.exercise(id).locator(".crmlab-panel[role=status]").first

    def expect(self, id: str, text: str) -> None:
        """Wait until the feedback panel of an exercise says this: a widget is drawn some time after its cell has run."""
        try:
            self._wait(lambda: text in self.told(id).inner_text(), 30, "")
        except AssertionError:
            assert text in self.told(id).inner_text()  # for pytest to show what it says instead

    def errors(self) -> list[str]:
        """The text of every error and every line on stderr."""
        errors = self.page.locator(
            "[data-mime-type='application/vnd.jupyter.error'], [data-mime-type='application/vnd.jupyter.stderr']"
        )
        return list(errors.all_inner_texts())

    def strangers(self) -> list[str]:
        """Requests that left this machine."""
        return [url for url in self.requests if not re.match(rf"{re.escape(self.lab.base)}|data:|blob:|about:", url)]
