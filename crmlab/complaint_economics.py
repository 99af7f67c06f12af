"""What a complaint is worth: silence, buying again, word of mouth, and what a recovery may cost.

The figures of the handouts are arguments and defaults here, not facts: :data:`CLAIMS` says where each is from
and how far it holds. Put in your own as soon as you have them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from crmlab import checks
from crmlab.language import _

TARP = pd.DataFrame(
    [(0.37, 0.46, 0.70, 0.95), (0.09, 0.19, 0.54, 0.82)],
    index=pd.Index(["under_5", "over_100"], name="loss"),
    columns=["silent", "unsatisfied", "satisfied", "quickly"],
)
"""Share that would buy again, by size of the loss (under $5, over $100) and what became of the complaint: not made,
made but not settled, settled, settled quickly. Stated intentions in the USA of the 1970s and 80s.

Source: Goodman, J. / TARP (Technical Assistance Research Programs), Consumer complaint handling in America."""

OUTCOMES = {
    "silent": _("Said nothing"),
    "unsatisfied": _("Complained, not settled"),
    "satisfied": _("Settled"),
    "quickly": _("Settled quickly"),
}
"""The four outcomes and their names."""

_HANDOUT = _("training handout")
_SETTING = _("true of one setting, false as a law")
_REAL = _("real, but from the 1970s and 80s; see the table by size of loss")
_NONE = _("no study found")
_RANGE = _("a range, not a law")
_DRINK = _("a soft-drink maker's study of its own complainers, 1981")
_ONE = _("one company, its own complainers")
CLAIMS = pd.DataFrame(
    [
        ("silent", 0.96, _("of the unhappy never complain"), _HANDOUT, _SETTING),
        ("again_settled_low", 0.54, _("of those who complain buy again if it is settled, at least"), "TARP", _REAL),
        ("again_settled_high", 0.70, _("of those who complain buy again if it is settled, at most"), "TARP", _REAL),
        ("again_quickly", 0.95, _("buy again if it is settled fast and well"), "TARP", _REAL),
        ("told_settled", 5.0, _("people hear of a complaint that was settled well"), _HANDOUT, _NONE),
        ("told_satisfied", 3.0, _("people hear it from a satisfied customer"), _HANDOUT, _NONE),
        ("told_unhappy", 11.0, _("people hear it from an unhappy customer"), _HANDOUT, _NONE),
        ("told_many", 0.13, _("of the unhappy tell 20"), _HANDOUT, _NONE),
        ("drink_told_20", 0.12, _("of the complainers, and more, told 20 or more"), _DRINK, _ONE),
        ("drink_told_satisfied", 4.5, _("people heard it from the fully satisfied (4 to 5)"), _DRINK, _ONE),
        ("drink_bought_more", 0.10, _("of the fully satisfied would buy more"), _DRINK, _ONE),
        ("drink_told_unhappy", 9.5, _("people heard it where it was not completely settled (9 to 10)"), _DRINK, _ONE),
        ("drink_stopped", 1 / 3, _("of these gave the products up"), _DRINK, _ONE),
        ("drink_bought_less", 0.45, _("of these, others, would buy less"), _DRINK, _ONE),
        ("win_against_keep", 5.0, _("times the cost of keeping is the cost of winning (Goodman: 2 to 20)"), _HANDOUT, _RANGE),
    ],
    columns=["claim", "value", "meaning", "source", "verdict"],
).set_index("claim")  # fmt: skip
"""The figures of the handouts: ``value``, ``meaning``, ``source``, ``verdict`` (English; ``tr`` renders them)."""


@dataclass(frozen=True)
class Recovery:
    """What one unhappy customer costs, in money; fields are numbers, or Series where ``value`` was one."""

    cost_if_left: Any
    """Expected loss when nothing is done: the customer's own trade and the listeners'."""
    cost_if_settled: Any
    """Expected loss that remains when it is settled, the recovery itself not counted."""
    worth: Any
    """The difference: what settling is worth, and so the most it may cost."""
    own_trade: Any
    """The part of ``worth`` that is the customer's own trade."""
    word_of_mouth: Any
    """The part of ``worth`` that is what others hear."""


def unhappy_behind(complaints: float, complain: float = 0.04) -> float:
    """How many unhappy customers stand behind the complaints that were heard.

    ``complain`` is the share of the unhappy who say so: .04 in the handouts (96% silent), which Goodman found
    for small packaged goods; in the US federal report of 1979 it was .69 of households with a problem. The
    answer hangs on this one figure: 25 for each complaint, or 1.4.

    >>> unhappy_behind(10), round(unhappy_behind(10, complain=.69), 1)
    (250.0, 14.5)
    """
    complaints = checks.number(complaints, "complaints", low=0)
    return complaints / checks.rate(complain, "complain", zero=False)


def outcomes(
    unhappy: float,
    complain: float,
    settled: float,
    quickly: float = 0.0,
    keep: str | Mapping[str, float] = "over_100",
    value: float | None = None,
) -> pd.DataFrame:
    """What becomes of ``unhappy`` customers: one row an outcome of :data:`OUTCOMES` and one ``all``.

    Shares from 0 to 1: ``complain`` of the unhappy complain, ``settled`` of these complaints are settled,
    ``quickly`` of the settled are settled quickly. ``keep`` is a row of :data:`TARP`, or a mapping from
    outcome to the share that stays. Columns: ``customers``, ``keep``, ``kept``, ``lost``, and with ``value``
    (what a customer is worth) ``lost_value``.

    >>> outcomes(1000, complain=.5, settled=.6, quickly=.5).round(2)  # doctest: +NORMALIZE_WHITESPACE
                 customers  keep   kept   lost
    outcome
    silent           500.0  0.09   45.0  455.0
    unsatisfied      200.0  0.19   38.0  162.0
    satisfied        150.0  0.54   81.0   69.0
    quickly          150.0  0.82  123.0   27.0
    all             1000.0  0.29  287.0  713.0
    """
    unhappy = checks.number(unhappy, "unhappy", low=0)
    heard = unhappy * checks.rate(complain, "complain")
    good = heard * checks.rate(settled, "settled")
    fast = good * checks.rate(quickly, "quickly")
    rates = _keep(keep)
    table = pd.DataFrame(
        {"customers": [unhappy - heard, heard - good, good - fast, fast], "keep": [rates[key] for key in OUTCOMES]},
        index=pd.Index(list(OUTCOMES), name="outcome"),
    )
    table["kept"] = table["customers"] * table["keep"]
    table.loc["all", ["customers", "kept"]] = table[["customers", "kept"]].sum()
    table.loc["all", "keep"] = table.loc["all", "kept"] / unhappy if unhappy else np.nan
    table["lost"] = table["customers"] - table["kept"]
    if value is not None:
        table["lost_value"] = table["lost"] * checks.number(value, "value", low=0)
    return table


def word_of_mouth(
    customers: Mapping[str, float] | pd.Series,
    told: Mapping[str, float] | None = None,
    mood: Mapping[str, int] | None = None,
) -> pd.DataFrame:
    """How many people hear good and bad: a row an outcome and one ``all``, columns ``customers``, ``told``,
    ``good``, ``bad``.

    ``customers`` by outcome, as the column of :func:`outcomes`. ``told`` is how many each tells; the
    defaults are the handout's: 11 for the unhappy, 5 where it was settled. ``mood`` is 1 (good) or -1 (bad); by default
    the settled speak well. People told are not customers lost; nobody has counted how many act on it.

    >>> word_of_mouth({"silent": 100, "quickly": 10}).loc["all", ["good", "bad"]].tolist()
    [50.0, 1100.0]
    """
    told = {"silent": 11, "unsatisfied": 11, "satisfied": 5, "quickly": 5} | _by_outcome(told, "told")
    mood = {"silent": -1, "unsatisfied": -1, "satisfied": 1, "quickly": 1} | _by_outcome(mood, "mood")
    rows = {}
    for key, number in checks.named(customers, "customers").items():
        if key == "all":
            continue
        if key not in told or key not in mood:
            checks.fail(
                _("For {key!r} say told and mood; they are known for {there}."), key=key, there=", ".join(OUTCOMES)
            )
        number = checks.number(number, f"customers[{key!r}]", low=0)
        each = checks.number(told[key], f"told[{key!r}]", low=0)
        heard = number * each
        good = checks.number(mood[key], f"mood[{key!r}]", -1, 1)
        rows[key] = [number, each, heard if good > 0 else 0.0, heard if good < 0 else 0.0]
    if not rows:
        checks.fail(_("customers is empty: give a number for each outcome."))
    table = pd.DataFrame.from_dict(rows, orient="index", columns=["customers", "told", "good", "bad"])
    table.index.name = "outcome"
    whole = table.sum()
    whole["told"] = (whole["good"] + whole["bad"]) / whole["customers"] if whole["customers"] else np.nan
    table.loc["all"] = whole
    return table


def told_by_the_rest(mean: float = 11, share_many: float = 0.13, many: float = 20) -> float:
    """The most that the others can tell on average, if ``share_many`` tell ``many`` or more and the mean is ``mean``.

    A check of a claim against itself: "the unhappy tell 11, and 13% of them tell 20" leaves at most
    9.7 for the other 87%. Below 0 the claim contradicts itself.

    >>> round(told_by_the_rest(), 1)
    9.7
    """
    share_many = checks.share(share_many, "share_many")
    mean, many = checks.number(mean, "mean", low=0), checks.number(many, "many", low=0)
    return (mean - share_many * many) / (1 - share_many)


def recovery(
    value: Any,
    keep_if_left: float = 0.19,
    keep_if_settled: float = 0.54,
    told_if_left: float = 11,
    told_if_settled: float = 5,
    lost_per_listener: float = 0.0,
    won_per_listener: float = 0.0,
    prospect_value: float = 0.0,
) -> Recovery:
    """What one unhappy customer costs, and what a recovery may cost.

    ``value``: what the customer's future trade is worth in margin, not in sales (from
    :mod:`crmlab.clv`; a number, or a Series by customer). ``keep_if_left`` and ``keep_if_settled``: shares that stay; the
    defaults are TARP's for a loss over $100. ``lost_per_listener`` and ``won_per_listener``: the share of those
    who hear bad or good of us that we lose or win on its account, each worth ``prospect_value``; 0 by default, as
    nobody knows.

    A recovery pays while it costs less than ``worth``, provided that it really moves the customer from the one
    share to the other.

    >>> found = recovery(2000)
    >>> round(found.cost_if_left), round(found.cost_if_settled), round(found.worth)
    (1620, 920, 700)
    """
    left = checks.rate(keep_if_left, "keep_if_left")
    settled = checks.rate(keep_if_settled, "keep_if_settled")
    lost = checks.rate(lost_per_listener, "lost_per_listener")
    won = checks.rate(won_per_listener, "won_per_listener")
    other = checks.number(prospect_value, "prospect_value", low=0)
    bad = checks.number(told_if_left, "told_if_left", low=0) * lost * other
    good = checks.number(told_if_settled, "told_if_settled", low=0) * won * other
    if not hasattr(value, "__len__") or isinstance(value, str) or np.ndim(value) == 0:
        worth: Any = checks.number(value, "value", low=0)
    else:
        column = checks.series(value, "value")
        worth = pd.Series(checks.within(column, str(column.name or "value"), 0), index=column.index)
    own = worth * (settled - left)
    talk = bad + good + 0 * worth
    return Recovery(worth * (1 - left) + bad, worth * (1 - settled) - good, own + talk, own, talk)


def recovery_curve(
    value: float, uplift: Sequence[float] = (0.24, 0.35, 0.63), costs: Sequence[float] | None = None
) -> pd.DataFrame:
    """The net gain of a recovery by what it costs: ``cost``, ``low``, ``net``, ``high``, in money a customer.

    ``value`` as in :func:`recovery`; ``uplift``: by how much settling raises the share that stays, at worst, likely,
    at best. The defaults are TARP's: .24 (loss under $5, settled against not settled), .35 (over $100), .63
    (over $100, settled quickly). ``costs`` runs from 0 to a fifth beyond the best case unless given.
    ``result.attrs["break_even"]`` has the three costs at which the gain is 0.

    >>> recovery_curve(1000, costs=[0, 350, 500])
        cost    low    net   high
    0    0.0  240.0  350.0  630.0
    1  350.0 -110.0    0.0  280.0
    2  500.0 -260.0 -150.0  130.0
    """
    value = checks.number(value, "value", low=0)
    three = checks.within(checks.series(uplift, "uplift"), "uplift", -1, 1)
    if len(three) != 3 or (np.diff(three) < 0).any():
        checks.fail(_("uplift must be three rising shares (worst, likely, best); it is {value!r}."), value=uplift)
    if costs is None:
        costs = np.linspace(0, 1.2 * value * max(three[2], 0.01), 61).tolist()
    cost = checks.within(checks.series(costs, "costs"), "costs", 0)
    gain = value * three[None, :] - cost[:, None]
    result = pd.DataFrame({"cost": cost, "low": gain[:, 0], "net": gain[:, 1], "high": gain[:, 2]})
    result.attrs |= {"break_even": (value * three).tolist(), "value": value, "uplift": three.tolist()}
    return result


def _keep(keep: str | Mapping[str, float]) -> dict[str, float]:
    if isinstance(keep, str):
        checks.one_of(keep, "keep", list(TARP.index))
        return {str(key): float(rate) for key, rate in TARP.loc[keep].items()}
    keep = checks.mapping(keep, "keep", "{'silent': 0.1, 'unsatisfied': 0.2, 'satisfied': 0.5, 'quickly': 0.8}")
    missing = [key for key in OUTCOMES if key not in keep]
    if missing:
        checks.fail(_("keep lacks {names}."), names=", ".join(missing))
    return {key: checks.rate(keep[key], f"keep[{key!r}]") for key in OUTCOMES}


def _by_outcome(given: Any, name: str) -> dict[Any, Any]:
    return {} if given is None else checks.mapping(given, name, "{'silent': 1}")
