"""Calculators with sliders: which numbers they take, which function of a field module they ask, what they say.

Nothing is computed here that a field module computes; each result also gives the line of code that computes the same.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from crmlab import clv, complaint_economics, funnel, pricing, visits
from crmlab.checks import InputError
from crmlab.course import chart
from crmlab.course.chart import Bar
from crmlab.course.form import Slider
from crmlab.language import _, tr

Values = Mapping[str, float]


@dataclass(frozen=True)
class Result:
    """What a calculator answers: ``value``, the same in words (``lines``), a chart (HTML), and one line of ``code``.

    Numbers that do not go together give a ``problem`` instead, as a sentence."""

    value: float = math.nan
    lines: tuple[str, ...] = ()
    chart: str = ""
    code: str = ""
    problem: str = ""


@dataclass(frozen=True)
class Calculator:
    """A calculator: its sliders, and ``work``, which turns their values into a :class:`Result`. ``caveat`` says how far
    the result holds and where its figures are from."""

    name: str
    title: str
    intro: str
    sliders: tuple[Slider, ...]
    work: Callable[[Values], Result]
    caveat: str

    def values(self, given: Mapping[str, Any]) -> dict[str, float]:
        """The value of each slider; one that is missing or cannot be read stands where it starts."""
        read = {slider.key: slider.read(given.get(slider.key)) for slider in self.sliders}
        return {slider.key: slider.start if (found := read[slider.key]) is None else found for slider in self.sliders}

    def result(self, given: Mapping[str, Any]) -> Result:
        """The result for :meth:`values`.

        >>> round(CALCULATORS["clv"].result({"margin": 200}).value, 2)
        533.33
        """
        try:
            return self.work(self.values(given))
        except InputError as error:
            return Result(problem=str(error))


def _share(percent: float) -> float:
    """A share as it is written in code: 0.19, not 0.19000000000000003."""
    return round(percent / 100, 6)


def _recovery(now: Values) -> Result:
    value, left, settled, cost = now["value"], _share(now["left"]), _share(now["settled"]), now["cost"]
    found = complaint_economics.recovery(value, keep_if_left=left, keep_if_settled=settled)
    net = found.worth - cost
    if found.worth <= 0:
        verdict = tr(_("As it stands, settling keeps nobody who would not stay anyway."))
    elif net >= 0:
        verdict = tr(_("At a cost of {cost:,.0f} it pays: {net:,.0f} are left over."), cost=cost, net=net)
    else:
        verdict = tr(_("At a cost of {cost:,.0f} it does not pay: {net:,.0f} more than it brings."), cost=cost, net=-net)
    return Result(
        found.worth,
        (tr(_("Settling the complaint is worth {worth:,.0f}: the most it may cost."), worth=found.worth), verdict),
        chart.bars(
            [
                Bar(tr(_("Expected loss if nothing is done")), found.cost_if_left, f"{found.cost_if_left:,.0f}", soft=True),
                Bar(tr(_("Expected loss if it is settled")), found.cost_if_settled, f"{found.cost_if_settled:,.0f}"),
                Bar(tr(_("The same with the cost of settling")), found.cost_if_settled + cost, f"{found.cost_if_settled + cost:,.0f}"),
            ]
        ),
        "from crmlab import complaint_economics; "
        f"complaint_economics.recovery({value:g}, keep_if_left={left:g}, keep_if_settled={settled:g}).worth",
    )  # fmt: skip


def _discount(now: Values) -> Result:
    discount, margin, fixed = _share(now["discount"]), _share(now["margin"]), _share(now["fixed"])
    more = pricing.break_even_volume(discount, margin, fixed)
    if math.isinf(more):
        line = tr(_("The discount takes the whole margin: no volume makes up for it."))
    else:
        line = tr(_("You must sell {more:.1%} more to earn what you earn today."), more=more)
    left = tr(_("Of a price of 100 you keep {left:g} instead of {margin:g}."), left=round(100 * (margin - discount), 6), margin=100 * margin)
    xs = np.linspace(0, max(0.75 * margin, min(discount, 0.95 * margin)), 61)
    ys = pricing.break_even_volume(xs, margin, fixed)
    return Result(
        more,
        (line, left),
        chart.line(
            (100 * xs).tolist(),
            (100 * ys).tolist(),
            (100 * discount, 100 * more) if 100 * discount <= 100 * xs[-1] + 1e-9 else None,
            x_name=tr(_("Discount (% of the price)")),
            y_name=tr(_("More volume needed (%)")),
        ),
        f"from crmlab import pricing; pricing.break_even_volume({discount:g}, {margin:g}, {fixed:g})",
    )  # fmt: skip


_STAGES = (_("Calls"), _("Talks"), _("Visits"), _("Orders"))


def _funnel(now: Values) -> Result:
    orders, certainty = int(now["orders"]), _share(now["certainty"])
    rates = [_share(now[key]) for key in ("talks", "visits", "closes")]
    table = funnel.needed(orders, rates, certainty)
    expected, safe = table["expected"].tolist(), table["safe"].tolist()
    on_average = _("With {calls:,.0f} calls you get {orders} orders on average, and fewer in more than every third period.")
    if safe[0] <= expected[0]:
        on_average = _("With {calls:,.0f} calls you get {orders} orders.")
    lines = (
        tr(on_average, calls=expected[0], orders=orders),
        tr(_("To have them with a probability of {certainty:.0%} it takes {calls:,} calls."), certainty=certainty, calls=safe[0]),
    )  # fmt: skip
    bars = [
        Bar(tr(name), some, tr(_("{some:,.0f} on average, {sure:,} to be safe"), some=some, sure=sure))
        for name, some, sure in zip(_STAGES, expected, safe, strict=True)
    ]
    listed = ", ".join(f"{rate:g}" for rate in rates)
    code = f'from crmlab import funnel; funnel.needed({orders}, [{listed}], certainty={certainty:g})["safe"].iloc[0]'
    return Result(float(safe[0]), lines, chart.bars(bars), code)


def _clv(now: Values) -> Result:
    margin, retention, discount = now["margin"], _share(now["retention"]), _share(now["discount"])
    value = clv.simple(margin, retention, discount)
    better = clv.simple(margin, min(retention + 0.05, 0.99), discount)
    xs = np.linspace(0, 0.95 if retention <= 0.95 else retention, 61)
    ys = clv.simple(margin, xs, discount)
    lines = [tr(_("A customer is worth {value:,.0f} today: the sum of all coming margins."), value=value)]
    if retention + 0.05 <= 0.99:
        lines.append(
            tr(
                _("With {higher:.0%} staying instead of {retention:.0%} it would be {better:,.0f}."),
                higher=retention + 0.05,
                retention=retention,
                better=better,
            )
        )
    return Result(
        value,
        tuple(lines),
        chart.line(
            (100 * xs).tolist(),
            ys.tolist(),
            (100 * retention, value),
            x_name=tr(_("Customers that stay, a year (%)")),
            y_name=tr(_("Customer lifetime value")),
        ),
        f"from crmlab import clv; clv.simple({margin:g}, retention={retention:g}, discount={discount:g})",
    )


def _order(now: Values) -> Result:
    last_stock, last_order, stock, factor = now["last_stock"], now["last_order"], now["stock"], now["factor"]
    pack = now["pack"]
    table = visits.order_quantity([last_stock], [last_order], [stock], factor=factor, pack=pack)
    sold, order = float(table["sales"].iloc[0]), float(table["order"].iloc[0])
    lines = (
        tr(_("Sold since the last visit: {before:g} + {ordered:g} − {stock:g} = {sold:g}."), before=last_stock, ordered=last_order, stock=stock, sold=sold),
        tr(_("Order: {factor:g} × {sold:g} − {stock:g}, in whole packs of {pack:g}: {order:g}."), factor=factor, sold=sold, stock=stock, pack=pack, order=order)
        if order
        else tr(_("Order nothing: what is there is enough for {factor:g} times these sales."), factor=factor),
    )  # fmt: skip
    bars = [
        Bar(tr(_("Sold since the last visit")), sold, f"{sold:g}", soft=True),
        Bar(tr(_("In stock")), stock, f"{stock:g}"),
        Bar(tr(_("Order at this visit")), order, f"{order:g}"),
        Bar(tr(_("In stock and ordered")), stock + order, f"{stock + order:g}"),
    ]
    code = (
        f"from crmlab import visits; visits.order_quantity({last_stock:g}, {last_order:g}, {stock:g}, "
        f"factor={factor:g}, pack={pack:g})"
    )
    return Result(order, lines, chart.bars(bars), code)


_OF_PRICE = _("% of the price")
CALCULATORS = {
    one.name: one
    for one in (
        Calculator(
            "recovery",
            _("What a recovery may cost"),
            _("An unhappy customer stays or goes. What is it worth to settle the complaint?"),
            (
                Slider("value", _("Future margin of the customer"), 0, 10_000, 100, 2000),
                Slider("left", _("Stay if nothing is done"), 0, 100, 1, 19, "%"),
                Slider("settled", _("Stay if it is settled"), 0, 100, 1, 54, "%"),
                Slider("cost", _("Cost of settling"), 0, 5000, 50, 300),
            ),
            _recovery,
            _(
                "19% and 54% are what people in the USA of the 1970s and 80s said they would do after a loss of more than "
                "100 dollars (Goodman/TARP, Consumer complaint handling in America): intentions, not purchases. Put in your "
                "own shares. What others hear is left out, because nobody has counted what it costs."
            ),
        ),
        Calculator(
            "discount",
            _("What a discount must bring"),
            _("A discount comes out of the margin. How much more must be sold so that it costs nothing?"),
            (
                Slider("discount", _("Discount"), 0, 50, 0.5, 5, _OF_PRICE),
                Slider("margin", _("Margin today"), 1, 80, 1, 20, _OF_PRICE),
                Slider("fixed", _("Cost of the campaign"), 0, 20, 0.5, 0, _("% of revenue")),
            ),
            _discount,
            _(
                "This is arithmetic (break-even analysis: margin / (margin − discount) − 1), no forecast: it does not say that "
                "customers will buy more. It supposes that the cost of a unit stays the same, and that nobody buys today what "
                "they would have bought next month at the full price."
            ),
        ),
        Calculator(
            "funnel",
            _("How many calls for so many orders"),
            _("Of each stage only a part goes on to the next. How many calls does it take?"),
            (
                Slider("orders", _("Orders wanted"), 1, 50, 1, 5),
                Slider("talks", _("Calls that become talks"), 1, 100, 1, 40, "%"),
                Slider("visits", _("Talks that become visits"), 1, 100, 1, 25, "%"),
                Slider("closes", _("Visits that become orders"), 1, 100, 1, 25, "%"),
                Slider("certainty", _("Probability wanted"), 50, 99, 1, 90, "%"),
            ),
            _funnel,
            _(
                "The safe number is that of the negative binomial distribution: it supposes that each call succeeds or fails "
                "by itself and that the rates are known. Rates from a few dozen calls are not: take the lower end of their "
                "interval (funnel.conversion gives it)."
            ),
        ),
        Calculator(
            "clv",
            _("Customer lifetime value, the simple formula"),
            _("What are the coming margins of a customer worth today?"),
            (
                Slider("margin", _("Margin a year"), 0, 2000, 10, 100),
                Slider("retention", _("Customers that stay, a year"), 0, 99, 1, 80, "%"),
                Slider("discount", _("Discount rate a year"), 0, 40, 1, 10, "%"),
            ),
            _clv,
            _(
                "Gupta and Lehmann, Customers as assets, Journal of Interactive Marketing 17(1), 2003: margin × r / (1 + d − r), "
                "the first margin after a year. It takes margin and retention to be the same in every year and for every "
                "customer; in real data those who have stayed long mostly stay on more often."
            ),
        ),
        Calculator(
            "order",
            _("The 1.5x order"),
            _("What should a shop order at this visit?"),
            (
                Slider("last_stock", _("Stock at the last visit"), 0, 200, 1, 20, _("units")),
                Slider("last_order", _("Order at the last visit"), 0, 200, 1, 40, _("units")),
                Slider("stock", _("Stock today"), 0, 200, 1, 24, _("units")),
                Slider("factor", _("Factor"), 1, 3, 0.1, 1.5),
                Slider("pack", _("Units in a pack"), 1, 48, 1, 1, _("units")),
            ),
            _order,
            _(
                "1.5 is a convention of company practice (training handout), not a law: what it should be depends on how much "
                "sales vary and how often you come. Try it out with visits.simulate. Sales that met an empty shelf are not "
                "counted, so an empty shelf makes the next order too small."
            ),
        ),
    )
}
"""All calculators by name."""
