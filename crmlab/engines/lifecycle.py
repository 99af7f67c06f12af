"""Stages of customers on Polars, DuckDB and PySpark. What they mean is said in :mod:`crmlab.lifecycle`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

import numpy as np

from crmlab import checks, engines
from crmlab.engines import rfm
from crmlab.language import _

RESULTS = ["stage", "recency", "age", "frequency", "recent_orders"]


def stages(
    orders: Any, as_of: Any, rules: Any, contacts: Any, customer: str, date: str, amount: str, order: str | None
) -> Any:
    """:func:`crmlab.lifecycle.stages` on another engine."""
    import narwhals as nw

    made = _checked(orders, as_of, customer, date, amount, order)
    engines.not_a_result(customer, RESULTS)
    plan = _by_customer(made, rules.loyal_within)
    if contacts is None:
        plan = plan.filter(nw.col("seen") > 0)
    else:
        base = nw.concat([plan.filter(nw.col("seen") > 0).select("who"), _contacts(made, contacts, customer)[0]])
        plan = base.unique("who").join(plan, on="who", how="left")
    frequency, recent = (nw.col(name).fill_null(0) for name in ("frequency", "recent_orders"))
    plan = plan.select(
        nw.col("who").alias(customer),
        *(
            (made.end - _number(made, name)).cast(nw.Int64).alias(result)
            for result, name in (("recency", "last"), ("age", "first"))
        ),
        frequency=frequency.cast(nw.Int64),
        recent_orders=recent.cast(nw.Int64),
    )
    stage: Any = nw.lit("active")
    for condition, name in (
        (nw.col("recent_orders") >= rules.loyal_orders, "loyal"),
        (nw.col("age") <= rules.new_within, "new"),
        (nw.col("recency") > rules.churned_after, "churned"),
        (nw.col("frequency") == 0, "potential"),
    ):
        stage = nw.when(condition).then(nw.lit(name)).otherwise(stage)
    result = made.table.back(plan.with_columns(stage=stage).select(customer, *RESULTS), sort=[customer])
    if made.table.kind == engines.POLARS and not len(result):
        checks.fail(_("No customer and no contact is known on {as_of}."), as_of=np.datetime64(made.end, "D"))
    return result


def left_out(
    orders: Any, as_of: Any, contacts: Any, customer: str, date: str, amount: str, order: str | None
) -> dict[str, int]:
    """:func:`crmlab.lifecycle.left_out` on another engine."""
    import narwhals as nw

    made = _checked(orders, as_of, customer, date, amount, order)
    in_time = nw.lit(True) if made.late is None else ~made.late
    one = {"zero_orders": in_time & ~made.bought & ~made.back, "returns": in_time & made.back}
    plan = made.named(made.plan).select("who", seen=_int(in_time), **{key: _int(c) for key, c in one.items()})
    by = plan.group_by("who").agg(n=nw.len(), **{key: nw.col(key).sum() for key in ("seen", *one)})
    row = made.table.rows(
        by.select(
            orders_after_as_of=(nw.col("n").cast(nw.Int64) - nw.col("seen")).sum(),
            customers_after_as_of=_int(nw.col("seen") == 0).sum(),
            **{key: nw.col(key).sum() for key in one},
        )
    )[0]
    found = {"rows_without_customer": made.table.facts(n=made.rows_without)["n"]} | row
    nameless = 0 if contacts is None else _contacts(made, contacts, customer)[1]
    return {key: int(value or 0) for key, value in found.items()} | {"contacts_without_name": nameless}


def _checked(orders: Any, as_of: Any, customer: str, date: str, amount: str, order: str | None) -> rfm.Orders:
    made = rfm.checked(orders, as_of, customer, date, amount, order)
    if not made.customers:
        checks.fail(_("No row has a customer: column {column!r} is empty."), column=customer)
    return made


def _int(condition: Any) -> Any:
    import narwhals as nw

    return condition.cast(nw.Int64)


def _number(made: rfm.Orders, column: str) -> Any:
    import narwhals as nw

    return nw.col(column) if made.text else engines.day_number(nw.col(column))


def _by_customer(made: rfm.Orders, within: int) -> Any:
    """A row a customer: whether seen by the day, first and last purchase, purchases, recent ones."""
    import narwhals as nw

    in_time = nw.lit(True) if made.late is None else ~made.late
    bought = made.bought & in_time
    since = max(made.end - within, checks.FIRST_DAY)
    low = nw.lit(since) if made.text else nw.lit(dt.date(1970, 1, 1) + dt.timedelta(days=since))
    plan = made.named(made.plan).with_columns(
        seen=_int(in_time),
        bought=_int(bought),
        recent=_int(bought & (nw.col("day") >= low)),
        on=nw.when(bought).then(nw.col("day")),
    )
    return plan.group_by("who").agg(
        seen=nw.col("seen").sum(),
        first=nw.col("on").min(),
        last=nw.col("on").max(),
        frequency=nw.col("bought").sum(),
        recent_orders=nw.col("recent").sum(),
    )


def _contacts(made: rfm.Orders, contacts: Any, customer: str) -> tuple[Any, int]:
    """The contacts as a plan with the column who, of the type of the customers; how many have no name."""
    import narwhals as nw

    kind = made.table.kind
    if engines.kind(contacts) != kind:
        listed = (
            isinstance(contacts, Iterable) and not isinstance(contacts, (str, bytes)) and not engines.kind(contacts)
        )
        if not listed or kind in (engines.DUCKDB, engines.PYSPARK):
            checks.fail(
                _("contacts must be a table of the kind of orders, with the column {column!r}, not {kind}."),
                column=customer,
                kind=type(contacts).__name__,
            )
        import polars as pl

        made_of = pl.DataFrame({customer: list(contacts)}, strict=False)
        contacts = made_of if kind == engines.POLARS else made_of.lazy()
    table = engines.Table(contacts, "contacts", {"customer": customer})
    who, dtype = table.key(customer), dict(made.plan.collect_schema())["who"]
    is_text = rfm.is_text(table.schema[customer])
    known = rfm.is_known(who, is_text)
    facts = table.facts(n=nw.len(), known=_int(known).sum())
    if facts["known"] and is_text != (dtype == nw.String):
        checks.fail(
            _(
                "contacts and the orders name customers in different ways: {one!r} and {other!r}. "
                "Turn both into text or both into numbers."
            ),
            one=table.rows(table.plan.filter(known).select(customer).head(1))[0][customer],
            other=made.table.rows(made.plan.filter(made.known).select("who").head(1))[0]["who"],
        )
    return table.plan.filter(known).select(who=who.cast(dtype)), int(facts["n"] - (facts["known"] or 0))
