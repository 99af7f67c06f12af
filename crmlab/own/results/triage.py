"""Open complaints in the order in which they must be answered, danger to people first, each with the rule that says so."""

from __future__ import annotations

import pandas as pd

from crmlab import checks, complaints, value
from crmlab.language import _
from crmlab.own.backtesting import book as books
from crmlab.own.export import Export
from crmlab.own.result import FAILS, HOLDS, UNCLEAR, UNTESTED, Result, Test
from crmlab.own.said import Said
from crmlab.own.understanding import complaint_cells
from crmlab.own.understanding.complaint_cells import Complaints
from crmlab.pipeline import share_difference

_UNSTATED = ("unstated", "senior_agent", 24.0, _("Nobody has said how serious it is: look at it first."))
FEW = 20
"""Complaints settled sooner, and later, that are needed to tell whether waiting does harm."""


def find(export: Export, orders: Export | None = None) -> Result:
    """Who answers each open complaint in what time (:data:`crmlab.complaints.TRIAGE`), the most urgent first.

    ``orders`` of the same firm give each customer its ABC class, where the complaints have none. A danger to people is what the file says, or a
    word in its text that may mean one: to look at at once. Repeated: so many complaints of the customer for the same reason up to then.

    ``table``: ``complaint`` (its number, or the row of the file), ``customer``, ``received``, ``reason``, ``rule``, ``why`` (English), ``who`` (English name), ``hours``, ``days_open`` (up to the
    last day in the file), ``overdue``, ``danger`` (the word), ``class``, ``repeat``, ``claim``. ``data``: ``by_rule`` (open and overdue, by rule), ``as_of``.

    Raises :class:`~crmlab.checks.InputError` for a file without complaints, or without one that is open.
    """
    found = complaint_cells.of(export)
    table = found.table
    told = table["open"].notna()
    waiting = table[table["open"].map(lambda one: one is not False)]
    if not len(waiting):
        checks.fail(_("No complaint in {file} is open."), file=export.file.name)
    classes = _classes(found, orders)
    repeat = _repeat(table)
    made, rules = _judged(waiting, found, classes, repeat)
    made = _timed(made, waiting, found)
    at = {name: number for number, name in enumerate(rules["rule"])}
    made = made.assign(_at=made["rule"].map(at), _claim=-made["claim"].fillna(0))
    made = made.sort_values(
        ["_at", "days_open", "_claim"], ascending=[True, False, True], kind="stable", na_position="last"
    )
    made = made.drop(columns=["_at", "_claim"]).reset_index(drop=True)
    made = made.drop(
        columns=[name for name in ("claim", "class", "danger") if made[name].isna().all() or (made[name] == "").all()]
    )
    by_rule = (
        made.groupby("rule")
        .agg(open=("rule", "size"), overdue=("overdue", "sum"))
        .reindex([one for one in at if (made["rule"] == one).any()])
    )
    return Result(
        "triage",
        Said(
            _("{n:,} open complaints, {danger:,} of them a possible danger to people"),
            n=len(made),
            danger=int((made["rule"] == "safety").sum()),
        ),
        made,
        tuple(_says(found, made, int((~told).sum()), classes is not None)),
        _test(table),
        formats={"hours": "{:.0f}", "days_open": "{:,.0f}", "claim": "{:,.0f}"},
        personal=books.personal(export, made) if "customer" in found.has else (),
        data={"by_rule": by_rule, "as_of": found.as_of},
    )


def _classes(found: Complaints, orders: Export | None) -> pd.Series | None:
    """The class of each complaint's customer: as the file says, else by the orders; None where neither tells."""
    if "class" in found.has:
        return found.table["class"]
    if orders is None or "customer" not in found.has or "amount" not in orders.table:
        return None
    spent = orders.table.dropna(subset=["customer", "amount"]).groupby("customer")["amount"].sum()
    spent = spent[spent > 0]
    if not len(spent):
        return None
    letters = value.abc(spent)
    return found.table["customer"].map(letters["class"].astype(object))


def _repeat(table: pd.DataFrame) -> pd.Series:
    """How many complaints of its customer, for the same reason where reasons are known, each is; 1 where the customer is not known."""
    order = table.sort_values("date", kind="stable", na_position="last")
    keys = [order["customer"].fillna(""), order["reason"].fillna("").str.lower()]
    count = order.groupby(keys, sort=False).cumcount() + 1
    return count.where(order["customer"].notna(), 1).reindex(table.index)


def _judged(
    part: pd.DataFrame, found: Complaints, classes: pd.Series | None, repeat: pd.Series
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The rule of each complaint. Rules that ask for what the file does not have are left out; what one row lacks is not taken for harmless."""
    rules = complaints.TRIAGE
    if "severity" not in found.has:
        rules = rules[rules["severity"].isna()]
    given = pd.DataFrame(
        {
            "safety": [
                bool(said) or word != ""
                for said, word in zip(part["safety"].map(lambda one: one is True), part["danger"], strict=True)
            ],
            "severity": part["severity"].fillna(1).to_numpy(),
            "repeat": repeat.loc[part.index].to_numpy(),
            "value": (classes if classes is not None else pd.Series(None, found.table.index, dtype=object))
            .loc[part.index]
            .to_numpy(),
        },
        index=part.index,
    )
    made = complaints.triage(given, rules)
    made["why"] = made["rule"].map(dict(zip(rules["rule"], rules["why"], strict=True)))
    name, who, hours, why = _UNSTATED
    if "severity" in found.has:
        unstated = (made["rule"] == "other") & part["severity"].isna()
        made.loc[unstated, ["rule", "who", "hours", "why"]] = [name, who, hours, why]
        extra = pd.DataFrame([{"rule": name, "who": who, "hours": hours, "why": why}])
        rules = pd.concat(
            [rules[["rule", "who", "hours", "why"]].iloc[:-1], extra, rules[["rule", "who", "hours", "why"]].iloc[-1:]],
            ignore_index=True,
        )
    made = made.assign(repeat=given["repeat"], **{"class": given["value"]})
    return made, rules


def _timed(made: pd.DataFrame, part: pd.DataFrame, found: Complaints) -> pd.DataFrame:
    open_days = (
        (found.as_of - part["date"]).dt.days.astype("Float64")
        if found.as_of is not None
        else pd.Series(pd.NA, part.index, dtype="Float64")
    )
    number = part["complaint"].where(part["complaint"].notna(), pd.Series([f"{row}" for row in part.index], part.index))
    return pd.DataFrame(
        {
            "complaint": number,
            "customer": part["customer"],
            "received": part["date"],
            "reason": part["reason"],
            "rule": made["rule"],
            "why": made["why"],
            "who": made["who"].map(complaints.WHO),
            "hours": made["hours"],
            "days_open": open_days,
            # Days, not hours, stand in the file: late is what no hour of the day could have met.
            "overdue": ((open_days - 1) * 24 > made["hours"]).fillna(False).astype(bool),
            "danger": part["danger"],
            "class": made["class"],
            "repeat": made["repeat"],
            "claim": part["claim"],
        }
    )


def _says(found: Complaints, made: pd.DataFrame, not_told: int, classed: bool) -> list[Said]:
    said = []
    danger = made[made["rule"] == "safety"]
    if len(danger):
        said.append(
            Said(
                _("{n} may be a danger to people: these first, before anything else, whoever the customer is."),
                n=len(danger),
            )
        )
    late = int(made["overdue"].sum())
    if found.as_of is not None and made["received"].notna().any():
        said.append(Said(_("On {day:%Y-%m-%d}, the last day in the file, {late:,} of {n:,} were past the time that the rules give; the oldest has waited {days:.0f} days."),
                         day=found.as_of, late=late, n=len(made), days=float(made["days_open"].max())))  # fmt: skip
    if not_told:
        text = (
            _("The file does not say which complaints are settled, so all stand here.")
            if not_told == len(found.table)
            else _("Of {n:,} complaints the file does not say whether they are settled; they stand here too.")
        )
        said.append(Said(text, n=not_told))
    if not {"safety", "text"} & found.has:
        said.append(
            Said(
                _(
                    "The file has neither a column on danger to people nor the complaint in words: look through the reasons yourself."
                )
            )
        )
    elif "safety" not in found.has:
        said.append(
            Said(
                _(
                    "Danger is looked for by words in the text; it may be told in others. Somebody must read each complaint."
                )
            )
        )
    if "severity" not in found.has:
        said.append(Said(_("The file does not say how serious each is, so no rule asks for it.")))
    elif found.unknown.get("severity"):
        said.append(
            Said(
                _("Of {n:,} complaints the word under {column!r} is not known to say how serious they are."),
                n=found.unknown["severity"],
                column=found.heading("severity"),
            )
        )
    if not classed:
        said.append(
            Said(
                _(
                    "Neither this file nor a file of orders tells the class of the customers, so nobody is put forward as a key customer."
                )
            )
        )
    if "customer" not in found.has:
        said.append(Said(_("The file names no customers, so who complains again cannot be seen.")))
    return said


def _test(table: pd.DataFrame) -> Test:
    """Does it matter how long a customer waits? Of those settled sooner and later, how many were settled badly."""
    days = (table["closed"] - table["date"]).dt.days.astype("float64")
    days = days.where(days >= 0).fillna(table["days"])
    known = table["settled"].isin(["well", "badly"]) & days.notna()
    days, badly = days[known], (table.loc[known, "settled"] == "badly").to_numpy()
    middle = float(days.median()) if len(days) else 0.0
    slow = (days > middle).to_numpy()
    if min(slow.sum(), (~slow).sum()) < FEW:
        return Test(
            UNTESTED,
            Said(
                _(
                    "The order is a rule of the house, not a forecast. Whether waiting does harm, the file cannot tell: it says of too few complaints how and in how many days they were settled."
                )
            ),
        )
    counts = int(badly[slow].sum()), int(slow.sum()), int(badly[~slow].sum()), int((~slow).sum())
    gap, low, high = share_difference(*counts)
    says = Said(
        _("Does waiting do harm? Of {n} complaints that took more than {days:.0f} days {share:.0%} were settled badly, of {k} that did not {other:.0%}: {gap:+.0f} points of 100, 95% interval {low:+.0f} to {high:+.0f}. What is hard to settle takes longer, too. The order itself is a rule of the house."),
        n=counts[1], k=counts[3], days=middle, share=counts[0] / counts[1], other=counts[2] / counts[3], gap=100 * gap, low=100 * low, high=100 * high,
    )  # fmt: skip
    return Test(HOLDS if low > 0 else FAILS if high < 0 else UNCLEAR, says)
