"""Exercises from a file: what is asked, what is said to each answer, and every fault with its line in both languages."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from crmlab.course import exercise, exercise_check, exercise_file, exercise_form, exercise_load, exercise_numbers, hooks
from crmlab.course.cases import Case, case
from crmlab.course.exercise import Exercise
from crmlab.course.form import Choice, Entry, Form, Mark, Order, Slider
from crmlab.course.hooks import Lesson, Numbers, Right
from crmlab.language import LANGUAGES, Words, set_language, tr

SAMPLE = """\
options:
  verdicts: {yes: {en: It holds., zh: 成立。}, no: {en: It does not., zh: 不成立。}, open: {en: Cannot be told, zh: 说不准}}
texts:
  look: {en: "Line {n}: you chose “{got}”. Which numbers?", zh: "第 {n} 行：你选的是“{got}”。哪些数？"}
tables:
  samples seen: {zh: 看过的样本}
exercises:
  - id: lines
    points: 4
    title: {en: Three lines, zh: 三行}
    hints: [{en: Look twice., zh: 看两遍。}]
    praise: {en: All three., zh: 三行都对。}
    intro: {en: "Of {all} deals.", zh: "共 {all} 笔。"}
    parts:
      - prefix: line
        quote: true
        ask: {en: "{n}. {who} says so.", zh: "{n}. {who}这样说。"}
        each: {label: {en: Verdict, zh: 判断}, options: verdicts, wrong: look}
        rows:
          - key: a
            who: {en: Ann, zh: 安}
            right: yes
          - key: b
            who: {en: Bo, zh: 博}
            right: no
            wrong: {yes: {en: "{who}: why “{key}”?", zh: "{who}：为什么是“{key}”？"}, else: look}
      - ask: {en: How many?, zh: 多少？}
        fields:
          n:
            number: true
            unit: {en: deals, zh: 笔}
            wrong:
              half: {en: "{got} is half.", zh: "{got} 是一半。"}
              low: {en: "{got} is too few of {all}.", zh: "{got} 太少，共 {all}。"}
              else: {en: "{got} is too many.", zh: "{got} 太多。"}
      - ask: {en: "Order, bar, slider", zh: 顺序、柱、滑块}
        fields:
          steps:
            items: {pay: {en: Pay, zh: 付}, ask: {en: Ask, zh: 问}, go: {en: Go, zh: 走}}
            right: [ask, pay, go]
            weight: 2
            wrong: {go: {en: "{right} of {pairs}: who goes first?", zh: "{right}/{pairs}：谁先走？"}, else: {en: Not yet. Why?, zh: 还不对。为什么？}}
          month: {bars: {jan: {en: January, zh: 一月}, feb: {en: February, zh: 二月}}, right: feb, wrong: {en: "You marked {got}.", zh: "你标的是{got}。"}}
          much: {slider: true, minimum: 0, maximum: 10, step: 1, start: 0, within: 0.5, wrong: {en: "{got}?", zh: "{got}？"}}
"""
RIGHT = {"line.a": "yes", "line.b": "no", "n": "40", "steps": ["ask", "pay", "go"], "month": "feb", "much": 7}


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lesson:
    """A lesson with the sample as its file."""
    monkeypatch.setattr(hooks, "_hooked", {})
    path = tmp_path / "1-sample.exercises.yml"
    path.write_text(SAMPLE, encoding="utf-8")
    found = Lesson("0.1")
    found.content = exercise_load.load(path)

    @found.numbers("lines")
    def numbers() -> Numbers:
        right = {"n": Right(40, within=0.5, slips={"half": 20}), "much": 7}
        return Numbers(words={"all": 80}, right=right, fields={"month": {"bars": {"jan": 3, "feb": 9}}})

    return found


@pytest.fixture
def made(here: Lesson) -> Exercise:
    return exercise_form.made(here, here.content["exercises"][0])


def said(made: Exercise, **wrong: Any) -> str:
    given = exercise.judge(made, {**RIGHT, **{key.replace("__", "."): value for key, value in wrong.items()}}, clicked=True)
    return " ".join(one.text() for one in given.wrong())


def test_the_form_is_what_the_file_says(made: Exercise, language: str) -> None:
    form = made.form()
    assert isinstance(form, Form)
    kinds = [Choice, Choice, Entry, Order, Mark, Slider]
    assert [(field.key, type(field)) for field in form.fields()] == list(zip(RIGHT, kinds, strict=True))
    zh = language == "zh"
    assert [row.prompt for row in form.rows][:2] == (["1. 安这样说。", "2. 博这样说。"] if zh else ["1. Ann says so.", "2. Bo says so."])
    assert [row.quote for row in form.rows] == [True, True, False, False]
    assert form.intro == ("共 80 笔。" if zh else "Of 80 deals.")
    assert tr(made.title) == ("三行" if zh else "Three lines")
    bars = next(field for field in form.fields() if isinstance(field, Mark))
    assert bars.name("feb") == ("二月: 9" if zh else "February: 9")


def test_right_blank_and_half(made: Exercise) -> None:
    whole = exercise.judge(made, RIGHT, clicked=True)
    assert (whole.state, whole.points) == (exercise.RIGHT, 4)
    assert exercise.judge(made, {}, clicked=True).state == exercise.BLANK
    half = exercise.judge(made, {"line.a": "yes", "n": "40"}, clicked=True)
    assert not half.wrong()
    assert half.points == int(100 * 4 * 2 / 7) / 100, "seven parts: the order counts twice"


@pytest.mark.parametrize(
    ("wrong", "en", "zh"),
    [
        ({"line__a": "no"}, "Line 1: you chose “It does not”. Which numbers?", "第 1 行：你选的是“不成立”。哪些数？"),
        ({"line__b": "yes"}, "Bo: why “yes”?", "博：为什么是“yes”？"),
        ({"line__b": "open"}, "Line 2: you chose “Cannot be told”. Which numbers?", "第 2 行：你选的是“说不准”。哪些数？"),
        ({"n": 20}, "20 is half.", "20 是一半。"),
        ({"n": 20.1}, "20.1 is half.", "20.1 是一半。"),
        ({"n": 21}, "21 is too few of 80.", "21 太少，共 80。"),
        ({"n": 41}, "41 is too many.", "41 太多。"),
        ({"steps": ["go", "ask", "pay"]}, "1 of 2: who goes first?", "1/2：谁先走？"),
        ({"steps": ["pay", "ask", "go"]}, "Not yet. Why?", "还不对。为什么？"),
        ({"month": "jan"}, "You marked January: 3.", "你标的是一月: 3。"),
        ({"much": 8}, "8?", "8？"),
    ],
)
def test_each_wrong_answer_has_its_sentence(made: Exercise, wrong: dict[str, Any], en: str, zh: str) -> None:
    for language, text in (("en", en), ("zh", zh)):
        set_language(language)
        try:
            assert said(made, **wrong) == text
        finally:
            set_language(None)


def test_what_python_adds(here: Lesson) -> None:
    @here.judge("lines")
    def judged(answer: Any) -> Iterator[Case]:
        yield from exercise_form.judged("0.1", "lines", answer, "n")
        yield case(answer.get("line.a") == answer.get("line.b"), "Both alike?")

    @here.code("lines")
    def in_code(answer: Any) -> Iterator[Case]:
        yield case(answer == 5, here.says("lines")["look"], n=9, got=answer)

    made = exercise_form.made(here, here.content["exercises"][0])
    assert [one.text() for one in exercise.judge(made, {"n": 20, "line.a": "no"}, clicked=True).cases] == ["20 is half.", "Both alike?"]
    assert exercise.judge(made, 5).points == 4
    assert exercise.judge(made, 6).cases[0].text() == "Line 9: you chose “6”. Which numbers?"
    with pytest.raises(LookupError, match="have no 'nothing'"):
        here.says("lines")["nothing"]
    with pytest.raises(LookupError, match="neither the file nor Python"):
        list(exercise_form.judged("0.1", "lines", {}, "n")) if not here.numbered.clear() else None


def test_slip_and_words_may_be_found_from_the_answers(here: Lesson) -> None:
    def numbers() -> Numbers:
        n = Right(40, slip=lambda answer: "half" if answer.get("line.a") == "no" else "", words=lambda answer: {"all": answer["n"]})
        return Numbers(words={"all": 80}, right={"n": n, "much": 7}, fields={"month": {"bars": {"jan": 3, "feb": 9}}})

    here.numbered["lines"] = numbers
    made = exercise_form.made(here, here.content["exercises"][0])
    assert "39 is half." in said(made, n=39, line__a="no")
    assert said(made, n=39) == "39 is too few of 39.0."


def test_what_is_right_may_follow_from_another_answer(here: Lesson) -> None:
    here.numbered["lines"] = lambda: Numbers(
        words={"all": 80},
        right={"n": Right(lambda answers: 10 * answers.get("much", 4), within=0.5), "much": 7},
        fields={"month": {"bars": {"jan": 3, "feb": 9}}},
    )
    made = exercise_form.made(here, here.content["exercises"][0])
    given = exercise.judge(made, {"much": 5, "n": "50"}, clicked=True)
    assert [one.key for one in given.wrong()] == ["much"], "ten times the number that was chosen"
    assert exercise.judge(made, {"much": 5, "n": "49"}, clicked=True).wrong()[0].text() == "49 is too few of 80."
    assert not exercise.judge(made, {"n": "40"}, clicked=True).wrong()


def test_words_are_rendered_and_found_again_by_their_english(here: Lesson) -> None:
    two = Words({"en": "A word of the test", "zh": "测试用的词"})
    try:
        set_language("zh")
        assert tr(two) == tr("A word of the test") == "测试用的词"
        assert tr("samples seen") == "看过的样本"
        assert tr(Words({"en": "{who}!", "zh": "{who}！"}), who=two) == "测试用的词！"
    finally:
        set_language(None)
    assert two == "A word of the test"
    assert tr(two) == "A word of the test"


def test_bars_and_items_may_come_from_python_alone(here: Lesson, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exercise_numbers.lessons, "find", lambda name: type("L", (), {"number": "0.1", "module": "none"})())
    bars = "bars: {jan: {en: January, zh: 一月}, feb: {en: February, zh: 二月}}"
    items = "items: {pay: {en: Pay, zh: 付}, ask: {en: Ask, zh: 问}, go: {en: Go, zh: 走}}"
    assert SAMPLE.count(bars) == SAMPLE.count(items) == 1
    given = here.numbered["lines"]()
    steps = {"items": [("pay", "Pay 3"), ("ask", "Ask 4"), ("go", "Go 5")]}
    here.numbered["lines"] = lambda: Numbers(given.words, right=given.right, fields={**given.fields, "steps": steps})
    path = tmp_path / "1-sample.exercises.yml"
    path.write_text(SAMPLE.replace(bars, "bars: true").replace(items, "items: true"), encoding="utf-8")
    assert exercise_numbers.faults(path) == []
    here.content = exercise_load.load(path)
    made = exercise_form.made(here, here.content["exercises"][0])
    assert said(made, month="jan") == "You marked jan: 3."
    assert said(made, steps=["go", "ask", "pay"]) == "1 of 2: who goes first?"
    form = made.form()
    assert isinstance(form, Form)
    order = next(field for field in form.fields() if isinstance(field, Order))
    assert [label for _key, label in order.items] == ["Pay 3", "Ask 4", "Go 5"]


# -- faults ------------------------------------------------------------------------------------------------------------


def test_cells_may_stand_in_lists_that_are_named(here: Lesson, tmp_path: Path) -> None:
    cells = """
      - ask: {en: Which cell?, zh: 哪一格？}
        fields: {best: {label: {en: Cell, zh: 格}, rows: verdicts, columns: hours, title: {en: Calls, zh: 电话}, right: open.am, wrong: look}}
"""
    path = tmp_path / "1-cells.exercises.yml"
    path.write_text(SAMPLE.rstrip() + cells, encoding="utf-8")
    here.content = exercise_load.load(path)
    here.lists["hours"] = {"am": "morning", "pm": "afternoon"}
    mark = list(exercise_form.form(here, here.content["exercises"][0]).fields())[-1]
    assert isinstance(mark, Mark)
    assert mark.values() == [f"{row}.{hour}" for row in ("yes", "no", "open") for hour in ("am", "pm")]
    path.write_text(path.read_text(encoding="utf-8").replace("columns: hours", "columns: verdicts"), encoding="utf-8")
    faults = exercise_check.read(path)[1]
    assert ["open.am" in str(fault) for fault in faults] == [True]


def test_a_field_may_ask_in_a_line_of_its_own_and_the_file_may_say_what_is_right(here: Lesson, tmp_path: Path) -> None:
    lines = """
      - quote: true
        ask: {en: An app, zh: 应用}
        fields:
          best: {rows: verdicts, columns: verdicts, right: yes.no, wrong: {turned: {en: Turned., zh: 反了。}, else: look}}
          felt:
            ask: {en: "So of {all} ...", zh: "所以，{all}……"}
            options: {joy: {en: glad, zh: 高兴}, none: {en: neither, zh: 无所谓}}
            right: joy
            wrong: {en: Why?, zh: 为什么？}
"""
    path = tmp_path / "1-lines.exercises.yml"
    path.write_text(SAMPLE.rstrip() + lines, encoding="utf-8")
    here.content = exercise_load.load(path)
    before = here.numbers_of("lines")
    turned = Right(slip=lambda answer: "turned" if answer["best"] == "no.yes" else "")
    here.numbered["lines"] = lambda: Numbers(before.words, before.rows, {**before.right, "best": turned}, before.fields)
    made = exercise_form.made(here, here.content["exercises"][0])
    form = made.form()
    assert isinstance(form, Form)
    shown = [(row.prompt, row.quote, [field.key for field in row.fields]) for row in form.rows[-2:]]
    assert shown == [("An app", True, ["best"]), ("So of 80 ...", False, ["felt"])]
    assert exercise.judge(made, {"best": "yes.no"}, clicked=True).wrong() == []
    texts = [exercise.judge(made, {"best": cell}, clicked=True).wrong()[0].text() for cell in ("no.yes", "no.no")]
    assert texts == ["Turned.", "Line 1: you chose “It does not., It does not”. Which numbers?"]


def line_of(text: str) -> int:
    return SAMPLE[: SAMPLE.index(text)].count("\n") + 1


HOW_MANY = "      - ask: {en: How many?, zh: 多少？}"
MORE = """\
        more:
          - key: c
            who: {en: Cy, zh: 程}
            right: open
          - key: d
            who: {en: Di, zh: 狄}
            right: yes
"""
FAULTS = [
    ("    points: 4", "    points: none", "above 0"),
    ("            right: yes", "            rihgt: yes", "Did you mean “right”?"),
    ("hints: [{en: Look twice., zh: 看两遍。}]", "hints: [{en: Look twice.}]", "“hints” has no text for language “zh”"),
    ("praise: {en: All three., zh: 三行都对。}", "praise: {en: \"All {n}.\", zh: \"{n} 都对。\"}", "nothing fills {n} there"),
    ("            right: yes\n", "            right: yes\n            wrong: look\n", "never said"),
    ("{zh: 看过的样本}", "看过的样本", "after its English as the key: {zh: ...}"),
    ("{zh: 看过的样本}", "{en: samples}", "after its English as the key"),
    ("    points: 4", "    point: 4", "Did you mean “points”?"),
    ("title: {en: Three lines, zh: 三行}", "title: {en: Three lines}", "no text for language “zh”"),
    ("title: {en: Three lines, zh: 三行}", "title: {en: Three lines, zh: 三行, fr: Trois}", "not a language"),
    ("            right: yes", "            right: maybe", "“maybe”, is none of the options: yes, no, open"),
    ("right: [ask, pay, go]", "right: [ask, pay]", "each of these once: pay, ask, go"),
    ("            right: yes", "            rigth: yes", "“rigth” is not known here"),
    ("wrong: {yes: {en", "wrong: {sure: {en", "“sure” is neither an option nor a slip"),
    ("else: look}", "open: loook}", "no text of the name “loook”"),
    ("else: look}", "yes: look}", "stands twice"),
    (", wrong: look}", "}", "no sentence for no, open"),
    ("              half: {en", "              third: {en", "“third” is neither an option nor a slip"),
    ("zh: \"{got} 是一半。\"", "zh: \"一半。\"", "same names in braces: {got}"),
    ("{en: \"{got} is half.\"", "{en: \"{got is half.\"", "brace stands alone"),
    ("“{key}”?\", zh: \"{who}：为什么是“{key}”？\"", "“{nobody}”?\", zh: \"{who}：为什么是“{nobody}”？\"", "Nothing fills {nobody}"),
    ("options: verdicts", "options: verdict", "no list of options of the name “verdict”"),
    ("          - key: b", "          - key: a", "“line.a” stands twice"),
    ("          - key: b", "          - kez: b", "lacks “key”"),
    ("hints: [{en: Look twice., zh: 看两遍。}]", "hints: []", "one or more"),
    ("  - id: lines", "  - id: Lines!", "small letters"),
    ("        quote: true", "        qoute: true", "Did you mean “quote”?"),
    ("            number: true", "            formula: 2 * n", "“formula” is not known here"),
    ("            number: true", "            number: true\n            if: n > 3", "“if” is not known here"),
    ("        quote: true", "        when: line.a == yes", "“when” is not known here"),
    ("within: 0.5", "within: half", "should be a number of 0 or more, not “half”"),
    ("      - ask: {en: How many?, zh: 多少？}", "      - quote: false", "“ask” is missing"),
    (HOW_MANY, "        more: later\n" + HOW_MANY, "a list of further rows"),
    (HOW_MANY, MORE.replace("right: open", "right: maybe") + HOW_MANY, "“maybe”, is none of the options"),
    (HOW_MANY, MORE.replace("key: c", "key: b") + HOW_MANY, "“line.b” stands twice"),
    (HOW_MANY, MORE.replace("            right: open\n", "") + HOW_MANY, "Nobody says what is right in “line.c”"),
]


@pytest.mark.parametrize(("old", "new", "says"), FAULTS, ids=[f"{place}-{says[:28]}" for place, (_old, _new, says) in enumerate(FAULTS)])
def test_every_fault_is_named_with_its_line_in_both_languages(
    here: Lesson, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, old: str, new: str, says: str
) -> None:
    assert SAMPLE.count(old) >= 1
    path = tmp_path / "1-sample.exercises.yml"
    path.write_text(SAMPLE.replace(old, new, 1), encoding="utf-8")
    monkeypatch.setattr(exercise_numbers.lessons, "find", lambda name: type("L", (), {"number": "0.1", "module": "none"})())
    found = {}
    for language in LANGUAGES:
        set_language(language)
        try:
            found[language] = exercise_numbers.faults(path)
        finally:
            set_language(None)
    told = [one for one in found["en"] if says in one.text]
    assert told, [str(one) for one in found["en"]]
    assert abs(told[0].line - line_of(old)) <= 12, "the line is that of the row, field or part"
    assert [one.line for one in found["zh"]] == [one.line for one in found["en"]]
    assert all(not one.text.isascii() for one in found["zh"])


def test_the_sample_has_no_faults(here: Lesson, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exercise_numbers.lessons, "find", lambda name: type("L", (), {"number": "0.1", "module": "none"})())
    assert exercise_numbers.faults(tmp_path / "1-sample.exercises.yml") == []


def test_further_rows_are_rounds_of_their_own(here: Lesson, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str) -> None:
    path = tmp_path / "1-sample.exercises.yml"
    assert exercise_form.practice("0.1", "lines") == []
    path.write_text(SAMPLE.replace(HOW_MANY, MORE + HOW_MANY), encoding="utf-8")
    here.content = exercise_load.load(path)
    assert [row["key"] for row in here.rows("lines", "more")] == ["c", "d"]
    made = exercise_form.made(here, here.content["exercises"][0])
    assert exercise.judge(made, RIGHT, clicked=True).state == exercise.RIGHT, "they are no part of the exercise"
    first, second = exercise_form.practice("0.1", "lines", at_once=1)
    for one, key, right in ((first, "line.c", "open"), (second, "line.d", "yes")):
        form = one.form()
        assert isinstance(form, Form)
        assert [field.key for field in form.fields()] == [key]
        assert exercise.judge(one, {key: right}, clicked=True).state == exercise.RIGHT
        wrong = exercise.judge(one, {key: "no"}, clicked=True)
        assert wrong.wrong()[0].text().endswith("?" if language == "en" else "？")
    with pytest.raises(LookupError):
        exercise_form.practice("0.1", "nothing")


def test_what_python_gives_must_fit_the_file(here: Lesson, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exercise_numbers.lessons, "find", lambda name: type("L", (), {"number": "0.1", "module": "none"})())
    here.live("elsewhere")(lambda answers: [])
    here.numbered["lines"] = lambda: Numbers(right={"m": 3, "much": Right(1, slips={"turned": 2})}, rows={"c": {}})
    texts = [one.text for one in exercise_numbers.faults(tmp_path / "1-sample.exercises.yml")]
    for part in ("an exercise “elsewhere”", "“right” for “m”", "“rows” for “c”", "what is right in “n”", "Nothing fills {all}"):
        assert any(part in text for text in texts), (part, texts)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("right: yes.pm", "right: yes.noon", "“yes.noon”, is none of the options: yes.am"),
        ("right: pm", "right: noon", "“noon”, is none of the options: am, pm"),
        ("wrong: {am: look}", "wrong: {eve: look}", "“eve” is neither an option"),
        ("wrong: {am: look}", "weight: 1", "no sentence for am"),
    ],
)
def test_lists_of_python_are_held_against_the_file(
    here: Lesson, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, old: str, new: str, says: str
) -> None:
    monkeypatch.setattr(exercise_numbers.lessons, "find", lambda name: type("L", (), {"number": "0.1", "module": "none"})())
    here.lists["hours"] = {"am": "morning", "pm": "afternoon"}
    asked = """
      - ask: {en: When?, zh: 什么时候？}
        fields:
          cell: {label: {en: Cell, zh: 格}, rows: verdicts, columns: hours, right: yes.pm, wrong: look}
          hour: {label: {en: Hour, zh: 时段}, options: hours, right: pm, wrong: {am: look}}
"""
    path = tmp_path / "1-sample.exercises.yml"
    path.write_text(SAMPLE.rstrip() + asked, encoding="utf-8")
    assert exercise_numbers.faults(path) == []
    path.write_text(SAMPLE.rstrip() + asked.replace(old, new), encoding="utf-8")
    assert any(says in fault.text for fault in exercise_numbers.faults(path)), exercise_numbers.faults(path)


@pytest.mark.parametrize("path", exercise_file.files(), ids=lambda path: path.name)
def test_the_files_of_the_course_are_sound(path: Path, tmp_path: Path) -> None:
    assert exercise_numbers.faults(path) == []
    # A copy elsewhere is held against the same lesson.
    copy = tmp_path / path.name
    shutil.copy(path, copy)
    assert exercise_numbers.faults(copy) == []
    assert exercise_check.count(path) > 0
