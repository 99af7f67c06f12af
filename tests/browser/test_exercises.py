"""An exercise of each kind in a real browser, in one language by mouse, in the other by keyboard: wrong, right, reloaded."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from crmlab.course.calculators import CALCULATORS
from crmlab.course.form import Choice, Form, Line, Mark, Order, Tick
from crmlab.course.ordering import SOON
from crmlab.language import tr
from tests.support import kinds
from tests.support.browser import Desk, LessonPage
from tests.support.labserver import LabServer, write_notebook

pytestmark = pytest.mark.browser

TALL = 8000
"""JupyterLab does not draw what is scrolled far away: high enough for all of it."""


def notebook(lab: LabServer, language: str, name: str, cells: list[str]) -> str:
    """A notebook of the test's own beside the lessons; its path below the course's folder."""
    folder = lab.folder / "notebooks" / language / "1-foundations"
    shutil.copy(Path(kinds.__file__), folder / "kinds.py")
    for old in (folder / "kinds.json", folder / f"{name}.json"):
        old.unlink(missing_ok=True)
    write_notebook(folder / f"{name}.ipynb", f"# {name}", *cells)
    return f"notebooks/{language}/1-foundations/{name}.ipynb"


def shown(page: LessonPage, made: Any) -> dict[str, Any]:
    """What the form on the page shows, by field."""
    form = made.form()
    assert isinstance(form, Form)
    found: dict[str, Any] = {}
    for field in form.fields():
        box = page.field(made.id, field.key)
        if isinstance(field, Choice) and field.style == "dropdown":
            found[field.key] = ["", *dict(field.options)][box.locator("select").evaluate("e => e.selectedIndex")]
        elif isinstance(field, Choice):
            checked = [one.is_checked() for one in box.locator("input").all()]
            found[field.key] = list(dict(field.options))[checked.index(True)] if any(checked) else ""
        elif isinstance(field, Tick):
            found[field.key] = box.locator("input").is_checked()
        elif isinstance(field, Order):
            labels = {label: value for value, label in field.items}
            found[field.key] = [labels[line] for line in page.lines(box)]
        elif isinstance(field, Mark):
            buttons = box.locator("button.crmlab-pick").all()
            marked = [value for value, one in zip(field.values(), buttons, strict=True) if is_chosen(one)]
            found[field.key] = marked[0] if len(marked) == 1 else marked
        elif isinstance(field, Line):
            found[field.key] = {"text": box.locator("textarea").input_value(), "claims": {}}
        else:
            found[field.key] = float(box.locator("input").input_value())
    return found


def is_chosen(button: Any) -> bool:
    """Whether a bar or cell is marked: by its look, its name, and its state, which must agree."""
    looks = "crmlab-chosen" in button.get_attribute("class")
    assert (tr("{name} (marked)", name="").strip() in button.inner_text()) == looks
    assert (button.get_attribute("aria-pressed") == "true") == looks
    return looks


@pytest.mark.parametrize(
    ("language", "keyboard"), [("en", False), ("zh", True)], ids=["en-mouse", "zh-keyboard"], indirect=["language"]
)
def test_every_kind_wrong_then_right_then_reloaded(desk: Desk, language: str, keyboard: bool) -> None:
    every = kinds.kinds()
    path = notebook(desk.lab, language, f"kinds-{keyboard}", ["import kinds", *(f"kinds.show({id!r})" for id in every)])
    page = desk.open(path, TALL)
    page.run_own()
    fill = page.fill_by_keyboard if keyboard else page.fill
    right, not_yet = tr("Right"), tr("Not yet right")
    for id, kind in every.items():
        page.drawn(id)
        page.expect(id, tr("Not attempted yet"))
        if keyboard:  # where Tab begins
            page.exercise(id).locator("button, input, select, textarea").first.focus()
        fill(kind.made, kind.wrong)
        page.check(id, keyboard)
        page.expect(id, not_yet)
        told = page.told(id).inner_text()
        assert len(told) > len(not_yet) + 20, "the feedback says more than that it is wrong"
        sign = page.exercise(id).locator(".crmlab-row").first
        page.wait(lambda sign=sign: sign.inner_text().count("△") == 1, f"{id}: no sign beside the row")  # type: ignore[misc]
        if keyboard:
            page.exercise(id).locator("button, input, select, textarea").first.focus()
        fill(kind.made, kind.right)
        page.check(id, keyboard)
        page.expect(id, right)
        page.expect(id, "4")
        kept = json.loads((desk.lab.folder / path).with_name("kinds.json").read_text(encoding="utf-8"))["exercises"][id]
        assert {key: kept[key] for key in ("points", "tries")} == {"points": 4, "tries": 2}
        form = kind.made.form()
        assert isinstance(form, Form)
        assert form.clean(kept["fields"]) == kind.right  # a number is kept as it was typed
    assert page.errors() == []
    page.reload()
    for id, kind in every.items():
        page.drawn(id)
        page.expect(id, right)
        assert shown(page, kind.made) == kind.right, id
    assert page.too_wide(420) == []
    assert page.strangers() == []


def test_an_item_keeps_the_focus_and_its_place_is_said(desk: Desk, language: str) -> None:
    page = desk.open(notebook(desk.lab, language, "order", ["import kinds", "kinds.show('order')"]))
    page.run_own()
    page.expect("order", tr("Not attempted yet"))
    box = page.field("order", "steps")
    before = page.lines(box)
    item = before[2]
    # Two presses as quickly as they come mean the same item.
    box.locator("button.crmlab-up").nth(2).evaluate("button => { button.click(); button.click(); }")
    wanted = [item, before[0], before[1], *before[3:]]
    page.wait(lambda: page.lines(box) == wanted, "two quick presses do not move it to the top")
    top = box.locator("button.crmlab-up").nth(0)
    page.wait(lambda: top.evaluate("e => e === document.activeElement"), "the focus stays behind")
    page.wait(lambda: item in top.inner_text(), "the button keeps another item's name")
    said = box.locator("[role=status]")
    first = tr("“{item}” is now number {place} of {total}.", item=item, place=1, total=5)
    page.wait(lambda: said.inner_text() == first, "it is not said where the item stands")
    page.page.wait_for_timeout(1000 * SOON + 200)  # a press that comes sooner means the same move once more
    page.page.keyboard.press("Enter")
    page.wait(
        lambda: said.inner_text() == tr("“{item}” stands first already.", item=item), "nothing is said at the top"
    )
    assert page.lines(box)[0] == item


@pytest.mark.parametrize("language", ["zh"], indirect=True)
def test_calculators_follow_the_sliders_and_keep_them(desk: Desk, language: str) -> None:
    cells = ['from crmlab import calculator, lesson; lesson("1.1")', *(f'calculator("{name}")' for name in CALCULATORS)]
    path = notebook(desk.lab, language, "calculators", cells)
    page = desk.open(path, TALL)
    state = (desk.lab.folder / path).with_name("1-tour.json")
    state.unlink(missing_ok=True)
    page.run_own()
    for name, made in CALCULATORS.items():
        whole = page.page.locator(f".crmlab-calculator-{name}").last
        page.wait(whole.is_visible, f"{name} is not shown")
        slider = made.sliders[0]
        handle = whole.get_by_role("slider", name=tr(slider.label))
        number = whole.get_by_role("spinbutton", name=tr(slider.label))
        handle.focus()
        page.page.keyboard.press("ArrowRight")
        want = made.result({slider.key: slider.start + slider.step})
        page.wait(lambda whole=whole, want=want: want.lines[0] in whole.inner_text(), f"{name} does not follow")  # type: ignore[misc]
        assert float(number.input_value()) == slider.start + slider.step
        number.fill(f"{slider.start + 2 * slider.step:g}")
        number.press("Tab")
        want = made.result({slider.key: slider.start + 2 * slider.step})
        page.wait(lambda whole=whole, want=want: want.lines[0] in whole.inner_text(), f"{name} does not follow")  # type: ignore[misc]
        assert want.code in whole.inner_text()
        assert tr(made.caveat) in whole.inner_text()

    def kept() -> dict[str, Any]:
        records = json.loads(state.read_text(encoding="utf-8"))["exercises"]
        return {name: records[f"calculator {name}"]["fields"] for name in CALCULATORS}

    firsts = {name: made.sliders[0] for name, made in CALCULATORS.items()}
    want_kept = {name: {first.key: first.start + 2 * first.step} for name, first in firsts.items()}
    page.wait(lambda: kept() == want_kept, "the sliders are not kept")
    page.reload()
    for name, made in CALCULATORS.items():
        number = page.page.locator(f".crmlab-calculator-{name}").last.locator("input[type=number]").first
        page.wait(number.is_visible, f"{name} is not shown again")
        assert float(number.input_value()) == made.sliders[0].start + 2 * made.sliders[0].step
    assert page.errors() == []
    assert page.too_wide(420) == []


def test_arrow_keys_stay_in_their_question(desk: Desk) -> None:
    path = notebook(desk.lab, "en", "radios", ["import kinds", "kinds.show('judge')", "kinds.show('judge')"])
    page = desk.open(path)
    page.run_own()
    page.wait(lambda: page.page.locator(".crmlab-field-first").count() == 2, "two questions")
    one, two = page.page.locator(".crmlab-field-first").all()
    group = one.get_by_role("radiogroup")
    assert group.get_attribute("aria-label").startswith("The shop asks for a refund")
    one.locator("input").first.focus()
    page.page.keyboard.press("Space")
    for _press in range(3):
        page.page.keyboard.press("ArrowDown")
    assert [radio.is_checked() for radio in one.locator("input").all()] == [False, True]
    assert [radio.is_checked() for radio in two.locator("input").all()] == [False, False]
    page.page.keyboard.press("Tab")
    assert page.page.evaluate("() => document.activeElement.type") == "checkbox", "a question is one stop"
