"""Role-plays in a real browser: whole talks, choosing and in own words, each by keyboard in one language, by mouse in the other."""

from __future__ import annotations

import json
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from crmlab import complaints
from crmlab.course.roleplay import scripts
from crmlab.language import LANGUAGES
from tests.support.browser import Desk
from tests.support.labserver import write_notebook
from tests.support.lessonclicks import said
from tests.support.roleplays import RolePlay

pytestmark = pytest.mark.browser

ID = "late-delivery"
GOOD = [3, 1, 1, 2, 1, 0, 2, 2]
FAIR = [2, 1, 0, 1]
CELLS = ('import crmlab\ncrmlab.lesson("4.2")', f'crmlab.check("{ID}")', "crmlab.roleplays()")


class Opened:
    """A notebook with a role-play and the gallery, run."""

    def __init__(self, desk: Desk, language: str) -> None:
        folder = desk.lab.folder / "notebooks" / language / "4-complaints"
        self.notebook = folder / "9-practice.ipynb"
        self.state = folder / "2-scripts.json"
        write_notebook(self.notebook, "# Role-plays", *CELLS)
        self.page = desk.open(f"notebooks/{language}/4-complaints/9-practice.ipynb")
        self.run()

    def run(self) -> None:
        """Run all cells."""
        self.page.run_own()
        self.talk = RolePlay(self.page, self.page.exercise(ID))
        self.gallery = self.page.page.locator(".crmlab-roleplays").last
        self.talk.wait(lambda: self.talk.exchanges() >= 0, "no role-play")
        self.talk.wait(lambda: self.gallery.locator("select").count() == 1, "no gallery")

    def record(self, id: str = ID) -> dict[str, Any]:
        """What is kept of an exercise."""
        return dict(json.loads(self.state.read_text(encoding="utf-8"))["exercises"][id])

    def expect_points(self, points: float) -> None:
        """Wait until an end was reached and judged."""
        self.talk.wait(lambda: self.record().get("points") == points, f"not {points} points")


@pytest.fixture(params=LANGUAGES)
def opened(request: pytest.FixtureRequest, desk: Desk) -> Iterator[Opened]:
    made = Opened(desk, request.param)
    yield made
    assert made.page.errors() == []
    assert made.page.strangers() == []
    for file in made.notebook.parent.glob("handout-*"):
        file.unlink()
    made.notebook.unlink()


@pytest.fixture
def language(request: pytest.FixtureRequest) -> str:
    return str(request.node.callspec.params["opened"])


def check_debrief(opened: Opened, language: str, ending: str) -> None:
    page = opened.talk.root.locator(".crmlab-debrief")
    opened.talk.wait(lambda: said(scripts.ENDINGS[ending], language) in page.inner_text(), "no debrief of this ending")
    opened.talk.wait(lambda: said("Score by skill", language) in page.inner_text(), "no scores")
    opened.talk.wait(lambda: page.locator("svg[role=img]").count() == 1, "no picture of the mood")
    text = page.inner_text()
    for step in complaints.STEPS.values():
        assert said(step.name, language) in text


def test_a_whole_talk_by_choosing_and_a_better_one(opened: Opened, language: str) -> None:
    talk, keyboard = opened.talk, language == "en"
    assert talk.button("back").is_disabled()
    if keyboard:
        talk.root.locator(".crmlab-own input").focus()
    talk.play(FAIR, keyboard)
    check_debrief(opened, language, "fair")
    opened.expect_points(1.0)
    talk.has_focus(talk.button("again"), "“begin again” at the end of a talk")
    talk.press(talk.button("back"), keyboard)
    talk.wait_for(len(FAIR) - 1)
    talk.wait(lambda: talk.root.locator(".crmlab-debrief").inner_text().strip() == "", "the debrief stays")
    talk.press(talk.button("again"), keyboard)
    talk.wait_for(0)
    talk.has_focus(talk.choices.first, "the first choice of a new talk")
    talk.play(GOOD, keyboard)
    check_debrief(opened, language, "good")
    opened.expect_points(4.0)
    for text in (
        said("Your tries", language),
        said("Better than in try {number}: {list}.", language, number=1, list="")[:-2],
    ):
        talk.wait(lambda text=text: text in talk.root.locator(".crmlab-debrief").inner_text(), f"not said: {text}")
    assert opened.record()["fields"]["tries"] == [FAIR, GOOD]


def test_a_whole_talk_in_own_words(opened: Opened, language: str) -> None:
    talk, keys, keyboard = opened.talk, opened.page.page.keyboard, language == "zh"
    switch = talk.root.locator(".crmlab-own input")
    if keyboard:
        switch.focus()
        keys.press("Space")
    else:
        switch.check()
    talk.wait(talk.typed.is_visible, "no room for an own line")
    talk.wait(lambda: talk.choices.count() == 0, "the lines are not hidden until one was typed")
    script = scripts.load(ID)
    typed = []
    for number, place in enumerate(GOOD):
        line = script.choices(script.play(GOOD[:number]).state.node)[place]["text"][language]
        words = " ".join(line[: 2 * len(line) // 3].split())
        typed.append(words)
        talk.say(words, keyboard)
        talk.has_focus(talk.button("take"), "“take this line”")
        talk.wait(lambda: talk.choices.count() == 0, "the lines are shown beside the nearest one")
        assert line in talk.root.locator("[role=alert]", has_text=words).inner_text()
        talk.pace()
        if keyboard:
            keys.press("Enter")
        else:
            talk.button("take").click()
        talk.wait_for(number + 1)
        if number < len(GOOD) - 1:
            talk.has_focus(talk.typed, "the next own line")
    check_debrief(opened, language, "good")
    opened.expect_points(4.0)
    talk.wait(lambda: opened.record().get("words") == {",".join(map(str, GOOD)): typed}, "the words are not kept")
    assert opened.record()["mode"] == "own"
    for words in typed:
        talk.wait(lambda words=words: words in talk.root.locator(".crmlab-debrief").inner_text(), f"not shown: {words}")
    # The mode and the words outlive the kernel.
    opened.page.restart_kernel()
    opened.run()
    opened.talk.wait(lambda: typed[0] in opened.talk.root.locator(".crmlab-debrief").inner_text(), "own words are lost")
    opened.talk.wait(opened.talk.root.locator(".crmlab-own input").is_checked, "the mode is lost")


@pytest.mark.parametrize("opened", ["zh"], indirect=True)
def test_an_own_line_near_to_none_and_another_line_than_the_nearest(opened: Opened, language: str) -> None:
    talk = opened.talk
    talk.root.locator(".crmlab-own input").check()
    talk.wait(talk.typed.is_visible, "no room for an own line")
    talk.press(talk.button("say"))
    empty = said("Type your own line first: what would you really say?", language)
    talk.wait(lambda: empty in talk.root.inner_text(), "an empty line gets no sentence")
    talk.say("xyzzy plugh")
    none = said("None of the lines is near to yours. Pick the one that comes closest to what you mean.", language)
    talk.wait(lambda: none in talk.root.inner_text(), "no sentence for a line that is near to none")
    talk.has_focus(talk.choices.first, "the first of the lines to pick from")
    talk.choose(3)
    talk.wait(lambda: opened.record().get("typed") == ["xyzzy plugh"], "the own line is not kept")
    line = scripts.load(ID).choices("heard")[0]["text"][language]
    talk.say(line)
    talk.press(talk.button("other"))
    talk.wait(lambda: talk.choices.count() == 3, "the other lines do not open")
    talk.choose(1)
    talk.wait(lambda: opened.record()["fields"]["path"] == [3, 1], "the other line is not kept")
    talk.root.locator(".crmlab-own input").uncheck()
    talk.wait(lambda: talk.choices.count() > 0, "the lines do not come back")
    talk.wait(lambda: not talk.typed.is_visible(), "the room for an own line stays")


@pytest.mark.parametrize("opened", ["zh"], indirect=True)
def test_the_conversation_grows_and_only_the_newest_line_is_announced(opened: Opened, language: str) -> None:
    talk, page = opened.talk, opened.page.page
    talk.choose(3)
    bubbles = talk.root.locator(".crmlab-talk > .widget-vbox > .widget-html")
    for number in range(2):
        bubbles.nth(number).evaluate("element => element.setAttribute('data-kept', '1')")
    talk.choose(1)
    assert [bubbles.nth(number).get_attribute("data-kept") for number in range(3)] == ["1", "1", None]
    script = scripts.load(ID)
    spoken = talk.root.locator("[role=alert]")
    talk.wait(lambda: script.node("facts")["says"][language] in spoken.inner_text(), "the newest line is not announced")
    assert script.node("heard")["says"][language] not in spoken.inner_text()
    # The newest line is in view, in a box that scrolls.
    box = talk.root.locator(".crmlab-talk")
    below = """([box, last]) => last.getBoundingClientRect().bottom - box.getBoundingClientRect().bottom"""

    def in_view() -> bool:
        return bool(page.evaluate(below, [box.element_handle(), bubbles.nth(2).element_handle()]) <= 2)

    talk.wait(in_view, "the newest line is not in view")
    # A double click is one line.
    talk.pace()
    talk.choices.first.evaluate("button => { button.click(); button.click(); }")
    talk.wait_for(3)
    opened.page.settle()
    assert talk.exchanges() == 3


@pytest.mark.parametrize("opened", ["en"], indirect=True)
def test_practice_for_no_points_is_kept(opened: Opened, language: str) -> None:
    page = opened.page.page
    title = scripts.load("wrong-goods").source["title"][language]
    chosen = opened.gallery.locator("select")
    options = [" ".join(text.split()) for text in chosen.locator("option").all_inner_texts()]
    assert len(options) == 1 + len(list(scripts.folder().glob("*.yml")))
    place = next(number for number, text in enumerate(options) if text.startswith(title))
    opened.page.tab_to(chosen)
    for _step in range(place):
        page.keyboard.press("ArrowDown")
    practice = RolePlay(opened.page, opened.gallery)
    practice.wait(lambda: title in opened.gallery.locator("h3").all_inner_texts(), "the role-play does not open")
    practice.wait_for(0)
    practice.choose(0)
    practice.choose(0)
    practice.wait(lambda: opened.record("practice wrong-goods")["fields"]["path"] == [0, 0], "the practice is not kept")
    assert "points" not in opened.record("practice wrong-goods")
    opened.page.restart_kernel()
    opened.run()
    opened.gallery.locator("select").select_option(index=place)
    RolePlay(opened.page, opened.gallery).wait_for(2)


@pytest.mark.parametrize("opened", ["en"], indirect=True)
def test_the_hand_out_lies_beside_the_notebook(opened: Opened, language: str) -> None:
    talk = opened.talk
    talk.press(talk.button("print"))
    link = talk.root.locator("a[download]")
    talk.wait(lambda: link.count() == 1, "no link to the hand-out")
    file = opened.notebook.with_name(f"handout-{ID}.html")
    text = file.read_text(encoding="utf-8")
    assert scripts.load(ID).source["setting"][language] in unescape(text)
    with opened.page.page.expect_download() as download:
        link.click()
    assert Path(download.value.path()).read_text(encoding="utf-8") == text


@pytest.mark.parametrize("opened", ["zh"], indirect=True)
def test_nothing_sticks_out_on_a_phone(opened: Opened, language: str) -> None:
    talk = opened.talk
    talk.root.locator(".crmlab-own input").check()
    talk.wait(talk.typed.is_visible, "no room for an own line")
    talk.say(scripts.load(ID).choices("opening")[3]["text"][language])
    assert opened.page.too_wide(420) == []
    talk.press(talk.button("take"))
    talk.wait_for(1)
    talk.root.locator(".crmlab-own input").uncheck()
    talk.wait(lambda: talk.choices.count() > 0, "the lines do not come back")
    talk.play(GOOD[1:])
    check_debrief(opened, language, "good")
    assert opened.page.too_wide(420) == []
