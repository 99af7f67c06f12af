"""The two pages, printed by a real browser."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from crmlab.own import Result, Said
from crmlab.own.results import Findings
from crmlab.report import pages
from tests.report.conftest import Reported
from tests.support import own_exports
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


def longer(calls: Result) -> Result:
    """The list of calls with names that nothing breaks, and all columns that it may have."""
    trap = "=HYPERLINK(http://evil.example/a-name-without-a-blank)" + "客" * 30
    table = calls.table.assign(customer=trap, name="Shop-" * 9, contact="李" * 20, phone="+86 138 0013 8000")
    return replace(calls, table=table, says=[Said("Call them.")])


def test_two_sheets_of_paper_that_need_nothing_from_elsewhere(
    every: list[Result], running: Any, tmp_path: Path
) -> None:
    """In English, whose texts are longer; once more with names that no line can hold."""
    file = tmp_path / "report.html"
    export = own_exports.of_rows([("C1", "2024-01-02", 5.0)])
    for results in (every, [longer(one) if one.name == "calls" else one for one in every]):
        pages.write(export, Findings(results), file, names=True, lang="en")
        page = running.new_page()
        asked: list[str] = []
        page.on("request", lambda request, asked=asked: asked.append(request.url))
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
