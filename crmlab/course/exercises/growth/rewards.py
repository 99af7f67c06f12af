"""Lesson 6.2, rewards, value and price: its numbers, the reward plan that a trainee makes, and the sheets that leave the lesson.
Prices and volumes from Online Retail; the customers of Yuanhe, their wishes and all margins are made up."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from crmlab import datasets, perceived_value, pricing
from crmlab.course import exercise_form, session
from crmlab.course.cases import OPEN, Case, case, frame, gate
from crmlab.course.form import Answers, Line
from crmlab.course.hooks import Lesson, Numbers, Right
from crmlab.language import tr
from crmlab.spreadsheets import Formula

here = Lesson("6.2")

BOUGHT, MARGIN, OFF = 240_000, 0.20, 0.05
"""What Boss Tang buys in a year (yuan), Yuanhe's margin on it, and the discount that he asks for."""
MARGIN_THERE = 0.40
"""The margin supposed for the wholesaler: its data have no costs."""
CAKE_STAND = "22423"

_WHOLE, _PERCENT = "{:,.0f}", "{:.1%}"
FORMATS = {
    **dict.fromkeys(
        (
            "purchases",
            "goods_margin",
            "deliveries",
            "real_margin",
            "budget",
            "cost",
            "worth",
            "extra_margin",
            "product",
            "service",
            "money",
            "time",
            "psychic",
            "total_value",
            "total_cost",
            "perceived_value",
            "behind",
        ),
        _WHOLE,
    ),
    **dict.fromkeys(("change", "share"), "{:+.0%}"),
    **dict.fromkeys(("volume", "price (pounds)"), "{:.2f}"),
}
"""How the numbers in the lesson's tables are written."""


# -- five percent ------------------------------------------------------------------------------------------------------


@here.numbers("five-percent")
def five_percent() -> Numbers:
    """What is left of the margin, how much more must be sold, and where other numbers come from."""
    before, given = BOUGHT * MARGIN, BOUGHT * OFF
    more = 100 * pricing.break_even_volume(OFF, MARGIN)
    left = Right(before - given, within=1, slips={"of-margin": before * (1 - OFF), "given": given, "same": before})
    slips = {"as-asked": 100 * OFF, "part": 100 * OFF / MARGIN, "margin": 100 * MARGIN}
    return Numbers(
        words={"bought": BOUGHT, "margin": before, "given": given},
        right={"left": left, "more": Right(more, within=0.6, slips=slips)},
    )


# -- what volume did ---------------------------------------------------------------------------------------------------


@cache
def goods_sold() -> pd.DataFrame:
    """The wholesaler's order lines of goods: with a customer, units and a price, and an article number of five digits.

    >>> len(goods_sold())
    396337
    """
    lines = datasets.load("online_retail_lines")
    sold = lines["customer_id"].notna() & (lines["quantity"] > 0) & (lines["unit_price"] > 0)
    return lines[sold & lines["stock_code"].str.match(r"\d{5}")]


@cache
def changes() -> pd.DataFrame:
    """The articles whose price moved and stayed; see :func:`crmlab.pricing.price_changes`."""
    return pricing.price_changes(goods_sold())


def cuts() -> pd.DataFrame:
    """Those whose price was cut.

    >>> len(cuts())
    36
    """
    return changes()[changes()["change"] < 0]


GROUPS = {
    "cut 30% or more": (-1.0, -0.3),
    "cut less": (-0.3, 0.0),
    "raised 20% or less": (0.0, 0.2),
    "raised more": (0.2, 5.0),
}


def four_groups(table: pd.DataFrame, margin: float = MARGIN_THERE) -> pd.DataFrame:
    """The price changes in four groups, by words; see :func:`crmlab.pricing.volume_response`. Where no volume pays, ``needed``
    is "never"; a group without an interval has a dash.

    >>> four_groups(changes())["needed"].tolist()
    ['never', '1.45', '0.79', '0.54']
    """
    borders = [low for low, _high in GROUPS.values()] + [5.0]
    groups = pricing.volume_response(table, borders, margin=margin).drop(columns="waves")
    groups["needed"] = [f"{one:.2f}" if np.isfinite(one) else "never" for one in groups["needed"]]
    ends = zip(groups.pop("low"), groups.pop("high"), strict=True)
    groups["95% interval"] = [f"{low:.2f}–{high:.2f}" if np.isfinite(low) else "–" for low, high in ends]
    return groups.set_axis(pd.Index(list(GROUPS), name="price"))


def orders_by_units(article: str = CAKE_STAND) -> pd.DataFrame:
    """The order lines of an article by units, with the usual price of one unit.

    >>> orders_by_units()["orders"].tolist()
    [1371, 40, 3, 208, 13, 88]
    """
    lines = goods_sold()[goods_sold()["stock_code"] == article]
    names = ["1 to 8", "9 to 12", "13 to 15", "16", "17 to 31", "32 and more"]
    group = pd.cut(lines["quantity"], [0, 8, 12, 15, 16, 31, np.inf], labels=names)
    table = lines.groupby(group, observed=False).agg(orders=("quantity", "size"), price=("unit_price", "median"))
    return table.rename(columns={"price": "price (pounds)"}).rename_axis("units ordered")


PAYS = {"minimum": 40, "maximum": 85, "step": 5, "start": 40}
"""The slider: the margin in percent."""


@cache
def paid_at(margin: float) -> int:
    """How many of the cuts earned as much as before, at a margin in percent.

    >>> paid_at(40), paid_at(70)
    (1, 12)
    """
    needed = 1 + np.asarray(pricing.break_even_volume(-cuts()["change"], margin / 100))
    return int((cuts()["volume"].to_numpy() >= needed).sum())


@cache
def half_pays() -> float:
    """The least step of the slider at which half of the cuts earned as much as before."""
    steps = range(PAYS["minimum"], PAYS["maximum"] + 1, PAYS["step"])
    return min(float(step) for step in steps if 2 * paid_at(float(step)) >= len(cuts()))


@here.numbers("did-it-pay")
def did_it_pay() -> Numbers:
    """The margin at which half of the cuts paid."""
    margin = Right(half_pays(), words=lambda answers: {"paid": paid_at(float(answers["margin"]))})
    return Numbers(words={"cuts": len(cuts())}, right={"margin": margin}, fields={"margin": PAYS})


@here.live("did-it-pay")
def _paid(answers: Answers) -> list[str]:
    margin = float(answers["margin"])
    return [tr(here.says("did-it-pay")["line"], margin=margin, paid=paid_at(margin), cuts=len(cuts()))]


@here.code("did-it-pay")
def count_of_paid(answer: Any) -> Iterator[Case]:
    """How many of the cuts paid at a margin of 70%, as a number."""
    say = here.says("did-it-pay")
    yield gate(
        isinstance(answer, int | float | np.integer | np.floating) and not isinstance(answer, bool), say["number"]
    )
    got = float(answer)
    yield gate(np.isfinite(got), say["number"])
    sales = int((cuts()["volume"] * (1 + cuts()["change"]) >= 1).sum())
    says = "sales" if got == sales else "every" if got == len(cuts()) else "other"
    yield case(got == paid_at(70), say[says], got=got, cuts=len(cuts()))


# -- the customers and the budget --------------------------------------------------------------------------------------

TRIP = 80
"""What a delivery costs Yuanhe, in yuan."""
CUSTOMERS = {
    "joy": ("Double Joy banquets", 240_000, 0.20, 110),
    "carp": ("The Golden Carp", 300_000, 0.21, 52),
    "tea": ("Osmanthus tea house", 90_000, 0.25, 60),
    "mill": ("Spinning mill canteen", 160_000, 0.12, 240),
    "bar": ("Pier 9 bar", 120_000, 0.26, 75),
    "kiosk": ("School kiosk", 40_000, 0.18, 50),
}
"""A customer by key: name, purchases of a year (yuan), margin on the goods, deliveries. Made up."""
LIFT, SHARE = 0.05, 0.5
"""The rise that He Jing expects of the rewards, and the part of the extra margin that goes back."""


def six_customers() -> pd.DataFrame:
    """He Jing's six customers: what they buy in a year, the margin on the goods, deliveries, and what is left when these are
    paid (yuan).

    >>> float(six_customers().loc["Spinning mill canteen", "real_margin"])
    0.0
    """
    table = pd.DataFrame(list(CUSTOMERS.values()), columns=["customer", "purchases", "rate", "deliveries"]).set_index(
        "customer"
    )
    table["goods_margin"] = (table["purchases"] * table["rate"]).round(2)
    table["real_margin"] = table["goods_margin"] - TRIP * table["deliveries"]
    return table[["purchases", "goods_margin", "deliveries", "real_margin"]]


def with_rates() -> pd.DataFrame:
    """The same as :func:`crmlab.pricing.reward_budget` reads it: ``customers``, ``amount``, ``margin`` (real, a share), ``lift``."""
    table = six_customers()
    return pd.DataFrame(
        {
            "customers": 1,
            "amount": table["purchases"],
            "margin": table["real_margin"] / table["purchases"],
            "lift": LIFT,
        }
    )


@cache
def budget() -> float:
    """What all rewards together may cost in a year, in whole yuan."""
    return float(round(pricing.reward_budget(with_rates(), share=SHARE)["budget"].sum()))


@here.numbers("budget-for-six")
def budget_for_six() -> Numbers:
    """The real margin of one customer, the budget of all, and where other numbers come from."""
    table = six_customers()
    name = CUSTOMERS["bar"][0]
    real, goods = float(table.loc[name, "real_margin"]), float(table.loc[name, "goods_margin"])
    trips = float(TRIP * table.loc[name, "deliveries"])
    total = float(table["real_margin"].sum())
    slips = {
        "all-back": LIFT * total,
        "goods": SHARE * LIFT * float(table["goods_margin"].sum()),
        "sales": SHARE * LIFT * float(table["purchases"].sum()),
        "no-lift": SHARE * total,
    }
    return Numbers(
        words={"lift": LIFT, "trip": TRIP, "total": total},
        right={
            "real": Right(real, within=1, slips={"goods": goods, "trips": trips}),
            "budget": Right(budget(), within=10, slips=slips),
        },
    )


@here.code("budget-for-six")
def table_of_budgets(answer: Any) -> Iterator[Case]:
    """The table of reward_budget for the six."""
    say, want = here.says("budget-for-six"), pricing.reward_budget(with_rates(), share=SHARE)
    yield from frame(answer, ["extra_margin", "budget"], rows=len(want))
    got, due = (float(one["extra_margin"].sum()) for one in (answer, want))
    yield case(abs(got - due) < 1, say["extra"], got=got)
    spent = float(answer["budget"].sum())
    says = "everything" if abs(spent - due) < 1 else "other"
    yield case(abs(spent - float(want["budget"].sum())) < 1, say[says], got=spent, weight=2)


# -- the plan ----------------------------------------------------------------------------------------------------------

REWARDS = {"box": 300, "hour": 400, "fridge": 1400, "training": 600, "bill": 150}
"""What a reward costs in a year, in yuan; "off" is one percent of the purchases."""
OFF_ALL = 0.01
WORTH = {
    "joy": {"box": 100, "hour": 2000, "fridge": 500, "training": 200, "bill": 100},
    "carp": {"box": 100, "hour": 100, "fridge": 3500, "training": 900, "bill": 100},
    "tea": {"box": 100, "hour": 200, "fridge": 700, "training": 1800, "bill": 250},
    "mill": {"box": 100, "hour": 300, "fridge": 500, "training": 100, "bill": 900},
    "bar": {"box": 100, "hour": 300, "fridge": 1900, "training": 900, "bill": 1200},
    "kiosk": {"box": 100, "hour": 100, "fridge": 600, "training": 100, "bill": 50},
}
"""What a customer would pay for it, in yuan a year: asked on the last visit. Made up."""
BEST = "carp"
NOBODY = ("mill", "kiosk")
"""Who gives nothing that a reward could be paid from, or for."""
DOES = {
    "joy": ("noon",),
    "carp": ("noon", "brings"),
    "tea": ("pays",),
    "mill": (),
    "bar": ("brings", "pays"),
    "kiosk": (),
}
"""The behaviour that helps us and that this customer shows, or could show."""


def cost_of(key: str, reward: str) -> float:
    """What a reward costs for a customer, in yuan a year.

    >>> cost_of("carp", "off"), cost_of("carp", "fridge"), cost_of("carp", "none")
    (3000.0, 1400.0, 0.0)
    """
    return OFF_ALL * CUSTOMERS[key][1] if reward == "off" else float(REWARDS.get(reward, 0))


def worth_of(key: str, reward: str) -> float:
    """What it is worth to the customer; money is worth what it costs.

    >>> worth_of("carp", "off"), worth_of("carp", "fridge")
    (3000.0, 3500.0)
    """
    return cost_of(key, reward) if reward == "off" else float(WORTH[key].get(reward, 0))


def plan_cost(answers: Answers) -> float:
    """What the rewards chosen so far cost together."""
    return sum(cost_of(key, str(answers.get(f"{key}.reward", "none"))) for key in CUSTOMERS)


@here.numbers("reward-plan")
def reward_plan() -> Numbers:
    """The figures of each customer, for its row."""
    table = six_customers()
    rows = {
        key: {"bought": bought, "real": float(table.loc[name, "real_margin"])}
        for key, (name, bought, *_rest) in CUSTOMERS.items()
    }
    return Numbers(words={"budget": budget()}, rows=rows)


@here.live("reward-plan")
def _so_far(answers: Answers) -> list[str]:
    """Cost and worth of each reward chosen, and of all."""
    say, rewards, lines = here.says("reward-plan"), here.options("rewards"), []
    for key, (name, *_rest) in CUSTOMERS.items():
        reward = str(answers.get(f"{key}.reward", "none"))
        if reward in rewards and reward != "none":
            values = {"cost": cost_of(key, reward), "worth": worth_of(key, reward)}
            lines.append(tr(say["line"], name=tr(name), reward=tr(rewards[reward]), **values))
    return [*lines, tr(say["sum"], cost=plan_cost(answers), budget=budget())]


@here.judge("reward-plan")
def judge_plan(answers: Answers) -> Iterator[Case]:
    """A reward for each customer and the behaviour it is for; then the cost of all."""
    say, rewards = here.says("reward-plan"), here.options("rewards")
    sound = True
    for key, (name, *_rest) in CUSTOMERS.items():
        who = tr(name)
        at, why = f"{key}.reward", f"{key}.for"
        if at in answers:
            reward = str(answers[at])
            values = {
                "name": who,
                "got": tr(rewards[reward]),
                "cost": cost_of(key, reward),
                "worth": worth_of(key, reward),
            }
            wrong = _reward_fault(key, reward)
            sound = sound and not wrong
            yield Case(not wrong, say[wrong] if wrong else "", values, key=at)
        else:
            sound = False
            yield Case(False, OPEN, key=at, open=True)
        if why not in answers:
            yield Case(False, OPEN, key=why, open=True)
            continue
        given = str(answers[why])
        fits = given in DOES[key] or (key in NOBODY and given == "none")
        fault = (
            f"{key}-for"
            if given in ("noon", "pays", "brings")
            else f"for-{given}"
            if given != "none"
            else "for-nothing"
        )
        yield Case(fits, say[fault], {"name": who, "got": tr(here.options("behaviour")[given])}, key=why)
    cost = plan_cost(answers)
    if sound:
        yield Case(cost <= budget(), say["over"], {"cost": cost, "budget": budget()}, key="bar.reward", weight=2)
    else:
        yield Case(False, OPEN, key="bar.reward", weight=2, open=True)


def _reward_fault(key: str, reward: str) -> str:
    """The name of what to ask about a reward; "" for a sound one."""
    if key in NOBODY:
        return "" if reward == "none" else f"{key}-reward"
    if reward == "none":
        return "empty"
    if reward == "off":
        return "outbid"
    if worth_of(key, reward) <= cost_of(key, reward):
        return "unwanted"
    return "best" if key == BEST and worth_of(key, reward) < max(WORTH[key].values()) else ""


# -- what Boss Tang compares -------------------------------------------------------------------------------------------

RECEIVING = 60
"""What it costs Boss Tang to receive a delivery, in yuan of his people's time."""


def three_offers() -> pd.DataFrame:
    """Yuanhe today, Jinhai with 5% less, and Yuanhe at nine o'clock by the pallet, as Boss Tang reckons them for a year (yuan, made up);
    see :func:`crmlab.perceived_value.perceived_value`.

    >>> three_offers()["perceived_value"].tolist()
    [66400.0, 63880.0, 54400.0]
    """
    evening, weekly = (RECEIVING * CUSTOMERS[key][3] for key in ("joy", "carp"))
    rows = {
        "Yuanhe today": [300_000, 6_000, BOUGHT, evening, 5_000],
        "Jinhai, 5% less": [298_000, 6_000, BOUGHT * (1 - OFF), evening, 3_000],
        "Yuanhe at nine": [300_000, 8_000, BOUGHT, weekly, 1_000],
    }
    offers = pd.DataFrame.from_dict(rows, orient="index", columns=["product", "service", "money", "time", "psychic"])
    return perceived_value.perceived_value(offers.rename_axis("offer"))


POCKET = re.compile(
    r"红包|回扣|返现|返利给您|好处费|购物卡|辛苦费|个人心意|给您个人|私下"
    r"|\b(?:envelope|kick-?back|gift cards?|for you personally|cash for you|into your (?:own )?pocket|under the table)\b",
    re.IGNORECASE,
)
_FIVE = r"(?:5|five) ?(?:%|per ?cent\b|个点|个百分点)|五个(?:百分)?点|百分之五|九五折"
GIVES_IN = re.compile(
    rf"(?:给|让|降|跟|打|返|同意|答应)[^。？！?!，,；;]{{0,8}}(?:{_FIVE})|(?:{_FIVE})[^。？！?!，,；;]{{0,4}}(?:就|可以|没问题|行(?!吗)|好的|成交|给您|跟上)"
    rf"|\b(?:give|match|grant|offer|take off|knock off|you (?:can|may|shall) have)\b[^.?!,;]{{0,25}}(?:{_FIVE})|(?:{_FIVE})[^.?!,;]{{0,12}}\b(?:is fine|it is|is yours|deal|agreed|ok)\b",
    re.IGNORECASE,
)
_NOT = re.compile(
    r"不|没法|没办法|除了|比起|与其|金海|\b(?:not|no|cannot|never|besides|apart|rather|instead|jinhai|than)\b|n['’]t\b",
    re.IGNORECASE,
)


def gives_away(text: str) -> tuple[str, str]:
    """What a line to Boss Tang gives away: "pocket" for something for himself, "match" for his 5%, and the words; else two times "".

    >>> gives_away("If you stay I give you 5%."), gives_away("I cannot give you 5%.")[0]
    (('match', 'give you 5%'), '')
    """
    for part in re.split(r"[。？！?!；;，,]|[.] ", text):
        if _NOT.search(part):
            continue
        for name, pattern in (("pocket", POCKET), ("match", GIVES_IN)):
            if found := pattern.search(part):
                return name, found.group()
    return "", ""


@here.judge("five-or-i-go")
def judge_line(answers: Answers) -> Iterator[Case]:
    """What is looked for in the line; one that gives his 5% all the same earns half of that, one for his own pocket nothing."""
    (made,) = exercise_form.judged("6.2", "five-or-i-go", answers)
    line = Line("mine", ()).read(answers.get("mine"))
    name, found = gives_away(line["text"] if line else "")
    if name:
        part = 0.0 if name == "pocket" else (1.0 if made.ok else made.part) / 2
        made = replace(made, ok=False, says=here.says("five-or-i-go")[name], values={"found": found}, part=part)
    yield made


# -- what leaves the notebook ------------------------------------------------------------------------------------------


def chosen() -> dict[str, str]:
    """What the trainee chose in the plan, by field; empty before that."""
    opened = session.opened()
    return {
        key: str(value) for key, value in (opened.fields(here["reward-plan"]) if opened is not None else {}).items()
    }


PLAN = (
    "customer",
    "purchases of a year",
    "margin on the goods",
    "deliveries",
    "real margin",
    "reward",
    "what for",
    "cost",
    "worth to the customer (asked)",
    "check",
    "agreed with, until",
)


def plan_sheet(answers: Answers | None = None, blank: int = 8) -> pd.DataFrame:
    """The reward plan for Excel or WPS: real margin, checks and budget are formulas; ``blank`` lines for customers of one's own,
    and a line for the sum against the budget, which grows with the real margin in the sheet. ``answers`` are those of the plan; by default those of the trainee.

    >>> plan_sheet({"carp.reward": "fridge", "carp.for": "noon"}).loc[1, "cost"]
    1400.0
    """
    given = chosen() if answers is None else answers
    table, rewards, behaviour = six_customers(), here.options("rewards"), here.options("behaviour")
    rows: list[list[Any]] = []
    for place, key in enumerate([*CUSTOMERS, *[""] * blank], start=2):
        name = CUSTOMERS[key][0] if key else ""
        known = table.loc[name, ["purchases", "goods_margin", "deliveries"]].tolist() if key else ["", "", ""]
        real = Formula(f'=IF(B{place}="","",C{place}-{TRIP}*D{place})')
        reward, why = (str(given.get(f"{key}.{part}", "")) for part in ("reward", "for"))
        said = [tr(rewards[reward]) if reward in rewards else "", tr(behaviour[why]) if why in behaviour else ""]
        money = [cost_of(key, reward), worth_of(key, reward)] if key and reward in rewards else ["", ""]
        check = Formula(f'=IF(N(H{place})=0,"",IF(N(H{place})>=N(I{place}),"{tr("worth less than it costs")}",IF(N(H{place})>N(E{place}),"{tr("more than the margin")}","ok")))')
        rows.append([tr(name) if name else "", *known, real, *said, *money, check, ""])
    last = len(rows) + 1
    over = Formula(f'=IF(H{last + 1}>I{last + 1},"{tr("over the budget")}","ok")')
    allowed = Formula(f'=ROUND({LIFT}*{SHARE}*SUMIF(E2:E{last},">0"),0)')
    rows.append(
        [
            tr("sum; budget (5% more, half of it back; a delivery costs 80)"),
            "",
            "",
            "",
            Formula(f"=SUM(E2:E{last})"),
            "",
            "",
            Formula(f"=SUM(H2:H{last})"),
            allowed,
            over,
            "",
        ]
    )
    return pd.DataFrame(rows, columns=list(PLAN), dtype=object)


CALCULATOR = (
    "customer or article",
    "price today",
    "margin of the price (%)",
    "discount asked (%)",
    "units a month today",
    "units needed",
    "more needed (%)",
    "units after the discount",
    "did it pay?",
)


def calculator_sheet(blank: int = 11) -> pd.DataFrame:
    """A discount calculator for Excel or WPS: what must be sold, and whether it was; Boss Tang's crates in the first line.

    >>> calculator_sheet(0).loc[0, "units needed"]
    '=IF(C2="","",IF(C2<=D2,"never",E2*C2/(C2-D2)))'
    """
    rows: list[list[Any]] = []
    never, yes, no = tr("never"), tr("yes"), tr("no")
    for place in range(2, blank + 3):
        known: list[Any] = [tr("Double Joy banquets, a crate"), 50, 20, 5, 400] if place == 2 else ["", "", "", "", ""]
        margin, off, units, sold = f"C{place}", f"D{place}", f"E{place}", f"H{place}"
        needed = Formula(f'=IF({margin}="","",IF({margin}<={off},"{never}",{units}*{margin}/({margin}-{off})))')
        more = Formula(f'=IF({margin}="","",IF({margin}<={off},"{never}",100*{off}/({margin}-{off})))')
        paid = Formula(f'=IF({sold}="","",IF({margin}<={off},"{no}",IF({sold}>=F{place},"{yes}","{no}")))')
        rows.append([*known, needed, more, "", paid])
    return pd.DataFrame(rows, columns=list(CALCULATOR), dtype=object)
