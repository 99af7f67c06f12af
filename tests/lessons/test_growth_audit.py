"""Lesson 6.5: what is its own in the exercises, by clicking and in code; the numbers quoted in its prose."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest

from crmlab import audit
from crmlab.course import criteria
from crmlab.course.exercises import open_lesson
from crmlab.course.exercises.growth import audit as lesson
from crmlab.course.form import Choice
from crmlab.language import tr
from tests.support.answers import form_of, get, live, run, source, worked

LESSON = "6.5"
SOURCE = source("6.5")
RIGHT = {**worked("6.5"), "two-auditors": {"same": 56.25, "line": "more"}}
NUMBERS = {"same": [93.75, 52.9, 58.8, 9, 43.75, 0.5625]}


def test_the_sheet_of_qian_and_the_numbers_of_the_prose() -> None:
    found = audit.scores(lesson.qian())
    assert (100 * found["share"]).round(1).tolist() == [37.5, 50.0, 25.0, 62.5]
    assert found.loc["rewards", ["least", "most"]].round(2).tolist() == [0.20, 0.40]
    lowest = {
        tuple(sorted(audit.scores(lesson.qian().fillna(one))["share"].sort_values().index[:2])) for one in range(1, 6)
    }
    assert lowest == {("building", "rewards")}, "the two lowest whatever the open answer is"
    assert found.loc["rewards", "most"] > found.loc["building", "share"]
    assert lesson.qian().isna().sum() == 1
    director = audit.scores(lesson.by("the director"))["share"]
    assert (director >= 0.8).all(), "four times 80% or more"
    assert (director > found["most"]).all(), "each of hers is lower"
    assert lesson.building()["score"].tolist() == [2.5]
    for words in ("62.5% of the way", "worth 50%, building 37.5%, rewards 25%", "from 20% to 40%"):
        assert words in SOURCE


def test_what_the_prose_says_of_single_scores() -> None:
    qian = lesson.qian()
    judged = qian.drop(list(lesson.WORKED))
    assert (judged == 2).sum() == 3, "nice words earned three a 2"
    assert "three a 2" in get("audit-yuanhe", LESSON).right
    assert list(qian.index[(qian == 1) & (audit.QUESTIONS["check"] == "rewards")]) == ["R1", "R5"]
    assert "R1 and R5 both stand at 1" in SOURCE


def test_no_price_stands_where_nobody_knows_the_cost() -> None:
    """R3 is open because nobody can find what the gifts cost: a price a piece elsewhere would give it away."""
    shown = {tr(row.prompt).split(" ", 1)[0]: tr(row.prompt) for row in form_of("audit-yuanhe", LESSON).rows}
    assert not any("yuan" in shown[key] for key in ("R1", "R2", "R3", "R4", "R5"))
    assert "31 yuan" not in SOURCE


def test_the_figures_of_the_evidence() -> None:
    found = lesson.figures()
    assert (found["large"], found["asked"]) == (38, 600)
    assert (found["left"], found["followed"]) == (105, 586)
    assert f"{found['spend']:.0%} {found['of_all']:.0%} {found['service']:.2f}" == "46% 6% 0.91"
    shown = " ".join(tr(row.prompt) for row in form_of("audit-yuanhe", LESSON).rows)
    for words in ("46%", "c = 0.91", "105 have left"):
        assert words in shown
    assert "0.91" in SOURCE, "as the instructor asks"


def test_a_radar_of_the_same_scores() -> None:
    assert list(lesson.areas().values()) == [0.16, 0.25]
    assert sorted(lesson.MIXED) == sorted(lesson.SORTED)
    orders = {audit.radar_area(list(order)) for order in itertools.permutations(lesson.MIXED)}
    assert (min(orders), max(orders)) == (0.16, 0.25), "the thinnest and the fullest there is"
    assert audit.radar_area([0.7] * 4) / audit.radar_area([0.5] * 4) == pytest.approx(1.96)
    assert "16% or 25%" in SOURCE


def test_two_auditors() -> None:
    found = lesson.agreed()
    assert found["n"].tolist() == [16] * 3
    assert found.at["same", "value"] == 9 / 16
    kappa = found.loc["kappa"]
    assert [round(kappa[name], 2) for name in ("value", "low", "high")] == [0.79, 0.59, 0.99]
    assert "0.79, interval 0.59 to 0.99" in SOURCE
    assert "0.79" in "".join(
        tr(label)
        for field in form_of("two-auditors", LESSON).fields()
        if isinstance(field, Choice)
        for _value, label in field.options
    )
    other = lesson.agreed("the director")
    assert other.at["same", "value"] == 1 / 16, "as the praise says"
    assert "one score of 16" in get("two-auditors", LESSON).right


def test_chance_would_rarely_agree_so_far() -> None:
    """What the sentence "far more than chance" rests on: Li Lei's scores dealt out at random, 300 times."""
    both = pd.concat([lesson.qian(), lesson.by("Li Lei")], axis=1).dropna()
    draw = np.random.default_rng(1)
    one, other = both.iloc[:, 0].tolist(), both.iloc[:, 1].to_numpy()
    by_chance = [audit.agreement(one, draw.permutation(other).tolist()).at["kappa", "value"] for _ in range(300)]
    assert np.mean(np.array(by_chance) >= lesson.agreed().at["kappa", "value"]) < 0.01


def test_questions_drawn_anew_give_a_lower_interval() -> None:
    """As the lesson owns: the large-sample interval is kind to 16 questions."""
    one, other = pd.concat([lesson.qian(), lesson.by("Li Lei")], axis=1).dropna().to_numpy().T
    drawn = np.random.default_rng(0).integers(0, len(one), (4000, len(one)))
    a, b = one[drawn], other[drawn]
    by_chance = ((a[:, :, None] - b[:, None, :]) ** 2).mean(axis=(1, 2))
    kappas = 1 - ((a - b) ** 2).mean(axis=1) / by_chance
    assert [round(float(end), 2) for end in np.percentile(kappas, [2.5, 97.5])] == [0.47, 0.93]
    assert "0.47 to 0.93" in SOURCE


def test_code_answers(language: str) -> None:
    assert run("two-auditors", LESSON, code=audit.agreement(lesson.qian(), lesson.by("Li Lei"))).points == 4
    assert run("two-auditors", LESSON, code=audit.agreement(lesson.qian(), lesson.by("the director"))).points < 2
    linear = run("two-auditors", LESSON, code=audit.agreement(lesson.qian(), lesson.by("Li Lei"), "linear"))
    assert 2 <= linear.points < 4
    filled = run("two-auditors", LESSON, code=audit.agreement(lesson.qian().fillna(1), lesson.by("Li Lei").fillna(1)))
    assert filled.points < 2
    assert run("two-auditors", LESSON, code=...).state == "blank"
    for junk in (7, "text", [1], pd.DataFrame(), audit.scores(lesson.qian()), object()):
        given = run("two-auditors", LESSON, code=junk)
        assert (given.state, given.points) == ("unreadable", 0)
        assert given.message


def test_known_slips_have_their_own_sentence() -> None:
    said = [
        run("two-auditors", LESSON, clicks={**RIGHT["two-auditors"], "same": value}).wrong()[0].text()
        for value in NUMBERS["same"]
    ]
    assert len({text.replace(f"{value:g}", "") for text, value in zip(said, NUMBERS["same"], strict=True)}) >= 5


def test_kappas_appear_after_the_share() -> None:
    shown = live("two-auditors", LESSON)
    assert not any("0.79" in line for line in shown({}))
    assert "0.79" in shown({"same": 50})[0]


def test_the_questions_of_the_form_are_those_of_the_field(language: str) -> None:
    """The form repeats the field's questions, so that it can be read alone: word for word."""
    asked = [tr(row.prompt) for row in form_of("own-firm", LESSON).rows]
    assert asked == [f"{key} · {tr(text)}" for key, text in audit.QUESTIONS["text"].items()]
    evidence = [tr(row.prompt) for row in form_of("audit-yuanhe", LESSON).rows]
    for line in evidence:
        key = line.split(" ", 1)[0]
        assert line.startswith(f"{key} · {tr(audit.QUESTIONS.at[key, 'text'])}"), line
    options = next(field for field in form_of("own-firm", LESSON).fields() if isinstance(field, Choice)).options
    assert [tr(label) for _value, label in options][:5] == [
        f"{step} · {tr(word)}" for step, word in audit.LADDER.items()
    ]


def test_own_firm_is_saved_and_not_judged(language: str) -> None:
    keys = list(audit.QUESTIONS.index)
    for one in ("1", "5", "?"):
        given = run("own-firm", LESSON, clicks=dict.fromkeys(keys, one))
        assert (given.points, given.maximum) == (2, 2)
    assert run("own-firm", LESSON, clicks=dict.fromkeys(keys[:8], "1")).points < 2


def test_own_scores_as_they_are_given() -> None:
    shown = live("own-firm", LESSON)
    assert len(shown({})) == 1
    assert len(shown({"B1": "?"})) == 1
    lines = shown({"B1": "5", "R1": "1", "R2": "?", "O1": "3"})
    assert "100%" in lines[0]
    assert "R1 · O1" in lines[-2]
    assert "1" in lines[-1]
    assert lesson.weakest({}) == lesson.weakest({"B1": None}) == []


def test_the_sheet_holds_what_was_answered(language: str) -> None:
    opened = open_lesson(LESSON)
    for id in ("own-firm", "actions"):
        opened.set_fields(lesson.here[id], {})
    empty = lesson.audit_sheet()
    assert (empty[["score", "evidence", "begin here", "action", "who", "until", "measured by"]] == "").all().all()
    opened.set_fields(lesson.here["own-firm"], {"B1": "4", "B2": "1", "R1": "2", "R3": "?"})
    opened.set_fields(lesson.here["actions"], {"own": {"text": "Ask 20 customers", "claims": {}}})
    sheet = lesson.audit_sheet()
    assert len(sheet) == 17
    assert sheet["score"].loc[["B1", "B2", "R1", "O4"]].tolist() == ["4", "1", "2", ""]
    assert sheet.at["R3", "score"] in ("?", "？")
    assert sheet["begin here"].loc[["R1", "B2", "B1"]].tolist() == ["1", "2", ""]
    assert sheet.at["R1", "action"] == "Ask 20 customers"
    assert (sheet["who"] == "").all()
    for text, place in (
        ("B2: ask 20", "B2"),
        ("b2问20位客户", "B2"),
        ("“O4”：……", "O4"),
        ("B5: ask 20", "R1"),
        ("B20 customers", "R1"),
    ):
        opened.set_fields(lesson.here["actions"], {"own": {"text": text, "claims": {}}})
        sheet = lesson.audit_sheet()
        assert sheet.at[place, "action"] == text
        assert (sheet["action"] != "").sum() == 1


def test_an_action_that_names_its_question_needs_no_scores() -> None:
    opened = open_lesson(LESSON)
    opened.set_fields(lesson.here["own-firm"], {})
    opened.set_fields(lesson.here["actions"], {"own": {"text": "V2: cost of one delivery", "claims": {}}})
    assert lesson.audit_sheet().at["V2", "action"] == "V2: cost of one delivery"


def test_the_model_action_has_what_the_lesson_asks_for(language: str) -> None:
    text = worked("6.5")["actions"]["own"][language]
    assert criteria.every()["figure"].spans(text)


@pytest.mark.parametrize(
    ("language", "text", "found"),
    [
        ("en", "B2: if fewer than 8 of the 20 have ordered, it has not worked", True),
        ("en", "B2: at least 15 customers order again", True),
        ("en", "B2: 12 orders more than in April", True),
        ("en", "B2: we ask more customers by 31 May", False),
        ("zh", "B2：20 位里不到 8 位，就算没做成", True),
        ("zh", "B2：比四月多 3 张订单", True),
        ("zh", "B2：5 月 31 日前多问问客户", False),
    ],
)
def test_a_date_is_no_figure_and_a_count_of_customers_is(language: str, text: str, found: bool) -> None:
    assert bool(criteria.every()["figure"].spans(text, language)) is found
