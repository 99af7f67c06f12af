"""Lesson 5.1: what is its own in the exercises, by clicking and in code; the numbers quoted in its prose."""

from __future__ import annotations

import re
from typing import Any

import pandas as pd
import pytest

from crmlab import datasets, satisfaction
from crmlab.course import exercise
from crmlab.course.bank import files, quiz
from crmlab.course.exercise import Feedback
from crmlab.course.exercises.satisfaction import index as lesson
from crmlab.course.lessons import find
from crmlab.language import set_language
from tests.support.answers import form_of, live, source, worked
from tests.support.answers import run as run_any
from tools import survey as truth

# The exercises with a code cell have their clicks here.
RIGHT = {
    **worked("5.1"),
    "west-service": {"c": "0.73"},
    "north-nps": {"nps": "13.5"},
    "channels": {"small": 0.9, "wholesale": "0.93", "report": "all"},
}
PROSE = re.sub(r"```.*?```", "", source("5.1"), flags=re.DOTALL)


def run(id: str, **given: Any) -> Feedback:
    return run_any(id, "5.1", **given)


@pytest.fixture(scope="module")
def survey() -> pd.DataFrame:
    return datasets.load("satisfaction_survey")


@pytest.mark.parametrize(
    ("number", "word"),
    [
        (1.36, "delighted"),
        (0.754, "own ratio"),
        (73.4, "percentage"),
        (2.11, "difference"),
        (-2.11, "difference"),
        (0.867, "as a whole"),
        (0.911, "all regions"),
        (3, "which by which"),
    ],
)
def test_slips_with_the_west_are_recognised(number: float, word: str) -> None:
    assert word in run("west-service", code=number).wrong()[0].text()
    assert run("west-service", clicks={"c": number}).points == 0


@pytest.mark.parametrize(
    ("number", "word"),
    [
        (15, "counts"),
        (34.2, "promoters"),
        (24.6, "passives"),
        (-13.5, "whom"),
        (12.7, "left the question out"),
        (6.8, "left the question out"),
        (7.74, "mean answer"),
        (0.135, "which step"),
        (60, "two shares"),
    ],
)
def test_slips_with_the_north_are_recognised(number: float, word: str) -> None:
    assert word in run("north-nps", code=number).wrong()[0].text()
    assert run("north-nps", clicks={"nps": number}).points == 0


def test_code_answers(survey: pd.DataFrame) -> None:
    west, north = survey[survey["region"] == "West"], survey[survey["region"] == "North"]
    c = satisfaction.group_index(west["perceived_service"], west["expected_service"])
    assert run("west-service", code=c).points == 2
    found = satisfaction.nps(north["recommend"])
    assert run("north-nps", code=found).points == run("north-nps", code=found.nps).points == 2
    table = satisfaction.by(survey, "channel", "perceived_service", "expected_service")
    assert run("channels", code=table).points == 3
    for id in ("west-service", "north-nps", "channels"):
        assert run(id, code=...).state == exercise.BLANK
        for junk in ("x", [1], object(), north, float("nan")):
            assert run(id, code=junk).points == 0


def test_wrong_tables_of_the_channels(survey: pd.DataFrame) -> None:
    overall = run("channels", code=satisfaction.by(survey, "channel", "perceived_overall", "expected_overall"))
    assert overall.points == 0
    assert "about service" in overall.wrong()[0].text()
    region = satisfaction.by(survey, "region", "perceived_service", "expected_service")
    assert run("channels", code=region).points == 0
    sure = satisfaction.by(survey, "channel", "perceived_service", "expected_service", confidence=0.5)
    assert run("channels", code=sure).points == 2


def test_sliders_and_the_line_below_them() -> None:
    form = form_of("how-many", "5.1")
    shown = live("how-many", "5.1")
    assert "±10.0" in shown({"ten": 220, "five": 220})[0]
    assert "±5.0" in shown({"ten": 220, "five": 880})[1]
    assert "−17.0 to 37.0" in shown({"ten": 30, "five": 30})[0]
    starts = {field.key: field.start for field in form.fields() if hasattr(field, "start")}
    assert run("how-many", clicks=starts).points == 0
    assert "within" in run("how-many", clicks={**RIGHT["how-many"], "ten": 210}).wrong()[0].text()
    assert "fewer" in run("how-many", clicks={**RIGHT["how-many"], "five": 890}).wrong()[0].text()
    for asked, word in ((88, "fewer than"), (220, "How many of them"), (2195, "±5"), (308, "Forty")):
        assert word in run("how-many", clicks={**RIGHT["how-many"], "asked": asked}).wrong()[0].text()
    for asked in (548, 549, 550):
        assert run("how-many", clicks={**RIGHT["how-many"], "asked": asked}).points == 4


def test_quiz_has_a_reason_for_every_option() -> None:
    found, faults = files.read(quiz.path_of(find("5.1")))
    assert not faults
    choices = [question["options"] for question in found[:5] if "options" in question]
    first = {next(i for i, option in enumerate(options) if option.get("right")) for options in choices}
    assert len(first) >= 4, "right answers stand in different places"


def test_survey_sheet_in_both_languages() -> None:
    for language, word in (("en", "recommend us"), ("zh", "推荐给别的店主")):
        set_language(language)
        try:
            sheet = lesson.survey_sheet()
        finally:
            set_language(None)
        assert word in sheet
        assert sheet.count("1&ensp;2") == 2 * 6 + 1


# -- the numbers in the prose and in the feedback --------------------------------------------------------------------


def quoted(*texts: str) -> None:
    for text in texts:
        assert text in PROSE, text


def test_case_and_worked_example(survey: pd.DataFrame) -> None:
    spend = survey.groupby("segment")["spend"].sum()
    quoted(f"{spend.sum() / 1e6:.1f} million yuan a year", f"buy for {spend['A'] / 1e6:.1f} million yuan")
    quoted(f"The {(survey['segment'] == 'A').sum()} A customers", f"{spend['A'] / spend.sum():.0%} of it all")
    west = survey[survey["region"] == "West"]
    quoted(f"buy for {west['spend'].sum() / 1e6:.1f} million yuan a year")
    b, a = survey["perceived_overall"], survey["expected_overall"]
    right, wrong = satisfaction.group_index(b, a), satisfaction.group_index(b, a, how="mean_of_ratios")
    quoted(f"expected points, {right:.3f}.", f"the average, {wrong:.3f}.", f"{wrong - right:.3f} better for nothing")
    quoted(f"{survey.isna().sum().sum()} boxes", f"{(b.notna() & a.notna()).sum()} of 600 here")
    first = survey.iloc[0]
    assert (first["customer_id"], first["expected_overall"], first["perceived_overall"]) == ("K001", 8, 10)
    assert first["recommend"] == 8


def test_objects_and_regions(survey: pd.DataFrame) -> None:
    table = satisfaction.by_object(survey)
    c = table["index"]
    quoted(f"Audio-visual {c['audio_visual']:.2f} and idea {c['idea']:.2f} cannot")
    quoted(f"Product {c['product']:.2f}, behaviour {c['behaviour']:.2f} and service {c['service']:.2f} lie")
    assert set(table.index[table["verdict"] == "unhappy"]) == {"product", "behaviour", "service"}
    regions = lesson.service_by("region")
    quoted("South and East 0.96, North 0.93", "with 0.73; its interval, 0.69 to 0.78")
    assert regions["index"].round(2).to_dict() == {"South": 0.96, "East": 0.96, "North": 0.93, "West": 0.73}
    assert (round(regions.loc["West", "low"], 2), round(regions.loc["West", "high"], 2)) == (0.69, 0.78)
    others = regions.drop(index="West")
    assert others["low"].min() > 0.88
    assert others["perceived"].between(7.45, 7.7).all()
    assert round(regions.loc["West", "perceived"], 1) == 5.8
    assert regions["expected"].round().eq(8).all()
    assert int(lesson.service_by("channel")["n"].sum()) == 585
    assert int(regions.loc["West", "n"]) == 107


def test_nps_and_its_difference(survey: pd.DataFrame) -> None:
    whole = satisfaction.nps(survey["recommend"])
    quoted(f"{whole.n} customers answered: {whole.promoters} promoters are {whole.promoters / whole.n:.0%}")
    quoted(f"{whole.detractors} detractors are {whole.detractors / whole.n:.0%}, so the NPS is {whole.nps:.0f} points")
    quoted(f"from {whole.low:.0f} to {whole.high:.0f}")
    table = lesson.nps_by("segment")
    margin = (table["high"] - table["low"]) / 2
    difference = table.loc["A", "nps"] - table.loc["B", "nps"]
    both = (margin["A"] ** 2 + margin["B"] ** 2) ** 0.5
    quoted(f"{difference:.1f} points, give or take {both:.1f}", f"may be {difference + both:.0f} points")
    assert difference < both
    assert table.loc["A", "low"] > table.loc["C", "high"], "the intervals of A and C do not touch"
    less = table.loc["B", "nps"] - table.loc["C", "nps"]
    wide = (margin["B"] ** 2 + margin["C"] ** 2) ** 0.5
    assert less < wide, "B against C cannot be told"
    quoted(
        f"work out {less:.1f} ± {wide:.1f}",
        f"{truth.true_nps(segment='B'):.1f} against {truth.true_nps(segment='C'):.1f}",
    )
    quoted("A: NPS 39 from 36 answers, interval 14 to 64", "B: 13 from 143 answers", "C: 6 from 401 answers")
    assert table[["nps", "low", "high"]].round().astype(int).values.tolist() == [[39, 14, 64], [13, 0, 25], [6, -1, 14]]
    index = satisfaction.by(survey, "segment", "perceived_overall", "expected_overall")
    assert index["index"].round(2).to_dict() == {"C": 0.95, "B": 0.94, "A": 0.91}
    assert (index["high"] < 1).all(), "all three classes get less than they expect"
    assert index["perceived"].round(1).between(7.3, 7.4).all()
    assert round(index.loc["A", "expected"], 1) == 8.0
    assert (round(index.loc["A", "low"], 2), round(index.loc["A", "high"], 2)) == (0.83, 0.99)
    four_fewer = 100 * (table.loc["A", "promoters"] - 4 - table.loc["A", "detractors"]) / table.loc["A", "n"]
    quoted(f"compute again: {four_fewer:.0f}.")
    north = lesson.nps_by("region").loc["North"]
    assert -1 < north["low"] < 0
    assert round(north["high"]) == 27
    objects = satisfaction.by_object(survey[survey["region"] == "West"])
    assert objects.loc["service", "high"] < objects.loc["product", "low"]
    assert objects.loc["product", "high"] < 1
    channels = lesson.service_by("channel")
    assert channels["low"].max() < channels["high"].min(), "all four intervals overlap"
    assert (channels["high"] < 1).all()
    quoted("| 0.90 to 0.93 |")
    assert (round(channels["index"].min(), 2), round(channels["index"].max(), 2)) == (0.90, 0.93)


def test_sample_sizes() -> None:
    assert (lesson._need(10), lesson._need(5)) == (220, 878)
    quoted("220 for an NPS within ±10 points, 880 for ±5")


def test_what_was_true(survey: pd.DataFrame) -> None:
    table = lesson.nps_by("segment")
    margin = (table["high"] - table["low"]) / 2
    for letter in "ABC":
        found = re.search(rf"\| NPS of {letter} \| (\S+) ± (\S+) \| (\S+) \|", PROSE)
        assert found is not None
        want = table.loc[letter, "nps"], margin[letter], truth.true_nps(segment=letter)
        assert [float(text) for text in found.groups()] == [round(value, 1) for value in want]
    index = satisfaction.by(survey, "segment", "perceived_overall", "expected_overall").loc["A"]
    a = truth.true_mean("perceived", "overall", segment="A") / truth.true_mean("expected", "overall", segment="A")
    quoted(f"| {index['index']:.2f} ± {(index['high'] - index['low']) / 2:.2f} | {a:.2f} |")
    west = lesson.service_by("region").loc["West"]
    c = truth.true_mean("perceived", "service", region="West") / truth.true_mean("expected", "service", region="West")
    quoted(f"| {west['index']:.2f} ± {(west['high'] - west['low']) / 2:.2f} | {c:.2f} |")


def test_the_index_of_a_customers_is_no_finding() -> None:
    survey = datasets.load("satisfaction_survey")
    table = satisfaction.by(survey, "segment", "perceived_overall", "expected_overall")
    half = (table["high"] - table["low"]) / 2
    difference, margin = table.at["C", "index"] - table.at["A", "index"], (half["A"] ** 2 + half["C"] ** 2) ** 0.5
    assert (round(difference, 2), round(margin, 2)) == (0.04, 0.08)


def test_two_offers_pull_apart() -> None:
    yuanhe, swift = ({key: int(value) for key, value in lesson.OFFERS.loc[name].items()} for name in ("Yuanhe", "Swift"))
    value, cost = [], []
    for offer in (yuanhe, swift):
        value.append(sum(offer[key] for key in ("product", "service", "personnel", "image")))
        cost.append(sum(offer[key] for key in ("money", "time", "energy", "psychic")))
    assert (value, cost) == ([2400, 1600], [1800, 1170])
    assert value[0] - cost[0] - (value[1] - cost[1]) == 170, "the praise says so"
    assert value[0] / yuanhe["money"] < value[1] / swift["money"]
    assert run("two-offers", clicks=RIGHT["two-offers"]).points == 3
    assert [RIGHT["two-offers"][key] for key in ("cost", "value", "quality", "price")].count("swift") == 3
    for got, word in ((900, "price alone"), (400, "goods less the price"), (-600, "taken off the other"), (2400, "value"), (1800, "cost")):
        assert word in run("two-offers", clicks={**RIGHT["two-offers"], "yuanhe": got}).wrong()[0].text()
