"""One's own customers by clicks alone: a file handed over, a question answered, a result with its names, workbook and pages saved."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
from openpyxl import load_workbook

from crmlab.course import lessons, own_files
from tests.support.browser import Desk, LessonPage
from tests.support.lessonclicks import path_of, said

pytestmark = pytest.mark.browser

NAMES = ("王记茶庄", "福井大酒店", "三江茶庄", "海棠酒店", "金鼎火锅")


def export(path: Path) -> None:
    """Orders on days that can be read in two ways, in the letters of a Chinese Excel, with a title and a line that cannot be used."""
    lines = ["销售订单", "客户名称,下单日期,订单号,金额（元）", f"{NAMES[0]},3/1/25,DD0001,待定"]
    days = [datetime.date(2025, month, day) for month in range(1, 13) for day in (2, 5, 7)]
    for number, day in enumerate(days):
        for place, name in enumerate(NAMES[: 1 + number % len(NAMES)]):
            lines.append(
                f"{name},{day.day}/{day.month}/{day.year % 100},DD{1000 * (place + 1) + number},{(1 + place) * 100 + number}"
            )
    path.write_bytes("\r\n".join(lines).encode("gb18030"))


def hand_over(page: LessonPage, path: Path) -> None:
    with page.page.expect_file_chooser() as choosing:
        page.page.locator(".crmlab-own-file-orders .crmlab-own-upload").click()
    choosing.value.set_files(path)


def words(book: Path) -> str:
    """All texts of a workbook."""
    sheets = load_workbook(book, read_only=True)
    try:
        return "\n".join(
            str(cell)
            for sheet in sheets
            for row in sheet.iter_rows(values_only=True)
            for cell in row
            if cell is not None
        )
    finally:
        sheets.close()


def small_files_are_chosen(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As somebody leaves the lesson who had chosen files before; small ones, of which all is quickly found. The made-up firm runs in the lesson's own test."""
    small = {
        "orders": "客户,日期,金额\n" + "".join(f"甲{n % 3},2024-0{1 + n % 6}-11,{100 + n}\n" for n in range(18)),
        "survey": "填写时间,您有多大可能推荐我们（0-10分）\n" + "".join(f"2024-01-1{n},{n}\n" for n in range(10)),
        "complaints": "投诉日期,投诉原因\n" + "".join(f"2024-01-1{n},物流\n" for n in range(10)),
    }
    with monkeypatch.context() as there:
        there.setenv("CRMLAB_STATE", str(folder.parent))
        for kind, text in small.items():
            own_files.choose(kind, own_files.keep(f"last-{kind}.csv", text.encode()))
            assert own_files.is_own(kind), own_files.problem(kind)


def test_from_a_file_to_the_workbook_by_clicks_alone(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lesson = lessons.find("9.1")
    folder = desk.lab.folder / "notebooks" / own_files.FOLDER
    small_files_are_chosen(folder, monkeypatch)
    page = desk.open(path_of("zh", lesson), height=9000)
    file = tmp_path / "订单.csv"
    export(file)

    def says(place: str, text: str) -> None:
        page.wait(
            lambda: text in page.page.locator(f".crmlab-own-{place}").inner_text(), f"{place} does not say {text!r}"
        )

    says("file-orders", said("Your file {file}", "zh", file="last-orders.csv"))
    # A file that is too large is refused before it is read.
    limit = page.page.locator(".crmlab-own-file-orders [data-crmlab-most]")
    most = limit.get_attribute("data-crmlab-most")
    limit.evaluate("(mark) => (mark.dataset.crmlabMost = '10')")
    hand_over(page, file)
    says("file-orders", "MB")
    assert not (folder / file.name).exists()
    limit.evaluate("(mark, most) => (mark.dataset.crmlabMost = most)", most)

    hand_over(page, file)
    says("file-orders", said("Your file {file}", "zh", file="订单.csv"))
    says("result-abc", said("your file {file}", "zh", file="订单.csv"))
    page.ready()
    assert (folder / "订单.csv").read_bytes() == file.read_bytes()
    assert "MB" not in page.page.locator(".crmlab-own-file-orders").inner_text()
    says("result-abc", "2025-12-07")

    # Month first: then the last order is one of July the twelfth.
    page.page.locator(".crmlab-own-asked-day-first input[type=radio]").nth(1).check()
    page.page.locator(".crmlab-own-columns-orders .crmlab-check").click()
    says("result-abc", "2025-07-12")
    page.ready()
    assert (folder / "订单.csv.crmlab.json").is_file()
    assert (folder / "订单.csv").read_bytes() == file.read_bytes()
    assert "待定" in page.page.locator("body").inner_text()

    classes = page.page.locator(".crmlab-own-result-abc")
    assert NAMES[0] not in page.page.locator("body").inner_text(), "names are masked until somebody wants them"
    assert NAMES[0] not in classes.text_content()
    classes.locator(".crmlab-own-names input").check()
    page.wait(lambda: NAMES[0] in classes.text_content(), "the names are not shown")

    beside = (desk.lab.folder / page.path).parent
    book, pages = (beside / said(name, "zh") for name in ("your-customers.xlsx", "your-customers.html"))
    names = page.page.locator(".crmlab-own-with-names input")
    assert not names.is_checked(), "what is saved has no names until somebody wants them"
    page.page.locator(".crmlab-own-save-pages").click()
    page.wait(pages.is_file, "the two pages are not saved")
    assert not any(one in pages.read_text("utf-8") for one in NAMES)
    names.check()
    page.page.locator(".crmlab-own-save-workbook").click()
    says("save", said("Saved as {file}, beside this lesson.", "zh", file=book.name))
    assert NAMES[0] in words(book)
    assert page.errors() == []
