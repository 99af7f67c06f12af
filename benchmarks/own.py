"""A firm's order lines, from the file to all results, against pandas and DuckDB by hand: `python benchmarks/own.py [ROWS ...]`.

By default a million and ten million lines, made up from a seed (`own_lines.py`), written to the temporary folder and removed afterwards. Needs the extra
`scale`. Each way runs in a process of its own, which has imported what it needs; seconds by the clock and of the processor, and the peak of the resident set
above what the process held then. The ways take turns in the same run.

- crmlab: `own.read`, which recognises the columns, reads each cell in any of the usual ways and lists what it cannot use, then all results with their tests on
  the firm's own past. Ten million lines are read out of core, by DuckDB.
- pandas by hand: `pandas.read_csv`, text amounts mended, lines without customer, day or amount dropped, then orders, RFM with fifths, ABC, stages by
  the days since the last order, sums a month and pairs of articles: the same tables, told by nobody, and no test.
- DuckDB by hand: the same in SQL.

All ways must count the same orders and customers, and come to the same revenue, or the run stops. `--picture FILE.png` draws seconds and memory against the
lines, `--rounds N` for more rounds (the best time and the largest memory count).
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from machine import described, timed
from own_lines import write

WAYS = ("crmlab", "pandas by hand", "DuckDB by hand")
ROWS = (10**6, 10**7)
GROWTH = (10**4, 10**5, 10**6)
PAIRS = 300
Row = dict[str, float]


def resident(peak: bool) -> float:
    """MiB in memory now, or at the peak since the last call of :func:`forget_peak`."""
    found = re.search(rf"{'VmHWM' if peak else 'VmRSS'}:\s+(\d+) kB", Path("/proc/self/status").read_text())
    return int(found[1]) / 1024 if found else float("nan")


def forget_peak() -> None:
    Path("/proc/self/clear_refs").write_text("5")


# --- the ways: a file in; then its orders, customers and revenue, and all results


def crmlab() -> tuple[Callable[[Path], Any], Callable[[Any], Any], Callable[[Any], Row]]:
    from crmlab import own
    from crmlab.own import results
    from crmlab.own.backtesting import book

    def sums(export: Any) -> Row:
        made = book.of(export)
        return {"orders": len(made.who), "customers": len(set(made.who.tolist())), "revenue": float(made.amount.sum())}

    return own.read, results.of, sums


def by_pandas() -> tuple[Callable[[Path], Any], Callable[[Any], Any], Callable[[Any], Row]]:
    import numpy as np
    import pandas as pd

    def read(file: Path) -> pd.DataFrame:
        lines = pd.read_csv(file, dtype={"Amount": str}, parse_dates=["Order date"])
        lines["Amount"] = lines["Amount"].str.replace("[¥,]", "", regex=True).astype(float)
        # What own.read does as well: a line goes on with its order.
        for name in ("Customer no.", "Order date"):
            lines[name] = lines[name].fillna(
                lines.groupby("Order no.")[name].transform("first").where(lines["Order no."].duplicated())
            )
        return lines.dropna(subset=["Customer no.", "Order date", "Amount"])

    def orders(lines: pd.DataFrame) -> pd.DataFrame:
        return (
            lines.groupby(["Customer no.", "Order no."], sort=False)
            .agg(day=("Order date", "max"), money=("Amount", "sum"))
            .reset_index()
        )

    def results(lines: pd.DataFrame) -> Any:
        made = orders(lines)
        end = made["day"].max() + pd.Timedelta(days=1)
        by = made.groupby("Customer no.").agg(
            last=("day", "max"), frequency=("money", "size"), monetary=("money", "sum")
        )
        by["recency"] = (end - by.pop("last")).dt.days
        for name, column, sign in (("R", "recency", -1), ("F", "frequency", 1), ("M", "monetary", 1)):
            by[name] = pd.qcut((sign * by[column]).rank(method="first"), 5, labels=False) + 1
        share = by["monetary"].sort_values(ascending=False).cumsum() / by["monetary"].sum()
        by["class"] = np.select([share.reindex(by.index) <= 0.8, share.reindex(by.index) <= 0.95], ["A", "B"], "C")
        by["stage"] = pd.cut(by["recency"], [0, 90, 180, 365, np.inf], labels=["active", "quiet", "sleeping", "gone"])
        months = made.groupby(made["day"].dt.to_period("M"))["money"].sum()
        few = lines["Article"].value_counts().head(PAIRS).index
        held = lines.loc[lines["Article"].isin(few), ["Order no.", "Article"]].drop_duplicates()
        both = held.merge(held, on="Order no.")
        both = both[both["Article_x"] < both["Article_y"]].groupby(["Article_x", "Article_y"]).size()
        return by, months, both

    def sums(lines: pd.DataFrame) -> Row:
        made = orders(lines)
        return {"orders": len(made), "customers": made["Customer no."].nunique(), "revenue": float(made["money"].sum())}

    return read, results, sums


def by_duckdb() -> tuple[Callable[[Path], Any], Callable[[Any], Any], Callable[[Any], Row]]:
    import duckdb

    def read(file: Path) -> Any:
        base = duckdb.connect()
        base.execute("set memory_limit = '1GB'")
        base.execute(f"set temp_directory = '{tempfile.gettempdir()}/own-benchmark'")
        base.execute(
            f"""create table given as select row_number() over () as row, "Order no." as number, try_cast("Order date" as date) as day, "Customer no." as who,
            "Article" as item, try_cast(regexp_replace("Amount", '[¥,]', '', 'g') as double) as money from read_csv('{file}', all_varchar = true)"""
        )
        base.execute(
            """create table lines as select coalesce(g.who, o.who) as who, coalesce(g.day, o.day) as day, g.number, g.item, g.money from given g left join
            (select number, min(row) as first, arg_min(who, row) as who, arg_min(day, row) as day from given
            where number in (select number from given where who is null or day is null) group by number) o
            on g.number = o.number and g.row > o.first where g.money is not null"""
        )
        base.execute("drop table given")
        base.execute("delete from lines where who is null or day is null")
        base.execute(
            "create table orders as select who, number, max(day) as day, sum(money) as money from lines group by who, number"
        )
        return base

    def results(base: Any) -> Any:
        customers = base.execute(
            """with one as (select who, (select max(day) + 1 from orders) - max(day) as recency, count(*) as frequency, sum(money) as monetary
            from orders group by who)
            select *, ntile(5) over (order by recency desc) as R, ntile(5) over (order by frequency) as F, ntile(5) over (order by monetary) as M,
            sum(monetary) over (order by monetary desc) / sum(monetary) over () as share,
            case when recency <= 90 then 'active' when recency <= 180 then 'quiet' when recency <= 365 then 'sleeping' else 'gone' end as stage from one"""
        ).df()
        months = base.execute(
            "select date_trunc('month', day) as month, sum(money) as money from orders group by 1 order by 1"
        ).df()
        both = base.execute(
            f"""with few as (select item from lines group by item order by count(*) desc limit {PAIRS}),
            held as (select distinct number, item from lines where item in (from few))
            select a.item, b.item as other, count(*) as n from held a join held b using (number) where a.item < b.item group by 1, 2"""
        ).df()
        return customers, months, both

    def sums(base: Any) -> Row:
        row = base.execute("select count(*), count(distinct who), sum(money) from orders").fetchone()
        return dict(zip(("orders", "customers", "revenue"), map(float, row), strict=True))

    return read, results, sums


DO = dict(zip(WAYS, (crmlab, by_pandas, by_duckdb), strict=True))


def run(way: str, file: Path) -> Row:
    """One way, once, in this process."""
    read, results, sums = DO[way]()
    before = resident(peak=False)
    forget_peak()
    data, clock, cpu = timed(lambda: read(file))
    peak = resident(peak=True) - before
    _found, more, more_cpu = timed(lambda: results(data))
    whole = resident(peak=True) - before
    return {
        "read": clock,
        "read cpu": cpu,
        "read mib": peak,
        "results": more,
        "results cpu": more_cpu,
        "mib": whole,
        **sums(data),
    }


def in_child(way: str, file: Path) -> Row:
    words = [sys.executable, "-W", "ignore", __file__, "--one", way, str(file)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{way}: {done.stderr.strip()[-800:]}")
    found: Row = json.loads(done.stdout.splitlines()[-1])
    return found


def measure(rows: int, rounds: int, folder: Path) -> tuple[float, dict[str, Row]]:
    """The size of the file in MiB, and the best times and the largest memory of each way."""
    file = folder / f"lines-{rows}.csv"
    made = write(rows, file)
    size = file.stat().st_size / 2**20
    print(f"\n{made['lines']:,} lines, {size:.0f} MiB", flush=True)
    found: dict[str, list[Row]] = {way: [] for way in WAYS}
    for _round in range(rounds):
        for way in WAYS:
            found[way].append(in_child(way, file))
    file.unlink()
    first = found[WAYS[0]][0]
    for way, turns in found.items():
        for name in ("orders", "customers", "revenue"):
            if abs(turns[0][name] - first[name]) > 1e-9 * abs(first[name]):
                sys.exit(f"{way} counts {name} {turns[0][name]:.2f}, {WAYS[0]} {first[name]:.2f}")
    best = {
        way: {name: (max if "mib" in name else min)(one[name] for one in turns) for name in turns[0]}
        for way, turns in found.items()
    }
    ours = best[WAYS[0]]
    print(
        "\n| way | read, s | of the processor | results, s | of the processor | peak MiB | in files | times crmlab's seconds | its processor | its memory |"
    )
    print("|---" * 10 + "|")
    for way, one in best.items():
        whole, cpu = one["read"] + one["results"], one["read cpu"] + one["results cpu"]
        print(
            f"| {way} | {one['read']:.1f} | {one['read cpu']:.1f} | {one['results']:.1f} | {one['results cpu']:.1f} | {one['mib']:.0f} | {one['mib'] / size:.2f} "
            f"| {whole / (ours['read'] + ours['results']):.2f} | {cpu / (ours['read cpu'] + ours['results cpu']):.2f} | {one['mib'] / ours['mib']:.2f} |",
            flush=True,
        )
    return size, best


def picture(file: Path, sizes: list[float], lines: list[int], found: list[dict[str, Row]]) -> None:
    """Seconds of the processor and memory against the lines, on logarithmic scales."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4), layout="constrained")
    for way, colour, mark in zip(WAYS, ("#D55E00", "#0072B2", "#009E73"), "os^", strict=True):
        style = {"color": colour, "marker": mark, "ms": 4, "label": way, "ls": "-" if way == WAYS[0] else ":"}
        left.plot(lines, [one[way]["read cpu"] + one[way]["results cpu"] for one in found], **style)
        right.plot(lines, [one[way]["mib"] for one in found], **style)
    right.plot(lines, [2 * size for size in sizes], color="#999999", lw=1, label="twice the file")
    left.set(xscale="log", yscale="log", xlabel="order lines", ylabel="seconds of the processor, file to results")
    right.set(xscale="log", yscale="log", xlabel="order lines", ylabel="peak memory, MiB")
    for axes in (left, right):
        axes.grid(alpha=0.3)
        axes.legend(fontsize=7)
    figure.savefig(file, dpi=80, metadata={"Software": None})


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("rows", nargs="*", type=lambda text: int(float(text)), default=list(ROWS))
    parser.add_argument("--picture", type=Path)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.one:
        print(json.dumps(run(chosen.one[0], Path(chosen.one[1]))))
        return
    print(described("crmlab", "pandas", "numpy", "duckdb", "narwhals"))
    lines = sorted({*chosen.rows, *(GROWTH if chosen.picture else ())})
    with tempfile.TemporaryDirectory() as folder:
        found = [measure(rows, chosen.rounds if rows <= 10**6 else 1, Path(folder)) for rows in lines]
    if chosen.picture:
        picture(chosen.picture, [size for size, _best in found], lines, [best for _size, best in found])


if __name__ == "__main__":
    main()
