"""What the last exercises of unit 5 ask about a firm's survey, made up or the trainee's own: their numbers, by the field modules."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from crmlab import checks, kano, satisfaction, servqual
from crmlab.course.exercises.own_data import ANSWERS, Source
from crmlab.course.hooks import Numbers, Right, Signed, Slip
from crmlab.language import _, tr
from crmlab.own.understanding import survey

LEAST = 20
"""Answers below which no exercise begins."""


def pairs(source: Source, first: str, second: str) -> dict[str, pd.DataFrame]:
    """Questions asked twice, by what they ask about: both answers of whoever gave both, in two columns, where there are enough.

    Raises :class:`~crmlab.checks.InputError` if there are none.
    """
    answered = survey.of(source.export)
    one, other = answered.named(first), answered.named(second)
    both = {
        name: pd.DataFrame({first: one[name].values, second: other[name].values}).dropna()
        for name in one
        if name in other
    }
    found = {name: table for name, table in both.items() if len(table) >= LEAST}
    if not found:
        if both:
            source.need(max(map(len, both.values())), LEAST, ANSWERS)
        checks.fail(
            _("It has no question that is asked twice: what was expected, and what was perceived.")
            if first == "expected"
            else _("It has no question that is asked twice: if something were there, and if it were not.")
        )
    return found


def _objects(source: Source) -> dict[str, pd.DataFrame]:
    """The objects that were rated twice."""
    return pairs(source, "expected", "perceived")


# -- 5.1: the index ----------------------------------------------------------------------------------------------------


def index_numbers(source: Source) -> Numbers:
    """The index of one object and what its interval allows to say."""
    found = _objects(source)
    names = list(found)
    lot = source.lot(51)
    rows: dict[str, pd.Series] = {}
    for name, table in found.items():
        if (table["expected"] <= 0).any():
            continue  # a scale that begins at 0 gives no ratio
        row = satisfaction.by(table.assign(all="all"), "all").loc["all"]
        if min(abs(row["low"] - 1), abs(row["high"] - 1)) > 0.0006:  # told from 1 in the digits that are shown
            rows[name] = row
    if not rows:
        checks.fail(_("Its answers begin at 0: there an index cannot be computed."))
    by_verdict: dict[str, list[str]] = {}
    for name in [names[at] for at in lot.permutation(len(names))]:
        if name in rows:
            by_verdict.setdefault(str(rows[name]["verdict"]), []).append(name)
    kinds = list(by_verdict)
    name = by_verdict[kinds[int(lot.random_sample() * len(kinds))]][0]
    row = rows[name]
    a, b = round(float(row["expected"]), 2), round(float(row["perceived"]), 2)
    c = b / a
    table = found[name]
    own = satisfaction.group_index(table["perceived"], table["expected"], how="mean_of_ratios")
    slips: dict[str, Slip] = {
        "turned": a / b,
        "gap": (b - a, a - b),
        "percent": 100 * c,
        **({"own-ratios": own} if abs(own - c) > 0.012 else {}),
    }
    words = {
        "object": name,
        "count": int(row["n"]),
        "a": a,
        "b": b,
        "low": float(row["low"]),
        "high": float(row["high"]),
    }
    return Numbers(words=words, right={"c": Right(c, within=0.006, slips=slips), "verdict": str(row["verdict"])})


# -- 5.2: Kano ---------------------------------------------------------------------------------------------------------

SHOWN = 6
"""Pairs of answers that are shown, the most frequent ones."""


def kano_numbers(source: Source) -> Numbers:
    """The letter of one function from its pairs of answers, and whether the sample tells it from the next one."""
    found = pairs(source, "functional", "dysfunctional")
    keys = list(kano.ANSWERS)
    names = list(found)
    chosen: tuple[str, pd.Series, pd.Series] | None = None
    for at in source.lot(52).permutation(len(names)):
        table = found[names[at]].astype("int64")
        tally = kano.counts(table.rename(columns={side: f"{side}_it" for side in table})).loc["it"]
        cells = table.groupby(["functional", "dysfunctional"]).size().sort_values(ascending=False, kind="stable")
        told = pd.Series(0, index=list(kano.CATEGORIES))
        for (one, other), count in cells.iloc[:SHOWN].items():
            told[kano.evaluate(keys[int(one) - 1], keys[int(other) - 1])] += int(count)
        # What is shown must settle it: the rest may all be of one letter.
        rest = int(tally["n"]) - int(told.sum())
        first, second = told.sort_values(ascending=False, kind="stable").iloc[:2]
        if first > second + rest:
            chosen = names[at], tally, cells.iloc[:SHOWN]
            break
    if chosen is None:
        checks.fail(_("In none of its functions do the six most frequent pairs of answers settle the letter."))
    name, tally, cells = chosen
    test = kano.significance(tally.to_frame().T, test="exact").iloc[0]
    lines = "\n".join(
        f"{count} × {_said(keys[int(one) - 1])} / {_said(keys[int(other) - 1])}"
        for (one, other), count in cells.items()
    )
    rest = int(tally["n"]) - int(cells.sum())
    words = {"function": name, "count": int(tally["n"]), "pairs": lines, "rest": rest, "critical": _critical(test)}
    return Numbers(words=words, right={"letter": str(test["first"]), "enough": "yes" if bool(test["clear"]) else "no"})


def _critical(test: pd.Series) -> int:
    """The difference from which the exact test tells two letters with so many answers apart."""
    critical = float(test["critical"])
    return int(np.ceil(critical)) if np.isfinite(critical) else int(test["n"]) + 1


def _said(key: str) -> str:
    return tr(kano.ANSWERS[key])


# -- 5.3: gaps ---------------------------------------------------------------------------------------------------------


_LINE = _("{name}: {a:.2f} / {b:.2f}")


def gaps_numbers(source: Source) -> Numbers:
    """The object that falls shortest of what is expected, and whether it is shown to fall shorter than the next one."""
    found = _objects(source)
    whole = [name for name in found if not name.casefold().startswith(("overall", "总体", "整体"))] or list(found)
    source.need(len(whole), 2, _("objects that are asked about twice"))
    wide = pd.concat(
        {(side, name): found[name][side] for name in whole for side in ("expected", "perceived")}, axis=1
    ).dropna()
    source.need(len(wide), LEAST, ANSWERS)
    items = pd.DataFrame({"dimension": whole}, index=pd.RangeIndex(1, len(whole) + 1))
    numbered = {
        f"{side[0]}{place}": wide[side, name]
        for place, name in enumerate(whole, 1)
        for side in ("expected", "perceived")
    }
    answers = pd.DataFrame(numbered)
    scale = (float(answers.min().min()), float(answers.max().max()))
    table = servqual.gaps(answers, items, scale=scale)
    # As shown, in hundredths: where two are the widest, one of them is left out.
    told = pd.Series(
        [round(round(b, 2) - round(a, 2), 2) for a, b in zip(table["expected"], table["perceived"], strict=True)],
        table.index,
    )
    if told.min() >= 0:
        checks.fail(_("In none of its questions is less perceived than was expected: there is no gap to look for."))
    while len(told) > 2 and (told == told.min()).sum() > 1:
        told = told.drop(told.index[(told == told.min()).to_numpy()][-1])
    if (told == told.min()).sum() > 1:
        checks.fail(_("Its two widest gaps are the same to a hundredth of a point."))
    whole, table = [whole[place - 1] for place in told.index], table.loc[told.index]
    worst, next_one = (int(place) for place in told.sort_values(kind="stable").index[:2])
    own = (answers[f"p{worst}"] - answers[f"e{worst}"]) - (answers[f"p{next_one}"] - answers[f"e{next_one}"])
    # The paired difference of two gaps, as if it were a gap of its own.
    paired = servqual.gaps(pd.DataFrame({"e1": 0.0 * own, "p1": own}), items.loc[[1]], scale=(-1e6, 1e6)).iloc[0]
    low, high = float(paired["low"]), float(paired["high"])
    lines = "\n".join(
        tr(_LINE, name=name, a=row["expected"], b=row["perceived"])
        for name, (_at, row) in zip(whole, table.iterrows(), strict=True)
    )
    options = [(f"o{place}", name) for place, name in zip(table.index, whole, strict=True)]
    highest = int(table["expected"].idxmax())
    lowest = int(table["perceived"].idxmin())

    def slip(answers: dict[str, Any]) -> str:
        got = str(answers.get("widest"))
        return "lowest" if got == f"o{lowest}" else "expected" if got == f"o{highest}" else ""

    words = {"count": len(wide), "lines": lines, "low": Signed(low), "high": Signed(high)}
    right = {"widest": Right(f"o{worst}", slip=slip), "stands": "yes" if high < 0 else "no"}
    return Numbers(words=words, right=right, fields={"widest": {"options": options}})


# -- 5.4: better than last year ----------------------------------------------------------------------------------------


def loyalty_numbers(source: Source) -> Numbers:
    """The NPS, and whether a difference from last year's, which is assumed, is more than chance."""
    answered = survey.of(source.export)
    if "recommend" not in answered.columns:
        checks.fail(_("It has no question whether they would recommend you."))
    given = answered.columns["recommend"].values.dropna()
    source.need(len(given), LEAST, ANSWERS)
    found = satisfaction.nps(given)
    up, down, n = found.promoters, found.detractors, found.n
    half = (found.high - found.low) / 2
    lot = source.lot(54)
    # The other year is assumed: as many answers, of the same spread; clearly worse, clearly better, or not clearly either.
    width = float(np.hypot(half, half))
    kind = ("better", "open", "worse", "open")[int(4 * lot.random_sample())]
    step = {"better": -1.5, "open": -0.55, "worse": 1.5}[kind] * width
    before = float(np.clip(round(found.nps + step), -95, 95))
    gap = found.nps - before
    low, high = gap - width, gap + width
    verdict = "better" if low > 0 else "worse" if high < 0 else "open"
    slips = {
        "promoters": 100 * up / n,
        "count": float(up - down),
        "turned": -float(found.nps),
        "passives": 100 * (up - down) / max(up + down, 1),
    }
    words = {
        "count": n,
        "up": up,
        "middle": n - up - down,
        "down": down,
        "before": Signed(before),
        "low": Signed(low),
        "high": Signed(high),
    }
    return Numbers(words=words, right={"nps": Right(float(found.nps), within=0.6, slips=slips), "sentence": verdict})
