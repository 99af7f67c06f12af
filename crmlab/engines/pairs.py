"""What stands in one order with what, counted on Polars, DuckDB and PySpark before a day and from it on.

Only counts are collected. What they mean is said in :mod:`crmlab.cross_selling`: rules are found in the earlier orders and held to the later ones.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from crmlab import checks, engines, intervals
from crmlab.engines import orders
from crmlab.language import _


@dataclass(frozen=True, eq=False)
class Pairs:
    """Counts of orders that hold an article, or two. ``items``: by article, ``before`` and ``after``; ``pairs``: ``first``, ``second``, ``before``,
    ``after``, ``customers`` (how many have both in an order from that day on); ``orders``: all orders with an article, before and after; ``since``: the day that parts them, days since 1970-01-01."""

    items: pd.DataFrame
    pairs: pd.DataFrame
    orders: tuple[int, int]
    since: int

    def counted(self, rules: pd.DataFrame, later: bool, confidence: float = 0.95) -> pd.DataFrame:
        """These rules (of one article on each side) counted, as :func:`crmlab.cross_selling.counted` does from the lines.

        >>> made = Pairs(pd.DataFrame({"before": [3, 2], "after": [1, 1]}, index=["tea", "cup"]),
        ...              pd.DataFrame({"first": ["cup"], "second": ["tea"], "before": [2], "after": [0]}), (4, 1), 0)
        >>> rules = pd.DataFrame({"antecedent": [("tea",)], "consequent": [("cup",)]})
        >>> made.counted(rules, later=False)[["first", "second", "both", "room", "expected", "lift"]]
           first  second  both  room  expected      lift
        0      3       2     2     1       1.5  1.333333
        """
        side, total = ("after", self.orders[1]) if later else ("before", self.orders[0])
        found = rules[["antecedent", "consequent"]].copy()
        single = self.items[side]
        both = pd.Series(self.pairs[side].to_numpy(), index=pd.MultiIndex.from_frame(self.pairs[["first", "second"]]))
        left, right = ([one[0] for one in rules[name]] for name in ("antecedent", "consequent"))
        couple = pd.MultiIndex.from_arrays([[*map(min, left, right)], [*map(max, left, right)]])
        found["first"] = single.reindex(left, fill_value=0).to_numpy(dtype="int64")
        found["second"] = single.reindex(right, fill_value=0).to_numpy(dtype="int64")
        found["both"] = both.reindex(couple, fill_value=0).to_numpy(dtype="int64")
        found["room"] = found["first"] - found["both"]
        if later and "customers" in self.pairs:
            who = pd.Series(self.pairs["customers"].to_numpy(), index=both.index)
            found["customers"] = who.reindex(couple, fill_value=0).to_numpy(dtype="int64")
            found = found[["antecedent", "consequent", "first", "second", "both", "customers", "room"]]
        low, high = intervals.wilson(found["both"].to_numpy(), found["first"].to_numpy(), confidence)
        with np.errstate(invalid="ignore", divide="ignore"):
            base = np.where(found["second"] > 0, found["second"] / total if total else np.nan, np.nan)
            found["expected"] = found["first"] * found["second"] / total if total else 0.0
            found["lift"] = found["both"] / found["first"].where(found["first"] > 0) / base
            found["low"], found["high"] = low / base, high / base
        found.attrs = {"baskets": total}
        return found

    def sets(self) -> pd.DataFrame:
        """The earlier counts as :func:`crmlab.basket.frequent_sets` gives them (``items``, ``length``, ``count``, ``support``), for :func:`crmlab.basket.rules`."""
        alone = [
            ((name,), 1, count) for name, count in zip(self.items.index, self.items["before"], strict=True) if count
        ]
        two = [
            ((first, second), 2, count)
            for first, second, count in zip(
                self.pairs["first"], self.pairs["second"], self.pairs["before"], strict=True
            )
            if count
        ]
        made = pd.DataFrame([*alone, *two], columns=["items", "length", "count"])
        made["support"] = made["count"] / max(1, self.orders[0])
        return made


def count(lines: orders.Lines, since: int, least: int = 30, most: int = 300) -> Pairs:
    """Count articles and pairs of articles in orders before the day ``since`` (days since 1970-01-01) and from it on.

    Of the articles that stand in ``least`` earlier orders the ``most`` frequent are counted in pairs, so that what is collected stays small. An order is
    what its number and customer say, without a number all that a customer buys on a day; its day is that of its last line. Lines that bring no money
    in are left out: what comes back was not bought.

    Raises :class:`~crmlab.checks.InputError` where the lines name no article.
    """
    import datetime as dt

    import narwhals as nw

    if not lines.has_item:
        checks.fail(_("The table names no article, so what is bought together cannot be counted."))
    plan = lines.plan.filter(nw.col("reason").is_null() & (nw.col("money") > 0))
    by = ["who", "number"]
    if not lines.has_order:
        plan, by = plan.with_columns(number=nw.lit(None, dtype=nw.String)), ["who", "number"]
    # Without a number what a customer buys on a day is one order; a day as a number of an order cannot meet a real one.
    day_text = (nw.col("day") if lines.text else engines.day_number(nw.col("day"))).cast(nw.String)
    plan = plan.with_columns(
        number=nw.when(nw.col("number").is_null())
        .then(nw.concat_str(nw.lit("day "), day_text))
        .otherwise(nw.col("number"))
    )
    day = plan.group_by(*by).agg(last=nw.col("day").max())
    split = nw.lit(since) if lines.text else nw.lit(dt.date(1970, 1, 1) + dt.timedelta(days=since))
    day = day.with_columns(late=nw.when(nw.col("last") >= split).then(nw.lit(1)).otherwise(nw.lit(0)))
    table = lines.table
    row = table.rows(day.select(n=nw.len(), late=nw.col("late").sum()))[0]
    total, late = int(row["n"]), int(row["late"] or 0)
    held = (
        plan.filter(~nw.col("item").is_null())
        .select(*by, "item")
        .unique()
        .join(day.select(*by, "late"), on=by, how="inner")
    )
    single = held.group_by("item").agg(n=nw.len(), after=nw.col("late").sum())
    items = pd.DataFrame(table.rows(single), columns=["item", "n", "after"]).astype({"n": "int64", "after": "int64"})
    items["before"] = items["n"] - items["after"]
    items = items.sort_values(["before", "item"], ascending=[False, True]).set_index("item")[["before", "after"]]
    kept = items.index[items["before"] >= least][:most].tolist()
    empty = pd.DataFrame(
        {"first": [], "second": [], **{name: np.empty(0, "int64") for name in ("before", "after", "customers")}}
    )
    if len(kept) < 2:
        return Pairs(items, empty, (total - late, late), since)
    few = held.filter(nw.col("item").is_in(kept))
    other = few.select(*by, second="item")
    pairs = few.join(other, on=by, how="inner").filter(nw.col("item") < nw.col("second"))
    # By customer first: then one pass counts the orders, and the customers of the later ones.
    pairs = (
        pairs.group_by("item", "second", "who")
        .agg(n=nw.len(), after=nw.col("late").sum(), came=nw.col("late").max())
        .group_by("item", "second")
        .agg(nw.col("n").sum(), nw.col("after").sum(), customers=nw.col("came").sum())
    )
    columns = ["item", "second", "n", "after", "customers"]
    found = pd.DataFrame(table.rows(pairs), columns=columns).rename(columns={"item": "first"})
    found = found.astype(dict.fromkeys(columns[2:], "int64")) if len(found) else empty.assign(n=0)
    found["before"] = found["n"] - found["after"]
    found = found.sort_values(["before", "first", "second"], ascending=[False, True, True], ignore_index=True)
    return Pairs(items, found[["first", "second", "before", "after", "customers"]], (total - late, late), since)
