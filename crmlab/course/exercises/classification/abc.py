"""Exercises of lesson 2.2: ABC analysis and the 80/20 rule. Online Retail, credit notes taken off; CDNOW for another trade."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any

import pandas as pd

from crmlab import datasets, value
from crmlab.course.cases import Case, case, chosen, close, gate
from crmlab.course.exercise import exercise
from crmlab.course.form import Answers, Choice, Entry, Form, Mark, Row, Slider, number
from crmlab.language import _, tr

WORDS = (
    _("none"),
    _("class"),
    _("customer_id"),
    _("customers"),
    _("customer_share"),
    _("amount"),
    _("amount_share"),
    _("cumulative_share"),
    _("service"),
    _("looked after by"),
    _("contacts a year"),
    _("paid (USD)"),
    _("units"),
    _("date"),
    _("contact_days"),
    _("action"),
    _("revenue"),
    _("orders"),
    _("lines"),
    _("credit notes"),
    _("contribution"),
    _("by contribution"),
    _("by revenue"),
    _("December to May"),
    _("June to November"),
    _("revenue (GBP)"),
    _("contribution (GBP)"),
    _("notes"),
)
"""Headings and words in the tables of the lesson, marked for translation."""

MARGIN, PER_ORDER, PER_LINE, PER_CREDIT = 0.30, 8, 1, 25
"""Made up: the data know no costs. The lesson prints them as made up, and the trainee may change them."""

COUNTRY = "Norway"
CAPACITY = 39_600
"""Contacts a year: four people, 45 a day each, 220 days. Made up."""


# ---- what is true of the data


@cache
def orders() -> pd.DataFrame:
    """The invoices, read once."""
    return datasets.load("online_retail_orders")


@cache
def revenue() -> pd.Series:
    """Revenue of each customer, credit notes taken off."""
    return orders().groupby("customer_id")["amount"].sum()


@cache
def served() -> pd.DataFrame:
    """Revenue, orders, lines, credit notes and contribution of each customer."""
    bought = orders()[orders()["amount"] > 0].groupby("customer_id")
    back = orders()[orders()["amount"] < 0].groupby("customer_id")
    table = pd.DataFrame({"revenue": revenue(), "orders": bought.size(), "lines": bought["lines"].sum()})
    table["credits"], table["credited"] = back.size(), -back["amount"].sum()
    table = table.fillna(0)
    costs = PER_ORDER * table["orders"] + PER_LINE * table["lines"] + PER_CREDIT * table["credits"]
    table["contribution"] = MARGIN * table["revenue"] - costs
    day = orders()["date"]
    for name, part in (("first", day < "2011-06-01"), ("second", (day >= "2011-06-01") & (day < "2011-12-01"))):
        table[name] = orders()[part].groupby("customer_id")["amount"].sum()
    return table.fillna(0)


@cache
def facts(customer: int) -> dict[str, float]:
    """The row of one customer as a dict."""
    return {str(name): float(number) for name, number in served().loc[customer].items()}


# ---- 1: draw the lines


@cache
def norway() -> pd.DataFrame:
    """The customers of one country, classed among themselves."""
    here = orders()[orders()["country"] == COUNTRY]
    return value.abc(here.groupby("customer_id")["amount"].sum())


@cache
def _last(letter: str) -> str:
    """The smallest customer of a class."""
    table = norway()
    return str(table.index[(table["class"] == letter).to_numpy()][-1])


def _lines_form() -> Form:
    bars = tuple((str(key), str(key), round(float(amount))) for key, amount in norway()["amount"].items())
    title = tr(_("Revenue of the customers in Norway"))
    return Form(
        (
            Row(
                _("Cut at 80%: mark the last customer who is still an A."),
                (Mark("A", "bars", bars=bars, unit=_("GBP"), title=title),),
            ),
            Row(
                _("Second cut at 95%: mark the last customer who is still a B."),
                (Mark("B", "bars", bars=bars, unit=_("GBP"), title=title),),
            ),
            Row(
                _("Ten customers: how many percent of the revenue do the largest 20% of them bring?"),
                (Entry("top", _("Share"), unit="%"),),
            ),
        )
    )


@exercise(
    "draw-the-lines",
    lesson="2.2",
    points=4,
    title=_("Draw the lines"),
    form=_lines_form,
    hints=(
        _("Go down the column of the running share. Where does it reach the cut?"),
        _(
            "A customer is an A as long as those before have not yet brought the 80%: whoever crosses the line is still in."
        ),
        _("20% of ten customers are two. Read the running share in the second row."),
    ),
    right=_(
        "Five of ten are A, and the largest fifth brings little more than half: Norway is no 80/20. With ten customers one "
        "alone moves every share. Next: all of them."
    ),
)
def draw_the_lines(answer: Answers) -> Iterator[Case]:
    """Last A, last B, and the share of the largest fifth among ten customers."""
    table = norway()
    place = {str(key): number for number, key in enumerate(table.index)}
    for letter, cut in (("A", 80), ("B", 95)):
        want, got = _last(letter), answer.get(letter, "")
        if got not in place:
            says, running = "", 0.0
        else:
            early = place[got] < place[want]
            running = 100 * float(table["cumulative_share"].iloc[place[got] if early else place[got] - 1])
            says = (
                _(
                    "{letter}: you stopped at {got}. With this customer {running:.1f}% are reached. Is the {cut}% line crossed?"
                )
                if early
                else _(
                    "{letter}: you marked {got}. Those before had brought {running:.1f}% already. Who crossed the {cut}% line?"
                )
            )
        found = chosen(answer, letter, want, says)
        yield replace(found, values={**found.values, "letter": letter, "running": running, "cut": cut})
    yield close(
        answer,
        "top",
        100 * float(table["cumulative_share"].iloc[1]),
        _("You have {got} %. How many customers are 20% of ten, and what do these bring together?"),
        tolerance=0.5,
        weight=2,
    )


# ---- 2: how many bring 80%


@cache
def brought(percent: int) -> float:
    """The share that the largest ``percent`` of the customers bring."""
    return value.pareto_share(revenue(), top=percent / 100)


@cache
def needed() -> float:
    """The percentage of customers in class A."""
    return 100 * float((value.abc(revenue())["class"] == "A").mean())


def _top_lines(answer: Answers) -> list[str]:
    percent = int(answer.get("top", 50))
    return [
        tr(
            _("The largest {percent}% of the customers, {n:,}, bring {share:.1%} of the revenue."),
            percent=percent,
            n=round(percent / 100 * len(value.abc(revenue()))),
            share=brought(percent),
        )
    ]


TOP_FORM = Form(
    (Row(_("How many of the largest customers?"), (Slider("top", _("Customers"), 1, 60, 1, 50, unit="%"),)),),
    live=_top_lines,
)


@exercise(
    "how-many-bring-80",
    lesson="2.2",
    points=3,
    title=_("How many bring 80%?"),
    hints=(
        _("The largest 20% do not suffice: you have just seen what they bring. So go up from there."),
        _("In code: the column class of value.abc(revenue), compared with A; its mean is a share."),
    ),
    right=_(
        "A little over a quarter, not a fifth. 80/20 fixes two numbers at once, and real customers give way in one of them: ask "
        "for the top 20% or for 80% of the money, but say which."
    ),
    code=True,
)
def how_many(answer: Any) -> Iterator[Case]:
    """The share of customers needed for 80% of the revenue: in code as it comes, or the first whole percent."""
    got = number(answer)
    yield gate(got is not None, _("A number of percent was expected here."))
    yield _needed(float(got or 0))


@how_many.click_twin(TOP_FORM)
def how_many_clicks(answer: Answers) -> Iterator[Case]:
    """The first whole percent on the slider."""
    yield _needed(answer["top"], "top") if "top" in answer else chosen(answer, "top", "", "")


def _needed(got: float, key: str = "") -> Case:
    if abs(got - needed() / 100) < 0.01:
        says = _("You have {got}: that is a share. As percent, times 100?")
    elif 1 <= got <= 100:
        says = _("You have {got} %. These bring {share:.1%}: is that the smallest number that reaches 80%?")
    else:
        says = _("You have {got} %. Can that be a percentage of customers?")
    share = value.pareto_share(revenue(), top=got / 100) if 0 <= got <= 100 else 0.0
    right = abs(got - needed()) < 0.06 or abs(got - _whole()) < 0.06
    return case(right, says, key=key, got=f"{got:,.4g}", share=share)


@cache
def _whole() -> float:
    return float(next(percent for percent in range(1, 101) if brought(percent) >= 0.8))


# ---- 3: cuts that fit the staff

FIRST, SECOND = range(30, 85, 5), range(80, 100, 5)


@cache
def workload(first: int, second: int) -> tuple[int, int, int, int]:
    """Customers in A, B and C under the cuts (in percent), and contacts a year that the plan asks for."""
    table = value.treatment(value.abc(revenue(), (first / 100, second / 100)))
    plan = table.attrs["plan"]
    a, b, c = (int(plan[letter]["customers"]) for letter in "ABC")
    return a, b, c, round(sum(plan[letter]["contacts_a_year"] for letter in "ABC"))


@cache
def best() -> tuple[int, int]:
    """Of the cuts that fit: as many A customers as possible, then as many B."""
    fits = [(one, two) for one in FIRST for two in SECOND if one < two and workload(one, two)[3] <= CAPACITY]
    return max(fits, key=lambda cuts: workload(*cuts)[:2])


def _cut_lines(answer: Answers) -> list[str]:
    first, second = int(answer.get("first", 80)), int(answer.get("second", 95))
    if first >= second:
        return [tr(_("The first cut must lie below the second."))]
    a, b, c, contacts = workload(first, second)
    fits = _("They fit into {capacity:,}.") if contacts <= CAPACITY else _("There are only {capacity:,}.")
    return [
        tr(_("A: {a:,} customers · B: {b:,} · C: {c:,}"), a=a, b=b, c=c),
        tr(_("The plan asks for {contacts:,} contacts a year."), contacts=contacts),
        tr(fits, capacity=CAPACITY),
    ]


CUT_READINGS = (
    ("worse", _("They bought less than before, so they had to be moved down to B.")),
    ("line", _("Nothing about them: they buy as before, and are treated otherwise.")),
    ("error", _("The first list was wrong: with the right cuts they were never A.")),
    ("leave", _("They will leave, since they notice that they are A no longer.")),
)

CUTS_FORM = Form(
    (
        Row(_("A up to this share of the revenue"), (Slider("first", _("First cut"), 30, 80, 5, 80, unit="%"),)),
        Row(_("B up to this share of the revenue"), (Slider("second", _("Second cut"), 80, 95, 5, 95, unit="%"),)),
        Row(
            _("With your cuts hundreds of customers who were A are B. What has changed about them?"),
            (Choice("changed", CUT_READINGS, style="radio"),),
        ),
    ),
    live=_cut_lines,
)


@exercise(
    "fit-the-cuts",
    lesson="2.2",
    points=4,
    title=_("Cuts that fit the staff"),
    form=CUTS_FORM,
    hints=(
        _("An A costs 52 contacts a year, a B 12, a C 4. Which cut saves most when it moves?"),
        _("Move the first cut down until the plan fits. Then see whether the second can be put elsewhere."),
        _("Try the first cut at 50%, and all four places of the second."),
    ),
    right=_(
        "242 customers get individual service, and the plan can be kept. The cuts are no truth about customers; they "
        "are a decision about your time. Whoever prints 1,178 A customers and can serve 242 has promised what nobody keeps."
    ),
)
def fit_the_cuts(answer: Answers) -> Iterator[Case]:
    """Both cuts, and what a change of cuts means."""
    first, second = best()
    given = (int(answer.get("first", 80)), int(answer.get("second", 95)))
    ordered_ = given[0] < given[1]
    contacts = workload(*given)[3] if ordered_ else 0
    if not ordered_:
        says = _("The first cut ({one}%) must lie below the second ({two}%).")
    elif contacts > CAPACITY:
        says = _("With {one}% and {two}% the plan asks for {contacts:,} contacts. Who is to make them all?")
    else:
        says = _("With {one}% and {two}% the plan fits. Is there room for more customers in A, or then in B?")
    yield close(answer, "first", first, says, tolerance=0, weight=1.5, one=given[0], two=given[1], contacts=contacts)
    yield close(answer, "second", second, says, tolerance=0, weight=1, one=given[0], two=given[1], contacts=contacts)
    yield chosen(
        answer,
        "changed",
        "line",
        {
            "worse": _("You say: they bought less. Did the amounts change when you moved the slider?"),
            "error": _("You say: the first list was wrong. Which list could prove it, if 80% is a convention?"),
            "leave": _("You say: they will leave. Perhaps; is that in the numbers, or is it your fear?"),
        },
        weight=1.5,
    )


# ---- 4: keep the right ones

CARDS = (16684, 14606, 16029, 15134)
MOVES = (
    ("terms", _("Keep, and change the terms: fewer and larger orders, a minimum a line")),
    ("protect", _("Protect: a person of their own, first in line, a visit each quarter")),
    ("grow", _("Small so far: ring between the orders, show more of the range")),
    ("credit", _("Find out first why so much was credited, then decide on the service")),
)
RIGHT_MOVE = {16684: "protect", 14606: "terms", 16029: "credit", 15134: "grow"}


def _card(customer: int) -> str:
    return tr(
        _(
            "Customer {customer}: revenue GBP {revenue:,.0f} · orders: {orders:,.0f} · lines: {lines:,.0f} · credit notes: "
            "{credits:,.0f} over GBP {credited:,.0f} · Dec to May GBP {first:,.0f}, Jun to Nov GBP {second:,.0f}"
        ),
        customer=customer,
        **{name: number for name, number in facts(customer).items() if name != "contribution"},
    )


def _right_form() -> Form:
    rows = [Row(_card(one), (Choice(f"move.{one}", MOVES, label=_("What do you do?")),)) for one in CARDS]
    rows.append(
        Row(
            _("Work out the contribution of customer 14606 with the rates above."),
            (Entry("contribution", _("Contribution"), unit=_("GBP")),),
        )
    )
    return Form(tuple(rows))


_MOVE_SAYS = {
    16684: _("16684: you chose “{move}” What do 277 lines for GBP 65,892 cost you, and what here asks for a change?"),
    14606: _(
        "14606: you chose “{move}” Divide the revenue by the lines: how much is a line, and what does it cost to pick?"
    ),
    16029: _("16029: you chose “{move}” How much of what was invoiced came off again?"),
    15134: _("15134: you chose “{move}” Compare the two halves of the year, and count the credit notes."),
}


@exercise(
    "keep-the-right",
    lesson="2.2",
    points=5,
    title=_("Keep the right ones"),
    form=_right_form,
    hints=(
        _("Read each card for what is unusual in it: the lines, the credit notes, or the two halves of the year."),
        _("Two of the four have nothing unusual but their size: one is large, and one was small and is growing."),
        _("Contribution: 30% of the revenue, less 8 for each order, 1 for each line, 25 for each credit note."),
    ),
    right=_(
        "14606 is an A by revenue and costs you money at these rates; 15134 is a B who orders every few weeks and "
        "brought nearly five times as much in the second half. Keep the right ones does not mean drop the others: first change what makes them dear."
    ),
)
def keep_the_right(answer: Answers) -> Iterator[Case]:
    """The move for four customers, and the contribution of one."""
    labels = dict(MOVES)
    for one in CARDS:
        key = f"move.{one}"
        found = chosen(answer, key, RIGHT_MOVE[one], _MOVE_SAYS[one])
        yield replace(found, values={**found.values, "move": tr(labels.get(answer.get(key, ""), ""))})
    yield close(answer, "contribution", facts(14606)["contribution"], _contribution_says(answer), tolerance=2)


def _contribution_says(answer: Answers) -> str:
    got, row = answer.get("contribution", 0), facts(14606)
    if abs(got + row["contribution"]) <= 2:
        return _("You have GBP {got}. Look at the sign: which is larger, the margin or the costs?")
    if abs(got - MARGIN * row["revenue"]) <= 2:
        return _("You have GBP {got}: that is the margin. What do the orders, the lines and the credit notes cost?")
    if abs(got - row["contribution"] - PER_LINE * row["lines"]) <= 2:
        return _("You have GBP {got}. Did you count the lines? There are many.")
    return _("You have GBP {got}. Margin first, then take off the three costs, one after the other.")


# ---- 5: another firm


@cache
def discs() -> pd.Series:
    """Revenue of each customer of the CD shop."""
    return datasets.load("cdnow").groupby("customer_id")["amount"].sum()


def _disc_lines(answer: Answers) -> list[str]:
    percent = int(answer.get("top", 50))
    return [
        tr(
            _("CD shop: the largest {percent}% of the customers bring {share:.1%} of the revenue."),
            percent=percent,
            share=value.pareto_share(discs(), top=percent / 100),
        )
    ]


DISC_READINGS = (
    ("worse", _("The CD shop is the worse run, as it has missed the rule of 80/20.")),
    ("few", _("The CD shop hangs on few customers even more than the wholesaler.")),
    ("more", _("To reach 80% the CD shop must look after a larger part of its customers.")),
    ("same", _("Both firms obey 80/20, as far as such rules can be obeyed at all.")),
)

DISC_FORM = Form(
    (
        Row(_("Look along the curve"), (Slider("top", _("Largest customers"), 5, 60, 5, 50, unit="%"),)),
        Row(
            _("How many percent of the revenue do the largest 20% bring?"),
            (Entry("share", _("Share"), unit="%"),),
        ),
        Row(_("Compared with the gift wholesaler, what follows?"), (Choice("reading", DISC_READINGS, style="radio"),)),
    ),
    live=_disc_lines,
)


@exercise(
    "another-firm",
    lesson="2.2",
    points=4,
    title=_("Another firm"),
    hints=(
        _("Add up each customer's purchases first, then ask for the largest fifth."),
        _("In code: cds.groupby(...)[...].sum(), then value.pareto_share(..., top=0.2), times 100."),
        _(
            "For the comparison: which of the two curves is flatter, and what does that mean for the list of A customers?"
        ),
    ),
    right=_(
        "Two thirds, not four fifths. The flatter the curve, the less a list of large customers gains you: here a third of all "
        "customers are needed for 80%. Sort by something else as well, such as who bought last: lesson 2.3."
    ),
    code=True,
)
def another_firm(answer: Any) -> Iterator[Case]:
    """The share of the largest fifth, as a number."""
    got = number(answer)
    yield close({} if got is None else {"share": got}, "share", _fifth(), _disc_says(got), tolerance=0.5)


@another_firm.click_twin(DISC_FORM)
def another_firm_clicks(answer: Answers) -> Iterator[Case]:
    """The share, and what follows from it."""
    yield close(answer, "share", _fifth(), _disc_says(answer.get("share")), tolerance=0.5, weight=2)
    yield chosen(
        answer,
        "reading",
        "more",
        {
            "worse": _("You say: worse run. Is 80/20 a goal that somebody set?"),
            "few": _("You say: it hangs on few. Which firm's largest fifth brings the larger share?"),
            "same": _("You say: both obey. How far from 80 may a firm be before the rule is of no use?"),
        },
        weight=2,
    )


@cache
def _fifth() -> float:
    return 100 * value.pareto_share(discs(), top=0.2)


@cache
def _fifth_of_orders() -> float:
    return 100 * value.pareto_share(datasets.load("cdnow")["amount"], top=0.2)


def _disc_says(got: float | None) -> str:
    if got is not None and abs(got - _fifth() / 100) < 0.01:
        return _("You have {got}: that is a share. As percent, times 100?")
    if got is not None and abs(got - _fifth_of_orders()) < 0.5:
        return _("You have {got} %: that is the largest fifth of the orders. Add up by customer first.")
    if got is not None and abs(got - 100 * value.pareto_share(revenue(), top=0.2)) < 0.3:
        return _("You have {got} %: that is the wholesaler. The question is about the CD shop.")
    return _("You have {got} %. Are these the customers' sums, and the largest fifth of them?")


# ---- 6: find the mistake

VERDICTS = (
    ("past", _("wrong: what they brought is taken for what they will bring")),
    ("sound", _("sound")),
    ("ruler", _("wrong: the line was moved, not the customers")),
    ("unit", _("wrong: the sums of a group are taken for those of a customer")),
)
MEMO = {"drop": "past", "depends": "sound", "cuts": "ruler", "country": "unit", "basis": "sound"}


def _memo_lines() -> dict[str, str]:
    table = value.abc(revenue())
    by_country = orders().groupby("country")["amount"].sum()
    narrow = int((value.abc(revenue(), (0.6, 0.9))["class"] == "A").sum())
    wide = int((table["class"] == "A").sum())
    return {
        "drop": tr(
            _("The C customers bring {share:.0%}. Nothing will ever come of them: strike off all {n:,}."),
            share=float(table.loc[table["class"] == "C", "share"].sum()),
            n=int((table["class"] == "C").sum()),
        ),
        "depends": tr(
            _(
                "Our five largest customers bring {share:.0%}. If the first of them went, {one:.1%} of the revenue would go."
            ),
            share=float(table["share"].iloc[:5].sum()),
            one=float(table["share"].iloc[0]),
        ),
        "cuts": tr(
            _("Last month we had {wide:,} A customers, since the cut of 60% only {narrow:,}. We are losing our best."),
            wide=wide,
            narrow=narrow,
        ),
        "country": tr(
            _("The United Kingdom brings {share:.0%} of the revenue, so every customer there is an A."),
            share=float(by_country["United Kingdom"] / by_country.sum()),
        ),
        "basis": _(
            "The class follows what one sorts by. So I print above my list: revenue of one year, credit notes taken off."
        ),
    }


def _memo_form() -> Form:
    return Form(
        tuple(
            Row(text, (Choice(key, VERDICTS, label=_("Verdict")),), quote=True) for key, text in _memo_lines().items()
        )
    )


@exercise(
    "abc-memo",
    lesson="2.2",
    points=5,
    title=_("Find the mistake"),
    form=_memo_form,
    hints=(
        _("Ask of each sentence: sum of what, drawn where, and is it about last year or the next?"),
        _("Two of the five sentences are sound."),
        _("Look at the table of the two half-years once more: where did the A customers of autumn come from?"),
    ),
    right=_(
        "ABC is a photograph of last year, with lines that you drew. It cannot tell who grows (2.1), who falls silent (2.3), or "
        "what somebody will be worth (2.4). But it shows at once where the money is, and what hangs on whom."
    ),
)
def abc_memo(answer: Answers) -> Iterator[Case]:
    """Which sentences of the colleague hold, and what is wrong with the others."""
    says = {
        "drop": {
            "sound": _("You find the first sentence sound. What had become of the C customers of spring by autumn?"),
            "ruler": _("First sentence: was a line moved here, or is something foretold?"),
            "unit": _(
                "First sentence: he speaks of customers, and adds up customers. What does he claim about the years to come?"
            ),
        },
        "depends": {
            "past": _("You doubt the second sentence. It says “if”: does it foretell that anybody goes?"),
            "ruler": _("You doubt the second sentence. Is there any cut in it?"),
            "unit": _(
                "You doubt the second sentence. Five customers are named as five, and the first as one: what is mixed up?"
            ),
        },
        "cuts": {
            "sound": _("You find the third sentence sound. How many customers bought less because of the new cut?"),
            "past": _("Third sentence: it compares two lists. What was different when the second was made?"),
            "unit": _("Third sentence: both numbers count customers. What was different when the second was made?"),
        },
        "country": {
            "sound": _("You find the fourth sentence sound. Would a British shop with one order of GBP 12 be an A?"),
            "past": _("Fourth sentence: it speaks of today. Whose sum is it that is compared?"),
            "ruler": _("Fourth sentence: no line was moved. Whose sum is it that is compared?"),
        },
        "basis": {
            "past": _("You doubt the last sentence. Which forecast does it make?"),
            "ruler": _("You doubt the last sentence. He prints what he sorted by: is that moving a line?"),
            "unit": _("You doubt the last sentence. Which sums does he mix up?"),
        },
    }
    for key, want in MEMO.items():
        yield chosen(answer, key, want, says[key])
