"""Lesson 3.4, the planned visit and the 1.5x order: its numbers, and the route sheet that a trainee takes away from it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import cache, partial
from typing import Any

import pandas as pd

from crmlab import visits
from crmlab.course.cases import Case, frame, gate, series
from crmlab.course.form import Answers
from crmlab.course.hooks import Lesson, Numbers, Right
from crmlab.language import tr

here = Lesson("3.4")

ARTICLES: dict[str, dict[str, float]] = {
    "water": {"days": 84, "mean": 4, "every": 7},
    "monthly": {"days": 336, "mean": 4, "every": 28},
}
ARTICLES["vinegar"] = {"days": 84, "mean": 0.2, "every": 7}
"""What the sliders of exercise 5 simulate: twelve visits to twenty shops; days, cases a day and shop, days between visits."""
SEED, SKIP, LIMIT = 34, 2, 0.05

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
def simulated(article: str) -> pd.DataFrame:
    """The rules from 1 to 3 in steps of a quarter for one of :data:`ARTICLES`, as :func:`crmlab.visits.by_factor` gives it."""
    about = ARTICLES[article]
    demand = visits.shop_demand(shops=20, days=int(about["days"]), mean=about["mean"], seed=SEED)
    steps = [1 + quarter / 4 for quarter in range(9)]
    return visits.by_factor(visits.simulate(demand, factors=steps, every=int(about["every"])), skip=SKIP)


# -- by hand ---------------------------------------------------------------------------------------------------------

BY_HAND = {"soda": (16, 30, 10), "cola": (20, 24, 24), "nuts": (9, 12, 15)}
"""Stock at the last visit, what was ordered then, stock now, by article."""


@here.numbers("by-hand")
def by_hand() -> Numbers:
    """Sales and orders of three articles, and where a wrong order comes from."""
    rows: dict[str, dict[str, int]] = {}
    right: dict[str, Right] = {}
    for key, (before, came, now) in BY_HAND.items():
        row = visits.order_quantity([before], [came], [now]).iloc[0]
        rows[key] = {"before": before, "came": came, "now": now}
        right[f"{key}.sales"] = Right(float(row["sales"]))
        right[f"{key}.order"] = Right(float(row["order"]), slip=partial(_why_not, key))
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
    sheet, right = tuesday_route(), _orders()
    if base == "order":
        found = (1.5 * sheet["last_order"] - sheet["stock"]).clip(lower=0)
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


# -- one factor for all? ---------------------------------------------------------------------------------------------


@cache
def _smallest(article: str) -> float:
    """The smallest factor with at most 5% of the demand lost."""
    table = simulated(article)
    return float(table.index[table["lost_share"] <= LIMIT].min())


@here.numbers("one-factor")
def one_factor() -> Numbers:
    """The smallest sufficient factor in three situations, what is lost where a slider stands, and the longest stock."""

    def lost(key: str, answers: Answers) -> dict[str, str]:
        return {"lost": f"{simulated(key)['lost_share'].get(float(answers[key]), math.nan):.1%}"}

    right = {key: Right(_smallest(key), words=partial(lost, key)) for key in ARTICLES}
    days = {key: simulated(key).at[_smallest(key), "days_of_stock"] for key in ARTICLES}
    return Numbers(right={**right, "longest": Right(max(days, key=lambda key: days[key]))})


@here.live("one-factor")
def _factor_live(answers: Answers) -> list[str]:
    line, lines = here.says("one-factor")["line"], []
    for place, row in enumerate(here.rows("one-factor"), 1):
        factor = answers[row["key"]]
        found = simulated(row["key"]).loc[float(factor)]
        said = {"lost": found["lost_share"], "days": found["days_of_stock"]}
        lines.append(tr(line, place=place, factor=factor, **said))
    return lines


# -- Xu Lei fills the sheet ------------------------------------------------------------------------------------------

PIER = (15, 18, 9)


@here.numbers("xu-lei-counts")
def pier_shop() -> Numbers:
    """The right order for the pier shop."""
    return Numbers(right={"pier": float(visits.order_quantity(*PIER))})


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


def sheet(route: pd.DataFrame, article: str, factor: float = 1.5, blank: int = 12) -> pd.DataFrame:
    """The route as a sheet for Excel or WPS: what was sold and the suggested order are formulas, so that a new count gives a new
    suggestion; ``blank`` lines for shops of one's own. A count that cannot be right is asked for again.

    ``route`` as :func:`tuesday_route` gives it. Texts are in the trainee's language.
    """
    again = tr("count again")
    rows: list[list[Any]] = []
    for place in range(2, len(route) + blank + 2):
        inside = place - 2 < len(route)
        known = route.iloc[place - 2][["last_stock", "last_order", "stock"]].tolist() if inside else ["", "", ""]
        shop = tr(str(route.index[place - 2])) if inside else ""
        sold = f"=C{place}+D{place}-E{place}"
        order = f'=IF(F{place}<0,"{again}",MAX(0,ROUNDUP({factor:g}*F{place}-E{place},0)))'
        rows.append([shop, tr(article) if inside else "", *known, sold, order, "", "", ""])
    return pd.DataFrame(rows, columns=list(SHEET))
