"""Item analysis: how difficult the exercises of a test were, whether they tell strong from weak, and how well they hang together.

Classical test theory, for exercises that give part of their points as well. People are rows, items are columns.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from crmlab import servqual
from crmlab.checks import InputError

FEW = 20
"""Below so many people, groups of 27 % hold five or fewer: no upper-lower index is given, nothing is read off correlations, and every other
figure is a hint at best."""
STEADY = 100
"""From so many people on, the figures stand without a caution: then the interval of a correlation is about 0.4 wide."""
FEWEST_ALPHA = 10
"""From so many people on Cronbach's alpha is shown; its interval says how rough it is."""
GROUP = 0.27
"""The share of people in the upper and in the lower group."""


@dataclass(frozen=True)
class Analysis:
    """What the answers to a test say of its items.

    ``items``: a row an item, with ``p``, ``item_rest``, ``d`` (NaN where it cannot be computed) and ``alpha_without``.
    """

    items: pd.DataFrame
    people: int
    alpha: servqual.Alpha | None
    """Cronbach's alpha of the items that vary, with its interval; ``None`` where it cannot be computed."""


def analysis(points: pd.DataFrame, maximum: pd.Series) -> Analysis:
    """The analysis of a test: ``points`` of each person (row) for each item (column), ``maximum`` points by item.

    Only people with a number for every item count. Raises ``ValueError`` if an item has no maximum above 0.

    >>> right = pd.DataFrame({"a": [1, 1, 1, 0], "b": [1, 1, 0, 0], "c": [1, 0, 0, 0]})
    >>> found = analysis(right, pd.Series({"a": 1, "b": 1, "c": 1}))
    >>> found.items["p"].tolist(), found.people, round(found.alpha.alpha, 2)
    ([0.75, 0.5, 0.25], 4, 0.75)
    """
    maximum = maximum.reindex(points.columns)
    if not bool((maximum > 0).all()):
        raise ValueError("each item needs a maximum above 0")
    full = points.dropna().astype(float)
    table = pd.DataFrame(
        {
            "p": difficulty(full, maximum),
            "item_rest": item_rest(full),
            "d": upper_lower(full, maximum) if len(full) >= FEW else np.nan,
            "alpha_without": np.nan,
        },
        index=points.columns,
    )
    alpha = None
    try:
        # An exercise that nobody did, or everybody has, ranks nobody: it would only be counted among the items.
        varying = full[[name for name in full.columns if not _still(full[name].to_numpy(float))]] if len(full) else full
        alpha = servqual.cronbach_alpha(varying)
        table["alpha_without"] = servqual.alpha_without(varying)["alpha"].reindex(points.columns)
    except InputError:  # too few people or items, or everybody has the same sum
        pass
    return Analysis(table, len(full), alpha)


def difficulty(points: pd.DataFrame, maximum: pd.Series) -> pd.Series:
    """The item difficulty p: mean share of the points, 0 to 1; high is easy. For items that are right or wrong it is the share
    of people who have it right.

    Source: Crocker, L. & Algina, J. (1986), Introduction to classical and modern test theory, ch. 14; Lord, F. M. & Novick,
    M. R. (1968), Statistical theories of mental test scores, p. 328.

    >>> difficulty(pd.DataFrame({"a": [2, 1, 0, 1]}), pd.Series({"a": 2})).tolist()
    [0.5]
    """
    return points.mean() / maximum


def item_rest(points: pd.DataFrame) -> pd.Series:
    """The corrected item-total correlation: Pearson's r of an item's points with the sum of all other items; for items that are
    right or wrong this is the point-biserial correlation. NaN where an item or the rest never varies.

    Without the correction an item would be compared with a sum that holds it, which lifts r, the more so the fewer items
    there are. Source: Henrysson, S. (1963), Correction of item-total correlations in item analysis, Psychometrika 28, 211-218.

    >>> round(float(item_rest(pd.DataFrame({"a": [0, 0, 1, 1], "b": [0, 1, 1, 1], "c": [0, 0, 0, 1]}))["a"]), 3)
    0.707
    """
    total = points.sum(axis=1)
    return pd.Series({name: _pearson(points[name], total - points[name]) for name in points.columns}, dtype=float)


def _pearson(one: pd.Series, other: pd.Series) -> float:
    a, b = one.to_numpy(float), other.to_numpy(float)
    if len(a) < 2 or _still(a) or _still(b):
        return float("nan")
    return float(np.clip(np.corrcoef(a, b)[0, 1], -1.0, 1.0))


def r_interval(r: float, people: int) -> tuple[float, float]:
    """The 95 % interval of a correlation, by Fisher's z (1921, Metron 1, 3-32): tanh(artanh r +- 1.96 / sqrt(n - 3)). ``people`` are four or more.

    >>> low, high = r_interval(0.3, 30)
    >>> round(low, 3), round(high, 3)
    (-0.068, 0.596)
    """
    z, half = np.arctanh(np.clip(r, -0.999999, 0.999999)), 1.959964 / np.sqrt(people - 3)
    return float(np.tanh(z - half)), float(np.tanh(z + half))


def _still(values: np.ndarray) -> bool:
    # A sum of points is no more exact than its parts.
    return bool(np.ptp(values) <= 1e-9 * max(1.0, float(np.abs(values).max())))


def upper_lower(points: pd.DataFrame, maximum: pd.Series, group: float = GROUP) -> pd.Series:
    """The discrimination index D = p of the upper group less p of the lower group, -1 to 1, the groups being the 27 % of people
    with the highest and with the lowest sum of points.

    Where several people have the sum at the edge of a group, they share the places that are left there, so that D does not
    hang on the order of the list.

    Source: Kelley, T. L. (1939), The selection of upper and lower groups for the validation of test items, Journal of
    Educational Psychology 30, 17-24; the index: Johnson, A. P. (1951), Notes on a suggested index of item validity, the same
    42, 499-504.

    >>> right = pd.DataFrame({"a": [1, 1, 0, 0], "b": [1, 0, 1, 0], "c": [1, 1, 1, 0]})
    >>> upper_lower(right, pd.Series(1, right.columns), group=0.25).tolist()
    [1.0, 1.0, 1.0]
    """
    total = points.sum(axis=1).to_numpy(float).round(9)
    upper, lower = _weights(total, group), _weights(-total, group)
    shares = points / maximum
    return pd.Series(
        {name: float((shares[name].to_numpy(float) * (upper - lower)).sum()) for name in points.columns}, dtype=float
    )


def _weights(total: np.ndarray, group: float) -> np.ndarray:
    """The weight of each person in the group with the highest sums; they add up to 1."""
    places = max(1, round(group * len(total)))
    edge = np.sort(total)[::-1][places - 1]
    above, at = total > edge, total == edge
    weights: np.ndarray = above + at * ((places - above.sum()) / at.sum())
    return weights / places
