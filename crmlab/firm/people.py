"""The customers of the made-up firm: who they are, and the traits that nobody in the firm can see."""

from __future__ import annotations

import numpy as np
import pandas as pd

from crmlab.firm import names
from crmlab.firm.calendar import DAYS

CUSTOMERS = 160
KINDS = ("restaurant", "hotel", "canteen", "shop")
DISTRICTS = ("North", "South", "East", "West")
SIZE = {"restaurant": 3000.0, "hotel": 6500.0, "canteen": 4000.0, "shop": 1200.0}
"""The median order of a kind, in yuan."""
RATE, LEAVING = 1.5, 0.014
"""Medians: orders in 30 days, and the chance to leave within 30 days of somebody who is neither content nor angry."""


def made(random: np.random.RandomState) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What the firm knows (``name``, ``name_zh``, ``kind``, ``district``), and the truth: ``begins`` (day from which they may
    order), ``rate`` (orders in 30 days), ``size`` (yuan an order), ``leaving`` (in 30 days), ``mood`` (satisfaction before
    anything happens, 0 = as expected), ``open_to_calls`` (the share of the leaving that a call prevents). Both by customer.

    >>> len(made(np.random.RandomState(1))[0])
    160
    """
    n = CUSTOMERS
    kinds = [KINDS[at] for at in np.searchsorted([0.45, 0.6, 0.78], random.random_sample(n))]
    districts = [DISTRICTS[at] for at in np.searchsorted([0.25, 0.5, 0.75], random.random_sample(n))]
    index = pd.Index([f"C{number:03d}" for number in range(1, n + 1)], name="customer_id")
    called = names.many(random, kinds)
    known = pd.DataFrame(
        {
            "name": [one[0] for one in called],
            "name_zh": [one[1] for one in called],
            "kind": kinds,
            "district": districts,
        },
        index=index,
    )
    newcomer, when = random.random_sample(n) < 0.45, random.random_sample(n)
    size = np.array([SIZE[kind] for kind in kinds]) * np.exp(0.65 * random.standard_normal(n))
    truth = pd.DataFrame(
        {
            "begins": np.where(newcomer, np.floor((DAYS - 20) * when), 0).astype("int64"),
            "rate": (RATE * np.exp(0.5 * random.standard_normal(n))).clip(0.4, 6).round(3),
            "size": (10 * np.round(size / 10)).clip(400, 30_000),
            "leaving": (LEAVING * np.exp(0.6 * random.standard_normal(n))).round(5),
            "mood": (0.2 + 0.5 * random.standard_normal(n)).clip(-1.2, 1.2).round(3),
            "open_to_calls": (0.15 + 0.35 * random.random_sample(n)).round(3),
        },
        index=index,
    )
    return known, truth
