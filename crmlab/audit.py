"""The relationship audit: 17 questions in four checks, their scores, the radar's area, how far two auditors agree.

Source: order and content of the questions from the training handout, in words of our own; the scale of evidence
is ours. Cohen, J. (1968), Weighted kappa, Psychological Bulletin 70(4), 213-220; Fleiss, J. L., Cohen, J. and
Everitt, B. S. (1969), Large sample standard errors of kappa and weighted kappa, Psychological Bulletin 72(5),
323-327.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from crmlab import checks, intervals
from crmlab.language import _

CHECKS = pd.DataFrame(
    [
        ("building", _("How relations are built"), _("Ask ten customers what they need and where you could do more.")),
        ("value", _("What relations are worth"), _("Work out earnings by customer, and plan for the best ones first.")),
        ("rewards", _("How customers are rewarded"), _("Reward what helps you, in a way the customer wants.")),
        ("ourselves", _("Ourselves"), _("Check whether service grew with the firm, and tailor it again.")),
    ],
    columns=["check", "name", "action"],
).set_index("check")
"""The four checks of the audit, with what to do first where the score is lowest."""

QUESTIONS = pd.DataFrame(
    [
        ("B1", "building", _("In what ways do our customer relations come about?")),
        ("B2", "building", _("Do we really know what the customer needs?")),
        ("B3", "building", _("Do we know which problem our products and services solve for the customer?")),
        ("B4", "building", _("Is there a lasting dialogue, and what does it rest on?")),
        ("V1", "value", _("Which customers bring the most profit, and how do we keep them?")),
        ("V2", "value", _("Which services and products bring us more in return?")),
        ("V3", "value", _("What value have we made that satisfies the customer?")),
        ("V4", "value", _("How many groups of customers are there that can bring value?")),
        ("R1", "rewards", _("Do the rewards fit what the customer needs?")),
        ("R2", "rewards", _("Which behaviour of the customer is rewarded?")),
        ("R3", "rewards", _("Do the rewards fit the profit as it is?")),
        ("R4", "rewards", _("Is the value that the customer perceives above the actual value?")),
        ("R5", "rewards", _("Which reward do the best customers get?")),
        ("O1", "ourselves", _("Have we become more able to keep relations ourselves?")),
        ("O2", "ourselves", _("Does our firm keep growing?")),
        ("O3", "ourselves", _("Does our service system keep getting better?")),
        ("O4", "ourselves", _("The customer has grown: can we still tailor to measure?")),
    ],
    columns=["question", "check", "text"],
).set_index("question")
"""The 17 questions of the audit (4 + 4 + 5 + 4) in their order, each to be scored."""

LADDER = {
    1: _("not there"),
    2: _("said"),
    3: _("shown in part"),
    4: _("shown for all"),
    5: _("shown to work"),
}
"""What a score says, by the evidence: a convention of this course. What nobody could find out has no score."""

WEIGHTS = ("quadratic", "linear")
"""How much a difference between two auditors weighs: by its square, or as it is."""


def scores(answers: Any, low: float = 1, high: float = 5) -> pd.DataFrame:
    """The 17 answers of the relationship audit as four scores.

    ``answers`` maps the keys of :data:`QUESTIONS` to scores from ``low`` to ``high`` (by default those of
    :data:`LADDER`): a dict or a Series, or a DataFrame with a column a question and a row a person, of whom the mean is
    taken. Missing = nobody could answer.

    One row a check, in order. Columns: ``name``, ``questions``, ``answered``, ``score`` (mean of the answered questions,
    each with one weight), ``share`` (the score from 0 to 1), ``least`` and ``most`` (the share if all that nobody
    answered stood at ``low``, or at ``high``), ``weakest`` (key of its lowest question, the first of equals),
    ``action``. A check without answers has NaN and runs from 0 to 1. ``result.attrs["left_out"]`` counts
    ``missing_answers``.

    Raises :class:`~crmlab.checks.InputError` for an unknown question, a score outside the scale, no answers at all.

    >>> answers = dict.fromkeys(QUESTIONS.index, 4) | {"R1": 1, "R3": 2, "R5": None}
    >>> scores(answers)[["score", "share", "least", "most", "weakest"]]  # doctest: +NORMALIZE_WHITESPACE
               score   share  least  most weakest
    check
    building    4.00  0.7500   0.75  0.75      B1
    value       4.00  0.7500   0.75  0.75      V1
    rewards     2.75  0.4375   0.35  0.55      R1
    ourselves   4.00  0.7500   0.75  0.75      O1
    """
    low, high = _scale(low, high)
    if isinstance(answers, (Mapping, pd.Series)):
        answers = pd.DataFrame([dict(answers)], dtype=object)  # else pandas 2.2 tries to make a float of any number
    checks.frame(answers, "answers")
    for key in answers.columns:
        if key not in QUESTIONS.index:
            checks.fail(
                _("There is no question {key!r}; there are: {known}."), key=key, known=", ".join(QUESTIONS.index)
            )
    means, missing = pd.Series(np.nan, index=QUESTIONS.index), 0
    for key in QUESTIONS.index:
        if key not in answers.columns:
            missing += len(answers)
            continue
        checks.need(answers, {"": key})
        found = checks.within(answers[key], key, low, high, missing=True)
        missing += int(np.isnan(found).sum())
        if not np.isnan(found).all():
            means[key] = np.nanmean(found)
    if means.isna().all():
        checks.fail(_("No question of the audit is answered."))
    of_check = QUESTIONS["check"]
    grouped = means.groupby(of_check, sort=False)
    result = CHECKS[["name"]].copy()
    result["questions"], result["answered"], result["score"] = grouped.size(), grouped.count(), grouped.mean()
    result["share"] = (result["score"] - low) / (high - low)
    for name, end in (("least", low), ("most", high)):
        result[name] = (means.fillna(end).groupby(of_check, sort=False).mean() - low) / (high - low)
    result["weakest"] = pd.Series({key: part.idxmin() for key, part in grouped if part.notna().any()}, dtype=object)
    result["action"] = CHECKS["action"]
    result.attrs["left_out"] = {"missing_answers": missing}
    return result


def radar_area(shares: Any) -> float:
    """How much of the whole figure a radar with these shares (0 to 1) fills, in this order of its axes.

    With ``n`` axes at equal angles it is the mean of the products of neighbours. So it grows with the square of the
    shares, and depends on the order of the axes: two reasons not to read it. At least three shares.

    Raises :class:`~crmlab.checks.InputError` for fewer, for missing ones and those outside 0 to 1.

    >>> radar_area([.5, .5, .5, .5]), radar_area([.9, .1, .9, .1]), radar_area([.9, .9, .1, .1])
    (0.25, 0.09, 0.25)
    """
    found = checks.within(checks.series(shares, "shares"), "shares", 0, 1)
    if len(found) < 3:
        checks.fail(_("A radar needs at least three axes; there are {n}."), n=len(found))
    return round(float(np.mean(found * np.roll(found, -1))), 12)


def agreement(
    one: Any, other: Any, weights: str = "quadratic", low: int = 1, high: int = 5, confidence: float = 0.95
) -> pd.DataFrame:
    """How far the scores of two auditors agree on the same questions.

    ``one`` and ``other`` are whole scores from ``low`` to ``high``: two Series (or dicts) with the same questions, or two
    lists in one order. What one of them could not answer is left out, counted in ``result.attrs["left_out"]`` as
    ``not_both``.

    Rows, each with ``value``, ``low``, ``high`` and ``n``: ``same`` (share of equal scores) and ``near`` (at most one
    apart), with Wilson intervals; ``kappa`` (Cohen's weighted kappa, 1 = always equal, 0 = no better than two who
    give their scores in any order) with its large-sample interval, a rough one with 17 questions, cut off at -1 and 1.
    ``weights`` is "quadratic" or "linear". Where both give one and the same score throughout, kappa is NaN: nothing could
    have differed. Agreement is not truth: two may be wrong together.

    Raises :class:`~crmlab.checks.InputError` for scores outside the scale or between two steps, different questions,
    no question that both answered.

    >>> found = agreement([4, 3, 2, 1, 3, 4], [4, 3, 3, 1, 4, 4])
    >>> found.loc["kappa"].round(2).tolist()
    [0.86, 0.63, 1.0, 6.0]
    """
    low, high = checks.number(low, "low", whole=True), checks.number(high, "high", whole=True)
    _scale(low, high)
    power = 2 if checks.one_of(weights, "weights", WEIGHTS) == "quadratic" else 1
    given = (pd.Series(dict(side), dtype=object) if isinstance(side, Mapping) else side for side in (one, other))
    found = [
        checks.within(checks.series(side, name), name, low, high, missing=True)
        for side, name in zip(
            checks.aligned(**dict(zip(("one", "other"), given, strict=True))), ("one", "other"), strict=True
        )
    ]
    both = ~np.isnan(found[0]) & ~np.isnan(found[1])
    if not both.any():
        checks.fail(_("There is no question that both answered."))
    a, b = found[0][both], found[1][both]
    for values in (a, b):
        if (values != np.round(values)).any():
            checks.fail(
                _("Scores must be whole; {value:g} lies between two."), value=values[values != np.round(values)][0]
            )
    n, apart = len(a), np.abs(a - b)
    rows: dict[str, tuple[float, float, float]] = {}
    for name, limit in (("same", 0), ("near", 1)):
        hits = int((apart <= limit).sum())
        rows[name] = (hits / n, *intervals.wilson(hits, n, confidence))
    kappa, error = _kappa(a, b, low, high, power)
    half = intervals.z_value(confidence) * error
    rows["kappa"] = (kappa, max(kappa - half, -1.0), min(kappa + half, 1.0)) if np.isfinite(kappa) else (np.nan,) * 3
    result = pd.DataFrame.from_dict(rows, orient="index", columns=["value", "low", "high"]).assign(n=n)
    result.index.name = "measure"
    result.attrs["left_out"] = {"not_both": int((~both).sum())}
    return result


def _scale(low: Any, high: Any) -> tuple[float, float]:
    low, high = checks.number(low, "low"), checks.number(high, "high")
    if low >= high:
        checks.fail(
            _("{low_name} must be below {high_name}; they are {low:g} and {high:g}."),
            low_name="low",
            high_name="high",
            low=low,
            high=high,
        )
    return low, high


def _kappa(a: np.ndarray, b: np.ndarray, low: int, high: int, power: int) -> tuple[float, float]:
    """Weighted kappa and its standard error (Fleiss, Cohen and Everitt 1969, formula for kappa other than 0)."""
    # Only scores that occur: a wide scale need not be laid out, and the others weigh nothing.
    steps = np.unique(np.concatenate([a, b]))
    weight = 1 - (np.abs(steps[:, None] - steps[None, :]) / (high - low)) ** power
    joint = np.zeros_like(weight)
    np.add.at(joint, (np.searchsorted(steps, a), np.searchsorted(steps, b)), 1 / len(a))
    rows, columns = joint.sum(axis=1), joint.sum(axis=0)
    seen, chance = float((joint * weight).sum()), float(rows @ weight @ columns)
    if chance > 1 - 1e-12:
        return np.nan, np.nan
    margins = (weight @ columns)[:, None] + (rows @ weight)[None, :]
    inner = (joint * (weight * (1 - chance) - margins * (1 - seen)) ** 2).sum()
    outer = (seen * chance - 2 * chance + seen) ** 2
    error = np.sqrt(max(float(inner) - outer, 0.0) / len(a)) / (1 - chance) ** 2
    return (seen - chance) / (1 - chance), float(error)
