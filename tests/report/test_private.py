"""What a firm hands over stays on the machine, and what is left beside the report names nobody who was not asked for."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from crmlab import cli
from crmlab.own import large
from crmlab.report import kept


@pytest.fixture
def cut_off(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """No connection can be made; each that is tried is noted."""
    tried: list[Any] = []

    def never(*given: Any, **_named: Any) -> None:
        tried.append(given)
        raise OSError("no network")

    for name in ("connect", "connect_ex", "sendto"):
        monkeypatch.setattr(socket.socket, name, never)
    for name in ("getaddrinfo", "create_connection", "gethostbyname"):
        monkeypatch.setattr(socket, name, never)
    return tried


def test_a_report_of_a_large_export_needs_no_network_and_leaves_no_names(
    tmp_path: Path, cut_off: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [f"华强第{number}号店" for number in range(40)]
    days = pd.date_range("2025-01-01", periods=400).strftime("%Y-%m-%d")
    rows = {
        "客户名称": [names[at * 7 % 40] for at in range(400)],
        "联系电话": [f"1390000{at * 7 % 40:04d}" for at in range(400)],
        "日期": days,
        "金额": [100 + at % 90 for at in range(400)],
    }
    file, out = tmp_path / "订单.csv", tmp_path / "out"
    pd.DataFrame(rows).to_csv(file, index=False)
    monkeypatch.setattr(large, "LARGE", 1)
    words = ["report", str(file), "--out", str(out), "--lang", "zh", "--quiet", "--results", "abc"]
    # With names first: what that left must not stay when the next report is one without.
    for wish in (["--names"], []):
        assert cli.main([*words, *wish]) == 0
        assert cut_off == []
        inside = sorted((out / kept.FOLDER).iterdir())
        assert {one.suffix for one in inside} == ({".named", ".collected"} if wish else {".result"})
        if os.name == "posix":
            assert {one.stat().st_mode & 0o777 for one in inside} == {0o600}
            assert (out / kept.FOLDER).stat().st_mode & 0o777 == 0o700
        files = [one for one in out.rglob("*") if one.is_file() and one.suffix != ".xlsx"]
        seen = b"".join(one.read_bytes() for one in files)
        assert any(one.encode() in seen for one in [*names, *rows["联系电话"]]) == bool(wish)
    page = (out / "report.html").read_bytes()
    assert b"http" not in page.replace(b"http://www.w3.org/", b"")
