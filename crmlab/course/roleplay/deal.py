"""What a negotiation was about: both reservation prices, the zone between them, what the package agreed on was worth to
each side, and what was left on the table. A script says it under ``deal``, an ending what was agreed::

    deal:
      unit: {en: yuan a case, zh: 元/箱}     # of the price
      worth: {en: yuan a year, zh: 元/年}    # of what a deal is worth
      volume: 20000                         # units of the price in what is agreed on
      seller: 33                            # the least the seller takes, the most the buyer gives,
      buyer: 34                             # with the first option of every issue
      issues:
        payment:
          name: {en: Payment, zh: 付款}
          options:
            d30: {name: {en: after 30 days, zh: 30 天}, seller: 0, buyer: 0}
            d60: {name: {en: after 60 days, zh: 60 天}, seller: -5000, buyer: 9000}
    nodes:
      signed:
        ending: good
        deal: {price: 32, payment: d60}     # an issue left out stays at its first option; no deal: leave it out

The trainee is the seller. Nothing of it is shown before the talk has ended.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from crmlab import negotiation
from crmlab.course.roleplay.scripts import Play, Script
from crmlab.course.yamlfile import said
from crmlab.language import _, tr
from crmlab.negotiation import Zone


@dataclass(frozen=True)
class Outcome:
    """How a negotiation ended. ``price`` and ``options`` (option by issue) are what was agreed, ``None`` and empty without a
    deal; ``today`` is the zone with the first options, ``zone`` that of the options agreed on; ``best`` the options
    with the largest pie, and ``pie`` what these are worth to both together, 0 if no deal is worth signing."""

    price: float | None
    options: Mapping[str, str]
    today: Zone
    zone: Zone
    worth: tuple[float, float]
    best: Mapping[str, str]
    best_zone: Zone
    pie: float

    @property
    def left(self) -> float:
        """What more the two could have had together."""
        return self.pie - sum(self.worth)


def outcome(play: Play) -> Outcome | None:
    """What a talk that has ended came to; ``None`` for a script that is no negotiation.

    >>> from crmlab.course.roleplay import scripts
    >>> outcome(scripts.load("late-delivery").play([])) is None
    True
    """
    return at(play.script, play.state.node)


def at(script: Script, ending: str) -> Outcome | None:
    """What an ending of a script comes to; ``None`` for a script that is no negotiation."""
    source = script.source.get("deal")
    if source is None:
        return None
    issues = source["issues"]
    today = negotiation.zone(source["seller"], source["buyer"])
    volume = float(source["volume"])

    def zone_with(options: Mapping[str, str]) -> Zone:
        picked = [issues[issue]["options"][option] for issue, option in options.items()]
        seller, buyer = (sum(float(one[side]) for one in picked) for side in ("seller", "buyer"))
        return negotiation.zone_of_package(today, seller, buyer, volume)

    best = {issue: max(one["options"], key=partial(_together, one["options"])) for issue, one in issues.items()}
    best_zone = zone_with(best)
    pie = max(round(best_zone.pie * volume, 4), 0.0)
    agreed = script.node(ending).get("deal")
    if agreed is None:
        return Outcome(None, {}, today, today, (0.0, 0.0), best, best_zone, pie)
    options = {issue: str(agreed.get(issue, next(iter(one["options"])))) for issue, one in issues.items()}
    zone = zone_with(options)
    price = float(agreed["price"])
    seller, buyer = zone.shares(price)
    worth = (round(seller * volume, 4), round(buyer * volume, 4))  # a price at the limit is not beyond it
    return Outcome(price, options, today, zone, worth, best, best_zone, pie)


def _together(options: Mapping[str, Mapping[str, float]], name: str) -> float:
    """What an option is worth to both together."""
    return options[name]["seller"] + options[name]["buyer"]


def table(script: Script, found: Outcome) -> tuple[list[str], list[list[str]]]:
    """Heading and rows of a table, in the trainee's language: each side's limit, and what the deal was worth to it."""
    unit, worth = said(script.source["deal"]["unit"]), said(script.source["deal"]["worth"])

    def limits(name: str, zone: Zone) -> list[str]:
        return [tr(name, unit=unit), f"{zone.seller:,.2f}", f"{zone.buyer:,.2f}"]

    rows = [limits(_("Limit at today's terms ({unit})"), found.today)]
    if found.price is not None:
        rows.append(limits(_("Limit with what was agreed ({unit})"), found.zone))
        rows.append([tr(_("Worth of the deal ({worth})"), worth=worth), *map(_money, found.worth)])
    return ["", tr(_("you")), tr(_("the other side"))], rows


def lines(script: Script, found: Outcome) -> list[str]:
    """What the two could have agreed on, what they did, and what was left on the table, in the trainee's language."""
    worth = said(script.source["deal"]["worth"])
    today = tr(_("At today's terms: {zone}"), zone=_zone(found.today))
    most = tr(_("The largest pie: {terms}."), terms=_terms(script, found.best))
    if found.price is None:
        told = [today, tr(_("With the terms that are best for both together: {zone}"), zone=_zone(found.best_zone))]
        if found.pie <= 0:
            return [*told, tr(_("No deal, and none was to be had that suits both. Not to sign was right."))]
        none = _("No deal: nothing for either side, and {pie} ({worth}) was left on the table.")
        return [*told, tr(none, pie=_money(found.pie), worth=worth), most]
    agreed = tr(_("Agreed: {price:,.2f}; {terms}."), price=found.price, terms=_terms(script, found.options))
    told = [agreed, today, tr(_("With what was agreed: {zone}"), zone=_zone(found.zone))]
    for place, text in enumerate(
        (
            _("You signed beyond your own limit: without this deal you would be better off."),
            _("The other side signed beyond its own limit: it will find out, and remember."),
        )
    ):
        if found.worth[place] < 0:
            told.append(tr(text))
    if found.pie <= 0:
        return [*told, tr(_("No terms would have suited both. Not to sign would have been right."))]
    left = tr(_("Left on the table: {left} of {pie} ({worth})."), left=_money(found.left), pie=_money(found.pie), worth=worth)
    return [*told, left, *([most] if found.left > 0 else [])]


def _terms(script: Script, options: Mapping[str, str]) -> str:
    issues = script.source["deal"]["issues"]
    pairs = [(said(issues[issue]["name"]), said(issues[issue]["options"][one]["name"])) for issue, one in options.items()]
    return tr(_("; ")).join(tr(_("{name}: {value}"), name=name, value=value) for name, value in pairs)


def _money(value: float) -> str:
    return f"{round(value):,}".replace("-", "−")


def _zone(zone: Zone) -> str:
    text = (
        _("you take {seller:,.2f} at least, the other side gives {buyer:,.2f} at most: a zone of {pie:,.2f}.")
        if zone.exists
        else _("you take {seller:,.2f} at least, the other side gives {buyer:,.2f} at most: no zone of agreement.")
    )
    return tr(text, seller=zone.seller, buyer=zone.buyer, pie=zone.pie)
