"""A firm's file is read: whatever its bytes, an export or one sentence; numbers and identifiers as they were written; a plan that is kept."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmlab.checks import InputError
from crmlab.language import set_language
from crmlab.own import Export, Plan, plan, read
from crmlab.own.raw import Raw
from crmlab.own.reading import understand
from crmlab.own.understanding import amounts, dates, identifiers
from tests.field.own.test_forty import adds_up
from tests.support.ugly import said

ORDERS = "客户名称;下单日期;交货日期;金额\n甲公司;1/3/26;5/3/26;1,5\n乙公司;2/3/26;6/3/26;2,25\n"


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    set_language("en")
    yield
    set_language(None)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("own")


def opened(table: pd.DataFrame) -> Export:
    """What is understood of a table that was opened already."""
    table = table.astype(object)
    table.index = pd.Index(range(2, len(table) + 2))
    return understand(
        Raw(
            Path("made.csv"), "", list(table.columns), table, lambda: iter([table.iloc[:3], table.iloc[3:]]), len(table)
        )
    )


# ---- the plan


def test_a_plan_is_kept_beside_the_file_and_used(tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    file.write_text(ORDERS, "utf-8")
    export = read(file)
    asked = {one.key: one.taken for one in export.questions}
    assert asked == {"date": "下单日期", "day_first": "day"}
    assert export.table["date"].dt.month.tolist() == [3, 3]
    kept = Plan(export.plan.kind, export.plan.sheet, export.plan.roles, {"day_first": "month", "date": "交货日期"})
    assert plan.save(kept, file) == tmp_path / "orders.csv.crmlab.json"
    assert [one.name for one in tmp_path.iterdir() if one.suffix == ".tmp"] == []
    again = read(file)
    assert again.table["date"].tolist() == [pd.Timestamp("2026-05-03"), pd.Timestamp("2026-06-03")]
    assert all(one.answered for one in again.questions)
    assert dict(again.plan.answers) == dict(kept.answers)
    assert again.guesses.loc["交货日期", "role"] == "date"
    assert read(file, again.plan).table.equals(again.table)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (
            {"kind": "orders", "sheet": "", "roles": {"Kunde": "customer"}, "answers": {}},
            "names columns that it does not have (Kunde)",
        ),
        (
            {"kind": "orders", "sheet": "", "roles": {}, "answers": {"day_first": "year of the dragon"}},
            "none of the options (day_first)",
        ),
        ({"kind": "orders", "sheet": 1, "roles": [], "answers": {}}, "cannot be read and is not used"),
        ({"kind": "nothing", "sheet": "", "roles": {}, "answers": {}}, "cannot be read and is not used"),
    ],
)
def test_a_plan_that_does_not_fit_is_said_and_not_applied(tmp_path: Path, content: Any, says: str) -> None:
    file = tmp_path / "orders.csv"
    file.write_text(ORDERS, "utf-8")
    plan.beside(file).write_text(json.dumps(content), "utf-8")
    export = read(file)
    assert says in said(export.problems, export.notes)
    assert export.table["amount"].tolist() == [1.5, 2.25]
    adds_up(export)


def test_a_sheet_that_is_gone_is_said(tmp_path: Path) -> None:
    file, made = tmp_path / "a.xlsx", openpyxl.Workbook()
    for row in (["Customer", "Date", "Amount"], ["Ann", dt.date(2026, 3, 1), 5]):
        made.active.append(row)  # type: ignore[union-attr]
    made.save(file)
    plan.save(Plan("orders", "2024", {}, {}), file)
    assert "names a sheet that it does not have (2024)" in said(read(file).problems)
    with pytest.raises(InputError, match="has no sheet '2024'"):
        read(file, sheet="2024")


def test_what_a_caller_gives_must_fit(tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    file.write_text(ORDERS, "utf-8")
    with pytest.raises(InputError, match="no column Kunde"):
        read(file, Plan(roles={"Kunde": "customer"}))
    with pytest.raises(InputError, match="no kind of file 'order'"):
        read(file, Plan(kind="order"))
    with pytest.raises(InputError):
        read(tmp_path / "none.csv")


def test_a_person_corrects_the_guess() -> None:
    table = pd.DataFrame({"A": ["x1", "x2", "x1"], "B": ["2026-03-01"] * 3, "C": ["1", "2", "3"], "D": ["n", "m", "n"]})
    wrong = opened(table)
    assert not len(wrong.table)
    assert "Say which one it is" in said(wrong.problems)
    table.index = pd.Index(range(2, 5))
    raw = Raw(Path("a.csv"), "", list("ABCD"), table.astype(object), lambda: iter([table.astype(object)]), 3)
    export = understand(raw, Plan(kind="orders", roles={"A": "customer_number", "B": "date", "C": "amount", "D": ""}))
    assert export.table["amount"].tolist() == [1.0, 2.0, 3.0]
    assert export.table["customer"].tolist() == ["x1", "x2", "x1"]


# ---- numbers, days, identifiers: exact

MONEY = st.decimals(-(10**9), 10**9, places=2)


def grouped(value: Decimal, thousands: str, decimal: str) -> str:
    return f"{abs(value):,.2f}".replace(",", "t").replace(".", decimal).replace("t", thousands)


@given(
    st.lists(MONEY, min_size=1, max_size=8),
    st.sampled_from([(",", "."), (".", ","), ("'", "."), (" ", ","), ("\u202f", ","), ("", "."), ("", ",")]),
    st.sampled_from(["-{}", "({})", "{}-", "−{}", "▲{}"]),
    st.sampled_from(["{}", "¥{}", "{}元", "€ {}", "{} USD", " {}\u00a0"]),
)
def test_amounts_come_back_exact(values: list[Decimal], marks: tuple[str, str], negative: str, sign: str) -> None:
    cells = [sign.format(grouped(one, *marks)) for one in values]
    cells = [negative.format(cell.strip()) if one < 0 else cell for one, cell in zip(values, cells, strict=True)]
    found, _codes = amounts.read(cells, "amount")
    assert found.values.tolist() == [float(one) for one in values]


@given(
    st.lists(
        st.text(st.sampled_from("0123456789AaBz-_/#."), min_size=1, max_size=25), min_size=1, max_size=6, unique=True
    )
)
def test_identifiers_come_back_exact(written: list[str]) -> None:
    found = identifiers.read(written, "order")
    whole = any("12345.0" in str(one.says) for one in found.notes)
    for cell, value, fault in zip(written, found.values, found.fault, strict=True):
        if not fault:
            assert value == cell or (whole and value == cell.split(".")[0])
    kept = [one for one in found.values if one is not None]
    assert whole or len(set(kept)) == len(kept)


FORMS = (
    "%Y-%m-%d",
    "%Y/%m/%d %H:%M",
    "%Y年%m月%d日",
    "%Y.%m.%d",
    "%Y%m%d",
    "%d-%b-%Y",
    "%B %d, %Y",
    "%d.%m.%Y",
    "%Y-%m-%dT%H:%M:%SZ",
)


@given(
    st.lists(st.datetimes(dt.datetime(1991, 1, 1), dt.datetime(2026, 1, 1)), min_size=1, max_size=5),
    st.lists(st.sampled_from(FORMS), min_size=5, max_size=5),
)
def test_days_come_back(days: list[dt.datetime], forms: list[str]) -> None:
    found = dates.read([day.strftime(form) for day, form in zip(days, forms, strict=False)], "date", today=20600)
    assert found.values.astype("int64").astype("datetime64[D]").tolist() == [day.date() for day in days]


@given(
    st.lists(st.dates(dt.date(2001, 1, 1), dt.date(2025, 12, 31)), min_size=2, max_size=8),
    st.sampled_from(["%d/%m/%y", "%m/%d/%Y"]),
)
def test_a_column_decides_what_comes_first_or_it_is_asked(days: list[dt.date], form: str) -> None:
    cells = [day.strftime(form) for day in days]
    found = dates.read(cells, "date", today=20600)
    right = found.values.astype("int64").astype("datetime64[D]").tolist() == days if not found.fault.any() else False
    assert right or [one.key for one in found.questions] == ["day_first"]
    said_so = dates.read(cells, "date", {"day_first": "day" if form[1] == "d" else "month"}, today=20600)
    assert said_so.values.astype("int64").astype("datetime64[D]").tolist() == days


# ---- whatever comes

CELLS = st.one_of(
    st.none(), st.text(max_size=8), st.sampled_from(["1,5", "2026-03-01", "31/12/25", "散客", "0012", "1.2E+15", "=1+1", "#N/A", "12%", "¥5", "合计", "\x00", "nan"]),
    st.integers(-(10**20), 10**20), st.floats(), st.booleans(), st.datetimes(), st.times(),
)  # fmt: skip
HEADINGS = st.lists(
    st.sampled_from(
        [
            "客户",
            "Date",
            "金额",
            "Qty",
            "价格",
            "x",
            "订单号",
            "1月",
            "2月",
            "3月",
            "Status",
            "满意度",
            "NPS",
            "投诉编号",
            "投诉原因",
            "处理状态",
            "",
        ]
    ),
    min_size=1,
    max_size=6,
    unique=True,
)


@given(st.data(), HEADINGS)
def test_any_table_gives_an_export_that_adds_up(data: st.DataObject, headings: list[str]) -> None:
    rows = data.draw(st.lists(st.tuples(*[CELLS for _one in headings]), min_size=1, max_size=7))
    table = pd.DataFrame({one: pd.Series([row[at] for row in rows], dtype=object) for at, one in enumerate(headings)})
    export = opened(table)
    adds_up(export)
    for one in export.questions:
        assert all([str(one.says), *map(str, one.options.values())]) or not one.taken
    if "amount" in export.table:
        assert np.isfinite(export.table["amount"]).all()
        assert export.table["customer"].notna().all()


@given(
    st.one_of(
        st.binary(max_size=200),
        st.text(st.sampled_from("客户,;\t金额日期12.0/-\n\"'=aE"), max_size=120).map(str.encode),
    )
)
def test_any_bytes_give_an_export_or_one_sentence(folder: Path, content: bytes) -> None:
    for name in ("a.csv", "a.xlsx"):
        file = folder / name
        file.write_bytes(content)
        with contextlib.suppress(InputError):
            adds_up(read(file))
        assert file.read_bytes() == content


def test_a_spoiled_number_is_no_name_either(tmp_path: Path) -> None:
    """A column of customers without a word of numbers in its heading is one of names; what lost its digits there is refused all the same."""
    file = tmp_path / "orders.csv"
    rows = ["Wang,2026-03-01,5", "1.23E+17,2026-03-02,5", "1.23E+17,2026-03-03,5", "7E1 Design,2026-03-03,5", "3E5,2026-03-04,5"]
    file.write_text("\n".join(["Customer,Order date,Amount", *rows]), "utf-8")
    export = read(file)
    assert export.table["customer"].tolist() == ["Wang", "7E1 Design", "3E5"]
    assert adds_up(export) is None
    assert [list(one.rows) for one in export.problems if "lost its digits" in str(one.says)] == [[3, 4]]
