"""Ugly files are read: kind, columns, what was said; rows that add up; the file, its numbers and identifiers as they were."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from crmlab.checks import InputError
from crmlab.language import set_language
from crmlab.own import Export, read
from tests.support import ugly_content, ugly_layout
from tests.support.ugly import Ugly, said


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    set_language("en")
    yield
    set_language(None)


def adds_up(export: Export) -> None:
    """Every row is used or listed, once; and what is listed is not used."""
    assert export.rows == len(export.table) + export.listed
    out = [int(row) for one in export.problems if one.left_out for row in one.rows]
    if export.kind != "months":  # a row of months side by side is many
        assert len(out) == len(set(out))
        assert not set(out) & set(export.table.index)
    assert all(len(one.values) in (0, len(one.rows)) for one in export.problems if len(one.rows))
    export.problem_table()


def opened(ugly: Ugly, folder: Path) -> Export | None:
    """The file read, and nothing of it changed."""
    path = ugly.make(folder)
    before, there = path.read_bytes(), set(folder.iterdir())
    export = None
    if ugly.refused:
        with pytest.raises(InputError) as caught:
            read(path)
        assert ugly.refused in str(caught.value)
    else:
        export = read(path)
    assert path.read_bytes() == before
    assert set(folder.iterdir()) == there
    return export


@pytest.mark.parametrize("ugly", ugly_content.UGLY, ids=str)
def test_content(ugly: Ugly, tmp_path: Path) -> None:
    export = opened(ugly, tmp_path)
    assert export is not None
    adds_up(export)
    assert (export.kind, len(export.table), export.listed) == (ugly.kind, ugly.used, ugly.left_out)
    assert {one: export.guesses.loc[one, "role"] for one in ugly.roles} == dict(ugly.roles)
    assert sorted(one.key for one in export.questions) == sorted(ugly.questions) or ugly.kind == "survey"
    everything = said(export.problems, export.notes, [one.says for one in export.questions])
    assert [one for one in ugly.says if one not in everything] == []
    for column, total in ugly.sums.items():
        assert export.table[column].sum() == pytest.approx(total, abs=1e-9)


def test_what_was_not_read_is_not_said_to_stand_there_twice(tmp_path: Path) -> None:
    lost = next(one for one in ugly_content.UGLY if one.name == "long numbers")
    google = next(one for one in ugly_content.UGLY if one.name == "google")
    assert "stands in an earlier row" not in said(read(lost.make(tmp_path)).problems)
    assert read(google.make(tmp_path)).table["date"].notna().all()


def test_a_firm_that_most_rows_lack_does_not_tell_customers_apart(tmp_path: Path) -> None:
    def who(name: str) -> tuple[str, list[str]]:
        ugly = next(one for one in ugly_content.UGLY if one.name == name)
        asked = next(one for one in read(ugly.make(tmp_path)).questions if one.key == "customer")
        return asked.taken, list(asked.options)

    assert who("private") == ("Email (Billing)", ["Company (Billing)", "Email (Billing)"])
    assert who("shopify")[0] == "Billing Name"  # missing only where the order goes on


@pytest.mark.parametrize("ugly", ugly_layout.UGLY, ids=str)
def test_layout(ugly: Ugly, tmp_path: Path) -> None:
    export = opened(ugly, tmp_path)
    if export is not None:
        adds_up(export)
        assert export.rows == ugly.rows
