"""The same numbers, and the same sentences, on every engine."""

from __future__ import annotations

import datetime as dt
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmlab import basket, checks, datasets, engines, lifecycle, own, retention, rfm, satisfaction, servqual, value
from crmlab.checks import InputError
from crmlab.own import large
from crmlab.own.backtesting import book
from crmlab.own.export import Plan

pytestmark = pytest.mark.engine

duckdb = pytest.importorskip("duckdb")
pl = pytest.importorskip("polars")

NO_JAVA = (
    "PySpark needs Java 17 or newer, and there is none: install it (Debian: apt-get install default-jre-headless)."
)
LOCAL = ["polars", "polars lazy", "duckdb"]
ALL = [*LOCAL, "pyspark"]
DAYS = [dt.date(2024, 1, 5), dt.date(2024, 1, 20), dt.date(2024, 1, 10), dt.date(2024, 1, 31)]
ORDERS: dict[str, list[Any]] = {
    "customer_id": [1, 1, 2, 3],
    "invoice": ["a", "b", "c", "d"],
    "date": DAYS,
    "amount": [10.0, 20.0, 5.0, 40.0],
}
SQL = {int: "bigint", float: "double", str: "varchar", bool: "boolean", dt.date: "date", dt.datetime: "timestamp"}
SPARK = {int: "long", float: "double", str: "string", bool: "boolean", dt.date: "date", dt.datetime: "timestamp_ntz"}


@pytest.fixture(scope="session")
def spark() -> Iterator[Any]:
    """A Spark in this process; skips loudly without Java, or fails where CRMLAB_REQUIRE_JAVA=1 asks for one."""
    if not (os.environ.get("JAVA_HOME") or shutil.which("java")):
        (pytest.fail if os.environ.get("CRMLAB_REQUIRE_JAVA") == "1" else pytest.skip)(NO_JAVA)
    pytest.importorskip("pyspark")
    from pyspark.sql import SparkSession

    os.environ["PYSPARK_PYTHON"] = sys.executable  # else its workers are the first python3 on the path
    settings = {
        "spark.ui.enabled": "false",
        "spark.sql.shuffle.partitions": "1",
        "spark.sql.adaptive.enabled": "false",
        "spark.sql.codegen.wholeStage": "false",  # tables this small: compiling takes longer than counting
        "spark.sql.session.timeZone": "UTC",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.codegen.factoryMode": "NO_CODEGEN",
        # A Java that runs for a minute earns back no more than the first of its compilers.
        "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xshare:auto",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
    }
    builder = SparkSession.builder.master("local[1]").appName("crmlab")
    for key, setting in settings.items():
        builder = builder.config(key, setting)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("OFF")
    yield session
    session.stop()


Make = Callable[[dict[str, list[Any]]], Any]


@pytest.fixture
def make(request: pytest.FixtureRequest) -> Make:
    """Makes a table of the engine that the test is run for, from columns."""
    return maker(request.param, request.getfixturevalue("spark") if request.param == "pyspark" else None)


def maker(kind: str, session: Any = None) -> Make:
    base, numbered = duckdb.connect() if kind == "duckdb" else None, 0

    def types(columns: dict[str, list[Any]], names: dict[type, str]) -> dict[str, str]:
        return {name: names[next((type(v) for v in cells if v is not None), str)] for name, cells in columns.items()}

    def made(columns: dict[str, list[Any]]) -> Any:
        rows = list(zip(*columns.values(), strict=True))
        if kind == "polars":
            return pl.DataFrame(columns, strict=False)
        if kind == "polars lazy":
            return pl.LazyFrame(columns, strict=False)
        if kind == "pyspark":
            return session.createDataFrame(rows, ", ".join(f"`{n}` {t}" for n, t in types(columns, SPARK).items()))
        nonlocal numbered
        numbered += 1
        name = f"t{numbered}"
        base.execute(
            f"create table {name} ({', '.join(chr(34) + n + chr(34) + ' ' + t for n, t in types(columns, SQL).items())})"
        )
        if len(rows) > 1000:
            base.register("incoming", pd.DataFrame(columns, dtype=object))
            base.execute(f"insert into {name} select * from incoming")
        elif rows:
            base.executemany(f"insert into {name} values ({', '.join('?' * len(columns))})", rows)
        return base.table(name)

    return made


def each(*kinds: str) -> Any:
    return pytest.mark.parametrize("make", kinds, indirect=True, ids=[kind.replace(" ", "-") for kind in kinds])


def to_pandas(table: Any, key: str | None = "customer_id") -> pd.DataFrame:
    """Any engine's table as a pandas one, sorted by the customer."""
    kind = engines.kind(table)
    if kind in ("polars", "polars lazy"):
        columns = table.lazy().collect().to_dict(as_series=False)
    else:
        rows = table.fetchall() if kind == "duckdb" else [tuple(row) for row in table.collect()]
        columns = {name: [row[i] for row in rows] for i, name in enumerate(table.columns)}
    found = pd.DataFrame(columns)
    return found if key is None else found.set_index(key).sort_index()


def same(found: Any, want: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(to_pandas(found), want.sort_index(), check_exact=False, rtol=1e-12)


def columns_of(table: pd.DataFrame) -> dict[str, list[Any]]:
    return {
        name: [cell.to_pydatetime() for cell in table[name]] if name == "date" else table[name].tolist()
        for name in table
    }


# Online Retail


@pytest.fixture
def retail(request: pytest.FixtureRequest) -> pd.DataFrame:
    """All orders; for Spark those of every sixth customer: its plan is the others', and it takes half a minute for all."""
    rows = datasets.load("online_retail_orders")[["customer_id", "invoice", "date", "amount"]]
    spark = request.node.callspec.params["make"] == "pyspark"
    return rows[rows["customer_id"] % 6 == 0].reset_index(drop=True) if spark else rows


_there: dict[str, tuple[Any, Make]] = {}


@pytest.fixture
def there(request: pytest.FixtureRequest, make: Make, retail: pd.DataFrame) -> tuple[Any, Make]:
    """The same table on the engine, made once. And what makes others
    beside it."""
    kind = request.node.callspec.params["make"]
    if kind not in _there:
        table = make(columns_of(retail))
        _there[kind] = (table.persist() if kind == "pyspark" else table), make
    return _there[kind]


@pytest.fixture
def orders(there: tuple[Any, Make]) -> Any:
    """That table."""
    return there[0]


@each(*ALL)
def test_online_retail(make: Make, retail: pd.DataFrame, orders: Any) -> None:
    kind = engines.kind(orders)
    plain = rfm.summary(retail, as_of="2011-12-10")
    table = rfm.summary(orders, as_of="2011-12-10")
    assert engines.kind(table) == kind
    same(table, plain)
    assert rfm.left_out(orders, as_of="2011-12-10") == plain.attrs["left_out"] == rfm.left_out(retail, "2011-12-10")

    # From here on a table made anew, so that Spark does not compute it from the invoices at each step.
    table = make(plain.reset_index().to_dict("list"))
    for rule in rfm.RULES:
        scores, want = rfm.score(table, rule), rfm.score(plain, rule)
        assert engines.kind(scores) == kind
        same(scores, want)
    scores = make(want.reset_index().to_dict("list"))
    found = rfm.segment(scores)
    assert engines.kind(found) == kind
    same(found, rfm.segment(want).to_frame())

    classes = value.abc(table, amount="monetary", customer="customer_id")
    assert engines.kind(classes) == kind
    same(
        to_pandas(classes, None)
        .drop(columns=["recency", "frequency"])
        .pipe(lambda t: maker("polars")(t.to_dict("list"))),
        value.abc(plain["monetary"]),
    )
    assert value.gini(table, amount="monetary") == pytest.approx(value.gini(plain["monetary"]), abs=1e-12)
    for top in (0.01, 0.2, 0.5):
        share = value.pareto_share(table, top, amount="monetary")
        assert share == pytest.approx(value.pareto_share(plain["monetary"], top), abs=1e-12)
    assert value.left_out(table, amount="monetary") == {"negative_amounts": 0, "negative_sum": 0.0}


@each(*ALL)
@pytest.mark.parametrize(
    "arguments",
    [{"returns": "subtract", "as_of": "2011-06-01"}, {"order": None}, {"order": "date"}],
    ids=["subtract", "rows", "days"],
)
def test_arguments_of_summary_on_online_retail(retail: pd.DataFrame, orders: Any, arguments: dict[str, Any]) -> None:
    want = rfm.summary(retail, **arguments)
    same(rfm.summary(orders, **arguments), want)
    assert rfm.left_out(orders, **arguments) == want.attrs["left_out"]


@each(*ALL)
@pytest.mark.parametrize("as_of", [None, "2011-06-01"])
def test_stages_of_online_retail(retail: pd.DataFrame, there: tuple[Any, Make], as_of: str | None) -> None:
    orders, make = there
    known = [12346, 5, 5, 17850, None]  # one had returns only, one nothing at all
    contacts = make({"customer_id": known})
    for listed, asked in ((None, None), (known, contacts)):
        want = lifecycle.stages(retail, as_of, contacts=listed)
        found = lifecycle.stages(orders, as_of, contacts=asked)
        assert engines.kind(found) == engines.kind(orders)
        table = to_pandas(found).astype(want.dtypes.to_dict())
        pd.testing.assert_frame_equal(table, want.sort_index(), check_index_type=False)
        assert lifecycle.left_out(orders, as_of, asked) == want.attrs["left_out"]


@each(*ALL)
@pytest.mark.parametrize("period", ["month", "week"])
def test_cohorts_of_online_retail(retail: pd.DataFrame, orders: Any, period: str) -> None:
    for as_of in (None, "2011-10-15"):
        want = retention.cohorts(retail, period, as_of)
        found = retention.cohorts(orders, period, as_of)
        pd.testing.assert_frame_equal(found, want)
        assert found.attrs == want.attrs


@each(*ALL)
def test_beer_and_nappies(make: Make) -> None:
    lines = datasets.load("grocery_baskets")
    names = "BEERS/ALES", "DIAPERS & DISPOSABLES"
    keep = lines[lines["category"].isin([*names, "SOFT DRINKS"])]
    table = make({name: keep[name].tolist() for name in ("basket", "category")})
    pd.testing.assert_series_equal(
        basket.pair(table, *names, "basket", "category"), basket.pair(keep, *names, "basket", "category")
    )
    with pytest.raises(InputError, match="Did you mean 'BEERS/ALES'"):
        basket.pair(table, "BEERS/ALE", names[1], "basket", "category")
    with pytest.raises(InputError, match="No basket holds 7"):
        basket.pair(table, 7, names[1], "basket", "category")
    with pytest.raises(InputError, match="no column 'article'"):
        basket.pair(table, *names, "basket", "article")


@each(*ALL)
def test_baskets_and_articles_without_a_name(make: Make) -> None:
    columns = {"invoice": ["x", "x", None, "", " ", "y", "y"], "stock_code": ["a", "b", "a", None, "a", "a", " "]}
    table, frame = make(columns), pd.DataFrame(columns)
    found = basket.pair(table, "a", "b")
    assert found[["baskets", "first", "second", "both"]].tolist() == [2, 2, 1, 1]
    pd.testing.assert_series_equal(found, basket.pair(frame, "a", "b"))
    for wanted in (" ", None, ["a"], 10**400, float("nan"), dt.date(2024, 1, 1), True):
        for lines in (table, frame):
            with pytest.raises(InputError, match="No basket holds"):
                basket.pair(lines, wanted, "a")
    numbers = {"invoice": [1.0, 1.0, float("nan"), 2.0], "stock_code": [7, 8, 7, 7]}
    pd.testing.assert_series_equal(basket.pair(make(numbers), 7, 8), basket.pair(pd.DataFrame(numbers), 7, 8))
    with pytest.raises(InputError, match="No basket holds"):
        basket.pair(make(numbers), 10**400, 8)
    with pytest.raises(InputError, match="was read as a decimal number"):
        basket.pair(make(numbers | {"invoice": [1.0, 2.0**53, 2.0, 2.0]}), 7, 8)


@each(*ALL)
@pytest.mark.parametrize("unit", [1.0, 1 / 3])
def test_lines_that_cancel_are_no_purchase(make: Make, unit: float) -> None:
    """Whole cents are added up as such, all else with what the sum may be wrong by."""
    money = [0.1, 0.2, -0.3, 0.07, 0.01, 5.1, -5.2, 19.99, -19.98]
    columns = {
        "customer_id": [1, 1, 1, 1, 2, 3, 3, 4, 4],
        "invoice": [1, 1, 1, 2, 3, 4, 4, 5, 5],
        "date": [dt.date(2024, 1, 1)] * 9,
        "amount": [unit * one for one in money],
    }
    want = rfm.summary(pd.DataFrame(columns).assign(date="2024-01-01"))
    assert want["frequency"].to_dict() == {1: 1, 2: 1, 4: 1}
    same(rfm.summary(make(columns)), want)
    assert rfm.left_out(make(columns)) == want.attrs["left_out"]
    assert want.attrs["left_out"]["zero_orders"] == want.attrs["left_out"]["returns"] == 1


# Kinds


def test_kinds_are_told_without_loading_an_engine() -> None:
    program = (
        "import sys; import crmlab; from crmlab import rfm, value, datasets; import pandas as pd;"
        "rfm.score(rfm.summary(datasets.load('online_retail_orders')));"
        "print([name for name in ('narwhals', 'polars', 'duckdb', 'pyspark', 'pyarrow.dataset') if name in sys.modules])"
    )
    out = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert out.strip() == "[]"


def test_no_pyarrow_is_needed() -> None:
    program = """
import sys
sys.modules["pyarrow"] = None
import duckdb, polars
from crmlab import rfm, value
ids = list(range(8))
columns = {"customer_id": ids, "invoice": ids, "date": ["2024-01-05"] * 8, "amount": [1.0, 3.0] * 4}
made = duckdb.sql("select i customer_id, i invoice, '2024-01-05' date, 1.0 + 2 * (i % 2) amount from range(8) t(i)")
for orders in (polars.DataFrame(columns), polars.LazyFrame(columns), made):
    table = rfm.summary(orders)
    rfm.segment(rfm.score(table, "equal_fifths", groups=2), groups=2), value.abc(table, amount="monetary")
    print(value.gini(table, amount="monetary"), rfm.left_out(orders)["returns"])
"""
    out = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert out.split() == ["0.25", "0"] * 3


def test_a_lazy_frame_stays_lazy() -> None:
    orders = maker("polars lazy")(ORDERS)
    many = {name: cells * 2 for name, cells in ORDERS.items()} | {"customer_id": list(range(8))}
    for result in (
        table := rfm.summary(orders),
        scores := rfm.score(table),
        rfm.score(rfm.summary(maker("polars lazy")(many)), rule="equal_fifths", groups=2),
        rfm.segment(scores),
        value.abc(table, amount="monetary"),
    ):
        assert isinstance(result, pl.LazyFrame)


def test_the_result_of_an_eager_polars_frame_is_sorted() -> None:
    orders = maker("polars")({name: cells[::-1] for name, cells in ORDERS.items()})
    table = rfm.summary(orders)
    assert table.columns == ["customer_id", "recency", "frequency", "monetary"]
    assert table["customer_id"].to_list() == [1, 2, 3]
    assert value.abc(table, amount="monetary")["amount"].to_list() == [40.0, 30.0, 5.0]


def test_a_polars_plan_is_checked_in_one_pass_and_computed_in_another() -> None:
    passes = []

    def count(batch: Any) -> Any:
        passes.append(len(batch))
        return batch

    orders = pl.LazyFrame(ORDERS).map_batches(count)
    table = rfm.summary(orders)
    assert len(passes) == 1
    table.collect()
    assert len(passes) == 2


def test_lessons_functions_take_no_other_things() -> None:
    for thing in ([1, 2], {"a": [1]}, pl.Series([1]), None, pd.Series([1])):
        with pytest.raises(
            InputError, match="orders must be a DataFrame of pandas, Polars or PySpark, or a DuckDB rel"
        ):
            rfm.summary(thing)
        with pytest.raises(InputError, match="summary must be a DataFrame"):
            rfm.score(thing)
        with pytest.raises(InputError, match="scores must be a DataFrame"):
            rfm.segment(thing)


# Kinds of columns


@each(*ALL)
def test_kinds_of_dates_give_one_answer(make: Make) -> None:
    want = rfm.summary(pd.DataFrame(ORDERS))
    text = [day.isoformat() for day in DAYS]
    for dates in (
        [dt.datetime.combine(day, dt.time(23, 59)) for day in DAYS],
        text,
        [f" {day.year}/{day.month}/{day.day} 9:05" for day in DAYS],
        [day + "T00:30:00.5+08:00 " for day in text],
        [day + " 23:59Z" for day in text],
        [day.replace("-", "") for day in text],
        [day.replace("-", "") + "103000" for day in text],
        [f"{day.year}年{day.month}月{day.day}日 下午3:05" for day in DAYS],
        [f"{day.year}. {day.month}. {day.day}. 10:30:00,5" for day in DAYS],
        [f"{day.year}年{day.month}月{day.day}日星期五" for day in DAYS],
        ["\u200e" + day.translate({ord(a): chr(ord(a) + 0xFEE0) for a in "0123456789-"}) for day in text],
    ):
        orders = make(ORDERS | {"date": dates})
        same(rfm.summary(orders), want)
    same(rfm.summary(orders, as_of="2024-01-31"), rfm.summary(pd.DataFrame(ORDERS), "2024-01-31"))


def test_the_day_is_that_of_the_time_zone() -> None:
    late = pl.DataFrame(ORDERS).with_columns(
        pl.col("date").cast(pl.Datetime("ms")).dt.replace_time_zone("Asia/Shanghai").dt.offset_by("30m")
    )
    same(rfm.summary(late), rfm.summary(pd.DataFrame(ORDERS)))


def test_days_are_counted_right_over_centuries() -> None:
    days = [dt.date(1600, 2, 29), dt.date(1700, 3, 1), dt.date(1899, 12, 31), dt.date(1970, 1, 1), dt.date(2000, 2, 29)]
    days += [dt.date(2024, 1, 1) + dt.timedelta(days=n) for n in range(0, 1500, 7)]
    import narwhals as nw

    frame = nw.from_native(pl.LazyFrame({"date": days, "text": [day.isoformat() for day in days]}))
    found = engines._with_day_from_text(frame.with_columns(a=engines.day_number(nw.col("date"))), "text", ["a"])
    found = found.collect()
    want = [(day - dt.date(1970, 1, 1)).days for day in days]
    assert found["a"].to_list() == found[engines._DAY].to_list() == want


@each(*ALL)
def test_customers_without_a_number_are_counted(make: Make) -> None:
    for customers, kept in (([1, 1, None, 3], [1, 3]), (["Li", "", " \u3000\t", None], ["Li"])):
        table = make(ORDERS | {"customer_id": customers})
        assert to_pandas(rfm.summary(table)).index.tolist() == kept
        plain = rfm.summary(pd.DataFrame(ORDERS | {"customer_id": pd.Series(customers, dtype=object)}))
        assert rfm.left_out(table) == plain.attrs["left_out"]
    whole = rfm.summary(make(ORDERS | {"customer_id": [17850.0, 17850.0, float("nan"), 13047.0]}))
    assert to_pandas(whole).index.tolist() == [13047, 17850]
    assert {type(label) for label in to_pandas(whole).index.tolist()} == {int}


def test_other_kinds_of_polars_columns() -> None:
    want = rfm.summary(pd.DataFrame(ORDERS))
    table = pl.DataFrame(ORDERS)
    for changed in (
        table.with_columns(pl.col("amount").cast(pl.Decimal(10, 2))),
        table.with_columns(pl.col("amount").cast(pl.Int32)),
        table.with_columns(pl.col("invoice").cast(pl.Categorical)),
        table.with_columns(pl.col("customer_id").cast(pl.UInt8)),
        table.with_columns(pl.col("date").cast(pl.Datetime("ns"))),
    ):
        same(rfm.summary(changed), want)
    named = table.with_columns(pl.Series("customer_id", ["Li", "Li", "He", "Wu"], dtype=pl.Categorical))
    assert rfm.summary(named)["customer_id"].to_list() == ["He", "Li", "Wu"]


def test_decimals_of_duckdb() -> None:
    base = duckdb.connect()
    base.execute("create table t (customer_id int, invoice int, date date, amount decimal(10, 2))")
    base.execute(
        "insert into t values (1, 1, '2024-01-05', 0.1), (1, 1, '2024-01-05', 0.2), (1, 1, '2024-01-05', -0.3)"
    )
    base.execute("insert into t values (2, 1, '2024-01-06', 9.5)")
    assert rfm.summary(base.table("t")).fetchall() == [(2, 0, 1, 9.5)]
    assert rfm.left_out(base.sql("select * from t"))["zero_orders"] == 1


# Bad input


@each(*ALL)
@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"customer_id": None, "CustomerID": [1, 1, 2, 3]}, "mean 'CustomerID'.*customer='CustomerID'"),
        ({"invoice": None}, "order=None"),
        ({"amount": None}, "no column 'amount'; there are: customer_id"),
        ({name: [] for name in ORDERS}, "no rows|holds text|objects where"),
        ({"amount": [1.0, 2.0, np.inf, 4.0]}, r"Column 'amount', row (2|.customer_id=2,.*): the number is infinite"),
        ({"amount": [1.0, None, 3.0, 4.0]}, r"row (1|.customer_id=1,.*): the number is missing .1 in all"),
        ({"amount": [1.0, np.nan, 3.0, np.nan]}, r"row (1|.customer_id=1,.*): the number is missing .2 in all"),
        ({"amount": ["1", "2", "12,5", "4"]}, "text where numbers"),
        ({"amount": [True] * 4}, "True and False"),
        ({"amount": DAYS}, "holds dates"),
        ({"date": ["2024-01-01", "03/04/2024", "x", "y"]}, r"row (1|.customer_id=1,.*): '03/04/2024'.*year first"),
        (
            {"date": ["2024-01-01", "2023-02-29", "2024-01-01", "2024-01-01"]},
            r"row (1|.customer_id=1,.*): '2023-02-29'",
        ),
        ({"date": [20240101, 2, 3, 4]}, "holds numbers where dates"),
        ({"date": [True] * 4}, "objects where dates"),
        ({"date": [*["2024-01-01"] * 3, "05.01.2024"]}, r"row (3|.customer_id=3,.*): '05.01.2024'.*year first"),
        ({"date": [*["2024-01-01"] * 3, "2024-01-01 25:61"]}, "25:61.*year first"),
        ({"date": [*DAYS[1:], dt.date(9999, 12, 31)]}, r"row (3|.customer_id=3,.*): 9999-12-31 is no day"),
        ({"date": ["0001-01-01", *["2024-01-01"] * 3]}, r"row (0|.customer_id=1,.*): 0001-01-01 is no day"),
        (
            {"customer_id": [2.0**53, 2.0**53 + 2, 1.0, 2.0]},
            r"row (0|.*): 9007199254740992 was read as a decimal number",
        ),
        ({"invoice": ["a", " ", "b", "\u3000"]}, r"row (1|.customer_id=1,.*): the order number is missing .2 in all"),
        ({"date": [None, *DAYS[1:]]}, r"row (0|.customer_id=1,.*): the date is missing"),
        ({"date": ["2024-01-01T00:00+08:00", *["2024-01-01T00:00+00:00"] * 3]}, r"mixes time zones .\+00:00, \+08:00"),
        ({"date": ["2024-01-01T00:00Z", *["2024-01-01T00:00"] * 3]}, "mixes time zones"),
        ({"invoice": ["a", None, "b", "c"]}, r"row (1|.customer_id=1,.*): the order number is missing .1 in all"),
    ],
)
def test_says_what_is_wrong(make: Make, change: dict[str, Any], says: str) -> None:
    columns = {name: cells for name, cells in (ORDERS | change).items() if cells is not None}
    with pytest.raises(InputError, match=says):
        rfm.summary(make(columns))


def test_an_empty_frame_says_so() -> None:
    with pytest.raises(InputError, match="orders holds no rows"):
        rfm.summary(pl.DataFrame(ORDERS).clear())
    with pytest.raises(InputError, match="orders holds no rows"):
        rfm.summary(duckdb.sql("select 1 customer_id, 2 invoice, date '2024-01-01' date, 3 amount where false"))
    with pytest.raises(InputError, match="2 columns named 'amount'"):
        rfm.summary(duckdb.sql("select 1 customer_id, 2 invoice, date '2024-01-01' date, 3 amount, 4 amount"))


@each(*ALL)
def test_that_nothing_is_left_is_said(make: Make) -> None:
    table = make(ORDERS | {"amount": [-1.0] * 4})
    with pytest.raises(InputError, match=r"No order is left up to 2024-01-31: returns 4, customers_without_purchase 3"):
        rfm.left_out(table)
    if engines.kind(table) == "polars":
        with pytest.raises(InputError, match=r"No order is left up to 2024-01-31: returns 4"):
            rfm.summary(table)
    else:
        assert to_pandas(rfm.summary(table)).empty  # as the docstring says


@each(*ALL)
def test_other_errors(make: Make) -> None:
    orders = make(ORDERS)
    three = make({"customer_id": [1, 2], "recency": [1, None], "frequency": [1, 1], "monetary": [1.0, 2.0]})
    scores = make({"customer_id": [1, 2], "R": [5, 6], "F": [1, 1], "M": [1, 1]})
    for call, says in (
        (lambda: rfm.summary(orders, returns="keep"), "returns must be one of leave_out, subtract"),
        (lambda: rfm.left_out(orders, returns="keep"), "returns must be one of leave_out, subtract"),
        (lambda: rfm.summary(orders, as_of=20240101), "as_of must be a day"),
        (lambda: rfm.score(orders), "no column 'recency'"),
        (lambda: rfm.score(orders, rule="fifths"), "rule must be one of"),
        (lambda: rfm.score(three), r"'recency', row (1|.customer_id=2,.*): the number is missing"),
        (lambda: rfm.segment(scores), r"'R', row (1|.customer_id=2.*): a score .* not 6"),
        (lambda: rfm.segment(orders), "no column 'R'"),
        (lambda: value.abc(orders), r"amount='amount'"),
        (lambda: value.abc(orders, amount="amount", customer="customer_id"), "Customer 1 is listed more than once"),
        (lambda: value.abc(orders, amount="money"), "no column 'money'"),
        (lambda: value.gini(make(ORDERS | {"amount": [-1.0, 0.0, 0.0, -2.0]}), amount="amount"), "nothing to share"),
        (lambda: value.pareto_share(orders, 20, amount="amount"), "between 0 and 1"),
    ):
        with pytest.raises(InputError, match=says):
            call()


# Small tables of every shape. Money in cents: sums are exact, and what differs is a fault.

line = st.tuples(
    st.sampled_from([None, 0, 1, 2, 3, 4]), st.integers(0, 9), st.integers(0, 40), st.integers(-300, 600).map(float)
)
tables = st.lists(line, min_size=1, max_size=30).map(
    lambda rows: {
        "customer_id": [None if row[0] is None else row[0] for row in rows],
        "invoice": [f"{row[1]}" for row in rows],
        "date": [dt.date(2024, 1, 1) + dt.timedelta(days=row[2]) for row in rows],
        "amount": [row[3] for row in rows],
    }
)
POLARS, DUCKDB = maker("polars"), maker("duckdb")


def typed(made: Any) -> Any:
    """A Polars column of nothing but nulls has no type of its own."""
    return made.with_columns(pl.col("customer_id").cast(pl.Int64))


@given(tables, st.sampled_from(rfm.RETURNS), st.sampled_from([None, "2024-01-15"]), st.sampled_from(["invoice", None]))
def test_summary_is_the_same(columns: dict[str, list[Any]], returns: str, as_of: str | None, order: str | None) -> None:
    arguments = {"returns": returns, "as_of": as_of, "order": order}
    plain = pd.DataFrame(columns).astype({"customer_id": "Int64"})
    others = [typed(POLARS(columns)), typed(POLARS(columns).lazy()), duckdb_of(columns)]
    said, want = outcome(plain, arguments)
    for other in others:
        if want is None:
            with pytest.raises(InputError, match=re.escape(said)):
                rfm.left_out(other, **arguments)
        else:
            same(rfm.summary(other, **arguments), want)
            assert rfm.left_out(other, **arguments) == want.attrs["left_out"]


def outcome(orders: pd.DataFrame, arguments: dict[str, Any]) -> tuple[str, pd.DataFrame | None]:
    try:
        return "", rfm.summary(orders, **arguments)
    except InputError as error:
        return str(error), None


BASE = duckdb.connect()


def duckdb_of(columns: dict[str, list[Any]], text: bool = False) -> Any:
    day = "varchar" if text else "date"
    BASE.execute("create or replace table contacts as select unnest([3, 99]) as customer_id")
    BASE.execute(f"create or replace table t (customer_id bigint, invoice varchar, date {day}, amount double)")
    BASE.executemany("insert into t values (?, ?, ?, ?)", list(zip(*columns.values(), strict=True)))
    return BASE.table("t")


@given(tables, st.sampled_from([None, "2024-01-15"]), st.sampled_from(list(retention.PERIODS)), st.booleans())
def test_stages_and_cohorts_are_the_same(
    columns: dict[str, list[Any]], day: str | None, period: str, text: bool
) -> None:
    rules = lifecycle.Rules(new_within=5, churned_after=20, loyal_orders=2, loyal_within=12)
    plain = pd.DataFrame(columns).astype({"customer_id": "Int64"})
    if text:
        columns = columns | {"date": [day.isoformat() for day in columns["date"]]}
    for other in (typed(POLARS(columns)), duckdb_of(columns, text)):
        try:
            want = lifecycle.stages(plain, day, rules, [3, 99])
        except InputError as error:
            want = str(error)
        if isinstance(want, str):
            with pytest.raises(InputError, match=re.escape(want)):
                lifecycle.left_out(other, day)
        else:
            contacts = typed(POLARS({"customer_id": [3, 99]}))
            asked = contacts if engines.kind(other) == "polars" else BASE.table("contacts")
            table = to_pandas(lifecycle.stages(other, day, rules, asked)).astype(want.dtypes.to_dict())
            pd.testing.assert_frame_equal(table, want.sort_index(), check_index_type=False)
            assert lifecycle.left_out(other, day, asked) == want.attrs["left_out"]
        try:
            cohorts = retention.cohorts(plain, period, day)
        except InputError as error:
            with pytest.raises(InputError, match=re.escape(str(error))):
                retention.cohorts(other, period, day)
        else:
            found = retention.cohorts(other, period, day)
            pd.testing.assert_frame_equal(found, cohorts)
            assert found.attrs == cohorts.attrs


customers = st.lists(
    st.tuples(st.integers(0, 20), st.integers(1, 5), st.integers(-20, 90).map(lambda n: n / 10)),
    min_size=1,
    max_size=50,
)


APART = pd.DataFrame(
    [(4, 5, 3, 5, 3, 5), (1, 3, 1, 5, 5, 5), (None,) * 6],
    index=["best", "rich", "others"],
    columns=["r_low", "r_high", "f_low", "f_high", "m_low", "m_high"],
)


@given(customers, st.sampled_from(rfm.RULES), st.integers(2, 10))
def test_scores_segments_and_classes_are_the_same(rows: list[tuple], rule: str, groups: int) -> None:
    columns = {"customer_id": [f"c{i:02}" for i in range(len(rows))]}
    columns |= {name: [row[i] for row in rows] for i, name in enumerate(("recency", "frequency", "monetary"))}
    plain = pd.DataFrame(columns).set_index("customer_id")
    if rule == "equal_fifths" and len(rows) < groups**3:
        for small in (plain, POLARS(columns), POLARS(columns).lazy(), DUCKDB(columns)):
            with pytest.raises(InputError, match="customers at least"):
                rfm.score(small, rule, groups)
        rule = "value"
    want = rfm.score(plain, rule, groups)
    own = {"recency": list(range(1, groups)), "monetary": [0.3 * k for k in range(1, groups)]}
    for other in (POLARS(columns), POLARS(columns).lazy(), DUCKDB(columns)):
        scores = rfm.score(other, rule, groups)
        same(scores, want)
        same(rfm.segment(scores, groups=groups), rfm.segment(want).to_frame())
        same(rfm.segment(scores, APART, groups), rfm.segment(want, APART).to_frame())
        same(rfm.score(other, "value", groups, own), rfm.score(plain, "value", groups, own))
        money = other.select("customer_id", "monetary")
        if max(columns["monetary"]) <= 0:
            with pytest.raises(InputError, match="nothing to share"):
                value.abc(money, amount="monetary")
            continue
        same(value.abc(money, amount="monetary", customer="customer_id"), value.abc(plain["monetary"]))
        assert value.left_out(money, amount="monetary") == pytest.approx(value.left_out(plain["monetary"]))
        assert value.gini(money, amount="monetary") == pytest.approx(value.gini(plain["monetary"]), abs=1e-12)
        share = value.pareto_share(money, 0.3, amount="monetary")
        assert share == pytest.approx(value.pareto_share(plain["monetary"], 0.3), abs=1e-12)


def test_a_pandas_table_may_name_its_columns_too() -> None:
    table = pd.DataFrame({"who": ["Li", "Wu"], "amount": [Decimal(3), Decimal(1)]})
    assert value.abc(table, amount="amount", customer="who").index.tolist() == ["Li", "Wu"]
    assert value.gini(table, amount="amount") == 0.25
    with pytest.raises(InputError, match="'Li' is listed more than once"):
        value.abc(pd.concat([table, table]), amount="amount", customer="who")


@each(*ALL)
def test_amounts_without_a_customer_and_the_lorenz_curve(make: Make) -> None:
    columns = {"who": ["a", "b", " ", None, "c", "d"], "amount": [30.0, 10.0, 5.0, 1.0, -2.0, 10.0]}
    table, plain = make(columns), pd.DataFrame(columns)
    found = to_pandas(value.lorenz(table, amount="amount"), key=None).sort_values("customer_share", ignore_index=True)
    pd.testing.assert_frame_equal(found, value.lorenz(plain, amount="amount"))
    want = value.abc(plain, amount="amount", customer="who")
    same_rows = to_pandas(value.abc(table, amount="amount", customer="who"), "who")
    pd.testing.assert_frame_equal(same_rows, want.sort_index(), check_index_type=False)
    assert value.left_out(table, "amount", "who") == value.left_out(plain, "amount", "who") == want.attrs["left_out"]
    assert want.attrs["left_out"]["rows_without_customer"] == 2


@each(*ALL)
def test_days_that_stand_for_an_unknown_one_are_told(make: Make) -> None:
    for odd, words in (
        (dt.date(1970, 1, 1), "first day is 1970-01-01"),
        (dt.date(2199, 1, 1), "last day is 2199-01-01"),
    ):
        table = make(ORDERS | {"date": [*DAYS[1:], odd]})
        with pytest.warns(checks.InputWarning, match=words):
            rfm.summary(table)
        with pytest.warns(checks.InputWarning, match=words):
            retention.cohorts(table, "year")


SIX = {"recency": [1, 5, 20, 60, 300, 5], "frequency": [9, 4, 1, 1, 1, 4], "monetary": [900.0, 300.0, 80.0, 60.0, 20.0, 300.0]}


@each("polars", "duckdb")
@pytest.mark.parametrize("name", ["falling", "running", "before", "money", "MONEY", "near", "place", "FM", "_text", "_y", "who", "Day"])
def test_a_column_may_have_the_name_of_a_step_between(make: Make, name: str) -> None:
    who = list("fedcba")
    classes = to_pandas(value.abc(make({name: who, "amount": SIX["monetary"]}), amount="amount", customer=name), name)
    assert classes["class"].to_dict() == value.abc(pd.Series(SIX["monetary"], who))["class"].to_dict()
    table = pd.DataFrame(SIX, index=pd.Index(who, name=name))
    scores = rfm.score(make({name: who, **SIX}))
    pd.testing.assert_frame_equal(to_pandas(scores, name), rfm.score(table).sort_index(), check_index_type=False)
    assert to_pandas(rfm.segment(scores), name)["segment"].to_dict() == rfm.segment(rfm.score(table)).to_dict()
    many = {key: cells * 25 for key, cells in SIX.items()}
    people = [f"{i:03}" for i in range(150)]
    fifths = to_pandas(rfm.score(make({name: people, **many}), rule="equal_fifths"), name)
    want = rfm.score(pd.DataFrame(many, pd.Index(people, name=name)), rule="equal_fifths")
    pd.testing.assert_frame_equal(fifths, want, check_index_type=False)
    orders = {name: who, "invoice": who, "date": ["2024-01-05"] * 5 + ["2024年2月1日"], "amount": SIX["monetary"]}
    found = to_pandas(rfm.summary(make(orders), customer=name), name)
    pd.testing.assert_frame_equal(found, rfm.summary(pd.DataFrame(orders), customer=name), check_index_type=False)


@each("polars", "duckdb")
def test_scores_may_be_made_anew(make: Make) -> None:
    table = make({"customer_id": list("abcdef"), **SIX, "R": [9] * 6, "F": [9] * 6, "M": [9] * 6})
    pd.testing.assert_frame_equal(
        to_pandas(rfm.score(table)), rfm.score(pd.DataFrame(SIX, list("abcdef"))), check_index_type=False, check_names=False
    )


@each("polars", "duckdb")
def test_a_customer_called_like_a_result_of_abc_is_refused(make: Make) -> None:
    with pytest.raises(InputError, match=r"'class'.*name of a result"):
        value.abc(make({"class": ["a", "b"], "amount": [5.0, 6.0]}), amount="amount", customer="class")


@each("polars", "polars lazy", "duckdb")
@pytest.mark.parametrize("function", [lambda t: satisfaction.by(t, "g"), rfm.grid, lifecycle.by_stage, servqual.five_gaps], ids=range(4))
def test_where_only_pandas_is_taken_it_is_said_how(make: Make, function: Any) -> None:
    with pytest.raises(InputError, match=r"is a table of (polars|duckdb), which is not taken here\. Make a pandas one"):
        function(make({"stage": ["new", "churned"], "g": ["a", "b"]}))


@each("polars", "duckdb")
def test_very_small_amounts_are_amounts(make: Make) -> None:
    orders = {"customer_id": [1, 1, 2], "invoice": list("abc"), "date": ["2024-01-05"] * 3, "amount": [5e-9, -2e-9, 4e-9]}
    same(rfm.summary(make(orders)), rfm.summary(pd.DataFrame(orders)))


# A firm's own order lines


@each("pyspark")
def test_a_clusters_table_is_read_as_a_file_is(make: Make, tmp_path: Path) -> None:
    """Orders, what is listed, and what is bought together: the same as from a file read with pandas."""
    order = np.sort(np.random.default_rng(8).integers(0, 60, 240))
    columns: dict[str, list[Any]] = {
        "Order": [f"SO{one:03d}" for one in order],
        "Day": [dt.date(2026, 1, 1) + dt.timedelta(days=int(one)) for one in order],
        "Client": [int(one) % 9 + 100 for one in order],
        "Article": [f"A{one % 7}" for one in range(240)],
        "Paid": [one % 11 * 1.1 for one in range(240)],
    }
    file = tmp_path / "lines.csv"
    pd.DataFrame(columns).drop(index=[3, 8]).to_csv(file, index=False)
    columns["Day"][3], columns["Paid"][8] = None, float("nan")
    roles = {"Order": "order", "Day": "date", "Client": "customer_number", "Article": "item", "Paid": "amount"}
    found, want = large.read(make(columns), Plan("lines", roles=roles)), own.read(file, Plan("lines", roles=roles))
    assert (found.rows, found.used, found.listed) == (240, 238, 2)
    one, other = book.of(found), book.of(want)
    assert one.customers.tolist() == other.customers.tolist()
    np.testing.assert_array_equal(one.day, other.day)
    np.testing.assert_allclose(one.amount, other.amount, rtol=1e-12)
    kept = pd.DataFrame(columns).drop(index=[3, 8])
    local = large.read(maker("polars")(kept.to_dict("list")), Plan("lines", roles=roles))
    pd.testing.assert_frame_equal(found.pairs.pairs, local.pairs.pairs)
    assert found.pairs.orders == local.pairs.orders
