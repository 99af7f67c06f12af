"""Lesson 5.1, satisfaction index and NPS: its numbers, and the survey sheet that leaves the lesson."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from html import escape
from typing import Any

import pandas as pd

from crmlab import datasets, perceived_value, satisfaction
from crmlab.course.cases import Case, frame, series
from crmlab.course.exercise_form import judged
from crmlab.course.exercises import own_data
from crmlab.course.exercises.satisfaction import own
from crmlab.course.form import Answers, number
from crmlab.course.hooks import Lesson, Numbers, Right, Slip
from crmlab.language import tr

here = Lesson("5.1")
text = here.texts

here.lists["objects"] = satisfaction.OBJECTS


@cache
def survey() -> pd.DataFrame:
    """The survey of the lesson."""
    return datasets.load("satisfaction_survey")


@cache
def service_by(group: str) -> pd.DataFrame:
    """The index of service by a column of the survey."""
    return satisfaction.by(survey(), group, "perceived_service", "expected_service")


@cache
def nps_by(group: str) -> pd.DataFrame:
    """The NPS by a column of the survey."""
    return satisfaction.nps_by(survey(), group)


# -- two offers --------------------------------------------------------------------------------------------------------

OFFERS = pd.DataFrame(
    {
        "product": [1900, 1500],
        "service": [300, 60],
        "personnel": [120, 20],
        "image": [80, 20],
        "money": [1500, 900],
        "time": [60, 120],
        "energy": [80, 90],
        "psychic": [160, 60],
    },
    index=["Yuanhe", "Swift"],
)
"""What two offers are worth to a customer of the case and cost him, in yuan a month (made up)."""


def two_offers() -> pd.DataFrame:
    """The two offers side by side, a row for each part of value and cost.

    >>> two_offers().shape
    (8, 2)
    """
    names = {**perceived_value.VALUES, **perceived_value.COSTS}
    return OFFERS.T.rename(index=names).rename_axis("part")


@here.numbers("two-offers")
def value_of_two_offers() -> Numbers:
    """Value less cost of each offer, and which one is ahead in each of the four things perceived."""
    table = perceived_value.perceived_value(OFFERS)
    right: dict[str, Right | str] = {}
    for name, row in table.iterrows():
        value, cost, left = row["total_value"], row["total_cost"], row["perceived_value"]
        slips: dict[str, Slip] = {
            "price-alone": value - row["money"],
            "goods": row["product"] - row["money"],
            "turned": -left,
            "value": value,
            "cost": cost,
        }
        right[str(name).lower()] = Right(left, within=0.5, slips=slips)
    for_a_yuan = table["total_value"] / table["money"]
    first = {"cost": table["total_cost"].idxmin(), "value": table["total_value"].idxmax()}
    first |= {"quality": for_a_yuan.idxmax(), "price": (1 / for_a_yuan).idxmin()}
    return Numbers(right={**right, **{key: str(name).lower() for key, name in first.items()}})


# -- the index of service in the West ----------------------------------------------------------------------------------


@here.numbers("west-service")
def west_service() -> Numbers:
    """Mean perceived over mean expected service in the West, and where other numbers come from."""
    west = survey().loc[survey()["region"] == "West"]
    overall = satisfaction.by(survey(), "region", "perceived_overall", "expected_overall")
    row = service_by("region").loc["West"]
    a, b, c = (float(row[column]) for column in ("expected", "perceived", "index"))
    both = west["perceived_service"], west["expected_service"]
    slips: dict[str, Slip] = {
        "turned": 1 / c,
        "own-ratios": satisfaction.group_index(*both, how="mean_of_ratios"),
        "percent": 100 * c,
        "difference": (a - b, b - a),
        "overall": float(overall.at["West", "index"]),
        "everywhere": float(satisfaction.by_object(survey()).at["service", "index"]),
    }
    return Numbers(words={"a": a, "b": b}, right={"c": Right(c, within=0.006, slips=slips)})


# -- an NPS from counts ------------------------------------------------------------------------------------------------


@here.numbers("north-nps")
def north_nps() -> Numbers:
    """The NPS of the North from its three groups; some customers left the question out."""
    north = survey().loc[survey()["region"] == "North", "recommend"]
    row = nps_by("region").loc["North"]
    up, middle, down, n = (int(row[column]) for column in ("promoters", "passives", "detractors", "n"))
    missing = len(north) - n
    slips: dict[str, Slip] = {
        "counts": up - down,
        "promoters": 100 * up / n,
        "passives": 100 * (up - down) / (up + down),
        "turned": 100 * (down - up) / n,
        "everybody": (100 * (up - down) / len(north), 100 * (up - down - missing) / len(north)),
        "mean": float(north.mean()),
    }

    def share(answers: Answers) -> str:
        got = number(answers["nps"])
        return "share" if got is not None and abs(got - (up - down) / n) < 0.006 else ""

    words = {"promoters": up, "passives": middle, "detractors": down, "missing": missing}
    return Numbers(words=words, right={"nps": Right(float(row["nps"]), within=0.6, slips=slips, slip=share)})


@here.code("north-nps")
def nps_of_the_north(answer: object) -> Iterator[Case]:
    """A number, or the whole result of satisfaction.nps."""
    yield from judged("5.1", "north-nps", {"nps": getattr(answer, "nps", answer)})


# -- how many answers --------------------------------------------------------------------------------------------------

RATE = 0.4
"""Share of those asked who answer, as the exercise assumes it."""
STEP = 10
WISHES = {"ten": 10, "five": 5}
"""The margin that each slider should reach."""


def _mix() -> tuple[float, float]:
    found = satisfaction.nps(survey()["recommend"])
    return found.promoters / found.n, found.detractors / found.n


def _margin(n: float) -> float:
    """Half the width of the interval of an NPS from ``n`` answers that fall as in the survey."""
    up, down = _mix()
    return 196.0 * ((up + down - (up - down) ** 2) / n) ** 0.5


def _need(margin: float) -> int:
    up, down = _mix()
    return satisfaction.sample_size(margin, kind="nps", promoters=up, detractors=down)


@here.numbers("how-many")
def how_many() -> Numbers:
    """The fewest answers for two margins, and how many to ask for the wider one."""

    def fewest(key: str, wish: int) -> Right:
        least = -(-_need(wish) // STEP) * STEP
        return Right(least, within=STEP / 2, words=lambda answers: {"margin": _margin(answers[key]), "wish": wish})

    least = _need(10)
    slips = {"fewer": RATE * least, "all-answer": least, "five": _need(5) / RATE}

    def slip(answers: Answers) -> str:
        # Rounding is forgiven in what is right; a slip must be met more closely.
        got = number(answers["asked"]) or 0
        return next((name for name, value in slips.items() if abs(got - value) <= 0.01 * max(least, value)), "")

    right = {key: fewest(key, wish) for key, wish in WISHES.items()}
    asked = Right(least / RATE, within=0.03 * least / RATE, slip=slip)
    return Numbers(words=dict(zip(("up", "down"), _mix(), strict=True)), right={**right, "asked": asked})


@here.live("how-many")
def _margins(answers: Answers) -> list[str]:
    line = here.says("how-many")["line"]
    titles = {field.key: field.label for field in here.fields("how-many")}
    lines = []
    for key in WISHES:
        margin = _margin(answers[key])
        said = tr(line, title=tr(titles[key]), n=answers[key], margin=margin, low=10 - margin, high=10 + margin)
        lines.append(said.replace("-", "−"))  # a true minus sign, as in the prose
    return lines


# -- fresh data: the channels ------------------------------------------------------------------------------------------


@here.numbers("channels")
def channels() -> Numbers:
    """The index of service for two of the four channels, and all four intervals."""
    say, table = here.says("channels"), service_by("channel")
    intervals = {
        name: tr(say["interval"], name=tr(name), low=table.at[name, "low"], high=table.at[name, "high"])
        for name in table.index
    }
    rows, right = {}, {}
    for key, name in (("small", "Small shop"), ("wholesale", "Wholesaler")):
        row = table.loc[name]
        rows[key] = {"name": tr(name), "answers": int(row["n"]), "a": row["expected"], "b": row["perceived"]}
        c = float(row["index"])
        right[key] = Right(c, within=0.006, slips={"turned": 1 / c, "percent": 100 * c})
    return Numbers(words=intervals, rows=rows, right=right)


@here.code("channels")
def table_of_channels(answer: Any) -> Iterator[Case]:
    """The table of service by channel."""
    say, want = here.says("channels"), service_by("channel")
    yield from frame(answer, ["expected", "perceived", "index", "low", "high"], rows=len(want))
    yield series(answer["index"], want["index"], say["wrong-columns"], tolerance=1e-6, weight=2)
    yield series(answer["low"], want["low"], say["begins"], tolerance=1e-6)


# -- on Monday ---------------------------------------------------------------------------------------------------------


def survey_sheet() -> str:
    """The survey as one printable page (HTML), in the reader's language.

    >>> survey_sheet().count("<tr>")
    7
    """
    say = {name: escape(tr(words)) for name, words in text.items()}
    scale = '<span style="white-space:nowrap">' + "&ensp;".join(map(str, range(1, 11))) + "</span>"
    lines = "".join(
        f"<tr><td>{place}. {say[f'sheet-{name}']}</td><td>{scale}</td><td>{scale}</td></tr>"
        for place, name in enumerate((*satisfaction.OBJECTS, "overall"), 1)
    )
    head = "".join(f"<th>{say[name]}</th>" for name in ("sheet-how-good", "sheet-expect", "sheet-get"))
    points = "&ensp;".join(map(str, range(11)))
    small = ("office-only", "office-alone", "office-reported")
    office = "".join(f"<p><small>{say[name]}</small></p>" for name in small)
    return (
        f"<h1>{say['sheet-title']}</h1><p>{say['sheet-how']}</p>"
        f"<table><thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table>"
        f"<p>{say['sheet-recommend']}</p><p>{points}</p><p>{say['sheet-change']}</p><hr>{office}"
    )


# -- on your own customers ---------------------------------------------------------------------------------------------

own_data.own_customers(here, "survey", own.index_numbers)
