"""RFM summary of ten million rows, against peers in the same run: `python benchmarks/rfm.py [ROWS]`.

Needs the peers beside crmlab, best in an environment of their own:

    python -m venv bench && bench/bin/pip install -e . lifetimes clvkit polars duckdb
    bench/bin/python benchmarks/rfm.py

(`pip install -e ".[bench]"` names them too.) Ratios hold from machine to machine, seconds do not; those of the processor
hold beside other work too. Two questions:

- days: all that a customer buys on a day is one purchase; nothing is returned. What lifetimes and clvkit compute.
- orders: lines with order numbers, 2% of them returns. An order is worth the sum of its lines, and counts if that is
  above zero.

Peers named pandas, polars and duckdb are what one would write by hand for the same numbers, without any check of what
comes in. Each way runs in a process of its own, which warms up on few rows and then takes the best of REPEATS; the ways take
turns, the best of ROUNDS counts. Memory is the peak of the resident set above what the process held when it had its table; a
DuckDB table is in memory too. All ways must agree on the number of customers, purchases and days, or the run stops. What is
printed last is how time grows with the rows, for the first question.

`--picture FILE.png` draws that too. `--rounds N` for more or fewer rounds.
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

import numpy as np
import pandas as pd
from machine import described, timed

ROUNDS = 3
REPEATS = 2
PATIENCE = 30.0  # seconds: a way that needs more is run once a round
END = "2026-01-01"
QUESTIONS = ("days", "orders")
WAYS = {  # name -> the table it starts from
    "crmlab on pandas": "pandas",
    "pandas": "pandas",
    "lifetimes": "pandas",
    "clvkit": "pandas",
    "crmlab on polars": "polars",
    "polars": "polars",
    "crmlab on duckdb": "duckdb",
    "duckdb": "duckdb",
}
ONLY_DAYS = ("lifetimes", "clvkit")


def simulate(rows: int, folder: Path) -> None:
    """Columns of order lines as .npy files: 20 lines a customer in the mean, some customers far more."""
    rng = np.random.default_rng(20260101)
    customers = max(1, rows // 20)
    weight = np.cumsum(rng.gamma(0.7, 1, customers))
    who = np.searchsorted(weight, rng.uniform(0, weight[-1], rows)) + 10_000
    day = rng.integers(0, 730, rows)
    day -= day % (1 + who % 7)  # some come on few days only, so that lines of a day meet
    money = np.round(rng.lognormal(3, 1, rows), 2)
    pair = pd.factorize(who * 1000 + day)[0]  # one order a customer and day ...
    order = 2 * pair + rng.integers(0, 2, rows)  # ... or two
    columns = {
        "customer_id": who.astype("int64"),
        "date": (np.datetime64("2024-01-01") + day).astype("datetime64[s]"),
        "amount": money,
        "invoice": order.astype("int64"),
        "returned": np.where(rng.uniform(size=rows) < 0.02, -money, money),
    }
    for name, values in columns.items():
        np.save(folder / f"{name}.npy", values)


def table(kind: str, question: str, folder: Path, rows: int | None = None) -> Any:
    """The columns that a question needs, as a table of an engine."""
    names = {"customer_id": "customer_id", "date": "date", "amount": "amount"}
    if question == "orders":
        names |= {"amount": "returned", "invoice": "invoice"}
    columns = {name: np.load(folder / f"{file}.npy")[:rows] for name, file in names.items()}
    if kind == "pandas":
        return pd.DataFrame(columns)
    import polars as pl

    columns["date"] = columns["date"].astype("datetime64[us]")
    frame = pl.DataFrame(columns).with_columns(pl.col("date").cast(pl.Date))
    if kind == "polars":
        return frame
    import duckdb

    base = duckdb.connect()
    types = {"customer_id": "bigint", "date": "date", "amount": "double", "invoice": "bigint"}
    selected = ", ".join(f"{name}::{types[name]} as {name}" for name in names)
    base.register("incoming", pd.DataFrame(columns))
    base.execute(f"create table orders as select {selected} from incoming")
    base.unregister("incoming")
    return base.table("orders")


# --- the ways: a table in, a table out, with the number of purchases, the days since the last and the money


def crmlab(orders: Any, question: str) -> Any:
    from crmlab import rfm

    return rfm.summary(orders, as_of=END, order="date" if question == "days" else "invoice")


def by_pandas(orders: pd.DataFrame, question: str) -> pd.DataFrame:
    order = "date" if question == "days" else "invoice"
    each = orders.groupby(["customer_id", order], sort=False).agg(last=("date", "max"), net=("amount", "sum"))
    each = each[each["net"] > 0]
    found = each.groupby(level="customer_id").agg(
        last=("last", "max"), frequency=("net", "size"), monetary=("net", "sum")
    )
    found["recency"] = (pd.Timestamp(END) - found.pop("last")).dt.days
    return found


def by_polars(orders: Any, question: str) -> Any:
    import polars as pl

    order = "date" if question == "days" else "invoice"
    last = [] if question == "days" else [pl.col("date").max()]
    return (
        orders.lazy()
        .group_by("customer_id", order)
        .agg(*last, pl.col("amount").sum())
        .filter(pl.col("amount") > 0)
        .group_by("customer_id")
        .agg(pl.col("date").max(), frequency=pl.len(), monetary=pl.col("amount").sum())
        .with_columns(recency=(pl.lit(END).str.to_date() - pl.col("date")).dt.total_days())
        .sort("customer_id")
        .collect()
    )


def by_duckdb(orders: Any, question: str) -> Any:
    key = "date" if question == "days" else "invoice"
    return orders.query(
        "lines",
        f"""select customer_id, date '{END}' - max(last) as recency, count(*) as frequency, sum(net) as monetary
        from (select customer_id, {key}, max(date) as last, sum(amount) as net from lines group by customer_id, {key})
        where net > 0 group by customer_id""",
    )


def by_lifetimes(orders: pd.DataFrame, question: str) -> pd.DataFrame:
    from lifetimes.utils import summary_data_from_transaction_data

    found = summary_data_from_transaction_data(
        orders, "customer_id", "date", "amount", observation_period_end=END, include_first_transaction=True
    )
    found["recency"] = found.pop("T") - found["recency"]
    return found.rename(columns={"monetary_value": "monetary"})


def by_clvkit(orders: pd.DataFrame, question: str) -> pd.DataFrame:
    import clvkit

    found = clvkit.CustomerBase.from_transactions(orders, observation_period_end=END).to_pandas()
    return found.assign(recency=found["T"] - found["recency"], frequency=found["frequency"] + 1)


DO: dict[str, Callable[[Any, str], Any]] = {
    "pandas": by_pandas,
    "polars": by_polars,
    "duckdb": by_duckdb,
    "lifetimes": by_lifetimes,
    "clvkit": by_clvkit,
}


def finish(result: Any) -> Any:
    """Something computed: DuckDB computes when it is asked for the rows."""
    return result.fetchnumpy() if hasattr(result, "fetchnumpy") else result


def resident(peak: bool) -> float:
    """MiB in memory now, or at the peak since the last call of :func:`forget_peak`."""
    status = Path("/proc/self/status").read_text()
    found = re.search(rf"{'VmHWM' if peak else 'VmRSS'}:\s+(\d+) kB", status)
    return int(found[1]) / 1024 if found else float("nan")


def forget_peak() -> None:
    Path("/proc/self/clear_refs").write_text("5")


def run(way: str, question: str, folder: Path) -> dict[str, float]:
    """One way, once, in this process: seconds, extra MiB, and sums by which the ways are compared."""
    do = DO.get(way, crmlab)
    finish(do(table(WAYS[way], question, folder, 2000), question))
    data = table(WAYS[way], question, folder)
    forget_peak()
    before = resident(peak=False)
    result, clock, cpu = timed(lambda: finish(do(data, question)))
    extra = resident(peak=True) - before
    for _turn in range(9 if clock < 0.5 else REPEATS - 1 if clock < PATIENCE else 0):
        _again, *times = timed(lambda: finish(do(data, question)))
        clock, cpu = min(clock, times[0]), min(cpu, times[1])
    sums = {name: float(np.sum(np.asarray(result[name], dtype="float64"))) for name in ("frequency", "recency")}
    return {"clock": clock, "cpu": cpu, "extra": extra, "customers": len(result["frequency"]), **sums}


def in_child(way: str, question: str, folder: Path) -> dict[str, float]:
    words = [sys.executable, "-W", "ignore", __file__, "--one", way, question, str(folder)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{way}, {question}: {done.stderr.strip().splitlines()[-1]}")
    return json.loads(done.stdout.splitlines()[-1])


def measure(ways: list[str], question: str, folder: Path, rounds: int) -> dict[str, dict[str, float]]:
    """The best times and the largest memory of each way; all ways must agree."""
    found: dict[str, list[dict[str, float]]] = {way: [] for way in ways}
    for _round in range(rounds):
        for way in ways:
            found[way].append(in_child(way, question, folder))
    first = found[ways[0]][0]
    for way, runs in found.items():
        for name in ("customers", "frequency", "recency"):
            if runs[0][name] != first[name]:
                sys.exit(f"{question}: {way} counts {name} {runs[0][name]:.0f}, {ways[0]} {first[name]:.0f}")
    return {
        way: {
            "clock": min(run["clock"] for run in runs),
            "cpu": min(run["cpu"] for run in runs),
            "extra": max(run["extra"] for run in runs),
        }
        for way, runs in found.items()
    }


def show(question: str, rows: int, found: dict[str, dict[str, float]]) -> None:
    """Two tables: crmlab on pandas against what works on pandas, and each engine against its own hand-written way."""
    print(f"\n**{question}**, {rows:,} rows\n")
    print(
        "| way | seconds | of the processor | extra MiB | times crmlab on pandas (clock) | times crmlab on pandas (processor) |"
    )
    print("|---|---|---|---|---|---|")
    ours = found["crmlab on pandas"]
    for way, one in found.items():
        ratios = " | ".join(f"{one[name] / ours[name]:.2f}" for name in ("clock", "cpu"))
        print(f"| {way} | {one['clock']:.2f} | {one['cpu']:.2f} | {one['extra']:.0f} | {ratios} |")
    print("\n| crmlab takes, of the same engine by hand | clock | processor | extra memory |\n|---|---|---|---|")
    for kind in ("pandas", "polars", "duckdb"):
        mine = found[f"crmlab on {kind}"]
        ratios = " | ".join(f"{mine[name] / found[kind][name]:.2f}" for name in ("clock", "cpu", "extra"))
        print(f"| on {kind} | {ratios} |")


def growth(rows: int, rounds: int) -> tuple[list[int], dict[str, list[float]]]:
    """Seconds of the processor for 10,000 rows, ten times as many, and so on."""
    sizes = [10**power for power in range(4, len(str(rows)))]
    seconds: dict[str, list[float]] = {way: [] for way in WAYS}
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            simulate(size, Path(folder))
            for way, one in measure(list(WAYS), "days", Path(folder), 1 if size >= 10**7 else rounds).items():
                seconds[way].append(one["cpu"])
    print(
        f"\n**Growth**, question *days*, seconds of the processor\n\n| way | {' | '.join(f'{size:,}' for size in sizes)} |"
    )
    print("|---" * (len(sizes) + 1) + "|")
    for way, values in seconds.items():
        print(f"| {way} | {' | '.join(f'{value:.3f}' for value in values)} |")
    return sizes, seconds


def picture(file: Path, sizes: list[int], seconds: dict[str, list[float]]) -> None:
    """Seconds against rows, both on logarithmic scales."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(figsize=(6, 4), layout="constrained")
    colours = {
        "pandas": "#0072B2",
        "polars": "#D55E00",
        "duckdb": "#009E73",
        "lifetimes": "#000000",
        "clvkit": "#999999",
    }
    for way, values in seconds.items():
        own = way.startswith("crmlab")
        colour = colours[way.rpartition(" ")[2]]
        axes.plot(sizes, values, color=colour, ls="-" if own else ":", marker="o" if own else "s", ms=4, label=way)
    axes.set(xscale="log", yscale="log", xlabel="rows", ylabel="seconds of the processor")
    axes.set_title("RFM summary: time grows with the rows")
    axes.legend(fontsize=7)
    axes.grid(alpha=0.3)
    figure.savefig(file, dpi=80, metadata={"Software": None})


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("rows", nargs="?", type=lambda text: int(float(text)), default=10**7)
    parser.add_argument("--picture", type=Path)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--one", nargs=3, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.one:
        way, question, folder = chosen.one
        print(json.dumps(run(way, question, Path(folder))))
        return
    print(described("crmlab", "pandas", "numpy", "polars", "duckdb", "narwhals", "lifetimes", "clvkit"))
    print(f"Best of {chosen.rounds} rounds, the ways taking turns.")
    with tempfile.TemporaryDirectory() as folder:
        simulate(chosen.rows, Path(folder))
        for question in QUESTIONS:
            ways = [way for way in WAYS if question == "days" or way not in ONLY_DAYS]
            show(question, chosen.rows, measure(ways, question, Path(folder), chosen.rounds))
    sizes, seconds = growth(chosen.rows, chosen.rounds)
    if chosen.picture:
        picture(chosen.picture, sizes, seconds)


if __name__ == "__main__":
    main()
