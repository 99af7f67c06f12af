"""Who stays: cohorts, the retention curve, survival with censoring, reasons for leaving, and whom to win back.

:func:`reasons` is that of :mod:`crmlab.complaints`: the same table serves both.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from crmlab import checks, engines, intervals, purchases
from crmlab.complaints import reasons
from crmlab.counting import bincount
from crmlab.language import _

__all__ = [
    "churn_rates",
    "cohorts",
    "compare_survival",
    "kaplan_meier",
    "median_lifetime",
    "reasons",
    "retention_curve",
    "shares",
    "survival_at",
    "win_back",
]

PERIODS = {"week": "W", "month": "M", "quarter": "Q", "year": "Y"}
INTERVALS = ("log-log", "log", "plain")


# ---- cohorts


def cohorts(
    orders: Any,
    period: str = "month",
    as_of: Any = None,
    customer: str = "customer_id",
    date: str = "date",
    amount: str | None = "amount",
) -> pd.DataFrame:
    """How many customers of each cohort bought in each period after their first purchase.

    A row a cohort (customers by the period of their first purchase, a PeriodIndex), a column an age in periods; age 0
    is the size of the cohort. ``period`` is ``"week"``, ``"month"``, ``"quarter"`` or ``"year"``. Cells that lie after
    ``as_of`` (default: the last day in the data) are NaN: not yet seen is not zero. The last period counts even if
    the data end within it; ``attrs["last_period_complete"]`` says whether they do not.

    A purchase is a day with a net amount above zero (:func:`crmlab.purchases.by_day`, whose ``left_out`` stands in
    ``attrs``). Customers whose first purchase lies before the data begin are taken for new in the first cohorts:
    distrust these.

    Polars frames (lazy ones too), DuckDB relations and PySpark frames are taken as well: the engine counts, in a few
    passes, and since the result is small it is this pandas table for all of them, ``attrs`` included.

    Raises :class:`~crmlab.checks.InputError` as :func:`crmlab.purchases.by_day` does.

    >>> orders = pd.DataFrame({"customer_id": [1, 1, 2, 3], "amount": [5., 5., 9., 2.],
    ...                        "date": ["2024-01-05", "2024-02-07", "2024-01-20", "2024-02-29"]})
    >>> cohorts(orders)  # doctest: +NORMALIZE_WHITESPACE
    age        0    1
    cohort
    2024-01  2.0  1.0
    2024-02  1.0  NaN
    """
    checks.one_of(period, "period", PERIODS)
    code = PERIODS[period]
    if engines.kind(orders):
        from crmlab.engines import retention as other

        counts = other.cohorts(orders, code, as_of, customer, date, amount)
        first, age, customers = counts.first, counts.age, counts.customers
        last_day, left_out = counts.last_day, counts.left_out
    else:
        found = purchases.by_day(orders, as_of, customer, date, amount)
        last_day, left_out = found.last_day, found.left_out
        begin = int(found.day.min())
        calendar = pd.to_datetime(np.arange(begin, last_day + 1), unit="D").to_period(code).asi8
        number = calendar[found.day - begin]
        first_of = number[found.first]
        span = int(number.max()) - int(number.min()) + 1
        key = found.who * span + (number - first_of[found.who])  # rising, since the days are sorted
        key = key[np.concatenate(([True], key[1:] != key[:-1]))]  # a customer counts once a period
        first, age, customers = first_of[key // span], key % span, None
    low, last = int(first.min()), pd.Timestamp(last_day, unit="D").to_period(code)
    starts, row = np.unique(first, return_inverse=True)
    rows, ages = len(starts), int(last.ordinal) - low + 1
    table = bincount(row * ages + age, weights=customers, minlength=rows * ages).reshape(rows, ages)
    table = table.astype(float)
    table[(starts - low)[:, None] + np.arange(ages)[None, :] >= ages] = np.nan
    index = pd.PeriodIndex.from_ordinals(starts, freq=code, name="cohort")
    result = pd.DataFrame(table, index=index, columns=pd.RangeIndex(ages, name="age"))
    complete = bool((pd.Timestamp(last_day, unit="D") + pd.Timedelta(days=1)).to_period(code) != last)
    result.attrs |= {"left_out": left_out, "last_period_complete": complete}
    return result


def shares(table: pd.DataFrame) -> pd.DataFrame:
    """A :func:`cohorts` table as shares of each cohort's size: 1 at age 0.

    >>> shares(pd.DataFrame([[4.0, 1.0]])).iloc[0].tolist()
    [1.0, 0.25]
    """
    counts = _cohort_counts(table)
    return pd.DataFrame(counts / counts[:, :1], table.index, table.columns)


def retention_curve(table: pd.DataFrame, confidence: float = 0.95) -> pd.DataFrame:
    """All cohorts together by age: ``customers`` (of cohorts old enough to be seen at that age), ``active``,
    ``retention`` with its Wilson interval ``low`` and ``high``.

    Each age looks at other cohorts, so the curve may rise: it is no survival curve.

    >>> retention_curve(pd.DataFrame([[4.0, 1.0], [6.0, np.nan]]))[["customers", "active", "retention"]]
       customers  active  retention
    0       10.0    10.0       1.00
    1        4.0     1.0       0.25
    """
    counts = _cohort_counts(table)
    seen = np.isfinite(counts)
    size = (seen * counts[:, :1]).sum(axis=0)
    active = np.where(seen, counts, 0.0).sum(axis=0)
    low, high = intervals.wilson(active, size, confidence)
    with np.errstate(invalid="ignore"):
        rate = active / size
    return pd.DataFrame(
        {"customers": size, "active": active, "retention": rate, "low": low, "high": high}, index=table.columns
    )


def _cohort_counts(table: pd.DataFrame) -> np.ndarray:
    checks.frame(table, "table")
    counts = np.column_stack(
        [checks.within(table.iloc[:, i], str(table.columns[i]), 0, missing=True) for i in range(table.shape[1])]
    )
    if not (counts[:, 0] > 0).all():
        checks.fail(
            _("The first column must hold the size of each cohort, above 0: give the table of cohorts(...) as it is.")
        )
    if (counts[:, 1:] > counts[:, :1]).any():
        checks.fail(_("A cohort cannot have more active customers than members: look at the first column."))
    return counts


# ---- survival


def kaplan_meier(
    durations: Any, left: Any, confidence: float = 0.95, by: Any = None, interval: str = "log-log"
) -> pd.DataFrame:
    """Survival by Kaplan and Meier, with its interval.

    ``durations``: how long each customer was seen, 0 or more, in any unit; ``left``: True for those who left at that
    time, False for those still there when the looking stopped (censored: they may leave later). A row a distinct time
    (after a first row for time 0): ``at_risk``, ``left``, ``censored``, ``survival`` (share that stays longer than that
    time), ``se`` (Greenwood), ``low``, ``high``. Who leaves and who is censored at the same time: leaving comes first.

    ``interval``: ``"log-log"`` (stays within 0..1, good for few customers; default), ``"log"``, or ``"plain"`` (survival
    ± z se, clipped). ``by`` (a Series or list of groups) makes one table a group under one another, with the group in
    the index. Series are put side by side by their labels (:func:`crmlab.checks.aligned`), lists by position.

    Raises :class:`~crmlab.checks.InputError` for missing, negative or infinite durations, ``left`` that is not True or
    False, and lengths that differ.

    Source: Kaplan, E. L., Meier, P. (1958), Nonparametric estimation from incomplete observations, JASA 53.

    >>> kaplan_meier([3, 5, 5, 8], [True, False, True, False])["survival"]
    time
    0.0    1.00
    3.0    0.75
    5.0    0.50
    8.0    0.50
    Name: survival, dtype: float64
    """
    checks.one_of(interval, "interval", INTERVALS)
    z = intervals.z_value(confidence)
    time, gone, groups = _observed(durations, left, by)
    if groups is None:
        return _survival(time, gone, z, interval)
    code, names = groups
    rows = np.split(np.argsort(code, kind="stable"), np.cumsum(bincount(code))[:-1])
    parts = {key: _survival(time[at], gone[at], z, interval) for key, at in zip(names, rows, strict=True)}
    name = by.name if isinstance(by, pd.Series) and by.name is not None else "group"
    return pd.concat(parts, names=[str(name)])


def _observed(
    durations: Any, left: Any, by: Any = None
) -> tuple[np.ndarray, np.ndarray, tuple[np.ndarray, pd.Index] | None]:
    """Times, whether they left, and the groups (a code a customer, and their names in order)."""
    durations, left, by = checks.aligned(durations=durations, left=left, by=by)
    time_column, left_column = checks.series(durations, "durations"), checks.series(left, "left")
    time = checks.within(time_column, str(time_column.name or "durations"), 0)
    gone = checks.yes_no(left_column, str(left_column.name or "left"))
    if by is None:
        return time, gone, None
    code, names = purchases.codes(checks.series(by, "by").rename("by"))
    if (code < 0).any():
        checks.fail(
            _("{name}, row {row}: the group is missing ({n} in all). Name a group, such as 'unknown'."),
            name="by",
            row=int((code < 0).argmax()),
            n=int((code < 0).sum()),
        )
    if any(isinstance(name, tuple) for name in names):
        checks.fail(_("A group in by is a tuple: make one text of it."))
    return time, gone, (code, names)


def _survival(time: np.ndarray, gone: np.ndarray, z: float, interval: str) -> pd.DataFrame:
    times, at = np.unique(np.append(time, 0.0), return_inverse=True)
    at = at[:-1]
    events = bincount(at, weights=gone, minlength=len(times))
    ended = bincount(at, minlength=len(times))
    risk = len(time) - np.concatenate(([0], np.cumsum(ended)[:-1]))
    with np.errstate(divide="ignore", invalid="ignore"):
        survival = np.cumprod(1 - events / np.maximum(risk, 1))
        hazard = np.cumsum(np.where(events > 0, events / (risk * (risk - events)), 0.0))
        error = np.where(survival > 0, survival * np.sqrt(hazard), 0.0)
        if interval == "log-log":
            far = np.exp(z * np.sqrt(hazard) / np.log(survival))
            low, high = survival ** (1 / far), survival**far
        elif interval == "log":
            far = np.exp(z * np.sqrt(hazard))
            low, high = survival / far, survival * far
        else:
            low, high = survival - z * error, survival + z * error
    # Before anybody left nothing is known but that nobody did; after all have left, the formulas give 0 / 0.
    sure = (survival == 1) | (survival == 0)
    low, high = np.where(sure, survival, low), np.where(sure, survival, high)
    return pd.DataFrame(
        {
            "at_risk": risk,
            "left": events.astype("int64"),
            "censored": ended - events.astype("int64"),
            "survival": survival,
            "se": error,
            "low": np.clip(low, 0, 1),
            "high": np.clip(high, 0, 1),
        },
        index=pd.Index(times, name="time"),
    )


def survival_at(table: pd.DataFrame, time: Any) -> Any:
    """Survival at some times from a :func:`kaplan_meier` table without groups: the value of the step that holds then.

    After the last time seen it is NaN, unless all have left by then.

    >>> survival_at(kaplan_meier([3, 5, 5, 8], [True, False, True, False]), [4, 9])
    array([0.75,  nan])
    """
    _one_curve(table)
    one = not hasattr(time, "__len__")
    when = checks.numbers(checks.series([time] if one else time, "time"), "time")
    if (when < 0).any():
        checks.fail(_("time must be 0 or more."))
    steps = table["survival"].to_numpy()
    found = steps[np.searchsorted(table.index.to_numpy(), when, side="right") - 1]
    found = np.where((when > table.index[-1]) & (steps[-1] > 0), np.nan, found)
    return float(found[0]) if one else found


def median_lifetime(table: pd.DataFrame) -> float:
    """The first time at which at most half are left, from a :func:`kaplan_meier` table; NaN if more than half stay.

    >>> median_lifetime(kaplan_meier([3, 5, 5, 8], [True, False, True, False]))
    5.0
    """
    _one_curve(table)
    below = table["survival"].to_numpy() <= 0.5 + 1e-12
    return float(table.index[int(below.argmax())]) if below.any() else float("nan")


def _one_curve(table: pd.DataFrame) -> None:
    checks.frame(table, "table")
    checks.need(table, {"": "survival"})
    if isinstance(table.index, pd.MultiIndex):
        checks.fail(
            _("The table holds several groups: choose one, as in table.loc[{group!r}]."), group=table.index[0][0]
        )
    checks.within(table["survival"], "survival", 0, 1)
    if (np.diff(checks.numbers(table.index.to_series(), "time")) < 0).any():
        checks.fail(_("The times of the table must rise: give the table of kaplan_meier(...) as it is."))


def compare_survival(durations: Any, left: Any, by: Any) -> pd.Series:
    """Do the groups differ in how long they stay? The log-rank test: ``chi2``, degrees of freedom ``df``, ``p``.

    A small ``p`` (below .05 by custom) says that chance alone would seldom make such a difference.

    Raises :class:`~crmlab.checks.InputError` as :func:`kaplan_meier` does, and for fewer than two groups.

    Source: Mantel, N. (1966), Cancer Chemotherapy Reports 50; Peto, R., Peto, J. (1972), JRSS A 135.

    >>> compare_survival([1, 2, 9, 9], [1, 1, 0, 0], ["a", "a", "b", "b"]).round(3).tolist()
    [2.882, 1.0, 0.09]
    """
    from scipy.special import gammaincc

    time, gone, groups = _observed(durations, left, checks.series(by, "by"))
    code, names = groups if groups is not None else (np.zeros(len(time), "int64"), pd.Index([0]))
    k = len(names)
    if k < 2:
        checks.fail(_("by names one group only; there is nothing to compare."))
    times, at = np.unique(time, return_inverse=True)
    ended = bincount(at * k + code, minlength=len(times) * k).reshape(-1, k)
    events = bincount(at * k + code, weights=gone, minlength=len(times) * k).reshape(-1, k)
    risk = ended[::-1].cumsum(axis=0)[::-1]
    n, d = risk.sum(axis=1), events.sum(axis=1)
    share = risk / n[:, None]
    apart = (events - d[:, None] * share).sum(axis=0)
    weight = d * np.where(n > 1, (n - d) / np.maximum(n - 1, 1), 0.0)
    spread = np.diag((weight[:, None] * share).sum(axis=0)) - (weight[:, None] * share).T @ share
    chi2 = float(apart[:-1] @ np.linalg.pinv(spread[:-1, :-1]) @ apart[:-1])
    return pd.Series({"chi2": chi2, "df": float(k - 1), "p": float(gammaincc((k - 1) / 2, chi2 / 2))})


# ---- why they left, and whom to win back


def churn_rates(customers: pd.DataFrame, by: Any, left: str = "churned", confidence: float = 0.95) -> pd.DataFrame:
    """The share that left, by group: ``customers``, ``left``, ``rate`` with its Wilson interval ``low`` and ``high``, and
    ``times`` (the group's rate over everybody's). Highest rate first.

    ``by`` names a column or a list of columns, ``left`` the column of True and False. Rows with an empty group are left
    out and counted in ``attrs["left_out"]`` as ``rows_without_group``. A high rate is no cause by itself: groups
    differ in more than their name.

    >>> table = pd.DataFrame({"contract": ["month", "month", "year", "year"], "churned": [True, True, True, False]})
    >>> churn_rates(table, "contract")[["customers", "left", "rate"]]  # doctest: +NORMALIZE_WHITESPACE
              customers  left  rate
    contract
    month             2     2   1.0
    year              2     1   0.5
    """
    checks.frame(customers, "customers")
    keys = checks.by_columns(customers, by)
    checks.need(customers, {"left": left})
    gone = checks.yes_no(customers[left], left)
    empty = np.logical_or.reduce([column.isna().to_numpy() for column in keys])
    if empty.all():
        checks.fail(_("No row names a group in {column!r}."), column=keys[0].name)
    groups = [pd.Series(column.to_numpy()[~empty], name=column.name).infer_objects() for column in keys]
    grouped = pd.Series(gone[~empty]).groupby(groups if len(groups) > 1 else groups[0])
    size, count = grouped.size(), grouped.sum().astype("int64")
    low, high = intervals.wilson(count.to_numpy(), size.to_numpy(), confidence)
    result = pd.DataFrame({"customers": size, "left": count, "rate": count / size, "low": low, "high": high})
    overall = gone[~empty].mean()
    result["times"] = result["rate"] / overall if overall > 0 else np.nan
    result = result.iloc[np.argsort(-result["rate"].to_numpy(), kind="stable")]
    result.attrs["left_out"] = {"rows_without_group": int(empty.sum())}
    return result


def win_back(
    orders: pd.DataFrame,
    as_of: Any = None,
    overdue: float = 3.0,
    min_purchases: int = 3,
    min_days: int = 30,
    customer: str = "customer_id",
    date: str = "date",
    amount: str = "amount",
) -> pd.DataFrame:
    """Whom to call: customers who have been silent for much longer than was their own habit, most valuable first.

    A customer with at least ``min_purchases`` days of purchase has a usual gap: the mean number of days between them.
    On the list is who has been silent for at least ``overdue`` usual gaps and ``min_days`` days at ``as_of`` (default: the
    last day in the data). Columns: ``last`` (day of the last purchase), ``purchases``, ``usual_gap`` and ``silent``
    (days), ``overdue`` (silent / usual gap), ``amount`` (in all), ``yearly`` (amount a year of buying, taken as one year
    at least, so that three orders in a week do not promise a fortune). Sorted by ``yearly``, falling. Three gaps is a
    convention.

    ``attrs["left_out"]`` adds ``too_few_purchases`` and ``not_overdue`` to what :func:`crmlab.purchases.by_day` counts.

    >>> orders = pd.DataFrame({"customer_id": [1, 1, 1, 2], "amount": [50., 50., 50., 9.],
    ...                        "date": ["2024-01-01", "2024-01-11", "2024-01-21", "2024-06-01"]})
    >>> win_back(orders)[["usual_gap", "silent", "overdue"]]  # doctest: +NORMALIZE_WHITESPACE
                 usual_gap  silent  overdue
    customer_id
    1                 10.0     132     13.2
    """
    overdue, min_days = checks.number(overdue, "overdue", 0), checks.number(min_days, "min_days", 0)
    fewest = checks.number(min_purchases, "min_purchases", 2, whole=True)
    checks.need(checks.frame(orders, "orders"), {"amount": amount})
    found = purchases.by_day(orders, as_of, customer, date, amount)
    first = found.first
    times = np.diff(np.append(first, len(found.who)))
    begin, last = found.day[first], found.day[first + times - 1]
    money = bincount(found.who, weights=found.money)
    with np.errstate(invalid="ignore", divide="ignore"):
        gap = np.where(times > 1, (last - begin) / (times - 1), np.nan)
        silent = found.last_day - last
        late = silent / gap
        yearly = money / np.maximum((last - begin + gap) / 365.25, 1.0)
    enough = times >= fewest
    listed = enough & (late >= overdue) & (silent >= min_days)
    result = pd.DataFrame(
        {
            "last": checks.timestamps(last),
            "purchases": times,
            "usual_gap": gap,
            "silent": silent,
            "overdue": late,
            "amount": money,
            "yearly": yearly,
        },
        index=found.customers,
    )[listed]
    result = result.iloc[np.argsort(-result["yearly"].to_numpy(), kind="stable")]
    result.attrs |= {
        "left_out": found.left_out
        | {"too_few_purchases": int((~enough).sum()), "not_overdue": int((enough & ~listed).sum())},
        "as_of": str(np.datetime64(found.last_day, "D")),
    }
    return result
