"""Kano's categories of a survey: what customers take for granted, want more of, or are delighted by."""

from __future__ import annotations

import numpy as np
import pandas as pd

from crmlab import checks, kano
from crmlab.language import _
from crmlab.own.backtesting import halves
from crmlab.own.export import Export
from crmlab.own.listed import Listed
from crmlab.own.result import FAILS, HOLDS, UNCLEAR, UNTESTED, Result, Test
from crmlab.own.said import Said
from crmlab.own.understanding import survey
from crmlab.own.understanding.survey import Survey

FEW = 20
"""Below so many pairs of answers nothing is said of a feature."""


def find(export: Export) -> Result:
    """The category of each feature that was asked about twice.

    ``table``: a row a feature with ``feature``, ``A`` ``O`` ``M`` ``I`` ``R`` ``Q`` (answers), ``n``, ``category`` (its English name), ``clear`` (Fong's
    test tells it from the second), ``better`` and ``worse`` with exact 95% intervals, and ``agreement``: the share of random halves that
    name the same category. ``more``: the same by group. ``data``: ``table``, by feature, as :func:`crmlab.kano.summary` makes it.

    Raises :class:`~crmlab.checks.InputError` where no question was asked twice, nobody answered, or it is not told which end of the
    numbers is "I like it that way".
    """
    found = survey.of(export)
    letters, wrong, left = _letters(found, export.plan.answers.get(survey.KANO_DIRECTION, ""))
    whole = pd.DataFrame({name: _counts(column.to_numpy()) for name, column in letters.items()}).T.rename_axis(
        "feature"
    )
    summary = kano.summary(whole)
    agreement = {
        name: _agreement(column.dropna().to_numpy(), str(summary.at[name, "category"]))
        for name, column in letters.items()
    }
    table = summary.drop(columns=["category_strength", "total_strength", "coefficient_n"]).reset_index()
    table["agreement"] = table["feature"].map(agreement)
    table["category"] = table["category"].map(kano.CATEGORIES)
    table["clear"] = table["clear"] & (table["n"] >= FEW)
    order = table["category"].map({name: at for at, name in enumerate(kano.CATEGORIES.values())})
    table = table.assign(_at=order).sort_values(["_at", "worse"], kind="stable", ignore_index=True).drop(columns="_at")
    more = {name: part for name, groups in found.groups.items() if (part := _by_group(letters, groups)) is not None}
    return Result(
        "kano",
        Said(_("What {n} features mean to customers (Kano)"), n=len(table)),
        table,
        (*_says(found, table, wrong, left), *_groups_differ(more)),
        _test(table),
        formats={
            **dict.fromkeys(("better", "better_low", "better_high", "worse", "worse_low", "worse_high"), "{:.2f}"),
            "agreement": "{:.0%}",
        },
        more=more,
        data={"table": summary},
    )


def _letters(found: Survey, direction: str) -> tuple[dict[str, pd.Series], int, list[str]]:
    """The letter of each pair of answers, by feature; cells that are none of the five; features with one half of the pair."""
    there, absent = found.named("functional"), found.named("dysfunctional")
    both = [name for name in there if name in absent]
    if not both:
        checks.fail(
            _(
                "No question of this file was asked twice (if it is there, and if it is not), so there is nothing for Kano's model."
            )
        )
    if not direction and survey.turned(found):
        checks.fail(
            _(
                'Most answers to the Kano questions are reverse, as if 5 meant "I like it that way" and not 1. Say which number means that: nothing is turned round by guess.'
            )
        )
    letters = {}
    for name in both:
        f, d = (
            side[name].values if side[name].scale.words or direction != "5" else 6 - side[name].values
            for side in (there, absent)
        )
        letters[name] = kano.evaluate(f, d)
    letters = {name: column for name, column in letters.items() if column.notna().any()}
    if not letters:
        checks.fail(_("No customer answered both questions about any feature."))
    wrong = sum(len(side[name].wrong) for side in (there, absent) for name in both)
    return letters, wrong, [name for name in {**there, **absent} if name not in letters]


def _counts(letters: np.ndarray) -> dict[str, int]:
    return {letter: int((letters == letter).sum()) for letter in kano.ORDER}


def _agreement(letters: np.ndarray, category: str) -> float:
    """How often both halves of the answers name the category that all of them name."""
    if len(letters) < halves.LEAST:
        return float("nan")
    codes = np.searchsorted(sorted(kano.ORDER), letters.astype(str))
    rank = np.array([list(kano.CATEGORIES).index(letter) for letter in sorted(kano.ORDER)])
    names = np.array(sorted(kano.ORDER))

    def picture(at: np.ndarray) -> str | None:
        counts = np.bincount(codes[at], minlength=6) * 10 - rank
        name = str(names[counts.argmax()])
        return name if name == category else None

    return halves.agreement(len(letters), picture)


def _by_group(letters: dict[str, pd.Series], groups: pd.Series) -> pd.DataFrame | None:
    labels = groups.dropna().astype(str)
    if not 2 <= labels.nunique() <= 12:
        return None
    rows = {}
    for label, rows_of in labels.groupby(labels).groups.items():
        for name, column in letters.items():
            if column.loc[rows_of].notna().any():
                rows[label, name] = _counts(column.loc[rows_of].to_numpy())
    counts = pd.DataFrame.from_dict(rows, orient="index")
    made = kano.summary(counts.reset_index(drop=True))
    made.insert(0, "group", [group for group, _name in rows])
    made.insert(1, "feature", [name for _group, name in rows])
    made["category"] = made["category"].map(kano.CATEGORIES)
    made["clear"] = made["clear"] & (made["n"] >= FEW)
    return made.drop(columns=["category_strength", "total_strength", "coefficient_n"])


def _says(found: Survey, table: pd.DataFrame, wrong: int, left: list[str]) -> list[Said]:
    says = {
        "M": _("Taken for granted, so see that they never fail: {names}."),
        "O": _("The more the better: {names}."),
        "A": _("Delight when there and are not missed when absent: {names}."),
        "I": _("Nobody much minds either way: {names}."),
        "R": _("Most would rather not have: {names}."),
        "Q": _("Answers contradict themselves, so the question was not understood: {names}."),
    }
    said = []
    for letter, text in says.items():
        named = table.loc[(table["category"] == kano.CATEGORIES[letter]) & table["clear"], "feature"]
        if len(named):
            said.append(Said(text, names=Listed(named)))
    open_ones = table.loc[~table["clear"], "feature"]
    if len(open_ones):
        said.append(
            Said(_("Cannot be told from the second category, so take it for open: {names}."), names=Listed(open_ones))
        )
    said += [survey.answered(found, int(table["n"].max())), *survey.repeated(found)]
    if wrong:
        said.append(Said(_("{n:,} cells are none of the five answers and count as no answer."), n=wrong))
    if left:
        said.append(
            Said(
                _("Left out, as one of the two questions is missing or nobody answered both: {names}."),
                names=Listed(left),
            )
        )
    return said


def _groups_differ(more: dict[str, pd.DataFrame]) -> list[Said]:
    """Features that mean one thing to one group and another to the next: the mean of both is nobody's opinion."""
    said = []
    for of, part in more.items():
        for feature, rows in part[part["clear"]].groupby("feature", sort=False):
            if rows["category"].nunique() > 1:
                one, other = rows.iloc[0], rows[rows["category"] != rows["category"].iloc[0]].iloc[0]
                said.append(
                    Said(_("{feature} differs by {of}: {one} for {group}, {other} for {rest}. All together are then nobody's opinion."),
                         feature=feature, of=of, one=Said(one["category"]), group=one["group"], other=Said(other["category"]), rest=other["group"])
                )  # fmt: skip
    return said


def _test(table: pd.DataFrame) -> Test:
    named = table[table["clear"]]
    if not len(named) or named["agreement"].isna().any():
        if (table["n"] < halves.LEAST).all():
            return Test(
                UNTESTED,
                Said(
                    _("{n} answers are too few to be split into halves; take the interval seriously."),
                    n=int(table["n"].max()),
                ),
            )
        return Test(
            UNCLEAR,
            Said(_("No category can be told from the second one; more answers are needed before anything is decided.")),
        )
    held = named["agreement"] >= halves.HELD
    says = Said(
        _("Split at random into halves {splits} times: for {held} of the {n} features with a clear category both halves named it in {share:.0%} of the splits or more."),
        splits=halves.SPLITS, held=int(held.sum()), n=len(named), share=halves.HELD,
    )  # fmt: skip
    verdict = HOLDS if held.all() else UNCLEAR if held.any() else FAILS
    return Test(verdict, says, table[["feature", "category", "agreement"]])
