"""Tables that are larger than memory or no single file: Parquets, folders of exports, very large text files, tables of Polars, DuckDB and a cluster's Spark.

Columns are recognised on a sample, by the same recogniser as those of files; cells are read and put together to orders where the table lies, and only the
orders come here: a customer, a day and a sum each. All results of orders run on them. What stands in one order together is counted there, too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from crmlab import checks, engines
from crmlab.engines import orders, pairs
from crmlab.language import _, tr
from crmlab.own import plan as plans
from crmlab.own.export import Export, Plan, Problem, Question
from crmlab.own.large import kept, opened, scan, wholly
from crmlab.own.large.store import PARQUET, TEXT, Progress, Store, quoted
from crmlab.own.said import Said
from crmlab.own.understanding import picking, recognising
from crmlab.own.understanding.roles import ROLES

LARGE = 256 << 20
"""Bytes from which a text file is read here, if DuckDB is there; smaller ones fit into memory."""
NAMED = 100_000
"""So many rows are named with their numbers for one reason; of more only the number is said."""
SAMPLE = 600
FILE = 1_000_000_000
"""Where several files are read together, a row's number is that of its file times this, and its own number."""
LOADED = 0.7
"""The share of the work that is done when the text files are in the engine."""

REASONS: Mapping[str, str] = {
    "no customer": _("The customer is missing."),
    "vague customer": _("This is no identifier that can be trusted."),
    "no date": _("The day is missing."),
    "not a date": _("This is not a day that can be read."),
    "odd date": _("Nothing can have happened on this day."),
    "no amount": _("The amount is missing."),
    "not an amount": _("This is not an amount that can be read."),
    "large amount": _("The amount is too large to be one."),
}
"""What is said of each of :data:`crmlab.engines.orders.REASONS`."""
OUT = _("Row left out.")
REFUSED: Mapping[str, str] = {
    "TOO MANY COLUMNS": _(
        "Has more cells than there are headings: probably a separator in a text without quotation marks, so that cells stand under wrong headings."
    ),
    "MISSING COLUMNS": _("Breaks off: cells that every row has are missing at its end."),
    "INVALID ENCODING": _("Bytes of this row are damaged: they are no letters."),
    "UNQUOTED VALUE": _("A quotation mark stands where none can be."),
}
"""What is said of lines that DuckDB finds to be no row."""


def takes(source: Any) -> bool:
    """Whether :func:`read` is the one to read this: a folder, a Parquet, a text file of :data:`LARGE` bytes, a table of another engine.

    >>> takes("orders.parquet"), takes("orders.csv")
    (True, False)
    """
    if not isinstance(source, (str, Path)):
        return engines.kind(source) is not None
    path = Path(source)
    if path.is_dir() or path.suffix.lower() in PARQUET:
        return True
    if path.suffix.lower() not in TEXT or not path.is_file() or path.stat().st_size < LARGE:
        return False
    try:
        import duckdb  # noqa: F401
    except ImportError:
        return False
    return True


def read(
    source: Any,
    plan: Plan | None = None,
    progress: Progress | None = None,
    name: str = "",
    keep: Path | None = None,
    remembered: bool = False,
) -> Export:
    """Orders from a Parquet file, a folder of CSVs or of Parquets with the same headings, a large text file, or a table of Polars, DuckDB or PySpark.

    The result is an :class:`~crmlab.own.export.Export` of kind "orders": a row an order, by day, with ``merged`` rows behind them. ``progress`` is called
    with the share that is done, from 0 to 1. ``name`` is what a table without a file is called. ``keep``: a folder in which is kept what was collected from
    files (:mod:`crmlab.own.large.kept`), and meanwhile what was loaded: read again with the same plan, what is there need not be read again, also after the
    process was killed. ``remembered``: the plan is one that was kept, and is not used where the headings are others now.

    Raises :class:`~crmlab.checks.InputError` where there is nothing to read, headings differ, or a column that is needed cannot be recognised; and for a
    file or folder where DuckDB is not installed.

    >>> import polars as pl
    >>> table = pl.DataFrame({"client": ["Li", "Li", "Wu"], "day": ["2026-03-01", "2026-03-01", "soon"], "paid": [5.0, 2.0, 1.0]})
    >>> export = read(table, Plan(roles={"client": "customer", "day": "date", "paid": "amount"}))
    >>> export.table[["customer", "amount"]].values.tolist(), export.rows, export.used, export.listed
    ([['Li', 2.0], ['Li', 5.0]], 3, 2, 1)
    """
    if engines.kind(source) is not None:
        return _of_table(source, plan or Plan(), remembered, name or "table")
    if not isinstance(source, (str, Path)):
        engines.refuse(source, "table")
    path = Path(source)
    files, parquet = _files(path)
    plan = plan or Plan()
    kept_file = None if keep is None else keep / f"{path.name}-{kept.key(files, plan)}{kept.SUFFIX}"
    if kept_file is not None:
        kept_file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        there = kept.read(kept_file)
        if there is not None:
            return replace(there, file=path)
    with Store(None if kept_file is None else kept_file.with_suffix(kept.READING)) as store:
        made = (_of_parquets if parquet else _of_texts)(store, path, files, plan, remembered, progress)
        if kept_file is not None:
            kept.write(made, kept_file)
    if progress is not None:
        progress(1.0)
    return made


def _files(path: Path) -> tuple[list[Path], bool]:
    """The files to read, in order, and whether they are Parquets."""
    if not path.exists():
        checks.fail(_("There is no file or folder {file}."), file=str(path))
    if not path.is_dir():
        return [path], path.suffix.lower() in PARQUET
    there = sorted(file for file in path.rglob("*") if file.is_file() and not file.name.startswith((".", "~$", "_")))
    found = {kind: [file for file in there if file.suffix.lower() in kind] for kind in (PARQUET, TEXT)}
    if found[PARQUET] and found[TEXT]:
        checks.fail(
            _("The folder {file} holds both Parquet and text files. Put one kind alone into a folder."), file=path.name
        )
    if not found[PARQUET] and not found[TEXT]:
        checks.fail(_("The folder {file} holds no CSV and no Parquet file."), file=path.name)
    return found[PARQUET] or found[TEXT], bool(found[PARQUET])


# --- tables of engines


def _of_table(data: Any, plan: Plan, remembered: bool, name: str) -> Export:
    table = engines.Table(data, "table")
    headings = list(table.head.columns)
    sample = pd.DataFrame(table.rows(table.plan.head(SAMPLE)), columns=headings, dtype=object)
    sample = sample.map(lambda cell: float(cell) if isinstance(cell, Decimal) else cell)
    chosen = _choose(headings, sample, plan, remembered)
    if chosen.product:
        checks.fail(
            _(
                "The table has no column of amounts. Multiply quantity by price in the engine first, and name that column."
            )
        )
    ignored = [role for role in chosen.columns if role == "currency" or scan.is_status(role)]
    lines = orders.read(
        data, {one: role for one, role in chosen.by_heading.items() if role not in ignored}, chosen.kind
    )
    made = _export(lines, Path(name), chosen, [])
    told = [
        Said(
            _("Column {column!r} is not looked at in a table of an engine: filter by it there."),
            column=chosen.columns[role],
        )
        for role in ignored
    ]
    return replace(made, notes=[*made.notes, *told])


@dataclass(frozen=True)
class Chosen:
    """How a table is read: its plan, ``columns`` by role as the engines call them, and what is known of the columns."""

    plan: Plan
    columns: Mapping[str, str]
    kind: str
    named: bool
    guesses: pd.DataFrame
    questions: Sequence[Question]
    product: bool = False
    said: Sequence[Problem] = ()

    @property
    def by_heading(self) -> dict[str, str]:
        """The role by heading."""
        return {heading: role for role, heading in self.columns.items()}


_CONTACTS = ("phone", "email", "contact", "region", "salesperson")


def _choose(headings: Sequence[str], sample: pd.DataFrame, plan: Plan, remembered: bool) -> Chosen:
    """Recognise the columns by a sample, as those of a file."""
    fitted, said = plans.fitting(plan, headings, remembered)
    plan = fitted or Plan()
    found = recognising.recognise(headings, sample, plan.kind, plan.roles)
    if found.kind not in ("orders", "lines", "months"):
        checks.fail(
            _(
                "A large table must be one of orders or order lines, and this looks like one of another kind ({kind}). Say which column is what, or read it as a file."
            ),
            kind=found.kind,
        )
    picked = picking.pick(found, plan)
    there = dict(picked.columns)
    columns: dict[str, str] = {}
    if picked.who:
        columns["customer"] = picked.who
    number, name = there.get("customer_number"), there.get("customer")
    if name and name != picked.who:
        columns["name"] = name
    if number and number != picked.who:
        columns["number"] = number
    for role in ("date", "order", "status", "currency"):
        if role in there:
            columns[role] = there[role]
    columns |= {f"status_{place}": one for place, one in enumerate(picked.states, 2)}
    if "date" not in columns and "month" in there:
        columns["date"] = there["month"]
    goods = there.get("item", there.get("item_number"))
    if found.kind == "lines" and goods:
        columns["item"] = goods
    product = "amount" not in there and {"quantity", "price"} <= set(there)
    if product:
        columns |= {"amount": there["price"], "quantity": there["quantity"]}
    elif "amount" in there:
        columns["amount"] = there["amount"]
    for role, says in (("customer", _("customer")), ("date", _("date")), ("amount", _("amount"))):
        if role not in columns:
            checks.fail(_("No column was recognised for this: {what}. Say which one it is."), what=tr(says))
    columns |= {role: there[role] for role in _CONTACTS if role in there and there[role] != picked.who}
    roles = {one: role for one, role in picked.roles().items() if role in ROLES} | dict.fromkeys(picked.states, "status")
    made = Plan(found.kind, "", {one: roles.get(one, "") for one in headings}, dict(plan.answers))
    kind = "orders" if found.kind == "months" else found.kind
    return Chosen(
        made, columns, kind, picked.who != number, recognising.table(found, roles), picked.questions, product, said
    )


# --- files


def _of_parquets(
    store: Store, path: Path, files: Sequence[Path], plan: Plan, remembered: bool, progress: Progress | None
) -> Export:
    headings = store.view_parquet("given", files)
    (n,) = store.base.execute("select count(*) from given").fetchone()
    shown = ", ".join(quoted(name) for name in headings)
    parts = [
        store.base.execute(f"select {shown} from given limit {SAMPLE // 3} offset {start}").df()
        for start in dict.fromkeys((0, max(0, n // 2), max(0, n - SAMPLE // 3)))
    ]
    sample = pd.concat(parts, ignore_index=True).astype(object)
    chosen = _choose(headings, sample.where(sample.notna(), None), plan, remembered)
    scanned, columns = _understood(store, "given", chosen, progress, 0.0)
    return _export(scanned.lines, path, chosen, [*columns.problems], scanned, columns, store, files)


def _of_texts(
    store: Store, path: Path, files: Sequence[Path], plan: Plan, remembered: bool, progress: Progress | None
) -> Export:
    found = [opened.opened(file, store.folder) for file in files]
    first = found[0]
    for file, one in zip(files[1:], found[1:], strict=True):
        if sorted(one.headings) != sorted(first.headings):
            differ = sorted(set(one.headings) ^ set(first.headings))
            checks.fail(
                _("{file} has other headings than {first}: {differ}. Put files of one export alone into the folder."),
                file=file.name,
                first=files[0].name,
                differ=", ".join(differ[:6]),
            )
    chosen = _choose(first.headings, first.sample, plan, remembered)
    wanted = list(dict.fromkeys(chosen.columns.values()))
    sizes = np.array([file.stat().st_size for file in files], dtype="float64")
    begin = np.append(0.0, np.cumsum(sizes)) / max(1.0, sizes.sum())
    for at, (file, one) in enumerate(zip(files, found, strict=True)):

        def told(share: float, at: int = at) -> None:
            if progress is not None:
                progress(LOADED * (begin[at] + share * (begin[at + 1] - begin[at])))

        store.load_text("given", at, file, one.layout, wanted, told if progress is not None else None)
    scanned, columns = _understood(store, "given", chosen, progress, LOADED)
    problems, rows = _outside(store, found)
    notes = list(first.notes)
    if len(files) > 1:
        notes.append(
            Said(
                _(
                    "Files read together, {n} in all: {files}. A row's number begins with that of its file: row {example} is row 5 of {second}."
                ),
                n=len(files),
                files=", ".join(f"{at} = {file.name}" for at, file in enumerate(files[:5], 1))
                + (" ..." if len(files) > 5 else ""),
                example=2 * FILE + 5,
                second=files[1].name,
            )
        )
    made = _export(scanned.lines, path, chosen, [*problems, *columns.problems], scanned, columns, store, files)
    return replace(made, rows=made.rows + rows, notes=[*notes, *made.notes])


def _outside(store: Store, found: Sequence[opened.Opened]) -> tuple[list[Problem], int]:
    """What stands in text files and is no row of the table: titles and headings, and lines that DuckDB refused."""
    by: dict[Said, list[int]] = {}
    several = len(found) > 1
    for at, one in enumerate(found, 1):
        for why, rows in one.above.items():
            by.setdefault(why, []).extend(row + (at * FILE if several else 0) for row in rows)
    refused = store.base.execute("select file, row, why, line from refused order by file, row").fetchall()
    values: dict[Said, list[str]] = {}
    for file, row, why, line in refused:
        said = Said(REFUSED.get(why, _("This line is no row of the table.")))
        by.setdefault(said, []).append(row + ((file + 1) * FILE if several else 0))
        values.setdefault(said, []).append(str(line).strip()[:200])
    problems = [
        Problem(said, Said(OUT), rows=np.array(rows, dtype="int64"), values=values.get(said, ()), left_out=True)
        for said, rows in by.items()
    ]
    return problems, sum(map(len, by.values()))


def _understood(
    store: Store, table: str, chosen: Chosen, progress: Progress | None, begin: float
) -> tuple[scan.Scanned, wholly.Columns]:
    factor, code = wholly.unit(chosen.columns["amount"])
    columns = wholly.Columns(chosen.columns, chosen.plan.answers, chosen.named, factor, code)
    if factor != 1:
        says = Said(_("The amounts are given in units of {factor:,}."), factor=factor)
        columns.problems.append(
            Problem(says, Said(_("Multiplied, so that all amounts are in single units.")), chosen.columns["amount"])
        )
    if chosen.product:
        columns.problems.append(
            Problem(
                Said(_("No column has the amount.")), Said(_("Quantity by price is taken.")), chosen.columns["amount"]
            )
        )

    def told(share: float) -> None:
        if progress is not None:
            progress(begin + (1 - begin) * share * 0.8)

    given = {**chosen.columns, "row": "row", "file": "file"}
    return scan.understand(
        store, table, given, columns.readers(), chosen.kind, factor, told if progress is not None else None
    ), columns


# --- what comes out


def _export(
    lines: orders.Lines,
    path: Path,
    chosen: Chosen,
    problems: Sequence[Problem],
    scanned: scan.Scanned | None = None,
    columns: wholly.Columns | None = None,
    store: Store | None = None,
    files: Sequence[Path] = (),
) -> Export:
    rows, left_out, examples = orders.tally(lines)
    found = [*chosen.said, *problems]
    for reason, n in left_out.items():
        if store is not None and scanned is not None:
            found.append(_problem(lines, "reason", reason, n, chosen.columns, scanned, store, files))
        else:
            found.append(_unnamed(reason, n, chosen.columns, examples[reason]))
    if store is not None and scanned is not None:
        for remark, n in store.base.execute(
            "select remark, count(*) from read_lines where reason is null and remark is not null group by 1 order by 1"
        ).fetchall():
            found.append(_problem(lines, "remark", remark, n, chosen.columns, scanned, store, files))
    back, zero = orders.below_nought(lines)
    for n, says, done in (
        (back, _("Amounts below 0, returns or credits: {n}."), _("Used as negative amounts.")),
        (zero, _("Amounts of 0: {n}."), _("Used as they are.")),
    ):
        if n:
            found.append(Problem(Said(says, n=n), Said(done), chosen.columns["amount"]))
    names, who, day, money = orders.collected(lines, orders.together(lines))
    made = kept.orders_table(names, who, day, money)
    questions = {one.key: one for one in [*chosen.questions, *(columns.questions.values() if columns else ())]}
    answers = chosen.plan.answers
    return Export(
        path,
        "orders",
        made,
        orders.contacts(lines) if store is None else _contacts(store, lines.contacts),
        chosen.guesses,
        chosen.plan,
        rows,
        found,
        [replace(one, answered=one.answered or one.key in answers) for one in questions.values()],
        currency=columns.currency if columns else "",
        merged=rows - sum(left_out.values()),
        pairs=_counted(lines, day) if lines.has_item and len(day) else None,
    )


def _contacts(store: Store, roles: Sequence[str]) -> pd.DataFrame:
    """By customer what the columns say, the last row that says something, as :func:`crmlab.own.understanding.contacts.table` does."""
    if not roles:
        return pd.DataFrame(index=pd.Index([], name="customer", dtype=object))
    last = ", ".join(
        f"arg_max({quoted(one)}, (file, row)) filter ({quoted(one)} is not null) as {quoted(one)}" for one in roles
    )
    found = (
        store.base.execute(
            f"select who as customer, {last} from read_lines where reason is null group by who order by who"
        )
        .df()
        .astype(object)
    )
    return found.where(found.notna(), None).set_index("customer")


def _counted(lines: orders.Lines, day: np.ndarray) -> pairs.Pairs:
    from crmlab.own.results import together

    return pairs.count(lines, int(day[int(together.FIRST * len(day))]), together.LEAST)


def _unnamed(reason: str, n: int, headings: Mapping[str, str], example: str) -> Problem:
    """A problem of a table whose rows have no number."""
    role, says = orders.column_of(reason), Said(REASONS[reason])
    if example:
        says = Said(_("{says} Rows: {n}. Such as {example}."), n=n, says=says, example=example)
    else:
        says = Said(_("{says} Rows: {n}."), n=n, says=says)
    return Problem(says, Said(OUT), headings.get(role, role), left_out=True, more=n)


def _problem(
    lines: orders.Lines,
    column: str,
    reason: str,
    n: int,
    headings: Mapping[str, str],
    scanned: scan.Scanned,
    store: Store,
    files: Sequence[Path],
) -> Problem:
    role, _blank, number = reason.partition(" ")
    out = column == "reason"
    if number.isdigit():
        fault = scanned.said[role].faults[int(number) - 1]
        says, done = fault.says, fault.done
    elif reason == scan.FILLED:
        role, done = "order", Said(_("Taken from there."))
        says = Said(_("The row goes on with an order whose day or customer stands in another row of it."))
    elif reason == "no order":
        role, says, done = "order", Said(_("The cell is empty.")), Said(_("Used without an order number."))
    else:
        role, says, done = orders.column_of(reason), Said(REASONS[reason]), Said(OUT)
    some = orders.some(lines, reason, NAMED, column)
    cells = [one.get(f"{role} cell") or "" for one in some]
    return Problem(
        says,
        done,
        headings.get(role, role),
        _numbers(store, some, len(files) > 1),
        cells,
        left_out=out,
        more=n - len(some),
    )


def _numbers(store: Store, some: Sequence[Mapping[str, Any]], several: bool) -> np.ndarray:
    """The rows' numbers as their files show them."""
    row = np.array([one["row"] for one in some], dtype="int64")
    file = np.array([one.get("file") or 0 for one in some], dtype="int64")
    for number, (start, later) in store.shifts().items():
        here = file == number
        at = np.searchsorted(start, row[here], side="right")
        row[here] += np.append(0, later)[at]
    return row + (file + 1) * FILE if several else row
