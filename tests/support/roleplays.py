"""A role-play in the browser: played by mouse or by keyboard, at a pace at which a line can be read."""

from __future__ import annotations

import time
from typing import Any

from tests.support.browser import LessonPage

PACE = 0.5
"""Seconds between two clicks: the second half of a double click is dropped on purpose."""


class RolePlay:
    """A role-play on a page; ``root`` is the widget that holds it."""

    def __init__(self, page: LessonPage, root: Any) -> None:
        self.page = page
        self.root = root
        self.choices = root.locator("button.crmlab-choice:visible")
        self.typed = root.locator(".crmlab-typed textarea")
        self._clicked = 0.0

    def button(self, name: str) -> Any:
        """A button by its short name: back, again, say, take, other, print."""
        return self.root.locator(f"button.crmlab-{name}")

    def exchanges(self) -> int:
        """How many exchanges the talk has so far."""
        return int(self.root.locator(".crmlab-talk > .widget-vbox > .widget-html").count()) - 1

    def wait(self, done: Any, otherwise: str) -> None:
        self.page.wait(done, otherwise)

    def wait_for(self, exchanges: int) -> None:
        """Wait until the talk has this many exchanges and shows what can be done next."""
        # 0 is what an empty page has, too: the customer's first line must be there.
        self.wait(lambda: self.exchanges() == exchanges, f"the talk does not come to {exchanges} exchanges")
        self.wait(
            lambda: self.choices.count() or self.typed.is_visible() or self.root.locator("svg[role=img]").count(),
            "neither choices nor a debrief",
        )
        self.page.settle()  # else a line may be chosen that is about to go

    def pace(self) -> None:
        """Leave the time between two clicks that a reader needs."""
        time.sleep(max(0.0, self._clicked + PACE - time.monotonic()))
        self._clicked = time.monotonic()

    def press(self, button: Any, keyboard: bool = False) -> None:
        """Press a button, by mouse or by Tab and Enter."""
        self.pace()
        if keyboard:
            self.page.tab_to(button)
            self.page.page.keyboard.press("Enter")
        else:
            button.click()
        self._clicked = time.monotonic()  # a click waits until the button stands still

    def choose(self, number: int, keyboard: bool = False) -> None:
        """Take a choice, and wait for the reply."""
        before = self.exchanges()
        self.press(self.choices.nth(number), keyboard)
        self.wait_for(before + 1)

    def play(self, path: list[int], keyboard: bool = False) -> None:
        """Take one choice after the other."""
        for number in path:
            self.choose(number, keyboard)

    def say(self, words: str, keyboard: bool = False) -> None:
        """Type an own line and look for the nearest one; waits until both stand side by side."""
        if keyboard:
            self.page.tab_to(self.typed)
            self.page.page.keyboard.press("Control+a")
            self.page.page.keyboard.insert_text(words)
        else:
            self.typed.fill(words)
        self.press(self.button("say"), keyboard)
        shown = self.root.locator("[role=alert]", has_text=words)
        self.wait(lambda: shown.count() == 1, f"{words!r} is not set beside a line")

    def has_focus(self, target: Any, what: str) -> None:
        """Wait until this element has the focus."""
        self.wait(lambda: target.evaluate("e => e === document.activeElement"), f"the focus is not on {what}")


def play(page: LessonPage, id: str, path: list[int]) -> None:
    """Play a lesson's role-play from where it stands, by mouse."""
    RolePlay(page, page.exercise(id)).play(path)
