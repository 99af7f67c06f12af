"""How two articles go together, counted on Polars, DuckDB and PySpark. What it means is said in :mod:`crmlab.basket`."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import numpy as np
import pandas as pd

from crmlab import checks, engines
from crmlab.language import _


def pair(lines: Any, first: Any, second: Any, basket: str, item: str) -> tuple[int, int, int, int]:
    """Baskets, those with the first article, with the second, with both: one row is collected."""
    import narwhals as nw

    table = engines.Table(lines, "lines", {"basket": basket, "item": item})
    which, what = table.key(basket), table.key(item)
    is_text = table.schema[basket] in (nw.String, nw.Categorical, nw.Enum)
    if table.schema[basket].is_float() or table.schema[item].is_float():
        facts = table.facts(**table.key_facts(basket, "which"), **table.key_facts(item, "what"))
        table.distinct_keys(facts, basket, "which", [basket, item])
        table.distinct_keys(facts, item, "what", [basket, item])
    plan = table.plan.select(
        which=which,
        first=_stands(what, first, table.schema[item]),
        second=_stands(what, second, table.schema[item]),
    )
    by = plan.group_by("which").agg(nw.col("first").max(), nw.col("second").max())
    known = ~nw.col("which").is_null()
    by = by.filter(known & ~nw.col("which").str.contains(engines.BLANK) if is_text else known)
    both = (nw.col("first") * nw.col("second")).sum()
    row = table.rows(by.select(n=nw.len(), first=nw.col("first").sum(), second=nw.col("second").sum(), both=both))[0]
    if not row["n"]:
        table.some_rows(table.facts(n=nw.len())["n"])
        checks.fail(_("Column {column!r} names no basket in any row."), column=basket)
    for wanted, found in ((first, row["first"]), (second, row["second"])):
        if not found:
            there = [one["item"] for one in table.rows(table.plan.select(item=what).unique())]
            near = checks.close_name(wanted, [name for name in there if name is not None])
            if near is not None:
                checks.fail(_("No basket holds {item!r}. Did you mean {near!r}?"), item=wanted, near=near)
            checks.fail(_("No basket holds {item!r}."), item=wanted)
    return int(row["n"]), int(row["first"]), int(row["second"]), int(row["both"])


def _stands(what: Any, wanted: Any, dtype: Any) -> Any:
    """1 where the article stands; what no cell of that type can hold stands nowhere."""
    import narwhals as nw

    if isinstance(wanted, str):
        right = dtype in (nw.String, nw.Categorical, nw.Enum) and not re.match(engines.BLANK, wanted)
    elif isinstance(wanted, (bool, np.bool_)):
        right = dtype == nw.Boolean
    elif isinstance(wanted, (int, float, np.number)):
        right = dtype.is_numeric() and bool(-(2**63) < wanted < 2**63)
    else:
        right = isinstance(wanted, dt.date) and dtype.is_temporal() and not pd.isna(wanted)
    if not right:
        return nw.lit(0)
    wanted = wanted.item() if isinstance(wanted, np.generic) else wanted
    return nw.when(what == wanted).then(nw.lit(1)).otherwise(nw.lit(0))
