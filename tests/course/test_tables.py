"""Tables that are shown and saved: readable numbers, the trainee's language, nothing overwritten."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from crmlab.course.tables import save, show


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CRMLAB_STATE", str(tmp_path))
    return tmp_path


def test_shares_are_percent_and_bounds_follow_them() -> None:
    share = repr(show(pd.DataFrame({"share": [0.5], "low": [0.25], "high": [0.75]})))
    assert all(text in share for text in ("50%", "25%", "75%"))
    points = repr(show(pd.DataFrame({"nps": [38.9], "low": [14.2], "high": [63.6]})))
    assert "14.20" in points
    assert "%" not in points


def test_numbers_are_readable_and_ids_are_not_amounts() -> None:
    text = repr(show(pd.DataFrame({"customer_id": [12345], "amount": [1234567.891], "orders": [4338]})))
    assert "12345" in text
    assert "1,234,567.89" in text
    assert "4,338" in text


def test_long_tables_say_how_much_is_left_out_and_cells_are_escaped() -> None:
    page = show(pd.DataFrame({"name": ["<b>"] * 30}), rows=5)._repr_html_()
    assert page.count("&lt;b&gt;") == 5
    assert "25" in page
    assert "<b>" not in page


def test_missing_values_are_a_dash() -> None:
    text = repr(show(pd.DataFrame({"a": [1.5, float("nan")], "b": [pd.Timestamp("2011-12-09 12:50"), pd.NaT]})))
    assert "2011-12-09" in text
    assert "nan" not in text.lower()
    assert "–" in text


def test_a_saved_table_opens_in_excel_and_comes_back(here: Path) -> None:
    table = pd.DataFrame({"amount": [1.5]}, index=pd.Index(["甲"], name="customer_id"))
    assert "call-list.csv" in repr(save(table, "call-list.csv"))
    raw = (here / "call-list.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    assert pd.read_csv(here / "call-list.csv").iloc[0, 0] == "甲"


def test_a_file_with_the_trainees_notes_is_kept(here: Path) -> None:
    table = pd.DataFrame({"customer": ["A"], "notes": [""]})
    save(table, "list.csv")
    save(table, "list.csv")
    assert len(list(here.iterdir())) == 1, "the same again needs no second file"
    (here / "list.csv").write_text("customer,notes\nA,called on Monday\n", encoding="utf-8")
    said = repr(save(table, "list.csv"))
    assert "list.older-1.csv" in said
    assert "called on Monday" in (here / "list.older-1.csv").read_text(encoding="utf-8")


def test_a_page_is_whole_and_in_its_language(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRMLAB_LANG", "zh")
    save("<h1>卡片</h1>", "card.html")
    text = (here / "card.html").read_text(encoding="utf-8")
    assert text.startswith("<!DOCTYPE html>")
    assert 'lang="zh-CN"' in text


def test_nothing_is_written_outside_the_folder(here: Path) -> None:
    save("x", "../outside.html")
    assert (here / "outside.html").exists()


def test_a_folder_that_cannot_be_written_gets_a_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CRMLAB_STATE", str(tmp_path / "nowhere"))
    assert "cannot be written" in repr(save("x", "page.html"))
