"""Tables of the course and made-up ones as the exports that :func:`crmlab.own.read` would give: for tests of results without a file."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from crmlab import datasets, firm
from crmlab.own.export import Export, Plan
from crmlab.own.result import Result
from crmlab.own.understanding import roles_survey

COLUMNS = {
    "orders": ("customer", "order", "date", "amount"),
    "lines": ("customer", "order", "date", "item", "quantity", "amount"),
    "months": ("customer", "date", "amount"),
}
"""The columns of the kinds that have orders; of the others the table is taken as it is."""


def export(
    table: pd.DataFrame, kind: str = "orders", contacts: pd.DataFrame | None = None, currency: str = ""
) -> Export:
    """A table as an export. Columns that are not there are missing throughout; customers and orders become text, dates whole days, and
    rows are numbered from 2, as below a heading."""
    made = table.reset_index(drop=True)
    for name in COLUMNS.get(kind, ()):
        if name not in made:
            made[name] = np.nan if name == "quantity" else None
    if kind in COLUMNS:
        made = made[list(COLUMNS[kind])].copy()
    for name in ("customer", "order", "item"):
        if name in made:
            made[name] = _texts(made[name])
    if "date" in made:
        made["date"] = pd.to_datetime(made["date"]).dt.normalize().astype("datetime64[ns]")
    for name in ("amount", "quantity"):
        if name in made:
            made[name] = made[name].astype("float64")
    made.index = pd.RangeIndex(2, len(made) + 2, name="row")
    people = (
        pd.Index(made["customer"].unique(), name="customer") if "customer" in made else pd.Index([], name="customer")
    )
    guesses = pd.DataFrame(columns=["role", "certainty", "why", "examples"])
    known = pd.DataFrame(index=people) if contacts is None else contacts
    return Export(Path("made.csv"), kind, made, known, guesses, Plan(kind=kind), rows=len(made), currency=currency)


def _texts(column: pd.Series) -> pd.Series:
    whole = pd.api.types.is_float_dtype(column.dtype) and bool((column.dropna() % 1 == 0).all())
    column = column.astype("Int64") if whole else column
    return pd.Series([None if pd.isna(one) else str(one) for one in column], column.index, dtype=object)


def of_rows(rows: Iterable[tuple[Any, ...]], kind: str = "orders", **more: Any) -> Export:
    """From rows of (customer, date, amount), or of (customer, order, date, item, quantity, amount) for lines."""
    names = COLUMNS["lines"] if kind == "lines" else COLUMNS["months"]
    return export(pd.DataFrame(list(rows), columns=list(names)), kind, **more)


@cache
def retail_orders() -> Export:
    """Orders of a British gift wholesaler, thirteen months, returns among them."""
    table = datasets.load("online_retail_orders").rename(columns={"customer_id": "customer", "invoice": "order"})
    return export(table, currency="£")


@cache
def retail_lines(invoices: int = 4000) -> Export:
    """The order lines of the first so many invoices of the same firm that name a customer."""
    table = datasets.load("online_retail_lines")
    table = table[table["customer_id"].notna()]
    table = table[table["invoice"].isin(table["invoice"].drop_duplicates().head(invoices))]
    table = table.assign(amount=table["quantity"] * table["unit_price"])
    names = {"customer_id": "customer", "invoice": "order", "stock_code": "item"}
    return export(table.rename(columns=names), "lines", currency="£")


@cache
def cdnow() -> Export:
    """Purchases of a cohort of customers of a music shop, eighteen months, without order numbers."""
    return export(datasets.load("cdnow").rename(columns={"customer_id": "customer"}), currency="$")


@cache
def firm_orders(seed: int = 0) -> Export:
    """Orders of the made-up firm of a seed, with what it knows of its customers; a telephone for all but each seventh."""
    made = firm.make(seed)
    table = made.orders.rename(columns={"customer_id": "customer", "invoice": "order"})
    contacts = made.customers.rename(columns={"district": "region"})[["name", "region"]].rename_axis("customer")
    contacts["phone"] = [None if number % 7 == 0 else f"1380000{number:04d}" for number in range(len(contacts))]
    return export(table, contacts=contacts, currency="¥")


def months(given: Export) -> Export:
    """The same as totals: a row a customer and a month, as some programmes export them."""
    table = given.table.assign(date=given.table["date"].dt.to_period("M").dt.to_timestamp())
    return export(
        table.groupby(["customer", "date"], as_index=False)["amount"].sum(), "months", currency=given.currency
    )


def answers(table: pd.DataFrame, kind: str = "survey", **told: str) -> Export:
    """A survey, or complaints, with the columns that their headings and cells tell; ``told`` are answers to questions, ``__`` for ``:``."""
    made = table.reset_index(drop=True)
    roles = {name: one.role for name, one in roles_survey.guess(list(made), made, kind).items()}
    names = roles_survey.names(roles)
    made = made.rename(columns=names | {"customer_id": "customer"})
    made = made[[name for name in ("customer", *names.values()) if name in made]]
    for name in ("date", "closed"):
        if name in made:
            made[name] = pd.to_datetime(made[name]).astype("datetime64[ns]")
    made.index = pd.RangeIndex(2, len(made) + 2, name="row")
    said = {key.replace("__", ":"): answer for key, answer in told.items()}
    nobody = pd.DataFrame(columns=["role", "certainty", "why", "examples"])
    return Export(Path("made.csv"), kind, made, pd.DataFrame(), nobody, Plan(kind, "", roles, said), rows=len(made))


@cache
def firm_complaints(seed: int = 0) -> Export:
    """Complaints of the made-up firm of a seed."""
    return answers(firm.make(seed).complaints.reset_index(), "complaints")


def told(found: Result) -> str:
    """All that a result says, as one text."""
    assert found.test is not None
    return " ".join([str(found.title), *map(str, found.says), str(found.test.says)])
