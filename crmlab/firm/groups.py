"""The groups for which the next quarter is planned, told by what the firm can see: orders and complaints, not the truth."""

from __future__ import annotations

import pandas as pd

from crmlab import value
from crmlab.firm.calendar import TODAY

GROUPS = ("open", "a", "silent", "rest", "lost")
"""A complaint still open; class A; silent for long by their own habit; all others; silent for more than 180 days."""
GAPS, AT_LEAST, GONE = 2.5, 45, 180


def of(customers: pd.Index, orders: pd.DataFrame, complaints: pd.DataFrame) -> pd.DataFrame:
    """One row a customer: ``group``, ``yearly`` (yuan of the last 365 days), ``class``, ``orders``, ``gap`` (mean days between
    purchases), ``silent`` (days since the last one) and ``open`` (open complaints). The first group of these that fits:
    open, lost, silent, a, rest. Who never bought is lost, in class C.
    """
    days = (pd.Timestamp(TODAY) - orders["date"]).dt.days
    by = days.groupby(orders["customer_id"])
    table = pd.DataFrame({"orders": by.size(), "silent": by.min(), "age": by.max()}).reindex(customers)
    table["orders"] = table["orders"].fillna(0).astype("int64")
    table["silent"] = table["silent"].fillna(9_999).astype("int64")
    table["gap"] = ((table["age"] - table["silent"]) / (table["orders"] - 1).clip(lower=1)).round(1)
    year = orders[days < 365]
    table["yearly"] = year.groupby("customer_id")["amount"].sum().reindex(customers).fillna(0.0)
    classes = value.abc(table["yearly"])["class"]
    table["class"] = classes.reindex(customers).astype("object")
    waiting = complaints[complaints["settled"] == "open"]["customer_id"].value_counts()
    table["open"] = waiting.reindex(customers).fillna(0).astype("int64")
    habit = (table["silent"] >= AT_LEAST) & (
        table["silent"] >= GAPS * table["gap"].where(table["orders"] > 1, AT_LEAST)
    )
    table["group"] = "rest"
    table.loc[table["class"] == "A", "group"] = "a"
    table.loc[habit, "group"] = "silent"
    table.loc[table["silent"] > GONE, "group"] = "lost"
    table.loc[table["open"] > 0, "group"] = "open"
    table.index.name = "customer_id"
    return table[["group", "class", "yearly", "orders", "gap", "silent", "open"]]
