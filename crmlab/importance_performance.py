"""The importance-performance map: what matters, and how well it is done.

Source: Martilla, J. A. & James, J. C. (1977), Importance-performance analysis, Journal of Marketing 41(1), 77-79.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from crmlab import checks
from crmlab.language import _

QUADRANTS = {
    "concentrate": _("Concentrate here"),
    "keep_up": _("Keep up the good work"),
    "low_priority": _("Low priority"),
    "overkill": _("Possible overkill"),
}
"""The four quadrants: important and done badly, important and done well, neither, done well but not important."""

METHODS = {
    "correlation": _("correlation with the overall judgement"),
    "spearman": _("rank correlation with the overall judgement"),
    "regression": _("standardised regression coefficient, the other features held fixed"),
    "relative_weights": _("relative weight: its part in the explained variance"),
}
"""Ways to derive importance from answers."""


def derived_importance(
    survey: pd.DataFrame, features: Sequence[str] | Mapping[str, str], overall: str, method: str = "correlation"
) -> pd.DataFrame:
    """How much each feature goes with the overall judgement; ``importance`` and ``n``, most important first.

    Asked outright, customers call everything important; derived importance is what moves the judgement. ``features`` are
    columns (a mapping leads from name to column), ``overall`` is the column of the overall judgement.
    ``method``:

    - ``"correlation"``, ``"spearman"``: each feature by itself, over the customers with both answers. Features that go
      together all come out high.
    - ``"regression"``: standardised coefficients of all features together. Where they go together, these are
      unsteady, and may turn negative by chance.
    - ``"relative_weights"``: Johnson's (2000, Multivariate Behavioral Research 35, 1-19) division of the
      explained variance among features that go together; never negative, the sum is R squared.

    The last two use complete customers only. ``result.attrs``: ``method``, ``r_squared`` (last two), ``left_out``
    (``incomplete`` customers: of the overall judgement and, for the last two, of any feature).

    Raises :class:`~crmlab.checks.InputError` for missing columns, text, a column of one value, fewer complete
    customers than features + 2, and features of which one follows exactly from the others.

    >>> survey = pd.DataFrame({"staff": [1, 2, 3, 4, 5], "price": [3, 1, 3, 1, 3], "all": [1, 2, 3, 4, 5]})
    >>> derived_importance(survey, ["staff", "price"], "all")["importance"].round(2).to_dict()
    {'staff': 1.0, 'price': 0.0}
    """
    checks.one_of(method, "method", METHODS)
    names, x, y = _columns(survey, features, overall)
    if method in ("correlation", "spearman"):
        rows = []
        for at, name in enumerate(names):
            both = ~(np.isnan(x[:, at]) | np.isnan(y))
            a, b = x[both, at], y[both]
            if method == "spearman":
                a, b = pd.Series(a).rank().to_numpy(), pd.Series(b).rank().to_numpy()
            _varies(a, name)
            _varies(b, overall)
            rows.append([float(np.corrcoef(a, b)[0, 1]), int(both.sum())])
        result = pd.DataFrame(rows, index=names, columns=["importance", "n"])
        result.attrs |= {"method": method, "left_out": {"incomplete": int(np.isnan(y).sum())}}
    else:
        full = ~(np.isnan(x).any(axis=1) | np.isnan(y))
        z, target = _standard(x[full], y[full], names, overall)
        n = len(z)
        if method == "regression":
            weight = np.linalg.solve(z.T @ z, z.T @ target)
            r_squared = float(1 - ((target - z @ weight) ** 2).sum() / n)
        else:
            # The closest orthogonal variables carry the variance; each feature gets its part of them back.
            value, vector = np.linalg.eigh(z.T @ z / n)
            root = vector @ np.diag(np.sqrt(value)) @ vector.T
            beta = np.linalg.solve(root, z.T @ target / n)
            weight = root**2 @ beta**2
            r_squared = float(weight.sum())
        result = pd.DataFrame({"importance": weight, "n": n}, index=names)
        result.attrs |= {"method": method, "r_squared": r_squared, "left_out": {"incomplete": int((~full).sum())}}
    result.index.name = "feature"
    return result.sort_values("importance", ascending=False, kind="stable")


def importance_performance(
    importance: pd.DataFrame | pd.Series | Mapping[str, float],
    performance: pd.DataFrame | pd.Series | Mapping[str, float],
    cuts: str | tuple[float, float] = "mean",
) -> pd.DataFrame:
    """The map: ``importance``, ``performance``, ``quadrant`` (a key of :data:`QUADRANTS`) and ``gap_to_cut``, how
    far performance is above its cut, the worst first among the important.

    ``importance`` by feature is stated (mean of what customers say) or derived: the table of
    :func:`derived_importance` as it is (of any table, the column of that name counts).
    ``performance`` by feature is a mean judgement. ``cuts`` is where the cross stands: ``"mean"`` or ``"median"`` of
    the features, or two numbers (importance, performance). With mean or median there always is something below the
    cross, however good the firm; a target is the better cut. A value on the cut counts as above it.

    Raises :class:`~crmlab.checks.InputError` when the two are not of the same features.

    >>> importance_performance({"staff": .6, "price": .2}, {"staff": 3.1, "price": 4.2})["quadrant"].to_dict()
    {'staff': 'concentrate', 'price': 'overkill'}
    >>> survey = pd.DataFrame({"staff": [1, 2, 3, 4, 5], "price": [3, 1, 3, 1, 3], "all": [1, 2, 3, 4, 5]})
    >>> derived = derived_importance(survey, ["staff", "price"], "all")
    >>> importance_performance(derived, survey[["staff", "price"]].mean())["quadrant"].to_dict()
    {'staff': 'keep_up', 'price': 'low_priority'}
    """
    matter = _by_feature(importance, "importance")
    done = _by_feature(performance, "performance")
    different = matter.index.symmetric_difference(done.index)
    if len(different):
        checks.fail(
            _("importance and performance are not of the same features: {name!r} has only one of them."),
            name=different[0],
        )
    table = pd.DataFrame({"importance": checks.numbers(matter, "importance")}, index=matter.index)
    table["performance"] = checks.numbers(done.reindex(matter.index), "performance")
    table.index.name = "feature"
    if isinstance(cuts, str):
        checks.one_of(cuts, "cuts", ("mean", "median"))
        middle = table[["importance", "performance"]].agg(cuts)
        across, up = float(middle["importance"]), float(middle["performance"])
    else:
        if not isinstance(cuts, (list, tuple, np.ndarray, pd.Series)) or len(cuts) != 2:
            checks.fail(
                _("cuts must be 'mean', 'median' or two numbers (importance, performance); it is {value!r}."),
                value=cuts,
            )
        across, up = (checks.number(cut, "cuts") for cut in cuts)
    matters = table["importance"].to_numpy() >= across - 1e-12
    good = table["performance"].to_numpy() >= up - 1e-12
    table["quadrant"] = np.where(
        matters, np.where(good, "keep_up", "concentrate"), np.where(good, "overkill", "low_priority")
    )
    table["gap_to_cut"] = table["performance"] - up
    order = np.lexsort((table["gap_to_cut"], ~matters))
    table = table.iloc[order]
    table.attrs |= {"cuts": (across, up)}
    return table


def _by_feature(given: Any, name: str) -> pd.Series:
    """One number a feature, from a table with a column of that name, too."""
    if isinstance(given, pd.DataFrame):
        checks.need(checks.frame(given, name), {"": name})
        given = given[name]
    found = checks.named(given, name)
    if found.index.nlevels > 1:
        checks.fail(_("{name} needs one label a feature, not several levels of them."), name=name)
    return found


def _columns(
    survey: pd.DataFrame, features: Sequence[str] | Mapping[str, str], overall: str
) -> tuple[list[str], np.ndarray, np.ndarray]:
    """Names, answers by feature, overall answers; missing as NaN."""
    checks.frame(survey, "survey")
    columns = checks.features(features)
    for column in [*columns.values(), overall]:
        checks.need(survey, {"": column})
    x = np.column_stack([checks.numbers(survey[column], column, missing=True) for column in columns.values()])
    return list(columns), x, checks.numbers(survey[overall], overall, missing=True)


def _varies(values: np.ndarray, name: Any) -> None:
    if len(values) < 3:
        checks.fail(_("{name!r}: {n} complete answers are too few; 3 are the least."), name=name, n=len(values))
    if np.ptp(values) == 0:
        checks.fail(_("{name!r}: all answers are the same, so nothing can be told from them."), name=name)


def _standard(x: np.ndarray, y: np.ndarray, names: list[str], overall: str) -> tuple[np.ndarray, np.ndarray]:
    """Complete answers with mean 0 and standard deviation 1."""
    n, k = x.shape
    if n < k + 2:
        checks.fail(
            _("{n} complete customers are too few for {k} features; {least} are the least."), n=n, k=k, least=k + 2
        )
    for at, name in enumerate(names):
        _varies(x[:, at], name)
    _varies(y, overall)
    z = (x - x.mean(axis=0)) / x.std(axis=0)
    if np.linalg.cond(z.T @ z) > 1e10:
        checks.fail(
            _("One of the features {names} follows exactly from the others: leave it out."), names=", ".join(map(str, names))
        )
    return z, (y - y.mean()) / y.std()
