"""What is written for a firm: the workbook as openpyxl and LibreOffice read it, the lists, and that nobody is named unasked."""

from __future__ import annotations

import csv
import datetime
import logging
import os
import re
import shutil
import stat
import subprocess
import warnings
import zipfile
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import openpyxl
import pandas as pd
import pytest

from crmlab import cli
from crmlab.language import speaking
from crmlab.own import HOLDS, Export, Plan, Problem, Result, Said, Test, privacy, results
from crmlab.own.results import Findings
from crmlab.plots import own
from crmlab.report import gathered, kept, listing, tabular, workbook
from tests.report.conftest import TRAP, Reported
from tests.support import own_exports

NO_OFFICE = "LibreOffice (soffice) was not found, so the workbook is NOT CHECKED in it. Debian, Ubuntu: apt-get install libreoffice-calc-nogui."
SHEETS = ["总览", "客户阶段", "ABC", "RFM", "即将流失", "本周该打的电话", "预测", "问题", "术语"]


@pytest.fixture(scope="module")
def book(reported: Reported) -> Any:
    return openpyxl.load_workbook(reported.out / "report.xlsx")


def header(sheet: Any) -> int:
    """The row of the headings: where the filter is."""
    return int(sheet.auto_filter.ref.split(":")[0].removeprefix("A"))


def body(sheet: Any) -> pd.DataFrame:
    """The main table, as its filter bounds it."""
    (first, *rest) = sheet[sheet.auto_filter.ref]
    return pd.DataFrame([[cell.value for cell in row] for row in rest], columns=[cell.value for cell in first])


def columns(sheet: Any) -> dict[str, Any]:
    """The first cell below each heading."""
    at = header(sheet)
    return {cell.value: sheet.cell(at + 1, cell.column) for cell in sheet[at] if cell.value}


def look(book: Any) -> None:
    """What a workbook must hold, whoever has saved it last."""
    names = book.sheetnames
    assert [name for name in names if "·" not in name] == SHEETS
    calls, stages = book["本周该打的电话"], book["客户阶段"]
    for sheet in (calls, stages, book["即将流失"], book["问题"]):
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.page_setup.fitToWidth in (1, None)
    everybody = next(book[name] for name in names if name.startswith("客户阶段 ·"))
    assert everybody.print_title_rows == f"${header(everybody)}:${header(everybody)}"
    assert everybody.max_row == header(everybody) + len(body(everybody))
    cells = columns(calls)
    assert isinstance(cells["最近一单"].value, datetime.datetime)
    assert cells["最近一单"].number_format.lower().replace("\\", "") == "yyyy-mm-dd"
    assert cells["近12个月收入"].number_format == "#,##0"
    assert isinstance(cells["近12个月收入"].value, int | float)
    share = columns(stages)["占比"]
    assert share.number_format == "0%"
    assert 0 <= share.value <= 1
    assert stages["A1"].value == "各阶段的客户"
    assert stages.column_dimensions["A"].width > 7
    widths = [one.width for one in calls.column_dimensions.values()]
    assert max(widths) <= 60


def no_formula(book: Any) -> None:
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f", (sheet.title, cell.coordinate, cell.value)


def test_the_command_writes_three_files_and_leaves_the_export_alone(reported: Reported) -> None:
    assert reported.code == 0
    assert sorted(path.name for path in reported.out.iterdir()) == [
        kept.FOLDER,
        "problems.csv",
        "report.html",
        "report.xlsx",
    ]
    assert [path.name for path in reported.file.parent.iterdir() if path.is_file()] == ["订单.csv"]


def test_the_workbook_by_openpyxl(book: Any) -> None:
    look(book)
    no_formula(book)
    # Not asked of LibreOffice: it converts without a window, and there keeps no frozen panes, whoever wrote the file.
    assert [sheet.freeze_panes for sheet in book] == [f"A{header(sheet) + 1}" for sheet in book]
    assert all(len(sheet._images) == 1 for sheet in book if sheet.title in SHEETS[1:7])
    assert [row[0].hyperlink.location for row in book["总览"][book["总览"].auto_filter.ref][1:3]] == [
        "'客户阶段'!A1",
        "'ABC'!A1",
    ]
    said = " ".join(str(cell.value) for row in book["总览"].iter_rows() for cell in row if cell.value)
    assert re.search(r"读到 3,629 行 = 采用 3,625 行 \+ 未采用 4 行", said)


def test_the_problems_of_the_file_stand_in_a_sheet_and_in_a_list(reported: Reported, book: Any) -> None:
    table = body(book["问题"])
    assert list(table.columns) == ["行", "列", "值", "问题", "怎么处理的"]
    cells = table.set_index("行")["值"]
    assert (cells[7], cells[11]) == ("不久", "=1+1")
    assert table["行"].dtype.kind == "i"
    with (reported.out / "problems.csv").open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.reader(file))
    assert lines[0] == list(table.columns)
    assert len(lines) == len(table) + 1
    assert ["11", "金额(元)", "'=1+1"] in [line[:3] for line in lines]


def test_libreoffice_reads_and_writes_the_same(reported: Reported, tmp_path: Path) -> None:
    office = shutil.which("soffice")
    if office is None:
        (pytest.fail if os.environ.get("CRMLAB_REQUIRE_OFFICE") == "1" else pytest.skip)(NO_OFFICE)
    assert office
    with_names = tmp_path / "names.xlsx"
    export = own_exports.of_rows([(TRAP, "2024-01-02", 5.0)])
    table = pd.DataFrame(
        {"customer": [TRAP, "茶—甲"], "last_order": pd.to_datetime(["2026-03-01", None]), "share": [0.25, None]}
    )
    workbook.write(export, Findings([Result("own", Said("Own"), table)]), with_names, names=True, lang="zh")
    words = [office, f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless", "--convert-to", "xlsx"]
    sources = [str(reported.out / "report.xlsx"), str(with_names)]
    run = subprocess.run(
        [*words, "--outdir", str(tmp_path / "again"), *sources], capture_output=True, check=False, timeout=120
    )
    assert run.returncode == 0, run.stderr
    again = openpyxl.load_workbook(tmp_path / "again" / "report.xlsx")
    look(again)
    no_formula(again)
    ours = openpyxl.load_workbook(reported.out / "report.xlsx")
    for name in SHEETS[1:]:
        # It keeps fifteen digits of a number.
        pd.testing.assert_frame_equal(body(again[name]), body(ours[name]), check_dtype=False, rtol=1e-13, obj=name)
    named = openpyxl.load_workbook(tmp_path / "again" / "names.xlsx")["Own"]
    no_formula([named])
    assert body(named)["客户"].tolist() == [TRAP, "茶—甲"]


def test_nobody_is_named_unasked(reported: Reported) -> None:
    """Not in the workbook, the pages, the list of problems, nor in what is kept for next time."""
    seen = b""
    for path in reported.out.rglob("*"):
        if path.suffix == ".xlsx":
            with zipfile.ZipFile(path) as packed:
                seen += b"".join(packed.read(name) for name in packed.namelist() if name.endswith(".xml"))
        elif path.is_file():
            seen += path.read_bytes()
    text = seen.decode("utf-8", "ignore")
    assert "华强" not in text
    assert "HYPERLINK" not in text
    assert not [phone for phone in reported.phones if phone in text]
    # Masked once, not the pseudonym of a pseudonym: it is the one that stands in the notebook and in the list of problems.
    once = {privacy.hide(name, "customer", privacy.key()) for name in reported.names}
    seen_there = set(re.findall(r"K-[A-Z2-7]{12}", text))
    assert seen_there
    assert seen_there <= once


def test_names_stand_in_it_when_asked_and_the_trap_is_a_text(
    reported: Reported, capsys: pytest.CaptureFixture[str]
) -> None:
    out = reported.file.parent / "named"
    assert (
        cli.main(
            ["report", str(reported.file), "--out", str(out), "--names", "--results", "stages,calls", "--lang", "zh"]
        )
        == 0
    )
    book = openpyxl.load_workbook(out / "report.xlsx")
    no_formula(book)
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    found = [cell for cell in cells if cell.value == TRAP]
    assert found
    assert all(cell.data_type == "s" and cell.quotePrefix for cell in found)
    told = capsys.readouterr()
    assert "1/2 订单.csv：本周该打的电话" in told.err
    assert "3,629" in told.out


def test_what_was_made_is_not_made_again(
    reported: Reported, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    shutil.copytree(reported.out, out)
    words = ["report", str(reported.file), "--out", str(out), "--lang", "zh", "--results", "stages,calls"]

    def never(name: str, *_given: Any) -> Result:
        raise AssertionError(name)

    monkeypatch.setattr(results, "find", never)
    assert cli.main(words) == 0
    assert "2 项结果中有 2 项" in capsys.readouterr().err
    # What another one kept there is not read: unpickling would run it.
    mine = privacy.key()
    monkeypatch.setattr(privacy, "key", lambda: "another key of another person")
    with pytest.raises(AssertionError, match="stages"):
        cli.main(words)
    monkeypatch.setattr(privacy, "key", lambda: mine)
    [one] = (out / kept.FOLDER).glob("stages-*")
    one.write_bytes(one.read_bytes()[:-1] + b"x")
    with pytest.raises(AssertionError, match="stages"):
        cli.main(words)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["none.csv"], "none.csv"),
        (["{file}", "--kind", "stones"], "stones"),
        (["{file}", "--answer", "day_first"], "KEY=VALUE"),
        (["{file}", "--plan", "{file}"], ".crmlab.json"),
        (["{file}", "--results", "magic"], "magic"),
        (["{file}", "{file}"], "named twice"),
        (["."], "is no file"),
    ],
)
def test_refusals_are_a_sentence(
    reported: Reported, words: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    filled = [word.replace("{file}", str(reported.file)) for word in words]
    assert cli.main(["report", *filled, "--out", str(tmp_path / "out"), "--lang", "en", "--quiet"]) == 2
    told = capsys.readouterr()
    assert said in told.err
    assert told.err.startswith("crmlab: ")
    assert "Traceback" not in told.err
    assert not list((tmp_path / "out").glob("report.*")) if (tmp_path / "out").exists() else True


def test_a_file_is_not_written_over_by_its_own_report(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("report.xlsx", "Problems.csv", "stages-1.csv"):
        (tmp_path / name).write_bytes(b"mine")
        assert cli.main(["report", str(tmp_path / name), "--out", str(tmp_path), "--lang", "en"]) == 2
        assert "another folder" in capsys.readouterr().err
        assert (tmp_path / name).read_bytes() == b"mine"


def test_a_question_is_told_with_how_to_answer(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "orders.csv"
    rows = [f"C{number % 7},{1 + number % 9:02d}/{1 + number % 11:02d}/2025,{10 + number}" for number in range(80)]
    file.write_text("\n".join(["customer,order date,amount", *rows]), encoding="utf-8")
    words = ["report", str(file), "--out", str(tmp_path), "--lang", "en", "--results", "abc"]
    assert cli.main(words) == 1
    told = capsys.readouterr().out
    [answer] = re.findall(r"--answer (day_first=\w+) .*taken meanwhile", told)
    assert cli.main([*words, "--answer", "day_first=banana"]) == 2
    assert "choose one of: " in capsys.readouterr().err
    assert cli.main([*words, "--answer", answer, "--answer", "dayfirst=day"]) == 0
    assert "'dayfirst'; there are: " in capsys.readouterr().err


# -- hand-made results --------------------------------------------------------------------------------------------------


def made(rows: int = 60) -> tuple[Export, Findings]:
    names = [f"Shop {number}" for number in range(rows)]
    table = pd.DataFrame({"customer": names, "share": 0.5, "note": ["=1+1", *["-5+2"] * (rows - 1)]})
    tried = Test(HOLDS, Said("{name} came back.", name="Shop 1"), table.head(2))
    found = Result(
        "own",
        Said("For {name}", name="Shop 0"),
        table,
        [Said("Call {names}.", names=["Shop 2"])],
        tried,
        personal=["customer"],
    )
    problem = Problem(Said("Odd"), Said("Left"), "Firm", pd.array([3, 4], dtype="int64").to_numpy(), ["Shop 9", ""])
    export = own_exports.of_rows([(name, "2024-01-02", 5.0) for name in names])
    plan = Plan("orders", roles={"Firm": "customer", "Tel": "phone"})
    return Export(
        export.file, "orders", export.table, export.contacts, export.guesses, plan, rows, [problem]
    ), Findings([found])


def test_what_is_personal_is_hidden_in_sentences_lists_and_problems() -> None:
    export, found = made()
    [result] = found.results
    hidden = privacy.masked(result)
    assert hidden.table["customer"].str.fullmatch(r"K-[A-Z2-7]{12}").all()
    assert hidden.table["customer"].is_unique
    said = [str(hidden.title), *map(str, hidden.says), str(hidden.test.says if hidden.test else "")]
    assert not [one for one in said if "Shop" in one]
    assert str(result.title) == "For Shop 0"
    again = privacy.masked(hidden)
    assert again.table.equals(hidden.table)
    assert list(map(str, again.says)) == list(map(str, hidden.says))
    masked = privacy.masked(export)
    assert masked.problems[0].values == [hidden.table["customer"][9], ""]
    assert export.problems[0].values == ["Shop 9", ""]
    assert masked.table["customer"].tolist() == hidden.table["customer"].tolist()


def test_a_name_that_stands_beside_its_customer_hides_both() -> None:
    table = pd.DataFrame({"customer": ["Li Ltd"], "name": ["Li Ltd"], "orders": [3]})
    hidden = privacy.masked(table, ["name"])
    assert hidden["customer"].tolist() == hidden["name"].tolist() != ["Li Ltd"]


def test_the_key_is_one_persons_and_lasts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRMLAB_CONFIG", str(tmp_path / "one"))
    privacy._key.cache_clear()
    first = privacy.key()
    file = tmp_path / "one" / privacy.FILE
    assert [path.name for path in file.parent.iterdir()] == [privacy.FILE]
    if os.name == "posix":
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        file.chmod(0o644)
    privacy._key.cache_clear()
    assert privacy.key() == first
    if os.name == "posix":
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    file.write_text("", encoding="ascii")
    privacy._key.cache_clear()
    second = privacy.key()
    assert second != first
    assert file.read_text("ascii") == second
    (tmp_path / "taken").write_text("", encoding="ascii")
    monkeypatch.setenv("CRMLAB_CONFIG", str(tmp_path / "taken"))  # a file where the folder should be
    assert len(privacy.key()) == 32
    privacy._key.cache_clear()


def test_a_long_table_is_cut_counted_and_written_as_a_list(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert workbook.MOST_ROWS <= 50_000
    monkeypatch.setattr(workbook, "MOST_ROWS", 50)
    monkeypatch.setattr(listing, "MOST_ROWS", 50)
    export, found = made(60)
    workbook.write(export, found, tmp_path / "long.xlsx", lang="en")
    sheet = openpyxl.load_workbook(tmp_path / "long.xlsx")[
        "For " + privacy.masked(found.results[0]).table["customer"][0]
    ]
    assert len(body(sheet)) == 50
    assert any("The first 50 of 60 rows" in str(row[0].value) for row in sheet.iter_rows())
    with speaking("en"):
        paths = listing.write(gathered.gathered(export, found), tmp_path, "problems.csv")
    assert [path.name for path in paths] == ["problems.csv", "own.csv"]
    lines = paths[1].read_text("utf-8-sig").splitlines()
    assert len(lines) == 61
    assert lines[1].endswith(",0.5,'=1+1")


def test_words_of_the_file_are_never_translated() -> None:
    table = pd.DataFrame({"item": ["call", "Month"], "group": ["call", "control: do not call"], "text": ["all", "all"]})
    with speaking("zh"):
        shown = {one.heading: list(one.values) for one in tabular.taken(table).columns}
    assert shown["商品"] == ["call", "Month"]
    assert shown["组"][0] != "call"
    with speaking("zh"):
        kano = tabular.taken(pd.DataFrame({"category": ["Must-be", "Attractive"]})).columns[0]
        own_words = tabular.taken(pd.DataFrame({"category": ["call", "Must-be"]})).columns[0]
    assert list(kano.values) == ["当然质量", "魅力质量"]
    assert list(own_words.values) == ["call", "Must-be"]


def test_every_column_has_a_name_in_chinese(every: list[Result]) -> None:
    tables = [
        table
        for one in every
        for table in (one.table, *one.more.values(), one.test.table if one.test else None)
        if table is not None
    ]
    names = {str(name) for table in tables for name in table.columns} - set(tabular.KEYS)
    with speaking("zh"):
        shown = {name: tabular.heading(name) for name in names}
    assert {
        name
        for name in names
        if shown[name] == name.replace("_", " ")
        and name.islower()
        and name.isascii()
        and len(name) > 1
        and name not in ("n", "nps")
    } == set()


def test_every_result_has_a_chart_that_says_what_it_shows(
    every: list[Result], caplog: pytest.LogCaptureFixture
) -> None:
    with speaking("zh"), warnings.catch_warnings(), caplog.at_level(logging.WARNING):
        warnings.simplefilter("error")
        for result in every:
            figure = own.draw(result)
            assert figure is not None, result.name
            [ax] = figure.axes
            title = ax.get_title(loc="left")
            assert re.search(r"[\u4e00-\u9fff]", title), (result.name, title)
            assert re.search(r"\d|：", title), (result.name, title)
            assert ax.get_xlabel(), result.name
            figure.canvas.draw()
            plt.close(figure)
    assert not caplog.records
    assert own.draw(Result("unknown", Said("Unknown"), pd.DataFrame())) is None
