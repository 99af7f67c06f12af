"""Lesson 3.2: what is its own in the exercises, by clicking and in code; the numbers that its prose quotes."""

from __future__ import annotations

import re
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import ipywidgets as w
import pandas as pd
import pytest

import crmlab
from crmlab import datasets, intervals, pipeline, places, qualification
from crmlab.course.exercises import open_lesson
from crmlab.course.exercises.qualification import man
from crmlab.course.state import amount
from crmlab.course.widgets.practice_view import Practice
from crmlab.language import LANGUAGES, tr
from tests.support.answers import live, run, worked

LEADS = [*man.here.rows("hear-it"), *man.here.rows("hear-it", "more")]
RIGHT: dict[str, dict[str, Any]] = {
    **worked("3.2"),
    "not-asked": {"group": "budget_allocated", "unknown": 14},
    "new-clients": {"clients": "New", "full": "22 %", "survives": "gone"},
}


@pytest.fixture
def deals() -> pd.DataFrame:
    return datasets.load("b2b_deals")


def test_sliders_say_where_they_stand() -> None:
    too_low = run("how-many", "3.2", clicks={"more_won": 0, "more_lost": 5, "deals": 55})
    assert too_low.points == 0
    texts = [case.text() for case in too_low.cases]
    assert "52.3%" in texts[0]
    assert "56.2%" in texts[1] or "56.3%" in texts[1]
    assert "20.1" in texts[2]
    too_high = run("how-many", "3.2", clicks={"more_won": 2, "more_lost": 7, "deals": 77})
    assert all("smallest" in case.text() for case in too_high.cases)


def test_slider_answers_are_the_smallest_numbers(deals: pd.DataFrame) -> None:
    rates = qualification.win_rates(deals)
    usual = rates.at["M A N", "share"]
    assert intervals.wilson(9, 11)[0] < usual < intervals.wilson(10, 12)[0]
    assert 9 / 16 > usual > 9 / 17
    widths = {n: high - low for n in (55, 66) for low, high in [intervals.wilson(round(n * 9 / 11), n)]}
    assert widths[66] <= 0.20 < widths[55]


def test_live_lines(language: str) -> None:
    shown = live("how-many", "3.2")
    lines = shown({"more_won": 1.0, "more_lost": 6.0, "deals": 66.0})
    assert "83.3%" in lines[1]
    assert "52.9%" in lines[2]
    assert "18.4" in lines[3]
    for id, field, value, count in (
        ("not-asked", "group", "budget_allocated", 3),
        ("not-asked", "group", "money", 2),
        ("new-clients", "clients", "New", 8),
    ):
        shown = live(id, "3.2")
        assert len(shown({})) == 1
        assert len(shown({field: value})) == count


def test_unknown_budget_in_code(deals: pd.DataFrame) -> None:
    right = qualification.win_rates(deals, by="budget_allocated")
    assert run("not-asked", "3.2", code=right).points == 3
    assert run("not-asked", "3.2", code=...).state == "blank"
    grouped = run("not-asked", "3.2", code=qualification.win_rates(deals, by="money"))
    assert grouped.state == "unreadable"
    assert "Unknown" in grouped.message
    part = run(
        "not-asked", "3.2", code=qualification.win_rates(deals[deals["client"] != "Past"], by="budget_allocated")
    )
    assert part.state == "not yet right"
    for junk in (7, "text", [1], pd.DataFrame(), right["share"], object()):
        given = run("not-asked", "3.2", code=junk)
        assert (given.state, given.points) == ("unreadable", 0)
        assert given.message


def test_new_clients_in_code(deals: pd.DataFrame) -> None:
    assert run("new-clients", "3.2", code=qualification.win_rates(deals[deals["client"] == "New"])).points == 4
    everybody = run("new-clients", "3.2", code=qualification.win_rates(deals))
    assert everybody.points == 0
    assert "448" in everybody.cases[-2].text()
    current = run("new-clients", "3.2", code=qualification.win_rates(deals[deals["client"] == "Current"]))
    assert "89" in current.cases[-1].text()
    grouped = run("new-clients", "3.2", code=qualification.win_rates(deals, by="client"))
    assert grouped.state == "unreadable"


def test_each_card_is_played_once() -> None:
    assert sorted(row["right"]["move"] for row in man.here.rows("next-move")) == sorted(man.here.lists["moves"])


def test_forty_leads_ask_evenly_and_each_proof_is_there() -> None:
    assert len(LEADS) == len({lead["key"] for lead in LEADS}) == len({lead["who"] for lead in LEADS}) == 40
    assert sorted(Counter(lead["asks"] for lead in LEADS).items()) == [("authority", 13), ("money", 14), ("need", 13)]
    assert sorted(Counter(lead["right"]["letter"] for lead in LEADS).items()) == [("?", 14), ("large", 13), ("small", 13)]
    each = Counter((lead["asks"], lead["right"]["letter"]) for lead in LEADS)
    assert (len(each), min(each.values())) == (9, 4)
    proofs = Counter(lead["right"]["line"] for lead in LEADS)
    assert sorted(proofs) == ["1", "2", "3", "4", "none"]
    assert min(proofs.values()) >= 7
    for lead in LEADS:
        number, letter = lead["right"]["line"], lead["right"]["letter"]
        assert (number == "none") <= (letter == "?"), "only a question mark can do without a sentence"
        for language in LANGUAGES:
            said = [str(lead[f"s{place}"].by_language[language]) for place in range(1, 5)]
            assert "s5" not in lead
            assert len(set(said)) == 4
            assert all(len(one) > 3 for one in said), (lead["key"], language)
            assert lead["back"].by_language[language][-1] in "?？", lead["key"]


@pytest.mark.parametrize("start", [0, 10, 20, 30])
def test_ten_leads_hold_all_letters_and_verdicts(start: int) -> None:
    ten = LEADS[start : start + 10]
    for what in ([lead["asks"] for lead in ten], [lead["right"]["letter"] for lead in ten]):
        assert min(Counter(what).values()) >= 3
        assert len(set(what)) == 3


def test_question_marks_come_from_silence_and_from_not_knowing() -> None:
    marks = [lead["right"]["line"] for lead in LEADS if lead["right"]["letter"] == "?"]
    assert (marks.count("none"), len(marks)) == (7, 14)
    graded = [lead["right"]["line"] for lead in LEADS[:10] if lead["right"]["letter"] == "?"]
    assert (graded.count("none"), len(graded)) == (2, 4), "as the praise says"


def test_thirty_leads_are_practised_by_clicks(tmp_path: Path, monkeypatch: Any, language: str) -> None:
    monkeypatch.setenv("CRMLAB_STATE", str(tmp_path))
    opened = open_lesson("3.2")
    shown = crmlab.practice("hear-it")
    assert isinstance(shown, Practice)
    view, wrong = shown.view(), 0
    rounds = next(widget for widget in every(view) if "crmlab-list" in getattr(widget, "_dom_classes", ()))
    asked = 0
    for place in (1, 2, 3):
        rounds.value = str(place)
        ten = LEADS[10 * place : 10 * place + 10]
        for lead in ten:
            for field, right in lead["right"].items():
                box = field_of(view, f"{lead['key']}-{field}")
                for value in [value for _label, value in box.options if value not in ("", right)]:
                    box.value = value
                    press(view)
                    marks = [one for one in every(view) if isinstance(one, w.HTML) and "△" in one.value]
                    assert any(re.search("[?？]</span>$", mark.value) for mark in marks), (lead["key"], field, value)
                    wrong += 1
                box.value = right
            asked += 1
        press(view)
        assert not [one for one in every(view) if isinstance(one, w.HTML) and "△" in one.value]
        assert "20" in next(one.value for one in reversed(every(view)) if isinstance(one, w.HTML) and "crmlab-panel" in one.value)
    assert (asked, wrong) == (30, 30 * (2 + 4))
    assert not any(amount(record, "maximum") for record in opened.store.records().values()), "no points"
    reopened = crmlab.practice("hear-it")
    assert isinstance(reopened, Practice)
    again = reopened.view()
    next(widget for widget in every(again) if "crmlab-list" in getattr(widget, "_dom_classes", ())).value = "2"
    assert field_of(again, "cables-line").value == "2"


def test_practice_of_what_has_none() -> None:
    open_lesson("3.2")
    for id in ("next-move", "nothing"):
        assert not isinstance(crmlab.practice(id), Practice)
        assert len(repr(crmlab.practice(id))) > 10


def every(widget: w.Widget) -> list[w.Widget]:
    return [widget, *(below for child in getattr(widget, "children", ()) for below in every(child))]


def field_of(view: w.Widget, key: str) -> Any:
    return next(one for one in every(view) if f"crmlab-field-{key}" in getattr(one, "_dom_classes", ()))


def press(view: w.Widget) -> None:
    next(one for one in every(view) if "crmlab-check" in getattr(one, "_dom_classes", ())).click()


def test_the_table_of_examples_gives_no_lead_away() -> None:
    source = (places.lessons() / "3-qualification" / "2-man.md").read_text(encoding="utf-8")
    table = source.partition("| you heard |")[2].partition("#endregion")[0]
    lines = [line.partition('"')[2].partition('"')[0] for line in table.splitlines() if '"' in line]
    assert len(lines) == 6
    said = " ".join(lead[f"s{place}"] for lead in LEADS for place in range(1, 5))
    parts = [part.strip() for line in lines for part in line.replace(",", ".").split(".") if len(part) > 12]
    assert [part for part in parts if part in said] == []
    assert "furniture" not in " ".join(lead["who"] for lead in LEADS), "the lead of the case is judged in the case"


def _counts(table: pd.DataFrame, row: Any) -> tuple[int, int]:
    return int(table.at[row, "won"]), int(table.at[row, "deals"])


def test_numbers_of_the_prose(deals: pd.DataFrame) -> None:
    rates = qualification.win_rates(deals)
    assert _counts(rates, "M A N") == (107, 196)
    assert _counts(rates, "m A N") == (103, 208)
    assert _counts(rates, "M a N") == (9, 11)
    assert [f"{rates.at['M a N', column]:.0%}" for column in ("share", "low", "high")] == ["82%", "52%", "95%"]
    verdicts = qualification.verdict(deals["money"], deals["authority"], deals["need"])
    by_verdict = qualification.win_rates(deals.assign(verdict=verdicts), by="verdict")
    assert [_counts(by_verdict, key) for key in ("customer", "approach", "cultivate")] == [
        (107, 196),
        (115, 231),
        (5, 20),
    ]
    assert by_verdict["share"].map("{:.0%}".format).to_dict() == {
        "customer": "55%",
        "approach": "50%",
        "cultivate": "25%",
        "stop": "0%",
    }
    budget = qualification.win_rates(deals, by="budget_allocated")
    assert [_counts(budget, key) for key in ("No", "Unknown", "Yes")] == [(103, 193), (5, 36), (119, 219)]
    client = qualification.win_rates(deals, by="client")
    assert [_counts(client, key) for key in ("Current", "New")] == [(199, 286), (27, 158)]
    assert (round(100 * client.at["Current", "share"]), round(100 * client.at["New", "share"])) == (70, 17)
    assert 4 < client.at["Current", "share"] / client.at["New", "share"] < 4.2
    assert (deals[deals["budget_allocated"] == "Unknown"]["client"] == "New").sum() == 25
    new = qualification.win_rates(deals[deals["client"] == "New"])
    assert [_counts(new, key) for key in ("M A N", "m A N", "M a N")] == [(17, 77), (8, 61), (0, 2)]
    strangers = qualification.win_rates(deals[deals["client"] == "New"], by="authority")
    assert _counts(strangers, False) == (0, 8)
    without = qualification.win_rates(deals, by="authority")
    assert _counts(without, False) == (9, 17)
    for letter in ("money", "authority", "need"):
        by = qualification.win_rates(deals, by=letter)["share"]
        assert abs(by[True] - by[False]) < client.at["Current", "share"] - client.at["New", "share"]
    assert deals["seller"].value_counts().head(2).sum() == 304


def test_the_order_of_the_verdicts_came_from_the_unknown_budgets(deals: pd.DataFrame) -> None:
    asked = deals[deals["budget_allocated"] != "Unknown"]
    verdicts = qualification.verdict(asked["money"], asked["authority"], asked["need"])
    rates = qualification.win_rates(asked.assign(verdict=verdicts), by="verdict")
    keys = ("customer", "approach", "cultivate")
    assert [f"{rates.at[key, 'share']:.0%} of {rates.at[key, 'deals']}" for key in keys] == ["55% of 196", "54% of 205", "45% of 11"]
    assert rates["low"].max() < rates["high"].min(), "all three intervals overlap"
    money = qualification.win_rates(asked, by="money")["share"]
    assert [f"{money[key]:.0%}" for key in (True, False)] == ["54%", "53%"]
    say = qualification.win_rates(deals, by="authority_level")["share"]
    assert [f"{say[key]:.0%}" for key in ("High", "Mid", "Low")] == ["53%", "50%", "53%"]
    need = qualification.win_rates(asked, by="need")
    assert [f"{need.at[key, 'share']:.0%}" for key in (True, False)] == ["55%", "36%"]
    assert need.at[False, "deals"] == 22
    points = pipeline.share_difference(*_counts(need, True), *_counts(need, False))
    assert [round(100 * end) for end in points[1:]] == [-3, 36]


def test_none_of_eight_is_put_to_the_same_test(deals: pd.DataFrame) -> None:
    new = deals[deals["client"] == "New"]
    low, high = intervals.wilson(0, 8)
    assert (round(100 * low), round(100 * high)) == (0, 32)
    assert low < new["won"].mean() < high
    assert f"{(1 - new['won'].mean()) ** 8:.0%}" == "22%"
    budgets = new[~new["authority"]]["budget_allocated"].value_counts()
    assert budgets.to_dict() == {"Unknown": 5, "Yes": 2, "No": 1}
    combination = qualification.label(new)
    assert (new[combination == "m A N"]["budget_allocated"] == "Unknown").sum() == 17
    points = pipeline.share_difference(199, 286, 27, 158)
    assert [round(100 * point) for point in points] == [52, 44, 60]


def test_the_eleven_deals(deals: pd.DataFrame) -> None:
    few = deals[qualification.label(deals) == "M a N"]
    won, lost = few[few["won"]], few[~few["won"]]
    same = won[["seller", "product", "client", "up_sale"]].drop_duplicates()
    assert same.to_numpy().tolist() == [["Seller 2", "Product D", "Current", "Yes"]]
    assert set(lost["client"]) == {"New"}
    assert "Seller 2" not in set(lost["seller"])
    seller = qualification.win_rates(deals[deals["seller"] == "Seller 2"], by="client")
    assert _counts(seller, "New") == (1, 42)


def test_unknown_counted_as_money(deals: pd.DataFrame) -> None:
    rates = qualification.win_rates(deals.assign(money=deals["budget_allocated"] != "No"))
    assert _counts(rates, "M a N") == (9, 15)
    assert [f"{rates.at['M a N', column]:.0%}" for column in ("share", "low", "high")] == ["60%", "36%", "80%"]
    assert (int(rates.at["m A N", "deals"]), int(rates.at["M A N", "deals"])) == (182, 222)
    assert [f"{rates.at[key, 'share']:.0%}" for key in ("m A N", "M A N")] == ["54%", "50%"]


def test_lead_sheet_holds_the_letters_and_lines_that_were_chosen(tmp_path: Path, monkeypatch: Any, language: str) -> None:
    monkeypatch.setenv("CRMLAB_STATE", str(tmp_path))
    opened = open_lesson("3.2")
    empty = man.lead_sheet()
    assert set(empty["combination"]) == {"? ? ?"}
    assert set(empty["the line I heard"]) == {""}
    opened.set_fields(man.here["hear-it"], RIGHT["hear-it"])
    sheet = man.lead_sheet()
    assert sheet["combination"].tolist()[:4] == ["M ? ?", "? a ?", "? ? N", "? ? ?"]
    assert sheet.loc[0, "the line I heard"] == tr(LEADS[0]["s2"])
    assert sheet.loc[3, "the line I heard"] == "", "no sentence says it"
    opened.set_fields(man.here["hear-it"], {"drinks.letter": "small"})
    assert man.lead_sheet().loc[1, ["combination", "the line I heard"]].tolist() == ["? a ?", ""]
    questions = sheet.loc[0, "ask next"]
    assert questions in empty.loc[0, "ask next"]
    assert 3 < len(questions) < len(empty.loc[0, "ask next"])


class _Balance(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.cells = 0

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.cells += tag in ("td", "th")
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_card_is_a_whole_page_in_the_language(language: str) -> None:
    page = man.card()
    parser = _Balance()
    parser.feed(page)
    assert parser.open == []
    assert parser.cells == 3 * 9 + 3 * 3 + 8 * 11
    assert ("可以接触" in page) == (language == "zh")
