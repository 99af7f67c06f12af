"""What the fitted models of customer value share: estimates with errors, and the state when there are none."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from crmlab import checks, intervals
from crmlab.clv import likelihood as models
from crmlab.language import _, tr

STATES = {
    "interior": _("All parameters are estimated."),
    "no_dropout": _(
        "Nobody is seen to drop out ({lost} runs to 0): only r and alpha are estimated. "
        "Forecast from the pace alone, or watch for longer."
    ),
    "same_dropout": _(
        "Customers do not differ in dropping out (a and b run to infinity): after each purchase {p:.1%} go. "
        "Use the forecasts, not a and b."
    ),
    "same_lifetime": _(
        "Customers do not differ in how soon they drop out (s and beta run to infinity): they go at a rate of {p:.4g} "
        "a unit of time. Use the forecasts, not s and beta."
    ),
    "all_or_nothing": _(
        "a and b run to 0: {p:.1%} drop out at their first repeat purchase, the others never. "
        "See what tells the two kinds of customers apart, and fit each alone."
    ),
    "gone_or_stay": _(
        "s and beta run to 0: about {p:.1%} are gone after their first purchase, of the others hardly anybody goes. "
        "See what tells the two kinds of customers apart, and fit each alone."
    ),
    "drop_at_once": _("b runs to 0: whoever bought again is gone right after. Watch for longer before you forecast."),
    "same_rate": _(
        "Customers do not differ in how often they buy (r and alpha run to infinity): {rate:.4g} a unit of time. "
        "Use the forecasts, not r and alpha."
    ),
    "same_spend": _(
        "Customers do not differ in what they spend (q and v run to infinity): expect {mean:.4g} a purchase of everybody."
    ),
    "same_amounts": _("Every customer always spends the same (p runs to infinity): expect of each their own mean."),
    "same_churn": _(
        "Customers do not differ in leaving (alpha and beta run to infinity): {p:.1%} go each period. "
        "Project with this one rate."
    ),
    "leave_or_stay": _(
        "alpha and beta run to 0: {p:.1%} leave in the first period, the others never. "
        "See what tells the two kinds of customers apart, and fit each alone."
    ),
    "nobody_left": _("Nobody has left yet (alpha runs to 0): there is nothing to estimate. Wait, or take older cohorts."),
    "all_gone": _("All left in the first period (beta runs to 0): there is nothing to project. Take shorter periods."),
    "not_found": _(
        "The search found no maximum, so there are no estimates. See what makes these customers unlike the model, "
        "or fit parts of them alone."
    ),
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
        """The state in words, and which expectation does not exist, with what to do; in the reader's language."""
        told = [tr(STATES[part], **self._limits()) for part in self.state.split("+")]
        return " ".join(told if self.state == "not_found" else [*told, *self._endless()])

    @property
    def endless(self) -> str:
        """Which expectation does not exist, and what to do; empty where all exist."""
        return " ".join(self._endless())

    def _limits(self) -> dict[str, Any]:
        """What the sentence of a state names."""
        return {}

    def _endless(self) -> list[str]:
        """A sentence for each expectation that does not exist."""
        return []

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


FAR = 1e10
"""What stands for infinity (and its inverse for 0) where a limit is looked at: the likelihoods keep their digits there."""


@dataclass(frozen=True)
class Limit:
    """An edge of the parameters: ``point`` gives those lost there; of these ``sought`` still move, as a ratio does. An edge
    that is approached in the logarithm only counts as reached when ``slack`` is all that is missing in the log-likelihood.
    """

    point: Mapping[str, float]
    sought: Sequence[str] = ()
    slack: float = 0.0


def finish(
    kind: Any,
    names: list[str],
    f: models.Likelihood,
    best: models.Maximum,
    limits: Mapping[str, Limit | None],
    customers: int,
    **more: Any,
) -> Any:
    """Estimates with errors, unless the likelihood is no lower at one of the ``limits``: then that is the state.

    At a limit the other parameters are sought anew, so that it is as good as it can be.
    """
    noise = 1e-3 + 1e-8 * customers
    names_of = np.array(names)
    states: list[str] = []
    lost, free = np.zeros(len(names), bool), np.ones(len(names), bool)
    sure = best.converged and _sure(best.hessian)
    while True:
        found: dict[str, tuple[models.Maximum, np.ndarray, np.ndarray]] = {}
        for state, limit in limits.items():
            gone = np.isin(names_of, list(limit.point) if limit else [])
            if limit is None or (gone & lost).any():
                continue
            there = best.log_parameters.copy()
            there[gone] = np.log([limit.point[name] for name in names_of[gone]])
            moving = free & (~gone | np.isin(names_of, list(limit.sought)))
            if sure and f(there)[0] < best.value - noise:
                continue  # a peak with all its sides, and higher
            at_limit = models.held(f, there, moving)
            if at_limit.value >= best.value - noise - limit.slack:
                found[state] = at_limit, gone, moving
        if not found:
            break
        top = max(maximum.value for maximum, _gone, _moving in found.values())
        state = next(name for name, (maximum, _gone, _moving) in found.items() if maximum.value >= top - noise)
        best, gone, free = found[state]
        states.append(state)
        lost = lost | gone
        sure = False
    if not states and not best.converged:
        states, lost = ["not_found"], np.ones(len(names), bool)
    parameters = np.exp(best.log_parameters)
    covariance = np.full((len(names), len(names)), np.nan)
    if not lost.all():
        try:
            inverse = np.linalg.inv(-best.hessian[np.ix_(free, free)])
            inverse = inverse if (np.diag(inverse) > 0).all() else np.full_like(inverse, np.nan)
        except np.linalg.LinAlgError:
            inverse = np.full((int(free.sum()),) * 2, np.nan)
        covariance[np.ix_(free, free)] = inverse * np.outer(parameters[free], parameters[free])
        covariance[lost, :] = covariance[:, lost] = np.nan
    return kind(
        estimates=pd.Series(np.where(lost, np.nan, parameters), names, name="estimate"),
        covariance=pd.DataFrame(covariance, names, names),
        log_likelihood=float(best.value),
        customers=customers,
        state="+".join(states) or "interior",
        values=tuple(map(float, parameters)),
        **more,
    )


def _sure(hessian: np.ndarray) -> bool:
    """Is it a peak whose parameters are all known to within a factor of about 10?"""
    roots, turn = np.linalg.eigh(-hessian)
    return bool((roots > 0).all() and ((turn**2 / roots).sum(axis=1) < 1.5).all())


def values(given: Any, name: str) -> np.ndarray:
    """A number, a list or a Series as an array of finite floats."""
    if np.ndim(given) == 0:
        return np.asarray(checks.number(given, name))
    return checks.numbers(checks.series(given, name), name)


def shares(given: Any, name: str) -> np.ndarray:
    """A share, a list or a Series of shares from 0 to 1 as an array."""
    if np.ndim(given) == 0:
        return np.asarray(checks.rate(given, name))
    return checks.rates(checks.series(given, name), name)


def model(given: Any, kinds: tuple[type, ...], name: str, made_by: str) -> None:
    """Is it a model of the right kind?"""
    if not isinstance(given, kinds):
        checks.fail(
            _("{name} must be a model fitted by one of these: {made_by}; it is of the kind {kind}."),
            name=name,
            made_by=made_by,
            kind=f"type[{given.__name__}]" if isinstance(given, type) else type(given).__name__,
        )


@dataclass(frozen=True, repr=False)
class Purchases(Fit, ABC):
    """What the models of purchases share: how sure the forecast of a total is, and the likelihood of other customers."""

    @abstractmethod
    def expected_purchases(self, summary: pd.DataFrame, periods: float) -> pd.Series:
        """Purchases that each customer may be expected to make."""

    @abstractmethod
    def _spread(self, summary: pd.DataFrame, periods: float) -> np.ndarray:
        """The variance of the purchases of each customer in the next ``periods``."""

    def error_of_total(self, summary: pd.DataFrame, periods: float) -> float:
        """The standard error of the sum of :meth:`expected_purchases` as a forecast of what will come: chance, and the
        uncertainty of the estimates (which counts for nothing where there are none).
        """
        periods = checks.number(periods, "periods", 0)
        steps = []
        for at, estimate in enumerate(self.estimates):
            totals = []
            for by in (1e-4, -1e-4):
                near = list(self.values)
                near[at] *= np.exp(by)
                moved = replace(self, values=tuple(near))
                totals.append(float(moved.expected_purchases(summary, periods).sum()))
            steps.append((totals[0] - totals[1]) / 2e-4 / estimate)
        slope = np.nan_to_num(np.array(steps))
        unsure = float(slope @ np.nan_to_num(self.covariance.to_numpy()) @ slope)
        return float(np.sqrt(self._spread(summary, periods).sum() + unsure))
