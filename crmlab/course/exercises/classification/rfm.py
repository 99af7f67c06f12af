"""Lesson 2.3, RFM, from invoice lines to a call list: its numbers. Online Retail as of 10 December 2011; CDNOW for another
shop."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import pandas as pd

from crmlab import datasets, rfm
from crmlab.course.cases import Case, case, frame, gate, series
from crmlab.course.exercises import own_data
from crmlab.course.exercises.classification import own
from crmlab.course.form import Answers
from crmlab.course.hooks import Lesson, Numbers, Right
from crmlab.language import tr

here = Lesson("2.3")

ASKED = ("at_risk", "hibernating", "champions", "loyal")
"""Segments to be put in order, as they are first shown."""
MOVES = ("cant_lose", "hibernating", "champions", "at_risk", "potential_loyalists", "about_to_sleep")

here.lists["segments"] = {str(key): str(name) for key, name in rfm.SEGMENTS["name"].items()}
here.lists["asked"] = {key: here.lists["segments"][key] for key in ASKED}
here.lists["moves"] = {key: str(rfm.SEGMENTS.at[key, "action"]) for key in MOVES}
here.lists["r"] = {str(r): f"R {r}" for r in range(5, 0, -1)}
here.lists["fm"] = {str(fm): f"FM {fm}" for fm in range(1, 6)}

AS_OF, JUNE = "2011-12-10", "2011-06-10"


def rule_in_words(as_of: str) -> str:
    """The rule by which a call list was made, as a sentence in the trainee's language: to be printed on the list.

    >>> rule_in_words("2011-12-10")
    'RFM as of 2011-12-10: whole orders counted, credit notes taken off, scores by value'
    """
    return tr(here.texts["rule"], day=as_of)


# -- what is true of the data ------------------------------------------------------------------------------------------


@cache
def customers(as_of: str = AS_OF, by: str = "order", returns: str = "subtract") -> pd.DataFrame:
    """The customers on that day. ``by="line"`` is the mistake of taking each line for a purchase."""
    if by == "order":
        return rfm.summary(datasets.load("online_retail_orders"), as_of=as_of, returns=returns)
    lines = datasets.load("online_retail_lines").assign(amount=lambda d: d["quantity"] * d["unit_price"])
    return rfm.summary(lines, as_of=as_of, returns=returns, order=None)


@cache
def scores(as_of: str = AS_OF, by: str = "order", returns: str = "subtract") -> pd.DataFrame:
    """Their scores, by value."""
    return rfm.score(customers(as_of, by, returns))


@cache
def segments(as_of: str = AS_OF, by: str = "order", returns: str = "subtract") -> pd.Series:
    """Their segments."""
    return rfm.segment(scores(as_of, by, returns))


@cache
def call_list(as_of: str = AS_OF, by: str = "order", returns: str = "subtract") -> pd.DataFrame:
    """The twenty largest of those who have gone silent, the largest first."""
    silent = segments(as_of, by, returns).isin(["cant_lose", "at_risk"])
    return customers(as_of, by, returns)[silent].nlargest(20, "monetary")


MEASURES = {"R": "recency", "F": "frequency", "M": "monetary"}


@cache
def _measured(customer: int) -> dict[str, float]:
    """The three measures of a customer by letter; a look-up in a table takes far longer than one in a dict."""
    return {letter: float(customers().loc[customer, measure]) for letter, measure in MEASURES.items()}


@cache
def _scored(customer: int) -> dict[str, int]:
    return {letter: int(scores().loc[customer, letter]) for letter in MEASURES}


@cache
def _middle() -> dict[str, float]:
    return {letter: float(customers()[measure].median()) for letter, measure in MEASURES.items()}


@cache
def _cuts() -> dict[str, list[float]]:
    return {
        letter: customers()[measure].quantile([0.2, 0.4, 0.6, 0.8]).tolist() for letter, measure in MEASURES.items()
    }


def _cards(id: str) -> dict[str, dict[str, Any]]:
    """What the card of each customer of an exercise says, by the key of its row."""
    found = {}
    for key in (row["key"] for row in here.rows(id)):
        recency, orders, money = _measured(int(key)).values()
        found[key] = {"customer": key, "days": int(recency), "orders": int(orders), "money": money}
    return found


def _written(letter: str, value: float) -> str:
    """A measure as it stands on the card."""
    return f"{value:,.2f}" if letter == "M" else f"{value:,.0f}"


# -- read three cards --------------------------------------------------------------------------------------------------


@here.numbers("rfm-cards")
def read_cards() -> Numbers:
    """High or low against the median customer."""
    rows = _cards("rfm-cards")
    right = {}
    for key in rows:
        for letter, value in _measured(int(key)).items():
            middle = _middle()[letter]
            better = value < middle if letter == "R" else value > middle
            words = {"own": _written(letter, value), "middle": _written(letter, middle)}
            right[f"{key}.{letter}"] = Right("high" if better else "low", words=words)
    return Numbers(rows=rows, right=right)


# -- score -------------------------------------------------------------------------------------------------------------


@here.numbers("rfm-score")
def score_two() -> Numbers:
    """Six scores."""
    rows = _cards("rfm-score")
    right = {f"{key}.{letter}": _score(int(key), letter) for key in rows for letter in MEASURES}
    return Numbers(rows=rows, right=right)


def _score(customer: int, letter: str) -> Right:
    key, want, value = f"{customer}.{letter}", _scored(customer)[letter], _measured(customer)[letter]

    def slip(answer: Answers) -> str:
        got = answer[key]
        if got not in (1, 2, 3, 4, 5):
            return "no-score"
        if letter == "R" and got == 6 - want:
            return "turned"
        return "on-cut" if value in _cuts()[letter] and got == want + 1 else ""

    return Right(want, slip=slip, words={"letter": letter, "value": _written(letter, value)})


@here.code("rfm-score")
def score_table(answer: Any) -> Iterator[Case]:
    """The table of scores, judged column by column."""
    say, want = here.says("rfm-score"), scores()
    yield from frame(answer, list("RFM"), rows=len(want))
    yield gate(set(answer.index) == set(want.index), say["customers"])
    yield gate(answer.attrs.get("rule") != "equal_fifths", say["hughes"])
    for letter, says in (("R", say["R"]), ("F", say["F"]), ("M", say["M"])):
        yield series(answer[letter], want[letter], says)


# -- segment and move --------------------------------------------------------------------------------------------------

TO_MARK = ("15195", "12688")
"""Customers whose field on the map is asked, not their segment by name."""


def field_of(customer: int) -> str:
    """The key of the customer's field on the map: ``R.FM``."""
    r, f, m = _scored(customer).values()
    return f"{r}.{(f + m + 1) // 2}"


@here.numbers("rfm-moves")
def place() -> Numbers:
    """Segment and field of five customers; the move has the key of its segment."""
    rows, right = {}, {}
    for key in (row["key"] for row in here.rows("rfm-moves")):
        customer = int(key)
        r, f, m = _scored(customer).values()
        rows[key] = {"customer": key, "r": r, "f": f, "m": m, "days": int(_measured(customer)["R"])}
        want = str(segments()[customer])
        if key in TO_MARK:
            right[f"{key}.cell"] = _cell(f"{key}.cell", r, field_of(customer))
        else:
            right[f"{key}.segment"] = _segment(f"{key}.segment", r, want)
        right[f"{key}.move"] = _move(f"{key}.move", r, want)
    return Numbers(rows=rows, right=right)


def _segment(key: str, r: int, want: str) -> Right:
    def slip(answer: Answers) -> str:
        found = rfm.SEGMENTS.loc[answer[key]]
        return "row-fits" if found["r_low"] <= r <= found["r_high"] else ""

    return Right(want, slip=slip)


def _cell(key: str, r: int, want: str) -> Right:
    return Right(want, slip=lambda answer: "row-fits" if answer[key].partition(".")[0] == str(r) else "")


def _move(key: str, r: int, want: str) -> Right:
    def slip(answer: Answers) -> str:
        active = rfm.SEGMENTS.at[answer[key], "r_high"] >= 4
        return "tone" if active != (r >= 4) else ""

    # The whole sentence with its full stop, which {got} leaves out.
    return Right(want, slip=slip, words=lambda answer: {"action": tr(here.lists["moves"][answer[key]])})


# -- another shop ------------------------------------------------------------------------------------------------------

STAND = "1997-09-30"


@cache
def discs(day: str) -> pd.DataFrame:
    """The CD shop on that day: ``segment`` of each customer, score ``F``, and whether an order came ``again`` later."""
    orders = datasets.load("cdnow")
    found = rfm.summary(orders, as_of=day, order=None)
    scored = rfm.score(found)
    again = found.index.isin(orders.loc[orders["date"] > day, "customer_id"])
    return pd.DataFrame({"segment": rfm.segment(scored), "F": scored["F"], "again": again})


@cache
def again(day: str = STAND) -> dict[str, tuple[int, int]]:
    """Customers of each segment, and how many of them ordered again."""
    groups = discs(day).groupby("segment")["again"]
    return {
        str(key): (int(n), int(came))
        for key, n, came in zip(groups.size().index, groups.size(), groups.sum(), strict=True)
    }


@cache
def shares() -> pd.Series:
    """The share of each segment that ordered again."""
    return discs(STAND).groupby("segment")["again"].mean()


@cache
def _by_share() -> list[str]:
    return sorted(ASKED, key=lambda key: -float(shares()[key]))


@here.numbers("rfm-cds")
def disc_clicks() -> Numbers:
    """The order of the segments, and the share of one."""
    n, came = again()["hibernating"]
    of_all = 100 * came / sum(one for _n, one in again().values())
    order = Right(_by_share(), words={"came": came, "other": again()["at_risk"][1]})

    def share(answer: Answers) -> str:
        return "share" if abs(answer["hibernating"] - came / n) < 0.005 else ""

    found = Right(100 * came / n, within=0.2, slips={"of-all": of_all, "people": came}, slip=share)
    return Numbers(right={"order": order, "hibernating": found})


@here.live("rfm-cds")
def _disc_lines(answer: Answers) -> list[str]:
    say, day = here.says("rfm-cds"), answer.get("as_of")
    if day is None:
        return [tr(say["choose"])]
    counts = discs(day)["F"].value_counts()
    scored = {f"f{score}": int(counts.get(score, 0)) for score in range(1, 6)}
    lines = [tr(say["scores"], n=len(discs(day)), **scored)]
    if not discs(day)["again"].any():
        return [*lines, tr(say["no-order"])]
    for key, name in here.lists["asked"].items():
        n, came = again(day)[key]
        lines.append(tr(say["came"], name=tr(name), n=n, came=came))
    return lines


@here.code("rfm-cds")
def disc_shares(answer: Any) -> Iterator[Case]:
    """The share of each segment that ordered again, as a Series by segment (keys or names)."""
    say = here.says("rfm-cds")
    yield gate(isinstance(answer, pd.Series), say["series"], kind=type(answer).__name__)
    keys = {name: key for key, name in here.lists["segments"].items()}
    got = answer.rename(index=lambda label: keys.get(str(label), str(label)))
    strange = [str(label) for label in got.index if label not in rfm.SEGMENTS.index]
    whole = len(got) > 0 and not strange and not got.index.has_duplicates and pd.api.types.is_numeric_dtype(got)
    yield gate(whole, say["segments"])
    got = got.astype(float)
    yield gate(not (got > 0.99).all(), say["everybody"])
    for key in reversed(_by_share()):
        value = float(got.get(key, float("nan")))
        same = abs(value - float(shares()[key])) < 0.0005
        yield case(same, say["share"], name=tr(here.lists["segments"][key]), got=value)


# -- find the mistake --------------------------------------------------------------------------------------------------


@here.numbers("rfm-memo")
def memo() -> Numbers:
    """The numbers that the colleague quotes, and how many customers there were."""
    gross = customers(returns="leave_out")
    june, now = (int((segments(day) == "champions").sum()) for day in (JUNE, AS_OF))
    bought, f = int(customers(by="line").loc[12688, "frequency"]), int(scores(by="line").loc[12688, "F"])
    return Numbers(
        rows={
            "lines": {"bought": bought, "f": f},
            "day": {"silent": int(customers("2012-01-08")["recency"].min())},
            "returns": {
                "place": int(gross["monetary"].rank(ascending=False)[16446]),
                "money": gross.loc[16446, "monetary"],
            },
            "more": {"june": june, "now": now, "all_june": len(customers(JUNE)), "all_now": len(customers())},
        }
    )


# -- on your own customers ---------------------------------------------------------------------------------------------

own_data.own_customers(here, "orders", own.rfm_numbers)
