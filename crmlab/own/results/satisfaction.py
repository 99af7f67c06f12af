"""Satisfaction of a survey: perceived against expected by object and group, or, where no expectation was asked, how many are satisfied."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy import stats

from crmlab import checks, intervals, satisfaction
from crmlab.language import _
from crmlab.own.backtesting import halves
from crmlab.own.export import Export
from crmlab.own.result import HOLDS, UNCLEAR, UNTESTED, Result, Test
from crmlab.own.said import Said
from crmlab.own.understanding import survey
from crmlab.own.understanding.answers import Column
from crmlab.own.understanding.survey import Survey

FEW = 30
"""Below so many answers the interval of an index is rough."""
TOP = 0.75
"""Satisfied is who answers in the top quarter of the scale: 4 and 5 of 1 to 5, 8 to 10 of 0 to 10, 6 and 7 of 1 to 7."""


def find(export: Export) -> Result:
    """The index of each object, mean perceived / mean expected, weakest first, with its 95% interval (delta method).

    ``table``: ``object``, ``n``, ``expected``, ``perceived``, ``index``, ``low``, ``high``, ``verdict`` (English name). ``more``: the same by group. Where nothing was
    asked twice: ``object``, ``n``, ``mean`` with ``mean_low`` and ``mean_high``, ``satisfied`` (share in the top quarter of the scale) with ``low`` and ``high``
    (Wilson). ``data``: ``table``, ``kind`` ("index" or "rating"), and ``ends``, lowest and highest answer of the scale where it is one for all.

    Raises :class:`~crmlab.checks.InputError` where the file asks neither, nobody answered, or the scale is not told.
    """
    found = survey.of(export)
    pairs, apart = _pairs(found)
    if pairs:
        return _index(found, pairs, apart)
    if found.named("rating"):
        return _ratings(found, apart)
    if apart:
        raise checks.InputError(str(apart[0]))
    checks.fail(_("No column of this file asks how satisfied customers are, or what they expected and what they got."))


# -- perceived against expected ---------------------------------------------------------------------------------------------


def _pairs(found: Survey) -> tuple[dict[str, pd.DataFrame], list[Said]]:
    """``perceived`` and ``expected`` by object, where both were asked on one scale; and a sentence for each object where they were not."""
    pairs, apart = {}, []
    got = found.named("perceived")
    for name, wanted in found.named("expected").items():
        had = got.get(name)
        if had is None:
            continue
        both = pd.DataFrame({"perceived": had.values, "expected": wanted.values})
        if wanted.scale.sure and had.scale.sure and not wanted.scale.same(had.scale):
            apart.append(
                Said(
                    _("{object}: expected and perceived were asked on different scales, so there is no index."),
                    object=name,
                )
            )
        elif (both["expected"] <= 0).any():
            apart.append(
                Said(_("{object}: an expectation of 0 gives no index; it needs a scale that begins at 1."), object=name)
            )
        elif both.notna().all(axis=1).any():
            pairs[name] = both
        else:
            apart.append(Said(_("{object}: nobody answered both questions."), object=name))
    return pairs, apart


def _index(found: Survey, pairs: Mapping[str, pd.DataFrame], apart: list[Said]) -> Result:
    table = _by_object(pairs)
    more = {name: part for name, groups in found.groups.items() if (part := _by_group(pairs, groups)) is not None}
    weak = table[table["verdict"] == satisfaction.VERDICTS["unhappy"]]
    first = table.iloc[0]
    text = {
        "unhappy": _(
            "{object} is weakest: customers got {index:.0%} of what they expected, 95% interval {low:.0%} to {high:.0%}."
        ),
        "unclear": _(
            "{object} is weakest with {index:.0%} of what was expected, but its 95% interval of {low:.0%} to {high:.0%} holds 100%."
        ),
        "delighted": _(
            "Even the weakest, {object}, gives more than was expected: {index:.0%}, 95% interval {low:.0%} to {high:.0%}."
        ),
    }
    alone = _("{object}: customers got {index:.0%} of what they expected, 95% interval {low:.0%} to {high:.0%}.")
    key = next(key for key, name in satisfaction.VERDICTS.items() if name == first["verdict"])
    chosen = alone if len(table) == 1 else text.get(key, text["unclear"])
    said = [Said(chosen, object=first["object"], index=first["index"], low=first["low"], high=first["high"])]
    if len(table) > 1:
        said.append(_weaker(pairs, *table["object"].iloc[:2]))
    said += _groups_say(more)
    said += [survey.answered(found, int(table["n"].max())), *survey.repeated(found), *apart]
    if table["n"].min() < FEW:
        said.append(Said(_("Fewer than {few} answers: the interval is rough."), few=FEW))
    if any(column.scale.words for column in found.columns.values()):
        said.append(Said(_("The answers were words and count as steps of equal width, which is an assumption.")))
    return Result(
        "satisfaction",
        Said(_("Satisfaction: {weak} of {n} objects are below what was expected"), weak=len(weak), n=len(table)),
        table,
        tuple(said),
        _weakest_again(pairs),
        formats={**dict.fromkeys(("expected", "perceived", "index", "low", "high"), "{:.2f}"), "n": "{:,.0f}"},
        more=more,
        data={"table": table, "kind": "index", "ends": None},
    )


def _weaker(pairs: Mapping[str, pd.DataFrame], one: str, other: str) -> Said:
    """Whether the weakest can be told from the next: the difference of two indices of the same customers, by the delta method."""
    both = pd.concat([pairs[one], pairs[other]], axis=1, keys=["one", "other"]).dropna()
    parts, index = [], []
    for side in ("one", "other"):
        b, a = (both[side][role].to_numpy() for role in ("perceived", "expected"))
        c = b.mean() / a.mean() if len(both) else np.nan
        parts.append((b - c * a) / a.mean() if len(both) else b)
        index.append(c)
    if len(both) < 2:
        return Said(
            _("Too few customers answered for both it and {object} to tell which of the two is weaker."), object=other
        )
    half = intervals.z_value() * float((parts[0] - parts[1]).std(ddof=1)) / np.sqrt(len(both))
    gap = 100 * (index[0] - index[1])
    text = (
        _("It is weaker than {object}, the next: by {gap:.0f} points of 100, 95% interval {low:.0f} to {high:.0f}.")
        if gap + 100 * half < 0
        else _(
            "Whether it is weaker than {object}, the next, cannot be told: by {gap:.0f} points of 100, 95% interval {low:.0f} to {high:.0f}."
        )
    )
    return Said(text, object=other, gap=-gap, low=-gap - 100 * half, high=-gap + 100 * half)


def _by_object(pairs: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    wide = pd.DataFrame({f"{role}_{name}": both[role] for name, both in pairs.items() for role in both})
    made = satisfaction.by_object(wide, {name: name for name in pairs})
    made["verdict"] = made["verdict"].map(satisfaction.VERDICTS)
    return made.iloc[::-1].reset_index()


def _by_group(pairs: Mapping[str, pd.DataFrame], groups: pd.Series) -> pd.DataFrame | None:
    labels = groups.astype(object).where(groups.notna(), None)
    if not 2 <= labels.nunique() <= 30:
        return None
    parts = []
    for name, both in pairs.items():
        if (both.notna().all(axis=1) & labels.notna()).any():
            part = satisfaction.by(both.assign(group=labels.map(str, na_action="ignore")), "group").reset_index()
            parts.append(part.assign(object=name)[part["n"] > 0])
    if not parts:
        return None
    made = pd.concat(parts, ignore_index=True)
    made["verdict"] = made["verdict"].map(satisfaction.VERDICTS)
    columns = ["object", "group", "n", "expected", "perceived", "index", "low", "high", "verdict"]
    return made[columns].sort_values("index", kind="stable", ignore_index=True)


def _groups_say(more: Mapping[str, pd.DataFrame]) -> list[Said]:
    said = []
    for name, part in more.items():
        first = part.iloc[0]
        if first["n"] >= FEW and first["verdict"] == satisfaction.VERDICTS["unhappy"]:
            said.append(
                Said(_("By {of}, {object} for {group} is weakest: {index:.0%} of what was expected, 95% interval {low:.0%} to {high:.0%}."),
                     of=name, object=first["object"], group=first["group"], index=first["index"], low=first["low"], high=first["high"])
            )  # fmt: skip
    return said


def _weakest_again(pairs: Mapping[str, pd.DataFrame]) -> Test:
    """Do both halves name the same object as the weakest? With one object: do both say "less than expected", or both not?"""
    got = np.column_stack([both["perceived"].where(both.notna().all(axis=1)) for both in pairs.values()])
    wanted = np.column_stack([both["expected"].where(both.notna().all(axis=1)) for both in pairs.values()])
    answered = np.flatnonzero(~np.isnan(got).all(axis=1))
    got, wanted = got[answered], wanted[answered]
    if len(got) < halves.LEAST:
        return _too_few(len(got))

    def picture(at: np.ndarray) -> object:
        with np.errstate(invalid="ignore"):
            index = np.nansum(got[at], axis=0) / np.nansum(wanted[at], axis=0)
        if np.isnan(index).all():
            return None
        return bool(index[0] < 1) if len(index) == 1 else int(np.nanargmin(index))

    return _told(halves.agreement(len(got), picture), len(pairs))


# -- how satisfied ----------------------------------------------------------------------------------------------------------


def _ratings(found: Survey, apart: list[Said]) -> Result:
    rows, asked = [], list(apart)
    columns: dict[str, Column] = {}
    for name, column in found.named("rating").items():
        if not column.n:
            asked.append(Said(_("{object}: nobody answered."), object=name))
        elif not column.scale.sure:
            asked.append(survey.asks_scale(found, f"rating:{name}"))
        else:
            columns[name] = column
            rows.append({"object": name, **_rated(column.values, column)})
    if not rows:
        raise checks.InputError(str(asked[0]))
    table = pd.DataFrame(rows).sort_values("satisfied", kind="stable", ignore_index=True)
    more = {}
    for of, groups in found.groups.items():
        labels = groups.dropna().astype(str)
        if 2 <= labels.nunique() <= 30:
            parts = [
                {"object": name, "group": label, **_rated(column.values.loc[at], column)}
                for name, column in columns.items()
                for label, at in labels.groupby(labels).groups.items()
                if column.values.loc[at].notna().any()
            ]
            if parts:
                more[of] = pd.DataFrame(parts).sort_values("satisfied", kind="stable", ignore_index=True)
    first = table.iloc[0]
    said = [
        Said(_("{object}: {share:.0%} are satisfied (the top quarter of the scale), 95% interval {low:.0%} to {high:.0%}."),
             object=first["object"], share=first["satisfied"], low=first["low"], high=first["high"]),
        Said(_("What customers expected was not asked, so there is no index: nobody can tell from this whether they got less than they wanted.")),
        survey.answered(found, int(table["n"].max())),
        *survey.repeated(found),
        *asked,
    ]  # fmt: skip
    if not any(column.scale.words for column in columns.values()):
        said.append(Said(_("The higher number is read as the more satisfied one.")))
    ends = {(column.scale.low, column.scale.high) for column in columns.values()}
    return Result(
        "satisfaction",
        Said(
            _("Satisfaction: {share:.0%} are satisfied with {object}, the weakest of {n}")
            if len(table) > 1
            else _("{object}: {share:.0%} are satisfied"),
            share=first["satisfied"],
            object=first["object"],
            n=len(table),
        ),
        table,
        tuple(said),
        _lowest_again(columns),
        formats={
            **dict.fromkeys(("mean", "mean_low", "mean_high"), "{:.2f}"),
            **dict.fromkeys(("satisfied", "low", "high"), "{:.0%}"),
            "n": "{:,.0f}",
        },
        more=more,
        data={"table": table, "kind": "rating", "ends": next(iter(ends)) if len(ends) == 1 else None},
    )


def _rated(values: pd.Series, column: Column) -> dict[str, float]:
    given = values.dropna().to_numpy()
    n, mean = len(given), float(given.mean())
    half = float(stats.t.ppf(0.975, n - 1) * given.std(ddof=1) / np.sqrt(n)) if n > 1 else np.nan
    top = column.scale.low + TOP * (column.scale.high - column.scale.low)
    satisfied = int((given >= top - 1e-9).sum())
    low, high = intervals.wilson(satisfied, n)
    ends = max(mean - half, column.scale.low), min(mean + half, column.scale.high)
    return {"n": n, "mean": mean, "mean_low": ends[0] if n > 1 else np.nan, "mean_high": ends[1] if n > 1 else np.nan,
            "satisfied": satisfied / n, "low": low, "high": high}  # fmt: skip


def _lowest_again(columns: Mapping[str, Column]) -> Test:
    satisfied = np.column_stack(
        [
            np.where(
                one.values.isna(), np.nan, one.values >= one.scale.low + TOP * (one.scale.high - one.scale.low) - 1e-9
            )
            for one in columns.values()
        ]
    )
    satisfied = satisfied[~np.isnan(satisfied).all(axis=1)]
    if len(satisfied) < halves.LEAST:
        return _too_few(len(satisfied))
    if satisfied.shape[1] == 1:
        return Test(
            UNTESTED, Said(_("One question alone names no weakest object; the interval says how exact its share is."))
        )

    def picture(at: np.ndarray) -> object:
        there = ~np.isnan(satisfied[at])
        with np.errstate(invalid="ignore", divide="ignore"):
            share = np.nansum(satisfied[at], axis=0) / there.sum(axis=0)
        return None if np.isnan(share).all() else int(np.nanargmin(share))

    return _told(halves.agreement(len(satisfied), picture), satisfied.shape[1])


# -- both -------------------------------------------------------------------------------------------------------------------


def _too_few(n: int) -> Test:
    return Test(UNTESTED, Said(_("{n} answers are too few to be split into halves; take the interval seriously."), n=n))


def _told(share: float, objects: int) -> Test:
    if objects == 1:
        says = Said(
            _("Split at random into halves {splits} times, both halves came out on the same side of 1 in {share:.0%}."),
            splits=halves.SPLITS,
            share=share,
        )
    else:
        says = Said(
            _("Split at random into halves {splits} times, both halves named the same weakest object in {share:.0%} (by chance in {chance:.0%})."),
            splits=halves.SPLITS, share=share, chance=1 / objects,
        )  # fmt: skip
    return Test(HOLDS if share >= halves.HELD else UNCLEAR, says)
