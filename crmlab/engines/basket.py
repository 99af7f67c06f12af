"""How two articles go together, counted on Polars, DuckDB and PySpark. What it means is said in :mod:`crmlab.basket`."""

from __future__ import annotations

from typing import Any

from crmlab import checks, engines
from crmlab.language import _


def pair(lines: Any, first: Any, second: Any, basket: str, item: str) -> tuple[int, int, int, int]:
    """Baskets, those with the first article, with the second, with both: one pass, one row collected."""
    import narwhals as nw

    table = engines.Table(lines, "lines", {"basket": basket, "item": item})
    which, what = table.key(basket), table.key(item)
    is_text = table.schema[item] in (nw.String, nw.Categorical, nw.Enum)
    plan = table.plan.select(
        which=which,
        first=_stands(what, first, is_text),
        second=_stands(what, second, is_text),
    ).filter(~nw.col("which").is_null())
    by = plan.group_by("which").agg(nw.col("first").max(), nw.col("second").max())
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


def _stands(what: Any, wanted: Any, is_text: bool) -> Any:
    import narwhals as nw

    if is_text != isinstance(wanted, str):
        return nw.lit(0)
    return nw.when(what == wanted).then(nw.lit(1)).otherwise(nw.lit(0))
