"""Files are opened: what is a table, what is left out and why, and what is no table at all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from crmlab.checks import InputError
from crmlab.language import set_language
from crmlab.own.opening import open_file
from crmlab.own.raw import Raw
from tests.support.ugly import Ugly, left_out, said
from tests.support.ugly_layout import UGLY


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    set_language("en")
    yield
    set_language(None)


def whole(raw: Raw) -> pd.DataFrame:
    """All rows, checked: each row of the sheet is used or left out, once."""
    table = pd.concat(list(raw.chunks()))
    out = left_out(raw.problems)
    assert not set(out) & set(table.index)
    assert len(out) == len(set(out))
    assert table.index.is_unique
    assert raw.rows == len(table) + len(out)
    assert list(table.columns) == list(raw.headings) == list(raw.sample.columns)
    assert len(set(raw.headings)) == len(raw.headings)
    assert raw.sample.equals(table.loc[raw.sample.index])
    return table


@pytest.mark.parametrize("ugly", UGLY, ids=str)
def test_ugly(ugly: Ugly, tmp_path: Path) -> None:
    path = ugly.make(tmp_path)
    before = path.read_bytes()
    if ugly.refused:
        with pytest.raises(InputError) as caught:
            open_file(path)
        assert ugly.refused in str(caught.value)
        return
    raw = open_file(path)
    table = whole(raw)
    assert list(raw.headings) == list(ugly.headings)
    assert (int(table.index[0]), len(table), raw.rows) == (ugly.first, ugly.used, ugly.rows)
    everything = said(raw.problems, raw.notes)
    assert [one for one in ugly.says if one not in everything] == []
    assert raw.sheet == ugly.sheet
    assert path.read_bytes() == before
