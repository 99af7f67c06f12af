"""Exercises of lesson 4.1, service and moments of truth, and the map of moments that leaves the lesson."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import numpy as np
import pandas as pd

from crmlab import intervals
from crmlab.course.exercise import Case, chosen, exercise, ordered
from crmlab.course.form import Answers, Choice, Form, Mark, Order, Row, matching
from crmlab.language import _, tr

# -- the survey --------------------------------------------------------------------------------------------------------

MOMENTS = {
    "leaflet": _("leaflet and website"),
    "ring": _("the phone is answered"),
    "visit": _("our first visit"),
    "order": _("the order is taken"),
    "delivery": _("the van comes"),
    "handover": _("the crates are handed over"),
    "bill": _("the bill"),
    "problem": _("a problem is settled"),
    "news": _("care and news"),
}
"""The contact points of the survey, along the customer's path."""
STAGES = {"leaflet": "before", "ring": "before", "visit": "before", "order": "during", "delivery": "during"} | {
    "handover": "during",
    "bill": "after",
    "problem": "after",
    "news": "after",
}
SHOWN = (
    *(_("moment"), _("stage"), _("before"), _("during"), _("after"), _("mean"), _("bad"), _("bad_left"), _("others")),
    *(_("others_left"), _("our rule"), _("who"), _("by when"), _("customers"), _("left")),
)
"""Headings and words in the lesson's tables."""
BAD = 5
"""A score of at most this, on the scale from 1 to 10, is a bad one. A convention."""


@cache
def _survey() -> pd.DataFrame:
    draw = np.random.RandomState(41)
    n = 240
    means = {"leaflet": 5.7, "ring": 7.9, "visit": 8.3, "order": 8.1, "delivery": 7.4, "bill": 7.8, "problem": 7.0}
    table = {}
    for name in MOMENTS:
        if name == "handover":  # most are content, and a few meet the driver who leaves the crates in the rain
            bad = draw.random_sample(n) < 0.16
            score = np.where(bad, draw.normal(3.3, 1.0, n), draw.normal(8.2, 0.9, n))
        else:
            score = draw.normal(means.get(name, 6.4), 1.4, n)
        table[name] = np.clip(np.round(score), 1, 10).astype(int)
    chance = 0.08 + 0.42 * (table["handover"] <= BAD) + 0.08 * (table["delivery"] <= BAD)
    frame = pd.DataFrame(table, index=pd.Index([f"M{k:03d}" for k in range(1, n + 1)], name="customer"))
    frame["left"] = draw.random_sample(n) < chance
    return frame


def survey() -> pd.DataFrame:
    """What 240 customers say of nine contact points, 1 to 10, and whether they had left half a year later (made up:
    who was badly served at the door leaves more often, and a little who got late deliveries; nothing else counts).

    >>> survey().shape
    (240, 10)
    """
    return _survey().copy()


def moments_map(answers: pd.DataFrame) -> pd.DataFrame:
    """The map of moments: a row a contact point in the order of the path, with its ``stage``, the ``mean`` score, how many
    gave a ``bad`` one (5 or less), the share of these that left (``bad_left``), and the same of the ``others``.

    >>> moments_map(survey())["stage"].unique().tolist()
    ['before', 'during', 'after']
    """
    rows = {}
    for name in MOMENTS:
        bad = answers[name] <= BAD
        rows[name] = {
            "stage": STAGES[name],
            "mean": answers[name].mean(),
            "bad": int(bad.sum()),
            "bad_left": answers.loc[bad, "left"].mean(),
            "others": int((~bad).sum()),
            "others_left": answers.loc[~bad, "left"].mean(),
        }
    table = pd.DataFrame.from_dict(rows, orient="index").rename(index=MOMENTS)
    table.index.name = "moment"
    return table


@cache
def whole_map() -> pd.DataFrame:
    """The map of all 240."""
    return moments_map(_survey())


def heaviest() -> str:
    """The contact point at which bad scores and leaving go together most: the widest distance of the two shares."""
    table = whole_map()
    return list(MOMENTS)[int((table["bad_left"] - table["others_left"]).to_numpy().argmax())]


