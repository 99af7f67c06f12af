"""Net Promoter Score of a survey, with its interval, by group, and whether two halves of the answers agree."""

from __future__ import annotations

import numpy as np
import pandas as pd

from crmlab import checks, intervals, satisfaction
from crmlab.language import _
from crmlab.own.backtesting import halves
from crmlab.own.export import Export
from crmlab.own.result import HOLDS, UNCLEAR, UNTESTED, Result, Test
from crmlab.own.said import Said
from crmlab.own.understanding import survey
from crmlab.own.understanding.survey import Survey

COLUMNS = ("n", "promoters", "passives", "detractors", "nps", "low", "high")
FEW = 30
"""Below so many answers the interval is rough."""


def find(export: Export) -> Result:
    """The score, 9 and 10 less 0 to 6, of all who answered and of each group.

    ``table``: a row for all (``group`` and ``of`` "") and one a group, with ``n``, ``promoters``, ``passives``, ``detractors``, ``nps``, ``low``, ``high`` (points,
    95%). ``data``: ``counts`` (answers by score 0 to 10, a Series), ``nps``, ``low``, ``high`` and ``table``.

    Raises :class:`~crmlab.checks.InputError` where the file has no such question, its scale is not told, or is none of 0 to 10.
    """
    found = survey.of(export)
    column = found.columns.get("recommend")
    if column is None:
        checks.fail(_("No column of this file asks whether customers would recommend you, so there is no NPS."))
    heading = found.heading("recommend")
    if not column.n:
        checks.fail(_("Nobody answered {column!r}, so there is no NPS."), column=heading)
    if column.scale.words or (column.scale.sure and column.scale.high != 10):
        checks.fail(
            _("An NPS needs answers from 0 to 10; {column!r} was asked on another scale ({scale}). Turned into one of 0 to 10 they would be guesses."),
            column=heading, scale=Said(_("words")) if column.scale.words else column.scale.key,
        )  # fmt: skip
    if not column.scale.sure:
        raise checks.InputError(str(survey.asks_scale(found, "recommend")))
    scores = column.values
    if ((scores.dropna() % 1) != 0).any():
        checks.fail(
            _("The answers under {column!r} are no whole numbers; an NPS needs each customer's own answer, not means."),
            column=heading,
        )
    whole = satisfaction.nps(scores)
    rows = [{"of": "", "group": "", **_row(whole)}]
    for name, groups in found.groups.items():
        labels = groups.astype(object).where(groups.notna(), None)
        if labels.notna().any() and 2 <= labels.nunique() <= 30:
            by = satisfaction.nps_by(pd.DataFrame({name: labels, "score": scores}), name, "score")
            rows += [
                {"of": name, "group": str(key), **{key: row[key] for key in COLUMNS}}
                for key, row in by.iterrows()
                if row["n"]
            ]
    table = pd.DataFrame(rows)[["of", "group", *COLUMNS]]
    table = table.astype(dict.fromkeys(("n", "promoters", "passives", "detractors"), "int64"))
    counts = scores.dropna().astype(int).value_counts().reindex(range(11), fill_value=0)
    return Result(
        "nps",
        Said(
            _("NPS {nps:+.0f}, 95% interval {low:+.0f} to {high:+.0f}"), nps=whole.nps, low=whole.low, high=whole.high
        ),
        table,
        tuple(_says(found, whole, table, column.scale.low_seen)),
        _test(whole, scores),
        formats={
            **dict.fromkeys(("nps", "low", "high"), "{:+.0f}"),
            **dict.fromkeys(("n", "promoters", "passives", "detractors"), "{:,.0f}"),
        },
        data={"counts": counts, "nps": whole.nps, "low": whole.low, "high": whole.high, "table": table},
    )


def _row(one: satisfaction.NPS) -> dict[str, float]:
    return {name: getattr(one, name) for name in COLUMNS}


def _says(found: Survey, whole: satisfaction.NPS, table: pd.DataFrame, zero: bool) -> list[Said]:
    said = [
        Said(_("Of {n:,} answers {up:.0%} are promoters (9 or 10) and {down:.0%} detractors (0 to 6)."),
             n=whole.n, up=whole.promoters / whole.n, down=whole.detractors / whole.n),
        survey.answered(found, whole.n),
        *survey.repeated(found),
    ]  # fmt: skip
    if whole.n < FEW:
        said.append(Said(_("Fewer than {few} answers: the interval is rough."), few=FEW))
    if not zero:
        said.append(
            Said(
                _(
                    "No answer is 0. If your scale began at 1, the score is counted the same way but compares with no other."
                )
            )
        )
    for of in table["of"].unique():
        part = table[(table["of"] == of) & (table["of"] != "")]
        if len(part) > 1:
            best, worst = part.loc[part["nps"].idxmax()], part.loc[part["nps"].idxmin()]
            wider = _wider(len(part))
            apart = best["low"] > worst["high"]
            told = best["nps"] - worst["nps"] > wider * (best["nps"] - best["low"] + worst["high"] - worst["nps"])
            said.append(
                Said(
                    _("{of}: {best} is highest ({b:+.0f}), {worst} lowest ({w:+.0f}), and their intervals do not meet.")
                    if told
                    else _("{of}: {best} is highest ({b:+.0f}), {worst} lowest ({w:+.0f}), but of so many groups two lie as far apart by chance: do not call one better.")
                    if apart
                    else _("{of}: {best} is highest ({b:+.0f}), {worst} lowest ({w:+.0f}), but their intervals meet: do not call one better."),
                    of=of, best=best["group"], worst=worst["group"], b=best["nps"], w=worst["nps"],
                )
            )  # fmt: skip
    return said


def _wider(groups: int) -> float:
    """How much wider two 95% intervals must be held apart when they are the highest and the lowest of so many groups (Bonferroni, all pairs): with
    ten groups and no difference two of them do not meet in one survey of seven."""
    pairs = groups * (groups - 1) / 2
    return max(1.0, intervals.z_value(1 - 0.05 / pairs) * 2**0.5 / (2 * intervals.z_value()))


def _test(whole: satisfaction.NPS, scores: pd.Series) -> Test:
    """Is it above or below nought, and do halves say the same?"""
    given = scores.dropna().to_numpy()
    if len(given) < halves.LEAST:
        return Test(
            UNTESTED,
            Said(_("{n} answers are too few to be split into halves; take the interval seriously."), n=len(given)),
        )
    net = np.where(given >= 9, 1, np.where(given <= 6, -1, 0))
    share = halves.agreement(len(net), lambda at: int(np.sign(net[at].sum())))
    gaps = _gaps(net)
    says = Said(
        _("Split at random into halves {splits} times, the scores of the halves lay {gap:.0f} points apart in the middle, and {far:.0f} or less in 95%. Both had the same sign in {share:.0%}."),
        splits=halves.SPLITS, gap=float(np.median(gaps)), far=float(np.quantile(gaps, 0.95)), share=share,
    )  # fmt: skip
    spans = whole.low < 0 < whole.high
    return Test(HOLDS if not spans and share >= halves.HELD else UNCLEAR, says)


def _gaps(net: np.ndarray) -> np.ndarray:
    random = np.random.default_rng(0)
    half = len(net) // 2
    orders = [random.permutation(len(net)) for _split in range(halves.SPLITS)]
    return np.array([100 * abs(net[order[:half]].mean() - net[order[half:]].mean()) for order in orders])
