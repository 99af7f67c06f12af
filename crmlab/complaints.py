"""Complaints: the script of seven steps, who answers in what time, and why customers leave.

The script: first the feelings, then the matter. What a complaint is worth: :mod:`crmlab.complaint_economics`.

Source: training handout.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from crmlab import checks, daytext, intervals
from crmlab.complaint_steps import HALVES as HALVES
from crmlab.complaint_steps import STEPS as STEPS
from crmlab.complaint_steps import Step as Step
from crmlab.language import _, tr


class Review(NamedTuple):
    """What became of the seven steps in one conversation; each list in the order of the script."""

    done: list[str]
    """Steps that were done, early or not."""
    skipped: list[str]
    """Steps that were not done at all."""
    out_of_order: list[str]
    """Steps that came too early: a step that belongs before them was done only afterwards."""
    before: dict[str, str]
    """For each step out of order, the first step of the script that it ran ahead of."""

    @property
    def feelings_first(self) -> bool:
        """True when all three steps of the feelings were done, and before the first step of the matter."""
        half = {key: step.half for key, step in STEPS.items()}
        missed = any(half[step] == "feelings" for step in self.skipped)
        ahead = any(half[step] > half[first] for step, first in self.before.items())  # "matter" > "feelings"
        return not missed and not ahead

    @property
    def complete(self) -> bool:
        """True when all seven were done in order."""
        return not self.skipped and not self.out_of_order

    def sentences(self) -> list[str]:
        """The review in words, in the reader's language.

        >>> review(["ask", "sympathy"]).sentences()[0]
        "'Ask' came before 'Show sympathy'."
        """

        def name(step: str) -> str:
            return tr(STEPS[step].name)

        if self.complete:
            return [tr(_("All seven steps, in order."))]
        said = [
            tr(_("'{early}' came before '{first}'."), early=name(step), first=name(self.before[step]))
            for step in self.out_of_order
        ]
        return said + [tr(_("'{step}' was skipped."), step=name(step)) for step in self.skipped]


def review(steps_done: Sequence[str]) -> Review:
    """Compare the steps of a conversation, in the order they came, with the script.

    Of a step done several times the first time counts: to say sorry again later is no mistake, to offer a
    solution before asking is one even if it is offered again. A step is out of order when one that belongs
    before it came only after it. The ``before`` field names the earliest such step.

    Raises :class:`~crmlab.checks.InputError` for a step that is not in :data:`STEPS`.

    >>> result = review(["sympathy", "offer", "ask", "confirm", "agree"])
    >>> result.out_of_order, result.skipped
    (['offer'], ['want', 'follow_up'])
    """
    steps_done = checks.names(steps_done, "steps_done")
    for step in steps_done:
        if step not in STEPS:
            near = checks.close_name(step, list(STEPS))
            if near is not None:
                checks.fail(_("There is no step {step!r}. Did you mean {near!r}?"), step=step, near=near)
            checks.fail(_("There is no step {step!r}; there are: {there}."), step=step, there=", ".join(STEPS))
    followed = follow(steps_done, list(STEPS))
    return Review(followed.done, followed.skipped, list(followed.before), followed.before)


class Followed(NamedTuple):
    """How far an order of steps was followed; ``before``: for each step that came too early, the first one that it ran
    ahead of."""

    done: list[str]
    skipped: list[str]
    before: dict[str, str]


def follow(steps_done: Sequence[str], order: Sequence[str]) -> Followed:
    """Compare steps with any order of them, as :func:`review` does with that of a complaint.

    >>> follow(["ask", "name"], ["name", "ask", "thank"])
    Followed(done=['name', 'ask'], skipped=['thank'], before={'ask': 'name'})
    """
    steps_done, order = checks.names(steps_done, "steps_done"), checks.names(order, "order")
    first: dict[str, int] = {}
    for at, step in enumerate(steps_done):
        first.setdefault(step, at)
    done = [step for step in order if step in first]
    before: dict[str, str] = {}
    for i, step in enumerate(done):
        ahead_of = [other for other in done[:i] if first[other] > first[step]]
        if ahead_of:
            before[step] = ahead_of[0]
    return Followed(done, [step for step in order if step not in first], before)


TRIAGE = pd.DataFrame(
    [
        ("safety", True, None, None, None, "duty_manager", 1.0, _("Somebody could be hurt.")),
        ("critical", None, 3, None, None, "service_manager", 4.0, _("The customer cannot go on.")),
        (
            "repeated",
            None,
            None,
            3,
            None,
            "service_manager",
            8.0,
            _("The third time is a fault of ours, not bad luck."),
        ),
        ("key_customer", None, None, None, "A", "account_manager", 8.0, _("Much depends on this customer.")),
        ("serious", None, 2, None, None, "senior_agent", 24.0, _("It costs the customer time or money.")),
        ("other", None, None, None, None, "agent", 48.0, _("Everybody gets an answer.")),
    ],
    columns=["rule", "safety", "severity", "repeat", "value", "who", "hours", "why"],
).astype({"safety": object, "severity": object, "repeat": object, "value": object})
"""Who answers a complaint in what time, the first fitting row from above; None means "whatever it is".

``safety`` True: a risk to health; ``severity`` and ``repeat``: this many or more (severity 1 minor, 2 serious, 3
critical; repeat: how many times the customer has had this complaint, this one included); ``value``: letters
of an ABC class such as "AB", or a number: this much or more. ``hours``: by the clock, not by the working day. The
numbers are a convention to start from: copy the table and change it.
"""

WHO = {
    "duty_manager": _("Manager on duty"),
    "service_manager": _("Service manager"),
    "account_manager": _("Account manager"),
    "senior_agent": _("Senior agent"),
    "agent": _("Front line"),
}
"""Names of those who answer."""

HANDOUT_REASONS = pd.DataFrame(
    [
        ("closure", _("Death or closure"), 0.01, 0.01),
        ("moved", _("Moved away"), 0.05, 0.03),
        ("friends", _("Friends' influence"), 0.07, 0.05),
        ("competition", _("Competition"), 0.09, 0.09),
        ("quality", _("Quality"), 0.15, 0.14),
        ("neglect", _("Neglected"), 0.63, 0.68),
    ],
    columns=["reason", "name", "claimed", "other_edition"],
).set_index("reason")
"""Why customers leave, as the training handout has it and as other editions print it. Folklore: quoted
everywhere, no study was found. Compare with data of your own: :func:`reasons`."""


def triage(
    complaints: pd.DataFrame,
    rules: pd.DataFrame = TRIAGE,
    severity: str = "severity",
    safety: str = "safety",
    value: str = "value",
    repeat: str = "repeat",
    received: str | None = None,
) -> pd.DataFrame:
    """Who answers each complaint, and in what time: ``rule``, ``who``, ``hours``, and with ``received`` (a column
    of dates and times) ``due``.

    ``rules`` is a table like :data:`TRIAGE`, read from above: the first row whose conditions all hold counts.
    Only the columns that some rule asks for are needed. A complaint without ``value`` (a customer not in the
    books) fits no rule that asks for it; ``result.attrs["left_out"]`` counts these as ``without_value``.

    Raises :class:`~crmlab.checks.InputError` for missing columns, gaps in the other conditions, a table of
    rules without the columns above or with hours of 0 or less, and for a complaint that no rule fits.

    >>> heard = pd.DataFrame({"safety": [False, True], "severity": [1, 2], "repeat": [1, 1], "value": ["A", "C"]})
    >>> triage(heard)
               rule              who  hours
    0  key_customer  account_manager    8.0
    1        safety     duty_manager    1.0
    """
    checks.frame(complaints, "complaints")
    checks.frame(rules, "rules")
    for name in ("rule", "who", "hours"):
        checks.need(rules, {"": name})
    hours = checks.within(rules["hours"], "hours", -np.inf, 1e6)
    if (hours <= 0).any():
        checks.fail(
            _("Every rule needs hours above 0; {rule!r} has not."), rule=rules["rule"].iloc[int((hours <= 0).argmax())]
        )
    columns = {"safety": safety, "severity": severity, "repeat": repeat, "value": value}
    fits = np.ones((len(rules), len(complaints)), dtype=bool)
    left_out = {"without_value": 0}
    for condition, column in columns.items():
        if condition not in rules:
            continue
        checks.need(rules, {"": condition})
        asks = checks.keys(rules[condition], condition)
        if asks.isna().all():
            continue
        checks.need(complaints, {condition: column})
        given = checks.keys(complaints[column], column) if condition == "value" else complaints[column]
        if condition == "value":
            left_out["without_value"] = int(given.isna().sum())
        for at, wanted in enumerate(asks):
            if not pd.isna(wanted):
                fits[at] &= _meets(given, column, condition, wanted)
    none = ~fits.any(axis=0)
    if none.any():
        checks.fail(
            _("No rule fits the complaint in row {row}. Let the last rule ask for nothing."),
            row=repr(complaints.index[int(none.argmax())]),
        )
    first = fits.argmax(axis=0)
    result = pd.DataFrame(
        {
            "rule": rules["rule"].to_numpy()[first],
            "who": rules["who"].to_numpy()[first],
            "hours": hours[first],
        },
        index=complaints.index,
    )
    if received is not None:
        checks.need(complaints, {"received": received})
        result["due"] = _moments(complaints[received], received) + pd.to_timedelta(result["hours"], unit="h")
    result.attrs["left_out"] = left_out
    return result


def reasons(
    table: pd.DataFrame,
    reason: str = "reason",
    amount: str | None = None,
    claimed: pd.Series | Mapping[str, float] | None = None,
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Why customers complain or leave, from data: one row a reason, the most frequent first.

    ``table`` has one row a case. Columns: ``cases``, ``share``, ``low``, ``high`` (Wilson), and
    ``cumulative_share``; with ``amount`` (a column of money lost, 0 or more) also ``amount`` and
    ``amount_share``: the reason that is named most need not be the dearest. With ``claimed`` (shares by reason,
    such as ``HANDOUT_REASONS["claimed"]``) also ``claimed`` and ``holds``: does the interval contain the claim? A
    claimed reason that never occurs is a row with 0 cases; one that is not claimed has NaN and None.

    Cases without a reason are left out, counted in ``result.attrs["left_out"]`` as ``without_reason``; they
    are seldom like the others, so say how many.

    Raises :class:`~crmlab.checks.InputError` for missing columns, and when no case has a reason.

    >>> left = pd.DataFrame({"reason": ["price", "price", "moved", None]})
    >>> reasons(left)[["cases", "share"]].round(2)  # doctest: +NORMALIZE_WHITESPACE
            cases  share
    reason
    price       2   0.67
    moved       1   0.33
    """
    checks.frame(table, "table")
    reasons = checks.by_column(table, reason, "reason")
    reason, known = reasons.name, reasons.notna().to_numpy()
    if not known.any():
        checks.fail(_("No case has a reason: column {column!r} is empty."), column=reason)
    keys = reasons[known].reset_index(drop=True)
    result = pd.DataFrame({"cases": keys.groupby(keys, sort=True).size()})
    if amount is not None:
        checks.need(table, {"amount": amount})
        money = pd.Series(checks.within(table[amount][known], amount, 0))
        result["amount"] = money.groupby(keys).sum()
    if claimed is not None:
        claims = checks.named(claimed, "claimed")
        checks.within(claims, "claimed", 0, 1)
        checks.alike(claims.index, "claimed", known=result.index, refuse=True)
        result = result.reindex(result.index.union(claims.index, sort=False)).fillna(0)
        result = result.astype({"cases": "int64"})
    result = result.rename_axis(None).sort_values("cases", ascending=False, kind="stable").rename_axis(reason)
    n = int(result["cases"].sum())
    confidence = checks.share(confidence, "confidence")
    result["share"] = result["cases"] / n
    result["low"], result["high"] = intervals.wilson(result["cases"].to_numpy(), n, confidence)
    result["cumulative_share"] = result["cases"].cumsum() / n
    order = ["cases", "share", "low", "high", "cumulative_share"]
    if amount is not None:
        total = result["amount"].sum()
        result["amount_share"] = result["amount"] / total if total > 0 else np.nan
        order += ["amount", "amount_share"]
    if claimed is not None:
        result["claimed"] = claims.reindex(result.index).astype("float64")
        holds = (result["low"] <= result["claimed"]) & (result["claimed"] <= result["high"])
        result["holds"] = holds.astype(object).where(result["claimed"].notna(), None)
        order += ["claimed", "holds"]
    result = result[order]
    result.attrs |= {"left_out": {"without_reason": int((~known).sum())}, "confidence": confidence}
    return result


def _meets(column: pd.Series, name: str, condition: str, wanted: object) -> np.ndarray:
    """Which complaints meet one condition of one rule."""
    if condition == "safety":
        return checks.yes_no(column, name) == checks.yes_no(pd.Series([wanted], dtype=object), condition)[0]
    if condition == "value" and isinstance(wanted, str):
        return column.isin(list(wanted)).to_numpy()
    missing = condition == "value"
    with np.errstate(invalid="ignore"):
        return checks.numbers(column, name, missing=missing) >= checks.number(wanted, condition)


def _moments(column: pd.Series, name: str) -> pd.Series:
    """Days with their time. What :func:`checks.days` refuses is refused here: gaps, mixed zones, doubtful dates."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        column = column.astype(column.cat.categories.dtype)
    days = checks.days(column, name)
    if isinstance(column.dtype, pd.PeriodDtype):
        return column.dt.to_timestamp()
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        return column
    texts = []
    for value, day in zip(column, days, strict=True):
        if not isinstance(value, str):
            texts.append(str(pd.Timestamp(value)))
            continue
        clock = daytext.clock(value)
        if clock is None:
            checks.fail(_("Column {column!r}: {value!r} holds no time of a day, such as 23:59."), column=name, value=value)
        hour, minute, second = clock
        zone = daytext.read([value])[1][0]
        texts.append(f"{np.datetime64(int(day), 'D')} {hour:02}:{minute:02}:{second:02}{zone}")
    return pd.Series(pd.to_datetime(texts, format="mixed"), column.index, name=column.name)
