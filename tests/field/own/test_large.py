"""What is larger than memory or no single file: the same orders as from a file, every row used or listed, also after the process was killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from crmlab import basket, cross_selling, own
from crmlab.checks import InputError
from crmlab.engines import orders, pairs
from crmlab.own import large
from crmlab.own.backtesting import book
from crmlab.own.export import Export, Plan
from crmlab.own.large import kept, opened

duckdb = pytest.importorskip("duckdb")
pl = pytest.importorskip("polars")

ROLES = {
    "Order": "order",
    "Day": "date",
    "Client no.": "customer_number",
    "Client": "customer",
    "Article": "item",
    "Paid": "amount",
}
LINES = 1500


@pytest.fixture(scope="module")
def lines() -> pd.DataFrame:
    """Order lines as texts, clean."""
    rng = np.random.default_rng(15)
    order = np.sort(rng.integers(0, 450, LINES))
    client = rng.permutation(450)[order] % 40
    return pd.DataFrame(
        {
            "Order": [f"SO{one:05d}" for one in order],
            "Day": (np.datetime64("2025-01-03") + order).astype(str),
            "Client no.": [f"C{one:03d}" for one in client],
            "Client": [f"深圳第{one:03d}公司" for one in client],
            "Article": [f"A{one:02d}" for one in rng.integers(0, 12, LINES)],
            "Paid": [f"{one:.2f}" for one in rng.integers(-500, 5000, LINES) / 100],
        }
    )


@pytest.fixture(scope="module")
def ugly(lines: pd.DataFrame) -> pd.DataFrame:
    """The same with cells as people write them, and some that nobody can read."""
    made = lines.copy()
    made.loc[10:14, "Day"] = ["2025年1月5日", "5.1.2025", "2025/1/5 14:03", "soon", ""]
    made.loc[20:24, "Paid"] = ["¥1,234.50", "(12.00)", "1.2万", "many", "n/a"]
    made.loc[30:32, "Client no."] = ["", " C001 ", "1.23E+17"]
    made.loc[[33, 34], ["Client no.", "Day"]] = ""
    made.loc[35, ["Day", "Paid"]] = ["", "none"]
    made.loc[40:41, "Order"] = ["", '="SO00099"']
    return made


def whole(export: Export) -> None:
    assert export.rows == export.used + export.listed


def same_orders(found: Export, want: Export) -> None:
    """The same book of orders, to the cent and the day."""
    one, other = book.of(found), book.of(want)
    assert one.customers.tolist() == other.customers.tolist()
    for name in ("who", "day"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))
    np.testing.assert_allclose(one.amount, other.amount, rtol=1e-12, atol=1e-9)


def test_a_folder_holds_what_one_file_holds(tmp_path: Path, ugly: pd.DataFrame) -> None:
    file, folder = tmp_path / "all.csv", tmp_path / "parts"
    folder.mkdir()
    ugly.to_csv(file, index=False)
    ugly[:500].to_csv(folder / "a.csv", index=False, encoding="utf-8-sig")
    ugly[500:1000].to_csv(folder / "b.csv", index=False, sep=";", encoding="gb18030")
    ugly[1000:][list(ROLES)[::-1]].to_csv(folder / "c.txt", index=False, sep="\t", encoding="utf-16")
    want, found = own.read(file, Plan(kind="lines", roles=ROLES)), own.read(folder, Plan(kind="lines", roles=ROLES))
    whole(want)
    whole(found)
    same_orders(found, want)
    assert found.rows == want.rows + 2  # two headings more
    assert found.used == want.used
    said = found.problem_table().dropna(subset=["row"]).set_index("value")["row"]
    assert said["soon"] == large.FILE + 15
    assert said["many"] == large.FILE + 25
    assert found.contacts["name"].to_dict() == want.contacts["name"].to_dict()


def test_columns_are_recognised_as_in_a_file(tmp_path: Path, lines: pd.DataFrame) -> None:
    file = tmp_path / "lines.parquet"
    number = np.arange(len(lines))
    # What became of an order is told twice: how it stands, and how its return does.
    lines = lines.assign(
        订单状态=np.where(number % 10 == 3, "交易关闭", "交易成功"), 退款状态=np.where(number % 7 == 2, "退款成功", "无退款")
    )
    chinese = dict(zip(ROLES, ("订单号", "下单日期", "客户编号", "客户名称", "商品名称", "金额(元)"), strict=True))
    pl.from_dict({chinese.get(name, name): lines[name].tolist() for name in lines}).with_columns(
        pl.col("下单日期").str.to_date(), pl.col("金额(元)").cast(pl.Float64)
    ).write_parquet(file)
    lines.rename(columns=chinese).to_csv(tmp_path / "lines.csv", index=False)
    found, want = own.read(file), own.read(tmp_path / "lines.csv")
    assert found.plan.roles == want.plan.roles
    whole(found)
    same_orders(found, want)
    assert found.rows == LINES
    assert found.used == want.used == int(((number % 10 != 3) & (number % 7 != 2)).sum())
    assert {one.key for one in found.questions} == {one.key for one in want.questions} != set()
    assert found.kind == "orders"
    assert found.currency == want.currency == "CNY"


@pytest.mark.parametrize("kind", ["polars", "polars lazy", "duckdb"])
def test_tables_of_engines(kind: str, tmp_path: Path, lines: pd.DataFrame) -> None:
    lines = lines.copy()
    lines.loc[[3, 5, 7], "Day"] = [None, "2025-02-30", "1/2/2025"]
    lines.loc[9, "Paid"] = "twelve"
    frame = pl.from_dict({name: lines[name].astype(object).where(lines[name].notna(), None).tolist() for name in lines})
    base = duckdb.connect()
    base.register("given", lines.astype(object))
    table = {"polars": frame, "polars lazy": frame.lazy(), "duckdb": base.sql("from given")}[kind]
    found = large.read(table, Plan(kind="lines", roles=ROLES))
    whole(found)
    assert found.listed == 4
    lines.drop(index=[3, 5, 7, 9]).to_csv(tmp_path / "good.csv", index=False)
    same_orders(found, own.read(tmp_path / "good.csv", Plan(kind="lines", roles=ROLES)))
    assert "2025-02-30" in "".join(str(one.says) for one in found.problems)


def test_pairs_are_counted_as_from_lines(lines: pd.DataFrame) -> None:
    bought = lines[lines["Paid"].astype(float) > 0].rename(columns={"Order": "invoice", "Article": "stock_code"})
    since = np.datetime64("2025-11-01")
    day = bought.groupby("invoice")["Day"].transform("max").astype("datetime64[s]")
    before, after = bought[day < since], bought[day >= since]
    table = pl.from_dict({name: lines[name].tolist() for name in lines})
    found = pairs.count(
        orders.read(
            table,
            {one: role.replace("customer_number", "customer") for one, role in ROLES.items() if role != "customer"},
        ),
        int(since.astype("int64")),
        least=5,
    )
    rules = basket.rules(found.sets(), confidence=0, max_consequent=1)
    want = basket.rules(basket.frequent_sets(before, 0.001, max_length=2), confidence=0, max_consequent=1)
    assert len(rules) == len(want) == 12 * 11
    for later, part in ((False, before), (True, after)):
        counted = cross_selling.counted(rules, part, customer="Client no." if later else None)
        pd.testing.assert_frame_equal(found.counted(rules, later), counted)


def test_lines_that_are_no_rows_are_listed_and_rows_of_orders_stay_apart(tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    good = "".join(f"Li,2026-03-{day:02d},{day}\n" for day in range(1, 29))
    file.write_text(
        f'Client,Day,Paid\n{good}\nWu,2026-03-02,6,7\n"Li ""A""",2026-03-03,8\nWu,2026-03-04\n\nWu,today,9\nLi,2026-03-01,1\n'
    )
    with large.Store() as store:
        plan = Plan("orders", roles={"Client": "customer", "Day": "date", "Paid": "amount"})
        found = large._of_texts(store, file, [file], plan, False, None)
    whole(found)
    assert found.table["amount"].sum() == sum(range(1, 29)) + 9
    assert found.used == len(found.table) == 30
    assert sorted(found.problem_table()["row"].dropna()) == [1, 31, 33, 35]


def test_a_quotation_mark_that_swallows_lines_is_refused(tmp_path: Path) -> None:
    rows = [f"Li,2026-03-01,{one}" for one in range(40)]
    for text in (['Li,2026-03-01,"7', *rows], ['Li,"2026-03-01,7', *rows, 'Li,2026-03-01",7', *rows]):
        file = tmp_path / "orders.csv"
        file.write_text("\n".join(["Client,Day,Paid", *rows, *text, ""]))
        look = opened.Opened(
            large.opened.Layout("utf-8", ",", 1, ["Client", "Day", "Paid"]),
            ["Client", "Day", "Paid"],
            pd.DataFrame(),
            {},
            [],
        )
        with large.Store() as store, pytest.raises(InputError, match=r"orders.csv, near line 4\d: a quotation mark"):
            store.load_text("given", 0, file, look.layout, look.headings)


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ({}, "holds no CSV and no Parquet"),
        (
            {"a.csv": "Client,Day,Paid\nLi,2026-03-01,5\n", "b.csv": "Client,Day,Region\nLi,2026-03-01,N\n"},
            "b.csv has other headings than a.csv: Paid, Region",
        ),
        ({"a.csv": "Client,Day,Paid\nLi,2026-03-01,5\n", "b.parquet": ""}, "both Parquet and text"),
        ({"a.csv": "Colour,Size\nred,5\nblue,6\n"}, "must be one of orders|No column was recognised"),
    ],
)
def test_what_cannot_be_read_gets_a_sentence(tmp_path: Path, files: dict[str, str], says: str) -> None:
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    with pytest.raises(InputError, match=says):
        own.read(tmp_path)


def test_without_duckdb_it_is_said_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "duckdb", None)
    with pytest.raises(InputError, match=r"need DuckDB, which is not installed: pip install 'crmlab\[scale\]'"):
        own.read(tmp_path / "orders.parquet" if (tmp_path / "orders.parquet").write_bytes(b"") else tmp_path)


def test_what_was_collected_is_kept(tmp_path: Path, ugly: pd.DataFrame) -> None:
    file, keep = tmp_path / "lines.csv", tmp_path / "report"
    ugly.to_csv(file, index=False)
    folder = tmp_path / "folder"
    folder.mkdir()
    file = file.rename(folder / "lines.csv")
    first = large.read(folder, Plan(kind="lines", roles=ROLES), keep=keep)
    (there,) = keep.iterdir()
    assert there.suffix == kept.SUFFIX
    if os.name == "posix":  # it holds names
        assert (there.stat().st_mode & 0o777, keep.stat().st_mode & 0o777) == (0o600, 0o700)
    stamp = there.stat().st_mtime_ns
    again = large.read(folder, Plan(kind="lines", roles=ROLES), keep=keep)
    assert there.stat().st_mtime_ns == stamp
    for name in ("table", "contacts"):
        pd.testing.assert_frame_equal(getattr(again, name), getattr(first, name), check_index_type=False)
    pd.testing.assert_frame_equal(again.problem_table(), first.problem_table())
    assert (again.plan, again.rows, again.merged, again.notes, again.questions) == (
        first.plan,
        first.rows,
        first.merged,
        first.notes,
        first.questions,
    )
    assert again.guesses["why"].tolist() == first.guesses["why"].tolist()
    pd.testing.assert_frame_equal(again.pairs.pairs, first.pairs.pairs)
    there.write_bytes(there.read_bytes()[:1000])  # broken, it is made anew
    whole(large.read(folder, Plan(kind="lines", roles=ROLES), keep=keep))
    os.utime(file, ns=(1, 1))  # another file now
    large.read(folder, Plan(kind="lines", roles=ROLES), keep=keep)
    assert len(list(keep.iterdir())) == 2


KILLED = """
import sys
from pathlib import Path
from crmlab.own import large
from crmlab.own.large import scan
from crmlab.own.export import Plan
def stop(*_args, **_named):
    print("loaded", flush=True)
    import time
    time.sleep(60)
scan.understand = stop
large.read(Path(sys.argv[1]), Plan(kind="lines", roles=eval(sys.argv[3])), keep=Path(sys.argv[2]))
"""


def test_a_run_that_was_killed_goes_on(tmp_path: Path, lines: pd.DataFrame, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, keep = tmp_path / "folder", tmp_path / "report"
    folder.mkdir()
    for at in range(3):
        lines[at * 500 : (at + 1) * 500].to_csv(folder / f"{at}.csv", index=False)
    with subprocess.Popen(
        [sys.executable, "-c", KILLED, folder, keep, repr(ROLES)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "loaded\n"
        process.send_signal(signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)
    assert not list(keep.glob(f"*{kept.SUFFIX}"))  # nothing that looks whole
    (left,) = keep.glob(f"*{kept.READING}")
    assert os.name != "posix" or not left.stat().st_mode & 0o077
    loaded = []
    load = large.Store.load_text
    monkeypatch.setattr(
        large.Store,
        "run",
        lambda self, query, progress=None: (loaded.append("read_csv" in query), self.base.execute(query))[1],
    )
    monkeypatch.setattr(large.Store, "load_text", load)
    begin = time.monotonic()
    found = large.read(folder, Plan(kind="lines", roles=ROLES), keep=keep)
    assert not any(loaded), f"a file was loaded again ({time.monotonic() - begin:.1f} s)"
    whole(found)
    assert found.used == LINES
    assert [one.suffix for one in keep.iterdir()] == [kept.SUFFIX]
    kept.forget(keep)
    assert list(keep.iterdir()) == []
