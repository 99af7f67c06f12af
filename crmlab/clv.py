"""Customer lifetime value: what a customer has brought, and what one may still bring.

From the simple to the fitted: :func:`historic` and :func:`simple`; the shifted-beta-geometric model for contracts
(:func:`fit_sbg`); BG/NBD with Gamma-Gamma for customers who come and go unannounced (:func:`repeat_summary`,
:func:`fit_bgnbd`, :func:`fit_gamma_gamma`, :func:`lifetime_value`, :func:`holdout`).

A model that the data push to the edge of its parameters has no estimate there. Its ``state`` then says so, such
parameters are NaN, and predictions are those of the limit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from crmlab import checks, intervals, purchases
from crmlab import likelihood as models
from crmlab.language import _, tr

UNITS = {"day": 1.0, "week": 7.0, "month": 30.4375, "year": 365.25}
"""Days in a unit of time."""

STATES = {
    "interior": _("All parameters are estimated."),
    "no_dropout": _("Nobody is seen to drop out (a runs to 0): only r and alpha are estimated."),
    "same_dropout": _("Customers do not differ in dropping out (a and b run to infinity): after each purchase {p:.1%} go."),
    "all_or_nothing": _("a and b run to 0: {p:.1%} drop out at once, the others never."),
    "drop_at_once": _("b runs to 0: whoever bought again is gone right after."),
    "same_rate": _("Customers do not differ in how often they buy (r and alpha run to infinity): {rate:.4g} a unit of time."),
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


# ---- what was, and the simple formula


def historic(
    orders: pd.DataFrame,
    as_of: Any = None,
    customer: str = "customer_id",
    date: str = "date",
    amount: str = "amount",
    margin: float = 1.0,
    discount: float = 0.0,
) -> pd.DataFrame:
    """What each customer has brought: ``revenue`` (returns taken off), ``profit`` (revenue times ``margin``) and
    ``present_value`` (each profit carried forward to ``as_of`` at ``discount`` a year). Sorted by customer.

    ``orders`` has a row an order or an order line. ``as_of`` is a day (default: the last in the data); later rows are
    left out. ``margin`` is a share of the amount and may be negative. ``attrs["left_out"]`` counts
    ``rows_without_customer`` and ``rows_after_as_of``.

    Raises :class:`~crmlab.checks.InputError` as :func:`crmlab.rfm.summary` does.

    >>> orders = pd.DataFrame({"customer_id": [1, 1, 2], "date": ["2023-01-01", "2024-01-01", "2024-01-01"],
    ...                        "amount": [100., 50., -8.]})
    >>> historic(orders, margin=.4, discount=.1).round(1)  # doctest: +NORMALIZE_WHITESPACE
                 revenue  profit  present_value
    customer_id
    1              150.0    60.0           64.0
    2               -8.0    -3.2           -3.2
    """
    checks.frame(orders, "orders")
    checks.need(orders, {"customer": customer, "date": date, "amount": amount})
    margin, discount = checks.number(margin, "margin"), checks.number(discount, "discount", 0)
    money, day = checks.numbers(orders[amount], amount), checks.days(orders[date], date)
    who, names = purchases.codes(orders[customer])
    end = int(day.max()) if as_of is None else purchases.last_day(as_of, "as_of")
    keep = (who >= 0) & (day <= end)
    if not keep.any():
        checks.fail(_("No row with a customer is left up to {as_of}."), as_of=np.datetime64(end, "D"))
    n = len(names)
    grown = money[keep] * (1 + discount) ** ((end - day[keep]) / 365.25)
    revenue = np.bincount(who[keep], weights=money[keep], minlength=n)
    result = pd.DataFrame(
        {
            "revenue": revenue,
            "profit": margin * revenue,
            "present_value": margin * np.bincount(who[keep], weights=grown, minlength=n),
        },
        index=pd.Index(names, name=customer),
    )[np.bincount(who[keep], minlength=n) > 0]
    left_out = {"rows_without_customer": int((who < 0).sum()), "rows_after_as_of": int(((who >= 0) & ~keep).sum())}
    result.attrs |= {"left_out": left_out, "as_of": str(np.datetime64(end, "D"))}
    return result


def simple(margin: Any, retention: Any, discount: Any, periods: int | None = None, first: str = "after") -> Any:
    """The simple formula: ``margin`` a period, kept with probability ``retention``, discounted at ``discount``.

    ``first="after"``: the first margin comes after one period if the customer stays, m r / (1 + d - r);
    ``first="now"``: the first margin comes at once, m (1 + d) / (1 + d - r). With ``periods`` only so many margins are
    counted; without, all. Scalars give a float, arrays or Series give one of the same kind. A negative margin gives a
    negative value.

    Raises :class:`~crmlab.checks.InputError` for a retention outside 0..1, a negative discount, and for an endless sum
    without discount and without loss.

    Source: Gupta, S., Lehmann, D. R. (2003), Customers as assets, Journal of Interactive Marketing 17(1).

    >>> round(simple(100, retention=.8, discount=.1), 2)
    266.67
    >>> round(simple(100, retention=.8, discount=.1, first="now"), 2)
    366.67
    """
    checks.one_of(first, "first", ("after", "now"))
    m, r, d = np.broadcast_arrays(*(_values(v, n) for v, n in ((margin, "margin"), (retention, "retention"), (discount, "discount"))))
    if ((r < 0) | (r > 1)).any():
        checks.fail(_("retention must lie between 0 and 1, such as 0.8 for 80%."))
    if (d < 0).any():
        checks.fail(_("discount must be 0 or more, such as 0.1 for 10%."))
    factor = r / (1 + d)
    if periods is None:
        if (factor >= 1).any():
            checks.fail(_("Without discount and without loss the value has no end; give periods=..."))
        total = 1 / (1 - factor)
    else:
        count = checks.number(periods, "periods", 1, whole=True)
        with np.errstate(invalid="ignore", divide="ignore"):
            total = np.where(factor < 1, (1 - factor**count) / (1 - factor), count)
    found = m * total * (factor if first == "after" else 1.0)
    for given in (margin, retention, discount):
        if isinstance(given, pd.Series):
            return pd.Series(found, given.index, name="value")
    return float(found) if np.ndim(found) == 0 else found


def _values(values: Any, name: str) -> np.ndarray:
    if np.ndim(values) == 0:
        return np.asarray(checks.number(values, name))
    return checks.numbers(checks.series(values, name), name)


def customer_equity(values: Any) -> pd.Series:
    """The sum of lifetime values over customers: ``customers``, ``equity``, ``mean``, ``below_zero`` (how many cost
    more than they bring).

    >>> customer_equity([120.0, 40.0, -10.0])
    customers       3.0
    equity        150.0
    mean           50.0
    below_zero      1.0
    dtype: float64
    """
    found = checks.numbers(checks.series(values, "values"), "value")
    return pd.Series(
        {
            "customers": float(len(found)),
            "equity": found.sum(),
            "mean": found.mean(),
            "below_zero": float((found < 0).sum()),
        }
    )


# ---- contracts: the shifted-beta-geometric model


@dataclass(frozen=True, repr=False)
class ShiftedBetaGeometric(Fit):
    """The model of :func:`fit_sbg`: each customer leaves with a probability of their own, drawn from a beta."""

    def _limits(self) -> dict[str, float]:
        alpha, beta = self.values
        return {"p": alpha / (alpha + beta)}

    def retention_rate(self, period: Any) -> Any:
        """The share kept in a period (1 = the first) of those still there before it; rises, since the loyal stay.

        >>> fit = fit_sbg([1000, 869, 743, 653, 593, 551, 517, 491])
        >>> fit.retention_rate([1, 12]).round(3).tolist()
        [0.851, 0.957]
        """
        t = _periods(period)
        alpha, beta = self.values
        found = (beta + t - 1) / (alpha + beta + t - 1)
        return float(found) if found.ndim == 0 else found

    def survival(self, period: Any) -> Any:
        """The share of the cohort still there after so many periods (0: all).

        >>> round(fit_sbg([1000, 869, 743, 653, 593, 551, 517, 491]).survival(12), 3)
        0.384
        """
        t = _periods(period)
        if t.size and (t.min() < 0 or (t % 1).any()):
            checks.fail(_("Periods must be whole numbers from 0 up."))
        kept = self.retention_rate(np.arange(1, int(t.max(initial=0)) + 1))
        found = np.concatenate(([1.0], np.cumprod(kept)))[t.astype("int64")]
        return float(found) if found.ndim == 0 else found

    def expected_lifetime(self, discount: float = 0.0, tenure: int = 0) -> float:
        """Periods that a customer who is in period ``tenure`` + 1 may be expected to pay for, this one included.

        Later periods count less at ``discount`` a period. Without discount it is endless (inf) when alpha is 1 or
        below. Times the margin a period it is the customer's lifetime value.

        Source: Fader, P. S., Hardie, B. G. S. (2010), Customer-base valuation in a contractual setting, Marketing
        Science 29(1).

        >>> round(fit_sbg([1000, 869, 743, 653, 593, 551, 517, 491]).expected_lifetime(discount=.1), 2)
        6.64
        """
        discount = checks.number(discount, "discount", 0)
        tenure = checks.number(tenure, "tenure", 0, whole=True)
        alpha, beta = self.values[0], self.values[1] + tenure
        if discount == 0:
            return (alpha + beta - 1) / (alpha - 1) if alpha > 1 else np.inf
        many = int(np.clip(40 / np.log1p(discount), 50, 5_000_000))
        t = np.arange(1, many)
        return 1 + float(np.exp(np.cumsum(np.log((beta + t - 1) / (alpha + beta + t - 1)) - np.log1p(discount))).sum())


def _periods(period: Any) -> np.ndarray:
    return np.asarray(_values(period, "period"), dtype=float)


def fit_sbg(survivors: Any) -> ShiftedBetaGeometric:
    """Fit the shifted-beta-geometric model to how many of a cohort were still there after 0, 1, 2 ... periods.

    ``survivors`` is a list or Series that begins with the size of the cohort and never rises, or a DataFrame with a
    row a cohort, whose cells after the last period seen are empty (NaN). The last count is censored: who is still
    there may leave later. Estimates ``alpha`` and ``beta`` by maximum likelihood.

    Raises :class:`~crmlab.checks.InputError` for fewer than two counts, missing, negative, infinite or rising ones.

    Source: Fader, P. S., Hardie, B. G. S. (2007), How to project customer retention, Journal of Interactive Marketing
    21(1).

    >>> fit_sbg([1000, 869, 743, 653, 593, 551, 517, 491]).estimates.round(3).to_dict()
    {'alpha': 0.668, 'beta': 3.806}
    """
    if isinstance(survivors, pd.DataFrame):
        rows = [(row.name, row) for _label, row in checks.frame(survivors, "survivors").iterrows()]
    else:
        rows = [("", checks.series(survivors, "survivors"))]
    longest = max(len(row) for _name, row in rows)
    lost, kept = np.zeros(max(longest - 1, 1)), np.zeros(max(longest - 1, 1))
    size = 0.0
    for name, row in rows:
        counts = _cohort(row, name)
        lost[: len(counts) - 1] -= np.diff(counts)
        kept[len(counts) - 2] += counts[-1]
        size += counts[0]
    f = models.shifted_beta_geometric(lost, kept)
    best = models.maximise(f, np.ones(2), np.ones(2))
    a, b = np.exp(best.log_parameters)
    gone = float(lost.sum())
    limits = {
        "nobody_left": (1e-9, 1.0) if gone == 0 else None,
        "all_gone": (1.0, 1e-9) if not kept.any() and lost[0] == size else None,
        "same_churn": (1e6 * a / (a + b), 1e6 * b / (a + b)),
    }
    return _finish(ShiftedBetaGeometric, ["alpha", "beta"], f, best, limits, {}, int(size))


def _cohort(row: pd.Series, name: Any) -> np.ndarray:
    where = tr(_("Cohort {name}"), name=name) if name != "" else "survivors"
    counts = checks.numbers(row, where, missing=name != "")
    if name != "":
        seen = int(np.isfinite(counts).sum())
        if np.isnan(counts[:seen]).any():
            checks.fail(_("{where}: an empty cell stands between counts."), where=where)
        counts = counts[:seen]
    if len(counts) < 2:
        checks.fail(_("{where} needs at least two counts: the size of the cohort and who was left after one period."), where=where)
    if (counts < 0).any() or counts[0] == 0:
        checks.fail(_("{where}: counts must be 0 or more, and the cohort not empty."), where=where)
    if (np.diff(counts) > 0).any():
        at = int(np.argmax(np.diff(counts) > 0)) + 1
        checks.fail(
            _("{where}, period {period}: {now:g} cannot be still there when {before:g} were there before."),
            where=where,
            period=at,
            now=counts[at],
            before=counts[at - 1],
        )
    return counts


# ---- no contracts: BG/NBD


def repeat_summary(
    orders: pd.DataFrame,
    until: Any = None,
    customer: str = "customer_id",
    date: str = "date",
    amount: str | None = "amount",
    unit: str = "week",
    zero_orders: str = "leave_out",
) -> pd.DataFrame:
    """What BG/NBD and Gamma-Gamma need, one row a customer, from orders or order lines up to the day ``until``.

    - ``frequency``: days with a purchase after the first one (int),
    - ``recency``: from the first to the last of them, in ``unit`` (0 for who came once),
    - ``T``: from the first to ``until``, in ``unit``,
    - ``monetary``: mean amount of a repeat purchase (NaN without one; no such column with ``amount=None``).

    All rows of a customer on one day are one purchase. A net amount below zero (returns) is none; exactly zero is one
    with ``zero_orders="count"`` only (the published CDNOW figures count free orders). ``unit`` is one of ``"day"``,
    ``"week"``, ``"month"``, ``"year"``; ``attrs`` hold ``unit``, ``until`` and ``left_out``
    (:func:`crmlab.purchases.by_day`).

    >>> orders = pd.DataFrame({"customer_id": [1, 1, 1, 2], "amount": [9., 20., 10., 5.],
    ...                        "date": ["2024-01-01", "2024-01-08", "2024-01-22", "2024-01-15"]})
    >>> repeat_summary(orders, until="2024-01-29")  # doctest: +NORMALIZE_WHITESPACE
                 frequency  recency    T  monetary
    customer_id
    1                    2      3.0  4.0      15.0
    2                    0      0.0  2.0       NaN
    """
    checks.one_of(unit, "unit", UNITS)
    found = purchases.by_day(orders, until, customer, date, amount, zero_orders)
    first = found.first
    times = np.diff(np.append(first, len(found.who)))
    start, last = found.day[first], found.day[first + times - 1]
    columns = {
        "frequency": times - 1,
        "recency": (last - start) / UNITS[unit],
        "T": (found.last_day - start) / UNITS[unit],
    }
    if amount is not None:
        later = np.bincount(found.who, weights=found.money, minlength=len(first)) - found.money[first]
        with np.errstate(invalid="ignore", divide="ignore"):
            columns["monetary"] = np.where(times > 1, np.maximum(later, 0) / (times - 1), np.nan)
    result = pd.DataFrame(columns, index=found.customers)
    result.attrs |= {"left_out": found.left_out, "unit": unit, "until": str(np.datetime64(found.last_day, "D"))}
    return result


@dataclass(frozen=True, repr=False)
class BGNBD(Fit):
    """The model of :func:`fit_bgnbd`; time runs in the unit of the summary it was fitted to."""

    def _limits(self) -> dict[str, float]:
        r, alpha, a, b = self.values
        return {"p": a / (a + b), "rate": r / alpha}

    def p_alive(self, summary: pd.DataFrame) -> pd.Series:
        """The probability that each customer still buys; 1 for who came only once (the model sees dropout after a
        repeat purchase only).
        """
        x, last, end = _repeat_columns(summary)
        r, alpha, a, b = self.values
        with np.errstate(divide="ignore", over="ignore"):
            lead = np.log(a / (b + np.maximum(x, 1) - 1)) + (r + x) * np.log((alpha + end) / (alpha + last))
            found = np.where(x > 0, 1 / (1 + np.exp(lead)), 1.0)
        return pd.Series(found, summary.index, name="p_alive")

    def expected_purchases(self, summary: pd.DataFrame, periods: float) -> pd.Series:
        """Purchases that each customer may be expected to make in the next ``periods`` units of time.

        Source: Fader, Hardie & Lee (2005), equation 10; here as an integral over the dropout probability, which needs
        no hypergeometric function and has no gap at a = 1.
        """
        periods = checks.number(periods, "periods", 0)
        x, _last, end = _repeat_columns(summary)
        return (self.p_alive(summary) * self._while_alive(x, end, periods)).rename("purchases")

    def expected_of_new(self, periods: Any) -> Any:
        """Repeat purchases that a new customer may be expected to make within ``periods`` units of time."""
        t = np.asarray(_values(periods, "periods"), dtype=float)
        if (t < 0).any():
            checks.fail(_("periods must be 0 or more."))
        found = self._while_alive(np.zeros(t.size), np.zeros(t.size), t.ravel()).reshape(t.shape)
        return float(found) if found.ndim == 0 else found

    def _while_alive(self, x: np.ndarray, end: np.ndarray, periods: Any) -> np.ndarray:
        """Mean over p ~ Beta(a, b+x) of (1 - (1 + p t / (alpha+T))^-(r+x)) / p, by Gauss-Jacobi quadrature."""
        r, alpha, a, b = self.values
        ahead = np.broadcast_to(periods / (alpha + end), x.shape)
        edge = 1 + 2 / max(float(ahead.max(initial=0)), 0.5)
        nodes = int(np.clip(19 / np.log(edge + np.sqrt(edge**2 - 1)), 12, 300))
        result = np.empty(len(x))
        order = np.argsort(x, kind="stable")
        counts, begins = np.unique(x[order], return_index=True)
        for count, rows in zip(counts, np.split(order, begins[1:]), strict=True):
            p, weight = _beta_nodes(a, b + count, nodes)
            for part in np.array_split(rows, 1 + len(rows) * nodes // 2_000_000):
                t = ahead[part][:, None]
                with np.errstate(invalid="ignore", divide="ignore"):
                    grown = -np.expm1(-(r + count) * np.log1p(p * t)) / p
                result[part] = np.where(p > 1e-300, grown, (r + count) * t) @ weight
        return result


def _beta_nodes(a: float, b: float, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Nodes and weights for means under Beta(a, b), exact for polynomials up to degree 2 count - 1 (Golub & Welsch)."""
    k = np.arange(count, dtype=float)
    s = 2 * k + a + b
    with np.errstate(invalid="ignore", divide="ignore"):
        middle = 0.5 + ((a - 1) ** 2 - (b - 1) ** 2) / (2 * s * (s - 2))
        n = k[1:]
        sn = s[1:]
        off = n * (n + a - 1) * (n + b - 1) * (n + a + b - 2) / ((sn - 1) * (sn - 2) ** 2 * (sn - 3))
    middle[0] = a / (a + b)
    if count > 1:
        off[0] = a * b / ((a + b) ** 2 * (a + b + 1))
    matrix = np.diag(middle) + np.diag(np.sqrt(off), 1) + np.diag(np.sqrt(off), -1)
    nodes, vectors = np.linalg.eigh(matrix)
    return np.clip(nodes, 0.0, 1.0), vectors[0] ** 2


def _repeat_columns(summary: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """frequency, recency and T, checked."""
    checks.frame(summary, "summary")
    for name in ("frequency", "recency", "T"):
        checks.need(summary, {"": name})
    x, last, end = (checks.within(summary[name], name, 0) for name in ("frequency", "recency", "T"))
    for wrong, text in (
        (x % 1 != 0, _("Row {row}: frequency is {x:g}; it must be a whole number of repeat purchases.")),
        (last > end, _("Row {row}: recency {last:g} is longer than T {end:g}; it runs from the first to the last purchase.")),
        ((x == 0) & (last > 0), _("Row {row}: frequency is 0 but recency is {last:g}; without a repeat purchase it is 0.")),
        ((x > 0) & (last == 0), _("Row {row}: frequency is {x:g} but recency is 0; merge purchases of one day first, as repeat_summary does.")),
    ):
        if wrong.any():
            at = int(wrong.argmax())
            checks.fail(text, row=summary.index[at], x=x[at], last=last[at], end=end[at])
    return x, last, end


def fit_bgnbd(summary: pd.DataFrame) -> BGNBD:
    """Fit BG/NBD to the ``frequency``, ``recency`` and ``T`` of :func:`repeat_summary` by maximum likelihood.

    Customers buy at rates drawn from a gamma distribution (``r``, ``alpha``) and drop out after a purchase with
    probabilities drawn from a beta (``a``, ``b``).

    Raises :class:`~crmlab.checks.InputError` for missing columns or values, impossible rows (recency longer than T,
    frequency without recency), and when nobody bought twice.

    Source: Fader, P. S., Hardie, B. G. S., Lee, K. L. (2005), Counting your customers the easy way, Marketing Science
    24(2).

    >>> from crmlab import datasets
    >>> customers = repeat_summary(datasets.load("cdnow"), until="1997-09-30", zero_orders="count")
    >>> fit_bgnbd(customers)
    BGNBD: r 0.2426, alpha 4.414, a 0.7929, b 2.426; LL -9582.43, n 2,357. All parameters are estimated.
    """
    x, last, end = _repeat_columns(summary)
    if not x.any():
        checks.fail(_("Nobody bought a second time, so neither pace nor dropout can be estimated. Take a longer time."))
    f = models.bgnbd(x, last, end)
    time = float(end[x > 0].mean())
    scale = np.array([1.0, time / 2, 1.0, 1.0])
    best = models.maximise(f, np.array([0.5, time / 3, 1.0, 3.0]), scale)
    if not best.converged or np.abs(best.log_parameters - np.log(scale)).max() > 5:
        # Towards an edge the surface is flat: see whether another start leads elsewhere.
        for start in ([0.1, time / 20, 0.3, 0.3], [3.0, time, 5.0, 5.0], [0.5, time / 3, 0.1, 3.0]):
            again = models.maximise(f, np.array(start), scale)
            if again.value > best.value + 1e-6:
                best = again
    r, alpha, a, b = np.exp(best.log_parameters)
    limits = {
        "no_dropout": (r, alpha, 1e-9 * min(a, 1.0), max(b, 1.0)),
        "same_dropout": (r, alpha, 1e6 * a / (a + b), 1e6 * b / (a + b)),
        "all_or_nothing": (r, alpha, 1e-7 * a / (a + b), 1e-7 * b / (a + b)),
        "drop_at_once": (r, alpha, max(a, 1.0), 1e-9 * min(b, 1.0)),
        "same_rate": (1e6, 1e6 * alpha / r, a, b),
    }
    pairs = {"same_rate": ("r", "alpha")} | dict.fromkeys(limits.keys() - {"same_rate"}, ("a", "b"))
    return _finish(BGNBD, ["r", "alpha", "a", "b"], f, best, limits, pairs, len(x))


def _finish(
    kind: Any,
    names: list[str],
    f: models.Likelihood,
    best: models.Maximum,
    limits: dict[str, Any],
    pairs: dict[str, Sequence[str]],
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


# ---- what they spend: Gamma-Gamma


@dataclass(frozen=True, repr=False)
class GammaGamma(Fit):
    """The model of :func:`fit_gamma_gamma`."""

    left_out: dict[str, int] | None = None
    """Customers not in the fit: ``without_repeat``, ``without_amount``."""

    @property
    def mean(self) -> float:
        """E(M), the mean over customers of what a purchase brings; inf when q is 1 or below."""
        p, q, v = self.values
        return p * v / (q - 1) if q > 1 else float("inf")

    def expected_spend(self, summary: pd.DataFrame) -> pd.Series:
        """What each customer may be expected to spend a purchase: between their own mean and everybody's.

        Those without a repeat purchase get everybody's mean.

        Source: Fader & Hardie (2013), equation 5.
        """
        checks.frame(summary, "summary")
        for name in ("frequency", "monetary"):
            checks.need(summary, {"": name})
        x = checks.within(summary["frequency"], "frequency", 0)
        m = checks.within(summary["monetary"], "monetary", 0, missing=True)
        m = np.where((x > 0) & np.isfinite(m), m, 0.0)
        x = np.where(m > 0, x, 0.0)
        p, q, v = self.values
        with np.errstate(divide="ignore", invalid="ignore"):
            found = np.where(p * x + q > 1, p * (v + x * m) / (p * x + q - 1), np.inf)
        return pd.Series(found, summary.index, name="spend")


def fit_gamma_gamma(summary: pd.DataFrame) -> GammaGamma:
    """Fit Gamma-Gamma to ``frequency`` and ``monetary`` of :func:`repeat_summary` by maximum likelihood.

    Amounts of a customer vary around a mean (``p``), means vary over customers (``q``, ``v``, in the unit of
    ``monetary``). Only customers with a repeat purchase and an amount above 0 take part; the others are counted in
    ``left_out``.

    Raises :class:`~crmlab.checks.InputError` for missing columns, negative or infinite amounts, and fewer than two
    customers.

    Source: Fader, P. S., Hardie, B. G. S. (2013), The Gamma-Gamma model of monetary value, brucehardie.com/notes/025;
    Fader, Hardie & Lee (2005), RFM and CLV, Journal of Marketing Research 42(4).

    >>> from crmlab import datasets
    >>> customers = repeat_summary(datasets.load("cdnow"), until="1997-09-30", zero_orders="count")
    >>> round(fit_gamma_gamma(customers).mean, 2)
    35.17
    """
    checks.frame(summary, "summary")
    for name in ("frequency", "monetary"):
        checks.need(summary, {"": name})
    x = checks.within(summary["frequency"], "frequency", 0)
    m = checks.within(summary["monetary"], "monetary", 0, missing=True)
    repeat = x > 0
    use = repeat & (np.nan_to_num(m) > 0)
    left_out = {"without_repeat": int((~repeat).sum()), "without_amount": int((repeat & ~use).sum())}
    if use.sum() < 2:
        checks.fail(_("Gamma-Gamma needs at least two customers with a repeat purchase and an amount above 0; there are {n}."), n=int(use.sum()))
    x, m = x[use], m[use]
    size = float(np.exp(np.log(m).mean()))
    f = models.gamma_gamma(x, m / size)  # in units of the typical amount, whatever the currency
    scale = np.array([1.0, 1.0, 1.0])
    best = models.maximise(f, np.array([2.0, 3.0, 1.0]), scale)
    p, q, v = np.exp(best.log_parameters)
    # At the edges the other parameters move along: q to infinity with v / q fixed, p to infinity with p v fixed.
    limits = {"same_spend": (p, 1e5, 1e5 * v / q), "same_amounts": (1e5, q, p * v / 1e5)}
    found = _finish(GammaGamma, ["p", "q", "v"], f, best, limits, {"same_spend": ("q", "v"), "same_amounts": ("p", "v")}, len(x))
    by = pd.Series([1.0, 1.0, size], found.estimates.index)
    return GammaGamma(
        estimates=found.estimates * by,
        covariance=found.covariance.mul(by, axis=0).mul(by, axis=1),
        log_likelihood=found.log_likelihood - len(x) * float(np.log(size)),
        customers=found.customers,
        state=found.state,
        values=(*found.values[:2], found.values[2] * size),
        left_out=left_out,
    )


# ---- value and proof


def lifetime_value(
    summary: pd.DataFrame,
    purchases_model: BGNBD,
    spend_model: GammaGamma | None = None,
    years: float = 3.0,
    margin: float = 1.0,
    discount: float = 0.1,
    unit: str | None = None,
) -> pd.DataFrame:
    """What each customer may still bring: ``p_alive``, ``purchases`` and ``spend`` a purchase, and ``value``.

    ``value`` is the margin on all purchases expected in the next ``years``, discounted at ``discount`` a year (each of
    36 equal steps from its middle). ``spend_model=None`` takes each customer's own ``monetary``, which must then not be
    missing. The unit of time is that of the summary (``attrs["unit"]``), or ``unit``. The sum over customers is the
    customer equity (:func:`customer_equity`).

    >>> from crmlab import datasets
    >>> customers = repeat_summary(datasets.load("cdnow"), until="1997-09-30", zero_orders="count")
    >>> table = lifetime_value(customers, fit_bgnbd(customers), fit_gamma_gamma(customers), margin=.3)
    >>> table.columns.tolist()
    ['p_alive', 'purchases', 'spend', 'value']
    """
    years, margin = checks.number(years, "years", 0), checks.number(margin, "margin")
    discount = checks.number(discount, "discount", 0)
    unit = checks.one_of(unit or summary.attrs.get("unit", "week"), "unit", UNITS)
    if spend_model is None:
        checks.need(summary, {"": "monetary"})
        spend = pd.Series(checks.numbers(summary["monetary"], "monetary"), summary.index)
    else:
        spend = spend_model.expected_spend(summary)
    steps = np.linspace(0, years, 37)
    bought = np.zeros(len(summary))
    worth = np.zeros(len(summary))
    for begin, end in zip(steps, steps[1:], strict=False):
        upto = purchases_model.expected_purchases(summary, end * 365.25 / UNITS[unit]).to_numpy()
        worth += (upto - bought) * (1 + discount) ** (-(begin + end) / 2)
        bought = upto
    return pd.DataFrame(
        {
            "p_alive": purchases_model.p_alive(summary),
            "purchases": bought,
            "spend": spend,
            "value": margin * worth * spend.to_numpy(),
        },
        index=summary.index,
    )


@dataclass(frozen=True)
class HoldOut:
    """A forecast against what came, from :func:`holdout`."""

    model: BGNBD
    customers: pd.DataFrame
    """``frequency``, ``recency``, ``T``, ``actual``, ``predicted`` and ``same_pace`` (the past pace gone on)."""
    by_frequency: pd.DataFrame
    """``customers`` and the means of ``actual``, ``predicted``, ``same_pace`` by past repeat purchases (0 .. 7+)."""
    totals: pd.Series
    """The sums of ``actual``, ``predicted`` and ``same_pace``."""
    errors: pd.Series
    """Mean absolute error a customer of ``predicted`` and ``same_pace``."""
    correlation: float
    """Between actual and predicted purchases, over customers."""


def holdout(
    orders: pd.DataFrame,
    split: Any,
    until: Any = None,
    customer: str = "customer_id",
    date: str = "date",
    amount: str | None = "amount",
    unit: str = "week",
    zero_orders: str = "leave_out",
) -> HoldOut:
    """Fit BG/NBD to all up to the day ``split``, forecast each customer's purchases after it, and compare.

    Customers who first bought after ``split`` are not in it. ``same_pace`` is what a ruler would forecast: repeat
    purchases so far, divided by the time observed, times the time ahead. A model worth its trouble beats it.

    Raises :class:`~crmlab.checks.InputError` as :func:`repeat_summary` and :func:`fit_bgnbd` do, and when no day with
    data lies after ``split``.

    >>> from crmlab import datasets
    >>> check = holdout(datasets.load("cdnow"), split="1997-09-30", zero_orders="count")
    >>> check.totals.round().to_dict()
    {'actual': 1882.0, 'predicted': 1653.0, 'same_pace': 2930.0}
    """
    before = repeat_summary(orders, split, customer, date, amount, unit, zero_orders)
    whole = purchases.by_day(orders, until, customer, date, amount, zero_orders)
    day = purchases.last_day(split, "split")
    if whole.last_day <= day:
        checks.fail(_("Nothing lies after the split {split}: choose an earlier day."), split=np.datetime64(day, "D"))
    ahead = (whole.last_day - day) / UNITS[unit]
    later = np.bincount(whole.who[whole.day > day], minlength=len(whole.customers))
    model = fit_bgnbd(before)
    table = before[["frequency", "recency", "T"]].copy()
    table["actual"] = later[whole.customers.get_indexer(table.index)]
    table["predicted"] = model.expected_purchases(table, ahead)
    # Who came first on the day of the split has been observed for no time, and no pace.
    table["same_pace"] = (table["frequency"] / table["T"].where(table["T"] > 0) * ahead).fillna(0.0)
    kinds = ["actual", "predicted", "same_pace"]
    group = table["frequency"].clip(upper=7)
    by = table.groupby(group)[kinds].mean()
    by.insert(0, "customers", table.groupby(group).size())
    off = table[["predicted", "same_pace"]].sub(table["actual"], axis=0).abs().mean()
    varied = table["actual"].nunique() > 1 and table["predicted"].nunique() > 1
    corr = float(np.corrcoef(table["actual"], table["predicted"])[0, 1]) if varied else float("nan")
    return HoldOut(model, table, by, table[kinds].sum(), off, corr)
