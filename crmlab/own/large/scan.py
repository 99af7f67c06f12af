"""Cells of large tables understood in DuckDB, out of core: what is written plainly by the engine, each other way of writing once, by the readers of files.

A day is written in few ways by one program, and so are amounts and identifiers. What DuckDB can read without a doubt it reads; of the rest the different
cells go through the same readers as those of small files, as one column, and come back as a table that the engine joins.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from crmlab import checks
from crmlab.engines import orders
from crmlab.own.large.store import Progress, Store, literal, pieces, quoted
from crmlab.own.understanding.cells import MISSING, Fault, Understood

FILLED = "order filled"
"""The remark of a row whose customer or day was taken from another row of its order."""
HEADS = "('no customer', 'no date')"
FREE = ("order", "item")
"""Roles without which a row is used all the same."""
AT_ONCE = 1_000_000
"""Different cells that are read as one column; a column with more is read in parts."""

Reader = Callable[[list[str], np.ndarray], Understood]
"""Different cells of a column, in the order of the file, and how often each stands there; what they say."""

_ISO = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}([ T][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?)?$"
_AMOUNT = r"^-?(0|[1-9][0-9]{0,11})(\.[0-9]{1,2})?$"
_KEY = r"^[A-Za-z0-9]([A-Za-z0-9_/#-]*[A-Za-z0-9])?$"
_FLOAT = r"^[0-9]+[Ee][0-9]+$"
_WORDS = ", ".join(literal(word) for word in sorted(MISSING) if word.isascii() and word.isalnum())
_PLAIN_AMOUNT = f"regexp_full_match({{cell}}, {literal(_AMOUNT)})"
_PLAIN_KEY = f"(regexp_full_match({{cell}}, {literal(_KEY)}) and not regexp_full_match({{cell}}, {literal(_FLOAT)}) and lower({{cell}}) not in ({_WORDS}))"


@dataclass
class Scanned:
    """What was read: the lines, and by role what the readers said (``faults``, by the number that stands in the reason) and asked."""

    lines: orders.Lines
    said: Mapping[str, Understood] = field(default_factory=dict)
    unusual: Mapping[str, int] = field(default_factory=dict)


def understand(
    store: Store,
    raw: str,
    columns: Mapping[str, str],
    readers: Mapping[str, Reader],
    kind: str = "lines",
    factor: int = 1,
    progress: Progress | None = None,
) -> Scanned:
    """The rows of ``raw`` (a table or view of the store) read by role: ``columns`` maps roles to its columns.

    Needed are ``customer``, ``date``, ``amount``; ``order``, ``item``, ``row``, ``file`` and roles of contacts may be there, ``quantity`` where the amount is a price, and
    ``status`` (further ones are ``status_2`` ...) and ``currency``, whose readers say which words let a row be used. Every row comes out with what it says or
    with its ``reason``: one of :data:`crmlab.engines.orders.REASONS`, or a role and the number of a fault of its reader ("date 3"). A cell that is used
    though something is to be said of it has that in ``remark``, in the same way. Columns of a date or number type are taken as they are.
    """
    base = store.base
    relation = base.sql(f"from {quoted(raw)} limit 0")
    types = dict(zip(relation.columns, map(str, relation.types), strict=True))
    joins: list[str] = []
    said: dict[str, Understood] = {}
    unusual: dict[str, int] = {}
    faults: dict[str, str] = {}

    def read(role: str, plain: str, fast: str, kind: str) -> str:
        cell = f"r.{quoted(columns[role])}"
        found, unusual[role] = _long_way(store, raw, columns[role], plain, readers[role], f"cells_{role}", kind)
        if found is None:
            return f"case when {_of(plain, cell)} then {_of(fast, cell)} end"
        said[role] = found
        joins.append(f"left join cells_{role} m_{role} on m_{role}.cell = {_day_of(cell) if role == 'date' else cell}")
        faults[role] = f"m_{role}.fault"
        value = f"m_{role}.value"
        return value if plain == "false" else f"case when {_of(plain, cell)} then {_of(fast, cell)} else {value} end"

    def number(role: str, factor: int = 1) -> str:
        if types[columns[role]] == "VARCHAR":
            return read(role, _PLAIN_AMOUNT, f"try_cast({{cell}} as double) * {factor}", "double")
        return f"cast(r.{quoted(columns[role])} as double) * {factor}"

    made: dict[str, str] = {}
    date = columns["date"]
    made["day"] = (
        read("date", "false", "null", "date") if types[date] == "VARCHAR" else f"try_cast(r.{quoted(date)} as date)"
    )
    made["money"] = number("amount", factor)
    if "quantity" in columns:  # the amount is a price
        made["money"] = f"round({made['money']} * {number('quantity')}, 6)"
    words = [role for role in columns if role == "currency" or is_status(role)]
    for role in words:
        read(role, "false", "null", "varchar")
    for role, name in (("customer", "who"), ("order", "number"), ("item", "item")):
        if role not in columns:
            continue
        dtype = types[columns[role]]
        plain = (
            _PLAIN_KEY if role == "order" else "false"
        )  # there are few customers and articles, but as many orders as rows
        made[name] = (
            read(role, plain, "{cell}", "varchar")
            if dtype == "VARCHAR"
            else _typed_key(f"r.{quoted(columns[role])}", dtype)
        )
    needed = [role for role in ("customer", "date", "amount", "quantity", *words, "order", "item") if role in columns]
    contacts = [role for role in columns if role not in (*needed, "row", "file")]
    other = {f"{role} cell": f"cast(r.{quoted(columns[role])} as varchar)" for role in needed}
    other |= {role: f"nullif(trim(cast(r.{quoted(columns[role])} as varchar)), '')" for role in contacts}
    other |= {role: f"r.{quoted(columns[role])}" for role in ("row", "file") if role in columns}
    other |= {f"fault of {role}": sql for role, sql in faults.items()}
    selected = ", ".join(f"{sql} as {quoted(name)}" for name, sql in (made | other).items())
    cases = _reasons(said, words)
    remarks = [
        f"case when {quoted('fault of ' + role)} in ({', '.join(map(str, kept))}) then '{role} ' || {quoted('fault of ' + role)} end"
        for role, one in said.items()
        if (kept := [number for number, fault in enumerate(one.faults, 1) if role in FREE or not fault.left_out])
    ]
    if "order" in columns:
        remarks.append("case when number is null then 'no order' end")
    remark = f"coalesce({', '.join(remarks)})" if remarks else "null::varchar"
    # Kept as it is needed later, so that the long way is gone once: what stands in a cell only where something is to be said of it.
    cells = [f"{role} cell" for role in needed]
    faulty = [f"fault of {role}" for role in faults]
    out = [name for name in (*made, *other) if name not in cells and name not in faulty]
    shown = ", ".join(
        f"case when reason is not null or remark is not null then {quoted(name)} end as {quoted(name)}"
        for name in cells
    )
    store.run(
        f"create or replace table read_lines as select {', '.join(map(quoted, out))}, {shown}, reason, remark, "
        f"case when reason in {HEADS} then rest end as rest from "
        f"(select *, case {cases} end as reason, {remark} as remark, case {_reasons(said, words, heads=False)} end as rest from (select {selected} from {quoted(raw)} r {' '.join(joins)}))",
        progress,
    )
    if "order" in columns and kind == "lines":
        _fill_by_order(base)
    base.execute("alter table read_lines drop rest")
    lines = base.table("read_lines")
    return Scanned(orders.understood(lines, kind, tuple(contacts)), said, unusual)


def _of(sql: str, cell: str) -> str:
    """SQL about ``{cell}``, of this one (regular expressions have braces of their own)."""
    return sql.replace("{cell}", cell)


def is_status(role: str) -> bool:
    """Whether a column says what became of an order: "status", and further ones of returns say.

    >>> is_status("status"), is_status("status_2"), is_status("state")
    (True, True, False)
    """
    return role.partition("_")[0] == "status"


def _reasons(said: Mapping[str, Understood], words: Sequence[str], heads: bool = True) -> str:
    """The cases of SQL that give a row its reason; without ``heads`` as if an empty customer and an empty day were none."""
    low, high = (f"date '{np.datetime64(int(day), 'D')}'" for day in (checks.FIRST_DAY, checks.LAST_DAY))

    def blank(role: str) -> str:
        return f"coalesce(trim({quoted(role + ' cell')}), '') = ''"

    def by_fault(role: str) -> list[str]:
        out = (
            [str(number) for number, fault in enumerate(said[role].faults, 1) if fault.left_out] if role in said else []
        )
        column = quoted(f"fault of {role}")
        return [f"when {column} in ({', '.join(out)}) then '{role} ' || {column}"] if out else []

    found = []
    for role, name, vague in (("customer", "who", "vague customer"), ("date", "day", "not a date")):
        if heads:
            found.append(f"when {name} is null and {blank(role)} then 'no {role}'")
        found += [*by_fault(role), f"when {name} is null and not {blank(role)} then '{vague}'"]
    found += [f"when day < {low} or day > {high} then 'odd date'"]
    found += [f"when money is null and {blank('amount')} then 'no amount'"]
    found += [case for role in ("amount", "quantity", *words) for case in by_fault(role)]
    found += [
        "when money is null or isnan(money) then 'not an amount'",
        f"when abs(money) > {checks.LARGEST!r} then 'large amount'",
    ]
    return " ".join(found)


def _fill_by_order(base: Any) -> None:
    """A line with the number of an order of which an earlier line has the customer or the day goes on with that order, as in
    :func:`crmlab.own.understanding.collecting.fill_down`."""
    base.execute(
        f"""create or replace temp table lacking as
        select l.file, l.row, coalesce(l.who, o.who) as who, coalesce(l.day, o.day) as day
        from read_lines l join (
            select number, min((file, row)) as first, arg_min(who, (file, row)) filter (who is not null) as who,
                arg_min(day, (file, row)) filter (day is not null) as day
            from read_lines where number in (select number from read_lines where reason in {HEADS} and number is not null) group by number
        ) o on l.number = o.number
        where l.reason in {HEADS} and (l.file, l.row) > o.first"""
    )
    base.execute(
        f"""update read_lines set who = m.who, day = m.day, remark = '{FILLED}',
        reason = case when m.who is null then 'no customer' when m.day is null then 'no date' else rest end
        from lacking m where read_lines.file = m.file and read_lines.row = m.row"""
    )
    base.execute("drop table lacking")


def _day_of(cell: str) -> str:
    """The part of a plainly written time that names the day: a day with a thousand times is then one cell."""
    return f"case when regexp_full_match({cell}, {literal(_ISO)}) then {cell}[:10] else {cell} end"


def _typed_key(column: str, kind: str) -> str:
    """A key that is no text: 17850.0 is 17850 that once stood beside an empty cell; what a float cannot hold exactly is no key."""
    if kind not in ("DOUBLE", "FLOAT"):
        return f"cast({column} as varchar)"
    most = 2**53 if kind == "DOUBLE" else 2**24
    return (
        f"case when isnan({column}) or abs({column}) >= {most} then null when {column} % 1 = 0 "
        f"then cast(cast({column} as bigint) as varchar) else cast({column} as varchar) end"
    )


def _long_way(
    store: Store, raw: str, column: str, plain: str, reader: Reader, name: str, kind: str
) -> tuple[Understood | None, int]:
    """The cells that are not plain, each once, through the reader into the table ``name``; what it said, and how many cells there were.

    Some plain ones go along, since the reader decides by the column (is 1.234 a thousand?).
    """
    base, cell = store.base, quoted(column)
    key = _day_of(cell) if kind == "date" else cell
    base.execute(
        f"create or replace table {name}_found as select {key} as cell, min(row) as row, count(*) as n from {quoted(raw)} "
        f"where trim({cell}) <> '' and not {_of(plain, cell)} group by 1"
    )
    (count,) = base.execute(f"select count(*) from {name}_found").fetchone()
    if not count:
        base.execute(f"drop table {name}_found")
        return None, 0
    base.execute(f"create or replace table {name} (cell varchar, value {kind}, fault smallint)")
    some: list[str] = []
    if plain != "false":
        query = (
            f"select distinct cell from (select {cell} as cell from {quoted(raw)} where {_of(plain, cell)} limit 2000)"
        )
        some = [row[0] for row in base.execute(query).fetchall()]
    whole: Understood | None = None
    for part in pieces(base, f"select cell, n from {name}_found order by row", AT_ONCE):
        cells = part["cell"].tolist()
        found = reader([*cells, *some], np.append(part["n"].to_numpy("int64"), np.ones(len(some), "int64")))
        if whole is None:
            whole = found
        number = _same_faults(whole, found)
        made = pd.DataFrame(
            {
                "cell": pd.Series(cells, dtype=object),
                "value": _values(found.values[: len(cells)], kind),
                "fault": number[: len(cells)],
            }
        )
        base.register("incoming", made)
        base.execute(f"insert into {name} select cell, cast(value as {kind}), fault from incoming")
        base.unregister("incoming")
    base.execute(f"drop table {name}_found")
    return whole, int(count)


def _same_faults(whole: Understood, found: Understood) -> np.ndarray:
    """The faults of a part by their numbers in the whole; what the whole did not know is added to it."""
    if whole is found:
        return found.fault
    number = np.zeros(len(found.faults) + 1, "int16")
    for at, fault in enumerate(found.faults, 1):
        if fault not in whole.faults:
            whole.faults.append(fault)
        number[at] = whole.faults.index(fault) + 1
    return number[found.fault]


def _values(values: np.ndarray, kind: str) -> Any:
    if kind == "varchar":
        return pd.Series(values, dtype=object).where(pd.notna(values), None)
    if kind == "double":
        return np.asarray(values, "float64")
    days = np.asarray(values, "float64")
    known = np.isfinite(days)
    return pd.Series(np.where(known, days, 0).astype("int64").astype("datetime64[D]").astype("datetime64[s]")).where(
        known
    )


__all__ = ["Fault", "Reader", "Scanned", "understand"]
