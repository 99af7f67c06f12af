"""One row a customer, made of several, that keeps where each value came from and loses nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from crmlab import checks
from crmlab.customers import reading
from crmlab.language import _, tr

WAYS = ("newest", "longest", "most", "all")


@dataclass(frozen=True)
class Merged:
    """``golden``: a row a customer (index ``customer``), the columns of the list and ``rows``, the labels of its rows.

    ``provenance``: a row for each filled cell of the list: ``customer``, ``column``, the ``row`` it stood in, its ``value``, whether
    it was ``kept``, and the ``reason``. :func:`restored` makes the old list of it.
    """

    golden: pd.DataFrame
    provenance: pd.DataFrame


def merge(
    table: pd.DataFrame,
    groups: pd.Series,
    ways: Mapping[str, str] | None = None,
    updated: str = "updated",
    faults: pd.DataFrame | None = None,
) -> Merged:
    """Make one row of all rows of a customer; ``groups`` says for each row whose it is (:func:`crmlab.customers.groups`).

    ``ways`` says by column how to choose among values that differ: "newest" (by the column ``updated``; the default), "longest",
    "most" (what most rows say; of equally many the newest) or "all" (all of them, joined by " | "). A cell that stands in ``faults``
    (:func:`crmlab.customers.validate`) is chosen only if there is nothing better. Values are compared as
    :func:`crmlab.customers.reading.plain` writes them. Amounts are never added up: two rows of one customer may both hold the whole.

    The order of the rows does not matter. Raises :class:`~crmlab.checks.InputError` for rows without a group, an unknown way, a column
    that is not there, or a row label that occurs twice.

    >>> table = pd.DataFrame({"name": ["Huaqiang", "Huaqiang Ltd."], "phone": ["154 1234 5678", ""],
    ...                       "updated": ["2024-01-05", "2025-03-01"]}, index=["R1", "R2"])
    >>> merged = merge(table, pd.Series({"R1": "R1", "R2": "R1"}))
    >>> merged.golden[["name", "phone", "rows"]].values.tolist()
    [['Huaqiang Ltd.', '154 1234 5678', 'R1, R2']]
    >>> merged.provenance[["column", "row", "kept", "reason"]].head(2).values.tolist()
    [['name', 'R1', False, 'an older value'], ['name', 'R2', True, 'newest']]
    """
    checks.frame(table, "table")
    reading.labels_once(table)
    checks.need(table, {"updated": updated})
    checks.not_a_result({"table": "rows"} if "rows" in table.columns else {}, ["rows"])
    ways = checks.mapping(ways or {}, "ways", example="{'note': 'all'}")
    for column, way in ways.items():
        checks.need(table, {"": column})
        checks.one_of(way, "ways", WAYS)
    groups = checks.keys(checks.series(groups, "groups"), "groups")
    if not groups.index.is_unique or not set(table.index) <= set(groups.dropna().index):
        checks.fail(_("groups must give each row of the table its customer once, as customers.groups() does."))
    bad = set() if faults is None else set(zip(faults["row"], faults["column"], strict=True))
    days = {label: reading.day(cell, "day").value for label, cell in reading.cells(table, updated)}
    age = {label: (pd.Timestamp.min if day is None else day, str(label)) for label, day in days.items()}
    members: dict[Any, list[Any]] = {}
    for label in sorted(table.index, key=str):
        members.setdefault(groups.at[label], []).append(label)
    of = {column: dict(reading.cells(table, column)) for column in table.columns}
    golden, provenance = {}, []
    for customer in sorted(members, key=str):
        labels = members[customer]
        row: dict[Any, Any] = {}
        for column in table.columns:
            cells = {label: of[column][label] for label in labels if reading.plain(of[column][label])}
            row[column], told = _chosen(
                cells, ways.get(column, "newest"), age, {label for label in cells if (label, column) in bad}
            )
            provenance += [
                (customer, column, label, cells[label], kept, reason) for label, (kept, reason) in told.items()
            ]
        golden[customer] = row | {"rows": ", ".join(map(str, labels))}
    result = pd.DataFrame.from_dict(golden, orient="index")
    result.index.name = "customer"
    told_columns = ["customer", "column", "row", "value", "kept", "reason"]
    return Merged(result, pd.DataFrame(provenance, columns=told_columns))


def _chosen(
    cells: Mapping[Any, Any], way: str, age: Mapping[Any, Any], bad: set[Any]
) -> tuple[Any, dict[Any, tuple[bool, str]]]:
    """The value, and for each row whether it was kept, and why."""
    if not cells:
        return "", {}
    sound = {label: cell for label, cell in cells.items() if label not in bad} or dict(cells)
    only_bad = len(sound) == len(cells) and bool(bad)
    texts = {label: reading.plain(cell) for label, cell in sound.items()}
    newest = max(sound, key=lambda label: age[label])
    told: dict[Any, tuple[bool, str]] = {
        label: (False, tr(_("breaks a rule"))) for label in cells if label not in sound
    }
    if way == "all" and len(set(texts.values())) > 1:
        order = sorted(sound, key=lambda label: age[label])
        joined = " | ".join(dict.fromkeys(texts[label] for label in order))
        return joined, {**told, **{label: (True, tr(_("one of all"))) for label in sound}}
    if len(set(texts.values())) == 1:
        best, reason = newest, _("the only value") if len(sound) == 1 else _("all agree")
        other = ""
    elif way == "longest":
        best = max(sound, key=lambda label: (len(texts[label]), age[label]))
        reason, other = _("longest"), _("a shorter value")
    elif way == "most":
        votes = list(texts.values())
        best = max(sound, key=lambda label: (votes.count(texts[label]), age[label]))
        reason, other = _("most rows say so"), _("fewer rows say so")
    else:
        best, reason, other = newest, _("newest"), _("an older value")
    if only_bad:
        reason = _("breaks a rule, but there is nothing better")
    for label in sound:
        same = texts[label] == texts[best]
        told[label] = (same, tr(reason) if same else tr(other))
    return cells[best], told


def restored(merged: Merged) -> pd.DataFrame:
    """The list as it was before :func:`merge`, out of the provenance: rows in the order of their labels, empty cells as "".

    >>> table = pd.DataFrame({"name": ["a", "b"], "updated": ["2024-01-01", "2024-01-02"]}, index=["R1", "R2"])
    >>> restored(merge(table, pd.Series({"R1": "R1", "R2": "R1"})))["name"].to_dict()
    {'R1': 'a', 'R2': 'b'}
    """
    told = merged.provenance
    columns = [column for column in merged.golden.columns if column != "rows"]
    rows: dict[Any, dict[Any, Any]] = {}
    for label, column, value in zip(told["row"], told["column"], told["value"], strict=True):
        rows.setdefault(label, dict.fromkeys(columns, ""))[column] = value
    result = pd.DataFrame.from_dict(rows, orient="index", columns=columns)
    return result.loc[sorted(result.index, key=str)]
