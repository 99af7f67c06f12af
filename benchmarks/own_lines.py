"""Order lines as a firm's program exports them, made up from a seed: what `benchmarks/own.py` reads."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

HEADINGS = (
    "Order no.",
    "Order date",
    "Customer no.",
    "Customer",
    "Article",
    "Quantity",
    "Unit price",
    "Amount",
    "Region",
    "Salesperson",
)
REGIONS = ("华南", "华东", "华北", "华中", "西南", "东北")
ARTICLES = 400
DAYS = 730


def write(rows: int, file: Path, seed: int = 20261129) -> dict[str, float]:
    """Write about so many lines (whole orders) into a CSV, by day; how many lines there are, and how many have a flaw of which kind.

    Three lines an order in the mean, eight orders a customer, customers who come, buy at their own pace and stay away; articles of which some go together. Of a
    thousand lines three have an amount as a person writes it (¥1,234.50), one has no customer, one no day, one no amount.
    """
    import polars as pl

    rng = np.random.default_rng(seed)
    orders = max(10, rows // 3)
    customers = max(5, orders // 8)
    rate = rng.gamma(0.8, 1.0, customers) + 0.05
    begin = rng.integers(-DAYS, DAYS - 60, customers)
    life = rng.exponential(500, customers) + 20
    low, high = np.maximum(begin, 0), np.minimum(begin + life, DAYS).astype("int64")
    rate = np.where(high > low, rate * (high - low), 0.0)
    weight = np.cumsum(rate)
    who = np.searchsorted(weight, rng.uniform(0, weight[-1], orders), side="right")
    day = low[who] + (rng.uniform(size=orders) * (high[who] - low[who])).astype("int64")
    order = np.argsort(day, kind="stable")
    who, day = who[order], day[order]
    lines = 1 + rng.poisson(2.0, orders)
    share = 1 / (np.arange(ARTICLES) + 8.0)
    popular = np.cumsum(share) / share.sum()
    price = np.round(rng.lognormal(3.5, 1.0, ARTICLES), 2)
    found = {"lines": 0, "customer": 0, "date": 0, "amount": 0, "written": 0}
    names = np.array(
        [f"{('深圳', '广州', '东莞', '上海')[n % 4]}第{n + 1:06d}贸易有限公司" for n in range(customers)], dtype=object
    )
    numbers = np.array([f"C{n + 1:06d}" for n in range(customers)], dtype=object)
    with file.open("wb") as target:
        for start in range(0, orders, 100_000):
            part = slice(start, min(start + 100_000, orders))
            many = lines[part]
            whose = np.repeat(np.arange(start, part.stop), many)
            n = len(whose)
            item = np.searchsorted(popular, rng.uniform(size=n))
            # The article before it in the list has a companion: an even one brings the odd one behind it.
            again = np.flatnonzero((whose[1:] == whose[:-1]) & (rng.uniform(size=n - 1) < 0.25) & (item[:-1] % 2 == 0))
            item[again + 1] = np.minimum(item[again] + 1, ARTICLES - 1)
            quantity = 1 + rng.poisson(3.0, n)
            amount = np.round(quantity * price[item], 2)
            flaw = rng.uniform(size=n)
            client = who[whose]
            date = (np.datetime64("2024-11-01") + day[whose]).astype(str).astype(object)
            columns: dict[str, Any] = {
                "Order no.": np.char.add("SO", np.char.zfill(whose.astype(str), 8)).astype(object),
                "Order date": np.where(flaw < 0.001, "", date),
                "Customer no.": np.where((flaw >= 0.001) & (flaw < 0.002), "", numbers[client]),
                "Customer": names[client],
                "Article": [f"Article {one:03d}" for one in item],
                "Quantity": quantity,
                "Unit price": price[item],
                "Amount": pl.Series(np.where((flaw >= 0.002) & (flaw < 0.003), np.nan, amount)).cast(pl.String),
                "Region": np.array(REGIONS, dtype=object)[client % len(REGIONS)],
                "Salesperson": [f"S{one:02d}" for one in client % 25],
            }
            made = pl.DataFrame(columns, strict=False)
            by_hand = (flaw >= 0.003) & (flaw < 0.006)
            shown = pl.Series([f"¥{one:,.2f}" if hand else "" for one, hand in zip(amount, by_hand, strict=True)])
            made = made.with_columns(
                pl.when(pl.Series(by_hand))
                .then(shown)
                .when(pl.col("Amount") == "NaN")
                .then(pl.lit(""))
                .otherwise(pl.col("Amount"))
                .alias("Amount")
            )
            made.write_csv(target, include_header=start == 0)
            found["lines"] += n
            for name, (above, below) in {
                "date": (0, 1),
                "customer": (1, 2),
                "amount": (2, 3),
                "written": (3, 6),
            }.items():
                found[name] += int(((flaw >= above / 1000) & (flaw < below / 1000)).sum())
    return found
