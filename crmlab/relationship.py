"""Which relationship for which customer: five levels, the growth matrix, the maintenance board.

Source: training handout. The five levels are Kotler's; thresholds are conventions and arguments.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from crmlab import checks, purchases
from crmlab.counting import bincount
from crmlab.language import _

LEVELS = pd.DataFrame(
    [
        ("basic", _("Basic"), _("Sell, and make no further contact.")),
        ("reactive", _("Reactive"), _("Sell, and encourage the customer to call with questions or complaints.")),
        ("accountable", _("Accountable"), _("Call after the sale: does it work, what is wrong, what is wished for?")),
        ("proactive", _("Proactive"), _("Call now and then about better use and new products.")),
        ("partnership", _("Partnership"), _("Work with the customer all the time to do better together.")),
    ],
    columns=["level", "name", "meaning"],
).set_index("level")
"""The five levels of a relationship, loosest first: ``name`` and ``meaning`` (English;
:func:`crmlab.language.tr` renders them)."""

CHOICE = pd.DataFrame(
    {
        "high": ["accountable", "proactive", "partnership"],
        "medium": ["reactive", "accountable", "proactive"],
        "low": ["basic|reactive", "reactive", "accountable"],
    },
    index=pd.Index(["many", "some", "few"], name="customers"),
)
"""The level by number of customers (rows) and margin (columns); ``basic|reactive`` leaves the choice between two.
To use your own, change a copy and pass it to :func:`level`."""

GROWTH = pd.DataFrame(
    [
        ("customer_faster", _("Customer grows faster"), _("Grow with them, or they will outgrow and drop you.")),
        ("together", _("Grow together"), _("Plan the next steps jointly.")),
        ("company_faster", _("Company grows faster"), _("Help them to grow, or find the role that still fits.")),
    ],
    columns=["verdict", "name", "action"],
).set_index("verdict")
"""The three verdicts of the growth matrix."""

BUYERS = pd.DataFrame(
    [
        ("price", _("Price buyer"), _("Keep it simple and cheap; cut what they do not pay for.")),
        ("value", _("Value buyer"), _("Show what it saves or earns over its whole life.")),
        ("service", _("Service buyer"), _("Promise times and people, and keep the promise.")),
        ("mixed", _("Mixed buyer"), _("Offer two or three packages and let them choose.")),
    ],
    columns=["type", "name", "action"],
).set_index("type")
"""The four types of buyers."""

STATUS = {
    "overdue": _("Overdue"),
    "today": _("Today"),
    "this_week": _("Within 7 days"),
    "later": _("Later"),
}
"""Keys and names of a board's ``status``, most urgent first."""


def level(
    groups: pd.DataFrame,
    many: float = 500,
    few: float = 50,
    high: float = 0.4,
    low: float = 0.2,
    customers: str = "customers",
    margin: str = "margin",
    choice: pd.DataFrame = CHOICE,
) -> pd.DataFrame:
    """The level of relationship for each group of customers, by their number and the margin.

    ``groups`` has a row a group (a product line, a class), with the number of ``customers`` and the ``margin``.
    ``many`` customers or more are many, ``few`` or fewer are few; a margin of ``high`` or more is high, below
    ``low`` is low. The unit of the margin is yours (share of the price, money a customer), as long as ``high`` and
    ``low`` have the same; negative margins are low. The four limits are conventions of a firm, not findings.

    Columns: ``number`` (many, some, few), ``margin_class`` (high, medium, low), ``level`` (key of :data:`LEVELS`),
    ``alternative`` (the second choice of a cell with two, else empty).

    Raises :class:`~crmlab.checks.InputError` for missing columns or numbers, limits in the wrong order, a
    ``choice`` table with other rows, columns or levels.

    Source: Kotler, Marketing Management; training handout.

    >>> groups = pd.DataFrame({"customers": [8000, 120, 9], "margin": [.1, .3, .5]}, index=["pens", "desks", "fit-out"])
    >>> level(groups)["level"].to_dict()
    {'pens': 'basic', 'desks': 'accountable', 'fit-out': 'partnership'}
    """
    many, few, high, low = (
        checks.number(value, name) for value, name in ((many, "many"), (few, "few"), (high, "high"), (low, "low"))
    )
    for under, below, over, above in (("few", few, "many", many), ("low", low, "high", high)):
        if below >= above:
            checks.fail(
                _("{low_name} must be below {high_name}; they are {low:g} and {high:g}."),
                low_name=under,
                high_name=over,
                low=below,
                high=above,
            )
    checks.frame(groups, "groups")
    checks.need(groups, {"customers": customers, "margin": margin})
    number = checks.within(groups[customers], customers, 0)
    rate = checks.numbers(groups[margin], margin)
    cells = _choice(choice)
    row = np.where(number >= many, 0, np.where(number <= few, 2, 1))
    column = np.where(rate >= high, 0, np.where(rate < low, 2, 1))
    found = cells[row, column]
    return pd.DataFrame(
        {
            "number": np.array(["many", "some", "few"], dtype=object)[row],
            "margin_class": np.array(["high", "medium", "low"], dtype=object)[column],
            "level": [cell[0] for cell in found],
            "alternative": pd.Series([cell[1] if len(cell) > 1 else None for cell in found], groups.index, object),
        },
        index=groups.index,
    )


def _choice(choice: pd.DataFrame) -> np.ndarray:
    """3 x 3, each cell a list of one or two levels."""
    checks.frame(choice, "choice")
    rows, columns = ["many", "some", "few"], ["high", "medium", "low"]
    if sorted(map(str, choice.index)) != sorted(rows) or sorted(map(str, choice.columns)) != sorted(columns):
        checks.fail(
            _("choice needs the rows {rows} and the columns {columns}, each once."),
            rows=", ".join(rows),
            columns=", ".join(columns),
        )
    cells = np.empty((3, 3), dtype=object)
    for i, row in enumerate(rows):
        for j, column in enumerate(columns):
            cells[i, j] = str(choice.loc[row, column]).split("|")
            for key in cells[i, j]:
                if key not in LEVELS.index:
                    checks.fail(
                        _("choice, row {row}, column {column}: there is no level {level!r}; there are: {known}."),
                        row=row,
                        column=column,
                        level=key,
                        known=", ".join(LEVELS.index),
                    )
    return cells


def growth(before: Any, after: Any) -> pd.Series:
    """Growth from one period to the next as a share: .1 = 10% more.

    Two Series with the same customers, or two lists in one order; money or units, 0 or more. From 0 there is no rate: NaN, counted in
    ``result.attrs["left_out"]`` as ``nothing_before``.

    >>> growth(pd.Series({"Li": 100, "Wu": 80}), pd.Series({"Li": 125, "Wu": 60})).to_dict()
    {'Li': 0.25, 'Wu': -0.25}
    """
    before, after = checks.aligned(before=before, after=after)
    first, second = checks.series(before, "before"), checks.series(after, "after")
    old, new = checks.within(first, "before", 0), checks.within(second, "after", 0)
    rate = np.divide(new, old, out=np.full(len(old), np.nan), where=old > 0) - 1
    result = pd.Series(rate, index=first.index, name="growth")
    result.attrs["left_out"] = {"nothing_before": int((old == 0).sum())}
    return result


def growth_matrix(customers: Any, company: float, tolerance: float = 0.05) -> pd.DataFrame:
    """Each customer's growth against the company's own.

    ``customers`` is a growth rate a customer (Series; .1 = 10%; see :func:`growth`), ``company`` the company's
    own rate over the same time. Rates that lie at most ``tolerance`` apart count as equal.

    Columns: ``growth``, ``company``, ``difference``, ``verdict`` (key of :data:`GROWTH`). Customers without a rate
    are left out, counted in ``result.attrs["left_out"]`` as ``without_growth``.

    The growth of the customer's *own business* is meant. Their purchases from you are a stand-in, and a biased
    one: they also move with your share of their budget.

    >>> growth_matrix(pd.Series({"Li": .3, "Wu": .08, "Ma": -.1}), company=.1)["verdict"].to_dict()
    {'Li': 'customer_faster', 'Wu': 'together', 'Ma': 'company_faster'}
    """
    company = checks.number(company, "company", low=-1)
    tolerance = checks.number(tolerance, "tolerance", low=0)
    column = checks.series(customers, "customers")
    rate = checks.within(column, "growth", -1, missing=True)
    known = ~np.isnan(rate)
    if not known.any():
        checks.fail(_("No customer has a growth rate."))
    checks.tell_percent(company, "company", 5.0)
    difference = rate[known] - company
    edge = tolerance + 1e-9
    verdict = np.where(difference > edge, "customer_faster", np.where(difference < -edge, "company_faster", "together"))
    result = pd.DataFrame(
        {"growth": rate[known], "company": company, "difference": difference, "verdict": verdict.astype(object)},
        index=column.index[known],
    )
    result.attrs |= {"left_out": {"without_growth": int((~known).sum())}, "tolerance": tolerance}
    return result


def buyer_types(weights: pd.DataFrame, majority: float = 0.5) -> pd.Series:
    """The type of each buyer, from what counts for them.

    ``weights`` has columns ``price``, ``value``, ``service``: points, 0 or more, in any unit (100 points to share
    out, importance from 1 to 10). Who gives one of them more than ``majority`` of all points is of that type, all
    others are mixed.

    >>> buyer_types(pd.DataFrame({"price": [70, 40], "value": [20, 30], "service": [10, 30]})).tolist()
    ['price', 'mixed']
    """
    majority = checks.number(majority, "majority", low=1 / 3, high=1)
    checks.frame(weights, "weights")
    names = ["price", "value", "service"]
    for name in names:
        checks.need(weights, {"": name})
    points = np.column_stack([checks.within(weights[name], name, 0) for name in names])
    total = points.sum(axis=1)
    if (total == 0).any():
        checks.fail(_("Row {row}: all three weights are 0, so nothing counts."), row=weights.index[int(total.argmin())])
    share = points / total[:, None]
    keys = np.where(share.max(axis=1) > majority, np.array(names)[share.argmax(axis=1)], "mixed").astype(object)
    return pd.Series(keys, index=weights.index, name="type")


BOARD = ("class", "kind", "region")
"""What the board is sorted by, where the customers have it."""


ADDED = ("contacts", "last_contact", "agreed", "due", "days_left", "status")
"""The columns that :func:`board` adds."""


def board(
    customers: pd.DataFrame,
    contacts: pd.DataFrame | None,
    as_of: Any,
    intervals: Mapping[Any, float] | None = None,
    customer: str = "customer_id",
    group: str = "class",
    sort: Sequence[str] = BOARD,
    date: str = "date",
    call_back: str = "call_back",
) -> pd.DataFrame:
    """The maintenance board: whom to call back when.

    ``customers`` has a row a customer: the column ``customer`` (or the index of that name), the class in ``group``,
    and what else the board is to show. ``contacts`` is the contact log, a row a call or visit, with ``customer``,
    ``date`` and, if you keep it, ``call_back``: the day agreed for the next contact (empty = none agreed).
    ``intervals`` is the number of days between contacts by class: by default A 14, B 30, C 90.

    The next contact is due on the day agreed at the last contact, else the interval of the class after it; for a
    customer without any contact on ``as_of``. Of several contacts on one day the last row counts.

    The result is indexed by customer and sorted by those columns of ``sort`` that are there (level of consumption,
    kind, region), then by due day. It has the columns of ``customers`` and ``contacts`` (number), ``last_contact``,
    ``agreed`` (the day comes from the log), ``due`` (days as Timestamps), ``days_left`` (below 0 = overdue),
    ``status`` (key of :data:`STATUS`).

    ``result.attrs["left_out"]``: ``contacts_after_as_of``, ``contacts_without_customer`` (empty or not in the list).

    Raises :class:`~crmlab.checks.InputError` for customers listed twice, a class without an interval, missing or
    ambiguous dates, an agreed day before its contact.

    >>> people = pd.DataFrame({"customer_id": ["Li", "Wu", "Ma"], "class": ["B", "A", "A"]})
    >>> log = pd.DataFrame({"customer_id": ["Wu", "Li"], "date": ["2024-05-01", "2024-05-20"]})
    >>> board(people, log, "2024-05-31")[["due", "days_left", "status"]]  # doctest: +NORMALIZE_WHITESPACE
                       due  days_left   status
    customer_id
    Wu          2024-05-15        -16  overdue
    Ma          2024-05-31          0    today
    Li          2024-06-19         19    later
    """
    today = purchases.last_day(as_of, "as_of")
    every = _intervals({"A": 14, "B": 30, "C": 90} if intervals is None else intervals)
    checks.frame(customers, "customers")
    inside = checks.is_name(customer) and customer in customers.index.names and customer not in customers.columns
    people = customers.reset_index() if inside else customers
    checks.need(people, {"customer": customer, "group": group})
    checks.not_a_result({"customer": customer, "group": group}, ADDED)
    checks.once(people[customer], customer)
    names = pd.Index(checks.keys(people[customer], customer), name=customer)
    checks.alike(names, customer)
    unknown = ~checks.keys(people[group], group).isin(list(every)).to_numpy(dtype=bool)
    if unknown.any():
        checks.fail(
            _("Column {column!r}, row {row}: there is no interval for {value!r}; there are: {known}."),
            column=group,
            row=people.index[int(unknown.argmax())],
            value=people[group][unknown].iloc[0],
            known=", ".join(map(str, every)),
        )
    result = people.drop(columns=customer).set_axis(names)
    log, left_out = _log(contacts, names, today, customer, date, call_back)
    ordered = log.sort_values("day", kind="stable")
    last = ordered.drop_duplicates("who", keep="last").set_index("who").reindex(np.arange(len(names)))
    reached = last["day"].notna().to_numpy()
    agreed = last["agreed"].notna().to_numpy()
    step = people[group].map(every).to_numpy(dtype="float64")
    last_day = last["day"].fillna(today).to_numpy(dtype="float64")
    due = np.where(reached, last_day + step, today)
    due = np.where(agreed, last["agreed"].fillna(0).to_numpy(dtype="float64"), due)
    left = (due - today).astype("int64")
    result["contacts"] = bincount(log["who"], minlength=len(names))
    result["last_contact"] = pd.Series(checks.timestamps(last_day), index=names).where(reached)
    result["agreed"] = agreed
    result["due"] = checks.timestamps(due)
    result["days_left"] = left
    result["status"] = np.select([left < 0, left == 0, left <= 7], ["overdue", "today", "this_week"], "later").astype(
        object
    )
    names_given = isinstance(sort, (list, tuple, pd.Index, np.ndarray)) and all(map(checks.is_name, sort))
    if not names_given:
        checks.fail(_("sort must be a list of columns; it is {value!r}."), value=sort)
    order = [name for name in sort if name in result.columns or name not in BOARD]
    for name in order:
        checks.need(result, {"": name})
    for name in order:
        try:
            result[name].sort_values()
        except TypeError:
            checks.fail(
                _("Column {column!r} holds several kinds of values, such as numbers and texts, and cannot be sorted."),
                column=name,
            )
    result = result.sort_values([*order, "due"], kind="stable")
    result.attrs |= {"left_out": left_out, "as_of": str(np.datetime64(today, "D"))}
    return result


def _intervals(intervals: Mapping[Any, float]) -> dict[Any, int]:
    if not isinstance(intervals, Mapping) or not intervals:
        checks.fail(_("intervals must give days by class, such as {example}."), example='{"A": 14, "B": 30, "C": 90}')
    return {key: checks.number(days, f"intervals[{key!r}]", low=1, whole=True) for key, days in intervals.items()}


def _log(
    contacts: pd.DataFrame | None, names: pd.Index, today: int, customer: str, date: str, call_back: str
) -> tuple[pd.DataFrame, dict[str, int]]:
    """The contacts up to today: ``who`` (position in ``names``), ``day``, ``agreed`` (NaN = none)."""
    empty = pd.DataFrame({"who": np.zeros(0, "int64"), "day": np.zeros(0), "agreed": np.zeros(0)})
    left_out = {"contacts_after_as_of": 0, "contacts_without_customer": 0}
    if contacts is None or (isinstance(contacts, pd.DataFrame) and contacts.empty):
        return empty, left_out
    checks.frame(contacts, "contacts")
    checks.need(contacts, {"customer": customer, "date": date})
    given = checks.keys(contacts[customer], customer)
    who = names.get_indexer(pd.Index(given))
    if (who < 0).all():
        checks.fail(
            _("No contact is with a customer of the list: {one!r} against {other!r}. Are both text, or both numbers?"),
            one=contacts[customer].iloc[0],
            other=names[0],
        )
    checks.alike(given[who < 0].dropna().unique(), customer, known=names)
    day = checks.days(contacts[date], date)
    agreed = np.full(len(contacts), np.nan)
    if not checks.is_name(call_back) or call_back != "call_back" or call_back in contacts.columns:
        checks.need(contacts, {"call_back": call_back})
        named = checks.keys(contacts[call_back], call_back).notna().to_numpy()
        if named.any():
            agreed[named] = checks.days(contacts[call_back][named], call_back)
        early = agreed < day
        if early.any():
            checks.fail(
                _("Column {column!r}, row {row}: the day agreed lies before the contact."),
                column=call_back,
                row=contacts.index[int(early.argmax())],
            )
    late = day > today
    left_out = {"contacts_after_as_of": int(late.sum()), "contacts_without_customer": int(((who < 0) & ~late).sum())}
    keep = ~late & (who >= 0)
    return pd.DataFrame({"who": who[keep], "day": day[keep].astype("float64"), "agreed": agreed[keep]}), left_out
