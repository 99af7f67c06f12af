"""Order lines put together to orders on Polars, DuckDB and PySpark: what can be read is added up, the rest counted by its reason.

One plan for the three. A table that :func:`read` has gone over has the columns ``who`` (text), ``number`` (text, the order's), ``day`` (date or
days since 1970-01-01), ``money`` (float), ``item`` (text), as far as there, and ``reason``: missing where the row can be used.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from crmlab import checks, engines

REASONS = (
    "no customer", "vague customer", "no date", "not a date", "odd date", "no amount", "not an amount", "large amount",
)  # fmt: skip
"""Why a row cannot be used; where several hold, the first is said."""

_COLUMN = {"customer": "customer", "date": "date", "amount": "amount"}
_NUMBER = r"^\s*[-+]?([0-9]+|[0-9]{1,3}(,[0-9]{3})+)(\.[0-9]+)?\s*$"
_MOST_EXACT = 2.0**53


def column_of(reason: str) -> str:
    """The role of the column that a reason is about.

    >>> column_of("not a date"), column_of("vague customer")
    ('date', 'customer')
    """
    return _COLUMN[reason.rpartition(" ")[2]]


@dataclass(frozen=True)
class Lines:
    """A table in which each row was understood or has its reason. ``table`` is the engine's; ``plan`` has the columns of this module, and
    as ``customer cell``, ``date cell`` and ``amount cell`` what stands there; ``text``: days are numbers. ``kind``: "orders" or "lines"."""

    table: engines.Table
    plan: Any
    text: bool
    has_order: bool
    has_item: bool
    kind: str = "lines"
    contacts: tuple[str, ...] = ()


def read(data: Any, roles: Mapping[str, str], kind: str = "lines") -> Lines:
    """A table of an engine by the role of its columns: ``customer``, ``date``, ``amount`` must be there, ``order``, ``item`` and others may be.

    Dates are dates, times, or texts with the year first (or whole numbers such as 20240131); amounts are numbers or plain texts ("1,234.50"). No row
    is computed yet.

    Raises :class:`~crmlab.checks.InputError` for columns that are not there or of a type that cannot be what they are said to be.
    """
    import narwhals as nw

    by_role = {role: heading for heading, role in roles.items() if role}
    table = engines.Table(data, "table", {role: by_role.get(role, role) for role in ("customer", "date", "amount")})
    for role in ("order", "item"):
        if role in by_role:
            checks.need(table.head, {role: by_role[role]})
    date = by_role["date"]
    if table.schema[date].is_integer():
        table.plan = table.plan.with_columns(nw.col(date).cast(nw.String).alias(date))
        table.schema[date] = nw.String
    text = table.schema[date] == nw.String
    cells = {role: nw.col(by_role[role]).cast(nw.String).alias(f"{role} cell") for role in _COLUMN if role in by_role}
    made = {"day": table.day(date), "money": _money(table, by_role["amount"])}
    wrong = {
        "no date": nw.col("date cell").is_null() | nw.col("date cell").str.contains(engines.BLANK),
        "not a date": nw.col("day").is_null(),
        "odd date": _odd(text),
        "no amount": nw.col("amount cell").is_null() | nw.col("amount cell").str.contains(engines.BLANK),
        "not an amount": nw.col("money").is_null() | nw.col("money").is_nan(),
        "large amount": nw.col("money").abs() > checks.LARGEST,
    }
    for role, name in (("customer", "who"), ("order", "number"), ("item", "item")):
        if role not in by_role:
            continue
        made[name], vague = _key(table, by_role[role])
        if role == "customer":
            wrong["no customer"] = nw.col(name).is_null()
            if vague is not None:
                made["customer is vague"] = vague
                wrong["no customer"] = nw.col(name).is_null() & ~nw.col("customer is vague").fill_null(False)
                wrong["vague customer"] = nw.col("customer is vague")
    contacts = {
        role: nw.col(heading).cast(nw.String).alias(role)
        for role, heading in by_role.items()
        if role not in (*_COLUMN, "order", "item", "quantity", "row")
    }
    row = {"row": nw.col(by_role["row"]).cast(nw.Int64)} if "row" in by_role else {}
    plan = table.plan.select(*cells.values(), *contacts.values(), **made, **row)
    plan = plan.with_columns(reason=_first({name: wrong[name] for name in REASONS if name in wrong}))
    return Lines(table, plan, text, "order" in by_role, "item" in by_role, kind, tuple(contacts))


def understood(relation: Any, kind: str = "lines", contacts: tuple[str, ...] = ()) -> Lines:
    """A table whose cells were read already, in the columns of this module (``day`` a date); ``contacts`` are the roles of such columns."""
    table = engines.Table(relation, "table")
    names = set(table.schema)
    return Lines(table, table.plan, False, "number" in names, "item" in names, kind, contacts)


def _first(wrong: Mapping[str, Any]) -> Any:
    """The name of the first condition that holds; what is neither true nor false does not."""
    import narwhals as nw

    found: Any = nw.lit(None, dtype=nw.String)
    for name in reversed(list(wrong)):
        found = nw.when(wrong[name]).then(nw.lit(name)).otherwise(found)
    return found


def _odd(text: bool) -> Any:
    import narwhals as nw

    low, high = (
        end if text else nw.lit(dt.date(1970, 1, 1) + dt.timedelta(days=end))
        for end in (checks.FIRST_DAY, checks.LAST_DAY)
    )
    return (nw.col("day") < low) | (nw.col("day") > high)


def _money(table: engines.Table, column: str) -> Any:
    """The amount as a float, missing where it cannot be read."""
    import narwhals as nw

    if table.schema[column] != nw.String:
        return table.number(column)
    text = nw.col(column)
    plain = nw.when(text.str.contains(_NUMBER)).then(text.str.replace_all(r"[,\s]", ""))
    return plain.cast(nw.Float64)


def _key(table: engines.Table, column: str) -> tuple[Any, Any | None]:
    """A customer, order or article as text, missing where there is none; and where its number is too large to be exact."""
    import narwhals as nw

    key, dtype = table.key(column), table.schema[column]
    if dtype in (nw.String, nw.Categorical, nw.Enum):
        key = key.str.replace_all(r"^\s+|\s+$", "")
        return nw.when(~key.str.contains(engines.BLANK)).then(key), None
    if not dtype.is_float():
        return key.cast(nw.String), None
    most = _MOST_EXACT if dtype == nw.Float64 else 2.0**24
    small = nw.when(key.abs() < most).then(key)
    whole = nw.when(small % 1 == 0).then(small).cast(nw.Int64).cast(nw.String)
    text = (
        nw.when(key % 1 == 0).then(whole).otherwise(key.cast(nw.String))
    )  # 17850.0 is 17850 that once stood beside an empty cell
    return text, key.abs() >= most


# --- what is asked of it


def tally(lines: Lines) -> tuple[int, dict[str, int], dict[str, str]]:
    """How many rows there are, how many of them cannot be used, by reason in the order of :data:`REASONS`, and by reason a cell that has it: one pass."""
    import narwhals as nw

    there = lines.plan.collect_schema().names()
    cells = {role: nw.col(f"{role} cell").max() for role in _COLUMN if f"{role} cell" in there}
    rows = lines.table.rows(lines.plan.group_by("reason").agg(n=nw.len(), **cells))
    by = {row["reason"]: row for row in rows}
    order = {name: place for place, name in enumerate(REASONS)}
    listed = sorted((name for name in by if name is not None), key=lambda name: (order.get(name, len(order)), name))
    examples = {name: str(by[name].get(column_of(name)) or "") for name in listed if name in order}
    return sum(int(row["n"]) for row in rows), {name: int(by[name]["n"]) for name in listed}, examples


def some(lines: Lines, reason: str, most: int, column: str = "reason") -> list[dict[str, Any]]:
    """Rows that cannot be used for this reason: what stands in their cells, and their number (``row``) where the table has one. ``column``: "remark" for
    rows that are used all the same."""
    import narwhals as nw

    names = [name for name in lines.plan.collect_schema().names() if name.endswith(" cell") or name in ("row", "file")]
    here = nw.col(column) == reason
    plan = lines.plan.filter(here if column == "reason" else here & nw.col("reason").is_null()).select(*names)
    if "row" in names:
        plan = plan.sort(*(name for name in ("file", "row") if name in names))
    return lines.table.rows(plan.head(most))


def together(lines: Lines) -> Any:
    """A plan with a row an order: ``who``, ``day`` and ``money``.

    An order's day is the last of its lines, its money their sum; whole cents add up exactly, so lines that cancel leave nothing. Without a number of the order
    all lines of a customer and day are one; a row of a file of orders is one by itself. As :func:`crmlab.own.backtesting.book.of` does.
    """
    import narwhals as nw

    plan = lines.plan.filter(nw.col("reason").is_null())
    if lines.kind == "orders":
        alone = plan.filter(nw.col("number").is_null()) if lines.has_order else plan
        alone = alone.select("who", "day", "money")
        if not lines.has_order:
            return alone
        return nw.concat([_summed(plan.filter(~nw.col("number").is_null()), ["who", "number"]), alone])
    if not lines.has_order:
        return _summed(plan, ["who", "day"])
    numbered = _summed(plan.filter(~nw.col("number").is_null()), ["who", "number"])
    return nw.concat([numbered, _summed(plan.filter(nw.col("number").is_null()), ["who", "day"])])


def _summed(plan: Any, by: list[str]) -> Any:
    import narwhals as nw

    cents = 100 * nw.col("money")
    whole = nw.when(cents.abs() < 1e14).then((cents + 0.5).floor())
    plan = plan.with_columns(cents=nw.when((cents - whole).abs() < 1e-6).then(whole))
    last = [] if "day" in by else [nw.col("day").max()]
    plan = plan.group_by(*by).agg(
        *last,
        nw.col("money").sum(),
        nw.col("cents").sum(),
        n=nw.len(),
        whole=nw.col("cents").count(),
        size=nw.col("money").abs().sum(),
    )
    nothing = nw.col("money").abs() <= 1e-9 * nw.col("size")  # 0.1 + 0.2 - 0.3 is not quite 0
    rest = nw.when(nothing).then(nw.lit(0.0)).otherwise(nw.col("money"))
    money = nw.when(nw.col("whole") == nw.col("n")).then(nw.col("cents") / 100).otherwise(rest)
    return plan.select("who", "day", money=money)


def below_nought(lines: Lines) -> tuple[int, int]:
    """How many of the rows that can be used have an amount below 0, and of 0."""
    import narwhals as nw

    used = lines.plan.filter(nw.col("reason").is_null())
    row = lines.table.rows(
        used.select(back=(nw.col("money") < 0).cast(nw.Int64).sum(), zero=(nw.col("money") == 0).cast(nw.Int64).sum())
    )[0]
    return int(row["back"] or 0), int(row["zero"] or 0)


def collected(lines: Lines, plan: Any) -> tuple[pd.Index, np.ndarray, np.ndarray, np.ndarray]:
    """The orders of :func:`together`, by day and customer: the customers' names, sorted, and an order's customer (a code), day, money.

    The engine numbers the customers, so that only numbers are collected, and each name once.
    """
    import narwhals as nw

    if lines.table.kind == engines.PYSPARK:  # asked twice below
        spark_orders = plan.to_native().persist()
        plan = nw.from_native(spark_orders).lazy()
    names = (
        plan.select("who").unique().with_columns(code=nw.col("who").cum_count().over(order_by="who").cast(nw.Int64) - 1)
    )
    day = nw.col("day") if lines.text else engines.day_number(nw.col("day"))
    numbered = plan.join(names, on="who", how="inner").select(
        code=nw.col("code").cast(nw.Int32), day=day.cast(nw.Int32), money=nw.col("money").cast(nw.Float64)
    )
    found = arrays(lines, numbered)
    named = arrays(lines, names)
    if lines.table.kind == engines.PYSPARK:
        spark_orders.unpersist()
    who = pd.Index(named["who"][np.argsort(named["code"])])
    code, money, day = found["code"].astype("int32"), found["money"].astype("float64"), found["day"].astype("int32")
    del found
    sort = np.lexsort((money, code, day))
    return who, code[sort], day[sort], money[sort]


def arrays(lines: Lines, plan: Any) -> dict[str, np.ndarray]:
    """The rows of a plan as an array a column; no pyarrow is needed."""
    native = plan.to_native()
    if lines.table.kind in (engines.POLARS, engines.POLARS_LAZY):
        made = native.collect()
        return {name: made[name].to_numpy() for name in made.columns}
    if lines.table.kind == engines.DUCKDB:
        return {name: np.ma.getdata(column) for name, column in native.fetchnumpy().items()}
    # A list of rows of the whole would take ten times what it holds.
    names, parts, held = native.columns, [], []
    for row in native.toLocalIterator():
        held.append(tuple(row))
        if len(held) == 100_000:
            parts.append(pd.DataFrame(held, columns=names))
            held = []
    made = pd.concat([*parts, pd.DataFrame(held, columns=names)] if held or not parts else parts)
    return {name: made[name].to_numpy() for name in names}


def contacts(lines: Lines) -> pd.DataFrame:
    """What the table says of a customer besides, by customer: of several the last in the alphabet, so that every engine says the same."""
    import narwhals as nw

    if not lines.contacts:
        return pd.DataFrame(index=pd.Index([], name="customer"))
    plan = (
        lines.plan.filter(nw.col("reason").is_null())
        .group_by("who")
        .agg(*(nw.col(name).max() for name in lines.contacts))
    )
    found = pd.DataFrame({name: pd.Series(column, dtype=object) for name, column in arrays(lines, plan).items()})
    return found.rename(columns={"who": "customer"}).set_index("customer").sort_index()[list(lines.contacts)]
