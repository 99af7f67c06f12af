"""Lesson 3.5: what is its own in the exercises, by clicking and in code; the numbers that its prose quotes."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pandas as pd

from crmlab import intervals, places
from crmlab.course import criteria, typed
from crmlab.course.exercises import open_lesson
from crmlab.course.exercises.qualification import persuasion
from crmlab.course.form import Choice, Line
from tests.support.answers import live, run, worked

LESSON = "3.5"
RIGHT: dict[str, dict[str, Any]] = {
    **worked(LESSON),
    "curtain": {"input": "24.40", "low": 45, "high": 74, "may": "try"},
}
NUMBERS = {"low": [60], "high": [60]}


def test_hints_count_right() -> None:
    def counts(id: str) -> Counter[str]:
        return Counter(row["right"] for row in persuasion.here.rows(id))

    assert counts("brakes") == {"purse": 1, "use": 1, "guilt": 2, "doubt": 2}
    assert counts("openings") == {"due": 2, "cheaper": 2, "family": 1, "stop": 1}
    assert list(counts("eight-lines").values()) == [2] * 4
    assert list(counts("proof").values()) == [1] * 5
    assert counts("fear-script") == {"sound": 2, "fear": 1, "shame": 1, "unproved": 1}
    parts = [field for field in persuasion.here.fields("the-line") if isinstance(field, Choice)]
    places_of_right = [
        [value for value, _label in field.options].index(RIGHT["the-line"][field.key]) for field in parts
    ]
    assert len(places_of_right) == 4
    assert len(set(places_of_right)) > 1


def test_the_line_is_put_together_below_the_form(language: str) -> None:
    shown = live("the-line", LESSON)
    (line,) = shown({"ours": "seat"})
    assert line.count("...") == 3
    assert "25" in line
    (whole,) = shown(RIGHT["the-line"])
    assert "..." not in whole
    assert "21" in whole


def test_the_hearing_test() -> None:
    low, high = intervals.wilson(24, 40)
    assert [f"{end:.0%}" for end in (low, high)] == ["45%", "74%"]
    assert low < 0.5 < high
    assert low < 0.4 + 0.6 / 2 < high, "four in ten hear it, the others guess"
    assert intervals.wilson(26, 40)[0] < 0.5 < intervals.wilson(27, 40)[0]
    assert run("curtain", LESSON, code=(low, high)).points == 3
    assert run("curtain", LESSON, code=[45, 74]).points == 3
    assert run("curtain", LESSON, code=...).state == "blank"
    other = run("curtain", LESSON, code=intervals.wilson(24, 60))
    assert other.points == 0
    assert "interval" in other.wrong()[0].text()
    for junk in (7, "text", [1], pd.DataFrame(), object(), ("a", "b")):
        assert run("curtain", LESSON, code=junk).state == "unreadable"


def test_numbers_of_the_case() -> None:
    source = (places.lessons() / "3-qualification" / "5-persuasion.md").read_text(encoding="utf-8")
    for text in (
        "3,800 yuan",
        "2,400",
        "weighs 21 kilos",
        "up to 25 kg",
        "earns 700 yuan",
        "300 on the cheap",
        "400 yuan less",
    ):
        assert text in source


def test_the_lesson_gives_no_line_away() -> None:
    source = (places.lessons() / "3-qualification" / "5-persuasion.md").read_text(encoding="utf-8")
    for id in ("brakes", "openings", "eight-lines", "proof", "fear-script"):
        rows = persuasion.here.rows(id)
        assert rows
        for row in rows:
            assert (row["said"] if id == "fear-script" else row["ask"]) not in source


def test_card(tmp_path: Path, monkeypatch: Any, language: str) -> None:
    monkeypatch.setenv("CRMLAB_STATE", str(tmp_path))
    opened = open_lesson(LESSON)
    mine = {"en": "Your line:", "zh": "你的话："}[language]
    assert mine not in persuasion.claim_card()
    opened.set_fields(persuasion.here["the-line"], {**RIGHT["the-line"], "ours": "best"})
    assert mine not in persuasion.claim_card(), "a line that does not pass is not printed"
    opened.set_fields(persuasion.here["the-line"], RIGHT["the-line"])
    page = persuasion.claim_card()
    assert mine in page
    said = persuasion.here["own-line"].form().clean(RIGHT["own-line"])
    opened.set_fields(
        persuasion.here["own-line"], {"mine": {"text": "I call it the best seat on the market.", "claims": {}}}
    )
    assert page == persuasion.claim_card(), "a typed line that does not pass is not printed"
    opened.set_fields(persuasion.here["own-line"], said)
    page = persuasion.claim_card()
    assert said["mine"]["text"] in page
    assert (page.count("<tr>"), page.count("☐")) == (2 + 6, 4)
    assert page.count("<td>") == 5 * 7
    assert ("依据" in page) == (language == "zh")


MINE = {
    "en": (
        (
            "Mr Shen, Doudou is 21 kilos and this seat is tested to 25. With a belt. Want to lift her in tomorrow?",
            "figure person",
        ),
        ("you ride eight k a day with her behind you. here she has a belt and a back, good for 4 more kilos", "figure"),
        (
            "If it were just you I'd sell you the 2,400 one. For your granddaughter I would take the seat, 25 kg.",
            "figure person",
        ),
        ("This is simply the safest bike in town and Doudou will adore it.", "person bare_claim"),
        ("Just think what a lorry does to a six year old.", "fear"),
        ("You buy the bike with the seat because Doudou can be belted in.", "person"),
        ("One slip of her hand on your coat and she is under the bus.", "fear"),
        ("The seat holds 25 kg and it never breaks, every grandpa here has one.", "figure bare_claim"),
        (
            "Do you want to see the test report? It says 25 kilos, so it is good for the girl until she is about eight.",
            "figure person",
        ),
        ("Your family deserves only top quality!", "person bare_claim"),
    ),
    "zh": (
        ("大爷，豆豆21公斤，这座椅检测到25公斤，还有安全带，明天带她来坐坐？", "figure person"),
        ("您一天骑八公里，她坐后头没靠背；这个有靠背有安全带", "figure"),
        ("您自己骑我就推荐2400那辆；接孙女的话，这个座椅承重 25 公斤，您看说明书。", "figure person"),
        ("这是全城最安全的车，豆豆肯定喜欢。", "person bare_claim"),
        ("您想想，大货车一过，六岁的孩子还能有吗？", "fear"),
        ("买带座椅的这辆，豆豆能系上安全带。", "person"),
        ("她手一松，人就到车轮底下了。", "fear"),
        ("座椅承重25公斤，从来不坏，小区里的爷爷人人都有一个。", "figure bare_claim"),
        ("要不要看检测报告？写着25公斤，小姑娘还能坐一两年。", "figure person"),
        ("给家人就要给顶级的！", "person bare_claim"),
    ),
}
"""Lines to Mr Shen, and what a person finds in them."""


def test_lines_of_one_s_own_are_mostly_judged_as_a_person_would(language: str) -> None:
    names = ("figure", "person", "bare_claim", "fear")
    same = [
        bool(criteria.named(name).spans(line, language)) == (name in there.split())
        for line, there in MINE[language]
        for name in names
    ]
    assert len(same) == 40
    assert sum(same) >= 36


def test_models_pass(language: str) -> None:
    for id, key in (("own-line", "mine"), ("fear-script", "mend")):
        (field,) = (field for field in persuasion.here.fields(id) if isinstance(field, Line))
        assert field.key == key
        for model in field.models:
            assert typed.case(field, {key: field.read(model)}, 1).ok, model


FRESH = {
    "en": (
        (
            "Your granddaughter could sit in front with a belt, and it takes up to 25 kilos. Shall we try it?",
            "figure person",
        ),
        ("Doudou has four kilos to go before it gets too small for her.", "figure person"),
        (
            "honestly mr shen if you ride alone save the 1,400 yuan. with the little one, have a look at this belt",
            "figure person",
        ),
        ("It's worth every cent, you won't find better anywhere.", "bare_claim"),
        ("A man was killed at this crossing only last week, with his grandson on the back.", "person fear"),
        ("The report here says the seat was tested at 25 kg. She weighs 21, you told me.", "figure person"),
        ("Grandpa, safety has no price!", "bare_claim fear"),
        ("What if your coat tears? Then it is too late.", "fear"),
        ("60 km on one charge, and the seat comes with a back rest for the girl.", "figure person"),
        ("Both bikes go 60 km, so the extra money only buys the seat. Is that worth it to you?", "figure"),
    ),
    "zh": (
        ("您孙女坐前面，系上安全带，25公斤以内都行。要不要试试？", "figure person"),
        ("豆豆再长四公斤才坐不下。", "figure person"),
        ("大爷，您自己骑就省下1400块；带小家伙，您看看这安全带。", "figure person"),
        ("一分钱一分货，您上哪儿也找不到更好的。", "bare_claim"),
        ("上礼拜路口刚撞死一个，后座还带着孙子呢。", "person fear"),
        ("检测报告写的是25公斤，您说她21公斤，能用。", "figure"),
        ("大爷，安全无价啊！", "bare_claim fear"),
        ("衣服要是拽破了呢？到时候哭都来不及。", "fear"),
        ("充一次电60公里，座椅有靠背，孩子坐着稳。", "figure person"),
        ("两辆都能跑60公里，多花的钱就买个座椅。您觉得值吗？", "figure"),
    ),
}
"""Written after the patterns and never used to mend them: what the instructor is told of them."""


def test_the_patterns_are_kind_to_honest_lines_and_to_others_too() -> None:
    honest, missed, others, through = 0, 0, 0, 0
    for language, lines in FRESH.items():
        for line, there in lines:
            found = {
                name: bool(criteria.named(name).spans(line, language))
                for name in ("figure", "person", "bare_claim", "fear")
            }
            bad = {"bare_claim", "fear"} & set(there.split())
            if bad:
                others += 1
                through += not any(found[name] for name in bad)
            else:
                honest += 1
                missed += any(found[name] != (name in there.split()) for name in found)
    assert (missed, honest, through, others) == (1, 12, 7, 8)
