"""Lessons as slides: the deck that stands alone, what is on it and that it fits, and live slides in JupyterLab."""

from __future__ import annotations

import html
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from crmlab.cli import main
from crmlab.course import lessons
from crmlab.language import speaking, tr
from crmlab.workshop import deck, live, materials, running, slicing
from tests.support.browser import browser
from tests.support.labserver import environment

EACH = pytest.mark.parametrize("lesson", lessons.every(), ids=lambda one: one.number)
# Loading the exercises of all takes long; one of each unit has each kind.
NUMBERS = ("1.1", "2.2", "3.2", "4.5", "5.2", "6.3", "7.1", "7.2", "8.2", "9.1")
SOME = pytest.mark.parametrize("lesson", [lessons.find(one) for one in NUMBERS], ids=NUMBERS)
UNANSWERED = {"7.2": "each exam is another"}


def made(lesson: lessons.Lesson, language: str) -> str:
    """A deck without what the code shows, for which the lesson would have to be run."""
    with speaking(language):
        return deck.made(lesson, materials.worked(lesson))


@SOME
def test_a_deck_asks_each_exercise_answers_it_for_the_speaker_and_asks_no_host(lesson: lessons.Lesson) -> None:
    language = "en" if lesson.number in NUMBERS[::2] else "zh"
    page = made(lesson, language)
    with speaking(language):
        tasks = lessons.tasks(lesson)
        answers = tr("Worked answers")
    headings = [html.unescape(one) for one in re.findall(r"<h2>(.*?)</h2>", page)]
    assert all(any(one.startswith(task.title) for one in headings) for task in tasks)
    found = page.count(f"<h3>{answers}</h3>")
    assert found == (0 if lesson.number in UNANSWERED else len(tasks))
    assert not re.search(r"<(link|iframe|base)\b|@import|url\(|src=\"(?!data:)|fetch\(|XMLHttp", page)
    links = re.findall(r'href="([^"]*)"', page)
    assert all(link.startswith("https://") for link in links), "only sources are linked, and open when they are clicked"
    assert page.count("<section") >= 4
    assert page.count("<h1>") == 1


@EACH
def test_live_slides_hold_the_whole_lesson(lesson: lessons.Lesson) -> None:
    with speaking("zh"):
        worked = materials.worked(lesson)
        cells = live.made(worked)
    theirs = [cell["source"] for cell in worked if cell["cell_type"] == "code" and not slicing.is_note(cell)]
    assert [cell["source"] for cell in cells if cell["cell_type"] == "code"] == ["".join(one) for one in theirs]
    assert not any("answer(" in cell["source"] for cell in cells), "right answers are not filled in"
    types = [cell["metadata"].get("slideshow", {}).get("slide_type") for cell in cells]
    assert types[0] == "slide"
    assert set(types) <= {"slide", "skip", None}
    assert all(cell["source"].startswith("#") for cell, kind in zip(cells, types, strict=True) if kind == "slide")
    assert len({cell["id"] for cell in cells}) == len(cells)


def test_a_long_slide_is_cut_and_what_introduces_a_table_stays_with_it() -> None:
    text = "\n\n".join(["## A", *("word " * 90 for _n in range(6)), "As a table:"])
    cells: list[dict[str, Any]] = [
        {"cell_type": "markdown", "metadata": {}, "source": text},
        {"cell_type": "code", "metadata": {}, "source": "show(x)"},
    ]
    slides = slicing.slides(cells, lambda _cell: slicing.TABLE)
    assert len(slides) >= 2
    assert all(slide.lines <= slicing.LINES for slide in slides)
    assert [slide.goes_on for slide in slides] == [False, *(True for _slide in slides[1:])]
    assert [piece.source for piece in slides[-1].pieces][-2:] == ["As a table:", "show(x)"]


def test_what_is_right_does_not_stand_below_the_question() -> None:
    section = made(lessons.find("2.1"), "en").split("<section")[3]
    assert "Guess first" in section
    assert "It is 780" not in section.split("<aside")[0]
    cells = live.made(materials.worked(lessons.find("2.1")))
    asked = next(number for number, cell in enumerate(cells) if cell["source"].startswith("check("))
    assert cells[asked + 1]["metadata"]["slideshow"]["slide_type"] == "slide"


def test_what_cannot_be_shown_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for said in (["3.2"], ["3.2", "--live", "--out", str(tmp_path)], ["3.9", "--out", str(tmp_path)], ["3.2", "3.3", "--live"]):
        assert main(["workshop", "slides", *said, "--lang", "en"]) == 2
        assert capsys.readouterr().err.count("\n") == 1
    assert not list(tmp_path.iterdir())


def test_a_lesson_that_fails_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def failing(lesson: lessons.Lesson) -> Any:
        raise running.NotRun("It could not be run.")

    monkeypatch.setattr(running, "run", failing)
    assert main(["workshop", "slides", "8.3", "--out", str(tmp_path / "decks"), "--lang", "en"]) == 2
    assert "could not be run" in capsys.readouterr().err
    assert not list((tmp_path / "decks").iterdir())


FITS = """() => {
  document.body.className = 'measuring';
  const found = [...document.querySelectorAll('main > section')].map((section, n) => {
    const box = section.querySelector('.box');
    return [n + 1, box.scrollHeight - box.clientHeight, box.scrollWidth - box.clientWidth, box.children.length];
  });
  return found.filter(([n, down, across, children]) => down > 1 || across > 1 || (n > 1 && !children));
}"""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """One browser for all."""
    with browser() as running:
        yield running


@pytest.mark.browser
def test_a_deck_fits_its_slides_and_is_turned_by_keys_and_clicks(tmp_path: Path, chromium: Any) -> None:
    """8.3 is run for it; the others stand there without their tables and charts."""
    assert main(["workshop", "slides", "8.3", "--out", str(tmp_path), "--lang", "zh"]) == 0
    for number, language in (("2.2", "en"), ("5.2", "zh")):
        (tmp_path / f"{number}.html").write_text(made(lessons.find(number), language), "utf-8")
    assert len(list(tmp_path.iterdir())) == 3
    page = chromium.new_page(viewport={"width": 1280, "height": 720})
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: pytest.fail(str(error)))
    for file in sorted(tmp_path.glob("*.html")):
        page.goto(file.as_uri())
        count = page.locator("main > section").count()
        assert page.locator("section.now").count() == 1
        page.keyboard.press("ArrowRight")
        page.mouse.click(900, 300)
        assert page.evaluate("location.hash") == "#3"
        page.mouse.click(100, 300)
        with page.expect_popup() as opened:
            page.keyboard.press("s")
        assert opened.value.locator("main h2").inner_text() == page.locator("section.now :is(h1, h2)").first.evaluate("e => e.childNodes[0].textContent")
        assert not page.locator("#notes").is_visible(), "the projector shows nothing of it"
        with opened.value.expect_event("close"):
            page.keyboard.press("s")
        page.keyboard.press("End")
        assert page.locator("section.now .foot").inner_text().endswith(f"{count} / {count}")
        if file.name.startswith("8.3"):
            pages = len(re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True)))
            assert pages == count, "a slide a page"
        page.set_viewport_size({"width": 390, "height": 800})
        page.wait_for_function("document.body.classList.contains('stack')")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        page.set_viewport_size({"width": 1280, "height": 720})
        assert page.evaluate(FITS) == [], file.name
    page.close()
    assert not [url for url in asked if not url.startswith(("file:", "data:"))]


@pytest.mark.browser
def test_live_slides_begin_by_themselves_and_their_exercises_work(tmp_path: Path, chromium: Any) -> None:
    pytest.importorskip("jupyterlab_slideshow")
    folder = tmp_path / "course"
    words = ["workshop", "slides", "8.3", "--live", "--no-browser", "--lang", "en", "--to", str(folder)]
    process = subprocess.Popen(
        [sys.executable, "-m", "crmlab.cli", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        cwd=tmp_path,
        env=environment(tmp_path),
    )
    try:
        assert process.stdout is not None
        address = next((found[0] for line in process.stdout if (found := re.search(r"http://127\S+", line))), "")
        assert "/slides/en/8-breaks/3-one-stroke.ipynb" in address
        page = chromium.new_page(viewport={"width": 1280, "height": 720})
        asked: list[str] = []
        page.on("request", lambda request: asked.append(urlsplit(request.url).hostname or ""))
        page.goto(address)
        page.wait_for_function("document.body.dataset.crmlab === 'slides'", timeout=120_000)
        on_screen = page.locator(".jp-deck-mod-onscreen")
        on_screen.first.wait_for(timeout=30_000)
        assert "8.3" in on_screen.first.inner_text()
        exercise = page.locator(".jp-deck-mod-onscreen .crmlab-exercise-given-or-added")
        for _turn in range(20):
            if exercise.count():
                break
            page.keyboard.press("ArrowRight")
            page.wait_for_timeout(200)
        for choice in exercise.locator("select").all():
            choice.select_option(index=1)
        exercise.get_by_role("button", name="Check").click()
        exercise.locator(".crmlab-partly-right, .crmlab-not-yet-right, .crmlab-right").first.wait_for(timeout=30_000)
        assert set(filter(None, asked)) == {"127.0.0.1"}
        page.close()
        assert not (folder / "notebooks" / "en" / "8-breaks" / "3-one-stroke.json").exists(), "nobody's answers are touched"
    finally:
        process.send_signal(signal.SIGINT if os.name != "nt" else signal.SIGTERM)
        process.wait(30)
        if process.stdout:
            process.stdout.close()
