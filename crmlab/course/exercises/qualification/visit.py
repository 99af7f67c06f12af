"""Exercises of lesson 3.4, the planned visit and the 1.5x order, and the route sheet that a trainee takes away from it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any

import pandas as pd

from crmlab import visits
from crmlab.course.cases import Case, chosen, close, frame, gate, ordered, series
from crmlab.course.exercise import exercise
from crmlab.course.form import Answers, Choice, Entry, Form, Mark, Order, Row, Slider, matching
from crmlab.language import _, tr

# Column names and an article that the lesson shows in its tables.
COLUMNS = (
    _("shop"),
    _("last_stock"),
    _("last_order"),
    _("stock"),
    _("sales"),
    _("order"),
    _("factor"),
    _("lost_share"),
    _("days_of_stock"),
    _("visit"),
    _("demand"),
    _("lost"),
    _("margin_lost"),
    _("money_in_stock"),
    _("water"),
)

ARTICLES: dict[str, dict[str, float]] = {
    "water": {"days": 84, "mean": 4, "every": 7},
    "monthly": {"days": 336, "mean": 4, "every": 28},
}
ARTICLES["vinegar"] = {"days": 84, "mean": 0.2, "every": 7}
"""What the sliders of exercise 5 simulate: twelve visits to twenty shops; days, cases a day and shop, days between visits."""
SEED, SKIP, LIMIT = 34, 2, 0.05

_SHOPS = (
    (_("Gate kiosk"), 10, 24, 12),
    (_("Liang's corner shop"), 16, 30, 8),
    (_("Middle school canteen"), 22, 60, 18),
    (_("Harbour noodles"), 9, 15, 15),
    (_("Hotel Sea View"), 30, 40, 26),
    (_("Temple Street tea house"), 12, 18, 17),
    (_("Fuel station"), 18, 48, 0),
    (_("Auntie Fang's shop"), 7, 12, 8),
)


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


def _picked(answer: Answers, field: Choice | Mark, want: str, says: str, **values: Any) -> Case:
    """As ``chosen``, but {got} is the option as the trainee read it."""
    made = chosen(answer, field.key, want, says)
    if made.open:
        return made
    return replace(made, values={**values, "got": field.show(answer[field.key]).rstrip(".。")})


# -- 1 A visit to Ms Hu ----------------------------------------------------------------------------------------------

DEEDS = (
    ("count", _("Counts the water: 9 cases on the shelf, 3 behind the curtain.")),
    ("prepare", _("In the van: puts on a clean shirt, reads Ms Hu's card, packs two price tags and a cloth.")),
    ("confirm", _("Reads aloud: “36 water, 12 lemon tea, delivered tomorrow.” Ms Hu nods.")),
    ("display", _("Brings the older bottles to the front, faces the labels, puts up a price tag.")),
    ("thank", _("“Thank you, Ms Hu. I am here again next Tuesday, before ten.”")),
    ("greet", _("“Good morning, Ms Hu! Is your mother better?”")),
    ("sell", _("“You sold 32. I suggest 36 - and the new lemon tea comes with a free glass this month.”")),
    ("outdoor", _("Takes the bleached poster off the shutter and puts up the new one.")),
)
STEPS = ("prepare", "outdoor", "greet", "display", "count", "sell", "confirm", "thank")


@exercise(
    "ms-hu",
    lesson="3.4",
    points=3,
    title=_("A visit to Ms Hu"),
    form=lambda: Form((Row(_("Lao Ma's visit, shuffled. Put it in order."), (Order("steps", DEEDS),)),)),
    field="steps",
    hints=(
        _("Where does he stand: in the van, before the door, at the shelf, at the counter?"),
        _("Nobody touches a shelf before its owner has been greeted, and nobody counts an untidy one."),
        _("Two things happen before the door, three before a number is written down, three after it."),
    ),
    right=_(
        "Each step makes the next one easier: the tidy shelf can be counted, the count makes the suggestion, the suggestion can be "
        "confirmed. And the last sentence is the first of the next visit."
    ),
)
def ms_hu(answer: Answers) -> Iterator[Case]:
    """The eight steps, as deeds."""
    yield ordered(
        answer,
        "steps",
        STEPS,
        {
            "outdoor": _("{right} of {pairs} pairs stand right. On which side of the door is the shutter?"),
            "greet": _("{right} of {pairs} pairs stand right. What can he do before Ms Hu has seen him?"),
            "display": _("{right} of {pairs} pairs stand right. Whose shelf is it that he tidies?"),
            "count": _("{right} of {pairs} pairs stand right. What makes counting quicker and surer?"),
            "sell": _("{right} of {pairs} pairs stand right. Where does he take the 32 from?"),
            "confirm": _(
                "{right} of {pairs} pairs stand right. Can an order be read aloud before it was talked about?"
            ),
            "thank": _("{right} of {pairs} pairs stand right. After which sentence does he take his bag?"),
        },
    )


# -- 2 Which step went wrong? ----------------------------------------------------------------------------------------

STEP_NAMES = (
    ("prepare", _("1 prepare")),
    ("outdoor", _("2 outdoor advertising")),
    ("greet", _("3 greet the owner by name")),
    ("display", _("4 display")),
    ("count", _("5 count the stock")),
    ("sell", _("6 sell")),
    ("confirm", _("7 confirm the order")),
    ("thank", _("8 thank, next visit")),
    ("fine", _("none: a sound visit")),
)
SLIPS = (
    (
        "same",
        _(
            "“The usual?” asks Xiao Ding. “The usual.” He writes 24 as last week. The boxes at the back he has not seen."
        ),
        "count",
        _("Xiao Ding: you chose “{got}”. Where does his 24 come from?"),
    ),
    (
        "card",
        _(
            "At the counter Lao Wei leafs through his bag: the card of this shop is at home. “What did you take last time?” he asks."
        ),
        "prepare",
        _("Lao Wei: you chose “{got}”. When could he have noticed that the card is missing?"),
    ),
    (
        "curtain",
        _("Xiao Ding goes straight behind the curtain and moves boxes. “Hello?” calls the owner. “Who is there?”"),
        "greet",
        _("Behind the curtain: you chose “{got}”. What does the owner not know yet?"),
    ),
    (
        "tea",
        _(
            "Counted, 18 suggested, 18 taken, read aloud. The first bottle of plum tea stays in the bag: “She did not ask.”"
        ),
        "sell",
        _("The plum tea: you chose “{got}”. Of the eight, in which would the bottle have come out?"),
    ),
    (
        "sign",
        _("Inside all is perfect. Over the door hangs the sign of a cola that has not been made for two years."),
        "outdoor",
        _("The sign: you chose “{got}”. Who sees it, and from where?"),
    ),
    (
        "fortytwo",
        _("“24, wasn't it?” - “Hm”, says the owner, on the phone. On Thursday 42 are unloaded, and nobody knows why."),
        "confirm",
        _("The 42 cases: you chose “{got}”. Which sentence was missing before he left?"),
    ),
    (
        "nothing",
        _(
            "Lao Ma counts 30 cases; 14 were sold since last time. “Nothing today, you have enough till Tuesday. "
            "I shall be back at nine then, thank you.”"
        ),
        "fine",
        _("No order: you chose “{got}”. Put 30 and 14 into the rule. What would you have suggested?"),
    ),
    (
        "front",
        _(
            "The new boxes go in front, that is quicker. In March the owner finds nine bottles from October behind them."
        ),
        "display",
        _("The nine bottles: you chose “{got}”. When does one see which bottles are the older ones?"),
    ),
    (
        "back",
        _(
            "All done, order confirmed. “See you”, says Lao Wei. Since then the owner has called twice to ask when he comes."
        ),
        "thank",
        _("Lao Wei's farewell: you chose “{got}”. What does the owner have to call for?"),
    ),
)


@exercise(
    "slips",
    lesson="3.4",
    points=4,
    title=_("Which step went wrong?"),
    form=lambda: Form(matching("slip", [(key, text) for key, text, _want, _ask in SLIPS], STEP_NAMES)),
    field="slip",
    hints=(
        _("Look for what is missing, not for what you would have done more nicely."),
        _("A visit without an order may be a sound visit."),
        _("Each of the eight steps goes wrong once, and one visit is sound."),
    ),
    right=_(
        "Eight slips, one for each step. None of them looks like much on the day: the bill comes as 42 cases on Thursday or nine "
        "bottles in March. And the visit without an order was the best of them."
    ),
)
def slips(answer: Answers) -> Iterator[Case]:
    """Nine visits of three salesmen."""
    for key, _text, want, ask in SLIPS:
        yield _picked(answer, Choice(f"slip.{key}", STEP_NAMES), want, ask)


# -- 3 By hand -------------------------------------------------------------------------------------------------------

BY_HAND = (
    ("soda", _("Soda water: at the last visit 16, ordered 30, now 10."), (16, 30, 10)),
    ("cola", _("Cola: at the last visit 20, ordered 24, now 24."), (20, 24, 24)),
    ("nuts", _("Peanuts: at the last visit 9, ordered 12, now 15."), (9, 12, 15)),
)


@cache
def _hand(key: str) -> tuple[float, float]:
    """Sales and order of one article."""
    before, ordered_, now = next(counts for name, _text, counts in BY_HAND if name == key)
    row = visits.order_quantity([before], [ordered_], [now]).iloc[0]
    return float(row["sales"]), float(row["order"])


def _why_not(got: float, counts: tuple[int, int, int]) -> str:
    """What to ask about a wrong order."""
    before, ordered_, now = counts
    sales = before + ordered_ - now
    if got < 0:
        return _("{name}: {got} cases would have to be fetched back. What does the rule say about numbers below zero?")
    if got == 1.5 * sales:
        return _("{name}: {got} is 1.5 times the sales. What is in the shop already?")
    if got == max(1.5 * ordered_ - now, 0):
        return _("{name}: {got} comes from the last order. How many of it were sold?")
    if got == sales - now:
        return _("{name}: {got} is sales less stock. Where is the reserve?")
    return _("{name}: you have an order of {got}. First the sales, then 1.5 times these, then less what stands there?")


@exercise(
    "by-hand",
    lesson="3.4",
    points=4,
    title=_("By hand"),
    form=lambda: Form(
        tuple(
            Row(text, (Entry(f"{key}.sales", _("Sold")), Entry(f"{key}.order", _("Suggested order"))))
            for key, text, _counts in BY_HAND
        )
    ),
    hints=(
        _("Sold = last stock + last order - stock now."),
        _("Order = 1.5 x sold - stock now. Pencil and paper are allowed."),
        _("For one of the three the order would fall below zero."),
    ),
    right=_(
        "One large order, one tiny one, one of nothing: from the same rule. With the three numbers on the table you need not "
        "persuade anybody; Ms Hu can check the sum."
    ),
)
def by_hand(answer: Answers) -> Iterator[Case]:
    """Sales and orders of three articles."""
    for key, text, counts in BY_HAND:
        sales, order = _hand(key)
        name = tr(text).partition(":")[0].partition("：")[0]
        yield close(
            answer,
            f"{key}.sales",
            sales,
            _("{name}: you have {got} sold. What was there, what came, and what of it is left?"),
            tolerance=0,
            name=name,
        )
        says = _why_not(answer.get(f"{key}.order", 0), counts)
        yield close(answer, f"{key}.order", order, says, tolerance=0, name=name)


# -- 4 The sheet of the route ----------------------------------------------------------------------------------------

BASE = Choice(
    "base",
    (
        ("order", _("1.5 x last order - stock now")),
        ("sales", _("1.5 x sales since the last visit - stock now")),
        ("gross", _("1.5 x sales since the last visit")),
    ),
    label=_("Rule"),
)
TOTAL = Entry("total", _("Cases on the van"))


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


def _route_live(answers: Answers) -> list[str]:
    if "base" not in answers:
        return [tr(_("Choose a rule, and the orders of the eight shops appear here."))]
    found = _by_base(answers["base"])
    lines = [tr(_("{shop}: {cases}"), shop=tr(shop), cases=cases) for shop, cases in found.items()]
    return [*lines, tr(_("In all: {cases}"), cases=sum(found.values()))]


def _empty() -> Mark:
    bars = tuple((f"s{place}", name, float(now)) for place, (name, _before, _came, now) in enumerate(_SHOPS, 1))
    return Mark("ask", "bars", bars=bars, title=_("Stock now, in cases"))


@exercise(
    "route-sheet",
    lesson="3.4",
    points=4,
    title=_("The sheet of the route"),
    code=True,
    hints=(
        _("The three columns have the names that the function asks for: last_stock, last_order, stock."),
        _("pack=1 rounds up to whole cases; without it there are half ones."),
        _('orders = visits.order_quantity(route["last_stock"], route["last_order"], route["..."], pack=1)'),
    ),
    right=_(
        "Seven shops get a suggestion, the noodle shop gets none. And the fuel station is empty: what the sheet counts "
        "there is what was on the shelf, not what was wanted. Ask since when before you believe the number."
    ),
)
def route_sheet(answer: Any) -> Iterator[Case]:
    """The table of sales and orders."""
    yield from frame(answer, ["sales", "order"], rows=len(_SHOPS))
    want = _orders()
    yield gate(
        set(answer.index) == set(want.index),
        _("The rows should be the shops of the route; yours begin with {rows}."),
        rows=", ".join(map(str, list(answer.index)[:3])),
    )
    yield series(answer["sales"], want["sales"], _("{row}: your table says {got} sold. Which columns went in?"))
    yield series(
        answer["order"],
        want["order"],
        _("{row}: your table suggests {got}. Which factor did you use, and are the cases whole?"),
    )


@route_sheet.click_twin(
    lambda: Form(
        (
            Row(_("Which rule fills the sheet?"), (BASE,)),
            Row(_("How many cases go on the van for these eight shops?"), (TOTAL,)),
            Row(_("At which shop would you ask first “since when?” before you believe the number?"), (_empty(),)),
        ),
        live=_route_live,
    )
)
def route_sheet_clicks(answer: Answers) -> Iterator[Case]:
    """The same by clicking."""
    yield chosen(
        answer,
        "base",
        "sales",
        {
            "order": _("You count from the last order. Does the noodle shop need as much as it took last time?"),
            "": _(
                "You bring 1.5 times the sales to every shop. Where do you put them in Hotel Sea View, beside its 26?"
            ),
        },
    )
    yield close(
        answer,
        "total",
        float(_orders()["order"].sum()),
        _("You have {got} cases. Choose the rule first, then read the last line?"),
        tolerance=0,
    )
    yield _picked(
        answer,
        _empty(),
        next(f"s{place}" for place, (_name, _before, _came, now) in enumerate(_SHOPS, 1) if now == 0),
        _("You marked “{got}”. Could its customers still buy, up to today?"),
    )


# -- 5 One factor for all? -------------------------------------------------------------------------------------------

SITUATIONS = (
    ("water", _("1. Water, sells well, a visit every week")),
    ("vinegar", _("2. Fruit vinegar, 1 to 2 cases a week, a visit every week")),
    ("monthly", _("3. Water again, but a visit only every four weeks")),
)


def _factor_live(answers: Answers) -> list[str]:
    lines = []
    for place, (key, _text) in enumerate(SITUATIONS, 1):
        row = simulated(key).loc[float(answers[key])]
        text = _("{place}. {factor:g}x: {lost:.1%} of the demand lost, stock for {days:.0f} days.")
        lines.append(tr(text, place=place, factor=answers[key], lost=row["lost_share"], days=row["days_of_stock"]))
    return lines


@cache
def _smallest(article: str) -> float:
    """The smallest factor with at most 5% of the demand lost."""
    table = simulated(article)
    return float(table.index[table["lost_share"] <= LIMIT].min())


@exercise(
    "one-factor",
    lesson="3.4",
    points=4,
    title=_("One factor for all?"),
    form=lambda: Form(
        (
            *(Row(text, (Slider(key, _("Factor"), 1, 3, 0.25, 1),)) for key, text in SITUATIONS),
            Row(_("4. In which of the three does the stock last longest?"), (_longest(),)),
        ),
        live=_factor_live,
        intro=_(
            "Move one slider at a time. Find the smallest factor with which at most 5% of the demand is lost. Then compare the "
            "stock that these three factors hold."
        ),
    ),
    hints=(
        _("Go up in single steps and stop at the first one that shows 5.0% or less."),
        _("For 4 read the days behind the three factors that you found."),
        _("All three factors differ, and only one of them is 1.5."),
    ),
    right=_(
        "1.5 for water every week, more for the slow seller, less with the long gap. Where 1 or 2 cases are sold, luck is large "
        "against the number, so the reserve must be larger - and lies for more than three weeks. Over four weeks luck evens out: "
        "there 1.5 would hold a heap for 28 days, useless for anything that spoils."
    ),
)
def one_factor(answer: Answers) -> Iterator[Case]:
    """The smallest sufficient factor in three situations."""
    for place, (key, _text) in enumerate(SITUATIONS, 1):
        want = _smallest(key)
        got = answer.get(key, want)
        text = _("{place}. With {got}x {lost} of the demand is lost. Is that 5% or less?")
        if got > want:
            text = _("{place}. {got}x is enough: {lost} is lost. Is a smaller one enough, too?")
        nearest = simulated(key)["lost_share"].get(float(got), float("nan"))
        yield close(answer, key, want, text, tolerance=0, place=place, lost=f"{nearest:.1%}")
    days = {key: simulated(key).at[_smallest(key), "days_of_stock"] for key, _text in SITUATIONS}
    longest = max(days, key=lambda key: days[key])
    yield _picked(
        answer,
        _longest(),
        longest,
        _("4. You chose “{got}”. Set the three factors, then compare the days: which is largest?"),
    )


def _longest() -> Choice:
    return Choice("longest", (("water", _("in 1")), ("vinegar", _("in 2")), ("monthly", _("in 3"))))


# -- 6 Too much, too little? -----------------------------------------------------------------------------------------

FITS = (("much", _("too much")), ("little", _("too little")), ("fits", _("about right")))
WEEKS = (
    (
        "offer",
        _("Canteen: two for one until last Saturday. 90 sold, against 30 in other weeks. The offer is over."),
        "much",
        _("Canteen: you chose “{got}”. Will next week be like last week?"),
    ),
    (
        "empty",
        _("Fuel station: since Friday the shelf has been empty. Today is Tuesday; 66 sold."),
        "little",
        _("Fuel station: you chose “{got}”. What did the customers of Saturday buy?"),
    ),
    (
        "rain",
        _("Corner shop: a week with rain, then sun. 38 sold; the weeks before it were 35, 41 and 37."),
        "fits",
        _("Corner shop: you chose “{got}”. Is 38 an unusual week?"),
    ),
    (
        "closed",
        _("Tea house: five days closed for painting. 4 sold; open again since yesterday."),
        "little",
        _("Tea house: you chose “{got}”. In how many days were the 4 sold?"),
    ),
    (
        "ill",
        _("Hotel: Lao Ma was ill; the last visit was three weeks ago. 120 sold since. From now on weekly again."),
        "much",
        _("Hotel: you chose “{got}”. How many days do the sales cover, and how many is the order for?"),
    ),
    (
        "race",
        _("Kiosk: 26 sold, as always. On Sunday the marathon passes by, 8,000 runners."),
        "little",
        _("Kiosk: you chose “{got}”. Does the rule know about Sunday?"),
    ),
)


@exercise(
    "where-it-fails",
    lesson="3.4",
    points=3,
    title=_("Too much, too little?"),
    form=lambda: Form(matching("week", [(key, text) for key, text, _want, _ask in WEEKS], FITS)),
    field="week",
    hints=(
        _("Ask of each: are the days behind like the days ahead?"),
        _("Sales end where the shelf ends."),
        _("Two suggestions are too large, three too small, one fits."),
    ),
    right=_(
        "The rule looks back. Where the days ahead differ from the days behind, you put in what you know: sales of a usual week, of "
        "the open days, of one week instead of three. That is why a salesman counts, and not only a device."
    ),
)
def where_it_fails(answer: Answers) -> Iterator[Case]:
    """Six weeks: what the 1.5x suggestion would be."""
    for key, _text, want, ask in WEEKS:
        yield _picked(answer, Choice(f"week.{key}", FITS), want, ask)


# -- 7 Xu Lei fills the sheet ----------------------------------------------------------------------------------------

FAULTS = (
    ("right", _("nothing: it is right")),
    ("order", _("started from the last order instead of the sales")),
    ("stock", _("stock now was not taken off")),
    ("filled", _("counted after filling up")),
    ("before", _("last stock was left out of the sales")),
)
XU_LEI = (
    (
        "gate",
        _("Gate kiosk: last stock 10, last order 30, stock now 16. Xu Lei: 20."),
        "right",
        _("Gate kiosk: you chose “{got}”. How many were sold, and what is 1.5 times that, less 16?"),
    ),
    (
        "canteen",
        _("Canteen: last stock 8, last order 40, stock now 18. Xu Lei: 42."),
        "order",
        _("Canteen: you chose “{got}”. 42 + 18 = 60: of which number is that 1.5 times?"),
    ),
    (
        "noodles",
        _("Noodles: last stock 12, last order 24, stock now 10. Xu Lei: 39."),
        "stock",
        _("Noodles: you chose “{got}”. 39 is 1.5 times what?"),
    ),
    (
        "pier",
        _(
            "Pier shop: last stock 15, last order 18. 9 stood there; Xu Lei carried in 12 fresh ones, “so that it looks full”, "
            "and wrote: stock now 21. Order: 0."
        ),
        "filled",
        _("Pier shop: you chose “{got}”. How many of the 21 had been there when he came?"),
    ),
    (
        "temple",
        _("Temple shop: last stock 14, last order 30, stock now 18. Xu Lei: “12 sold, so 0.”"),
        "before",
        _("Temple shop: you chose “{got}”. 30 - 18 = 12. What stood there before the 30 came?"),
    ),
)
PIER = (15, 18, 9)


@exercise(
    "xu-lei-counts",
    lesson="3.4",
    points=4,
    title=_("Xu Lei fills the sheet"),
    form=lambda: Form(
        (
            *matching("fault", [(key, text) for key, text, _want, _ask in XU_LEI], FAULTS),
            Row(
                _("Pier shop again: what does the rule suggest in all, the 12 that he has carried in included?"),
                (Entry("pier", _("Suggested order")),),
            ),
        )
    ),
    hints=(
        _("Work each shop out for yourself first, then ask how he came to his number."),
        _("Each answer fits once."),
        _("At the pier the count was 9 before anything was carried in."),
    ),
    right=_(
        "Each of the slips gives a number that looks sound; only the three counts beside it show them. Filling first is the worst: it makes "
        "the sales too small and the stock too large, both at once."
    ),
)
def xu_lei_counts(answer: Answers) -> Iterator[Case]:
    """Five orders, and the right one for the pier shop."""
    for key, _text, want, ask in XU_LEI:
        yield _picked(answer, Choice(f"fault.{key}", FAULTS), want, ask)
    yield close(
        answer,
        "pier",
        visits.order_quantity(*PIER),
        _("Pier shop: you have {got}. How many were sold out of 15 and 18, if 9 were left when he came?"),
        tolerance=0,
    )


# -- What leaves the notebook ----------------------------------------------------------------------------------------

SHEET = (
    _("shop"),
    _("article"),
    _("stock at the last visit"),
    _("order at the last visit"),
    _("stock now (count before filling)"),
    _("sold"),
    _("suggested order (1.5x)"),
    _("what the rule does not know (empty since? offer? feast?)"),
    _("order agreed"),
    _("next visit"),
)


def sheet(route: pd.DataFrame, article: str, factor: float = 1.5, blank: int = 12) -> pd.DataFrame:
    """The route as a sheet for Excel or WPS: what was sold and the suggested order are formulas, so that a new count gives a new
    suggestion; ``blank`` lines for shops of one's own. A count that cannot be right is asked for again.

    ``route`` as :func:`tuesday_route` gives it. Texts are in the trainee's language.
    """
    again = tr(_("count again"))
    rows: list[list[Any]] = []
    for place in range(2, len(route) + blank + 2):
        inside = place - 2 < len(route)
        known = route.iloc[place - 2][["last_stock", "last_order", "stock"]].tolist() if inside else ["", "", ""]
        shop = tr(str(route.index[place - 2])) if inside else ""
        sold = f"=C{place}+D{place}-E{place}"
        order = f'=IF(F{place}<0,"{again}",MAX(0,ROUNDUP({factor:g}*F{place}-E{place},0)))'
        rows.append([shop, tr(article) if inside else "", *known, sold, order, "", "", ""])
    return pd.DataFrame(rows, columns=list(SHEET))
