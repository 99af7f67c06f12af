"""What the customers of the made-up firm think of five objects of satisfaction, and of functions that it might offer (Kano pairs)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from crmlab import kano, satisfaction

FUNCTIONS = {
    "before_ten": ("Delivery before ten", "十点前送到"),
    "one_invoice": ("One invoice a month", "每月一张发票"),
    "app": ("Ordering by app", "小程序下单"),
    "tasting": ("Tastings of new products", "新品试饮"),
    "display": ("A display rack", "陈列架"),
}
"""The functions asked about, in English and Chinese."""

PATTERNS = {
    "M": ("must_be", "dislike"),
    "O": ("like", "dislike"),
    "A": ("like", "neutral"),
    "I": ("neutral", "live_with"),
}
"""The pair of answers of somebody for whom a function is of that kind."""
AGREE = (0.05, 0.6)
"""The share of customers who see a function as the firm's customers mostly do: between these, by function."""
SHIFT = 0.7
"""By how much, in points of ten, an object stands above or below the firm's own level at most."""


def objects(answers: pd.DataFrame, random: np.random.RandomState) -> pd.DataFrame:
    """``expected_OBJECT`` and ``perceived_OBJECT`` from 1 to 10 for the five of :data:`crmlab.satisfaction.OBJECTS`, about each
    customer's ``expected`` and ``perceived`` of the whole.

    >>> made = objects(pd.DataFrame({"expected": [8, 9], "perceived": [7, 9]}), np.random.RandomState(1))
    >>> made.shape, bool(made.to_numpy().min() >= 1)
    ((2, 10), True)
    """
    n, made = len(answers), {}
    better, wished = ((2 * random.random_sample(len(satisfaction.OBJECTS)) - 1) * SHIFT for _which in range(2))
    noise = random.standard_normal((2, len(satisfaction.OBJECTS), n))
    for place, name in enumerate(satisfaction.OBJECTS):
        expected = answers["expected"].to_numpy(dtype="float64") + wished[place] + 0.8 * noise[0, place]
        perceived = (
            answers["perceived"].to_numpy(dtype="float64") + wished[place] + better[place] + 0.9 * noise[1, place]
        )
        made[f"expected_{name}"] = np.round(expected).clip(1, 10).astype("int64")
        made[f"perceived_{name}"] = np.round(perceived).clip(1, 10).astype("int64")
    return pd.DataFrame(made, index=answers.index)


def pairs(customers: pd.Index, random: np.random.RandomState) -> pd.DataFrame:
    """``functional_NAME`` and ``dysfunctional_NAME`` of :data:`FUNCTIONS`, each a key of :data:`crmlab.kano.ANSWERS` as its number, 1 to 5.

    Of the functions at least one is a must-be and one attractive; the rest is by lot, and how far the customers agree, too.

    >>> made = pairs(pd.Index(["C1", "C2"]), np.random.RandomState(1))
    >>> made.shape, set(made.to_numpy().ravel()) <= {1, 2, 3, 4, 5}
    ((2, 10), True)
    """
    number = {name: place for place, name in enumerate(kano.ANSWERS, 1)}
    letters = ["M", "A", *("AOMI"[int(4 * u)] for u in random.random_sample(len(FUNCTIONS) - 2))]
    letters = [letters[at] for at in random.permutation(len(letters))]
    made = {}
    for name, letter in zip(FUNCTIONS, letters, strict=True):
        agree = AGREE[0] + (AGREE[1] - AGREE[0]) * random.random_sample()
        u, other = random.random_sample((2, len(customers)))
        drawn = [letter if one < agree else "AOMI"[int(4 * two)] for one, two in zip(u, other, strict=True)]
        for side, column in enumerate(("functional", "dysfunctional")):
            made[f"{column}_{name}"] = [number[PATTERNS[one][side]] for one in drawn]
    return pd.DataFrame(made, index=customers)
