"""The two pages, printed by a real browser."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from crmlab import cli
from tests.report.conftest import Reported
from tests.support.browser import browser

pytestmark = pytest.mark.browser

# How far each page's texts reach, and where its foot begins.
FITS = """() => [...document.querySelectorAll('.page')].map(page => {
  const ends = [...page.children].filter(one => one.tagName !== 'FOOTER').map(one => one.getBoundingClientRect().bottom);
  return [Math.max(...ends), page.querySelector('footer').getBoundingClientRect().top, page.scrollWidth <= page.clientWidth];
})"""


@pytest.fixture(scope="module")
def running() -> Any:
    with browser() as one:
        yield one


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_two_sheets_of_paper_that_need_nothing_from_elsewhere(
    reported: Reported, running: Any, lang: str, tmp_path: Path
) -> None:
    file = reported.out / "report.html"
    if lang != "zh":
        shutil.copytree(reported.out, tmp_path / "out")
        assert cli.main(["report", str(reported.file), "--lang", lang, "--out", str(tmp_path / "out"), "--quiet"]) == 0
        file = tmp_path / "out" / "report.html"
    page = running.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(file.as_uri())
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    page.emulate_media(media="print")
    for end, foot, wide in page.evaluate(FITS):
        assert end <= foot
        assert wide
    printed = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 2
    text = page.inner_text("body")
    for number in range(1, 6):
        assert f"\n{number}. " in text
    assert page.locator("img").count() >= 2
    page.close()


def test_the_page_says_what_not_to_rely_on(reported: Reported) -> None:
    text = (reported.out / "report.html").read_text("utf-8")
    assert re.search("哪些不要依靠|What not to rely on", text)
    assert Path(reported.file).name in text
