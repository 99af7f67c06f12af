"""Customer lifetime value: what a customer has brought, and what one may still bring.

From the simple to the fitted: :func:`historic` and :func:`simple`; shares of returners, for customers who come back after
a silence (:func:`return_rates`, :func:`expected_buyers`, :func:`migration_value`); the shifted-beta-geometric model for contracts
(:func:`fit_sbg`); BG/NBD or Pareto/NBD with Gamma-Gamma for customers who come and go unannounced (:func:`repeat_summary`,
:func:`fit_bgnbd`, :func:`fit_pareto_nbd`, :func:`fit_gamma_gamma`, :func:`lifetime_value`, :func:`holdout`, :func:`compare`).

A model that the data push to the edge of its parameters has no estimate there. Its ``state`` then says so, its ``note``
says what to do, such parameters are NaN, and predictions are those of the limit. An expectation that does not exist is
infinite, and the ``note`` says that too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from crmlab import checks, intervals, purchases
from crmlab.clv import fitting
from crmlab.clv.bgnbd import BGNBD, fit_bgnbd
from crmlab.clv.fitting import STATES, Fit
from crmlab.clv.gamma_gamma import GammaGamma, fit_gamma_gamma
from crmlab.clv.migration import expected_buyers, migration_value, return_rates
from crmlab.clv.pareto_nbd import ParetoNBD, fit_pareto_nbd
from crmlab.clv.sbg import ShiftedBetaGeometric, fit_sbg
from crmlab.counting import bincount
from crmlab.language import _

__all__ = [
    "BGNBD",
    "PURCHASE_MODELS",
    "STATES",
    "UNITS",
    "Fit",
    "GammaGamma",
    "HoldOut",
    "ParetoNBD",
    "ShiftedBetaGeometric",
    "compare",
    "customer_equity",
    "expected_buyers",
    "fit_bgnbd",
    "fit_gamma_gamma",
    "fit_pareto_nbd",
    "fit_sbg",
    "historic",
    "holdout",
    "lifetime_value",
    "migration_value",
    "repeat_summary",
    "return_rates",
    "rounded",
    "simple",
]

PurchaseModel = BGNBD | ParetoNBD
PURCHASE_MODELS: dict[str, Callable[[pd.DataFrame], PurchaseModel]] = {"bgnbd": fit_bgnbd, "pareto_nbd": fit_pareto_nbd}
"""What :func:`holdout` and :func:`compare` can fit, by name."""

MOST = 7
"""Past repeat purchases from which on customers are one group in a hold-out check."""

UNITS = {"day": 1.0, "week": 7.0, "month": 30.4375, "year": 365.25}
"""Days in a unit of time."""

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
    left out. ``margin`` is a share of the amount, from -1 to 1; ``discount`` one from 0 to 1. ``attrs["left_out"]`` counts
    ``rows_without_customer`` and ``rows_after_as_of``.

    Raises :class:`~crmlab.checks.InputError` as :func:`crmlab.rfm.summary` does, and for a margin of 40 where .40 is meant.

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
    margin, discount = _margin(margin), checks.rate(discount, "discount")
    money, day = checks.numbers(orders[amount], amount), checks.days(orders[date], date)
    who, names = purchases.codes(orders[customer])
    end = int(day.max()) if as_of is None else purchases.last_day(as_of, "as_of")
    keep = (who >= 0) & (day <= end)
    if not keep.any():
        checks.fail(_("No row with a customer is left up to {as_of}."), as_of=np.datetime64(end, "D"))
    n = len(names)
    grown = money[keep] * (1 + discount) ** ((end - day[keep]) / 365.25)
    revenue = bincount(who[keep], weights=money[keep], minlength=n)
    result = pd.DataFrame(
        {
            "revenue": revenue,
            "profit": margin * revenue,
            "present_value": margin * bincount(who[keep], weights=grown, minlength=n),
        },
        index=pd.Index(names, name=customer),
    )[bincount(who[keep], minlength=n) > 0]
    left_out = {"rows_without_customer": int((who < 0).sum()), "rows_after_as_of": int(((who >= 0) & ~keep).sum())}
    result.attrs |= {"left_out": left_out, "as_of": str(np.datetime64(end, "D"))}
    return result


def _margin(value: Any) -> float:
    """A share of the amount, below 0 where each sale costs money."""
    found = checks.number(value, "margin")
    return float(np.copysign(checks.rate(abs(found), "margin"), found))


def simple(margin: Any, retention: Any, discount: Any, periods: int | None = None, first: str = "after") -> Any:
    """The simple formula: ``margin`` a period, kept with probability ``retention``, discounted at ``discount``.

    ``first="after"``: the first margin comes after one period if the customer stays, m r / (1 + d - r);
    ``first="now"``: the first margin comes at once, m (1 + d) / (1 + d - r). With ``periods`` only so many margins are
    counted; without, all. Scalars give a float, arrays or Series give one of the same kind; Series with the same labels in
    another order are brought into the order of the first. ``margin`` is money and may be negative.

    Raises :class:`~crmlab.checks.InputError` for a retention or a discount outside 0..1, for inputs of different lengths or
    labels, and for an endless sum without discount and without loss.

    Source: Gupta, S., Lehmann, D. R. (2003), Customers as assets, Journal of Interactive Marketing 17(1).

    >>> round(simple(100, retention=.8, discount=.1), 2)
    266.67
    >>> round(simple(100, retention=.8, discount=.1, first="now"), 2)
    366.67
    """
    checks.one_of(first, "first", ("after", "now"))
    margin, retention, discount = checks.aligned(margin=margin, retention=retention, discount=discount)
    m, r, d = np.broadcast_arrays(
        fitting.values(margin, "margin"), fitting.shares(retention, "retention"), fitting.shares(discount, "discount")
    )
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


# ---- from orders to repeat purchases


def repeat_summary(
    orders: pd.DataFrame,
    as_of: Any = None,
    customer: str = "customer_id",
    date: str = "date",
    amount: str | None = "amount",
    unit: str = "week",
    zero_orders: str = "leave_out",
) -> pd.DataFrame:
    """What BG/NBD and Gamma-Gamma need, one row a customer, from orders or order lines up to the day ``as_of``.

    - ``frequency``: days with a purchase after the first one (int),
    - ``recency``: from the first to the last of them, in ``unit`` (0 for who came once),
    - ``T``: from the first to ``as_of``, in ``unit``,
    - ``monetary``: mean amount of a repeat purchase (NaN without one; no such column with ``amount=None``).

    All rows of a customer on one day are one purchase. A net amount below zero (returns) is none; exactly zero is one
    with ``zero_orders="count"`` only (the published CDNOW figures count free orders). ``unit`` is one of ``"day"``,
    ``"week"``, ``"month"``, ``"year"``; ``attrs`` hold ``unit``, ``as_of`` and ``left_out``
    (:func:`crmlab.purchases.by_day`).

    >>> orders = pd.DataFrame({"customer_id": [1, 1, 1, 2], "amount": [9., 20., 10., 5.],
    ...                        "date": ["2024-01-01", "2024-01-08", "2024-01-22", "2024-01-15"]})
    >>> repeat_summary(orders, as_of="2024-01-29")  # doctest: +NORMALIZE_WHITESPACE
                 frequency  recency    T  monetary
    customer_id
    1                    2      3.0  4.0      15.0
    2                    0      0.0  2.0       NaN
    """
    checks.one_of(unit, "unit", UNITS)
    found = purchases.by_day(orders, as_of, customer, date, amount, zero_orders)
    first = found.first
    times = np.diff(np.append(first, len(found.who)))
    start, last = found.day[first], found.day[first + times - 1]
    columns = {
        "frequency": times - 1,
        "recency": (last - start) / UNITS[unit],
        "T": (found.last_day - start) / UNITS[unit],
    }
    if amount is not None:
        later = bincount(found.who, weights=found.money, minlength=len(first)) - found.money[first]
        with np.errstate(invalid="ignore", divide="ignore"):
            columns["monetary"] = np.where(times > 1, np.maximum(later, 0) / (times - 1), np.nan)
    result = pd.DataFrame(columns, index=found.customers)
    result.attrs |= {"left_out": found.left_out, "unit": unit, "as_of": str(np.datetime64(found.last_day, "D"))}
    return result


def rounded(summary: pd.DataFrame, digits: int = 2) -> pd.DataFrame:
    """A :func:`repeat_summary` rounded half up, as spreadsheets do: the published CDNOW fits start from such figures.

    >>> rounded(pd.DataFrame({"recency": [1.005, 2.0]}))["recency"].tolist()
    [1.01, 2.0]
    """
    by = 10.0 ** checks.number(digits, "digits", 0, 12, whole=True)
    result = checks.frame(summary, "summary").copy()
    for at, name in enumerate(summary.columns):
        if not pd.api.types.is_integer_dtype(summary.dtypes.iloc[at]):
            found = checks.numbers(summary.iloc[:, at], str(name), missing=True)
            # 1.005 lies a hair below itself as a float; the hair must not decide.
            result.isetitem(at, np.floor(found * by + 0.5 + 1e-9) / by)
    return result


# ---- value and proof


def lifetime_value(
    summary: pd.DataFrame,
    purchases_model: PurchaseModel,
    spend_model: GammaGamma | None = None,
    years: float = 3.0,
    margin: float = 1.0,
    discount: float = 0.1,
    unit: str | None = None,
) -> pd.DataFrame:
    """What each customer may still bring: ``p_alive``, ``purchases`` and ``spend`` a purchase, and ``value``.

    ``value`` is the margin on all purchases expected in the next ``years``, discounted at ``discount`` a year (each of
    36 equal steps from its middle). ``spend_model=None`` takes each customer's own ``monetary``, which must then not be
    missing. The unit of time is that of the summary (``attrs["unit"]``), or ``unit``; where neither is there, weeks, and
    an :class:`~crmlab.checks.InputWarning`. The sum over customers is the
    customer equity (:func:`customer_equity`). ``purchases_model`` comes from :func:`fit_bgnbd` or :func:`fit_pareto_nbd`.

    Raises :class:`~crmlab.checks.InputError` for models in each other's place, a margin outside -1..1, a discount outside
    0..1, and where what a customer may be expected to spend does not exist (Gamma-Gamma with q of 1 or below).

    >>> from crmlab import datasets
    >>> customers = repeat_summary(datasets.load("cdnow"), as_of="1997-09-30", zero_orders="count")
    >>> table = lifetime_value(customers, fit_bgnbd(customers), fit_gamma_gamma(customers), margin=.3)
    >>> table.columns.tolist()
    ['p_alive', 'purchases', 'spend', 'value']
    """
    checks.frame(summary, "summary")
    fitting.model(purchases_model, (BGNBD, ParetoNBD), "purchases_model", "fit_bgnbd, fit_pareto_nbd")
    if spend_model is not None:
        fitting.model(spend_model, (GammaGamma,), "spend_model", "fit_gamma_gamma")
    years, margin, discount = checks.number(years, "years", 0), _margin(margin), checks.rate(discount, "discount")
    if unit is None and "unit" not in summary.attrs:
        checks.warn(_("The summary does not say in which unit its times are, so weeks are taken. Say unit='week', or another."))
    unit = checks.one_of(summary.attrs.get("unit", "week") if unit is None else unit, "unit", UNITS)
    if spend_model is None:
        checks.need(summary, {"": "monetary"})
        spend = pd.Series(checks.numbers(summary["monetary"], "monetary"), summary.index)
    else:
        spend = spend_model.expected_spend(summary)
        if np.isinf(spend).any():
            checks.fail(
                _("For {n} of the customers no spend can be expected, so neither can a value. {note}"),
                n=int(np.isinf(spend).sum()),
                note=spend_model.endless,
            )
    steps = np.linspace(0, years, 37)
    bought = np.zeros(len(summary))
    worth = np.zeros(len(summary))
    for begin, end in pairwise(steps):
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

    model: PurchaseModel
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
    as_of: Any = None,
    customer: str = "customer_id",
    date: str = "date",
    amount: str | None = "amount",
    unit: str = "week",
    zero_orders: str = "leave_out",
    model: str = "bgnbd",
) -> HoldOut:
    """Fit BG/NBD to all up to the day ``split``, forecast each customer's purchases after it, and compare.

    ``model="pareto_nbd"`` takes Pareto/NBD instead; :func:`compare` sets both beside each other.

    Customers who first bought after ``split`` are not in it. ``same_pace`` is what a ruler would forecast: repeat
    purchases so far, divided by the time observed, times the time ahead. A model worth its trouble beats it.

    Raises :class:`~crmlab.checks.InputError` as :func:`repeat_summary` and :func:`fit_bgnbd` do, and when no day with
    data lies after ``split``.

    >>> from crmlab import datasets
    >>> check = holdout(datasets.load("cdnow"), split="1997-09-30", zero_orders="count")
    >>> check.totals.round().to_dict()
    {'actual': 1882.0, 'predicted': 1653.0, 'same_pace': 2930.0}
    """
    checks.one_of(model, "model", PURCHASE_MODELS)
    before = repeat_summary(orders, split, customer, date, amount, unit, zero_orders)
    whole = purchases.by_day(orders, as_of, customer, date, amount, zero_orders)
    day = purchases.last_day(split, "split")
    if whole.last_day <= day:
        checks.fail(_("Nothing lies after the split {split}: choose an earlier day."), split=np.datetime64(day, "D"))
    ahead = (whole.last_day - day) / UNITS[unit]
    later = bincount(whole.who[whole.day > day], minlength=len(whole.customers))
    fitted = PURCHASE_MODELS[model](before)
    table = before[["frequency", "recency", "T"]].copy()
    table["actual"] = later[whole.customers.get_indexer(table.index)]
    table["predicted"] = fitted.expected_purchases(table, ahead)
    # Who came first on the day of the split has been observed for no time, and no pace.
    table["same_pace"] = (table["frequency"] / table["T"].where(table["T"] > 0) * ahead).fillna(0.0)
    kinds = ["actual", "predicted", "same_pace"]
    group = table["frequency"].clip(upper=MOST)
    by = table.groupby(group)[kinds].mean()
    by.insert(0, "customers", table.groupby(group).size())
    off = table[["predicted", "same_pace"]].sub(table["actual"], axis=0).abs().mean()
    varied = table["actual"].nunique() > 1 and table["predicted"].nunique() > 1
    corr = float(np.corrcoef(table["actual"], table["predicted"])[0, 1]) if varied else float("nan")
    return HoldOut(fitted, table, by, table[kinds].sum(), off, corr)


def compare(
    orders: pd.DataFrame,
    split: Any,
    as_of: Any = None,
    customer: str = "customer_id",
    date: str = "date",
    amount: str | None = "amount",
    unit: str = "week",
    zero_orders: str = "leave_out",
    models: Sequence[str] = ("bgnbd", "pareto_nbd"),
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Which model forecasts better? Each of ``models`` is fitted up to ``split`` and tried on what came after it.

    One row a model (:data:`PURCHASE_MODELS`), and one for ``same_pace`` (see :func:`holdout`):

    - ``mae``, ``rmse``: mean absolute error and root mean squared error of the purchases of a customer,
    - ``log_likelihood``: of all that customers did after the split, given what they did before it (in logarithms, higher is
      better; differences of a few units can be chance),
    - ``total``, ``low``, ``high``: purchases of all customers, with the interval that should hold what came with probability
      ``confidence``: chance and the uncertainty of the estimated parameters together, by the normal distribution,
    - ``state`` and ``estimated``: the state of the fit (:data:`STATES`), and how many parameters it has.

    ``attrs``: ``actual`` (the purchases that came), ``customers``, ``periods`` (the time ahead, in ``unit``), ``confidence``.
    Same data, same unit of time: only then do log-likelihoods compare.

    Raises :class:`~crmlab.checks.InputError` as :func:`holdout` does.

    >>> from crmlab import datasets
    >>> table = compare(datasets.load("cdnow"), "1997-09-30", zero_orders="count")
    >>> table[["mae", "rmse", "total", "low", "high"]].round(2)  # doctest: +NORMALIZE_WHITESPACE
                 mae  rmse    total      low     high
    model
    bgnbd       0.79  1.61  1653.41  1453.87  1852.95
    pareto_nbd  0.75  1.60  1665.51  1403.53  1927.49
    same_pace   1.02  2.21  2930.10      NaN      NaN
    >>> table.attrs["actual"]
    1882
    """
    names = [models] if isinstance(models, str) else list(models) if isinstance(models, Iterable) else [models]
    if not names:
        checks.fail(_("models names nothing: choose from {known}."), known=", ".join(PURCHASE_MODELS))
    for name in names:
        checks.one_of(name, "models", PURCHASE_MODELS)
    z = intervals.z_value(confidence)
    rows: dict[str, list[Any]] = {}
    whole = repeat_summary(orders, as_of, customer, date, amount, unit, zero_orders)
    for name in dict.fromkeys(names):
        tried = holdout(orders, split, as_of, customer, date, amount, unit, zero_orders, name)
        table, model = tried.customers, tried.model
        after = whole.loc[table.index, ["frequency", "recency", "T"]]
        ahead = float((after["T"] - table["T"]).iloc[0])
        gained = model.log_likelihood_of(after) - model.log_likelihood_of(table)
        total = float(tried.totals["predicted"])
        error = z * model.error_of_total(table, ahead)
        rows[name] = [*_errors(table, "predicted"), gained, total, max(total - error, 0.0), total + error]
        rows[name] += [model.state, int(model.estimates.notna().sum())]
    rows["same_pace"] = [*_errors(table, "same_pace"), np.nan, float(tried.totals["same_pace"]), np.nan, np.nan, "", 0]
    columns = ["mae", "rmse", "log_likelihood", "total", "low", "high", "state", "estimated"]
    result = pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("model")
    result.attrs |= {
        "actual": int(tried.totals["actual"]),
        "customers": len(table),
        "periods": ahead,
        "confidence": confidence,
    }
    return result


def _errors(table: pd.DataFrame, forecast: str) -> tuple[float, float]:
    off = (table[forecast] - table["actual"]).to_numpy()
    return float(np.abs(off).mean()), float(np.sqrt((off**2).mean()))
