"""Lesson 2.2, ABC analysis and the 80/20 rule: its numbers. Online Retail, credit notes taken off; CDNOW for another trade."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import pandas as pd

from crmlab import datasets, value
from crmlab.course import exercise_form
from crmlab.course.cases import Case, case, gate
from crmlab.course.exercises import own_data
from crmlab.course.exercises.classification import own
from crmlab.course.form import Answers, number
from crmlab.course.hooks import Lesson, Numbers, Right
from crmlab.language import tr

here = Lesson("2.2")

here.lists["classes"] = {letter: letter for letter in "ABC"}

MARGIN, PER_ORDER, PER_LINE, PER_CREDIT = 0.30, 8, 1, 25
"""Made up: the data know no costs. The lesson prints them as made up, and the trainee may change them."""

COUNTRY = "Norway"
CAPACITY = 39_600
"""Contacts a year: four people, 45 a day each, 220 days. Made up."""


# -- what is true of the data ------------------------------------------------------------------------------------------


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


# -- draw the lines ----------------------------------------------------------------------------------------------------


@cache
def norway() -> pd.DataFrame:
    """The customers of one country, classed among themselves."""
    sales = orders()[orders()["country"] == COUNTRY]
    return value.abc(sales.groupby("customer_id")["amount"].sum())


@here.numbers("draw-the-lines")
def draw_the_lines() -> Numbers:
    """The smallest customer of A and of B, and the share of the largest fifth among ten customers."""
    table = norway()
    bars = {str(key): round(float(amount)) for key, amount in table["amount"].items()}
    top = Right(100 * float(table["cumulative_share"].iloc[1]), within=0.5)
    right = {"A": _line("A", 80), "B": _line("B", 95), "top": top}
    return Numbers(right=right, fields={"A": {"bars": bars}, "B": {"bars": bars}})


def _line(letter: str, cut: int) -> Right:
    table = norway()
    place = {str(key): number for number, key in enumerate(table.index)}
    last = str(table.index[(table["class"] == letter).to_numpy()][-1])

    def early(answer: Answers) -> bool:
        return place[answer[letter]] < place[last]

    def words(answer: Answers) -> dict[str, Any]:
        counted = place[answer[letter]] - (not early(answer))
        return {"letter": letter, "cut": cut, "running": 100 * float(table["cumulative_share"].iloc[counted])}

    return Right(last, slip=lambda answer: "early" if early(answer) else "late", words=words)


# -- how many bring 80% ------------------------------------------------------------------------------------------------


@cache
def brought(percent: float) -> float:
    """The share that the largest ``percent`` of the customers bring."""
    return value.pareto_share(revenue(), top=percent / 100)


@cache
def needed() -> float:
    """The percentage of customers in class A."""
    return 100 * float((value.abc(revenue())["class"] == "A").mean())


@cache
def _whole() -> float:
    return float(next(percent for percent in range(1, 101) if brought(percent) >= 0.8))


@here.numbers("how-many-bring-80")
def how_many_clicks() -> Numbers:
    """The first whole percent on the slider."""
    return Numbers(right={"top": Right(_whole(), words=lambda answer: {"share": brought(answer["top"])})})


@here.live("how-many-bring-80")
def _top_lines(answer: Answers) -> list[str]:
    percent = int(answer.get("top", 50))
    count = round(percent / 100 * len(value.abc(revenue())))
    return [tr(here.says("how-many-bring-80")["line"], percent=percent, count=count, share=brought(percent))]


@here.code("how-many-bring-80")
def how_many(answer: Any) -> Iterator[Case]:
    """The share of customers needed for 80% of the revenue: as it comes, or the first whole percent."""
    say, found = here.says("how-many-bring-80"), number(answer)
    yield gate(found is not None, say["number"])
    got = float(found or 0)
    says = say["brought"] if 1 <= got <= 100 else say["no-percentage"]
    if abs(got - needed() / 100) < 0.01:
        says = say["share"]
    right = abs(got - needed()) < 0.06 or abs(got - _whole()) < 0.06
    yield case(right, says, got=f"{got:,.4g}", share=brought(got) if 0 <= got <= 100 else 0.0)


# -- cuts that fit the staff -------------------------------------------------------------------------------------------

FIRST, SECOND = range(30, 85, 5), range(80, 100, 5)


@cache
def workload(first: int, second: int) -> tuple[int, int, int, int]:
    """Customers in A, B and C under the cuts (in percent), and contacts a year that the plan asks for."""
    # As value.treatment counts them, which also writes down what each customer is due: too long for every pair of cuts.
    counts = value.abc(revenue(), (first / 100, second / 100))["class"].value_counts()
    customers = [int(counts.get(letter, 0)) for letter in "ABC"]
    days = value.TREATMENT.loc[list("ABC"), "contact_days"]
    a, b, c = customers
    return a, b, c, round(sum(count * 365 / each for count, each in zip(customers, days, strict=True)))


@cache
def best() -> tuple[int, int]:
    """Of the cuts that fit: as many A customers as possible, then as many B."""
    fits = [(one, two) for one in FIRST for two in SECOND if one < two and workload(one, two)[3] <= CAPACITY]
    return max(fits, key=lambda cuts: workload(*cuts)[:2])


def _cuts(answer: Answers) -> tuple[int, int]:
    return int(answer.get("first", FIRST[-1])), int(answer.get("second", SECOND[-1]))


@here.numbers("fit-the-cuts")
def fit_the_cuts() -> Numbers:
    """The best pair of cuts; what is said of one depends on both."""

    def contacts(answer: Answers) -> int:
        first, second = _cuts(answer)
        return workload(first, second)[3] if first < second else 0

    def slip(answer: Answers) -> str:
        first, second = _cuts(answer)
        return "crossed" if first >= second else "too-many" if contacts(answer) > CAPACITY else ""

    def words(answer: Answers) -> dict[str, Any]:
        first, second = _cuts(answer)
        return {"one": first, "two": second, "contacts": contacts(answer)}

    places = {"first": FIRST, "second": SECOND}
    return Numbers(
        right={key: Right(cut, slip=slip, words=words) for key, cut in zip(places, best(), strict=True)},
        fields={
            key: {"minimum": place[0], "maximum": place[-1], "step": place.step, "start": place[-1]}
            for key, place in places.items()
        },
    )


@here.live("fit-the-cuts")
def _cut_lines(answer: Answers) -> list[str]:
    say = here.says("fit-the-cuts")
    first, second = _cuts(answer)
    if first >= second:
        return [tr(say["crossed"])]
    a, b, c, contacts = workload(first, second)
    fits = tr(say["fits"] if contacts <= CAPACITY else say["short"], capacity=CAPACITY)
    return [tr(say["classes"], a=a, b=b, c=c), tr(say["plan"], contacts=contacts), fits]


# -- keep the right ones -----------------------------------------------------------------------------------------------


@here.numbers("keep-the-right")
def keep_the_right() -> Numbers:
    """What the cards say, and the contribution of one customer."""
    cards = [row["key"] for row in here.rows("keep-the-right")]
    row = facts(14606)
    left = row["contribution"]
    slips = {"sign": -left, "margin": MARGIN * row["revenue"], "lines": left + PER_LINE * row["lines"]}
    return Numbers(
        rows={key: {"customer": key, **facts(int(key))} for key in cards},
        right={"contribution": Right(left, within=2, slips=slips)},
    )


# -- another firm ------------------------------------------------------------------------------------------------------


@cache
def discs() -> pd.Series:
    """Revenue of each customer of the CD shop."""
    return datasets.load("cdnow").groupby("customer_id")["amount"].sum()


@here.numbers("another-firm")
def largest_fifth() -> Numbers:
    """The share of the largest fifth, in percent."""
    fifth = 100 * value.pareto_share(discs(), top=0.2)
    of_orders = 100 * value.pareto_share(datasets.load("cdnow")["amount"], top=0.2)
    slips = {"share": fifth / 100, "of-orders": of_orders, "wholesaler": 100 * brought(20)}
    return Numbers(right={"share": Right(fifth, within=0.5, slips=slips)})


@here.live("another-firm")
def _disc_lines(answer: Answers) -> list[str]:
    percent = int(answer.get("top", 50))
    share = value.pareto_share(discs(), top=percent / 100)
    return [tr(here.says("another-firm")["line"], percent=percent, share=share)]


@here.judge("another-firm")
def another_firm_clicks(answer: Answers) -> Iterator[Case]:
    """The share, and what follows from it; the slider is there to look along the curve."""
    yield from exercise_form.judged("2.2", "another-firm", answer, "share", "reading")


@here.code("another-firm")
def another_firm(answer: Any) -> Iterator[Case]:
    """The share of the largest fifth, as a number."""
    got = number(answer)
    yield from exercise_form.judged("2.2", "another-firm", {} if got is None else {"share": got}, "share")


# -- find the mistake --------------------------------------------------------------------------------------------------


@here.numbers("abc-memo")
def abc_memo() -> Numbers:
    """The numbers that the colleague quotes."""
    table = value.abc(revenue())
    by_country = orders().groupby("country")["amount"].sum()
    last = table["class"] == "C"
    narrow = int((value.abc(revenue(), (0.6, 0.9))["class"] == "A").sum())
    return Numbers(
        rows={
            "drop": {"share": float(table.loc[last, "share"].sum()), "count": int(last.sum())},
            "depends": {"share": float(table["share"].iloc[:5].sum()), "one": float(table["share"].iloc[0])},
            "cuts": {"wide": int((table["class"] == "A").sum()), "narrow": narrow},
            "country": {"share": float(by_country["United Kingdom"] / by_country.sum())},
        }
    )


# -- on your own customers ---------------------------------------------------------------------------------------------

own_data.own_customers(here, "orders", own.abc_numbers)
