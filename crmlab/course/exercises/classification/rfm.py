"""Exercises of lesson 2.3: RFM, from invoice lines to a call list. Online Retail as of 10 December 2011."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any

import pandas as pd

from crmlab import datasets, rfm
from crmlab.course.exercise import Case, case, chosen, close, exercise, frame, gate, series
from crmlab.course.form import Answers, Choice, Entry, Form, Row
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
    _("frequency"),
    _("invoice"),
    _("last order"),
    _("left out"),
    _("lines"),
    _("monetary"),
    _("name"),
    _("notes"),
    _("ordered_again"),
    _("orders"),
    _("quantity"),
    _("recency"),
    _("returns"),
    _("returns before first purchase"),
    _("revenue (GBP)"),
    _("rows without customer"),
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

TO_PLACE = (16180, 14646, 15195, 12346, 12688)
MOVES = ("cant_lose", "hibernating", "champions", "at_risk", "potential_loyalists", "about_to_sleep")


def _moves_form() -> Form:
    names = tuple((key, str(name)) for key, name in rfm.SEGMENTS["name"].items())
    moves = tuple((key, str(rfm.SEGMENTS.loc[key, "action"])) for key in MOVES)
    rows = []
    for one in TO_PLACE:
        r, f, m = _scored(one).values()
        asked = tr(_("Customer {customer}: R {r}, F {f}, M {m}"), customer=one, r=r, f=f, m=m)
        fields = (
            Choice(f"{one}.segment", names, label=_("Segment")),
            Choice(f"{one}.move", moves, label=_("Next move")),
        )
        rows.append(Row(asked, fields))
    return Form(tuple(rows))


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
    """Segment and next move of five customers."""
    for one in TO_PLACE:
        r, f, m = _scored(one).values()
        want = str(segments()[one])
        got = answer.get(f"{one}.segment")
        yield _pick(
            answer,
            f"{one}.segment",
            want,
            _segment_says(r, got),
            customer=one,
            r=r,
            f=f,
            m=m,
            name=tr(str(rfm.SEGMENTS["name"].get(got, ""))),
        )
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


# ---- 4: the same in June

DAYS = (
    ("2011-12-10", _("10 December 2011")),
    ("2012-06-10", _("10 June 2012")),
    ("2011-06-10", _("10 June 2011")),
)
COUNTS = (("line", _("invoice lines")), ("order", _("whole orders")))
RETURNS = (("leave_out", _("leave out")), ("subtract", _("take off the revenue")))
CANDIDATES = ("12346", "17850", "13093", "15749")


def _june_lines(answer: Answers) -> list[str]:
    """What the list looks like under the settings chosen so far."""
    if not {"as_of", "count", "returns"} <= set(answer):
        return [tr(_("Choose all three settings, and the result appears here."))]
    chosen_settings = (answer["as_of"], answer["count"], answer["returns"])
    found = segments(*chosen_settings).value_counts()
    lines = [
        tr(
            _("{n:,} customers, of these {champions:,} champions, {cant_lose:,} can't lose, {at_risk:,} at risk."),
            n=len(segments(*chosen_settings)),
            **{key: int(found.get(key, 0)) for key in ("champions", "cant_lose", "at_risk")},
        )
    ]
    top = call_list(*chosen_settings).head(3)
    lines += [
        tr(
            _("{place}. customer {customer}: last order {days} days before, F count {orders}, GBP {money:,.2f}"),
            place=number,
            customer=customer,
            days=int(row["recency"]),
            orders=int(row["frequency"]),
            money=row["monetary"],
        )
        for number, (customer, row) in enumerate(top.iterrows(), 1)
    ]
    return lines


JUNE_FORM = Form(
    (
        Row(_("Look back from"), (Choice("as_of", DAYS, label=_("Day")),)),
        Row(_("One purchase is one of the"), (Choice("count", COUNTS, label=_("Count")),)),
        Row(_("Credit notes"), (Choice("returns", RETURNS, label=_("Rule")),)),
        Row(_("How many champions were there in June?"), (Entry("champions", _("Champions")),)),
        Row(
            _("Who stood first on the call list?"),
            (Choice("first", tuple((one, one) for one in CANDIDATES), label=_("Customer")),),
        ),
    ),
    live=_june_lines,
    intro=_("Set the day and the two rules. The call list follows them; then answer the two questions."),
)


@exercise(
    "rfm-june",
    lesson="2.3",
    points=4,
    title=_("The list of June"),
    hints=(
        _("Use the three steps of December and change the one thing that is different in June."),
        _("With as_of in June, later orders are left out by themselves. Take the credit notes off as before."),
        _("In code: june = rfm.summary(lines, as_of=..., returns=...), then score, segment, and nlargest(20, ...)."),
    ),
    right=_(
        "Same three steps, another day, a list in a minute. What came of these twenty? The data know, because they go on "
        "for six months: the next cell asks them."
    ),
    code=True,
)
def june_table(answer: Any) -> Iterator[Case]:
    """The call list as a table of twenty customers."""
    want = call_list(JUNE)
    yield from frame(answer, ["recency", "monetary"])
    yield gate(len(answer) > 0, _("Your table has no rows. Which segments did you ask for?"))
    known = answer.index.isin(customers(JUNE).index)
    yield gate(
        known.all(),
        _("Your table names {customer}, who was no customer yet in June. From which day do you look back?"),
        customer=str(answer.index[~known][0]) if not known.all() else "",
    )
    recency = answer["recency"].astype(float)
    same_day = bool((recency == customers(JUNE)["recency"].reindex(answer.index)).all())
    yield case(
        same_day,
        _("Customer {customer}: last order {got:g} days before, in your table. Is that counted from 10 June 2011?"),
        customer=answer.index[0],
        got=recency.iloc[0],
    )
    same_money = bool(
        ((answer["monetary"].astype(float) - customers(JUNE)["monetary"].reindex(answer.index)).abs() < 0.01).all()
    )
    yield case(
        same_money,
        _("Customer {customer} stands there with GBP {got:,.2f}. Were the credit notes taken off?"),
        customer=answer.index[0],
        got=answer["monetary"].iloc[0],
    )
    silent = answer.index.isin(segments(JUNE).index[segments(JUNE).isin(["cant_lose", "at_risk"])])
    yield case(
        silent.all(),
        _("Customer {customer} is in your list. Was that one of the segments “can't lose” and “at risk” in June?"),
        customer=str(answer.index[~silent][0]) if not silent.all() else "",
    )
    yield case(
        list(answer.index) == list(want.index),
        _(
            "Your list has {n} rows and begins with {customer}. Are these the twenty largest by revenue, the largest first?"
        ),
        n=len(answer),
        customer=answer.index[0],
    )


@june_table.click_twin(JUNE_FORM)
def june_clicks(answer: Answers) -> Iterator[Case]:
    """Three settings, then two readings."""
    yield chosen(
        answer,
        "as_of",
        JUNE,
        {
            "2011-12-10": _("You look back from December. Which orders could nobody have known in June?"),
            "2012-06-10": _("You look back from June 2012, half a year after the data end. Which June is meant?"),
        },
        weight=0.5,
    )
    yield chosen(
        answer,
        "count",
        "order",
        _("You count invoice lines. A shop orders fifteen articles on one invoice: how often did it decide to buy?"),
        weight=0.5,
    )
    yield chosen(
        answer,
        "returns",
        "subtract",
        _("You leave the credit notes out. Then look who stands first in the list: did that customer keep the goods?"),
        weight=1,
    )
    yield close(
        answer,
        "champions",
        int((segments(JUNE) == "champions").sum()),
        _("You wrote {got} champions. Read the number under the settings, once all three are as they should be."),
        tolerance=0,
    )
    yield chosen(
        answer,
        "first",
        str(call_list(JUNE).index[0]),
        {
            "12346": _("You chose 12346. The order of GBP 77,183.60 came on 18 January at 10:01. What came at 10:17?"),
            "17850": _("You chose 17850. Many orders, but does the list go by orders or by revenue?"),
            "15749": _("You chose 15749, first in December. How long had that customer been silent in June?"),
        },
    )


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
    points=5,
    title=_("Find the mistake"),
    form=_memo_form,
    hints=(
        _("Take one sentence at a time. Would the order of the customers change? Would the move for one of them?"),
        _("The day: add 29 to everybody's days. Who is now ahead of whom?"),
        _("Look at the invoices of 12688 and 16446 again: how many times did each decide to buy and keep it?"),
    ),
    right=_(
        "Credit notes left out: three of the twenty names are other ones. Lines counted: the same twenty, but eight of them "
        "get another move. The day only looks alarming: scores know the order of the days, not the days. With a fixed "
        "limit such as “call after 90 days” it would have hurt, too."
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
