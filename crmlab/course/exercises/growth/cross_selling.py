"""Lesson 6.1, cross-selling and the market basket: its numbers, ten rules held to later months, and the counter sheet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from crmlab import basket, cross_selling, datasets
from crmlab.course import session
from crmlab.course.cases import Case, case, gate
from crmlab.course.form import Answers
from crmlab.course.hooks import Lesson, Numbers, Right, Slip
from crmlab.language import tr

here = Lesson("6.1")

CUT = pd.Timestamp("2011-06-01")
LEAST, ROOM, LIFT = 30, 50, 2.0
"""What a line of the sheet needs of the later months: invoices with each article, invoices left to ask, lift."""

RULES = {
    "herbs": ("22916", "22917"),
    "trowels": ("22520", "22521"),
    "dolls": ("22749", "22750"),
    "dinosaur": ("22334", "84510C"),
    "eggs": ("22957", "22967"),
    "clocks": ("22726", "22727"),
    "wicker": ("22469", "22470"),
    "hearts": ("21733", "85123A"),
    "cups": ("22423", "22699"),
    "birds": ("84879", "85123A"),
}
"""The ten rules of the counter sheet, highest lift first: the article that is bought, the one that is offered."""

NAMES = here.options("rules")
MARGIN = 0.25
"""Of the revenue; made up, as in lesson 2.4."""

_WHOLE, _PERCENT, _LIFT, _POUNDS = "{:,.0f}", "{:.1%}", "{:,.2f}", "{:,.0f}"
FORMATS = {
    **dict.fromkeys(
        ("baskets", "first", "second", "both", "rules", "customers", "to ask", "in May", "later both"), _WHOLE
    ),
    **dict.fromkeys(("held", "open", "refuted", "rare", "least"), _WHOLE),
    **dict.fromkeys(("support", "confidence", "share", "extra"), _PERCENT),
    **dict.fromkeys(("lift", "later_lift", "later lift", "low", "high", "expected"), _LIFT),
    **dict.fromkeys(("value", "value_low", "value_high", "1%", "5%", "10%"), _POUNDS),
}
"""How the numbers in the lesson's tables are written."""
SHARES = {**FORMATS, **dict.fromkeys(("low", "high"), _PERCENT)}
"""The same where low and high are shares."""


@cache
def goods() -> pd.DataFrame:
    """The wholesaler's sales of goods: lines of a known customer with a positive quantity and price, and a stock code of five
    digits and perhaps letters, in capitals.

    >>> goods()["invoice"].nunique()
    18402
    """
    table = datasets.load("online_retail_lines")
    sold = (table["quantity"] > 0) & (table["unit_price"] > 0) & table["customer_id"].notna()
    table = table[sold & table["stock_code"].str.match(r"\d{5}")]
    return table.assign(stock_code=table["stock_code"].str.upper())


@cache
def _halves_of_the_year() -> tuple[pd.DataFrame, pd.DataFrame]:
    lines = goods()
    return lines[lines["date"] < CUT], lines[lines["date"] >= CUT]


def units() -> dict[str, str]:
    """The two units of beer and nappies in the trainee's language.

    >>> units()["basket"]
    'by basket'
    """
    return {key: tr(name) for key, name in here.options("units").items()}


# -- beer and nappies, cups and plates -----------------------------------------------------------------------------------

BASKETS, BEER, NAPPIES, BOTH = 47_243, 503, 120, 1


@here.numbers("beer-and-nappies")
def beer_and_nappies() -> Numbers:
    """How many baskets hold both by chance, and the lift."""
    expected = BEER * NAPPIES / BASKETS
    slips: dict[str, Slip] = {"share": [BEER / BASKETS * NAPPIES / BASKETS, 100 * BEER / BASKETS * NAPPIES / BASKETS]}
    slips["one-share"] = [100 * BEER / BASKETS, 100 * NAPPIES / BASKETS, BEER / BASKETS, NAPPIES / BASKETS]
    turned: dict[str, Slip] = {
        "turned": expected,
        "confidence": [100 * BOTH / BEER, 100 * BOTH / NAPPIES, BOTH / BEER, BOTH / NAPPIES],
    }
    return Numbers(
        right={
            "expected": Right(expected, within=0.03, slips=slips),
            "lift": Right(BOTH / expected, within=0.015, slips=turned),
        }
    )


PARTY = ("21086", "21094")


@cache
def party() -> pd.Series:
    """Party cups and plates, December to May."""
    return basket.pair(_halves_of_the_year()[0], *PARTY)


@here.numbers("cups-and-plates")
def cups_and_plates() -> Numbers:
    """Support and confidence in percent, lift, and those left to ask."""
    one = party()
    n, first, second, both = (float(one[name]) for name in ("baskets", "first", "second", "both"))
    support, confidence = 100 * both / n, 100 * both / first
    return Numbers(
        right={
            "support": Right(
                support,
                within=0.06,
                slips={"fraction": support / 100, "of-first": confidence, "single": 100 * first / n},
            ),
            "confidence": Right(
                confidence, within=0.3, slips={"fraction": confidence / 100, "turned": 100 * both / second}
            ),
            "lift": Right(
                float(one["lift"]), within=0.5, slips={"hundred": 100 * float(one["lift"]), "of-support": support / 2.0}
            ),
            "ask": Right(first - both, within=0.4, slips={"plates": second - both, "all": n - first}),
        }
    )


@here.code("cups-and-plates")
def pair_of_party(answer: Any) -> Iterator[Case]:
    """The pair of cups and plates."""
    say, want = here.says("cups-and-plates"), party()
    keys = ("baskets", "first", "second", "both", "confidence", "lift")
    yield gate(isinstance(answer, pd.Series) and set(keys) <= set(answer.index), say["no-pair"])
    got = {key: float(answer[key]) for key in keys}
    yield case(got["baskets"] == want["baskets"], say["baskets"], got=got["baskets"])
    yield case(got["first"] == want["first"], say["first"], got=got["first"])
    yield case(got["second"] == want["second"], say["second"], got=got["second"])
    yield case(got["both"] == want["both"], say["both"], got=got["both"])


# -- what later months say -----------------------------------------------------------------------------------------------


@cache
def judged_pairs(least: int = 3) -> pd.DataFrame:
    """All pairs with a lift of 20 on so many invoices or more up to May, held to the months from June."""
    before, after = _halves_of_the_year()
    sets = basket.frequent_sets(before, support=least / before["invoice"].nunique(), max_length=2)
    found = basket.rules(sets, confidence=0, lift=20)
    pairs = found[found["antecedent"] < found["consequent"]]
    return cross_selling.back_test(cross_selling.counted(pairs, before), cross_selling.counted(pairs, after))


SLIDER = {"minimum": 5, "maximum": 100, "step": 5, "start": 5}
ENOUGH = 0.9


def held_from(least: float) -> tuple[int, float]:
    """How many rules stood on so many invoices or more, and the share of them that held.

    >>> held_from(100)[0]
    19
    """
    table = judged_pairs(int(SLIDER["minimum"]))
    part = table[table["both"] >= least]
    return len(part), float((part["verdict"] == "held").mean())


@here.numbers("how-many")
def how_many() -> Numbers:
    """The least step of the slider from which nine of ten held."""
    steps = range(SLIDER["minimum"], SLIDER["maximum"] + 1, SLIDER["step"])
    least = min(step for step in steps if held_from(step)[1] >= ENOUGH)

    def words(answers: Answers) -> Mapping[str, Any]:
        rules, share = held_from(float(answers["least"]))
        return {"rules": rules, "held": share}

    return Numbers(right={"least": Right(float(least), words=words)}, fields={"least": SLIDER})


@here.live("how-many")
def _read_out(answers: Answers) -> list[str]:
    rules, share = held_from(float(answers["least"]))
    return [tr(here.says("how-many")["line"], least=answers["least"], rules=rules, held=share)]


@cache
def _since_the_bag() -> tuple[pd.Series, pd.Series]:
    """The bag with leaves and the bag with doilies: over six months, and since both are on sale."""
    before, _after = _halves_of_the_year()
    return basket.pair(before, "23202", "23203"), basket.pair(before[before["date"] >= "2011-05-08"], "23202", "23203")


@here.numbers("xiao-wu")
@cache
def xiao_wu() -> Numbers:
    """The numbers of Xiao Wu's lines."""
    before, after = _halves_of_the_year()
    hearts = basket.pair(before, "22423", "85123A")
    (bag, _since), (clocks, later) = _since_the_bag(), (_one("clocks", before), _one("clocks", after))
    dinosaur = _one("dinosaur", before)
    return Numbers(
        rows={
            "hearts": {"c": hearts["confidence"]},
            "bag": {"lift": bag["lift"], "both": bag["both"]},
            "dinosaur": {"lift": dinosaur["lift"]},
            "clocks": {
                "both": clocks["both"],
                "who": clocks["customers"],
                "lift": later["lift"],
                "low": later["low"],
                "high": later["high"],
            },
            "plates": {"c": party()["confidence"]},
        }
    )


def _one(key: str, lines: pd.DataFrame) -> pd.Series:
    return ten(lines).loc[key]


# -- the counter sheet ---------------------------------------------------------------------------------------------------


def as_rules(keys: Iterable[str]) -> pd.DataFrame:
    """Rules of the board as a table of rules, by their keys."""
    wanted = {key: RULES[key] for key in keys}
    sides = {
        side: [(both[place],) for both in wanted.values()] for place, side in enumerate(("antecedent", "consequent"))
    }
    return pd.DataFrame(sides, index=pd.Index(list(wanted), name="rule"))


def ten(lines: pd.DataFrame, keys: Iterable[str] = tuple(RULES)) -> pd.DataFrame:
    """Rules of the board counted in order lines, with the customers behind them."""
    return cross_selling.counted(as_rules(keys), lines, customer="customer_id")


@cache
def _judged() -> pd.DataFrame:
    """The ten rules, held to the later months."""
    before, after = _halves_of_the_year()
    return cross_selling.back_test(ten(before), ten(after), lift=LIFT, least=LEAST)


@cache
def confirmed() -> tuple[str, ...]:
    """The rules that earn their line: they held, and enough later invoices were left to ask."""
    table = _judged()
    return tuple(table.index[(table["verdict"] == "held") & (table["later_room"] >= ROOM)])


def _said(keys: Iterable[str]) -> list[str]:
    return [tr(NAMES[key]) for key in keys]


def board() -> pd.DataFrame:
    """The ten rules as they stood on 31 May 2011, highest lift first, by their names in the trainee's language; of
    the lift its interval, since the table must not be wide.

    >>> board()["to ask"].tolist()
    [9, 32, 58, 45, 121, 76, 205, 100, 643, 424]
    """
    before, _after = _halves_of_the_year()
    table = ten(before)
    may = before[before["date"] >= "2011-05-01"].groupby("stock_code")["invoice"].nunique()
    offered = [RULES[key][1] for key in table.index]
    result = table[["both", "customers"]].assign(
        **{
            "to ask": table["room"],
            "in May": may.reindex(offered, fill_value=0).to_numpy(),
            "lift": [f"{low:.1f}–{high:.1f}" for low, high in table[["low", "high"]].to_numpy()],
        }
    )
    return result.set_axis(pd.Index(_said(table.index), name="rule"))


SLOTS = ("one", "two", "three", "four", "five")


def _slot(key: str) -> Right:
    """A line of the sheet: right with any rule that later months confirm and that stands in no line before it."""

    def taken(answers: Answers) -> set[Any]:
        return {answers.get(one) for one in SLOTS[: SLOTS.index(key)]}

    def right(answers: Answers) -> str:
        own = answers.get(key)
        if own in confirmed() and own not in taken(answers):
            return str(own)
        return next((one for one in confirmed() if one not in answers.values()), "")

    def slip(answers: Answers) -> str:
        return "twice" if answers.get(key) in taken(answers) else ""

    def words(answers: Answers) -> Mapping[str, Any]:
        row = _judged().loc[str(answers[key])]
        return {
            "lift": row["later_lift"],
            "low": row["later_low"],
            "high": row["later_high"],
            "room": row["later_room"],
        }

    return Right(right, slip=slip, words=words)


@here.numbers("counter-sheet")
def counter_sheet() -> Numbers:
    """Each line by itself: what later months say of the rule in it."""
    return Numbers(right={key: _slot(key) for key in SLOTS})


def picked() -> list[str]:
    """The rules that the trainee put on the sheet in exercise 5, each once; empty before that."""
    opened = session.opened()
    kept = opened.fields(here["counter-sheet"]) if opened is not None else {}
    return list(dict.fromkeys(str(kept[key]) for key in SLOTS if str(kept.get(key)) in RULES))


# -- money ---------------------------------------------------------------------------------------------------------------


@cache
def line_value(article: str) -> float:
    """What an invoice with the article has of it, on average, in pounds."""
    lines = goods()
    part = lines[lines["stock_code"] == article]
    return float((part["quantity"] * part["unit_price"]).sum() / part["invoice"].nunique())


def value_of_rules(keys: Iterable[str] = ()) -> pd.DataFrame:
    """What rules bring in a year at three guesses of who takes the offer and would not have otherwise, in pounds of margin; by
    default those that the trainee picked, and two before that.

    >>> value_of_rules(["cups"]).iloc[0][["1%", "5%", "10%"]].round().tolist()
    [102.0, 509.0, 1019.0]
    """
    wanted = sorted(list(keys) or picked() or ["dolls", "cups"], key=lambda key: -_judged().at[key, "lift"])
    table = ten(goods(), wanted)
    margin = np.array([MARGIN * line_value(RULES[key][1]) for key in wanted])
    lift = _judged().loc[wanted, "lift"].to_numpy()
    result = pd.DataFrame(
        {"lift": lift, "to ask": table["room"].to_numpy(), "margin": margin}, index=pd.Index(_said(wanted), name="rule")
    )
    for percent in (1, 5, 10):
        result[f"{percent}%"] = result["to ask"] * percent / 100 * result["margin"]
    return result


SHOWN, BOUGHT, NOT_SHOWN, ANYWAY = 150, 48, 150, 37
"""The trial of the teacup line; made up."""


@cache
def stands() -> tuple[int, int]:
    """Invoices with the cakestand in the year, and the customers they are from."""
    lines = goods()
    part = lines[lines["stock_code"] == RULES["cups"][0]]
    return part["invoice"].nunique(), part["customer_id"].nunique()


@cache
def trial() -> pd.Series:
    """What the trial says of a year."""
    return cross_selling.offer_value(
        SHOWN, BOUGHT, NOT_SHOWN, ANYWAY, chances=stands()[0], margin=round(MARGIN * line_value(RULES["cups"][1]), 2)
    )


@here.numbers("on-trial")
@cache
def on_trial() -> Numbers:
    """Extra share in points and margin in a year, and where other numbers come from."""
    one, (orders, _who) = trial(), stands()
    margin = round(MARGIN * line_value(RULES["cups"][1]), 2)
    extra = 100 * float(one["extra"])
    points: dict[str, Slip] = {
        "shown": 100 * float(one["shown"]),
        "fraction": extra / 100,
        "ratio": [100 * (BOUGHT / ANYWAY - 1), BOUGHT / ANYWAY],
        "count": float(BOUGHT - ANYWAY),
    }
    money: dict[str, Slip] = {
        "credited": float(one["credited"]),
        "asked": float(ten(goods(), ["cups"])["room"].iloc[0]) * extra / 100 * margin,
        "no-margin": orders * extra / 100,
        "revenue": float(one["value"]) / MARGIN,
        "hundred": 100 * float(one["value"]),
    }
    return Numbers(
        words={"orders": orders, "margin": margin, "low": one["value_low"], "high": one["value_high"]},
        right={
            "extra": Right(extra, within=0.15, slips=points),
            "year": Right(float(one["value"]), within=20, slips=money),
        },
    )


BASE = 0.25
EXTRA = {"minimum": 3, "maximum": 15, "step": 1, "start": 3}


def needed(extra: float) -> int:
    """How many customers each half needs to show so many points more than a quarter.

    >>> needed(5)
    1251
    """
    return cross_selling.each_half(BASE, extra / 100)


@here.numbers("design")
def design() -> Numbers:
    """The smallest extra that two halves of the cakestand's customers can show."""
    half = stands()[1] // 2
    steps = range(EXTRA["minimum"], EXTRA["maximum"] + 1, EXTRA["step"])
    least = min(step for step in steps if needed(step) <= half)
    right = Right(float(least), words=lambda answers: {"needed": needed(float(answers["extra"])), "half": half})
    return Numbers(words={"half": half}, right={"extra": right}, fields={"extra": EXTRA})


@here.live("design")
def _needs(answers: Answers) -> list[str]:
    extra = float(answers["extra"])
    return [tr(here.says("design")["line"], extra=extra, needed=needed(extra))]


# -- what leaves the notebook --------------------------------------------------------------------------------------------


def offer_sheet(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """The trainee's lines for the counter, or all ten rules before there are any: empty columns for the desk, then what stood
    behind each up to May, and what the later months said.

    >>> sorted(offer_sheet(*_halves_of_the_year())["later months"].unique())
    ['held', 'rare', 'refuted']
    """
    keys = picked() or list(RULES)
    first, later = ten(before, keys), ten(after, keys)
    told = cross_selling.back_test(first, later, lift=LIFT, least=LEAST)
    table = first[["lift", "low", "high"]].round(2)
    table["later lift"] = later["lift"].round(2)
    table["later low"], table["later high"] = later["low"].round(2), later["high"].round(2)
    table["later months"] = told["verdict"]
    desk = pd.DataFrame({"to ask": later["room"], "the need, in the customer's words": "", "offered": "", "answer": ""})
    return desk.join(table).set_axis(pd.Index(_said(keys), name="rule"))


def who_sees_it(lines: pd.DataFrame, seed: int = 61) -> pd.DataFrame:
    """The customers who bought the first article of a line of the sheet, and by lot whether each of them is shown the offers.

    >>> bool(who_sees_it(goods())["this quarter"].value_counts().diff().abs().max() <= 1)
    True
    """
    articles = [RULES[key][0] for key in picked() or confirmed()]
    drawn = cross_selling.halves(lines.loc[lines["stock_code"].isin(articles), "customer_id"], seed=seed)
    return pd.DataFrame(
        {"this quarter": np.where(drawn, "sees the offer", "does not see it")}, index=drawn.index.rename("customer_id")
    ).assign(bought="")
