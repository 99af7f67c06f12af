"""Joining a live room from the course panel, with the keys alone, and leaving it."""

from __future__ import annotations

import time

import pytest

from crmlab.classroom.room import Room
from crmlab.course import lessons
from tests.support import rooms
from tests.support.browser import Desk
from tests.support.lessonclicks import path_of

pytestmark = pytest.mark.browser


def test_a_trainee_joins_a_room_and_leaves_it(desk: Desk) -> None:
    page = desk.open(path_of("en", lessons.find("3.2"))).page
    with rooms.running(Room(("3.2",))) as room:
        if not page.is_visible(".crmlab-room-opener"):
            page.click(".crmlab-page-opener")
        page.focus(".crmlab-room-opener")
        page.keyboard.press("Enter")
        page.wait_for_function("document.activeElement.id === 'crmlab-room-line'")
        assert page.input_value("#crmlab-room-name"), "a pseudonym is proposed"
        page.keyboard.type("nonsense")
        page.keyboard.press("Enter")
        page.wait_for_function("document.querySelector('.crmlab-room-status').textContent.includes('is not the line of a room')")
        page.fill("#crmlab-room-line", str(room.room))
        page.fill("#crmlab-room-name", "Hare")
        page.keyboard.press("Enter")
        page.wait_for_function("document.querySelector('.crmlab-room-status').textContent.startsWith('You are in the room')")
        assert [(one["name"], one["lesson"]) for one in room.shown()["people"]] == [("Hare", "3.2")]
        assert page.inner_text(".crmlab-room-opener") == "In a room as Hare"
        page.keyboard.press("Enter")  # the focus stands on “Leave the room”
        page.wait_for_function("document.querySelector('.crmlab-room-opener').textContent === 'Join a room'")
        end = time.monotonic() + 20
        while room.shown()["people"] and time.monotonic() < end:
            page.wait_for_timeout(100)
        assert room.shown() | {"lessons": []} == {"people": [], "left": 1, "lessons": [], "wrong": [], "files": []}
        page.keyboard.press("Escape")
        page.wait_for_function("document.activeElement.className.includes('crmlab-room-opener')")
