"""The trainee's own files: kept apart from what is handed in, chosen for all lessons, never written over, and the made-up firm without them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pandas as pd
import pytest
from openpyxl import Workbook

from crmlab import own_columns, own_file, own_problems, own_result, own_save
from crmlab.app import work
from crmlab.checks import InputError
from crmlab.course import own_columns as columns
from crmlab.course import own_files, own_results, own_told
from crmlab.course.widgets import own_form
from crmlab.language import speaking

ORDERS = "客户,日期,金额\n王记茶庄,2026-01-13,1200\n王记茶庄,2026-02-14,800\n福井大酒店,2026-02-20,300\n"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty workspace; the notebook runs in the folder of unit 9."""
    monkeypatch.delenv("CRMLAB_STATE")
    folder = tmp_path / "notebooks" / "en" / "9-own"
    folder.mkdir(parents=True)
    monkeypatch.chdir(folder)
    monkeypatch.setattr(own_files, "watchers", {})
    return folder


def test_without_a_file_it_is_the_made_up_firm(here: Path) -> None:
    for kind in own_files.ASKED:
        assert own_files.chosen(kind) is None
        assert not own_files.is_own(kind)
        assert own_files.export(kind).kind in own_files.FITS[kind]
        assert "invented" in repr(own_file(kind))
        own_file(kind).view()
    assert list(here.parents[1].iterdir()) == [here.parent], "looking writes nothing"


def test_what_is_handed_over_is_kept_under_its_name_and_nothing_is_written_over(here: Path) -> None:
    first = own_files.keep("C:\\files\\订单.csv", ORDERS.encode())
    assert first == here.parents[1] / own_files.FOLDER / "订单.csv"
    assert own_files.keep("订单.csv", ORDERS.encode()) == first, "the same file again"
    other = own_files.keep("订单.csv", b"a,b\n1,2\n")
    assert (other.name, first.read_bytes(), other.read_bytes()) == ("订单-2.csv", ORDERS.encode(), b"a,b\n1,2\n")
    assert own_files.there() == sorted([first, other])
    for name, content in (("orders.pdf", b"%PDF"), ("orders.csv", b""), (".csv", b"x"), ("..\\", b"x")):
        with pytest.raises(InputError):
            own_files.keep(name, content)
    assert len(list(first.parent.iterdir())) == 2


def test_a_choice_holds_in_every_lesson_and_language_until_it_is_taken_back(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = own_files.keep("orders.csv", ORDERS.encode())
    own_files.choose("orders", path)
    assert json.loads((path.parent / own_files.CHOICES).read_text("utf-8"))["exercises"]["orders"]["fields"] == {
        "file": "orders.csv"
    }
    elsewhere = here.parents[1] / "zh" / "2-classification"
    elsewhere.mkdir(parents=True)
    monkeypatch.chdir(elsewhere)
    assert own_files.chosen("orders") == path
    assert own_files.times("orders") == 1
    assert own_files.chosen("survey") is None
    own_files.choose("orders", None)
    assert own_files.chosen("orders") is None
    assert path.is_file()
    with pytest.raises(InputError):
        own_files.choose("orders", path.with_name("gone.csv"))
    with pytest.raises(ValueError, match="kind"):
        own_files.choose("plans", None)


def test_a_file_that_went_away_is_said_and_the_made_up_firm_is_shown(here: Path) -> None:
    path = own_files.keep("orders.csv", ORDERS.encode())
    own_files.choose("orders", path)
    path.unlink()
    assert "orders.csv" in own_files.problem("orders")
    assert not own_files.is_own("orders")
    assert own_files.export("orders").file.name != "orders.csv"
    assert own_files.problem("orders") in own_file("orders")._repr_html_()


def test_nothing_of_it_is_handed_in_or_exported(here: Path) -> None:
    path = own_files.keep("orders.csv", ORDERS.encode())
    own_files.choose("orders", path)
    packed = work.pack(here.parents[2])
    assert packed.count == 0
    assert "王记茶庄" not in packed.text
    assert not any(own_files.FOLDER in name for name in json.loads(packed.text)["files"])


def test_a_worked_edition_keeps_nothing(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    worked = here.parents[2] / "solutions" / "en" / "9-own"
    worked.mkdir(parents=True)
    monkeypatch.chdir(worked)
    assert own_files.folder() is None
    assert "worked edition" in own_file("orders")._repr_html_()
    with pytest.raises(InputError):
        own_files.keep("orders.csv", ORDERS.encode())


def test_every_result_shows_itself_or_says_why_not(here: Path) -> None:
    with speaking("zh"):
        # All of them run in the lesson itself.
        for name in ("abc", "together", "nps", "triage"):
            shown = own_result(name)
            found = own_results.find(name)
            assert own_results.find(name) is found, "computed once"
            assert (found.result is None) != (found.why_not == "")
            assert shown._repr_html_().startswith("<div")
            if name in ("abc", "nps"):
                shown.view()
        for kind in own_files.ASKED:
            assert own_columns(kind)._repr_html_()
            assert repr(own_problems(kind))
        assert repr(own_save())
    assert "rfm" in repr(own_result("nonsense"))
    assert "orders" in repr(own_file("nonsense"))


def test_a_corrected_plan_is_remembered_and_the_file_stays_as_it_is(here: Path) -> None:
    path = own_files.keep("orders.csv", ORDERS.encode())
    own_files.choose("orders", path)
    made = own_files.export("orders")
    assert (own_files.is_own("orders"), len(made.table), made.rows) == (True, 3, 4)
    assert own_files.export("orders") is made, "read once"
    before = own_results.find("abc")
    view = own_columns("orders").view()
    roles = {one.children[0].description: one.children[0] for box in view.children for one in getattr(box, "children", ()) if len(one.children) == 2}
    assert {heading: box.value for heading, box in roles.items()} == {"客户": "customer", "日期": "date", "金额": "amount"}
    roles["金额"].value = ""
    (button,) = (one for one in view.children if "crmlab-check" in one._dom_classes)
    button.click()
    assert own_files.of(path).plan.roles["金额"] == ""
    assert "金额" in path.with_name("orders.csv.crmlab.json").read_text("utf-8")
    assert path.read_bytes() == ORDERS.encode()
    assert own_files.times("orders", "plans") == 1
    assert own_results.find("abc") is not before


def test_a_tick_that_comes_after_the_click_counts(here: Path) -> None:
    """The browser holds a change back while Python is busy, and a click it does not."""
    own_files.choose("orders", own_files.keep("orders.csv", ORDERS.encode()))
    whole = own_save().view()
    names = next(one for one in whole.children if "crmlab-own-with-names" in one._dom_classes)
    pages = next(one for box in whole.children for one in getattr(box, "children", ()) if "crmlab-own-save-pages" in one._dom_classes)
    names.value = True
    pages.click()
    saved = next(here.glob("*.html"))
    assert "as you asked" in saved.read_text("utf-8")
    names.value = False
    assert "as you asked" not in saved.read_text("utf-8")


def test_what_is_personal_is_hidden_and_what_is_not_is_not() -> None:
    assert columns.hidden("13912345678", "phone") == "139******78"
    assert columns.hidden("王记茶庄", "customer") == "王···"
    assert columns.hidden("1,200.00", "amount") == "1,200.00"
    assert "王记" not in columns.Column("备注", "", 0.0, "", ("王记茶庄",)).shown()
    assert "王记" in columns.Column("备注", "", 0.0, "", ("王记茶庄",)).shown(names=True)


def test_the_page_is_told_how_large_a_file_may_be() -> None:
    told = own_told.limit()
    assert f'data-crmlab-most="{own_told.most()}"' in told
    assert "{file}" in told
    assert "{size}" in told


def two_sheets(path: Path) -> Path:
    """A workbook with orders on its first sheet and answers to a survey on its second."""
    book = Workbook()
    assert book.active is not None
    book.active.title = "订单"
    days = [f"2026-{month:02d}-{day:02d}" for month in range(1, 7) for day in (3, 14, 25)]
    for row in (("客户编号", "客户姓名", "手机", "日期", "金额"), *(("K1", "王小明", "13912345678", day, 100) for day in days)):
        book.active.append(row)
    answers = book.create_sheet("调查")
    answers.append(("填写时间", "手机", "您对我们的总体满意度（1-5）", "您有多大可能推荐我们？（0-10分）"))
    for number, day in enumerate(days):
        answers.append((day, f"139123456{number:02d}", 1 + number % 5, number % 11))
    book.save(path)
    return path


def test_of_one_workbook_orders_and_survey_are_read_from_the_sheets_that_fit_them(here: Path, tmp_path: Path) -> None:
    path = own_files.keep("两张表.xlsx", two_sheets(tmp_path / "made.xlsx").read_bytes())
    for kind in ("orders", "survey"):
        own_files.choose(kind, path)
    assert [own_files.export(kind).plan.sheet for kind in ("orders", "survey")] == ["订单", "调查"]
    # What is corrected of the one says nothing of the other.
    survey = own_files.export("survey")
    own_files.read_as("survey", columns.corrected(survey, kind="survey", sheet="调查", taken={}, answers={}))
    own_files.read_as("orders", own_files.export("orders").plan)
    assert [own_files.export(kind).kind for kind in ("orders", "survey")] == ["orders", "survey"]
    assert own_files.problem("survey") == own_files.problem("orders") == ""
    # A column that this kind of file does not use may hold telephones all the same.
    said = own_columns("survey")._repr_html_()
    assert "139123456" not in said
    assert "139******" in said
    with speaking("zh"):
        assert str(own_results.find("satisfaction").result.title).startswith("总体满意度：")


def test_the_next_export_of_the_same_name_is_read_as_the_one_before(here: Path) -> None:
    first = own_files.keep("orders.csv", ORDERS.encode())
    own_files.choose("orders", first)
    made = own_files.export("orders")
    own_files.read_as("orders", columns.corrected(made, kind="orders", sheet="", taken={"客户": "contact"}, answers={}))
    second = own_files.keep("orders.csv", ORDERS.replace("1200", "1300").encode())
    assert second.name == "orders-2.csv"
    assert own_files.of(second).plan.roles["客户"] == own_files.of(first).plan.roles["客户"] != made.plan.roles["客户"]


def test_a_file_in_the_wrong_place_is_told_where_it_belongs(here: Path) -> None:
    path = own_files.keep("answers.csv", b"date,how likely to recommend us (0-10)\n2026-01-05,9\n2026-01-06,3\n")
    own_files.choose("orders", path)
    assert "serves as your survey" in own_files.problem("orders")


def test_what_is_to_be_done_stands_beside_the_customer_and_no_title_is_a_code_name() -> None:
    call = pd.DataFrame({"customer": ["K1"], "name": ["K-ABC"], "phone": ["139"], "reason": ["late"], "group": ["call"]})
    assert list(own_results.shown(call, {}, masked=True)[0])[:3] == ["customer", "phone", "group"]
    assert list(own_results.shown(call, {})[0])[:4] == ["customer", "name", "phone", "group"]
    with speaking("zh"):
        for name in ("reasons", "recovery"):
            assert not re.findall(r"<summary[^>]*>[a-z]+</summary>", own_result(name)._repr_html_())


def test_numbers_of_rows_read_right_also_for_one() -> None:
    assert own_form._how_many(1) == "(1 row)"
    assert own_form._how_many(1200) == "(1,200 rows)"
