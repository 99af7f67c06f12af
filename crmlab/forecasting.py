"""Simple forecasts and how far off they are: naive, seasonal naive, mean, moving average, drift, exponential smoothing;
the rolling-origin back-test; errors and intervals.

A forecast that cannot beat the naive one is not worth its trouble. All methods see the past alone.

Source: Hyndman, R. J. and Athanasopoulos, G. (2021), Forecasting: principles and practice, 3rd ed., chapters 5 and 8; more at
each function.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from crmlab import checks
from crmlab.language import _

Method = Callable[..., pd.Series]
COLUMNS = ("method", "origin", "step", "actual", "forecast", "error")


# ---- methods


def naive(history: Any, horizon: int = 1) -> pd.Series:
    """The last value, for each of the next ``horizon`` periods.

    ``history`` is one number a period, in order, without gaps. The result has the index 1 .. ``horizon`` (periods ahead), in the
    unit of the history. Raises :class:`~crmlab.checks.InputError` for a history that is empty or has gaps.

    >>> naive([8, 10, 9], 2).tolist()
    [9.0, 9.0]
    """
    values, steps = _given(history, horizon)
    return _ahead(np.repeat(values[-1], steps))


def seasonal_naive(history: Any, horizon: int = 1, season: int = 7) -> pd.Series:
    """The value of one season ago: next Tuesday as last Tuesday, where a period is a day and a season 7 of them.

    Needs one whole season of history. Arguments, result and errors else as :func:`naive`.

    >>> seasonal_naive([5, 1, 6, 2], 3, season=2).tolist()
    [6.0, 2.0, 6.0]
    """
    values, steps = _given(history, horizon)
    season = _length(season, "season", values)
    return _ahead(np.resize(values[-season:], steps))


def seasonal_mean(history: Any, horizon: int = 1, season: int = 7, window: int = 4) -> pd.Series:
    """The mean of the same place in the last ``window`` seasons: next Tuesday as the last four Tuesdays.

    Needs ``window`` whole seasons of history. Arguments, result and errors else as :func:`naive`.

    >>> seasonal_mean([5, 1, 7, 3], 3, season=2, window=2).tolist()
    [6.0, 2.0, 6.0]
    """
    values, steps = _given(history, horizon)
    season = _length(season, "season", values)
    window = _length(window, "window", values, of=season)
    return _ahead(np.resize(values[-window * season :].reshape(window, season).mean(axis=0), steps))


def mean(history: Any, horizon: int = 1) -> pd.Series:
    """The mean of the whole history. Arguments, result and errors as :func:`naive`.

    >>> mean([8, 10, 9], 2).tolist()
    [9.0, 9.0]
    """
    values, steps = _given(history, horizon)
    return _ahead(np.repeat(values.mean(), steps))


def moving_average(history: Any, horizon: int = 1, window: int = 4) -> pd.Series:
    """The mean of the last ``window`` periods. Arguments, result and errors else as :func:`naive`.

    >>> moving_average([2, 8, 10], 2, window=2).tolist()
    [9.0, 9.0]
    """
    values, steps = _given(history, horizon)
    window = _length(window, "window", values)
    return _ahead(np.repeat(values[-window:].mean(), steps))


def drift(history: Any, horizon: int = 1) -> pd.Series:
    """The line from the first value to the last, drawn on: "the trend goes on". Needs two periods.

    Arguments, result and errors else as :func:`naive`.

    >>> drift([2, 9, 6], 2).tolist()
    [8.0, 10.0]
    """
    values, steps = _given(history, horizon)
    if len(values) < 2:
        checks.fail(_("drift needs a history of two periods or more; it has {n}."), n=len(values))
    slope = (values[-1] - values[0]) / (len(values) - 1)
    return _ahead(values[-1] + slope * np.arange(1, steps + 1))


def smoothing(history: Any, horizon: int = 1, alpha: float | None = None) -> pd.Series:
    """Simple exponential smoothing: the level moves by the share ``alpha`` (above 0, at most 1) of each error.

    It begins with the first value. Without ``alpha``, that of 0.05, 0.10 .. 1 with the least squared one-step errors in the history is
    taken. ``alpha=1`` is the naive forecast. Arguments, result and errors else as :func:`naive`.

    >>> smoothing([10, 20, 10], alpha=0.5).tolist()
    [12.5]
    """
    values, steps = _given(history, horizon)
    tried = np.arange(1, 21) / 20 if alpha is None else np.array([checks.rate(alpha, "alpha", zero=False)])
    level, errors = np.full(len(tried), values[0]), np.zeros(len(tried))
    for value in values[1:]:
        errors += (value - level) ** 2
        level = level + tried * (value - level)
    return _ahead(np.repeat(level[int(errors.argmin())], steps))


METHODS: dict[str, Method] = {
    "naive": naive,
    "seasonal_naive": seasonal_naive,
    "seasonal_mean": seasonal_mean,
    "mean": mean,
    "moving_average": moving_average,
    "drift": drift,
    "smoothing": smoothing,
}
"""The methods by name, with the settings of their definitions: a season of 7 periods, a window of 4."""


# ---- the back-test


def back_test(
    history: Any,
    methods: Any = ("naive", "moving_average", "mean", "drift"),
    horizon: int = 1,
    first: int = 12,
    every: int = 1,
) -> pd.DataFrame:
    """What each method would have said in the past: the rolling-origin back-test.

    From each origin (after ``first`` periods, then after every ``every`` further ones) a method is given the periods up to
    there and nothing else, forecasts the next ``horizon``, and is held against what came. ``methods`` are names of
    :data:`METHODS`, or a mapping from a name to a function of (history, horizon), such as
    ``{"three weeks": partial(moving_average, window=3)}``.

    A row a method, origin and step: ``method``, ``origin`` (number of periods known), ``step`` (periods ahead), ``actual``, ``forecast``,
    ``error`` (actual - forecast, unit of the history). ``attrs["history"]`` keeps the history, ``attrs["horizon"]`` the horizon.

    Raises :class:`~crmlab.checks.InputError` for gaps, no or an unknown method, and a history that is too short.

    Source: Tashman, L. J. (2000), Out-of-sample tests of forecasting accuracy, International Journal of Forecasting 16, 437-450.

    >>> back_test([8, 10, 9, 12], ["naive"], first=2)[["origin", "actual", "forecast", "error"]].to_numpy().tolist()
    [[2.0, 9.0, 10.0, -1.0], [3.0, 12.0, 9.0, 3.0]]
    """
    values, steps = _given(history, horizon)
    first = checks.number(first, "first", low=1, whole=True)
    every = checks.number(every, "every", low=1, whole=True)
    if len(values) < first + steps:
        checks.fail(
            _("A back-test needs first + horizon = {need} periods or more; the history has {n}."),
            need=first + steps,
            n=len(values),
        )
    chosen = _methods(methods)
    if not chosen:
        checks.one_of("", "methods", METHODS)
    rows: list[tuple[Any, ...]] = []
    for name, method in chosen.items():
        for origin in range(first, len(values) - steps + 1, every):
            said = checks.numbers(checks.series(method(pd.Series(values[:origin]), steps), str(name)), str(name))
            if len(said) != steps:
                checks.fail(
                    _("Method {name!r} forecasts {n} periods; asked were {steps}."), name=name, n=len(said), steps=steps
                )
            came = values[origin : origin + steps]
            rows.extend(
                (name, origin, step, actual, forecast, actual - forecast)
                for step, (actual, forecast) in enumerate(zip(came, said, strict=True), 1)
            )
    result = pd.DataFrame(rows, columns=list(COLUMNS))
    result.attrs |= {"history": values.tolist(), "horizon": steps}
    return result


def together(tests: pd.DataFrame) -> pd.DataFrame:
    """The steps of each origin added up: four weeks as one number, where a month is planned and not a week.

    ``tests`` and the result are tables of :func:`back_test`; ``step`` is the last step. Raises
    :class:`~crmlab.checks.InputError` for another table.

    >>> both = together(back_test([1, 2, 3, 4], ["naive"], horizon=2, first=2))
    >>> both[["actual", "forecast", "error"]].to_numpy().tolist()
    [[7.0, 4.0, 3.0]]
    """
    found = _tests(tests)
    summed = found.groupby(["method", "origin"], sort=False).agg(
        step=("step", "max"), actual=("actual", "sum"), forecast=("forecast", "sum"), error=("error", "sum")
    )
    result = summed.reset_index()[list(COLUMNS)]
    result.attrs |= {"horizon": tests.attrs.get("horizon", int(found["step"].max()))}
    return result


# ---- errors


def mae(actual: Any, forecast: Any) -> float:
    """The mean absolute error: how far off on average, in the unit of the series.

    >>> mae([10, 12], [11, 9])
    2.0
    """
    came, said = checks.aligned(actual=actual, forecast=forecast)
    got = checks.numbers(checks.series(came, "actual"), "actual")
    return float(np.mean(np.abs(got - checks.numbers(checks.series(said, "forecast"), "forecast"))))


def mase(actual: Any, forecast: Any, history: Any, season: int = 1) -> float:
    """The mean absolute scaled error: :func:`mae` over the mean absolute one-step error of the naive forecast within ``history``
    (with ``season`` above 1, of the seasonal naive one).

    Below 1: closer than the naive forecast was, one step ahead, in the past that is known. It has no unit, so series of
    different size can be compared, and zeros do no harm. NaN where the history never changes.

    Source: Hyndman, R. J. and Koehler, A. B. (2006), Another look at measures of forecast accuracy, International Journal of
    Forecasting 22, 679-688.

    >>> mase([10, 12], [11, 9], history=[8, 10, 9, 10])
    1.5
    """
    scale = _scale(_given(history, 1)[0], season)
    return mae(actual, forecast) / scale if scale > 0 else np.nan


def accuracy(tests: pd.DataFrame, against: str = "naive", confidence: float = 0.95, season: int = 1) -> pd.DataFrame:
    """How far off each method was in a back-test, and whether it beat the method ``against``.

    ``tests`` is a table of :func:`back_test` or :func:`together`. A row a method, the best first: ``origins`` (how many),
    ``mae`` (unit of the series), ``mase`` (only of :func:`back_test`; scaled by the history before the first origin),
    ``difference`` (mae less that of ``against``: below 0 is better), and ``low``, ``high``, its interval. Where the interval holds 0,
    the back-test does not tell the two apart.

    The interval is that of Diebold and Mariano for means of absolute errors by origin, with the correction for small samples of Harvey,
    Leybourne and Newbold (t with origins - 1 degrees of freedom). Forecasts of overlapping periods go wrong together: the variance counts that up to
    the horizon - 1, and is never taken for less than that of independent errors. NaN for fewer than two origins.

    Raises :class:`~crmlab.checks.InputError` for another table and an unknown method.

    Sources: Diebold, F. X. and Mariano, R. S. (1995), Journal of Business & Economic Statistics 13, 253-263; Harvey, D., Leybourne, S. and
    Newbold, P. (1997), International Journal of Forecasting 13, 281-291.

    >>> table = accuracy(back_test([8, 10, 9, 12, 11, 14], ["naive", "mean"], first=2))
    >>> table["mae"].round(2).to_dict()
    {'naive': 2.0, 'mean': 2.06}
    """
    found = _tests(tests)
    confidence = checks.share(confidence, "confidence")
    wide = found.assign(error=found["error"].abs()).pivot_table(
        index="origin", columns="method", values="error", sort=False
    )
    checks.one_of(against, "against", list(map(str, wide.columns)))
    steps = int(tests.attrs.get("horizon", found["step"].max()))
    rows = {}
    for name in wide.columns:
        gain = (wide[name] - wide[against]).to_numpy()
        half = 0.0 if name == against else _half_width(gain, steps, confidence)
        middle = float(gain.mean())
        rows[name] = {
            "origins": len(wide),
            "mae": float(wide[name].mean()),
            "difference": middle,
            "low": middle - half,
            "high": middle + half,
        }
    result = pd.DataFrame.from_dict(rows, orient="index").astype({"origins": int}).rename_axis("method")
    if "history" in tests.attrs:
        known = np.asarray(tests.attrs["history"][: int(found["origin"].min())])
        scale = _scale(known, season)
        result.insert(2, "mase", result["mae"] / scale if scale > 0 else np.nan)
    return result.sort_values("mae", kind="stable")


# ---- how sure


def interval(errors: Any, forecast: float, coverage: float = 0.8) -> tuple[float, float]:
    """A prediction interval from the errors of a back-test: the forecast plus their quantiles.

    ``errors`` are actual - forecast, of one method and one horizon; with ``coverage=0.8`` a tenth of them lie below and a tenth above. No
    normal curve is assumed, and a method that was always too low shifts the interval up. It says what the past errors
    allow; what never happened in the back-test is not in it. Raises :class:`~crmlab.checks.InputError` for fewer than five errors.

    >>> interval([-2, -1, 0, 1, 2], 100, coverage=0.5)
    (99.0, 101.0)
    """
    known = checks.numbers(checks.series(errors, "errors"), "errors")
    coverage = checks.share(coverage, "coverage")
    if len(known) < 5:
        checks.fail(_("An interval needs five errors or more; there are {n}."), n=len(known))
    low, high = np.quantile(known, [(1 - coverage) / 2, (1 + coverage) / 2])
    middle = checks.number(forecast, "forecast")
    return float(middle + low), float(middle + high)


def covered(tests: pd.DataFrame, coverage: float = 0.8, first: int = 10) -> pd.DataFrame:
    """How often the intervals of :func:`interval` held what came, made at each origin from errors that were known by then.

    ``tests`` is a table of :func:`back_test` or :func:`together`; an error is known when its last period is over. Intervals begin once
    ``first`` errors of the same method and step are known. A row an interval: ``method``, ``origin``, ``step``, ``low``, ``high``,
    ``actual``, ``inside``. The mean of ``inside`` is the coverage that was reached.

    Raises :class:`~crmlab.checks.InputError` for another table, and where no interval can be made.

    >>> rows = covered(back_test(list(range(20)), ["naive"], first=2))
    >>> len(rows), bool(rows["inside"].all())
    (8, True)
    """
    found = _tests(tests)
    first = checks.number(first, "first", low=5, whole=True)
    rows = []
    for (name, step), part in found.groupby(["method", "step"], sort=False):
        for one in part.itertuples(index=False):
            known = part.loc[part["origin"] + step <= one.origin, "error"]
            if len(known) >= first:
                low, high = interval(known, one.forecast, coverage)
                rows.append((name, one.origin, step, low, high, one.actual, low <= one.actual <= high))
    if not rows:
        checks.fail(
            _("No interval can be made: no origin of this back-test knows {first} errors from before."), first=first
        )
    return pd.DataFrame(rows, columns=["method", "origin", "step", "low", "high", "actual", "inside"])


# ---- inside


def _given(history: Any, horizon: int) -> tuple[np.ndarray, int]:
    values = checks.numbers(checks.series(history, "history"), "history")
    return values, checks.number(horizon, "horizon", low=1, high=1000, whole=True)


def _length(given: Any, name: str, values: np.ndarray, of: int = 1) -> int:
    """A season or a window that the history is long enough for."""
    length: int = checks.number(given, name, low=1, whole=True)
    if length * of > len(values):
        checks.fail(
            _("{name}={length} needs a history of {need} periods or more; it has {n}."),
            name=name,
            length=length,
            need=length * of,
            n=len(values),
        )
    return length


def _ahead(values: np.ndarray) -> pd.Series:
    return pd.Series(values, index=pd.RangeIndex(1, len(values) + 1, name="step"), name="forecast", dtype="float64")


def _methods(given: Any) -> dict[Any, Method]:
    if isinstance(given, Mapping):
        for name, method in given.items():
            if not callable(method):
                checks.fail(_("Method {name!r} must be a function of (history, horizon)."), name=name)
        return dict(given)
    return {name: METHODS[checks.one_of(name, "methods", METHODS)] for name in checks.names(given, "methods")}


def _tests(tests: Any) -> pd.DataFrame:
    checks.frame(tests, "tests")
    missing = [name for name in COLUMNS if name not in tests.columns]
    if missing or not len(tests):
        checks.fail(_("tests must be a table of back_test(...) or together(...)."))
    checks.need(tests, {name: name for name in COLUMNS})
    result = pd.DataFrame({"method": checks.keys(tests["method"], "method").to_numpy()})
    for name in COLUMNS[1:]:
        result[name] = checks.numbers(tests[name], name)
    return result.astype({"origin": int, "step": int})


def _scale(history: np.ndarray, season: int) -> float:
    """The mean absolute one-step error of the (seasonal) naive forecast within the history; NaN if it is too short."""
    season = checks.number(season, "season", low=1, whole=True)
    steps = np.abs(history[season:] - history[:-season])
    return float(steps.mean()) if len(steps) else np.nan


def _half_width(gain: np.ndarray, steps: int, confidence: float) -> float:
    """Half the interval of the mean gain: Diebold and Mariano's variance, corrected for few origins."""
    from scipy import stats

    n = len(gain)
    if n < 2:
        return np.nan
    off = gain - gain.mean()
    lags = [float(np.mean(off[: n - lag] * off[lag:])) for lag in range(min(steps, n))]
    variance = max(lags[0] + 2 * sum(lags[1:]), lags[0]) / n
    correction = (n + 1 - 2 * steps + steps * (steps - 1) / n) / n
    if correction <= 0:
        return np.nan
    return float(stats.t.ppf((1 + confidence) / 2, n - 1) * np.sqrt(variance / correction))
