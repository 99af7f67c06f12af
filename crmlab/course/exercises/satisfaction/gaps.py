"""Lesson 5.3, gap model and importance-performance: its numbers, and the action list that leaves the lesson."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import pandas as pd

from crmlab import datasets, importance_performance, satisfaction, servqual
from crmlab.course.cases import Case, case, frame, gate
from crmlab.course.exercises import own_data
from crmlab.course.exercises.satisfaction import own
from crmlab.course.form import Answers
from crmlab.course.hooks import Lesson, Numbers, Right, Signed, Texts
from crmlab.language import listed, tr

here = Lesson("5.3")

SCALES = ("points out of 100", "mean mark, 1 to 7")
"""In what the map measures importance and performance."""

CUTS = (18.0, 5.5)
"""The cross of the worked map: importance in points out of 100, performance on the scale from 1 to 7."""
BRANCHES = ("Centre", "Harbour", "Hill")
EMPATHY = tuple(int(number) for number in servqual.ITEMS.index[servqual.ITEMS["dimension"] == "empathy"])

here.lists["branches"] = {name: name for name in BRANCHES}
here.lists["dimensions"] = servqual.DIMENSIONS
here.lists["items"] = {str(number): str(number) for number in EMPATHY}
here.lists["largest"] = Texts(
    "5.3: the gaps", lambda: {f"gap_{key}": gap for key, gap in here.content["options"]["gaps"].items()}
)


@cache
def survey() -> pd.DataFrame:
    """The SERVQUAL survey of the lesson."""
    return datasets.load("servqual_survey")


@cache
def by_branch(branch: str = "") -> pd.DataFrame:
    """The gaps of the five dimensions, in one branch or in all."""
    answers = survey()
    return servqual.by_dimension(answers[answers["branch"] == branch] if branch else answers)


@cache
def stated() -> pd.DataFrame:
    """Importance (points out of 100) and performance (perceived) of the five dimensions, over all branches."""
    return importance_performance.importance_performance(weights(survey()), by_branch()["perceived"], cuts="mean")


def weights(answers: pd.DataFrame) -> pd.Series:
    """The mean points out of 100 that customers gave to each dimension."""
    return pd.Series({key: float(answers[f"weight_{key}"].mean()) for key in servqual.DIMENSIONS}, name="importance")


def _signed(row: pd.Series, *columns: str) -> dict[str, Signed]:
    """These numbers of a row, with a true minus sign."""
    return {column: Signed(row[column]) for column in columns}


# -- six levels --------------------------------------------------------------------------------------------------------

_INSIDE = {
    "Centre": {"understood": 6.0, "specified": 5.2, "delivered": 5.2, "promised": 5.4},
    "Harbour": {"understood": 6.0, "specified": 5.9, "delivered": 4.3, "promised": 5.0},
    "Hill": {"understood": 5.8, "specified": 5.6, "delivered": 5.3, "promised": 6.3},
}


def levels() -> pd.DataFrame:
    """Reliability at the six levels of the gap model: ``expected`` and ``perceived`` from the survey, the four between
    them from Sun Qian's talks and papers (made up). A row a branch, the scale from 1 to 7.

    >>> float(levels().loc["Hill", "promised"])
    6.3
    """
    rows = {}
    for name, inside in _INSIDE.items():
        row = by_branch(name).loc["reliability"]
        rows[name] = {"expected": round(row["expected"], 1), **inside, "perceived": round(row["perceived"], 1)}
    table = pd.DataFrame.from_dict(rows, orient="index")
    table.index.name = "branch"
    return table


@cache
def _found_gaps() -> pd.DataFrame:
    return servqual.five_gaps(levels())


@here.numbers("six-levels")
def six_levels() -> Numbers:
    """The largest of gaps 1 to 4 in each branch."""
    largest = _found_gaps()["largest"]
    return Numbers(
        rows={name: {"branch": tr(name)} for name in BRANCHES},
        right={f"{name}.largest": str(largest[name]) for name in BRANCHES},
    )


@here.code("six-levels")
def table_of_gaps(answer: Any) -> Iterator[Case]:
    """The table of gaps by branch."""
    say = here.says("six-levels")
    yield from frame(answer, ["gap_1", "gap_2", "gap_3", "gap_4", "largest"])
    missing = [name for name in BRANCHES if name not in answer.index]
    yield gate(not missing, say["no-row"], missing=", ".join(missing))
    for name in BRANCHES:
        for column in ("gap_2", "gap_3", "gap_4"):
            got, want = float(answer.loc[name, column]), float(_found_gaps().loc[name, column])
            yield case(abs(got - want) < 1e-6, say["level"], branch=tr(name), column=column, got=got)


# -- one cell stands apart ---------------------------------------------------------------------------------------------


@here.numbers("harbour")
def harbour() -> Numbers:
    """The gap of reliability at Harbour, where other numbers come from, and the intervals of all cells."""
    row = by_branch("Harbour").loc["reliability"]
    slips = {
        "turned": -row["gap"],
        "ratio": row["perceived"] / row["expected"],
        "everybody": float(by_branch().at["reliability", "gap"]),
    }
    interval = here.says("harbour")["interval"]
    cells = {
        f"{key}.{branch}": tr(interval, **_signed(line, "low", "high"))
        for branch in BRANCHES
        for key, line in by_branch(branch).iterrows()
    }
    gap = round(row["perceived"], 2) - round(row["expected"], 2)
    return Numbers(
        words={"a": row["expected"], "b": row["perceived"]},
        right={"gap": Right(gap, within=0.011, slips=slips)},
        fields={"apart": {"texts": cells}},
    )


@here.code("harbour")
def table_of_harbour(answer: Any) -> Iterator[Case]:
    """The gaps at Harbour, as a table."""
    say = here.says("harbour")
    yield from frame(answer, ["gap", "low", "high"])
    missing = [key for key in servqual.DIMENSIONS if key not in answer.index]
    yield gate(not missing, say["no-row"], missing=", ".join(missing))
    for key, row in by_branch("Harbour").iterrows():
        got = float(answer.loc[key, "gap"])
        yield case(abs(got - row["gap"]) < 1e-6, say["whose"], name=tr(servqual.DIMENSIONS[str(key)]), got=got)


# -- what alpha says ---------------------------------------------------------------------------------------------------


@cache
def without() -> pd.Series:
    """Alpha of empathy when one item is left out, by item."""
    found = servqual.alpha_without(survey()[[f"p{number}" for number in EMPATHY]])["alpha"]
    return pd.Series(found.to_numpy(), index=list(EMPATHY))


@here.numbers("what-alpha-says")
def what_alpha_says() -> Numbers:
    """Alpha with all items and with one left out; the item without which it is highest does not belong."""
    alpha = by_branch()["alpha_perceived"]
    return Numbers(
        words={"before": float(alpha["empathy"]), "alpha": float(alpha["reliability"])},
        right={"item": str(int(without().idxmax()))},
        fields={"item": {"bars": {str(number): round(float(value), 2) for number, value in without().items()}}},
    )


# -- move the cross ----------------------------------------------------------------------------------------------------

CELLS = {"high.low": "concentrate", "high.high": "keep_up", "low.low": "low_priority", "low.high": "overkill"}
"""Cells of the drawing (importance, performance) and their quadrants."""
IMPORTANCE = {"minimum": 10, "maximum": 30, "step": 0.5, "start": 12}
PERFORMANCE = {"minimum": 4.5, "maximum": 6.0, "step": 0.1, "start": 4.7}


def _steps(slider: dict[str, float]) -> list[float]:
    count = round((slider["maximum"] - slider["minimum"]) / slider["step"])
    return [round(slider["minimum"] + k * slider["step"], 10) for k in range(count + 1)]


@cache
def highest_importance() -> float:
    """The highest cut of importance on the slider at which assurance still counts as important."""
    return max(step for step in _steps(IMPORTANCE) if stated().at["assurance", "importance"] >= step)


@cache
def lowest_performance() -> float:
    """The lowest cut of performance on the slider with four dimensions below it."""
    return min(step for step in _steps(PERFORMANCE) if (stated()["performance"] < step).sum() >= 4)


@here.numbers("move-the-cross")
def move_the_cross() -> Numbers:
    """Quadrants at the mean cross, and the cuts at which points change sides."""
    table = stated()
    across, up = table.attrs["cuts"]
    cells = {cell: importance_performance.QUADRANTS[name] for cell, name in CELLS.items()}
    cell_of = {name: cell for cell, name in CELLS.items()}
    rows, right = {}, {}
    for key in ("assurance", "responsiveness"):
        row = table.loc[key]
        rows[key] = {"name": tr(servqual.DIMENSIONS[key]), "i": row["importance"], "p": row["performance"]}
        right[key] = cell_of[str(row["quadrant"])]
    cuts = {"importance": highest_importance(), "performance": lowest_performance()}
    return Numbers(
        words={"across": across, "up": up},
        rows=rows,
        right={**right, **{key: Right(cut, within=1e-6) for key, cut in cuts.items()}},
        fields={**{key: {"texts": cells} for key in rows}, "importance": IMPORTANCE, "performance": PERFORMANCE},
    )


@here.live("move-the-cross")
def _quadrants(answers: Answers) -> list[str]:
    say, table = here.says("move-the-cross"), stated()
    cuts = answers["importance"], answers["performance"]
    found = importance_performance.importance_performance(table["importance"], table["performance"], cuts)
    lines = []
    for key, text in importance_performance.QUADRANTS.items():
        names = listed(tr(servqual.DIMENSIONS[str(name)]) for name in found.index[found["quadrant"] == key])
        lines.append(tr(say["line"], quadrant=tr(text), names=names or say["nothing"]))
    return lines


# -- stated and derived ------------------------------------------------------------------------------------------------

OBJECTS = {name: f"perceived_{name}" for name in satisfaction.OBJECTS if name != "overall"}


@cache
def two_importances() -> pd.DataFrame:
    """Stated importance (mean expectation, 1 to 10) and derived importance (correlation with the overall judgement) of
    the five objects, with the margin of the latter (``give_or_take``): half the width of its 95% interval (Fisher's z)."""
    import numpy as np

    customers = datasets.load("satisfaction_survey")
    found = importance_performance.derived_importance(customers, OBJECTS, "perceived_overall")
    z, half = np.arctanh(found["importance"]), 1.959964 / np.sqrt(found["n"] - 3)
    table = pd.DataFrame(
        {
            "stated": [float(customers[f"expected_{name}"].mean()) for name in found.index],
            "derived": found["importance"],
            "give_or_take": (np.tanh(z + half) - np.tanh(z - half)) / 2,
            "n": found["n"],
        },
        index=found.index,
    )
    table.index.name = "object"
    return table


# -- find the mistake --------------------------------------------------------------------------------------------------


@here.numbers("li-leis-map")
def li_leis_map() -> Numbers:
    """The numbers of the page."""
    table, overall = stated(), by_branch()
    reliability = {name: by_branch(name).loc["reliability"] for name in BRANCHES}
    end = min(reliability[name]["low"] for name in ("Centre", "Hill"))
    return Numbers(
        rows={
            "assurance": {"i": table.at["assurance", "importance"], "cut": table.attrs["cuts"][0]},
            "harbour": {**_signed(reliability["Harbour"], "gap", "low", "high"), "end": Signed(end)},
            "tangibles": _signed(overall.loc["tangibles"], "gap", "low", "high"),
            "alpha": {"alpha": overall.at["responsiveness", "alpha_perceived"]},
            "service": {"r": two_importances().at["service", "derived"]},
        }
    )


# -- on Monday ---------------------------------------------------------------------------------------------------------


def action_list(answers: pd.DataFrame, cuts: tuple[float, float] = CUTS) -> pd.DataFrame:
    """What to do where: a row a branch and dimension, what to concentrate on first and there the widest gap.

    ``answers`` is a SERVQUAL survey with a column ``branch`` and points out of 100 (``weight_...``); ``cuts`` is the cross
    of importance (points) and performance (scale of the survey). ``who`` and ``until`` are empty, to be filled in.

    >>> action_list(survey())[["branch", "dimension"]].iloc[0].tolist()
    ['Harbour', 'Reliability']
    """
    parts = []
    for branch, mine in answers.groupby("branch"):
        gaps = servqual.by_dimension(mine)
        part = importance_performance.importance_performance(weights(mine), gaps["perceived"], cuts)
        part = part.join(gaps[["gap", "low", "high", "n"]]).drop(columns="gap_to_cut")
        parts.append(part.assign(branch=branch).reset_index(names="dimension"))
    table = pd.concat(parts, ignore_index=True)
    table["place"] = table["quadrant"].map(list(importance_performance.QUADRANTS).index)
    table = table.sort_values(["place", "gap"], kind="stable", ignore_index=True)
    table["what to do"] = table["quadrant"].map(dict(here.options("actions")))
    table["quadrant"] = table["quadrant"].map(importance_performance.QUADRANTS)
    table["dimension"] = table["dimension"].map(servqual.DIMENSIONS)
    table = table.assign(who="", until="").round({"importance": 1, "performance": 2, "gap": 2, "low": 2, "high": 2})
    columns = ["quadrant", "branch", "dimension", "what to do", "gap", "low", "high", "importance", "performance", "n"]
    table["gap"] += 0.0  # no minus zero
    return table[[*columns, "who", "until"]]


# -- on your own customers ---------------------------------------------------------------------------------------------

own_data.own_customers(here, "survey", own.gaps_numbers)
