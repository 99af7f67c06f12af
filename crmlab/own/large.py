"""Tables that are larger than memory or no single file: Parquets, folders of exports, very large text files, tables of Polars, DuckDB and a cluster's Spark.

Columns are recognised on a sample, by the same recogniser as those of files; cells are read and put together to orders where the table lies, and only the
orders come here: a customer, a day and a sum each. All results of orders run on them. What stands in one order together is counted there, too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from crmlab import checks, engines
from crmlab.engines import orders, pairs
from crmlab.language import _
from crmlab.own import amounts, dates, identifiers, kept, opened, scan
from crmlab.own.cells import Understood
from crmlab.own.export import Export, Plan, Problem
from crmlab.own.said import Said
from crmlab.own.store import PARQUET, TEXT, Progress, Store, quoted

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
    "no order": _("The order number is missing."),
    "vague order": _("This is no order number that can be trusted."),
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
    source: Any, plan: Plan | None = None, progress: Progress | None = None, name: str = "", keep: Path | None = None
) -> Export:
    """Orders from a Parquet file, a folder of CSVs or of Parquets with the same headings, a large text file, or a table of Polars, DuckDB or PySpark.

    The result is an :class:`~crmlab.own.export.Export` of kind "orders": a row an order, by day, with ``merged`` rows behind them. ``progress`` is called
    with the share that is done, from 0 to 1. ``name`` is what a table without a file is called. ``keep``: a folder in which is kept what was collected from
    files (:mod:`crmlab.own.kept`), and meanwhile what was loaded: read again with the same plan, what is there need not be read again, also after the
    process was killed.

    Raises :class:`~crmlab.checks.InputError` where there is nothing to read, headings differ, or a column that is needed cannot be recognised; and for a
    file or folder where DuckDB is not installed.

    >>> import polars as pl
    >>> table = pl.DataFrame({"client": ["Li", "Li", "Wu"], "day": ["2026-03-01", "2026-03-01", "soon"], "paid": [5.0, 2.0, 1.0]})
    >>> export = read(table, Plan(roles={"client": "customer", "day": "date", "paid": "amount"}))
    >>> export.table[["customer", "amount"]].values.tolist(), export.rows, export.used, export.listed
    ([['Li', 7.0]], 3, 2, 1)
    """
    if engines.kind(source) is not None:
        return _of_table(source, plan or Plan(), name or "table")
    if not isinstance(source, (str, Path)):
        engines.refuse(source, "table")
    path = Path(source)
    files, parquet = _files(path)
    plan = plan or Plan()
    kept_file = None if keep is None else keep / f"{path.name}-{kept.key(files, plan)}{kept.SUFFIX}"
    if kept_file is not None:
        there = kept.read(kept_file)
        if there is not None:
            return replace(there, file=path)
    with Store(None if kept_file is None else kept_file.with_suffix(".reading")) as store:
        made = (_of_parquets if parquet else _of_texts)(store, path, files, plan, progress)
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
        checks.fail(_("The folder {file} holds both Parquet and text files. Put one kind alone into a folder."), file=path.name)
    if not found[PARQUET] and not found[TEXT]:
        checks.fail(_("The folder {file} holds no CSV and no Parquet file."), file=path.name)
    return found[PARQUET] or found[TEXT], bool(found[PARQUET])


# --- tables of engines


def _of_table(data: Any, plan: Plan, name: str) -> Export:
    table = engines.Table(data, "table")
    sample = pd.DataFrame(table.rows(table.plan.head(SAMPLE)), columns=list(table.head.columns), dtype=object)
    plan, guesses, questions = _recognised(sample, plan)
    lines = orders.read(data, _by_engine(plan.roles))
    return _export(lines, Path(name), plan, guesses, questions, {})


def _by_engine(roles: Mapping[str, str]) -> dict[str, str]:
    """The roles of columns as the plan of the engines calls them: a customer's number counts before the name, an article's likewise."""
    found = dict(roles)
    for number, name, other in (("customer_number", "customer", "name"), ("item_number", "item", "")):
        by_number = [heading for heading, role in roles.items() if role == number]
        if by_number:
            found = {heading: other if role == name else role for heading, role in found.items()}
            found[by_number[0]] = name
    known = {"customer", "date", "amount", "order", "item", "name", "phone", "email", "contact", "region", "salesperson"}
    return {heading: role for heading, role in found.items() if role in known}


def _recognised(sample: pd.DataFrame, plan: Plan) -> tuple[Plan, pd.DataFrame, Sequence[Any]]:
    """The plan with a role for each column, how sure that is, and what must be asked."""
    return plan, pd.DataFrame(columns=["role", "certainty", "why", "examples"]), ()


# --- files


def _of_parquets(store: Store, path: Path, files: Sequence[Path], plan: Plan, progress: Progress | None) -> Export:
    headings = store.view_parquet("given", files)
    (n,) = store.base.execute("select count(*) from given").fetchone()
    shown = ", ".join(quoted(name) for name in headings)
    parts = [
        store.base.execute(f"select {shown} from given limit {SAMPLE // 3} offset {start}").df()
        for start in dict.fromkeys((0, max(0, n // 2), max(0, n - SAMPLE // 3)))
    ]
    plan, guesses, questions = _recognised(pd.concat(parts, ignore_index=True).astype(object), plan)
    roles = _by_engine(plan.roles)
    columns = {role: heading for heading, role in roles.items()} | {"row": "row", "file": "file"}
    found = _understood(store, "given", columns, plan)
    return _export(found.lines, path, plan, guesses, questions, found.said, store, files)


def _of_texts(store: Store, path: Path, files: Sequence[Path], plan: Plan, progress: Progress | None) -> Export:
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
    plan, guesses, questions = _recognised(first.sample, plan)
    roles = _by_engine(plan.roles)
    wanted = [heading for heading in first.headings if roles.get(heading)]
    sizes = np.array([file.stat().st_size for file in files], dtype="float64")
    begin = np.append(0.0, np.cumsum(sizes)) / max(1.0, sizes.sum())
    for at, (file, one) in enumerate(zip(files, found, strict=True)):

        def told(share: float, at: int = at) -> None:
            if progress is not None:
                progress(LOADED * (begin[at] + share * (begin[at + 1] - begin[at])))

        store.load_text("given", at, file, one.layout, wanted, told if progress is not None else None)
    columns = {role: heading for heading, role in roles.items() if role} | {"row": "row", "file": "file"}
    read_ = _understood(store, "given", columns, plan)
    problems, rows = _outside(store, found)
    notes = list(first.notes)
    made = _export(read_.lines, path, plan, guesses, questions, read_.said, store, files)
    return replace(made, rows=made.rows + rows, problems=[*problems, *made.problems], notes=[*notes, *made.notes])


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
        Problem(said, Said(OUT), rows=np.array(rows, dtype="int64"), values=values.get(said, ()), left_out=True) for said, rows in by.items()
    ]
    return problems, sum(map(len, by.values()))


def _understood(store: Store, table: str, columns: Mapping[str, str], plan: Plan) -> scan.Scanned:
    headings = {role: columns[role] for role in columns}

    def days(cells: list[str], counts: np.ndarray) -> Understood:
        return dates.read(cells, headings["date"], plan.answers, counts=counts)

    def money(cells: list[str], counts: np.ndarray) -> Understood:
        return amounts.read(cells, headings["amount"], plan.answers)[0]

    def key(role: str) -> Callable[[list[str], np.ndarray], Understood]:
        return lambda cells, counts: identifiers.read(cells, headings[role])

    readers = {"date": days, "amount": money, **{role: key(role) for role in ("customer", "order", "item")}}
    for role in ("customer", "date", "amount"):
        if role not in columns:
            checks.fail(_("No column was recognised as {role}. Say which one it is."), role=role)
    return scan.understand(store, table, columns, readers)


# --- what comes out


def _export(
    lines: orders.Lines,
    path: Path,
    plan: Plan,
    guesses: pd.DataFrame,
    questions: Sequence[Any],
    said: Mapping[str, Understood],
    store: Store | None = None,
    files: Sequence[Path] = (),
) -> Export:
    rows, left_out, examples = orders.tally(lines)
    headings = {role: heading for heading, role in _by_engine(plan.roles).items()}
    problems = [
        _problem(lines, reason, n, headings, said, store, files)
        if store is not None
        else _unnamed(reason, n, headings, examples[reason])
        for reason, n in left_out.items()
    ]
    used = rows - sum(left_out.values())
    names, who, day, money = orders.collected(lines, orders.together(lines))
    made = kept.orders_table(names, who, day, money)
    contacts = orders.contacts(lines)
    counted = _counted(lines, day) if lines.has_item and len(day) else None
    return Export(
        path, "orders", made, contacts, guesses, replace(plan, kind="orders"), rows, problems, questions, merged=used, pairs=counted
    )


def _counted(lines: orders.Lines, day: np.ndarray) -> pairs.Pairs:
    span = int(day.max()) - int(day.min()) + 1
    return pairs.count(lines, int(day.max()) + 1 - max(span // 4, 1))


def _unnamed(reason: str, n: int, headings: Mapping[str, str], example: str) -> Problem:
    """A problem of a table whose rows have no number."""
    role, says = orders.column_of(reason), Said(REASONS[reason])
    if example:
        says = Said(_("{n} rows: {says} Such as {example}."), n=n, says=says, example=example)
    else:
        says = Said(_("{n} rows: {says}"), n=n, says=says)
    return Problem(says, Said(OUT), headings.get(role, role), left_out=True, more=n)


def _problem(
    lines: orders.Lines,
    reason: str,
    n: int,
    headings: Mapping[str, str],
    said: Mapping[str, Understood],
    store: Store,
    files: Sequence[Path],
) -> Problem:
    role, _blank, number = reason.partition(" ")
    if number.isdigit():
        fault = said[role].faults[int(number) - 1]
        says, done = fault.says, fault.done
    else:
        role = orders.column_of(reason)
        says, done = Said(REASONS[reason]), Said(OUT)
    some = orders.some(lines, reason, NAMED)
    cells = [one[f"{role} cell"] or "" for one in some]
    numbers = _numbers(store, some, len(files) > 1)
    return Problem(says, done, headings.get(role, role), numbers, cells, left_out=True, more=n - len(some))


def _numbers(store: Store, some: Sequence[Mapping[str, Any]], several: bool) -> np.ndarray:
    """The rows' numbers as their files show them."""
    row = np.array([one["row"] for one in some], dtype="int64")
    file = np.array([one.get("file") or 0 for one in some], dtype="int64")
    for number, (start, later) in store.shifts().items():
        here = file == number
        at = np.searchsorted(start, row[here], side="right")
        row[here] += np.append(0, later)[at]
    return row + (file + 1) * FILE if several else row
