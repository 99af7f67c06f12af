"""Exercises of lesson 2.3: RFM, from invoice lines to a call list. Online Retail as of 10 December 2011; CDNOW for another shop."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any

import pandas as pd

from crmlab import datasets, rfm
from crmlab.course.cases import Case, case, chosen, close, frame, gate, ordered, series
from crmlab.course.exercise import exercise
from crmlab.course.form import Answers, Choice, Entry, Form, Mark, Order, Row
from crmlab.language import _, tr

AS_OF, JUNE = "2011-12-10", "2011-06-10"

COLUMNS = (
    _("action"),
    _("amount"),
    _("class"),
    _("count"),
    _("country"),
    _("customer_id"),
    _("customers"),
    _("date"),
    _("days with orders"),
    _("frequency"),
    _("invoice"),
    _("last order"),
    _("left out"),
    _("lines"),
    _("monetary"),
    _("name"),
    _("notes"),
    _("ordered_again"),
    _("paid (USD)"),
    _("orders"),
    _("quantity"),
    _("recency"),
    _("returns"),
    _("returns before first purchase"),
    _("revenue (GBP)"),
    _("rows without customer"),
    _("rule"),
    _("orders after as of"),
    _("customers without purchase"),
    _("zero orders"),
    _("segment"),
    _("share"),
    _("stock_code"),
    _("unit_price"),
    _("units"),
)
"""Headings and words in the tables of the lesson, marked for translation."""


def rule_in_words(as_of: str) -> str:
    """The rule by which a call list was made, as a sentence in the trainee's language: to be printed on the list.

    >>> rule_in_words("2011-12-10")
    'RFM as of 2011-12-10: whole orders counted, credit notes taken off, scores by value'
    """
    return tr(_("RFM as of {day}: whole orders counted, credit notes taken off, scores by value"), day=as_of)


# ---- what is true of the data


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


def _pick(answer: Answers, key: str, want: str, says: str | dict[str, str], weight: float = 1.0, **values: Any) -> Case:
    """:func:`chosen` with values for its sentence."""
    one = chosen(answer, key, want, says, weight=weight)
    return replace(one, values={**one.values, **values})


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


def _card(customer: int) -> str:
    recency, orders, money = _measured(customer).values()
    return tr(
        _("Customer {customer}: last order {days} days ago · orders in the year: {orders} · revenue GBP {money:,.2f}"),
        customer=customer,
        days=int(recency),
        orders=int(orders),
        money=money,
    )


# ---- 1: read three cards

CARDS = (15195, 13093, 14910)
HIGH_LOW = (("high", _("high (better)")), ("low", _("low (worse)")))


def _cards_form() -> Form:
    rows = [
        Row(_card(one), tuple(Choice(f"{one}.{letter}", HIGH_LOW, label=letter) for letter in "RFM")) for one in CARDS
    ]
    first = tuple((str(one), str(one)) for one in CARDS)
    rows.append(
        Row(
            tr(_("One of the three is slipping away with good money. Whom do you call first?")),
            (Choice("first", first, label=_("Customer")),),
        )
    )
    return Form(tuple(rows))


_CARD_SAYS = {
    "R": {
        "high": _(
            "Customer {customer}: you chose R high. The last order is {got_value} days ago, the middle customer's "
            "{middle}. Which of the two bought more recently?"
        ),
        "low": _(
            "Customer {customer}: you chose R low for {got_value} days. Do few days since the last order make a "
            "customer better or worse?"
        ),
    },
    "F": {
        "high": _(
            "Customer {customer}: you chose F high. Count the orders, not the pounds: how many are there, and how many "
            "has the middle customer?"
        ),
        "low": _(
            "Customer {customer}: you chose F low for {got_value} orders. Is that fewer than the middle customer's {middle}?"
        ),
    },
    "M": {
        "high": _(
            "Customer {customer}: you chose M high for GBP {got_value}. Many orders can add up to little: compare the "
            "sum with the middle customer's GBP {middle}."
        ),
        "low": _(
            "Customer {customer}: you chose M low for GBP {got_value}. M does not ask how many orders it took. "
            "How does the sum compare with GBP {middle}?"
        ),
    },
}


@exercise(
    "rfm-cards",
    lesson="2.3",
    points=4,
    title=_("Read three cards"),
    form=_cards_form,
    hints=(
        _("The middle customer last bought 51 days ago, has 2 orders and GBP 656. Compare one number at a time."),
        _("R turns round: few days are a high R. F and M go the way you expect."),
        _("For the last question: who used to buy often and for much, and has been silent longest?"),
    ),
    right=_(
        "Three customers, three stories: a big first order three days ago, a good regular silent for nine months, a small "
        "faithful shop. One number alone would have mixed them up. Next: who draws the line between high and low?"
    ),
)
def read_cards(answer: Answers) -> Iterator[Case]:
    """High or low against the median customer, and who is to be called first."""
    middle = _middle()
    for one in CARDS:
        for letter, value in _measured(one).items():
            better = value < middle[letter] if letter == "R" else value > middle[letter]
            form = "{:,.2f}" if letter == "M" else "{:,.0f}"
            yield _pick(
                answer,
                f"{one}.{letter}",
                "high" if better else "low",
                _CARD_SAYS[letter],
                customer=one,
                got_value=form.format(value),
                middle=form.format(middle[letter]),
            )
    yield _pick(
        answer,
        "first",
        "13093",
        {
            "15195": _(
                "You would call 15195 first: the order came three days ago. What would you lose by waiting a week?"
            ),
            "14910": _("You would call 14910 first: bought three days ago, for little. Whose silence costs more?"),
        },
        weight=3,
    )


# ---- 2: score

TO_SCORE = (15749, 15773, 17888)


def _score_form() -> Form:
    return Form(
        tuple(Row(_card(one), tuple(Entry(f"{one}.{letter}", letter) for letter in "RFM")) for one in TO_SCORE),
        intro=_("Fill in the scores from 1 to 5, with the cut points above."),
    )


_TABLE_SAYS = {
    "R": _("R: customer {row} has {got} in your table. Few days since the last order should give a high R: does it?"),
    "F": _(
        "F: customer {row} has {got} in your table. Were orders counted, or lines? And do equal counts get equal scores?"
    ),
    "M": _("M: customer {row} has {got} in your table. Were the credit notes taken off before scoring?"),
}


@exercise(
    "rfm-score",
    lesson="2.3",
    points=3,
    title=_("Score"),
    hints=(
        _("Four cut points make five groups. Put the customer's number between two of them."),
        _("A number that lies on a cut belongs to the group below it. For R count the groups from the other end."),
        _("In code: the function is rfm.score, and what it scores is the table called customers."),
    ),
    right=_(
        "15749 has 1, 3, 5: much money, long gone. 15773 has 5, 1, 3: one order, six days ago. Added up, both make 9. Would "
        "you call them with the same sentence? Keep the three letters apart. Next: 125 combinations, too many to act on."
    ),
    code=True,
)
def score_table(answer: Any) -> Iterator[Case]:
    """The table of scores, judged column by column."""
    want = scores()
    yield from frame(answer, list("RFM"), rows=len(want))
    yield gate(
        set(answer.index) == set(want.index),
        _("The rows of your table are not the customers. Score the table called customers, as it is."),
    )
    if answer.attrs.get("rule") == "equal_fifths":
        yield gate(
            False, _("These are Hughes' equal fifths. Here the scores by value are asked for: leave the rule out.")
        )
    for letter in "RFM":
        yield series(answer[letter], want[letter], _TABLE_SAYS[letter])


@score_table.click_twin(_score_form)
def score_three(answer: Answers) -> Iterator[Case]:
    """Nine scores, filled in."""
    for one in TO_SCORE:
        for letter, value in _measured(one).items():
            want, key = _scored(one)[letter], f"{one}.{letter}"
            yield close(
                answer,
                key,
                want,
                _score_says(letter, want, answer.get(key), on_cut=value in _cuts()[letter]),
                tolerance=0,
                customer=one,
                letter=letter,
                value=f"{value:,.2f}" if letter == "M" else f"{value:,.0f}",
            )


def _score_says(letter: str, want: int, got: float | None, on_cut: bool) -> str:
    if got not in (1, 2, 3, 4, 5):
        return _("{letter} of customer {customer}: you wrote {got}. Scores are the whole numbers from 1 to 5.")
    if letter == "R" and got == 6 - want:
        return _(
            "R of customer {customer}: you wrote {got} for {value} days. Which end is the good one - many days or few?"
        )
    if on_cut and got == want + 1:
        return _(
            "{letter} of customer {customer}: you wrote {got}. {value} lies exactly on a cut point. To which side does it go?"
        )
    return _(
        "{letter} of customer {customer}: you wrote {got}. Between which two cut points does {value} lie, and which group "
        "is that?"
    )


# ---- 3: segment and move

TO_PLACE, TO_MARK = (16180, 14646, 12346), (15195, 12688)
ROWS = tuple((str(r), f"R {r}") for r in range(5, 0, -1))
COLUMNS_FM = tuple((str(fm), f"FM {fm}") for fm in range(1, 6))
MOVES = ("cant_lose", "hibernating", "champions", "at_risk", "potential_loyalists", "about_to_sleep")


def _moves_form() -> Form:
    names = tuple((key, str(name)) for key, name in rfm.SEGMENTS["name"].items())
    moves = tuple((key, str(rfm.SEGMENTS.loc[key, "action"])) for key in MOVES)
    rows = []
    for one in (*TO_PLACE, *TO_MARK):
        r, f, m = _scored(one).values()
        asked = tr(_("Customer {customer}: R {r}, F {f}, M {m}"), customer=one, r=r, f=f, m=m)
        move = Choice(f"{one}.move", moves, label=_("Next move"))
        if one in TO_PLACE:
            rows.append(Row(asked, (Choice(f"{one}.segment", names, label=_("Segment")), move)))
        else:
            title = tr(_("The field of customer {customer} on the map"), customer=one)
            rows.append(Row(asked, (Mark(f"{one}.cell", "cells", rows=ROWS, columns=COLUMNS_FM, title=title),)))
            rows.append(Row(tr(_("And the move for customer {customer}?"), customer=one), (move,)))
    return Form(tuple(rows))


def field_of(customer: int) -> str:
    """The key of the customer's field on the map: ``R.FM``."""
    r, f, m = _scored(customer).values()
    return f"{r}.{(f + m + 1) // 2}"


@exercise(
    "rfm-moves",
    lesson="2.3",
    points=5,
    title=_("From segment to move"),
    form=_moves_form,
    hints=(
        _("Find the row with R, then the column with FM, the mean of F and M. Halves go up."),
        _("R 5, F 1, M 5 makes FM 3. R 2, F 1, M 5 makes FM 3 as well: only the row differs."),
        _("The move stands in the second table, beside the segment."),
    ),
    right=_(
        "Note 15195 and 12688: both bought once, both for much. The one bought three days ago and gets a next date, "
        "the other 114 days ago and gets a question. Recency decides the tone of the call."
    ),
)
def place(answer: Answers) -> Iterator[Case]:
    """Segment or field, and next move, of five customers."""
    for one in (*TO_PLACE, *TO_MARK):
        r, f, m = _scored(one).values()
        want = str(segments()[one])
        if one in TO_PLACE:
            got = answer.get(f"{one}.segment")
            key, right, says = f"{one}.segment", want, _segment_says(r, got)
            name = tr(str(rfm.SEGMENTS["name"].get(got, "")))
        else:
            key, right, name = f"{one}.cell", field_of(one), ""
            row, _dot, column = str(answer.get(key, "")).partition(".")
            says = _cell_says(r, row)
            name = f"R {row}, FM {column}"
        yield _pick(answer, key, right, says, customer=one, r=r, f=f, m=m, name=name)
        move = answer.get(f"{one}.move")
        yield _pick(
            answer,
            f"{one}.move",
            want,
            _move_says(r, move),
            customer=one,
            action=tr(str(rfm.SEGMENTS["action"].get(move, ""))),
            days=int(_measured(one)["R"]),
        )


def _cell_says(r: int, row: str) -> str:
    if row == str(r):
        return _("Customer {customer}: you marked {name}. The row R {r} fits. What is the mean of F {f} and M {m}?")
    return _("Customer {customer}: you marked {name}. In which row stands R {r}?")


def _segment_says(r: int, got: str | None) -> str:
    if got in rfm.SEGMENTS.index and rfm.SEGMENTS.loc[got, "r_low"] <= r <= rfm.SEGMENTS.loc[got, "r_high"]:
        return _("Customer {customer}: you chose “{name}”. The row R {r} fits. What is the mean of F {f} and M {m}?")
    return _("Customer {customer}: you chose “{name}”. Start with the row R {r}: is that segment in it at all?")


def _move_says(r: int, got: str | None) -> str:
    active = got in rfm.SEGMENTS.index and rfm.SEGMENTS.loc[got, "r_high"] >= 4
    if active != (r >= 4):
        return _(
            "Customer {customer}: you chose “{action}” The last order is {days} days ago. Would you say that to somebody "
            "who has been silent, or to somebody who has just bought?"
        )
    return _("Customer {customer}: you chose “{action}” Is the effort right for what this customer has brought so far?")


# ---- 4: another shop

STAND = "1997-09-30"
DAYS = (
    ("1998-06-30", _("30 June 1998")),
    ("1997-09-30", _("30 September 1997")),
    ("1997-03-31", _("31 March 1997")),
)
ASKED = ("at_risk", "hibernating", "champions", "loyal")
"""Segments to be put in order, as they are first shown."""

NO_F2 = (
    ("nobody", _("Nobody in this shop had bought exactly twice up to that day.")),
    ("once", _("More than two fifths bought once, and equal counts get equal scores.")),
    ("young", _("The shop is too young: an F 2 takes orders from a second year.")),
    ("lost", _("A group has been lost in the sum: five fifths must be five groups.")),
)
TWO_SHARES = (
    ("useless", _("RFM is of no use at the CD shop, as far too few of them came back.")),
    ("care", _("The wholesaler must be looking after its silent customers better.")),
    ("drop", _("Hibernating customers can safely be struck off at both of the shops.")),
    ("count", _("The share depends on trade and season, so count it in your own orders.")),
)


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


def _disc_lines(answer: Answers) -> list[str]:
    day = answer.get("as_of")
    if day is None:
        return [tr(_("Choose a day, and the result appears here."))]
    counts = discs(day)["F"].value_counts()
    lines = [
        tr(
            _("{n:,} customers. F 1: {f1:,} · F 2: {f2:,} · F 3: {f3:,} · F 4: {f4:,} · F 5: {f5:,}"),
            n=len(discs(day)),
            **{f"f{score}": int(counts.get(score, 0)) for score in range(1, 6)},
        )
    ]
    if not discs(day)["again"].any():
        return [*lines, tr(_("No order comes after that day: nothing is left to test with."))]
    for key in ASKED:
        n, came = again(day)[key]
        lines.append(
            tr(
                _("{name}: {n:,} customers, of whom {came:,} ordered again by 30 June 1998"),
                name=tr(str(rfm.SEGMENTS["name"][key])),
                n=n,
                came=came,
            )
        )
    return lines


def _disc_form() -> Form:
    items = tuple((key, str(rfm.SEGMENTS["name"][key])) for key in ASKED)
    return Form(
        (
            Row(_("Stand on"), (Choice("as_of", DAYS, label=_("Day")),)),
            Row(
                _("Of which segment did the largest share order again? Largest share first."), (Order("order", items),)
            ),
            Row(
                _("How many percent of the hibernating ordered again?"),
                (Entry("hibernating", _("Share"), unit="%"),),
            ),
            Row(_("Nobody at all has F 2. Why?"), (Choice("no_f2", NO_F2, style="radio"),)),
            Row(
                _("At the gift wholesaler 49% of the hibernating came back. What do you make of the two numbers?"),
                (Choice("reading", TWO_SHARES, style="radio"),),
            ),
        ),
        live=_disc_lines,
    )


@exercise(
    "rfm-cds",
    lesson="2.3",
    points=5,
    title=_("Another shop"),
    hints=(
        _("A share is a part of a whole: divide those who ordered again by all customers of their segment."),
        _("59% of these customers had bought once. How many fifths is that, and which scores do they use up?"),
        _(
            "In code: rfm.summary(cds, as_of=..., order=None), score, segment; then who is among the orders after that day?"
        ),
    ),
    right=_(
        "The map sorts the CD buyers, too: of the champions 68% ordered again, of the hibernating 11%. But the shares belong to "
        "the shop: half at the wholesaler, a ninth here. Lesson 2.4 forecasts these same customers one by one."
    ),
    code=True,
)
def disc_shares(answer: Any) -> Iterator[Case]:
    """The share of each segment that ordered again, as a Series by segment (keys or names)."""
    yield gate(
        isinstance(answer, pd.Series),
        _("A Series was expected here, a share for each segment; yours is of type {kind}."),
        kind=type(answer).__name__,
    )
    keys = {str(name): str(key) for key, name in rfm.SEGMENTS["name"].items()}
    got = answer.rename(index=lambda label: keys.get(str(label), str(label)))
    want = shares()
    strange = [str(label) for label in got.index if label not in rfm.SEGMENTS.index]
    yield gate(
        len(got) > 0 and not strange and not got.index.has_duplicates and pd.api.types.is_numeric_dtype(got),
        _("A row for each segment was expected, with its share as a number. Group the customers by rfm.segment(...)."),
    )
    got = got.astype(float)
    yield gate(
        not (got > 0.99).all(),
        _("In your shares everybody ordered again. Were only orders after 30 September counted?"),
    )
    for key in reversed(_by_share()):
        value = float(got.get(key, float("nan")))
        yield case(
            abs(value - float(want[key])) < 0.0005,
            _("{name}: {got:.1%} in your shares. Is the day 30 September 1997, the score by value, a row an order?"),
            name=tr(str(rfm.SEGMENTS["name"][key])),
            got=value,
        )


@disc_shares.click_twin(_disc_form)
def disc_clicks(answer: Answers) -> Iterator[Case]:
    """The day, the order of the segments, one share, and two readings."""
    yield chosen(
        answer,
        "as_of",
        STAND,
        {
            "1998-06-30": _("You stand on the last day of the data. Which orders are left to test the map with?"),
            "1997-03-31": _("You stand on 31 March. Are the orders after that day the ones that are asked for?"),
        },
        weight=0.5,
    )
    found = again()
    put = ordered(
        answer,
        "order",
        _by_share(),
        {
            "loyal": _("You put loyal customers before champions. Which of the two bought more recently?"),
            "at_risk": _("You put at risk before loyal. Divide for both: how many of how many came again?"),
            "hibernating": _(
                "You put hibernating before at risk: {came} people against {other}. Of how many in each segment?"
            ),
        },
        weight=1.5,
    )
    yield replace(put, values={**put.values, "came": found["hibernating"][1], "other": found["at_risk"][1]})
    n, came = found["hibernating"]
    yield close(answer, "hibernating", 100 * came / n, _hibernating_says(answer.get("hibernating")), tolerance=0.2)
    yield chosen(
        answer,
        "no_f2",
        "once",
        {
            "nobody": _(
                "You say nobody bought twice. Where do the customers with two orders stand, if F 1 are those with one?"
            ),
            "young": _("You say the shop is too young. Does F ask for years, or for the number of orders?"),
            "lost": _("You say a group was lost. Add up the five numbers: is anybody missing?"),
        },
    )
    yield chosen(
        answer,
        "reading",
        "count",
        {
            "useless": _(
                "You say of no use. Hold the champions against the hibernating: does the map not tell them apart?"
            ),
            "care": _("You say looked after better. Which column of the two tables tells of care?"),
            "drop": _("You would strike them off at both. What would that have cost the wholesaler in autumn?"),
        },
    )


def _hibernating_says(got: float | None) -> str:
    n, came = again()["hibernating"]
    everybody = sum(one for _n, one in again().values())
    if got is not None and abs(got - 100 * came / everybody) <= 0.2:
        return _("You have {got}%. Of whom are these percent: of the hibernating, or of all who ordered again?")
    if got is not None and abs(got - came / n) < 0.005:
        return _("You have {got}: that is a share. As percent, times 100?")
    if got == came:
        return _("You have {got}: those are people. How many percent of the hibernating are they?")
    return _("You have {got}%. Divide those who ordered again by all of that segment, on 30 September.")


# ---- 5: find the mistake

VERDICTS = (
    ("sound", _("sound")),
    ("same", _("wrong, but nothing on the list changes")),
    ("other", _("wrong: other people, or another move")),
)


def _memo_form() -> Form:
    longest = int(customers("2012-01-08")["recency"].min())
    lines = customers(by="line")
    gross = customers(returns="leave_out")
    memo = {
        "no_customer": tr(_("I left out the 135,080 lines without a customer number: there is nobody to call.")),
        "lines": tr(
            _("Every line is a purchase. So customer 12688, with {n} purchases, gets F {f}: can't lose."),
            n=int(lines.loc[12688, "frequency"]),
            f=int(scores(by="line").loc[12688, "F"]),
        ),
        "day": tr(
            _("I counted the days up to 8 January 2012, when I ran it. Even our best had been silent for {n} days."),
            n=longest,
        ),
        "returns": tr(
            _("Credit notes I left out, a return is no purchase. So 16446 is our no. {place} with GBP {money:,.2f}."),
            place=int(gross["monetary"].rank(ascending=False)[16446]),
            money=gross.loc[16446, "monetary"],
        ),
        "more": tr(
            _("In June we had {june:,} champions, today {now:,}: ever more of our customers become excellent."),
            june=int((segments(JUNE) == "champions").sum()),
            now=int((segments() == "champions").sum()),
        ),
    }
    rows = [Row(text, (Choice(key, VERDICTS, label=_("Verdict")),), quote=True) for key, text in memo.items()]
    why = (
        ("silent", _("12688 has been silent for 114 days, so F cannot be high")),
        ("country", _("12688 is abroad, and abroad counts apart")),
        ("split", _("one decision to buy stands on many lines")),
        ("units", _("F should count units, not lines")),
    )
    rows.append(Row(tr(_("What is wrong with the second sentence?")), (Choice("why", why, label=_("Reason")),)))
    return Form(tuple(rows))


@exercise(
    "rfm-memo",
    lesson="2.3",
    points=6,
    title=_("Find the mistake"),
    form=_memo_form,
    hints=(
        _("Take one sentence at a time. Would the order of the customers change? Would the move for one of them?"),
        _("The day: add 29 to everybody's days. Who is now ahead of whom?"),
        _("Look at the invoices of 12688 and 16446 again: how many times did each decide to buy and keep it?"),
    ),
    right=_(
        "Credit notes left out: three of the twenty names are other ones. Lines counted: the same twenty, but eight of them "
        "get another move. The day only looks alarming: scores know the order of the days, not the days. And a fifth of a "
        "longer list is longer: champions are made by comparison, so their number praises nobody."
    ),
)
def memo(answer: Answers) -> Iterator[Case]:
    """Which sentences of the colleague are wrong, and which of them matter."""
    yield chosen(
        answer,
        "no_customer",
        "sound",
        _("You doubt the first sentence. Whom would you phone about a line that names no customer?"),
    )
    yield chosen(
        answer,
        "lines",
        "other",
        {
            "sound": _("You find it sound. Look at the invoices of 12688 above: how many are there?"),
            "same": _("You say nothing changes. With F 1 instead of F 5, would 12688 still get the same move?"),
        },
    )
    yield chosen(
        answer,
        "day",
        "same",
        {
            "sound": _("You find it sound. The data end on 9 December: can anybody have bought in the weeks after?"),
            "other": _("You say the list changes. Add 29 days to everybody: who overtakes whom?"),
        },
    )
    yield chosen(
        answer,
        "returns",
        "other",
        {
            "sound": _("You find it sound. A return is no purchase, true. What did 16446 pay in the end?"),
            "same": _(
                "You say nothing changes. Who would stand first on the list if the credit notes were not taken off?"
            ),
        },
    )
    more = chosen(
        answer,
        "more",
        "same",
        {
            "sound": _(
                "You find it sound. There were {june:,} customers in June and {now:,} today: how long is a fifth of each?"
            ),
            "other": _("You say other people are called. Whom would you call, or leave out, because of this sentence?"),
        },
    )
    yield replace(more, values={**more.values, "june": len(customers(JUNE)), "now": len(customers())})
    yield chosen(
        answer,
        "why",
        "split",
        {
            "silent": _("You say: silent, so F cannot be high. Is silence a matter of F, or of another letter?"),
            "country": _("You say: abroad. Would the count be right if the shop stood in Leeds?"),
            "units": _("You say: units. Does a shop that orders 500 ribbons decide 500 times?"),
        },
    )
