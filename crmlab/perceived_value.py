"""Customer perceived value: what a customer gets from an offer, less all that it costs, money being one cost of four.

Source: Kotler, P., Marketing Management (customer delivered value); training handout.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from crmlab import checks
from crmlab.language import _

VALUES = {
    "product": _("Product value"),
    "service": _("Service value"),
    "personnel": _("Personnel value"),
    "image": _("Image value"),
}
"""The four parts of total customer value."""

COSTS = {
    "money": _("Cost in money"),
    "time": _("Time spent"),
    "energy": _("Energy spent"),
    "psychic": _("Psychic cost: worry, trouble"),
}
"""The four parts of total customer cost."""


def perceived_value(
    offers: pd.DataFrame, values: Sequence[str] | None = None, costs: Sequence[str] | None = None
) -> pd.DataFrame:
    """Perceived value = total value less total cost, by offer, the best first.

    ``offers`` has one row an offer and columns for the parts, all in one unit: money, what each part is worth to
    this customer. ``values`` and ``costs`` name the columns; by default those of :data:`VALUES` and :data:`COSTS` that are
    there. Added columns: ``total_value``, ``total_cost``, ``perceived_value``, ``ratio`` (value / cost), ``behind`` (how
    much less than the best). The two orders can differ: by ratio a small cheap offer may win, and a customer
    short of money may go by it.

    Raises :class:`~crmlab.checks.InputError` for missing columns, gaps, negative parts.

    >>> offers = pd.DataFrame({"product": [90, 100], "service": [30, 5], "money": [70, 60], "time": [5, 20]},
    ...                       index=["we", "they"])
    >>> perceived_value(offers)[["total_value", "total_cost", "perceived_value"]]
          total_value  total_cost  perceived_value
    we          120.0        75.0             45.0
    they        105.0        80.0             25.0
    """
    checks.frame(offers, "offers")
    gets = [name for name in VALUES if name in offers] if values is None else checks.names(values, "values")
    pays = [name for name in COSTS if name in offers] if costs is None else checks.names(costs, "costs")
    if not gets or not pays:
        checks.fail(
            _("offers needs at least one column of value ({values}) and one of cost ({costs})."),
            values=", ".join(VALUES),
            costs=", ".join(COSTS),
        )
    for name in [*gets, *pays]:
        if gets.count(name) and pays.count(name):
            checks.fail(_("Column {column!r} is named as value and as cost."), column=name)
        if [*gets, *pays].count(name) > 1:
            checks.fail(_("Column {column!r} is named twice."), column=name)
    for name in [*gets, *pays]:
        checks.need(offers, {"": name})
    total = {
        side: np.sum([checks.within(offers[name], name, 0) for name in names], axis=0)
        for side, names in (("value", gets), ("cost", pays))
    }
    result = offers.copy()
    result["total_value"], result["total_cost"] = total["value"], total["cost"]
    result["perceived_value"] = total["value"] - total["cost"]
    with np.errstate(divide="ignore", invalid="ignore"):
        result["ratio"] = total["value"] / total["cost"]
    result["behind"] = result["perceived_value"].max() - result["perceived_value"]
    return result.sort_values("perceived_value", ascending=False, kind="stable")
