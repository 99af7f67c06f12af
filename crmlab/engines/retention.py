"""Cohorts on Polars, DuckDB and PySpark. What they mean is said in :mod:`crmlab.retention`."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd

from crmlab import checks, engines, purchases
from crmlab.engines import rfm
from crmlab.language import _


def cohorts(
    orders: Any, code: str, until: Any, customer: str, date: str, amount: str | None
) -> tuple[pd.DataFrame, int, dict[str, int]]:
    """Counts by cohort and age (columns first, age, n: period ordinals as pandas has them), the last day, what was
    left out. The engine counts days and periods; only these counts are collected."""
    import narwhals as nw

    names = {"customer": customer, "date": date} | ({} if amount is None else {"amount": amount})
    table = engines.Table(orders, "orders", names)
    who = table.key(customer)
    asked = {"n": nw.len()} | table.date_facts(date, "day")
    if amount is not None:
        asked |= table.number_facts(amount, "money")
    facts = table.facts(**asked)
    show = list(names.values())
    table.some_rows(facts["n"])
    if amount is not None:
        table.all_numbers(facts, amount, "money", show)
    last = table.all_dates(facts, date, "day", show)
    end = last if until is None else purchases.last_day(until, "until")
    text = table.schema[date] == nw.String
    known = rfm.is_known(who, rfm.is_text(table.schema[customer]))
    limit = nw.lit(end) if text else nw.lit(dt.date(1970, 1, 1) + dt.timedelta(days=end))
    day, money = table.day(date), nw.lit(1.0) if amount is None else table.number(amount)
    late = day > limit
    counted = table.facts(
        rows_without_customer=_int(~known).sum(), rows_after_until=_int(known & late).sum()
    )  # fmt: skip

    days = table.plan.filter(known & ~late).select(who=who, day=day, money=money)
    days = days.group_by("who", "day").agg(nw.col("money").sum(), size=nw.col("money").abs().sum())
    # 0.1 + 0.2 - 0.3 is not quite 0: what is far below the sum's own precision is no money.
    noise = 1e-9 * nw.col("size")
    bought, back = nw.col("money") > noise, nw.col("money") < -noise
    by = days.group_by("who").agg(
        *(_int(flag).sum().alias(name) for name, flag in ()),
        n=nw.len(),
    ) if False else days.select(
        "who", bought=_int(bought), zero=_int(~bought & ~back), back=_int(back)
    ).group_by("who").agg(*(nw.col(name).sum() for name in ("bought", "zero", "back")))  # fmt: skip
    row = table.rows(
        by.select(
            zero_days=nw.col("zero").sum(),
            return_days=nw.col("back").sum(),
            customers_without_purchase=_int(nw.col("bought") == 0).sum(),
            buyers=_int(nw.col("bought") > 0).sum(),
        )
    )[0]
    return table, days, bought, row, counted
