"""Lesson 3.3, phone and first visit: the call log that it reads, its numbers, and the page that a trainee takes away."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from functools import cache
from html import escape
from typing import Any

import pandas as pd

from crmlab import pipeline, qualification
from crmlab.course.cases import Case, case, frame, gate
from crmlab.course.form import Answers
from crmlab.course.hooks import Lesson, Numbers, Right
from crmlab.language import Words, tr

here = Lesson("3.3")
text = here.texts

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
TRADES = ("factory", "food wholesaler", "online shop")
HOURS = ("08-10", "10-12", "14-16", "16-18")

here.lists["trades"] = {trade: trade for trade in TRADES}
here.lists["hours"] = {hour: hour for hour in HOURS}

TRUE_SHARES = {
    "factory": (0.48, 0.35, 0.30, 0.18),
    "food wholesaler": (0.18, 0.55, 0.42, 0.20),
    "online shop": (0.30, 0.28, 0.48, 0.25),
}
"""The shares with which the log was made, by trade and hour; early on a Monday 0.6 of it."""
_PLANS = (
    {"food wholesaler": (60, 36, 16, 8), "factory": (50, 40, 20, 10), "online shop": (40, 31, 26, 7)},
    {"food wholesaler": (8, 30, 12, 4), "factory": (30, 16, 8, 4), "online shop": (8, 10, 22, 20)},
)
_WEEKLY = 43
# One of many seeds: with it a small cell comes out lucky in the first eight weeks, as in every real log some cell does.
_SEED = 3275


def call_log() -> pd.DataFrame:
    """Zhou Min's 516 calls of twelve weeks, made up: ``week``, ``day``, ``hour``, ``trade``, ``reached`` (the right person
    answered and had two minutes). The shares behind it are :data:`TRUE_SHARES`."""
    return _log().copy()


@cache
def _log() -> pd.DataFrame:
    # Python's own generator gives the same numbers on every version and machine.
    chance = random.Random(_SEED)
    rows: list[tuple[int, str, str, str, bool]] = []
    for plan in _PLANS:
        first = len(rows) // _WEEKLY + 1
        cells = [(trade, at) for trade, counts in plan.items() for at, n in enumerate(counts) for _one in range(n)]
        # The order of the trades belongs to the made-up log: food, factory, shop.
        cells.sort(key=lambda cell: (("food wholesaler", "factory", "online shop").index(cell[0]), cell[1]))
        chance.shuffle(cells)
        for place, (trade, at) in enumerate(cells):
            day = place % _WEEKLY * len(DAYS) // _WEEKLY
            share = TRUE_SHARES[trade][at] * (0.6 if day == 0 and at == 0 else 1)
            rows.append((first + place // _WEEKLY, DAYS[day], HOURS[at], trade, chance.random() < share))
    return pd.DataFrame(rows, columns=["week", "day", "hour", "trade", "reached"])


def reached(log: pd.DataFrame, by: str | Sequence[str]) -> pd.DataFrame:
    """How many calls reached somebody, by one column of the log or several: ``calls``, ``reached``, ``share``, and the
    ends ``low`` and ``high`` of its 95% interval (Wilson). Errors as :func:`crmlab.qualification.win_rates`."""
    table = qualification.win_rates(log, by=by, won="reached").rename(columns={"deals": "calls", "won": "reached"})
    return table.sort_index()


@cache
def _table(fresh: bool = False) -> pd.DataFrame:
    """By trade and hour: the first eight weeks, or the four after them."""
    return reached(_log()[(_log()["week"] > 8) == fresh], ["trade", "hour"])


def _lines(table: pd.DataFrame) -> list[str]:
    """A line a group."""
    found = []
    for key, row in table.iterrows():
        name = " ".join(tr(str(part)) for part in key) if isinstance(key, tuple) else tr(str(key))
        counts = {"got": int(row["reached"]), "calls": int(row["calls"])}
        found.append(tr(text["line"], name=name, **counts, share=row["share"], low=row["low"], high=row["high"]))
    return found


# -- the best hours --------------------------------------------------------------------------------------------------


@cache
def monday() -> tuple[int, int, int, int, float, float, float]:
    """Early calls of the first eight weeks: reached and calls on Mondays, on other days, the difference and its interval."""
    early = _log()[(_log()["week"] <= 8) & (_log()["hour"] == HOURS[0])]
    is_monday = early["day"] == "Monday"
    on, off = early[is_monday]["reached"], early[~is_monday]["reached"]
    counts = (int(on.sum()), len(on), int(off.sum()), len(off))
    difference, low, high = pipeline.share_difference(*counts)
    return (*counts, difference, low, high)


@here.numbers("best-hours")
def factories() -> Numbers:
    """The share of factories reached in the first two hours, in percent."""
    return Numbers(right={"factory": Right(100 * float(_table().at[("factory", HOURS[0]), "share"]), within=0.6)})


@here.live("best-hours")
def _hours_live(answers: Answers) -> list[str]:
    say, by = here.says("best-hours"), answers.get("by")
    if not by:
        return [tr(say["choose"])]
    log = _log()
    lines = _lines(_table() if by == "both" else reached(log[log["week"] <= 8], by))
    on, of_on, off, of_off, *points = monday()
    difference, low, high = (100 * point for point in points)
    said = tr(say["monday"], on=on, of_on=of_on, off=off, of_off=of_off, difference=difference, low=low, high=high)
    return [*lines, said]


@here.code("best-hours")
def best_hours(answer: Any) -> Iterator[Case]:
    """The table by trade and hour."""
    say = here.says("best-hours")
    yield from frame(answer, ["calls", "reached", "share"])
    want = _table()
    rows = ", ".join(map(str, list(answer.index)[:4]))
    yield gate(set(answer.index) == set(want.index), say["groups"], rows=rows)
    for key in want.index:
        got, n = answer.at[key, "reached"], answer.at[key, "calls"]
        right = n == want.at[key, "calls"] and got == want.at[key, "reached"]
        yield case(right, say["weeks"], row=" ".join(tr(str(part)) for part in key), got=got, n=n)


# -- Xu Lei's golden hour --------------------------------------------------------------------------------------------


@here.numbers("golden-hour")
def golden_hour() -> Numbers:
    """The cell with the highest lower end, and what became of the golden hour, in percent."""
    table, fresh = _table(), _table(fresh=True)
    cell = here.says("golden-hour")["cell"]
    texts = {
        f"{trade}.{hour}": tr(cell, got=int(row["reached"]), calls=int(row["calls"]))
        for (trade, hour), row in table.iterrows()
    }
    right = {
        "safest": Right(".".join(map(str, table["low"].idxmax()))),
        "fresh": Right(100 * float(fresh.at[("online shop", HOURS[3]), "share"]), within=0.6),
    }
    return Numbers(right=right, fields={"safest": {"texts": texts}})


@here.live("golden-hour")
def _golden_live(_answers: Answers) -> list[str]:
    # Without the share, which is asked for.
    say, lines = here.says("golden-hour"), []
    for hour, row in _table(fresh=True).loc["online shop"].iterrows():
        counts = {"got": int(row["reached"]), "calls": int(row["calls"])}
        lines.append(tr(say["line"], hour=hour, **counts, low=row["low"], high=row["high"]))
    return [tr(say["fresh"]), *lines]


# -- what leaves the notebook ----------------------------------------------------------------------------------------


def listed(beginning: str) -> list[Words]:
    """The texts of the file whose names begin like this: the lines of a list on the page."""
    return [words for name, words in text.items() if name.startswith(beginning)]


def visit_page() -> str:
    """A page for printing: what to do before a call, the manners, two customer cards, and a checklist for the first visit."""

    def ticks(beginning: str) -> str:
        lines = "".join(f"<li>☐ {escape(tr(line))}</li>" for line in listed(beginning))
        return f"<ul style='list-style:none;padding:0'>{lines}</ul>"

    def head(name: str) -> str:
        return f"<h2>{escape(tr(text[name]))}</h2>"

    lines = "".join(
        f"<tr><th style='width:38%'>{escape(tr(line))}</th><td style='height:2em'></td></tr>"
        for line in listed("card-")
    )
    card = f"<table style='width:100%;margin-bottom:1em;break-inside:avoid'>{lines}</table>"
    manners = " · ".join(escape(tr(label)) for key, label in here.options("manners").items() if key != "fine")
    return (
        f"<h1>{escape(tr(text['page-title']))}</h1>"
        f"{head('before')}{ticks('before-')}"
        f"{head('in-the-call')}<p>{manners}</p>"
        f"{head('after')}{card * 2}"
        f"{head('visit')}{ticks('visit-')}"
        f"<p><em>{escape(tr(text['local']))}</em></p>"
    )
