"""Rules for a customer list, and every cell that breaks one, with the reason in words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from crmlab import checks
from crmlab.customers import reading
from crmlab.language import _, tr

COLUMNS = ("row", "column", "value", "rule", "reason")


@dataclass(frozen=True)
class Rule:
    """One thing that must hold of a ``column``.

    ``check`` is one of :data:`CHECKS`; ``name`` stands for the rule in the result (the check itself, if it is left out).

    - "filled": not empty. "once": no two filled cells say the same.
    - "phone", "email": can be read as one; empty cells pass.
    - "date": can be read as one, from ``low`` to ``high``; ``other`` may name a column whose value, by ``values``, says what
      stands first in dates like 03/04/2021 ("day" or "month").
    - "amount": can be read as one, from ``low`` to ``high`` in its own currency.
    - "like": fits the whole of the regular expression ``pattern``. "unlike": the expression is found nowhere in it.
    - "begins": the column begins with one of ``values`` for what the column ``other`` holds, as {"深圳": ["518"]}; what is
      not in ``values`` passes.
    """

    column: str
    check: str
    name: str = ""
    pattern: str = ""
    other: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    low: Any = None
    high: Any = None


Found = Iterable[tuple[Any, str]]
"""The labels of rows that break a rule, each with the reason in the reader's language."""


def validate(table: pd.DataFrame, rules: Sequence[Rule]) -> pd.DataFrame:
    """Every cell that breaks a rule: ``row`` (its label), ``column``, ``value`` as it stands, ``rule``, and the ``reason``.

    One row a fault; a cell that breaks two rules stands twice. In the order of the rules, then of the rows. A list without
    faults gives a table without rows. What the rules do not ask is not found: no fault is not the same as right.

    Raises :class:`~crmlab.checks.InputError` for a table without rows, a row label that occurs twice, a column that is not
    there, an unknown check, or a regular expression that cannot be read.

    >>> table = pd.DataFrame({"phone": ["154 1234 5678", "154 1234 567", ""]}, index=["R1", "R2", "R3"])
    >>> found = validate(table, [Rule("phone", "filled"), Rule("phone", "phone")])
    >>> found[["row", "rule", "reason"]].values.tolist()
    [['R3', 'filled', 'is empty'], ['R2', 'phone', 'is no telephone number: 10 digits']]
    """
    checks.frame(table, "table")
    reading.labels_once(table)
    faults = []
    for rule in rules:
        if not isinstance(rule, Rule):
            checks.fail(_("rules must be a list of Rule(...); one of them is {kind}."), kind=type(rule).__name__)
        checks.one_of(rule.check, "check", CHECKS)
        checks.need(table, {"column": rule.column, **({"other": rule.other} if rule.other else {})})
        for label, reason in CHECKS[rule.check](table, rule):
            faults.append((label, rule.column, table.at[label, rule.column], rule.name or rule.check, reason))
    result = pd.DataFrame(faults, columns=list(COLUMNS))
    result["value"] = [reading.plain(value) and str(value) for value in result["value"]]
    return result


def _cells(table: pd.DataFrame, column: str) -> Iterable[tuple[Any, str]]:
    return ((label, reading.plain(cell)) for label, cell in reading.cells(table, column))


def _filled(table: pd.DataFrame, rule: Rule) -> Found:
    return ((label, tr(_("is empty"))) for label, text in _cells(table, rule.column) if not text)


def _once(table: pd.DataFrame, rule: Rule) -> Found:
    first: dict[str, Any] = {}
    for label, text in _cells(table, rule.column):
        if text and text in first:
            yield label, tr(_("stands in row {row} already"), row=first[text])
        elif text:
            first[text] = label


def _phone(table: pd.DataFrame, rule: Rule) -> Found:
    for label, text in _cells(table, rule.column):
        if text and not reading.phone(text):
            digits = len(re.sub(r"\D", "", text))
            said = _("is no telephone number: {n} digits") if digits else _("is no telephone number: no digits")
            yield label, tr(said, n=digits)


def _email(table: pd.DataFrame, rule: Rule) -> Found:
    for label, text in _cells(table, rule.column):
        if text and not reading.email(text):
            said = _("is no mail address") if "@" in text else _("is no mail address: no @")
            yield label, tr(said)


def _date(table: pd.DataFrame, rule: Rule) -> Found:
    low = None if rule.low is None else pd.Timestamp(rule.low)
    high = None if rule.high is None else pd.Timestamp(rule.high)
    orders = dict(_cells(table, rule.other)) if rule.other else {}
    for label, text in _cells(table, rule.column):
        if not text:
            continue
        found = reading.day(text, rule.values.get(orders.get(label, ""), ""))
        if found.value is None:
            yield label, tr(found.why)
        elif low is not None and found.value < low:
            yield label, tr(_("is before {day}"), day=low.date())
        elif high is not None and found.value > high:
            yield label, tr(_("is after {day}"), day=high.date())


def _amount(table: pd.DataFrame, rule: Rule) -> Found:
    for label, text in _cells(table, rule.column):
        if not text:
            continue
        found = reading.amount(text)
        if found.value is None:
            yield label, tr(found.why)
        elif rule.low is not None and found.value[0] < rule.low:
            yield label, tr(_("is below {low:,}: is a unit missing?"), low=rule.low)
        elif rule.high is not None and found.value[0] > rule.high:
            yield label, tr(_("is above {high:,}: is it in another unit?"), high=rule.high)


def _pattern(rule: Rule) -> re.Pattern[str]:
    try:
        return re.compile(rule.pattern, re.IGNORECASE)
    except re.error as error:
        checks.fail(
            _("The pattern of the rule for {column!r} cannot be read: {why}."), column=rule.column, why=str(error)
        )


def _like(table: pd.DataFrame, rule: Rule) -> Found:
    fits = _pattern(rule).fullmatch
    reason = tr(_("does not have the form that is wanted"))
    return ((label, reason) for label, text in _cells(table, rule.column) if text and not fits(text))


def _unlike(table: pd.DataFrame, rule: Rule) -> Found:
    found = ((label, _pattern(rule).search(text)) for label, text in _cells(table, rule.column))
    return ((label, tr(_("holds “{word}”"), word=one.group())) for label, one in found if one)


def _begins(table: pd.DataFrame, rule: Rule) -> Found:
    others = dict(_cells(table, rule.other))
    for label, text in _cells(table, rule.column):
        starts = rule.values.get(others[label])
        if text and starts and not text.startswith(tuple(starts)):
            yield (
                label,
                tr(
                    _("does not fit {other}: it begins with {starts} there"),
                    other=others[label],
                    starts="/".join(starts),
                ),
            )


CHECKS: dict[str, Callable[[pd.DataFrame, Rule], Found]] = {
    "filled": _filled,
    "once": _once,
    "phone": _phone,
    "email": _email,
    "date": _date,
    "amount": _amount,
    "like": _like,
    "unlike": _unlike,
    "begins": _begins,
}
"""What a rule can ask."""

POSTCODES = {
    "深圳": ["518"],
    "东莞": ["523"],
    "广州": ["510", "511"],
    "佛山": ["528"],
    "惠州": ["516"],
    "中山": ["528"],
    "珠海": ["519"],
}
"""How the postcodes of some towns begin."""

RULES: tuple[Rule, ...] = (
    Rule("name", "unlike", name=_("test row"), pattern=r"test|测试|^x+$"),
    Rule("phone", "filled", name=_("telephone there")),
    Rule("phone", "phone", name=_("telephone readable")),
    Rule("contact", "unlike", name=_("contact is a name"), pattern=r"\d"),
    Rule("email", "email", name=_("mail address")),
    Rule("postcode", "like", name=_("postcode"), pattern=r"\d{6}"),
    Rule("since", "date", name=_("date"), low="1990-01-01", high="2026-09-30"),
    Rule("sales", "amount", name=_("sales"), low=1000, high=20_000_000),
    Rule("note", "unlike", name=_("person has left"), pattern=r"离职|不在|left the firm|no longer"),
)
"""Rules for a list with these columns, as a beginning; write your own beside them."""
