"""What won and lost deals teach about the open ones: evidence for a yes-or-no question, chances, expected value."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from crmlab import checks, intervals, qualification
from crmlab.language import _

RULES = {
    "pseudo_deals": _("every cell is given the same number of deals at the overall rate"),
    "beta_binomial": _("as many deals at the overall rate as the spread of the cells' own rates calls for"),
    "none": _("the cell's own rate, however few its deals"),
}
"""How :func:`chances` treats small cells."""


def share_difference(
    successes: Any, n: Any, other_successes: Any, other_n: Any, confidence: float = 0.95
) -> tuple[Any, Any, Any]:
    """The difference of two independent shares and its interval: (difference, low, high).

    Scalars give floats, arrays arrays; Series are put together by their labels, and give Series. Newcombe's hybrid of two Wilson intervals; it holds for few
    tries and stays within -1..1. No tries give NaN.

    Source: Newcombe, R. G. (1998), Interval estimation for the difference between independent proportions,
    Statistics in Medicine 17, 873-890, method 10.

    >>> [round(end, 4) for end in share_difference(56, 70, 48, 80)]
    [0.2, 0.0524, 0.3339]
    """
    names = ("successes", "n", "other_successes", "other_n")
    given = checks.aligned(**dict(zip(names, (successes, n, other_successes, other_n), strict=True)))
    (low1, high1), (low2, high2) = (
        (np.asarray(end, dtype="float64") for end in intervals.wilson(k, n, confidence)) for k, n in (given[:2], given[2:])
    )
    k1, n1, k2, n2 = (
        checks.numbers(checks.series(value, name), name) if np.ndim(value) == 1 else np.asarray(value, dtype="float64")
        for value, name in zip(given, names, strict=True)
    )
    if np.shape(low1) and np.shape(low2) and np.shape(low1) != np.shape(low2):
        checks.fail(_("successes and n must have one shape; they have {one} and {other}."), one=low1.shape, other=low2.shape)
    with np.errstate(invalid="ignore", divide="ignore"):
        p1, p2 = k1 / n1, k2 / n2
    d = p1 - p2
    low = d - np.sqrt((p1 - low1) ** 2 + (high2 - p2) ** 2)
    high = d + np.sqrt((high1 - p1) ** 2 + (p2 - low2) ** 2)
    index = next((value.index for value in given if isinstance(value, pd.Series)), None)
    if index is not None:
        d, low, high = (pd.Series(end, index, name=name) for end, name in ((d, "difference"), (low, "low"), (high, "high")))
        return d, low, high
    return (float(d), float(low), float(high)) if d.ndim == 0 else (d, low, high)


def evidence(
    deals: pd.DataFrame,
    columns: Sequence[str] | None = None,
    won: str = "won",
    yes: str = "Yes",
    no: str = "No",
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Does a yes go with winning? One row a column, the largest difference of the win rates first.

    ``columns`` are yes-or-no columns: True and False, 1 and 0, or text of which ``yes`` and ``no`` count and
    the rest (Unknown, Neutral, empty) does not; by default all columns of this kind. Columns of the result:
    ``deals_yes``, ``share_yes``, ``low_yes``, ``high_yes``, the same for ``no``, ``difference`` (yes less no), ``low``,
    ``high`` (:func:`share_difference`), ``unknown`` (deals without yes or no), and ``verdict``: "helps", "hurts", or
    "unclear" when the interval contains 0.

    With 20 columns at 95% one is expected to stand out by chance alone: look at the width too, or ask for a
    higher ``confidence``. And a difference is not a cause. Deals without a result are left out, counted in
    ``result.attrs["left_out"]`` as ``deals_without_result``.

    Raises :class:`~crmlab.checks.InputError` for missing columns and for columns without a yes or a no.

    >>> deals = pd.DataFrame({"tender": ["Yes", "No"] * 20, "won": [False, True] * 15 + [True, False] * 5})
    >>> evidence(deals)[["share_yes", "share_no", "verdict"]]  # doctest: +NORMALIZE_WHITESPACE
              share_yes  share_no verdict
    question
    tender         0.25      0.75   hurts
    """
    checks.frame(deals, "deals")
    checks.need(deals, {"won": won})
    closed = checks.keys(deals[won], won).notna().to_numpy()
    if not closed.any():
        checks.fail(_("No deal has a result yet: column {column!r} is empty."), column=won)
    done = deals[closed]
    result = checks.yes_no(done[won], won)
    yes, no = checks.names([yes, no], "yes, no")
    if columns is None:
        names = [name for name in done if name != won and _is_yes_no(done[name], yes, no)]
    else:
        names = [columns] if isinstance(columns, str) else checks.names(columns, "columns")
    if not names:
        checks.fail(_("No column holds yes and no; name the columns, or say which words mean yes and no."))
    rows = []
    for name in names:
        checks.need(done, {"columns": name})
        up, down = _said(done[name], name, yes, no)
        rows.append([up.sum(), result[up].sum(), down.sum(), result[down].sum(), (~up & ~down).sum()])
    tally = pd.DataFrame(rows, columns=["n1", "k1", "n0", "k0", "unknown"], index=pd.Index(names, name="question"))
    table = pd.DataFrame(index=tally.index)
    for word, k, n in (("yes", tally["k1"], tally["n1"]), ("no", tally["k0"], tally["n0"])):
        table[f"deals_{word}"] = n
        table[f"share_{word}"] = (k / n).astype("float64")
        table[f"low_{word}"], table[f"high_{word}"] = intervals.wilson(k.to_numpy(), n.to_numpy(), confidence)
    k1, n1, k0, n0 = (tally[name].to_numpy() for name in ("k1", "n1", "k0", "n0"))
    table["difference"], table["low"], table["high"] = share_difference(k1, n1, k0, n0, confidence)
    table["unknown"] = tally["unknown"]
    table["verdict"] = np.where(table["low"] > 0, "helps", np.where(table["high"] < 0, "hurts", "unclear"))
    table = table.iloc[np.argsort(-table["difference"].abs().to_numpy(), kind="stable")]
    table.attrs |= {"left_out": {"deals_without_result": int((~closed).sum())}, "confidence": confidence}
    return table


def chances(
    deals: pd.DataFrame,
    by: str | Sequence[str] | None = None,
    rule: str = "pseudo_deals",
    pseudo_deals: float = 10,
    confidence: float = 0.95,
    won: str = "won",
) -> pd.DataFrame:
    """The chance to win by combination (or by other columns), with small cells drawn towards the overall rate.

    Of 2 deals both won does not mean that the third is certain. A cell with n deals, k of them won, gets
    (k + s p) / (n + s), p the overall rate and s the strength by ``rule``:

    - ``"pseudo_deals"``: s = ``pseudo_deals``, a convention.
    - ``"beta_binomial"``: s by maximum likelihood, as if the cells' true rates were spread around p by a beta
      distribution. Where the cells differ no more than chance allows, s is infinite and every cell has the chance p:
      ``result.attrs["strength"]`` says so.
    - ``"none"``: s = 0.

    Columns: ``deals``, ``won``, ``share`` (own rate), ``chance``, ``low``, ``high`` (of the chance: quantiles of the
    beta distribution, which takes p and s as known; for ``"none"`` Wilson's interval). A cell without deals has the chance p, with
    ``"none"`` NaN. If all deals were won, or none, every cell has Wilson's interval of all deals. Index, ``left_out`` and errors as :func:`crmlab.qualification.win_rates`.

    >>> deals = pd.DataFrame({"money": True, "authority": [True] * 8 + [False] * 2, "need": True,
    ...                       "won": [True, False] * 4 + [True, True]})
    >>> chances(deals).loc[["M A N", "M a N"], ["deals", "share", "chance"]].round(3)  # doctest: +NORMALIZE_WHITESPACE
                 deals  share  chance
    combination
    M A N            8    0.5   0.556
    M a N            2    1.0   0.667
    """
    checks.one_of(rule, "rule", RULES)
    table = qualification.win_rates(deals, by, confidence, won)
    k, n = table["won"].to_numpy(dtype="float64"), table["deals"].to_numpy(dtype="float64")
    p = k.sum() / n.sum()
    strength = {"none": 0.0, "pseudo_deals": checks.number(pseudo_deals, "pseudo_deals", low=0)}.get(rule)
    if strength is None:
        strength = _beta_strength(k, n, p)
    if np.isinf(strength) or (strength > 0 and p in (0, 1)):
        table["chance"] = p
        table["low"], table["high"] = intervals.wilson(k.sum(), n.sum(), confidence)
    elif strength > 0 and 0 < p < 1:
        table["chance"] = (k + strength * p) / (n + strength)
        table["low"], table["high"] = _beta_interval(k + strength * p, n - k + strength * (1 - p), confidence)
    else:
        table["chance"] = table["share"]
    table = table[["deals", "won", "share", "chance", "low", "high"]]
    table.attrs |= {"rule": rule, "strength": float(strength), "overall": float(p), "confidence": confidence}
    return table


SCORED = ("cell_deals", "chance", "low", "high", "expected_value")
"""The columns that :func:`score` adds."""


def score(
    deals: pd.DataFrame,
    history: pd.DataFrame,
    amount: str = "amount",
    by: str | Sequence[str] | None = None,
    rule: str = "pseudo_deals",
    pseudo_deals: float = 10,
    confidence: float = 0.95,
    won: str = "won",
) -> pd.DataFrame:
    """Open deals with their chance and expected value, the most valuable first.

    ``deals`` are open ones with the columns that :func:`chances` needs, and ``amount``, what an order brings
    (0 or more); ``history`` are closed deals with ``won``. Added columns: the cell (``combination``, unless
    ``by`` says otherwise), ``cell_deals`` (past deals behind the chance), ``chance``, ``low``, ``high``,
    ``expected_value`` = chance x amount. A cell without history gets the overall rate (with ``rule="none"`` NaN).
    ``result.attrs["total"]`` has ``amount``, ``expected`` and ``sd``, the standard deviation of what will come in if
    the chances are right and the deals independent.

    >>> past = pd.DataFrame({"money": True, "authority": True, "need": [True, True, False, False], "won": [1, 1, 1, 0]})
    >>> now = pd.DataFrame({"money": True, "authority": True, "need": [False, True], "amount": [900.0, 1000.0]})
    >>> score(now, past, pseudo_deals=2)[["combination", "cell_deals", "chance", "expected_value"]]
      combination  cell_deals  chance  expected_value
    1       M A N           2   0.875           875.0
    0       M A n           2   0.625           562.5
    """
    checks.frame(deals, "deals")
    checks.need(deals, {"amount": amount})
    checks.not_a_result({"amount": amount}, (*SCORED, *(["combination"] if by is None else [])))
    money = checks.within(deals[amount], amount, 0)
    table = chances(history, by, rule, pseudo_deals, confidence, won)
    result = deals.copy()
    result[amount] = money
    if by is None:
        result["combination"] = qualification.label(deals)
        cells = [result["combination"]]
    else:
        cells = checks.by_columns(deals, by)
        for cell in cells:
            checks.not_a_result({"by": cell.name}, SCORED)
            gone = cell.isna().to_numpy()
            if gone.any():
                row = deals.index[int(gone.argmax())]
                checks.fail(_("Column {column!r}, row {row}: the cell is empty."), column=cell.name, row=repr(row))
    keys = pd.MultiIndex.from_arrays([cell.to_numpy() for cell in cells]) if len(cells) > 1 else pd.Index(cells[0].to_numpy())
    at = table.index.get_indexer(keys)
    known = at >= 0
    if not known.any():
        _other_kind(table.index, keys)
    overall, strength = table.attrs["overall"], table.attrs["strength"]
    result["cell_deals"] = np.where(known, table["deals"].to_numpy()[at], 0)
    new = (
        {"chance": overall, "low": np.nan, "high": np.nan}
        if strength > 0
        else dict.fromkeys(("chance", "low", "high"), np.nan)
    )
    for column, otherwise in new.items():
        result[column] = np.where(known, table[column].to_numpy()[at], otherwise)
    chance = result["chance"].to_numpy()
    result["expected_value"] = chance * money
    result = result.iloc[np.argsort(-result["expected_value"].fillna(-1).to_numpy(), kind="stable")]
    variance = np.nansum(money**2 * chance * (1 - chance))
    result.attrs |= table.attrs | {
        "total": {
            "amount": float(money.sum()),
            "expected": float(np.nansum(chance * money)),
            "sd": float(np.sqrt(variance)),
        }
    }
    return result


def _other_kind(past: pd.Index, now: pd.Index) -> None:
    """Refuse text in the history against numbers in the open deals, and the other way round: 1 is not "1"."""
    for level in range(past.nlevels):
        one, other = past.get_level_values(level), now.get_level_values(level)
        if set(map(str, one)) & set(map(str, other)) and not set(one) & set(other):
            checks.fail(
                _(
                    "deals and history name the cells in different ways: {one!r} and {other!r}. "
                    "Turn both into text or both into numbers."
                ),
                one=other[0],
                other=one[0],
            )


def _is_yes_no(column: pd.Series, yes: str, no: str) -> bool:
    try:
        found = set(checks.keys(column, str(column.name)).dropna())
    except checks.InputError:  # lists and the like
        return False
    return found == {0, 1} or {yes, no} <= found


def _said(column: pd.Series, name: str, yes: str, no: str) -> tuple[np.ndarray, np.ndarray]:
    """Which deals have a yes, which a no."""
    column = checks.keys(column, name)
    known = column.notna().to_numpy()
    if pd.api.types.is_bool_dtype(column.dtype) or set(column[known]) <= {True, False}:
        up = np.zeros(len(column), dtype=bool)
        if known.any():
            up[known] = checks.yes_no(column[known], name)
        return up, known & ~up
    up, down = (column == yes).to_numpy(dtype=bool, na_value=False), (column == no).to_numpy(dtype=bool, na_value=False)
    if not up.any() and not down.any():
        there = ", ".join(map(str, column[known].unique()[:6]))
        checks.fail(
            _("Column {column!r} holds neither {yes!r} nor {no!r} but {there}: say which words mean yes and no."),
            column=name,
            yes=yes,
            no=no,
            there=there,
        )
    return up, down


def _beta_strength(k: np.ndarray, n: np.ndarray, p: float) -> float:
    """The strength s of a beta distribution with mean p that makes the counts most likely; infinite where it grows
    without end."""
    from scipy.optimize import minimize_scalar
    from scipy.special import betaln

    k, n = k[n > 0], n[n > 0]
    if p in (0.0, 1.0) or len(n) < 2:
        return np.inf

    def loss(log_s: float) -> float:
        a, b = np.exp(log_s) * p, np.exp(log_s) * (1 - p)
        return float(-(betaln(k + a, n - k + b) - betaln(a, b)).sum())

    at_infinity = float(-(k * np.log(p) + (n - k) * np.log1p(-p)).sum())
    found = minimize_scalar(loss, bounds=(np.log(1e-3), np.log(1e6)), method="bounded", options={"xatol": 1e-8})
    # Beyond some ten thousand deals the two are the same but for rounding.
    return float(np.exp(found.x)) if found.fun < at_infinity - 1e-6 else np.inf


def _beta_interval(a: np.ndarray, b: np.ndarray, confidence: float) -> tuple[np.ndarray, np.ndarray]:
    from scipy.special import betaincinv

    tail = (1 - checks.share(confidence, "confidence")) / 2
    a, b = np.maximum(a, 1e-12), np.maximum(b, 1e-12)
    return betaincinv(a, b, tail), betaincinv(a, b, 1 - tail)
