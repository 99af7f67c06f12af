"""SERVQUAL: 22 pairs of questions, five dimensions, the gap between what is perceived and what is expected.

Each of 22 statements is answered twice on one scale, usually 1 to 7: what an excellent firm should do (expected)
and what this firm does (perceived). gap = perceived - expected; below 0 the service falls short.

Source: Parasuraman, A., Zeithaml, V. A. & Berry, L. L. (1988), SERVQUAL, Journal of Retailing 64(1), 12-40; the
five gaps: the same (1985), A conceptual model of service quality, Journal of Marketing 49(4), 41-50.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from crmlab import checks
from crmlab.language import _, tr

DIMENSIONS = {
    "tangibles": _("Tangibles"),
    "reliability": _("Reliability"),
    "responsiveness": _("Responsiveness"),
    "assurance": _("Assurance"),
    "empathy": _("Empathy"),
}
"""The five dimensions and their names."""

_MEANINGS = {
    "tangibles": (
        _("equipment is up to date"),
        _("premises look good"),
        _("staff are neatly dressed"),
        _("what one sees fits the service"),
    ),
    "reliability": (
        _("promises are kept in time"),
        _("a problem meets understanding"),
        _("one can depend on the firm"),
        _("service comes when it was promised"),
        _("records are right"),
    ),
    "responsiveness": (
        _("one is told when it will be done"),
        _("service is prompt"),
        _("staff are willing to help"),
        _("staff are never too busy to answer"),
    ),
    "assurance": (
        _("staff can be trusted"),
        _("dealings feel safe"),
        _("staff are polite"),
        _("staff get the support they need"),
    ),
    "empathy": (
        _("the firm knows the single customer"),
        _("staff give personal attention"),
        _("staff know what one needs"),
        _("the firm has one's interest at heart"),
        _("hours suit everybody"),
    ),
}

ITEMS = pd.DataFrame(
    [(key, meaning) for key, meanings in _MEANINGS.items() for meaning in meanings],
    columns=["dimension", "meaning"],
    index=pd.RangeIndex(1, 23, name="item"),
)
"""The 22 items: ``dimension`` (4, 5, 4, 4, 5 of them) and what each asks in a few words (English; ``tr`` renders
them). All are put positively here; the 1988 wording turns items 10 to 13 and 18 to 22 round: see ``reverse``."""

GAPS = pd.DataFrame(
    [
        (1, "expected", "understood", _("What customers expect, and what the management believes they expect")),
        (2, "understood", "specified", _("What the management believes, and the standard it sets")),
        (3, "specified", "delivered", _("The standard, and what is delivered")),
        (4, "promised", "delivered", _("What is promised outside, and what is delivered")),
        (5, "expected", "perceived", _("What customers expect, and what they perceive")),
    ],
    columns=["gap", "from", "to", "meaning"],
).set_index("gap")
"""The five gaps of the model: gap = ``to`` less ``from``."""


@dataclass(frozen=True)
class Alpha:
    """Cronbach's alpha with its interval."""

    alpha: float
    low: float
    high: float
    items: int
    n: int
    standardized: float
    confidence: float = 0.95
    left_out: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Reliability:
    """Composite reliability from one common factor; ``note`` says what to know before the figure is used."""

    omega: float
    variance_extracted: float
    loadings: pd.Series
    """The standardised loading of each item: its correlation with the factor."""
    items: int
    n: int
    note: str = ""
    left_out: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Score:
    """The overall SERVQUAL score: mean gap over the five dimensions, plain and weighted, in points of the scale."""

    unweighted: float
    weighted: float
    low: float
    high: float
    n: int
    weights: dict[str, float]
    confidence: float = 0.95
    left_out: dict[str, int] = field(default_factory=dict)


def gaps(
    survey: pd.DataFrame,
    items: pd.DataFrame = ITEMS,
    perceived: str = "p",
    expected: str = "e",
    scale: tuple[float, float] = (1, 7),
    reverse: Sequence[Any] = (),
    confidence: float = 0.95,
) -> pd.DataFrame:
    """The gap of each item: ``dimension``, ``expected``, ``perceived`` (means), ``gap``, ``low``, ``high``, ``n``.

    ``survey`` has one row a customer and columns ``e1`` ... ``e22`` and ``p1`` ... ``p22`` (other beginnings
    are arguments; another questionnaire is another ``items``, with a column ``dimension``). ``reverse`` names
    items whose statements are put negatively: their answers x count as low + high - x of ``scale``.

    Means and gap are over customers with both answers; the interval is Student's t for paired differences.
    ``result.attrs["left_out"]`` counts incomplete pairs by item.

    Raises :class:`~crmlab.checks.InputError` for missing columns, text, answers off the scale.

    >>> survey = pd.DataFrame({"e1": [7, 6, 7], "p1": [5, 6, 4]})
    >>> gaps(survey, ITEMS.loc[[1]])[["expected", "perceived", "gap", "n"]].round(2).iloc[0].tolist()
    [6.67, 5.0, -1.67, 3.0]
    """
    p, e = _answers(survey, items, perceived, expected, scale, reverse)
    rows, left_out = [], {}
    for at, item in enumerate(items.index):
        both = ~(np.isnan(p[:, at]) | np.isnan(e[:, at]))
        left_out[item] = int((~both).sum())
        rows.append(
            [items["dimension"].iloc[at], *_paired(p[both, at], e[both, at], confidence)],
        )
    columns = ["dimension", "expected", "perceived", "gap", "low", "high", "n"]
    result = pd.DataFrame(rows, columns=columns, index=items.index)
    result.attrs |= {"left_out": left_out, "confidence": confidence}
    return result


def by_dimension(
    survey: pd.DataFrame,
    items: pd.DataFrame = ITEMS,
    perceived: str = "p",
    expected: str = "e",
    scale: tuple[float, float] = (1, 7),
    reverse: Sequence[Any] = (),
    confidence: float = 0.95,
) -> pd.DataFrame:
    """The gap of each dimension, in the order of ``items``; arguments and errors as :func:`gaps`.

    A customer's score in a dimension is the mean over its items. Columns: ``items``, ``expected``,
    ``perceived``, ``gap``, ``low``, ``high``, ``n`` (customers who answered all items of the dimension twice),
    ``alpha_expected``, ``alpha_perceived`` and ``alpha_gap`` (of the differences, which are less reliable
    than their parts when these go together; NaN for one item). ``result.attrs["left_out"]``: incomplete customers by dimension.

    >>> survey = pd.DataFrame({f"{side}{k}": [6, 7, 5, 7] for side in "ep" for k in (1, 2, 3, 4)})
    >>> by_dimension(survey, ITEMS.loc[1:4])[["items", "gap", "n", "alpha_expected"]].iloc[0].tolist()
    [4.0, 0.0, 4.0, 1.0]
    """
    p, e = _answers(survey, items, perceived, expected, scale, reverse)
    rows, left_out = {}, {}
    dimension = checks.keys(items["dimension"], "dimension")
    for key in dict.fromkeys(dimension):
        mine = (dimension == key).to_numpy()
        a, b = e[:, mine], p[:, mine]
        full = ~(np.isnan(a) | np.isnan(b)).any(axis=1)
        a, b = a[full], b[full]
        left_out[key] = int((~full).sum())
        rows[key] = [
            int(mine.sum()),
            *_paired(b.mean(axis=1), a.mean(axis=1), confidence),
            *(_alpha(part) for part in (a, b, b - a)),
        ]
    columns = ["items", "expected", "perceived", "gap", "low", "high", "n"]
    columns += ["alpha_expected", "alpha_perceived", "alpha_gap"]
    result = pd.DataFrame.from_dict(rows, orient="index", columns=columns)
    result.index.name = "dimension"
    result.attrs |= {"left_out": left_out, "confidence": confidence}
    return result


def score(
    survey: pd.DataFrame,
    weights: Mapping[str, float] | str | None = None,
    items: pd.DataFrame = ITEMS,
    perceived: str = "p",
    expected: str = "e",
    scale: tuple[float, float] = (1, 7),
    reverse: Sequence[Any] = (),
    confidence: float = 0.95,
) -> Score:
    """The overall score: each customer's gaps of the five dimensions, averaged plainly and by weight.

    ``weights``: a mapping from dimension to weight (any unit; they are scaled to sum to 1), or the beginning
    of the columns in which each customer split 100 points over the dimensions (``"weight_"`` for
    ``weight_tangibles`` ...), then every customer's own weights count, as the authors do. None weighs equally.

    ``low`` and ``high`` are Student's t interval of the weighted score. Only customers with all answers (and
    weights) count: ``left_out["incomplete"]``. Raises as :func:`gaps`, and for weights that are negative,
    missing or sum to 0.

    >>> survey = pd.DataFrame({f"e{k}": [7, 7] for k in range(1, 23)} | {f"p{k}": [6, 5] for k in range(1, 23)})
    >>> found = score(survey, {"tangibles": 10, "reliability": 40, "responsiveness": 20, "assurance": 20, "empathy": 10})
    >>> round(found.weighted, 6), found.n
    (-1.5, 2)
    """
    p, e = _answers(survey, items, perceived, expected, scale, reverse)
    dimension = checks.keys(items["dimension"], "dimension")
    keys = list(dict.fromkeys(dimension))
    mine = {key: (dimension == key).to_numpy() for key in keys}
    gap = np.column_stack([(p[:, at] - e[:, at]).mean(axis=1) for at in mine.values()])
    weight = _weights(survey, weights, keys)
    full = ~(np.isnan(gap).any(axis=1) | np.isnan(weight).any(axis=1))
    if not full.any():
        checks.fail(_("No customer answered all items twice, so there is no overall score."))
    gap, weight = gap[full], weight[full]
    if (weight.sum(axis=1) <= 0).any():
        row = survey.index[full][int((weight.sum(axis=1) <= 0).argmax())]
        checks.fail(_("Row {row}: the weights sum to 0, so they say nothing."), row=row)
    weight = weight / weight.sum(axis=1, keepdims=True)
    own = (gap * weight).sum(axis=1)
    low, high = _t_interval(own, confidence)
    return Score(
        float(gap.mean()),
        float(own.mean()),
        low,
        high,
        len(own),
        dict(zip(keys, weight.mean(axis=0).tolist(), strict=True)),
        confidence,
        {"incomplete": int((~full).sum())},
    )


def cronbach_alpha(answers: pd.DataFrame, confidence: float = 0.95) -> Alpha:
    """Cronbach's alpha: how well several items that should measure one thing hang together.

    ``answers`` has one row a customer, one column an item, all put in the same direction. alpha = k / (k - 1)
    (1 - sum of the item variances / variance of the sum). It is 1 when all items agree, about 0 when they have
    nothing in common, below 0 when some point the other way. It grows with the number of items, and it does not
    show that they measure *one* thing. ``standardized`` is k r / (1 + (k - 1) r), r the mean correlation.

    The interval is Feldt's (1965, Psychometrika 30, 357-370), from the F distribution; it assumes normal
    answers of equal covariance. Customers with a gap are left out: ``left_out["incomplete"]``.

    Raises :class:`~crmlab.checks.InputError` for one item, fewer than two complete customers, or sums that
    are all equal.

    Source: Cronbach, L. J. (1951), Coefficient alpha and the internal structure of tests, Psychometrika 16,
    297-334.

    >>> found = cronbach_alpha(pd.DataFrame({"a": [1, 2, 3, 4], "b": [2, 2, 3, 5], "c": [1, 3, 3, 4]}))
    >>> round(found.alpha, 3), found.items, found.n
    (0.947, 3, 4)
    """
    values, left_out = _complete(answers)
    n, k = values.shape
    alpha = _alpha(values)
    if np.isnan(alpha):
        checks.fail(_("All customers have the same sum over the items, so alpha cannot be computed."))
    from scipy.special import fdtri

    tail = (1 - checks.share(confidence, "confidence")) / 2
    free = n - 1, (n - 1) * (k - 1)
    # (1 - alpha) / (1 - estimate) is distributed as F with these degrees of freedom turned round.
    low = 1 - (1 - alpha) * float(fdtri(*free, 1 - tail))
    high = 1 - (1 - alpha) * float(fdtri(*free, tail))
    spread = values.std(axis=0, ddof=1)
    standardized = np.nan
    if (spread > 0).all():
        mean_r = (np.corrcoef(values.T).sum() - k) / (k * (k - 1))
        standardized = float(k * mean_r / (1 + (k - 1) * mean_r))
    return Alpha(alpha, low, high, k, n, standardized, confidence, left_out)


def composite_reliability(answers: pd.DataFrame) -> Reliability:
    """Composite reliability (McDonald's omega, Joreskog's rho): the share of the sum's variance that one common factor
    explains.

    ``answers`` has one row a customer, one column an item. With the standardised loadings l of a one-factor solution by
    maximum likelihood, omega = (sum of l)^2 / ((sum of l)^2 + sum of (1 - l^2)): of the sum of standardised items. It is
    ``standardized`` of :func:`cronbach_alpha` where all loadings are equal, and above it where they differ.
    ``variance_extracted`` is the mean of l^2 (Fornell and Larcker ask for half or more). Customers with a gap are left
    out: ``left_out["incomplete"]``.

    ``note`` names items whose loading runs to 1 (a Heywood case: the factor is that item) or is negative.

    Raises :class:`~crmlab.checks.InputError` for fewer than three items (two cannot tell their loadings apart), not more
    customers than items, an item that never varies, and items of which one is a sum of others.

    Source: McDonald, R. P. (1999), Test theory; Joreskog, K. G. (1971), Statistical analysis of sets of congeneric
    tests, Psychometrika 36, 109-133; Fornell, C., Larcker, D. F. (1981), Journal of Marketing Research 18, 39-50.

    >>> answers = pd.DataFrame({"a": [1, 2, 3, 4, 5, 4], "b": [2, 2, 1, 5, 4, 3], "c": [2, 3, 2, 4, 4, 5]})
    >>> found = composite_reliability(answers)
    >>> round(found.omega, 3), found.loadings.round(2).tolist()
    (0.88, [0.83, 0.79, 0.9])
    """
    values, left_out = _complete(answers)
    n, k = values.shape
    if k < 3:
        checks.fail(_("Composite reliability needs three items or more: two cannot tell their loadings apart."))
    if n <= k:
        checks.fail(
            _("Composite reliability needs more customers who answered every item than items; there are {n} and {k}."),
            n=n,
            k=k,
        )
    names = pd.Index(answers.columns, name="item")
    still = np.ptp(values, axis=0) == 0
    if still.any():
        checks.fail(_("Item {item!r} never varies: leave it out."), item=names[int(still.argmax())])
    loadings = _one_factor(np.corrcoef(values.T))
    top, unique = loadings.sum() ** 2, 1 - loadings**2
    told = []
    if (unique <= _HEYWOOD * 1.01).any():
        told.append(
            tr(
                _(
                    "The loading of {items} runs to 1 (a Heywood case): the factor is that item. "
                    "Leave it out, or ask more customers."
                ),
                items=", ".join(map(str, names[unique <= _HEYWOOD * 1.01])),
            )
        )
    if (loadings < 0).any():
        told.append(
            tr(
                _("{items}: a negative loading. Turn the answers round, low + high - x, or leave out what does not belong."),
                items=", ".join(map(str, names[loadings < 0])),
            )
        )
    return Reliability(
        float(top / (top + unique.sum())),
        float((loadings**2).mean()),
        pd.Series(loadings, names, name="loading"),
        k,
        n,
        " ".join(told),
        left_out,
    )


_HEYWOOD = 1e-3
"""The smallest unique variance that the search for a factor allows."""


def _one_factor(correlation: np.ndarray) -> np.ndarray:
    """Standardised loadings of one common factor by maximum likelihood (Joreskog 1967): over the unique variances, for
    which the best loadings are known.
    """
    from scipy.optimize import minimize

    k = len(correlation)
    if np.linalg.eigvalsh(correlation)[0] < 1e-10:
        checks.fail(_("One item is a sum of others, so their factor cannot be found: leave one of them out."))

    def best(logs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        spread = np.exp(logs / 2)
        roots, turn = np.linalg.eigh(correlation / np.outer(spread, spread))
        return roots, spread * turn[:, -1] * np.sqrt(max(roots[-1] - 1, 0.0))

    def badness(logs: np.ndarray) -> tuple[float, np.ndarray]:
        roots, loadings = best(logs)
        rest = roots[:-1]
        implied = np.outer(loadings, loadings) + np.diag(np.exp(logs))
        inverse = np.linalg.inv(implied)
        slope = np.diag(inverse @ (implied - correlation) @ inverse)
        return float((rest - np.log(rest) - 1).sum()), slope * np.exp(logs)

    start = np.log(np.clip((1 - 1 / (2 * k)) / np.diag(np.linalg.inv(correlation)), _HEYWOOD, 1.0))
    found = minimize(
        badness, start, jac=True, method="L-BFGS-B", bounds=[(np.log(_HEYWOOD), 0.0)] * k,
        options={"ftol": 1e-15, "gtol": 1e-9, "maxiter": 1000},
    )  # fmt: skip
    loadings = best(found.x)[1]
    return loadings * (1 if loadings.sum() >= 0 else -1)


def alpha_without(answers: pd.DataFrame) -> pd.DataFrame:
    """For each item, ``alpha`` of the others and ``item_rest`` (its correlation with the sum of the others).

    An item whose removal lifts alpha, or with a low or negative correlation, does not belong, or is put the
    other way round. Needs three items or more; complete customers only, as :func:`cronbach_alpha`.

    >>> answers = pd.DataFrame({"a": [1, 2, 3, 4], "b": [2, 2, 3, 5], "odd": [4, 1, 3, 2]})
    >>> alpha_without(answers)["alpha"].idxmax()
    'odd'
    """
    values, left_out = _complete(answers)
    if values.shape[1] < 3:
        checks.fail(_("Leaving out one item needs three items or more."))
    total = values.sum(axis=1)
    rows = []
    for at in range(values.shape[1]):
        rest = total - values[:, at]
        both = values[:, at].std() > 0 and rest.std() > 0
        rows.append(
            [
                _alpha(np.delete(values, at, axis=1)),
                float(np.corrcoef(values[:, at], rest)[0, 1]) if both else np.nan,
            ]
        )
    result = pd.DataFrame(rows, index=pd.Index(answers.columns, name="item"), columns=["alpha", "item_rest"])
    result.attrs["left_out"] = left_out
    return result


def five_gaps(levels: pd.DataFrame | pd.Series | Mapping[str, float]) -> pd.DataFrame:
    """The five gaps from six measured levels, all on one scale: where between boardroom and counter it is lost.

    ``levels`` has the columns ``expected`` (by customers), ``understood`` (what the management believes they
    expect), ``specified`` (the standard), ``delivered``, ``promised``, ``perceived``; a row a dimension or
    branch, or one Series or mapping. Columns of the result: ``gap_1`` ... ``gap_5``, below 0 for falling
    short (see :data:`GAPS`; gap 4 is below 0 when more is promised than delivered), and ``unexplained`` =
    perceived - delivered, so that gap 5 = gap 1 + gap 2 + gap 3 + unexplained. A promise too high works
    through what is expected and perceived, so gap 4 is not part of that sum. ``largest`` names the lowest of
    gaps 1 to 4 (None where none is below 0).

    >>> five_gaps({"expected": 6.4, "understood": 6.0, "specified": 5.9, "delivered": 5.0, "promised": 6.2,
    ...            "perceived": 4.9}).round(1)
       gap_1  gap_2  gap_3  gap_4  gap_5  unexplained largest
    0   -0.4   -0.1   -0.9   -1.2   -1.5         -0.1   gap_4
    """
    table = levels if isinstance(levels, pd.DataFrame) else checks.named(levels, "levels").to_frame().T
    checks.frame(table, "levels")
    found = {}
    for name in ("expected", "understood", "specified", "delivered", "promised", "perceived"):
        checks.need(table, {"": name})
        found[name] = checks.numbers(table[name], name)
    result = pd.DataFrame(index=table.index)
    for number, row in GAPS.iterrows():
        result[f"gap_{number}"] = found[row["to"]] - found[row["from"]]
    result["unexplained"] = found["perceived"] - found["delivered"]
    causes = result[["gap_1", "gap_2", "gap_3", "gap_4"]]
    lowest = zip(causes.idxmin(axis=1), causes.min(axis=1), strict=True)
    result["largest"] = pd.Series([name if low < 0 else None for name, low in lowest], table.index, dtype=object)
    return result


def _answers(
    survey: pd.DataFrame,
    items: pd.DataFrame,
    perceived: str,
    expected: str,
    scale: tuple[float, float],
    reverse: Sequence[Any],
) -> tuple[np.ndarray, np.ndarray]:
    """Perceived and expected answers, customers by items, missing as NaN."""
    checks.frame(survey, "survey")
    checks.frame(items, "items")
    checks.need(items, {"": "dimension"})
    dimension = checks.keys(items["dimension"], "dimension")
    if dimension.isna().any():
        row = items.index[int(dimension.isna().to_numpy().argmax())]
        checks.fail(_("Column {column!r}, row {row}: the item belongs to no dimension."), column="dimension", row=row)
    low, high = _ends(scale)
    reverse = checks.names(reverse, "reverse")
    for item in reverse:
        if item not in items.index:
            checks.fail(_("reverse names {item!r}, which is not in the list of items."), item=item)
    sides = []
    for start in (perceived, expected):
        columns = []
        for item in items.index:
            name = f"{start}{item}"
            checks.need(survey, {"": name})
            found = checks.within(survey[name], name, low, high, missing=True)
            columns.append(low + high - found if item in reverse else found)
        sides.append(np.column_stack(columns))
    return sides[0], sides[1]


def _ends(scale: Any) -> tuple[float, float]:
    """The two ends of a scale."""
    if isinstance(scale, (list, tuple, np.ndarray, pd.Series)) and len(scale) == 2:
        low, high = (checks.number(end, "scale") for end in scale)
        if low < high:
            return low, high
    return checks.fail(_("scale must be its two ends, such as (1, 7); it is {value!r}."), value=scale)


def _weights(survey: pd.DataFrame, weights: Mapping[str, float] | str | None, keys: list[str]) -> np.ndarray:
    if weights is None:
        return np.ones((len(survey), len(keys)))
    if isinstance(weights, str):
        for key in keys:
            checks.need(survey, {"": f"{weights}{key}"})
        columns = [checks.within(survey[f"{weights}{key}"], f"{weights}{key}", 0, missing=True) for key in keys]
        return np.column_stack(columns)
    weights = checks.mapping(weights, "weights", "{'tangibles': 20, 'reliability': 40}")
    missing = [key for key in keys if key not in weights]
    if missing:
        checks.fail(_("weights lacks {names}."), names=", ".join(map(str, missing)))
    one = checks.within(pd.Series({key: weights[key] for key in keys}), "weights", 0)
    return np.tile(one, (len(survey), 1))


def _paired(b: np.ndarray, a: np.ndarray, confidence: float) -> list[Any]:
    if len(b) == 0:
        return [np.nan] * 5 + [0]
    low, high = _t_interval(b - a, confidence)
    return [a.mean(), b.mean(), (b - a).mean(), low, high, len(b)]


def _t_interval(values: np.ndarray, confidence: float) -> tuple[float, float]:
    from scipy.special import stdtrit

    tail = (1 - checks.share(confidence, "confidence")) / 2
    if len(values) < 2:
        return np.nan, np.nan
    half = float(stdtrit(len(values) - 1, 1 - tail)) * values.std(ddof=1) / math.sqrt(len(values))
    return float(values.mean() - half), float(values.mean() + half)


def _complete(answers: pd.DataFrame) -> tuple[np.ndarray, dict[str, int]]:
    checks.frame(answers, "answers")
    if answers.shape[1] < 2:
        checks.fail(_("Alpha needs two items or more; answers has one column."))
    values = np.column_stack(
        [checks.numbers(answers.iloc[:, at], str(name), missing=True) for at, name in enumerate(answers.columns)]
    )
    full = ~np.isnan(values).any(axis=1)
    if full.sum() < 2:
        checks.fail(_("Alpha needs two customers or more who answered every item; there are {n}."), n=int(full.sum()))
    return values[full], {"incomplete": int((~full).sum())}


def _alpha(values: np.ndarray) -> float:
    """Alpha of complete answers, customers by items; NaN where it cannot be computed."""
    n, k = values.shape
    if n < 2 or k < 2:
        return np.nan
    total, size = values.sum(axis=1).var(ddof=1), np.abs(values).max()
    if total <= (1e-12 * k * size) ** 2:  # a sum is no more exact than its parts
        return np.nan
    return float(k / (k - 1) * (1 - values.var(axis=0, ddof=1).sum() / total))
