"""RFM on Polars, DuckDB and PySpark. What the functions mean is said in :mod:`crmlab.rfm`."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from functools import reduce
from operator import add, and_
from typing import Any

import numpy as np
import pandas as pd

from crmlab import checks, engines, purchases, rfm_checks, rounding
from crmlab.language import _

MEASURES = rfm_checks.MEASURES


@dataclass(frozen=True)
class Orders:
    """Checked transactions: a narwhals plan with one row an order (columns who, day, money), and what is known of it."""

    table: engines.Table
    plan: Any
    bought: Any
    back: Any
    rows_without: Any
    known: Any
    late: Any
    day: Any
    end: int
    customers: int  # rows that name one
    text: bool  # days are numbers, since the dates were texts; else they are dates
    all_named: bool  # every row names its customer

    def named(self, plan: Any) -> Any:
        """The rows that name their customer. Engines move the question to the first rows, so ask it only if need be."""
        return plan if self.all_named else plan.filter(self.known)


def checked(orders: Any, as_of: Any, customer: str, date: str, amount: str, order: str | None) -> Orders:
    """Check the transactions in one pass, and put the lines of each order together."""
    import narwhals as nw

    table = engines.Table(orders, "orders")
    names = {"customer": customer, "date": date, "amount": amount}
    rfm_checks.need(table.head, names, order)
    end = None if as_of is None else purchases.last_day(as_of, "as_of")

    who = table.key(customer)
    is_float, named = table.schema[customer].is_float(), is_text(table.schema[customer])
    asked = {"n": nw.len()} | table.number_facts(amount, "money") | table.date_facts(date, "day")
    asked |= table.key_facts(customer, "who")
    if order is not None:
        asked |= table.key_facts(order, "orders")
    if is_float:
        asked |= {"broken": (who % 1 != 0).cast(nw.Int64).sum()}
    if order is not None:
        cents = 100 * table.number(amount)
        small = nw.when(cents.abs() < 1e15).then(cents)  # what is infinite is refused below, and Spark rounds it to no number
        asked |= {"uneven": (small - (small + 0.5).floor()).abs().max()}
    facts = table.facts(**asked)
    show = [customer, date, amount, *([order] if order else [])]
    table.some_rows(facts["n"])
    table.all_numbers(facts, amount, "money", show)
    last = table.all_dates(facts, date, "day", show)
    checks.odd_days(first_day(facts, "day"), last if end is None else None, date)
    end = last if end is None else end

    table.distinct_keys(facts, customer, "who", show)
    if order is not None:
        table.distinct_keys(facts, order, "orders", show)
    if is_float and not facts["broken"]:
        who = who.cast(nw.Int64)  # 17850.0 is a customer number that once stood beside an empty cell
    if order is not None and table.any_blank(facts, order, "orders"):
        nameless = ~is_known(table.key(order), is_text(table.schema[order])) & is_known(who, named)
        missing = table.facts(n=nameless.cast(nw.Int64).sum())["n"]
        if missing:
            checks.fail(
                _(
                    "Column {column!r}, row {row}: the order number is missing ({n} in all). "
                    "Fill it in, leave such rows out, or say order=None if every row is an order of its own."
                ),
                column=order,
                row=table.row(nameless, show),
                n=missing,
            )

    columns = {"who": who, "day": table.day(date), "money": table.number(amount)}
    bought, back = nw.col("money") > 0, nw.col("money") < 0
    if order is None:
        plan = table.plan.select(**columns)
    else:
        total, last_day = [nw.col("money").sum()], [nw.col("day").max()]
        if order == date and table.schema[date] == nw.Date:
            plan, by, last_day = table.plan.select(**columns), ["who", "day"], []
        else:
            plan, by = table.plan.select(**columns, number=table.key(order)), ["who", "number"]
        if facts["money_min"] >= 0:
            plan = plan.group_by(*by).agg(*last_day, *total)
        elif (facts["uneven"] or 0.0) < 1e-8 and max(-facts["money_min"], facts["money_max"]) < 1e5:
            # Whole cents add up exactly, so lines that cancel leave nothing.
            cents = (100 * nw.col("money") + 0.5).floor()
            plan = plan.group_by(*by).agg(*last_day, cents=cents.sum())
            plan = plan.with_columns(money=nw.col("cents") / 100)
        else:
            # 0.1 + 0.2 - 0.3 is not quite 0: what is far below the sum's own precision is no money.
            plan = plan.group_by(*by).agg(*last_day, *total, size=nw.col("money").abs().sum())
            noise = 1e-9 * nw.col("size")
            bought, back = nw.col("money") > noise, nw.col("money") < -1 * noise
    text = table.schema[date] == nw.String
    late = None
    if last > end:
        late = nw.col("day") > (end if text else nw.lit(dt.date(1970, 1, 1) + dt.timedelta(days=end)))
    day = nw.col("day") if text else engines.day_number(nw.col("day"))
    all_named = not table.any_blank(facts, customer, "who")
    rows_without = (~is_known(who, named)).cast(nw.Int64).sum()
    return Orders(
        table,
        plan,
        bought,
        back,
        rows_without,
        is_known(nw.col("who"), named),
        late,
        day,
        end,
        facts["who_n"],
        text,
        all_named,
    )


def first_day(facts: dict[str, Any], name: str) -> int:
    """The first day, from the facts that :meth:`engines.Table.date_facts` asks for."""
    found = facts[f"{name}_min"]
    return int(found if isinstance(found, int) else np.datetime64(found, "D").astype("int64"))


def is_text(dtype: Any) -> bool:
    """Whether customers of that type are compared as texts."""
    import narwhals as nw

    return dtype in (nw.String, nw.Categorical, nw.Enum)


def is_known(who: Any, text: bool) -> Any:
    """Whether a row names its customer."""
    known = ~who.is_null()
    return known & ~who.str.contains(engines.BLANK) if text else known


def summary(orders: Any, as_of: Any, customer: str, date: str, amount: str, order: str | None, returns: str) -> Any:
    """:func:`crmlab.rfm.summary` on another engine."""
    import narwhals as nw

    made = checked(orders, as_of, customer, date, amount, order)
    engines.not_a_result(customer, MEASURES)
    bought = made.plan.filter(made.bought)
    if made.late is not None:
        bought = bought.filter(~made.late)
    first = {"first": nw.col("day").min()} if returns == "subtract" else {}
    plan = bought.group_by("who").agg(nw.col("day").max(), frequency=nw.len(), monetary=nw.col("money").sum(), **first)
    if returns == "subtract":
        refunds = made.plan.filter(made.back)
        if made.late is not None:
            refunds = refunds.filter(~made.late)
        refunds = (
            refunds.join(plan.select("who", "first"), on="who", how="inner")
            .filter(nw.col("day") >= nw.col("first"))
            .group_by("who")
            .agg(back=nw.col("money").sum())
        )
        plan = plan.join(refunds, on="who", how="left")
        plan = plan.with_columns(monetary=nw.col("monetary") + nw.col("back").fill_null(0.0))
    plan = made.named(plan).select(
        nw.col("who").alias(customer),
        (made.end - made.day).cast(nw.Int64).alias("recency"),
        nw.col("frequency").cast(nw.Int64),
        nw.col("monetary"),
    )
    result = made.table.back(plan, sort=[customer])
    if made.table.kind == engines.POLARS and not len(result):
        _refuse_empty(made, returns)
    return result


def left_out(
    orders: Any, as_of: Any, customer: str, date: str, amount: str, order: str | None, returns: str
) -> dict[str, int]:
    """:func:`crmlab.rfm.left_out` on another engine."""
    made = checked(orders, as_of, customer, date, amount, order)
    found = _count(made, returns)
    if found.pop("buyers") == 0:
        _refuse_empty(made, returns)
    return found


def _count(made: Orders, returns: str) -> dict[str, int]:
    import narwhals as nw

    def count(condition: Any) -> Any:
        return condition.cast(nw.Int64)

    in_time = nw.lit(True) if made.late is None else ~made.late
    plan = made.named(made.plan).with_columns(
        late=nw.lit(0) if made.late is None else count(made.late),
        zero=count(~made.bought & ~made.back & in_time),
        back=count(made.back & in_time),
        bought=count(made.bought & in_time),
    )
    by = plan.group_by("who").agg(*(nw.col(name).sum() for name in ("late", "zero", "back", "bought")))
    total = by.select(
        *(nw.col(name).sum() for name in ("late", "zero", "back")),
        without=count(nw.col("bought") == 0).sum(),
        buyers=count(nw.col("bought") > 0).sum(),
    )
    row = made.table.rows(total)[0]
    early = 0
    if returns == "subtract":
        first = plan.filter(nw.col("bought") == 1).group_by("who").agg(first=nw.col("day").min())
        refunds = plan.filter(nw.col("back") == 1).join(first, on="who", how="left")
        of_those = count(nw.col("first").is_null() | (nw.col("day") < nw.col("first"))).sum()
        early = made.table.rows(refunds.select(early=of_those))[0]["early"]
    found = {
        "rows_without_customer": made.table.facts(n=made.rows_without)["n"],
        "orders_after_as_of": row["late"],
        "zero_orders": row["zero"],
        "returns": 0 if returns == "subtract" else row["back"],
        "returns_before_first_purchase": early,
        "customers_without_purchase": row["without"],
        "buyers": row["buyers"],
    }
    return {key: int(value or 0) for key, value in found.items()}


def _refuse_empty(made: Orders, returns: str) -> None:
    counts = _count(made, returns)
    del counts["buyers"]
    rfm_checks.refuse_empty(made.end, counts)


def score(table: Any, rule: str, groups: int, own: dict[str, list[float]]) -> Any:
    """:func:`crmlab.rfm.score` on another engine; the columns beside the three measures are kept."""
    import narwhals as nw

    made = engines.Table(table, "summary", {})
    for name in MEASURES:
        checks.need(made.head, {"": name})
    keys = [name for name in made.head.columns if name not in (*MEASURES, "R", "F", "M")]
    facts = made.facts(
        n=nw.len(), **reduce(dict.__or__, (made.number_facts(name, name) for name in MEASURES))
    )  # fmt: skip
    made.some_rows(facts["n"])
    for name in MEASURES:
        made.all_numbers(facts, name, name, [*keys, *MEASURES])
    n = facts["n"]
    if rule != "value":
        rfm_checks.enough(n, groups)
    plan = made.plan.select(*keys, **{name: made.number(name) for name in MEASURES})
    for name, points in own.items():
        above = reduce(add, ((nw.col(name) > cut + 1e-9 * abs(cut)).cast(nw.Int64) for cut in points))
        plan = plan.with_columns((groups - above if name == "recency" else 1 + above).alias(f"own {name} of crmlab"))
    tied = set()
    for name in MEASURES:
        low, high = facts[f"{name}_min"], facts[f"{name}_max"]
        unit = rounding.unit(max(abs(low), abs(high)))
        if unit:
            plan = plan.with_columns((nw.col(name) / unit + 0.5).floor().cast(nw.Float64).alias(name))
            low, high = (math.floor(bound / unit + 0.5) for bound in (low, high))
        if low == high:
            tied.add(name)
    if rule == "value":
        plan = plan.with_columns(
            R=groups + 1 - _by_value("recency", n, groups, "recency" in tied, middle_down=True),
            F=_by_value("frequency", n, groups, "frequency" in tied),
            M=_by_value("monetary", n, groups, "monetary" in tied),
        )
        if own:
            plan = plan.with_columns(**{name[0].upper(): nw.col(f"own {name} of crmlab") for name in own})
    else:
        plan = _nested(plan, keys, n, groups)
    return made.back(plan.select(*keys, *(nw.col(name).cast(nw.Int64) for name in "RFM")))


def _by_value(name: str, n: int, groups: int, tied: bool, middle_down: bool = False) -> Any:
    """The cut between two groups is the value at place (n - 1) k / groups, rounded down, of the sorted values."""
    import narwhals as nw

    if tied:
        return nw.lit(groups // 2 + 1 if middle_down else (groups + 1) // 2)
    below = nw.col(name).rank("min").cast(nw.Int64) - 1  # how many values are smaller
    return nw.when(below == 0).then(nw.lit(1)).otherwise(engines.divided(groups * below + n - 2, n - 1))


def _nested(plan: Any, keys: list[str], n: int, groups: int) -> Any:
    import narwhals as nw

    near, last = "near of crmlab", "place of crmlab"  # as no table of a reader has them
    plan = plan.with_columns((-1 * nw.col("recency")).alias(near))
    by = []
    if keys:
        # The first customer is taken for the best of a tie, so ties go by the place from the end.
        place = nw.col(near).cum_count().over(order_by=keys)
        plan, by = plan.with_columns((-1 * place.cast(nw.Int64)).alias(last)), [last]

    def fifth(plan: Any, name: str, within: list[str], order: list[str]) -> Any:
        at = nw.col(near).cum_count().over(*within, order_by=order + by).cast(nw.Int64) - 1
        size = nw.len().over(*within).cast(nw.Int64) if within else n
        return plan.with_columns((1 + engines.divided(at * groups, size)).alias(name))

    plan = fifth(plan, "R", [], [near, "frequency", "monetary"])
    plan = fifth(plan, "F", ["R"], ["frequency", "monetary", near])
    return fifth(plan, "M", ["R", "F"], ["monetary", "frequency", near])


def segment(scores: Any, segments: pd.DataFrame, groups: int | None) -> Any:
    """:func:`crmlab.rfm.segment` on another engine: the columns beside R, F, M, and ``segment``."""
    import narwhals as nw

    made = engines.Table(scores, "scores", {})
    for name in "RFM":
        checks.need(made.head, {"": name})
    keys = [name for name in made.head.columns if name not in ("R", "F", "M", "segment")]
    values = {name: made.number(name) for name in "RFM"}
    cells = rfm_checks.segment_cells(segments)
    size = len(cells)
    made_in = rfm_checks.groups_of(None, groups, size)
    wrong = {name: (value < 1) | (value > made_in) | (value % 1 != 0) for name, value in values.items()}
    facts = made.facts(
        n=nw.len(),
        **reduce(dict.__or__, (made.number_facts(name, name) for name in "RFM")),
        **{f"{name}_wrong": condition.cast(nw.Int64).sum() for name, condition in wrong.items()},
    )
    made.some_rows(facts["n"])
    for name in "RFM":
        made.all_numbers(facts, name, name, [*keys, "R", "F", "M"])
        if facts[f"{name}_wrong"]:
            found = made.rows(made.plan.filter(wrong[name]).select(values[name]).head(1))[0]
            rfm_checks.refuse_score(
                name, made.row(wrong[name], [*keys, "R", "F", "M"]), next(iter(found.values())), made_in
            )
    if groups is None:
        rfm_checks.tell_if_fewer(
            min(facts[f"{name}_min"] for name in "RFM"), max(facts[f"{name}_max"] for name in "RFM"), size
        )
    plan = made.plan.select(*keys, **{name: value.cast(nw.Int64) for name, value in values.items()})
    if made_in != size:
        step = {name: (2 * (nw.col(name) - 1) * (size - 1) + made_in - 1) for name in "RFM"}
        plan = plan.with_columns(**{name: 1 + engines.divided(top, 2 * (made_in - 1)) for name, top in step.items()})
    mean = "FM of crmlab"  # as no table of a reader has it
    plan = plan.with_columns(engines.divided(nw.col("F") + nw.col("M") + 1, 2).alias(mean))
    letters, bounds = rfm_checks.bounds(segments)
    lows, highs = (pd.DataFrame({x.upper(): bounds[x][side] for x in letters}) for side in (0, 1))
    inside = lows.notna().all(axis=1)
    rest = segments.index[~inside] if not inside.all() else segments.index[-1:]
    keyed: Any = nw.lit(rest[-1])
    for i in np.flatnonzero(inside):
        box = [
            side
            for x in lows.columns
            for value in [nw.col(mean if x == "FM" else x)]
            for side in (value >= int(lows.at[i, x]), value <= int(highs.at[i, x]))
        ]
        keyed = nw.when(reduce(and_, box)).then(nw.lit(segments.index[i])).otherwise(keyed)
    return made.back(plan.select(*keys, segment=keyed))
