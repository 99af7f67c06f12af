"""What the fitted models of customer value share: estimates with errors, and the state when there are none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from crmlab import checks, intervals
from crmlab.clv import likelihood as models
from crmlab.language import _, tr

STATES = {
    "interior": _("All parameters are estimated."),
    "no_dropout": _("Nobody is seen to drop out (a runs to 0): only r and alpha are estimated."),
    "same_dropout": _(
        "Customers do not differ in dropping out (a and b run to infinity): after each purchase {p:.1%} go."
    ),
    "all_or_nothing": _("a and b run to 0: {p:.1%} drop out at their first repeat purchase, the others never."),
    "drop_at_once": _("b runs to 0: whoever bought again is gone right after."),
    "same_rate": _(
        "Customers do not differ in how often they buy (r and alpha run to infinity): {rate:.4g} a unit of time."
    ),
    "same_spend": _("Customers do not differ in what they spend (q and v run to infinity)."),
    "same_amounts": _("Every customer always spends the same (p runs to infinity)."),
    "same_churn": _("Customers do not differ in leaving (alpha and beta run to infinity): {p:.1%} go each period."),
    "nobody_left": _("Nobody has left yet (alpha runs to 0): there is nothing to estimate."),
    "all_gone": _("All left in the first period (beta runs to 0): there is nothing to project."),
    "not_found": _("The search found no maximum; look at the data for what makes these customers unlike the model."),
}
"""What the part of a fit's ``state`` means. Two edges at once are joined with a plus."""


@dataclass(frozen=True)
class Fit:
    """A fitted model: ``estimates`` and their ``covariance`` (NaN where there is no estimate), ``log_likelihood``,
    number of ``customers``, and ``state``: ``"interior"``, or the edge of the parameters that the data point to (the
    keys of :data:`STATES`, joined with ``+``).
    """

    estimates: pd.Series
    covariance: pd.DataFrame
    log_likelihood: float
    customers: int
    state: str
    values: tuple[float, ...]
    """What predictions compute with: the estimates, or a point so far out that it gives the limit."""

    @property
    def at_boundary(self) -> bool:
        """Did the data push the model to an edge, where a parameter has no estimate?"""
        return self.state != "interior"

    @property
    def note(self) -> str:
        """The state in words, in the reader's language."""
        return " ".join(tr(STATES[part], **self._limits()) for part in self.state.split("+"))

    def _limits(self) -> dict[str, float]:
        return {}

    def parameters(self, confidence: float = 0.95) -> pd.DataFrame:
        """``estimate``, ``se`` (standard error), ``low`` and ``high``; one row a parameter.

        Errors come from the Hessian of the likelihood; intervals are symmetric in the logarithm, so above 0.
        """
        error = pd.Series(np.sqrt(np.diag(self.covariance)), self.estimates.index)
        far = np.exp(intervals.z_value(confidence) * error / self.estimates)
        return pd.DataFrame(
            {"estimate": self.estimates, "se": error, "low": self.estimates / far, "high": self.estimates * far}
        )

    def __str__(self) -> str:
        told = ", ".join(f"{name} {value:.4g}" for name, value in self.estimates.dropna().items())
        return f"{type(self).__name__}: {told or '-'}; LL {self.log_likelihood:.2f}, n {self.customers:,}. {self.note}"

    __repr__ = __str__


def finish(
    kind: Any,
    names: list[str],
    f: models.Likelihood,
    best: models.Maximum,
    limits: Mapping[str, Any],
    pairs: Mapping[str, Sequence[str]],
    customers: int,
) -> Any:
    """Estimates with errors, unless the likelihood is no lower at one of the ``limits``: then that is the state.

    ``pairs`` names the parameters without an estimate in each state (all of them, if not named).
    """
    noise = 1e-3 + 1e-8 * customers
    at, value, hessian = best.log_parameters, best.value, best.hessian
    states: list[str] = []
    lost: set[str] = set()
    for state, point in limits.items():
        gone = set(pairs.get(state, names))
        if point is None or lost & gone:
            continue
        there = at.copy()
        moved = np.isin(names, list(gone))
        there[moved] = np.log(point)[moved]
        found = f(there)
        if found[0] >= value - noise:
            states.append(state)
            lost |= gone
            at, value, hessian = there, max(value, found[0]), found[2]
    if not states and not best.converged:
        states, lost = ["not_found"], set(names)
    known = ~np.isin(names, list(lost))
    parameters = np.exp(at)
    covariance = np.full((len(names), len(names)), np.nan)
    if known.any():
        try:
            inverse = np.linalg.inv(-hessian[np.ix_(known, known)])
            inverse = inverse if (np.diag(inverse) > 0).all() else np.full_like(inverse, np.nan)
        except np.linalg.LinAlgError:
            inverse = np.full((int(known.sum()),) * 2, np.nan)
        covariance[np.ix_(known, known)] = inverse * np.outer(parameters[known], parameters[known])
    return kind(
        estimates=pd.Series(np.where(known, parameters, np.nan), names, name="estimate"),
        covariance=pd.DataFrame(covariance, names, names),
        log_likelihood=float(value),
        customers=customers,
        state="+".join(states) or "interior",
        values=tuple(map(float, parameters)),
    )


def values(given: Any, name: str) -> np.ndarray:
    """A number, a list or a Series as an array of finite floats."""
    if np.ndim(given) == 0:
        return np.asarray(checks.number(given, name))
    return checks.numbers(checks.series(given, name), name)
