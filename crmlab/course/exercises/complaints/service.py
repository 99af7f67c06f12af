"""Lesson 4.1, service and moments of truth: the surveys, the map of moments, and what is computed from them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from crmlab import intervals
from crmlab.course.cases import Case, case, frame, gate
from crmlab.course.form import Answers, Choice
from crmlab.course.hooks import Lesson, Numbers, Right
from crmlab.language import Words, tr

here = Lesson("4.1")

# -- the surveys -------------------------------------------------------------------------------------------------------

MOMENTS = {
    **dict.fromkeys(("leaflet", "ring", "visit"), "before"),
    **dict.fromkeys(("order", "delivery", "handover"), "during"),
    **dict.fromkeys(("bill", "problem", "news"), "after"),
}
"""The contact points of the surveys, along the customer's path, each with its stage."""
BAD = 5
"""A score of at most this, on the scale from 1 to 10, is a bad one. A convention."""


@cache
def _winter() -> pd.DataFrame:
    draw = np.random.RandomState(41)
    n = 240
    means = {"leaflet": 5.7, "ring": 7.9, "visit": 8.3, "order": 8.1, "delivery": 7.4, "bill": 7.8, "problem": 7.0}
    table = {}
    for name in MOMENTS:
        if name == "handover":  # most are content, and a few meet the driver who leaves the crates in the rain
            bad = draw.random_sample(n) < 0.16
            score = np.where(bad, draw.normal(3.3, 1.0, n), draw.normal(8.2, 0.9, n))
        else:
            score = draw.normal(means.get(name, 6.4), 1.4, n)
        table[name] = np.clip(np.round(score), 1, 10).astype(int)
    chance = 0.08 + 0.42 * (table["handover"] <= BAD) + 0.08 * (table["delivery"] <= BAD)
    frame = pd.DataFrame(table, index=pd.Index([f"M{k:03d}" for k in range(1, n + 1)], name="customer"))
    frame["left"] = draw.random_sample(n) < chance
    return frame


@cache
def _river() -> pd.DataFrame:
    # Of many seeds one in which a handful of bad scores (the first visit) look worse than a trouble of dozens.
    draw = np.random.RandomState(4775)
    n = 260
    means = {"leaflet": 6.6, "ring": 6.7, "visit": 8.4, "order": 7.9, "delivery": 7.6, "handover": 7.8, "bill": 7.4}
    table = {}
    for name in MOMENTS:
        if name == "problem":  # one in five was put off from week to week
            bad = draw.random_sample(n) < 0.2
            score = np.where(bad, draw.normal(3.4, 1.0, n), draw.normal(8.0, 0.9, n))
        else:
            score = draw.normal(means.get(name, 5.9), 1.4, n)
        table[name] = np.clip(np.round(score), 1, 10).astype(int)
    frame = pd.DataFrame(table, index=pd.Index([f"R{k:03d}" for k in range(1, n + 1)], name="customer"))
    frame["left"] = draw.random_sample(n) < 0.09 + 0.33 * (table["problem"] <= BAD)
    return frame


_SURVEYS = {"winter": _winter, "river": _river}


def survey(name: str = "winter") -> pd.DataFrame:
    """What customers say of nine contact points, 1 to 10, and whether they had left by spring (made up).

    ``"winter"`` is the survey of the lesson, 240 customers: who was badly served at the door leaves more often, and a
    little who got late deliveries; nothing else counts. ``"river"`` is that of the depot across the river, 260
    customers: there only the settling of problems counts. Raises ``ValueError`` for another name.

    >>> survey().shape, survey("river").shape
    ((240, 10), (260, 10))
    """
    if name not in _SURVEYS:
        raise ValueError(f"There are the surveys {' and '.join(map(repr, _SURVEYS))}, not {name!r}.")
    return _SURVEYS[name]().copy()


def named(moment: str) -> Words:
    """The name of a contact point."""
    return here.options("moments")[moment]


def moments_map(answers: pd.DataFrame) -> pd.DataFrame:
    """The map of moments: a row a contact point in the order of the path, with its ``stage``, the ``mean`` score, how many
    gave a ``bad`` one (5 or less), the share of these that left (``bad_left``) with its Wilson interval (``low``,
    ``high``), and number and share of the ``others``. Where nobody gave a bad score the share is NaN.

    >>> moments_map(survey())["stage"].unique().tolist()
    ['before', 'during', 'after']
    """
    rows = {}
    for name, stage in MOMENTS.items():
        bad = answers[name] <= BAD
        low, high = intervals.wilson(int(answers.loc[bad, "left"].sum()), int(bad.sum()))
        rows[str(named(name))] = {
            "stage": stage,
            "mean": answers[name].mean(),
            "bad": int(bad.sum()),
            "bad_left": answers.loc[bad, "left"].mean(),
            "low": low,
            "high": high,
            "others": int((~bad).sum()),
            "others_left": answers.loc[~bad, "left"].mean(),
        }
    table = pd.DataFrame.from_dict(rows, orient="index")
    table.index.name = "moment"
    return table


@cache
def whole_map(name: str = "winter") -> pd.DataFrame:
    """The map of a whole survey."""
    return moments_map(_SURVEYS[name]())


def heaviest(name: str = "winter") -> str:
    """The contact point at which bad scores and leaving go together most surely: the lower end of the interval lies
    farthest above the share of the others."""
    table = whole_map(name)
    return list(MOMENTS)[int((table["low"] - table["others_left"]).to_numpy().argmax())]


# -- the path and the map ----------------------------------------------------------------------------------------------


def _cell(answers: Answers, key: str) -> tuple[str, str]:
    """The contact point and the column of the cell that is marked."""
    moment, _dot, column = str(answers[key]).partition(".")
    return moment, column


@here.numbers("path-and-map")
def path_and_map() -> Numbers:
    """What stands in the map, and the moment that weighs most."""
    texts = {}
    share = here.says("path-and-map")["share"]
    for name, row in zip(MOMENTS, whole_map().itertuples(index=False), strict=True):
        texts[f"{name}.mean"] = f"{row.mean:.1f}"
        texts[f"{name}.bad_left"] = tr(share, share=row.bad_left, n=row.bad)
        texts[f"{name}.others_left"] = tr(share, share=row.others_left, n=row.others)

    def slip(answers: Answers) -> str:
        moment, column = _cell(answers, "heavy")
        return "mean" if column == "mean" else "others" if moment == heaviest() else ""

    return Numbers(right={"heavy": Right(f"{heaviest()}.bad_left", slip=slip)}, fields={"heavy": {"texts": texts}})


# -- across the river --------------------------------------------------------------------------------------------------


def _bad_left(moment: str) -> float:
    """The share of those with a bad score across the river that has left."""
    return float(whole_map("river").loc[named(moment), "bad_left"])


def _river_slip(moment: str) -> str:
    """What to ask somebody who begins at this contact point: the name of the sentence."""
    return "handful" if _bad_left(moment) > _bad_left(heaviest("river")) else "shares"


@here.numbers("across-the-river")
def river() -> Numbers:
    """What stands in the map of the second survey, where to begin, and the share there."""
    texts = {}
    left = here.says("across-the-river")["left"]
    for name, row in zip(MOMENTS, whole_map("river").itertuples(index=False), strict=True):
        texts[f"{name}.mean"] = f"{row.mean:.1f}"
        texts[f"{name}.bad"] = tr(left, left=round(row.bad * row.bad_left), n=row.bad)
        texts[f"{name}.others"] = tr(left, left=round(row.others * row.others_left), n=row.others)

    def slip(answers: Answers) -> str:
        moment, column = _cell(answers, "begin")
        return "mean" if column == "mean" else "others" if moment == heaviest("river") else _river_slip(moment)

    def share(answers: Answers) -> float:
        # Whoever marked another contact point and worked out its share has done this part.
        return 100 * _bad_left(_cell(answers, "begin")[0] if "begin" in answers else heaviest("river"))

    begin = Right(f"{heaviest('river')}.bad", slip=slip, words=lambda answers: {"name": named(_cell(answers, "begin")[0])})
    return Numbers(right={"begin": begin, "share": Right(share, within=0.6)}, fields={"begin": {"texts": texts}})


@here.code("across-the-river")
def river_code(answer: Any) -> Iterator[Case]:
    """The map of the second survey, with the contact point to begin with on top."""
    say = here.says("across-the-river")
    want = whole_map("river")
    yield from frame(answer, ["bad_left", "others_left"], rows=len(want))
    yield gate(set(answer.index) == set(want.index), say["other-rows"])
    for column in ("bad_left", "others_left"):
        apart = (answer[column].reindex(want.index) - want[column]).abs()
        row = str(apart.fillna(np.inf).idxmax())
        got = float(answer.loc[row, column])
        yield case(bool((apart < 1e-6).all()), say["other-share"], name=tr(row), got=got)
    first = {named(name): name for name in MOMENTS}.get(answer.index[0], "")
    says, name = (say[_river_slip(first)], tr(named(first))) if first else (say["no-row"], "")
    yield case(first == heaviest("river"), says, weight=2, name=name)


# -- the colleague's page ----------------------------------------------------------------------------------------------


@cache
def facts() -> dict[str, float]:
    """The numbers on the colleague's page, from the survey."""
    answers, table = _winter(), whole_map()
    own = answers[list(MOMENTS)].mean(axis=1)
    row = table.loc[named(heaviest())]
    stayed = answers.loc[~answers["left"], heaviest()]
    return {
        "mean": float(own.mean()),
        "seven": int((own >= 7).sum()),
        "leaflet": float(table["mean"].min()),
        "left": int(answers["left"].sum()),
        "bad": int(row["bad"]),
        "bad_left": float(row["bad_left"]),
        "others_left": float(row["others_left"]),
        "low": float(row["low"]),
        "high": float(row["high"]),
        "stayed": float(stayed.mean()),
        "content_left": int(answers.loc[own >= 7, "left"].sum()),
    }


@here.numbers("fan-leis-page")
def fan_leis_page() -> Numbers:
    """The numbers in the lines of the page."""
    return Numbers(words=facts())


# -- the boat ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Point:
    """A contact point of the boat: its stage, guests a month, the share it annoys, how they find it, the rule that fits."""

    stage: str
    guests: int
    share: float
    level: str
    rule: str

    @property
    def annoyed(self) -> int:
        """Guests a month."""
        return round(self.guests * self.share)


BOAT = {
    "booking": Point("before", 900, 0.12, "standard", "keep"),
    "group": Point("before", 400, 0.30, "below", "fewer"),
    "gangway": Point("during", 1000, 0.05, "excellent", "keep"),
    "broth": Point("during", 1000, 0.38, "below", "tell"),
    "invoice": Point("after", 250, 0.44, "below", "once"),
    "news": Point("after", 300, 0.10, "excellent", "keep"),
}
"""The contact points of the boat as the lesson prints them (made up)."""
WORST = max(BOAT, key=lambda name: BOAT[name].annoyed)
STAGES = ("before", "during", "after")


def _chosen(answers: Answers) -> dict[str, str]:
    """The contact point of each stage of a map, as far as it was chosen."""
    return {stage: str(answers[f"{stage}.point"]) for stage in STAGES if f"{stage}.point" in answers}


@here.numbers("boat-map")
def boat_map() -> Numbers:
    """Several maps are right: level and rule follow from the contact point, and what comes first from all three."""

    def of_point(stage: str, name: str) -> Callable[[Answers], str]:
        def due(answers: Answers) -> str:
            chosen = _chosen(answers).get(stage)
            fits = [str(getattr(point, name)) for key, point in BOAT.items() if point.stage == stage and chosen in (None, key)]
            got = str(answers.get(f"{stage}.{name}"))
            return got if got in fits else fits[0]  # without a contact point, what fits either of the two

        return due

    def point(stage: str) -> Callable[[Answers], str]:
        # The moment that annoys most guests must not be missing; of the others each may stand there.
        return lambda answers: WORST if BOAT[WORST].stage == stage else _chosen(answers).get(stage, "")

    def first(answers: Answers) -> str:
        chosen = _chosen(answers)
        if len(chosen) < len(STAGES):  # too early to say
            return str(answers["first"])
        return max(chosen, key=lambda stage: BOAT[chosen[stage]].annoyed)

    right: dict[str, Right] = {"first": Right(first)}
    for stage in STAGES:
        right[f"{stage}.point"] = Right(point(stage))
        right[f"{stage}.level"] = Right(of_point(stage, "level"))
        right[f"{stage}.rule"] = Right(of_point(stage, "rule"))
    return Numbers(right=right)


@here.live("boat-map")
def _boat_live(answers: Answers) -> list[str]:
    """The map as it stands, a line a stage, and what is not on it."""
    say, chosen = here.says("boat-map"), _chosen(answers)
    choices = [field for field in here.fields("boat-map") if isinstance(field, Choice)]
    names = {field.key: {value: tr(label) for value, label in field.options} for field in choices}
    lines = []
    for stage in STAGES:
        if stage not in chosen:
            lines.append(tr(say["empty"], stage=tr(say[stage])))
            continue
        point = BOAT[chosen[stage]]
        said = {
            name: names[key][answers[key]] if (key := f"{stage}.{name}") in answers else tr(say["open"])
            for name in ("point", "level", "rule")
        }
        lines.append(tr(say["line"], stage=tr(say[stage]), guests=point.guests, annoyed=point.annoyed, **said))
    rest = [name for name in BOAT if name not in chosen.values()]
    points = " · ".join(f"{names[f'{BOAT[name].stage}.point'][name]} {BOAT[name].annoyed}" for name in rest)
    return [*lines, tr(say["missing"], points=points)]


# -- on Monday ---------------------------------------------------------------------------------------------------------


def moments_sheet() -> pd.DataFrame:
    """The map to fill in for one's own firm: the nine contact points with the numbers of the survey as an example, and
    empty columns for the rule, who sees to it, and by when.

    >>> moments_sheet().columns[-3:].tolist()
    ['our rule', 'who', 'by when']
    """
    table = whole_map().drop(columns=["low", "high"]).round({"mean": 1, "bad_left": 2, "others_left": 2})
    return table.assign(**{"our rule": "", "who": "", "by when": ""})
