"""Cohorts on Polars, DuckDB and PySpark. What they mean is said in :mod:`crmlab.retention`."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from crmlab import checks, engines, purchases
from crmlab.engines import rfm
from crmlab.language import _


@dataclass(frozen=True)
class Counts:
    """How many customers of the period ``first`` bought at ``age``, as arrays; periods are pandas' ordinals."""

    first: np.ndarray
    age: np.ndarray
    customers: np.ndarray
    last_day: int
    left_out: dict[str, int]


def cohorts(orders: Any, code: str, as_of: Any, customer: str, date: str, amount: str | None) -> Counts:
    """What :func:`crmlab.retention.cohorts` makes its table from: the engine counts, and only counts are collected."""
    import narwhals as nw

    names = {"customer": customer, "date": date} | ({} if amount is None else {"amount": amount})
    table = engines.Table(orders, "orders", names)
    who, day = table.key(customer), table.day(date)
    asked = {"n": nw.len()} | table.date_facts(date, "day") | table.key_facts(customer, "who")
    if amount is not None:
        asked |= table.number_facts(amount, "money")
    facts = table.facts(**asked)
    table.some_rows(facts["n"])
    if amount is not None:
        table.all_numbers(facts, amount, "money", list(names.values()))
    last = table.all_dates(facts, date, "day", list(names.values()))
    table.distinct_keys(facts, customer, "who", list(names.values()))
    end = last if as_of is None else purchases.last_day(as_of, "as_of")
    checks.odd_days(rfm.first_day(facts, "day"), last if as_of is None else None, date)

    text = table.schema[date] == nw.String
    limit = nw.lit(end) if text else nw.lit(dt.date(1970, 1, 1) + dt.timedelta(days=end))
    known, late = rfm.is_known(who, rfm.is_text(table.schema[customer])), day > limit
    left_out = table.facts(rows_without_customer=_int(~known).sum(), rows_after_as_of=_int(known & late).sum())
    money = nw.lit(1.0) if amount is None else table.number(amount)
    days = table.plan.filter(known & ~late).select(who=who, day=day, money=money)
    days = days.group_by("who", "day").agg(nw.col("money").sum(), size=nw.col("money").abs().sum())
    # 0.1 + 0.2 - 0.3 is not quite 0: what is far below the sum's own precision is no money.
    noise = 1e-9 * nw.col("size")
    bought, back = nw.col("money") > noise, nw.col("money") < -1 * noise
    by = days.select("who", bought=_int(bought), zero=_int(~bought & ~back), back=_int(back)).group_by("who")
    left_out |= table.rows(
        by.agg(*(nw.col(name).sum() for name in ("bought", "zero", "back"))).select(
            zero_days=nw.col("zero").sum(), return_days=nw.col("back").sum(), buyers=_int(nw.col("bought") > 0).sum()
        )
    )[0]
    # As with pandas, customers who appear after the day only are counted among those without a purchase.
    everyone = table.rows(table.plan.filter(known).select(who=who).unique().select(n=nw.len()))[0]["n"]
    left_out = {key: int(value or 0) for key, value in left_out.items()}
    buyers = left_out.pop("buyers")
    left_out["customers_without_purchase"] = int(everyone) - buyers
    if not buyers:
        checks.fail(
            _("No purchase is left up to {as_of}: {left_out}."),
            as_of=np.datetime64(end, "D"),
            left_out=", ".join(f"{key} {count}" for key, count in left_out.items() if count),
        )
    found = _with_period(days.filter(bought).select("who", "day"), code, text).select("who", "period").unique()
    first = found.group_by("who").agg(first=nw.col("period").min())
    found = found.join(first, on="who", how="inner").group_by("first", "period").agg(n=nw.len())
    counts = pd.DataFrame(table.rows(found)).astype("int64")
    first_period, period = counts["first"].to_numpy(), counts["period"].to_numpy()
    return Counts(first_period, period - first_period, counts["n"].to_numpy(), end, left_out)


def _int(condition: Any) -> Any:
    import narwhals as nw

    return condition.cast(nw.Int64)


def _with_period(plan: Any, code: str, text: bool) -> Any:
    """The column ``period``: the ordinal that pandas gives the period of the day."""
    import narwhals as nw

    day = nw.col("day")
    if code == "W":  # Monday to Sunday; 1970-01-01 was a Thursday
        return plan.with_columns(period=engines.divided((day if text else engines.day_number(day)) + 3, 7) + 1)
    if text:
        # From days back to the calendar, in steps; the algorithm is Howard Hinnant's civil_from_days, for years from 0.
        plan = plan.with_columns(era=engines.divided(day + 719468, 146097))
        plan = plan.with_columns(left=day + 719468 - 146097 * nw.col("era"))
        left = nw.col("left")
        leap = engines.divided(left, 1460) - engines.divided(left, 36524) + engines.divided(left, 146096)
        plan = plan.with_columns(years=engines.divided(left - leap, 365))
        years = nw.col("years")
        into = left - (365 * years + engines.divided(years, 4) - engines.divided(years, 100))
        plan = plan.with_columns(month=engines.divided(5 * into + 2, 153) + 2)  # March is 2, January 12
        month = nw.col("month") + 12 * (years + 400 * nw.col("era") - 1970)
    else:
        month = day.dt.month().cast(nw.Int64) - 1 + 12 * (day.dt.year().cast(nw.Int64) - 1970)
    months = {"M": 1, "Q": 3, "Y": 12}[code]
    return plan.with_columns(period=month if months == 1 else engines.divided(month, months))
