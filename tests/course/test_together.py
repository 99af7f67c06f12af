"""What the page is told of widgets: each once and whole, equal layouts and styles once, and none changed with another."""

from __future__ import annotations

from typing import Any

import comm
import ipywidgets as w
import pytest

from crmlab.course.exercises import open_lesson
from crmlab.course.widgets import together as module
from crmlab.course.widgets.style import visible
from crmlab.course.widgets.together import together
from crmlab.course.widgets.view import view_of


class Page:
    """What a page would know: the state of each model, and how many messages it took."""

    def __init__(self) -> None:
        self.states: dict[str, dict[str, Any]] = {}
        self.messages = 0

    def create_comm(self, *_args: Any, data: Any = None, **more: Any) -> comm.DummyComm:
        page = self

        class Told(comm.DummyComm):
            def publish_msg(self, msg_type: str, data: Any = None, **_more: Any) -> None:
                page.messages += 1
                state = (data or {}).get("state", {})
                for value in state.values():
                    for one in value if isinstance(value, list) else [value]:
                        if isinstance(one, str) and one.startswith("IPY_MODEL_"):
                            assert one.removeprefix("IPY_MODEL_") in page.states, "told of before it was there"
                page.states.setdefault(self.comm_id, {}).update(state)

        return Told(data=data, **more)

    def looks(self, widget: w.Widget) -> dict[str, Any]:
        layout = self.states[widget.model_id]["layout"].removeprefix("IPY_MODEL_")
        return {key: value for key, value in self.states[layout].items() if key[0] != "_" and value is not None}


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch) -> Page:
    page = Page()
    monkeypatch.setattr(comm, "create_comm", page.create_comm)
    monkeypatch.setattr(module, "_shared", {})
    return page


def test_each_is_told_once_with_all_that_was_said_of_it(page: Page) -> None:
    with together():
        buttons = [w.Button(description=name, layout=w.Layout(width="3em")) for name in "abc"]
        for button in buttons:
            button.add_class("pick")
            button.style.font_weight = "bold"
        box = w.VBox(buttons)
        box.children = [*buttons, w.HTML("later")]
        with together():
            inner = w.HTML("inner")
        assert page.messages == 0
    assert page.messages == 3 + 1 + 1 + 1 + 4  # buttons, box, two HTML; layouts: two; styles: two
    assert page.states[buttons[0].model_id]["_dom_classes"] == ("pick",)
    assert page.looks(buttons[2]) == {"width": "3em"}
    assert page.looks(inner) == {}
    assert len(page.states[box.model_id]["children"]) == 4
    w.HTML("after")  # told at once, as ever
    assert page.messages == 10 + 3


def test_a_shared_layout_is_not_changed_for_others(page: Page) -> None:
    with together():
        one, two = w.HTML("1", layout=w.Layout(margin="0")), w.HTML("2", layout=w.Layout(margin="0"))
    assert one.layout is two.layout
    visible(one, False)
    assert page.looks(one) == {"margin": "0", "display": "none"}
    assert page.looks(two) == {"margin": "0"}
    visible(one, True)
    assert page.looks(one) == {"margin": "0", "display": ""}
    with together():
        three = w.HTML("3", layout=w.Layout(margin="0"))
    assert three.layout is not two.layout, "a page that was loaded in between does not know it"


def test_what_was_made_before_an_error_is_told_too(page: Page) -> None:
    made = w.HTML("before")

    def fail() -> None:
        nonlocal made
        with together():
            made = w.HTML("made")
            raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        fail()
    assert page.states[made.model_id]["value"] == "made"
    assert "open" not in vars(made.layout)


@pytest.mark.parametrize("lesson", ["3.1", "4.2", "5.2"])
def test_an_exercise_looks_as_if_told_of_bit_by_bit(page: Page, lesson: str) -> None:
    session = open_lesson(lesson)
    for made in session.exercises:
        shown = []
        for all_at_once in (True, False):
            given = session.check(made)
            if all_at_once:
                with together():
                    view = view_of(session, made, given)
            else:
                view = view_of(session, made, given)
            shown.append(whole(page, view.model_id))
        assert shown[0] == shown[1], made.id


def whole(page: Page, model: str) -> Any:
    """A model with all that it is made of in place of their numbers."""

    def put(value: Any) -> Any:
        if isinstance(value, list):
            return [put(one) for one in value]
        if isinstance(value, str) and value.startswith("IPY_MODEL_"):
            return whole(page, value.removeprefix("IPY_MODEL_"))
        return value

    return {key: put(value) for key, value in page.states[model].items()}
