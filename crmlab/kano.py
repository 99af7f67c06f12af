"""Kano's model: which features customers take for granted, which they want more of, which delight them.

Every feature is asked twice: how would you feel if it were there (functional), and if it were not
(dysfunctional)? The pair of answers gives one letter in a table of 5 by 5; the letters of all customers give
the feature's category.

Source: Kano, N., Seraku, N., Takahashi, F. & Tsuji, S. (1984), Attractive quality and must-be quality, Hinshitsu
14(2), 39-48. Berger, C. et al. (1993), Kano's methods for understanding customer-defined quality, Center for
Quality Management Journal 2(4), 3-36, for the coefficients.
"""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from crmlab import checks, intervals
from crmlab.counting import bincount
from crmlab.language import _

ANSWERS = {
    "like": _("I like it that way"),
    "must_be": _("It must be that way"),
    "neutral": _("I am neutral"),
    "live_with": _("I can live with it that way"),
    "dislike": _("I dislike it that way"),
}
"""The five answers in the order of the questionnaire; in numbers 1 to 5."""

CATEGORIES = {
    "M": _("Must-be"),
    "O": _("One-dimensional"),
    "A": _("Attractive"),
    "I": _("Indifferent"),
    "R": _("Reverse"),
    "Q": _("Questionable"),
}
"""The six categories in the order of the rule M > O > A > I: what is missed first when it is not there."""

EVALUATION = pd.DataFrame(
    [list("QAAAO"), list("RIIIM"), list("RIIIM"), list("RIIIM"), list("RRRRQ")],
    index=pd.Index(list(ANSWERS), name="functional"),
    columns=pd.Index(list(ANSWERS), name="dysfunctional"),
)
"""The evaluation table: row = answer to the functional question, column = to the dysfunctional one."""

RULES = {
    "mode": _("the most frequent category; of equals the first in M, O, A, I, R, Q"),
    "priority": _("of the categories that cannot be told from the most frequent one, the first in M > O > A > I"),
    "two_step": _("of A, O, M if these outnumber I, R, Q, else of I, R, Q; there the most frequent"),
}
"""The rules of :func:`category` and what they do."""

ORDER = ("A", "O", "M", "I", "R", "Q")

_RANK = np.array([list(CATEGORIES).index(letter) for letter in ORDER])


def evaluate(
    functional: Any,
    dysfunctional: Any,
    coding: Mapping[Any, str] | None = None,
    table: pd.DataFrame = EVALUATION,
) -> Any:
    """The letter of one pair of answers (str), or of two columns of answers (Series).

    Answers are the numbers 1 to 5 in the order of :data:`ANSWERS` or its keys. Other wordings need
    ``coding``, which maps what stands in the data to a key. A pair with a missing answer gives NaN, counted
    in ``result.attrs["left_out"]`` as ``missing_answers``.

    Raises :class:`~crmlab.checks.InputError` for any other answer, with its row.

    >>> evaluate("like", "dislike"), evaluate(2, 5)
    ('O', 'M')
    >>> evaluate(pd.Series([1, 5, None]), pd.Series([3, 1, 1])).tolist()
    ['A', 'R', nan]
    >>> own = EVALUATION.copy()
    >>> own.loc["must_be", "must_be"] = own.loc["live_with", "live_with"] = "Q"
    >>> evaluate(2, 2), evaluate(2, 2, table=own)
    ('I', 'Q')
    """
    letter = _evaluation(table)
    functional, dysfunctional = checks.aligned(functional=functional, dysfunctional=dysfunctional)
    one = not any(hasattr(value, "__len__") and not isinstance(value, str) for value in (functional, dysfunctional))
    left = pd.Series([functional], dtype=object) if one else checks.series(functional, "functional")
    right = pd.Series([dysfunctional], dtype=object) if one else checks.series(dysfunctional, "dysfunctional")
    f, d = _codes(left, "functional", coding), _codes(right, "dysfunctional", coding)
    there = (f >= 0) & (d >= 0)
    letters = np.full(len(f), np.nan, dtype=object)
    letters[there] = letter[f[there], d[there]]
    if one:
        if not there[0]:
            checks.fail(_("Both questions need an answer."))
        return str(letters[0])
    result = pd.Series(letters, index=left.index, name="category")
    result.attrs["left_out"] = {"missing_answers": int((~there).sum())}
    return result


def counts(
    survey: pd.DataFrame,
    features: Iterable[str] | None = None,
    by: str | None = None,
    functional: str = "functional_",
    dysfunctional: str = "dysfunctional_",
    coding: Mapping[Any, str] | None = None,
    table: pd.DataFrame = EVALUATION,
) -> pd.DataFrame:
    """How often each category came up: a row a feature, columns ``A O M I R Q`` and ``n``.

    ``survey`` has one row a customer and two columns a feature, ``functional_NAME`` and
    ``dysfunctional_NAME`` (other beginnings are arguments); ``features`` are the NAMEs, by default all that
    have both. With ``by`` (a column such as the segment) the index is group and feature. ``coding`` and ``table`` are
    those of :func:`evaluate`.

    ``result.attrs["left_out"]`` counts pairs that are not complete, by feature, and, under
    ``without_group``, customers without a value in ``by``.

    Raises :class:`~crmlab.checks.InputError` for missing columns and for answers that are none of the five.

    >>> survey = pd.DataFrame({"functional_app": [1, 1, 3], "dysfunctional_app": [3, 5, 3]})
    >>> counts(survey)  # doctest: +NORMALIZE_WHITESPACE
             A  O  M  I  R  Q  n
    feature
    app      1  1  0  1  0  0  3
    """
    checks.frame(survey, "survey")
    letters = _evaluation(table).ravel()
    for start, name in ((functional, "functional"), (dysfunctional, "dysfunctional")):
        if not isinstance(start, str):
            checks.fail(_("{name} must be the beginning of the names of columns, not {kind}."), name=name, kind=type(start).__name__)
    names = _features(survey, functional, dysfunctional) if features is None else checks.names(features, "features")
    names = list(dict.fromkeys(names))
    if not names:
        checks.fail(
            _("Name the features in a list; each needs two columns, {functional!r} and {dysfunctional!r}."),
            functional=f"{functional}NAME",
            dysfunctional=f"{dysfunctional}NAME",
        )
    left_out: dict[str, int] = {}
    groups: list[tuple[Any, np.ndarray]] = [(None, np.arange(len(survey)))]
    if by is not None:
        segment = checks.by_column(survey, by)
        groups = list(checks.rows_by(segment).items())
        if not groups:
            checks.fail(_("No customer has a value in {column!r}."), column=segment.name)
    rows = {}
    for name in names:
        checks.need(survey, {"": f"{functional}{name}"})
        checks.need(survey, {"": f"{dysfunctional}{name}"})
        f = _codes(survey[f"{functional}{name}"], f"{functional}{name}", coding)
        d = _codes(survey[f"{dysfunctional}{name}"], f"{dysfunctional}{name}", coding)
        there = (f >= 0) & (d >= 0)
        left_out[name] = int((~there).sum())
        for key, at in groups:
            at = at[there[at]]
            # 25 cells are counted first, then added up by letter: fast for millions of customers.
            cells = bincount(5 * f[at] + d[at], minlength=25)
            tally = [int(cells[letters == letter].sum()) for letter in ORDER]
            rows[name if by is None else (key, name)] = [*tally, len(at)]
    if by is not None:
        left_out["without_group"] = int(segment.isna().sum())
        rows = {(key, name): rows[(key, name)] for key, _at in groups for name in names}
    result = pd.DataFrame(list(rows.values()), columns=[*ORDER, "n"])
    if by is None:
        result.index = pd.Index(list(rows), name="feature", tupleize_cols=False)
    else:
        levels = [pd.Index(level, tupleize_cols=False) for level in ([key for key, _at in groups], names)]
        codes = [np.repeat(np.arange(len(groups)), len(names)), np.tile(np.arange(len(names)), len(groups))]
        result.index = pd.MultiIndex(levels, codes, names=[segment.name, "feature"])
    result.attrs["left_out"] = left_out
    return result


def better_worse(table: Any, confidence: float = 0.95) -> pd.DataFrame:
    """Berger's coefficients: ``better`` = (A + O) / (A + O + M + I), from 0 to 1, says how much satisfaction the
    feature can add; ``worse`` = -(O + M) / (A + O + M + I), from 0 to -1, how much its absence takes away.

    ``table`` comes from :func:`counts`; one feature may be a dictionary or a Series of counts. Further
    columns: ``better_low``, ``better_high``, ``worse_low``, ``worse_high`` (exact binomial intervals of
    Clopper and Pearson, which hold for any n, and are on the wide side) and ``n``, the answers behind them (R
    and Q do not count). A feature with n = 0 has NaN.

    >>> found = better_worse({"A": 18, "O": 174, "M": 90, "I": 42, "R": 7, "Q": 27})
    >>> found[["better", "worse", "n"]].round(4).iloc[0].tolist()
    [0.5926, -0.8148, 324.0]
    """
    table = _tally(table)
    a, o, m, i = (table[letter].to_numpy() for letter in "AOMI")
    n = a + o + m + i
    with np.errstate(invalid="ignore", divide="ignore"):
        better, worse = (a + o) / n, 0.0 - (o + m) / n
    better_low, better_high = intervals.exact(a + o, n, confidence)
    worse_low, worse_high = intervals.exact(o + m, n, confidence)
    result = pd.DataFrame(
        {
            "better": better,
            "better_low": better_low,
            "better_high": better_high,
            "worse": worse,
            "worse_low": 0.0 - worse_high,
            "worse_high": 0.0 - worse_low,
            "n": n,
        },
        index=table.index,
    )
    result.attrs |= {"confidence": confidence}
    return result


def significance(table: Any, test: str = "fong", z: float = 1.65) -> pd.DataFrame:
    """Can the most frequent category be told from the second?

    Columns: ``first``, ``second`` (letters; equals in the order M, O, A, I, R, Q), ``difference`` (of their
    counts), ``critical`` (what it must reach), ``clear`` (bool), ``p_value`` and ``n``.

    - ``test="fong"``: not clear when |a - b| < z sqrt((a + b)(2n - a - b) / (2n)), a and b the two largest of
      n counts; z = 1.65 as published (10%, two-sided). Fong treats the two counts as independent. They are
      not: an answer that falls in one is lost to the other, so the true band is z sqrt(a + b), and Fong's is
      too narrow where a and b are most of n.
    - ``test="exact"``: binomial test of a against b at the two-sided level of ``z``; right for any n.

    Either compares the two winners of one sample, so take a narrow pass as a hint: :func:`stability`.

    Source: Fong, D. (1996), Using the self-stated importance questionnaire to interpret Kano questionnaire
    results, Center for Quality Management Journal 5(3), 21-24.

    >>> found = significance({"A": 18, "O": 174, "M": 90, "I": 42, "R": 7, "Q": 27})
    >>> found[["first", "second", "difference", "critical", "clear"]].round(1)
      first second  difference  critical  clear
    0     O      M          84      21.3   True
    """
    table = _tally(table)
    checks.one_of(test, "test", ("fong", "exact"))
    z = checks.number(z, "z", low=0)
    numbers = table[list(ORDER)].to_numpy()
    n = numbers.sum(axis=1)
    order = np.lexsort((np.broadcast_to(_RANK, numbers.shape), -numbers), axis=1)
    rows = np.arange(len(table))
    a, b = numbers[rows, order[:, 0]], numbers[rows, order[:, 1]]
    p_value = _p_values(a, b, n, test)
    if test == "fong":
        with np.errstate(invalid="ignore", divide="ignore"):
            critical = z * np.sqrt((a + b) * (2 * n - a - b) / (2 * n))
        clear = (a - b >= critical) & (a > b)
    else:
        level = _two_sided(z)
        clear = p_value <= level
        critical = np.array([_least_difference(int(total), level) for total in a + b], dtype="float64")
    letters = np.array(ORDER, dtype=object)
    result = pd.DataFrame(
        {
            "first": np.where(n > 0, letters[order[:, 0]], np.nan),
            "second": np.where(n > 0, letters[order[:, 1]], np.nan),
            "difference": a - b,
            "critical": critical,
            "clear": clear,
            "p_value": p_value,
            "n": n,
        },
        index=table.index,
    )
    result.attrs |= {"test": test, "z": z}
    return result


def category(table: Any, rule: str = "mode", z: float = 1.65) -> pd.Series:
    """The category of each feature by a rule of :data:`RULES`; NaN for a feature without answers.

    - ``"mode"``: the most frequent; of equals the first in M, O, A, I, R, Q.
    - ``"priority"``: the rule M > O > A > I (Matzler & Hinterhuber 1998, Technovation 18(1), 25-38): among the
      most frequent category and those that Fong's test with ``z`` cannot tell from it, the one that comes
      first. Where the answers leave it open, the worse mistake is to leave out what customers take for granted.
    - ``"two_step"``: if A + O + M > I + R + Q the most frequent of A, O, M, else the most frequent of I, R, Q
      (Berger et al. 1993), so that a feature that most do care about is not lost to a large I.

    ``result.attrs["rule"]`` repeats the rule.

    >>> votes = {"A": 30, "O": 0, "M": 28, "I": 42, "R": 0, "Q": 0}
    >>> [category(votes, rule).iloc[0] for rule in RULES]
    ['I', 'I', 'A']
    """
    table = _tally(table)
    checks.one_of(rule, "rule", RULES)
    z = checks.number(z, "z", low=0)
    numbers = table[list(ORDER)].to_numpy()
    letters = _letters(numbers, rule, z)
    found = pd.Series(np.where(numbers.sum(axis=1) > 0, letters, np.nan), index=table.index, name="category")
    found.attrs["rule"] = rule
    return found


def summary(
    table: Any, rule: str = "mode", test: str = "fong", z: float = 1.65, confidence: float = 0.95
) -> pd.DataFrame:
    """All in one table: the counts, ``category`` by ``rule``, ``clear`` (see :func:`significance`),
    ``category_strength`` and ``total_strength``, and the columns of :func:`better_worse`.

    ``category_strength`` is the lead of the first category over the second, ``total_strength`` the part of A,
    O and M, both as shares of n (Lee, M. C. & Newcomb, J. F. 1997, Quality Management Journal 4(3), 95-110,
    who want a lead of .06 and a part of .60). ``coefficient_n`` is the n of the coefficients, without R and Q.

    >>> row = summary({"A": 18, "O": 174, "M": 90, "I": 42, "R": 7, "Q": 27}).iloc[0]
    >>> row["category"], bool(row["clear"]), f"{row['category_strength']:.3f}"
    ('O', True, '0.235')
    """
    tally = _tally(table)
    told = significance(tally, test, z)
    result = tally[[*ORDER, "n"]].copy()
    result["category"] = category(tally, rule, z)
    result["clear"] = told["clear"]
    with np.errstate(invalid="ignore", divide="ignore"):
        result["category_strength"] = told["difference"] / result["n"]
        result["total_strength"] = (result["A"] + result["O"] + result["M"]) / result["n"]
    result = result.join(better_worse(tally, confidence).rename(columns={"n": "coefficient_n"}))
    result.attrs |= {**getattr(table, "attrs", {}), "rule": rule, "test": test, "z": z, "confidence": confidence}
    return result


def stability(
    table: Any, rule: str = "mode", z: float = 1.65, draws: int = 2000, confidence: float = 0.95, seed: int = 0
) -> pd.DataFrame:
    """How often the category would come out the same, if the same number of customers were asked again.

    Bootstrap: ``draws`` samples of n answers from the shares found, 100 to 1,000,000 (``seed`` makes it repeatable). Columns:
    ``n``, ``category`` (by ``rule``), ``same`` (share of the samples with this category), ``runner_up`` (the
    most frequent other one, NaN if there was none), ``better_low``, ``better_high``, ``worse_low``,
    ``worse_high`` (percentile intervals). With few answers a category that nobody named cannot turn up in a
    sample either, so the result flatters: below about 20 answers use the exact intervals of
    :func:`better_worse`.

    >>> few = stability({"A": 4, "O": 3, "M": 1, "I": 2, "R": 0, "Q": 0}).iloc[0]
    >>> few["category"], bool(few["same"] < .75), few["runner_up"]
    ('A', True, 'O')
    """
    table = _tally(table)
    draws = checks.number(draws, "draws", low=100, high=10**6, whole=True)
    confidence = checks.share(confidence, "confidence")
    tail = (1 - confidence) / 2
    seed = checks.number(seed, "seed", low=0, whole=True)
    generator = np.random.default_rng(seed)
    found = category(table, rule, z)
    rows = []
    for name, tally in zip(found, table[list(ORDER)].to_numpy(), strict=True):
        n = int(tally.sum())
        if n == 0:
            rows.append([0, np.nan, np.nan, np.nan, np.nan, np.nan, np.nan, np.nan])
            continue
        again = generator.multinomial(n, tally / n, size=draws)
        letters = pd.Series(_letters(again, rule, z)).value_counts(normalize=True)
        others = letters.drop(name, errors="ignore")
        useful = again[:, :4].sum(axis=1)
        with np.errstate(invalid="ignore", divide="ignore"):
            better = (again[:, 0] + again[:, 1]) / useful
            worse = 0.0 - (again[:, 1] + again[:, 2]) / useful
        ends = (
            [*np.nanquantile(better, [tail, 1 - tail]), *np.nanquantile(worse, [tail, 1 - tail])]
            if useful.any()
            else [np.nan] * 4
        )
        rows.append([n, name, letters.get(name, 0.0), others.index[0] if len(others) else np.nan, *ends])
    columns = ["n", "category", "same", "runner_up", "better_low", "better_high", "worse_low", "worse_high"]
    result = pd.DataFrame(rows, index=table.index, columns=columns)
    result.attrs |= {"rule": rule, "z": z, "draws": draws, "seed": seed, "confidence": confidence}
    return result


def _evaluation(table: Any) -> np.ndarray:
    """The 5 by 5 letters of an evaluation table, in the order of the answers."""
    keys = list(ANSWERS)
    if isinstance(table, (list, tuple, np.ndarray)) and np.shape(table) == (5, 5):
        table = pd.DataFrame(table)
    if not isinstance(table, pd.DataFrame) or table.shape != (5, 5):
        checks.fail(_("table must be 5 by 5: functional answers down, dysfunctional ones across, from like to dislike."))
    for axis, labels in enumerate(table.axes):
        if set(labels) == set(keys):
            table = table.reindex(keys, axis=axis)
        elif list(labels) not in ([0, 1, 2, 3, 4], [1, 2, 3, 4, 5]):
            checks.fail(
                _("The rows and columns of table must be {keys}; there are {there}."),
                keys=", ".join(keys),
                there=", ".join(map(str, labels)),
            )
    letters = table.to_numpy(dtype=object)
    for f, d in np.ndindex(5, 5):
        if not (isinstance(letters[f, d], str) and letters[f, d] in CATEGORIES):
            checks.fail(
                _("table, row {row}, column {column}: {value!r} is none of the letters {letters}."),
                row=keys[f],
                column=keys[d],
                value=letters[f, d],
                letters=", ".join(CATEGORIES),
            )
    return letters.astype(str)


def _codes(answers: pd.Series, name: str, coding: Mapping[Any, str] | None) -> np.ndarray:
    """Answers as 0 to 4, missing as -1."""
    known: dict[Any, int] = {}
    keys = list(ANSWERS)
    if coding is None:
        known = {number: number - 1 for number in range(1, 6)} | {key: at for at, key in enumerate(keys)}
    else:
        for word, key in checks.mapping(coding, "coding", "{'yes': 'like'}").items():
            if not isinstance(key, str) or key not in keys:
                checks.fail(_("coding leads to {key!r}; the answers are {there}."), key=key, there=", ".join(keys))
            known[word] = keys.index(key)
    answers = checks.keys(answers, name)
    gone = answers.isna().to_numpy()
    if pd.api.types.is_bool_dtype(answers.dtype):
        checks.fail(_("Column {column!r} holds True and False where one of five answers is needed."), column=name)
    if coding is None and pd.api.types.is_numeric_dtype(answers.dtype):
        numbers = answers.to_numpy(dtype="float64", na_value=np.nan)
        found = np.where(np.isin(numbers, (1, 2, 3, 4, 5)), numbers - 1, np.nan)
    else:
        found = answers.astype(object).map(known).to_numpy(dtype="float64", na_value=np.nan)
    wrong = np.isnan(found) & ~gone
    if wrong.any():
        row = answers.index[int(wrong.argmax())]
        value = answers.iloc[int(wrong.argmax())]
        checks.fail(
            _("Column {column!r}, row {row}: {value!r} is none of the five answers; these are {there}."),
            column=name,
            row=repr(row) if isinstance(row, str) else row,
            value=value,
            there=", ".join(map(str, known)),
        )
    return np.where(gone, -1, np.nan_to_num(found, nan=-1)).astype("int64")


def _features(survey: pd.DataFrame, functional: str, dysfunctional: str) -> list[str]:
    asked, turned = (
        [column.removeprefix(start) for column in survey if isinstance(column, str) and column.startswith(start)]
        for start in (functional, dysfunctional)
    )
    # A heading with a blank behind it would make a feature vanish without a word.
    checks.alike([name for name in asked if name not in turned], "feature", [name for name in turned if name not in asked], refuse=True)
    return [name for name in asked if name in turned]


def _tally(table: Any) -> pd.DataFrame:
    """The counts as whole numbers, with ``n``."""
    if isinstance(table, (Mapping, pd.Series)):
        table = checks.named(table, "table").to_frame().T.reset_index(drop=True)
    checks.frame(table, "table")
    result = pd.DataFrame(index=table.index)
    for letter in ORDER:
        checks.need(table, {"": letter})
        found = checks.within(table[letter], letter, 0, 1e9)
        if (found % 1 != 0).any():
            checks.fail(_("Column {column!r}: counts are whole numbers, not shares."), column=letter)
        result[letter] = found.astype("int64")
    result["n"] = result[list(ORDER)].sum(axis=1)
    return result


def _letters(numbers: np.ndarray, rule: str, z: float) -> np.ndarray:
    """The category of each row of counts."""
    letters = np.array(ORDER, dtype=object)
    # The largest count wins; of equals the one with the lower rank.
    weight = numbers * 10 - _RANK
    if rule == "two_step":
        cares = numbers[:, :3].sum(axis=1) > numbers[:, 3:].sum(axis=1)
        allowed = np.where(cares[:, None], np.arange(6) < 3, np.arange(6) >= 3)
        return letters[np.where(allowed, weight, np.iinfo("int64").min).argmax(axis=1)]
    if rule == "priority":
        n = numbers.sum(axis=1, keepdims=True)
        a, b = numbers.max(axis=1, keepdims=True), numbers
        with np.errstate(invalid="ignore", divide="ignore"):
            near = (a - b < z * np.sqrt((a + b) * (2 * n - a - b) / (2 * n))) | (a == b)
        # R and Q are never chosen for coming close, only for coming first.
        near &= (np.arange(6) < 4) | (a == b)
        return letters[np.where(near, -_RANK, -99).argmax(axis=1)]
    return letters[weight.argmax(axis=1)]


def _two_sided(z: float) -> float:
    from scipy.special import ndtr

    return float(2 * ndtr(-z))


def _p_values(a: np.ndarray, b: np.ndarray, n: np.ndarray, test: str) -> np.ndarray:
    from scipy.special import bdtr, ndtr

    if test == "exact":
        return np.where(a == b, 1.0, np.minimum(1.0, 2 * bdtr(b, a + b, 0.5)))
    with np.errstate(invalid="ignore", divide="ignore"):
        spread = np.sqrt((a + b) * (2 * n - a - b) / (2 * n))
        return np.where(a == b, 1.0, 2 * ndtr(-np.where(spread > 0, (a - b) / spread, np.inf)))


def _least_difference(total: int, level: float) -> float:
    """The smallest difference of two counts with this sum that the binomial test calls clear; NaN if none does."""
    from scipy.special import bdtr

    smaller = range((total + 1) // 2)
    clear = bisect.bisect_right(smaller, level, key=lambda count: 2 * bdtr(count, total, 0.5))
    return float(total - 2 * smaller[clear - 1]) if clear else np.nan
