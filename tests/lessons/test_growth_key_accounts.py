"""Lesson 6.3: what is its own in the exercises, by clicking and in code; both negotiations; the numbers quoted in its prose."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from crmlab import negotiation
from crmlab.course.exercises.growth import key_accounts
from crmlab.course.form import Choice
from crmlab.course.roleplay import deal, scripts, tells
from crmlab.course.roleplay.scripts import Script
from crmlab.language import tr
from tests.support.answers import live, run, source, worked

LESSON = "6.3"
SOURCE = source("6.3")
RIGHT: dict[str, dict[str, Any]] = {
    **worked(LESSON),
    "build": {"payment": "old", "returns": "new", "training": "new", "menu": "new", "price": 42.5},
}
NUMBERS = {"share": [120_000, 200_000, 0.4, 40_000], "least": [32.75, 34.45, 0.25, 33]}
TALKS = ("key-account-contract", "key-account-no-zone")


@pytest.fixture(params=TALKS)
def talk(request: pytest.FixtureRequest) -> Script:
    return scripts.load(request.param)


# -- forms ------------------------------------------------------------------------------------------------------------


def test_known_slips_have_their_own_sentence() -> None:
    for field, values in {"share": (120_000, 200_000, 0.4, 40_000), "least": (32.75, 34.45, 0.25, 41)}.items():
        said = set()
        for value in values:
            given = run("limits", LESSON, clicks={**RIGHT["limits"], field: value})
            said.add(re.sub(r"[\d,.]+", "", given.wrong()[0].text()))
        assert len(said) == len(values), field


def test_blanks_of_the_card_are_where_nothing_was_said() -> None:
    """Every sentence fills one field at most, two fill none, and these two tempt."""
    filled = [one for one in RIGHT["card"].values() if one != "unknown"]
    assert len(filled) == len(set(filled)) == 6
    assert [key for key, one in RIGHT["card"].items() if one == "unknown"] == ["where", "will"]
    for key, tempting in (("where", "8"), ("will", "7")):
        given = run("card", LESSON, clicks={**RIGHT["card"], key: tempting})
        other = run("card", LESSON, clicks={**RIGHT["card"], key: "1"})
        assert given.wrong()[0].text() != other.wrong()[0].text()


def test_no_place_of_the_swot_goes_without_its_paper() -> None:
    right = RIGHT["swot"]
    for row in key_accounts.here.rows("swot"):
        key = row["key"]
        assert (right[f"{key}.place"] == "out") == (right[f"{key}.proof"] == "none")
    proofs = [value for key, value in right.items() if key.endswith("proof") and value != "none"]
    assert sorted(proofs) == list("ABCD")


def test_the_right_option_is_not_always_the_longest() -> None:
    field = next(one for one in key_accounts.here.fields("limits") if isinstance(one, Choice))
    assert max(field.options, key=lambda option: len(option[1]))[0] != RIGHT["limits"]["bid"]


def test_packages_of_the_hotels_in_code(language: str) -> None:
    found = negotiation.packages(key_accounts.hotel())
    both = found[found["efficient"] & (found["seller"] >= 10_000) & (found["buyer"] >= 10_000)]
    assert run("build", LESSON, code=both).points == 4
    assert sorted(both["price"]) == [42, 42.5, 43]
    assert set(both["total"]) == {27_000}
    assert set(both["payment"]) == {"on delivery"}, "as by clicking"
    some = run("build", LESSON, code=found[(found["seller"] >= 10_000) & (found["buyer"] >= 10_000)])
    assert 0 < some.points < 4
    assert run("build", LESSON, code=found[found["efficient"]]).points < 4
    assert run("build", LESSON, code=found.head(0)).points == 0
    for junk in (7, "text", [1], pd.DataFrame(), object()):
        given = run("build", LESSON, code=junk)
        assert (given.state, given.points) == ("unreadable", 0)


def test_the_hotels_by_clicking() -> None:
    """The terms that enlarge the pie, and every price at which both have enough of it; no other."""
    enough = [price / 10 for price in range(380, 461) if run("build", LESSON, clicks={**RIGHT["build"], "price": price / 10}).points == 4]
    assert (min(enough), max(enough)) == (42.0, 43.4)
    shown = live("build", LESSON)
    assert "12,500" in shown(RIGHT["build"])[0]
    assert "27,000" in shown(RIGHT["build"])[0]
    assert "27,000" not in shown({**RIGHT["build"], "payment": "new"})[0]
    assert not re.search(r"\d{2},", shown({"price": 40})[0])


# -- the talks --------------------------------------------------------------------------------------------------------


def test_no_line_gives_itself_away(talk: Script, language: str) -> None:
    chance = tells.luck(talk, "at random", language)
    for habit in tells.HABITS:
        found = tells.luck(talk, habit, language)
        assert found.good <= chance.good + 0.02, habit
    for name in talk.source["nodes"]:
        choices = talk.choices(name)
        lengths = [len(choice["text"][language]) for choice in choices]
        assert len(lengths) in (0, 3)
        assert not lengths or max(lengths) <= 1.2 * min(lengths), name
        asks = {choice["text"]["en"].endswith("?") for choice in choices}
        assert len(asks) <= 1, f"{name}: some lines ask and some do not"


def test_the_talk_is_about_the_table_of_the_lesson() -> None:
    source = scripts.load("key-account-contract").source["deal"]
    assert (source["seller"], source["buyer"], source["volume"]) == (33, 34, key_accounts.VOLUME)
    issues = key_accounts.heyi()
    for name, issue in zip(("payment", "delivery", "exclusivity"), source["issues"].values(), strict=True):
        worth = [[one["seller"], one["buyer"]] for one in issue["options"].values()]
        assert issues[name].to_numpy().tolist() == worth


def test_each_ending_is_what_its_deal_was_worth(talk: Script) -> None:
    """Good: both better off, or rightly no deal. Bad: signed beyond one's own limit, or left where a zone was."""
    for name in talk.endings():
        found = deal.at(talk, name)
        assert found is not None
        ending = talk.node(name)["ending"]
        if found.price is None:
            assert (found.pie == 0) == (ending != "bad"), name
        elif ending == "good":
            assert min(found.worth) > 0, name
            assert found.left < 0.5 * found.pie
        else:
            assert (ending == "bad") == (found.worth[0] < 0), name


def test_what_the_talks_say_of_limits() -> None:
    script = scripts.load("key-account-contract")
    best = deal.at(script, "signed_all")
    assert best is not None
    assert [round(value, 2) for value in (best.zone.seller, best.zone.buyer)] == [30.45, 33.45]
    assert "30.45" in script.choices("too_high")[1]["text"]["en"]
    part = deal.at(script, "below")
    assert part is not None
    assert round(part.zone.seller, 2) == 31.95
    assert "31.95" in script.choices("part")[1]["why"]["en"]
    assert best.worth == pytest.approx((310_000, 290_000))
    assert best.left == pytest.approx(0)


def test_where_there_is_no_zone_no_price_and_no_term_makes_one() -> None:
    script = scripts.load("key-account-no-zone")
    assert [script.node(name)["ending"] for name in script.endings() if "deal" in script.node(name)] == ["bad", "bad"]
    found = deal.at(script, "open_door")
    assert found is not None
    assert not found.best_zone.exists


# -- the prose --------------------------------------------------------------------------------------------------------


def test_numbers_of_the_case_and_the_packages() -> None:
    assert 200_000 * 35 == 7_000_000
    middle, package = key_accounts.middle_and_package().to_numpy().tolist()
    assert middle == [0, 200_000, 200_000]
    assert package == [310_000, 290_000, 600_000]
    found = negotiation.packages(key_accounts.heyi())
    assert len(found) == 32
    assert found["total"].max() == 600_000
    seller = sum(options.iloc[-1]["seller"] for name, options in key_accounts.heyi().items() if name != "price")
    buyer = sum(options.iloc[-1]["buyer"] for name, options in key_accounts.heyi().items() if name != "price")
    assert f"seller={seller:_.0f}, buyer={buyer:_.0f}" in SOURCE
    for words in ("310,000 yuan a year above its limit", "you gain 310,000 and she 290,000", "all 32 packages"):
        assert words in SOURCE
    assert round(12_290 / 12_480, 3) == 0.985
    assert 40 * 312 == 12_480
    assert pytest.approx(260_000, rel=0.02) == 40 * (312 - 104) * 31, "what two visits a week save"
    assert pytest.approx(50_000, rel=0.02) == 200_000 * 33 / 12 * 0.09, "what a month of credit costs at 9%"


def test_efficient_is_not_said_to_be_the_largest_pie() -> None:
    """The debrief says of such a package what was left on the table; the chart may not say that nothing was."""
    found = negotiation.packages(key_accounts.heyi())
    efficient = found[found["efficient"]]
    assert efficient["total"].min() < found["total"].max()
    assert "any other package is worse for one side" in SOURCE
    for _i, row in found[~found["efficient"]].iterrows():
        assert ((found["seller"] > row["seller"]) & (found["buyer"] > row["buyer"])).any(), "for each grey dot another is better for both"


def test_numbers_of_the_first_offers() -> None:
    table, longer = key_accounts.openings(), key_accounts.openings(12)
    assert table["seller"].idxmax() == 35
    assert [f"{table.at[35, one]:.2f}" for one in ("seller", "low", "high")] == ["0.29", "0.28", "0.30"]
    assert table.drop(index=35)["high"].max() < table.at[35, "low"]
    assert f"{table.at[40, 'seller']:.2f}" == "0.04"
    assert table["price"].is_monotonic_increasing
    assert table["deals"].is_monotonic_decreasing
    assert longer.at[40, "low"] > longer.at[35, "high"]
    question = (Path(__file__).parents[2] / "lessons/6-growth/3-key-accounts.questions.yml").read_text(encoding="utf-8")
    assert f"got {table.at[40, 'price']:.2f} on average, those who opened at 35 got {table.at[35, 'price']:.2f}" in question
    assert f"Only {100 * table.at[40, 'deals']:.0f} of 100 signed at 40, {100 * table.at[35, 'deals']:.0f} at 35" in question
    assert "0.29 yuan a case (95% interval 0.28 to 0.30); 40 earns 0.04" in SOURCE


# -- files ------------------------------------------------------------------------------------------------------------


def test_card_and_sheet_hold_what_was_done(monkeypatch: pytest.MonkeyPatch, language: str) -> None:
    kept = {"card": RIGHT["card"], "build": RIGHT["build"]}
    monkeypatch.setattr(key_accounts, "_kept", lambda id: kept.get(id, {}))
    card = key_accounts.account_card()
    said = card["the sentence that was said"]
    assert (said != "").tolist() == [one != "unknown" for one in RIGHT["card"].values()]
    assert (card.iloc[:, 4] == "").tolist() == (said != "").tolist()
    sheet = key_accounts.preparation_sheet()
    assert (sheet == "").all(axis=1).sum() == 8
    example = sheet[sheet["term"].eq(tr(key_accounts.here.texts["example"])).cumsum().gt(0)].iloc[1:]
    assert (sheet.drop(index=example.index).iloc[:, 1:] == "").all(axis=None), "the sheet itself is blank"
    assert {"en": ["no", "yes", "yes", "yes"], "zh": ["否", "是", "是", "是"]}[language] == example["agreed"].iloc[2:6].tolist()
    assert example.iloc[0, 1:3].tolist() == ["40", "42"]
    assert example.iloc[-2, 1:3].tolist() == ["40.00", "45.40"]
    assert example.iloc[-1, 1:].tolist() == ["+12,500", "+14,500", "", "42.50"]
    kept.clear()
    assert (key_accounts.account_card()["the sentence that was said"] == "").all()
    assert len(key_accounts.preparation_sheet()) == len(sheet) - 2, "no package, no worth of it"
