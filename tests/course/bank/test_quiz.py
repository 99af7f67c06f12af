"""The question bank and the quizzes: faults with lines, every option explained, no pattern that gives answers away."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import combinations, permutations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy import stats

from crmlab import cli
from crmlab.course import exercise, lessons
from crmlab.course.bank import asking, files, quiz
from crmlab.course.bank.asking import Question
from crmlab.course.exercises import load_lesson
from crmlab.course.form import Form
from crmlab.course.session import Session
from crmlab.course.state import Store
from crmlab.language import LANGUAGES, set_language

GOOD = """\
- id: first
  kind: single
  difficulty: 1
  ask: {en: Which letter?, zh: 哪个字母？}
  options:
    - text: {en: R, zh: R}
      right: true
      why: {en: Yes., zh: 对。}
    - text: {en: F, zh: F}
      why: {en: No., zh: 不对。}
    - text: {en: M, zh: M}
      why: {en: Not M., zh: 不是 M。}
- id: second
  kind: multiple
  difficulty: 2
  ask: {en: Which two?, zh: 哪两个？}
  options:
    - text: {en: A, zh: 甲}
      right: true
      why: {en: A it is., zh: 是甲。}
    - text: {en: B, zh: 乙}
      why: {en: Not B., zh: 不是乙。}
    - text: {en: C, zh: 丙}
      right: true
      why: {en: C it is., zh: 是丙。}
- id: third
  kind: true_false
  difficulty: 1
  ask: {en: Is it so?, zh: 是这样吗？}
  right: false
  why: {en: It is not., zh: 不是。}
  why_not: {en: Look again., zh: 再看看。}
- id: fourth
  kind: number
  difficulty: 2
  ask: {en: How many?, zh: 多少？}
  right: 25
  tolerance: 0.5
  unit: {en: "%", zh: "%"}
  why: {en: A quarter., zh: 四分之一。}
  mistakes:
    - answer: 4
      why: {en: Turned round., zh: 反过来了。}
  otherwise: {en: Count again., zh: 再数一遍。}
- id: fifth
  kind: order
  difficulty: 3
  ask: {en: In which order?, zh: 什么顺序？}
  items:
    - {text: {en: one, zh: 一}, why: {en: It begins., zh: 它开头。}}
    - {text: {en: two, zh: 二}, why: {en: It follows., zh: 它跟着。}}
    - {text: {en: three, zh: 三}, why: {en: It ends., zh: 它收尾。}}
  why: {en: As counted., zh: 照数的顺序。}
- id: sixth
  kind: match
  difficulty: 2
  ask: {en: What goes together?, zh: 哪些配对？}
  pairs:
    - {left: {en: a, zh: 甲}, right: {en: A1, zh: 甲一}, why: {en: ya., zh: 对甲。}, why_not: {en: na., zh: 错甲。}}
    - {left: {en: b, zh: 乙}, right: {en: B1, zh: 乙一}, why: {en: yb., zh: 对乙。}, why_not: {en: nb., zh: 错乙。}}
    - {left: {en: c, zh: 丙}, right: {en: C1, zh: 丙一}, why: {en: yc., zh: 对丙。}, why_not: {en: nc., zh: 错丙。}}
- id: seventh
  kind: case
  difficulty: 3
  story: {en: A customer calls., zh: 客户来电。}
  ask: {en: What now?, zh: 怎么办？}
  options:
    - text: {en: Listen, zh: 听}
      right: true
      why: {en: Yes indeed., zh: 正是。}
    - text: {en: Talk, zh: 说}
      why: {en: Not now., zh: 现在不。}
    - text: {en: Leave, zh: 走}
      why: {en: Stay., zh: 留下。}
"""

BROKEN = {
    "unknown key": ("difficulty: 1", "dificulty: 1", "Did you mean “difficulty”"),
    "no language": ("{en: R, zh: R}", "{en: R}", "zh"),
    "two right": (
        "    - text: {en: F, zh: F}\n",
        "    - text: {en: F, zh: F}\n      right: true\n",
        "2 options are marked",
    ),
    "none right": ("      right: true\n      why: {en: Yes.", "      why: {en: Yes.", "0 options are marked"),
    "right a word": ("right: true", "right: sure", "true or false"),
    "same id": ("id: second", "id: first", "stands twice"),
    "id with spaces": ("id: second", "id: The second", "small letters"),
    "kind": ("kind: single", "kind: essay", "one of single"),
    "no kind": ("  kind: single\n", "", "Question 1 lacks “kind”"),
    "difficulty": ("difficulty: 2", "difficulty: 8", "from 1 to 3"),
    "full-width colon": ("  kind: single", "  kind：single", "full-width colon"),
    "no why": ("      why: {en: No., zh: 不对。}\n", "", "lacks “why”"),
    "same option twice": ("text: {en: M, zh: M}", "text: {en: F, zh: M}", "“F” stands twice"),
    "no question": ("- id: first\n", "- first\n- id: first\n", "Question 1 should begin"),
    "true or false as a word": ("  right: false\n", "  right: nope\n", "true or false"),
    "why_not missing": ("  why_not: {en: Look again., zh: 再看看。}\n", "", "lacks “why_not”"),
    "number as a word": ("right: 25", "right: many", "should be a number"),
    "tolerance below zero": ("tolerance: 0.5", "tolerance: -1", "0 or more"),
    "mistake is right": ("answer: 4", "answer: 25.5", "within the tolerance"),
    "no typical mistake": (
        "  mistakes:\n    - answer: 4\n      why: {en: Turned round., zh: 反过来了。}\n",
        "  mistakes: []\n",
        "1 to 3 entries",
    ),
    "two items": (
        "    - {text: {en: three, zh: 三}, why: {en: It ends., zh: 它收尾。}}\n",
        "",
        "“items” should be a list of 3 to 6",
    ),
    "item twice": ("{en: three, zh: 三}", "{en: two, zh: 三}", "“two” stands twice"),
    "pair without why_not": (", why_not: {en: nb., zh: 错乙。}", "", "Entry 2 lacks “why_not”"),
    "same right side": ("{en: C1, zh: 丙一}", "{en: C1, zh: 乙一}", "“乙一” stands twice"),
    "case without story": ("  story: {en: A customer calls., zh: 客户来电。}\n", "", "Question 7 lacks “story”"),
    "case of two": (
        "    - text: {en: Leave, zh: 走}\n      why: {en: Stay., zh: 留下。}\n",
        "",
        "three to five options",
    ),
    "story in a single": ("kind: case", "kind: single", "“story” is not known"),
}


def read(folder: Path, text: str) -> tuple[list[Any], list[str]]:
    file = folder / "questions.yml"
    file.write_text(text, encoding="utf-8")
    found, faults = files.read(file)
    return found, [str(fault) for fault in faults]


# -- the checker -------------------------------------------------------------------------------------------------------


def test_a_good_file_has_no_faults(tmp_path: Path) -> None:
    found, faults = read(tmp_path, GOOD)
    assert (len(found), faults) == (7, [])
    assert {question["kind"] for question in found} == set(files.KINDS)


@pytest.mark.parametrize(("old", "new", "says"), BROKEN.values(), ids=BROKEN)
def test_a_broken_file_is_told_where_and_what(tmp_path: Path, old: str, new: str, says: str) -> None:
    assert old in GOOD
    found, faults = read(tmp_path, GOOD.replace(old, new, 1))
    assert found == []
    assert says in "\n".join(faults)
    assert all(re.match(r"questions\.yml:\d+: ", fault) for fault in faults)


@pytest.mark.parametrize(("old", "new", "says"), BROKEN.values(), ids=BROKEN)
def test_a_broken_file_is_told_in_chinese_too(tmp_path: Path, old: str, new: str, says: str) -> None:
    set_language("zh")
    try:
        _found, faults = read(tmp_path, GOOD.replace(old, new, 1))
    finally:
        set_language(None)
    assert faults
    assert all(re.search(r"[\u4e00-\u9fff]", fault) for fault in faults), faults


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_the_checker_never_raises(tmp_path: Path, data: st.DataObject) -> None:
    lines = GOOD.splitlines(keepends=True)
    for _change in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(lines) - 1))
        new = data.draw(
            st.sampled_from(["", "- 3\n", "  kind: match\n", "    - [1, 2]\n", "  right: .nan\n", "  pairs: no\n"])
        )
        lines[place] = data.draw(st.sampled_from([new, lines[place][2:], lines[place] * 2]))
    found, faults = read(tmp_path, "".join(lines))
    assert bool(found) != bool(faults)


def test_an_id_of_another_file_is_taken(tmp_path: Path) -> None:
    one, two = tmp_path / "one.yml", tmp_path / "two.yml"
    one.write_text(GOOD, encoding="utf-8")
    two.write_text(GOOD.replace("Which letter?", "which  LETTER"), encoding="utf-8")
    text = "\n".join(map(str, files.faults(two, [one, two])))
    assert "two.yml:1: The id “first” is taken" in text
    assert text.count("The same question stands") == 7
    assert files.faults(one, [one]) == []


def test_the_command_checks_and_counts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "mine.yml"
    file.write_text(GOOD.replace("kind: order", "kind: ordre"), encoding="utf-8")
    assert cli.main(["questions", "check", str(file), "--lang", "en"]) == 1
    assert "mine.yml:46: “kind” should be one of" in capsys.readouterr().out
    assert cli.main(["questions", "check", str(tmp_path / "none.yml"), "--lang", "zh"]) == 2
    assert "none.yml" in capsys.readouterr().err
    assert cli.main(["questions", "check", "--lang", "en"]) == 0
    assert capsys.readouterr().out.count("no mistakes") == len(files.files())
    assert cli.main(["questions", "list", "--lang", "zh"]) == 0
    assert re.search(rf"全部 +{len(asking.bank())} ", capsys.readouterr().out)


# -- the bank ----------------------------------------------------------------------------------------------------------

FILES = files.files()
BANK = asking.bank()


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}/{file.name}")
def test_every_question_file_is_sound(file: Path) -> None:
    assert files.faults(file) == []
    assert len(files.read(file)[0]) >= quiz.SIZE
    assert file.parent.name.split("-")[0] in lessons.UNITS


def test_every_file_lies_where_it_is_found() -> None:
    assert sorted(FILES) == sorted(files.folder().rglob("*.questions.yml"))


def test_the_bank_is_large_and_mixed() -> None:
    assert len(BANK) >= 200
    kinds = Counter(question.kind for question in BANK)
    assert min(kinds[kind] for kind in files.KINDS) >= 10, kinds
    assert min(Counter(question.difficulty for question in BANK).values()) >= 0.1 * len(BANK)


def grams(text: str) -> set[str]:
    """A text as its overlapping pieces of four signs; of two in Chinese, whose words are that short."""
    plain = files.normal(text)
    size = 2 if re.search(r"[\u4e00-\u9fff]", plain) else 4
    return {plain[place : place + size] for place in range(max(len(plain) - size + 1, 1))}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_question_is_asked_twice(lang: str) -> None:
    set_language(lang)
    try:
        # What is asked together with what may be answered: short questions may be alike.
        texts = {question.id: grams(whole_text(question)) for question in BANK}
    finally:
        set_language(None)
    alike = {}
    for (one, first), (two, second) in combinations(texts.items(), 2):
        likeness = len(first & second) / len(first | second)
        if likeness > 0.6:
            alike[one, two] = round(likeness, 2)
    assert alike == {}


def whole_text(question: Question) -> str:
    row = asking.row(question, "k")
    labels = [label for field in row.fields for _value, label in getattr(field, "options", getattr(field, "items", ()))]
    return " ".join([asking.story(question), row.prompt, *labels, *(field.label for field in row.fields)])


def test_no_place_among_the_options_is_favoured() -> None:
    """Chi-square over all questions with one right option, each place expected as often as the numbers of options say."""
    found: Counter[int] = Counter()
    expected: Counter[int] = Counter()
    for question in BANK:
        options = question.source.get("options", ())
        right = [place for place, option in enumerate(options) if option.get("right")]
        if len(right) == 1:
            found[right[0]] += 1
            for place in range(len(options)):
                expected[place] += 1 / len(options)
    assert sum(found.values()) >= 50
    common = [place for place in expected if expected[place] >= 5]
    rest = [place for place in expected if expected[place] < 5]
    have = [found[place] for place in common] + ([sum(found[place] for place in rest)] if rest else [])
    want = [expected[place] for place in common] + ([sum(expected[place] for place in rest)] if rest else [])
    assert stats.chisquare(have, want).pvalue > 0.01, (have, want)


def test_true_and_false_are_balanced() -> None:
    answers = Counter(question.source["right"] for question in BANK if question.kind == "true_false")
    assert stats.binomtest(answers[True], answers.total(), 0.5).pvalue > 0.05, answers


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_longest_option_is_not_favoured(lang: str) -> None:
    """Neither the longest nor the shortest option is the right one more often than a guess would be."""
    longest = shortest = expected = asked = 0.0
    for question in BANK:
        options = question.source.get("options", ())
        right = [option for option in options if option.get("right")]
        if len(right) != 1:
            continue
        lengths = [len(option["text"][lang]) for option in options]
        own = len(right[0]["text"][lang])
        asked += 1
        expected += 1 / len(options)
        longest += (own == max(lengths)) / lengths.count(max(lengths))
        shortest += (own == min(lengths)) / lengths.count(min(lengths))
    share = expected / asked
    assert stats.binomtest(round(longest), int(asked), share, "greater").pvalue > 0.01, (longest, expected, asked)
    assert stats.binomtest(round(shortest), int(asked), share, "greater").pvalue > 0.01, (shortest, expected, asked)


def test_the_ticks_of_multiple_questions_are_neither_all_nor_always_two() -> None:
    shares = Counter(
        sum(option.get("right") is True for option in question.source["options"])
        for question in BANK
        if question.kind == "multiple"
    )
    assert len(shares) >= 2, shares


def wrong_answers(question: Question) -> Iterator[dict[str, Any]]:
    """Wrong answers of every sort that the kind allows."""
    right = asking.right_answers(question, "k")
    row = asking.row(question, "k")
    if question.kind == "number":
        for number in [one["answer"] for one in question.source["mistakes"]]:
            yield {"k": float(number)}
        yield {"k": float(question.source["right"]) * 3 + 987654}
    elif question.kind == "order":
        yield from ({"k": list(order)} for order in list(permutations(right["k"]))[:30] if list(order) != right["k"])
    elif question.kind == "match":
        tokens = list(right.values())
        yield dict(zip(right, [*tokens[1:], tokens[0]], strict=True))
        yield {**right, "k.1": tokens[1]}
    elif "k" in right:
        yield from ({"k": value} for value, _label in row.fields[0].options if value != right["k"])
    else:
        yield from (
            {**right, key: not value} for key, value in right.items() if sum({**right, key: not value}.values())
        )


@pytest.mark.parametrize("question", BANK, ids=lambda question: f"{question.lesson}-{question.id}")
def test_every_question_can_be_answered_right_and_wrong(question: Question, language: str) -> None:
    form = Form((asking.row(question, "k"),))
    right = asking.right_answers(question, "k")
    assert form.clean(right) == right
    case = asking.judge(question, right, "k")
    assert case.ok
    assert case.text()
    assert asking.in_words(question, right, "k")
    assert asking.judge(question, {}, "k").open
    texts = []
    for wrong in wrong_answers(question):
        assert form.clean(wrong) == wrong
        found = asking.judge(question, wrong, "k")
        assert not found.ok
        assert not found.open
        assert found.text().strip()
        assert "{" not in found.text()
        texts.append(found.text())
    assert texts
    if language == "zh":
        assert all(re.search(r"[\u4e00-\u9fff]", text) for text in [form.rows[0].prompt, case.text(), *texts])


@pytest.mark.parametrize("question", BANK, ids=lambda question: f"{question.lesson}-{question.id}")
def test_shuffling_changes_what_is_shown_and_not_what_is_right(question: Question) -> None:
    right = asking.right_answers(question, "k")
    plain = asking.row(question, "k")
    for seed in ("", "7", "8"):
        row = asking.row(question, "k", seed)
        assert Form((row,)).clean(right) == right
        assert {field.key for field in row.fields} == {field.key for field in plain.fields}
        if question.kind == "order":
            assert [value for value, _label in row.fields[0].items] != right["k"], "shown in the right order"


# -- the quiz of a lesson ----------------------------------------------------------------------------------------------

LESSONS = [one for one in lessons.every() if quiz.path_of(one).is_file()]


def made_of(lesson: lessons.Lesson) -> exercise.Exercise:
    load_lesson(lesson.number)
    made = exercise.get(quiz.exercise_id(lesson.number), lesson.number)
    assert made is not None
    return made


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda one: one.number)
def test_the_first_draw_is_the_first_five_and_can_be_passed(lesson: lessons.Lesson, language: str) -> None:
    made = made_of(lesson)
    asks = made.form()
    assert isinstance(asks, quiz.Quiz)
    first = files.read(quiz.path_of(lesson))[0][: quiz.SIZE]
    assert [question.id for _key, question in asks.draw(1)] == [question["id"] for question in first]
    right: dict[str, Any] = {}
    for key, question in asks.draw(1):
        right |= asking.right_answers(question, key)
    found = exercise.judge(made, right, clicked=True)
    assert (found.points, found.state, made.points) == (5, exercise.RIGHT, 5)
    assert all(said for _asked, said in asks.describe(right))


@given(count=st.integers(1, 30), upto=st.integers(1, 12))
def test_draws_ask_everything_before_anything_again(count: int, upto: int) -> None:
    names = [f"q{number}" for number in range(count)]
    made = quiz.draws(names, "9.9", upto)
    assert made[0] == names[:5]
    assert made == quiz.draws(names, "9.9", upto + 1)[:upto]
    asked: Counter[str] = Counter()
    for draw in made:
        assert len(draw) == len(set(draw)) == min(5, count)
        asked.update(draw)
        often = [asked[name] for name in names]
        assert max(often) - min(often) <= 1


def sitting(lesson: lessons.Lesson) -> tuple[Session, exercise.Exercise]:
    made = made_of(lesson)
    return Session(lesson, Store(None), [made]), made


def answer(draw: quiz.Draw, right: int) -> None:
    for number, (key, question) in enumerate(draw.quiz.draw(draw.number)):
        given_ = asking.right_answers(question, key) if number < right else next(wrong_answers(question))
        for one, value in given_.items():
            draw.set_field(one if number < right else one.replace("k", key, 1), value)


def test_five_others_come_after_a_finished_try_and_the_best_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CRMLAB_STATE", str(tmp_path))
    session, made = sitting(lessons.find("3.2"))
    draw = quiz.Draw(session, made)
    assert not draw.finished()
    answer(draw, 3)
    assert not draw.finished(), "answered, and not checked"
    assert draw.check().points == 3
    assert draw.finished()

    second = draw.next()
    assert second.number == 2
    first_ids, second_ids = ({question.id for _key, question in one.quiz.draw(one.number)} for one in (draw, second))
    assert not first_ids & second_ids
    assert second.fields() == {}
    assert second.feedback().state == exercise.BLANK
    assert not second.finished()
    assert session.check_clicks(made, count=False).points == 3, "a new draw takes nothing away"
    answer(second, 5)
    assert second.check().points == 5
    assert session.store.record(made.id)["points"] == 5

    third = second.next()
    answer(third, 1)
    told = third.check()
    assert told.points == 1
    assert "5" in told.message
    assert session.store.record(made.id)["points"] == 5
    assert session.fields(made)["draw"] == 3
    # The answers of all draws are kept.
    assert draw.form.clean(session.fields(made)) == draw.fields()
    assert len(draw.fields()) >= 5


def test_a_worked_answer_fills_the_first_draw(language: str) -> None:
    lesson = lessons.find("2.3")
    made = made_of(lesson)
    asks = made.form()
    assert isinstance(asks, quiz.Quiz)
    right: dict[str, Any] = {}
    for key, question in asks.draw(1):
        right |= asking.right_answers(question, key)
    assert asks.clean({**right, "nonsense": 1, "draw": "x"}) == right


@pytest.mark.parametrize(
    "kept", [{"draw": -1}, {"draw": True}, {"draw": 10**9}, {"draw": [2]}, {"draw": None}, [], None, 7]
)
def test_strange_kept_answers_are_the_first_draw(kept: Any) -> None:
    asks = made_of(lessons.find("2.3")).form()
    assert isinstance(asks, quiz.Quiz)
    assert asks.clean(kept) == {}
    assert asks.number(kept) == 1
