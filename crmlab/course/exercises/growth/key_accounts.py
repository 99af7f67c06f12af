"""Lesson 6.3, key accounts: two accounts with what each term is worth, and the card and the sheet that leave the lesson."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import pandas as pd

from crmlab import negotiation
from crmlab.course import session
from crmlab.course.cases import Case, case, frame, gate
from crmlab.course.form import Answers
from crmlab.course.hooks import Lesson, Numbers, Right
from crmlab.language import tr

here = Lesson("6.3")

FORMATS = {
    **dict.fromkeys(("seller", "buyer", "total"), "{:,.0f}"),
    **dict.fromkeys(("to you", "to them", "together"), "{:+,.0f}"),
    **dict.fromkeys(("price", "gain a case", "low", "high"), "{:,.2f}"),
    "deals": "{:.0%}",
    "ask": "{:.0f}",
}
"""How the numbers in the lesson's tables are written."""

Terms = dict[str, dict[str, tuple[float, float]]]

# -- the account of the case ------------------------------------------------------------------------------------------

VOLUME = 200_000
"""Cases a year."""
TODAY = negotiation.zone(33, 34)
PRICES = (31, 32, 33, 34)

_HEYI: Terms = {
    "payment": {"after 30 days": (0, 0), "after 60 days": (-50_000, 90_000)},
    "delivery": {"daily": (0, 0), "twice a week": (260_000, -80_000)},
    "exclusivity": {"one of several": (0, 0), "sole supplier": (300_000, -120_000)},
}


def _issues(terms: Terms) -> dict[str, pd.DataFrame]:
    """Terms as tables for :func:`crmlab.negotiation.packages`."""
    return {name: pd.DataFrame.from_dict(options, orient="index", columns=["seller", "buyer"]) for name, options in terms.items()}


def heyi() -> dict[str, pd.DataFrame]:
    """What each option is worth to Yuanhe and to Heyi, in yuan a year: four prices and three other issues. Made up.

    >>> heyi()["payment"].loc["after 60 days"].tolist()
    [-50000, 90000]
    """
    return {"price": negotiation.price_options(TODAY, PRICES, VOLUME), **_issues(_HEYI)}


def middle_and_package() -> pd.DataFrame:
    """The middle of the two first bids with all as it is, and the package at 32: what they are worth to both.

    >>> middle_and_package()["to you"].tolist()
    [0.0, 310000.0]
    """
    every = negotiation.packages(heyi()).set_index(["price", *_HEYI])
    today = tuple(next(iter(options)) for options in _HEYI.values())
    new = tuple(list(options)[-1] for options in _HEYI.values())
    rows = {"33, all as today": every.loc[(33, *today)], "32, with the package": every.loc[(32, *new)]}
    table = pd.DataFrame(rows).T[["seller", "buyer", "total"]].astype(float)
    table.index.name = "contract"
    return table.set_axis(["to you", "to them", "together"], axis=1)


@here.numbers("limits")
def limits() -> Numbers:
    """The seller's share at 33.40, and the least once 60 days are granted."""
    mine, hers = (VOLUME * share for share in TODAY.shares(33.4))
    seller, buyer = _HEYI["payment"]["after 60 days"]
    later = negotiation.zone_of_package(TODAY, seller, buyer, VOLUME)
    return Numbers(
        right={
            "share": Right(mine, within=100, slips={"hers": hers, "pie": VOLUME * TODAY.pie, "one": [0.4, 0.6]}),
            "least": Right(later.seller, within=0.005, slips={"lower": 2 * TODAY.seller - later.seller, "hers": later.buyer, "cost": 0.25}),
        }
    )


# -- the hotels -------------------------------------------------------------------------------------------------------

HOTEL_VOLUME = 5_000
HOTEL = negotiation.zone(40, 42)
LEAST_EACH = 10_000
_PRICE = {"minimum": 38, "maximum": 46, "step": 0.1, "start": 40}

_LAKESIDE: Terms = {
    "payment": {"on delivery": (0, 0), "after 30 days": (-4_000, 1_000)},
    "returns": {"no returns": (0, 0), "unsold goods taken back": (-3_000, 9_000)},
    "training": {"no training": (0, 0), "bar training, twice a year": (-4_000, 10_000)},
    "menu": {"no logo": (0, 0), "our logo on the drinks menu": (7_000, -2_000)},
}


def hotel() -> dict[str, pd.DataFrame]:
    """What each option is worth to you and to the Lakeside hotels, in yuan a year: prices in steps of half a yuan, and four
    other issues. Made up."""
    return {"price": negotiation.price_options(HOTEL, [price / 2 for price in range(80, 91)], HOTEL_VOLUME), **_issues(_LAKESIDE)}


def hotel_terms() -> pd.DataFrame:
    """The new options alone, for reading: ``to you`` and ``to them``, in yuan a year."""
    rows = [(option, *worth) for options in _LAKESIDE.values() for option, worth in list(options.items())[1:]]
    return pd.DataFrame(rows, columns=["new term", "to you", "to them"]).set_index("new term")


def _worth(answers: Answers) -> tuple[float, float, float] | None:
    """What the chosen terms are worth to both and the largest pie with them; ``None`` while one is not chosen."""
    seller = buyer = 0.0
    for name, options in _LAKESIDE.items():
        chosen = str(answers.get(name, ""))
        if chosen not in ("old", "new"):
            return None
        mine, theirs = list(options.values())[chosen == "new"]
        seller, buyer = seller + mine, buyer + theirs
    zone = negotiation.zone_of_package(HOTEL, seller, buyer, HOTEL_VOLUME)
    mine, theirs = zone.shares(float(answers["price"]))
    return mine * HOTEL_VOLUME, theirs * HOTEL_VOLUME, zone.pie * HOTEL_VOLUME


@cache
def _best() -> negotiation.Zone:
    """The zone of the largest pie."""
    new = [worth for options in _LAKESIDE.values() for worth in list(options.values())[1:] if sum(worth) > 0]
    return negotiation.zone_of_package(HOTEL, sum(one[0] for one in new), sum(one[1] for one in new), HOTEL_VOLUME)


@here.numbers("build")
def build() -> Numbers:
    """Which terms enlarge the pie, and the prices at which each side has :data:`LEAST_EACH` of the largest one."""
    right: dict[str, Any] = {
        name: "new" if sum(list(options.values())[1]) > 0 else "old" for name, options in _LAKESIDE.items()
    }
    low = _best().seller + LEAST_EACH / HOTEL_VOLUME
    high = _best().buyer - LEAST_EACH / HOTEL_VOLUME
    price = Right((low + high) / 2, within=(high - low) / 2 + 1e-6)
    return Numbers(words={"least": LEAST_EACH}, right={**right, "price": price}, fields={"price": _PRICE})


@here.live("build")
def _weigh(answers: Answers) -> list[str]:
    say, found = here.says("build"), _worth(answers)
    if found is None:
        return [tr(say["choose"])]
    mine, theirs, pie = found
    return [tr(say["line"], price=answers["price"], mine=mine, theirs=theirs, pie=pie)]


@here.code("build")
def suit_both(answer: Any) -> Iterator[Case]:
    """The efficient packages that give each side enough."""
    say = here.says("build")
    yield from frame(answer, ["price", *_LAKESIDE, "seller", "buyer", "total", "efficient"])
    yield gate(len(answer) > 0, say["none"])
    found = negotiation.packages(hotel())
    want = found[found["efficient"] & (found[["seller", "buyer"]] >= LEAST_EACH).all(axis=1)]
    low = float(answer[["seller", "buyer"]].min(axis=None))
    yield case(low >= LEAST_EACH, say["low"], low=low, least=LEAST_EACH)
    yield case(bool(answer["efficient"].all()), say["dominated"])
    same = set(map(tuple, answer[["price", *_LAKESIDE]].to_numpy().tolist())) == set(
        map(tuple, want[["price", *_LAKESIDE]].to_numpy().tolist())
    )
    yield case(same, say["packages"], n=len(answer), weight=2)


# -- first offers -----------------------------------------------------------------------------------------------------


@cache
def openings(rounds: int = 8) -> pd.DataFrame:
    """The table of first offers in the lesson."""
    return negotiation.first_offers(TODAY, [34, 35, 36, 38, 40], bid=31, rounds=rounds, talks=2000, seed=6)


@here.numbers("li-lei-prepares")
def li_lei_prepares() -> Numbers:
    """The numbers of his lines."""
    table = openings()
    return Numbers(rows={"high": {"low": table.at[35, "price"], "high": table.at[40, "price"]}})


# -- what leaves the notebook -----------------------------------------------------------------------------------------

LETTERS = ("who", "what", "where", "when", "how", "why", "will", "sensitivity")


def _kept(id: str) -> Answers:
    opened = session.opened()
    return opened.fields(here[id]) if opened is not None else {}


def account_card() -> pd.DataFrame:
    """The 6W1H1S card: the sentences that the trainee chose in exercise 2, blanks with their question, empty columns for
    who said it and when, and the sources of project leads below.

    >>> account_card().shape
    (8, 5)
    """
    kept, say = _kept("card"), here.says("card")
    rows = []
    for letter in LETTERS:
        chosen = str(kept.get(letter, ""))
        said = tr(say[f"said-{chosen}"]) if chosen.isdigit() else ""
        rows.append([tr(say[f"name-{letter}"]), tr(say[f"detail-{letter}"]), said, "", "" if said else tr(say["next-question"])])
    columns = ["field", "what belongs there", "the sentence that was said", "who said it, when", "not yet known: whom do I ask, and what?"]
    return pd.DataFrame(rows, columns=columns)


def preparation_sheet(blank: int = 8) -> pd.DataFrame:
    """A negotiation on one page: alternative, limits, ``blank`` lines for terms with their worth to both sides, the first offer
    with its reason. Below it the example: the hotels, with the trainee's package of exercise 6 once it is built.

    >>> preparation_sheet(blank=3).shape[1]
    5
    """
    say, kept = here.texts, _kept("build")
    found = _worth(kept) if "price" in kept else None

    def line(name: str, *cells: str) -> list[str]:
        return [tr(say[name]), *cells, *[""] * (4 - len(cells))]

    rows = [line(name) for name in ("account", "alternative", "today", "volume")]
    rows += [[""] * 5 for _blank in range(blank)]
    rows += [line(name) for name in ("package", "first", "theirs", "leave", "learned", "example")]
    rows += [line("today", f"{HOTEL.seller:g}", f"{HOTEL.buyer:g}"), line("volume", f"{HOTEL_VOLUME:,}")]
    for name, options in _LAKESIDE.items():
        option, (mine, theirs) = list(options.items())[1]
        agreed = {"new": tr(say["yes-agreed"]), "old": tr(say["no-agreed"])}.get(str(kept.get(name, "")), "")
        rows.append([tr(option), f"{mine:+,.0f}", f"{theirs:+,.0f}", "", agreed])
    if found:
        mine, theirs, price = found[0], found[1], float(kept["price"])
        rows.append(line("limits", f"{price - mine / HOTEL_VOLUME:.2f}", f"{price + theirs / HOTEL_VOLUME:.2f}"))
        rows.append(line("worth", f"{mine:+,.0f}", f"{theirs:+,.0f}", "", f"{price:.2f}"))
    columns = ["term", "to you", "to them (guess)", "who said so, when", "agreed"]
    return pd.DataFrame(rows, columns=columns)
