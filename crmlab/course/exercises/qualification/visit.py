"""Lesson 3.4, the planned visit and the 1.5x order: its numbers, and the route sheet that a trainee takes away from it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from functools import cache, partial
from typing import Any

import pandas as pd

from crmlab import visits
from crmlab.course import session
from crmlab.course.cases import Case, frame, gate, series
from crmlab.course.form import Answers
from crmlab.course.hooks import Lesson, Numbers, Right
from crmlab.language import tr
from crmlab.spreadsheets import Formula

here = Lesson("3.4")

RULES: dict[str, tuple[float, bool]] = {"one": (1.0, True), "ten": (1.0, False), "fifteen": (1.5, False)}
"""Factor, and whether what was sold is ordered again without taking off the stock."""
RUNS, SHOPS, WEEKS = 200, 20, 12
CHANGE = 6
"""After this week demand doubles or halves; the two weeks before a feast begin with it."""
MARGIN, PRICE = 5, 30
"""What the distributor earns on a case, and what a shop pays for it, in yuan."""
MEASURED = {"steady": (3, 12), "low": (3, 12), "more": (8, 12), "feast": (6, 7), "less": (8, 12)}
"""The situations of exercise 5, and the first and last visit that count; after a feast, the stock of the week that follows."""

_SHOPS = (
    ("Gate kiosk", 10, 24, 12),
    ("Liang's corner shop", 16, 30, 8),
    ("Middle school canteen", 22, 60, 18),
    ("Harbour noodles", 9, 15, 15),
    ("Hotel Sea View", 30, 40, 26),
    ("Temple Street tea house", 12, 18, 17),
    ("Fuel station", 18, 48, 0),
    ("Auntie Fang's shop", 7, 12, 8),
)
here.lists["shops"] = {f"s{place}": name for place, (name, *_counts) in enumerate(_SHOPS, 1)}


def tuesday_route() -> pd.DataFrame:
    """Lao Ma's sheet for one article, a row a shop: ``last_stock``, ``last_order``, ``stock`` (cases). Made up."""
    return pd.DataFrame(_SHOPS, columns=["shop", "last_stock", "last_order", "stock"]).set_index("shop")


@cache
def _orders(factor: float = 1.5) -> pd.DataFrame:
    """``sales`` and ``order`` for the route, in whole cases."""
    sheet = tuesday_route()
    return visits.order_quantity(sheet["last_stock"], sheet["last_order"], sheet["stock"], factor=factor, pack=1)


@cache
def _demand() -> pd.DataFrame:
    """Twelve weeks of twenty shops, :data:`RUNS` times, side by side."""
    every = [visits.shop_demand(shops=SHOPS, days=7 * WEEKS, mean=4, seed=seed) for seed in range(RUNS)]
    return pd.concat(every, axis=1, keys=range(RUNS)).set_axis(range(RUNS * SHOPS), axis=1)


def _wanted(situation: str) -> tuple[pd.DataFrame, float]:
    """The demand in a situation, and the weeks of usual demand that the shelves begin with."""
    usual, start = _demand(), 0.75 if situation == "low" else 1.5
    if situation in ("steady", "low"):
        return usual, start
    days, change = usual.copy(), 7 * CHANGE
    if situation == "more":
        days.iloc[change:] *= 2
    elif situation == "less":
        days.iloc[change:] //= 2
    else:
        days.iloc[change - 7 : change + 7] *= 3
        days.iloc[change + 7 : change + 14] //= 4
    # simulate() counts the start in weeks of the mean of all days
    return days, start * float(usual.to_numpy().mean() / days.to_numpy().mean())


@cache
def by_run(situation: str, rule: str) -> pd.DataFrame:
    """``lost`` (share of the demand), ``lost_units`` and ``stock`` (cases a shop) under one of :data:`RULES`, a row a run of chance."""
    demand, start = _wanted(situation)
    factor, replace = RULES[rule]
    route = visits.simulate(demand, factors=[factor], start=start, replace=replace)
    first, last = MEASURED[situation]
    route["run"] = route["shop"] // SHOPS
    grouped = route[route["visit"].between(first, last)].groupby("run")
    sums = grouped[["lost", "demand"]].sum()
    stock = grouped["stock"].mean()
    if situation == "feast":
        stock = route[route["visit"] == last + 1].groupby("run")["stock"].mean()
    return pd.DataFrame({"lost": sums["lost"] / sums["demand"], "lost_units": sums["lost"], "stock": stock})


def three_rules(situation: str = "steady") -> pd.DataFrame:
    """The three rules with the same demand in :data:`RUNS` runs of chance, a row a rule: the share of the demand that is lost,
    between which ends 95% of the runs lie, cases in a shop, and both in money for a route."""
    rows = []
    for rule in RULES:
        runs = by_run(situation, rule)
        low, high = runs["lost"].quantile([0.025, 0.975])
        stock = float(runs["stock"].mean())
        rows.append([runs["lost"].mean(), low, high, stock, MARGIN * runs["lost_units"].mean(), PRICE * SHOPS * stock])
    columns = ["lost_share", "from", "to", "cases_in_a_shop", "margin_lost", "money_in_stock"]
    return pd.DataFrame(rows, index=pd.Index(["one for one", "1.0x", "1.5x"], name="rule"), columns=columns)


# -- by hand ---------------------------------------------------------------------------------------------------------

BY_HAND = {"soda": (16, 30, 10), "nuts": (9, 12, 15)}
"""Stock at the last visit, what was ordered then, stock now, by article."""


@here.numbers("by-hand")
def by_hand() -> Numbers:
    """Sales and orders of two articles, where a wrong order comes from, and what stands there once the soda has come."""
    rows: dict[str, dict[str, int]] = {}
    right: dict[str, Right] = {}
    for key, (before, came, now) in BY_HAND.items():
        row = visits.order_quantity([before], [came], [now]).iloc[0]
        rows[key] = {"before": before, "came": came, "now": now}
        right[f"{key}.sales"] = Right(float(row["sales"]))
        right[f"{key}.order"] = Right(float(row["order"]), slip=partial(_why_not, key))
    before, came, now = BY_HAND["soda"]
    right["one"] = Right(before + came, slips={"order": before + came - now})
    right["fifteen"] = Right(now + right["soda.order"].value, slips={"order": right["soda.order"].value})
    return Numbers(rows=rows, right=right)


def _why_not(key: str, answers: Answers) -> str:
    """The name of what to ask about a wrong order."""
    before, came, now = BY_HAND[key]
    got, sales = float(answers[f"{key}.order"]), before + came - now
    found = {sales - now: "no-reserve", max(1.5 * came - now, 0): "last-order", 1.5 * sales: "no-stock"}
    return "below-zero" if got < 0 else found.get(got, "")


# -- the sheet of the route ------------------------------------------------------------------------------------------


@cache
def _by_base(base: str) -> dict[str, int]:
    """Orders of the route by one of three rules of computing, cases by shop."""
    right = _orders()
    if base == "one":
        found = right["sales"]
    elif base == "gross":
        found = 1.5 * right["sales"]
    else:
        found = right["order"]
    return {str(shop): math.ceil(cases) for shop, cases in found.items()}


@here.numbers("route-sheet")
def on_the_van() -> Numbers:
    """All cases of the route, and the shop with an empty shelf."""
    stock = {f"s{place}": now for place, (_name, _before, _came, now) in enumerate(_SHOPS, 1)}
    empty = min(stock, key=lambda key: stock[key])
    right = {"total": Right(float(_orders()["order"].sum())), "ask": Right(empty)}
    return Numbers(right=right, fields={"ask": {"bars": stock}})


@here.live("route-sheet")
def _route_live(answers: Answers) -> list[str]:
    say = here.says("route-sheet")
    if "base" not in answers:
        return [tr(say["choose"])]
    found = _by_base(answers["base"])
    lines = [tr(say["line"], shop=tr(shop), cases=cases) for shop, cases in found.items()]
    return [*lines, tr(say["all"], cases=sum(found.values()))]


@here.code("route-sheet")
def route_sheet(answer: Any) -> Iterator[Case]:
    """The table of sales and orders."""
    say = here.says("route-sheet")
    yield from frame(answer, ["sales", "order"], rows=len(_SHOPS))
    want = _orders()
    rows = ", ".join(map(str, list(answer.index)[:3]))
    yield gate(set(answer.index) == set(want.index), say["shops"], rows=rows)
    yield series(answer["sales"], want["sales"], say["sold"])
    yield series(answer["order"], want["order"], say["cases"])


# -- which rule, where? ----------------------------------------------------------------------------------------------


@here.live("which-rule")
def _rule_live(answers: Answers) -> list[str]:
    """What the rule chosen in each situation loses and holds."""
    say, lines = here.says("which-rule"), []
    for place, situation in enumerate(MEASURED, 1):
        rule = answers.get(situation)
        if rule not in RULES:
            continue
        runs = by_run(situation, rule)
        low, high = runs["lost"].quantile([0.025, 0.975])
        said = {"lost": runs["lost"].mean(), "low": low, "high": high, "stock": runs["stock"].mean()}
        name = tr(here.options("rules")[rule])
        lines.append(tr(say["after" if situation == "feast" else "line"], place=place, rule=name, **said))
    return lines


# -- the trainee's own sheet -----------------------------------------------------------------------------------------

WEDNESDAY = {
    "liu": ("Ms Liu's corner shop", 12, 24, 10, 26),
    "works": ("Box factory canteen", 20, 40, 24, 0),
    "pump": ("Fuel station, ring road", 14, 28, 0, 98),
    "fruit": ("Fruit shop, bus station", 15, 30, 15, 60),
    "bar": ("Noodle bar", 30, 60, 10, 30),
    "hotel": ("Hotel Lakeside", 10, 60, 10, 20),
}
"""A shop by key: name, stock at the last visit, what was ordered then, stock now, and what will be wanted in the coming week."""


def wednesday_route() -> pd.DataFrame:
    """The sheet of exercise 7, a row a shop: ``last_stock``, ``last_order``, ``stock`` (cases). Made up."""
    rows = [row[:4] for row in WEDNESDAY.values()]
    return pd.DataFrame(rows, columns=["shop", "last_stock", "last_order", "stock"]).set_index("shop")


@here.numbers("order-sheet")
def order_sheet() -> Numbers:
    """What is enough for the coming week, and at most for one and a half of it."""
    rows, right = {}, {}
    for key, (_name, before, came, now, want) in WEDNESDAY.items():
        rows[key] = {"before": before, "came": came, "now": now}
        least, most = max(want - now, 0), max(math.floor(1.5 * want) - now, 0)
        right[key] = Right((least + most) / 2, within=(most - least) / 2)
    return Numbers(rows=rows, right=right)


def agreed() -> dict[str, float]:
    """The orders that the trainee wrote in exercise 7, by shop; empty before that."""
    opened = session.opened()
    kept = opened.fields(here["order-sheet"]) if opened is not None else {}
    return {WEDNESDAY[key][0]: cases for key, cases in kept.items() if key in WEDNESDAY}


# -- what leaves the notebook ----------------------------------------------------------------------------------------

SHEET = (
    "shop",
    "article",
    "stock at the last visit",
    "order at the last visit",
    "stock now (count before filling)",
    "sold",
    "suggested order (1.5x)",
    "what the rule does not know (empty since? offer? feast?)",
    "order agreed",
    "next visit",
)


def sheet(
    route: pd.DataFrame, article: str, factor: float = 1.5, blank: int = 12, orders: Mapping[str, float] | None = None
) -> pd.DataFrame:
    """The route as a sheet for Excel or WPS: what was sold and the suggested order are formulas, so that a new count gives a new
    suggestion; ``blank`` lines for shops of one's own. A count that cannot be right is asked for again.

    ``route`` as :func:`tuesday_route` gives it; ``orders`` are those agreed, by shop. Texts are in the trainee's language.
    """
    again = tr("count again")
    rows: list[list[Any]] = []
    for place in range(2, len(route) + blank + 2):
        inside = place - 2 < len(route)
        known = route.iloc[place - 2][["last_stock", "last_order", "stock"]].tolist() if inside else ["", "", ""]
        shop = tr(str(route.index[place - 2])) if inside else ""
        sold = Formula(f"=C{place}+D{place}-E{place}")
        order = Formula(f'=IF(F{place}<0,"{again}",MAX(0,ROUNDUP({factor:g}*F{place}-E{place},0)))')
        cases = (orders or {}).get(str(route.index[place - 2])) if inside else None
        settled = "" if cases is None else f"{cases:g}"
        rows.append([shop, tr(article) if inside else "", *known, sold, order, "", settled, ""])
    return pd.DataFrame(rows, columns=list(SHEET), dtype=object)
