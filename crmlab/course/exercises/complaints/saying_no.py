"""Lesson 4.3, saying no: its two queues, the late answers in real data, and the card for a no."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from html import escape
from typing import Any

import pandas as pd

from crmlab import complaints, datasets, intervals
from crmlab.course.cases import Case, frame, gate
from crmlab.course.exercise_form import judged
from crmlab.course.hooks import Lesson, Numbers
from crmlab.language import tr

here = Lesson("4.3")
text = here.texts

PARTS = ("heard", "can", "limit", "ways", "agree")
"""The five parts of a no, in the order of the lesson."""


# -- the queues --------------------------------------------------------------------------------------------------------

DAY = "2026-05-12"
MORNING = (
    ("07:35", "calendar", False, 1, "A", 1),
    ("07:50", "discount", False, 2, "B", 3),
    ("08:05", "entrance", False, 1, "C", 1),
    ("08:10", "short", False, 2, "C", 1),
    ("08:20", "wedding", False, 3, "B", 1),
    ("08:25", "prices", False, 1, "B", 2),
    ("08:40", "burst", True, 2, "C", 1),
    ("08:50", "hum", False, 1, "A", 3),
)
"""Time, complaint, risk to health, severity, class of the customer, how often so far."""
AFTERNOON = {
    "water": ("13:05", True, 2, "A", 1),
    "bottle": ("13:10", False, 1, "C", 4),
    "grey": ("13:20", False, 1, "C", 1),
    "tap": ("13:30", False, 3, "C", 1),
    "fetch": ("13:40", False, 2, "B", 2),
    "tags": ("13:45", False, 1, "A", 1),
}
"""The same of the afternoon, by row of the exercise, whose words they are."""


def morning() -> pd.DataFrame:
    """The eight complaints of the morning, in the order in which they came: ``received``, ``complaint``, ``safety``,
    ``severity`` (1 to 3), ``value`` (class of the customer) and ``repeat``."""
    rows = [(pd.Timestamp(f"{DAY} {at}"), str(text[name]), *rest) for at, name, *rest in MORNING]
    return pd.DataFrame(rows, columns=["received", "complaint", "safety", "severity", "value", "repeat"])


def afternoon() -> pd.DataFrame:
    """The six complaints of the afternoon: ``received``, ``complaint``, ``value`` and ``repeat``. How severe each is, and
    whether it is a risk to health, stands in its words alone."""
    said = {row["key"]: str(row["said"]) for row in here.rows("afternoon")}
    rows = [
        (pd.Timestamp(f"{DAY} {at}"), said[key], value, repeat)
        for key, (at, _safety, _severity, value, repeat) in AFTERNOON.items()
    ]
    return pd.DataFrame(rows, columns=["received", "complaint", "value", "repeat"])


@cache
def sorted_afternoon() -> pd.DataFrame:
    """Who answers the afternoon's complaints, with their keys as index."""
    judged = {key: (safety, severity) for key, (_at, safety, severity, *_rest) in AFTERNOON.items()}
    signs = pd.DataFrame.from_dict(judged, orient="index", columns=["safety", "severity"])
    return complaints.triage(afternoon().set_axis(list(AFTERNOON)).join(signs))


@here.numbers("afternoon")
def afternoon_numbers() -> Numbers:
    """Time, class and times of each message; the lines of the table as options; and which of them fits."""
    rule = here.says("afternoon")["rule"]
    lines = complaints.TRIAGE[["rule", "who", "hours", "why"]].itertuples(index=False)
    options = [(name, tr(rule, who=tr(complaints.WHO[who]), hours=hours, why=tr(why))) for name, who, hours, why in lines]
    return Numbers(
        rows={key: {"at": one[0], "value": one[3], "repeat": one[4]} for key, one in AFTERNOON.items()},
        right={str(key): str(rule) for key, rule in sorted_afternoon()["rule"].items()},
        fields={key: {"options": options} for key in AFTERNOON},
    )


@here.code("afternoon")
def afternoon_table(answer: Any) -> Iterator[Case]:
    """The triage of the afternoon as a table, judged row by row as the clicks are."""
    want = sorted_afternoon()
    yield from frame(answer, ["rule"], rows=len(want))
    yield gate(answer["rule"].isin(set(complaints.TRIAGE["rule"])).all(), here.says("afternoon")["other-rules"])
    yield from judged("4.3", "afternoon", dict(zip(map(str, want.index), answer["rule"], strict=True)))


# -- ninety-three late answers -----------------------------------------------------------------------------------------

LIMIT = 0.05


@cache
def late_by_product() -> pd.DataFrame:
    """Cases and late answers by product, with the interval of the share."""
    late = ~datasets.load("cfpb_complaints").set_index("product")["timely"]
    table = late.groupby(level=0).agg(cases="size", late="sum")
    table["share"] = table["late"] / table["cases"]
    table["low"], table["high"] = intervals.wilson(table["late"], table["cases"])
    return table


@cache
def surely_late() -> str:
    """The one product of which the whole interval lies above one answer in twenty."""
    table = late_by_product()
    (one,) = table.index[table["low"] > LIMIT]
    return str(one)


@here.numbers("late-answers")
def late_answers() -> Numbers:
    """Cases and late answers, by product and of ``all``; the height of the bars; the product that is surely late."""
    table = late_by_product()
    counts = {name: {**table[name].astype(int), "all": int(table[name].sum())} for name in ("cases", "late")}
    heights = (100 * table["share"]).round(1).to_dict()
    return Numbers(words=counts, right={"product": surely_late()}, fields={"product": {"bars": heights}})


# -- on Monday ---------------------------------------------------------------------------------------------------------


def _words(name: str) -> str:
    return escape(tr(text[name]))


def no_card() -> str:
    """The card for a no as a page for printing: five parts, room for one's own words, and who answers in what time."""
    rows = "".join(
        f"<tr><td><b>{place}. {_words(part)}</b><br><small>{_words(f'{part}-aim')}</small></td><td>{_words(f'{part}-line')}</td>"
        '<td contenteditable="true" class="own"></td></tr>'
        for place, part in enumerate(PARTS, 1)
    )
    rules = "".join(
        f"<tr><td>{escape(tr(why))}</td><td>{escape(tr(complaints.WHO[who]))}</td><td>{hours:g}</td></tr>"
        for who, hours, why in complaints.TRIAGE[["who", "hours", "why"]].itertuples(index=False)
    )
    heads, under = (
        "".join(f"<th>{_words(name)}</th>" for name in names)
        for names in (("part", "sounds", "own"), ("fits", "answers", "hours"))
    )
    return (
        "<style>table{width:100%}td,th{vertical-align:top}.own{min-width:14em}@media print{body{margin:0}}</style>"
        f"<h1>{_words('card')}</h1><table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
        f"<p>{_words('yes-or-no')}</p><h2>{_words('in-time')}</h2>"
        f"<table><thead><tr>{under}</tr></thead><tbody>{rules}</tbody></table>"
    )
