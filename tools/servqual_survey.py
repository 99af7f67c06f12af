"""The made-up SERVQUAL survey: how its answers come about, and the truth behind them.

An answer is a mean, plus what the customer's standards or mood add in this dimension, plus noise, rounded to the
scale from 1 to 7 and cut off at its ends; so the true means, gaps and alphas are known (:func:`true_mean`,
:func:`true_alpha`). As in :mod:`tools.survey` only ``random.Random.random`` is drawn from.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from statistics import NormalDist

SEED = 11
CUSTOMERS = 280
DIMENSIONS = {"tangibles": 4, "reliability": 5, "responsiveness": 4, "assurance": 4, "empathy": 5}
BRANCHES = {"Centre": 0.5, "Harbour": 0.3, "Hill": 0.2}

EXPECTED = {"tangibles": 5.2, "reliability": 6.4, "responsiveness": 6.1, "assurance": 6.2, "empathy": 5.6}
PERCEIVED = {"tangibles": 5.3, "reliability": 5.3, "responsiveness": 5.2, "assurance": 5.8, "empathy": 5.1}
# The story: the Harbour branch breaks its promises.
BRANCH_EFFECT = {("Harbour", "reliability"): -1.0, ("Hill", "empathy"): 0.4}
# What sets the single item apart from its dimension.
OFFSET = (-0.2, 0.1, 0.2, -0.1, 0.0)
# Standard deviations in points of the scale: what the items of a dimension share, and what they do not.
SHARED, NOISE = 0.9, 0.9
# Opening hours suit a customer or not, whatever else the customer thinks: item 22 shares nothing.
ALONE = {22}
POINTS = {"tangibles": 12, "reliability": 32, "responsiveness": 22, "assurance": 19, "empathy": 15}
MISSING = 0.006

ITEMS = tuple(
    (number, dimension, OFFSET[at])
    for number, (dimension, at) in enumerate(
        ((dimension, at) for dimension, count in DIMENSIONS.items() for at in range(count)), start=1
    )
)
COLUMNS = (
    "customer_id",
    "branch",
    *(f"{side}{number}" for side in "ep" for number, _dimension, _offset in ITEMS),
    *(f"weight_{name}" for name in DIMENSIONS),
)


def _mean(side: str, dimension: str, offset: float, branch: str) -> float:
    if side == "e":
        return EXPECTED[dimension] + offset
    return PERCEIVED[dimension] + offset + BRANCH_EFFECT.get((branch, dimension), 0.0)


def _moments(mean: float, sd: float) -> tuple[float, float]:
    """E(X) and E(X squared) of a normal variable rounded to 1..7 and cut off there."""
    normal = NormalDist(mean, sd)
    above = [1 - normal.cdf(k + 0.5) for k in range(1, 7)]
    return 1 + sum(above), 1 + sum((2 * k + 1) * up for k, up in enumerate(above, start=1))


def true_mean(side: str, dimension: str, branch: str | None = None) -> float:
    """The mean answer in a dimension of an endless survey; ``side`` is "e" or "p", None means all branches."""
    total = weight = 0.0
    sd = (SHARED**2 + NOISE**2) ** 0.5
    for name, share in BRANCHES.items():
        if branch in (None, name):
            means = [_moments(_mean(side, dim, offset, name), sd)[0] for _n, dim, offset in ITEMS if dim == dimension]
            total += share * sum(means) / len(means)
            weight += share
    return total / weight


def true_alpha(side: str, dimension: str, branch: str = "Centre") -> float:
    """Cronbach's alpha of an endless survey in one branch (branches apart make it look better than it is)."""
    items = [(number, offset) for number, dim, offset in ITEMS if dim == dimension]
    steps = 400
    grid = [NormalDist().inv_cdf((step + 0.5) / steps) for step in range(steps)]
    variances, given = [], []
    for number, offset in items:
        mean, whole = _mean(side, dimension, offset, branch), (SHARED**2 + NOISE**2) ** 0.5
        first, second = _moments(mean, whole)
        variances.append(second - first**2)
        if number in ALONE:
            given.append([first] * steps)
        else:
            given.append([_moments(mean + SHARED * z, NOISE)[0] for z in grid])
    total = sum(variances)
    for i, left in enumerate(given):
        for right in given[:i]:
            both = sum(a * b for a, b in zip(left, right, strict=True)) / steps
            total += 2 * (both - sum(left) / steps * sum(right) / steps)
    k = len(items)
    return k / (k - 1) * (1 - sum(variances) / total)


def rows(seed: int = SEED) -> list[dict[str, object]]:
    """The survey, one dictionary a customer; a missing answer is an empty text."""
    draw = random.Random(seed).random
    return [_customer(number, draw) for number in range(1, CUSTOMERS + 1)]


def _customer(number: int, draw: Callable[[], float]) -> dict[str, object]:
    def normal() -> float:
        return NormalDist().inv_cdf(min(max(draw(), 1e-12), 1 - 1e-12))

    point, below, branch = draw(), 0.0, ""
    for name, share in BRANCHES.items():
        if below <= point:
            branch = name
        below += share
    row: dict[str, object] = {"customer_id": f"S{number:03d}", "branch": branch}
    for side in "ep":
        shared = {name: SHARED * normal() for name in DIMENSIONS}
        for item, dimension, offset in ITEMS:
            common = SHARED * normal() if item in ALONE else shared[dimension]
            value = _mean(side, dimension, offset, branch) + common + NOISE * normal()
            row[f"{side}{item}"] = "" if draw() < MISSING else min(max(int(value + 0.5), 1), 7)
    raw = {name: points * 2 ** (0.5 * normal()) for name, points in POINTS.items()}
    exact = {name: 100 * value / sum(raw.values()) for name, value in raw.items()}
    points = {name: int(value) for name, value in exact.items()}
    # What is left of the 100 points goes where most was cut off.
    for name in sorted(exact, key=lambda name: points[name] - exact[name])[: 100 - sum(points.values())]:
        points[name] += 1
    row.update({f"weight_{name}": value for name, value in points.items()})
    return row


def truth_table() -> str:
    """The truth as the card prints it: expected / perceived / gap, and alpha of both sides."""
    groups: list[str | None] = [None, *BRANCHES]
    head = " | ".join("all" if name is None else name for name in groups)
    table = [f"| truth | {head} | alpha expected | alpha perceived |", "|---" * (len(groups) + 3) + "|"]
    for dimension in DIMENSIONS:
        cells = []
        for branch in groups:
            a, b = true_mean("e", dimension, branch), true_mean("p", dimension, branch)
            cells.append(f"{a:.2f} / {b:.2f} / {b - a:+.2f}")
        cells += [f"{true_alpha(side, dimension):.3f}" for side in "ep"]
        table.append(f"| {dimension} | {' | '.join(cells)} |")
    return "\n".join(table)
