"""The MAN rule: money, authority, need - eight combinations, a verdict and a next move for each.

A capital letter means "has it", a small one "lacks it": ``M a N`` has money and need, but your contact cannot
decide. Chances of open deals: :mod:`crmlab.pipeline`; calls, visits, orders: :mod:`crmlab.funnel`.

Source: training handout. Deals, not the rule, say how far it can be trusted: :func:`win_rates`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from crmlab import checks, intervals
from crmlab.language import _

VERDICTS = {
    "customer": _("Valid customer"),
    "approach": _("Can be approached"),
    "cultivate": _("Cultivate"),
    "stop": _("Not a customer"),
}
"""Verdict keys and their names, best first."""

EIGHT = pd.DataFrame(
    [
        ("M A N", True, True, True, "customer", _("Ideal: sell.")),
        ("M A n", True, True, False, "approach", _("Skilled selling may create the need.")),
        ("M a N", True, False, True, "approach", _("Find out who decides.")),
        ("m A N", False, True, True, "approach", _("Look into business and credit; talk about terms.")),
        ("m a N", False, False, True, "cultivate", _("Watch until money or authority is there.")),
        ("m A n", False, True, False, "cultivate", _("Watch until money or need is there.")),
        ("M a n", True, False, False, "cultivate", _("Watch until authority or need is there.")),
        ("m a n", False, False, False, "stop", _("Stop; spend the time elsewhere.")),
    ],
    columns=["combination", "money", "authority", "need", "verdict", "action"],
).set_index("combination")
"""The eight combinations in the handout's order: ``money``, ``authority``, ``need`` (bool), ``verdict`` (key
of :data:`VERDICTS`), ``action`` (English; :func:`crmlab.language.tr` renders it)."""

NEEDS = pd.DataFrame(
    [
        ("stated", _("Stated"), _("What the customer says."), _("An inexpensive car.")),
        ("real", _("Real"), _("What is meant by it."), _("A car that is cheap to run, not to buy.")),
        ("unstated", _("Unstated"), _("What goes without saying."), _("That the dealer looks after it well.")),
        ("delight", _("Delight"), _("What would be a pleasant surprise."), _("A navigation system thrown in.")),
        ("secret", _("Secret"), _("What the customer would not admit."), _("To look clever to friends.")),
    ],
    columns=["need", "name", "meaning", "example"],
).set_index("need")
"""The five needs behind the N, with the example of a car (English; ``tr`` renders them).

Source: Kotler, P., Marketing Management; training handout."""

# Label by the number 4 M + 2 A + N.
_BY_NUMBER = np.array([f"{m} {a} {n}" for m in "mM" for a in "aA" for n in "nN"], dtype=object)


def verdict(money: Any, authority: Any, need: Any) -> Any:
    """The verdict key: one for three booleans, a Series for three Series.

    Raises :class:`~crmlab.checks.InputError` when a value is neither True nor False (or 1, 0).

    >>> verdict(True, False, True)
    'approach'
    """
    given = dict(zip(("money", "authority", "need"), checks.aligned(money=money, authority=authority, need=need), strict=True))
    many = {name: checks.series(value, name) for name, value in given.items() if hasattr(value, "__len__") and np.ndim(value) > 0}
    one = not many
    index = next((given[name].index for name in many if isinstance(given[name], pd.Series)), None)
    if index is None:
        index = pd.RangeIndex(1 if one else len(next(iter(many.values()))))
    table = pd.DataFrame(index=index)
    for name, value in given.items():
        found = checks.yes_no(many.get(name, pd.Series([value], dtype=object)), name)
        table[name] = found if name in many else bool(found[0])
    keys = label(table).map(EIGHT["verdict"]).rename("verdict")
    return keys.iloc[0] if one else keys


def label(
    deals: pd.DataFrame, money: str = "money", authority: str = "authority", need: str = "need"
) -> pd.Series:
    """The combination of each deal, such as ``"M a N"``.

    The three columns hold True or False (or 1, 0). An empty cell is an error: unknown is not the same as no.

    >>> label(pd.DataFrame({"money": [True], "authority": [False], "need": [True]})).tolist()
    ['M a N']
    """
    checks.frame(deals, "deals")
    columns = {"money": money, "authority": authority, "need": need}
    checks.need(deals, columns)
    m, a, n = (checks.yes_no(deals[column], column).astype("int64") for column in columns.values())
    return pd.Series(_BY_NUMBER[4 * m + 2 * a + n], index=deals.index, name="combination")


def win_rates(
    deals: pd.DataFrame, by: str | Sequence[str] | None = None, confidence: float = 0.95, won: str = "won"
) -> pd.DataFrame:
    """How many deals were won, by combination or by other columns, with Wilson intervals.

    ``deals`` has boolean columns ``money``, ``authority``, ``need`` and ``won``. Without ``by`` the result
    has the eight combinations in the handout's order, those that never occurred with 0 deals and NaN; with
    ``by`` (a column or several) one row a group that occurs. Columns: ``deals``, ``won`` (counts), ``share``,
    ``low``, ``high`` (0..1).

    Deals without a result yet (``won`` empty) and, with ``by``, deals without a group are left out, counted
    in ``result.attrs["left_out"]`` as ``deals_without_result`` and ``deals_without_group``.

    Raises :class:`~crmlab.checks.InputError` for missing columns and for values that are neither True nor
    False.

    >>> deals = pd.DataFrame({"money": True, "authority": [True, True, False], "need": True,
    ...                       "won": [True, False, True]})
    >>> win_rates(deals).loc[["M A N", "M a N"], ["deals", "share"]]  # doctest: +NORMALIZE_WHITESPACE
                 deals  share
    combination
    M A N            2    0.5
    M a N            1    1.0
    """
    checks.frame(deals, "deals")
    checks.need(deals, {"won": won})
    closed = checks.keys(deals[won], won).notna().to_numpy()
    left_out = {"deals_without_result": int((~closed).sum()), "deals_without_group": 0}
    if not closed.any():
        checks.fail(_("No deal has a result yet: column {column!r} is empty."), column=won)
    done = deals[closed]
    result = pd.Series(checks.yes_no(done[won], won).astype("int64"), index=np.arange(len(done)))
    keys: list[Any]
    if by is None:
        keys = [label(done).to_numpy()]
        names = ["combination"]
    else:
        groups = checks.by_columns(done, by)
        names = [group.name for group in groups]
        known = np.all([group.notna().to_numpy() for group in groups], axis=0)
        left_out["deals_without_group"] = int((~known).sum())
        if not known.any():
            checks.fail(_("No deal has a value in {column!r}."), column=", ".join(map(str, names)))
        result = result[known]
        keys = [group.to_numpy()[known] for group in groups]
    grouped = result.groupby(keys, sort=True)
    table = pd.DataFrame({"deals": grouped.size(), "won": grouped.sum()})
    table.index.names = names
    if by is None:
        table = table.reindex(EIGHT.index, fill_value=0)
    confidence = checks.share(confidence, "confidence")
    low, high = intervals.wilson(table["won"].to_numpy(), table["deals"].to_numpy(), confidence)
    table["share"] = (table["won"] / table["deals"]).astype("float64")
    table["low"], table["high"] = low, high
    table.attrs |= {"left_out": left_out, "confidence": confidence}
    return table
