"""axe-core over every kind of widget, in both languages: no serious or critical finding in anything of ours.

What it finds in Jupyter itself is printed apart (``pytest -s``), and listed in docs/accessibility.md. To cover a new
widget, add the cell that shows it to :data:`CELLS`.
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from crmlab.course import lessons
from crmlab.course.bank import asking, exam
from crmlab.course.bank.review import Deck
from crmlab.course.calculators import CALCULATORS
from crmlab.course.state import Store
from crmlab.language import LANGUAGES, set_language, tr
from tests.support import kinds
from tests.support.browser import LessonPage
from tests.support.labserver import LabServer, write_notebook

pytestmark = pytest.mark.browser

CELLS = [
    'import crmlab, kinds; from crmlab import *; from crmlab.course.widgets.rehearsal import rehearse; lesson("4.2")',
    *(f"kinds.show({id!r})" for id in kinds.kinds()),
    *(f"kinds.show({id!r}, {kind.code!r})" for id, kind in list(kinds.kinds().items())[:3]),
    'kinds.show("order", 3)',
    *(f'calculator("{name}")' for name in CALCULATORS),
    'calculator("nonsense")',
    'quiz("4.2")',
    'rehearse(crmlab.course.roleplay.scripts.folder() / "late-delivery.yml")',
    'hint("quiz-4.2")',
    'check("nonsense")',
    "exam()",
    "review()",
    "roleplays()",
    'handout("late-delivery")',
    "progress()",
    'own_file("orders")',
    'own_columns("orders")',
    'own_problems("orders")',
    'own_result("leaving")',
    "own_save()",
]
"""A cell for every widget and every piece of HTML that the course shows."""

SERIOUS = ("serious", "critical")
# A widget and what stands beside it in the same output are ours, and so is every output of these cells.
OURS = """selector => {
  const found = document.querySelector(selector);
  return Boolean(found && found.closest('.crmlab, .jp-OutputArea-output'));
}"""


@dataclass(frozen=True)
class Finding:
    """One element that breaks one rule of axe."""

    rule: str
    impact: str
    help: str
    element: str
    ours: bool


@pytest.fixture(scope="module", params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> Iterator[str]:
    set_language(request.param)
    yield request.param
    set_language(None)


def examine(page: Any) -> list[Finding]:
    """What axe finds on the page as it stands."""
    from axe_playwright_python.sync_playwright import Axe

    answer = Axe().run(page, options={"resultTypes": ["violations"]}).response
    found = []
    for rule in answer["violations"]:
        for node in rule["nodes"]:
            [selector, *inside] = node["target"]
            ours = not inside and isinstance(selector, str) and page.evaluate(OURS, selector)
            found.append(
                Finding(rule["id"], node["impact"] or rule["impact"], rule["help"], node["html"][:300], bool(ours))
            )
    return found


def prepare(folder: Path) -> None:
    """What makes exam and review show more than their first page: an exam whose time is up, and a question that is due."""
    long_ago = time.time() - 60 * (exam.MINUTES + 2)
    attempt = {
        "seed": 3,
        "ids": [question.id for question in exam.draw(3)],
        "answers": {},
        "page": 0,
        "handed_in": None,
    }
    attempt |= {"began": long_ago, "seen": long_ago, "used": 0.0}
    kept = {"format": 1, "lesson": exam.LESSON, "exercises": {exam.ID: {"fields": {"tries": [attempt]}}}}
    lesson = lessons.find(exam.LESSON)
    (folder / lesson.unit / f"{lesson.slug}.json").write_text(json.dumps(kept), encoding="utf-8")
    past = datetime.fromisoformat("2026-01-05T08:00:00+00:00")
    Deck(Store(folder / "review.json", "review"), now=lambda: past).note([a_long_question()])


def a_long_question() -> str:
    """A question with options, whose page has most to read."""
    return next(question.id for question in asking.bank() if question.kind == "case")


@pytest.fixture(scope="module")
def notebook(lab: LabServer, running: Any, language: str) -> Iterator[LessonPage]:
    """All widgets in one notebook, run."""
    folder = lab.folder / "notebooks" / language / "4-complaints"
    shutil.copy(Path(kinds.__file__), folder / "kinds.py")
    for old in folder.parent.glob("**/*.json"):
        old.unlink()
    prepare(folder.parent)
    write_notebook(folder / "widgets.ipynb", "# Widgets\n\n## All of them", *CELLS)
    page = LessonPage(running, lab, f"notebooks/{language}/4-complaints/widgets.ipynb")
    # What is scrolled away is not drawn, and axe cannot tell its colours: high enough for all of it.
    page.page.set_viewport_size({"width": 1400, "height": 16_000})
    # The body has no height of its own and hides what overflows, so axe takes the whole page for hidden and passes over
    # every colour.
    page.page.add_style_tag(content="html, body { height: 100vh; }")
    page.run_own()
    for name in ("calculator-order .crmlab-chart", "exercise-exam", "review", "roleplays"):
        page.wait(page.page.locator(f".crmlab-{name}").first.is_visible, f"{name} is not shown", 120)
    yield page
    page.page.close()


# Names are looked at in both languages, below; what axe finds besides does not hang on the language.
@pytest.mark.parametrize("language", ["zh"], indirect=True, scope="module")
def test_no_serious_finding_in_our_widgets(notebook: LessonPage) -> None:
    page = notebook.page
    assert notebook.errors() == []
    found = examine(page)
    for state in ("wrong", "right"):  # their signs and colours
        for id, kind in kinds.kinds().items():
            notebook.fill(kind.made, getattr(kind, state))
            notebook.check(id)
        press(notebook, "button.crmlab-hint:visible")
        if state == "wrong":
            press(notebook, ".crmlab-exercise-exam button.crmlab-hand-in-now")
            page.locator(".crmlab-exercise-exam button.crmlab-again").wait_for()
            page.locator(".crmlab-review input").first.check()
            press(notebook, ".crmlab-review button.crmlab-check")
            page.locator(".crmlab-roleplays select").select_option(index=1)
            page.locator(".crmlab-roleplays button.crmlab-choice").first.wait_for()
        else:
            press(notebook, ".crmlab-exercise-exam button.crmlab-again")
            page.locator(".crmlab-exercise-exam .crmlab-questions .crmlab-row").first.wait_for()
            press(notebook, ".crmlab-roleplays button.crmlab-choice:visible")
        press(notebook, "button.crmlab-choice:visible")
        found += examine(page)
        if language == "en":  # colours are the same in both
            for scheme in ("dark", "light"):
                page.emulate_media(color_scheme=scheme)
                page.locator(f"body[data-jp-theme-light={'true' if scheme == 'light' else 'false'}]").wait_for()
                found += examine(page) if scheme == "dark" else []
    theirs = sorted({(one.rule, one.impact, f"{one.help} ({one.element[:90]})") for one in found if not one.ours})
    print("\nJupyter itself:", *(f"{impact}: {rule}: {help}" for rule, impact, help in theirs), sep="\n  ")
    mild = sorted(
        {
            (one.rule, one.impact, f"{one.help} ({one.element[:90]})")
            for one in found
            if one.ours and one.impact not in SERIOUS
        }
    )
    print(
        "Ours, neither serious nor critical:", *(f"{impact}: {rule}: {help}" for rule, impact, help in mild), sep="\n  "
    )
    assert sorted({(one.rule, one.element) for one in found if one.ours and one.impact in SERIOUS}) == []


def press(notebook: LessonPage, selector: str) -> None:
    """Press a button, and wait until the kernel has dealt with it and the page shows the answer."""
    notebook.page.locator(selector).first.click()
    notebook.settle()


def test_everything_that_can_be_moved_has_a_name_that_says_what_it_is(notebook: LessonPage, language: str) -> None:
    form = kinds.kinds()["order"].made.form()
    labels = {tr(label) for _value, label in form.fields().__next__().items}  # type: ignore[union-attr]
    page = notebook.page
    for up in (_("Move up: {item} ({place})"), _("Move down: {item} ({place})")):
        start = tr(up, item="", place="").split("(")[0].split("（")[0].strip()
        names = page.locator(".crmlab-field-steps").first.get_by_role("button").all_inner_texts()
        mine = [name for name in names if name.startswith(start)]
        assert len(mine) == len(labels)
        assert all(any(label in name for label in labels) for name in mine)
    for name, made in CALCULATORS.items():
        whole = page.locator(f".crmlab-calculator-{name}")
        for slider in made.sliders:
            assert whole.get_by_role("slider", name=tr(slider.label), exact=True).count() == 1, slider.label
            assert whole.get_by_role("spinbutton", name=tr(slider.label), exact=True).count() == 1, slider.label
    match = kinds.kinds()["match"].made.form()
    for row in match.rows:  # type: ignore[union-attr]
        whole = page.locator(".crmlab-exercise-match")
        assert whole.get_by_role("combobox", name=row.prompt, exact=True).count() == 1


def test_on_a_telephone_nothing_sticks_out_and_a_thumb_hits_every_button(notebook: LessonPage) -> None:
    size = notebook.page.viewport_size
    assert notebook.too_wide(390) == []
    notebook.page.set_viewport_size(size)


@pytest.mark.parametrize("language", ["zh"], indirect=True, scope="module")
def test_the_check_finds_what_is_wrong(notebook: LessonPage) -> None:
    """The last test, for it spoils the page: a name taken away and a colour made pale are found, and counted as ours."""
    notebook.page.evaluate(
        """() => {
          document.querySelector('.crmlab-calculator-clv [role=slider]').removeAttribute('aria-label');
          for (const one of document.querySelectorAll('.crmlab-panel, .crmlab-panel *')) one.style.setProperty('color', '#c8c8c8', 'important');
        }"""
    )
    rules = {one.rule for one in examine(notebook.page) if one.ours and one.impact in SERIOUS}
    assert {"aria-input-field-name", "color-contrast"} <= rules


def _(text: str) -> str:
    return text
