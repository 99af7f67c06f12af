"""Two factors: what only hurts when it is missing (hygiene) and what only helps when it is there (motivators).

Penalty-reward contrast analysis finds them in an ordinary survey: does a low mark of a feature pull the overall
judgement down more than a high mark lifts it?

Source: Herzberg, F. (1968), One more time: how do you motivate employees?, Harvard Business Review 46(1), 53-62, for
the two factors; Brandt, D. R. (1987), A procedure for identifying value-enhancing service components using customer
satisfaction survey data, in Surprenant (ed.), Add Value to Your Service, 61-65; Mittal, V., Ross, W. T. & Baldasare,
P. M. (1998), The asymmetric impact of negative and positive attribute-level performance, Journal of Marketing 62(1),
33-47.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from crmlab import checks
from crmlab.language import _, tr

FACTORS = {
    "hygiene": _("Hygiene: hurts when missing"),
    "motivator": _("Motivator: helps when there"),
    "performance": _("Performance: both"),
    "one_sided": _("Undecided: one side shows, the two may be equal"),
    "indifferent": _("Neither can be told"),
}
"""Kinds of features; in Kano's words must-be, attractive, one-dimensional, undecided, indifferent."""


def penalty_reward(
    survey: pd.DataFrame,
    features: Sequence[str] | Mapping[str, str],
    overall: str,
    low: float,
    high: float,
    expected: Mapping[str, str] | None = None,
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Penalty and reward of each feature, and what kind of factor it is.

    ``features`` are columns of marks (a mapping leads from name to column); a mark of ``low`` or less is low, of
    ``high`` or more high, what lies between is the reference. With ``expected`` (from name to the column of the
    expectation) the mark is perceived less expected, so that low=-1 and high=1 mean less and more than
    expected, as Brandt has it.

    One regression of ``overall`` on a low and a high dummy of every feature gives, in points of the overall scale:
    ``penalty`` (what a low mark does, usually below 0) with ``penalty_low``, ``penalty_high``; ``reward`` likewise; ``n_low``,
    ``n_high``. ``asymmetry`` = (reward + penalty) / (reward - penalty), -1 all penalty, 1 all reward, 0 even; NaN unless
    penalty < 0 < reward or one of them is 0. ``p_asymmetry`` tests reward = -penalty.

    ``factor``: "performance" if both can be told from 0, "indifferent" if neither can. If one can and the other cannot, that
    does not yet show that the two differ: "hygiene" (the penalty) and "motivator" (the reward) only if ``p_asymmetry`` lies
    below 1 - confidence, too, else "one_sided". It is one test a feature: of twenty features alike, one will pass by luck.

    The intervals are Student's t of ordinary least squares. Complete customers only:
    ``result.attrs["left_out"]["incomplete"]``; ``result.attrs["r_squared"]``, ``["n"]``.

    Raises :class:`~crmlab.checks.InputError` for missing columns, text, ``low`` not below ``high``, a feature without
    low, middle or high marks, and too few customers.

    >>> survey = pd.DataFrame({"clean": [1, 3, 3, 5, 1, 3, 5, 3], "gift": [3, 3, 5, 3, 3, 1, 5, 5],
    ...                        "all": [3, 7, 9, 7, 3, 7, 9, 9]})
    >>> penalty_reward(survey, ["clean", "gift"], "all", low=2, high=4)[["penalty", "reward", "factor"]].round(2)
    ... # doctest: +NORMALIZE_WHITESPACE
             penalty  reward     factor
    feature
    clean       -4.0     0.0    hygiene
    gift         0.0     2.0  motivator
    """
    low, high = checks.number(low, "low"), checks.number(high, "high")
    if low >= high:
        checks.fail(_("low must lie below high; they are {low:g} and {high:g}."), low=low, high=high)
    names, marks, y = _marks(survey, features, overall, expected)
    full = ~(np.isnan(marks).any(axis=1) | np.isnan(y))
    marks, y = marks[full], y[full]
    n, k = marks.shape
    if n < 2 * k + 2:
        checks.fail(
            _("{n} complete customers are too few for {k} features; {least} are the least."), n=n, k=k, least=2 * k + 2
        )
    down, up = marks <= low, marks >= high
    for at, name in enumerate(names):
        for part, word in (
            (down[:, at], _("low mark")),
            (up[:, at], _("high mark")),
            (~down[:, at] & ~up[:, at], _("middle mark")),
        ):
            if not part.any():
                checks.fail(
                    _("{name!r} has no {word} with the limits {low:g} and {high:g}: choose others."),
                    name=name,
                    word=tr(word),
                    low=low,
                    high=high,
                )
    x = np.column_stack([np.ones(n), down, up]).astype("float64")
    cross = x.T @ x
    if np.linalg.cond(cross) > 1e10:
        checks.fail(
            _("One of the features {names} follows exactly from the others: leave it out."), names=", ".join(map(str, names))
        )
    inverse = np.linalg.inv(cross)
    coefficient = inverse @ (x.T @ y)
    residual = y - x @ coefficient
    rest = float(residual @ residual)
    total = float(((y - y.mean()) ** 2).sum())
    if total == 0:
        checks.fail(_("{name!r}: all answers are the same, so nothing can be told from them."), name=overall)
    if rest < 1e-20 * total:
        rest = 0.0
    covariance = inverse * rest / (n - 2 * k - 1)
    return _table(names, coefficient, covariance, down, up, n - 2 * k - 1, confidence).pipe(
        _with, {"r_squared": 1 - rest / total, "n": n, "left_out": {"incomplete": int((~full).sum())},
                "low": low, "high": high, "confidence": confidence}
    )  # fmt: skip


def _table(
    names: list[str],
    coefficient: np.ndarray,
    covariance: np.ndarray,
    down: np.ndarray,
    up: np.ndarray,
    free: int,
    confidence: float,
) -> pd.DataFrame:
    from scipy.special import stdtr, stdtrit

    k = len(names)
    confidence = checks.share(confidence, "confidence")
    t = float(stdtrit(free, (1 + confidence) / 2))
    error = np.sqrt(np.diag(covariance))
    table = pd.DataFrame(index=pd.Index(names, name="feature"))
    for word, part in (("penalty", slice(1, k + 1)), ("reward", slice(k + 1, 2 * k + 1))):
        table[word] = np.where(np.abs(coefficient[part]) < 1e-12, 0.0, coefficient[part])
        table[f"{word}_low"] = coefficient[part] - t * error[part]
        table[f"{word}_high"] = coefficient[part] + t * error[part]
    table["n_low"], table["n_high"] = down.sum(axis=0), up.sum(axis=0)
    lost, won = table["penalty"].to_numpy(), table["reward"].to_numpy()
    with np.errstate(invalid="ignore", divide="ignore"):
        asymmetry = np.where((lost <= 0) & (won >= 0), (won + lost) / (won - lost), np.nan)
        at = np.arange(k)
        variance = np.diag(covariance)[1 + at] + np.diag(covariance)[1 + k + at] + 2 * covariance[1 + at, 1 + k + at]
        z = np.where(variance > 0, np.abs(won + lost) / np.sqrt(variance), np.where(won + lost == 0, 0.0, np.inf))
    hurts, helps = clear_of_zero(table)
    p = 2 * stdtr(free, -z)
    differ = p < 1 - confidence
    kinds = {"performance": hurts & helps, "hygiene": hurts & differ, "motivator": helps & differ, "one_sided": hurts | helps}
    table["factor"] = np.select(list(kinds.values()), list(kinds), "indifferent")
    table["asymmetry"], table["p_asymmetry"] = asymmetry, p
    return table


def clear_of_zero(table: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Whether each penalty, and whether each reward, keeps clear of 0 with its whole interval, on the side where it belongs."""
    hurts = (table["penalty"] < 0) & (table["penalty_high"] < -1e-12)
    helps = (table["reward"] > 0) & (table["reward_low"] > 1e-12)
    return hurts, helps


def _with(table: pd.DataFrame, attrs: dict[str, object]) -> pd.DataFrame:
    table.attrs |= attrs
    return table


def _marks(
    survey: pd.DataFrame,
    features: Sequence[str] | Mapping[str, str],
    overall: str,
    expected: Mapping[str, str] | None,
) -> tuple[list[str], np.ndarray, np.ndarray]:
    """Names, marks by feature (perceived less expected, where asked), overall answers; missing as NaN."""
    checks.frame(survey, "survey")
    columns = checks.features(features)
    if expected is not None:
        expected = checks.mapping(expected, "expected", "{'service': 'expected_service'}")
    found = []
    for name, column in columns.items():
        checks.need(survey, {"": column})
        marks = checks.numbers(survey[column], column, missing=True)
        if expected is not None:
            if name not in expected:
                checks.fail(_("expected names no column for {name!r}."), name=name)
            checks.need(survey, {"": expected[name]})
            marks = marks - checks.numbers(survey[expected[name]], expected[name], missing=True)
        found.append(marks)
    checks.need(survey, {"overall": overall})
    return list(columns), np.column_stack(found), checks.numbers(survey[overall], overall, missing=True)
