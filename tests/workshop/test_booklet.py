"""The instructor's booklet: every lesson's notes in every language, a page that stands alone, and its PDF."""

from __future__ import annotations

import html
import itertools
import os
import re
from pathlib import Path

import pytest

from crmlab.cli import main
from crmlab.course import lessons
from crmlab.language import LANGUAGES, own, speaking
from crmlab.workshop import booklet, lines, markdown, materials, minutes, pdf, tracks


@pytest.fixture(scope="module", params=LANGUAGES)
def whole(request: pytest.FixtureRequest) -> tuple[str, str]:
    """The booklet of the whole course in a language."""
    with speaking(request.param):
        return request.param, booklet.page(booklet.groups())


def words(page: str) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page)))


def test_it_holds_the_notes_of_every_lesson(whole: tuple[str, str]) -> None:
    language, page = whole
    text = words(page)
    with speaking(language):
        for lesson in lessons.every():
            if lesson.number == "8.2":  # too long for a pause: no schedule offers it
                continue
            assert f'id="lesson-{lesson.number}"' in page
            notes = materials.notes(lesson)
            assert notes, lesson.number
            for note in notes:
                last = [line for line in words(markdown.html(note)).split(" ") if line][-4:]
                assert " ".join(last) in text, f"{lesson.number}: {last}"
            for task in lessons.tasks(lesson):
                assert task.title in text


def test_it_stands_alone_and_its_links_lead_somewhere(whole: tuple[str, str]) -> None:
    language, page = whole
    with speaking(language):
        assert f'<html lang="{own().tag}">' in page
    assert not re.search(r"<(link|script|img|iframe)\b|@import|url\(", page)
    anchors = set(re.findall(r'id="([^"]+)"', page))
    links = re.findall(r'href="([^"]+)"', page)
    assert all(link[1:] in anchors if link.startswith("#") else link.startswith("https://") for link in links)
    levels = [int(n) for n in re.findall(r"<h(\d)", page)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
    assert "<th>" not in page


def test_it_has_a_schedule_of_each_length_for_each_unit(whole: tuple[str, str]) -> None:
    language, page = whole
    units = {one.unit_number for one in lessons.every()} - {minutes.BREAKS}
    with speaking(language):
        assert page.count('<section class="group">') == len(units)
        assert page.count('<div class="schedule">') == len(units) * len(lines.LENGTHS)


def test_a_length_that_brings_nothing_is_a_sentence() -> None:
    with speaking("en"):
        assert booklet.page(booklet.groups(["9"])).count("<table class=\"times\">") == 1
        assert booklet.page(booklet.groups(["9"], lengths=("2",))).count("<table class=\"times\">") == 2, "it was asked for"


def test_an_exercise_of_the_groups_choice_is_one_of_several() -> None:
    with speaking("en"):
        page = booklet.page(booklet.groups(numbers=["4.5"], track="agent", lengths=("half",)))
    assert "exercises 1, 2/3/4, 5" in page
    assert page.count("<td>one of these</td>") == 3


def test_a_tables_corner_is_no_heading() -> None:
    made = markdown.html("| | a |\n|---|---|\n| b | c |")
    assert "<td></td>" in made
    assert made.count('<th scope="col"') == 1


def test_it_names_what_to_print() -> None:
    with speaking("en"):
        page = booklet.page(booklet.groups(["4"], lengths=("1",)))
    assert "handout-late-delivery.html" in page
    assert "no-card.html" in page
    with speaking("zh"):
        assert "handout-" not in booklet.page(booklet.groups(["2"], lengths=("1",)))


def test_the_command_writes_it_whole_or_not_at_all(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "mine.html"
    assert main(["workshop", "booklet", "--units", "3", "--days", "half", "--out", str(out), "--lang", "zh"]) == 0
    assert "讲师手册" in out.read_text("utf-8")
    assert main(["workshop", "booklet", "--units", "3", "--out", str(tmp_path / "no" / "mine.html"), "--lang", "en"]) == 2
    assert "cannot be written" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["mine.html"]


def test_the_handouts_of_its_roleplays_come_with_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["workshop", "booklet", "--lessons", "4.3", "--days", "half", "--out", str(tmp_path / "b.html")]
    assert main([*words, "--handouts", str(tmp_path / "print"), "--lang", "zh"]) == 0
    assert sorted(one.name for one in (tmp_path / "print").iterdir()) == ["handout-rude-staff.html", "handout-unreasonable-demand.html"]
    page = (tmp_path / "print" / "handout-rude-staff.html").read_text("utf-8")
    assert page.count('<section class="sheet">') == 4
    assert 'lang="zh-CN"' in page
    words[3] = "2.2"
    assert main([*words, "--handouts", str(tmp_path / "none"), "--lang", "en"]) == 2
    assert not (tmp_path / "none").exists()


def test_without_a_browser_it_says_how_to_make_a_pdf(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(pdf, "_elsewhere", list)
    out = tmp_path / "mine.pdf"
    assert main(["workshop", "booklet", "--units", "3", "--out", str(out), "--lang", "en"]) == 2
    assert "Save as PDF" in capsys.readouterr().err
    assert not out.exists()


@pytest.mark.browser
def test_a_browser_prints_it(tmp_path: Path) -> None:
    if not pdf.browser():
        if os.environ.get("CRMLAB_REQUIRE_BROWSER"):
            pytest.fail("no Chromium, Chrome or Edge was found")
        pytest.skip("no Chromium, Chrome or Edge was found")
    out = tmp_path / "mine.pdf"
    with speaking("zh"):
        pdf.write(booklet.page(booklet.groups(numbers=["3.2"], lengths=("half",))), out)
    content = out.read_bytes()
    assert content.startswith(b"%PDF")
    # A4, and more than one page of it.
    assert len(re.findall(rb"/Type\s*/Page\b", content)) >= 3


def test_plan_refuses_in_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    for said in (["--days", "3"], ["--start", "9"], ["--start", "23:00"], ["--units", "x"], ["--lessons", "1.9"], ["--track", "t"]):
        assert main(["workshop", "plan", *said, "--lang", "en"]) == 2
        out, err = capsys.readouterr()
        assert not out
        assert err.startswith("crmlab: ")
        assert err.count("\n") == 1
    assert tracks.EXAM == "7.2"
