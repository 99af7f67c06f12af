"""One export as a firm has it, reported once for all tests: in Chinese, with pseudonyms, by the command line."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest

from crmlab import cli
from crmlab.own import Result, read, results, sandbox
from crmlab.report import kept
from tests.support import own_exports

TRAP = '=HYPERLINK("http://evil.example","ok")'


@dataclass(frozen=True)
class Reported:
    """``names``, ``phones``: what must not be seen. ``said``: what the command printed, on stdout and stderr."""

    file: Path
    out: Path
    names: list[str]
    phones: list[str]
    code: int


def exported(folder: Path) -> tuple[Path, list[str], list[str]]:
    """Orders of the made-up firm under Chinese names, one of which a spreadsheet would run; three rows that cannot be used."""
    export = own_exports.firm_orders()
    customers = list(export.contacts.index)
    called = {one: f"华强第{number}号店" for number, one in enumerate(customers)}
    called[export.table["customer"].iloc[0]] = TRAP
    phones = {one: f"139{number:04d}5678" for number, one in enumerate(customers)}
    table = pd.DataFrame(
        {
            "订单号": export.table["order"].to_numpy(),
            "客户名称": export.table["customer"].map(called).to_numpy(),
            "联系电话": export.table["customer"].map(phones).to_numpy(),
            "下单日期": export.table["date"].dt.strftime("%Y-%m-%d").to_numpy(),
            "金额(元)": export.table["amount"].map("{:.2f}".format).to_numpy(),
        }
    )
    table.loc[5, "下单日期"], table.loc[9, "金额(元)"], table.loc[12, "客户名称"] = "不久", "=1+1", ""
    file = folder / "订单.csv"
    table.to_csv(file, index=False, encoding="utf-8-sig")
    return file, list(called.values()), list(phones.values())


@pytest.fixture(scope="package")
def reported(tmp_path_factory: pytest.TempPathFactory) -> Reported:
    folder = tmp_path_factory.mktemp("report")
    file, names, phones = exported(folder)
    out = folder / "out"
    code = cli.main(["report", str(file), "--lang", "zh", "--out", str(out), "--quiet"])
    return Reported(file, out, names, phones, code)


@pytest.fixture(scope="package")
def every(reported: Reported) -> list[Result]:
    """A result of each kind: of orders those that are kept, the others of the sandbox firm."""
    before = kept.Kept(reported.out, kept.digest(reported.file), read(reported.file).plan, names=False)
    made = [one for name in results.NAMES["orders"] if (one := before.get(name)) is not None]
    lines = sandbox.export("orders")
    found = [
        results.of(lines, ["together"]),
        results.of(sandbox.export("survey")),
        results.of(sandbox.export("complaints"), orders=lines),
    ]
    assert [one.not_possible for one in found] == [{}, {}, {}]
    made += [result for one in found for result in one.results]
    assert {one.name for one in made} == set(
        results.NAMES["lines"] + results.NAMES["survey"] + results.NAMES["complaints"]
    )
    return made
