"""How unequally customers bring money, on Polars, DuckDB and PySpark. What it means is said in :mod:`crmlab.value`."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from crmlab import checks, engines, rounding
from crmlab.engines import rfm
from crmlab.language import _

COLUMNS = ["amount", "share", "cumulative_share", "class"]
MONEY, FALLING, RUNNING, BEFORE = (f"{name} of crmlab" for name in ("money", "falling", "running", "before"))
"""Columns of the plans: no table of a reader has such, in any case of letters (DuckDB knows none)."""


def _checked(data: Any, amount: str | None, customer: str | None) -> tuple[engines.Table, Any, list[str], dict]:
    """The table, its plan without negative amounts (column :data:`MONEY`), the other columns, and the facts."""
    import narwhals as nw

    table = engines.Table(data, "amounts")
    if amount is None:
        checks.fail(
            _("amounts is a whole table. Say which column holds the amounts: amount={column!r}."),
            column="monetary" if "monetary" in table.head.columns else "amount",
        )
    checks.need(table.head, {"amount": amount} | ({} if customer is None else {"customer": customer}))
    if customer is not None and customer != amount:
        engines.not_a_result(customer, COLUMNS)
    keys = [name for name in table.head.columns if name != amount and name not in COLUMNS]
    value = table.number(amount)
    below, above = (nw.when(condition).then(value) for condition in (value < 0, value >= 0))
    asked = {"n": nw.len()} | table.number_facts(amount, "money")
    asked |= {"below_n": below.count(), "below_sum": below.sum(), "above_n": above.count(), "above_sum": above.sum()}
    if customer is not None:
        asked |= {"customers": table.key(customer).n_unique()} | table.key_facts(customer, "who")
    facts = table.facts(**asked)
    table.some_rows(facts["n"])
    table.all_numbers(facts, amount, "money", [*keys, amount])
    if customer is not None:
        table.distinct_keys(facts, customer, "who", [customer, amount])
    if customer is not None and table.any_blank(facts, customer, "who"):
        known = rfm.is_known(table.key(customer), rfm.is_text(table.schema[customer]))
        table.plan = table.plan.filter(known)
        without = facts["n"]
        facts = table.facts(**asked)
        facts["nameless"] = without - facts["n"]
        if not facts["n"]:
            checks.fail(_("No row has a customer: column {column!r} is empty."), column=customer)
    if customer is not None and facts["customers"] < facts["n"]:
        counted = table.plan.group_by(customer).agg(n=nw.len()).filter(nw.col("n") > 1)
        checks.fail(
            _("Customer {customer!r} is listed more than once. Add up first, one row a customer."),
            customer=table.rows(counted.sort(customer).head(1))[0][customer],
        )
    if not facts["above_sum"] > 0:
        checks.fail(_("No amount is above 0, so there is nothing to share out."))
    if math.isinf(facts["above_sum"]):
        checks.fail(_("The amounts are too large to be added up. Look for a slip, or divide all by one number."))
    plan = table.plan.select(*keys, value.alias(MONEY)).filter(nw.col(MONEY) >= 0)
    return table, plan, keys, facts


def left_out(data: Any, amount: str | None, customer: str | None) -> dict[str, float]:
    """:func:`crmlab.value.left_out` on another engine."""
    facts = _checked(data, amount, customer)[3]
    nameless = {} if customer is None else {"rows_without_customer": int(facts.get("nameless", 0))}
    return {"negative_amounts": int(facts["below_n"]), "negative_sum": float(facts["below_sum"] or 0.0)} | nameless


def lorenz(data: Any, amount: str | None) -> Any:
    """:func:`crmlab.value.lorenz` on another engine: a table of its kind."""
    import narwhals as nw

    table, plan, _keys, facts = _checked(data, amount, None)
    money = nw.col(MONEY)
    plan = plan.select(
        customer_share=money.cum_count().over(order_by=MONEY).cast(nw.Float64) / facts["above_n"],
        amount_share=money.cum_sum().over(order_by=MONEY) / facts["above_sum"],
    )
    zero = plan.select(customer_share=nw.len().cast(nw.Float64) * 0.0, amount_share=nw.len().cast(nw.Float64) * 0.0)
    return table.back(nw.concat([zero, plan]), sort=["customer_share"])


def abc(data: Any, limits: Sequence[float], letters: str, amount: str | None, customer: str | None) -> Any:
    """:func:`crmlab.value.abc` on another engine; the other columns come first and are kept."""
    import narwhals as nw

    table, plan, keys, facts = _checked(data, amount, customer)
    total = facts["above_sum"]
    money = nw.col(MONEY)
    plan = plan.with_columns((-1 * (money / rounding.unit(facts["money_max"]) + 0.5).floor()).alias(FALLING))
    running = money.cum_sum().over(order_by=[FALLING, *keys])
    plan = plan.with_columns(running.alias(RUNNING))
    # The sum of what lies strictly above: the same for all customers of one amount.
    plan = plan.with_columns(((nw.col(RUNNING) - money).min().over(FALLING) / total).alias(BEFORE))
    letter = nw.lit(letters[0])
    for limit, name in zip(limits, letters[1:], strict=False):
        # Rounding must not make a sum of exactly 80% a little less than 80%.
        letter = nw.when(nw.col(BEFORE) >= limit - 1e-12).then(nw.lit(name)).otherwise(letter)
    reached = nw.col(RUNNING) / total
    plan = plan.select(
        *keys,
        nw.col(MONEY).alias("amount"),
        share=money / total,
        cumulative_share=nw.when(reached < 1).then(reached).otherwise(nw.lit(1.0)),
        **{"class": letter},
    )
    return table.back(plan, sort=["amount", *keys], descending=[True, *(False for _key in keys)])


def pareto_share(data: Any, top: float, amount: str | None) -> float:
    """:func:`crmlab.value.pareto_share` on another engine: one number is collected."""
    import narwhals as nw

    table, plan, _keys, facts = _checked(data, amount, None)
    place = (1 - top) * facts["above_n"]
    whole = min(int(place), facts["above_n"] - 1)
    plan = plan.select(MONEY, at=nw.col(MONEY).cum_count().over(order_by=MONEY).cast(nw.Int64) - 1)
    below, there = (nw.when(c).then(nw.col(MONEY)) for c in (nw.col("at") < whole, nw.col("at") == whole))
    row = table.rows(plan.select(below=below.sum(), there=there.sum()))[0]
    return float(1 - (row["below"] + (place - whole) * row["there"]) / facts["above_sum"])


def gini(data: Any, amount: str | None) -> float:
    """:func:`crmlab.value.gini` on another engine: one number is collected."""
    import narwhals as nw

    table, plan, _keys, facts = _checked(data, amount, None)
    n, total = facts["above_n"], facts["above_sum"]
    plan = plan.select(MONEY, at=nw.col(MONEY).cum_count().over(order_by=MONEY).cast(nw.Float64))
    weighted = table.rows(plan.select(sum=(nw.col("at") * nw.col(MONEY)).sum()))[0]["sum"]
    return max(0.0, (2 * weighted / total - (n + 1)) / n)
