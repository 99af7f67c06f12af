"""The trainee's own files: kept apart from what is handed in, chosen for all lessons, never written over, and the made-up firm without them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from crmlab import own_columns, own_file, own_problems, own_result, own_save
from crmlab.app import work
from crmlab.checks import InputError
from crmlab.course import own_columns as columns
from crmlab.course import own_files, own_results, own_told
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
