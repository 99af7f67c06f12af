"""Files are opened: what is a table, what is left out and why, and what is no table at all."""

from __future__ import annotations

import csv
import datetime as dt
import re
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from crmlab.checks import InputError
from crmlab.language import set_language
from crmlab.own.opening import open_file
from crmlab.own.opening.text import SEPARATORS
from crmlab.own.raw import Raw
from crmlab.own.said import Said
from tests.support.ugly import Ugly, left_out, said
from tests.support.ugly_layout import UGLY, book, rows


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
    assert set(table.dtypes) == set(raw.sample.dtypes) == {np.dtype(object)}
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


REFUSED = {
    "empty.csv": (b"", "is empty"),
    "blank.csv": (b"\xef\xbb\xbf \r\n\t\r\n", "is empty"),
    "headings.csv": (b"Customer,Date,Amount\r\n", "holds headings at most"),
    "old.xls": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512) + "Workbook".encode("utf-16-le"), "Excel 97 to 2003"),
    "secret.xlsx": (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
        "protected by a password",
    ),
    "letter.csv": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le"), "old document of Word"),
    "orders.pdf": (b"%PDF-1.7\n", "is a PDF"),
    "orders.csv": (b"PAR1\x15\x04", "Parquet file"),
    "packed.csv": (b"\x1f\x8b\x08\x00", "packed (gzip)"),
    "broken.xlsx": (b"PK\x03\x04\x14\x00", "damaged"),
    "page.xls": (b"\xef\xbb\xbf<html><body><table><tr><td>1</td></tr></table>", "a web page"),
    "book.xls": (b'<?xml version="1.0"?><Workbook xmlns="urn:schemas">', "XML table of Excel 2003"),
    "data.csv": (b'[{"order": 1}]', "JSON"),
    "noise.csv": (bytes(range(1, 32)) * 20, "full of bytes that are no letters"),
    "quote.csv": (b'a,b,c\n1,2,3\n2,"' + b"x" * 200_000, "line 3: a quotation mark is opened and never closed"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_no_table(name: str, tmp_path: Path) -> None:
    content, sentence = REFUSED[name]
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=re.escape(sentence)) as caught:
        open_file(tmp_path / name)
    assert str(caught.value).startswith(name)


@pytest.mark.parametrize(
    ("inside", "sentence"),
    [
        ("word/document.xml", "document of Word"),
        ("xl/workbook.bin", "binary workbook"),
        ("Index/Document.iwa", "document of Numbers"),
        ("content.xml", "OpenDocument"),
        ("orders.csv", "holds: orders.csv"),
        ("xl/workbook.xml", "damaged"),
    ],
)
def test_zipped(inside: str, sentence: str, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "orders.csv", "w") as archive:
        archive.writestr(inside, "-")
    with pytest.raises(InputError, match=sentence):
        open_file(tmp_path / "orders.csv")


def test_a_part_that_is_damaged_in_its_archive(tmp_path: Path) -> None:
    path = tmp_path / "orders.ods"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
    raw = bytearray(path.read_bytes())
    at = raw.index(b"mimetype") + len(b"mimetype")
    raw[at : at + 4] = b"\xff\xff\xff\xff"
    path.write_bytes(raw)
    with pytest.raises(InputError, match="damaged"):
        open_file(path)


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is not there"):
        open_file(tmp_path / "none.csv")
    with pytest.raises(InputError, match="is a folder"):
        open_file(tmp_path)
    path = next(one for one in UGLY if one.name == "below").make(tmp_path)
    with pytest.raises(InputError, match=r"no sheet 'new'. It has: Report, old"):
        open_file(path, "new")
    assert whole(open_file(path, "old")).shape == (30, 4)


def test_cells_as_they_are_typed(tmp_path: Path) -> None:
    """Days by a format that only Chinese editions number and counted from 1904, numbers, leading zeros, errors, formats."""

    def fill(made: openpyxl.Workbook) -> None:
        made.epoch = CALENDAR_MAC_1904
        sheet = made.create_sheet("S")
        sheet.append(["日", "时", "号", "数", "错", "是", "文"])
        for n in range(3):
            sheet.append([dt.datetime(2025, 3, n + 1), dt.time(9, n), n + 7, 12.5, "#N/A", n > 0, f"00{n}"])
            sheet.cell(n + 2, 1).number_format = "mm-dd-yy"
            sheet.cell(n + 2, 3).number_format = "0000"
            sheet.cell(n + 2, 4).number_format = '#,##0.00 "元"'

    path = book("plain.xlsx", fill)(tmp_path)
    chinese = tmp_path / "chinese.xlsx"
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(chinese, "w") as target:
        for name in source.namelist():
            target.writestr(name, source.read(name).replace(b'numFmtId="14"', b'numFmtId="31"'))
    raw = open_file(chinese)
    table = whole(raw)
    assert table.loc[3].tolist() == [dt.datetime(2025, 3, 2), dt.time(9, 1), "0008", 12.5, "#N/A", True, "001"]
    assert raw.formats["数"] == '#,##0.00 "元"'


def test_a_large_file_is_read_in_pieces(tmp_path: Path) -> None:
    """Rows far down are found out, too: totals, notes, a row that is broken; and the line numbers are those of an editor."""
    lines = [
        "order,customer,date,amount",
        *(f'{n},"Li\n{n}",2025-01-01,{n}.5' for n in range(21_000)),
        "5,Wu",
        "Total,,,9",
        "",
        "Printed by Ann",
    ]
    path = tmp_path / "large.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    raw = open_file(path)
    table = whole(raw)
    assert sum(1 for _chunk in raw.chunks()) > 1
    assert (len(table), table.index[0], table.index[-1]) == (21_000, 2, 42_000)
    assert left_out(raw.problems) == [1, 42_002, 42_003, 42_005]
    assert {int(one) // 20_000 for one in raw.sample.index} >= {0, 1, 2}


# ---- properties


def opened(path: Path) -> Raw | None:
    """A file opened, or refused in one sentence."""
    try:
        return open_file(path)
    except InputError as error:
        sentence = str(error)
    assert "\n" not in sentence
    return None


CELLS = st.one_of(
    st.sampled_from(
        [
            "",
            " ",
            "合计",
            "Total",
            "2025-03-01",
            "1.234,50",
            "-",
            '"',
            'a "b" c',
            "x;y",
            "line\nbreak",
            "=1+1",
            "00012",
            "Li",
        ]
    ),
    st.text(st.characters(exclude_characters="\0\r", exclude_categories=["Cs"]), max_size=6),
    st.integers(-(10**6), 10**6).map(str),
)
LINES = st.lists(st.lists(CELLS, min_size=1, max_size=5), min_size=1, max_size=9)


@given(st.one_of(st.binary(max_size=300), st.text(max_size=100).map(lambda one: one.encode("utf-16", "surrogatepass"))))
@example(b"\x00" * 9)
@example(b"\xff\xfe")
@example(b"sep=;\n")
@example("\ufeff客户,\u2028金额\r1,2".encode("gb18030"))
def test_any_bytes(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "any.csv")
        path.write_bytes(content)
        if (raw := opened(path)) is not None:
            whole(raw)


@given(LINES, st.sampled_from(",;\t|"), st.sampled_from(["utf-8-sig", "utf-16", "gb18030"]))
def test_any_lines(lines: list[list[str]], separator: str, encoding: str) -> None:
    """Rows as the csv module writes them: what is used stands there unchanged."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "any.csv")
        with path.open("w", encoding=encoding, newline="") as file:
            csv.writer(file, delimiter=separator).writerows(lines)
        if (raw := opened(path)) is None:
            return
        table = whole(raw)
        note = Said("Columns are separated by: {separator}.", separator=SEPARATORS[separator])
        odd = encoding == "gb18030" and any("\x7f" < sign < "\xa0" for line in lines for cell in line for sign in cell)
        if note in raw.notes and not odd:  # control characters are no text by which an encoding could be told
            written = {cell for line in lines for cell in line} | {""}
            assert set(table.to_numpy().ravel()) <= written


@given(
    st.lists(
        st.lists(
            st.one_of(
                st.none(), st.sampled_from(["Total", "客户", "Date"]), st.integers(), st.integers(-(10**6), 10**6).map(lambda one: one / 100),
                st.booleans(), st.dates(dt.date(1901, 1, 1), dt.date(2100, 1, 1)).map(lambda one: dt.datetime(one.year, one.month, one.day)),
            ),
            max_size=5,
        ),
        max_size=8,
    )
)  # fmt: skip
def test_any_workbook(lines: list[list[object]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = book("any.xlsx", lambda made: rows(made.create_sheet("S"), lines))(Path(folder))
        if (raw := opened(path)) is None:
            return
        table = whole(raw)
        for number, row in zip(table.index, table.to_numpy(), strict=True):
            there = [cell for cell in row if cell is not None]
            assert [cell for cell in lines[number - 1] if cell is not None and cell in there] == there


@given(st.integers(0, 5000), st.binary(min_size=1, max_size=30))
def test_any_damage(at: int, damage: bytes) -> None:
    """A workbook in which some bytes are others."""
    with tempfile.TemporaryDirectory() as folder:
        path = book(
            "any.xlsx", lambda made: rows(made.create_sheet("S"), [["Customer", "Amount"], ["Li", 1], ["Wu", 2]])
        )(Path(folder))
        content = path.read_bytes()
        at %= len(content)
        path.write_bytes(content[:at] + damage + content[at + len(damage) :])
        if (raw := opened(path)) is not None:
            whole(raw)
