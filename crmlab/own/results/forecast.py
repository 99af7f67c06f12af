"""Next quarter's revenue, with a range, from the method that did best on the firm's own past, and how that choice itself has fared."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from crmlab import checks, forecasting, intervals
from crmlab.language import _
from crmlab.own.backtesting import book as books
from crmlab.own.backtesting import periods
from crmlab.own.backtesting.periods import MONTHS, WEEKS, Periods
from crmlab.own.export import Export
from crmlab.own.result import FAILS, HOLDS, UNCLEAR, UNTESTED, Result, Test
from crmlab.own.said import Said

COVERAGE = 0.8
ORIGINS = 5
"""So many quarters of the past, overlapping, must be known before a season can be compared, and a range be made."""
KNOWN = 4
"""So many must be known at a moment of the past to choose a method then."""
DENSE = 0.9
"""Weeks are used only where so many of them have any order."""

METHOD_NAMES = {
    "last_quarter": _("the last quarter again"),
    "last_year": _("the same quarter of last year"),
    "last_year_grown": _("the same quarter of last year, grown as the last quarter has"),
    "smoothing": _("exponential smoothing"),
    "trend": _("the trend goes on"),
    "chosen": _("what would have been chosen at the time"),
}
"""Names of the methods: the first two are the naive and the seasonal naive forecast of a quarter."""
BASELINES = ("last_quarter", "last_year")
SEASONAL = ("last_year", "last_year_grown")
Method = Callable[[pd.Series, int], pd.Series]


def find(export: Export) -> Result:
    """The revenue of the quarter after the file, by month or week.

    ``table``: a row for the quarter and one a period of it: ``from``, ``to`` (days), ``forecast``, ``low_80``, ``high_80`` (80% range; missing where too little is known).
    ``more``: "methods", the errors of each in the back-test against the two naive ones. ``data``: ``history`` (Series by first day of the
    period), ``table``, ``unit`` ("M" or "W-SUN"), ``method`` (a key of :data:`METHOD_NAMES`).

    Raises :class:`~crmlab.checks.InputError` where the file has no whole quarter.
    """
    if export.kind not in ("orders", "lines", "months"):
        checks.fail(_("{file} holds no orders, so there is nothing to forecast."), file=export.file.name)
    if export.table["amount"].notna().any() and not (export.table["amount"] > 0).any():
        checks.fail(_("No order of {file} is above 0, so nobody is known to have bought."), file=export.file.name)
    series = _chosen_unit(export)
    q, n = series.quarter, len(series.revenue)
    if n < q:
        checks.fail(
            _("{file} holds {n} whole months. A forecast of a quarter needs three to say anything, and eight or more to be tested.")
            if series.unit == MONTHS
            else _("{file} holds {n} whole weeks. A forecast of a quarter needs thirteen to say anything, and forty or more to be tested."),
            file=export.file.name, n=n,
        )  # fmt: skip
    tested = _tested(series)
    method = tested.best if tested is not None else "last_quarter"
    table = _table(series, method, tested)
    whole = table.iloc[0]
    amount = books.money(whole["forecast"], export.currency)
    title = Said(_("Next quarter: {amount}"), amount=amount)
    if pd.notna(whole["low"]):
        title = Said(
            _("Next quarter: {amount}, 80% range {low:,.0f} to {high:,.0f}"),
            amount=amount,
            low=whole["low"],
            high=whole["high"],
        )
    return Result(
        "forecast",
        title,
        table.rename(columns={"low": "low_80", "high": "high_80"}),
        tuple(_says(series, method, tested, table)),
        _test(series, tested, method),
        formats=dict.fromkeys(("forecast", "low_80", "high_80", "low", "high", "mae", "difference"), "{:,.0f}"),
        more={} if tested is None else {_("methods"): tested.accuracy.drop(columns="key")},
        data={
            "history": pd.Series(series.revenue.to_numpy(), index=series.revenue.index.to_timestamp(), name="revenue"),
            "table": table,
            "unit": series.unit,
            "method": method,
        },
    )


def _chosen_unit(export: Export) -> Periods:
    """Months where these are enough to compare with last year; else weeks, where there are more of these and hardly one is empty; else months."""
    months = periods.of(export, MONTHS)
    if export.kind == "months" or len(months.revenue) >= months.year + months.quarter + ORIGINS:
        return months
    weeks = periods.of(export, WEEKS)
    enough = len(weeks.revenue) >= 3 * weeks.quarter
    return weeks if enough and (weeks.revenue != 0).mean() >= DENSE else months


# -- methods and their past -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class _Tested:
    """``sums``: errors of whole quarters, of each method and of the choice; ``steps``: period by period; ``inside``: whether the range made at
    each moment held; ``best``: the method with the least error; ``seasonal``: whether last year could be compared; ``gap``: so many periods of last
    year's quarter were empty in that year alone, for which last year is not taken (:func:`gap`)."""

    sums: pd.DataFrame
    steps: pd.DataFrame
    accuracy: pd.DataFrame
    inside: np.ndarray
    best: str
    seasonal: bool
    gap: int = 0


def _grown(history: pd.Series, horizon: int, season: int) -> pd.Series:
    """Last year's quarter, times what the last quarter is to the same one a year ago; plainly last year's where that is not known."""
    plain = forecasting.seasonal_naive(history, horizon, season)
    values = history.to_numpy(dtype="float64")
    if len(values) < season + horizon:
        return plain
    before = values[-season - horizon : -season].sum()
    return plain * (values[-horizon:].sum() / before) if before > 0 else plain


def gap(values: np.ndarray, quarter: int, year: int) -> int:
    """How many periods of the coming quarter were without any revenue last year, and in no other year that is known.

    A hole in the export and a season seen only once look alike: on that alone nothing is foretold.

    >>> full = np.ones(12); hole = full.copy(); hole[:3] = 0
    >>> gap(np.append(full, hole), 3, 12), gap(np.append(hole, hole), 3, 12), gap(np.append(full, full), 3, 12)
    (3, 0, 0)
    """
    empty = np.asarray(values) == 0
    begin = len(empty) - year
    return sum(
        bool(empty[at]) and int(empty[at % year :: year].sum()) == 1 for at in range(max(begin, 0), begin + quarter)
    )


def _methods(series: Periods, seasonal: bool) -> dict[str, Method]:
    q, year = series.quarter, series.year
    found: dict[str, Method] = {"last_quarter": partial(forecasting.moving_average, window=q)}
    if seasonal:
        found["last_year"] = partial(forecasting.seasonal_naive, season=year)
        found["last_year_grown"] = partial(_grown, season=year)
    return found | {"smoothing": forecasting.smoothing, "trend": forecasting.drift}


def _tested(series: Periods) -> _Tested | None:
    """The rolling back-test; None where the file is too short for one."""
    q, year, n = series.quarter, series.year, len(series.revenue)
    seasonal = n >= year + q + (ORIGINS if series.unit == MONTHS else 2 * q)
    first = year if seasonal else max(q, 4)
    if not seasonal and series.unit == WEEKS:
        first = 2 * q
    if n < first + q + 1:
        return None
    steps = forecasting.back_test(series.revenue.to_numpy(), _methods(series, seasonal), horizon=q, first=first)
    sums = forecasting.together(steps)
    values = series.revenue.to_numpy()
    choice, inside = _as_chosen_then(sums, q, lambda origin: gap(values[:origin], q, year) > 0)
    holes = gap(values, q, year) if seasonal else 0
    ranked = forecasting.accuracy(sums, "last_quarter").index
    best = str(ranked[~ranked.isin(SEASONAL)][0] if holes else ranked[0])
    tables = []
    both = pd.concat([sums, choice])
    both.attrs |= sums.attrs
    if len(choice):
        both = both[both["origin"].isin(choice["origin"])]
    for against in BASELINES[: 2 if seasonal else 1]:
        made = forecasting.accuracy(both, against).reset_index()
        made.insert(1, "against", METHOD_NAMES[against])
        tables.append(made[made["method"] != against])
    accuracy = pd.concat(tables, ignore_index=True)
    accuracy = accuracy.assign(key=accuracy["method"], method=accuracy["method"].map(METHOD_NAMES))
    accuracy = accuracy.drop(columns="mase", errors="ignore")
    return _Tested(sums, steps, accuracy, inside, best, seasonal, holes)


def _as_chosen_then(
    sums: pd.DataFrame, q: int, barred: Callable[[int], bool] = lambda origin: False
) -> tuple[pd.DataFrame, np.ndarray]:
    """At each moment of the past the method that had done best by then, from errors that were known, and whether its range held.

    So the choice itself is tested: the best of several in hindsight always looks better than it is. ``barred``: whether last year could not be taken then.
    """
    rows, inside = [], []
    for origin, part in sums.groupby("origin", sort=True):
        known = sums[sums["origin"] + q <= origin]
        known = known[~known["method"].isin(SEASONAL)] if barred(int(origin)) else known
        if known["origin"].nunique() < KNOWN:
            continue
        best = known["error"].abs().groupby(known["method"], sort=False).mean().idxmin()
        row = part[part["method"] == best].iloc[0]
        rows.append({**row.to_dict(), "method": "chosen"})
        errors = known.loc[known["method"] == best, "error"]
        if len(errors) >= ORIGINS:
            inside.append(abs(row["actual"] - row["forecast"]) <= _half(errors, q))
    return pd.DataFrame(rows, columns=list(forecasting.COLUMNS)), np.array(inside, dtype=bool)


# -- what is shown ----------------------------------------------------------------------------------------------------------


def _table(series: Periods, method: str, tested: _Tested | None) -> pd.DataFrame:
    q = series.quarter
    said = _methods(series, tested is not None and tested.seasonal)[method](series.revenue.reset_index(drop=True), q)
    ahead = pd.period_range(series.revenue.index[-1] + 1, periods=q, freq=series.unit)
    rows = [
        (
            ahead[0].start_time,
            ahead[-1].end_time.normalize(),
            float(said.sum()),
            *_range(tested and tested.sums, method, float(said.sum()), q),
        )
    ]
    for step, (period, value) in enumerate(zip(ahead, said, strict=True), 1):
        rows.append(
            (
                period.start_time,
                period.end_time.normalize(),
                float(value),
                *_range(tested and tested.steps, method, float(value), step),
            )
        )
    table = pd.DataFrame(rows, columns=["from", "to", "forecast", "low", "high"])
    if (series.revenue >= 0).all():  # what never fell below nought is not forecast to
        table[["forecast", "low", "high"]] = table[["forecast", "low", "high"]].clip(lower=0)
    table.insert(
        0, "part", [_("the quarter"), *[_("a month of it") if series.unit == MONTHS else _("a week of it")] * q]
    )
    return table


def _range(tests: pd.DataFrame | None, method: str, forecast: float, step: int) -> tuple[float, float]:
    if tests is None:
        return np.nan, np.nan
    errors = tests.loc[(tests["method"] == method) & (tests["step"] == step), "error"]
    if len(errors) < ORIGINS:
        return np.nan, np.nan
    half = _half(errors, step)
    return forecast - half, forecast + half


def _half(errors: pd.Series, step: int) -> float:
    """Half the range: the size of error that 80% of those of the past stayed below, taken a little further out the fewer they are.

    As in conformal prediction (Lei, J. and others 2018, Journal of the American Statistical Association 113, 1094-1111): of n separate errors and
    the next, each is as likely to be the largest. Errors of periods that overlap count only as often as they would fit side by side.
    """
    apart = _apart(len(errors), step)
    return float(np.quantile(errors.abs(), min(1.0, COVERAGE * (apart + 1) / apart)))


def _apart(n: int, step: int) -> float:
    """How many of ``n`` stretches of ``step`` periods, each one later than the last, fit side by side."""
    return (n - 1) / step + 1


def _says(series: Periods, method: str, tested: _Tested | None, table: pd.DataFrame) -> list[Said]:
    q, year, revenue = series.quarter, series.year, series.revenue
    whole, last = table.iloc[0], float(revenue.iloc[-q:].sum())
    said = [
        Said(
            _("From {start:%Y-%m-%d} to {end:%Y-%m-%d}: {amount:,.0f}; the quarter before brought {last:,.0f}."),
            start=whole["from"],
            end=whole["to"],
            amount=whole["forecast"],
            last=last,
        )
    ]
    if len(revenue) >= year:
        before = float(revenue.iloc[-year : len(revenue) - year + q].sum())
        said.append(Said(_("The same quarter of last year brought {amount:,.0f}."), amount=before))
    said += series.cut
    empty = int((revenue == 0).sum())
    if empty:
        said.append(
            Said(
                _("In {n} of {all} months nothing was sold: is the file complete there?")
                if series.unit == MONTHS
                else _("In {n} of {all} weeks nothing was sold: is the file complete there?"),
                n=empty,
                all=len(revenue),
            )
        )
    said += _of_nothing(series, tested, table)
    name = Said(METHOD_NAMES[method])
    if tested is None:
        said.append(
            Said(
                _(
                    "The file is too short to test any method: this is {method}, and how far off it may be nobody knows."
                ),
                method=name,
            )
        )
        return said
    errors = tested.sums[tested.sums["method"] == method]
    off, usual = float(errors["error"].abs().mean()), float(errors["actual"].abs().mean())
    said.append(
        Said(_("Method: {method}, the best of {k} on {n} quarters of the past, which overlap; it was off by {off:,.0f} on average ({share:.0%})."),
             method=name, k=tested.sums["method"].nunique(), n=len(errors), off=off, share=off / usual if usual else float("nan"))
    )  # fmt: skip
    if pd.isna(whole["low"]):
        said.append(
            Said(
                _("Fewer than {n} quarters of the past could be tried: a range would be guessed, so there is none."),
                n=ORIGINS,
            )
        )
    elif _apart(len(errors), q) < 1 / (1 - COVERAGE) - 1:
        said.append(
            Said(
                _(
                    "The range rests on few separate quarters (about {n:.0f}) and is the largest error among them; the next may well be larger."
                ),
                n=_apart(len(errors), q),
            )
        )
    if not tested.seasonal:
        need = periods.YEAR[MONTHS] + periods.QUARTER[MONTHS] + ORIGINS
        said.append(
            Said(
                _(
                    "Christmas, New Year and summer cannot be seen: to compare with last year's quarter the file would need {n} whole months."
                ),
                n=need,
            )
        )
    return said


def _of_nothing(series: Periods, tested: _Tested | None, table: pd.DataFrame) -> list[Said]:
    """What stands behind a quarter that was empty before."""
    if tested is not None and tested.gap:
        text = (
            _(
                "Last year {n} of the {all} months of this quarter were without any sale, and in no other year: a gap in the file, or a season seen only once. So last year is not "
                "the measure here; if it is your season, expect as little again."
            )
            if series.unit == MONTHS
            else _(
                "Last year {n} of the {all} weeks of this quarter were without any sale, and in no other year: a gap in the file, or a season seen only once. So last year is not "
                "the measure here; if it is your season, expect as little again."
            )
        )
        return [Said(text, n=tested.gap, all=series.quarter)]
    if table["forecast"].iloc[0] == 0 and tested is not None and tested.best in SEASONAL:
        return [
            Said(
                _(
                    "0 is expected since nothing was sold in this quarter of earlier years. If those orders are only missing from the file, it is wrong."
                )
            )
        ]
    return []


def _test(series: Periods, tested: _Tested | None, method: str) -> Test:
    n = len(series.revenue)
    if tested is None or "chosen" not in set(tested.accuracy["key"]):
        text = (
            _(
                "{n} whole months are too few to test a forecast of a quarter. Use it as a figure to talk about, not to plan on."
            )
            if series.unit == MONTHS
            else _(
                "{n} whole weeks are too few to test a forecast of a quarter. Use it as a figure to talk about, not to plan on."
            )
        )
        return Test(UNTESTED, Said(text, n=n), None if tested is None else tested.accuracy.drop(columns="key"))
    rows = tested.accuracy[tested.accuracy["key"] == "chosen"]
    row = rows.loc[rows["difference"].idxmax()]  # the baseline that is harder to beat
    base = Said(row["against"])
    if row["low"] == row["high"] == 0:
        same = METHOD_NAMES[method] == row["against"]
        says = Said(
            _("Choosing as above, each time from what was known, nothing ever beat {base}; so that is what stands here.")
            if same
            else _("Choosing as above, each time from what was known, nothing had yet beaten {base}, so {method} is untried."),
            base=base, **({} if same else {"method": Said(METHOD_NAMES[method])}),
        )  # fmt: skip
    elif np.isnan(row["low"]):
        says = Said(
            _(
                "Choosing as above, each time from what was known, it was off by {off:,.0f} on average, and {base} by {other:,.0f}; the past is too short for an interval."
            ),
            off=row["mae"],
            other=row["mae"] - row["difference"],
            base=base,
        )
    else:
        says = Said(
            _("Choosing as above, each time from what was known, {n} quarters of the past were off by {off:,.0f} on average; {base} was off by {other:,.0f}. The difference is {d:+,.0f} (below 0 is better), 95% interval {low:+,.0f} to {high:+,.0f}."),
            n=int(row["origins"]), off=row["mae"], other=row["mae"] - row["difference"], d=row["difference"], base=base, low=row["low"], high=row["high"],
        )  # fmt: skip
    held = tested.inside
    verdict = HOLDS if row["high"] < 0 else FAILS if row["low"] > 0 else UNCLEAR
    if len(held):
        # Quarters that overlap go wrong together: so many separate ones are about in them.
        apart = _apart(len(held), series.quarter)
        low, high = intervals.wilson(held.mean() * apart, apart)
        ranges = Said(
            _("Of the 80% ranges made then, {share:.0%} held ({n} that overlap, as many as {apart:.0f} separate ones: 95% interval {low:.0%} to {high:.0%})."),
            share=held.mean(), n=len(held), apart=apart, low=low, high=high,
        )  # fmt: skip
        if high < COVERAGE:
            verdict = FAILS
    else:
        ranges = Said(_("Whether 80% ranges hold cannot be checked yet: the past is too short."))
        verdict = FAILS if verdict == FAILS else UNCLEAR
    return Test(verdict, Said(_("{one} {other}"), one=says, other=ranges), tested.accuracy.drop(columns="key"))
