"""The head of a lesson's page and the course beside it: by keyboard, by thumb, in both languages."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from crmlab.app import hand_in
from crmlab.app import page as told
from crmlab.course import outline
from crmlab.language import LANGUAGES
from tests.support.labserver import LabServer

pytestmark = pytest.mark.browser

TOUR = "notebooks/{}/1-foundations/1-tour.ipynb"
READY = "() => document.body.dataset.crmlab === 'ready'"
# The number of the cell at the top of the window.
TOP = """() => {
  const top = document.querySelector('.jp-WindowedPanel-outer').getBoundingClientRect().top;
  const boxes = window.crmlabLesson.panel.content.widgets.map(cell => cell.node.getBoundingClientRect());
  const seen = [...boxes.keys()].filter(one => boxes[one].bottom > top + 1);
  return seen.reduce((first, one) => (boxes[one].top < boxes[first].top ? one : first));
}"""
WIDER = "() => document.documentElement.scrollWidth - window.innerWidth"

Opening = Callable[..., Any]


@pytest.fixture
def opening(fresh: LabServer, chromium: Any) -> Opening:
    """Opens a lesson at a width and waits until it is ready."""

    def open_at(path: str, width: int) -> Any:
        context = chromium.new_context(viewport={"width": width, "height": 800}, has_touch=width < 500)
        context.set_default_timeout(60_000)
        page = context.new_page()
        page.goto(f"{fresh.base}/notebooks/{path}?token={fresh.token}")
        page.wait_for_function(READY, timeout=240_000)
        return page

    return open_at


def say(key: str, language: str = "en", **values: object) -> str:
    return told.texts(language)[key].format(**values)


def serious(page: Any) -> list[tuple[str, str]]:
    """What axe finds on the page that is serious or worse."""
    from axe_playwright_python.sync_playwright import Axe

    answer = Axe().run(page, options={"resultTypes": ["violations"]}).response
    return [
        (rule["id"], node["html"][:200])
        for rule in answer["violations"]
        for node in rule["nodes"]
        if (node["impact"] or rule["impact"]) in ("serious", "critical")
    ]


def test_the_course_by_keyboard_and_points_that_follow(opening: Opening, fresh: LabServer) -> None:
    page = opening(TOUR.format("en"), 1400)
    first = outline.of("en")["lessons"][0]
    head, course = page.locator(".crmlab-page-head"), page.locator(".crmlab-course")
    nothing = say("points", points=0, maximum=f"{first['points']:g}")
    head.get_by_text(nothing, exact=True).wait_for()
    assert serious(page) == []

    opener = head.get_by_role("button", name=say("open"))
    opener.focus()
    page.keyboard.press("Enter")
    course.get_by_role("link", name=say("go", title=first["tasks"][0]["title"])).wait_for()
    assert page.evaluate("() => document.activeElement.closest('.crmlab-course') !== null")
    assert course.get_by_role("link").count() >= len(outline.of("en")["lessons"]) + 2, (
        "the next step, the review, the lessons"
    )
    assert re.match(re.escape(first["title"]), course.locator("[aria-current=page]").inner_text())
    assert serious(page) == []

    # The next step leads to the exercise; its points are seen in the head, in the course, and in what comes next.
    for _stop in range(3):
        if page.evaluate("() => document.activeElement.className") == "crmlab-go":
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_function("() => /^H[12]$/.test(document.activeElement.tagName)")
    guess = page.locator(".crmlab-exercise-guess")
    guess.get_by_role("radio").nth(3).check()
    guess.locator("button.crmlab-check, .crmlab-check button").first.click()
    one = say("points", points=1, maximum=f"{first['points']:g}")
    head.get_by_text(one, exact=True).wait_for()
    course.locator("[aria-current=page]").get_by_text(one).wait_for()
    course.get_by_role("link", name=say("go", title=first["tasks"][1]["title"])).wait_for()

    # What was done is handed in by keyboard: no name, then a name, then the file.
    course.get_by_role("button", name=say("hand-in")).focus()
    page.keyboard.press("Enter")
    form = page.get_by_role("dialog", name=say("hand-in"))
    form.get_by_text(one).wait_for()
    page.keyboard.press("Enter")
    form.get_by_role("status").get_by_text(say("hand-in-missing")).wait_for()
    page.keyboard.type("Zoë 张")
    page.keyboard.press("Tab")
    page.keyboard.type("7/8")
    assert serious(page) == []
    with page.expect_download() as waiting:
        page.keyboard.press("Enter")
    file = "Zoë 张-7_8.handin.json"
    assert waiting.value.suggested_filename == file
    made = hand_in.read(json.loads(waiting.value.path().read_text("utf-8")))
    assert (made.name, made.id, [lesson.number for lesson in made.lessons]) == ("Zoë 张", "7/8", ["1.1"])
    form.get_by_text(say("hand-in-made", file=file)).wait_for()
    page.keyboard.press("Escape")
    assert page.evaluate("() => document.activeElement.className") == "crmlab-hand-in"

    page.locator(".crmlab-close").focus()
    page.keyboard.press("Escape")
    assert course.is_hidden()
    assert page.evaluate("() => document.activeElement.className") == "crmlab-page-opener"
    assert opener.get_attribute("aria-expanded") == "false"
    page.keyboard.press("Enter")

    # It stays open at the side, on the next lesson, too, and the course opens there the next time.
    page.locator(".crmlab-page-next").click()
    second = outline.of("en")["lessons"][1]
    page.wait_for_url(re.compile(re.escape(second["path"])))
    course.locator("[aria-current=page]").get_by_text(second["title"]).wait_for()
    assert json.loads((fresh.folder / ".crmlab" / "last.json").read_text()) == {"lesson": second["number"]}


def test_the_same_place_in_the_other_language_and_the_next_time(opening: Opening) -> None:
    page = opening(TOUR.format("en"), 1000)
    page.mouse.move(500, 400)
    place = 0
    while place < 12:
        page.mouse.wheel(0, 300)
        page.wait_for_timeout(100)
        place = page.evaluate(TOP)
    page.get_by_role("link", name=LANGUAGES["zh"].name, exact=True).click()
    page.wait_for_url(re.compile("/zh/"))
    for _again in range(2):
        page.wait_for_function(READY, timeout=240_000)
        page.wait_for_function(f"place => ({TOP})() === place", arg=place)
        assert page.evaluate("() => [document.documentElement.lang, location.hash]") == ["zh-CN", ""]
        page.mouse.move(500, 400)
        # The reader moves a little: from now on this is their place, and nothing pulls them back.
        page.mouse.wheel(0, -2000)
        page.mouse.wheel(0, 2600)
        page.wait_for_timeout(1500)
        place = page.evaluate(TOP)
        page.reload()
    page.wait_for_function(READY, timeout=240_000)
    assert page.locator(".crmlab-page-end a").count() == 1, "no lesson is before the first"
    page.locator(".crmlab-page-end a").click()
    page.wait_for_url(re.compile(re.escape(outline.of("zh")["lessons"][1]["path"])))


def test_a_drawer_on_a_telephone(opening: Opening) -> None:
    page = opening(TOUR.format("zh"), 390)
    course = page.locator(".crmlab-course")
    assert course.is_hidden()
    assert page.evaluate(WIDER) <= 0
    small = [
        box
        for box in (one.bounding_box() for one in page.locator(".crmlab-page-head :is(a, button)").all())
        if box and min(box["width"], box["height"]) < 40
    ]
    assert small == [], "too small for a thumb"
    page.locator(".crmlab-page-opener").tap()
    page.get_by_role("dialog", name=say("course", "zh")).wait_for()
    assert serious(page) == []
    for _stop in range(50):  # around and around
        page.keyboard.press("Tab")
        assert page.evaluate("() => document.activeElement.closest('.crmlab-course') !== null")
    course.get_by_role("button", name=say("hand-in", "zh")).tap()
    form = page.get_by_role("dialog", name=say("hand-in", "zh"))
    form.get_by_role("button", name=say("hand-in-make", "zh")).wait_for()
    assert form.evaluate("one => one.scrollWidth - one.clientWidth") <= 0
    assert page.evaluate(WIDER) <= 0
    assert serious(page) == []
    form.get_by_role("button", name=say("hand-in-close", "zh")).tap()
    page.keyboard.press("Escape")
    assert course.is_hidden()
    assert page.evaluate("() => document.activeElement.className") == "crmlab-page-opener"
    page.locator(".crmlab-page-opener").tap()
    page.touchscreen.tap(380, 400)
    assert course.is_hidden()
    page.locator(".crmlab-page-more").tap()
    code = page.get_by_role("switch", name=say("code", "zh"))
    code.tap()
    assert code.get_attribute("aria-checked") == "true"
    assert page.locator(".jp-CodeCell .jp-Cell-inputWrapper").first.is_visible()
    assert page.evaluate(WIDER) <= 0
    page.locator(".crmlab-page-opener").tap()
    page.get_by_role("switch", name=say("worked", "zh")).tap()
    page.wait_for_url(re.compile("/solutions/zh/"))
    page.locator(".crmlab-page-head").get_by_text(say("reading", "zh")).wait_for()
    assert course.is_hidden()
