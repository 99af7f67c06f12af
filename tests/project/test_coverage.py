"""Every item of the curriculum is taught and practised somewhere; the table that shows where is current."""

from __future__ import annotations

from tools import coverage


def test_nothing_of_the_lessons_that_are_there_is_missing() -> None:
    assert coverage.faults() == []


def test_the_table_is_current() -> None:
    assert coverage.TABLE.read_text(encoding="utf-8") == coverage.table(), "run: python tools/coverage.py"


def test_an_untagged_item_would_be_noticed(monkeypatch) -> None:
    whole = coverage.items()
    monkeypatch.setattr(coverage, "items", lambda: {"1.1": {"never-taught": "nothing"}, **whole})
    assert any("never-taught: nothing teaches" in fault for fault in coverage.faults())
