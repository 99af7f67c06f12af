"""The made-up Kano survey: how its answers come about, and the truth behind them.

A customer's category for a feature is drawn from the shares of the segment, then a pair of answers that gives this
category. So the true shares, categories and coefficients are known exactly (:func:`true_shares`). As in
:mod:`tools.survey` only ``random.Random.random`` is drawn from: every machine makes the same file.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import TypeVar

SEED = 1
CUSTOMERS = 240
SEGMENTS = {"Shop": 0.55, "Restaurant": 0.38, "Wholesaler": 0.07}
FEATURES = ("complete", "next_day", "driver", "app", "samples", "display", "calls", "credit")
LETTERS = ("A", "O", "M", "I", "R", "Q")

# Shares of A, O, M, I, R, Q in percent; a segment without an entry of its own answers as "all".
SHARES: dict[tuple[str, str], tuple[int, ...]] = {
    ("complete", "all"): (3, 22, 64, 9, 0, 2),
    ("next_day", "all"): (17, 52, 20, 9, 0, 2),
    ("driver", "all"): (30, 36, 8, 24, 0, 2),
    # The story: ordering by app delights the shops and is taken for granted by the restaurants.
    ("app", "all"): (52, 14, 6, 23, 3, 2),
    ("app", "Restaurant"): (10, 24, 52, 10, 1, 3),
    ("samples", "all"): (56, 10, 4, 27, 1, 2),
    ("display", "all"): (14, 6, 5, 66, 7, 2),
    ("calls", "all"): (6, 4, 4, 30, 52, 4),
    # Close on purpose: 240 answers cannot tell one-dimensional from must-be.
    ("credit", "all"): (12, 34, 34, 17, 1, 2),
}

# Pairs (functional, dysfunctional) that give a category, with their weights.
_MIDDLE = (2, 3, 4)
PAIRS: dict[str, dict[tuple[int, int], float]] = {
    "A": {(1, 2): 2, (1, 3): 5, (1, 4): 4},
    "O": {(1, 5): 1},
    "M": {(2, 5): 6, (3, 5): 3, (4, 5): 1},
    "I": {(f, d): 5 if f == d == 3 else 1 for f in _MIDDLE for d in _MIDDLE},
    "R": {(2, 1): 1, (3, 1): 3, (4, 1): 3, (5, 1): 3, (5, 2): 1, (5, 3): 2, (5, 4): 2},
    "Q": {(1, 1): 4, (5, 5): 1},
}
MISSING = 0.01

COLUMNS = (
    "customer_id",
    "segment",
    *(f"{side}_{name}" for name in FEATURES for side in ("functional", "dysfunctional")),
)

Key = TypeVar("Key")


def true_shares(feature: str, segment: str | None = None) -> dict[str, float]:
    """The share of each category in an endless survey; None means all segments together."""
    total = dict.fromkeys(LETTERS, 0.0)
    weight = sum(SEGMENTS.values()) if segment is None else SEGMENTS[segment]
    for key, part in SEGMENTS.items():
        if segment in (None, key):
            percent = SHARES.get((feature, key), SHARES[feature, "all"])
            for letter, share in zip(LETTERS, percent, strict=True):
                total[letter] += share / 100 * part / weight
    return total


def true_coefficients(feature: str, segment: str | None = None) -> tuple[float, float]:
    """Better and worse in an endless survey."""
    share = true_shares(feature, segment)
    base = share["A"] + share["O"] + share["M"] + share["I"]
    return (share["A"] + share["O"]) / base, -(share["O"] + share["M"]) / base


def rows(seed: int = SEED) -> list[dict[str, object]]:
    """The survey, one dictionary a customer; a missing answer is an empty text."""
    draw = random.Random(seed).random
    return [_customer(number, draw) for number in range(1, CUSTOMERS + 1)]


def _customer(number: int, draw: Callable[[], float]) -> dict[str, object]:
    def pick(weights: dict[Key, float]) -> Key:
        point, below = draw() * sum(weights.values()), 0.0
        for key, weight in weights.items():
            below += weight
            if point < below:
                return key
        return key

    segment = pick(SEGMENTS)
    row: dict[str, object] = {"customer_id": f"B{number:03d}", "segment": segment}
    for name in FEATURES:
        functional, dysfunctional = pick(PAIRS[pick(true_shares(name, segment))])
        row[f"functional_{name}"] = "" if draw() < MISSING else functional
        row[f"dysfunctional_{name}"] = "" if draw() < MISSING else dysfunctional
    return row


def truth_table() -> str:
    """The truth as the card prints it."""
    table = ["| truth | A | O | M | I | R | Q | better | worse |", "|---" * 9 + "|"]
    cells = [(name, None) for name in FEATURES] + [("app", segment) for segment in SEGMENTS]
    for name, segment in cells:
        share, (better, worse) = true_shares(name, segment), true_coefficients(name, segment)
        label = name if segment is None else f"{name}, {segment}"
        parts = " | ".join(f"{100 * share[letter]:.1f}%" for letter in LETTERS)
        table.append(f"| {label} | {parts} | {better:.3f} | {worse:.3f} |")
    return "\n".join(table)
