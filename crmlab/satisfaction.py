"""Satisfaction as perceived against expected, the Net Promoter Score, and how many answers a survey needs.

The index is c = b / a: b what was perceived, a what was expected, on the same scale. c < 1 unhappy, 1
satisfied, > 1 delighted.

What matters and how well it is done: :mod:`crmlab.importance_performance`; hygiene and motivators:
:mod:`crmlab.two_factor`; what an offer is worth to a customer: :mod:`crmlab.perceived_value`.

Source: training handout; Reichheld, F. F. (2003), The one number you need to grow, Harvard Business Review
81(12), for the NPS.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from crmlab import checks, intervals
from crmlab.language import _, tr

VERDICTS = {
    "unhappy": _("Unhappy: less than expected"),
    "satisfied": _("Satisfied: as expected"),
    "delighted": _("Delighted: more than expected"),
    "unclear": _("Cannot be told from 1"),
}
"""Verdict keys and their names."""

OBJECTS = {
    "idea": _("Idea"),
    "behaviour": _("Behaviour"),
    "audio_visual": _("Audio-visual"),
    "product": _("Product"),
    "service": _("Service"),
}
"""The five objects of satisfaction and their names."""


def index(perceived: Any, expected: Any) -> Any:
    """c = b / a for each answer: a float for two numbers, a Series for two Series.

    A missing answer gives NaN, counted in ``result.attrs["left_out"]`` as ``missing_answers``. For the index
    of a whole group use :func:`group_index`; the mean of this column is something else, and flatters.

    Raises :class:`~crmlab.checks.InputError` when an expectation is 0 or less (there is no ratio) or a
    perception below 0.

    >>> index(7, 8)
    0.875
    >>> index(pd.Series([9, 6]), pd.Series([9, 8])).tolist()
    [1.0, 0.75]
    """
    if _one(perceived) and _one(expected):
        b, a = _pair(pd.Series([perceived], dtype=object), pd.Series([expected], dtype=object))
        return float(b[0] / a[0])
    both = _aligned(perceived, expected)
    b, a = _pair(*both)
    result = pd.Series(b / a, index=both[0].index, name="index")
    result.attrs["left_out"] = {"missing_answers": int(np.isnan(b / a).sum())}
    return result


def group_index(perceived: Any, expected: Any, how: str = "ratio_of_means") -> float:
    """One index for a group of answers.

    ``how="ratio_of_means"`` (the course's choice): mean perceived / mean expected. ``how="mean_of_ratios"``:
    the mean of each customer's own b / a. They differ. One customer who expected 2 and got 8 counts 4.0 in
    the mean of ratios and outweighs six who got half of what they expected; and if perceptions and
    expectations are shuffled at random, the mean of ratios is still above 1. The ratio of means has neither
    fault, and can be checked from the two means in the table.

    Only customers with both answers count. Raises as :func:`index`, and when no such customer is left.

    >>> b, a = [8, 5, 5], [2, 10, 10]
    >>> round(group_index(b, a), 2), round(group_index(b, a, how="mean_of_ratios"), 2)
    (0.82, 1.67)
    """
    b, a = _pair(*_aligned(perceived, expected))
    both = ~(np.isnan(b) | np.isnan(a))
    if not both.any():
        checks.fail(_("No customer gave both answers, expected and perceived."))
    checks.one_of(how, "how", ("ratio_of_means", "mean_of_ratios"))
    if how == "mean_of_ratios":
        return float((b[both] / a[both]).mean())
    return float(b[both].mean() / a[both].mean())


def verdict(c: Any, tolerance: float = 0.0) -> Any:
    """``"unhappy"``, ``"satisfied"`` or ``"delighted"``: a str for a number, a Series for a Series.

    c within ``tolerance`` of 1 counts as satisfied; by default only 1 itself does, as the handout has it. NaN
    stays NaN.

    >>> verdict(.98), verdict(.98, tolerance=.05), verdict(1)
    ('unhappy', 'satisfied', 'satisfied')
    """
    tolerance = checks.rate(tolerance, "tolerance", one=False)
    one = _one(c)
    column = pd.Series([c], dtype=object) if one else checks.series(c, "c")
    values = checks.numbers(column, "c", missing=True)
    width = tolerance + 1e-9  # 2.1 / 2.1 and its like
    keys = np.where(values < 1 - width, "unhappy", np.where(values > 1 + width, "delighted", "satisfied"))
    keys = keys.astype(object)
    keys[np.isnan(values)] = np.nan
    return keys[0] if one else pd.Series(keys, index=column.index, name="verdict")


def by(
    survey: pd.DataFrame,
    group: str,
    perceived: str = "perceived",
    expected: str = "expected",
    confidence: float = 0.95,
) -> pd.DataFrame:
    """The index of each group (region, segment, channel ...), weakest last.

    Columns: ``n`` (customers with both answers), ``expected``, ``perceived`` (means), ``index`` (ratio of
    means), ``low``, ``high``, ``verdict``. The interval is the normal one for a ratio of two means of the
    same customers (delta method), so it takes into account that those who expect more also give more; it is
    rough below 30 answers and NaN for one; a group without answers has n = 0. ``verdict`` is "unhappy" or "delighted" only when the interval
    leaves 1 out, else "unclear".

    Left out, counted in ``result.attrs["left_out"]``: ``missing_answers``, ``without_group``.

    Raises :class:`~crmlab.checks.InputError` for missing columns, text answers, expectations of 0 or less.

    >>> survey = pd.DataFrame({"region": list("NNSS"), "expected": [8, 9, 8, 7], "perceived": [8, 9, 6, 6]})
    >>> by(survey, "region")[["n", "expected", "perceived", "index"]]  # doctest: +NORMALIZE_WHITESPACE
            n  expected  perceived  index
    region
    N       2       8.5        8.5    1.0
    S       2       7.5        6.0    0.8
    """
    checks.frame(survey, "survey")
    checks.need(survey, {"perceived": perceived, "expected": expected})
    groups = checks.by_column(survey, group, "group")
    b, a = _pair(survey[perceived], survey[expected])
    both = ~(np.isnan(b) | np.isnan(a))
    known = groups.notna().to_numpy()
    rows = {}
    for key, at in checks.rows_by(groups).items():
        at = at[both[at]]
        rows[key] = _ratio(b[at], a[at], confidence)
    result = _index_table(rows, groups.name)
    result.attrs["left_out"] = {
        "missing_answers": int((~both).sum()),
        "without_group": int((both & ~known).sum()),
    }
    return result


def by_object(
    survey: pd.DataFrame,
    objects: Mapping[str, str] = OBJECTS,
    perceived: str = "perceived_",
    expected: str = "expected_",
    confidence: float = 0.95,
) -> pd.DataFrame:
    """The index of each object, from columns such as ``perceived_service`` and ``expected_service``; columns
    as :func:`by`.

    ``objects`` maps keys (the ends of the column names) to names; ``perceived`` and ``expected`` are the
    beginnings. ``result.attrs["left_out"]`` counts the missing answers by object.

    >>> survey = pd.DataFrame({"expected_service": [8, 8], "perceived_service": [6, 6]})
    >>> by_object(survey, {"service": "Service"})["index"].tolist()
    [0.75]
    """
    checks.frame(survey, "survey")
    objects = checks.mapping(objects, "objects", "{'service': 'Service'}")
    rows, left_out = {}, {}
    for key in objects:
        checks.need(survey, {"": f"{perceived}{key}"})
        checks.need(survey, {"": f"{expected}{key}"})
        b, a = _pair(survey[f"{perceived}{key}"], survey[f"{expected}{key}"])
        both = ~(np.isnan(b) | np.isnan(a))
        left_out[key] = int((~both).sum())
        rows[key] = _ratio(b[both], a[both], confidence)
    result = _index_table(rows, "object")
    result.attrs["left_out"] = left_out
    return result


def _ratio(b: np.ndarray, a: np.ndarray, confidence: float) -> tuple[Any, ...]:
    """n, mean a, mean b, their ratio and its interval by the delta method."""
    n = len(b)
    if n == 0:
        return 0, np.nan, np.nan, np.nan, np.nan, np.nan, "unclear"
    c = b.mean() / a.mean()
    if n == 1:
        return n, a.mean(), b.mean(), c, np.nan, np.nan, "unclear"
    error = (b - c * a).std(ddof=1) / (a.mean() * math.sqrt(n))
    half = intervals.z_value(confidence) * error
    low, high = max(0.0, c - half), c + half
    key = "unhappy" if high < 1 - 1e-9 else "delighted" if low > 1 + 1e-9 else "unclear"
    return n, a.mean(), b.mean(), c, low, high, key


def _index_table(rows: dict[Any, tuple[Any, ...]], name: str) -> pd.DataFrame:
    if not rows or not any(row[0] for row in rows.values()):
        checks.fail(_("No customer gave both answers, expected and perceived."))
    table = pd.DataFrame.from_dict(
        rows, orient="index", columns=["n", "expected", "perceived", "index", "low", "high", "verdict"]
    )
    return table.sort_values("index", ascending=False, kind="stable").rename_axis(name)


@dataclass(frozen=True)
class NPS:
    """A Net Promoter Score in points from -100 to 100, its interval, and the counts behind it."""

    nps: float
    low: float
    high: float
    promoters: int
    passives: int
    detractors: int
    n: int
    confidence: float = 0.95
    left_out: dict[str, int] = field(default_factory=dict)

    def __repr__(self) -> str:
        said = tr(
            _(
                "NPS {nps:+d} ({confidence:.0%} interval {low:+d} to {high:+d}), n = {n}: "
                "promoters {promoters}, passives {passives}, detractors {detractors}."
            ),
            nps=round(self.nps),
            low=round(self.low),
            high=round(self.high),
            confidence=self.confidence,
            promoters=self.promoters,
            passives=self.passives,
            detractors=self.detractors,
            n=self.n,
        )
        if self.n < 30:
            said += tr(_(" Few answers: the interval is rough."))
        return said


def nps(scores: Any, confidence: float = 0.95) -> NPS:
    """The Net Promoter Score: share of 9-10 less share of 0-6, times 100, on answers of 0 to 10.

    The interval is score ± z standard errors with the multinomial standard error, sqrt((p + d - (p - d)²) /
    n), p and d the shares of promoters and detractors; it stays within -100..100. It is rough below about 30
    answers. When all answers fall into one class that error is 0, which three answers cannot justify: then
    the interval is computed with one more answer in each class.

    Missing answers are left out, counted in ``result.left_out`` as ``missing_answers``.

    Raises :class:`~crmlab.checks.InputError` for an answer that is not a whole number from 0 to 10 (a 1-to-5
    scale has no NPS), and when nobody answered.

    >>> nps([10, 9, 9, 8, 7, 3] * 10)
    NPS +33 (95% interval +14 to +52), n = 60: promoters 30, passives 20, detractors 10.
    """
    confidence = checks.share(confidence, "confidence")
    z = intervals.z_value(confidence)
    column = checks.series(scores, "scores")
    values = checks.numbers(column, str(column.name) if column.name is not None else "scores", missing=True)
    missing = np.isnan(values)
    wrong = ~missing & ((values < 0) | (values > 10) | (values % 1 != 0))
    if wrong.any():
        at = int(wrong.argmax())
        checks.fail(
            _("Row {row}: {value:g} is not an answer on the scale 0, 1, 2 ... 10."),
            row=column.index[at],
            value=values[at],
        )
    given = values[~missing]
    n = len(given)
    if n == 0:
        checks.fail(_("Nobody answered: all scores are missing."))
    up, down = int((given >= 9).sum()), int((given <= 6).sum())
    score, error = _net(up, down, n)
    low, high = score - z * error, score + z * error
    if error == 0:
        centre, error = _net(up + 1, down + 1, n + 3)
        low, high = min(score, centre - z * error), max(score, centre + z * error)
    return NPS(
        100 * score,
        100 * max(low, -1.0),
        100 * min(high, 1.0),
        up,
        n - up - down,
        down,
        n,
        confidence,
        {"missing_answers": int(missing.sum())},
    )


def _net(up: int, down: int, n: int) -> tuple[float, float]:
    """Score and standard error, as shares."""
    score = (up - down) / n
    variance = (up + down) / n - score**2
    return score, math.sqrt(max(variance, 0.0) / n) if variance > 1e-12 else 0.0


def nps_by(survey: pd.DataFrame, group: str, score: str = "recommend", confidence: float = 0.95) -> pd.DataFrame:
    """The NPS of each group, highest first: ``nps``, ``low``, ``high``, ``promoters``, ``passives``,
    ``detractors``, ``n``.

    A group in which nobody answered has NaN and n = 0. ``result.attrs["left_out"]``: ``missing_answers``,
    ``without_group``.

    >>> survey = pd.DataFrame({"segment": list("AABB"), "recommend": [10, 9, 8, 2]})
    >>> nps_by(survey, "segment")[["nps", "n"]]  # doctest: +NORMALIZE_WHITESPACE
               nps  n
    segment
    A        100.0  2
    B        -50.0  2
    """
    checks.frame(survey, "survey")
    checks.need(survey, {"score": score})
    groups = checks.by_column(survey, group, "group")
    nps(survey[score], confidence)  # the scale is checked over the whole column, with its own row labels
    given = checks.numbers(survey[score], score, missing=True)
    columns = ["nps", "low", "high", "promoters", "passives", "detractors", "n"]
    rows = {}
    for key, at in checks.rows_by(groups).items():
        answers = given[at]
        found = NPS(np.nan, np.nan, np.nan, 0, 0, 0, 0) if np.isnan(answers).all() else nps(answers, confidence)
        rows[key] = [getattr(found, column) for column in columns]
    known = groups.notna().to_numpy()
    if not known.any():
        checks.fail(_("No customer has a value in {column!r}."), column=groups.name)
    table = pd.DataFrame.from_dict(rows, orient="index", columns=columns)
    table = table.sort_values("nps", ascending=False, kind="stable").rename_axis(groups.name)
    table.attrs |= {
        "left_out": {
            "missing_answers": int((np.isnan(given) & known).sum()),
            "without_group": int((~known).sum()),
        },
        "confidence": confidence,
    }
    return table


def sample_size(
    margin: float,
    kind: str = "share",
    share: float = 0.5,
    sd: float | None = None,
    promoters: float | None = None,
    detractors: float | None = None,
    confidence: float = 0.95,
    population: int | None = None,
) -> int:
    """How many answers give an interval of ± ``margin``.

    - ``kind="share"``: ``margin`` as a share (.05); ``share`` is the one you expect, .5 the safest guess.
    - ``kind="mean"``: ``margin`` and ``sd``, the standard deviation of the answers, in points of the scale.
    - ``kind="nps"``: ``margin`` in points (10); ``promoters`` and ``detractors`` are the shares you expect, both or
      neither. Without them the worst case is taken, half promoters and half detractors.

    ``population``: with few customers in all, fewer answers do (finite population correction). Answers are
    not invitations: divide by the response rate. Simple random sampling is assumed.

    Raises :class:`~crmlab.checks.InputError` for margins and shares out of range, and for what does not belong to the
    ``kind``.

    >>> sample_size(.05), sample_size(.05, population=600), sample_size(10, kind="nps")
    (385, 235, 385)
    >>> sample_size(.25, kind="mean", sd=1.8)
    200
    """
    z = intervals.z_value(confidence)
    checks.one_of(kind, "kind", ("share", "mean", "nps"))
    for name, given, its in (("sd", sd, "mean"), ("promoters", promoters, "nps"), ("detractors", detractors, "nps")):
        if given is not None and kind != its:
            checks.fail(_("{name} is only used with kind={kind!r}; leave it out."), name=name, kind=its)
    if kind == "share":
        margin, share = checks.share(margin, "margin"), checks.share(share, "share")
        variance = share * (1 - share)
    else:
        top = 200.0 if kind == "nps" else np.inf
        if (width := checks.number(margin, "margin", 0, top)) in (0, top):
            checks.fail(_("margin must be above 0, in points of the scale; it is {value!r}."), value=margin)
        margin = width
        if kind == "mean":
            if sd is None or (spread := checks.number(sd, "sd", 0)) == 0:
                checks.fail(_("For a mean, say sd: the standard deviation of the answers, such as 1.8."))
            variance = spread**2
        else:
            if (promoters is None) != (detractors is None):
                checks.fail(_("Give promoters and detractors both, or neither for the worst case."))
            p, d = (0.5 if one is None else checks.rate(one, name) for one, name in ((promoters, "promoters"), (detractors, "detractors")))
            if p + d > 1 + 1e-9:
                checks.fail(_("promoters and detractors are shares of 0 or more that add up to 1 at most."))
            variance = 10_000 * (p + d - (p - d) ** 2)
    all_of_them = np.inf if population is None else checks.number(population, "population", 1, whole=True)
    with np.errstate(divide="ignore", over="ignore"):
        n = float(np.float64(z * math.sqrt(variance) / margin) ** 2)
    if all_of_them < np.inf:
        n = all_of_them / (1 + (all_of_them - 1) / n) if n > 0 else 0.0  # n / (1 + (n - 1) / population)
        return max(1, min(int(all_of_them), math.ceil(n - 1e-9)))
    if n > 1e15:
        checks.fail(_("So narrow a margin needs more answers than there are people: {value!r}."), value=margin)
    return max(1, math.ceil(n - 1e-9))


def _aligned(perceived: Any, expected: Any) -> tuple[pd.Series, pd.Series]:
    """Two Series of one index, by the labels of the first; a single number is repeated."""
    perceived, expected = checks.aligned(perceived=perceived, expected=expected)
    if _one(perceived):
        expected = checks.series(expected, "expected")
        return pd.Series([perceived] * len(expected), expected.index, dtype=object), expected
    perceived = checks.series(perceived, "perceived")
    if _one(expected):
        return perceived, pd.Series([expected] * len(perceived), perceived.index, dtype=object)
    return perceived, checks.series(expected, "expected")


def _one(value: Any) -> bool:
    """Whether it is a single value and no list."""
    return isinstance(value, (str, bytes)) or not hasattr(value, "__len__") or (isinstance(value, np.ndarray) and value.ndim == 0)


def _pair(perceived: pd.Series, expected: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    b = checks.numbers(perceived, _name(perceived, "perceived"), missing=True)
    a = checks.numbers(expected, _name(expected, "expected"), missing=True)
    if (a <= 0).any():
        checks.fail(
            _(
                "Column {column!r}, row {row}: an expectation of {value:g} gives no ratio. "
                "Use a scale that starts at 1."
            ),
            column=_name(expected, "expected"),
            row=expected.index[int((a <= 0).argmax())],
            value=a[int((a <= 0).argmax())],
        )
    if (b < 0).any():
        checks.fail(
            _("Column {column!r}, row {row}: a perception cannot be below 0."),
            column=_name(perceived, "perceived"),
            row=perceived.index[int((b < 0).argmax())],
        )
    return b, a


def _name(column: pd.Series, otherwise: str) -> str:
    return otherwise if column.name is None else str(column.name)
